package handlers

import (
	"maps"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func sampleFigureChoices() figureChoices {
	return figureChoices{Years: []option{{"2026", "2026"}}, Periods: []option{{"2026-09-01/2027-02-28", "1 Sep 2026 – 28 Feb 2027"}}, Clusters: hostileOptions, Projects: hostileOptions, Groups: hostileOptions, Countries: []option{{"ES", "Spain"}}}
}

func sampleFigureLines() []figureLine {
	return []figureLine{
		{Key: "members", Name: hostile, Unit: hostile, N: 12345, Before: 3, Compared: true},
		{Key: "stability", Name: hostile, Unit: hostile, N: 3, Detail: hostile, Before: 5, Compared: true},
	}
}

func samplePlot(id string, bars int) *plot {
	var parts []scheduling.Slice
	for n := range bars {
		parts = append(parts, scheduling.Slice{Key: hostile, N: n + 1})
	}
	return newPlot(id, hostile, parts, func(key string) string { return key })
}

func samplePeriod() *scheduling.ReportPeriod {
	return &scheduling.ReportPeriod{Meta: storage.Meta{ID: "p", Rev: 1}, Name: hostile, ClusterID: "c", From: t0, Until: t0.AddDate(1, 0, 0), Targets: map[string]int{"members": 3}}
}

func sampleClosedPeriod() *scheduling.ReportPeriod {
	p := samplePeriod()
	p.ClosedAt, p.ClosedBy = t0, hostile
	return p
}

func samplePeriodLines() []periodLine {
	lines := sampleFigureLines()
	return []periodLine{{figureLine: lines[0], Frozen: 12344, Target: 10, Corrected: 1, Changed: true, Reached: true}, {figureLine: lines[1], Frozen: 5, Target: 9, Corrected: -2, Changed: true}}
}

func sampleOwnCount() *scheduling.OwnCount {
	return &scheduling.OwnCount{Meta: storage.Meta{ID: "o", Rev: 1}, ClusterID: "c", Name: hostile, Of: scheduling.OwnWorks, Kinds: []string{"call"}, Country: "ES"}
}

func init() {
	members, _ := scheduling.IndicatorOf("members")
	newsletters, _ := scheduling.IndicatorOf("newsletters")
	ch := figureChoice{Year: 2026, Cluster: "c", now: t0}
	maps.Copy(samples, map[string]func() paged{
		"figures": func() paged {
			return &figuresPage{Page: figureFrame(), figureChoices: sampleFigureChoices(), Choice: ch, Sets: []figureSet{{"figures.set.label", sampleFigureLines()}}, Own: sampleFigureLines()}
		},
		"figures none": func() paged { return &figuresPage{Choice: ch} },
		"figure": func() paged {
			return &figurePage{figureChoices: sampleFigureChoices(), Choice: ch, Indicator: newsletters, Line: sampleFigureLines()[0], About: hostile, Dims: []option{{"month", hostile}, {"cluster", hostile}}, Dim: "cluster",
				Plot: samplePlot("x", 25), ByYear: samplePlot("years", 5), Rows: []figureRow{
					{FigureRow: scheduling.FigureRow{Label: hostile, Path: "/organise/campaigns/x", At: t0, Country: "ES"}, Class: hostile, Amount: "340"},
					{FigureRow: scheduling.FigureRow{At: t0}}, {FigureRow: scheduling.FigureRow{At: t0, Label: hostile}}}}
		},
		"figure none": func() paged {
			return &figurePage{Choice: ch, Indicator: members, Line: figureLine{Key: "members", Name: hostile}, About: hostile}
		},
		"periods": func() paged {
			return &periodsPage{Page: figureFrame(), Periods: []*scheduling.ReportPeriod{samplePeriod(), sampleClosedPeriod()}, Clusters: hostileNames, Projects: hostileNames, Zone: houseZone}
		},
		"periods none": func() paged { return &periodsPage{} },
		"period":       func() paged { return &periodPage{Period: samplePeriod(), Lines: samplePeriodLines(), Zone: houseZone} },
		"period over": func() paged {
			return &periodPage{Period: samplePeriod(), Lines: samplePeriodLines(), Over: true, Cluster: hostile, Zone: houseZone}
		},
		"period closed": func() paged {
			return &periodPage{Period: sampleClosedPeriod(), Lines: samplePeriodLines(), Over: true, Project: hostile, Changed: 2, Zone: houseZone, RowQuery: ch.Query()}
		},
		"period_form": func() paged {
			return &periodFormPage{Page: Page{Problem: wrong("name", "from", "until", "cluster_id", "project_id", "target_members")}, Period: samplePeriod(), House: "The whole house", From: "2026-01-01", Until: "2026-12-31",
				Clusters: hostileOptions, Projects: hostileOptions, Indicators: []periodTarget{{"members", hostile, "3"}}}
		},
		"period_form closed": func() paged { return &periodFormPage{Period: sampleClosedPeriod()} },
		"owncounts": func() paged {
			return &ownCountsPage{Page: figureFrame(), Counts: []*scheduling.OwnCount{sampleOwnCount()}, Clusters: hostileNames}
		},
		"owncounts none": func() paged { return &ownCountsPage{} },
		"owncount_form": func() paged {
			return &ownCountFormPage{Page: Page{Problem: wrong("name", "of", "country", "town", "group_id")}, Count: sampleOwnCount(), Clusters: hostileOptions, Groups: hostileOptions,
				Sources: hostileOptions, Kinds: []kindTicks{{"owncount.kinds.works", "of=works", ticks(hostileOptions, []string{"c"})}}}
		},
		"owncount_form new": func() paged { return &ownCountFormPage{Count: &scheduling.OwnCount{}, Clusters: hostileOptions} },
	})
}
