package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// cookieName is the cookie's full name. Over https it starts with __Host-, which
// makes browsers refuse one that another host of the same domain has set.
func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

// cookie sets a cookie that scripts cannot read and other sites cannot send. A
// life of zero ends with the browser.
func (s *Server) cookie(c *fiber.Ctx, name, value string, life time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		Secure: s.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: life == 0,
	})
}

func (s *Server) dropCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(name), Value: "", Path: "/", Expires: time.Unix(1, 0),
		Secure: s.secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
}
