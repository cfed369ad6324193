package scheduling

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A turnout is who came to an event, in so few words that ten years of events
// are read in a moment. It is kept under the event's ID once the registrations
// rest, and holds for as long as none of them changes: Newest says so. Without
// one that holds, the registrations themselves are read.
type turnout struct {
	storage.Meta `bson:",inline"`
	Newest       time.Time `bson:"newest"` // when the registration that changed last did
	Count        int       `bson:"count"`  // people
	People       string    `bson:"people"` // a line for each company: its id or none, a tab, and the keys of its people between spaces
}

// A turnoutBrief is as much of one as figures need.
type turnoutBrief struct {
	storage.Brief `bson:",inline"`
	Newest        time.Time `bson:"newest"`
	People        string    `bson:"people"`
}

var (
	turnouts      = storage.NewCollection[turnout]("turnouts")
	turnoutBriefs = storage.Collection[turnoutBrief, *turnoutBrief](turnouts)
)

// An attendance is as much of a registration as a turnout needs.
type attendance struct {
	storage.Brief `bson:",inline"`
	State         RegState `bson:"state"`
	PersonID      string   `bson:"person_id"`
	CompanyID     string   `bson:"company_id"`
}

var attendances = storage.Collection[attendance, *attendance](registrations)

// nobodyKnown begins the key of somebody who is no person of ours: a walk-in who
// left no address. It is followed by the id of the registration.
const nobodyKnown = "~"

func (a *attendance) key() string {
	if a.PersonID == "" {
		return nobodyKnown + a.ID
	}
	return a.PersonID
}

// turnoutOf gives who came to an event, by what is kept of it if that still holds.
func turnoutOf(tx *storage.Tx, e *eventBrief, kept *turnoutBrief) (*turnout, error) {
	if kept != nil {
		newest, err := newestOf(tx, e.ID)
		if err != nil || newest.Equal(kept.Newest) {
			return &turnout{Meta: kept.Meta, Newest: kept.Newest, People: kept.People}, err
		}
	}
	return countTurnout(tx, e.ID, e.Ends)
}

// newestOf is when a registration of an event changed last; zero if it has none.
func newestOf(tx *storage.Tx, eventID string) (time.Time, error) {
	a, err := attendances.First(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", eventID)}, Sort: "-updated"})
	if err != nil {
		return time.Time{}, ignoreMissing(err)
	}
	return a.Updated, nil
}

// countTurnout reads the registrations of an event that ends at a moment: who came
// are those who were checked in, or all who had a seat if the event is over and
// nobody was.
func countTurnout(tx *storage.Tx, eventID string, ends time.Time) (*turnout, error) {
	here := map[RegState]map[string][]string{Attended: {}, Confirmed: {}}
	where := []storage.Cond{storage.Is("event_id", eventID), {Field: "state", Op: storage.In, Value: []RegState{Attended, Confirmed}}}
	for a, err := range attendances.Each(tx, storage.Query{Where: where}) {
		if err != nil {
			return nil, err
		}
		by := here[a.State]
		by[a.CompanyID] = append(by[a.CompanyID], a.key())
	}
	came := here[Attended]
	if len(came) == 0 && !ends.After(tx.Now()) {
		came = here[Confirmed]
	}
	t := &turnout{Meta: storage.Meta{ID: eventID}}
	var b strings.Builder
	for _, company := range slices.Sorted(maps.Keys(came)) {
		people := slices.Compact(slices.Sorted(slices.Values(came[company])))
		t.Count += len(people)
		b.WriteString(company + "\t" + strings.Join(people, " ") + "\n")
	}
	t.People = b.String()
	return t, nil
}

// each gives the companies with the keys of their people, between spaces; people
// of no company have an empty one.
func (t *turnout) each(yield func(company, people string) bool) {
	for line := range strings.Lines(t.People) {
		company, people, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !yield(company, people) {
			return
		}
	}
}

// turnoutRest is how long the registrations of an event have to have been left
// alone before its turnout is written down: longer than any transaction takes
// and any clock is wrong, so that no change can still come that is older.
const turnoutRest = 15 * time.Minute

// CountTurnouts writes down who came to the events that are over and whose
// registrations rest, where that is not known yet or has changed. Figures are
// right without it, and slower.
func (d *Desk) CountTurnouts(ctx context.Context, now time.Time) (done int, err error) {
	var over []*eventBrief
	err = d.view(ctx, func(tx *storage.Tx) error {
		over, err = eventBriefs.Find(tx, storage.Query{Where: []storage.Cond{{Field: "ends", Op: storage.Le, Value: now.Add(-turnoutRest)}}, Sort: "ends"})
		return err
	})
	for _, e := range over {
		if err != nil {
			break
		}
		var did bool
		did, err = d.keepTurnout(ctx, e, now)
		if did {
			done++
		}
	}
	if err != nil {
		return done, fmt.Errorf("count who came: %w", err)
	}
	return done, nil
}

// keepTurnout does one event, if there is anything to do.
func (d *Desk) keepTurnout(ctx context.Context, e *eventBrief, now time.Time) (did bool, err error) {
	var due bool
	err = d.view(ctx, func(tx *storage.Tx) error {
		due, _, _, err = turnoutDue(tx, e.ID, now)
		return err
	})
	if err != nil || !due {
		return false, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		due, old, newest, err := turnoutDue(tx, e.ID, now)
		if did = due; err != nil || !due {
			return err
		}
		t, err := countTurnout(tx, e.ID, e.Ends)
		if err != nil {
			return err
		}
		t.Meta, t.Newest = old, newest
		return turnouts.Put(tx, t)
	})
	return did && err == nil, err
}

// turnoutDue reports whether the turnout of an event is to be written down, over
// which older one.
func turnoutDue(tx *storage.Tx, eventID string, now time.Time) (due bool, old storage.Meta, newest time.Time, err error) {
	newest, err = newestOf(tx, eventID)
	if err != nil || newest.IsZero() || newest.After(now.Add(-turnoutRest)) {
		return false, old, newest, err
	}
	t, err := turnouts.Get(tx, eventID)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return true, storage.Meta{ID: eventID}, newest, nil
	case err != nil:
		return false, old, newest, err
	}
	return !t.Newest.Equal(newest), t.Meta, newest, nil
}
