package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// VisitFields are what can be written about a visit day.
type VisitFields struct {
	Title   Text        `json:"title"`
	Party   string      `json:"party" minLength:"1" maxLength:"200" doc:"Who visits"`
	People  []Asked     `json:"people" minItems:"1" maxItems:"10" doc:"Of the party"`
	Date    string      `json:"date" format:"date"`
	Zone    string      `json:"zone" maxLength:"64" example:"Europe/Helsinki"`
	From    string      `json:"from" maxLength:"5" example:"09:00" doc:"On the wall clock"`
	To      string      `json:"to" maxLength:"5" example:"17:00"`
	Breaks  []Window    `json:"breaks" required:"false" maxItems:"10" doc:"No meeting touches one; the way may fall into it"`
	Venues  []Venue     `json:"venues" minItems:"1" maxItems:"12"`
	Travel  []TravelLeg `json:"travel" required:"false" maxItems:"66"`
	Begin   string      `json:"begin" required:"false" maxLength:"32" doc:"Id of the venue where the day begins"`
	Stops   []VisitStop `json:"stops" minItems:"1" maxItems:"8"`
	Cluster string      `json:"cluster_id" maxLength:"64" doc:"Of the groups; it stays what it was"`
}

// A VisitStop is a meeting with one group that is wanted on a visit day.
type VisitStop struct {
	ID      string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a stop that there is; a new one gets its own"`
	GroupID string `json:"group_id" maxLength:"64"`
	VenueID string `json:"venue_id" maxLength:"32"`
	Minutes int    `json:"minutes" minimum:"5" maximum:"960" multipleOf:"5"`
	Need    int    `json:"need" required:"false" minimum:"0" maximum:"60" doc:"Companies of the group that have to be free"`
}

// A Visit is a day on which one party meets several groups.
type Visit struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	State    string `json:"state" enum:"draft,confirmed,cancelled"`
	VisitFields
	Programme []VisitPlace `json:"programme" doc:"In the order of the day"`
	Faults    []VisitFault `json:"faults" doc:"What is wrong with the programme"`
	Missing   []VisitFault `json:"missing" doc:"Why stops have no place"`
}

// A VisitPlace is when a stop takes place.
type VisitPlace struct {
	StopID    string    `json:"stop_id"`
	Starts    time.Time `json:"starts"`
	Ends      time.Time `json:"ends"`
	MeetingID string    `json:"meeting_id,omitempty" doc:"The group's meeting, once the day is confirmed"`
}

// A VisitFault is what is wrong with a stop, in the language of the request.
type VisitFault struct {
	StopID  string `json:"stop_id"`
	Key     string `json:"key"`
	Message string `json:"message"`
	Soft    bool   `json:"soft" doc:"It can be confirmed all the same"`
}

func visit(who *caller, p *scheduling.VisitPage) Visit {
	v := p.Visit
	fault := func(f scheduling.VisitFault) VisitFault {
		return VisitFault{f.StopID, f.Key, who.lang.Text(f.Key, f.Args...), f.Soft}
	}
	return Visit{v.ID, v.Rev, string(v.State), VisitFields{
		textOf(v.Title), v.Party, mapped(v.People, func(g scheduling.Guest) Asked { return Asked{g.Name, g.Email} }),
		v.Date, v.Zone, v.From, v.To, mapped(v.Breaks, windowOf),
		mapped(v.Venues, func(x scheduling.Venue) Venue { return Venue(x) }),
		mapped(v.Travel, func(l scheduling.TravelLeg) TravelLeg { return TravelLeg(l) }),
		v.Begin, mapped(v.Stops, func(s scheduling.VisitStop) VisitStop { return VisitStop(s) }), v.ClusterID,
	}, mapped(v.Programme, func(x scheduling.VisitPlace) VisitPlace {
		place := VisitPlace{x.StopID, x.Starts.UTC(), x.Ends.UTC(), ""}
		if g := p.Made[x.StopID]; g != nil {
			place.MeetingID = g.ID
		}
		return place
	}), mapped(p.Faults, fault), mapped(p.Missing, fault)}
}

func (a *API) visitRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/visits", "list-visits", "List the visit days that a B2B group hosts"), a.listVisits)
	o := do(http.MethodPost, "/visits", "create-visit", "Plan a day on which a party meets several groups")
	o.status = http.StatusCreated
	add(a, o, a.createVisit)
	add(a, do(http.MethodGet, "/visits/{id}", "get-visit", "Show a visit day with what is wrong with its programme"), a.getVisit)
	o = do(http.MethodPut, "/visits/{id}", "update-visit", "Change a draft of a visit day")
	o.matches, o.about = true, "The programme keeps the stops that are left."
	add(a, o, a.updateVisit)
	o = do(http.MethodPost, "/visits/{id}/propose", "propose-visit", "Find the best programme of a visit day")
	o.about = "As many groups as can be met, their quorum free and the way kept, with the least waiting."
	add(a, o, a.proposeVisit)
	o = do(http.MethodPost, "/visits/{id}/programme", "set-visit-programme", "Put the stops of a visit day at times")
	o.about = "A stop without a time has no place."
	add(a, o, a.setProgramme)
	o = do(http.MethodPost, "/visits/{id}/confirm", "confirm-visit", "Make meetings of a programme and ask the groups")
	add(a, o, a.confirmVisit)
	add(a, do(http.MethodPost, "/visits/{id}/cancel", "cancel-visit", "Call a visit day off with its meetings"), a.cancelVisit)
}

func (a *API) listVisits(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Visit], error) {
	days, err := a.cfg.Desk.VisitDays(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, days, "", func(v *scheduling.VisitDay) Visit {
		return visit(callerIn(ctx), &scheduling.VisitPage{Visit: v})
	}), nil
}

// CreateVisit is a new visit day.
type CreateVisit struct{ Body VisitFields }

func (a *API) createVisit(ctx context.Context, by scheduling.Actor, in *CreateVisit) (*One[Visit], error) {
	v := &scheduling.VisitDay{ClusterID: in.Body.Cluster}
	v.ID = callerIn(ctx).made()
	if err := in.Body.into(v); err != nil {
		return nil, err
	}
	out, err := a.changedVisit(ctx, by)(a.cfg.Desk.SaveVisitDay(ctx, by, v))
	if err != nil {
		return nil, err
	}
	return made(a, out.Body.Revision, "/visits/"+out.Body.ID, out.Body), nil
}

// into writes what can be written into v.
func (in *VisitFields) into(v *scheduling.VisitDay) error {
	w := wrong{}
	v.Title, v.Party, v.Date, v.Zone, v.From, v.To, v.Begin = w.text("title", in.Title), in.Party, in.Date, in.Zone, in.From, in.To, in.Begin
	v.People = mapped(in.People, func(p Asked) scheduling.Guest { return scheduling.Guest{Name: p.Name, Email: p.Email} })
	v.Breaks = mapped(in.Breaks, func(x Window) scheduling.Window { return scheduling.Window(x) })
	v.Venues = mapped(in.Venues, func(x Venue) scheduling.Venue { return scheduling.Venue(x) })
	v.Travel = mapped(in.Travel, func(l TravelLeg) scheduling.TravelLeg { return scheduling.TravelLeg(l) })
	v.Stops = mapped(in.Stops, func(s VisitStop) scheduling.VisitStop { return scheduling.VisitStop(s) })
	return w.problem()
}

func (a *API) getVisit(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Visit], error) {
	p, err := a.cfg.Desk.VisitDay(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Visit.Rev, visit(callerIn(ctx), p)), nil
}

// changedVisit answers a change with the day as it stands after it.
func (a *API) changedVisit(ctx context.Context, by scheduling.Actor) func(*scheduling.VisitDay, error) (*One[Visit], error) {
	return func(v *scheduling.VisitDay, err error) (*One[Visit], error) {
		if err != nil {
			return nil, err
		}
		return a.getVisit(ctx, by, &ByID{ID: v.ID})
	}
}

// UpdateVisit is a change of a visit day.
type UpdateVisit struct {
	ByID
	Match
	Body VisitFields
}

func (a *API) updateVisit(ctx context.Context, by scheduling.Actor, in *UpdateVisit) (*One[Visit], error) {
	p, err := a.cfg.Desk.VisitDay(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Visit.Rev); err != nil {
		return nil, err
	}
	v := *p.Visit
	if err := in.Body.into(&v); err != nil {
		return nil, err
	}
	return a.changedVisit(ctx, by)(a.cfg.Desk.SaveVisitDay(ctx, by, &v))
}

func (a *API) proposeVisit(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Visit], error) {
	return a.changedVisit(ctx, by)(a.cfg.Desk.ProposeVisit(ctx, by, in.ID))
}

// SetProgramme names the times of stops.
type SetProgramme struct {
	ByID
	Body struct {
		Revision int64                `json:"revision" minimum:"1" doc:"As it was read"`
		Starts   map[string]time.Time `json:"starts" doc:"By the id of a stop"`
	}
}

func (a *API) setProgramme(ctx context.Context, by scheduling.Actor, in *SetProgramme) (*One[Visit], error) {
	w, starts := wrong{}, map[string]time.Time{}
	for id, at := range in.Body.Starts {
		starts[id] = w.instant("starts", at)
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	return a.changedVisit(ctx, by)(a.cfg.Desk.EditProgramme(ctx, by, in.ID, in.Body.Revision, starts))
}

func (a *API) confirmVisit(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Visit], error) {
	return a.changedVisit(ctx, by)(a.cfg.Desk.ConfirmVisit(ctx, by, in.ID))
}

func (a *API) cancelVisit(ctx context.Context, by scheduling.Actor, in *Because) (*One[Visit], error) {
	return a.changedVisit(ctx, by)(a.cfg.Desk.CancelVisit(ctx, by, in.ID, in.reason()))
}
