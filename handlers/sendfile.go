package handlers

import (
	"mime"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// uploadLimit is what a form with one file may have.
const uploadLimit = scheduling.FileLimit + formLimit

// sendFile answers with a file of the file store, to keep and not to show: a
// browser that opens it anyway runs nothing of it. Who may have it was asked
// before.
func (s *Server) sendFile(c *fiber.Ctx, x *scheduling.File, body []byte) error {
	return sendDownload(c, x.Name, x.Type, body)
}

// sendDownload answers with bytes to keep under a name.
func sendDownload(c *fiber.Ctx, name, mediaType string, body []byte) error {
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": name}) // RFC 6266, with RFC 8187 for other letters
	if disposition == "" {
		disposition = "attachment"
	}
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, disposition)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(body)
}
