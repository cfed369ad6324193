package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func (a *API) eventRoutes() {
	event := func(method, path, id, summary string) op {
		return op{method: method, path: "/events" + path, id: id, summary: summary, subject: "events"}
	}
	o := event(http.MethodGet, "", "list-events", "List events by their start")
	o.open, o.about = true, "Organisers get all events of their clusters, drafts included, unless they ask for view=public; everybody else gets what is listed."
	add(a, o, a.listEvents)
	o = event(http.MethodGet, "/{id}", "get-event", "Show an event by its id or slug, with its seats")
	o.open = true
	add(a, o, a.getEvent)
	o = event(http.MethodPost, "", "create-event", "Make a draft of an event")
	o.status = http.StatusCreated
	add(a, o, a.createEvent)
	o = event(http.MethodPut, "/{id}", "update-event", "Change an event")
	o.matches, o.about = true, "Moving a published event tells everybody registered; more seats go to those who wait."
	add(a, o, a.updateEvent)
	o = event(http.MethodDelete, "/{id}", "delete-event", "Delete a draft")
	o.status = http.StatusNoContent
	add(a, o, a.deleteEvent)
	add(a, event(http.MethodPost, "/{id}/publish", "publish-event", "Publish a draft"), a.publishEvent)
	o = event(http.MethodPost, "/{id}/cancel", "cancel-event", "Call a published event off")
	o.about = "Everybody registered is told why."
	add(a, o, a.cancelEvent)
	o = event(http.MethodPost, "/{id}/copy", "copy-event", "Make a draft of an earlier event on another day")
	o.status, o.about = http.StatusCreated, "Words, agenda, questions and rules move along by whole days of the wall clock; who came does not."
	add(a, o, a.copyEvent)
}

// ListEvents chooses events.
type ListEvents struct {
	Paging
	View    string    `query:"view" enum:"own,public" doc:"own: everything of one's clusters; public: what is listed"`
	Cluster string    `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
	Kind    string    `query:"kind" enum:"conference,seminar,workshop,visit,meeting,online"`
	Mode    string    `query:"mode" enum:"room,online,hybrid"`
	State   string    `query:"state" enum:"draft,published,cancelled"`
	Search  string    `query:"search" maxLength:"200" doc:"Words that the title, venue or kind begin with"`
	From    time.Time `query:"from" doc:"That end after it"`
	Until   time.Time `query:"until" doc:"That start before it"`
	Sort    string    `query:"sort" enum:"starts,-starts" default:"starts"`
}

func (a *API) listEvents(ctx context.Context, by scheduling.Actor, in *ListEvents) (*Listed[Event], error) {
	staff := by.OrganisesAny() || by.Has(scheduling.Door)
	if in.View == "own" && !staff {
		return nil, storage.ErrNotFound
	}
	w := wrong{}
	f := scheduling.EventFilter{
		Cluster: in.Cluster, Kind: in.Kind, Mode: scheduling.Mode(in.Mode), State: scheduling.EventState(in.State), Text: in.Search,
		From: w.instant("from", in.From), Until: w.instant("until", in.Until), Latest: in.Sort == "-starts", After: in.After, Limit: in.Limit,
	}
	if err := w.inQuery(callerIn(ctx)); err != nil {
		return nil, err
	}
	found, next, err := a.cfg.Desk.Events(ctx, by, f, staff && in.View != "public")
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(e *scheduling.Event) Event { return a.event(by, e) }), nil
}

func (a *API) getEvent(ctx context.Context, by scheduling.Actor, in *ByID) (*One[EventPage], error) {
	page, err := a.cfg.Desk.EventPage(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if !by.SignedIn() && !page.Event.Listed {
		return nil, storage.ErrNotFound
	}
	body := EventPage{Event: a.event(by, page.Event), Booked: booked(page.Seating), Coming: []Coming{}}
	if by.SignedIn() { // names of people are not for whoever passes by
		body.Coming = mapped(page.Coming, func(p scheduling.Attendee) Coming { return Coming{p.Name, p.Company} })
	}
	return one(page.Event.Rev, body), nil
}

// CreateEvent is a new event.
type CreateEvent struct{ Body EventFields }

func (a *API) createEvent(ctx context.Context, by scheduling.Actor, in *CreateEvent) (*One[Event], error) {
	e := &scheduling.Event{}
	if err := in.Body.into(e); err != nil {
		return nil, err
	}
	return a.newEvent(ctx, by, e)
}

// newEvent stores a new event, or finds it where an earlier try had.
func (a *API) newEvent(ctx context.Context, by scheduling.Actor, e *scheduling.Event) (*One[Event], error) {
	who := callerIn(ctx)
	e.ID = who.made()
	if who.resumed() {
		if page, err := a.cfg.Desk.EventPage(ctx, by, e.ID); err == nil {
			return made(a, page.Event.Rev, "/events/"+e.ID, a.event(by, page.Event)), nil
		}
	}
	out, err := a.cfg.Desk.SaveEvent(ctx, by, e)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/events/"+out.ID, a.event(by, out)), nil
}

// own gives an event, by id or slug, to those who organise it.
func (a *API) own(ctx context.Context, by scheduling.Actor, id string) (*scheduling.EventPage, error) {
	page, err := a.cfg.Desk.EventPage(ctx, by, id)
	if err == nil && !page.Organise {
		err = storage.ErrNotFound
	}
	return page, err
}

// UpdateEvent is a change of an event.
type UpdateEvent struct {
	ByID
	Match
	Body EventFields
}

func (a *API) updateEvent(ctx context.Context, by scheduling.Actor, in *UpdateEvent) (*One[Event], error) {
	page, err := a.own(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), page.Event.Rev); err != nil {
		return nil, err
	}
	e := *page.Event
	if err := in.Body.into(&e); err != nil {
		return nil, err
	}
	out, err := a.cfg.Desk.SaveEvent(ctx, by, &e)
	return a.changedEvent(by, out, err)
}

// changedEvent is the answer of an action on an event.
func (a *API) changedEvent(by scheduling.Actor, e *scheduling.Event, err error) (*One[Event], error) {
	if err != nil {
		return nil, err
	}
	return one(e.Rev, a.event(by, e)), nil
}

func (a *API) deleteEvent(ctx context.Context, by scheduling.Actor, in *ByID) (*none, error) {
	return nil, a.cfg.Desk.DeleteEvent(ctx, by, in.ID)
}

func (a *API) publishEvent(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Event], error) {
	e, err := a.cfg.Desk.PublishEvent(ctx, by, in.ID)
	return a.changedEvent(by, e, err)
}

// A Because is an action with a reason that people read.
type Because struct {
	ByID
	Body *Reason
}

// A Reason says why.
type Reason struct {
	Reason string `json:"reason" required:"false" maxLength:"2000" doc:"The people concerned read it"`
}

func (in *Because) reason() string { return or(in.Body, Reason{}).Reason }

func (a *API) cancelEvent(ctx context.Context, by scheduling.Actor, in *Because) (*One[Event], error) {
	e, err := a.cfg.Desk.CancelEvent(ctx, by, in.ID, in.reason())
	return a.changedEvent(by, e, err)
}

// CopyEvent says when the copy is to be.
type CopyEvent struct {
	ByID
	Body CopyTo
}

// CopyTo is a day.
type CopyTo struct {
	Starts time.Time `json:"starts" doc:"On the day of this moment, at the original's time of the clock"`
}

func (a *API) copyEvent(ctx context.Context, by scheduling.Actor, in *CopyEvent) (*One[Event], error) {
	w := wrong{}
	starts := w.instant("starts", in.Body.Starts)
	if err := w.problem(); err != nil {
		return nil, err
	}
	page, err := a.own(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return a.newEvent(ctx, by, page.Event.CopyTo(starts))
}
