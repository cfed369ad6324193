package scheduling

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// Each scope shows its own and nothing else.
func TestScopes(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Agenda = []Item{item(e, 0, "Opening")}
		e.Rules.LockAt = e.Starts.AddDate(0, 0, -2)
	})
	r := h.register(t, e, 1)
	g := h.group(t, "reuse", r.PersonID)
	s := h.series(t, g, nil)
	closing := h.event(t, func(e *Event) { e.GroupIDs, e.Rules.ClosesAt = []string{g.ID}, e.Starts.AddDate(0, 0, -5) })
	h.event(t, func(e *Event) { e.GroupIDs = []string{g.ID} }) // closes when it starts: no date to keep
	foreign := h.group(t, "foreign")
	h.series(t, foreign, nil)
	for scope, want := range map[string][]string{
		"registrations": {e.UID},
		"agenda":        {e.Agenda[0].UID},
		"groups":        {s.UID},
		"deadlines":     {h.uid("lock", r.ID), h.uid("closing", closing.ID)},
	} {
		a := h.address(t, person(r), func(a *FeedAddress) { a.Scopes = []string{scope} })
		_, entries := entriesOf(t, h.personal(t, a))
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(entries)); !slices.Equal(got, want) {
			t.Errorf("%s shows %q, want %q", scope, got, want)
		}
	}
	wantField(t, h.SaveFeed(t.Context(), person(r), &FeedAddress{Lang: "en", Scopes: []string{"everything"}}), "scopes")
	wantField(t, h.SaveFeed(t.Context(), person(r), &FeedAddress{Lang: "xx", Scopes: FeedScopes()}), "lang")
	wantField(t, h.SaveFeed(t.Context(), person(r), &FeedAddress{Lang: "en", Scopes: FeedScopes(), Alarms: []int{7}}), "alarms")
}

// How a feed looks is the person's choice, and a change of it is news.
func TestStyleOfAFeed(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Ends = e.Starts.AddDate(0, 0, 1); e.Title = Text{"en": "Arena", "fi": "Areena"} })
	r := h.register(t, e, 1)
	a := h.address(t, person(r), nil)
	mine := h.own(t, a)
	_, entries := entriesOf(t, mine.last)
	if x := entries[e.UID]; strings.Contains(x, "VALARM") || strings.Contains(x, "VALUE=DATE") || !strings.Contains(x, "SUMMARY:Arena") || !strings.Contains(x, "CLASS:PRIVATE") {
		t.Errorf("entry:\n%s", x)
	}
	h.at(t0.Add(time.Minute))
	a.AllDay, a.Alarms, a.Lang, a.Name = true, []int{1440, 15}, "fi", "Työ"
	must(t, h.SaveFeed(t.Context(), person(r), a))
	fresh := mine.get()
	frame, entries := entriesOf(t, fresh)
	for _, want := range []string{"DTSTART;VALUE=DATE:20270203", "DTEND;VALUE=DATE:20270205", "TRIGGER:-P1D", "TRIGGER:-PT15M", "SUMMARY:Areena"} {
		if !strings.Contains(entries[e.UID], want) {
			t.Errorf("no %s in\n%s", want, entries[e.UID])
		}
	}
	if !strings.Contains(frame, "X-WR-CALNAME:Työ") || modified(mine.last) >= modified(fresh) {
		t.Errorf("frame:\n%s\nfrom %s to %s", frame, modified(mine.last), modified(fresh))
	}
}

func modified(f *Feed) string {
	_, rest, _ := strings.Cut(string(f.Body), "LAST-MODIFIED:")
	return rest[:16]
}

// An address from before there were scopes works as it did, and can be kept
// beside others.
func TestAddressesFromBefore(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	old := &FeedAddress{Meta: storage.Meta{ID: "old"}, PersonID: r.PersonID, Lang: "en", Generation: 2}
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error { return feedTokens.Put(tx, old) }))
	secret := h.sign("feed", "old", 2)
	f, err := h.PersonalFeed(t.Context(), secret)
	must(t, err)
	if _, entries := entriesOf(t, f); len(entries) != 1 {
		t.Errorf("it has %d entries", len(entries))
	}
	h.address(t, person(r), nil)
	list, err := h.FeedAddresses(t.Context(), person(r))
	must(t, err)
	if len(list) != 2 || list[0].ID != "old" || link(list[0]) != secret {
		t.Errorf("addresses = %v", list)
	}
}

func TestNoMoreThanTenFeeds(t *testing.T) {
	h := newHouse(t)
	r := h.register(t, h.event(t, nil), 1)
	errs := make(chan error)
	for range 14 {
		go func() { errs <- h.SaveFeed(t.Context(), person(r), &FeedAddress{Lang: "en", Scopes: FeedScopes()}) }()
	}
	made := 0
	for range 14 {
		if err := <-errs; err == nil {
			made++
		}
	}
	list, err := h.FeedAddresses(t.Context(), person(r))
	must(t, err)
	if made > maxFeeds || len(list) != made || made == 0 {
		t.Errorf("%d made, %d there", made, len(list))
	}
	for len(list) < maxFeeds {
		list = append(list, h.address(t, person(r), nil))
	}
	wantProblem(t, h.SaveFeed(t.Context(), person(r), &FeedAddress{Lang: "en", Scopes: FeedScopes()}), Full)
	must(t, h.RevokeFeed(t.Context(), person(r), list[3].ID))
	h.address(t, person(r), nil)
}

// That a calendar is in use is noted once a day, and changes nothing in it.
func TestFetched(t *testing.T) {
	h := newHouse(t)
	r := h.register(t, h.event(t, nil), 1)
	a := h.address(t, person(r), nil)
	if a.Fetched != "" || h.KeptPersonalFeed(link(a)) != nil {
		t.Errorf("a new one was asked for on %q", a.Fetched)
	}
	first := h.personal(t, a)
	writes := h.DB.Changes()
	if again := h.personal(t, a); again != first || h.DB.Changes() != writes || h.KeptPersonalFeed(link(a)) != first {
		t.Error("asked for again, it is another or something was written")
	}
	a, err := h.FeedAddress(t.Context(), person(r), a.ID)
	must(t, err)
	if a.Fetched != "2027-01-13" {
		t.Errorf("fetched on %q", a.Fetched)
	}
	h.at(t0.AddDate(0, 0, 1))
	if h.KeptPersonalFeed(link(a)) != nil {
		t.Error("the next day it is answered without noting that")
	}
	if next := h.personal(t, a); next.ETag != first.ETag || !next.Modified.Equal(first.Modified) {
		t.Error("asking for it changed it")
	}
	if h.KeptPersonalFeed(a.ID+".AAAAAAAAAAAAAAAAAAAAAA") != nil {
		t.Error("a guess is answered from memory")
	}
}

// Nothing of what is private is in anything that is public, whatever is full of it.
func TestPublicFeedsKeepSecrets(t *testing.T) {
	h := newHouse(t)
	r := h.register(t, h.event(t, nil), 9)
	g := h.group(t, "reuse", r.PersonID)
	e := h.event(t, func(e *Event) {
		e.Link, e.GroupIDs, e.Kind = "https://video.example/private-room", []string{g.ID}, "workshop"
		e.Agenda = []Item{item(e, 0, "Opening")}
		e.Rules.Questions = []Question{{Key: "diet", Kind: AskText, Label: Text{"en": "Private diet question"}}}
		e.Rules.ShowList = true
	})
	in := signup(1)
	in.Name, in.Company, in.Answers = "Päivi Privaatti", "Salainen Oy", Answers{"diet": {"no private nuts"}}
	rec, err := h.Register(t.Context(), Actor{}, e.ID, in)
	must(t, err)
	note := "private note"
	_, err = h.EditRegistration(t.Context(), h.boss, rec.Lead().ID, Edit{Name: in.Name, Answers: in.Answers, Note: &note})
	must(t, err)
	s := h.series(t, g, func(s *Series) { s.Public = true })
	_, err = h.MoveMeeting(t.Context(), h.boss, s.ID, s.Starts, s.Starts.Add(time.Hour), "")
	must(t, err)
	h.series(t, g, func(s *Series) { s.Title = Text{"en": "Private meeting"} })
	h.event(t, func(e *Event) { e.Title, e.Audience = Text{"en": "Unlisted thing"}, ForUnlisted })
	h.event(t, func(e *Event) {
		e.Title, e.Audience, e.GroupIDs = Text{"en": "Members only"}, ForGroups, []string{g.ID}
	})
	draft := NewEvent(h.cluster, t0.AddDate(0, 1, 0))
	draft.Title = Text{"en": "Draft thing"}
	_, err = h.SaveEvent(t.Context(), h.boss, draft)
	must(t, err)

	secrets := []string{"private-room", "video.example", in.Name, "Privaatti", in.Company, in.Email, "nuts", "diet", note, rec.Lead().Ticket,
		rec.Lead().ID, h.MyLink(rec.Lead()), "/my/", "/feeds/", "ATTENDEE", "ORGANIZER", "mailto:", "@", "Private meeting", "Unlisted", "Members only",
		"Draft thing", "Person 009", r.PersonID, "/groups/" + g.ID}
	list, err := h.PublicFeeds(t.Context(), "fi")
	must(t, err)
	seen := 0
	for _, p := range list {
		for _, lang := range []string{"en", "fi"} {
			f, err := h.PublicFeed(t.Context(), p.Name, lang)
			must(t, err)
			body := strings.ReplaceAll(string(f.Body), "\r\n ", "")
			for _, secret := range secrets {
				if strings.Contains(body, secret) {
					t.Errorf("%s (%s) tells %q", p.Name, lang, secret)
				}
			}
			seen += strings.Count(body, "BEGIN:VEVENT")
			if f.Private {
				t.Errorf("%s is private", p.Name)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d entries were looked at", seen)
	}
	file, _, err := h.EventFile(t.Context(), Actor{}, e.Slug, "en", true)
	must(t, err)
	for _, secret := range secrets {
		if strings.Contains(string(file.Body), secret) {
			t.Errorf("the agenda tells %q", secret)
		}
	}
}
