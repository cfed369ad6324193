package match

// insert holds a meeting that waits, if need be in the place of others.
func (w *search) insert(m int32) {
	s := w.s
	domain := w.in.meetings[m].domain.and(w.window)
	if domain.empty() || w.barred != nil && w.barred[m] {
		return
	}
	w.keep()
	before := w.bad()
	s.mark()
	if open := s.open(m).and(w.window); !open.empty() {
		s.put(m, w.draw(open))
		w.decide(before, w.bar())
		return
	}
	t := w.draw(domain)
	if w.below(2) == 0 {
		w.clear(m, t)
	}
	if !w.oust(m, t) {
		s.undo()
		return
	}
	w.decide(before, w.bar())
}

// clear moves what is in the way of m in slot t to other slots.
func (w *search) clear(m int32, t int) {
	s := w.s
	for _, p := range s.of(m) {
		y := s.at(p, t)
		if y == none {
			continue
		}
		free := w.in.meetings[y].domain.without(s.busy[p]).and(w.window)
		if free.empty() || !w.find(y, w.draw(free)) || !w.x.fits() {
			return
		}
		w.x.do()
	}
}

// oust holds m in slot t, and lets wait what is still in the way, or holds that
// elsewhere. It reports whether it could.
func (w *search) oust(m int32, t int) bool {
	s := w.s
	n := len(s.trail)
	for _, p := range s.of(m) {
		if y := s.at(p, t); y != none {
			s.lift(y)
		}
	}
	for _, p := range s.of(m) {
		if int(s.held[p]) >= w.in.people[p].limit {
			mine := s.busy[p].and(w.window)
			if mine.empty() {
				return false
			}
			s.lift(s.at(p, w.draw(mine)))
		}
	}
	if s.full.has(t) {
		s.lift(s.inSlot[t][w.below(len(s.inSlot[t]))])
	}
	ousted := s.trail[n:]
	s.put(m, t)
	for _, c := range ousted {
		if open := s.open(c.meeting).and(w.window); !open.empty() {
			s.put(c.meeting, w.draw(open))
		}
	}
	return true
}
