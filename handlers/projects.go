package handlers

import (
	"cmp"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// projectRoutes are the funded projects.
func (s *Server) projectRoutes() []route {
	return []route{
		get("/admin/projects", Administrator, s.showProjects),
		get("/admin/projects/new", Administrator, s.showNewProject),
		post("/admin/projects/new", Administrator, s.createProject),
		get("/admin/projects/:id", Administrator, s.showEditProject),
		post("/admin/projects/:id", Administrator, s.editProject),
	}
}

// projectsPage is the data of templates/pages/projects.html.
type projectsPage struct {
	Page
	Projects []*scheduling.Project
	Today    string
}

// showProjects answers GET /admin/projects.
func (s *Server) showProjects(c *fiber.Ctx) error {
	list, err := s.desk.Projects(c.UserContext())
	if err != nil {
		return err
	}
	return s.page(c, "projects", &projectsPage{Page: adminPage(), Projects: list, Today: s.desk.DB.Now().UTC().Format("2006-01-02")})
}

// projectFormPage is the data of templates/pages/project_form.html.
type projectFormPage struct {
	Page
	Project *scheduling.Project
}

// showNewProject answers GET /admin/projects/new.
func (s *Server) showNewProject(c *fiber.Ctx) error {
	return s.projectForm(c, &scheduling.Project{Meta: storage.Meta{ID: storage.NewID()}}, nil)
}

func (s *Server) projectForm(c *fiber.Ctx, project *scheduling.Project, problem *FormProblem) error {
	p := &projectFormPage{Page: adminPage(), Project: project}
	p.Problem = problem
	return s.page(c, "project_form", p)
}

// createProject answers POST /admin/projects/new. Sent twice, it makes one.
func (s *Server) createProject(c *fiber.Ctx) error {
	f := s.form(c)
	p := &scheduling.Project{Meta: storage.Meta{ID: f.NewID()}}
	readProject(f, p)
	err := s.desk.SaveProject(c.UserContext(), actor(c), p)
	if exists(err) {
		if _, found := s.desk.Project(c.UserContext(), p.ID); found == nil {
			err = nil
		}
	}
	return s.projectSaved(c, p, err)
}

// showEditProject answers GET /admin/projects/:id.
func (s *Server) showEditProject(c *fiber.Ctx) error {
	p, err := s.desk.Project(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return s.projectForm(c, p, nil)
}

// editProject answers POST /admin/projects/:id.
func (s *Server) editProject(c *fiber.Ctx) error {
	p, err := s.desk.Project(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	f, now := s.form(c), p.Rev
	p.Rev = f.EditRevision()
	readProject(f, p)
	if err = s.desk.SaveProject(c.UserContext(), actor(c), p); err != nil {
		p.Rev = now
	}
	return s.projectSaved(c, p, err)
}

func (s *Server) projectSaved(c *fiber.Ctx, p *scheduling.Project, err error) error {
	if problem := s.inForm(c, err, "name", "code", "from", "until"); problem != nil {
		return s.projectForm(c, p, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/admin/projects", "directory.flash.saved", "name", p.Name.In(s.lang(c).Code()))
}

// readProject leaves a day that cannot be read as it was typed: the desk says so.
func readProject(f *form, p *scheduling.Project) {
	p.Name, p.Code = f.Langs("name"), f.Text("code")
	p.From, p.Until = cmp.Or(f.Day("from"), f.Text("from")), cmp.Or(f.Day("until"), f.Text("until"))
}
