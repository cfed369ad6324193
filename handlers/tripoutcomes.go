package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// tripOutcomeRoutes are what came of trips: for travellers and hosts to say by
// their links, for those who lead a trip to see and to write down.
func (s *Server) tripOutcomeRoutes() []route {
	const travel, host, all = "/travel/:link/outcomes", "/host-outcomes/:link", "/organise/trips/:id/outcomes"
	const one, report = all + "/:host/:delegate", "/organise/trips/:id/report"
	often := func(r route) route { // a click for each host, from a bus full of people
		r.Limit = 120
		return r
	}
	return []route{
		get(travel, Link, s.outcomeList(s.travelDoor)),
		get(travel+"/:host", Link, s.outcomeOne(s.travelDoor)),
		often(post(travel+"/:host", Link, s.outcomeSave(s.travelDoor))),
		get(host, Link, s.outcomeList(s.hostDoor)),
		get(host+"/:delegate", Link, s.outcomeOne(s.hostDoor)),
		often(post(host+"/:delegate", Link, s.outcomeSave(s.hostDoor))),
		get("/travel/:link/certificate", Link, s.showCertificate),
		get(all, SignedIn, s.showTripOutcomes),
		get(all+".csv", SignedIn, s.exportTripOutcomes(csvFile)),
		get(all+".xlsx", SignedIn, s.exportTripOutcomes(xlsx)),
		post(all+"/remind", SignedIn, s.remindTripOutcomes),
		post(all+"/ask-hosts", SignedIn, s.askTripHosts),
		get(one, SignedIn, s.outcomeOne(s.deskDoor)),
		post(one, SignedIn, s.outcomeSave(s.deskDoor)),
		get(report, Organiser, s.showTripReport),
		get(report+".docx", Organiser, s.downloadTripReport),
		get(report+".csv", Organiser, s.exportTripReport),
		post(report+"/done", Organiser, s.markTripReported),
	}
}

// An outcomeDoor is a way in to say what came of a trip: whose pages they are,
// and how the desk is asked.
type outcomeDoor struct {
	read           func() (*scheduling.TripAnswering, error)
	save           func(func(*scheduling.TripOutcome)) (*scheduling.TripOutcome, error)
	list           string // address of the page that lists all
	here           string // address of one
	host, delegate string
	hostSide       bool
}

// travelDoor is that of a traveller by their link.
func (s *Server) travelDoor(c *fiber.Ctx) outcomeDoor {
	link, host := c.Params("link"), c.Params("host")
	list := "/travel/" + link + "/outcomes"
	return outcomeDoor{list: list, here: list + "/" + host, host: host,
		read: func() (*scheduling.TripAnswering, error) { return s.desk.OutcomesByLink(c.UserContext(), link) },
		save: func(change func(*scheduling.TripOutcome)) (*scheduling.TripOutcome, error) {
			return s.desk.SaveOutcomeByLink(c.UserContext(), link, host, change)
		}}
}

// hostDoor is that of a host by its link.
func (s *Server) hostDoor(c *fiber.Ctx) outcomeDoor {
	link, delegate := c.Params("link"), c.Params("delegate")
	list := "/host-outcomes/" + link
	return outcomeDoor{list: list, here: list + "/" + delegate, delegate: delegate, hostSide: true,
		read: func() (*scheduling.TripAnswering, error) { return s.desk.HostOutcomesByLink(c.UserContext(), link) },
		save: func(change func(*scheduling.TripOutcome)) (*scheduling.TripOutcome, error) {
			return s.desk.SaveHostOutcomeByLink(c.UserContext(), link, delegate, change)
		}}
}

// deskDoor is that of who leads the trip and was told; with ?side=host, by a host.
func (s *Server) deskDoor(c *fiber.Ctx) outcomeDoor {
	id, host, delegate, hostSide := c.Params("id"), c.Params("host"), c.Params("delegate"), c.Query("side") == "host"
	list := "/organise/trips/" + id + "/outcomes"
	here := list + "/" + host + "/" + delegate
	if hostSide {
		here += "?side=host"
	}
	return outcomeDoor{list: list, here: here, host: host, delegate: delegate, hostSide: hostSide,
		read: func() (*scheduling.TripAnswering, error) {
			return s.desk.TripAnswers(c.UserContext(), actor(c), id)
		},
		save: func(change func(*scheduling.TripOutcome)) (*scheduling.TripOutcome, error) {
			return s.desk.SaveTripOutcome(c.UserContext(), actor(c), id, host, delegate, hostSide, change)
		}}
}

// travelOutcomesPage is the data of templates/pages/travel_outcomes.html. Mail
// scanners open the links in a mail before its reader does, so a link only leads
// to a page: one button says it, and what there is more to say comes after.
type travelOutcomesPage struct {
	Page
	*scheduling.TripAnswering
	Lines []outcomeLineOf
	Steps []option
}

// An outcomeLineOf is one host, or one delegate, to say something of.
type outcomeLineOf struct {
	*scheduling.TripRow
	With  string // name of the other side
	Path  string // of its own page
	Mine  *scheduling.TripOutcome
	Other *scheduling.TripOutcome
}

// outcomeList answers GET /travel/:link/outcomes and /host-outcomes/:link.
func (s *Server) outcomeList(door func(*fiber.Ctx) outcomeDoor) fiber.Handler {
	return func(c *fiber.Ctx) error {
		d := door(c)
		x, err := d.read()
		if err != nil {
			return err
		}
		p := &travelOutcomesPage{TripAnswering: x, Steps: s.ladder(c)}
		p.NoIndex, p.NoSignIn, p.Emblem = true, true, s.emblem(c, x.Funding)
		for _, r := range x.Rows {
			l := outcomeLineOf{TripRow: r, With: r.Host.Name, Path: d.list + "/" + r.Host.ID, Mine: x.Mine(r), Other: x.Other(r)}
			if x.HostSide() {
				l.With, l.Path = r.Delegate.Name, d.list+"/"+r.Delegate.Key
			}
			p.Lines = append(p.Lines, l)
		}
		return s.page(c, "travel_outcomes", p)
	}
}

// ladder are the steps of the ladder, as they are chosen.
func (s *Server) ladder(c *fiber.Ctx) (out []option) {
	for _, l := range scheduling.Ladders {
		out = append(out, option{string(l), s.lang(c).Text("outcome.step." + string(l))})
	}
	return out
}

// tripOutcomePage is the data of templates/pages/trip_outcome.html.
type tripOutcomePage struct {
	Page
	*scheduling.TripAnswering
	Line    outcomeLineOf
	Title   string
	Teller  string // in whose name it is written down; "" by those themselves
	List    string
	Side    string // address of the other side's answer, for who leads the trip
	ByHost  bool
	F       values
	Steps   []option
	Ratings []option
	Owners  []option
}

// outcomeOne answers GET /travel/:link/outcomes/:host,
// /host-outcomes/:link/:delegate and /organise/trips/:id/outcomes/:host/:delegate.
func (s *Server) outcomeOne(door func(*fiber.Ctx) outcomeDoor) fiber.Handler {
	return func(c *fiber.Ctx) error {
		d := door(c)
		x, err := d.read()
		if err != nil {
			return err
		}
		return s.tripOutcome(c, d, x, nil, nil)
	}
}

func (s *Server) tripOutcome(c *fiber.Ctx, d outcomeDoor, x *scheduling.TripAnswering, typed values, problem *FormProblem) error {
	r := x.Row(d.host, d.delegate)
	if r == nil {
		return fiber.ErrNotFound
	}
	p := &tripOutcomePage{TripAnswering: x, List: d.list, ByHost: d.hostSide, F: typed, Steps: s.ladder(c)}
	p.Line = outcomeLineOf{TripRow: r, With: r.Host.Name, Path: d.here, Mine: r.Side(d.hostSide), Other: r.Side(!d.hostSide)}
	if d.hostSide {
		p.Line.With = r.Delegate.Name
	}
	if err := s.frameOutcome(c, p); err != nil {
		return err
	}
	p.NoIndex, p.Problem = true, problem
	if p.F == nil {
		p.F = tripOutcomeValues(p.Line.Mine)
	}
	for n := 1; n <= 5; n++ {
		p.Ratings = append(p.Ratings, option{strconv.Itoa(n), s.lang(c).Text("outcome.rating." + strconv.Itoa(n))})
	}
	for _, o := range x.Owners(r) {
		label := o.Name
		if o.Entrant != "" {
			label += " (" + o.Entrant + ")"
		}
		p.Owners = append(p.Owners, option{o.PersonID, label})
	}
	return s.page(c, "trip_outcome", p)
}

// frameOutcome gives the page of one outcome its head: for those who answer
// themselves, or for who leads the trip.
func (s *Server) frameOutcome(c *fiber.Ctx, p *tripOutcomePage) error {
	l := s.lang(c)
	if p.Traveller != nil || p.HostSide() {
		p.NoSignIn, p.Emblem, p.Line.Other = true, s.emblem(c, p.Funding), p.Other(p.Line.TripRow)
		if p.Title = l.Text("tripoutcome.one_title", "with", p.Line.With); p.ByHost {
			p.Title = l.Text("tripoutcome.host_one_title", "with", p.Line.With)
		}
		return nil
	}
	t, err := s.trip(c)
	if err != nil {
		return err
	}
	r := p.Line.TripRow
	p.Page, p.Title = t.Page, l.Text("tripoutcome.desk_title", "company", r.Delegate.Name, "host", r.Host.Name)
	p.Teller, p.Side = r.Delegate.Name, c.Path()+"?side=host"
	if p.ByHost {
		p.Teller, p.Side = r.Host.Name, c.Path()
	}
	return nil
}

// tripOutcomeValues are the fields of the form for an outcome.
func tripOutcomeValues(o *scheduling.TripOutcome) values {
	v := values{}
	if o == nil {
		return v
	}
	for name, s := range map[string]string{"step": string(o.Step), "note": o.Note, "story": o.Story, "next": o.Next, "owner": o.Owner, "due": o.Due} {
		v.set(name, s)
	}
	v.number("rating", o.Rating)
	v.tick("quote", o.Quote)
	v.tick("done", o.Done)
	return v
}

// tripOutcomeFields are the inputs of the form, in their order.
var tripOutcomeFields = []string{"step", "rating", "next", "owner", "due", "story", "note"}

// outcomeSave answers POST to the pages of outcomeOne: "click" says how far it
// led and leaves the rest as it is, else the whole form is there.
func (s *Server) outcomeSave(door func(*fiber.Ctx) outcomeDoor) fiber.Handler {
	return func(c *fiber.Ctx) error {
		d, f := door(c), s.form(c)
		change := f.readTripOutcome()
		err := f.Err()
		if err == nil {
			_, err = d.save(change)
		}
		if problem := s.inForm(c, err, tripOutcomeFields...); problem != nil && scheduling.ProblemIn(err).Kind == scheduling.Invalid {
			x, err := d.read()
			if err != nil {
				return err
			}
			return s.tripOutcome(c, d, x, f.typed, problem)
		}
		if err != nil {
			return err
		}
		if f.Value("from") == "list" {
			return s.seeOther(c, d.list, "tripoutcome.flash.saved")
		}
		return s.seeOther(c, d.here, "tripoutcome.flash.saved")
	}
}

// readTripOutcome is what the form changes about an outcome.
func (f *form) readTripOutcome() func(*scheduling.TripOutcome) {
	if step := f.Value("click"); step != "" {
		return func(o *scheduling.TripOutcome) { o.Step = scheduling.Ladder(step) }
	}
	in := scheduling.TripOutcome{Step: scheduling.Ladder(f.Value("step")), Next: f.Text("next"), Owner: f.Value("owner"), Due: f.Day("due"),
		Done: f.Check("done"), Story: f.Text("story"), Quote: f.Check("quote"), Note: f.Text("note")}
	if f.Value("rating") != "" {
		in.Rating = f.Int("rating", 1, 5)
	}
	return func(o *scheduling.TripOutcome) {
		o.Step, o.Rating, o.Note, o.Story, o.Quote = in.Step, in.Rating, in.Note, in.Story, in.Quote
		o.Next, o.Owner, o.Due, o.Done = in.Next, in.Owner, in.Due, in.Done
	}
}
