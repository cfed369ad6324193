// Package mailtest is an SMTP server for tests: it keeps what it accepts, counts
// by Message-ID and recipient, and can be told to fail in the ways relays do. It
// listens on the loopback interface only.
package mailtest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"maps"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Config is what a Sink is from its start.
type Config struct {
	STARTTLS, Implicit bool   // encryption, with a self-signed certificate
	User, Pass         string // signing in is required if set
	Discard            bool   // Messages are not kept, only counted
	Faults             Faults
}

// Faults is how a Sink misbehaves. Recipients are compared in lower case.
type Faults struct {
	Greylist    int               // the first N tries of every recipient get 451 4.7.1
	Refuse      map[string]string // recipient → reply to RCPT, "550 5.1.1 No such user"
	RefuseMail  string            // reply to every MAIL
	RefuseData  string            // reply to every body
	RefuseOnce  string            // reply to the first RCPT of every recipient
	PerConn     int               // 421 to the MAIL after so many mails on a connection
	CutMidBody  int               // so many bodies are cut off half-way
	CutAccepted int               // so many are accepted and cut off before the reply
	Latency     time.Duration     // before the reply to a body

	// Each reply takes so long on its way; those to commands that came together
	// are on their way together.
	ReplyLatency time.Duration

	// Shares, from 0 to 1, are decided by the recipient and the number of the
	// try: each run decides the same.
	Temp      float64 // of tries get 451 4.3.0
	Perm      float64 // of recipients get 550 5.1.1, at every try
	CutBefore float64 // of first tries are cut off behind the body, which is not taken
	CutAfter  float64 // of first tries are taken and cut off before the reply

	DomainRate float64 // recipients a second and domain, the others get 451 4.7.28
}

// A Message is what a Sink accepted.
type Message struct {
	From, To  string
	MessageID string // with angle brackets, as it stands there
	Raw       []byte // CRLF line ends
	UTF8      bool   // SMTPUTF8 was asked for
	TLS       bool
}

// Counts are what happened so far.
type Counts struct {
	Connections, Open, MostOpen int
	Auths, Tries, Accepted      int
	Throttled                   int // by DomainRate
}

// A Sink is a running server.
type Sink struct {
	cfg    Config
	server *smtp.Server
	ln     net.Listener
	cert   []byte
	done   chan struct{}

	mu       sync.Mutex
	faults   Faults
	counts   Counts
	tries    map[string]int
	messages []Message
	taken    map[string]int
	buckets  map[string]*bucket
}

// Start listens on a free port of the loopback interface.
func Start(cfg Config) (*Sink, error) {
	s := &Sink{cfg: cfg, faults: cfg.Faults, tries: map[string]int{}, taken: map[string]int{}, buckets: map[string]*bucket{}, done: make(chan struct{})}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = "sink.test"
	s.server.AllowInsecureAuth = true
	s.server.EnableSMTPUTF8 = true
	s.server.MaxLineLength = 1000 // CRLF included, RFC 5321 section 4.5.3.1.6
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.ln = &listener{ln, s}
	if err := s.encrypt(); err != nil {
		ln.Close()
		return nil, err
	}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(s.ln)
	}()
	return s, nil
}

func (s *Sink) encrypt() error {
	if !s.cfg.STARTTLS && !s.cfg.Implicit {
		return nil
	}
	conf, cert, err := selfSigned()
	if err != nil {
		return err
	}
	s.cert = cert
	if s.cfg.STARTTLS {
		s.server.TLSConfig = conf
	} else {
		s.ln = tls.NewListener(s.ln, conf)
	}
	return nil
}

// Addr is the host:port listened on.
func (s *Sink) Addr() string { return s.ln.Addr().String() }

// Certificate is the self-signed certificate in PEM; nil without encryption.
func (s *Sink) Certificate() []byte { return s.cert }

// Close ends the server and every connection.
func (s *Sink) Close() {
	s.server.Close()
	s.ln.Close() // the server does not know it before it has begun to serve
	<-s.done
}

// SetFaults puts other faults in force.
func (s *Sink) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Counts tells what happened so far.
func (s *Sink) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// Messages are those accepted so far, in order.
func (s *Sink) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Deliveries counts what was accepted by recipient and Message-ID, with a space
// between them.
func (s *Sink) Deliveries() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.taken)
}

func (s *Sink) count(f func(*Counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.counts)
}

// listener counts connections.
type listener struct {
	net.Listener
	sink *Sink
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.sink.count(func(n *Counts) {
		n.Connections++
		n.Open++
		n.MostOpen = max(n.MostOpen, n.Open)
	})
	return &counted{Conn: newLine(c, l.sink), sink: l.sink}, nil
}

type counted struct {
	net.Conn
	sink *Sink
	once sync.Once
}

func (c *counted) Close() error {
	c.once.Do(func() { c.sink.count(func(n *Counts) { n.Open-- }) })
	return c.Conn.Close()
}

func (s *Sink) session(c *smtp.Conn) (smtp.Session, error) {
	return &session{sink: s, conn: c}, nil
}

type session struct {
	sink     *Sink
	conn     *smtp.Conn
	authed   bool
	from, to string
	try      int // of this recipient
	utf8     bool
	mails    int
}

func (s *session) AuthMechanisms() []string {
	if s.sink.cfg.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != s.sink.cfg.User || pass != s.sink.cfg.Pass {
			return reply("535 5.7.8 Authentication failed")
		}
		s.authed = true
		s.sink.count(func(n *Counts) { n.Auths++ })
		return nil
	}), nil
}

func (s *session) Reset()        { s.from, s.to = "", "" }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.sink.mu.Lock()
	f := s.sink.faults
	s.sink.mu.Unlock()
	switch {
	case s.sink.cfg.User != "" && !s.authed:
		return reply("530 5.7.0 Authentication required")
	case f.RefuseMail != "":
		return reply(f.RefuseMail)
	case f.PerConn > 0 && s.mails >= f.PerConn:
		defer time.AfterFunc(5*time.Millisecond, func() { s.conn.Conn().Close() })
		return reply("421 4.7.0 Too many messages on this connection")
	}
	s.from, s.utf8 = from, o != nil && o.UTF8
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	to = strings.ToLower(to)
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	f := s.sink.faults
	s.sink.counts.Tries++
	s.sink.tries[to]++
	switch try := s.sink.tries[to]; {
	case f.Refuse[to] != "":
		return reply(f.Refuse[to])
	case try <= f.Greylist:
		return reply("451 4.7.1 Greylisted, try again later")
	case try == 1 && f.RefuseOnce != "":
		return reply(f.RefuseOnce)
	case roll("perm", to, 0) < f.Perm:
		return reply("550 5.1.1 No such user")
	case roll("temp", to, try) < f.Temp:
		return reply("451 4.3.0 Temporary failure")
	case f.DomainRate > 0 && !s.sink.allow(to, f.DomainRate):
		s.sink.counts.Throttled++
		return reply("451 4.7.28 Too many messages for this domain")
	default:
		s.try = try
	}
	s.to = to
	return nil
}

var errCut = errors.New("cut off")

func (s *session) Data(r io.Reader) error {
	s.mails++
	if s.sink.fault(func(f *Faults) *int { return &f.CutMidBody }) {
		_, _ = io.CopyN(io.Discard, r, 500)
		s.conn.Conn().Close()
		return errCut
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.sink.mu.Lock()
	f := s.sink.faults
	s.sink.mu.Unlock()
	time.Sleep(f.Latency)
	if s.try == 1 && roll("before", s.to, 1) < f.CutBefore {
		s.conn.Conn().Close()
		return errCut
	}
	if f.RefuseData != "" {
		return reply(f.RefuseData)
	}
	s.accept(raw)
	if s.try == 1 && roll("after", s.to, 1) < f.CutAfter || s.sink.fault(func(f *Faults) *int { return &f.CutAccepted }) {
		s.conn.Conn().Close()
		return errCut
	}
	return nil
}

// fault uses up one of a number of faults.
func (s *Sink) fault(of func(*Faults) *int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := of(&s.faults)
	if *n == 0 {
		return false
	}
	*n--
	return true
}

func (s *session) accept(raw []byte) {
	header, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(raw))).ReadMIMEHeader()
	_, encrypted := s.conn.TLSConnectionState()
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	s.sink.counts.Accepted++
	s.sink.taken[s.to+" "+header.Get("Message-Id")]++
	if s.sink.cfg.Discard {
		return
	}
	s.sink.messages = append(s.sink.messages, Message{
		From: s.from, To: s.to, MessageID: header.Get("Message-Id"), Raw: raw, UTF8: s.utf8, TLS: encrypted,
	})
}
