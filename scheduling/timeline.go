package scheduling

import (
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A TimelineLine is one thing that a company's people, or a person, took part in.
type TimelineLine struct {
	*Encounter
	Title Text   // of the thing; what a Work is called stands under every language
	Path  string // of its page, for organisers; empty if it is gone or not theirs
	Note  string
}

// Timeline is everything that the people of a company took part in, or one
// person, newest first, for organisers. What is not of by's clusters is named
// by its kind and day alone.
func (d *Desk) Timeline(ctx context.Context, by Actor, companyID, personID, after string) (list []*TimelineLine, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	cond := storage.Is("company_id", companyID)
	if personID != "" {
		cond = storage.Cond{Field: "person_ids", Op: storage.Has, Value: personID}
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		if personID != "" {
			p, err := people.Get(tx, personID)
			if err != nil || !by.knows(p) {
				return hiddenOr(err)
			}
		}
		found, n, err := encounters.Page(tx, storage.Query{Where: []storage.Cond{cond}, Sort: "-at", Limit: 30, After: after})
		if err != nil {
			return err
		}
		next = n
		for _, x := range found {
			line := &TimelineLine{Encounter: x}
			if err := line.tell(tx, by); ignoreMissing(err) != nil {
				return err
			}
			list = append(list, line)
		}
		return nil
	})
	return list, next, err
}

// tell names the thing of a line for somebody, if they may see it.
func (x *TimelineLine) tell(tx *storage.Tx, by Actor) error {
	switch x.Kind {
	case MetAtEvent:
		e, err := events.Get(tx, x.About)
		return x.named(err, func() (Text, string, bool) { return e.Title, "/organise/events/" + e.ID, by.Organises(e.ClusterIDs...) })
	case MetOnTrip:
		t, err := trips.Get(tx, x.About)
		return x.named(err, func() (Text, string, bool) { return t.Title, "/organise/trips/" + t.ID, by.Organises(t.ClusterIDs...) })
	case MetB2B:
		m, err := meetings.Get(tx, x.About)
		if err != nil {
			return err
		}
		r, err := rounds.Shared(tx, m.RoundID)
		return x.named(err, func() (Text, string, bool) {
			return Text{"en": m.label()}, "/organise/rounds/" + r.ID + "/meetings/" + m.ID, by.Organises(r.ClusterIDs...)
		})
	case MetInGroup:
		r, err := meetingRecords.Get(tx, x.About)
		if IsHidden(err) {
			return x.tellGathering(tx, by)
		}
		return x.named(err, func() (Text, string, bool) { return r.Title, "/groups/" + r.GroupID, by.Organises(r.ClusterID) })
	}
	w, err := works.Get(tx, x.About)
	return x.named(err, func() (Text, string, bool) {
		x.Note = w.Note
		return Text{"en": w.Title}, "/organise/log/" + w.ID, by.Organises(w.ClusterIDs...)
	})
}

func (x *TimelineLine) tellGathering(tx *storage.Tx, by Actor) error {
	g, err := gatherings.Get(tx, x.About)
	return x.named(err, func() (Text, string, bool) {
		return g.Title, "/groups/" + g.GroupID + "/meetings/" + g.ID, by.Organises(g.ClusterID)
	})
}

func (x *TimelineLine) named(err error, of func() (Text, string, bool)) error {
	if err != nil {
		return err
	}
	title, path, may := of()
	if !may {
		x.Note = ""
		return nil
	}
	x.Title, x.Path = title, path
	return nil
}

// A ContactLine is a company with its last personal contact.
type ContactLine struct {
	Company *Company
	Last    *Encounter // nil: there never was one
}

// MetSince reports whether there was one at a moment or later.
func (l *ContactLine) MetSince(t time.Time) bool { return l.Last != nil && !l.Last.At.Before(t) }

// A ContactFilter chooses companies by when they were met.
type ContactFilter struct {
	Cluster string
	Kind    CompanyKind
	Since   time.Time // who was met since is left out, unless Met
	Met     bool      // those alone
	All     bool      // both
}

// Contacts lists a cluster's companies with their last personal contact, the
// longest ago first, for its organisers: whom have we not met this year. It is
// one look at an index for each company.
func (d *Desk) Contacts(ctx context.Context, by Actor, f ContactFilter) (list []*ContactLine, err error) {
	if f.Cluster == "" || !by.Organises(f.Cluster) {
		return nil, errHidden
	}
	q := storage.Query{Where: []storage.Cond{{Field: "cluster_ids", Op: storage.Has, Value: f.Cluster}}, Sort: "sort"}
	if f.Kind != "" {
		q.Where = append(q.Where, storage.Is("kind", string(f.Kind)))
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		found, err := companies.Find(tx, q)
		if err != nil {
			return err
		}
		for _, c := range found {
			line := &ContactLine{Company: c}
			if line.Last, err = lastContact(tx, c.ID); err != nil {
				return err
			}
			if f.All || line.MetSince(f.Since) == f.Met {
				list = append(list, line)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b *ContactLine) int { return a.at().Compare(b.at()) })
	return list, err
}

func (l *ContactLine) at() time.Time {
	if l.Last == nil {
		return time.Time{}
	}
	return l.Last.At
}

// lastContact is a company's last personal contact, or nil.
func lastContact(tx *storage.Tx, companyID string) (*Encounter, error) {
	x, err := encounters.First(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", companyID), storage.Is("personal", true)}, Sort: "-at"})
	return x, ignoreMissing(err)
}

// LastContact gives a company's last personal contact, nil if there never was
// one, for organisers.
func (d *Desk) LastContact(ctx context.Context, by Actor, companyID string) (x *Encounter, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		x, err = lastContact(tx, companyID)
		return err
	})
	return x, err
}
