package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A GroupTerm is somebody's time in a group in one role.
type GroupTerm struct {
	PersonID string     `json:"person_id"`
	Name     string     `json:"name" doc:"Empty for who was erased"`
	Company  string     `json:"company,omitempty"`
	Role     string     `json:"role" enum:"chair,vice_chair,secretary,member,observer,expert"`
	Since    *time.Time `json:"since,omitempty" doc:"Missing where it began before terms were noted"`
	Until    *time.Time `json:"until,omitempty" doc:"Missing where it goes on"`
}

func groupTerm(t scheduling.TermLine) GroupTerm {
	return GroupTerm{t.PersonID, t.Name, t.Company, string(t.Role), timeOf(t.Since), timeOf(t.Until)}
}

// MandateFields are what can be written about what a group is for.
type MandateFields struct {
	Text  string      `json:"text" minLength:"1" maxLength:"50000" doc:"Markdown"`
	From  string      `json:"from" format:"date" doc:"Its first day"`
	Until string      `json:"until,omitempty" required:"false" format:"date" doc:"Its last day; missing: until another is agreed"`
	Goals []GroupGoal `json:"goals" required:"false" maxItems:"12"`
	Note  string      `json:"note,omitempty" required:"false" maxLength:"2000" doc:"What changed, and who agreed to it"`
}

// A GroupGoal is something that a group is to reach.
type GroupGoal struct {
	Text  string `json:"text" maxLength:"400"`
	State string `json:"state" required:"false" enum:"open,reached,dropped" default:"open"`
}

// A Mandate is one version of what a group is for.
type Mandate struct {
	Version int       `json:"version"`
	SavedAt time.Time `json:"saved_at"`
	MandateFields
}

func mandate(m *scheduling.Mandate) Mandate {
	goals := mapped(m.Goals, func(g scheduling.Goal) GroupGoal { return GroupGoal{g.Text, string(g.State)} })
	return Mandate{m.Version, m.At.UTC(), MandateFields{m.Text, m.From, m.Until, goals, m.Note}}
}

// A ForesightNote is a signal or a trend that somebody of a group noticed.
type ForesightNote struct {
	ID         string    `json:"id"`
	Revision   int64     `json:"revision"`
	NotedAt    time.Time `json:"noted_at"`
	Kind       string    `json:"kind" enum:"signal,trend"`
	Title      string    `json:"title"`
	Text       string    `json:"text,omitempty"`
	Link       string    `json:"link,omitempty"`
	Horizon    string    `json:"horizon" enum:"now,near,mid,far,later"`
	Tags       []string  `json:"tags"`
	Likelihood int       `json:"likelihood,omitempty" doc:"1 to 5"`
	Impact     int       `json:"impact,omitempty" doc:"1 to 5"`
}

func foresightNote(n *scheduling.ForesightNote) ForesightNote {
	return ForesightNote{n.ID, n.Rev, n.At.UTC(), n.Kind, n.Title, n.Text, n.Link, string(n.Horizon), list(n.Tags), n.Likelihood, n.Impact}
}

// A GroupYear is what a group did in a year.
type GroupYear struct {
	Year      int              `json:"year"`
	Meetings  int              `json:"meetings" doc:"That were held"`
	Guests    int              `json:"guests"`
	Decisions []string         `json:"decisions"`
	People    []YearAttendance `json:"people"`
	Companies []YearAttendance `json:"companies"`
	Done      int              `json:"actions_done"`
	Open      int              `json:"actions_open"`
	Overdue   int              `json:"actions_overdue" doc:"Of the open ones"`
	Dropped   int              `json:"actions_dropped"`
	Notes     int              `json:"foresight_notes"`
}

// A YearAttendance is how often somebody came.
type YearAttendance struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
	Came int    `json:"came"`
	Of   int    `json:"of" doc:"Meetings that they could have come to"`
}

func attendance(a scheduling.AttendanceLine) YearAttendance {
	return YearAttendance{a.ID, a.Name, string(a.Role), a.Came, a.Of}
}

func groupYear(y *scheduling.GroupYear) GroupYear {
	return GroupYear{y.Year, len(y.Meetings), y.Guests, mapped(y.Decisions, func(d scheduling.YearDecision) string { return d.Text }),
		mapped(y.People, attendance), mapped(y.Companies, attendance), y.Done, y.Open, y.Overdue, y.Dropped, len(y.Notes)}
}

func (a *API) groupWorkRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/members", "list-group-members", "List who is and was what in a group"), a.listTerms)
	add(a, do(http.MethodPost, "/groups/{id}/members/{person}/role", "set-group-role", "Give a member of a group a role"), a.setRole)
	add(a, do(http.MethodGet, "/groups/{id}/mandate", "list-mandates", "List the versions of a group's mandate, the newest first"), a.listMandates)
	o := do(http.MethodPost, "/groups/{id}/mandate", "save-mandate", "Add a version to a group's mandate")
	o.about = "The same again adds nothing. after is the version that was read, 0 for none: another one meanwhile answers 409."
	add(a, o, a.saveMandate)
	add(a, do(http.MethodGet, "/groups/{id}/foresight", "list-foresight-notes", "List the signals and trends of a group, the newest first"), a.listNotes)
	add(a, do(http.MethodGet, "/groups/{id}/years/{year}", "get-group-year", "Count what a group did in a year"), a.getYear)
}

func (a *API) listTerms(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[GroupTerm], error) {
	p, err := a.cfg.Desk.GroupPeople(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, append(p.Present, p.Past...), "", groupTerm), nil
}

// SetRole gives a member a role.
type SetRole struct {
	ByID
	Person string `path:"person" maxLength:"64"`
	Body   struct {
		Role  string `json:"role" enum:"chair,vice_chair,secretary,member,observer,expert"`
		Since string `json:"since,omitempty" required:"false" format:"date" doc:"The first day; today where it is missing"`
	}
}

func (a *API) setRole(ctx context.Context, by scheduling.Actor, in *SetRole) (*Listed[GroupTerm], error) {
	if err := a.cfg.Desk.SetGroupRole(ctx, by, in.ID, in.Person, scheduling.GroupRole(in.Body.Role), in.Body.Since); err != nil {
		return nil, err
	}
	return a.listTerms(ctx, by, &in.ByID)
}

func (a *API) listMandates(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Mandate], error) {
	p, err := a.cfg.Desk.Mandate(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Versions, "", mandate), nil
}

// SaveMandate is a new version of a mandate.
type SaveMandate struct {
	ByID
	Body struct {
		MandateFields
		After int `json:"after" required:"false" minimum:"0" doc:"The version that was read"`
	}
}

func (a *API) saveMandate(ctx context.Context, by scheduling.Actor, in *SaveMandate) (*One[Mandate], error) {
	b := in.Body
	goals := mapped(b.Goals, func(g GroupGoal) scheduling.Goal {
		return scheduling.Goal{Text: g.Text, State: scheduling.GoalState(g.State)}
	})
	m, err := a.cfg.Desk.SaveMandate(ctx, by, in.ID, scheduling.Mandate{Text: b.Text, From: b.From, Until: b.Until, Goals: goals, Note: b.Note}, b.After)
	if err != nil {
		return nil, err
	}
	return one(m.Rev, mandate(m)), nil
}

// ListNotes chooses notes of a group.
type ListNotes struct {
	ByID
	Paging
	Search  string `query:"search" maxLength:"200"`
	Kind    string `query:"kind" enum:"signal,trend"`
	Horizon string `query:"horizon" enum:"now,near,mid,far,later"`
	Tag     string `query:"tag" maxLength:"60"`
}

func (a *API) listNotes(ctx context.Context, by scheduling.Actor, in *ListNotes) (*Listed[ForesightNote], error) {
	p, err := a.cfg.Desk.Foresight(ctx, by, in.ID, scheduling.NoteFilter{Text: in.Search, Kind: in.Kind, Horizon: scheduling.Horizon(in.Horizon), Tag: in.Tag, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Notes, p.Next, foresightNote), nil
}

// OneYear names a year of a group.
type OneYear struct {
	ByID
	Year int `path:"year" minimum:"1990" maximum:"2200"`
}

func (a *API) getYear(ctx context.Context, by scheduling.Actor, in *OneYear) (*One[GroupYear], error) {
	y, err := a.cfg.Desk.GroupYear(ctx, by, in.ID, in.Year)
	if err != nil {
		return nil, err
	}
	return one(0, groupYear(y)), nil
}
