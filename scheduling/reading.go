package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A Reading is one thing that somebody did with their copy of a campaign who
// allowed that this is counted: what it was, and by Created when it was first.
// There is one at most of each kind for a copy, for its ID is made of both.
type Reading struct {
	storage.Meta `bson:",inline"`
	CampaignID   string    `bson:"campaign_id"`
	ListID       string    `bson:"list_id"`
	Reader       string    `bson:"reader"` // mailer.AddressKey
	What         string    `bson:"what"`
	Until        time.Time `bson:"until"` // when it is deleted
}

// What readings say. The first is there from the promise of the copy on, and
// without it nothing is counted: who withdraws takes it away.
const (
	readingAllowed = "allowed"
	readingOpened  = "opened"
	readingClicked = "clicked" // any of the links
)

// readingOfLink is what using a campaign's nth link is called, from 1.
func readingOfLink(n int) string { return "link" + strconv.Itoa(n) }

// readingsKept is how long readings are kept after their campaign began, and how
// long anything is counted.
const readingsKept = 180 * 24 * time.Hour

var readings = storage.NewCollection[Reading]("readings",
	storage.Ordered("campaign_id", "what"), storage.Ordered("reader"), storage.Ordered("until"))

// allowsCounting reports whether the reader of an address allows that is counted
// what they do with what is sent to a list; without a list, with an invitation.
func allowsCounting(tx *storage.Tx, reader, listID string) (bool, error) {
	mine, err := subscriptions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("key", reader)}})
	on := listID == "" // nobody is asked before an invitation
	for _, s := range mine {
		if !s.Tracking {
			return false, err // what they say of one counts for all
		}
		if s.ListID == listID {
			on = s.On()
		}
	}
	return on && len(mine) > 0, err
}

// allow begins the counting of one copy of c.
func allow(tx *storage.Tx, c *Campaign, reader, copyID string) error {
	return keepReading(tx, copyID, &Reading{CampaignID: c.ID, ListID: c.ListID, Reader: reader, What: readingAllowed, Until: c.Begun.Add(readingsKept)})
}

// keepReading stores one of a copy, unless it is there.
func keepReading(tx *storage.Tx, copyID string, r *Reading) error {
	r.ID = copyID + "/" + r.What
	switch _, err := readings.Get(tx, r.ID); {
	case err == nil:
		return nil
	case !errors.Is(err, storage.ErrNotFound):
		return err
	}
	return readings.Put(tx, r)
}

// countReading notes what was done with a copy, each thing once, while its reader
// allows it.
func (d *Desk) countReading(ctx context.Context, copyID string, what ...string) error {
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return countIn(tx, copyID, what) })
	})
	if err != nil {
		return fmt.Errorf("count a reading: %w", err)
	}
	return nil
}

func countIn(tx *storage.Tx, copyID string, what []string) error {
	allowed, err := readings.Get(tx, copyID+"/"+readingAllowed)
	if err != nil || !tx.Now().Before(allowed.Until) {
		return ignoreMissing(err)
	}
	if on, err := allowsCounting(tx, allowed.Reader, allowed.ListID); err != nil || !on {
		return err
	}
	for _, w := range what {
		r := &Reading{CampaignID: allowed.CampaignID, ListID: allowed.ListID, Reader: allowed.Reader, What: w, Until: allowed.Until}
		if err := keepReading(tx, copyID, r); err != nil {
			return err
		}
	}
	return readings.Put(tx, allowed) // so that it meets a withdrawal at the same moment
}

// forgetReadings deletes what was counted of a reader: everything once they do
// not allow it any more, and what went to a list once they left that.
func (s *Subscription) forgetReadings(tx *storage.Tx) error {
	if s.Tracking && s.On() || !s.Tracking && s.TrackingSaid == nil {
		return nil
	}
	list, err := readings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("reader", s.Key)}})
	for _, r := range list {
		if s.Tracking && r.ListID != s.ListID {
			continue
		}
		if err := readings.Delete(tx, r); err != nil {
			return err
		}
	}
	return err
}

// FollowCounts are how many readers did what.
type FollowCounts struct {
	Allowed int   `bson:"allowed"` // who were promised a copy and allow that it is counted
	Opened  int   `bson:"opened"`
	Clicked int   `bson:"clicked"` // any of the links
	Links   []int `bson:"links"`   // each of them, in the order of the campaign's
}

// leastCounted is from how many readers on figures are shown: with fewer, they
// would be about somebody.
const leastCounted = 5

// followCounts adds up what was counted of c; nil where too few allow it.
func followCounts(tx *storage.Tx, c *Campaign) (*FollowCounts, error) {
	if c.Followed != nil {
		return c.Followed, nil
	}
	n, err := readings.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("campaign_id", c.ID)}}, "what")
	if err != nil || n[readingAllowed] < leastCounted {
		return nil, err
	}
	f := &FollowCounts{Allowed: n[readingAllowed], Opened: n[readingOpened], Clicked: n[readingClicked]}
	for i := range c.Links {
		f.Links = append(f.Links, n[readingOfLink(i+1)])
	}
	return f, nil
}

// forgottenAtOnce is how many readings one transaction deletes.
const forgottenAtOnce = 500

// ForgetReadings deletes the readings whose time has come and keeps their sums
// with their campaigns. It says how many there were.
func (d *Desk) ForgetReadings(ctx context.Context, now time.Time) (done int, err error) {
	for n := forgottenAtOnce; n == forgottenAtOnce && ctx.Err() == nil; done += n {
		err = d.update(ctx, func(tx *storage.Tx) error {
			n, err = forgetOldReadings(tx, now)
			return err
		})
		if err != nil {
			return done, fmt.Errorf("forget readings: %w", err)
		}
	}
	return done, ctx.Err()
}

func forgetOldReadings(tx *storage.Tx, now time.Time) (n int, err error) {
	old, err := readings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "until", Op: storage.Le, Value: now}}, Sort: "until", Limit: forgottenAtOnce})
	if err != nil {
		return 0, err
	}
	var summed []string
	for _, r := range old {
		if !slices.Contains(summed, r.CampaignID) {
			summed = append(summed, r.CampaignID)
			if err := sumUp(tx, r.CampaignID); err != nil {
				return 0, err
			}
		}
		if err := readings.Delete(tx, r); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// sumUp keeps with a campaign what was counted of it, before the first of its
// readings goes.
func sumUp(tx *storage.Tx, id string) error {
	c, err := campaigns.Get(tx, id)
	if err != nil {
		return ignoreMissing(err)
	}
	if c.Followed != nil {
		return nil
	}
	if c.Followed, err = followCounts(tx, c); err != nil || c.Followed == nil {
		return err
	}
	return campaigns.Put(tx, c)
}

// makeCounted gives a copy of c the addresses that are counted, if its reader
// still allows it.
func (d *Desk) makeCounted(tx *storage.Tx, c *Campaign, one *mailer.Delivery) error {
	reader, copyID := mailer.AddressKey(one.To), mailer.DeliveryKey(c.ID, one.To)
	if on, err := allowsCounting(tx, reader, c.ListID); err != nil || !on {
		return err
	}
	one.Sheet = countedName(one.Lang)
	d.countedParams(c, copyID, one.Params)
	return allow(tx, c, reader, copyID)
}

// stillCounted is the sheet of a copy that is sent again: the counted one only
// for who still allows it.
func stillCounted(tx *storage.Tx, c *Campaign, one *mailer.Delivery) (sheet string, err error) {
	if one.Sheet == "" {
		return "", nil
	}
	if on, err := allowsCounting(tx, mailer.AddressKey(one.To), c.ListID); err != nil || !on {
		return "", err
	}
	return one.Sheet, nil
}
