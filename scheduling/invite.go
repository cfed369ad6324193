package scheduling

import (
	"cmp"
	"time"

	"kohtaamo/scheduling/ical"
)

// Entry is the event as everybody may see it in a calendar, in lang: no
// participants, no private link.
func (d *Desk) Entry(e *Event, lang string) ical.Entry {
	return ical.Entry{
		UID: e.UID, Sequence: e.Sequence, Created: e.Created, Modified: e.Changed,
		Starts: e.Starts, Ends: e.Ends, StartZone: e.Zone, EndZone: e.Zone, AllDay: e.AllDay,
		Status: d.status(e), Summary: d.summary(e, lang), Description: d.describe(e, lang),
		Location: e.Place(), Geo: (*ical.Geo)(e.Geo), URL: d.EventURL(e), Transparent: e.State == Cancelled,
	}
}

func (d *Desk) status(e *Event) ical.Status {
	if e.State == Cancelled {
		return ical.Cancelled
	}
	return ical.Confirmed
}

// summary says in the title what some calendars do not show otherwise.
func (d *Desk) summary(e *Event, lang string) string {
	if e.State == Cancelled {
		return d.Texts.In(lang).Text("calendar.cancelled", "title", e.Title.In(lang))
	}
	return e.Title.In(lang)
}

func (d *Desk) describe(e *Event, lang string) string {
	s := e.Summary.In(lang)
	if s != "" {
		s += "\n\n"
	}
	return s + d.EventURL(e)
}

// personalEntry is the event as r's person has it in their own calendar.
func (d *Desk) personalEntry(e *Event, r *Registration, modified time.Time) ical.Entry {
	x := d.Entry(e, r.Lang)
	x.Sequence += r.Sequence
	x.Modified = modified
	x.Private = true
	x.Conference = ""
	switch {
	case e.State == Cancelled || !r.State.Live() || r.State == NoShow:
		x.Status, x.Transparent = ical.Cancelled, true
		x.Summary = d.Texts.In(r.Lang).Text("calendar.cancelled", "title", e.Title.In(r.Lang))
	case !r.Holds() || r.State == Offered:
		x.Status = ical.Tentative
	default:
		x.Conference = e.Link
	}
	return x
}

// organizer is who an invite says it comes from: somebody who reads answers.
func (d *Desk) organizer(e *Event) *ical.Party {
	return &ical.Party{Name: cmp.Or(e.Contact, d.House), Email: cmp.Or(e.ContactEmail, d.Outbox.From.Email)}
}
