package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// previewStored answers GET /organise/events/:id/preview?in=fi: the public page
// of an event as it is stored, in one language.
func (s *Server) previewStored(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	return s.preview(c, b.EventPage)
}

// previewTyped answers the editor's preview buttons: the public page of what
// was typed. Nothing is stored.
func (s *Server) previewTyped(c *fiber.Ctx) error {
	found := &scheduling.EventPage{Event: &scheduling.Event{State: scheduling.Draft}, Seating: &scheduling.Seating{}}
	if c.Params("id") != "" {
		b, err := s.board(c)
		if err != nil {
			return err
		}
		found = b.EventPage
	}
	f, typed := s.eventForm(c), *found
	typed.Event = f.event(*found.Event)
	if err := f.Err(); err != nil {
		return err
	}
	seats := *found.Seating
	seats.Seats = typed.Event.Rules.Seats
	typed.Seating = &seats
	return s.preview(c, &typed)
}

// preview shows the page in the language that ?in= names, whatever the
// organiser reads.
func (s *Server) preview(c *fiber.Ctx, found *scheduling.EventPage) error {
	if in := c.Query("in"); s.texts.Has(in) {
		c.Locals(keyLang, s.texts.In(in))
	}
	p := s.eventPageOf(c, found)
	p.NoIndex = true
	return s.page(c, "event", p)
}
