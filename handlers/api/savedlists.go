package api

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"

	"kohtaamo/scheduling"
)

// SavedListFields are what a list that is kept is made of.
type SavedListFields struct {
	Name    string            `json:"name" minLength:"1" maxLength:"200"`
	Kind    string            `json:"kind" enum:"companies,events,people,registrations" doc:"What stands in it"`
	EventID string            `json:"event_id,omitempty" required:"false" maxLength:"64" doc:"Of registrations: whose"`
	Filter  map[string]string `json:"filter,omitempty" required:"false" doc:"As the address of the list's page has it" example:"{\"kind\":\"sme\"}"`
	Lang    string            `json:"lang,omitempty" required:"false" maxLength:"12" doc:"Of the file; that of the request if it is missing"`
}

// A SavedList is a list that is kept with its filter. It belongs to the token.
type SavedList struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	SavedListFields
}

func savedList(l *scheduling.SavedList) SavedList {
	filter := map[string]string{}
	for name, list := range l.Filter() {
		filter[name] = list[0]
	}
	return SavedList{l.ID, l.Rev, SavedListFields{l.Name, l.Kind, l.About, filter, l.Lang}}
}

func (a *API) savedListRoutes() {
	if a.cfg.WriteList == nil {
		return
	}
	do := func(method, path, id, summary string) op {
		return op{method: method, path: "/saved-lists" + path, id: id, summary: summary, subject: "saved-lists"}
	}
	add(a, do(http.MethodGet, "", "list-saved-lists", "List the lists that the token keeps"), a.listSavedLists)
	o := do(http.MethodPost, "", "create-saved-list", "Keep a list with its filter")
	o.status = http.StatusCreated
	add(a, o, a.createSavedList)
	o = do(http.MethodDelete, "/{id}", "delete-saved-list", "Keep a list no longer")
	o.status = http.StatusNoContent
	add(a, o, a.deleteSavedList)
	o = do(http.MethodGet, "/{id}/rows.csv", "get-saved-list-rows", "Get what stands in a list now")
	o.file = csvType
	add(a, o, a.savedListRows)
}

func (a *API) listSavedLists(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[SavedList], error) {
	list, err := a.cfg.Desk.SavedLists(ctx, by)
	return whole(a, ctx, list, savedList, err)
}

func (a *API) createSavedList(ctx context.Context, by scheduling.Actor, in *New[SavedListFields]) (*One[SavedList], error) {
	who, f := callerIn(ctx), in.Body
	filter := url.Values{}
	for name, v := range f.Filter {
		filter.Set(name, v)
	}
	l, err := a.cfg.Desk.SaveList(ctx, by, scheduling.NewList{ID: who.made(), Name: f.Name, Kind: f.Kind, About: f.EventID, Query: filter, Lang: cmp.Or(f.Lang, who.lang.Code())}, a.cfg.ListKinds)
	if err != nil {
		return nil, err
	}
	return made(a, l.Rev, "/saved-lists/"+l.ID, savedList(l)), nil
}

func (a *API) deleteSavedList(ctx context.Context, by scheduling.Actor, in *ByID) (*none, error) {
	return &none{}, a.cfg.Desk.DropList(ctx, by, in.ID)
}

func (a *API) savedListRows(ctx context.Context, by scheduling.Actor, in *ByID) (*File, error) {
	l, err := a.cfg.Desk.SavedList(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return file(ctx, csvType, l.Kind+".csv", func(ctx context.Context, w io.Writer) error { return a.cfg.WriteList(ctx, by, l, w) })
}
