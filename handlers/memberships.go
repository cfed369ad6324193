package handlers

import (
	"iter"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// membershipRoutes are the memberships and agreements of companies, for everybody,
// for who speaks for one, and for organisers.
func (s *Server) membershipRoutes() []route {
	const one = "/organise/memberships/:id"
	return slices.Concat(s.memberDirectoryRoutes(), s.signingRoutes(), s.ownMembershipRoutes(), []route{
		get("/organise/memberships", Organiser, s.showMemberships),
		get("/organise/memberships.csv", Organiser, s.exportMemberships(csvFile)),
		get("/organise/memberships.xlsx", Organiser, s.exportMemberships(xlsx)),
		get("/organise/memberships/new", Organiser, s.showNewMembership),
		post("/organise/memberships/new", Organiser, s.openMembership),
		get(one, Organiser, s.showMember),
		post(one+"/approve", Organiser, s.approveMembership),
		post(one+"/decline", Organiser, s.declineMembership),
		post(one+"/end", Organiser, s.endMembership),
		post(one+"/contact", Organiser, s.setMembershipContact),
	}, s.memberAgreementRoutes())
}

// membershipsPage is the data of templates/pages/memberships.html.
type membershipsPage struct {
	Page
	Lines                                    []*scheduling.MembershipLine
	ClusterNames                             map[string]string
	Query, State, Kind, Cluster, Agreement   string
	States, Kinds, Clusters, AgreementStates []option
	Filtered                                 bool
	Zone                                     string
}

// membershipFilter is what the address of a list says.
func membershipFilter(c *fiber.Ctx) scheduling.MembershipFilter {
	return scheduling.MembershipFilter{Text: text(c, "q"), Cluster: c.Query("cluster"), Company: c.Query("company"), State: scheduling.JoinState(c.Query("state")),
		Kind: scheduling.CompanyKind(c.Query("kind")), Agreement: scheduling.AgreementState(c.Query("agreement")), After: cursor(c)}
}

// showMemberships answers GET /organise/memberships.
func (s *Server) showMemberships(c *fiber.Ctx) (err error) {
	f := membershipFilter(c)
	p := &membershipsPage{Page: directoryPage(), Query: f.Text, State: string(f.State), Kind: string(f.Kind), Cluster: f.Cluster, Agreement: string(f.Agreement), Zone: houseZone}
	var next string
	if p.Lines, next, err = s.desk.Memberships(c.UserContext(), actor(c), f); err != nil {
		return err
	}
	if p.ClusterNames, err = s.clusterNames(c); err != nil {
		return err
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.States, p.AgreementStates, p.Kinds = s.options(c, "state.member", strs(scheduling.JoinStates)...), s.options(c, "state.agreement", strs(scheduling.AgreementStates)...), s.companyKinds(c)
	p.Filtered = p.Query+p.State+p.Kind+p.Cluster+p.Agreement != ""
	p.Pager = s.pager(c, next)
	return s.page(c, "memberships", p)
}

// strs are values as plain strings.
func strs[S ~string](list []S) (out []string) {
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// exportMemberships answers GET /organise/memberships.csv and .xlsx.
func (s *Server) exportMemberships(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		clusters, err := s.clusterNames(c)
		if err != nil {
			return err
		}
		return s.sendTable(c, k, "membership.title", "members", func(w table.Writer) error {
			heads := s.heads(c, "name", "cluster", "kind", "business_id", "country", "municipality")
			for _, field := range []string{"state", "joined", "left", "contact", "contact_email", "listed", "agreement", "version", "ends"} {
				heads = append(heads, s.lang(c).Text("membership.column."+field))
			}
			if err := w.Write(heads); err != nil {
				return err
			}
			return s.desk.EachMembership(c.UserContext(), actor(c), membershipFilter(c), func(all iter.Seq2[*scheduling.MembershipRow, error]) error {
				return rows(w, all, func(m *scheduling.MembershipRow) []string { return s.membershipCells(c, m, clusters[m.ClusterID]) })
			})
		})
	}
}

// membershipCells are one row of the file.
func (s *Server) membershipCells(c *fiber.Ctx, m *scheduling.MembershipRow, cluster string) []string {
	l := s.lang(c)
	day := func(a *scheduling.Agreement) string { return a.FirstDay() }
	joined, left := day(&scheduling.Agreement{Starts: m.Joined}), day(&scheduling.Agreement{Starts: m.Left})
	cells := []string{m.Name, cluster, l.Text("directory.kind." + string(m.Kind)), m.Company.BusinessID, m.Company.Country, m.Company.Municipality,
		l.Text("state.member." + string(m.State)), joined, left, m.Contact.Name, m.Contact.Email, l.Text(listedWord(m.Listed))}
	if a := m.Agreement; a != nil {
		return append(cells, l.Text("state.agreement."+string(a.State)), l.Number(a.Version), a.LastDay())
	}
	return append(cells, "", "", "")
}

func listedWord(yes bool) string {
	if yes {
		return "membership.yes"
	}
	return "membership.no"
}

// newMembershipPage is the data of templates/pages/membership_form.html.
type newMembershipPage struct {
	Page
	Company  *scheduling.Company
	F        values
	Clusters []option
	People   []option
}

// showNewMembership answers GET /organise/memberships/new?company=.
func (s *Server) showNewMembership(c *fiber.Ctx) error {
	v := values{}
	v.set("id", storage.NewID())
	return s.membershipForm(c, c.Query("company"), v, nil)
}

func (s *Server) membershipForm(c *fiber.Ctx, companyID string, v values, problem *FormProblem) (err error) {
	p := &newMembershipPage{Page: directoryPage(), F: v}
	p.Problem = s.labelled(c, "membership.f.", problem)
	if p.Company, err = s.desk.Company(c.UserContext(), actor(c), companyID); err != nil {
		return err
	}
	own, err := s.clusterOptions(c)
	if err != nil {
		return err
	}
	p.Clusters = slices.DeleteFunc(own, func(o option) bool { return slices.Contains(p.Company.ClusterIDs, o.Value) })
	people, _, err := s.desk.People(c.UserContext(), actor(c), scheduling.ListFilter{Company: p.Company.ID, Limit: 200})
	if err != nil {
		return err
	}
	for _, x := range people {
		p.People = append(p.People, option{x.ID, x.Name})
	}
	return s.page(c, "membership_form", p)
}

// openMembership answers POST /organise/memberships/new. Sent twice, it opens one.
func (s *Server) openMembership(c *fiber.Ctx) error {
	f := s.form(c)
	company := f.Value("company")
	in := scheduling.NewMembership{ID: f.NewID(), CompanyID: company, ClusterID: f.Value("cluster_id"), Joined: f.Day("joined"), ContactID: f.Value("contact_id")}
	err := f.Err()
	var m *scheduling.Membership
	if err == nil {
		m, err = s.desk.OpenMembership(c.UserContext(), actor(c), in)
	}
	if problem := s.inForm(c, err, "cluster_id", "joined", "contact_id"); problem != nil {
		return s.membershipForm(c, company, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/memberships/"+m.ID, "membership.flash.opened")
}

// memberPage is the data of templates/pages/membership.html.
type memberPage struct {
	Page
	*scheduling.MemberPage
	F          values
	Base, Zone string
	Contacts   []option
	Knowns     []option // companies that the application may be of
}

// showMember answers GET /organise/memberships/:id.
func (s *Server) showMember(c *fiber.Ctx) error { return s.member(c, values{}, nil) }

func (s *Server) member(c *fiber.Ctx, v values, problem *FormProblem) error {
	found, err := s.desk.Member(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &memberPage{Page: directoryPage(), MemberPage: found, F: v, Base: "/organise/memberships/" + found.Membership.ID, Zone: houseZone}
	p.Problem = s.labelled(c, "membership.f.", problem)
	for _, x := range found.People {
		p.Contacts = append(p.Contacts, option{x.ID, x.Name})
	}
	for _, co := range found.Like {
		p.Knowns = append(p.Knowns, option{co.ID, s.lang(c).Text("membership.known_as", "name", co.Name, "id", co.BusinessID)})
	}
	return s.page(c, "membership", p)
}

// membershipDone answers what an organiser did with a membership.
func (s *Server) membershipDone(c *fiber.Ctx, f *form, err error, said string) error {
	if problem := s.inForm(c, err, "company_id", "reason", "contact_id"); problem != nil {
		return s.member(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/memberships/"+c.Params("id"), said)
}

// approveMembership answers POST /organise/memberships/:id/approve.
func (s *Server) approveMembership(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.ApproveMembership(c.UserContext(), actor(c), c.Params("id"), f.Value("company_id"))
	return s.membershipDone(c, f, err, "membership.flash.approved")
}

// declineMembership answers POST /organise/memberships/:id/decline.
func (s *Server) declineMembership(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.DeclineMembership(c.UserContext(), actor(c), c.Params("id"), f.Text("reason"))
	return s.membershipDone(c, f, err, "membership.flash.declined")
}

// endMembership answers POST /organise/memberships/:id/end.
func (s *Server) endMembership(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.EndMembership(c.UserContext(), actor(c), c.Params("id"), f.Text("reason"))
	return s.membershipDone(c, f, err, "membership.flash.ended")
}

// setMembershipContact answers POST /organise/memberships/:id/contact.
func (s *Server) setMembershipContact(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.SetMembershipContact(c.UserContext(), actor(c), c.Params("id"), f.Value("contact_id"))
	return s.membershipDone(c, f, err, "membership.flash.saved")
}
