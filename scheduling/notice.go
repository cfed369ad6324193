package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// A notice is a promise to tell everybody at an event something, made by the
// transaction that changed the event and kept in pages afterwards: an event of
// thousands must not hold up the one who edits it.
type notice struct {
	storage.Meta `bson:",inline"`
	EventID      string    `bson:"event_id"`
	RoundID      string    `bson:"round_id,omitempty"` // instead of an event: tell its entrants
	Kind         string    `bson:"kind"`               // a mail kind
	Sequence     int       `bson:"sequence"`           // of the event or round when it was promised
	Date         time.Time `bson:"date,omitempty"`     // of the round's plan, that it reminds of
	Days         int       `bson:"days"`               // of a reminder
	Since        time.Time `bson:"since,omitempty"`    // who registered later needs no reminder
	Open         bool      `bson:"open"`
	After        string    `bson:"after,omitempty"` // how far it has come
}

var notices = storage.NewCollection[notice]("notices", storage.Ordered("open", "created"), storage.Ordered("event_id"))

// promise stores a notice in the transaction of what it is about.
func (d *Desk) promise(tx *storage.Tx, n *notice) error {
	n.ID, n.Open = storage.NewID(), true
	return notices.Put(tx, n)
}

// noticeChains is a notice that tells nobody anything: chains were switched on,
// off or changed, and everybody at the event has to be looked at.
const noticeChains = "chains"

// noticePage is how many people one transaction tells.
const noticePage = 200

// sendSoon keeps what was just promised, as far as a request can wait for it;
// the job does the rest. A failure here loses nothing: the notice stays open.
func (d *Desk) sendSoon(ctx context.Context) {
	for range 3 {
		n, err := d.sendPage(ctx)
		if err != nil {
			d.Log.WarnContext(ctx, "notices wait for the job", "error", err)
			return
		}
		if n == 0 {
			return
		}
	}
}

// SendNotices tells everybody what was promised by changes of their events. It
// can be stopped and repeated at any point: each person's mail has a key.
func (d *Desk) SendNotices(ctx context.Context, _ time.Time) (done int, err error) {
	for {
		n, err := d.sendPage(ctx)
		if n == 0 || err != nil {
			return done, err
		}
		done += n
	}
}

// sendPage works on one page of the oldest open notice; 0 says nothing is open.
func (d *Desk) sendPage(ctx context.Context) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		n, err := notices.First(tx, storage.Query{Where: []storage.Cond{storage.Is("open", true)}, Sort: "created"})
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if n.RoundID != "" {
			done, err = d.sendRoundNotice(tx, n)
		} else {
			done, err = d.sendNotice(tx, n)
		}
		done++
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("send notices: %w", err)
	}
	return done, nil
}

// sendNotice tells the next page of people and notes how far it has come.
func (d *Desk) sendNotice(tx *storage.Tx, n *notice) (done int, err error) {
	e, err := events.Get(tx, n.EventID)
	if err != nil {
		return 0, err
	}
	s, err := seatings.Get(tx, n.EventID)
	if err != nil {
		return 0, err
	}
	rs, next, err := registrations.Page(tx, storage.Query{
		Where: []storage.Cond{storage.Is("event_id", e.ID)}, Sort: "sort", Limit: noticePage, After: n.After})
	if err != nil {
		return 0, err
	}
	attended := s.Attended > 0
	for _, r := range rs {
		if err := d.tell(tx, n, e, s, r, attended); err != nil {
			return 0, err
		}
	}
	if n.Kind == mailThanks {
		if err := seatings.Put(tx, s); err != nil {
			return 0, err
		}
	}
	n.After, n.Open = next, next != ""
	return len(rs), notices.Put(tx, n)
}

// tell promises r's person their mail about the notice, if it is still true
// for them. What follows from being registered is brought in step first.
func (d *Desk) tell(tx *storage.Tx, n *notice, e *Event, s *Seating, r *Registration, attended bool) error {
	switch n.Kind {
	case mailChanged, mailCalledOff, noticeChains:
		if err := d.followRegistration(tx, e, r); err != nil {
			return err
		}
	}
	switch n.Kind {
	case mailChanged:
		if e.Sequence != n.Sequence || e.State != Published {
			return nil // a later change tells it
		}
		return d.tellChanged(tx, e, r)
	case mailCalledOff:
		return d.tellCalledOff(tx, e, r)
	case mailReminder:
		if e.State != Published || r.State != Confirmed || r.Created.After(n.Since) || !tx.Now().Before(e.Starts) {
			return nil
		}
		return d.tellOnce(tx, mailReminder, fmt.Sprintf("%d/%d", n.Days, e.Starts.Unix()), e, r)
	case mailThanks:
		return d.tellAfterwards(tx, e, s, r, attended)
	case noticeChains:
		return nil
	}
	return fmt.Errorf("notice of unknown kind %q", n.Kind)
}

// tellOnce adds a mail under a key of its kind, the person and what it is about.
func (d *Desk) tellOnce(tx *storage.Tx, kind, what string, e *Event, r *Registration) error {
	if r.Email == "" {
		return nil
	}
	m, err := d.mail(tx, kind, e, r)
	if err != nil {
		return err
	}
	m.ID = kind + "/" + r.ID + "/" + what
	return d.Outbox.Add(tx, *m)
}

// tellChanged tells of another time or place. Where the mail that said the old
// one has not left yet, the right one goes instead.
func (d *Desk) tellChanged(tx *storage.Tx, e *Event, r *Registration) error {
	if !r.State.Live() || r.State == NoShow || r.Email == "" {
		return nil
	}
	kind := mailChanged
	if standing := mailFor(r); standing != "" {
		stale, err := d.Outbox.Withdraw(tx, r.ID, "registration."+standing)
		if err != nil {
			return err
		}
		if stale > 0 {
			kind = standing
		}
	}
	if _, err := d.Outbox.Withdraw(tx, r.ID); err != nil {
		return err
	}
	m, err := d.mail(tx, kind, e, r)
	if err != nil {
		return err
	}
	if kind == mailWaitlisted {
		if err := d.sayPosition(tx, m, &place{e: e, r: r}); err != nil {
			return err
		}
	}
	if r.Invited {
		if err := d.invite(tx, m, e, r); err != nil {
			return err
		}
		if err := registrations.Put(tx, r); err != nil {
			return err
		}
	}
	m.ID = fmt.Sprintf("%s/%s/%d", mailChanged, r.ID, e.Sequence)
	return d.Outbox.Add(tx, *m)
}

// tellCalledOff tells that the event does not take place.
func (d *Desk) tellCalledOff(tx *storage.Tx, e *Event, r *Registration) error {
	if !r.State.Live() || r.Email == "" {
		return nil
	}
	if _, err := d.Outbox.Withdraw(tx, r.ID); err != nil {
		return err
	}
	m, err := d.mail(tx, mailCalledOff, e, r)
	if err != nil {
		return err
	}
	if r.Invited {
		if err := d.uninvite(tx, m, e, r); err != nil {
			return err
		}
	}
	m.ID = mailCalledOff + "/" + r.ID
	return d.Outbox.Add(tx, *m)
}

// tellAfterwards thanks those who came and is sorry about those who did not.
// Where nobody was checked in, nobody is called absent.
func (d *Desk) tellAfterwards(tx *storage.Tx, e *Event, s *Seating, r *Registration, attended bool) error {
	if attended && r.State == Confirmed {
		s.move(r, NoShow)
		if err := d.keep(tx, System("wrap-up"), e, r, "registration.no_show", ""); err != nil {
			return err
		}
	}
	if err := d.followRegistration(tx, e, r); err != nil {
		return err
	}
	kind := map[RegState]string{Attended: mailThanks, Confirmed: mailThanks, NoShow: mailMissed}[r.State]
	if kind == "" || !e.Rules.FollowUp {
		return nil
	}
	if said, err := d.thanksElsewhere(tx, kind, e, r); said || err != nil {
		return err
	}
	return d.tellOnce(tx, kind, "after", e, r)
}
