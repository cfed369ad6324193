package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func (a *API) roundRoutes() {
	round := func(method, path, id, summary string) op {
		return op{method: method, path: "/rounds" + path, id: id, summary: summary, subject: "rounds"}
	}
	o := round(http.MethodGet, "", "list-rounds", "List rounds of B2B meetings by their first slot")
	o.open, o.about = true, "Organisers get all rounds of their clusters, drafts included, unless they ask for view=public; everybody else gets what is open."
	add(a, o, a.listRounds)
	o = round(http.MethodGet, "/{id}", "get-round", "Show a round by its id or slug")
	o.open = true
	add(a, o, a.getRound)
	o = round(http.MethodPost, "", "create-round", "Make a draft of a round")
	o.status = http.StatusCreated
	add(a, o, a.createRound)
	o = round(http.MethodPut, "/{id}", "update-round", "Change a round")
	o.matches, o.about = true, "A change that takes a slot or a table away from meetings that stand is refused with their number."
	add(a, o, a.updateRound)
	o = round(http.MethodDelete, "/{id}", "delete-round", "Delete a draft")
	o.status = http.StatusNoContent
	add(a, o, a.deleteRound)
	o = round(http.MethodPost, "/{id}/phase", "set-round-phase", "Bring a round to another phase")
	o.about = "Those who take part are told of profiles, requests, scheduling and cancelled, once each. A schedule of the solver is published on its board, not here."
	add(a, o, a.setRoundPhase)
	o = round(http.MethodPost, "/{id}/copy", "copy-round", "Make a draft of an earlier round on another day")
	o.status, o.about = http.StatusCreated, "Days, tables, plan and limits move along by whole days of the wall clock; who entered does not."
	add(a, o, a.copyRound)
	add(a, round(http.MethodGet, "/{id}/entrants", "list-round-entrants", "List the entrants of a round by name"), a.listEntrants)
}

// ListRounds chooses rounds.
type ListRounds struct {
	Paging
	View    string    `query:"view" enum:"own,public" doc:"own: everything of one's clusters; public: what is open"`
	Cluster string    `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
	Event   string    `query:"event" maxLength:"64" doc:"Id of an event"`
	Phase   string    `query:"phase" enum:"draft,profiles,requests,scheduling,published,running,closed,cancelled"`
	Search  string    `query:"search" maxLength:"200" doc:"Words that the title begins with"`
	From    time.Time `query:"from" doc:"That end after it"`
	Until   time.Time `query:"until" doc:"That end before it"`
	Sort    string    `query:"sort" enum:"starts,-starts" default:"starts"`
}

func (a *API) listRounds(ctx context.Context, by scheduling.Actor, in *ListRounds) (*Listed[Round], error) {
	if in.View == "own" && !by.OrganisesAny() {
		return nil, storage.ErrNotFound
	}
	w := wrong{}
	f := scheduling.RoundFilter{
		Cluster: in.Cluster, Event: in.Event, Phase: scheduling.RoundPhase(in.Phase), Text: in.Search,
		From: w.instant("from", in.From), Until: w.instant("until", in.Until), Latest: in.Sort == "-starts", After: in.After, Limit: in.Limit,
	}
	if err := w.inQuery(callerIn(ctx)); err != nil {
		return nil, err
	}
	found, next, err := a.cfg.Desk.Rounds(ctx, by, f, by.OrganisesAny() && in.View != "public")
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(r *scheduling.Round) Round { return a.round(by, r) }), nil
}

func (a *API) getRound(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Round], error) {
	p, err := a.cfg.Desk.RoundBySlug(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Round.Rev, a.round(by, p.Round)), nil
}

// ownRound gives a round, by id or slug, to those who organise it.
func (a *API) ownRound(ctx context.Context, by scheduling.Actor, id string) (*scheduling.Round, error) {
	p, err := a.cfg.Desk.RoundBySlug(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if !p.Organise {
		return nil, storage.ErrNotFound
	}
	return p.Round, nil
}

// CreateRound is a new round.
type CreateRound struct{ Body RoundFields }

func (a *API) createRound(ctx context.Context, by scheduling.Actor, in *CreateRound) (*One[Round], error) {
	r := &scheduling.Round{}
	if err := in.Body.into(r); err != nil {
		return nil, err
	}
	return a.newRound(ctx, by, r)
}

// newRound stores a new round, or finds it where an earlier try had.
func (a *API) newRound(ctx context.Context, by scheduling.Actor, r *scheduling.Round) (*One[Round], error) {
	who := callerIn(ctx)
	r.ID = who.made()
	if who.resumed() {
		if old, err := a.ownRound(ctx, by, r.ID); err == nil {
			return made(a, old.Rev, "/rounds/"+old.ID, a.round(by, old)), nil
		}
	}
	out, err := a.cfg.Desk.SaveRound(ctx, by, r)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/rounds/"+out.ID, a.round(by, out)), nil
}

// UpdateRound is a change of a round.
type UpdateRound struct {
	ByID
	Match
	Body RoundFields
}

func (a *API) updateRound(ctx context.Context, by scheduling.Actor, in *UpdateRound) (*One[Round], error) {
	old, err := a.ownRound(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), old.Rev); err != nil {
		return nil, err
	}
	r := *old
	if err := in.Body.into(&r); err != nil {
		return nil, err
	}
	out, err := a.cfg.Desk.SaveRound(ctx, by, &r)
	return a.changedRound(by, out, err)
}

func (a *API) changedRound(by scheduling.Actor, r *scheduling.Round, err error) (*One[Round], error) {
	if err != nil {
		return nil, err
	}
	return one(r.Rev, a.round(by, r)), nil
}

func (a *API) deleteRound(ctx context.Context, by scheduling.Actor, in *ByID) (*none, error) {
	r, err := a.ownRound(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.cfg.Desk.DeleteRound(ctx, by, r.ID)
}

// SetRoundPhase brings a round to a phase.
type SetRoundPhase struct {
	ByID
	Body RoundMove
}

// RoundMove is a phase to go to, and why.
type RoundMove struct {
	Phase  string `json:"phase" enum:"draft,profiles,requests,scheduling,published,running,closed,cancelled"`
	Reason string `json:"reason" required:"false" maxLength:"2000" doc:"For the audit log; of a cancelled round everybody reads it"`
}

func (a *API) setRoundPhase(ctx context.Context, by scheduling.Actor, in *SetRoundPhase) (*One[Round], error) {
	r, err := a.ownRound(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	r, err = a.cfg.Desk.SetPhase(ctx, by, r.ID, scheduling.RoundPhase(in.Body.Phase), in.Body.Reason)
	return a.changedRound(by, r, err)
}

// CopyRound names the first day of the copy.
type CopyRound struct {
	ByID
	Body FirstDay
}

// FirstDay is a day.
type FirstDay struct {
	Day string `json:"day" format:"date" doc:"The first day of the new round"`
}

func (a *API) copyRound(ctx context.Context, by scheduling.Actor, in *CopyRound) (*One[Round], error) {
	old, err := a.ownRound(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	day, err := time.Parse(time.DateOnly, in.Body.Day)
	if err != nil {
		return nil, &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"day": "problem.date"}}
	}
	return a.newRound(ctx, by, old.CopyTo(day))
}

// ListEntrants chooses entrants of a round.
type ListEntrants struct {
	ByID
	Paging
	State  string `query:"state" enum:"pending,in,rejected,left"`
	Search string `query:"search" maxLength:"200" doc:"Words that name, offers, needs or tags begin with"`
}

func (a *API) listEntrants(ctx context.Context, by scheduling.Actor, in *ListEntrants) (*Listed[Entrant], error) {
	r, err := a.ownRound(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	f := scheduling.EntrantFilter{State: scheduling.EntrantState(in.State), Text: in.Search, After: in.After, Limit: in.Limit}
	found, next, err := a.cfg.Desk.RoundEntrants(ctx, by, r.ID, f)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, entrant), nil
}
