package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// privacyRoutes are what people see and decide of what is kept about them, and
// what those look after who keep it.
func (s *Server) privacyRoutes() []route {
	ask := post("/privacy/link", Public, s.askDataLink)
	ask.Limit = signInLimit
	const erase = "/admin/users/:id/erase"
	return []route{
		get("/privacy", Public, s.showPrivacy),
		ask,
		get("/account/data", SignedIn, s.showMyData),
		post("/account/data/consents/:purpose", SignedIn, s.setConsent),
		get("/account/data/copy", SignedIn, s.showDataCopy),
		get("/account/data/copy.json", SignedIn, s.sendDataCopy),
		post("/account/data/erase", SignedIn, s.askErasure),
		get("/erase/:link", Link, s.showErase),
		post("/erase/:link", Link, s.eraseByLink),

		get("/organise/consents", Organiser, s.showConsents),
		get("/organise/consents.csv", Organiser, s.exportConsents(csvFile)),
		get("/organise/consents.xlsx", Organiser, s.exportConsents(xlsx)),

		get("/admin/privacy", Administrator, s.showRetention),
		post("/admin/privacy/rules/:rule", Administrator, s.setRetention),
		get("/admin/privacy/erasures", Administrator, s.showErasures),
		get("/admin/privacy/record", Administrator, s.showProcessing),
		get(erase, Administrator, s.showErasePerson),
		post(erase, Administrator, s.erasePerson),
	}
}

// privacyPage is the data of templates/pages/privacy.html.
type privacyPage struct {
	Page
	House string
	Rules []*scheduling.RetentionLine
	Email string
	Sent  bool
}

// showPrivacy answers GET /privacy with the rules as they hold today.
func (s *Server) showPrivacy(c *fiber.Ctx) error { return s.privacy(c, &privacyPage{}) }

func (s *Server) privacy(c *fiber.Ctx, p *privacyPage) (err error) {
	p.House = s.desk.House
	if p.Rules, err = s.desk.Retention(c.UserContext()); err != nil {
		return err
	}
	return s.page(c, "privacy", p)
}

// askDataLink answers POST /privacy/link: a link to one's own data is mailed, one
// that signs in to a person and one to what is kept under the address to whoever
// is none. The answer is the same whether we know the address or not.
func (s *Server) askDataLink(c *fiber.Ctx) error {
	p := &privacyPage{Email: s.form(c).Text("email")}
	err := s.auth.Request(c.UserContext(), p.Email, "/account/data")
	if err == nil {
		err = s.desk.AskAddressData(c.UserContext(), p.Email, s.lang(c).Code())
	}
	if p.Problem = s.inForm(c, err); p.Problem == nil && err != nil {
		return err
	}
	p.Sent = err == nil
	return s.privacy(c, p)
}

// myDataPage is the data of templates/pages/mydata.html.
type myDataPage struct {
	Page
	Purposes    []purposeRow
	Preferences string
	Zone        string
}

// A purposeRow is one purpose with what its person said to it.
type purposeRow struct {
	scheduling.Purpose
	Wording string
	On      bool
	Given   []givenLine
}

// A givenLine is one answer, with where it was given in words.
type givenLine struct {
	scheduling.Given
	Place string
}

// showMyData answers GET /account/data.
func (s *Server) showMyData(c *fiber.Ctx) error {
	given, err := s.desk.MyConsents(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &myDataPage{Preferences: s.desk.PreferencesPath(actor(c)), Zone: houseZone}
	for _, purpose := range scheduling.Purposes {
		row := purposeRow{Purpose: purpose, Wording: s.lang(c).Text("purpose."+purpose.Key+".wording", "house", s.desk.House, "version", purpose.Version)}
		for _, g := range given {
			if g.Purpose == purpose.Key {
				row.Given = append(row.Given, s.givenLine(c, g))
				row.On = row.On || g.Consent.Given
			}
		}
		p.Purposes = append(p.Purposes, row)
	}
	secret(c)
	return s.page(c, "mydata", p)
}

func (s *Server) givenLine(c *fiber.Ctx, g scheduling.Given) givenLine {
	place := g.Place(s.lang(c).Code())
	if place == "" {
		place = s.lang(c).Text("consents.where." + g.Where)
	}
	return givenLine{g, place}
}

// setConsent answers POST /account/data/consents/:purpose.
func (s *Server) setConsent(c *fiber.Ctx) error {
	given := s.form(c).Value("given") == "yes"
	if err := s.desk.SetConsent(c.UserContext(), actor(c), c.Params("purpose"), given); err != nil {
		return err
	}
	if given {
		return s.seeOther(c, "/account/data", "mydata.flash.given")
	}
	return s.seeOther(c, "/account/data", "mydata.flash.taken")
}

// askErasure answers POST /account/data/erase: the link that erases is mailed.
func (s *Server) askErasure(c *fiber.Ctx) error {
	err := s.desk.AskErasure(c.UserContext(), actor(c))
	if p := s.inForm(c, err); p != nil {
		return s.seeOtherBad(c, "/account/data", "person.last_administrator")
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/account/data", "mydata.flash.erase")
}

// erasePage is the data of templates/pages/erase.html: without a Person they are
// erased, with Old the link has run out.
type erasePage struct {
	Page
	Person *scheduling.Person
	Path   string
	Old    bool
}

// showErase answers GET /erase/:link with the button: mail programs open links too.
func (s *Server) showErase(c *fiber.Ctx) error {
	secret(c)
	found, err := s.desk.ErasureByLink(c.UserContext(), c.Params("link"))
	p := &erasePage{Path: "/erase/" + c.Params("link")}
	p.NoIndex = true
	if errors.Is(err, scheduling.ErrGone) {
		p.Old = true
		c.Status(fiber.StatusGone)
		return s.page(c, "erase", p)
	}
	if err != nil {
		return err
	}
	p.Person = found.Person
	return s.page(c, "erase", p)
}

// eraseByLink answers POST /erase/:link.
func (s *Server) eraseByLink(c *fiber.Ctx) error {
	_, err := s.desk.EraseByLink(c.UserContext(), c.Params("link"))
	if errors.Is(err, scheduling.ErrGone) {
		return s.seeOther(c, "/erase/"+c.Params("link"), "")
	}
	if p := s.inForm(c, err); p != nil {
		return s.seeOtherBad(c, "/privacy", "person.last_administrator")
	}
	if err != nil {
		return err
	}
	s.dropCookie(c, "session")
	c.Set("Clear-Site-Data", `"storage"`)
	return s.seeOther(c, "/erase/"+c.Params("link"), "")
}
