package mailer

import (
	"context"
	"sync"
	"time"
)

// How long a connection to a relay is kept.
const (
	maxAge  = 5 * time.Minute
	maxIdle = 15 * time.Second
	maxUses = 100
)

// relay is a Transport to an SMTP server. It keeps the connections it made and
// lends each to one sender at a time; there are as many as there are senders
// at once.
type relay struct {
	setting relaySetting

	mu     sync.Mutex
	idle   []*conn // the last one was used last
	closed bool
}

func newRelay(s relaySetting) *relay { return &relay{setting: s} }

// Send gives e to the relay. A kept connection that turns out to be dead before
// the relay has heard of e is replaced once by a new one.
func (r *relay) Send(ctx context.Context, e *Envelope) error {
	if c := r.take(); c != nil {
		err := r.sendOn(ctx, c, e)
		if se := asSendError(err); se == nil || se.Stage != StageMail || !se.gone() || ctx.Err() != nil {
			return err
		}
	}
	c, err := dial(ctx, &r.setting)
	if err != nil {
		return err
	}
	return r.sendOn(ctx, c, e)
}

func (r *relay) sendOn(ctx context.Context, c *conn, e *Envelope) error {
	usable, err := c.send(ctx, e)
	if usable {
		r.put(c)
	} else {
		c.cut()
	}
	return err
}

// take gives a kept connection that is still fresh, or nil.
func (r *relay) take() *conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.idle) > 0 {
		last := len(r.idle) - 1
		c := r.idle[last]
		r.idle = r.idle[:last]
		c.idle.Stop()
		if c.fresh() {
			return c
		}
		go c.quit()
	}
	return nil
}

// put keeps a connection until it is taken or has idled too long.
func (r *relay) put(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || !c.fresh() {
		go c.quit()
		return
	}
	r.idle = append(r.idle, c)
	c.idle = time.AfterFunc(maxIdle, func() { r.drop(c) })
}

// drop says goodbye to a connection if it is still idle.
func (r *relay) drop(c *conn) {
	r.mu.Lock()
	found := false
	for i, other := range r.idle {
		if other == c {
			r.idle, found = append(r.idle[:i], r.idle[i+1:]...), true
			break
		}
	}
	r.mu.Unlock()
	if found {
		c.quit()
	}
}

// Close says goodbye on the idle connections; those that are lent are closed
// when they come back.
func (r *relay) Close() error {
	r.mu.Lock()
	idle := r.idle
	r.idle, r.closed = nil, true
	r.mu.Unlock()
	for _, c := range idle {
		c.idle.Stop()
		c.quit()
	}
	return nil
}
