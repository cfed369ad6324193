package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// groupRoutes are the groups of one's clusters.
func (s *Server) groupRoutes() []route {
	const one = "/organise/groups/:id"
	return []route{
		get("/organise/groups", Organiser, s.showGroups),
		get("/organise/groups/new", Organiser, s.showNewGroup),
		post("/organise/groups/new", Organiser, s.createGroup),
		get(one, Organiser, s.showGroup),
		get(one+"/edit", Organiser, s.showEditGroup),
		post(one+"/edit", Organiser, s.editGroup),
		post(one+"/add", Organiser, s.addMember),
		post(one+"/remove", Organiser, s.removeMember),
	}
}

// groupsPage is the data of templates/pages/groups.html.
type groupsPage struct {
	Page
	Groups       []*scheduling.Group
	ClusterNames map[string]string
}

// showGroups answers GET /organise/groups.
func (s *Server) showGroups(c *fiber.Ctx) (err error) {
	p := &groupsPage{Page: directoryPage()}
	all, err := s.desk.Groups(c.UserContext(), "")
	if err != nil {
		return err
	}
	p.Groups = slices.DeleteFunc(all, func(g *scheduling.Group) bool { return !actor(c).Organises(g.ClusterID) })
	if p.ClusterNames, err = s.clusterNames(c); err != nil {
		return err
	}
	return s.page(c, "groups", p)
}

// groupPage is the data of templates/pages/group.html.
type groupPage struct {
	Page
	*scheduling.GroupPage
	Query   string
	Address string               // what was looked for, if that is a mail address
	Found   []*scheduling.Person // who could become a member
	Company map[string]string    // names by id
	Next    []scheduling.GroupMeeting
}

// showGroup answers GET /organise/groups/:id; with ?q= it looks for people to add.
func (s *Server) showGroup(c *fiber.Ctx) error {
	return s.group(c, text(c, "q"), nil)
}

func (s *Server) group(c *fiber.Ctx, query string, problem *FormProblem) (err error) {
	p := &groupPage{Page: directoryPage(), Query: query}
	p.Problem = problem
	if p.GroupPage, err = s.desk.Group(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	if p.Query != "" {
		f := scheduling.ListFilter{Text: p.Query, Limit: 20}
		if p.Found, _, err = s.desk.People(c.UserContext(), actor(c), f); err != nil {
			return err
		}
		if email, ok := scheduling.NormalEmail(p.Query); ok && len(p.Found) == 0 {
			p.Address = email
		}
		p.Found = slices.DeleteFunc(p.Found, func(m *scheduling.Person) bool { return slices.Contains(p.Group.Members, m.ID) })
	}
	meetings, err := s.desk.GroupMeetings(c.UserContext(), actor(c), p.Group.ID)
	if err != nil {
		return err
	}
	p.Next = meetings.Ahead(s.desk.DB.Now(), 3)
	p.Company, err = s.companiesOf(c, slices.Concat(p.Members, p.Found))
	if err != nil {
		return err
	}
	return s.page(c, "group", p)
}

// addMember answers POST /organise/groups/:id/add.
func (s *Server) addMember(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	p, err := s.desk.AddMember(c.UserContext(), actor(c), id, f.Text("email"))
	if problem := s.inForm(c, err); problem != nil {
		return s.group(c, f.Text("email"), problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/groups/"+id, "directory.flash.member", "name", p.Name)
}

// removeMember answers POST /organise/groups/:id/remove.
func (s *Server) removeMember(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := s.desk.RemoveMember(c.UserContext(), actor(c), id, s.form(c).Value("person")); err != nil {
		return err
	}
	return s.seeOther(c, "/organise/groups/"+id, "directory.flash.no_member")
}

// groupFormPage is the data of templates/pages/group_form.html.
type groupFormPage struct {
	Page
	Group    *scheduling.Group
	Kinds    []option
	Clusters []option
}

// showNewGroup answers GET /organise/groups/new.
func (s *Server) showNewGroup(c *fiber.Ctx) error {
	return s.groupForm(c, &scheduling.Group{Meta: storage.Meta{ID: storage.NewID()}, Kind: scheduling.GroupKinds[0]}, nil)
}

func (s *Server) groupForm(c *fiber.Ctx, g *scheduling.Group, problem *FormProblem) (err error) {
	p := &groupFormPage{Page: directoryPage(), Group: g, Kinds: s.options(c, "directory.group_kind", scheduling.GroupKinds...)}
	p.Problem = problem
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	return s.page(c, "group_form", p)
}

// createGroup answers POST /organise/groups/new. Sent twice, it makes one.
func (s *Server) createGroup(c *fiber.Ctx) error {
	f := s.form(c)
	g := &scheduling.Group{Meta: storage.Meta{ID: f.NewID()}, ClusterID: f.Value("cluster_id")}
	readGroup(f, g)
	err := s.desk.SaveGroup(c.UserContext(), actor(c), g)
	if exists(err) {
		if _, found := s.desk.Group(c.UserContext(), actor(c), g.ID); found == nil {
			err = nil
		}
	}
	return s.groupSaved(c, g, err)
}

// showEditGroup answers GET /organise/groups/:id/edit.
func (s *Server) showEditGroup(c *fiber.Ctx) error {
	found, err := s.desk.Group(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.groupForm(c, found.Group, nil)
}

// editGroup answers POST /organise/groups/:id/edit. A group stays with its cluster.
func (s *Server) editGroup(c *fiber.Ctx) error {
	found, err := s.desk.Group(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, g, now := s.form(c), found.Group, found.Group.Rev
	g.Rev = f.EditRevision()
	readGroup(f, g)
	if err = s.desk.SaveGroup(c.UserContext(), actor(c), g); err != nil {
		g.Rev = now
	}
	return s.groupSaved(c, g, err)
}

func (s *Server) groupSaved(c *fiber.Ctx, g *scheduling.Group, err error) error {
	if p := s.inForm(c, err, "name", "slug", "cluster_id", "kind"); p != nil {
		return s.groupForm(c, g, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/groups/"+g.ID, "directory.flash.saved", "name", g.Name.In(s.lang(c).Code()))
}

func readGroup(f *form, g *scheduling.Group) {
	g.Name, g.About, g.Kind = f.Langs("name"), f.Langs("about"), f.Value("kind")
	if g.Slug = f.Text("slug"); g.Slug == "" {
		g.Slug = scheduling.Slug(g.Name.In("en"))
	}
}
