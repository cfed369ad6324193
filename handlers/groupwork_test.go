package handlers

import (
	"archive/zip"
	"bytes"
	"net/url"
	"strings"
	"testing"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// byEmail is the id of the person of an address.
func (h *house) byEmail(t testing.TB, email string) (id string) {
	t.Helper()
	err := h.desk.DB.View(t.Context(), func(tx *storage.Tx) error {
		p, err := scheduling.PersonByEmail(tx, email)
		if err == nil {
			id = p.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// What a group is for, who is in it, its files, its notes and its year: members
// read, coordinators write, strangers are told that there is nothing.
func TestGroupWork(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	member, stranger := h.person(t, "aino@example.fi"), h.person(t, "bertta@example.fi")
	g := &scheduling.Group{Slug: "reuse", ClusterID: c.ID, Kind: "working", Name: scheduling.Text{"en": "Reuse"}, Members: []string{h.byEmail(t, "aino@example.fi")}}
	if err := h.desk.SaveGroup(t.Context(), root, g); err != nil {
		t.Fatal(err)
	}
	v := h.person(t, "cecilia@example.fi", scheduling.Grant{Role: scheduling.Coordinator, Group: g.ID})
	boss := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: c.ID})
	base, aino := "/groups/"+g.ID, h.byEmail(t, "aino@example.fi")
	member.get(base).want(t, 200, base+"/mandate", base+"/members", base+"/files", base+"/foresight", base+"/years")

	form := url.Values{"text": {"Advises the *cluster*."}, "from": {"2026-01-01"}, "goal.0": {"Five pilots"}, "state.0": {"reached"}, "after": {"0"}}
	v.post(base+"/mandate/edit", form).leads(t, base+"/mandate")
	v.post(base+"/mandate/edit", form).leads(t, base+"/mandate")
	member.get(base+"/mandate").want(t, 200, "Version 1", "<em>cluster</em>", "Reached", "Five pilots")
	form.Set("until", "2025-01-01")
	v.post(base+"/mandate/edit", form).want(t, 422, "The last day is before the first", "Five pilots")
	form.Set("until", "2027-12-31")
	v.post(base+"/mandate/edit", form).want(t, 409)

	member.get(base+"/members").want(t, 200, "Coordinators", "Member", "Aino Väisänen")
	v.post(base+"/members/role", url.Values{"person": {aino}, "role": {"chair"}, "since": {"2100-01-01"}}).want(t, 422, "not to come")
	v.post(base+"/members/role", url.Values{"person": {aino}, "role": {"chair"}}).leads(t, base+"/members")
	boss.post(base+"/members/coordinator", url.Values{"person": {aino}, "do": {"name"}}).leads(t, base+"/members")
	boss.get(base+"/members").want(t, 200, "Chair", "coordinates no more")
	boss.post(base+"/members/coordinator", url.Values{"person": {aino}, "do": {"drop"}}).leads(t, base+"/members")

	v.uploads(base+"/files", "plan.md", "# Plan").want(t, 303)
	list := v.get(base + "/files")
	file := list.attr(t, "tbody th a", "href")
	got := member.get(file).want(t, 200, "# Plan")
	if got.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the file comes as %v", got.Header)
	}

	note := url.Values{"id": {"0123456789abcdef"}, "kind": {"signal"}, "title": {"Solid-state batteries"}, "horizon": {"mid"}, "likelihood": {"4"}, "impact": {"5"}, "tags": {"Battery, cells"}}
	member.post(base+"/foresight/new", note).leads(t, base+"/foresight")
	member.post(base+"/foresight/new", note).leads(t, base+"/foresight")
	if n := len(member.get(base+"/foresight?q=solid&horizon=mid").want(t, 200).all(t, "section.panel")); n != 1 {
		t.Errorf("%d notes", n)
	}
	member.get(base+"/foresight?tag=none").want(t, 200, "Show all")
	note.Set("horizon", "soon")
	member.post(base+"/foresight/new", note).want(t, 422, "Solid-state batteries")
	issue := url.Values{"id": {"fedcba9876543210"}, "title.en": {"Spring issue"}}
	v.post(base+"/issues/new", issue).want(t, 422, "Choose 1 to 60 notes")
	issue["notes"] = []string{"0123456789abcdef"}
	v.post(base+"/issues/new", issue).leads(t, "/foresight/fedcba9876543210")
	v.post(base+"/issues/new", issue).leads(t, "/foresight/fedcba9876543210")
	member.get("/foresight/fedcba9876543210").want(t, 404)
	v.post(base+"/issues/fedcba9876543210/publish", url.Values{"do": {"publish"}}).leads(t, "/foresight/fedcba9876543210")
	member.get("/foresight/fedcba9876543210").want(t, 200, "Solid-state batteries", "for the cluster")
	stranger.get("/foresight/fedcba9876543210").want(t, 404)
	h.visitor(t).get("/foresight").want(t, 200, "Nothing is published yet")
	issue.Set("rev", "2")
	issue.Set("public", "1")
	v.post(base+"/issues/fedcba9876543210", issue).leads(t, "/foresight/fedcba9876543210")
	h.visitor(t).get("/foresight").want(t, 200, "Spring issue")
	member.post(base+"/foresight/0123456789abcdef/delete", nil).leads(t, base+"/foresight")
	h.visitor(t).get("/foresight/fedcba9876543210").want(t, 200, "Solid-state batteries")

	year := member.get(base+"/years").want(t, 302).Header.Get("Location")
	member.get(year).want(t, 200, "No meeting was held in the year", "Five pilots")
	doc := member.get(year+"/summary.docx").want(t, 200)
	if _, err := zip.NewReader(bytes.NewReader([]byte(doc.Body)), int64(len(doc.Body))); err != nil {
		t.Errorf("the document: %v", err)
	}
	member.get(base+"/years/12").want(t, 404)

	for _, path := range []string{base + "/mandate", base + "/mandate/edit", base + "/members", base + "/files", file, base + "/foresight", base + "/foresight/new", base + "/issues/new", base + "/years", year, year + "/summary.docx"} {
		stranger.get(path).want(t, 404)
	}
	for _, path := range []string{"/mandate/edit", "/members/role", "/members/coordinator", "/issues/new", "/issues/fedcba9876543210", "/issues/fedcba9876543210/publish"} {
		form := url.Values{"person": {aino}, "role": {"expert"}, "text": {"x"}, "from": {"2026-01-01"}, "title.en": {"x"}, "notes": {"0123456789abcdef"}}
		stranger.post(base+path, form).want(t, 404)
		member.post(base+path, form).want(t, 404)
	}
	member.uploads(base+"/files", "mine.md", "# Mine").want(t, 404)
	member.post(file+"/delete", nil).want(t, 404)
	v.post(file+"/delete", nil).leads(t, base+"/files")
	member.get(file).want(t, 404)
}

// The log is written in a few taps, read by filters, and taken along as a file.
func TestActivityLogPages(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	boss := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: c.ID})
	co := &scheduling.Company{Name: "Aurora Oy", Kind: scheduling.SME, Country: "FI", ClusterIDs: []string{c.ID}}
	if err := h.desk.SaveCompany(t.Context(), root, co); err != nil {
		t.Fatal(err)
	}
	boss.get("/organise/contacts").want(t, 200, "Aurora Oy", "Never", "1 company")
	boss.get("/organise/log").want(t, 200, "Nothing is written down yet")
	boss.get("/organise/log/new?company="+co.ID).want(t, 200, `value="Aurora Oy"`)
	form := url.Values{"id": {"0123456789abcdef"}, "kind": {"post"}, "title": {"Ten years of Aurora"}, "day": {"2026-01-15"}, "companies": {"aurora oy", ""}, "link": {"https://social.example/1"}, "reach": {"1200"}}
	boss.post("/organise/log/new", form).leads(t, "/organise/log")
	boss.post("/organise/log/new", form).leads(t, "/organise/log")
	if n := len(boss.get("/organise/log?company=Aurora+Oy&kind=post&q=ten").want(t, 200, "Ten years of Aurora").all(t, "ol.timetable li")); n != 1 {
		t.Errorf("%d entries", n)
	}
	boss.get("/organise/log?company=Nobody").want(t, 200, "There is no company of that name", "Show all")
	boss.get("/organise/contacts").want(t, 200, "Never") // a post is no meeting

	once := url.Values{"id": {"fedcba9876543210"}, "company": {co.ID}, "kind": {"call"}}
	boss.post("/organise/contacts", once).leads(t, "/organise/log/fedcba9876543210")
	boss.post("/organise/contacts", once).leads(t, "/organise/log/fedcba9876543210")
	boss.get("/organise/contacts").want(t, 200, "Everybody was met this year")
	boss.get("/organise/contacts?shown=met").want(t, 200, "Aurora Oy", "Call")
	boss.get("/organise/companies/"+co.ID).want(t, 200, "Last personal contact", "Call")
	boss.get("/organise/companies/"+co.ID+"/timeline").want(t, 200, "Ten years of Aurora", "Call")
	boss.get("/organise/people/"+h.byEmail(t, "outi@example.fi")+"/timeline").want(t, 404) // no contact of the cluster

	for path, want := range map[string]string{"/organise/log.csv?kind=post": "Ten years of Aurora,Aurora Oy", "/organise/contacts.csv?shown=all": "Aurora Oy,"} {
		if body := strings.ReplaceAll(boss.get(path).want(t, 200).Body, ";", ","); !strings.Contains(body, want) {
			t.Errorf("%s is %q", path, body)
		}
	}
	boss.get("/organise/log?kind=post&q=ten").want(t, 200, `href="/organise/log.csv?kind=post&amp;q=ten"`)
	boss.get("/organise/contacts?shown=all&kind=sme").want(t, 200, `href="/organise/contacts.csv?cluster=`+c.ID+`&amp;kind=sme&amp;shown=all`)
	boss.get("/organise/log.xlsx").want(t, 200)
	const files = "/organise/log/0123456789abcdef/files"
	boss.uploads(files, "stand.exe", "MZ").want(t, 422, "#f-file")
	boss.uploads(files, "stand.md", "# Our stand").leads(t, "/organise/log/0123456789abcdef#files")
	_, rest, _ := strings.Cut(boss.get("/organise/log/0123456789abcdef").want(t, 200, "stand.md").Body, `href="`+files+`/`)
	file, _, _ := strings.Cut(rest, `"`)
	boss.get(files+"/"+file).want(t, 200, "# Our stand")
	edit := url.Values{"rev": {"1"}, "kind": {"post"}, "title": {"Ten years of Aurora"}, "day": {"2026-01-15"}, "companies": {"Unknown Oy"}}
	boss.post("/organise/log/0123456789abcdef", edit).want(t, 422, "There is no company of that name", "Unknown Oy")
	edit["companies"] = nil
	edit.Set("clusters", c.ID)
	boss.post("/organise/log/0123456789abcdef", edit).leads(t, "/organise/log")
	boss.post("/organise/log/0123456789abcdef", edit).want(t, 409)
	other := h.person(t, "olli@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: h.newCluster(t, "circular", "Circular").ID})
	other.get("/organise/log/0123456789abcdef").want(t, 404)
	other.get(files+"/"+file).want(t, 404)
	other.uploads(files, "theirs.md", "# Theirs").want(t, 404)
	other.post(files+"/"+file+"/delete", nil).want(t, 404)
	boss.post(files+"/"+file+"/delete", nil).leads(t, "/organise/log/0123456789abcdef#files")
	boss.get(files+"/"+file).want(t, 404)
	other.post("/organise/log/0123456789abcdef/delete", nil).want(t, 404)
	other.get("/organise/contacts?cluster="+c.ID).want(t, 404)
	boss.post("/organise/log/0123456789abcdef/delete", url.Values{"reason": {"by mistake"}}).leads(t, "/organise/log")
	boss.get("/organise/log/0123456789abcdef").want(t, 404)
}
