package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// companyRoutes are the directory of companies.
func (s *Server) companyRoutes() []route {
	const one = "/organise/companies/:id"
	return []route{
		get("/organise/companies", Organiser, s.showCompanies),
		get("/organise/companies.csv", Organiser, s.exportCompanies(csvFile)),
		get("/organise/companies.xlsx", Organiser, s.exportCompanies(xlsx)),
		get("/organise/companies/new", Organiser, s.showNewCompany),
		post("/organise/companies/new", Organiser, s.createCompany),
		get(one, Organiser, s.showCompany),
		get(one+"/edit", Organiser, s.showEditCompany),
		post(one+"/edit", Organiser, s.editCompany),
	}
}

// companiesPage is the data of templates/pages/companies.html.
type companiesPage struct {
	Page
	Companies            []*scheduling.Company
	ClusterNames         map[string]string
	Query, Kind, Cluster string
	Kinds, Clusters      []option
	Filtered             bool
}

// showCompanies answers GET /organise/companies.
func (s *Server) showCompanies(c *fiber.Ctx) (err error) {
	p := &companiesPage{Page: directoryPage(), Query: text(c, "q"), Kind: c.Query("kind"), Cluster: c.Query("cluster")}
	f := scheduling.ListFilter{Text: p.Query, Kind: scheduling.CompanyKind(p.Kind), Cluster: p.Cluster, After: cursor(c)}
	var next string
	if p.Companies, next, err = s.desk.Companies(c.UserContext(), actor(c), f); err != nil {
		return err
	}
	if p.ClusterNames, err = s.clusterNames(c); err != nil {
		return err
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.Kinds = s.companyKinds(c)
	p.Filtered = p.Query+p.Kind+p.Cluster != ""
	p.Pager = s.pager(c, next)
	return s.page(c, "companies", p)
}

func (s *Server) companyKinds(c *fiber.Ctx) []option {
	var kinds []string
	for _, k := range scheduling.CompanyKinds {
		kinds = append(kinds, string(k))
	}
	return s.options(c, "directory.kind", kinds...)
}

// companyPage is the data of templates/pages/company.html.
type companyPage struct {
	Page
	Company  *scheduling.Company
	Clusters []string // names
	People   []*scheduling.Person
	Zone     string

	Memberships  []*scheduling.MembershipLine // in the reader's clusters
	ClusterNames map[string]string
	Last         *scheduling.Encounter // their last personal contact; nil for none
}

// showCompany answers GET /organise/companies/:id.
func (s *Server) showCompany(c *fiber.Ctx) (err error) {
	p := &companyPage{Page: directoryPage(), Zone: houseZone}
	if p.Company, err = s.desk.Company(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	if p.Company.ID != c.Params("id") { // it was merged into this one
		return c.Redirect("/organise/companies/"+p.Company.ID, fiber.StatusMovedPermanently)
	}
	if p.Last, err = s.desk.LastContact(c.UserContext(), actor(c), p.Company.ID); err != nil {
		return err
	}
	var next string
	f := scheduling.ListFilter{Company: p.Company.ID, After: cursor(c)}
	if p.People, next, err = s.desk.People(c.UserContext(), actor(c), f); err != nil {
		return err
	}
	p.Pager = s.pager(c, next)
	names, err := s.clusterNames(c)
	if err != nil {
		return err
	}
	p.Clusters, p.ClusterNames = named(names, p.Company.ClusterIDs), names
	if p.Memberships, _, err = s.desk.Memberships(c.UserContext(), actor(c), scheduling.MembershipFilter{Company: p.Company.ID}); err != nil {
		return err
	}
	return s.page(c, "company", p)
}

// named are the names of the ids that have one.
func named(names map[string]string, ids []string) []string {
	var out []string
	for _, id := range ids {
		if n := names[id]; n != "" {
			out = append(out, n)
		}
	}
	return out
}

// companyFormPage is the data of templates/pages/company_form.html.
type companyFormPage struct {
	Page
	Company  *scheduling.Company
	Tags     string
	Kinds    []option
	Clusters []tick
}

// showNewCompany answers GET /organise/companies/new.
func (s *Server) showNewCompany(c *fiber.Ctx) error {
	co := &scheduling.Company{Meta: storage.Meta{ID: storage.NewID()}, Name: text(c, "name"), Kind: scheduling.SME, Country: "FI"}
	return s.companyForm(c, co, nil)
}

// createCompany answers POST /organise/companies/new. Sent twice, it makes one.
func (s *Server) createCompany(c *fiber.Ctx) error {
	f := s.form(c)
	co := &scheduling.Company{Meta: storage.Meta{ID: f.NewID()}}
	readCompany(f, actor(c), co)
	err := s.desk.SaveCompany(c.UserContext(), actor(c), co)
	if exists(err) {
		if _, found := s.desk.Company(c.UserContext(), actor(c), co.ID); found == nil {
			err = nil
		}
	}
	return s.companySaved(c, co, err)
}

func (s *Server) companyForm(c *fiber.Ctx, co *scheduling.Company, problem *FormProblem) error {
	p := &companyFormPage{Page: directoryPage(), Company: co, Tags: strings.Join(co.Tags, ", "), Kinds: s.companyKinds(c)}
	p.Problem = problem
	clusters, err := s.clusterOptions(c)
	if err != nil {
		return err
	}
	p.Clusters = ticks(clusters, co.ClusterIDs)
	return s.page(c, "company_form", p)
}

// showEditCompany answers GET /organise/companies/:id/edit.
func (s *Server) showEditCompany(c *fiber.Ctx) error {
	co, err := s.desk.Company(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.companyForm(c, co, nil)
}

// editCompany answers POST /organise/companies/:id/edit.
func (s *Server) editCompany(c *fiber.Ctx) error {
	co, err := s.desk.Company(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, now := s.form(c), co.Rev
	co.Rev = f.EditRevision()
	readCompany(f, actor(c), co)
	err = s.desk.SaveCompany(c.UserContext(), actor(c), co)
	if err != nil {
		co.Rev = now // whoever read what is wrong decides about the present version
	}
	return s.companySaved(c, co, err)
}

func (s *Server) companySaved(c *fiber.Ctx, co *scheduling.Company, err error) error {
	if p := s.inForm(c, err, "name", "kind", "business_id", "country", "municipality", "website"); p != nil {
		return s.companyForm(c, co, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/companies/"+co.ID, "directory.flash.saved", "name", co.Name)
}

func readCompany(f *form, by scheduling.Actor, co *scheduling.Company) {
	co.Name, co.Kind = f.Text("name"), scheduling.CompanyKind(f.Value("kind"))
	co.BusinessID, co.Country, co.Municipality = f.Text("business_id"), f.Text("country"), f.Text("municipality")
	co.Website, co.Offers, co.Needs = f.Text("website"), f.Text("offers"), f.Text("needs")
	co.Tags = commaList(f.Text("tags"))
	co.ClusterIDs = ownAmong(by, co.ClusterIDs, f.List("cluster_ids"))
}

// commaList reads "steel, batteries": at most 20 of at most 60 letters.
func commaList(s string) []string {
	var out []string
	for word := range strings.SplitSeq(s, ",") {
		if word = strings.Join(strings.Fields(word), " "); word != "" && len([]rune(word)) <= 60 && len(out) < 20 && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}
