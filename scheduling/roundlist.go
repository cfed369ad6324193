package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A RoundFilter chooses rounds. Zero fields do not restrict.
type RoundFilter struct {
	Cluster string // id
	Event   string // id
	Phase   RoundPhase
	Text    string    // words that the title begins with
	From    time.Time // that end after it
	Until   time.Time // that end before it
	Latest  bool      // latest first
	After   string
	Limit   int // 50 if zero
}

func (f RoundFilter) query() storage.Query {
	q := storage.Query{Sort: "starts", Limit: f.Limit, After: f.After}
	if f.Latest {
		q.Sort = "-starts"
	}
	if f.Phase != "" {
		q.Where = append(q.Where, storage.Is("phase", f.Phase))
	}
	if f.Event != "" {
		q.Where = append(q.Where, storage.Is("event_id", f.Event))
	}
	if f.Cluster != "" {
		q.Where = append(q.Where, storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: f.Cluster})
	}
	if !f.From.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "ends", Op: storage.Gt, Value: f.From})
	}
	if !f.Until.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "ends", Op: storage.Le, Value: f.Until})
	}
	q.Where = append(q.Where, search(f.Text)...)
	if q.Limit == 0 {
		q.Limit = 50
	}
	return q
}

// Rounds lists what by may see, by their first slot: the public what is open,
// organisers everything of their clusters when they ask for mine.
func (d *Desk) Rounds(ctx context.Context, by Actor, f RoundFilter, mine bool) (list []*Round, next string, err error) {
	q := f.query()
	keep := func(*Round) bool { return true }
	if mine {
		own, all := by.ownClusters(Organiser)
		if len(own) == 0 && !all {
			return nil, "", errHidden
		}
		keep = func(r *Round) bool { return all || overlap(r.ClusterIDs, own) }
	} else {
		q.Where = append(q.Where, storage.Is("open", true))
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = pageWhere(q, func(q storage.Query) ([]*Round, string, error) { return rounds.Page(tx, q) }, keep)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list rounds: %w", err)
	}
	return list, next, nil
}

// A RoundPage is a round with what its public page shows.
type RoundPage struct {
	Round    *Round
	Event    *Event // that it is part of, if by may see it; nil if none
	Trip     *Trip  // the same of a trip
	Clusters []*Cluster
	Organise bool     // by may edit it
	Mine     *Entrant // that by is one of; nil if none
	Entrants int      // that are in
}

// RoundBySlug finds a round by its slug or id for whoever may see it: a draft
// its organisers only, a cancelled one everybody, as such.
func (d *Desk) RoundBySlug(ctx context.Context, by Actor, slug string) (p *RoundPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := roundBySlug(tx, slug)
		if err != nil {
			return err
		}
		p = &RoundPage{Round: r, Organise: by.Organises(r.ClusterIDs...)}
		if r.Phase == RoundDraft && !p.Organise {
			return errHidden
		}
		return p.fill(tx, by)
	})
	if err != nil {
		return nil, fmt.Errorf("show round %s: %w", slug, err)
	}
	return p, nil
}

func roundBySlug(tx *storage.Tx, slug string) (*Round, error) {
	r, err := rounds.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
	if errors.Is(err, storage.ErrNotFound) {
		return rounds.Get(tx, slug)
	}
	return r, err
}

func (p *RoundPage) fill(tx *storage.Tx, by Actor) (err error) {
	r := p.Round
	if p.Clusters, err = byIDs(tx, clusters.Get, r.ClusterIDs); err != nil {
		return err
	}
	found, err := byIDs(tx, events.Get, optional(r.EventID))
	if err != nil {
		return err
	}
	for _, e := range found {
		if e.Listed || by.Organises(e.ClusterIDs...) {
			p.Event = e
		}
	}
	on, err := byIDs(tx, trips.Get, optional(r.TripID))
	if err != nil {
		return err
	}
	for _, t := range on {
		if t.Listed || by.Organises(t.ClusterIDs...) {
			p.Trip = t
		}
	}
	if by.SignedIn() {
		p.Mine, err = entrantOf(tx, r.ID, by.ID)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	p.Entrants, err = entrants.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID), storage.Is("state", EntrantIn)}})
	return err
}

// RoundsOf are the rounds of an event that by may see, the next to meet first.
func (d *Desk) RoundsOf(ctx context.Context, by Actor, eventID string) (list []*Round, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = roundsIn(tx, by, eventID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list rounds of event %s: %w", eventID, err)
	}
	return list, nil
}

func roundsIn(tx *storage.Tx, by Actor, eventID string) ([]*Round, error) {
	list, err := rounds.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", eventID)}})
	list = slices.DeleteFunc(list, func(r *Round) bool { return !r.Open && !by.Organises(r.ClusterIDs...) })
	slices.SortStableFunc(list, func(a, b *Round) int { return a.Starts.Compare(b.Starts) })
	return list, err
}
