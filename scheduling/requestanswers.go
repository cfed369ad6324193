package scheduling

import (
	"context"
	"time"

	"kohtaamo/storage"
)

// A Reply is what an entrant answers to a request.
type Reply struct {
	Wish Wish   `json:"wish"` // No declines
	Text string `json:"text,omitempty"`
	Slot string `json:"slot,omitempty"` // where the two book themselves: when; empty: as proposed, or the first common time
}

func (a *Reply) check() error {
	f := faults{}
	a.Text = cleanText(a.Text)
	f.limit("text", a.Text, requestLimit)
	switch a.Wish {
	case Must, Want, Maybe, No:
	default:
		f.add("wish", "problem.choice")
	}
	return f.problem()
}

// errAnswered answers an answer that comes too late.
var errAnswered = &Problem{Kind: Closed, Key: "request.over"}

// AnswerRequest accepts or declines a request for one of its two. Where the two
// book themselves, accepting gives them their meeting: at the time asked for,
// the one proposed, or the first at which both and a table are free; a time
// that has gone meanwhile is a *SlotGone and changes nothing. The same answer
// twice is one. Whoever declined, or let it run out, can still accept.
func (d *Desk) AnswerRequest(ctx context.Context, by Actor, entrantID, id string, a Reply) (*Request, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	return d.onRequest(ctx, by, entrantID, id, "answer", func(tx *storage.Tx, x *exchange) error {
		if a.Wish == No {
			return d.decline(tx, by, x, a)
		}
		return d.accept(tx, by, x, a)
	})
}

// accept is an answer other than no.
func (d *Desk) accept(tx *storage.Tx, by Actor, x *exchange, a Reply) error {
	q, me := x.q, x.me.ID
	switch {
	case q.State == RequestAccepted && q.MeetingID != "":
		return nil
	case q.State == RequestAccepted, q.Turn == me:
	case q.reopens(me):
		if err := d.reopen(tx, x); err != nil {
			return err
		}
	case q.State.Live(): // the other one's turn
		return errNotYours
	default:
		return errAnswered
	}
	if err := mayAsk(tx, x.r, x.me, a.Wish, q); err != nil {
		return err
	}
	return d.agree(tx, by, x, a)
}

// errNotYours answers who answers a request that the other one has to.
var errNotYours = &Problem{Kind: Closed, Key: "request.not_yours"}

// reopens reports whether an entrant can still accept what is over: who
// declined it, or had let it run out.
func (r *Request) reopens(entrantID string) bool {
	return r.To == entrantID && (r.State == RequestDeclined || r.State == RequestExpired)
}

// reopen makes the request of an exchange the live one of its two again.
func (d *Desk) reopen(tx *storage.Tx, x *exchange) error {
	pair := pairOf(x.r.ID, x.q.From, x.q.To)
	n, err := requests.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("pair", pair)}})
	if err == nil && n > 0 {
		return errAnswered
	}
	x.q.Pair, x.q.State, x.q.Reply, x.q.EndedAt = pair, RequestSent, "", time.Time{}
	return err
}

// agree settles that the two want to meet, and books them their time where they
// do that themselves.
func (d *Desk) agree(tx *storage.Tx, by Actor, x *exchange, a Reply) error {
	q, before := x.q, *x.q
	slot := a.Slot
	if slot == "" {
		slot = q.Slot
	}
	q.says(x.me.ID, a.Wish)
	if a.Text != "" && x.me.ID == q.To {
		q.Reply = a.Text
	}
	q.settle(RequestAccepted)
	q.Slot = slot
	if !x.r.Booking() {
		if before.State == RequestAccepted && before.wishOf(x.me.ID) == a.Wish {
			*q = before
			return nil
		}
		return d.keepRequest(tx, by, x, "request.accept", requestAccepted)
	}
	if err := requests.Put(tx, q); err != nil { // the meeting looks for it
		return err
	}
	m, err := d.bookPair(tx, by, x, slot)
	if err != nil {
		return err
	}
	if x.q, err = requests.Get(tx, q.ID); err != nil {
		return err
	}
	*q = *x.q
	x.q = q
	return d.keepRequest(tx, by, x, "request.accept", x.newsOf(m))
}

// newsOf is the mail that the other one gets when the two agreed: whoever comes
// to the meeting is told of that already.
func (x *exchange) newsOf(m *Meeting) string {
	if m == nil {
		return requestUntimed
	}
	if p, _ := m.Party(x.other.ID); len(p.PersonIDs) > 0 && p.PersonIDs[0] == x.other.contact().PersonID {
		return ""
	}
	return requestAccepted
}

// decline is the answer no.
func (d *Desk) decline(tx *storage.Tx, by Actor, x *exchange, a Reply) error {
	q := x.q
	switch {
	case q.MeetingID != "":
		return &Problem{Kind: Closed, Key: "request.has_meeting"}
	case q.State == RequestDeclined && q.To == x.me.ID, q.State == RequestWithdrawn && q.From == x.me.ID:
		return nil
	case !q.State.Live():
		return errAnswered
	case q.From == x.me.ID:
		return d.withdraw(tx, by, x)
	}
	q.Answer, q.Reply = No, a.Text
	q.end(RequestDeclined, tx.Now())
	return d.keepRequest(tx, by, x, "request.decline", requestDeclined)
}

// CounterRequest says yes to a request, but at another time, which the other
// one now has to answer. The time has to suit both as things are.
func (d *Desk) CounterRequest(ctx context.Context, by Actor, entrantID, id string, a Reply) (*Request, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	return d.onRequest(ctx, by, entrantID, id, "counter", func(tx *storage.Tx, x *exchange) error {
		q := x.q
		untimed := q.State == RequestAccepted && q.MeetingID == ""
		switch {
		case a.Wish == No || a.Slot == "":
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"slot": "problem.required"}}
		case q.State == RequestCountered && q.Turn != x.me.ID && q.Slot == a.Slot:
			return nil // said twice
		case q.Turn != x.me.ID && !untimed:
			return errAnswered
		}
		if err := mayAsk(tx, x.r, x.me, a.Wish, q); err != nil {
			return err
		}
		if err := d.proposed(tx, by, x, a.Slot); err != nil {
			return err
		}
		q.says(x.me.ID, a.Wish)
		q.State, q.Slot, q.Reply = RequestCountered, a.Slot, a.Text
		q.ask(x.other.ID, tx.Now(), x.r.answerBy(tx.Now()))
		return d.keepRequest(tx, by, x, "request.counter", requestCountered)
	})
}

// WithdrawRequest takes back a request that has no meeting yet, for the one
// that sent it.
func (d *Desk) WithdrawRequest(ctx context.Context, by Actor, entrantID, id string) (*Request, error) {
	return d.onRequest(ctx, by, entrantID, id, "withdraw", func(tx *storage.Tx, x *exchange) error {
		switch {
		case x.q.From != x.me.ID:
			return errHidden
		case x.q.State == RequestWithdrawn:
			return nil
		case x.q.MeetingID != "":
			return &Problem{Kind: Closed, Key: "request.has_meeting"}
		case !x.q.State.Live():
			return errAnswered
		}
		return d.withdraw(tx, by, x)
	})
}

// withdraw ends a request for the one that sent it. Who never read that they
// were asked is not told that they are not any more.
func (d *Desk) withdraw(tx *storage.Tx, by Actor, x *exchange) error {
	unread, err := d.Outbox.Withdraw(tx, requestRef(x.q), requestReceived)
	if err != nil {
		return err
	}
	kind := requestWithdrawn
	if unread > 0 {
		kind = ""
	}
	x.q.end(RequestWithdrawn, tx.Now())
	return d.keepRequest(tx, by, x, "request.withdraw", kind)
}
