package match

// An instance is a problem made ready for the search and the proof: indices
// instead of names, slots from 0, and of each meeting only the slots that it
// can take in some schedule. Participants and meetings have the indices they
// have in the problem.
type instance struct {
	problem  *Problem
	slots    int
	tables   int
	fairness int // the rule of the problem; -1: there is none
	meetings []meeting
	people   []person
	required int     // how many meetings are required
	previous []int16 // by meeting, its slot in the schedule that people know, or -1; nil: there is none
	fault    *fault  // why there is no schedule at all, where that is seen at once
}

// A meeting is a Meeting made ready.
type meeting struct {
	people   []int // participants, as in the problem
	required bool
	weight   int
	domain   slotSet // the slots it can take; an optional one without any is never held
	after    []int   // meetings that are earlier, where both are held
	before   []int   // meetings that are later, where both are held
}

// A person is a Participant made ready.
type person struct {
	available slotSet // as the problem says
	free      slotSet // available, and some meeting of theirs can be there
	limit     int     // meetings at most: by max_meetings, and by free
	meetings  []int   // those with a slot to take, required and optional
	required  int     // how many of them are required
}

// A fault is a simple reason why the required meetings cannot all be held: the
// meetings, whose own slots are not enough for them, and whom they have in
// common (-1: nobody in particular).
type fault struct {
	kind     faultKind
	person   int
	meetings []int
	slots    slotSet
}

// faultKind says what kind of thing is impossible.
type faultKind uint8

const (
	noSlot      faultKind = iota // a meeting has no slot left
	tooMany                      // a participant has more required meetings than they may
	tooFewSlots                  // meetings of one participant have fewer slots than they are
	tooFewTable                  // a slot, or all slots together, hold fewer meetings than must be there
	inCircle                     // meetings are each before the next
)

// compile makes p ready. The problem is valid.
func compile(p *Problem) *instance {
	in := prepare(p)
	in.presolve()
	in.settle()
	return in
}

// prepare makes p ready but for what follows from its parts together: meetings
// have all the slots that they and their participants allow.
func prepare(p *Problem) *instance {
	in := &instance{
		problem: p, slots: p.Slots, tables: p.Tables, fairness: -1,
		people: make([]person, len(p.Participants)), meetings: make([]meeting, len(p.Meetings)),
	}
	if p.Fairness != nil {
		in.fairness = *p.Fairness
	}
	index := in.addPeople()
	in.addMeetings(index)
	in.linkMeetings()
	return in
}

// addPeople makes the people ready, and says which index has whom.
func (in *instance) addPeople() map[string]int {
	index := make(map[string]int, len(in.people))
	for i, q := range in.problem.Participants {
		index[q.ID] = i
		one := &in.people[i]
		one.available = firstSlots(in.slots)
		for _, t := range q.Unavailable {
			one.available.remove(t - 1)
		}
		one.limit = one.available.count()
		if q.MaxMeetings != nil {
			one.limit = min(one.limit, *q.MaxMeetings)
		}
	}
	return index
}

// addMeetings makes the meetings ready, but for their order.
func (in *instance) addMeetings(index map[string]int) {
	sessions := make(map[string]slotSet, len(in.problem.Sessions))
	for _, s := range in.problem.Sessions {
		sessions[s.Name] = firstSlots(s.To).without(firstSlots(s.From - 1))
	}
	for i := range in.problem.Meetings {
		q := &in.problem.Meetings[i]
		m := &in.meetings[i]
		m.required, m.weight = q.Required, q.Worth()
		m.domain = in.wished(q, sessions)
		for _, id := range q.Participants {
			at := index[id]
			m.people = append(m.people, at)
			m.domain = m.domain.and(in.people[at].available)
			in.people[at].meetings = append(in.people[at].meetings, i)
		}
		if m.required {
			in.required++
			for _, at := range m.people {
				in.people[at].required++
			}
		}
	}
}

// wished is the set of slots that q itself allows.
func (in *instance) wished(q *Meeting, sessions map[string]slotSet) slotSet {
	s := firstSlots(in.slots)
	if q.Session != "" {
		s = s.and(sessions[q.Session])
	}
	if q.Slot > 0 {
		var one slotSet
		one.add(q.Slot - 1)
		s = s.and(one)
	}
	if len(q.Slots) > 0 {
		var some slotSet
		for _, t := range q.Slots {
			some.add(t - 1)
		}
		s = s.and(some)
	}
	return s
}

// linkMeetings notes which meeting is before which.
func (in *instance) linkMeetings() {
	index := make(map[string]int, len(in.meetings))
	for i := range in.problem.Meetings {
		index[in.problem.Meetings[i].ID] = i
	}
	for i := range in.problem.Meetings {
		for _, id := range in.problem.Meetings[i].After {
			a := index[id]
			in.meetings[i].after = append(in.meetings[i].after, a)
			in.meetings[a].before = append(in.meetings[a].before, i)
		}
	}
}

// settle drops what can never be held from the people's lists.
func (in *instance) settle() {
	for i := range in.people {
		q := &in.people[i]
		kept := q.meetings[:0]
		q.free = slotSet{}
		for _, m := range q.meetings {
			if d := in.meetings[m].domain; !d.empty() {
				kept = append(kept, m)
				q.free = q.free.or(d)
			}
		}
		q.meetings = kept
		q.limit = min(q.limit, q.free.count(), len(kept))
	}
}
