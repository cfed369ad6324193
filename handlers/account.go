package handlers

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/auth"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// signInLimit is how often a minute one network may ask for a link or try one.
const signInLimit = 20

// accountRoutes are about being signed in.
func (s *Server) accountRoutes() []route {
	ask, enter := post("/login", Public, s.requestLink), post("/login/:token", Link, s.enter)
	ask.Limit, enter.Limit = signInLimit, signInLimit
	return []route{
		get("/login", Public, s.showLogin),
		ask,
		get("/login/:token", Link, s.showEnter),
		enter,
		post("/logout", SignedIn, s.logout),
		get("/account/sessions", SignedIn, s.showSessions),
		post("/account/sessions/others", SignedIn, s.endOthers),
		post("/account/sessions/:id", SignedIn, s.endSession),
	}
}

// loginPage is the data of templates/pages/login.html.
type loginPage struct {
	Page
	Email, Next string
	Sent        bool
	Minutes     int
}

func (s *Server) showLogin(c *fiber.Ctx) error {
	if actor(c).SignedIn() {
		return c.Redirect(localPath(c.Query("next")), fiber.StatusSeeOther)
	}
	return s.login(c, &loginPage{Next: auth.LocalPath(c.Query("next"))})
}

func (s *Server) login(c *fiber.Ctx, p *loginPage) error {
	p.NoSignIn, p.NoIndex = true, true
	return s.page(c, "login", p)
}

// requestLink answers the same whether we know the address or not.
func (s *Server) requestLink(c *fiber.Ctx) error {
	f := s.form(c)
	p := &loginPage{Email: f.Text("email"), Next: auth.LocalPath(f.Value("next")), Minutes: 30}
	err := s.auth.Request(c.UserContext(), p.Email, p.Next)
	if p.Problem = s.inForm(c, err); p.Problem == nil && err != nil {
		return err
	}
	p.Sent = err == nil
	return s.login(c, p)
}

// enterPage is the data of templates/pages/enter.html: the button that uses a
// link up. A dead link has no Token.
type enterPage struct {
	Page
	Token       string
	Setup       bool
	Email, Name string
}

// showEnter only looks at the link: mail programs open links too.
func (s *Server) showEnter(c *fiber.Ctx) error {
	l, err := s.auth.Peek(c.UserContext(), c.Params("token"))
	if errors.Is(err, storage.ErrNotFound) {
		return s.deadLink(c)
	}
	if err != nil {
		return err
	}
	return s.showEnterForm(c, &enterPage{Token: c.Params("token"), Setup: l.Setup()})
}

func (s *Server) showEnterForm(c *fiber.Ctx, p *enterPage) error {
	p.NoSignIn, p.NoIndex = true, true
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.page(c, "enter", p)
}

func (s *Server) deadLink(c *fiber.Ctx) error {
	c.Status(fiber.StatusGone)
	return s.showEnterForm(c, &enterPage{})
}

// enter uses the link up and begins a session.
func (s *Server) enter(c *fiber.Ctx) error {
	f, token, agent := s.form(c), c.Params("token"), c.Get(fiber.HeaderUserAgent)
	setup := f.Has("name")
	var cookie, next string
	var err error
	if setup {
		cookie, err = s.auth.Found(c.UserContext(), token, f.Text("email"), f.Text("name"), agent)
	} else {
		cookie, next, err = s.auth.Redeem(c.UserContext(), token, agent)
	}
	if p := s.inForm(c, err, "name", "email"); p != nil {
		page := &enterPage{Token: token, Setup: setup, Email: f.Text("email"), Name: f.Text("name")}
		page.Problem = p
		return s.showEnterForm(c, page)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return s.deadLink(c)
	}
	if err != nil {
		return err
	}
	s.cookie(c, "session", cookie, 400*24*time.Hour) // the server ends it sooner
	return s.seeOther(c, localPath(next), "flash.signed_in")
}

func (s *Server) logout(c *fiber.Ctx) error {
	err := s.auth.End(c.UserContext(), actor(c), session(c))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	s.dropCookie(c, "session")
	c.Set("Clear-Site-Data", `"storage"`) // day sheets that the device kept for when it has no network
	return s.seeOther(c, "/", "flash.signed_out")
}

// session is the id of the session that asks.
func session(c *fiber.Ctx) string {
	id, _ := c.Locals(keySession).(string)
	return id
}

// sessionsPage is the data of templates/pages/sessions.html.
type sessionsPage struct {
	Page
	Sessions []*auth.Session
	Current  string
	Zone     string
}

func (s *Server) showSessions(c *fiber.Ctx) error {
	list, err := s.auth.Sessions(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	return s.page(c, "sessions", &sessionsPage{Sessions: list, Current: session(c), Zone: houseZone})
}

// houseZone is the wall clock of pages that belong to no event.
const houseZone = scheduling.HouseZone

func (s *Server) endSession(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := s.auth.End(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	if id == session(c) {
		s.dropCookie(c, "session")
		return s.seeOther(c, "/", "flash.signed_out")
	}
	return s.seeOther(c, "/account/sessions", "flash.session_ended")
}

func (s *Server) endOthers(c *fiber.Ctx) error {
	n, err := s.auth.EndOthers(c.UserContext(), actor(c), session(c))
	if err != nil {
		return err
	}
	return s.seeOther(c, "/account/sessions", "flash.sessions_ended", "count", n)
}
