package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// memberRoutes are a signed-in person's own.
func (s *Server) memberRoutes() []route {
	return []route{
		get("/account", SignedIn, s.showAccount),
		post("/account/language", SignedIn, s.setLanguage),
		post("/account/calendar", SignedIn, s.rotateFeed),
		post("/account/calendar/revoke", SignedIn, s.revokeFeed),
	}
}

// accountPage is the data of templates/pages/account.html.
type accountPage struct {
	Page
	Coming, Past []myRow
	Address      scheduling.FeedAddress
	Feed         subscription
	Lang         string
	Langs        []choice
}

// A myRow is a registration of one's own, with its page.
type myRow struct {
	*scheduling.MyPage
	Path string
}

// showAccount answers GET /account: what one goes to, and one's calendar.
func (s *Server) showAccount(c *fiber.Ctx) error {
	list, err := s.desk.MyRegistrations(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &accountPage{Lang: actor(c).Lang}
	now := s.desk.DB.Now()
	for _, m := range list {
		row := myRow{m, "/my/" + s.desk.MyLink(m.Registration)}
		if m.Event.Ends.After(now) && m.Registration.State.Live() {
			p.Coming = append(p.Coming, row)
		} else {
			p.Past = append(p.Past, row)
		}
	}
	slices.Reverse(p.Coming) // the soonest first
	if p.Address, err = s.desk.FeedAddress(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if p.Address.URL != "" {
		p.Feed = subscribe(p.Address.URL)
		p.Feed.Private = true
	}
	for _, code := range s.texts.Langs() {
		p.Langs = append(p.Langs, choice{Value: code, Label: s.texts.In(code).Text("member.language_name"), On: code == p.Lang})
	}
	secret(c)
	return s.page(c, "account", p)
}

// setLanguage is the language of one's mails, and of the pages from now on.
func (s *Server) setLanguage(c *fiber.Ctx) error {
	lang := s.form(c).Value("lang")
	if err := s.desk.SetLanguage(c.UserContext(), actor(c), lang); err != nil {
		return err
	}
	return s.seeOther(c, "/account?lang="+lang, "member.flash.language")
}

func (s *Server) rotateFeed(c *fiber.Ctx) error {
	if _, err := s.desk.RotateFeed(c.UserContext(), actor(c), s.lang(c).Code()); err != nil {
		return err
	}
	return s.seeOther(c, "/account#calendar", "member.flash.rotated")
}

func (s *Server) revokeFeed(c *fiber.Ctx) error {
	if err := s.desk.RevokeFeed(c.UserContext(), actor(c)); err != nil {
		return err
	}
	return s.seeOther(c, "/account#calendar", "member.flash.revoked")
}
