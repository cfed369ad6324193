package match

// A spreading gives each required meeting of one participant a slot of its
// own, to see which other slots each of them could have. (Régin, "A filtering
// algorithm for constraints of difference in CSPs", AAAI 1994.)
type spreading struct {
	in      *instance
	list    []int // required meetings
	slotOf  []int // by place in list; -1: none yet
	ownerOf [maxSlots]int
	tried   slotSet
	left    slotSet // slots that nobody has
}

// spread narrows the meetings of one participant to the slots that they can
// have together.
func (in *instance) spread(who int) bool {
	q := &in.people[who]
	s := spreading{in: in}
	for _, m := range q.meetings {
		if in.meetings[m].required {
			s.list = append(s.list, m)
		}
	}
	if len(s.list) == 0 {
		return false
	}
	if !s.place() {
		in.fault = s.fault(who)
		return false
	}
	changed, taken := s.filter(who)
	keep := q.available.without(taken)
	if len(s.list) >= q.limit {
		keep = slotSet{}
	}
	for _, m := range q.meetings {
		if !in.meetings[m].required {
			changed = in.narrow(m, keep) || changed
		}
	}
	return changed
}

// place finds a slot for each meeting by augmenting paths.
func (s *spreading) place() bool {
	s.slotOf = make([]int, len(s.list))
	s.left = firstSlots(s.in.slots)
	for i := range s.ownerOf {
		s.ownerOf[i] = -1
	}
	for i := range s.slotOf {
		s.slotOf[i] = -1
	}
	for i := range s.list {
		s.tried = slotSet{}
		if !s.augment(i) {
			return false
		}
	}
	return true
}

// augment gives the i-th meeting a slot, moving others where it must.
func (s *spreading) augment(i int) bool {
	domain := s.in.meetings[s.list[i]].domain
	if t := domain.and(s.left).first(); t < maxSlots {
		s.put(i, t)
		return true
	}
	for t := range domain.all() {
		if s.tried.has(t) {
			continue
		}
		s.tried.add(t)
		if s.augment(s.ownerOf[t]) {
			s.put(i, t)
			return true
		}
	}
	return false
}

func (s *spreading) put(i, t int) {
	s.slotOf[i], s.ownerOf[t] = t, i
	s.left.remove(t)
}

// fault says which meetings share too few slots: those in the slots that the
// last augmentation tried, and the one it was for.
func (s *spreading) fault(who int) *fault {
	f := &fault{kind: tooFewSlots, person: who, slots: s.tried}
	for i, m := range s.list {
		if s.slotOf[i] < 0 {
			f.meetings = append(f.meetings, m)
			break
		}
		if s.tried.has(s.slotOf[i]) {
			f.meetings = append(f.meetings, m)
		}
	}
	return f
}

// filter narrows the required meetings, and says which slots they take in every
// schedule. Meeting i can have the slot of meeting j if j can then move on, slot
// by slot, to a slot that nobody has or to that of i.
func (s *spreading) filter(who int) (changed bool, taken slotSet) {
	reach := make([]slotSet, len(s.list)) // slots of meetings that i can set moving, its own too
	for i := range s.list {
		reach[i] = s.chain(i)
	}
	free := s.left.and(s.in.people[who].available)
	for i, m := range s.list {
		keep := free
		for j, t := range s.slotOf {
			escapes := s.escapes(reach[j])
			if i == j || escapes || reach[j].has(s.slotOf[i]) {
				keep.add(t)
			}
			if !escapes {
				taken.add(t)
			}
		}
		changed = s.in.narrow(m, keep) || changed
	}
	return changed, taken
}

// chain is the set of the slots of the meetings that could be moved if the
// i-th had to leave its slot.
func (s *spreading) chain(i int) slotSet {
	var seen slotSet
	seen.add(s.slotOf[i])
	for todo := seen; !todo.empty(); {
		t := todo.first()
		todo.remove(t)
		next := s.in.meetings[s.list[s.ownerOf[t]]].domain.without(s.left).without(seen)
		seen, todo = seen.or(next), todo.or(next)
	}
	return seen
}

// escapes reports whether one of the meetings in these slots can go to a slot
// that nobody has.
func (s *spreading) escapes(slots slotSet) bool {
	for t := range slots.all() {
		if !s.in.meetings[s.list[s.ownerOf[t]]].domain.and(s.left).empty() {
			return true
		}
	}
	return false
}
