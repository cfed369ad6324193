package mailer

import (
	"context"
	"fmt"
	"strings"

	"kohtaamo/storage"
)

// A Filter says which mails to list; what is empty does not limit.
type Filter struct {
	State    State
	Kind     string
	About    string   // an event
	Ref      string   // a registration
	Clusters []string // any of them
	Search   string   // words, or beginnings of words, of recipient and subject
	After    string   // where to go on: what Find returned before
	Limit    int      // 50 if zero
}

func (f Filter) query() storage.Query {
	q := storage.Query{Sort: "-created", Limit: f.Limit, After: f.After}
	for _, c := range []struct{ field, value string }{
		{"state", string(f.State)}, {"kind", f.Kind}, {"about", f.About}, {"ref", f.Ref},
	} {
		if c.value != "" {
			q.Where = append(q.Where, storage.Is(c.field, c.value))
		}
	}
	if len(f.Clusters) > 0 {
		q.Where = append(q.Where, storage.Cond{Field: "cluster", Op: storage.In, Value: f.Clusters})
	}
	for _, w := range strings.Fields(strings.ToLower(f.Search)) {
		q.Where = append(q.Where, storage.Cond{Field: "words", Op: storage.Prefix, Value: w})
	}
	return q
}

// Find lists mails, the newest first, a page at a time; next is empty on the
// last page.
func (o *Outbox) Find(ctx context.Context, f Filter) (found []*Mail, next string, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		found, next, err = mails.Page(tx, f.query())
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list mail: %w", err)
	}
	return found, next, nil
}

// Get reads one mail; the error is storage.ErrNotFound if there is none.
func (o *Outbox) Get(ctx context.Context, id string) (m *Mail, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		m, err = mails.Get(tx, id)
		return err
	})
	return m, err
}

// Counts tells how many mails there are in each state, all States included, of
// the clusters named or of all.
func (o *Outbox) Counts(ctx context.Context, clusters ...string) (map[State]int, error) {
	counts := map[State]int{}
	err := o.DB.View(ctx, func(tx *storage.Tx) error {
		by, err := mails.CountBy(tx, Filter{Clusters: clusters}.query(), "state")
		for _, s := range States {
			counts[s] = by[string(s)]
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count mail: %w", err)
	}
	return counts, nil
}
