//go:build unix

package ical_test

import (
	"bytes"
	"fmt"
	"syscall"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"kohtaamo/scheduling/ical"
)

// BenchmarkEncode writes feeds cold, from fragments, and beside them what
// go-ical alone needs for the text of the same entries once they are built.
func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		entries := many(n)
		b.Run(fmt.Sprintf("cold/%d", n), func(b *testing.B) {
			perEntry(b, n, func() { cluster.Encode(entries) })
		})
		cache := ical.NewCache(64 << 20)
		cache.Encode(cluster, entries)
		b.Run(fmt.Sprintf("fragments/%d", n), func(b *testing.B) {
			perEntry(b, n, func() { cache.Encode(cluster, entries) })
		})
		feed, _ := cluster.Encode(entries)
		tree, err := goical.NewDecoder(bytes.NewReader(feed)).Decode()
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("go-ical/%d", n), func(b *testing.B) {
			var out bytes.Buffer
			perEntry(b, n, func() {
				out.Reset()
				if err := goical.NewEncoder(&out).Encode(tree); err != nil {
					b.Fatal(err)
				}
			})
		})
		b.Run(fmt.Sprintf("copy/%d", n), func(b *testing.B) {
			out := make([]byte, len(feed))
			perEntry(b, n, func() { copy(out, feed) })
		})
	}
}

// perEntry reports time of the processor beside time: the machine may be busy.
func perEntry(b *testing.B, n int, do func()) {
	allocs := testing.AllocsPerRun(1, do)
	before := processor()
	for b.Loop() {
		do()
	}
	b.ReportMetric(float64(processor()-before)/float64(b.N)/float64(n), "cpu-ns/entry")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
	b.ReportMetric(allocs/float64(n), "allocs/entry")
}

func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
