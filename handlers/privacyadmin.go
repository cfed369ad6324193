package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// consentsPage is the data of templates/pages/consents.html.
type consentsPage struct {
	Page
	People   []consentRow
	Query    string
	Purpose  string
	Answer   string
	Purposes []option
	Answers  []option
	Filtered bool
	Export   string // what is behind the addresses of the files
	Zone     string
}

// A consentRow is a person with what they said.
type consentRow struct {
	Person *scheduling.Person
	Given  []consentLine
}

// A consentLine is one answer with its purpose and its place in words.
type consentLine struct {
	givenLine
	Name string
}

func consentFilter(c *fiber.Ctx) scheduling.ConsentFilter {
	return scheduling.ConsentFilter{Text: text(c, "q"), Purpose: text(c, "purpose"), Given: c.Query("given"), After: cursor(c), Limit: 20} // each says several things
}

// purposeName is what a purpose is called; one of an event's own is its key.
func (s *Server) purposeName(c *fiber.Ctx, key string) string {
	if l := s.lang(c); l.Has("purpose." + key + ".name") {
		return l.Text("purpose." + key + ".name")
	}
	return key
}

// showConsents answers GET /organise/consents.
func (s *Server) showConsents(c *fiber.Ctx) error {
	f := consentFilter(c)
	list, next, err := s.desk.Consents(c.UserContext(), actor(c), f)
	if err != nil {
		return err
	}
	p := &consentsPage{Page: directoryPage(), Query: f.Text, Purpose: f.Purpose, Answer: f.Given, Zone: houseZone}
	for _, one := range list {
		row := consentRow{Person: one.Person}
		for _, g := range one.Given {
			row.Given = append(row.Given, consentLine{s.givenLine(c, g), s.purposeName(c, g.Purpose)})
		}
		p.People = append(p.People, row)
	}
	for _, x := range scheduling.Purposes {
		p.Purposes = append(p.Purposes, option{x.Key, s.purposeName(c, x.Key)})
	}
	p.Answers = s.options(c, "consents.given", "yes", "no")
	p.Filtered = f.Text+f.Purpose+f.Given != ""
	p.Export = withQuery("", "q", f.Text, "purpose", f.Purpose, "given", f.Given)
	p.Pager = s.pager(c, next)
	return s.page(c, "consents", p)
}

// exportConsents answers GET /organise/consents.csv and .xlsx.
func (s *Server) exportConsents(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, l := consentFilter(c), s.lang(c)
		f.After = ""
		return s.sendTable(c, k, "consents.title", "consents", func(w table.Writer) error {
			heads := []string{l.Text("field.name"), l.Text("field.email"), l.Text("consents.purpose"), l.Text("consents.answer"), l.Text("consents.when"), l.Text("consents.where"), l.Text("consents.wording")}
			if err := w.Write(heads); err != nil {
				return err
			}
			return s.desk.EachConsent(c.UserContext(), actor(c), f, func(p *scheduling.Person, g scheduling.Given) error {
				answer := "no"
				if g.Consent.Given {
					answer = "yes"
				}
				return w.Write([]string{p.Name, p.Email, s.purposeName(c, g.Purpose), l.Text("consents.given." + answer), g.FormatDay(), s.givenLine(c, g).Place, g.Wording})
			})
		})
	}
}

// retentionPage is the data of templates/pages/retention.html.
type retentionPage struct {
	Page
	Rules  []*scheduling.RetentionLine
	Looked bool // what would go was counted
	Log    []*scheduling.RetentionRun
	Typed  map[string]string
	Zone   string
}

// showRetention answers GET /admin/privacy; with ?due=1 it counts what would go now.
func (s *Server) showRetention(c *fiber.Ctx) error { return s.retention(c, &retentionPage{}) }

func (s *Server) retention(c *fiber.Ctx, p *retentionPage) (err error) {
	problem := p.Problem
	p.Page, p.Zone, p.Looked = adminPage(), houseZone, c.Query("due") != ""
	p.Problem = problem
	if p.Looked {
		p.Rules, err = s.desk.RetentionDue(c.UserContext(), actor(c), s.desk.DB.Now())
	} else {
		p.Rules, err = s.desk.Retention(c.UserContext())
	}
	if err != nil {
		return err
	}
	var next string
	if p.Log, next, err = s.desk.RetentionLog(c.UserContext(), actor(c), scheduling.ListFilter{After: cursor(c), Limit: 30}); err != nil {
		return err
	}
	p.Pager = s.pager(c, next)
	return s.page(c, "retention", p)
}

// setRetention answers POST /admin/privacy/rules/:rule.
func (s *Server) setRetention(c *fiber.Ctx) error {
	f := s.form(c)
	days, err := strconv.Atoi(f.Text("days"))
	if err != nil {
		days = 0
	}
	rev := f.Revision()
	if err := f.Err(); err != nil {
		return err
	}
	err = s.desk.SetRetention(c.UserContext(), actor(c), c.Params("rule"), days, rev)
	if problem := s.inForm(c, err); problem != nil {
		for i := range problem.Faults { // each rule has a field of its own
			problem.Faults[i].Name += "-" + c.Params("rule")
		}
		p := &retentionPage{Typed: map[string]string{c.Params("rule"): f.Text("days")}}
		p.Problem = problem
		return s.retention(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/admin/privacy", "retention.flash.saved")
}

// erasuresPage is the data of templates/pages/erasures.html.
type erasuresPage struct {
	Page
	Erasures []*scheduling.Erasure
	Zone     string
}

// showErasures answers GET /admin/privacy/erasures.
func (s *Server) showErasures(c *fiber.Ctx) error {
	list, next, err := s.desk.Erasures(c.UserContext(), actor(c), scheduling.ListFilter{After: cursor(c), Limit: 50})
	if err != nil {
		return err
	}
	p := &erasuresPage{Page: adminPage(), Erasures: list, Zone: houseZone}
	p.Pager = s.pager(c, next)
	return s.page(c, "erasures", p)
}

// processingPage is the data of templates/pages/processing.html.
type processingPage struct {
	Page
	House       string
	Processings []*scheduling.ProcessingLine
}

// showProcessing answers GET /admin/privacy/record.
func (s *Server) showProcessing(c *fiber.Ctx) error {
	list, err := s.desk.ProcessingRecord(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	return s.page(c, "processing", &processingPage{Page: adminPage(), House: s.desk.House, Processings: list})
}

// erasePersonPage is the data of templates/pages/erase_person.html.
type erasePersonPage struct {
	Page
	Person *scheduling.Person
}

// showErasePerson answers GET /admin/users/:id/erase.
func (s *Server) showErasePerson(c *fiber.Ctx) error {
	found, err := s.desk.Person(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.page(c, "erase_person", &erasePersonPage{Page: adminPage(), Person: found.Person})
}

// erasePerson answers POST /admin/users/:id/erase.
func (s *Server) erasePerson(c *fiber.Ctx) error {
	_, err := s.desk.ErasePerson(c.UserContext(), actor(c), c.Params("id"))
	if p := s.inForm(c, err); p != nil {
		return s.seeOtherBad(c, "/admin/users/"+c.Params("id"), "person.last_administrator")
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/admin/privacy/erasures", "erasure.flash.done")
}
