package scheduling

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

func needKeys(list []RoundNeed) (out []string) {
	for _, n := range list {
		out = append(out, fmt.Sprintf("%s %d", strings.TrimPrefix(n.Key, "round.need."), n.Count))
	}
	return out
}

func TestRoundBoard(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, func(r *Round) {
		r.Tables = append(r.Tables, Table{Name: "B", Kind: AtBooth}, Table{Name: "V", Kind: ByVideo})
	})
	h.at(clockOf(-30, 9))
	h.phase(t, r, RoundRequests)
	bare := h.entered(t, r, "Bare", nil)
	full := h.entered(t, r, "Full", func(e *Entrant) { e.About, e.Needs = Text{"fi": "Akkuja."}, []string{"Cells"} })
	h.entered(t, r, "Paused", func(e *Entrant) { e.Paused = true })
	h.entered(t, r, "Left", func(e *Entrant) { e.State = EntrantLeft })
	waiting := h.entered(t, r, "Waiting", func(e *Entrant) { e.State = EntrantPending })
	for i, state := range []RequestState{RequestSent, RequestCountered, RequestDeclined} {
		h.store(t, func(tx *storage.Tx) error {
			return requests.Put(tx, &Request{Meta: storage.Meta{ID: fmt.Sprint("q", i)}, RoundID: r.ID, From: bare.ID, To: full.ID, State: state})
		})
	}
	h.meet(t, r, 0, 0, bare, full)
	astray := h.meet(t, r, 1, 1, bare, full)
	astray.Slot = "20270101T0000Z"
	h.store(t, func(tx *storage.Tx) error { return meetings.Put(tx, astray) })

	_, err := h.RoundBoard(t.Context(), h.other, r.ID)
	wantHidden(t, err)
	b, err := h.RoundBoard(t.Context(), h.boss, r.ID)
	must(t, err)
	if b.In() != 3 || b.Paused != 1 || b.People != 2 || b.Bare != 1 || b.Open() != 2 || b.Asked() != 3 || b.Standing() != 2 || b.Seats() != 16 || !b.Oldest.Equal(waiting.Created) {
		t.Errorf("%+v", b)
	}
	want := []string{"astray 1", "pending 1", "booths 1", "links 1", "bare 1", "unanswered 2"}
	if got := needKeys(b.Needs()); !slices.Equal(got, want) {
		t.Errorf("needs %v, want %v", got, want)
	}
	a, err := h.Attention(t.Context(), h.boss)
	must(t, err)
	var calls []string
	for _, c := range a.Rounds {
		calls = append(calls, c.Round.Slug+" "+c.Key)
	}
	if want := []string{r.Slug + " round.need.pending", r.Slug + " round.need.booths", r.Slug + " round.need.links"}; !slices.Equal(calls, want) {
		t.Errorf("the dashboard says %v, want %v", calls, want)
	}
	if a, err := h.Attention(t.Context(), h.other); err != nil || len(a.Rounds) != 0 {
		t.Errorf("another's dashboard says %v, %v", a.Rounds, err)
	}
}

func TestRoundNeeds(t *testing.T) {
	tables := []Table{{ID: "1", Kind: AtTable}}
	for _, test := range []struct {
		name  string
		phase RoundPhase
		way   RoundWay
		now   time.Time
		want  []string
	}{
		{"a draft that opens by itself", RoundDraft, BySolver, clockOf(-40, 9), nil},
		{"time to make the schedule", RoundScheduling, BySolver, clockOf(-2, 9), []string{"schedule 0"}},
		{"booked by themselves", RoundRequests, ByBooking, clockOf(-2, 9), nil},
		{"still asking two days before", RoundRequests, ByBoth, clockOf(-2, 9), []string{"late 0"}},
		{"begun without a schedule", RoundScheduling, BySolver, clockOf(0, 12), []string{"unpublished 0"}},
		{"published", RoundPublished, BySolver, clockOf(-2, 9), nil},
		{"over", RoundClosed, BySolver, clockOf(3, 9), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &RoundBoard{Now: test.now, Round: &Round{Phase: test.phase, Way: test.way, Starts: clockOf(0, 9), Ends: clockOf(0, 16), Tables: tables,
				Plan: RoundPlan{ProfilesAt: clockOf(-35, 9)}}}
			if got := needKeys(b.Needs()); !slices.Equal(got, test.want) {
				t.Errorf("needs %v, want %v", got, test.want)
			}
		})
	}
}

func TestRoundEntrants(t *testing.T) {
	h := newHouse(t)
	r, elsewhere := h.round(t, nil), h.round(t, nil)
	aurora := h.entered(t, r, "Aurora", func(e *Entrant) {
		e.Offers, e.Tags, e.People[0].Title = []string{"Cells", "Packs"}, []string{"battery"}, "CEO"
	})
	bothnia := h.entered(t, r, "Bothnia", func(e *Entrant) { e.State, e.Reason = EntrantRejected, "Not this year" })
	h.entered(t, elsewhere, "Stranger", nil)
	h.meet(t, r, 0, 0, aurora, bothnia)
	h.store(t, func(tx *storage.Tx) error {
		return requests.Put(tx, &Request{Meta: storage.Meta{ID: "q"}, RoundID: r.ID, From: bothnia.ID, To: aurora.ID, State: RequestAccepted})
	})

	_, _, err := h.RoundEntrants(t.Context(), h.other, r.ID, EntrantFilter{})
	wantHidden(t, err)
	for _, test := range []struct {
		f    EntrantFilter
		want string
	}{{EntrantFilter{}, "Aurora Bothnia"}, {EntrantFilter{State: EntrantIn}, "Aurora"}, {EntrantFilter{Text: "both"}, "Bothnia"}, {EntrantFilter{Limit: 1}, "Aurora"}} {
		list, _, err := h.RoundEntrants(t.Context(), h.boss, r.ID, test.f)
		must(t, err)
		var names []string
		for _, e := range list {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%+v lists %q, want %q", test.f, got, test.want)
		}
	}

	var rows [][]string
	must(t, h.EachEntrant(t.Context(), h.boss, r.ID, EntrantFilter{}, func(r *Round, list iter.Seq2[*EntrantRow, error]) error {
		x := NewEntrantExport(r, texts().In("en"))
		rows = append(rows, x.Head())
		for row, err := range list {
			if err != nil {
				return err
			}
			rows = append(rows, x.Row(row))
		}
		return nil
	}))
	if len(rows) != 3 || len(rows[0]) != len(rows[1]) {
		t.Fatalf("rows %q", rows)
	}
	want := []string{"Aurora", "Takes part", "FI", "", "", "", "Cells; Packs", "", "battery", "", "Aurora Person, CEO", "aurora@example.org", "0", "1", "1",
		aurora.Created.In(r.Location()).Format("2006-01-02 15:04"), ""}
	if !slices.Equal(rows[1], want) {
		t.Errorf("row  %q\nwant %q", rows[1], want)
	}
	if got := rows[2]; got[1] != "Not let in" || got[12] != "1" || got[16] != "Not this year" {
		t.Errorf("row %q", got)
	}
}
