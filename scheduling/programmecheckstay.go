package scheduling

import (
	"cmp"
	"slices"
	"time"
)

// stopNights is how many nights of one stop are looked at.
const stopNights = 60

// A night is one at a stop, by the day on which it begins.
type night struct {
	stop Stop
	day  string
	who  []string // have no bed
}

// beds looks for a bed for every night of a stop, but those that somebody is on
// the way in, not there yet or gone. Visitors without any hotel of ours have
// their own.
func (c *check) beds() {
	if c.t.Direction == Incoming && len(c.p.Hotels) == 0 {
		return
	}
	var run []night // nights one after the other at one stop, with the same people
	for _, n := range c.nights() {
		if len(run) > 0 && (run[0].stop.ID != n.stop.ID || !slices.Equal(run[0].who, n.who)) {
			c.noBed(run)
			run = nil
		}
		if len(n.who) > 0 {
			run = append(run, n)
		}
	}
	c.noBed(run)
}

func (c *check) noBed(run []night) {
	if len(run) == 0 {
		return
	}
	first, last := run[0], run[len(run)-1]
	f := TripFault{Kind: FaultRoom, TravellerIDs: first.who, Fix: FixRooms}
	for i := range c.p.Hotels {
		if h := &c.p.Hotels[i]; h.From <= last.day && first.day < h.Until {
			f.PartIDs = append(f.PartIDs, h.ID)
		}
	}
	c.found(f, "city", first.stop.City, "from", Date(first.day), "until", Date(nextDay(last.day)), "count", len(run))
}

func nextDay(day string) string {
	return midnight(day, time.UTC).AddDate(0, 0, 1).Format(time.DateOnly)
}

// nights are all of the stops, with those who have no bed.
func (c *check) nights() (out []night) {
	for _, s := range c.t.Stops {
		for day, most := s.From, 0; day < s.Until && most < stopNights; day, most = nextDay(day), most+1 {
			n := night{stop: s, day: day}
			for _, v := range c.vs {
				if !c.local(v) && c.there(v.ID, s, day) && !c.sleeps(v.ID, day) {
					n.who = append(n.who, v.ID)
				}
			}
			out = append(out, n)
		}
	}
	return out
}

// there reports whether somebody spends the night that begins on day at the
// stop, rather than before their first leg arrived, after they left for home,
// or on the way.
func (c *check) there(id string, s Stop, day string) bool {
	date := func(t time.Time, zone string) string { return t.In(zoneOf(zone)).Format(time.DateOnly) }
	arrived := false
	for _, x := range c.own[id] {
		if x.Kind != LegPart {
			continue
		}
		leaves, comes := date(x.Starts, x.StartZone), date(x.Ends, x.EndZone)
		if !arrived && comes > day || leaves <= day && comes > day {
			return false
		}
		arrived = true
	}
	own := c.own[id]
	if len(own) > 0 && c.goesHome(id) {
		last := own[len(own)-1]
		return date(last.Starts, last.StartZone) > day
	}
	return true
}

func (c *check) sleeps(id, day string) bool {
	return slices.ContainsFunc(c.p.Hotels, func(h Hotel) bool {
		return h.From <= day && day < h.Until && slices.ContainsFunc(h.Rooms, func(r HotelRoom) bool { return slices.Contains(r.TravellerIDs, id) })
	})
}

// visits looks at hosts that have not said yes, at capacities and agreements.
func (c *check) visits() {
	for _, x := range c.p.Parts(c.t) {
		a := c.p.Activity(x.ID)
		if a == nil {
			continue
		}
		who := a.Who(c.vs)
		f := TripFault{TravellerIDs: who, PartIDs: []string{a.ID}, Fix: FixPart}
		if h := c.p.Host(a.HostID); h != nil && h.State != HostConfirmed && !c.p.PublishedAt.IsZero() {
			f.Kind, f.Fix, f.TravellerIDs = FaultHost, FixHosts, nil
			c.found(f, "first", x, "when", x.When(), "host", h.Name)
		}
		if a.Capacity > 0 && len(who) > a.Capacity {
			f.Kind, f.Fix, f.TravellerIDs = FaultCapacity, FixPart, who
			c.found(f, "first", x, "when", x.When(), "n", len(who), "most", a.Capacity)
		}
		if a.NDA {
			c.unsigned(x, a, who)
		}
	}
}

// unsigned looks for those who go without having signed what the host asks for.
func (c *check) unsigned(x Part, a *Activity, who []string) {
	var missing []string
	for _, v := range c.vs {
		if slices.Contains(who, v.ID) && v.NDAs[a.NDAOf()] == "" {
			missing = append(missing, v.ID)
		}
	}
	if len(missing) > 0 {
		c.found(TripFault{Kind: FaultNDA, TravellerIDs: missing, PartIDs: []string{a.ID}, Fix: FixNDA}, "first", x)
	}
}

// NDAOf is what travellers' agreements for an activity are kept under: its host,
// whose other visits they hold for as well.
func (a *Activity) NDAOf() string { return cmp.Or(a.HostID, a.ID) }

// outside looks for activities that the days of their stop do not hold any more,
// since the trip was changed after them.
func (c *check) outside() {
	for _, x := range c.p.Parts(c.t) {
		a := c.p.Activity(x.ID)
		if a == nil {
			continue
		}
		if s, ok := c.t.Stop(a.StopID); !ok || !inStop(a, s) {
			when := x.When()
			if !ok {
				when.StartZone, when.EndZone = c.t.Zone, c.t.Zone
			}
			c.found(TripFault{Kind: FaultOutside, PartIDs: []string{a.ID}, Fix: FixPart}, "first", x, "when", when)
		}
	}
}
