package mailer

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// leash knows the mails that a worker holds and keeps their leases from ending.
type leash struct {
	mu   sync.Mutex
	held map[string]string // mail id → claim
}

func (l *leash) take(c claimed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = map[string]string{}
	}
	for _, m := range c.mails {
		l.held[m.ID] = c.token
	}
}

func (l *leash) drop(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, id)
}

// keep renews until ctx ends.
func (l *leash) keep(ctx context.Context, o *Outbox, log *slog.Logger) {
	tick := time.NewTicker(leaseTime / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		l.mu.Lock()
		held := maps.Clone(l.held)
		l.mu.Unlock()
		if err := o.renew(ctx, held); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "mail leases not renewed", "error", err)
		}
	}
}
