package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A Meeting is one meeting of a round.
type Meeting struct {
	ID        string         `json:"id"`
	RoundID   string         `json:"round_id"`
	State     string         `json:"state" enum:"published,held,not_held,cancelled"`
	RequestID string         `json:"request_id,omitempty" doc:"That it came of"`
	Slot      string         `json:"slot"`
	Starts    time.Time      `json:"starts"`
	Ends      time.Time      `json:"ends"`
	Table     string         `json:"table"`
	Where     string         `json:"where" doc:"Table and venue in words"`
	Link      string         `json:"link,omitempty" doc:"Of a video table"`
	Parties   []MeetingParty `json:"parties"`
	Late      []string       `json:"late,omitempty" doc:"Ids of the entrants who said that they come late"`
	UID       string         `json:"uid" doc:"Of its calendar entry; never changes"`
	Sequence  int            `json:"sequence"`
	Reason    string         `json:"reason,omitempty" doc:"Why it was cancelled"`
}

// A MeetingParty is one entrant's side of a meeting.
type MeetingParty struct {
	EntrantID string   `json:"entrant_id"`
	Name      string   `json:"name"`
	PersonIDs []string `json:"person_ids" doc:"Who comes"`
}

func meeting(m *scheduling.Meeting) Meeting {
	return Meeting{
		ID: m.ID, RoundID: m.RoundID, State: string(m.State), RequestID: m.RequestID, Slot: m.Slot, Starts: m.Starts.UTC(), Ends: m.Ends.UTC(),
		Table: m.Table, Where: m.Shown.Where, Link: m.Shown.Link, Late: m.Late, UID: m.UID, Sequence: m.Sequence, Reason: m.Reason,
		Parties: mapped(m.Parties, func(p scheduling.Party) MeetingParty { return MeetingParty{p.EntrantID, p.Name, p.PersonIDs} }),
	}
}

// meetingRoutes are the meetings of a round, and what is done to one of them
// for one of its entrants.
func (a *API) meetingRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "rounds"}
	}
	add(a, do(http.MethodGet, "/rounds/{id}/meetings", "list-round-meetings", "List the meetings of a round that were not cancelled, by their start"), a.listMeetings)
	const one = "/entrants/{id}/meetings/{meeting}"
	add(a, do(http.MethodGet, "/entrants/{id}/meetings", "list-entrant-meetings", "List the meetings of an entrant, by their start"), a.listEntrantMeetings)
	add(a, do(http.MethodGet, one, "get-entrant-meeting", "Show a meeting of an entrant"), a.getMeeting)
	o := do(http.MethodPost, one+"/move", "ask-to-move-meeting", "Ask the other side for another time")
	o.about = "The meeting stays where it is until the other side says yes. A time that is taken is refused with those that are not."
	add(a, o, a.askToMove)
	add(a, do(http.MethodPost, one+"/move-answer", "answer-move", "Say yes or no to the time that the other side asks for"), a.answerMove)
	add(a, do(http.MethodPost, one+"/cancel", "cancel-entrant-meeting", "Cancel a meeting; everybody who comes is told why"), a.cancelOwnMeeting)
	add(a, do(http.MethodPost, one+"/hand-over", "hand-over-meeting", "Send a colleague to a meeting"), a.handOverMeeting)
}

func (a *API) listMeetings(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Meeting], error) {
	list, err := a.cfg.Desk.Meetings(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, list, "", meeting), nil
}

func (a *API) listEntrantMeetings(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Meeting], error) {
	p, err := a.cfg.Desk.Agenda(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Meetings(), "", meeting), nil
}

// ByMeeting names a meeting of an entrant.
type ByMeeting struct {
	ByID
	Meeting string `path:"meeting" maxLength:"64" doc:"Id of a meeting"`
}

func (a *API) getMeeting(ctx context.Context, by scheduling.Actor, in *ByMeeting) (*One[Meeting], error) {
	p, err := a.cfg.Desk.MeetingPage(ctx, by, in.ID, in.Meeting)
	if err != nil {
		return nil, err
	}
	return one(p.Meeting.Rev, meeting(p.Meeting)), nil
}

func changedMeeting(m *scheduling.Meeting, err error) (*One[Meeting], error) {
	if err != nil {
		return nil, err
	}
	return one(m.Rev, meeting(m)), nil
}

// AskToMove asks for another time.
type AskToMove struct {
	ByMeeting
	Body struct {
		Slot    string `json:"slot" maxLength:"64" doc:"Id of a slot of the round"`
		Message string `json:"message,omitempty" maxLength:"2000"`
	}
}

func (a *API) askToMove(ctx context.Context, by scheduling.Actor, in *AskToMove) (*One[Meeting], error) {
	return changedMeeting(a.cfg.Desk.AskToMove(ctx, by, in.ID, in.Meeting, in.Body.Slot, in.Body.Message))
}

// AnswerMove is the answer to AskToMove.
type AnswerMove struct {
	ByMeeting
	Body struct {
		Yes bool `json:"yes"`
	}
}

func (a *API) answerMove(ctx context.Context, by scheduling.Actor, in *AnswerMove) (*One[Meeting], error) {
	return changedMeeting(a.cfg.Desk.AnswerMove(ctx, by, in.ID, in.Meeting, in.Body.Yes))
}

// CancelOwnMeeting says why.
type CancelOwnMeeting struct {
	ByMeeting
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"2000"`
	}
}

func (a *API) cancelOwnMeeting(ctx context.Context, by scheduling.Actor, in *CancelOwnMeeting) (*One[Meeting], error) {
	return changedMeeting(a.cfg.Desk.CancelOwnMeeting(ctx, by, in.ID, in.Meeting, in.Body.Reason))
}

// HandOverMeeting names the colleague.
type HandOverMeeting struct {
	ByMeeting
	Body struct {
		From string `json:"from,omitempty" maxLength:"64" doc:"Id of the person who does not come; left out: all of the entrant's"`
		To   string `json:"to" maxLength:"64" doc:"Id of one of the entrant's people"`
	}
}

func (a *API) handOverMeeting(ctx context.Context, by scheduling.Actor, in *HandOverMeeting) (*One[Meeting], error) {
	return changedMeeting(a.cfg.Desk.HandOverMeeting(ctx, by, in.ID, in.Meeting, in.Body.From, in.Body.To))
}
