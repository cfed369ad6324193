package scheduling

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// An audienceHouse has people who stand in every way to what rules can name.
type audienceHouse struct {
	*testHouse
	people  []*Person
	company map[string]*Company
	lists   []*MailingList
	groups  []*Group
	events  []*Event
	regs    map[string][]*Registration // by event
	subs    map[string]map[string]SubState
	foreign string // cluster
	trips   []*Trip
	going   map[string]map[string]bool         // by trip and address
	applied map[string]map[string]*Application // the same
}

// newAudienceHouse makes forty people of nine companies, of two clusters, with
// lists, groups, events and registrations that are spread by their numbers.
func newAudienceHouse(t testing.TB) *audienceHouse {
	h := &audienceHouse{testHouse: newHouse(t), company: map[string]*Company{}, regs: map[string][]*Registration{}, subs: map[string]map[string]SubState{}}
	h.foreign = h.other.Grants[0].Cluster
	ctx, root := t.Context(), System("test")
	var list []*Company
	for i := range 9 {
		c := &Company{Name: fmt.Sprintf("Company %d", i), Kind: CompanyKinds[i%len(CompanyKinds)], Country: []string{"FI", "SE", "DE"}[i%3], Tags: []string{"steel", "radio"}[:i%3], ClusterIDs: []string{h.cluster.ID}}
		if i%4 == 3 {
			c.ClusterIDs = []string{h.foreign}
		}
		must(t, h.SaveCompany(ctx, root, c))
		h.company[c.ID], list = c, append(list, c)
	}
	for i := range 40 {
		p := &Person{Name: fmt.Sprintf("Person %03d", i), Email: fmt.Sprintf("person%03d@example.org", i), Lang: []string{"fi", "en", "sv"}[i%3]}
		if i%5 != 4 {
			p.CompanyID = list[i%9].ID
		}
		if i%3 == 0 {
			p.ClusterIDs = []string{h.cluster.ID}
		} else if i%7 == 1 {
			p.ClusterIDs = []string{h.foreign}
		}
		must(t, h.SavePerson(ctx, root, p))
		h.people = append(h.people, p)
	}
	h.fillAudience(t)
	h.fillTrips(t)
	return h
}

// fillTrips has some of the people apply for two trips, and some travel.
func (h *audienceHouse) fillTrips(t testing.TB) {
	h.going, h.applied = map[string]map[string]bool{}, map[string]map[string]*Application{}
	for k := range 2 {
		trip := h.spain(t, func(x *Trip) { x.Slug = fmt.Sprintf("trip-%d", k) })
		h.trips = append(h.trips, trip)
		h.going[trip.ID], h.applied[trip.ID] = map[string]bool{}, map[string]*Application{}
		h.write(t, func(tx *storage.Tx) error {
			for i := k; i < 40; i += 3 {
				p, s := h.people[i], ApplicationStates[i%len(ApplicationStates)]
				a := &Application{TripID: trip.ID, State: s, EndedBy: []string{endedByCompany, endedByOrganiser}[i%2], Company: p.Name, Email: p.Email, Seats: 1}
				a.index()
				h.applied[trip.ID][p.Email] = a
				if err := applications.Put(tx, a); err != nil {
					return err
				}
			}
			for i := 5 * k; i < 40; i += 4 {
				p := h.people[i]
				v := &Traveller{TripID: trip.ID, State: TravellerGoing, PersonID: p.ID, Name: p.Name, Email: p.Email}
				if v.index(); i%3 == 0 {
					v.State = TravellerOut
				}
				h.going[trip.ID][p.Email] = v.Goes()
				if err := travellers.Put(tx, v); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (h *audienceHouse) fillAudience(t testing.TB) {
	ctx := t.Context()
	states := []SubState{Subscribed, Subscribed, Unsubscribed, Bounced, Unconfirmed}
	for k := range 2 {
		l := h.newList(t, fmt.Sprintf("list-%d", k))
		h.lists, h.subs[l.ID] = append(h.lists, l), map[string]SubState{}
		must(t, h.DB.Update(ctx, func(tx *storage.Tx) error {
			for i := k; i < 60; i += 2 + k { // those from 40 on are no contacts
				email, s := fmt.Sprintf("person%03d@example.org", i), states[(i+k)%len(states)]
				h.subs[l.ID][email] = s
				if err := h.enlist(tx, l, email, "Somebody", "en", s); err != nil {
					return err
				}
			}
			return nil
		}))
		g := &Group{Slug: fmt.Sprintf("group-%d", k), ClusterID: h.cluster.ID, Kind: "working", Name: Text{"en": "Group"}}
		for i := k; i < 40; i += 6 {
			g.Members = append(g.Members, h.people[i].ID)
		}
		must(t, h.SaveGroup(ctx, h.boss, g))
		h.groups = append(h.groups, g)
		e := h.event(t, func(e *Event) { e.Slug = fmt.Sprintf("event-%d", k) })
		h.events = append(h.events, e)
		regStates := []RegState{Confirmed, Waitlisted, Attended, NoShow, Withdrawn}
		for i := 3 * k; i < 40; i += 4 {
			r := h.register(t, e, i)
			must(t, h.DB.Update(ctx, func(tx *storage.Tx) error {
				r, err := registrations.Get(tx, r.ID)
				if err != nil {
					return err
				}
				r.State = regStates[i%len(regStates)]
				if err := registrations.Put(tx, r); err != nil {
					return err
				}
				h.regs[e.ID] = append(h.regs[e.ID], r)
				return nil
			}))
		}
	}
	must(t, h.DB.View(ctx, func(tx *storage.Tx) (err error) { // registering made some of them contacts
		h.people, err = people.Find(tx, storage.Query{})
		return err
	}))
}

// fits is the brute-force answer: of one person and one rule, by looking at
// everything each time.
func (h *audienceHouse) fits(r ReaderRule, p *Person) bool {
	c := h.company[p.CompanyID]
	registered := func(eventID string, states ...RegState) bool {
		return slices.ContainsFunc(h.regs[eventID], func(x *Registration) bool {
			return x.Email == p.Email && slices.Contains(states, x.State)
		})
	}
	switch r.Kind {
	case RuleCluster:
		return slices.Contains(p.ClusterIDs, r.ID) || c != nil && slices.Contains(c.ClusterIDs, r.ID)
	case RuleList:
		return h.subs[r.ID][p.Email] == Subscribed
	case RuleGroup:
		return slices.ContainsFunc(h.groups, func(g *Group) bool { return g.ID == r.ID && p.ID != "" && slices.Contains(g.Members, p.ID) })
	case RuleEvent:
		if len(r.Values) == 0 {
			return registered(r.ID, Confirmed, Offered, Attended)
		}
		for _, v := range r.Values {
			if registered(r.ID, RegState(v)) {
				return true
			}
		}
		return false
	case RuleTrip:
		return h.onModelTrip(r, p.Email)
	case RuleKindOf:
		return c != nil && slices.Contains(r.Values, string(c.Kind))
	case RuleCountry:
		return c != nil && slices.Contains(r.Values, c.Country)
	case RuleTag:
		return c != nil && overlap(c.Tags, r.Values)
	case RuleLanguage:
		return slices.Contains(r.Values, p.Lang)
	case RuleRole:
		return c != nil && slices.Contains(c.ClusterIDs, h.cluster.ID)
	}
	came := registered(h.events[0].ID, Attended) || registered(h.events[1].ID, Attended)
	return came == (r.Kind == RuleAttended)
}

// onModelTrip is the answer about a trip.
func (h *audienceHouse) onModelTrip(r ReaderRule, email string) bool {
	if len(r.Values) == 0 {
		return h.going[r.ID][email]
	}
	a := h.applied[r.ID][email]
	return slices.ContainsFunc(r.Values, func(way string) bool {
		switch {
		case way == TripTravellers:
			return h.going[r.ID][email]
		case a == nil:
			return false
		case way == TripApplicants:
			return slices.Contains(strings.Fields("submitted shortlisted reserve offered accepted committed travelled reported"), string(a.State))
		case way == TripSelected:
			return slices.Contains(strings.Fields("offered accepted committed travelled reported"), string(a.State))
		}
		return a.State == ApplicationExpired || a.State == ApplicationDeclined && a.EndedBy == endedByOrganiser
	})
}

// wanted are the addresses that get a campaign, and how many are left out.
func (h *audienceHouse) wanted(c *Campaign) (get []string, left int) {
	own := []RuleKind{RuleList, RuleGroup, RuleEvent, RuleTrip, RuleRole, RuleAttended}
	all := slices.Clone(h.people)
	for _, subs := range h.subs {
		for email := range subs {
			if !slices.ContainsFunc(all, func(p *Person) bool { return p.Email == email }) {
				all = append(all, &Person{Email: email, Lang: "en"})
			}
		}
	}
	for _, p := range all {
		n, known := 0, slices.Contains(p.ClusterIDs, h.cluster.ID)
		if co := h.company[p.CompanyID]; co != nil && slices.Contains(co.ClusterIDs, h.cluster.ID) {
			known = true
		}
		standing, listed := h.subs[c.ListID][p.Email]
		known = known || listed
		for _, r := range c.Readers.Rules {
			if h.fits(r, p) {
				n++
				known = known || slices.Contains(own, r.Kind)
			}
		}
		found := n == len(c.Readers.Rules) || c.Readers.Any && n > 0
		if len(c.Readers.Rules) == 0 {
			found = listed && standing != Unconfirmed
		}
		out := slices.ContainsFunc(c.Readers.Except, func(r ReaderRule) bool { return h.fits(r, p) })
		switch {
		case !found || !known || out:
		case c.ListID == "" || standing == Subscribed:
			get = append(get, p.Email)
		default:
			left++
		}
	}
	slices.Sort(get)
	return get, left
}

func (h *audienceHouse) rule() *rapid.Generator[ReaderRule] {
	return rapid.Custom(func(t *rapid.T) ReaderRule {
		some := func(of ...string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, 2, rapid.ID).Draw(t, "values")
		}
		k := rapid.IntRange(0, 1).Draw(t, "which")
		switch kind := rapid.SampledFrom([]RuleKind{RuleCluster, RuleList, RuleGroup, RuleEvent, RuleTrip, RuleRole, RuleKindOf, RuleCountry, RuleLanguage, RuleTag, RuleAttended, RuleAbsent}).Draw(t, "kind"); kind {
		case RuleCluster:
			return ReaderRule{Kind: kind, ID: h.cluster.ID}
		case RuleList:
			return ReaderRule{Kind: kind, ID: h.lists[k].ID}
		case RuleGroup:
			return ReaderRule{Kind: kind, ID: h.groups[k].ID}
		case RuleEvent:
			return ReaderRule{Kind: kind, ID: h.events[k].ID, Values: some(string(Confirmed), string(Waitlisted), string(Attended), string(NoShow), string(Withdrawn))}
		case RuleTrip:
			return ReaderRule{Kind: kind, ID: h.trips[k].ID, Values: some(ReaderTripWays...)[rapid.IntRange(0, 1).Draw(t, "any way"):]}
		case RuleRole:
			return ReaderRule{Kind: kind, Values: []string{ReaderMember}}
		case RuleKindOf:
			return ReaderRule{Kind: kind, Values: some("sme", "large", "research")}
		case RuleCountry:
			return ReaderRule{Kind: kind, Values: some("FI", "SE", "DE")}
		case RuleLanguage:
			return ReaderRule{Kind: kind, Values: some("fi", "en", "sv")}
		case RuleTag:
			return ReaderRule{Kind: kind, Values: some("steel", "radio")}
		default:
			return ReaderRule{Kind: kind, From: "2027-02-01", Until: "2027-02-28"}
		}
	})
}

// TestAudience holds whom rules find to a filter that looks at everybody and
// everything, for any combination of them: each address once, nobody else.
func TestAudience(t *testing.T) {
	h := newAudienceHouse(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := &Campaign{ClusterID: h.cluster.ID, Reach: []string{h.cluster.ID}, Subject: Text{"en": "x"}, Body: Text{"en": "x"}}
		c.ListID = rapid.SampledFrom([]string{"", h.lists[0].ID, h.lists[1].ID}).Draw(rt, "list")
		c.Readers = Readers{Any: rapid.Bool().Draw(rt, "any"), Rules: rapid.SliceOfN(h.rule(), 0, 4).Draw(rt, "rules"), Except: rapid.SliceOfN(h.rule(), 0, 2).Draw(rt, "except")}
		var got []string
		left := 0
		if err := h.DB.View(t.Context(), func(tx *storage.Tx) error {
			got, left = nil, 0
			for r, err := range h.readersOf(tx, c) {
				if err != nil {
					return err
				}
				if r.Out == "" {
					got = append(got, r.Email)
				} else {
					left++
				}
			}
			return nil
		}); err != nil {
			rt.Fatal(err)
		}
		slices.Sort(got)
		if want, out := h.wanted(c); !slices.Equal(got, want) || left != out {
			rt.Errorf("%d get it: %v\nwant %d: %v\nleft out %d, want %d", len(got), got, len(want), want, left, out)
		}
	})
}

func TestAudienceView(t *testing.T) {
	h := newHouse(t)
	l := h.newList(t, "news", append(many(60, Subscribed), Unsubscribed, Complained, Bounced)...)
	c := h.newsletter(t, l, nil)
	v, err := h.Audience(t.Context(), h.boss, c.ID, "")
	must(t, err)
	if v.People != 60 || v.ByLang["fi"] != 30 || v.ByLang["en"] != 30 || len(v.First) != audienceShown || v.First[0].Name != "Person 000" ||
		v.Out[OutUnsubscribed] != 2 || v.Out[OutSuppressed] != 1 || len(v.Left) != 3 {
		t.Errorf("%+v", v)
	}
	v, err = h.Audience(t.Context(), h.boss, c.ID, "PERSON 01")
	must(t, err)
	if v.People != 60 || len(v.First) != 10 {
		t.Errorf("%d of %d are shown", len(v.First), v.People)
	}
}

// Whom nothing reaches is left out, whatever the rules say.
func TestSuppressedAreLeftOut(t *testing.T) {
	h := newHouse(t)
	suppressed := storage.NewCollection[mailer.Suppression]("mail_suppressions", storage.Ordered("active"))
	sum := sha256.Sum256([]byte("aino@example.org"))
	hash := hex.EncodeToString(sum[:16]) // what the mailer remembers an address by
	p := &Person{Name: "Aino", Email: "aino@example.org", Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(t.Context(), h.boss, p))
	c := h.newsletter(t, nil, func(c *Campaign) { c.Readers.Rules = []ReaderRule{{Kind: RuleCluster, ID: h.cluster.ID}} })
	v, err := h.Audience(t.Context(), h.boss, c.ID, "")
	must(t, err)
	if v.People != 1 {
		t.Fatalf("%+v", v)
	}
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		return suppressed.Put(tx, &mailer.Suppression{Meta: storage.Meta{ID: hash}, Reason: "550 no such user", Active: true})
	}))
	v, err = h.Audience(t.Context(), h.boss, c.ID, "")
	must(t, err)
	if v.People != 0 || v.Out[OutSuppressed] != 1 {
		t.Errorf("%+v", v)
	}
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error { // they left everything besides
		return h.enlist(tx, &MailingList{}, p.Email, p.Name, "fi", Unsubscribed)
	}))
	v, err = h.Audience(t.Context(), h.boss, c.ID, "")
	must(t, err)
	if v.People != 0 || v.Out[OutUnsubscribed] != 1 {
		t.Errorf("%+v", v)
	}
}

func TestWhoMetAndWhoWasInvited(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	r := &Round{Meta: storage.Meta{ID: "round"}, Slug: "round", ClusterIDs: []string{h.cluster.ID}, Phase: RoundClosed, Title: Text{"en": "Round"}, Zone: "Europe/Helsinki", UID: "uid"}
	ids := map[string]string{}
	must(t, h.DB.Update(ctx, func(tx *storage.Tx) error {
		if err := rounds.Put(tx, r); err != nil {
			return err
		}
		for _, name := range []string{"a", "b", "c", "d"} {
			p := &Person{Meta: storage.Meta{ID: "p" + name}, Name: name, Email: name + "@example.org", Lang: "en"}
			p.index()
			ids[name] = p.ID
			e := &Entrant{Meta: storage.Meta{ID: name}, RoundID: r.ID, State: EntrantIn, Name: name, People: []Delegate{{PersonID: p.ID, Manages: name != "d"}}, PersonIDs: []string{p.ID}}
			if err := people.Put(tx, p); err != nil {
				return err
			}
			if err := entrants.Put(tx, e); err != nil {
				return err
			}
		}
		m := &Meeting{Meta: storage.Meta{ID: "m"}, RoundID: r.ID, State: MeetingHeld, EntrantIDs: []string{"a", "b"}, UID: "m", RequestID: "ab"}
		if err := meetings.Put(tx, m); err != nil {
			return err
		}
		for _, pair := range [][2]string{{"a", "b"}, {"a", "c"}} {
			q := &Request{Meta: storage.Meta{ID: pair[0] + pair[1]}, RoundID: r.ID, From: pair[0], To: pair[1], Pair: pairOf(r.ID, pair[0], pair[1]), State: RequestAccepted}
			if err := requests.Put(tx, q); err != nil {
				return err
			}
		}
		return nil
	}))
	e := h.event(t, nil)
	h.register(t, e, 1)
	l := h.newList(t, "news", many(3, Subscribed)...)
	h.sendNow(t, h.newsletter(t, l, func(c *Campaign) { c.Body["en"] += "\n\n{event:" + e.Slug + "}" }))
	for _, test := range []struct {
		rule ReaderRule
		want string
	}{
		{ReaderRule{Kind: RuleRound, ID: r.ID}, "a@example.org b@example.org c@example.org d@example.org"},
		{ReaderRule{Kind: RuleRound, ID: r.ID, Values: []string{RoundManagers}}, "a@example.org b@example.org c@example.org"},
		{ReaderRule{Kind: RuleRound, ID: r.ID, Values: []string{RoundUnmet}}, "c@example.org d@example.org"},
		{ReaderRule{Kind: RuleRound, ID: r.ID, Values: []string{RoundMissed}}, "a@example.org c@example.org"},
		{ReaderRule{Kind: RuleRole, Values: []string{ReaderManager}}, "a@example.org b@example.org c@example.org"},
		{ReaderRule{Kind: RuleEvent, ID: e.ID}, "person001@example.org"},
	} {
		c := &Campaign{ClusterID: h.cluster.ID, Reach: []string{h.cluster.ID}, Readers: Readers{Rules: []ReaderRule{test.rule}}}
		got := map[string]bool{}
		must(t, h.DB.View(ctx, func(tx *storage.Tx) error {
			for r, err := range h.readersOf(tx, c) {
				if err != nil {
					return err
				}
				got[r.Email] = true
			}
			return nil
		}))
		if s := strings.Join(slices.Sorted(maps.Keys(got)), " "); s != test.want {
			t.Errorf("%+v finds %s, want %s", test.rule, s, test.want)
		}
	}
	// Who was shown the event and never registered: subscribers who became contacts.
	invited := ReaderRule{Kind: RuleEvent, ID: e.ID, Values: []string{EventInvited}}
	c := h.newsletter(t, l, func(c *Campaign) { c.Readers.Rules = []ReaderRule{invited} })
	v, err := h.Audience(ctx, h.boss, c.ID, "")
	must(t, err)
	if v.People != 2 || v.First[0].Email != "person000@example.org" || v.First[1].Email != "person002@example.org" {
		t.Errorf("%+v", v.First)
	}
}

func BenchmarkAudience(b *testing.B) {
	h := newHouse(b)
	l := h.newList(b, "news")
	for from := 0; from < 50_000; from += 5000 {
		must(b, h.DB.Update(b.Context(), func(tx *storage.Tx) error {
			for i := from; i < from+5000; i++ {
				p := &Person{Name: fmt.Sprintf("Person %05d", i), Email: fmt.Sprintf("person%05d@example.org", i), Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
				p.index()
				if err := people.Put(tx, p); err != nil {
					return err
				}
				if err := h.enlist(tx, l, p.Email, p.Name, "fi", Subscribed); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	c := h.newsletter(b, l, nil)
	for b.Loop() {
		began := time.Now()
		v, err := h.Audience(b.Context(), h.boss, c.ID, "")
		if err != nil || v.People != 50_000 {
			b.Fatal(v.People, err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/audience")
	}
}
