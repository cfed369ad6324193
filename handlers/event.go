package handlers

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// eventPage is the data of templates/pages/event.html.
type eventPage struct {
	Page
	*scheduling.EventPage
	Phase    scheduling.Phase
	Seats    seats
	Days     []agendaDay
	Calendar []calendarLink
	Map      string
	Social   string                   // absolute address, for what is shared
	Mine     *scheduling.Registration // of the signed-in person
	MyPath   string
}

// seats is what is said about the seats of an event, everywhere.
type seats struct {
	Standing      scheduling.Standing
	Free, Waiting int
	Limited       bool
	Opens, Closes time.Time
	Zone          string
	Live          string // address that gives the text anew
}

func seatsOf(e *scheduling.Event, s *scheduling.Seating, now time.Time) seats {
	v := seats{Standing: e.Standing(s, now), Waiting: s.Waiting, Opens: e.Opens(), Closes: e.Closes(), Zone: e.Zone}
	v.Free, v.Limited = s.Free()
	if v.Standing == scheduling.StandOpen || v.Standing == scheduling.StandWaiting || v.Standing == scheduling.StandFull {
		v.Live = "/events/" + e.Slug + "/seats"
	}
	return v
}

// An agendaDay is one day of an event's agenda.
type agendaDay struct {
	Day   time.Time
	Items []scheduling.Item
}

func agendaDays(e *scheduling.Event) []agendaDay {
	var days []agendaDay
	loc, last := e.Location(), ""
	for _, it := range e.Agenda {
		if day := it.Starts.In(loc).Format(time.DateOnly); day != last {
			days, last = append(days, agendaDay{Day: it.Starts}), day
		}
		d := &days[len(days)-1]
		d.Items = append(d.Items, it)
	}
	return days
}

// showEvent answers GET /events/:slug: from memory for the public, anew for
// whoever is signed in.
func (s *Server) showEvent(c *fiber.Ctx) error {
	if s.anybody(c) {
		return s.cachedEvent(c)
	}
	p, err := s.eventPage(c)
	if err != nil {
		return err
	}
	if p.Mine, err = s.desk.MyRegistration(c.UserContext(), actor(c), p.Event.ID); err != nil {
		return err
	}
	if p.Mine != nil {
		p.MyPath = "/my/" + s.desk.MyLink(p.Mine)
	}
	return s.page(c, "event", p)
}

func (s *Server) eventPage(c *fiber.Ctx) (*eventPage, error) {
	found, err := s.desk.EventPage(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return nil, err
	}
	if found.Event.Slug != c.Params("slug") {
		return nil, storage.ErrNotFound // its number is not an address of the page
	}
	return s.eventPageOf(c, found), nil
}

// eventPageOf is the page of an event, be it stored or as somebody writes it.
func (s *Server) eventPageOf(c *fiber.Ctx, found *scheduling.EventPage) *eventPage {
	return s.eventPageAt(c, found, s.desk.DB.Now())
}

// eventPageAt is the page of an event as it looks at a moment.
func (s *Server) eventPageAt(c *fiber.Ctx, found *scheduling.EventPage, now time.Time) *eventPage {
	e := found.Event
	p := &eventPage{EventPage: found, Phase: e.Phase(now), Seats: seatsOf(e, found.Seating, now), Days: agendaDays(e)}
	p.Calendar, p.Map, p.Social = s.calendarLinks(c, e), mapLink(e), s.desk.EventURL(e)
	p.Description = e.Summary.In(s.lang(c).Code())
	p.Emblem = s.emblem(c, found.Project)
	p.NoIndex = e.Audience != scheduling.ForAll || e.State == scheduling.Draft
	p.Feeds = []Feed{{"/events/" + e.Slug + ".ics", e.Title.In(s.lang(c).Code())}}
	return p
}

// emblem is what a page of a funded project shows; nil for no project.
func (s *Server) emblem(c *fiber.Ctx, p *scheduling.Project) *Emblem {
	if p == nil {
		return nil
	}
	return &Emblem{Project: p.Name.In(s.lang(c).Code())}
}

// funded shows a page of an event with the emblem of the project that pays for
// it.
func (s *Server) funded(c *fiber.Ctx, name string, data paged, eventID string) error {
	project, err := s.desk.Funding(c.UserContext(), eventID)
	if err != nil {
		return err
	}
	data.base().Emblem = s.emblem(c, project)
	return s.page(c, name, data)
}

// fundedRound shows a page of a round, with the emblem of the project that pays
// for the event or the trip that it is part of.
func (s *Server) fundedRound(c *fiber.Ctx, name string, data paged, r *scheduling.Round) error {
	project, err := s.desk.RoundFunding(c.UserContext(), r)
	if err != nil {
		return err
	}
	data.base().Emblem = s.emblem(c, project)
	return s.page(c, name, data)
}

// seatsAnswer is what GET /events/:slug/seats says to programs.
type seatsAnswer struct {
	Standing scheduling.Standing `json:"standing"`
	Free     *int                `json:"free"` // null: no limit
	Waiting  int                 `json:"waiting"`
	Text     string              `json:"text"`
}

// showSeats answers GET /events/:slug/seats: how many seats are left, for the
// page that is open.
func (s *Server) showSeats(c *fiber.Ctx) error {
	found, err := s.desk.EventPage(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	v := seatsOf(found.Event, found.Seating, s.desk.DB.Now())
	out := seatsAnswer{Standing: v.Standing, Waiting: v.Waiting, Text: v.text(s.lang(c).Text)}
	if v.Limited {
		out.Free = &v.Free
	}
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.JSON(out)
}

// text is what the template "seats" says.
func (v seats) text(text func(string, ...any) string) string {
	switch {
	case v.Standing == scheduling.StandOpen && v.Limited:
		return text("public.seats.left", "count", v.Free)
	case v.Standing == scheduling.StandWaiting && v.Waiting > 0:
		return text("public.seats.waiting", "count", v.Waiting)
	}
	return text("public.seats." + string(v.Standing))
}

// A calendarLink adds an event to one kind of calendar.
type calendarLink struct {
	Key  string
	Href template.URL
	Away bool // leads to another site
}

// calendarLinks are the ways to put e into a calendar. Nothing private is in
// them: they go to other people's servers.
func (s *Server) calendarLinks(c *fiber.Ctx, e *scheduling.Event) []calendarLink {
	lang := s.lang(c).Code()
	file := "/events/" + e.Slug + ".ics?lang=" + lang
	_, host, _ := strings.Cut(s.BaseURL, "://")
	title, place, page := e.Title.In(lang), e.Place(), s.desk.EventURL(e)
	start, end := e.Starts.UTC(), e.Ends.UTC()
	google := url.Values{"action": {"TEMPLATE"}, "text": {title}, "location": {place}, "details": {page},
		"dates": {start.Format("20060102T150405Z") + "/" + end.Format("20060102T150405Z")}, "ctz": {e.Zone}}
	outlook := url.Values{"path": {"/calendar/action/compose"}, "rru": {"addevent"}, "subject": {title}, "location": {place},
		"body": {page}, "startdt": {start.Format(time.RFC3339)}, "enddt": {end.Format(time.RFC3339)}}
	links := []calendarLink{
		{"public.calendar.file", template.URL(file), false},
		{"public.calendar.subscribe", template.URL("webcal://" + host + file), false},
		{"public.calendar.google", template.URL("https://calendar.google.com/calendar/render?" + google.Encode()), true},
		{"public.calendar.outlook", template.URL("https://outlook.live.com/calendar/0/deeplink/compose?" + outlook.Encode()), true},
		{"public.calendar.office", template.URL("https://outlook.office.com/calendar/0/deeplink/compose?" + outlook.Encode()), true},
	}
	if len(e.Agenda) > 0 {
		links = append(links, calendarLink{"feeds.public.agenda", template.URL(file + "&agenda=1"), false})
	}
	return links
}

// mapLink leads to the place on OpenStreetMap; "" for an event without one.
func mapLink(e *scheduling.Event) string {
	switch {
	case e.Geo != nil:
		at := fmt.Sprintf("%.5f/%.5f", e.Geo.Lat, e.Geo.Lon)
		return fmt.Sprintf("https://www.openstreetmap.org/?mlat=%.5f&mlon=%.5f#map=17/%s", e.Geo.Lat, e.Geo.Lon, at)
	case e.Address != "":
		return "https://www.openstreetmap.org/search?" + url.Values{"query": {e.Address}}.Encode()
	}
	return ""
}
