package scheduling

import (
	"context"
	"errors"
	"time"

	"kohtaamo/storage"
)

// A feedMark says since when a feed has had its present bytes, under the feed's
// key. Clients that go by the date alone rely on it (Apple's do), and nothing
// in a feed's entries tells when one left it. It is written when the bytes have
// changed, by whichever server sees that first, so all servers of a database
// say the same, before and after a restart.
type feedMark struct {
	storage.Meta `bson:",inline"`
	Print        string    `bson:"print"`
	Changed      time.Time `bson:"changed"`           // whole seconds, and later at every change
	Fetched      string    `bson:"fetched,omitempty"` // of a personal feed: the last day somebody did, 2006-01-02 in UTC
}

var feedMarks = storage.NewCollection[feedMark]("feed_marks")

// markOf gives the mark of a feed, a new one if it was never asked for.
func markOf(tx *storage.Tx, key string) (*feedMark, error) {
	m, err := feedMarks.Get(tx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return &feedMark{Meta: storage.Meta{ID: key}}, nil
	}
	return m, err
}

// moveMark notes that a feed's bytes are others now. It fails with ErrConflict
// or ErrDuplicate where the mark is not any more what m was read as.
func (d *Desk) moveMark(ctx context.Context, m *feedMark, print string) error {
	before := *m
	err := d.update(ctx, func(tx *storage.Tx) error {
		m.Print, m.Changed = print, before.next(tx.Now())
		return feedMarks.Put(tx, m)
	})
	return err
}

// next is the date of a change at now: HTTP knows whole seconds only, so it is
// rounded up, and is a second after the one before where that is not past.
func (m *feedMark) next(now time.Time) time.Time {
	at := now.UTC().Truncate(time.Second)
	if at.Before(now) {
		at = at.Add(time.Second)
	}
	if !m.Changed.IsZero() {
		at = later(at, m.Changed.UTC().Add(time.Second))
	}
	return at
}

// noteFetch notes, once a day, that a personal feed is in use, and keeps the
// secret that opened it. That it fails is no reason not to answer.
func (d *Desk) noteFetch(ctx context.Context, key string, f *keptFeed, link, day string) {
	if f.fetched != day {
		if err := d.putFetch(ctx, key, day); err != nil {
			d.Log.WarnContext(ctx, "could not note that a calendar is in use", "err", err)
			return
		}
	}
	fresh := *f
	fresh.fetched, fresh.link = day, link
	d.feeds.put(key, &fresh)
}

func (d *Desk) putFetch(ctx context.Context, key, day string) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		m, err := markOf(tx, key)
		if err != nil || m.Fetched == day {
			return err
		}
		m.Fetched = day
		return feedMarks.Put(tx, m)
	})
}
