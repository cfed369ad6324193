package handlers

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// countedNews sends a newsletter to six readers who allow that it is counted, and
// gives the words of the gaps in the copy of one.
func (h *house) countedNews(t *testing.T) (v *visitor, c *scheduling.Campaign, params map[string]string) {
	t.Helper()
	cl, l, v := h.readers(t, 6)
	for i := range 6 {
		link := path.Base(h.desk.PreferencesURL(fmt.Sprintf("reader%02d@example.org", i)))
		if err := h.desk.SavePreferences(t.Context(), link, scheduling.PreferencesForm{Others: true, Lang: "en", Tracking: true, Asked: "Count me."}); err != nil {
			t.Fatal(err)
		}
	}
	root := scheduling.System("test")
	c, err := h.desk.SaveCampaign(t.Context(), root, &scheduling.Campaign{ClusterID: cl.ID, ListID: l.ID, Subject: both("News"), Body: both("[A van](https://van.example/a?b=1&c=2)")})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = h.desk.ScheduleCampaign(t.Context(), root, c.ID, c.Rev, h.now); err != nil {
		t.Fatal(err)
	}
	list, _, err := h.desk.CampaignCopies(t.Context(), root, c.ID, "", "", 1)
	if err != nil || len(list) != 1 || list[0].Sheet == "" {
		t.Fatalf("%v, %v", list, err)
	}
	return v, c, list[0].Params
}

// A link leads where the newsletter was pinned to lead, the image is one, and
// the page shows sums: of readers, not of programs that look ahead.
func TestFollowLinks(t *testing.T) {
	h := newHouse(t)
	v, c, params := h.countedNews(t)
	page := "/organise/campaigns/" + c.ID
	public := h.visitor(t)
	link, image := strings.TrimPrefix(params["link1"], h.BaseURL), strings.TrimPrefix(params["opened"], h.BaseURL)
	for _, ahead := range []map[string]string{{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}, {"X-Purpose": "preview"}} {
		if got := public.send(http.MethodGet, link, nil, ahead); got.Status != 302 {
			t.Errorf("%v: %d", ahead, got.Status)
		}
		public.send(http.MethodGet, image, nil, ahead).want(t, 200)
	}
	for _, path := range []string{link, image} {
		if got := public.send(http.MethodHead, path, nil, nil); got.Status >= 400 {
			t.Errorf("HEAD %s: %d", path, got.Status)
		}
	}
	v.get(page).want(t, 200, "Of 6 who allow it, 0 opened it and 0 used a link.")
	for range 2 {
		got := public.get(image).want(t, 200)
		if got.Header.Get("Content-Type") != "image/gif" || got.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(got.Body, "GIF89a") || len(got.Body) > 64 {
			t.Errorf("the image is %v", got.Header)
		}
		v.get(page).want(t, 200, "Of 6 who allow it, 1 opened it and 0 used a link.")
	}
	got := public.get(link)
	if got.Status != 302 || got.Header.Get("Location") != "https://van.example/a?b=1&c=2" || got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Referrer-Policy") != "no-referrer" || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("%d with %v", got.Status, got.Header)
	}
	v.get(page).want(t, 200, "Of 6 who allow it, 1 opened it and 1 used a link.", "https://van.example/a?b=1&amp;c=2")
	public.get("/privacy").want(t, 200, "180 days")
	if strings.Contains(h.logs.String(), path.Base(link)) || strings.Contains(h.logs.String(), path.Base(image)) {
		t.Error("the log has a link of a reader")
	}
}

// A token that is not ours is answered with a page and leads nowhere.
func TestNoOpenRedirect(t *testing.T) {
	h := newHouse(t)
	_, _, params := h.countedNews(t)
	link, image := strings.TrimPrefix(params["link1"], h.BaseURL), strings.TrimPrefix(params["opened"], h.BaseURL)
	public := h.visitor(t)
	for _, path := range []string{
		link[:len(link)-1], link + "x", link + "?to=https://evil.example/", "/r/https%3A%2F%2Fevil.example%2F", "/r/x", "/r/aHR0cHM6Ly9ldmlsLmV4YW1wbGUv.AAAAAAAAAAAAAAAAAAAAAA",
		"/r/" + strings.TrimPrefix(image, "/o/"), "/o/" + strings.TrimPrefix(link, "/r/"), "/o/x",
	} {
		got := public.get(path)
		if strings.Contains(path, "?to=") {
			if got.Header.Get("Location") != "https://van.example/a?b=1&c=2" {
				t.Errorf("%s leads to %s", path, got.Header.Get("Location"))
			}
			continue
		}
		got.want(t, 404, "<html")
		if to := got.Header.Get("Location"); to != "" {
			t.Errorf("%s leads to %s", path, to)
		}
	}
}
