package scheduling

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// scatter fills the house with whatever can be, at random times of three years
// and with whatever belongs to whom: what is counted must come out the same
// however it is asked for.
func (h *testHouse) scatter(t testing.TB, r *rand.Rand, clusters []string, from time.Time) {
	day := func() time.Time { return from.AddDate(0, 0, r.IntN(3*365)).UTC() }
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	some := func(of []string) (out []string) {
		for _, x := range of {
			if r.IntN(2) == 0 {
				out = append(out, x)
			}
		}
		return out
	}
	firm := func() string { return fmt.Sprint("company", r.IntN(8)) }
	group := func() string { return fmt.Sprint("group", r.IntN(3)) }
	n := 0
	id := func() storage.Meta {
		n++
		return storage.Meta{ID: fmt.Sprintf("doc%05d", n)}
	}
	h.store(t, func(tx *storage.Tx) error {
		for i := range 8 {
			must(t, companies.Put(tx, &Company{Meta: storage.Meta{ID: fmt.Sprint("company", i)}, Name: fmt.Sprint("Company ", i), Kind: CompanyKinds[i%5], Country: one("FI", "FI", "ES", "SE", ""), Municipality: one("Oulu", "Ii", "")}))
			m := &Membership{Meta: id(), CompanyID: fmt.Sprint("company", i), ClusterID: one(clusters...), State: JoinActive, Joined: day()}
			if r.IntN(3) == 0 {
				m.Left = m.Joined.AddDate(0, 0, r.IntN(500))
			}
			must(t, memberships.Put(tx, m))
		}
		for i := range 3 {
			must(t, groups.Put(tx, &Group{Meta: storage.Meta{ID: fmt.Sprint("group", i)}, Slug: fmt.Sprint("g", i), ClusterID: clusters[i%2], Kind: GroupKinds[i]}))
		}
		for range 30 {
			e := &Event{Meta: id(), State: EventState(one("published", "published", "published", "cancelled")), Kind: one(EventKinds...), Starts: day(), ClusterIDs: some(clusters), GroupIDs: some([]string{"group0", "group1"}), ProjectID: one("", "project")}
			e.Slug, e.Ends, e.UID = e.ID, e.Starts.Add(time.Hour), e.ID
			must(t, events.Put(tx, e))
			for range r.IntN(8) {
				m := id()
				must(t, registrations.Put(tx, &Registration{Meta: m, EventID: e.ID, State: RegStates[r.IntN(len(RegStates))], PersonID: one("", "p0", "p1", "p2", "p3"), CompanyID: one("", firm()), Ticket: m.ID, Sort: m.ID}))
			}
		}
		for range 20 {
			must(t, works.Put(tx, &Work{Meta: id(), Kind: WorkKinds[r.IntN(len(WorkKinds))], At: day(), ClusterIDs: some(clusters), GroupID: one("", group()), ProjectID: one("", "project"), CompanyIDs: []string{firm()}, Country: one("", "ES"), Reach: r.IntN(9)}))
			must(t, meetingRecords.Put(tx, &MeetingRecord{Meta: id(), GroupID: group(), ClusterID: one(clusters...), State: RecordStates[r.IntN(3)], Starts: day(), Present: []Presence{{CompanyID: firm(), State: one("present", "absent")}, {State: "remote"}}, Decisions: []Resolution{{ID: "a"}}}))
		}
		for range 6 {
			h.scatterRound(t, tx, r, id, some(clusters), day(), firm)
		}
		return nil
	})
}

// scatterRound stores a round with some meetings, and a trip with some visits.
func (h *testHouse) scatterRound(t testing.TB, tx *storage.Tx, r *rand.Rand, id func() storage.Meta, in []string, at time.Time, firm func() string) {
	m := id()
	must(t, rounds.Put(tx, &Round{Meta: m, Slug: m.ID, ClusterIDs: in, Starts: at, Ends: at.Add(time.Hour), UID: m.ID}))
	var es []string
	for range 4 {
		e := id()
		c := firm()
		x, err := companies.Get(tx, c)
		must(t, err)
		must(t, entrants.Put(tx, &Entrant{Meta: e, RoundID: m.ID, CompanyID: c, Country: x.Country}))
		es = append(es, e.ID)
	}
	for range r.IntN(6) {
		x := id()
		must(t, meetings.Put(tx, &Meeting{Meta: x, RoundID: m.ID, State: []MeetingState{MeetingHeld, MeetingNotHeld}[r.IntN(2)], RequestID: x.ID, EntrantIDs: []string{es[r.IntN(2)], es[2+r.IntN(2)]}, Starts: at, UID: x.ID}))
		must(t, outcomes.Put(tx, &Outcome{Meta: id(), RoundID: m.ID, MeetingID: x.ID, Met: true, Step: Ladders[r.IntN(len(Ladders))]}))
	}
	v := id()
	must(t, trips.Put(tx, &Trip{Meta: v, Slug: v.ID, Direction: TripDirections[r.IntN(2)], State: TripReported, ClusterIDs: in, Starts: at, Ends: at, Stops: []Stop{{Country: "ES"}, {Country: "PT"}}[:1+r.IntN(2)], UID: v.ID, Enquiry: &Enquiry{Country: "JP"}}))
	for range 3 {
		must(t, travellers.Put(tx, &Traveller{Meta: id(), TripID: v.ID, PersonID: fmt.Sprint("p", r.IntN(4)), CompanyID: firm(), Role: AsDelegate, State: TravellerGoing}))
		must(t, tripOutcomes.Put(tx, &TripOutcome{Meta: id(), TripID: v.ID, HostID: fmt.Sprint("h", r.IntN(2)), Delegate: "d", Step: Ladders[r.IntN(len(Ladders))]}))
	}
}

// Whatever is asked for, a calendar year or not, each figure is the number of the
// rows behind it; what counts once a year is there once in a scope of a year or
// less; what a figure divides into adds up to it where a row has one value, and each part is the
// figure of that part alone.
func TestAFigureIsItsRows(t *testing.T) {
	h := newHouse(t)
	from := time.Date(2027, 1, 1, 0, 0, 0, 0, zoneOf(HouseZone))
	both := []string{h.cluster.ID, h.other.Grants[0].Cluster}
	h.scatter(t, rand.New(rand.NewPCG(7, 8)), both, from)
	h.at(from.AddDate(3, 0, 1))
	admin := Actor{ID: "a", Grants: []Grant{{Role: Administrator}}}
	rapid.Check(t, func(rt *rapid.T) {
		s := Scope{
			ClusterID: rapid.SampledFrom([]string{"", both[0], both[1]}).Draw(rt, "cluster"),
			ProjectID: rapid.SampledFrom([]string{"", "", "project"}).Draw(rt, "project"),
			GroupID:   rapid.SampledFrom([]string{"", "", "group0"}).Draw(rt, "group"),
			Country:   rapid.SampledFrom([]string{"", "", "ES"}).Draw(rt, "country"),
			From:      from.AddDate(0, rapid.IntRange(0, 30).Draw(rt, "from"), rapid.SampledFrom([]int{0, 0, 11}).Draw(rt, "day")),
		}
		s.Until = s.From.AddDate(0, rapid.SampledFrom([]int{1, 6, 6, 12, 18, 24, 30}).Draw(rt, "months"), rapid.SampledFrom([]int{0, 0, 9}).Draw(rt, "days"))
		own := rapid.SampledFrom([][]string{nil, both[:1]}).Draw(rt, "own")
		i := rapid.SampledFrom(indicators).Draw(rt, "indicator")
		dim := rapid.SampledFrom(i.Dims).Draw(rt, "dim")
		if err := h.view(t.Context(), func(tx *storage.Tx) error { return agrees(tx, admin, s, own, i, dim) }); err != nil {
			rt.Fatal(err)
		}
	})
}

func agrees(tx *storage.Tx, by Actor, s Scope, own []string, i Indicator, dim Dim) error {
	c := newCounting(tx, by, s, own)
	f, err := c.figure(i)
	if err != nil {
		return err
	}
	rows, _, err := c.page(i, "", 0)
	if err != nil {
		return err
	}
	sum, seen, once := 0.0, map[string]bool{}, i.Rule != CountEach && !s.Until.After(s.From.AddDate(1, 0, 0))
	for _, r := range rows {
		sum += r.Amount
		key := fmt.Sprint(r.At.UnixMilli(), r.ID)
		if once {
			key = r.ID
		}
		if seen[key] {
			return fmt.Errorf("%s: a row stands twice: %+v", i.Key, r)
		}
		seen[key] = true
	}
	if len(rows) != f.N || sum != f.Sum {
		return fmt.Errorf("%s: %d rows that add up to %v, for %+v", i.Key, len(rows), sum, f)
	}
	parts, err := c.slices(i, dim)
	if err != nil {
		return err
	}
	total := 0
	for _, p := range parts {
		total += p.N
		if err := agreesAlone(tx, by, s, own, i, dim, p); err != nil {
			return err
		}
	}
	if slices.Contains([]Dim{DimMonth, DimYear, DimClass, DimTown}, dim) && total != f.N || total < f.N {
		return fmt.Errorf("%s: %s adds up to %d of %d", i.Key, dim, total, f.N)
	}
	return nil
}

// agreesAlone asks for one part of a figure by itself. What is in two groups stands
// with both, of a scope of one of them too: that part is none that can be asked for.
func agreesAlone(tx *storage.Tx, by Actor, s Scope, own []string, i Indicator, dim Dim, p Slice) error {
	within := map[Dim]string{DimCluster: s.ClusterID, DimGroup: s.GroupID, DimCountry: s.Country}[dim]
	switch {
	case p.Key == "", within != "" && within != p.Key:
		return nil
	case dim == DimCluster && own == nil:
		s.ClusterID = p.Key
	case dim == DimGroup:
		s.GroupID = p.Key
	case dim == DimCountry:
		s.Country = p.Key
	default:
		return nil
	}
	alone, err := newCounting(tx, by, s, own).figure(i)
	if err == nil && alone.N != p.N {
		err = fmt.Errorf("%s: of %s %s alone there are %d, as a part %d", i.Key, dim, p.Key, alone.N, p.N)
	}
	return err
}

// A count of one's own counts as the indicator that it is made of, and only
// what it is narrowed to.
func TestOwnCounts(t *testing.T) {
	h := newCountedYear(t)
	ctx, c := t.Context(), h.cluster.ID
	for _, x := range []struct {
		o *OwnCount
		n int
	}{
		{&OwnCount{Of: OwnEvents, Kinds: []string{"conference"}}, 1},
		{&OwnCount{Of: OwnPeople, Kinds: []string{"conference"}, Country: "es"}, 1},
		{&OwnCount{Of: OwnPeople}, 6},
		{&OwnCount{Of: OwnCompanies, Kinds: []string{"sme", "research"}}, 3},
		{&OwnCount{Of: OwnCompanies, Town: "oulu"}, 2},
		{&OwnCount{Of: OwnWorks, Kinds: []string{"call", "article"}}, 3},
		{&OwnCount{Of: OwnWorks, Country: "ES"}, 1},
	} {
		x.o.Name, x.o.ClusterID = "Ours", c
		o, err := h.SaveOwnCount(ctx, h.boss, x.o)
		must(t, err)
		f, err := h.Figure(ctx, h.boss, o.Key(), h.year)
		must(t, err)
		if rows := h.all(t, o.Key(), h.year); f.N != x.n || len(rows) != x.n {
			t.Errorf("%+v: %d with %d rows, want %d", o, f.N, len(rows), x.n)
		}
		if _, err := h.Figure(ctx, h.other, o.Key(), Scope{}); !IsHidden(err) {
			t.Errorf("somebody else's organiser counts: %v", err)
		}
		if err := h.DeleteOwnCount(ctx, h.other, o.ID); !IsHidden(err) {
			t.Errorf("somebody else's organiser deletes: %v", err)
		}
	}
	for field, o := range map[string]*OwnCount{
		"name": {Of: OwnEvents}, "of": {Name: "x"}, "kinds": {Name: "x", Of: OwnEvents, Kinds: []string{"sme"}},
		"country": {Name: "x", Of: OwnWorks, Country: "Spain"}, "town": {Name: "x", Of: OwnEvents, Town: "Oulu"}, "group_id": {Name: "x", Of: OwnEvents, GroupID: "nobody's"},
	} {
		o.ClusterID = c
		if _, err := h.SaveOwnCount(ctx, h.boss, o); ProblemIn(err) == nil || ProblemIn(err).Fields[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	list, err := h.OwnCounts(ctx, h.boss)
	must(t, err)
	must(t, h.DeleteOwnCount(ctx, h.boss, list[0].ID))
	if _, err := h.Figure(ctx, h.boss, list[0].Key(), h.year); !IsHidden(err) || len(list) != 7 {
		t.Errorf("%d counts; a deleted one: %v", len(list), err)
	}
}
