package sqlite

import (
	"context"
	"kohtaamo/storage"
	"runtime"
	"sync"
	"time"
)

// pool keeps connections for readers: about as many as can do work at once. A
// View inside a View could leave all of them waiting for one more, so whoever
// waits too long gets a connection for itself.
type pool struct {
	dial   func() (*conn, error)
	idle   chan *conn
	places chan struct{} // one for each pooled connection, in use or not
	mu     sync.Mutex
	ended  bool
	inUse  sync.WaitGroup
}

// tooLong is when a reader that waits gets a connection outside the pool.
const tooLong = 250 * time.Millisecond

func newPool(dial func() (*conn, error)) *pool {
	n := max(4, 2*runtime.GOMAXPROCS(0))
	return &pool{dial: dial, idle: make(chan *conn, n), places: make(chan struct{}, n)}
}

func (p *pool) get(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		return nil, storage.ErrClosed
	}
	p.inUse.Add(1)
	p.mu.Unlock()
	c, err := p.find(ctx)
	if err != nil {
		p.inUse.Done()
		return nil, explain(err)
	}
	return c, nil
}

func (p *pool) find(ctx context.Context) (*conn, error) {
	select {
	case c := <-p.idle:
		return c, nil
	default:
	}
	late := time.NewTimer(tooLong)
	defer late.Stop()
	select {
	case c := <-p.idle:
		return c, nil
	case p.places <- struct{}{}:
		c, err := p.dial()
		if err != nil {
			<-p.places
		}
		return c, err
	case <-late.C:
		return p.dial()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pool) put(c *conn) {
	select {
	case p.idle <- c:
	default: // one of those outside the pool
		c.close()
	}
	p.inUse.Done()
}

// close waits for all readers.
func (p *pool) close() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.inUse.Wait()
	close(p.idle)
	for c := range p.idle {
		c.close()
	}
}
