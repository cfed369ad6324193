package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// chainRoutes are the follow-up chains of one's clusters and their events.
func (s *Server) chainRoutes() []route {
	const one = "/organise/chains/:chain"
	return []route{
		get("/organise/chains", Organiser, s.showChains),
		post("/organise/chains", Organiser, s.createChain),
		get(one, Organiser, s.showChain),
		post(one, Organiser, s.saveChain),
		post(one+"/switch", Organiser, s.switchChain),
		post(one+"/copy", Organiser, s.copyChain),
		post(one+"/delete", Organiser, s.deleteChain),
		get(one+"/steps/:step", Organiser, s.showStep),
		post(one+"/steps/:step", Organiser, s.saveStep),
		post(one+"/steps/:step/drop", Organiser, s.dropStep),
		get(one+"/try", Organiser, s.tryChain),
		get(one+"/runs", Organiser, s.showChainRuns),
		get("/organise/events/:id/chains", Organiser, s.showEventChains),
	}
}

// chainsPage is the data of templates/pages/chains.html.
type chainsPage struct {
	Page
	Groups   []chainGroup // by cluster
	Ready    []string     // names of the ready-made ones
	Clusters []option
	Triggers []option
	NewID    string
	F        values
}

// A chainGroup is the chains of one cluster.
type chainGroup struct {
	Name   string
	Chains []chainRow
}

// A chainRow is a chain with the event that it is of, if it is one's alone.
type chainRow struct {
	*scheduling.Chain
	Event string
}

// showChains answers GET /organise/chains.
func (s *Server) showChains(c *fiber.Ctx) error { return s.chains(c, values{}, nil) }

func (s *Server) chains(c *fiber.Ctx, typed values, problem *FormProblem) (err error) {
	p := &chainsPage{Page: mailFrame(), Ready: scheduling.DefaultChains(), NewID: storage.NewID(), F: typed}
	p.Problem = problem
	for _, t := range scheduling.Triggers {
		p.Triggers = append(p.Triggers, s.options(c, "chain.trigger", string(t))...)
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	list, err := s.desk.Chains(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	for _, cluster := range p.Clusters {
		g := chainGroup{Name: cluster.Label}
		for _, chain := range list {
			if chain.ClusterID != cluster.Value {
				continue
			}
			title, err := s.titleOf(c, chain.EventID)
			if err != nil {
				return err
			}
			g.Chains = append(g.Chains, chainRow{chain, title})
		}
		if len(g.Chains) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	return s.page(c, "chains", p)
}

// createChain answers POST /organise/chains: a ready-made chain, or an empty
// one. Sent twice, it makes one.
func (s *Server) createChain(c *fiber.Ctx) error {
	f := s.form(c)
	in := s.desk.DefaultChain(f.Value("ready"), f.Value("cluster_id"))
	if in == nil {
		in = &scheduling.Chain{ClusterID: f.Value("cluster_id"), Name: f.Langs("name"), Trigger: scheduling.Trigger(f.Value("trigger"))}
	}
	in.ID = f.NewID()
	chain, err := s.desk.CreateChain(c.UserContext(), actor(c), in)
	if p := s.chainProblem(c, err, "name", "trigger", "cluster_id"); p != nil {
		return s.chains(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/chains/"+chain.ID, "chain.flash.created")
}

// chainProblem is inForm with the labels of the forms about chains.
func (s *Server) chainProblem(c *fiber.Ctx, err error, order ...string) *FormProblem {
	return s.labelled(c, "chain.f.", s.inForm(c, err, order...))
}

// chainPage is the data of templates/pages/chain.html.
type chainPage struct {
	Page
	*scheduling.ChainPage
	Base  string
	Steps []scheduling.ChainStep
	Name  scheduling.Text // as stored, or as it was typed
	Until bool
}

// chain reads the chain of the address.
func (s *Server) chain(c *fiber.Ctx) (*chainPage, error) {
	found, err := s.desk.Chain(c.UserContext(), actor(c), c.Params("chain"))
	if err != nil {
		return nil, err
	}
	return &chainPage{Page: mailFrame(), ChainPage: found, Base: "/organise/chains/" + found.Chain.ID,
		Steps: found.Chain.Sorted(), Name: found.Chain.Name, Until: found.Chain.UntilAnswered}, nil
}

// showChain answers GET /organise/chains/:chain.
func (s *Server) showChain(c *fiber.Ctx) error {
	p, err := s.chain(c)
	if err != nil {
		return err
	}
	return s.page(c, "chain", p)
}

// saveChain answers POST /organise/chains/:chain.
func (s *Server) saveChain(c *fiber.Ctx) error {
	f := s.form(c)
	name, until := f.Langs("name"), f.Check("until_answered")
	_, err := s.desk.SaveChain(c.UserContext(), actor(c), c.Params("chain"), f.EditRevision(), name, until)
	if problem := s.chainProblem(c, err); problem != nil {
		p, err := s.chain(c)
		if err != nil {
			return err
		}
		p.Problem, p.Name, p.Until = problem, name, until
		return s.page(c, "chain", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/chains/"+c.Params("chain"), "chain.flash.saved")
}

// chainDone goes on after something was done to a chain, saying what, or what is
// in the way.
func (s *Server) chainDone(c *fiber.Ctx, path, key string, err error) error {
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, "/organise/chains/"+c.Params("chain"), p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, path, key)
}

// switchChain answers POST /organise/chains/:chain/switch.
func (s *Server) switchChain(c *fiber.Ctx) error {
	on, key := s.form(c).Check("on"), "chain.flash.off"
	if on {
		key = "chain.flash.on"
	}
	_, err := s.desk.SwitchChain(c.UserContext(), actor(c), c.Params("chain"), on)
	return s.chainDone(c, "/organise/chains/"+c.Params("chain"), key, err)
}

// copyChain answers POST /organise/chains/:chain/copy.
func (s *Server) copyChain(c *fiber.Ctx) error {
	copied, err := s.desk.CopyChain(c.UserContext(), actor(c), c.Params("chain"), s.form(c).Value("event"))
	path := ""
	if err == nil {
		path = "/organise/chains/" + copied.ID
	}
	return s.chainDone(c, path, "chain.flash.created", err)
}

// deleteChain answers POST /organise/chains/:chain/delete.
func (s *Server) deleteChain(c *fiber.Ctx) error {
	err := s.desk.DeleteChain(c.UserContext(), actor(c), c.Params("chain"))
	return s.chainDone(c, "/organise/chains", "chain.flash.deleted", err)
}

// eventChainsPage is the data of templates/pages/event_chains.html.
type eventChainsPage struct {
	boardPage
	Chains []scheduling.EventChain
}

// showEventChains answers GET /organise/events/:id/chains.
func (s *Server) showEventChains(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	p := &eventChainsPage{boardPage: b}
	if p.Chains, err = s.desk.EventChains(c.UserContext(), actor(c), b.Event.ID); err != nil {
		return err
	}
	return s.page(c, "event_chains", p)
}

// chainRunsPage is the data of templates/pages/chain_runs.html.
type chainRunsPage struct {
	chainPage
	Chips []chip
	Lines []scheduling.RunLine
}

// showChainRuns answers GET /organise/chains/:chain/runs.
func (s *Server) showChainRuns(c *fiber.Ctx) error {
	found, err := s.chain(c)
	if err != nil {
		return err
	}
	p := &chainRunsPage{chainPage: *found}
	state := scheduling.RunState(c.Query("state"))
	if !slices.Contains(scheduling.RunStates, state) {
		state = ""
	}
	var next string
	if p.Lines, next, err = s.desk.ChainRuns(c.UserContext(), actor(c), p.Chain.ID, state, cursor(c)); err != nil {
		return err
	}
	l, path := s.lang(c), p.Base+"/runs"
	all := 0
	for _, st := range scheduling.RunStates {
		all += p.Counts[st]
	}
	p.Chips = []chip{{Label: l.Text("chain.all_states"), Path: path, Count: all, On: state == ""}}
	for _, st := range scheduling.RunStates {
		p.Chips = append(p.Chips, chip{Label: l.Text("state.chainrun." + string(st)), Path: withQuery(path, "state", string(st)), Count: p.Counts[st], On: st == state})
	}
	p.Pager = s.pager(c, next)
	return s.page(c, "chain_runs", p)
}

// chainTryPage is the data of templates/pages/chain_try.html.
type chainTryPage struct {
	chainPage
	About  string
	Things []option // events, rounds or groups to try it on
	Dry    *scheduling.DryRun
}

// tryChain answers GET /organise/chains/:chain/try?about=ID.
func (s *Server) tryChain(c *fiber.Ctx) error {
	found, err := s.chain(c)
	if err != nil {
		return err
	}
	p := &chainTryPage{chainPage: *found, About: c.Query("about")}
	if p.Things, err = s.triedOn(c, p.Chain); err != nil {
		return err
	}
	if p.About == "" && len(p.Things) > 0 {
		p.About = p.Things[0].Value
	}
	if p.About != "" {
		if p.Dry, err = s.desk.DryRun(c.UserContext(), actor(c), p.Chain.ID, p.About, cursor(c)); err != nil {
			return err
		}
		p.Pager = s.pager(c, p.Dry.Next)
	}
	return s.page(c, "chain_try", p)
}

// triedOn are what a chain can be tried on: the nearest first.
func (s *Server) triedOn(c *fiber.Ctx, chain *scheduling.Chain) (out []option, err error) {
	things, err := s.desk.TriedOn(c.UserContext(), actor(c), chain)
	for _, t := range things {
		out = append(out, option{t.ID, t.Title.In(s.lang(c).Code())})
	}
	return out, err
}
