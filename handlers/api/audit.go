package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"kohtaamo/scheduling"
)

// An Entry of the audit log says who did what to what, and why.
type Entry struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	ActorID   string    `json:"actor_id" doc:"Of a person or token; empty for the public and jobs"`
	ActorName string    `json:"actor_name"`
	Via       string    `json:"via" doc:"page, api, link, job or cli"`
	Action    string    `json:"action" example:"registration.approve"`
	SubjectID string    `json:"subject_id"`
	AboutID   string    `json:"about_id" doc:"Of its owner: the event of a registration"`
	Label     string    `json:"label" doc:"What the subject was called then"`
	Reason    string    `json:"reason,omitempty"`
}

// ListAudit chooses entries.
type ListAudit struct {
	Paging
	Subject string `query:"subject" maxLength:"200" doc:"Id of what was changed"`
	About   string `query:"about" maxLength:"200" doc:"Id of its owner"`
	Actor   string `query:"actor" maxLength:"200" doc:"Id of a person or token"`
	Action  string `query:"action" maxLength:"64"`
}

func (a *API) auditRoutes() {
	o := op{method: http.MethodGet, path: "/audit", id: "list-audit", summary: "List the audit log, newest first", subject: "audit"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *ListAudit) (*Listed[Entry], error) {
		found, next, err := a.cfg.Desk.Audit(ctx, by, scheduling.AuditFilter{
			Subject: in.Subject, About: in.About, Actor: in.Actor, Action: in.Action, After: in.After, Limit: in.Limit,
		})
		if err != nil {
			return nil, err
		}
		return listed(a, ctx, found, next, func(e *scheduling.Entry) Entry {
			return Entry{e.ID, e.At.UTC(), e.Actor, e.ActorName, e.Via, e.Action, e.Subject, e.About, e.Label, e.Reason}
		}), nil
	})
}

// Me is the token that asks.
type Me struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Grants []Grant  `json:"grants" doc:"Its roles"`
	Scopes []string `json:"scopes" doc:"What it may do with them"`
}

// WhoAmI is the answer of get-me.
type WhoAmI struct{ Body Me }

func (a *API) meRoutes() {
	o := op{method: http.MethodGet, path: "/me", id: "get-me", summary: "Show whose token this is and what it may do"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, _ *struct{}) (*WhoAmI, error) {
		scopes := slices.Clone(callerIn(ctx).scopes)
		slices.Sort(scopes)
		return &WhoAmI{Me{by.ID, by.Name, grants(by.Grants), list(scopes)}}, nil
	})
}
