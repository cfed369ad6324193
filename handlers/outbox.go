package handlers

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// outboxRoutes are the mails of one's clusters. A mail's key has slashes in it,
// so it stands behind "?".
func (s *Server) outboxRoutes() []route {
	return []route{
		get("/organise/outbox", Organiser, s.showOutbox),
		post("/organise/outbox", Organiser, s.onMails),
		get("/organise/outbox/mail", Organiser, s.showMail),
		get("/organise/outbox/body", Organiser, s.showMailBody),
	}
}

// outboxPage is the data of templates/pages/outbox.html.
type outboxPage struct {
	Page
	Mails              []*mailer.Mail
	Chips              []chip
	State, Query, Kind string
	Event, EventTitle  string
	Kinds              []option
	Filtered           bool
	Here               string // address of the list as it is, to come back to
	Zone               string
	Health             mailHealth
	Issues             []issueLine // newsletters under way
}

// mailHealth is what keeps mail from leaving, all programs that send it taken
// together.
type mailHealth struct {
	Senders int                  // programs that send mail
	Resting []mailer.RelayStatus // relays that are not tried for a while
	Slow    []mailer.SlowDomain  // recipients' mail hosts that asked for less
}

// Stopped reports whether no program sends mail.
func (h mailHealth) Stopped() bool { return h.Senders == 0 }

func (s *Server) mailHealth(ctx context.Context) (h mailHealth, err error) {
	beats, err := s.desk.Outbox.Beats(ctx)
	h.Senders = len(beats)
	now := s.desk.DB.Now()
	for _, b := range beats {
		for _, r := range b.Relays {
			if r.Resting.After(now) {
				h.Resting = append(h.Resting, r)
			}
		}
		h.Slow = append(h.Slow, b.Slow...)
	}
	slices.SortFunc(h.Slow, func(a, b mailer.SlowDomain) int { return strings.Compare(a.Name, b.Name) })
	return h, err
}

// mailKinds are those that people filter the outbox by. Copies of a newsletter
// stand with their newsletter.
var mailKinds = []string{"registration.confirm_address", "registration.received", "registration.confirmed", "registration.waitlisted",
	"registration.offered", "registration.cancelled", "registration.left", "registration.expired", "registration.rejected",
	"registration.handed_over", "registration.changed", "registration.called_off", "registration.reminder", "registration.thanks",
	"registration.missed", "account.sign_in", "privacy.erase", "privacy.data", "busy.paused", "webhook.off", "subscription.confirm", "campaign.test",
	"request.received", "request.accepted", "request.untimed", "request.declined", "request.countered", "request.withdrawn", "request.expired",
	"request.lapsed", "request.reminder", "meeting.booked", "meeting.moved", "meeting.cancelled", "meeting.handed_over", "meeting.asked",
	"meeting.stays", "meeting.declined", "meeting.agenda", "outcome.asked", "outcome.next_step",
	"round.profiles_open", "round.profiles_due", "round.requests_open", "round.requests_due", "round.scheduling", "round.moved", "round.called_off",
	"entrant.in", "entrant.pending", "entrant.rejected", "entrant.invited",
	"chain.registered", "chain.confirmed", "chain.checked_in", "chain.no_show", "chain.meeting_held", "chain.group_joined", "chain.trip_returned",
	"trip.outcomes", "trip.host_outcomes", "trip.next_step",
	"group.b2b_address", "group.b2b_interest", "group.b2b_accepted", "group.b2b_reserve", "group.b2b_declined", "group.b2b_ended",
	"group.b2b_left", "group.b2b_colleague", "group.b2b_meeting_asked", "group.b2b_meeting_fixed", "group.b2b_meeting_open",
	"group.b2b_meeting_without", "group.b2b_meeting_out", "group.b2b_meeting_changed", "group.b2b_meeting_cancelled",
	"group.b2b_meeting_risk", "group.b2b_meeting_safe", "group.b2b_meeting_none",
	"group.poll_asked", "group.poll_reminder", "group.poll_answered", "group.poll_cancelled", "group.record_set", "group.record_changed", "group.record_cancelled",
	"group.record_out", "group.record_agenda", "group.record_minutes", "plan.item_due", "plan.item_overdue", "group.action_given", "group.action_due", "group.action_overdue",
	"application.received", "application.again", "application.shortlisted", "application.offered", "application.offer_reminder", "application.accepted", "application.confirmed", "application.commit_reminder",
	"application.committed", "application.reserve", "application.declined", "application.expired", "application.withdrawn", "application.called_off",
	"host.invited", "host.asked_again", "host.confirmed", "host.changed", "host.called_off",
	"delegation.confirm_address", "delegation.received", "delegation.declined", "delegation.accepted", "delegation.published",
	"itinerary.published", "itinerary.changed", "itinerary.late", "itinerary.cancelled", "itinerary.invite", "itinerary.uninvite",
	"traveller.named", "traveller.reminder", "traveller.replaced", "traveller.released",
	"membership.confirm_address", "membership.received", "membership.applied", "membership.approved", "membership.declined", "membership.ended",
	"membership.sign", "membership.signed", "membership.signed_note", "membership.renewal", "membership.lapsed"}

// showOutbox answers GET /organise/outbox.
func (s *Server) showOutbox(c *fiber.Ctx) (err error) {
	p := &outboxPage{Page: mailFrame(), State: c.Query("state"), Query: text(c, "q"), Kind: c.Query("kind"), Event: c.Query("event"), Zone: houseZone}
	p.Wide = true
	f := mailer.Filter{State: mailer.State(p.State), Kind: p.Kind, About: p.Event, Text: p.Query, After: cursor(c)}
	var next string
	if p.Mails, next, err = s.desk.Mails(c.UserContext(), actor(c), f); err != nil {
		return err
	}
	counts, err := s.desk.MailCounts(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p.Chips = s.mailChips(c, p, counts)
	if p.EventTitle, err = s.titleOf(c, p.Event); err != nil {
		return err
	}
	p.Kinds = s.options(c, "outbox.kind", mailKinds...)
	p.Filtered = p.State+p.Query+p.Kind+p.Event != ""
	p.Here = pathAndQuery(c)
	p.Pager = s.pager(c, next)
	if p.Health, err = s.mailHealth(c.UserContext()); err != nil {
		return err
	}
	open, err := s.desk.OpenIssues(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	for _, i := range open {
		p.Issues = append(p.Issues, lineOf(i))
	}
	return s.page(c, "outbox", p)
}

// An issueLine is a newsletter that is under way.
type issueLine struct{ Campaign, Title, State string }

func lineOf(i *mailer.Issue) issueLine {
	return issueLine{i.Ref, i.Sheets[i.Lang].Subject, string(i.State)}
}

// mailChips are the states that some mail is in, and the one that is looked at.
func (s *Server) mailChips(c *fiber.Ctx, p *outboxPage, counts map[mailer.State]int) []chip {
	total := 0
	for _, n := range counts {
		total += n
	}
	at := func(state string) string {
		return withQuery("/organise/outbox", "state", state, "q", p.Query, "kind", p.Kind, "event", p.Event)
	}
	chips := []chip{{Label: s.lang(c).Text("outbox.all"), Path: at(""), Count: total, Counted: true, On: p.State == ""}}
	for _, st := range mailer.States {
		if on := string(st) == p.State; on || counts[st] > 0 {
			chips = append(chips, chip{s.lang(c).Text("state.mail." + string(st)), at(string(st)), counts[st], true, on})
		}
	}
	return chips
}

// titleOf is an event's title for its organisers; "" for an event that is none
// of theirs, or none.
func (s *Server) titleOf(c *fiber.Ctx, eventID string) (string, error) {
	if eventID == "" {
		return "", nil
	}
	page, err := s.desk.EventPage(c.UserContext(), actor(c), eventID)
	if scheduling.IsHidden(err) || err == nil && !page.Organise {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return page.Event.Title.In(s.lang(c).Code()), nil
}

// mailPage is the data of templates/pages/mail.html.
type mailPage struct {
	Page
	Mail                    *mailer.Mail
	Shown                   mailer.Rendered
	Blocked                 *mailer.Suppression // nil if mail may go to the address
	Event                   string              // title, if it is one of the reader's own
	Kind                    string              // in words
	CanHold, CanGo, CanSend bool
	Here, Zone              string
}

// framed lets a page show a page of ours in a frame.
var framed = policy + "; frame-src 'self'"

// showMail answers GET /organise/outbox/mail?id=KEY.
func (s *Server) showMail(c *fiber.Ctx) error {
	m, shown, err := s.desk.Mail(c.UserContext(), actor(c), c.Query("id"))
	if err != nil {
		return err
	}
	p := &mailPage{Page: Page{NoIndex: true}, Mail: m, Shown: shown, Here: pathAndQuery(c), Zone: houseZone}
	p.CanHold = m.State == mailer.Queued || m.State == mailer.Deferred
	p.CanGo = m.State == mailer.Held || m.State == mailer.Deferred
	p.CanSend = !m.State.Open() && !m.Secret()
	p.Kind = s.kindName(c, m.Kind)
	if p.Event, err = s.titleOf(c, m.About); err != nil {
		return err
	}
	blocked, err := s.desk.Outbox.Suppressed(c.UserContext(), m.To)
	if err != nil {
		return err
	}
	if blocked.Stops(false) {
		p.Blocked = blocked
	}
	c.Set("Content-Security-Policy", framed)
	return s.page(c, "mail", p)
}

// bodyPolicy lets a mail show its own colours and nothing else: no script, no
// form, nothing fetched, and only in a frame of ours that is sandboxed besides.
const bodyPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"

// showMailBody answers GET /organise/outbox/body?id=KEY: the page as the reader
// of the mail sees it.
func (s *Server) showMailBody(c *fiber.Ctx) error {
	m, shown, err := s.desk.Mail(c.UserContext(), actor(c), c.Query("id"))
	if err != nil {
		return err
	}
	if m.Secret() {
		return fiber.ErrNotFound
	}
	return mailBody(c, shown.HTML)
}

// mailBody answers with the HTML of a mail, for a frame of ours.
func mailBody(c *fiber.Ctx, body string) error {
	c.Set("Content-Security-Policy", bodyPolicy)
	c.Set("X-Frame-Options", "SAMEORIGIN")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString(body)
}

// mailActions are what can be done to mails, each with what is said then.
var mailActions = map[string]struct {
	do  func(*scheduling.Desk, context.Context, scheduling.Actor, ...string) (int, error)
	key string
}{
	"hold":    {(*scheduling.Desk).HoldMail, "outbox.flash.held"},
	"release": {(*scheduling.Desk).ReleaseMail, "outbox.flash.released"},
	"resend":  {(*scheduling.Desk).ResendMail, "outbox.flash.resent"},
}

// mostMails is how many one form changes.
const mostMails = 200

// onMails answers POST /organise/outbox: something is done to all mails ticked.
func (s *Server) onMails(c *fiber.Ctx) error {
	f := s.form(c)
	ids, back := f.List("mail"), localPath(f.Value("back"))
	if !strings.HasPrefix(back, "/organise/outbox") {
		back = "/organise/outbox"
	}
	if len(ids) == 0 {
		return s.seeOtherBad(c, back, "outbox.flash.none")
	}
	ids = slices.Clip(ids[:min(len(ids), mostMails)])
	if f.Value("do") == "allow" {
		if err := s.desk.AllowAddress(c.UserContext(), actor(c), ids[0]); err != nil {
			return err
		}
		return s.seeOther(c, back, "outbox.flash.allowed")
	}
	action, ok := mailActions[f.Value("do")]
	if !ok {
		return fiber.ErrBadRequest
	}
	n, err := action.do(s.desk, c.UserContext(), actor(c), ids...)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.seeOtherBad(c, back, "outbox.flash.nothing")
	}
	return s.seeOther(c, back, action.key, "count", n)
}

// kindName is a kind of mail in words; as it is written where it has none.
func (s *Server) kindName(c *fiber.Ctx, kind string) string {
	if l := s.lang(c); l.Has("outbox.kind." + kind) {
		return l.Text("outbox.kind." + kind)
	}
	return kind
}
