package scheduling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// mailAgenda is the kind of mail with somebody's agenda of a round.
const mailAgenda = "meeting.agenda"

// An agendaPromise is a promise to send some people their agenda of a round,
// made by the transaction that published it: a round of thousands must not hold
// up the one who publishes.
type agendaPromise struct {
	storage.Meta `bson:",inline"`
	RoundID      string   `bson:"round_id"`
	PersonIDs    []string `bson:"person_ids"`
}

var agendaPromises = storage.NewCollection[agendaPromise]("agenda_promises", storage.Ordered("created"))

// tellAgendas promises each of the people one mail with their whole agenda of
// r, as it is when the mail is made. SendAgendas makes them.
func (d *Desk) tellAgendas(tx *storage.Tx, r *Round, personIDs ...string) error {
	ids := slices.Clone(personIDs)
	slices.Sort(ids)
	for page := range slices.Chunk(slices.Compact(ids), noticePage) {
		if err := agendaPromises.Put(tx, &agendaPromise{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, PersonIDs: page}); err != nil {
			return err
		}
	}
	return nil
}

// SendAgendas makes the mails that tellAgendas promised, page by page. It can
// be stopped and repeated at any point.
func (d *Desk) SendAgendas(ctx context.Context, _ time.Time) (done int, err error) {
	for {
		n, err := d.sendAgendaPage(ctx)
		if n == 0 || err != nil {
			return done, err
		}
		done += n
	}
}

// sendAgendaPage keeps the oldest promise; 0 says there is none.
func (d *Desk) sendAgendaPage(ctx context.Context) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		p, err := agendaPromises.First(tx, storage.Query{Sort: "created"})
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		r, err := rounds.Get(tx, p.RoundID)
		if err != nil {
			return err
		}
		for _, id := range p.PersonIDs {
			if err := d.sendAgenda(tx, r, id, p.ID); err != nil {
				return err
			}
		}
		done = len(p.PersonIDs)
		return agendaPromises.Delete(tx, p)
	})
	if err != nil {
		return 0, fmt.Errorf("send agendas: %w", err)
	}
	return done, nil
}

// sendAgenda writes one person all that they have in r, and notes that they
// know of it.
func (d *Desk) sendAgenda(tx *storage.Tx, r *Round, personID, promise string) error {
	p, err := people.Get(tx, personID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	mine, err := agendaOf(tx, r.ID, personID)
	mine = slices.DeleteFunc(mine, func(m *Meeting) bool { return !tx.Now().Before(m.Ends) })
	if len(mine) == 0 || err != nil {
		return err
	}
	l := d.Texts.In(p.Lang)
	mail, err := d.roundMail(tx, r, roundLetter{
		kind: mailAgenda, to: p, button: d.AgendaURL(r), args: []any{"n", len(mine)},
		facts: agendaFacts(l, mine, personID), links: d.agendaLinks(l, r, p),
	})
	if err != nil {
		return err
	}
	mail.ID, mail.Ref, mail.Expires = mailAgenda+"/"+promise+"/"+p.ID, "agenda/"+r.ID+"/"+p.ID, r.Ends
	if _, err := d.Outbox.Withdraw(tx, mail.Ref); err != nil {
		return err
	}
	for _, m := range mine {
		v := m.Invitee(personID)
		if _, err := d.Outbox.Withdraw(tx, m.ref(v)); err != nil {
			return err
		}
		v.Told = m.sequenceOf(v) + 1
		if err := meetings.Put(tx, m); err != nil {
			return err
		}
	}
	return d.Outbox.Add(tx, *mail)
}

// agendaFacts are somebody's meetings, one a line.
func agendaFacts(l *templates.Lang, mine []*Meeting, personID string) (fs []mailer.Fact) {
	for _, m := range mine {
		what := strings.Join(m.Others(m.Invitee(personID).EntrantID), ", ")
		if where := cmp.Or(m.Shown.Where, m.Shown.Link); where != "" {
			what += " · " + where
		}
		fs = append(fs, mailer.Fact{Label: l.Range(m.Starts, m.Ends, m.Shown.Zone), Value: what})
	}
	return fs
}

// agendaOf are the standing meetings of a person in a round, by their start.
func agendaOf(tx *storage.Tx, roundID, personID string) ([]*Meeting, error) {
	list, err := meetings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: personID}}})
	list = slices.DeleteFunc(list, func(m *Meeting) bool { return m.RoundID != roundID || !m.State.Stands() })
	slices.SortFunc(list, func(a, b *Meeting) int { return cmp.Or(a.Starts.Compare(b.Starts), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

// AgendaURL is where an entrant's people see their day in r.
func (d *Desk) AgendaURL(r *Round) string { return d.BaseURL + "/rounds/" + r.Slug + "/my/agenda" }

// agendaLinks lead to the same agenda as a calendar file, without signing in.
func (d *Desk) agendaLinks(l *templates.Lang, r *Round, p *Person) []mailer.Link {
	return []mailer.Link{{Label: l.Text("letter.agenda.file"), URL: d.BaseURL + "/b2b/agenda/" + d.sign("b2b-agenda", r.ID+"-"+p.ID, 0) + ".ics"}}
}
