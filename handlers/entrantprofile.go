package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// profilePage is the data of templates/pages/entrant_profile.html.
type profilePage struct {
	myRoundPage
	Form                   scheduling.Entrant
	Offers, Needs, Markets string // as they were typed
	Tags                   []tick
	OtherTags              string
	Back                   bool // into the company's record too
	OwnCompany             bool // it may go there
}

// usualTags is how many tags of others a profile's form offers.
const usualTags = 24

// showProfile answers GET /rounds/:slug/my/profile.
func (s *Server) showProfile(c *fiber.Ctx) error {
	mine, err := s.managing(c)
	if err != nil {
		return err
	}
	e := mine.Entrant
	p := &profilePage{Form: *e, Offers: strings.Join(e.Offers, "\n"), Needs: strings.Join(e.Needs, "\n"), OwnCompany: e.CompanyID != ""}
	var names []string
	for _, code := range e.Countries {
		names = append(names, s.lang(c).Country(code))
	}
	p.Markets = strings.Join(names, ", ")
	return s.profileForm(c, mine, p)
}

func (s *Server) profileForm(c *fiber.Ctx, mine *myRoundPage, p *profilePage) error {
	problem := p.Problem
	p.myRoundPage = *mine
	p.Problem = problem
	usual, err := s.desk.TagsInUse(c.UserContext(), usualTags)
	if err != nil {
		return err
	}
	for _, t := range usual {
		p.Tags = append(p.Tags, tick{option{t, t}, slices.Contains(p.Form.Tags, t)})
	}
	others := slices.DeleteFunc(slices.Clone(p.Form.Tags), func(t string) bool { return slices.Contains(usual, t) })
	p.OtherTags = strings.Join(others, ", ")
	return s.fundedRound(c, "entrant_profile", p, p.Round)
}

// saveProfile answers POST /rounds/:slug/my/profile.
func (s *Server) saveProfile(c *fiber.Ctx) error {
	mine, err := s.managing(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &profilePage{Offers: f.Value("offers"), Needs: f.Value("needs"), Markets: f.Text("countries"), Back: f.Check("back"), OwnCompany: mine.Entrant.CompanyID != ""}
	p.Form = scheduling.Entrant{Meta: storage.Meta{ID: mine.Entrant.ID, Rev: f.EditRevision()}, About: f.Langs("about"),
		Offers: strings.Split(p.Offers, "\n"), Needs: strings.Split(p.Needs, "\n"), Tags: append(f.List("tags"), strings.Split(f.Text("other_tags"), ",")...),
		Listed: f.Check("listed"), MaxMeetings: f.Int("max_meetings", 0, 200)}
	p.Form.Countries = s.countriesTyped(f, p.Markets)
	err = f.Err()
	if err == nil {
		in := p.Form
		_, err = s.desk.SaveEntrant(c.UserContext(), actor(c), &in, p.Back)
	}
	if p.Problem = s.inForm(c, err, "about", "offers", "needs", "tags", "countries", "max_meetings"); p.Problem != nil {
		p.Form.Rev = mine.Entrant.Rev // whoever read what is wrong decides about the present version
		return s.profileForm(c, mine, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, mine.Base, "entrants.flash.saved")
}

// countriesTyped are the codes of countries that somebody named.
func (s *Server) countriesTyped(f *form, typed string) (codes []string) {
	for name := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		code := s.texts.CountryNamed(name)
		if code == "" {
			f.wrong("countries", "entrants.country_unknown")
			continue
		}
		codes = append(codes, code)
	}
	return codes
}
