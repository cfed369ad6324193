package scheduling

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
	"kohtaamo/storage"
)

// TestBoardEdits makes whatever moves the judge lets an organiser make, in any
// order, among booths and venues far apart: no schedule on the way breaks a
// rule, and one that is taken for possible is.
func TestBoardEdits(t *testing.T) {
	m := newMarket(t, 5, func(r *Round) {
		r.Tables = append(r.Tables[:2], Table{ID: "far", Name: "Far", Kind: AtTable, VenueID: "hotel"})
		r.Tables[0].VenueID, r.Tables[1].VenueID = "hall", "hall"
		r.Venues = []Venue{{ID: "hall", Name: "Hall"}, {ID: "hotel", Name: "Hotel"}}
		r.Travel = []TravelLeg{{A: "hall", B: "hotel", Minutes: 15}}
	})
	m.r.Tables[1].Kind, m.r.Tables[1].EntrantID = AtBooth, m.es[0].ID
	m.write(t, func(tx *storage.Tx) error { return rounds.Put(tx, m.r) })
	for i := range 5 {
		for k := range i {
			m.asks(t, i, k, Want, Want)
		}
	}
	var p *plan
	must(t, m.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		p, err = m.planOf(tx, m.r, solveOptions{})
		return err
	}))
	rapid.Check(t, func(rt *rapid.T) {
		d := p.draftOf(nil)
		item := rapid.SampledFrom(p.items)
		rt.Repeat(map[string]func(*rapid.T){
			"": func(rt *rapid.T) {
				if f := d.faults(); len(f) > 0 {
					rt.Fatalf("the schedule breaks a rule: %v", f)
				}
			},
			"move": func(rt *rapid.T) {
				to := Move{Key: item.Draw(rt, "meeting").key, Swap: rapid.Bool().Draw(rt, "swap"),
					Slot:  rapid.SampledFrom(append([]Slot{{}, {ID: "nowhere"}}, m.r.Slots...)).Draw(rt, "slot").ID,
					Table: rapid.SampledFrom(append([]Table{{ID: "none"}}, m.r.Tables...)).Draw(rt, "table").ID}
				if v := d.judge(to); v.OK {
					d = d.with(to, d.table[spot{to.Slot, to.Table}])
				}
			},
			"best": func(rt *rapid.T) { d.fill([]*planned{item.Draw(rt, "meeting")}) },
			"possible": func(rt *rapid.T) {
				x := item.Draw(rt, "meeting")
				for _, s := range d.spots(x) {
					if v := d.judge(Move{Key: x.key, Slot: s.Slot.ID, Table: s.Table.ID}); !v.OK {
						rt.Fatalf("%v is said to be possible: %v", s, v.Breaks)
					}
				}
			},
		})
	})
}

// TestMovePublished changes the published schedule by hand: whoever is concerned
// is told once, nobody else is, and what breaks a rule changes nothing.
func TestMovePublished(t *testing.T) {
	m := newMarket(t, 4, nil)
	a, b := m.asks(t, 1, 0, Want, Want), m.asks(t, 3, 2, Want, Want)
	_, err := m.Publish(t.Context(), m.boss, m.solved(t, ProposalInput{Budget: time.Second}).ID)
	must(t, err)
	_, err = m.SendAgendas(t.Context(), t0)
	must(t, err)
	was := m.published(t)[a.ID]
	to := Move{Key: a.ID, Slot: slot(m.r, 5), Table: "t3"}
	must(t, m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: to, Rev: was.Rev}))
	wantProblem(t, m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: to, Rev: was.Rev}), Changed)
	if now := m.published(t)[a.ID]; now.Slot != to.Slot || now.Table != "t3" || now.Sequence != 1 {
		t.Errorf("moved to %+v", now)
	}
	onto := m.published(t)[b.ID]
	err = m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: Move{Key: a.ID, Slot: onto.Slot, Table: onto.Table}})
	if _, ok := errors.AsType[*RefusedMove](err); !ok {
		t.Errorf("moved onto another meeting: %v", err)
	}
	must(t, m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: Move{Key: a.ID, Slot: onto.Slot, Table: onto.Table, Swap: true}}))
	if x, y := m.published(t)[a.ID], m.published(t)[b.ID]; x.Slot != onto.Slot || y.Slot != to.Slot || y.Table != "t3" {
		t.Errorf("changed places: %+v, %+v", x, y)
	}
	must(t, m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: Move{Key: b.ID}, Reason: "flu"}))
	if m.published(t)[b.ID] != nil {
		t.Error("what was taken off still stands")
	}
	must(t, m.PlaceBest(t.Context(), m.boss, m.r.ID, "", b.ID, 0))
	must(t, m.PlaceBest(t.Context(), m.boss, m.r.ID, "", b.ID, 0))
	if back := m.published(t)[b.ID]; back == nil || back.UID != onto.UID {
		t.Errorf("placed again: %+v", back)
	}
	must(t, m.Pin(t.Context(), m.boss, m.r.ID, "", b.ID, true))
	err = m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: Move{Key: b.ID, Slot: slot(m.r, 2), Table: "t2"}})
	if r, ok := errors.AsType[*RefusedMove](err); !ok || r.Breaks[0].Key != "board.breaks.pinned" {
		t.Errorf("a pinned meeting moved: %v", err)
	}
	if got := m.mails(t, mailTo(m.es[0], 0)); len(got) == 0 || slices.Contains(got, "meeting.cancelled") {
		t.Errorf("somebody whose meeting moved twice was told %v", got)
	}
	wantHidden(t, m.MoveOnBoard(t.Context(), m.other, m.r.ID, BoardMove{Move: to}))
}

// TestMoveIsJudged moves a meeting into a time that its company does not have,
// onto another one, and to a free place.
func TestMoveIsJudged(t *testing.T) {
	m := newMarket(t, 4, nil)
	a, b := m.asks(t, 1, 0, Want, Want), m.asks(t, 3, 2, Want, Want)
	p := &Proposal{RoundID: m.r.ID, Name: "1", State: ProposalReady, Placed: []Placed{
		{RequestID: a.ID, Slot: slot(m.r, 0), Table: "t1"}, {RequestID: b.ID, Slot: slot(m.r, 1), Table: "t1"}}}
	m.write(t, func(tx *storage.Tx) error {
		e, err := entrants.Get(tx, m.es[0].ID)
		must(t, err)
		e.People[0].Unavailable = []string{slot(m.r, 2)}
		must(t, entrants.Put(tx, e))
		return proposals.Put(tx, p)
	})
	judge := func(to Move) Verdict {
		t.Helper()
		v, err := m.Judge(t.Context(), m.boss, m.r.ID, p.ID, to)
		must(t, err)
		return v
	}
	if v := judge(Move{Key: a.ID, Slot: slot(m.r, 2), Table: "t1"}); v.OK || v.Breaks[0].Key != "board.breaks.available" || v.Breaks[0].With["name"] != "Company 00" {
		t.Errorf("a time that somebody does not have: %+v", v)
	}
	onto := Move{Key: a.ID, Slot: slot(m.r, 1), Table: "t1"}
	if v := judge(onto); v.OK || !v.SwapOK || v.SwapKey != b.ID {
		t.Errorf("onto another meeting: %+v", v)
	}
	if v := judge(Move{Key: a.ID, Slot: slot(m.r, 3), Table: "t2"}); !v.OK {
		t.Errorf("a free place: %+v", v)
	}
	err := m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: onto, Proposal: p.ID, Rev: p.Rev})
	if _, ok := errors.AsType[*RefusedMove](err); !ok {
		t.Errorf("moved onto another meeting: %v", err)
	}
	onto.Swap = true
	must(t, m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: onto, Proposal: p.ID, Rev: p.Rev}))
	wantProblem(t, m.MoveOnBoard(t.Context(), m.boss, m.r.ID, BoardMove{Move: onto, Proposal: p.ID, Rev: p.Rev}), Changed)
	got := m.proposal(t, p.ID)
	if got.Placed[0].RequestID != b.ID || got.Placed[0].Slot != slot(m.r, 0) || got.Placed[1].RequestID != a.ID || !got.Edited {
		t.Errorf("after the swap: %+v", got.Placed)
	}
	wantHidden(t, m.MoveOnBoard(t.Context(), m.other, m.r.ID, BoardMove{Move: onto, Proposal: p.ID}))
}

// TestBooths: whoever has a booth is met there, others are not, and nobody is
// sent across town between two slots.
func TestBooths(t *testing.T) {
	m := newMarket(t, 0, func(r *Round) {
		r.Venues = []Venue{{ID: "hall", Name: "Hall"}, {ID: "hotel", Name: "Hotel"}}
		r.Travel = []TravelLeg{{A: "hall", B: "hotel", Minutes: 15}}
		for i := range r.Tables {
			r.Tables[i].VenueID = []string{"hall", "hall", "hotel"}[i]
		}
	})
	for n := range 6 {
		m.es = append(m.es, m.entrant(t, m.r, fmt.Sprintf("Company %02d", n), 1))
	}
	m.r.Tables = append(m.r.Tables, Table{ID: "booth", Name: "Booth", Kind: AtBooth, VenueID: "hotel", EntrantID: m.es[0].ID})
	m.write(t, func(tx *storage.Tx) error { return rounds.Put(tx, m.r) })
	for i := range 6 {
		for k := range i {
			m.asks(t, i, k, Want, Want)
		}
	}
	p := m.solved(t, ProposalInput{Budget: time.Second})
	m.rules(t, p.ID)
	atBooth := 0
	for _, x := range p.Placed {
		var q *Request
		must(t, m.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
			q, err = requests.Get(tx, x.RequestID)
			return err
		}))
		if owner := q.From == m.es[0].ID || q.To == m.es[0].ID; owner != (x.Table == "booth") {
			t.Errorf("%v is at %s", q, x.Table)
		}
		if x.Table == "booth" {
			atBooth++
		}
	}
	if atBooth == 0 || len(p.Placed) < 8 || p.Status == match.Optimal && len(p.Left) > 0 {
		t.Errorf("%d at the booth, %d placed, %d left, %s", atBooth, len(p.Placed), len(p.Left), p.Status)
	}
}

// TestOtherRounds: whoever meets somebody in another round is not free then.
func TestOtherRounds(t *testing.T) {
	m := newMarket(t, 2, func(r *Round) { r.Days[0].Windows[0].To = "09:40" })
	q := m.asks(t, 1, 0, Want, Want)
	other := m.morning(t, func(r *Round) { r.Slug, r.Phase = "elsewhere", RoundPublished })
	twin := *m.es[0]
	twin.Meta, twin.RoundID, twin.Live = storage.Meta{ID: storage.NewID()}, other.ID, other.ID+"/twin"
	m.write(t, func(tx *storage.Tx) error { return entrants.Put(tx, &twin) })
	m.meets(t, other, 0, "t1", &twin, m.entrant(t, other, "Else", 1))
	p := m.solved(t, ProposalInput{Budget: time.Second})
	if len(p.Placed) != 1 || p.Placed[0].RequestID != q.ID || p.Placed[0].Slot != slot(m.r, 1) {
		t.Errorf("placed %v", p.Placed)
	}
}

func TestCompare(t *testing.T) {
	m := newMarket(t, 4, nil)
	a, b := m.asks(t, 1, 0, Want, Want), m.asks(t, 3, 2, Want, Want)
	one := &Proposal{RoundID: m.r.ID, Name: "1", State: ProposalReady, Placed: []Placed{{RequestID: a.ID, Slot: slot(m.r, 0), Table: "t1"}, {RequestID: b.ID, Slot: slot(m.r, 0), Table: "t2"}}}
	two := &Proposal{RoundID: m.r.ID, Name: "2", State: ProposalReady, Placed: []Placed{{RequestID: a.ID, Slot: slot(m.r, 1), Table: "t1"}}}
	m.write(t, func(tx *storage.Tx) error {
		must(t, proposals.Put(tx, one))
		return proposals.Put(tx, two)
	})
	c, err := m.CompareProposals(t.Context(), m.boss, m.r.ID, one.ID, two.ID)
	must(t, err)
	if len(c.Moved) != 1 || c.Moved[0].Names != "Company 01 – Company 00" || len(c.OnlyA) != 1 || len(c.OnlyB)+len(c.Tables)+len(c.Gain) != 0 || len(c.Lose) != 2 {
		t.Errorf("comparison = %+v", c)
	}
	if c.A.Meetings != 2 || c.B.Meetings != 1 || c.A.Weight != 16 || c.B.Left != 1 {
		t.Errorf("a = %+v, b = %+v", c.A, c.B)
	}
	_, err = m.CompareProposals(t.Context(), m.other, m.r.ID, one.ID, two.ID)
	wantHidden(t, err)
}

func TestMatrix(t *testing.T) {
	m := newMarket(t, 3, nil)
	m.asks(t, 0, 1, Must, Maybe)
	m.asks(t, 2, 0, Want, "")
	x, err := m.Matrix(t.Context(), m.boss, m.r.ID, MatrixView{})
	must(t, err)
	wishes := [][]Wish{}
	for _, row := range x.Rows {
		var line []Wish
		for _, c := range row.Cells {
			line = append(line, c.Wish)
		}
		wishes = append(wishes, line)
	}
	want := [][]Wish{{"", Must, ""}, {Maybe, "", ""}, {Want, "", ""}}
	if fmt.Sprint(wishes) != fmt.Sprint(want) || x.Sent != 1 || x.Agreed != 1 || x.Mutual != 0 || x.Missing != 1 {
		t.Errorf("wishes %v, %+v", wishes, x)
	}
	if one, err := m.Matrix(t.Context(), m.boss, m.r.ID, MatrixView{Text: "company 02"}); err != nil || len(one.Rows) != 1 {
		t.Errorf("filtered: %+v, %v", one, err)
	}
	_, err = m.Matrix(t.Context(), m.other, m.r.ID, MatrixView{})
	wantHidden(t, err)
}

func TestLive(t *testing.T) {
	m := newMarket(t, 4, nil)
	m.asks(t, 1, 0, Want, Want)
	_, err := m.Publish(t.Context(), m.boss, m.solved(t, ProposalInput{Budget: time.Second}).ID)
	must(t, err)
	var meeting *Meeting
	for _, x := range m.published(t) {
		meeting = x
	}
	_, err = m.MarkMeeting(t.Context(), m.boss, meeting.ID, LiveMark{State: MeetingHeld})
	wantProblem(t, err, Closed)
	m.at(meeting.Starts.Add(time.Minute))
	l, err := m.Live(t.Context(), m.boss, m.r.ID)
	must(t, err)
	if l.Slot == nil || l.Slot.ID != meeting.Slot || len(l.Free) != 2 || len(l.Open) != 2 || len(l.Ended) != 0 {
		t.Fatalf("live = %+v", l)
	}
	walkIn := WalkInMeeting{A: m.es[2].ID, B: m.es[3].ID, Slot: l.At.ID}
	made, err := m.BookWalkIn(t.Context(), m.boss, m.r.ID, walkIn)
	must(t, err)
	again, err := m.BookWalkIn(t.Context(), m.boss, m.r.ID, walkIn)
	must(t, err)
	if made.ID != again.ID || !made.WalkIn || made.Table == meeting.Table {
		t.Errorf("walk-ins %+v and %+v", made, again)
	}
	_, err = m.BookWalkIn(t.Context(), m.boss, m.r.ID, WalkInMeeting{A: m.es[0].ID, B: m.es[2].ID, Slot: l.At.ID})
	wantProblem(t, err, Full)
	_, err = m.MarkMeeting(t.Context(), m.boss, meeting.ID, LiveMark{State: MeetingNotHeld, Absent: []string{m.es[1].ID}})
	must(t, err)
	if l, err = m.Live(t.Context(), m.boss, m.r.ID); err != nil || l.NotHeld != 1 || len(l.Absent) != 1 || l.Absent[0].ID != m.es[1].ID {
		t.Errorf("live = %+v, %v", l, err)
	}
	back, err := m.MarkMeeting(t.Context(), m.boss, meeting.ID, LiveMark{State: MeetingPublished})
	must(t, err)
	if back.State != MeetingPublished || len(back.Absent) != 0 {
		t.Errorf("taken back: %+v", back)
	}
	_, err = m.MarkMeeting(t.Context(), m.boss, meeting.ID, LiveMark{State: MeetingHeld, Late: []string{m.es[3].ID}})
	wantProblem(t, err, Invalid)
	_, err = m.MarkMeeting(t.Context(), m.other, meeting.ID, LiveMark{State: MeetingHeld})
	wantHidden(t, err)
}

// TestRehouse takes a table away from a meeting: it moves to another one at the
// same time, and both are told once.
func TestRehouse(t *testing.T) {
	m := newMarket(t, 4, nil)
	m.asks(t, 1, 0, Want, Want)
	_, err := m.Publish(t.Context(), m.boss, m.solved(t, ProposalInput{Budget: time.Second}).ID)
	must(t, err)
	var was *Meeting
	for _, x := range m.published(t) {
		was = x
	}
	r := m.roundNow(t)
	r.Tables = slices.DeleteFunc(r.Tables, func(x Table) bool { return x.ID == was.Table })
	full := *r
	full.Tables = nil
	m.write(t, func(tx *storage.Tx) error {
		stored := *was
		if err := m.rehouse(tx, m.boss, &full, []*Meeting{&stored}); ProblemIn(err) == nil {
			t.Errorf("a round without tables found a place: %v", err)
		}
		return m.rehouse(tx, m.boss, r, []*Meeting{was})
	})
	now := m.meeting(t, was.ID)
	if now.Table == was.Table || now.Slot != was.Slot || now.Sequence != 1 || now.UID != was.UID {
		t.Errorf("moved to %+v", now)
	}
}

// TestLargePublication is cut short after each step: nobody sees a meeting before
// the last, and whoever goes on ends it.
func TestLargePublication(t *testing.T) {
	m, p := fullRound(t, 110, 55, 12)
	err := m.DB.Update(t.Context(), func(tx *storage.Tx) error {
		p, r, err := ownProposal(tx, m.boss, p.ID)
		must(t, err)
		return m.publish(tx, m.boss, r, p)
	})
	must(t, err)
	for step := 0; ; step++ {
		if n := len(m.published(t)); n != 0 {
			t.Fatalf("%d meetings are seen after step %d", n, step)
		}
		more, err := m.publishStep(t.Context(), p.ID)
		must(t, err)
		if !more {
			break
		}
	}
	if n := len(m.published(t)); n != 660 || m.roundNow(t).Phase != RoundPublished {
		t.Errorf("%d meetings in %s", n, m.roundNow(t).Phase)
	}
	for _, x := range m.published(t) {
		if x.Sequence != 0 || x.State != MeetingPublished {
			t.Fatalf("a meeting came out as %+v", x)
		}
	}
	if again, err := m.Publish(t.Context(), m.boss, p.ID); err != nil || again.State != ProposalPublished {
		t.Errorf("published again: %v, %v", again, err)
	}
}

// TestLargePublicationFails: somebody books a place meanwhile; all that was
// prepared is free again, and the proposal a draft.
func TestLargePublicationFails(t *testing.T) {
	m, p := fullRound(t, 110, 55, 12)
	m.write(t, func(tx *storage.Tx) error {
		p, r, err := ownProposal(tx, m.boss, p.ID)
		must(t, err)
		return m.publish(tx, m.boss, r, p)
	})
	more, err := m.publishStep(t.Context(), p.ID)
	must(t, err)
	if !more {
		t.Fatal("one step was enough")
	}
	m.meets(t, m.r, 11, m.r.Tables[54].ID, m.entrant(t, m.r, "Late One", 1), m.entrant(t, m.r, "Late Other", 1))
	worked, err := m.SolveNext(t.Context())
	must(t, err)
	got := m.proposal(t, p.ID)
	if !worked || got.State != ProposalReady || len(got.Conflict) != 1 || len(m.published(t)) != 1 {
		t.Errorf("worked %v: %s, %v, %d meetings", worked, got.State, got.Conflict, len(m.published(t)))
	}
	must(t, m.DB.View(t.Context(), func(tx *storage.Tx) error {
		n, err := bookings.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", m.r.ID)}})
		if want := len((&Meeting{EntrantIDs: []string{"a", "b"}, PersonIDs: []string{"p", "q"}, Table: "t", Starts: at9(0), Ends: at9(20)}).bookings()); n != want {
			t.Errorf("%d bookings, want the %d of the one meeting", n, want)
		}
		return err
	}))
}
