package scheduling

import "time"

// A touching is something that brings companies together with the house: an
// event, a meeting, a trip, a call.
type touching struct {
	kind, id string // of the thing
	at       time.Time
	year     int
	place    *belonging // of the thing
	class    string     // "event", "meeting", "trip", "group", or the kind of work
	personal bool       // with people of the house or of another company
}

// A touch is once that a company had to do with the house: it came to an event,
// met somebody, travelled, was called.
type touch struct {
	*touching
	company *companyBrief
}

// touches are all touches in the scope. Those of a thing stand together.
func (c *counting) touches() ([]touch, error) {
	if c.touchList != nil {
		return c.touchList, nil
	}
	list := []touch{}
	give := func(t *touching, companyID string) error {
		x, err := c.company(companyID)
		if err == nil && companyID != "" && c.towards(x.Country) {
			list = append(list, touch{t, x})
		}
		return err
	}
	for _, each := range []func(func(*touching, string) error) error{c.eventTouches, c.tripTouches, c.recordTouches, c.gatheringTouches, c.workTouches, c.meetingTouches} {
		if err := each(give); err != nil {
			return nil, err
		}
	}
	c.touchList = list
	return list, nil
}

func (c *counting) eventTouches(fn func(*touching, string) error) error {
	list, err := c.events()
	if err != nil {
		return err
	}
	for _, e := range list {
		came, err := c.turnout(e)
		if err != nil {
			return err
		}
		t := &touching{kind: "event", id: e.ID, at: e.Starts, year: e.year, place: c.where(e), class: "event", personal: true}
		for company := range came.each {
			if err := fn(t, company); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *counting) meetingTouches(fn func(*touching, string) error) error {
	return c.eachMeeting(func(r *roundBrief, m *meetingBrief) error {
		t := &touching{kind: "meeting", id: m.ID, at: m.Starts, year: c.yearOf(m.Starts), place: c.meetingPlace(r, nil), class: "meeting", personal: true}
		for _, p := range m.parties {
			if err := fn(t, p.CompanyID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *counting) tripTouches(fn func(*touching, string) error) error {
	return c.eachTraveller(func(x *tripBrief, v *travellerBrief) error {
		p := x.place()
		p.countries = nil
		return fn(&touching{kind: "trip", id: x.ID, at: x.Starts, year: c.yearOf(x.Starts), place: c.at(p), class: "trip", personal: true}, v.CompanyID)
	})
}

func (c *counting) recordTouches(fn func(*touching, string) error) error {
	return c.eachRecord(func(r *recordBrief) error {
		t := &touching{kind: "record", id: r.ID, at: r.Starts, year: c.yearOf(r.Starts), place: c.at(r.place()), class: "group", personal: true}
		for _, p := range r.Present {
			if !p.Came() {
				continue
			}
			if err := fn(t, p.CompanyID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *counting) gatheringTouches(fn func(*touching, string) error) error {
	return c.eachGathering(func(g *gatheringBrief) error {
		for i := range g.Parties {
			p := &g.Parties[i]
			if p.Outside || !p.Best(g.Chosen).Comes() {
				continue
			}
			m, err := groupMemberships.Get(c.tx, p.ID)
			if ignoreMissing(err) != nil {
				return err
			}
			if err != nil {
				continue
			}
			if err := fn(&touching{kind: "gathering", id: g.ID, at: g.Starts, year: c.yearOf(g.Starts), place: c.at(g.place()), class: "group", personal: true}, m.CompanyID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *counting) workTouches(fn func(*touching, string) error) error {
	return c.eachWork(func(w *workBrief) error {
		if w.Kind.Published() {
			return nil
		}
		p := w.place()
		p.countries = nil
		for _, company := range w.CompanyIDs {
			t := &touching{kind: "work", id: w.ID, at: w.At, year: c.yearOf(w.At), place: c.at(p), class: string(w.Kind), personal: w.Kind.Personal()}
			if err := fn(t, company); err != nil {
				return err
			}
		}
		return nil
	})
}

// A memberTouch is a touch of a company that was a member then, with the place
// of it: the clusters that it was a member of.
type memberTouch struct {
	touch
	in *belonging
}

// memberTouches are those of members. A company is touched by a thing once,
// with however many people it came.
func (c *counting) memberTouches() ([]memberTouch, error) {
	if c.memberList != nil {
		return c.memberList, nil
	}
	all, err := c.touches()
	if err != nil {
		return nil, err
	}
	list := make([]memberTouch, 0, len(all))
	thing, seen := "", map[string]bool{} // the companies of a thing stand together
	for _, t := range all {
		if t.id != thing {
			thing = t.id
			clear(seen)
		}
		if seen[t.company.ID] {
			continue
		}
		in, err := c.memberOf(t.company.ID, t.at, t.place.clusters)
		if err != nil {
			return nil, err
		}
		if len(in) == 0 {
			continue
		}
		seen[t.company.ID] = true
		list = append(list, memberTouch{t, c.of(t.place, in, t.company.Country)})
	}
	c.memberList = list
	return list, nil
}

// eachMemberTouch gives those of members, as they are counted.
func (c *counting) eachMemberTouch(fn func(t touch, o *occurrence)) error {
	list, err := c.memberTouches()
	o := &occurrence{}
	for _, m := range list {
		*o = occurrence{at: m.at, year: m.year, place: m.in, class: m.class, town: m.company.Municipality}
		fn(m.touch, o)
	}
	return err
}

// countContacts counts personal contacts with members.
func countContacts(c *counting, emit func(*occurrence)) error {
	return c.eachMemberTouch(func(t touch, o *occurrence) {
		if t.personal {
			o.kind, o.id, o.about, o.with = t.kind, t.id, t.id, t.company.ID
			if c.detail != bare {
				o.id += "~" + t.company.ID
			}
			emit(o)
		}
	})
}

// countContacted counts members that were met, each once a year.
func countContacted(c *counting, emit func(*occurrence)) error {
	return c.eachMemberTouch(func(t touch, o *occurrence) {
		if t.personal {
			o.id = t.company.ID
			o.company(t.company)
			emit(o)
		}
	})
}

// countServices counts members that used something the cluster offers.
func countServices(c *counting, emit func(*occurrence)) error {
	return c.eachMemberTouch(func(t touch, o *occurrence) {
		o.id = t.company.ID
		o.company(t.company)
		emit(o)
	})
}

// countReached counts companies that were reached, of one kind if it is given,
// members or not.
func countReached(kind CompanyKind) func(*counting, func(*occurrence)) error {
	return func(c *counting, emit func(*occurrence)) error {
		list, err := c.touches()
		o := &occurrence{}
		for _, t := range list {
			if kind != "" && t.company.Kind != kind {
				continue
			}
			*o = occurrence{id: t.company.ID, at: t.at, year: t.year, place: c.of(t.place, t.place.clusters, t.company.Country)}
			o.company(t.company)
			emit(o)
		}
		return err
	}
}
