package scheduling

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// RunState is where a run of a chain stands.
type RunState string

// The states of a run. A stopped one goes on if its reason goes away.
const (
	RunOn      RunState = "running"
	RunDone    RunState = "done"
	RunStopped RunState = "stopped"
)

// RunStates are all of them, in the order of a filter.
var RunStates = []RunState{RunOn, RunDone, RunStopped}

// StepState is where one step of a run stands.
type StepState string

// The states of a step.
const (
	StepWaiting StepState = "waiting"
	StepSent    StepState = "sent" // promised: what became of the mail, the outbox knows
	StepSkipped StepState = "skipped"
	StepStopped StepState = "stopped"
)

// A ChainRun is one chain for one person and what it is about, with what was
// done and what is to come. Its ID is made of these, so there is one however
// often it is started.
type ChainRun struct {
	storage.Meta `bson:",inline"`
	ChainID      string    `bson:"chain_id"`
	Trigger      Trigger   `bson:"trigger"`
	Ref          string    `bson:"ref"`
	Turn         int       `bson:"turn"`
	At           time.Time `bson:"at"` // when it was triggered
	State        RunState  `bson:"state"`
	Why          string    `bson:"why,omitempty"`
	Steps        []RunStep `bson:"steps"`
	Due          time.Time `bson:"due"` // of the next step; what the job asks for while Open
	Open         bool      `bson:"open"`
	Starts       time.Time `bson:"starts"` // the event's times that the dues come from
	Ends         time.Time `bson:"ends"`
}

// A RunStep is a step of a chain in one run.
type RunStep struct {
	ID    string    `bson:"id"`
	State StepState `bson:"state"`
	Due   time.Time `bson:"due"`
	Why   string    `bson:"why,omitempty"`
	Mail  string    `bson:"mail,omitempty"` // its key in the outbox
}

var chainRuns = storage.NewCollection[ChainRun]("chain_runs",
	storage.Ordered("open", "due"), storage.Ordered("ref"), storage.Ordered("chain_id", "state", "due"))

func runID(chainID string, s *subject) string {
	return strings.Join([]string{chainID, s.ref, strconv.Itoa(s.turn)}, "/")
}

// followRegistration starts, moves and stops what chains do for r, in the
// transaction that changed r or its event.
func (d *Desk) followRegistration(tx *storage.Tx, e *Event, r *Registration) error {
	on, err := chainsAt(tx, e)
	if err != nil {
		return err
	}
	if len(on) == 0 && r.Created.Equal(tx.Now()) {
		return nil // made by this transaction: nothing runs for it
	}
	return d.follow(tx, "registration/"+r.ID, on, func(t Trigger) (*subject, error) { return d.registered(tx, t, e, r) })
}

// followMeeting is followRegistration for the people of a meeting, and notes
// whose companies have met.
func (d *Desk) followMeeting(tx *storage.Tx, m *Meeting) error {
	if err := meetB2B(tx, m); err != nil {
		return err
	}
	r, err := rounds.Get(tx, m.RoundID)
	if err != nil {
		return err
	}
	for _, id := range m.PersonIDs {
		if err := d.followPerson(tx, OnHeld, r.ClusterIDs[:min(1, len(r.ClusterIDs))], r.ID, id); err != nil {
			return err
		}
	}
	return nil
}

// followMember is followRegistration for people who joined or left a group.
func (d *Desk) followMember(tx *storage.Tx, g *Group, personIDs ...string) error {
	for _, id := range personIDs {
		if err := d.followPerson(tx, OnJoined, []string{g.ClusterID}, g.ID, id); err != nil {
			return err
		}
	}
	return nil
}

// followPerson follows what happened to a person with something of a cluster.
func (d *Desk) followPerson(tx *storage.Tx, t Trigger, cluster []string, about, personID string) error {
	var on []*Chain
	var err error
	for _, id := range cluster {
		if on, err = chainsOf(tx, id); err != nil {
			return err
		}
	}
	kind := triggers[t].kind
	ref := []string{about, personID}
	err = d.follow(tx, kind.name+"/"+strings.Join(ref, "/"), on, func(t Trigger) (*subject, error) { return kind.load(d, tx, t, ref) })
	return ignoreMissing(err) // erased meanwhile
}

// follow brings the runs of a ref in step with the chains that are on for it.
func (d *Desk) follow(tx *storage.Tx, ref string, on []*Chain, load func(Trigger) (*subject, error)) error {
	runs, err := chainRuns.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("ref", ref)}})
	if err != nil {
		return err
	}
	kind, _, _ := strings.Cut(ref, "/")
	on = slices.DeleteFunc(on, func(c *Chain) bool { return triggers[c.Trigger].kind.name != kind })
	for _, run := range runs {
		s, err := load(run.Trigger)
		if err != nil {
			return err
		}
		if err := d.sync(tx, run, chainFor(on, run.ChainID), s); err != nil {
			return err
		}
	}
	for _, c := range on {
		s, err := load(c.Trigger)
		if err != nil {
			return err
		}
		id := runID(c.ID, s)
		if s.holds != "" || slices.ContainsFunc(runs, func(r *ChainRun) bool { return r.ID == id }) {
			continue
		}
		run := &ChainRun{Meta: storage.Meta{ID: id}, ChainID: c.ID, Trigger: c.Trigger, Ref: ref, Turn: s.turn}
		if err := d.sync(tx, run, c, s); err != nil {
			return err
		}
	}
	return nil
}

func chainFor(on []*Chain, id string) *Chain {
	for _, c := range on {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// sync makes a run what it has to be now: stopped where its trigger does not
// hold any more or its chain is off, going with right times otherwise.
func (d *Desk) sync(tx *storage.Tx, run *ChainRun, c *Chain, s *subject) error {
	if why := run.ends(c, s); why != "" {
		return d.stopRun(tx, run, why)
	}
	began := run.State != RunOn && run.State != RunDone
	moved := !run.Starts.Equal(s.starts) || !run.Ends.Equal(s.ends)
	if s.at.IsZero() && !began {
		s.at = run.At
	} else if s.at.IsZero() {
		s.at = tx.Now()
	}
	run.At, run.Starts, run.Ends = s.at, s.starts, s.ends
	before := slices.Clone(run.Steps)
	if err := d.retime(tx, run, c, s, began || moved); err != nil {
		return err
	}
	if !began && !moved && slices.Equal(before, run.Steps) {
		return nil
	}
	run.settle()
	return chainRuns.Put(tx, run)
}

// ends says why a run has to stop; "" if it goes on.
func (run *ChainRun) ends(c *Chain, s *subject) string {
	switch {
	case s.turn != run.Turn:
		return whyHandedOver
	case s.holds != "":
		return s.holds
	case c == nil:
		return whyOff
	case c.UntilAnswered && s.answered:
		return whyAnswered
	}
	return ""
}

// retime gives every step of the chain its place in the run: what was sent stays
// sent, the rest is due anew. again says that what was passed over for its time
// has another chance. A mail that speaks of times the event no longer has, and
// has not left, is taken back to be written again.
func (d *Desk) retime(tx *storage.Tx, run *ChainRun, c *Chain, s *subject, again bool) error {
	steps := []RunStep{}
	for _, step := range c.Sorted() {
		st := run.step(step.ID)
		if st.State == StepSent && again {
			if err := d.recall(tx, &st); err != nil {
				return err
			}
		}
		if st.State == StepWaiting || st.State == StepStopped || st.State == StepSkipped && again && timely(st.Why) {
			st.State = StepWaiting
			if st.Due, st.Why = c.dueFor(step, s); st.Why != "" {
				st.State = StepSkipped
			}
		}
		steps = append(steps, st)
	}
	for _, st := range run.Steps { // of steps that the chain has no more, what was sent is kept
		if _, there := c.Step(st.ID); !there && st.State == StepSent {
			steps = append(steps, st)
		}
	}
	run.Steps = steps
	return nil
}

// timely reports whether a step was passed over for its time alone.
func timely(why string) bool {
	return slices.Contains([]string{whyOver, whyPast, whyCameLater, whyStale}, why)
}

// step is a step of the run, waiting if it is new.
func (run *ChainRun) step(id string) RunStep {
	for _, st := range run.Steps {
		if st.ID == id {
			return st
		}
	}
	return RunStep{ID: id, State: StepWaiting}
}

// settle sets what follows from the steps: the state, and when to look again.
func (run *ChainRun) settle() {
	run.State, run.Why, run.Open, run.Due = RunDone, "", false, time.Time{}
	for _, st := range run.Steps {
		if st.State == StepWaiting && (!run.Open || st.Due.Before(run.Due)) {
			run.State, run.Open, run.Due = RunOn, true, st.Due
		}
	}
}

// stopRun ends a run: what has not been sent is not, and what was promised and
// has not left is taken back.
func (d *Desk) stopRun(tx *storage.Tx, run *ChainRun, why string) error {
	if run.State == RunStopped {
		return nil
	}
	for i := range run.Steps {
		st := &run.Steps[i]
		if err := d.recall(tx, st); err != nil {
			return err
		}
		if st.State == StepWaiting {
			st.State = StepStopped
		}
	}
	if slices.ContainsFunc(run.Steps, func(st RunStep) bool { return st.State == StepStopped }) {
		run.State, run.Why, run.Open, run.Due = RunStopped, why, false, time.Time{}
		return chainRuns.Put(tx, run)
	}
	return nil
}

// recall withdraws the mail of a sent step if it has not left; the step waits
// then. One that a worker has in its hands counts as gone.
func (d *Desk) recall(tx *storage.Tx, st *RunStep) error {
	if st.State != StepSent {
		return nil
	}
	m, err := d.Outbox.MailIn(tx, st.Mail)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // long gone
	}
	if err != nil || !m.State.Open() || m.State == mailer.Sending {
		return err
	}
	if _, err := d.Outbox.Withdraw(tx, m.Ref); err != nil {
		return err
	}
	st.State, st.Mail = StepWaiting, ""
	return nil
}
