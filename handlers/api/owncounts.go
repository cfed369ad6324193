package api

import (
	"context"
	"net/http"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// OwnCountFields are what can be written about a count of a cluster's own.
type OwnCountFields struct {
	ClusterID string   `json:"cluster_id" maxLength:"64" doc:"It stays what it was"`
	Name      string   `json:"name" minLength:"1" maxLength:"200"`
	Of        string   `json:"of" enum:"events,people,companies,works"`
	Kinds     []string `json:"kinds" required:"false" maxItems:"20" doc:"Of event, company or work; none: all"`
	Country   string   `json:"country" required:"false" maxLength:"2"`
	Town      string   `json:"town" required:"false" maxLength:"200"`
	GroupID   string   `json:"group_id" required:"false" maxLength:"64"`
}

// An OwnCount is an indicator of a cluster's own.
type OwnCount struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	Key      string `json:"key" doc:"By which its figure is asked for"`
	OwnCountFields
}

func ownCount(o *scheduling.OwnCount) OwnCount {
	return OwnCount{o.ID, o.Rev, o.Key(), OwnCountFields{o.ClusterID, o.Name, string(o.Of), o.Kinds, o.Country, o.Town, o.GroupID}}
}

func (f OwnCountFields) count(id string, rev int64) *scheduling.OwnCount {
	return &scheduling.OwnCount{Meta: storage.Meta{ID: id, Rev: rev}, ClusterID: f.ClusterID, Name: f.Name, Of: scheduling.OwnSource(f.Of), Kinds: f.Kinds, Country: f.Country, Town: f.Town, GroupID: f.GroupID}
}

func (a *API) ownCountRoutes(do func(method, path, id, summary string) op) {
	add(a, do(http.MethodGet, "/counts", "list-counts", "List the counts of one's own clusters"), a.listOwnCounts)
	o := do(http.MethodPost, "/counts", "create-count", "Make a count")
	o.status = http.StatusCreated
	add(a, o, a.createOwnCount)
	add(a, do(http.MethodGet, "/counts/{id}", "get-count", "Show a count"), a.getOwnCount)
	o = do(http.MethodPut, "/counts/{id}", "update-count", "Change a count")
	o.matches = true
	add(a, o, a.updateOwnCount)
	o = do(http.MethodDelete, "/counts/{id}", "delete-count", "Delete a count")
	o.status = http.StatusNoContent
	add(a, o, a.deleteOwnCount)
}

func (a *API) listOwnCounts(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[OwnCount], error) {
	list, err := a.cfg.Desk.OwnCounts(ctx, by)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, list, "", ownCount), nil
}

func (a *API) getOwnCount(ctx context.Context, by scheduling.Actor, in *ByID) (*One[OwnCount], error) {
	o, err := a.cfg.Desk.OwnCount(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(o.Rev, ownCount(o)), nil
}

// CreateOwnCount is a new count.
type CreateOwnCount struct{ Body OwnCountFields }

func (a *API) createOwnCount(ctx context.Context, by scheduling.Actor, in *CreateOwnCount) (*One[OwnCount], error) {
	o, err := a.cfg.Desk.SaveOwnCount(ctx, by, in.Body.count(callerIn(ctx).made(), 0))
	if err != nil {
		return nil, err
	}
	return made(a, o.Rev, "/counts/"+o.ID, ownCount(o)), nil
}

func (a *API) updateOwnCount(ctx context.Context, by scheduling.Actor, in *Change[OwnCountFields]) (*One[OwnCount], error) {
	rev, err := in.rev(callerIn(ctx))
	if err != nil {
		return nil, err
	}
	o, err := a.cfg.Desk.SaveOwnCount(ctx, by, in.Body.count(in.ID, rev))
	if err != nil {
		return nil, err
	}
	return one(o.Rev, ownCount(o)), nil
}

func (a *API) deleteOwnCount(ctx context.Context, by scheduling.Actor, in *ByID) (*struct{}, error) {
	return nil, a.cfg.Desk.DeleteOwnCount(ctx, by, in.ID)
}
