package scheduling

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A wanting is what the model knows of a company's application.
type wanting struct {
	id            string
	state         ApplicationState
	seats, wanted int
	deadline      time.Time
}

// A selectionModel is the rules of a selection in a few lines: who stands where,
// and who is next.
type selectionModel struct {
	*testHouse
	t       *testing.T
	trip    *Trip
	now     time.Time
	live    map[int]*wanting
	ended   []*wanting
	reserve []*wanting
	off     bool
}

func (m *selectionModel) free() int {
	n := m.trip.Selection.Seats
	for _, w := range m.live {
		if w.state.Holds() {
			n -= w.seats
		}
	}
	return n
}

func (m *selectionModel) offer(w *wanting, seats int) {
	m.unreserve(w)
	w.state, w.seats, w.deadline = ApplicationOffered, seats, m.now.Add(72*time.Hour)
}

func (m *selectionModel) unreserve(w *wanting) {
	m.reserve = slices.DeleteFunc(m.reserve, func(o *wanting) bool { return o == w })
}

// end lets w go, and the next in rank have its seats.
func (m *selectionModel) end(w *wanting, s ApplicationState) {
	held := w.state.Holds()
	m.unreserve(w)
	w.state = s
	for k, o := range m.live {
		if o == w {
			delete(m.live, k)
		}
	}
	m.ended = append(m.ended, w)
	if held {
		m.passOn()
	}
}

func (m *selectionModel) passOn() {
	for !m.off && len(m.reserve) > 0 && m.reserve[0].seats <= m.free() {
		m.offer(m.reserve[0], m.reserve[0].seats)
	}
}

// TestSelectionProperty has companies apply, be offered seats, accept, decline,
// withdraw, let offers pass, give seats back and wait in reserve in any order.
// They stand where a plain model says, no seat is given twice, and the mail that
// has not left says where each stands.
func TestSelectionProperty(t *testing.T) {
	h, n := newHouse(t), 0
	tries(t, 30) // each has thirty transactions
	rapid.Check(t, func(rt *rapid.T) {
		n++
		m := &selectionModel{testHouse: h, t: t, now: t0, live: map[int]*wanting{}}
		h.at(t0)
		m.trip = h.selecting(t, func(trip *Trip) {
			trip.Slug = fmt.Sprint("spain-", n)
			trip.Selection.Seats, trip.Selection.Minimum = rapid.SampledFrom([]int{4, 3, 5}).Draw(rt, "seats"), rapid.IntRange(0, 4).Draw(rt, "minimum")
		})
		for k := range 5 {
			m.begin(rt, k)
		}
		for n := range 12 {
			if m.step(rt); n%2 == 1 {
				m.check(rt)
			}
		}
		m.checkMails(rt)
	})
}

// tries has a property of many transactions tried less often.
func tries(t *testing.T, most int) {
	f := flag.Lookup("rapid.checks")
	was := f.Value.String()
	if n, err := strconv.Atoi(was); err == nil && n > most {
		must(t, f.Value.Set(strconv.Itoa(most)))
		t.Cleanup(func() { must(t, f.Value.Set(was)) })
	}
}

// begin has a company apply, and an organiser decide about it.
func (m *selectionModel) begin(rt *rapid.T, k int) {
	m.now = m.now.Add(time.Minute)
	m.at(m.now)
	m.apply(rt, k)
	switch w := m.live[k]; rapid.SampledFrom([]string{"offer", "offer", "reserve", "reserve", "wait"}).Draw(rt, "begin") {
	case "offer":
		m.decide(rt, w, ApplicationOffered, rapid.IntRange(1, w.wanted).Draw(rt, "seats"))
	case "reserve":
		m.decide(rt, w, ApplicationReserve, 0)
	}
}

// step does one thing, to the house and to the model.
func (m *selectionModel) step(rt *rapid.T) {
	k := rapid.SampledFrom([]int{0, 1, 2, 3, 4}).Draw(rt, "company")
	m.now = m.now.Add(time.Minute)
	m.at(m.now)
	if m.live[k] == nil {
		m.apply(rt, k)
		return
	}
	w := m.live[k]
	switch rapid.SampledFrom([]string{"again", "offer", "offer", "reserve", "reserve", "shortlist", "decline", "accept", "accept", "turn down", "withdraw", "reduce", "up", "next", "time", "time", "twice", "off"}).Draw(rt, "action") {
	case "again":
		m.again(rt, k)
	case "offer":
		m.decide(rt, w, ApplicationOffered, rapid.IntRange(1, w.wanted).Draw(rt, "seats"))
	case "reserve":
		m.decide(rt, w, ApplicationReserve, 0)
	case "shortlist":
		m.decide(rt, w, ApplicationShortlisted, 0)
	case "decline":
		m.decide(rt, w, ApplicationDeclined, 0)
	case "accept":
		m.accept(rt, w)
	case "twice":
		m.accept(rt, w)
		m.accept(rt, w)
	case "turn down":
		_, err := m.DeclineSeats(m.t.Context(), m.ofModel(w), "")
		if m.want(rt, err, w.state == ApplicationOffered && m.now.Before(w.deadline)) {
			m.end(w, ApplicationDeclined)
		}
	case "withdraw":
		_, err := m.WithdrawApplication(m.t.Context(), m.ofModel(w), "")
		if m.want(rt, err, !m.off) {
			m.end(w, ApplicationWithdrawn)
		}
	case "reduce":
		_, err := m.ReduceSeats(m.t.Context(), m.ofModel(w), 1)
		if m.want(rt, err, w.seats == 1 || w.state.Holds()) && w.seats > 1 {
			w.seats = 1
			m.passOn()
		}
	case "up":
		m.up(rt, w)
	case "next":
		m.next(rt)
	case "time":
		m.pass(rt)
	case "off":
		if rapid.IntRange(0, 5).Draw(rt, "really") == 0 {
			m.callOff(rt)
		}
	}
}

// want fails the try unless err is what the model expects, and says which.
func (m *selectionModel) want(rt *rapid.T, err error, done bool) bool {
	if done && err != nil || !done && ProblemIn(err) == nil {
		rt.Fatalf("error %v where done is %t", err, done)
	}
	return done
}

func (m *selectionModel) ofModel(w *wanting) string {
	return m.link(&Application{Meta: storage.Meta{ID: w.id}})
}

func (m *selectionModel) apply(rt *rapid.T, k int) {
	seats := rapid.SampledFrom([]int{2, 1, 3}).Draw(rt, "wanted")
	a, again, err := m.Apply(m.t.Context(), m.boss, m.trip.ID, wish(k, seats))
	if m.want(rt, err, !m.off) && !again {
		m.live[k] = &wanting{id: a.ID, state: ApplicationSubmitted, seats: seats, wanted: seats}
	}
}

// again applies for a company that has applied, by another form.
func (m *selectionModel) again(rt *rapid.T, k int) {
	in := wish(k, 1)
	in.Once, in.Email = "another", "stranger@example.org"
	a, again, err := m.Apply(m.t.Context(), m.boss, m.trip.ID, in)
	if m.want(rt, err, !m.off) && (!again || a.ID != m.live[k].id) {
		rt.Fatal("a company has applied twice")
	}
}

func (m *selectionModel) decide(rt *rapid.T, w *wanting, to ApplicationState, seats int) {
	held := 0
	if w.state.Holds() {
		held = w.seats
	}
	_, err := m.DecideApplications(m.t.Context(), m.boss, m.trip.ID, []string{w.id}, Decision{State: to, Seats: seats, Tell: true})
	ok := w.state == to || slices.Contains(decisions[to], w.state) && (to != ApplicationOffered || seats <= m.free()+held)
	if !m.want(rt, err, ok) || w.state == to {
		return
	}
	switch to {
	case ApplicationOffered:
		m.offer(w, seats)
	case ApplicationDeclined:
		m.end(w, to)
	default:
		m.unreserve(w)
		w.state, w.seats = to, w.wanted
		if to == ApplicationReserve {
			m.reserve = append(m.reserve, w)
		}
	}
}

func (m *selectionModel) accept(rt *rapid.T, w *wanting) {
	_, err := m.AcceptSeats(m.t.Context(), m.ofModel(w))
	if m.want(rt, err, w.state == ApplicationAccepted || w.state == ApplicationOffered && m.now.Before(w.deadline)) {
		w.state = ApplicationAccepted
	}
}

func (m *selectionModel) up(rt *rapid.T, w *wanting) {
	i := slices.Index(m.reserve, w)
	err := m.MoveInReserve(m.t.Context(), m.boss, m.trip.ID, w.id, true)
	if (err == nil) != (i >= 0) {
		rt.Fatal(err)
	}
	if i > 0 {
		m.reserve[i], m.reserve[i-1] = m.reserve[i-1], m.reserve[i]
	}
}

func (m *selectionModel) next(rt *rapid.T) {
	_, err := m.OfferNext(m.t.Context(), m.boss, m.trip.ID, 1)
	if m.want(rt, err, len(m.reserve) > 0 && m.free() > 0) {
		m.offer(m.reserve[0], 1)
	}
}

// pass lets hours go by, and the job run, or not yet.
func (m *selectionModel) pass(rt *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 60).Draw(rt, "hours")) * time.Hour)
	m.at(m.now)
	if rapid.IntRange(0, 3).Draw(rt, "late") == 0 {
		return
	}
	for range rapid.IntRange(1, 2).Draw(rt, "runs") {
		_, err := m.ExpireApplicationOffers(m.t.Context(), m.now)
		must(m.t, err)
	}
	var late []*wanting
	for _, w := range m.live {
		if w.state == ApplicationOffered && !w.deadline.After(m.now) {
			late = append(late, w)
		}
	}
	slices.SortFunc(late, func(a, b *wanting) int { return a.deadline.Compare(b.deadline) })
	for _, w := range late {
		m.end(w, ApplicationExpired)
	}
}

func (m *selectionModel) callOff(rt *rapid.T) {
	if m.off {
		return
	}
	m.write(m.t, func(tx *storage.Tx) error {
		trip, err := trips.Get(tx, m.trip.ID)
		must(m.t, err)
		return m.moveTrip(tx, m.boss, trip, TripCancelled, "")
	})
	m.off = true
	for _, w := range m.live {
		w.state = ApplicationWithdrawn
		m.ended = append(m.ended, w)
	}
	m.live, m.reserve = map[int]*wanting{}, nil
}

// check holds what is stored to the model.
func (m *selectionModel) check(rt *rapid.T) {
	p, held := m.selected(m.t, m.trip.ID), 0
	byID, live := map[string]*Application{}, map[string]bool{}
	for _, a := range p.Applications {
		byID[a.ID] = a
		held += a.held()
		if a.State.Live() && live[a.Company] {
			rt.Fatalf("%s has two live applications", a.Company)
		}
		live[a.Company] = live[a.Company] || a.State.Live()
	}
	if p.Trip.Held != held || held > p.Trip.Selection.Seats || m.trip.Selection.Seats-held != m.free() {
		rt.Fatalf("the trip counts %d of %d seats, its applications hold %d; the model has %d free", p.Trip.Held, p.Trip.Selection.Seats, held, m.free())
	}
	for _, w := range m.all() {
		a := byID[w.id]
		if a.State != w.state || a.Seats != w.seats {
			rt.Fatalf("%s is %s with %d seats, want %s with %d", a.Company, a.State, a.Seats, w.state, w.seats)
		}
		if off := a.Deadline.Sub(w.deadline); w.state == ApplicationOffered && (off < 0 || off > time.Second) {
			rt.Fatalf("%s has until %s, want %s", a.Company, a.Deadline, w.deadline)
		}
	}
	for i, w := range m.reserve {
		if i >= len(p.Reserve) || p.Reserve[i].ID != w.id || p.Reserve[i].Rank != i+1 {
			rt.Fatalf("the reserve is not in the order of the model at %d", i)
		}
	}
	if len(p.Reserve) != len(m.reserve) || len(p.Applications) != len(m.live)+len(m.ended) {
		rt.Fatalf("%d in reserve of %d, want %d of %d", len(p.Reserve), len(p.Applications), len(m.reserve), len(m.live)+len(m.ended))
	}
}

func (m *selectionModel) all() (out []*wanting) {
	for _, w := range m.live {
		out = append(out, w)
	}
	return append(out, m.ended...)
}

// checkMails looks at what is promised and has not left: of each application
// one mail that says where it stands, and reminders of offers that stand.
func (m *selectionModel) checkMails(rt *rapid.T) {
	promised := map[string][]string{}
	must(m.t, m.DB.View(m.t.Context(), func(tx *storage.Tx) error {
		for x, err := range mailRows.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			if x.About == m.trip.ID && x.State == mailer.Queued {
				promised[x.Ref] = append(promised[x.Ref], x.Kind)
			}
		}
		return nil
	}))
	byID := map[string]*Application{}
	for _, a := range m.selected(m.t, m.trip.ID).Applications {
		byID[a.ID] = a
	}
	for _, w := range m.all() {
		a := byID[w.id]
		kinds := slices.DeleteFunc(promised[w.id], func(k string) bool {
			return k == applicationReminder && a.State == ApplicationOffered || k == applicationAgain && a.State.Live()
		})
		if want := mailForApplication(a); !slices.Equal(kinds, []string{want}) {
			rt.Fatalf("%s is %s by %q and gets %v, want %s", a.Company, a.State, a.EndedBy, kinds, want)
		}
	}
	must(m.t, m.DB.Update(m.t.Context(), func(tx *storage.Tx) error { // the next try looks at its own alone
		for x, err := range mailRows.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			if err := mailRows.Delete(tx, x); err != nil {
				return err
			}
		}
		return nil
	}))
}
