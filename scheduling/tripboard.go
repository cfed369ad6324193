package scheduling

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// A TripBoard is a trip as those who organise or lead it see it.
type TripBoard struct {
	Trip         *Trip
	Clusters     []*Cluster
	Project      *Project // that pays for it; nil for none
	Leaders      []*Person
	Applications map[ApplicationState]int // how many of each
	Seats        map[ApplicationState]int // and their seats
	Companies    []CompanySeats           // that have accepted seats
	Travellers   int                      // who go
	Delegates    int                      // of these, for somebody: neither to lead nor to help
	Named        int                      // of these, on a company's seat
	Bare         int                      // of these, who have not answered what they are asked
	Hosts        map[HostState]int
	Visits       int // of hosts
	Unhosted     int // visits without a host
	Legs         int
	Published    time.Time // of the programme; zero: travellers do not see it yet
	Now          time.Time
}

// CompanySeats are the seats that a company has on a trip.
type CompanySeats struct {
	Company string
	Seats   int
}

// TripBoard gives a trip with its figures to those who organise or lead it.
func (d *Desk) TripBoard(ctx context.Context, by Actor, id string) (b *TripBoard, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, id)
		if err != nil {
			return err
		}
		b = &TripBoard{Trip: t, Now: tx.Now()}
		return b.fill(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("show trip %s to those who organise it: %w", id, err)
	}
	return b, nil
}

func (b *TripBoard) fill(tx *storage.Tx) (err error) {
	t := b.Trip
	if b.Clusters, err = byIDs(tx, clusters.Get, t.ClusterIDs); err != nil {
		return err
	}
	if t.ProjectID != "" {
		if b.Project, err = projects.Get(tx, t.ProjectID); ignoreMissing(err) != nil {
			return err
		}
	}
	for _, id := range t.LeaderIDs {
		switch p, err := people.Get(tx, id); {
		case err == nil:
			b.Leaders = append(b.Leaders, p)
		case ignoreMissing(err) != nil:
			return err
		}
	}
	if err := b.apply(tx); err != nil {
		return err
	}
	if err := b.travel(tx); err != nil {
		return err
	}
	return b.plan(tx)
}

// apply counts the applications and their seats.
func (b *TripBoard) apply(tx *storage.Tx) error {
	b.Applications, b.Seats = map[ApplicationState]int{}, map[ApplicationState]int{}
	for a, err := range applications.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", b.Trip.ID)}, Sort: "sort"}) {
		if err != nil {
			return err
		}
		b.Applications[a.State]++
		b.Seats[a.State] += a.Seats
		if a.State.Going() {
			b.Companies = append(b.Companies, CompanySeats{a.Company, a.Seats})
		}
	}
	return nil
}

// travel counts those who go.
func (b *TripBoard) travel(tx *storage.Tx) error {
	list, err := travellersOf(tx, b.Trip.ID)
	b.Delegates = delegatesAmong(list)
	for _, v := range list {
		b.Travellers++
		if v.ApplicationID != "" {
			b.Named++
		}
		if v.Data == nil && v.PurgedAt.IsZero() && len(b.Trip.Asks.Fields) > 0 {
			b.Bare++
		}
	}
	return err
}

// plan counts the parts of the programme.
func (b *TripBoard) plan(tx *storage.Tx) error {
	p, err := programmeOf(tx, b.Trip)
	if err != nil {
		return err
	}
	b.Hosts, b.Legs, b.Published = map[HostState]int{}, len(p.Legs), p.PublishedAt
	for _, h := range p.Hosts {
		b.Hosts[h.State]++
	}
	for _, a := range p.Activities {
		if a.Kind != HostVisit {
			continue
		}
		b.Visits++
		if a.HostID == "" || p.Host(a.HostID) == nil {
			b.Unhosted++
		}
	}
	return nil
}

// Went is how many seats are paid for: those accepted, and once the trip is over
// those of the delegates who went, as its report counts them.
func (b *TripBoard) Went() int {
	if b.Trip.Back() {
		return b.Delegates
	}
	return b.Accepted()
}

// Accepted is how many seats companies have accepted.
func (b *TripBoard) Accepted() (n int) {
	for _, c := range b.Companies {
		n += c.Seats
	}
	return n
}

// Undecided is how many applications wait for the organiser.
func (b *TripBoard) Undecided() int {
	return b.Applications[ApplicationSubmitted] + b.Applications[ApplicationShortlisted]
}

// A TripNeed is something about a trip that waits for somebody. Its Key names
// its words, which may mention Count and At.
type TripNeed struct {
	Key   string
	Count int
	At    time.Time
}

// How long before its first day a trip should be sure, and its travellers have
// their programme.
const (
	tripSureDays    = 28
	tripPlannedDays = 14
)

// before is the moment some days before the first day of t.
func (t *Trip) before(days int) time.Time {
	if len(t.Stops) == 0 {
		return t.Starts
	}
	return t.Starts.In(t.Stops[0].Location()).AddDate(0, 0, -days).UTC()
}

// Needs are what waits for the organisers and leaders of the trip, most urgent
// first.
func (b *TripBoard) Needs() (out []TripNeed) {
	t := b.Trip
	if t.Over() {
		return nil
	}
	add := func(when bool, key string, count int, at time.Time) {
		if when {
			out = append(out, TripNeed{key, count, at})
		}
	}
	b.addSeats(add)
	going := t.Past(TripConfirmed) || t.Past(TripAccepted)
	ahead := b.Now.Before(t.Starts)
	asked := b.Hosts[HostPlanned] + b.Hosts[HostInvited]
	add(going && ahead && len(b.Leaders) == 0, "trip.need.leader", 0, time.Time{})
	add(going && ahead && t.Direction == Outgoing && b.Accepted() > b.Named, "trip.need.names", b.Accepted()-b.Named, time.Time{})
	add(going && ahead && b.Bare > 0, "trip.need.data", b.Bare, t.Asks.DueAt)
	add(going && ahead && b.Unhosted > 0, "trip.need.unhosted", b.Unhosted, time.Time{})
	add(going && ahead && asked > 0, "trip.need.hosts", asked, time.Time{})
	add(going && b.Published.IsZero() && !b.Now.Before(t.before(tripPlannedDays)) && b.Now.Before(t.Ends), "trip.need.programme", 0, t.Starts)
	add(t.State == TripCompleted || t.State == TripVisited, "trip.need.report", 0, time.Time{})
	return out
}

// addSeats are the needs of a trip that companies apply for, or that a
// delegation has asked for.
func (b *TripBoard) addSeats(add func(when bool, key string, count int, at time.Time)) {
	t := b.Trip
	add(t.State == TripRequested || t.State == TripScreening, "trip.need.answer", 0, time.Time{})
	if t.Direction != Outgoing {
		return
	}
	open := t.State == TripOpen || t.State == TripSelection
	add(open && !b.Now.Before(t.Starts), "trip.need.gone", 0, t.Starts)
	add(t.State == TripSelection && b.Undecided() > 0, "trip.need.undecided", b.Undecided(), time.Time{})
	enough := b.Accepted() >= t.Selection.Minimum
	add(t.State == TripSelection && enough && b.Undecided() == 0 && b.Now.Before(t.Starts), "trip.need.confirm", b.Accepted(), time.Time{})
	late := open && !b.Now.Before(t.before(tripSureDays)) && b.Now.Before(t.Starts)
	add(late && !enough, "trip.need.minimum", t.Selection.Minimum-b.Accepted(), t.Starts)
	add(t.State == TripDraft && t.Selection.Seats == 0, "trip.need.seats", 0, time.Time{})
	add(t.State == TripDraft && !b.Now.Before(t.Selection.ClosesAt), "trip.need.closing", 0, time.Time{})
}

// A TripCall is a trip that waits for its organiser, on the dashboard.
type TripCall struct {
	Trip *Trip
	TripNeed
}

// urgentTrips are the needs that the dashboard names.
var urgentTrips = map[string]bool{"trip.need.answer": true, "trip.need.undecided": true, "trip.need.confirm": true, "trip.need.minimum": true,
	"trip.need.gone": true, "trip.need.programme": true, "trip.need.report": true}

// tripCalls are the trips that keep holds for and that wait for a decision, the
// next to begin first.
func tripCalls(tx *storage.Tx, keep func(clusterIDs []string) bool) (out []TripCall, err error) {
	waiting := []TripState{TripOpen, TripSelection, TripConfirmed, TripLocked, TripUnderWay, TripCompleted, TripRequested, TripScreening, TripVisited}
	list, err := trips.Find(tx, storage.Query{Where: []storage.Cond{{Field: "state", Op: storage.In, Value: waiting}}, Sort: "starts", Limit: attentionEvents})
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		if !keep(t.ClusterIDs) {
			continue
		}
		b := &TripBoard{Trip: t, Now: tx.Now()}
		if err := b.apply(tx); err != nil {
			return nil, err
		}
		if err := b.plan(tx); err != nil {
			return nil, err
		}
		for _, need := range b.Needs() {
			if urgentTrips[need.Key] {
				out = append(out, TripCall{t, need})
			}
		}
	}
	return out, nil
}
