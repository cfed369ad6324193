package handlers

import (
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"feeds": func() paged {
			a := sampleAddress()
			return &feedsPage{Own: []feedRow{{a, []string{"feeds.scope.registrations", "feeds.scope.groups"}, t0}, {&scheduling.FeedAddress{}, nil, time.Time{}}}}
		},
		"feeds none": func() paged { return &feedsPage{} },
		"feed":       func() paged { return sampleFeed() },
		"feed fresh": func() paged {
			return &feedPage{Address: &scheduling.FeedAddress{}, Feed: subscribe("https://x.fi/feeds/x.ics")}
		},
		"feed_form":     func() paged { return sampleFeed() },
		"feed_form new": func() paged { return &feedPage{Address: &scheduling.FeedAddress{}} },
		"calendars": func() paged {
			list := []scheduling.PublicCalendar{{Name: "all", Title: hostile, Of: "all"}}
			return &calendarsPage{Sections: []calendarSection{{"all", list}, {"cluster", list}, {"group", list}, {"type", list}}}
		},
		"calendar": func() paged {
			return &calendarPage{Calendar: scheduling.PublicCalendar{Name: "all", Title: hostile, Of: "all"}, Feed: subscribe("https://x.fi/calendar/all.ics?lang=fi")}
		},
		"meetings": func() paged {
			p := &scheduling.MeetingsPage{Group: sampleGroup(), Cluster: sampleClusters()[0], Manage: true, Member: true}
			p.Series = []*scheduling.Series{sampleSeries(), {State: scheduling.SeriesCancelled, Title: both(hostile), Rule: scheduling.Weekly}}
			return &meetingsPage{MeetingsPage: p, Next: p.Ahead(t0, 9), Now: t0.AddDate(9, 0, 0)}
		},
		"meetings none": func() paged {
			return &meetingsPage{MeetingsPage: &scheduling.MeetingsPage{Group: sampleGroup(), Cluster: sampleClusters()[0]}}
		},
		"series":           func() paged { return sampleSeriesPage(scheduling.SeriesActive) },
		"series cancelled": func() paged { return sampleSeriesPage(scheduling.SeriesCancelled) },
		"series_form": func() paged {
			s := sampleSeries()
			return &seriesFormPage{Page: Page{Problem: wrong("title", "starts_day", "starts_time", "minutes", "zone", "rule", "every", "until", "place", "link")}, F: seriesValues(s), Group: sampleGroup(), Series: s, Rules: hostileOptions, Zones: zones, Changed: 2}
		},
		"series_form new": func() paged {
			return &seriesFormPage{F: values{"follows": {"x"}}, Group: sampleGroup(), Rules: hostileOptions}
		},
		"series_date":           func() paged { return sampleDate(0) },
		"series_date cancelled": func() paged { return sampleDate(1) },
		"series_date moved":     func() paged { return sampleDate(2) },
	} {
		samples[name] = data
	}
}

func sampleAddress() *scheduling.FeedAddress {
	return &scheduling.FeedAddress{Meta: storage.Meta{ID: "x", Rev: 1}, Name: hostile, URL: "https://x.fi/feeds/x.ics", Fetched: "2026-11-23"}
}

func sampleFeed() *feedPage {
	p := &feedPage{Address: sampleAddress(), Feed: subscribe("https://x.fi/feeds/x.ics"), Day: t0, Langs: hostileOptions}
	p.Problem, p.Feed.Private = wrong(feedFields...), true
	p.Scopes, p.Alarms = ticks(hostileOptions, []string{"c"}), ticks(hostileOptions, nil)
	return p
}

// sampleSeries comes on three Mondays; the second is cancelled, the third moved.
func sampleSeries() *scheduling.Series {
	return &scheduling.Series{Meta: storage.Meta{ID: "s"}, State: scheduling.SeriesActive, Title: both(hostile), Place: hostile, Link: "https://example.fi/x",
		Starts: t0, Minutes: 60, Zone: houseZone, Rule: scheduling.Weekly, Every: 1, Until: "2026-12-07", Public: true, Last: t0.AddDate(0, 1, 0),
		Exceptions: []scheduling.Exception{{Was: t0.AddDate(0, 0, 7), Starts: t0.AddDate(0, 0, 7), Cancelled: true, Reason: hostile},
			{Was: t0.AddDate(0, 0, 14), Starts: t0.AddDate(0, 0, 15), Place: hostile}}}
}

func sampleSeriesPage(state scheduling.SeriesState) paged {
	s := sampleSeries()
	next := s.Ahead(t0, 9)
	s.State = state
	return &seriesPage{Page: Page{Problem: wrong("last")}, SeriesPage: &scheduling.SeriesPage{Series: s, Group: sampleGroup(), Manage: true},
		Next: next, Over: state != scheduling.SeriesActive, Last: hostile}
}

func sampleDate(n int) paged {
	s := sampleSeries()
	return &datePage{Page: Page{Problem: wrong("starts_day", "place")}, SeriesPage: &scheduling.SeriesPage{Series: s, Group: sampleGroup(), Manage: true},
		Meeting: s.Meetings()[n], F: values{"place": {hostile}}}
}
