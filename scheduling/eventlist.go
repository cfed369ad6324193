package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// An EventFilter chooses events. Zero fields do not restrict.
type EventFilter struct {
	Cluster string // id
	Kind    string
	Mode    Mode
	State   EventState // organisers only; the public sees what is listed
	Text    string     // words that the title, venue or kind begin with
	From    time.Time  // that end after it
	Until   time.Time  // that start before it
	Latest  bool       // latest first
	After   string     // where the list goes on
	Limit   int        // 50 if zero
}

// Events lists what by may see, by their start: the public what is listed,
// organisers everything of their clusters when they ask for mine.
func (d *Desk) Events(ctx context.Context, by Actor, f EventFilter, mine bool) (list []*Event, next string, err error) {
	q, err := f.query()
	if err != nil {
		return nil, "", err
	}
	keep := func(e *Event) bool { return f.Mode == "" || e.Mode == f.Mode }
	if mine {
		own, all := by.ownClusters(Organiser, Door)
		if len(own) == 0 && !all {
			return nil, "", errHidden
		}
		keep = func(e *Event) bool {
			return (f.Mode == "" || e.Mode == f.Mode) && (all || overlap(e.ClusterIDs, own))
		}
	} else {
		q.Where = append(q.Where, storage.Is("listed", true))
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = pageWhere(q, func(q storage.Query) ([]*Event, string, error) { return events.Page(tx, q) }, keep)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list events: %w", err)
	}
	return list, next, nil
}

func (f EventFilter) query() (storage.Query, error) {
	q := storage.Query{Sort: "starts", Limit: f.Limit, After: f.After}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if f.Latest {
		q.Sort = "-starts"
	}
	is := func(field, v string) {
		if v != "" {
			q.Where = append(q.Where, storage.Is(field, v))
		}
	}
	is("kind", f.Kind)
	is("state", string(f.State))
	if f.Cluster != "" {
		q.Where = append(q.Where, storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: f.Cluster})
	}
	if !f.From.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "ends", Op: storage.Gt, Value: f.From})
	}
	if !f.Until.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "starts", Op: storage.Lt, Value: f.Until})
	}
	q.Where = append(q.Where, search(f.Text)...)
	return q, nil
}

// search turns what somebody typed into one condition a word.
func search(text string) []storage.Cond {
	var out []storage.Cond
	for _, w := range words(text) {
		out = append(out, storage.Cond{Field: "words", Op: storage.Prefix, Value: w})
		if len(out) == 5 {
			break
		}
	}
	return out
}

// pageWhere is Page with a condition that the database does not know: it reads
// on until the page is full.
func pageWhere[T any](q storage.Query, page func(storage.Query) ([]*T, string, error), keep func(*T) bool) (list []*T, next string, err error) {
	want := q.Limit
	for {
		q.Limit = want - len(list)
		found, n, err := page(q)
		if err != nil {
			return nil, "", err
		}
		for _, v := range found {
			if keep(v) {
				list = append(list, v)
			}
		}
		if n == "" || len(list) == want {
			return list, n, nil
		}
		q.After = n
	}
}

// An EventPage is an event with everything its page shows.
type EventPage struct {
	Event    *Event
	Seating  *Seating
	Clusters []*Cluster
	Groups   []*Group
	Project  *Project   // set while the event has to show who funds it
	Coming   []Attendee // who agreed to be named
	Rounds   []*Round   // of B2B meetings in it, that by may see
	Organise bool       // by may edit it
}

// An Attendee is somebody who agreed to be named on an event's page.
type Attendee struct{ Name, Company string }

// maxNamed is how many attendees a page names.
const maxNamed = 500

// EventPage finds an event by its slug or id for whoever may see it: a draft
// its organisers only.
func (d *Desk) EventPage(ctx context.Context, by Actor, slug string) (*EventPage, error) {
	var p *EventPage
	err := d.view(ctx, func(tx *storage.Tx) error {
		e, err := eventBySlug(tx, slug)
		if err != nil {
			return err
		}
		own := by.Organises(e.ClusterIDs...)
		if e.State == Draft && !own {
			return errHidden
		}
		p = &EventPage{Event: e, Organise: own}
		if p.Rounds, err = roundsIn(tx, by, e.ID); err != nil {
			return err
		}
		return d.fill(tx, p)
	})
	if err != nil {
		return nil, fmt.Errorf("show event %s: %w", slug, err)
	}
	return p, nil
}

func eventBySlug(tx *storage.Tx, slug string) (*Event, error) {
	e, err := events.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
	if err == nil {
		return e, nil
	}
	return events.Get(tx, slug)
}

func (d *Desk) fill(tx *storage.Tx, p *EventPage) (err error) {
	e := p.Event
	if p.Seating, err = seatings.Get(tx, e.ID); err != nil {
		return err
	}
	if p.Clusters, err = byIDs(tx, clusters.Get, e.ClusterIDs); err != nil {
		return err
	}
	if p.Groups, err = byIDs(tx, groups.Get, e.GroupIDs); err != nil {
		return err
	}
	if p.Project, err = fundedBy(tx, e, tx.Now()); err != nil {
		return err
	}
	if e.Rules.ShowList {
		p.Coming, err = named(tx, e)
	}
	return err
}

// byIDs reads documents in the order of ids, without those that are gone.
func byIDs[T any](tx *storage.Tx, get func(*storage.Tx, string) (*T, error), ids []string) ([]*T, error) {
	var found []*T
	for _, id := range ids {
		v, err := get(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

// named are those with a seat who agreed to be on the list, by name.
func named(tx *storage.Tx, e *Event) ([]Attendee, error) {
	var out []Attendee
	q := storage.Query{Where: []storage.Cond{storage.Is("event_id", e.ID)}, Sort: "sort"}
	for r, err := range registrations.Each(tx, q) {
		if err != nil {
			return nil, err
		}
		if (r.State == Confirmed || r.State == Attended) && Agreed(r.Consents, "participants") {
			out = append(out, Attendee{r.Name, r.Company})
		}
		if len(out) == maxNamed {
			break
		}
	}
	return out, nil
}

// fundedBy is the project whose emblem e has to show on a day between the
// project's dates; nil otherwise.
func fundedBy(tx *storage.Tx, e *Event, now time.Time) (*Project, error) {
	if e.ProjectID == "" {
		return nil, nil
	}
	p, err := projects.Get(tx, e.ProjectID)
	if err != nil {
		return nil, err
	}
	if day := now.In(e.Location()).Format(time.DateOnly); day < p.From || day > p.Until {
		return nil, nil
	}
	return p, nil
}

// Funding is the project whose emblem the pages and print-outs of an event have
// to show today, and those of its rounds; nil for none, and for no event.
func (d *Desk) Funding(ctx context.Context, eventID string) (p *Project, err error) {
	if eventID == "" {
		return nil, nil
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, err := events.Shared(tx, eventID)
		if err != nil {
			return ignoreMissing(err)
		}
		p, err = fundedBy(tx, e, tx.Now())
		return err
	})
	return p, err
}

// EventBoard gives an event with its seats to those who organise it (Organise
// says so) or check people in there, by its id.
func (d *Desk) EventBoard(ctx context.Context, by Actor, id string) (*EventPage, error) {
	var p *EventPage
	err := d.view(ctx, func(tx *storage.Tx) error {
		e, err := d.attendedBy(tx, by, id)
		if err != nil {
			return err
		}
		p = &EventPage{Event: e, Organise: by.Organises(e.ClusterIDs...)}
		if p.Seating, err = seatings.Get(tx, e.ID); err != nil {
			return err
		}
		if p.Clusters, err = byIDs(tx, clusters.Get, e.ClusterIDs); err != nil {
			return err
		}
		p.Project, err = fundedBy(tx, e, tx.Now())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show event %s to its organisers: %w", id, err)
	}
	return p, nil
}
