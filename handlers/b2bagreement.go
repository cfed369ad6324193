package handlers

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/docx"
)

// agreementRoutes are the draft of a co-development agreement of a B2B group:
// its members fill it in together, read its versions and download it.
func (s *Server) agreementRoutes() []route {
	const one = "/groups/:id/agreement"
	return []route{
		get(one, SignedIn, s.showAgreement),
		get(one+"/edit", SignedIn, s.showEditAgreement),
		post(one+"/edit", SignedIn, s.editAgreement),
		get(one+"/print", SignedIn, s.printAgreement),
		get(one+"/document", SignedIn, s.downloadAgreement),
	}
}

// agreementPage is the data of templates/pages/agreement.html and
// agreement_print.html.
type agreementPage struct {
	Page
	*scheduling.CoDevelopmentPage
	Sections  []scheduling.AgreementSection
	Documents []option // languages
	Zone      string
}

func (s *Server) agreementPage(c *fiber.Ctx) (*agreementPage, error) {
	version, err := strconv.Atoi("0" + text(c, "version"))
	if err != nil {
		return nil, fiber.ErrNotFound
	}
	found, err := s.desk.CoDevelopment(c.UserContext(), actor(c), c.Params("id"), version)
	if err != nil {
		return nil, err
	}
	p := &agreementPage{CoDevelopmentPage: found, Sections: found.Draft.Sections(s.lang(c)), Zone: houseZone}
	p.NoIndex = true
	for _, code := range s.texts.Langs() {
		p.Documents = append(p.Documents, option{code, s.texts.In(code).Text("common.language_name")})
	}
	return p, nil
}

// showAgreement answers GET /groups/:id/agreement; with ?version= it shows that one.
func (s *Server) showAgreement(c *fiber.Ctx) error {
	p, err := s.agreementPage(c)
	if err != nil {
		return err
	}
	return s.page(c, "agreement", p)
}

// printAgreement answers GET /groups/:id/agreement/print: the document alone.
func (s *Server) printAgreement(c *fiber.Ctx) error {
	p, err := s.agreementPage(c)
	if err != nil {
		return err
	}
	p.Back = "/groups/" + p.Group.ID + "/agreement"
	return s.page(c, "agreement_print", p)
}

// downloadAgreement answers GET /groups/:id/agreement/document: the document
// for a word processor, in the language of ?in=.
func (s *Server) downloadAgreement(c *fiber.Ctx) error {
	p, err := s.agreementPage(c)
	if err != nil {
		return err
	}
	l := s.lang(c)
	if code := c.Query("in"); code != "" {
		l = s.texts.In(code)
	}
	var b bytes.Buffer
	if err := scheduling.WriteAgreement(&b, p.Draft, l); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, docx.Type)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%d-%s.docx"`, p.Group.Slug, p.Draft.Version, l.Code()))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(b.Bytes())
}

// agreementFormPage is the data of templates/pages/agreement_form.html.
type agreementFormPage struct {
	Page
	Group   *scheduling.Group
	Draft   *scheduling.CoDevelopment
	Parties []agreementParty
	Clauses []agreementClause
}

// An agreementParty is one party's lines in the form.
type agreementParty struct {
	scheduling.AgreementParty
	At     string // what their names begin with
	Number int
}

// An agreementClause is what is filled in of one section.
type agreementClause struct{ Name, Heading, Words, Text string }

// showEditAgreement answers GET /groups/:id/agreement/edit.
func (s *Server) showEditAgreement(c *fiber.Ctx) error {
	p, err := s.agreementPage(c)
	if err != nil {
		return err
	}
	return s.agreementForm(c, p.Group, p.Draft, nil)
}

func (s *Server) agreementForm(c *fiber.Ctx, g *scheduling.Group, draft *scheduling.CoDevelopment, problem *FormProblem) error {
	p := &agreementFormPage{Group: g, Draft: draft}
	p.NoIndex, p.Problem = true, s.labelled(c, "agreement.f.", problem)
	for i := range min(20, len(draft.Parties)+2) {
		one := agreementParty{At: fmt.Sprintf("parties.%d", i), Number: i + 1}
		if i < len(draft.Parties) {
			one.AgreementParty = draft.Parties[i]
		}
		p.Parties = append(p.Parties, one)
	}
	l := s.lang(c)
	for _, name := range scheduling.AgreementClauses {
		p.Clauses = append(p.Clauses, agreementClause{name, l.Text("agreement.section." + name), l.Text("agreement.words." + name), draft.Clauses[name]})
	}
	return s.page(c, "agreement_form", p)
}

// editAgreement answers POST /groups/:id/agreement/edit.
func (s *Server) editAgreement(c *fiber.Ctx) error {
	p, err := s.desk.CoDevelopment(c.UserContext(), actor(c), c.Params("id"), 0)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := &scheduling.CoDevelopment{GroupID: p.Group.ID, Version: f.Int("version", 0, 1000), Title: f.Text("title"), Clauses: map[string]string{}}
	for i := range min(20, values(f.typed).rows("parties")) {
		at := fmt.Sprintf("parties.%d.", i)
		in.Parties = append(in.Parties, scheduling.AgreementParty{Name: f.Text(at + "name"), BusinessID: f.Text(at + "business_id"),
			Address: f.Text(at + "address"), Signatory: f.Text(at + "signatory"), Position: f.Text(at + "position")})
	}
	for _, name := range scheduling.AgreementClauses {
		in.Clauses[name] = f.Text("clause." + name)
	}
	out, err := s.desk.SaveCoDevelopment(c.UserContext(), actor(c), in)
	if problem := s.inForm(c, err, "title", "parties"); problem != nil {
		in.Version = p.Draft.Version
		return s.agreementForm(c, p.Group, in, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+p.Group.ID+"/agreement", "agreement.flash.saved", "version", strconv.Itoa(out.Version))
}
