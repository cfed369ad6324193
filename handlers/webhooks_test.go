package handlers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/handlers/fetch"
	"kohtaamo/scheduling"
)

// A receiver is a program that webhooks tell: a real server on this machine.
type receiver struct {
	mu     sync.Mutex
	heard  []*http.Request
	bodies []string
	answer http.HandlerFunc
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	r.heard, r.bodies = append(r.heard, req), append(r.bodies, string(body))
	answer := r.answer
	r.mu.Unlock()
	answer(w, req)
}

// answers says what it answers from now on.
func (r *receiver) answers(fn http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = fn
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// TestWebhookPages makes a webhook by its pages, and lets a real server fail,
// break off, take it, and say that it is gone.
func TestWebhookPages(t *testing.T) {
	h := newHouse(t)
	r := &receiver{answer: status(http.StatusInternalServerError)}
	server := httptest.NewServer(r)
	defer server.Close()
	h.desk.Post = fetch.New("test", fetch.WithLoopback()).Post
	v := h.person(t, "root@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	form := url.Values{"id": {"abcdefgh23456789"}, "name": {"CRM"}, "address": {"nonsense"}, "topics": {"registration"}}
	v.post("/organise/webhooks/new", form).want(t, 422, `href="#f-address"`)
	form.Set("address", server.URL+"/hook")
	for range 2 {
		v.post("/organise/webhooks/new", form).want(t, 303)
	}
	v.get("/organise/webhooks").want(t, 200, "CRM")
	one := "/organise/webhooks/abcdefgh23456789"
	v.get(one).want(t, 200, "whsec_")
	v.post(one+"/do", url.Values{"do": {"test"}}).want(t, 303)

	deliver := func(after time.Duration) {
		t.Helper()
		h.now = h.now.Add(after)
		if _, err := h.desk.DeliverWebhooks(t.Context(), h.now); err != nil {
			t.Fatal(err)
		}
	}
	deliver(time.Second)
	v.get(one).want(t, 200, "HTTP 500", "failing")
	r.answers(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	deliver(5 * time.Minute)
	v.get(one).want(t, 200, "2 tries")
	r.answers(func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, "/elsewhere", http.StatusFound) })
	deliver(time.Hour)
	r.answers(status(http.StatusNoContent))
	deliver(3 * time.Hour)
	v.get(one).want(t, 200, "HTTP 204", "HTTP 302")
	if len(r.heard) != 4 {
		t.Fatalf("heard %d times", len(r.heard))
	}
	p, err := h.desk.Webhook(t.Context(), scheduling.System("test"), path.Base(one), "")
	if err != nil {
		t.Fatal(err)
	}
	for i, req := range r.heard {
		mac := hmac.New(sha256.New, p.Webhook.Secret)
		io.WriteString(mac, req.Header.Get("webhook-id")+"."+req.Header.Get("webhook-timestamp")+"."+r.bodies[i])
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); req.Header.Get("webhook-signature") != want || req.Header.Get("webhook-id") != p.Deliveries[0].ID || req.URL.Path != "/hook" {
			t.Errorf("try %d: %s %v", i, req.URL, req.Header)
		}
	}

	v.post(one+"/deliveries/"+p.Deliveries[0].ID+"/again", nil).want(t, 303)
	r.answers(status(http.StatusGone))
	deliver(time.Minute)
	v.get(one).want(t, 200, "switched off")
	v.post(one+"/do", url.Values{"do": {"test"}}).want(t, 409, "is off")
	v.post(one+"/do", url.Values{"do": {"drop"}}).want(t, 303)
	v.get(one).want(t, 404)
}

// TestImportAndMergePages takes a list in two steps, and makes one company of two.
func TestImportAndMergePages(t *testing.T) {
	h := newHouse(t)
	v := h.person(t, "root@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	ctx, by := t.Context(), scheduling.System("test")
	old := &scheduling.Company{Name: "Polar Cells", Kind: scheduling.SME, Country: "FI"}
	if err := h.desk.SaveCompany(ctx, by, old); err != nil {
		t.Fatal(err)
	}
	list := "Yritys;Yhteyshenkilö;Sähköposti\nPolar Cells Oy;Aino;aino@polar.example\nNew <b>Oy;;\n"
	look := v.post("/organise/import/companies", url.Values{"do": {"import"}, "content": {base64.StdEncoding.EncodeToString([]byte(list))}, "line.2": {"new"}, "country": {"FI"}}).want(t, 200, "New &lt;b&gt;Oy")
	if strings.Contains(look.Body, "<b>Oy") {
		t.Error("a name is not escaped")
	}
	v.get("/organise/duplicates").want(t, 200, "Polar Cells Oy", "the same name")
	id, err := h.desk.CompanyNamed(ctx, by, "Polar Cells Oy")
	if err != nil {
		t.Fatal(err)
	}
	page := v.get("/organise/merge/companies?from="+id+"&into="+old.ID).want(t, 200, "people", `name="take.name"`)
	field := func(name string) string {
		_, rest, _ := strings.Cut(page.Body, `name="`+name+`" value="`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	form := url.Values{"from": {id}, "into": {old.ID}, "from_rev": {field("from_rev")}, "into_rev": {field("into_rev")}, "take.name": {"from"}}
	for range 2 {
		v.post("/organise/merge/companies", form).want(t, 303)
	}
	v.get("/organise/companies/"+id).want(t, 301)
	v.get("/organise/companies/"+old.ID).want(t, 200, "Polar Cells Oy", "aino@polar.example")
}

// TestSharedList reads a saved list by its secret address until it ends.
func TestSharedList(t *testing.T) {
	h := newHouse(t)
	v := h.person(t, "root@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	ctx, by := t.Context(), scheduling.System("test")
	for name, kind := range map[string]scheduling.CompanyKind{"Small Oy": scheduling.SME, "Large Oyj": scheduling.Large} {
		if err := h.desk.SaveCompany(ctx, by, &scheduling.Company{Name: name, Kind: kind, Country: "FI"}); err != nil {
			t.Fatal(err)
		}
	}
	v.get("/organise/companies?kind=sme").want(t, 200, "/organise/saved/new?of=companies")
	v.get("/organise/saved/new?of=companies&kind=sme").want(t, 200, `value="kind=sme"`)
	v.get("/organise/saved/new?of=nothing").want(t, 404)
	v.post("/organise/saved/new", url.Values{"id": {"abcdefgh23456789"}, "of": {"companies"}, "query": {"kind=sme"}, "name": {"SMEs"}, "lang": {"fi"}}).want(t, 303)
	v.get("/organise/saved").want(t, 200, "SMEs", "/organise/companies?kind=sme")
	do := func(what string) {
		v.post("/organise/saved/abcdefgh23456789/do", url.Values{"do": {what}}).want(t, 303)
	}
	do("share")
	address := func() string {
		_, rest, _ := strings.Cut(v.get("/organise/saved").Body, h.desk.BaseURL+"/lists/")
		link, _, _ := strings.Cut(rest, "<")
		return "/lists/" + link
	}
	at, anyone := address(), h.visitor(t)
	got := anyone.get(at).want(t, 200, "Small Oy", "Nimi")
	if strings.Contains(got.Body, "Large") || got.Header.Get("ETag") == "" {
		t.Errorf("the file: %v %s", got.Header, got.Body)
	}
	again := anyone.send(http.MethodGet, at, nil, map[string]string{"If-None-Match": got.Header.Get("ETag")})
	if again.Status != http.StatusNotModified || again.Body != "" {
		t.Errorf("once more: %d %q", again.Status, again.Body)
	}
	do("share")
	anyone.get(at).want(t, http.StatusGone)
	at = address()
	anyone.get(at).want(t, 200)
	do("drop")
	anyone.get(at).want(t, http.StatusGone)
	anyone.get("/lists/nonsense.csv").want(t, 404)
	anyone.get("/lists/nonsense").want(t, 404)
}
