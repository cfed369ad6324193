package handlers

import (
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A wish to move an activity names its day and stop, if they change, a number of
// minutes later or earlier, or the part that it is to follow.
type moveWish struct {
	ID, Stop, Day, After, Clock string
	Shift                       int // minutes
}

func moveWished(get func(string) string) moveWish {
	shift, err := strconv.Atoi(get("shift"))
	if err != nil || shift < -programmeShift || shift > programmeShift {
		shift = 0
	}
	return moveWish{ID: get("id"), Stop: get("stop"), Day: get("day"), After: get("after"), Clock: get("clock"), Shift: shift}
}

// programmeShift is how many minutes an activity is moved by at once.
const programmeShift = 24 * 60

// to is the move that is wished: the same time of day, on the clock of the stop
// that it goes to, unless it is to begin when another ends. The problem says
// what was typed wrong.
func (w moveWish) to(p *scheduling.ProgrammePage) (m scheduling.ActivityMove, err error) {
	a := p.Programme.Activity(w.ID)
	if a == nil {
		return m, storage.ErrNotFound
	}
	from, _ := p.Trip.Stop(a.StopID)
	stop, ok := from, true
	if w.Stop != "" {
		stop, ok = p.Trip.Stop(w.Stop)
	}
	if !ok {
		return m, storage.ErrNotFound
	}
	m = scheduling.ActivityMove{ID: a.ID, StopID: stop.ID}
	if after, ok := p.Part(w.After); ok && after.ID != a.ID {
		m.Starts = after.Ends
		return m, nil
	}
	local := a.Starts.In(from.Location())
	day, hour, minute := local, local.Hour(), local.Minute()
	if w.Day != "" {
		if day, ok = parseDay(w.Day); !ok {
			return m, &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.date"}
		}
	}
	if w.Clock != "" {
		if hour, minute, ok = parseClock(w.Clock); !ok {
			return m, &scheduling.Problem{Kind: scheduling.Invalid, Key: "input.time"}
		}
	}
	starts, exists := wallTime(day, hour, minute, stop.Location())
	if !exists {
		return m, &scheduling.Problem{Kind: scheduling.Invalid, Key: "input.gap"}
	}
	m.Starts = starts.Add(time.Duration(w.Shift) * time.Minute)
	return m, nil
}

// judgeProgramme answers GET /organise/trips/:id/programme/judge: what would
// come of a move, or of putting somebody on a part, without doing it.
func (s *Server) judgeProgramme(c *fiber.Ctx) error {
	p, err := s.desk.Programme(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	get := func(name string) string { return c.Query(name) }
	if who := get("traveller"); who != "" {
		v, err := s.desk.JudgeAssign(c.UserContext(), actor(c), p.Trip.ID, scheduling.Assignment{PartID: get("id"), TravellerIDs: []string{who}, Out: get("out") != ""})
		if err != nil {
			return err
		}
		x, _ := p.Part(get("id"))
		return c.JSON(s.programmeVerdict(c, x, v))
	}
	m, err := moveWished(get).to(p)
	if text := s.refusedText(c, err); text != "" {
		return c.JSON(moveAnswer{Text: text})
	}
	if err != nil {
		return err
	}
	v, err := s.desk.JudgeMove(c.UserContext(), actor(c), p.Trip.ID, m)
	if err != nil {
		return err
	}
	x, _ := p.Part(m.ID)
	stop, _ := p.Trip.Stop(m.StopID)
	x.Starts, x.Ends, x.StartZone, x.EndZone = m.Starts, m.Starts.Add(x.Ends.Sub(x.Starts)), stop.Zone, stop.Zone
	return c.JSON(s.programmeVerdict(c, x, v))
}

// programmeVerdict is what the judge says of a part as it would be, in words.
func (s *Server) programmeVerdict(c *fiber.Ctx, x scheduling.Part, v *scheduling.ProgrammeVerdict) moveAnswer {
	l := s.lang(c)
	out := moveAnswer{OK: v.Refused == nil, Text: l.Text("programme.judge.at", "what", x, "when", x.When()) + " "}
	switch {
	case v.Refused != nil:
		out.Text += s.refusedText(c, v.Refused)
	case len(v.New) == 0:
		out.Text += l.Text("programme.judge.fits")
	}
	for i, f := range v.New {
		if i < 3 {
			out.Text += l.Text(f.Key, f.Args...) + " "
		}
	}
	return out
}

// moveInProgramme answers POST /organise/trips/:id/programme/move.
func (s *Server) moveInProgramme(c *fiber.Ctx) error {
	f := s.form(c)
	p, err := s.desk.Programme(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	m, err := moveWished(f.Text).to(p)
	if err == nil {
		_, err = s.desk.MoveActivity(c.UserContext(), actor(c), p.Trip.ID, f.EditRevision(), m)
	}
	return s.answerProgramme(c, err, s.partPath(c, f.Text("id")), "flash.programme.moved")
}

// partPath is the page of a part, whose id may be typed by anybody.
func (s *Server) partPath(c *fiber.Ctx, id string) string {
	home := "/organise/trips/" + c.Params("id") + "/programme"
	if !plainID(id) {
		return home
	}
	return home + "/parts/" + id
}

// plainID reports whether an id has only what ours have.
func plainID(id string) bool {
	return id != "" && len(id) <= 64 && !slices.ContainsFunc([]rune(id), func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// assignInProgramme answers POST /organise/trips/:id/programme/assign: one
// traveller on a part, or off it.
func (s *Server) assignInProgramme(c *fiber.Ctx) error {
	f := s.form(c)
	x := scheduling.Assignment{PartID: f.Text("id"), TravellerIDs: f.List("traveller"), Out: f.Check("out")}
	_, err := s.desk.Assign(c.UserContext(), actor(c), c.Params("id"), f.EditRevision(), x)
	done := "flash.programme.assigned"
	if x.Out {
		done = "flash.programme.taken_off"
	}
	return s.answerProgramme(c, err, s.partPath(c, x.PartID), done)
}

// programmePeoplePage is the data of templates/pages/programme_people.html.
type programmePeoplePage struct {
	programmePage
	Parts []programmeCard // legs and activities
	Typed map[string][]string
}

// On reports whether a box is ticked: as it was typed, else as it is stored.
func (p *programmePeoplePage) On(x programmeCard, travellerID string) bool {
	if p.Typed != nil {
		return slices.Contains(p.Typed["who."+x.ID], travellerID)
	}
	return !x.Everyone && x.Has(travellerID)
}

// All is the same of the box for everyone.
func (p *programmePeoplePage) All(x programmeCard) bool {
	if p.Typed != nil {
		return len(p.Typed["all."+x.ID]) > 0
	}
	return x.Everyone
}

// showProgrammePeople answers GET /organise/trips/:id/programme/people:
// travellers × visits.
func (s *Server) showProgrammePeople(c *fiber.Ctx) error { return s.programmePeople(c, nil, nil) }

func (s *Server) programmePeople(c *fiber.Ctx, typed map[string][]string, problem *FormProblem) error {
	p, err := s.programme(c)
	if err != nil {
		return err
	}
	if p.Wide, p.Problem = true, problem; problem != nil {
		problem.Faults = nil // the text says it all, and no single box is wrong
	}
	page := &programmePeoplePage{programmePage: p, Typed: typed}
	for _, x := range p.Programme.Parts(p.Trip) {
		if x.Kind != scheduling.StayPart {
			page.Parts = append(page.Parts, cardOf(&p, x))
		}
	}
	return s.page(c, "programme_people", page)
}

// editProgrammePeople answers POST /organise/trips/:id/programme/people.
func (s *Server) editProgrammePeople(c *fiber.Ctx) error {
	f := s.form(c)
	crowds := map[string]scheduling.Crowd{}
	for _, id := range f.List("part") {
		crowds[id] = scheduling.Crowd{Everyone: f.Check("all." + id), TravellerIDs: f.List("who." + id)}
	}
	_, err := s.desk.AssignAll(c.UserContext(), actor(c), c.Params("id"), f.EditRevision(), crowds)
	if problem := s.inForm(c, err); problem != nil {
		return s.programmePeople(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/programme", "flash.programme.people")
}

// editPartPeople answers POST /organise/trips/:id/programme/parts/:part/people:
// whom one part is for, or the same people as another.
func (s *Server) editPartPeople(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("part")
	crowd := scheduling.Crowd{Everyone: f.Check("everyone"), TravellerIDs: f.List("who")}
	if as := f.Text("as"); as != "" {
		p, err := s.desk.Programme(c.UserContext(), actor(c), c.Params("id"))
		if err != nil {
			return err
		}
		x, ok := p.Part(as)
		if !ok {
			return storage.ErrNotFound
		}
		crowd = x.Crowd
	}
	_, err := s.desk.AssignAll(c.UserContext(), actor(c), c.Params("id"), f.EditRevision(), map[string]scheduling.Crowd{id: crowd})
	return s.answerProgramme(c, err, s.partPath(c, id), "flash.programme.people")
}

// signNDAs answers POST /organise/trips/:id/programme/parts/:part/nda: on which
// days travellers signed the agreement of a visit.
func (s *Server) signNDAs(c *fiber.Ctx) error {
	p, err := s.desk.Programme(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	a := p.Programme.Activity(c.Params("part"))
	if a == nil {
		return storage.ErrNotFound
	}
	f := s.form(c)
	for _, v := range p.Travellers {
		day := f.Day("signed." + v.ID)
		if err = f.Err(); err == nil && f.Has("signed."+v.ID) && day != v.NDAs[a.NDAOf()] {
			err = s.desk.SignNDA(c.UserContext(), actor(c), p.Trip.ID, v.ID, a.NDAOf(), day)
		}
		if err != nil {
			break
		}
	}
	return s.answerProgramme(c, err, s.partPath(c, a.ID), "flash.programme.signed")
}
