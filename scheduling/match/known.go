package match

// known is what is known of the best schedule so far.
type known struct {
	slots        []int16 // the best one found, by meeting; nil: none
	weight, gaps int     // of that
	weightBound  int     // no schedule weighs more
	gapsBound    int     // none that weighs weightBound has fewer gaps
	infeasible   bool    // there is none
}

// valueOf is the weight of a schedule, and its gaps.
func (in *instance) valueOf(slots []int16) (weight, gaps int) {
	busy := make([]slotSet, len(in.people))
	for m, t := range slots {
		if t < 0 {
			continue
		}
		weight += in.meetings[m].weight
		for _, p := range in.meetings[m].people {
			busy[p].add(int(t))
		}
	}
	for p := range busy {
		gaps += gapsIn(busy[p])
	}
	return weight, gaps
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

// find takes a schedule that keeps all rules, and says whether it is better
// than the best one so far.
func (k *known) find(in *instance, slots []int16) bool {
	weight, gaps := in.valueOf(slots)
	if k.slots != nil && (weight < k.weight || weight == k.weight && gaps >= k.gaps) {
		return false
	}
	k.slots, k.weight, k.gaps = slots, weight, gaps
	return true
}

// lowerWeight takes in that no schedule weighs more than bound. What was known
// of the gaps of heavier ones says nothing then.
func (k *known) lowerWeight(bound int) {
	if bound < k.weightBound {
		k.weightBound, k.gapsBound = bound, 0
	}
}

// raiseGaps takes in that no schedule of a weight has fewer gaps than bound.
func (k *known) raiseGaps(weight, bound int) {
	if weight == k.weightBound {
		k.gapsBound = max(k.gapsBound, bound)
	}
}

// merge takes in what another knows.
func (k *known) merge(in *instance, o *known) {
	k.infeasible = k.infeasible || o.infeasible
	k.lowerWeight(o.weightBound)
	k.raiseGaps(o.weightBound, o.gapsBound)
	if o.slots != nil {
		k.find(in, o.slots)
	}
}

// settled reports whether nothing is left to be known.
func (k *known) settled() bool {
	return k.infeasible || k.slots != nil && k.weight == k.weightBound && k.gaps == k.gapsBound
}
