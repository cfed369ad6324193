package scheduling

import (
	"slices"
	"testing"
	"time"

	"kohtaamo/storage"
)

func TestConsentsHoldAtOnce(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Rules.ShowList, e.Rules.Consents = true, []ConsentAsk{{Purpose: "participants", Label: Text{"en": "Show my name"}}}
	})
	r := h.registerAs(t, e, Signup{Name: "Aino Agrees", Email: "aino@example.org", Lang: "en", Consents: map[string]bool{"participants": true}})
	h.registerAs(t, e, Signup{Name: "Noora Not", Email: "noora@example.org", Lang: "en"})
	me := Actor{ID: r.PersonID, Email: r.Email, Via: "page"}
	coming := func() []Attendee {
		p, err := h.EventPage(t.Context(), Actor{}, e.Slug)
		must(t, err)
		return p.Coming
	}
	if got := coming(); len(got) != 1 || got[0].Name != "Aino Agrees" {
		t.Fatalf("the list shows %v", got)
	}
	wantHidden(t, h.SetConsent(t.Context(), Actor{}, "participants", false))
	wantHidden(t, h.SetConsent(t.Context(), me, "newsletter", false))
	for range 2 {
		must(t, h.SetConsent(t.Context(), me, "participants", false))
	}
	if got := coming(); len(got) != 0 {
		t.Errorf("taken back, the list shows %v", got)
	}
	must(t, h.SetConsent(t.Context(), me, "participants", true))
	if got := coming(); len(got) != 1 {
		t.Errorf("given again, the list shows %v", got)
	}
	h.wantAudit(t, r.PersonID, map[string]int{"consent.withdraw": 1, "consent.give": 1})

	list, _, err := h.Consents(t.Context(), h.boss, ConsentFilter{Purpose: "participants", Given: "yes"})
	must(t, err)
	if len(list) != 1 || len(list[0].Given) != 2 || list[0].Given[0].Wording == "" {
		t.Errorf("the register says %+v", list)
	}
	if list, _, err = h.Consents(t.Context(), h.boss, ConsentFilter{Given: "no", Text: "noora"}); err != nil || len(list) != 1 || list[0].Given[0].Wording != "Show my name" {
		t.Errorf("who did not agree: %+v, %v", list, err)
	}
	if list, _, err = h.Consents(t.Context(), h.other, ConsentFilter{}); err != nil || len(list) != 0 {
		t.Errorf("others see %+v, %v", list, err)
	}
	_, _, err = h.Consents(t.Context(), me, ConsentFilter{})
	wantHidden(t, err)
}

func TestRetention(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	p := h.gone(t)
	h.touchAll(t, p, e)
	r := func() *Registration { return h.reload(t, &Registration{Meta: docID("reg")}) }
	admin := administrator()
	wantHidden(t, h.SetRetention(t.Context(), h.boss, "answers", 60, 0))
	wantHidden(t, h.SetRetention(t.Context(), admin, "travellers", 60, 0))
	wantProblem(t, h.SetRetention(t.Context(), admin, "answers", 1, 0), Invalid)
	must(t, h.SetRetention(t.Context(), admin, "answers", 60, 0))
	wantProblem(t, h.SetRetention(t.Context(), admin, "answers", 70, 0), Changed)

	due := e.Ends.AddDate(0, 0, 61)
	if n, err := h.ForgetInTime(t.Context(), e.Ends.AddDate(0, 0, 29)); err != nil || r().Answers == nil || r().RSVP.Comment != "" || n != 0 {
		t.Fatalf("too early: %d, %v, %+v", n, err, r())
	}
	lines, err := h.RetentionDue(t.Context(), admin, due)
	must(t, err)
	i := slices.IndexFunc(lines, func(l *RetentionLine) bool { return l.Key == "answers" })
	if lines[i].Due != 1 || lines[i].Days != 60 || r().Answers == nil {
		t.Errorf("looked ahead: %+v", lines[i])
	}
	h.at(due)
	if n, err := h.ForgetInTime(t.Context(), due); err != nil || n != 1 || r().Answers != nil || r().Note == "" {
		t.Errorf("forgot %d, %v, %+v", n, err, r())
	}
	if n, err := h.ForgetInTime(t.Context(), due); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
	log, _, err := h.RetentionLog(t.Context(), admin, ListFilter{})
	must(t, err)
	if len(log) != 1 || log[0].Rule != "answers" || log[0].Count != 1 || !log[0].Scrubbed {
		t.Errorf("the proof says %+v", log)
	}
}

// Years later all rules have done what they say.
func TestRetentionOfEverything(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	h.touchAll(t, h.gone(t), e)
	h.write(t, func(tx *storage.Tx) error {
		tr, err := trips.Get(tx, "trip")
		must(t, err)
		tr.Ends, tr.LeaderIDs = t0, nil
		must(t, trips.Put(tx, tr))
		ro, err := rounds.Get(tx, "round")
		must(t, err)
		ro.Ends = t0
		must(t, rounds.Put(tx, ro))
		en, err := audit.Get(tx, "aud1")
		must(t, err)
		en.At = t0
		must(t, audit.Put(tx, en))
		g, err := groups.Get(tx, "g")
		must(t, err)
		g.Members = nil
		return groups.Put(tx, g)
	})
	at := e.Ends.AddDate(4, 0, 0)
	h.at(at)
	lines, err := h.RetentionDue(t.Context(), administrator(), at)
	must(t, err)
	for _, l := range lines {
		if !l.Elsewhere && l.Due == 0 && l.Key != "invite_replies" && l.Key != "idle_people" {
			t.Errorf("%s: nothing would go", l.Key)
		}
	}
	_, err = h.ForgetInTime(t.Context(), at)
	must(t, err)
	if lines, err = h.RetentionDue(t.Context(), administrator(), at); err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if !l.Elsewhere && l.Due != 0 {
			t.Errorf("%s: %d would still go", l.Key, l.Due)
		}
	}
}

func TestIdlePeopleAreErased(t *testing.T) {
	h := newHouse(t)
	r := h.register(t, h.event(t, nil), 1)
	p := h.gone(t)
	at := t0.Add(1100 * 24 * time.Hour)
	h.at(at)
	n, err := h.ForgetInTime(t.Context(), at)
	must(t, err)
	list, _, err := h.Erasures(t.Context(), administrator(), ListFilter{})
	must(t, err)
	if len(list) != 1 || list[0].ID != p.ID || list[0].By != ErasedByRule || list[0].State != ErasureClean || n == 0 {
		t.Errorf("erased: %+v", list)
	}
	if h.reload(t, r).Name == nameless {
		t.Error("somebody was erased whose event is not that long over")
	}
}
