package handlers

import (
	"context"
	"html"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"kohtaamo/scheduling"
)

// Shoot renders a public page as its visitors see it at a moment, with the emblem
// that it has to carry then, for evidence: what stands on it is what stands on it
// now. It finds its looks where people reach us. It is storage.ErrNotFound for a
// page that the public does not see.
func (s *Server) Shoot(ctx context.Context, p scheduling.Shot) ([]byte, error) {
	app := fiber.New(fiber.Config{Immutable: true})
	req := &fasthttp.RequestCtx{}
	req.Request.SetRequestURI("/" + p.Kind + "s/" + p.Slug)
	c := app.AcquireCtx(req)
	defer app.ReleaseCtx(c)
	c.SetUserContext(ctx)
	c.Locals(keyLang, s.texts.In(p.Lang))
	body, err := s.shot(c, p)
	if err != nil {
		return nil, err
	}
	base := `<head><base href="` + html.EscapeString(s.BaseURL) + `/">`
	return []byte(strings.Replace(string(body), "<head>", base, 1)), nil
}

func (s *Server) shot(c *fiber.Ctx, p scheduling.Shot) ([]byte, error) {
	if p.Kind == "trip" {
		found, err := s.desk.TripBySlug(c.UserContext(), scheduling.Actor{}, p.Slug)
		if err != nil {
			return nil, err
		}
		found.Now, found.Project = p.At, p.Project
		return s.render(c, "trip", s.publicTripOf(c, found))
	}
	found, err := s.desk.EventPage(c.UserContext(), scheduling.Actor{}, p.Slug)
	if err != nil {
		return nil, err
	}
	found.Project = p.Project
	return s.render(c, "event", s.eventPageAt(c, found, p.At))
}
