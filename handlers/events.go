package handlers

import (
	"cmp"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// An eventRow is an event in a list.
type eventRow struct {
	Event    *scheduling.Event
	Seats    seats
	Phase    scheduling.Phase
	Until    time.Time // its last moment, if that is on another day
	Clusters []*scheduling.Cluster
}

// eventRows adds to events what a list shows of them.
func (s *Server) eventRows(c *fiber.Ctx, list []*scheduling.Event, clusters []*scheduling.Cluster) ([]eventRow, error) {
	seatings, err := s.desk.Seatings(c.UserContext(), list)
	if err != nil {
		return nil, err
	}
	now := s.desk.DB.Now()
	var rows []eventRow
	for _, e := range list {
		row := eventRow{Event: e, Seats: seatsOf(e, seatings[e.ID], now), Phase: e.Phase(now)}
		if last := e.Ends.Add(-time.Nanosecond); calendarDay(last, e.Location()) != calendarDay(e.Starts, e.Location()) {
			row.Until = last
		}
		row.Seats.Live = "" // one page asks for one event at the most
		for _, cl := range clusters {
			if slices.Contains(e.ClusterIDs, cl.ID) {
				row.Clusters = append(row.Clusters, cl)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// An eventMonth is a list's events of one month.
type eventMonth struct {
	Month  time.Time
	Zone   string
	Events []eventRow
}

func byMonth(rows []eventRow) []eventMonth {
	var out []eventMonth
	last := ""
	for _, r := range rows {
		if m := r.Event.Starts.In(r.Event.Location()).Format("2006-01"); m != last {
			out, last = append(out, eventMonth{Month: r.Event.Starts, Zone: r.Event.Zone}), m
		}
		out[len(out)-1].Events = append(out[len(out)-1].Events, r)
	}
	return out
}

// homePage is the data of templates/pages/home.html.
type homePage struct {
	Page
	House    string
	Months   []eventMonth
	More     bool
	Clusters []*scheduling.Cluster
	Trips    []tripRow // listed ones that are not over
}

// showHome answers GET /: what is coming, and whose it is.
func (s *Server) showHome(c *fiber.Ctx) error {
	clusters, err := s.desk.Clusters(c.UserContext())
	if err != nil {
		return err
	}
	list, next, err := s.desk.Events(c.UserContext(), actor(c), scheduling.EventFilter{From: s.desk.DB.Now(), Limit: 8}, false)
	if err != nil {
		return err
	}
	rows, err := s.eventRows(c, list, clusters)
	if err != nil {
		return err
	}
	p := &homePage{House: s.desk.House, Months: byMonth(rows), More: next != "", Clusters: clusters}
	if p.Trips, err = s.comingTrips(c, ""); err != nil {
		return err
	}
	p.Description = s.lang(c).Text("public.home.lead")
	p.Feeds = []Feed{{"/calendar/all.ics", s.desk.House}}
	return s.page(c, "home", p)
}

// eventsPage is the data of templates/pages/events.html.
type eventsPage struct {
	Page
	Query    string
	Hidden   []hidden // what a search keeps of the address
	Views    []filterChip
	Clusters []filterChip
	Kinds    []filterChip
	Modes    []filterChip
	Narrowed bool // by kind or mode
	Filtered bool // by anything
	Past     bool
	Months   []eventMonth
	Grid     *monthGrid
}

// A filterChip is a filter with its address: the page with it, or without it where
// it is on.
type filterChip struct {
	Label, Path string
	On          bool
}

type hidden struct{ Name, Value string }

// showEvents answers GET /events: the list, or with view=month a month of it.
func (s *Server) showEvents(c *fiber.Ctx) error {
	clusters, err := s.desk.Clusters(c.UserContext())
	if err != nil {
		return err
	}
	p := &eventsPage{Query: short(strings.TrimSpace(c.Query("q"))), Past: c.Query("when") == "past"}
	f, err := p.filter(s, c, clusters)
	if err != nil {
		return err
	}
	if c.Query("view") == "month" {
		err = s.fillMonth(c, p, f, clusters)
	} else {
		err = s.fillList(c, p, f, clusters)
	}
	if errors.Is(err, storage.ErrCursor) {
		return fiber.ErrNotFound
	}
	if err != nil {
		return err
	}
	p.Wide = p.Grid != nil
	p.Description = s.lang(c).Text("public.events.lead")
	p.Feeds = []Feed{{"/calendar/all.ics", s.desk.House}}
	return s.page(c, "events", p)
}

func (s *Server) fillList(c *fiber.Ctx, p *eventsPage, f scheduling.EventFilter, clusters []*scheduling.Cluster) error {
	now := s.desk.DB.Now()
	f.From, f.Limit, f.After = now, 30, cursor(c)
	if p.Past {
		f.From, f.Until, f.Latest = time.Time{}, now, true
	}
	list, next, err := s.desk.Events(c.UserContext(), actor(c), f, false)
	if err != nil {
		return err
	}
	rows, err := s.eventRows(c, list, clusters)
	p.Months, p.Pager = byMonth(rows), s.pager(c, next)
	return err
}

// filter reads the address. What it asks for that does not exist is not asked
// for: a list with an old address is better than none.
func (p *eventsPage) filter(s *Server, c *fiber.Ctx, clusters []*scheduling.Cluster) (scheduling.EventFilter, error) {
	f := scheduling.EventFilter{Text: p.Query}
	l, a := s.lang(c), pageAddress{c.Path(), url.Values{}}
	for _, name := range []string{"view", "month", "when", "cluster", "kind", "mode", "q"} {
		if v := c.Query(name); v != "" && len(v) <= 200 {
			a.query.Set(name, v)
		}
	}
	month := a.query.Get("view") == "month"
	p.Views = []filterChip{
		{l.Text("public.events.upcoming"), a.with("when", "", "view", "", "month", ""), !month && !p.Past},
		{l.Text("public.events.past"), a.with("when", "past", "view", "", "month", ""), !month && p.Past},
		{l.Text("public.events.month"), a.with("when", "", "view", "month"), month},
	}
	for _, cl := range clusters {
		on := a.query.Get("cluster") == cl.Slug
		if on {
			f.Cluster = cl.ID
		}
		p.Clusters = append(p.Clusters, a.chip("cluster", cl.Slug, cl.Name.In(l.Code())))
	}
	for _, k := range scheduling.EventKinds {
		if a.query.Get("kind") == k {
			f.Kind = k
		}
		p.Kinds = append(p.Kinds, a.chip("kind", k, l.Text("public.kind."+k)))
	}
	for _, m := range []scheduling.Mode{scheduling.InRoom, scheduling.Online, scheduling.Hybrid} {
		if a.query.Get("mode") == string(m) {
			f.Mode = m
		}
		p.Modes = append(p.Modes, a.chip("mode", string(m), l.Text("public.mode."+string(m))))
	}
	p.Narrowed = f.Kind != "" || f.Mode != ""
	p.Filtered = p.Narrowed || f.Cluster != "" || p.Query != ""
	for _, name := range []string{"view", "month", "when", "cluster", "kind", "mode"} {
		if v := a.query.Get(name); v != "" {
			p.Hidden = append(p.Hidden, hidden{name, v})
		}
	}
	return f, nil
}

// A pageAddress is a page with what is asked of it.
type pageAddress struct {
	path  string
	query url.Values
}

// with is the address with other values of the names; "" takes one away.
func (a pageAddress) with(pairs ...string) string {
	q := url.Values{}
	for k, v := range a.query {
		q[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return strings.TrimSuffix(a.path+"?"+q.Encode(), "?")
}

// chip turns one value of a name on, or off where it is on.
func (a pageAddress) chip(name, value, label string) filterChip {
	if a.query.Get(name) == value {
		return filterChip{label, a.with(name, ""), true}
	}
	return filterChip{label, a.with(name, value), false}
}

// sortedByStart orders events as a day shows them.
func sortedByStart(list []*scheduling.Event) {
	slices.SortFunc(list, func(a, b *scheduling.Event) int {
		return cmp.Or(a.Starts.Compare(b.Starts), strings.Compare(a.Slug, b.Slug))
	})
}
