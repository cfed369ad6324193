package scheduling

import (
	"slices"
	"strings"
	"testing"

	"kohtaamo/mailer"
)

// A newsletter as its readers get it over SMTP: each one their own copy in their
// own language, with one click to leave it, and nobody else's name in it. Its
// figures are those of what arrived.
func TestNewsletterArrives(t *testing.T) {
	h := newHouse(t)
	l := h.newList(t, "news", Subscribed, Subscribed, Unsubscribed, Subscribed)
	c := h.sendNow(t, h.newsletter(t, l, nil))
	list := h.post(t)
	if len(list) != 3 {
		t.Fatalf("%d mails arrived", len(list))
	}
	fi := to(t, list, "person001@example.org")
	if got := fi.header.Get("List-Unsubscribe"); !strings.HasPrefix(got, "<"+h.LeaveURL("person001@example.org", l.ID)) {
		t.Errorf("List-Unsubscribe is %q", got)
	}
	if fi.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.Contains(fi.header.Get("List-Id"), "<news.kohtaamo.example>") {
		t.Errorf("head = %v", fi.header)
	}
	if !slices.ContainsFunc(fi.bodies, func(s string) bool { return strings.Contains(s, "Hei Person 001.") }) || strings.Contains(strings.Join(fi.bodies, ""), "Person 003") {
		t.Errorf("it says %q", fi.bodies)
	}
	en := to(t, list, "person000@example.org")
	if !slices.ContainsFunc(en.bodies, func(s string) bool { return strings.Contains(s, "Hello Person 000 of your organisation.") }) {
		t.Errorf("it says %q", en.bodies)
	}
	_, err := h.SendCampaigns(t.Context(), h.now())
	must(t, err)
	p, err := h.CampaignPage(t.Context(), h.boss, c.ID)
	must(t, err)
	if p.Campaign.State != CampaignSent || p.Sent != 3 || p.Counts[mailer.Sent] != 3 || p.Open != 0 {
		t.Errorf("%s: %v", p.Campaign.State, p.Counts)
	}
}
