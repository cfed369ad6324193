package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A MeetingRecord is what is written of one meeting of a group.
type MeetingRecord struct {
	ID         string       `json:"id" doc:"Of a series' meeting: the id of the series, a hyphen and its day"`
	Revision   int64        `json:"revision" doc:"0 while nothing is written"`
	GroupID    string       `json:"group_id"`
	SeriesID   string       `json:"series_id,omitempty"`
	PollID     string       `json:"poll_id,omitempty"`
	State      string       `json:"state" enum:"planned,held,approved"`
	Title      Text         `json:"title"`
	Starts     time.Time    `json:"starts"`
	Ends       time.Time    `json:"ends"`
	Zone       string       `json:"zone"`
	Place      string       `json:"place"`
	Agenda     []AgendaLine `json:"agenda"`
	Attendance []Attendance `json:"attendance"`
	Minutes    string       `json:"minutes" doc:"Markdown"`
	Decisions  []string     `json:"decisions"`
	ApprovedAt *time.Time   `json:"approved_at,omitempty"`
	Cancelled  *time.Time   `json:"cancelled_at,omitempty"`
	Reason     string       `json:"reason,omitempty"`
	UID        string       `json:"uid,omitempty" doc:"Of the calendar entry of a polled meeting"`
	Sequence   int          `json:"sequence"`
}

// An AgendaLine is one item of an agenda.
type AgendaLine struct {
	ID      string `json:"id" required:"false" maxLength:"64"`
	Title   string `json:"title" minLength:"1" maxLength:"200"`
	Minutes int    `json:"minutes" required:"false" minimum:"0" maximum:"1440"`
	Who     string `json:"who" required:"false" maxLength:"200"`
}

// Attendance is how somebody takes part in a meeting.
type Attendance struct {
	PersonID  string `json:"person_id" required:"false" maxLength:"64" doc:"A member; none for a guest"`
	Name      string `json:"name" required:"false" maxLength:"200" doc:"Of a guest"`
	CompanyID string `json:"company_id,omitempty" readOnly:"true"`
	State     string `json:"state" enum:"present,remote,excused,absent"`
}

func meetingRecord(r *scheduling.MeetingRecord) MeetingRecord {
	out := MeetingRecord{ID: r.ID, Revision: r.Rev, GroupID: r.GroupID, SeriesID: r.SeriesID, PollID: r.PollID, State: string(r.State), Title: textOf(r.Title),
		Starts: r.Starts.UTC(), Ends: r.Ends.UTC(), Zone: r.Zone, Place: r.Place, Minutes: r.Minutes, ApprovedAt: timeOf(r.ApprovedAt), Cancelled: timeOf(r.CancelledAt),
		Reason: r.Reason, UID: r.UID, Sequence: r.Sequence,
		Agenda:     mapped(r.Agenda, func(l scheduling.AgendaLine) AgendaLine { return AgendaLine(l) }),
		Attendance: mapped(r.Present, func(p scheduling.Presence) Attendance { return Attendance(p) }),
		Decisions:  mapped(r.Decisions, func(x scheduling.Resolution) string { return x.Text }),
	}
	return out
}

func (a *API) recordRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/records", "list-records", "List a group's meetings with what is written of them"), a.listRecords)
	add(a, do(http.MethodGet, "/records/{id}", "get-record", "Show what is written of a meeting"), a.getRecord)
	o := do(http.MethodPost, "/records/{id}/agenda", "write-agenda", "Write the agenda of a meeting")
	o.about = "The lines take the place of those that were there."
	add(a, o, a.writeAgenda)
	o = do(http.MethodPost, "/records/{id}/attendance", "take-attendance", "Note who takes part in a meeting")
	o.about = "Whoever is not named stays as they were noted."
	add(a, o, a.takeAttendance)
	add(a, do(http.MethodPost, "/records/{id}/minutes", "write-minutes", "Write the minutes and decisions of a meeting"), a.writeMinutes)
	o = do(http.MethodPost, "/records/{id}/state", "set-record-state", "Note that a meeting was held, or approve its minutes")
	o.about = "Approved minutes never change."
	add(a, o, a.setRecord)
	o = do(http.MethodPost, "/records/{id}/mail", "mail-record", "Mail agenda or minutes to the members")
	o.about = "The same goes to nobody twice."
	add(a, o, a.mailRecord)
	o = do(http.MethodPost, "/records/{id}/move", "move-polled-meeting", "Give a polled meeting another time or place")
	o.matches, o.about = true, "The members are told of a change once, and their calendars follow."
	add(a, o, a.moveRecord)
	add(a, do(http.MethodPost, "/records/{id}/cancel", "cancel-polled-meeting", "Call a polled meeting off"), a.cancelRecord)
	a.pollRoutes()
	a.actionRoutes()
}

func (a *API) listRecords(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[MeetingRecord], error) {
	p, err := a.cfg.Desk.GroupRecords(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, append(p.Ahead, p.Past...), "", meetingRecord), nil
}

func changedRecord(r *scheduling.MeetingRecord, err error) (*One[MeetingRecord], error) {
	if err != nil {
		return nil, err
	}
	return one(r.Rev, meetingRecord(r)), nil
}

func (a *API) getRecord(ctx context.Context, by scheduling.Actor, in *ByID) (*One[MeetingRecord], error) {
	p, err := a.cfg.Desk.MeetingRecord(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return changedRecord(p.Record, nil)
}

// WriteAgenda is the agenda of a meeting.
type WriteAgenda struct {
	ByID
	Body struct {
		Lines []AgendaLine `json:"lines" maxItems:"60"`
	}
}

func (a *API) writeAgenda(ctx context.Context, by scheduling.Actor, in *WriteAgenda) (*One[MeetingRecord], error) {
	lines := mapped(in.Body.Lines, func(l AgendaLine) scheduling.AgendaLine { return scheduling.AgendaLine(l) })
	return changedRecord(a.cfg.Desk.SaveAgenda(ctx, by, in.ID, "", lines))
}

// TakeAttendance is who takes part in a meeting.
type TakeAttendance struct {
	ByID
	Body struct {
		People []Attendance `json:"people" minItems:"1" maxItems:"300"`
	}
}

func (a *API) takeAttendance(ctx context.Context, by scheduling.Actor, in *TakeAttendance) (*One[MeetingRecord], error) {
	people := mapped(in.Body.People, func(p Attendance) scheduling.Presence { return scheduling.Presence(p) })
	return changedRecord(a.cfg.Desk.MarkPresence(ctx, by, in.ID, people...))
}

// WriteMinutes is what a meeting said and decided.
type WriteMinutes struct {
	ByID
	Body struct {
		Minutes   string   `json:"minutes" maxLength:"50000" doc:"Markdown"`
		Decisions []string `json:"decisions" required:"false" maxItems:"60"`
	}
}

func (a *API) writeMinutes(ctx context.Context, by scheduling.Actor, in *WriteMinutes) (*One[MeetingRecord], error) {
	decisions := mapped(in.Body.Decisions, func(s string) scheduling.Resolution { return scheduling.Resolution{Text: s} })
	return changedRecord(a.cfg.Desk.SaveMinutes(ctx, by, in.ID, "", in.Body.Minutes, decisions))
}

// SetRecord is the state of a record.
type SetRecord struct {
	ByID
	Body struct {
		State string `json:"state" enum:"planned,held,approved"`
	}
}

func (a *API) setRecord(ctx context.Context, by scheduling.Actor, in *SetRecord) (*One[MeetingRecord], error) {
	set := map[string]func(context.Context, scheduling.Actor, string) (*scheduling.MeetingRecord, error){
		"planned": a.cfg.Desk.UnholdRecord, "held": a.cfg.Desk.HoldRecord, "approved": a.cfg.Desk.ApproveRecord,
	}[in.Body.State]
	return changedRecord(set(ctx, by, in.ID))
}

// MailRecord says what is mailed.
type MailRecord struct {
	ByID
	Body struct {
		What string `json:"what" enum:"agenda,minutes"`
	}
}

func (a *API) mailRecord(ctx context.Context, by scheduling.Actor, in *MailRecord) (*One[MeetingRecord], error) {
	if in.Body.What == "agenda" {
		return changedRecord(a.cfg.Desk.MailAgenda(ctx, by, in.ID))
	}
	if err := a.cfg.Desk.MailMinutes(ctx, by, in.ID); err != nil {
		return nil, err
	}
	return a.getRecord(ctx, by, &in.ByID)
}

// MovePolledMeeting is when and where a polled meeting is.
type MovePolledMeeting struct {
	ByID
	Match
	Body struct {
		Title   Text      `json:"title"`
		Starts  time.Time `json:"starts"`
		Minutes int       `json:"minutes" minimum:"5" maximum:"1440"`
		Zone    string    `json:"zone" maxLength:"64"`
		Place   string    `json:"place" required:"false" maxLength:"200"`
		Link    string    `json:"link" required:"false" maxLength:"2000"`
	}
}

func (a *API) moveRecord(ctx context.Context, by scheduling.Actor, in *MovePolledMeeting) (*One[MeetingRecord], error) {
	p, err := a.cfg.Desk.MeetingRecord(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Record.Rev); err != nil {
		return nil, err
	}
	w, b := wrong{}, in.Body
	to := scheduling.RecordInput{Rev: p.Record.Rev, Title: w.text("title", b.Title), Place: b.Place, Link: b.Link, Zone: b.Zone, Starts: w.instant("starts", b.Starts), Minutes: b.Minutes}
	if err := w.problem(); err != nil {
		return nil, err
	}
	return changedRecord(a.cfg.Desk.MoveRecord(ctx, by, in.ID, to))
}

// CancelPolledMeeting says why.
type CancelPolledMeeting struct {
	ByID
	Body *Reason
}

func (a *API) cancelRecord(ctx context.Context, by scheduling.Actor, in *CancelPolledMeeting) (*One[MeetingRecord], error) {
	return changedRecord(a.cfg.Desk.CancelRecord(ctx, by, in.ID, or(in.Body, Reason{}).Reason))
}
