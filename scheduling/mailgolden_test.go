package scheduling

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestGoldenMails makes a mail of every kind in every language, as the desk
// does, and compares what its reader gets with testdata/mails.
func TestGoldenMails(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		p.all(func(m *mailer.Mail) {
			shown, err := p.Outbox.Preview(m)
			must(t, err)
			mailtest.Golden{Kind: m.Kind, Lang: lang, Subject: shown.Subject, Text: shown.Text, HTML: shown.HTML, Calendar: shown.Calendar}.Compare(t, *update)
		})
	}
}

// TestFieldsOfEveryKind has organisers write a text for every kind with every
// field it may mention: each mail says them, with a value for each.
func TestFieldsOfEveryKind(t *testing.T) {
	pattern := func(k WordingKind) (s string) {
		for _, f := range k.Fields {
			s += "<" + f + "={{" + f + "}}> "
		}
		return s
	}
	p := newPost(t, "en", func(h *testHouse) {
		for _, k := range WordingKinds {
			h.ownWords(t, k.Kind, parts{WordingBody: pattern(k)})
		}
	})
	seen := map[string]bool{}
	p.all(func(m *mailer.Mail) {
		k, editable := wordingKind(m.Kind)
		seen[m.Kind] = true
		if !editable {
			return
		}
		for _, f := range k.Fields {
			text := m.Letter.Paragraphs[1]
			if _, after, said := strings.Cut(text, "<"+f+"="); !said || strings.HasPrefix(after, ">") {
				t.Errorf("%s has nothing to say for {{%s}}: %q", m.Kind, f, text)
			}
		}
	})
	for _, k := range WordingKinds {
		if !seen[k.Kind] {
			t.Errorf("no mail of the kind %s was made", k.Kind)
		}
	}
}

// A post is a house in which everything has a fixed name and the clock stands
// still, and one reader of one language, to whom every kind of mail is written.
type post struct {
	*testHouse
	t       testing.TB
	lang    string
	tx      *storage.Tx
	reader  *Person
	event   *Event
	round   *Round
	us      *Entrant // the reader's
	them    *Entrant
	group   *Group
	member  *GroupMembership
	meeting *Meeting
}

func newPost(t testing.TB, lang string, set func(*testHouse)) *post {
	h := newHouse(t)
	h.at(t0)
	h.DB.Now = h.still
	h.Key = bytes.Repeat([]byte("k"), 32)
	h.cluster.Name, h.cluster.Colour = Text{"en": "Circular Economy Cluster", "fi": "Kiertotalousklusteri"}, "#1f6b3a"
	h.cluster.Address = "Nahkatehtaankatu 2, 90130 Oulu"
	must(t, h.SaveCluster(t.Context(), System("test"), h.cluster))
	project := &Project{Name: Text{"en": "Circular North", "fi": "Kiertävä pohjoinen"}, Code: "CN", From: "2026-01-01", Until: "2028-12-31"}
	must(t, h.SaveProject(t.Context(), System("test"), project))
	if set != nil {
		set(h)
	}
	p := &post{testHouse: h, t: t, lang: lang}
	h.write(t, func(tx *storage.Tx) error {
		p.tx = tx
		p.found(project)
		return nil
	})
	return p
}

// still is the clock where it stands.
func (h *testHouse) still() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

// in is what is said in the reader's language.
func (p *post) in(en, fi string) string {
	if p.lang == "fi" {
		return fi
	}
	return en
}

// fixed gives a document its fixed name.
func fixed(id string) storage.Meta { return storage.Meta{ID: id} }

// found stores what mails are about.
func (p *post) found(project *Project) {
	p.reader = p.person("aino", "Aino Mäkelä")
	p.event = NewEvent(p.cluster, t0.AddDate(0, 0, 21))
	p.event.Meta, p.event.UID, p.event.Slug, p.event.State = fixed("event"), "event@kohtaamo.example", "circular-arena", Published
	p.event.Title, p.event.ProjectID = Text{"en": "CircularArena 2027", "fi": "CircularArena 2027"}, project.ID
	p.event.Venue, p.event.Address = p.in("Oulu City Theatre", "Oulun teatteri"), "Kaarlenväylä 2, Oulu"
	p.event.Ends, p.event.Link = p.event.Starts.Add(7*time.Hour), "https://video.example/arena"
	p.event.Contact, p.event.ContactEmail = "Outi Organiser", "outi@kohtaamo.example"
	p.event.CancelReason = p.in("The house is closed that day.", "Talo on suljettu.")
	p.event.Changed = t0
	p.keep(events.Put(p.tx, p.event))
	p.keep(seatings.Put(p.tx, &Seating{Meta: fixed(p.event.ID)}))
	p.openRound()
	p.makeGroup()
}

func (p *post) openRound() {
	starts := t0.AddDate(0, 0, 21).Add(2 * time.Hour)
	p.round = &Round{Meta: fixed("round"), Slug: "northern-power", EventID: p.event.ID, ClusterIDs: []string{p.cluster.ID}, Phase: RoundPublished, Open: true,
		Title: Text{"en": "Northern Power B2B", "fi": "Northern Power B2B"}, Zone: HouseZone, Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example",
		Starts: starts, Ends: starts.Add(time.Hour), Tables: []Table{{ID: "t1", Name: p.in("Table 1", "Pöytä 1"), Kind: AtTable}}, UID: "round@kohtaamo.example",
		Venues:       []Venue{{ID: "theatre", Name: p.in("Oulu City Theatre", "Oulun teatteri"), Address: "Kaarlenväylä 2, Oulu"}},
		CancelReason: p.in("Too few companies.", "Yrityksiä oli liian vähän."),
		Plan:         RoundPlan{ProfilesAt: t0, RequestsAt: t0.AddDate(0, 0, 5), SchedulingAt: t0.AddDate(0, 0, 12)}}
	for n := range 3 {
		at := starts.Add(time.Duration(n) * 20 * time.Minute)
		p.round.Slots = append(p.round.Slots, Slot{slotID(at), at, at.Add(20 * time.Minute)})
	}
	p.keep(rounds.Put(p.tx, p.round))
	p.us = p.enter("us", "Pohjoisen Anturi Oy", p.reader)
	p.them = p.enter("them", "Voltaje del Sur", p.person("gloria", "Gloria García"))
	p.us.Reason = p.in("The round is for makers of parts.", "Kierros on osien valmistajille.")
	p.meeting = p.meets("meeting", 0)
}

func (p *post) enter(id, name string, who *Person) *Entrant {
	e := &Entrant{Meta: fixed(id), RoundID: p.round.ID, State: EntrantIn, Name: name, Sort: strings.ToLower(name), Country: "FI",
		People: []Delegate{{PersonID: who.ID, Name: who.Name, Manages: true}}, PersonIDs: []string{who.ID}}
	p.keep(entrants.Put(p.tx, e))
	return e
}

// meets stores a published meeting of the two companies in the nth slot.
func (p *post) meets(id string, n int) *Meeting {
	s := p.round.Slots[n]
	m := &Meeting{Meta: fixed(id), RoundID: p.round.ID, State: MeetingPublished, Slot: s.ID, Starts: s.Starts, Ends: s.Ends, Table: "t1", UID: id + "@kohtaamo.example",
		Changed: t0, Shown: OnCalendar{Title: p.round.Title, Slug: p.round.Slug, Zone: HouseZone, Where: p.round.Tables[0].Name}, EntrantIDs: []string{p.us.ID, p.them.ID},
		Asked: &MoveAsk{EntrantID: p.them.ID, Slot: p.round.Slots[2].ID, Message: p.in("We land an hour later.", "Laskeudumme tuntia myöhemmin.")}}
	for _, e := range []*Entrant{p.us, p.them} {
		m.Parties = append(m.Parties, Party{EntrantID: e.ID, Name: e.Name, PersonIDs: e.PersonIDs})
		m.PersonIDs = append(m.PersonIDs, e.PersonIDs...)
		m.Invitees = append(m.Invitees, Invitee{PersonID: e.PersonIDs[0], EntrantID: e.ID, ReplyID: id + e.ID})
	}
	p.keep(meetings.Put(p.tx, m))
	return m
}

func (p *post) makeGroup() {
	p.group = &Group{Meta: fixed("group"), Slug: "spain", ClusterID: p.cluster.ID, Kind: kindB2B, Name: Text{"en": "Towards Spain", "fi": "Espanjaan"}}
	p.keep(groups.Put(p.tx, p.group))
	p.member = &GroupMembership{Meta: fixed("membership"), GroupID: p.group.ID, Name: "Pohjoisen Anturi Oy", State: MemberAccepted,
		PersonIDs: []string{p.reader.ID}, Reason: p.in("The group is full.", "Ryhmä on täynnä.")}
	p.reader.Staff, p.reader.Grants = true, []Grant{{Role: Coordinator, Group: p.group.ID}}
	p.keep(people.Put(p.tx, p.reader))
}

func (p *post) person(id, name string) *Person {
	q := &Person{Meta: fixed(id), Name: name, Sort: name, Email: id + "@example.org", Lang: p.lang}
	p.keep(people.Put(p.tx, q))
	return q
}

// keep fails the test for an error.
func (p *post) keep(err error) {
	p.t.Helper()
	must(p.t, err)
}

// all writes one mail of each kind and hands it over.
func (p *post) all(read func(*mailer.Mail)) {
	p.t.Helper()
	seen := map[string]bool{}
	for _, subject := range []func(){p.registrations, p.rounds, p.entrants, p.requests, p.meetings, p.outcomes, p.memberships, p.gatherings, p.busy, p.applications, p.itineraries, p.tripOutcomes, p.travelling, p.hosts, p.delegations, p.groupRecords, p.belongings, p.planItems, p.webhookOff} {
		p.write(p.t, func(tx *storage.Tx) error {
			p.tx = tx
			subject()
			for m, err := range mailRows.Each(tx, storage.Query{}) {
				if p.keep(err); m.To == p.reader.Email && !seen[m.Kind] {
					seen[m.Kind] = true
					read(m)
				}
			}
			return nil
		})
	}
}

func (p *post) registrations() {
	for kind, r := range map[string]Registration{
		mailAddress: {State: Pending, Unconfirmed: true, Deadline: t0.AddDate(0, 0, 1)}, mailReceived: {State: Pending}, mailConfirmed: {State: Confirmed},
		mailWaitlisted: {State: Waitlisted, Queue: 4}, mailOffered: {State: Offered, Deadline: t0.AddDate(0, 0, 2)},
		mailCancelled: {State: Withdrawn, Invited: true, Reason: p.in("Somebody else comes.", "Joku muu tulee.")}, mailLeft: {State: Left},
		mailExpired: {State: Left, EndedBy: "deadline"}, mailRejected: {State: Rejected, Reason: p.in("The event is for members.", "Tapahtuma on jäsenille.")},
		mailHandedOver: {State: Confirmed, Invited: true}, mailChanged: {State: Confirmed, Invited: true}, mailCalledOff: {State: Confirmed, Invited: true},
		mailReminder: {State: Confirmed}, mailThanks: {State: Attended}, mailMissed: {State: NoShow},
	} {
		r.Meta, r.EventID, r.Name, r.Email, r.Lang, r.Ticket, r.ShownAt = fixed("registration"+strings.ReplaceAll(kind, "_", "")), p.event.ID, p.reader.Name, p.reader.Email, p.lang, strings.ToUpper(strings.ReplaceAll(kind, "_", "")), t0
		r.Invite.Left = r.Invited
		p.keep(registrations.Put(p.tx, &r))
		at := &place{e: p.event, r: &r}
		switch kind {
		case mailHandedOver:
			p.keep(p.farewell(p.tx, at))
		case mailChanged:
			p.keep(p.tellChanged(p.tx, p.event, &r))
		case mailCalledOff:
			p.keep(p.tellCalledOff(p.tx, p.event, &r))
		case mailReminder, mailThanks, mailMissed:
			p.keep(p.tellOnce(p.tx, kind, "golden", p.event, &r))
		default:
			m, err := p.standing(p.tx, at)
			p.keep(err)
			m.ID = kind
			p.keep(p.Outbox.Add(p.tx, *m))
		}
	}
}

func (p *post) rounds() {
	for _, kind := range roundMailKinds {
		p.keep(p.tellDelegate(p.tx, &notice{Kind: kind, RoundID: p.round.ID, Date: p.round.deadline(kind)}, p.round, p.us, p.reader.ID))
	}
}

func (p *post) entrants() {
	for _, kind := range []string{mailEntrantIn, mailEntrantPending, mailEntrantRejected} {
		p.keep(p.tellEntrant(p.tx, p.round, p.us, kind))
	}
	p.keep(p.inviteMail(p.tx, Actor{Name: "Mikko Laine", Lang: p.lang}, p.round, p.us, Invited{ID: "invited", Email: p.reader.Email, Name: p.reader.Name}))
}

func (p *post) requests() {
	for kind, q := range map[string]Request{
		requestReceived: {State: RequestSent, Turn: p.us.ID}, requestAccepted: {State: RequestAccepted}, requestUntimed: {State: RequestAccepted},
		requestDeclined: {State: RequestDeclined}, requestCountered: {State: RequestCountered, Turn: p.us.ID, Slot: p.round.Slots[1].ID},
		requestWithdrawn: {State: RequestWithdrawn}, requestExpired: {State: RequestExpired}, requestLapsed: {State: RequestExpired}, requestReminder: {State: RequestSent, Turn: p.us.ID},
	} {
		q.Meta, q.RoundID, q.From, q.To = fixed(strings.ReplaceAll(kind, ".", "")), p.round.ID, p.them.ID, p.us.ID
		q.Message, q.Reply = p.in("We look for sensors that stand the cold.", "Etsimme pakkasta kestäviä antureita."), p.in("Gladly.", "Mielellämme.")
		if q.Turn != "" {
			q.Deadline = t0.AddDate(0, 0, 3)
		}
		p.keep(p.tellRequest(p.tx, &exchange{r: p.round, q: &q, me: p.us, other: p.them}, kind, p.us))
	}
}

func (p *post) meetings() {
	for kind, v := range map[string]Invitee{tellBooked: {}, tellMoved: {Told: 9}, tellCancelled: {Told: 9, Invited: true}, tellHandedOver: {Told: 9, Invited: true, Left: &Departure{Sequence: 2}}} {
		m := *p.meeting
		m.ID, m.Sequence = kind, 1
		v.PersonID, v.EntrantID, v.ReplyID, v.Invite.Left = p.reader.ID, p.us.ID, "reply", v.Invited
		if v.Left != nil {
			v.Left.Starts, v.Left.Ends, v.Left.Others, v.Left.Shown = m.Starts, m.Ends, []string{p.them.Name}, m.Shown
		}
		if kind == tellCancelled {
			m.State, m.Reason = MeetingCancelled, p.in("We cannot come after all.", "Emme pääsekään tulemaan.")
		}
		p.keep(p.tellInvitee(p.tx, p.round, &m, &v, kind))
	}
	x := &own{r: p.round, me: p.them, m: p.meeting}
	p.keep(p.tellContact(p.tx, x, p.us, meetingAsked))
	refused := *p.meeting
	refused.Asked = nil
	p.keep(p.tellContact(p.tx, &own{r: p.round, me: p.them, m: &refused}, p.us, meetingStays))
	v := p.meeting.Invitees[0]
	v.RSVP.Comment = p.in("I am on the train then.", "Olen silloin junassa.")
	p.keep(p.sayNo(p.tx, p.round, p.meeting, p.us, p.reader, "Mikko Laine", &v))
	p.meets("second", 1)
	p.keep(p.sendAgenda(p.tx, p.round, p.reader.ID, "golden"))
}

func (p *post) outcomes() {
	p.keep(p.Desk.ask(p.tx, p.round, asking{personID: p.reader.ID, meetings: []*Meeting{p.meeting}, entrants: []*Entrant{p.us}}, "2027-02-03", 0))
	o := &Outcome{Meta: fixed(outcomeID(p.meeting.ID, p.us.ID)), MeetingID: p.meeting.ID, EntrantID: p.us.ID, RoundID: p.round.ID,
		Next: p.in("Send the data sheet", "Tekniset tiedot lähetetään"), By: p.reader.ID, Due: t0.Format(time.DateOnly), Open: true}
	p.keep(outcomes.Put(p.tx, o))
	_, err := p.remindOf(p.tx, o, t0)
	p.keep(err)
}

func (p *post) memberships() {
	for kind, path := range map[string]string{
		mailB2BAddress: "/b2b-groups/interest/link", mailB2BInterest: "/groups/group/b2b/members/membership", mailB2BAccepted: "/groups/group/b2b",
		mailB2BReserve: "/groups/group/b2b", mailB2BDeclined: "/b2b-groups", mailB2BEnded: "/b2b-groups", mailB2BLeft: "/groups/group/b2b",
		mailB2BColleague: "/groups/group/b2b/members/membership",
	} {
		w := groupLetter{kind: kind, key: p.member.ID, path: path, args: []any{"company", p.member.Name}}
		switch kind {
		case mailB2BDeclined, mailB2BEnded, mailB2BLeft:
			w.why = p.member.Reason
		}
		p.keep(p.tellMembers(p.tx, p.group, p.member, w, true))
	}
}

func (p *post) gatherings() {
	starts := t0.AddDate(0, 0, 27)
	for n, kind := range []string{mailMeetingAsked, mailMeetingFixed, mailMeetingOpen, mailMeetingWithout, mailMeetingOut, mailMeetingChanged, mailMeetingCancelled, mailMeetingRisk, mailMeetingSafe, mailMeetingNone} {
		g := &Gathering{Meta: fixed(fmt.Sprint("gathering", n)), GroupID: p.group.ID, ClusterID: p.cluster.ID, State: GatheringConfirmed, Title: Text{"en": "Preparing for SEAT", "fi": "SEATin vierailun valmistelu"},
			Place: p.in("Town hall", "Kaupungintalo"), Link: "https://video.example/spain", Zone: HouseZone, Minutes: 60, Need: 2, UID: fmt.Sprintf("gathering%d@kohtaamo.example", n),
			Reason: p.in("The visit has moved.", "Vierailu siirtyi."), Changed: t0, Sequence: 1}
		g.Times = []CandidateTime{{ID: "a", UID: g.UID, Starts: starts}}
		g.Parties = []GatheringParty{{ID: "membership", Name: p.member.Name, People: []GatheringPerson{{PersonID: p.reader.ID, Name: p.reader.Name, Email: p.reader.Email, Lang: p.lang,
			Zone: "Europe/Madrid", Answers: map[string]GroupAnswer{"a": GroupYes}, Invited: kind == mailMeetingOut || kind == mailMeetingCancelled}}}}
		if kind != mailMeetingAsked {
			g.Chosen, g.Starts, g.Ends = "a", starts, starts.Add(time.Hour)
		}
		switch kind {
		case mailMeetingCancelled:
			g.State = GatheringCancelled
		case mailMeetingRisk, mailMeetingSafe, mailMeetingNone:
			p.keep(p.tellRisk(p.tx, p.group, g, kind))
			continue
		}
		p.keep(p.tellPerson(p.tx, p.group, g, &g.Parties[0].People[0], kind))
	}
}

func (p *post) busy() {
	p.keep(p.sayPaused(p.tx, &BusyCalendar{Meta: fixed("busy"), PersonID: p.reader.ID, Name: p.in("Work", "Työ"), Zone: HouseZone, FailingSince: t0.AddDate(0, 0, -7)}))
}
