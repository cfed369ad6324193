package ical_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// Whatever changes in an entry shows in the next feed: no field is forgotten
// in what the cache knows an entry by.
func TestCacheSeesEveryChange(t *testing.T) {
	all := map[string]func(*ical.Entry){
		"UID":         func(e *ical.Entry) { e.UID += "2" },
		"Sequence":    func(e *ical.Entry) { e.Sequence++ },
		"Created":     func(e *ical.Entry) { e.Created = e.Created.Add(time.Second) },
		"Modified":    func(e *ical.Entry) { e.Modified = e.Modified.Add(time.Second) },
		"Starts":      func(e *ical.Entry) { e.Starts = e.Starts.Add(time.Second) },
		"Ends":        func(e *ical.Entry) { e.Ends = e.Ends.Add(time.Second) },
		"StartZone":   func(e *ical.Entry) { e.StartZone = "Europe/Tallinn" },
		"EndZone":     func(e *ical.Entry) { e.EndZone = "Europe/Madrid" },
		"AllDay":      func(e *ical.Entry) { e.AllDay = true },
		"Status":      func(e *ical.Entry) { e.Status = ical.Tentative },
		"Summary":     func(e *ical.Entry) { e.Summary += "!" },
		"Description": func(e *ical.Entry) { e.Description += "!" },
		"Location":    func(e *ical.Entry) { e.Location += "!" },
		"URL":         func(e *ical.Entry) { e.URL += "!" },
		"Conference":  func(e *ical.Entry) { e.Conference = "https://meet.example/j/1" },
		"Geo":         func(e *ical.Entry) { e.Geo = &ical.Geo{Lat: e.Geo.Lat, Lon: 25} },
		"Categories":  func(e *ical.Entry) { e.Categories = append([]string{"new"}, e.Categories...) },
		"Private":     func(e *ical.Entry) { e.Private = true },
		"Transparent": func(e *ical.Entry) { e.Transparent = true },
		"Alarms":      func(e *ical.Entry) { e.Alarms = []time.Duration{time.Hour} },
		"Related":     func(e *ical.Entry) { e.Related = "other" },
		"Repeat":      func(e *ical.Entry) { e.Repeat = &ical.Repeat{Freq: ical.Daily, Until: e.Starts.AddDate(0, 1, 0)} },
		"Except":      nil, // see the test below
		"Instance":    nil,
		"Organizer":   nil, // not in feeds
		"Attendee":    nil,
		// What stands in place of an instance is told in the zone of its series.
		"InstanceZone": nil,
	}
	fields := reflect.TypeFor[ical.Entry]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		change, known := all[name]
		if !known {
			t.Errorf("%s is not tried here", name)
		}
		if change == nil {
			continue
		}
		cache := ical.NewCache(1 << 20)
		e := arena()
		before, _ := cache.Encode(cluster, []ical.Entry{e})
		change(&e)
		after, _ := cache.Encode(cluster, []ical.Entry{e})
		if want := feed(t, e); !bytes.Equal(after, want) || bytes.Equal(after, before) {
			t.Errorf("%s: the feed is\n%s\nwant\n%s", name, after, want)
		}
	}
}

func TestCacheSeesEveryChangeOfASeries(t *testing.T) {
	all := map[string]func(group, moved *ical.Entry){
		"Freq":     func(group, moved *ical.Entry) { group.Repeat.Freq = ical.Daily },
		"Interval": func(group, moved *ical.Entry) { group.Repeat.Interval = 2 },
		"Days": func(group, moved *ical.Entry) {
			group.Repeat.Days = []ical.Day{{Weekday: time.Saturday}, {Weekday: time.Sunday}}
		},
		"MonthDay": func(group, moved *ical.Entry) {
			group.Repeat = &ical.Repeat{Freq: ical.Monthly, MonthDay: 24, Until: group.Repeat.Until}
			moved.Instance = group.Starts
		},
		"Until":    func(group, moved *ical.Entry) { group.Repeat.Until = group.Repeat.Until.AddDate(0, 0, 7) },
		"Except":   func(group, moved *ical.Entry) { group.Except = []time.Time{group.Starts} },
		"Instance": func(group, moved *ical.Entry) { moved.Instance = moved.Instance.AddDate(0, 0, 7) },
	}
	fields := reflect.TypeFor[ical.Repeat]()
	for i := range fields.NumField() {
		if name := fields.Field(i).Name; all[name] == nil {
			t.Errorf("%s is not tried here", name)
		}
	}
	for name, change := range all {
		cache := ical.NewCache(1 << 20)
		group, moved := arena(), arena()
		group.Repeat = &ical.Repeat{Freq: ical.Weekly, Until: at(helsinki, "2026-12-19 00:00")}
		moved.Instance = at(helsinki, "2026-11-07 09:00")
		before, _ := cache.Encode(cluster, []ical.Entry{group, moved})
		change(&group, &moved)
		after, _ := cache.Encode(cluster, []ical.Entry{group, moved})
		if want := feed(t, group, moved); !bytes.Equal(after, want) || bytes.Equal(after, before) {
			t.Errorf("%s: the feed is\n%s\nwant\n%s", name, after, want)
		}
	}
}

func many(n int) []ical.Entry {
	entries := make([]ical.Entry, n)
	for i := range entries {
		e := arena()
		e.UID = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		e.Starts = e.Starts.Add(time.Duration(i) * time.Hour)
		e.Ends = e.Ends.Add(time.Duration(i) * time.Hour)
		e.Description = fmt.Sprintf("%s %d", e.Description, i)
		e.StartZone = []string{"Europe/Helsinki", "Europe/Madrid", "America/New_York"}[i%3]
		entries[i] = e
	}
	return entries
}

// A change to one entry among ten thousand is the work of one, and two feeds
// around it differ in that entry only.
func TestOneChangeWritesOneEntry(t *testing.T) {
	const n = 10_000
	cache, entries := ical.NewCache(64<<20), many(n)
	g, m := group(), moved()
	entries = append(entries, g, m)
	before, _ := cache.Encode(cluster, entries)
	if got := cache.Written(); got != n+2 {
		t.Fatalf("%d entries written, want all", got)
	}
	for _, test := range []struct {
		name   string
		change func()
		want   int
	}{
		{"nothing", func() {}, 0},
		{"one entry", func() { entries[n/2].Summary = "another" }, 1},
		{"back again", func() { entries[n/2].Summary = arena().Summary }, 0},
		{"an exception in a series", func() { entries[n].Except = nil }, 1},
		{"an instance of it", func() { entries[n+1].Location = "elsewhere" }, 1},
		{"an entry less", func() { entries = entries[1:] }, 0},
	} {
		written := cache.Written()
		test.change()
		after, _ := cache.Encode(cluster, entries)
		if got := cache.Written() - written; got != test.want {
			t.Errorf("%s: %d entries written, want %d", test.name, got, test.want)
		}
		if test.name == "one entry" {
			was, is := []byte("\r\nSUMMARY:"+strings.ReplaceAll(arena().Summary, ",", `\,`)+"\r\n"), []byte("\r\nSUMMARY:another\r\n")
			if bytes.Equal(before, after) || !bytes.Equal(bytes.Replace(after, is, was, 1), before) {
				t.Error("the feeds differ in more than that entry")
			}
		}
	}
}

func TestAppend(t *testing.T) {
	cache, entries := ical.NewCache(1<<20), many(9)
	want := "before" + string(feed(t, entries...))
	for _, room := range []int{0, 600, 1700, len(want), 2 * len(want)} {
		dst := append(make([]byte, 0, 6+room), "before"...)
		got, skipped := cache.Append(dst, cluster, entries)
		if string(got) != want || len(skipped) > 0 {
			t.Errorf("%d octets of room: %s, %v", room, got, skipped)
		}
		if room >= len(want) && &got[0] != &dst[0] {
			t.Errorf("%d octets of room are not used", room)
		}
	}
}

func TestCacheIsBounded(t *testing.T) {
	const limit = 64 << 10
	cache := ical.NewCache(limit)
	entries := many(500)
	want := feed(t, entries...)
	for range 3 {
		if got, _ := cache.Encode(cluster, entries); !bytes.Equal(got, want) {
			t.Fatal("the feed is another")
		}
		if n := cache.Size(); n > limit || n < limit/2 {
			t.Errorf("%d octets kept, want at most %d and at least half", n, limit)
		}
	}
}

func TestCacheServesMany(t *testing.T) {
	cache := ical.NewCache(100 << 10)
	entries := many(60)
	want := feed(t, entries...)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if got, _ := cache.Encode(cluster, entries); !bytes.Equal(got, want) {
					t.Error("the feed is another")
				}
			}
		})
	}
	wg.Wait()
}

func TestOrderDoesNotMatter(t *testing.T) {
	entries := many(20)
	want := feed(t, entries...)
	for i := range entries {
		j := i * 7 % len(entries)
		entries[i], entries[j] = entries[j], entries[i]
	}
	if got := feed(t, entries...); !bytes.Equal(got, want) {
		t.Error("the same entries in another order make another feed")
	}
}
