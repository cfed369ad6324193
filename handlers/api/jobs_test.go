package api

import (
	"context"
	"errors"
	"testing"
	"time"

	"kohtaamo/scheduling/jobs"
)

func TestJobs(t *testing.T) {
	var ranFor time.Time
	h := newHouse(t, func(c *Config) {
		c.Jobs = &jobs.Runner{DB: c.DB, Jobs: []jobs.Job{
			{Name: "reminders", Schedule: "0 7 * * *", Do: func(_ context.Context, now time.Time) (int, error) { ranFor = now; return 3, nil }},
			{Name: "broken", Schedule: "@every 1m", Do: func(context.Context, time.Time) (int, error) { return 1, errors.New("no relay") }},
		}}
	})
	r := h.do("admin", "POST", "/jobs/reminders/runs?now=2027-02-01T09:00:00%2B02:00", nil).is(200)
	if r.text("state") != "done" || r.number("done") != 3 || r.body["by_hand"] != true || !ranFor.Equal(time.Date(2027, 2, 1, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("ran for %v: %s", ranFor, r.raw)
	}
	if r := h.do("admin", "POST", "/jobs/broken/runs", nil).is(200); r.text("state") != "failed" || r.text("error") != "no relay" {
		t.Errorf("broken = %s", r.raw)
	}
	list := h.do("admin", "GET", "/jobs", nil).is(200).items()
	if len(list) != 2 || list[0]["name"] != "reminders" || len(list[0]["runs"].([]any)) != 1 || list[0]["next"] == nil {
		t.Errorf("jobs = %v", list)
	}
	h.do("admin", "POST", "/jobs/nothing/runs", nil).problem(404, "not-found")
	for _, as := range []string{"organiser", "guest"} {
		h.do(as, "GET", "/jobs", nil).problem(404, "not-found")
		h.do(as, "POST", "/jobs/reminders/runs", nil).problem(404, "not-found")
	}
}
