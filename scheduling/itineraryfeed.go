package scheduling

import (
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// travelEntries are the trips that somebody travels on, with each part of the
// programme that they take part in, and what ended for them not long ago.
func (d *Desk) travelEntries(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	list, err := travellers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", in.person.ID)}})
	if err != nil {
		return nil, err
	}
	for _, v := range onePerTrip(list) {
		t, err := trips.Get(tx, v.TripID)
		if err != nil {
			return nil, err
		}
		if t.State == TripDraft || t.Ends.Before(in.day.Add(-feedPast)) || t.Starts.After(in.day.Add(feedAhead)) {
			continue
		}
		entries, err := d.itineraryEntries(tx, t, v, in.address.Lang, in.day)
		if err != nil {
			return nil, err
		}
		out = append(out, entries...)
	}
	return out, nil
}

// onePerTrip leaves the one traveller that stands for each trip: who goes, or
// went out last.
func onePerTrip(list []*Traveller) (out []*Traveller) {
	slices.SortFunc(list, func(a, b *Traveller) int {
		if a.Goes() != b.Goes() {
			if a.Goes() {
				return -1
			}
			return 1
		}
		return b.Created.Compare(a.Created)
	})
	seen := map[string]bool{}
	for _, v := range list {
		if !seen[v.TripID] {
			seen[v.TripID] = true
			out = append(out, v)
		}
	}
	return out
}

// itineraryEntries are the calendar of one traveller: the trip as days that take
// nobody's time, and what they do on each. What is over for them stays as
// cancelled for a while.
func (d *Desk) itineraryEntries(tx *storage.Tx, t *Trip, v *Traveller, lang string, day time.Time) (out []ical.Entry, err error) {
	off := t.offSince()
	if !off.IsZero() && !stays(off, day) {
		return nil, nil
	}
	if v.Goes() || stays(v.outSince(), day) {
		out = append(out, d.tripBanner(t, v, lang))
	}
	parts, err := d.partEntries(tx, t, v, lang, day)
	for _, x := range parts {
		out = append(out, x.entry)
	}
	return out, err
}

// A partEntry is a part of an itinerary with its entry in a calendar.
type partEntry struct {
	own   OwnPart
	entry ical.Entry
}

// partEntries are the parts of a trip that stand in v's calendar, as they are
// or as cancelled.
func (d *Desk) partEntries(tx *storage.Tx, t *Trip, v *Traveller, lang string, day time.Time) (out []partEntry, err error) {
	pr, err := programmeOf(tx, t)
	if err != nil {
		return nil, err
	}
	off := t.offSince()
	for _, x := range pr.shownTo(t, v) {
		e := d.ownPartEntry(t, v, x, v.sequenceOf(x.Part), lang)
		if !off.IsZero() || !v.Goes() {
			d.over(&e, later(off, v.outSince()), lang)
			e.Sequence++
		}
		out = append(out, partEntry{x, e})
	}
	for _, x := range v.Left {
		if stays(x.At, day) {
			e := d.ownPartEntry(t, v, x.Part, x.Sequence, lang)
			d.over(&e, x.At, lang)
			out = append(out, partEntry{x.Part, e})
		}
	}
	return out, nil
}

// shownTo are the parts that v has in their calendar: none before the programme
// is published, none after all of them went to Left.
func (p *Programme) shownTo(t *Trip, v *Traveller) []OwnPart {
	if p.PublishedAt.IsZero() || !v.Goes() && !v.OutAt.IsZero() {
		return nil
	}
	return p.ownParts(t, v.ID)
}

// offSince is when it became known that t does not take place; zero if it does.
func (t *Trip) offSince() time.Time {
	if !t.Off() {
		return time.Time{}
	}
	return later(t.CancelledAt, t.StateAt)
}

// outSince is when v gave the place up; zero if they go.
func (v *Traveller) outSince() time.Time {
	switch {
	case v.Goes():
		return time.Time{}
	case v.OutAt.IsZero():
		return v.Updated
	}
	return v.OutAt
}

// sequenceOf is v's own revision of a part.
func (v *Traveller) sequenceOf(x Part) int { return x.Sequence + v.Joined[x.UID].By }

func (d *Desk) over(x *ical.Entry, at time.Time, lang string) {
	d.cancelled(x, lang)
	x.Modified = later(x.Modified, at)
}

// tripBanner is the whole trip as days.
func (d *Desk) tripBanner(t *Trip, v *Traveller, lang string) ical.Entry {
	url := d.TravelURL(v)
	x := ical.Entry{
		UID: t.UID, Sequence: t.Sequence + v.Joined[t.UID].By, Created: t.Created, Modified: later(t.Changed, v.Joined[t.UID].At),
		Starts: t.Starts, Ends: t.Ends, AllDay: true, Transparent: true,
		Summary: t.Title.In(lang), Description: paragraphs(t.Summary.In(lang), url), URL: url, Private: true,
	}
	x.StartZone, x.EndZone = t.zonesOfEnds()
	if t.Direction == Outgoing && !t.Past(TripConfirmed) {
		x.Status = ical.Tentative
	}
	var cities []string
	for _, s := range t.Stops {
		cities = append(cities, s.City)
	}
	x.Location = joined(" – ", slices.Compact(cities)...)
	if t.Off() || !v.Goes() { // calling it off was a revision of the trip itself
		d.over(&x, later(t.offSince(), v.outSince()), lang)
	}
	if !v.Goes() {
		x.Sequence++
	}
	return x
}

// ownPartEntry is a part as its traveller has it in their calendar. A leg starts
// on the clock of one zone and ends on that of another (RFC 5545 §3.8.2.2); a
// stay is its nights.
func (d *Desk) ownPartEntry(t *Trip, v *Traveller, own OwnPart, sequence int, lang string) ical.Entry {
	line := lineOf(d.Texts.In(lang), own)
	url := d.TravelURL(v)
	x := ical.Entry{
		UID: own.Part.UID, Sequence: sequence, Modified: later(own.Part.Changed, v.Joined[own.Part.UID].At),
		Starts: line.Starts, Ends: line.Ends, StartZone: line.Zone, EndZone: line.EndZone,
		Summary: line.Summary(), Description: paragraphs(line.Text(), url), Location: line.Where, URL: url, Private: true, Related: t.UID,
	}
	x.AllDay = own.Hotel != nil
	x.Transparent = !own.Part.Bulky
	return x
}
