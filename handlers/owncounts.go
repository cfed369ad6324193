package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// ownCountsPage is the data of templates/pages/owncounts.html.
type ownCountsPage struct {
	Page
	Counts   []*scheduling.OwnCount
	Clusters map[string]string // names
}

// showOwnCounts answers GET /organise/counts.
func (s *Server) showOwnCounts(c *fiber.Ctx) (err error) {
	p := &ownCountsPage{Page: figureFrame()}
	if p.Counts, err = s.desk.OwnCounts(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if p.Clusters, err = s.clusterNames(c); err != nil {
		return err
	}
	return s.page(c, "owncounts", p)
}

// ownCountFormPage is the data of templates/pages/owncount_form.html.
type ownCountFormPage struct {
	Page
	Count    *scheduling.OwnCount
	Clusters []option
	Groups   []option
	Sources  []option
	Kinds    []kindTicks // by source
}

// kindTicks are the kinds that a source can be narrowed to.
type kindTicks struct {
	Key   string // of the source's kinds
	When  string // the source, as the form's script knows it
	Ticks []tick
}

// showNewOwnCount answers GET /organise/counts/new.
func (s *Server) showNewOwnCount(c *fiber.Ctx) error {
	return s.ownCountForm(c, &scheduling.OwnCount{Meta: storage.Meta{ID: storage.NewID()}, Of: scheduling.OwnEvents}, nil)
}

func (s *Server) ownCountForm(c *fiber.Ctx, o *scheduling.OwnCount, problem *FormProblem) (err error) {
	p := &ownCountFormPage{Page: figureFrame(), Count: o}
	p.Problem, p.Tabs = problem, nil
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	groups, err := s.desk.Groups(c.UserContext(), o.ClusterID)
	for _, g := range groups {
		if actor(c).Organises(g.ClusterID) {
			p.Groups = append(p.Groups, option{g.ID, g.Name.In(s.lang(c).Code())})
		}
	}
	if err != nil {
		return err
	}
	for _, of := range scheduling.OwnSources {
		p.Sources = append(p.Sources, option{string(of), s.lang(c).Text("owncount.source." + string(of))})
	}
	for _, of := range []scheduling.OwnSource{scheduling.OwnEvents, scheduling.OwnCompanies, scheduling.OwnWorks} {
		var kinds []option
		for _, k := range of.Kinds() {
			kinds = append(kinds, option{k, className(s.lang(c), k)})
		}
		when := "of=" + string(of)
		if of == scheduling.OwnEvents {
			when += "|" + string(scheduling.OwnPeople)
		}
		p.Kinds = append(p.Kinds, kindTicks{"owncount.kinds." + string(of), when, ticks(kinds, o.Kinds)})
	}
	return s.page(c, "owncount_form", p)
}

// createOwnCount answers POST /organise/counts/new. Sent twice, it makes one.
func (s *Server) createOwnCount(c *fiber.Ctx) error {
	f := s.form(c)
	o := &scheduling.OwnCount{Meta: storage.Meta{ID: f.NewID()}, ClusterID: f.Value("cluster_id")}
	f.readOwnCount(o)
	_, err := s.desk.SaveOwnCount(c.UserContext(), actor(c), o)
	if exists(err) {
		if _, found := s.desk.OwnCount(c.UserContext(), actor(c), o.ID); found == nil {
			err = nil
		}
	}
	return s.ownCountSaved(c, o, err)
}

// showEditOwnCount answers GET /organise/counts/:id/edit.
func (s *Server) showEditOwnCount(c *fiber.Ctx) error {
	o, err := s.desk.OwnCount(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.ownCountForm(c, o, nil)
}

// editOwnCount answers POST /organise/counts/:id/edit.
func (s *Server) editOwnCount(c *fiber.Ctx) error {
	o, err := s.desk.OwnCount(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, now := s.form(c), o.Rev
	o.Rev = f.EditRevision()
	f.readOwnCount(o)
	if _, err = s.desk.SaveOwnCount(c.UserContext(), actor(c), o); err != nil {
		o.Rev = now
	}
	return s.ownCountSaved(c, o, err)
}

// readOwnCount leaves out the kinds of other sources: without a script all of
// them can be ticked.
func (f *form) readOwnCount(o *scheduling.OwnCount) {
	o.Name, o.Of = f.Text("name"), scheduling.OwnSource(f.Value("of"))
	o.Kinds = slices.DeleteFunc(f.List("kinds"), func(k string) bool { return !slices.Contains(o.Of.Kinds(), k) })
	o.Country, o.Town, o.GroupID = f.Text("country"), f.Text("town"), f.Value("group_id")
}

func (s *Server) ownCountSaved(c *fiber.Ctx, o *scheduling.OwnCount, err error) error {
	if problem := s.inForm(c, err, "name", "cluster_id", "of", "kinds", "country", "town", "group_id"); problem != nil {
		return s.ownCountForm(c, o, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/figures/"+o.Key(), "directory.flash.saved", "name", o.Name)
}

// deleteOwnCount answers POST /organise/counts/:id/delete.
func (s *Server) deleteOwnCount(c *fiber.Ctx) error {
	if err := s.desk.DeleteOwnCount(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	return s.seeOther(c, "/organise/counts", "owncount.flash.deleted")
}
