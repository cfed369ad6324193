package mailer

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

func TestFind(t *testing.T) {
	h := newHouse(t)
	for i, m := range []struct{ id, kind, about, cluster, to, name, subject string }{
		{"1", "registration.confirmed", "e1", "c1", "aino.makela@example.com", "Aino Mäkelä", "Paikkasi on vahvistettu"},
		{"2", "registration.waitlisted", "e1", "c1", "otto@firma.example", "Otto Öhman", "Olet jonossa"},
		{"3", "registration.confirmed", "e2", "c2", "aino.virta@example.com", "Aino Virta", "You have a place"},
		{"4", "login", "", "", "aino.makela@example.com", "", "Sign in"},
	} {
		l := letter(m.id, m.to)
		l.Kind, l.About, l.Cluster, l.ToName, l.Letter.Subject = m.kind, m.about, m.cluster, m.name, m.subject
		if i == 1 {
			l.State = Held
		}
		h.add(l)
		h.pass(time.Second)
	}
	for _, test := range []struct {
		name   string
		filter Filter
		want   []string
	}{
		{"all, newest first", Filter{}, []string{"4", "3", "2", "1"}},
		{"held", Filter{State: Held}, []string{"2"}},
		{"kind", Filter{Kind: "registration.confirmed"}, []string{"3", "1"}},
		{"event", Filter{About: "e1"}, []string{"2", "1"}},
		{"registration", Filter{Ref: "reg-3"}, []string{"3"}},
		{"cluster", Filter{Clusters: []string{"c1"}}, []string{"2", "1"}},
		{"clusters", Filter{Clusters: []string{"c1", "c2"}}, []string{"3", "2", "1"}},
		{"name", Filter{Text: "AINO"}, []string{"4", "3", "1"}},
		{"two words", Filter{Text: "mäk aino"}, []string{"1"}},
		{"address", Filter{Text: "otto@firma.example"}, []string{"2"}},
		{"part of an address", Filter{Text: "firma"}, []string{"2"}},
		{"of no cluster", Filter{Clusters: []string{}}, nil},
		{"both", Filter{Text: "aino", Clusters: []string{"c2"}, State: Queued}, []string{"3"}},
		{"nothing", Filter{Text: "x"}, nil},
	} {
		if got := h.ids(test.filter); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func (h *house) ids(f Filter) []string {
	h.t.Helper()
	found, _, err := h.List(h.t.Context(), f)
	if err != nil {
		h.t.Fatal(err)
	}
	var ids []string
	for _, m := range found {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestFindByPages(t *testing.T) {
	h := newHouse(t)
	h.add(letters(25)...)
	var got []string
	f := Filter{Limit: 10}
	for pages := 1; ; pages++ {
		found, next, err := h.List(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range found {
			got = append(got, m.ID)
		}
		if f.After = next; next == "" {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
	}
	slices.Sort(got)
	for i, id := range got {
		if id != fmt.Sprintf("m%04d", i) {
			t.Fatalf("listed %v", got)
		}
	}
	if _, _, err := h.List(t.Context(), Filter{After: "nonsense"}); err == nil {
		t.Error("a damaged address is no error")
	}
}

func TestCountsAndGet(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{Faults: mailtest.Faults{Refuse: map[string]string{"person0@example.com": "550 5.1.1 No"}}})
	h.add(letters(5)...)
	h.run(h.worker(s), 4)
	other := letter("other", "a@example.com")
	other.Cluster = "c2"
	h.add(other)
	counts, err := h.Counts(t.Context(), nil)
	if err != nil || counts[Sent] != 4 || counts[Failed] != 1 || counts[Queued] != 1 {
		t.Errorf("counts %v, %v", counts, err)
	}
	if counts, err = h.Counts(t.Context(), []string{"c2"}); err != nil || counts[Sent] != 0 || counts[Queued] != 1 {
		t.Errorf("counts of c2 %v, %v", counts, err)
	}
	if m, err := h.Mail(t.Context(), "other"); err != nil || m.ID != "other" {
		t.Errorf("get: %v, %v", m, err)
	}
	if _, err := h.Mail(t.Context(), "nobody"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("get: %v", err)
	}
}
