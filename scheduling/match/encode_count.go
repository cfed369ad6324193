package match

import "kohtaamo/scheduling/match/sat"

// pairsUpTo is how many literals exclude each other pair by pair; more of them
// go through a counter.
const pairsUpTo = 40

// atMostOne has no two of ls true.
func (e *encoding) atMostOne(ls []sat.Lit) {
	if len(ls) > pairsUpTo {
		e.sequential(ls, 1)
		return
	}
	for i := range ls {
		for j := range i {
			e.Add(-ls[i], -ls[j])
		}
	}
}

// atMost has no more than k of ls true.
func (e *encoding) atMost(ls []sat.Lit, k int) {
	switch {
	case k >= len(ls):
	case k == 0:
		for _, l := range ls {
			e.Add(-l)
		}
	case k == 1 && len(ls) <= 6:
		e.atMostOne(ls)
	case e.style.trees:
		e.Add(-e.totalizer(ls, k+1, false)[k])
	default:
		e.sequential(ls, k)
	}
}

// sequential has no more than k of ls true, by counting on from each to the
// next.
func (e *encoding) sequential(ls []sat.Lit, k int) {
	var before []sat.Lit
	for i, l := range ls {
		now := make([]sat.Lit, min(k, i+1))
		for j := range now {
			now[j] = e.NewVar()
		}
		e.Add(-l, now[0])
		for j := range before {
			e.Add(-before[j], now[j])
			if j+1 < len(now) {
				e.Add(-l, -before[j], now[j+1])
			}
		}
		if len(before) == k {
			e.Add(-l, -before[k-1])
		}
		before = now
	}
}

// totalizer counts ls, up to most: where more than i of them are true, so is
// the i-th literal of the count; and if both, also the other way round.
func (e *encoding) totalizer(ls []sat.Lit, most int, both bool) []sat.Lit {
	if len(ls) <= 1 {
		return ls
	}
	half := len(ls) / 2
	a, b := e.totalizer(ls[:half], most, both), e.totalizer(ls[half:], most, both)
	sum := make([]sat.Lit, min(len(a)+len(b), most))
	for i := range sum {
		sum[i] = e.NewVar()
		if i > 0 {
			e.Add(-sum[i], sum[i-1])
		}
	}
	for i := range len(a) + 1 {
		for j := range len(b) + 1 {
			e.addSum(a, b, sum, i, j, both)
		}
	}
	return sum
}

// addSum says that i of one half and j of the other are i+j, and if both, that
// no more than i and no more than j are no more than i+j.
func (e *encoding) addSum(a, b, sum []sat.Lit, i, j int, both bool) {
	if n := i + j; 0 < n && n <= len(sum) {
		clause := []sat.Lit{sum[n-1]}
		if i > 0 {
			clause = append(clause, -a[i-1])
		}
		if j > 0 {
			clause = append(clause, -b[j-1])
		}
		e.Add(clause...)
	}
	if both && i+j < len(sum) {
		clause := []sat.Lit{-sum[i+j]}
		if i < len(a) {
			clause = append(clause, a[i])
		}
		if j < len(b) {
			clause = append(clause, b[j])
		}
		e.Add(clause...)
	}
}
