package scheduling

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"kohtaamo/storage"
)

// attendedAgain puts an event into a house, to which somebody came.
func (h *evidentHouse) attendedAgain(t testing.TB, slug string, day time.Time, who *Person) {
	t.Helper()
	h.seatedAgain(t, slug, day, who, Attended)
}

func (h *evidentHouse) seatedAgain(t testing.TB, slug string, day time.Time, who *Person, state RegState) {
	t.Helper()
	e := h.event(t, func(e *Event) { e.Slug, e.Starts, e.Ends = slug, day.Add(9*time.Hour), day.Add(12*time.Hour) })
	h.write(t, func(tx *storage.Tx) error {
		return registrations.Put(tx, &Registration{Meta: storage.Meta{ID: slug}, EventID: e.ID, State: state, PersonID: who.ID, CompanyID: "company", Company: "Oy Ab",
			Email: who.Email, Name: who.Name, Sort: slug, Ticket: slug, Consents: []Consent{{Purpose: "participants", Given: who == h.aino}}})
	})
}

// Companies and persons count once in a year that begins with the scope: in a
// half year over New Year once, in two years once in each.
func TestYearsOfAScope(t *testing.T) {
	h := newEvidentHouse(t)
	day := func(s string) time.Time { return in(t, HouseZone, s+" 00:00") }
	for _, s := range []string{"2027-11-05", "2028-01-20", "2028-08-31", "2028-09-01"} {
		h.attendedAgain(t, "on-"+s, day(s), h.aino)
	}
	h.at(day("2029-06-01"))
	for _, x := range []struct {
		from, until string
		once        int // of four times
	}{
		{"2027-09-01", "2028-03-01", 1}, // half a year
		{"2027-09-01", "2028-09-01", 1}, // a year from September
		{"2027-09-01", "2029-09-01", 2}, // two of them
		{"2027-10-01", "2028-09-30", 1}, // not quite a year
		{"2027-06-01", "2028-12-31", 2},
		{"2028-01-01", "2029-01-01", 1},
		{"2027-12-31", "2028-01-19", 0},
	} {
		s := Scope{From: day(x.from), Until: day(x.until), ClusterID: h.cluster.ID}
		for _, key := range []string{"participants", "companies", "contacted"} {
			f, err := h.Figure(t.Context(), h.boss, key, s)
			must(t, err)
			rows, _, err := h.FigureRows(t.Context(), h.boss, key, s, "", 0)
			must(t, err)
			if f.N != x.once || len(rows) != x.once {
				t.Errorf("%s from %s until %s = %d with %d rows, want %d", key, x.from, x.until, f.N, len(rows), x.once)
			}
		}
	}
	f, err := h.Figure(t.Context(), h.boss, "companies", Scope{ClusterID: h.cluster.ID})
	if err != nil || f.N != 2 { // the years of the calendar
		t.Errorf("companies of all time = %d, %v", f.N, err)
	}
}

// roundOver stores a round that goes on from one day to the next, with a meeting
// that was held on each.
func (h *evidentHouse) roundOver(t testing.TB, first time.Time) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) error {
		must(t, rounds.Put(tx, &Round{Meta: storage.Meta{ID: "round"}, Slug: "round", ClusterIDs: []string{h.cluster.ID}, Zone: HouseZone, Starts: first.Add(9 * time.Hour), Ends: first.Add(36 * time.Hour), UID: "round"}))
		for n := range 2 {
			id := strconv.Itoa(n)
			must(t, meetings.Put(tx, &Meeting{Meta: storage.Meta{ID: id}, RoundID: "round", State: MeetingHeld, RequestID: id, UID: id, Starts: first.AddDate(0, 0, n).Add(10 * time.Hour)}))
		}
		return nil
	})
}

// What is told of a period that is no calendar year is what lies between its two
// days: the figures, their rows, and the lists that prove them.
func TestAPeriodThatIsNoYear(t *testing.T) {
	h := newEvidentHouse(t)
	day := func(s string) time.Time { return in(t, HouseZone, s+" 00:00") }
	for _, s := range []string{"2027-08-31", "2027-11-05", "2028-02-29", "2028-03-01"} {
		h.attendedAgain(t, "on-"+s, day(s), h.aino)
	}
	h.seatedAgain(t, "nobody-checked-in", day("2028-01-10"), h.bo, Confirmed)
	h.roundOver(t, day("2028-02-29"))
	p, err := h.SavePeriod(t.Context(), h.boss, &ReportPeriod{Name: "Winter", ClusterID: h.cluster.ID, From: day("2027-09-01"), Until: day("2028-03-01")})
	must(t, err)
	h.at(day("2028-06-01"))
	p, err = h.ClosePeriod(t.Context(), h.boss, p.ID)
	must(t, err)
	r, err := h.Report(t.Context(), h.boss, p.ID)
	must(t, err)
	_, files := h.packOf(t, h.boss, p)
	want := map[string]int{"events": 3, "participants": 2, "companies": 1, "meetings": 1}
	for _, l := range r.Lines {
		key := l.Indicator.Key
		if n, known := want[key]; known && l.Frozen.N != n {
			t.Errorf("%s = %d, want %d", key, l.Frozen.N, n)
		}
		rows, _, err := h.FigureRows(t.Context(), h.boss, key, p.Scope(), "", 0)
		must(t, err)
		if listed := rowsOf(t, files, "report/rows/"+key+".csv"); len(rows) != l.Frozen.N || len(listed) != l.Frozen.N {
			t.Errorf("%s: %d rows, and %d in the pack, of %d", key, len(rows), len(listed), l.Frozen.N)
		}
	}
	days := []string{}
	for _, line := range rowsOf(t, files, "lists/events.csv") {
		days = append(days, line[2:12])
	}
	if !slices.Equal(days, []string{"2027-11-05", "2028-01-10", "2028-02-29"}) {
		t.Errorf("the pack lists events of %q", days)
	}
	wantRows(t, files, "lists/participants.csv", "1|Aino Väisänen|Oy Ab|2|Yes||", "2||Oy Ab|1|No||")
	if list := rowsOf(t, files, "lists/b2b-meetings.csv"); len(list) != 1 {
		t.Errorf("the pack lists meetings %q", list)
	}
}

// What companies did stays when they leave the cluster or are merged with
// others, and each still counts once; of which kind they are counts as it is now.
func TestB2BCompaniesAfterwards(t *testing.T) {
	h := newHouse(t)
	r := h.morning(t, nil)
	firms, es := map[string]*Company{}, map[string]*Entrant{}
	for _, name := range []string{"Aava Oy", "Bruk Oy", "Taller SA", "Bruk Ab"} {
		c := h.firm(t, name, func(c *Company) { c.ClusterIDs = []string{h.cluster.ID} })
		firms[name] = c
		h.write(t, func(tx *storage.Tx) error {
			return memberships.Put(tx, &Membership{Meta: storage.Meta{ID: "of " + name}, CompanyID: c.ID, ClusterID: h.cluster.ID, State: JoinActive, Joined: yearBegins(2026)})
		})
	}
	for _, name := range []string{"Aava Oy", "Bruk Oy", "Taller SA"} {
		e := h.entrant(t, r, name, 1)
		e.CompanyID, e.Live = firms[name].ID, r.ID+"/"+firms[name].ID
		h.write(t, func(tx *storage.Tx) error { return entrants.Put(tx, e) })
		es[name] = e
	}
	for i, with := range []string{"Bruk Oy", "Taller SA"} {
		m := h.meets(t, r, i, "t1", es["Aava Oy"], es[with])
		h.write(t, func(tx *storage.Tx) error {
			m, err := meetings.Get(tx, m.ID)
			m.State = MeetingHeld
			must(t, err)
			return meetings.Put(tx, m)
		})
	}
	h.at(yearBegins(2028))
	want := func(what string, figures map[string]int) {
		t.Helper()
		for key, n := range figures {
			f, err := h.Figure(t.Context(), h.boss, key, Scope{From: yearBegins(2027), Until: yearBegins(2028), ClusterID: h.cluster.ID})
			if err != nil || f.N != n {
				t.Errorf("%s: %s = %d, want %d (%v)", what, key, f.N, n, err)
			}
		}
	}
	all := map[string]int{"companies": 3, "smes": 3, "contacted": 3, "member_meetings": 2, "meetings": 2, "contacts": 4}
	want("as they met", all)

	h.write(t, func(tx *storage.Tx) error {
		m, err := memberships.Get(tx, "of Taller SA")
		m.State, m.Left = JoinEnded, in(t, HouseZone, "2027-06-01 00:00")
		must(t, err)
		return memberships.Put(tx, m)
	})
	want("one has left", all)
	h.merges(t, firms["Bruk Oy"], firms["Bruk Ab"])
	want("one was merged", all)
	taller, err := h.Company(t.Context(), h.boss, firms["Taller SA"].ID)
	must(t, err)
	taller.Kind = Large
	must(t, h.SaveCompany(t.Context(), h.boss, taller))
	all["smes"] = 2
	want("one has grown", all)
}

// Who closed a period is forgotten with the person, by whatever name they did.
func TestWhoClosedAPeriod(t *testing.T) {
	h := newHouse(t)
	outi := h.someone(t, "outi", nil)
	by := h.boss
	by.ID, by.Name = outi.ID, "Outi Before Her Wedding"
	p, err := h.SavePeriod(t.Context(), by, &ReportPeriod{Name: "2020", ClusterID: h.cluster.ID, From: yearBegins(2020), Until: yearBegins(2021)})
	must(t, err)
	p, err = h.ClosePeriod(t.Context(), by, p.ID)
	must(t, err)
	if p.ClosedBy != by.Name || p.ClosedByID != outi.ID {
		t.Errorf("closed by %q, %q", p.ClosedBy, p.ClosedByID)
	}
	h.write(t, func(tx *storage.Tx) error {
		docs, err := copyPeriods(tx, &Person{Meta: storage.Meta{ID: outi.ID}})
		if err != nil || len(docs) != 1 {
			t.Errorf("the copy has %v, %v", docs, err)
		}
		return nil
	})
	done, err := h.ErasePerson(t.Context(), System("test"), outi.ID)
	if err != nil || done.State != ErasureDone {
		t.Fatalf("the erasure stands at %+v, %v", done, err)
	}
	page, err := h.Period(t.Context(), h.boss, p.ID)
	must(t, err)
	if got := page.Period; got.ClosedBy != nameless || !got.Closed() || len(got.Frozen) != len(indicators) {
		t.Errorf("after the erasure it was closed by %q, %s, with %s figures", got.ClosedBy, got.ClosedAt, strconv.Itoa(len(got.Frozen)))
	}
}
