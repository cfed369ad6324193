package scheduling

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A chainWorld is an event with chains that anything happens to, beside what a
// plain model says everybody must have got by then.
type chainWorld struct {
	*testHouse
	t     *testing.T
	event *Event
	regs  []*Registration
	now   time.Time
	last  time.Time // when the job ran last
	n     int
}

// TestChainsProperty has people register, cancel, hand over, come, and answer,
// the event move, and the job run, be cut off and be repeated, in any order.
// Nobody gets a step twice, nobody gets one that is not for them when it is
// promised, and after a last run everybody who should have one does.
func TestChainsProperty(t *testing.T) {
	h, now, people := newHouse(t), t0, 0
	rapid.Check(t, func(rt *rapid.T) { // each try has an event of its own, later than the one before
		w := newChainWorld(t, h, now, people)
		defer func() { now, people = w.now.AddDate(0, 1, 0), w.n }()
		actions := map[string]func(){
			"register": w.join, "cancel": w.pick(rt, w.cancel), "hand over": w.pick(rt, w.passOn), "check in": w.pick(rt, w.checkIn),
			"undo": w.pick(rt, w.undo), "answer": w.pick(rt, w.answer), "move": func() { w.move(rapid.IntRange(-48, 96).Draw(rt, "hours")) },
			"time": func() { w.pass(rapid.IntRange(1, 60).Draw(rt, "hours")) }, "run": w.run, "cut off": w.cutOff, "send": func() { w.letGo(t) },
		}
		names := []string{"register", "register", "cancel", "hand over", "check in", "check in", "undo", "answer", "move", "time", "time", "time", "run", "run", "cut off", "send"}
		for range rapid.IntRange(5, 30).Draw(rt, "steps") {
			actions[rapid.SampledFrom(names).Draw(rt, "action")]()
			w.check(rt)
		}
		w.pass(1)
		w.run()
		w.check(rt)
		w.checkDue(rt)
	})
}

func newChainWorld(t *testing.T, h *testHouse, now time.Time, n int) *chainWorld {
	w := &chainWorld{testHouse: h, t: t, now: now, n: n}
	h.at(now)
	w.event = h.event(t, func(e *Event) {
		e.Rules.Seats, e.Rules.Waitlist = 3, true
		e.Starts, e.Ends = now.AddDate(0, 0, 4), now.AddDate(0, 0, 4).Add(6*time.Hour)
	})
	h.survey(t, w.event, nil)
	h.chain(t, "practical", func(c *Chain) {
		c.EventID = w.event.ID
		c.Steps[0].When = StepTime{Anchor: FromStart, Before: true, Days: 2}
	})
	h.chain(t, "after", func(c *Chain) { c.EventID = w.event.ID })
	return w
}

// pick is an action on one of the registrations.
func (w *chainWorld) pick(rt *rapid.T, do func(*Registration)) func() {
	return func() {
		if len(w.regs) > 0 {
			do(w.reload(w.t, rapid.SampledFrom(w.regs).Draw(rt, "who")))
		}
	}
}

func (w *chainWorld) join() {
	w.n++
	rec, err := w.Register(w.t.Context(), Actor{}, w.event.ID, signup(w.n))
	if err == nil {
		w.regs = append(w.regs, rec.Lead())
	}
	w.allow(err)
}

func (w *chainWorld) cancel(r *Registration) {
	_, err := w.CancelRegistration(w.t.Context(), w.boss, r.ID, "")
	w.allow(err)
}

func (w *chainWorld) passOn(r *Registration) {
	w.n++
	_, err := w.HandOver(w.t.Context(), w.boss, r.ID, Guest{Name: "Colleague", Email: fmt.Sprintf("colleague%d@example.org", w.n)})
	w.allow(err)
}

func (w *chainWorld) checkIn(r *Registration) {
	_, err := w.CheckIn(w.t.Context(), w.boss, w.event.ID, r.ID)
	w.allow(err)
}

func (w *chainWorld) undo(r *Registration) {
	_, err := w.UndoCheckIn(w.t.Context(), w.boss, w.event.ID, r.ID)
	w.allow(err)
}

func (w *chainWorld) answer(r *Registration) {
	_, err := w.AnswerSurvey(w.t.Context(), w.surveyLink(w.t, r), says("8"))
	if !IsHidden(err) {
		w.allow(err)
	}
}

func (w *chainWorld) move(hours int) {
	e := *w.event
	e.Starts, e.Ends = e.Starts.Add(time.Duration(hours)*time.Hour), e.Ends.Add(time.Duration(hours)*time.Hour)
	if !w.now.Before(w.event.Ends) || !w.now.Before(e.Starts) {
		return // nobody moves what has been
	}
	saved, err := w.SaveEvent(w.t.Context(), w.boss, &e)
	must(w.t, err)
	w.event = saved
}

func (w *chainWorld) pass(hours int) {
	w.now = w.now.Add(time.Duration(hours) * time.Hour)
	w.at(w.now)
}

// run runs the job, twice as when two servers do.
func (w *chainWorld) run() {
	w.at(w.now)
	for range 2 {
		_, err := w.RunChains(w.t.Context(), w.now)
		must(w.t, err)
	}
	w.last = w.now
}

// cutOff runs the job as it is killed in its first transaction.
func (w *chainWorld) cutOff() {
	ctx, cancel := context.WithCancel(w.t.Context())
	w.DB.Now = func() time.Time { cancel(); return w.time() }
	_, _ = w.RunChains(ctx, w.now)
	w.DB.Now = w.time
}

// allow takes an action that does not fit the state for granted.
func (w *chainWorld) allow(err error) {
	if err != nil && ProblemIn(err) == nil {
		w.t.Fatal(err)
	}
}

// got counts the mails of each chain to each address and step that have not
// been taken back, and says which are still in the outbox.
func (w *chainWorld) got() (count map[string]int, waits map[string]bool) {
	count, waits = map[string]int{}, map[string]bool{}
	must(w.t, w.DB.View(w.t.Context(), func(tx *storage.Tx) error {
		for m, err := range mailRows.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("about", w.event.ID)}}) {
			if err != nil {
				return err
			}
			if m.State != mailer.Withdrawn && (m.Kind == "chain.confirmed" || m.Kind == "chain.checked_in") {
				key := m.To + " " + m.Letter.Subject
				count[key]++
				waits[key] = m.State == mailer.Queued
			}
		}
		return nil
	}))
	return count, waits
}

const (
	thanksStep = "Thank you for coming to CircularArena"
	againStep  = "How was CircularArena?"
)

// check holds at every moment: nothing twice, and nothing in the outbox that is
// not true of its reader any more.
func (w *chainWorld) check(rt *rapid.T) {
	count, waits := w.got()
	for key, n := range count {
		if n > 1 {
			rt.Fatalf("%s: %d times", key, n)
		}
	}
	still := map[string]bool{}
	for _, r := range w.regs {
		r = w.reload(w.t, r)
		seated, came := r.State == Confirmed || r.State == Attended, r.State == Attended
		still[r.Email+" "+practical] = seated
		open := came && !w.answered(r)
		still[r.Email+" "+thanksStep], still[r.Email+" "+againStep] = open, open
	}
	for key, in := range waits {
		if in && !still[key] {
			rt.Fatalf("%s: about to leave, and no longer true", key)
		}
	}
}

func (w *chainWorld) answered(r *Registration) (done bool) {
	must(w.t, w.DB.View(w.t.Context(), func(tx *storage.Tx) (err error) {
		_, done, err = surveyOf(tx, w.event.ID, r)
		return err
	}))
	return done
}

// checkDue holds after a run: whoever should have a step has it. That is told
// from where everybody stands alone.
func (w *chainWorld) checkDue(rt *rapid.T) {
	count, _ := w.got()
	want := func(r *Registration, subject string, due time.Time, still bool) {
		if still && !w.now.Before(due) && w.now.Sub(due) < maxStale && count[r.Email+" "+subject] == 0 {
			rt.Fatalf("%s has no %q: due %v, now %v", r.Email, subject, due, w.now)
		}
	}
	for _, r := range w.regs {
		r = w.reload(w.t, r)
		e := w.event
		seated := r.State == Confirmed || r.State == Attended
		want(r, practical, e.Starts.AddDate(0, 0, -2), seated && w.now.Before(e.Starts))
		open := r.State == Attended && !w.answered(r)
		want(r, thanksStep, later(e.Ends.Add(2*time.Hour), r.CheckedInAt), open)
	}
}
