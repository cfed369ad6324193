package scheduling

import (
	"fmt"
	"slices"
	"time"
)

// grid are the slots that r's days, windows and breaks come to: as many as fit
// one after another into each window, with the buffer between them, and after a
// break going on at its end. Slots lie apart from each other. An error names
// the day and what is wrong with it.
func (r *Round) grid() ([]Slot, error) {
	var out []Slot
	for _, day := range r.Days {
		for _, w := range day.Windows {
			slots, err := r.windowSlots(day, w)
			if err != nil {
				return nil, err
			}
			out = append(out, slots...)
		}
	}
	slices.SortFunc(out, func(a, b Slot) int { return a.Starts.Compare(b.Starts) })
	for i := 1; i < len(out); i++ {
		if out[i].Starts.Before(out[i-1].Ends) {
			return nil, fmt.Errorf("%s: two windows overlap", out[i].Starts.In(r.Location()).Format(time.DateOnly))
		}
	}
	return out, nil
}

func (r *Round) windowSlots(day RoundDay, w Window) (out []Slot, err error) {
	from, to, err := r.times(day.Date, w)
	if err != nil {
		return nil, err
	}
	length, buffer := time.Duration(r.Minutes)*time.Minute, time.Duration(r.Buffer)*time.Minute
	if length <= 0 {
		return nil, fmt.Errorf("%s: a slot takes some minutes", day.Date)
	}
	for at := from; !at.Add(length).After(to); {
		end, hit, err := r.breakAt(day, at, at.Add(length))
		if err != nil {
			return nil, err
		}
		if hit {
			at = end
			continue
		}
		out = append(out, Slot{slotID(at), at.UTC(), at.Add(length).UTC()})
		at = at.Add(length + buffer)
	}
	return out, nil
}

// breakAt gives the end of a break that touches the time.
func (r *Round) breakAt(day RoundDay, from, to time.Time) (end time.Time, hit bool, err error) {
	for _, b := range day.Breaks {
		s, e, err := r.times(day.Date, b)
		if err != nil {
			return end, false, err
		}
		if s.Before(to) && e.After(from) {
			return e, true, nil
		}
	}
	return end, false, nil
}

// times are the moments of a window on a day.
func (r *Round) times(date string, w Window) (from, to time.Time, err error) {
	for _, x := range []struct {
		clock string
		at    *time.Time
	}{{w.From, &from}, {w.To, &to}} {
		*x.at, err = time.ParseInLocation(time.DateOnly+" 15:04", date+" "+x.clock, r.Location())
		if err != nil {
			return from, to, fmt.Errorf("%s: %q is no time of a day", date, x.clock)
		}
	}
	if !to.After(from) {
		return from, to, fmt.Errorf("%s: %s–%s ends before it begins", date, w.From, w.To)
	}
	return from, to, nil
}
