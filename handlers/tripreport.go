package handlers

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/docx"
	"kohtaamo/scheduling/table"
	"kohtaamo/templates"
)

// tripReportPage is the data of templates/pages/trip_report.html.
type tripReportPage struct {
	tripPage
	Report  *scheduling.TripReport
	Numbers []reportNumber
	Parts   []reportPart
	Shown   []reportPart // that have begun, with who came
	Costs   []costLine
	CanMark bool
}

// A reportNumber is a figure in words.
type reportNumber struct {
	Label string
	N     int
}

// A reportPart is a part of the programme in words, with who came.
type reportPart struct {
	Label, Time string
	scheduling.PartAttendance
}

// A costLine is a line of the budget in words.
type costLine struct {
	Name, Planned, Actual, Companies, House string
	Total                                   bool
}

// showTripReport answers GET /organise/trips/:id/report.
func (s *Server) showTripReport(c *fiber.Ctx) error {
	t, err := s.trip(c)
	if err != nil {
		return err
	}
	rep, err := s.desk.TripReport(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	l := s.lang(c)
	p := &tripReportPage{tripPage: t, Report: rep}
	p.Emblem = s.emblem(c, rep.Funding)
	p.inTab(p.Base + "/outcomes")
	p.CanMark = rep.Trip.State == scheduling.TripCompleted || rep.Trip.State == scheduling.TripVisited
	for _, f := range rep.Figures() {
		p.Numbers = append(p.Numbers, reportNumber{f.Label(l), f.N})
	}
	for _, x := range rep.Programme {
		p.Parts = append(p.Parts, reportPart{Label: x.Label(l), Time: x.Time(l)})
	}
	for _, a := range rep.Attendance {
		p.Shown = append(p.Shown, reportPart{Label: a.Part.Label(l), Time: a.Part.Time(l), PartAttendance: a})
	}
	p.Costs = costLines(l, rep)
	return s.page(c, "trip_report", p)
}

// costLines are a budget in words, with its total.
func costLines(l *templates.Lang, rep *scheduling.TripReport) (out []costLine) {
	line := func(name string, planned, actual scheduling.Costs) costLine {
		money := func(n int64) string { return l.Money(n, rep.Trip.Currency) }
		return costLine{Name: name, Planned: money(planned.Total), Actual: money(actual.Total), Companies: money(actual.Companies), House: money(actual.House)}
	}
	for _, x := range rep.Budget {
		out = append(out, line(x.Name, x.Planned, x.Actual))
	}
	if len(out) == 0 {
		return nil
	}
	total := line(l.Text("tripreport.total"), rep.Planned, rep.Actual)
	total.Total = true
	return append(out, total)
}

// downloadTripReport answers GET /organise/trips/:id/report.docx: the report for
// a word processor, in the language of the page.
func (s *Server) downloadTripReport(c *fiber.Ctx) error {
	rep, err := s.desk.TripReport(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	l := s.lang(c)
	var b bytes.Buffer
	if err := scheduling.WriteTripReport(&b, rep, l); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, docx.Type)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-report-%s.docx"`, rep.Trip.Slug, l.Code()))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(b.Bytes())
}

// exportTripReport answers GET /organise/trips/:id/report.csv: the figures.
func (s *Server) exportTripReport(c *fiber.Ctx) error {
	rep, err := s.desk.TripReport(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	l := s.lang(c)
	return s.sendTable(c, csvFile, "tripreport.title", rep.Trip.Slug+"-figures", func(w table.Writer) error {
		if err := w.Write([]string{l.Text("tripreport.column.figure"), l.Text("tripreport.column.number")}); err != nil {
			return err
		}
		for _, f := range rep.Figures() {
			if err := w.Write([]string{f.Label(l), strconv.Itoa(f.N)}); err != nil {
				return err
			}
		}
		return writeCosts(w, l, rep)
	})
}

// writeCosts writes the totals of a budget, as plain amounts.
func writeCosts(w table.Writer, l *templates.Lang, rep *scheduling.TripReport) error {
	for _, x := range []struct {
		column string
		cents  int64
	}{{"planned", rep.Planned.Total}, {"actual", rep.Actual.Total}, {"companies", rep.Actual.Companies}, {"house", rep.Actual.House}} {
		label := l.Text("tripreport.column."+x.column) + ", " + rep.Trip.Currency
		if err := w.Write([]string{label, fmt.Sprintf("%d.%02d", x.cents/100, x.cents%100)}); err != nil {
			return err
		}
	}
	return nil
}

// markTripReported answers POST /organise/trips/:id/report/done.
func (s *Server) markTripReported(c *fiber.Ctx) error {
	if _, err := s.desk.SetTripState(c.UserContext(), actor(c), c.Params("id"), scheduling.TripReported, ""); err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/report", "tripreport.flash.reported")
}

// certificatePage is the data of templates/pages/certificate.html.
type certificatePage struct {
	Page
	*scheduling.Certificate
	Days, Places, Issuer string
	Parts                []reportPart
}

// showCertificate answers GET /travel/:link/certificate: a page to print.
func (s *Server) showCertificate(c *fiber.Ctx) error {
	found, err := s.desk.Certificate(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	l := s.lang(c)
	p := &certificatePage{Certificate: found, Days: found.Trip.Days(l), Places: found.Trip.Places(l), Issuer: s.desk.House}
	if found.Cluster != nil {
		p.Issuer = found.Cluster.Name.In(l.Code())
	}
	for _, x := range found.Attended {
		p.Parts = append(p.Parts, reportPart{Label: x.Label(l), Time: x.Time(l)})
	}
	p.NoIndex, p.NoSignIn, p.Back, p.Emblem = true, true, "/travel/"+c.Params("link"), s.emblem(c, found.Funding)
	return s.page(c, "certificate", p)
}
