package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A Report is what is told of a period: its figures, and what was written.
type Report struct {
	Title    string       `json:"title" doc:"In the language of the request"`
	Period   Period       `json:"period"`
	Counted  time.Time    `json:"counted_at" doc:"When the figures were counted"`
	Revision int64        `json:"revision" doc:"Of what was written; 0 where nobody has"`
	Parts    []ReportPart `json:"parts"`
}

// A ReportPart is a part of a report with a heading.
type ReportPart struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
	Body  Text   `json:"body" doc:"Markdown; empty where nothing was written yet"`
}

func (a *API) reportRoutes() {
	do := func(path, id, summary string) op {
		return op{method: http.MethodGet, path: "/periods/{id}" + path, id: id, summary: summary, subject: "figures"}
	}
	add(a, do("/report", "get-report", "Show the report of a period"), a.getReport)
	o := do("/report.xlsx", "get-report-table", "Get the report of a period as a workbook")
	o.file, o.about = xlsxType, "A sheet of its figures, and for each of them a sheet with the rows that it counts."
	add(a, o, a.getReportTable)
	if a.cfg.Shoot == nil {
		return
	}
	o = do("/evidence.zip", "get-evidence", "Get the evidence pack of a period")
	o.file = zipType
	o.about = "Lists, agendas, minutes, newsletters and pages as they were shown, with a manifest of their hashes. It is made anew, of what the house holds now, which takes a while; the audit log says who had it."
	add(a, o, a.getEvidence)
}

func (a *API) getReport(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Report], error) {
	r, err := a.cfg.Desk.Report(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	who := callerIn(ctx)
	return one(r.Rev, Report{r.Title(who.lang), countedPeriod(who, r.Period, r.Lines), r.At.UTC(), r.Rev, mapped(r.Parts, func(p scheduling.ReportPart) ReportPart {
		return ReportPart{p.ID, textOf(p.Title), textOf(p.Body)}
	})}), nil
}

func (a *API) getReportTable(ctx context.Context, by scheduling.Actor, in *ByID) (*File, error) {
	lang := callerIn(ctx).lang
	return file(ctx, xlsxType, lang.Text("report.file")+".xlsx", func(ctx context.Context, w io.Writer) error {
		return a.cfg.Desk.WriteReportXLSX(ctx, w, by, in.ID, lang)
	})
}

func (a *API) getEvidence(ctx context.Context, by scheduling.Actor, in *ByID) (*File, error) {
	lang := callerIn(ctx).lang
	return file(ctx, zipType, lang.Text("evidence.file")+".zip", func(ctx context.Context, w io.Writer) error {
		return a.cfg.Desk.WriteEvidence(ctx, w, by, in.ID, lang, a.cfg.Shoot)
	})
}
