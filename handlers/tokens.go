package handlers

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/auth"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// tokenRoutes are the programs' ways in.
func (s *Server) tokenRoutes() []route {
	return []route{
		get("/admin/tokens", Administrator, s.showTokens),
		get("/admin/tokens/new", Administrator, s.showNewToken),
		post("/admin/tokens/new", Administrator, s.createToken),
		get("/admin/tokens/:id/revoke", Administrator, s.showRevokeToken),
		post("/admin/tokens/:id/revoke", Administrator, s.revokeToken),
	}
}

// tokensPage is the data of templates/pages/tokens.html.
type tokensPage struct {
	Page
	Tokens []tokenLine
	Zone   string
}

// A tokenLine is a token with its roles in words.
type tokenLine struct {
	*auth.Token
	Grants []grantLine
}

// showTokens answers GET /admin/tokens.
func (s *Server) showTokens(c *fiber.Ctx) error {
	list, err := s.auth.Tokens(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &tokensPage{Page: adminPage(), Zone: houseZone}
	for _, t := range list {
		lines, err := s.grantLines(c, t.Grants)
		if err != nil {
			return err
		}
		p.Tokens = append(p.Tokens, tokenLine{t, lines})
	}
	return s.page(c, "tokens", p)
}

// tokenFormPage is the data of templates/pages/token_form.html.
type tokenFormPage struct {
	Page
	ID, Name, Scope string
	Form            grantForm
	Scopes          []option
}

// showNewToken answers GET /admin/tokens/new.
func (s *Server) showNewToken(c *fiber.Ctx) error {
	p := &tokenFormPage{Page: adminPage(), ID: storage.NewID(), Scope: auth.Read}
	return s.tokenForm(c, p, scheduling.Grant{Role: scheduling.Organiser})
}

func (s *Server) tokenForm(c *fiber.Ctx, p *tokenFormPage, chosen scheduling.Grant) (err error) {
	if p.Form, err = s.grantForm(c, chosen); err != nil {
		return err
	}
	p.Scopes = s.options(c, "admin.scope", auth.Scopes...)
	return s.page(c, "token_form", p)
}

// tokenShownPage is the data of templates/pages/token_shown.html.
type tokenShownPage struct {
	Page
	Token *auth.Token
	Plain string
}

// createToken answers POST /admin/tokens/new with the token itself: this page is
// the only one that ever shows it. Sent twice, it makes one token.
func (s *Server) createToken(c *fiber.Ctx) error {
	f := s.form(c)
	g := readGrant(f)
	if g.Role == scheduling.Coordinator && g.Group == "" {
		f.wrong("group", "person.group_needed")
	}
	plain, t, err := "", (*auth.Token)(nil), f.Err()
	if err == nil {
		plain, t, err = s.auth.CreateTokenOnce(c.UserContext(), actor(c), f.NewID(), f.Text("name"), []scheduling.Grant{g}, f.List("scope"))
	}
	if errors.Is(err, storage.ErrDuplicate) {
		return s.seeOtherBad(c, "/admin/tokens", "admin.flash.token_twice")
	}
	if problem := s.inForm(c, err, "name", "role", "cluster", "group", "scope"); problem != nil {
		p := &tokenFormPage{Page: adminPage(), ID: f.NewID(), Name: f.Value("name"), Scope: f.Value("scope")}
		p.Problem = problem
		return s.tokenForm(c, p, g)
	}
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.page(c, "token_shown", &tokenShownPage{Page: adminPage(), Token: t, Plain: plain})
}

// tokenRevokePage is the data of templates/pages/token_revoke.html.
type tokenRevokePage struct {
	Page
	Token *auth.Token
	Zone  string
}

// showRevokeToken answers GET /admin/tokens/:id/revoke: it asks once more.
func (s *Server) showRevokeToken(c *fiber.Ctx) error {
	list, err := s.auth.Tokens(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(t *auth.Token) bool { return t.ID == c.Params("id") && t.RevokedAt.IsZero() })
	if i < 0 {
		return storage.ErrNotFound
	}
	return s.page(c, "token_revoke", &tokenRevokePage{Page: adminPage(), Token: list[i], Zone: houseZone})
}

// revokeToken answers POST /admin/tokens/:id/revoke.
func (s *Server) revokeToken(c *fiber.Ctx) error {
	if err := s.auth.RevokeToken(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	return s.seeOther(c, "/admin/tokens", "admin.flash.revoked")
}
