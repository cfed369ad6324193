package handlers

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// mergeRoutes are what may be there twice, and how two become one.
func (s *Server) mergeRoutes() []route {
	return []route{
		get("/organise/duplicates", Organiser, s.showDuplicates),
		post("/organise/duplicates/apart", Organiser, s.keepApart),
		get("/organise/merge/companies", Organiser, s.showMergeCompanies),
		post("/organise/merge/companies", Organiser, s.mergeCompanies),
		get("/organise/merge/people", Organiser, s.showMergePeople),
		post("/organise/merge/people", Organiser, s.mergePeople),
	}
}

// duplicatesPage is the data of templates/pages/duplicates.html.
type duplicatesPage struct {
	Page
	Companies    []scheduling.CompanyPair
	People       []scheduling.PersonPair
	CompanyNames map[string]string
}

// showDuplicates answers GET /organise/duplicates.
func (s *Server) showDuplicates(c *fiber.Ctx) (err error) {
	p := &duplicatesPage{Page: directoryPage()}
	if p.Companies, err = s.desk.CompanyDuplicates(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if p.People, err = s.desk.PersonDuplicates(c.UserContext(), actor(c)); err != nil {
		return err
	}
	var all []*scheduling.Person
	for _, pair := range p.People {
		all = append(all, pair.A, pair.B)
	}
	if p.CompanyNames, err = s.companiesOf(c, all); err != nil {
		return err
	}
	return s.page(c, "duplicates", p)
}

// keepApart answers POST /organise/duplicates/apart: the two are two.
func (s *Server) keepApart(c *fiber.Ctx) error {
	f := s.form(c)
	if err := s.desk.KeepApart(c.UserContext(), actor(c), f.Text("a"), f.Text("b")); err != nil {
		return err
	}
	return s.seeOther(c, "/organise/duplicates", "merging.flash.apart")
}

// mergePage is the data of templates/pages/merge.html: of two companies, or of
// two persons.
type mergePage struct {
	Page
	What             string // "companies", "people"
	From, Into       mergeSide
	Rows             []mergeRow
	Both             []mergeRow // what the one that stays has of both
	Reason           scheduling.Likeness
	Counts           []scheduling.MergeCount
	Moves            int
	Why              string // it cannot be done as things stand
	Found            []option
	Query            string
	FromRev, IntoRev int64
}

// A mergeSide is one of the two.
type mergeSide struct{ ID, Name, Path string }

// A mergeRow is a field that both have, with what each says.
type mergeRow struct {
	Field, From, Into string
	Take              bool // of the one that goes
}

// Other is the same merge the other way round.
func (p *mergePage) Other() string {
	return withQuery("/organise/merge/"+p.What, "from", p.Into.ID, "into", p.From.ID)
}

// row adds a field on which the two differ. Of two values, that of the one that
// stays is proposed; of one, that one.
func (p *mergePage) row(field, from, into string) {
	if from != into {
		p.Rows = append(p.Rows, mergeRow{field, from, into, into == ""})
	}
}

// keepTaken has the page show again what was chosen.
func (p *mergePage) keepTaken(f *form) {
	for i := range p.Rows {
		p.Rows[i].Take = f.Value("take."+p.Rows[i].Field) == "from"
	}
}

// readMerge is what a form of the page says.
func readMerge(f *form, fields []string) scheduling.Merge {
	m := scheduling.Merge{From: f.Text("from"), Into: f.Text("into"), FromRev: revisionOf(f, "from_rev"), IntoRev: revisionOf(f, "into_rev")}
	for _, field := range fields {
		if f.Value("take."+field) == "from" {
			m.Take = append(m.Take, field)
		}
	}
	return m
}

func revisionOf(f *form, name string) int64 { return int64(f.Int(name, 0, 1<<50)) }

// showMergeCompanies answers GET /organise/merge/companies?from=…&into=…
func (s *Server) showMergeCompanies(c *fiber.Ctx) error {
	return s.mergeOfCompanies(c, c.Query("from"), c.Query("into"), nil, nil)
}

func (s *Server) mergeOfCompanies(c *fiber.Ctx, from, into string, f *form, problem *FormProblem) error {
	p := &mergePage{Page: directoryPage(), What: "companies", Query: text(c, "q")}
	p.Problem = problem
	if into == "" {
		return s.chooseOther(c, p, from)
	}
	m, err := s.desk.CompanyMerging(c.UserContext(), actor(c), from, into)
	if err != nil {
		return err
	}
	if m.From == nil || m.Into == nil { // both are one already
		return s.seeOther(c, "/organise/companies/"+url.PathEscape(into), "merging.flash.one_already")
	}
	l, a, b := s.lang(c), m.From, m.Into
	p.From, p.Into = mergeSide{a.ID, a.Name, "/organise/companies/" + a.ID}, mergeSide{b.ID, b.Name, "/organise/companies/" + b.ID}
	p.Reason, p.Counts, p.Moves, p.FromRev, p.IntoRev = m.Reason, m.Counts, m.Moves, a.Rev, b.Rev
	p.row("name", a.Name, b.Name)
	p.row("kind", l.Text("directory.kind."+string(a.Kind)), l.Text("directory.kind."+string(b.Kind)))
	p.row("business_id", a.BusinessID, b.BusinessID)
	p.row("country", l.Country(a.Country), l.Country(b.Country))
	p.row("municipality", a.Municipality, b.Municipality)
	p.row("website", a.Website, b.Website)
	p.row("offers", a.Offers, b.Offers)
	p.row("needs", a.Needs, b.Needs)
	return s.showMerge(c, p, f, m.Problem)
}

// showMerge shows a merge with what was chosen, and why it cannot be done.
func (s *Server) showMerge(c *fiber.Ctx, p *mergePage, f *form, why *scheduling.Problem) error {
	if f != nil {
		p.keepTaken(f)
	}
	if why != nil {
		p.Why = s.lang(c).Text(why.Key, why.Args...)
	}
	return s.page(c, "merge", p)
}

// chooseOther asks with what somebody or something is one.
func (s *Server) chooseOther(c *fiber.Ctx, p *mergePage, id string) error {
	ctx, by, f := c.UserContext(), actor(c), scheduling.ListFilter{Text: p.Query, Limit: 20}
	if p.What == "companies" {
		one, err := s.desk.Company(ctx, by, id)
		if err != nil {
			return err
		}
		p.From = mergeSide{one.ID, one.Name, "/organise/companies/" + one.ID}
		list, _, err := s.desk.Companies(ctx, by, f)
		if err != nil {
			return err
		}
		for _, x := range list {
			p.offer(x.ID, x.Name)
		}
		return s.page(c, "merge", p)
	}
	one, err := s.desk.Person(ctx, by, id)
	if err != nil {
		return err
	}
	p.From = mergeSide{one.Person.ID, one.Person.Name, "/organise/people/" + one.Person.ID}
	list, _, err := s.desk.People(ctx, by, f)
	if err != nil {
		return err
	}
	for _, x := range list {
		p.offer(x.ID, x.Name+" · "+x.Email)
	}
	return s.page(c, "merge", p)
}

// offer adds one that was searched for.
func (p *mergePage) offer(id, label string) {
	if p.Query != "" && id != p.From.ID {
		p.Found = append(p.Found, option{id, label})
	}
}

// mergeCompanies answers POST /organise/merge/companies. Sent twice, it is done
// once.
func (s *Server) mergeCompanies(c *fiber.Ctx) error {
	f := s.form(c)
	m := readMerge(f, scheduling.MergeFields)
	one, err := s.desk.MergeCompanies(c.UserContext(), actor(c), m)
	if p := s.inForm(c, err); p != nil {
		return s.mergeOfCompanies(c, m.From, m.Into, f, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/companies/"+one.ID, "merging.flash.merged", "name", one.Name)
}

// showMergePeople answers GET /organise/merge/people?from=…&into=…
func (s *Server) showMergePeople(c *fiber.Ctx) error {
	return s.mergeOfPeople(c, c.Query("from"), c.Query("into"), nil, nil)
}

func (s *Server) mergeOfPeople(c *fiber.Ctx, from, into string, f *form, problem *FormProblem) error {
	p := &mergePage{Page: directoryPage(), What: "people", Query: text(c, "q")}
	p.Problem = problem
	if into == "" {
		return s.chooseOther(c, p, from)
	}
	m, err := s.desk.PersonMerging(c.UserContext(), actor(c), from, into)
	if err != nil {
		return err
	}
	if m.From == nil || m.Into == nil {
		return s.seeOther(c, "/organise/people/"+url.PathEscape(into), "merging.flash.one_already")
	}
	a, b := m.From, m.Into
	p.From, p.Into = mergeSide{a.ID, a.Name, "/organise/people/" + a.ID}, mergeSide{b.ID, b.Name, "/organise/people/" + b.ID}
	p.Moves, p.FromRev, p.IntoRev = m.Moves, a.Rev, b.Rev
	p.row("name", a.Name, b.Name)
	p.row("email", a.Email, b.Email)
	p.row("company", m.Companies[a.CompanyID], m.Companies[b.CompanyID])
	p.row("title", a.Title, b.Title)
	p.row("phone", a.Phone, b.Phone)
	p.row("lang", a.Lang, b.Lang)
	return s.showMerge(c, p, f, m.Problem)
}

// mergePeople answers POST /organise/merge/people. Sent twice, it is done once.
func (s *Server) mergePeople(c *fiber.Ctx) error {
	f := s.form(c)
	m := readMerge(f, scheduling.PersonMergeFields)
	one, err := s.desk.MergePeople(c.UserContext(), actor(c), m)
	if p := s.inForm(c, err); p != nil {
		return s.mergeOfPeople(c, m.From, m.Into, f, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/people/"+one.ID, "merging.flash.merged", "name", one.Name)
}
