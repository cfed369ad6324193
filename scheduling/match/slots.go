package match

import (
	"iter"
	"math/bits"
)

// maxSlots is the number of slots a problem may have.
const maxSlots = 256

// A slotSet is a set of slots, numbered from 0 here. Where the problem has 64
// slots or fewer, as nearly all have, the first word is the whole set.
type slotSet [maxSlots / 64]uint64

// firstSlots is the set of the slots below n.
func firstSlots(n int) slotSet {
	var s slotSet
	for i := range s {
		switch {
		case n >= 64*(i+1):
			s[i] = ^uint64(0)
		case n > 64*i:
			s[i] = 1<<(n-64*i) - 1
		}
	}
	return s
}

func (s *slotSet) add(t int)     { s[t>>6] |= 1 << (t & 63) }
func (s *slotSet) remove(t int)  { s[t>>6] &^= 1 << (t & 63) }
func (s slotSet) has(t int) bool { return s[t>>6]>>(t&63)&1 != 0 }
func (s slotSet) empty() bool    { return s == slotSet{} }

// and is what s and o have in common.
func (s slotSet) and(o slotSet) slotSet {
	for i := range s {
		s[i] &= o[i]
	}
	return s
}

// or is what is in s or in o.
func (s slotSet) or(o slotSet) slotSet {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}

// without is s without what is in o.
func (s slotSet) without(o slotSet) slotSet {
	for i := range s {
		s[i] &^= o[i]
	}
	return s
}

// count is the number of slots in s.
func (s slotSet) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// first is the earliest slot of s; maxSlots if there is none.
func (s slotSet) first() int {
	for i, w := range s {
		if w != 0 {
			return 64*i + bits.TrailingZeros64(w)
		}
	}
	return maxSlots
}

// last is the latest slot of s; -1 if there is none.
func (s slotSet) last() int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] != 0 {
			return 64*i + bits.Len64(s[i]) - 1
		}
	}
	return -1
}

// all yields the slots of s from the earliest to the latest.
func (s slotSet) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(64*i + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}
