package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// addressDataRoutes are what whoever is known by a mail address alone sees and
// decides of what is kept under it: a reader of newsletters, an applicant.
func (s *Server) addressDataRoutes() []route {
	return []route{
		get("/data/:link", Link, s.showAddressData),
		get("/data/:link/copy.json", Link, s.sendAddressData),
		post("/data/:link/erase", Link, s.eraseByAddress),
	}
}

// addressDataPage is the data of templates/pages/address_data.html: without Parts
// nothing is kept, with Old the link has run out.
type addressDataPage struct {
	Page
	Email       string
	Path        string
	Preferences string
	At          time.Time
	Zone        string
	Parts       []copyPart
	Old         bool
}

// showAddressData answers GET /data/:link.
func (s *Server) showAddressData(c *fiber.Ctx) error {
	secret(c)
	p := &addressDataPage{Path: "/data/" + c.Params("link"), Zone: houseZone}
	p.NoIndex = true
	found, err := s.desk.AddressDataByLink(c.UserContext(), c.Params("link"), s.lang(c).Code())
	if errors.Is(err, scheduling.ErrGone) {
		p.Old = true
		c.Status(fiber.StatusGone)
		return s.page(c, "address_data", p)
	}
	if err != nil {
		return err
	}
	p.Email, p.Preferences, p.At = found.Email, found.Preferences, found.At
	if p.Parts, err = s.copyParts(c, found.DataCopy); err != nil {
		return err
	}
	return s.page(c, "address_data", p)
}

// sendAddressData answers GET /data/:link/copy.json, for programs.
func (s *Server) sendAddressData(c *fiber.Ctx) error {
	found, err := s.desk.AddressDataByLink(c.UserContext(), c.Params("link"), s.lang(c).Code())
	if errors.Is(err, scheduling.ErrGone) {
		return s.seeOther(c, "/data/"+c.Params("link"), "")
	}
	if err != nil {
		return err
	}
	return s.sendCopy(c, found.DataCopy)
}

// sendCopy sends a copy of what is kept about somebody as a file.
func (s *Server) sendCopy(c *fiber.Ctx, data *scheduling.DataCopy) error {
	body, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return fmt.Errorf("write a copy of somebody's data: %w", err)
	}
	secret(c)
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="my-data.json"`)
	return c.Send(body)
}

// eraseByAddress answers POST /data/:link/erase.
func (s *Server) eraseByAddress(c *fiber.Ctx) error {
	err := s.desk.EraseByAddress(c.UserContext(), c.Params("link"))
	if err != nil && !errors.Is(err, scheduling.ErrGone) {
		return err
	}
	return s.seeOther(c, "/data/"+c.Params("link"), "")
}
