package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// filledDemo is the database that TestDemo filled, for tests after it that need
// one: filling takes as long as many of them together. Empty where it did not run.
var filledDemo []byte

// TestDemo fills the demo once and looks at it from all sides: filling is the
// slow part.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	db, mail := database(dir, "k.db"), "--mail=dir:"+filepath.Join(dir, "mail")
	s := start(t, "--demo", db, mail)
	for _, role := range []string{"organiser", "administrator"} {
		if link := s.says("Sign in as " + role); link == "" {
			t.Errorf("no link for the %s in %q", role, s.lines)
		} else if status, _ := answer(t, link); status != http.StatusOK {
			t.Errorf("the link of the %s answers %d", role, status)
		}
	}
	s.end(t)
	var err error
	if filledDemo, err = os.ReadFile(filepath.Join(dir, "k.db")); err != nil {
		t.Fatal(err)
	}

	h := openHouse(t, db)
	t.Run("events", func(t *testing.T) { checkDemoEvents(t, h) })
	t.Run("mails", func(t *testing.T) { checkDemoMails(t, h, filepath.Join(dir, "mail")) })
	t.Run("companies", func(t *testing.T) { checkDemoCompanies(t, h) })
	t.Run("meetings", func(t *testing.T) { checkDemoMeetings(t, h) })
	t.Run("rounds", func(t *testing.T) { checkDemoRounds(t, h) })
	t.Run("groups", func(t *testing.T) { checkDemoGroups(t, h) })
	t.Run("follow-up", func(t *testing.T) { checkDemoFollowUp(t, h) })
	t.Run("busy", func(t *testing.T) { checkDemoBusy(t, h) })
	t.Run("lists", func(t *testing.T) { checkDemoLists(t, h) })
	t.Run("trips", func(t *testing.T) { checkDemoTrips(t, h) })
	t.Run("news", func(t *testing.T) { checkDemoNews(t, h) })

	t.Run("twice", func(t *testing.T) {
		before := countEvents(t, h)
		again := start(t, "--demo", db, mail)
		if !strings.Contains(strings.Join(again.lines, "\n"), "left it as it is") || again.says("Sign in as organiser") == "" {
			t.Errorf("it printed %q", again.lines)
		}
		again.end(t)
		if after := countEvents(t, h); after != before {
			t.Errorf("%d events, %d before", after, before)
		}
	})
	t.Run("transfer", func(t *testing.T) {
		file := filepath.Join(dir, "all.jsonl")
		must(t, "export", file, db)
		first, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		other := database(dir, "other.db")
		must(t, "import", file, other)
		if second := exported(t, other); second != string(first) {
			t.Errorf("the second export has %d bytes, the first %d", len(second), len(first))
		}
	})
}

func countEvents(t *testing.T, h *house) int {
	t.Helper()
	events, _, err := h.desk.Events(t.Context(), scheduling.System("test"), scheduling.EventFilter{Limit: 1000}, true)
	if err != nil {
		t.Fatal(err)
	}
	return len(events)
}

func exported(t *testing.T, db string) string {
	t.Helper()
	return must(t, "export", "-", db)
}

// checkDemoBusy finds the organiser's diary, with a meeting every week.
func checkDemoBusy(t *testing.T, h *house) {
	list, _, err := h.desk.People(t.Context(), scheduling.System("test"), scheduling.ListFilter{Text: "aino lehtola", Staff: true})
	if err != nil || len(list) == 0 {
		t.Fatalf("%d organisers, %v", len(list), err)
	}
	v, err := h.desk.Busy(t.Context(), list[0].Actor())
	if err != nil || len(v.Calendars) != 1 || len(v.Calendars[0].Skipped) != 0 || len(v.Times) < 6 || len(v.Times) > 9 {
		t.Errorf("the diary is %+v, %v", v, err)
	}
}

// checkDemoEvents holds the demo to what the tour in the README shows.
func checkDemoEvents(t *testing.T, h *house) {
	ctx, by := t.Context(), scheduling.System("test")
	events, _, err := h.desk.Events(ctx, by, scheduling.EventFilter{Limit: 100}, true)
	if err != nil {
		t.Fatal(err)
	}
	now := h.db.Now()
	phases, modes := map[scheduling.Phase]int{}, map[scheduling.Mode]int{}
	for _, e := range events {
		phases[e.Phase(now)]++
		modes[e.Mode]++
		counts, err := h.desk.StateCounts(ctx, by, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		page, err := h.desk.EventPage(ctx, by, e.Slug)
		if err != nil {
			t.Fatal(err)
		}
		s := page.Seating
		seats := counts[scheduling.Confirmed] + counts[scheduling.Offered] + counts[scheduling.Attended]
		if s.Taken != seats || s.Waiting != counts[scheduling.Waitlisted] || s.Seats > 0 && s.Taken > s.Seats {
			t.Errorf("%s: taken %d, waiting %d of %d, but %v", e.Slug, s.Taken, s.Waiting, s.Seats, counts)
		}
		switch slug := e.Slug; {
		case strings.HasPrefix(slug, "northern-power"):
			if counts[scheduling.Offered] != 1 || s.Taken != s.Seats || s.Waiting < 3 {
				t.Errorf("Northern Power is not full with one offer: %v", counts)
			}
		case e.Ends.Before(now):
			if counts[scheduling.Attended] == 0 || counts[scheduling.NoShow] == 0 || counts[scheduling.Confirmed] != 0 || !e.WrappedUp {
				t.Errorf("%s is not wrapped up: %v", slug, counts)
			}
		}
		for lang := range map[string]bool{"fi": true, "en": true} {
			if !e.Title.Has(lang) || !e.Summary.Has(lang) || !e.Body.Has(lang) {
				t.Errorf("%s is not written in %s", e.Slug, lang)
			}
		}
	}
	if phases[scheduling.PhaseEnded] < 5 || phases[scheduling.PhasePublished] < 9 || phases[scheduling.PhaseDraft] != 1 ||
		phases[scheduling.PhaseCancelled] != 1 || modes[scheduling.Online] == 0 || modes[scheduling.Hybrid] == 0 {
		t.Errorf("%v %v", phases, modes)
	}
}

// checkDemoMails finds every mail of the past sent at its time, and as a file.
func checkDemoMails(t *testing.T, h *house, dir string) {
	counts, err := h.outbox.Counts(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for state, n := range counts {
		gone := (state == mailer.Failed || state == mailer.Suppressed) && n <= 3 // to the mailbox that does not exist
		if n > 0 && state != mailer.Sent && state != mailer.Withdrawn && !gone {
			t.Errorf("%d mails are %s", n, state)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(files) < counts[mailer.Sent] || counts[mailer.Sent] < 300 {
		t.Errorf("%d files, %v, and %d mails sent", len(files), err, counts[mailer.Sent])
	}
	list, _, err := h.outbox.List(t.Context(), mailer.Filter{Limit: 50})
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	for _, m := range list {
		if late := m.SentAt.Sub(m.Created); m.State == mailer.Sent && (late < 0 || late > 25*time.Hour) {
			t.Errorf("a mail of %v was sent at %v", m.Created, m.SentAt)
		}
		if !strings.HasSuffix(m.To, ".example") {
			t.Errorf("a mail went to somebody who may exist: %s", m.To)
		}
	}
}

// checkDemoMeetings finds a monthly meeting of which one date is moved and one
// cancelled, and a member who has it in a calendar of theirs.
func checkDemoMeetings(t *testing.T, h *house) {
	ctx, by := t.Context(), scheduling.System("test")
	groups, err := h.desk.Groups(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	moved, cancelled, feeds := 0, 0, 0
	for _, g := range groups {
		p, err := h.desk.GroupMeetings(ctx, by, g.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Ahead(h.db.Now(), 12) {
			if m.Moved {
				moved++
			}
			if m.Cancelled {
				cancelled++
			}
		}
		for _, id := range g.Members {
			own, err := h.desk.FeedAddresses(ctx, scheduling.Actor{ID: id})
			if err != nil {
				t.Fatal(err)
			}
			feeds += len(own)
		}
	}
	if moved != 1 || cancelled != 1 || feeds == 0 {
		t.Errorf("%d dates moved, %d cancelled, %d calendars of members", moved, cancelled, feeds)
	}
}

func checkDemoCompanies(t *testing.T, h *house) {
	list, _, err := h.desk.Companies(t.Context(), scheduling.System("test"), scheduling.ListFilter{Limit: 200})
	if err != nil || len(list) != len(demoCompanies)+len(demoVisitors)+1 { // one came in twice
		t.Fatalf("%d companies, %v", len(list), err)
	}
	invented := regexp.MustCompile(`^91\d{5}-\d$`)
	for _, c := range list {
		if c.Country == "FI" && (!invented.MatchString(c.BusinessID) || !scheduling.ValidBusinessID(c.BusinessID)) {
			t.Errorf("%s has the business id %q", c.Name, c.BusinessID)
		}
	}
	people, _, err := h.desk.People(t.Context(), scheduling.System("test"), scheduling.ListFilter{Limit: 500})
	if err != nil || len(people) < 120 {
		t.Errorf("%d people, %v", len(people), err)
	}
}
