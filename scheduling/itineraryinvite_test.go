package scheduling

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

func (w *travelWorld) byInvite(t testing.TB, v *Traveller, on bool) error {
	t.Helper()
	_, link, _ := strings.Cut(w.TravelURL(v), "/travel/")
	return w.InviteToParts(t.Context(), link, on)
}

// invites are the calendar parts of what a traveller was written, in its order:
// "REQUEST UID SEQUENCE".
func (w *travelWorld) invites(t testing.TB, v *Traveller) (out []string) {
	t.Helper()
	for _, m := range w.mailsTo(t, v.Email) {
		if m.Calendar == nil || !m.Open && m.State != mailer.Sent { // withdrawn
			continue
		}
		_, entries := entriesOf(t, &Feed{Body: m.Calendar.Body})
		for uid, x := range entries {
			out = append(out, fmt.Sprintf("%s %s %d", m.Calendar.Method, uid, sequenceIn(t, x)))
		}
	}
	return out
}

// follows says that a calendar that takes in a traveller's invites, and nothing
// else, holds what their feed does.
func (w *travelWorld) follows(t testing.TB, v *Traveller) {
	t.Helper()
	held := map[string]string{}
	for _, m := range w.mailsTo(t, v.Email) {
		if m.Calendar == nil {
			continue
		}
		_, entries := entriesOf(t, &Feed{Body: m.Calendar.Body})
		for uid, x := range entries {
			if old := held[uid]; old != "" && sequenceIn(t, old) >= sequenceIn(t, x) {
				t.Errorf("a calendar would leave\n%s\nas it is, and not take\n%s", old, x)
			}
			if m.Calendar.Method == "CANCEL" && !strings.Contains(x, "STATUS:CANCELLED") {
				t.Errorf("taken back, and not cancelled:\n%s", x)
			}
			held[uid] = x
		}
	}
	when := func(x string) (out []string) {
		for _, line := range strings.Split(x, "\r\n") {
			if strings.HasPrefix(line, "DTSTART") || strings.HasPrefix(line, "DTEND") || strings.HasPrefix(line, "STATUS:CANCELLED") || strings.HasPrefix(line, "SEQUENCE") {
				out = append(out, line)
			}
		}
		return out
	}
	for uid, x := range w.calendar(t, v) {
		is, there := held[uid]
		switch {
		case uid == w.trip.UID || !there && strings.Contains(x, "STATUS:CANCELLED"):
		case !there:
			t.Errorf("nobody was invited to\n%s", x)
		case fmt.Sprint(when(is)) != fmt.Sprint(when(x)):
			t.Errorf("the invites leave\n%s\nand the feed has\n%s", is, x)
		}
	}
}

// Who wants invites gets one for each part, an update for each that changes,
// and the end of each that is over for them; others get none.
func TestPartsByInvite(t *testing.T) {
	w := newTravelWorld(t)
	v := w.people[0]
	must(t, w.byInvite(t, v, true))
	must(t, w.byInvite(t, v, true))
	first := w.invites(t, v)
	if n := len(w.calendar(t, v)) - 1; len(first) != n || n < 3 {
		t.Errorf("%d invites to %d parts: %q", len(first), n, first)
	}
	w.follows(t, v)
	w.post(t)

	a := w.page.Programme.Activities[0]
	w.change(t, func(p *Programme) { p.Activities[0].Starts = a.Starts.Add(-15 * time.Minute) })
	w.sendAt(t, w.still().Add(itineraryQuiet))
	if got := w.invites(t, v)[len(first):]; len(got) != 1 || !strings.HasPrefix(got[0], "REQUEST "+a.UID) {
		t.Errorf("after one visit moved, the invites are %q", got)
	}
	w.follows(t, v)
	w.post(t)

	w.change(t, func(p *Programme) { p.Activities[0].Crowd = Crowd{TravellerIDs: []string{w.people[1].ID}} })
	w.sendAt(t, w.still().Add(itineraryQuiet))
	if got := w.invites(t, v)[len(first)+1:]; len(got) != 1 || !strings.HasPrefix(got[0], "CANCEL "+a.UID) {
		t.Errorf("taken out of a visit, the invites are %q", got)
	}
	w.change(t, func(p *Programme) { p.Activities[0].Crowd = a.Crowd })
	w.sendAt(t, w.still().Add(itineraryQuiet))
	w.follows(t, v)
	w.post(t)

	w.write(t, func(tx *storage.Tx) error {
		trip, err := trips.Get(tx, w.trip.ID)
		must(t, err)
		trip.CancelledAt = tx.Now()
		return w.moveTrip(tx, w.boss, trip, TripCancelled, "")
	})
	all := w.invites(t, v)
	if n := len(first); len(all) < n || strings.Count(strings.Join(all[len(all)-n:], "\n"), "CANCEL") != n {
		t.Errorf("called off, the invites are %q", all)
	}
	w.follows(t, v)
	if got := w.invites(t, w.people[1]); len(got) > 0 {
		t.Errorf("who asked for none got %q", got)
	}
}

// Who has the parts by invite hears of a delay there too, at once: no digest
// follows that could bring it.
func TestDelayByInvite(t *testing.T) {
	w := newTravelWorld(t)
	v := w.people[0]
	must(t, w.byInvite(t, v, true))
	w.post(t)
	n := len(w.invites(t, v))
	a := w.page.Programme.Activities[0]
	for _, minutes := range []int{10, 0} {
		_, err := w.DelayPart(t.Context(), w.boss, w.trip.ID, a.ID, minutes)
		must(t, err)
		if got := w.invites(t, v)[n:]; len(got) != 1 || !strings.HasPrefix(got[0], "REQUEST "+a.UID) {
			t.Fatalf("%d minutes late, the invites are %q", minutes, got)
		}
		w.follows(t, v)
		w.post(t)
		n++
		w.sendAt(t, w.still().Add(itineraryQuiet))
		if got := w.invites(t, v)[n:]; len(got) > 0 {
			t.Errorf("said again: %q", got)
		}
	}
}

// An invite that never left is not taken back, and none is sent any more once
// somebody wants none.
func TestPartsNoLongerByInvite(t *testing.T) {
	w := newTravelWorld(t)
	v := w.people[0]
	must(t, w.byInvite(t, v, true))
	n := len(w.invites(t, v))
	w.change(t, func(p *Programme) { p.Activities[0].Crowd = Crowd{TravellerIDs: []string{w.people[1].ID}} })
	w.sendAt(t, w.still().Add(itineraryQuiet))
	if got := w.invites(t, v); len(got) != n-1 {
		t.Errorf("of %d invites that did not leave, one was withdrawn, and %d stand", n, len(got))
	}
	must(t, w.byInvite(t, v, false))
	w.change(t, func(p *Programme) { p.Activities[1].Starts = p.Activities[1].Starts.Add(-time.Hour) })
	w.sendAt(t, w.still().Add(itineraryQuiet))
	if got := w.invites(t, v); len(got) != n-1 {
		t.Errorf("more than that came: %q", got)
	}
	_, err := w.ReleaseTraveller(t.Context(), w.boss, w.trip.ID, v.ID, "Cannot come")
	must(t, err)
	if err := w.byInvite(t, v, true); ProblemIn(err) == nil {
		t.Errorf("who is out can ask for invites: %v", err)
	}
}

// Somebody who is taken off the trip has what came by invite taken back.
func TestInvitesOfWhoIsOut(t *testing.T) {
	w := newTravelWorld(t)
	v := w.people[0]
	must(t, w.byInvite(t, v, true))
	w.post(t)
	n := len(w.invites(t, v))
	_, err := w.ReleaseTraveller(t.Context(), w.boss, w.trip.ID, v.ID, "Cannot come")
	must(t, err)
	if got := w.invites(t, v)[n:]; len(got) != n || strings.Count(strings.Join(got, "\n"), "CANCEL") != n {
		t.Errorf("out, and the invites are %q", got)
	}
	w.follows(t, v)
}
