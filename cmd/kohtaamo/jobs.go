package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"kohtaamo/handlers/api"
	"kohtaamo/scheduling/jobs"
)

// mailKeep is how long mails are kept after they came to their end.
const mailKeep = 180 * 24 * time.Hour

// runner is the table of everything that comes with time.
func (h *house) runner() *jobs.Runner {
	return &jobs.Runner{DB: h.db, Zone: h.cfg.Zone, Log: h.cfg.Log, Now: h.db.Now, Jobs: []jobs.Job{
		{Name: "offers", Schedule: "@every 1m", Do: h.desk.ExpireOffers},
		{Name: "applications", Schedule: "@every 1m", Do: h.desk.ExpireApplicationOffers},
		{Name: "notices", Schedule: "@every 1m", Do: h.desk.SendNotices},
		{Name: "requests", Schedule: "@every 1m", Do: h.desk.FollowRequests},
		{Name: "cancelled-meetings", Schedule: "*/5 * * * *", Do: h.desk.EndMeetings},
		{Name: "agendas", Schedule: "@every 1m", Do: h.desk.SendAgendas},
		{Name: "reminders", Schedule: "*/5 * * * *", Do: h.desk.SendReminders},
		{Name: "turnouts", Schedule: "*/15 * * * *", Do: h.desk.CountTurnouts},
		{Name: "wrap-up", Schedule: "*/15 * * * *", Do: h.desk.WrapUp},
		{Name: "outcomes", Schedule: "*/15 * * * *", Do: h.desk.AskOutcomes},
		{Name: "trip-outcomes", Schedule: "*/15 * * * *", Do: h.desk.AskTripOutcomes},
		{Name: "campaigns", Schedule: "@every 1m", Do: h.desk.SendCampaigns},
		{Name: "rounds", Schedule: "@every 1m", Do: h.desk.MoveRounds},
		{Name: "trips", Schedule: "@every 1m", Do: h.desk.MoveTrips},
		{Name: "chains", Schedule: "@every 1m", Do: h.desk.RunChains},
		{Name: "busy", Schedule: "@every 5m", Do: h.desk.RefreshBusy},
		{Name: "meetings", Schedule: "@every 1m", Do: h.meetings},
		{Name: "polls", Schedule: "*/15 * * * *", Do: h.desk.KeepPolls},
		{Name: "actions", Schedule: "*/15 * * * *", Do: h.desk.RemindActions},
		{Name: "plan-items", Schedule: "*/15 * * * *", Do: h.desk.RemindPlanItems},
		{Name: "hosts", Schedule: "*/15 * * * *", Do: h.desk.RemindHosts},
		{Name: "delegations", Schedule: "27 * * * *", Do: h.desk.KeepDelegations},
		{Name: "itineraries", Schedule: "@every 1m", Do: h.desk.SendItineraries},
		{Name: "travellers", Schedule: "*/15 * * * *", Do: h.desk.RemindTravellers},
		{Name: "traveller-data", Schedule: "37 3 * * *", Do: h.desk.PurgeTravellers},
		{Name: "agreements", Schedule: "11 * * * *", Do: h.desk.FollowAgreements},
		{Name: "webhooks", Schedule: "@every 1m", Do: h.desk.DeliverWebhooks},
		{Name: "suppressions", Schedule: "@every 1m", Do: h.desk.FollowSuppressions},
		{Name: "encounters", Schedule: "7 4 * * *", Do: h.desk.CountEncounters},
		{Name: "subscriptions", Schedule: "47 3 * * *", Do: h.desk.ForgetWishes},
		{Name: "erasures", Schedule: "@every 1m", Do: h.desk.FinishErasures},
		{Name: "retention", Schedule: "7 4 * * *", Do: h.desk.ForgetInTime},
		{Name: "purge", Schedule: "17 3 * * *", Do: h.purge},
	}}
}

// meetings keeps the meetings of B2B groups in step with the clock.
func (h *house) meetings(ctx context.Context, now time.Time) (done int, err error) {
	if done, err = h.desk.KeepGatherings(ctx, now); err != nil {
		return done, err
	}
	n, err := h.desk.ForgetInterests(ctx, now)
	return done + n, err
}

// purge deletes what is over: sign-in links, sessions, the API's idempotency
// keys, old mails and newsletters' copies, what was counted of readers, what
// webhooks were told. Old runs
// of jobs are dropped by the runner itself.
func (h *house) purge(ctx context.Context, now time.Time) (done int, err error) {
	if done, err = h.auth.Purge(ctx, now); err != nil {
		return done, err
	}
	keys, err := api.Purge(ctx, h.db, now)
	if done += keys; err != nil {
		return done, err
	}
	read, err := h.desk.ForgetReadings(ctx, now)
	if done += read; err != nil {
		return done, err
	}
	told, err := h.desk.ForgetDeliveries(ctx, now)
	done += told
	for _, old := range []func(context.Context, time.Time, int) (int, error){h.outbox.Purge, h.outbox.PurgeIssues} {
		for n := 1; n > 0 && err == nil && ctx.Err() == nil; done += n {
			n, err = old(ctx, now.Add(-mailKeep), 500)
		}
	}
	return done, err
}

func runJobs(ctx context.Context, c *console, args []string) error {
	flags := newFlags(c, "jobs", "list | run [NAME]", "Shows the regular jobs with their last runs, or runs one of them, or all, now.\nRunning a job twice does nothing twice.")
	at := flags.String("now", "", "run as if it were this `TIME`: 2027-01-31T09:00 in the zone of the jobs, or with a zone of its own")
	config := addSettings(flags, c, withDesk)
	words, err := parse(flags, args, 1, 2)
	if err != nil {
		return err
	}
	if words[0] != "list" && words[0] != "run" || words[0] == "list" && len(words) > 1 {
		return wrongUse("say kohtaamo jobs list, or kohtaamo jobs run [NAME]")
	}
	return withHouse(ctx, c, config, false, func(h *house) error {
		runner := h.runner()
		if words[0] == "list" {
			return listJobs(ctx, c, runner)
		}
		now, err := moment(*at, h.cfg.Zone, c.now())
		if err != nil {
			return err
		}
		return runThem(ctx, c.stdout, runner, words[1:], now)
	})
}

// moment reads a time that somebody typed; nothing is now.
func moment(s string, zone *time.Location, now time.Time) (time.Time, error) {
	if s == "" {
		return now, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(form, s, zone); err == nil {
			return t, nil
		}
	}
	return now, wrongUse("--now %q is not a time: write 2027-01-31T09:00", s)
}

func listJobs(ctx context.Context, c *console, runner *jobs.Runner) error {
	if err := runner.Check(); err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "JOB\tSCHEDULE\tNEXT\tLAST\tSTATE\tDONE\tERROR")
	for _, j := range runner.Jobs {
		last, err := runner.Last(ctx, j.Name, 1)
		if err != nil {
			return err
		}
		row := "-\t-\t-\t"
		if len(last) > 0 {
			r := last[0]
			row = fmt.Sprintf("%s\t%s\t%d\t%s", clock(r.Started, runner.Zone), r.State, r.Done, oneLine(r.Error))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", j.Name, j.Schedule, clock(runner.Next(j.Name, c.now()), runner.Zone), row)
	}
	fmt.Fprintf(table, "\nTimes are those of %s.\n", runner.Zone)
	return table.Flush()
}

// clock writes a time for the list.
func clock(t time.Time, zone *time.Location) string { return t.In(zone).Format("2006-01-02 15:04:05") }

// runThem runs the jobs that are named, or all of them, and says what they did.
func runThem(ctx context.Context, w io.Writer, runner *jobs.Runner, names []string, now time.Time) error {
	var done []*jobs.Run
	var err error
	if len(names) == 0 {
		done, err = runner.RunAll(ctx, now)
	} else {
		var run *jobs.Run
		if run, err = runner.RunNow(ctx, names[0], now); run != nil {
			done = append(done, run)
		}
	}
	for _, r := range done {
		fmt.Fprintln(w, strings.TrimSpace(fmt.Sprintf("%s: %s, %d done %s", r.Job, r.State, r.Done, oneLine(r.Error))))
	}
	return err
}
