package scheduling

import (
	"errors"
	"maps"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// CampaignResults are the figures of a campaign whose copies are deleted, as
// they were when the first of them was.
type CampaignResults struct {
	Counts       map[mailer.State]int `bson:"counts"`
	Unsubscribed int                  `bson:"unsubscribed"`
}

// KeepResults writes the figures of an issue's campaign down before its copies
// are deleted, and what it said: see sentSheet. It reports false while the
// campaign has not come to its end.
func (d *Desk) KeepResults(tx *storage.Tx, i *mailer.Issue) (bool, error) {
	if i.Kind != kindCampaign {
		return true, nil
	}
	c, err := campaigns.Get(tx, i.Ref)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return true, nil
	case err != nil:
		return false, err
	case c.Results != nil || !c.Over():
		return c.Over(), nil
	}
	if err := keepSheets(tx, c, i); err != nil {
		return false, err
	}
	r, err := d.results(tx, c)
	if err != nil {
		return false, err
	}
	c.Results = &r
	return true, campaigns.Put(tx, c)
}

// results are the figures of a campaign: those that were kept, or else counted.
func (d *Desk) results(tx *storage.Tx, c *Campaign) (r CampaignResults, err error) {
	if c.Results != nil {
		return CampaignResults{maps.Clone(c.Results.Counts), c.Results.Unsubscribed}, nil
	}
	if r.Counts, err = d.countCopies(tx, c); err != nil {
		return r, err
	}
	r.Unsubscribed, err = d.leftSince(tx, c)
	return r, err
}

// countCopies adds up the copies of all sendings: of one that was sent again, the
// last one counts.
func (d *Desk) countCopies(tx *storage.Tx, c *Campaign) (map[mailer.State]int, error) {
	all := map[mailer.State]int{}
	for n := 0; n <= c.Again; n++ {
		counts, err := d.Outbox.CountsIn(tx, sending(c, n))
		if err != nil {
			return nil, err
		}
		total := 0
		for s, k := range counts {
			all[s] += k
			total += k
		}
		if n > 0 {
			replaced(all, total)
		}
	}
	return all, nil
}

// replaced takes out of the counts as many copies as were sent again.
func replaced(counts map[mailer.State]int, n int) {
	for _, s := range []mailer.State{mailer.Failed, mailer.Expired, mailer.Assumed} {
		k := min(n, counts[s])
		counts[s] -= k
		n -= k
	}
}
