package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// TestNeverReached asks for what is private in every disguise that we know of.
// The listener counts who connects: nobody may, not even to say nothing.
func TestNeverReached(t *testing.T) {
	w := newWorld(t)
	for name, means := range map[string]string{
		"inside.example.org": "127.0.0.1", "six.example.org": "::1", "mapped.example.org": "::ffff:127.0.0.1",
		"nowhere.example.org": "0.0.0.0", "cloud.example.org": "169.254.169.254", "nat64.example.org": "64:ff9b::7f00:1",
	} {
		w.names.say(name, means)
	}
	port := ":" + strconv.Itoa(int(w.port))
	for _, host := range []string{
		"127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.127.127.127", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1",
		"017700000001", "0", "0.0.0.0", "00000000177.0.0.1", "127.0.0.1%00", "127.0.0.1%2eexample.org", "①②⑦.⓪.⓪.①", "127。0。0。1",
		"localhost", "localhost.", "LOCALHOST", "localhost.localdomain", "a.localhost", "ip6-localhost", "intranet", "printer.local", "db.internal", "metadata.google.internal",
		"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[::1%25lo]", "[64:ff9b::127.0.0.1]",
		"[2002:7f00:1::]", "[fe80::1%25eth0]", "[fe80::1]", "[fd00::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[2001:0:7f00:1::]",
		"inside.example.org", "INSIDE.Example.ORG", "inside.example.org.", "six.example.org", "mapped.example.org", "nowhere.example.org", "nat64.example.org",
		"user@127.0.0.1", "user:password@127.0.0.1", "127.0.0.2@127.0.0.1", "127.0.0.1#@127.0.0.2", `127.0.0.1\@127.0.0.2`,
		"169.254.169.254", "cloud.example.org", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.192",
	} {
		for _, scheme := range []string{"http", "https", "webcal"} {
			address := scheme + "://" + host + port + "/private.ics"
			if d, err := w.get(address); !errors.Is(err, scheduling.ErrUnreachable) {
				t.Errorf("%s: %v, %v", address, d, err)
			}
		}
	}
	if n := w.private.Load(); n != 0 {
		t.Errorf("what is private was connected to %d times", n)
	}
	if n := w.public.Load(); n != 0 {
		t.Errorf("an address that names two hosts led to one of them %d times", n)
	}

	// The same listener is there for whoever may: the counter counts.
	c := w.newClient(w.port, WithLoopback())
	if _, err := c.Get(t.Context(), "http://127.0.0.1"+port+"/private.ics", scheduling.Version{}); err != nil || w.private.Load() != 1 {
		t.Errorf("with the test's option: %v, %d connections", err, w.private.Load())
	}
}

// TestAddresses holds the library's table to what we know, both ways.
func TestAddresses(t *testing.T) {
	c := New("test")
	for _, at := range strings.Fields(`
		0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 169.254.0.1 169.254.169.254 169.254.170.2
		172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.1
		203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
		[::] [::1] [::ffff:10.0.0.1] [::ffff:8.8.8.8] [::8.8.8.8] [64:ff9b::a00:1] [64:ff9b::808:808] [64:ff9b:1::1] [100::1] [2001::1] [2001:0:4137:9e76::1]
		[2001:2::1] [2001:10::1] [2001:20::1] [2001:db8::1] [2002:a00:1::] [2002:808:808::] [3fff::1] [5f00::1] [fc00::1] [fd00:ec2::254] [fdff::1]
		[fe80::1] [fe80::1%eth0] [fec0::1] [ff01::1] [ff02::1] [ff0e::1]`) {
		if err := c.control(network(at), at+":443", nil); err == nil {
			t.Errorf("%s may be connected to", at)
		}
	}
	for _, at := range strings.Fields("8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 172.15.255.255 172.32.0.0 " +
		"192.167.255.255 192.169.0.0 223.255.255.255 [2001:4860:4860::8888] [2a00:1450:4001:80b::200e] [2606:4700::1111] [2400:cb00::1]") {
		for port, may := range map[string]bool{":80": true, ":443": true, ":8443": true, ":22": false, ":25": false, ":6379": false, ":0": false, ":65535": false} {
			if err := c.control(network(at), at+port, nil); (err == nil) != may {
				t.Errorf("%s%s: %v", at, port, err)
			}
		}
	}
	if err := c.control("udp4", "8.8.8.8:443", nil); err == nil {
		t.Error("UDP is allowed")
	}
}

func network(at string) string {
	if strings.HasPrefix(at, "[") {
		return "tcp6"
	}
	return "tcp4"
}

// TestWords refuses what is no address of a calendar without a look at the network.
func TestWords(t *testing.T) {
	w := newWorld(t)
	w.names.say("calendar.example.org", "127.0.0.2")
	for _, address := range []string{
		"", " ", "calendar", "calendar.example.org", "calendar.example.org/a.ics", "/etc/passwd", "file:///etc/passwd", "ftp://calendar.example.org/a.ics",
		"gopher://calendar.example.org/_x", "data:text/calendar,BEGIN:VCALENDAR", "javascript:alert(1)", "http:calendar.example.org", "http://", "https:///a.ics", "http://:80/",
		"https://calendar.example.org:22/", "https://calendar.example.org:99999/", "https://calendar.example.org:x/", "https://calendar.example.org:-1/",
		"https://a:b@calendar.example.org/", "https://calendar.example.org\r\nHost: x/", "https://calendar.example.org/\r\nX: y", "https://[::1/", "https://%zz/",
		"https://calendar.example.org/" + strings.Repeat("a", maxAddress), "unix:///var/run/docker.sock", "webcal:calendar.example.org",
	} {
		if d, err := w.get(address); !errors.Is(err, scheduling.ErrUnreachable) {
			t.Errorf("%.60q: %v, %v", address, d, err)
		}
	}
	if n := w.public.Load(); n != 0 || len(w.names.asked) != 0 {
		t.Errorf("%d requests; names asked: %q", n, w.names.asked)
	}
}

// TestNamesThatChange lets names mean one thing when they are looked at and
// another when they are connected to.
func TestNamesThatChange(t *testing.T) {
	w := newWorld(t)
	at := func(name string) string { return fmt.Sprintf("http://%s:%d/", name, w.port) }

	w.names.say("rebind.example.org", "127.0.0.2", "127.0.0.1")
	if _, err := w.get(at("rebind.example.org")); err != nil {
		t.Errorf("while it is public: %v", err)
	}
	if _, err := w.get(at("rebind.example.org")); !errors.Is(err, scheduling.ErrUnreachable) {
		t.Errorf("when it is private: %v", err)
	}

	w.names.say("both.example.org", "127.0.0.1 ::1 127.0.0.2")
	if _, err := w.get(at("both.example.org")); err != nil {
		t.Errorf("one that is both: %v", err)
	}

	w.names.say("turns.example.org", "127.0.0.2", "127.0.0.1")
	w.answers(func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/again", http.StatusFound) })
	before := w.public.Load()
	if _, err := w.get(at("turns.example.org")); !errors.Is(err, scheduling.ErrUnreachable) {
		t.Errorf("one that turns on the way: %v", err)
	}
	if n := w.public.Load() - before; n != 1 {
		t.Errorf("it was asked %d times", n)
	}
	if n := w.private.Load(); n != 0 {
		t.Errorf("what is private was connected to %d times", n)
	}
}
