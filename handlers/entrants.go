package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/auth"
	"kohtaamo/scheduling"
)

// entrantRoutes are what companies do in a round of B2B meetings before they
// meet: enter, say what they offer and need, find each other.
func (s *Server) entrantRoutes() []route {
	const my = "/rounds/:slug/my"
	enter := post("/rounds/:slug/enter", Public, s.enterRound)
	enter.Limit = signInLimit
	return []route{
		get("/rounds/:slug/enter", Public, s.showEnterRound),
		enter,
		post("/rounds/:slug/enter/join", SignedIn, s.joinEntrant),
		get(my, SignedIn, s.showMyRound),
		post(my+"/pause", SignedIn, s.pauseEntrant),
		post(my+"/leave", SignedIn, s.leaveRound),
		get(my+"/profile", SignedIn, s.showProfile),
		post(my+"/profile", SignedIn, s.saveProfile),
		get(my+"/people", SignedIn, s.showDelegates),
		post(my+"/people/invite", SignedIn, s.inviteColleague),
		post(my+"/people/uninvite", SignedIn, s.uninviteColleague),
		post(my+"/people/:person", SignedIn, s.saveDelegate),
		post(my+"/people/:person/remove", SignedIn, s.removeDelegate),
		get(my+"/availability", SignedIn, s.showAvailability),
		post(my+"/availability", SignedIn, s.saveAvailability),
		get(my+"/suggestions", SignedIn, s.showSuggestions),
		get("/rounds/:slug/catalogue", Public, s.showCatalogue),
		get("/rounds/:slug/catalogue/:entrant", Public, s.showEntry),
		get("/rounds/:slug/pause/:link", Link, s.showPause),
		post("/rounds/:slug/pause/:link", Link, s.pauseByLink),
	}
}

// enterRoundPage is the data of templates/pages/round_enter.html.
type enterRoundPage struct {
	Page
	*scheduling.EnterPage
	Sent     bool // a sign-in link is on its way
	Email    string
	Form     scheduling.Entrant // the company, of somebody who is of none
	Me       scheduling.Delegate
	Kinds    []option
	Country  string // as it was typed
	Nations  []string
	Tongues  []tick
	Minutes  int
	FullName string
}

// showEnterRound answers GET /rounds/:slug/enter.
func (s *Server) showEnterRound(c *fiber.Ctx) error {
	return s.enterRoundForm(c, &enterRoundPage{Form: scheduling.Entrant{Kind: scheduling.SME}, Country: s.lang(c).Country("FI")})
}

func (s *Server) enterRoundForm(c *fiber.Ctx, p *enterRoundPage) (err error) {
	if p.EnterPage, err = s.desk.EnterPage(c.UserContext(), actor(c), c.Params("slug")); err != nil {
		return err
	}
	if p.Entered != nil {
		return c.Redirect("/rounds/"+p.Round.Slug+"/my", fiber.StatusSeeOther)
	}
	p.NoIndex, p.NoSignIn = true, true
	p.Kinds = s.companyKinds(c)
	p.Nations = s.countryNames(c)
	if p.Person != nil && p.Me.Languages == nil {
		p.Me = scheduling.Delegate{Title: p.Person.Title, Languages: []string{p.Person.Lang}}
	}
	p.Tongues = s.tongueTicks(c, p.Me.Languages)
	return s.fundedRound(c, "round_enter", p, p.Round)
}

// countryNames are those of all countries in the reader's language.
func (s *Server) countryNames(c *fiber.Ctx) (names []string) {
	l := s.lang(c)
	for _, code := range l.Countries() {
		names = append(names, l.Country(code))
	}
	return names
}

// tongueTicks are the languages to meet in.
func (s *Server) tongueTicks(c *fiber.Ctx, chosen []string) (out []tick) {
	for _, code := range scheduling.MeetingLanguages {
		out = append(out, tick{option{code, s.lang(c).Tongue(code)}, slices.Contains(chosen, code)})
	}
	return out
}

// enterRound answers POST /rounds/:slug/enter: for somebody signed in their
// company enters; everybody else gets a sign-in link that leads back here.
func (s *Server) enterRound(c *fiber.Ctx) error {
	if !actor(c).SignedIn() {
		return s.linkToEnter(c)
	}
	f := s.form(c)
	found, err := s.desk.EnterPage(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	p := &enterRoundPage{Country: f.Text("country")}
	p.Form = scheduling.Entrant{Name: f.Text("name"), BusinessID: f.Text("business_id"), Country: s.texts.CountryNamed(p.Country),
		Kind: scheduling.CompanyKind(f.Value("kind")), Website: f.Text("website")}
	p.Me = scheduling.Delegate{Title: f.Text("title"), Languages: f.List("languages")}
	in := p.Form
	in.RoundID, in.People = found.Round.ID, []scheduling.Delegate{p.Me}
	_, err = s.desk.Enter(c.UserContext(), actor(c), &in)
	if p.Problem = s.inForm(c, err, "name", "business_id", "country", "kind", "website", "title"); p.Problem != nil {
		return s.enterRoundForm(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/rounds/"+found.Round.Slug+"/my", "entrants.flash.entered")
}

// linkToEnter answers the same whether we know the address or not.
func (s *Server) linkToEnter(c *fiber.Ctx) error {
	f := s.form(c)
	found, err := s.desk.EnterPage(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return err
	}
	p := &enterRoundPage{Email: f.Text("email"), FullName: f.Text("name"), Minutes: 30}
	n := auth.Newcomer{Email: p.Email, Name: p.FullName, Lang: s.lang(c).Code(), ClusterIDs: found.Round.ClusterIDs}
	err = s.auth.Welcome(c.UserContext(), n, "/rounds/"+found.Round.Slug+"/enter")
	if p.Problem = s.inForm(c, err, "name", "email"); p.Problem == nil && err != nil {
		return err
	}
	p.Sent = err == nil
	return s.enterRoundForm(c, p)
}

// joinEntrant answers an invitation.
func (s *Server) joinEntrant(c *fiber.Ctx) error {
	base := "/rounds/" + c.Params("slug")
	_, err := s.desk.JoinEntrant(c.UserContext(), actor(c), s.form(c).Text("entrant"))
	return s.doneAt(c, err, base+"/enter", base+"/my", "entrants.flash.joined")
}

// doneAt goes on after a change that needs no form: with what went wrong to one
// page, with good news to the other.
func (s *Server) doneAt(c *fiber.Ctx, err error, back, on, key string) error {
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, back, p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, on, key)
}

// myRoundPage is the data of templates/pages/my_round.html, and the frame of the
// pages that hang on it.
type myRoundPage struct {
	Page
	*scheduling.EntrantPage
	Base  string // /rounds/SLUG/my
	Next  string // what to do next, by the phase: "entrants.next." and this
	To    string // where that is done; "" where there is nothing to do but wait
	Cards []roundCard
}

// A roundCard is one thing of an entrant's home: what it is, how many there are
// (less than 0: nothing to count), and where it leads.
type roundCard struct {
	Title, Text string // keys
	Count       int
	Path        string
}

// roundCards are those of an entrant's home: what there is by now, and what the
// one who looks may do. Each subject adds its own.
func (s *Server) roundCards(p *scheduling.EntrantPage) (cards []func(*fiber.Ctx, *scheduling.EntrantPage) (roundCard, error)) {
	if p.Round.Past(scheduling.RoundPublished) || p.Round.Booking() {
		cards = append(cards, s.agendaCard)
	}
	if p.Round.Past(scheduling.RoundRunning) {
		cards = append(cards, s.outcomesCard)
	}
	if p.Manages {
		cards = append(cards, s.requestsCard)
	}
	return append(cards, s.catalogueCard, s.suggestionsCard, s.peopleCard)
}

// myRound finds what of the round is by's. Somebody who is not in it, but may
// enter it, is led there.
func (s *Server) myRound(c *fiber.Ctx) (*myRoundPage, error) {
	secret(c)
	found, err := s.desk.EntrantFor(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return nil, err
	}
	p := &myRoundPage{EntrantPage: found, Base: "/rounds/" + found.Round.Slug + "/my"}
	p.NoIndex = true
	return p, nil
}

// managing is myRound for those who manage the entrant.
func (s *Server) managing(c *fiber.Ctx) (*myRoundPage, error) {
	p, err := s.myRound(c)
	if err == nil && !p.Manages {
		return nil, fiber.ErrNotFound
	}
	return p, err
}

// showMyRound answers GET /rounds/:slug/my.
func (s *Server) showMyRound(c *fiber.Ctx) error {
	p, err := s.myRound(c)
	if err != nil {
		return err
	}
	p.Next, p.To = nextInRound(p)
	if p.Entrant.State == scheduling.EntrantIn {
		for _, card := range s.roundCards(p.EntrantPage) {
			one, err := card(c, p.EntrantPage)
			if err != nil {
				return err
			}
			p.Cards = append(p.Cards, one)
		}
	}
	return s.fundedRound(c, "my_round", p, p.Round)
}

// nextInRound is what an entrant has to do next, by where it and its round stand.
func nextInRound(p *myRoundPage) (key, path string) {
	e, phase := p.Entrant, p.Round.Phase
	switch {
	case phase == scheduling.RoundCancelled:
		return "cancelled", ""
	case e.State == scheduling.EntrantRejected:
		return "rejected", ""
	case e.State == scheduling.EntrantPending:
		return "pending", p.Base + "/profile"
	case phase == scheduling.RoundProfiles, phase == scheduling.RoundDraft:
		return "profiles", p.Base + "/profile"
	case phase == scheduling.RoundRequests:
		return "requests", p.Base + "/suggestions"
	case phase == scheduling.RoundScheduling:
		return "scheduling", p.Base + "/availability"
	case phase == scheduling.RoundClosed:
		return "closed", p.Base + "/outcomes"
	}
	return string(phase), p.Base + "/agenda"
}

// agendaCard counts the meetings that the entrant has.
func (s *Server) agendaCard(c *fiber.Ctx, p *scheduling.EntrantPage) (roundCard, error) {
	a, err := s.desk.Agenda(c.UserContext(), actor(c), p.Entrant.ID)
	if err != nil {
		return roundCard{}, err
	}
	n := 0
	for _, row := range a.Rows {
		n += len(row.Meetings)
	}
	return roundCard{"entrants.agenda", "entrants.card.agenda", n, "/rounds/" + p.Round.Slug + "/my/agenda"}, nil
}

// outcomesCard counts the meetings of which nobody of the entrant has said yet
// what came of them.
func (s *Server) outcomesCard(c *fiber.Ctx, p *scheduling.EntrantPage) (roundCard, error) {
	_, list, err := s.desk.MyOutcomes(c.UserContext(), actor(c), p.Round.Slug)
	n := 0
	for _, o := range list {
		if o.Mine == nil && o.Entrant.ID == p.Entrant.ID {
			n++
		}
	}
	return roundCard{"outcome.mine", "entrants.card.outcomes", n, "/rounds/" + p.Round.Slug + "/my/outcomes"}, err
}

// requestsCard counts the requests that wait for the entrant's answer.
func (s *Server) requestsCard(c *fiber.Ctx, p *scheduling.EntrantPage) (roundCard, error) {
	n, err := s.desk.RequestCounts(c.UserContext(), actor(c), p.Entrant.ID)
	return roundCard{"entrants.requests", "entrants.card.requests", n.Answer, "/rounds/" + p.Round.Slug + "/my/requests"}, err
}

func (s *Server) catalogueCard(c *fiber.Ctx, p *scheduling.EntrantPage) (roundCard, error) {
	v, err := s.desk.Catalogue(c.UserContext(), actor(c), p.Round.Slug, scheduling.CatalogueQuery{Limit: 1})
	if err != nil {
		return roundCard{}, err
	}
	return roundCard{"entrants.catalogue", "entrants.card.catalogue", v.Everybody, "/rounds/" + p.Round.Slug + "/catalogue"}, nil
}

func (s *Server) suggestionsCard(c *fiber.Ctx, p *scheduling.EntrantPage) (roundCard, error) {
	list, err := s.desk.Suggest(c.UserContext(), actor(c), p.Entrant.ID, maxSuggestions)
	return roundCard{"entrants.suggestions", "entrants.card.suggestions", len(list), "/rounds/" + p.Round.Slug + "/my/suggestions"}, err
}

func (s *Server) peopleCard(_ *fiber.Ctx, p *scheduling.EntrantPage) (roundCard, error) {
	return roundCard{"entrants.people", "entrants.card.people", len(p.Entrant.People), "/rounds/" + p.Round.Slug + "/my/people"}, nil
}

// pauseEntrant pauses or ends a pause: the button says which.
func (s *Server) pauseEntrant(c *fiber.Ctx) error {
	p, err := s.managing(c)
	if err != nil {
		return err
	}
	paused := s.form(c).Check("paused")
	_, err = s.desk.PauseEntrant(c.UserContext(), actor(c), p.Entrant.ID, paused)
	return s.doneAt(c, err, p.Base, p.Base, pauseFlash(paused))
}

func pauseFlash(paused bool) string {
	if paused {
		return "entrants.flash.paused"
	}
	return "entrants.flash.resumed"
}

func (s *Server) leaveRound(c *fiber.Ctx) error {
	p, err := s.managing(c)
	if err != nil {
		return err
	}
	_, err = s.desk.LeaveEntrant(c.UserContext(), actor(c), p.Entrant.ID, short(s.form(c).Text("reason")))
	return s.doneAt(c, err, p.Base, "/rounds/"+p.Round.Slug, "entrants.flash.left")
}

// pausePage is the data of templates/pages/entrant_pause.html: mail programs
// open links, so that only its button pauses.
type pausePage struct {
	Page
	Entrant *scheduling.Entrant
	Round   *scheduling.Round
}

// showPause answers GET /rounds/:slug/pause/:link.
func (s *Server) showPause(c *fiber.Ctx) (err error) {
	secret(c)
	p := &pausePage{}
	if p.Entrant, p.Round, err = s.desk.EntrantByLink(c.UserContext(), c.Params("slug"), c.Params("link")); err != nil {
		return err
	}
	p.NoIndex, p.NoSignIn = true, true
	return s.fundedRound(c, "entrant_pause", p, p.Round)
}

func (s *Server) pauseByLink(c *fiber.Ctx) error {
	paused := s.form(c).Check("paused")
	_, err := s.desk.PauseByLink(c.UserContext(), c.Params("slug"), c.Params("link"), paused)
	back := "/rounds/" + c.Params("slug") + "/pause/" + c.Params("link")
	return s.doneAt(c, err, back, back, pauseFlash(paused))
}
