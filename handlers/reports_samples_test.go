package handlers

import (
	"maps"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func samplePeriodReport(closed bool) reportPage {
	both := scheduling.Text{"en": hostile, "fi": hostile}
	r := &scheduling.Report{Period: &scheduling.ReportPeriod{Meta: storage.Meta{ID: "period"}, Name: hostile, From: t0, Until: t0.AddDate(1, 0, 0)},
		Cluster: &scheduling.Cluster{Name: both}, Parts: []scheduling.ReportPart{{ID: "a", Title: both, Body: both}, {ID: "b", Title: both}}, Rev: 2, At: t0}
	if closed {
		r.Period.ClosedAt = t0
	}
	p := reportPage{Page: figureFrame(), Report: r, Title: hostile, Days: "x", RowQuery: "year=2026", Zone: houseZone}
	p.Rows = []scheduling.ReportRow{{Key: "events", Name: hostile, Value: "11", Target: "10", Reached: true, Now: "12 / 40", Correction: "+1"}, {Key: "members", Name: "Members", Value: "1"}}
	p.Back = "/organise/reports/period"
	return p
}

func samplePlan(kept bool) planPage {
	plan := &scheduling.Plan{Meta: storage.Meta{ID: "plan", Rev: 3}, ClusterID: "c", Kind: scheduling.PlanStrategy, Lang: "fi", Title: hostile,
		Sections: []scheduling.PlanSection{{ID: "a", Title: hostile, Body: hostile}, {ID: "b", Title: "Empty"}}}
	found := &scheduling.PlanPage{Plan: plan, Cluster: &scheduling.Cluster{Name: scheduling.Text{"en": hostile}}, Today: "2026-11-23", Names: map[string]string{"p": hostile}, Emails: map[string]string{"p": "a@example.fi"}}
	found.Items = []*scheduling.PlanItem{{Meta: storage.Meta{ID: "late"}, What: hostile, OwnerID: "p", Due: "2026-11-01", State: scheduling.ActionOpen, Note: hostile}, {Meta: storage.Meta{ID: "done"}, What: "Done", Due: "2026-12-01", State: scheduling.ActionDone}}
	p := planPage{Page: figureFrame(), PlanPage: found, Base: "/organise/plans/plan", Zone: houseZone, Version: found.Now(), Line: "x"}
	if kept {
		plan.Versions, plan.Approvals = 2, []scheduling.PlanApproval{{Version: 1, At: t0, ByID: "p", Note: hostile}}
		v := *found.Now()
		v.Version, v.At, v.ByID, v.Note = 2, t0, "p", hostile
		found.Versions = []*scheduling.PlanVersion{&v, {Version: 1, At: t0, Title: "Old", Sections: plan.Sections[:1]}}
		found.Files = []*scheduling.File{{Meta: storage.Meta{ID: "f"}, Name: hostile, At: t0}}
		p.Version = &v
	}
	p.Back = p.Base
	return p
}

func sampleProofs() []scheduling.ShownProof {
	return []scheduling.ShownProof{
		{Proof: scheduling.LabelProof{ID: "1", Kind: scheduling.ProofIndicator, Ref: "members", Note: hostile}, Part: "2026", Figure: &scheduling.Figure{Key: "members", N: 12, Of: 40}, Zone: houseZone},
		{Proof: scheduling.LabelProof{ID: "2", Kind: scheduling.ProofSection}, Label: scheduling.Text{"fi": hostile}, Part: hostile, Path: "/organise/plans/plan", Zone: houseZone},
		{Proof: scheduling.LabelProof{ID: "3", Kind: scheduling.ProofEvent}, Label: scheduling.Text{"en": "Event"}, When: t0, Zone: houseZone, Path: "/organise/events/e"},
		{Proof: scheduling.LabelProof{ID: "4", Kind: scheduling.ProofFile}, Gone: true, Zone: houseZone},
	}
}

func sampleLabel(missing bool) paged {
	p := &labelPage{Page: labelFrame(), LabelPage: &scheduling.LabelPage{Cluster: &scheduling.Cluster{Name: scheduling.Text{"en": hostile}}, Proven: 1}, Base: "/organise/label/c", Missing: missing, Zone: houseZone}
	for _, g := range scheduling.LabelGroups() {
		x := scheduling.LabelSubject{Key: g.Key}
		for i, q := range g.Questions {
			row := scheduling.LabelRow{Question: q, Answer: &scheduling.LabelAnswer{}}
			if i == 0 && g.Key == "structure" {
				row.Answer.Answer, row.Proofs, row.Proven, x.Proven = hostile, sampleProofs(), 3, 1
			}
			x.Rows, p.Of = append(x.Rows, row), p.Of+1
		}
		p.Groups = append(p.Groups, x)
	}
	p.Views, p.Back = []chip{{Label: "All", Path: "/x", On: true, Count: 30}}, p.Base
	return p
}

func sampleLabelQuestion() paged {
	one := []option{{"a", hostile}}
	q, _ := scheduling.LabelQuestionOf("strategy_goals")
	p := &labelQuestionPage{Page: labelFrame(), LabelQuestionPage: &scheduling.LabelQuestionPage{Cluster: &scheduling.Cluster{}, Row: scheduling.LabelRow{Question: q, Answer: &scheduling.LabelAnswer{}, Proofs: sampleProofs()}},
		Base: "/organise/label/c/strategy_goals", Up: "/organise/label/c", Answer: hostile, Zone: houseZone}
	p.Kinds, p.Indicators, p.Parts, p.Sections, p.Files, p.Events, p.Records = one, one, one, one, one, one, one
	return p
}

func sampleDiff() paged {
	found := samplePlan(true)
	return &planDiffPage{planPage: found, Diff: scheduling.Compare(found.PlanPage.Version(1), found.PlanPage.Version(2)), From: "1", To: "2", Choices: []option{{"1", "Version 1"}, {"2", "Version 2"}}, Before: "Version 1", After: "Version 2"}
}

func init() {
	one := []option{{"a", hostile}}
	report := func(closed bool) func() paged {
		return func() paged { p := samplePeriodReport(closed); return &p }
	}
	plan := func(kept bool) func() paged {
		return func() paged { p := samplePlan(kept); return &p }
	}
	maps.Copy(samples, map[string]func() paged{
		"reports": func() paged {
			return &reportsPage{Page: figureFrame(), Reports: []reportLine{{samplePeriodReport(true).Period, hostile}, {samplePeriodReport(false).Period, ""}}, Zone: houseZone}
		},
		"reports none": func() paged { return &reportsPage{Page: figureFrame()} },
		"report":       report(true), "report open": report(false), "report_print": report(true),
		"report_part": func() paged {
			p := samplePeriodReport(false)
			return &reportPartPage{reportPage: p, Part: p.Parts[0], Rev: 2}
		},
		"report_part new": func() paged { return &reportPartPage{reportPage: samplePeriodReport(false), New: true} },
		"evidence":        func() paged { return &evidencePage{reportPage: samplePeriodReport(true), Holds: evidenceParts} },
		"plans": func() paged {
			x := samplePlan(true)
			return &plansPage{Page: figureFrame(), Plans: []scheduling.PlanRow{{Plan: x.Plan, Cluster: x.Cluster, Open: 2, Overdue: 1}}, Clusters: one}
		},
		"plans none": func() paged { return &plansPage{Page: figureFrame()} },
		"plan_form": func() paged {
			return &planFormPage{Page: figureFrame(), F: values{"title": {hostile}, "kind": {"a"}}, Kinds: one, Clusters: one, Langs: one}
		},
		"plan": plan(true), "plan new": plan(false), "plan_version": plan(true), "plan_print": plan(true),
		"plan_section":     func() paged { p := samplePlan(true); return &sectionPage{planPage: p, Part: p.Plan.Sections[0]} },
		"plan_section new": func() paged { return &sectionPage{planPage: samplePlan(false), New: true} },
		"plan_item": func() paged {
			p := samplePlan(true)
			return &planItemPage{planPage: p, Item: p.Items[0], Owner: "a@example.fi", Sections: one, States: one}
		},
		"plan_item new": func() paged {
			return &planItemPage{planPage: samplePlan(false), Item: &scheduling.PlanItem{}, New: true}
		},
		"plan_diff": sampleDiff,
		"plans_mine": func() paged {
			x := samplePlan(true)
			return &myPlansPage{Items: []scheduling.OwnedItem{{Item: x.Items[0], Plan: x.Plan}, {Item: x.Items[1], Plan: x.Plan}}, Today: "2026-11-23"}
		},
		"plans_mine none": func() paged { return &myPlansPage{} },
		"label":           func() paged { return sampleLabel(false) }, "label missing": func() paged { return sampleLabel(true) }, "label_print": func() paged { return sampleLabel(false) },
		"label_question": sampleLabelQuestion,
	})
}
