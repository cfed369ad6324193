package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A subscriber is somebody who has vdirsyncer fetch a calendar and looks at it
// in khal, on a machine of their own.
type subscriber struct {
	t    *testing.T
	home string
	loc  *time.Location
}

// subscribe sets both up for one address, for a reader in a zone.
func subscribe(t *testing.T, address, zone string) *subscriber {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	s := &subscriber{t, t.TempDir(), loc}
	s.write("vdirsyncer.conf", `[general]
status_path = "%[1]s/status/"

[pair feed]
a = "server"
b = "local"
collections = null
conflict_resolution = "a wins"

[storage server]
type = "http"
url = "%[2]s"

[storage local]
type = "filesystem"
path = "%[1]s/calendar"
fileext = ".ics"
`, s.home, address)
	s.write("khal.conf", `[calendars]
[[feed]]
path = %[1]s/calendar

[sqlite]
path = %[1]s/khal.db

[locale]
local_timezone = %[2]s
default_timezone = %[2]s
timeformat = %%H:%%M
dateformat = %%Y-%%m-%%d
longdateformat = %%Y-%%m-%%d
datetimeformat = %%Y-%%m-%%d %%H:%%M
longdatetimeformat = %%Y-%%m-%%d %%H:%%M
`, s.home, zone)
	if err := os.Mkdir(filepath.Join(s.home, "calendar"), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := s.run("vdirsyncer", "-c", "vdirsyncer.conf", "discover"); err != nil {
		t.Fatalf("vdirsyncer discover: %v\n%s", err, out)
	}
	return s
}

func (s *subscriber) write(name, format string, args ...any) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.home, name), fmt.Appendf(nil, format, args...), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// run gives all that a program says. It finds nothing of whoever runs the test.
func (s *subscriber) run(name string, args ...string) (string, error) {
	cmd := exec.CommandContext(s.t.Context(), name, args...)
	cmd.Dir = s.home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "LANG=C.UTF-8", "TZ=" + s.loc.String()}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var copied, deleted = regexp.MustCompile(`(?m)^Copying `), regexp.MustCompile(`(?m)^Deleting `)

// sync fetches the calendar, in which so many entries are new and so many gone.
// vdirsyncer takes a changed entry for another one.
func (s *subscriber) sync(added, gone int) {
	s.t.Helper()
	out, err := s.run("vdirsyncer", "-c", "vdirsyncer.conf", "sync")
	if err != nil {
		s.t.Fatalf("vdirsyncer sync: %v\n%s", err, out)
	}
	if a, g := len(copied.FindAllString(out, -1)), len(deleted.FindAllString(out, -1)); a != added || g != gone {
		s.t.Errorf("%d entries came and %d went, want %d and %d:\n%s", a, g, added, gone, out)
	}
}

// agenda is what khal shows of the next months.
func (s *subscriber) agenda() []string {
	s.t.Helper()
	out, err := s.run("khal", "-c", "khal.conf", "list", "--once", "--format", "{start-long-full} - {end-long-full} {title} [{status}]", "today", "200d")
	if err != nil {
		s.t.Fatalf("khal: %v\n%s", err, out)
	}
	var all []string
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); strings.HasSuffix(line, "]") { // the others name days
			all = append(all, strings.Replace(line, " ]", "]", 1)) // khal prints a blank after the status
		}
	}
	return all
}

// shows checks that the agenda is exactly these entries.
func (s *subscriber) shows(want ...shown) {
	s.t.Helper()
	var lines []string
	for _, w := range want {
		const layout = "2006-01-02 15:04"
		lines = append(lines, fmt.Sprintf("%s - %s %s [%s]", w.starts.In(s.loc).Format(layout), w.ends.In(s.loc).Format(layout), w.title, w.status))
	}
	if got := s.agenda(); !slices.Equal(got, lines) {
		s.t.Errorf("khal shows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
}

// A shown is one line of an agenda.
type shown struct {
	starts, ends  time.Time
	title, status string
}

// TestSubscribers follows an event, its move and its end through vdirsyncer and
// khal, in the calendar of a cluster and in a person's own.
func TestSubscribers(t *testing.T) {
	for _, name := range []string{"vdirsyncer", "khal"} {
		_, err := exec.LookPath(name)
		unless(t, err == nil, "there is no %s: no subscriber was shown", name)
	}
	o := newOffice(t)
	day := time.Now().In(helsinki).AddDate(0, 0, 40)
	starts := time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, helsinki)
	arena := shown{starts, starts.Add(6*time.Hour + 30*time.Minute), `Areena: teräs, "betoni"; \ ja 🏭`, "CONFIRMED"}
	visit := shown{starts.AddDate(0, 0, 1), starts.AddDate(0, 0, 3), "Delegation", "CONFIRMED"}
	id := o.publish(arena)
	o.register(id, "aino@example.org")
	o.register(o.publish(visit), "aino@example.org")
	aino := signIn(t, "aino", strings.TrimSpace(must(t, "admin", "--email", "aino@example.org", o.db, "--base-url", o.base)))
	secret := o.newFeed(aino)

	public := subscribe(t, o.base+"/calendar/circular.ics", "Europe/Helsinki")
	personal := subscribe(t, o.base+secret.ics, "Europe/Madrid")
	all := []*subscriber{public, personal}
	for _, s := range all {
		s.sync(2, 0)
		s.shows(arena, visit)
		s.sync(0, 0)
	}

	arena.starts, arena.ends = starts.AddDate(0, 0, 2).Add(4*time.Hour), starts.AddDate(0, 0, 2).Add(8*time.Hour)
	o.move(id, arena)
	for _, s := range all {
		s.sync(1, 1)
		s.shows(visit, arena)
	}

	o.ask(http.MethodPost, "/events/"+id+"/cancel", map[string]any{"reason": "The hall is flooded."})
	arena.title, arena.status = "CANCELLED: "+arena.title, "CANCELLED"
	for _, s := range all {
		s.sync(1, 1)
		s.shows(visit, arena)
	}

	o.submit(aino, secret.page+"/revoke", nil)
	if out, err := personal.run("vdirsyncer", "-c", "vdirsyncer.conf", "sync"); err == nil || !strings.Contains(out, "Gone") {
		t.Errorf("an address that was taken back is fetched: %v\n%s", err, out)
	}
}

var helsinki = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return loc
}()

// An office is a house that is served, with an organiser at the API.
type office struct {
	t               *testing.T
	db, base, token string
	cluster         string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := database(t.TempDir(), "k.db")
	h := openHouse(t, db)
	c := &scheduling.Cluster{Slug: "circular", Name: tr("Circular", "Kierto"), Zone: "Europe/Helsinki"}
	if err := h.desk.SaveCluster(t.Context(), scheduling.System("test"), c); err != nil {
		t.Fatal(err)
	}
	h.close()
	token := strings.TrimSpace(must(t, "token", "--name", "Office", "--role", "organiser", db))
	return &office{t, db, start(t, db, "--mail=log:").base, token, c.ID}
}

// ask is a request to the API that has to succeed.
func (o *office) ask(method, path string, body any) (made struct {
	ID       string
	Revision int
}) {
	o.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.base+"/api/v1"+path, bytes.NewReader(sent))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+o.token)
	req.Header.Set("Content-Type", "application/json")
	if method == http.MethodPut {
		req.Header.Set("If-Match", fmt.Sprintf(`"%d"`, o.ask(http.MethodGet, path, nil).Revision))
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		o.t.Fatalf("%s %s answers %s %v: %s", method, path, resp.Status, err, answer)
	}
	if err := json.Unmarshal(answer, &made); err != nil {
		o.t.Fatalf("%s %s: %v", method, path, err)
	}
	return made
}

func (o *office) fields(e shown) map[string]any {
	return map[string]any{"title": map[string]string{"en": e.title, "fi": e.title}, "kind": "seminar", "mode": "room", "venue": "Oulu",
		"starts": e.starts, "ends": e.ends, "zone": "Europe/Helsinki", "cluster_ids": []string{o.cluster}, "contact_email": "outi@example.org"}
}

func (o *office) publish(e shown) (id string) {
	o.t.Helper()
	id = o.ask(http.MethodPost, "/events", o.fields(e)).ID
	o.ask(http.MethodPost, "/events/"+id+"/publish", nil)
	return id
}

func (o *office) move(id string, e shown) {
	o.t.Helper()
	o.ask(http.MethodPut, "/events/"+id, o.fields(e))
}

func (o *office) register(id, email string) {
	o.t.Helper()
	o.ask(http.MethodPost, "/events/"+id+"/registrations", map[string]any{"name": "Aino Väisänen", "email": email, "lang": "en"})
}

// A secretFeed is a calendar of somebody's own: its page and its address.
type secretFeed struct{ page, ics string }

func (o *office) newFeed(v *viewer) secretFeed {
	o.t.Helper()
	page := "/account/feeds/" + storage.NewID()
	body := o.submit(v, "/account/feeds/new", url.Values{
		"id": {path.Base(page)}, "name": {"Mobile"}, "lang": {"en"}, "scopes": {"registrations"}})
	address := regexp.MustCompile(regexp.QuoteMeta(o.base) + `(/feeds/[A-Za-z0-9._~-]+\.ics)`).FindStringSubmatch(body)
	if address == nil {
		o.t.Fatalf("the page of the calendar shows no address:\n%s", body)
	}
	return secretFeed{page, address[1]}
}

// submit sends a form as somebody, and gives the page that it leads to.
func (o *office) submit(v *viewer, path string, form url.Values) string {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	at, err := url.Parse(o.base)
	if err != nil {
		o.t.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: v.session}})
	resp, err := (&http.Client{Jar: jar}).PostForm(o.base+path, form)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		o.t.Fatalf("%s answers %s %v: %s", path, resp.Status, err, body)
	}
	return string(body)
}
