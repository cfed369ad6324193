package api

import (
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// A company through the API: it asks to join, is taken in, gets an agreement,
// signs it and is renewed.
func TestMembershipsOverTheAPI(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	ask := map[string]any{"company": "Anturi Oy", "kind": "sme", "country": "FI", "business_id": "0737546-2", "name": "Aino", "email": "aino@anturi.example", "lang": "en",
		"motivation": "Spain", "agreed": "You may use this", "listed": "We may be named"}
	to := "/clusters/" + h.cluster.Slug + "/applications"
	h.do("organiser", "POST", to, changed(ask, "business_id", "1234567-8")).problem(422, "invalid")
	h.do("organiser", "POST", "/clusters/nowhere/applications", ask).problem(404, "not-found")
	for range 2 {
		h.do("organiser", "POST", to, ask, "Idempotency-Key", "j1").is(202)
	}
	mails, _, err := h.desk.Mails(t.Context(), by, mailer.Filter{Kind: "membership.confirm_address"})
	must(t, err)
	link := mails[0].Letter.Button.URL
	m, err := h.desk.ConfirmJoin(t.Context(), link[strings.LastIndex(link, "/")+1:])
	must(t, err)
	one := "/members/" + m.ID
	if got := h.do("organiser", "GET", "/members?state=applied", nil).is(200).items(); len(got) != 1 || got[0]["company"] != "Anturi Oy" {
		t.Errorf("applied: %v", got)
	}
	if n := len(h.do("other", "GET", "/members", nil).is(200).items()); n != 0 {
		t.Errorf("another cluster's organiser reads %d", n)
	}
	h.do("guest", "GET", "/members", nil).problem(404, "not-found")
	for _, path := range []string{"", "/agreements"} {
		h.do("other", "GET", one+path, nil).problem(404, "not-found")
	}
	h.do("organiser", "POST", one+"/decline", nil).problem(422, "invalid")
	in := h.do("organiser", "POST", one+"/approve", nil).is(200)
	if in.text("state") != "active" || in.text("company_id") == "" || in.body["listed"] != true || in.body["application"] != nil {
		t.Errorf("approved: %s", in.raw)
	}
	h.do("organiser", "POST", one+"/decline", map[string]any{"reason": "late"}).problem(409, "closed")

	draft := map[string]any{"lang": "en", "text": "We and {{company}} agree", "first_day": "2026-01-01", "last_day": "2099-12-31", "signatory": "Aino", "position": "CEO", "email": "aino@anturi.example"}
	h.do("other", "POST", one+"/agreements", draft).problem(404, "not-found")
	h.do("organiser", "POST", one+"/agreements", changed(draft, "text", "{{nobody}}")).problem(422, "invalid")
	made := h.do("organiser", "POST", one+"/agreements", draft, "Idempotency-Key", "a1").is(201)
	version := "/agreements/" + made.text("id")
	h.do("organiser", "PUT", version, changed(draft, "signatory", "Aino A"), "If-Match", `"99"`).problem(412, "changed")
	h.do("organiser", "PUT", version, changed(draft, "signatory", "Aino A"), "If-Match", made.header.Get("ETag")).is(200)
	h.do("other", "POST", version+"/send", nil).problem(404, "not-found")
	if sent := h.do("organiser", "POST", version+"/send", nil).is(200); sent.text("state") != "sent" || sent.text("signatory") != "Aino A" {
		t.Errorf("sent: %s", sent.raw)
	}
	p, err := h.desk.AgreementText(t.Context(), by, made.text("id"))
	must(t, err)
	_, err = h.desk.SignAgreement(t.Context(), h.desk.AgreementLink(p.Agreement), scheduling.SignInput{Name: "Aino", Position: "CEO", Agreed: true, SHA256: p.SHA256})
	must(t, err)
	signed := h.do("organiser", "GET", one, nil).is(200)
	if a := signed.body["agreement"].(map[string]any); a["state"] != "signed" || a["text"] != "We and Anturi Oy agree" || a["signature"].(map[string]any)["sha256"] != p.SHA256 {
		t.Errorf("signed: %s", signed.raw)
	}
	h.do("organiser", "PUT", version, draft, "If-Match", `"4"`).problem(409, "closed")
	if next := h.do("organiser", "POST", version+"/renew", nil).is(200); next.number("version") != 2 || next.text("first_day") != "2100-01-01" {
		t.Errorf("renewed: %s", next.raw)
	}
	if n := len(h.do("organiser", "GET", one+"/agreements", nil).is(200).items()); n != 2 {
		t.Errorf("%d versions, want 2", n)
	}
	if ended := h.do("organiser", "POST", one+"/end", map[string]any{"reason": "Moved"}).is(200); ended.text("state") != "ended" || ended.text("reason") != "Moved" {
		t.Errorf("ended: %s", ended.raw)
	}
	again := h.do("organiser", "POST", "/members", map[string]any{"company_id": in.text("company_id"), "cluster_id": h.cluster.ID, "joined": "2020-02-29"}).is(201)
	if again.text("joined") != "2020-02-29" || again.text("id") == m.ID {
		t.Errorf("opened: %s", again.raw)
	}
}
