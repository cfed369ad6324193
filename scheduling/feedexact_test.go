package scheduling

import (
	"bytes"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// zones are the rules of clocks, which come with the entries that need them.
var zones = regexp.MustCompile(`(?s)BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n`)

// entriesOf takes a feed apart: what is around its entries, and each of them by
// its UID and, of one meeting of a series, when that was to be.
func entriesOf(t testing.TB, f *Feed) (frame string, entries map[string]string) {
	t.Helper()
	entries = map[string]string{}
	head, rest, _ := strings.Cut(string(f.Body), "BEGIN:VEVENT\r\n")
	frame = head
	for rest != "" {
		body, after, ok := strings.Cut(rest, "END:VEVENT\r\n")
		if !ok {
			t.Fatalf("an entry has no end:\n%s", f.Body)
		}
		key := ""
		for line := range strings.SplitSeq(body, "\r\n") {
			if id, ok := strings.CutPrefix(line, "UID:"); ok {
				key = id + key
			}
			if strings.HasPrefix(line, "RECURRENCE-ID") {
				key += "/" + line[strings.LastIndexByte(line, ':')+1:]
			}
		}
		if _, twice := entries[key]; twice {
			t.Errorf("entry %s is there twice", key)
		}
		entries[key] = body
		if rest = strings.TrimPrefix(after, "BEGIN:VEVENT\r\n"); !strings.HasPrefix(after, "BEGIN:VEVENT\r\n") {
			frame += after
			rest = ""
		}
	}
	return zones.ReplaceAllString(frame, ""), entries
}

// A watch is a feed that is looked at around changes.
type watch struct {
	name  string
	named bool // after what is in it
	get   func() *Feed
	last  *Feed
}

// changed fetches the feed again and wants those entries, and nothing else, to
// differ: added, gone or changed. ETag and Last-Modified have to move exactly
// then.
func (w *watch) changed(t testing.TB, what string, want ...string) {
	t.Helper()
	old, fresh := w.last, w.get()
	w.last = fresh
	oldFrame, was := entriesOf(t, old)
	frame, is := entriesOf(t, fresh)
	var got []string
	for _, id := range slices.Sorted(maps.Keys(is)) {
		if was[id] != is[id] {
			got = append(got, id)
		}
		delete(was, id)
	}
	got = append(got, slices.Sorted(maps.Keys(was))...)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %s changed %q, want %q\nbefore:\n%s\nafter:\n%s", w.name, what, got, want, old.Body, fresh.Body)
	}
	if frame != oldFrame && !w.named {
		t.Errorf("%s: %s changed what is around the entries:\n%s\n%s", w.name, what, oldFrame, frame)
	}
	same := bytes.Equal(old.Body, fresh.Body)
	if same != (old.ETag == fresh.ETag) || same != old.Modified.Equal(fresh.Modified) || fresh.Modified.Before(old.Modified) {
		t.Errorf("%s: %s: same bytes %v, but tags %s and %s, dates %v and %v", w.name, what, same, old.ETag, fresh.ETag, old.Modified, fresh.Modified)
	}
	if !same && !fresh.Modified.Truncate(time.Second).After(old.Modified.Truncate(time.Second)) {
		t.Errorf("%s: %s: the date in seconds did not move: %v", w.name, what, fresh.Modified)
	}
}

func (h *testHouse) public(t testing.TB, name string) *watch {
	w := &watch{name: name, get: func() *Feed {
		f, err := h.PublicFeed(t.Context(), name, "en")
		must(t, err)
		return f
	}}
	w.last = w.get()
	return w
}

func (h *testHouse) own(t testing.TB, a *FeedAddress) *watch {
	w := &watch{name: "personal", get: func() *Feed { return h.personal(t, a) }}
	w.last = w.get()
	return w
}

func (h *testHouse) group(t testing.TB, slug string, members ...string) *Group {
	t.Helper()
	g := &Group{Slug: slug, ClusterID: h.cluster.ID, Kind: "working", Name: Text{"en": "Group " + slug}, Members: members}
	must(t, h.SaveGroup(t.Context(), h.boss, g))
	return g
}

// edit changes an event as an organiser would.
func (h *testHouse) edit(t testing.TB, id string, set func(*Event)) *Event {
	t.Helper()
	p, err := h.EventBoard(t.Context(), h.boss, id)
	must(t, err)
	in := *p.Event
	in.Agenda = slices.Clone(in.Agenda)
	set(&in)
	out, err := h.SaveEvent(t.Context(), h.boss, &in)
	must(t, err)
	return out
}

func item(e *Event, hour int, title string) Item {
	at := e.Starts.Add(time.Duration(hour) * time.Hour)
	return Item{Starts: at, Ends: at.Add(time.Hour), Title: Text{"en": title}, Room: "Hall"}
}

// Around a change a feed differs in that entry only, around no change not at
// all: of an event, its agenda, registrations and deadlines.
func TestFeedsChangeExactly(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Ends = e.Starts.Add(8 * time.Hour)
		e.Agenda = []Item{item(e, 0, "Opening"), item(e, 1, "Keynote")}
	})
	opening, keynote := e.Agenda[0].UID, e.Agenda[1].UID
	other := h.event(t, func(e *Event) { e.Starts, e.Ends = e.Starts.AddDate(0, 0, 9), e.Ends.AddDate(0, 0, 9) })
	r := h.register(t, e, 1)
	h.register(t, other, 1)
	mine := h.own(t, h.address(t, person(r), nil))
	all, cluster, kind, elsewhere := h.public(t, "all"), h.public(t, "automotive"), h.public(t, "types/seminar"), h.public(t, "circular")
	public := []*watch{all, cluster, kind}
	file := &watch{name: "file", named: true, get: func() *Feed {
		f, _, err := h.EventFile(t.Context(), Actor{}, e.Slug, "en", true)
		must(t, err)
		return f
	}}
	file.last = file.get()
	step := func(what string, ours, theirs, agenda []string) {
		t.Helper()
		mine.changed(t, what, ours...)
		for _, w := range public {
			w.changed(t, what, theirs...)
		}
		file.changed(t, what, agenda...)
		elsewhere.changed(t, what)
	}
	ids := func(s ...string) []string { return s }

	step("nothing", nil, nil, nil)
	h.register(t, e, 2)
	step("somebody else's registration", nil, nil, nil)
	note := "brings cake"
	_, err := h.EditRegistration(t.Context(), h.boss, r.ID, Edit{Name: r.Name, Note: &note})
	must(t, err)
	step("a note", nil, nil, nil)
	e = h.edit(t, e.ID, func(e *Event) { e.Body = Text{"en": "Longer words."}; e.Rules.Seats = 70; e.Rules.Approval = true })
	step("its page and seats", nil, nil, nil)
	e = h.edit(t, e.ID, func(e *Event) { e.Title = Text{"en": "Arena"} })
	step("its title", ids(e.UID), ids(e.UID), ids(e.UID))
	e = h.edit(t, e.ID, func(e *Event) { e.Agenda[1].Title = Text{"en": "The keynote"} })
	step("one item", ids(keynote), nil, ids(keynote))
	e = h.edit(t, e.ID, func(e *Event) { e.Agenda = append(e.Agenda, item(e, 2, "Lunch")) })
	lunch := e.Agenda[2].UID
	step("another item", ids(lunch), nil, ids(lunch))
	e = h.edit(t, e.ID, func(e *Event) { e.Agenda = e.Agenda[1:] })
	step("an item less", ids(opening), nil, ids(opening))
	if _, entries := entriesOf(t, file.last); !strings.Contains(entries[opening], "STATUS:CANCELLED") || !strings.Contains(entries[opening], "SEQUENCE:1") {
		t.Errorf("the item that left is\n%s", entries[opening])
	}
	e = h.edit(t, e.ID, func(e *Event) { e.Venue = "Library" })
	step("its place", ids(e.UID, keynote, lunch), ids(e.UID), ids(e.UID, keynote, lunch))
	e = h.edit(t, e.ID, func(e *Event) { e.Ends = e.Ends.Add(time.Hour) })
	step("its end", ids(e.UID), ids(e.UID), ids(e.UID))
	lock := h.uid("lock", r.ID)
	h.edit(t, e.ID, func(e *Event) { e.Rules.LockAt = e.Starts.AddDate(0, 0, -2) })
	step("a lock date", ids(lock), nil, nil)
	h.edit(t, e.ID, func(e *Event) { e.Rules.LockAt = e.Starts.AddDate(0, 0, -3) })
	step("another lock date", ids(lock), nil, nil)

	h.at(e.Starts)
	for _, w := range append(public, mine, file, elsewhere) {
		w.last = w.get() // time has passed
	}
	_, err = h.CheckIn(t.Context(), h.boss, e.ID, r.Ticket)
	must(t, err)
	step("a check-in", nil, nil, nil)
	_, err = h.UndoCheckIn(t.Context(), h.boss, e.ID, r.ID)
	must(t, err)
	step("no check-in", nil, nil, nil)
	e, err = h.CancelEvent(t.Context(), h.boss, e.ID, "storm")
	must(t, err)
	step("its cancellation", ids(e.UID, keynote, lunch, lock), ids(e.UID), ids(e.UID, keynote, lunch))

	h.at(e.CancelledAt.AddDate(0, 0, 60))
	if _, entries := entriesOf(t, all.get()); entries[e.UID] == "" {
		t.Error("the cancelled event left before 60 days")
	}
	all.last, mine.last = all.get(), mine.get()
	h.at(e.CancelledAt.AddDate(0, 0, 62))
	all.changed(t, "61 days", e.UID)
	mine.changed(t, "61 days", e.UID, keynote, lunch)
}

// What becomes of a registration shows in its person's feed alone, once.
func TestRegistrationsChangeExactly(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.OfferHours = 1, 48 })
	first, second := h.register(t, e, 1), h.register(t, e, 2)
	one, two := h.own(t, h.address(t, person(first), nil)), h.own(t, h.address(t, person(second), nil))
	all := h.public(t, "all")
	offer := h.uid("offer", second.ID)

	_, err := h.CancelRegistration(t.Context(), person(first), first.ID, "")
	must(t, err)
	one.changed(t, "leaving", e.UID)
	two.changed(t, "an offer", e.UID, offer)
	all.changed(t, "an offer")
	if _, entries := entriesOf(t, two.last); !strings.Contains(entries[e.UID], "STATUS:TENTATIVE") || !strings.Contains(entries[offer], "SUMMARY:Answer by now") {
		t.Errorf("an offer is\n%s", two.last.Body)
	}
	before := sequence(t, two.last, e.UID)
	_, err = h.AcceptOffer(t.Context(), person(second), second.ID)
	must(t, err)
	two.changed(t, "accepting", e.UID, offer)
	if after := sequence(t, two.last, e.UID); after <= before {
		t.Errorf("sequence %s after %s", after, before)
	}
	one.changed(t, "accepting")

	h.at(h.reload(t, first).EndedAt.AddDate(0, 0, 60))
	if _, entries := entriesOf(t, one.get()); entries[e.UID] == "" {
		t.Error("the registration left before 60 days")
	}
	one.last = one.get()
	h.at(h.reload(t, first).EndedAt.AddDate(0, 0, 62))
	one.changed(t, "61 days", e.UID)
}

func sequence(t testing.TB, f *Feed, uid string) string {
	t.Helper()
	_, entries := entriesOf(t, f)
	_, rest, ok := strings.Cut(entries[uid], "SEQUENCE:")
	if !ok {
		t.Fatalf("no entry %s in\n%s", uid, f.Body)
	}
	n, _, _ := strings.Cut(rest, "\r\n")
	return n
}

// The date of a feed moves with what no entry tells of: its own words, and what
// left it. Whoever asks for it next, after a restart or from another server,
// hears the same.
func TestDateOfAFeed(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	twin := &Desk{DB: h.DB, Outbox: h.Outbox, Texts: h.Texts, Log: h.Log, BaseURL: h.BaseURL, Key: h.Key, House: h.House}
	get := func(d *Desk) *Feed {
		t.Helper()
		f, err := d.PublicFeed(t.Context(), "automotive", "en")
		must(t, err)
		return f
	}
	last := get(h.Desk)
	agree := func(what string, moves bool) {
		t.Helper()
		fresh := get(h.Desk)
		if moves != fresh.Modified.After(last.Modified) || moves == (fresh.ETag == last.ETag) {
			t.Errorf("%s: the date went from %v to %v, tags %s and %s", what, last.Modified, fresh.Modified, last.ETag, fresh.ETag)
		}
		for name, d := range map[string]*Desk{"another server": twin, "after a restart": {DB: h.DB, Outbox: h.Outbox, Texts: h.Texts, Log: h.Log, BaseURL: h.BaseURL, Key: h.Key, House: h.House}} {
			if other := get(d); other.ETag != fresh.ETag || !other.Modified.Equal(fresh.Modified) || !bytes.Equal(other.Body, fresh.Body) {
				t.Errorf("%s: %s says %s of %v, not %s of %v", what, name, other.ETag, other.Modified, fresh.ETag, fresh.Modified)
			}
		}
		last = fresh
	}
	agree("nothing", false)
	h.cluster.Name = Text{"en": "Another name"}
	must(t, h.SaveCluster(t.Context(), h.boss, h.cluster))
	agree("the cluster's name", true)
	h.cluster.Colour = "#1d4e89"
	must(t, h.SaveCluster(t.Context(), h.boss, h.cluster))
	agree("its colour, within the same second", true)
	h.cluster.About = Text{"en": "About"}
	must(t, h.SaveCluster(t.Context(), h.boss, h.cluster))
	agree("what it says of itself", false)
	h.edit(t, e.ID, func(e *Event) { e.Audience = ForUnlisted })
	agree("an event that is not listed any more", true)
	h.edit(t, e.ID, func(e *Event) { e.Audience = ForAll })
	agree("listed again", true)
	h.at(e.Ends.AddDate(0, 0, 90))
	agree("90 days later", false)
	h.at(e.Ends.AddDate(0, 0, 92))
	agree("91 days later", true)
	if bytes.Contains(last.Body, []byte("VEVENT")) {
		t.Errorf("it is still there:\n%s", last.Body)
	}
}

// Two servers render one feed while it changes: whoever noted a state last has
// seen the last one.
func TestServersAgreeUnderChange(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	twin := &Desk{DB: h.DB, Outbox: h.Outbox, Texts: h.Texts, Log: h.Log, BaseURL: h.BaseURL, Key: h.Key, House: h.House}
	o := order{key: "test", build: func(tx *storage.Tx) (*source, error) {
		return h.publicSource(tx, "all", "en")
	}}
	slow := o
	raced := false
	slow.build = func(tx *storage.Tx) (*source, error) {
		src, err := h.publicSource(tx, "all", "en")
		if !raced { // meanwhile somebody renames the event, and the other server is asked
			raced = true
			done := make(chan struct{})
			go func() {
				defer close(done)
				h.edit(t, e.ID, func(e *Event) { e.Title = Text{"en": "Renamed"} })
				_, err := twin.feed(context.Background(), o)
				must(t, err)
			}()
			<-done
		}
		return src, err
	}
	got, err := h.feed(t.Context(), slow)
	must(t, err)
	want, err := twin.feed(t.Context(), o)
	must(t, err)
	if got.feed.ETag != want.feed.ETag || !got.feed.Modified.Equal(want.feed.Modified) || !bytes.Contains(got.feed.Body, []byte("Renamed")) {
		t.Errorf("one says %s of %v, the other %s of %v", got.feed.ETag, got.feed.Modified, want.feed.ETag, want.feed.Modified)
	}
}

// While the database cannot be asked, a feed is as it was. So is who may not
// have it.
func TestFeedsOutliveTheDatabase(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	a := h.address(t, person(r), nil)
	public, mine := h.public(t, "all"), h.own(t, a)
	h.edit(t, e.ID, func(e *Event) { e.Title = Text{"en": "Another"} })
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if f, err := h.PublicFeed(gone, "all", "en"); err != nil || f != public.last {
		t.Errorf("public: %v", err)
	}
	if f, err := h.PersonalFeed(gone, link(a)); err != nil || f != mine.last {
		t.Errorf("personal: %v", err)
	}
	if _, err := h.PersonalFeed(gone, a.ID+".AAAAAAAAAAAAAAAAAAAAAA"); err == nil {
		t.Error("a guess is let in while the database is away")
	}
	public.changed(t, "back again", e.UID)
	mine.changed(t, "back again", e.UID)
}
