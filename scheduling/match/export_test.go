package match

import "context"

// SolveShared is Solve as it is for large rounds: two searches that share the
// schedule, and nobody who proves.
func SolveShared(ctx context.Context, p *Problem, o Options) (*Solution, error) {
	in := compile(p)
	in.previous = in.slotsOf(o.Previous)
	t := newTeam(in, o)
	if in.impossible() {
		t.known.infeasible = true
		return t.solution(ctx)
	}
	t.known.lowerWeight(in.boundWeight())
	t.known.raiseGaps(t.known.weightBound, in.boundGaps(in.certain(t.known.weightBound)))
	for _, j := range sharedSearching(in, o.Seed, int(o.Budget.Seconds()*stepsASecond)/2) {
		t.hire(0, j)
	}
	t.run(ctx)
	return t.solution(ctx)
}

// BoundWeight is at least the weight of any schedule of p.
func BoundWeight(p *Problem) int { return compile(p).boundWeight() }

// Built is the schedule of p from which the search starts.
func Built(p *Problem) []Assignment {
	in := compile(p)
	s := newSchedule(in)
	s.build(newExchange(s), in.selectMeetings().chosen(true))
	var held []Assignment
	for m, t := range s.slotOf {
		if t != out {
			held = append(held, Assignment{Meeting: p.Meetings[m].ID, Slot: int(t) + 1})
		}
	}
	return held
}

// Exchanges makes so many exchanges in the schedule from which the search of p
// starts, and undoes every third. It says for which the gaps, the pairs in the
// wrong order or the spread were not what was foretold, and whether the last
// schedule is as counted.
func Exchanges(p *Problem, seed uint64, n int) (wrong int, counted bool) {
	in := compile(p)
	in.previous = make([]int16, len(in.meetings))
	w := newSearch(in, seed, n)
	w.begin(nil)
	for i := range n {
		m := int32(w.below(len(in.meetings)))
		if w.s.slotOf[m] == out {
			continue
		}
		to := w.draw(in.meetings[m].domain)
		if int(w.s.slotOf[m]) == to || !w.x.find(m, to) || !w.x.fits() {
			continue
		}
		before, broken, worse := w.s.worth, w.s.broken, w.worse()
		bad := w.bad()
		w.s.mark()
		w.x.do()
		if w.bad()-bad != worse {
			wrong++
		}
		if i%3 == 0 {
			w.s.undo()
			if w.s.worth != before || w.s.broken != broken {
				wrong++
			}
		}
	}
	return wrong, w.s.worth == in.worthOf(w.s.slotOf)
}

// BoundGaps is a number of gaps that no schedule of the weight bound is below.
func BoundGaps(p *Problem) int {
	in := compile(p)
	return in.boundGaps(in.certain(in.boundWeight()))
}
