package handlers

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"kohtaamo/scheduling"
)

// root is whoever sets a test's house up.
var root = scheduling.System("test")

// newCluster stores a cluster of the name.
func (h *house) newCluster(t testing.TB, slug, name string) *scheduling.Cluster {
	t.Helper()
	c := &scheduling.Cluster{Slug: slug, Name: scheduling.Text{"en": name, "fi": name}, Zone: "Europe/Helsinki",
		About: scheduling.Text{"en": "Companies that *meet*."}}
	if err := h.desk.SaveCluster(t.Context(), root, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// published makes an event three weeks ahead that everybody may register for,
// after set has had its way.
func (h *house) published(t testing.TB, set func(*scheduling.Event)) *scheduling.Event {
	t.Helper()
	clusters, err := h.desk.Clusters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(clusters) == 0 {
		clusters = append(clusters, h.newCluster(t, "automotive", "Automotive"))
	}
	e := scheduling.NewEvent(clusters[0], time.Date(2026, 12, 14, 7, 0, 0, 0, time.UTC))
	e.Title = scheduling.Text{"en": "CircularArena", "fi": "Kierto-Areena"}
	e.Venue, e.Address = "Oulu City Theatre", "Kaarlenväylä 2, Oulu"
	e.ContactEmail = "outi@example.fi"
	if set != nil {
		set(e)
	}
	e, err = h.desk.SaveEvent(t.Context(), root, e)
	if err != nil {
		t.Fatal(err)
	}
	if e, err = h.desk.PublishEvent(t.Context(), root, e.ID); err != nil {
		t.Fatal(err)
	}
	return e
}

// all gives the text of every element that the selector finds.
func (a answer) all(t testing.TB, selector string) (texts []string) {
	t.Helper()
	for _, n := range a.nodes(t, selector) {
		texts = append(texts, textOf(n))
	}
	return texts
}

func (a answer) nodes(t testing.TB, selector string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	return cascadia.QueryAll(doc, cascadia.MustCompile(selector))
}

// one gives the text of the only element that the selector finds.
func (a answer) one(t testing.TB, selector string) string {
	t.Helper()
	texts := a.all(t, selector)
	if len(texts) != 1 {
		t.Fatalf("%d elements are %s, want one\n%s", len(texts), selector, a.Body)
	}
	return texts[0]
}

// attr gives an attribute of the first element that the selector finds.
func (a answer) attr(t testing.TB, selector, name string) string {
	t.Helper()
	for _, n := range a.nodes(t, selector) {
		for _, at := range n.Attr {
			if at.Key == name {
				return at.Val
			}
		}
	}
	t.Fatalf("no %s with %s\n%s", selector, name, a.Body)
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var receiptPath = regexp.MustCompile(`^/events/[a-z0-9-]+/registered/[^/]+$`)

// signs the visitor up and gives the receipt's page.
func (v *visitor) registers(slug string, form url.Values) answer {
	v.t.Helper()
	got := v.post("/events/"+slug+"/register", form)
	if path := got.Header.Get("Location"); got.Status == 303 && receiptPath.MatchString(path) {
		return v.get(path)
	}
	v.t.Fatalf("registering: %d to %q\n%s", got.Status, got.Header.Get("Location"), got.Body)
	return answer{}
}

func aino() url.Values {
	return url.Values{"name": {"Aino Väisänen"}, "email": {"aino@example.fi"}, "company": {"Pohjan Auto"}, "lang": {"en"}, "once": {"form1"}}
}

// raw posts a body as it is, as a form.
func (v *visitor) raw(path, body string) answer {
	v.t.Helper()
	req := httptest.NewRequest(http.MethodPost, "https://talo.example.fi"+path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := v.app.Test(req, 10_000)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}
