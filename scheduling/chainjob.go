package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// chainPage is how many runs one transaction takes on.
const chainPage = 50

// RunChains promises what is due at now of all chains. What is sent is noted with
// its promise, so it can be stopped and repeated at any point.
func (d *Desk) RunChains(ctx context.Context, now time.Time) (done int, err error) {
	for {
		n, err := d.runChains(ctx, now)
		if n == 0 || err != nil {
			return done, err
		}
		done += n
	}
}

func (d *Desk) runChains(ctx context.Context, now time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		due, err := chainRuns.Find(tx, storage.Query{Sort: "due", Limit: chainPage, Where: []storage.Cond{
			storage.Is("open", true), {Field: "due", Op: storage.Le, Value: now}}})
		if err != nil {
			return err
		}
		for _, run := range due {
			if err := d.advance(tx, run, now); err != nil {
				return fmt.Errorf("run %s: %w", run.ID, err)
			}
		}
		done = len(due)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("run chains: %w", err)
	}
	return done, nil
}

// advance looks at everything that a run depends on once more, and takes the
// steps that are due.
func (d *Desk) advance(tx *storage.Tx, run *ChainRun, now time.Time) error {
	kind, ref, _ := strings.Cut(run.Ref, "/")
	s, err := triggers[run.Trigger].kind.load(d, tx, run.Trigger, strings.Split(ref, "/"))
	if errors.Is(err, storage.ErrNotFound) {
		return d.stopRun(tx, run, whyGone)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	on, err := triggers[run.Trigger].kind.on(tx, s)
	if err != nil {
		return err
	}
	c := chainFor(on, run.ChainID)
	if err := d.sync(tx, run, c, s); err != nil || !run.Open {
		return err
	}
	changed := false
	for i := range run.Steps {
		st := &run.Steps[i]
		if st.State != StepWaiting || st.Due.After(now) {
			continue
		}
		step, _ := c.Step(st.ID)
		if err := d.takeStep(tx, c, step, st, s, now); err != nil {
			return err
		}
		changed = true
	}
	if !changed {
		return nil
	}
	run.settle()
	return chainRuns.Put(tx, run)
}

// takeStep promises a step that is due, or says why not.
func (d *Desk) takeStep(tx *storage.Tx, c *Chain, step ChainStep, st *RunStep, s *subject, now time.Time) (err error) {
	if st.Why = step.tooLate(st.Due, now, s); st.Why == "" {
		if st.Why, err = d.unmet(tx, c, step, s); err != nil {
			return err
		}
	}
	if st.Why == "" {
		if st.Mail, err = d.stepKey(tx, c, step, s); err != nil {
			return err
		}
		if st.Mail == "" {
			st.Why = whyTwice
		}
	}
	if st.Why != "" {
		st.State = StepSkipped
		return nil
	}
	st.State = StepSent
	m, err := d.stepMail(tx, c, step, s)
	if err != nil {
		return err
	}
	m.ID, m.Ref = st.Mail, st.Mail
	if err := d.Outbox.Add(tx, *m); errors.Is(err, mailer.ErrAddress) {
		st.State, st.Why, st.Mail = StepSkipped, whyAddress, ""
		return nil
	} else if err != nil {
		return err
	}
	if step.Ask {
		return askSurvey(tx, s)
	}
	return nil
}

// stepKey is the key of a step's mail. It is the address's, so nobody gets a
// step twice about the same event, not even by registering again; "" says that
// they have had it. One that was taken back makes room for another.
func (d *Desk) stepKey(tx *storage.Tx, c *Chain, step ChainStep, s *subject) (string, error) {
	for try := 0; ; try++ {
		key := fmt.Sprintf("chain/%s/%s/%s/%d", c.ID, step.ID, d.uid("chain", s.about+"\x00"+s.email), try)
		m, err := d.Outbox.MailIn(tx, key)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			return key, nil
		case err != nil:
			return "", err
		case m.State != mailer.Withdrawn:
			return "", nil
		}
	}
}

// unmet says which condition of a step somebody does not meet; "" if all.
func (d *Desk) unmet(tx *storage.Tx, c *Chain, step ChainStep, s *subject) (why string, err error) {
	o := step.Only
	switch {
	case o.Lang != "" && o.Lang != s.lang:
		return whyLang, nil
	case step.Ask && !s.open, o.Survey == "none" && s.open, o.Survey != "" && o.Survey != "none" && !s.open && s.event != nil:
		return whySurvey, nil
	case (step.Ask || o.Survey == "unanswered") && s.answered, o.Survey == "answered" && !s.answered:
		return whyAnswered, nil
	case o.Place != "" && o.Place != s.reg.place():
		return whyPlace, nil
	}
	for _, ask := range []func() (string, error){
		func() (string, error) { return kindUnmet(tx, o, s) },
		func() (string, error) { return firstUnmet(tx, o, s) },
		func() (string, error) { return agendaUnmet(tx, o, s) },
		func() (string, error) { return d.thanked(tx, c, step, s) },
	} {
		if why, err = ask(); why != "" || err != nil {
			return why, err
		}
	}
	return "", nil
}

// place is which of StepPlaces r is in.
func (r *Registration) place() string {
	switch r.State {
	case Waitlisted:
		return "waiting"
	case Pending, Offered:
		return "pending"
	}
	return "seat"
}

func kindUnmet(tx *storage.Tx, o StepOnly, s *subject) (string, error) {
	if o.Kind == "" {
		return "", nil
	}
	c, err := companies.Get(tx, s.companyID)
	if err == nil && c.Kind == o.Kind {
		return "", nil
	}
	return whyKind, ignoreMissing(err)
}

// firstUnmet: whoever was never checked in anywhere before is there for the
// first time.
func firstUnmet(tx *storage.Tx, o StepOnly, s *subject) (string, error) {
	if o.FirstTime == "" {
		return "", nil
	}
	first := OnlyYes
	for r, err := range registrations.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("email", s.email)}}) {
		if err != nil {
			return "", err
		}
		if r.State == Attended && r.EventID != s.event.ID && r.CheckedInAt.Before(s.starts) {
			first = OnlyNo
		}
	}
	if first != o.FirstTime {
		return whyFirstTime, nil
	}
	return "", nil
}

func agendaUnmet(tx *storage.Tx, o StepOnly, s *subject) (string, error) {
	if o.Agenda == "" {
		return "", nil
	}
	has := OnlyNo
	for m, err := range meetings.Each(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: s.personID}}}) {
		if err != nil {
			return "", err
		}
		if r, err := rounds.Shared(tx, m.RoundID); err == nil && r.EventID == s.event.ID && m.State.Stands() {
			has = OnlyYes
		}
	}
	if has != o.Agenda {
		return whyAgenda, nil
	}
	return "", nil
}

// thanked says that the event's own mail has said already what a step says.
func (d *Desk) thanked(tx *storage.Tx, c *Chain, step ChainStep, s *subject) (string, error) {
	if !step.Instead {
		return "", nil
	}
	m, err := d.Outbox.MailIn(tx, afterKey(triggers[c.Trigger].thanks, s.reg))
	if err == nil && m.State != mailer.Withdrawn {
		return whyThanked, nil
	}
	return "", ignoreMissing(err)
}

// afterKey is the key of an event's own mail to r afterwards.
func afterKey(kind string, r *Registration) string { return kind + "/" + r.ID + "/after" }

// thanksElsewhere reports whether a chain says to r in its own words what the
// event's own mail of the kind would.
func (d *Desk) thanksElsewhere(tx *storage.Tx, kind string, e *Event, r *Registration) (bool, error) {
	runs, err := chainRuns.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("ref", "registration/"+r.ID)}})
	if err != nil {
		return false, err
	}
	for _, run := range runs {
		if run.Turn != r.Generation || triggers[run.Trigger].thanks != kind || run.State == RunStopped {
			continue
		}
		c, err := chains.Get(tx, run.ChainID)
		if err != nil {
			return false, err
		}
		s, err := d.registered(tx, run.Trigger, e, r)
		if err != nil {
			return false, err
		}
		if says, err := d.says(tx, c, run, s); says || err != nil {
			return says, err
		}
	}
	return false, nil
}

// says reports whether a run has a step instead of the event's own mail that
// was sent, or waits and is for them.
func (d *Desk) says(tx *storage.Tx, c *Chain, run *ChainRun, s *subject) (bool, error) {
	for _, st := range run.Steps {
		step, there := c.Step(st.ID)
		if !there || !step.Instead {
			continue
		}
		if st.State == StepSent {
			return true, nil
		}
		if why, err := d.unmet(tx, c, step, s); err != nil || why == "" && st.State == StepWaiting {
			return err == nil, err
		}
	}
	return false, nil
}
