package handlers

import (
	"bytes"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/docx"
)

// signingRoutes are agreements as who signs them reads them, by their link.
func (s *Server) signingRoutes() []route {
	return []route{
		get("/agreements/:link", Link, s.showSigning),
		post("/agreements/:link", Link, s.signAgreement),
		get("/agreements/:link/document", Link, s.downloadSigned),
		get("/agreements/:link/text", Link, s.downloadSignedText),
	}
}

// signingPage is the data of templates/pages/signing.html.
type signingPage struct {
	Page
	*scheduling.SigningPage
	F    values
	Base string
	Zone string
}

// showSigning answers GET /agreements/:link.
func (s *Server) showSigning(c *fiber.Ctx) error { return s.signing(c, values{}, nil) }

func (s *Server) signing(c *fiber.Ctx, v values, problem *FormProblem) error {
	secret(c)
	found, err := s.desk.AgreementByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := &signingPage{SigningPage: found, F: v, Base: "/agreements/" + c.Params("link"), Zone: houseZone}
	if len(v) == 0 {
		p.F.set("name", found.Agreement.Signatory)
		p.F.set("position", found.Agreement.Position)
	}
	p.NoIndex, p.Problem, p.Brand = true, s.labelled(c, "membership.f.", problem), s.brand(c, found.Cluster)
	return s.page(c, "signing", p)
}

// signAgreement answers POST /agreements/:link. Sent twice, it signs once.
func (s *Server) signAgreement(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.SignInput{Name: f.Text("name"), Position: f.Text("position"), Agreed: f.Check("agreed"), SHA256: f.Value("sha256")}
	_, err := s.desk.SignAgreement(c.UserContext(), c.Params("link"), in)
	if problem := s.inForm(c, err, "name", "position", "agreed"); problem != nil {
		return s.signing(c, f.typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/agreements/"+c.Params("link"), "membership.flash.signed")
}

// downloadSigned answers GET /agreements/:link/document: the file that is
// signed, or the text with its signature for a word processor.
func (s *Server) downloadSigned(c *fiber.Ctx) error {
	p, err := s.desk.AgreementByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	if p.File != nil {
		x, err := s.desk.AgreementFileByLink(c.UserContext(), c.Params("link"), p.File.ID)
		if err != nil {
			return err
		}
		return s.sendFile(c, x.File, x.Body)
	}
	return s.sendAgreement(c, p)
}

// sendAgreement answers with a text and its signature for a word processor.
func (s *Server) sendAgreement(c *fiber.Ctx, p *scheduling.SigningPage) error {
	var b bytes.Buffer
	if err := scheduling.WriteSigned(&b, p, s.texts.In(p.Agreement.Lang)); err != nil {
		return err
	}
	return sendDownload(c, agreementName(p, "docx"), docx.Type, b.Bytes())
}

// agreementName is what the file of a version is called.
func agreementName(p *scheduling.SigningPage, ext string) string {
	return fmt.Sprintf("%s-%s-%d.%s", p.Cluster.Slug, scheduling.Slug(p.Company), p.Agreement.Version, ext)
}

// downloadSignedText answers GET /agreements/:link/text: byte by byte the text
// that the hash is of.
func (s *Server) downloadSignedText(c *fiber.Ctx) error {
	p, err := s.desk.AgreementByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	if p.File != nil {
		return fiber.ErrNotFound
	}
	return sendDownload(c, agreementName(p, "md"), "text/markdown; charset=utf-8", []byte(p.Document))
}
