package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// B2BFields are what can be written about what a B2B group is for.
type B2BFields struct {
	Aim       string `json:"aim" enum:"theme,country,oem,financier,codevelopment"`
	Country   string `json:"country" required:"false" maxLength:"2" doc:"That it works towards, ISO 3166 alpha-2"`
	Target    string `json:"target" required:"false" maxLength:"200" doc:"The named manufacturer or financier"`
	Public    bool   `json:"public" required:"false" doc:"Has a public page"`
	Companies int    `json:"companies" required:"false" minimum:"0" maximum:"1000" doc:"At the most; 0 is no limit"`
	People    int    `json:"people" required:"false" minimum:"0" maximum:"10" doc:"Of one company at the most; 0 is no limit"`
}

// A B2BGroup is what a group of the kind b2b is for.
type B2BGroup struct {
	ID       string `json:"id" doc:"The group's"`
	Revision int64  `json:"revision" doc:"0 until it was set up"`
	State    string `json:"state" enum:"recruiting,active,closed"`
	B2BFields
	Accepted int         `json:"accepted" doc:"Companies that are in"`
	Targets  []B2BTarget `json:"targets"`
}

// B2BTargetFields are what can be written about a target.
type B2BTargetFields struct {
	Name    string `json:"name" minLength:"1" maxLength:"200"`
	Country string `json:"country" required:"false" maxLength:"2"`
	Note    string `json:"note" required:"false" maxLength:"2000"`
	State   string `json:"state" enum:"to_contact,contacted,meeting_agreed,met,result" required:"false" default:"to_contact"`
	Result  string `json:"result" required:"false" maxLength:"2000"`
}

// A B2BTarget is an organisation that a group wants to meet.
type B2BTarget struct {
	ID string `json:"id"`
	B2BTargetFields
}

func b2bGroup(b *scheduling.B2BGroup) B2BGroup {
	return B2BGroup{b.ID, b.Rev, string(b.State), B2BFields{string(b.Aim), b.Country, b.Target, b.Public, b.Companies, b.People}, b.Accepted,
		mapped(b.Targets, func(t scheduling.GroupTarget) B2BTarget {
			return B2BTarget{t.ID, B2BTargetFields{t.Name, t.Country, t.Note, string(t.State), t.Result}}
		})}
}

// A Membership is a company's place in a B2B group.
type Membership struct {
	ID        string     `json:"id"`
	Revision  int64      `json:"revision"`
	CompanyID string     `json:"company_id,omitempty"`
	Company   string     `json:"company"`
	State     string     `json:"state" enum:"interested,accepted,reserve,declined,left"`
	Listed    bool       `json:"listed" doc:"May be named on the public page"`
	People    []string   `json:"people" doc:"Ids"`
	Wishes    []B2BWish  `json:"wishes" doc:"The dearest first; only who decides sees them"`
	Since     *time.Time `json:"since,omitempty" doc:"When it came to its state"`
}

// A B2BWish is a target or a topic.
type B2BWish struct {
	TargetID string `json:"target_id,omitempty"`
	Topic    string `json:"topic,omitempty"`
}

func membership(m *scheduling.GroupMembership) Membership {
	return Membership{m.ID, m.Rev, m.CompanyID, m.Name, string(m.State), m.Listed, list(m.PersonIDs),
		mapped(m.Wishes, func(w scheduling.GroupWish) B2BWish { return B2BWish{w.TargetID, w.Topic} }), timeOf(m.StateAt)}
}

func (a *API) b2bRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/b2b", "get-b2b-group", "Show what a B2B group is for"), a.getB2B)
	add(a, do(http.MethodPost, "/groups/{id}/b2b", "save-b2b-group", "Say what a B2B group is for"), a.saveB2B)
	add(a, do(http.MethodPost, "/groups/{id}/b2b/state", "set-b2b-state", "Move a B2B group on"), a.setB2BState)
	o := do(http.MethodPost, "/groups/{id}/targets", "save-target", "Add a target of a B2B group, or change one")
	o.about = "With the id of a target that is there, it is changed."
	add(a, o, a.saveTarget)
	add(a, do(http.MethodGet, "/groups/{id}/memberships", "list-memberships", "List the companies of a B2B group"), a.listMemberships)
	o = do(http.MethodPost, "/groups/{id}/memberships", "add-membership", "Let a company in by the address of one of its people")
	o.status = http.StatusCreated
	add(a, o, a.addMembership)
	add(a, do(http.MethodPost, "/memberships/{id}/decision", "decide-membership", "Decide about a company"), a.decideMembership)
	a.gatheringRoutes()
	a.visitRoutes()
	a.coDevelopmentRoutes()
}

func (a *API) getB2B(ctx context.Context, by scheduling.Actor, in *ByID) (*One[B2BGroup], error) {
	p, err := a.cfg.Desk.B2BGroup(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.B2B.Rev, b2bGroup(p.B2B)), nil
}

// SaveB2B says what a group is for, from the revision that was read.
type SaveB2B struct {
	ByID
	Body struct {
		B2BFields
		Revision int64 `json:"revision" minimum:"0" doc:"As it was read; 0 the first time"`
	}
}

func (a *API) saveB2B(ctx context.Context, by scheduling.Actor, in *SaveB2B) (*One[B2BGroup], error) {
	b := &scheduling.B2BGroup{Aim: scheduling.B2BAim(in.Body.Aim), Country: in.Body.Country, Target: in.Body.Target, Public: in.Body.Public,
		Companies: in.Body.Companies, People: in.Body.People}
	b.ID, b.Rev = in.ID, in.Body.Revision
	return changedB2B(a.cfg.Desk.SaveB2BGroup(ctx, by, b))
}

func changedB2B(b *scheduling.B2BGroup, err error) (*One[B2BGroup], error) {
	if err != nil {
		return nil, err
	}
	return one(b.Rev, b2bGroup(b)), nil
}

// SetB2BState moves a group on.
type SetB2BState struct {
	ByID
	Body struct {
		State  string `json:"state" enum:"recruiting,active,closed"`
		Reason string `json:"reason" required:"false" maxLength:"2000"`
	}
}

func (a *API) setB2BState(ctx context.Context, by scheduling.Actor, in *SetB2BState) (*One[B2BGroup], error) {
	return changedB2B(a.cfg.Desk.SetB2BState(ctx, by, in.ID, scheduling.B2BState(in.Body.State), in.Body.Reason))
}

// SaveTarget is a new target, or a change of one.
type SaveTarget struct {
	ByID
	Body struct {
		ID string `json:"id" required:"false" maxLength:"64"`
		B2BTargetFields
	}
}

func (a *API) saveTarget(ctx context.Context, by scheduling.Actor, in *SaveTarget) (*One[B2BGroup], error) {
	t := scheduling.GroupTarget{ID: in.Body.ID, Name: in.Body.Name, Country: in.Body.Country, Note: in.Body.Note, State: scheduling.TargetState(in.Body.State), Result: in.Body.Result}
	if t.ID == "" {
		t.ID = callerIn(ctx).made()
	}
	return changedB2B(a.cfg.Desk.SaveTarget(ctx, by, in.ID, t))
}

func (a *API) listMemberships(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Membership], error) {
	p, err := a.cfg.Desk.B2BGroup(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Memberships, "", membership), nil
}

// AddMembership names one of a company's people.
type AddMembership struct {
	ByID
	Body struct {
		Email string `json:"email" maxLength:"254"`
	}
}

func (a *API) addMembership(ctx context.Context, by scheduling.Actor, in *AddMembership) (*One[Membership], error) {
	return changedMembership(a.cfg.Desk.AddCompany(ctx, by, in.ID, in.Body.Email))
}

// DecideMembership is a decision about a company.
type DecideMembership struct {
	ByID
	Body struct {
		State  string `json:"state" enum:"accepted,reserve,declined,left"`
		Reason string `json:"reason" required:"false" maxLength:"2000" doc:"The company reads it"`
	}
}

func (a *API) decideMembership(ctx context.Context, by scheduling.Actor, in *DecideMembership) (*One[Membership], error) {
	return changedMembership(a.cfg.Desk.DecideMembership(ctx, by, in.ID, scheduling.MembershipState(in.Body.State), in.Body.Reason))
}

func changedMembership(m *scheduling.GroupMembership, err error) (*One[Membership], error) {
	if err != nil {
		return nil, err
	}
	return one(m.Rev, membership(m)), nil
}
