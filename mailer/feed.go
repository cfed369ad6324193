package mailer

import (
	"context"
	"errors"
	"time"

	"kohtaamo/storage"
)

// lapTime is how often the list of what is due is gone through from its
// beginning, while something of it is under way.
const lapTime = 500 * time.Millisecond

// page hands out the next deliveries of an issue and returns how many it found.
// It goes through what is due and begins again; what is under way still stands
// there, and is passed over.
func (p *post) page(pr *press) (int, error) {
	issue, err := pr.now(p.ctx, p.w.Outbox)
	if err != nil {
		return 0, err
	}
	now := p.clock()
	over := issue.State == IssueCancelled || issue.State == IssueSending && !now.Before(issue.Expires)
	if !over && (issue.State == IssuePaused || now.Before(issue.NotBefore)) {
		return 0, nil
	}
	if pr.lap == "" {
		if p.inFlight(pr) > 0 && now.Sub(pr.begun) < lapTime {
			return 0, nil
		}
		if ok, err := p.turn(pr, over, now); err != nil || !ok {
			return 0, err
		}
		pr.lap, pr.begun, pr.after = Queued, now, ""
	}
	return p.pages(pr, issue, over, now)
}

// turn sees to it that the issue's turn is this program's, if anything of it is due.
func (p *post) turn(pr *press, over bool, now time.Time) (bool, error) {
	clock := p.w.Outbox.DB.Now()
	if !pr.stale(clock) {
		return true, nil
	}
	some := false
	err := p.w.Outbox.DB.View(p.held, func(tx *storage.Tx) error {
		for _, s := range []State{Queued, Deferred} {
			q := due(pr.id, s, over, now)
			q.Limit = 1
			first, err := deliveries.Find(tx, q)
			if err != nil {
				return err
			}
			some = some || len(first) > 0
		}
		return nil
	})
	if err != nil || !some {
		if err == nil && over {
			err = p.w.Outbox.closeIssue(p.ctx, pr.id)
		}
		return false, err
	}
	until, err := p.w.Outbox.takeTurn(p.ctx, pr.id, p.w.run)
	if err != nil {
		return false, err
	}
	pr.renewed(until)
	return !until.IsZero(), nil
}

// due asks for the deliveries of an issue that may be claimed: of one that is
// over, for all that are left.
func due(issue string, s State, over bool, now time.Time) storage.Query {
	q := storage.Query{Where: []storage.Cond{storage.Is("issue", issue), storage.Is("state", string(s))}, Sort: "due"}
	if !over {
		q.Where = append(q.Where, storage.Cond{Field: "due", Op: storage.Le, Value: now})
	}
	return q
}

func (p *post) inFlight(pr *press) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return pr.flight
}

// pages goes on in the lap until it has found some, or the lap is over.
func (p *post) pages(pr *press, issue *Issue, over bool, now time.Time) (int, error) {
	fresh := pr.lap == Queued && pr.after == ""
	for pr.lap != "" {
		room := pageSize
		if !over {
			if room = p.room(pr, issue, now); room == 0 {
				pr.lap = ""
				return 0, nil
			}
		}
		found, err := p.read(pr, issue, over, room, now)
		if err != nil {
			return 0, err
		}
		p.line(&found, now)
		if !over {
			p.unused(pr, room-found.leaving())
		}
		if n := p.hand(pr, found); n > 0 {
			return n, nil
		}
	}
	if over && fresh {
		return 0, p.w.Outbox.closeIssue(p.ctx, pr.id)
	}
	return 0, nil
}

// room is how many copies of an issue may leave now, a page of them at most.
func (p *post) room(pr *press, issue *Issue, now time.Time) int {
	f, _ := p.w.Transport.(*fleet)
	if f != nil && !f.covered(issue.From) {
		p.w.stop(p.ctx, issue.ID, WhySender)
		return 0
	}
	n := pr.room(pageSize, now)
	if f != nil && n > 0 {
		got, _ := f.claim(n, now)
		pr.unused(n - got)
		n = got
	}
	p.limited = p.limited || n == 0
	return n
}

func (p *post) unused(pr *press, n int) {
	pr.unused(n)
	if f, ok := p.w.Transport.(*fleet); ok {
		f.unused(n)
	}
}

// found is what one look at the list brought.
type found struct {
	parcels []*parcel
	waiting []*parcel // in line for their hosts
	ended   []outcome // come to their end, or put off, without a try
}

func (f found) leaving() int { return len(f.parcels) + len(f.waiting) }

// land forgets what is settled: from now on the list says the same of it. It
// returns what may be under way.
func (p *post) land(pr *press) map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range pr.landed {
		delete(pr.out, id)
	}
	pr.landed = pr.landed[:0]
	return pr.out
}

// read looks at the next deliveries of the lap, up to room.
func (p *post) read(pr *press, issue *Issue, over bool, room int, now time.Time) (f found, err error) {
	q := due(pr.id, pr.lap, over, now)
	q.Limit, q.After = room, pr.after
	out := p.land(pr) // before the list is read
	err = p.w.Outbox.DB.View(p.held, func(tx *storage.Tx) error {
		ds, next, err := deliveries.Page(tx, q)
		if err != nil {
			return err
		}
		for _, d := range ds {
			if out[d.ID] {
				continue
			}
			if err := p.sort(tx, &f, pr, issue, d, now); err != nil {
				return err
			}
		}
		pr.after = next
		return nil
	})
	if err == nil && pr.after == "" {
		pr.lap = map[State]State{Queued: Deferred}[pr.lap]
	}
	return f, err
}

// sort says of a delivery whether it may leave or comes to its end.
func (p *post) sort(tx *storage.Tx, f *found, pr *press, issue *Issue, d *Delivery, now time.Time) error {
	end, why, err := p.refusal(tx, issue, d, now)
	if err != nil {
		return err
	}
	against, err := suppression(tx, d.To)
	if err != nil {
		return err
	}
	if end == "" && against.Stops(true) {
		end, why = Suppressed, "its address has refused mail for good before: "+against.Reason
	}
	if end != "" {
		f.ended = append(f.ended, outcome{press: pr, d: d, end: end, cause: errors.New(why)})
		return nil
	}
	f.parcels = append(f.parcels, &parcel{pr, d, against == nil})
	return nil
}

// refusal says in which state a delivery ends that must not leave.
func (p *post) refusal(tx *storage.Tx, issue *Issue, d *Delivery, now time.Time) (end State, why string, err error) {
	switch {
	case issue.State == IssueCancelled:
		return Withdrawn, "", nil
	case !now.Before(issue.Expires):
		return Expired, "", nil
	case p.w.Outbox.Refuses == nil:
		return "", "", nil
	}
	if why, err = p.w.Outbox.Refuses(tx, d); err != nil || why == "" {
		return "", "", err
	}
	return Withdrawn, why, nil
}

// hand gives out what was found.
func (p *post) hand(pr *press, f found) int {
	n := f.leaving() + len(f.ended)
	p.mu.Lock()
	pr.flight += n
	p.flying += n
	p.mu.Unlock()
	if pr.out == nil {
		pr.out = map[string]bool{}
	}
	for _, o := range f.ended {
		pr.out[o.d.ID] = true
		p.done <- o
	}
	for _, c := range f.waiting {
		pr.out[c.d.ID] = true
	}
	for _, c := range f.parcels {
		pr.out[c.d.ID] = true
		p.todo <- c
	}
	return n
}

// closeIssue notes that nothing of an issue is left, if that is so.
func (o *Outbox) closeIssue(ctx context.Context, id string) error {
	return o.DB.Update(ctx, func(tx *storage.Tx) error {
		i, err := issues.Get(tx, id)
		if err != nil {
			return err
		}
		for _, s := range []State{Queued, Deferred} {
			n, err := deliveries.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("issue", id), storage.Is("state", string(s))}})
			if err != nil || n > 0 {
				return err
			}
		}
		i.Open = false
		return issues.Put(tx, i)
	})
}
