package handlers

import (
	"time"

	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// dashboardPage is the data of templates/pages/dashboard.html.
type dashboardPage struct {
	Page
	*scheduling.Attention
	Held, Failed int // mails
	Calm         bool
	Mail         mailHealth
	Figures      []figure
	Zone         string // of what belongs to no event
}

// A figure is a number with its text.
type figure struct {
	N   int
	Key string
}

// showDashboard answers GET /organise: what needs a person today.
func (s *Server) showDashboard(c *fiber.Ctx) error {
	a, err := s.desk.Attention(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &dashboardPage{Attention: a, Zone: houseZone}
	counts, err := s.desk.Outbox.Counts(c.UserContext(), mailClusters(actor(c), a.Mine))
	if err != nil {
		return err
	}
	p.Held, p.Failed = counts[mailer.Held], counts[mailer.Failed]
	if p.Mail, err = s.mailHealth(c.UserContext()); err != nil {
		return err
	}
	p.Calm = len(a.Pending)+len(a.Full)+len(a.Offers)+len(a.Drafts)+len(a.Today)+len(a.Rounds)+len(a.Trips)+len(a.Plans)+len(a.Members)+len(a.Campaigns)+len(a.Actions)+p.Held+p.Failed == 0
	p.Figures = figures(a, counts)
	return s.page(c, "dashboard", p)
}

// mailClusters are those whose mail the actor may count; nil for all mail.
func mailClusters(a scheduling.Actor, mine []*scheduling.Cluster) []string {
	if a.Administers() {
		return nil
	}
	ids := []string{}
	for _, cl := range mine {
		ids = append(ids, cl.ID)
	}
	return ids
}

func figures(a *scheduling.Attention, mails map[mailer.State]int) []figure {
	var taken, waiting int
	for _, f := range a.Next {
		taken += f.Seating.Taken
		waiting += f.Seating.Waiting
	}
	return []figure{{len(a.Next), "dashboard.figure.events"}, {taken, "dashboard.figure.seats"},
		{waiting, "dashboard.figure.waiting"}, {mails[mailer.Sent], "dashboard.figure.sent"}}
}

// ownEventsPage is the data of templates/pages/own_events.html.
type ownEventsPage struct {
	Page
	Events   []ownEvent
	View     string
	Views    []chip
	Query    string
	Cluster  string
	Clusters []option
	New      bool // there is nothing at all yet
}

// An ownEvent is an event in an organiser's list.
type ownEvent struct {
	*scheduling.EventFigures
	Phase scheduling.Phase
}

// A chip is a filter with its address.
type chip struct {
	Label, Path string
	Count       int
	Counted, On bool
}

var eventViews = []string{"coming", "draft", "past", "cancelled"}

// showOwnEvents answers GET /organise/events.
func (s *Server) showOwnEvents(c *fiber.Ctx) error {
	p := &ownEventsPage{View: c.Query("view", "coming"), Query: c.Query("q"), Cluster: c.Query("cluster")}
	now := s.desk.DB.Now()
	f := scheduling.EventFilter{Text: p.Query, Cluster: p.Cluster, After: cursor(c)}
	p.View = viewEvents(&f, p.View, now)
	list, next, err := s.desk.EventsWithSeats(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	for _, e := range list {
		p.Events = append(p.Events, ownEvent{e, e.Event.Phase(now)})
	}
	p.Pager = s.pager(c, next)
	for _, v := range eventViews {
		p.Views = append(p.Views, chip{Label: s.lang(c).Text("own_events.view." + v),
			Path: withQuery("/organise/events", "view", v, "q", p.Query, "cluster", p.Cluster), On: v == p.View})
	}
	p.New = len(list) == 0 && p.Query == "" && p.View == "coming"
	p.Clusters, err = s.clusterOptions(c)
	if err != nil {
		return err
	}
	return s.page(c, "own_events", p)
}

// viewEvents restricts f to a view of one's own events; one that is not known is
// that of those to come.
func viewEvents(f *scheduling.EventFilter, view string, now time.Time) string {
	switch view {
	case "draft":
		f.State = scheduling.Draft
	case "cancelled":
		f.State, f.Latest = scheduling.Cancelled, true
	case "past":
		f.Until, f.Latest = now, true
	default:
		view, f.From = "coming", now
	}
	return view
}

// clusterOptions are the clusters that the actor organises.
func (s *Server) clusterOptions(c *fiber.Ctx) ([]option, error) {
	list, err := s.desk.Clusters(c.UserContext())
	if err != nil {
		return nil, err
	}
	var out []option
	for _, cl := range list {
		if actor(c).Organises(cl.ID) {
			out = append(out, option{cl.ID, cl.Name.In(s.lang(c).Code())})
		}
	}
	return out, nil
}

// doorPage is the data of templates/pages/door.html.
type doorPage struct {
	Page
	Events []*scheduling.Event
}

// showDoor answers GET /organise/door: the events to check people in at.
func (s *Server) showDoor(c *fiber.Ctx) error {
	f := scheduling.EventFilter{State: scheduling.Published, From: s.desk.DB.Now(), Limit: 20}
	list, _, err := s.desk.Events(c.UserContext(), actor(c), f, true)
	if err != nil {
		return err
	}
	return s.page(c, "door", &doorPage{Events: list})
}

// number64 is how a revision stands in a form.
func number64(n int64) string { return strconv.FormatInt(n, 10) }
