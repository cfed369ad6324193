package scheduling

import (
	"sync/atomic"
	"testing"
)

// BenchmarkRegister registers people for one event from many goroutines, each
// with its durable commit: event, seating, person, registration, mail, log.
func BenchmarkRegister(b *testing.B) {
	h := newHouse(b)
	e := h.event(b, func(e *Event) { e.Rules.Seats = 100 })
	var n atomic.Int64
	b.SetParallelism(64)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := h.Register(b.Context(), Actor{Via: "page"}, e.ID, signup(int(n.Add(1)))); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "registrations/s")
}
