package scheduling

import (
	"strings"
	"time"
)

// A visit is a company's at an event, with the keys of its people between spaces.
type visit struct {
	event  *eventBrief
	people string
}

// visits are all of a company, first to last. People of no company come with one
// that has no id.
type visits struct {
	company *companyBrief
	list    []visit
	years   []yearOfKeys // see keys
}

// yearOfKeys are the keys of those who came in a year.
type yearOfKeys struct {
	year int
	keys []string
}

// visits are those to the events of the scope.
func (c *counting) visits() ([]*visits, error) {
	if c.visitList != nil {
		return c.visitList, nil
	}
	events, err := c.events()
	if err != nil {
		return nil, err
	}
	out, by := []*visits{}, map[string]*visits{}
	for _, e := range events {
		t, err := c.turnout(e)
		if err != nil {
			return nil, err
		}
		for id, people := range t.each {
			v := by[id]
			if v == nil {
				x, err := c.company(id)
				if err != nil {
					return nil, err
				}
				v = &visits{company: x}
				by[id] = v
				out = append(out, v)
			}
			v.list = append(v.list, visit{e, people})
		}
	}
	c.visitList = out
	return out, nil
}

// eachGuest gives the people who came to events, of the companies that from
// chooses: each with a company once in a year, with all places, or where that is
// too little once for every event.
func (c *counting) eachGuest(from func(*companyBrief) bool, emit func(*occurrence)) error {
	list, err := c.visits()
	for _, v := range list {
		switch {
		case !from(v.company) || !c.towards(v.company.Country):
		case c.detail == everyTime:
			c.eachTime(v, emit)
		case c.detail == withPlaces:
			c.eachYear(v, emit)
		default:
			v.eachKey(emit)
		}
	}
	return err
}

// eachKey gives the people of a company once for each year, and nothing else.
func (v *visits) eachKey(emit func(*occurrence)) {
	o := &occurrence{}
	for _, y := range v.keys() {
		o.year = y.year
		for _, o.id = range y.keys {
			emit(o)
		}
	}
}

// keys tells people apart, once for all that ask. Events come in the order of
// time, so those of a year stand together; and a company has few people beside
// the house, so that is quick.
func (v *visits) keys() []yearOfKeys {
	if v.years != nil {
		return v.years
	}
	known := map[string]struct{}{}
	var keys []string
	for i, x := range v.list {
		for key := range strings.SplitSeq(x.people, " ") {
			n := len(known)
			if known[key] = struct{}{}; len(known) > n {
				keys = append(keys, key)
			}
		}
		if v.endsYear(i) {
			v.years = append(v.years, yearOfKeys{x.event.year, keys})
			keys = make([]string, 0, len(keys))
			clear(known)
		}
	}
	return v.years
}

// endsYear reports whether a visit is the last of its year.
func (v *visits) endsYear(i int) bool {
	return i+1 == len(v.list) || v.list[i+1].event.year != v.list[i].event.year
}

// eachTime gives the people of a company at every event.
func (c *counting) eachTime(v *visits, emit func(*occurrence)) {
	for _, x := range v.list {
		o := &occurrence{at: x.event.Starts, year: x.event.year, place: c.guestPlace(v, x.event), class: x.event.Kind}
		for key := range strings.SplitSeq(x.people, " ") {
			o.person(key)
			emit(o)
		}
	}
}

// guestPlace is where the people of a company are counted at an event.
func (c *counting) guestPlace(v *visits, e *eventBrief) *belonging {
	return c.of(c.where(e), e.ClusterIDs, v.company.Country)
}

// A guest is somebody who came with a company in a year, first at a moment.
type guest struct {
	key   string
	at    time.Time
	place *belonging
	also  []*belonging
	class string
}

// eachYear gives the people of a company once for each year, with all places.
func (c *counting) eachYear(v *visits, emit func(*occurrence)) {
	known := map[string]int{}
	var guests []guest
	for i, x := range v.list {
		place := c.guestPlace(v, x.event)
		for key := range strings.SplitSeq(x.people, " ") {
			at, before := known[key]
			switch {
			case !before:
				known[key] = len(guests)
				guests = append(guests, guest{key: key, at: x.event.Starts, place: place, class: x.event.Kind})
			case guests[at].place != place:
				guests[at].also = addPlace(guests[at].also, place)
			}
		}
		if v.endsYear(i) {
			giveGuests(guests, x.event.year, emit)
			clear(known)
			guests = guests[:0]
		}
	}
}

func giveGuests(guests []guest, year int, emit func(*occurrence)) {
	o := &occurrence{}
	for i := range guests {
		g := &guests[i]
		*o = occurrence{at: g.at, year: year, place: g.place, also: g.also, class: g.class}
		o.person(g.key)
		emit(o)
	}
}
