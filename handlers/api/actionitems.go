package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// ActionFields are what can be written of an action item.
type ActionFields struct {
	What     string `json:"what" minLength:"1" maxLength:"300"`
	OwnerID  string `json:"owner_id" maxLength:"64" doc:"A member or a coordinator of the group"`
	Due      string `json:"due" format:"date" doc:"The last day for it, in the house's zone"`
	RecordID string `json:"record_id" required:"false" maxLength:"64" doc:"The meeting that it comes from"`
}

// An ActionItem is something that somebody of a group promised to do.
type ActionItem struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	GroupID  string `json:"group_id"`
	ActionFields
	Owner   string       `json:"owner" doc:"Their name"`
	State   string       `json:"state" enum:"open,done,dropped"`
	Note    string       `json:"note,omitempty"`
	DoneAt  *time.Time   `json:"done_at,omitempty"`
	History []ActionStep `json:"history"`
}

// An ActionStep is one thing that happened to an action item.
type ActionStep struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	What string    `json:"what" enum:"created,changed,given,done,dropped,reopened"`
	Note string    `json:"note,omitempty"`
}

func actionItem(a *scheduling.ActionItem) ActionItem {
	return ActionItem{a.ID, a.Rev, a.GroupID, ActionFields{a.What, a.OwnerID, a.Due, a.RecordID}, a.OwnerName, string(a.State), a.Note, timeOf(a.DoneAt),
		mapped(a.History, func(s scheduling.ActionStep) ActionStep { return ActionStep{s.At.UTC(), s.By, s.What, s.Note} })}
}

func (a *API) actionRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/actions", "list-actions", "List a group's action items"), a.listActions)
	o := do(http.MethodPost, "/groups/{id}/actions", "create-action", "Write an action item down")
	o.status, o.about = http.StatusCreated, "Its owner is told."
	add(a, o, a.createAction)
	add(a, do(http.MethodGet, "/actions/{id}", "get-action", "Show an action item with its history"), a.getAction)
	o = do(http.MethodPut, "/actions/{id}", "update-action", "Change an action item")
	o.matches = true
	add(a, o, a.updateAction)
	add(a, do(http.MethodPost, "/actions/{id}/state", "set-action", "Say that an action item is done, dropped or open again"), a.setAction)
}

// ListActions chooses action items of a group.
type ListActions struct {
	ByID
	State   string `query:"state" enum:"open,done,dropped"`
	Overdue bool   `query:"overdue" doc:"Open ones alone whose day is over"`
}

func (a *API) listActions(ctx context.Context, by scheduling.Actor, in *ListActions) (*Listed[ActionItem], error) {
	p, err := a.cfg.Desk.GroupActions(ctx, by, in.ID, scheduling.ActionFilter{State: scheduling.ActionState(in.State), Overdue: in.Overdue})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Actions, "", actionItem), nil
}

// CreateAction is a new action item of a group.
type CreateAction struct {
	ByID
	Body ActionFields
}

func (a *API) createAction(ctx context.Context, by scheduling.Actor, in *CreateAction) (*One[ActionItem], error) {
	b := in.Body
	x, err := a.cfg.Desk.SaveAction(ctx, by, scheduling.ActionInput{ID: callerIn(ctx).made(), GroupID: in.ID, RecordID: b.RecordID, What: b.What, OwnerID: b.OwnerID, Due: b.Due})
	if err != nil {
		return nil, err
	}
	return made(a, x.Rev, "/actions/"+x.ID, actionItem(x)), nil
}

func (a *API) getAction(ctx context.Context, by scheduling.Actor, in *ByID) (*One[ActionItem], error) {
	p, err := a.cfg.Desk.Action(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Action.Rev, actionItem(p.Action)), nil
}

// UpdateAction is a change of an action item; the meeting it comes from stays.
type UpdateAction struct {
	ByID
	Match
	Body ActionFields
}

func (a *API) updateAction(ctx context.Context, by scheduling.Actor, in *UpdateAction) (*One[ActionItem], error) {
	p, err := a.cfg.Desk.Action(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Action.Rev); err != nil {
		return nil, err
	}
	return changedAction(a.cfg.Desk.SaveAction(ctx, by, scheduling.ActionInput{ID: in.ID, Rev: p.Action.Rev, What: in.Body.What, OwnerID: in.Body.OwnerID, Due: in.Body.Due}))
}

// SetAction is the state of an action item, with what came of it.
type SetAction struct {
	ByID
	Body struct {
		State string `json:"state" enum:"open,done,dropped"`
		Note  string `json:"note" required:"false" maxLength:"5000"`
	}
}

func (a *API) setAction(ctx context.Context, by scheduling.Actor, in *SetAction) (*One[ActionItem], error) {
	return changedAction(a.cfg.Desk.SetAction(ctx, by, in.ID, scheduling.ActionState(in.Body.State), in.Body.Note))
}

func changedAction(x *scheduling.ActionItem, err error) (*One[ActionItem], error) {
	if err != nil {
		return nil, err
	}
	return one(x.Rev, actionItem(x)), nil
}
