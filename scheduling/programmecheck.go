package scheduling

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// FaultKind says what is wrong with a programme.
type FaultKind string

// The kinds of fault that CheckProgramme finds.
const (
	FaultPassport   FaultKind = "passport"   // not valid long enough after the trip, or not known though it is due
	FaultLegs       FaultKind = "legs"       // two legs at once
	FaultLate       FaultKind = "late"       // they arrive after something begins there
	FaultRoom       FaultKind = "room"       // no bed for a night
	FaultConnection FaultKind = "connection" // too little time to change
	FaultTwice      FaultKind = "twice"      // two places at once
	FaultWay        FaultKind = "way"        // too little time for the way between two places
	FaultData       FaultKind = "data"       // what travellers were asked for is due and missing
	FaultHost       FaultKind = "host"       // published, but its host has not said yes
	FaultCapacity   FaultKind = "capacity"   // more people than it takes
	FaultNDA        FaultKind = "nda"        // they have not signed what the host asks for
	FaultHome       FaultKind = "home"       // no way home
	FaultOutside    FaultKind = "outside"    // not within the days of its stop
)

// FaultKinds are all of them, in the order of a list: first what keeps people
// from travelling.
var FaultKinds = []FaultKind{FaultPassport, FaultLegs, FaultTwice, FaultLate, FaultConnection, FaultWay, FaultRoom, FaultHome, FaultOutside,
	FaultHost, FaultCapacity, FaultNDA, FaultData}

// FixAt says where a fault is put right.
type FixAt string

// The places where faults are put right.
const (
	FixPart      FixAt = "part"      // the page of the first part named
	FixTraveller FixAt = "traveller" // the first traveller named
	FixRooms     FixAt = "rooms"
	FixHosts     FixAt = "hosts"
	FixLegs      FixAt = "legs" // the form of a new leg
	FixNDA       FixAt = "nda"  // the page of the part, where agreements are noted
)

// A TripFault is one thing that is wrong with a trip's programme, with what to
// do about it: the text "programme.fault.KIND" and the place where it is done.
type TripFault struct {
	Kind         FaultKind
	TravellerIDs []string // those concerned, in the order of the list of travellers
	PartIDs      []string // legs, stays and activities, in the order of time
	Key          string
	Args         []any
	Fix          FixAt
}

// sameAs reports whether two faults are about the same people and parts.
func (f TripFault) sameAs(o TripFault) bool {
	return f.Kind == o.Kind && f.Key == o.Key && slices.Equal(f.TravellerIDs, o.TravellerIDs) && slices.Equal(f.PartIDs, o.PartIDs)
}

// PassportDays is how long a passport has to be valid after the last day of a
// trip: the three months that many countries ask for.
const PassportDays = 90

// Minutes that changing takes where a leg does not say so itself.
const (
	changeFlights = 60
	changeAbroad  = 90 // from or to a flight that crosses into another zone
	changeOther   = 20
)

// wayMinutes is how long the way between two places of a stop takes where the
// programme does not say so.
const wayMinutes = 15

// A check looks through the programme of one trip.
type check struct {
	t     *Trip
	p     *Programme
	vs    []*Traveller
	now   time.Time
	parts []Part            // that take time, by their start
	own   map[string][]Part // the same by traveller
	leads map[string]string // leg → stop that it leads to
	out   []TripFault
}

// CheckProgramme finds everything that is wrong with a trip's programme for
// those who travel, at a moment: the kinds of fault in the order of FaultKinds,
// each in the order of time. It looks at nothing else than what it is given.
func CheckProgramme(t *Trip, p *Programme, vs []*Traveller, now time.Time) []TripFault {
	c := &check{t: t, p: p, vs: vs, now: now, own: map[string][]Part{}, leads: map[string]string{}}
	for i := range p.Legs {
		if s, ok := p.Legs[i].Leads(t); ok {
			c.leads[p.Legs[i].ID] = s.ID
		}
	}
	for _, x := range p.Parts(t) {
		if !x.Bulky {
			continue
		}
		c.parts = append(c.parts, x)
		for _, v := range vs {
			if x.Has(v.ID) {
				c.own[v.ID] = append(c.own[v.ID], x)
			}
		}
	}
	for _, v := range vs {
		c.data(v)
	}
	c.home()
	c.clashes()
	c.late()
	c.ways()
	c.beds()
	c.visits()
	c.outside()
	slices.SortStableFunc(c.out, func(a, b TripFault) int {
		return cmp.Compare(slices.Index(FaultKinds, a.Kind), slices.Index(FaultKinds, b.Kind))
	})
	return c.out
}

// found notes a fault. Those concerned are named by the text.
func (c *check) found(f TripFault, args ...any) {
	f.Key = cmp.Or(f.Key, "programme.fault."+string(f.Kind))
	f.Args = append(args, "names", namesOf(c.vs, f.TravellerIDs))
	c.out = append(c.out, f)
}

// due reports whether travellers should have answered what they were asked.
func (c *check) due() bool { return !c.t.Asks.DueAt.IsZero() && !c.now.Before(c.t.Asks.DueAt) }

// data looks at what one traveller was asked for. After it was purged there is
// nothing to look at.
func (c *check) data(v *Traveller) {
	if !v.PurgedAt.IsZero() {
		return
	}
	one := []string{v.ID}
	if asked := c.missing(v); c.due() && len(asked) > 0 {
		c.found(TripFault{Kind: FaultData, TravellerIDs: one, Fix: FixTraveller}, "what", asked)
	}
	if v.Data == nil || !slices.Contains(c.t.Asks.Fields, "passport") || len(c.t.Stops) == 0 {
		return
	}
	until := midnight(c.t.Stops[len(c.t.Stops)-1].Until, time.UTC).AddDate(0, 0, PassportDays)
	switch expiry := midnight(v.Data.PassportExpiry, time.UTC); {
	case expiry.IsZero() && c.due():
		c.found(TripFault{Kind: FaultPassport, Key: "programme.fault.passport_unknown", TravellerIDs: one, Fix: FixTraveller})
	case !expiry.IsZero() && expiry.Before(until):
		c.found(TripFault{Kind: FaultPassport, TravellerIDs: one, Fix: FixTraveller}, "expiry", Date(v.Data.PassportExpiry), "until", Date(until.Format(time.DateOnly)))
	}
}

// missing are the fields that somebody has to answer and has not. A passport
// has a check of its own, but for those who answered nothing at all.
func (c *check) missing(v *Traveller) (out Asked) {
	asked := func(field string) bool { return slices.Contains(c.t.Asks.Fields, field) }
	d := v.Data
	if d == nil {
		if len(c.t.Asks.Fields) > 0 {
			return Asked{"all"}
		}
		return nil
	}
	if asked("emergency") && (d.EmergencyName == "" || d.EmergencyPhone == "") {
		out = append(out, "emergency")
	}
	if asked("phone") && d.Phone == "" && v.Phone == "" {
		out = append(out, "phone")
	}
	return out
}

// home looks for the way home of those who travel from the trip's home: a last
// leg to its zone, or to where their first began. Visitors make their own way.
func (c *check) home() {
	f := TripFault{Kind: FaultHome, Fix: FixLegs}
	for _, v := range c.vs {
		if c.t.Direction == Outgoing && !c.local(v) && !c.goesHome(v.ID) {
			f.TravellerIDs = append(f.TravellerIDs, v.ID)
		}
	}
	if len(f.TravellerIDs) > 0 {
		c.found(f)
	}
}

// local reports whether somebody, an interpreter perhaps, lives where the trip
// goes: staff who take part in no leg.
func (c *check) local(v *Traveller) bool {
	return v.Role == AsStaff && !slices.ContainsFunc(c.own[v.ID], func(x Part) bool { return x.Kind == LegPart })
}

func (c *check) goesHome(id string) bool {
	own := c.own[id]
	if len(own) == 0 {
		return false
	}
	last := own[len(own)-1]
	first := own[slices.IndexFunc(own, func(x Part) bool { return x.Kind == LegPart || x.ID == last.ID })]
	return last.Kind == LegPart && (last.EndZone == c.t.Zone || last.ID != first.ID && samePlace(last.To, first.From))
}

// clashes are those that the desk keeps out, for what came in another way.
func (c *check) clashes() {
	for _, x := range c.p.clashes(c.t, c.vs) {
		who := c.inTime(x.who, x.a, x.b)
		if len(who) == 0 {
			continue
		}
		f := TripFault{Kind: FaultTwice, TravellerIDs: who, PartIDs: []string{x.a.ID, x.b.ID}, Fix: FixPart}
		if x.a.Kind == LegPart && x.b.Kind == LegPart {
			f.Kind = FaultLegs
		}
		c.found(f, "first", x.a, "when", x.a.When(), "second", x.b, "then", x.b.When())
	}
}

// inTime leaves out those of whom late says already that one of the two parts
// brings them to the other too late.
func (c *check) inTime(ids []string, a, b Part) (out []string) {
	for _, id := range ids {
		if !c.lateBy(id, a, b) && !c.lateBy(id, b, a) {
			out = append(out, id)
		}
	}
	return out
}

// lateBy reports whether somebody comes by leg to where x takes place, for the
// first time, and arrives after it begins.
func (c *check) lateBy(id string, leg, x Part) bool {
	if leg.Kind != LegPart || x.Kind != ActivityPart || !leg.Ends.After(x.Starts) {
		return false
	}
	first, ok := c.arrival(id, x.StopID)
	return ok && first.ID == leg.ID
}

// late looks for activities at a stop that begin before those who take part
// have come there for the first time.
func (c *check) late() {
	for _, x := range c.parts {
		if x.Kind != ActivityPart {
			continue
		}
		by := map[string][]string{} // leg → who comes by it
		for _, id := range x.Who(c.vs) {
			if leg, ok := c.arrival(id, x.StopID); ok && c.lateBy(id, leg, x) {
				by[leg.ID] = append(by[leg.ID], id)
			}
		}
		for _, leg := range c.parts {
			if who := by[leg.ID]; len(who) > 0 {
				c.found(TripFault{Kind: FaultLate, TravellerIDs: who, PartIDs: []string{x.ID, leg.ID}, Fix: FixPart}, "first", x, "when", x.When(), "second", leg, "then", leg.When())
			}
		}
	}
}

// arrival is the first leg by which somebody comes to a stop.
func (c *check) arrival(id, stopID string) (Part, bool) {
	for _, x := range c.own[id] {
		if x.Kind == LegPart && c.leads[x.ID] == stopID {
			return x, true
		}
	}
	return Part{}, false
}

// A follow are two parts that somebody has one after the other, by their ids.
type follow struct{ a, b string }

// ways looks at the time between what somebody has one after the other.
func (c *check) ways() {
	who := map[follow][]string{}
	for _, v := range c.vs {
		own := c.own[v.ID]
		for i := 1; i < len(own); i++ {
			k := follow{own[i-1].ID, own[i].ID}
			who[k] = append(who[k], v.ID)
		}
	}
	for i, a := range c.parts {
		for _, b := range c.parts[i+1:] {
			if ids := who[follow{a.ID, b.ID}]; len(ids) > 0 && !b.Starts.Before(a.Ends) {
				c.way(a, b, ids)
			}
		}
	}
}

func (c *check) way(a, b Part, ids []string) {
	kind, need := FaultWay, c.p.minutes(a, b)
	if a.Kind == LegPart && b.Kind == LegPart {
		kind, need = FaultConnection, changing(c.p.Leg(a.ID), c.p.Leg(b.ID))
	}
	have := int(b.Starts.Sub(a.Ends) / time.Minute)
	if ids = c.inTime(ids, a, b); have < need && len(ids) > 0 {
		c.found(TripFault{Kind: kind, TravellerIDs: ids, PartIDs: []string{a.ID, b.ID}, Fix: FixPart},
			"first", a, "second", b, "then", b.When(), "have", have, "need", need)
	}
}

// changing is how many minutes it takes to change from one leg to the next. A
// flight into another zone is taken for one into another country: its
// passengers go through more than one check.
func changing(a, b *Leg) int {
	abroad := func(l *Leg) bool { return l.From.Zone != l.To.Zone }
	switch {
	case b.Minutes > 0:
		return b.Minutes
	case a.Kind != ByAir || b.Kind != ByAir:
		return changeOther
	case abroad(a) || abroad(b):
		return changeAbroad
	}
	return changeFlights
}

// minutes is how long the way from one part to the next takes: as the programme
// says, else a quarter of an hour between two places that are known.
func (p *Programme) minutes(a, b Part) int {
	for _, x := range p.Travel {
		if samePlace(x.A, a.To) && samePlace(x.B, b.From) || samePlace(x.B, a.To) && samePlace(x.A, b.From) {
			return x.Minutes
		}
	}
	if a.To == "" || b.From == "" || samePlace(a.To, b.From) {
		return 0
	}
	return wayMinutes
}

func samePlace(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
