package handlers

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
	"kohtaamo/storage/sqlite/sqlitetest"
	"kohtaamo/templates"
)

// t0 is when the tests take place.
var t0 = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

var openDB = sqlitetest.Opener(slices.Concat(scheduling.Specs(), mailer.Specs, auth.Specs(), jobs.Specs)...)

// A house is a whole server over a temporary file.
type house struct {
	*Server
	app  *fiber.App
	now  time.Time
	logs *strings.Builder
}

// newHouse opens a house; change alters its settings first.
func newHouse(t testing.TB, change ...func(*Config)) *house {
	t.Helper()
	h := &house{now: t0, logs: &strings.Builder{}}
	texts, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t)
	db.Now = func() time.Time { return h.now }
	key, err := scheduling.HouseKey(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(h.logs, nil))
	outbox := &mailer.Outbox{DB: db, From: mailer.Address{Name: "Testitalo", Email: "talo@example.fi"}}
	desk := &scheduling.Desk{DB: db, Outbox: outbox, Texts: texts, Log: log, BaseURL: "https://talo.example.fi", Key: key, House: "Testitalo", Elsewhere: auth.PersonalStores()}
	cfg := Config{Desk: desk, Auth: auth.New(desk), Outbox: outbox, Texts: texts, BaseURL: desk.BaseURL, Log: log}
	for _, f := range change {
		f(&cfg)
	}
	h.Server = New(cfg)
	h.app = h.App()
	return h
}

// A visitor is a browser with its cookies.
type visitor struct {
	t       testing.TB
	app     *fiber.App
	cookies map[string]string
	lang    string
}

func (h *house) visitor(t testing.TB) *visitor {
	return &visitor{t: t, app: h.app, cookies: map[string]string{}, lang: "en"}
}

// An answer is what came back.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

func (v *visitor) get(path string) answer { return v.send(http.MethodGet, path, nil, nil) }

func (v *visitor) post(path string, form url.Values) answer {
	return v.send(http.MethodPost, path, form, nil)
}

func (v *visitor) send(method, path string, form url.Values, header map[string]string) answer {
	v.t.Helper()
	req := httptest.NewRequest(method, "https://talo.example.fi"+path, strings.NewReader(form.Encode()))
	req.Header.Set("Accept-Language", v.lang)
	req.Header.Set("Accept", "text/html")
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return v.ask(req, header)
}

// do sends a change that is no plain form.
func (v *visitor) do(req *http.Request, contentType string) answer {
	v.t.Helper()
	return v.ask(req, map[string]string{"Content-Type": contentType, "Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": v.lang})
}

func (v *visitor) ask(req *http.Request, header map[string]string) answer {
	v.t.Helper()
	for k, val := range header {
		req.Header.Set(k, val)
	}
	for name, value := range v.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := v.app.Test(req, 40_000)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || !c.Expires.IsZero() && c.Expires.Year() < 2000 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// want checks the status, and that the page says all of the texts.
func (a answer) want(t testing.TB, status int, texts ...string) answer {
	t.Helper()
	if a.Status != status {
		t.Errorf("status = %d, want %d\n%s", a.Status, status, a.Body)
	}
	for _, s := range texts {
		if !strings.Contains(a.Body, s) {
			t.Errorf("the page does not say %q:\n%s", s, a.Body)
		}
	}
	return a
}

// leads checks where a redirect goes.
func (a answer) leads(t testing.TB, path string) {
	t.Helper()
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != path {
		t.Errorf("answer = %d to %q, want 303 to %q\n%s", a.Status, a.Header.Get("Location"), path, a.Body)
	}
}

// person signs a new person with the grants in.
func (h *house) person(t testing.TB, email string, grants ...scheduling.Grant) *visitor {
	t.Helper()
	root := scheduling.System("test")
	p := &scheduling.Person{Email: email, Name: "Aino Väisänen", Lang: "en"}
	if err := h.desk.SavePerson(t.Context(), root, p); err != nil {
		t.Fatal(err)
	}
	if len(grants) > 0 {
		if err := h.desk.SetGrants(t.Context(), root, p.ID, grants); err != nil {
			t.Fatal(err)
		}
	}
	v := h.visitor(t)
	v.signIn(h, email)
	return v
}

// signIn asks for a link, takes it out of the mail and presses the button.
func (v *visitor) signIn(h *house, email string) {
	v.t.Helper()
	h.now = h.now.Add(time.Second) // so that the newest mail is this one
	v.post("/login", url.Values{"email": {email}}).want(v.t, 200)
	v.post(h.mailedPath(v.t, email), nil).leads(v.t, "/")
}

// mailedPath is where the button of the newest mail to the address leads.
func (h *house) mailedPath(t testing.TB, email string) string {
	t.Helper()
	m := h.lastMail(t, email)
	if m == nil {
		t.Fatalf("no mail to %s", email)
	}
	return strings.TrimPrefix(m.Letter.Button.URL, h.BaseURL)
}

// mails is the outbox as it is stored.
var mails = storage.NewCollection[mailer.Mail]("mails", storage.Ordered("created"))

// lastMail is the newest to the address, or nil.
func (h *house) lastMail(t testing.TB, email string) (m *mailer.Mail) {
	t.Helper()
	err := h.desk.DB.View(t.Context(), func(tx *storage.Tx) error {
		m = nil
		for found, err := range mails.Each(tx, storage.Query{Sort: "created"}) {
			if err != nil {
				return err
			}
			if found.To == email {
				m = found
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
