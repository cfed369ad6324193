package scheduling

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// touchAddress makes an address known to every collection that knows somebody by
// an address alone.
func (h *testHouse) touchAddress(t *testing.T, e *Event) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) error {
		put := func(err error) { t.Helper(); must(t, err) }
		put(registrations.Put(tx, &Registration{Meta: docID("reg"), EventID: e.ID, State: NoShow, Live: e.ID + "/" + goneEmail, Email: goneEmail, Name: goneName,
			Answers: Answers{"diet": {goneSecret}}, Ticket: "AAA", Words: words(goneName, goneEmail)}))
		put(applications.Put(tx, &Application{Meta: docID("app"), TripID: "trip", State: ApplicationDeclined, Company: "Firm", Name: goneName, Email: goneEmail, Motivation: goneSecret,
			Words: words("Firm", goneName, goneEmail)}))
		put(trips.Put(tx, &Trip{Meta: docID("trip"), Slug: "trip", Ends: t0.AddDate(1, 0, 0), Enquiry: &Enquiry{Name: goneName, Email: goneEmail, AskedAt: t0}}))
		put(programmes.Put(tx, &Programme{Meta: docID("trip"), Hosts: []Host{{ID: "h", Contacts: []HostContact{{Name: goneName, Email: goneEmail}}}}}))
		put(delegationWishes.Put(tx, &delegationWish{Meta: docID("wish"), Email: goneEmail, Enquiry: Enquiry{Name: goneName, About: goneSecret}}))
		en := &Entrant{Meta: docID("ent"), RoundID: "round", State: EntrantLeft, Name: "Firm", Invites: []Invited{{ID: "i", Email: goneEmail, Name: goneName}}}
		en.index()
		put(entrants.Put(tx, en))
		g := &GroupMembership{Meta: docID("gm"), GroupID: "g", State: MemberUnconfirmed, Name: "Firm", People: []GroupPerson{{Name: goneName}}, Message: goneSecret, Email: goneEmail}
		g.index()
		put(groupMemberships.Put(tx, g))
		put(visitDays.Put(tx, &VisitDay{Meta: docID("visit"), ClusterID: h.cluster.ID, People: []Guest{{Name: goneName, Email: goneEmail}}}))
		put(subscriptions.Put(tx, &Subscription{Meta: storage.Meta{ID: h.subscriptionID("list", goneEmail)}, ListID: "list", Email: goneEmail, Name: "Ö. Zyxberg-Quist", State: Subscribed,
			Key: mailer.AddressKey(goneEmail), Words: words(goneEmail)}))
		put(readings.Put(tx, &Reading{Meta: docID("read"), CampaignID: "camp", Reader: mailer.AddressKey(goneEmail), What: readingOpened}))
		put(memberships.Put(tx, &Membership{Meta: docID("mem"), CompanyID: "c", ClusterID: h.cluster.ID, State: JoinApplied, Motivation: goneSecret,
			Application: &JoinApplication{Name: goneName, Email: goneEmail}}))
		put(joinWishes.Put(tx, &joinWish{Meta: docID("join"), Email: goneEmail, At: t0, Application: JoinApplication{Name: goneName, Email: goneEmail}, Motivation: goneSecret}))
		put(agreements.Put(tx, &Agreement{Meta: docID("agr"), MembershipID: "m", Version: 1, State: AgreementSent, Signatory: goneName, Email: goneEmail}))
		put(audit.Put(tx, &Entry{Meta: docID("aud1"), At: t0, Action: "registration.cancel", Subject: "reg", Label: goneName, Reason: goneSecret}))
		put(audit.Put(tx, &Entry{Meta: docID("aud2"), At: t0, Action: "application.edit", Subject: "app", Reason: goneSecret}))
		put(h.Outbox.Add(tx, mailer.Mail{Meta: docID("m1"), Kind: "test", To: goneEmail, Letter: mailer.Letter{Subject: goneSecret}}))
		put(h.Outbox.Add(tx, mailer.Mail{Meta: docID("m2"), Kind: "test", To: "host@example.org", Letter: mailer.Letter{Subject: "Ö. Zyxberg-Quist subscribed", Paragraphs: []string{"So wrote " + goneName + "."}}}))
		_, err := h.Outbox.StopMail(tx, goneEmail, mailer.Hold{Cause: mailer.Complaint, Scope: mailer.ScopeBulk})
		return err
	})
}

// dataLinkFor asks for the link to what is kept under an address, and gives it;
// "" where no mail came.
func (h *testHouse) dataLinkFor(t *testing.T, email string) string {
	t.Helper()
	must(t, h.AskAddressData(t.Context(), strings.ToUpper(email), "fi"))
	for _, m := range h.mailsTo(t, email) {
		if m.Kind == mailData {
			return strings.TrimPrefix(m.Letter.Button.URL, h.BaseURL+"/data/")
		}
	}
	return ""
}

// Whoever is known by an address alone sees all of it, and leaves no trace.
func TestAddressErasureLeavesNoTrace(t *testing.T) {
	h := newHouse(t)
	l := h.list(t, "a")
	h.touchAddress(t, h.event(t, nil))
	link := h.dataLinkFor(t, goneEmail)
	must(t, h.AskAddressData(t.Context(), goneEmail, "en")) // within the hour: no second mail
	if n := len(h.mailsTo(t, goneEmail)); n != 2 {
		t.Fatalf("%d mails to the address", n)
	}
	data, err := h.AddressDataByLink(t.Context(), link, "fi")
	must(t, err)
	text, err := json.Marshal(data)
	must(t, err)
	var parts []string
	for _, p := range data.Parts {
		parts = append(parts, p.Name)
	}
	want := []string{"agreements", "audit", "delegation_wishes", "entrants", "group_memberships", "join_wishes", "mail_suppressions", "mails", "memberships", "readings",
		"registrations", "subscriptions", "trip_applications", "trip_programmes", "trips", "visit_days"}
	if slices.Sort(parts); !slices.Equal(parts, want) || !strings.Contains(string(text), goneSecret) || strings.Contains(string(text), "host@example.org") {
		t.Errorf("the copy has %v", parts)
	}
	for _, bad := range []string{"", "x", "x.y", strings.Replace(link, ".", "a.", 1)} {
		wantHidden(t, h.EraseByAddress(t.Context(), bad))
	}
	var both sync.WaitGroup
	for range 2 { // twice at once is once
		both.Go(func() {
			if err := h.EraseByAddress(t.Context(), link); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	must(t, second(h.FinishErasures(t.Context(), h.now())))
	traces := h.traces(t, goneName, "Zyxberg", goneEmail, goneSecret, mailer.AddressKey(goneEmail))
	for _, c := range slices.Sorted(maps.Keys(traces)) {
		t.Errorf("%s: %s", c, traces[c])
	}
	list, _, err := h.Erasures(t.Context(), administrator(), ListFilter{})
	must(t, err)
	if len(list) != 1 || list[0].State != ErasureDone || list[0].By != ErasedByThemselves {
		t.Errorf("the proofs are %+v", list)
	}
	if data, err := h.AddressDataByLink(t.Context(), link, "fi"); err != nil || len(data.Parts) > 0 {
		t.Errorf("afterwards the link shows %v, %v", data, err)
	}
	h.write(t, func(tx *storage.Tx) error {
		_, came, err := h.place(tx, h.boss, l, NewSubscriber{Email: goneEmail, Wording: "x"}, true)
		if came != ListLeft {
			t.Errorf("put on a list: %s", came)
		}
		r, err2 := registrations.Get(tx, "reg")
		if must(t, err2); r.State != NoShow || r.Name != nameless || r.PersonID != list[0].ID {
			t.Errorf("what counts is %+v", r)
		}
		return err
	})
}

// What somebody of the same name said under another address stays, and so does
// the name in what others wrote: there it does not say who of them is meant.
func TestAddressErasureSparesNamesakes(t *testing.T) {
	h := newHouse(t)
	l, e := h.list(t, "a"), h.event(t, nil)
	h.subscribed(t, goneEmail, l)
	h.write(t, func(tx *storage.Tx) error {
		s, err := subscriptions.Get(tx, h.subscriptionID(l.ID, goneEmail))
		must(t, err)
		s.Name = goneName
		must(t, s.keep(tx))
		must(t, registrations.Put(tx, &Registration{Meta: docID("other"), EventID: e.ID, State: Pending, Email: "namesake@example.org", Name: goneName, Ticket: "BBB", Words: words(goneName)}))
		return tripNotes.Put(tx, &TripNote{Meta: docID("note"), TripID: "trip", Text: "Met " + goneName + " (" + goneEmail + ")."})
	})
	must(t, h.EraseByAddress(t.Context(), h.dataLinkFor(t, goneEmail)))
	h.write(t, func(tx *storage.Tx) error {
		r, err := registrations.Get(tx, "other")
		must(t, err)
		n, err := tripNotes.Get(tx, "note")
		if r.Name != goneName || r.Email != "namesake@example.org" || !slices.Contains(r.Words, "zyxberg") || n.Text != "Met "+goneName+" ()." {
			t.Errorf("left are %+v and %q", r, n.Text)
		}
		return err
	})
}

// Nobody learns from the answer whether an address is known, and nobody who can
// sign in is shown what they see there.
func TestAskAddressData(t *testing.T) {
	h := newHouse(t)
	wantProblem(t, h.AskAddressData(t.Context(), "nobody", "en"), Invalid)
	if link := h.dataLinkFor(t, "unknown@example.org"); link != "" {
		t.Errorf("an unknown address is sent %s", link)
	}
	h.gone(t)
	if link := h.dataLinkFor(t, goneEmail); link != "" {
		t.Errorf("a person is sent %s", link)
	}
	l := h.list(t, "a")
	h.subscribed(t, "reader@example.org", l)
	link := h.dataLinkFor(t, "reader@example.org")
	h.at(h.now().Add(25 * time.Hour))
	if _, err := h.AddressDataByLink(t.Context(), link, "fi"); err != ErrGone {
		t.Errorf("an old link gives %v", err)
	}
	if err := h.EraseByAddress(t.Context(), link); IsHidden(err) || err == nil {
		t.Errorf("an old link erases: %v", err)
	}
	link = h.dataLinkFor(t, "reader@example.org")
	h.registerAs(t, h.event(t, nil), Signup{Name: "Reader", Email: "reader@example.org", Lang: "en"})
	if _, err := h.AddressDataByLink(t.Context(), link, "fi"); err != ErrGone {
		t.Errorf("to somebody who can sign in by now the link gives %v", err)
	}
}
