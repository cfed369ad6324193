package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/templates"
)

// TestMyData: somebody sees what is kept, takes a consent back at once, takes a
// copy along and erases themselves by the mailed link.
func TestMyData(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, func(e *scheduling.Event) {
		e.Rules.ShowList = true
		e.Rules.Consents = []scheduling.ConsentAsk{{Purpose: "participants", Label: scheduling.Text{"en": "Show my name", "fi": "Näytä nimeni"}}}
	})
	h.visitor(t).post("/events/"+e.Slug+"/register", url.Values{"name": {"Yrjö Zyx <b>"}, "email": {"yrjo@example.fi"}, "consent.participants": {"on"}})
	v := h.visitor(t)
	v.post("/privacy/link", url.Values{"email": {"nobody"}}).want(t, 422, "#f-email")
	v.post("/privacy/link", url.Values{"email": {"yrjo@example.fi"}}).want(t, 200, "If we know yrjo@example.fi")
	enter := h.mailedPath(t, "yrjo@example.fi")
	v.post(enter, url.Values{}).leads(t, "/account/data")
	v.get("/account/data").want(t, 200, "My name in lists of participants", "Take back")
	h.visitor(t).get("/events/"+e.Slug).want(t, 200, "Yrjö Zyx")
	boss := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser})
	boss.get("/organise/events/"+e.ID+"/participants").want(t, 200, "Yrjö Zyx")
	v.post("/account/data/consents/participants", url.Values{"given": {"no"}}).leads(t, "/account/data")
	if strings.Contains(boss.get("/organise/events/"+e.ID+"/participants").Body, "Yrjö Zyx") {
		t.Error("taken back, the name still stands on the list for those who come")
	}
	if h.visitor(t).get("/events/" + e.Slug); strings.Contains(h.visitor(t).get("/events/"+e.Slug).Body, "Yrjö Zyx") {
		t.Error("taken back, the name still stands on the event's page")
	}
	v.post("/account/data/consents/health", url.Values{"given": {"no"}}).want(t, 404)
	v.get("/account/data/copy").want(t, 200, "Copy of my data", "Yrjö Zyx &lt;b&gt;", "CircularArena", ">State</dt><dd class=\"keep\" dir=\"auto\">Confirmed</dd>", ">Seat confirmed</dd>", ">Registered</dd>")
	json := v.get("/account/data/copy.json")
	json.want(t, 200, `"email": "yrjo@example.fi"`)
	if json.Header.Get("Cache-Control") != "no-store" {
		t.Error("a copy may be kept by others")
	}
	v.post("/account/data/erase", nil).leads(t, "/account/data")
	link := h.mailedPath(t, "yrjo@example.fi")
	stranger := h.visitor(t)
	stranger.get("/erase/x.y").want(t, 404)
	stranger.get(link).want(t, 200, "yrjo@example.fi", "cannot be undone")
	stranger.post(link, url.Values{}).leads(t, link)
	stranger.get(link).want(t, 200, "You are erased")
	stranger.post(link, url.Values{}).leads(t, link)
	if got := v.get("/account/data"); got.Status != 303 {
		t.Errorf("who was erased is still signed in: %d", got.Status)
	}
	if strings.Contains(strings.ToLower(h.logs.String()), "yrj") {
		t.Error("the log names somebody")
	}
}

// Whatever a copy says in words has some, in both languages.
func TestCopiedWords(t *testing.T) {
	codes := map[string]string{
		"activity_log.kind": "visit", "group_memberships.state": "accepted", "people.role": "organiser", "plan_items.state": "done",
		"mails.kind": "registration.confirmed", "outcomes.step": "nda", "trip_outcomes.step": "nda", "travellers.role": "delegate", "travellers.state": "going",
		"gatherings.rsvp": "accepted", "registrations.rsvp": "accepted", "gatherings.state": "confirmed", "registrations.state": "waitlisted",
		"action_items.state": "done", "agreements.state": "signed", "audit.action": "registration.create", "mail_suppressions.scope": "all", "entrants.state": string(scheduling.EntrantIn), "mail_deliveries.state": "sent", "mails.state": "sent",
		"meeting_records.state": "excused", "meetings.state": string(scheduling.MeetingHeld), "memberships.state": "active", "requests.state": "withdrawn",
		"subscriptions.state": "subscribed", "trip_applications.state": "withdrawn",
	}
	texts, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	for field, words := range copiedWords {
		for _, lang := range []string{"en", "fi"} {
			if code, known := codes[field]; !known || !texts.In(lang).Has(words+code) {
				t.Errorf("%s: %q has no words in %q", field, words+code, lang)
			}
		}
	}
}

// TestAddressData: who only reads a newsletter sees what is kept under their
// address, and has it erased.
func TestAddressData(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	l := &scheduling.MailingList{ClusterID: c.ID, Slug: "news", Name: scheduling.Text{"en": "Automotive news", "fi": "Autouutiset"}, Open: true}
	if err := h.desk.SaveMailingList(t.Context(), root, l); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.desk.AddSubscriber(t.Context(), root, l.ID, scheduling.NewSubscriber{Email: "reader@example.fi", Name: "Reino <b>", Lang: "en", Wording: "Said so at a fair"}); err != nil {
		t.Fatal(err)
	}
	v := h.visitor(t)
	known := v.post("/privacy/link", url.Values{"email": {"reader@example.fi"}})
	known.want(t, 200, "If we know reader@example.fi")
	unknown := v.post("/privacy/link", url.Values{"email": {"stranger@example.fi"}})
	if strings.ReplaceAll(unknown.Body, "stranger@", "reader@") != known.Body {
		t.Error("the answer tells whether an address is known")
	}
	link := h.mailedPath(t, "reader@example.fi")
	v.get(link).want(t, 200, "reader@example.fi", "Reino &lt;b&gt;", "Newsletters", "Automotive news", "Said so at a fair", "/preferences/")
	v.get(link+"/copy.json").want(t, 200, `"email": "reader@example.fi"`)
	v.get("/data/x.y").want(t, 404)
	h.now = h.now.Add(time.Minute)
	v.post(link+"/erase", url.Values{}).leads(t, link)
	v.get(link).want(t, 200, "Nothing is kept under reader@example.fi")
	v.post(link+"/erase", url.Values{}).leads(t, link)
	if strings.Contains(strings.ToLower(h.logs.String()), "reader@") {
		t.Error("the log names somebody")
	}
}

// TestPrivacyAdmin: rules within bounds, proofs, the register and an erasure.
func TestPrivacyAdmin(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	v := h.person(t, "root@example.fi", scheduling.Grant{Role: scheduling.Administrator})
	organiser := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: c.ID})
	v.get("/admin/privacy").want(t, 200, "Answers in registrations", "180 days after the event", "Nothing yet")
	v.get("/admin/privacy?due=1").want(t, 200, "Would go now")
	v.post("/admin/privacy/rules/answers", url.Values{"days": {"2"}, "rev": {"0"}}).want(t, 422, "14 to 1095")
	v.post("/admin/privacy/rules/answers", url.Values{"days": {"90"}, "rev": {"0"}}).leads(t, "/admin/privacy")
	v.post("/admin/privacy/rules/answers", url.Values{"days": {"80"}, "rev": {"0"}}).want(t, 409)
	h.visitor(t).get("/privacy").want(t, 200, "90 days after the event")
	v.get("/admin/privacy/record").want(t, 200, "Record of processing", "90 days after the event")

	p := &scheduling.Person{Email: "zoe@example.fi", Name: "Zoë Gone", Lang: "en", ClusterIDs: []string{c.ID}}
	if err := h.desk.SavePerson(t.Context(), root, p); err != nil {
		t.Fatal(err)
	}
	if err := h.desk.SetConsent(t.Context(), p.Actor(), "photos", true); err != nil {
		t.Fatal(err)
	}
	organiser.get("/organise/consents?purpose=photos&given=yes").want(t, 200, "Zoë Gone", "Photographs of me")
	organiser.get("/organise/consents?given=no").want(t, 200, "Nobody fits")
	organiser.get("/organise/consents.csv").want(t, 200, "zoe@example.fi")
	v.get("/admin/users/"+p.ID+"/erase").want(t, 200, "zoe@example.fi")
	v.post("/admin/users/"+p.ID+"/erase", nil).leads(t, "/admin/privacy/erasures")
	v.get("/admin/privacy/erasures").want(t, 200, "an administrator", "erased")
	v.get("/admin/users/"+p.ID+"/erase").want(t, 404)
	organiser.get("/organise/consents").want(t, 200, "Nobody has been asked yet")
}
