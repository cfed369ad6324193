package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// SeriesFields are what can be written about a series of meetings.
type SeriesFields struct {
	Title   Text      `json:"title"`
	Place   string    `json:"place" required:"false" maxLength:"200"`
	Link    string    `json:"link" required:"false" maxLength:"2000" doc:"Where to join online; only members of the group and those who plan its meetings see it"`
	Starts  time.Time `json:"starts" doc:"Of the first meeting, which says on which weekday or day the others are"`
	Minutes int       `json:"minutes" minimum:"5" maximum:"1440" doc:"How long a meeting takes"`
	Zone    string    `json:"zone" maxLength:"64" example:"Europe/Helsinki" doc:"IANA name of the zone of its wall clock"`
	Rule    string    `json:"rule" enum:"weekly,nth_weekday,last_weekday,date" doc:"Weekly, or monthly on the nth such weekday, the last one, or the date"`
	Every   int       `json:"every" required:"false" minimum:"1" maximum:"12" default:"1" doc:"So many weeks or months"`
	Until   string    `json:"until" format:"date" doc:"The last day that a meeting may start on, in the zone"`
	Public  bool      `json:"public" required:"false" doc:"In the group's public calendar too, without the link"`
}

// A Series is a meeting of a group that comes again.
type Series struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	GroupID  string `json:"group_id"`
	State    string `json:"state" enum:"active,cancelled"`
	SeriesFields
	Meetings []GroupMeeting `json:"meetings" doc:"All of them, in their order"`
	UID      string         `json:"uid" doc:"Of its calendar entry"`
	Sequence int            `json:"sequence"`
	Follows  string         `json:"follows,omitempty" doc:"Id of the series it took the place of"`
}

// A GroupMeeting is one meeting of a series.
type GroupMeeting struct {
	Date      string    `json:"date" doc:"The day that the rule puts it on, which names it"`
	Starts    time.Time `json:"starts"`
	Ends      time.Time `json:"ends"`
	Place     string    `json:"place"`
	Cancelled bool      `json:"cancelled"`
	Moved     bool      `json:"moved"`
	Reason    string    `json:"reason,omitempty"`
}

func series(s *scheduling.Series) Series {
	return Series{
		ID: s.ID, Revision: s.Rev, GroupID: s.GroupID, State: string(s.State), UID: s.UID, Sequence: s.Sequence, Follows: s.Follows,
		SeriesFields: SeriesFields{textOf(s.Title), s.Place, s.Link, s.Starts.UTC(), s.Minutes, s.Zone, string(s.Rule), s.Every, s.Until, s.Public},
		Meetings: mapped(s.Meetings(), func(m scheduling.GroupMeeting) GroupMeeting {
			return GroupMeeting{m.Day(), m.Starts.UTC(), m.Ends.UTC(), m.Place, m.Cancelled, m.Moved, m.Reason}
		}),
	}
}

func (in SeriesFields) into(s *scheduling.Series) error {
	w := wrong{}
	s.Title, s.Place, s.Link, s.Public = w.text("title", in.Title), in.Place, in.Link, in.Public
	s.Starts, s.Minutes, s.Zone = w.instant("starts", in.Starts), in.Minutes, in.Zone
	s.Rule, s.Every, s.Until = scheduling.SeriesRule(in.Rule), in.Every, in.Until
	return w.problem()
}

func (a *API) seriesRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/series", "list-series", "List a group's series of meetings"), a.listSeries)
	o := do(http.MethodPost, "/groups/{id}/series", "create-series", "Make a series of meetings of a group")
	o.status, o.about = http.StatusCreated, "With follows it takes the place of another series of the group, which ends on the day before: this date and all after it."
	add(a, o, a.createSeries)
	add(a, do(http.MethodGet, "/series/{id}", "get-series", "Show a series with its meetings"), a.getSeries)
	o = do(http.MethodPut, "/series/{id}", "update-series", "Change a whole series")
	o.matches, o.about = true, "Dates that were moved or cancelled stay so where the series still comes on that day; the others are as the rule says."
	add(a, o, a.updateSeries)
	o = do(http.MethodPost, "/series/{id}/end", "end-series", "End a series")
	o.about = "Meetings after the last day are gone. A series that ends before its first meeting is cancelled."
	add(a, o, a.endSeries)
	add(a, do(http.MethodPost, "/series/{id}/meetings/{date}/cancel", "cancel-meeting", "Cancel one meeting"), a.cancelMeeting)
	add(a, do(http.MethodPost, "/series/{id}/meetings/{date}/move", "move-meeting", "Move one meeting"), a.moveMeeting)
	add(a, do(http.MethodPost, "/series/{id}/meetings/{date}/restore", "restore-meeting", "Have one meeting as the rule says"), a.restoreMeeting)
}

func (a *API) listSeries(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Series], error) {
	p, err := a.cfg.Desk.GroupMeetings(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Series, "", series), nil
}

func (a *API) getSeries(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Series], error) {
	p, err := a.cfg.Desk.OneSeries(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Series.Rev, series(p.Series)), nil
}

// CreateSeries is a new series of a group.
type CreateSeries struct {
	ByID
	Body NewSeries
}

// NewSeries may take the place of another one.
type NewSeries struct {
	SeriesFields
	Follows string `json:"follows" required:"false" maxLength:"64" doc:"Id of a series of the group that ends before this one begins"`
}

func (a *API) createSeries(ctx context.Context, by scheduling.Actor, in *CreateSeries) (*One[Series], error) {
	who := callerIn(ctx)
	s := &scheduling.Series{GroupID: in.ID, Follows: in.Body.Follows}
	if err := in.Body.into(s); err != nil {
		return nil, err
	}
	s.ID = who.made()
	if who.resumed() {
		old, err := a.cfg.Desk.OneSeries(ctx, by, s.ID)
		if err == nil {
			return made(a, old.Series.Rev, "/series/"+s.ID, series(old.Series)), nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
	}
	out, _, err := a.cfg.Desk.SaveSeries(ctx, by, s)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/series/"+out.ID, series(out)), nil
}

// UpdateSeries is a change of a whole series.
type UpdateSeries struct {
	ByID
	Match
	Body SeriesFields
}

func (a *API) updateSeries(ctx context.Context, by scheduling.Actor, in *UpdateSeries) (*One[Series], error) {
	p, err := a.cfg.Desk.OneSeries(ctx, by, in.ID)
	if err == nil && !p.Manage {
		err = storage.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Series.Rev); err != nil {
		return nil, err
	}
	s := *p.Series
	if err := in.Body.into(&s); err != nil {
		return nil, err
	}
	out, _, err := a.cfg.Desk.SaveSeries(ctx, by, &s)
	return changedSeries(out, err)
}

func changedSeries(s *scheduling.Series, err error) (*One[Series], error) {
	if err != nil {
		return nil, err
	}
	return one(s.Rev, series(s)), nil
}

// EndSeries says when a series ends.
type EndSeries struct {
	ByID
	Body LastDay
}

// LastDay is a day.
type LastDay struct {
	Last   string `json:"last" format:"date" doc:"The last day that a meeting may start on, in the series' zone"`
	Reason string `json:"reason" required:"false" maxLength:"2000" doc:"For the audit log"`
}

func (a *API) endSeries(ctx context.Context, by scheduling.Actor, in *EndSeries) (*One[Series], error) {
	return changedSeries(a.cfg.Desk.EndSeries(ctx, by, in.ID, in.Body.Last, in.Body.Reason))
}

// ByDate names one meeting of a series.
type ByDate struct {
	ByID
	Date string `path:"date" maxLength:"10" doc:"The day that the rule puts it on, in the series' zone"`
}

// meeting finds when a meeting is by the rule.
func (a *API) meeting(ctx context.Context, by scheduling.Actor, in ByDate) (time.Time, error) {
	p, err := a.cfg.Desk.OneSeries(ctx, by, in.ID)
	if err != nil {
		return time.Time{}, err
	}
	m, ok := p.Series.On(in.Date)
	if !ok {
		return time.Time{}, storage.ErrNotFound
	}
	return m.Was, nil
}

// CancelMeeting says why one meeting is off.
type CancelMeeting struct {
	ByDate
	Body *Reason
}

func (a *API) cancelMeeting(ctx context.Context, by scheduling.Actor, in *CancelMeeting) (*One[Series], error) {
	was, err := a.meeting(ctx, by, in.ByDate)
	if err != nil {
		return nil, err
	}
	return changedSeries(a.cfg.Desk.CancelMeeting(ctx, by, in.ID, was, or(in.Body, Reason{}).Reason))
}

// MoveMeeting says where one meeting goes.
type MoveMeeting struct {
	ByDate
	Body MoveTo
}

// MoveTo is another time, and maybe another place.
type MoveTo struct {
	Starts time.Time `json:"starts"`
	Place  string    `json:"place" required:"false" maxLength:"200" doc:"The series' own if empty"`
}

func (a *API) moveMeeting(ctx context.Context, by scheduling.Actor, in *MoveMeeting) (*One[Series], error) {
	w := wrong{}
	starts := w.instant("starts", in.Body.Starts)
	if err := w.problem(); err != nil {
		return nil, err
	}
	was, err := a.meeting(ctx, by, in.ByDate)
	if err != nil {
		return nil, err
	}
	return changedSeries(a.cfg.Desk.MoveMeeting(ctx, by, in.ID, was, starts, in.Body.Place))
}

func (a *API) restoreMeeting(ctx context.Context, by scheduling.Actor, in *ByDate) (*One[Series], error) {
	was, err := a.meeting(ctx, by, *in)
	if err != nil {
		return nil, err
	}
	return changedSeries(a.cfg.Desk.RestoreMeeting(ctx, by, in.ID, was))
}
