package scheduling

import (
	"context"
	"iter"

	"kohtaamo/storage"
)

// A WorkFilter chooses entries of the activity log. Zero fields do not restrict.
type WorkFilter struct {
	Text        string
	Kind        WorkKind
	Cluster     string
	Company     string
	Group       string
	By          string // who did it: person id
	From, Until string // days, 2006-01-02; Until is the last one
	After       string
	Limit       int // 50 if zero
}

func (f WorkFilter) query() storage.Query {
	q := storage.Query{Sort: "-at", Limit: f.Limit, After: f.After, Where: search(f.Text)}
	if q.Limit == 0 {
		q.Limit = 50
	}
	for _, x := range []struct {
		field, value string
		op           storage.Op
	}{
		{"kind", string(f.Kind), storage.Eq}, {"group_id", f.Group, storage.Eq}, {"by_id", f.By, storage.Eq},
		{"cluster_ids", f.Cluster, storage.Has}, {"company_ids", f.Company, storage.Has},
	} {
		if x.value != "" {
			q.Where = append(q.Where, storage.Cond{Field: x.field, Op: x.op, Value: x.value})
		}
	}
	loc := zoneOf(HouseZone)
	if from := midnight(f.From, loc); !from.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "at", Op: storage.Ge, Value: from})
	}
	if until := midnight(f.Until, loc); !until.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "at", Op: storage.Le, Value: until})
	}
	return q
}

// A WorkLine is an entry with the names of what it is about.
type WorkLine struct {
	*Work
	Companies []Named
	People    []Named
	Group     *Group
}

// A Named is a document by its name.
type Named struct{ ID, Name string }

// Works lists entries of by's clusters, the newest day first.
func (d *Desk) Works(ctx context.Context, by Actor, f WorkFilter) (list []*WorkLine, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		found, n, err := pageWhere(f.query(), func(q storage.Query) ([]*Work, string, error) { return works.Page(tx, q) },
			func(w *Work) bool { return by.Organises(w.ClusterIDs...) })
		if err != nil {
			return err
		}
		next = n
		list, err = workLines(tx, found)
		return err
	})
	return list, next, err
}

// workLines names what entries are about; who was erased is left out.
func workLines(tx *storage.Tx, found []*Work) (list []*WorkLine, err error) {
	var companyIDs, personIDs []string
	for _, w := range found {
		companyIDs, personIDs = append(companyIDs, w.CompanyIDs...), append(personIDs, w.PersonIDs...)
	}
	firms, err := labelsOf(tx, companies.Find, distinct(companyIDs), func(c *Company) Named { return Named{c.ID, c.Name} })
	if err != nil {
		return nil, err
	}
	persons, err := labelsOf(tx, people.Find, distinct(personIDs), func(p *Person) Named { return Named{p.ID, p.Name} })
	if err != nil {
		return nil, err
	}
	for _, w := range found {
		line := &WorkLine{Work: w, Companies: labelled(firms, w.CompanyIDs), People: labelled(persons, w.PersonIDs)}
		if w.GroupID != "" {
			if line.Group, err = groups.Shared(tx, w.GroupID); ignoreMissing(err) != nil {
				return nil, err
			}
		}
		list = append(list, line)
	}
	return list, nil
}

// labelsOf are the names of documents by their ids, at one look.
func labelsOf[T any](tx *storage.Tx, find func(*storage.Tx, storage.Query) ([]*T, error), ids []string, name func(*T) Named) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	found, err := find(tx, storage.Query{Where: []storage.Cond{{Field: "_id", Op: storage.In, Value: ids}}})
	for _, v := range found {
		n := name(v)
		out[n.ID] = n.Name
	}
	return out, err
}

// labelled are the ids that have a name, in their order.
func labelled(names map[string]string, ids []string) (out []Named) {
	for _, id := range ids {
		if names[id] != "" {
			out = append(out, Named{id, names[id]})
		}
	}
	return out
}

// Work gives one entry of by's clusters.
func (d *Desk) Work(ctx context.Context, by Actor, id string) (line *WorkLine, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		w, err := ownWork(tx, by, id)
		if err != nil {
			return err
		}
		list, err := workLines(tx, []*Work{w})
		if err == nil {
			line = list[0]
		}
		return err
	})
	return line, err
}

// EachWork hands over the entries that a filter chooses, the newest day first,
// for an export. They are read in portions, so that no view of the database
// stays open however long the list is.
func (d *Desk) EachWork(ctx context.Context, by Actor, f WorkFilter) iter.Seq2[*WorkLine, error] {
	return func(yield func(*WorkLine, error) bool) {
		f.Limit = 500
		for {
			list, next, err := d.Works(ctx, by, f)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, w := range list {
				if !yield(w, nil) {
					return
				}
			}
			if f.After = next; next == "" {
				return
			}
		}
	}
}

// WorkPeople are those who wrote entries in by's clusters lately, by name, for a
// filter: the staff of the house.
func (d *Desk) WorkPeople(ctx context.Context, by Actor) (out []Named, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		for p, err := range people.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}, Sort: "sort"}) {
			if err != nil {
				return err
			}
			if p.Actor().OrganisesAny() {
				out = append(out, Named{p.ID, p.Name})
			}
		}
		return nil
	})
	return out, err
}
