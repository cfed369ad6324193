// Package drat checks the proofs that package sat writes. It shares no code
// with the solver, and does one simple thing: a clause follows if, with all its
// literals false, unit propagation meets a contradiction (reverse unit
// propagation: Goldberg and Novikov, "Verification of proofs of unsatisfiability
// for CNF formulas", 2003).
package drat

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A Proof is a proof that has been checked.
type Proof struct {
	clauses  [][]int
	watchers map[int][]int    // by literal: clauses that have it among their first two
	byKey    map[string][]int // by sorted literals
	values   map[int]bool     // literals that are true
	trail    []int
	refuted  bool

	Inputs, Lemmas, Deletions int
}

// Check reads a proof, and checks each of its lemmas against the clauses before
// it. The error names the line that is wrong or does not follow.
func Check(r io.Reader) (*Proof, error) {
	p := &Proof{watchers: map[int][]int{}, byKey: map[string][]int{}, values: map[int]bool{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<26)
	for n := 1; lines.Scan(); n++ {
		if err := p.step(lines.Text()); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return p, lines.Err()
}

// Implies reports whether a clause follows, by unit propagation, from what the
// proof has at its end. Without literals it asks whether the formula is refuted.
func (p *Proof) Implies(clause ...int) bool {
	if p.refuted {
		return true
	}
	before := len(p.trail)
	contradiction := false
	for _, l := range clause {
		if p.values[l] {
			contradiction = true
		} else if !p.values[-l] {
			p.set(-l)
		}
	}
	contradiction = contradiction || !p.propagate(before)
	for _, l := range p.trail[before:] {
		delete(p.values, l)
	}
	p.trail = p.trail[:before]
	return contradiction
}

// step does one line of the proof.
func (p *Proof) step(line string) error {
	kind, clause, err := parse(line)
	if err != nil {
		return err
	}
	switch kind {
	case "i":
		p.Inputs++
		p.add(clause)
	case "l":
		p.Lemmas++
		if !p.Implies(clause...) {
			return fmt.Errorf("%v does not follow", clause)
		}
		p.add(clause)
	case "d":
		p.Deletions++
		return p.remove(clause)
	default:
		return fmt.Errorf("no such step: %q", kind)
	}
	return nil
}

// parse reads a line: a letter, literals, and 0.
func parse(line string) (kind string, clause []int, err error) {
	words := strings.Fields(line)
	if len(words) < 2 || words[len(words)-1] != "0" {
		return "", nil, fmt.Errorf("no end of a clause: %q", line)
	}
	for _, w := range words[1 : len(words)-1] {
		l, err := strconv.ParseInt(w, 10, 32)
		if err != nil || l == 0 {
			return "", nil, fmt.Errorf("no literal: %q", w)
		}
		clause = append(clause, int(l))
	}
	return words[0], clause, nil
}

// add takes a clause in, and propagates what it forces.
func (p *Proof) add(clause []int) {
	clause = sorted(clause)
	if p.refuted || tautology(clause) {
		return
	}
	// Literals that are not false come first: those may be watched.
	slices.SortStableFunc(clause, func(a, b int) int { return p.rank(a) - p.rank(b) })
	if len(clause) == 0 || p.values[-clause[0]] {
		p.refuted = true
		return
	}
	if len(clause) > 1 {
		p.keep(clause)
	}
	if !p.values[clause[0]] && (len(clause) == 1 || p.values[-clause[1]]) {
		before := len(p.trail)
		p.set(clause[0])
		p.refuted = !p.propagate(before)
	}
}

// rank sorts true literals before open ones before false ones.
func (p *Proof) rank(l int) int {
	switch {
	case p.values[l]:
		return 0
	case p.values[-l]:
		return 2
	}
	return 1
}

func (p *Proof) keep(clause []int) {
	id := len(p.clauses)
	p.clauses = append(p.clauses, clause)
	key := keyOf(clause)
	p.byKey[key] = append(p.byKey[key], id)
	for _, l := range clause[:2] {
		p.watchers[l] = append(p.watchers[l], id)
	}
}

// remove forgets a clause. What it has forced stays: that was a fact.
func (p *Proof) remove(clause []int) error {
	if p.refuted {
		return nil
	}
	key := keyOf(clause)
	ids := p.byKey[key]
	if len(ids) == 0 {
		return fmt.Errorf("%v is deleted, but not there", clause)
	}
	id := ids[len(ids)-1]
	if p.byKey[key] = ids[:len(ids)-1]; len(ids) == 1 {
		delete(p.byKey, key)
	}
	p.clauses[id] = nil
	return nil
}

// propagate assigns what clauses force, from a place in the trail on; false: it
// met a contradiction.
func (p *Proof) propagate(from int) bool {
	for ; from < len(p.trail); from++ {
		away := -p.trail[from]
		list := p.watchers[away]
		kept := list[:0]
		for i, id := range list {
			stays, ok := p.look(id, away)
			if stays {
				kept = append(kept, id)
			}
			if !ok {
				p.watchers[away] = append(kept, list[i+1:]...)
				return false
			}
		}
		p.watchers[away] = kept
	}
	return true
}

// look visits a clause whose watched literal away has become false. stays: it is
// still watched there; not ok: it is violated.
func (p *Proof) look(id, away int) (stays, ok bool) {
	c := p.clauses[id]
	if c == nil {
		return false, true
	}
	if c[0] == away {
		c[0], c[1] = c[1], c[0]
	}
	if p.values[c[0]] {
		return true, true
	}
	for k := 2; k < len(c); k++ {
		if !p.values[-c[k]] {
			c[1], c[k] = c[k], c[1]
			p.watchers[c[1]] = append(p.watchers[c[1]], id)
			return false, true
		}
	}
	if p.values[-c[0]] {
		return true, false
	}
	p.set(c[0])
	return true, true
}

func (p *Proof) set(l int) {
	p.values[l] = true
	p.trail = append(p.trail, l)
}

// sorted is the clause with each literal once, in order.
func sorted(clause []int) []int {
	c := slices.Clone(clause)
	slices.Sort(c)
	return slices.Compact(c)
}

// tautology reports whether a sorted clause has a literal and its negation.
func tautology(c []int) bool {
	for _, l := range c {
		if _, found := slices.BinarySearch(c, -l); found {
			return true
		}
	}
	return false
}

func keyOf(clause []int) string { return fmt.Sprint(sorted(clause)) }
