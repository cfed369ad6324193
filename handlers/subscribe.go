package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// subscribeRoutes are for whoever reads: to subscribe, to choose, to leave. The
// address to leave takes a POST from anywhere (RFC 8058), and as many as come:
// mail hosts send those of all their readers from a few addresses.
func (s *Server) subscribeRoutes() []route {
	oneClick := post("/unsubscribe/:token", Link, s.leaveList)
	oneClick.CrossSite, oneClick.Limit = true, -1
	ask := post("/newsletters/subscribe", Public, s.subscribe)
	ask.Limit = subscribeLimit
	return []route{
		get("/newsletters/subscribe", Public, s.showSubscribe),
		ask,
		get("/newsletters/confirm/:token", Link, s.showConfirm),
		post("/newsletters/confirm/:token", Link, s.confirmSubscription),
		get("/preferences/:token", Link, s.showPreferences),
		post("/preferences/:token", Link, s.savePreferences),
		post("/preferences/:token/leave", Link, s.leaveEverything),
		get("/unsubscribe/:token", Link, s.showLeave),
		oneClick,
		post("/unsubscribe/:token/reason", Link, s.sayWhy),
		post("/unsubscribe/:token/back", Link, s.putBack),
	}
}

// subscribeLimit is how often a minute one network may send the form.
const subscribeLimit = 20

// subscribePage is the data of templates/pages/subscribe.html.
type subscribePage struct {
	Page
	Form    scheduling.SubscribeForm
	Lists   []listChoice
	Langs   []option
	Cluster string // slug, where the lists are one cluster's
	Sent    bool
}

// A listChoice is a list that can be ticked.
type listChoice struct {
	*scheduling.MailingList
	On bool
}

// showSubscribe answers GET /newsletters/subscribe; ?cluster= and ?list= say of
// which.
func (s *Server) showSubscribe(c *fiber.Ctx) error {
	p := &subscribePage{Cluster: c.Query("cluster"), Form: scheduling.SubscribeForm{Lang: s.lang(c).Code()}}
	if a := actor(c); a.SignedIn() {
		p.Form.Email, p.Form.Name = a.Email, a.Name
	}
	return s.subscribeForm(c, p, c.Query("list"))
}

// subscribeForm shows the open lists; those of the form are ticked, and the one
// that is named, or the only one there is.
func (s *Server) subscribeForm(c *fiber.Ctx, p *subscribePage, named string) error {
	cluster := ""
	if p.Cluster != "" {
		cl, err := s.desk.Cluster(c.UserContext(), p.Cluster)
		if err != nil {
			return err
		}
		cluster, p.Brand = cl.ID, s.brand(c, cl)
	}
	list, err := s.desk.OpenLists(c.UserContext(), cluster)
	if err != nil {
		return err
	}
	p.Lists, p.Langs = listChoices(list, p.Form.Lists, named), s.languageOptions()
	return s.page(c, "subscribe", p)
}

func listChoices(list []*scheduling.MailingList, chosen []string, named string) (out []listChoice) {
	for _, l := range list {
		out = append(out, listChoice{l, len(list) == 1 || l.Slug == named || slices.Contains(chosen, l.ID)})
	}
	return out
}

// subscribe answers POST /newsletters/subscribe. The answer is the same whoever
// is subscribed to what.
func (s *Server) subscribe(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.SubscribeForm{Email: f.Text("email"), Name: f.Text("name"), Lang: f.Value("lang"), Lists: f.List("lists"),
		Wording: s.lang(c).Text("lists.public.consent")}
	if !s.texts.Has(in.Lang) {
		in.Lang = s.lang(c).Code()
	}
	p := &subscribePage{Form: in, Cluster: f.Text("cluster")}
	err := s.desk.Subscribe(c.UserContext(), in)
	if p.Problem = s.inForm(c, err, "lists", "email", "name"); p.Problem == nil && err != nil {
		return err
	}
	p.Sent = err == nil
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.subscribeForm(c, p, "")
}

// confirmPage is the data of templates/pages/subscribe_confirm.html. A link that
// is no use any more has no Confirm.
type confirmPage struct {
	Page
	Confirm *scheduling.ConfirmPage
}

// showConfirm only looks at the link: mail programs open links too.
func (s *Server) showConfirm(c *fiber.Ctx) error {
	p, err := s.desk.WishByLink(c.UserContext(), c.Params("token"))
	return s.confirmed(c, p, err)
}

// confirmSubscription answers POST /newsletters/confirm/:token.
func (s *Server) confirmSubscription(c *fiber.Ctx) error {
	p, err := s.desk.ConfirmSubscriptions(c.UserContext(), c.Params("token"))
	return s.confirmed(c, p, err)
}

func (s *Server) confirmed(c *fiber.Ctx, found *scheduling.ConfirmPage, err error) error {
	p := &confirmPage{Confirm: found}
	p.NoIndex = true
	if p.Problem = s.inForm(c, err); p.Problem == nil && err != nil {
		return err
	}
	secret(c)
	return s.page(c, "subscribe_confirm", p)
}

// preferencesPage is the data of templates/pages/preferences.html.
type preferencesPage struct {
	Page
	*scheduling.Preferences
	Token string
	Langs []option
}

// showPreferences answers GET /preferences/:token.
func (s *Server) showPreferences(c *fiber.Ctx) error {
	found, err := s.desk.Preferences(c.UserContext(), c.Params("token"))
	if err != nil {
		return err
	}
	p := &preferencesPage{Preferences: found, Token: c.Params("token"), Langs: s.languageOptions()}
	if p.NoIndex = true; p.Lang == "" {
		p.Lang = s.lang(c).Code()
	}
	secret(c)
	return s.page(c, "preferences", p)
}

// savePreferences answers POST /preferences/:token.
func (s *Server) savePreferences(c *fiber.Ctx) error {
	f, l := s.form(c), s.lang(c)
	in := scheduling.PreferencesForm{
		Shown: f.List("shown"), Lists: f.List("lists"), Others: f.Check("others"), Lang: f.Value("lang"), Tracking: f.Check("tracking"),
		Wording: l.Text("lists.public.consent"), Asked: l.Text("lists.prefs.tracking_label"),
	}
	if err := s.desk.SavePreferences(c.UserContext(), c.Params("token"), in); err != nil {
		return err
	}
	return s.seeOther(c, "/preferences/"+c.Params("token"), "lists.flash.preferences")
}

// leaveEverything answers POST /preferences/:token/leave.
func (s *Server) leaveEverything(c *fiber.Ctx) error {
	if err := s.desk.LeaveEverything(c.UserContext(), c.Params("token")); err != nil {
		return err
	}
	return s.seeOther(c, "/preferences/"+c.Params("token"), "lists.flash.left_all")
}

// leavePage is the data of templates/pages/unsubscribe.html.
type leavePage struct {
	Page
	*scheduling.LeavePage
	Token  string
	Back   bool // they have just been put back
	Thanks bool // they have just said why
}

// showLeave answers GET /unsubscribe/:token: a page with a button. It leaves
// nothing: mail programs open links too.
func (s *Server) showLeave(c *fiber.Ctx) error {
	p, err := s.desk.LeaveByLink(c.UserContext(), c.Params("token"))
	return s.left(c, &leavePage{LeavePage: p}, err)
}

// leaveList answers POST /unsubscribe/:token: the button of the page, or a mail
// program (RFC 8058), whatever it sends along and however often.
func (s *Server) leaveList(c *fiber.Ctx) error {
	p, err := s.desk.Leave(c.UserContext(), c.Params("token"), "")
	return s.left(c, &leavePage{LeavePage: p}, err)
}

// sayWhy answers POST /unsubscribe/:token/reason.
func (s *Server) sayWhy(c *fiber.Ctx) error {
	reason := s.form(c).Text("reason")
	p, err := s.desk.Leave(c.UserContext(), c.Params("token"), reason)
	return s.left(c, &leavePage{LeavePage: p, Thanks: reason != ""}, err)
}

// putBack answers POST /unsubscribe/:token/back.
func (s *Server) putBack(c *fiber.Ctx) error {
	p, err := s.desk.PutBack(c.UserContext(), c.Params("token"), s.lang(c).Text("lists.leave.wording"))
	if problem := s.inForm(c, err); problem != nil {
		if p, err = s.desk.LeaveByLink(c.UserContext(), c.Params("token")); err != nil {
			return err
		}
		return s.left(c, &leavePage{Page: Page{Problem: problem}, LeavePage: p}, nil)
	}
	return s.left(c, &leavePage{LeavePage: p, Back: true}, err)
}

func (s *Server) left(c *fiber.Ctx, p *leavePage, err error) error {
	if err != nil {
		return err
	}
	p.NoIndex, p.Token = true, c.Params("token")
	secret(c)
	return s.page(c, "unsubscribe", p)
}
