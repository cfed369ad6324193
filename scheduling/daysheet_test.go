package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// leader is an actor who leads the trip and organises nothing.
func (w *travelWorld) leader(t testing.TB) Actor {
	t.Helper()
	by := Actor{ID: "leader", Name: "Leena Leader", Email: "leena@example.org", Via: "page"}
	w.write(t, func(tx *storage.Tx) error {
		must(t, people.Put(tx, &Person{Meta: storage.Meta{ID: by.ID}, Name: by.Name, Email: by.Email, Phone: "+358 40 1"}))
		trip, err := trips.Get(tx, w.trip.ID)
		must(t, err)
		trip.LeaderIDs = []string{by.ID}
		return trips.Put(tx, trip)
	})
	return by
}

// The sheet shows the day of where the trip is, with who is on what.
func TestDaySheet(t *testing.T) {
	w := newTravelWorld(t)
	by := w.leader(t)
	w.at(in(t, "Europe/Helsinki", "2027-02-08 06:00"))
	s, err := w.DaySheet(t.Context(), by, w.trip.ID, "", "en")
	must(t, err)
	var titles []string
	for _, p := range s.Parts {
		titles = append(titles, fmt.Sprintf("%s %d", p.Title, len(p.People)))
	}
	want := []string{"Hotel: Hotel Uno 3", "Flight AY1661: Helsinki (HEL) → Madrid (MAD) 3", "Visit to Talleres Uno 2", "Visit to Laboratorio Dos 1", "Dinner 3"}
	if s.Date != "2027-02-08" || s.Zone != "Europe/Madrid" || !slices.Equal(titles, want) || len(s.Dates) != 5 {
		t.Errorf("%s in %s: %q of %q", s.Date, s.Zone, titles, s.Dates)
	}
	if s.Next == nil || s.Next.PartID != "out" || s.Contacts[len(s.Contacts)-2].Phone != "+358 40 1" {
		t.Errorf("next %+v, contacts %+v", s.Next, s.Contacts)
	}
	w.at(in(t, "Europe/Lisbon", "2027-02-10 23:30")) // the day after, in Madrid
	s, err = w.DaySheet(t.Context(), by, w.trip.ID, "2031-01-01", "en")
	must(t, err)
	if s.Date != "2027-02-10" || s.Next.PartID != "home" {
		t.Errorf("%s, then %v", s.Date, s.Next)
	}
	for _, other := range []Actor{w.other, {ID: "x", Via: "page"}, {}} {
		_, err = w.DaySheet(t.Context(), other, w.trip.ID, "", "en")
		wantHidden(t, err)
	}
}

// Of two marks the later one holds, in whichever order they arrive, and a mark
// that is sent twice is one.
func TestMarks(t *testing.T) {
	w := newTravelWorld(t)
	by, v := w.leader(t), w.people[0]
	noon := t0.Add(-time.Hour)
	mark := func(present bool, at time.Time) *Traveller {
		t.Helper()
		v, err := w.MarkTraveller(t.Context(), by, w.trip.ID, Marking{TravellerID: v.ID, PartID: "v1", Present: present, At: at})
		must(t, err)
		return v
	}
	mark(true, noon)
	rev := mark(true, noon.Add(2*time.Minute)).Rev
	if got := mark(false, noon.Add(time.Minute)); !got.Marks["v1"].Present || got.Rev != rev {
		t.Errorf("an earlier mark won: %+v", got.Marks)
	}
	if got := mark(false, t0.AddDate(1, 0, 0)); got.Marks["v1"].Present || got.Marks["v1"].At.After(w.still()) {
		t.Errorf("marked by a clock that is wrong: %+v", got.Marks)
	}
	if got := mark(true, time.Time{}); !got.Marks["v1"].Present || got.Marks["v1"].By != by.ID {
		t.Errorf("a mark after it: %+v", got.Marks)
	}
	for _, wrong := range []Marking{{TravellerID: v.ID, PartID: "v2"}, {TravellerID: v.ID, PartID: "h1"}, {TravellerID: v.ID, PartID: "none"}, {TravellerID: "none", PartID: "v1"}} {
		_, err := w.MarkTraveller(t.Context(), by, w.trip.ID, wrong)
		wantHidden(t, err)
	}
	_, err := w.MarkTraveller(t.Context(), w.other, w.trip.ID, Marking{TravellerID: v.ID, PartID: "v1"})
	wantHidden(t, err)
}

// A note that is sent twice is one, and nobody writes over another's.
func TestTripNotes(t *testing.T) {
	w := newTravelWorld(t)
	by := w.leader(t)
	for _, text := range []string{"The bus has a flat tyre.", "Something else."} {
		_, err := w.NoteTrip(t.Context(), by, w.trip.ID, TripNote{Meta: storage.Meta{ID: "n1"}, Text: text, At: t0.Add(-time.Hour)})
		must(t, err)
	}
	_, err := w.NoteTrip(t.Context(), w.boss, w.trip.ID, TripNote{Text: "Tell the hotel."})
	must(t, err)
	s, err := w.DaySheet(t.Context(), by, w.trip.ID, "", "en")
	must(t, err)
	if len(s.Notes) != 2 || s.Notes[1].Text != "The bus has a flat tyre." || s.Notes[1].Name != by.Name || !s.Notes[1].At.Equal(t0.Add(-time.Hour)) {
		t.Errorf("notes: %+v", s.Notes)
	}
	_, err = w.NoteTrip(t.Context(), by, w.trip.ID, TripNote{})
	wantField(t, err, "text")
	elsewhere := w.spain(t, func(x *Trip) { x.Slug = "elsewhere" })
	_, err = w.NoteTrip(t.Context(), w.boss, elsewhere.ID, TripNote{Meta: storage.Meta{ID: "n1"}, Text: "Mine"})
	wantHidden(t, err)
}

// That something begins later is told at once to those who take part, and to
// nobody twice: no digest repeats it.
func TestDelayedPart(t *testing.T) {
	w := newTravelWorld(t)
	by, v, other := w.leader(t), w.people[0], w.people[2]
	w.at(in(t, "Europe/Madrid", "2027-02-08 13:00"))
	before, others := w.calendar(t, v), w.calendar(t, other)
	for range 2 {
		_, err := w.DelayPart(t.Context(), by, w.trip.ID, "v1", 10)
		must(t, err)
	}
	w.sendAt(t, w.still().Add(time.Hour))
	w.wantKinds(t, v, "published", "late")
	w.wantKinds(t, other, "published")
	uid := w.page.Programme.Activities[0].UID
	after := w.calendar(t, v)[uid]
	if !strings.Contains(after, "DTSTART;TZID=Europe/Madrid:20270208T141000") || !strings.Contains(after, "DTEND;TZID=Europe/Madrid:20270208T161000") ||
		sequenceIn(t, after) != sequenceIn(t, before[uid])+1 {
		t.Errorf("after the delay:\n%s", after)
	}
	if now := w.calendar(t, other); len(now) != len(others) || now[uid] != others[uid] {
		t.Error("who does not take part has another calendar")
	}
	_, err := w.DelayPart(t.Context(), by, w.trip.ID, "v1", maxDelay+1)
	wantField(t, err, "minutes")
	_, err = w.DelayPart(t.Context(), by, w.trip.ID, "h1", 5)
	wantHidden(t, err)
	_, err = w.DelayPart(t.Context(), w.other, w.trip.ID, "v1", 5)
	wantHidden(t, err)
}
