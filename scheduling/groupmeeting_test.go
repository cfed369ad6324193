package scheduling

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// A gatheringHouse is a group of three companies with its coordinator, and a
// gathering that a visitor has to come to, with two companies at least.
type gatheringHouse struct {
	*testHouse
	group  *Group
	keeper Actor
	people []Actor // of the companies
	guest  Actor   // the visitor
	id     string
	times  []CandidateTime
}

func newGathering(t testing.TB, starts ...string) *gatheringHouse {
	t.Helper()
	return gatheringIn(t, newHouse(t), starts...)
}

func gatheringIn(t testing.TB, house *testHouse, starts ...string) *gatheringHouse {
	t.Helper()
	h := &gatheringHouse{testHouse: house}
	h.group = h.b2bNew(t, "spain", nil)
	h.keeper = h.b2bCoordinator(t, h.group, "Kaisa Keeper")
	for i, lang := range []string{"fi", "en", "en"} {
		a := h.b2bPerson(t, fmt.Sprintf("Company %d Oy", i), fmt.Sprintf("Person %d", i), lang)
		h.b2bMember(t, h.group, a)
		h.people = append(h.people, a)
	}
	in := GatheringInput{ID: "gathering0000001", GroupID: h.group.ID, Title: Text{"en": "SEAT visits", "fi": "SEAT vierailee"}, Place: "Town hall", Link: "https://video.example/secret",
		Zone: "Europe/Helsinki", Minutes: 60, Need: 2, Outside: []OutsideParty{{Name: "SEAT", Required: true, People: []Guest{{Name: "Gloria Guest", Email: "gloria@seat.example"}}}}}
	for _, s := range starts {
		in.Starts = append(in.Starts, helsinki(t, s))
	}
	g, err := h.SaveGathering(t.Context(), h.keeper, in)
	must(t, err)
	h.id, h.times = g.ID, g.Times
	i := slices.IndexFunc(g.Parties, func(p GatheringParty) bool { return p.Outside })
	who := g.Parties[i].People[0]
	h.guest = Actor{ID: who.PersonID, Email: who.Email, Via: "link"}
	return h
}

// says answers about the nth time.
func (h *gatheringHouse) says(t testing.TB, a Actor, n int, answer GroupAnswer) *Gathering {
	t.Helper()
	g, err := h.AnswerGathering(t.Context(), a, h.id, a.ID, GatheringAnswer{Answers: map[string]GroupAnswer{h.times[n].ID: answer}})
	must(t, err)
	return g
}

func (h *gatheringHouse) now(t testing.TB) (g *Gathering) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		g, err = gatherings.Get(tx, h.id)
		return err
	}))
	return g
}

// send lets the outbox believe that everything has left.
func (h *gatheringHouse) send(t testing.TB) {
	t.Helper()
	h.post(t.(*testing.T))
}

func TestGatheringFollowsItsAnswers(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00", "2027-02-10 13:00")
	if got := h.mails(t, h.people[0].Email); !slices.Equal(got, []string{"group.b2b_accepted", "group.b2b_meeting_asked"}) {
		t.Fatalf("mails = %q", got)
	}
	h.says(t, h.people[0], 1, GroupYes)
	h.says(t, h.people[1], 1, GroupIfNeeded)
	if g := h.says(t, h.people[2], 1, GroupNo); g.State != GatheringTentative {
		t.Fatalf("without the visitor it is %s", g.State)
	}
	g := h.says(t, h.guest, 1, GroupYes)
	if g.State != GatheringConfirmed || !g.Starts.Equal(helsinki(t, "2027-02-10 13:00")) || g.Sequence != 1 {
		t.Fatalf("gathering = %+v", g)
	}
	for who, want := range map[string]string{h.people[0].Email: "group.b2b_meeting_fixed", h.people[1].Email: "group.b2b_meeting_fixed",
		h.people[2].Email: "group.b2b_meeting_without", h.guest.Email: "group.b2b_meeting_fixed"} {
		if got := h.mails(t, who); got[len(got)-1] != want || slices.Contains(got, "group.b2b_meeting_asked") {
			t.Errorf("%s got %q", who, got)
		}
	}
	mails := h.mailsTo(t, h.people[0].Email)
	invite := mails[len(mails)-1]
	for _, want := range []string{"METHOD:REQUEST", "STATUS:CONFIRMED", "SEQUENCE:2", "UID:" + g.UID, "SUMMARY:SEAT vierailee", "PARTSTAT=ACCEPTED"} {
		if !strings.Contains(string(invite.Calendar.Body), want) {
			t.Errorf("the invite has no %s:\n%s", want, invite.Calendar.Body)
		}
	}
	if strings.Contains(string(invite.Calendar.Body), "gloria") {
		t.Error("an invite names others")
	}
	h.send(t)

	// Below the quorum the coordinator alone is asked; the others see nothing.
	before := h.mails(t, h.people[0].Email)
	g = h.says(t, h.people[1], 1, GroupNo)
	if g.State != GatheringAtRisk {
		t.Fatalf("it is %s", g.State)
	}
	if got := h.mails(t, h.keeper.Email); !slices.Equal(got, []string{"group.b2b_meeting_risk"}) {
		t.Errorf("the coordinator got %q", got)
	}
	if got := h.mails(t, h.people[0].Email); !slices.Equal(got, before) {
		t.Errorf("others got %q", got)
	}
	out := h.mailsTo(t, h.people[1].Email)
	if last := out[len(out)-1]; last.Kind != "group.b2b_meeting_out" || last.Calendar == nil || !strings.Contains(string(last.Calendar.Body), "METHOD:CANCEL") {
		t.Errorf("who goes got %s", last.Kind)
	}

	// Anyway: it stands as long as who comes now comes.
	_, err := h.ConfirmGathering(t.Context(), h.people[0], h.id, "")
	wantHidden(t, err)
	g, err = h.ConfirmGathering(t.Context(), h.keeper, h.id, "")
	must(t, err)
	if g.State != GatheringConfirmed || len(g.Stood) != 2 {
		t.Fatalf("gathering = %+v", g)
	}
	if g = h.says(t, h.people[0], 1, GroupNo); g.State != GatheringAtRisk || g.Falls != 2 {
		t.Errorf("it is %s after %d falls", g.State, g.Falls)
	}
	h.says(t, h.people[0], 1, GroupYes)
	g = h.says(t, h.people[2], 1, GroupYes)
	if g.State != GatheringConfirmed || g.Stood != nil {
		t.Errorf("with its quorum again it is %s, %q", g.State, g.Stood)
	}

	// It takes place, by the clock.
	if n, err := h.KeepGatherings(t.Context(), g.Ends); n != 1 || err != nil {
		t.Errorf("kept %d, %v", n, err)
	}
	if g = h.now(t); g.State != GatheringHeld || g.Open {
		t.Errorf("after its end it is %s", g.State)
	}
	h.isContact(t, g)
	_, err = h.AnswerGathering(t.Context(), h.people[0], h.id, h.people[0].ID, GatheringAnswer{Answers: map[string]GroupAnswer{h.times[1].ID: GroupNo}})
	wantProblem(t, err, Closed)
}

// One time alone stands in the calendars as tentative from the beginning.
func TestSingleTimeIsTentative(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00")
	mails := h.mailsTo(t, h.people[1].Email)
	asked := mails[len(mails)-1]
	if len(asked.Letter.Links) != 3 || !strings.Contains(string(asked.Calendar.Body), "STATUS:TENTATIVE") || !strings.Contains(string(asked.Calendar.Body), "SEQUENCE:0") {
		t.Errorf("asked with\n%s", asked.Calendar.Body)
	}
	h.send(t)
	_, err := h.CancelGathering(t.Context(), h.keeper, h.id, "Strike")
	must(t, err)
	_, err = h.CancelGathering(t.Context(), h.keeper, h.id, "Strike")
	must(t, err)
	mails = h.mailsTo(t, h.people[1].Email)
	if last := mails[len(mails)-1]; len(mails) != 3 || last.Calendar.Method != "CANCEL" || !strings.Contains(strings.Join(last.Letter.Paragraphs, " "), "Strike") {
		t.Errorf("%d mails, the last %+v", len(mails), last.Letter)
	}
}

func TestGatheringAnswersByLink(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00", "2027-02-10 13:00")
	link := h.GatheringLink(h.now(t), h.people[0].ID)
	p, by, err := h.GatheringByLink(t.Context(), link)
	must(t, err)
	if by.ID != h.people[0].ID || p.Manage || p.Person == nil {
		t.Errorf("link leads to %+v", by)
	}
	for _, wrong := range []string{link + "A", "x" + link, "", ".", strings.Replace(link, h.people[0].ID, h.people[1].ID, 1)} {
		_, _, err := h.GatheringByLink(t.Context(), wrong)
		wantHidden(t, err)
	}
	yes := true
	_, err = h.AnswerGathering(t.Context(), by, h.id, by.ID, GatheringAnswer{Answers: map[string]GroupAnswer{h.times[0].ID: GroupYes}, Zone: "Europe/Madrid", UseBusy: &yes})
	must(t, err)
	who, _ := h.now(t).Person(by.ID)
	if who.Zone != "Europe/Madrid" || !who.UseBusy || who.Answers[h.times[0].ID] != GroupYes {
		t.Errorf("person = %+v", who)
	}
	if p, err := h.Person(t.Context(), h.boss, by.ID); err != nil || p.Person.Zone != "Europe/Madrid" {
		t.Errorf("the zone is not kept: %v", err)
	}
	// Others' answers are theirs; a time that is none is none.
	_, err = h.AnswerGathering(t.Context(), by, h.id, h.people[1].ID, GatheringAnswer{Answers: map[string]GroupAnswer{h.times[0].ID: GroupNo}})
	wantHidden(t, err)
	_, err = h.AnswerGathering(t.Context(), by, h.id, by.ID, GatheringAnswer{Answers: map[string]GroupAnswer{"nowhere": GroupNo}})
	wantField(t, err, "answer")
	_, err = h.AnswerGathering(t.Context(), by, h.id, by.ID, GatheringAnswer{Zone: "Mars/Olympus"})
	wantField(t, err, "zone")
}

// An edit tells those whom it concerns, and nobody twice.
func TestEditedGathering(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00")
	h.says(t, h.people[0], 0, GroupYes)
	h.says(t, h.people[1], 0, GroupYes)
	h.says(t, h.people[2], 0, GroupNo)
	g := h.says(t, h.guest, 0, GroupYes)
	h.send(t)
	in := GatheringInput{ID: g.ID, Rev: g.Rev, Title: g.Title, Place: "Library", Zone: g.Zone, Minutes: 90, Need: 2,
		Outside: []OutsideParty{{ID: g.Parties[3].ID, Name: "SEAT", Required: true, People: []Guest{{Name: "Gloria Guest", Email: "gloria@seat.example"}}}}}
	g, err := h.SaveGathering(t.Context(), h.keeper, in)
	must(t, err)
	if g.State != GatheringConfirmed || g.Ends.Sub(g.Starts) != 90*time.Minute {
		t.Fatalf("gathering = %+v", g)
	}
	for _, a := range []Actor{h.people[0], h.people[1], h.guest} {
		if got := h.mails(t, a.Email); got[len(got)-1] != "group.b2b_meeting_changed" {
			t.Errorf("%s got %q", a.Email, got)
		}
	}
	if got := h.mails(t, h.people[2].Email); got[len(got)-1] != "group.b2b_meeting_without" {
		t.Errorf("who cannot come got %q", got)
	}
	_, err = h.SaveGathering(t.Context(), h.keeper, in)
	wantProblem(t, err, Changed)
	h.send(t)

	// Without its visitor it is about others: the visitor is let go alone.
	in.Rev, in.Outside = g.Rev, nil
	_, err = h.SaveGathering(t.Context(), h.keeper, in)
	must(t, err)
	got := h.mailsTo(t, h.guest.Email)
	if last := got[len(got)-1]; last.Kind != "group.b2b_meeting_out" || last.Calendar == nil || last.Calendar.Method != "CANCEL" {
		t.Errorf("the visitor got %s", last.Kind)
	}
	h.send(t)
	n := len(h.mails(t, h.people[0].Email))

	// Moved, everybody is asked again.
	g, err = h.MoveGathering(t.Context(), h.keeper, h.id, helsinki(t, "2027-02-16 10:00"))
	must(t, err)
	if g.State != GatheringTentative || g.UID != g.Times[0].UID {
		t.Fatalf("moved it is %+v", g)
	}
	if got := h.mails(t, h.people[0].Email)[n:]; !slices.Equal(got, []string{"group.b2b_meeting_asked"}) {
		t.Errorf("then got %q", got)
	}
}

// Answers are waited for; what comes to nothing ends by itself.
func TestGatheringInTime(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00", "2027-02-10 13:00")
	g := h.now(t)
	in := GatheringInput{ID: g.ID, Rev: g.Rev, Title: g.Title, Zone: g.Zone, Minutes: 60, Need: 2, AnswerBy: helsinki(t, "2027-02-01 12:00"),
		Starts: []time.Time{g.Times[0].Starts, g.Times[1].Starts}}
	_, err := h.SaveGathering(t.Context(), h.keeper, in)
	must(t, err)
	for _, a := range h.people[:2] {
		h.says(t, a, 0, GroupIfNeeded)
		h.says(t, a, 1, GroupYes)
	}
	if g := h.now(t); g.State != GatheringTentative {
		t.Errorf("before the answers are in it is %s", g.State)
	}
	at := helsinki(t, "2027-02-01 12:00")
	h.at(at)
	_, err = h.KeepGatherings(t.Context(), at)
	must(t, err)
	if g := h.now(t); g.State != GatheringConfirmed || g.Chosen != h.times[1].ID {
		t.Errorf("then it is %s at %s", g.State, g.Starts)
	}

	late := newGathering(t, "2027-02-09 09:00")
	late.says(t, late.people[0], 0, GroupYes)
	at = helsinki(t, "2027-02-09 10:00")
	late.at(at)
	for range 2 {
		_, err = late.KeepGatherings(t.Context(), at)
		must(t, err)
	}
	if g := late.now(t); g.State != GatheringCancelled {
		t.Errorf("without a time it is %s", g.State)
	}
}

// The feed shows each time until one is chosen, then one, under the same UID.
func TestGatheringInFeed(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00", "2027-02-10 13:00")
	a := h.address(t, h.people[0], func(a *FeedAddress) { a.Scopes = []string{"groups"} })
	uid := h.now(t).UID
	status := func() map[string]string {
		_, entries := entriesOf(t, h.personal(t, a))
		out := map[string]string{}
		for id, x := range entries {
			for _, line := range strings.Split(x, "\r\n") {
				if s, ok := strings.CutPrefix(line, "STATUS:"); ok {
					out[id] = s
				}
			}
			if out[id] == "" {
				out[id] = "CONFIRMED"
			}
		}
		return out
	}
	if got := status(); !maps.Equal(got, map[string]string{uid: "TENTATIVE", h.times[1].UID: "TENTATIVE"}) {
		t.Errorf("before it shows %v", got)
	}
	for _, who := range append([]Actor{h.guest}, h.people[:2]...) {
		h.says(t, who, 1, GroupYes)
	}
	if got := status(); !maps.Equal(got, map[string]string{uid: "CONFIRMED", h.times[1].UID: "CANCELLED"}) {
		t.Errorf("confirmed it shows %v", got)
	}
	h.says(t, h.people[1], 1, GroupNo) // at risk: nobody is alarmed
	if got := status(); got[uid] != "CONFIRMED" {
		t.Errorf("at risk it shows %v", got)
	}
	_, entries := entriesOf(t, h.personal(t, a))
	if x := entries[uid]; !strings.Contains(x, "DTSTART;TZID=Europe/Helsinki:20270210T130000") || !strings.Contains(x, "video.example") {
		t.Errorf("entry:\n%s", x)
	}
	h.says(t, h.people[0], 1, GroupNo)
	if got := status(); got[uid] != "CANCELLED" {
		t.Errorf("who does not come sees %v", got)
	}
}

func TestHintsOfTimes(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00")
	yes := true
	for _, a := range h.people[:2] {
		_, err := h.AnswerGathering(t.Context(), a, h.id, a.ID, GatheringAnswer{UseBusy: &yes})
		must(t, err)
	}
	h.addBusy(t, h.people[0], NewBusy{Zone: "Europe/Helsinki", File: []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:20270115T060000Z\r\nDTEND:20270115T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")})
	_, err := h.AnswerGathering(t.Context(), h.guest, h.id, h.guest.ID, GatheringAnswer{Zone: "Europe/Madrid"})
	must(t, err)
	hints, err := h.TimeHints(t.Context(), h.keeper, h.id, helsinki(t, "2027-01-15 00:00"))
	must(t, err)
	if first := hints[0]; !first.Starts.Equal(helsinki(t, "2027-01-15 12:00")) || first.Free != 3 || first.Of != 3 {
		t.Errorf("the first hint is %+v", first)
	}
	p, err := h.Gathering(t.Context(), h.keeper, h.id)
	must(t, err)
	if p.Busyness(h.people[0].ID, h.times[0].ID) != "" {
		t.Error("busy at a time that is free")
	}
	_, err = h.TimeHints(t.Context(), h.people[0], h.id, t0)
	wantHidden(t, err)
}

// Whatever is answered and decided in whatever order, the state is what the
// answers say, nobody is in two meetings at once, and who comes is booked.
func TestGatheringProperty(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00")
	rapid.Check(t, func(rt *rapid.T) {
		both := h.pair(t)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			g := both[rapid.IntRange(0, 1).Draw(rt, "which")]
			who := append([]Actor{h.guest}, h.people...)[rapid.IntRange(0, 3).Draw(rt, "who")]
			step := rapid.SampledFrom([]string{"answer", "answer", "answer", "answer", "confirm", "edit", "move"}).Draw(rt, "step")
			var err error
			switch step {
			case "answer":
				now := h.gathering(t, g.ID)
				time := now.Times[rapid.IntRange(0, len(now.Times)-1).Draw(rt, "time")]
				a := rapid.SampledFrom(GroupAnswers).Draw(rt, "answer")
				_, err = h.AnswerGathering(t.Context(), who, g.ID, who.ID, GatheringAnswer{Answers: map[string]GroupAnswer{time.ID: a}})
			case "confirm":
				_, err = h.ConfirmGathering(t.Context(), h.keeper, g.ID, h.gathering(t, g.ID).Times[0].ID)
			case "edit":
				err = h.needs(t, g.ID, rapid.IntRange(0, 3).Draw(rt, "need"))
			case "move":
				_, err = h.MoveGathering(t.Context(), h.keeper, g.ID, g.Times[0].Starts.Add(time.Duration(rapid.IntRange(0, 6).Draw(rt, "to"))*15*time.Minute))
			}
			if err != nil && ProblemIn(err) == nil && !IsHidden(err) {
				rt.Fatalf("%s: %v", step, err)
			}
			h.wantConsistent(rt, t)
		}
		for _, g := range both {
			_, err := h.CancelGathering(t.Context(), h.keeper, g.ID, "")
			must(t, err)
		}
		h.wantConsistent(rt, t)
	})
}

// pair proposes two meetings that overlap, one with the visitor.
func (h *gatheringHouse) pair(t testing.TB) (both []*Gathering) {
	t.Helper()
	nine := helsinki(t, "2027-02-10 09:00")
	for i, in := range []GatheringInput{
		{Need: 2, Starts: []time.Time{nine, nine.Add(30 * time.Minute)}, Outside: []OutsideParty{{Name: "SEAT", Required: true, People: []Guest{{Name: "Gloria Guest", Email: h.guest.Email}}}}},
		{Need: 1, Starts: []time.Time{nine.Add(30 * time.Minute)}},
	} {
		in.GroupID, in.Title, in.Zone, in.Minutes = h.group.ID, Text{"en": fmt.Sprint("Meeting ", i)}, "Europe/Helsinki", 60-15*i
		g, err := h.SaveGathering(t.Context(), h.keeper, in)
		must(t, err)
		both = append(both, g)
	}
	return both
}

func (h *gatheringHouse) gathering(t testing.TB, id string) *Gathering {
	t.Helper()
	was := h.id
	defer func() { h.id = was }()
	h.id = id
	return h.now(t)
}

// needs edits how many companies have to come.
func (h *gatheringHouse) needs(t testing.TB, id string, n int) error {
	g := h.gathering(t, id)
	in := GatheringInput{ID: id, Rev: g.Rev, Title: g.Title, Place: g.Place, Link: g.Link, Zone: g.Zone, Minutes: g.Minutes, Need: n}
	for _, x := range g.Times {
		in.Starts = append(in.Starts, x.Starts)
	}
	for _, p := range g.Parties {
		if p.Outside {
			in.Outside = append(in.Outside, OutsideParty{ID: p.ID, Name: p.Name, Required: p.Required, People: []Guest{{Name: p.People[0].Name, Email: p.People[0].Email}}})
		}
	}
	_, err := h.SaveGathering(t.Context(), h.keeper, in)
	return err
}

// wantConsistent checks all gatherings against their answers and the bookings.
func (h *gatheringHouse) wantConsistent(rt interface{ Fatalf(string, ...any) }, t testing.TB) {
	t.Helper()
	var all []*Gathering
	var booked []*booking
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		if all, err = gatherings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("open", true)}}); err == nil {
			booked, err = bookings.Find(tx, storage.Query{})
		}
		return err
	}))
	want := map[string]string{}
	for _, g := range all {
		c := TimeCount{}
		if at, ok := g.TimeOf(g.Chosen); ok {
			c = g.Count(at)
		}
		switch g.State {
		case GatheringTentative:
			if g.Chosen != "" || !g.Starts.IsZero() {
				rt.Fatalf("tentative with a time: %+v", g)
			}
			continue
		case GatheringConfirmed:
			if !c.Meets && !g.stands() {
				rt.Fatalf("confirmed below its quorum: %+v", c)
			}
		case GatheringAtRisk:
			if c.Meets {
				rt.Fatalf("at risk with its quorum: %+v", c)
			}
		}
		for _, id := range g.comers() {
			for at := g.Starts; at.Before(g.Ends); at = at.Add(bookStep) {
				key := bookedPerson(id) + "@" + slotID(at)
				if other := want[key]; other != "" && other != g.ID {
					rt.Fatalf("%s is in two meetings", key)
				}
				want[key] = g.ID
			}
		}
	}
	got := map[string]string{}
	for _, b := range booked {
		got[b.ID] = b.MeetingID
	}
	if !maps.Equal(got, want) {
		rt.Fatalf("booked %v, want %v", got, want)
	}
}

// Two meetings at one time, and everybody answers both at once: each person is
// in one of them.
func TestNobodyInTwoGatherings(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00")
	both := h.pair(t)
	var wg sync.WaitGroup
	for _, a := range append([]Actor{h.guest}, h.people...) {
		for _, g := range both {
			wg.Go(func() {
				_, err := h.AnswerGathering(t.Context(), a, g.ID, a.ID, GatheringAnswer{Answers: map[string]GroupAnswer{g.Times[0].ID: GroupYes}})
				if err != nil && ProblemIn(err) == nil && !IsHidden(err) {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	h.wantConsistent(t, t)
}

// A meeting of a round and one of a group exclude each other.
func TestGatheringAndRoundMeeting(t *testing.T) {
	h := newGathering(t, "2027-02-09 09:00")
	starts := helsinki(t, "2027-02-09 09:30")
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		return book(tx, &Meeting{Meta: storage.Meta{ID: "round"}, PersonIDs: []string{h.people[0].ID}, Starts: starts, Ends: starts.Add(20 * time.Minute)})
	}))
	_, err := h.AnswerGathering(t.Context(), h.people[0], h.id, h.people[0].ID, GatheringAnswer{Answers: map[string]GroupAnswer{h.times[0].ID: GroupYes}})
	wantField(t, err, "answer."+h.times[0].ID)
	for _, a := range []Actor{h.people[1], h.people[2], h.guest} {
		h.says(t, a, 0, GroupYes)
	}
	err = h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		return book(tx, &Meeting{Meta: storage.Meta{ID: "round2"}, PersonIDs: []string{h.people[1].ID}, Starts: starts, Ends: starts.Add(20 * time.Minute)})
	})
	wantProblem(t, err, Full)
}

// isContact: whoever said that they come to what was held was met, and nobody else;
// counted anew it is the same.
func (h *gatheringHouse) isContact(t testing.TB, g *Gathering) {
	t.Helper()
	check := func() (met int) {
		for _, a := range h.people {
			var p *Person
			h.store(t, func(tx *storage.Tx) (err error) {
				p, err = people.Get(tx, a.ID)
				return err
			})
			lines, _, err := h.Timeline(t.Context(), h.boss, p.CompanyID, "", "")
			must(t, err)
			came := slices.ContainsFunc(g.Parties, func(party GatheringParty) bool {
				return party.Best(g.Chosen).Comes() && party.People[0].PersonID == p.ID
			})
			switch {
			case !came && len(lines) == 0:
			case came && len(lines) == 1 && lines[0].Title["en"] == "SEAT visits" && lines[0].Path == "/groups/"+g.GroupID+"/meetings/"+g.ID && lines[0].At.Equal(g.Starts) && slices.Equal(lines[0].PersonIDs, []string{p.ID}):
				met++
			default:
				t.Errorf("%s came: %t, and was met %+v", p.Name, came, lines)
			}
		}
		return met
	}
	if check() == 0 {
		t.Error("nobody was met")
	}
	h.forgetEncounters(t)
	_, err := h.CountEncounters(t.Context(), g.Last.Add(time.Hour))
	must(t, err)
	check()
}
