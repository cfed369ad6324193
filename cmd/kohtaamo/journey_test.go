package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kohtaamo/scheduling"
)

// A site is the program as people meet it: a server, a folder of mails, a
// browser for each.
type site struct {
	t    *testing.T
	b    *chrome
	base string
	mail string
	read map[string]bool // mails that were opened, by file

	database string // flag
	server   *running
}

// organiserAt is who organises in the journeys.
const organiserAt = "outi@example.org"

// newSite serves an empty house with one cluster and its organiser.
func newSite(t *testing.T) *site {
	t.Helper()
	b := newChrome(t)
	dir := t.TempDir()
	db := database(dir, "k.db")
	h := openHouse(t, db)
	by := scheduling.System("test")
	c := &scheduling.Cluster{Slug: "circular", Name: tr("Circular Economy Cluster", "Kiertotalousklusteri"), Zone: "Europe/Helsinki", Languages: []string{"fi", "en"}}
	if err := h.desk.SaveCluster(t.Context(), by, c); err != nil {
		t.Fatal(err)
	}
	p := &scheduling.Person{Email: organiserAt, Name: "Outi Järjestäjä", Lang: "fi"}
	if err := h.desk.SavePerson(t.Context(), by, p); err != nil {
		t.Fatal(err)
	}
	if err := h.desk.SetGrants(t.Context(), by, p.ID, []scheduling.Grant{{Role: scheduling.Organiser, Cluster: c.ID}}); err != nil {
		t.Fatal(err)
	}
	h.close()
	folder := filepath.Join(dir, "mail")
	r := start(t, db, "--mail=dir:"+folder)
	return &site{t: t, b: b, base: r.base, mail: folder, read: map[string]bool{}, database: db, server: r}
}

// A letter is a mail as its reader has it.
type letter struct {
	subject, text, calendar string
	method                  string // of the calendar part
}

// letter waits for the next mail to the address that nobody has opened.
func (s *site) letter(to string) letter {
	s.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(s.mail, "*.eml"))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, file := range files {
			if s.read[file] || !strings.Contains(filepath.Base(file), "-"+to+"-") {
				continue
			}
			s.read[file] = true
			return openLetter(s.t, file)
		}
	}
	s.t.Fatalf("no mail came to %s", to)
	return letter{}
}

func openLetter(t *testing.T, file string) letter {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mail.ReadMessage(f)
	if err != nil {
		t.Fatal(err)
	}
	var l letter
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	if err := l.take(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return l
}

// take reads a part of a mail and those inside it.
func (l *letter) take(kind, encoding string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return err
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := l.take(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	switch media {
	case "text/plain":
		l.text = string(text)
	case "text/calendar":
		l.calendar, l.method = strings.ReplaceAll(string(text), "\r\n ", ""), params["method"]
	}
	return err
}

// link is the first in the mail that leads to a page of ours.
func (s *site) link(l letter, beginning string) string {
	s.t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(s.base) + `(` + regexp.QuoteMeta(beginning) + `[^\s<>")]*)`).FindStringSubmatch(l.text)
	if found == nil {
		s.t.Fatalf("the mail %q has no link to %s:\n%s", l.subject, beginning, l.text)
	}
	return found[1]
}

// invites checks that the mail invites exactly this person.
func (l letter) invites(t *testing.T, to string) {
	t.Helper()
	if l.method != "REQUEST" || !strings.Contains(l.calendar, "METHOD:REQUEST") || !strings.Contains(l.calendar, "STATUS:CONFIRMED") {
		t.Errorf("the mail %q to %s invites to nothing: %s\n%s", l.subject, to, l.method, l.calendar)
	}
	if n := strings.Count(l.calendar, "\nATTENDEE"); n != 1 || !strings.Contains(l.calendar, "mailto:"+to) {
		t.Errorf("the invite to %s has %d attendees:\n%s", to, n, l.calendar)
	}
}

// signIn asks for a link by mail and follows it.
func (s *site) signIn(v *tab, email string) {
	v.t.Helper()
	v.open("/login")
	v.fill(map[string]string{"email": email})
	v.press("main form button")
	v.open(s.link(s.letter(email), "/login/"))
	v.press("main form button")
}

// press clicks what leads to another page.
func (v *tab) press(selector string) int {
	v.t.Helper()
	return v.leads(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// publish makes an event of one seat in the editor and gives its id and slug.
func (v *tab) publish(title string, now time.Time) (id, slug string) {
	v.t.Helper()
	v.open("/organise/events/new")
	day := now.AddDate(0, 0, 20).Format("2006-01-02")
	v.fill(map[string]string{
		"title.fi": title + " suomeksi", "title.en": title, "starts_day": day, "starts_time": "09:00", "ends_day": day, "ends_time": "15:30",
		"venue": "Oulun kaupunginteatteri", "seats": "1", "offer_hours": "0", "contact_email": organiserAt,
	})
	v.do(chromedp.Click(chromedp.CSS("button[name=do][value=publish]"), chromedp.NodeVisible))
	v.press("dialog button.danger")
	found := regexp.MustCompile(`^/organise/events/([a-z0-9]+)`).FindStringSubmatch(v.path())
	if found == nil || found[1] == "new" {
		v.t.Fatalf("publishing leads to %s: %s", v.path(), eval[string](v, `document.querySelector("main").innerText`))
	}
	return found[1], strings.TrimPrefix(eval[string](v, `document.querySelector("a[href^='/events/']").getAttribute("href")`), "/events/")
}

// register fills the form in from the event's page.
func (v *tab) register(slug, name, email string) {
	v.t.Helper()
	v.open("/events/" + slug)
	v.press(`a[href="/events/` + slug + `/register"]`)
	v.fill(map[string]string{"name": name, "email": email, "company": "Pohjan Purku Oy"})
	v.press("main form p.actions button")
}

// words are what the pages of the journey say in each language.
var words = map[string]struct{ seat, waiting, first, confirmed, cancelled, attended string }{
	"fi": {"Sinulla on paikka", "Olet jonossa", "Jonossa sijalla 1", "Vahvistettu", "Ilmoittautumisesi on peruttu.", "Paikalla"},
	"en": {"You have a seat", "You are on the waiting list", "Number 1 on the waiting list", "Confirmed", "Your registration is cancelled.", "1 of 1 here"},
}

// TestJourney is the main job, from the organiser's mail link to the list of
// who came, with everybody in a browser of their own: on a phone and a desktop,
// in both languages.
func TestJourney(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, way := range []struct {
		first, second screen
		lang, other   string
	}{
		{phone, desktop, "fi", "en"}, {desktop, phone, "fi", "en"},
		{phone, desktop, "en", "fi"}, {desktop, phone, "en", "fi"},
	} {
		name := way.lang + "-" + way.first.name
		t.Run(name, func(t *testing.T) {
			s.t = t
			one, two := "aino-"+name+"@example.org", "bertta-"+name+"@example.org"
			organiser := s.b.tab(t, s.base, way.second, way.lang)
			s.signIn(organiser, organiserAt)
			id, slug := organiser.publish("Areena "+name, time.Now())

			aino := s.b.tab(t, s.base, way.first, way.lang)
			aino.register(slug, "Aino Väisänen", one)
			aino.says(words[way.lang].seat, one)
			mail := s.letter(one)
			mail.invites(t, one)
			aino.open(s.link(mail, "/my/"))
			aino.says("Aino Väisänen", words[way.lang].confirmed)

			bertta := s.b.tab(t, s.base, way.second, way.other)
			bertta.register(slug, "Bertta O'Hara", two)
			bertta.says(words[way.other].waiting, words[way.other].first)
			if waits := s.letter(two); waits.calendar != "" {
				t.Errorf("who waits is sent an invite: %s", waits.calendar)
			}

			aino.press(`main a[href$="/cancel"]`)
			aino.press("main form .actions button")
			aino.says(words[way.lang].cancelled)
			if gone := s.letter(one); gone.method != "CANCEL" {
				t.Errorf("the mail %q takes nothing out of the calendar: %s", gone.subject, gone.method)
			}
			mail = s.letter(two)
			mail.invites(t, two)
			bertta.open(s.link(mail, "/my/"))
			bertta.says("Bertta O'Hara", words[way.other].confirmed)

			organiser.checkIn(id, "Bertta")
			list := eval[string](organiser, `fetch("/organise/events/`+id+`/export.csv").then(r => r.text())`)
			for _, part := range []string{"Aino Väisänen", one, "Bertta O'Hara", two} {
				if !strings.Contains(list, part) {
					t.Errorf("the export lacks %s:\n%s", part, list)
				}
			}
		})
	}
	s.t = t
}

// checkIn finds somebody at the door and lets them in: the counter rises.
func (v *tab) checkIn(id, name string) {
	v.t.Helper()
	v.open("/organise/events/" + id + "/checkin")
	before := v.text(".counter")
	v.fill(map[string]string{"code": name})
	v.press(".doorsearch button")
	v.press(".found form button")
	v.says(name)
	after := v.text(".counter")
	if !strings.Contains(before, "0") || !strings.Contains(after, "1") || after == before {
		v.t.Errorf("the counter says %q after %q", after, before)
	}
}

// TestWithoutScript registers, looks at the own page and cancels where scripts
// do not run.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	organiser := s.b.tab(t, s.base, desktop, "en")
	s.signIn(organiser, organiserAt)
	_, slug := organiser.publish("Plain", time.Now())
	v := s.b.tab(t, s.base, phone, "en")
	v.noScript()
	v.register(slug, "", "nonsense")
	v.says("Some answers need your attention.", "This is needed.")
	v.fill(map[string]string{"name": "Cecilia", "email": "cecilia@example.org"})
	v.press("main form p.actions button")
	v.says("You have a seat")
	v.press(`a[href^="/my/"]`)
	v.says("Confirmed")
	v.press(`main a[href$="/cancel"]`)
	v.press("main form .actions button")
	v.says("Your registration is cancelled.")
}

// TestByKeyboard registers with nothing but the keyboard.
func TestByKeyboard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	organiser := s.b.tab(t, s.base, desktop, "en")
	s.signIn(organiser, organiserAt)
	_, slug := organiser.publish("Keys", time.Now())
	v := s.b.tab(t, s.base, desktop, "en")
	v.open("/events/" + slug)
	v.tabTo(`location.pathname + "/register" === document.activeElement.getAttribute("href")`)
	v.leads(chromedp.KeyEvent("\r"))
	for name, value := range map[string]string{"name": "Daavid", "email": "daavid@example.org"} {
		v.tabTo(fmt.Sprintf(`document.activeElement.name === %q`, name))
		v.do(chromedp.KeyEvent(value))
	}
	v.tabTo(`document.activeElement.matches("main form p.actions button")`)
	v.leads(chromedp.KeyEvent("\r"))
	v.says("You have a seat", "daavid@example.org")
}

// tabTo presses Tab until the condition holds. Wherever the focus is, it shows.
func (v *tab) tabTo(condition string) {
	v.t.Helper()
	for range 80 {
		v.do(chromedp.KeyEvent("\t"))
		if hidden := eval[string](v, `(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			if (e === document.body) return "";
			const box = e.getBoundingClientRect();
			return style.outlineStyle !== "none" && box.width > 1 ? "" : e.outerHTML.slice(0, 150);
		})()`); hidden != "" {
			v.t.Errorf("at %s the focus does not show on %s", v.path(), hidden)
		}
		if eval[bool](v, condition) {
			return
		}
	}
	v.t.Fatalf("at %s Tab never leads to where %s", v.path(), condition)
}
