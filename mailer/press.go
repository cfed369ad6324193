package mailer

import (
	"context"
	"sync"
	"time"

	"kohtaamo/storage"
)

// A press is an issue that this program has the turn of, with what it needs to
// make copies.
type press struct {
	id string

	mu      sync.Mutex
	issue   *Issue // as it was read last
	seen    uint64 // when that was, by DB.Changes
	until   time.Time
	layouts map[string]*layout
	bucket  bucket // of PerMinute
	results recent
	stopped bool // by its results: those still to come say nothing

	// Of the feeder alone: where it goes on in the list of what is due, and what
	// it has seen there that may still stand there.
	lap   State // Queued, then Deferred; "" between two laps
	begun time.Time
	after string
	out   map[string]bool

	flight int      // claimed and not yet settled; guarded by the post's lock
	landed []string // settled since the feeder looked; so is this
}

// now gives the issue as it is: it may have been paused since.
func (p *press) now(ctx context.Context, o *Outbox) (*Issue, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := o.DB.Changes(issues.Spec)
	if p.issue != nil && seen == p.seen {
		return p.issue, nil
	}
	err := o.DB.View(ctx, func(tx *storage.Tx) (err error) {
		p.issue, err = issues.Get(tx, p.id)
		return err
	})
	if err != nil {
		p.issue = nil
		return nil, err
	}
	p.seen = seen
	if p.stopped && p.issue.State == IssueSending { // somebody lets it go on
		p.stopped, p.results = false, recent{}
	}
	p.bucket.rate = float64(p.issue.PerMinute) / 60
	return p.issue, nil
}

// expires is when copies are of no use any more.
func (p *press) expires() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.issue == nil {
		return time.Time{}
	}
	return p.issue.Expires
}

// held reports whether the turn is still this program's.
func (p *press) held(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return now.Before(p.until)
}

// stale reports whether the turn should be renewed.
func (p *press) stale(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(now) < turnTime/2
}

func (p *press) renewed(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = until
}

// layout gives what copies of a sheet are made from; it is made once.
func (p *press) layout(sheet string) (*layout, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.issue.Sheets[sheet]; !ok {
		sheet = p.issue.Lang
	}
	if l := p.layouts[sheet]; l != nil {
		return l, nil
	}
	l, err := lay(p.issue, sheet)
	if err != nil {
		return nil, err
	}
	if p.layouts == nil {
		p.layouts = map[string]*layout{}
	}
	p.layouts[sheet] = l
	return l, nil
}

// room takes room for up to n copies; what is not used goes back.
func (p *press) room(n int, now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bucket.take(now, n)
}

// count adds a result, and says why the issue has to stop; "" if it need not.
func (p *press) count(class byte) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return ""
	}
	p.results.add(class)
	why := p.results.verdict()
	p.stopped = why != ""
	return why
}

func (p *press) unused(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bucket.level += float64(n)
}

// recent are the last results of an issue, by which it is stopped when far too
// many go wrong: something is wrong with it then, or with us.
type recent struct {
	class [500]byte
	n, at int
	count [2]int // of each class below
}

// Classes of results.
const (
	wentWell byte = iota
	wentBad       // refused for good
	wentSlow      // refused for now
)

// Shares of the last results from which on an issue is paused. The first ones
// say too little.
const (
	leastResults = 100
	mostBad      = 5  // in a hundred
	mostSlow     = 30 // in a hundred
)

func (r *recent) add(class byte) {
	if r.n == len(r.class) {
		r.drop(r.class[r.at])
	} else {
		r.n++
	}
	r.class[r.at] = class
	r.at = (r.at + 1) % len(r.class)
	if class != wentWell {
		r.count[class-1]++
	}
}

func (r *recent) drop(class byte) {
	if class != wentWell {
		r.count[class-1]--
	}
}

// Why an issue was paused by itself: keys of its wording.
const (
	WhyRefused  = "delivery.why.refused"  // too many refused for good
	WhyDeferred = "delivery.why.deferred" // too many refused for now
	WhySender   = "delivery.why.sender"   // no signature covers its sender
)

// verdict says why the issue has to stop; "" if it need not.
func (r *recent) verdict() string {
	switch {
	case r.n < leastResults:
		return ""
	case 100*r.count[wentBad-1] > mostBad*r.n:
		return WhyRefused
	case 100*r.count[wentSlow-1] > mostSlow*r.n:
		return WhyDeferred
	}
	return ""
}
