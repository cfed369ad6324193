package match

import "slices"

// mostReasons is how many reasons are enough to begin with.
const mostReasons = 20

// Conflicts finds simple reasons why the required meetings of p, which is valid,
// cannot all be held: each is true by itself, and none needs a search to be
// understood. There may be none though p is infeasible.
func Conflicts(p *Problem) []Reason {
	c := &conflicts{in: prepare(p)}
	c.required = c.in.requiredOf(-1)
	c.slots()
	c.people()
	c.tables()
	c.order()
	c.fairness()
	return c.found
}

// A conflicts is a search for reasons in a problem whose meetings have all the
// slots that they and their participants allow.
type conflicts struct {
	in       *instance
	required []int
	found    []Reason
}

func (c *conflicts) say(r Reason) {
	if len(c.found) < mostReasons {
		c.found = append(c.found, r)
	}
}

// ids are the IDs of meetings.
func (c *conflicts) ids(meetings []int) []string {
	ids := make([]string, len(meetings))
	for i, m := range meetings {
		ids[i] = c.in.problem.Meetings[m].ID
	}
	return ids
}

// who is the ID of a participant.
func (c *conflicts) who(i int) []string { return []string{c.in.problem.Participants[i].ID} }

// numbered are slots as people number them.
func numbered(s slotSet) []int {
	var slots []int
	for t := range s.all() {
		slots = append(slots, t+1)
	}
	return slots
}

// slots looks for required meetings without any slot.
func (c *conflicts) slots() {
	for _, i := range c.required {
		if m := &c.in.meetings[i]; m.domain.empty() {
			c.say(c.noSlot(i))
		}
	}
}

func (c *conflicts) noSlot(i int) Reason {
	r := Reason{Kind: ReasonNoSlot, Meetings: c.ids([]int{i})}
	slot := c.in.problem.Meetings[i].Slot
	if slot == 0 {
		return r
	}
	for _, who := range c.in.meetings[i].people {
		if !c.in.people[who].available.has(slot - 1) {
			r.Kind, r.Participants, r.Slots = ReasonAway, c.who(who), []int{slot}
			return r
		}
	}
	return r
}

// people looks for participants with too much to do.
func (c *conflicts) people() {
	mine := make([][]int, len(c.in.people))
	for _, i := range c.required {
		if !c.in.meetings[i].domain.empty() {
			for _, who := range c.in.meetings[i].people {
				mine[who] = append(mine[who], i)
			}
		}
	}
	for who, meetings := range mine {
		q := &c.in.people[who]
		r := Reason{Participants: c.who(who), Have: len(meetings), Need: q.available.count()}
		most := c.in.problem.Participants[who].MaxMeetings
		switch {
		case len(meetings) > r.Need:
			r.Kind = ReasonDay
			c.say(r)
		case most != nil && len(meetings) > *most:
			r.Kind, r.Need = ReasonLimit, *most
			c.say(r)
		case len(meetings) > 1:
			if some, slots := c.crowd(meetings, func(int) int { return 1 }); some != nil {
				r.Kind, r.Meetings, r.Slots = ReasonCrowded, c.ids(some), numbered(slots)
				r.Have, r.Need = len(some), slots.count()
				c.say(r)
			}
		}
	}
}

// tables looks for more meetings than there are places for, by tables and by the
// people who have required meetings and are there.
func (c *conflicts) tables() {
	there := make([]int, c.in.slots)
	for i := range c.in.people {
		if q := &c.in.people[i]; q.required > 0 {
			for t := range q.available.all() {
				there[t]++
			}
		}
	}
	places := func(t int) int { return min(c.in.tables, there[t]/2) }
	all := 0
	for t := range c.in.slots {
		all += places(t)
	}
	if len(c.required) > all {
		c.say(Reason{Kind: ReasonTables, Have: len(c.required), Need: all})
		return
	}
	with := slices.DeleteFunc(slices.Clone(c.required), func(i int) bool { return c.in.meetings[i].domain.empty() })
	some, slots := c.crowd(with, places)
	if some == nil {
		return
	}
	r := Reason{Kind: ReasonPlaces, Meetings: c.ids(some), Slots: numbered(slots), Have: len(some)}
	for t := range slots.all() {
		r.Need += places(t)
	}
	c.say(r)
}

// order looks for required meetings that follow each other and come too late.
func (c *conflicts) order() {
	earliest := make([]int, len(c.in.meetings)) // the first slot + 1, once it is known
	for _, i := range c.required {
		if c.come(i, earliest) {
			return
		}
	}
}

// come finds the earliest slot of a meeting and of those before it, and reports
// whether there is none for one of them, which it notes. The circles that would
// have no end are no valid problems.
func (c *conflicts) come(i int, earliest []int) bool {
	m := &c.in.meetings[i]
	if earliest[i] > 0 || m.domain.empty() {
		return false
	}
	least := 0
	for _, before := range m.after {
		if !c.in.meetings[before].required || c.in.meetings[before].domain.empty() {
			continue
		}
		if c.come(before, earliest) {
			return true
		}
		least = max(least, earliest[before])
	}
	left := m.domain.without(firstSlots(least))
	if left.empty() {
		c.say(Reason{Kind: ReasonOrder, Meetings: c.ids(c.chain(i, earliest)), Have: len(c.chain(i, earliest))})
		return true
	}
	earliest[i] = left.first() + 1
	return false
}

// chain lists a meeting behind those that make it late.
func (c *conflicts) chain(i int, earliest []int) []int {
	chain := []int{i}
	for earliest[i] == 0 || earliest[i] > c.in.meetings[i].domain.first()+1 {
		last := -1
		for _, before := range c.in.meetings[i].after {
			if c.in.meetings[before].required && (last < 0 || earliest[before] > earliest[last]) {
				last = before
			}
		}
		i = last
		chain = append(chain, i)
	}
	slices.Reverse(chain)
	return chain
}

// fairness looks for somebody who must have more gaps than is fair to another.
func (c *conflicts) fairness() {
	if c.in.fairness < 0 || len(c.in.people) == 0 {
		return
	}
	most, least := 0, 0
	atLeast, atMost := make([]int, len(c.in.people)), make([]int, len(c.in.people))
	for who := range c.in.people {
		atLeast[who], atMost[who] = c.gaps(who)
		if atLeast[who] > atLeast[most] {
			most = who
		}
		if atMost[who] < atMost[least] {
			least = who
		}
	}
	if may := atMost[least] + c.in.fairness; atLeast[most] > may {
		c.say(Reason{Kind: ReasonFairness, Participants: append(c.who(most), c.who(least)...), Have: atLeast[most], Need: may})
	}
}

// gaps says how many gaps somebody has at the least and at the most, if all of
// their required meetings are held.
func (c *conflicts) gaps(who int) (atLeast, atMost int) {
	var usable, must slotSet
	required := 0
	q := &c.in.people[who]
	for _, i := range q.meetings {
		m := &c.in.meetings[i]
		usable = usable.or(m.domain)
		if m.required {
			required++
			if m.domain.count() == 1 {
				must = must.or(m.domain)
			}
		}
	}
	span := usable.last() - usable.first() + 1
	for n := max(2, required); n <= min(q.limit, len(q.meetings), usable.count()); n++ {
		atMost = max(atMost, min(n-1, span-n))
	}
	return fewestGaps(usable, must, required, c.in.slots), atMost
}
