package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// tripOutcomeAfter is how long after a trip its outcomes can be changed: they
// are asked for until a year after it.
const tripOutcomeAfter = 550 * 24 * time.Hour

// A TripAnswering is what somebody can say of a trip: a traveller of the hosts
// that they met, a host of the delegates that came, or whoever leads the trip of
// all of them.
type TripAnswering struct {
	Trip      *Trip
	Traveller *Traveller // who answers by their link; or
	Host      *Host      // which host; or neither, for who leads it
	Rows      []*TripRow
	Leaders   []Owner  // of the trip, who can take next steps too
	Funding   *Project // whose emblem the page shows today
	Early     bool     // nobody has been met yet
	Closed    *Problem // why nothing can be said any more; nil if it can
	by        Actor
}

// HostSide reports whether it is a host who answers.
func (x *TripAnswering) HostSide() bool { return x.Host != nil }

// Row finds what is said of one host and one delegate; nil for none. A
// traveller needs no delegate named, and a host no host.
func (x *TripAnswering) Row(hostID, delegate string) *TripRow {
	for _, r := range x.Rows {
		if (x.HostSide() || r.Host.ID == hostID) && (x.Traveller != nil || r.Delegate.goesBy(delegate)) {
			return r
		}
	}
	return nil
}

// Mine is what the one who answers, or their colleagues, said.
func (x *TripAnswering) Mine(r *TripRow) *TripOutcome { return r.Side(x.HostSide()) }

// Other is what the other side said; one learns it by answering.
func (x *TripAnswering) Other(r *TripRow) *TripOutcome {
	if x.Mine(r) == nil && (x.Traveller != nil || x.HostSide()) {
		return nil
	}
	return r.Side(!x.HostSide())
}

// Waiting counts what is not answered.
func (x *TripAnswering) Waiting() (n int) {
	for _, r := range x.Rows {
		if x.Mine(r) == nil {
			n++
		}
	}
	return n
}

// Owners are who can take the next step of a row: the delegate's travellers,
// the trip's leaders, and whoever organises it and writes it down.
func (x *TripAnswering) Owners(r *TripRow) (out []Owner) {
	for _, v := range r.Delegate.Travel {
		out = append(out, Owner{v.PersonID, v.Name, r.Delegate.Name})
	}
	for _, o := range append(slices.Clone(x.Leaders), x.organiser()...) {
		if !slices.Contains(ownerIDs(out), o.PersonID) {
			out = append(out, o)
		}
	}
	return out
}

func (x *TripAnswering) organiser() []Owner {
	if x.Traveller != nil || x.HostSide() || !x.by.SignedIn() {
		return nil
	}
	return []Owner{{PersonID: x.by.ID, Name: x.by.Name}}
}

// OutcomesURL is where a traveller says what came of their meetings.
func (d *Desk) OutcomesURL(v *Traveller) string { return d.TravelURL(v) + "/outcomes" }

// HostOutcomesURL is where a host says what came of a delegation's visit, by a
// link that nobody can guess.
func (d *Desk) HostOutcomesURL(t *Trip, h *Host) string {
	return d.BaseURL + "/host-outcomes/" + d.sign("trip-host-outcome", t.ID+"~"+h.ID, h.Generation)
}

// OutcomesByLink is what a traveller can answer by their link.
func (d *Desk) OutcomesByLink(ctx context.Context, link string) (x *TripAnswering, err error) {
	err = d.view(ctx, func(tx *storage.Tx) (err error) {
		x, err = d.travellerAnswers(tx, link)
		return err
	})
	return x, err
}

func (d *Desk) travellerAnswers(tx *storage.Tx, link string) (*TripAnswering, error) {
	v, t, err := d.travellerByLink(tx, link)
	if err != nil || !v.Goes() {
		return nil, orHidden(err)
	}
	x := &TripAnswering{Trip: t, Traveller: v, by: Actor{ID: v.PersonID, Name: v.Name, Email: v.Email, Lang: v.Lang, Via: "link"}}
	return x, d.readAnswering(tx, x)
}

// HostOutcomesByLink is what a host can answer by its link.
func (d *Desk) HostOutcomesByLink(ctx context.Context, link string) (x *TripAnswering, err error) {
	err = d.view(ctx, func(tx *storage.Tx) (err error) {
		x, err = d.hostAnswers(tx, link)
		return err
	})
	return x, err
}

func (d *Desk) hostAnswers(tx *storage.Tx, link string) (*TripAnswering, error) {
	id, mac, ok := splitLink(link)
	tripID, hostID, whole := strings.Cut(id, "~")
	if !ok || !whole {
		return nil, errHidden
	}
	t, err := trips.Get(tx, tripID)
	if err != nil {
		return nil, err
	}
	p, err := programmeOf(tx, t)
	if err != nil {
		return nil, err
	}
	h := p.Host(hostID)
	if h == nil || !d.signed("trip-host-outcome", id, h.Generation, mac) {
		return nil, errHidden
	}
	x := &TripAnswering{Trip: t, Host: h, by: Actor{Name: h.Name, Lang: h.Lang, Via: "link"}}
	return x, d.readAnswering(tx, x)
}

// TripAnswers is what can be said of a trip by whoever leads it, for everybody.
func (d *Desk) TripAnswers(ctx context.Context, by Actor, tripID string) (x *TripAnswering, err error) {
	err = d.view(ctx, func(tx *storage.Tx) (err error) {
		x, err = d.leaderAnswers(tx, by, tripID)
		return err
	})
	return x, err
}

func (d *Desk) leaderAnswers(tx *storage.Tx, by Actor, tripID string) (*TripAnswering, error) {
	t, err := ledTrip(tx, by, tripID)
	if err != nil {
		return nil, err
	}
	x := &TripAnswering{Trip: t, by: by}
	return x, d.readAnswering(tx, x)
}

// readAnswering finds what x can be about.
func (d *Desk) readAnswering(tx *storage.Tx, x *TripAnswering) (err error) {
	said, err := readSaid(tx, x.Trip)
	if err != nil {
		return err
	}
	for _, r := range said.Rows {
		if x.concerns(r) {
			x.Rows = append(x.Rows, r)
		}
	}
	x.Early, x.Closed = len(x.Rows) == 0, x.Trip.outcomesClosed(tx.Now())
	if x.Funding, err = tripFunding(tx, x.Trip, tx.Now()); err != nil {
		return err
	}
	for _, id := range x.Trip.LeaderIDs {
		p, err := people.Get(tx, id)
		if IsHidden(err) {
			continue // erased
		}
		if err != nil {
			return err
		}
		x.Leaders = append(x.Leaders, Owner{PersonID: p.ID, Name: p.Name})
	}
	return nil
}

// concerns reports whether the one who answers has to do with a row: they took
// part in the visit, or its next step is theirs.
func (x *TripAnswering) concerns(r *TripRow) bool {
	switch {
	case x.Host != nil:
		return r.Host.ID == x.Host.ID
	case x.Traveller != nil:
		return r.with(x.Traveller.ID) || r.Said != nil && r.Said.Owner == x.Traveller.PersonID
	}
	return true
}

// outcomesClosed says why nothing can be said of the trip; nil if it can.
func (t *Trip) outcomesClosed(now time.Time) *Problem {
	switch {
	case t.Off():
		return &Problem{Kind: Closed, Key: "tripoutcome.called_off"}
	case now.After(t.Ends.Add(tripOutcomeAfter)):
		return &Problem{Kind: Closed, Key: "tripoutcome.late"}
	}
	return nil
}

// SaveOutcomeByLink changes what a traveller's side says of a host, as change
// has it. Doing it again changes it again.
func (d *Desk) SaveOutcomeByLink(ctx context.Context, link, hostID string, change func(*TripOutcome)) (*TripOutcome, error) {
	return d.saveTripOutcome(ctx, hostID, "", func(tx *storage.Tx) (*TripAnswering, error) { return d.travellerAnswers(tx, link) }, false, change)
}

// SaveHostOutcomeByLink changes what a host says of a delegate.
func (d *Desk) SaveHostOutcomeByLink(ctx context.Context, link, delegate string, change func(*TripOutcome)) (*TripOutcome, error) {
	return d.saveTripOutcome(ctx, "", delegate, func(tx *storage.Tx) (*TripAnswering, error) { return d.hostAnswers(tx, link) }, true, change)
}

// SaveTripOutcome changes what a delegate, or a host, said, for whoever leads
// the trip and was told.
func (d *Desk) SaveTripOutcome(ctx context.Context, by Actor, tripID, hostID, delegate string, hostSide bool, change func(*TripOutcome)) (*TripOutcome, error) {
	return d.saveTripOutcome(ctx, hostID, delegate, func(tx *storage.Tx) (*TripAnswering, error) { return d.leaderAnswers(tx, by, tripID) }, hostSide, change)
}

func (d *Desk) saveTripOutcome(ctx context.Context, hostID, delegate string, who func(*storage.Tx) (*TripAnswering, error), hostSide bool, change func(*TripOutcome)) (out *TripOutcome, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		x, err := who(tx)
		if err != nil {
			return err
		}
		r := x.Row(hostID, delegate)
		if r == nil {
			return errHidden
		}
		if x.Closed != nil {
			return x.Closed
		}
		if out, err = x.changed(tx, r, hostSide, change); err != nil {
			return err
		}
		if err := tripOutcomes.Put(tx, out); err != nil {
			return err
		}
		if err := d.followReturnedOf(tx, x.Trip, r.People); err != nil {
			return err
		}
		return d.log(tx, x.by, "trip.outcome", x.Trip.ID, x.Trip.ID, r.Delegate.Name+" – "+r.Host.Name, "")
	})
	if err != nil {
		return nil, fmt.Errorf("say what came of a visit: %w", changedMeanwhile(err))
	}
	return out, nil
}

// changed is what one side says of a row after change had its way. Who was to
// take the next step can stay it.
func (x *TripAnswering) changed(tx *storage.Tx, r *TripRow, hostSide bool, change func(*TripOutcome)) (*TripOutcome, error) {
	out := &TripOutcome{Meta: storage.Meta{ID: tripOutcomeID(x.Trip.ID, r.Host.ID, r.Delegate.Key, hostSide)}}
	owners := x.Owners(r)
	if was := r.Side(hostSide); was != nil {
		*out = *was
		owners = append(owners, Owner{PersonID: was.Owner})
	}
	out.TripID, out.HostID, out.HostSide, out.Host, out.Company = x.Trip.ID, r.Host.ID, hostSide, r.Host.Name, r.Delegate.Name
	if out.Delegate == "" {
		out.Delegate = r.Delegate.Key
	}
	in := *out
	change(&in)
	out.take(&in, x.by, tx.Now())
	return out, out.check(owners)
}
