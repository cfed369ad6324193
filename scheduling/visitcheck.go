package scheduling

import (
	"slices"
	"time"
)

// A VisitFault is what is wrong with a stop of a programme, or why it has no
// place in it: a text key with its arguments.
type VisitFault struct {
	StopID string
	Key    string
	Args   []any
	Soft   bool // it can be confirmed all the same: the quorum may still come
}

// faultsAt are what keeps a stop from a time, whatever else is in the day.
func (v *VisitDay) faultsAt(times *VisitTimes, s VisitStop, from time.Time) (out []VisitFault) {
	to := from.Add(time.Duration(s.Minutes) * time.Minute)
	w := v.window()
	if from.Before(w.Starts) || to.After(w.Ends) {
		out = append(out, VisitFault{StopID: s.ID, Key: "visit.fault.window"})
	}
	if !isFree(v.breaks(), from, to) {
		out = append(out, VisitFault{StopID: s.ID, Key: "visit.fault.break"})
	}
	if !times.visitorsFree(from, to) {
		out = append(out, VisitFault{StopID: s.ID, Key: "visit.fault.visitor"})
	}
	if n := times.Free(s.ID, from, to); n < s.Need {
		out = append(out, VisitFault{StopID: s.ID, Key: "visit.fault.quorum", Args: []any{"free", n, "need", s.Need}, Soft: true})
	}
	return out
}

// faults are what is wrong with v's programme: each stop by itself, and each
// with the one before it. It is written apart from the search.
func (v *VisitDay) faults(times *VisitTimes) (out []VisitFault) {
	places := slices.Clone(v.Programme)
	slices.SortFunc(places, func(a, b VisitPlace) int { return a.Starts.Compare(b.Starts) })
	venue, at := v.Begin, v.window().Starts
	for i, p := range places {
		s, ok := v.Stop(p.StopID)
		if !ok {
			continue
		}
		out = append(out, v.faultsAt(times, s, p.Starts)...)
		way, time := v.Way(venue, s.VenueID), p.Starts.Sub(at)
		if i == 0 && venue == "" {
			way = 0
		}
		switch {
		case time < 0 && i > 0:
			out = append(out, VisitFault{StopID: s.ID, Key: "visit.fault.overlap"})
		case time < way:
			out = append(out, VisitFault{StopID: s.ID, Key: "visit.fault.way", Args: []any{"way", int(way.Minutes()), "time", int(time.Minutes())}})
		}
		venue, at = s.VenueID, p.Ends
	}
	return out
}

// missing says of each stop without a place why it has none.
func (v *VisitDay) missing(times *VisitTimes) (out []VisitFault) {
	for _, s := range v.Stops {
		if _, ok := v.Place(s.ID); !ok {
			out = append(out, v.why(times, s))
		}
	}
	return out
}

// why finds the first reason that holds: the day by itself, its people, one of
// the other stops, or all of them together.
func (v *VisitDay) why(times *VisitTimes, s VisitStop) VisitFault {
	out := VisitFault{StopID: s.ID}
	w, length := v.window(), time.Duration(s.Minutes)*time.Minute
	room, most, fits := false, 0, false
	for at := w.Starts.Add(v.Way(v.Begin, s.VenueID)); !at.Add(length).After(w.Ends); at = at.Add(visitStep) {
		faults := v.faultsAt(times, s, at)
		hard := slices.ContainsFunc(faults, func(f VisitFault) bool { return !f.Soft })
		room, fits = room || !hard, fits || len(faults) == 0
		if !hard {
			most = max(most, times.Free(s.ID, at, at.Add(length)))
		}
	}
	switch {
	case !room:
		out.Key = "visit.why.window"
	case !fits:
		out.Key, out.Args = "visit.why.quorum", []any{"most", most, "need", s.Need}
	default:
		out.Key = "visit.why.together"
		if names := v.against(times, s); len(names) > 0 {
			out.Key, out.Args = "visit.why.against", []any{"stops", names}
		}
	}
	return out
}

// against are the IDs of the stops that s cannot be in one day with.
func (v *VisitDay) against(times *VisitTimes, s VisitStop) (ids []string) {
	for _, o := range v.Stops {
		if o.ID == s.ID {
			continue
		}
		starts, _ := v.plan(times, []VisitStop{s, o}).best()
		alone, _ := v.plan(times, []VisitStop{o}).best()
		if alone[0] >= 0 && slices.Contains(starts, -1) {
			ids = append(ids, o.ID)
		}
	}
	return ids
}
