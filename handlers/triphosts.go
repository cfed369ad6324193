package handlers

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// tripHostRoutes are the hosts of a trip: for those who organise or lead it, and
// for the hosts themselves by their links.
func (s *Server) tripHostRoutes() []route {
	const hosts = "/organise/trips/:id/hosts"
	return []route{
		get(hosts, SignedIn, s.showTripHosts),
		get(hosts+"/new", SignedIn, s.showNewHost),
		post(hosts+"/new", SignedIn, s.createHost),
		post(hosts+"/invite", SignedIn, s.inviteHosts),
		get(hosts+"/:host/edit", SignedIn, s.showEditHost),
		post(hosts+"/:host/edit", SignedIn, s.editHost),
		post(hosts+"/:host/state", SignedIn, s.setHostState),
		post(hosts+"/:host/drop", SignedIn, s.dropHost),
		post("/organise/trips/:id/rounds/:round/enter", Organiser, s.enterTripRound),
		post("/organise/trips/:id/rounds/:round/programme", Organiser, s.planTripRound),
		get("/hosts/:link", Link, s.showHost),
		post("/hosts/:link", Link, s.answerHost),
	}
}

// tripHostsPage is the data of templates/pages/trip_hosts.html.
type tripHostsPage struct {
	tripPage
	Stops    []hostStop
	Unasked  []string // ids of hosts that can be invited now
	Declined int
}

// A hostStop is a stop with its hosts and rounds.
type hostStop struct {
	Stop   scheduling.Stop
	Hosts  []hostLine
	Rounds []*scheduling.Round
}

// A hostLine is a host with what visits refer to it.
type hostLine struct {
	scheduling.Host
	Visits []scheduling.Activity
	Mail   bool // it has an address
}

// showTripHosts answers GET /organise/trips/:id/hosts.
func (s *Server) showTripHosts(c *fiber.Ctx) error { return s.tripHosts(c, nil) }

func (s *Server) tripHosts(c *fiber.Ctx, problem *FormProblem) error {
	head, err := s.trip(c)
	if err != nil {
		return err
	}
	found, err := s.desk.Programme(c.UserContext(), actor(c), head.Trip.ID)
	if err != nil {
		return err
	}
	p := &tripHostsPage{tripPage: head}
	p.Problem = problem
	var rounds []*scheduling.Round
	if p.Organise {
		if rounds, err = s.desk.RoundsOfTrip(c.UserContext(), actor(c), head.Trip.ID); err != nil {
			return err
		}
	}
	for _, stop := range head.Trip.Stops {
		p.Stops = append(p.Stops, p.stop(stop, found.Programme, rounds))
	}
	return s.page(c, "trip_hosts", p)
}

func (p *tripHostsPage) stop(stop scheduling.Stop, pr *scheduling.Programme, rounds []*scheduling.Round) hostStop {
	at := hostStop{Stop: stop}
	for _, h := range pr.Hosts {
		if h.StopID != stop.ID {
			continue
		}
		line := hostLine{Host: h, Visits: pr.VisitsOf(h.ID)}
		line.Mail = slices.ContainsFunc(h.Contacts, func(x scheduling.HostContact) bool { return x.Email != "" })
		if h.State == scheduling.HostPlanned && line.Mail && len(line.Visits) > 0 {
			p.Unasked = append(p.Unasked, h.ID)
		}
		if h.State == scheduling.HostDeclined {
			p.Declined++
		}
		at.Hosts = append(at.Hosts, line)
	}
	for _, r := range rounds {
		if r.StopID == stop.ID {
			at.Rounds = append(at.Rounds, r)
		}
	}
	return at
}

// hostsDone answers a change of a trip's hosts.
func (s *Server) hostsDone(c *fiber.Ctx, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.tripHosts(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/hosts", said)
}

// inviteHosts answers POST /organise/trips/:id/hosts/invite.
func (s *Server) inviteHosts(c *fiber.Ctx) error {
	_, err := s.desk.InviteHosts(c.UserContext(), actor(c), c.Params("id"), s.form(c).List("hosts")...)
	return s.hostsDone(c, err, "host.flash.invited")
}

// setHostState answers POST …/hosts/:host/state: what a host said by other means.
func (s *Server) setHostState(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.SetHostState(c.UserContext(), actor(c), c.Params("id"), c.Params("host"), scheduling.HostState(f.Value("state")), f.Text("comment"))
	return s.hostsDone(c, err, "host.flash.noted")
}

// dropHost answers POST …/hosts/:host/drop.
func (s *Server) dropHost(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.DropHost(c.UserContext(), actor(c), c.Params("id"), c.Params("host"), f.Check("visits"), short(f.Text("reason")))
	return s.hostsDone(c, err, "host.flash.dropped")
}

// enterTripRound answers POST /organise/trips/:id/rounds/:round/enter.
func (s *Server) enterTripRound(c *fiber.Ctx) error {
	out, err := s.desk.EnterTrip(c.UserContext(), actor(c), c.Params("round"))
	if p := s.inForm(c, err); p != nil {
		return s.tripHosts(c, p)
	}
	if err != nil {
		return err
	}
	path := "/organise/trips/" + c.Params("id") + "/hosts"
	if len(out.Left) > 0 {
		return s.seeOtherBad(c, path, "triprounds.flash.left", "entered", out.Entered, "left", short(strings.Join(out.Left, ", ")))
	}
	return s.seeOther(c, path, "triprounds.flash.entered", "count", out.Entered)
}

// planTripRound answers POST /organise/trips/:id/rounds/:round/programme.
func (s *Server) planTripRound(c *fiber.Ctx) error {
	_, err := s.desk.PutRoundInProgramme(c.UserContext(), actor(c), c.Params("round"))
	return s.hostsDone(c, err, "triprounds.flash.planned")
}

// hostFormPage is the data of templates/pages/trip_host_form.html.
type hostFormPage struct {
	tripPage
	F         values
	Host      *scheduling.Host // as stored; nil for a new one
	Stops     []option
	Kinds     []option
	Langs     []option
	Companies []string // names to choose from
	Company   string   // of the directory, that it is
}

// showNewHost answers GET …/hosts/new: an empty form, or one filled with what
// the directory knows of the company that is named.
func (s *Server) showNewHost(c *fiber.Ctx) error {
	head, err := s.trip(c)
	if err != nil {
		return err
	}
	h := &scheduling.Host{StopID: c.Query("stop"), Lang: "en", Kind: scheduling.SME}
	name := text(c, "company")
	if name != "" && head.Organise {
		id, err := s.desk.CompanyNamed(c.UserContext(), actor(c), name)
		if errors.Is(err, storage.ErrNotFound) {
			err = &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"company": "round.no_company"}}
			v := hostValues(h)
			v.set("company", name)
			return s.hostForm(c, &hostFormPage{tripPage: head, F: v}, s.inForm(c, err))
		}
		if err != nil {
			return err
		}
		known, err := s.desk.CompanyHost(c.UserContext(), actor(c), head.Trip.ID, id)
		if err != nil {
			return err
		}
		known.StopID = h.StopID
		h = known
	}
	p := &hostFormPage{tripPage: head, F: hostValues(h)}
	p.F.set("id", storage.NewID())
	return s.hostForm(c, p, nil)
}

func (s *Server) hostForm(c *fiber.Ctx, p *hostFormPage, problem *FormProblem) error {
	p.Problem = s.labelled(c, "host.f.", problem)
	l := s.lang(c)
	for _, stop := range p.Trip.Stops {
		p.Stops = append(p.Stops, option{stop.ID, stop.City + ", " + l.Country(stop.Country)})
	}
	for _, k := range scheduling.CompanyKinds {
		p.Kinds = append(p.Kinds, s.options(c, "directory.kind", string(k))...)
	}
	p.Langs = s.options(c, "lang", s.texts.Langs()...)
	if id := p.F.Get("company_id"); id != "" && actor(c).OrganisesAny() {
		if co, err := s.desk.Company(c.UserContext(), actor(c), id); err == nil {
			p.Company = co.Name
		}
	} else if p.Host == nil && p.Organise {
		list, _, err := s.desk.Companies(c.UserContext(), actor(c), scheduling.ListFilter{Limit: 500})
		if err != nil {
			return err
		}
		for _, co := range list {
			p.Companies = append(p.Companies, co.Name)
		}
	}
	return s.page(c, "trip_host_form", p)
}

// createHost answers POST …/hosts/new. Sent twice, it adds one.
func (s *Server) createHost(c *fiber.Ctx) error {
	head, err := s.trip(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := f.host()
	in.ID = f.NewID()
	return s.saveHost(c, &hostFormPage{tripPage: head, F: f.typed}, in, 0)
}

// showEditHost answers GET …/hosts/:host/edit.
func (s *Server) showEditHost(c *fiber.Ctx) error {
	head, pr, h, err := s.tripHost(c)
	if err != nil {
		return err
	}
	p := &hostFormPage{tripPage: head, F: hostValues(h), Host: h}
	p.F.set("rev", number64(pr.Rev))
	return s.hostForm(c, p, nil)
}

// tripHost reads the host of the address.
func (s *Server) tripHost(c *fiber.Ctx) (tripPage, *scheduling.Programme, *scheduling.Host, error) {
	head, err := s.trip(c)
	if err != nil {
		return head, nil, nil, err
	}
	found, err := s.desk.Programme(c.UserContext(), actor(c), head.Trip.ID)
	if err != nil {
		return head, nil, nil, err
	}
	h := found.Programme.Host(c.Params("host"))
	if h == nil {
		return head, nil, nil, storage.ErrNotFound
	}
	return head, found.Programme, h, nil
}

// editHost answers POST …/hosts/:host/edit.
func (s *Server) editHost(c *fiber.Ctx) error {
	head, _, h, err := s.tripHost(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := f.host()
	in.ID = h.ID
	return s.saveHost(c, &hostFormPage{tripPage: head, F: f.typed, Host: h}, in, f.EditRevision())
}

func (s *Server) saveHost(c *fiber.Ctx, p *hostFormPage, in *scheduling.Host, rev int64) error {
	found, err := s.desk.SaveHost(c.UserContext(), actor(c), p.Trip.ID, rev, in)
	if problem := s.inForm(c, err, "name", "stop_id", "kind", "lang", "contacts", "website", "address", "about"); problem != nil {
		if p.Host != nil {
			if now, err := s.desk.Programme(c.UserContext(), actor(c), p.Trip.ID); err == nil {
				found = now
			}
		}
		if found != nil {
			p.F.set("rev", number64(found.Programme.Rev))
		}
		return s.hostForm(c, p, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base+"/hosts", "host.flash.saved")
}

// host reads a host out of its form.
func (f *form) host() *scheduling.Host {
	return &scheduling.Host{Name: f.Text("name"), CompanyID: f.Text("company_id"), StopID: f.Text("stop_id"), Kind: scheduling.CompanyKind(f.Text("kind")), Lang: f.Text("lang"),
		Website: f.Text("website"), Address: f.Text("address"), About: f.Langs("about"), Contacts: hostContacts(f.Text("contacts"))}
}

// hostContacts reads contacts, one a line: the name first, then in any order a
// title, an address and a telephone number.
func hostContacts(s string) (out []scheduling.HostContact) {
	for _, line := range lines(s) {
		parts := strings.Split(line, ",")
		c := scheduling.HostContact{Name: strings.TrimSpace(parts[0])}
		for _, part := range parts[1:] {
			switch part = strings.TrimSpace(part); {
			case part == "":
			case strings.Contains(part, "@"):
				c.Email = part
			case strings.Trim(part, "+0123456789 ()-/") == "":
				c.Phone = part
			case c.Title == "":
				c.Title = part
			default:
				c.Title += ", " + part
			}
		}
		out = append(out, c)
	}
	return out
}

// hostValues are the fields of the form for a host.
func hostValues(h *scheduling.Host) values {
	v := values{}
	for name, s := range map[string]string{"name": h.Name, "company_id": h.CompanyID, "stop_id": h.StopID, "kind": string(h.Kind), "lang": h.Lang, "website": h.Website, "address": h.Address} {
		v.set(name, s)
	}
	v.text("about", h.About)
	var contacts []string
	for _, c := range h.Contacts {
		parts := slices.DeleteFunc([]string{c.Name, c.Title, c.Email, c.Phone}, func(s string) bool { return s == "" })
		contacts = append(contacts, strings.Join(parts, ", "))
	}
	v.set("contacts", strings.Join(contacts, "\n"))
	return v
}

// hostPage is the data of templates/pages/host.html.
type hostPage struct {
	Page
	*scheduling.HostPage
	F    values
	Link string
}

// showHost only looks at the link: mail programs open links too.
func (s *Server) showHost(c *fiber.Ctx) error { return s.hostByLink(c, values{}, nil) }

func (s *Server) hostByLink(c *fiber.Ctx, v values, problem *FormProblem) error {
	secret(c)
	found, err := s.desk.HostByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := &hostPage{HostPage: found, F: v, Link: c.Params("link")}
	if problem == nil {
		p.F = values{}
		p.F.set("answer", map[scheduling.HostState]string{scheduling.HostConfirmed: "yes", scheduling.HostDeclined: "no"}[found.Host.State])
		if found.Host.Proposes != "" {
			p.F.set("answer", "other")
		}
		p.F.set("proposes", found.Host.Proposes)
		p.F.set("comment", found.Host.Comment)
	}
	p.NoIndex, p.Problem, p.Emblem = true, s.labelled(c, "host.f.", problem), s.emblem(c, found.Project)
	return s.page(c, "host", p)
}

// answerHost answers POST /hosts/:link.
func (s *Server) answerHost(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.AnswerHost(c.UserContext(), c.Params("link"), scheduling.HostAnswer{Answer: f.Value("answer"), Proposes: f.Text("proposes"), Comment: f.Text("comment")})
	if p := s.inForm(c, err, "answer", "proposes", "comment"); p != nil {
		return s.hostByLink(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/hosts/"+c.Params("link"), "host.flash.answered")
}
