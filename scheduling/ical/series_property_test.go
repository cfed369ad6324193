package ical_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/scheduling/ical"
)

// A drawnSeries is a series as it was meant, worked out day by day.
type drawnSeries struct {
	head    ical.Entry
	alone   []time.Time // starts in which nothing else stands
	instead []ical.Entry
}

var anySeries = rapid.Custom(func(t *rapid.T) drawnSeries {
	s := drawnSeries{head: anyEntry.Draw(t, "head")}
	s.head.UID = plainUID.Draw(t, "uid")
	s.head.EndZone = ""
	repeat := anyRepeat(t, s.head.Starts.In(zone(s.head.StartZone)))
	s.head.Repeat = &repeat
	starts := everyDay(repeat, s.head.Starts.In(zone(s.head.StartZone)))
	for i, at := range starts {
		what := rapid.SampledFrom([]string{"alone", "alone", "excepted", "instead", "twice excepted", "cancelled"}).Draw(t, "what")
		if i >= 8 || i == len(starts)-1 { // a few are enough, and one must be left
			what = "alone"
		}
		switch what {
		case "alone":
			s.alone = append(s.alone, at)
		case "excepted":
			s.head.Except = append(s.head.Except, at)
		case "twice excepted":
			s.head.Except = append(s.head.Except, at, at.UTC(), at.Add(time.Hour*24*4000))
		default:
			s.instead = append(s.instead, s.stands(t, at, what == "cancelled"))
		}
	}
	return s
})

// stands draws an entry in place of the instance at at.
func (s *drawnSeries) stands(t *rapid.T, at time.Time, cancelled bool) ical.Entry {
	e := anyEntry.Draw(t, "instead")
	e.UID, e.AllDay = s.head.UID, s.head.AllDay
	e.Instance, e.InstanceZone = at, s.head.StartZone
	if cancelled {
		e.Status = ical.Cancelled
		if rapid.Bool().Draw(t, "excepted too") {
			s.head.Except = append(s.head.Except, at)
		}
	}
	return e
}

func TestAnySeriesMeansWhatWasMeant(t *testing.T) {
	cache := ical.NewCache(64 << 10)
	whole, written := 0, 0
	check := func(t *rapid.T) {
		s, other := anySeries.Draw(t, "series"), anyEntry.Draw(t, "other")
		other.UID = s.head.UID + "x"
		entries := rapid.Permutation(append([]ical.Entry{s.head, other}, s.instead...)).Draw(t, "entries")
		b, skipped := cluster.Encode(entries)
		if len(skipped) > 0 {
			t.Fatalf("skipped %v", skipped)
		}
		if err := strict(b); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		for range 2 {
			if kept, _ := cache.Encode(cluster, entries); string(kept) != string(b) {
				t.Fatalf("with a cache:\n%s\nwithout:\n%s", kept, b)
			}
		}
		got := read(t, b)
		wantEntry(t, got, other.UID, other)
		delete(got, other.UID)
		if _, there := got[s.head.UID]; there {
			whole++
			s.wantWhole(t, got)
		} else {
			written++
			s.wantWrittenOut(t, got)
		}
	}
	rapid.Check(t, check)
	for tries := 0; written == 0 && tries < 5; tries++ { // one in twenty is
		rapid.Check(t, check)
	}
	if whole == 0 || written == 0 {
		t.Errorf("%d series by their rule and %d written out tell nothing", whole, written)
	}
}

func (s *drawnSeries) wantWhole(t *rapid.T, got map[string]meaning) {
	m := got[s.head.UID]
	wantEntry(t, got, s.head.UID, s.head)
	want := slices.Clone(s.alone)
	for _, e := range s.instead {
		name := e.UID + e.Instance.UTC().Format(" 20060102T150405Z")
		if e.AllDay {
			name = e.UID + dateOf(e.Instance.In(zone(e.InstanceZone))).Format(" 20060102T150405Z")
		}
		wantEntry(t, got, name, e)
		if !slices.ContainsFunc(s.head.Except, e.Instance.Equal) {
			want = append(want, e.Instance) // the rule has it all the same
		}
	}
	if s.head.AllDay {
		for i := range want {
			want[i] = dateOf(want[i].In(zone(s.head.StartZone)))
		}
	}
	slices.SortFunc(want, time.Time.Compare)
	if got := m.instances(t); !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Fatalf("%v, want %v", got, want)
	}
	if len(got) != 1+len(s.instead) {
		t.Fatalf("%d entries, want one and %d", len(got), len(s.instead))
	}
}

func (s *drawnSeries) wantWrittenOut(t *rapid.T, got map[string]meaning) {
	name := func(at time.Time) string {
		return fmt.Sprintf("%s-%s", s.head.UID, at.UTC().Format("20060102T150405Z"))
	}
	for _, e := range s.instead {
		wantEntry(t, got, name(e.Instance), e)
	}
	for _, at := range s.alone {
		e := s.head
		e.Starts = at
		if !e.Ends.IsZero() {
			e.Ends = at.Add(s.head.Ends.Sub(s.head.Starts))
		}
		wantEntry(t, got, name(at), e)
	}
	if len(got) != len(s.alone)+len(s.instead) {
		t.Fatalf("%d entries, want %d and %d", len(got), len(s.alone), len(s.instead))
	}
}
