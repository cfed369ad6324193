package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// programmeRoutes are the programme of a trip, for those who organise or lead
// it: the board, what is on it, who takes part in what.
func (s *Server) programmeRoutes() []route {
	const base = "/organise/trips/:id/programme"
	return []route{
		get(base, SignedIn, s.showProgramme),
		get(base+"/publish", SignedIn, s.showPublishProgramme),
		post(base+"/publish", SignedIn, s.publishProgramme),
		get(base+"/judge", SignedIn, s.judgeProgramme),
		post(base+"/move", SignedIn, s.moveInProgramme),
		post(base+"/assign", SignedIn, s.assignInProgramme),
		get(base+"/people", SignedIn, s.showProgrammePeople),
		post(base+"/people", SignedIn, s.editProgrammePeople),
		get(base+"/travel", SignedIn, s.showWays),
		post(base+"/travel", SignedIn, s.editTravel),
		get(base+"/print", SignedIn, s.printProgramme),
		get(base+"/new/:kind", SignedIn, s.showNewPart),
		post(base+"/new/:kind", SignedIn, s.createPart),
		get(base+"/parts/:part", SignedIn, s.showPart),
		get(base+"/parts/:part/edit", SignedIn, s.showEditPart),
		post(base+"/parts/:part/edit", SignedIn, s.editPart),
		post(base+"/parts/:part/people", SignedIn, s.editPartPeople),
		post(base+"/parts/:part/nda", SignedIn, s.signNDAs),
		post(base+"/parts/:part/drop", SignedIn, s.dropPart),
	}
}

// programmePage is what the pages about a trip's programme share.
type programmePage struct {
	tripPage
	*scheduling.ProgrammeBoard
	Home string // address of the board
}

// Published reports whether travellers see their itineraries.
func (p *programmePage) Published() bool { return !p.Programme.PublishedAt.IsZero() }

// PartPath is the page of a leg, a stay or an activity.
func (p *programmePage) PartPath(id string) string { return p.Home + "/parts/" + id }

func (s *Server) programme(c *fiber.Ctx) (programmePage, error) {
	t, err := s.trip(c)
	if err != nil {
		return programmePage{}, err
	}
	b, err := s.desk.ProgrammeBoard(c.UserContext(), actor(c), t.Trip.ID)
	if err != nil {
		return programmePage{}, err
	}
	t.Trip = b.ProgrammePage.Trip // as it was with the programme
	return programmePage{tripPage: t, ProgrammeBoard: b, Home: t.Base + "/programme"}, nil
}

// A faultLine is what the checks found, in words, with the way to put it right.
type faultLine struct{ Text, Fix, Path string }

// faultLines are faults in words.
func (s *Server) faultLines(c *fiber.Ctx, p *programmePage, list []scheduling.TripFault) (out []faultLine) {
	l := s.lang(c)
	for _, f := range list {
		out = append(out, faultLine{l.Text(f.Key, f.Args...), l.Text("programme.fix." + string(f.Fix)), p.fixPath(f)})
	}
	return out
}

// fixPath is where a fault is put right.
func (p *programmePage) fixPath(f scheduling.TripFault) string {
	switch f.Fix {
	case scheduling.FixRooms:
		return p.Base + "/rooms"
	case scheduling.FixHosts:
		return p.Base + "/hosts"
	case scheduling.FixLegs:
		return p.Home + "/new/leg"
	case scheduling.FixTraveller:
		return p.Base + "/travellers/" + f.TravellerIDs[0]
	}
	return p.PartPath(f.PartIDs[0])
}

// programmeBoardPage is the data of templates/pages/programme.html.
type programmeBoardPage struct {
	programmePage
	Grid  programmeGrid
	Lines []faultLine
}

// showProgramme answers GET /organise/trips/:id/programme: stops × days.
func (s *Server) showProgramme(c *fiber.Ctx) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	p.Wide = true
	return s.page(c, "programme", &programmeBoardPage{programmePage: p, Grid: gridOf(&p), Lines: s.faultLines(c, &p, p.Faults)})
}

// publishProgrammePage is the data of templates/pages/programme_publish.html.
type publishProgrammePage struct {
	programmePage
	Lines []faultLine
}

// showPublishProgramme answers GET /organise/trips/:id/programme/publish.
func (s *Server) showPublishProgramme(c *fiber.Ctx) error { return s.confirmProgramme(c, nil) }

func (s *Server) confirmProgramme(c *fiber.Ctx, problem *FormProblem) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	p.Problem = problem
	return s.page(c, "programme_publish", &publishProgrammePage{p, s.faultLines(c, &p, p.Faults)})
}

// publishProgramme answers POST /organise/trips/:id/programme/publish.
func (s *Server) publishProgramme(c *fiber.Ctx) error {
	_, err := s.desk.PublishProgramme(c.UserContext(), actor(c), c.Params("id"))
	if problem := s.inForm(c, err); problem != nil {
		return s.confirmProgramme(c, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/programme", "flash.programme.published")
}

// refusedText is what keeps a change of a programme from being made, in words,
// with what is wrong with each field; "" for an error that is not the person's
// to mend.
func (s *Server) refusedText(c *fiber.Ctx, err error) string {
	p := scheduling.ProblemIn(err)
	if p == nil {
		return ""
	}
	if p.Key != "problem.invalid" {
		return s.lang(c).Text(p.Key, p.Args...)
	}
	var out []string
	for _, key := range p.Fields {
		if text := s.lang(c).Text(key, p.Args...); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// answerProgramme answers a change on the board of a trip's programme.
func (s *Server) answerProgramme(c *fiber.Ctx, err error, path, done string) error {
	return s.answerChange(c, err, s.refusedText(c, err), path, done, "flash.programme.refused")
}
