package fetch

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"code.dny.dev/ssrf"
	"golang.org/x/net/dns/dnsmessage"

	"kohtaamo/scheduling"
)

const calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nEND:VCALENDAR\r\n"

// A world is a small internet: 127.0.0.2 is all of it. What listens at
// 127.0.0.1 and ::1 is private as ever, and must never be reached.
type world struct {
	t       *testing.T
	port    uint16
	client  *Client
	names   *names
	private atomic.Int32 // connections to what is private
	public  atomic.Int32 // requests to what is not
	serve   atomic.Pointer[http.HandlerFunc]
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	w.answers(func(rw http.ResponseWriter, _ *http.Request) { rw.Write([]byte(calendar)) })
	inside := listen(t, "127.0.0.1:0")
	w.port = inside.Addr().(*net.TCPAddr).AddrPort().Port()
	port := inside.Addr().String()[strings.LastIndexByte(inside.Addr().String(), ':'):]
	w.count(inside)
	if l, err := net.Listen("tcp", "[::1]"+port); err == nil { // where there is IPv6
		t.Cleanup(func() { l.Close() })
		w.count(l)
	}
	internet, err := net.Listen("tcp", "127.0.0.2"+port)
	if err != nil && runtime.GOOS != "linux" {
		t.Skipf("there is no second loopback address to stand for the internet: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	outside := &httptest.Server{Listener: internet, Config: &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.public.Add(1)
		(*w.serve.Load())(rw, r)
	})}}
	outside.Start()
	t.Cleanup(outside.Close)
	w.names = newNames(t)
	w.client = w.newClient(w.port)
	return w
}

// answers says what the internet answers from now on. Requests that were
// stopped may still be under way.
func (w *world) answers(h http.HandlerFunc) { w.serve.Store(&h) }

// newClient is one of the program, but for where the internet is and its ports.
func (w *world) newClient(port uint16, options ...Option) *Client {
	c := New("Kohtaamo/test (+https://kohtaamo.example)", append(options, WithResolver(w.names.resolver()))...)
	c.ports = append([]uint16{port}, ports...)
	c.guard = ssrf.New(ssrf.WithPorts(c.ports...), ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.2/32")))
	return c
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// count answers connections to something private as a calendar would.
func (w *world) count(l net.Listener) {
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			w.private.Add(1)
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				conn.Write([]byte("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + calendar))
			}
			conn.Close()
		}
	}()
}

// get fetches without knowing anything yet.
func (w *world) get(address string) (*scheduling.Download, error) {
	return w.client.Get(w.t.Context(), address, scheduling.Version{})
}

// names is a name server of ours: for each name the answers it gives, one after
// the other; the last one stays.
type names struct {
	conn  net.PacketConn
	mu    sync.Mutex
	known map[string][][]netip.Addr
	asked []string
}

func newNames(t *testing.T) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	n := &names{conn: conn, known: map[string][][]netip.Addr{}}
	go n.serve()
	return n
}

// say lets a name mean one set of addresses after the other.
func (n *names) say(name string, answers ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known[name+"."] = nil
	for _, answer := range answers {
		var set []netip.Addr
		for _, a := range strings.Fields(answer) {
			set = append(set, netip.MustParseAddr(a))
		}
		n.known[name+"."] = append(n.known[name+"."], set)
	}
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

func (n *names) serve() {
	buf := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		n.answer(&m)
		if out, err := m.Pack(); err == nil {
			n.conn.WriteTo(out, from)
		}
	}
}

func (n *names) answer(m *dnsmessage.Message) {
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, q.Name.String())
	sets, ok := n.known[strings.ToLower(q.Name.String())]
	if !ok {
		m.RCode = dnsmessage.RCodeNameError
		return
	}
	for _, a := range sets[0] {
		head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
		switch {
		case q.Type == dnsmessage.TypeA && a.Is4():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: a.As4()}})
		case q.Type == dnsmessage.TypeAAAA && a.Is6():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	if len(sets) > 1 && q.Type == dnsmessage.TypeA { // the next time it means something else
		n.known[strings.ToLower(q.Name.String())] = sets[1:]
	}
}
