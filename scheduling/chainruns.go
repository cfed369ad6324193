package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A RunLine is one run of a chain in words: whose it is and how far it has come.
type RunLine struct {
	*ChainRun
	Name  string // "" if they are gone
	Email string
	About Text // the event, the round, the group or the trip
	Zone  string
	Steps []RunStepLine
}

// A RunStepLine is one step of a run, with what became of its mail.
type RunStepLine struct {
	RunStep
	Subject Text
	Mail    mailer.State // "" if there is none, or none any more
}

// ChainRuns lists the runs of a chain of by's, in one state or in all.
func (d *Desk) ChainRuns(ctx context.Context, by Actor, id string, state RunState, after string) (lines []RunLine, next string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		lines = nil
		c, err := ownChain(tx, by, id)
		if err != nil {
			return err
		}
		q := storage.Query{Where: []storage.Cond{storage.Is("chain_id", id)}, After: after}
		if state != "" {
			q.Where = append(q.Where, storage.Is("state", string(state)))
		}
		var runs []*ChainRun
		if runs, next, err = chainRuns.Page(tx, q); err != nil {
			return err
		}
		for _, run := range runs {
			line, err := d.runLine(tx, c, run)
			if err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("list the runs of chain %s: %w", id, err)
	}
	return lines, next, nil
}

func (d *Desk) runLine(tx *storage.Tx, c *Chain, run *ChainRun) (RunLine, error) {
	line := RunLine{ChainRun: run, Zone: "UTC"}
	for _, st := range run.Steps {
		step, _ := c.Step(st.ID)
		l := RunStepLine{RunStep: st, Subject: step.Subject}
		m, err := d.Outbox.MailIn(tx, st.Mail)
		if err == nil {
			l.Mail = m.State
		} else if !errors.Is(err, storage.ErrNotFound) {
			return line, err
		}
		line.Steps = append(line.Steps, l)
	}
	_, ref, _ := strings.Cut(run.Ref, "/")
	s, err := triggers[run.Trigger].kind.load(d, tx, run.Trigger, strings.Split(ref, "/"))
	if err != nil {
		return line, ignoreMissing(err)
	}
	if line.Zone = s.loc.String(); s.turn == run.Turn { // else it was somebody else's then
		line.Name, line.Email = s.name, s.email
	}
	line.About = s.title
	return line, nil
}

// A DryLine is one person and what a chain would do for them.
type DryLine struct {
	Name, Email string
	State       RegState // of somebody registered
	Why         string   // why nothing at all
	Steps       []DryStep
}

// A DryStep is what one step would do: send at Due, or why not.
type DryStep struct {
	ChainStep
	RunStep
}

// A DryRun says who would get what of a chain, and when, as things stand: for
// the people at one event, in one round, or in one group.
type DryRun struct {
	Chain *Chain
	Title Text
	Zone  string
	Lines []DryLine
	Next  string
}

// dryPage is how many people one page of a dry run shows.
const dryPage = 50

// DryRun tries a chain of by's on the people of an event (by its id), of a round
// or of a group, without sending anything. A chain that is off is tried as if it
// were switched on now.
func (d *Desk) DryRun(ctx context.Context, by Actor, id, about, after string) (out *DryRun, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := ownChain(tx, by, id)
		if err != nil {
			return err
		}
		if !c.On {
			c.Since = tx.Now()
		}
		out = &DryRun{Chain: c, Zone: "UTC"}
		list, next, err := triggers[c.Trigger].kind.list(d, tx, c, about, after)
		if err != nil {
			return err
		}
		out.Next = next
		for _, s := range list {
			if s.clusterID != c.ClusterID || c.EventID != "" && s.about != c.EventID {
				return errHidden
			}
			line, err := d.dryLine(tx, c, s)
			if err != nil {
				return err
			}
			out.Title, out.Zone = s.title, s.loc.String()
			out.Lines = append(out.Lines, line)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("try chain %s: %w", id, err)
	}
	return out, nil
}

// dryLine works a chain out for one person, from where their run stands.
func (d *Desk) dryLine(tx *storage.Tx, c *Chain, s *subject) (DryLine, error) {
	line := DryLine{Name: s.name, Email: s.email, Why: s.holds}
	if s.reg != nil {
		line.State = s.reg.State
	}
	if c.UntilAnswered && s.answered && line.Why == "" {
		line.Why = whyAnswered
	}
	run, err := chainRuns.Get(tx, runID(c.ID, s))
	if errors.Is(err, storage.ErrNotFound) {
		run, err = &ChainRun{At: tx.Now()}, nil
	}
	if err != nil {
		return line, err
	}
	if s.at.IsZero() {
		s.at = run.At
	}
	for _, step := range c.Sorted() {
		st := run.step(step.ID)
		if st.State == StepSkipped && timely(st.Why) || st.State == StepStopped {
			st.State = StepWaiting
		}
		if st.State == StepWaiting && line.Why == "" {
			if err := d.tryStep(tx, c, step, &st, s); err != nil {
				return line, err
			}
		}
		l := d.Texts.In(s.lang) // what they would read, in their language
		step.Subject = Text{l.Code(): withValues(l, step.Subject.In(s.lang), s.fields)}
		line.Steps = append(line.Steps, DryStep{step, st})
	}
	return line, nil
}

// tryStep says when a step would be sent, or why not, by what is known now.
func (d *Desk) tryStep(tx *storage.Tx, c *Chain, step ChainStep, st *RunStep, s *subject) (err error) {
	if st.Due, st.Why = c.dueFor(step, s); st.Why == "" {
		st.Why = step.tooLate(st.Due, later(tx.Now(), st.Due), s)
	}
	if st.Why == "" {
		st.Why, err = d.unmet(tx, c, step, s)
	}
	if st.Why != "" {
		st.State = StepSkipped
	}
	return err
}
