package handlers

import (
	"encoding/base64"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/fetch"
	"kohtaamo/scheduling"
)

// calendarInRoutes bring events in from other calendars. They come before
// those of one event, whose id could be any word.
func (s *Server) calendarInRoutes() []route {
	upload := post("/organise/events/import", Organiser, s.importCalendar)
	upload.Body, upload.Limit = 2*fetch.MaxBytes+formLimit, fetchLimit // the second step sends the file as text
	return []route{get("/organise/events/import", Organiser, s.showCalendarImport), upload}
}

// calendarImportPage is the data of templates/pages/import_calendar.html.
type calendarImportPage struct {
	Page
	Cluster, Zone, Lang, Address string
	Clusters, Langs              []option
	Zones                        []string

	Report  *scheduling.CalendarReport
	Entries []scheduling.CalendarEntry // that can be taken, or were taken before
	Skipped []scheduling.CalendarEntry
	Counts  []figure
	Ready   int    // how many can be taken
	Content string // the file once more, for the second step
}

// showCalendarImport answers GET /organise/events/import.
func (s *Server) showCalendarImport(c *fiber.Ctx) error {
	return s.calendarImportPage(c, &calendarImportPage{Cluster: c.Query("cluster"), Lang: s.lang(c).Code()})
}

// calendarImportPage shows the form, or what became of a calendar.
func (s *Server) calendarImportPage(c *fiber.Ctx, p *calendarImportPage) (err error) {
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.NoIndex, p.Wide, p.Zones = true, p.Report != nil, zones
	p.Section = "/organise/events"
	p.Langs = s.options(c, "lang", languages...)
	if p.Zone == "" {
		p.Zone = houseZone
	}
	if p.Report != nil {
		p.sort()
	}
	secret(c) // an address may be one
	return s.page(c, "import_calendar", p)
}

// sort parts what can be taken from what cannot, and counts.
func (p *calendarImportPage) sort() {
	for _, e := range p.Report.Entries {
		if e.Outcome == scheduling.EntrySkipped {
			p.Skipped = append(p.Skipped, e)
			continue
		}
		p.Entries = append(p.Entries, e)
		if e.Takes() {
			p.Ready++
		}
	}
	for _, o := range scheduling.EntryOutcomes {
		if n := p.Report.Count(o); n > 0 {
			p.Counts = append(p.Counts, figure{n, "calendarin.figure." + string(o)})
		}
	}
}

// importCalendar answers POST /organise/events/import: first a look at what
// would happen, and, when that was seen, the import of the same content. Sent
// twice it makes nothing twice.
func (s *Server) importCalendar(c *fiber.Ctx) error {
	f := s.form(c)
	p := &calendarImportPage{Cluster: f.Text("cluster_id"), Zone: f.Text("zone"), Lang: f.Text("lang"), Address: f.Text("calendar")}
	commit := f.Text("do") == "import"
	content, err := s.calendarContent(c, f, commit)
	in := scheduling.CalendarImport{Content: content, ClusterID: p.Cluster, Zone: p.Zone, Lang: p.Lang, DryRun: !commit}
	if commit {
		in.Only = slices.Concat([]string{}, f.List("entry")) // none ticked is none, not all
	}
	if err == nil {
		p.Report, err = s.desk.ImportCalendar(c.UserContext(), actor(c), in)
	}
	if p.Problem = s.inForm(c, err, "calendar", "file", "cluster_id", "zone"); p.Problem != nil {
		p.Report = nil
		return s.calendarImportPage(c, p)
	}
	if err != nil {
		return err
	}
	if !commit {
		p.Content = base64.StdEncoding.EncodeToString(content)
	}
	return s.calendarImportPage(c, p)
}

// calendarContent is the calendar of the file or the address, or in the second
// step what the first one saw.
func (s *Server) calendarContent(c *fiber.Ctx, f *form, commit bool) ([]byte, error) {
	if commit {
		data, err := base64.StdEncoding.DecodeString(f.Value("content"))
		if err != nil || len(data) == 0 || len(data) > fetch.MaxBytes {
			f.wrong("file", "input.file_missing")
		}
		return data, f.Err()
	}
	data, _ := f.calendarFile()
	if err := f.Err(); data != nil || err != nil {
		return data, err
	}
	if f.Text("calendar") == "" {
		f.wrong("calendar", "calendarin.nothing")
		return nil, f.Err()
	}
	return s.desk.FetchCalendar(c.UserContext(), actor(c), f.Text("calendar"))
}
