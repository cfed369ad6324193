package scheduling

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match/matchtest"
	"kohtaamo/storage"
)

// crowdedMarket is a round of two slots in which companies 0 and 1 meet in the
// first and 2 and 3 in the second, so that 0 and 2, whose request is late, have
// no slot in common unless others move.
func crowdedMarket(t *testing.T) (m *market, p *Proposal, late *Request) {
	t.Helper()
	m = newMarket(t, 5, func(r *Round) { r.Days[0].Windows[0].To = "09:40" })
	a, b := m.asks(t, 0, 1, Want, Want), m.asks(t, 2, 3, Want, Want)
	p = &Proposal{RoundID: m.r.ID, Name: "1", State: ProposalReady, Placed: []Placed{
		{RequestID: a.ID, Slot: slot(m.r, 0), Table: "t1"}, {RequestID: b.ID, Slot: slot(m.r, 1), Table: "t1"}}}
	m.write(t, func(tx *storage.Tx) error { return proposals.Put(tx, p) })
	return m, p, m.asks(t, 0, 2, Want, Want)
}

// TestMakeRoomInPublished brings a late request into the published schedule:
// what moves is said first and done as it was said, and those whom it concerns
// are told, once; nobody else is.
func TestMakeRoomInPublished(t *testing.T) {
	m, p, late := crowdedMarket(t)
	m.write(t, func(tx *storage.Tx) error { // it comes after the schedule
		late.State = RequestSent
		return requests.Put(tx, late)
	})
	_, err := m.Publish(t.Context(), m.boss, p.ID)
	must(t, err)
	_, err = m.SendAgendas(t.Context(), t0)
	must(t, err)
	m.write(t, func(tx *storage.Tx) error {
		late.State = RequestAccepted
		return requests.Put(tx, late)
	})
	before := len(m.mails(t, mailTo(m.es[3], 0)))

	wantProblem(t, m.PlaceBest(t.Context(), m.boss, m.r.ID, "", late.ID, 0), Full)
	see := func() *Room {
		t.Helper()
		room, err := m.MakeRoom(t.Context(), m.boss, m.r.ID, "", late.ID)
		must(t, err)
		return room
	}
	room := see()
	if len(room.Moves) != 1 || !room.Fewest || room.To.Slot.ID == "" || room.Moves[0].From.Slot.ID != room.To.Slot.ID {
		t.Fatalf("room = %+v", room)
	}
	for q := range m.published(t) { // of the two that could move, only one may now
		if x := m.published(t)[q]; x.Slot == slot(m.r, 1) {
			must(t, m.Pin(t.Context(), m.boss, m.r.ID, "", q, true))
		}
	}
	if room = see(); room.Moves[0].Names != "Company 00 – Company 01" || room.To.Slot.ID != slot(m.r, 0) {
		t.Fatalf("room beside a pinned meeting = %+v", room)
	}
	wantProblem(t, m.PlaceInRoom(t.Context(), m.boss, m.r.ID, "", late.ID, "something else"), Changed)
	wantHidden(t, m.PlaceInRoom(t.Context(), m.other, m.r.ID, "", late.ID, room.Seen))
	_, err = m.MakeRoom(t.Context(), m.other, m.r.ID, "", late.ID)
	wantHidden(t, err)
	must(t, m.PlaceInRoom(t.Context(), m.boss, m.r.ID, "", late.ID, room.Seen))
	must(t, m.PlaceInRoom(t.Context(), m.boss, m.r.ID, "", late.ID, room.Seen))

	now := m.published(t)
	if x := now[late.ID]; len(now) != 3 || x == nil || x.Slot != slot(m.r, 0) {
		t.Errorf("published = %+v", now)
	}
	m.rules(t, "")
	for n, want := range [][]string{{"meeting.booked", "meeting.moved"}, {"meeting.moved"}, {"meeting.booked"}} {
		got := slices.DeleteFunc(m.mails(t, mailTo(m.es[n], 0)), func(kind string) bool { return kind != "meeting.booked" && kind != "meeting.moved" })
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("company %d was told %v, want %v", n, got, want)
		}
	}
	if after := len(m.mails(t, mailTo(m.es[3], 0))); after != before {
		t.Errorf("somebody whom nothing concerns has %d mails more", after-before)
	}
	_, err = m.MakeRoom(t.Context(), m.boss, m.r.ID, "", late.ID)
	wantProblem(t, err, Closed)
}

// TestMakeRoomInDraft: a pinned meeting does not make room, and where none can
// that is said; a draft that somebody has changed since is not what was seen.
func TestMakeRoomInDraft(t *testing.T) {
	m, p, late := crowdedMarket(t)
	see := func() *Room {
		t.Helper()
		room, err := m.MakeRoom(t.Context(), m.boss, m.r.ID, p.ID, late.ID)
		must(t, err)
		return room
	}
	pin := func(n int, on bool) {
		t.Helper()
		must(t, m.Pin(t.Context(), m.boss, m.r.ID, p.ID, p.Placed[n].RequestID, on))
	}
	first := see()
	for n := range 2 {
		pin(n, true)
		if room := see(); n == 0 && (len(room.Moves) != 1 || room.Moves[0].Names != "Company 02 – Company 03") || n == 1 && (room.Seen != "" || !room.Fewest) {
			t.Errorf("with %d pinned: %+v", n+1, room)
		}
	}
	wantProblem(t, m.PlaceInRoom(t.Context(), m.boss, m.r.ID, p.ID, late.ID, first.Seen), Changed)
	pin(0, false)
	must(t, m.PlaceInRoom(t.Context(), m.boss, m.r.ID, p.ID, late.ID, see().Seen))
	if got := m.proposal(t, p.ID); len(got.Placed) != 3 || len(got.Left) != 0 || !got.Edited {
		t.Errorf("draft = %+v", got)
	}
	m.rules(t, p.ID)
}

// TestMakeRoomByTheRules makes room in all kinds of schedules, among booths and
// venues far apart: nothing that is pinned moves, nothing is dropped, no rule is
// broken, and where it is said that no way moves only one, none does.
func TestMakeRoomByTheRules(t *testing.T) {
	m := newMarket(t, 6, func(r *Round) {
		r.Days[0].Windows[0].To = "10:20"
		r.Tables = append(r.Tables[:2], Table{ID: "far", Name: "Far", Kind: AtTable, VenueID: "hotel"})
		r.Tables[0].VenueID, r.Tables[1].VenueID = "hall", "hall"
		r.Venues = []Venue{{ID: "hall", Name: "Hall"}, {ID: "hotel", Name: "Hotel"}}
		r.Travel = []TravelLeg{{A: "hall", B: "hotel", Minutes: 15}}
	})
	m.r.Tables[1].Kind, m.r.Tables[1].EntrantID = AtBooth, m.es[0].ID
	m.write(t, func(tx *storage.Tx) error { return rounds.Put(tx, m.r) })
	for i := range 6 {
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
		if p.hall = newHall(m.r); rapid.Bool().Draw(rt, "alike") {
			p.hall.alike, p.hall.booths, p.hall.ways = true, map[string][]int{}, nil
			p.hall.tables = slices.Clone(m.r.Tables)
			p.hall.tables[1].Kind, p.hall.tables[1].EntrantID = AtTable, ""
		}
		d := p.draftOf(nil)
		d.fill(rapid.Permutation(p.items).Draw(rt, "order"))
		for _, at := range d.placed() {
			at.Pinned = rapid.IntRange(0, 4).Draw(rt, "pin") == 0
			d.put(at)
		}
		for _, x := range d.left() {
			after, fewest, err := d.makeRoom(x)
			if err != nil {
				rt.Fatal(err)
			}
			if after == nil || fewest && movedBy(d, after) > 1 {
				if y := oneMakesRoom(d, x); y != "" && fewest {
					rt.Fatalf("%s alone makes room for %s: %v", y, x.key, after)
				}
			}
			if after != nil {
				wantRoom(rt, d, after, x)
			}
		}
	})
}

// wantRoom checks a draft in which others have made room for x.
func wantRoom(rt *rapid.T, d, after *draft, x *planned) {
	if f := after.faults(); len(f) > 0 {
		rt.Fatalf("the schedule breaks a rule: %v", f)
	}
	if _, there := after.at[x.key]; !there || len(after.at) != len(d.at)+1 {
		rt.Fatalf("%d meetings of %d, the late one among them: %v", len(after.at), len(d.at)+1, there)
	}
	for key, was := range d.at {
		if now := after.at[key]; now.Slot == was.Slot && now.Table != was.Table || was.Pinned && now != was {
			rt.Fatalf("%+v has become %+v", was, now)
		}
	}
}

func movedBy(d, after *draft) (n int) {
	for key, was := range d.at {
		if after.at[key].Slot != was.Slot {
			n++
		}
	}
	return n
}

// oneMakesRoom is a meeting that alone makes room for x, going to a place where
// it breaks nothing; "" if there is none.
func oneMakesRoom(d *draft, x *planned) string {
	for _, was := range d.placed() {
		y := d.plan.byKey[was.Key()]
		if was.Pinned || y.fixed != "" {
			continue
		}
		without := d.copy()
		without.take(y.key)
		for _, s := range d.plan.round.Slots {
			for _, table := range d.plan.round.Tables {
				if s.ID == was.Slot || !without.fits(y, s, table.ID) {
					continue
				}
				there := without.copy()
				there.put(y.placed(s.ID, table.ID))
				if len(there.spots(x)) > 0 {
					return y.key
				}
			}
		}
	}
	return ""
}

// BenchmarkLateRequest brings 13 late requests into a published round of 60
// companies and 302 meetings, one after the other, each looked at and then done:
// the time is that of all of it.
func BenchmarkLateRequest(b *testing.B) {
	moved, none, unproven, looked, done := 0, 0, 0, stopwatch{}, stopwatch{}
	for b.Loop() {
		b.StopTimer()
		m, late := lateMarket(b)
		b.StartTimer()
		for _, q := range late {
			looked.start()
			room, err := m.MakeRoom(b.Context(), m.boss, m.r.ID, "", q)
			looked.stop()
			must(b, err)
			if !room.Fewest {
				unproven++
			}
			if room.Seen == "" {
				none++
				continue
			}
			done.start()
			must(b, m.PlaceInRoom(b.Context(), m.boss, m.r.ID, "", q, room.Seen))
			done.stop()
			moved += len(room.Moves)
		}
	}
	for unit, n := range map[string]int{"moved": moved, "without-a-place": none, "unproven": unproven} {
		b.ReportMetric(float64(n)/float64(b.N), unit)
	}
	looked.report(b, "look")
	done.report(b, "do")
}

// A stopwatch says how long something takes, on the whole and at the worst.
type stopwatch struct {
	began        time.Time
	sum, slowest time.Duration
	n            int
}

func (w *stopwatch) start() { w.began = time.Now() }

func (w *stopwatch) stop() {
	took := time.Since(w.began)
	w.sum, w.slowest, w.n = w.sum+took, max(w.slowest, took), w.n+1
}

func (w *stopwatch) report(b *testing.B, what string) {
	b.ReportMetric(float64(w.sum.Microseconds())/1000/float64(w.n), "ms-"+what)
	b.ReportMetric(float64(w.slowest.Microseconds())/1000, "ms-"+what+"-slowest")
}

// BenchmarkBoard looks at boards, and has a move on them judged: a published
// round of 302 meetings, and a draft of 500 companies and 3,000 meetings.
func BenchmarkBoard(b *testing.B) {
	small, _ := lateMarket(b)
	large, p := fullRound(b, 500, 250, 12)
	for _, x := range []struct {
		name string
		*market
		proposal string
	}{{"302", small, ""}, {"3000", large, p.ID}} {
		key := ""
		b.Run("board/"+x.name, func(b *testing.B) {
			for b.Loop() {
				board, err := x.Board(b.Context(), x.boss, x.r.ID, BoardView{Proposal: x.proposal})
				must(b, err)
				key = board.Rows[0].Cells[0].Key
			}
		})
		b.Run("judge/"+x.name, func(b *testing.B) {
			for b.Loop() {
				_, err := x.Judge(b.Context(), x.boss, x.r.ID, x.proposal, Move{Key: key, Slot: slot(x.r, 5), Table: x.r.Tables[1].ID})
				must(b, err)
			}
		})
	}
}

// lateMarket is a published round as it was at an event of 2014, with requests
// that came late.
func lateMarket(t testing.TB) (m *market, late []string) {
	t.Helper()
	all := matchtest.Round{Entrants: 60, Slots: 13, Requests: 315, Tables: 26, Blocked: 0.1, Popularity: 0.1, Seed: 1}.Problem()
	m = newMarket(t, 0, func(r *Round) {
		r.Days[0].Windows[0].To, r.Tables = "13:20", nil
		for n := range all.Tables {
			r.Tables = append(r.Tables, Table{ID: fmt.Sprintf("table-%d", n), Name: fmt.Sprint("Table ", n+1), Kind: AtTable})
		}
	})
	of := map[string]*Entrant{}
	var asked []*Request
	m.write(t, func(tx *storage.Tx) error {
		must(t, m.crowd(tx, len(all.Participants)))
		for i, q := range all.Participants {
			e := m.es[i]
			of[q.ID] = e
			for _, n := range q.Unavailable {
				e.People[0].Unavailable = append(e.People[0].Unavailable, slot(m.r, n-1))
			}
			must(t, entrants.Put(tx, e))
		}
		for i, x := range all.Meetings {
			q := &Request{RoundID: m.r.ID, From: of[x.Participants[0]].ID, To: of[x.Participants[1]].ID, State: RequestAccepted, Wish: Want, Answer: Want, SentAt: t0.Add(time.Duration(i))}
			if q.Pair = pairOf(m.r.ID, q.From, q.To); i >= 302 {
				q.State = RequestSent
			}
			must(t, requests.Put(tx, q))
			asked = append(asked, q)
		}
		return nil
	})
	p := m.solved(t, ProposalInput{Budget: time.Second})
	_, err := m.Publish(t.Context(), m.boss, p.ID)
	must(t, err)
	m.write(t, func(tx *storage.Tx) error {
		for _, q := range asked[302:] {
			q.State = RequestAccepted
			must(t, requests.Put(tx, q))
			late = append(late, q.ID)
		}
		return nil
	})
	return m, late
}
