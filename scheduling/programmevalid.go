package scheduling

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// The limits of a programme.
const (
	programmeParts  = 300 // of each kind
	programmeText   = 5_000
	programmeMinute = 24 * 60
	legLongest      = 3 * 24 * time.Hour
	legMargin       = 14 * 24 * time.Hour // before and after the trip's own days
	nightEnds       = 6 * time.Hour       // an evening may go on into the day after a stop's last
)

// allow tidies a programme that was changed and says what is wrong with what
// was: what stayed the same was allowed once, and is for the checks. Whoever
// does not travel is in no part of it.
func (p *ProgrammePage) allow(before *Programme) error {
	p.Programme.tidy(p.Travellers)
	before.tidy(p.Travellers)
	f := faults{}
	p.Programme.limits(f)
	for i := range p.Programme.Legs {
		if l := &p.Programme.Legs[i]; !unchanged(l, before.Leg(l.ID)) {
			p.allowLeg(f, fmt.Sprintf("legs.%d.", i), l)
		}
	}
	for i := range p.Programme.Hotels {
		if h := &p.Programme.Hotels[i]; !unchanged(h, before.Hotel(h.ID)) {
			p.allowHotel(f, fmt.Sprintf("hotels.%d.", i), h)
		}
	}
	for i := range p.Programme.Hosts {
		if h := &p.Programme.Hosts[i]; !unchanged(h, before.Host(h.ID)) {
			p.allowHost(f, fmt.Sprintf("hosts.%d.", i), h)
		}
	}
	for i := range p.Programme.Activities {
		a := &p.Programme.Activities[i]
		if !unchanged(a, before.Activity(a.ID)) {
			p.allowActivity(f, fmt.Sprintf("activities.%d.", i), a)
		}
	}
	p.Programme.allowTravel(f)
	if err := f.problem(); err != nil {
		return err
	}
	if err := p.allowSeats(before); err != nil {
		return err
	}
	return p.allowPlaces(before)
}

func unchanged[T any](x, old *T) bool { return old != nil && reflect.DeepEqual(x, old) }

// tidy cleans what was typed, gives ids to what is new, and keeps out whoever
// does not travel.
func (p *Programme) tidy(vs []*Traveller) {
	for i := range p.Legs {
		l := &p.Legs[i]
		l.ID, l.Departs, l.Arrives = orNew(l.ID), wholeMinute(l.Departs), wholeMinute(l.Arrives)
		l.Crowd.tidy(vs)
		tidyLines(&l.Carrier, &l.Number, &l.From.Name, &l.From.Code, &l.To.Name, &l.To.Code, &l.Meet, &l.Contact)
		l.Note = cleanText(l.Note)
	}
	for i := range p.Hotels {
		h := &p.Hotels[i]
		h.ID = orNew(h.ID)
		tidyLines(&h.Name, &h.Address, &h.Phone)
		h.Rooms = slices.Clone(h.Rooms)
		for j := range h.Rooms {
			h.Rooms[j].ID, h.Rooms[j].TravellerIDs = orNew(h.Rooms[j].ID), onlyTravelling(h.Rooms[j].TravellerIDs, vs)
		}
	}
	for i := range p.Hosts {
		p.Hosts[i].ID = orNew(p.Hosts[i].ID)
		tidyLines(&p.Hosts[i].Name, &p.Hosts[i].Address)
		p.Hosts[i].About = noneIfEmpty(p.Hosts[i].About)
	}
	for i := range p.Activities {
		a := &p.Activities[i]
		a.ID, a.Starts, a.Ends = orNew(a.ID), wholeMinute(a.Starts), wholeMinute(a.Ends)
		a.Crowd.tidy(vs)
		tidyLines(&a.Group, &a.Language, &a.Place, &a.Address, &a.Meet)
		a.Title, a.About, a.Note = noneIfEmpty(a.Title), noneIfEmpty(a.About), cleanText(a.Note)
		if h := p.Host(a.HostID); a.Title == nil && h != nil {
			a.Title = noneIfEmpty(Text{"en": h.Name}) // its name is the same in every language
		}
	}
	for i := range p.Travel {
		tidyLines(&p.Travel[i].A, &p.Travel[i].B)
	}
}

// tidy leaves those who travel, each once, and nobody by name where it is for
// everyone.
func (c *Crowd) tidy(vs []*Traveller) {
	if c.Everyone {
		c.TravellerIDs = nil
		return
	}
	c.TravellerIDs = onlyTravelling(c.TravellerIDs, vs)
}

// onlyTravelling are those of the ids who travel, in the order of the list of
// travellers, so that the same people are the same list.
func onlyTravelling(ids []string, vs []*Traveller) (out []string) {
	for _, v := range vs {
		if slices.Contains(ids, v.ID) {
			out = append(out, v.ID)
		}
	}
	return out
}

func tidyLines(lines ...*string) {
	for _, s := range lines {
		*s = cleanLine(*s)
	}
}

// wholeMinute is a time as timetables have it, in UTC as it is stored.
func wholeMinute(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

// noneIfEmpty is a text without outer white space; nil if it says nothing, as it
// comes back from the store.
func noneIfEmpty(t Text) Text {
	if t = t.trimmed(); len(t) == 0 {
		return nil
	}
	return t
}

// limits notes too much of something, and two of one id.
func (p *Programme) limits(f faults) {
	seen := map[string]bool{}
	count := func(field string, n int, id func(int) string) {
		if n > programmeParts {
			f.add(field, "programme.wrong.many")
		}
		for i := range n {
			if id != nil && seen[id(i)] {
				f.add(field, "programme.wrong.twice")
			}
			if id != nil {
				seen[id(i)] = true
			}
		}
	}
	count("legs", len(p.Legs), func(i int) string { return p.Legs[i].ID })
	count("hotels", len(p.Hotels), func(i int) string { return p.Hotels[i].ID })
	count("hosts", len(p.Hosts), func(i int) string { return "host/" + p.Hosts[i].ID })
	count("activities", len(p.Activities), func(i int) string { return p.Activities[i].ID })
	count("travel", len(p.Travel), nil)
}

func (p *ProgrammePage) allowLeg(f faults, at string, l *Leg) {
	if !slices.Contains(LegKinds, l.Kind) {
		f.add(at+"kind", "problem.choice")
	}
	f.end(at+"from", &l.From)
	f.end(at+"to", &l.To)
	for name, s := range map[string]string{"carrier": l.Carrier, "number": l.Number, "meet": l.Meet, "contact": l.Contact} {
		f.limit(at+name, s, lineLimit)
	}
	f.limit(at+"note", l.Note, programmeText)
	p.known(f, at+"stop_id", l.StopID, true)
	if l.Minutes < 0 || l.Minutes > programmeMinute {
		f.add(at+"minutes", "problem.number")
	}
	switch {
	case l.Departs.IsZero() || l.Departs.Before(p.Trip.Starts.Add(-legMargin)) || l.Departs.After(p.Trip.Ends.Add(legMargin)):
		f.add(at+"departs", "programme.wrong.far")
	case !l.Arrives.After(l.Departs):
		f.add(at+"arrives", "programme.wrong.arrives")
	case l.Arrives.Sub(l.Departs) > legLongest:
		f.add(at+"arrives", "programme.wrong.long")
	}
}

// end notes what is wrong with an end of a leg.
func (f faults) end(at string, t *Terminal) {
	f.need(at, t.Name, lineLimit)
	f.limit(at+"_code", t.Code, 8)
	if !zoneKnown(t.Zone) {
		f.add(at+"_zone", "event.zone")
	}
}

func zoneKnown(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

// known notes a stop that the trip does not have.
func (p *ProgrammePage) known(f faults, field, stopID string, optional bool) Stop {
	s, ok := p.Trip.Stop(stopID)
	if !ok && (stopID != "" || !optional) {
		f.add(field, "programme.wrong.stop")
	}
	return s
}

func (p *ProgrammePage) allowHotel(f faults, at string, h *Hotel) {
	s := p.known(f, at+"stop_id", h.StopID, false)
	f.need(at+"name", h.Name, lineLimit)
	f.limit(at+"address", h.Address, lineLimit)
	f.limit(at+"phone", h.Phone, lineLimit)
	from, until := midnight(h.From, time.UTC), midnight(h.Until, time.UTC)
	switch {
	case from.IsZero():
		f.add(at+"from", "problem.date")
	case until.IsZero():
		f.add(at+"until", "problem.date")
	case !until.After(from):
		f.add(at+"until", "programme.wrong.until")
	case s.ID != "" && (h.From < s.From || h.From > s.Until):
		f.add(at+"from", "programme.wrong.days")
	case until.Sub(from) > 60*24*time.Hour:
		f.add(at+"until", "programme.wrong.long")
	}
	if h.ReleaseBy != "" && midnight(h.ReleaseBy, time.UTC).IsZero() {
		f.add(at+"release_by", "problem.date")
	}
	h.allowRooms(f, at)
}

// allowRooms notes more people in a room than it has beds, and somebody in two
// rooms of one hotel.
func (h *Hotel) allowRooms(f faults, at string) {
	if len(h.Block) > len(HotelRoomKinds)*4 || len(h.Rooms) > programmeParts {
		f.add(at+"rooms", "programme.wrong.many")
	}
	for _, b := range h.Block {
		if !slices.Contains(HotelRoomKinds, b.Kind) || b.Count < 0 || b.Count > programmeParts || b.Price < 0 {
			f.add(at+"block", "problem.number")
		}
	}
	seen := map[string]bool{}
	for _, r := range h.Rooms {
		if !slices.Contains(HotelRoomKinds, r.Kind) {
			f.add(at+"rooms", "problem.choice")
		}
		if len(r.TravellerIDs) > r.Kind.Beds() {
			f.add(at+"rooms", "programme.wrong.beds")
		}
		for _, id := range r.TravellerIDs {
			if seen[id] {
				f.add(at+"rooms", "programme.wrong.two_rooms")
			}
			seen[id] = true
		}
	}
}

func (p *ProgrammePage) allowHost(f faults, at string, h *Host) {
	p.known(f, at+"stop_id", h.StopID, false)
	f.need(at+"name", h.Name, lineLimit)
	f.limit(at+"address", h.Address, lineLimit)
	if h.State == "" {
		h.State = HostPlanned
	}
	if !slices.Contains(HostStates, h.State) {
		f.add(at+"state", "problem.choice")
	}
	if h.About.longest() > programmeText {
		f.add(at+"about", "problem.too_long")
	}
}

func (p *ProgrammePage) allowActivity(f faults, at string, a *Activity) {
	s := p.known(f, at+"stop_id", a.StopID, false)
	if !slices.Contains(ActivityKinds, a.Kind) {
		f.add(at+"kind", "problem.choice")
	}
	if a.HostID != "" && p.Programme.Host(a.HostID) == nil {
		f.add(at+"host_id", "programme.wrong.host")
	}
	f.words(at+"title", a.Title, lineLimit)
	if a.About.longest() > programmeText {
		f.add(at+"about", "problem.too_long")
	}
	for name, line := range map[string]string{"group": a.Group, "language": a.Language, "place": a.Place, "address": a.Address, "meet": a.Meet, "round_id": a.RoundID} {
		f.limit(at+name, line, lineLimit)
	}
	f.limit(at+"note", a.Note, programmeText)
	if s.ID != "" {
		allowTimes(f, at, a, s)
	}
	if a.Capacity < 0 || a.Capacity > 100_000 {
		f.add(at+"capacity", "problem.number")
	}
}

func allowTimes(f faults, at string, a *Activity, s Stop) {
	switch {
	case a.Starts.IsZero() || !inStop(a, s):
		f.add(at+"starts", "programme.wrong.days")
	case !a.Ends.After(a.Starts):
		f.add(at+"ends", "programme.wrong.ends")
	case a.Ends.Sub(a.Starts) > programmeMinute*time.Minute:
		f.add(at+"ends", "programme.wrong.long")
	}
}

// inStop reports whether an activity is within the days of its stop. The last
// evening may go on after midnight.
func inStop(a *Activity, s Stop) bool {
	loc := s.Location()
	first, last := midnight(s.From, loc), midnight(s.Until, loc).In(loc).AddDate(0, 0, 1)
	return !a.Starts.Before(first) && a.Starts.Before(last) && !a.Ends.After(last.Add(nightEnds))
}

// allowSeats refuses more people than an activity takes. Where there were more
// already, some can be taken out.
func (p *ProgrammePage) allowSeats(before *Programme) error {
	for i := range p.Programme.Activities {
		a := &p.Programme.Activities[i]
		old, n := before.Activity(a.ID), len(a.Who(p.Travellers))
		fewer := old != nil && old.Capacity == a.Capacity && n <= len(old.Who(p.Travellers))
		if a.Capacity > 0 && n > a.Capacity && !fewer {
			return &Problem{Kind: Full, Key: "programme.full", Args: []any{"what", a.Title, "count", a.Capacity, "n", n},
				Fields: map[string]string{fmt.Sprintf("activities.%d.capacity", i): "programme.wrong.capacity"}}
		}
	}
	return nil
}

func (p *Programme) allowTravel(f faults) {
	for i, x := range p.Travel {
		at := fmt.Sprintf("travel.%d.", i)
		f.need(at+"a", x.A, lineLimit)
		f.need(at+"b", x.B, lineLimit)
		if x.Minutes < 0 || x.Minutes > programmeMinute {
			f.add(at+"minutes", "problem.number")
		}
	}
}

// Who are the ids of those travellers who take part.
func (c Crowd) Who(vs []*Traveller) (out []string) {
	for _, v := range vs {
		if c.Has(v.ID) {
			out = append(out, v.ID)
		}
	}
	return out
}
