package match

import (
	"slices"

	"kohtaamo/scheduling/match/sat"
)

// How hard to try for a small core, in conflicts.
const (
	feasibleWithin = 20_000
	trimWithin     = 2_000
	trims          = 5
	dropWithin     = 300
	dropUpTo       = 80 // literals
	exhaustWithin  = 1_000
)

// cores finds the least cost there can be, from below (algorithm OLL: Andres,
// Kaufmann, Matheis, Schaub, "Unsatisfiability-based optimization in clasp",
// 2012; as MaxSAT, Morgado, Dodaro, Marques-Silva, "Core-guided MaxSAT with soft
// cardinality constraints", 2014). All costs are assumed not to arise; where
// some cannot all be avoided, their least weight is paid, and one of them is
// free from then on.
type cores struct {
	p      *prover
	price  map[sat.Lit]int // of literals that should be false
	order  []sat.Lit       // those, the oldest first
	counts map[sat.Lit]counter
	paid   int // no solution costs less
	raised func(paid int)
	probed bool // whether there is a solution at all has been tried
}

// A counter counts literals: those up to next are paid for.
type counter struct {
	count []sat.Lit
	next  int
}

// newCores starts with what is to be paid anyhow. raised is told of each higher
// bound.
func newCores(p *prover, paid int, raised func(int)) *cores {
	return &cores{p: p, price: map[sat.Lit]int{}, counts: map[sat.Lit]counter{}, paid: paid, raised: raised}
}

// add has l cost so much more if it is true.
func (c *cores) add(l sat.Lit, price int) {
	if _, known := c.price[l]; !known {
		c.order = append(c.order, l)
	}
	c.price[l] += price
}

// run pays until there is a solution that costs no more. The literals in order
// are those that must all be false then. False: the prover stopped, or there is
// no solution.
func (c *cores) run() bool {
	c.raise(0)
	least := c.dearest(1 << 62)
	for !c.p.over {
		switch c.p.solve(0, c.assumptions(least)...) {
		case sat.Satisfiable:
			if least <= 1 || c.dearest(least) == 0 {
				return true
			}
			least = c.dearest(least)
		case sat.Unsatisfiable:
			core := slices.Clone(c.p.Core())
			if len(core) == 0 || !c.probe() {
				return false
			}
			c.pay(c.shrink(core))
		case sat.Unknown:
			return false
		}
	}
	return false
}

// dearest is the highest price below a limit; 0: there is none.
func (c *cores) dearest(limit int) int {
	price := 0
	for _, l := range c.order {
		if c.price[l] < limit {
			price = max(price, c.price[l])
		}
	}
	return price
}

// assumptions are that what costs at least so much does not arise.
func (c *cores) assumptions(least int) []sat.Lit {
	var assume []sat.Lit
	for _, l := range c.order {
		if c.price[l] >= least {
			assume = append(assume, -l)
		}
	}
	return assume
}

// probe tries once, before anything is paid, whether there is any solution.
func (c *cores) probe() bool {
	if c.probed {
		return true
	}
	c.probed = true
	return c.p.solve(feasibleWithin) != sat.Unsatisfiable && !c.p.over
}

// shrink drops literals from a core: first by asking again with what was needed,
// then one by one.
func (c *cores) shrink(core []sat.Lit) []sat.Lit {
	for range trims {
		if len(core) == 1 || c.p.solve(trimWithin, core...) != sat.Unsatisfiable || len(c.p.Core()) == len(core) {
			break
		}
		core = slices.Clone(c.p.Core())
	}
	if len(core) >= dropUpTo {
		return core
	}
	for i := 0; i < len(core) && len(core) > 1 && !c.p.over; {
		rest := slices.Delete(slices.Clone(core), i, i+1)
		if c.p.solve(dropWithin, rest...) != sat.Unsatisfiable {
			i++
			continue
		}
		needed := c.p.Core()
		i = len(slices.DeleteFunc(slices.Clone(rest[:i]), func(l sat.Lit) bool { return !slices.Contains(needed, l) }))
		core = slices.DeleteFunc(rest, func(l sat.Lit) bool { return !slices.Contains(needed, l) })
	}
	return core
}

// pay raises the bound by the lowest price in a core, and has one literal of it
// free: the second of them costs.
func (c *cores) pay(core []sat.Lit) {
	if len(core) == 0 {
		return
	}
	costs := make([]sat.Lit, len(core))
	least := 1 << 62
	for i, l := range core {
		costs[i] = -l
		least = min(least, c.price[-l])
	}
	c.raise(least)
	c.p.Add(costs...)
	for _, l := range costs {
		c.price[l] -= least
		if t, is := c.counts[l]; is && t.next < len(t.count) {
			c.addCounter(counter{t.count, t.next + 1}, t.count[t.next], least)
		}
	}
	c.order = slices.DeleteFunc(c.order, func(l sat.Lit) bool { return c.price[l] == 0 })
	for _, l := range costs {
		if c.price[l] == 0 {
			delete(c.price, l)
		}
	}
	if len(costs) > 1 {
		c.exhaust(c.p.totalizer(costs, len(costs), false), least)
	}
}

func (c *cores) raise(price int) {
	c.paid += price
	c.raised(c.paid)
	c.p.over = c.p.over || c.p.known.settled()
}

func (c *cores) addCounter(t counter, l sat.Lit, price int) {
	c.counts[l] = t
	c.add(l, price)
}

// exhaust pays for as many literals of a count as are true in every solution,
// where that is quickly seen, and has the next one cost.
func (c *cores) exhaust(count []sat.Lit, price int) {
	k := 1
	for ; k < len(count) && !c.p.over; k++ {
		if c.p.solve(exhaustWithin, -count[k]) != sat.Unsatisfiable || len(c.p.Core()) == 0 {
			break
		}
		c.p.Add(count[k])
		c.raise(price)
	}
	if k < len(count) {
		c.addCounter(counter{count, k + 1}, count[k], price)
	}
}
