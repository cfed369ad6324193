package scheduling

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// roundDay is the day of the tests' rounds, six weeks after t0.
var roundDay = time.Date(2027, 2, 24, 0, 0, 0, 0, time.UTC)

// clockOf is a wall time of a day before or after roundDay, in Helsinki.
func clockOf(days, hour int) time.Time {
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return time.Date(roundDay.Year(), roundDay.Month(), roundDay.Day()+days, hour, 0, 0, 0, loc).UTC()
}

// round stores a draft of four slots and two tables, after set has had its way.
func (h *testHouse) round(t testing.TB, set func(*Round)) *Round {
	t.Helper()
	r := NewRound(h.cluster, roundDay)
	r.Title = Text{"en": "Northern Power B2B", "fi": "Northern Powerin B2B"}
	r.Days[0].Windows = []Window{{From: "09:00", To: "10:40", Name: "Morning"}}
	r.Tables = []Table{{Name: "1", Kind: AtTable}, {Name: "2", Kind: AtTable}}
	r.Venues = []Venue{{ID: "hall", Name: "Oulu Hall", Address: "Ouluhallintie 20, Oulu"}}
	r.Plan = RoundPlan{ProfilesAt: clockOf(-35, 9), RequestsAt: clockOf(-21, 9), SchedulingAt: clockOf(-7, 9)}
	r.Contact, r.ContactEmail = "Outi Organiser", "outi@kohtaamo.example"
	if set != nil {
		set(r)
	}
	r, err := h.SaveRound(t.Context(), h.boss, r)
	must(t, err)
	return r
}

// entered stores an entrant of a round with one person who manages it, after
// set has had its way.
func (h *testHouse) entered(t testing.TB, r *Round, name string, set func(*Entrant)) *Entrant {
	t.Helper()
	p := &Person{Name: name + " Person", Email: Slug(name) + "@example.org", Lang: "en"}
	must(t, h.SavePerson(t.Context(), System("test"), p))
	e := &Entrant{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, CompanyID: storage.NewID(), State: EntrantIn, Name: name, Sort: strings.ToLower(name),
		Country: "FI", Words: words(name), People: []Delegate{{PersonID: p.ID, Name: p.Name, Manages: true}}, PersonIDs: []string{p.ID}}
	e.Live = r.ID + "/" + e.CompanyID
	if set != nil {
		set(e)
	}
	h.store(t, func(tx *storage.Tx) error { return entrants.Put(tx, e) })
	return e
}

// meet stores a meeting that stands.
func (h *testHouse) meet(t testing.TB, r *Round, slot int, table int, parties ...*Entrant) *Meeting {
	t.Helper()
	s := r.Slots[slot]
	m := &Meeting{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, State: MeetingPublished, UID: storage.NewUID(), RequestID: storage.NewID(),
		Slot: s.ID, Starts: s.Starts, Ends: s.Ends, Table: r.Tables[table].ID}
	for _, e := range parties {
		m.Parties = append(m.Parties, Party{EntrantID: e.ID, Name: e.Name, PersonIDs: e.PersonIDs})
		m.EntrantIDs, m.PersonIDs = append(m.EntrantIDs, e.ID), append(m.PersonIDs, e.PersonIDs...)
	}
	h.store(t, func(tx *storage.Tx) error { return meetings.Put(tx, m) })
	return m
}

func (h *testHouse) reread(t testing.TB, r *Round) (out *Round) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		out, err = rounds.Get(tx, r.ID)
		return err
	}))
	return out
}

func (h *testHouse) phase(t testing.TB, r *Round, p RoundPhase) *Round {
	t.Helper()
	r, err := h.SetPhase(t.Context(), h.boss, r.ID, p, "")
	must(t, err)
	return r
}

func TestSaveRound(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	if r.Slug != "northern-power-b2b" || r.Phase != RoundDraft || len(r.Slots) != 4 || r.Slots[0].ID != "20270224T0700Z" || !r.Ends.Equal(clockOf(0, 10).Add(35*time.Minute)) {
		t.Errorf("stored %+v", r)
	}
	if r.Tables[0].ID == "" || r.Tables[0].ID == r.Tables[1].ID {
		t.Errorf("tables %+v", r.Tables)
	}
	again := h.round(t, nil)
	if again.Slug != "northern-power-b2b-2" || again.Tables[0].ID == r.Tables[0].ID {
		t.Errorf("the second one: %s, table %s", again.Slug, again.Tables[0].ID)
	}

	in := *r
	in.Title, in.Phase, in.Frozen, in.Slug = Text{"en": "Another name"}, RoundRunning, true, "another"
	in.Tables = append(slices.Clone(r.Tables), Table{Name: "3", Kind: ByVideo, Link: "https://video.example/3"})
	edited, err := h.SaveRound(t.Context(), h.boss, &in)
	must(t, err)
	if edited.Phase != RoundDraft || edited.Frozen || edited.Slug != "another" || edited.Tables[0].ID != r.Tables[0].ID || edited.Tables[2].ID == "" {
		t.Errorf("edited %+v", edited)
	}
	_, err = h.SaveRound(t.Context(), h.boss, &in)
	wantProblem(t, err, Changed)
	in.Rev = edited.Rev
	_, err = h.SaveRound(t.Context(), h.other, &in)
	wantHidden(t, err)
	mine := NewRound(h.cluster, roundDay)
	mine.Title = Text{"en": "Not mine"}
	_, err = h.SaveRound(t.Context(), h.other, mine)
	wantProblem(t, err, Forbidden)
	taken := NewRound(h.cluster, roundDay)
	taken.Title, taken.Slug = Text{"en": "Taken"}, "another"
	_, err = h.SaveRound(t.Context(), h.boss, taken)
	if p := wantProblem(t, err, Exists); p.Fields["slug"] != "round.slug_taken" {
		t.Errorf("%v", p)
	}
}

func TestRoundSaysEverything(t *testing.T) {
	r := &Round{
		Slug: "Not A Slug", Way: "magic", Zone: "Mars/Olympus", ContactEmail: "nobody", Minutes: 20,
		Days:   []RoundDay{{Date: "2027-04-14", Windows: []Window{{From: "09:00", To: "09:10"}}}},
		Venues: []Venue{{ID: "a"}, {ID: "a", Name: "Hall"}},
		Travel: []TravelLeg{{A: "a", B: "b", Minutes: 5}},
		Tables: []Table{{Name: "1", Kind: AtTable, VenueID: "nowhere"}, {Name: "1", Kind: AtTable, VenueID: "nowhere"}, {Kind: "chair", Link: "javascript:x"},
			{Name: "5", Kind: AtBooth, EntrantID: "e"}, {Name: "6", Kind: AtBooth, EntrantID: "e"}},
		Plan:   RoundPlan{ProfilesAt: t0, RequestsAt: t0},
		Limits: RoundLimits{Meetings: -1, Requests: 2, Musts: 3, ExpireHours: 1e6},
	}
	p := wantProblem(t, r.Check(), Invalid)
	want := map[string]string{
		"title": "problem.required", "slug": "event.slug_form", "way": "problem.choice", "zone": "event.zone", "contact_email": "problem.address",
		"days.0.windows.0": "round.window_short", "venues.0.name": "problem.required", "venues.1.name": "round.id", "travel.0": "problem.choice",
		"tables.0.venue_id": "problem.choice", "tables.1.venue_id": "problem.choice", "tables.1.name": "problem.twice",
		"tables.2.name": "problem.required", "tables.2.kind": "problem.choice", "tables.2.link": "problem.link", "tables.4.entrant_id": "round.booth_twice",
		"requests_at": "round.order", "meetings": "problem.number", "musts": "round.musts", "expire_hours": "problem.number",
	}
	if !maps.Equal(p.Fields, want) {
		t.Errorf("fields %v\nwant   %v", p.Fields, want)
	}
}

func TestPlanOfARound(t *testing.T) {
	day := []RoundDay{{Date: "2027-02-24", Windows: []Window{{From: "09:00", To: "10:00"}}}}
	for _, test := range []struct {
		name       string
		plan       RoundPlan
		field, key string
	}{
		{"in order", RoundPlan{clockOf(-3, 9), clockOf(-2, 9), clockOf(-1, 9), clockOf(1, 9)}, "", ""},
		{"with one left out", RoundPlan{ProfilesAt: clockOf(-3, 9), SchedulingAt: clockOf(-1, 9)}, "", ""},
		{"turned around", RoundPlan{ProfilesAt: clockOf(-1, 9), SchedulingAt: clockOf(-2, 9)}, "scheduling_at", "round.order"},
		{"after the beginning", RoundPlan{SchedulingAt: clockOf(0, 10)}, "scheduling_at", "round.after_start"},
		{"closed in the middle", RoundPlan{ClosesAt: clockOf(0, 9)}, "closes_at", "round.closes_early"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &Round{Title: Text{"en": "R"}, Way: BySolver, Zone: "Europe/Helsinki", Days: day, Minutes: 20, Plan: test.plan}
			err := r.Check()
			if test.field == "" {
				must(t, err)
				return
			}
			if p := wantProblem(t, err, Invalid); len(p.Fields) != 1 || p.Fields[test.field] != test.key {
				t.Errorf("fields %v, want %s at %s alone", p.Fields, test.key, test.field)
			}
		})
	}
}

func TestRoundNamesWhatThereIs(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	own, foreign := h.event(t, nil), h.round(t, nil)
	stranger := h.entered(t, foreign, "Stranger", nil)
	in := *r
	in.EventID, in.Tables = "nothing", []Table{{Name: "B", Kind: AtBooth, EntrantID: stranger.ID}}
	_, err := h.SaveRound(t.Context(), h.boss, &in)
	if p := wantProblem(t, err, Invalid); p.Fields["event_id"] != "problem.choice" || p.Fields["tables.0.entrant_id"] != "problem.choice" {
		t.Errorf("%v", p.Fields)
	}
	mine := h.entered(t, r, "Mine", nil)
	h.entered(t, r, "Too many", nil)
	in.EventID, in.Tables[0].EntrantID, in.Limits.Entrants = own.ID, mine.ID, 1
	_, err = h.SaveRound(t.Context(), h.boss, &in)
	if p := wantProblem(t, err, Invalid); len(p.Fields) != 1 || p.Fields["entrants"] != "round.entrants_in" {
		t.Errorf("%v", p.Fields)
	}
	in.Limits.Entrants = 2
	saved, err := h.SaveRound(t.Context(), h.boss, &in)
	must(t, err)
	list, err := h.RoundsOf(t.Context(), Actor{}, own.ID)
	must(t, err)
	if len(list) != 0 {
		t.Errorf("the public sees the draft %s", list[0].Slug)
	}
	h.phase(t, saved, RoundProfiles)
	if list, err = h.RoundsOf(t.Context(), Actor{}, own.ID); err != nil || len(list) != 1 {
		t.Errorf("%d rounds of the event, %v", len(list), err)
	}
}

func TestCopyRound(t *testing.T) {
	h := newHouse(t)
	src := h.round(t, func(r *Round) {
		r.Days[0].Breaks = []Window{{From: "09:20", To: "09:35"}}
		r.Plan.ClosesAt = clockOf(3, 12)
		r.Tables = append(r.Tables, Table{Name: "V", Kind: ByVideo, Link: "https://video.example/v"})
	})
	c, err := h.CopyRound(t.Context(), h.boss, src.ID, time.Date(2028, 4, 5, 0, 0, 0, 0, time.UTC))
	must(t, err)
	if c.Phase != RoundDraft || c.CopiedFrom != src.ID || c.Slug != "northern-power-b2b-2" || c.UID == src.UID || c.Days[0].Date != "2028-04-05" {
		t.Errorf("copied %+v", c)
	}
	if got, want := clocks(c, c.Slots), clocks(src, src.Slots); !slices.Equal(got, want) {
		t.Errorf("slots %v, want %v", got, want)
	}
	loc := c.Location()
	for name, at := range map[string]time.Time{"2028-03-01 09:00": c.Plan.ProfilesAt, "2028-03-29 09:00": c.Plan.SchedulingAt, "2028-04-08 12:00": c.Plan.ClosesAt} {
		if got := at.In(loc).Format("2006-01-02 15:04"); got != name {
			t.Errorf("plan has %s, want %s", got, name)
		}
	}
	if c.Tables[0].ID == src.Tables[0].ID || c.Tables[2].Link != "" {
		t.Errorf("tables %+v", c.Tables)
	}
	_, err = h.CopyRound(t.Context(), h.other, src.ID, roundDay)
	wantHidden(t, err)
}

// Slots and tables that carry meetings are not taken away.
func TestMeetingsKeepTheirPlaces(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	a, b := h.entered(t, r, "Aurora", nil), h.entered(t, r, "Bothnia", nil)
	h.meet(t, r, 1, 0, a, b)
	gone := h.meet(t, r, 2, 0, a, b)
	gone.State = MeetingCancelled
	h.store(t, func(tx *storage.Tx) error { return meetings.Put(tx, gone) })

	for _, test := range []struct {
		name  string
		set   func(*Round)
		field string // that is refused; "" where nothing is
	}{
		{"its slot", func(r *Round) { r.Days[0].Windows[0].From = "09:50" }, "days"},
		{"a shorter slot", func(r *Round) { r.Minutes = 15 }, "days"},
		{"another zone", func(r *Round) { r.Zone = "Europe/Stockholm" }, "days"},
		{"its table", func(r *Round) { r.Tables = r.Tables[1:] }, "tables"},
		{"its table for a booth", func(r *Round) {
			c := h.entered(t, r, "Cedar", nil)
			r.Tables[0].Kind, r.Tables[0].EntrantID = AtBooth, c.ID
		}, "tables"},
		{"another table", func(r *Round) { r.Tables = r.Tables[:1] }, ""},
		{"a slot of a cancelled meeting", func(r *Round) { r.Days[0].Breaks = []Window{{From: "09:50", To: "10:15"}} }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := *h.reread(t, r)
			in.Days = []RoundDay{{Date: in.Days[0].Date, Windows: slices.Clone(in.Days[0].Windows)}}
			in.Tables = slices.Clone(in.Tables)
			test.set(&in)
			_, err := h.SaveRound(t.Context(), h.boss, &in)
			if test.field == "" {
				must(t, err)
				return
			}
			p := wantProblem(t, err, Invalid)
			if p.Key != "round.homeless" || p.Fields[test.field] == "" || len(p.Fields) != 1 || fmt.Sprint(p.Args) != "[count 1 names Aurora – Bothnia]" {
				t.Errorf("%+v", p)
			}
		})
	}
}

func TestSetPhase(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	_, err := h.SetPhase(t.Context(), h.other, r.ID, RoundProfiles, "")
	wantHidden(t, err)
	_, err = h.SetPhase(t.Context(), h.boss, r.ID, RoundCancelled, "")
	wantProblem(t, err, Closed) // nobody saw it: it is deleted
	first := h.phase(t, r, RoundProfiles)
	if !first.Open || !first.Entering() || first.Browsing() || first.Asking() {
		t.Errorf("profiles: %+v", first)
	}
	if same := h.phase(t, r, RoundProfiles); same.Rev != first.Rev {
		t.Errorf("written again")
	}
	if r = h.phase(t, r, RoundDraft); r.Open {
		t.Error("a draft is open")
	}
	h.phase(t, r, RoundProfiles)
	h.entered(t, r, "Aurora", nil)
	_, err = h.SetPhase(t.Context(), h.boss, r.ID, RoundDraft, "")
	if p := wantProblem(t, err, Closed); p.Key != "round.entered" {
		t.Errorf("%v", p)
	}
	if r = h.phase(t, r, RoundRequests); !r.Asking() || !r.Browsing() || !r.Entering() || r.Booking() {
		t.Errorf("requests: %+v", r)
	}
	if r = h.phase(t, r, RoundScheduling); r.Asking() || r.Entering() {
		t.Errorf("scheduling: %+v", r)
	}
	for _, to := range []RoundPhase{RoundPublished, RoundRunning, RoundClosed, "nonsense", ""} {
		_, err = h.SetPhase(t.Context(), h.boss, r.ID, to, "")
		wantProblem(t, err, Closed)
	}
	h.phase(t, r, RoundRequests)
	r, err = h.SetPhase(t.Context(), h.boss, r.ID, RoundCancelled, "Too few\x00 came")
	must(t, err)
	if r.Phase != RoundCancelled || r.CancelReason != "Too few came" || r.CancelledAt.IsZero() || r.Open {
		t.Errorf("cancelled: %+v", r)
	}
	for _, to := range RoundPhases {
		_, err = h.SetPhase(t.Context(), h.boss, r.ID, to, "")
		wantProblem(t, err, Closed)
	}
	in := *r
	_, err = h.SaveRound(t.Context(), h.boss, &in)
	wantProblem(t, err, Closed)
	entries, _, err := h.Audit(t.Context(), System("test"), AuditFilter{Subject: r.ID})
	must(t, err)
	if e := entries[0]; e.Action != "round.phase_cancelled" || e.Reason != "Too few came" || len(entries) != 8 {
		t.Errorf("%d entries, the last %+v", len(entries), e)
	}
}

func TestBookedRoundsArePublishedByThemselves(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, func(r *Round) { r.Way = ByBooking })
	h.phase(t, r, RoundRequests)
	if r = h.reread(t, r); !r.Booking() || !r.Asking() {
		t.Error("nothing can be booked while requests are open")
	}
	if r = h.phase(t, r, RoundPublished); !r.Booking() {
		t.Error("nothing can be booked once published")
	}
	r, err := h.FreezeRound(t.Context(), h.boss, r.ID, true)
	must(t, err)
	if r.Booking() || r.Asking() {
		t.Error("booked although frozen")
	}
	none := h.round(t, func(r *Round) { r.Way, r.Tables = ByBooking, nil })
	h.phase(t, none, RoundRequests)
	_, err = h.SetPhase(t.Context(), h.boss, none.ID, RoundPublished, "")
	if p := wantProblem(t, err, Closed); p.Key != "round.no_tables" {
		t.Errorf("%v", p)
	}
}

// roundMails are the kinds of all mails that were promised to an entrant's
// person, whether a later one took them back or not.
func (h *testHouse) roundMails(t testing.TB, e *Entrant) (kinds []string) {
	t.Helper()
	for _, m := range h.mailsTo(t, Slug(e.Name)+"@example.org") {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

func TestRoundsMoveByTheirPlan(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	run := func(at time.Time, want RoundPhase, done int) {
		t.Helper()
		h.at(at)
		n, err := h.MoveRounds(t.Context(), at)
		must(t, err)
		again, err := h.MoveRounds(t.Context(), at)
		must(t, err)
		if got := h.reread(t, r).Phase; got != want || n != done || again != 0 {
			t.Errorf("at %s: %s, %d done and %d again, want %s, %d", at, got, n, again, want, done)
		}
	}
	run(clockOf(-35, 8), RoundDraft, 0)
	run(clockOf(-35, 9), RoundProfiles, 1)
	lazy := h.entered(t, r, "Lazy", nil)
	ready := h.entered(t, r, "Ready", func(e *Entrant) { e.About, e.Offers = Text{"en": "We make batteries."}, []string{"Batteries"} })
	paused := h.entered(t, r, "Paused", func(e *Entrant) { e.Paused = true })
	left := h.entered(t, r, "Left", func(e *Entrant) { e.State = EntrantLeft })
	waiting := h.entered(t, r, "Waiting", func(e *Entrant) { e.State = EntrantPending })
	run(clockOf(-25, 9), RoundProfiles, 0)
	run(clockOf(-24, 9), RoundProfiles, 1) // three days are left
	late := h.entered(t, r, "Late", nil)
	run(clockOf(-21, 9), RoundRequests, 1)
	h.store(t, func(tx *storage.Tx) error {
		return requests.Put(tx, &Request{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, From: ready.ID, To: lazy.ID, State: RequestSent, Turn: lazy.ID})
	})
	run(clockOf(-10, 9), RoundRequests, 1)
	run(clockOf(-7, 9), RoundScheduling, 1)
	run(clockOf(0, 9), RoundScheduling, 0) // nobody has published it
	h.store(t, func(tx *storage.Tx) error {
		r, err := rounds.Get(tx, r.ID)
		if err != nil {
			return err
		}
		if err := h.enterPhase(tx, r, RoundPublished); err != nil {
			return err
		}
		return rounds.Put(tx, r)
	})
	run(clockOf(0, 10), RoundPublished, 0) // its beginning was settled when it was published
	run(clockOf(1, 11), RoundClosed, 1)
	run(clockOf(9, 9), RoundClosed, 0)

	for e, want := range map[*Entrant][]string{
		lazy:   {"round.profiles_due", "round.requests_open", "round.requests_due", "round.scheduling"},
		ready:  {"round.requests_open", "round.scheduling"},
		late:   {"round.requests_open", "round.requests_due", "round.scheduling"},
		paused: nil, left: nil, waiting: nil,
	} {
		if got := h.roundMails(t, e); !slices.Equal(got, want) {
			t.Errorf("%s was told %v, want %v", e.Name, got, want)
		}
	}
}

// A server that was down for weeks goes on where the plan is now, and tells
// nothing that no longer holds.
func TestRoundsAfterDowntime(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, func(r *Round) { r.Way = ByBooking })
	h.phase(t, r, RoundProfiles)
	e := h.entered(t, r, "Aurora", nil)
	h.at(clockOf(-1, 9))
	_, err := h.MoveRounds(t.Context(), clockOf(-1, 9))
	must(t, err)
	if got := h.reread(t, r).Phase; got != RoundPublished {
		t.Errorf("is %s", got)
	}
	if got := h.roundMails(t, e); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	h.at(clockOf(0, 9))
	_, err = h.MoveRounds(t.Context(), clockOf(0, 9))
	must(t, err)
	if got := h.reread(t, r).Phase; got != RoundRunning {
		t.Errorf("is %s", got)
	}
	h.at(clockOf(40, 9))
	_, err = h.MoveRounds(t.Context(), clockOf(40, 9))
	must(t, err)
	if got := h.reread(t, r).Phase; got != RoundClosed {
		t.Errorf("is %s", got)
	}
}

// What an organiser decided is not undone by a date that has passed, but by one
// that is set anew.
func TestPlanAndOrganiser(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	h.at(clockOf(-7, 10))
	_, err := h.MoveRounds(t.Context(), clockOf(-7, 10))
	must(t, err)
	h.phase(t, r, RoundRequests) // reopened for some days
	_, err = h.MoveRounds(t.Context(), clockOf(-6, 9))
	must(t, err)
	if got := h.reread(t, r); got.Phase != RoundRequests {
		t.Fatalf("is %s", got.Phase)
	}
	in := *h.reread(t, r)
	in.Plan.SchedulingAt = clockOf(-5, 9)
	_, err = h.SaveRound(t.Context(), h.boss, &in)
	must(t, err)
	_, err = h.MoveRounds(t.Context(), clockOf(-5, 9))
	must(t, err)
	if got := h.reread(t, r); got.Phase != RoundScheduling {
		t.Errorf("is %s", got.Phase)
	}
}

func TestReminderForAnotherDate(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	h.at(clockOf(-35, 9))
	h.phase(t, r, RoundProfiles)
	e := h.entered(t, r, "Aurora", nil)
	remind := func(at time.Time, want int) {
		t.Helper()
		h.at(at)
		_, err := h.MoveRounds(t.Context(), at)
		must(t, err)
		n := 0
		for _, m := range h.mailsTo(t, "aurora@example.org") {
			if m.Kind == "round.profiles_due" {
				n++
			}
		}
		if n != want {
			t.Errorf("at %s: %d reminders, want %d", at, n, want)
		}
	}
	remind(clockOf(-24, 9), 1)
	in := *h.reread(t, r)
	in.Plan.RequestsAt = clockOf(-14, 9)
	_, err := h.SaveRound(t.Context(), h.boss, &in)
	must(t, err)
	remind(clockOf(-20, 9), 1)
	remind(clockOf(-17, 9), 2)
	remind(clockOf(-15, 9), 2)
	if e.described() {
		t.Error("an empty profile is described")
	}
}

func TestMovedAndCalledOff(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	h.phase(t, r, RoundProfiles)
	e := h.entered(t, r, "Aurora", nil)
	pending := h.entered(t, r, "Pending", func(e *Entrant) { e.State = EntrantPending })
	before := h.reread(t, r)
	in := *before
	in.Days = []RoundDay{{Date: "2027-02-25", Windows: before.Days[0].Windows}}
	moved, err := h.SaveRound(t.Context(), h.boss, &in)
	must(t, err)
	if moved.Sequence != before.Sequence+1 || !moved.Changed.After(before.Changed) {
		t.Errorf("sequence %d", moved.Sequence)
	}
	_, err = h.SetPhase(t.Context(), h.boss, r.ID, RoundCancelled, "No hall")
	must(t, err)
	for _, e := range []*Entrant{e, pending} {
		list := h.mailsTo(t, Slug(e.Name)+"@example.org")
		if len(list) != 2 || list[0].Kind != "round.moved" || list[0].State != mailer.Withdrawn || list[1].Kind != "round.called_off" || list[1].State != mailer.Queued {
			t.Fatalf("%s: %+v", e.Name, list)
		}
		text := strings.Join(list[1].Letter.Paragraphs, "\n")
		if !strings.Contains(text, "No hall") || list[1].Letter.Button.URL != "https://kohtaamo.example/rounds/northern-power-b2b" || list[1].ReplyTo != "outi@kohtaamo.example" {
			t.Errorf("says %q, %+v", text, list[1])
		}
	}
}

// Who does not manage an entrant is told of what happens, not of what to do.
func TestWhoIsTold(t *testing.T) {
	people := []Delegate{{PersonID: "a"}, {PersonID: "b", Manages: true}, {PersonID: "c", Manages: true}}
	ids := func(ps []Delegate) (out string) {
		for _, p := range ps {
			out += p.PersonID
		}
		return out
	}
	e := &Entrant{People: people}
	for kind, want := range map[string]string{roundProfilesOpen: "bc", roundRequestsDue: "bc", roundScheduled: "abc", roundCalledOff: "abc"} {
		if got := ids(e.toldOf(kind)); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	e.People = people[:1]
	if got := ids(e.toldOf(roundRequestsOpen)); got != "a" {
		t.Errorf("nobody manages it: %q", got)
	}
}

func TestDeleteRound(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	wantHidden(t, h.DeleteRound(t.Context(), h.other, r.ID))
	e := h.entered(t, r, "Aurora", nil)
	wantProblem(t, h.DeleteRound(t.Context(), h.boss, r.ID), Closed)
	h.store(t, func(tx *storage.Tx) error { return entrants.Delete(tx, e) })
	must(t, h.DeleteRound(t.Context(), h.boss, r.ID))
	_, err := h.RoundBySlug(t.Context(), h.boss, r.ID)
	wantHidden(t, err)
}

func TestWhoSeesARound(t *testing.T) {
	h := newHouse(t)
	draft, open := h.round(t, nil), h.round(t, nil)
	h.phase(t, open, RoundProfiles)
	e := h.entered(t, open, "Aurora", nil)
	h.entered(t, open, "Left", func(e *Entrant) { e.State = EntrantLeft })
	for _, by := range []Actor{{}, h.other, {ID: e.PersonIDs[0]}} {
		_, err := h.RoundBySlug(t.Context(), by, draft.Slug)
		wantHidden(t, err)
		p, err := h.RoundBySlug(t.Context(), by, open.Slug)
		must(t, err)
		if p.Organise || p.Entrants != 1 || (p.Mine != nil) != (by.ID == e.PersonIDs[0]) {
			t.Errorf("%s sees %+v", by.ID, p)
		}
		list, _, err := h.Rounds(t.Context(), by, RoundFilter{}, false)
		must(t, err)
		if len(list) != 1 || list[0].ID != open.ID {
			t.Errorf("%s lists %d", by.ID, len(list))
		}
	}
	_, _, err := h.Rounds(t.Context(), Actor{ID: "x"}, RoundFilter{}, true)
	wantHidden(t, err)
	for by, want := range map[string]int{"boss": 2, "other": 0} {
		who := map[string]Actor{"boss": h.boss, "other": h.other}[by]
		if list, _, err := h.Rounds(t.Context(), who, RoundFilter{Cluster: h.cluster.ID}, true); err != nil || len(list) != want {
			t.Errorf("%s organises %d, %v", by, len(list), err)
		}
	}
	if list, _, err := h.Rounds(t.Context(), h.boss, RoundFilter{Text: "north", Phase: RoundDraft, From: t0}, true); err != nil || len(list) != 1 {
		t.Errorf("found %d, %v", len(list), err)
	}
}

// BenchmarkRound measures what organisers of a large round wait for: its
// overview, a page of its entrants, the whole export, and telling one page of
// them of a new phase.
func BenchmarkRound(b *testing.B) {
	h := newHouse(b)
	r := h.round(b, nil)
	h.phase(b, r, RoundProfiles)
	h.store(b, func(tx *storage.Tx) error {
		for i := range 2000 {
			p := &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: fmt.Sprintf("p%d@example.org", i), Name: fmt.Sprint("Person ", i), Lang: "en"}
			e := &Entrant{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, State: EntrantIn, Name: fmt.Sprint("Company ", i), Sort: fmt.Sprintf("company %04d", i),
				Offers: []string{"Cells"}, Needs: []string{"Packs"}, Words: words(fmt.Sprint("Company ", i)), Live: fmt.Sprint(r.ID, "/", i),
				People: []Delegate{{PersonID: p.ID, Name: p.Name, Manages: true}}, PersonIDs: []string{p.ID}}
			if err := people.Put(tx, p); err != nil {
				return err
			}
			if err := entrants.Put(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	for name, do := range map[string]func() error{
		"overview": func() error { _, err := h.RoundBoard(b.Context(), h.boss, r.ID); return err },
		"list": func() error {
			_, _, err := h.RoundEntrants(b.Context(), h.boss, r.ID, EntrantFilter{Limit: 100, Text: "comp"})
			return err
		},
		"export": func() error {
			return h.EachEntrant(b.Context(), h.boss, r.ID, EntrantFilter{}, func(r *Round, list iter.Seq2[*EntrantRow, error]) error {
				x := NewEntrantExport(r, texts().In("en"))
				for row, err := range list {
					if err != nil {
						return err
					}
					x.Row(row)
				}
				return nil
			})
		},
		"tell 50": func() error {
			return h.DB.Update(b.Context(), func(tx *storage.Tx) error {
				_, err := h.sendRoundNotice(tx, &notice{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, Kind: roundProfilesOpen, Open: true})
				return err
			})
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				must(b, do())
			}
		})
	}
}
