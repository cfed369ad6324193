package scheduling

import (
	"context"
	"strconv"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// EventFile is the calendar of one event for whoever may see its page: the
// event alone, as a file to download, or with each item of its agenda as an
// entry of its own, to subscribe to.
func (d *Desk) EventFile(ctx context.Context, by Actor, slug, lang string, agenda bool) (*Feed, *Event, error) {
	p, err := d.EventPage(ctx, by, slug)
	if err != nil {
		return nil, nil, err
	}
	e := p.Event
	if e.State == Draft {
		body, err := d.encode(ctx, d.eventSource(e, lang, agenda))
		if err != nil {
			return nil, nil, err
		}
		zipped, err := compressed(body)
		return &Feed{Body: body, Gzip: zipped, ETag: printOf(body), Private: true}, e, err
	}
	f, err := d.feed(ctx, order{
		key: "event/" + e.ID + "/" + lang + "/" + strconv.FormatBool(agenda), changes: d.DB.Changes(events.Spec),
		build: func(tx *storage.Tx) (*source, error) {
			e, err := events.Get(tx, e.ID)
			if err != nil {
				return nil, err
			}
			return d.eventSource(e, lang, agenda), nil
		},
	})
	if err != nil {
		return nil, nil, err
	}
	return f.feed, e, nil
}

func (d *Desk) eventSource(e *Event, lang string, agenda bool) *source {
	x := d.Entry(e, lang)
	if !agenda {
		x.Organizer = d.organizer(e)
		return &source{file: true, entries: []ical.Entry{x}}
	}
	l := d.Texts.In(lang)
	return &source{
		entries: append([]ical.Entry{x}, d.agenda(e, lang, dayOf(d.now()))...),
		calendar: ical.Calendar{Name: e.Title.In(lang), Zone: e.Zone, Lang: l.Code(), Refresh: feedRefresh,
			Source: d.EventURL(e) + ".ics?agenda=1&lang=" + l.Code()},
	}
}
