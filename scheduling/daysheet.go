package scheduling

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A DaySheet is one day of a trip as its leader needs it on the road.
type DaySheet struct {
	Trip       *Trip
	Date       string // 2006-01-02
	Zone       string // IANA name: of where the day is spent
	Dates      []string
	Parts      []SheetPart
	Next       *ItineraryLine // the next that brings people somewhere, of any day; nil for none
	Travellers []*Traveller   // who go, by name
	Contacts   []TripContact  // hosts, hotels and drivers of the day, then leaders
	Notes      []*TripNote    // of the whole trip, newest first
	Phones     bool           // the trip asks for whom to call in an emergency
	Now        time.Time
	Published  bool
}

// A SheetPart is a part of the day with those who take part.
type SheetPart struct {
	ItineraryLine
	Kind    PartKind
	Planned time.Time // when it was to begin; Starts is when it begins after all
	Note    string    // for those who lead it
	People  []*Traveller
	Here    int // of them who are marked present
}

// Mark is whether somebody was marked in the part; the zero Mark says not yet.
func (p SheetPart) Mark(v *Traveller) (Mark, bool) {
	m, ok := v.Marks[p.PartID]
	return m, ok
}

// DaySheet gives a day of a trip to those who organise or lead it, in a
// language. date is 2006-01-02, of the place that the trip is at; empty is the
// day that it is there now, or the nearest of the trip.
func (d *Desk) DaySheet(ctx context.Context, by Actor, tripID, date, lang string) (s *DaySheet, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		s, err = d.daySheet(tx, t, date, lang)
		return err
	})
	return s, err
}

func (d *Desk) daySheet(tx *storage.Tx, t *Trip, date, lang string) (*DaySheet, error) {
	p, err := programmePage(tx, t)
	if err != nil {
		return nil, err
	}
	s := &DaySheet{Trip: t, Dates: t.dates(), Travellers: p.Travellers, Now: tx.Now(), Phones: slices.Contains(t.Asks.Fields, "emergency"),
		Published: !p.Programme.PublishedAt.IsZero()}
	if s.Date = date; !slices.Contains(s.Dates, date) {
		s.Date = t.dateAt(tx.Now())
	}
	s.Zone = t.zoneOn(s.Date)
	s.fill(d, p, lang)
	if s.Notes, err = notesOf(tx, t.ID); err != nil {
		return nil, err
	}
	leaders, err := leadersOf(tx, t)
	s.Contacts = append(s.Contacts, leaders...)
	return s, err
}

// fill puts the parts of the day into s, with who is on each and whom to call.
func (s *DaySheet) fill(d *Desk, p *ProgrammePage, lang string) {
	l, crowds := d.Texts.In(lang), map[string]Crowd{}
	for _, x := range p.Programme.Parts(p.Trip) {
		crowds[x.ID] = x.Crowd
	}
	for _, x := range p.Programme.everybodys(s.Trip) {
		line := lineOf(l, x)
		if line.Transfer && s.Next == nil && line.Starts.After(s.Now) {
			s.Next = &line
		}
		if !x.Part.touches(s.Date) {
			continue
		}
		part := SheetPart{ItineraryLine: line, Kind: x.Part.Kind, Planned: line.Starts.Add(-time.Duration(line.Late) * time.Minute)}
		if a := p.Programme.Activity(x.Part.ID); a != nil {
			part.Note = a.Note
		}
		part.join(crowds[x.Part.ID], p.Travellers)
		s.Parts = append(s.Parts, part)
		s.Contacts = append(s.Contacts, p.Programme.contactsOf(x)...)
	}
	s.Contacts = compactContacts(s.Contacts)
}

// everybodys are all parts of the programme as the leader has them.
func (p *Programme) everybodys(t *Trip) (out []OwnPart) {
	for _, x := range p.Parts(t) {
		out = append(out, p.ownPart(t, x, ""))
	}
	sortOwn(out)
	return out
}

func (x *SheetPart) join(c Crowd, all []*Traveller) {
	for _, v := range all {
		if !c.Has(v.ID) {
			continue
		}
		x.People = append(x.People, v)
		if v.Marks[x.PartID].Present {
			x.Here++
		}
	}
}

// touches reports whether x takes place on a date of where it begins or ends.
func (x Part) touches(date string) bool {
	from, until := x.Starts.In(zoneOf(x.StartZone)).Format(time.DateOnly), x.Ends.In(zoneOf(x.EndZone)).Format(time.DateOnly)
	return from <= date && date <= until
}

// contactsOf are whom to call about a part.
func (p *Programme) contactsOf(x OwnPart) (out []TripContact) {
	switch {
	case x.Leg != nil && x.Leg.Contact != "":
		out = append(out, TripContact{Name: x.Leg.Contact, Role: "itinerary.kind." + string(x.Leg.Kind)})
	case x.Hotel != nil:
		out = append(out, TripContact{Name: x.Hotel.Name, Role: "daysheet.hotel", Phone: x.Hotel.Phone})
	case x.Activity != nil:
		h := p.Host(x.Activity.HostID)
		if h == nil {
			return nil
		}
		for _, c := range h.Contacts {
			out = append(out, TripContact{Name: joined(", ", c.Name, h.Name), Role: "daysheet.host", Phone: c.Phone, Email: c.Email})
		}
	}
	return out
}

func compactContacts(list []TripContact) (out []TripContact) {
	for _, c := range list {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// dates are the days of the trip.
func (t *Trip) dates() (out []string) {
	first, last := t.zonesOfEnds()
	until := t.Ends.Add(-time.Second).In(zoneOf(last)).Format(time.DateOnly)
	day, err := time.Parse(time.DateOnly, t.Starts.In(zoneOf(first)).Format(time.DateOnly))
	for ; err == nil && day.Format(time.DateOnly) <= until && len(out) < maxSheetDays; day = day.AddDate(0, 0, 1) {
		out = append(out, day.Format(time.DateOnly))
	}
	return out
}

// maxSheetDays is how many days of a trip have a sheet.
const maxSheetDays = 60

// dateAt is the date of where the trip is at a moment, within the trip.
func (t *Trip) dateAt(now time.Time) string {
	dates := t.dates()
	if len(dates) == 0 {
		return ""
	}
	today := now.In(t.Location()).Format(time.DateOnly)
	for range 2 { // the zone depends on the day, and the day on the zone
		today = now.In(zoneOf(t.zoneOn(today))).Format(time.DateOnly)
	}
	return min(max(today, dates[0]), dates[len(dates)-1])
}

// zoneOn is the zone of where the trip spends the night after a date.
func (t *Trip) zoneOn(date string) string {
	zone := ""
	for _, s := range t.Stops {
		if s.From <= date {
			zone = s.Zone
		}
	}
	first, _ := t.zonesOfEnds()
	return cmp.Or(zone, first)
}
