package handlers

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// programmeFormPage is the data of templates/pages/programme_form.html, the
// form of a leg, a stay or an activity.
type programmeFormPage struct {
	programmePage
	F     values
	Kind  scheduling.PartKind
	ID    string // of a part that is there; "" of a new one
	Kinds []option
	Stops []option
	Hosts []option
	Rooms []option // kinds of room
	Zones []string
}

// faults are those that the form shows.
func (p *programmeFormPage) faults() []Fault {
	if p.Problem == nil {
		return nil
	}
	return p.Problem.Faults
}

// programmeKinds are the kinds of part that a form makes, as addresses have them.
var programmeKinds = []scheduling.PartKind{scheduling.LegPart, scheduling.StayPart, scheduling.ActivityPart}

func partKind(s string) (scheduling.PartKind, bool) {
	for _, k := range programmeKinds {
		if string(k) == s {
			return k, true
		}
	}
	return "", false
}

// showNewPart answers GET /organise/trips/:id/programme/new/:kind. The day and
// the stop can come with the address.
func (s *Server) showNewPart(c *fiber.Ctx) error {
	kind, ok := partKind(c.Params("kind"))
	if !ok {
		return storage.ErrNotFound
	}
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	v := values{}
	v.set("id", storage.NewID())
	v.set("rev", number64(p.Programme.Rev))
	stop, ok := p.Trip.Stop(c.Query("stop"))
	if !ok && len(p.Trip.Stops) > 0 {
		stop = p.Trip.Stops[0]
	}
	day := stop.From
	if d, ok := parseDay(c.Query("day")); ok {
		day = d.Format(time.DateOnly)
	}
	newPartValues(v, kind, p.Trip, stop, day)
	return s.partForm(c, &p, v, kind, "", nil)
}

// newPartValues are what a new part begins with.
func newPartValues(v values, kind scheduling.PartKind, t *scheduling.Trip, stop scheduling.Stop, day string) {
	switch kind {
	case scheduling.LegPart:
		v.set("kind", string(scheduling.ByAir))
		v.set("from_zone", t.Zone)
		v.set("to_zone", cmp.Or(stop.Zone, t.Zone))
		v.set("departs_day", day)
		v.set("arrives_day", day)
	case scheduling.StayPart:
		v.set("stop_id", stop.ID)
		v.set("from", day)
		v.set("until", stop.Until)
	default:
		v.set("kind", string(scheduling.HostVisit))
		v.set("stop_id", stop.ID)
		v.set("starts_day", day)
	}
	v.tick("everyone", true)
}

// showEditPart answers GET /organise/trips/:id/programme/parts/:part/edit.
func (s *Server) showEditPart(c *fiber.Ctx) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	x, ok := p.Part(c.Params("part"))
	if !ok {
		return storage.ErrNotFound
	}
	v := partValues(&p, x)
	v.set("rev", number64(p.Programme.Rev))
	return s.partForm(c, &p, v, x.Kind, x.ID, nil)
}

func (s *Server) partForm(c *fiber.Ctx, p *programmePage, v values, kind scheduling.PartKind, id string, problem *FormProblem) error {
	out := &programmeFormPage{programmePage: *p, F: v, Kind: kind, ID: id, Zones: zones}
	out.Problem = s.labelled(c, "programme.f.", problem)
	l := s.lang(c)
	for i := range out.faults() {
		if f := &out.Problem.Faults[i]; kind == scheduling.StayPart && f.Name == "from" {
			f.Label = l.Text("programme.f.first_night") // elsewhere it is a place
		}
	}
	for _, stop := range p.Trip.Stops {
		out.Stops = append(out.Stops, option{stop.ID, fmt.Sprintf("%s (%s)", stop.City, l.Zone(stop.Zone))})
	}
	for _, h := range p.Programme.Hosts {
		out.Hosts = append(out.Hosts, option{h.ID, h.Name})
	}
	switch kind {
	case scheduling.LegPart:
		for _, k := range scheduling.LegKinds {
			out.Kinds = append(out.Kinds, option{string(k), l.Text("programme.leg." + string(k))})
		}
	case scheduling.StayPart:
		for _, k := range scheduling.HotelRoomKinds {
			out.Rooms = append(out.Rooms, option{string(k), l.Text("programme.room." + string(k))})
		}
	default:
		for _, k := range scheduling.ActivityKinds {
			out.Kinds = append(out.Kinds, option{string(k), l.Text("programme.activity." + string(k))})
		}
	}
	return s.page(c, "programme_form", out)
}

// createPart answers POST /organise/trips/:id/programme/new/:kind.
func (s *Server) createPart(c *fiber.Ctx) error {
	kind, ok := partKind(c.Params("kind"))
	if !ok {
		return storage.ErrNotFound
	}
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	return s.savePart(c, &p, f, kind, f.NewID(), "")
}

// editPart answers POST /organise/trips/:id/programme/parts/:part/edit.
func (s *Server) editPart(c *fiber.Ctx) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	x, ok := p.Part(c.Params("part"))
	if !ok {
		return storage.ErrNotFound
	}
	return s.savePart(c, &p, s.form(c), x.Kind, x.ID, x.ID)
}

// savePart stores what a form says of a part. stored is its ID if it is there.
func (s *Server) savePart(c *fiber.Ctx, p *programmePage, f *form, kind scheduling.PartKind, id, stored string) error {
	rev, err := f.Revision(), error(nil)
	ctx, by, trip := c.UserContext(), actor(c), p.Trip.ID
	switch kind {
	case scheduling.LegPart:
		in := f.leg(p.Programme.Leg(stored), id)
		if err = f.Err(); err == nil {
			_, err = s.desk.SaveLeg(ctx, by, trip, rev, in)
		}
	case scheduling.StayPart:
		in := f.hotel(p.Programme.Hotel(stored), id)
		if err = f.Err(); err == nil {
			_, err = s.desk.SaveHotel(ctx, by, trip, rev, in)
		}
	default:
		in := f.activity(p.Programme.Activity(stored), id, p.Trip)
		if err = f.Err(); err == nil {
			_, err = s.desk.SaveActivity(ctx, by, trip, rev, in)
		}
	}
	if problem := s.inForm(c, typedMoments(err)); problem != nil {
		return s.partForm(c, p, f.typed, kind, stored, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.PartPath(id), "flash.programme.saved")
}

// typedMoments names the fields of a problem as forms have them: a moment is
// typed as a day and a time.
func typedMoments(err error) error {
	p := scheduling.ProblemIn(err)
	if p == nil {
		return err
	}
	out := &scheduling.Problem{Kind: p.Kind, Key: p.Key, Args: p.Args, Fields: map[string]string{}}
	for name, key := range p.Fields {
		switch name {
		case "departs", "starts":
			name += "_day"
		case "arrives", "ends":
			name += "_time"
		case "legs", "hotels", "activities": // of the programme as a whole
			out.Key = key
			continue
		}
		out.Fields[name] = key
	}
	return out
}

// leg reads a leg; whom it is for stays what it was, and is asked of a new one.
func (f *form) leg(old *scheduling.Leg, id string) (l scheduling.Leg) {
	if old != nil {
		l = *old
	} else {
		l.Crowd = scheduling.Crowd{Everyone: f.Check("everyone")}
	}
	l.ID, l.Kind, l.Carrier, l.Number = id, scheduling.LegKind(f.Value("kind")), f.Text("carrier"), f.Text("number")
	l.From = scheduling.Terminal{Name: f.Text("from"), Code: strings.ToUpper(f.Text("from_code")), Zone: f.Text("from_zone")}
	l.To = scheduling.Terminal{Name: f.Text("to"), Code: strings.ToUpper(f.Text("to_code")), Zone: f.Text("to_zone")}
	l.Departs, l.Arrives = f.Moment("departs", l.From.Zone), f.Moment("arrives", l.To.Zone)
	l.StopID, l.Meet, l.Note, l.Contact = f.Value("stop_id"), f.Text("meet"), f.Text("note"), f.Text("contact")
	l.Minutes = f.Int("minutes", 0, 24*60)
	return l
}

// hotel reads a hotel stay. Prices are typed in the trip's currency.
func (f *form) hotel(old *scheduling.Hotel, id string) (h scheduling.Hotel) {
	if old != nil {
		h = *old
	}
	h.ID, h.StopID, h.Name, h.Address, h.Phone = id, f.Value("stop_id"), f.Text("name"), f.Text("address"), f.Text("phone")
	h.From, h.Until, h.ReleaseBy = f.Day("from"), f.Day("until"), f.Day("release_by")
	h.Block = nil
	for _, k := range scheduling.HotelRoomKinds {
		at := "block." + string(k)
		if b := (scheduling.RoomBlock{Kind: k, Count: f.Int(at+".count", 0, 300), Price: f.cents(at + ".price")}); b.Count > 0 {
			h.Block = append(h.Block, b)
		}
	}
	return h
}

// cents reads an amount such as 95, 95.50 or 95,50; none is 0.
func (f *form) cents(name string) int64 {
	s := strings.ReplaceAll(strings.Join(strings.Fields(f.Text(name)), ""), ",", ".")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || n > 1e7 || n != n {
		f.wrong(name, "problem.number")
		return 0
	}
	return int64(math.Round(n * 100))
}

// activity reads an activity. One that ends before it begins on the clock ends
// on the next day.
func (f *form) activity(old *scheduling.Activity, id string, t *scheduling.Trip) (a scheduling.Activity) {
	if old != nil {
		a = *old
	} else {
		a.Crowd = scheduling.Crowd{Everyone: f.Check("everyone")}
	}
	a.ID, a.Kind, a.StopID, a.HostID = id, scheduling.ActivityKind(f.Value("kind")), f.Value("stop_id"), f.Value("host_id")
	a.Title, a.About, a.Group, a.Language = f.Langs("title"), f.Langs("about"), f.Text("group"), f.Text("language")
	a.Place, a.Address, a.Meet, a.Note = f.Text("place"), f.Text("address"), f.Text("meet"), f.Text("note")
	a.Capacity, a.NDA = f.Int("capacity", 0, 10_000), f.Check("nda")
	stop, ok := t.Stop(a.StopID)
	if !ok {
		f.wrong("stop_id", "programme.wrong.stop")
		return a
	}
	a.Starts = f.Moment("starts", stop.Zone)
	a.Ends = f.until("ends_time", a.Starts, stop.Location())
	return a
}

// until is the time of day of a field after a moment: on its day, or on the next.
func (f *form) until(name string, starts time.Time, loc *time.Location) time.Time {
	hour, minute, ok := parseClock(f.Text(name))
	if !ok {
		f.wrong(name, "input.time")
		return time.Time{}
	}
	for days := range 2 {
		ends, exists := wallTime(starts.In(loc).AddDate(0, 0, days), hour, minute, loc)
		if !exists {
			f.wrong(name, "input.gap")
		}
		if ends.After(starts) {
			return ends
		}
	}
	return starts
}

// partValues are the fields of the form for a part.
func partValues(p *programmePage, x scheduling.Part) values {
	v := values{}
	set := func(pairs map[string]string) {
		for name, s := range pairs {
			v.set(name, s)
		}
	}
	if l := p.Programme.Leg(x.ID); l != nil {
		set(map[string]string{"kind": string(l.Kind), "carrier": l.Carrier, "number": l.Number, "from": l.From.Name, "from_code": l.From.Code, "from_zone": l.From.Zone,
			"to": l.To.Name, "to_code": l.To.Code, "to_zone": l.To.Zone, "stop_id": l.StopID, "meet": l.Meet, "note": l.Note, "contact": l.Contact})
		v.moment("departs", l.Departs, x.StartsAt().Location())
		v.moment("arrives", l.Arrives, x.EndsAt().Location())
		v.number("minutes", l.Minutes)
	}
	if h := p.Programme.Hotel(x.ID); h != nil {
		set(map[string]string{"stop_id": h.StopID, "name": h.Name, "address": h.Address, "phone": h.Phone, "from": h.From, "until": h.Until, "release_by": h.ReleaseBy})
		for _, b := range h.Block {
			v.number("block."+string(b.Kind)+".count", b.Count)
			v.set("block."+string(b.Kind)+".price", strconv.FormatFloat(float64(b.Price)/100, 'f', 2, 64))
		}
	}
	if a := p.Programme.Activity(x.ID); a != nil {
		set(map[string]string{"kind": string(a.Kind), "stop_id": a.StopID, "host_id": a.HostID, "group": a.Group, "language": a.Language, "place": a.Place,
			"address": a.Address, "meet": a.Meet, "note": a.Note})
		v.text("title", a.Title)
		v.text("about", a.About)
		v.moment("starts", a.Starts, x.StartsAt().Location())
		v.moment("ends", a.Ends, x.EndsAt().Location())
		v.number("capacity", a.Capacity)
		v.tick("nda", a.NDA)
	}
	return v
}
