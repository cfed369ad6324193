package handlers

import (
	"errors"
	"html/template"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// calendarRoutes are calendars that everybody may subscribe to, how to do it,
// and the secret ones. A name of one segment is a cluster's, or "all".
func (s *Server) calendarRoutes() []route {
	return []route{
		get("/calendar", Public, s.showCalendars),
		get("/calendar/groups/:slug.ics", Public, s.publicFeed("groups/")),
		get("/calendar/groups/:slug/subscribe", Public, s.showCalendar("groups/")),
		get("/calendar/types/:slug.ics", Public, s.publicFeed("types/")),
		get("/calendar/types/:slug/subscribe", Public, s.showCalendar("types/")),
		get("/calendar/:slug.ics", Public, s.publicFeed("")),
		get("/calendar/:slug/subscribe", Public, s.showCalendar("")),
		get("/feeds/:file", Link, s.personalFeed),
	}
}

const calendarType = "text/calendar; charset=utf-8"

// feedLang is the language that a calendar's address names. What a client says
// it accepts does not matter: calendars are fetched by servers.
func (s *Server) feedLang(c *fiber.Ctx) string {
	if code := c.Query("lang"); s.texts.Has(code) {
		return code
	}
	return templates.Fallback
}

// asCalendar takes back what middleware set for pages: a calendar depends on
// its address alone.
func asCalendar(c *fiber.Ctx, private bool) {
	c.Response().Header.Del(fiber.HeaderSetCookie)
	say(c, nameVary, fiber.HeaderAcceptEncoding)
	say(c, nameRobots, "noindex") // robots.txt has to let Google's calendar in
	if private {
		say(c, nameCacheControl, "private, max-age=900")
		say(c, nameReferrer, "no-referrer")
		return
	}
	say(c, nameCacheControl, "public, max-age=900")
}

// publicFeed answers GET /calendar/….ics: the feed of what is called so below
// an address.
func (s *Server) publicFeed(below string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := s.desk.PublicFeed(c.UserContext(), below+c.Params("slug"), s.feedLang(c))
		if err != nil {
			return err
		}
		return s.sendFeed(c, f)
	}
}

// personalFeed answers GET /feeds/:token.ics. A rotated or revoked address is
// gone: clients that know what that means stop asking.
func (s *Server) personalFeed(c *fiber.Ctx) error {
	link, ok := strings.CutSuffix(c.Params("file"), ".ics")
	if !ok {
		return storage.ErrNotFound
	}
	f, err := s.desk.PersonalFeed(c.UserContext(), link)
	if errors.Is(err, scheduling.ErrGone) {
		return fiber.ErrGone
	}
	if err != nil {
		return err
	}
	return s.sendFeed(c, f)
}

func (s *Server) sendFeed(c *fiber.Ctx, f *scheduling.Feed) error {
	asCalendar(c, f.Private)
	return sendStored(c, s.feeds.answer(f))
}

// feedAnswers are the answers of feeds that were sent lately, with the headers
// as they are written. The zero value is ready.
type feedAnswers struct {
	mu   sync.RWMutex
	kept map[*scheduling.Feed]*stored
}

// feedAnswersKept is how many there are; where there are more, all go.
const feedAnswersKept = 1024

func (k *feedAnswers) answer(f *scheduling.Feed) *stored {
	k.mu.RLock()
	a := k.kept[f]
	k.mu.RUnlock()
	if a != nil {
		return a
	}
	a = &stored{Type: calendarType, Body: f.Body, Gzip: f.Gzip, Modified: f.Modified, ETag: `"` + f.ETag + `"`, GzipETag: `"` + f.GzipETag() + `"`}
	if !f.Modified.IsZero() {
		a.date = ical.LastModified(f.Modified)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= feedAnswersKept {
		k.kept = map[*scheduling.Feed]*stored{}
	}
	k.kept[f] = a
	return a
}

// eventFile answers GET /events/:slug.ics, with ?agenda=1 with the agenda's
// items as entries of their own.
func (s *Server) eventFile(c *fiber.Ctx) error {
	agenda := c.Query("agenda") == "1"
	f, e, err := s.desk.EventFile(c.UserContext(), actor(c), c.Params("slug"), s.feedLang(c), agenda)
	if err != nil {
		return err
	}
	if !agenda {
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+e.Slug+`.ics"`)
	}
	return s.sendFeed(c, f)
}

// calendarsPage is the data of templates/pages/calendars.html.
type calendarsPage struct {
	Page
	Sections []calendarSection
}

// A calendarSection is the public calendars of one kind.
type calendarSection struct {
	Of        string
	Calendars []scheduling.PublicCalendar
}

// showCalendars answers GET /calendar: all calendars there are for everybody.
func (s *Server) showCalendars(c *fiber.Ctx) error {
	list, err := s.desk.PublicFeeds(c.UserContext(), s.lang(c).Code())
	if err != nil {
		return err
	}
	p := &calendarsPage{}
	for _, f := range list {
		if n := len(p.Sections); n == 0 || p.Sections[n-1].Of != f.Of {
			p.Sections = append(p.Sections, calendarSection{Of: f.Of})
		}
		last := &p.Sections[len(p.Sections)-1]
		last.Calendars = append(last.Calendars, f)
	}
	return s.page(c, "calendars", p)
}

// calendarPage is the data of templates/pages/calendar.html.
type calendarPage struct {
	Page
	Calendar scheduling.PublicCalendar
	Feed     subscription
}

// showCalendar answers GET /calendar/…/subscribe: how to add one of them. Its
// address is that of the page's language.
func (s *Server) showCalendar(below string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		lang := s.lang(c).Code()
		list, err := s.desk.PublicFeeds(c.UserContext(), lang)
		if err != nil {
			return err
		}
		for _, f := range list {
			if f.Name == below+c.Params("slug") {
				p := &calendarPage{Calendar: f, Feed: subscribe(s.publicAddress(f.Name, lang))}
				p.Feeds = []Feed{{strings.TrimPrefix(p.Feed.URL, s.BaseURL), f.Title}}
				return s.page(c, "calendar", p)
			}
		}
		return storage.ErrNotFound
	}
}

// publicAddress is a public feed's absolute address in a language.
func (s *Server) publicAddress(name, lang string) string {
	address := s.BaseURL + "/calendar/" + name + ".ics"
	if lang != templates.Fallback {
		address += "?lang=" + lang
	}
	return address
}

// A subscription is a calendar address in the forms that calendars take.
type subscription struct {
	URL     string
	Webcal  template.URL
	Google  template.URL
	Outlook template.URL
	Private bool   // nobody else may see it: not in a link to another site
	How     string // the page with instructions; "" on that page
}

// subscribe makes the forms of a calendar's absolute address.
func subscribe(address string) subscription {
	_, rest, _ := strings.Cut(address, "://")
	webcal := "webcal://" + rest
	return subscription{
		URL: address, Webcal: template.URL(webcal),
		Google:  template.URL("https://calendar.google.com/calendar/render?cid=" + template.URLQueryEscaper(webcal)),
		Outlook: template.URL("https://outlook.live.com/calendar/0/addfromweb?url=" + template.URLQueryEscaper(address)),
	}
}
