package mailtest

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// roll is a number from 0 to 1 that looks random and is the same each time.
func roll(what, to string, try int) float64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%d", what, to, try)
	x := h.Sum64() // its last bits are good, its first ones are alike for like words
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

type bucket struct {
	level float64
	seen  time.Time
}

// allow takes one of what a domain may get now. The sink is locked.
func (s *Sink) allow(to string, rate float64) bool {
	domain := to[strings.LastIndexByte(to, '@')+1:]
	now := time.Now()
	b := s.buckets[domain]
	if b == nil {
		b = &bucket{max(rate, 1), now}
		s.buckets[domain] = b
	}
	b.level = min(max(rate, 1), b.level+now.Sub(b.seen).Seconds()*rate)
	b.seen = now
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}
