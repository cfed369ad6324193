package handlers

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// feedRoutes are the secret calendar addresses of whoever is signed in.
func (s *Server) feedRoutes() []route {
	const one = "/account/feeds/:id"
	return []route{
		get("/account/feeds", SignedIn, s.showFeeds),
		get("/account/feeds/new", SignedIn, s.showNewFeed),
		post("/account/feeds/new", SignedIn, s.createFeed),
		get(one, SignedIn, s.showFeed),
		post(one, SignedIn, s.editFeed),
		post(one+"/rotate", SignedIn, s.rotateFeed),
		post(one+"/revoke", SignedIn, s.revokeFeed),
	}
}

// feedsPage is the data of templates/pages/feeds.html.
type feedsPage struct {
	Page
	Own []feedRow
}

// A feedRow is one of the person's calendars.
type feedRow struct {
	*scheduling.FeedAddress
	Shows []string // keys of what it shows
	Day   time.Time
}

// showFeeds answers GET /account/feeds.
func (s *Server) showFeeds(c *fiber.Ctx) error {
	own, err := s.desk.FeedAddresses(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &feedsPage{}
	for _, t := range own {
		row := feedRow{FeedAddress: t, Day: dayOf(t.Fetched)}
		for _, name := range scheduling.FeedScopes() {
			if t.Has(name) {
				row.Shows = append(row.Shows, "feeds.scope."+name)
			}
		}
		p.Own = append(p.Own, row)
	}
	secret(c)
	return s.page(c, "feeds", p)
}

// dayOf is a day as 2006-01-02; the zero time where there is none.
func dayOf(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return t
}

// feedPage is the data of templates/pages/feed.html and feed_form.html.
type feedPage struct {
	Page
	Address *scheduling.FeedAddress
	Feed    subscription
	Day     time.Time // it was last asked for
	Scopes  []tick
	Alarms  []tick
	Langs   []option
}

func (s *Server) feedPage(c *fiber.Ctx, t *scheduling.FeedAddress, problem *FormProblem) *feedPage {
	p := &feedPage{Address: t, Day: dayOf(t.Fetched), Feed: subscribe(t.URL)}
	p.Problem, p.Feed.Private = problem, true
	var alarms, chosen []string
	for _, n := range scheduling.FeedAlarms {
		alarms = append(alarms, strconv.Itoa(n))
		if t.Sounds(n) {
			chosen = append(chosen, strconv.Itoa(n))
		}
	}
	p.Alarms = ticks(s.options(c, "feeds.alarm", alarms...), chosen)
	for _, o := range s.options(c, "feeds.scope", scheduling.FeedScopes()...) {
		p.Scopes = append(p.Scopes, tick{o, t.Has(o.Value)})
	}
	for _, code := range s.texts.Langs() {
		p.Langs = append(p.Langs, option{code, s.texts.In(code).Text("member.language_name")})
	}
	return p
}

// showNewFeed answers GET /account/feeds/new, with everything ticked.
func (s *Server) showNewFeed(c *fiber.Ctx) error {
	t := &scheduling.FeedAddress{Meta: storage.Meta{ID: storage.NewID()}, Lang: s.lang(c).Code(), Scopes: scheduling.FeedScopes()}
	return s.page(c, "feed_form", s.feedPage(c, t, nil))
}

// createFeed answers POST /account/feeds/new. Sent twice, it makes one.
func (s *Server) createFeed(c *fiber.Ctx) error {
	f := s.form(c)
	t := &scheduling.FeedAddress{Meta: storage.Meta{ID: f.NewID()}}
	readFeed(f, t)
	err := f.Join(s.desk.SaveFeed(c.UserContext(), actor(c), t))
	if p := s.inForm(c, err, feedFields...); p != nil {
		return s.page(c, "feed_form", s.feedPage(c, t, p))
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/account/feeds/"+t.ID, "feeds.flash.made")
}

var feedFields = []string{"name", "scopes", "lang", "all_day", "alarms"}

// readFeed reads what a person chooses.
func readFeed(f *form, t *scheduling.FeedAddress) {
	t.Name, t.Lang, t.AllDay, t.Scopes, t.Alarms = f.Text("name"), f.Value("lang"), f.Check("all_day"), f.List("scopes"), nil
	for _, v := range f.List("alarms") {
		n, err := strconv.Atoi(v)
		if err != nil {
			n = -1 // no time we offer: the desk says so
		}
		t.Alarms = append(t.Alarms, n)
	}
}

// showFeed answers GET /account/feeds/:id: the address, how to add it, and what
// it shows.
func (s *Server) showFeed(c *fiber.Ctx) error {
	t, err := s.desk.FeedAddress(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	secret(c)
	return s.page(c, "feed", s.feedPage(c, t, nil))
}

// editFeed answers POST /account/feeds/:id.
func (s *Server) editFeed(c *fiber.Ctx) error {
	t, err := s.desk.FeedAddress(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, now := s.form(c), t.Rev
	t.Rev = f.EditRevision()
	readFeed(f, t)
	err = s.desk.SaveFeed(c.UserContext(), actor(c), t)
	if p := s.inForm(c, err, feedFields...); p != nil {
		t.Rev = now
		secret(c)
		return s.page(c, "feed", s.feedPage(c, t, p))
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/account/feeds/"+t.ID, "feeds.flash.saved")
}

func (s *Server) rotateFeed(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := s.desk.RotateFeed(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	return s.seeOther(c, "/account/feeds/"+id, "feeds.flash.rotated")
}

func (s *Server) revokeFeed(c *fiber.Ctx) error {
	if err := s.desk.RevokeFeed(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	return s.seeOther(c, "/account/feeds", "feeds.flash.revoked")
}
