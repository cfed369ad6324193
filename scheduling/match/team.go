package match

import (
	"context"
	"iter"
	"sync"
)

const (
	// stepsASecond is what a second of Options.Budget is in steps.
	stepsASecond = 8_000_000
	// quantum is how many steps a member of the team does before it waits for
	// the others.
	quantum = stepsASecond / 20
)

// A job works on what is known. It calls rest after each quantum of work: then
// the others may work too, and what they found out is known when rest returns.
// If it returns false the job is to end.
type job func(k *known, rest func() bool)

// A member of a team has a job. What it knows is its own until the quantum ends.
type member struct {
	known known
	step  func() (struct{}, bool)
	stop  func()
	done  bool
	pause int // rounds that it sits out after each
	vain  int // its last quanta without a better schedule
}

// A searcher that finds nothing better for so many quanta, beside others who
// prove things, works in one round of so many only.
const (
	vainQuanta = 25
	vainPause  = 3
)

// A team has several jobs done side by side, in rounds: in each, everybody does
// one quantum, and all wait for the last. Then they tell each other what they
// know, in their own order. So the answer does not depend on who is faster.
type team struct {
	in      *instance
	options Options
	known   known
	members []*member
	tires   *member // the searcher beside those who prove things; nil: all who search need each other
	quanta  int
}

func newTeam(in *instance, o Options) *team {
	t := &team{in: in, options: o}
	for m := range in.meetings {
		t.known.weightBound += in.meetings[m].weight
	}
	return t
}

// hire adds a member that works in one round and then sits out so many.
func (t *team) hire(pause int, j job) {
	m := &member{known: t.known, pause: pause}
	m.step, m.stop = iter.Pull(func(yield func(struct{}) bool) {
		j(&m.known, func() bool { return yield(struct{}{}) })
	})
	t.members = append(t.members, m)
}

// run works until all is known, the budget is spent, or ctx is cancelled.
func (t *team) run(ctx context.Context) {
	defer func() {
		for _, m := range t.members {
			m.stop()
		}
	}()
	for round := 0; ctx.Err() == nil && !t.known.settled() && t.seconds() < t.options.Budget.Seconds(); round++ {
		if !t.round(round) {
			return
		}
		t.report()
	}
}

// round has those whose turn it is do a quantum; false: everybody is done.
func (t *team) round(number int) bool {
	var turn []*member
	left := false
	for i, m := range t.members {
		left = left || !m.done
		if !m.done && (number+i)%(m.pause+1) == 0 { // not all who pause in the same rounds
			turn = append(turn, m)
		}
	}
	var all sync.WaitGroup
	places := make(chan struct{}, t.options.Workers)
	for _, m := range turn {
		places <- struct{}{}
		all.Go(func() {
			_, more := m.step()
			m.done = !more
			<-places
		})
	}
	all.Wait()
	for _, m := range turn {
		m.vain++
		if t.known.merge(&m.known) {
			m.vain = 0
		}
	}
	if t.tires != nil && t.tires.vain > vainQuanta {
		t.tires.pause = vainPause
	}
	for _, m := range t.members {
		m.known.merge(&t.known)
	}
	t.quanta += len(turn)
	return left
}

// seconds is the work done, as Options.Budget counts it.
func (t *team) seconds() float64 { return float64(t.quanta) * quantum / stepsASecond }

func (t *team) report() {
	if t.options.Progress == nil {
		return
	}
	k := &t.known
	t.options.Progress(Progress{
		Done:  min(1, t.seconds()/t.options.Budget.Seconds()),
		Found: k.slots != nil, Weight: k.worth.weight, WeightBound: k.weightBound,
		Gaps: k.worth.gaps, GapsBound: k.gapsBound,
	})
}

// gather hires whom the problem needs, the searcher first: where it is too large
// to prove much about its gaps, only searchers.
func (t *team) gather() {
	k := &t.known
	k.lowerWeight(t.in.boundWeight())
	k.raiseGaps(k.weightBound, t.in.boundGaps(t.in.certain(k.weightBound)))
	plan := int(t.options.Budget.Seconds() * stepsASecond)
	small := t.in.clauses() < mostClauses
	if !small && t.in.slots > 1 {
		for _, j := range sharedSearching(t.in, t.options.Seed, plan/2) {
			t.hire(0, j)
		}
		return
	}
	t.hire(0, searching(t.in, t.options.Seed, plan/4))
	if !small {
		return
	}
	t.tires = t.members[0]
	k.leastGaps = t.in.pricedGaps()
	k.raiseGaps(k.weightBound, k.leastGaps)
	wide, lean := style{crowd: true, trees: true}, style{}
	t.hire(0, proving(t.in, wide, climbs))
	t.hire(0, proving(t.in, lean, climbs))
	t.hire(0, proving(t.in, wide, descends(t.options.Seed)))
}

// mostClauses is how many are too many to prove anything with.
const mostClauses = 1_500_000

// clauses is about how many the problem takes.
func (in *instance) clauses() int {
	n := 0
	for m := range in.meetings {
		d := in.meetings[m].domain.count()
		n += d * min(d, pairsUpTo) / 2
	}
	for p := range in.people {
		q := &in.people[p]
		k := len(q.meetings)
		n += q.free.count() * (k*min(k, pairsUpTo)/2 + 5*q.limit)
	}
	return n + in.slots*len(in.people)*min(in.tables, len(in.people))
}
