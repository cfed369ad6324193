package handlers

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// How many suggestions a page shows.
const maxSuggestions = 30

// cataloguePage is the data of templates/pages/catalogue.html.
type cataloguePage struct {
	Page
	*scheduling.CatalogueView
	Base                                string // /rounds/SLUG/catalogue
	Q                                   scheduling.CatalogueQuery
	CountryOptions, MarketOptions       []option
	Kinds, LanguageOptions, Sides, Sort []option
	TagChips                            []chip
	Filtered                            bool
	Previous, Next                      string
}

// showCatalogue answers GET /rounds/:slug/catalogue. Every state of it has an
// address.
func (s *Server) showCatalogue(c *fiber.Ctx) (err error) {
	p := &cataloguePage{Q: catalogueQuery(c)}
	p.CatalogueView, err = s.desk.Catalogue(c.UserContext(), actor(c), c.Params("slug"), p.Q)
	if err != nil {
		return s.orSignIn(c, err)
	}
	p.Base = "/rounds/" + p.Round.Slug + "/catalogue"
	p.NoIndex = !p.Public
	s.catalogueFilters(c, p)
	return s.fundedRound(c, "catalogue", p, p.Round)
}

// orSignIn asks whoever is not signed in to do so, whether there is something to
// see here or not; somebody who waits for the organiser is told on their own page.
func (s *Server) orSignIn(c *fiber.Ctx, err error) error {
	if p := scheduling.ProblemIn(err); p != nil && p.Kind == scheduling.Forbidden {
		return s.seeOtherBad(c, "/rounds/"+url.PathEscape(c.Params("slug"))+"/my", p.Key)
	}
	if errors.Is(err, storage.ErrNotFound) && !actor(c).SignedIn() {
		return c.Redirect("/login?next="+url.QueryEscape(pathAndQuery(c)), fiber.StatusSeeOther)
	}
	return err
}

func catalogueQuery(c *fiber.Ctx) scheduling.CatalogueQuery {
	page, err := strconv.Atoi(c.Query("page"))
	if err != nil {
		page = 1
	}
	return scheduling.CatalogueQuery{Text: text(c, "q"), In: c.Query("in"), Country: c.Query("country"), Market: c.Query("market"), Tag: text(c, "tag"),
		Kind: scheduling.CompanyKind(c.Query("kind")), Lang: c.Query("language"), Common: c.Query("common") != "", Sort: c.Query("sort"), Page: page}
}

// catalogueFilters are the choices, each with how many it finds.
func (s *Server) catalogueFilters(c *fiber.Ctx, p *cataloguePage) {
	l := s.lang(c)
	named := func(facets []scheduling.Facet, name func(string) string) (out []option) {
		for _, f := range facets {
			out = append(out, option{f.Value, name(f.Value) + " (" + l.Number(f.Count) + ")"})
		}
		return out
	}
	p.CountryOptions, p.MarketOptions = named(p.Countries, l.Country), named(p.Markets, l.Country)
	p.LanguageOptions = named(p.Tongues, l.Tongue)
	p.Kinds = s.companyKinds(c)
	p.Sides = s.options(c, "entrants.side", scheduling.InOffers, scheduling.InNeeds)
	p.Sort = s.options(c, "entrants.sort", scheduling.ByName, scheduling.ByMatch, scheduling.ByNewest, scheduling.ByCountry)
	q := p.Q
	p.Filtered = q.Text+q.In+q.Country+q.Market+q.Tag+string(q.Kind)+q.Lang != "" || q.Common
	for _, t := range p.Tags {
		on := t.Value == q.Tag
		to := t.Value
		if on {
			to = ""
		}
		p.TagChips = append(p.TagChips, chip{Label: t.Value, Path: s.withQueryOf(c, "tag", to), Count: t.Count, Counted: true, On: on})
	}
	if p.CatalogueView.Page > 1 {
		p.Previous = s.withQueryOf(c, "page", strconv.Itoa(p.CatalogueView.Page-1))
	}
	if p.CatalogueView.Page < p.Pages {
		p.Next = s.withQueryOf(c, "page", strconv.Itoa(p.CatalogueView.Page+1))
	}
}

// withQueryOf is the address of this page with one thing changed, from its first
// page on unless that is what changes.
func (s *Server) withQueryOf(c *fiber.Ctx, name, value string) string {
	query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		query = url.Values{}
	}
	query.Del("page")
	query.Del("lang")
	query.Set(name, value)
	if value == "" {
		query.Del(name)
	}
	if len(query) == 0 {
		return c.Path()
	}
	return c.Path() + "?" + query.Encode()
}

// entryPage is the data of templates/pages/catalogue_entry.html.
type entryPage struct {
	Page
	*scheduling.CatalogueEntry
	Base    string // /rounds/SLUG
	Own     bool
	Manages bool // who looks may act for their entrant
}

// showEntry answers GET /rounds/:slug/catalogue/:entrant.
func (s *Server) showEntry(c *fiber.Ctx) (err error) {
	p := &entryPage{}
	p.CatalogueEntry, err = s.desk.CatalogueEntry(c.UserContext(), actor(c), c.Params("slug"), c.Params("entrant"))
	if err != nil {
		return s.orSignIn(c, err)
	}
	p.Base, p.Own = "/rounds/"+p.Round.Slug, p.Mine != nil && p.Mine.ID == p.Entrant.ID
	if p.Mine != nil {
		who, _ := p.Mine.Delegate(actor(c).ID)
		p.Manages = who.Manages
	}
	p.NoIndex = !p.Public
	return s.fundedRound(c, "catalogue_entry", p, p.Round)
}

// suggestionsPage is the data of templates/pages/suggestions.html.
type suggestionsPage struct {
	myRoundPage
	Items                             []scheduling.Match
	Whole, Half, Tag, Market, Tongues int // what reasons count
}

// showSuggestions answers GET /rounds/:slug/my/suggestions.
func (s *Server) showSuggestions(c *fiber.Ctx) error {
	mine, err := s.myRound(c)
	if err != nil {
		return err
	}
	p := &suggestionsPage{myRoundPage: *mine, Whole: scheduling.PointsWhole, Half: scheduling.PointsHalf, Tag: scheduling.PointsTag,
		Market: scheduling.PointsMarket, Tongues: scheduling.PointsLanguage}
	if p.Items, err = s.desk.Suggest(c.UserContext(), actor(c), mine.Entrant.ID, maxSuggestions); err != nil {
		return err
	}
	return s.fundedRound(c, "suggestions", p, p.Round)
}
