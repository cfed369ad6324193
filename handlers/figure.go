package handlers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/templates"
)

// figurePage is the data of templates/pages/figure.html.
type figurePage struct {
	Page
	figureChoices
	Choice    figureChoice
	Indicator scheduling.Indicator
	Line      figureLine
	About     string
	Dims      []option
	Dim       string
	Plot      *plot
	ByYear    *plot
	Rows      []figureRow
}

// A figureRow is a row behind a figure in words.
type figureRow struct {
	scheduling.FigureRow
	Class, Amount string
}

// showFigure answers GET /organise/figures/:key.
func (s *Server) showFigure(c *fiber.Ctx) (err error) {
	p := &figurePage{Page: figureFrame(), Choice: s.choice(c)}
	p.Wide, p.Tabs = true, nil
	name, err := s.counts(c, p)
	if err != nil {
		return err
	}
	f, err := s.desk.Figure(c.UserContext(), actor(c), c.Params("key"), p.Choice.scope())
	if err != nil {
		return err
	}
	p.Line = s.figureLine(c, p.Indicator, name, f, scheduling.Figure{}, false)
	if p.figureChoices, err = s.figureChoices(c, p.Choice); err != nil {
		return err
	}
	if err := s.figurePlots(c, p); err != nil {
		return err
	}
	rows, next, err := s.desk.FigureRows(c.UserContext(), actor(c), c.Params("key"), p.Choice.scope(), cursor(c), 50)
	if err != nil {
		return err
	}
	p.Rows = s.figureRows(c, p.Indicator, rows)
	p.Pager = s.pager(c, next)
	return s.page(c, "figure", p)
}

// counts finds the indicator of the address and gives its name.
func (s *Server) counts(c *fiber.Ctx, p *figurePage) (name string, err error) {
	key, l := c.Params("key"), s.lang(c)
	if i, ok := scheduling.IndicatorOf(key); ok {
		p.Indicator, p.About = i, l.Text("indicator."+key+".about")
		return figureName(l, key), nil
	}
	id, _ := strings.CutPrefix(key, "own.")
	o, err := s.desk.OwnCount(c.UserContext(), actor(c), id)
	if err != nil {
		return "", err
	}
	p.Indicator, p.About = o.Indicator(), l.Text("owncount.of."+string(o.Of))
	return o.Name, nil
}

// figurePlots draws the figure by one dimension and, where it says something,
// by year.
func (s *Server) figurePlots(c *fiber.Ctx, p *figurePage) error {
	l := s.lang(c)
	for _, d := range p.Indicator.Dims {
		if d != scheduling.DimYear {
			p.Dims = append(p.Dims, option{string(d), l.Text("figures.by." + string(d))})
		}
	}
	p.Dim = string(p.Indicator.Dims[0])
	if d := scheduling.Dim(c.Query("by")); p.Indicator.Has(d) && d != scheduling.DimYear {
		p.Dim = string(d)
	}
	label, err := s.sliceLabels(c, p.Indicator, scheduling.Dim(p.Dim))
	if err != nil {
		return err
	}
	parts, err := s.desk.Slices(c.UserContext(), actor(c), c.Params("key"), p.Choice.scope(), scheduling.Dim(p.Dim))
	if err != nil {
		return err
	}
	p.Plot = newPlot("by", l.Text("figures.plot", "name", p.Line.Name, "by", l.Text("figures.by."+p.Dim)), inOrder(parts, p.Dim), label)
	if !p.Indicator.Has(scheduling.DimYear) {
		return nil
	}
	last, scope := p.Choice.lastYear(), p.Choice.scope()
	scope.From, scope.Until = yearBegins(last-comparedYears+1), yearBegins(last+1)
	if parts, err = s.desk.Slices(c.UserContext(), actor(c), c.Params("key"), scope, scheduling.DimYear); err != nil {
		return err
	}
	p.ByYear = newPlot("years", l.Text("figures.plot", "name", p.Line.Name, "by", l.Text("figures.by.year")), everyYear(parts, last), func(key string) string { return key })
	return nil
}

// everyYear fills in the years in which nothing was counted.
func everyYear(parts []scheduling.Slice, last int) (out []scheduling.Slice) {
	for year := last - comparedYears + 1; year <= last; year++ {
		key := strconv.Itoa(year)
		x := scheduling.Slice{Key: key}
		if at := slices.IndexFunc(parts, func(p scheduling.Slice) bool { return p.Key == key }); at >= 0 {
			x = parts[at]
		}
		out = append(out, x)
	}
	return out
}

// inOrder puts the largest first, except for what has an order of its own.
func inOrder(parts []scheduling.Slice, dim string) []scheduling.Slice {
	if dim != string(scheduling.DimMonth) {
		slices.SortStableFunc(parts, func(a, b scheduling.Slice) int { return cmp.Compare(b.N, a.N) })
	}
	return parts
}

// sliceLabels says what the values of a dimension are called.
func (s *Server) sliceLabels(c *fiber.Ctx, i scheduling.Indicator, dim scheduling.Dim) (func(string) string, error) {
	l := s.lang(c)
	names := map[string]string{}
	switch dim {
	case scheduling.DimCluster:
		var err error
		if names, err = s.clusterNames(c); err != nil {
			return nil, err
		}
	case scheduling.DimGroup:
		groups, err := s.desk.Groups(c.UserContext(), "")
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			names[g.ID] = g.Name.In(l.Code())
		}
	}
	return func(key string) string {
		switch {
		case key == "":
			return l.Text("figures.none." + string(dim))
		case dim == scheduling.DimCountry:
			return l.Country(key)
		case dim == scheduling.DimClass:
			return className(l, key)
		case dim == scheduling.DimMonth:
			if t, err := time.Parse("2006-01", key); err == nil {
				return l.Month(t.Add(12*time.Hour), "UTC")
			}
		}
		return cmp.Or(names[key], key)
	}, nil
}

// className is what a class of rows is called: a kind of company, of event, of
// group or of work, or a step of the ladder.
func className(l *templates.Lang, key string) string {
	for _, prefix := range []string{"directory.kind.", "public.kind.", "directory.group_kind.", "outcome.step.", "figures.class."} {
		if l.Has(prefix + key) {
			return l.Text(prefix + key)
		}
	}
	return key
}

func (s *Server) figureRows(c *fiber.Ctx, i scheduling.Indicator, rows []scheduling.FigureRow) (out []figureRow) {
	l := s.lang(c)
	for _, r := range rows {
		x := figureRow{FigureRow: r}
		if r.Class != "" {
			x.Class = className(l, r.Class)
		}
		if i.Sum != "" {
			x.Amount = l.Number(int(r.Amount))
		}
		out = append(out, x)
	}
	return out
}

// exportFigureRows answers GET /organise/figures/:key/rows.csv and .xlsx with
// all rows behind a figure.
func (s *Server) exportFigureRows(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, l := &figurePage{Choice: s.choice(c)}, s.lang(c)
		name, err := s.counts(c, p)
		if err != nil {
			return err
		}
		rows, _, err := s.desk.FigureRows(c.UserContext(), actor(c), c.Params("key"), p.Choice.scope(), "", 0)
		if err != nil {
			return err
		}
		return s.sendTable(c, k, "figures.title", scheduling.Slug(name), func(w table.Writer) error {
			if err := w.Write([]string{l.Text("figures.column.at"), l.Text("figures.column.what"), l.Text("figures.column.class"), l.Text("figures.column.country"), l.Text("figures.column.amount"), l.Text("figures.column.page")}); err != nil {
				return err
			}
			for _, r := range s.figureRows(c, p.Indicator, rows) {
				if err := w.Write([]string{r.At.In(houseLocation()).Format(time.DateOnly), cmp.Or(r.Label, l.Text("figures.erased")), r.Class, r.Country, r.Amount, s.BaseURL + r.Path}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
