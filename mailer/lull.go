package mailer

import (
	"context"
	"sync"
	"time"
)

// longestLull is how long newsletters stand back at most, and how long they then
// go on before they do so again: whatever else is to be sent, they have half of
// the time.
const longestLull = time.Second

// A lull is a time in which the hands that send issues begin no further copy,
// because single mail was added: somebody waits for it. It finds the connections
// that they had free and warm.
type lull struct {
	mu    sync.Mutex
	on    bool          // single mail is served beside issues
	calm  uint64        // how mails were, by DB.Changes, when none was left to send
	over  chan struct{} // closed when the lull is over; nil: there is none
	weary bool          // the last one was too long
}

// serve begins or ends the time in which there are lulls.
func (l *lull) serve(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.on = on
	l.stop()
}

// begin gives what is closed when the lull is over, or nil if none is called for
// while mails are as they were seen.
func (l *lull) begin(seen uint64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.on || l.weary || seen == l.calm {
		return nil
	}
	if l.over == nil {
		over := make(chan struct{})
		l.over = over
		time.AfterFunc(longestLull, func() { l.tire(over) })
	}
	return l.over
}

// end notes that no single mail was left to send when mails were as seen.
func (l *lull) end(seen uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calm = seen
	l.stop()
}

// tire ends a lull that has not ended by itself.
func (l *lull) tire(over chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over != over {
		return
	}
	l.stop()
	l.weary = true
	time.AfterFunc(longestLull, l.rested)
}

func (l *lull) rested() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.weary = false
}

func (l *lull) stop() {
	if l.over != nil {
		close(l.over)
		l.over = nil
	}
}

// standBack lets single mail pass, if there is some and its relay works. Whoever
// notices first wakes those who send it.
func (w *Worker) standBack(ctx context.Context) {
	if w.rest.troubled() {
		return
	}
	over := w.lull.begin(w.Outbox.DB.Changes(mails.Spec))
	if over == nil {
		return
	}
	w.Poke()
	select {
	case <-over:
	case <-ctx.Done():
	}
}
