package jobs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kohtaamo/storage"
	"kohtaamo/storage/sqlite"
)

var t0 = time.Date(2026, 10, 24, 9, 0, 0, 0, time.UTC)

// A clock stands still until it is set.
type clock struct{ ms atomic.Int64 }

func newClock() *clock { c := new(clock); c.ms.Store(t0.UnixMilli()); return c }

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func open(t *testing.T, c *clock) *storage.DB {
	t.Helper()
	engine, err := sqlite.Open(filepath.Join(t.TempDir(), "jobs.db"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.Context(), engine, storage.Schema{Specs: Specs})
	if err != nil {
		t.Fatal(err)
	}
	db.Now = c.now
	t.Cleanup(func() { db.Close() })
	return db
}

func runner(t *testing.T, db *storage.DB, owner string, list ...Job) *Runner {
	t.Helper()
	r := &Runner{DB: db, Owner: owner, Jobs: list}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

func last(t *testing.T, r *Runner) *Run {
	t.Helper()
	list, err := r.Last(t.Context(), "", 1)
	if err != nil || len(list) == 0 {
		t.Fatalf("no run: %v", err)
	}
	return list[0]
}

// count is a job that counts how often it ran.
func count(n *atomic.Int32) Job {
	return Job{Name: "count", Schedule: "@every 1m", Do: func(context.Context, time.Time) (int, error) {
		return int(n.Add(1)), nil
	}}
}

func TestOneRunASlot(t *testing.T) {
	var n atomic.Int32
	db := open(t, newClock())
	a, b := runner(t, db, "a", count(&n)), runner(t, db, "b", count(&n))
	for slot := range 3 {
		var wg sync.WaitGroup
		for _, r := range []*Runner{a, b, a, b} {
			wg.Go(func() { r.due(t.Context(), r.table[0], t0.Add(time.Duration(slot)*time.Minute)) })
		}
		wg.Wait()
	}
	a.due(t.Context(), a.table[0], t0.Add(time.Minute))    // again
	a.due(t.Context(), a.table[0], t0.Add(30*time.Second)) // a slot that newer ones have covered
	if n.Load() != 3 {
		t.Errorf("%d runs of 3 slots", n.Load())
	}
	list, err := b.Last(t.Context(), "count", 10)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d runs are kept, %v", len(list), err)
	}
	for _, run := range list {
		if run.State != Done || run.Attempt != 1 || run.ByHand || run.Finished.IsZero() {
			t.Errorf("%+v", run)
		}
	}
}

func TestARunningJobIsNotStarted(t *testing.T) {
	c := newClock()
	db := open(t, c)
	var starts atomic.Int32
	go1, started := make(chan struct{}), make(chan struct{})
	slow := Job{Name: "slow", Schedule: "@every 1m", Do: func(context.Context, time.Time) (int, error) {
		starts.Add(1)
		close(started)
		<-go1
		return 1, nil
	}}
	a, b := runner(t, db, "a", slow), runner(t, db, "b", slow)
	var wg sync.WaitGroup
	wg.Go(func() { a.due(t.Context(), a.table[0], t0) })
	<-started
	b.due(t.Context(), b.table[0], t0.Add(time.Minute))
	if _, err := b.RunNow(t.Context(), "slow", t0); !errors.Is(err, ErrRunning) {
		t.Errorf("by hand: %v, want ErrRunning", err)
	}
	b.resume(t.Context(), b.table[0])
	if run := last(t, b); run.State != Running || run.Owner != "a" {
		t.Errorf("%+v, want a's, running", run)
	}
	close(go1)
	wg.Wait()
	if starts.Load() != 1 {
		t.Errorf("started %d times", starts.Load())
	}
}

// die leaves a run as a server does that is killed.
func die(t *testing.T, r *Runner, slot time.Time, byHand bool) {
	t.Helper()
	if _, _, err := r.claim(t.Context(), r.table[0].Name, slot, byHand); err != nil {
		t.Fatal(err)
	}
}

func TestTakeOver(t *testing.T) {
	var n atomic.Int32
	c := newClock()
	db := open(t, c)
	a, b := runner(t, db, "a", count(&n)), runner(t, db, "b", count(&n))
	die(t, a, t0, false)

	c.advance(59 * time.Second)
	b.resume(t.Context(), b.table[0])
	if n.Load() != 0 {
		t.Fatal("taken over before the lease ended")
	}
	c.advance(2 * time.Second)
	b.resume(t.Context(), b.table[0])
	b.resume(t.Context(), b.table[0])
	run := last(t, b)
	if n.Load() != 1 || run.State != Done || run.Owner != "b" || run.Attempt != 2 || !run.Slot.Equal(t0) {
		t.Errorf("%d runs, %+v", n.Load(), run)
	}
}

func TestWhoWasThoughtDeadChangesNothing(t *testing.T) {
	var n atomic.Int32
	c := newClock()
	db := open(t, c)
	a, b := runner(t, db, "a", count(&n)), runner(t, db, "b", count(&n))
	run, token, err := a.claim(t.Context(), "count", t0, false)
	if err != nil {
		t.Fatal(err)
	}
	c.advance(2 * time.Minute)
	b.resume(t.Context(), b.table[0])
	if err := a.renew(t.Context(), "count", token); !errors.Is(err, errLost) {
		t.Errorf("renew: %v, want errLost", err)
	}
	run.State, run.Error = Failed, "from the grave"
	if err := a.finish(t.Context(), run, token); !errors.Is(err, errLost) {
		t.Errorf("finish: %v, want errLost", err)
	}
	if run := last(t, b); run.State != Done || run.Owner != "b" {
		t.Errorf("%+v, want b's, done", run)
	}
}

func TestALongRunKeepsItsLease(t *testing.T) {
	c := newClock()
	db := open(t, c)
	var wrong error
	var b *Runner
	long := Job{Name: "long", Schedule: "@every 1m", Do: func(ctx context.Context, now time.Time) (int, error) {
		for range 10 {
			c.advance(100 * time.Millisecond)
			time.Sleep(120 * time.Millisecond) // the lease is renewed by the real clock
			if _, _, err := b.takeOver(ctx, "long"); err != nil {
				wrong = err
			}
		}
		return 1, context.Cause(ctx)
	}}
	a := &Runner{DB: db, Owner: "a", Jobs: []Job{long}, Lease: 300 * time.Millisecond}
	b = runner(t, db, "b", long)
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	a.due(t.Context(), a.table[0], t0)
	if run := last(t, a); wrong != nil || run.State != Done || run.Owner != "a" || run.Attempt != 1 {
		t.Errorf("%v, %+v", wrong, run)
	}
}

func TestARunThatKillsServersIsLeft(t *testing.T) {
	var n atomic.Int32
	c := newClock()
	r := runner(t, open(t, c), "a", count(&n))
	die(t, r, t0, false)
	for range 5 {
		c.advance(2 * time.Minute)
		if _, _, err := r.takeOver(t.Context(), "count"); err != nil {
			t.Fatal(err)
		}
	}
	if run := last(t, r); run.State != Failed || run.Attempt != maxAttempts || run.Error != "its server went away" {
		t.Errorf("%+v", run)
	}
	r.due(t.Context(), r.table[0], c.now())
	if run := last(t, r); run.State != Done {
		t.Errorf("the next slot: %+v", run)
	}
}

func TestByHand(t *testing.T) {
	c := newClock()
	var seen []time.Time
	fine := Job{Name: "fine", Schedule: "0 8 * * *", Do: func(_ context.Context, now time.Time) (int, error) {
		seen = append(seen, now)
		return 7, nil
	}}
	bad := Job{Name: "bad", Schedule: "@daily", Do: func(context.Context, time.Time) (int, error) {
		return 2, errors.New("no paper")
	}}
	mad := Job{Name: "mad", Schedule: "@daily", Do: func(context.Context, time.Time) (int, error) { panic("at the disco") }}
	r := runner(t, open(t, c), "a", bad, mad, fine)
	past := t0.AddDate(-1, 0, 0)

	for range 2 { // as often as one likes
		run, err := r.RunNow(t.Context(), "fine", past)
		if err != nil || run.Done != 7 || !run.ByHand || run.State != Done || !run.Slot.Equal(past) || !run.Started.Equal(t0) {
			t.Errorf("%+v, %v", run, err)
		}
	}
	r.due(t.Context(), r.table[2], t0) // by hand takes no slot away
	if len(seen) != 3 || !seen[0].Equal(past) || !seen[1].Equal(past) || !seen[2].Equal(t0) {
		t.Errorf("run for %v", seen)
	}

	run, err := r.RunNow(t.Context(), "bad", t0)
	if err == nil || err.Error() != "run bad: no paper" || run.State != Failed || run.Error != "no paper" || run.Done != 2 {
		t.Errorf("%+v, %v", run, err)
	}
	if _, err := r.RunNow(t.Context(), "nothing", t0); err == nil || err.Error() != `there is no job "nothing"` {
		t.Errorf("unknown job: %v", err)
	}

	all, err := r.RunAll(t.Context(), t0)
	if err == nil || err.Error() != "run bad: no paper\nrun mad: panic: at the disco" {
		t.Errorf("all: %v", err)
	}
	var order []string
	for _, run := range all {
		order = append(order, fmt.Sprintf("%s %s %s", run.Job, run.State, run.Error))
	}
	if got := strings.Join(order, ", "); got != "bad failed no paper, mad failed panic: at the disco, fine done " {
		t.Errorf("ran %s", got)
	}
}

func TestLeftByHandIsNotRepeated(t *testing.T) {
	var n atomic.Int32
	c := newClock()
	r := runner(t, open(t, c), "a", count(&n))
	die(t, r, t0.AddDate(-1, 0, 0), true)
	c.advance(2 * time.Minute)
	r.resume(t.Context(), r.table[0])
	if run := last(t, r); n.Load() != 0 || run.State != Failed {
		t.Errorf("%d runs, %+v", n.Load(), run)
	}
}

func TestStopAndGoOn(t *testing.T) {
	c := newClock()
	db := open(t, c)
	ctx, stop := context.WithCancel(t.Context())
	patient := Job{Name: "patient", Schedule: "@daily", Do: func(ctx context.Context, _ time.Time) (int, error) {
		stop()
		return 3, ctx.Err()
	}}
	a := runner(t, db, "a", patient)
	a.due(ctx, a.table[0], t0)
	if run := last(t, a); run.State != Stopped || run.Done != 3 {
		t.Fatalf("%+v, want stopped", run)
	}
	a.due(ctx, a.table[0], t0.Add(time.Hour))
	var n atomic.Int32
	next := count(&n)
	next.Name = "patient"
	b := runner(t, db, "b", next)
	b.catchUp(t.Context(), b.table[0])
	list, err := b.Last(t.Context(), "patient", 9)
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	run := list[len(list)-1]
	if run.State != Done || run.Owner != "b" || run.Attempt != 1 || !run.Slot.Equal(t0) {
		t.Errorf("%+v, want b to go on with it", run)
	}
}

func TestHistoryIsTrimmed(t *testing.T) {
	var n atomic.Int32
	c := newClock()
	other := Job{Name: "other", Schedule: "@daily", Do: func(context.Context, time.Time) (int, error) { return 0, nil }}
	r := runner(t, open(t, c), "a", count(&n), other)
	r.due(t.Context(), r.table[1], t0)
	for i := range 60 {
		c.advance(time.Minute)
		r.due(t.Context(), r.table[0], t0.Add(time.Duration(i)*time.Minute))
	}
	list, err := r.Last(t.Context(), "count", 100)
	if err != nil || len(list) != 50 || list[0].Done != 60 || list[49].Done != 11 {
		t.Errorf("%d kept, %v", len(list), err)
	}
	if list, _ := r.Last(t.Context(), "other", 100); len(list) != 1 {
		t.Errorf("%d of the other job kept", len(list))
	}
	if list, _ := r.Last(t.Context(), "", 5); len(list) != 5 || list[0].Done != 60 {
		t.Errorf("last of all: %v", list)
	}
}

func TestCheckSaysAll(t *testing.T) {
	do := func(context.Context, time.Time) (int, error) { return 0, nil }
	r := &Runner{DB: open(t, newClock()), Jobs: []Job{
		{"a", "0 8 * *", do}, {"b", "@every 10ms", do}, {"", "@daily", do}, {"c", "@daily", nil},
		{"d", "CRON_TZ=Asia/Tokyo", do}, {"e", "0 0 30 2 *", do}, {"c", "@hourly", do}, {"f", "@every soon", do}, {"g", "* * * * *", do},
	}}
	err := r.Serve(t.Context())
	if err == nil {
		t.Fatal("served")
	}
	got := strings.Split(err.Error(), "\n")
	for i, want := range []string{`job a: schedule "0 8 * *"`, `job b: schedule "@every 10ms"`, "job 3 has no name", "job c: nothing to do",
		`job d: schedule "CRON_TZ=Asia/Tokyo"`, `job e: schedule "0 0 30 2 *" never comes`, "job c: there are two of this name", `job f: schedule "@every soon"`} {
		if len(got) != 8 || !strings.HasPrefix(got[i], want) {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
}

// Two servers on one database for some real seconds.
func TestServe(t *testing.T) {
	db := open(t, newClock())
	db.Now = time.Now
	var n atomic.Int32
	ctx, stop := context.WithTimeout(t.Context(), 3200*time.Millisecond)
	defer stop()
	second := count(&n)
	second.Schedule = "@every 1s"
	var wg sync.WaitGroup
	for _, owner := range []string{"a", "b"} {
		r := &Runner{DB: db, Owner: owner, Jobs: []Job{second}}
		wg.Go(func() {
			if err := r.Serve(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := runner(t, db, "c", second).Last(t.Context(), "", 50)
	if err != nil {
		t.Fatal(err)
	}
	slots := map[time.Time]bool{}
	for _, run := range list {
		if run.State != Done || run.Slot.Nanosecond() != 0 || slots[run.Slot] {
			t.Errorf("%+v", run)
		}
		slots[run.Slot] = true
	}
	if len(list) < 3 || len(list) > 5 || int(n.Load()) != len(list) {
		t.Errorf("%d runs, %d kept", n.Load(), len(list))
	}
}
