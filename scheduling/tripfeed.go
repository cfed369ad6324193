package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// TripFile is the calendar of one trip for whoever may see its page: its days,
// and until when companies can apply. What a traveller does where is in a feed
// of their own.
func (d *Desk) TripFile(ctx context.Context, by Actor, slug, lang string) (*Feed, *Trip, error) {
	p, err := d.TripBySlug(ctx, by, slug)
	if err != nil {
		return nil, nil, err
	}
	t := p.Trip
	if !t.Listed {
		body, err := d.encode(ctx, d.tripSource(t, lang))
		if err != nil {
			return nil, nil, err
		}
		zipped, err := compressed(body)
		return &Feed{Body: body, Gzip: zipped, ETag: printOf(body), Private: true}, t, err
	}
	f, err := d.feed(ctx, order{key: "trip/" + t.ID + "/" + lang, changes: d.DB.Changes(trips.Spec), build: func(tx *storage.Tx) (*source, error) {
		t, err := trips.Get(tx, t.ID)
		if err != nil {
			return nil, err
		}
		return d.tripSource(t, lang), nil
	}})
	if err != nil {
		return nil, nil, err
	}
	return f.feed, t, nil
}

func (d *Desk) tripSource(t *Trip, lang string) *source {
	l := d.Texts.In(lang)
	return &source{entries: d.tripEntries(t, l.Code()), calendar: ical.Calendar{
		Name: t.Title.In(lang), Zone: t.Zone, Lang: l.Code(), Refresh: feedRefresh, Source: d.TripURL(t) + ".ics?lang=" + l.Code()}}
}

// publicTrips adds the listed trips of a public feed's clusters.
func (d *Desk) publicTrips(tx *storage.Tx, src *source, events storage.Query, lang string) error {
	day := dayOf(tx.Now())
	q := storage.Query{Sort: "starts", Where: []storage.Cond{storage.Is("listed", true),
		{Field: "ends", Op: storage.Gt, Value: day.Add(-feedPast)}, {Field: "starts", Op: storage.Lt, Value: day.Add(feedAhead)}}}
	for _, c := range events.Where {
		if c.Field == "cluster_ids" {
			q.Where = append(q.Where, c)
		}
	}
	for t, err := range trips.Each(tx, q) {
		if err != nil {
			return err
		}
		if t.Off() && !stays(t.CancelledAt, day) && !day.Before(t.Ends) {
			continue
		}
		if len(src.entries) < feedEvents {
			src.entries = append(src.entries, d.tripEntries(t, lang)...)
		}
	}
	return nil
}

// tripEntries are the days of t as a banner that takes nobody's time, and the
// end of its applications. Until it is sure that it takes place it is tentative.
func (d *Desk) tripEntries(t *Trip, lang string) []ical.Entry {
	days := ical.Entry{
		UID: t.UID, Sequence: t.Sequence, Created: t.Created, Modified: t.Changed, AllDay: true, Transparent: true,
		Starts: t.Starts, Ends: t.Ends, StartZone: t.Zone, EndZone: t.Zone, Status: ical.Tentative,
		Summary: t.Title.In(lang), Description: paragraphs(t.Summary.In(lang), d.TripURL(t)), Location: t.Route(), URL: d.TripURL(t),
	}
	if n := len(t.Stops); n > 0 {
		days.StartZone, days.EndZone = t.Stops[0].Zone, t.Stops[n-1].Zone
	}
	if t.Past(TripConfirmed) {
		days.Status = ical.Confirmed
	}
	out := []ical.Entry{days}
	if at := t.Selection.ClosesAt; !at.IsZero() && t.Direction == Outgoing {
		out = append(out, d.tripDeadline(t, at, lang))
	}
	if t.Off() {
		for i := range out {
			d.cancelled(&out[i], lang)
		}
	}
	return out
}

func (d *Desk) tripDeadline(t *Trip, at time.Time, lang string) ical.Entry {
	return ical.Entry{
		UID: d.uid("trip-closes", t.ID), Sequence: t.Sequence, Created: t.Created, Modified: t.Changed, Starts: at, StartZone: t.Zone, Transparent: true,
		Summary:     d.Texts.In(lang).Text("calendar.deadline.apply", "title", t.Title.In(lang)),
		Description: d.TripURL(t), URL: d.TripURL(t), Related: t.UID,
	}
}

// Route is where t goes, on one line: its cities in their order, one that
// follows itself once.
func (t *Trip) Route() string {
	var cities []string
	for _, s := range t.Stops {
		cities = append(cities, s.City)
	}
	return strings.Join(slices.Compact(cities), " – ")
}
