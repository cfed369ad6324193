package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A FigureScope says what figures are counted from.
type FigureScope struct {
	From      string `query:"from" format:"date" doc:"The first day"`
	Until     string `query:"until" format:"date" doc:"The last day"`
	ClusterID string `query:"cluster_id" maxLength:"64"`
	ProjectID string `query:"project_id" maxLength:"64"`
	GroupID   string `query:"group_id" maxLength:"64"`
	Country   string `query:"country" maxLength:"2" doc:"ISO 3166 alpha-2"`
}

func (s FigureScope) scope() scheduling.Scope {
	return scheduling.Scope{From: dayOf(s.From, 0), Until: dayOf(s.Until, 1), ClusterID: s.ClusterID, ProjectID: s.ProjectID, GroupID: s.GroupID, Country: s.Country}
}

// dayOf is midnight of a day on the house's clock, some days later; zero for
// none.
func dayOf(day string, later int) time.Time {
	loc, err := time.LoadLocation(scheduling.HouseZone)
	if err != nil {
		return time.Time{}
	}
	d, err := time.ParseInLocation(time.DateOnly, day, loc)
	if err != nil {
		return time.Time{}
	}
	return d.AddDate(0, 0, later).UTC()
}

// dayIn is the day of a moment on the house's clock.
func dayIn(t time.Time) string {
	loc, err := time.LoadLocation(scheduling.HouseZone)
	if err != nil {
		loc = time.UTC
	}
	return t.In(loc).Format(time.DateOnly)
}

// A Figure is the value of an indicator: the number of the rows behind it.
type Figure struct {
	Key  string   `json:"key"`
	Name string   `json:"name" doc:"In the language of the request"`
	Unit string   `json:"unit" doc:"What is counted"`
	Rule string   `json:"rule" enum:"each,year,end" doc:"Every time counts; each once a year, and years begin on the first day asked for; what stands at the end"`
	Sets []string `json:"sets" doc:"Who asks for it: label, project"`
	N    int      `json:"n"`
	Of   int      `json:"of,omitempty" doc:"What n is a part of"`
	Sum  float64  `json:"sum,omitempty" doc:"Of the amounts of the rows; a mean is sum / n"`
}

func figure(who *caller, f scheduling.Figure) Figure {
	i, _ := scheduling.IndicatorOf(f.Key)
	return Figure{f.Key, who.lang.Text("indicator." + f.Key + ".name"), i.Unit, string(i.Rule),
		mapped(i.Sets, func(s scheduling.IndicatorSet) string { return string(s) }), f.N, f.Of, f.Sum}
}

// A FigurePart is the part of a figure that has one value of a dimension.
type FigurePart struct {
	Value string  `json:"value" doc:"Of the dimension: a month, an id, a country, a kind; empty for none"`
	N     int     `json:"n"`
	Sum   float64 `json:"sum,omitempty"`
}

// A FigureRow is one row behind a figure.
type FigureRow struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind" doc:"Of what was counted: event, company, person …"`
	Label   string    `json:"label" doc:"Empty for somebody who was erased"`
	At      time.Time `json:"at"`
	Page    string    `json:"page,omitempty"`
	Amount  float64   `json:"amount,omitempty"`
	Country string    `json:"country,omitempty"`
	Class   string    `json:"class,omitempty"`
}

// PeriodFields are what can be written about a period.
type PeriodFields struct {
	Name      string         `json:"name" minLength:"1" maxLength:"200"`
	ClusterID string         `json:"cluster_id" required:"false" maxLength:"64" doc:"Empty: the whole house"`
	ProjectID string         `json:"project_id" required:"false" maxLength:"64"`
	From      string         `json:"from" format:"date"`
	Until     string         `json:"until" format:"date" doc:"The last day"`
	Targets   map[string]int `json:"targets" required:"false" doc:"By indicator"`
}

// A Period is a time that figures are reported for.
type Period struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	PeriodFields
	Closed  *time.Time   `json:"closed_at,omitempty"`
	Figures []PeriodLine `json:"figures,omitempty" doc:"Of one period"`
}

// A PeriodLine is a figure of a period.
type PeriodLine struct {
	Figure
	Frozen *int `json:"frozen,omitempty" doc:"n when the period was closed"`
	Target int  `json:"target,omitempty"`
}

func period(p *scheduling.ReportPeriod) Period {
	out := Period{ID: p.ID, Revision: p.Rev, PeriodFields: PeriodFields{p.Name, p.ClusterID, p.ProjectID, dayIn(p.From), dayIn(p.Last()), p.Targets}}
	if p.Closed() {
		out.Closed = &p.ClosedAt
	}
	return out
}

func (a *API) figureRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "figures"}
	}
	o := do(http.MethodGet, "/figures", "list-figures", "Count every indicator")
	o.about = "Each figure is the number of the rows behind it."
	add(a, o, a.listFigures)
	add(a, do(http.MethodGet, "/figures/{key}/parts", "divide-figure", "Count an indicator by month, cluster, country …"), a.divideFigure)
	add(a, do(http.MethodGet, "/figures/{key}/rows", "list-figure-rows", "List the rows behind a figure"), a.listFigureRows)
	add(a, do(http.MethodGet, "/periods", "list-periods", "List the periods that are reported"), a.listPeriods)
	o = do(http.MethodPost, "/periods", "create-period", "Make a period")
	o.status = http.StatusCreated
	add(a, o, a.createPeriod)
	add(a, do(http.MethodGet, "/periods/{id}", "get-period", "Show a period with its figures"), a.getPeriod)
	o = do(http.MethodPut, "/periods/{id}", "update-period", "Change a period")
	o.matches, o.about = true, "Of a closed one, its name and its targets alone."
	add(a, o, a.updatePeriod)
	o = do(http.MethodPost, "/periods/{id}/close", "close-period", "Freeze the figures of a period that is over")
	o.about = "It cannot be opened again; what changes later shows beside what was frozen."
	add(a, o, a.closePeriod)
	a.ownCountRoutes(do)
}

// ListFigures chooses figures.
type ListFigures struct{ FigureScope }

func (a *API) listFigures(ctx context.Context, by scheduling.Actor, in *ListFigures) (*Listed[Figure], error) {
	list, err := a.cfg.Desk.Figures(ctx, by, in.scope())
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, list, "", func(f scheduling.Figure) Figure { return figure(callerIn(ctx), f) }), nil
}

// DivideFigure says by what.
type DivideFigure struct {
	Key string `path:"key" maxLength:"64"`
	By  string `query:"by" required:"true" enum:"month,year,cluster,group,country,class,town"`
	FigureScope
}

func (a *API) divideFigure(ctx context.Context, by scheduling.Actor, in *DivideFigure) (*Listed[FigurePart], error) {
	list, err := a.cfg.Desk.Slices(ctx, by, in.Key, in.scope(), scheduling.Dim(in.By))
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, list, "", func(s scheduling.Slice) FigurePart { return FigurePart{s.Key, s.N, s.Sum} }), nil
}

// ListFigureRows chooses rows.
type ListFigureRows struct {
	Key string `path:"key" maxLength:"64"`
	Paging
	FigureScope
}

func (a *API) listFigureRows(ctx context.Context, by scheduling.Actor, in *ListFigureRows) (*Listed[FigureRow], error) {
	rows, next, err := a.cfg.Desk.FigureRows(ctx, by, in.Key, in.scope(), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, rows, next, func(r scheduling.FigureRow) FigureRow {
		x := FigureRow{r.ID, r.Kind, r.Label, r.At.UTC(), "", r.Amount, r.Country, r.Class}
		if r.Path != "" {
			x.Page = a.cfg.BaseURL + r.Path
		}
		return x
	}), nil
}

func (a *API) listPeriods(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[Period], error) {
	list, err := a.cfg.Desk.Periods(ctx, by)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, list, "", period), nil
}

func (a *API) getPeriod(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Period], error) {
	page, err := a.cfg.Desk.Period(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(page.Period.Rev, countedPeriod(callerIn(ctx), page.Period, page.Lines)), nil
}

// countedPeriod is a period with its figures.
func countedPeriod(who *caller, p *scheduling.ReportPeriod, lines []scheduling.PeriodLine) Period {
	out := period(p)
	out.Figures = mapped(lines, func(l scheduling.PeriodLine) PeriodLine {
		x := PeriodLine{Figure: figure(who, l.Now), Target: l.Target}
		if l.Known {
			x.Frozen = &l.Frozen.N
		}
		return x
	})
	return out
}

// CreatePeriod is a new period.
type CreatePeriod struct{ Body PeriodFields }

func (a *API) createPeriod(ctx context.Context, by scheduling.Actor, in *CreatePeriod) (*One[Period], error) {
	p := &scheduling.ReportPeriod{Meta: storage.Meta{ID: callerIn(ctx).made()}}
	in.Body.into(p)
	out, err := a.cfg.Desk.SavePeriod(ctx, by, p)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/periods/"+out.ID, period(out)), nil
}

func (f PeriodFields) into(p *scheduling.ReportPeriod) {
	p.Name, p.ClusterID, p.ProjectID, p.Targets = f.Name, f.ClusterID, f.ProjectID, f.Targets
	p.From, p.Until = dayOf(f.From, 0), dayOf(f.Until, 1)
}

func (a *API) updatePeriod(ctx context.Context, by scheduling.Actor, in *Change[PeriodFields]) (*One[Period], error) {
	rev, err := in.rev(callerIn(ctx))
	if err != nil {
		return nil, err
	}
	p := &scheduling.ReportPeriod{Meta: storage.Meta{ID: in.ID, Rev: rev}}
	in.Body.into(p)
	out, err := a.cfg.Desk.SavePeriod(ctx, by, p)
	if err != nil {
		return nil, err
	}
	return one(out.Rev, period(out)), nil
}

func (a *API) closePeriod(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Period], error) {
	out, err := a.cfg.Desk.ClosePeriod(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(out.Rev, period(out)), nil
}
