package scheduling

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// chain takes a default chain for the cluster, after set has had its way, and
// switches it on.
func (h *testHouse) chain(t testing.TB, name string, set func(*Chain)) *Chain {
	t.Helper()
	c := h.DefaultChain(name, h.cluster.ID)
	if set != nil {
		set(c)
	}
	c, err := h.CreateChain(t.Context(), h.boss, c)
	must(t, err)
	c, err = h.SwitchChain(t.Context(), h.boss, c.ID, true)
	must(t, err)
	return c
}

// due moves the clock and runs what is due of the chains then.
func (h *testHouse) due(t testing.TB, at time.Time) {
	t.Helper()
	h.at(at)
	_, err := h.RunChains(t.Context(), at)
	must(t, err)
}

// steps are the subjects of the chains' mails to an address that have not been
// taken back.
func (h *testHouse) steps(t testing.TB, to string) (subjects []string) {
	t.Helper()
	for _, m := range h.mailsTo(t, to) {
		if strings.HasPrefix(m.Kind, kindOfChainMail) && m.State != mailer.Withdrawn {
			subjects = append(subjects, m.Letter.Subject)
		}
	}
	return subjects
}

func (h *testHouse) wantSteps(t testing.TB, to string, want ...string) {
	t.Helper()
	if got := h.steps(t, to); !slices.Equal(got, want) {
		t.Errorf("to %s: %q, want %q", to, got, want)
	}
}

const practical = "CircularArena: practical information"

// weekBefore is when the practical information of the tests' event is due: at
// nine on the wall clock, a week before.
func weekBefore(e *Event) time.Time {
	d := e.Starts.In(e.Location()).AddDate(0, 0, -7)
	return time.Date(d.Year(), d.Month(), d.Day(), 9, 0, 0, 0, e.Location())
}

func TestStepTimes(t *testing.T) {
	oulu, err := time.LoadLocation("Europe/Helsinki")
	must(t, err)
	at := func(s string) time.Time {
		m, err := time.ParseInLocation("2006-01-02 15:04", s, oulu)
		must(t, err)
		return m
	}
	for _, test := range []struct {
		name         string
		when         StepTime
		anchor, want string
	}{
		{"a week before, over the change of clocks", StepTime{Before: true, Days: 7}, "2027-03-31 09:00", "2027-03-24 09:00"},
		{"a week before at nine", StepTime{Before: true, Days: 7, At: "09:00"}, "2027-03-31 13:00", "2027-03-24 09:00"},
		{"the evening before what starts at noon", StepTime{Before: true, At: "18:00"}, "2027-03-31 12:00", "2027-03-30 18:00"},
		{"two hours after", StepTime{Hours: 2}, "2027-03-28 02:30", "2027-03-28 05:30"}, // the clocks skip three
		{"the morning after what ends at noon", StepTime{At: "09:00"}, "2027-03-31 12:00", "2027-04-01 09:00"},
		{"the evening of the same day", StepTime{At: "18:00"}, "2027-03-31 12:00", "2027-03-31 18:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.when.of(at(test.anchor), oulu); !got.Equal(at(test.want)) {
				t.Errorf("due %v, want %v", got.In(oulu), test.want)
			}
		})
	}
}

// Cal.com's reminders and others' went out to people who had cancelled.
func TestNoReminderAfterCancellation(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", nil)
	e := h.event(t, nil)
	stays, early, late := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
	_, err := h.CancelRegistration(t.Context(), early.Holder(), early.ID, "")
	must(t, err)

	h.due(t, weekBefore(e).Add(-time.Minute))
	h.wantSteps(t, stays.Email)
	h.due(t, weekBefore(e))
	h.due(t, weekBefore(e).Add(time.Minute))
	h.wantSteps(t, stays.Email, practical)
	h.wantSteps(t, early.Email)

	h.wantSteps(t, late.Email, practical) // promised, and still in the outbox
	_, err = h.CancelRegistration(t.Context(), late.Holder(), late.ID, "")
	must(t, err)
	h.wantSteps(t, late.Email)
}

// The same for an event that is called off.
func TestNoReminderOfWhatIsCalledOff(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", nil)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.due(t, weekBefore(e))
	h.wantSteps(t, r.Email, practical)
	_, err := h.CancelEvent(t.Context(), h.boss, e.ID, "storm")
	must(t, err)
	h.wantSteps(t, r.Email)
	h.due(t, e.Ends.AddDate(0, 0, 2))
	h.wantSteps(t, r.Email)
}

// Whoever waits gets nothing that is meant for those who have a seat, and gets it
// once they have one.
func TestNoReminderToAWaitlistedPerson(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", nil)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	seated, waits := h.register(t, e, 1), h.register(t, e, 2)
	h.wantState(t, waits, Waitlisted)
	h.due(t, weekBefore(e))
	h.wantSteps(t, seated.Email, practical)
	h.wantSteps(t, waits.Email)

	_, err := h.CancelRegistration(t.Context(), seated.Holder(), seated.ID, "")
	must(t, err)
	h.due(t, weekBefore(e).Add(time.Hour))
	h.wantSteps(t, waits.Email, practical) // came in late, and before the start
}

// A reminder without the link it speaks of helps nobody.
func TestReminderHasItsLink(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", nil)
	e := h.event(t, func(e *Event) { e.Mode, e.Link = Hybrid, "https://meet.example/arena" })
	r := h.register(t, e, 1)
	h.due(t, weekBefore(e))
	all := h.mailsTo(t, r.Email)
	m := all[len(all)-1]
	if m.Kind != "chain.confirmed" || m.Letter.Button == nil || m.Letter.Button.URL != h.MyURL(h.reload(t, r)) {
		t.Errorf("%s leads to %v", m.Kind, m.Letter.Button)
	}
	if !slices.ContainsFunc(m.Letter.Facts, func(f mailer.Fact) bool { return f.Value == e.Link }) {
		t.Errorf("facts without the address to join at: %v", m.Letter.Facts)
	}
	if !m.Expires.Equal(e.Starts) {
		t.Errorf("expires %v, want the start", m.Expires)
	}
}

func TestWaitingAndConfirmedGetTwoKindsOfMail(t *testing.T) {
	h := newHouse(t)
	step := func(id, place, subject string) ChainStep {
		return ChainStep{ID: id, When: StepTime{Anchor: FromTrigger, Days: 1}, Only: StepOnly{Place: place},
			Subject: Text{"en": subject}, Body: Text{"en": "Hello {{name}}"}}
	}
	h.chain(t, "practical", func(c *Chain) {
		c.Trigger, c.Steps = OnRegistered, []ChainStep{step("a", "seat", "You are in"), step("b", "waiting", "You wait")}
	})
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	seated, waits := h.register(t, e, 1), h.register(t, e, 2)
	h.due(t, t0.AddDate(0, 0, 1).Add(time.Hour))
	h.wantSteps(t, seated.Email, "You are in")
	h.wantSteps(t, waits.Email, "You wait")
}

// A moved event moves what has not been sent; what waits in the outbox is
// written again with the new times.
func TestMovedEventMovesItsChains(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", nil)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.due(t, weekBefore(e))
	h.wantSteps(t, r.Email, practical)

	move := func(days int) {
		t.Helper()
		e.Starts, e.Ends = e.Starts.AddDate(0, 0, days), e.Ends.AddDate(0, 0, days)
		var err error
		e, err = h.SaveEvent(t.Context(), h.boss, e)
		must(t, err)
	}
	move(14)
	h.wantSteps(t, r.Email)
	h.due(t, weekBefore(e).Add(-time.Minute))
	h.wantSteps(t, r.Email)
	move(-3)
	h.due(t, weekBefore(e).AddDate(0, 0, 3)) // due already, and not stale
	h.wantSteps(t, r.Email, practical)
	h.letGo(t)
	move(7)
	h.due(t, weekBefore(e))
	h.wantSteps(t, r.Email, practical) // gone is gone: once
}

func TestHandedOverChain(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", nil)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	_, err := h.HandOver(t.Context(), r.Holder(), r.ID, Guest{Name: "Colleague", Email: "colleague@example.org"})
	must(t, err)
	h.due(t, weekBefore(e))
	h.wantSteps(t, r.Email)
	h.wantSteps(t, "colleague@example.org", practical)

	_, err = h.HandOver(t.Context(), h.boss, r.ID, Guest{Name: "Third", Email: "third@example.org"})
	must(t, err)
	h.wantSteps(t, "colleague@example.org") // had not left yet
	h.due(t, weekBefore(e).Add(time.Hour))
	h.wantSteps(t, "third@example.org", practical)
}

// What was due before a chain was switched on, or before a step was added, is not
// made up for; a step for those who come later is sent to all of them at once.
func TestSwitchedOnLater(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.at(weekBefore(e).AddDate(0, 0, 2))
	c := h.chain(t, "practical", func(c *Chain) {
		again := c.Steps[0]
		again.ID, again.Late = "again", false
		c.Steps = append(c.Steps, again)
	})
	h.due(t, weekBefore(e).AddDate(0, 0, 2).Add(time.Hour))
	h.wantSteps(t, r.Email, practical)

	step := c.Steps[0]
	step.ID, step.When.Days, step.Late = "", 6, false
	_, err := h.SaveStep(t.Context(), h.boss, c.ID, 0, step)
	must(t, err)
	step.When.Days = 3
	_, err = h.SaveStep(t.Context(), h.boss, c.ID, 0, step)
	must(t, err)
	h.due(t, weekBefore(e).AddDate(0, 0, 5))
	h.wantSteps(t, r.Email, practical, practical)
}

func TestSwitchedOff(t *testing.T) {
	h := newHouse(t)
	c := h.chain(t, "practical", nil)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.due(t, weekBefore(e))
	h.wantSteps(t, r.Email, practical)
	_, err := h.SwitchChain(t.Context(), h.boss, c.ID, false)
	must(t, err)
	h.wantSteps(t, r.Email) // had not left
	h.due(t, weekBefore(e).Add(time.Hour))
	h.wantSteps(t, r.Email)
	_, err = h.SwitchChain(t.Context(), h.boss, c.ID, true)
	must(t, err)
	h.due(t, weekBefore(e).Add(2*time.Hour))
	h.wantSteps(t, r.Email, practical)
}

// An event's copy of a chain stands for the cluster's there, also while it is off.
func TestCopiedChain(t *testing.T) {
	h := newHouse(t)
	c := h.chain(t, "practical", nil)
	copied, other := h.event(t, nil), h.event(t, nil)
	r := h.register(t, copied, 1)
	own, err := h.CopyChain(t.Context(), h.boss, c.ID, copied.ID)
	must(t, err)
	again, err := h.CopyChain(t.Context(), h.boss, c.ID, copied.ID)
	must(t, err)
	if own.ID != again.ID || own.On || own.EventID != copied.ID {
		t.Errorf("copies %s and %s, on %t", own.ID, again.ID, own.On)
	}
	h.register(t, other, 1)
	h.due(t, weekBefore(copied))
	h.wantSteps(t, r.Email, practical) // of the other event
	_, err = h.SwitchChain(t.Context(), h.boss, own.ID, true)
	must(t, err)
	h.due(t, weekBefore(copied).Add(time.Hour))
	h.wantSteps(t, r.Email, practical, practical)
}

// Nobody is thanked twice: a chain's step takes the place of the event's own
// mail, and is not sent where that has gone out.
func TestOneThanks(t *testing.T) {
	for name, on := range map[string]bool{"chain on before": true, "switched on after the event's own": false} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			if on {
				h.chain(t, "after", nil)
				h.chain(t, "missed", nil)
			}
			e := h.event(t, nil)
			came, missed := h.register(t, e, 1), h.register(t, e, 2)
			h.at(e.Starts)
			_, err := h.CheckIn(t.Context(), h.boss, e.ID, came.Ticket)
			must(t, err)
			h.due(t, e.Ends.Add(2*time.Hour))
			h.at(e.Ends.Add(restAfter))
			_, err = h.WrapUp(t.Context(), h.time())
			must(t, err)
			if !on {
				h.chain(t, "after", nil)
				h.chain(t, "missed", nil)
			}
			h.due(t, e.Ends.AddDate(0, 0, 2))
			own := 0
			if !on {
				own = 1
			}
			if n := kinds(h, t, came, "thanks"); n != own || len(h.steps(t, came.Email)) != 1-own {
				t.Errorf("%d thanks of the event, and %q", n, h.steps(t, came.Email))
			}
			if n := kinds(h, t, missed, "missed"); n != own || len(h.steps(t, missed.Email)) != 1-own {
				t.Errorf("%d regrets of the event, and %q", n, h.steps(t, missed.Email))
			}
		})
	}
}

// Where nobody is checked in, all who had a seat count as having come, as for the
// event's own thanks.
func TestThanksWithoutCheckIn(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "after", nil)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	h.at(e.Ends.Add(restAfter))
	_, err := h.WrapUp(t.Context(), h.time())
	must(t, err)
	h.due(t, e.Ends.Add(restAfter).Add(time.Minute))
	h.wantSteps(t, r.Email, "Thank you for coming to CircularArena")
	if n := kinds(h, t, r, "thanks"); n != 0 {
		t.Errorf("%d thanks of the event besides", n)
	}
}

func TestJoinedGroup(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "welcome", nil)
	g := h.group(t, "batteries")
	p := h.delegate(t, "Aino Aalto")
	for range 2 { // leaving and coming again is not welcomed twice
		_, err := h.AddMember(t.Context(), h.boss, g.ID, p.Email)
		must(t, err)
		h.due(t, h.time().Add(time.Minute))
		h.wantSteps(t, p.Email, "Welcome to Group batteries")
		must(t, h.RemoveMember(t.Context(), h.boss, g.ID, p.ID))
		h.due(t, h.time().Add(time.Minute))
		h.letGo(t)
	}
}

func TestMeetingsHeld(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "next_step", nil)
	r := h.morning(t, nil)
	a, b, c := h.entrant(t, r, "Alpha", 1), h.entrant(t, r, "Beta", 1), h.entrant(t, r, "Gamma", 1)
	m1, m2 := h.meets(t, r, 0, "t1", a, b), h.meets(t, r, 1, "t1", a, c)
	h.at(at9(120))
	for _, m := range []*Meeting{m1, m2} {
		_, err := h.MarkMeeting(t.Context(), h.boss, m.ID, LiveMark{State: MeetingHeld})
		must(t, err)
	}
	_, err := h.SaveOutcome(t.Context(), as(b, 0), m1.ID, b.ID, Outcome{Met: true, Step: LadderSecond})
	must(t, err)
	h.due(t, at9(120).AddDate(0, 0, 22))
	const subject = "What came of your meetings at Northern Power?"
	h.wantSteps(t, mailTo(a, 0), subject) // one for both
	h.wantSteps(t, mailTo(b, 0))          // has said it
	h.wantSteps(t, mailTo(c, 0), subject)
	all := h.mailsTo(t, mailTo(a, 0))
	if links := all[len(all)-1].Letter.Links; len(links) != 2 {
		t.Errorf("%d links, want one for each meeting", len(links))
	}
}

// A run that is cut off between two pages, or in the middle of one, repeats
// nothing and forgets nothing.
func TestChainsCutOff(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", nil)
	e := h.event(t, nil)
	var people []*Registration
	for n := range 2*chainPage + 10 {
		people = append(people, h.register(t, e, n))
	}
	h.at(weekBefore(e))
	for cut := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		left := cut + 1
		h.DB.Now = func() time.Time { // a transaction looks at the clock once: the next one finds it cut off
			if left--; left < 0 {
				cancel()
			}
			return h.time()
		}
		_, _ = h.RunChains(ctx, weekBefore(e))
		cancel()
	}
	h.DB.Now = h.time
	h.due(t, weekBefore(e).Add(time.Minute))
	h.letGo(t)
	h.due(t, weekBefore(e).Add(time.Hour))
	for _, r := range people {
		h.wantSteps(t, r.Email, practical)
	}
}

func TestWhoSeesChains(t *testing.T) {
	h := newHouse(t)
	c := h.chain(t, "practical", nil)
	e := h.event(t, nil)
	h.register(t, e, 1)
	_, err := h.Chain(t.Context(), h.other, c.ID)
	wantHidden(t, err)
	_, err = h.DryRun(t.Context(), h.other, c.ID, e.ID, "")
	wantHidden(t, err)
	_, _, err = h.ChainRuns(t.Context(), h.other, c.ID, "", "")
	wantHidden(t, err)
	_, err = h.SwitchChain(t.Context(), h.other, c.ID, false)
	wantHidden(t, err)
	_, err = h.EventChains(t.Context(), h.other, e.ID)
	wantHidden(t, err)
	list, err := h.Chains(t.Context(), h.other)
	must(t, err)
	if len(list) != 0 {
		t.Errorf("sees %d chains of others", len(list))
	}
	_, err = h.CreateChain(t.Context(), h.other, h.DefaultChain("after", h.cluster.ID))
	wantHidden(t, err)
}

func TestStepsAreChecked(t *testing.T) {
	h := newHouse(t)
	c := h.chain(t, "practical", nil)
	for name, set := range map[string]func(*ChainStep){
		"an unknown field":      func(s *ChainStep) { s.Body = Text{"en": "Hello {{nmae}}"} },
		"a field of others":     func(s *ChainStep) { s.Subject = Text{"en": "{{group}}"} },
		"braces":                func(s *ChainStep) { s.Body = Text{"fi": "Hei {{ {{name}}"} },
		"template code":         func(s *ChainStep) { s.Body = Text{"en": `{{printf "%s" .}}`} },
		"nothing to say":        func(s *ChainStep) { s.Body = Text{"en": " "} },
		"before the end":        func(s *ChainStep) { s.When = StepTime{Anchor: FromEnd, Before: true, Days: 1} },
		"no time of day":        func(s *ChainStep) { s.When.At = "25:00" },
		"days without an end":   func(s *ChainStep) { s.When.Days = 5000 },
		"an unknown place":      func(s *ChainStep) { s.Only.Place = "stage" },
		"an unknown company":    func(s *ChainStep) { s.Only.Kind = "guild" },
		"no anchor we know":     func(s *ChainStep) { s.When.Anchor = "moon" },
		"a subject of no bound": func(s *ChainStep) { s.Subject = Text{"en": strings.Repeat("x", 500)} },
	} {
		step := c.Steps[0]
		step.Subject, step.Body = Text{"en": "Subject"}, Text{"en": "Body"}
		set(&step)
		if _, err := h.SaveStep(t.Context(), h.boss, c.ID, 0, step); ProblemIn(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The fields of a step are read as those of the texts of other mails: what is
// wrong is said with its words and its line.
func TestStepFieldsAreReadAsWordings(t *testing.T) {
	h := newHouse(t)
	c := h.chain(t, "practical", nil)
	for _, test := range []struct {
		body, key, near string
		line            int
	}{
		{"Hello\n\n{{nmae}}", "wording.fault.unknown", "{{nmae}}", 3},
		{"{{name}}\n{{event", "wording.fault.unclosed", "{{event", 2},
		{"name}} comes", "wording.fault.unopened", "name}}", 1},
		{"{{na\nme}}", "wording.fault.unclosed", "{{na", 1},
	} {
		step := c.Steps[0]
		step.Subject, step.Body = Text{"en": "{{ event }}"}, Text{"en": test.body}
		_, err := h.SaveStep(t.Context(), h.boss, c.ID, 0, step)
		p := ProblemIn(err)
		if p == nil || p.Key != "wording.problem" || p.Fields["body"] != test.key || p.Fields["subject"] != "" {
			t.Errorf("%q: %v", test.body, err)
			continue
		}
		if near, line := argument(p.Args, "near"), argument(p.Args, "line"); near != test.near || line != test.line {
			t.Errorf("%q: near %q in line %v", test.body, near, line)
		}
	}
}

// What people put into their names is text: no field, no header.
func TestNamesAreNoFields(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "practical", func(c *Chain) { c.Steps[0].Subject = Text{"en": "For {{name}}"} })
	e := h.event(t, nil)
	r := h.registerAs(t, e, Signup{Name: "{{event}} Bcc: all@example.org", Email: "odd@example.org", Lang: "en"})
	h.due(t, weekBefore(e))
	h.wantSteps(t, r.Email, "For {{event}} Bcc: all@example.org")
}

func TestDryRun(t *testing.T) {
	h := newHouse(t)
	c := h.chain(t, "practical", nil)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })
	seated, waits := h.register(t, e, 1), h.register(t, e, 2)
	dry, err := h.DryRun(t.Context(), h.boss, c.ID, e.ID, "")
	must(t, err)
	if len(dry.Lines) != 2 {
		t.Fatalf("%d lines", len(dry.Lines))
	}
	if l := dry.Lines[0]; l.Email != seated.Email || l.Why != "" || l.Steps[0].State != StepWaiting || !l.Steps[0].Due.Equal(weekBefore(e)) {
		t.Errorf("of the one with a seat: %+v", l)
	}
	if got := dry.Lines[0].Steps[0].Subject.In("en"); strings.Contains(got, "{{") || !strings.Contains(got, e.Title.In("en")) {
		t.Errorf("they would read %q", got)
	}
	if l := dry.Lines[1]; l.Email != waits.Email || l.Why != whyWaiting {
		t.Errorf("of the one who waits: %+v", l)
	}
	h.due(t, weekBefore(e))
	dry, err = h.DryRun(t.Context(), h.boss, c.ID, e.ID, "")
	must(t, err)
	if st := dry.Lines[0].Steps[0]; st.State != StepSent {
		t.Errorf("sent, and it says %s", st.State)
	}
	h.wantSteps(t, waits.Email)
}

// The run of somebody is what the pages show: who is where, and why stopped.
func TestRunsAreShown(t *testing.T) {
	h := newHouse(t)
	c := h.chain(t, "practical", nil)
	e := h.event(t, nil)
	stays, goes := h.register(t, e, 1), h.register(t, e, 2)
	_, err := h.CancelRegistration(t.Context(), goes.Holder(), goes.ID, "")
	must(t, err)
	h.due(t, weekBefore(e))
	lines, _, err := h.ChainRuns(t.Context(), h.boss, c.ID, "", "")
	must(t, err)
	got := map[string]RunLine{}
	for _, l := range lines {
		got[l.Email] = l
	}
	if l := got[stays.Email]; l.State != RunDone || l.Steps[0].State != StepSent || l.Steps[0].Mail != mailer.Queued {
		t.Errorf("of the one who stays: %s %+v", l.State, l.Steps)
	}
	if l := got[goes.Email]; l.State != RunStopped || l.Why != whyCancelled || l.Steps[0].State != StepStopped {
		t.Errorf("of the one who cancelled: %s %s %+v", l.State, l.Why, l.Steps)
	}
	var n int
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		n, err = chainRuns.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("open", true)}})
		return err
	}))
	if n != 0 {
		t.Errorf("%d runs are still looked at", n)
	}
}
