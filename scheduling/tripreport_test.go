package scheduling

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"kohtaamo/storage"
)

// newReported is a trip that is over, with a story, a next step, costs and a
// round of meetings in Madrid.
func newReported(t testing.TB) *toured {
	t.Helper()
	x := newToured(t, func(v *Trip) {
		v.Budget = []BudgetLine{{ID: "bus", Name: "Bus", Planned: 100_000, Actual: 99_999, Share: 50}, {ID: "hotel", Name: "Hotel", Planned: 40_000, Actual: 45_000, PerSeat: true, Share: 100}}
	})
	round := &Round{Meta: storage.Meta{ID: "madrid-b2b"}, Slug: "madrid", ClusterIDs: x.trip.ClusterIDs, Title: Text{"en": "Madrid B2B"}, Zone: "Europe/Madrid"}
	x.write(t, func(tx *storage.Tx) error {
		for i, s := range []MeetingState{MeetingHeld, MeetingHeld, MeetingNotHeld, MeetingCancelled, MeetingPublished} {
			m := &Meeting{Meta: storage.Meta{ID: string(rune('a' + i))}, RoundID: round.ID, State: s, UID: string(rune('a' + i))}
			if err := meetings.Put(tx, m); err != nil {
				return err
			}
		}
		return rounds.Put(tx, round)
	})
	_, err := x.changeProgramme(t.Context(), x.boss, x.trip.ID, 0, "programme.edit", func(_ *storage.Tx, p *ProgrammePage) error {
		p.Programme.Activities = append(p.Programme.Activities, Activity{ID: "b2b", Crowd: Crowd{Everyone: true}, Kind: B2B, StopID: "madrid", RoundID: round.ID, Title: Text{"en": "B2B"},
			Starts: in(t, "Europe/Madrid", "2027-02-09 09:00"), Ends: in(t, "Europe/Madrid", "2027-02-09 12:00")})
		return nil
	})
	must(t, err)
	x.write(t, func(tx *storage.Tx) error {
		v, err := travellers.Get(tx, x.aino.ID)
		if err != nil {
			return err
		}
		v.Goals = "A partner for sensors"
		return travellers.Put(tx, v)
	})
	x.marks(t, x.aino, "v1", true)
	x.marks(t, x.anna, "v1", false)
	_, err = x.SaveOutcomeByLink(t.Context(), x.link(x.aino), "seat", func(o *TripOutcome) {
		o.Step, o.Story, o.Quote, o.Next, o.Owner, o.Due = LadderPilot, "They test <our> sensor & like it.", true, "Write the offer", x.anna.PersonID, "2027-03-01"
	})
	must(t, err)
	x.at(in(t, HouseZone, "2027-02-13 10:00"))
	x.moves(t, TripCompleted)
	return x
}

func TestTripReport(t *testing.T) {
	x := newReported(t)
	rep, err := x.TripReport(t.Context(), x.boss, x.trip.ID)
	must(t, err)
	got := map[string]int{}
	for _, f := range rep.Figures() {
		got[f.Key] = f.N
	}
	for key, want := range map[string]int{"companies": 2, "people": 3, "hosts": 2, "visits": 2, "meetings": 4, "held": 2, "pairs": 2, "answered": 1, "waiting": 1, "next": 1, "overdue": 0, "story": 1, "pilot": 1, "contact": 0} {
		if got[key] != want {
			t.Errorf("%s is %d, want %d", key, got[key], want)
		}
	}
	i := slices.IndexFunc(rep.Attendance, func(a PartAttendance) bool { return a.Part.ID == "v1" })
	if a := rep.Attendance[i]; len(a.Due) != 2 || a.Present != 1 || a.Absent != 1 || a.Unmarked != 0 {
		t.Errorf("attendance of the visit: %+v", a)
	}
	if r := rep.Results[0]; r.Delegate.Name != "Aurora Oy" || !slices.Equal(r.Goals, []string{"A partner for sensors"}) || len(r.Rows) != 1 || r.Rows[0].Furthest != LadderPilot {
		t.Errorf("results %+v", r)
	}
	planned, actual := Costs{Seats: 4, Total: 100_000 + 4*40_000, Companies: 50_000 + 4*40_000, House: 50_000}, Costs{Seats: 3, Total: 99_999 + 3*45_000, Companies: 50_000 + 3*45_000, House: 49_999}
	if rep.Planned != planned || rep.Actual != actual {
		t.Errorf("planned %+v, want %+v; spent %+v, want %+v", rep.Planned, planned, rep.Actual, actual)
	}
	x.moves(t, TripCompleted)
	b, err := x.TripBoard(t.Context(), x.boss, x.trip.ID)
	must(t, err)
	if _, p, a := b.Trip.Costs(b.Went()); p != planned || a != actual {
		t.Errorf("the trip's own page says %+v and %+v", p, a)
	}
}

// The document is XML that says what the report does, in both languages.
func TestTripReportDocument(t *testing.T) {
	x := newReported(t)
	project := &Project{Name: Text{"en": "Circular North", "fi": "Kiertävä pohjoinen"}, Code: "CN", From: "2026-01-01", Until: "2028-12-31"}
	must(t, x.SaveProject(t.Context(), System("test"), project))
	x.write(t, func(tx *storage.Tx) error {
		v, err := trips.Get(tx, x.trip.ID)
		if err != nil {
			return err
		}
		v.ProjectID = project.ID
		return trips.Put(tx, v)
	})
	rep, err := x.TripReport(t.Context(), x.boss, x.trip.ID)
	must(t, err)
	for lang, want := range map[string][]string{
		"en": {"Trip report: Spain and Portugal", "They test <our> sensor & like it.", "Pilot or offer", "Aurora Oy: Aino A, Anna A", "Co-funded by the European Union", "4 h 20 min", "Goals: A partner for sensors", "2 expected, 1 present, 1 absent"},
		"fi": {"Matkaraportti: Espanja ja Portugali", "Kiertävä pohjoinen", "odotettu 2, läsnä 1, poissa 1", "4 tapaamista"},
	} {
		var b bytes.Buffer
		must(t, WriteTripReport(&b, rep, x.Texts.In(lang)))
		said := documentText(t, b.Bytes())
		for _, s := range want {
			if lang == "fi" && s == "4 tapaamista" {
				s = "tapaamisia 4"
			}
			if !strings.Contains(said, s) {
				t.Errorf("%s: the document does not say %q:\n%s", lang, s, said)
			}
		}
	}
}

// documentText is what a word processor reads; what is no XML fails the test.
func documentText(t testing.TB, file []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	r, err := z.Open("word/document.xml")
	must(t, err)
	var out strings.Builder
	dec := xml.NewDecoder(r)
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		must(t, err)
		if text, ok := tok.(xml.CharData); ok {
			out.Write(text)
		}
	}
}

// A trip is reported once, after it is over, by those who organise it.
func TestTripIsReportedOnce(t *testing.T) {
	x := newToured(t, nil)
	if _, err := x.SetTripState(t.Context(), x.boss, x.trip.ID, TripReported, ""); ProblemIn(err) == nil || ProblemIn(err).Key != "trip.no_way" {
		t.Errorf("before its end: %v", err)
	}
	x.moves(t, TripCompleted)
	for _, by := range []Actor{x.other, x.leader, {}} {
		if _, err := x.SetTripState(t.Context(), by, x.trip.ID, TripReported, ""); !IsHidden(err) {
			t.Errorf("by %q: %v", by.Name, err)
		}
	}
	for range 2 {
		trip, err := x.SetTripState(t.Context(), x.boss, x.trip.ID, TripReported, "")
		must(t, err)
		if trip.State != TripReported {
			t.Errorf("it is %s", trip.State)
		}
	}
	x.wantAudit(t, x.trip.ID, map[string]int{"programme.edit": 1, "programme.publish": 1, "trip.completed": 1, "trip.reported": 1})
}

// A certificate is for who took part, once the trip is over.
func TestCertificate(t *testing.T) {
	x := newToured(t, nil)
	if _, err := x.Certificate(t.Context(), x.link(x.aino)); ProblemIn(err) == nil || ProblemIn(err).Key != "certificate.early" {
		t.Errorf("before the end: %v", err)
	}
	for _, part := range []string{"out", "north", "west", "home", "v2", "dinner"} {
		x.marks(t, x.bea, part, false)
	}
	x.marks(t, x.anna, "v1", false)
	x.at(in(t, HouseZone, "2027-02-13 10:00"))
	x.moves(t, TripCompleted)
	c, err := x.Certificate(t.Context(), x.link(x.aino))
	must(t, err)
	if len(c.Attended) != 1 || c.Attended[0].ID != "v1" || c.Cluster.ID != x.cluster.ID {
		t.Errorf("Aino's: %+v", c)
	}
	if c, err = x.Certificate(t.Context(), x.link(x.anna)); err != nil || len(c.Attended) != 0 {
		t.Errorf("Anna missed the visit, and came along: %+v, %v", c, err)
	}
	if _, err := x.Certificate(t.Context(), x.link(x.bea)); !IsHidden(err) {
		t.Errorf("who was nowhere has one: %v", err)
	}
	if _, err := x.Certificate(t.Context(), "x.y"); !IsHidden(err) {
		t.Errorf("by a forged link: %v", err)
	}
	x.moves(t, TripCancelled)
	if _, err := x.Certificate(t.Context(), x.link(x.aino)); !IsHidden(err) {
		t.Errorf("of a trip that was called off: %v", err)
	}
}
