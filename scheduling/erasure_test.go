package scheduling

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// Who is erased in these tests, and words that only they or others about them
// ever wrote.
const (
	goneName   = "Örjan Zyxberg-Quist"
	goneEmail  = "orjan.zyxberg@quist.example"
	goneAlias  = "o.zyxberg@before.example" // of a person that they were merged with
	gonePhone  = "+358 40 765 4321"
	goneSecret = "zqxsecret"
)

// inBase64 is how an export writes bytes.
var inBase64 = regexp.MustCompile(`"base64":"([^"]*)"`)

// traces are the collections of the database in which a text stands, in an
// export's words.
func (h *testHouse) traces(t *testing.T, texts ...string) map[string]string {
	t.Helper()
	var b bytes.Buffer
	must(t, h.DB.Export(t.Context(), &b))
	found := map[string]string{}
	for line := range strings.Lines(b.String()) {
		var l struct {
			Collection string
			Document   json.RawMessage
		}
		must(t, json.Unmarshal([]byte(line), &l))
		text := string(l.Document)
		for _, m := range inBase64.FindAllStringSubmatch(text, -1) {
			raw, err := base64.StdEncoding.DecodeString(m[1])
			must(t, err)
			text += string(raw)
		}
		for _, s := range texts {
			if strings.Contains(strings.ToLower(text), strings.ToLower(s)) {
				found[l.Collection] = s + " in " + text
			}
		}
	}
	return found
}

func (h *testHouse) gone(t *testing.T) *Person {
	t.Helper()
	p := &Person{Email: goneEmail, Aliases: []string{goneAlias}, Name: goneName, Phone: gonePhone, Title: goneSecret, Lang: "fi", ClusterIDs: []string{h.cluster.ID},
		Consents: []Consent{{Purpose: "photos", Given: true, At: t0, Wording: "May we?"}}}
	p.index()
	h.write(t, func(tx *storage.Tx) error { return people.Put(tx, p) })
	return p
}

// touchAll makes p known to every collection, each with a document of its own.
func (h *testHouse) touchAll(t *testing.T, p *Person, e *Event) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) error {
		put := func(err error) { t.Helper(); must(t, err) }
		put(registrations.Put(tx, &Registration{Meta: docID("reg"), EventID: e.ID, State: Attended, Live: e.ID + "/" + p.Email, PersonID: p.ID, Email: p.Email, Name: p.Name,
			Sort: strings.ToLower(p.Name), Title: goneSecret, Ticket: "AAA", Answers: Answers{"diet": {goneSecret}}, Note: goneSecret, Reason: goneSecret, Words: words(p.Name, p.Email)}))
		put(surveys.Put(tx, &Survey{Meta: storage.Meta{ID: e.ID}, Questions: []Question{{Key: "how", Kind: AskChoice}, {Key: "why", Kind: AskLong}}}))
		put(surveyReplies.Put(tx, &SurveyReply{Meta: docID("reg~0"), SurveyID: e.ID, Registration: "reg", Name: p.Name, Sort: strings.ToLower(p.Name), Answered: true,
			Answers: Answers{"how": {"well"}, "why": {goneSecret}}}))
		put(surveyBoxes.Put(tx, &surveyBox{Meta: docID("box"), SurveyID: e.ID, Sheets: []Answers{{"why": {"thanks to " + p.Name}}}}))
		put(feedTokens.Put(tx, &FeedAddress{Meta: docID("feed"), PersonID: p.ID, Slot: p.ID + "/0", Name: goneSecret}))
		put(busyCalendars.Put(tx, &BusyCalendar{Meta: docID("busy"), PersonID: p.ID, Name: goneSecret, Address: "https://example.org/" + goneSecret}))
		put(applications.Put(tx, &Application{Meta: docID("app"), TripID: "trip", State: ApplicationReported, Company: "Firm", Name: p.Name, Email: p.Email, Phone: p.Phone,
			PersonID: p.ID, Motivation: goneSecret, Goals: goneSecret, Notes: []ApplicationNote{{Text: goneSecret}}, Words: words(p.Name)}))
		put(travellers.Put(tx, &Traveller{Meta: docID("trav"), TripID: "trip", PersonID: p.ID, Name: p.Name, Email: p.Email, Phone: p.Phone, Goals: goneSecret, State: TravellerOut,
			Data: &TravellerData{Allergies: goneSecret}, Marks: map[string]Mark{"a": {Present: true, Note: goneSecret}}, Words: words(p.Name)}))
		put(trips.Put(tx, &Trip{Meta: docID("trip"), Slug: "trip", Ends: t0.AddDate(1, 0, 0), LeaderIDs: []string{p.ID}, Contact: p.Name, ContactEmail: p.Email, Enquiry: &Enquiry{Name: p.Name, Email: p.Email, Phone: p.Phone, AskedAt: t0}}))
		put(tripNotes.Put(tx, &TripNote{Meta: docID("note"), TripID: "trip", By: p.ID, Name: p.Name, Text: "Met " + p.Name + "."}))
		put(tripOutcomes.Put(tx, &TripOutcome{Meta: docID("tout"), TripID: "trip", By: p.ID, Owner: p.ID, Story: goneSecret, Quote: true, Step: LadderContact}))
		put(programmes.Put(tx, &Programme{Meta: docID("trip"), Hosts: []Host{{ID: "h", Contacts: []HostContact{{Name: p.Name, Email: p.Email, Phone: p.Phone}}}}}))
		put(registrations.Put(tx, &Registration{Meta: docID("reg2"), EventID: e.ID, State: Attended, Live: e.ID + "/" + goneAlias, Email: goneAlias, Name: "Ö. Z.", Note: goneSecret, Ticket: "BBB"}))
		put(subscriptions.Put(tx, &Subscription{Meta: storage.Meta{ID: h.subscriptionID("list", goneAlias)}, ListID: "list", Email: goneAlias, State: Subscribed, Key: mailer.AddressKey(goneAlias)}))
		put(h.Outbox.Add(tx, mailer.Mail{Meta: docID("m3"), Kind: "test", To: goneAlias, Letter: mailer.Letter{Subject: goneSecret}}))
		put(delegationWishes.Put(tx, &delegationWish{Meta: docID("wish"), Email: p.Email, Enquiry: Enquiry{Name: p.Name, About: goneSecret}}))
		en := &Entrant{Meta: docID("ent"), RoundID: "round", State: EntrantLeft, Name: "Firm", People: []Delegate{{PersonID: p.ID, Name: p.Name, Title: goneSecret}},
			Invites: []Invited{{ID: "i", Email: p.Email, Name: p.Name}}}
		en.index()
		put(entrants.Put(tx, en))
		put(requests.Put(tx, &Request{Meta: docID("req"), RoundID: "round", From: "ent", To: "other", Message: goneSecret}))
		put(meetings.Put(tx, &Meeting{Meta: docID("meet"), UID: "u1", RoundID: "round", State: MeetingHeld, PersonIDs: []string{p.ID}, InviteeIDs: []string{p.ID},
			Invitees: []Invitee{{PersonID: p.ID, RSVP: RSVP{Comment: goneSecret}}}, Reason: "as " + p.Name + " said"}))
		put(outcomes.Put(tx, &Outcome{Meta: docID("out"), RoundID: "round", MeetingID: "meet", EntrantID: "ent", By: p.ID, Note: goneSecret, Owner: p.Name, Step: LadderPilot}))
		put(agendaPromises.Put(tx, &agendaPromise{Meta: docID("agenda"), RoundID: "round", PersonIDs: []string{p.ID}}))
		g := &GroupMembership{Meta: docID("gm"), GroupID: "g", CompanyID: "c", State: MemberLeft, Name: "Firm", People: []GroupPerson{{PersonID: p.ID, Name: p.Name}}, Message: goneSecret, Email: p.Email}
		g.index()
		put(groupMemberships.Put(tx, g))
		put(groups.Put(tx, &Group{Meta: docID("g"), Slug: "g", ClusterID: h.cluster.ID, Members: []string{p.ID}, About: Text{"en": "Led by " + p.Name}}))
		put(b2bGroups.Put(tx, &B2BGroup{Meta: docID("g"), Reason: p.Name}))
		put(gatherings.Put(tx, &Gathering{Meta: docID("gat"), UID: "u2", GroupID: "g", State: GatheringHeld, PersonIDs: []string{p.ID},
			Parties: []GatheringParty{{ID: "p", People: []GatheringPerson{{PersonID: p.ID, Name: p.Name, Email: p.Email, RSVP: RSVP{Comment: goneSecret}}}}}}))
		put(visitDays.Put(tx, &VisitDay{Meta: docID("visit"), ClusterID: h.cluster.ID, PersonIDs: []string{p.ID}, People: []Guest{{Name: p.Name, Email: p.Email}}}))
		put(codevelopments.Put(tx, &CoDevelopment{Meta: docID("cod"), GroupID: "g", Version: 1, ByName: p.Name, Parties: []AgreementParty{{Name: "Firm", Signatory: p.Name}}}))
		put(subscriptions.Put(tx, &Subscription{Meta: storage.Meta{ID: h.subscriptionID("list", p.Email)}, ListID: "list", Email: p.Email, Name: p.Name, PersonID: p.ID,
			State: Subscribed, Proof: Proof{Wording: goneSecret}, Key: mailer.AddressKey(p.Email), Words: words(p.Email)}))
		put(readings.Put(tx, &Reading{Meta: docID("read"), CampaignID: "camp", Reader: mailer.AddressKey(p.Email), What: readingOpened}))
		put(campaigns.Put(tx, &Campaign{Meta: docID("camp"), Slug: "camp", ByName: p.Name, Body: Text{"en": "Write to " + p.Email + ", says " + p.Name}}))
		put(chains.Put(tx, &Chain{Meta: docID("chain"), ClusterID: h.cluster.ID, Steps: []ChainStep{{ID: "s", Body: Text{"en": "Yours, " + p.Name}}}}))
		put(proposals.Put(tx, &Proposal{Meta: docID("prop"), RoundID: "round", By: p.ID, ByName: p.Name}))
		put(rounds.Put(tx, &Round{Meta: docID("round"), Slug: "round", Ends: t0.AddDate(1, 0, 0), Contact: p.Name, ContactEmail: p.Email}))
		put(wordings.Put(tx, &Wording{Meta: docID("word"), ClusterID: h.cluster.ID, Texts: map[WordingPart]string{"subject": "From " + p.Name}}))
		put(seriesOf.Put(tx, &Series{Meta: docID("series"), GroupID: "g", Exceptions: []Exception{{Reason: p.Name + " is ill"}}}))
		put(audit.Put(tx, &Entry{Meta: docID("aud1"), At: t0, Actor: p.ID, ActorName: p.Name, Action: "event.edit", Subject: e.ID, Reason: "asked by " + p.Email}))
		put(audit.Put(tx, &Entry{Meta: docID("aud2"), At: t0, Action: "registration.cancel", Subject: "reg", Label: p.Name, Reason: goneSecret}))
		put(audit.Put(tx, &Entry{Meta: docID("aud3"), At: t0, Action: "suppression.add", Subject: mailer.AddressKey(p.Email)}))
		h.touchMembers(t, tx, p)
		h.touchWork(t, tx, p)
		put(h.Outbox.Add(tx, mailer.Mail{Meta: docID("m1"), Kind: "test", To: p.Email, ToName: p.Name, Letter: mailer.Letter{Subject: goneSecret}}))
		put(h.Outbox.Add(tx, mailer.Mail{Meta: docID("m2"), Kind: "test", To: "host@example.org", Letter: mailer.Letter{Subject: "About " + p.Name, Paragraphs: []string{"Write to " + p.Email + "."}}}))
		put(h.Outbox.Pin(tx, &mailer.Issue{Meta: docID("issue"), Kind: "campaign", Sheets: map[string]mailer.Sheet{"en": {Subject: "News", HTML: "<p>" + p.Name, Text: p.Name}}, Lang: "en"}))
		_, err := h.Outbox.Deliver(tx, "issue", []mailer.Delivery{{To: p.Email, ToName: p.Name, Lang: "en", Params: map[string]string{"name": p.Name}, Unsubscribe: "https://example.org/u"}})
		put(err)
		_, err = h.Outbox.StopMail(tx, p.Email, mailer.Hold{Cause: mailer.Complaint, Scope: mailer.ScopeBulk, Note: "said " + p.Name})
		return err
	})
}

// touchMembers makes p known to what members and their groups leave behind.
func (h *testHouse) touchMembers(t *testing.T, tx *storage.Tx, p *Person) {
	t.Helper()
	put := func(err error) { t.Helper(); must(t, err) }
	put(files.Put(tx, &File{Meta: docID("file"), OwnerKind: "group", OwnerID: "g", Name: "Letter of " + p.Name, ByID: p.ID, ByName: p.Name}))
	put(memberships.Put(tx, &Membership{Meta: docID("mem"), CompanyID: "c", ClusterID: h.cluster.ID, State: JoinActive, ContactID: p.ID, Motivation: "Yours, " + p.Name}))
	put(memberships.Put(tx, &Membership{Meta: docID("mem2"), CompanyID: "c2", ClusterID: h.cluster.ID, State: JoinApplied, Motivation: goneSecret,
		Application: &JoinApplication{Name: p.Name, Email: p.Email, Phone: p.Phone, Title: goneSecret}}))
	put(agreements.Put(tx, &Agreement{Meta: docID("agr"), MembershipID: "mem", State: AgreementSigned, Text: "Signed by " + p.Name + ", " + p.Email, Signatory: p.Name, Position: goneSecret,
		Email: p.Email, Signature: &Signature{Name: p.Name, At: t0}}))
	put(joinWishes.Put(tx, &joinWish{Meta: docID("join"), ClusterID: h.cluster.ID, Email: p.Email, At: t0, Application: JoinApplication{Name: p.Name, Email: p.Email}, Motivation: goneSecret}))
	put(membershipTerms.Put(tx, &MembershipTerms{Meta: docID(h.cluster.ID), Text: Text{"en": "Ask " + p.Name}}))
	put(meetingRecords.Put(tx, &MeetingRecord{Meta: docID("rec"), GroupID: "g", Present: []Presence{{PersonID: p.ID, Name: p.Name}}, PersonIDs: []string{p.ID}, Minutes: p.Name + " spoke",
		Invited: []string{p.ID}, ApprovedBy: p.Name, ApprovedByID: p.ID}))
	put(datePolls.Put(tx, &DatePoll{Meta: docID("poll"), GroupID: "g", Title: Text{"en": "With " + p.Name}, Voters: []Voter{{PersonID: p.ID}}, PersonIDs: []string{p.ID}}))
	put(actionItems.Put(tx, &ActionItem{Meta: docID("act"), GroupID: "g", UID: "u3", OwnerID: p.ID, OwnerName: p.Name, OwnerIDs: []string{p.ID}, Note: goneSecret,
		History: []ActionStep{{By: p.Name, ByID: p.ID, What: "done", Note: goneSecret}}}))
	put(mandates.Put(tx, &Mandate{Meta: docID("mand"), GroupID: "g", Version: 1, Text: "Led by " + p.Name, ByID: p.ID, ByName: p.Name}))
	put(foresightNotes.Put(tx, &ForesightNote{Meta: docID("fore"), GroupID: "g", Title: "Heard from " + p.Name, ByID: p.ID, ByName: p.Name, Words: words(p.Name)}))
	put(foresightIssues.Put(tx, &ForesightIssue{Meta: docID("fiss"), GroupID: "g", Title: Text{"en": "News"}, Intro: Text{"en": "By " + p.Name}, Notes: []IssueNote{{Text: p.Email}}}))
}

// touchWork makes p known to what an organisation writes about its work.
func (h *testHouse) touchWork(t *testing.T, tx *storage.Tx, p *Person) {
	t.Helper()
	put := func(err error) { t.Helper(); must(t, err) }
	put(works.Put(tx, &Work{Meta: docID("work"), Kind: WorkCall, PersonIDs: []string{p.ID}, ByID: p.ID, ByName: p.Name, Note: "Called " + gonePhone + goneSecret}))
	put(reportPeriods.Put(tx, &ReportPeriod{Meta: docID("per"), ClosedAt: t0, ClosedBy: "As " + goneSecret + " was called", ClosedByID: p.ID}))
	put(reportTexts.Put(tx, &ReportText{Meta: docID("per"), Parts: []ReportPart{{ID: "a", Body: Text{"en": "Thanks to " + p.Name}}}}))
	put(sentSheets.Put(tx, &sentSheet{Meta: docID("camp"), Sheets: map[string]mailer.Sheet{"en": {Subject: "News", Text: "Ask " + p.Email}}}))
	put(plans.Put(tx, &Plan{Meta: docID("plan"), ClusterID: h.cluster.ID, Title: "Plan", Sections: []PlanSection{{ID: "s", Body: p.Name + " sees to it"}}, Approvals: []PlanApproval{{Version: 1, ByID: p.ID, Note: "by " + p.Name}}}))
	put(planVersions.Put(tx, &PlanVersion{Meta: docID("plan1"), PlanID: "plan", Version: 1, ByID: p.ID, Note: "as " + p.Name + " wrote"}))
	put(planItems.Put(tx, &PlanItem{Meta: docID("item"), PlanID: "plan", What: "Call " + p.Phone + " for " + p.Name, OwnerID: p.ID, State: ActionOpen}))
	put(labelAnswers.Put(tx, &LabelAnswer{Meta: docID("label"), ClusterID: h.cluster.ID, Question: "q", Answer: p.Name + " leads", Proofs: []LabelProof{{ID: "p", Note: p.Email}}}))
	put(savedLists.Put(tx, &SavedList{Meta: docID("list"), OwnerID: p.ID, Name: goneSecret, Sort: goneSecret, Kind: "people", Query: "q=" + goneSecret, Shared: true, Generation: 1}))
	put(webhooks.Put(tx, &Webhook{Meta: docID("hook"), Name: "Hook of " + p.Name, Topics: []string{"meeting"}, OwnerID: p.ID}))
	put(deliveries.Put(tx, &Delivery{Meta: docID("del"), Body: []byte(`{"email":"` + p.Email + `"}`)}))
}

func docID(id string) storage.Meta { return storage.Meta{ID: id} }

// knowNobody are the collections that nothing about a person can stand in, with
// what they keep instead.
var knowNobody = map[string]string{
	"clusters": "a house's own words", "projects": "names of projects", "companies": "organisations",
	"seatings": "counts", "notices": "events and kinds", "feed_marks": "hashes", "house": "a key", "enrolments": "counts", "bookings": "ids",
	"entrant_turnstiles": "ids", "mailing_lists": "names of lists", "chain_runs": "ids", "surveys": "questions", "file_bodies": "bytes: see TestErasureStrikesFiles",
	"encounters": "ids", "encounter_counts": "times", "turnouts": "ids and counts", "own_counts": "names of counts", "merged": "ids", "distinct": "ids",
	"erasures": "ids", "retention_rules": "days", "retention_runs": "counts", "mail_turns": "ids", "mail_workers": "names of servers",
	"mail_suppressions": "a hash", "agenda_promises": "ids", "readings": "a hash",
}

// A collection that somebody adds has to be known here, by a document that is
// erased or by what it keeps instead.
func TestErasureLeavesNoTrace(t *testing.T) {
	h := newHouse(t)
	p, e := h.gone(t), h.event(t, func(e *Event) { e.Contact = goneName })
	h.touchAll(t, p, e)
	marks := []string{goneName, "Zyxberg", goneEmail, goneAlias, gonePhone, goneSecret, mailer.AddressKey(goneEmail), mailer.AddressKey(goneAlias)}
	before := h.traces(t, marks...)
	for _, s := range slices.Concat(Specs(), mailer.Specs) {
		if before[s.Name] == "" && knowNobody[s.Name] == "" {
			t.Errorf("%s: no document of this test stands in it", s.Name)
		}
	}
	admin := System("test")
	admin.Via = "page"
	done, err := h.ErasePerson(t.Context(), admin, p.ID)
	must(t, err)
	if done.State != ErasureDone || done.Who != nil || done.Documents() == 0 {
		t.Fatalf("the erasure stands at %+v", done)
	}
	for _, c := range slices.Sorted(maps.Keys(h.traces(t, marks...))) {
		t.Errorf("%s: %s", c, h.traces(t, marks...)[c])
	}
	h.write(t, func(tx *storage.Tx) error {
		for _, s := range h.stores() {
			n, err := s.forget(tx, p)
			must(t, err)
			if n != 0 {
				t.Errorf("%s: erased again, it changes %d documents", s.name, n)
			}
		}
		return nil
	})
}
