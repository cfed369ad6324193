package scheduling

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A TimeHint is a time at which many could meet.
type TimeHint struct {
	Starts time.Time
	Free   int // companies of the group that somebody could come of
	Of     int
}

// What TimeHints looks through.
const (
	hintDays  = 14
	hintStep  = 30 * time.Minute
	hintFirst = 8 // o'clock, for everybody by their own clock
	hintLast  = 18
	hintsKept = 8
)

// TimeHints gives to who decides the times within two weeks of a day at which
// all required parties and most companies are free: by the calendars of those
// who agreed, by what else they have with us, and in the working hours of
// everybody's own zone. Who has no calendar with us is taken to be free.
func (d *Desk) TimeHints(ctx context.Context, by Actor, id string, from time.Time) (out []TimeHint, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		_, g, err := keptGathering(tx, by, id)
		if err != nil {
			return err
		}
		from = later(from, tx.Now().Truncate(hintStep).Add(hintStep))
		w := BusySpan{from, from.Add(hintDays * 24 * time.Hour)}
		busy := map[string][]BusySpan{}
		for _, p := range g.everybody() {
			if busy[p.PersonID], err = d.busySpans(tx, p.PersonID, w, p.UseBusy); err != nil {
				return err
			}
		}
		out = g.hints(w, busy)
		return nil
	})
	return out, err
}

// hints are the best times of a window.
func (g *Gathering) hints(w BusySpan, busy map[string][]BusySpan) (out []TimeHint) {
	for at := w.Starts.Truncate(hintStep); at.Before(w.Ends); at = at.Add(hintStep) {
		if h, ok := g.hintAt(at, busy); ok && !at.Before(w.Starts) {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b TimeHint) int { return cmp.Or(cmp.Compare(b.Free, a.Free), a.Starts.Compare(b.Starts)) })
	return out[:min(len(out), hintsKept)]
}

func (g *Gathering) hintAt(at time.Time, busy map[string][]BusySpan) (TimeHint, bool) {
	h, to := TimeHint{Starts: at.UTC()}, at.Add(g.Length())
	if !workingHours(at, to, g.Zone) {
		return h, false
	}
	for _, party := range g.Parties {
		free := slices.ContainsFunc(party.People, func(p GatheringPerson) bool {
			return workingHours(at, to, p.ZoneOf(g)) && isFree(busy[p.PersonID], at, to)
		})
		if party.Required && !free {
			return h, false
		}
		if party.Outside {
			continue
		}
		if h.Of++; free {
			h.Free++
		}
	}
	return h, true
}

// workingHours reports whether a time is within those of a zone, on a weekday.
func workingHours(from, to time.Time, zone string) bool {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return false
	}
	a, b := from.In(loc), to.In(loc)
	day := a.Weekday() != time.Saturday && a.Weekday() != time.Sunday
	ends := b.Hour() < hintLast || b.Hour() == hintLast && b.Minute() == 0
	return day && a.Hour() >= hintFirst && ends && a.YearDay() == b.YearDay()
}
