package sat

// phases says which value each variable is tried with first: 0 true, 1 false,
// and in target and best -1 for none.
type phases struct {
	saved  []int8 // what it last had
	target []int8 // of the longest trail without conflict since the last restart
	best   []int8 // the same, since phases were last chosen anew
	// lengths of those trails
	targetLen, bestLen int
	random             uint64
}

func newPhases() phases {
	return phases{saved: []int8{1}, target: []int8{-1}, best: []int8{-1}, random: 88172645463325252}
}

func (p *phases) grow() {
	p.saved = append(p.saved, 1)
	p.target = append(p.target, -1)
	p.best = append(p.best, -1)
}

// of is the phase to try a variable with.
func (p *phases) of(v uint32, stable bool) lit {
	if stable && p.target[v] >= 0 {
		return lit(p.target[v])
	}
	return lit(p.saved[v])
}

// forget starts anew with targets.
func (p *phases) forget() {
	for v := range p.target {
		p.target[v], p.best[v] = -1, -1
	}
	p.targetLen, p.bestLen = 0, 0
}

// aim makes a trail the target if it is longer than the one so far.
func (p *phases) aim(trail []lit) {
	if len(trail) > p.targetLen {
		p.targetLen = len(trail)
		for _, l := range trail {
			p.target[l.variable()] = int8(l & 1)
		}
	}
	if len(trail) > p.bestLen {
		p.bestLen = len(trail)
		for _, l := range trail {
			p.best[l.variable()] = int8(l & 1)
		}
	}
}

// choose takes new phases: by turns the best, and false, flipped or partly
// random ones.
func (p *phases) choose(round int64) {
	for v := range p.saved {
		switch round % 6 {
		case 1:
			p.saved[v] = 1
		case 3:
			p.saved[v] ^= 1
		case 5:
			if p.next()&7 == 0 {
				p.saved[v] ^= 1
			}
		default:
			if p.best[v] >= 0 {
				p.saved[v] = p.best[v]
			}
		}
		p.target[v] = -1
	}
	p.targetLen, p.bestLen = 0, 0
}

// next is a random number (Marsaglia, "Xorshift RNGs", 2003).
func (p *phases) next() uint64 {
	p.random ^= p.random << 13
	p.random ^= p.random >> 7
	p.random ^= p.random << 17
	return p.random
}
