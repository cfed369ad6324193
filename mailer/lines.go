package mailer

import "time"

// waiting are the deliveries that wait for hosts which take only so many at a
// time: claimed, so that each leaves at its moment without being looked for
// again. Nothing is written about them. What would wait longer is put off in
// writing, until about when there is room in the line again.
type waiting struct {
	open bool // time passes: whoever waits will leave
	of   map[string][]*parcel
	all  int // how many there are
}

// How often lines move, how long one stands in one at most, and how many in all.
const (
	lineTime   = 20 * time.Millisecond
	patience   = 2 * time.Second
	mostInLine = 2000
)

// line lets those of f that have to wait for their hosts stand in line, or puts
// them off.
func (p *post) line(f *found, now time.Time) {
	leaving := f.parcels[:0]
	for _, c := range f.parcels {
		name := familyOf(c.d.To)
		ahead := len(p.lines.of[name])
		if ahead == 0 && p.w.throttle.take(name, 1, now) == 1 {
			leaving = append(leaving, c)
			continue
		}
		p.limited = true
		switch {
		case !p.lines.open: // it stays as it is
		case p.lines.all < mostInLine && p.w.throttle.wait(name, ahead, now) <= patience:
			p.lines.join(name, c)
			f.waiting = append(f.waiting, c)
		default:
			f.ended = append(f.ended, p.putOff(c, name, now))
		}
	}
	f.parcels = leaving
}

func (l *waiting) join(name string, c *parcel) {
	if l.of == nil {
		l.of = map[string][]*parcel{}
	}
	l.of[name] = append(l.of[name], c)
	l.all++
}

// putOff is what becomes of a delivery that would wait too long.
func (p *post) putOff(c *parcel, name string, now time.Time) outcome {
	return outcome{press: c.press, d: c.d, later: p.w.throttle.later(name, now.Add(patience/2), now)}
}

// release lets leave who stood in line long enough, and puts off the lines of
// hosts that take nothing for now. It returns how many moved.
func (p *post) release() (moved int) {
	now := p.clock()
	for name, line := range p.lines.of {
		n := p.w.throttle.take(name, len(line), now)
		for _, c := range line[:n] {
			p.todo <- c
		}
		if n < len(line) && p.w.throttle.wait(name, 0, now) > patience {
			for _, c := range line[n:] {
				p.unused(c.press, 1)
				p.done <- p.putOff(c, name, now)
			}
			n = len(line)
		}
		p.lines.leave(name, n)
		moved += n
	}
	return moved
}

func (l *waiting) leave(name string, n int) {
	l.all -= n
	if l.of[name] = l.of[name][n:]; len(l.of[name]) == 0 {
		delete(l.of, name)
	}
}

// disperse sends everybody home who stands in line: they wait as before.
func (p *post) disperse() {
	for name, line := range p.lines.of {
		for _, c := range line {
			p.done <- outcome{press: c.press, d: c.d, dropped: true}
		}
		p.lines.leave(name, len(line))
	}
}
