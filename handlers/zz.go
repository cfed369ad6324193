package handlers

import "github.com/gofiber/fiber/v2"
import "kohtaamo/scheduling"

func (s *Server) ZZ(c *fiber.Ctx) error {
	p := &wordsPage{}
	p.Problem = s.inForm(c, &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "problem.address"}}, "email")
	p.Nav = []NavLink{{Key: "account.sessions", Path: "/zz"}, {Key: "privacy.title", Path: "/privacy"}}
	p.Emblem = &Emblem{Project: "Arctic Circular Economy 2026–2028"}
	p.Tabs = []NavLink{{Key: "common.home", Path: "/zz"}, {Key: "account.sessions", Path: "/x", Count: 3}}
	c.Locals(keyActor, scheduling.Actor{ID: "x", Name: "Aino Väisänen"})
	return s.page(c, "zz", p)
}
