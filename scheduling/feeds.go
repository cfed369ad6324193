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

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

const (
	feedPast    = 90 * 24 * time.Hour  // how long an event stays in a feed after its end
	feedAhead   = 550 * 24 * time.Hour // how far a feed looks
	feedKeep    = 60 * 24 * time.Hour  // how long at least a cancelled event stays
	feedEvents  = 2000                 // the most a feed holds; the nearest ones
	feedRefresh = 6 * time.Hour        // what clients are asked to wait
	feedRecheck = time.Hour            // how long a feed is served without looking at the clock again
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
	Modified time.Time // when something in it changed last
	Private  bool      // must not be kept by shared caches
}

// GzipETag tells the compressed form apart (RFC 9110, section 8.8.1).
func (f *Feed) GzipETag() string { return f.ETag + "-gz" }

// Feeds keeps rendered feeds. The zero value is ready.
type Feeds struct {
	mu      sync.Mutex
	kept    map[string]*keptFeed
	entries *ical.Cache
}

// A keptFeed is a Feed and what has to be so for it to be served again.
type keptFeed struct {
	feed    *Feed
	changes uint64    // of the collections it was made from
	until   time.Time // when the clock may have moved something out of its window
	print   [sha256.Size]byte
}

// get gives the feed of a key, made anew if what it is made from changed. Where
// that cannot be done for the moment, the one before is better than an error:
// some clients switch a calendar off when they get one.
func (k *Feeds) get(key string, changes uint64, now time.Time, build func(*ical.Cache) (*source, error)) (*Feed, error) {
	if f := k.peek(key, changes, now); f != nil {
		return f, nil
	}
	k.mu.Lock()
	old := k.kept[key]
	k.mu.Unlock()
	cache := k.cache()
	src, err := build(cache)
	if old != nil && err != nil && !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, ErrGone) {
		return old.feed, nil
	}
	if err != nil {
		return nil, err
	}
	fresh := &keptFeed{changes: changes, until: now.Add(feedRecheck), print: src.fingerprint()}
	if old != nil && old.print == fresh.print {
		fresh.feed = old.feed
	} else if fresh.feed, err = src.render(cache, fresh.print); err != nil {
		return nil, err
	}
	k.put(key, fresh)
	return fresh.feed, nil
}

// peek gives the feed of a key if it can be served as it is, or nil.
func (k *Feeds) peek(key string, changes uint64, now time.Time) *Feed {
	k.mu.Lock()
	defer k.mu.Unlock()
	if f := k.kept[key]; f != nil && f.changes == changes && now.Before(f.until) {
		return f.feed
	}
	return nil
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
	born     time.Time // Modified of a feed without entries
}

// fingerprint changes exactly with what the feed says: the revisions of its
// entries and its own words, the version of the encoder and of the zone data.
func (s *source) fingerprint() [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%+v\x00", ical.Version(), s.calendar)
	for _, e := range s.entries {
		fmt.Fprintf(h, "%s %d %d %s\x00", e.UID, e.Sequence, e.Modified.UnixMilli(), e.Status)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

func (s *source) render(cache *ical.Cache, print [sha256.Size]byte) (*Feed, error) {
	body, _ := cache.Encode(s.calendar, s.entries)
	f := &Feed{Body: body, ETag: base64.RawURLEncoding.EncodeToString(print[:16]), Modified: s.born, Private: s.private}
	for _, e := range s.entries {
		if e.Modified.After(f.Modified) {
			f.Modified = e.Modified
		}
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	f.Gzip = zipped.Bytes()
	return f, nil
}

// PublicFeed is the calendar of a cluster, by its slug, or of all events for
// "all". It names no participants and holds no private link.
func (d *Desk) PublicFeed(ctx context.Context, slug, lang string) (*Feed, error) {
	changes := d.DB.Changes(events.Spec, clusters.Spec)
	key := "public/" + slug + "/" + lang
	feed, err := d.feeds.get(key, changes, d.now(), func(*ical.Cache) (*source, error) {
		return d.publicSource(ctx, slug, lang)
	})
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", slug, err)
	}
	return feed, nil
}

// KeptFeed is PublicFeed out of memory: nil where it would have to be made.
func (d *Desk) KeptFeed(slug, lang string) *Feed {
	return d.feeds.peek("public/"+slug+"/"+lang, d.DB.Changes(events.Spec, clusters.Spec), d.now())
}

func (d *Desk) publicSource(ctx context.Context, slug, lang string) (*source, error) {
	l := d.Texts.In(lang)
	src := &source{calendar: ical.Calendar{
		Name: l.Text("calendar.all", "house", d.House), Source: d.BaseURL + "/calendar/" + slug + ".ics",
		Zone: "Europe/Helsinki", Lang: l.Code(), Refresh: feedRefresh}}
	err := d.view(ctx, func(tx *storage.Tx) error {
		q := storage.Query{Sort: "starts", Where: []storage.Cond{storage.Is("listed", true)}}
		if slug != "all" {
			c, err := clusters.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
			if err != nil {
				return err
			}
			src.calendar.Name, src.calendar.Zone, src.calendar.Colour = c.Name.In(lang), c.Zone, c.Colour
			src.born = c.Updated
			q.Where = append(q.Where, storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: c.ID})
		}
		return d.publicEntries(tx, src, q, lang)
	})
	return src, err
}

func (d *Desk) publicEntries(tx *storage.Tx, src *source, q storage.Query, lang string) error {
	now := d.now()
	q.Where = append(q.Where,
		storage.Cond{Field: "ends", Op: storage.Gt, Value: now.Add(-feedPast)},
		storage.Cond{Field: "starts", Op: storage.Lt, Value: now.Add(feedAhead)})
	for e, err := range events.Each(tx, q) {
		if err != nil {
			return err
		}
		if inFeed(e, now) {
			src.entries = append(src.entries, d.Entry(e, lang))
		}
		if len(src.entries) == feedEvents {
			break
		}
	}
	return nil
}

// inFeed reports whether a cancelled event is still to be shown as such.
func inFeed(e *Event, now time.Time) bool {
	return e.State != Cancelled || now.Before(e.CancelledAt.Add(feedKeep)) || now.Before(e.Ends)
}

// EventFile is the calendar file of one event for whoever may see its page.
func (d *Desk) EventFile(ctx context.Context, by Actor, slug, lang string) ([]byte, *Event, error) {
	p, err := d.EventPage(ctx, by, slug)
	if err != nil {
		return nil, nil, err
	}
	x := d.Entry(p.Event, lang)
	x.Organizer = d.organizer(p.Event)
	body, err := ical.Publish(x)
	return body, p.Event, err
}

// PersonalFeed is the calendar behind a member's secret address. A rotated or
// revoked address gives ErrGone, one that was never ours storage.ErrNotFound.
func (d *Desk) PersonalFeed(ctx context.Context, link string) (*Feed, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, errHidden
	}
	changes := d.DB.Changes(events.Spec, registrations.Spec, feedTokens.Spec, people.Spec)
	return d.feeds.get("personal/"+link, changes, d.now(), func(*ical.Cache) (*source, error) {
		var src *source
		err := d.view(ctx, func(tx *storage.Tx) error {
			t, err := feedTokens.Get(tx, id)
			if err != nil {
				return err
			}
			if err := d.opens(t, mac); err != nil {
				return err
			}
			src, err = d.personalSource(tx, t)
			return err
		})
		return src, err
	})
}

// opens checks the secret part of a feed address.
func (d *Desk) opens(t *feedToken, mac []byte) error {
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

func (d *Desk) personalSource(tx *storage.Tx, t *feedToken) (*source, error) {
	p, err := people.Get(tx, t.PersonID)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(t.Lang)
	src := &source{private: true, born: t.Updated, calendar: ical.Calendar{
		Name: l.Text("calendar.personal", "house", d.House), Zone: "Europe/Helsinki", Lang: l.Code(), Refresh: feedRefresh}}
	mine, err := d.registrationsOf(tx, p.Email)
	if err != nil {
		return nil, err
	}
	now := d.now()
	for _, m := range mine {
		if m.Registration.inOwnFeed(m.Event, now) {
			src.entries = append(src.entries, d.personalEntry(m.Event, m.Registration, later(m.Event.Changed, m.Registration.Updated)))
		}
	}
	return src, nil
}

// inOwnFeed holds for what a person goes to or may go to, and for what ended
// for them not long ago. The waiting list is nowhere to go yet.
func (r *Registration) inOwnFeed(e *Event, now time.Time) bool {
	if e.Ends.Before(now.Add(-feedPast)) {
		return false
	}
	if !r.State.Live() {
		return r.wasSeated() && now.Before(r.EndedAt.Add(feedKeep))
	}
	return r.State != Waitlisted && inFeed(e, now)
}

// wasSeated reports whether r ever stood in a calendar.
func (r *Registration) wasSeated() bool { return r.Sequence > 0 && r.State == Withdrawn }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// A FeedAddress is a member's secret calendar address.
type FeedAddress struct {
	URL     string // empty where there is none, or it was revoked
	Revoked bool
	Lang    string
}

// FeedAddress gives the signed-in person's own.
func (d *Desk) FeedAddress(ctx context.Context, by Actor) (a FeedAddress, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := feedTokenOf(tx, by.ID)
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err == nil {
			a = d.feedAddress(t)
		}
		return err
	})
	return a, err
}

func feedTokenOf(tx *storage.Tx, personID string) (*feedToken, error) {
	return feedTokens.First(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", personID)}})
}

func (d *Desk) feedAddress(t *feedToken) FeedAddress {
	a := FeedAddress{Revoked: t.Revoked, Lang: t.Lang}
	if !t.Revoked {
		a.URL = d.BaseURL + "/feeds/" + d.sign("feed", t.ID, t.Generation) + ".ics"
	}
	return a
}

// RotateFeed gives the signed-in person a new secret address; the one before
// answers that it is gone.
func (d *Desk) RotateFeed(ctx context.Context, by Actor, lang string) (FeedAddress, error) {
	return d.setFeed(ctx, by, "feed.rotate", func(t *feedToken) {
		if t.Rev > 0 {
			t.Generation++
		}
		t.Revoked, t.Lang = false, lang
	})
}

// RevokeFeed ends the signed-in person's secret address.
func (d *Desk) RevokeFeed(ctx context.Context, by Actor) error {
	_, err := d.setFeed(ctx, by, "feed.revoke", func(t *feedToken) { t.Revoked = true })
	return err
}

func (d *Desk) setFeed(ctx context.Context, by Actor, action string, set func(*feedToken)) (a FeedAddress, err error) {
	if !by.SignedIn() {
		return a, errHidden
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := feedTokenOf(tx, by.ID)
		if errors.Is(err, storage.ErrNotFound) {
			t, err = &feedToken{Meta: storage.Meta{ID: storage.NewID()}, PersonID: by.ID}, nil
		}
		if err != nil {
			return err
		}
		set(t)
		if err := feedTokens.Put(tx, t); err != nil {
			return err
		}
		a = d.feedAddress(t)
		return d.log(tx, by, action, by.ID, by.ID, "", "")
	})
	if err != nil {
		return a, fmt.Errorf("%s: %w", action, changedMeanwhile(err))
	}
	return a, nil
}
