package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// ForgetInTime follows the retention rules: what is older than they say is
// emptied or deleted, portion by portion, with a proof of how much it was. Then
// it sees to it that what went, and whoever was erased, is gone from the
// database's files too. It can be stopped and repeated at any point.
func (d *Desk) ForgetInTime(ctx context.Context, now time.Time) (done int, err error) {
	for _, r := range RetentionRules {
		if r.Elsewhere {
			continue
		}
		n, err := d.applyRule(ctx, r, now)
		if done += n; err != nil {
			return done, fmt.Errorf("retention rule %s: %w", r.Key, err)
		}
	}
	if err := d.scrubForgotten(ctx); err != nil {
		return done, fmt.Errorf("retention: %w", err)
	}
	return done, nil
}

// applyRule does what one rule says.
func (d *Desk) applyRule(ctx context.Context, r RetentionRule, now time.Time) (int, error) {
	var s *retentionSetting
	err := d.view(ctx, func(tx *storage.Tx) (err error) {
		s, err = settingOf(tx, r)
		return err
	})
	if err != nil {
		return 0, err
	}
	w := &retentionWalk{rule: r, days: s.Days, before: now.AddDate(0, 0, -s.Days)}
	if !s.Through.IsZero() {
		w.since = s.Through.AddDate(0, 0, -lookBack)
	}
	if err := r.work(d, ctx, w); err != nil {
		return w.count, err
	}
	return w.count, d.update(ctx, func(tx *storage.Tx) error {
		s, err := settingOf(tx, r)
		if err != nil || !w.before.After(s.Through) {
			return err
		}
		s.Through = w.before
		return retentionSettings.Put(tx, s)
	})
}

// lookBack is how many days before the point that a rule had reached it looks
// again: something may have been written late.
const lookBack = 60

// A retentionWalk is one rule on its way through a collection.
type retentionWalk struct {
	rule          RetentionRule
	days          int
	since, before time.Time // what ended in between is looked at
	dry           bool
	count         int
}

// retentionAtOnce is how many documents one transaction changes.
const retentionAtOnce = 500

// portion lets do change up to retentionAtOnce documents in one transaction, with
// the proof; again and again until nothing is left. A dry walk looks once and
// changes nothing.
func (w *retentionWalk) portion(d *Desk, ctx context.Context, do func(tx *storage.Tx, most int) (int, error)) error {
	if w.dry {
		return d.view(ctx, func(tx *storage.Tx) error {
			n, err := do(tx, 0)
			w.count += n
			return err
		})
	}
	for {
		n := 0
		err := d.update(ctx, func(tx *storage.Tx) (err error) {
			if n, err = do(tx, retentionAtOnce); err != nil || n == 0 {
				return err
			}
			return w.prove(tx, n)
		})
		if w.count += n; err != nil || n < retentionAtOnce {
			return err
		}
	}
}

// prove writes down what was done, in the proof of the day.
func (w *retentionWalk) prove(tx *storage.Tx, n int) error {
	id := w.rule.Key + "/" + tx.Now().Format(time.DateOnly)
	p, err := retentionRuns.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		p, err = &RetentionRun{Meta: storage.Meta{ID: id}, Rule: w.rule.Key}, nil
	}
	if err != nil {
		return err
	}
	p.At, p.Days, p.Scrubbed, p.ScrubbedAt = tx.Now(), w.days, false, time.Time{}
	p.Count += n
	return retentionRuns.Put(tx, p)
}

// clearing empties those of what q asks for that change alters, up to most of them;
// with most 0 it only counts.
func clearing[T any](tx *storage.Tx, c shelf[T], q storage.Query, most int, change func(*T) bool) (n int, err error) {
	for v, err := range c.Each(tx, q) {
		if err != nil {
			return n, err
		}
		if !change(v) {
			continue
		}
		if n++; most == 0 {
			continue
		}
		if err := c.Put(tx, v); err != nil {
			return n, err
		}
		if n == most {
			return n, nil
		}
	}
	return n, nil
}

// over asks for what ended in the walk's time, by a field.
func (w *retentionWalk) over(field string) storage.Query {
	q := storage.Query{Where: []storage.Cond{{Field: field, Op: storage.Lt, Value: w.before}}}
	if !w.since.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: field, Op: storage.Ge, Value: w.since})
	}
	return q
}

// owners are the ids of those of what q asks for.
func owners[T any](d *Desk, ctx context.Context, c shelf[T], q storage.Query, id func(*T) string) (ids []string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		ids = nil
		for v, err := range c.Each(tx, q) {
			if err != nil {
				return err
			}
			ids = append(ids, id(v))
		}
		return nil
	})
	return ids, err
}

// scrubForgotten removes from the database's files what was forgotten since that
// was done last, and says so in the proofs.
func (d *Desk) scrubForgotten(ctx context.Context) error {
	unscrubbed := storage.Query{Where: []storage.Cond{storage.Is("scrubbed", false)}}
	gone := storage.Query{Where: []storage.Cond{storage.Is("state", string(ErasureDone))}}
	n := 0
	began := d.now()
	err := d.view(ctx, func(tx *storage.Tx) error {
		runs, err := retentionRuns.Count(tx, unscrubbed)
		if err != nil {
			return err
		}
		persons, err := erasures.Count(tx, gone)
		n = runs + persons
		return err
	})
	if err != nil || n == 0 {
		return err
	}
	if err := d.DB.Scrub(ctx); err != nil {
		return err
	}
	return d.update(ctx, func(tx *storage.Tx) error {
		_, err := blank(tx, retentionRuns, unscrubbed, func(r *RetentionRun) bool {
			r.Scrubbed, r.ScrubbedAt = !r.At.After(began), tx.Now()
			return r.Scrubbed
		})
		if err != nil {
			return err
		}
		_, err = blank(tx, erasures, gone, func(e *Erasure) bool {
			e.State, e.ScrubbedAt = ErasureClean, tx.Now()
			return !e.DoneAt.After(began)
		})
		return err
	})
}
