package mailer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// sender is one of a worker's hands: it claims a few mails and sends them one
// after the other.
type sender struct {
	w     *Worker
	ctx   context.Context // ends when the program should stop
	held  context.Context // ends later, when the mail under way is cut off
	clock func() time.Time
	sent  *atomic.Int64
}

// run works until nothing is due, the transport rests or ctx ends.
func (s *sender) run() error {
	for s.ctx.Err() == nil && s.w.rest.left(s.w.Outbox.DB.Now()) == 0 {
		c, err := s.claim()
		if err != nil {
			return err
		}
		if c.seen == 0 {
			return nil
		}
		if err := s.all(c); err != nil {
			return err
		}
	}
	return s.w.rest.reason()
}

func (s *sender) claim() (claimed, error) {
	s.w.claim.Lock()
	defer s.w.claim.Unlock()
	ctx, cancel := lasting(s.ctx) // a claim that a stop cuts off would keep its mails waiting
	defer cancel()
	c, err := s.w.Outbox.claim(ctx, s.w.run, s.clock(), s.w.Batch)
	s.w.leash.take(c)
	return c, err
}

// all sends what was claimed. When it has to stop, the rest goes back.
func (s *sender) all(c claimed) error {
	for i, m := range c.mails {
		if s.ctx.Err() != nil || s.w.rest.left(s.w.Outbox.DB.Now()) > 0 {
			return s.release(c.mails[i:], c.token)
		}
		if err := s.one(m.ID, c.token); err != nil {
			return errors.Join(err, s.release(c.mails[i+1:], c.token))
		}
	}
	return nil
}

func (s *sender) release(ms []*Mail, token string) error {
	var errs []error
	for _, m := range ms {
		errs = append(errs, s.settle(m.ID, token, verdict{fate: goBack}, nil))
	}
	return errors.Join(errs...)
}

// one sends a mail, unless it was withdrawn or lost since it was claimed.
func (s *sender) one(id, token string) error {
	m, err := s.w.Outbox.check(s.held, id, token)
	if errors.Is(err, errLost) {
		s.w.leash.drop(id)
		return nil
	}
	if err != nil {
		return err
	}
	if m.Stop {
		return s.settle(id, token, verdict{fate: goBack}, nil)
	}
	e, err := s.w.Outbox.envelope(m)
	if err != nil {
		return s.settle(id, token, verdict{fate: refused}, err)
	}
	return s.send(e, id, token)
}

func (s *sender) send(e *Envelope, id, token string) error {
	en := entry{id: mailMark + id, turn: token}
	e.Handing = func() error { return s.w.Journal.start(en) }
	err := s.w.Transport.Send(s.held, e)
	en.said = replyOf(err)
	s.w.Journal.done(en)
	v := classify(err)
	if err != nil && s.held.Err() != nil {
		v = verdict{fate: goBack}
	}
	s.w.log(s.ctx, e, v, err)
	s.w.rest.learn(v, err, s.w.Outbox.DB.Now())
	if v.fate == delivered {
		s.sent.Add(1)
	}
	return s.settle(id, token, v, err)
}

func (s *sender) settle(id, token string, v verdict, cause error) error {
	ctx, cancel := lasting(s.ctx)
	defer cancel()
	defer s.w.leash.drop(id)
	if err := s.w.Outbox.settle(ctx, id, token, s.clock(), v, cause); err != nil {
		return err
	}
	s.w.Journal.settled(mailMark + id)
	return nil
}

// log says what became of a mail, without saying whose it was: replies of
// relays to a recipient often repeat the address.
func (w *Worker) log(ctx context.Context, e *Envelope, v verdict, err error) {
	if v.fate == delivered {
		w.Log.DebugContext(ctx, "mail sent", "kind", e.Kind, "message_id", e.MessageID)
		return
	}
	attrs := []any{"kind", e.Kind, "message_id", e.MessageID}
	if se := asSendError(err); se != nil {
		attrs = append(attrs, "stage", string(se.Stage), "code", se.Code, "status", se.Enhanced)
	}
	if v.fate == trouble {
		attrs = append(attrs, "error", err)
	}
	w.Log.WarnContext(ctx, "mail not sent", attrs...)
}
