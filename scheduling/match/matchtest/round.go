package matchtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"kohtaamo/scheduling/match"
)

// A Round says what a large round is like. The same Round is the same problem on
// every machine.
type Round struct {
	Entrants   int
	Slots      int
	Requests   int
	Tables     int
	Hosts      float64 // share of the entrants of whom one is in every meeting; 0: anyone meets anyone
	Blocked    float64 // share of the entrants who come late, go early or are away in between
	Popularity float64 // how unequal: wishes for the nth of them fall like n to the power of this; 0: all alike
	Weights    int     // they are 1 to this, each as often; 0: all 1
	Required   float64 // share of the meetings
	Seed       uint64
}

// Problem makes the problem. No two meetings have the same participants; where
// there are fewer pairs than requests, all are there.
func (r Round) Problem() *match.Problem {
	random := rand.New(rand.NewPCG(r.Seed, 0))
	p := &match.Problem{Format: match.Format, Slots: r.Slots, Tables: r.Tables}
	for i := range r.Entrants {
		one := match.Participant{ID: fmt.Sprintf("p%d", i+1)}
		if random.Float64() < r.Blocked {
			one.Unavailable = r.away(random)
		}
		p.Participants = append(p.Participants, one)
	}
	one, other := r.sides(random)
	seen := map[[2]int]bool{}
	for tries := 0; len(p.Meetings) < r.Requests && tries < 100*r.Requests; tries++ {
		a, b := one.draw(random), other.draw(random)
		if a == b || seen[[2]int{a, b}] || seen[[2]int{b, a}] {
			continue
		}
		seen[[2]int{a, b}] = true
		p.Meetings = append(p.Meetings, r.meeting(random, len(p.Meetings), p.Participants[a].ID, p.Participants[b].ID))
	}
	return p
}

func (r Round) meeting(random *rand.Rand, i int, one, other string) match.Meeting {
	m := match.Meeting{ID: fmt.Sprintf("m%d", i+1), Participants: []string{one, other}}
	if r.Weights > 1 {
		weight := 1 + random.IntN(r.Weights)
		m.Weight = &weight
	}
	m.Required = random.Float64() < r.Required
	return m
}

// away is a stretch of an eighth to a half of the slots: at the beginning, at the
// end or anywhere.
func (r Round) away(random *rand.Rand) []int {
	length := max(1, r.Slots/8+random.IntN(max(1, r.Slots/2-r.Slots/8+1)))
	from := 1
	switch random.IntN(3) {
	case 1:
		from = r.Slots - length + 1
	case 2:
		from += random.IntN(r.Slots - length + 1)
	}
	slots := make([]int, length)
	for i := range slots {
		slots[i] = from + i
	}
	return slots
}

// sides are the people of whom one each is in a meeting.
func (r Round) sides(random *rand.Rand) (one, other *crowd) {
	order := random.Perm(r.Entrants)
	hosts := int(math.Round(r.Hosts * float64(r.Entrants)))
	if hosts == 0 {
		all := newCrowd(order, r.Popularity)
		return all, all
	}
	return newCrowd(order[:hosts], r.Popularity), newCrowd(order[hosts:], r.Popularity)
}

// A crowd is people who are wished for more or less.
type crowd struct {
	people []int
	sums   []float64 // of the shares of all up to each
}

func newCrowd(people []int, popularity float64) *crowd {
	c := &crowd{people: people, sums: make([]float64, len(people))}
	sum := 0.0
	for i := range people {
		sum += math.Pow(float64(i+1), -popularity)
		c.sums[i] = sum
	}
	return c
}

func (c *crowd) draw(random *rand.Rand) int {
	x := random.Float64() * c.sums[len(c.sums)-1]
	return c.people[min(sort.SearchFloat64s(c.sums, x), len(c.people)-1)]
}
