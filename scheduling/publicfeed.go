package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// Public feeds are named as in their address, without the .ics: "all", the slug
// of a cluster, "groups/" and the slug of a group, "types/" and a kind of event.
const (
	feedAll    = "all"
	feedGroups = "groups/"
	feedTypes  = "types/"
)

// reservedSlugs cannot name a cluster: they stand where its feed would.
var reservedSlugs = []string{feedAll, "groups", "types"}

// publicParts are what public feeds are made from.
func (d *Desk) publicParts() uint64 {
	return d.DB.Changes(events.Spec, clusters.Spec, groups.Spec, seriesOf.Spec, rounds.Spec, trips.Spec)
}

// PublicFeed is a calendar that everybody may subscribe to, by its name (see
// PublicFeeds): of everything, a cluster, a group, a type of event. It names no
// participants and holds no private link. Nothing of the name is ErrNotFound.
func (d *Desk) PublicFeed(ctx context.Context, name, lang string) (*Feed, error) {
	f, err := d.feed(ctx, order{key: publicKey(name, lang), changes: d.publicParts(), build: func(tx *storage.Tx) (*source, error) {
		return d.publicSource(tx, name, lang)
	}})
	if err != nil {
		return nil, fmt.Errorf("feed of %s: %w", name, err)
	}
	return f.feed, nil
}

// KeptFeed is PublicFeed out of memory: nil where it would have to be made.
func (d *Desk) KeptFeed(name, lang string) *Feed {
	if f := d.feeds.peek(publicKey(name, lang), d.publicParts(), d.now()); f != nil {
		return f.feed
	}
	return nil
}

func publicKey(name, lang string) string { return "public/" + name + "/" + lang }

// A PublicCalendar is what a public feed is called and where it is.
type PublicCalendar struct {
	Name  string // as PublicFeed takes it
	Title string
	Of    string // "all", "cluster", "group", "type"
}

// PublicFeeds are all public feeds in the order of a page, named in lang.
func (d *Desk) PublicFeeds(ctx context.Context, lang string) (list []PublicCalendar, err error) {
	l := d.Texts.In(lang)
	list = append(list, PublicCalendar{feedAll, l.Text("calendar.all", "house", d.House), "all"})
	err = d.view(ctx, func(tx *storage.Tx) error {
		cs, err := clusters.Find(tx, storage.Query{Sort: "slug"})
		if err != nil {
			return err
		}
		gs, err := groups.Find(tx, storage.Query{Sort: "slug"})
		for _, c := range cs {
			list = append(list, PublicCalendar{c.Slug, c.Name.In(lang), "cluster"})
		}
		for _, g := range gs {
			list = append(list, PublicCalendar{feedGroups + g.Slug, g.Name.In(lang), "group"})
		}
		return err
	})
	for _, kind := range EventKinds {
		list = append(list, PublicCalendar{feedTypes + kind, l.Text("calendar.kinds." + kind), "type"})
	}
	return list, err
}

// publicSource finds what a public feed holds.
func (d *Desk) publicSource(tx *storage.Tx, name, lang string) (*source, error) {
	l := d.Texts.In(lang)
	src := &source{calendar: ical.Calendar{
		Name: l.Text("calendar.all", "house", d.House), Source: d.BaseURL + "/calendar/" + name + ".ics?lang=" + l.Code(),
		Zone: HouseZone, Lang: l.Code(), Refresh: feedRefresh}}
	q := storage.Query{Sort: "starts", Where: []storage.Cond{storage.Is("listed", true)}}
	if slug, ok := strings.CutPrefix(name, feedGroups); ok {
		return src, d.groupSource(tx, src, q, slug, lang)
	}
	switch kind, ok := strings.CutPrefix(name, feedTypes); {
	case ok && !slices.Contains(EventKinds, kind):
		return nil, storage.ErrNotFound
	case ok:
		src.calendar.Name = l.Text("calendar.kind", "kind", l.Text("calendar.kinds."+kind), "house", d.House)
		q.Where = append(q.Where, storage.Is("kind", kind))
	case name != feedAll:
		c, err := clusters.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", name)}})
		if err != nil {
			return nil, err
		}
		src.calendar.Name, src.calendar.Zone, src.calendar.Colour = c.Name.In(lang), c.Zone, c.Colour
		q.Where = append(q.Where, storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: c.ID})
	}
	if err := d.publicEntries(tx, src, q, lang); err != nil || strings.HasPrefix(name, feedTypes) {
		return src, err
	}
	if err := d.roundEntries(tx, src, q, lang); err != nil {
		return src, err
	}
	return src, d.publicTrips(tx, src, q, lang)
}

// groupSource finds the public events of a group, and those of its meetings
// that are for everybody to know of.
func (d *Desk) groupSource(tx *storage.Tx, src *source, q storage.Query, slug, lang string) error {
	g, err := groups.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
	if err != nil {
		return err
	}
	c, err := clusters.Get(tx, g.ClusterID)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	src.calendar.Name = g.Name.In(lang)
	if err == nil {
		src.calendar.Zone, src.calendar.Colour = c.Zone, c.Colour
	}
	q.Where = append(q.Where, storage.Cond{Field: "group_ids", Op: storage.Has, Value: g.ID})
	if err := d.publicEntries(tx, src, q, lang); err != nil {
		return err
	}
	mine, err := seriesInFeed(tx, dayOf(tx.Now()), g.ID)
	for _, s := range mine {
		if s.Public {
			src.entries = append(src.entries, d.seriesEntries(s, g, lang, false)...)
		}
	}
	return err
}

func (d *Desk) publicEntries(tx *storage.Tx, src *source, q storage.Query, lang string) error {
	day := dayOf(tx.Now())
	q.Where = append(q.Where,
		storage.Cond{Field: "ends", Op: storage.Gt, Value: day.Add(-feedPast)},
		storage.Cond{Field: "starts", Op: storage.Lt, Value: day.Add(feedAhead)})
	for e, err := range events.Each(tx, q) {
		if err != nil {
			return err
		}
		if inFeed(e, day) {
			src.entries = append(src.entries, d.Entry(e, lang))
		}
		if len(src.entries) == feedEvents {
			break
		}
	}
	return nil
}

// inFeed reports whether a cancelled event is still to be shown as such.
func inFeed(e *Event, day time.Time) bool {
	return e.State != Cancelled || stays(e.CancelledAt, day) || day.Before(e.Ends)
}

// stays reports whether what was cancelled at a moment is still to be shown.
func stays(cancelled, day time.Time) bool { return day.Before(cancelled.Add(feedKeep)) }
