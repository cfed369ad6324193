package scheduling

import (
	"context"
	"errors"
	"fmt"

	"kohtaamo/storage"
)

// A ListFilter chooses companies or people. Zero fields do not restrict.
type ListFilter struct {
	Text    string
	Cluster string
	Kind    CompanyKind // companies only
	Company string      // people only
	Staff   bool        // people with grants only
	After   string
	Limit   int // 50 if zero
}

func (f ListFilter) query() storage.Query {
	q := storage.Query{Sort: "sort", Limit: f.Limit, After: f.After, Where: search(f.Text)}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if f.Cluster != "" {
		q.Where = append(q.Where, storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: f.Cluster})
	}
	if f.Kind != "" {
		q.Where = append(q.Where, storage.Is("kind", string(f.Kind)))
	}
	if f.Company != "" {
		q.Where = append(q.Where, storage.Is("company_id", f.Company))
	}
	if f.Staff {
		q.Where = append(q.Where, storage.Is("staff", true))
	}
	return q
}

// save puts one document with its line in the audit log. A key that is taken is
// a fault of the field.
func (d *Desk) save(ctx context.Context, by Actor, kind, label, key string, put func(*storage.Tx) (id string, err error)) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		id, err := put(tx)
		if err != nil {
			return err
		}
		return d.log(tx, by, kind+".save", id, id, label, "")
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{key: "problem.taken"}}
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", kind, changedMeanwhile(err))
	}
	return nil
}

func orNew(id string) string {
	if id == "" {
		return storage.NewID()
	}
	return id
}
