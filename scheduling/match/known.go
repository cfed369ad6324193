package match

import "math"

// known is what is known of the best schedule.
type known struct {
	slots       []int16 // the best one found, by meeting; nil: none
	worth       worth   // of that
	weightBound int     // no schedule weighs more
	gapsBound   int     // none that weighs weightBound has fewer gaps
	leastGaps   int     // none whatsoever has fewer
	infeasible  bool    // there is none
	closed      bool    // there is no better one, though the bounds need not say so
}

// worth is what a schedule is worth, what counts most first.
type worth struct {
	weight int
	moved  int // meetings of the previous schedule that are not where they were
	gaps   int
	spread int // the most gaps of a participant less the fewest
}

func (w worth) betterThan(o worth) bool {
	switch {
	case w.weight != o.weight:
		return w.weight > o.weight
	case w.moved != o.moved:
		return w.moved < o.moved
	case w.gaps != o.gaps:
		return w.gaps < o.gaps
	}
	return w.spread < o.spread
}

// worthOf weighs a schedule.
func (in *instance) worthOf(slots []int16) worth {
	w := worth{}
	for m, t := range slots {
		if m < len(in.previous) && in.previous[m] >= 0 && in.previous[m] != t {
			w.moved++
		}
		if t >= 0 {
			w.weight += in.meetings[m].weight
		}
	}
	most, least := 0, math.MaxInt
	for _, busy := range in.daysOf(slots) {
		n := gapsIn(busy)
		w.gaps += n
		most, least = max(most, n), min(least, n)
	}
	w.spread = max(0, most-least)
	return w
}

// daysOf is when each participant is busy.
func (in *instance) daysOf(slots []int16) []slotSet {
	busy := make([]slotSet, len(in.people))
	for m, t := range slots {
		if t < 0 {
			continue
		}
		for _, p := range in.meetings[m].people {
			busy[p].add(int(t))
		}
	}
	return busy
}

// gapsIn counts the gaps of somebody who is busy in these slots.
func gapsIn(busy slotSet) int {
	gaps, last := 0, -1
	for t := range busy.all() {
		if last >= 0 && t > last+1 {
			gaps++
		}
		last = t
	}
	return gaps
}

// find takes a schedule that keeps all rules, if it is better than the best so
// far.
func (k *known) find(in *instance, slots []int16) {
	if w := in.worthOf(slots); k.slots == nil || w.betterThan(k.worth) {
		k.slots, k.worth = slots, w
	}
}

// lowerWeight takes in that no schedule weighs more than bound. What was known
// of the gaps of heavier ones says nothing then.
func (k *known) lowerWeight(bound int) {
	if bound < k.weightBound {
		k.weightBound, k.gapsBound = bound, k.leastGaps
	}
}

// raiseGaps takes in that no schedule of a weight has fewer gaps than bound.
func (k *known) raiseGaps(weight, bound int) {
	if weight == k.weightBound {
		k.gapsBound = max(k.gapsBound, bound)
	}
}

// merge takes in what another knows, and says whether that is a better schedule.
func (k *known) merge(o *known) bool {
	k.infeasible = k.infeasible || o.infeasible
	k.closed = k.closed || o.closed
	k.lowerWeight(o.weightBound)
	k.raiseGaps(o.weightBound, o.gapsBound)
	if o.slots == nil || k.slots != nil && !o.worth.betterThan(k.worth) {
		return false
	}
	k.slots, k.worth = o.slots, o.worth
	return true
}

// optimal reports whether the bounds are reached.
func (k *known) optimal() bool {
	return k.slots != nil && k.worth.weight == k.weightBound && k.worth.gaps == k.gapsBound
}

// settled reports whether nothing is left to be found out that counts: with
// all meetings where they were, or as near as can be.
func (k *known) settled() bool {
	return k.infeasible || k.closed || k.optimal() && k.worth.moved == 0
}
