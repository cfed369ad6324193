package handlers

import (
	"bytes"
	"context"
	"html/template"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/spool"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/docx"
	"kohtaamo/storage"
)

// reportRoutes are the reports of periods, and the evidence behind them.
func (s *Server) reportRoutes() []route {
	const one = "/organise/reports/:id"
	return []route{
		get("/organise/reports", Organiser, s.showReports),
		get(one, Organiser, s.showReport),
		get(one+"/print", Organiser, s.printReport),
		get(one+"/report.xlsx", Organiser, s.reportXLSX),
		get(one+"/report.docx", Organiser, s.reportDOCX),
		get(one+"/text/:part", Organiser, s.showReportPart),
		post(one+"/text/:part", Organiser, s.writeReportPart),
		post(one+"/text/:part/drop", Organiser, s.dropReportPart),
		get(one+"/evidence", Organiser, s.showEvidence),
		post(one+"/evidence", Organiser, s.makeEvidence),
	}
}

// reportsPage is the data of templates/pages/reports.html.
type reportsPage struct {
	Page
	Reports []reportLine
	Zone    string
}

// A reportLine is a period in the list of reports.
type reportLine struct {
	Period *scheduling.ReportPeriod
	About  string // empty: the whole house
}

// showReports answers GET /organise/reports.
func (s *Server) showReports(c *fiber.Ctx) error {
	list, err := s.desk.Periods(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	clusters, err := s.clusterNames(c)
	if err != nil {
		return err
	}
	projects, err := s.desk.Projects(c.UserContext())
	if err != nil {
		return err
	}
	p := &reportsPage{Page: figureFrame(), Zone: houseZone}
	for _, x := range list {
		about := clusters[x.ClusterID]
		for _, pr := range projects {
			if pr.ID == x.ProjectID {
				about = pr.Name.In(s.lang(c).Code())
			}
		}
		p.Reports = append(p.Reports, reportLine{x, about})
	}
	return s.page(c, "reports", p)
}

// reportPage is the data of templates/pages/report.html and report_print.html.
type reportPage struct {
	Page
	*scheduling.Report
	Title, Days string
	Rows        []scheduling.ReportRow
	RowQuery    template.URL // of the rows behind a figure
	Zone        string
}

func (s *Server) reportPage(c *fiber.Ctx) (*reportPage, error) {
	r, err := s.desk.Report(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	l := s.lang(c)
	p := &reportPage{Page: figureFrame(), Report: r, Title: r.Title(l), Days: r.Days(l), Rows: r.Rows(l), RowQuery: s.periodQuery(r.Period), Zone: houseZone}
	p.Emblem = s.emblem(c, r.Funding)
	return p, nil
}

// showReport answers GET /organise/reports/:id.
func (s *Server) showReport(c *fiber.Ctx) error {
	p, err := s.reportPage(c)
	if err != nil {
		return err
	}
	return s.page(c, "report", p)
}

// printReport answers GET /organise/reports/:id/print: the report alone.
func (s *Server) printReport(c *fiber.Ctx) error {
	p, err := s.reportPage(c)
	if err != nil {
		return err
	}
	p.Back = "/organise/reports/" + p.Period.ID
	return s.page(c, "report_print", p)
}

// reportXLSX answers GET /organise/reports/:id/report.xlsx.
func (s *Server) reportXLSX(c *fiber.Ctx) error {
	return s.sendSpooled(c, xlsx.mediaType, s.lang(c).Text("report.file")+".xlsx", func(ctx context.Context, w io.Writer) error {
		return s.desk.WriteReportXLSX(ctx, w, actor(c), c.Params("id"), s.lang(c))
	})
}

// sendSpooled answers with a file, see package spool. It may take longer than
// other pages.
func (s *Server) sendSpooled(c *fiber.Ctx, mediaType, name string, write func(context.Context, io.Writer) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), writeTimeout)
	defer cancel()
	file, err := spool.Of(func(w io.Writer) error { return write(ctx, w) })
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Response().SetBodyStream(file, -1)
	return nil
}

// sendDocument answers with a document for a word processor.
func (s *Server) sendDocument(c *fiber.Ctx, name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, docx.Type)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`.docx"`)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(b.Bytes())
}

// reportDOCX answers GET /organise/reports/:id/report.docx.
func (s *Server) reportDOCX(c *fiber.Ctx) error {
	p, err := s.reportPage(c)
	if err != nil {
		return err
	}
	return s.sendDocument(c, s.lang(c).Text("report.file"), func(w io.Writer) error { return scheduling.WriteReportText(w, p.Report, s.lang(c)) })
}

// reportPartPage is the data of templates/pages/report_part.html.
type reportPartPage struct {
	reportPage
	Part scheduling.ReportPart
	New  bool
	Rev  int64 // that was read with what is shown
}

// showReportPart answers GET /organise/reports/:id/text/:part; "new" is a part
// that is not there yet.
func (s *Server) showReportPart(c *fiber.Ctx) error {
	p, err := s.reportPart(c)
	if err != nil {
		return err
	}
	return s.page(c, "report_part", p)
}

func (s *Server) reportPart(c *fiber.Ctx) (*reportPartPage, error) {
	found, err := s.reportPage(c)
	if err != nil {
		return nil, err
	}
	p := &reportPartPage{reportPage: *found, New: c.Params("part") == "new", Rev: found.Report.Rev}
	if p.New {
		p.Part = scheduling.ReportPart{ID: storage.NewID(), Title: scheduling.Text{}, Body: scheduling.Text{}}
		return p, nil
	}
	for _, x := range found.Parts {
		if x.ID == c.Params("part") {
			p.Part = x
			return p, nil
		}
	}
	return nil, storage.ErrNotFound
}

// writeReportPart answers POST /organise/reports/:id/text/:part.
func (s *Server) writeReportPart(c *fiber.Ctx) error {
	p, err := s.reportPart(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p.Part.Title, p.Part.Body = f.Langs("title"), f.Langs("body")
	if p.New {
		p.Part.ID = f.NewID()
	}
	err = s.desk.WriteReport(c.UserContext(), actor(c), p.Period.ID, f.Revision(), p.Part)
	if p.Problem = s.labelled(c, "report.f.", s.inForm(c, err, "title", "body")); p.Problem != nil {
		return s.page(c, "report_part", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/reports/"+p.Period.ID+"#text", "report.saved")
}

// dropReportPart answers POST /organise/reports/:id/text/:part/drop.
func (s *Server) dropReportPart(c *fiber.Ctx) error {
	id := c.Params("id")
	err := s.desk.DropReportPart(c.UserContext(), actor(c), id, s.form(c).Revision(), c.Params("part"))
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, "/organise/reports/"+id, p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/reports/"+id+"#text", "report.dropped")
}

// evidencePage is the data of templates/pages/evidence.html.
type evidencePage struct {
	reportPage
	Holds []string
}

// evidenceParts are what a pack holds, as its page says: "evidence.in.KEY".
var evidenceParts = []string{"report", "lists", "events", "groups", "mail", "visibility", "files", "manifest"}

// showEvidence answers GET /organise/reports/:id/evidence.
func (s *Server) showEvidence(c *fiber.Ctx) error {
	p, err := s.reportPage(c)
	if err != nil {
		return err
	}
	return s.page(c, "evidence", &evidencePage{reportPage: *p, Holds: evidenceParts})
}

// makeEvidence answers POST /organise/reports/:id/evidence with the pack.
func (s *Server) makeEvidence(c *fiber.Ctx) error {
	l := s.lang(c)
	name := l.Text("evidence.file") + "-" + s.desk.DB.Now().Format(time.DateOnly) + ".zip"
	return s.sendSpooled(c, "application/zip", name, func(ctx context.Context, w io.Writer) error {
		return s.desk.WriteEvidence(ctx, w, actor(c), c.Params("id"), l, s.Shoot)
	})
}
