package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

func TestSignIn(t *testing.T) {
	h := newHouse(t)
	v := h.person(t, "aino@example.fi")
	v.get("/account/sessions").want(t, 200, "Where you are signed in", "You are signed in.", "Unknown browser", "this one", "Sign out")
	if again := v.get("/account/sessions").want(t, 200); strings.Contains(again.Body, "You are signed in.") {
		t.Error("the message is shown twice")
	}
	v.post("/logout", nil).leads(t, "/")
	v.get("/account/sessions").leads(t, "/login?next=%2Faccount%2Fsessions")
}

func TestSignInAnswersTheSame(t *testing.T) {
	h := newHouse(t)
	h.person(t, "aino@example.fi")
	v := h.visitor(t)
	known := v.post("/login", url.Values{"email": {"aino@example.fi"}}).want(t, 200, "Look into your mail")
	unknown := v.post("/login", url.Values{"email": {"eino@example.fi"}}).want(t, 200, "Look into your mail")
	if strings.ReplaceAll(unknown.Body, "eino", "aino") != known.Body {
		t.Error("the answers tell who exists")
	}
	if m := h.lastMail(t, "eino@example.fi"); m != nil {
		t.Error("a stranger got mail")
	}
	v.post("/login", url.Values{"email": {`"><script>`}}).want(t, 422, "not a mail address", `href="#f-email"`, `value="&#34;&gt;&lt;script&gt;"`)
}

func TestLinkWorksOnce(t *testing.T) {
	h := newHouse(t)
	h.person(t, "aino@example.fi")
	h.now = h.now.Add(time.Minute)
	v := h.visitor(t)
	v.post("/login", url.Values{"email": {"aino@example.fi"}, "next": {"/account/sessions"}})
	path := h.mailedPath(t, "aino@example.fi")
	// A mail program that opens the link does not use it up.
	for range 3 {
		v.get(path).want(t, 200, "Sign me in")
	}
	v.post(path, nil).leads(t, "/account/sessions")
	h.visitor(t).post(path, nil).want(t, http.StatusGone, "no longer works")
	h.visitor(t).get(path).want(t, http.StatusGone, "no longer works")
}

func TestLinkRunsOut(t *testing.T) {
	h := newHouse(t)
	h.person(t, "aino@example.fi")
	h.now = h.now.Add(time.Minute)
	v := h.visitor(t)
	v.post("/login", url.Values{"email": {"aino@example.fi"}})
	h.now = h.now.Add(30 * time.Minute)
	v.post(h.mailedPath(t, "aino@example.fi"), nil).want(t, http.StatusGone)
}

func TestNextStaysHere(t *testing.T) {
	h := newHouse(t)
	v := h.person(t, "aino@example.fi")
	for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\tevil", ""} {
		v.get("/login?next="+url.QueryEscape(next)).leads(t, "/")
	}
}

func TestSessionEnds(t *testing.T) {
	h := newHouse(t)
	root := scheduling.System("test")
	t.Run("with the roles", func(t *testing.T) {
		v := h.person(t, "door@example.fi", scheduling.Grant{Role: scheduling.Door})
		id := h.idOf(t, "door@example.fi")
		v.get("/account/sessions").want(t, 200)
		if err := h.desk.SetGrants(t.Context(), root, id, nil); err != nil {
			t.Fatal(err)
		}
		v.get("/account/sessions").leads(t, "/login?next=%2Faccount%2Fsessions")
	})
	t.Run("after thirty days without use", func(t *testing.T) {
		v := h.person(t, "idle@example.fi")
		h.now = h.now.Add(29 * 24 * time.Hour)
		v.get("/account/sessions").want(t, 200)
		h.now = h.now.Add(29 * 24 * time.Hour)
		v.get("/account/sessions").want(t, 200)
		h.now = h.now.Add(31 * 24 * time.Hour)
		v.get("/account/sessions").leads(t, "/login?next=%2Faccount%2Fsessions")
	})
	t.Run("by its person only", func(t *testing.T) {
		mine, other := h.person(t, "mine@example.fi"), h.person(t, "other@example.fi")
		page := mine.get("/account/sessions").want(t, 200)
		_, rest, _ := strings.Cut(page.Body, `action="/account/sessions/`)
		id, _, _ := strings.Cut(rest, `"`)
		other.post("/account/sessions/"+id, nil).want(t, 404)
		mine.get("/account/sessions").want(t, 200)
		mine.post("/account/sessions/"+id, nil).leads(t, "/")
		mine.get("/account/sessions").leads(t, "/login?next=%2Faccount%2Fsessions")
	})
	t.Run("everywhere else", func(t *testing.T) {
		here := h.person(t, "many@example.fi")
		there := h.visitor(t)
		there.signIn(h, "many@example.fi")
		here.post("/account/sessions/others", nil).leads(t, "/account/sessions")
		here.get("/account/sessions").want(t, 200, "One other browser is signed out.")
		there.get("/account/sessions").leads(t, "/login?next=%2Faccount%2Fsessions")
	})
}

func TestFirstAdministrator(t *testing.T) {
	h := newHouse(t)
	old, err := h.auth.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	link, err := h.auth.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := h.visitor(t)
	v.get(strings.TrimPrefix(old, h.BaseURL)).want(t, http.StatusGone)
	path := strings.TrimPrefix(link, h.BaseURL)
	v.get(path).want(t, 200, "who are you", `name="email"`)
	v.post(path, nil).want(t, http.StatusGone) // no way in without a name
	v.post(path, url.Values{"name": {""}, "email": {"x"}}).want(t, 422, "This is needed.", "not a mail address")
	v.post(path, url.Values{"name": {"Aino Väisänen"}, "email": {"aino@example.fi"}}).leads(t, "/")
	v.get("/account/sessions").want(t, 200, "Aino Väisänen")
	h.visitor(t).post(path, url.Values{"name": {"Eve"}, "email": {"eve@example.com"}}).want(t, http.StatusGone)
	if again, err := h.auth.SetupLink(t.Context()); err != nil || again != "" {
		t.Errorf("a second setup link = %q, %v", again, err)
	}
}

// idOf is the id of the person with the address.
func (h *house) idOf(t testing.TB, email string) string {
	t.Helper()
	list, _, err := h.desk.People(t.Context(), scheduling.System("test"), scheduling.ListFilter{Text: email})
	if err != nil || len(list) != 1 {
		t.Fatalf("people called %s: %v, %v", email, list, err)
	}
	return list[0].ID
}
