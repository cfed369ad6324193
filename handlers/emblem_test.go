package handlers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// TestFundedPages opens what a funded event and its round show and print:
// between the dates of the project all of it carries the emblem, outside none.
func TestFundedPages(t *testing.T) {
	h := newRoundHouse(t, nil)
	project := &scheduling.Project{Name: both("Kiertävä pohjoinen"), Code: "KP", From: t0.AddDate(0, 0, -1).Format(time.DateOnly), Until: t0.AddDate(1, 0, 0).Format(time.DateOnly)}
	if err := h.desk.SaveProject(t.Context(), root, project); err != nil {
		t.Fatal(err)
	}
	found, err := h.desk.EventBoard(t.Context(), root, h.e.ID)
	if err != nil {
		t.Fatal(err)
	}
	e := *found.Event
	e.ProjectID = project.ID
	if _, err := h.desk.SaveEvent(t.Context(), root, &e); err != nil {
		t.Fatal(err)
	}
	in := *h.r
	in.EventID = h.e.ID
	if _, err := h.desk.SaveRound(t.Context(), root, &in); err != nil {
		t.Fatal(err)
	}
	for _, phase := range []scheduling.RoundPhase{scheduling.RoundProfiles, scheduling.RoundRequests} {
		if _, err := h.desk.SetPhase(t.Context(), root, h.r.ID, phase, ""); err != nil {
			t.Fatal(err)
		}
	}
	h.enter(t, "Aurora")
	other := h.enter(t, "Borealis")
	me := h.visitor(t)
	me.signIn(h.house, "aurora@example.org")
	registered, err := h.desk.Register(t.Context(), scheduling.Actor{Via: "page"}, h.e.ID, scheduling.Signup{Name: "Aino", Email: "aino@example.org", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	own := strings.TrimPrefix(h.desk.MyURL(registered.Lead()), h.desk.BaseURL)
	mine := "/rounds/" + h.r.Slug + "/my"
	pages := map[string]*visitor{
		"/events/" + h.e.Slug: me, "/events/" + h.e.Slug + "/register": me, own: me, own + "/ticket": me, own + "/cancel": me,
		"/rounds/" + h.r.Slug: me, mine: me, mine + "/profile": me, mine + "/requests": me, mine + "/agenda": me,
		"/rounds/" + h.r.Slug + "/catalogue": me, "/rounds/" + h.r.Slug + "/catalogue/" + other.ID: me,
		"/organise/events/" + h.e.ID + "/badges": h.boss, "/organise/events/" + h.e.ID + "/names": h.boss,
		h.base + "/print/agendas": h.boss, h.base + "/print/tables": h.boss, h.base + "/print/slots": h.boss,
	}
	carry := func(want bool) {
		t.Helper()
		for path, who := range pages {
			body := who.get(path).want(t, 200).Body
			if got := strings.Contains(body, "Kiertävä pohjoinen"); got != want {
				t.Errorf("%s names the project: %v, want %v", path, got, want)
			}
		}
	}
	carry(true)
	project.From, project.Until = t0.AddDate(0, 0, -9).Format(time.DateOnly), t0.AddDate(0, 0, -2).Format(time.DateOnly)
	if err := h.desk.SaveProject(t.Context(), root, project); err != nil {
		t.Fatal(err)
	}
	carry(false)
}

// TestMailKinds holds the filter of the outbox to the kinds that have words.
func TestMailKinds(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "templates", "locales", "*.en.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(data, &words); err != nil {
			t.Fatal(err)
		}
		for key := range words {
			kind, ok := strings.CutPrefix(key, "outbox.kind.")
			if ok && kind != "campaign" && !slices.Contains(mailKinds, kind) { // the outbox has no newsletters
				t.Errorf("nobody can filter mails by %s", kind)
			}
		}
	}
}

// TestGoldenKinds wants the golden files of every kind of mail in every
// language; they are compared beside the code that writes the mail.
func TestGoldenKinds(t *testing.T) {
	for _, kind := range append(slices.Clone(mailKinds), "campaign") {
		for _, lang := range []string{"en", "fi"} {
			for _, ending := range []string{".txt", ".html"} {
				name := kind + "." + lang + ending
				found, err := filepath.Glob(filepath.Join("..", "scheduling", "testdata", "mails", name))
				elsewhere, _ := filepath.Glob(filepath.Join("*", "testdata", "mails", name))
				if len(found)+len(elsewhere) != 1 || err != nil {
					t.Errorf("%d files are %s; add the mail to TestGoldenMails in scheduling", len(found)+len(elsewhere), name)
				}
			}
		}
	}
}
