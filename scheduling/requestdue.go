package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// remindBefore is how long before its deadline whoever has to answer a request
// is reminded; who had less time than that to begin with is not.
const remindBefore = 24 * time.Hour

// FollowRequests ends the requests that nobody answered until a moment before
// now, of which both are told, and reminds those who have to answer within a
// day. Running it twice does nothing twice.
func (d *Desk) FollowRequests(ctx context.Context, now time.Time) (done int, err error) {
	for _, state := range []RequestState{RequestSent, RequestCountered} {
		n, err := d.followRequests(ctx, state, now)
		done += n
		if err != nil {
			return done, fmt.Errorf("follow requests: %w", err)
		}
	}
	return done, nil
}

// followRequests works through the requests of a state that are due, in pages.
func (d *Desk) followRequests(ctx context.Context, state RequestState, now time.Time) (done int, err error) {
	for after := ""; ; {
		var due []*Request
		err := d.view(ctx, func(tx *storage.Tx) (err error) {
			due, after, err = requests.Page(tx, storage.Query{Sort: "deadline", Limit: 200, After: after, Where: []storage.Cond{
				storage.Is("state", string(state)), {Field: "deadline", Op: storage.Le, Value: now.Add(remindBefore)}}})
			return err
		})
		if err != nil {
			return done, err
		}
		for _, q := range due {
			did, err := d.followRequest(ctx, q.ID, now)
			if err != nil {
				return done, err
			}
			if did {
				done++
			}
		}
		if after == "" {
			return done, nil
		}
	}
}

// followRequest does what is due for one request, unless it was answered
// meanwhile.
func (d *Desk) followRequest(ctx context.Context, id string, now time.Time) (did bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		did = false
		x, err := d.waiting(tx, id)
		if x == nil || err != nil {
			return err
		}
		switch q := x.q; {
		case !now.Before(q.Deadline):
			did = true
			return d.lapseRequest(tx, x)
		case q.remind(now) && x.r.Asking():
			did, q.Reminded = true, true
			if err := requests.Put(tx, q); err != nil {
				return err
			}
			return d.tellRequest(tx, x, requestReminder, x.me)
		}
		return nil
	})
	return did, err
}

// remind reports whether it is time to remind of r's deadline.
func (r *Request) remind(now time.Time) bool {
	at := r.Deadline.Add(-remindBefore)
	return !r.Reminded && !now.Before(at) && at.After(r.AskedAt)
}

// waiting is the exchange of a request that waits for an answer, as the one
// that has to give it sees it; nil where it does not wait any more.
func (d *Desk) waiting(tx *storage.Tx, id string) (*exchange, error) {
	q, err := requests.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (q.Turn == "" || q.Deadline.IsZero()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x := &exchange{q: q}
	if x.me, err = entrants.Get(tx, q.Turn); err != nil {
		return nil, err
	}
	if x.other, err = entrants.Get(tx, q.Other(q.Turn)); err != nil {
		return nil, err
	}
	x.r, err = rounds.Get(tx, q.RoundID)
	return x, err
}

// lapseRequest ends a request that was not answered, and tells both.
func (d *Desk) lapseRequest(tx *storage.Tx, x *exchange) error {
	x.q.end(RequestExpired, tx.Now())
	if err := d.keepRequest(tx, System("requests"), x, "request.expire", requestLapsed); err != nil {
		return err
	}
	p, err := people.Get(tx, x.me.contact().PersonID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil // erased
	}
	if err != nil {
		return err
	}
	m, err := d.requestMail(tx, x, requestExpired, x.me, p)
	if err != nil {
		return err
	}
	m.ID, m.Ref = fmt.Sprintf("%s/%s/%d", requestExpired, x.q.ID, x.q.Turns), requestRef(x.q)
	return d.Outbox.Add(tx, *m)
}
