package scheduling

import (
	"errors"
	"fmt"
	"slices"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// The kinds of mail about entrants. Each has its words under "letter.KIND".
const (
	mailEntrantIn       = "entrant.in"
	mailEntrantPending  = "entrant.pending"
	mailEntrantRejected = "entrant.rejected"
	mailEntrantInvited  = "entrant.invited"
)

// mailFor is the kind that says where e stands.
func (e *Entrant) mailFor() string {
	switch e.State {
	case EntrantPending:
		return mailEntrantPending
	case EntrantRejected:
		return mailEntrantRejected
	}
	return mailEntrantIn
}

// tellEntrant writes to those who manage e, or to the persons named.
func (d *Desk) tellEntrant(tx *storage.Tx, r *Round, e *Entrant, kind string, to ...string) error {
	for _, p := range e.People {
		if len(to) == 0 && !p.Manages || len(to) > 0 && !slices.Contains(to, p.PersonID) {
			continue
		}
		person, err := people.Get(tx, p.PersonID)
		if errors.Is(err, storage.ErrNotFound) {
			continue // erased
		}
		if err != nil {
			return err
		}
		m, err := d.entrantMail(tx, r, e, person, kind)
		if err != nil {
			return err
		}
		m.ID, m.Ref = fmt.Sprintf("%s/%s/%d/%s", kind, e.ID, e.Rev, p.PersonID), e.ID
		if err := d.Outbox.Add(tx, *m); err != nil {
			return err
		}
	}
	return nil
}

// entrantMail says to one of e's people where it stands and what comes next.
func (d *Desk) entrantMail(tx *storage.Tx, r *Round, e *Entrant, to *Person, kind string) (*mailer.Mail, error) {
	w := roundLetter{kind: kind, to: to, args: []any{"company", e.Name}, facts: d.roundFacts(r, to.Lang), button: d.RoundURL(r) + "/my"}
	l := d.Texts.In(to.Lang)
	if kind == mailEntrantRejected {
		w.button = d.RoundURL(r)
		if e.Reason != "" {
			w.said = []string{l.Text("letter.reason", "reason", e.Reason)}
		}
	}
	if kind == mailEntrantIn {
		w.links = []mailer.Link{{Label: l.Text("letter.entrant.pause"), URL: d.PauseURL(r, e)}}
	}
	return d.roundMail(tx, r, w)
}

// RoundURL is the public address of r.
func (d *Desk) RoundURL(r *Round) string { return d.BaseURL + "/rounds/" + r.Slug }

// roundFacts are what and when, in a language.
func (d *Desk) roundFacts(r *Round, lang string) []mailer.Fact {
	l := d.Texts.In(lang)
	out := []mailer.Fact{{Label: l.Text("letter.entrant.round"), Value: r.Title.In(lang)}}
	if len(r.Slots) > 0 {
		out = append(out, mailer.Fact{Label: l.Text("letter.fact.when"), Value: l.Range(r.Slots[0].Starts, r.Slots[len(r.Slots)-1].Ends, r.Zone)})
	}
	return out
}

// inviteMail asks a colleague to come along. They may be nobody we know yet.
func (d *Desk) inviteMail(tx *storage.Tx, by Actor, r *Round, e *Entrant, i Invited) error {
	to, err := personByEmail(tx, i.Email)
	if errors.Is(err, storage.ErrNotFound) {
		to, err = &Person{Email: i.Email, Name: i.Name, Lang: by.Lang}, nil
	}
	if err != nil {
		return err
	}
	m, err := d.roundMail(tx, r, roundLetter{kind: mailEntrantInvited, to: to, facts: d.roundFacts(r, to.Lang),
		args: []any{"company", e.Name, "by", by.Name, "email", i.Email}, button: d.RoundURL(r) + "/enter"})
	if err != nil {
		return err
	}
	m.ID, m.Ref = mailEntrantInvited+"/"+i.ID, i.ID
	return d.Outbox.Add(tx, *m)
}
