package mailer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"kohtaamo/storage"
)

// A Filter chooses mails. Zero fields do not restrict.
type Filter struct {
	Clusters []string // ids; nil: of all and of none; empty but not nil: nothing
	State    State
	Kind     string
	About    string // id of the event it belongs to
	Ref      string // id of the registration it speaks of
	Text     string // beginnings of words of the recipient's name and address
	After    string // where the list goes on
	Limit    int    // 50 if zero
}

func (f Filter) query() storage.Query {
	q := storage.Query{Sort: "-created", Limit: f.Limit, After: f.After}
	if f.Clusters != nil {
		q.Where = append(q.Where, storage.Cond{Field: "cluster", Op: storage.In, Value: f.Clusters})
	}
	for field, v := range map[string]string{"state": string(f.State), "kind": f.Kind, "about": f.About, "ref": f.Ref} {
		if v != "" {
			q.Where = append(q.Where, storage.Is(field, v))
		}
	}
	split := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for i, w := range strings.FieldsFunc(strings.ToLower(f.Text), split) {
		if i == 5 {
			break
		}
		q.Where = append(q.Where, storage.Cond{Field: "words", Op: storage.Prefix, Value: w})
	}
	return q
}

// List gives mails, the newest first, and where the list goes on.
func (o *Outbox) List(ctx context.Context, f Filter) (list []*Mail, next string, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		list, next, err = mails.Page(tx, f.query())
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list mail: %w", err)
	}
	return list, next, nil
}

// Mail gives one by its key, or storage.ErrNotFound.
func (o *Outbox) Mail(ctx context.Context, id string) (m *Mail, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		m, err = mails.Get(tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show mail: %w", err)
	}
	return m, nil
}

// MailIn is Mail in a caller's transaction.
func (o *Outbox) MailIn(tx *storage.Tx, id string) (*Mail, error) { return mails.Get(tx, id) }

// Secret reports whether a mail lets whoever reads it act as its recipient
// everywhere: it is shown to nobody else, not even to an administrator.
func (m *Mail) Secret() bool { return strings.HasPrefix(m.Kind, "account.") }

// A Pulse says whether mail leaves.
type Pulse struct {
	Due      int       // mails that could have left a minute ago and have not been taken up
	Since    time.Time // since when the first of them waits; zero if there is none
	LastSent time.Time // when the last mail left, as far as the newest hundred tell
}

// Pulse looks how the work goes: if programs that send are alive, nothing is due
// for long.
func (o *Outbox) Pulse(ctx context.Context) (p Pulse, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		late := storage.Query{Sort: "due", Where: []storage.Cond{
			storage.Is("ready", true), {Field: "due", Op: storage.Le, Value: tx.Now().Add(-time.Minute)},
		}}
		if p.Due, err = mails.Count(tx, late); err != nil {
			return err
		}
		if first, err := mails.First(tx, late); err == nil {
			p.Since = first.Due
		} else if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		sent, err := mails.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(Sent))}, Sort: "-created", Limit: 100})
		for _, m := range sent {
			if m.SentAt.After(p.LastSent) {
				p.LastSent = m.SentAt
			}
		}
		return err
	})
	if err != nil {
		return Pulse{}, fmt.Errorf("look how mail goes: %w", err)
	}
	return p, nil
}

// Counts counts the mails of the clusters (nil: all mails) by their state.
func (o *Outbox) Counts(ctx context.Context, clusters []string) (counts map[State]int, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		n, err := mails.CountBy(tx, Filter{Clusters: clusters}.query(), "state")
		counts = map[State]int{}
		for s, c := range n {
			counts[State(s)] = c
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count mail: %w", err)
	}
	return counts, nil
}
