package scheduling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// What a proposal may be asked for.
const (
	maxProposals  = 50 // of one round
	MaxBudget     = 5 * time.Minute
	DefaultBudget = 20 * time.Second
	maxName       = 100
)

// A ProposalInput is what an organiser asks a schedule for.
type ProposalInput struct {
	Name       string
	Budget     time.Duration // of work; 0: DefaultBudget
	Seed       uint64        // another one may find another schedule; 0: 1
	Unanswered bool          // requests that wait for an answer count too, with their sender's wish alone
	Soft       bool          // musts are not required, but weigh more than anything else
	Based      string        // BasedOnPublished or a proposal of the round: as few meetings as can be move from it
	Once       string        // the form: sent twice, it asks once
}

func (in *ProposalInput) check() error {
	in.Name, in.Budget, in.Seed = cleanLine(in.Name), cmp.Or(in.Budget, DefaultBudget), cmp.Or(in.Seed, 1)
	f := faults{}
	f.limit("name", in.Name, maxName)
	if in.Budget < time.Second || in.Budget > MaxBudget {
		f.add("budget", "board.budget_range")
	}
	return f.problem()
}

// Propose has a schedule of a round made. It waits for its turn: a server solves
// one round at a time (see SolveProposals), and goes on serving pages meanwhile.
// The same Once gives the same proposal.
func (d *Desk) Propose(ctx context.Context, by Actor, roundID string, in ProposalInput) (p *Proposal, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		if in.Once != "" {
			p, err = proposals.First(tx, storage.Query{Where: []storage.Cond{storage.Is("once", in.Once)}})
			if err == nil && p.RoundID == r.ID || !errors.Is(err, storage.ErrNotFound) {
				return err
			}
		}
		if err := d.mayPropose(tx, r, &in); err != nil {
			return err
		}
		p = &Proposal{RoundID: r.ID, Name: in.Name, State: ProposalQueued, Seed: in.Seed, Budget: in.Budget,
			Unanswered: in.Unanswered, Soft: in.Soft, Based: in.Based, Once: in.Once, By: by.ID, ByName: by.Name}
		return d.putNew(tx, by, r, p, "proposal.create")
	})
	if err != nil {
		return nil, fmt.Errorf("propose a schedule of round %s: %w", roundID, err)
	}
	return p, nil
}

// putNew stores a new proposal under the next number where it has no name.
func (d *Desk) putNew(tx *storage.Tx, by Actor, r *Round, p *Proposal, action string) error {
	n, err := proposals.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}})
	if err != nil {
		return err
	}
	if n >= maxProposals {
		return &Problem{Kind: Full, Key: "board.too_many", Args: []any{"count", maxProposals}}
	}
	p.Name = cmp.Or(p.Name, fmt.Sprint(n+1))
	if err := proposals.Put(tx, p); err != nil {
		return err
	}
	return d.log(tx, by, action, p.ID, r.ID, p.Name, "")
}

// mayPropose says why no schedule of r can be made.
func (d *Desk) mayPropose(tx *storage.Tx, r *Round, in *ProposalInput) error {
	switch {
	case !r.Past(RoundRequests) || r.Phase == RoundClosed:
		return &Problem{Kind: Closed, Key: "board.phase"}
	case len(r.Slots) == 0 || len(r.Tables) == 0:
		return &Problem{Kind: Closed, Key: "board.no_grid"}
	}
	if in.Based != "" && in.Based != BasedOnPublished {
		p, err := proposals.Get(tx, in.Based)
		if err == nil && (p.RoundID != r.ID || p.Live()) {
			err = storage.ErrNotFound
		}
		if errors.Is(err, storage.ErrNotFound) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"based": "board.based_gone"}}
		}
		return err
	}
	return nil
}

// ownProposal gives a proposal with its round to its organisers.
func ownProposal(tx *storage.Tx, by Actor, id string) (*Proposal, *Round, error) {
	p, err := proposals.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	r, err := ownRound(tx, by, p.RoundID)
	return p, r, err
}

// changeProposal lets change have its way with a proposal, and writes it down.
func (d *Desk) changeProposal(ctx context.Context, by Actor, id, action string, change func(*storage.Tx, *Round, *Proposal) error) (p *Proposal, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		var r *Round
		if p, r, err = ownProposal(tx, by, id); err != nil {
			return err
		}
		if err := change(tx, r, p); err != nil {
			return err
		}
		if err := proposals.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, action, p.ID, r.ID, p.Name, "")
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return p, nil
}

// StopProposal ends the making of a schedule: what was found until now is kept.
// One that waits its turn still gets the little time in which a first schedule
// is found. Stopping one that is over changes nothing.
func (d *Desk) StopProposal(ctx context.Context, by Actor, id string) (*Proposal, error) {
	return d.changeProposal(ctx, by, id, "proposal.stop", func(_ *storage.Tx, _ *Round, p *Proposal) error {
		p.StopAsked = p.StopAsked || p.Live()
		return nil
	})
}

// RenameProposal gives a proposal another name.
func (d *Desk) RenameProposal(ctx context.Context, by Actor, id, name string) (*Proposal, error) {
	name = cleanLine(name)
	f := faults{}
	f.need("name", name, maxName)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.changeProposal(ctx, by, id, "proposal.rename", func(_ *storage.Tx, _ *Round, p *Proposal) error {
		p.Name = name
		return nil
	})
}

// CopyProposal makes a draft of its own out of a proposal, or out of the
// published schedule of a round: something to try things with.
func (d *Desk) CopyProposal(ctx context.Context, by Actor, roundID, id, name string) (c *Proposal, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		p, err := d.scheduleOf(tx, r, id)
		if err != nil {
			return err
		}
		if p.Live() {
			return &Problem{Kind: Closed, Key: "board.still_solving"}
		}
		copied := *p
		c = &copied
		c.Meta, c.Once, c.Owner, c.Name = storage.Meta{}, "", "", cleanLine(name)
		c.State, c.Edited, c.By, c.ByName = ProposalReady, true, by.ID, by.Name
		c.Placed = slices.Clone(p.Placed)
		return d.putNew(tx, by, r, c, "proposal.copy")
	})
	if err != nil {
		return nil, fmt.Errorf("copy proposal %s: %w", id, err)
	}
	return c, nil
}

// DeleteProposal forgets a proposal; one that is being solved ends. What was
// published stays.
func (d *Desk) DeleteProposal(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, r, err := ownProposal(tx, by, id)
		if err != nil {
			return err
		}
		if p.State == ProposalPublishing {
			return &Problem{Kind: Closed, Key: "board.is_publishing"}
		}
		if err := proposals.Delete(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, "proposal.delete", p.ID, r.ID, p.Name, "")
	})
	if err != nil {
		return fmt.Errorf("delete proposal %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// A ProposalsPage is a round with its proposals, newest first.
type ProposalsPage struct {
	Round     *Round
	Proposals []*Proposal
	Published int // standing meetings
	Agreed    int // requests that both sides said yes to
	Waiting   int // requests without an answer
}

// Proposals lists the proposals of a round, for its organisers.
func (d *Desk) Proposals(ctx context.Context, by Actor, roundID string) (p *ProposalsPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		p = &ProposalsPage{Round: r}
		in := []storage.Cond{storage.Is("round_id", r.ID)}
		if p.Proposals, err = proposals.Find(tx, storage.Query{Sort: "-created", Where: in}); err != nil {
			return err
		}
		states, err := requests.CountBy(tx, storage.Query{Where: in}, "state")
		if err != nil {
			return err
		}
		p.Agreed, p.Waiting = states[string(RequestAccepted)]+states[string(RequestCountered)], states[string(RequestSent)]
		stand, err := meetings.CountBy(tx, storage.Query{Where: in}, "state")
		p.Published = stand[string(MeetingPublished)] + stand[string(MeetingHeld)] + stand[string(MeetingNotHeld)]
		return err
	})
	return p, err
}

// A ProposalPage is one proposal with its round.
type ProposalPage struct {
	Round    *Round
	Proposal *Proposal
	Ahead    int // proposals that are solved before it, where it waits
}

// Proposal gives one proposal, for the organisers of its round.
func (d *Desk) Proposal(ctx context.Context, by Actor, id string) (p *ProposalPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &ProposalPage{}
		if p.Proposal, p.Round, err = ownProposal(tx, by, id); err != nil || p.Proposal.State != ProposalQueued {
			return err
		}
		p.Ahead, err = proposals.Count(tx, storage.Query{Where: []storage.Cond{
			{Field: "state", Op: storage.In, Value: []ProposalState{ProposalQueued, ProposalSolving}},
			{Field: "created", Op: storage.Lt, Value: p.Proposal.Created}}})
		return err
	})
	return p, err
}
