package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A staff is a house with two clusters and who works there.
type staff struct {
	*house
	auto, circ           *scheduling.Cluster
	root, anna, ben      *visitor // administrator, organiser of auto, organiser of circ
	door, member, nobody *visitor
}

func newStaff(t testing.TB, change ...func(*Config)) *staff {
	t.Helper()
	s := &staff{house: newHouse(t, change...)}
	by := scheduling.System("test")
	for i, slug := range []string{"auto", "circ"} {
		cl := &scheduling.Cluster{Slug: slug, Name: scheduling.Text{"en": "Cluster " + slug, "fi": "Klusteri " + slug}, Zone: houseZone, Languages: []string{"fi", "en"}}
		if err := s.desk.SaveCluster(t.Context(), by, cl); err != nil {
			t.Fatal(err)
		}
		*[]**scheduling.Cluster{&s.auto, &s.circ}[i] = cl
	}
	s.root = s.person(t, "root@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	s.anna = s.person(t, "anna@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: s.auto.ID})
	s.ben = s.person(t, "ben@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: s.circ.ID})
	s.door = s.person(t, "door@example.fi", scheduling.Grant{Role: scheduling.Door, Cluster: s.auto.ID})
	s.member = s.person(t, "member@example.fi")
	s.nobody = s.visitor(t)
	for _, email := range []string{"root@example.fi", "member@example.fi"} {
		s.makeContact(t, email, s.auto.ID)
	}
	return s
}

// makeContact makes a person a contact of a cluster: its organisers know them.
func (s *staff) makeContact(t testing.TB, email, cluster string) {
	t.Helper()
	by := scheduling.System("test")
	found, err := s.desk.Person(t.Context(), by, s.idOf(t, email))
	if err == nil {
		found.Person.ClusterIDs = []string{cluster}
		err = s.desk.SavePerson(t.Context(), by, found.Person)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// notThere checks that everybody who may not gets the answer for what does not exist.
func notThere(t testing.TB, path string, who ...*visitor) {
	t.Helper()
	for _, v := range who {
		v.get(path).want(t, 404, "There is no such page")
	}
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// filled is a page's hidden inputs together with what somebody types.
func filled(a answer, typed ...string) url.Values {
	form := url.Values{}
	for _, m := range hiddenInput.FindAllStringSubmatch(a.Body, -1) {
		form.Set(m[1], m[2])
	}
	for i := 0; i+1 < len(typed); i += 2 {
		form.Add(typed[i], typed[i+1])
	}
	return form
}

// to is where a redirect goes.
func (a answer) to(t testing.TB) string {
	t.Helper()
	if a.Status != http.StatusSeeOther {
		t.Fatalf("answer = %d, want a redirect\n%s", a.Status, a.Body)
	}
	return a.Header.Get("Location")
}

const tag = `<b onclick="x()">&`

func TestCompanies(t *testing.T) {
	s := newStaff(t)
	notThere(t, "/organise/companies", s.door, s.member)
	s.nobody.get("/organise/companies").leads(t, "/login?next=%2Forganise%2Fcompanies")
	s.anna.get("/organise/companies").want(t, 200, "No organisations yet", "Add an organisation")

	blank := s.anna.get("/organise/companies/new").want(t, 200, "Business id", "Cluster auto")
	if strings.Contains(blank.Body, "Cluster circ") {
		t.Error("an organiser is offered a cluster of others")
	}
	form := filled(blank, "name", tag+" Oy", "kind", "sme", "country", "FI", "business_id", "1234567-8", "cluster_ids", s.auto.ID, "cluster_ids", s.circ.ID)
	s.anna.post("/organise/companies/new", form).want(t, 422, "check digit", `href="#f-business_id"`, "&lt;b onclick=")

	form.Set("business_id", "1234567-1")
	page := s.anna.post("/organise/companies/new", form).to(t)
	again := s.anna.post("/organise/companies/new", form).to(t)
	if again != page {
		t.Errorf("sent twice, it leads to %s and %s", page, again)
	}
	shown := s.anna.get(page).want(t, 200, "&lt;b onclick=", "1234567-1", "Cluster auto", "Nobody from here yet")
	if strings.Contains(shown.Body, "<b onclick") || strings.Contains(shown.Body, "Cluster circ") {
		t.Error("a name was not escaped, or a cluster of others was given")
	}
	list := s.ben.get("/organise/companies?q=Oy").want(t, 200, page)
	if strings.Count(list.Body, "<th scope=\"row\">") != 1 {
		t.Error("sent twice, it is there twice")
	}
	s.ben.get("/organise/companies?q=elsewhere").want(t, 200, "Nothing fits")
	s.ben.get("/organise/companies?cluster="+s.circ.ID).want(t, 200, "Nothing fits")
}

func TestStaleEdit(t *testing.T) {
	s := newStaff(t)
	page := s.anna.post("/organise/companies/new", url.Values{"name": {"Valmet"}, "kind": {"large"}, "country": {"FI"}}).to(t)
	mine, theirs := s.anna.get(page+"/edit"), s.ben.get(page+"/edit")
	s.ben.post(page+"/edit", filled(theirs, "name", "Valmet Automotive", "kind", "large", "country", "FI")).leads(t, page)
	stale := s.anna.post(page+"/edit", filled(mine, "name", "Valmet Oy", "kind", "large", "country", "FI"))
	stale.want(t, 409, "Somebody else changed this", `value="Valmet Oy"`)
	s.anna.get(page).want(t, 200, "Valmet Automotive")
	// Having read that, they may decide again.
	s.anna.post(page+"/edit", filled(stale, "name", "Valmet Oy", "kind", "large", "country", "FI")).leads(t, page)
	s.anna.get(page).want(t, 200, "Valmet Oy", "Saved: Valmet Oy.")
	s.anna.post(page+"/edit", url.Values{"name": {"No revision"}, "kind": {"large"}, "country": {"FI"}}).want(t, 409)
}

func TestPeople(t *testing.T) {
	s := newStaff(t)
	notThere(t, "/organise/people", s.door, s.member)
	company := s.anna.post("/organise/companies/new", url.Values{"name": {"Nokian Renkaat"}, "kind": {"large"}, "country": {"FI"}}).to(t)
	blank := s.anna.get("/organise/people/new?company="+strings.TrimPrefix(company, "/organise/companies/")).want(t, 200, `value="Nokian Renkaat"`)
	form := filled(blank, "name", tag, "email", "not an address", "company", "Nowhere Oy", "lang", "fi")
	s.anna.post("/organise/people/new", form).want(t, 422, "no organisation of this name", `value="Nowhere Oy"`, `value="not an address"`)
	form.Set("email", "Liisa@Example.FI")
	form.Set("company", "nokian renkaat")
	form.Set("cluster_ids", s.auto.ID)
	page := s.anna.post("/organise/people/new", form).to(t)
	if s.anna.post("/organise/people/new", form).to(t) != page {
		t.Error("sent twice, it makes two")
	}
	s.anna.get(page).want(t, 200, "liisa@example.fi", "Nokian Renkaat", "&lt;b onclick=", "None were asked for yet")
	s.anna.get(company).want(t, 200, "liisa@example.fi")
	s.anna.get("/organise/people?q=liisa").want(t, 200, page)

	form.Set("id", "")
	s.anna.post("/organise/people/new", form).want(t, 409, "taken already")
	if body := s.anna.get(page).Body; strings.Contains(body, "/admin/users/") {
		t.Error("an organiser is led to the roles")
	}
	s.root.get(page).want(t, 200, "/admin/users/", "No roles.")
}

// Whoever has roles signs in with their address: an organiser who could change
// it could become them.
func TestAddressOfStaff(t *testing.T) {
	s := newStaff(t)
	id := s.idOf(t, "root@example.fi")
	edit := s.anna.get("/organise/people/"+id+"/edit").want(t, 200, "Only an administrator can change it")
	s.anna.post("/organise/people/"+id+"/edit", filled(edit, "name", "X", "lang", "fi", "email", "anna+root@example.fi")).want(t, 404)
	s.anna.post("/organise/people/"+id+"/edit", filled(edit, "name", "Root Renamed", "lang", "fi")).leads(t, "/organise/people/"+id)
	s.root.get("/organise/people/"+id).want(t, 200, "Root Renamed", "root@example.fi", "Administrator")
}

func (s *staff) idOf(t testing.TB, email string) (id string) {
	t.Helper()
	err := s.desk.DB.View(t.Context(), func(tx *storage.Tx) error {
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

func TestGroups(t *testing.T) {
	s := newStaff(t)
	blank := s.anna.get("/organise/groups/new").want(t, 200)
	form := filled(blank, "name.fi", tag, "kind", "working", "cluster_id", s.circ.ID, "slug", "batteries")
	s.anna.post("/organise/groups/new", form).want(t, 404) // not their cluster
	form.Set("cluster_id", s.auto.ID)
	page := s.anna.post("/organise/groups/new", form).to(t)
	if s.anna.post("/organise/groups/new", form).to(t) != page {
		t.Error("sent twice, it makes two")
	}
	notThere(t, page, s.ben, s.door, s.member)
	notThere(t, page+"/edit", s.ben)
	s.ben.post(page+"/add", url.Values{"email": {"ben@example.fi"}}).want(t, 404)

	s.anna.get(page).want(t, 200, "No members yet", "&lt;b onclick=")
	s.anna.get(page+"?q=member").want(t, 200, "member@example.fi", "Add Aino Väisänen")
	s.anna.post(page+"/add", url.Values{"email": {"stranger@example.fi"}}).want(t, 422, "Nobody here has this address", "/organise/people/new?q=stranger%40example.fi")
	for range 2 {
		s.anna.post(page+"/add", url.Values{"email": {"member@example.fi"}}).leads(t, page)
	}
	s.anna.get("/organise/groups").want(t, 200, `class="num" data-label="Members">1<`)
	// Somebody who is no contact of theirs yet becomes one by being added.
	ben := "/organise/people/" + s.idOf(t, "ben@example.fi")
	notThere(t, ben, s.anna)
	s.anna.get(page+"?q=ben@example.fi").want(t, 200, `value="ben@example.fi"`, "Add ben@example.fi")
	s.anna.post(page+"/add", url.Values{"email": {"ben@example.fi"}}).leads(t, page)
	s.anna.get(ben).want(t, 200, "ben@example.fi")
	s.anna.post(page+"/remove", url.Values{"person": {strings.TrimPrefix(ben, "/organise/people/")}}).leads(t, page)

	edit := s.anna.get(page + "/edit")
	s.anna.post(page+"/edit", filled(edit, "name.en", "Batteries", "kind", "board", "slug", "batteries", "cluster_id", s.circ.ID)).leads(t, page)
	s.anna.get(page).want(t, 200, "Batteries", "Board · Cluster auto", "member@example.fi")
	for range 2 {
		s.anna.post(page+"/remove", url.Values{"person": {s.idOf(t, "member@example.fi")}}).leads(t, page)
	}
	s.anna.get(page).want(t, 200, "No members yet")
	if body := s.ben.get("/organise/groups").want(t, 200).Body; strings.Contains(body, "Batteries") {
		t.Error("an organiser sees groups of other clusters")
	}
}

func TestClusters(t *testing.T) {
	s := newStaff(t)
	notThere(t, "/organise/clusters/new", s.anna, s.door)
	path := "/organise/clusters/" + s.auto.ID
	notThere(t, path, s.ben, s.member)
	edit := s.anna.get(path).want(t, 200, "Cluster auto", "Europe/Helsinki")
	form := filled(edit, "name.en", "Oulu Automotive", "slug", "auto", "zone", "Europe/Helsinki", "languages", "fi", "colour", "#ffee00", "sender", "auto@example.fi")
	s.anna.post(path, form).want(t, 422, "4.5 to 1", `value="#ffee00"`, `href="#f-colour"`)
	form.Set("colour", "#0b5d4e")
	form.Del("languages")
	s.anna.post(path, form).want(t, 422, "This is needed")
	form.Set("languages", "fi")
	form.Set("postal_address", strings.Repeat("x", 201))
	s.anna.post(path, form).want(t, 422, `href="#f-postal_address"`, "Postal address")
	form.Set("postal_address", "Torikatu 12, 90100 Oulu")
	s.anna.post(path, form).leads(t, "/organise/clusters")
	s.anna.get(path).want(t, 200, `value="Torikatu 12, 90100 Oulu"`)
	s.anna.post(path, form).want(t, 409, "Somebody else changed this")
	list := s.anna.get("/organise/clusters").want(t, 200, "Oulu Automotive", "auto@example.fi")
	if strings.Contains(list.Body, "Cluster circ") || strings.Contains(list.Body, "New cluster") {
		t.Error("an organiser sees other clusters, or may make one")
	}
	blank := s.root.get("/organise/clusters/new").want(t, 200)
	form = filled(blank, "name.en", "Third", "zone", "Europe/Oulu", "languages", "en")
	s.root.post("/organise/clusters/new", form).want(t, 422, "not a time zone")
	form.Set("zone", "Europe/Helsinki")
	for range 2 {
		s.root.post("/organise/clusters/new", form).leads(t, "/organise/clusters")
	}
	s.root.get("/organise/clusters").want(t, 200, "/clusters/third", "Cluster circ")
}

func TestProjects(t *testing.T) {
	s := newStaff(t)
	notThere(t, "/admin/projects", s.anna, s.door, s.member)
	blank := s.root.get("/admin/projects/new").want(t, 200)
	form := filled(blank, "name.en", tag, "code", "A80123", "from", "1.1.2026", "until", "31.12.2025")
	s.root.post("/admin/projects/new", form).want(t, 422, `href="#f-until"`, `value="2026-01-01"`)
	form.Set("until", "someday")
	s.root.post("/admin/projects/new", form).want(t, 422, `value="someday"`)
	form.Set("until", "2027-12-31")
	for range 2 {
		s.root.post("/admin/projects/new", form).leads(t, "/admin/projects")
	}
	list := s.root.get("/admin/projects").want(t, 200, "A80123", "&lt;b onclick=", ">now<")
	if strings.Count(list.Body, `<th scope="row">`) != 1 {
		t.Error("sent twice, it is there twice")
	}
}

// promise puts a mail into the outbox.
func (s *staff) promise(t testing.TB, id string, m mailer.Mail) {
	t.Helper()
	m.ID = id
	m.Lang = "en"
	if m.Kind == "" {
		m.Kind = "registration.confirmed"
	}
	err := s.desk.DB.Update(t.Context(), func(tx *storage.Tx) error { return s.Outbox.Add(tx, m) })
	if err != nil {
		t.Fatal(err)
	}
}

// stateOf is how far a mail has come.
func (s *staff) stateOf(t testing.TB, id string) mailer.State {
	t.Helper()
	m, err := s.Outbox.Mail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m.State
}

func TestOutbox(t *testing.T) {
	s := newStaff(t)
	letter := mailer.Letter{Subject: tag + "subject", Paragraphs: []string{tag + "body"}}
	for i := range 3 {
		s.promise(t, fmt.Sprintf("confirmed/a&%d", i), mailer.Mail{To: fmt.Sprintf("guest%d@example.fi", i), ToName: tag, Cluster: s.auto.ID, Letter: letter})
	}
	s.promise(t, "theirs/1", mailer.Mail{To: "secret@example.fi", Cluster: s.circ.ID, Letter: letter})
	notThere(t, "/organise/outbox", s.door, s.member)
	list := s.anna.get("/organise/outbox?q=guest").want(t, 200, "guest0@example.fi", "guest2@example.fi", "&lt;b onclick=", `href="/organise/outbox/mail?id=confirmed%2Fa%260"`)
	for _, secret := range []string{"secret@example.fi", "Sign-in", "root@example.fi", "<b onclick"} {
		if strings.Contains(strings.ReplaceAll(list.Body, "Sign-in link</option>", ""), secret) {
			t.Errorf("an organiser sees %q", secret)
		}
	}
	all := s.root.get("/organise/outbox").want(t, 200, "secret@example.fi", "guest0@example.fi")
	if !strings.Contains(all.Body, "Your sign-in link") {
		t.Error("an administrator does not see that sign-in links are sent")
	}

	theirs := "/organise/outbox/mail?id=theirs%2F1"
	notThere(t, theirs, s.anna, s.door, s.member)
	notThere(t, "/organise/outbox/body?id=theirs%2F1", s.anna)
	notThere(t, "/organise/outbox/mail?id=nothing", s.anna, s.root)
	// One mail of others in a bulk change, and none is changed.
	for _, do := range []string{"hold", "release", "resend", "allow"} {
		ids := []string{"theirs/1", "confirmed/a&0"}
		s.anna.post("/organise/outbox", url.Values{"mail": ids, "do": {do}}).want(t, 404)
	}
	if s.stateOf(t, "confirmed/a&0") != mailer.Queued || s.stateOf(t, "theirs/1") != mailer.Queued {
		t.Error("a refused change had an effect")
	}

	back := "/organise/outbox?state=queued"
	bulk := url.Values{"mail": {"confirmed/a&0", "confirmed/a&1", "confirmed/a&1"}, "do": {"hold"}, "back": {back}}
	s.anna.post("/organise/outbox", bulk).leads(t, back)
	s.anna.get(back).want(t, 200, "2 mails are held.")
	s.anna.post("/organise/outbox", bulk).leads(t, back)
	s.anna.get(back).want(t, 200, "Nothing changed")
	s.anna.post("/organise/outbox", url.Values{"mail": {"confirmed/a&0"}, "do": {"release"}, "back": {"https://evil.example/"}}).leads(t, "/organise/outbox")
	if s.stateOf(t, "confirmed/a&0") != mailer.Queued || s.stateOf(t, "confirmed/a&1") != mailer.Held {
		t.Error("hold and release had no effect")
	}
	s.anna.post("/organise/outbox", url.Values{"do": {"hold"}}).leads(t, "/organise/outbox")
	s.anna.post("/organise/outbox", url.Values{"mail": {"confirmed/a&0"}, "do": {"burn"}}).want(t, 400)
	s.root.get("/admin/audit?action=mail.hold").want(t, 200, "Mail held", "registration.confirmed")
}

func TestMailPreview(t *testing.T) {
	s := newStaff(t)
	letter := mailer.Letter{Subject: "Welcome", Paragraphs: []string{`<script>alert(1)</script>`}}
	s.promise(t, "a/1", mailer.Mail{To: "guest@example.fi", Cluster: s.auto.ID, Letter: letter})
	page := s.anna.get("/organise/outbox/mail?id=a%2F1").want(t, 200, `<iframe class="letter" sandbox title="The mail: Welcome" src="/organise/outbox/body?id=a%2F1"`, "Hold", "guest@example.fi")
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy of the page = %s", csp)
	}
	body := s.anna.get("/organise/outbox/body?id=a%2F1").want(t, 200, "&lt;script&gt;alert(1)")
	csp := body.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "sandbox", "frame-ancestors 'self'", "form-action 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy of the mail does not say %s: %s", want, csp)
		}
	}
	if strings.Contains(csp, "script-src") || strings.Contains(csp, "allow-") || body.Header.Get("X-Frame-Options") != "SAMEORIGIN" {
		t.Errorf("a mail may do too much: %s", csp)
	}
}

// A sign-in link in somebody else's hands would be their session.
func TestSignInLinksStaySecret(t *testing.T) {
	s := newStaff(t)
	m := s.lastMail(t, "anna@example.fi")
	link := m.Letter.Button.URL
	id := url.QueryEscape(m.ID)
	page := s.root.get("/organise/outbox/mail?id="+id).want(t, 200, "its content is shown to nobody else")
	if strings.Contains(page.Body, link[strings.LastIndex(link, "/")+1:]) {
		t.Error("an administrator sees a sign-in link")
	}
	s.root.get("/organise/outbox/body?id="+id).want(t, 404)
	notThere(t, "/organise/outbox/mail?id="+id, s.anna)
	s.root.post("/organise/outbox", url.Values{"mail": {m.ID}, "do": {"resend"}}).leads(t, "/organise/outbox")
	s.root.get("/organise/outbox").want(t, 200, "Nothing changed")
}

func TestContactExport(t *testing.T) {
	s := newStaff(t)
	s.anna.post("/organise/companies/new", url.Values{"name": {"=1+1 Oy"}, "kind": {"sme"}, "country": {"FI"}, "cluster_ids": {s.auto.ID}}).to(t)
	s.anna.post("/organise/people/new", url.Values{"name": {"@SUM Liisa"}, "email": {"liisa@example.fi"}, "lang": {"fi"}, "company": {"=1+1 oy"}}).to(t)
	file := s.anna.get("/organise/companies.csv").want(t, 200, "Name,Kind,Business id", "'=1+1 Oy,Small or medium-sized company,,FI", "Cluster auto")
	if got := file.Header.Get("Content-Disposition"); got != `attachment; filename="organisations.csv"` {
		t.Errorf("Content-Disposition = %s", got)
	}
	file = s.anna.get("/organise/people.csv?q=liisa").want(t, 200, "'@SUM Liisa,liisa@example.fi,'=1+1 Oy")
	if strings.Contains(file.Body, "member@example.fi") {
		t.Error("the file holds whom the filter leaves out")
	}
	s.anna.get("/organise/people.csv").want(t, 200, "member@example.fi")
	if strings.Contains(s.ben.get("/organise/people.csv").want(t, 200).Body, "member@example.fi") {
		t.Error("the file holds contacts of other clusters")
	}
	for _, path := range []string{"/organise/people.xlsx", "/organise/companies.xlsx"} {
		if body := s.anna.get(path).want(t, 200).Body; !strings.HasPrefix(body, "PK") {
			t.Errorf("%s is no workbook", path)
		}
		notThere(t, path, s.door, s.member)
	}
}
