package scheduling

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"kohtaamo/storage"
)

// NewRound is a draft of one day in the zone of a cluster, with the settings
// most rounds want: a morning and an afternoon of twenty-minute slots, ten
// tables, and a plan of six weeks.
func NewRound(c *Cluster, day time.Time) *Round {
	r := &Round{
		Phase: RoundDraft, Way: BySolver, Title: Text{}, About: Text{}, Zone: c.Zone, ClusterIDs: optional(c.ID),
		Days:    []RoundDay{{Date: day.Format(time.DateOnly), Windows: []Window{{From: "09:00", To: "12:00"}, {From: "13:00", To: "16:00"}}}},
		Minutes: 20, Buffer: 5, Limits: RoundLimits{ExpireHours: 7 * 24, Musts: 5},
	}
	for n := range 10 {
		r.Tables = append(r.Tables, Table{Name: fmt.Sprint(n + 1), Kind: AtTable})
	}
	at := func(daysBefore int) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day()-daysBefore, 9, 0, 0, 0, r.Location()).UTC()
	}
	r.Plan = RoundPlan{ProfilesAt: at(42), RequestsAt: at(28), SchedulingAt: at(7)}
	return r
}

// SaveRound stores a new round as a draft, under in.ID if that is set, or what
// was changed about one; its phase is changed by SetPhase and by its plan only.
// in.Rev is the revision that was edited: somebody else's later change is never
// overwritten. Slots and tables are worked out of what in says; a change that
// takes a slot or table away from meetings that stand is refused with their
// number.
func (d *Desk) SaveRound(ctx context.Context, by Actor, in *Round) (*Round, error) {
	return d.saveRound(ctx, by, in, refuseHomeless)
}

// A rehousing does something about meetings that lose their slot or table by a
// change of their round, or refuses the change.
type rehousing func(d *Desk, tx *storage.Tx, by Actor, r *Round, lost []*Meeting) error

func (d *Desk) saveRound(ctx context.Context, by Actor, in *Round, rehouse rehousing) (*Round, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var out *Round
	err := d.update(ctx, func(tx *storage.Tx) (err error) {
		if in.Rev == 0 {
			out, err = d.createRound(tx, by, in)
		} else {
			out, err = d.editRound(tx, by, in, rehouse)
		}
		return err
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{"slug": "round.slug_taken"}}
	}
	if err != nil {
		return nil, fmt.Errorf("save round: %w", changedMeanwhile(err))
	}
	d.sendSoon(ctx)
	return out, nil
}

func (d *Desk) createRound(tx *storage.Tx, by Actor, in *Round) (*Round, error) {
	if !by.organisesAll(in.ClusterIDs) {
		return nil, &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"cluster_ids": "event.not_your_cluster"}}
	}
	r := &Round{Meta: storage.Meta{ID: orNew(in.ID)}, Phase: RoundDraft, PhaseAt: tx.Now(), CopiedFrom: in.CopiedFrom,
		UID: storage.NewUID(), Changed: tx.Now(), DueChanged: tx.Now()}
	if err := r.take(tx, by, in); err != nil {
		return nil, err
	}
	if r.Slug = in.Slug; r.Slug == "" {
		if err := r.nameSlug(tx); err != nil {
			return nil, err
		}
	}
	return r, d.putRound(tx, by, r, "round.create", "")
}

func (d *Desk) editRound(tx *storage.Tx, by Actor, in *Round, rehouse rehousing) (*Round, error) {
	r, err := ownRound(tx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if r.Rev != in.Rev {
		return nil, storage.ErrConflict
	}
	if r.Over() {
		return nil, &Problem{Kind: Closed, Key: "round.over"}
	}
	before := *r
	if err := r.take(tx, by, in); err != nil {
		return nil, err
	}
	if r.Phase == RoundDraft && in.Slug != "" {
		r.Slug = in.Slug
	}
	if err := d.reviseRound(tx, &before, r); err != nil {
		return nil, err
	}
	if err := d.putRound(tx, by, r, "round.edit", ""); err != nil {
		return nil, err
	}
	lost, err := homeless(tx, r)
	if err == nil && len(lost) > 0 {
		err = rehouse(d, tx, by, r, lost)
	}
	if err != nil {
		return nil, err
	}
	return r, d.showAgain(tx, r)
}

// take copies what an organiser may edit, with ids for what is new, and checks
// what it names.
func (r *Round) take(tx *storage.Tx, by Actor, in *Round) error {
	known := map[string]bool{}
	for _, t := range r.Tables {
		known[t.ID] = true
	}
	linked, trip := r.EventID, r.TripID
	r.TripID, r.StopID = in.TripID, in.StopID
	r.EventID, r.ClusterIDs, r.Way, r.Title, r.About = in.EventID, in.ClusterIDs, in.Way, in.Title, in.About
	r.Zone, r.Contact, r.ContactEmail = in.Zone, in.Contact, in.ContactEmail
	r.Days, r.Minutes, r.Buffer, r.Slots, r.Starts, r.Ends = in.Days, in.Minutes, in.Buffer, in.Slots, in.Starts, in.Ends
	r.Venues, r.Travel, r.Tables = in.Venues, in.Travel, slices.Clone(in.Tables)
	r.Plan, r.Limits = in.Plan, in.Limits
	for i := range r.Tables {
		if t := &r.Tables[i]; !known[t.ID] {
			t.ID = storage.NewID() // of this round alone: bookings of tables go by it
		}
	}
	if err := r.checkReferences(tx, by, linked, trip); err != nil {
		return err
	}
	r.index()
	return nil
}

// checkReferences wants what r names to be there, and an event or a trip that it
// was not part of before to be by's own.
func (r *Round) checkReferences(tx *storage.Tx, by Actor, linked, trip string) error {
	f := faults{}
	if err := exists(tx, f, "cluster_ids", clusters.Get, r.ClusterIDs...); err != nil {
		return err
	}
	if r.EventID != "" && r.EventID != linked {
		e, err := events.Get(tx, r.EventID)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err != nil || !by.Organises(e.ClusterIDs...) {
			f.add("event_id", "problem.choice")
		}
	}
	for i, t := range r.Tables {
		if t.EntrantID == "" {
			continue
		}
		e, err := entrants.Get(tx, t.EntrantID)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err != nil || e.RoundID != r.ID {
			f.add(fmt.Sprintf("tables.%d.entrant_id", i), "problem.choice")
		}
	}
	if err := r.checkTrip(tx, by, f, trip); err != nil {
		return err
	}
	if err := r.checkRoom(tx, f); err != nil {
		return err
	}
	return f.problem()
}

// checkRoom refuses a limit below those who have entered.
func (r *Round) checkRoom(tx *storage.Tx, f faults) error {
	if r.Limits.Entrants == 0 {
		return nil
	}
	n, err := entrants.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID), storage.Is("state", EntrantIn)}})
	if n > r.Limits.Entrants {
		f.add("entrants", "round.entrants_in")
	}
	return err
}

// index sets what lists and searches go by.
func (r *Round) index() {
	r.Open = r.Phase != RoundDraft && r.Phase != RoundCancelled
	var titles []string
	for _, t := range r.Title {
		titles = append(titles, t)
	}
	slices.Sort(titles)
	r.Words = words(titles...)
}

// nameSlug finds an address for a new round, from its title.
func (r *Round) nameSlug(tx *storage.Tx) error {
	base := Slug(r.Title.In("en"))
	if base == "" {
		base = "round"
	}
	for i := 1; ; i++ {
		r.Slug = base
		if i > 1 {
			r.Slug = fmt.Sprintf("%s-%d", base, i)
		}
		n, err := rounds.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", r.Slug)}})
		if n == 0 || err != nil {
			return err
		}
	}
}

// reviseRound raises the revisions of r's calendar entries that look different
// now, and promises those who have entered word of other days.
func (d *Desk) reviseRound(tx *storage.Tx, before, r *Round) error {
	moved := !before.Starts.Equal(r.Starts) || !before.Ends.Equal(r.Ends) || before.Zone != r.Zone || before.Place() != r.Place()
	named := !reflect.DeepEqual(before.Title, r.Title)
	if named || !before.Plan.RequestsAt.Equal(r.Plan.RequestsAt) || !before.Plan.SchedulingAt.Equal(r.Plan.SchedulingAt) {
		r.DueSequence++
		r.DueChanged = tx.Now()
	}
	if !r.Open || !moved && !named {
		return nil
	}
	r.Sequence++
	r.Changed = tx.Now()
	if !moved || !tx.Now().Before(before.Ends) {
		return nil
	}
	return d.promise(tx, &notice{RoundID: r.ID, Kind: roundMoved, Sequence: r.Sequence})
}

// Place is where r is, on one line: its venues; "" where all of it is online.
func (r *Round) Place() string {
	out := ""
	for i, v := range r.Venues {
		if i > 0 {
			out += " · "
		}
		out += v.Name
		if v.Address != "" {
			out += ", " + v.Address
		}
	}
	return out
}

// putRound stores r and says so in the audit log.
func (d *Desk) putRound(tx *storage.Tx, by Actor, r *Round, action, reason string) error {
	if err := rounds.Put(tx, r); err != nil {
		return err
	}
	return d.log(tx, by, action, r.ID, r.ID, r.Slug, reason)
}

// changeRound does something to one round for its organiser, stores it and
// notes it in the audit log. A fn that gives errNoChange leaves it as it is.
func (d *Desk) changeRound(ctx context.Context, by Actor, id, action, reason string, fn func(*storage.Tx, *Round) error) (*Round, error) {
	var out *Round
	err := d.update(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, id)
		if err != nil {
			return err
		}
		out = r
		switch err := fn(tx, r); {
		case errors.Is(err, errNoChange):
			return nil
		case err != nil:
			return err
		}
		r.index()
		return d.putRound(tx, by, r, action, cleanText(reason))
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return out, nil
}

// FreezeRound keeps a published schedule from being changed by anybody but its
// organisers, or lets that be again.
func (d *Desk) FreezeRound(ctx context.Context, by Actor, id string, frozen bool) (*Round, error) {
	action := "round.thaw"
	if frozen {
		action = "round.freeze"
	}
	return d.changeRound(ctx, by, id, action, "", func(_ *storage.Tx, r *Round) error {
		switch {
		case r.Frozen == frozen:
			return errNoChange
		case r.Over():
			return &Problem{Kind: Closed, Key: "round.over"}
		}
		r.Frozen = frozen
		return nil
	})
}

// DeleteRound removes a draft that nobody has entered.
func (d *Desk) DeleteRound(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, id)
		if err != nil {
			return err
		}
		if r.Phase != RoundDraft {
			return &Problem{Kind: Closed, Key: "event.not_draft"}
		}
		if err := nobodyIn(tx, r.ID); err != nil {
			return err
		}
		if err := rounds.Delete(tx, r); err != nil {
			return err
		}
		return d.log(tx, by, "round.delete", r.ID, r.ID, r.Slug, "")
	})
	if err != nil {
		return fmt.Errorf("delete round %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// nobodyIn refuses what cannot be done to a round that somebody has entered.
func nobodyIn(tx *storage.Tx, id string) error {
	n, err := entrants.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", id)}})
	if err == nil && n > 0 {
		err = &Problem{Kind: Closed, Key: "round.entered", Args: []any{"count", n}}
	}
	return err
}
