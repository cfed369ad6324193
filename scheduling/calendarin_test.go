package scheduling

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// peer is the calendar of somebody else, with one entry of each sort.
func peer(changes ...string) string {
	entries := []string{
		"UID:arena@peer.example|SUMMARY:Circular day|DTSTART;TZID=Europe/Madrid:20270204T100000|DTEND;TZID=Europe/Madrid:20270204T120000|LOCATION:Feria\\, hall 2|DESCRIPTION:Come *all*\\nof you|URL:https://peer.example/arena_1|GEO:40.4;-3.7",
		"UID:floating@peer.example|SUMMARY:Floating|DTSTART:20270205T090000|DTEND:20270205T100000",
		"UID:day@peer.example|SUMMARY:Fair|DTSTART;VALUE=DATE:20270210|DTEND;VALUE=DATE:20270212",
		"UID:online@peer.example|SUMMARY:Webinar|DTSTART:20270211T100000Z|LOCATION:https://meet.example/secret",
		"UID:weekly@peer.example|SUMMARY:Board|DTSTART;TZID=Europe/Helsinki:20240103T090000|DURATION:PT2H|RRULE:FREQ=WEEKLY",
		"UID:weekly@peer.example|SUMMARY:Board moved|RECURRENCE-ID;TZID=Europe/Helsinki:20270113T090000|DTSTART;TZID=Europe/Helsinki:20270114T090000",
		"UID:off@peer.example|SUMMARY:Called off|STATUS:CANCELLED|DTSTART:20270211T100000Z",
		"UID:old@peer.example|SUMMARY:Long ago|DTSTART:20250211T100000Z",
		"UID:arena@peer.example|SUMMARY:The same again|DTSTART:20270204T100000Z",
		"UID:nameless@peer.example|DTSTART:20270211T100000Z",
		"UID:broken@peer.example|SUMMARY:Broken|DTSTART:whenever",
	}
	for i := 0; i+1 < len(changes); i += 2 {
		for k := range entries {
			entries[k] = strings.ReplaceAll(entries[k], changes[i], changes[i+1])
		}
	}
	return vcal(entries...)
}

// inShort are a report's entries, each in a line.
func inShort(r *CalendarReport) (out []string) {
	for _, e := range r.Entries {
		why := e.Why
		if e.Reason != "" {
			why = "not understood"
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s %s", e.Title, e.Outcome, why)))
	}
	return out
}

var peerInShort = []string{
	"Circular day: new", "Floating: new", "Fair: new", "Webinar: new", "Board: new",
	"Board moved: skipped calendarin.why.instance", "Called off: skipped calendarin.why.cancelled", "Long ago: skipped calendarin.why.over",
	"The same again: skipped calendarin.why.twice", ": skipped calendarin.why.untitled", ": skipped not understood",
}

// importPeer imports for real what a dry run showed, and holds the two to each other.
func (h *testHouse) importPeer(t *testing.T, in CalendarImport) *CalendarReport {
	t.Helper()
	in.ClusterID, in.Lang = h.cluster.ID, "en"
	in.DryRun = true
	before := h.events(t)
	dry, err := h.ImportCalendar(t.Context(), h.boss, in)
	must(t, err)
	if after := h.events(t); !dry.DryRun || !reflect.DeepEqual(before, after) {
		t.Errorf("the dry run changed %d events to %d", len(before), len(after))
	}
	in.DryRun = false
	rep, err := h.ImportCalendar(t.Context(), h.boss, in)
	must(t, err)
	if got := rep.foreseen(); !reflect.DeepEqual(got, dry.foreseen()) {
		t.Errorf("the import did\n%+v\nthe dry run said\n%+v", got, dry.foreseen())
	}
	return rep
}

// foreseen is what a dry run can know of a report.
func (r *CalendarReport) foreseen() (out []CalendarEntry) {
	for _, e := range r.Entries {
		if e.Outcome == EntryNew {
			e.EventID, e.Slug = "", ""
		}
		out = append(out, e)
	}
	return out
}

func (h *testHouse) events(t *testing.T) map[string]Event {
	t.Helper()
	out := map[string]Event{}
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		for e, err := range events.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			out[e.Title.In("en")] = *e
		}
		return nil
	}))
	return out
}

func TestImportCalendar(t *testing.T) {
	h := newHouse(t)
	rep := h.importPeer(t, CalendarImport{Content: []byte(peer())})
	if got := inShort(rep); !reflect.DeepEqual(got, peerInShort) || rep.Name != "Peers" {
		t.Errorf("%q: %q\nwant %q", rep.Name, got, peerInShort)
	}
	list := h.events(t)
	if len(list) != 5 {
		t.Fatalf("%d events", len(list))
	}
	e := list["Circular day"]
	if e.State != Draft || e.Zone != "Europe/Madrid" || !e.Starts.Equal(span("2027-02-04T09:00", "2027-02-04T11:00").Starts) || !e.Ends.Equal(e.Starts.Add(2*time.Hour)) ||
		e.Venue != "Feria, hall 2" || e.Geo == nil || e.Geo.Lon != -3.7 || e.UID == "arena@peer.example" || !reflect.DeepEqual(e.ClusterIDs, []string{h.cluster.ID}) {
		t.Errorf("imported %+v", e)
	}
	if got := templates.PlainText(e.Body["en"]); got != "Come *all* of you More: https://peer.example/arena_1" {
		t.Errorf("its text is %q", got)
	}
	if e := list["Floating"]; e.Zone != "Europe/Helsinki" || !e.Starts.Equal(span("2027-02-05T07:00", "2027-02-05T08:00").Starts) {
		t.Errorf("floating: %v in %s", e.Starts, e.Zone)
	}
	if e := list["Fair"]; !e.AllDay || !reflect.DeepEqual(ical.Span{Starts: e.Starts, Ends: e.Ends}, span("2027-02-09T22:00", "2027-02-11T22:00")) {
		t.Errorf("days: %v to %v", e.Starts, e.Ends)
	}
	if e := list["Webinar"]; e.Mode != Online || e.Link != "https://meet.example/secret" || e.Venue != "" || e.Zone != "Europe/Helsinki" || e.Ends.Sub(e.Starts) != time.Hour {
		t.Errorf("online: %+v", e)
	}
	if e := list["Board"]; !reflect.DeepEqual(ical.Span{Starts: e.Starts, Ends: e.Ends}, span("2027-01-20T07:00", "2027-01-20T09:00")) {
		t.Errorf("of what repeats, %v to %v became a draft", e.Starts, e.Ends)
	}
	for _, entry := range rep.Entries[:5] {
		if (entry.Repeats != "") != (entry.Title == "Board") || entry.EventID == "" || entry.Line == 0 {
			t.Errorf("%+v", entry)
		}
	}
	log, _, err := h.Audit(t.Context(), System("test"), AuditFilter{Action: "event.import"})
	if err != nil || len(log) != 5 || log[0].Actor != h.boss.ID {
		t.Errorf("%d lines in the audit log, %v", len(log), err)
	}
}

// TestImportCalendarAgain: twice makes nothing twice, and what changed there
// changes drafts only.
func TestImportCalendarAgain(t *testing.T) {
	h := newHouse(t)
	h.importPeer(t, CalendarImport{Content: []byte(peer())})
	first := h.events(t)
	rep := h.importPeer(t, CalendarImport{Content: []byte(peer())})
	if rep.Count(EntrySame) != 5 || !reflect.DeepEqual(h.events(t), first) {
		t.Errorf("the same again: %q", inShort(rep))
	}

	published := first["Webinar"]
	_, err := h.PublishEvent(t.Context(), h.boss, published.ID)
	must(t, err)
	edited := first["Floating"]
	edited.Title, edited.Contact = Text{"en": "Floating, by us", "fi": "Kelluva"}, "Outi"
	_, err = h.SaveEvent(t.Context(), h.boss, &edited)
	must(t, err)

	changed := peer("Circular day", "Circular days", "SUMMARY:Floating", "SUMMARY:Floating higher", "Webinar", "Webinar moved", "SUMMARY:Fair", "SEQUENCE:2|SUMMARY:Fair")
	rep = h.importPeer(t, CalendarImport{Content: []byte(changed)})
	want := []string{"Circular days: updated", "Floating higher: updated", "Fair: same", "Webinar moved: kept", "Board: same"}
	if got := inShort(rep)[:5]; !reflect.DeepEqual(got, want) || !rep.Entries[1].Edited || rep.Entries[0].Edited {
		t.Errorf("changed: %q, want %q", got, want)
	}
	list := h.events(t)
	if e := list["Floating higher"]; e.ID != edited.ID || e.Contact != "Outi" || e.Title["fi"] != "Kelluva" || e.Slug != edited.Slug {
		t.Errorf("what we added is gone: %+v", e)
	}
	if e := list["Webinar"]; e.ID != published.ID || e.State != Published || e.Sequence != 0 {
		t.Errorf("published: %+v", e)
	}

	rep = h.importPeer(t, CalendarImport{Content: []byte(peer("UID:arena@peer.example|", "UID:arena@peer.example|SEQUENCE:3|", "Circular day", "Circular week"))})
	if e := h.events(t)["Circular week"]; e.ID == "" || rep.Entries[0].Outcome != EntryUpdated {
		t.Errorf("a newer sequence: %q", inShort(rep))
	}
	rep = h.importPeer(t, CalendarImport{Content: []byte(peer())})
	if rep.Entries[0].Outcome != EntrySame {
		t.Errorf("an older sequence: %q", inShort(rep))
	}

	c, err := h.CopyEvent(t.Context(), h.boss, first["Fair"].ID, t0.AddDate(0, 2, 0))
	must(t, err)
	if c.Origin != nil {
		t.Errorf("the copy says that it was imported: %+v", c.Origin)
	}
}

func TestImportCalendarChosen(t *testing.T) {
	h := newHouse(t)
	in := CalendarImport{Content: []byte(peer()), ClusterID: h.cluster.ID, DryRun: true}
	dry, err := h.ImportCalendar(t.Context(), h.boss, in)
	must(t, err)
	in.DryRun, in.Only = false, []string{dry.Entries[2].Key, "nothing", ""}
	rep, err := h.ImportCalendar(t.Context(), h.boss, in)
	must(t, err)
	if rep.Count(EntryNew) != 1 || rep.Count(EntryLeft) != 4 || len(h.events(t)) != 1 {
		t.Errorf("chosen one: %q", inShort(rep))
	}
	in.Only = []string{}
	rep, err = h.ImportCalendar(t.Context(), h.boss, in)
	if err != nil || len(h.events(t)) != 1 || rep.Count(EntryLeft) != 4 || rep.Count(EntrySame) != 1 {
		t.Errorf("chosen none: %q, %v", inShort(rep), err)
	}
}

// TestImportCalendarAtOnce sends the same import several times at the same moment.
func TestImportCalendarAtOnce(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := h.ImportCalendar(context.Background(), h.boss, CalendarImport{Content: []byte(peer()), ClusterID: h.cluster.ID}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(h.events(t)); n != 5 {
		t.Errorf("%d events", n)
	}
	n := 0
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		n, err = events.Count(tx, storage.Query{})
		return err
	}))
	if n != 5 {
		t.Errorf("%d events in all", n)
	}
}

func TestImportCalendarRefused(t *testing.T) {
	h := newHouse(t)
	for name, test := range map[string]struct {
		by   Actor
		in   CalendarImport
		want string
	}{
		"another's cluster": {h.other, CalendarImport{Content: []byte(peer())}, "cluster_id"},
		"nobody":            {Actor{}, CalendarImport{Content: []byte(peer())}, "cluster_id"},
		"not a calendar":    {h.boss, CalendarImport{Content: []byte("hello")}, "file"},
		"nothing":           {h.boss, CalendarImport{}, "file"},
		"no zone":           {h.boss, CalendarImport{Content: []byte(peer()), Zone: "Mars/Base"}, "zone"},
		"the server's zone": {h.boss, CalendarImport{Content: []byte(peer()), Zone: "Local"}, "zone"},
	} {
		test.in.ClusterID = h.cluster.ID
		_, err := h.ImportCalendar(t.Context(), test.by, test.in)
		if p := ProblemIn(err); p == nil || p.Fields[test.want] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.FetchCalendar(t.Context(), Actor{ID: "x"}, work); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a member has us fetch: %v", err)
	}
	net := &internet{pages: map[string]string{work: peer(), "half": "BEGIN:VCALENDAR\r\n"}}
	h.Fetch = net.fetch
	for _, address := range []string{"nowhere", "half"} {
		_, err := h.FetchCalendar(t.Context(), h.boss, address)
		if p := ProblemIn(err); p == nil || p.Fields["calendar"] != "calendarin.unreachable" {
			t.Errorf("%s: %v", address, err)
		}
	}
	if b, err := h.FetchCalendar(t.Context(), h.boss, work); err != nil || string(b) != peer() {
		t.Errorf("%v", err)
	}
}

// taker is an entryTaker for tests of what needs no database.
func taker() *entryTaker {
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return &entryTaker{cluster: &Cluster{Meta: storage.Meta{ID: "c"}, Zone: "Europe/Helsinki"}, zone: "Europe/Helsinki", loc: loc, lang: "en", now: t0,
		source: func(address string) string { return "More: " + address }}
}

// checkDrawn holds what became of a calendar to what every event is held to.
func checkDrawn(t *testing.T, rep *CalendarReport, found []*foreignDraft) {
	t.Helper()
	for i, f := range found {
		e, entry := f.event, rep.Entries[f.at]
		if entry.Outcome == EntrySkipped || entry.Key == "" || e.check() != nil || e.State != Draft || e.UID != "" || e.Origin == nil || e.digest() != e.Origin.Digest {
			t.Errorf("%+v became %+v", entry, e)
		}
		for _, s := range []string{e.Title["en"], e.Venue, e.Link} {
			if s != cleanLine(s) {
				t.Errorf("%q is not clean", s)
			}
		}
		for _, g := range found[:i] {
			if g.event.Origin.Key == e.Origin.Key {
				t.Errorf("two have the origin %s", e.Origin.Key)
			}
		}
	}
	if n := len(rep.Entries) - len(found); n > maxShownSkips || len(found) > maxEntries {
		t.Errorf("%d taken, %d skipped are named", len(found), n)
	}
	for _, e := range rep.Entries[len(found):] {
		if e.Outcome != EntrySkipped || e.Why == "" && e.Reason == "" || e.Key != "" {
			t.Errorf("skipped %+v", e)
		}
	}
}

func FuzzImportCalendar(f *testing.F) {
	f.Add([]byte(peer()))
	for _, text := range plainTexts {
		f.Add([]byte(vcal("DTSTART:20270204T100000Z|SUMMARY:x|DESCRIPTION:" + strings.NewReplacer("\n", `\n`, "|", "").Replace(text))))
	}
	f.Add([]byte(vcal("DTSTART;VALUE=DATE:20270328|SUMMARY:"+strings.Repeat("ä", 400)+"|LOCATION:"+strings.Repeat("o", 400), "DTSTART:20270101T000000Z|DTEND:20290101T000000Z|SUMMARY:Two years")))
	f.Add([]byte(vcal("DTSTART:20270328T033000|SUMMARY:In the gap|RRULE:FREQ=DAILY", "DTSTART;TZID=Local:20270328T033000|SUMMARY:x\u202e|URL:javascript:alert(1)|LOCATION:https://x|GEO:91;0")))
	files, _ := filepath.Glob("ical/testdata/*.ics")
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := ical.Read(b)
		if err != nil {
			return
		}
		s := taker()
		if s.next, err = ical.NextDates(b, s.zone, t0, t0.Add(nextWithin)); err != nil {
			t.Fatalf("read, but: %v", err)
		}
		rep, found := s.report(file)
		checkDrawn(t, rep, found)
	})
}

// TestImportCalendarLarge takes as many as one import may, and names the rest.
func TestImportCalendarLarge(t *testing.T) {
	var entries []string
	for i := range maxEntries + 2*maxShownSkips {
		entries = append(entries, fmt.Sprintf("SUMMARY:Event %d|DTSTART:20270204T100000Z", i))
	}
	file, err := ical.Read([]byte(vcal(entries...)))
	must(t, err)
	rep, found := taker().report(file)
	checkDrawn(t, rep, found)
	if len(found) != maxEntries || rep.Count(EntrySkipped) != maxShownSkips || rep.Entries[maxEntries].Why != "calendarin.why.too_many" {
		t.Errorf("%d taken, %d named", len(found), rep.Count(EntrySkipped))
	}
}
