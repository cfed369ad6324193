package handlers

import (
	"math"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/templates"
)

// figureRoutes are what was counted: the figures of a cluster, a project or a
// year, the rows behind each, the periods that are reported, and counts of a
// cluster's own.
func (s *Server) figureRoutes() []route {
	const all, one, periods, counts = "/organise/figures", "/organise/figures/:key", "/organise/periods", "/organise/counts"
	return []route{
		get(all, Organiser, s.showFigures),
		get(all+".csv", Organiser, s.exportFigures(csvFile)),
		get(all+".xlsx", Organiser, s.exportFigures(xlsx)),
		get(one+"/rows.csv", Organiser, s.exportFigureRows(csvFile)),
		get(one+"/rows.xlsx", Organiser, s.exportFigureRows(xlsx)),
		get(one, Organiser, s.showFigure),
		get(periods, Organiser, s.showPeriods),
		get(periods+"/new", Organiser, s.showNewPeriod),
		post(periods+"/new", Organiser, s.createPeriod),
		get(periods+"/:id", Organiser, s.showPeriod),
		get(periods+"/:id/edit", Organiser, s.showEditPeriod),
		post(periods+"/:id/edit", Organiser, s.editPeriod),
		post(periods+"/:id/close", Organiser, s.closePeriod),
		get(counts, Organiser, s.showOwnCounts),
		get(counts+"/new", Organiser, s.showNewOwnCount),
		post(counts+"/new", Organiser, s.createOwnCount),
		get(counts+"/:id/edit", Organiser, s.showEditOwnCount),
		post(counts+"/:id/edit", Organiser, s.editOwnCount),
		post(counts+"/:id/delete", Organiser, s.deleteOwnCount),
	}
}

// figureFrame is the frame of the pages about figures, reports and living
// documents.
func figureFrame() Page {
	return Page{NoIndex: true, Section: "/organise/figures/", Tabs: []NavLink{
		{Key: "figures.title", Path: "/organise/figures"},
		{Key: "period.title", Path: "/organise/periods"},
		{Key: "owncount.title", Path: "/organise/counts"},
		{Key: "report.title", Path: "/organise/reports"},
		{Key: "plan.nav", Path: "/organise/plans"},
	}}
}

// figuresPage is the data of templates/pages/figures.html.
type figuresPage struct {
	Page
	figureChoices
	Choice figureChoice
	Sets   []figureSet
	Own    []figureLine
}

// A figureSet is what one report asks for.
type figureSet struct {
	Key   string // of its name
	Lines []figureLine
}

// A figureLine is one figure in words, beside that of the year before.
type figureLine struct {
	Key, Name, Unit string
	N, Before       int
	Detail          string // a share, a mean, a sum
	Compared        bool
}

// Change is how many more there are than in the year before.
func (l figureLine) Change() int { return l.N - l.Before }

// figureName is what an indicator is called.
func figureName(l *templates.Lang, key string) string { return l.Text("indicator." + key + ".name") }

// figureDetail says what a figure is a part of, or what its rows amount to.
func figureDetail(l *templates.Lang, i scheduling.Indicator, f scheduling.Figure) string {
	switch {
	case f.Of > 0:
		return l.Text("figures.share", "percent", (f.N*100+f.Of/2)/f.Of, "of", f.Of)
	case i.Mean && f.N > 0:
		return l.Text("figures.mean", "mean", l.Amount(int64(math.Round(100*f.Sum/float64(f.N)))))
	case i.Sum != "" && !i.Mean && f.Sum > 0:
		return l.Text("figures.sum."+i.Sum, "count", int(f.Sum))
	}
	return ""
}

// showFigures answers GET /organise/figures.
func (s *Server) showFigures(c *fiber.Ctx) (err error) {
	p := &figuresPage{Page: figureFrame(), Choice: s.choice(c)}
	p.Wide = true
	if p.figureChoices, err = s.figureChoices(c, p.Choice); err != nil {
		return err
	}
	if p.Sets, err = s.figureSets(c, p.Choice); err != nil {
		return err
	}
	if p.Own, err = s.ownLines(c, p.Choice); err != nil {
		return err
	}
	return s.page(c, "figures", p)
}

// figureSets counts what the reports ask for.
func (s *Server) figureSets(c *fiber.Ctx, ch figureChoice) ([]figureSet, error) {
	scopes := []scheduling.Scope{ch.scope()}
	if ch.compared() {
		scopes = append(scopes, ch.before())
	}
	counted, err := s.desk.FiguresOf(c.UserContext(), actor(c), scopes...)
	if err != nil {
		return nil, err
	}
	list, earlier := counted[0], map[string]scheduling.Figure{}
	for _, was := range counted[1:] {
		for _, f := range was {
			earlier[f.Key] = f
		}
	}
	var out []figureSet
	for _, set := range []scheduling.IndicatorSet{scheduling.LabelSet, scheduling.ProjectSet} {
		x := figureSet{Key: "figures.set." + string(set)}
		for _, f := range list {
			if i, _ := scheduling.IndicatorOf(f.Key); i.In(set) {
				x.Lines = append(x.Lines, s.figureLine(c, i, figureName(s.lang(c), i.Key), f, earlier[f.Key], ch.compared()))
			}
		}
		if len(x.Lines) > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

func (s *Server) figureLine(c *fiber.Ctx, i scheduling.Indicator, name string, f, before scheduling.Figure, compared bool) figureLine {
	l := s.lang(c)
	return figureLine{Key: f.Key, Name: name, Unit: l.Text("indicator.unit."+i.Unit, "count", f.N), N: f.N, Before: before.N, Detail: figureDetail(l, i, f), Compared: compared}
}

// ownLines counts what the clusters count for themselves.
func (s *Server) ownLines(c *fiber.Ctx, ch figureChoice) (out []figureLine, err error) {
	list, err := s.desk.OwnCounts(c.UserContext(), actor(c))
	for _, o := range list {
		if ch.Cluster != "" && o.ClusterID != ch.Cluster {
			continue
		}
		f, err := s.desk.Figure(c.UserContext(), actor(c), o.Key(), ch.scope())
		if err != nil {
			return nil, err
		}
		out = append(out, s.figureLine(c, o.Indicator(), o.Name, f, scheduling.Figure{}, false))
	}
	return out, err
}

// exportFigures answers GET /organise/figures.csv and .xlsx.
func (s *Server) exportFigures(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ch, l := s.choice(c), s.lang(c)
		sets, err := s.figureSets(c, ch)
		if err != nil {
			return err
		}
		return s.sendTable(c, k, "figures.title", "figures-"+ch.fileTime(), func(w table.Writer) error {
			if err := w.Write([]string{l.Text("figures.column.set"), l.Text("figures.column.figure"), l.Text("figures.column.n"), l.Text("figures.column.detail"), l.Text("figures.column.before")}); err != nil {
				return err
			}
			for _, set := range sets {
				for _, x := range set.Lines {
					before := ""
					if x.Compared {
						before = strconv.Itoa(x.Before)
					}
					if err := w.Write([]string{l.Text(set.Key), x.Name, strconv.Itoa(x.N), x.Detail, before}); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
}
