package mailer

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"kohtaamo/storage"
)

// A post sends issues: the feeder claims deliveries and hands them out, some
// hands make copies and send them, the clerk writes down what became of them,
// many at a time. What waits between them are deliveries, never copies.
type post struct {
	w     *Worker
	ctx   context.Context // ends when the program should stop
	held  context.Context // ends later, when the mail under way is cut off
	quit  func()          // ends ctx
	clock func() time.Time
	todo  chan *parcel
	done  chan outcome
	news  chan struct{} // the clerk has written something down

	mu     sync.Mutex
	flying int // claimed and not yet settled, of all issues
	sent   int // of the clerk alone

	// Of the feeder alone.
	limited bool // something waits for a rate
	lines   waiting
}

// A parcel is a claimed delivery.
type parcel struct {
	press *press
	d     *Delivery
	clean bool // nothing is held against its address
}

// pageSize is how many deliveries are claimed at a time, and wait at most.
const pageSize = 200

// drainIssues sends what is due of all issues until nothing is or the transport
// rests. What has to wait for a rate waits if the clock goes on meanwhile, up to
// a point: it reports whether something is left for that reason.
func (w *Worker) drainIssues(ctx context.Context, clock func() time.Time, goesOn bool) (sent int, limited bool, err error) {
	if left := w.bulkRest.left(w.Outbox.DB.Now()); left > 0 {
		return 0, false, w.bulkRest.reason()
	}
	list, err := w.openIssues(ctx)
	w.forget(list)
	if err != nil || len(list) == 0 {
		return 0, false, err
	}
	held, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(w.Grace, stop) })()
	p := &post{w: w, held: held, clock: clock, flying: len(w.unsaid),
		todo: make(chan *parcel, pageSize), done: make(chan outcome, clerkPage), news: make(chan struct{}, 1)}
	p.ctx, p.quit = context.WithCancel(ctx)
	defer p.quit()
	p.lines.open = goesOn
	go w.keepTurns(held)

	var hands, clerk sync.WaitGroup
	for range w.bulk() {
		hands.Go(p.work)
	}
	var clerkErr error
	clerk.Go(func() { clerkErr = p.write() })
	err = p.feed()
	close(p.todo)
	hands.Wait()
	close(p.done)
	clerk.Wait()
	if err == nil {
		err = errors.Join(clerkErr, w.bulkRest.reason())
	}
	return p.sent, p.limited, err
}

// bulk is how many hands there are: one after trouble.
func (w *Worker) bulk() int {
	if w.bulkRest.troubled() {
		return 1
	}
	return w.Bulk
}

// openIssues lists the issues that may have something left.
func (w *Worker) openIssues(ctx context.Context) ([]string, error) {
	seen := w.Outbox.DB.Changes(issues.Spec)
	if w.listed && seen == w.listedAt {
		return w.list, nil
	}
	var list []string
	err := w.Outbox.DB.View(ctx, func(tx *storage.Tx) error {
		list = nil
		for i, err := range issues.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("open", true)}, Sort: "created"}) {
			if err != nil {
				return err
			}
			list = append(list, i.ID)
		}
		return nil
	})
	if err == nil {
		w.list, w.listed, w.listedAt = list, true, seen
	}
	return list, err
}

// feed goes round the issues, a page of each, until a round brings nothing and
// nothing is under way.
func (p *post) feed() error {
	defer p.disperse()
	for p.ctx.Err() == nil && p.w.bulkRest.left(p.w.Outbox.DB.Now()) == 0 {
		list, err := p.w.openIssues(p.ctx)
		if err != nil {
			return err
		}
		some := 0
		for _, id := range list {
			n, err := p.page(p.w.press(id))
			if err != nil {
				return err
			}
			some += n
		}
		if some += p.release(); some == 0 && !p.await() {
			return nil
		}
	}
	return nil
}

// await waits until the clerk has written something down, or some of those who
// stand in line may leave. It reports false if nothing is under way.
func (p *post) await() bool {
	if p.underWay() == 0 {
		return false
	}
	var tick <-chan time.Time
	if p.lines.all > 0 {
		timer := time.NewTimer(lineTime)
		defer timer.Stop()
		tick = timer.C
	}
	select {
	case <-p.news:
	case <-tick:
	case <-p.ctx.Done():
	}
	return true
}

func (p *post) underWay() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.flying
}

// forget drops what was made ready of issues that are not open any more.
func (w *Worker) forget(open []string) {
	w.pressing.Lock()
	defer w.pressing.Unlock()
	maps.DeleteFunc(w.presses, func(id string, _ *press) bool { return !slices.Contains(open, id) })
}

func (w *Worker) allPresses() []*press {
	w.pressing.Lock()
	defer w.pressing.Unlock()
	return slices.Collect(maps.Values(w.presses))
}

// press gives the press of an issue.
func (w *Worker) press(id string) *press {
	w.pressing.Lock()
	defer w.pressing.Unlock()
	pr := w.presses[id]
	if pr == nil {
		if w.presses == nil {
			w.presses = map[string]*press{}
		}
		pr = &press{id: id}
		w.presses[id] = pr
	}
	return pr
}

// work makes and sends copies. The bytes of one are in memory at a time.
func (p *post) work() {
	var space bytes.Buffer
	for c := range p.todo {
		p.w.standBack(p.ctx)
		p.done <- p.one(&space, c)
	}
}

// one sends a copy, unless it should not leave any more.
func (p *post) one(space *bytes.Buffer, c *parcel) outcome {
	out := outcome{press: c.press, d: c.d, clean: c.clean}
	if !p.may(c) {
		out.dropped = true
		return out
	}
	issue, err := c.press.now(p.held, p.w.Outbox)
	if err != nil || issue.State != IssueSending {
		out.dropped = true
		return out
	}
	e, err := p.copy(space, c, issue)
	if err != nil {
		out.verdict, out.cause = verdict{fate: refused}, err
		return out
	}
	p.send(e, c, &out)
	return out
}

// may reports whether this program may go on sending now.
func (p *post) may(c *parcel) bool {
	now := p.w.Outbox.DB.Now()
	return p.ctx.Err() == nil && p.w.bulkRest.left(now) == 0 && c.press.held(now)
}

// copy makes the bytes of a copy.
func (p *post) copy(space *bytes.Buffer, c *parcel, i *Issue) (*Envelope, error) {
	l, err := c.press.layout(c.d.sheet())
	if err != nil {
		return nil, err
	}
	domain := p.w.Outbox.issueDomain(i)
	space.Reset()
	if err := l.fill(space, c.d, domain); err != nil {
		return nil, err
	}
	id := c.d.messageID(domain)
	return &Envelope{
		From: p.w.Outbox.returnPath(i.From, id), To: c.d.To, Kind: i.Kind,
		MessageID: id, Date: c.d.Created, Body: space.Bytes(), Bulk: true,
	}, nil
}

func (o *Outbox) issueDomain(i *Issue) string {
	if o.Domain != "" {
		return o.Domain
	}
	return domainOf(i.From)
}

// send gives a copy to the relay and judges what came of it. A copy that was
// handed over when a stop cut the connection is taken for sent: the relay has
// all of it.
func (p *post) send(e *Envelope, c *parcel, out *outcome) {
	en, handed := entryOfCopy(c.d), false
	e.Handing = func() error {
		handed = true
		return p.w.Journal.start(en)
	}
	err := p.w.Transport.Send(p.held, e)
	v := classify(err)
	if err != nil && p.held.Err() != nil {
		out.dropped, out.assumed = !handed, handed
		return
	}
	p.w.log(p.ctx, e, v, err)
	p.w.bulkRest.learn(v, err, p.w.Outbox.DB.Now())
	p.learn(c.d.To, v)
	en.said = replyOf(err)
	p.w.Journal.done(en)
	out.verdict, out.cause = v, err
	out.dropped = v.fate == trouble
}

// learn keeps the account of the recipient's domain.
func (p *post) learn(to string, v verdict) {
	switch {
	case v.slow:
		p.w.throttle.complained(to, p.clock())
	case v.fate == delivered:
		p.w.throttle.arrived(to, p.clock())
	}
}

// entryOfCopy is what the journal notes of a delivery: which try it is.
func entryOfCopy(d *Delivery) entry {
	return entry{id: copyMark + d.ID, turn: strconv.Itoa(d.Tries)}
}

// What the journal's ids begin with.
const (
	copyMark = "copy/"
	mailMark = "mail/"
)

// replyOf is what a relay said by not giving an error, or by giving one.
func replyOf(err error) *reply {
	if err == nil {
		return &reply{StageFinal, 250, ""}
	}
	if e := asSendError(err); e != nil {
		return &reply{e.Stage, e.Code, e.Enhanced}
	}
	return &reply{}
}

// keepTurns renews the turns of the issues at work until ctx ends.
func (w *Worker) keepTurns(ctx context.Context) {
	tick := time.NewTicker(turnTime / 5)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := w.renewTurns(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "turns of issues not renewed", "error", err)
		}
	}
}

// endTurns lets other programs send what this one has the turn of.
func (w *Worker) endTurns(ctx context.Context) error {
	for _, pr := range w.allPresses() {
		pr.renewed(time.Time{})
	}
	last, cancel := lasting(ctx)
	defer cancel()
	return w.Outbox.endTurns(last, w.run)
}

func (w *Worker) renewTurns(ctx context.Context) error {
	now := w.Outbox.DB.Now()
	for _, pr := range w.allPresses() {
		if !pr.held(now) {
			continue
		}
		until, err := w.Outbox.takeTurn(ctx, pr.id, w.run)
		if err != nil {
			return err
		}
		pr.renewed(until)
	}
	return nil
}
