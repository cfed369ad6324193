package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// followRoutes are where the links and the image of counted newsletters lead:
// those of readers who allow that this is counted.
func (s *Server) followRoutes() []route {
	return []route{
		get("/r/:token", Link, s.followLink),
		get("/o/:token", Link, s.openCopy),
	}
}

// followLink answers GET /r/:token. Where it leads is what the newsletter was
// pinned with; a token that is not ours leads nowhere.
func (s *Server) followLink(c *fiber.Ctx) error {
	to, err := s.desk.FollowLink(c.UserContext(), c.Params("token"), byReader(c))
	if err != nil {
		return err
	}
	secret(c)
	return c.Redirect(to, fiber.StatusFound)
}

// pixel is a transparent image of one point (GIF89a).
var pixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

// openCopy answers GET /o/:token with an image that shows nothing.
func (s *Server) openCopy(c *fiber.Ctx) error {
	if err := s.desk.OpenCopy(c.UserContext(), c.Params("token"), byReader(c)); err != nil {
		return err
	}
	secret(c)
	c.Set(fiber.HeaderContentType, "image/gif")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin") // mail is read on other sites
	return c.Send(pixel)
}

// byReader reports whether somebody looks, as far as a request says: not a
// program that only asks whether there is something, nor one that fetches what
// somebody might want to see.
func byReader(c *fiber.Ctx) bool {
	if c.Method() != fiber.MethodGet {
		return false
	}
	for _, h := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		for _, word := range strings.FieldsFunc(strings.ToLower(c.Get(h)), func(r rune) bool { return strings.ContainsRune(" ,;", r) }) {
			if word == "prefetch" || word == "prerender" || word == "preview" {
				return false
			}
		}
	}
	return true
}
