package mailer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"kohtaamo/storage"
)

// settle writes down what became of a claimed mail, if the claim still holds.
func (o *Outbox) settle(ctx context.Context, id, token string, now time.Time, v verdict, cause error) error {
	err := o.DB.Update(ctx, func(tx *storage.Tx) error {
		m, err := own(tx, id, token)
		if err != nil {
			return err
		}
		if err := judge(tx, m, later(now, tx.Now()), v, cause); err != nil {
			return err
		}
		if m.Open {
			return mails.Put(tx, m)
		}
		return closed(tx, m)
	})
	if err != nil && !errors.Is(err, errLost) {
		return fmt.Errorf("settle mail %s: %w", id, err)
	}
	return nil
}

// judge gives m the state that a verdict means.
func judge(tx *storage.Tx, m *Mail, now time.Time, v verdict, cause error) error {
	stopped := m.Stop
	if v.fate != goBack || v.pause > 0 {
		m.note(cause)
	}
	switch v.fate {
	case delivered:
		m.Tries++
		m.SentAt = tx.Now()
		m.become(Sent)
		return absolve(tx, m.To)
	case refused:
		m.Tries++
		m.become(Failed)
		if v.blame != "" {
			_, err := accuse(tx, m.To, accusation{v.blame == "soft", FromRelay, m.LastError, localPart(m.MessageID), m.Cluster})
			return err
		}
		return nil
	case tryAgain:
		m.Tries++
		m.NotBefore = now.Add(pauseAfter(m.Tries, v.pause, rand.Float64()))
	default:
		if v.pause > 0 {
			m.NotBefore = now.Add(pauseAfter(1, v.pause, rand.Float64()))
		}
	}
	m.wait(stopped)
	return nil
}

// wait lets m be tried again, unless that would be no use.
func (m *Mail) wait(stopped bool) {
	switch {
	case stopped:
		m.become(Withdrawn)
	case !m.NotBefore.Before(m.Expires):
		m.become(Expired)
	case m.Tries > 0:
		m.become(Deferred)
	default:
		m.become(Queued)
	}
}

// note keeps what went wrong for whoever looks at the mail.
func (m *Mail) note(cause error) {
	m.LastCode, m.LastError = 0, ""
	if cause == nil {
		return
	}
	m.LastError = clip(oneLine(cause.Error()), 300)
	if e := asSendError(cause); e != nil {
		m.LastCode = e.Code
	}
}

// settleTime is how long a result may take to be written when the program stops.
const settleTime = 5 * time.Second

// lasting outlives a stop for as long as a result takes to be written.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settleTime)
}
