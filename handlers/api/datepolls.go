package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// DatePollFields are what can be written about a date poll.
type DatePollFields struct {
	Title    Text        `json:"title"`
	About    Text        `json:"about" required:"false"`
	Place    string      `json:"place" required:"false" maxLength:"200"`
	Link     string      `json:"link" required:"false" maxLength:"2000"`
	Zone     string      `json:"zone" maxLength:"64" example:"Europe/Helsinki"`
	Minutes  int         `json:"minutes" minimum:"5" maximum:"1440"`
	Times    []time.Time `json:"times" minItems:"1" maxItems:"12" doc:"Starts that the meeting can take"`
	AnswerBy time.Time   `json:"answer_by" doc:"Members who have not answered are reminded at half of the time and a day before"`
}

// A DatePoll asks the members of a group which times suit.
type DatePoll struct {
	ID       string     `json:"id"`
	Revision int64      `json:"revision"`
	GroupID  string     `json:"group_id"`
	State    string     `json:"state" enum:"open,closed,cancelled"`
	Title    Text       `json:"title"`
	Place    string     `json:"place"`
	Zone     string     `json:"zone"`
	Minutes  int        `json:"minutes"`
	AnswerBy time.Time  `json:"answer_by"`
	Times    []PollTime `json:"times" doc:"The best first"`
	Silent   int        `json:"silent" doc:"Members who have not answered"`
	RecordID string     `json:"record_id,omitempty" doc:"Of the meeting, once a time is chosen"`
}

// A PollTime counts what was said about a time.
type PollTime struct {
	ID       string    `json:"id"`
	Starts   time.Time `json:"starts"`
	Yes      int       `json:"yes"`
	IfNeeded int       `json:"if_needed"`
	No       int       `json:"no"`
}

func datePoll(p *scheduling.PollPage) DatePoll {
	v := p.Poll
	return DatePoll{v.ID, v.Rev, v.GroupID, string(v.State), textOf(v.Title), v.Place, v.Zone, v.Minutes, v.AnswerBy.UTC(),
		mapped(p.Counts, func(n scheduling.PollCount) PollTime {
			return PollTime{n.Time.ID, n.Time.Starts.UTC(), n.Yes, n.IfNeeded, n.No}
		}), p.Silent, v.RecordID}
}

func (a *API) pollRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	o := do(http.MethodPost, "/groups/{id}/polls", "create-poll", "Ask a group's members which times suit")
	o.status = http.StatusCreated
	add(a, o, a.createPoll)
	add(a, do(http.MethodGet, "/polls/{id}", "get-poll", "Show a date poll with its answers"), a.getPoll)
	add(a, do(http.MethodPost, "/polls/{id}/answers", "answer-poll", "Answer a date poll for a member"), a.answerPoll)
	o = do(http.MethodPost, "/polls/{id}/close", "close-poll", "Choose the time of a meeting")
	o.about = "The answer is the record of the meeting, which stands in the members' calendars."
	add(a, o, a.closePoll)
	add(a, do(http.MethodPost, "/polls/{id}/cancel", "cancel-poll", "End a date poll without a meeting"), a.cancelPoll)
}

func (a *API) getPoll(ctx context.Context, by scheduling.Actor, in *ByID) (*One[DatePoll], error) {
	p, err := a.cfg.Desk.Poll(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Poll.Rev, datePoll(p)), nil
}

// CreateDatePoll is a new poll of a group.
type CreateDatePoll struct {
	ByID
	Body DatePollFields
}

func (a *API) createPoll(ctx context.Context, by scheduling.Actor, in *CreateDatePoll) (*One[DatePoll], error) {
	w, b := wrong{}, in.Body
	poll := scheduling.PollInput{ID: callerIn(ctx).made(), GroupID: in.ID, Title: w.text("title", b.Title), About: w.text("about", b.About), Place: b.Place, Link: b.Link,
		Zone: b.Zone, Minutes: b.Minutes, AnswerBy: w.instant("answer_by", b.AnswerBy)}
	for _, at := range b.Times {
		poll.Starts = append(poll.Starts, w.instant("times", at))
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	v, err := a.cfg.Desk.SavePoll(ctx, by, poll)
	if err != nil {
		return nil, err
	}
	p, err := a.cfg.Desk.Poll(ctx, by, v.ID)
	if err != nil {
		return nil, err
	}
	return made(a, v.Rev, "/polls/"+v.ID, datePoll(p)), nil
}

// AnswerDatePoll is what a member says.
type AnswerDatePoll struct {
	ByID
	Body struct {
		PersonID string            `json:"person_id" maxLength:"64"`
		Answers  map[string]string `json:"answers" doc:"By the id of a time: yes, if_needed or no"`
	}
}

func (a *API) answerPoll(ctx context.Context, by scheduling.Actor, in *AnswerDatePoll) (*One[DatePoll], error) {
	said := map[string]scheduling.GroupAnswer{}
	for id, answer := range in.Body.Answers {
		said[id] = scheduling.GroupAnswer(answer)
	}
	if _, err := a.cfg.Desk.AnswerPoll(ctx, by, in.ID, in.Body.PersonID, said); err != nil {
		return nil, err
	}
	return a.getPoll(ctx, by, &in.ByID)
}

// CloseDatePoll names the time.
type CloseDatePoll struct {
	ByID
	Body struct {
		TimeID string `json:"time_id" maxLength:"64"`
	}
}

func (a *API) closePoll(ctx context.Context, by scheduling.Actor, in *CloseDatePoll) (*One[MeetingRecord], error) {
	return changedRecord(a.cfg.Desk.ClosePoll(ctx, by, in.ID, in.Body.TimeID))
}

// CancelDatePoll says why.
type CancelDatePoll struct {
	ByID
	Body *Reason
}

func (a *API) cancelPoll(ctx context.Context, by scheduling.Actor, in *CancelDatePoll) (*One[DatePoll], error) {
	if err := a.cfg.Desk.CancelPoll(ctx, by, in.ID, or(in.Body, Reason{}).Reason); err != nil {
		return nil, err
	}
	return a.getPoll(ctx, by, &in.ByID)
}
