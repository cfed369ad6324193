package handlers

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// roundRoutes are the rounds of B2B meetings: for everybody to see, and for
// organisers to plan and lead.
func (s *Server) roundRoutes() []route {
	const one = "/organise/rounds/:id"
	return []route{
		get("/rounds", Public, s.showRounds),
		get("/rounds/:slug", Public, s.showRound),

		get("/organise/rounds", Organiser, s.showOwnRounds),
		get("/organise/rounds/new", Organiser, s.showNewRound),
		post("/organise/rounds/new", Organiser, s.createRound),
		get(one, Organiser, s.showRoundBoard),
		get(one+"/edit", Organiser, s.showEditRound),
		post(one+"/edit", Organiser, s.editRound),
		get(one+"/copy", Organiser, s.showCopyRound),
		post(one+"/copy", Organiser, s.copyRound),
		post(one+"/delete", Organiser, s.deleteRound),
		get(one+"/phase", Organiser, s.showRoundPhase),
		post(one+"/phase", Organiser, s.setRoundPhase),
		post(one+"/freeze", Organiser, s.freezeRound),

		get(one+"/entrants", Organiser, s.showRoundEntrants),
		post(one+"/entrants", Organiser, s.decideEntrants),
		get(one+"/entrants/add", Organiser, s.showAddEntrant),
		post(one+"/entrants/add", Organiser, s.addEntrant),
		get(one+"/entrants.csv", Organiser, s.exportEntrants(csvFile)),
		get(one+"/entrants.xlsx", Organiser, s.exportEntrants(xlsx)),
	}
}

// roundPage is what the organisers' pages about one round share.
type roundPage struct {
	Page
	*scheduling.RoundBoard
	Base string // address of the round's pages
}

// round reads the round of the address for its organisers, without its figures.
func (s *Server) round(c *fiber.Ctx) (roundPage, error) {
	b, err := s.desk.RoundHead(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return roundPage{}, err
	}
	return roundPageOf(b), nil
}

func roundPageOf(b *scheduling.RoundBoard) roundPage {
	p := roundPage{RoundBoard: b, Base: "/organise/rounds/" + b.Round.ID}
	p.NoIndex, p.Tabs = true, roundTabs(b)
	return p
}

// roundTabs lead to the other pages of a round.
func roundTabs(b *scheduling.RoundBoard) []NavLink {
	return roundLinks("/organise/rounds/"+b.Round.ID, b.Entrants[scheduling.EntrantIn]+b.Entrants[scheduling.EntrantPending])
}

// roundLinks are the pages of a round that stands at base.
func roundLinks(base string, entrants int) []NavLink {
	return []NavLink{
		{Key: "round.tab.overview", Path: base, Alone: true},
		{Key: "round.tab.entrants", Path: base + "/entrants", Count: entrants},
		{Key: "board.tab.matrix", Path: base + "/matrix"},
		{Key: "board.tab.proposals", Path: base + "/proposals"},
		{Key: "board.tab.board", Path: base + "/board"},
		{Key: "board.tab.live", Path: base + "/live"},
		{Key: "outcome.report", Path: base + "/outcomes"},
		{Key: "round.tab.edit", Path: base + "/edit"},
	}
}

// roundNav leads organisers to their rounds, and everybody else to all that are
// open.
func roundNav(a scheduling.Actor) []NavLink {
	if !a.OrganisesAny() {
		return []NavLink{{Key: "round.nav", Path: "/rounds"}}
	}
	return []NavLink{{Key: "round.nav", Path: "/organise/rounds"}}
}

// ownRoundsPage is the data of templates/pages/own_rounds.html.
type ownRoundsPage struct {
	Page
	Rounds   []*scheduling.Round
	View     string
	Views    []chip
	Query    string
	Cluster  string
	Clusters []option
	New      bool // there is nothing at all yet
}

var roundViews = []string{"coming", "draft", "past", "cancelled"}

// showOwnRounds answers GET /organise/rounds, the next to meet first.
func (s *Server) showOwnRounds(c *fiber.Ctx) (err error) {
	p := &ownRoundsPage{View: c.Query("view"), Query: text(c, "q"), Cluster: c.Query("cluster")}
	if !slices.Contains(roundViews, p.View) {
		p.View = "coming"
	}
	p.NoIndex = true
	now := s.desk.DB.Now()
	f := scheduling.RoundFilter{Text: p.Query, Cluster: p.Cluster, After: cursor(c)}
	switch p.View {
	case "draft":
		f.Phase = scheduling.RoundDraft
	case "cancelled":
		f.Phase, f.Latest = scheduling.RoundCancelled, true
	case "past":
		f.Until, f.Latest = now, true
	default:
		f.From = now
	}
	var next string
	if p.Rounds, next, err = s.desk.Rounds(c.UserContext(), actor(c), f, true); err != nil {
		return err
	}
	p.Pager = s.pager(c, next)
	for _, v := range roundViews {
		p.Views = append(p.Views, chip{Label: s.lang(c).Text("round.view." + v),
			Path: withQuery("/organise/rounds", "view", v, "q", p.Query, "cluster", p.Cluster), On: v == p.View})
	}
	p.New = len(p.Rounds) == 0 && p.Query == "" && p.Cluster == "" && p.View == "coming"
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	return s.page(c, "own_rounds", p)
}

// roundBoardPage is the data of templates/pages/round_board.html.
type roundBoardPage struct {
	roundPage
	Steps   []phaseStep
	Moves   []phaseMove
	Waiting []roundNeed
	Days    []slotDay
	Figures []figure
	Link    string // its public address
}

// A phaseStep is a phase of the way of a round, and when it comes.
type phaseStep struct {
	scheduling.RoundStep
	Done, Now bool
}

// A phaseMove is a button that brings a round to another phase.
type phaseMove struct {
	Phase scheduling.RoundPhase
	Next  bool // on its way; the others go back, or end it
}

// A roundNeed is something to do, and where.
type roundNeed struct {
	scheduling.RoundNeed
	Path string
}

// needPaths are where what a round waits for can be done, below its address.
var needPaths = map[string]string{
	"round.need.pending": "/entrants?state=pending", "round.need.bare": "/entrants?state=in", "round.need.tables": "/edit#tables",
	"round.need.booths": "/edit#tables", "round.need.links": "/edit#tables", "round.need.astray": "/edit#days", "round.need.open": "/edit#plan",
	"round.need.late": "/edit#plan", "round.need.unanswered": "/entrants",
}

// showRoundBoard answers GET /organise/rounds/:id: where the round stands.
func (s *Server) showRoundBoard(c *fiber.Ctx) error {
	b, err := s.desk.RoundBoard(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.page(c, "round_board", s.roundBoard(b))
}

func (s *Server) roundBoard(b *scheduling.RoundBoard) *roundBoardPage {
	r := b.Round
	p := &roundBoardPage{roundPage: roundPageOf(b), Days: slotDays(r), Link: "/rounds/" + r.Slug}
	p.Steps = phaseSteps(r)
	for i, phase := range r.Ways(b.Now) {
		p.Moves = append(p.Moves, phaseMove{phase, i == 0})
	}
	for _, n := range b.Needs() {
		p.Waiting = append(p.Waiting, roundNeed{n, p.Base + needPaths[n.Key]})
	}
	p.Figures = []figure{{b.In(), "round.figure.entrants"}, {b.People, "round.figure.people"}, {b.Asked(), "round.figure.requests"},
		{b.Requests[scheduling.RequestAccepted], "round.figure.accepted"}, {b.Standing(), "round.figure.meetings"}, {b.Seats(), "round.figure.seats"}}
	return p
}

// phaseSteps are the phases of a round's way with their dates.
func phaseSteps(r *scheduling.Round) (out []phaseStep) {
	for _, st := range r.Steps() {
		out = append(out, phaseStep{RoundStep: st, Done: r.Past(st.Phase) && r.Phase != st.Phase, Now: r.Phase == st.Phase})
	}
	return out
}

// A slotDay is one day's slots, as the wall clock shows them.
type slotDay struct {
	Zone  string
	Slots []scheduling.Slot
}

func slotDays(r *scheduling.Round) (out []slotDay) {
	var last time.Time
	for _, sl := range r.Slots {
		if day := calendarDay(sl.Starts, r.Location()); !day.Equal(last) {
			out, last = append(out, slotDay{Zone: r.Zone}), day
		}
		d := &out[len(out)-1]
		d.Slots = append(d.Slots, sl)
	}
	return out
}
