package scheduling

import (
	"errors"
	"slices"
	"testing"
	"time"

	"kohtaamo/storage"
)

// TestCountered books in the end the time that was proposed last, and holds
// each only softly.
func TestCountered(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	c := h.entrant(t, r, "Corona", 1)
	q := h.ask(t, a, b, Ask{Slot: slot(r, 1)})
	if !q.Holds(q.SentAt.Add(35*time.Hour)) || q.Holds(q.SentAt.Add(37*time.Hour)) {
		t.Errorf("held until %s, sent %s", q.HoldUntil, q.SentAt)
	}
	got, err := h.CounterRequest(t.Context(), as(b, 0), b.ID, q.ID, Reply{Wish: Want, Slot: slot(r, 3), Text: "Rather later"})
	must(t, err)
	if got.State != RequestCountered || got.Turn != a.ID || got.Slot != slot(r, 3) {
		t.Errorf("%+v", got)
	}
	page, err := h.Agenda(t.Context(), as(a, 1), a.ID)
	must(t, err)
	if len(page.Rows[3].Held) != 1 || len(page.Rows[1].Held) != 0 {
		t.Errorf("held are %+v", page.Rows)
	}
	other := h.ask(t, c, b, Ask{Slot: slot(r, 3)}) // a soft hold blocks nothing
	h.respond(t, b, other, Reply{Wish: Want})
	_, err = h.AnswerRequest(t.Context(), as(a, 0), a.ID, q.ID, Reply{Wish: Want})
	var gone *SlotGone
	if !errors.As(err, &gone) || len(gone.Next) != nextTimes || gone.Next[0].ID != slot(r, 0) {
		t.Fatalf("the time that has gone: %v", err)
	}
	if q := h.request(t, q.ID); q.State != RequestCountered || q.MeetingID != "" {
		t.Errorf("nothing was to change: %+v", q)
	}
	got = h.respond(t, a, q, Reply{Wish: Want, Slot: gone.Next[0].ID})
	m := h.meeting(t, got.MeetingID)
	if got.State != RequestAccepted || m.Slot != slot(r, 0) || m.RequestID != q.ID {
		t.Errorf("%+v, %+v", got, m)
	}
}

// TestFirstCommonTime fills what cannot be and expects the first that can.
func TestFirstCommonTime(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, func(r *Round) { r.Tables = r.Tables[:2] })
	c, e := h.entrant(t, r, "Corona", 1), h.entrant(t, r, "Ember", 1)
	f, g := h.entrant(t, r, "Flare", 1), h.entrant(t, r, "Glow", 1)
	h.meets(t, r, 1, "t1", c, e) // one table is left in the second slot
	h.meets(t, r, 2, "t1", c, e)
	h.meets(t, r, 2, "t2", f, g) // and none in the third
	h.write(t, func(tx *storage.Tx) error {
		for i := range b.People { // nobody of b in the first two
			b.People[i].Unavailable = []string{slot(r, 0), slot(r, 1)}
		}
		return entrants.Put(tx, b)
	})
	m := h.meeting(t, h.respond(t, b, h.ask(t, a, b, Ask{}), Reply{Wish: Want}).MeetingID)
	if m.Slot != slot(r, 3) || m.Table != "t1" {
		t.Errorf("they meet at %s, %s", m.Slot, m.Table)
	}
	m = h.meeting(t, h.respond(t, a, h.ask(t, c, a, Ask{}), Reply{Wish: Want}).MeetingID)
	if m.Slot != slot(r, 0) {
		t.Errorf("the others meet at %s", m.Slot)
	}
}

func TestTablesAndWays(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, func(r *Round) {
		r.Venues = []Venue{{ID: "hall", Name: "Hall"}, {ID: "harbour", Name: "Harbour"}}
		r.Travel = []TravelLeg{{A: "hall", B: "harbour", Minutes: 25}}
		r.Tables = []Table{{ID: "v", Name: "Link", Kind: ByVideo, Link: "https://meet.example/1"}, {ID: "t", Name: "Table", Kind: AtTable, VenueID: "harbour"}}
	})
	c := h.entrant(t, r, "Corona", 1)
	h.write(t, func(tx *storage.Tx) error { // c's booth, far from the table
		r.Tables = append(r.Tables, Table{ID: "booth", Name: "Booth", Kind: AtBooth, VenueID: "hall", EntrantID: c.ID})
		return rounds.Put(tx, r)
	})
	m := h.meeting(t, h.respond(t, c, h.ask(t, a, c, Ask{}), Reply{Wish: Want}).MeetingID)
	if m.Table != "booth" || m.Slot != slot(r, 0) {
		t.Errorf("whoever has a booth meets at %s, %s", m.Slot, m.Table)
	}
	a.People = a.People[:1] // so that nobody else can go
	h.write(t, func(tx *storage.Tx) error { return entrants.Put(tx, a) })
	m = h.meeting(t, h.respond(t, b, h.ask(t, a, b, Ask{}), Reply{Wish: Want}).MeetingID)
	if m.Table != "t" || m.Slot != slot(r, 3) { // 9:20 and 9:40 are too soon after the hall
		t.Errorf("after the way they meet at %s, %s", m.Slot, m.Table)
	}
}

// TestNoCommonTime agrees without a time, says so, and can be booked later.
func TestNoCommonTime(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, nil)
	blocked := func(ids []string) {
		h.write(t, func(tx *storage.Tx) error {
			e, err := entrants.Get(tx, b.ID)
			if err != nil {
				return err
			}
			for i := range e.People {
				e.People[i].Unavailable = ids
			}
			return entrants.Put(tx, e)
		})
	}
	var all []string
	for _, s := range r.Slots {
		all = append(all, s.ID)
	}
	blocked(all)
	q := h.ask(t, a, b, Ask{})
	if got := h.respond(t, b, q, Reply{Wish: Want}); got.State != RequestAccepted || got.MeetingID != "" {
		t.Errorf("%+v", got)
	}
	if kinds := h.mails(t, mailTo(a, 0)); !slices.Equal(kinds, []string{requestUntimed}) {
		t.Errorf("mails %v", kinds)
	}
	blocked(all[1:])
	if got := h.respond(t, a, q, Reply{Wish: Want}); h.meeting(t, got.MeetingID).Slot != all[0] {
		t.Errorf("%+v", got)
	}
}

func TestMaxMeetings(t *testing.T) {
	h := newHouse(t)
	r, a, b := h.pair(t, func(r *Round) { r.Limits.Meetings = 1 })
	h.respond(t, b, h.ask(t, a, b, Ask{}), Reply{Wish: Want})
	c := h.entrant(t, r, "Corona", 1)
	q := h.ask(t, c, a, Ask{})
	_, err := h.AnswerRequest(t.Context(), as(a, 0), a.ID, q.ID, Reply{Wish: Want})
	if p := wantProblem(t, err, Full); p.Key != "meeting.limit" {
		t.Errorf("%s", p.Key)
	}
}
