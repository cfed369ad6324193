package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// memberDirectoryRoutes are how a company joins a cluster, and who is in.
func (s *Server) memberDirectoryRoutes() []route {
	return []route{
		get("/clusters/:slug/members", Public, s.showMembers),
		get("/clusters/:slug/join", Public, s.showJoin),
		post("/clusters/:slug/join", Public, s.join),
		get("/join/:link", Link, s.showJoined),
		post("/join/:link", Link, s.confirmJoin),
	}
}

// joinPage is the data of templates/pages/join.html.
type joinPage struct {
	Page
	Cluster          *scheduling.Cluster
	F                values
	Kinds, Countries []option
	Sent             bool // a mail with a link is on its way
}

// joinFields are the inputs of the form, in its order.
var joinFields = []string{"company", "kind", "business_id", "country", "municipality", "website", "name", "title", "email", "phone", "motivation", "agreed"}

// showJoin answers GET /clusters/:slug/join.
func (s *Server) showJoin(c *fiber.Ctx) error {
	v := values{}
	v.set("id", storage.NewID())
	v.set("country", "FI")
	v.set("kind", string(scheduling.SME))
	return s.joinForm(c, &joinPage{F: v}, nil)
}

func (s *Server) joinForm(c *fiber.Ctx, p *joinPage, problem *FormProblem) (err error) {
	if p.Cluster, err = s.cluster(c); err != nil {
		return err
	}
	p.Problem, p.Brand, p.Kinds = s.labelled(c, "membership.f.", problem), s.brand(c, p.Cluster), s.companyKinds(c)
	l := s.lang(c)
	for _, code := range l.Countries() {
		p.Countries = append(p.Countries, option{code, l.Country(code)})
	}
	return s.page(c, "join", p)
}

// join answers POST /clusters/:slug/join. Sent twice, it counts once.
func (s *Server) join(c *fiber.Ctx) error {
	f := s.form(c)
	p := &joinPage{F: f.typed, Sent: true}
	if f.Value("homepage") != "" { // people do not see this field; programs fill in everything
		return s.joinForm(c, p, nil)
	}
	l := s.lang(c)
	err := s.desk.AskToJoin(c.UserContext(), c.Params("slug"), scheduling.JoinForm{ID: f.NewID(),
		JoinApplication: scheduling.JoinApplication{Company: f.Text("company"), Kind: scheduling.CompanyKind(f.Value("kind")), Country: f.Text("country"), BusinessID: f.Text("business_id"),
			Municipality: f.Text("municipality"), Website: f.Text("website"), Name: f.Text("name"), Title: f.Text("title"), Email: f.Text("email"), Phone: f.Text("phone"), Lang: l.Code()},
		Motivation: f.Text("motivation"), Agreed: f.Check("agreed"), AgreeWords: l.Text("membership.agree_words"), Listed: f.Check("listed"), ListWords: l.Text("membership.list_words")})
	if problem := s.inForm(c, err, joinFields...); problem != nil {
		p.Sent = false
		return s.joinForm(c, p, problem)
	}
	if err != nil {
		return err
	}
	return s.joinForm(c, p, nil)
}

// joinedPage is the data of templates/pages/join_confirm.html.
type joinedPage struct {
	Page
	*scheduling.JoinPage
}

// showJoined answers GET /join/:link. It only looks at the link: mail programs
// open links too.
func (s *Server) showJoined(c *fiber.Ctx) error { return s.joined(c, nil) }

func (s *Server) joined(c *fiber.Ctx, problem *FormProblem) error {
	secret(c)
	found, err := s.desk.JoinByLink(c.UserContext(), c.Params("link"))
	p := &joinedPage{JoinPage: found}
	if p.NoIndex, p.Problem = true, problem; p.Problem == nil {
		p.Problem = s.inForm(c, err)
	}
	if p.Problem == nil && err != nil {
		return err
	}
	if found != nil {
		p.Brand = s.brand(c, found.Cluster)
	}
	return s.page(c, "join_confirm", p)
}

// confirmJoin answers POST /join/:link.
func (s *Server) confirmJoin(c *fiber.Ctx) error {
	_, err := s.desk.ConfirmJoin(c.UserContext(), c.Params("link"))
	if p := s.inForm(c, err); p != nil {
		return s.joined(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/join/"+c.Params("link"), "membership.flash.confirmed")
}

// membersPage is the data of templates/pages/members.html.
type membersPage struct {
	Page
	*scheduling.DirectoryPage
	Query, Kind, Tag string
	Kinds, TagList   []option
	Filtered         bool
}

// showMembers answers GET /clusters/:slug/members.
func (s *Server) showMembers(c *fiber.Ctx) (err error) {
	p := &membersPage{Query: text(c, "q"), Kind: c.Query("kind"), Tag: text(c, "tag")}
	f := scheduling.MembershipFilter{Text: p.Query, Kind: scheduling.CompanyKind(p.Kind), Tag: p.Tag, After: cursor(c)}
	if p.DirectoryPage, err = s.desk.Directory(c.UserContext(), actor(c), c.Params("slug"), f); err != nil {
		return err
	}
	p.Kinds, p.Filtered, p.Pager, p.Brand = s.companyKinds(c), p.Query+p.Kind+p.Tag != "", s.pager(c, p.Next), s.brand(c, p.Cluster)
	for _, tag := range p.Tags {
		p.TagList = append(p.TagList, option{tag, tag})
	}
	return s.page(c, "members", p)
}
