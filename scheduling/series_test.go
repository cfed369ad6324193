package scheduling

import (
	"strings"
	"testing"
	"time"
)

// helsinki is a moment by the clock there.
func helsinki(t testing.TB, s string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Helsinki")
	must(t, err)
	at, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	must(t, err)
	return at.UTC()
}

// series makes one that meets on the second Tuesday of the month at nine.
func (h *testHouse) series(t testing.TB, g *Group, set func(*Series)) *Series {
	t.Helper()
	in := &Series{GroupID: g.ID, Title: Text{"en": "Monthly", "fi": "Kuukausikokous"}, Place: "Town hall", Link: "https://video.example/secret",
		Starts: helsinki(t, "2027-02-09 09:00"), Minutes: 90, Zone: "Europe/Helsinki", Rule: MonthlyWeekday, Every: 1, Until: "2027-12-31"}
	if set != nil {
		set(in)
	}
	s, _, err := h.SaveSeries(t.Context(), h.boss, in)
	must(t, err)
	return s
}

// days are the meetings as "2027-02-09 09:00", with what is not as the rule says.
func days(t testing.TB, s *Series) (out []string) {
	t.Helper()
	for _, m := range s.Meetings() {
		text := m.Starts.In(s.location()).Format("2006-01-02 15:04")
		if m.Cancelled {
			text += " cancelled"
		}
		if m.Moved {
			text += " moved"
		}
		out = append(out, text)
	}
	return out
}

func TestSeriesRules(t *testing.T) {
	for _, test := range []struct {
		name, starts, until string
		rule                SeriesRule
		every               int
		want                string // the meetings, or the field at fault
	}{
		{"weekly", "2027-03-22 09:00", "2027-04-06", Weekly, 1, "2027-03-22 09:00, 2027-03-29 09:00, 2027-04-05 09:00"},
		{"every other week", "2027-03-22 09:00", "2027-04-06", Weekly, 2, "2027-03-22 09:00, 2027-04-05 09:00"},
		{"second Tuesday", "2027-02-09 09:00", "2027-04-30", MonthlyWeekday, 1, "2027-02-09 09:00, 2027-03-09 09:00, 2027-04-13 09:00"},
		{"every other month", "2027-02-09 09:00", "2027-04-30", MonthlyWeekday, 2, "2027-02-09 09:00, 2027-04-13 09:00"},
		{"fifth Monday", "2027-03-29 09:00", "2027-06-30", MonthlyWeekday, 1, "rule"},
		{"last Monday", "2027-03-29 09:00", "2027-05-31", MonthlyLast, 1, "2027-03-29 09:00, 2027-04-26 09:00, 2027-05-31 09:00"},
		{"not the last Monday", "2027-03-22 09:00", "2027-06-30", MonthlyLast, 1, "rule"},
		{"the 14th", "2027-02-14 09:00", "2027-04-13", MonthlyDate, 1, "2027-02-14 09:00, 2027-03-14 09:00"},
		{"the last day", "2027-01-31 09:00", "2027-04-30", MonthlyDate, 1, "2027-01-31 09:00, 2027-02-28 09:00, 2027-03-31 09:00, 2027-04-30 09:00"},
		{"the 30th", "2027-01-30 09:00", "2027-04-30", MonthlyDate, 1, "rule"},
		{"ends before it begins", "2027-02-09 09:00", "2027-02-08", Weekly, 1, "until"},
		{"no end", "2027-02-09 09:00", "", Weekly, 1, "until"},
		{"too long", "2027-02-09 09:00", "2040-02-09", Weekly, 1, "until"},
		{"never", "2027-02-09 09:00", "2027-12-31", Weekly, 0, "every"},
		{"no rule", "2027-02-09 09:00", "2027-12-31", "daily", 1, "rule"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Series{Title: Text{"en": "X"}, Starts: helsinki(t, test.starts), Minutes: 60, Zone: "Europe/Helsinki", Rule: test.rule, Every: test.every, Until: test.until}
			if err := s.Check(); err != nil {
				wantField(t, err, test.want)
				return
			}
			if got := strings.Join(days(t, s), ", "); got != test.want {
				t.Errorf("it meets on %s, want %s", got, test.want)
			}
		})
	}
}

// One meeting that is moved or cancelled changes one entry; a change of the
// whole changes the whole, and keeps what still fits.
func TestSeriesChangeExactly(t *testing.T) {
	h := newHouse(t)
	r := h.register(t, h.event(t, nil), 1)
	g := h.group(t, "reuse", r.PersonID)
	s := h.series(t, g, func(s *Series) { s.Public, s.Until = true, "2027-06-30" })
	mine := h.own(t, h.address(t, person(r), nil))
	public, all := h.public(t, "groups/reuse"), h.public(t, "all")
	step := func(what string, ids ...string) {
		t.Helper()
		mine.changed(t, what, ids...)
		public.changed(t, what, ids...)
		all.changed(t, what)
	}
	step("nothing")
	_, entries := entriesOf(t, mine.last)
	for _, want := range []string{"DTSTART;TZID=Europe/Helsinki:20270209T090000", "RRULE:FREQ=MONTHLY;", "BYDAY=2TU", "UNTIL=20270608T060000Z", "video.example/secret"} {
		if !strings.Contains(entries[s.UID], want) {
			t.Errorf("no %q in\n%s", want, entries[s.UID])
		}
	}
	march, april := helsinki(t, "2027-03-09 09:00"), helsinki(t, "2027-04-13 09:00")
	s, err := h.CancelMeeting(t.Context(), h.boss, s.ID, march, "holiday")
	must(t, err)
	step("a cancelled date", s.UID+"/20270309T090000")
	_, err = h.CancelMeeting(t.Context(), h.boss, s.ID, march, "again")
	must(t, err)
	step("the same date again")
	s, err = h.MoveMeeting(t.Context(), h.boss, s.ID, april, helsinki(t, "2027-04-15 13:00"), "Library")
	must(t, err)
	step("a moved date", s.UID+"/20270413T090000")
	_, entries = entriesOf(t, public.last)
	for key, want := range map[string]string{s.UID + "/20270309T090000": "STATUS:CANCELLED", s.UID + "/20270413T090000": "DTSTART;TZID=Europe/Helsinki:20270415T130000"} {
		if !strings.Contains(entries[key], want) {
			t.Errorf("no %q in\n%s", want, entries[key])
		}
	}
	s, err = h.RestoreMeeting(t.Context(), h.boss, s.ID, march)
	must(t, err)
	step("a date put back", s.UID+"/20270309T090000")
	s, err = h.CancelMeeting(t.Context(), h.boss, s.ID, march, "")
	must(t, err)
	step("cancelled again", s.UID+"/20270309T090000")

	in := *s
	in.Starts = helsinki(t, "2027-02-09 10:30")
	s, gone, err := h.SaveSeries(t.Context(), h.boss, &in)
	must(t, err)
	if gone != 0 {
		t.Errorf("%d exceptions went with another hour of the day", gone)
	}
	step("another hour", s.UID, s.UID+"/20270309T090000", s.UID+"/20270309T103000", s.UID+"/20270413T090000", s.UID+"/20270413T103000")
	want := "2027-02-09 10:30, 2027-03-09 10:30 cancelled, 2027-04-15 13:00 moved, 2027-05-11 10:30, 2027-06-08 10:30"
	if got := strings.Join(days(t, s), ", "); got != want {
		t.Errorf("it meets on %s, want %s", got, want)
	}
	in = *s
	in.Starts = helsinki(t, "2027-02-10 10:30") // Wednesdays
	s, gone, err = h.SaveSeries(t.Context(), h.boss, &in)
	must(t, err)
	if gone != 2 {
		t.Errorf("%d exceptions went with another day of the week, want 2", gone)
	}
	step("another weekday", s.UID, s.UID+"/20270309T103000", s.UID+"/20270413T103000")
	s, err = h.EndSeries(t.Context(), h.boss, s.ID, "2027-04-30", "")
	must(t, err)
	step("its end", s.UID)
	if got := strings.Join(days(t, s), ", "); got != "2027-02-10 10:30, 2027-03-10 10:30, 2027-04-14 10:30" {
		t.Errorf("it meets on %s", got)
	}
	s, err = h.EndSeries(t.Context(), h.boss, s.ID, "2027-02-01", "")
	must(t, err)
	step("before it began", s.UID)
	if s.State != SeriesCancelled || len(s.Meetings()) != 0 {
		t.Errorf("it is %s with %d meetings", s.State, len(s.Meetings()))
	}
	h.at(s.CancelledAt.AddDate(0, 0, 59))
	if _, entries := entriesOf(t, public.get()); !strings.Contains(entries[s.UID], "STATUS:CANCELLED") {
		t.Error("the cancelled series left before 60 days")
	}
	h.at(s.CancelledAt.AddDate(0, 0, 62))
	if _, entries := entriesOf(t, public.get()); entries[s.UID] != "" {
		t.Error("the cancelled series never leaves")
	}
}

// "This and all following" is another series, under another UID.
func TestSeriesThatFollows(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "reuse")
	old := h.series(t, g, nil)
	next := h.series(t, g, func(s *Series) { s.Follows, s.Starts = old.ID, helsinki(t, "2027-05-12 13:00") })
	p, err := h.OneSeries(t.Context(), h.boss, old.ID)
	must(t, err)
	if got := days(t, p.Series); got[len(got)-1] != "2027-05-11 09:00" || next.UID == old.UID || days(t, next)[0] != "2027-05-12 13:00" {
		t.Errorf("the old one meets on %q, the new one on %q", got, days(t, next))
	}
	elsewhere := h.group(t, "other")
	_, _, err = h.SaveSeries(t.Context(), h.boss, &Series{GroupID: elsewhere.ID, Title: Text{"en": "X"}, Starts: next.Starts, Minutes: 60,
		Zone: "Europe/Helsinki", Rule: Weekly, Every: 1, Until: "2027-12-31", Follows: old.ID})
	wantHidden(t, err)
}

// What was cancelled long ago leaves calendars with the next change of the
// whole, which has a revision, and not by the clock.
func TestCancelledDatesSettle(t *testing.T) {
	h := newHouse(t)
	s := h.series(t, h.group(t, "reuse"), func(s *Series) { s.Public = true })
	s, err := h.CancelMeeting(t.Context(), h.boss, s.ID, helsinki(t, "2027-03-09 09:00"), "")
	must(t, err)
	public := h.public(t, "groups/reuse")
	h.at(t0.AddDate(0, 0, 70))
	public.changed(t, "time")
	in := *s
	in.Place = "Library"
	_, _, err = h.SaveSeries(t.Context(), h.boss, &in)
	must(t, err)
	public.changed(t, "another place", s.UID, s.UID+"/20270309T090000")
	if _, entries := entriesOf(t, public.last); !strings.Contains(entries[s.UID], "EXDATE;TZID=Europe/Helsinki:20270309T090000") {
		t.Errorf("series:\n%s", entries[s.UID])
	}
}

func TestWhoMeets(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	member, stranger := person(h.register(t, e, 1)), person(h.register(t, e, 2))
	g := h.group(t, "reuse", member.ID)
	s := h.series(t, g, nil)
	coordinator := Actor{ID: "c", Via: "page", Grants: []Grant{{Role: Coordinator, Group: g.ID}}}
	elsewhere := Actor{ID: "d", Via: "page", Grants: []Grant{{Role: Coordinator, Group: "another"}}}
	may := map[string]struct {
		by           Actor
		sees, manage bool
	}{
		"organiser": {h.boss, true, true}, "coordinator": {coordinator, true, true}, "member": {member, true, false},
		"stranger": {stranger, false, false}, "another cluster": {h.other, false, false}, "another group": {elsewhere, false, false}, "public": {Actor{}, false, false},
	}
	for name, test := range may {
		p, err := h.OneSeries(t.Context(), test.by, s.ID)
		_, listed := h.GroupMeetings(t.Context(), test.by, g.ID)
		if sees := err == nil; sees != test.sees || (listed == nil) != test.sees || sees && p.Manage != test.manage {
			t.Errorf("%s: %v, %v", name, err, listed)
		}
		if test.manage {
			continue
		}
		in := *s
		_, _, err = h.SaveSeries(t.Context(), test.by, &in)
		wantHidden(t, err)
		in.Meta.Rev, in.ID = 0, ""
		_, _, err = h.SaveSeries(t.Context(), test.by, &in)
		wantHidden(t, err)
		_, err = h.CancelMeeting(t.Context(), test.by, s.ID, s.Starts, "")
		wantHidden(t, err)
		_, err = h.EndSeries(t.Context(), test.by, s.ID, "2027-03-01", "")
		wantHidden(t, err)
	}
	if f, err := h.PublicFeed(t.Context(), "groups/reuse", "en"); err != nil || strings.Contains(string(f.Body), s.UID) {
		t.Errorf("what is not public is in the public calendar (%v)", err)
	}
	_, err := h.MoveMeeting(t.Context(), coordinator, s.ID, s.Starts, t0.AddDate(0, 0, -1), "")
	wantField(t, err, "starts")
	_, err = h.CancelMeeting(t.Context(), coordinator, s.ID, s.Starts.Add(time.Hour), "")
	wantHidden(t, err)
	h.at(s.Starts.AddDate(0, 0, 1))
	_, err = h.CancelMeeting(t.Context(), coordinator, s.ID, s.Starts, "")
	wantProblem(t, err, Closed)
}
