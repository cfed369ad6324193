package scheduling

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// fairDay is the day of the rounds in the tests: two weeks after t0.
const fairDay = "2027-01-27"

// morning stores a round of one morning, 9:00 to 11:00 in Oulu, in slots of 20
// minutes and with three tables, in its request phase, after set has had its
// way.
func (h *testHouse) morning(t testing.TB, set func(*Round)) *Round {
	t.Helper()
	r := &Round{Slug: "power", ClusterIDs: []string{h.cluster.ID}, Phase: RoundRequests, Way: ByBooking, Zone: "Europe/Helsinki",
		Title: Text{"en": "Northern Power", "fi": "Pohjoisen voima"}, Contact: "Outi Organiser", ContactEmail: "outi@kohtaamo.example",
		Days: []RoundDay{{Date: fairDay, Windows: []Window{{From: "09:00", To: "11:00", Name: "Morning"}}}}, Minutes: 20,
		Tables: []Table{{ID: "t1", Name: "Table 1", Kind: AtTable}, {ID: "t2", Name: "Table 2", Kind: AtTable}, {ID: "t3", Name: "Table 3", Kind: AtTable}},
		Limits: RoundLimits{ExpireHours: 72}, Open: true}
	if set != nil {
		set(r)
	}
	var err error
	r.Slots, err = r.grid()
	must(t, err)
	r.Starts, r.Ends = r.Slots[0].Starts, r.Slots[len(r.Slots)-1].Ends
	h.write(t, func(tx *storage.Tx) error { return rounds.Put(tx, r) })
	return r
}

// entrant stores a company's part in a round, with so many people; the first
// manages it.
func (h *testHouse) entrant(t testing.TB, r *Round, name string, people int) *Entrant {
	t.Helper()
	e := &Entrant{RoundID: r.ID, CompanyID: name, Live: r.ID + "/" + name, State: EntrantIn, Name: name, Sort: strings.ToLower(name), Country: "FI"}
	e.ID = storage.NewID()
	for n := range people {
		p := h.delegate(t, fmt.Sprintf("%s %c", name, 'A'+n))
		e.People = append(e.People, Delegate{PersonID: p.ID, Name: p.Name, Languages: []string{"en"}, Manages: n == 0})
		e.PersonIDs = append(e.PersonIDs, p.ID)
	}
	h.write(t, func(tx *storage.Tx) error { return entrants.Put(tx, e) })
	return e
}

func (h *testHouse) delegate(t testing.TB, name string) *Person {
	t.Helper()
	email := strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.org"
	p := &Person{Email: email, Name: name, Sort: strings.ToLower(name), Lang: "en"}
	h.write(t, func(tx *storage.Tx) error { return people.Put(tx, p) })
	return p
}

func (h *testHouse) write(t testing.TB, fn func(*storage.Tx) error) {
	t.Helper()
	must(t, h.DB.Update(t.Context(), fn))
}

// as is the nth of an entrant's people, signed in.
func as(e *Entrant, n int) Actor {
	p := e.People[n]
	return Actor{ID: p.PersonID, Name: p.Name, Lang: "en", Via: "page"}
}

// mailTo is the address that one of an entrant's people has.
func mailTo(e *Entrant, n int) string {
	return strings.ReplaceAll(strings.ToLower(e.People[n].Name), " ", ".") + "@example.org"
}

// slot is the nth of a round, from 0.
func slot(r *Round, n int) string { return r.Slots[n].ID }

// at9 is a time of the round's morning.
func at9(minutes int) time.Time {
	return time.Date(2027, 1, 27, 7, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// meets places a meeting of entrants, and tells them.
func (h *testHouse) meets(t testing.TB, r *Round, n int, table string, es ...*Entrant) *Meeting {
	t.Helper()
	var m *Meeting
	h.write(t, func(tx *storage.Tx) error {
		m = &Meeting{Slot: slot(r, n), Table: table}
		for _, e := range es {
			m.Parties = append(m.Parties, Party{EntrantID: e.ID})
		}
		if err := h.placeMeeting(tx, h.boss, r, m); err != nil {
			return err
		}
		return h.tellMeeting(tx, r, m, tellBooked)
	})
	return m
}

// meeting is m as it is stored.
func (h *testHouse) meeting(t testing.TB, id string) (m *Meeting) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		m, err = meetings.Get(tx, id)
		return err
	}))
	return m
}
