package handlers

import (
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// How many years back figures can be chosen, and how many are compared.
const (
	figureYears   = 10
	comparedYears = 5
)

// A figureChoice is what figures are counted from, as the address says it: a
// year, the days of a period, or all years.
type figureChoice struct {
	Year                             int       // 0: days, or all ten years
	from, until                      time.Time // of days: midnights on the house's clock, as those of a scheduling.Scope
	Cluster, Project, Group, Country string
	now                              time.Time
}

// choice reads the address. Whoever organises one cluster looks at that one.
func (s *Server) choice(c *fiber.Ctx) figureChoice {
	ch := figureChoice{Cluster: c.Query("cluster"), Project: c.Query("project"), Group: c.Query("group"), Country: c.Query("country"), now: s.desk.DB.Now()}
	ch.Year = ch.thisYear()
	first, last, days := strings.Cut(c.Query("year"), "/")
	if days {
		ch = ch.between(dayBegins(first, 0), dayBegins(last, 1))
	} else if n, err := strconv.Atoi(first); err == nil && (n == 0 || ch.offers(n)) {
		ch.Year = n
	}
	return ch
}

// between is ch of the days of a period: where they are a year that can be
// chosen, of that year. What are no days leaves ch as it is.
func (ch figureChoice) between(from, until time.Time) figureChoice {
	if from.IsZero() || !until.After(from) || until.After(from.AddDate(figureYears, 0, 1)) {
		return ch
	}
	ch.Year, ch.from, ch.until = 0, from, until
	if year := from.In(houseLocation()).Year(); from.Equal(yearBegins(year)) && until.Equal(yearBegins(year+1)) && ch.offers(year) {
		ch.Year, ch.from, ch.until = year, time.Time{}, time.Time{}
	}
	return ch
}

// thisYear is the year that it is on the house's clock.
func (ch figureChoice) thisYear() int { return ch.now.In(houseLocation()).Year() }

// offers reports whether a year can be chosen.
func (ch figureChoice) offers(year int) bool {
	return year > ch.thisYear()-figureYears && year <= ch.thisYear()
}

func houseLocation() *time.Location {
	loc, err := time.LoadLocation(houseZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// yearBegins is the first moment of a year on the house's clock.
func yearBegins(year int) time.Time {
	return time.Date(year, 1, 1, 0, 0, 0, 0, houseLocation()).UTC()
}

// days are the first moment of what ch looks at, and the first after it.
func (ch figureChoice) days() (from, until time.Time) {
	switch {
	case !ch.from.IsZero():
		return ch.from, ch.until
	case ch.Year > 0:
		return yearBegins(ch.Year), yearBegins(ch.Year + 1)
	}
	return yearBegins(ch.thisYear() - figureYears + 1), yearBegins(ch.thisYear() + 1)
}

// lastYear is the year in which what ch looks at ends.
func (ch figureChoice) lastYear() int {
	_, until := ch.days()
	return until.Add(-time.Nanosecond).In(houseLocation()).Year()
}

// scope is what ch counts from.
func (ch figureChoice) scope() scheduling.Scope {
	from, until := ch.days()
	return scheduling.Scope{From: from, Until: until, ClusterID: ch.Cluster, ProjectID: ch.Project, GroupID: ch.Group, Country: ch.Country}
}

// compared reports whether ch can be put beside the same days of the year
// before: whether it is no longer than a year.
func (ch figureChoice) compared() bool {
	from, until := ch.days()
	return !until.After(from.In(houseLocation()).AddDate(1, 0, 0))
}

// before are the same days a year earlier, as far as those of ch have come, to the
// hour: half a year is compared with half a year, and whoever looks again has the
// same scope.
func (ch figureChoice) before() scheduling.Scope {
	s := ch.scope()
	if ch.now.After(s.From) && s.Until.After(ch.now) {
		s.Until = ch.now.Truncate(time.Hour)
	}
	s.From, s.Until = s.From.In(houseLocation()).AddDate(-1, 0, 0).UTC(), s.Until.In(houseLocation()).AddDate(-1, 0, 0).UTC()
	return s
}

// Time is what ch looks at as the address says it: 2026, 0 for all years, or
// 2026-09-01/2027-02-28.
func (ch figureChoice) Time() string {
	if ch.from.IsZero() {
		return strconv.Itoa(ch.Year)
	}
	return dayNames(ch.from, ch.until, "/")
}

// fileTime says in the name of a file what ch looks at.
func (ch figureChoice) fileTime() string {
	if ch.Year > 0 {
		return strconv.Itoa(ch.Year)
	}
	from, until := ch.days()
	return dayNames(from, until, "-")
}

// dayNames are the first and the last day before a moment.
func dayNames(from, until time.Time, between string) string {
	loc := houseLocation()
	return from.In(loc).Format(time.DateOnly) + between + until.In(loc).AddDate(0, 0, -1).Format(time.DateOnly)
}

// Query is ch as part of an address, where templates leave it as it is.
func (ch figureChoice) Query() template.URL {
	q := url.Values{"year": {ch.Time()}}
	for name, v := range map[string]string{"cluster": ch.Cluster, "project": ch.Project, "group": ch.Group, "country": ch.Country} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return template.URL(q.Encode())
}

// figureChoices are what can be chosen.
type figureChoices struct {
	Years, Periods, Clusters, Projects, Groups, Countries []option
}

func (s *Server) figureChoices(c *fiber.Ctx, ch figureChoice) (out figureChoices, err error) {
	l, ctx := s.lang(c), c.UserContext()
	for n := range figureYears {
		year := strconv.Itoa(ch.thisYear() - n)
		out.Years = append(out.Years, option{year, year})
	}
	out.Years = append(out.Years, option{"0", l.Text("figures.all_years")})
	if out.Periods, err = s.periodOptions(c, ch); err != nil {
		return out, err
	}
	if out.Clusters, err = s.clusterOptions(c); err != nil {
		return out, err
	}
	projects, err := s.desk.Projects(ctx)
	for _, p := range projects {
		out.Projects = append(out.Projects, option{p.ID, p.Name.In(l.Code())})
	}
	if err != nil {
		return out, err
	}
	groups, err := s.desk.Groups(ctx, ch.Cluster)
	for _, g := range groups {
		if actor(c).Organises(g.ClusterID) {
			out.Groups = append(out.Groups, option{g.ID, g.Name.In(l.Code())})
		}
	}
	if err != nil {
		return out, err
	}
	countries, err := s.desk.FigureCountries(ctx, actor(c))
	for _, code := range countries {
		out.Countries = append(out.Countries, option{code, l.Country(code)})
	}
	return out, err
}

// periodOptions are the days of the periods that are no calendar years, the
// latest first, and those of ch where they are none of a period.
func (s *Server) periodOptions(c *fiber.Ctx, ch figureChoice) (out []option, err error) {
	l, listed := s.lang(c), map[string]bool{}
	add := func(x figureChoice) {
		if !x.from.IsZero() && !listed[x.Time()] {
			listed[x.Time()] = true
			out = append(out, option{x.Time(), l.Days(x.from, x.until, houseZone)})
		}
	}
	list, err := s.desk.Periods(c.UserContext(), actor(c))
	for _, p := range list {
		add(figureChoice{now: ch.now}.between(p.From, p.Until))
	}
	add(ch)
	return out, err
}
