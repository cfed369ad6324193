package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// An Erasure is the proof that a person was erased.
type Erasure struct {
	ID        string         `json:"id" doc:"That the person had; rows that count go on naming it"`
	State     string         `json:"state" enum:"leaving,going,done,scrubbed" doc:"scrubbed: gone from the database's files, too"`
	By        string         `json:"by" enum:"person,administrator,rule"`
	At        time.Time      `json:"at"`
	Done      *time.Time     `json:"done,omitempty"`
	Scrubbed  *time.Time     `json:"scrubbed,omitempty"`
	Documents map[string]int `json:"documents" doc:"How many were changed, by collection"`
}

func erasure(e *scheduling.Erasure) Erasure {
	return Erasure{e.ID, string(e.State), e.By, e.At.UTC(), timeOf(e.DoneAt), timeOf(e.ScrubbedAt), e.Changed}
}

// ErasePerson says whom.
type ErasePerson struct {
	ID string `path:"id" maxLength:"64"`
}

// ErasedPerson is the answer of erase-person.
type ErasedPerson struct{ Body Erasure }

// A RetentionRule says how long something is kept.
type RetentionRule struct {
	Key        string     `json:"key"`
	Collection string     `json:"collection"`
	Fields     []string   `json:"fields" doc:"That are emptied; none: the document goes"`
	After      string     `json:"after" doc:"What the days count from: event, trip, round, made, used"`
	Days       int        `json:"days"`
	Elsewhere  bool       `json:"elsewhere" doc:"Set in the program, or for each trip"`
	Last       *time.Time `json:"last,omitempty" doc:"When it last deleted something"`
}

// A RetentionRun is the proof that a rule was followed.
type RetentionRun struct {
	Rule     string    `json:"rule"`
	At       time.Time `json:"at"`
	Days     int       `json:"days"`
	Count    int       `json:"count" doc:"Documents"`
	Scrubbed bool      `json:"scrubbed" doc:"Gone from the database's files, too"`
}

// ListConsents chooses from the register.
type ListConsents struct {
	Paging
	Purpose string `query:"purpose" maxLength:"64"`
	Given   string `query:"given" enum:"yes,no"`
	Search  string `query:"search" maxLength:"200" doc:"Words that name or address begin with"`
}

// A PersonConsents is a contact with what they agreed to or took back.
type PersonConsents struct {
	PersonID string          `json:"person_id"`
	Name     string          `json:"name"`
	Consents []PlacedConsent `json:"consents"`
}

// A PlacedConsent is one answer to one purpose, with where it was given.
type PlacedConsent struct {
	Consent
	Where   string `json:"where" doc:"account, registration or newsletter"`
	EventID string `json:"event_id,omitempty"`
	ListID  string `json:"list_id,omitempty"`
}

func personConsents(c *scheduling.Consenting) PersonConsents {
	return PersonConsents{c.Person.ID, c.Person.Name, mapped(c.Given, func(g scheduling.Given) PlacedConsent {
		out := PlacedConsent{Consent: Consent{g.Purpose, g.Consent.Given, g.At.UTC(), g.Wording}, Where: g.Where}
		if g.Event != nil {
			out.EventID = g.Event.ID
		}
		if g.List != nil {
			out.ListID = g.List.ID
		}
		return out
	})}
}

func (a *API) privacyRoutes() {
	o := op{method: http.MethodPost, path: "/people/{id}/erasure", id: "erase-person", summary: "Erase a person", subject: "people"}
	o.about = "What they have ahead of them is called off first; counts stay. It cannot be undone. Sent again, it answers how far it is."
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *ErasePerson) (*ErasedPerson, error) {
		e, err := a.cfg.Desk.ErasePerson(ctx, by, in.ID)
		if err != nil {
			return nil, err
		}
		return &ErasedPerson{erasure(e)}, nil
	})
	o = op{method: http.MethodGet, path: "/erasures", id: "list-erasures", summary: "List the proofs of erasures, newest first", subject: "people"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *Paging) (*Listed[Erasure], error) {
		found, next, err := a.cfg.Desk.Erasures(ctx, by, scheduling.ListFilter{After: in.After, Limit: in.Limit})
		if err != nil {
			return nil, err
		}
		return listed(a, ctx, found, next, erasure), nil
	})
	o = op{method: http.MethodGet, path: "/consents", id: "list-consents", summary: "List who agreed to what, by name", subject: "people"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *ListConsents) (*Listed[PersonConsents], error) {
		f := scheduling.ConsentFilter{Purpose: in.Purpose, Given: in.Given, Text: in.Search, After: in.After, Limit: in.Limit}
		found, next, err := a.cfg.Desk.Consents(ctx, by, f)
		if err != nil {
			return nil, err
		}
		return listed(a, ctx, found, next, personConsents), nil
	})
	a.retentionRoutes()
}

func (a *API) retentionRoutes() {
	o := op{method: http.MethodGet, path: "/retention", id: "list-retention", summary: "List how long what is kept", subject: "audit"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[RetentionRule], error) {
		if !by.Administers() {
			return nil, storage.ErrNotFound
		}
		found, err := a.cfg.Desk.Retention(ctx)
		if err != nil {
			return nil, err
		}
		return listed(a, ctx, found, "", func(l *scheduling.RetentionLine) RetentionRule {
			out := RetentionRule{l.Key, l.Collection, list(l.Fields), l.After, l.Days, l.Elsewhere, nil}
			if l.Last != nil {
				out.Last = timeOf(l.Last.At)
			}
			return out
		}), nil
	})
	o = op{method: http.MethodGet, path: "/retention/runs", id: "list-retention-runs", summary: "List what was deleted by rule, newest first", subject: "audit"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *Paging) (*Listed[RetentionRun], error) {
		found, next, err := a.cfg.Desk.RetentionLog(ctx, by, scheduling.ListFilter{After: in.After, Limit: in.Limit})
		if err != nil {
			return nil, err
		}
		return listed(a, ctx, found, next, func(r *scheduling.RetentionRun) RetentionRun {
			return RetentionRun{r.Rule, r.At.UTC(), r.Days, r.Count, r.Scrubbed}
		}), nil
	})
}
