package scheduling

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// A travelWorld is a published trip that its leader keeps changing, beside what
// a plain model says each traveller must know.
type travelWorld struct {
	*testHouse
	trip    *Trip
	people  []*Traveller
	page    *ProgrammePage
	told    map[string]map[string]string // traveller → part → what they were told of it
	digests map[string]int
}

func newTravelWorld(t testing.TB) *travelWorld {
	w := &travelWorld{testHouse: newHouse(t), told: map[string]map[string]string{}, digests: map[string]int{}}
	w.trip = w.spain(t, nil)
	for i := range 3 {
		w.people = append(w.people, w.traveller(t, w.trip, fmt.Sprintf("Person %d", i), "Aurora Oy"))
	}
	w.page = w.planned(t, w.trip, w.people[:2], w.people[2:], nil)
	for _, v := range w.people {
		w.told[v.ID] = w.view(v)
	}
	return w
}

// view is what a traveller sees of each part, told from the programme alone.
func (w *travelWorld) view(v *Traveller) map[string]string {
	out, p := map[string]string{}, w.page.Programme
	for _, l := range p.Legs {
		if l.Everyone || slices.Contains(l.TravellerIDs, v.ID) {
			out[l.UID] = fmt.Sprint(l.Departs.Unix(), l.Arrives.Unix(), l.Late)
		}
	}
	for _, a := range p.Activities {
		if a.Everyone || slices.Contains(a.TravellerIDs, v.ID) {
			out[a.UID] = fmt.Sprint(a.Starts.Unix(), a.Ends.Unix(), a.Late, a.Title)
		}
	}
	for _, h := range p.Hotels {
		for _, r := range h.Rooms {
			if slices.Contains(r.TravellerIDs, v.ID) {
				out[h.UID] = r.Number
			}
		}
	}
	return out
}

// calendar is the calendar of a traveller, entry by entry.
func (w *travelWorld) calendar(t testing.TB, v *Traveller) map[string]string {
	t.Helper()
	var src *source
	must(t, w.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		src, err = w.travelSource(tx, v.ID, "en")
		return err
	}))
	body, err := w.encode(t.Context(), src)
	must(t, err)
	_, entries := entriesOf(t, &Feed{Body: body})
	return entries
}

func sequenceIn(t testing.TB, entry string) int {
	t.Helper()
	_, rest, _ := strings.Cut(entry, "\r\nSEQUENCE:")
	number, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.Atoi(number)
	must(t, err)
	return n
}

// change has the leader edit the programme.
func (w *travelWorld) change(t testing.TB, do func(*Programme)) {
	t.Helper()
	must(t, w.try(t, do))
}

// try is change that may be refused; then everything stays as it was.
func (w *travelWorld) try(t testing.TB, do func(*Programme)) error {
	t.Helper()
	next := *w.page.Programme
	next.Legs, next.Hotels, next.Activities = slices.Clone(next.Legs), slices.Clone(next.Hotels), slices.Clone(next.Activities)
	do(&next)
	page, err := w.SaveProgramme(t.Context(), w.boss, w.trip.ID, &next)
	if err == nil {
		w.page = page
	}
	return err
}

// Whatever a leader does, exactly the calendars of those concerned change, each
// entry by one revision, and exactly those who do not know how it is get one
// mail, once.
func TestChangesReachThoseConcerned(t *testing.T) {
	w := newTravelWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 2).Draw(rt, "changes") {
			before, views := map[string]map[string]string{}, map[string]map[string]string{}
			for _, v := range w.people {
				before[v.ID], views[v.ID] = w.calendar(t, v), w.view(v)
			}
			err := w.try(t, w.draw(rt))
			if p := ProblemIn(err); p == nil || p.Key != "programme.twice" { // two visits at once
				must(t, err)
			}
			for _, v := range w.people {
				w.compare(rt, t, v, before[v.ID], views[v.ID])
			}
		}
		w.checkDigests(rt, t)
	})
}

// draw is one thing that a leader may do.
func (w *travelWorld) draw(rt *rapid.T) func(*Programme) {
	some := func() (ids []string) {
		for _, v := range w.people {
			if rapid.Bool().Draw(rt, "goes") {
				ids = append(ids, v.ID)
			}
		}
		return ids
	}
	switch rapid.SampledFrom([]string{"move", "move", "assign", "assign", "leg", "drop", "room", "remark"}).Draw(rt, "what") {
	case "move":
		by := time.Duration(rapid.IntRange(-2, 2).Draw(rt, "quarters")) * 15 * time.Minute
		return func(p *Programme) {
			a := &p.Activities[rapid.IntRange(0, len(p.Activities)-1).Draw(rt, "activity")]
			a.Starts, a.Ends = a.Starts.Add(by), a.Ends.Add(by)
		}
	case "assign":
		ids := some()
		return func(p *Programme) {
			p.Activities[rapid.IntRange(0, len(p.Activities)-1).Draw(rt, "activity")].Crowd = Crowd{TravellerIDs: ids}
		}
	case "leg":
		by := time.Duration(rapid.IntRange(-2, 2).Draw(rt, "quarters")) * 15 * time.Minute
		return func(p *Programme) { p.Legs[0].Departs = p.Legs[0].Departs.Add(by) }
	case "drop":
		ids := some()
		return func(p *Programme) {
			a := p.Activities[len(p.Activities)-1]
			a.ID, a.Revised, a.Crowd = "", Revised{}, Crowd{TravellerIDs: ids}
			p.Activities[len(p.Activities)-1] = a
		}
	case "room":
		number := rapid.SampledFrom([]string{"101", "102"}).Draw(rt, "number")
		return func(p *Programme) {
			p.Hotels[0].Rooms = slices.Clone(p.Hotels[0].Rooms)
			p.Hotels[0].Rooms[0].Number = number
		}
	}
	return func(p *Programme) { p.Activities[0].Note += "x"; p.Activities[0].Capacity += 10 }
}

func (w *travelWorld) compare(rt *rapid.T, t testing.TB, v *Traveller, before, view map[string]string) {
	after, now := w.calendar(t, v), w.view(v)
	for uid, was := range before {
		is, there := after[uid]
		old, had := view[uid]
		saw, has := now[uid]
		switch {
		case !there:
			rt.Fatalf("%s lost the entry\n%s", v.Name, was)
		case had == has && old == saw:
			if is != was {
				rt.Fatalf("%s is not concerned, and reads\n%s\ninstead of\n%s", v.Name, is, was)
			}
		case had && sequenceIn(t, is) != sequenceIn(t, was)+1, sequenceIn(t, is) <= sequenceIn(t, was):
			rt.Fatalf("%s has\n%s\nafter\n%s", v.Name, is, was)
		case has == strings.Contains(is, "STATUS:CANCELLED"):
			rt.Fatalf("%s takes part: %v\n%s", v.Name, has, is)
		}
	}
	for uid := range now {
		if after[uid] == "" {
			rt.Fatalf("%s misses %s", v.Name, uid)
		}
	}
}

func (w *travelWorld) checkDigests(rt *rapid.T, t testing.TB) {
	w.at(w.still().Add(itineraryQuiet + time.Second))
	for range 2 { // the second time there is nothing left to say
		_, err := w.SendItineraries(t.Context(), w.still())
		must(t, err)
	}
	for _, v := range w.people {
		want, now := w.digests[v.ID], w.view(v)
		if !maps.Equal(now, w.told[v.ID]) {
			want++
		}
		got := w.mailsAbout(t, v) - 1 // the first had all of it
		if got != want {
			rt.Fatalf("%s has %d mails about changes, want %d", v.Name, got, want)
		}
		w.digests[v.ID], w.told[v.ID] = got, now
	}
}

// mailsAbout counts what a traveller was written about their itinerary.
func (w *travelWorld) mailsAbout(t testing.TB, v *Traveller) (n int) {
	t.Helper()
	must(t, w.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		n, err = mailRows.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("ref", itineraryRef(v))}})
		return err
	}))
	return n
}

// kindsTo lists what a traveller was written.
func (w *travelWorld) kindsTo(t testing.TB, v *Traveller) (kinds []string) {
	t.Helper()
	for _, m := range w.mailsTo(t, v.Email) {
		if kind, ok := strings.CutPrefix(m.Kind, "itinerary."); ok {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (w *travelWorld) wantKinds(t testing.TB, v *Traveller, want ...string) {
	t.Helper()
	if got := w.kindsTo(t, v); !slices.Equal(got, want) {
		t.Errorf("%s was written %q, want %q", v.Name, got, want)
	}
}

func (w *travelWorld) sendAt(t testing.TB, now time.Time) {
	t.Helper()
	w.at(now)
	_, err := w.SendItineraries(t.Context(), now)
	must(t, err)
}

// Everybody has their itinerary when the programme is published; who comes along
// later has it when it has been quiet for a while.
func TestItineraryIsSentOnce(t *testing.T) {
	w := newTravelWorld(t)
	_, err := w.PublishProgramme(t.Context(), w.boss, w.trip.ID)
	must(t, err)
	w.wantKinds(t, w.people[0], "published")
	late := w.traveller(t, w.trip, "Late Comer", "Borealis Oy")
	w.sendAt(t, w.still().Add(time.Minute))
	w.wantKinds(t, late)
	w.sendAt(t, w.still().Add(itineraryQuiet))
	w.sendAt(t, w.still().Add(itineraryQuiet))
	w.wantKinds(t, late, "published")
	w.wantKinds(t, w.people[0], "published")
	if text := fmt.Sprint(w.mailsTo(t, late.Email)[1].Letter.Facts); strings.Contains(text, "Talleres") || !strings.Contains(text, "Dinner") {
		t.Errorf("the late comer reads of what they do not take part in: %s", text)
	}
}

// A leader who goes on changing things does not keep people waiting for ever,
// nor for what begins soon.
func TestDigestDoesNotWaitForEver(t *testing.T) {
	w := newTravelWorld(t)
	v := w.people[0]
	for minutes := range 7 { // a change every five minutes
		w.change(t, func(p *Programme) { p.Activities[0].Starts = p.Activities[0].Starts.Add(-time.Minute) })
		w.sendAt(t, t0.Add(time.Duration(minutes*5)*time.Minute+time.Second))
	}
	w.wantKinds(t, v, "published", "changed")
	soon := w.page.Programme.Activities[0].Starts.Add(-2 * time.Hour)
	w.change(t, func(p *Programme) { p.Activities[0].Meet = "Lobby, 12:30" })
	w.sendAt(t, soon)
	w.wantKinds(t, v, "published", "changed", "changed")
	w.change(t, func(p *Programme) { p.Activities[0].Place = "Leganés" })
	w.sendAt(t, soon.Add(time.Second))
	w.wantKinds(t, v, "published", "changed", "changed", "changed")
	w.wantKinds(t, w.people[2], "published")
}

// A trip that is called off says so once, and nothing of what was to be said.
func TestCalledOffTrip(t *testing.T) {
	w := newTravelWorld(t)
	v := w.people[0]
	w.change(t, func(p *Programme) { p.Activities[0].Starts = p.Activities[0].Starts.Add(-time.Hour) })
	live := w.calendar(t, v)
	off := func(from TripState) {
		w.write(t, func(tx *storage.Tx) error {
			trip, err := trips.Get(tx, w.trip.ID)
			must(t, err)
			trip.CancelledAt, trip.State = tx.Now(), from
			return w.moveTrip(tx, w.boss, trip, TripCancelled, "")
		})
	}
	off(TripConfirmed)
	w.sendAt(t, w.still().Add(time.Hour))
	off(TripCancelled)
	w.wantKinds(t, v, "published", "cancelled")
	if open := w.mailsTo(t, v.Email)[1]; open.Open {
		t.Error("the itinerary of what does not take place may still leave")
	}
	for uid, x := range w.calendar(t, v) {
		if !strings.Contains(x, "STATUS:CANCELLED") || sequenceIn(t, x) != sequenceIn(t, live[uid])+1 {
			t.Errorf("still in the calendar:\n%s", x)
		}
	}
	if n := len(w.calendar(t, v)); n != len(live) {
		t.Errorf("%d entries of %d are left", n, len(live))
	}
}

// Who is out keeps the entries as cancelled, whatever the others do from then
// on; who comes back has them again, further on.
func TestOutAndBack(t *testing.T) {
	w := newTravelWorld(t)
	v := w.people[0]
	live := w.calendar(t, v)
	w.write(t, func(tx *storage.Tx) error {
		out, err := travellers.Get(tx, v.ID)
		must(t, err)
		out.State, out.Live = TravellerOut, ""
		v = out
		return travellers.Put(tx, out)
	})
	gone := w.calendar(t, v)
	w.change(t, func(p *Programme) { p.Legs[0].Departs = p.Legs[0].Departs.Add(-time.Hour) })
	w.sendAt(t, w.still().Add(time.Hour))
	w.wantKinds(t, v, "published")
	for uid, x := range live {
		if !strings.Contains(gone[uid], "STATUS:CANCELLED") || sequenceIn(t, gone[uid]) != sequenceIn(t, x)+1 {
			t.Errorf("out:\n%s", gone[uid])
		}
	}
	if later := w.calendar(t, v); !maps.Equal(later, gone) {
		t.Errorf("what others do changed %d entries of who is out", len(later))
	}
	back := w.traveller(t, w.trip, v.Name, v.Company)
	if back.PersonID != v.PersonID || back.ID == v.ID {
		t.Fatal("not the same person, or not a new traveller")
	}
	w.write(t, func(tx *storage.Tx) error { // their own feed has one entry of each
		p, err := people.Get(tx, v.PersonID)
		must(t, err)
		entries, err := w.travelEntries(tx, &reading{address: &FeedAddress{Lang: "en"}, person: p, day: dayOf(tx.Now())})
		seen := map[string]bool{}
		for _, x := range entries {
			if seen[x.UID] || x.Sequence <= sequenceIn(t, live[x.UID]) {
				t.Errorf("%s stands there twice, or goes back to revision %d", x.Summary, x.Sequence)
			}
			seen[x.UID] = true
		}
		return err
	})
}

// A traveller's calendar names nobody else, and says a leg in both zones.
func TestTravelCalendar(t *testing.T) {
	w := newTravelWorld(t)
	_, link, _ := strings.Cut(w.TravelURL(w.people[0]), "/travel/")
	f, err := w.TravelCalendar(t.Context(), link, "en")
	must(t, err)
	body := strings.ReplaceAll(string(f.Body), "\r\n ", "")
	for _, want := range []string{"DTSTART;TZID=Europe/Helsinki:20270208T070000", "DTEND;TZID=Europe/Madrid:20270208T102000", "TZID:Europe/Helsinki", "TZID:Europe/Madrid",
		"07:00 Helsinki → 10:20 Madrid", "4 h 20 min", "DTSTART;VALUE=DATE:20270208", "DTEND;VALUE=DATE:20270213", "RELATED-TO:" + w.trip.UID} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	for _, not := range []string{"Person", "Aurora", "ATTENDEE", "Laboratorio"} {
		if strings.Contains(body, not) {
			t.Errorf("the calendar tells %s", not)
		}
	}
	again, err := w.TravelCalendar(t.Context(), link, "en")
	must(t, err)
	if again != f || !f.Private {
		t.Error("made anew although nothing changed, or for everybody to keep")
	}
	me := Actor{ID: w.people[0].PersonID, Email: w.people[0].Email, Via: "page"}
	_, own := entriesOf(t, w.personal(t, w.address(t, me, func(a *FeedAddress) { a.Scopes = []string{"trips"} })))
	if _, behind := entriesOf(t, f); !maps.Equal(own, behind) {
		t.Errorf("their own feed has %d entries, the link %d, or not the same", len(own), len(behind))
	}
	if _, none := entriesOf(t, w.personal(t, w.address(t, me, func(a *FeedAddress) { a.Scopes = []string{"meetings"} }))); len(none) > 0 {
		t.Errorf("a feed of meetings has %d entries of the trip", len(none))
	}
	_, err = w.TravelCalendar(t.Context(), link+"x", "en")
	wantHidden(t, err)
	_, err = w.Travel(t.Context(), w.people[0].ID+".AAAAAAAAAAAAAAAAAAAAAA", "en")
	wantHidden(t, err)
}
