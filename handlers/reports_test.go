package handlers

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/pack"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// currentLink is where somebody stands in the navigation, and in the tabs.
var currentLink = regexp.MustCompile(`<a href="([^"]+)" aria-current="[a-z]+"`)

// TestFiguresInNavigation: figures, reports and plans stand under one link, each in
// the tab that leads to it; a figure and a period have crumbs and no tabs.
func TestFiguresInNavigation(t *testing.T) {
	s := newOrganised(t, nil)
	plan, err := s.desk.CreatePlan(t.Context(), root, &scheduling.Plan{ClusterID: s.cluster, Title: "Strategy", Kind: scheduling.PlanKinds[0], Lang: "en"})
	ok(t, err)
	period, err := s.desk.SavePeriod(t.Context(), root, &scheduling.ReportPeriod{Name: "A year", ClusterID: s.cluster, From: t0.AddDate(-1, 0, 0), Until: t0})
	ok(t, err)
	for path, tab := range map[string]string{
		"/organise/figures": "/organise/figures", "/organise/figures/events": "", "/organise/counts": "/organise/counts",
		"/organise/periods": "/organise/periods", "/organise/periods/" + period.ID: "", "/organise/reports/" + period.ID: "/organise/reports",
		"/organise/plans": "/organise/plans", "/organise/plans/" + plan.ID: "/organise/plans", "/organise/label/" + s.cluster: "/organise/plans",
	} {
		head, _, _ := strings.Cut(s.boss.get(path).want(t, 200).Body, "<main")
		at, want := []string{}, []string{"/organise/figures"}
		if tab != "" {
			want = append(want, tab)
		}
		for _, m := range currentLink.FindAllStringSubmatch(head, -1) {
			at = append(at, m[1])
		}
		if !slices.Equal(at, want) {
			t.Errorf("%s stands at %q, want %q", path, at, want)
		}
	}
}

// TestReportPages writes a report, and downloads it in each form, with the pack of
// what proves it: the page of a funded event is in it with its emblem.
func TestReportPages(t *testing.T) {
	s := newOrganised(t, nil)
	project := &scheduling.Project{Name: scheduling.Text{"en": "Green steps"}, Code: "A81", From: "2026-01-01", Until: "2027-12-31"}
	ok(t, s.desk.SaveProject(t.Context(), root, project))
	e := s.e
	e.ProjectID = project.ID
	_, err := s.desk.SaveEvent(t.Context(), root, e)
	ok(t, err)
	p, err := s.desk.SavePeriod(t.Context(), root, &scheduling.ReportPeriod{Name: "Both years", ClusterID: s.cluster, From: t0.AddDate(-1, 0, 0), Until: t0.AddDate(1, 0, 0)})
	ok(t, err)
	boss := s.boss
	base := "/organise/reports/" + p.ID
	boss.get("/organise/reports").want(t, 200, "Both years", "Still counting")
	boss.get(base).want(t, 200, "Nothing has been written here yet", "Evidence pack")
	boss.post(base+"/text/summary", url.Values{"rev": {"0"}, "title.en": {"Summary"}, "body.en": {"A **good** year."}}).leads(t, base+"#text")
	if a := boss.post(base+"/text/new", url.Values{"rev": {"1"}, "body.en": {"x"}}); a.Status != 422 && a.Status != 400 {
		t.Errorf("a part without a heading was answered with %d", a.Status)
	}
	boss.get(base+"/print").want(t, 200, "<strong>good</strong>")
	for path, kind := range map[string]string{"/report.xlsx": "spreadsheetml", "/report.docx": "wordprocessingml"} {
		if a := boss.get(base + path); a.Status != 200 || !strings.Contains(a.Header.Get("Content-Type"), kind) || !strings.HasPrefix(a.Body, "PK") {
			t.Errorf("%s: %d %s", path, a.Status, a.Header.Get("Content-Type"))
		}
	}
	zip := boss.post(base+"/evidence", url.Values{})
	list, err := pack.Verify(strings.NewReader(zip.Body), int64(len(zip.Body)))
	ok(t, err)
	shown := false
	for _, f := range list.Files {
		shown = shown || strings.HasPrefix(f.Name, "visibility/event ")
	}
	if !shown {
		t.Error("the page of a funded event is not in the pack")
	}
	body, err := s.Shoot(t.Context(), scheduling.Shot{Kind: "event", Slug: e.Slug, Lang: "en", At: t0, Project: project})
	ok(t, err)
	for _, want := range []string{"Co-funded by the European Union", "Green steps", `class="eu"`, `<base href="`} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("the page that is shown has no %q", want)
		}
	}
	if body, err = s.Shoot(t.Context(), scheduling.Shot{Kind: "event", Slug: e.Slug, Lang: "fi", At: t0}); err != nil || bytes.Contains(body, []byte("Green steps")) {
		t.Errorf("without a project the emblem is shown, or there is no page: %v", err)
	}
}

// TestPlanPages writes a strategy, keeps and compares it, and answers a question of
// the label with it.
func TestPlanPages(t *testing.T) {
	s := newOrganised(t, nil)
	boss := s.boss
	a := boss.post("/organise/plans/new", url.Values{"id": {"aaaaaaaaaaaaaaaa"}, "title": {"Strategy"}, "kind": {"strategy"}, "cluster": {s.cluster}, "lang": {"en"}})
	const base = "/organise/plans/aaaaaaaaaaaaaaaa"
	a.leads(t, base)
	page, err := s.desk.Plan(t.Context(), root, "aaaaaaaaaaaaaaaa")
	ok(t, err)
	section := page.Plan.Sections[0].ID
	boss.post(base+"/keep", url.Values{"rev": {"1"}, "note": {"empty"}}).leads(t, base+"#versions")
	boss.post(base+"/sections/"+section, url.Values{"rev": {"2"}, "title": {"Where we stand"}, "body": {"In Oulu."}}).leads(t, base+"#s-"+section)
	boss.get(base).want(t, 200, "In Oulu.", "Something was written since version 1")
	boss.get(base+"/compare").want(t, 200, "<ins>In Oulu.</ins>")
	boss.post(base+"/items/new", url.Values{"id": {"bbbbbbbbbbbbbbbb"}, "what": {"Ask members"}, "due": {"2026-01-01"}}).leads(t, base+"#items")
	boss.get(base).want(t, 200, "Ask members", "Overdue")
	boss.get("/organise").want(t, 200, "1 item of a plan is overdue")
	boss.post(base+"/approve", url.Values{"rev": {"3"}, "version": {"1"}, "note": {"Board"}}).leads(t, base+"#versions")
	boss.get(base+"?version=1").want(t, 200, "Board")
	boss.get(base+"?version=9").want(t, 404)
	question := "/organise/label/" + s.cluster + "/strategy_goals"
	boss.get(question).want(t, 200, "No proof yet")
	boss.post(question, url.Values{"rev": {"0"}, "answer": {"Ten members."}}).leads(t, question)
	boss.post(question+"/proofs", url.Values{"kind": {"section"}, "section": {page.Plan.ID + "/" + section}}).leads(t, question+"#proofs")
	boss.get("/organise/label/"+s.cluster).want(t, 200, "1 of 30 questions have a proof", "Ten members.")
	if missing := boss.get("/organise/label/"+s.cluster+"?view=missing").want(t, 200); strings.Contains(missing.Body, "Ten members.") {
		t.Error("a question with a proof stands among those without")
	}
	boss.get("/organise/label/"+s.cluster+"/print").want(t, 200, "Strategy")
}
