package handlers

import (
	"encoding/base64"
	"iter"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// exportSubscribers answers GET /organise/lists/:id/export.csv and .xlsx with
// those whom the list's filter chooses, and how each agreed.
func (s *Server) exportSubscribers(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		l, err := s.desk.MailingList(c.UserContext(), actor(c), c.Params("id"))
		if err != nil {
			return err
		}
		words := s.lang(c)
		return s.sendTable(c, k, "lists.subscribers", l.Slug, func(w table.Writer) error {
			if err := w.Write(s.heads(c, "email", "name", "lang", "state", "since", "source", "asked", "confirmed", "wording", "added_by", "reason")); err != nil {
				return err
			}
			return s.desk.EachSubscription(c.UserContext(), actor(c), l.ID, subFilter(c), func(all iter.Seq2[*scheduling.Subscription, error]) error {
				return rows(w, all, func(sub *scheduling.Subscription) []string {
					source := ""
					if sub.Proof.Source != "" {
						source = words.Text("lists.source." + sub.Proof.Source)
					}
					return []string{sub.Email, sub.Name, sub.Lang, words.Text("state.subscription." + string(sub.State)), stamp(sub.Since), source,
						stamp(sub.Proof.Asked), stamp(sub.Proof.Confirmed), sub.Proof.Wording, sub.Proof.By, sub.Reason}
				})
			})
		})
	}
}

// stamp is an instant in a file (RFC 3339, UTC); nothing if there is none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// subscriptionPage is the data of templates/pages/subscription.html.
type subscriptionPage struct {
	Page
	List         *scheduling.ListPage
	Subscription *scheduling.Subscription
	Reason       string // typed
	Zone         string
}

// showSubscription answers GET /organise/subscriptions/:id.
func (s *Server) showSubscription(c *fiber.Ctx) error {
	sub, err := s.desk.Subscription(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	l, err := s.desk.MailingList(c.UserContext(), actor(c), sub.ListID)
	if err != nil {
		return err
	}
	return s.page(c, "subscription", &subscriptionPage{Page: mailFrame(), List: l, Subscription: sub, Zone: houseZone})
}

// removeSubscriber answers POST /organise/subscriptions/:id/remove.
func (s *Server) removeSubscriber(c *fiber.Ctx) error {
	sub, err := s.desk.RemoveSubscriber(c.UserContext(), actor(c), c.Params("id"), s.form(c).Text("reason"))
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/subscriptions/"+sub.ID, "lists.flash.removed", "email", sub.Email)
}

// addSubscriberPage is the data of templates/pages/mailinglist_add.html.
type addSubscriberPage struct {
	Page
	List  *scheduling.ListPage
	Form  scheduling.NewSubscriber
	Langs []option
}

// showAddSubscriber answers GET /organise/lists/:id/add.
func (s *Server) showAddSubscriber(c *fiber.Ctx) error {
	return s.addSubscriberForm(c, scheduling.NewSubscriber{Lang: s.lang(c).Code()}, nil)
}

func (s *Server) addSubscriberForm(c *fiber.Ctx, in scheduling.NewSubscriber, problem *FormProblem) error {
	l, err := s.desk.MailingList(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &addSubscriberPage{Page: mailFrame(), List: l, Form: in, Langs: s.languageOptions()}
	p.Problem = problem
	return s.page(c, "mailinglist_add", p)
}

// addSubscriber answers POST /organise/lists/:id/add. Who is passed over is no
// success: the page says why.
func (s *Server) addSubscriber(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	in := scheduling.NewSubscriber{Email: f.Text("email"), Name: f.Text("name"), Lang: f.Value("lang"), Wording: f.Text("wording")}
	sub, came, err := s.desk.AddSubscriber(c.UserContext(), actor(c), id, in)
	if p := s.inForm(c, err, "email", "name", "wording"); p != nil {
		return s.addSubscriberForm(c, in, p)
	}
	if err != nil {
		return err
	}
	if came != scheduling.ListNew {
		return s.seeOtherBad(c, "/organise/lists/"+id, "lists.came."+string(came), "email", sub.Email)
	}
	return s.seeOther(c, "/organise/lists/"+id, "lists.flash.added", "email", sub.Email)
}

// importSubscribersPage is the data of templates/pages/mailinglist_import.html.
type importSubscribersPage struct {
	Page
	List    *scheduling.ListPage
	Report  *scheduling.ListImportReport
	File    string // the content once more, for the second step
	Name    string
	Wording string
	Counts  []figure
	Ready   int // how many the import would put on the list
}

// showImportSubscribers answers GET /organise/lists/:id/import.
func (s *Server) showImportSubscribers(c *fiber.Ctx) error {
	return s.importSubscribersPage(c, &importSubscribersPage{})
}

func (s *Server) importSubscribersPage(c *fiber.Ctx, p *importSubscribersPage) (err error) {
	problem := p.Problem
	p.Page = mailFrame()
	p.Problem = problem
	if p.List, err = s.desk.MailingList(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	if p.Report != nil {
		for _, came := range scheduling.Listings {
			if n := p.Report.Count(came); n > 0 || came == scheduling.ListNew {
				p.Counts = append(p.Counts, figure{n, "lists.figure." + string(came)})
			}
		}
		p.Ready = p.Report.Count(scheduling.ListNew)
	}
	return s.page(c, "mailinglist_import", p)
}

// importSubscribers answers POST /organise/lists/:id/import: first a look at what
// would happen, and, when that was seen, the import of the same content. Sent
// twice it puts nobody on the list twice.
func (s *Server) importSubscribers(c *fiber.Ctx) error {
	f := s.form(c)
	if _, err := s.desk.MailingList(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return err
	}
	commit := f.Text("do") == "import"
	file := &importPage{Name: f.Text("filename")}
	data, err := file.content(f, commit)
	p := &importSubscribersPage{Name: file.Name, Wording: f.Text("wording")}
	var lines []table.Row
	if err == nil {
		lines, err = readTable(data)
	}
	if err == nil {
		in := scheduling.ListImport{Wording: p.Wording, DryRun: !commit}
		p.Report, err = s.desk.ImportSubscribers(c.UserContext(), actor(c), c.Params("id"), lines, in)
	}
	if p.Problem = s.inForm(c, err, "file", "wording"); p.Problem == nil && err != nil {
		return err
	}
	if err == nil && commit && p.Report.Count(scheduling.ListNew) == len(p.Report.Lines) {
		return s.seeOther(c, "/organise/lists/"+c.Params("id"), "lists.flash.imported", "count", len(p.Report.Lines))
	}
	if err == nil && !commit {
		p.File = base64.StdEncoding.EncodeToString(data)
	}
	return s.importSubscribersPage(c, p)
}
