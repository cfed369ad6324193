package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
)

// copiesRoutes are the copies of a newsletter, one for each of its readers. An
// issue's key may have slashes in it, so it stands behind "?".
func (s *Server) copiesRoutes() []route {
	return []route{
		get("/organise/outbox/issue", Organiser, s.showCopies),
		post("/organise/outbox/issue", Organiser, s.resendCopies),
	}
}

// copiesPage is the data of templates/pages/copies.html.
type copiesPage struct {
	Page
	Issue  *mailer.Issue
	Title  string
	Why    string // in words, where it was paused by itself
	Chips  []chip
	State  string
	Copies []*mailer.Delivery
	Open   int // how many may still leave
	Again  bool
	Here   string
	Zone   string
}

// An issueLine is an issue in a list.
type issueLine struct{ ID, Title, State string }

func lineOf(i *mailer.Issue) issueLine { return issueLine{i.ID, subjectOf(i), string(i.State)} }

// subjectOf is what an issue is about, in the language that it is in first.
func subjectOf(i *mailer.Issue) string { return i.Sheets[i.Lang].Subject }

// showCopies answers GET /organise/outbox/issue?id=ISSUE.
func (s *Server) showCopies(c *fiber.Ctx) error {
	id, state := c.Query("id"), c.Query("state")
	found, err := s.desk.Copies(c.UserContext(), actor(c), id, mailer.State(state), cursor(c))
	if err != nil {
		return err
	}
	p := &copiesPage{Page: Page{NoIndex: true}, Issue: found.Issue, Title: subjectOf(found.Issue), State: state,
		Copies: found.List, Here: pathAndQuery(c), Zone: houseZone}
	if p.Why = found.Issue.Why; s.lang(c).Has(p.Why) {
		p.Why = s.lang(c).Text(p.Why)
	}
	p.Chips = s.copyChips(c, p, found.Counts)
	p.Again = slices.ContainsFunc(found.List, mayAgain) && found.Issue.State != mailer.IssueCancelled
	p.Pager = s.pager(c, found.Next)
	return s.page(c, "copies", p)
}

// mayAgain reports whether a copy has come to its end without being sent.
func mayAgain(d *mailer.Delivery) bool { return !d.State.Open() && d.State != mailer.Sent }

// copyChips are the states that some copy is in; it counts those that are open.
func (s *Server) copyChips(c *fiber.Ctx, p *copiesPage, counts map[mailer.State]int) []chip {
	total := 0
	for st, n := range counts {
		if total += n; st.Open() {
			p.Open += n
		}
	}
	at := func(state string) string {
		return withQuery("/organise/outbox/issue", "id", p.Issue.ID, "state", state)
	}
	chips := []chip{{Label: s.lang(c).Text("outbox.all"), Path: at(""), Count: total, Counted: true, On: p.State == ""}}
	for _, st := range mailer.States {
		if on := string(st) == p.State; on || counts[st] > 0 {
			chips = append(chips, chip{s.lang(c).Text("state.mail." + string(st)), at(string(st)), counts[st], true, on})
		}
	}
	return chips
}

// resendCopies answers POST /organise/outbox/issue: the copies that are ticked
// leave once more.
func (s *Server) resendCopies(c *fiber.Ctx) error {
	f := s.form(c)
	id, ids := f.Value("id"), f.List("copy")
	back := withQuery("/organise/outbox/issue", "id", id, "state", f.Value("state"))
	n, err := s.desk.ResendCopies(c.UserContext(), actor(c), id, slices.Clip(ids[:min(len(ids), mostMails)])...)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.seeOtherBad(c, back, "outbox.flash.nothing")
	}
	return s.seeOther(c, back, "outbox.flash.resent", "count", n)
}
