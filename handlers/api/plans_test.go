package api

import (
	"testing"

	"kohtaamo/scheduling"
)

// A strategy through the API: written on, kept as a version, read by nobody else.
func TestPlans(t *testing.T) {
	h := newHouse(t)
	by := scheduling.System("test")
	p, err := h.desk.CreatePlan(t.Context(), by, &scheduling.Plan{ClusterID: h.cluster.ID, Kind: scheduling.PlanStrategy, Lang: "en", Title: "Strategy"})
	must(t, err)
	item, err := h.desk.SavePlanItem(t.Context(), by, &scheduling.PlanItem{PlanID: p.ID, What: "Ask", Due: "2027-02-01", State: scheduling.ActionOpen}, "")
	must(t, err)
	_, err = h.desk.AnswerLabel(t.Context(), by, h.cluster.ID, "strategy_goals", 0, "Many.")
	must(t, err)
	_, err = h.desk.AddProof(t.Context(), by, h.cluster.ID, "strategy_goals", scheduling.LabelProof{Kind: scheduling.ProofSection, Ref: p.ID, Part: p.Sections[1].ID})
	must(t, err)
	plan := "/plans/" + p.ID
	for _, stranger := range []string{"other", "guest"} {
		h.do(stranger, "GET", plan, nil).problem(404, "not-found")
		h.do(stranger, "GET", plan+"/versions", nil).problem(404, "not-found")
		h.do(stranger, "POST", "/plan-items/"+item.ID+"/done", map[string]any{}).problem(404, "not-found")
		h.do(stranger, "GET", "/clusters/"+h.cluster.ID+"/label", nil).problem(404, "not-found")
	}
	section := map[string]any{"id": p.Sections[0].ID, "title": "Where we stand", "body": "In Oulu."}
	h.do("organiser", "POST", plan+"/sections", section, "If-Match", `"77"`).problem(412, "changed")
	written := h.do("organiser", "POST", plan+"/sections", section, "If-Match", `"1"`).is(200)
	if first := written.body["sections"].([]any)[0].(map[string]any); first["body"] != "In Oulu." {
		t.Errorf("sections = %s", written.raw)
	}
	if kept := h.do("organiser", "POST", plan+"/versions", map[string]any{"note": "first"}, "If-Match", `"2"`).is(200); kept.number("versions") != 1 {
		t.Errorf("plan = %s", kept.raw)
	}
	h.do("organiser", "POST", plan+"/versions", map[string]any{}, "If-Match", `"3"`).problem(409, "exists")
	if list := h.do("organiser", "GET", plan+"/versions", nil).is(200); len(list.body["items"].([]any)) != 1 {
		t.Errorf("versions = %s", list.raw)
	}
	h.do("organiser", "POST", "/plan-items/"+item.ID+"/done", map[string]any{"note": "asked"}).is(204)
	one := h.do("organiser", "GET", plan, nil).is(200)
	if x := one.body["items"].([]any)[0].(map[string]any); x["state"] != "done" || x["note"] != "asked" {
		t.Errorf("items = %s", one.raw)
	}
	proven := 0
	for _, q := range h.do("organiser", "GET", "/clusters/"+h.cluster.ID+"/label", nil).is(200).body["items"].([]any) {
		if q.(map[string]any)["proven"] == true {
			proven++
		}
	}
	if proven != 1 {
		t.Errorf("%d questions are proven, want 1", proven)
	}
}
