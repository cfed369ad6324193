package match

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawProblem is a small problem that uses every feature of the format.
func drawProblem(t *rapid.T) *Problem {
	p := &Problem{Format: Format, Slots: rapid.IntRange(1, 5).Draw(t, "slots"), Tables: rapid.IntRange(1, 3).Draw(t, "tables")}
	slot := rapid.IntRange(1, p.Slots)
	if rapid.Bool().Draw(t, "has a session") {
		from := slot.Draw(t, "from")
		p.Sessions = []Session{{Name: "s", From: from, To: rapid.IntRange(from, p.Slots).Draw(t, "to")}}
	}
	if rapid.IntRange(0, 2).Draw(t, "has fairness") == 0 {
		p.Fairness = new(rapid.IntRange(0, 1).Draw(t, "fairness"))
	}
	people := rapid.IntRange(2, 5).Draw(t, "people")
	for i := range people {
		q := Participant{ID: string(rune('a' + i))}
		if rapid.IntRange(0, 2).Draw(t, "is away") == 0 {
			q.Unavailable = rapid.SliceOfNDistinct(slot, 0, 2, rapid.ID[int]).Draw(t, "unavailable")
		}
		if rapid.IntRange(0, 4).Draw(t, "has a limit") == 0 {
			q.MaxMeetings = new(rapid.IntRange(0, 3).Draw(t, "limit"))
		}
		p.Participants = append(p.Participants, q)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "meetings") {
		p.Meetings = append(p.Meetings, drawMeeting(t, p, i))
	}
	return p
}

func drawMeeting(t *rapid.T, p *Problem, i int) Meeting {
	slot := rapid.IntRange(1, p.Slots)
	m := Meeting{ID: string(rune('A' + i)), Required: rapid.Bool().Draw(t, "required")}
	size := 2
	if len(p.Participants) > 2 && rapid.IntRange(0, 3).Draw(t, "is a group") == 0 {
		size = 3
	}
	order := rapid.Permutation(p.Participants).Draw(t, "who")
	for _, q := range order[:size] {
		m.Participants = append(m.Participants, q.ID)
	}
	if rapid.Bool().Draw(t, "has a weight") {
		m.Weight = new(rapid.IntRange(0, 4).Draw(t, "weight"))
	}
	switch rapid.IntRange(0, 7).Draw(t, "limits") {
	case 0:
		m.Slot = slot.Draw(t, "slot")
	case 1:
		m.Slots = rapid.SliceOfNDistinct(slot, 1, 3, rapid.ID[int]).Draw(t, "slots")
	case 2:
		if len(p.Sessions) > 0 {
			m.Session = "s"
		}
	case 3:
		if i > 0 {
			m.After = []string{string(rune('A' + rapid.IntRange(0, i-1).Draw(t, "after")))}
		}
	}
	return m
}

// A trial is a schedule that brute force tries: by meeting, its slot or -1.
type trial []int

// eachTrial yields every schedule that keeps all the rules of p, as its own
// words say: nothing of instance is used.
func eachTrial(p *Problem, yield func(trial)) {
	at := make(trial, len(p.Meetings))
	var try func(i int)
	try = func(i int) {
		if i == len(at) {
			if keepsRules(p, at) {
				yield(at)
			}
			return
		}
		if !p.Meetings[i].Required {
			at[i] = -1
			try(i + 1)
		}
		for t := range p.Slots {
			if at[i] = t; fits(p, at, i) {
				try(i + 1)
			}
		}
	}
	try(0)
}

// fits reports whether meeting i may be in its slot beside those before it.
func fits(p *Problem, at trial, i int) bool {
	m, t := &p.Meetings[i], at[i]+1
	if m.Slot > 0 && m.Slot != t || len(m.Slots) > 0 && !slices.Contains(m.Slots, t) {
		return false
	}
	for _, s := range p.Sessions {
		if s.Name == m.Session && (t < s.From || t > s.To) {
			return false
		}
	}
	for _, q := range p.Participants {
		if slices.Contains(m.Participants, q.ID) && slices.Contains(q.Unavailable, t) {
			return false
		}
	}
	together := 1
	for j := range i {
		if at[j] != at[i] {
			continue
		}
		together++
		for _, id := range p.Meetings[j].Participants {
			if slices.Contains(m.Participants, id) {
				return false
			}
		}
	}
	return together <= p.Tables
}

// keepsRules checks what only a whole schedule shows.
func keepsRules(p *Problem, at trial) bool {
	for i := range p.Meetings {
		for j := range p.Meetings {
			if at[i] >= 0 && at[j] >= 0 && slices.Contains(p.Meetings[i].After, p.Meetings[j].ID) && at[j] >= at[i] {
				return false
			}
		}
	}
	least, most := len(at), 0
	for k, q := range p.Participants {
		held, gaps := dayOf(p, at, k)
		if q.MaxMeetings != nil && held > *q.MaxMeetings {
			return false
		}
		least, most = min(least, gaps), max(most, gaps)
	}
	return p.Fairness == nil || most-least <= *p.Fairness
}

// dayOf counts the meetings and the gaps of the k-th participant.
func dayOf(p *Problem, at trial, k int) (held, gaps int) {
	var busy []int
	for i := range at {
		if at[i] >= 0 && slices.Contains(p.Meetings[i].Participants, p.Participants[k].ID) {
			busy = append(busy, at[i])
		}
	}
	slices.Sort(busy)
	for i := 1; i < len(busy); i++ {
		if busy[i] > busy[i-1]+1 {
			gaps++
		}
	}
	return len(busy), gaps
}

// worthOf counts the weight and the gaps of a schedule.
func worthOf(p *Problem, at trial) (weight, gaps int) {
	for i := range at {
		if at[i] >= 0 {
			weight += p.Meetings[i].Worth()
		}
	}
	for k := range p.Participants {
		_, g := dayOf(p, at, k)
		gaps += g
	}
	return weight, gaps
}

// No schedule is lost by making a problem ready, and a fault is one.
func TestPresolveKeepsEverySchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		in := compile(p)
		eachTrial(p, func(at trial) {
			if in.fault != nil {
				t.Fatalf("%+v, but there is a schedule: %v", *in.fault, at)
			}
			for m, slot := range at {
				if slot >= 0 && !in.meetings[m].domain.has(slot) {
					t.Fatalf("meeting %d cannot have slot %d any more, but %v is a schedule", m, slot, at)
				}
			}
			for k := range p.Participants {
				if held, _ := dayOf(p, at, k); held > in.people[k].limit {
					t.Fatalf("participant %d has a limit of %d, but %v is a schedule", k, in.people[k].limit, at)
				}
			}
		})
	})
}

func TestSlotSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(rapid.IntRange(0, maxSlots-1), rapid.ID[int]).Draw(t, "slots")
		var s slotSet
		for _, x := range list {
			s.add(x)
		}
		slices.Sort(list)
		if got := slices.Collect(s.all()); !slices.Equal(got, list) || s.count() != len(list) {
			t.Fatalf("%v became %v, %d of them", list, got, s.count())
		}
		if len(list) > 0 && (s.first() != list[0] || s.last() != list[len(list)-1]) {
			t.Fatalf("first %d and last %d of %v", s.first(), s.last(), list)
		}
		n := rapid.IntRange(0, maxSlots).Draw(t, "n")
		if early := s.and(firstSlots(n)); !s.without(firstSlots(n)).or(early).and(s).without(s).empty() ||
			!early.empty() && early.last() >= n || early.count()+s.without(early).count() != s.count() {
			t.Fatalf("below %d of %v: %v", n, list, slices.Collect(early.all()))
		}
	})
}
