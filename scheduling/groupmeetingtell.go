package scheduling

import (
	"cmp"
	"fmt"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about a gathering. Each has its words under "letter.KIND".
const (
	mailMeetingAsked     = "b2b_meeting_asked"     // which times suit
	mailMeetingFixed     = "b2b_meeting_fixed"     // to who comes
	mailMeetingOpen      = "b2b_meeting_open"      // it is fixed: to who has not answered
	mailMeetingWithout   = "b2b_meeting_without"   // it is fixed: to who cannot
	mailMeetingOut       = "b2b_meeting_out"       // to who comes no more
	mailMeetingChanged   = "b2b_meeting_changed"   // another place, title or length
	mailMeetingCancelled = "b2b_meeting_cancelled" // called off
	mailMeetingRisk      = "b2b_meeting_risk"      // to who decides alone
	mailMeetingSafe      = "b2b_meeting_safe"      // the same
	mailMeetingNone      = "b2b_meeting_none"      // the same: the answers are in, and no time has its quorum
)

// askEverybody asks which times suit. Where there is only one, it goes into the
// calendars as tentative.
func (d *Desk) askEverybody(tx *storage.Tx, grp *Group, g *Gathering) error {
	for _, p := range g.everybody() {
		if err := d.tellPerson(tx, grp, g, p, mailMeetingAsked); err != nil {
			return err
		}
	}
	return d.storeGathering(tx, grp, g)
}

// tellFixed tells everybody that the gathering has its time: who comes has it
// in the calendar, who has not answered is asked, who cannot knows it.
func (d *Desk) tellFixed(tx *storage.Tx, grp *Group, g *Gathering) error {
	return d.tellEach(tx, grp, g, func(p *GatheringPerson) string {
		switch a := p.Answers[g.Chosen]; {
		case a.Comes():
			return mailMeetingFixed
		case a == GroupNo:
			return mailMeetingWithout
		}
		return mailMeetingOpen
	})
}

func (d *Desk) tellEach(tx *storage.Tx, grp *Group, g *Gathering, kind func(*GatheringPerson) string) error {
	for _, p := range g.everybody() {
		if k := kind(p); k != "" {
			if err := d.tellPerson(tx, grp, g, p, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellCancelled tells everybody who was asked and did not decline.
func (d *Desk) tellCancelled(tx *storage.Tx, grp *Group, g *Gathering) error {
	return d.tellEach(tx, grp, g, func(p *GatheringPerson) string {
		if g.Chosen != "" && p.Answers[g.Chosen] == GroupNo && !p.Invited {
			return ""
		}
		return mailMeetingCancelled
	})
}

// tellEdited tells of an edit: those who are new are asked, the others hear of
// what they can see, unless they said that they do not come.
func (d *Desk) tellEdited(tx *storage.Tx, grp *Group, before, g *Gathering, seen bool) error {
	if before.State == GatheringTentative && g.State == GatheringConfirmed {
		return nil // confirm told everybody
	}
	fixed := g.State.Fixed()
	return d.tellEach(tx, grp, g, func(p *GatheringPerson) string {
		old, _ := before.Person(p.PersonID)
		switch {
		case old == nil && fixed:
			return mailMeetingOpen
		case old == nil, seen && !fixed:
			return mailMeetingAsked
		case seen && p.Answers[g.Chosen] != GroupNo:
			return mailMeetingChanged
		}
		return ""
	})
}

// releaseGone tells those who are not asked any more.
func (d *Desk) releaseGone(tx *storage.Tx, grp *Group, before, g *Gathering) error {
	for _, p := range before.everybody() {
		if now, _ := g.Person(p.PersonID); now != nil {
			continue
		}
		p.Revision++
		if err := d.tellPerson(tx, grp, before, p, mailMeetingOut); err != nil {
			return err
		}
	}
	return nil
}

// tellRisk asks who decides, and nobody else.
func (d *Desk) tellRisk(tx *storage.Tx, grp *Group, g *Gathering, kind string) error {
	n, _ := g.Best()
	if t, ok := g.TimeOf(g.Chosen); ok {
		n = g.Count(t)
	}
	return d.tellDeciders(tx, grp, groupLetter{kind: kind, key: fmt.Sprintf("%s/%d", g.ID, g.Falls), ref: g.ID + "/risk",
		path: gatheringPath(g), title: g.Title, args: []any{"in", n.In, "need", g.Need, "required", n.RequiredIn, "of", n.Required},
		facts: func(l *templates.Lang) []mailer.Fact { return gatheringFacts(l, g, g.Zone) }})
}

func gatheringPath(g *Gathering) string { return "/groups/" + g.GroupID + "/meetings/" + g.ID }

// tellPerson promises one person their mail about a gathering, in the place of
// what was not sent yet, with what their calendar has to know.
func (d *Desk) tellPerson(tx *storage.Tx, grp *Group, g *Gathering, p *GatheringPerson, kind string) error {
	ref := g.ID + "/" + p.PersonID
	if _, err := d.Outbox.Withdraw(tx, ref); err != nil {
		return err
	}
	to := &Person{Meta: storage.Meta{ID: p.PersonID}, Name: p.Name, Email: p.Email, Lang: p.Lang}
	link := "/group-meetings/" + d.GatheringLink(g, p.PersonID)
	m, err := d.groupMail(tx, grp, groupLetter{kind: kind, key: fmt.Sprintf("%s/%d.%d", g.ID, g.Sequence, p.Revision), ref: ref, to: to, path: link,
		title: g.Title,
		why:   map[string]string{mailMeetingCancelled: g.Reason}[kind],
		facts: func(l *templates.Lang) []mailer.Fact { return gatheringFacts(l, g, p.ZoneOf(g)) }})
	if err != nil {
		return err
	}
	if kind == mailMeetingAsked || kind == mailMeetingOpen {
		m.Letter.Links = d.gatheringLinks(g, m.Lang, d.BaseURL+link)
	}
	if kind == mailMeetingFixed || kind == mailMeetingChanged {
		m.Letter.Facts = append(m.Letter.Facts, joinFact(d.Texts.In(m.Lang), g)...)
	}
	if err := d.calendarOf(tx, m, grp, g, p, kind); err != nil {
		return err
	}
	return d.Outbox.Add(tx, *m)
}

// gatheringFacts are when, in the zone of the gathering and in the reader's,
// and where.
func gatheringFacts(l *templates.Lang, g *Gathering, zone string) (out []mailer.Fact) {
	when := func(t CandidateTime) {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.when"), Value: l.Range(t.Starts, g.EndOf(t), g.Zone)})
		if zone != g.Zone {
			out = append(out, mailer.Fact{Label: l.Text("letter.fact.your_time"), Value: l.Range(t.Starts, g.EndOf(t), zone)})
		}
	}
	if g.Chosen != "" {
		when(CandidateTime{Starts: g.Starts})
	} else {
		for _, t := range g.Times {
			when(t)
		}
	}
	if g.Place != "" {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.where"), Value: g.Place})
	}
	return out
}

func joinFact(l *templates.Lang, g *Gathering) []mailer.Fact {
	if g.Link == "" {
		return nil
	}
	return []mailer.Fact{{Label: l.Text("letter.fact.link"), Value: g.Link}}
}

// gatheringLinks lead to the page where a person answers, one for each answer
// where there is one time only.
func (d *Desk) gatheringLinks(g *Gathering, lang, page string) (links []mailer.Link) {
	if g.Chosen == "" && len(g.Times) != 1 {
		return nil
	}
	for _, a := range GroupAnswers {
		links = append(links, mailer.Link{Label: d.Texts.In(lang).Text("b2b.answer." + string(a)), URL: page + "?as=" + string(a)})
	}
	return links
}

// calendarOf puts into m what its reader's calendar has to know (RFC 5546): an
// invite, tentative before the time is fixed; its end, if there was one.
func (d *Desk) calendarOf(tx *storage.Tx, m *mailer.Mail, grp *Group, g *Gathering, p *GatheringPerson, kind string) error {
	switch kind {
	case mailMeetingAsked:
		if len(g.Times) != 1 {
			return d.takeBack(tx, m, grp, g, p)
		}
	case mailMeetingFixed:
	case mailMeetingChanged:
		if !p.Answers[g.Chosen].Comes() {
			return nil
		}
	default:
		return d.takeBack(tx, m, grp, g, p)
	}
	p.Invited, p.Invite = true, p.Invite.next(g.Sequence+p.Revision, g.ownTime().Starts, g.EndOf(g.ownTime()))
	return d.calendarPart(m, ical.Request, grp, g, p)
}

// takeBack takes an invite back that may be in a calendar.
func (d *Desk) takeBack(tx *storage.Tx, m *mailer.Mail, grp *Group, g *Gathering, p *GatheringPerson) error {
	if !p.Invited {
		return nil
	}
	left, err := d.Outbox.InviteLeft(tx, m.Ref, p.Email)
	p.Invited = false
	if err != nil || !left {
		return err
	}
	return d.calendarPart(m, ical.Cancel, grp, g, p)
}

func (d *Desk) calendarPart(m *mailer.Mail, method ical.Method, grp *Group, g *Gathering, p *GatheringPerson) error {
	x := d.gatheringEntry(g, p, m.Lang)
	if method == ical.Cancel {
		d.cancelled(&x, m.Lang)
	}
	x.Organizer = &ical.Party{Name: cmp.Or(m.FromName, d.House), Email: cmp.Or(d.gatheringReplyTo(g, p), m.ReplyTo, m.From, d.Outbox.From.Email)}
	x.Attendee = &ical.Attendee{Party: ical.Party{Name: p.Name, Email: p.Email}, Answer: p.partstat(g)}
	body, err := ical.Invite(method, x)
	if err != nil {
		return fmt.Errorf("invite to group meeting %s of %s: %w", g.ID, grp.ID, err)
	}
	m.Calendar = &mailer.Calendar{Method: string(method), Body: body}
	return nil
}

// partstat is what p said about the time of g's own entry, as calendars write it.
func (p *GatheringPerson) partstat(g *Gathering) ical.Answer {
	switch p.Answers[g.ownTime().ID] {
	case GroupYes:
		return ical.Accepted
	case GroupIfNeeded:
		return ical.Maybe
	case GroupNo:
		return ical.Declined
	}
	return ical.NeedsAction
}
