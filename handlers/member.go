package handlers

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// memberRoutes are a signed-in person's own.
func (s *Server) memberRoutes() []route {
	return slices.Concat([]route{
		get("/account", SignedIn, s.showAccount),
		post("/account/language", SignedIn, s.setLanguage),
	}, s.feedRoutes(), s.meetingRoutes())
}

// accountPage is the data of templates/pages/account.html.
type accountPage struct {
	Page
	Coming, Past []myRow
	Calendars    int // how many calendar addresses they have
	Groups       []*scheduling.Group
	Rounds       []*scheduling.EntrantPage
	Actions      []*scheduling.ActionItem // that they promised, open
	PlanItems    []scheduling.OwnedItem   // that they promised in plans, open
	Now          time.Time
	Today        string                      // on the house's clock
	Memberships  []*scheduling.OwnMembership // that they speak for
	Issues       []*scheduling.ForesightIssue
	Zone         string
	Lang         string
	Langs        []choice
	Preferences  string // where they say what is sent to them
}

// A myRow is a registration of one's own, with its page.
type myRow struct {
	*scheduling.MyPage
	Path string
}

// showAccount answers GET /account: what one goes to, one's groups and calendars.
func (s *Server) showAccount(c *fiber.Ctx) error {
	list, err := s.desk.MyRegistrations(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	now := s.desk.DB.Now()
	p := &accountPage{Lang: actor(c).Lang, Preferences: s.desk.PreferencesPath(actor(c)), Now: now, Zone: houseZone}
	for _, m := range list {
		row := myRow{m, "/my/" + s.desk.MyLink(m.Registration)}
		if m.Event.Ends.After(now) && m.Registration.State.Live() {
			p.Coming = append(p.Coming, row)
		} else {
			p.Past = append(p.Past, row)
		}
	}
	slices.Reverse(p.Coming) // the soonest first
	own, err := s.desk.FeedAddresses(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p.Calendars = len(own)
	if p.Groups, err = s.desk.MyGroups(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if p.Rounds, err = s.desk.MyRounds(c.UserContext(), actor(c)); err != nil {
		return err
	}
	promised, err := s.desk.MyActions(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p.Actions, p.Today = promised.Actions, scheduling.HouseDay(now)
	if p.PlanItems, err = s.openPlanItems(c); err != nil {
		return err
	}
	if p.Issues, err = s.issuesFor(c, ""); err != nil {
		return err
	}
	if p.Memberships, err = s.desk.MyMemberships(c.UserContext(), actor(c)); err != nil {
		return err
	}
	for _, code := range s.texts.Langs() {
		p.Langs = append(p.Langs, choice{Value: code, Label: s.texts.In(code).Text("member.language_name"), On: code == p.Lang})
	}
	secret(c)
	return s.page(c, "account", p)
}

// setLanguage is the language of one's mails, and of the pages from now on.
func (s *Server) setLanguage(c *fiber.Ctx) error {
	lang := s.form(c).Value("lang")
	if err := s.desk.SetLanguage(c.UserContext(), actor(c), lang); err != nil {
		return err
	}
	return s.seeOther(c, "/account?lang="+lang, "member.flash.language")
}
