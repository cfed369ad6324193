package scheduling

import (
	"testing"
	"time"
)

func TestCopyEventKeepsTheClock(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Starts = time.Date(2027, 2, 3, 7, 0, 0, 0, time.UTC) // 9.00 in Helsinki, winter
		e.Ends = e.Starts.Add(8 * time.Hour)
		e.Agenda = []Item{{Title: Text{"en": "Opening"}, Starts: e.Starts, Ends: e.Starts.Add(time.Hour)}}
		e.Rules.ClosesAt = e.Starts.AddDate(0, 0, -7)
	})
	c, err := h.CopyEvent(t.Context(), h.boss, e.ID, time.Date(2027, 6, 2, 12, 0, 0, 0, time.UTC))
	must(t, err)

	summer := time.Date(2027, 6, 2, 6, 0, 0, 0, time.UTC) // 9.00 in Helsinki, summer
	if !c.Starts.Equal(summer) || !c.Ends.Equal(summer.Add(8*time.Hour)) || !c.Agenda[0].Starts.Equal(summer) {
		t.Errorf("copy: %s to %s, agenda %s", c.Starts, c.Ends, c.Agenda[0].Starts)
	}
	if want := summer.AddDate(0, 0, -7); !c.Rules.ClosesAt.Equal(want) {
		t.Errorf("closes %s, want %s", c.Rules.ClosesAt, want)
	}
	if c.State != Draft || c.UID == e.UID || c.Slug == e.Slug || c.Agenda[0].UID == e.Agenda[0].UID {
		t.Errorf("copy shares what must be its own: %+v", c)
	}
}

func TestSaveEventStale(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	mine, theirs := *e, *e
	mine.Venue = "Here"
	_, err := h.SaveEvent(t.Context(), h.boss, &mine)
	must(t, err)
	theirs.Venue = "There"
	_, err = h.SaveEvent(t.Context(), h.boss, &theirs)
	wantProblem(t, err, Changed)
}

func TestSeatsOfAnEvent(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 2 })
	h.register(t, e, 1)
	h.register(t, e, 2)
	third, fourth := h.register(t, e, 3), h.register(t, e, 4)

	fewer := *e
	fewer.Rules.Seats = 1
	_, err := h.SaveEvent(t.Context(), h.boss, &fewer)
	wantProblem(t, err, Invalid)

	more := *e
	more.Rules.Seats = 3
	e, err = h.SaveEvent(t.Context(), h.boss, &more)
	must(t, err)
	h.wantState(t, third, Confirmed)
	h.wantState(t, fourth, Waitlisted)

	e.Rules.Seats = 0
	_, err = h.SaveEvent(t.Context(), h.boss, e)
	must(t, err)
	h.wantState(t, fourth, Confirmed)
}

func TestWhoSeesAnEvent(t *testing.T) {
	h := newHouse(t)
	draft, err := h.SaveEvent(t.Context(), h.boss, NewEvent(h.cluster, t0).titled("Draft"))
	must(t, err)
	hidden := h.event(t, func(e *Event) { e.Audience = ForUnlisted; e.Title = Text{"en": "Hidden"} })
	shown := h.event(t, nil)

	_, err = h.EventPage(t.Context(), Actor{}, draft.Slug)
	wantHidden(t, err)
	_, err = h.EventPage(t.Context(), h.other, draft.Slug)
	wantHidden(t, err)
	_, err = h.EventPage(t.Context(), h.boss, draft.Slug)
	must(t, err)
	_, err = h.EventPage(t.Context(), Actor{}, hidden.Slug)
	must(t, err)

	list, _, err := h.Events(t.Context(), Actor{}, EventFilter{}, false)
	must(t, err)
	if len(list) != 1 || list[0].ID != shown.ID {
		t.Errorf("the public is shown %d events", len(list))
	}
	list, _, err = h.Events(t.Context(), h.boss, EventFilter{}, true)
	must(t, err)
	if len(list) != 3 {
		t.Errorf("the organiser is shown %d events, want 3", len(list))
	}
	_, _, err = h.Events(t.Context(), Actor{}, EventFilter{}, true)
	wantHidden(t, err)
	if _, err := h.SaveEvent(t.Context(), h.other, shown); err == nil {
		t.Error("another cluster's organiser edited the event")
	}
}

func (e *Event) titled(s string) *Event {
	e.Title = Text{"en": s}
	return e
}

func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"CircularArena 2027": "circulararena-2027", "  Älykäs  liikenne & öljy! ": "alykas-liikenne-oljy", "会议": "", "../../etc": "etc",
	} {
		if got := Slug(title); got != want {
			t.Errorf("Slug(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestBusinessID(t *testing.T) {
	for id, want := range map[string]bool{"0187690-1": true, "1234567-8": false, "0112038-9": true, "0112038-8": false, "abc": false, "": false} {
		if got := ValidBusinessID(id); got != want {
			t.Errorf("ValidBusinessID(%q) = %t", id, got)
		}
	}
}

// An organiser knows the contacts of their own clusters and nobody else.
func TestWhoKnowsAPerson(t *testing.T) {
	h := newHouse(t)
	r := h.register(t, h.event(t, nil), 1)
	mine := &Person{Name: "Maija", Email: "maija@example.org", Lang: "fi"}
	must(t, h.SavePerson(t.Context(), h.boss, mine))

	for by, want := range map[*Actor]int{&h.boss: 2, &h.other: 0} {
		list, _, err := h.People(t.Context(), *by, ListFilter{})
		must(t, err)
		if len(list) != want {
			t.Errorf("%s is shown %d people, want %d", by.Name, len(list), want)
		}
	}
	_, err := h.Person(t.Context(), h.other, r.PersonID)
	wantHidden(t, err)
	wantHidden(t, h.SavePerson(t.Context(), h.other, mine))
	taken := *mine
	taken.ClusterIDs = h.other.clusterIDs()
	wantHidden(t, h.SavePerson(t.Context(), h.other, &taken))
	_, err = h.Person(t.Context(), h.boss, r.PersonID)
	must(t, err)
	_, err = h.Person(t.Context(), Actor{ID: r.PersonID, Email: r.Email}, r.PersonID)
	must(t, err)
}

func (a Actor) clusterIDs() []string {
	ids, _ := a.ownClusters(Organiser)
	return ids
}
