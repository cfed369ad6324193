package handlers

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

var (
	listDocs         = storage.NewCollection[scheduling.MailingList]("mailing_lists", storage.Unique("slug"), storage.Ordered("cluster_id", "slug"), storage.Ordered("group_id"))
	subscriptionDocs = storage.NewCollection[scheduling.Subscription]("subscriptions", storage.Ordered("list_id", "state"), storage.Ordered("email"), storage.Ordered("person_id"))
)

// readers makes a cluster with an organiser and a list of n subscribers.
func (h *house) readers(t *testing.T, n int) (cl *scheduling.Cluster, l *scheduling.MailingList, v *visitor) {
	t.Helper()
	cl = &scheduling.Cluster{Slug: "autot", Name: both("Autot"), Zone: houseZone}
	if err := h.desk.SaveCluster(t.Context(), scheduling.System("test"), cl); err != nil {
		t.Fatal(err)
	}
	l = &scheduling.MailingList{Slug: "uutiset", Name: both("Auto news"), ClusterID: cl.ID, Archive: true}
	err := h.desk.DB.Update(t.Context(), func(tx *storage.Tx) error {
		if err := listDocs.Put(tx, l); err != nil {
			return err
		}
		for i := range n {
			email := fmt.Sprintf("reader%02d@example.org", i)
			s := &scheduling.Subscription{ListID: l.ID, Email: email, Key: mailer.AddressKey(email), Name: fmt.Sprintf("Reader %02d", i), Lang: []string{"fi", "en"}[i%2], State: scheduling.Subscribed, Since: tx.Now()}
			if err := subscriptionDocs.Put(tx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cl, l, h.person(t, "organiser@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: cl.ID})
}

var hiddenField = regexp.MustCompile(`name="(id|rev|rule|except)" value="([^"]*)"`)

// carriedFields are the hidden fields of a form.
func carriedFields(body string) url.Values {
	out := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(body, -1) {
		out.Add(m[1], strings.ReplaceAll(m[2], "&#34;", `"`))
	}
	return out
}

// A newsletter is written, looked at, tested, sent, paused and read in the
// archive, without a script.
func TestNewsletterThroughThePages(t *testing.T) {
	h := newHouse(t)
	cl, l, v := h.readers(t, 8)
	form := carriedFields(v.get("/organise/campaigns/new").want(t, 200, "Auto news", "{events:upcoming}").Body)
	form.Del("rev")
	for name, s := range map[string]string{"cluster_id": cl.ID, "list_id": l.ID, "subject.en": "News for {name}", "subject.fi": "Uutisia, {name}", "body.en": "Hello {nmae}", "body.fi": "Hei **{name}**"} {
		form.Set(name, s)
	}
	v.post("/organise/campaigns/new", form).want(t, 422, "Line 1 of the text (en): {nmae}")
	form.Set("body.en", "Hello **{name}**\n\n{events:upcoming}")
	form.Set("what", "language:fi")
	form.Set("do", "rules")
	page := v.post("/organise/campaigns/new", form).want(t, 200, "Read Finnish", "Hello **{name}**")
	form["rule"] = carriedFields(page.Body)["rule"]
	form.Del("what")
	form.Set("do", "save")
	saved := v.post("/organise/campaigns/new", form)
	again := v.post("/organise/campaigns/new", form) // sent twice
	path, _ := strings.CutSuffix(saved.Header.Get("Location"), "/preview")
	if path == "" || again.Header.Get("Location") != saved.Header.Get("Location") {
		t.Fatalf("saved to %q and %q\n%s", saved.Header.Get("Location"), again.Header.Get("Location"), again.Body)
	}

	v.get(path+"/audience").want(t, 200, "4 people get it", "Reader 00", "Read Finnish")
	v.get(path+"/audience.csv").want(t, 200, "reader06@example.org")
	v.get(path+"/preview?as=reader00@example.org").want(t, 200, "Uutisia, Reader 00", "/newsletters/")
	body := v.get(path+"/body?as=reader00@example.org").want(t, 200, "Hei <strong>Reader 00</strong>")
	if csp := body.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") {
		t.Errorf("the frame may: %s", csp)
	}
	v.post(path+"/test", url.Values{"to": {"not an address"}}).want(t, 422)
	v.post(path+"/test", url.Values{"to": {"a@example.org, b@example.org"}}).leads(t, path+"/preview")

	ask := v.get(path+"/send").want(t, 200, "4 people get it", "Send to 4 people")
	v.post(path+"/send", url.Values{"rev": carriedFields(ask.Body)["rev"], "when": {"later"}}).want(t, 422)
	for range 2 { // pressed twice
		v.post(path+"/send", url.Values{"rev": carriedFields(ask.Body)["rev"], "when": {"now"}}).leads(t, path)
	}
	v.get(path).want(t, 200, "0 of 4 sent", "queued")
	v.get(path+"/copies?state=queued").want(t, 200, "reader06@example.org")
	v.post(path+"/do", url.Values{"do": {"pause"}}).leads(t, path)
	v.get("/organise").want(t, 200, "is paused")
	v.post(path+"/do", url.Values{"do": {"resume"}}).leads(t, path)
	v.post(path+"/do", url.Values{"do": {"delete"}}).want(t, 409, "Only a draft")

	public := h.visitor(t)
	public.get("/newsletters").want(t, 200, "News for reader", "Auto news")
	slug := regexp.MustCompile(`/newsletters/([a-z0-9-]+)`).FindStringSubmatch(public.get("/newsletters?cluster=autot").Body)[1]
	web := public.get("/newsletters/"+slug+"?in=fi").want(t, 200, "Hei <strong>lukija</strong>")
	feed := public.get("/newsletters.atom?cluster=autot").want(t, 200, "News for reader")
	if strings.Contains(web.Body+feed.Body, "@example.org") || strings.Contains(web.Body+feed.Body, "Reader 0") {
		t.Error("the archive says who it went to")
	}
	var atom atomFeed
	if err := xml.Unmarshal([]byte(feed.Body), &atom); err != nil || len(atom.Entries) != 1 || atom.Updated != h.now.Format(time.RFC3339) {
		t.Errorf("%v, %+v", err, atom)
	}
	public.get("/newsletters/subscribe").want(t, 200) // the form, not a newsletter
	public.get("/newsletters?cluster=nowhere").want(t, 404)

	closed := *l
	closed.Archive = false
	if err := h.desk.DB.Update(t.Context(), func(tx *storage.Tx) error { return listDocs.Put(tx, &closed) }); err != nil {
		t.Fatal(err)
	}
	public.get("/newsletters/"+slug).want(t, 404)
	public.get("/newsletters.atom").want(t, 200)
}

// Why a newsletter stopped by itself is said in the language of whoever reads it,
// on its page and on the dashboard; and before it is sent, that it does not say
// where its sender is.
func TestWhyACampaignStopped(t *testing.T) {
	h := newHouse(t)
	cl, l, v := h.readers(t, 2)
	g := &scheduling.Group{Slug: "spain", ClusterID: cl.ID, Kind: scheduling.GroupKinds[0], Name: both("Spain")}
	if err := h.desk.SaveGroup(t.Context(), root, g); err != nil {
		t.Fatal(err)
	}
	c, err := h.desk.SaveCampaign(t.Context(), scheduling.System("test"), &scheduling.Campaign{ClusterID: cl.ID, ListID: l.ID, Subject: both("News"), Body: both("Come:\n\n{group:spain}")})
	if err != nil {
		t.Fatal(err)
	}
	path := "/organise/campaigns/" + c.ID
	v.get(path+"/send").want(t, 200, "has no postal address", "/organise/clusters/"+cl.ID)
	at := t0.AddDate(0, 0, 1)
	if _, err := h.desk.ScheduleCampaign(t.Context(), scheduling.System("test"), c.ID, c.Rev, at); err != nil {
		t.Fatal(err)
	}
	g.Slug = "portugal"
	if err := h.desk.SaveGroup(t.Context(), root, g); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.SendCampaigns(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	for lang, why := range map[string]string{"en": "{group:spain} names nothing that readers could see", "fi": "{group:spain} ei viittaa mihinkään"} {
		v.get(path+"?lang="+lang).want(t, 200, why)
		v.get("/organise?lang="+lang).want(t, 200, why)
	}
}

// Organisers of other clusters get the answer for what does not exist.
func TestCampaignsOfOthers(t *testing.T) {
	h := newHouse(t)
	cl, l, _ := h.readers(t, 2)
	c, err := h.desk.SaveCampaign(t.Context(), scheduling.System("test"), &scheduling.Campaign{ClusterID: cl.ID, ListID: l.ID, Subject: both("Secret plans"), Body: both("Hello")})
	if err != nil {
		t.Fatal(err)
	}
	other := &scheduling.Cluster{Slug: "muut", Name: both("Muut"), Zone: houseZone}
	if err := h.desk.SaveCluster(t.Context(), scheduling.System("test"), other); err != nil {
		t.Fatal(err)
	}
	v := h.person(t, "stranger@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: other.ID})
	one := "/organise/campaigns/" + c.ID
	for _, path := range []string{one, one + "/edit", one + "/audience", one + "/audience.csv", one + "/preview", one + "/body", one + "/send", one + "/copies"} {
		v.get(path).want(t, 404)
	}
	for _, path := range []string{one + "/edit", one + "/test", one + "/send", one + "/do"} {
		v.post(path, url.Values{"do": {"delete"}, "to": {"a@example.org"}, "rev": {"1"}, "when": {"now"}}).want(t, 404)
	}
	if strings.Contains(v.get("/organise/campaigns").want(t, 200).Body, "Secret plans") {
		t.Error("a stranger's list has it")
	}
	h.visitor(t).get("/newsletters/"+c.Slug).want(t, 404) // it has not been sent
}
