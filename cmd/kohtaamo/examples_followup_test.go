package main

import (
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// followUp adds the chains, and the survey that somebody answered.
func (k known) followUp(t *testing.T, h *house, by scheduling.Actor) error {
	chains, err := h.desk.Chains(t.Context(), by)
	for _, c := range chains {
		k.add("/organise/chains/", c.ID)
		k.add("/organise/chains/"+c.ID+"/steps/", "new")
		k.add("/organise/chains/"+c.ID+"/steps/", c.Steps[0].ID)
	}
	if err != nil {
		return err
	}
	events, _, err := h.desk.Events(t.Context(), by, scheduling.EventFilter{Limit: 200}, true)
	for _, e := range events {
		b, err := h.desk.Survey(t.Context(), by, e.ID)
		if err != nil {
			return err
		}
		if b.Survey == nil || b.Survey.Answered == 0 {
			continue
		}
		k.add("/organise/events/", e.ID)
		list, _, err := h.desk.Registrations(t.Context(), by, e.ID, scheduling.RegFilter{State: scheduling.Attended})
		if err != nil {
			return err
		}
		url := h.desk.SurveyURL(list[0])
		k.add("/survey/", url[strings.LastIndex(url, "/")+1:])
	}
	return err
}

// checkDemoFollowUp looks at what the chains sent, and who answered.
func checkDemoFollowUp(t *testing.T, h *house) {
	by := scheduling.System("test")
	chains, err := h.desk.Chains(t.Context(), by)
	if err != nil || len(chains) != len(demoChains) {
		t.Fatalf("%d chains, %v", len(chains), err)
	}
	for _, c := range chains {
		p, err := h.desk.Chain(t.Context(), by, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if ran := len(p.Counts) > 0; ran != c.On {
			t.Errorf("%s: on is %t, runs %v", c.Name.In("en"), c.On, p.Counts)
		}
	}
	k := known{}
	if err := k.followUp(t, h, by); err != nil {
		t.Fatal(err)
	}
	if len(k["/survey/"]) != 1 {
		t.Fatalf("%d surveys with answers", len(k["/survey/"]))
	}
	res, err := h.desk.SurveyResults(t.Context(), by, k["/organise/events/"][0])
	if err != nil {
		t.Fatal(err)
	}
	if s := res.Survey; s.State != scheduling.SurveyClosed || s.Asked < 15 || s.Answered < 8 || s.Answered > s.Asked {
		t.Errorf("%s: %d of %d answered", s.State, s.Answered, s.Asked)
	}
}
