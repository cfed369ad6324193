package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// SaveTrip stores a new trip as a draft, under in.ID if that is set, or what
// was changed about one. in.Rev is the revision that was edited: somebody
// else's later change is never overwritten.
func (d *Desk) SaveTrip(ctx context.Context, by Actor, in *Trip) (*Trip, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var out *Trip
	err := d.update(ctx, func(tx *storage.Tx) (err error) {
		if in.Rev == 0 {
			out, err = d.createTrip(tx, by, in)
		} else {
			out, err = d.editTrip(tx, by, in)
		}
		return err
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{"slug": "event.slug_taken"}}
	}
	if err != nil {
		return nil, fmt.Errorf("save trip: %w", changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) createTrip(tx *storage.Tx, by Actor, in *Trip) (*Trip, error) {
	if !by.organisesAll(in.ClusterIDs) {
		return nil, &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"cluster_ids": "event.not_your_cluster"}}
	}
	t := &Trip{Meta: storage.Meta{ID: orNew(in.ID)}, Direction: in.Direction, State: TripDraft, StateAt: tx.Now(), CopiedFrom: in.CopiedFrom,
		UID: storage.NewUID(), Changed: tx.Now()}
	t.take(in)
	if t.Slug == "" {
		t.Slug = Slug(t.Title.In("en"))
	}
	return t, d.putTrip(tx, by, t, "trip.create", "")
}

func (d *Desk) editTrip(tx *storage.Tx, by Actor, in *Trip) (*Trip, error) {
	t, err := ownTrip(tx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if t.Rev != in.Rev {
		return nil, storage.ErrConflict
	}
	t.take(in)
	return t, d.putTrip(tx, by, t, "trip.edit", "")
}

// take copies what an organiser may edit, with ids for what is new.
func (t *Trip) take(in *Trip) {
	t.Slug, t.Title, t.Summary, t.Body, t.Goals = in.Slug, in.Title, in.Summary, in.Body, in.Goals
	t.ClusterIDs, t.ProjectID, t.Zone, t.LeaderIDs = in.ClusterIDs, in.ProjectID, in.Zone, in.LeaderIDs
	t.Contact, t.ContactEmail, t.Currency = in.Contact, in.ContactEmail, in.Currency
	t.Stops, t.Budget, t.Selection, t.Asks = slices.Clone(in.Stops), slices.Clone(in.Budget), in.Selection, in.Asks
	for i := range t.Stops {
		t.Stops[i].ID = orNew(t.Stops[i].ID)
	}
	for i := range t.Budget {
		t.Budget[i].ID = orNew(t.Budget[i].ID)
	}
	for i := range t.Selection.Criteria {
		t.Selection.Criteria[i].ID = orNew(t.Selection.Criteria[i].ID)
	}
	t.index()
}

// index sets what follows from the rest: its days, what lists and searches go by.
func (t *Trip) index() {
	if n := len(t.Stops); n > 0 {
		first, last := t.Stops[0], t.Stops[n-1]
		t.Starts = midnight(first.From, first.Location())
		t.Ends = midnight(last.Until, last.Location()).AddDate(0, 0, 1)
	}
	t.Listed = t.Direction == Outgoing && t.State != TripDraft
	var texts []string
	for _, s := range t.Title {
		texts = append(texts, s)
	}
	for _, s := range t.Stops {
		texts = append(texts, s.City)
	}
	slices.Sort(texts)
	t.Words = words(texts...)
}

// check cleans what was typed and says everything that is wrong with it.
func (t *Trip) check() error {
	f := faults{}
	t.Title, t.Summary, t.Body, t.Goals = t.Title.trimmed(), t.Summary.trimmed(), t.Body.trimmed(), t.Goals.trimmed()
	if t.Title.Empty() {
		f.add("title", "problem.required")
	}
	if t.Zone = strings.TrimSpace(t.Zone); t.Zone == "" {
		t.Zone = HouseZone
	}
	for i := range t.Stops {
		t.Stops[i].check(f, fmt.Sprintf("stops.%d.", i))
	}
	return f.problem()
}

func (s *Stop) check(f faults, at string) {
	s.City, s.Country = cleanLine(s.City), strings.ToUpper(cleanLine(s.Country))
	f.need(at+"city", s.City, lineLimit)
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" {
		f.add(at+"zone", "event.zone")
	}
	from, err := time.Parse(time.DateOnly, s.From)
	if err != nil {
		f.add(at+"from", "problem.date")
	}
	until, err := time.Parse(time.DateOnly, s.Until)
	if err != nil || until.Before(from) {
		f.add(at+"until", "problem.date")
	}
}

// putTrip stores t and says so in the audit log.
func (d *Desk) putTrip(tx *storage.Tx, by Actor, t *Trip, action, reason string) error {
	t.index()
	if err := trips.Put(tx, t); err != nil {
		return err
	}
	return d.log(tx, by, action, t.ID, t.ID, t.Title.In("en"), reason)
}

// Trip gives a trip to whoever organises or leads it.
func (d *Desk) Trip(ctx context.Context, by Actor, id string) (t *Trip, err error) {
	err = d.view(ctx, func(tx *storage.Tx) (err error) {
		t, err = ledTrip(tx, by, id)
		return err
	})
	return t, err
}

// TripURL is the public address of t.
func (d *Desk) TripURL(t *Trip) string { return d.BaseURL + "/trips/" + t.Slug }

// TravelURL is the page of a traveller, by a link that nobody can guess: their
// itinerary and all that they are asked for.
func (d *Desk) TravelURL(v *Traveller) string {
	return d.BaseURL + "/travel/" + d.sign("traveller", v.ID, v.Generation)
}

// ApplicationURL is the page of an application, by a link that nobody can guess.
func (d *Desk) ApplicationURL(a *Application) string {
	return d.BaseURL + "/applications/" + d.sign("application", a.ID, a.Generation)
}

// travellerByLink finds a traveller by their link, with the trip. A link that
// was never ours, or that a replacement made useless, finds nothing.
func (d *Desk) travellerByLink(tx *storage.Tx, link string) (*Traveller, *Trip, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, nil, errHidden
	}
	v, err := travellers.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	if !d.signed("traveller", id, v.Generation, mac) {
		return nil, nil, errHidden
	}
	t, err := trips.Get(tx, v.TripID)
	return v, t, err
}
