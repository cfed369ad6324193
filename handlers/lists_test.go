package handlers

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// newsHouse is a house with a cluster, its organiser and an open list.
func newsHouse(t *testing.T) (h *house, list *scheduling.MailingList, organiser *visitor) {
	t.Helper()
	h = newHouse(t)
	root := scheduling.System("test")
	c := &scheduling.Cluster{Slug: "automotive", Name: scheduling.Text{"en": "Automotive", "fi": "Autot"}, Zone: "Europe/Helsinki"}
	if err := h.desk.SaveCluster(t.Context(), root, c); err != nil {
		t.Fatal(err)
	}
	list = &scheduling.MailingList{Slug: "news", Name: scheduling.Text{"en": "Automotive news", "fi": "Autouutiset"}, ClusterID: c.ID, Open: true}
	if err := h.desk.SaveMailingList(t.Context(), root, list); err != nil {
		t.Fatal(err)
	}
	return h, list, h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: c.ID})
}

// state is how an address stands to a list.
func (h *house) state(t *testing.T, l *scheduling.MailingList, email string) scheduling.SubState {
	t.Helper()
	found, _, err := h.desk.Subscriptions(t.Context(), scheduling.System("test"), l.ID, scheduling.SubFilter{Text: email})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return ""
	}
	return found[0].State
}

// onList puts an address on a list by hand.
func (h *house) onList(t *testing.T, l *scheduling.MailingList, email string) {
	t.Helper()
	if _, _, err := h.desk.AddSubscriber(t.Context(), scheduling.System("test"), l.ID, scheduling.NewSubscriber{Email: email, Lang: "en", Wording: "w"}); err != nil {
		t.Fatal(err)
	}
}

func TestSubscribeAndConfirm(t *testing.T) {
	h, list, _ := newsHouse(t)
	v := h.visitor(t)
	v.get("/clusters/automotive").want(t, 200, "Automotive news", `action="/newsletters/subscribe"`)
	v.get("/newsletters/subscribe?cluster=automotive").want(t, 200, "Automotive news")
	v.get("/newsletters/subscribe?cluster=nothing").want(t, 404)
	form := url.Values{"email": {"aino@example.org"}, "lists": {list.ID}, "lang": {"en"}, "cluster": {"automotive"}}
	v.post("/newsletters/subscribe", url.Values{"email": {"nobody"}, "lang": {"en"}}).want(t, 422, "Choose at least one list", "nobody")
	v.post("/newsletters/subscribe", form).want(t, 200, "Look into your mail")
	confirm := h.mailedPath(t, "aino@example.org")
	v.get(confirm).want(t, 200, "Yes, subscribe")
	if st := h.state(t, list, "aino@example.org"); st != scheduling.Unconfirmed {
		t.Errorf("opening the link made it %q", st)
	}
	for range 2 {
		v.post(confirm, nil).want(t, 200, "You are subscribed")
	}
	if st := h.state(t, list, "aino@example.org"); st != scheduling.Subscribed {
		t.Errorf("state = %q", st)
	}
	v.get(confirm[:len(confirm)-3]+"abc").want(t, 404)
}

// Nobody can find out who is subscribed by sending the form.
func TestSubscribeSaysNothing(t *testing.T) {
	h, list, _ := newsHouse(t)
	h.onList(t, list, "aino@example.org")
	answer := func(email string) string {
		a := h.visitor(t).post("/newsletters/subscribe", url.Values{"email": {email}, "lists": {list.ID}, "lang": {"en"}})
		return strings.ReplaceAll(a.want(t, 200).Body, email, "X")
	}
	known, unknown, again := answer("aino@example.org"), answer("nea@example.org"), answer("nea@example.org")
	if known != unknown || unknown != again {
		t.Error("the answers differ")
	}
	if h.lastMail(t, "aino@example.org") != nil {
		t.Error("who is subscribed is written to")
	}
}

// One click of a mail program leaves, whatever body it sends, from anywhere,
// without cookies and any number of times (RFC 8058, section 3.2).
func TestOneClick(t *testing.T) {
	multi := &bytes.Buffer{}
	w := multipart.NewWriter(multi)
	if err := w.WriteField("List-Unsubscribe", "One-Click"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]struct{ kind, body string }{
		"urlencoded": {"application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"},
		"multipart":  {w.FormDataContentType(), multi.String()},
		"of no kind": {"text/plain", "x"},
		"empty":      {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, list, _ := newsHouse(t)
			h.onList(t, list, "aino@example.org")
			path := strings.TrimPrefix(h.desk.LeaveURL("aino@example.org", list.ID), h.BaseURL)
			h.visitor(t).get(path).want(t, 200, "Leave")
			if st := h.state(t, list, "aino@example.org"); st != scheduling.Subscribed {
				t.Fatalf("GET made it %q", st)
			}
			for range 2 {
				req := httptest.NewRequest(http.MethodPost, h.BaseURL+path, strings.NewReader(body.body))
				if body.kind != "" {
					req.Header.Set("Content-Type", body.kind)
				}
				req.Header.Set("Sec-Fetch-Site", "cross-site")
				req.Header.Set("Origin", "https://mail.example.com")
				v := h.visitor(t)
				a := v.ask(req, nil)
				if a.Status != 200 || len(v.cookies) > 0 || a.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("answer %d with cookies %v", a.Status, v.cookies)
				}
				if st := h.state(t, list, "aino@example.org"); st != scheduling.Unsubscribed {
					t.Errorf("state = %q", st)
				}
			}
		})
	}
}

// Mail hosts send the clicks of many readers from one address.
func TestOneClickHasNoLimit(t *testing.T) {
	h, list, _ := newsHouse(t)
	path := strings.TrimPrefix(h.desk.LeaveURL("aino@example.org", list.ID), h.BaseURL)
	for range 150 {
		h.visitor(t).post(path, nil).want(t, 200)
	}
	h.visitor(t).post(path+"x", nil).want(t, 404)
}

func TestLeaveSayWhyAndComeBack(t *testing.T) {
	h, list, organiser := newsHouse(t)
	h.onList(t, list, "aino@example.org")
	path := strings.TrimPrefix(h.desk.LeaveURL("aino@example.org", list.ID), h.BaseURL)
	v := h.visitor(t)
	v.post(path, nil).want(t, 200, "You have left Automotive news", "Put me back")
	v.post(path+"/reason", url.Values{"reason": {"Too <b>many</b>"}}).want(t, 200, "Thank you")
	organiser.get("/organise/lists/"+list.ID+"?state=unsubscribed").want(t, 200, "aino@example.org")
	v.post(path+"/back", nil).want(t, 200, "You are on Automotive news again")
	if st := h.state(t, list, "aino@example.org"); st != scheduling.Subscribed {
		t.Errorf("state = %q", st)
	}
	all := strings.TrimPrefix(h.desk.LeaveURL("aino@example.org", ""), h.BaseURL)
	v.post(all, nil).want(t, 200, "nothing any more that is sent to many")
	v.post(all+"/back", nil).want(t, 404)
}

func TestPreferencesPage(t *testing.T) {
	h, list, _ := newsHouse(t)
	v := h.person(t, "aino@example.org")
	path := regexp.MustCompile(`/preferences/[^"]+`).FindString(v.get("/account").want(t, 200).Body)
	out := h.visitor(t) // the page needs nobody signed in
	out.get(path).want(t, 200, "aino@example.org", "Automotive news")
	form := url.Values{"shown": {list.ID}, "lists": {list.ID}, "others": {"1"}, "lang": {"fi"}, "tracking": {"1"}}
	out.post(path, form).leads(t, path)
	if st := h.state(t, list, "aino@example.org"); st != scheduling.Subscribed {
		t.Errorf("state = %q", st)
	}
	out.post(path+"/leave", nil).leads(t, path)
	out.get(path).want(t, 200, "You get nothing that is sent to many")
	if st := h.state(t, list, "aino@example.org"); st != scheduling.Unsubscribed {
		t.Errorf("state = %q", st)
	}
	out.get("/preferences/x.y").want(t, 404)
}

func TestListBoard(t *testing.T) {
	h, list, v := newsHouse(t)
	base := "/organise/lists/" + list.ID
	made := url.Values{"id": {storage.NewID()}, "name.en": {"Board news"}, "name.fi": {"Hallitus"}, "cluster_id": {list.ClusterID}, "open": {"1"}}
	for range 2 {
		v.post("/organise/lists/new", made).leads(t, "/organise/lists/"+made.Get("id"))
	}
	v.get("/organise/lists").want(t, 200, "Automotive news", "Board news")
	v.post("/organise/lists/new", url.Values{"name.en": {""}, "cluster_id": {list.ClusterID}}).want(t, 422)
	v.post(base+"/add", url.Values{"email": {"aino@example.org"}, "lang": {"fi"}}).want(t, 422)
	v.post(base+"/add", url.Values{"email": {"aino@example.org"}, "lang": {"fi"}, "wording": {"by phone"}}).leads(t, base)
	v.get(base+"?q=aino").want(t, 200, "aino@example.org", "is on the list now")
	v.get(base+"/export.csv").want(t, 200, "aino@example.org", "by phone")
	sub, _, err := h.desk.Subscriptions(t.Context(), scheduling.System("test"), list.ID, scheduling.SubFilter{})
	if err != nil || len(sub) != 1 {
		t.Fatal(sub, err)
	}
	one := "/organise/subscriptions/" + sub[0].ID
	v.get(one).want(t, 200, "by phone")
	v.post(one+"/remove", url.Values{"reason": {"asked"}}).leads(t, one)
	v.post(base+"/add", url.Values{"email": {"aino@example.org"}, "lang": {"fi"}, "wording": {"by phone"}}).leads(t, base)
	v.get(base).want(t, 200, "comes back only by their own wish")
	other := h.person(t, "muu@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: "elsewhere"})
	for _, path := range []string{base, base + "/edit", base + "/add", base + "/import", base + "/export.csv", one} {
		other.get(path).want(t, 404)
	}
}

// The file is looked at first; then the same content is imported.
func TestListImportPages(t *testing.T) {
	h, list, v := newsHouse(t)
	h.onList(t, list, "gone@example.org")
	if _, err := h.desk.Leave(t.Context(), h.desk.LeaveURL("gone@example.org", list.ID)[len(h.BaseURL+"/unsubscribe/"):], ""); err != nil {
		t.Fatal(err)
	}
	path := "/organise/lists/" + list.ID + "/import"
	file := "Email;Name\ngone@example.org;Gone\nnew@example.org;New\n"
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	part, err := w.CreateFormFile("file", "list.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteField("wording", "at the fair"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	v.do(httptest.NewRequest(http.MethodPost, h.BaseURL+path, body), w.FormDataContentType()).want(t, 200, "Put 1 person on the list", "Has left")
	if st := h.state(t, list, "new@example.org"); st != "" {
		t.Errorf("the look stored %q", st)
	}
	second := url.Values{"do": {"import"}, "content": {base64.StdEncoding.EncodeToString([]byte(file))}, "filename": {"list.csv"}, "wording": {"at the fair"}}
	v.post(path, second).want(t, 200, "This is what became of the file")
	if a, b := h.state(t, list, "new@example.org"), h.state(t, list, "gone@example.org"); a != scheduling.Subscribed || b != scheduling.Unsubscribed {
		t.Errorf("new %q, gone %q", a, b)
	}
}

func TestSuppressionPage(t *testing.T) {
	h, _, v := newsHouse(t)
	v.post("/organise/suppressions", url.Values{"email": {"x@example.org"}, "scope": {"all"}}).want(t, 422)
	v.post("/organise/suppressions", url.Values{"email": {"x@example.org"}, "scope": {"all"}, "reason": {"moved"}}).leads(t, "/organise/suppressions")
	page := v.get("/organise/suppressions?q=X@example.org").want(t, 200, "Stopped by hand", "moved")
	lift := regexp.MustCompile(`/organise/suppressions/[0-9a-f]+/lift`).FindString(page.Body)
	other := h.person(t, "muu@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: "elsewhere"})
	other.post(lift, url.Values{"reason": {"x"}}).want(t, 404)
	other.get("/organise/suppressions").want(t, 200, "No stopped addresses")
	v.post(lift, url.Values{"reason": {"is back"}}).leads(t, "/organise/suppressions")
	v.get("/organise/suppressions").want(t, 200, "No stopped addresses")
}
