package sat

// The search changes between two modes: focused, which restarts as soon as what
// it learns gets worse, and stable, which seldom does and steers towards the
// longest assignment without conflict seen so far (Oh 2015; Biere and Fleury,
// "Chasing target phases", 2020).
const (
	focusedDecay = 0.92
	stableDecay  = 0.95
	stableUnit   = 1024 // conflicts: what the Luby sequence counts in
	modeUnit     = 1000 // conflicts: each mode lasts this times a growing square
	rephaseUnit  = 1000
	reduceFirst  = 2000
	reduceStep   = 300
)

// pace says when to restart, to change mode, to choose phases anew, and to
// forget clauses: all counted in conflicts.
type pace struct {
	stable bool

	recent, longRun float64 // means of the distance of learnt clauses
	restarted       int64
	restartAt       int64 // in stable mode
	luby            int64

	modes, modeAt       int64
	rephases, rephaseAt int64
	reduces, reduceAt   int64
}

func newPace() pace {
	return pace{modeAt: modeUnit, rephaseAt: rephaseUnit, reduceAt: reduceFirst}
}

// learn notes the distance of a learnt clause.
func (p *pace) learn(distance uint32, conflicts int64) {
	d := float64(distance)
	p.recent += (d - p.recent) / 33
	p.longRun += (d - p.longRun) / float64(min(100_000, conflicts+1))
}

// restart reports whether it is time to.
func (p *pace) restart(conflicts int64) bool {
	if p.stable {
		if conflicts < p.restartAt {
			return false
		}
		p.luby++
		p.restartAt = conflicts + stableUnit*lubyOf(p.luby)
	} else if conflicts-p.restarted <= 2 || p.recent <= 1.1*p.longRun {
		return false
	}
	p.restarted = conflicts
	return true
}

// turn changes the mode if it is time to.
func (p *pace) turn(conflicts int64) bool {
	if conflicts < p.modeAt {
		return false
	}
	p.modes++
	p.modeAt = conflicts + modeUnit*(p.modes+1)*(p.modes+1)
	p.stable = !p.stable
	p.luby, p.restartAt = 1, conflicts+stableUnit
	p.recent = p.longRun
	return true
}

// rephase reports whether it is time to choose phases anew.
func (p *pace) rephase(conflicts int64) bool {
	if conflicts < p.rephaseAt {
		return false
	}
	p.rephases++
	p.rephaseAt = conflicts + rephaseUnit*(p.rephases+1)
	return true
}

// reduce reports whether it is time to forget clauses.
func (p *pace) reduce(conflicts int64) bool {
	if conflicts < p.reduceAt {
		return false
	}
	p.reduces++
	p.reduceAt = conflicts + reduceFirst + reduceStep*p.reduces
	return true
}

// lubyOf is the i-th number, from 1, of 1 1 2 1 1 2 4 1 1 2 … (Luby, Sinclair,
// Zuckerman, "Optimal speedup of Las Vegas algorithms", 1993).
func lubyOf(i int64) int64 {
	for k := int64(1); ; k++ {
		if i == 1<<k-1 {
			return 1 << (k - 1)
		}
		if i < 1<<k-1 {
			return lubyOf(i - 1<<(k-1) + 1)
		}
	}
}
