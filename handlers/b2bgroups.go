package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// b2bRoutes are the standing B2B groups: what everybody sees of them, interest,
// companies, wishes and targets. Who is none of a group gets the answer for what
// does not exist, from the desk.
func (s *Server) b2bRoutes() []route {
	const one, member = "/groups/:id/b2b", "/groups/:id/b2b/members/:membership"
	return []route{
		get("/b2b-groups", Public, s.showB2BGroups),
		get("/b2b-groups/interest/:link", Link, s.showConfirmInterest),
		post("/b2b-groups/interest/:link", Link, s.confirmInterest),
		get("/b2b-groups/:slug", Public, s.showPublicB2B),
		get("/b2b-groups/:slug/interest", Public, s.showInterest),
		post("/b2b-groups/:slug/interest", Public, s.sendInterest),
		get(one, SignedIn, s.showB2B),
		get(one+"/edit", SignedIn, s.showEditB2B),
		post(one+"/edit", SignedIn, s.editB2B),
		post(one+"/state", SignedIn, s.setB2BState),
		post(one+"/targets", SignedIn, s.saveTarget),
		post(one+"/targets/remove", SignedIn, s.removeTarget),
		post(one+"/companies", SignedIn, s.addCompanyToGroup),
		get(member, SignedIn, s.showMembership),
		post(member+"/edit", SignedIn, s.editMembership),
		post(member+"/decide", SignedIn, s.decideMembership),
		post(member+"/leave", SignedIn, s.leaveGroup),
		post(member+"/people", SignedIn, s.addColleague),
		post(member+"/people/remove", SignedIn, s.dropColleague),
	}
}

// b2bGroupsPage is the data of templates/pages/b2b_groups.html.
type b2bGroupsPage struct {
	Page
	Groups []*scheduling.PublicB2B
}

// showB2BGroups answers GET /b2b-groups.
func (s *Server) showB2BGroups(c *fiber.Ctx) error {
	list, err := s.desk.PublicB2BGroups(c.UserContext())
	if err != nil {
		return err
	}
	return s.page(c, "b2b_groups", &b2bGroupsPage{Groups: list})
}

// publicB2BPage is the data of templates/pages/b2b_public.html and b2b_interest.html.
type publicB2BPage struct {
	Page
	*scheduling.PublicB2B
	F      values
	Kinds  []option
	Sent   bool // a mail with a link is on its way
	Recent bool // the group recruits
}

// showPublicB2B answers GET /b2b-groups/:slug.
func (s *Server) showPublicB2B(c *fiber.Ctx) error {
	p, err := s.publicB2B(c)
	if err != nil {
		return err
	}
	return s.page(c, "b2b_public", p)
}

func (s *Server) publicB2B(c *fiber.Ctx) (*publicB2BPage, error) {
	found, err := s.desk.PublicB2BGroup(c.UserContext(), c.Params("slug"))
	if err != nil {
		return nil, err
	}
	p := &publicB2BPage{PublicB2B: found, F: values{}, Recent: found.B2B.State == scheduling.B2BRecruiting}
	p.Brand = s.brand(c, found.Cluster)
	p.Kinds = s.companyKinds(c)
	return p, nil
}

// showInterest answers GET /b2b-groups/:slug/interest.
func (s *Server) showInterest(c *fiber.Ctx) error {
	p, err := s.publicB2B(c)
	if err != nil {
		return err
	}
	p.F.set("id", storage.NewID())
	p.F.set("country", "FI")
	p.NoIndex = true
	return s.page(c, "b2b_interest", p)
}

// sendInterest answers POST /b2b-groups/:slug/interest. Sent twice, it counts once.
func (s *Server) sendInterest(c *fiber.Ctx) error {
	p, err := s.publicB2B(c)
	if err != nil {
		return err
	}
	f, by := s.form(c), actor(c)
	p.F, p.NoIndex = f.typed, true
	in := scheduling.Interest{ID: f.NewID(), Name: f.Text("name"), Email: f.Text("email"), Lang: s.lang(c).Code(), Company: f.Text("company"),
		Country: f.Text("country"), Kind: scheduling.CompanyKind(f.Value("kind")), Message: f.Text("message"), Listed: f.Check("listed"),
		Wording: s.lang(c).Text("b2b.f.listed")}
	_, err = s.desk.ShowInterest(c.UserContext(), by, p.Group.Slug, in)
	if p.Problem = s.labelled(c, "b2b.f.", s.inForm(c, err, "name", "email", "company", "country", "kind", "message")); p.Problem != nil {
		return s.page(c, "b2b_interest", p)
	}
	if err != nil {
		return err
	}
	if by.SignedIn() {
		return s.seeOther(c, "/b2b-groups/"+p.Group.Slug, "b2b.flash.interested")
	}
	p.Sent = true
	return s.page(c, "b2b_interest", p)
}

// labelled gives the inputs of a problem the labels of a form's own words.
func (s *Server) labelled(c *fiber.Ctx, prefix string, p *FormProblem) *FormProblem {
	if p == nil {
		return nil
	}
	for i := range p.Faults {
		name, _, _ := strings.Cut(p.Faults[i].Name, ".")
		if label := prefix + name; s.lang(c).Has(label) {
			p.Faults[i].Label = s.lang(c).Text(label)
		}
	}
	return p
}

// confirmInterestPage is the data of templates/pages/b2b_confirm.html.
type confirmInterestPage struct {
	Page
	*scheduling.InterestPage
	Done bool
}

// showConfirmInterest only looks at the link: mail programs open links too.
func (s *Server) showConfirmInterest(c *fiber.Ctx) error { return s.interestByLink(c, nil) }

func (s *Server) interestByLink(c *fiber.Ctx, problem *FormProblem) error {
	secret(c)
	found, err := s.desk.InterestByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := &confirmInterestPage{InterestPage: found, Done: found.Membership.State != scheduling.MemberUnconfirmed}
	p.NoIndex, p.Problem = true, problem
	return s.page(c, "b2b_confirm", p)
}

// confirmInterest answers POST /b2b-groups/interest/:link.
func (s *Server) confirmInterest(c *fiber.Ctx) error {
	_, err := s.desk.ConfirmInterest(c.UserContext(), c.Params("link"))
	if p := s.inForm(c, err); p != nil {
		return s.interestByLink(c, p)
	}
	if err != nil {
		return err
	}
	return s.interestByLink(c, nil)
}

// b2bPage is the data of templates/pages/b2b_group.html.
type b2bPage struct {
	Page
	*scheduling.B2BPage
	Waiting, Reserve, Ended []*scheduling.GroupMembership
	Companies               []*scheduling.GroupMembership // that are in
	Steps                   []option                      // states that the group can go to
	States                  []option                      // of a target
	NewTarget               string                        // id of the next one: sent twice, it makes one
}

// showB2B answers GET /groups/:id/b2b.
func (s *Server) showB2B(c *fiber.Ctx) error { return s.b2b(c, nil) }

func (s *Server) b2b(c *fiber.Ctx, problem *FormProblem) error {
	found, err := s.desk.B2BGroup(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &b2bPage{B2BPage: found, Companies: found.In(), NewTarget: storage.NewID()}
	p.NoIndex, p.Problem = true, s.labelled(c, "b2b.f.", problem)
	p.Waiting, p.Reserve = found.Of(scheduling.MemberInterested), found.Of(scheduling.MemberReserve)
	p.Ended = slices.Concat(found.Of(scheduling.MemberDeclined), found.Of(scheduling.MemberLeft))
	var steps, states []string
	for _, st := range scheduling.B2BStates {
		if st != found.B2B.State && found.B2B.State != scheduling.B2BClosed {
			steps = append(steps, string(st))
		}
	}
	for _, st := range scheduling.TargetStates {
		states = append(states, string(st))
	}
	p.Steps, p.States = s.options(c, "b2b.to", steps...), s.options(c, "state.target", states...)
	return s.page(c, "b2b_group", p)
}

// b2bFormPage is the data of templates/pages/b2b_form.html.
type b2bFormPage struct {
	Page
	Group *scheduling.Group
	B2B   *scheduling.B2BGroup
	Aims  []option
}

// keptB2B gives a B2B group that the actor decides in.
func (s *Server) keptB2B(c *fiber.Ctx) (*scheduling.B2BPage, error) {
	p, err := s.desk.B2BGroup(c.UserContext(), actor(c), c.Params("id"))
	if err == nil && !p.Manage {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// showEditB2B answers GET /groups/:id/b2b/edit.
func (s *Server) showEditB2B(c *fiber.Ctx) error {
	p, err := s.keptB2B(c)
	if err != nil {
		return err
	}
	return s.b2bForm(c, p.Group, p.B2B, nil)
}

func (s *Server) b2bForm(c *fiber.Ctx, g *scheduling.Group, b *scheduling.B2BGroup, problem *FormProblem) error {
	p := &b2bFormPage{Group: g, B2B: b}
	p.NoIndex, p.Problem = true, s.labelled(c, "b2b.f.", problem)
	var aims []string
	for _, a := range scheduling.B2BAims {
		aims = append(aims, string(a))
	}
	p.Aims = s.options(c, "b2b.aim", aims...)
	return s.page(c, "b2b_form", p)
}

// editB2B answers POST /groups/:id/b2b/edit.
func (s *Server) editB2B(c *fiber.Ctx) error {
	p, err := s.keptB2B(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := *p.B2B
	in.Rev = f.Revision()
	in.Aim, in.Country, in.Target, in.Public = scheduling.B2BAim(f.Value("aim")), f.Text("country"), f.Text("target"), f.Check("public")
	in.Companies, in.People = f.Int("companies", 0, 1000), f.Int("people", 0, 10)
	if err = f.Err(); err == nil {
		_, err = s.desk.SaveB2BGroup(c.UserContext(), actor(c), &in)
	} else {
		err = f.Join(in.Check())
	}
	if problem := s.inForm(c, err, "aim", "country", "target", "companies", "people"); problem != nil {
		in.Rev = p.B2B.Rev
		return s.b2bForm(c, p.Group, &in, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+p.Group.ID+"/b2b", "b2b.flash.saved")
}

// b2bDone answers a change of a group's page: with the page and what is wrong,
// or by leading back to it.
func (s *Server) b2bDone(c *fiber.Ctx, err error, said string, args ...any) error {
	if p := s.inForm(c, err); p != nil {
		return s.b2b(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+c.Params("id")+"/b2b", said, args...)
}

// setB2BState answers POST /groups/:id/b2b/state.
func (s *Server) setB2BState(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.SetB2BState(c.UserContext(), actor(c), c.Params("id"), scheduling.B2BState(f.Value("state")), short(f.Text("reason")))
	return s.b2bDone(c, err, "b2b.flash.state")
}

// saveTarget answers POST /groups/:id/b2b/targets.
func (s *Server) saveTarget(c *fiber.Ctx) error {
	f := s.form(c)
	t := scheduling.GroupTarget{ID: f.NewID(), Name: f.Text("name"), Country: f.Text("country"), Note: f.Text("note"),
		State: scheduling.TargetState(f.Value("state")), Result: f.Text("result")}
	_, err := s.desk.SaveTarget(c.UserContext(), actor(c), c.Params("id"), t)
	return s.b2bDone(c, err, "b2b.flash.target")
}

// removeTarget answers POST /groups/:id/b2b/targets/remove.
func (s *Server) removeTarget(c *fiber.Ctx) error {
	_, err := s.desk.RemoveTarget(c.UserContext(), actor(c), c.Params("id"), s.form(c).Value("target"))
	return s.b2bDone(c, err, "b2b.flash.target_gone")
}

// addCompanyToGroup answers POST /groups/:id/b2b/companies.
func (s *Server) addCompanyToGroup(c *fiber.Ctx) error {
	m, err := s.desk.AddCompany(c.UserContext(), actor(c), c.Params("id"), s.form(c).Text("email"))
	if err != nil {
		return s.b2bDone(c, err, "")
	}
	return s.b2bDone(c, nil, "b2b.flash.added", "name", m.Name)
}

// membershipPage is the data of templates/pages/b2b_member.html.
type membershipPage struct {
	Page
	*scheduling.MembershipPage
	Decisions []option
	Wishes    []wishRow
	Mine      scheduling.GroupPerson // what the reader agreed to
}

// A wishRow is one line of the wishes in the form.
type wishRow struct {
	Number  int
	Target  string
	Topic   string
	Targets []option
}

// showMembership answers GET /groups/:id/b2b/members/:membership.
func (s *Server) showMembership(c *fiber.Ctx) error { return s.membership(c, nil) }

func (s *Server) membership(c *fiber.Ctx, problem *FormProblem) error {
	found, err := s.ownMembership(c)
	if err != nil {
		return err
	}
	p := &membershipPage{MembershipPage: found}
	p.NoIndex, p.Problem = true, s.labelled(c, "b2b.f.", problem)
	var next []string
	switch found.Membership.State {
	case scheduling.MemberInterested:
		next = []string{"accepted", "reserve", "declined"}
	case scheduling.MemberReserve:
		next = []string{"accepted", "declined"}
	case scheduling.MemberAccepted:
		next = []string{"left"}
	}
	p.Decisions = s.options(c, "b2b.do", next...)
	targets := []option{{"", s.lang(c).Text("b2b.wish_none")}}
	for _, t := range found.B2B.Targets {
		targets = append(targets, option{t.ID, t.Name})
	}
	for i := range len(found.Membership.Wishes) + 3 {
		row := wishRow{Number: i + 1, Targets: targets}
		if i < len(found.Membership.Wishes) {
			row.Target, row.Topic = found.Membership.Wishes[i].TargetID, found.Membership.Wishes[i].Topic
		}
		p.Wishes = append(p.Wishes, row)
	}
	for _, who := range found.Membership.People {
		if who.PersonID == actor(c).ID {
			p.Mine = who
		}
	}
	return s.page(c, "b2b_member", p)
}

// ownMembership finds the one of the address, in its own group only.
func (s *Server) ownMembership(c *fiber.Ctx) (*scheduling.MembershipPage, error) {
	p, err := s.desk.Membership(c.UserContext(), actor(c), c.Params("membership"))
	if err == nil && p.Group.ID != c.Params("id") {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// memberDone answers a change of a membership.
func (s *Server) memberDone(c *fiber.Ctx, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.membership(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+c.Params("id")+"/b2b/members/"+c.Params("membership"), said)
}

// editMembership answers POST …/members/:membership/edit.
func (s *Server) editMembership(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.MembershipEdit{Rev: f.EditRevision(), Listed: f.Check("listed"), Wording: s.lang(c).Text("b2b.f.listed"), UseBusy: f.Check("use_busy")}
	for _, name := range f.inOrder("wish_target") {
		in.Wishes = append(in.Wishes, scheduling.GroupWish{TargetID: f.Value("wish_target." + name), Topic: f.Text("wish_topic." + name)})
	}
	_, err := s.desk.EditMembership(c.UserContext(), actor(c), c.Params("membership"), in)
	return s.memberDone(c, err, "b2b.flash.saved")
}

// inOrder are the numbers of the lines that are called PREFIX.NUMBER, in the
// order of the form.
func (f *form) inOrder(prefix string) (out []string) {
	for _, name := range f.Names(prefix + ".") {
		out = append(out, strings.TrimPrefix(name, prefix+"."))
	}
	slices.SortFunc(out, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return out[:min(len(out), 100)]
}

// decideMembership answers POST …/members/:membership/decide.
func (s *Server) decideMembership(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.DecideMembership(c.UserContext(), actor(c), c.Params("membership"), scheduling.MembershipState(f.Value("state")), short(f.Text("reason")))
	return s.memberDone(c, err, "b2b.flash.decided")
}

// leaveGroup answers POST …/members/:membership/leave. Who left may see the
// group no more.
func (s *Server) leaveGroup(c *fiber.Ctx) error {
	_, err := s.desk.LeaveGroup(c.UserContext(), actor(c), c.Params("membership"), short(s.form(c).Text("reason")))
	if err != nil {
		return s.memberDone(c, err, "")
	}
	return s.seeOther(c, "/account", "b2b.flash.left")
}

// addColleague answers POST …/members/:membership/people.
func (s *Server) addColleague(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.AddColleague(c.UserContext(), actor(c), c.Params("membership"), f.Text("name"), f.Text("email"))
	return s.memberDone(c, err, "b2b.flash.colleague")
}

// dropColleague answers POST …/members/:membership/people/remove.
func (s *Server) dropColleague(c *fiber.Ctx) error {
	person := s.form(c).Value("person")
	_, err := s.desk.DropColleague(c.UserContext(), actor(c), c.Params("membership"), person)
	if err == nil && person == actor(c).ID {
		return s.seeOther(c, "/account", "b2b.flash.dropped")
	}
	return s.memberDone(c, err, "b2b.flash.dropped")
}
