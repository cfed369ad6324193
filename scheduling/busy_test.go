package scheduling

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// An internet is what the desk's Fetch reaches in tests: the fetcher itself is
// tested where it is. It answers as a server does that knows its versions.
type internet struct {
	mu       sync.Mutex
	pages    map[string]string // address → calendar; "" and unknown ones cannot be reached
	asked    []string          // addresses, with the version that was known
	meantime func()            // done while an answer is on its way
}

func (n *internet) fetch(ctx context.Context, address string, had Version) (*Download, error) {
	n.mu.Lock()
	n.asked = append(n.asked, strings.TrimSpace(address+" "+had.ETag))
	body, meantime := n.pages[address], n.meantime
	n.mu.Unlock()
	if meantime != nil {
		meantime()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if body == "" {
		return nil, fmt.Errorf("%w: for a test", ErrUnreachable)
	}
	v := Version{ETag: fmt.Sprintf("%q", fmt.Sprint(len(body)))}
	if v == had {
		return &Download{Version: v, Unchanged: true}, nil
	}
	return &Download{Body: []byte(body), Version: v}, nil
}

// took are the addresses asked for since the last call.
func (n *internet) took() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := n.asked
	n.asked = nil
	return out
}

func (n *internet) put(address, body string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pages[address] = body
}

const work = "https://calendar.example.org/private-0123456789abcdef/work.ics"

// vcal is a calendar of entries; each is parts such as "DTSTART:…|DTEND:…".
func vcal(entries ...string) string {
	out := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nX-WR-CALNAME:Peers\r\n"
	for i, e := range entries {
		if !strings.Contains(e, "UID:") {
			e += fmt.Sprintf("|UID:entry%d@example.org", i)
		}
		out += "BEGIN:VEVENT\r\nDTSTAMP:20270101T000000Z\r\n" + strings.ReplaceAll(e, "|", "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	return out + "END:VCALENDAR\r\n"
}

const (
	monday  = "SUMMARY:Secret plan|DTSTART;TZID=Europe/Helsinki:20270118T100000|DTEND;TZID=Europe/Helsinki:20270118T113000|ATTENDEE:mailto:someone@example.org"
	tuesday = "DTSTART:20270119T080000Z|DTEND:20270119T090000Z"
)

func span(from, to string) ical.Span {
	at := func(s string) time.Time {
		t, err := time.Parse("2006-01-02T15:04", s)
		if err != nil {
			panic(err)
		}
		return t
	}
	return ical.Span{Starts: at(from), Ends: at(to)}
}

// busyHouse is a house with an internet and two members.
func busyHouse(t *testing.T) (h *testHouse, net *internet, member, stranger Actor) {
	t.Helper()
	h, net = newHouse(t), &internet{pages: map[string]string{work: vcal(monday, tuesday)}}
	h.Fetch = net.fetch
	return h, net, h.member(t, "aino@example.org", "fi"), h.member(t, "bo@example.org", "en")
}

func (h *testHouse) member(t *testing.T, email, lang string) Actor {
	t.Helper()
	p := &Person{Name: "Member " + email, Email: email, Lang: lang}
	must(t, h.SavePerson(t.Context(), System("test"), p))
	return p.Actor()
}

func (h *testHouse) addBusy(t *testing.T, by Actor, in NewBusy) *BusyCalendar {
	t.Helper()
	if in.Zone == "" {
		in.Zone = "Europe/Helsinki"
	}
	b, err := h.AddBusy(t.Context(), by, in)
	must(t, err)
	return b
}

// busyTimes are a person's in 2027.
func (h *testHouse) busyTimes(t *testing.T, by Actor) (out []ical.Span) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		out, err = h.BusyTimes(tx, by.ID, t0, t0.AddDate(1, 0, 0))
		return err
	}))
	return out
}

func (h *testHouse) busy(t *testing.T, by Actor) *BusyView {
	t.Helper()
	v, err := h.Busy(t.Context(), by)
	must(t, err)
	return v
}

// refresh runs the job at a moment.
func (h *testHouse) refreshAt(t *testing.T, at time.Time) int {
	t.Helper()
	h.at(at)
	n, err := h.RefreshBusy(t.Context(), at)
	must(t, err)
	return n
}

func TestBusyTimes(t *testing.T) {
	h, net, aino, bo := busyHouse(t)
	b := h.addBusy(t, aino, NewBusy{Address: work})
	h.addBusy(t, aino, NewBusy{Name: "File", File: []byte(vcal("DTSTART:20270119T083000Z|DTEND:20270119T100000Z", "DTSTART;VALUE=DATE:20270120", "DTSTART:nonsense \"secret words\"|DTEND:20270119T100000Z"))})
	h.addBusy(t, bo, NewBusy{File: []byte(vcal("DTSTART:20270301T080000Z|DTEND:20270301T090000Z")), Name: "Bo"})

	want := []ical.Span{span("2027-01-18T08:00", "2027-01-18T09:30"), span("2027-01-19T08:00", "2027-01-19T10:00"), span("2027-01-19T22:00", "2027-01-20T22:00")}
	if got := h.busyTimes(t, aino); !reflect.DeepEqual(got, want) {
		t.Errorf("busy at %v, want %v", got, want)
	}
	v := h.busy(t, aino)
	if len(v.Calendars) != 2 || v.Full || !reflect.DeepEqual(v.Times, want) {
		t.Errorf("the page shows %+v", v)
	}
	if b.Name != "calendar.example.org" || b.Shown() != "calendar.example.org/…work.ics" || b.Between(t0, t0.AddDate(0, 0, 6)) != 1 {
		t.Errorf("shown as %q, %q", b.Name, b.Shown())
	}
	if s := v.Calendars[1].Skipped; len(s) != 1 || s[0].Line == 0 || s[0].Reason == "" {
		t.Errorf("skipped %+v", s)
	}
	if got := net.took(); len(got) != 1 {
		t.Errorf("asked %q", got)
	}

	// Nothing of it is in the database but the times and the address, nor in the log.
	var dump strings.Builder
	must(t, h.DB.Export(t.Context(), &dump))
	for _, private := range []string{"Secret plan", "someone@example.org", "secret words", "entry0"} {
		if strings.Contains(dump.String(), private) {
			t.Errorf("the database has %q", private)
		}
	}
	for _, line := range strings.Split(dump.String(), "\n") {
		if strings.Contains(line, "0123456789abcdef") && !strings.Contains(line, `"collection":"busy_calendars"`) {
			t.Errorf("the address is in %s", line)
		}
	}
}

func TestBusyLimits(t *testing.T) {
	h, net, aino, bo := busyHouse(t)
	file := []byte(vcal(monday))
	for name, test := range map[string]struct {
		in   NewBusy
		want string
	}{
		"nothing":           {NewBusy{}, "calendar calendarin.nothing"},
		"out of reach":      {NewBusy{Address: "https://other.example.org/"}, "calendar calendarin.unreachable"},
		"not a calendar":    {NewBusy{Address: "https://half.example.org/"}, "calendar calendarin.unreachable"},
		"no calendar file":  {NewBusy{File: []byte("hello")}, "file calendarin.mend"},
		"half a calendar":   {NewBusy{File: file[:60]}, "file calendarin.mend"},
		"an invented zone":  {NewBusy{File: file, Zone: "Mars/Base"}, "zone event.zone"},
		"the server's zone": {NewBusy{File: file, Zone: "Local"}, "zone event.zone"},
		"a long name":       {NewBusy{File: file, Name: strings.Repeat("x", 300)}, "name problem.too_long"},
	} {
		net.put("https://half.example.org/", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n")
		if test.in.Zone == "" {
			test.in.Zone = "UTC"
		}
		_, err := h.AddBusy(t.Context(), aino, test.in)
		field, key, _ := strings.Cut(test.want, " ")
		if p := ProblemIn(err); p == nil || p.Fields[field] != key {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
	if n := len(h.busy(t, aino).Calendars); n != 0 {
		t.Fatalf("%d calendars were kept", n)
	}

	b := h.addBusy(t, aino, NewBusy{ID: "form1", Address: work})
	if again := h.addBusy(t, aino, NewBusy{ID: "form1", Address: work}); again.ID != b.ID {
		t.Error("a form sent twice gave two")
	}
	if _, err := h.AddBusy(t.Context(), aino, NewBusy{Address: work, Zone: "UTC"}); ProblemIn(err) == nil || ProblemIn(err).Kind != Exists {
		t.Errorf("the same address once more: %v", err)
	}
	if _, err := h.AddBusy(t.Context(), bo, NewBusy{ID: "form1", File: file, Zone: "UTC"}); err == nil {
		t.Error("a stranger took over an id")
	}

	var wg sync.WaitGroup // more at once than there is room for
	for i := range 8 {
		wg.Go(func() {
			h.AddBusy(context.Background(), aino, NewBusy{File: file, Name: fmt.Sprint(i), Zone: "UTC"})
		})
	}
	wg.Wait()
	if v := h.busy(t, aino); len(v.Calendars) != maxBusy || !v.Full {
		t.Errorf("%d calendars", len(v.Calendars))
	}
	net.took()
	_, err := h.AddBusy(t.Context(), aino, NewBusy{Address: "https://more.example.org/", Zone: "UTC"})
	if p := ProblemIn(err); p == nil || p.Kind != Full || len(net.took()) != 0 {
		t.Errorf("one too many: %v", err)
	}

	for name, err := range map[string]error{
		"remove":  h.RemoveBusy(t.Context(), bo, b.ID),
		"refresh": func() error { _, err := h.RefreshOne(t.Context(), bo, b.ID); return err }(),
		"public":  h.RemoveBusy(t.Context(), Actor{}, b.ID),
		"nothing": h.RemoveBusy(t.Context(), aino, "nothing"),
		"a token": func() error { _, err := h.AddBusy(t.Context(), h.boss, NewBusy{File: file, Zone: "UTC"}); return err }(),
	} {
		if !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: %v, want what does not exist", name, err)
		}
	}
	must(t, h.RemoveBusy(t.Context(), aino, b.ID))
	if v := h.busy(t, aino); len(v.Calendars) != maxBusy-1 || v.Full {
		t.Errorf("%d calendars after one was removed", len(v.Calendars))
	}
	h.addBusy(t, aino, NewBusy{Address: work}) // there is room again
}

// TestBusyRefresh follows one address through a change, no change, a move of
// the window, failures, the end of patience and back.
func TestBusyRefresh(t *testing.T) {
	h, net, aino, _ := busyHouse(t)
	b := h.addBusy(t, aino, NewBusy{Address: work})
	net.took()
	look := func() *BusyCalendar { t.Helper(); return h.busy(t, aino).Calendars[0] }
	start := b.ReadAt
	if n := h.refreshAt(t, start.Add(busyEvery-time.Second)); n != 0 {
		t.Errorf("%d before it was due", n)
	}

	at := start.Add(busyEvery)
	if n := h.refreshAt(t, at); n != 1 || len(net.took()) != 1 {
		t.Errorf("%d when it was due", n)
	}
	if b := look(); len(b.Spans) != 2 || !b.ReadAt.Equal(at) || !b.From.Equal(start.Add(-busyBack)) || !b.Next.Equal(at.Add(busyEvery)) {
		t.Errorf("unchanged: %+v", b)
	}
	if n := h.refreshAt(t, at); n != 0 {
		t.Errorf("%d the second time", n)
	}

	at = at.Add(busyEvery)
	net.put(work, vcal(tuesday, "DTSTART:20270301T080000Z|DTEND:20270301T090000Z"))
	h.refreshAt(t, at)
	if got := h.busyTimes(t, aino); !reflect.DeepEqual(got, []ical.Span{span("2027-01-19T08:00", "2027-01-19T09:00"), span("2027-03-01T08:00", "2027-03-01T09:00")}) {
		t.Errorf("changed: %v", got)
	}
	if got := net.took(); len(got) != 1 || !strings.Contains(got[0], `"`) {
		t.Errorf("asked without a version: %q", got)
	}

	at = at.Add(busyWhole)
	h.refreshAt(t, at)
	if got := net.took(); len(got) != 1 || got[0] != work || !look().Until.Equal(at.Add(busyAhead)) {
		t.Errorf("the window has not moved: %q until %v", got, look().Until)
	}

	down := at.Add(busyEvery)
	net.put(work, "")
	h.refreshAt(t, down)
	b = look()
	if b.Failures != 1 || !b.FailingSince.Equal(down) || !b.ReadAt.Equal(at) || !b.Next.Equal(down.Add(busyFirstWait)) || len(b.Spans) != 1 {
		t.Errorf("failing: %+v", b)
	}
	tries := 1
	for b = look(); !b.Next.IsZero() && tries < 100; b = look() {
		if mails := h.mailsTo(t, aino.Email); len(mails) != 0 {
			t.Fatalf("told after %d failures: %+v", tries, mails)
		}
		tries += h.refreshAt(t, b.Next)
	}
	if b.PausedAt.Before(down.Add(busyGiveUp)) || b.PausedAt.After(down.Add(busyGiveUp+busyLastWait)) || tries > 20 || b.Failures != tries {
		t.Errorf("given up at %v after %d tries, down since %v", b.PausedAt, tries, down)
	}
	mails := h.mailsTo(t, aino.Email)
	if len(mails) != 1 || mails[0].Kind != "busy.paused" || mails[0].Lang != "fi" || !strings.Contains(mails[0].Letter.Subject, "calendar.example.org") {
		t.Fatalf("told by %+v", mails)
	}
	if strings.Contains(fmt.Sprint(mails[0].Letter), "0123456789abcdef") {
		t.Error("the mail has the secret address")
	}
	net.took()
	if n := h.refreshAt(t, b.PausedAt.AddDate(0, 1, 0)); n != 0 || len(net.took()) != 0 {
		t.Error("it is asked for though it is paused")
	}

	b, err := h.RefreshOne(t.Context(), aino, b.ID)
	must(t, err)
	if b.Failures != tries+1 || b.PausedAt.IsZero() || !b.Next.IsZero() || len(h.mailsTo(t, aino.Email)) != 1 {
		t.Errorf("by hand while it is down: %+v", b)
	}
	if _, err := h.RefreshOne(t.Context(), aino, b.ID); ProblemIn(err) == nil || ProblemIn(err).Kind != Closed {
		t.Errorf("at once again: %v", err)
	}
	net.put(work, vcal(tuesday))
	h.at(b.TriedAt.Add(busyRest))
	b, err = h.RefreshOne(t.Context(), aino, b.ID)
	must(t, err)
	if b.Failures != 0 || !b.PausedAt.IsZero() || !b.FailingSince.IsZero() || !b.Next.Equal(b.ReadAt.Add(busyEvery)) {
		t.Errorf("it works again: %+v", b)
	}
	file := h.addBusy(t, aino, NewBusy{File: []byte(vcal(monday)), Name: "file"})
	if _, err := h.RefreshOne(t.Context(), aino, file.ID); ProblemIn(err) == nil || !file.Next.IsZero() {
		t.Errorf("a file: %v", err)
	}
}

// TestBusyAtOnce runs the job on several servers, and lets calendars go while
// they are asked for.
func TestBusyAtOnce(t *testing.T) {
	h, net, aino, bo := busyHouse(t)
	due := map[string]bool{}
	for i := range 4 {
		address := fmt.Sprintf("https://host%d.example.org/a.ics", i%2)
		if i > 1 {
			address += "?" + fmt.Sprint(i)
		}
		net.put(address, vcal(monday))
		h.addBusy(t, aino, NewBusy{Address: address})
		due[address] = true
	}
	net.took()
	at := h.time().Add(busyEvery)
	h.at(at)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := h.RefreshBusy(context.Background(), at); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	asked := map[string]int{}
	for _, a := range net.took() {
		address, _, _ := strings.Cut(a, " ")
		asked[address]++
	}
	if len(asked) != len(due) || asked["https://host0.example.org/a.ics"] != 1 {
		t.Errorf("asked %v", asked)
	}
	for address, n := range asked {
		if n != 1 {
			t.Errorf("%s was asked %d times", address, n)
		}
	}

	b := h.addBusy(t, bo, NewBusy{Address: work})
	net.meantime = func() {
		if err := h.RemoveBusy(context.Background(), bo, b.ID); err != nil {
			t.Error(err)
		}
	}
	at = at.Add(busyEvery)
	for _, b := range h.busy(t, aino).Calendars {
		must(t, h.RemoveBusy(t.Context(), aino, b.ID))
	}
	h.refreshAt(t, at.Add(busyEvery))
	if n := len(h.busy(t, bo).Calendars); n != 0 {
		t.Error("it came back from the dead")
	}
}

// TestBusyStopped leaves a calendar as it was when the server is told to stop.
func TestBusyStopped(t *testing.T) {
	h, net, aino, _ := busyHouse(t)
	b := h.addBusy(t, aino, NewBusy{Address: work})
	ctx, stop := context.WithCancel(t.Context())
	net.meantime = stop
	at := b.ReadAt.Add(busyEvery)
	h.at(at)
	if _, err := h.RefreshBusy(ctx, at); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	net.meantime = nil
	if b := h.busy(t, aino).Calendars[0]; b.Failures != 0 || len(b.Spans) != 2 {
		t.Errorf("it counts as a failure: %+v", b)
	}
	if n := h.refreshAt(t, at.Add(busyClaimed)); n != 1 {
		t.Errorf("%d after the claim ran out", n)
	}
}

// TestBusyHost leaves a host alone that fails, and others not.
func TestBusyHost(t *testing.T) {
	h, net, aino, bo := busyHouse(t)
	var at time.Time
	for i := range 5 {
		address := fmt.Sprintf("https://down.example.org/%d.ics", i)
		net.put(address, vcal(monday))
		at = h.addBusy(t, aino, NewBusy{Address: address}).Next
	}
	h.addBusy(t, bo, NewBusy{Address: work})
	for i := range 5 {
		net.put(fmt.Sprintf("https://down.example.org/%d.ics", i), "")
	}
	if n := h.refreshAt(t, at.Add(time.Minute)); n != busyMisses+1 {
		t.Errorf("%d were asked for, want %d of the one that is down and the other", n, busyMisses)
	}
	if b := h.busy(t, bo).Calendars[0]; b.Failures != 0 {
		t.Errorf("the other: %+v", b)
	}
}

func TestBusyWait(t *testing.T) {
	var got []time.Duration
	for _, n := range []int{1, 2, 3, 7, 8, 1000} {
		got = append(got, busyWait(n))
	}
	want := []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
