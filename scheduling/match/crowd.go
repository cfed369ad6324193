package match

// crowd finds meetings that have fewer places in all the slots that they can be
// in than they are: by Hall's theorem there are some exactly if not all meetings
// can have a place at once, each in one of its slots. It gives nil where they
// can.
//
// Meetings with the same slots are one node of a flow into slots. What is on the
// near side of a full flow's bottleneck is the crowd.
func (c *conflicts) crowd(meetings []int, places func(slot int) int) (some []int, slots slotSet) {
	const source, sink = 0, 1
	slotNode := func(t int) int { return 2 + t }
	node := map[slotSet]int{}
	var domains []slotSet
	many := map[slotSet]int{}
	for _, i := range meetings {
		d := c.in.meetings[i].domain
		if many[d]++; many[d] == 1 {
			node[d] = 2 + c.in.slots + len(domains)
			domains = append(domains, d)
		}
	}
	f := newFlow(2+c.in.slots+len(domains), source, sink)
	for t := range c.in.slots {
		f.add(slotNode(t), sink, places(t), 0)
	}
	for _, d := range domains {
		f.add(source, node[d], many[d], 0)
		for t := range d.all() {
			f.add(node[d], slotNode(t), many[d], 0)
		}
	}
	if f.run() == len(meetings) {
		return nil, slots
	}
	near := f.reachable()
	for _, i := range meetings {
		if d := c.in.meetings[i].domain; near[node[d]] {
			some = append(some, i)
			slots = slots.or(d)
		}
	}
	return some, slots
}

// fewestGaps is the least number of gaps of somebody who has at least so many
// meetings, in usable slots only and in all that must be; 0 where that cannot
// be.
func fewestGaps(usable, must slotSet, meetings, slots int) int {
	const never = maxSlots
	idle, busy := make([]int, meetings+1), make([]int, meetings+1) // stretches of meetings so far, by how many meetings
	for n := range idle {
		idle[n], busy[n] = never, never
	}
	idle[0] = 0
	for t := range slots {
		for n := meetings; n >= 0; n-- {
			before := max(0, n-1)
			met := min(idle[before]+1, busy[before])
			if n == meetings { // more than so many are as good
				met = min(met, idle[n]+1, busy[n])
			}
			rest := min(idle[n], busy[n])
			if !usable.has(t) || n == 0 && meetings > 0 {
				met = never
			}
			if must.has(t) {
				rest = never
			}
			idle[n], busy[n] = rest, met
		}
	}
	stretches := min(idle[meetings], busy[meetings])
	if stretches >= never {
		return 0
	}
	return max(0, stretches-1)
}
