package scheduling

import (
	"cmp"
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
)

// HouseZone is the wall clock of what belongs to no event or cluster.
const HouseZone = "Europe/Helsinki"

// HouseDay is the day that it is at now on the house's clock, 2006-01-02.
func HouseDay(now time.Time) string { return now.In(zoneOf(HouseZone)).Format(time.DateOnly) }

// Entry is the event as everybody may see it in a calendar, in lang: no
// participants, no private link.
func (d *Desk) Entry(e *Event, lang string) ical.Entry {
	x := ical.Entry{
		UID: e.UID, Sequence: e.Sequence, Created: e.Created, Modified: e.Changed,
		Starts: e.Starts, Ends: e.Ends, StartZone: e.Zone, EndZone: e.Zone, AllDay: e.AllDay,
		Summary: e.Title.In(lang), Description: paragraphs(e.Summary.In(lang), d.EventURL(e)),
		Location: e.Place(), Geo: (*ical.Geo)(e.Geo), URL: d.EventURL(e),
	}
	if e.State == Cancelled {
		d.cancelled(&x, lang)
	}
	return x
}

// cancelled makes an entry one that does not take place. Its title says so too,
// as some calendars do not show it otherwise.
func (d *Desk) cancelled(x *ical.Entry, lang string) {
	if x.Status != ical.Cancelled {
		x.Status, x.Transparent, x.Conference = ical.Cancelled, true, ""
		x.Summary = d.Texts.In(lang).Text("calendar.cancelled", "title", x.Summary)
	}
}

// paragraphs joins those that say something.
func paragraphs(texts ...string) string {
	var said []string
	for _, s := range texts {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, "\n\n")
}

// agenda gives the items of e's agenda as entries of their own, and those that
// left it not long before day as cancelled.
func (d *Desk) agenda(e *Event, lang string, day time.Time) (out []ical.Entry) {
	for _, it := range e.Agenda {
		x := d.itemEntry(e, &it, lang)
		x.StartZone, x.EndZone, x.Geo = e.Zone, e.Zone, (*ical.Geo)(e.Geo)
		x.Location = strings.Join(strings.FieldsFunc(it.Room+"\n"+e.Place(), func(r rune) bool { return r == '\n' }), ", ")
		if e.State == Cancelled {
			d.cancelled(&x, lang)
		}
		out = append(out, x)
	}
	for _, it := range e.Dropped {
		if stays(it.DroppedAt, day) {
			x := d.itemEntry(e, &it, lang)
			d.cancelled(&x, lang)
			out = append(out, x)
		}
	}
	return out
}

func (d *Desk) itemEntry(e *Event, it *Item, lang string) ical.Entry {
	x := ical.Entry{
		UID: it.UID, Sequence: it.Sequence, Modified: it.Changed, Starts: it.Starts, Ends: it.Ends, Related: e.UID,
		Summary: it.Title.In(lang), Description: paragraphs(it.Speaker, it.About.In(lang), d.EventURL(e)), URL: d.EventURL(e),
	}
	if x.Modified.IsZero() { // from before items had revisions
		x.Modified = e.Created
	}
	return x
}

// personalEntry is the event as r's person has it in their own calendar.
func (d *Desk) personalEntry(e *Event, r *Registration, lang string) ical.Entry {
	x := d.Entry(e, lang)
	x.Private = true
	if r.Holds() && r.State != Offered {
		x.Conference = e.Link
	}
	d.mine(&x, r, lang)
	return x
}

// mine makes an entry of an event, or of its agenda, that of r's person.
func (d *Desk) mine(x *ical.Entry, r *Registration, lang string) {
	x.Sequence += r.Sequence
	x.Modified = later(x.Modified, r.ShownAt)
	if r.ShownAt.IsZero() { // from before registrations had revisions
		x.Modified = later(x.Modified, r.Created)
	}
	switch {
	case !r.State.Live() || x.Status == ical.Cancelled:
		d.cancelled(x, lang)
		x.Conference = ""
	case r.entryStatus() == ical.Tentative:
		x.Status = ical.Tentative
	}
}

// organizer is who an invite says it comes from: somebody who reads answers.
func (d *Desk) organizer(e *Event) *ical.Party {
	return &ical.Party{Name: cmp.Or(e.Contact, d.House), Email: cmp.Or(e.ContactEmail, d.Outbox.From.Email)}
}
