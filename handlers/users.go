package handlers

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/auth"
	"kohtaamo/scheduling"
)

// userRoutes are who may do what.
func (s *Server) userRoutes() []route {
	const one = "/admin/users/:id"
	return []route{
		get("/admin/users", Administrator, s.showUsers),
		post("/admin/users", Administrator, s.appoint),
		get(one, Administrator, s.showUser),
		post(one+"/give", Administrator, s.giveRole),
		post(one+"/take", Administrator, s.takeRole),
		post(one+"/signout", Administrator, s.signOutUser),
	}
}

// A grantLine is a role with where it holds, in words.
type grantLine struct {
	scheduling.Grant
	Where string
}

// grantLines puts roles into words.
func (s *Server) grantLines(c *fiber.Ctx, grants []scheduling.Grant) ([]grantLine, error) {
	if len(grants) == 0 {
		return nil, nil
	}
	clusters, err := s.clusterNames(c)
	if err != nil {
		return nil, err
	}
	groups, err := s.groupNames(c)
	if err != nil {
		return nil, err
	}
	var out []grantLine
	for _, g := range grants {
		out = append(out, grantLine{g, s.where(c, g, clusters, groups)})
	}
	return out, nil
}

// where says where a role holds: in a cluster, a group, or everywhere.
func (s *Server) where(c *fiber.Ctx, g scheduling.Grant, clusters, groups map[string]string) string {
	switch {
	case g.Role == scheduling.Administrator:
		return ""
	case g.Group != "":
		return cmp.Or(groups[g.Group], g.Group)
	case g.Cluster != "":
		return cmp.Or(clusters[g.Cluster], g.Cluster)
	}
	return s.lang(c).Text("admin.all_clusters")
}

func (s *Server) groupNames(c *fiber.Ctx) (map[string]string, error) {
	list, err := s.desk.Groups(c.UserContext(), "")
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, g := range list {
		names[g.ID] = g.Name.In(s.lang(c).Code())
	}
	return names, nil
}

// A grantForm is what somebody chose of a role, and what there is to choose.
type grantForm struct {
	scheduling.Grant
	Roles, Clusters, Groups []option
}

func (s *Server) grantForm(c *fiber.Ctx, chosen scheduling.Grant) (f grantForm, err error) {
	f.Grant = chosen
	for _, r := range scheduling.Roles {
		f.Roles = append(f.Roles, option{string(r), s.lang(c).Text("role." + string(r))})
	}
	slices.Reverse(f.Roles) // little first
	if f.Clusters, err = s.clusterOptions(c); err != nil {
		return f, err
	}
	groups, err := s.desk.Groups(c.UserContext(), "")
	for _, g := range groups {
		f.Groups = append(f.Groups, option{g.ID, g.Name.In(s.lang(c).Code())})
	}
	return f, err
}

// readGrant takes of a role's place only what belongs to the role.
func readGrant(f *form) scheduling.Grant {
	g := scheduling.Grant{Role: scheduling.Role(f.Value("role"))}
	switch g.Role {
	case scheduling.Organiser, scheduling.Door:
		g.Cluster = f.Value("cluster")
	case scheduling.Coordinator:
		g.Group = f.Value("group")
	}
	return g
}

// usersPage is the data of templates/pages/users.html.
type usersPage struct {
	Page
	Users       []userLine
	Form        grantForm
	Email, Name string
}

// A userLine is a person with their roles.
type userLine struct {
	*scheduling.Person
	Grants []grantLine
}

// showUsers answers GET /admin/users.
func (s *Server) showUsers(c *fiber.Ctx) error {
	return s.users(c, &usersPage{Page: adminPage()}, scheduling.Grant{Role: scheduling.Organiser})
}

func (s *Server) users(c *fiber.Ctx, p *usersPage, chosen scheduling.Grant) (err error) {
	people, next, err := s.desk.People(c.UserContext(), actor(c), scheduling.ListFilter{Staff: true, After: cursor(c)})
	if err != nil {
		return err
	}
	for _, person := range people {
		lines, err := s.grantLines(c, person.Grants)
		if err != nil {
			return err
		}
		p.Users = append(p.Users, userLine{person, lines})
	}
	p.Pager = s.pager(c, next)
	if p.Form, err = s.grantForm(c, chosen); err != nil {
		return err
	}
	return s.page(c, "users", p)
}

// appoint answers POST /admin/users: a role for the person of an address, who
// may be new here.
func (s *Server) appoint(c *fiber.Ctx) error {
	f := s.form(c)
	g := readGrant(f)
	in := scheduling.Person{Email: f.Text("email"), Name: f.Text("name"), Lang: s.lang(c).Code()}
	p, err := s.desk.Appoint(c.UserContext(), actor(c), in, g)
	if problem := s.inForm(c, err, "email", "name", "role", "cluster", "group"); problem != nil {
		page := &usersPage{Page: adminPage(), Email: f.Value("email"), Name: f.Value("name")}
		page.Problem = problem
		return s.users(c, page, g)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/admin/users/"+p.ID, "admin.flash.given", "name", p.Name)
}

// userPage is the data of templates/pages/user.html.
type userPage struct {
	Page
	Person   *scheduling.Person
	Grants   []grantLine
	Form     grantForm
	Sessions []*auth.Session
	Zone     string
}

// showUser answers GET /admin/users/:id.
func (s *Server) showUser(c *fiber.Ctx) error {
	return s.user(c, &userPage{Page: adminPage()}, scheduling.Grant{Role: scheduling.Organiser})
}

func (s *Server) user(c *fiber.Ctx, p *userPage, chosen scheduling.Grant) error {
	p.Zone = houseZone
	found, err := s.desk.Person(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p.Person = found.Person
	if p.Grants, err = s.grantLines(c, p.Person.Grants); err != nil {
		return err
	}
	if p.Form, err = s.grantForm(c, chosen); err != nil {
		return err
	}
	if p.Sessions, err = s.auth.SessionsOf(c.UserContext(), actor(c), p.Person.ID); err != nil {
		return err
	}
	return s.page(c, "user", p)
}

// giveRole answers POST /admin/users/:id/give.
func (s *Server) giveRole(c *fiber.Ctx) error {
	g := readGrant(s.form(c))
	return s.roleChanged(c, s.desk.GiveRole(c.UserContext(), actor(c), c.Params("id"), g), g)
}

// takeRole answers POST /admin/users/:id/take. Whoever gives up administering
// is led to where they still may be.
func (s *Server) takeRole(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	g := scheduling.Grant{Role: scheduling.Role(f.Value("role")), Cluster: f.Value("cluster"), Group: f.Value("group")}
	err := s.desk.TakeRole(c.UserContext(), actor(c), id, g)
	if err == nil && id == actor(c).ID && g.Role == scheduling.Administrator {
		return s.seeOther(c, "/", "admin.flash.roles")
	}
	return s.roleChanged(c, err, scheduling.Grant{Role: scheduling.Organiser})
}

func (s *Server) roleChanged(c *fiber.Ctx, err error, chosen scheduling.Grant) error {
	if problem := s.inForm(c, err, "role", "cluster", "group"); problem != nil {
		p := &userPage{Page: adminPage()}
		p.Problem = problem
		return s.user(c, p, chosen)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/admin/users/"+c.Params("id"), "admin.flash.roles")
}

// signOutUser answers POST /admin/users/:id/signout.
func (s *Server) signOutUser(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := s.auth.EndAllOf(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.seeOther(c, "/admin/users/"+id, "admin.flash.signed_out")
}
