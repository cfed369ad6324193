package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// OutcomeFields are what one side says of a meeting.
type OutcomeFields struct {
	Met    bool     `json:"met" doc:"The meeting took place"`
	Absent []string `json:"absent" required:"false" maxItems:"50" doc:"Ids of entrants who did not come, where it did not"`
	Step   string   `json:"step" required:"false" enum:",none,contact,second_meeting,nda,pilot,agreement" doc:"How far it led; contact if left out"`
	Rating int      `json:"rating" required:"false" minimum:"0" maximum:"5" doc:"0: none given"`
	Note   string   `json:"note" required:"false" maxLength:"2000" doc:"For the organisers"`
	Next   string   `json:"next" required:"false" maxLength:"200" doc:"The next step"`
	Owner  string   `json:"owner" required:"false" maxLength:"64" doc:"Id of the person who takes it: one of those who met"`
	Due    string   `json:"due" required:"false" maxLength:"10" doc:"Until when, as 2006-01-02"`
	Done   bool     `json:"done" required:"false"`
}

// An Outcome is what one side said of a meeting.
type Outcome struct {
	EntrantID string `json:"entrant_id"`
	Revision  int64  `json:"revision"`
	OutcomeFields
	AnsweredAt time.Time `json:"answered_at"`
}

// MeetingOutcomes are a meeting with what its sides said of it.
type MeetingOutcomes struct {
	MeetingID  string    `json:"meeting_id"`
	EntrantIDs []string  `json:"entrant_ids"`
	Starts     time.Time `json:"starts"`
	State      string    `json:"state" enum:"published,held,not_held"`
	Furthest   string    `json:"furthest" doc:"The highest step that a side names"`
	Disagree   bool      `json:"disagree" doc:"The sides do not say the same"`
	Said       []Outcome `json:"said"`
}

func outcome(o *scheduling.Outcome) Outcome {
	return Outcome{o.EntrantID, o.Rev, OutcomeFields{o.Met, listOf(o.Absent), string(o.Step), o.Rating, o.Note, o.Next, o.Owner, o.Due, o.Done}, o.AnsweredAt.UTC()}
}

// listOf is the list, empty rather than none.
func listOf(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func meetingOutcomes(r *scheduling.OutcomeRow) MeetingOutcomes {
	m := r.Meeting
	return MeetingOutcomes{m.ID, listOf(m.EntrantIDs), m.Starts.UTC(), string(m.State), string(r.Furthest), r.Disagree, mapped(r.Said, outcome)}
}

func (a *API) outcomeRoutes() {
	add(a, op{method: http.MethodGet, path: "/rounds/{id}/outcomes", id: "list-outcomes", subject: "rounds", summary: "List what came of a round's meetings",
		about: "Of all meetings that have begun and were not cancelled, by their start."}, a.listOutcomes)
	add(a, op{method: http.MethodPut, path: "/outcomes/{meeting}/{entrant}", id: "save-outcome", subject: "rounds", summary: "Say what came of a meeting for one side",
		about: "Saying it again changes it. The meeting counts as held or not by what all its sides say, unless an organiser has said it."}, a.saveOutcome)
}

func (a *API) listOutcomes(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[MeetingOutcomes], error) {
	rep, err := a.cfg.Desk.OutcomeReport(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, rep.Rows, "", meetingOutcomes), nil
}

// SaveOutcome names a side of a meeting, and what it says.
type SaveOutcome struct {
	Meeting string `path:"meeting" maxLength:"64"`
	Entrant string `path:"entrant" maxLength:"64"`
	Body    OutcomeFields
}

func (a *API) saveOutcome(ctx context.Context, by scheduling.Actor, in *SaveOutcome) (*One[Outcome], error) {
	b := in.Body
	out, err := a.cfg.Desk.SaveOutcome(ctx, by, in.Meeting, in.Entrant, scheduling.Outcome{Met: b.Met, Absent: b.Absent, Step: scheduling.Ladder(b.Step),
		Rating: b.Rating, Note: b.Note, Next: b.Next, Owner: b.Owner, Due: b.Due, Done: b.Done})
	if err != nil {
		return nil, err
	}
	return one(out.Rev, outcome(out)), nil
}
