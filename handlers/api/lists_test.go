package api

import (
	"testing"

	"kohtaamo/mailer"
)

func TestLists(t *testing.T) {
	h := newHouse(t)
	fields := map[string]any{"slug": "news", "cluster_id": h.cluster.ID, "name": map[string]string{"en": "News", "fi": "Uutiset"}, "open": true}
	made := h.do("organiser", "POST", "/lists", fields).is(201)
	list := "/lists/" + made.text("id")
	reader := map[string]string{"email": "Aino@example.org", "name": "Aino", "lang": "fi", "wording": "told us at the fair"}
	added := h.do("organiser", "POST", list+"/subscriptions", reader).is(200)
	sub := added.body["subscription"].(map[string]any)
	if added.text("came") != "new" || sub["email"] != "aino@example.org" || sub["state"] != "subscribed" || sub["proof"].(map[string]any)["wording"] != "told us at the fair" {
		t.Errorf("added %s", added.raw)
	}
	if r := h.do("organiser", "POST", list+"/subscriptions", reader).is(200); r.text("came") != "known" {
		t.Errorf("added twice: %s", r.raw)
	}
	if r := h.do("organiser", "GET", list+"/subscriptions?state=subscribed&search=ain", nil).is(200).items(); len(r) != 1 {
		t.Errorf("subscriptions = %v", r)
	}
	leave := "/subscriptions/" + sub["id"].(string) + "/leave"
	if r := h.do("organiser", "POST", leave, map[string]string{"reason": "by phone"}).is(200); r.text("state") != "unsubscribed" {
		t.Errorf("left: %s", r.raw)
	}
	if r := h.do("organiser", "POST", list+"/subscriptions", reader).is(200); r.text("came") != "left" {
		t.Errorf("brought back: %s", r.raw)
	}
	counts := h.do("organiser", "GET", "/lists", nil).is(200).items()[0]["counts"].(map[string]any)
	if counts["unsubscribed"] != 1.0 || counts["subscribed"] != 0.0 {
		t.Errorf("counts = %v", counts)
	}
	for _, as := range []string{"other", "guest"} {
		h.do(as, "GET", list, nil).problem(404, "not-found")
		h.do(as, "GET", list+"/subscriptions", nil).problem(404, "not-found")
		h.do(as, "POST", list+"/subscriptions", reader).problem(404, "not-found")
		h.do(as, "POST", leave, map[string]string{}).problem(404, "not-found")
	}
	h.do("guest", "GET", "/lists", nil).problem(404, "not-found")
	h.do("organiser", "POST", list+"/subscriptions", map[string]string{"email": "nobody", "wording": "x"}).problem(422, "invalid")
}

func TestSuppressions(t *testing.T) {
	h := newHouse(t)
	h.do("organiser", "POST", "/suppressions", map[string]string{"email": "gone@example.org", "scope": "all", "reason": "moved away"}).is(204)
	found := h.do("organiser", "GET", "/suppressions?email=GONE@example.org", nil).is(200).items()
	if len(found) != 1 || found[0]["id"] != mailer.AddressKey("gone@example.org") {
		t.Fatalf("suppressions = %v", found)
	}
	if r := h.do("other", "GET", "/suppressions", nil).is(200).items(); len(r) != 0 {
		t.Errorf("another organiser sees %v", r)
	}
	lift := "/suppressions/" + found[0]["id"].(string) + "/lift"
	why := map[string]string{"reason": "is back"}
	for _, as := range []string{"other", "guest"} {
		h.do(as, "POST", lift, why).problem(404, "not-found")
	}
	h.do("organiser", "POST", lift, why).is(204)
	if r := h.do("admin", "GET", "/suppressions", nil).is(200).items(); len(r) != 0 {
		t.Errorf("still stopped: %v", r)
	}
}
