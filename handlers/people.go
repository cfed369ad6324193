package handlers

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// peopleRoutes are the directory of people.
func (s *Server) peopleRoutes() []route {
	const one = "/organise/people/:id"
	return []route{
		get("/organise/people", Organiser, s.showPeople),
		get("/organise/people.csv", Organiser, s.exportPeople(csvFile)),
		get("/organise/people.xlsx", Organiser, s.exportPeople(xlsx)),
		get("/organise/people/new", Organiser, s.showNewPerson),
		post("/organise/people/new", Organiser, s.createPerson),
		get(one, Organiser, s.showPerson),
		get(one+"/edit", Organiser, s.showEditPerson),
		post(one+"/edit", Organiser, s.editPerson),
	}
}

// peoplePage is the data of templates/pages/people.html.
type peoplePage struct {
	Page
	People         []*scheduling.Person
	CompanyNames   map[string]string
	ClusterNames   map[string]string
	Query, Cluster string
	Company        *scheduling.Company // the list is only of its people
	Clusters       []option
	Filtered       bool
}

// showPeople answers GET /organise/people.
func (s *Server) showPeople(c *fiber.Ctx) (err error) {
	p := &peoplePage{Page: directoryPage(), Query: text(c, "q"), Cluster: c.Query("cluster")}
	f := scheduling.ListFilter{Text: p.Query, Cluster: p.Cluster, Company: c.Query("company"), After: cursor(c)}
	if f.Company != "" {
		if p.Company, err = s.desk.Company(c.UserContext(), actor(c), f.Company); err != nil {
			return err
		}
	}
	var next string
	if p.People, next, err = s.desk.People(c.UserContext(), actor(c), f); err != nil {
		return err
	}
	if p.CompanyNames, err = s.companiesOf(c, p.People); err != nil {
		return err
	}
	if p.ClusterNames, err = s.clusterNames(c); err != nil {
		return err
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.Filtered = p.Query+p.Cluster+f.Company != ""
	p.Pager = s.pager(c, next)
	return s.page(c, "people", p)
}

// companiesOf are the names of people's companies, by id.
func (s *Server) companiesOf(c *fiber.Ctx, people []*scheduling.Person) (map[string]string, error) {
	var ids []string
	for _, p := range people {
		if p.CompanyID != "" {
			ids = append(ids, p.CompanyID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.desk.CompanyNames(c.UserContext(), actor(c), ids...)
}

// personPage is the data of templates/pages/person.html.
type personPage struct {
	Page
	*scheduling.PersonPage
	Clusters []string // names
	Grants   []grantLine
	Reads    string // their language, in words
	Zone     string
}

// showPerson answers GET /organise/people/:id.
func (s *Server) showPerson(c *fiber.Ctx) (err error) {
	p := &personPage{Page: directoryPage(), Zone: houseZone}
	if p.PersonPage, err = s.desk.Person(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	if p.Person.ID != c.Params("id") { // they were merged into this one
		return c.Redirect("/organise/people/"+p.Person.ID, fiber.StatusMovedPermanently)
	}
	names, err := s.clusterNames(c)
	if err != nil {
		return err
	}
	p.Clusters = named(names, p.Person.ClusterIDs)
	if p.Reads = p.Person.Lang; s.texts.Has(p.Reads) {
		p.Reads = s.lang(c).Text("directory.lang." + p.Reads)
	}
	if actor(c).Administers() {
		if p.Grants, err = s.grantLines(c, p.Person.Grants); err != nil {
			return err
		}
	}
	return s.page(c, "person", p)
}

// personFormPage is the data of templates/pages/person_form.html.
type personFormPage struct {
	Page
	Person    *scheduling.Person
	Company   string   // its name
	Companies []string // names to choose from
	Langs     []option
	Clusters  []tick
	Staff     bool // only an administrator changes the address of somebody with roles
}

// showNewPerson answers GET /organise/people/new.
func (s *Server) showNewPerson(c *fiber.Ctx) error {
	p := &scheduling.Person{Meta: storage.Meta{ID: storage.NewID()}, Lang: s.lang(c).Code()}
	if q := text(c, "q"); strings.Contains(q, "@") {
		p.Email = q
	} else {
		p.Name = q
	}
	p.CompanyID = c.Query("company")
	return s.personForm(c, p, "", nil)
}

func (s *Server) personForm(c *fiber.Ctx, person *scheduling.Person, company string, problem *FormProblem) error {
	p := &personFormPage{Page: directoryPage(), Person: person, Company: company, Langs: s.languageOptions()}
	p.Problem = problem
	p.Staff = person.Staff && !actor(c).Administers()
	if problem == nil && person.CompanyID != "" {
		names, err := s.desk.CompanyNames(c.UserContext(), actor(c), person.CompanyID)
		if err != nil {
			return err
		}
		p.Company = names[person.CompanyID]
	}
	list, _, err := s.desk.Companies(c.UserContext(), actor(c), scheduling.ListFilter{Limit: 500})
	if err != nil {
		return err
	}
	for _, co := range list {
		p.Companies = append(p.Companies, co.Name)
	}
	clusters, err := s.clusterOptions(c)
	if err != nil {
		return err
	}
	p.Clusters = ticks(clusters, person.ClusterIDs)
	return s.page(c, "person_form", p)
}

// languageOptions are the languages there are, each in its own words.
func (s *Server) languageOptions() []option {
	var out []option
	for _, code := range s.texts.Langs() {
		out = append(out, option{code, s.texts.In(code).Text("directory.this_language")})
	}
	return out
}

// showEditPerson answers GET /organise/people/:id/edit.
func (s *Server) showEditPerson(c *fiber.Ctx) error {
	found, err := s.desk.Person(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.personForm(c, found.Person, "", nil)
}

// createPerson answers POST /organise/people/new. Sent twice, it makes one.
func (s *Server) createPerson(c *fiber.Ctx) error {
	f := s.form(c)
	p := &scheduling.Person{Meta: storage.Meta{ID: f.NewID()}}
	if err := s.readPerson(c, f, p); err != nil {
		return err
	}
	err := s.savePerson(c, f, p)
	if exists(err) {
		if _, found := s.desk.Person(c.UserContext(), actor(c), p.ID); found == nil {
			err = nil
		}
	}
	return s.personSaved(c, f, p, err)
}

// editPerson answers POST /organise/people/:id/edit.
func (s *Server) editPerson(c *fiber.Ctx) error {
	found, err := s.desk.Person(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, p, now := s.form(c), found.Person, found.Person.Rev
	p.Rev = f.EditRevision()
	if err := s.readPerson(c, f, p); err != nil {
		return err
	}
	if err = s.savePerson(c, f, p); err != nil {
		p.Rev = now
	}
	return s.personSaved(c, f, p, err)
}

// savePerson stores nothing that could not be understood, and says all that is
// wrong at once.
func (s *Server) savePerson(c *fiber.Ctx, f *form, p *scheduling.Person) error {
	if err := f.Err(); err != nil {
		return err
	}
	return s.desk.SavePerson(c.UserContext(), actor(c), p)
}

func (s *Server) personSaved(c *fiber.Ctx, f *form, p *scheduling.Person, err error) error {
	if problem := s.inForm(c, err, "name", "email", "company", "title", "phone", "lang"); problem != nil {
		return s.personForm(c, p, f.Value("company"), problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/people/"+p.ID, "directory.flash.saved", "name", p.Name)
}

func (s *Server) readPerson(c *fiber.Ctx, f *form, p *scheduling.Person) error {
	p.Name, p.Title, p.Phone = f.Text("name"), f.Text("title"), f.Text("phone")
	if f.Has("email") {
		p.Email = f.Text("email")
	}
	if p.Lang = f.Value("lang"); !s.texts.Has(p.Lang) {
		f.wrong("lang", "problem.choice")
	}
	p.ClusterIDs = ownAmong(actor(c), p.ClusterIDs, f.List("cluster_ids"))
	return s.readCompanyOf(c, f, p)
}

// readCompanyOf finds a person's company by the name that was typed. Of two
// companies of one name, a person stays with theirs.
func (s *Server) readCompanyOf(c *fiber.Ctx, f *form, p *scheduling.Person) error {
	name := f.Text("company")
	if name == "" {
		p.CompanyID = ""
		return nil
	}
	if p.CompanyID != "" {
		names, err := s.desk.CompanyNames(c.UserContext(), actor(c), p.CompanyID)
		if err != nil || strings.EqualFold(names[p.CompanyID], name) {
			return err
		}
	}
	id, err := s.desk.CompanyNamed(c.UserContext(), actor(c), name)
	if errors.Is(err, storage.ErrNotFound) {
		f.wrong("company", "directory.no_company")
		return nil
	}
	p.CompanyID = id
	return err
}
