package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about a date poll. Each has its words under "letter.KIND".
const (
	mailPollAsked     = "poll_asked"     // which times suit
	mailPollReminder  = "poll_reminder"  // to who has not answered
	mailPollAnswered  = "poll_answered"  // to who plans the meetings: the answers are in, or their time is up
	mailPollCancelled = "poll_cancelled" // there will be no meeting of it
)

func pollRef(p *DatePoll, personID string) string { return p.ID + "/" + personID }

func pollPath(p *DatePoll) string { return "/polls/" + p.ID }

// KeepPolls asks those who became members while a poll is open, reminds those
// who have not answered, and tells who plans the meetings when the time to
// answer is up. Done twice it is done once.
func (d *Desk) KeepPolls(ctx context.Context, now time.Time) (done int, err error) {
	var open []*DatePoll
	err = d.view(ctx, func(tx *storage.Tx) error {
		open, err = datePolls.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(PollOpen))}, Sort: "answer_by"})
		return err
	})
	for _, p := range open {
		if err != nil {
			break
		}
		var n int
		n, err = d.keepPoll(ctx, p.ID, now)
		done += n
	}
	if err != nil {
		return done, fmt.Errorf("keep date polls: %w", err)
	}
	return done, nil
}

func (d *Desk) keepPoll(ctx context.Context, id string, now time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		p, err := datePolls.Get(tx, id)
		if err != nil || p.State != PollOpen {
			return ignoreMissing(err)
		}
		g, err := groups.Get(tx, p.GroupID)
		if err != nil {
			return ignoreMissing(err)
		}
		asked := len(p.Voters)
		if err := d.askVoters(tx, g, p); err != nil {
			return err
		}
		done = len(p.Voters) - asked
		n, err := d.remindVoters(tx, g, p, now)
		if err != nil {
			return err
		}
		was := p.Reported
		if err := d.reportPoll(tx, g, p, now); err != nil {
			return err
		}
		if done += n; done == 0 && p.Reported == was {
			return nil
		}
		return datePolls.Put(tx, p)
	})
	return done, err
}

// askVoters asks the members who were not asked about these times, unless they
// have answered all of them.
func (d *Desk) askVoters(tx *storage.Tx, g *Group, p *DatePoll) error {
	for _, id := range g.Members {
		v := p.voter(id, tx.Now())
		if v.Turn == p.Turn {
			continue
		}
		v.Turn = p.Turn
		if v.Answered(p) {
			continue
		}
		if err := d.tellVoter(tx, g, p, id, mailPollAsked, p.Turn); err != nil {
			return err
		}
	}
	return nil
}

// remindVoters reminds the silent of what is due by now, once however many
// reminders that are.
func (d *Desk) remindVoters(tx *storage.Tx, g *Group, p *DatePoll, now time.Time) (n int, err error) {
	due := p.remindersDue(now)
	if now.After(p.AnswerBy) {
		return 0, nil
	}
	for _, id := range p.silent(g.Members) {
		v := p.Voter(id)
		if v == nil || v.Reminded >= due {
			continue
		}
		v.Reminded = due
		n++
		if err := d.tellVoter(tx, g, p, id, mailPollReminder, due); err != nil {
			return n, err
		}
	}
	return n, nil
}

// reportPoll tells who plans the meetings, once, that everybody has answered or
// the time to is up. It leaves storing p to the caller.
func (d *Desk) reportPoll(tx *storage.Tx, g *Group, p *DatePoll, now time.Time) error {
	silent := len(p.silent(g.Members))
	if p.Reported || len(g.Members) == 0 || silent > 0 && now.Before(p.AnswerBy) {
		return nil
	}
	p.Reported = true
	return d.tellDeciders(tx, g, groupLetter{kind: mailPollAnswered, key: fmt.Sprintf("%s/%d.%d", p.ID, p.Turn, p.AnswerBy.Unix()), ref: pollRef(p, "keeper"), path: pollPath(p),
		title: p.Title, args: []any{"answered", len(g.Members) - silent, "members", len(g.Members)}})
}

// tellVoters tells everybody who was asked and still is a member.
func (d *Desk) tellVoters(tx *storage.Tx, g *Group, p *DatePoll, kind string) error {
	for _, id := range p.PersonIDs {
		if !slices.Contains(g.Members, id) {
			continue
		}
		if err := d.tellVoter(tx, g, p, id, kind, p.Turn); err != nil {
			return err
		}
	}
	return nil
}

// tellVoter promises one member their mail about a poll, in the place of what
// was not sent yet.
func (d *Desk) tellVoter(tx *storage.Tx, g *Group, p *DatePoll, personID, kind string, n int) error {
	to, err := people.Get(tx, personID)
	if err != nil || to.Email == "" {
		return ignoreMissing(err)
	}
	ref := pollRef(p, personID)
	if _, err := d.Outbox.Withdraw(tx, ref); err != nil {
		return err
	}
	w := groupLetter{kind: kind, key: fmt.Sprintf("%s/%d", p.ID, n), ref: ref, path: "/poll/" + d.PollLink(p, personID), title: p.Title,
		facts: func(l *templates.Lang) []mailer.Fact { return pollFacts(l, p) }}
	if kind == mailPollCancelled {
		w.path, w.facts, w.why = "/groups/"+g.ID, nil, p.Reason
	}
	return d.tellGroup(tx, g, w, to)
}

// pollFacts are until when to answer, the times, and where.
func pollFacts(l *templates.Lang, p *DatePoll) []mailer.Fact {
	out := []mailer.Fact{{Label: l.Text("letter.fact.deadline"), Value: l.When(p.AnswerBy, p.Zone)}}
	for _, t := range p.Times {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.when"), Value: l.Range(t.Starts, p.EndOf(t), p.Zone)})
	}
	if p.Place != "" {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.where"), Value: p.Place})
	}
	return out
}
