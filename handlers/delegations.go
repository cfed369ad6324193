package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// delegationRoutes are delegations that come: for everybody to ask, for them by
// their links, and for organisers to decide.
func (s *Server) delegationRoutes() []route {
	const enquiry = "/organise/trips/:id/enquiry"
	return []route{
		get("/delegations/request", Public, s.showDelegationRequest),
		post("/delegations/request", Public, s.requestDelegation),
		get("/delegations/confirm/:link", Link, s.showConfirmDelegation),
		post("/delegations/confirm/:link", Link, s.confirmDelegation),
		get("/delegations/:link", Link, s.showDelegation),
		get("/delegations/:link/edit", Link, s.showEditDelegation),
		post("/delegations/:link/edit", Link, s.editDelegation),
		post("/delegations/:link/withdraw", Link, s.withdrawDelegation),
		post("/delegations/:link/visitors", Link, s.addVisitor),
		post("/delegations/:link/visitors/:visitor/drop", Link, s.dropVisitor),
		get("/delegations/:link/programme", Link, s.showDelegationProgramme),

		get(enquiry, Organiser, s.showEnquiry),
		post(enquiry+"/screen", Organiser, s.screenEnquiry),
		post(enquiry+"/clusters", Organiser, s.assignEnquiry),
		post(enquiry+"/accept", Organiser, s.acceptEnquiry),
		post(enquiry+"/decline", Organiser, s.declineEnquiry),
		post(enquiry+"/state", Organiser, s.moveEnquiry),
		get("/organise/trips/:id/group-meetings/new", Organiser, s.showNewGroupMeetings),
		post("/organise/trips/:id/group-meetings/new", Organiser, s.createGroupMeetings),
	}
}

// delegationFormPage is the data of templates/pages/delegation_request.html.
type delegationFormPage struct {
	Page
	F         values
	Topics    []option
	Countries []option
	Tongues   []tick
	Criteria  []string
	Sent      bool   // a mail with a link is on its way
	Link      string // of the request that is changed; "" for a new one
}

// enquiryFields are the inputs of the form, in its order.
var enquiryFields = []string{"topic", "about", "hosts", "size", "days", "from", "until", "languages", "body", "country", "website", "name", "email", "phone"}

// showDelegationRequest answers GET /delegations/request.
func (s *Server) showDelegationRequest(c *fiber.Ctx) error {
	v := values{}
	v.set("id", storage.NewID())
	v.set("topic", text(c, "topic"))
	return s.delegationForm(c, &delegationFormPage{F: v}, nil)
}

func (s *Server) delegationForm(c *fiber.Ctx, p *delegationFormPage, problem *FormProblem) error {
	p.Problem, p.Criteria = s.labelled(c, "delegation.f.", problem), scheduling.DelegationCriteria
	topics, err := s.desk.DelegationTopics(c.UserContext())
	if err != nil {
		return err
	}
	l := s.lang(c)
	for _, t := range topics {
		p.Topics = append(p.Topics, option{t.Key, t.Name(l)})
	}
	p.Countries = s.countryOptions(c)
	var tongues []option
	for _, code := range scheduling.MeetingLanguages {
		tongues = append(tongues, option{code, l.Tongue(code)})
	}
	p.Tongues = ticks(tongues, p.F["languages"])
	if p.Link != "" {
		p.NoIndex = true
	}
	return s.page(c, "delegation_request", p)
}

// enquiry reads a request out of its form.
func (f *form) enquiry() scheduling.Enquiry {
	return scheduling.Enquiry{Body: f.Text("body"), Country: f.Text("country"), Website: f.Text("website"), Name: f.Text("name"), Email: f.Text("email"), Phone: f.Text("phone"),
		Topic: f.Text("topic"), About: f.Text("about"), Hosts: f.Text("hosts"), Size: f.Int("size", 0, 100_000), Days: f.Int("days", 0, 1000),
		From: f.Day("from"), Until: f.Day("until"), Languages: f.List("languages")}
}

// requestDelegation answers POST /delegations/request. Sent twice, it counts once.
func (s *Server) requestDelegation(c *fiber.Ctx) error {
	f := s.form(c)
	p := &delegationFormPage{F: f.typed, Sent: true}
	if f.Value("homepage") != "" { // people do not see this field; programs fill in everything
		return s.delegationForm(c, p, nil)
	}
	in := f.enquiry()
	in.Lang = s.lang(c).Code()
	err := f.Join(s.desk.RequestDelegation(c.UserContext(), f.NewID(), in))
	if problem := s.inForm(c, err, enquiryFields...); problem != nil {
		p.Sent = false
		return s.delegationForm(c, p, problem)
	}
	if err != nil {
		return err
	}
	return s.delegationForm(c, p, nil)
}

// confirmDelegationPage is the data of templates/pages/delegation_confirm.html.
type confirmDelegationPage struct {
	Page
	*scheduling.DelegationWish
}

// showConfirmDelegation only looks at the link: mail programs open links too.
func (s *Server) showConfirmDelegation(c *fiber.Ctx) error {
	secret(c)
	found, err := s.desk.DelegationWishByLink(c.UserContext(), c.Params("link"))
	p := &confirmDelegationPage{DelegationWish: found}
	if p.NoIndex, p.Problem = true, s.inForm(c, err); p.Problem == nil && err != nil {
		return err
	}
	return s.page(c, "delegation_confirm", p)
}

// confirmDelegation answers POST /delegations/confirm/:link.
func (s *Server) confirmDelegation(c *fiber.Ctx) error {
	t, err := s.desk.ConfirmDelegation(c.UserContext(), c.Params("link"))
	if p := s.inForm(c, err); p != nil {
		return s.showConfirmDelegation(c)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/delegations/"+s.desk.DelegationLink(t), "delegation.flash.confirmed")
}

// delegationPage is the data of templates/pages/delegation.html.
type delegationPage struct {
	Page
	*scheduling.DelegationPage
	F    values
	Base string
}

// showDelegation answers GET /delegations/:link.
func (s *Server) showDelegation(c *fiber.Ctx) error { return s.delegation(c, values{}, nil) }

func (s *Server) delegation(c *fiber.Ctx, v values, problem *FormProblem) error {
	secret(c)
	found, err := s.desk.DelegationByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := &delegationPage{DelegationPage: found, F: v, Base: "/delegations/" + c.Params("link")}
	p.NoIndex, p.Problem, p.Emblem = true, s.labelled(c, "delegation.f.", problem), s.emblem(c, found.Project)
	if found.Cluster != nil {
		p.Brand = s.brand(c, found.Cluster)
	}
	return s.page(c, "delegation", p)
}

// showEditDelegation answers GET /delegations/:link/edit.
func (s *Server) showEditDelegation(c *fiber.Ctx) error {
	secret(c)
	found, err := s.desk.DelegationByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	if !found.Editable {
		return s.seeOtherBad(c, "/delegations/"+c.Params("link"), "delegation.not_editable")
	}
	return s.delegationForm(c, &delegationFormPage{F: enquiryValues(found.Trip.Enquiry), Link: c.Params("link")}, nil)
}

// editDelegation answers POST /delegations/:link/edit.
func (s *Server) editDelegation(c *fiber.Ctx) error {
	secret(c)
	f := s.form(c)
	in := f.enquiry()
	in.Lang = s.lang(c).Code()
	_, err := s.desk.EditDelegation(c.UserContext(), c.Params("link"), in)
	return s.delegationEdited(c, f, f.Join(err))
}

func (s *Server) delegationEdited(c *fiber.Ctx, f *form, err error) error {
	if problem := s.inForm(c, err, enquiryFields...); problem != nil {
		return s.delegationForm(c, &delegationFormPage{F: f.typed, Link: c.Params("link")}, problem)
	}
	return s.delegationDone(c, f, err, "delegation.flash.saved")
}

// delegationDone answers what a body does by its link.
func (s *Server) delegationDone(c *fiber.Ctx, f *form, err error, said string) error {
	if problem := s.inForm(c, err, "name", "email", "company", "title"); problem != nil {
		return s.delegation(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/delegations/"+c.Params("link"), said)
}

// withdrawDelegation answers POST /delegations/:link/withdraw.
func (s *Server) withdrawDelegation(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.WithdrawDelegation(c.UserContext(), c.Params("link"), f.Text("reason"))
	return s.delegationDone(c, f, err, "delegation.flash.withdrawn")
}

// addVisitor answers POST /delegations/:link/visitors.
func (s *Server) addVisitor(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.AddVisitor(c.UserContext(), c.Params("link"), scheduling.Traveller{Name: f.Text("name"), Email: f.Text("email"), Title: f.Text("title"), Company: f.Text("company")})
	return s.delegationDone(c, f, err, "delegation.flash.named")
}

// dropVisitor answers POST /delegations/:link/visitors/:visitor/drop.
func (s *Server) dropVisitor(c *fiber.Ctx) error {
	_, err := s.desk.DropVisitor(c.UserContext(), c.Params("link"), c.Params("visitor"))
	return s.delegationDone(c, s.form(c), err, "delegation.flash.dropped")
}

// visitorsPage is the data of templates/pages/delegation_programme.html.
type visitorsPage struct {
	Page
	*scheduling.VisitorsProgramme
	Base string
}

// showDelegationProgramme answers GET /delegations/:link/programme.
func (s *Server) showDelegationProgramme(c *fiber.Ctx) error {
	secret(c)
	found, err := s.desk.DelegationProgramme(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := &visitorsPage{VisitorsProgramme: found, Base: "/delegations/" + c.Params("link")}
	p.NoIndex, p.Emblem = true, s.emblem(c, found.Project)
	if found.Cluster != nil {
		p.Brand = s.brand(c, found.Cluster)
	}
	return s.page(c, "delegation_programme", p)
}

// enquiryValues are the fields of the form for a request.
func enquiryValues(q *scheduling.Enquiry) values {
	v := values{"languages": q.Languages}
	for name, s := range map[string]string{"body": q.Body, "country": q.Country, "website": q.Website, "name": q.Name, "email": q.Email, "phone": q.Phone, "topic": q.Topic,
		"about": q.About, "hosts": q.Hosts, "from": q.From, "until": q.Until, "size": strconv.Itoa(q.Size), "days": strconv.Itoa(q.Days)} {
		v.set(name, s)
	}
	return v
}
