package scheduling

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A PostAnswer is what a server said to something that was sent to it.
type PostAnswer struct {
	Status int
	Begin  string // of the answer's text
}

// A PostFunc sends JSON to an address that somebody typed. It trusts neither
// the address nor who answers there, and follows no redirect. Whoever answers
// at all has answered; every other failure wraps ErrUnreachable and says no more
// of the address than that, but for an end of ctx.
type PostFunc func(ctx context.Context, address string, header map[string]string, body []byte) (*PostAnswer, error)

// The times of deliveries.
const (
	keepDeliveries = 30 * 24 * time.Hour // after they came to their end
	patienceWith   = 3 * 24 * time.Hour  // with a webhook that fails; then it is switched off
	oldSecretFor   = 24 * time.Hour
	deliverAtOnce  = 50 // to one webhook in one run
	hooksAtOnce    = 4
	keepTries      = 20
)

// retryPauses are how long is waited after each try (Standard Webhooks,
// "Deliverability and reliability"): some three days in all.
var retryPauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// DeliverWebhooks tells webhooks what is due, in the order it happened for
// each. What was under way when the program ended is sent again under the same
// id: at least once, never not at all. It can be stopped and repeated at any
// point.
func (d *Desk) DeliverWebhooks(ctx context.Context, now time.Time) (done int, err error) {
	if d.Post == nil {
		return 0, nil
	}
	due, err := d.dueHooks(ctx, now)
	if err != nil {
		return 0, err
	}
	counts, failures := make([]int, len(due)), make([]error, len(due))
	var all sync.WaitGroup
	places := make(chan struct{}, hooksAtOnce)
	for i, id := range due {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			counts[i], failures[i] = d.deliverTo(ctx, id, now)
		})
	}
	all.Wait()
	for _, n := range counts {
		done += n
	}
	if err := errors.Join(failures...); err != nil {
		return done, fmt.Errorf("deliver to webhooks: %w", err)
	}
	return done, nil
}

// dueHooks are the ids of the webhooks that something is due for.
func (d *Desk) dueHooks(ctx context.Context, now time.Time) (ids []string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		for h, err := range webhooks.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			if !h.Active || h.Next.After(now) {
				continue
			}
			n, err := deliveries.Count(tx, dueFor(h.ID, now))
			if err != nil {
				return err
			}
			if n > 0 {
				ids = append(ids, h.ID)
			}
		}
		return nil
	})
	return ids, err
}

func dueFor(hookID string, now time.Time) storage.Query {
	return storage.Query{Sort: "next", Limit: deliverAtOnce, Where: []storage.Cond{storage.Is("webhook_id", hookID), storage.Is("state", DeliveryQueued),
		{Field: "next", Op: storage.Le, Value: now}}}
}

// deliverTo tells one webhook what is due, and stops at what it does not take.
func (d *Desk) deliverTo(ctx context.Context, hookID string, now time.Time) (done int, err error) {
	var h *Webhook
	var list []*Delivery
	err = d.view(ctx, func(tx *storage.Tx) error {
		if h, err = webhooks.Get(tx, hookID); err != nil {
			return err
		}
		list, err = deliveries.Find(tx, dueFor(hookID, now))
		return err
	})
	if err != nil {
		return 0, ignoreMissing(err)
	}
	for _, x := range list {
		try := d.try(ctx, h, x, now)
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		taken, err := d.noteTry(ctx, x.ID, try)
		if err != nil || !taken {
			return done, err
		}
		done++
	}
	return done, nil
}

// try sends one delivery once.
func (d *Desk) try(ctx context.Context, h *Webhook, x *Delivery, now time.Time) DeliveryTry {
	answer, err := d.Post(ctx, h.Address, h.header(x, now), x.Body)
	try := DeliveryTry{At: now}
	if err != nil {
		try.Error = strings.TrimPrefix(err.Error(), ErrUnreachable.Error()+": ")
		return try
	}
	try.Status, try.Answer = answer.Status, cleanLine(answer.Begin)
	return try
}

// header signs a delivery (Standard Webhooks, version 1): the id that repeats
// of one delivery share, the moment of this try, and the HMAC-SHA256 of both
// and the body, by each secret that holds.
func (h *Webhook) header(x *Delivery, now time.Time) map[string]string {
	at := strconv.FormatInt(now.Unix(), 10)
	signatures := []string{signature(h.Secret, x.ID, at, x.Body)}
	if len(h.OldSecret) > 0 && now.Before(h.OldUntil) {
		signatures = append(signatures, signature(h.OldSecret, x.ID, at, x.Body))
	}
	return map[string]string{"Content-Type": "application/json", "webhook-id": x.ID, "webhook-timestamp": at, "webhook-signature": strings.Join(signatures, " ")}
}

func signature(secret []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// SecretText is h's secret as other programs take it.
func (h *Webhook) SecretText() string { return "whsec_" + base64.StdEncoding.EncodeToString(h.Secret) }

// statusGone is what a webhook answers that wants to hear no more (RFC 9110,
// section 15.5.11).
const statusGone = 410

// noteTry stores what came of a try, and reports whether it was taken.
func (d *Desk) noteTry(ctx context.Context, id string, try DeliveryTry) (taken bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		x, err := deliveries.Get(tx, id)
		if err != nil {
			return err
		}
		h, err := webhooks.Get(tx, x.WebhookID)
		if err != nil {
			return err
		}
		taken = x.note(try)
		if err := deliveries.Put(tx, x); err != nil {
			return err
		}
		return d.noteHook(tx, h, x, try, taken)
	})
	if err != nil {
		return false, fmt.Errorf("note delivery %s: %w", id, ignoreMissing(err))
	}
	return taken, nil
}

// note adds a try to x. Whatever answers 2xx has taken it; after the last pause
// it has failed.
func (x *Delivery) note(try DeliveryTry) (taken bool) {
	x.Tries++
	x.Status, x.Error = try.Status, try.Error
	x.Log = append(x.Log, try)
	x.Log = x.Log[max(0, len(x.Log)-keepTries):]
	switch {
	case try.Status >= 200 && try.Status < 300:
		x.State, x.Done, x.Next = DeliverySent, try.At, time.Time{}
		return true
	case x.Tries > len(retryPauses):
		x.State, x.Done, x.Next = DeliveryFailed, try.At, time.Time{}
	default:
		x.Next = try.At.Add(retryPauses[x.Tries-1])
	}
	return false
}

// noteHook keeps a webhook in step with how it answers: one that takes
// something is well; one that does not is left alone for a while, the longer it
// lasts; after days, or when it says that it is gone, it is switched off.
func (d *Desk) noteHook(tx *storage.Tx, h *Webhook, x *Delivery, try DeliveryTry, taken bool) error {
	switch {
	case taken && h.FailingSince.IsZero():
		return nil
	case taken:
		h.FailingSince, h.Next = time.Time{}, time.Time{}
		return webhooks.Put(tx, h)
	case h.FailingSince.IsZero():
		h.FailingSince = try.At
	}
	h.Next = try.At.Add(retryPauses[0])
	if failing := try.At.Sub(h.FailingSince); failing > retryPauses[2] {
		h.Next = try.At.Add(retryPauses[2]) // many wait: one of them asks in each half hour
	}
	if h.Active && (try.Status == statusGone || try.At.Sub(h.FailingSince) >= patienceWith) {
		return d.switchOff(tx, h, x, try)
	}
	return webhooks.Put(tx, h)
}

// switchOff ends a webhook that does not answer, and tells who made it. What
// waits for it has failed: somebody can send it again.
func (d *Desk) switchOff(tx *storage.Tx, h *Webhook, x *Delivery, try DeliveryTry) error {
	h.Active, h.SwitchedOffAt, h.Next = false, try.At, time.Time{}
	if err := webhooks.Put(tx, h); err != nil {
		return err
	}
	if err := d.log(tx, System("webhooks"), "webhook.switch_off", h.ID, h.ID, h.Name, cmp.Or(try.Error, strconv.Itoa(try.Status))); err != nil {
		return err
	}
	for w, err := range deliveries.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("webhook_id", h.ID), storage.Is("state", DeliveryQueued)}}) {
		if err != nil {
			return err
		}
		w.State, w.Done, w.Next = DeliveryFailed, try.At, time.Time{}
		if err := deliveries.Put(tx, w); err != nil {
			return err
		}
	}
	p, err := people.Get(tx, h.OwnerID)
	if err != nil {
		return ignoreMissing(err)
	}
	return d.Outbox.Add(tx, d.switchedOffMail(p, h))
}

// mailWebhookOff is the kind of mail that says that a webhook was switched off.
const mailWebhookOff = "webhook.off"

func (d *Desk) switchedOffMail(p *Person, h *Webhook) mailer.Mail {
	l := d.Texts.In(p.Lang)
	since := l.When(h.FailingSince, HouseZone)
	args := []any{"webhook", h.Name, "since", since, "name", p.Name}
	house := sender{}
	return mailer.Mail{
		Meta: storage.Meta{ID: fmt.Sprintf("webhook_off/%s/%d", h.ID, h.SwitchedOffAt.UnixMilli())}, Kind: mailWebhookOff, Ref: h.ID, Order: h.ID,
		To: p.Email, ToName: p.Name, Lang: l.Code(), FromName: house.name(l.Code(), d),
		Letter: mailer.Letter{
			Subject: l.Text("letter.webhook.off.subject", args...), Preheader: l.Text("letter.webhook.off.preheader", args...),
			Heading:    l.Text("letter.webhook.off.heading", args...),
			Paragraphs: []string{l.Text("letter.hello", "name", p.Name), l.Text("letter.webhook.off.body", args...)},
			Facts: []mailer.Fact{{Label: l.Text("letter.fact.webhook"), Value: h.Name},
				{Label: l.Text("letter.fact.unanswered"), Value: since}},
			Button: &mailer.Link{Label: l.Text("letter.webhook.off.button"), URL: d.BaseURL + "/organise/webhooks/" + h.ID},
			Brand:  house.brand(d, l.Code()),
		},
	}
}

// ForgetDeliveries deletes deliveries 30 days after they came to their end.
func (d *Desk) ForgetDeliveries(ctx context.Context, now time.Time) (done int, err error) {
	for n := 1; n > 0 && ctx.Err() == nil; done += n {
		n = 0
		err = d.update(ctx, func(tx *storage.Tx) error {
			n = 0
			old, err := deliveries.Find(tx, storage.Query{Limit: 500, Where: []storage.Cond{{Field: "done", Op: storage.Gt, Value: time.Unix(0, 0)},
				{Field: "done", Op: storage.Lt, Value: now.Add(-keepDeliveries)}}})
			for _, x := range old {
				if err := deliveries.Delete(tx, x); err != nil {
					return err
				}
				n++
			}
			return err
		})
		if err != nil {
			return done, fmt.Errorf("forget deliveries: %w", err)
		}
	}
	return done, nil
}
