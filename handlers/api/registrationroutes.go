package api

import (
	"context"
	"net/http"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func (a *API) registrationRoutes() {
	of := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "registrations"}
	}
	o := of(http.MethodPost, "/events/{id}/registrations", "register", "Register somebody")
	o.status = http.StatusCreated
	o.about = "Answers 201 with the state and the place in the queue. An address that is registered already is answered with 200, that registration as it stands and repeated: true, so that a client may send the same again at any time."
	add(a, o, a.register)
	add(a, of(http.MethodGet, "/events/{id}/registrations", "list-registrations", "List the registrations of an event by name"), a.listRegistrations)
	add(a, of(http.MethodGet, "/events/{id}/counts", "count-registrations", "Count the registrations of an event"), a.counts)
	add(a, of(http.MethodGet, "/registrations/{id}", "get-registration", "Show a registration"), a.getRegistration)
	o = of(http.MethodPut, "/registrations/{id}", "update-registration", "Change what somebody answered")
	o.matches = true
	add(a, o, a.editRegistration)
}

// Register is somebody for an event.
type Register struct {
	ByID
	Body Signup
}

func (a *API) register(ctx context.Context, by scheduling.Actor, in *Register) (*Done[Place], error) {
	page, err := a.own(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	who := callerIn(ctx)
	u := a.signup(in.Body)
	u.Once = who.made()
	as := by
	if in.Body.AsPerson {
		as.Grants = nil
	}
	rec, err := a.cfg.Desk.Register(ctx, as, page.Event.ID, u)
	if err != nil {
		return nil, err
	}
	out := &Done[Place]{Status: http.StatusCreated, ETag: etag(rec.Lead().Rev), Location: a.cfg.BaseURL + Root + "/registrations/" + rec.Lead().ID}
	out.Body = place(true, rec.Lead(), rec.Registrations[1:], rec.Position)
	if rec.Repeated && !rec.Own {
		out.Status, out.Body.Repeated = http.StatusOK, true
	}
	return out, nil
}

// ListRegistrations chooses registrations of an event.
type ListRegistrations struct {
	ByID
	Paging
	State  string `query:"state" enum:"pending,confirmed,attended,noshow,waitlisted,offered,left,cancelled,rejected"`
	Search string `query:"search" maxLength:"200" doc:"Words that name, address, company or ticket begin with"`
	Sort   string `query:"sort" enum:"name,queue" default:"name"`
}

func (a *API) listRegistrations(ctx context.Context, by scheduling.Actor, in *ListRegistrations) (*Listed[Registration], error) {
	f := scheduling.RegFilter{State: scheduling.RegState(in.State), Text: in.Search, Queue: in.Sort == "queue", After: in.After, Limit: in.Limit}
	page, err := a.cfg.Desk.EventPage(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	found, next, err := a.cfg.Desk.Registrations(ctx, by, page.Event.ID, f)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(r *scheduling.Registration) Registration { return registration(page.Organise, r) }), nil
}

// Counted is the answer of counts.
type Counted struct{ Body Counts }

func (a *API) counts(ctx context.Context, by scheduling.Actor, in *ByID) (*Counted, error) {
	page, err := a.cfg.Desk.EventPage(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	counts, err := a.cfg.Desk.StateCounts(ctx, by, page.Event.ID)
	if err != nil {
		return nil, err
	}
	out := &Counted{Counts{Booked: booked(page.Seating), States: map[string]int{}}}
	for _, s := range scheduling.RegStates {
		out.Body.States[string(s)] = counts[s]
	}
	return out, nil
}

func (a *API) getRegistration(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Place], error) {
	p, err := a.cfg.Desk.Registration(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Registration.Rev, placeOf(by, p)), nil
}

func placeOf(by scheduling.Actor, p *scheduling.MyPage) Place {
	return place(by.Organises(p.Event.ClusterIDs...), p.Registration, p.Party, p.Position)
}

// EditRegistration is a change of a registration.
type EditRegistration struct {
	ByID
	Match
	Body Edit
}

func (a *API) editRegistration(ctx context.Context, by scheduling.Actor, in *EditRegistration) (*One[Place], error) {
	rev, err := in.rev(callerIn(ctx))
	if err != nil {
		return nil, err
	}
	b := in.Body
	_, err = a.cfg.Desk.EditRegistration(ctx, by, in.ID, scheduling.Edit{
		Name: b.Name, Company: b.Company, Title: b.Title, Answers: b.Answers, Consents: b.Consents, Note: b.Note, Rev: rev,
	})
	return a.standing(ctx, by, in.ID, err)
}

// standing is the answer of an action on a registration: where it stands now.
func (a *API) standing(ctx context.Context, by scheduling.Actor, id string, err error) (*One[Place], error) {
	if err != nil {
		return nil, err
	}
	return a.getRegistration(ctx, by, &ByID{id})
}

func (a *API) placeRoutes() {
	action := func(name, id, summary, about string) op {
		return op{
			method: http.MethodPost, path: "/registrations/{id}/" + name, id: id, summary: summary, about: about, subject: "registrations",
		}
	}
	add(a, action("confirm", "confirm-address", "Note that an address answered", "Only then does the registration get its seat or its place in the queue."), a.act((*scheduling.Desk).ConfirmAddress))
	add(a, action("approve", "approve-registration", "Let a pending registration in", ""), a.act((*scheduling.Desk).Approve))
	add(a, action("reject", "reject-registration", "Decline a pending registration", "Its person reads the reason."), a.actBecause((*scheduling.Desk).Reject))
	add(a, action("cancel", "cancel-registration", "Cancel a registration", "Its seat goes to whoever waits longest."), a.actBecause((*scheduling.Desk).CancelRegistration))
	add(a, action("accept-offer", "accept-offer", "Take an offered seat", ""), a.act((*scheduling.Desk).AcceptOffer))
	add(a, action("decline-offer", "decline-offer", "Let an offered seat go", ""), a.act((*scheduling.Desk).DeclineOffer))
	add(a, action("hand-over", "hand-over-registration", "Give a place to a colleague", "The seat or the place in the queue stays; link, ticket and personal answers do not. Both are told."), a.handOver)
}

// act is an action of the desk on one registration.
func (a *API) act(do func(*scheduling.Desk, context.Context, scheduling.Actor, string) (*scheduling.Registration, error)) func(context.Context, scheduling.Actor, *ByID) (*One[Place], error) {
	return func(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Place], error) {
		_, err := do(a.cfg.Desk, ctx, by, in.ID)
		return a.standing(ctx, by, in.ID, err)
	}
}

// actBecause is act with a reason.
func (a *API) actBecause(do func(*scheduling.Desk, context.Context, scheduling.Actor, string, string) (*scheduling.Registration, error)) func(context.Context, scheduling.Actor, *Because) (*One[Place], error) {
	return func(ctx context.Context, by scheduling.Actor, in *Because) (*One[Place], error) {
		_, err := do(a.cfg.Desk, ctx, by, in.ID, in.reason())
		return a.standing(ctx, by, in.ID, err)
	}
}

// HandOver is whom a place goes to.
type HandOver struct {
	ByID
	Body Guest
}

func (a *API) handOver(ctx context.Context, by scheduling.Actor, in *HandOver) (*One[Place], error) {
	_, err := a.cfg.Desk.HandOver(ctx, by, in.ID, scheduling.Guest{Name: in.Body.Name, Email: in.Body.Email, Title: in.Body.Title})
	return a.standing(ctx, by, in.ID, err)
}

func (a *API) doorRoutes() {
	door := func(path, id, summary, about string) op {
		return op{method: http.MethodPost, path: path, id: id, summary: summary, about: about, subject: "checkin"}
	}
	add(a, door("/events/{id}/check-in", "check-in", "Check somebody in", "A ticket that is shown twice is no error: the answer says again."), a.checkIn)
	add(a, door("/events/{id}/walk-in", "walk-in", "Register and check in somebody new at the door", "Who is registered under the address is checked in."), a.walkIn)
	add(a, door("/registrations/{id}/undo-check-in", "undo-check-in", "Take a check-in back", ""), a.atDoor((*scheduling.Desk).UndoCheckIn))
	add(a, door("/registrations/{id}/no-show", "mark-no-show", "Note, after the event, that somebody did not come", "A check-in takes it back."), a.atDoor((*scheduling.Desk).MarkNoShow))
}

// CheckIn is a ticket.
type CheckIn struct {
	ByID
	Body Ticket
}

// A Ticket is what was scanned or typed.
type Ticket struct {
	Code string `json:"code" minLength:"1" maxLength:"300" doc:"The ticket code in any spacing and case, an address that ends in it, or the registration's id"`
}

// Arrived is the answer of a check-in.
type Arrived struct{ Body Arrival }

func (a *API) checkIn(ctx context.Context, by scheduling.Actor, in *CheckIn) (*Arrived, error) {
	page, err := a.cfg.Desk.EventPage(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	got, err := a.cfg.Desk.CheckIn(ctx, by, page.Event.ID, in.Body.Code)
	if p := scheduling.ProblemIn(err); p != nil && p.Kind == scheduling.Invalid && p.Fields == nil {
		told := *p
		told.Fields = map[string]string{"code": p.Key}
		err = &told
	}
	return arrived(page, got, err)
}

func arrived(page *scheduling.EventPage, got *scheduling.Arrival, err error) (*Arrived, error) {
	if err != nil {
		return nil, err
	}
	return &Arrived{Arrival{registration(page.Organise, got.Registration), got.Again}}, nil
}

// WalkInAt is somebody new at an event.
type WalkInAt struct {
	ByID
	Body WalkIn
}

func (a *API) walkIn(ctx context.Context, by scheduling.Actor, in *WalkInAt) (*Arrived, error) {
	page, err := a.cfg.Desk.EventPage(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body
	got, err := a.cfg.Desk.WalkIn(ctx, by, page.Event.ID, scheduling.Signup{
		Name: b.Name, Email: b.Email, Company: b.Company, Title: b.Title, Lang: a.langOr(b.Lang), ID: callerIn(ctx).made(),
	})
	return arrived(page, got, err)
}

// atDoor is an action at the door on one registration.
func (a *API) atDoor(do func(*scheduling.Desk, context.Context, scheduling.Actor, string, string) (*scheduling.Registration, error)) func(context.Context, scheduling.Actor, *ByID) (*One[Place], error) {
	return func(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Place], error) {
		p, err := a.cfg.Desk.Registration(ctx, by, in.ID)
		if err != nil {
			return nil, err
		}
		if !by.ChecksIn(p.Event.ClusterIDs...) {
			return nil, storage.ErrNotFound
		}
		_, err = do(a.cfg.Desk, ctx, by, p.Event.ID, in.ID)
		return a.standing(ctx, by, in.ID, err)
	}
}
