package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// A change is what publishing a draft does to what is published already.
type change struct {
	add    []Placed
	move   []move
	cancel []*Meeting
	reason string // of what is cancelled

	added []*Meeting // what became of add
}

// Publish makes a proposal the published schedule of its round. Meetings that
// stay where they are keep their entries as they are; one that is not in the
// proposal, though its request is, is cancelled; what was published meanwhile and
// the proposal knows nothing of stays. Everybody who has a meeting gets their
// agenda the first time, and afterwards only whoever a change concerns is told.
// Entrants see all of it or nothing, at whatever moment a server dies (a large
// round is prepared in steps; see publishSteps), and it happens once: publishing
// a published proposal changes nothing. A schedule that breaks a rule by now is a
// RefusedMove.
func (d *Desk) Publish(ctx context.Context, by Actor, proposalID string) (p *Proposal, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		var r *Round
		if p, r, err = ownProposal(tx, by, proposalID); err != nil || p.State == ProposalPublished || p.State == ProposalPublishing {
			return err
		}
		if err := mayPublish(r, p); err != nil {
			return err
		}
		return d.publish(tx, by, r, p)
	})
	if err == nil && p.State == ProposalPublishing {
		err = d.publishSteps(ctx, p.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("publish proposal %s: %w", proposalID, changedMeanwhile(clashInWords(err)))
	}
	return p, nil
}

// mayPublish says why a proposal cannot be published.
func mayPublish(r *Round, p *Proposal) error {
	switch {
	case !p.Open():
		return &Problem{Kind: Closed, Key: "board.not_open"}
	case len(p.Placed) == 0:
		return &Problem{Kind: Closed, Key: "board.nothing_placed"}
	case !r.Past(RoundRequests) || r.Phase == RoundClosed:
		return &Problem{Kind: Closed, Key: "board.phase"}
	}
	return nil
}

// publish publishes a small proposal, or begins with a large one.
func (d *Desk) publish(tx *storage.Tx, by Actor, r *Round, p *Proposal) error {
	draft, err := d.toPublish(tx, r, p)
	if err != nil {
		return err
	}
	steps, err := draft.inSteps()
	if err != nil {
		return err
	}
	if !steps {
		return d.publishAll(tx, by, r, p, nil)
	}
	p.State, p.Step, p.Progress, p.Conflict = ProposalPublishing, 0, 0, nil
	p.By, p.ByName = by.ID, by.Name
	if err := proposals.Put(tx, p); err != nil {
		return err
	}
	return d.log(tx, by, "proposal.publish_begin", p.ID, r.ID, p.Name, "")
}

// toPublish is the schedule that a proposal makes, held against the judge.
func (d *Desk) toPublish(tx *storage.Tx, r *Round, p *Proposal) (*draft, error) {
	plan, err := d.planOf(tx, r, p.options())
	if err != nil {
		return nil, err
	}
	draft := plan.draftOf(p.Placed)
	draft.keep(p)
	if breaks := slices.DeleteFunc(draft.faults(), missing); len(breaks) > 0 {
		return nil, refused(breaks)
	}
	return draft, nil
}

// publishAll makes what the proposal has the published schedule; of its new
// meetings some may have come out just now.
func (d *Desk) publishAll(tx *storage.Tx, by Actor, r *Round, p *Proposal, out []*Meeting) error {
	draft, err := d.toPublish(tx, r, p)
	if err != nil {
		return err
	}
	c := draft.change()
	c.added = out
	if err := d.makeChange(tx, by, draft.plan, c); err != nil {
		return err
	}
	if err := d.tellPublished(tx, by, r, c); err != nil {
		return err
	}
	p.take(draft)
	p.State, p.EndedAt, p.Step, p.Progress = ProposalPublished, tx.Now(), 0, 1
	if err := proposals.Put(tx, p); err != nil {
		return err
	}
	return d.log(tx, by, "proposal.publish", p.ID, r.ID, p.Name, "")
}

// missing is a fault that publishing may leave: a must that is in no schedule.
func missing(s Said) bool { return s.Key == "board.breaks.required" }

// keep adds to the draft of a proposal what is published and unknown to it:
// meetings that were made while it lay there.
func (d *draft) keep(p *Proposal) {
	for _, x := range d.plan.published() {
		_, placed := d.at[x.Key()]
		if !placed && !(x.RequestID != "" && slices.Contains(p.Left, x.RequestID)) {
			d.put(x)
		}
	}
}

// change is what has to happen for the published schedule to become the draft.
func (d *draft) change() *change {
	c := &change{}
	for _, x := range d.plan.items {
		to, ok := d.at[x.key]
		switch m := x.meeting; {
		case m == nil && ok:
			c.add = append(c.add, to)
		case m != nil && !ok:
			c.cancel = append(c.cancel, m)
		case m != nil && (m.Slot != to.Slot || m.Table != to.Table):
			c.move = append(c.move, move{m, to.Slot, to.Table})
		}
	}
	return c
}

// makeChange makes a change: first everybody leaves, then all come to where they go,
// so that meetings can take each other's places.
func (d *Desk) makeChange(tx *storage.Tx, by Actor, p *plan, c *change) error {
	for _, m := range c.cancel {
		if err := d.cancelMeeting(tx, by, p.round, m, c.reason); err != nil {
			return err
		}
	}
	if err := d.moveMeetings(tx, by, p.round, c.move); err != nil {
		return err
	}
	for _, x := range c.add {
		m, err := d.placeNew(tx, by, p, x)
		if err != nil {
			return err
		}
		c.added = append(c.added, m)
	}
	return nil
}

// placeNew makes a meeting of a request.
func (d *Desk) placeNew(tx *storage.Tx, by Actor, p *plan, x Placed) (*Meeting, error) {
	m := &Meeting{RequestID: x.RequestID, Slot: x.Slot, Table: x.Table, Pinned: x.Pinned}
	for _, id := range p.byKey[x.Key()].parties {
		m.Parties = append(m.Parties, Party{EntrantID: id})
	}
	return m, d.placeMeeting(tx, by, p.round, m)
}

// tellPublished tells whom a change concerns: everybody of their whole agenda
// when the schedule comes out, each of their own changes later.
func (d *Desk) tellPublished(tx *storage.Tx, by Actor, r *Round, c *change) error {
	if !r.Past(RoundPublished) {
		if err := d.enterPhase(tx, r, RoundPublished); err != nil {
			return err
		}
		if err := d.putRound(tx, by, r, "round.phase_"+string(RoundPublished), ""); err != nil {
			return err
		}
		list, err := standing(tx, r.ID)
		if err != nil {
			return err
		}
		var who []string
		for _, m := range list {
			who = append(who, m.PersonIDs...)
		}
		return d.tellAgendas(tx, r, who...)
	}
	return d.tellChange(tx, r, c)
}

// tellChange tells each person of the changes of their own meetings.
func (d *Desk) tellChange(tx *storage.Tx, r *Round, c *change) error {
	for _, m := range c.cancel {
		if err := d.tellMeeting(tx, r, m, tellCancelled); err != nil {
			return err
		}
	}
	for _, v := range c.move {
		if err := d.tellMeeting(tx, r, v.m, tellMoved); err != nil {
			return err
		}
	}
	for _, m := range c.added {
		if err := d.tellMeeting(tx, r, m, tellBooked); err != nil {
			return err
		}
	}
	return nil
}

// clashInWords makes of a Clash, which a booking made meanwhile can cause, a
// Problem that an organiser understands.
func clashInWords(err error) error {
	if _, ok := errors.AsType[*Clash](err); ok {
		return &Problem{Kind: Changed, Key: "board.clash"}
	}
	return err
}

// movePublished makes a move on the published schedule, and tells those whom it
// concerns.
func (d *Desk) movePublished(tx *storage.Tx, by Actor, dr *draft, x *planned, m BoardMove) error {
	if err := changeable(dr.plan.round); err != nil {
		return err
	}
	if x.meeting != nil && m.Rev != 0 && m.Rev != x.meeting.Rev {
		return &Problem{Kind: Changed, Key: "problem.changed"}
	}
	if x.fixed != "" && !x.meeting.Pinned {
		return refused([]Said{saying("board.breaks.over", "names", dr.plan.meetingName(x.key))})
	}
	if v := dr.judge(m.Move); !v.OK {
		return refused(v.Breaks)
	}
	if x.meeting == nil && m.Slot == "" {
		return nil
	}
	c := dr.with(m.Move, dr.table[spot{m.Slot, m.Table}]).change()
	c.reason = m.Reason
	return d.applyByHand(tx, by, dr.plan, c)
}

// changeable says why the published schedule of r cannot be changed by hand.
func changeable(r *Round) error {
	if !r.Past(RoundPublished) && r.Way == BySolver || r.Phase == RoundClosed || r.Phase == RoundCancelled {
		return &Problem{Kind: Closed, Key: "board.not_published"}
	}
	return nil
}

// applyByHand makes a change of the published schedule and tells those whom it
// concerns.
func (d *Desk) applyByHand(tx *storage.Tx, by Actor, p *plan, c *change) error {
	if err := d.makeChange(tx, by, p, c); err != nil {
		return clashInWords(err)
	}
	return d.tellChange(tx, p.round, c)
}
