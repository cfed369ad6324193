package mailtest

import (
	"net"
	"sync"
	"time"
)

// line is a connection on which what the sink says takes its time, as on a
// network: it holds nobody up, and what is said together arrives together.
type line struct {
	net.Conn
	sink *Sink
	once sync.Once
	done chan struct{}
	way  chan said
}

type said struct {
	due time.Time
	b   []byte
	end bool
}

func newLine(c net.Conn, s *Sink) net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.ReplyLatency == 0 {
		return c
	}
	l := &line{Conn: c, sink: s, done: make(chan struct{}), way: make(chan said, 64)}
	go l.carry()
	return l
}

func (l *line) carry() {
	for {
		select {
		case x := <-l.way:
			time.Sleep(time.Until(x.due))
			if x.end {
				l.once.Do(func() { close(l.done); l.Conn.Close() })
				return
			}
			if _, err := l.Conn.Write(x.b); err != nil {
				l.once.Do(func() { close(l.done); l.Conn.Close() })
				return
			}
		case <-l.done:
			return
		}
	}
}

func (l *line) put(x said) bool {
	l.sink.mu.Lock()
	x.due = time.Now().Add(l.sink.faults.ReplyLatency)
	l.sink.mu.Unlock()
	select {
	case l.way <- x:
		return true
	case <-l.done:
		return false
	}
}

// Write sends b on its way.
func (l *line) Write(b []byte) (int, error) {
	if !l.put(said{b: append([]byte(nil), b...)}) {
		return 0, net.ErrClosed
	}
	return len(b), nil
}

// Close closes behind what is still on its way.
func (l *line) Close() error {
	l.put(said{end: true})
	return nil
}
