package api

import (
	"testing"

	"kohtaamo/scheduling"
)

func TestEntrantsOverTheAPI(t *testing.T) {
	h := newHouse(t)
	round := h.do("organiser", "POST", "/rounds", roundBody(h)).is(201)
	id := round.text("id")
	h.do("organiser", "POST", "/rounds/"+id+"/phase", map[string]any{"phase": "requests"}).is(200)
	enter := func(name string, profile map[string]any) *reply {
		c := &scheduling.Company{Name: name, Kind: scheduling.SME, Country: "FI"}
		must(t, h.desk.SaveCompany(t.Context(), scheduling.System("test"), c))
		p := &scheduling.Person{Name: "Aino", Email: name + "@example.org", CompanyID: c.ID, ClusterIDs: []string{h.cluster.ID}, Lang: "en"}
		must(t, h.desk.SavePerson(t.Context(), scheduling.System("test"), p))
		body := map[string]any{"company_id": c.ID, "people": []map[string]any{{"person_id": p.ID, "languages": []string{"en"}}}}
		for k, v := range profile {
			body[k] = v
		}
		return h.do("organiser", "POST", "/rounds/"+id+"/entrants", body).is(201)
	}
	akku := enter("akku", map[string]any{"offers": []string{"recycling of batteries"}})
	robo := enter("robo", map[string]any{"needs": []string{"battery recycling"}})
	address := "/entrants/" + akku.text("id")
	if p := akku.body["people"].([]any)[0].(map[string]any); akku.text("state") != "in" || p["manages"] != true {
		t.Errorf("entered %s", akku.raw)
	}
	for _, as := range []string{"other", "guest"} {
		h.do(as, "GET", address, nil).problem(404, "not-found")
		h.do(as, "POST", address+"/pause", nil).problem(404, "not-found")
		h.do(as, "GET", address+"/suggestions", nil).problem(404, "not-found")
		h.do(as, "GET", "/rounds/"+id+"/catalogue", nil).problem(404, "not-found")
	}
	s := h.do("organiser", "GET", "/entrants/"+robo.text("id")+"/suggestions", nil).is(200).items()
	if len(s) != 1 || s[0]["id"] != akku.text("id") || s[0]["score"] != 11.0 || s[0]["reasons"].([]any)[0].(map[string]any)["kind"] != "need_offer" {
		t.Errorf("suggested %v", s)
	}
	found := h.do("organiser", "GET", "/rounds/"+id+"/catalogue?q=batteries&in=offers", nil).is(200)
	if found.body["total"] != 1.0 {
		t.Errorf("found %s", found.raw)
	}
	h.do("organiser", "PUT", address+"/profile", map[string]any{"countries": []string{"XX"}}, "If-Match", akku.header.Get("ETag")).problem(422, "invalid")
	changed := h.do("organiser", "PUT", address+"/profile", map[string]any{"offers": []string{"hydrogen"}, "countries": []string{"ES"}}, "If-Match", akku.header.Get("ETag")).is(200)
	h.do("organiser", "PUT", address+"/profile", map[string]any{}, "If-Match", akku.header.Get("ETag")).problem(412, "changed")
	if changed.body["offers"].([]any)[0] != "hydrogen" {
		t.Errorf("changed %s", changed.raw)
	}
	person := akku.body["people"].([]any)[0].(map[string]any)["person_id"].(string)
	h.do("organiser", "PUT", address+"/people/"+person+"/availability", map[string]any{"unavailable": []string{"20270328T0600Z"}}).is(200)
	h.do("organiser", "PUT", address+"/people/"+person, map[string]any{"title": "CEO", "manages": false}).problem(409, "closed")
	h.do("organiser", "POST", address+"/invitations", map[string]any{"email": "bo@example.org", "name": "Bo"}).is(200)
	if r := h.do("organiser", "POST", address+"/pause", nil).is(200); r.body["paused"] != true {
		t.Errorf("paused %s", r.raw)
	}
	h.do("organiser", "POST", address+"/leave", map[string]any{"reason": "ill"}).is(200)
	if r := h.do("organiser", "GET", address, nil).is(200); r.text("state") != "left" {
		t.Errorf("left %s", r.raw)
	}
}
