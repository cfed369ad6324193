package handlers

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
)

func TestUsers(t *testing.T) {
	s := newStaff(t)
	notThere(t, "/admin/users", s.anna, s.door, s.member)
	s.root.get("/admin/users").want(t, 200, "anna@example.fi", "Organiser", "Cluster auto", "Door (checks people in)")

	form := url.Values{"email": {"new@example.fi"}, "role": {"organiser"}, "cluster": {s.circ.ID}}
	s.root.post("/admin/users", form).want(t, 422, `href="#f-name"`, `value="new@example.fi"`)
	form.Set("name", tag)
	form.Set("cluster", "nowhere")
	s.root.post("/admin/users", form).want(t, 422, `href="#f-cluster"`)
	form.Set("cluster", s.circ.ID)
	page := s.root.post("/admin/users", form).to(t)
	if s.root.post("/admin/users", form).to(t) != page {
		t.Error("sent twice, it makes two people")
	}
	shown := s.root.get(page).want(t, 200, "&lt;b onclick=", "Cluster circ", "Nowhere at the moment")
	if n := strings.Count(shown.Body, `action="`+page+`/take"`); n != 1 {
		t.Errorf("they have %d roles, want 1", n)
	}
	s.anna.post(page+"/give", url.Values{"role": {"administrator"}}).want(t, 404)
	s.root.post(page+"/give", url.Values{"role": {"emperor"}}).want(t, 422)
	s.root.post(page+"/give", url.Values{"role": {"coordinator"}}).want(t, 422, "Choose the group")
	s.root.post(page+"/give", url.Values{"role": {"door"}, "group": {"x"}}).leads(t, page)
	s.root.get(page).want(t, 200, "All clusters", "The roles are changed.")
	for range 2 {
		s.root.post(page+"/take", url.Values{"role": {"door"}}).leads(t, page)
	}
}

func TestRolesCountAtOnce(t *testing.T) {
	s := newStaff(t)
	page := "/admin/users/" + s.idOf(t, "anna@example.fi")
	s.anna.get("/organise/people").want(t, 200)
	s.root.post(page+"/give", url.Values{"role": {"administrator"}}).leads(t, page)
	s.anna.get("/admin").want(t, 200)
	s.root.post(page+"/take", url.Values{"role": {"administrator"}}).leads(t, page)
	notThere(t, "/admin", s.anna)
	s.root.get(page).want(t, 200, "Unknown browser")
	s.root.post(page+"/signout", nil).leads(t, page)
	s.anna.get("/organise/people").leads(t, "/login?next=%2Forganise%2Fpeople")
	s.anna.post(page+"/signout", nil).leads(t, "/login")
}

func TestLastAdministrator(t *testing.T) {
	s := newStaff(t)
	page := "/admin/users/" + s.idOf(t, "root@example.fi")
	form := url.Values{"role": {"administrator"}}
	s.root.post(page+"/take", form).want(t, 403, "last administrator")
	s.root.get("/admin").want(t, 200)
	anna := "/admin/users/" + s.idOf(t, "anna@example.fi")
	s.root.post(anna+"/give", form).leads(t, anna)
	s.root.post(page+"/take", form).leads(t, "/")
	s.root.get("/admin").leads(t, "/login?next=%2Fadmin") // with their roles went the session
}

func TestTokens(t *testing.T) {
	s := newStaff(t)
	notThere(t, "/admin/tokens", s.anna, s.door, s.member)
	s.root.get("/admin/tokens").want(t, 200, "No tokens yet")
	blank := s.root.get("/admin/tokens/new").want(t, 200)
	form := filled(blank, "name", "", "role", "organiser", "cluster", s.auto.ID, "scope", "read")
	s.root.post("/admin/tokens/new", form).want(t, 422, `href="#f-name"`)
	form.Set("name", tag)
	made := s.root.post("/admin/tokens/new", form).want(t, 200, `value="koh_`, "never shown again", "&lt;b onclick=")
	if got := made.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control = %q", got)
	}
	_, rest, _ := strings.Cut(made.Body, `readonly value="`)
	plain, _, _ := strings.Cut(rest, `"`)
	if _, token, err := s.auth.ByToken(t.Context(), plain); err != nil || token.May("write") {
		t.Errorf("the token = %+v, %v", token, err)
	}
	s.root.post("/admin/tokens/new", form).leads(t, "/admin/tokens")
	list := s.root.get("/admin/tokens").want(t, 200, "created the first time already", "Read only", "Cluster auto", plain[:8])
	if strings.Contains(list.Body, plain) {
		t.Error("the list shows the token itself")
	}
	_, rest, _ = strings.Cut(list.Body, `href="/admin/tokens/`)
	_, rest, _ = strings.Cut(rest, `href="/admin/tokens/`) // the first is "new"
	id, _, _ := strings.Cut(rest, "/")
	revoke := "/admin/tokens/" + id + "/revoke"
	notThere(t, revoke, s.anna)
	s.root.get(revoke).want(t, 200, "cannot be undone")
	for range 2 {
		s.root.post(revoke, nil).leads(t, "/admin/tokens")
	}
	if _, _, err := s.auth.ByToken(t.Context(), plain); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a revoked token: %v", err)
	}
	notThere(t, revoke, s.root)
}

func TestAudit(t *testing.T) {
	s := newStaff(t)
	notThere(t, "/admin/audit", s.anna, s.door, s.member)
	company := s.anna.post("/organise/companies/new", url.Values{"name": {tag}, "kind": {"large"}, "country": {"FI"}}).to(t)
	log := s.root.get("/admin/audit").want(t, 200, "Organisation saved", "&lt;b onclick=", `href="`+company+`"`, "(Helsinki)", "Signed in")
	if strings.Contains(log.Body, "<b onclick") {
		t.Error("a label was not escaped")
	}
	one := s.root.get("/admin/audit?action=company.save").want(t, 200, "Organisation saved")
	if strings.Count(one.Body, `<th scope="row">`) != 1 {
		t.Error("the filter by action shows other entries")
	}
	mine := s.root.get("/admin/audit?actor="+s.idOf(t, "anna@example.fi")).want(t, 200, "By Aino Väisänen", "Organisation saved")
	if strings.Count(mine.Body, `<th scope="row">`) != 2 {
		t.Error("the filter by actor shows other entries")
	}
	s.root.get("/admin/audit?action=company.save&actor=nobody").want(t, 200, "Nothing of that kind")
	for i := range 60 {
		err := s.desk.DB.Update(t.Context(), func(tx *storage.Tx) error {
			return s.desk.Record(tx, scheduling.System("test"), "job.run", "x", strings.Repeat("i", i%3+1))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	first := s.root.get("/admin/audit?action=job.run").want(t, 200, "rel=\"next\"")
	_, rest, _ := strings.Cut(first.Body, `<nav class="pager"`)
	_, rest, _ = strings.Cut(rest, `href="`)
	next, _, _ := strings.Cut(rest, `"`)
	second := s.root.get(strings.ReplaceAll(next, "&amp;", "&")).want(t, 200)
	if n := strings.Count(first.Body+second.Body, `<th scope="row">`); n != 60 {
		t.Errorf("two pages show %d entries, want 60", n)
	}
	s.root.get("/admin/audit?after=damaged").want(t, 404)
}

// runner has a job that notes for which moment it ran.
func runner(moments *[]time.Time) func(*Config) {
	return func(cfg *Config) {
		cfg.Jobs = &jobs.Runner{DB: cfg.Desk.DB, Jobs: []jobs.Job{
			{Name: "reminders", Schedule: "*/5 * * * *", Do: func(_ context.Context, now time.Time) (int, error) {
				*moments = append(*moments, now)
				return 3, nil
			}},
			{Name: "broken", Schedule: "@every 1m", Do: func(context.Context, time.Time) (int, error) {
				return 0, errors.New(tag + "went wrong")
			}},
		}}
	}
}

func TestJobs(t *testing.T) {
	var moments []time.Time
	s := newStaff(t, runner(&moments))
	notThere(t, "/admin/jobs", s.anna, s.door, s.member)
	s.anna.post("/admin/jobs/reminders", nil).want(t, 404)
	s.root.get("/admin/jobs").want(t, 200, "reminders", "Not run yet", "Reminds of coming events")
	s.root.post("/admin/jobs/reminders", nil).leads(t, "/admin/jobs/reminders")
	s.root.get("/admin/jobs/reminders").want(t, 200, "did 3 things", "by hand", "*/5 * * * *")
	s.root.post("/admin/jobs/reminders", url.Values{"now_day": {"2027-01-14"}, "now_time": {"9:00"}}).leads(t, "/admin/jobs/reminders")
	if want := time.Date(2027, 1, 14, 9, 0, 0, 0, time.UTC); len(moments) != 2 || !moments[1].Equal(want) {
		t.Errorf("it ran for %v", moments)
	}
	s.root.post("/admin/jobs/reminders", url.Values{"now_day": {"someday"}, "now_time": {"9:00"}}).want(t, 422, `value="someday"`)
	s.root.post("/admin/jobs/broken", nil).leads(t, "/admin/jobs/broken")
	s.root.get("/admin/jobs/broken").want(t, 200, "The job failed", "went wrong", "&lt;b onclick=", "Failed")
	s.root.get("/admin").want(t, 200, `href="/admin/jobs/broken"`)
	s.root.get("/admin/audit?action=job.run").want(t, 200, "2027-01-14T09:00:00Z")
	notThere(t, "/admin/jobs/nothing", s.root)
	s.root.post("/admin/jobs/nothing", nil).want(t, 404)
}

func TestOverview(t *testing.T) {
	s := newStaff(t, func(cfg *Config) {
		cfg.About = About{Version: "1.2.3", Database: "SQLite", Mail: "dir", Size: func(context.Context) (int64, error) { return 3<<20 + 1, nil }}
	})
	notThere(t, "/admin", s.anna, s.door, s.member)
	s.nobody.get("/admin").leads(t, "/login?next=%2Fadmin")
	s.root.get("/admin").want(t, 200, "1.2.3", "SQLite", "4 MB", "nobody gets it", "The database answers", "Mail leaves")
	// Nothing takes the sign-in mails up: after a while that shows.
	s.now = s.now.Add(10 * time.Minute)
	s.root.get("/admin").want(t, 200, "Mail does not leave")
}

func TestStaffInFinnish(t *testing.T) {
	s := newStaff(t)
	s.root.lang = "fi"
	for path, want := range map[string]string{
		"/organise/people": "Henkilöt", "/organise/companies": "Organisaatiot", "/organise/groups": "Ryhmät", "/organise/clusters": "Klusterit",
		"/organise/outbox": "Viestit", "/admin": "Ylläpito", "/admin/users": "Käyttäjät ja roolit", "/admin/tokens": "API-tunnisteet",
		"/admin/jobs": "Säännölliset ajot", "/admin/audit": "Tapahtumaloki", "/admin/projects": "Rahoitetut hankkeet",
	} {
		s.root.get(path).want(t, 200, "<h1>"+want+"</h1>", `<html lang="fi"`)
	}
}
