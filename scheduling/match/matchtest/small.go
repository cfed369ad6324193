package matchtest

import (
	"fmt"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/match"
)

// What Small draws at the most, so that Best needs milliseconds.
const (
	smallSlots        = 5
	smallTables       = 3
	smallParticipants = 5
	smallMeetings     = 6
)

// Small draws valid problems of a handful of meetings with any features of the
// format: about as many that can be solved as not, sparse and dense ones.
func Small() *rapid.Generator[*match.Problem] { return rapid.Custom(small) }

func small(t *rapid.T) *match.Problem {
	p := &match.Problem{
		Format: match.Format,
		Slots:  rapid.IntRange(1, smallSlots).Draw(t, "slots"),
		Tables: rapid.IntRange(1, smallTables).Draw(t, "tables"),
	}
	if often(t, 40, "fair") {
		p.Fairness = number(t, 0, 2, "fairness")
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "sessions") {
		from := rapid.IntRange(1, p.Slots).Draw(t, "from")
		to := rapid.IntRange(from, p.Slots).Draw(t, "to")
		p.Sessions = append(p.Sessions, match.Session{Name: fmt.Sprintf("s%d", i+1), From: from, To: to})
	}
	blocked := often(t, 50, "blocked")
	for i := range rapid.IntRange(2, smallParticipants).Draw(t, "participants") {
		one := match.Participant{ID: fmt.Sprintf("p%d", i+1)}
		if blocked && often(t, 40, "busy") {
			one.Unavailable = slots(t, p)
		}
		if often(t, 10, "limited") {
			one.MaxMeetings = number(t, 0, 3, "max_meetings")
		}
		p.Participants = append(p.Participants, one)
	}
	required := rapid.SampledFrom([]int{0, 50, 100, 100}).Draw(t, "required")
	for i := range min(smallMeetings, rapid.IntRange(0, 2*smallMeetings).Draw(t, "meetings")) {
		m := meeting(t, p, i)
		m.Required = often(t, required, "required")
		p.Meetings = append(p.Meetings, m)
	}
	p.Meetings = rapid.Permutation(p.Meetings).Draw(t, "order") // so that "after" points both ways
	return p
}

// meeting draws a meeting that may be after earlier ones only: no circles.
func meeting(t *rapid.T, p *match.Problem, i int) match.Meeting {
	m := match.Meeting{ID: fmt.Sprintf("m%d", i+1)}
	people := rapid.Permutation(p.Participants).Draw(t, "people")
	size := 2
	if often(t, 15, "group") {
		size = min(3, len(people))
	}
	for _, one := range people[:size] {
		m.Participants = append(m.Participants, one.ID)
	}
	if often(t, 50, "weighted") {
		m.Weight = number(t, 0, 4, "weight")
	}
	if len(p.Sessions) > 0 && often(t, 25, "in a session") {
		m.Session = rapid.SampledFrom(p.Sessions).Draw(t, "session").Name
	}
	if often(t, 10, "fixed") {
		m.Slot = rapid.IntRange(1, p.Slots).Draw(t, "slot")
	}
	if often(t, 15, "limited") {
		m.Slots = slots(t, p)
	}
	if i > 0 && often(t, 15, "ordered") {
		m.After = append(m.After, fmt.Sprintf("m%d", rapid.IntRange(1, i).Draw(t, "after")))
	}
	return m
}

// often is true in so many of a hundred cases, and false where a failing case
// is made smaller.
func often(t *rapid.T, percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(t, label) >= 100-percent
}

func number(t *rapid.T, least, most int, label string) *int {
	n := rapid.IntRange(least, most).Draw(t, label)
	return &n
}

func slots(t *rapid.T, p *match.Problem) []int {
	return rapid.SliceOfNDistinct(rapid.IntRange(1, p.Slots), 1, p.Slots, rapid.ID[int]).Draw(t, "slots")
}
