package mailer

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// errResting is why nothing is sent while a transport recovers.
var errResting = errors.New("mail waits")

// How long a transport rests after trouble: twice as long each time.
const (
	firstRest   = 5 * time.Second
	longestRest = 5 * time.Minute
)

// breaker keeps a transport that does not work from being tried mail by mail.
type breaker struct {
	mu    sync.Mutex
	until time.Time
	next  time.Duration
	cause error
	alarm bool
}

// learn draws the conclusion of one attempt.
func (b *breaker) learn(v verdict, cause error, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case v.fate == delivered || v.fate == refused || v.fate == tryAgain && !v.alarm:
		b.until, b.next, b.cause, b.alarm = time.Time{}, 0, nil, false
	case v.fate == trouble && !now.Before(b.until): // not what other senders found at the same time
		b.next = min(max(2*b.next, firstRest), longestRest)
		if v.alarm {
			b.next = longestRest
		}
		b.until, b.cause = now.Add(b.next), cause
		b.alarm = v.alarm
	}
}

// left is how long the transport still rests.
func (b *breaker) left(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(b.until.Sub(now), 0)
}

func (b *breaker) troubled() bool { return b.reason() != nil }

// reason is why it rests, or nil.
func (b *breaker) reason() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cause == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errResting, b.cause)
}

func (b *breaker) status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Status{Resting: b.until, Alarm: b.alarm}
	if b.cause != nil {
		s.Reason = b.cause.Error()
	}
	return s
}
