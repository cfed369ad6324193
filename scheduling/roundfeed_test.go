package scheduling

import (
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

func TestRoundInThePublicFeed(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, func(r *Round) {
		r.Tables = append(r.Tables, Table{Name: "V", Kind: ByVideo, Link: "https://video.example/secret"})
	})
	inside := h.round(t, func(r *Round) { r.Title, r.EventID = Text{"en": "Inside"}, h.event(t, nil).ID })
	h.entered(t, r, "Aurora", nil)
	body := func(name string) string {
		t.Helper()
		f, err := h.PublicFeed(t.Context(), name, "en")
		must(t, err)
		return strings.ReplaceAll(string(f.Body), "\r\n ", "")
	}
	if strings.Contains(body("automotive"), "Northern Power") {
		t.Error("a draft is in the feed")
	}
	h.phase(t, r, RoundProfiles)
	h.phase(t, inside, RoundProfiles)
	for _, name := range []string{"automotive", "all"} {
		got := body(name)
		for _, want := range []string{"UID:" + r.UID, "SUMMARY:Northern Power B2B", "DTSTART;TZID=Europe/Helsinki:20270224T090000", "LOCATION:Oulu Hall\\, Ouluhallintie 20\\, Oulu"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q:\n%s", name, want, got)
			}
		}
		for _, secret := range []string{"video.example", "Aurora", "Inside", "ATTENDEE"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s tells %q", name, secret)
			}
		}
	}
	for _, name := range []string{"circular", "types/conference"} {
		if strings.Contains(body(name), "Northern Power") {
			t.Errorf("%s has it too", name)
		}
	}
	h.phase(t, r, RoundRequests) // looks the same
	if got := body("automotive"); !strings.Contains(got, "SEQUENCE:1\r\n") {
		t.Errorf("feed:\n%s", got)
	}
	_, err := h.SetPhase(t.Context(), h.boss, r.ID, RoundCancelled, "No hall")
	must(t, err)
	if got := body("automotive"); !strings.Contains(got, "STATUS:CANCELLED") || !strings.Contains(got, "SEQUENCE:2\r\n") {
		t.Errorf("feed:\n%s", got)
	}
}

func TestDeadlinesOfRounds(t *testing.T) {
	h := newHouse(t)
	r := h.round(t, nil)
	h.phase(t, r, RoundProfiles)
	e := h.entered(t, r, "Aurora", nil)
	me := Actor{ID: e.PersonIDs[0], Email: "aurora@example.org", Lang: "en"}
	entries := func() map[string]time.Time {
		t.Helper()
		in := &reading{address: &FeedAddress{Lang: "en"}, person: &Person{Email: me.Email}, day: dayOf(t0)}
		in.person.ID = me.ID
		tx := map[string]time.Time{}
		must(t, h.DB.View(t.Context(), func(s *storage.Tx) error {
			list, err := h.deadlineEntries(s, in)
			for _, x := range list {
				tx[x.Summary] = x.Starts
			}
			return err
		}))
		return tx
	}
	got := entries()
	if len(got) != 2 || !got["Have your profile ready: Northern Power B2B"].Equal(r.Plan.RequestsAt) || !got["Requests close: Northern Power B2B"].Equal(r.Plan.SchedulingAt) {
		t.Errorf("entries %v", got)
	}
	before := h.reread(t, r)
	in := *before
	in.Plan.SchedulingAt = clockOf(-6, 9)
	moved, err := h.SaveRound(t.Context(), h.boss, &in)
	must(t, err)
	if moved.DueSequence != before.DueSequence+1 || moved.Sequence != before.Sequence {
		t.Errorf("sequences %d and %d", moved.DueSequence, moved.Sequence)
	}
	if got := entries(); !got["Requests close: Northern Power B2B"].Equal(clockOf(-6, 9)) {
		t.Errorf("entries %v", got)
	}
	_, err = h.PauseEntrant(t.Context(), h.boss, e.ID, true)
	must(t, err)
	if got := entries(); len(got) != 0 {
		t.Errorf("paused, but %v", got)
	}
}
