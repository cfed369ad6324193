package scheduling

import (
	"errors"
	"fmt"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about a round as a whole. Each has its words under
// "letter.KIND" in templates/locales.
const (
	roundProfilesOpen = "round.profiles_open"
	roundRequestsOpen = "round.requests_open"
	roundProfilesDue  = "round.profiles_due"
	roundRequestsDue  = "round.requests_due"
	roundScheduled    = "round.scheduling"
	roundMoved        = "round.moved"
	roundCalledOff    = "round.called_off"
)

// phaseMails are those that a phase begins with, each once a round. Of the
// published schedule everybody is told with their own agenda.
var phaseMails = map[RoundPhase]string{
	RoundProfiles: roundProfilesOpen, RoundRequests: roundRequestsOpen,
	RoundScheduling: roundScheduled, RoundCancelled: roundCalledOff,
}

// roundMailKinds are all of them.
var roundMailKinds = []string{roundProfilesOpen, roundRequestsOpen, roundProfilesDue, roundRequestsDue, roundScheduled, roundMoved, roundCalledOff}

// toldAtOnce is how many entrants one transaction tells: each has several people.
const toldAtOnce = 50

// sendRoundNotice tells the people of the next page of entrants.
func (d *Desk) sendRoundNotice(tx *storage.Tx, n *notice) (done int, err error) {
	r, err := rounds.Get(tx, n.RoundID)
	if err != nil {
		return 0, err
	}
	if !n.holds(r, tx.Now()) {
		n.Open = false
		return 0, notices.Put(tx, n)
	}
	list, next, err := entrants.Page(tx, storage.Query{
		Where: []storage.Cond{storage.Is("round_id", r.ID)}, Sort: "sort", Limit: toldAtOnce, After: n.After})
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		if err := d.noticeEntrant(tx, n, r, e); err != nil {
			return 0, err
		}
	}
	n.After, n.Open = next, next != ""
	return len(list), notices.Put(tx, n)
}

// holds reports whether what n says of a round is still so.
func (n *notice) holds(r *Round, now time.Time) bool {
	switch n.Kind {
	case roundProfilesOpen:
		return r.Phase == RoundProfiles
	case roundRequestsOpen:
		return r.Phase == RoundRequests
	case roundScheduled:
		return r.Phase == RoundScheduling
	case roundCalledOff:
		return r.Phase == RoundCancelled
	case roundMoved:
		return r.Open && r.Sequence == n.Sequence // a later change tells it
	}
	kind, at := n.Kind, n.Date
	phase := map[string]RoundPhase{roundProfilesDue: RoundProfiles, roundRequestsDue: RoundRequests}[kind]
	return r.Phase == phase && r.deadline(kind).Equal(at) && now.Before(at)
}

// noticeEntrant promises the people of an entrant their mail, if it is for them.
// What was said before of the round and has not left yet no longer holds.
func (d *Desk) noticeEntrant(tx *storage.Tx, n *notice, r *Round, e *Entrant) error {
	if _, err := d.Outbox.Withdraw(tx, roundRef(r, e), roundMailKinds...); err != nil {
		return err
	}
	waits := e.State == EntrantPending && (n.Kind == roundCalledOff || n.Kind == roundMoved)
	if e.State != EntrantIn && !waits || e.Paused {
		return nil
	}
	open, err := e.hasToDo(tx, n)
	if err != nil || !open {
		return err
	}
	for _, p := range e.toldOf(n.Kind) {
		if err := d.tellDelegate(tx, n, r, e, p.PersonID); err != nil {
			return err
		}
	}
	return nil
}

// roundRef is what mails to an entrant about its round speak of.
func roundRef(r *Round, e *Entrant) string { return "round/" + r.ID + "/" + e.ID }

// hasToDo reports whether a reminder is for e: who has done their part, or came
// after it was due, needs none.
func (e *Entrant) hasToDo(tx *storage.Tx, n *notice) (bool, error) {
	switch n.Kind {
	case roundProfilesDue:
		return e.Created.Before(n.Since) && !e.described(), nil
	case roundRequestsDue:
		if !e.Created.Before(n.Since) {
			return false, nil
		}
		return e.owesAnswers(tx)
	}
	return true, nil
}

// described reports whether others can see what e is good for.
func (e *Entrant) described() bool {
	return !e.About.Empty() && len(e.Offers)+len(e.Needs) > 0
}

// owesAnswers reports whether somebody waits for e's answer, or e has asked
// nobody yet.
func (e *Entrant) owesAnswers(tx *storage.Tx) (bool, error) {
	sent, err := requests.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("from", e.ID)}})
	if err != nil || sent == 0 {
		return err == nil, err
	}
	for _, side := range []string{"to", "from"} {
		q := storage.Query{Where: []storage.Cond{storage.Is(side, e.ID),
			{Field: "state", Op: storage.In, Value: []RequestState{RequestSent, RequestCountered}}}}
		for q, err := range requests.Each(tx, q) {
			if err != nil || q.Turn == e.ID {
				return err == nil, err
			}
		}
	}
	return false, nil
}

// toldOf are those of e's people that a kind is for: what has to be done is for
// those who may, or the first where nobody is said to.
func (e *Entrant) toldOf(kind string) (out []Delegate) {
	if kind == roundScheduled || kind == roundMoved || kind == roundCalledOff {
		return e.People
	}
	for _, p := range e.People {
		if p.Manages {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return e.People[:min(1, len(e.People))]
	}
	return out
}

func (d *Desk) tellDelegate(tx *storage.Tx, n *notice, r *Round, e *Entrant, personID string) error {
	p, err := people.Get(tx, personID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	w := roundLetter{kind: n.Kind, to: p, args: []any{"company", e.Name}, facts: d.planFacts(d.Texts.In(p.Lang), n.Kind, r), button: d.roundStep(n.Kind, r)}
	if n.Kind == roundCalledOff && r.CancelReason != "" {
		w.said = []string{d.Texts.In(p.Lang).Text("letter.reason", "reason", r.CancelReason)}
	}
	m, err := d.roundMail(tx, r, w)
	if err != nil {
		return err
	}
	m.ID, m.Ref = n.Kind+"/"+r.ID+"/"+p.ID, roundRef(r, e)
	switch n.Kind {
	case roundMoved:
		m.ID += fmt.Sprintf("/%d", n.Sequence)
	case roundProfilesDue, roundRequestsDue:
		m.ID += fmt.Sprintf("/%d", n.Date.Unix())
		m.Expires = n.Date
	}
	return d.Outbox.Add(tx, *m)
}

// planFacts are what, when, where, and until when there is something to do.
func (d *Desk) planFacts(l *templates.Lang, kind string, r *Round) []mailer.Fact {
	fs := d.roundFacts(r, l.Code())
	if place := r.Place(); place != "" {
		fs = append(fs, mailer.Fact{Label: l.Text("letter.fact.where"), Value: place})
	}
	until := map[string]time.Time{roundProfilesOpen: r.Plan.RequestsAt, roundProfilesDue: r.Plan.RequestsAt,
		roundRequestsOpen: r.Plan.SchedulingAt, roundRequestsDue: r.Plan.SchedulingAt}[kind]
	if !until.IsZero() {
		fs = append(fs, mailer.Fact{Label: l.Text("round.fact.until"), Value: l.When(until, r.Zone)})
	}
	return fs
}

// roundStep is where the one button of a mail leads.
func (d *Desk) roundStep(kind string, r *Round) string {
	if kind == roundCalledOff {
		return d.RoundURL(r)
	}
	return d.RoundURL(r) + "/my"
}

// Tells reports whether entrants get mail when r comes to a phase.
func (r *Round) Tells(p RoundPhase) bool {
	kind, tells := phaseMails[p]
	_, told := r.Told[kind]
	return tells && !told
}
