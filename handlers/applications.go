package handlers

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// applicationRoutes are companies' applications for trips: to send one, to go on
// with it by a link, to select.
func (s *Server) applicationRoutes() []route {
	const mine, all = "/applications/:link", "/organise/trips/:id/applications"
	const one = all + "/:application"
	return []route{
		get("/trips/:slug/apply", Public, s.showApply),
		post("/trips/:slug/apply", Public, s.sendApplication),
		get("/trips/:slug/applied", Public, s.showApplied),
		get(mine, Link, s.showOwnApplication),
		get(mine+"/edit", Link, s.showEditApplication),
		post(mine+"/edit", Link, s.editApplication),
		post(mine+"/accept", Link, s.acceptSeats),
		get(mine+"/decline", Link, s.showEndApplication("decline")),
		post(mine+"/decline", Link, s.declineSeats),
		get(mine+"/withdraw", Link, s.showEndApplication("withdraw")),
		post(mine+"/withdraw", Link, s.withdrawApplication),
		get(mine+"/commit", Link, s.showCommit),
		post(mine+"/commit", Link, s.commitApplication),
		post(mine+"/seats", Link, s.reduceSeats),
		post(mine+"/travellers", Link, s.nameTraveller),
		post(mine+"/travellers/remove", Link, s.dropTraveller),
		get(all, Organiser, s.showApplications),
		post(all, Organiser, s.decideApplications),
		get(all+".csv", Organiser, s.exportApplications(csvFile)),
		get(all+".xlsx", Organiser, s.exportApplications(xlsx)),
		post(all+"/suggestion", Organiser, s.applySuggestion),
		post(all+"/next", Organiser, s.offerNext),
		get(one, Organiser, s.showApplication),
		post(one+"/score", Organiser, s.scoreApplication),
		post(one+"/note", Organiser, s.noteApplication),
		post(one+"/decide", Organiser, s.decideApplication),
		post(one+"/deadline", Organiser, s.extendOffer),
		post(one+"/rank", Organiser, s.rankApplication),
	}
}

// applyPage is the data of templates/pages/apply.html and applied.html.
type applyPage struct {
	Page
	*scheduling.ApplyPage
	Application *scheduling.Application // none yet
	F           values
	Days        string // of the trip
	Open        bool   // the form is shown
	Countries   []option
}

func (s *Server) applyPage(c *fiber.Ctx) (*applyPage, error) {
	found, err := s.desk.ApplyPage(c.UserContext(), actor(c), c.Params("slug"))
	if err != nil {
		return nil, err
	}
	p := &applyPage{ApplyPage: found, Days: found.Trip.Days(s.lang(c)), Countries: s.countryOptions(c), F: values{}}
	p.Open = found.Standing == scheduling.ApplyOpen || found.Organise && found.Standing == scheduling.ApplyClosed
	p.NoIndex, p.Emblem = true, s.emblem(c, found.Project)
	if found.Cluster != nil {
		p.Brand = s.brand(c, found.Cluster)
	}
	c.Set(fiber.HeaderCacheControl, "no-store") // a form is for one application
	return p, nil
}

// countryOptions are all countries, by their names.
func (s *Server) countryOptions(c *fiber.Ctx) (out []option) {
	l := s.lang(c)
	for _, code := range l.Countries() {
		out = append(out, option{code, l.Country(code)})
	}
	return out
}

// showApply answers GET /trips/:slug/apply.
func (s *Server) showApply(c *fiber.Ctx) error {
	p, err := s.applyPage(c)
	if err != nil {
		return err
	}
	p.Known.Lang = s.lang(c).Code()
	p.F = applicationValues(p.Known)
	p.F.set("once", storage.NewID())
	return s.page(c, "apply", p)
}

func applicationValues(in scheduling.ApplicationForm) values {
	v := values{}
	for name, text := range map[string]string{"company": in.Company, "business_id": in.BusinessID, "country": in.Country, "website": in.Website, "name": in.Name,
		"email": in.Email, "phone": in.Phone, "lang": in.Lang, "motivation": in.Motivation, "goals": in.Goals, "partners": in.Partners, "once": in.Once} {
		v.set(name, text)
	}
	v.number("seats", in.Seats)
	return v
}

// applicationForm reads the form.
func (f *form) applicationForm() scheduling.ApplicationForm {
	in := scheduling.ApplicationForm{Once: f.Value("once"), Company: f.Text("company"), BusinessID: f.Text("business_id"), Country: f.Text("country"),
		Website: f.Text("website"), Name: f.Text("name"), Email: f.Text("email"), Phone: f.Text("phone"), Lang: f.Value("lang"),
		Motivation: f.Text("motivation"), Goals: f.Text("goals"), Partners: f.Text("partners"), Terms: f.Check("terms")}
	if len(in.Once) > 64 {
		in.Once = ""
	}
	in.Seats, _ = strconv.Atoi(f.Text("seats")) // none is wrong, which the desk says
	return in
}

var applicationFields = []string{"company", "business_id", "country", "website", "name", "email", "phone", "lang", "seats", "motivation", "goals", "partners", "terms"}

// sendApplication answers POST /trips/:slug/apply. The answer is the same
// whether the company has applied before or not: only its own mail says more.
func (s *Server) sendApplication(c *fiber.Ctx) error {
	p, err := s.applyPage(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	if f.Value("fax") != "" { // people do not see this field; programs fill in everything
		return s.seeOther(c, "/trips/"+p.Trip.Slug+"/applied", "")
	}
	in := f.applicationForm()
	if !s.texts.Has(in.Lang) {
		in.Lang = s.lang(c).Code()
	}
	a, again, err := s.desk.Apply(c.UserContext(), actor(c), p.Trip.ID, in)
	if p.Problem = s.labelled(c, "application.f.", s.inForm(c, err, applicationFields...)); p.Problem != nil {
		p.F = f.typed
		return s.page(c, "apply", p)
	}
	switch {
	case err != nil:
		return err
	case !p.Organise:
		return s.seeOther(c, "/trips/"+p.Trip.Slug+"/applied", "")
	case again:
		return s.seeOther(c, "/organise/trips/"+p.Trip.ID+"/applications/"+a.ID, "application.flash.again")
	}
	return s.seeOther(c, "/organise/trips/"+p.Trip.ID+"/applications/"+a.ID, "application.flash.added")
}

// showApplied answers GET /trips/:slug/applied: the same to everybody.
func (s *Server) showApplied(c *fiber.Ctx) error {
	p, err := s.applyPage(c)
	if err != nil {
		return err
	}
	return s.page(c, "applied", p)
}

// ownApplicationPage is the data of the pages that a company sees of its
// application: templates/pages/my_application*.html.
type ownApplicationPage struct {
	Page
	*scheduling.ApplicationPage
	F       values
	Days    string // of the trip
	Base    string // address of the application
	End     string // "decline" or "withdraw": what is asked about
	Fewer   []option
	Instead string // the traveller whose form has what is wrong
}

func (s *Server) ownApplication(c *fiber.Ctx, problem *FormProblem) (*ownApplicationPage, error) {
	secret(c)
	found, err := s.desk.ApplicationByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return nil, err
	}
	p := &ownApplicationPage{ApplicationPage: found, Days: found.Trip.Days(s.lang(c)), Base: "/applications/" + c.Params("link"), F: values{}}
	p.NoIndex, p.Emblem, p.Problem = true, s.emblem(c, found.Project), s.labelled(c, "application.f.", problem)
	if found.Cluster != nil {
		p.Brand = s.brand(c, found.Cluster)
	}
	for n := 1; n < found.Application.Seats; n++ {
		p.Fewer = append(p.Fewer, option{strconv.Itoa(n), strconv.Itoa(n)})
	}
	slices.Reverse(p.Fewer)
	return p, nil
}

// showOwnApplication answers GET /applications/:link.
func (s *Server) showOwnApplication(c *fiber.Ctx) error { return s.ownApplicationPage(c, nil) }

func (s *Server) ownApplicationPage(c *fiber.Ctx, problem *FormProblem) error {
	p, err := s.ownApplication(c, problem)
	if err != nil {
		return err
	}
	if problem != nil {
		f := s.form(c)
		p.F, p.Instead = f.typed, f.Value("instead")
	}
	return s.page(c, "my_application", p)
}

// ownDone answers a change by a company: with its page and what is wrong, or by
// leading back to it.
func (s *Server) ownDone(c *fiber.Ctx, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.ownApplicationPage(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/applications/"+c.Params("link"), said)
}

// showEditApplication answers GET /applications/:link/edit.
func (s *Server) showEditApplication(c *fiber.Ctx) error {
	p, err := s.ownApplication(c, nil)
	if err != nil {
		return err
	}
	a := p.Application
	p.F = applicationValues(scheduling.ApplicationForm{Name: a.Name, Phone: a.Phone, Lang: a.Lang, Website: a.Website, Seats: a.Seats,
		Motivation: a.Motivation, Goals: a.Goals, Partners: a.Partners})
	p.F.set("rev", strconv.FormatInt(a.Rev, 10))
	return s.page(c, "my_application_edit", p)
}

// editApplication answers POST /applications/:link/edit.
func (s *Server) editApplication(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.applicationForm()
	if !s.texts.Has(in.Lang) {
		in.Lang = s.lang(c).Code()
	}
	_, err := s.desk.EditApplication(c.UserContext(), c.Params("link"), f.EditRevision(), in)
	if problem := s.inForm(c, err, applicationFields...); problem != nil {
		p, err := s.ownApplication(c, problem)
		if err != nil {
			return err
		}
		p.F = f.typed
		return s.page(c, "my_application_edit", p)
	}
	return s.ownDone(c, err, "application.flash.saved")
}

// acceptSeats answers POST /applications/:link/accept.
func (s *Server) acceptSeats(c *fiber.Ctx) error {
	_, err := s.desk.AcceptSeats(c.UserContext(), c.Params("link"))
	return s.ownDone(c, err, "application.flash.accepted")
}

// showEndApplication asks whether somebody is sure: GET /applications/:link/decline
// and /withdraw.
func (s *Server) showEndApplication(what string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := s.ownApplication(c, nil)
		if err != nil {
			return err
		}
		if what == "decline" && !p.CanAnswer || what == "withdraw" && !p.CanWithdraw {
			return s.seeOther(c, p.Base, "")
		}
		p.End = what
		return s.page(c, "my_application_end", p)
	}
}

// declineSeats answers POST /applications/:link/decline.
func (s *Server) declineSeats(c *fiber.Ctx) error {
	_, err := s.desk.DeclineSeats(c.UserContext(), c.Params("link"), short(s.form(c).Text("reason")))
	return s.ownDone(c, err, "application.flash.declined")
}

// withdrawApplication answers POST /applications/:link/withdraw.
func (s *Server) withdrawApplication(c *fiber.Ctx) error {
	_, err := s.desk.WithdrawApplication(c.UserContext(), c.Params("link"), short(s.form(c).Text("reason")))
	return s.ownDone(c, err, "application.flash.withdrawn")
}

// showCommit answers GET /applications/:link/commit.
func (s *Server) showCommit(c *fiber.Ctx) error { return s.commitPage(c, nil) }

func (s *Server) commitPage(c *fiber.Ctx, problem *FormProblem) error {
	p, err := s.ownApplication(c, problem)
	if err != nil {
		return err
	}
	if !p.CanCommit && problem == nil {
		return s.seeOther(c, p.Base, "")
	}
	return s.page(c, "my_application_commit", p)
}

// commitApplication answers POST /applications/:link/commit.
func (s *Server) commitApplication(c *fiber.Ctx) error {
	_, err := s.desk.CommitApplication(c.UserContext(), c.Params("link"), s.form(c).Check("terms"), s.lang(c).Code())
	if p := scheduling.ProblemIn(err); p != nil && p.Kind == scheduling.Invalid {
		return s.commitPage(c, s.inForm(c, err))
	}
	return s.ownDone(c, err, "application.flash.committed")
}

// reduceSeats answers POST /applications/:link/seats.
func (s *Server) reduceSeats(c *fiber.Ctx) error {
	n, _ := strconv.Atoi(s.form(c).Value("seats"))
	_, err := s.desk.ReduceSeats(c.UserContext(), c.Params("link"), n)
	return s.ownDone(c, err, "application.flash.reduced")
}

// nameTraveller answers POST /applications/:link/travellers.
func (s *Server) nameTraveller(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.Traveller{Name: f.Text("name"), Email: f.Text("email"), Title: f.Text("title"), Lang: f.Value("lang")}
	if !s.texts.Has(in.Lang) {
		in.Lang = s.lang(c).Code()
	}
	_, err := s.desk.NameTraveller(c.UserContext(), c.Params("link"), in, f.Value("instead"))
	return s.ownDone(c, err, "application.flash.named")
}

// dropTraveller answers POST /applications/:link/travellers/remove.
func (s *Server) dropTraveller(c *fiber.Ctx) error {
	err := s.desk.DropTraveller(c.UserContext(), c.Params("link"), s.form(c).Value("traveller"))
	return s.ownDone(c, err, "application.flash.dropped")
}
