package scheduling

import (
	"math/bits"
	"slices"
	"time"
)

// A visitPlan is a problem of a visit day in steps from the start of its
// window: small enough to look at every programme that there is.
type visitPlan struct {
	steps  int
	stops  []plannedStop
	travel [][]int // steps from one stop to another
	first  []int   // steps from where the day begins
	rest   []bool  // steps that are a break: nobody waits there
}

type plannedStop struct {
	length int
	fits   []bool // it may begin at that step: window, breaks and people allow it
}

// best gives the step that each stop begins at, -1 for those that have no
// place. It places as many stops as can be placed, with the least waiting
// between the first and the last, and of these ends the earliest. Every order
// and every start is looked at: states are the stops that are done, the last of
// them, and the time.
func (p *visitPlan) best() (starts []int, waiting int) {
	s := newVisitSearch(p)
	for j := range p.stops {
		for at := p.first[j]; at < p.steps; at++ {
			if p.stops[j].fits[at] {
				s.reach(1<<j, j, at+p.stops[j].length, 0, -1)
			}
		}
	}
	for t := 0; t <= p.steps; t++ {
		for set := 1; set < 1<<len(p.stops); set++ {
			for last := range p.stops {
				if set&(1<<last) != 0 {
					s.goOn(set, last, t)
				}
			}
		}
	}
	return s.trace(), s.waiting
}

// A visitSearch is the table of least waiting for each state.
type visitSearch struct {
	*visitPlan
	cost    []int32 // -1: not reached
	from    []int32 // state before; -1: the beginning
	end     int32   // the best state there is; -1: none
	waiting int
}

func newVisitSearch(p *visitPlan) *visitSearch {
	n := (1 << len(p.stops)) * len(p.stops) * (p.steps + 1)
	s := &visitSearch{visitPlan: p, cost: make([]int32, n), from: make([]int32, n), end: -1}
	for i := range s.cost {
		s.cost[i] = -1
	}
	return s
}

func (s *visitSearch) state(set, last, t int) int32 {
	return int32((set*len(s.stops)+last)*(s.steps+1) + t)
}

// unpack takes a state apart.
func (s *visitSearch) unpack(x int32) (set, last, t int) {
	i, width := int(x), s.steps+1
	return i / width / len(s.stops), i / width % len(s.stops), i % width
}

// improve keeps the cheaper way to a state.
func (s *visitSearch) improve(set, last, t, cost int, from int32) bool {
	x := s.state(set, last, t)
	if s.cost[x] >= 0 && s.cost[x] <= int32(cost) {
		return false
	}
	s.cost[x], s.from[x] = int32(cost), from
	return true
}

// reach notes that a stop ends at t, and whether that is the best day so far.
func (s *visitSearch) reach(set, last, t, cost int, from int32) {
	if !s.improve(set, last, t, cost, from) {
		return
	}
	if s.end >= 0 {
		had, _, ended := s.unpack(s.end)
		a, b := bits.OnesCount(uint(had)), bits.OnesCount(uint(set))
		if a > b || a == b && (s.waiting < cost || s.waiting == cost && ended <= t) {
			return
		}
	}
	s.end, s.waiting = s.state(set, last, t), cost
}

// goOn waits a step after a stop, or goes to one of those that are left.
func (s *visitSearch) goOn(set, last, t int) {
	x := s.state(set, last, t)
	cost := int(s.cost[x])
	if cost < 0 {
		return
	}
	if t < s.steps {
		wait := 1
		if s.rest[t] {
			wait = 0
		}
		s.improve(set, last, t+1, cost+wait, x)
	}
	for j := range s.stops {
		at := t + s.travel[last][j]
		if set&(1<<j) == 0 && at < s.steps && s.stops[j].fits[at] {
			s.reach(set|1<<j, j, at+s.stops[j].length, cost, x)
		}
	}
}

// trace reads the starts out of the table. A step back that changes the stops
// that are done is a meeting; the others are waiting.
func (s *visitSearch) trace() []int {
	starts := slices.Repeat([]int{-1}, len(s.stops))
	for x := s.end; x >= 0; x = s.from[x] {
		set, last, t := s.unpack(x)
		if before := s.from[x]; before >= 0 {
			if done, _, _ := s.unpack(before); done == set {
				continue
			}
		}
		starts[last] = t - s.stops[last].length
	}
	return starts
}

// A VisitTimes says who is free when on a visit day.
type VisitTimes struct {
	visitors  [][]BusySpan            // when each person of the party is busy
	companies map[string][]busyPeople // by stop
}

// busyPeople are those of one company.
type busyPeople [][]BusySpan

func isFree(busy []BusySpan, from, to time.Time) bool {
	return !slices.ContainsFunc(busy, func(s BusySpan) bool { return s.Starts.Before(to) && s.Ends.After(from) })
}

// Free counts the companies of a stop's group that somebody can come of.
func (t *VisitTimes) Free(stopID string, from, to time.Time) (n int) {
	for _, company := range t.companies[stopID] {
		if slices.ContainsFunc(company, func(busy []BusySpan) bool { return isFree(busy, from, to) }) {
			n++
		}
	}
	return n
}

// visitorsFree reports whether the whole party can come.
func (t *VisitTimes) visitorsFree(from, to time.Time) bool {
	return !slices.ContainsFunc(t.visitors, func(busy []BusySpan) bool { return !isFree(busy, from, to) })
}

// plan is v as a problem of steps, for some of its stops.
func (v *VisitDay) plan(times *VisitTimes, stops []VisitStop) *visitPlan {
	w := v.window()
	p := &visitPlan{steps: int(w.Ends.Sub(w.Starts) / visitStep)}
	p.rest = make([]bool, p.steps+1)
	for i := range p.rest {
		at := w.Starts.Add(time.Duration(i) * visitStep)
		p.rest[i] = !isFree(v.breaks(), at, at.Add(visitStep))
	}
	for _, s := range stops {
		one := plannedStop{length: s.Minutes / int(visitStep/time.Minute), fits: make([]bool, p.steps+1)}
		for i := range one.fits {
			one.fits[i] = len(v.faultsAt(times, s, w.Starts.Add(time.Duration(i)*visitStep))) == 0
		}
		p.stops = append(p.stops, one)
		p.first = append(p.first, stepsOf(v.Way(v.Begin, s.VenueID)))
		var row []int
		for _, o := range stops {
			row = append(row, stepsOf(v.Way(s.VenueID, o.VenueID)))
		}
		p.travel = append(p.travel, row)
	}
	return p
}

// stepsOf rounds a way up.
func stepsOf(d time.Duration) int { return int((d + visitStep - 1) / visitStep) }

// propose finds the programme of v.
func (v *VisitDay) propose(times *VisitTimes) []VisitPlace {
	w := v.window()
	starts, _ := v.plan(times, v.Stops).best()
	var out []VisitPlace
	for i, at := range starts {
		if at >= 0 {
			from := w.Starts.Add(time.Duration(at) * visitStep)
			out = append(out, VisitPlace{v.Stops[i].ID, from, from.Add(time.Duration(v.Stops[i].Minutes) * time.Minute)})
		}
	}
	return out
}
