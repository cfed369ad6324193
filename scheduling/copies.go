package scheduling

import (
	"context"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// Copies are an issue of many alike and the copies of it that one asked for.
type Copies struct {
	Issue  *mailer.Issue
	Counts map[mailer.State]int
	List   []*mailer.Delivery
	Next   string // where the list goes on
}

// ownIssue gives an issue that by may see: one of their clusters'.
func (d *Desk) ownIssue(tx *storage.Tx, by Actor, id string) (*mailer.Issue, error) {
	i, err := d.Outbox.IssueIn(tx, id)
	if err != nil {
		return nil, err
	}
	if !by.Administers() && (i.Cluster == "" || !by.Organises(i.Cluster)) {
		return nil, errHidden
	}
	return i, nil
}

// Copies lists the copies of an issue of by's clusters, those in one state or all.
func (d *Desk) Copies(ctx context.Context, by Actor, issue string, s mailer.State, after string) (c Copies, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c.Issue, err = d.ownIssue(tx, by, issue)
		return err
	})
	if err != nil {
		return c, err
	}
	if c.Counts, err = d.Outbox.IssueCounts(ctx, issue); err != nil {
		return c, err
	}
	c.List, c.Next, err = d.Outbox.Deliveries(ctx, issue, s, after, 50)
	return c, err
}

// OpenIssues are the issues of by's clusters that have something left to send,
// the newest first.
func (d *Desk) OpenIssues(ctx context.Context, by Actor) ([]*mailer.Issue, error) {
	all, err := d.Outbox.OpenIssues(ctx)
	if err != nil {
		return nil, err
	}
	var own []*mailer.Issue
	for _, i := range all {
		if by.Administers() || i.Cluster != "" && by.Organises(i.Cluster) {
			own = append(own, i)
		}
	}
	return own, nil
}

// ResendCopies lets copies of an issue leave once more that have come to their
// end without being sent, and says how many do.
func (d *Desk) ResendCopies(ctx context.Context, by Actor, issue string, ids ...string) (n int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		i, err := d.ownIssue(tx, by, issue)
		if err != nil {
			return err
		}
		if n, err = d.Outbox.Again(tx, issue, ids...); err != nil || n == 0 {
			return err
		}
		return d.log(tx, by, "issue.resend", i.ID, "", i.Kind, "")
	})
	return n, err
}
