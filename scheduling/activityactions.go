package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// SaveWork stores an entry of the activity log, for the organisers of its
// clusters; one that names none belongs to theirs. The companies of its people
// are among its companies. A new entry is by's own.
func (d *Desk) SaveWork(ctx context.Context, by Actor, in Work) (w *Work, err error) {
	if err := in.check(HouseDay(d.now())); err != nil {
		return nil, err
	}
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	if own, all := by.ownClusters(Organiser); len(in.ClusterIDs) == 0 && !all {
		in.ClusterIDs = own
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		if !by.organisesAll(in.ClusterIDs) {
			return &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"clusters": "event.not_your_cluster"}}
		}
		action := "work.create"
		w = &Work{Meta: storage.Meta{ID: orNew(in.ID)}, ByID: by.ID, ByName: by.Name}
		if in.Rev != 0 {
			action = "work.edit"
			if w, err = ownWork(tx, by, in.ID); err != nil {
				return err
			}
			w.Rev = in.Rev
		}
		if err := in.checkReferences(tx); err != nil {
			return err
		}
		w.take(&in)
		if err := works.Put(tx, w); err != nil {
			return err
		}
		if err := meetByWork(tx, w); err != nil {
			return err
		}
		return d.log(tx, by, action, w.ID, w.ID, w.Title, "")
	})
	if err != nil {
		return nil, fmt.Errorf("save an entry of the activity log: %w", madeAlready(err))
	}
	return w, nil
}

// madeAlready is changedMeanwhile for what can be new: an id that there is
// already is a form that was sent twice.
func madeAlready(err error) error {
	if errors.Is(err, storage.ErrDuplicate) {
		return &Problem{Kind: Exists, Key: "problem.changed"}
	}
	return changedMeanwhile(err)
}

// checkReferences finds what w names and does not exist, and adds the companies
// of its people.
func (w *Work) checkReferences(tx *storage.Tx) error {
	f := faults{}
	err := errors.Join(
		exists(tx, f, "clusters", clusters.Get, w.ClusterIDs...),
		exists(tx, f, "companies", companies.Get, w.CompanyIDs...),
		exists(tx, f, "people", people.Get, w.PersonIDs...),
		exists(tx, f, "group", groups.Get, optional(w.GroupID)...),
		exists(tx, f, "project", projects.Get, optional(w.ProjectID)...),
	)
	if err != nil {
		return err
	}
	if err := f.problem(); err != nil {
		return err
	}
	found, err := byIDs(tx, people.Get, w.PersonIDs)
	for _, p := range found {
		if p.CompanyID != "" && !slices.Contains(w.CompanyIDs, p.CompanyID) {
			w.CompanyIDs = append(w.CompanyIDs, p.CompanyID)
		}
	}
	return err
}

// ownWork is an entry of by's clusters.
func ownWork(tx *storage.Tx, by Actor, id string) (*Work, error) {
	w, err := works.Get(tx, id)
	if err == nil && !by.Organises(w.ClusterIDs...) {
		return nil, errHidden
	}
	return w, err
}

// DeleteWork takes an entry out of the log, for the organisers of its clusters;
// the audit log keeps that it was there, and why it went.
func (d *Desk) DeleteWork(ctx context.Context, by Actor, id, reason string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		w, err := ownWork(tx, by, id)
		if err != nil {
			return err
		}
		if err := keepEncounters(tx, happening{id: w.ID}, nil); err != nil {
			return err
		}
		if _, err := dropWorkFiles(tx, w.ID); err != nil {
			return err
		}
		if err := works.Delete(tx, w); err != nil {
			return err
		}
		return d.log(tx, by, "work.delete", w.ID, w.ID, w.Title, cleanText(reason))
	})
	if err != nil {
		return fmt.Errorf("delete entry %s of the activity log: %w", id, changedMeanwhile(err))
	}
	return nil
}

// mergeWorks has entries about one company be about another.
func mergeWorks(tx *storage.Tx, from, into *Company) (n int, err error) {
	found, err := works.Find(tx, storage.Query{Where: []storage.Cond{{Field: "company_ids", Op: storage.Has, Value: from.ID}}})
	for _, w := range found {
		w.CompanyIDs = slices.DeleteFunc(w.CompanyIDs, func(id string) bool { return id == from.ID || id == into.ID })
		w.CompanyIDs = append(w.CompanyIDs, into.ID)
		if err == nil {
			err = works.Put(tx, w)
		}
	}
	return len(found), err
}

// copyWorks is what the activity log knows of a person: what was done with
// them, and what they did.
func copyWorks(tx *storage.Tx, p *Person) (out []any, err error) {
	for _, cond := range []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: p.ID}, storage.Is("by_id", p.ID)} {
		found, err := works.Find(tx, storage.Query{Where: []storage.Cond{cond}, Sort: "at"})
		if err != nil {
			return nil, err
		}
		for _, w := range found {
			part := map[string]any{"kind": w.Kind, "day": w.Day, "did_it": w.ByID == p.ID}
			if slices.Contains(w.PersonIDs, p.ID) {
				part["title"], part["note"], part["link"] = w.Title, w.Note, w.Link
			}
			out = append(out, part)
		}
	}
	return out, nil
}

// eraseWorks takes a person out of the activity log. That there was a call or a
// visit stays; what was written of it goes, as it is about them, and so does what
// was filed with a contact with them alone. In what others wrote elsewhere, the search of all texts strikes their name and address out.
func eraseWorks(tx *storage.Tx, p *Person) (n int, err error) {
	for w, err := range works.Each(tx, including("person_ids", p.ID)) {
		if err != nil {
			return n, err
		}
		if w.aboutAlone(p) {
			some, err := dropWorkFiles(tx, w.ID)
			if n += some; err != nil {
				return n, err
			}
		}
	}
	for _, q := range []storage.Query{including("person_ids", p.ID), having("by_id", p.ID)} {
		some, err := blank(tx, works, q, func(w *Work) bool { return w.forget(p) })
		if n += some; err != nil {
			return n, err
		}
	}
	return n, nil
}

// forget takes what is said of p out of w, and says whether there was anything.
func (w *Work) forget(p *Person) bool {
	before := *w
	if w.ByID == p.ID {
		w.ByName = ""
	}
	switch {
	case !slices.Contains(w.PersonIDs, p.ID):
	case w.Kind.Published():
		w.Title, w.Note = withoutPerson(w.Title, p), withoutPerson(w.Note, p)
	default:
		w.Title, w.Note = "", ""
	}
	w.index()
	return w.Title != before.Title || w.Note != before.Note || w.ByName != before.ByName
}
