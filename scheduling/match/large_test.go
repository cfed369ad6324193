package match_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// large are rounds as large events have them.
var large = []struct {
	name string
	matchtest.Round
}{
	{"500 × 20 slots, 4,000 requests, 120 tables, anyone meets anyone", matchtest.Round{Entrants: 500, Slots: 20, Requests: 4000, Tables: 120, Blocked: 0.15, Popularity: 0.6, Weights: 5, Seed: 1}},
	{"the same, hosted", matchtest.Round{Entrants: 500, Slots: 20, Requests: 4000, Tables: 120, Hosts: 0.2, Blocked: 0.15, Popularity: 0.6, Weights: 5, Seed: 1}},
	{"5,000 × 40 slots, 20,000 requests, 400 tables, anyone meets anyone", matchtest.Round{Entrants: 5000, Slots: 40, Requests: 20_000, Tables: 400, Blocked: 0.15, Popularity: 0.6, Weights: 5, Seed: 1}},
	{"the same, hosted", matchtest.Round{Entrants: 5000, Slots: 40, Requests: 20_000, Tables: 400, Hosts: 0.2, Blocked: 0.15, Popularity: 0.6, Weights: 5, Seed: 1}},
	{"hosted, 600 tables", matchtest.Round{Entrants: 5000, Slots: 40, Requests: 20_000, Tables: 600, Hosts: 0.2, Blocked: 0.15, Popularity: 0.6, Weights: 5, Seed: 1}},
	{"hosted, 400 tables, nobody blocked", matchtest.Round{Entrants: 5000, Slots: 40, Requests: 20_000, Tables: 400, Hosts: 0.2, Popularity: 0.6, Weights: 5, Seed: 1}},
}

// BenchmarkLarge solves them with a budget of 25 s of work, which two cores do in
// less than 10 s, once, and prints the table of the README, with what first fit
// comes to.
func BenchmarkLarge(b *testing.B) {
	table := newReport("large", "round", "weight", "bound", "off", "gaps each", "wall s", "CPU s", "0.05 % after s", "MB", "first fit: off", "gaps each")
	for _, round := range large {
		p := round.Problem()
		m := measure(b, p, match.Options{Seed: 1, Budget: 25 * time.Second})
		first := match.Score(p, firstFit(p))
		near := "never"
		if m.near > 0 {
			near = seconds(m.near)
		}
		table.row(round.name, strconv.Itoa(m.Weight), strconv.Itoa(m.WeightBound), off(m.Weight, m.WeightBound), each(m.Gaps, p),
			seconds(m.wall), seconds(m.cpu), near, strconv.Itoa(m.mb), off(first.Weight, m.WeightBound), each(first.Gaps, p))
	}
	table.end(b)
}

// off is how far a weight is from its bound.
func off(weight, bound int) string {
	return fmt.Sprintf("%.3f %%", 100*float64(bound-weight)/float64(max(1, bound)))
}

// each is a number of gaps by participant.
func each(gaps int, p *match.Problem) string {
	return fmt.Sprintf("%.2f", float64(gaps)/float64(len(p.Participants)))
}

// firstFit is what most programs do: one meeting after the other, the heaviest
// first, into the first slot that is free for both and has a table.
func firstFit(p *match.Problem) []match.Assignment {
	busy, atOnce := map[string][]bool{}, make([]int, p.Slots+1)
	for _, one := range p.Participants {
		busy[one.ID] = make([]bool, p.Slots+1)
		for _, slot := range one.Unavailable {
			busy[one.ID][slot] = true
		}
	}
	var held []match.Assignment
	for weight := 5; weight > 0; weight-- {
		for _, m := range p.Meetings {
			if m.Worth() != weight {
				continue
			}
			a, b := busy[m.Participants[0]], busy[m.Participants[1]]
			for slot := 1; slot <= p.Slots; slot++ {
				if !a[slot] && !b[slot] && atOnce[slot] < p.Tables {
					a[slot], b[slot] = true, true
					atOnce[slot]++
					held = append(held, match.Assignment{Meeting: m.ID, Slot: slot, Table: atOnce[slot]})
					break
				}
			}
		}
	}
	return held
}

// BenchmarkGrowth solves hosted rounds of 500 to 20,000 entrants, once each, and
// draws how the time and the memory grow.
func BenchmarkGrowth(b *testing.B) {
	table := newReport("growth", "entrants", "requests", "off", "gaps each", "0.05 % after s", "CPU s", "MB")
	time, memory := series{name: "seconds until within 0.05 % of the bound"}, series{name: "MB"}
	for _, n := range []int{500, 1000, 2000, 5000, 10_000, 20_000} {
		p := matchtest.Round{Entrants: n, Slots: 40, Requests: 4 * n, Tables: n * 8 / 100, Hosts: 0.2, Blocked: 0.15, Popularity: 0.6, Weights: 5, Seed: 1}.Problem()
		m := measure(b, p, match.Options{Seed: 1, Budget: budgetOf(n)})
		near := "never"
		if m.near > 0 {
			near = seconds(m.near)
			time.add(n, m.near.Seconds())
		}
		memory.add(n, float64(m.mb))
		table.row(strconv.Itoa(n), strconv.Itoa(len(p.Meetings)), off(m.Weight, m.WeightBound), each(m.Gaps, p), near, seconds(m.cpu), strconv.Itoa(m.mb))
	}
	table.line("\n![seconds and megabytes by entrants](growth.svg)")
	table.end(b)
	if *updateReadme && !b.Failed() {
		if err := os.WriteFile("growth.svg", plot("entrants", time, memory), 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

// budgetOf is 10 s for 5,000 entrants, and more for more of them.
func budgetOf(entrants int) time.Duration {
	return max(10*time.Second, time.Duration(entrants)*2*time.Millisecond)
}
