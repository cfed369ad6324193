package handlers

import "github.com/gofiber/fiber/v2"

// wordRoutes are pages of words only.
func (s *Server) wordRoutes() []route {
	return []route{
		get("/accessibility", Public, s.words("accessibility")),
	}
}

// wordsPage is the data of a page that has nothing but words.
type wordsPage struct {
	Page
	House string
}

func (s *Server) words(name string) fiber.Handler {
	return func(c *fiber.Ctx) error { return s.page(c, name, &wordsPage{House: s.desk.House}) }
}
