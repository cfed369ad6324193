package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A Proposal is a draft schedule of a round of B2B meetings.
type Proposal struct {
	ID          string    `json:"id"`
	Revision    int64     `json:"revision"`
	RoundID     string    `json:"round_id"`
	Name        string    `json:"name"`
	State       string    `json:"state" enum:"queued,solving,ready,failed,publishing,published"`
	Progress    float64   `json:"progress" doc:"0 to 1"`
	Status      string    `json:"status,omitempty" enum:"optimal,feasible,infeasible,unknown" doc:"What the solver knows of it"`
	Weight      int       `json:"weight"`
	WeightBound int       `json:"weight_bound" doc:"No schedule has more; 0 if it is not known"`
	Gaps        int       `json:"gaps"`
	GapsBound   int       `json:"gaps_bound" doc:"None of the weight weight_bound has fewer"`
	Relaxed     bool      `json:"relaxed" doc:"Made without required meetings: musts only weigh very much"`
	Edited      bool      `json:"edited"`
	Conflict    []string  `json:"conflict" doc:"Why not everything can be had, in the language of the request"`
	Created     time.Time `json:"created"`
}

// A ProposalDetail is a proposal with its meetings.
type ProposalDetail struct {
	Proposal
	Meetings []scheduling.Placed `json:"meetings"`
	Left     []string            `json:"left" doc:"Ids of requests without a meeting"`
}

// ProposalFields are what a schedule is asked for.
type ProposalFields struct {
	Name       string `json:"name" required:"false" maxLength:"100"`
	Seconds    int    `json:"seconds" required:"false" minimum:"1" maximum:"300" default:"20" doc:"How much work may be done, in seconds of one core"`
	Seed       uint64 `json:"seed" required:"false" default:"1" doc:"The same one gives the same schedule"`
	Unanswered bool   `json:"unanswered" required:"false" doc:"Requests without an answer too"`
	Soft       bool   `json:"soft" required:"false" doc:"No meeting is required; musts only weigh very much"`
	Based      string `json:"based" required:"false" maxLength:"64" doc:"published, or the id of a proposal: as few meetings as can be move from it"`
}

// Propose asks for a schedule.
type Propose struct {
	ByID
	Body ProposalFields
}

// ByProposal names a proposal of a round.
type ByProposal struct {
	ByID
	Proposal string `path:"proposal" maxLength:"64"`
}

func (a *API) scheduleRoutes() {
	const list, one = "/rounds/{id}/proposals", "/rounds/{id}/proposals/{proposal}"
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "rounds"}
	}
	add(a, do(http.MethodGet, list, "list-proposals", "List the proposals of a round"), a.listProposals)
	o := do(http.MethodPost, list, "create-proposal", "Have a schedule made")
	o.status, o.about = http.StatusCreated, "It waits for its turn and is then made in the background: read it to see its progress."
	add(a, o, a.createProposal)
	add(a, do(http.MethodGet, one, "get-proposal", "Show a proposal with its meetings"), a.getProposal)
	o = do(http.MethodPost, one+"/stop", "stop-proposal", "Stop with the best schedule so far")
	add(a, o, a.stopProposal)
	o = do(http.MethodPost, one+"/publish", "publish-proposal", "Publish a proposal")
	o.about = "Everybody gets their agenda the first time; later only those are told whose meetings change. Doing it again changes nothing."
	add(a, o, a.publishProposal)
	add(a, do(http.MethodDelete, one, "delete-proposal", "Delete a proposal"), a.deleteProposal)

	add(a, do(http.MethodGet, "/rounds/{id}/schedule", "get-schedule", "Show the published schedule"), a.getSchedule)
	o = do(http.MethodPost, "/rounds/{id}/schedule/moves", "move-meeting-on-board", "Move a meeting by hand")
	o.about = "In a proposal, or without one in the published schedule, in which case those concerned are told. What would break a rule is refused."
	add(a, o, a.moveOnBoard)
	o = do(http.MethodGet, "/rounds/{id}/schedule/room", "get-room-for-meeting", "Show how a meeting without a place gets one")
	o.about = "At the best free spot, or, where nothing is free, with as few others moved as can be. Nothing is changed."
	add(a, o, a.getRoom)
	o = do(http.MethodPost, "/rounds/{id}/schedule/room", "place-in-room", "Have others make room for a meeting")
	o.about = "What was shown is done if it still is what it was. Of the published schedule those concerned are told, once. Doing it again changes nothing."
	add(a, o, a.placeInRoom)
	add(a, do(http.MethodGet, "/rounds/{id}/matrix", "get-matrix", "Show who wants to meet whom"), a.getMatrix)
	add(a, do(http.MethodGet, "/rounds/{id}/live", "get-live", "Show what goes on at the tables now"), a.getLive)
}

// proposal is p as the API shows it.
func (a *API) proposal(ctx context.Context, p *scheduling.Proposal) Proposal {
	l := callerIn(ctx).lang
	return Proposal{
		ID: p.ID, Revision: p.Rev, RoundID: p.RoundID, Name: p.Name, State: string(p.State), Progress: p.Progress, Status: string(p.Status),
		Weight: p.Weight, WeightBound: p.WeightBound, Gaps: p.Gaps, GapsBound: p.GapsBound, Relaxed: p.Relaxed, Edited: p.Edited, Created: p.Created.UTC(),
		Conflict: mapped(p.Conflict, func(s scheduling.Said) string { return l.Text(s.Key, s.Args()...) }),
	}
}

func (a *API) detail(ctx context.Context, p *scheduling.Proposal) *One[ProposalDetail] {
	same := func(x scheduling.Placed) scheduling.Placed { return x }
	return one(p.Rev, ProposalDetail{a.proposal(ctx, p), mapped(p.Placed, same), mapped(p.Left, func(s string) string { return s })})
}

func (a *API) listProposals(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Proposal], error) {
	p, err := a.cfg.Desk.Proposals(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Proposals, "", func(x *scheduling.Proposal) Proposal { return a.proposal(ctx, x) }), nil
}

func (a *API) createProposal(ctx context.Context, by scheduling.Actor, in *Propose) (*One[ProposalDetail], error) {
	b := in.Body
	p, err := a.cfg.Desk.Propose(ctx, by, in.ID, scheduling.ProposalInput{Name: b.Name, Budget: time.Duration(b.Seconds) * time.Second,
		Seed: b.Seed, Unanswered: b.Unanswered, Soft: b.Soft, Based: b.Based, Once: callerIn(ctx).made()})
	if err != nil {
		return nil, err
	}
	return made(a, p.Rev, "/rounds/"+p.RoundID+"/proposals/"+p.ID, a.detail(ctx, p).Body), nil
}

// proposalOf reads a proposal, which is of the round in the address.
func (a *API) proposalOf(ctx context.Context, by scheduling.Actor, in *ByProposal) (*scheduling.Proposal, error) {
	p, err := a.cfg.Desk.Proposal(ctx, by, in.Proposal)
	if err != nil {
		return nil, err
	}
	if p.Round.ID != in.ID {
		return nil, storage.ErrNotFound
	}
	return p.Proposal, nil
}

func (a *API) getProposal(ctx context.Context, by scheduling.Actor, in *ByProposal) (*One[ProposalDetail], error) {
	p, err := a.proposalOf(ctx, by, in)
	if err != nil {
		return nil, err
	}
	return a.detail(ctx, p), nil
}

func (a *API) stopProposal(ctx context.Context, by scheduling.Actor, in *ByProposal) (*One[ProposalDetail], error) {
	p, err := a.proposalOf(ctx, by, in)
	if err == nil {
		p, err = a.cfg.Desk.StopProposal(ctx, by, p.ID)
	}
	if err != nil {
		return nil, err
	}
	return a.detail(ctx, p), nil
}

func (a *API) publishProposal(ctx context.Context, by scheduling.Actor, in *ByProposal) (*One[ProposalDetail], error) {
	p, err := a.proposalOf(ctx, by, in)
	if err == nil {
		_, err = a.cfg.Desk.Publish(ctx, by, p.ID)
	}
	if err != nil {
		return nil, err
	}
	return a.getProposal(ctx, by, in)
}

func (a *API) deleteProposal(ctx context.Context, by scheduling.Actor, in *ByProposal) (*none, error) {
	p, err := a.proposalOf(ctx, by, in)
	if err != nil {
		return nil, err
	}
	return nil, a.cfg.Desk.DeleteProposal(ctx, by, p.ID)
}

// A ScheduledMeeting is a meeting of the published schedule.
type ScheduledMeeting struct {
	ID        string           `json:"id"`
	RequestID string           `json:"request_id,omitempty"`
	State     string           `json:"state" enum:"published,held,not_held"`
	Slot      string           `json:"slot"`
	Starts    time.Time        `json:"starts"`
	Ends      time.Time        `json:"ends"`
	Table     string           `json:"table" doc:"Its id"`
	TableName string           `json:"table_name"`
	Parties   []ScheduledParty `json:"parties"`
	Pinned    bool             `json:"pinned"`
	WalkIn    bool             `json:"walk_in"`
	Late      []string         `json:"late" doc:"Entrants who are late"`
	Absent    []string         `json:"absent" doc:"Entrants who did not come"`
	Sequence  int              `json:"sequence"`
}

// A ScheduledParty is one side of a meeting.
type ScheduledParty struct {
	EntrantID string   `json:"entrant_id"`
	Name      string   `json:"name"`
	PersonIDs []string `json:"person_ids"`
}

func scheduledMeeting(m *scheduling.Meeting, table string) ScheduledMeeting {
	same := func(s string) string { return s }
	return ScheduledMeeting{
		ID: m.ID, RequestID: m.RequestID, State: string(m.State), Slot: m.Slot, Starts: m.Starts.UTC(), Ends: m.Ends.UTC(), Table: m.Table, TableName: table,
		Pinned: m.Pinned, WalkIn: m.WalkIn, Late: mapped(m.Late, same), Absent: mapped(m.Absent, same), Sequence: m.Sequence,
		Parties: mapped(m.Parties, func(p scheduling.Party) ScheduledParty {
			return ScheduledParty{p.EntrantID, p.Name, mapped(p.PersonIDs, same)}
		}),
	}
}

func (a *API) getSchedule(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[ScheduledMeeting], error) {
	t, err := a.cfg.Desk.Timetable(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, t.Meetings, "", func(m *scheduling.TimetableEntry) ScheduledMeeting {
		return scheduledMeeting(m.Meeting, m.Table.Name)
	}), nil
}

// MoveOnBoard is a move by hand.
type MoveOnBoard struct {
	ByID
	Body BoardMove
}

// BoardMove says what goes where.
type BoardMove struct {
	Proposal string `json:"proposal" required:"false" maxLength:"64" doc:"Of this proposal; of the published schedule if empty"`
	Meeting  string `json:"meeting" maxLength:"80" doc:"Id of its request; of a walk-in meeting-ID"`
	Slot     string `json:"slot" required:"false" maxLength:"32" doc:"Empty: off the schedule"`
	Table    string `json:"table" required:"false" maxLength:"64"`
	Swap     bool   `json:"swap" required:"false" doc:"Change places with the meeting that is there"`
	Revision int64  `json:"revision" required:"false" doc:"Of the proposal, or of the published meeting, that was seen"`
	Reason   string `json:"reason" required:"false" maxLength:"500" doc:"For those whose published meeting ends"`
}

func (a *API) moveOnBoard(ctx context.Context, by scheduling.Actor, in *MoveOnBoard) (*none, error) {
	b := in.Body
	return nil, a.cfg.Desk.MoveOnBoard(ctx, by, in.ID, scheduling.BoardMove{Proposal: b.Proposal, Rev: b.Revision, Reason: b.Reason,
		Move: scheduling.Move{Key: b.Meeting, Slot: b.Slot, Table: b.Table, Swap: b.Swap}})
}

// GetRoom names a meeting without a place.
type GetRoom struct {
	ByID
	Meeting  string `query:"meeting" required:"true" maxLength:"80" doc:"Id of its request"`
	Proposal string `query:"proposal" maxLength:"64" doc:"In this proposal; in the published schedule if empty"`
}

// A Room is how a meeting without a place gets one.
type Room struct {
	Found  bool       `json:"found"`
	Slot   string     `json:"slot,omitempty"`
	Table  string     `json:"table,omitempty" doc:"Its id"`
	Moves  []RoomMove `json:"moves" doc:"Other meetings that have to move; none if the place is free"`
	Fewest bool       `json:"fewest" doc:"Proven: no fewer meetings can move, or, if nothing was found, no way moves six or fewer"`
	Seen   string     `json:"seen,omitempty" doc:"To be sent back by whoever agrees to this"`
}

// A RoomMove is one meeting that makes room.
type RoomMove struct {
	Names     string `json:"names"`
	FromSlot  string `json:"from_slot"`
	FromTable string `json:"from_table"`
	ToSlot    string `json:"to_slot"`
	ToTable   string `json:"to_table"`
}

func (a *API) getRoom(ctx context.Context, by scheduling.Actor, in *GetRoom) (*One[Room], error) {
	r, err := a.cfg.Desk.MakeRoom(ctx, by, in.ID, in.Proposal, in.Meeting)
	if err != nil {
		return nil, err
	}
	return one(0, Room{Found: r.Seen != "", Slot: r.To.Slot.ID, Table: r.To.Table.ID, Fewest: r.Fewest, Seen: r.Seen,
		Moves: mapped(r.Moves, func(m scheduling.Difference) RoomMove {
			return RoomMove{m.Names, m.From.Slot.ID, m.From.Table.ID, m.To.Slot.ID, m.To.Table.ID}
		})}), nil
}

// PlaceInRoom agrees to what was shown.
type PlaceInRoom struct {
	ByID
	Body RoomAgreed
}

// RoomAgreed says what was seen.
type RoomAgreed struct {
	Proposal string `json:"proposal" required:"false" maxLength:"64" doc:"Of this proposal; of the published schedule if empty"`
	Meeting  string `json:"meeting" maxLength:"80" doc:"Id of its request"`
	Seen     string `json:"seen" maxLength:"64" doc:"As it was shown"`
}

func (a *API) placeInRoom(ctx context.Context, by scheduling.Actor, in *PlaceInRoom) (*none, error) {
	b := in.Body
	return nil, a.cfg.Desk.PlaceInRoom(ctx, by, in.ID, b.Proposal, b.Meeting, b.Seen)
}

// A MatrixWish is a request between two entrants, with what both say.
type MatrixWish struct {
	RequestID string `json:"request_id"`
	From      string `json:"from" doc:"Entrant id"`
	To        string `json:"to" doc:"Entrant id"`
	State     string `json:"state"`
	Wish      string `json:"wish"`
	Answer    string `json:"answer,omitempty"`
	MeetingID string `json:"meeting_id,omitempty"`
}

// GetMatrix says which part of the matrix.
type GetMatrix struct {
	ByID
	Q     string `query:"q" maxLength:"200" doc:"Entrants whose name has words that begin so"`
	Skip  int    `query:"skip" minimum:"0" doc:"Rows that are skipped in a large round"`
	Unmet bool   `query:"unmet" doc:"Only requests without a meeting"`
}

func (a *API) getMatrix(ctx context.Context, by scheduling.Actor, in *GetMatrix) (*Listed[MatrixWish], error) {
	m, err := a.cfg.Desk.Matrix(ctx, by, in.ID, scheduling.MatrixView{Text: in.Q, Skip: in.Skip, Unmet: in.Unmet})
	if err != nil {
		return nil, err
	}
	var found []MatrixWish
	seen := map[string]bool{}
	for _, row := range m.Rows {
		for _, c := range row.Cells {
			if q := c.Request; q != nil && !seen[q.ID] {
				seen[q.ID] = true
				found = append(found, MatrixWish{q.ID, q.From, q.To, string(q.State), string(q.Wish), string(q.Answer), meetingID(c.Meeting)})
			}
		}
	}
	return listed(a, ctx, found, "", func(w MatrixWish) MatrixWish { return w }), nil
}

func meetingID(m *scheduling.Meeting) string {
	if m == nil {
		return ""
	}
	return m.ID
}

// A LiveTable is one table on the day.
type LiveTable struct {
	Table string            `json:"table" doc:"Its id"`
	Name  string            `json:"name"`
	Now   *ScheduledMeeting `json:"now,omitempty"`
	Next  *ScheduledMeeting `json:"next,omitempty"`
}

func (a *API) getLive(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[LiveTable], error) {
	l, err := a.cfg.Desk.Live(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, l.Tables, "", func(t scheduling.LiveTable) LiveTable {
		out := LiveTable{Table: t.Table.ID, Name: t.Table.Name}
		for m, to := range map[*scheduling.Meeting]**ScheduledMeeting{t.Now: &out.Now, t.Next: &out.Next} {
			if m != nil {
				shown := scheduledMeeting(m, t.Table.Name)
				*to = &shown
			}
		}
		return out
	}), nil
}
