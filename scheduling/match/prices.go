package match

import (
	"cmp"
	"fmt"
	"slices"
)

// A market bounds the gaps of all schedules from below. Everybody plans their
// own day as if alone, but pays for every slot; the slots are priced so that
// nobody would be left without a table. Whatever the prices are, gaps and
// payments together less what all the places would bring in are no more than
// the gaps of any schedule, for in a schedule no slot has more people than
// places. (Lagrangian relaxation: Held and Karp, "The traveling-salesman problem
// and minimum spanning trees", 1971.)
type market struct {
	in     *instance
	kinds  []kindOfDay
	places []int // by slot: people who can have a meeting there at once
	price  []int // by slot, in parts of a gap
}

// kindOfDay is a day that some people have alike.
type kindOfDay struct {
	person      int // one of them
	people      int
	least, most []int
}

const (
	gapParts     = 1 << 14 // parts of a gap that prices are counted in
	firstStep    = 128     // of a price, for each person too many
	marketRounds = 1500
	marketStalls = 25  // rounds without a better bound, after which steps get smaller
	marketIdle   = 150 // rounds after which it ends if prices have been of no use at all
)

// pricedGaps is a number of gaps that no schedule is below.
func (in *instance) pricedGaps() int {
	m := market{in: in, price: make([]int, in.slots)}
	m.sortPeople()
	for t := range in.slots {
		m.places = append(m.places, in.crowd(t))
	}
	return m.trade()
}

// crowd is how many people can have a meeting in a slot at once.
func (in *instance) crowd(t int) int {
	var sizes []int
	for i := range in.meetings {
		if m := &in.meetings[i]; m.domain.has(t) {
			sizes = append(sizes, len(m.people))
		}
	}
	slices.SortFunc(sizes, func(a, b int) int { return cmp.Compare(b, a) })
	most := 0
	for _, n := range sizes[:min(len(sizes), in.tables)] {
		most += n
	}
	return most
}

// sortPeople finds the kinds of days there are.
func (m *market) sortPeople() {
	index := map[string]int{}
	for p := range m.in.people {
		q := &m.in.people[p]
		least, most := m.in.countBounds(p)
		key := fmt.Sprint(q.free, q.required, q.limit, least, most)
		i, known := index[key]
		if !known {
			i = len(m.kinds)
			index[key] = i
			m.kinds = append(m.kinds, kindOfDay{person: p, least: least, most: most})
		}
		m.kinds[i].people++
	}
}

// trade changes the prices, up where there are too many people and down where
// there is room, and returns the best bound on the way.
func (m *market) trade() int {
	best, stalled, step := 0, 0, firstStep
	free, _ := m.demand()
	bestPrice := slices.Clone(m.price)
	for round := 0; round < marketRounds && (best > free || round < marketIdle); round++ {
		value, busy := m.demand()
		if value > best {
			best, stalled = value, 0
			copy(bestPrice, m.price)
		} else if stalled++; stalled > marketStalls {
			stalled, step = 0, step*3/4
			copy(m.price, bestPrice)
			if step == 0 {
				break
			}
		}
		if !m.adjust(busy, step) {
			break
		}
	}
	return (best + gapParts - 1) / gapParts
}

// adjust moves the prices towards what people want; false: all stay.
func (m *market) adjust(busy []int, step int) bool {
	moved := false
	for t := range m.price {
		now := max(0, m.price[t]+step*(busy[t]-m.places[t]))
		moved = moved || now != m.price[t]
		m.price[t] = now
	}
	return moved
}

// demand is the bound at the present prices, and how many people are busy in
// each slot then.
func (m *market) demand() (value int, busy []int) {
	busy = make([]int, m.in.slots)
	for t, price := range m.price {
		value -= price * m.places[t]
	}
	for i := range m.kinds {
		k := &m.kinds[i]
		cost, day := m.cheapest(k)
		value += cost * k.people
		for t := range day.all() {
			busy[t] += k.people
		}
	}
	return value, busy
}

// A dayCost is what a beginning of a day costs at least, and how it came to be:
// whether the slot before was busy.
type dayCost struct {
	cost    int
	wasBusy bool
}

// cheapest plans a day at the present prices.
func (m *market) cheapest(k *kindOfDay) (int, slotSet) {
	const never = 1 << 40
	q := &m.in.people[k.person]
	width := q.limit + 1
	// By slot and meetings so far: when idle in the slot before, and when busy.
	idle, busy := make([]dayCost, (m.in.slots+1)*width), make([]dayCost, (m.in.slots+1)*width)
	for i := range idle {
		idle[i].cost, busy[i].cost = never, never
	}
	idle[0].cost = 0
	for t := range m.in.slots {
		for n := max(0, k.least[t]); n <= min(q.limit, k.most[t]); n++ {
			before, now := t*width+n, (t+1)*width+n
			idle[now] = cheaper(idle[before].cost, busy[before].cost)
			if n > 0 && q.free.has(t) {
				rested := idle[before-1].cost
				if n > 1 {
					rested += gapParts
				}
				busy[now] = cheaper(rested, busy[before-1].cost)
				busy[now].cost += m.price[t]
			}
		}
	}
	return retrace(idle, busy, m.in.slots, width, q.required)
}

func cheaper(idle, busy int) dayCost {
	if busy < idle {
		return dayCost{busy, true}
	}
	return dayCost{idle, false}
}

// retrace finds the cheapest end of a day with so many meetings or more, and
// the slots that are busy on the way to it.
func retrace(idle, busy []dayCost, slots, width, least int) (int, slotSet) {
	end := cheaper(idle[slots*width+least].cost, busy[slots*width+least].cost)
	n := least
	for more := least + 1; more < width; more++ {
		if c := cheaper(idle[slots*width+more].cost, busy[slots*width+more].cost); c.cost < end.cost {
			end, n = c, more
		}
	}
	var day slotSet
	at := end.wasBusy
	for t := slots; t > 0; t-- {
		if at {
			day.add(t - 1)
			at = busy[t*width+n].wasBusy
			n--
		} else {
			at = idle[t*width+n].wasBusy
		}
	}
	return end.cost, day
}
