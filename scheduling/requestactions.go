package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// An exchange is a request with the two it is between, seen by one of them.
type exchange struct {
	r         *Round
	q         *Request
	me, other *Entrant
}

// sides are the entrant that asked and the one that was asked.
func (x *exchange) sides() (from, to *Entrant) {
	if x.me.ID == x.q.From {
		return x.me, x.other
	}
	return x.other, x.me
}

// errNotAsking answers who asks or answers when a round does not take it.
var errNotAsking = &Problem{Kind: Closed, Key: "request.closed"}

// twiceAtOnce does fn again if somebody else stored the same thing first: then
// it finds that.
func twiceAtOnce(fn func() error) (err error) {
	for range 3 {
		if err = fn(); !errors.Is(err, storage.ErrDuplicate) {
			break
		}
	}
	return err
}

// An Ask is what an entrant asks another one.
type Ask struct {
	To      string `json:"to"` // entrant id
	Wish    Wish   `json:"wish"`
	Message string `json:"message,omitempty"`
	Session string `json:"session,omitempty"` // name of a window that suits
	Slot    string `json:"slot,omitempty"`    // id of a slot that is proposed
}

// check cleans a and says what is wrong with it in the round.
func (a *Ask) check(r *Round) error {
	f := faults{}
	a.Message = cleanText(a.Message)
	f.limit("message", a.Message, requestLimit)
	if !slices.Contains(Wishes, a.Wish) {
		f.add("wish", "problem.choice")
	}
	if a.Session != "" && !slices.Contains(r.Sessions(), a.Session) {
		f.add("session", "problem.choice")
	}
	if s, ok := r.Slot(a.Slot); a.Slot != "" && (!ok || !r.In(s, a.Session)) {
		f.add("slot", "problem.choice")
	}
	return f.problem()
}

// SendRequest asks another entrant of the round for a meeting. Asking again
// changes what was asked for, as long as nobody answered; asking who asked
// first is accepting. The limits of the round hold exactly.
func (d *Desk) SendRequest(ctx context.Context, by Actor, fromID string, a Ask) (out *Request, err error) {
	err = twiceAtOnce(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			x, err := d.asking(tx, by, fromID, a.To)
			if err != nil {
				return err
			}
			if err := a.check(x.r); err != nil {
				return err
			}
			out, err = d.send(tx, by, x, a)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("ask for a meeting: %w", changedMeanwhile(err))
	}
	return out, nil
}

// asking is the exchange of one entrant that by acts for with another that can
// be found, with their live request if there is one.
func (d *Desk) asking(tx *storage.Tx, by Actor, fromID, toID string) (*exchange, error) {
	me, r, err := entrantFor(tx, by, fromID)
	if err != nil {
		return nil, err
	}
	other, err := entrants.Get(tx, toID)
	if err != nil {
		return nil, err
	}
	switch {
	case other.RoundID != r.ID || other.ID == me.ID || other.State != EntrantIn:
		return nil, errHidden
	case me.State != EntrantIn:
		return nil, &Problem{Kind: Closed, Key: "request.not_in"}
	case !r.Asking():
		return nil, errNotAsking
	}
	x := &exchange{r: r, me: me, other: other}
	x.q, err = requests.First(tx, storage.Query{Where: []storage.Cond{storage.Is("pair", pairOf(r.ID, me.ID, other.ID))}})
	if errors.Is(err, storage.ErrNotFound) {
		err = nil
	}
	return x, err
}

func (d *Desk) send(tx *storage.Tx, by Actor, x *exchange, a Ask) (*Request, error) {
	switch {
	case x.q == nil:
		return d.sendNew(tx, by, x, a)
	case x.q.Turn == x.me.ID:
		return x.q, d.accept(tx, by, x, Reply{Wish: a.Wish, Text: a.Message, Slot: a.Slot})
	case x.q.State == RequestSent:
		return x.q, d.sendAgain(tx, by, x, a)
	}
	return x.q, nil
}

func (d *Desk) sendNew(tx *storage.Tx, by Actor, x *exchange, a Ask) (*Request, error) {
	if x.other.Paused || x.me.Paused {
		return nil, &Problem{Kind: Closed, Key: "request.paused", Args: []any{"name", x.other.Name}}
	}
	if err := refusedBefore(tx, x); err != nil {
		return nil, err
	}
	q := &Request{Meta: storage.Meta{ID: storage.NewID()}, RoundID: x.r.ID, From: x.me.ID, To: x.other.ID, Pair: pairOf(x.r.ID, x.me.ID, x.other.ID),
		State: RequestSent, Wish: a.Wish, Message: a.Message, Session: a.Session, Slot: a.Slot, SentAt: tx.Now()}
	x.q = q
	if err := mayAsk(tx, x.r, x.me, a.Wish, q); err != nil {
		return nil, err
	}
	if err := d.proposed(tx, by, x, a.Slot); err != nil {
		return nil, err
	}
	q.ask(x.other.ID, tx.Now(), x.r.answerBy(tx.Now()))
	return q, d.keepRequest(tx, by, x, "request.send", requestReceived)
}

// refusedBefore reports that the other one said no thanks before: they can
// change their mind, but are not asked again.
func refusedBefore(tx *storage.Tx, x *exchange) error {
	before, err := requests.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("from", x.me.ID)}})
	for _, q := range before {
		if q.To == x.other.ID && q.State == RequestDeclined && q.Answer == No {
			return &Problem{Kind: Closed, Key: "request.refused", Args: []any{"name", x.other.Name}}
		}
	}
	return err
}

// proposed checks that a slot somebody proposes suits both as things are; none
// always does.
func (d *Desk) proposed(tx *storage.Tx, by Actor, x *exchange, slot string) error {
	if slot == "" {
		return nil
	}
	_, err := d.vacancyFor(tx, by, x, slot, "")
	return err
}

// sendAgain changes what was asked for and not answered yet.
func (d *Desk) sendAgain(tx *storage.Tx, by Actor, x *exchange, a Ask) error {
	q := x.q
	if q.Wish == a.Wish && q.Message == a.Message && q.Session == a.Session && q.Slot == a.Slot {
		return nil
	}
	if err := mayAsk(tx, x.r, x.me, a.Wish, q); err != nil {
		return err
	}
	slotWas := q.Slot
	q.Wish, q.Message, q.Session, q.Slot = a.Wish, a.Message, a.Session, a.Slot
	if a.Slot != slotWas {
		if err := d.proposed(tx, by, x, a.Slot); err != nil {
			return err
		}
		q.ask(x.other.ID, tx.Now(), q.Deadline)
	}
	return d.keepRequest(tx, by, x, "request.change", "")
}

// keepRequest stores what became of a request, notes it, takes back what had
// not been read, and tells the other one with a mail of the kind; "" tells
// nobody.
func (d *Desk) keepRequest(tx *storage.Tx, by Actor, x *exchange, action, kind string) error {
	if err := requests.Put(tx, x.q); err != nil {
		return err
	}
	from, to := x.sides()
	if err := d.log(tx, by, action, x.q.ID, x.r.ID, from.Name+" → "+to.Name, ""); err != nil {
		return err
	}
	if kind == "" {
		_, err := d.Outbox.Withdraw(tx, requestRef(x.q))
		return err
	}
	return d.tellRequest(tx, x, kind, x.other)
}

// exchangeOf is a request that an entrant takes part in, for whoever may act
// for that entrant.
func (d *Desk) exchangeOf(tx *storage.Tx, by Actor, entrantID, id string) (*exchange, error) {
	me, r, err := entrantFor(tx, by, entrantID)
	if err != nil {
		return nil, err
	}
	q, err := requests.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if q.From != me.ID && q.To != me.ID {
		return nil, errHidden
	}
	other, err := entrants.Get(tx, q.Other(me.ID))
	return &exchange{r: r, q: q, me: me, other: other}, err
}

// onRequest changes a request for one of its two.
func (d *Desk) onRequest(ctx context.Context, by Actor, entrantID, id, what string, fn func(*storage.Tx, *exchange) error) (out *Request, err error) {
	err = twiceAtOnce(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			x, err := d.exchangeOf(tx, by, entrantID, id)
			if err != nil {
				return err
			}
			if !x.r.Asking() {
				return errNotAsking
			}
			out = x.q
			return fn(tx, x)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s request %s: %w", what, id, changedMeanwhile(err))
	}
	return out, nil
}
