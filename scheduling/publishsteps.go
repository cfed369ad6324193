package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

const (
	publishAtOnce = 600  // new meetings that one transaction makes; more come in steps
	publishStep   = 250  // meetings of one step
	maxRepublish  = 1000 // published meetings that one publication moves or cancels
)

// publishSteps goes on with the publication of a large proposal until it is
// done: its meetings are prepared in steps, which book their places and which
// nobody sees; then one transaction brings them all out. A server that dies in
// between leaves what Desk.SolveProposals of any server goes on with.
func (d *Desk) publishSteps(ctx context.Context, id string) error {
	ctx = context.WithoutCancel(ctx)
	for {
		more, err := d.publishStep(ctx, id)
		if err == nil && more {
			continue
		}
		if err == nil || ProblemIn(err) == nil {
			return err
		}
		return errors.Join(err, d.unpublish(ctx, id, err))
	}
}

// publishNext goes on with a publication whose server died, and reports whether
// there was one; it takes back what a failed one has prepared.
func (d *Desk) publishNext(ctx context.Context) (worked bool, err error) {
	var p *Proposal
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = proposals.First(tx, storage.Query{Sort: "created", Where: []storage.Cond{storage.Is("state", string(ProposalPublishing))}})
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := d.publishSteps(ctx, p.ID); err != nil && ProblemIn(err) == nil {
		return true, fmt.Errorf("publish proposal %s: %w", p.ID, err)
	}
	return true, nil
}

// publishStep prepares the next meetings of a proposal, or brings all out when
// there are none left; more says whether to go on.
func (d *Desk) publishStep(ctx context.Context, id string) (more bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := proposals.Get(tx, id)
		if err != nil {
			return err
		}
		if more = p.State == ProposalPublishing; !more {
			return nil
		}
		r, err := rounds.Get(tx, p.RoundID)
		if err != nil {
			return err
		}
		by := p.publisher()
		if p.Step >= len(p.Placed) {
			more = false
			return d.publishPrepared(tx, by, r, p)
		}
		next := min(len(p.Placed), p.Step+publishStep)
		for _, x := range p.Placed[p.Step:next] {
			if err := d.prepareMeeting(tx, by, r, x); err != nil {
				return err
			}
		}
		p.Step, p.Progress = next, float64(next)/float64(len(p.Placed)+publishStep)
		return proposals.Put(tx, p)
	})
	return more, clashInWords(err)
}

// publisher is who published p: an organiser of its round, or they could not
// have begun.
func (p *Proposal) publisher() Actor {
	return Actor{ID: p.By, Name: p.ByName, Via: "page", Grants: []Grant{{Role: Organiser}}}
}

// prepareMeeting books what a new meeting needs, without anybody seeing it.
// Prepared twice, it is prepared once.
func (d *Desk) prepareMeeting(tx *storage.Tx, by Actor, r *Round, x Placed) error {
	if x.RequestID == "" {
		return nil // a walk-in, which stands already
	}
	has, err := meetings.First(tx, storage.Query{Where: []storage.Cond{storage.Is("request_id", x.RequestID)}})
	if err == nil && (has.State.Stands() || has.State == MeetingPrepared) {
		return nil
	}
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	q, err := requests.Get(tx, x.RequestID)
	if err != nil {
		return err
	}
	m := &Meeting{RequestID: q.ID, Slot: x.Slot, Table: x.Table, Pinned: x.Pinned, Parties: []Party{{EntrantID: q.From}, {EntrantID: q.To}}}
	if err := m.revive(tx); err != nil {
		return err
	}
	m.RoundID, m.State, m.Changed = r.ID, MeetingPrepared, tx.Now()
	if err := m.put(r, x.Slot, x.Table); err != nil {
		return err
	}
	if err := d.staff(tx, by, r, m); err != nil {
		return err
	}
	if err := book(tx, m); err != nil {
		return err
	}
	return meetings.Put(tx, m)
}

// prepared are the meetings of a round that a publication has prepared.
func prepared(tx *storage.Tx, roundID string) ([]*Meeting, error) {
	return meetings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID), storage.Is("state", string(MeetingPrepared))}})
}

// publishPrepared brings out what was prepared, with all else that the
// proposal changes.
func (d *Desk) publishPrepared(tx *storage.Tx, by Actor, r *Round, p *Proposal) error {
	list, err := prepared(tx, r.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		m.State, m.Changed = MeetingPublished, tx.Now()
		if err := meetings.Put(tx, m); err != nil {
			return err
		}
		if err := linkRequest(tx, m); err != nil {
			return err
		}
		if err := d.announceMeeting(tx, r, m, "published"); err != nil {
			return err
		}
		if err := d.log(tx, by, "meeting.place", m.ID, r.ID, m.label(), ""); err != nil {
			return err
		}
	}
	return d.publishAll(tx, by, r, p, list)
}

// unpublish takes back a publication that cannot be ended: the proposal is a
// draft again, with why, and what was prepared is free.
func (d *Desk) unpublish(ctx context.Context, id string, why error) error {
	problem := ProblemIn(why)
	for more := true; more; {
		err := d.update(ctx, func(tx *storage.Tx) error {
			p, err := proposals.Get(tx, id)
			if err != nil {
				return err
			}
			if p.State != ProposalPublishing {
				more = false
				return nil
			}
			list, err := prepared(tx, p.RoundID)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				more = false
				p.State, p.Step, p.Conflict = ProposalReady, 0, []Said{saying(problem.Key, problem.Args...)}
				return proposals.Put(tx, p)
			}
			return dropPrepared(tx, list[:min(len(list), publishStep)])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dropPrepared frees prepared meetings. One that had been cancelled before is
// that again: calendars know it.
func dropPrepared(tx *storage.Tx, list []*Meeting) error {
	for _, m := range list {
		if err := free(tx, m.ID); err != nil {
			return err
		}
		if m.Sequence > 0 {
			m.State = MeetingCancelled
			if err := meetings.Put(tx, m); err != nil {
				return err
			}
		} else if err := meetings.Delete(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// inSteps reports whether a draft is published in steps, or says why it changes
// too much of what is published.
func (d *draft) inSteps() (bool, error) {
	c := d.change()
	if n := len(c.move) + len(c.cancel); n > maxRepublish {
		return false, &Problem{Kind: Closed, Key: "board.too_many_changes", Args: []any{"count", n}}
	}
	fresh := slices.DeleteFunc(c.add, func(x Placed) bool { return x.RequestID == "" })
	return len(fresh) > publishAtOnce, nil
}
