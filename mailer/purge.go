package mailer

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// PurgeIssues deletes copies of issues that came to their end before a moment,
// at most limit of them in one transaction, and the issues of which none is left.
// It returns how many documents are gone. Copies name people: they are not kept
// for ever; Forgetting keeps what is to last.
func (o *Outbox) PurgeIssues(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = o.DB.Update(ctx, func(tx *storage.Tx) error {
		n = 0
		old, err := issues.Find(tx, storage.Query{
			Where: []storage.Cond{storage.Is("open", false), {Field: "created", Op: storage.Lt, Value: before}}, Sort: "created",
		})
		if err != nil {
			return err
		}
		for _, i := range old {
			if n >= limit || !i.Updated.Before(before) {
				continue
			}
			gone, err := o.purgeIssue(tx, i, limit-n)
			if err != nil {
				return err
			}
			n += gone
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("purge issues: %w", err)
	}
	return n, nil
}

// purgeIssue deletes up to limit copies of an issue, or, when none is left, the
// issue.
func (o *Outbox) purgeIssue(tx *storage.Tx, i *Issue, limit int) (int, error) {
	if o.Forgetting != nil {
		if ok, err := o.Forgetting(tx, i); err != nil || !ok {
			return 0, err
		}
	}
	copies, err := deliveries.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("issue", i.ID)}, Limit: limit})
	if err != nil {
		return 0, err
	}
	for _, d := range copies {
		if err := deliveries.Delete(tx, d); err != nil {
			return 0, err
		}
	}
	if len(copies) > 0 {
		return len(copies), nil
	}
	return 1, issues.Delete(tx, i)
}
