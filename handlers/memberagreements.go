package handlers

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// memberAgreementRoutes are the versions of agreements as organisers make them,
// and how a cluster keeps them.
func (s *Server) memberAgreementRoutes() []route {
	const one = "/organise/agreements/:id"
	file, paper := post(one+"/file", Organiser, s.attachAgreement), post(one+"/paper", Organiser, s.notePaper)
	file.Body, paper.Body = uploadLimit, uploadLimit
	return []route{
		get("/organise/memberships/:id/agreement", Organiser, s.showNewVersion),
		post("/organise/memberships/:id/agreement", Organiser, s.createVersion),
		get(one, Organiser, s.showVersion),
		post(one, Organiser, s.editVersion),
		post(one+"/send", Organiser, s.sendAgreementOut),
		post(one+"/delete", Organiser, s.deleteVersion),
		post(one+"/renew", Organiser, s.renewVersion),
		file,
		paper,
		get(one+"/document", Organiser, s.downloadVersion),
		get(one+"/files/:file", Organiser, s.downloadVersionFile),
		get("/organise/clusters/:id/membership", Organiser, s.showMembershipTerms),
		post("/organise/clusters/:id/membership", Organiser, s.saveMembershipTerms),
	}
}

// versionPage is the data of templates/pages/agreement_version.html.
type versionPage struct {
	Page
	*scheduling.SigningPage        // nil for a new version
	Member                         *scheduling.MemberPage
	F                              values
	Base, Zone                     string
	Langs                          []option
	Fields                         []string
	Draft, Sent, Signed, Renewable bool
	Scan                           *scheduling.File
}

// versionFields are the inputs of a version, in their order.
var versionFields = []string{"text", "lang", "starts", "until", "signatory", "position", "email", "file", "name", "day"}

// showNewVersion answers GET /organise/memberships/:id/agreement.
func (s *Server) showNewVersion(c *fiber.Ctx) error {
	m, err := s.desk.Member(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	if v := m.OpenVersion(); v != nil {
		return s.seeOther(c, "/organise/agreements/"+v.ID, "")
	}
	in := scheduling.NextVersion(m, s.desk.DB.Now())
	if in.Lang == "" {
		in.Lang = s.lang(c).Code()
	}
	v := inputValues(in)
	v.set("id", storage.NewID())
	return s.version(c, &versionPage{Member: m, F: v}, nil)
}

// inputValues are the fields of the form for a version.
func inputValues(in scheduling.AgreementInput) values {
	v := values{}
	for name, s := range map[string]string{"text": in.Text, "lang": in.Lang, "starts": in.Starts, "until": in.Until, "signatory": in.Signatory, "position": in.Position, "email": in.Email} {
		v.set(name, s)
	}
	return v
}

func (s *Server) version(c *fiber.Ctx, p *versionPage, problem *FormProblem) error {
	frame := directoryPage()
	p.Page = frame
	p.Problem, p.Zone, p.Langs, p.Fields = s.labelled(c, "membership.f.", problem), houseZone, s.languageOptions(), scheduling.AgreementFields
	p.Base = "/organise/memberships/" + p.Member.Membership.ID + "/agreement"
	if p.SigningPage != nil {
		a := p.Agreement
		p.Base = "/organise/agreements/" + a.ID
		p.Draft, p.Sent, p.Signed = a.State == scheduling.AgreementDraft, a.State == scheduling.AgreementSent, a.Signature != nil
		p.Renewable = p.Signed && p.Member.Membership.State == scheduling.JoinActive
	}
	return s.page(c, "agreement_version", p)
}

// readInput reads a version out of its form.
func readInput(f *form, membershipID string) scheduling.AgreementInput {
	return scheduling.AgreementInput{ID: f.NewID(), Rev: max(0, f.Revision()), MembershipID: membershipID, Lang: f.Value("lang"), Text: f.Text("text"), Starts: f.Day("starts"), Until: f.Day("until"),
		Signatory: f.Text("signatory"), Position: f.Text("position"), Email: f.Text("email")}
}

// createVersion answers POST /organise/memberships/:id/agreement. Sent twice, it
// begins one.
func (s *Server) createVersion(c *fiber.Ctx) error {
	f := s.form(c)
	in := readInput(f, c.Params("id"))
	in.Rev = 0
	err := f.Err()
	var a *scheduling.Agreement
	if err == nil {
		a, err = s.desk.SaveAgreement(c.UserContext(), actor(c), in)
	}
	if problem := s.inForm(c, err, versionFields...); problem != nil {
		m, err := s.desk.Member(c.UserContext(), actor(c), c.Params("id"))
		if err != nil {
			return err
		}
		return s.version(c, &versionPage{Member: m, F: f.typed}, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/agreements/"+a.ID, "membership.flash.drafted")
}

// showVersion answers GET /organise/agreements/:id.
func (s *Server) showVersion(c *fiber.Ctx) error { return s.oneVersion(c, nil, nil) }

func (s *Server) oneVersion(c *fiber.Ctx, typed values, problem *FormProblem) error {
	found, err := s.desk.AgreementText(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	m, err := s.desk.Member(c.UserContext(), actor(c), found.Agreement.MembershipID)
	if err != nil {
		return err
	}
	p := &versionPage{SigningPage: found, Member: m, F: typed}
	a := found.Agreement
	if typed == nil {
		p.F = inputValues(scheduling.AgreementInput{Text: a.Text, Lang: a.Lang, Starts: a.FirstDay(), Until: a.LastDay(), Signatory: a.Signatory, Position: a.Position, Email: a.Email})
		p.F.set("name", a.Signatory)
	}
	p.F.set("id", a.ID)
	p.F.set("rev", strconv.FormatInt(a.Rev, 10))
	if i := slices.IndexFunc(m.Versions, func(v *scheduling.AgreementVersion) bool { return v.ID == a.ID }); i >= 0 {
		p.Scan = m.Versions[i].Scan
	}
	return s.version(c, p, problem)
}

// versionDone answers what an organiser did with a version.
func (s *Server) versionDone(c *fiber.Ctx, f *form, err error, said string) error {
	if problem := s.inForm(c, err, versionFields...); problem != nil {
		var typed values
		if f.Has("text") {
			typed = f.typed
		}
		return s.oneVersion(c, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/agreements/"+c.Params("id"), said)
}

// editVersion answers POST /organise/agreements/:id.
func (s *Server) editVersion(c *fiber.Ctx) error {
	p, err := s.desk.AgreementText(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f := s.form(c)
	in := readInput(f, p.Agreement.MembershipID)
	in.ID, in.Rev = p.Agreement.ID, f.EditRevision()
	if err = f.Err(); err == nil {
		_, err = s.desk.SaveAgreement(c.UserContext(), actor(c), in)
	}
	return s.versionDone(c, f, err, "membership.flash.saved")
}

// sendAgreementOut answers POST /organise/agreements/:id/send.
func (s *Server) sendAgreementOut(c *fiber.Ctx) error {
	_, err := s.desk.SendAgreement(c.UserContext(), actor(c), c.Params("id"))
	return s.versionDone(c, s.form(c), err, "membership.flash.sent")
}

// deleteVersion answers POST /organise/agreements/:id/delete.
func (s *Server) deleteVersion(c *fiber.Ctx) error {
	p, err := s.desk.AgreementText(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	err = s.desk.DeleteAgreement(c.UserContext(), actor(c), c.Params("id"))
	if s.inForm(c, err) != nil || err != nil {
		return s.versionDone(c, s.form(c), err, "")
	}
	return s.seeOther(c, "/organise/memberships/"+p.Agreement.MembershipID, "membership.flash.deleted")
}

// renewVersion answers POST /organise/agreements/:id/renew.
func (s *Server) renewVersion(c *fiber.Ctx) error {
	next, err := s.desk.RenewAgreement(c.UserContext(), actor(c), c.Params("id"))
	if s.inForm(c, err) != nil || err != nil {
		return s.versionDone(c, s.form(c), err, "")
	}
	return s.seeOther(c, "/organise/agreements/"+next.ID, "membership.flash.drafted")
}

// attachAgreement answers POST /organise/agreements/:id/file; with "drop" the
// text is signed again.
func (s *Server) attachAgreement(c *fiber.Ctx) error {
	f := s.form(c)
	var body []byte
	var name string
	if !f.Check("drop") {
		body, name = f.File("file", scheduling.FileLimit)
	}
	err := f.Err()
	if err == nil {
		_, err = s.desk.AttachAgreement(c.UserContext(), actor(c), c.Params("id"), name, body)
	}
	return s.versionDone(c, f, err, "membership.flash.saved")
}

// notePaper answers POST /organise/agreements/:id/paper.
func (s *Server) notePaper(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.PaperSignature{Name: f.Text("name"), Position: f.Text("position"), Day: f.Day("day")}
	in.Scan, in.File = f.File("file", scheduling.FileLimit)
	err := f.Err()
	if err == nil {
		_, err = s.desk.NoteSigned(c.UserContext(), actor(c), c.Params("id"), in)
	}
	return s.versionDone(c, f, err, "membership.flash.signed")
}

// downloadVersion answers GET /organise/agreements/:id/document.
func (s *Server) downloadVersion(c *fiber.Ctx) error {
	p, err := s.desk.AgreementText(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.sendVersion(c, p)
}

// downloadVersionFile answers GET /organise/agreements/:id/files/:file.
func (s *Server) downloadVersionFile(c *fiber.Ctx) error {
	x, err := s.desk.AgreementFile(c.UserContext(), actor(c), c.Params("id"), c.Params("file"))
	if err != nil {
		return err
	}
	return s.sendFile(c, x.File, x.Body)
}

// termsPage is the data of templates/pages/membership_terms.html.
type termsPage struct {
	Page
	Cluster *scheduling.Cluster
	F       values
	Texts   []termsText
	Fields  []string
}

// A termsText is the template in one language.
type termsText struct{ Lang, Label, Text string }

// showMembershipTerms answers GET /organise/clusters/:id/membership.
func (s *Server) showMembershipTerms(c *fiber.Ctx) error { return s.terms(c, nil, nil) }

func (s *Server) terms(c *fiber.Ctx, typed values, problem *FormProblem) error {
	cl, t, err := s.desk.MembershipTerms(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &termsPage{Page: directoryPage(), Cluster: cl, F: typed, Fields: scheduling.AgreementFields}
	p.Problem = s.labelled(c, "membership.f.", problem)
	if typed == nil {
		p.F = values{"months": {strconv.Itoa(t.Months)}}
		if !t.Free {
			p.F.set("required", "1")
		}
		for lang, text := range t.Text {
			p.F.set("text."+lang, text)
		}
	}
	p.F.set("rev", strconv.FormatInt(t.Rev, 10))
	for _, o := range s.languageOptions() {
		p.Texts = append(p.Texts, termsText{o.Value, s.lang(c).Text("membership.text_in", "language", o.Label), p.F.Get("text." + o.Value)})
	}
	return s.page(c, "membership_terms", p)
}

// saveMembershipTerms answers POST /organise/clusters/:id/membership.
func (s *Server) saveMembershipTerms(c *fiber.Ctx) error {
	f := s.form(c)
	t := &scheduling.MembershipTerms{Meta: storage.Meta{ID: c.Params("id"), Rev: f.Revision()}, Text: f.Langs("text"), Months: f.Int("months", 0, 120), Free: !f.Check("required")}
	err := f.Err()
	if err == nil {
		err = s.desk.SaveMembershipTerms(c.UserContext(), actor(c), t)
	}
	if problem := s.inForm(c, err, "text", "months"); problem != nil {
		return s.terms(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/clusters/"+c.Params("id")+"/membership", "membership.flash.saved")
}
