package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// tripFormPage is the data of templates/pages/trip_form.html.
type tripFormPage struct {
	tripPage
	New      bool
	F        values
	Stops    []int // numbers of the lines to show, one of them empty
	Criteria []int
	Budget   []int

	Ways, Clusters, Projects, Currencies []option
	Asks                                 []tick
	Zones, Foreign                       []string
}

// showNewTrip answers GET /organise/trips/new with a draft four months ahead.
func (s *Server) showNewTrip(c *fiber.Ctx) error {
	own, err := s.ownClusters(c)
	if err != nil {
		return err
	}
	cluster := &scheduling.Cluster{Zone: houseZone}
	if len(own) > 0 {
		cluster = own[0]
	}
	loc, err := time.LoadLocation(cluster.Zone)
	if err != nil {
		loc = time.UTC
	}
	t := scheduling.NewTrip(cluster, s.desk.DB.Now().In(loc).AddDate(0, 0, 120))
	t.Contact, t.ContactEmail = actor(c).Name, actor(c).Email
	t.Selection.Criteria = s.usualCriteria()
	p := &tripFormPage{New: true, F: tripValues(s.lang(c), t, nil)}
	p.F.set("new_id", storage.NewID())
	return s.tripForm(c, p)
}

// usualCriteria are those that a new trip begins with, in every language.
func (s *Server) usualCriteria() (out []scheduling.Criterion) {
	for i, key := range []string{"trip.criterion.fit", "trip.criterion.goals", "trip.criterion.ready"} {
		c := scheduling.Criterion{Name: scheduling.Text{}, Weight: 3 - i, Max: 5}
		for _, code := range s.desk.Texts.Langs() {
			c.Name[code] = s.desk.Texts.In(code).Text(key)
		}
		out = append(out, c)
	}
	return out
}

// showEditTrip answers GET /organise/trips/:id/edit.
func (s *Server) showEditTrip(c *fiber.Ctx) error {
	b, err := s.desk.TripBoard(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := tripPageOf(b.Trip, actor(c).Organises(b.Trip.ClusterIDs...))
	if !p.Organise {
		return storage.ErrNotFound
	}
	return s.tripForm(c, &tripFormPage{tripPage: p, F: tripValues(s.lang(c), b.Trip, b.Leaders)})
}

// tripForm shows the form with what stands in p.F.
func (s *Server) tripForm(c *fiber.Ctx, p *tripFormPage) (err error) {
	if p.Trip == nil {
		p.Trip = &scheduling.Trip{Direction: scheduling.Outgoing, State: scheduling.TripDraft}
		p.Base = "/organise/trips/new"
	}
	p.NoIndex, p.Zones = true, zones
	p.Stops, p.Criteria, p.Budget = p.F.oneMore("stops", "city"), p.F.oneMore("criteria", "name"), p.F.oneMore("budget", "name")
	p.Ways = s.options(c, "trip.direction", string(scheduling.Outgoing), string(scheduling.Incoming))
	p.Asks = ticks(s.options(c, "trip.ask", scheduling.TravellerFields...), p.F["fields"])
	for _, code := range scheduling.Currencies {
		p.Currencies = append(p.Currencies, option{code, code})
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.Foreign = notAmong(p.F["cluster_ids"], p.Clusters)
	if p.Projects, err = s.projectOptions(c); err != nil {
		return err
	}
	return s.page(c, "trip_form", p)
}

// oneMore are the numbers of the lines of a list, with an empty one at the end.
func (v values) oneMore(prefix, field string) []int {
	n := v.rows(prefix)
	if n > 0 && v.blank(fmt.Sprintf("%s.%d", prefix, n-1), field) {
		return upTo(n)
	}
	return upTo(n + 1)
}

// createTrip answers POST /organise/trips/new. Sent twice, it makes one.
func (s *Server) createTrip(c *fiber.Ctx) error {
	return s.saveTrip(c, &tripFormPage{New: true}, scheduling.Trip{})
}

// editTrip answers POST /organise/trips/:id/edit.
func (s *Server) editTrip(c *fiber.Ctx) error {
	b, err := s.ownTrip(c)
	if err != nil {
		return err
	}
	return s.saveTrip(c, &tripFormPage{tripPage: b}, *b.Trip)
}

// saveTrip stores what was typed over base, unless the form asks for another
// line first.
func (s *Server) saveTrip(c *fiber.Ctx, p *tripFormPage, base scheduling.Trip) error {
	f := &tripForm{form: s.form(c), lang: s.lang(c), texts: s.desk.Texts, line: map[string]string{}}
	f.v = values(f.typed)
	p.F = f.v
	if f.Text("do") != "save" {
		return s.tripForm(c, p)
	}
	in := f.trip(base)
	if p.New && newID.MatchString(f.Text("new_id")) {
		in.ID = f.Text("new_id")
	}
	if p.New {
		in.Direction = scheduling.TripDirection(f.Text("direction"))
	}
	saved, err := s.storeTrip(c, f, in)
	if p.New && exists(err) && s.tripMade(c, in.ID) {
		return s.seeOther(c, "/organise/trips/"+in.ID, "flash.trip_saved")
	}
	if problem := scheduling.ProblemIn(err); problem != nil {
		if problem.Kind == scheduling.Changed && !p.New {
			f.typed["rev"] = []string{number64(p.Trip.Rev)}
		}
		p.Problem = s.inForm(c, err)
		return s.tripForm(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+saved.ID, "flash.trip_saved")
}

// storeTrip checks what was typed, all of it at once, and stores it. Leaders
// are typed by their addresses.
func (s *Server) storeTrip(c *fiber.Ctx, f *tripForm, in *scheduling.Trip) (*scheduling.Trip, error) {
	lead, err := s.desk.PeopleWith(c.UserContext(), actor(c), "leaders", strings.Fields(strings.ReplaceAll(f.Text("leaders"), ",", " ")))
	wrong := scheduling.ProblemIn(err)
	if err != nil && wrong == nil {
		return nil, err
	}
	if wrong != nil {
		for field, key := range wrong.Fields {
			f.wrong(field, key)
		}
	}
	in.LeaderIDs = nil
	for _, p := range lead {
		if !slices.Contains(in.LeaderIDs, p.ID) {
			in.LeaderIDs = append(in.LeaderIDs, p.ID)
		}
	}
	if err := f.at(f.line, in.Check()); err != nil {
		return nil, err
	}
	saved, err := s.desk.SaveTrip(c.UserContext(), actor(c), in)
	if err != nil {
		return nil, f.at(f.line, err)
	}
	return saved, nil
}

// tripValues are the fields of the form for a trip.
func tripValues(l *templates.Lang, t *scheduling.Trip, leaders []*scheduling.Person) values {
	v, loc := values{}, t.Location()
	v.set("rev", number64(t.Rev))
	v.set("copied_from", t.CopiedFrom)
	for name, x := range map[string]scheduling.Text{"title": t.Title, "summary": t.Summary, "goals": t.Goals, "body": t.Body, "terms": t.Selection.Terms} {
		v.text(name, x)
	}
	for name, s := range map[string]string{"slug": t.Slug, "direction": string(t.Direction), "zone": t.Zone, "project_id": t.ProjectID,
		"contact": t.Contact, "contact_email": t.ContactEmail, "currency": t.Currency} {
		v.set(name, s)
	}
	v["cluster_ids"], v["fields"] = t.ClusterIDs, t.Asks.Fields
	var addresses []string
	for _, p := range leaders {
		addresses = append(addresses, p.Email)
	}
	v.set("leaders", strings.Join(addresses, "\n"))
	r := t.Selection
	for name, at := range map[string]time.Time{"opens": r.OpensAt, "closes": r.ClosesAt, "commit": r.CommitBy, "due": t.Asks.DueAt} {
		v.moment(name, at, loc)
	}
	for name, n := range map[string]int{"seats": r.Seats, "minimum": r.Minimum, "per_company": r.PerCompany, "offer_hours": r.OfferHours, "retain_days": t.Asks.RetainDays} {
		v.number(name, n)
	}
	v.tripLines(l, t)
	return v
}

// tripLines are the repeated lines of the form.
func (v values) tripLines(l *templates.Lang, t *scheduling.Trip) {
	for i, s := range t.Stops {
		at := fmt.Sprintf("stops.%d.", i)
		for name, x := range map[string]string{"id": s.ID, "city": s.City, "zone": s.Zone, "from": s.From, "until": s.Until} {
			v.set(at+name, x)
		}
		if s.Country != "" {
			v.set(at+"country", l.Country(s.Country))
		}
		v.text(at+"about", s.About)
	}
	for i, x := range t.Selection.Criteria {
		at := fmt.Sprintf("criteria.%d.", i)
		v.set(at+"id", x.ID)
		v.text(at+"name", x.Name)
		v.number(at+"weight", x.Weight)
		v.number(at+"max", x.Max)
	}
	for i, x := range t.Budget {
		at := fmt.Sprintf("budget.%d.", i)
		v.set(at+"id", x.ID)
		v.set(at+"name", x.Name)
		v.set(at+"planned", l.Amount(x.Planned))
		if x.Actual != 0 {
			v.set(at+"actual", l.Amount(x.Actual))
		}
		v.tick(at+"per_seat", x.PerSeat)
		v.set(at+"share", strconv.Itoa(x.Share))
	}
}

// A tripForm reads a trip out of its form. Lines left blank are no lines, so it
// notes where each line of the trip stands in the form.
type tripForm struct {
	*form
	v     values
	t     *scheduling.Trip
	lang  *templates.Lang
	texts *templates.Texts
	line  map[string]string // field of the trip → of the form
}

// trip is base with what was typed.
func (f *tripForm) trip(base scheduling.Trip) *scheduling.Trip {
	f.t = &base
	t := f.t
	t.Rev, t.CopiedFrom = f.Revision(), f.Text("copied_from")
	t.Title, t.Summary, t.Goals, t.Body = f.Langs("title"), f.Langs("summary"), f.Langs("goals"), f.Langs("body")
	t.Slug, t.Zone, t.ProjectID, t.ClusterIDs = f.Text("slug"), f.Text("zone"), f.Text("project_id"), f.List("cluster_ids")
	t.Contact, t.ContactEmail, t.Currency = f.Text("contact"), f.Text("contact_email"), f.Text("currency")
	f.stops()
	f.selection()
	f.criteria()
	f.budget()
	t.Asks = scheduling.TravellerAsks{Fields: f.List("fields"), DueAt: f.deadline("due"), RetainDays: f.Int("retain_days", 0, 1_000_000)}
	f.line["due_at"], f.line["leader_ids"] = "due_day", "leaders"
	return t
}

// deadline is a moment on the wall clock of the trip's home, at four in the
// afternoon where no time was given.
func (f *tripForm) deadline(name string) time.Time {
	if f.Text(name+"_day") != "" && f.Text(name+"_time") == "" {
		f.typed[name+"_time"] = []string{"16:00"}
	}
	return f.Moment(name, f.Text("zone"))
}

// stops are in the order of their days, however they were typed.
func (f *tripForm) stops() {
	type typed struct {
		at   string
		stop scheduling.Stop
	}
	var list []typed
	for i := range f.v.rows("stops") {
		at := fmt.Sprintf("stops.%d", i)
		if f.v.blank(at, "city", "country", "from", "until") {
			continue
		}
		country := f.Text(at + ".country")
		if code := f.texts.CountryNamed(country); code != "" {
			country = code
		}
		list = append(list, typed{at, scheduling.Stop{ID: f.Text(at + ".id"), City: f.Text(at + ".city"), Country: country, Zone: f.Text(at + ".zone"),
			From: f.Day(at + ".from"), Until: f.Day(at + ".until"), About: f.Langs(at + ".about")}})
	}
	slices.SortStableFunc(list, func(a, b typed) int { return strings.Compare(a.stop.From, b.stop.From) })
	f.t.Stops = nil
	for i, x := range list {
		f.lines(fmt.Sprintf("stops.%d.", i), x.at+".", "city", "country", "zone", "from", "until", "about")
		f.t.Stops = append(f.t.Stops, x.stop)
	}
}

// lines notes where the fields of a line of the trip stand in the form.
func (f *tripForm) lines(field, typed string, names ...string) {
	for _, name := range names {
		f.line[field+name] = typed + name
	}
}

func (f *tripForm) selection() {
	r := &f.t.Selection
	const most = 1_000_000 // the desk knows the limits
	r.Seats, r.Minimum, r.PerCompany, r.OfferHours = f.Int("seats", 0, most), f.Int("minimum", 0, most), f.Int("per_company", 0, most), f.Int("offer_hours", 0, most)
	r.OpensAt, r.ClosesAt, r.CommitBy, r.Terms = f.deadline("opens"), f.deadline("closes"), f.deadline("commit"), f.Langs("terms")
	f.line["opens_at"], f.line["closes_at"], f.line["commit_by"] = "opens_day", "closes_day", "commit_day"
}

func (f *tripForm) criteria() {
	f.t.Selection.Criteria = nil
	for i := range f.v.rows("criteria") {
		at := fmt.Sprintf("criteria.%d", i)
		if f.v.blank(at, "name") {
			continue
		}
		f.lines(fmt.Sprintf("criteria.%d.", len(f.t.Selection.Criteria)), at+".", "name", "weight", "max")
		f.t.Selection.Criteria = append(f.t.Selection.Criteria, scheduling.Criterion{ID: f.Text(at + ".id"), Name: f.Langs(at + ".name"),
			Weight: f.Int(at+".weight", 1, 1000), Max: f.Int(at+".max", 1, 1000)})
	}
}

func (f *tripForm) budget() {
	f.t.Budget = nil
	for i := range f.v.rows("budget") {
		at := fmt.Sprintf("budget.%d", i)
		if f.v.blank(at, "name", "planned", "actual") {
			continue
		}
		f.lines(fmt.Sprintf("budget.%d.", len(f.t.Budget)), at+".", "name", "planned", "actual", "share")
		f.t.Budget = append(f.t.Budget, scheduling.BudgetLine{ID: f.Text(at + ".id"), Name: f.Text(at + ".name"), Planned: f.amount(at + ".planned"),
			Actual: f.amount(at + ".actual"), PerSeat: f.Check(at + ".per_seat"), Share: f.Int(at+".share", 0, 1000)})
	}
}

// amount is an amount of money in cents, as the reader's language writes it.
func (f *tripForm) amount(name string) int64 {
	if f.Text(name) == "" {
		return 0
	}
	cents, ok := f.lang.ParseAmount(f.Text(name))
	if !ok {
		f.wrong(name, "input.amount")
	}
	return cents
}
