package handlers

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// tripOverviewPage is the data of templates/pages/trip_overview.html.
type tripOverviewPage struct {
	tripPage
	Board   *scheduling.TripBoard
	Moves   []tripMove
	Waiting []tripNeed
	Figures []figure
	Steps   []tripStep
	Budget  []scheduling.LineCost
	Planned scheduling.Costs
	Actual  scheduling.Costs
	Shares  []tripShare
}

// A tripMove is a button that brings a trip to another state.
type tripMove struct {
	To   scheduling.TripState
	Next bool // on its way; the others go back, or end it
}

// A tripNeed is something to do, and where.
type tripNeed struct {
	scheduling.TripNeed
	Path string
}

// A tripStep is a state of the way of a trip, and when dates bring it there.
type tripStep struct {
	State     scheduling.TripState
	At        time.Time
	Zone      string
	Done, Now bool
}

// A tripShare is what a company pays by the plan, and of what was spent.
type tripShare struct {
	scheduling.CompanySeats
	Planned, Actual int64
}

// tripNeedPaths are where what a trip waits for can be done, below its address.
var tripNeedPaths = map[string]string{
	"trip.need.undecided": "/applications", "trip.need.minimum": "/applications", "trip.need.gone": "/state?to=cancelled", "trip.need.confirm": "/state?to=confirmed",
	"trip.need.names": "/travellers", "trip.need.data": "/travellers", "trip.need.leader": "/edit#what", "trip.need.unhosted": "/programme",
	"trip.need.hosts": "/hosts", "trip.need.programme": "/programme", "trip.need.report": "/outcomes", "trip.need.answer": "/enquiry",
	"trip.need.seats": "/edit#selection", "trip.need.closing": "/edit#selection",
}

// showTripOverview answers GET /organise/trips/:id: where the trip stands.
func (s *Server) showTripOverview(c *fiber.Ctx) error {
	b, err := s.desk.TripBoard(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.page(c, "trip_overview", tripOverview(b, actor(c).Organises(b.Trip.ClusterIDs...)))
}

func tripOverview(b *scheduling.TripBoard, organise bool) *tripOverviewPage {
	t := b.Trip
	p := &tripOverviewPage{tripPage: tripPageOf(t, organise), Board: b, Steps: tripSteps(t)}
	if organise {
		for i, to := range tripMoves(t, b.Now) {
			p.Moves = append(p.Moves, tripMove{to, i == 0 && to != scheduling.TripCancelled && slices.Index(t.States(), to) > slices.Index(t.States(), t.State)})
		}
	}
	for _, n := range b.Needs() {
		p.Waiting = append(p.Waiting, tripNeed{n, p.Base + tripNeedPaths[n.Key]})
	}
	p.Figures = []figure{{t.Selection.Seats, "trip.figure.seats"}, {t.Held, "trip.figure.held"}, {b.Accepted(), "trip.figure.accepted"},
		{b.Travellers, "trip.figure.travellers"}, {b.Visits, "trip.figure.visits"}, {b.Hosts[scheduling.HostConfirmed], "trip.figure.hosts"}}
	if t.Direction == scheduling.Incoming {
		p.Figures = p.Figures[3:]
	}
	p.Budget, p.Planned, p.Actual = t.Costs(b.Went())
	p.Shares = tripShares(b, p.Planned, p.Actual)
	return p
}

// tripMoves are the states that the organiser can bring t to here. A delegation
// that asked to come is answered on a page of its own.
func tripMoves(t *scheduling.Trip, now time.Time) []scheduling.TripState {
	return slices.DeleteFunc(t.Ways(now), func(to scheduling.TripState) bool {
		return t.Enquiry != nil && to != scheduling.TripCancelled && to != scheduling.TripVisited && to != scheduling.TripReported
	})
}

// tripShares divides what companies pay among those that have accepted. As long
// as seats are free, each pays its part of the plan with all seats taken.
func tripShares(b *scheduling.TripBoard, planned, actual scheduling.Costs) (out []tripShare) {
	var seats []int
	free := b.Trip.Selection.Seats
	for _, c := range b.Companies {
		seats = append(seats, c.Seats)
		free -= c.Seats
	}
	plan, was := planned.Shares(append(slices.Clone(seats), max(0, free))), actual.Shares(seats)
	for i, c := range b.Companies {
		out = append(out, tripShare{c, plan[i], was[i]})
	}
	return out
}

// tripSteps are the states of a trip's way with the dates that bring it there.
func tripSteps(t *scheduling.Trip) (out []tripStep) {
	for _, st := range t.States() {
		x := tripStep{State: st, Zone: t.Zone, Done: t.Past(st) && t.State != st, Now: t.State == st}
		switch st {
		case scheduling.TripOpen:
			x.At = t.Selection.OpensAt
		case scheduling.TripSelection:
			x.At = t.Selection.ClosesAt
		case scheduling.TripUnderWay:
			x.At = t.Starts
		case scheduling.TripCompleted, scheduling.TripVisited:
			x.At = t.Ends
		}
		if n := len(t.Stops); n > 0 && st == scheduling.TripUnderWay {
			x.Zone = t.Stops[0].Zone
		} else if n > 0 && !x.At.IsZero() && x.At.Equal(t.Ends) {
			x.Zone = t.Stops[n-1].Zone
		}
		out = append(out, x)
	}
	return out
}

// tripStatePage is the data of templates/pages/trip_state.html: what a state
// opens and closes, before it is entered.
type tripStatePage struct {
	tripPage
	To     scheduling.TripState
	Why    bool // it takes a reason
	Reason string
}

// showTripState answers GET /organise/trips/:id/state?to=STATE.
func (s *Server) showTripState(c *fiber.Ctx) error {
	p, err := s.ownTrip(c)
	if err != nil {
		return err
	}
	return s.tripState(c, &tripStatePage{tripPage: p, To: scheduling.TripState(c.Query("to"))})
}

// ownTrip is trip for its organisers alone.
func (s *Server) ownTrip(c *fiber.Ctx) (tripPage, error) {
	p, err := s.trip(c)
	if err == nil && !p.Organise {
		return p, storage.ErrNotFound
	}
	return p, err
}

func (s *Server) tripState(c *fiber.Ctx, p *tripStatePage) error {
	if !slices.Contains(tripMoves(p.Trip, s.desk.DB.Now()), p.To) {
		return s.seeOtherBad(c, p.Base, "trip.no_way")
	}
	p.Why = p.To == scheduling.TripCancelled || p.To == scheduling.TripDeclined
	return s.page(c, "trip_state", p)
}

// setTripState answers POST /organise/trips/:id/state.
func (s *Server) setTripState(c *fiber.Ctx) error {
	b, err := s.ownTrip(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &tripStatePage{tripPage: b, To: scheduling.TripState(f.Text("to")), Reason: f.Text("reason")}
	_, err = s.desk.SetTripState(c.UserContext(), actor(c), b.Trip.ID, p.To, p.Reason)
	switch problem := scheduling.ProblemIn(err); {
	case problem != nil && len(problem.Fields) > 0:
		p.Problem = s.inForm(c, err)
		return s.tripState(c, p)
	case problem != nil:
		return s.seeOtherBad(c, p.Base, problem.Key, problem.Args...)
	case err != nil:
		return err
	}
	return s.seeOther(c, p.Base, "flash.trip_state."+string(p.To))
}

// copyTripPage is the data of templates/pages/trip_copy.html.
type copyTripPage struct {
	tripPage
	ID  string // of the copy
	Day string
}

// showCopyTrip answers GET /organise/trips/:id/copy, with the same weekday a
// year later.
func (s *Server) showCopyTrip(c *fiber.Ctx) error {
	p, err := s.ownTrip(c)
	if err != nil {
		return err
	}
	day, _ := parseDay(p.Trip.FirstDay())
	return s.page(c, "trip_copy", &copyTripPage{tripPage: p, ID: storage.NewID(), Day: day.AddDate(0, 0, 52*7).Format(time.DateOnly)})
}

// copyTrip answers POST /organise/trips/:id/copy. Sent twice, it makes one.
func (s *Server) copyTrip(c *fiber.Ctx) error {
	b, err := s.ownTrip(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &copyTripPage{tripPage: b, ID: f.NewID(), Day: f.Text("day")}
	day, _ := parseDay(f.Day("day"))
	if day.IsZero() {
		f.wrong("day", "problem.date")
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.CopyTripAs(c.UserContext(), actor(c), b.Trip.ID, day, p.ID)
	}
	if err != nil && s.tripMade(c, p.ID) {
		err = nil
	}
	if p.Problem = s.inForm(c, err); p.Problem != nil {
		return s.page(c, "trip_copy", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+p.ID+"/edit", "flash.trip_copied")
}

// tripMade reports whether this very form has made its trip already.
func (s *Server) tripMade(c *fiber.Ctx, id string) bool {
	_, err := s.desk.Trip(c.UserContext(), actor(c), id)
	return id != "" && err == nil
}
