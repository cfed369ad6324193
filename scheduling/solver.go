package scheduling

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kohtaamo/scheduling/match"
	"kohtaamo/storage"
)

const (
	solveLease    = time.Minute            // after which a server that says nothing is taken for dead
	solveAttempts = 3                      // servers that may die over one proposal
	solveBeat     = time.Second            // how often progress is stored, and asked whether to stop
	solveGlance   = 200 * time.Millisecond // how often it is asked whether proposals have changed, which costs nothing
	solveLook     = 15 * time.Second       // how often proposals are looked at anyway: a lease may have run out
)

// SolveProposals solves the proposals that wait, one at a time and on one core,
// until ctx ends. Any number of servers may do so. What a server was at when it
// died is taken up by itself or another one, from its beginning; what it was at
// when ctx ended waits again.
func (d *Desk) SolveProposals(ctx context.Context) error {
	for ctx.Err() == nil {
		seen := d.DB.Changes(proposals.Spec)
		worked, err := d.SolveNext(ctx)
		if err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "solve", "error", err)
		}
		if !worked || err != nil {
			d.awaitProposals(ctx, seen)
		}
	}
	return nil
}

// awaitProposals passes the time until there may be something to solve.
func (d *Desk) awaitProposals(ctx context.Context, seen uint64) {
	glance, look := time.NewTicker(solveGlance), time.NewTimer(solveLook)
	defer glance.Stop()
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			return
		case <-glance.C:
			if d.DB.Changes(proposals.Spec) != seen {
				return
			}
		}
	}
}

// SolveNext solves the proposal that has waited longest, or goes on with one
// whose publication was cut short, and reports whether there was one.
func (d *Desk) SolveNext(ctx context.Context) (worked bool, err error) {
	if worked, err = d.publishNext(ctx); worked || err != nil {
		return worked, err
	}
	p, err := d.claimProposal(ctx)
	if err != nil || p == nil {
		return false, err
	}
	if err := d.solve(ctx, p); err != nil {
		return true, fmt.Errorf("solve proposal %s: %w", p.ID, err)
	}
	return true, nil
}

// claimProposal takes the next proposal for this server, or gives nil.
func (d *Desk) claimProposal(ctx context.Context) (p *Proposal, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if p, err = nextProposal(tx); err != nil || p == nil {
			return err
		}
		p.State, p.Owner, p.Lease = ProposalSolving, storage.NewID(), tx.Now().Add(solveLease)
		p.Attempts++
		p.Progress, p.StartedAt = 0, tx.Now()
		if p.Attempts > solveAttempts {
			p.State, p.EndedAt, p.Conflict = ProposalFailed, tx.Now(), []Said{saying("board.conflict.interrupted")}
		}
		return proposals.Put(tx, p)
	})
	if err == nil && p != nil && p.State == ProposalFailed {
		return nil, nil
	}
	return p, err
}

// nextProposal is the one that has waited longest, or whose server is dead.
func nextProposal(tx *storage.Tx) (*Proposal, error) {
	for _, state := range []ProposalState{ProposalSolving, ProposalQueued} {
		for p, err := range proposals.Each(tx, storage.Query{Sort: "created", Where: []storage.Cond{storage.Is("state", string(state))}}) {
			if err != nil {
				return nil, err
			}
			if state == ProposalQueued || p.Lease.Before(tx.Now()) {
				return p, nil
			}
		}
	}
	return nil, nil
}

// A solveRun is the work on one proposal.
type solveRun struct {
	desk *Desk
	id   string
	own  string // the owner that was written into the proposal
	stop context.CancelFunc

	mu   sync.Mutex
	last match.Progress
}

// errNotOurs says that somebody else has the proposal, or that it is gone.
var errNotOurs = errors.New("the proposal is no longer this server's")

// solve makes the schedule of p and stores it.
func (d *Desk) solve(ctx context.Context, p *Proposal) error {
	work, stop := context.WithCancel(ctx)
	defer stop()
	run := &solveRun{desk: d, id: p.ID, own: p.Owner, stop: stop}
	over := make(chan struct{})
	var beating sync.WaitGroup
	beating.Go(func() { run.beat(ctx, over) })
	result, err := run.make(work, p)
	close(over)
	beating.Wait()

	stored, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = run.finish(stored, func(tx *storage.Tx, p *Proposal) {
		switch {
		case ctx.Err() != nil: // the server stops; another time
			p.State, p.Attempts, p.Lease = ProposalQueued, p.Attempts-1, time.Time{}
		case err != nil:
			d.Log.ErrorContext(ctx, "solve", "proposal", p.ID, "error", err)
			p.State, p.EndedAt, p.Conflict = ProposalFailed, tx.Now(), []Said{saying("board.conflict.error")}
		default:
			result.into(p)
			p.Progress, p.EndedAt, p.Lease = 1, tx.Now(), time.Time{}
		}
	})
	if errors.Is(err, errNotOurs) {
		return nil
	}
	return err
}

// beat stores how far the work is, and says when it is no longer wanted.
func (r *solveRun) beat(ctx context.Context, over <-chan struct{}) {
	tick := time.NewTicker(solveBeat)
	defer tick.Stop()
	for {
		stopped := false
		err := r.finish(ctx, func(tx *storage.Tx, p *Proposal) {
			p.Lease = tx.Now().Add(solveLease)
			r.mu.Lock()
			r.report(p)
			r.mu.Unlock()
			stopped = p.StopAsked
		})
		if stopped || errors.Is(err, errNotOurs) {
			r.stop()
		} else if err != nil && ctx.Err() == nil {
			r.desk.Log.WarnContext(ctx, "progress of a proposal not stored", "proposal", r.id, "error", err)
		}
		select {
		case <-over:
			return
		case <-tick.C:
		}
	}
}

// finish lets change have its way with the proposal while it is this run's.
func (r *solveRun) finish(ctx context.Context, change func(*storage.Tx, *Proposal)) error {
	return r.desk.update(ctx, func(tx *storage.Tx) error {
		p, err := proposals.Get(tx, r.id)
		if errors.Is(err, storage.ErrNotFound) || err == nil && (p.Owner != r.own || p.State != ProposalSolving) {
			return errNotOurs
		}
		if err != nil {
			return err
		}
		change(tx, p)
		return proposals.Put(tx, p)
	})
}

// make solves, and solves again without required meetings where all of them
// cannot be held: the organiser sees why, and a schedule all the same.
func (r *solveRun) make(ctx context.Context, p *Proposal) (*solved, error) {
	out, err := r.once(ctx, p, p.Soft)
	if err != nil || p.Soft || len(out.draft.at) > 0 || len(out.draft.plan.items) == 0 {
		return out, err
	}
	soft, err := r.once(ctx, p, true)
	if err != nil {
		return nil, err
	}
	soft.status, soft.conflict = out.status, out.conflict
	return soft, nil
}

// once makes the problem of the round as it is now, and solves it.
func (r *solveRun) once(ctx context.Context, p *Proposal, soft bool) (*solved, error) {
	var plan *plan
	var from []Placed
	err := r.desk.view(context.WithoutCancel(ctx), func(tx *storage.Tx) error {
		round, err := rounds.Get(tx, p.RoundID)
		if err != nil {
			return err
		}
		if plan, err = r.desk.planOf(tx, round, solveOptions{unanswered: p.Unanswered, soft: soft}); err != nil {
			return err
		}
		from, err = basis(tx, plan, p.Based)
		return err
	})
	if err != nil {
		return nil, err
	}
	return plan.solve(ctx, p, from, r.progress)
}

// basis is the schedule from which as little as possible moves, if any.
func basis(tx *storage.Tx, p *plan, based string) ([]Placed, error) {
	switch based {
	case "":
		return nil, nil
	case BasedOnPublished:
		return p.published(), nil
	}
	b, err := proposals.Get(tx, based)
	if errors.Is(err, storage.ErrNotFound) { // deleted meanwhile: then from nothing
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return b.Placed, nil
}

// progress keeps the last word of the solver for beat.
func (r *solveRun) progress(p match.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = p
}

// report writes the last word of the solver into the proposal.
func (r *solveRun) report(p *Proposal) {
	p.Progress = max(p.Progress, min(1, r.last.Done))
	if r.last.Found {
		p.Weight, p.WeightBound, p.Gaps, p.GapsBound = r.last.Weight, r.last.WeightBound, r.last.Gaps, r.last.GapsBound
	}
}
