package mailer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"kohtaamo/storage"
)

// An outcome is what became of a claimed delivery.
type outcome struct {
	press   *press
	d       *Delivery // as it was claimed
	clean   bool      // nothing is held against its address
	verdict verdict
	cause   error

	dropped bool      // nothing happened: it stays as it is
	assumed bool      // handed over, and cut off before the reply
	end     State     // came to this end without a try; cause says why
	later   time.Time // has to wait until then
}

// How long results wait to be written down together, and how many do.
const (
	clerkTime = 250 * time.Millisecond
	clerkPage = 200
)

// write writes down outcomes until there are no more. What the database does not
// take ends the sending; the next one begins with it.
func (p *post) write() error {
	var errs error
	batch := p.w.unsaid
	p.w.unsaid = nil
	timer := time.NewTimer(clerkTime)
	defer timer.Stop()
	for open := true; open; {
		full := false
		select {
		case o, ok := <-p.done:
			if open = ok; ok {
				batch = append(batch, o)
			}
			full = len(batch) >= clerkPage || len(batch) == p.underWay()
		case <-timer.C:
			full = true
		}
		if !full && open {
			continue
		}
		if errs = p.settle(batch); errs == nil {
			batch = batch[:0]
		} else {
			p.w.Log.ErrorContext(p.ctx, "results of mail not written down", "error", errs)
			p.quit()
		}
		timer.Reset(clerkTime)
	}
	p.w.unsaid = batch
	return errs
}

// settle writes down a batch in one transaction. If the database does not take
// it, the deliveries stay as they were, none is taken up again, and the journal
// keeps what is known.
func (p *post) settle(batch []outcome) error {
	if len(batch) == 0 {
		return nil
	}
	ctx, cancel := lasting(p.ctx)
	defer cancel()
	now := p.clock()
	if err := p.w.Outbox.settleCopies(ctx, batch, now); err != nil {
		return err
	}
	p.note(batch)
	p.mu.Lock()
	for _, o := range batch {
		o.press.flight--
		o.press.landed = append(o.press.landed, o.d.ID)
	}
	p.flying -= len(batch)
	p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
	return nil
}

// note counts what was written down, and stops issues of which too much fails.
func (p *post) note(batch []outcome) {
	ids := make([]string, 0, len(batch))
	for _, o := range batch {
		ids = append(ids, copyMark+o.d.ID)
		if o.dropped || o.assumed || o.end != "" || !o.later.IsZero() {
			continue
		}
		if o.verdict.fate == delivered {
			p.sent++
		}
		if why := o.press.count(o.verdict.class()); why != "" {
			p.w.stop(p.ctx, o.press.id, why)
		}
	}
	p.w.Journal.settled(ids...)
}

// class is what a verdict means for the share of what goes wrong. The first no
// of a host that greylists means nothing.
func (v verdict) class() byte {
	switch {
	case v.fate == refused:
		return wentBad
	case v.slow || v.fate == tryAgain && !v.grey:
		return wentSlow
	}
	return wentWell
}

// stop pauses an issue for a reason of ours.
func (w *Worker) stop(ctx context.Context, issue, why string) {
	ctx, cancel := lasting(ctx)
	defer cancel()
	err := w.Outbox.DB.Update(ctx, func(tx *storage.Tx) error {
		i, err := issues.Get(tx, issue)
		if err != nil || i.State != IssueSending {
			return err
		}
		i.State, i.Why = IssuePaused, why
		return issues.Put(tx, i)
	})
	w.Log.WarnContext(ctx, "an issue was paused", "issue", issue, "why", why, "error", err)
}

// settleCopies writes down outcomes: all in one transaction, or one by one if
// somebody else has written one of the deliveries meanwhile.
func (o *Outbox) settleCopies(ctx context.Context, batch []outcome, now time.Time) error {
	err := o.DB.Update(ctx, func(tx *storage.Tx) error {
		for _, out := range batch {
			if err := o.settleCopy(tx, out, *out.d, now); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, storage.ErrConflict) {
		return wrapSettle(err)
	}
	for _, out := range batch {
		err := o.DB.Update(ctx, func(tx *storage.Tx) error {
			d, err := deliveries.Get(tx, out.d.ID)
			if errors.Is(err, storage.ErrNotFound) || err == nil && (!d.State.Open() || d.Tries != out.d.Tries) {
				return nil
			}
			if err != nil {
				return err
			}
			return o.settleCopy(tx, out, *d, now)
		})
		if err != nil {
			return wrapSettle(err)
		}
	}
	return nil
}

func wrapSettle(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("settle deliveries: %w", err)
}

// settleCopy writes what became of d, which is a copy of what was claimed: a
// transaction may run twice.
func (o *Outbox) settleCopy(tx *storage.Tx, out outcome, d Delivery, now time.Time) error {
	if out.dropped {
		return nil
	}
	expires := time.Time{}
	if out.press != nil {
		expires = out.press.expires()
	}
	switch {
	case out.assumed:
		d.Tries++
		d.State, d.SentAt, d.LastError = Assumed, tx.Now(), "the program stopped before the relay answered"
	case out.end != "":
		d.State, d.LastError = out.end, clip(oneLine(out.cause.Error()), 300)
	case !out.later.IsZero():
		d.Due = out.later
		d.expire(expires)
	default:
		d.note(out.cause)
		if err := d.judge(tx, out, now, expires); err != nil {
			return err
		}
	}
	return deliveries.Put(tx, &d)
}

// judge gives d the state that a verdict means.
func (d *Delivery) judge(tx *storage.Tx, out outcome, now, expires time.Time) error {
	v := out.verdict
	switch v.fate {
	case delivered:
		d.Tries++
		d.State, d.SentAt = Sent, tx.Now()
		if !out.clean {
			return absolve(tx, d.To)
		}
	case refused:
		d.Tries++
		d.State = Failed
		if v.blame != "" {
			return d.accuse(tx, v.blame == "soft")
		}
	case tryAgain:
		d.Tries++
		d.State = Deferred
		d.Due = now.Add(pauseAfter(d.Tries, v.pause, rand.Float64()))
		d.expire(expires)
	default:
		d.Due = now.Add(cmp.Or(v.pause, backPause))
		d.expire(expires)
	}
	return nil
}

// expire ends a delivery whose next try would come too late.
func (d *Delivery) expire(expires time.Time) {
	if !expires.IsZero() && !d.Due.Before(expires) {
		d.State = Expired
	}
}

// note keeps what went wrong for whoever looks at the delivery.
func (d *Delivery) note(cause error) {
	d.LastCode, d.LastError = 0, ""
	if cause == nil {
		return
	}
	d.LastError = clip(oneLine(cause.Error()), 300)
	if e := asSendError(cause); e != nil {
		d.LastCode = e.Code
	}
}

// accuse counts a refusal for good against d's address, where the organisers of
// its issue see it.
func (d *Delivery) accuse(tx *storage.Tx, soft bool) error {
	i, err := issues.Get(tx, d.Issue)
	if err == nil {
		_, err = accuse(tx, d.To, accusation{soft, FromRelay, d.LastError, localPart(d.messageID("")), i.Cluster})
	}
	return err
}
