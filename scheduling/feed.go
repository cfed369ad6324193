package scheduling

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

const (
	feedPast    = 90 * 24 * time.Hour  // how long an event stays in a feed after its end
	feedAhead   = 550 * 24 * time.Hour // how far a feed looks
	feedKeep    = 60 * 24 * time.Hour  // how long at least something cancelled stays
	feedEvents  = 2000                 // the most a feed holds; the nearest ones
	feedRefresh = 6 * time.Hour        // what clients are asked to wait
	feedsKept   = 512                  // rendered feeds in memory
)

// ErrGone is what a rotated or revoked feed address answers: its client should
// stop asking.
var ErrGone = errors.New("gone")

// A Feed is a rendered calendar, kept until something in it changes.
type Feed struct {
	Body     []byte
	Gzip     []byte
	ETag     string    // strong, without quotes; the gzip form has its own, see GzipETag
	Modified time.Time // when its bytes changed last, in whole seconds; zero: not known
	Private  bool      // must not be kept by shared caches
}

// GzipETag tells the compressed form apart (RFC 9110, section 8.8.1).
func (f *Feed) GzipETag() string { return f.ETag + "-gz" }

// Feeds keeps rendered feeds. The zero value is ready.
type Feeds struct {
	mu      sync.Mutex
	kept    map[string]*keptFeed
	entries *ical.Cache
	flight  singleflight.Group // a feed that many wait for is made once
}

// A keptFeed is a Feed and what has to be so for it to be served again.
type keptFeed struct {
	feed    *Feed
	changes uint64    // of the collections it was made from
	until   time.Time // when the clock may move something out of its window
	fetched string    // the last day that is noted as one it was fetched on
	address *FeedAddress
	link    string // of a personal feed: the secret that opens it
}

// peek gives the feed of a key if it can be served as it is, or nil.
func (k *Feeds) peek(key string, changes uint64, now time.Time) *keptFeed {
	if f := k.last(key); f != nil && f.changes == changes && now.Before(f.until) {
		return f
	}
	return nil
}

// last gives the feed of a key as it was, or nil.
func (k *Feeds) last(key string) *keptFeed {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept[key]
}

func (k *Feeds) cache() *ical.Cache {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.entries == nil {
		k.entries = ical.NewCache(8 << 20)
		k.kept = map[string]*keptFeed{}
	}
	return k.entries
}

// put keeps a feed; where there are too many, any other one goes.
func (k *Feeds) put(key string, f *keptFeed) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for other := range k.kept {
		if len(k.kept) < feedsKept {
			break
		}
		delete(k.kept, other)
	}
	k.kept[key] = f
}

// A source is what a feed is rendered from.
type source struct {
	calendar ical.Calendar
	entries  []ical.Entry
	private  bool
	file     bool         // one entry, to download: it names its organizer
	address  *FeedAddress // of a personal feed
}

// encode writes the source. An entry that cannot be written never breaks the
// rest: it is left out, and named in the log by its number.
func (d *Desk) encode(ctx context.Context, src *source) ([]byte, error) {
	if src.file {
		return ical.Publish(src.entries[0])
	}
	body, skipped := d.feeds.cache().Encode(src.calendar, src.entries)
	for _, err := range skipped {
		d.Log.WarnContext(ctx, "left out of a calendar", "uid", err.UID, "err", err.Reason)
	}
	return body, nil
}

// An order is a feed that somebody asks for: what it is kept under, the changes
// of what it is made from as they were before it is made, and how to make it.
type order struct {
	key     string
	changes uint64
	build   func(*storage.Tx) (*source, error)
}

// feed gives the feed of an order, made anew if what it is made from changed.
// Where that cannot be done for the moment, the one before is better than an
// error: some clients switch a calendar off when they get one.
func (d *Desk) feed(ctx context.Context, o order) (*keptFeed, error) {
	if f := d.feeds.peek(o.key, o.changes, d.now()); f != nil {
		return f, nil
	}
	flight := fmt.Sprintf("%s %d", o.key, o.changes) // nobody gets what was made before their own change
	made, err, _ := d.feeds.flight.Do(flight, func() (any, error) { return d.makeFeed(ctx, o) })
	if err == nil {
		return made.(*keptFeed), nil
	}
	old := d.feeds.last(o.key)
	if old == nil || errors.Is(err, storage.ErrNotFound) || errors.Is(err, ErrGone) {
		return nil, err
	}
	d.Log.WarnContext(ctx, "served a calendar as it was", "err", err)
	return old, nil
}

// makeFeed renders a feed and finds out since when it says what it says. It
// starts over where another server noted a change of the same feed meanwhile:
// what was read before that may be older.
func (d *Desk) makeFeed(ctx context.Context, o order) (*keptFeed, error) {
	for attempt := 1; ; attempt++ {
		now := d.now()
		src, m, err := d.gather(ctx, o)
		if err != nil {
			return nil, err
		}
		body, err := d.encode(ctx, src)
		if err != nil {
			return nil, err
		}
		print := printOf(body)
		if m.Print != print {
			err = d.moveMark(ctx, m, print)
		}
		if (errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrDuplicate)) && attempt < 5 {
			continue
		}
		if err != nil {
			return nil, err
		}
		f := &keptFeed{changes: o.changes, until: dayOf(now).AddDate(0, 0, 1), fetched: m.Fetched, address: src.address}
		if f.feed, err = d.rendered(o.key, body, m, src.private); err != nil {
			return nil, err
		}
		d.feeds.put(o.key, f)
		return f, nil
	}
}

// gather reads the mark of a feed, then what the feed is made from.
func (d *Desk) gather(ctx context.Context, o order) (src *source, m *feedMark, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if m, err = markOf(tx, o.key); err != nil {
			return err
		}
		src, err = o.build(tx)
		return err
	})
	return src, m, err
}

// rendered is the feed of bytes that a mark speaks of; the one that is kept, if
// that has the same.
func (d *Desk) rendered(key string, body []byte, m *feedMark, private bool) (*Feed, error) {
	if old := d.feeds.last(key); old != nil && old.feed.ETag == m.Print && old.feed.Modified.Equal(m.Changed) {
		return old.feed, nil
	}
	zipped, err := compressed(body)
	return &Feed{Body: body, Gzip: zipped, ETag: m.Print, Modified: m.Changed, Private: private}, err
}

func compressed(body []byte) ([]byte, error) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return zipped.Bytes(), err
}

// printOf tells contents apart, as an ETag.
func printOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// dayOf is the beginning of now's day in UTC. Whatever enters or leaves a feed
// by the clock alone does so then, on all servers of one database at once.
func dayOf(now time.Time) time.Time { return now.UTC().Truncate(24 * time.Hour) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
