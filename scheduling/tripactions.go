package scheduling

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"kohtaamo/storage"
)

// SaveTrip stores a new trip, under in.ID if that is set, or what was changed
// about one; its state is changed by SetTripState and by its dates only. An
// outgoing trip begins as a draft. in.Rev is the revision that was edited:
// somebody else's later change is never overwritten. What others rely on cannot
// be taken away: seats that are held, stops of the programme, criteria that
// applications were scored by.
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
		return nil, &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{"slug": "trip.slug_taken"}}
	}
	if err != nil {
		return nil, fmt.Errorf("save trip: %w", changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) createTrip(tx *storage.Tx, by Actor, in *Trip) (*Trip, error) {
	if !by.organisesAll(in.ClusterIDs) {
		return nil, notYourCluster()
	}
	t := &Trip{Meta: storage.Meta{ID: orNew(in.ID)}, Direction: in.Direction, State: TripDraft, StateAt: tx.Now(), CopiedFrom: in.CopiedFrom,
		UID: storage.NewUID(), Changed: tx.Now()}
	if t.Direction == Incoming {
		t.State = TripAccepted // whoever plans a visit to the house has said yes to it
	}
	t.take(in)
	if t.Slug = in.Slug; t.Slug == "" {
		if err := t.nameSlug(tx); err != nil {
			return nil, err
		}
	}
	if err := t.checkReferences(tx); err != nil {
		return nil, err
	}
	return t, d.putTrip(tx, by, t, "trip.create", "")
}

func notYourCluster() error {
	return &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"cluster_ids": "event.not_your_cluster"}}
}

func (d *Desk) editTrip(tx *storage.Tx, by Actor, in *Trip) (*Trip, error) {
	t, err := ownTrip(tx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if t.Rev != in.Rev {
		return nil, storage.ErrConflict
	}
	if t.Over() {
		return nil, &Problem{Kind: Closed, Key: "trip.over"}
	}
	before := *t
	t.take(in)
	if t.State == TripDraft && in.Slug != "" {
		t.Slug = in.Slug
	}
	if !by.mayRehome(before.ClusterIDs, t.ClusterIDs) {
		return nil, notYourCluster()
	}
	if err := t.checkReferences(tx); err != nil {
		return nil, err
	}
	if err := t.checkChange(tx, &before); err != nil {
		return nil, err
	}
	return t, d.putTrip(tx, by, t, "trip.edit", "")
}

// mayRehome reports whether a may let something belong to clusters that
// belonged to others before: what is new has to be their own.
func (a Actor) mayRehome(before, after []string) bool {
	if len(after) == 0 {
		return len(before) == 0 || a.Organises()
	}
	return !slices.ContainsFunc(after, func(id string) bool { return !slices.Contains(before, id) && !a.Organises(id) })
}

// take copies what an organiser may edit, with ids for what is new.
func (t *Trip) take(in *Trip) {
	t.Title, t.Summary, t.Body, t.Goals = in.Title, in.Summary, in.Body, in.Goals
	t.ClusterIDs, t.ProjectID, t.Zone, t.LeaderIDs = in.ClusterIDs, in.ProjectID, in.Zone, in.LeaderIDs
	t.Contact, t.ContactEmail, t.Currency = in.Contact, in.ContactEmail, in.Currency
	t.Stops, t.Budget, t.Selection, t.Asks = slices.Clone(in.Stops), slices.Clone(in.Budget), in.Selection, in.Asks
	t.Selection.Criteria = slices.Clone(in.Selection.Criteria)
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

// nameSlug finds an address for a new trip, from its title.
func (t *Trip) nameSlug(tx *storage.Tx) error {
	base := Slug(t.Title.In("en"))
	if base == "" {
		base = "trip"
	}
	for i := 1; ; i++ {
		t.Slug = base
		if i > 1 {
			t.Slug = fmt.Sprintf("%s-%d", base, i)
		}
		n, err := trips.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", t.Slug)}})
		if n == 0 || err != nil {
			return err
		}
	}
}

// index sets what follows from the rest: its days, what lists and searches go by.
func (t *Trip) index() {
	if n := len(t.Stops); n > 0 {
		first, last := t.Stops[0], t.Stops[n-1]
		t.Starts = midnight(first.From, first.Location())
		t.Ends = midnight(last.Until, last.Location()).In(last.Location()).AddDate(0, 0, 1).UTC()
	}
	neverOpened := t.State == TripCancelled && t.PublishedAt.IsZero()
	t.Listed = t.Direction == Outgoing && t.State != TripDraft && !neverOpened
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

// putTrip stores t and says so in the audit log. Whatever calendars show of it
// gets its next revision if it looks different from what is stored.
func (d *Desk) putTrip(tx *storage.Tx, by Actor, t *Trip, action, reason string) error {
	t.index()
	if t.Rev != 0 {
		before, err := trips.Get(tx, t.ID)
		if err != nil {
			return err
		}
		t.revise(before, tx.Now())
	}
	if err := trips.Put(tx, t); err != nil {
		return err
	}
	return d.log(tx, by, action, t.ID, t.ID, t.Title.In("en"), cleanText(reason))
}

// revise raises the revision of what calendars show of t. What was not listed
// and is not, nobody has seen.
func (t *Trip) revise(before *Trip, now time.Time) {
	if !t.Listed && !before.Listed || reflect.DeepEqual(t.face(), before.face()) {
		return
	}
	t.Sequence++
	t.Changed = now
}

// A tripFace is all that calendars show of a trip.
type tripFace struct {
	Title, Summary Text
	Stops          []Stop
	Closes         int64
	Zone           string
	Firm, Off      bool
	Listed         bool
}

func (t *Trip) face() tripFace {
	f := tripFace{Title: t.Title, Summary: maps.Clone(t.Summary), Closes: t.Selection.ClosesAt.Unix(), Zone: t.Zone,
		Firm: t.Past(TripConfirmed), Off: t.Off(), Listed: t.Listed}
	if len(f.Summary) == 0 {
		f.Summary = nil
	}
	for _, s := range t.Stops {
		f.Stops = append(f.Stops, Stop{Country: s.Country, City: s.City, Zone: s.Zone, From: s.From, Until: s.Until})
	}
	return f
}

// DeleteTrip removes a draft that nobody has applied for, with its programme.
func (d *Desk) DeleteTrip(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, err := ownTrip(tx, by, id)
		if err != nil {
			return err
		}
		if t.State != TripDraft {
			return &Problem{Kind: Closed, Key: "event.not_draft"}
		}
		if err := nobodyOn(tx, t.ID); err != nil {
			return err
		}
		p, err := programmeOf(tx, t)
		if err == nil && p.Rev != 0 {
			err = programmes.Delete(tx, p)
		}
		if err != nil {
			return err
		}
		if err := trips.Delete(tx, t); err != nil {
			return err
		}
		return d.log(tx, by, "trip.delete", t.ID, t.ID, t.Title.In("en"), "")
	})
	if err != nil {
		return fmt.Errorf("delete trip %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// nobodyOn refuses what cannot be done to a trip that somebody applied for or
// travels on.
func nobodyOn(tx *storage.Tx, tripID string) error {
	q := storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}}
	n, err := applications.Count(tx, q)
	if err == nil && n == 0 {
		n, err = travellers.Count(tx, q)
	}
	if err == nil && n > 0 {
		err = &Problem{Kind: Closed, Key: "trip.people_on", Args: []any{"count", n}}
	}
	return err
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
