package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// QuorumMeetingFields are what can be written about a meeting with a quorum.
type QuorumMeetingFields struct {
	Title    Text           `json:"title"`
	About    Text           `json:"about" required:"false"`
	Place    string         `json:"place" required:"false" maxLength:"200"`
	Link     string         `json:"link" required:"false" maxLength:"2000"`
	Zone     string         `json:"zone" maxLength:"64" example:"Europe/Helsinki"`
	Minutes  int            `json:"minutes" minimum:"5" maximum:"1440"`
	Need     int            `json:"need" required:"false" minimum:"0" maximum:"60" doc:"Companies of the group that have to come"`
	Times    []time.Time    `json:"times" maxItems:"12" doc:"Starts that it can take"`
	AnswerBy *time.Time     `json:"answer_by" required:"false" doc:"It is not confirmed before, unless all have answered"`
	Members  []string       `json:"members" required:"false" maxItems:"60" doc:"Ids of memberships that are asked; all that are in if empty"`
	Required []string       `json:"required" required:"false" maxItems:"60" doc:"Ids of those without which it makes no sense"`
	Outside  []OutsideParty `json:"outside" required:"false" maxItems:"10" doc:"Visiting or target parties"`
}

// An OutsideParty is somebody who visits a group, or whom it visits.
type OutsideParty struct {
	Name     string  `json:"name" minLength:"1" maxLength:"200"`
	Required bool    `json:"required" required:"false"`
	People   []Asked `json:"people" minItems:"1" maxItems:"10"`
}

// Asked is a person by name and address.
type Asked struct {
	Name  string `json:"name" minLength:"1" maxLength:"200"`
	Email string `json:"email" maxLength:"254"`
}

// A QuorumMeeting is a meeting of a B2B group whose state follows from answers.
type QuorumMeeting struct {
	ID       string     `json:"id"`
	Revision int64      `json:"revision"`
	GroupID  string     `json:"group_id"`
	State    string     `json:"state" enum:"tentative,confirmed,at_risk,held,cancelled"`
	Title    Text       `json:"title"`
	Place    string     `json:"place"`
	Zone     string     `json:"zone"`
	Minutes  int        `json:"minutes"`
	Need     int        `json:"need"`
	Starts   *time.Time `json:"starts,omitempty" doc:"Once it is fixed"`
	Ends     *time.Time `json:"ends,omitempty"`
	Times    []TimeTold `json:"times" doc:"Those it can take, the best first"`
	UID      string     `json:"uid"`
	Sequence int        `json:"sequence"`
}

// TimeTold counts what was said about a time.
type TimeTold struct {
	ID         string    `json:"id"`
	Starts     time.Time `json:"starts"`
	Required   int       `json:"required"`
	RequiredIn int       `json:"required_in"`
	Companies  int       `json:"companies"`
	In         int       `json:"in"`
	IfNeeded   int       `json:"if_needed"`
	Meets      bool      `json:"meets" doc:"It has its quorum"`
}

func quorumMeeting(g *scheduling.Gathering) QuorumMeeting {
	return QuorumMeeting{g.ID, g.Rev, g.GroupID, string(g.State), textOf(g.Title), g.Place, g.Zone, g.Minutes, g.Need, timeOf(g.Starts), timeOf(g.Ends),
		mapped(g.Counts(), func(n scheduling.TimeCount) TimeTold {
			return TimeTold{n.Time.ID, n.Time.Starts.UTC(), n.Required, n.RequiredIn, n.Companies, n.In, n.IfNeeded, n.Meets}
		}), g.UID, g.Sequence}
}

func (a *API) gatheringRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/meetings", "list-quorum-meetings", "List a B2B group's meetings with a quorum"), a.listGatherings)
	o := do(http.MethodPost, "/groups/{id}/meetings", "create-quorum-meeting", "Propose a meeting with a quorum")
	o.status, o.about = http.StatusCreated, "Everybody is asked which times suit; the meeting is confirmed when one has its quorum."
	add(a, o, a.createGathering)
	add(a, do(http.MethodGet, "/group-meetings/{id}", "get-quorum-meeting", "Show a meeting with a quorum"), a.getGathering)
	add(a, do(http.MethodPost, "/group-meetings/{id}/answers", "answer-quorum-meeting", "Answer for somebody"), a.answerGathering)
	add(a, do(http.MethodPost, "/group-meetings/{id}/confirm", "confirm-quorum-meeting", "Let a meeting take place below its quorum"), a.confirmGathering)
	add(a, do(http.MethodPost, "/group-meetings/{id}/move", "move-quorum-meeting", "Give a meeting another time"), a.moveGathering)
	add(a, do(http.MethodPost, "/group-meetings/{id}/cancel", "cancel-quorum-meeting", "Call a meeting off"), a.cancelGathering)
}

func (a *API) listGatherings(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[QuorumMeeting], error) {
	p, err := a.cfg.Desk.Gatherings(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Gatherings, "", quorumMeeting), nil
}

func (a *API) getGathering(ctx context.Context, by scheduling.Actor, in *ByID) (*One[QuorumMeeting], error) {
	p, err := a.cfg.Desk.Gathering(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Gathering.Rev, quorumMeeting(p.Gathering)), nil
}

// CreateQuorumMeeting is a new meeting of a group.
type CreateQuorumMeeting struct {
	ByID
	Body QuorumMeetingFields
}

func (a *API) createGathering(ctx context.Context, by scheduling.Actor, in *CreateQuorumMeeting) (*One[QuorumMeeting], error) {
	w, b := wrong{}, in.Body
	g := scheduling.GatheringInput{ID: callerIn(ctx).made(), GroupID: in.ID, Title: w.text("title", b.Title), About: w.text("about", b.About), Place: b.Place, Link: b.Link,
		Zone: b.Zone, Minutes: b.Minutes, Need: b.Need, Members: b.Members, Required: b.Required, AnswerBy: w.instant("answer_by", or(b.AnswerBy, time.Time{}))}
	for _, at := range b.Times {
		g.Starts = append(g.Starts, w.instant("times", at))
	}
	for _, o := range b.Outside {
		party := scheduling.OutsideParty{Name: o.Name, Required: o.Required}
		for _, p := range o.People {
			party.People = append(party.People, scheduling.Guest{Name: p.Name, Email: p.Email})
		}
		g.Outside = append(g.Outside, party)
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	out, err := a.cfg.Desk.SaveGathering(ctx, by, g)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/group-meetings/"+out.ID, quorumMeeting(out)), nil
}

// AnswerQuorumMeeting is what somebody says.
type AnswerQuorumMeeting struct {
	ByID
	Body struct {
		PersonID string            `json:"person_id" maxLength:"64"`
		Answers  map[string]string `json:"answers" doc:"By the id of a time: yes, if_needed or no"`
	}
}

func (a *API) answerGathering(ctx context.Context, by scheduling.Actor, in *AnswerQuorumMeeting) (*One[QuorumMeeting], error) {
	said := scheduling.GatheringAnswer{Answers: map[string]scheduling.GroupAnswer{}}
	for id, answer := range in.Body.Answers {
		said.Answers[id] = scheduling.GroupAnswer(answer)
	}
	return changedGathering(a.cfg.Desk.AnswerGathering(ctx, by, in.ID, in.Body.PersonID, said))
}

// ConfirmQuorumMeeting names the time, where there is none yet.
type ConfirmQuorumMeeting struct {
	ByID
	Body struct {
		TimeID string `json:"time_id" required:"false" maxLength:"64"`
	}
}

func (a *API) confirmGathering(ctx context.Context, by scheduling.Actor, in *ConfirmQuorumMeeting) (*One[QuorumMeeting], error) {
	return changedGathering(a.cfg.Desk.ConfirmGathering(ctx, by, in.ID, in.Body.TimeID))
}

// MoveQuorumMeeting is another time.
type MoveQuorumMeeting struct {
	ByID
	Body struct {
		Starts time.Time `json:"starts"`
	}
}

func (a *API) moveGathering(ctx context.Context, by scheduling.Actor, in *MoveQuorumMeeting) (*One[QuorumMeeting], error) {
	w := wrong{}
	starts := w.instant("starts", in.Body.Starts)
	if err := w.problem(); err != nil {
		return nil, err
	}
	return changedGathering(a.cfg.Desk.MoveGathering(ctx, by, in.ID, starts))
}

// CancelQuorumMeeting says why.
type CancelQuorumMeeting struct {
	ByID
	Body *Reason
}

func (a *API) cancelGathering(ctx context.Context, by scheduling.Actor, in *CancelQuorumMeeting) (*One[QuorumMeeting], error) {
	return changedGathering(a.cfg.Desk.CancelGathering(ctx, by, in.ID, or(in.Body, Reason{}).Reason))
}

func changedGathering(g *scheduling.Gathering, err error) (*One[QuorumMeeting], error) {
	if err != nil {
		return nil, err
	}
	return one(g.Rev, quorumMeeting(g)), nil
}
