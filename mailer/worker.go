package mailer

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// A Worker sends what is due. Any number of workers, in any number of
// programs, may share a database. The exported fields are set once, before the
// first call.
type Worker struct {
	Outbox    *Outbox
	Transport Transport
	Log       *slog.Logger
	Journal   *Journal      // nil: a kill may repeat what it interrupts
	Senders   int           // how many single mails are under way at once; 4 if zero
	Bulk      int           // how many deliveries of issues besides; 4 if zero
	Batch     int           // how many mails a sender claims at a time; 16 if zero
	Every     time.Duration // how often Serve looks for mail that falls due; 2 s if zero
	Grace     time.Duration // how long a stop waits for mails under way; 8 s if zero

	once  sync.Once
	poked chan struct{}
	claim sync.Mutex // one sender claims at a time: claims of one program need not fight
	leash leash
	rest  breaker
	run   string // names this program in claims

	bulkRest breaker // of issues: a relay of their own may be the one that has trouble
	throttle throttle
	lull     lull
	pressing sync.Mutex
	presses  map[string]*press
	list     []string // of issues that may have something left
	listed   bool
	listedAt uint64
	unsaid   []outcome // that the database did not take yet
}

func (w *Worker) init() {
	w.once.Do(func() {
		w.poked = make(chan struct{}, 1)
		w.run = w.Journal.runOf()
		setDefault(&w.Senders, 4)
		setDefault(&w.Bulk, 4)
		setDefault(&w.Batch, 16)
		setDefault(&w.Every, 2*time.Second)
		setDefault(&w.Grace, 8*time.Second)
		if f, ok := w.Transport.(*fleet); ok {
			f.now, w.throttle.limit = w.Outbox.DB.Now, f.domainRate()
		}
	})
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Poke tells Serve that mail has been added, which it otherwise notices a
// moment later by itself. It never blocks.
func (w *Worker) Poke() {
	w.init()
	select {
	case w.poked <- struct{}{}:
	default:
	}
}

// Serve sends until ctx ends. It then claims nothing more, gives the mails
// under way the time of Grace and lets go of the others. Single mails and issues
// have hands of their own; those of issues stand back a moment when single mail
// is added, so that it leaves among the next few.
func (w *Worker) Serve(ctx context.Context) error {
	w.init()
	w.lull.serve(true)
	defer w.lull.serve(false)
	var loops sync.WaitGroup
	loops.Go(func() { w.serveMails(ctx) })
	loops.Go(func() { w.serveIssues(ctx) })
	loops.Go(func() { w.beat(ctx) })
	loops.Wait()
	return nil
}

func (w *Worker) serveMails(ctx context.Context) {
	for ctx.Err() == nil {
		seen := w.Outbox.DB.Changes(mails.Spec)
		sent, err := w.drain(ctx, w.Outbox.DB.Now)
		if sent == 0 || err != nil {
			w.lull.end(seen)
		}
		w.complain(ctx, err)
		w.wait(ctx, seen, err)
	}
}

// complain logs what went wrong, but for a transport that rests, which is logged
// when it begins to.
func (w *Worker) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, errResting) {
		w.Log.ErrorContext(ctx, "mail", "error", err)
	}
}

// rateTime is how often what waits for a rate is looked at.
const rateTime = 250 * time.Millisecond

func (w *Worker) serveIssues(ctx context.Context) {
	for ctx.Err() == nil {
		seen := w.issueChanges()
		limited, err := false, w.inherit(ctx)
		if err == nil {
			_, limited, err = w.drainIssues(ctx, w.Outbox.DB.Now, true)
		}
		w.complain(ctx, err)
		switch {
		case err != nil:
			w.sleep(ctx, max(w.Every, w.bulkRest.left(w.Outbox.DB.Now())), nil)
		case limited:
			w.sleep(ctx, rateTime, nil)
		default:
			w.await(ctx, func() bool { return w.issueChanges() != seen }, nil)
		}
	}
	w.complain(context.WithoutCancel(ctx), w.endTurns(ctx))
}

func (w *Worker) issueChanges() uint64 {
	return w.Outbox.DB.Changes(issues.Spec, deliveries.Spec)
}

// glance is how often Serve asks whether mails have changed; it costs nothing.
const glance = 100 * time.Millisecond

// wait passes the time until there may be mail again: some time has passed, or
// mails are no longer as they were seen. A transport that rests is not woken.
func (w *Worker) wait(ctx context.Context, seen uint64, err error) {
	if err != nil {
		w.sleep(ctx, max(w.Every, w.rest.left(w.Outbox.DB.Now())), nil)
		return
	}
	w.await(ctx, func() bool { return w.Outbox.DB.Changes(mails.Spec) != seen }, w.poked)
}

// await passes the time of Every, or less: until changed says so, or a poke comes.
func (w *Worker) await(ctx context.Context, changed func() bool, poked <-chan struct{}) {
	for left := w.Every; left > 0 && ctx.Err() == nil; left -= glance {
		if changed() || w.sleep(ctx, min(left, glance), poked) {
			return
		}
	}
}

// sleep reports whether it was cut short.
func (w *Worker) sleep(ctx context.Context, d time.Duration, poked <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return false
	case <-ctx.Done():
	case <-poked:
	}
	return true
}

// RunOnce sends everything that is due at now, and what falls due meanwhile is
// left. The error is about the transport or the database; a mail that was
// refused is none.
func (w *Worker) RunOnce(ctx context.Context, now time.Time) (sent int, err error) {
	w.init()
	if err := w.inherit(ctx); err != nil {
		return 0, err
	}
	clock := func() time.Time { return now }
	sent, err = w.drain(ctx, clock)
	copies, _, bulkErr := w.drainIssues(ctx, clock, false)
	return sent + copies, errors.Join(err, bulkErr, w.endTurns(ctx))
}

// drain lets the senders work until nothing is due or the transport rests.
func (w *Worker) drain(ctx context.Context, clock func() time.Time) (int, error) {
	if left := w.rest.left(w.Outbox.DB.Now()); left > 0 {
		return 0, w.rest.reason()
	}
	held, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(w.Grace, stop) })()
	go w.leash.keep(held, w.Outbox, w.Log)

	var sent atomic.Int64
	var failed errorOnce
	var senders sync.WaitGroup
	for range w.senders() {
		senders.Go(func() {
			s := sender{w: w, ctx: ctx, held: held, clock: clock, sent: &sent}
			failed.set(s.run())
		})
	}
	senders.Wait()
	return int(sent.Load()), failed.get()
}

// senders is one after trouble, to find out whether it is over.
func (w *Worker) senders() int {
	if w.rest.troubled() {
		return 1
	}
	return w.Senders
}

// Status tells how the transport is.
type Status struct {
	Resting time.Time // until when nothing is tried; zero if all is well
	Reason  string    // what the transport said last, while it has trouble
	Alarm   bool      // somebody has to mend a setting
}

// Status tells how the transport of this worker is.
func (w *Worker) Status() Status { return w.rest.status() }

// errorOnce keeps the first error.
type errorOnce struct {
	mu  sync.Mutex
	err error
}

func (e *errorOnce) set(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil {
		e.err = err
	}
}

func (e *errorOnce) get() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}
