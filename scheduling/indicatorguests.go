package scheduling

import (
	"hash/maphash"
	"strings"
)

// A crowd is who came to an event: the companies, and their people by the places
// of their keys in counting.guestKeys.
type crowd struct {
	event  *eventBrief
	came   []presence
	people []int32
}

// A presence is a company's part of a crowd, from one place in its people until
// another. People of no company come with one that has no id.
type presence struct {
	company     *companyBrief
	from, until int
}

// crowds are those at the events of the scope, first to last.
func (c *counting) crowds() ([]*crowd, error) {
	if c.crowdList != nil {
		return c.crowdList, nil
	}
	events, err := c.events()
	if err != nil {
		return nil, err
	}
	list, n := make([]*crowd, 0, len(events)), guestNumbers{seed: maphash.MakeSeed(), known: map[uint64]int32{}}
	for _, e := range events {
		t, err := c.turnout(e)
		if err != nil {
			return nil, err
		}
		lines := strings.Count(t.People, "\n")
		x := &crowd{event: e, came: make([]presence, 0, lines), people: make([]int32, 0, lines+strings.Count(t.People, " "))}
		for id, keys := range t.each {
			company, err := c.company(id)
			if err != nil {
				return nil, err
			}
			from := len(x.people)
			x.people = n.add(x.people, keys)
			x.came = append(x.came, presence{company, from, len(x.people)})
		}
		list = append(list, x)
	}
	c.crowdList, c.guestKeys = list, n.keys
	return list, nil
}

// guestNumbers gives people numbers, so that a million names are read once. They
// are told apart by hashes of 64 bits with a seed of their own: that two of a
// million share one is as likely as one in thirty million, and comparing all names
// takes as long as everything else.
type guestNumbers struct {
	seed  maphash.Seed
	known map[uint64]int32
	keys  []string
}

// add puts the numbers of keys with spaces between them behind list.
func (n *guestNumbers) add(list []int32, keys string) []int32 {
	for more := true; more; {
		var key string
		key, keys, more = strings.Cut(keys, " ")
		hash := maphash.String(n.seed, key)
		number, known := n.known[hash]
		if !known {
			number = int32(len(n.keys))
			n.known[hash] = number
			n.keys = append(n.keys, key)
		}
		list = append(list, number)
	}
	return list
}

// eachGuest gives the people who came to events, of the companies that from
// chooses: each once in a year, with all places, or where that is too little once
// for every event.
func (c *counting) eachGuest(from func(*companyBrief) bool, emit func(*occurrence)) error {
	list, err := c.crowds()
	if err != nil {
		return err
	}
	y := yearOfGuests{c: c, at: make([]int32, len(c.guestKeys)), list: make([]guest, 0, len(c.guestKeys))}
	for i, x := range list {
		for _, p := range x.came {
			switch {
			case !from(p.company) || !c.towards(p.company.Country):
			case c.detail == everyTime:
				c.eachTime(x, p, emit)
			default:
				y.add(x, p)
			}
		}
		if i+1 == len(list) || list[i+1].event.year != x.event.year {
			y.give(x.event.year, emit)
		}
	}
	return nil
}

// eachTime gives the people of a company at an event.
func (c *counting) eachTime(x *crowd, p presence, emit func(*occurrence)) {
	o := &occurrence{at: x.event.Starts, year: x.event.year, place: c.guestPlace(x, p), class: x.event.Kind}
	for _, n := range x.people[p.from:p.until] {
		o.person(c.guestKeys[n])
		emit(o)
	}
}

// guestPlace is where the people of a company are counted at an event.
func (c *counting) guestPlace(x *crowd, p presence) *belonging {
	return c.of(c.where(x.event), x.event.ClusterIDs, p.company.Country)
}

// A guest is somebody who came in a year, first to an event.
type guest struct {
	number int32
	first  *eventBrief
	place  *belonging
	also   []*belonging
}

// yearOfGuests are those of one year.
type yearOfGuests struct {
	c    *counting
	at   []int32 // by number: the place in list, and one
	list []guest
}

// add takes a presence, the next in the order of time.
func (y *yearOfGuests) add(x *crowd, p presence) {
	var place *belonging
	if y.c.detail != bare {
		place = y.c.guestPlace(x, p)
	}
	for _, n := range x.people[p.from:p.until] {
		at := y.at[n]
		if at == 0 {
			y.list = append(y.list, guest{number: n, first: x.event, place: place})
			y.at[n] = int32(len(y.list))
			continue
		}
		if g := &y.list[at-1]; g.place != place {
			g.also = addPlace(g.also, place)
		}
	}
}

// give gives everybody who was added, and begins the next year.
func (y *yearOfGuests) give(year int, emit func(*occurrence)) {
	o := &occurrence{}
	for i := range y.list {
		g := &y.list[i]
		y.at[g.number] = 0
		*o = occurrence{at: g.first.Starts, year: year, place: g.place, also: g.also, class: g.first.Kind}
		o.person(y.c.guestKeys[g.number])
		emit(o)
	}
	y.list = y.list[:0]
}
