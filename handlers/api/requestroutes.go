package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A MeetingRequest is one entrant's wish to meet another.
type MeetingRequest struct {
	ID        string     `json:"id"`
	Revision  int64      `json:"revision"`
	RoundID   string     `json:"round_id"`
	From      string     `json:"from" doc:"Id of the entrant that asked"`
	To        string     `json:"to" doc:"Id of the entrant that was asked"`
	State     string     `json:"state" enum:"sent,accepted,countered,declined,withdrawn,expired"`
	Wish      string     `json:"wish" enum:"must,want,maybe"`
	Answer    string     `json:"answer,omitempty" enum:"must,want,maybe,no"`
	Message   string     `json:"message,omitempty"`
	Reply     string     `json:"reply,omitempty"`
	Session   string     `json:"session,omitempty"`
	Slot      string     `json:"slot,omitempty" doc:"That is proposed"`
	HoldUntil *time.Time `json:"hold_until,omitempty" doc:"Until when that slot is shown as held; it blocks nothing"`
	Turn      string     `json:"turn,omitempty" doc:"Id of the entrant that has to answer"`
	Deadline  *time.Time `json:"deadline,omitempty"`
	SentAt    time.Time  `json:"sent_at"`
	MeetingID string     `json:"meeting_id,omitempty"`
}

func meetingRequest(q *scheduling.Request) MeetingRequest {
	return MeetingRequest{
		ID: q.ID, Revision: q.Rev, RoundID: q.RoundID, From: q.From, To: q.To, State: string(q.State), Wish: string(q.Wish), Answer: string(q.Answer),
		Message: q.Message, Reply: q.Reply, Session: q.Session, Slot: q.Slot, HoldUntil: timeOf(q.HoldUntil), Turn: q.Turn, Deadline: timeOf(q.Deadline),
		SentAt: q.SentAt.UTC(), MeetingID: q.MeetingID,
	}
}

// requestRoutes are what entrants ask each other. Whoever may act for an
// entrant, its round's organisers among them, uses its address.
func (a *API) requestRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: "/entrants/{id}" + path, id: id, summary: summary, subject: "rounds"}
	}
	add(a, do(http.MethodGet, "/requests", "list-requests", "List what an entrant asked for and was asked for"), a.listRequests)
	o := do(http.MethodPost, "/requests", "send-request", "Ask another entrant for a meeting")
	o.about = "Asking again changes what was asked for, as long as nobody answered; asking who asked first is accepting. The limits of the round hold exactly."
	add(a, o, a.sendRequest)
	o = do(http.MethodPost, "/requests/{request}/answer", "answer-request", "Accept or decline a request")
	o.about = "Where companies book themselves, accepting gives the meeting: at the slot named, else the one proposed, else the first that suits. A slot that has gone is refused with the next ones, and nothing changes."
	add(a, o, a.answerRequest)
	add(a, do(http.MethodPost, "/requests/{request}/counter", "counter-request", "Say yes, but at another time"), a.counterRequest)
	add(a, do(http.MethodPost, "/requests/{request}/withdraw", "withdraw-request", "Take a request back"), a.withdrawRequest)
	add(a, do(http.MethodGet, "/common-times", "list-common-times", "List when two entrants could meet"), a.commonTimes)
}

func (a *API) listRequests(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[MeetingRequest], error) {
	p, err := a.cfg.Desk.Requests(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.All(), "", meetingRequest), nil
}

// SendRequest asks for a meeting.
type SendRequest struct {
	ByID
	Body struct {
		To      string `json:"to" maxLength:"64" doc:"Id of the entrant that is asked"`
		Wish    string `json:"wish" enum:"must,want,maybe"`
		Message string `json:"message,omitempty" maxLength:"2000"`
		Session string `json:"session,omitempty" maxLength:"200" doc:"Name of a window that suits"`
		Slot    string `json:"slot,omitempty" maxLength:"64" doc:"Id of a slot to propose, at which both are free"`
	}
}

func (a *API) sendRequest(ctx context.Context, by scheduling.Actor, in *SendRequest) (*One[MeetingRequest], error) {
	b := in.Body
	return changedRequest(a.cfg.Desk.SendRequest(ctx, by, in.ID, scheduling.Ask{
		To: b.To, Wish: scheduling.Wish(b.Wish), Message: b.Message, Session: b.Session, Slot: b.Slot}))
}

func changedRequest(q *scheduling.Request, err error) (*One[MeetingRequest], error) {
	if err != nil {
		return nil, err
	}
	return one(q.Rev, meetingRequest(q)), nil
}

// ByRequest names a request of an entrant.
type ByRequest struct {
	ByID
	Request string `path:"request" maxLength:"64" doc:"Id of a request"`
}

// AnswerRequest is an answer, or a counter-proposal.
type AnswerRequest struct {
	ByRequest
	Body struct {
		Wish string `json:"wish" enum:"must,want,maybe,no"`
		Text string `json:"text,omitempty" maxLength:"2000"`
		Slot string `json:"slot,omitempty" maxLength:"64" doc:"Id of a slot"`
	}
}

func (in *AnswerRequest) reply() scheduling.Reply {
	return scheduling.Reply{Wish: scheduling.Wish(in.Body.Wish), Text: in.Body.Text, Slot: in.Body.Slot}
}

func (a *API) answerRequest(ctx context.Context, by scheduling.Actor, in *AnswerRequest) (*One[MeetingRequest], error) {
	return changedRequest(a.cfg.Desk.AnswerRequest(ctx, by, in.ID, in.Request, in.reply()))
}

func (a *API) counterRequest(ctx context.Context, by scheduling.Actor, in *AnswerRequest) (*One[MeetingRequest], error) {
	return changedRequest(a.cfg.Desk.CounterRequest(ctx, by, in.ID, in.Request, in.reply()))
}

func (a *API) withdrawRequest(ctx context.Context, by scheduling.Actor, in *ByRequest) (*One[MeetingRequest], error) {
	return changedRequest(a.cfg.Desk.WithdrawRequest(ctx, by, in.ID, in.Request))
}

// CommonTimes names whom one wants to meet.
type CommonTimes struct {
	ByID
	With string `query:"with" required:"true" maxLength:"64" doc:"Id of the other entrant"`
}

// A CommonTime is when and where two entrants could meet as things are.
type CommonTime struct {
	Slot   string    `json:"slot"`
	Starts time.Time `json:"starts"`
	Ends   time.Time `json:"ends"`
	Table  string    `json:"table"`
}

func (a *API) commonTimes(ctx context.Context, by scheduling.Actor, in *CommonTimes) (*Listed[CommonTime], error) {
	_, times, err := a.cfg.Desk.CommonTimes(ctx, by, in.ID, in.With)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, times, "", func(v scheduling.Vacancy) CommonTime {
		return CommonTime{v.Slot.ID, v.Slot.Starts.UTC(), v.Slot.Ends.UTC(), v.Table.ID}
	}), nil
}
