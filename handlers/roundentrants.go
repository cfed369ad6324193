package handlers

import (
	"errors"
	"iter"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// roundEntrantsPage is the data of templates/pages/round_entrants.html.
type roundEntrantsPage struct {
	roundPage
	List   []*scheduling.Entrant
	Chips  []chip
	State  scheduling.EntrantState
	Query  string
	Total  int
	Failed []bulkFailure
	Done   int
}

// showRoundEntrants answers GET /organise/rounds/:id/entrants.
func (s *Server) showRoundEntrants(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	return s.roundEntrants(c, &roundEntrantsPage{roundPage: b, State: scheduling.EntrantState(c.Query("state")), Query: text(c, "q")})
}

// roundEntrants shows the list that p asks for.
func (s *Server) roundEntrants(c *fiber.Ctx, p *roundEntrantsPage) error {
	if !slices.Contains(scheduling.EntrantStates, p.State) {
		p.State = ""
	}
	f := scheduling.EntrantFilter{State: p.State, Text: p.Query, After: cursor(c), Limit: 100}
	list, next, err := s.desk.RoundEntrants(c.UserContext(), actor(c), p.Round.ID, f)
	if err != nil {
		return err
	}
	p.List, p.Pager, p.Wide = list, s.pager(c, next), true
	p.chips(s.lang(c).Text)
	return s.page(c, "round_entrants", p)
}

// chips are the states that some entrant is in, with how many.
func (p *roundEntrantsPage) chips(text func(string, ...any) string) {
	for _, n := range p.Entrants {
		p.Total += n
	}
	p.Chips = []chip{{Label: text("round.all_entrants"), Count: p.Total, Counted: true, On: p.State == "", Path: p.address("")}}
	for _, st := range scheduling.EntrantStates {
		if n := p.Entrants[st]; n > 0 || st == p.State {
			p.Chips = append(p.Chips, chip{Label: text("state.entrant." + string(st)), Count: n, Counted: true, On: st == p.State, Path: p.address(st)})
		}
	}
}

// address is this list with another state.
func (p *roundEntrantsPage) address(st scheduling.EntrantState) string {
	return withQuery(p.Base+"/entrants", "state", string(st), "q", p.Query)
}

// decideEntrants answers POST /organise/rounds/:id/entrants: lets in or keeps
// out who was ticked, each by itself. What did not work is said by name; the
// rest stands.
func (s *Server) decideEntrants(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	ids, action, reason := f.List("ids"), f.Text("do"), f.Text("reason")
	p := &roundEntrantsPage{roundPage: b, State: scheduling.EntrantState(f.Text("state")), Query: f.Text("q")}
	switch {
	case action != "approve" && action != "reject":
		return fiber.ErrNotFound
	case len(ids) == 0:
		return s.seeOtherBad(c, p.address(p.State), "flash.none_chosen")
	case len(ids) > bulkLimit:
		return fiber.ErrRequestEntityTooLarge
	}
	for _, id := range ids {
		if err := s.decideEntrant(c, p, id, action, reason); err != nil {
			return err
		}
	}
	if len(p.Failed) == 0 {
		return s.seeOther(c, p.address(p.State), "flash.entrants."+action, "count", p.Done)
	}
	if p.roundPage, err = s.round(c); err != nil {
		return err
	}
	return s.roundEntrants(c, p)
}

// decideEntrant does the action to one entrant of the round.
func (s *Server) decideEntrant(c *fiber.Ctx, p *roundEntrantsPage, id, action, reason string) error {
	ctx, by := c.UserContext(), actor(c)
	one, err := s.desk.OneEntrant(ctx, by, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && one.Round.ID != p.Round.ID {
		p.Failed = append(p.Failed, bulkFailure{id, s.lang(c).Text("regs.gone")})
		return nil
	}
	if err != nil {
		return err
	}
	if action == "approve" {
		_, err = s.desk.ApproveEntrant(ctx, by, id)
	} else {
		_, err = s.desk.RejectEntrant(ctx, by, id, reason)
	}
	switch problem := scheduling.ProblemIn(err); {
	case problem != nil:
		p.Failed = append(p.Failed, bulkFailure{one.Entrant.Name, s.lang(c).Text(problem.Key, problem.Args...)})
	case errors.Is(err, storage.ErrNotFound): // it has left
		p.Failed = append(p.Failed, bulkFailure{one.Entrant.Name, s.lang(c).Text("regs.gone")})
	case err != nil:
		return err
	default:
		p.Done++
	}
	return nil
}

// addEntrantPage is the data of templates/pages/round_add.html: which company,
// then who of it comes.
type addEntrantPage struct {
	roundPage
	Name    string // of the company, as typed
	Company *scheduling.Company
	People  []tick
	Names   []string // of companies, to choose from
}

// showAddEntrant answers GET /organise/rounds/:id/entrants/add.
func (s *Server) showAddEntrant(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	p := &addEntrantPage{roundPage: b, Name: text(c, "company")}
	if p.Name == "" {
		return s.addEntrantPage(c, p, nil)
	}
	id, err := s.desk.CompanyNamed(c.UserContext(), actor(c), p.Name)
	if errors.Is(err, storage.ErrNotFound) {
		err = &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"company": "round.no_company"}}
		p.Problem = s.inForm(c, err)
		return s.addEntrantPage(c, p, nil)
	}
	if err != nil {
		return err
	}
	return s.chosenCompany(c, p, id, nil)
}

// chosenCompany shows the people of the company that was named.
func (s *Server) chosenCompany(c *fiber.Ctx, p *addEntrantPage, id string, chosen []string) (err error) {
	if p.Company, err = s.desk.Company(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	p.Name = p.Company.Name
	return s.addEntrantPage(c, p, chosen)
}

func (s *Server) addEntrantPage(c *fiber.Ctx, p *addEntrantPage, chosen []string) error {
	ctx, by := c.UserContext(), actor(c)
	if p.Company == nil {
		list, _, err := s.desk.Companies(ctx, by, scheduling.ListFilter{Limit: 500})
		for _, co := range list {
			p.Names = append(p.Names, co.Name)
		}
		if err != nil {
			return err
		}
		return s.page(c, "round_add", p)
	}
	list, _, err := s.desk.People(ctx, by, scheduling.ListFilter{Company: p.Company.ID, Limit: 100})
	if err != nil {
		return err
	}
	var all []option
	for _, person := range list {
		all = append(all, option{person.ID, person.Name + ", " + person.Email})
	}
	p.People = ticks(all, chosen)
	return s.page(c, "round_add", p)
}

// addEntrant answers POST /organise/rounds/:id/entrants/add. Sent twice, the
// company is in once.
func (s *Server) addEntrant(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := &scheduling.Entrant{RoundID: b.Round.ID, CompanyID: f.Text("company_id")}
	for _, id := range f.List("people") {
		in.People = append(in.People, scheduling.Delegate{PersonID: id})
	}
	p := &addEntrantPage{roundPage: b}
	e, err := s.desk.Enter(c.UserContext(), actor(c), in)
	if p.Problem = s.inForm(c, err); p.Problem != nil {
		return s.chosenCompany(c, p, in.CompanyID, f.List("people"))
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base+"/entrants", "flash.entrant_added", "company", e.Name)
}

// exportEntrants answers GET /organise/rounds/:id/entrants.csv and .xlsx with
// the entrants that the list's filter chooses.
func (s *Server) exportEntrants(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		b, err := s.round(c)
		if err != nil {
			return err
		}
		f := scheduling.EntrantFilter{State: scheduling.EntrantState(c.Query("state")), Text: text(c, "q")}
		return s.sendTable(c, k, "round.tab.entrants", b.Round.Slug, func(w table.Writer) error {
			return s.desk.EachEntrant(c.UserContext(), actor(c), b.Round.ID, f, func(r *scheduling.Round, all iter.Seq2[*scheduling.EntrantRow, error]) error {
				x := scheduling.NewEntrantExport(r, s.lang(c))
				if err := w.Write(x.Head()); err != nil {
					return err
				}
				return rows(w, all, x.Row)
			})
		})
	}
}
