package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// DelegationFields are what a body asks for that would visit the house.
type DelegationFields struct {
	Body      string   `json:"body" minLength:"1" maxLength:"200" doc:"Who asks"`
	Country   string   `json:"country" minLength:"2" maxLength:"2" example:"FR"`
	Website   string   `json:"website" required:"false" maxLength:"2000"`
	Name      string   `json:"name" minLength:"1" maxLength:"200" doc:"Of the person who asks"`
	Email     string   `json:"email" maxLength:"254"`
	Phone     string   `json:"phone" required:"false" maxLength:"200"`
	Lang      string   `json:"lang" required:"false" maxLength:"10" doc:"Of its mails"`
	Topic     string   `json:"topic" maxLength:"100" doc:"A cluster's slug, or one of the house's themes"`
	About     string   `json:"about" minLength:"1" maxLength:"2000"`
	Size      int      `json:"size" minimum:"1" maximum:"200" doc:"People"`
	From      string   `json:"from" format:"date"`
	Until     string   `json:"until" format:"date"`
	Days      int      `json:"days" minimum:"1" maximum:"14" doc:"That they stay"`
	Hosts     string   `json:"hosts" required:"false" maxLength:"2000" doc:"Whom they wish to meet"`
	Languages []string `json:"languages" minItems:"1" maxItems:"22"`
}

// A Delegation is a request for a visit, and what became of it.
type Delegation struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	State    string `json:"state"`
	Title    Text   `json:"title"`
	DelegationFields
	AskedAt    time.Time    `json:"asked_at"`
	ClusterIDs []string     `json:"cluster_ids"`
	Earlier    []string     `json:"earlier" doc:"Requests of the same body about the same topic within two years"`
	Screening  []ScreenMark `json:"screening"`
	Note       string       `json:"note,omitempty" doc:"Of its organisers"`
	FirstDay   string       `json:"first_day,omitempty" format:"date" doc:"Once it is accepted"`
	LastDay    string       `json:"last_day,omitempty" format:"date"`
	Zone       string       `json:"zone,omitempty"`
	Seats      int          `json:"seats"`
	Visitors   int          `json:"visitors"`
	Next       []string     `json:"next" doc:"States that it can be brought to"`
	Missing    []string     `json:"missing" doc:"Hosts of visits that have not said yes"`
	Reason     string       `json:"reason,omitempty" doc:"Why it was declined or withdrawn"`
}

// A ScreenMark is what an organiser thinks of a request by one criterion.
type ScreenMark struct {
	Criterion string `json:"criterion" enum:"topic,mutual,hosts,prepared,notice,size"`
	Points    int    `json:"points" minimum:"0" maximum:"3"`
	Note      string `json:"note" required:"false" maxLength:"2000"`
}

func delegation(p *scheduling.EnquiryPage) Delegation {
	t, q := p.Trip, p.Trip.Enquiry
	out := Delegation{ID: t.ID, Revision: t.Rev, State: string(t.State), Title: textOf(t.Title),
		DelegationFields: DelegationFields{q.Body, q.Country, q.Website, q.Name, q.Email, q.Phone, q.Lang, q.Topic, q.About, q.Size, q.From, q.Until, q.Days, q.Hosts, list(q.Languages)},
		AskedAt:          q.AskedAt.UTC(), ClusterIDs: list(t.ClusterIDs), Earlier: list(q.Earlier), Note: q.Note, Seats: t.Selection.Seats, Visitors: t.Held,
		Next: mapped(p.Next, func(s scheduling.TripState) string { return string(s) }), Missing: list(p.Missing), Reason: t.CancelReason,
		Screening: mapped(q.Screened, func(m scheduling.ScreenMark) ScreenMark { return ScreenMark{m.Criterion, m.Points, m.Note} })}
	if len(t.Stops) > 0 {
		out.FirstDay, out.LastDay, out.Zone = t.Stops[0].From, t.Stops[len(t.Stops)-1].Until, t.Stops[0].Zone
	}
	return out
}

func (a *API) delegationRoutes() {
	do := func(method, path, id, summary, about string) op {
		return op{method: method, path: path, id: id, summary: summary, about: about, subject: "delegations"}
	}
	add(a, do(http.MethodGet, "/delegations", "list-delegations", "List the delegations that ask to come, or come", "By their first day, or the earliest that they wish for."), a.listDelegations)
	o := do(http.MethodPost, "/delegations", "request-delegation", "Ask to visit the house with a delegation", "The address gets a mail with a link: until it is used, there is no request.")
	o.status = http.StatusAccepted
	add(a, o, a.requestDelegation)
	const one = "/delegations/{id}"
	add(a, do(http.MethodGet, one, "get-delegation", "Show a delegation's request", ""), a.getDelegation)
	add(a, do(http.MethodPost, one+"/screening", "screen-delegation", "Note what you think of a request by its criteria", ""), a.screenDelegation)
	o = do(http.MethodPost, one+"/clusters", "assign-delegation", "Say whose request it is", "Whoever hands it to others may not see it afterwards.")
	o.status = http.StatusNoContent
	add(a, o, a.assignDelegation)
	add(a, do(http.MethodPost, one+"/accept", "accept-delegation", "Take a delegation in on days in Oulu", ""), a.acceptDelegation)
	add(a, do(http.MethodPost, one+"/decline", "decline-delegation", "Say no to a delegation, with the reason that it reads", ""), a.declineDelegation)
	add(a, do(http.MethodPost, one+"/state", "move-delegation", "Bring a visit to its next state", "Its hosts are confirmed only once the host of every visit has said yes."), a.moveDelegation)
	a.hostRoutes(do)
}

// ListDelegations narrows a list.
type ListDelegations struct {
	Paging
	State string `query:"state" enum:"requested,screening,accepted,declined,programme,hosts_confirmed,published,visited,reported,cancelled"`
}

func (a *API) listDelegations(ctx context.Context, by scheduling.Actor, in *ListDelegations) (*Listed[Delegation], error) {
	found, next, err := a.cfg.Desk.Delegations(ctx, by, scheduling.TripState(in.State), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(t *scheduling.Trip) Delegation {
		return delegation(&scheduling.EnquiryPage{DelegationPage: &scheduling.DelegationPage{Trip: t}})
	}), nil
}

// RequestDelegation is a body's request.
type RequestDelegation struct{ Body DelegationFields }

// Accepted answers what is done later.
type Accepted struct {
	Body struct {
		Email string `json:"email" doc:"The address that a mail goes to"`
	}
}

func (a *API) requestDelegation(ctx context.Context, _ scheduling.Actor, in *RequestDelegation) (*Accepted, error) {
	b := in.Body
	err := a.cfg.Desk.RequestDelegation(ctx, callerIn(ctx).made(), scheduling.Enquiry{Body: b.Body, Country: b.Country, Website: b.Website, Name: b.Name, Email: b.Email, Phone: b.Phone,
		Lang: b.Lang, Topic: b.Topic, About: b.About, Size: b.Size, From: b.From, Until: b.Until, Days: b.Days, Hosts: b.Hosts, Languages: b.Languages})
	if err != nil {
		return nil, err
	}
	out := &Accepted{}
	out.Body.Email = b.Email
	return out, nil
}

// enquiryDone answers a change with the request as it stands after it.
func enquiryDone(p *scheduling.EnquiryPage, err error) (*One[Delegation], error) {
	if err != nil {
		return nil, err
	}
	return one(p.Trip.Rev, delegation(p)), nil
}

func (a *API) getDelegation(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Delegation], error) {
	return enquiryDone(a.cfg.Desk.Enquiry(ctx, by, in.ID))
}

// ScreenDelegation are marks of a request.
type ScreenDelegation struct {
	ByID
	Body struct {
		Marks []ScreenMark `json:"marks" maxItems:"6"`
		Note  string       `json:"note" required:"false" maxLength:"2000"`
	}
}

func (a *API) screenDelegation(ctx context.Context, by scheduling.Actor, in *ScreenDelegation) (*One[Delegation], error) {
	marks := mapped(in.Body.Marks, func(m ScreenMark) scheduling.ScreenMark {
		return scheduling.ScreenMark{Criterion: m.Criterion, Points: m.Points, Note: m.Note}
	})
	return enquiryDone(a.cfg.Desk.ScreenDelegation(ctx, by, in.ID, marks, in.Body.Note))
}

// AssignDelegation names clusters.
type AssignDelegation struct {
	ByID
	Body struct {
		ClusterIDs []string `json:"cluster_ids" minItems:"1" maxItems:"100"`
	}
}

func (a *API) assignDelegation(ctx context.Context, by scheduling.Actor, in *AssignDelegation) (*struct{}, error) {
	return nil, a.cfg.Desk.AssignDelegation(ctx, by, in.ID, in.Body.ClusterIDs)
}

// AcceptDelegation is what the house offers.
type AcceptDelegation struct {
	ByID
	Body struct {
		From    string `json:"from" format:"date"`
		Until   string `json:"until" format:"date"`
		Seats   int    `json:"seats" minimum:"1" maximum:"200"`
		Message string `json:"message" required:"false" maxLength:"2000"`
	}
}

func (a *API) acceptDelegation(ctx context.Context, by scheduling.Actor, in *AcceptDelegation) (*One[Delegation], error) {
	b := in.Body
	return enquiryDone(a.cfg.Desk.AcceptDelegation(ctx, by, in.ID, scheduling.Acceptance{From: b.From, Until: b.Until, Seats: b.Seats, Message: b.Message}))
}

func (a *API) declineDelegation(ctx context.Context, by scheduling.Actor, in *Because) (*One[Delegation], error) {
	return enquiryDone(a.cfg.Desk.DeclineDelegation(ctx, by, in.ID, in.reason()))
}

// MoveDelegation names a state.
type MoveDelegation struct {
	ByID
	Body struct {
		State string `json:"state" enum:"screening,programme,hosts_confirmed,published,visited,reported"`
	}
}

func (a *API) moveDelegation(ctx context.Context, by scheduling.Actor, in *MoveDelegation) (*One[Delegation], error) {
	return enquiryDone(a.cfg.Desk.MoveDelegation(ctx, by, in.ID, scheduling.TripState(in.Body.State)))
}
