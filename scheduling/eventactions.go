package scheduling

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// NewEvent is a draft with the settings most events want, on the day given in
// the zone of its first cluster.
func NewEvent(c *Cluster, starts time.Time) *Event {
	return &Event{
		State: Draft, Kind: "seminar", Mode: InRoom, Audience: ForAll,
		Starts: starts, Ends: starts.Add(2 * time.Hour), Zone: c.Zone, ClusterIDs: []string{c.ID},
		Title: Text{}, Summary: Text{}, Body: Text{},
		Rules: EventRules{Waitlist: true, PartyMax: 1, OfferHours: 48, Reminders: []int{7, 1}, FollowUp: true},
	}
}

// SaveEvent stores a new event as a draft, under in.ID if that is set, or what
// was changed about one; its
// state is changed by PublishEvent and CancelEvent only. in.Rev is the revision
// that was edited: somebody else's later change is never overwritten. Moving a
// published event tells everybody registered; more seats go to those who wait.
func (d *Desk) SaveEvent(ctx context.Context, by Actor, in *Event) (*Event, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var out *Event
	err := d.update(ctx, func(tx *storage.Tx) (err error) {
		if in.Rev == 0 {
			out, err = d.createEvent(tx, by, in)
		} else {
			out, err = d.editEvent(tx, by, in)
		}
		return err
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{"slug": "event.slug_taken"}}
	}
	if err != nil {
		return nil, fmt.Errorf("save event: %w", changedMeanwhile(err))
	}
	d.sendSoon(ctx)
	return out, nil
}

func (d *Desk) createEvent(tx *storage.Tx, by Actor, in *Event) (*Event, error) {
	return d.makeEvent(tx, by, in, "event.create")
}

// makeEvent stores a new draft; action is what the audit log says of it.
func (d *Desk) makeEvent(tx *storage.Tx, by Actor, in *Event, action string) (*Event, error) {
	if !by.organisesAll(in.ClusterIDs) {
		return nil, &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"cluster_ids": "event.not_your_cluster"}}
	}
	if err := in.checkReferences(tx); err != nil {
		return nil, err
	}
	e := &Event{Meta: storage.Meta{ID: orNew(in.ID)}, State: Draft, UID: storage.NewUID(), CopiedFrom: in.CopiedFrom, Origin: in.Origin}
	e.take(in)
	if err := e.nameSlug(tx); err != nil {
		return nil, err
	}
	e.Changed, e.DueChanged = tx.Now(), tx.Now()
	e.reviseAgenda(&Event{}, tx.Now())
	e.index()
	if err := seatings.Put(tx, &Seating{Meta: storage.Meta{ID: e.ID}, Seats: e.Rules.Seats}); err != nil {
		return nil, err
	}
	if err := events.Put(tx, e); err != nil {
		return nil, err
	}
	return e, d.log(tx, by, action, e.ID, e.ID, e.Slug, "")
}

// organisesAll holds for an organiser of every one of the clusters.
func (a Actor) organisesAll(ids []string) bool {
	if len(ids) == 0 {
		return a.Organises()
	}
	return !slices.ContainsFunc(ids, func(id string) bool { return !a.Organises(id) })
}

func (d *Desk) editEvent(tx *storage.Tx, by Actor, in *Event) (*Event, error) {
	e, err := events.Get(tx, in.ID)
	if err != nil {
		return nil, err
	}
	if !by.Organises(e.ClusterIDs...) {
		return nil, errHidden
	}
	if e.Rev != in.Rev {
		return nil, storage.ErrConflict
	}
	if e.State == Cancelled {
		return nil, &Problem{Kind: Closed, Key: "event.is_cancelled"}
	}
	if err := in.checkReferences(tx); err != nil {
		return nil, err
	}
	before := *e
	e.take(in)
	if e.Slug = in.Slug; e.Slug == "" || e.State != Draft {
		e.Slug = before.Slug
	}
	e.index()
	if err := d.reseat(tx, e); err != nil {
		return nil, err
	}
	return e, d.storeEdited(tx, by, &before, e)
}

// storeEdited raises the event's revisions as its calendar entries changed, and
// promises word of a move.
func (d *Desk) storeEdited(tx *storage.Tx, by Actor, before, e *Event) error {
	e.revise(before, tx.Now())
	if e.State == Published && moved(before, e) && tx.Now().Before(e.Ends) {
		if err := d.promise(tx, &notice{EventID: e.ID, Kind: mailChanged, Sequence: e.Sequence}); err != nil {
			return err
		}
	}
	if err := events.Put(tx, e); err != nil {
		return err
	}
	if !e.Starts.Equal(before.Starts) && tx.Now().After(before.Starts) { // some may have attended it
		if err := recountEvent(tx, e); err != nil {
			return err
		}
	}
	return d.log(tx, by, "event.edit", e.ID, e.ID, e.Slug, "")
}

// reseat carries a changed number of seats to the seating. It never goes below
// what is taken; more seats go to those who wait.
func (d *Desk) reseat(tx *storage.Tx, e *Event) error {
	s, err := seatings.Get(tx, e.ID)
	if err != nil || s.Seats == e.Rules.Seats {
		return err
	}
	if e.Rules.Seats != 0 && e.Rules.Seats < s.Taken {
		return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"seats": "event.seats_taken"}, Args: []any{"count", s.Taken}}
	}
	s.Seats = e.Rules.Seats
	return d.promoteQueue(tx, e, s)
}

// take copies what an organiser may edit.
func (e *Event) take(in *Event) {
	e.Title, e.Summary, e.Body = in.Title, in.Summary, in.Body
	e.Kind, e.Mode, e.Audience = in.Kind, in.Mode, in.Audience
	e.Starts, e.Ends, e.Zone, e.AllDay = in.Starts, in.Ends, in.Zone, in.AllDay
	e.Venue, e.Address, e.Geo, e.Link = in.Venue, in.Address, in.Geo, in.Link
	e.ClusterIDs, e.GroupIDs, e.ProjectID = in.ClusterIDs, in.GroupIDs, in.ProjectID
	e.Agenda, e.Contact, e.ContactEmail, e.Rules = in.Agenda, in.Contact, in.ContactEmail, in.Rules
	e.Slug = in.Slug
}

// index sets what lists and searches go by.
func (e *Event) index() {
	e.Listed = e.State != Draft && e.Audience == ForAll
	var titles []string
	for _, t := range e.Title {
		titles = append(titles, t)
	}
	slices.Sort(titles)
	e.Words = words(append(titles, e.Venue, e.Kind)...)
}

// sameEntry reports whether two versions look the same in a calendar.
func sameEntry(a, b *Event) bool {
	return !moved(a, b) && reflect.DeepEqual(a.Title, b.Title) && reflect.DeepEqual(a.Summary, b.Summary) &&
		a.Slug == b.Slug && a.AllDay == b.AllDay && reflect.DeepEqual(a.Geo, b.Geo)
}

// moved reports whether people have to be told: another time, another place.
func moved(a, b *Event) bool {
	return !a.Starts.Equal(b.Starts) || !a.Ends.Equal(b.Ends) || a.Zone != b.Zone ||
		a.Place() != b.Place() || a.Link != b.Link || a.Mode != b.Mode
}

// nameSlug finds an address for a new event, from its title where none is given.
func (e *Event) nameSlug(tx *storage.Tx) error {
	if e.Slug != "" {
		return nil
	}
	base := Slug(e.Title.In("en"))
	if base == "" {
		base = "event"
	}
	for i := 1; ; i++ {
		e.Slug = base
		if i > 1 {
			e.Slug = fmt.Sprintf("%s-%d", base, i)
		}
		n, err := events.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", e.Slug)}})
		if n == 0 || err != nil {
			return err
		}
	}
}

// Slug makes an address part of a title: lower-case letters a to z, digits and
// dashes, at most 60.
func Slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune("äåáàâã", r):
			b.WriteByte('a')
		case strings.ContainsRune("öóòôõø", r):
			b.WriteByte('o')
		case strings.ContainsRune("éèêë", r):
			b.WriteByte('e')
		case strings.ContainsRune("íìîï", r):
			b.WriteByte('i')
		case strings.ContainsRune("üúùû", r):
			b.WriteByte('u')
		case r == 'ñ':
			b.WriteByte('n')
		case r == 'ç':
			b.WriteByte('c')
		default:
			if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
				b.WriteByte('-')
			}
		}
		if b.Len() >= 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// PublishEvent shows a draft to its audience and opens registration at its time.
func (d *Desk) PublishEvent(ctx context.Context, by Actor, id string) (*Event, error) {
	return d.onEvent(ctx, by, id, "event.publish", "", func(tx *storage.Tx, e *Event) error {
		if e.State != Draft {
			return &Problem{Kind: Closed, Key: "event.not_draft"}
		}
		if !tx.Now().Before(e.Ends) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"starts": "event.in_the_past"}}
		}
		e.State, e.PublishedAt, e.Changed, e.DueChanged = Published, tx.Now(), tx.Now(), tx.Now()
		return nil
	})
}

// CancelEvent calls a published event off and tells everybody registered why.
// Its page and its calendar entry stay, as cancelled.
func (d *Desk) CancelEvent(ctx context.Context, by Actor, id, reason string) (*Event, error) {
	e, err := d.onEvent(ctx, by, id, "event.cancel", reason, func(tx *storage.Tx, e *Event) error {
		if e.State != Published || !tx.Now().Before(e.Ends) {
			return &Problem{Kind: Closed, Key: "event.not_published"}
		}
		e.State, e.CancelledAt, e.Changed, e.CancelReason = Cancelled, tx.Now(), tx.Now(), cleanText(reason)
		e.Sequence++
		for i := range e.Agenda {
			e.Agenda[i].Sequence++
			e.Agenda[i].Changed = tx.Now()
		}
		if err := d.closeSeating(tx, e.ID); err != nil {
			return err
		}
		return d.promise(tx, &notice{EventID: e.ID, Kind: mailCalledOff, Sequence: e.Sequence})
	})
	d.sendSoon(ctx)
	return e, err
}

// closeSeating writes the seating, so that whoever registers at this moment
// meets the cancellation.
func (d *Desk) closeSeating(tx *storage.Tx, id string) error {
	s, err := seatings.Get(tx, id)
	if err != nil {
		return err
	}
	s.Closed = true
	return seatings.Put(tx, s)
}

// DeleteEvent removes a draft nobody ever saw.
func (d *Desk) DeleteEvent(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		e, err := events.Get(tx, id)
		if err != nil {
			return err
		}
		if !by.Organises(e.ClusterIDs...) {
			return errHidden
		}
		if e.State != Draft {
			return &Problem{Kind: Closed, Key: "event.not_draft"}
		}
		s, err := seatings.Get(tx, id)
		if err != nil {
			return err
		}
		if err := seatings.Delete(tx, s); err != nil {
			return err
		}
		if err := events.Delete(tx, e); err != nil {
			return err
		}
		return d.log(tx, by, "event.delete", e.ID, e.ID, e.Slug, "")
	})
	if err != nil {
		return fmt.Errorf("delete event %s: %w", id, err)
	}
	return nil
}

// onEvent changes one event for its organiser.
func (d *Desk) onEvent(ctx context.Context, by Actor, id, action, reason string, fn func(*storage.Tx, *Event) error) (*Event, error) {
	var out *Event
	err := d.update(ctx, func(tx *storage.Tx) error {
		e, err := events.Get(tx, id)
		if err != nil {
			return err
		}
		if !by.Organises(e.ClusterIDs...) {
			return errHidden
		}
		if err := fn(tx, e); err != nil {
			return err
		}
		e.index()
		if err := events.Put(tx, e); err != nil {
			return err
		}
		out = e
		return d.log(tx, by, action, e.ID, e.ID, e.Slug, cleanText(reason))
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}

// CopyEvent makes a draft of an earlier event for another date: words, agenda,
// questions and rules move with it by whole days of the wall clock, so that
// nine o'clock stays nine o'clock; who came does not.
func (d *Desk) CopyEvent(ctx context.Context, by Actor, id string, starts time.Time) (*Event, error) {
	var src *Event
	err := d.view(ctx, func(tx *storage.Tx) (err error) {
		src, err = events.Get(tx, id)
		return err
	})
	if err == nil && !by.Organises(src.ClusterIDs...) {
		err = errHidden
	}
	if err != nil {
		return nil, fmt.Errorf("copy event %s: %w", id, err)
	}
	return d.SaveEvent(ctx, by, src.CopyTo(starts))
}

// CopyTo is a draft of e on the day of starts, at e's own times of the clock,
// not stored yet.
func (e *Event) CopyTo(starts time.Time) *Event {
	c := *e
	c.Meta, c.Slug, c.UID, c.Sequence, c.DueSequence, c.CopiedFrom, c.Dropped, c.Origin = storage.Meta{}, "", "", 0, 0, e.ID, nil, nil
	loc := e.Location()
	days := daysBetween(e.Starts.In(loc), starts.In(loc))
	shift := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.In(loc).AddDate(0, 0, days).UTC()
	}
	c.Starts, c.Ends = shift(e.Starts), shift(e.Ends)
	c.Rules.OpensAt, c.Rules.ClosesAt, c.Rules.LockAt = shift(e.Rules.OpensAt), shift(e.Rules.ClosesAt), shift(e.Rules.LockAt)
	c.Agenda = slices.Clone(e.Agenda)
	for i := range c.Agenda {
		it := &c.Agenda[i]
		it.UID, it.Starts, it.Ends = "", shift(it.Starts), shift(it.Ends)
	}
	return &c
}

// daysBetween counts the midnights from a to b on one wall clock.
func daysBetween(a, b time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(b).Sub(day(a)) / (24 * time.Hour))
}
