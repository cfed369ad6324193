package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kohtaamo/storage"
)

// maxFeeds is how many calendar addresses a person may have at once.
const maxFeeds = 10

// FeedAlarms are the times before a start, in minutes, that a calendar can be
// told to sound at.
var FeedAlarms = []int{15, 60, 24 * 60}

// A FeedAddress is a member's secret calendar address with what they want to
// have in it. Its text is signed, not stored; a higher generation rotates it,
// Revoked ends it. It stays after that, so that its address can say so.
type FeedAddress struct {
	storage.Meta `bson:",inline"`
	PersonID     string    `bson:"person_id"`
	Slot         string    `bson:"slot,omitempty"` // person and number, while it is not revoked: so many a person
	Name         string    `bson:"name,omitempty"` // the person's own; may be empty
	Scopes       []string  `bson:"scopes,omitempty"`
	Lang         string    `bson:"lang"`
	AllDay       bool      `bson:"all_day,omitempty"` // events of several days as whole days
	Alarms       []int     `bson:"alarms,omitempty"`  // minutes before the start; none unless asked for
	Generation   int       `bson:"generation"`
	Revoked      bool      `bson:"revoked"`
	Restyled     time.Time `bson:"restyled,omitempty"` // when all its entries began to look as they do

	URL     string `bson:"-"` // the address; empty where it is revoked
	Fetched string `bson:"-"` // the last day it was asked for, 2006-01-02 in UTC; empty: never
}

var feedTokens = storage.NewCollection[FeedAddress]("feed_tokens", storage.Ordered("person_id"), storage.UniqueIf("slot"))

// Has reports whether the feed shows a scope. One from before there were any
// shows what one registered for.
func (t *FeedAddress) Has(scope string) bool {
	if len(t.Scopes) == 0 {
		return scope == feedScopes[0].name
	}
	return slices.Contains(t.Scopes, scope)
}

// Sounds reports whether the feed's calendars sound so many minutes before.
func (t *FeedAddress) Sounds(minutes int) bool { return slices.Contains(t.Alarms, minutes) }

// checkFeed cleans t and says everything that is wrong with it.
func (d *Desk) checkFeed(t *FeedAddress) error {
	f := faults{}
	t.Name = cleanLine(t.Name)
	f.limit("name", t.Name, lineLimit)
	if len(t.Scopes) == 0 {
		f.add("scopes", "feeds.no_scope")
	}
	for _, name := range t.Scopes {
		if !slices.Contains(FeedScopes(), name) {
			f.add("scopes", "problem.choice")
		}
	}
	if !d.Texts.Has(t.Lang) {
		f.add("lang", "problem.choice")
	}
	for _, minutes := range t.Alarms {
		if !slices.Contains(FeedAlarms, minutes) {
			f.add("alarms", "problem.choice")
		}
	}
	slices.Sort(t.Alarms)
	t.Alarms = slices.Compact(t.Alarms)
	return f.problem()
}

// FeedAddresses are the signed-in person's own, oldest first, without those
// that are revoked.
func (d *Desk) FeedAddresses(ctx context.Context, by Actor) (list []*FeedAddress, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if list, err = feedsOf(tx, by); err != nil {
			return err
		}
		for _, t := range list {
			if err := d.address(tx, t); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// FeedAddress gives one of the signed-in person's own.
func (d *Desk) FeedAddress(ctx context.Context, by Actor, id string) (t *FeedAddress, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if t, err = ownFeed(tx, by, id); err != nil {
			return err
		}
		return d.address(tx, t)
	})
	return t, err
}

func feedsOf(tx *storage.Tx, by Actor) ([]*FeedAddress, error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	all, err := feedTokens.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", by.ID)}})
	all = slices.DeleteFunc(all, func(t *FeedAddress) bool { return t.Revoked })
	slices.SortStableFunc(all, func(a, b *FeedAddress) int { return a.Created.Compare(b.Created) })
	return all, err
}

func ownFeed(tx *storage.Tx, by Actor, id string) (*FeedAddress, error) {
	t, err := feedTokens.Get(tx, id)
	if err == nil && (!by.SignedIn() || t.PersonID != by.ID || t.Revoked) {
		return nil, errHidden
	}
	return t, err
}

// address fills in what is not stored with t.
func (d *Desk) address(tx *storage.Tx, t *FeedAddress) error {
	t.URL = d.BaseURL + "/feeds/" + d.sign("feed", t.ID, t.Generation) + ".ics"
	m, err := markOf(tx, personalKey(t.ID))
	if err == nil {
		t.Fetched = m.Fetched
	}
	return err
}

// SaveFeed stores a new calendar address of the signed-in person, under t.ID if
// that is set, or what they changed about one. The same new one twice is one.
func (d *Desk) SaveFeed(ctx context.Context, by Actor, t *FeedAddress) error {
	if err := d.checkFeed(t); err != nil {
		return err
	}
	if t.Rev > 0 {
		return d.editFeed(ctx, by, t)
	}
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.newFeed(tx, by, t) })
	})
	if errors.Is(err, storage.ErrDuplicate) { // the id is somebody else's
		return &Problem{Kind: Exists, Key: "problem.invalid"}
	}
	if err != nil {
		return fmt.Errorf("make a feed: %w", err)
	}
	return nil
}

func (d *Desk) editFeed(ctx context.Context, by Actor, t *FeedAddress) error {
	var stored *FeedAddress
	err := d.onFeed(ctx, by, t.ID, "feed.save", func(tx *storage.Tx, had *FeedAddress) error {
		if had.Rev != t.Rev {
			return storage.ErrConflict
		}
		had.take(t, tx.Now())
		stored = had
		return d.address(tx, had)
	})
	if err == nil {
		*t = *stored
	}
	return err
}

// take copies what a person chooses. What changes the look of every entry is
// noted, so that calendars that go by revisions take it over.
func (t *FeedAddress) take(in *FeedAddress, now time.Time) {
	if t.Lang != in.Lang || t.AllDay != in.AllDay || !slices.Equal(t.Alarms, in.Alarms) {
		t.Restyled = now
	}
	t.Name, t.Scopes, t.Lang, t.AllDay, t.Alarms = in.Name, in.Scopes, in.Lang, in.AllDay, in.Alarms
}

func (d *Desk) newFeed(tx *storage.Tx, by Actor, t *FeedAddress) error {
	own, err := feedsOf(tx, by)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(own, func(o *FeedAddress) bool { return o.ID == t.ID }); i >= 0 {
		*t = *own[i]
		return d.address(tx, t)
	}
	t.ID, t.PersonID, t.Generation, t.Revoked, t.Restyled = orNew(t.ID), by.ID, 0, false, time.Time{}
	if t.Slot = freeSlot(by.ID, own); t.Slot == "" {
		return &Problem{Kind: Full, Key: "feeds.too_many", Args: []any{"count", maxFeeds}}
	}
	if err := feedTokens.Put(tx, t); err != nil {
		return err
	}
	if err := d.address(tx, t); err != nil {
		return err
	}
	return d.log(tx, by, "feed.create", t.ID, by.ID, t.Name, "")
}

// freeSlot is a number that none of own has; "" where there are too many. Two
// new ones at once meet there.
func freeSlot(personID string, own []*FeedAddress) string {
	if len(own) >= maxFeeds {
		return ""
	}
	for i := 0; ; i++ {
		slot := personID + "/" + strconv.Itoa(i)
		if !slices.ContainsFunc(own, func(t *FeedAddress) bool { return t.Slot == slot }) {
			return slot
		}
	}
}

// RotateFeed gives one of the signed-in person's feeds a new secret address;
// the one before answers that it is gone.
func (d *Desk) RotateFeed(ctx context.Context, by Actor, id string) error {
	return d.onFeed(ctx, by, id, "feed.rotate", func(_ *storage.Tx, t *FeedAddress) error {
		t.Generation++
		return nil
	})
}

// RevokeFeed ends one of the signed-in person's feeds for good.
func (d *Desk) RevokeFeed(ctx context.Context, by Actor, id string) error {
	return d.onFeed(ctx, by, id, "feed.revoke", func(_ *storage.Tx, t *FeedAddress) error {
		t.Revoked, t.Slot = true, ""
		return nil
	})
}

// onFeed changes one of by's feeds.
func (d *Desk) onFeed(ctx context.Context, by Actor, id, action string, change func(*storage.Tx, *FeedAddress) error) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, err := ownFeed(tx, by, id)
		if err != nil {
			return err
		}
		if err := change(tx, t); err != nil {
			return err
		}
		if err := feedTokens.Put(tx, t); err != nil {
			return err
		}
		return d.log(tx, by, action, t.ID, by.ID, t.Name, "")
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, changedMeanwhile(err))
	}
	return nil
}

// opens checks the secret part of a feed address.
func (d *Desk) opens(t *FeedAddress, mac []byte) error {
	for g := t.Generation; g >= 0; g-- {
		if d.signed("feed", t.ID, g, mac) {
			if g < t.Generation || t.Revoked {
				return ErrGone
			}
			return nil
		}
	}
	return errHidden
}

// errEnded makes an error out of looking for what a feed hangs on: where that
// is not there any more, the feed is gone.
func errEnded(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return ErrGone
	}
	return err
}
