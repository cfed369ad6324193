package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// organised is a house with two clusters, an event of the first, and people who
// may different things.
type organised struct {
	*house
	e                    *scheduling.Event
	boss, stranger, door *visitor
	base, cluster, c2    string
}

func newOrganised(t testing.TB, set func(*scheduling.Event)) *organised {
	t.Helper()
	h := newHouse(t)
	mine := h.newCluster(t, "automotive", "Automotive")
	theirs := h.newCluster(t, "circular", "Circular")
	o := &organised{house: h, cluster: mine.ID, c2: theirs.ID}
	o.e = h.published(t, set)
	o.base = "/organise/events/" + o.e.ID
	o.boss = h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: mine.ID})
	o.stranger = h.person(t, "oskari@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: theirs.ID})
	o.door = h.person(t, "dora@example.fi", scheduling.Grant{Role: scheduling.Door, Cluster: mine.ID})
	return o
}

// registers registers somebody from outside and gives their registration.
func (o *organised) registers(t testing.TB, name, email string) *scheduling.Registration {
	t.Helper()
	rec, err := o.desk.Register(t.Context(), scheduling.Actor{Via: "page"}, o.e.ID, scheduling.Signup{Name: name, Email: email, Company: "Pohjan Auto", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return rec.Lead()
}

func (o *organised) state(t testing.TB, id string) scheduling.RegState {
	t.Helper()
	p, err := o.desk.Registration(t.Context(), root, id)
	if err != nil {
		t.Fatal(err)
	}
	return p.Registration.State
}

func (o *organised) event(t testing.TB) *scheduling.Event {
	t.Helper()
	p, err := o.desk.EventBoard(t.Context(), root, o.e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p.Event
}

// TestOrganisersSeeTheirOwn tries every page of an event as somebody else's
// organiser and as whoever only stands at its door.
func TestOrganisersSeeTheirOwn(t *testing.T) {
	o := newOrganised(t, nil)
	r := o.registers(t, "Aino", "aino@example.fi")
	for _, path := range []string{"", "/edit", "/preview", "/cancel", "/copy", "/add", "/import", "/answers", "/badges", "/names", "/export.csv", "/export.xlsx"} {
		o.boss.get(o.base+path).want(t, 200)
		o.stranger.get(o.base+path).want(t, 404)
		o.door.get(o.base+path).want(t, 404)
	}
	reg := "/organise/registrations/" + r.ID
	o.boss.get(reg).want(t, 200, "aino@example.fi")
	o.stranger.get(reg).want(t, 404)
	o.door.get(reg).want(t, 404)
	for _, path := range []string{"/checkin", "/counts"} {
		o.door.get(o.base+path).want(t, 200)
		o.boss.get(o.base+path).want(t, 200)
		o.stranger.get(o.base+path).want(t, 404)
	}
	for _, path := range []string{o.base + "/edit", o.base + "/preview", o.base + "/publish", o.base + "/cancel", o.base + "/delete", o.base + "/copy", o.base + "/bulk", o.base + "/add",
		o.base + "/import", o.base + "/checkin", o.base + "/checkin/undo", o.base + "/checkin/walkin", reg + "/edit", reg + "/handover", reg + "/do"} {
		form := url.Values{"do": {"cancel"}, "ids": {r.ID}, "code": {r.ID}, "id": {r.ID}, "reason": {"x"}, "name": {"X"}, "email": {"x@example.fi"}, "day": {"2027-12-01"}}
		o.stranger.post(path, form).want(t, 404)
	}
	if got := o.state(t, r.ID); got != scheduling.Confirmed {
		t.Errorf("the registration is %s after strangers tried", got)
	}
	o.stranger.get("/organise/events").want(t, 200)
	if body := o.stranger.get("/organise/events").Body; strings.Contains(body, o.e.ID) {
		t.Error("another cluster's organiser sees the event in the list")
	}
	o.door.get("/organise/door").want(t, 200, "CircularArena")
}

// typed is what the editor of the event shows, as a form.
func (o *organised) typed(t testing.TB) url.Values { return url.Values(eventValues(o.event(t))) }

func TestEditEvent(t *testing.T) {
	o := newOrganised(t, nil)
	o.boss.get(o.base+"/edit").want(t, 200, "CircularArena", "Kierto-Areena")

	form := o.typed(t)
	form.Set("title.en", "CircularArena 2027")
	form.Set("agenda.0.starts_time", "09:30")
	form.Set("agenda.0.ends_time", "10:00")
	form.Set("agenda.0.title.fi", "Avaus")
	form.Set("questions.0.kind", "choice")
	form.Set("questions.0.label.fi", "Ruokavalio")
	form.Set("questions.0.options.fi", "Kaikki käy\r\nVegaani")
	form.Set("questions.0.options.en", "Everything\r\nVegan")
	form.Set("consents.0.label.en", "Photos are fine")
	o.boss.post(o.base+"/edit", form).leads(t, o.base+"/edit")
	e := o.event(t)
	if e.Title["en"] != "CircularArena 2027" || len(e.Agenda) != 1 || e.Agenda[0].Title["fi"] != "Avaus" || e.Agenda[0].Starts.Format("15:04") != "07:30" {
		t.Errorf("saved %+v", e)
	}
	q := e.Rules.Questions[0]
	if len(q.Options) != 2 || q.Options[1].Label["en"] != "Vegan" || e.Rules.Consents[0].Purpose != "photos-are-fine" {
		t.Errorf("questions %+v, consents %+v", e.Rules.Questions, e.Rules.Consents)
	}

	// An option keeps its key when its words change: people have answered under it.
	form = o.typed(t)
	form.Set("questions.0.options.en", "Everything\r\nOnly plants")
	o.boss.post(o.base+"/edit", form).leads(t, o.base+"/edit")
	if again := o.event(t).Rules.Questions[0]; again.Options[1].Key != q.Options[1].Key || again.Options[1].Label["en"] != "Only plants" || again.Key != q.Key {
		t.Errorf("the question became %+v", again)
	}
}

func TestEditorLosesNothing(t *testing.T) {
	o := newOrganised(t, nil)
	form := o.typed(t)
	form.Set("title.fi", `<b>"Hyvä"</b>`)
	form.Set("zone", "Mars/Olympus")
	form.Set("starts_day", "31.2.2027")
	got := o.boss.post(o.base+"/edit", form).want(t, 422, "Mars/Olympus", "31.2.2027", "&lt;b&gt;")
	for _, id := range []string{"#f-zone", "#f-starts_day"} {
		if got.attr(t, id, "aria-invalid") != "true" {
			t.Errorf("%s is not marked", id)
		}
	}
	// Another line is another line, and nothing is stored.
	form = o.typed(t)
	form.Set("title.fi", "Kesken")
	form.Set("do", "question")
	got = o.boss.post(o.base+"/edit", form).want(t, 200, "Kesken")
	if n := len(got.nodes(t, `select[name="questions.0.kind"]`)); n != 1 {
		t.Errorf("%d fields of a new question", n)
	}
	if e := o.event(t); e.Title["fi"] != "Kierto-Areena" {
		t.Errorf("asking for a line stored %q", e.Title["fi"])
	}
	form = o.typed(t)
	form.Set("title.fi", "Esikatseltu")
	form.Del("do")
	o.boss.post(o.base+"/preview?in=fi", form).want(t, 200, "Esikatseltu", `lang="fi"`)
	if e := o.event(t); e.Title["fi"] != "Kierto-Areena" {
		t.Errorf("a preview stored %q", e.Title["fi"])
	}
}

func TestStaleEventEdit(t *testing.T) {
	o := newOrganised(t, nil)
	mine := o.typed(t)
	theirs := o.typed(t)
	theirs.Set("title.en", "Their title")
	o.boss.post(o.base+"/edit", theirs).leads(t, o.base+"/edit")
	mine.Set("title.en", "My title")
	got := o.boss.post(o.base+"/edit", mine).want(t, 409, "Their title", "My title")
	mine.Set("rev", got.attr(t, `input[name=rev]`, "value"))
	o.boss.post(o.base+"/edit", mine).leads(t, o.base+"/edit")
	if e := o.event(t); e.Title["en"] != "My title" {
		t.Errorf("the title is %q", e.Title["en"])
	}
}

func TestMovingAsksFirst(t *testing.T) {
	o := newOrganised(t, nil)
	o.registers(t, "Aino", "aino@example.fi")
	form := o.typed(t)
	form.Set("starts_time", "13:00")
	form.Set("ends_time", "15:00")
	o.boss.post(o.base+"/edit", form).want(t, 200, "1 person will get a mail", `name="tell"`)
	if e := o.event(t); !e.Starts.Equal(o.e.Starts) {
		t.Error("moved without asking")
	}
	form.Set("tell", "1")
	o.boss.post(o.base+"/edit", form).leads(t, o.base+"/edit")
	if e := o.event(t); e.Starts.Equal(o.e.Starts) || e.Sequence == o.e.Sequence {
		t.Error("not moved")
	}
	if m := o.lastMail(t, "aino@example.fi"); m == nil || m.Kind != "registration.confirmed" && m.Kind != "registration.changed" {
		t.Errorf("mail = %+v", m)
	}
}

// TestNewEventOnce sends the form of a new event twice.
func TestNewEventOnce(t *testing.T) {
	o := newOrganised(t, nil)
	page := o.boss.get("/organise/events/new").want(t, 200)
	id := page.attr(t, "input[name=new_id]", "value")
	form := o.typed(t)
	for _, drop := range []string{"rev", "slug", "copied_from"} {
		form.Del(drop)
	}
	form.Set("new_id", id)
	form.Set("title.en", "Brand new")
	for range 2 {
		o.boss.post("/organise/events/new", form).leads(t, "/organise/events/"+id+"/edit")
	}
	if body := o.boss.get("/organise/events?view=draft"); len(body.all(t, "tbody tr")) != 1 {
		t.Errorf("%d drafts", len(body.all(t, "tbody tr")))
	}
	o.boss.post("/organise/events/"+id+"/publish", nil).leads(t, "/organise/events/"+id)
	o.boss.post("/organise/events/"+id+"/delete", nil).leads(t, "/organise/events/"+id+"/edit") // no draft any more
	o.boss.get("/organise/events/"+id).want(t, 200, "Published")
}

func TestCancelAndCopyEvent(t *testing.T) {
	o := newOrganised(t, nil)
	o.registers(t, "Aino", "aino@example.fi")
	o.boss.get(o.base+"/cancel").want(t, 200, "1 person is registered")
	o.boss.post(o.base+"/cancel", url.Values{}).want(t, 422)
	o.boss.post(o.base+"/cancel", url.Values{"reason": {"The roof leaks"}}).leads(t, o.base)
	o.boss.get(o.base).want(t, 200, "The roof leaks")
	o.boss.post(o.base+"/cancel", url.Values{"reason": {"again"}}).want(t, 409)
	got := o.boss.post(o.base+"/copy", url.Values{"day": {"2027-12-13"}})
	path := got.Header.Get("Location")
	o.boss.get(path).want(t, 200, "2027-12-13", "09:00", "Draft")
	o.boss.post(o.base+"/copy", url.Values{"day": {"soon"}}).want(t, 422)
}

func TestRegistrationsList(t *testing.T) {
	o := newOrganised(t, func(e *scheduling.Event) { e.Rules.Seats = 2 })
	o.registers(t, hostile, "hostile@example.fi")
	o.registers(t, "Bo Öst", "bo@example.fi")
	o.registers(t, "Chloé", "chloe@example.fr")
	got := o.boss.get(o.base).want(t, 200, "2 of 2 seats")
	if strings.Contains(got.Body, "<b>kokemuksia") {
		t.Error("a name is not escaped")
	}
	if names := got.all(t, "tbody th a"); len(names) != 3 {
		t.Errorf("names = %q", names)
	}
	for query, want := range map[string][]string{"?q=ös": {"Bo Öst"}, "?state=waitlisted": {"Chloé"}, "?q=bo@&state=confirmed": {"Bo Öst"}, "?q=nobody": nil, "?state=nonsense&q=chl": {"Chloé"}} {
		if names := o.boss.get(o.base+query).want(t, 200).all(t, "tbody th a"); !slices.Equal(names, want) {
			t.Errorf("%s finds %q, want %q", query, names, want)
		}
	}
	for _, page := range []string{"/badges", "/names", "/checkin?q=sivuv", "/answers"} {
		if body := o.boss.get(o.base+page).want(t, 200).Body; strings.Contains(body, "<b>kokemuksia") {
			t.Errorf("%s does not escape a name", page)
		}
	}
}

func TestBulk(t *testing.T) {
	o := newOrganised(t, func(e *scheduling.Event) { e.Rules.Approval = true })
	a, b, c := o.registers(t, "Aino", "a@example.fi"), o.registers(t, "Bo", "b@example.fi"), o.registers(t, "Chloé", "c@example.fi")
	o.boss.post(o.base+"/bulk", url.Values{"do": {"approve"}}).leads(t, o.base)
	o.boss.post(o.base+"/bulk", url.Values{"do": {"approve"}, "ids": {a.ID}}).leads(t, o.base)

	// One of three cannot be approved any more: the others are, and it is said who.
	got := o.boss.post(o.base+"/bulk", url.Values{"do": {"approve"}, "ids": {a.ID, b.ID, "no-such-id"}}).want(t, 200, "2 could not be done", "1 other was done")
	if failed := got.all(t, ".summary li strong"); !slices.Equal(failed, []string{"Aino", "no-such-id"}) {
		t.Errorf("failed = %q", failed)
	}
	o.boss.post(o.base+"/bulk", url.Values{"do": {"reject"}, "ids": {c.ID}, "reason": {"No room"}, "state": {"pending"}}).leads(t, o.base+"?state=pending")
	for id, want := range map[string]scheduling.RegState{a.ID: scheduling.Confirmed, b.ID: scheduling.Confirmed, c.ID: scheduling.Rejected} {
		if got := o.state(t, id); got != want {
			t.Errorf("state = %s, want %s", got, want)
		}
	}
	// A registration of another event is none of this one.
	other := o.published(t, func(e *scheduling.Event) { e.ClusterIDs = []string{o.c2} })
	rec, err := o.desk.Register(t.Context(), scheduling.Actor{}, other.ID, scheduling.Signup{Name: "D", Email: "d@example.fi"})
	if err != nil {
		t.Fatal(err)
	}
	o.boss.post(o.base+"/bulk", url.Values{"do": {"cancel"}, "ids": {rec.Lead().ID}}).want(t, 200, "1 could not be done")
	if got := o.state(t, rec.Lead().ID); got != scheduling.Confirmed {
		t.Errorf("a stranger's registration is %s", got)
	}
}

func TestRegistrationPage(t *testing.T) {
	o := newOrganised(t, nil)
	r := o.registers(t, "Aino", "aino@example.fi")
	path := "/organise/registrations/" + r.ID
	o.boss.post(path+"/edit", url.Values{"name": {"Aino Väisänen"}, "note": {"VIP"}}).leads(t, path)
	o.boss.get(path).want(t, 200, "Aino Väisänen", "VIP", "Registered", "Edited")
	o.boss.post(path+"/edit", url.Values{"name": {""}}).want(t, 422)
	o.boss.post(path+"/do", url.Values{"do": {"send"}}).leads(t, path)
	o.boss.post(path+"/handover", url.Values{"name": {"Bo"}, "email": {"nonsense"}}).want(t, 422, "nonsense")
	o.boss.post(path+"/handover", url.Values{"name": {"Bo"}, "email": {"bo@example.fi"}}).leads(t, path)
	o.boss.get(path).want(t, 200, "bo@example.fi")
	o.boss.post(path+"/do", url.Values{"do": {"cancel"}, "reason": {"Ill"}}).leads(t, path)
	o.boss.post(path+"/do", url.Values{"do": {"cancel"}}).leads(t, path) // twice: says that it is too late
	o.boss.post(path+"/do", url.Values{"do": {"explode"}}).want(t, 404)
	if got := o.state(t, r.ID); got != scheduling.Withdrawn {
		t.Errorf("state = %s", got)
	}
	for _, want := range []string{"flash", "flash"} { // the same person twice is one registration
		got := o.boss.post(o.base+"/add", url.Values{"name": {"Chloé"}, "email": {"c@example.fr"}, "lang": {"en"}, want: {"x"}})
		if !strings.HasPrefix(got.Header.Get("Location"), "/organise/registrations/") {
			t.Errorf("adding leads to %q", got.Header.Get("Location"))
		}
	}
	o.boss.post(o.base+"/add", url.Values{"name": {"X"}}).want(t, 422)
}

func TestExport(t *testing.T) {
	o := newOrganised(t, nil)
	o.registers(t, "=HYPERLINK(\"http://evil\")", "evil@example.fi")
	o.registers(t, "Väinö; \"Åke\", Öst", "vaino@example.fi")
	got := o.boss.get(o.base+"/export.csv").want(t, 200)
	if !strings.HasPrefix(got.Body, "\ufeffName,") || strings.Contains(got.Body, "\n=") || strings.Contains(got.Body, "\n\"=") {
		t.Errorf("CSV = %q", got.Body)
	}
	if d := got.Header.Get("Content-Disposition"); d != `attachment; filename="circulararena.csv"` {
		t.Errorf("disposition = %q", d)
	}
	o.boss.lang = "fi"
	for _, ext := range []string{"csv", "xlsx"} {
		rows, err := table.Read([]byte(o.boss.get(o.base+"/export."+ext).want(t, 200).Body))
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 3 || rows[0].Cells[0] != "Nimi" || rows[2].Cells[0] != "Väinö; \"Åke\", Öst" || rows[2].Cells[1] != "vaino@example.fi" {
			t.Errorf("%s = %+v", ext, rows)
		}
	}
}

// uploads sends a file as the import's form does.
func (o *organised) uploads(t *testing.T, data string, fields map[string]string) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if data != "" {
		f, err := w.CreateFormFile("file", "list.csv")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, "https://talo.example.fi"+o.base+"/import", &body)
	return o.boss.do(req, w.FormDataContentType())
}

func TestImportPage(t *testing.T) {
	o := newOrganised(t, nil)
	list := "Nimi;Sähköposti;Yritys\nAino;aino@example.fi;Oy\n<b>Bo</b>;not an address;\nChloé;chloe@example.fr;\n"
	got := o.uploads(t, list, map[string]string{"tell": "1"}).want(t, 200, "list.csv", "not an address", "Register 2 people", "&lt;b&gt;Bo")
	if n, _, err := o.desk.Registrations(t.Context(), root, o.e.ID, scheduling.RegFilter{}); err != nil || len(n) != 0 {
		t.Fatalf("the look stored %d registrations, %v", len(n), err)
	}
	again := map[string]string{"do": "import", "tell": "1", "content": got.attr(t, "input[name=content]", "value")}
	for range 2 {
		o.uploads(t, "", again).want(t, 200)
	}
	if n, _, err := o.desk.Registrations(t.Context(), root, o.e.ID, scheduling.RegFilter{}); err != nil || len(n) != 2 {
		t.Errorf("%d registrations after importing twice, %v", len(n), err)
	}
	o.uploads(t, "", nil).want(t, 422)
	o.uploads(t, "a;b\n1;2\n", nil).want(t, 422, "name the columns")
	o.uploads(t, "name,email\n\"open,x\n", nil).want(t, 422, "line 2")
	o.uploads(t, strings.Repeat("x", table.MaxBytes+1), nil).want(t, 422)
}

func TestCheckInPage(t *testing.T) {
	o := newOrganised(t, func(e *scheduling.Event) { e.Rules.Seats = 3 })
	r := o.registers(t, "Aino", "aino@example.fi")
	path := o.base + "/checkin"
	o.door.post(path, url.Values{"code": {"ain"}}).leads(t, path+"?q=ain")
	o.door.get(path+"?q=ain").want(t, 200, "Aino", "Check in")
	code := strings.ToLower(r.Ticket[:4] + " " + r.Ticket[4:])
	at := path + "?at=" + r.ID
	o.door.post(path, url.Values{"code": {code}}).leads(t, at)
	o.door.get(at).want(t, 200, "Checked in", "arrival good", "1 of 1 here")
	o.door.post(path, url.Values{"code": {r.Ticket}}).leads(t, path+"?again=1&at="+r.ID)
	o.door.get(path+"?again=1&at="+r.ID).want(t, 200, "Already here, since 10:00", "arrival wait")
	o.door.post(path+"/undo", url.Values{"id": {r.ID}}).leads(t, at)
	if got := o.state(t, r.ID); got != scheduling.Confirmed {
		t.Errorf("state after undo = %s", got)
	}
	walk := o.door.post(path+"/walkin", url.Values{"name": {"Wanda"}})
	o.door.get(walk.Header.Get("Location")).want(t, 200, "Wanda", "Checked in")
	o.door.post(path+"/walkin", url.Values{"email": {"broken"}}).want(t, 422, "broken")
	o.registers(t, "Bo", "bo@example.fi")
	late := o.registers(t, "Late Chloé", "c@example.fr") // the list is full
	o.door.post(path, url.Values{"code": {late.Ticket}}).want(t, 409, "waiting list", "arrival bad")

	other := o.published(t, nil)
	rec, err := o.desk.Register(t.Context(), scheduling.Actor{}, other.ID, scheduling.Signup{Name: "D", Email: "d@example.fi"})
	if err != nil {
		t.Fatal(err)
	}
	o.door.post(path, url.Values{"code": {rec.Lead().Ticket}}).want(t, 422, "another event")
	o.door.post(path, url.Values{"code": {"XXXX9999"}, "scan": {"1"}}).want(t, 422, "No ticket has this code")
}

// TestCheckInOnManyDevices shows one ticket at several doors at once.
func TestCheckInOnManyDevices(t *testing.T) {
	o := newOrganised(t, nil)
	r := o.registers(t, "Aino", "aino@example.fi")
	outcomes := make([]checkInAnswer, 8)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() {
			device := *o.door
			device.cookies = map[string]string{}
			for k, v := range o.door.cookies {
				device.cookies[k] = v
			}
			a := device.send(http.MethodPost, o.base+"/checkin", url.Values{"code": {r.Ticket}}, map[string]string{"Accept": "application/json"})
			if err := json.Unmarshal([]byte(a.Body), &outcomes[i]); err != nil {
				t.Errorf("%v: %s", err, a.Body)
			}
		})
	}
	wg.Wait()
	in := 0
	for _, a := range outcomes {
		switch a.Outcome {
		case "in":
			in++
		case "again":
		default:
			t.Errorf("answer = %+v", a)
		}
	}
	if in != 1 {
		t.Errorf("checked in %d times", in)
	}
	var n countsAnswer
	if err := json.Unmarshal([]byte(o.door.get(o.base+"/counts").Body), &n); err != nil || n.Attended != 1 || n.Text != "1 of 1 here" {
		t.Errorf("counts = %+v, %v", n, err)
	}
}

func TestDashboardPage(t *testing.T) {
	o := newOrganised(t, func(e *scheduling.Event) { e.Rules.Approval = true })
	o.boss.get("/organise").want(t, 200, "Nothing waits for you today")
	o.registers(t, "Aino", "aino@example.fi")
	o.boss.get("/organise").want(t, 200, "1 registration to decide on", o.base+"?state=pending")
	o.stranger.get("/organise").want(t, 200, "Nothing waits for you today")
}
