package handlers

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// daySheetRoutes are a day of a trip on its leader's phone.
func (s *Server) daySheetRoutes() []route {
	const day = "/organise/trips/:id/day"
	return []route{
		get(workerPath, Public, s.dayWorker),
		get("/day-sheet.webmanifest", Public, s.dayManifest),
		get(day, SignedIn, s.showDay),
		post(day+"/mark", SignedIn, s.markTraveller),
		post(day+"/note", SignedIn, s.noteTrip),
		post(day+"/late", SignedIn, s.delayPart),
	}
}

// daySheetPage is the data of templates/pages/daysheet.html.
type daySheetPage struct {
	tripPage
	*scheduling.DaySheet
	Trip   *scheduling.Trip
	Here   string // address of this day
	Worker string
	NewID  string // of the next note
	F      values
	Days   []dayLink
}

// A dayLink leads to another day of the trip.
type dayLink struct {
	At   time.Time
	Zone string
	Path string
	On   bool
}

// showDay answers GET /organise/trips/:id/day.
func (s *Server) showDay(c *fiber.Ctx) error { return s.day(c, c.Query("date"), values{}, nil) }

func (s *Server) day(c *fiber.Ctx, date string, typed values, problem *FormProblem) error {
	t, err := s.trip(c)
	if err != nil {
		return err
	}
	found, err := s.desk.DaySheet(c.UserContext(), actor(c), t.Trip.ID, date, s.lang(c).Code())
	if err != nil {
		return err
	}
	p := &daySheetPage{tripPage: t, DaySheet: found, Trip: t.Trip, Worker: workerPath, NewID: storage.NewID(), F: typed}
	p.Problem, p.Manifest = problem, "/day-sheet.webmanifest?trip="+t.Trip.ID+"&lang="+s.lang(c).Code()
	p.Here = t.Base + "/day"
	for _, d := range found.Dates {
		at, err := time.Parse(time.DateOnly, d)
		if err != nil {
			continue
		}
		p.Days = append(p.Days, dayLink{at, "UTC", p.Here + "?date=" + d, d == found.Date})
	}
	s.keepUntil(c, t.Trip)
	return s.page(c, "daysheet", p)
}

// keptAfter is how long after a trip a phone may keep its day sheets.
const keptAfter = 24 * time.Hour

// keepUntil tells our service worker until when it may keep the page.
func (s *Server) keepUntil(c *fiber.Ctx, t *scheduling.Trip) {
	if until := t.Ends.Add(keptAfter); until.After(s.desk.DB.Now()) && !t.Off() {
		c.Set("X-Keep-Until", strconv.FormatInt(until.UnixMilli(), 10))
	}
}

// daySheetDone answers a change of a day sheet: a script that sends what was
// noted without a network reads the status alone.
func (s *Server) daySheetDone(c *fiber.Ctx, f *form, err error, said string, inputs ...string) error {
	if c.Get(fiber.HeaderAccept) == fiber.MIMEApplicationJSON {
		if problem := s.inForm(c, err, inputs...); problem != nil {
			return c.SendStatus(problem.status)
		}
		if err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
	if problem := s.inForm(c, err, inputs...); problem != nil {
		return s.day(c, f.Text("date"), f.typed, problem)
	}
	if err != nil {
		return err
	}
	path := "/organise/trips/" + c.Params("id") + "/day"
	if _, err := time.Parse(time.DateOnly, f.Text("date")); err == nil {
		path += "?date=" + f.Text("date")
	}
	return s.seeOther(c, path, said)
}

// markTraveller answers POST /organise/trips/:id/day/mark. The button says who,
// and whether they are there: "ID 1".
func (s *Server) markTraveller(c *fiber.Ctx) error {
	f := s.form(c)
	id, present, _ := strings.Cut(f.Text("mark"), " ")
	_, err := s.desk.MarkTraveller(c.UserContext(), actor(c), c.Params("id"), scheduling.Marking{
		TravellerID: id, PartID: f.Text("part"), Present: present == "1", At: noted(f)})
	return s.daySheetDone(c, f, err, "flash.day_marked")
}

// noted is when something was noted, which may be long before it arrives; zero
// where nothing says.
func noted(f *form) time.Time {
	at, err := time.Parse(time.RFC3339, f.Text("at"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// noteTrip answers POST /organise/trips/:id/day/note. Sent twice, it is one.
func (s *Server) noteTrip(c *fiber.Ctx) error {
	f := s.form(c)
	note := scheduling.TripNote{PartID: f.Text("part"), Text: f.Value("text"), At: noted(f)}
	note.ID = f.NewID()
	_, err := s.desk.NoteTrip(c.UserContext(), actor(c), c.Params("id"), note)
	return s.daySheetDone(c, f, err, "flash.day_noted", "text")
}

// delayPart answers POST /organise/trips/:id/day/late.
func (s *Server) delayPart(c *fiber.Ctx) error {
	f := s.form(c)
	minutes := f.Int("minutes", 0, 24*60)
	err := f.Err()
	if err == nil {
		_, err = s.desk.DelayPart(c.UserContext(), actor(c), c.Params("id"), f.Text("part"), minutes)
	}
	return s.daySheetDone(c, f, err, "flash.day_late", "minutes")
}

// Said is what stands for a person in a part: whether they were marked, and how.
func (p *daySheetPage) Said(part scheduling.SheetPart, v *scheduling.Traveller) string {
	m, ok := part.Mark(v)
	switch {
	case !ok:
		return ""
	case m.Present:
		return "1"
	}
	return "0"
}

// PhoneOf is the number that somebody has on the road.
func (p *daySheetPage) PhoneOf(v *scheduling.Traveller) string {
	if v.Data != nil {
		return cmp.Or(v.Data.Phone, v.Phone)
	}
	return v.Phone
}
