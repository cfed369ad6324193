package scheduling

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/storage/mongo"
	"kohtaamo/storage/sqlite"
)

// The large house: what a busy cluster organisation has after ten years.
const (
	largeYears     = 10
	largeCompanies = 300
	largePeople    = 100 // of one company
	largeEvents    = 50  // a year
	largeSeats     = 2000
)

var largeFrom = time.Date(2017, 1, 1, 0, 0, 0, 0, zoneOf(HouseZone))

// BenchmarkFigures counts in a house with 1,000,000 registrations. To fill it
// takes minutes, so it is kept in the folder that KOHTAAMO_FIGURES names; with
// KOHTAAMO_TEST_MONGODB set it is a MongoDB. Each figure is counted cold, on a
// database that was just opened:
//
//	KOHTAAMO_FIGURES=/tmp/figures go test ./scheduling -run '^$' -bench Figures -benchtime 3x -timeout 1h
func BenchmarkFigures(b *testing.B) {
	dir := os.Getenv("KOHTAAMO_FIGURES")
	if dir == "" {
		b.Skip("KOHTAAMO_FIGURES names no folder")
	}
	fillLarge(b, dir)
	boss := Actor{ID: "boss", Lang: "en", Grants: []Grant{{Role: Administrator}}}
	year := func(n int) time.Time { return largeFrom.AddDate(n, 0, 0) }
	all := Scope{From: year(0), Until: year(largeYears)}
	one := Scope{From: year(8), Until: year(9)}
	cold := func(name string, fn func(ctx context.Context, d *Desk) error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				d := openLarge(b, dir)
				b.StartTimer()
				if err := fn(b.Context(), d); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				d.DB.Close()
				b.StartTimer()
			}
		})
	}
	for _, at := range []struct {
		name string
		s    Scope
	}{
		{"year", one}, {"ten", all},
		{"cluster", Scope{From: year(0), Until: year(largeYears), ClusterID: "cluster0"}},
		{"country", Scope{From: year(0), Until: year(largeYears), Country: "ES"}},
	} {
		cold("dashboard/"+at.name, func(ctx context.Context, d *Desk) error {
			_, err := d.Figures(ctx, boss, at.s)
			return err
		})
	}
	cold("dashboard/compared", func(ctx context.Context, d *Desk) error { // as the page of figures shows a year
		_, err := d.FiguresOf(ctx, boss, one, Scope{From: year(7), Until: year(8)})
		return err
	})
	for _, i := range indicators {
		cold("figure/"+i.Key+"/ten", func(ctx context.Context, d *Desk) error {
			_, err := d.Figure(ctx, boss, i.Key, all)
			return err
		})
		if i.Has(DimMonth) {
			cold("figure/"+i.Key+"/months", func(ctx context.Context, d *Desk) error {
				_, err := d.Slices(ctx, boss, i.Key, one, DimMonth)
				return err
			})
		}
		cold("figure/"+i.Key+"/clusters", func(ctx context.Context, d *Desk) error {
			if !i.Has(DimCluster) {
				return nil
			}
			_, err := d.Slices(ctx, boss, i.Key, all, DimCluster)
			return err
		})
		cold("rows/"+i.Key, func(ctx context.Context, d *Desk) error {
			_, _, err := d.FigureRows(ctx, boss, i.Key, all, "", 50)
			return err
		})
	}
}

// openLarge opens the house as a server does that was just started.
func openLarge(b testing.TB, dir string) *Desk {
	b.Helper()
	var engine storage.Engine
	var err error
	if uri := os.Getenv("KOHTAAMO_TEST_MONGODB"); uri != "" {
		engine, err = mongo.Open(b.Context(), uri, "kohtaamo_figures")
	} else {
		engine, err = sqlite.Open(filepath.Join(dir, "figures.db"))
	}
	if err != nil {
		b.Fatal(err)
	}
	db, err := storage.Open(b.Context(), engine, storage.Schema{Specs: slices.Concat(Specs(), mailer.Specs)})
	if err != nil {
		b.Fatal(err)
	}
	db.Now = func() time.Time { return largeFrom.AddDate(largeYears, 0, 1) }
	return &Desk{DB: db, Texts: texts(), Log: slog.New(slog.DiscardHandler), Outbox: &mailer.Outbox{DB: db}}
}

// fillLarge makes the house, unless it is there.
func fillLarge(b testing.TB, dir string) {
	d := openLarge(b, dir)
	defer d.DB.Close()
	var n int
	must(b, d.DB.View(b.Context(), func(tx *storage.Tx) (err error) {
		n, err = registrations.Count(tx, storage.Query{})
		return err
	}))
	if n == largeYears*largeEvents*largeSeats {
		return
	}
	f := &filler{b: b, d: d, r: rand.New(rand.NewPCG(7, 7))}
	f.house()
	for year := range largeYears {
		f.year(year)
		b.Logf("year %d", year)
	}
	f.flush()
	_, err := d.CountTurnouts(b.Context(), d.DB.Now().Add(2*turnoutRest))
	must(b, err)
}

// A filler puts documents in portions.
type filler struct {
	b    testing.TB
	d    *Desk
	r    *rand.Rand
	puts []func(tx *storage.Tx) error
	ids  int
}

func put[T any, P interface{ *T }](f *filler, fn func(*storage.Tx, P) error, v P) {
	f.puts = append(f.puts, func(tx *storage.Tx) error { return fn(tx, v) })
	if len(f.puts) == 1000 {
		f.flush()
	}
}

func (f *filler) flush() {
	f.b.Helper()
	puts := f.puts
	f.puts = nil
	must(f.b, f.d.DB.Update(f.b.Context(), func(tx *storage.Tx) error {
		for _, p := range puts {
			if err := p(tx); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (f *filler) id() storage.Meta {
	f.ids++
	return storage.Meta{ID: fmt.Sprintf("%016x", f.ids)}
}

func (f *filler) one(of ...string) string { return of[f.r.IntN(len(of))] }

var largeCountries = []string{"FI", "FI", "FI", "FI", "ES", "FR", "IT", "DE"}

func company(n int) string            { return fmt.Sprintf("company%03d-xxxxxx", n) }
func personOf(c, n int) string        { return fmt.Sprintf("person%03d-%02d-xxx", c, n) }
func (f *filler) cluster() string     { return fmt.Sprint("cluster", f.r.IntN(3)) }
func (f *filler) group() string       { return fmt.Sprint("group", f.r.IntN(20)) }
func (f *filler) project() string     { return f.one("", "project0", "project1") }
func (f *filler) anybody() (c, n int) { return f.r.IntN(largeCompanies), f.r.IntN(largePeople) }

func (f *filler) house() {
	for n := range largeCompanies {
		put(f, companies.Put, &Company{Meta: storage.Meta{ID: company(n)}, Name: fmt.Sprint("Company ", n), Sort: fmt.Sprint("company ", n),
			Kind: CompanyKinds[f.r.IntN(len(CompanyKinds))], Country: largeCountries[n%len(largeCountries)], Municipality: f.one("Oulu", "Kempele", "Ii"), Offers: "Castings, machining and surface treatment"})
		put(f, memberships.Put, &Membership{Meta: f.id(), CompanyID: company(n), ClusterID: f.cluster(), State: JoinActive, Joined: largeFrom.AddDate(0, f.r.IntN(largeYears*12), 0)})
	}
	for n := range 20 {
		put(f, groups.Put, &Group{Meta: storage.Meta{ID: fmt.Sprint("group", n)}, Slug: fmt.Sprint("group", n), ClusterID: fmt.Sprint("cluster", n%3), Kind: f.one(GroupKinds...), Name: Text{"en": "Group"}})
	}
}

func (f *filler) year(year int) {
	at := func() time.Time { return largeFrom.AddDate(year, 0, f.r.IntN(360)).Add(10 * time.Hour).UTC() }
	for n := range largeEvents {
		f.event(fmt.Sprintf("event-%02d-%02d", year, n), at())
	}
	for range 5 {
		f.round(at())
	}
	for range 4 {
		f.trip(at())
	}
	for n := range 200 {
		r := &MeetingRecord{Meta: f.id(), GroupID: fmt.Sprint("group", n%20), ClusterID: fmt.Sprint("cluster", n%20%3), State: RecordHeld, Title: Text{"en": "Meeting"}, Starts: at(), Minutes: "What was said, and by whom."}
		for range 12 {
			c, p := f.anybody()
			r.Present = append(r.Present, Presence{PersonID: personOf(c, p), Name: "Somebody", CompanyID: company(c), State: f.one("present", "remote", "excused")})
		}
		r.Decisions = []Resolution{{ID: "a", Text: "To go on"}}
		put(f, meetingRecords.Put, r)
	}
	for range 500 {
		c, p := f.anybody()
		put(f, works.Put, &Work{Meta: f.id(), Kind: WorkKinds[f.r.IntN(len(WorkKinds))], Title: "Talked of castings", At: at(), ClusterIDs: []string{f.cluster()}, ProjectID: f.project(), CompanyIDs: []string{company(c)}, PersonIDs: []string{personOf(c, p)}, Reach: 100})
	}
	for range 24 {
		m := f.id()
		put(f, campaigns.Put, &Campaign{Meta: m, Slug: m.ID, ClusterID: f.cluster(), ListID: "list", State: CampaignSent, Subject: Text{"en": "News"}, At: at(), People: 1500})
	}
}

func (f *filler) event(id string, at time.Time) {
	e := &Event{Meta: storage.Meta{ID: id}, Slug: id, State: Published, Title: Text{"en": "Event " + id}, Body: Text{"en": "What happens, and whom it is for."},
		Kind: f.one(EventKinds...), Starts: at, Ends: at.Add(3 * time.Hour), Zone: HouseZone, ClusterIDs: []string{f.cluster()}, GroupIDs: []string{f.group()}, ProjectID: f.project(), UID: id}
	put(f, events.Put, e)
	survey := &Survey{Meta: storage.Meta{ID: id}, Questions: []Question{{Key: "all", Kind: AskScale}}, Asked: 1600, Answered: 100}
	put(f, surveys.Put, survey)
	for n := range largeSeats {
		c, p := f.anybody()
		state := []RegState{Attended, Attended, Attended, Attended, Attended, Attended, Attended, Attended, NoShow, Withdrawn}[f.r.IntN(10)]
		m := f.id()
		put(f, registrations.Put, &Registration{Meta: m, EventID: id, State: state, PersonID: personOf(c, p), CompanyID: company(c), Company: company(c), Email: personOf(c, p) + "@example.org",
			Name: "Somebody of Company", Sort: m.ID, Lang: "en", Ticket: m.ID, Consents: []Consent{{Purpose: "participants", Given: true, At: at, Wording: "participants"}}})
		if n < 100 {
			reply := &SurveyReply{Meta: f.id(), SurveyID: id, Registration: m.ID, Name: "Somebody of Company", Sort: m.ID, Answered: true}
			reply.say(survey, Answers{"all": {fmt.Sprint(f.r.IntN(11))}})
			put(f, surveyReplies.Put, reply)
		}
	}
}

func (f *filler) round(at time.Time) {
	m := f.id()
	put(f, rounds.Put, &Round{Meta: m, Slug: m.ID, ClusterIDs: []string{f.cluster()}, Phase: RoundClosed, Title: Text{"en": "Round"}, Zone: HouseZone, Starts: at, Ends: at.Add(6 * time.Hour), UID: m.ID})
	var all []string
	for n := range 60 {
		e := f.id()
		put(f, entrants.Put, &Entrant{Meta: e, RoundID: m.ID, CompanyID: company(n * 5), State: EntrantIn, Name: "Company", Country: largeCountries[n*5%len(largeCountries)]})
		all = append(all, e.ID)
	}
	for n := range 250 {
		x := f.id()
		two := []string{all[n%60], all[(n*7+1)%60]}
		put(f, meetings.Put, &Meeting{Meta: x, RoundID: m.ID, State: MeetingHeld, RequestID: x.ID, EntrantIDs: two, Parties: []Party{{EntrantID: two[0], Name: "A"}, {EntrantID: two[1], Name: "B"}}, Starts: at, Ends: at.Add(time.Hour), UID: x.ID})
		for _, e := range two {
			put(f, outcomes.Put, &Outcome{Meta: storage.Meta{ID: outcomeID(x.ID, e)}, RoundID: m.ID, MeetingID: x.ID, EntrantID: e, Met: true, Step: Ladders[f.r.IntN(len(Ladders))], AnsweredAt: at})
		}
	}
}

func (f *filler) trip(at time.Time) {
	m := f.id()
	put(f, trips.Put, &Trip{Meta: m, Slug: m.ID, Direction: Outgoing, State: TripReported, Title: Text{"en": "Trip"}, ClusterIDs: []string{f.cluster()}, ProjectID: f.project(), Zone: HouseZone, Stops: []Stop{{ID: "a", Country: f.one("ES", "FR", "IT")}}, Starts: at, Ends: at.Add(72 * time.Hour), UID: m.ID})
	for range 15 {
		c, p := f.anybody()
		put(f, travellers.Put, &Traveller{Meta: f.id(), TripID: m.ID, CompanyID: company(c), PersonID: personOf(c, p), Name: "Somebody", Role: AsDelegate, State: TravellerGoing})
		put(f, tripOutcomes.Put, &TripOutcome{Meta: f.id(), TripID: m.ID, HostID: "host", Delegate: company(c), Step: Ladders[f.r.IntN(len(Ladders))], AnsweredAt: at})
	}
}
