package handlers

import (
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/fetch"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// How often a minute one network may have us ask other servers for calendars.
const fetchLimit = 20

// busyRoutes are the calendars that say when a signed-in person has no time.
func (s *Server) busyRoutes() []route {
	add, refresh := post("/account/busy", SignedIn, s.addBusy), post("/account/busy/:id/refresh", SignedIn, s.refreshBusy)
	add.Body, add.Limit, refresh.Limit = fetch.MaxBytes+formLimit, fetchLimit, fetchLimit
	return []route{
		get("/account/busy", SignedIn, s.showBusy),
		add,
		refresh,
		post("/account/busy/:id/remove", SignedIn, s.removeBusy),
	}
}

// maxTimesShown is how many busy times the page lists.
const maxTimesShown = 60

// busyPage is the data of templates/pages/busy.html.
type busyPage struct {
	Page
	*scheduling.BusyView
	Lines   []busyLine
	Times   []ical.Span // the first of BusyView.Times
	More    int         // how many there are beyond
	Zone    string      // of all times shown
	Zones   []string
	ID      string // of the form: sent twice, it adds one calendar
	Name    string
	Address string
}

// A busyLine is one calendar as the page shows it.
type busyLine struct {
	*scheduling.BusyCalendar
	State string // see the signs of "busy"
	Soon  int    // busy times in the weeks that the page looks ahead
}

// showBusy answers GET /account/busy.
func (s *Server) showBusy(c *fiber.Ctx) error {
	return s.busyPage(c, &busyPage{ID: storage.NewID()})
}

func (s *Server) busyPage(c *fiber.Ctx, p *busyPage) (err error) {
	if p.BusyView, err = s.desk.Busy(c.UserContext(), actor(c)); err != nil {
		return err
	}
	p.Zones, p.NoIndex = zones, true
	if p.Zone == "" {
		p.Zone = houseZone
		if len(p.Calendars) > 0 {
			p.Zone = p.Calendars[0].Zone
		}
	}
	for _, b := range p.Calendars {
		p.Lines = append(p.Lines, busyLine{b, busyState(b), b.Between(p.Now, p.Now.Add(scheduling.BusyLook))})
	}
	p.Times = p.BusyView.Times[:min(len(p.BusyView.Times), maxTimesShown)]
	p.More = len(p.BusyView.Times) - len(p.Times)
	secret(c)
	return s.page(c, "busy", p)
}

// busyState is where a calendar stands, in one word.
func busyState(b *scheduling.BusyCalendar) string {
	switch {
	case b.FromFile():
		return "file"
	case !b.PausedAt.IsZero():
		return "paused"
	case b.Failures > 0:
		return "failing"
	}
	return "fine"
}

// addBusy answers POST /account/busy, with an address or a file.
func (s *Server) addBusy(c *fiber.Ctx) error {
	f := s.form(c)
	p := &busyPage{ID: f.NewID(), Name: f.Text("name"), Address: f.Text("calendar"), Zone: f.Text("zone")}
	in := scheduling.NewBusy{ID: p.ID, Name: p.Name, Address: p.Address, Zone: p.Zone}
	var filename string
	in.File, filename = f.calendarFile()
	if in.Name == "" && in.File != nil {
		in.Name = strings.TrimSuffix(path.Base(filename), path.Ext(filename))
	}
	err := f.Err()
	if err == nil {
		_, err = s.desk.AddBusy(c.UserContext(), actor(c), in)
	}
	if p.Problem = s.inForm(c, err, "calendar", "file", "name", "zone"); p.Problem != nil {
		return s.busyPage(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/account/busy", "calendarin.flash.added")
}

// calendarFile is the file of a form that takes a file or an address, if one
// was chosen.
func (f *form) calendarFile() (body []byte, name string) {
	if h, err := f.c.FormFile("file"); err != nil || h.Size == 0 && h.Filename == "" {
		return nil, ""
	}
	if f.Text("calendar") != "" {
		f.wrong("file", "calendarin.both")
		return nil, ""
	}
	return f.File("file", fetch.MaxBytes)
}

// refreshBusy looks at one address now.
func (s *Server) refreshBusy(c *fiber.Ctx) error {
	b, err := s.desk.RefreshOne(c.UserContext(), actor(c), c.Params("id"))
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, "/account/busy", p.Key)
	}
	if err != nil {
		return err
	}
	if b.Failures > 0 {
		return s.seeOtherBad(c, "/account/busy", "calendarin.flash.failed")
	}
	return s.seeOther(c, "/account/busy", "calendarin.flash.refreshed")
}

func (s *Server) removeBusy(c *fiber.Ctx) error {
	if err := s.desk.RemoveBusy(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	return s.seeOther(c, "/account/busy", "calendarin.flash.removed")
}
