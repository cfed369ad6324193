package match

import (
	"math"
	"math/rand/v2"
)

// gapCost is what a gap costs the search; everything else is measured by it.
const gapCost = 1 << 10

// packingShare is the share of the work that may go to weight alone: one part
// in so many.
const packingShare = 6

// What else there is to avoid costs so much.
const (
	missingCost = 8 * gapCost // a required meeting that is not held
	brokenCost  = 3 * gapCost // two meetings in the wrong order
	movedCost   = 3 * gapCost // a meeting that is not where people know it
	spreadCost  = 2 * gapCost // a gap more of one than fairness allows
	weightCost  = 4 * gapCost // the smallest weight of a meeting that is not held
)

// A search improves a schedule by simulated annealing: it changes it a little,
// and keeps a change for the worse the more seldom, the worse it is and the
// colder it has become. Warm and cold come in rounds. It can stop after any
// piece of work and go on later, and does the same whatever the pieces are.
type search struct {
	in     *instance
	s      *schedule
	x      *exchange
	chaos  *rand.PCG
	weight int // what a weight of one costs
	work   int // meetings looked at, ever

	possible int // meetings that can be held at all

	round  int
	begun  int // the work when this round began
	length int // of this round, in work
	heat   int // in thousandths of a gap
	next   int // the work at which the heat changes

	hot, cold float64 // the heat at the beginning and at the end of a round
	gap       int     // what a gap costs in this round
	packing   bool    // it is after weight
	plan      int     // how much work there will be in all
	bound     int     // no schedule weighs more
	hopeful   []bool  // by meeting: it is in some selection of the greatest weight

	best  []int16 // the best schedule without a fault; nil: none yet
	worth worth   // of best
	ahead bool    // the schedule at hand may be better than best

	window slotSet // the slots that it may change
	barred []bool  // by meeting: it may not be held while it waits; nil: all may
}

// newSearch prepares a search of so much work. The same seed takes the same way.
func newSearch(in *instance, seed uint64, plan int) *search {
	s := newSchedule(in)
	w := &search{
		in: in, s: s, x: newExchange(s), chaos: rand.NewPCG(seed, 0),
		plan: plan, packing: true, gap: gapCost, window: firstSlots(in.slots),
	}
	least := math.MaxInt
	for _, m := range in.meetings {
		if m.weight > 0 {
			least = min(least, m.weight)
		}
	}
	w.weight, w.possible = max(1, weightCost/least), len(s.waiting)
	return w
}

// begin starts from a schedule, as far as it breaks no rule of one slot, and
// fills it up.
func (w *search) begin(from []int16) {
	if from == nil {
		from = w.in.previous
	}
	if from != nil {
		w.s.set(from)
	}
	if w.in.previous != nil {
		w.s.repair(quantum)
	}
	chosen := w.in.selectMeetings()
	w.hopeful, w.bound = chosen.tied(), chosen.bound()
	w.s.build(w.x, chosen.chosen(true))
	w.ahead = true
	w.keep()
}

// step does so much work.
func (w *search) step(work int) {
	for until := w.work + work; w.work < until; w.move() {
		if w.work >= w.next {
			w.cool()
		}
	}
	w.keep()
}

// cool sets the heat, or begins the next round.
func (w *search) cool() {
	if w.work >= w.begun+w.length {
		w.rewarm()
	}
	done := float64(w.work-w.begun) / float64(w.length)
	w.heat = int(math.Round(w.hot * math.Pow(w.cold/w.hot, done)))
	w.next = w.work + w.length/256
}

// rewarm begins the next round. While packing, gaps hardly count, and weight is
// given up for a while as gaps are later.
func (w *search) rewarm() {
	w.begun = w.work
	if w.packing {
		w.gap, w.hot, w.cold = gapCost/64, 1200, 300
		w.length = max(1, w.plan/packingShare)
		return
	}
	w.round++
	w.gap, w.hot, w.cold = gapCost, 280, 50
	w.length = max(10*len(w.in.meetings)*w.in.slots, 1_000_000) << min(w.round/4, 6)
	if left := w.plan - w.work; left > 0 && left < 4*w.length {
		w.length = left // rather one slow round than some quick ones
	}
}

// packed reports whether it is time to end the packing: the weight that is known
// is as high as can be, or enough work has gone into it.
func (w *search) packed(k *known) bool {
	heaviest := k.slots != nil && k.worth.weight >= min(w.bound, k.weightBound)
	return w.packing && (heaviest || w.work >= w.plan/packingShare)
}

// unpack goes on to gaps, from a schedule; nil: from that at hand.
func (w *search) unpack(from []int16) {
	w.packing = false
	w.length, w.next = 0, w.work
	if from != nil {
		w.adopt(from)
	}
}

// chances are the thresholds, in thousandths, that a uniform number of 12 bits
// stands for: it is over x with the probability exp(-x).
var chances = func() (c [1 << 12]int) {
	for i := range c {
		c[i] = int(math.Round(-1000 * math.Log((float64(i)+0.5)/float64(len(c)))))
	}
	return c
}()

// bar draws how much worse a change may be.
func (w *search) bar() int { return chances[w.chaos.Uint64()>>52] * w.heat / 1000 * gapCost / 1000 }

// below draws a number below n.
func (w *search) below(n int) int { return int(w.chaos.Uint64() >> 32 * uint64(n) >> 32) }

// draw draws one of the slots, which are some.
func (w *search) draw(slots slotSet) int { return slots.from(w.below(w.in.slots)) }

// bad is how bad the schedule is.
func (w *search) bad() int {
	s := w.s
	e := w.gap*s.worth.gaps - w.weight*s.worth.weight + missingCost*s.missing + brokenCost*s.broken + movedCost*s.worth.moved
	return e + w.unfair(s.worth.spread)
}

// unfair is what a spread costs.
func (w *search) unfair(spread int) int {
	if w.in.fairness < 0 || spread <= w.in.fairness {
		return 0
	}
	return spreadCost * (spread - w.in.fairness)
}

// move tries one change.
func (w *search) move() {
	w.work++
	s := w.s
	if len(s.waiting) > 0 && w.below(4) == 0 {
		w.insert(w.waiting())
		return
	}
	switch r := w.below(8); {
	case r < 3 && len(s.gappy.list) > 0:
		w.tidy(s.gappy.list[w.below(len(s.gappy.list))])
	case r < 7:
		w.tidy(int32(w.below(len(w.in.people))))
	default:
		m := int32(w.below(len(s.slotOf)))
		if t := s.slotOf[m]; t != out && w.window.has(int(t)) {
			w.swap(m, w.draw(w.in.meetings[m].domain.and(w.window)))
		}
	}
}

// waiting draws a meeting that waits, rather one that a schedule of the greatest
// weight may have.
func (w *search) waiting() int32 {
	list := w.s.waiting
	m := list[w.below(len(list))]
	for range 8 {
		if w.hopeful[m] {
			break
		}
		m = list[w.below(len(list))]
	}
	return m
}

// tidy moves a meeting of p beside others of theirs, if that makes p no gap.
func (w *search) tidy(p int32) {
	s := w.s
	busy := s.busy[p]
	beside := busy.beside().without(busy).and(w.in.people[p].free).and(w.window)
	busy = busy.and(w.window)
	if beside.empty() || busy.empty() {
		return
	}
	to := w.draw(beside)
	for range 3 {
		from := w.draw(busy)
		if s.shifted(end{p, from, to}) <= 0 {
			w.swap(s.at(p, from), to)
			return
		}
	}
}

// swap moves a meeting that is held to another slot by an exchange.
func (w *search) swap(m int32, to int) {
	if int(w.s.slotOf[m]) == to || !w.find(m, to) {
		return
	}
	worse, bar := w.worse(), w.bar()
	switch fits := w.x.fits(); {
	case fits && worse <= bar:
		w.leave(worse)
		w.s.mark()
		w.x.do()
		w.work += len(w.x.links)
	case !fits && worse <= bar+gapCost:
		w.balance(bar)
	}
}

// find finds an exchange, and counts the work.
func (w *search) find(m int32, to int) bool {
	before := w.x.work
	ok := w.x.find(m, to)
	w.work += w.x.work - before
	return ok
}

// worse is how much worse the exchange would make the schedule.
func (w *search) worse() int {
	d := w.gap * w.x.gaps()
	if w.s.ordered {
		d += brokenCost * w.x.broken()
	}
	if w.in.previous != nil {
		d += movedCost * w.x.moved()
	}
	if w.in.fairness >= 0 && len(w.x.ends) > 0 {
		d += w.unfair(w.x.spread()) - w.unfair(w.s.worth.spread)
	}
	return d
}

// balance makes an exchange for which a table is lacking, and a second one that
// gives the table back.
func (w *search) balance(bar int) {
	s, x := w.s, w.x
	w.keep()
	before := w.bad()
	s.mark()
	x.do()
	from, to := x.a, x.b
	if len(s.inSlot[to]) > s.in.tables {
		from, to = to, from
	}
	worse := w.bad() - before
	for range 6 {
		m := s.inSlot[from][w.below(len(s.inSlot[from]))]
		if w.find(m, to) && x.shift > 0 && x.fits() && worse+w.worse() <= bar {
			x.do()
			w.work += len(s.trail)
			w.ahead = w.ahead || w.bad() < before
			return
		}
	}
	w.work += len(s.trail)
	s.undo()
}

// decide keeps what was done since the mark, or takes it back.
func (w *search) decide(before, bar int) {
	w.work += len(w.s.trail)
	switch worse := w.bad() - before; {
	case worse > bar:
		w.s.undo()
	case worse < 0:
		w.ahead = true
	}
}

// insert holds a meeting that waits, if need be in the place of others.
func (w *search) insert(m int32) {
	s := w.s
	domain := w.in.meetings[m].domain.and(w.window)
	if domain.empty() || w.barred != nil && w.barred[m] {
		return
	}
	w.keep()
	before := w.bad()
	s.mark()
	if open := s.open(m).and(w.window); !open.empty() {
		s.put(m, w.draw(open))
		w.decide(before, w.bar())
		return
	}
	t := w.draw(domain)
	if w.below(2) == 0 {
		w.clear(m, t)
	}
	if !w.oust(m, t) {
		s.undo()
		return
	}
	w.decide(before, w.bar())
}

// clear moves what is in the way of m in slot t to other slots.
func (w *search) clear(m int32, t int) {
	s := w.s
	for _, p := range s.of(m) {
		y := s.at(p, t)
		if y == none {
			continue
		}
		free := w.in.meetings[y].domain.without(s.busy[p]).and(w.window)
		if free.empty() || !w.find(y, w.draw(free)) || !w.x.fits() {
			return
		}
		w.x.do()
	}
}

// oust holds m in slot t, and lets wait what is still in the way, or holds that
// elsewhere. It reports whether it could.
func (w *search) oust(m int32, t int) bool {
	s := w.s
	n := len(s.trail)
	for _, p := range s.of(m) {
		if y := s.at(p, t); y != none {
			s.lift(y)
		}
	}
	for _, p := range s.of(m) {
		if int(s.held[p]) >= w.in.people[p].limit {
			mine := s.busy[p].and(w.window)
			if mine.empty() {
				return false
			}
			s.lift(s.at(p, w.draw(mine)))
		}
	}
	if s.full.has(t) {
		s.lift(s.inSlot[t][w.below(len(s.inSlot[t]))])
	}
	ousted := s.trail[n:]
	s.put(m, t)
	for _, c := range ousted {
		if open := s.open(c.meeting).and(w.window); !open.empty() {
			s.put(c.meeting, w.draw(open))
		}
	}
	return true
}

// leave notes the schedule, if it is the best, before it becomes worse.
func (w *search) leave(worse int) {
	if worse > 0 {
		w.keep()
	} else if worse < 0 {
		w.ahead = true
	}
}

// keep notes the schedule if it is the best.
func (w *search) keep() {
	if !w.ahead {
		return
	}
	w.ahead = false
	if w.s.valid() && (w.best == nil || w.s.worth.betterThan(w.worth)) {
		w.best, w.worth = append(w.best[:0], w.s.slotOf...), w.s.worth
	}
}
