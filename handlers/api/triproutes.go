package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func (a *API) tripRoutes() {
	trip := func(method, path, id, summary string) op {
		return op{method: method, path: "/trips" + path, id: id, summary: summary, subject: "trips"}
	}
	o := trip(http.MethodGet, "", "list-trips", "List delegation trips by their first day")
	o.open, o.about = true, "Organisers get all trips of their clusters, drafts and delegations that come included, unless they ask for view=public; everybody else gets what is open."
	add(a, o, a.listTrips)
	o = trip(http.MethodGet, "/{id}", "get-trip", "Show a trip by its id or slug")
	o.open = true
	add(a, o, a.getTrip)
	o = trip(http.MethodPost, "", "create-trip", "Make a draft of a trip")
	o.status, o.about = http.StatusCreated, "A delegation that comes begins as accepted: whoever plans it has said yes to it."
	add(a, o, a.createTrip)
	o = trip(http.MethodPut, "/{id}", "update-trip", "Change a trip")
	o.matches, o.about = true, "Seats that are held, stops of the programme and criteria that applications were scored by cannot be taken away."
	add(a, o, a.updateTrip)
	o = trip(http.MethodDelete, "/{id}", "delete-trip", "Delete a draft")
	o.status = http.StatusNoContent
	add(a, o, a.deleteTrip)
	o = trip(http.MethodPost, "/{id}/state", "set-trip-state", "Bring a trip to another state")
	o.about = "Calling a trip off takes a reason, and so does confirming one with fewer seats accepted than its minimum. That it is under way and over follows from its dates."
	add(a, o, a.setTripState)
	o = trip(http.MethodPost, "/{id}/copy", "copy-trip", "Make a draft of an earlier trip on other days")
	o.status, o.about = http.StatusCreated, "Stops, deadlines and programme move along by whole days of the wall clock; who applied and who travelled does not, nor what was spent."
	add(a, o, a.copyTrip)
}

// ListTrips chooses trips.
type ListTrips struct {
	Paging
	View      string    `query:"view" enum:"own,public" doc:"own: everything of one's clusters; public: what is open to see"`
	Cluster   string    `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
	Direction string    `query:"direction" enum:"outgoing,incoming"`
	State     string    `query:"state" enum:"draft,open,selection,confirmed,locked,underway,completed,reported,cancelled,requested,screening,accepted,declined,programme,hosts_confirmed,published,visited"`
	Search    string    `query:"search" maxLength:"200" doc:"Words that the title or a city begins with"`
	From      time.Time `query:"from" doc:"That end after it"`
	Until     time.Time `query:"until" doc:"That end before it"`
	Sort      string    `query:"sort" enum:"starts,-starts" default:"starts"`
}

func (a *API) listTrips(ctx context.Context, by scheduling.Actor, in *ListTrips) (*Listed[Trip], error) {
	if in.View == "own" && !by.OrganisesAny() {
		return nil, storage.ErrNotFound
	}
	w := wrong{}
	f := scheduling.TripFilter{
		Cluster: in.Cluster, Direction: scheduling.TripDirection(in.Direction), State: scheduling.TripState(in.State), Text: in.Search,
		From: w.instant("from", in.From), Until: w.instant("until", in.Until), Latest: in.Sort == "-starts", After: in.After, Limit: in.Limit,
	}
	if err := w.inQuery(callerIn(ctx)); err != nil {
		return nil, err
	}
	found, next, err := a.cfg.Desk.Trips(ctx, by, f, by.OrganisesAny() && in.View != "public")
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(t *scheduling.Trip) Trip { return a.trip(by, t) }), nil
}

func (a *API) getTrip(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Trip], error) {
	p, err := a.cfg.Desk.TripBySlug(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Trip.Rev, a.trip(by, p.Trip)), nil
}

// ownTrip gives a trip, by id or slug, to those who organise it.
func (a *API) ownTrip(ctx context.Context, by scheduling.Actor, id string) (*scheduling.Trip, error) {
	p, err := a.cfg.Desk.TripBySlug(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if !p.Organise {
		return nil, storage.ErrNotFound
	}
	return p.Trip, nil
}

// CreateTrip is a new trip.
type CreateTrip struct{ Body TripFields }

func (a *API) createTrip(ctx context.Context, by scheduling.Actor, in *CreateTrip) (*One[Trip], error) {
	t := &scheduling.Trip{}
	if err := in.Body.into(t); err != nil {
		return nil, err
	}
	return a.newTrip(ctx, by, func(id string) (*scheduling.Trip, error) {
		t.ID = id
		return a.cfg.Desk.SaveTrip(ctx, by, t)
	})
}

// newTrip makes a new trip, or finds it where an earlier try had.
func (a *API) newTrip(ctx context.Context, by scheduling.Actor, make func(id string) (*scheduling.Trip, error)) (*One[Trip], error) {
	who := callerIn(ctx)
	id := who.made()
	if who.resumed() {
		if old, err := a.ownTrip(ctx, by, id); err == nil {
			return made(a, old.Rev, "/trips/"+old.ID, a.trip(by, old)), nil
		}
	}
	out, err := make(id)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/trips/"+out.ID, a.trip(by, out)), nil
}

// UpdateTrip is a change of a trip.
type UpdateTrip struct {
	ByID
	Match
	Body TripFields
}

func (a *API) updateTrip(ctx context.Context, by scheduling.Actor, in *UpdateTrip) (*One[Trip], error) {
	old, err := a.ownTrip(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), old.Rev); err != nil {
		return nil, err
	}
	t := *old
	if err := in.Body.into(&t); err != nil {
		return nil, err
	}
	out, err := a.cfg.Desk.SaveTrip(ctx, by, &t)
	return a.changedTrip(by, out, err)
}

func (a *API) changedTrip(by scheduling.Actor, t *scheduling.Trip, err error) (*One[Trip], error) {
	if err != nil {
		return nil, err
	}
	return one(t.Rev, a.trip(by, t)), nil
}

func (a *API) deleteTrip(ctx context.Context, by scheduling.Actor, in *ByID) (*none, error) {
	t, err := a.ownTrip(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.cfg.Desk.DeleteTrip(ctx, by, t.ID)
}

// SetTripState brings a trip to a state.
type SetTripState struct {
	ByID
	Body TripMove
}

// TripMove is a state to go to, and why.
type TripMove struct {
	State  string `json:"state" enum:"draft,open,selection,confirmed,locked,underway,completed,reported,cancelled,screening,accepted,declined,programme,hosts_confirmed,published,visited"`
	Reason string `json:"reason" required:"false" maxLength:"2000" doc:"For the audit log; of a trip that is called off everybody concerned reads it"`
}

func (a *API) setTripState(ctx context.Context, by scheduling.Actor, in *SetTripState) (*One[Trip], error) {
	t, err := a.ownTrip(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	t, err = a.cfg.Desk.SetTripState(ctx, by, t.ID, scheduling.TripState(in.Body.State), in.Body.Reason)
	return a.changedTrip(by, t, err)
}

// CopyTrip names the first day of the copy.
type CopyTrip struct {
	ByID
	Body TripDay
}

// TripDay is a day.
type TripDay struct {
	Day string `json:"day" format:"date" doc:"The first day of the new trip"`
}

func (a *API) copyTrip(ctx context.Context, by scheduling.Actor, in *CopyTrip) (*One[Trip], error) {
	old, err := a.ownTrip(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	day, err := time.Parse(time.DateOnly, in.Body.Day)
	if err != nil {
		return nil, &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"day": "problem.date"}}
	}
	return a.newTrip(ctx, by, func(id string) (*scheduling.Trip, error) { return a.cfg.Desk.CopyTripAs(ctx, by, old.ID, day, id) })
}
