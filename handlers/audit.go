package handlers

import (
	"cmp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// auditRoutes are who did what, when and why.
func (s *Server) auditRoutes() []route {
	return []route{get("/admin/audit", Administrator, s.showAudit)}
}

// auditActions are what is written down, in the order of a form.
var auditActions = []string{
	"event.create", "event.edit", "event.publish", "event.cancel", "event.delete", "event.import",
	"registration.create", "registration.confirm_address", "registration.approve", "registration.reject", "registration.edit",
	"registration.hand_over", "registration.cancel", "registration.promote", "registration.accept", "registration.decline",
	"registration.answer_accepted", "registration.answer_tentative", "registration.answer_declined",
	"registration.expire", "registration.check_in", "registration.undo_check_in", "registration.no_show", "registration.walk_in",
	"company.save", "person.save", "person.grants", "group.save", "group.add", "group.remove", "group.role", "group.mandate", "group.file", "group.file_delete", "work.file", "work.file_delete",
	"foresight.note", "foresight.note_delete", "foresight.issue", "foresight.publish", "foresight.withdraw", "work.create", "work.edit", "work.delete", "cluster.save", "project.save",
	"mail.hold", "mail.release", "mail.resend", "mail.allow", "feed.create", "feed.save", "feed.rotate", "feed.revoke",
	"series.create", "series.edit", "series.end", "series.move_date", "series.cancel_date", "series.restore_date",
	"outcome.save",
	"plan.create", "plan.write", "plan.keep", "plan.approve", "plan.delete", "plan.item", "plan.item_delete", "plan.file", "plan.file_delete",
	"label.answer", "label.proof", "label.proof_drop", "report.write", "evidence.make",
	"trip.outcome", "trip.ask_outcomes", "trip.ask_hosts",
	"company.merge", "person.merge", "directory.apart",
	"webhook.save", "webhook.rotate", "webhook.pause", "webhook.resume", "webhook.test", "webhook.send_again", "webhook.switch_off", "webhook.drop",
	"list_saved.save", "list_saved.share", "list_saved.unshare", "list_saved.drop",
	"list.save", "list.import", "subscription.join", "subscription.leave", "subscription.leave_all", "subscription.add", "subscription.remove",
	"suppression.add", "suppression.lift",
	"busy.add", "busy.remove", "busy.pause",
	"meeting.pin", "meeting.unpin", "meeting.mark_held", "meeting.mark_not_held", "meeting.mark_published",
	"proposal.create", "proposal.copy", "proposal.rename", "proposal.edit", "proposal.stop", "proposal.delete", "proposal.publish_begin", "proposal.publish",
	"round.create", "round.edit", "round.delete", "round.freeze", "round.thaw", "round.phase_draft", "round.phase_profiles", "round.phase_requests",
	"round.phase_scheduling", "round.phase_published", "round.phase_running", "round.phase_closed", "round.phase_cancelled",
	"trip.create", "trip.edit", "trip.delete", "trip.draft", "trip.open", "trip.selection", "trip.confirmed", "trip.locked", "trip.underway", "trip.completed",
	"trip.reported", "trip.cancelled", "trip.requested", "trip.screening", "trip.accepted", "trip.declined", "trip.programme", "trip.hosts_confirmed",
	"trip.published", "trip.visited",
	"entrant.enter", "entrant.profile", "entrant.pause", "entrant.resume", "entrant.leave", "entrant.approve", "entrant.reject",
	"entrant.invite", "entrant.uninvite", "entrant.join", "entrant.person", "entrant.availability", "entrant.remove",
	"meeting.place", "meeting.move", "meeting.cancel", "meeting.hand_over", "meeting.ask_move", "meeting.refuse_move", "meeting.late",
	"meeting.answer_accepted", "meeting.answer_tentative", "meeting.answer_declined",
	"request.send", "request.change", "request.accept", "request.decline", "request.counter", "request.withdraw", "request.expire", "request.end",
	"b2b.save", "b2b.recruiting", "b2b.active", "b2b.closed", "b2b.target", "b2b.target_remove", "b2b.interest",
	"b2b.member_accepted", "b2b.member_reserve", "b2b.member_declined", "b2b.member_left", "b2b.member_leave", "b2b.member_edit", "b2b.member_add", "b2b.member_drop",
	"gathering.create", "gathering.edit", "gathering.answer", "gathering.confirm", "gathering.keep", "gathering.move", "gathering.cancel", "gathering.hold", "gathering.lapse",
	"poll.create", "poll.edit", "poll.answer", "poll.close", "poll.cancel",
	"record.agenda", "record.mail_agenda", "record.attendance", "record.minutes", "record.mail_minutes", "record.hold", "record.unhold", "record.approve", "record.move", "record.cancel",
	"action.create", "action.edit", "action.done", "action.dropped", "action.reopened",
	"visit.save", "visit.propose", "visit.programme", "visit.confirm", "visit.cancel", "agreement.draft",
	"campaign.create", "campaign.edit", "campaign.schedule", "campaign.unschedule", "campaign.sent", "campaign.pause", "campaign.resume", "campaign.cancel",
	"campaign.test", "campaign.resend", "campaign.delete",
	"chain.create", "chain.edit", "chain.on", "chain.off", "chain.delete",
	"survey.save", "survey.open", "survey.close",
	"wording.save", "wording.reset",
	"period.create", "period.edit", "period.close", "owncount.create", "owncount.edit", "owncount.delete",
	"application.submit", "application.edit", "application.offer", "application.accept", "application.decline_offer", "application.commit", "application.withdraw", "application.reduce", "application.expire", "application.reserve",
	"application.rank", "application.shortlist", "application.decline", "application.extend", "application.note", "application.score", "application.call_off", "application.left_behind", "application.travelled", "application.reported",
	"traveller.name", "traveller.release",
	"host.add", "host.edit", "host.drop", "host.invite", "host.answer", "host.ask_again", "programme.round",
	"delegation.request", "delegation.edit", "delegation.screen", "delegation.assign", "delegation.visitor_out",
	"programme.delay", "traveller.present", "traveller.absent", "trip.note",
	"programme.edit", "programme.drop", "programme.move", "programme.assign", "programme.publish", "traveller.nda",
	"traveller.add", "traveller.edit", "traveller.replace", "traveller.release", "traveller.remind", "traveller.data", "traveller.data_read",
	"traveller.purge", "traveller.scrub", "traveller.invites", "traveller.no_invites", "programme.rooms",
	"person.erase", "person.erased", "consent.give", "consent.withdraw", "retention.edit",
	"membership.open", "membership.apply", "membership.approve", "membership.decline", "membership.end", "membership.contact", "membership.listing", "membership.profile", "membership_terms.save",
	"agreement.save", "agreement.attach", "agreement.send", "agreement.sign", "agreement.paper", "agreement.lapse", "agreement.delete",
	"session.begin", "session.end", "session.end_all", "token.create", "token.revoke", "job.run",
}

// auditPage is the data of templates/pages/audit.html.
type auditPage struct {
	Page
	Entries []auditLine
	Filter  scheduling.AuditFilter
	Actions []option
	Chips   []chip // what restricts the list, each leading to the list without it
	Zone    string
}

// An auditLine is an entry with what it is called and where its subject is.
type auditLine struct {
	*scheduling.Entry
	What    string // the action in words
	Link    string // page of the subject; "" if it has none
	ByActor string // the list of what the same actor did
	OfThis  string // the list of what was done to the same subject
}

// showAudit answers GET /admin/audit.
func (s *Server) showAudit(c *fiber.Ctx) error {
	p := &auditPage{Page: adminPage(), Zone: houseZone}
	p.Wide = true
	p.Filter = scheduling.AuditFilter{Action: c.Query("action"), Actor: c.Query("actor"), Subject: c.Query("subject"), About: c.Query("event"), After: cursor(c)}
	entries, next, err := s.desk.Audit(c.UserContext(), actor(c), p.Filter)
	if err != nil {
		return err
	}
	for _, e := range entries {
		p.Entries = append(p.Entries, auditLine{
			Entry: e, What: s.auditWords(c, e.Action), Link: subjectPage(e),
			ByActor: withQuery("/admin/audit", "actor", e.Actor), OfThis: withQuery("/admin/audit", "subject", e.Subject),
		})
	}
	p.Actions = s.options(c, "audit.action", auditActions...)
	if p.Chips, err = s.auditChips(c, p); err != nil {
		return err
	}
	p.Pager = s.pager(c, next)
	return s.page(c, "audit", p)
}

// auditWords is an action in words; one that has none yet is shown as it is.
func (s *Server) auditWords(c *fiber.Ctx, action string) string {
	if l := s.lang(c); l.Has("audit.action." + action) {
		return l.Text("audit.action." + action)
	}
	return action
}

// auditChips name what restricts the list besides the action, by the words of
// its first entry.
func (s *Server) auditChips(c *fiber.Ctx, p *auditPage) ([]chip, error) {
	f, l := p.Filter, s.lang(c)
	event, err := s.titleOf(c, f.About)
	if err != nil {
		return nil, err
	}
	var chips []chip
	without := func(label, actor, subject, event string) {
		path := withQuery("/admin/audit", "action", f.Action, "actor", actor, "subject", subject, "event", event)
		chips = append(chips, chip{Label: label, Path: path, On: true})
	}
	name, subject := f.Actor, f.Subject
	if len(p.Entries) > 0 {
		name, subject = cmp.Or(p.Entries[0].ActorName, name), cmp.Or(p.Entries[0].Label, subject)
	}
	if f.Actor != "" {
		without(l.Text("audit.by", "name", name), "", f.Subject, f.About)
	}
	if f.Subject != "" {
		without(l.Text("audit.of", "name", subject), f.Actor, "", f.About)
	}
	if f.About != "" {
		without(l.Text("audit.of_event", "name", cmp.Or(event, f.About)), f.Actor, f.Subject, "")
	}
	return chips, nil
}

// subjectPages are where what an action is about can be seen.
var subjectPages = map[string]string{
	"event": "/organise/events/", "registration": "/organise/registrations/", "company": "/organise/companies/",
	"person": "/organise/people/", "group": "/organise/groups/", "cluster": "/organise/clusters/",
	"project": "/admin/projects/", "job": "/admin/jobs/", "mail": "/organise/outbox/mail?id=", "series": "/series/",
	"round": "/organise/rounds/", "campaign": "/organise/campaigns/",
	"list": "/organise/lists/", "subscription": "/organise/subscriptions/",
	"chain":   "/organise/chains/",
	"wording": "/organise/wordings/",
	"period":  "/organise/periods/",
}

func subjectPage(e *scheduling.Entry) string {
	kind, what, _ := strings.Cut(e.Action, ".")
	switch {
	case kind == "token":
		return "/admin/tokens"
	case e.Action == "session.end_all":
		return "/admin/users/" + e.Subject
	case subjectPages[kind] == "" || what == "delete":
		return ""
	case kind == "issue":
		return withQuery("/organise/outbox/issue", "id", e.Subject)
	case kind == "mail":
		return withQuery("/organise/outbox/mail", "id", e.Subject)
	}
	return subjectPages[kind] + e.Subject
}
