package match

import (
	"math"
	"math/rand/v2"
	"slices"

	"kohtaamo/scheduling/match/sat"
)

// How a descent chooses what it may change at a time.
const (
	firstShare  = 0.65 // of the meetings, to begin with
	widen       = 1.02 // times the share, after it was seen that there is nothing better
	narrow      = 0.96 // times the share, after it was not seen within the budget
	leastShare  = 0.05
	firstWithin = 2_000 // conflicts
	longer      = 1.01  // times those, after they did not do
)

// A descent looks for schedules with fewer and fewer gaps, from the best there
// is on (as MaxSAT: Le Berre and Parrain, "The Sat4j library", 2010), until there
// is none. It lets most meetings change and holds the others where they are, each
// time others (Shaw, "Using constraint programming and local search methods to
// solve vehicle routing problems", 1998): that is quickly decided, and widened
// until it is the whole.
type descent struct {
	*prover
	count  []sat.Lit // of all gaps beside the forced ones, as far as it matters
	now    []int16   // the schedule at hand, with as few gaps as the best known
	gaps   int
	chaos  *rand.Rand
	share  float64 // of the meetings that may change the next time
	within float64 // conflicts
}

// descends is the way of a descent. What others find it goes on from.
func descends(seed uint64) func(*prover) {
	return func(p *prover) {
		d := &descent{prover: p, chaos: rand.New(rand.NewPCG(seed, 1)), share: firstShare, within: firstWithin}
		d.raise(d.forced)
		for !d.over {
			if d.known.slots == nil || !d.ready() {
				d.target = math.MaxInt
				d.solve(0)
				continue
			}
			if d.raise(d.low); !d.over {
				d.adopt()
				d.step()
			}
		}
	}
}

// adopt goes on from the best known schedule, if it is better than that at hand.
func (d *descent) adopt() {
	if d.now != nil && d.known.worth.gaps >= d.gaps {
		return
	}
	d.now, d.gaps = d.known.slots, d.known.worth.gaps
	if d.count == nil {
		d.count = d.totalizer(d.costs(), d.gaps-d.forced+1, false)
	}
	if most := d.gaps - d.forced; most < len(d.count) {
		d.Add(-d.count[most])
	}
	d.fixed = true
}

// step looks for a schedule with fewer gaps, and, where there is none so near,
// goes to another with as many: there the next step may find one.
func (d *descent) step() {
	free := d.choose()
	held := d.hold(free)
	d.prefer(d.now)
	d.target = d.gaps
	fewer := -d.count[d.gaps-d.forced-1]
	result := d.solve(int64(d.within), append(held, fewer)...)
	switch {
	case result == sat.Satisfiable || d.over || d.outdone():
		return
	case result == sat.Unknown:
		d.share, d.within = max(leastShare, d.share*narrow), d.within*longer
	case slices.ContainsFunc(d.Core(), func(l sat.Lit) bool { return l != fewer }):
		d.share = min(1, d.share*widen)
	default:
		d.raise(d.gaps)
		return
	}
	if d.chaos.IntN(2) == 0 {
		return
	}
	d.shuffle(free)
	if d.solve(int64(d.within), held...) == sat.Satisfiable {
		d.now = d.schedule()
	}
}

// hold assumes that all meetings but the free ones stay where they are.
func (d *descent) hold(free []bool) []sat.Lit {
	var assume []sat.Lit
	for m, t := range d.now {
		if t >= 0 && !free[m] {
			assume = append(assume, d.at[m][t])
		}
	}
	return assume
}

// choose frees all meetings of somebody who has a gap, and those around some time
// of day, until they are the share.
func (d *descent) choose() []bool {
	free, n := make([]bool, len(d.now)), 0
	take := func(m int) {
		if !free[m] {
			free[m] = true
			n++
		}
	}
	for _, m := range d.in.people[d.gappy()].meetings {
		take(m)
	}
	want := int(math.Ceil(d.share * float64(len(free))))
	middle := d.chaos.IntN(d.in.slots)
	for away := 0; n < want && away < d.in.slots; away++ {
		for m, t := range d.now {
			if t == int16(middle-away) || t == int16(middle+away) || t < 0 {
				take(m)
			}
		}
	}
	return free
}

// gappy draws somebody with more gaps than they must have.
func (d *descent) gappy() int {
	var who []int
	for p, busy := range d.in.daysOf(d.now) {
		if gapsIn(busy) > d.least[p] {
			who = append(who, p)
		}
	}
	return who[d.chaos.IntN(len(who))]
}

// shuffle has the solver begin with some of the free meetings anywhere.
func (d *descent) shuffle(free []bool) {
	for m, t := range d.now {
		if !free[m] || t < 0 || d.chaos.IntN(2) == 0 {
			continue
		}
		domain := d.in.meetings[m].domain
		for u := range domain.all() {
			d.Prefer(-d.at[m][u])
		}
		d.Prefer(d.at[m][domain.from(d.chaos.IntN(d.in.slots))])
	}
}

// outdone reports whether another has found what the call at hand looks for.
func (p *prover) outdone() bool {
	return p.known.slots != nil && p.ready() && p.known.worth.gaps < p.target
}

// prefer has the solver begin with a schedule.
func (p *prover) prefer(slots []int16) {
	for i := range p.in.people {
		for t := range p.in.people[i].free.all() {
			p.Prefer(-p.busy[i][t])
		}
	}
	for m := range p.in.meetings {
		for t := range p.in.meetings[m].domain.all() {
			if int(slots[m]) != t {
				p.Prefer(-p.at[m][t])
				continue
			}
			p.Prefer(p.at[m][t])
			for _, i := range p.in.meetings[m].people {
				p.Prefer(p.busy[i][t])
			}
		}
	}
}
