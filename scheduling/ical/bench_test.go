//go:build unix

package ical_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"kohtaamo/scheduling/ical"
)

// BenchmarkEncode writes feeds cold, from fragments, from them into memory that
// is there already, and with one entry of all changed; and beside them what others need for the same entries: go-ical alone
// (which folds no lines), the simplest writer of the same octets, and a copy.
func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		entries := many(n)
		run := func(name string, prepare func() func()) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) { perEntry(b, n, prepare()) })
		}
		run("cold", func() func() { return func() { cluster.Encode(entries) } })
		run("fragments", func() func() {
			cache := ical.NewCache(64 << 20)
			cache.Encode(cluster, entries)
			return func() { cache.Encode(cluster, entries) }
		})
		run("append", func() func() {
			cache, feed := ical.NewCache(64<<20), []byte(nil)
			return func() { feed, _ = cache.Append(feed[:0], cluster, entries) }
		})
		run("one-changed", func() func() {
			cache, some := ical.NewCache(64<<20), many(n)
			cache.Encode(cluster, some)
			return func() { some[n/2].Sequence++; cache.Encode(cluster, some) }
		})
		run("go-ical", func() func() { return func() { libraryAlone(entries) } })
		run("bare", func() func() {
			var w bare
			return func() { w.feed(entries) }
		})
		run("copy", func() func() {
			feed, _ := cluster.Encode(entries)
			out := make([]byte, len(feed))
			return func() { copy(out, feed) }
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

// libraryAlone builds and encodes the entries as go-ical's example does.
func libraryAlone(entries []ical.Entry) []byte {
	cal := goical.NewCalendar()
	cal.Props.SetText("VERSION", "2.0")
	cal.Props.SetText("PRODID", "-//Kohtaamo//Kohtaamo//EN")
	for i := range entries {
		e := &entries[i]
		event := goical.NewEvent()
		for name, text := range map[string]string{"UID": e.UID, "SUMMARY": e.Summary, "DESCRIPTION": e.Description,
			"LOCATION": e.Location, "STATUS": "CONFIRMED", "TRANSP": "OPAQUE", "CLASS": "PUBLIC", "X-MICROSOFT-CDO-BUSYSTATUS": "BUSY"} {
			event.Props.SetText(name, text)
		}
		event.Props.SetDateTime("DTSTART", e.Starts.In(zone(e.StartZone)))
		event.Props.SetDateTime("DTEND", e.Ends.In(zone(e.StartZone)))
		for name, t := range map[string]time.Time{"DTSTAMP": e.Modified, "LAST-MODIFIED": e.Modified, "CREATED": e.Created} {
			event.Props.SetDateTime(name, t.UTC())
		}
		for name, value := range map[string]string{"SEQUENCE": strconv.Itoa(e.Sequence), "URL": e.URL, "GEO": fmt.Sprintf("%f;%f", e.Geo.Lat, e.Geo.Lon)} {
			event.Props.Set(&goical.Prop{Name: name, Value: value})
		}
		words := goical.NewProp("CATEGORIES")
		words.SetTextList(e.Categories)
		event.Props.Set(words)
		cal.Children = append(cal.Children, event.Component)
	}
	var out bytes.Buffer
	if err := goical.NewEncoder(&out).Encode(cal); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// bare writes what the entries of many come to, line after line into the same
// memory, without asking what else there could be in an entry.
type bare struct{ buf []byte }

var bareEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

func (w *bare) feed(entries []ical.Entry) []byte {
	w.buf = w.buf[:0]
	for i := range entries {
		e := &entries[i]
		loc := zone(e.StartZone)
		w.line("BEGIN:", "VEVENT")
		w.line("CATEGORIES:", bareEscapes.Replace(e.Categories[0])+","+bareEscapes.Replace(e.Categories[1]))
		w.line("CLASS:", "PUBLIC")
		w.line("CREATED:", e.Created.UTC().Format("20060102T150405Z"))
		w.line("DESCRIPTION:", bareEscapes.Replace(e.Description))
		w.line("DTEND;TZID="+e.StartZone+":", e.Ends.In(loc).Format("20060102T150405"))
		w.line("DTSTAMP:", e.Modified.UTC().Format("20060102T150405Z"))
		w.line("DTSTART;TZID="+e.StartZone+":", e.Starts.In(loc).Format("20060102T150405"))
		w.line("GEO:", strconv.FormatFloat(e.Geo.Lat, 'f', 6, 64)+";"+strconv.FormatFloat(e.Geo.Lon, 'f', 6, 64))
		w.line("LAST-MODIFIED:", e.Modified.UTC().Format("20060102T150405Z"))
		w.line("LOCATION:", bareEscapes.Replace(e.Location))
		w.line("SEQUENCE:", strconv.Itoa(e.Sequence))
		w.line("STATUS:", "CONFIRMED")
		w.line("SUMMARY:", bareEscapes.Replace(e.Summary))
		w.line("TRANSP:", "OPAQUE")
		w.line("UID:", bareEscapes.Replace(e.UID))
		w.line("URL:", e.URL)
		w.line("X-MICROSOFT-CDO-BUSYSTATUS:", "BUSY")
		w.line("END:", "VEVENT")
	}
	return w.buf
}

func (w *bare) line(name, value string) {
	room := 75 - len(name)
	w.buf = append(w.buf, name...)
	for len(value) > room {
		cut := room
		for value[cut]&0xC0 == 0x80 {
			cut--
		}
		if slashes := len(value[:cut]) - len(strings.TrimRight(value[:cut], `\`)); slashes%2 == 1 {
			cut--
		}
		w.buf = append(append(w.buf, value[:cut]...), "\r\n "...)
		value, room = value[cut:], 74
	}
	w.buf = append(append(w.buf, value...), "\r\n"...)
}

// What is compared is the same thing.
func TestBareWriterWritesTheSame(t *testing.T) {
	// A clock shows some moments twice, and those the bare writer does not know.
	entries := many(9)
	b := feed(t, entries...)
	b = b[bytes.Index(b, []byte("BEGIN:VEVENT")):bytes.Index(b, []byte("END:VCALENDAR"))]
	if got := new(bare).feed(entries); !bytes.Equal(got, b) {
		t.Errorf("%s\nis not\n%s", got, b)
	}
	if n := bytes.Count(libraryAlone(entries), []byte("\r\n")); n != bytes.Count(bytes.ReplaceAll(b, []byte("\r\n "), nil), []byte("\r\n"))+4 {
		t.Errorf("go-ical alone writes %d lines", n)
	}
}
