package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// ActivityFields are what can be written about an entry of the activity log.
type ActivityFields struct {
	Kind       string   `json:"kind" enum:"call,visit,meeting,fair,market_scan,service,article,video,post,other"`
	Title      string   `json:"title,omitempty" required:"false" maxLength:"200" doc:"A call, a visit or a meeting with somebody needs none"`
	Day        string   `json:"day" format:"date" doc:"On the house's clock"`
	ClusterIDs []string `json:"cluster_ids" required:"false" maxItems:"50" doc:"The caller's own where none is named"`
	GroupID    string   `json:"group_id,omitempty" required:"false" maxLength:"64"`
	ProjectID  string   `json:"project_id,omitempty" required:"false" maxLength:"64"`
	CompanyIDs []string `json:"company_ids" required:"false" maxItems:"60" doc:"The companies of its people are added"`
	PersonIDs  []string `json:"person_ids" required:"false" maxItems:"60"`
	Country    string   `json:"country,omitempty" required:"false" maxLength:"2" doc:"ISO 3166 alpha-2"`
	Reach      int      `json:"reach,omitempty" required:"false" minimum:"0" doc:"Readers or viewers"`
	Link       string   `json:"link,omitempty" required:"false" maxLength:"2000"`
	Note       string   `json:"note,omitempty" required:"false" maxLength:"5000"`
}

// An Activity is one entry of the activity log.
type Activity struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	By       string `json:"by,omitempty" doc:"Who did it, by name"`
	ActivityFields
}

func activity(w *scheduling.Work) Activity {
	return Activity{w.ID, w.Rev, w.ByName, ActivityFields{string(w.Kind), w.Title, w.Day, list(w.ClusterIDs), w.GroupID, w.ProjectID, list(w.CompanyIDs), list(w.PersonIDs),
		w.Country, w.Reach, w.Link, w.Note}}
}

// into writes what can be written into w.
func (in *ActivityFields) into(w *scheduling.Work) {
	w.Kind, w.Title, w.Day, w.ClusterIDs, w.GroupID, w.ProjectID = scheduling.WorkKind(in.Kind), in.Title, in.Day, in.ClusterIDs, in.GroupID, in.ProjectID
	w.CompanyIDs, w.PersonIDs, w.Country, w.Reach, w.Link, w.Note = in.CompanyIDs, in.PersonIDs, in.Country, in.Reach, in.Link, in.Note
}

// A LastContact is a company with its last personal contact.
type LastContact struct {
	CompanyID string     `json:"company_id"`
	Name      string     `json:"name"`
	At        *time.Time `json:"at,omitempty" doc:"Missing where there never was one"`
	Kind      string     `json:"kind,omitempty" doc:"event, trip, b2b, group, call, visit or meeting"`
	About     string     `json:"about,omitempty" doc:"Id of the event, trip, meeting, record or entry"`
}

func lastContact(l *scheduling.ContactLine) LastContact {
	out := LastContact{CompanyID: l.Company.ID, Name: l.Company.Name}
	if l.Last != nil {
		out.At, out.Kind, out.About = timeOf(l.Last.At), l.Last.Kind, l.Last.About
	}
	return out
}

func (a *API) activityRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "activities"}
	}
	add(a, do(http.MethodGet, "/activities", "list-activities", "List entries of the activity log, the newest day first"), a.listActivities)
	o := do(http.MethodPost, "/activities", "create-activity", "Write down what was done")
	o.status = http.StatusCreated
	add(a, o, a.createActivity)
	add(a, do(http.MethodGet, "/activities/{id}", "get-activity", "Show an entry of the activity log"), a.getActivity)
	o = do(http.MethodPut, "/activities/{id}", "update-activity", "Change an entry of the activity log")
	o.matches = true
	add(a, o, a.updateActivity)
	o = do(http.MethodDelete, "/activities/{id}", "delete-activity", "Take an entry out of the activity log")
	o.status = http.StatusNoContent
	add(a, o, a.deleteActivity)
	o = do(http.MethodGet, "/clusters/{id}/contacts", "list-contacts", "List a cluster's companies with their last personal contact, the longest ago first")
	add(a, o, a.listContacts)
}

// ListActivities chooses entries.
type ListActivities struct {
	Paging
	Search  string `query:"search" maxLength:"200"`
	Kind    string `query:"kind" enum:"call,visit,meeting,fair,market_scan,service,article,video,post,other"`
	Cluster string `query:"cluster" maxLength:"64"`
	Company string `query:"company" maxLength:"64"`
	Group   string `query:"group" maxLength:"64"`
	By      string `query:"by" maxLength:"64" doc:"Id of who did it"`
	From    string `query:"from" format:"date"`
	Until   string `query:"until" format:"date" doc:"The last day"`
}

func (a *API) listActivities(ctx context.Context, by scheduling.Actor, in *ListActivities) (*Listed[Activity], error) {
	found, next, err := a.cfg.Desk.Works(ctx, by, scheduling.WorkFilter{Text: in.Search, Kind: scheduling.WorkKind(in.Kind), Cluster: in.Cluster, Company: in.Company,
		Group: in.Group, By: in.By, From: in.From, Until: in.Until, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(w *scheduling.WorkLine) Activity { return activity(w.Work) }), nil
}

// CreateActivity is a new entry.
type CreateActivity struct{ Body ActivityFields }

func (a *API) createActivity(ctx context.Context, by scheduling.Actor, in *CreateActivity) (*One[Activity], error) {
	w := scheduling.Work{}
	w.ID = callerIn(ctx).made()
	in.Body.into(&w)
	out, err := a.cfg.Desk.SaveWork(ctx, by, w)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/activities/"+out.ID, activity(out)), nil
}

func (a *API) getActivity(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Activity], error) {
	w, err := a.cfg.Desk.Work(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(w.Rev, activity(w.Work)), nil
}

// UpdateActivity is a change of an entry.
type UpdateActivity struct {
	ByID
	Match
	Body ActivityFields
}

func (a *API) updateActivity(ctx context.Context, by scheduling.Actor, in *UpdateActivity) (*One[Activity], error) {
	x, err := a.cfg.Desk.Work(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), x.Rev); err != nil {
		return nil, err
	}
	w := *x.Work
	in.Body.into(&w)
	out, err := a.cfg.Desk.SaveWork(ctx, by, w)
	if err != nil {
		return nil, err
	}
	return one(out.Rev, activity(out)), nil
}

// DeleteActivity names an entry, and why it goes.
type DeleteActivity struct {
	ByID
	Reason string `query:"reason" maxLength:"200"`
}

func (a *API) deleteActivity(ctx context.Context, by scheduling.Actor, in *DeleteActivity) (*none, error) {
	return nil, a.cfg.Desk.DeleteWork(ctx, by, in.ID, in.Reason)
}

// ListContacts chooses companies of a cluster.
type ListContacts struct {
	ByID
	Since string `query:"since" format:"date" doc:"Leave out who was met on the day or later; missing: all companies"`
}

func (a *API) listContacts(ctx context.Context, by scheduling.Actor, in *ListContacts) (*Listed[LastContact], error) {
	f := scheduling.ContactFilter{Cluster: in.ID, Since: scheduling.HouseMidnight(in.Since)}
	f.All = f.Since.IsZero()
	found, err := a.cfg.Desk.Contacts(ctx, by, f)
	return whole(a, ctx, found, lastContact, err)
}
