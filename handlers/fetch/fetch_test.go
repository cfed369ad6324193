package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// here is an address in the world's internet.
func (w *world) here(path string) string { return fmt.Sprintf("http://127.0.0.2:%d%s", w.port, path) }

func TestGet(t *testing.T) {
	w := newWorld(t)
	w.names.say("calendar.example.org", "127.0.0.2")
	proxy := fmt.Sprintf("http://127.0.0.1:%d", w.port)
	t.Setenv("HTTP_PROXY", proxy)
	t.Setenv("http_proxy", proxy)
	var seen *http.Request
	w.answers(func(rw http.ResponseWriter, r *http.Request) {
		seen = r
		rw.Header().Set("ETag", `"one"`)
		rw.Header().Set("Last-Modified", "Wed, 13 Jan 2027 07:00:00 GMT")
		rw.Header().Set("Set-Cookie", "who=you")
		if r.Header.Get("If-None-Match") == `"one"` {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		rw.Write([]byte("\ufeff\r\n" + calendar))
	})
	address := fmt.Sprintf("  http://calendar.example.org:%d/a%%20b.ics?token=s%%2Fecret#top ", w.port)
	d, err := w.get(address)
	version := scheduling.Version{ETag: `"one"`, Modified: "Wed, 13 Jan 2027 07:00:00 GMT"}
	if err != nil || !strings.HasSuffix(string(d.Body), calendar) || d.Unchanged || d.Version != version {
		t.Fatalf("%+v, %v", d, err)
	}
	want := http.Header{"User-Agent": {"Kohtaamo/test (+https://kohtaamo.example)"}, "Accept": {"text/calendar, text/plain;q=0.5, */*;q=0.1"}, "Accept-Encoding": {"gzip"}, "Connection": {"close"}}
	if !reflect.DeepEqual(seen.Header, want) || seen.RequestURI != "/a%20b.ics?token=s%2Fecret" || seen.Method != "GET" {
		t.Errorf("asked %s %s with %v", seen.Method, seen.RequestURI, seen.Header)
	}

	d, err = w.client.Get(t.Context(), address, version)
	if err != nil || !d.Unchanged || d.Body != nil || d.Version != version {
		t.Errorf("the second time: %+v, %v", d, err)
	}
	want.Set("If-None-Match", `"one"`)
	want.Set("If-Modified-Since", "Wed, 13 Jan 2027 07:00:00 GMT")
	if !reflect.DeepEqual(seen.Header, want) {
		t.Errorf("asked the second time with %v", seen.Header)
	}
	if n := w.private.Load(); n != 0 {
		t.Errorf("the proxy of the environment was used %d times", n)
	}
}

// TestWebcal is https, as who serves it means it.
func TestWebcal(t *testing.T) {
	c := New("test")
	for typed, want := range map[string]string{
		"webcal://a.example.org/x.ics": "https://a.example.org/x.ics", "WEBCALS://a.example.org/x.ics": "https://a.example.org/x.ics",
		"HTTP://A.example.org:80/x": "http://A.example.org:80/x", "https://ä.example.org/": "https://%C3%A4.example.org/", "https://8.8.8.8/": "https://8.8.8.8/",
	} {
		if u, err := c.parse(typed); err != nil || u.String() != want {
			t.Errorf("%s is %v, %v", typed, u, err)
		}
	}
}

func TestRedirects(t *testing.T) {
	w := newWorld(t)
	var referers []string
	w.answers(func(rw http.ResponseWriter, r *http.Request) {
		referers = append(referers, r.Header.Get("Referer"))
		var left int
		if n, _ := fmt.Sscanf(r.URL.Path, "/hops/%d", &left); n == 1 && left > 0 {
			http.Redirect(rw, r, fmt.Sprintf("/hops/%d", left-1), http.StatusFound)
			return
		}
		if to := r.URL.Query().Get("to"); to != "" {
			rw.Header().Set("Location", to)
			rw.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		rw.Write([]byte(calendar))
	})
	if _, err := w.get(w.here("/hops/3")); err != nil {
		t.Errorf("three redirects: %v", err)
	}
	if strings.Join(referers, "") != "" {
		t.Errorf("we said where we came from: %q", referers)
	}
	if _, err := w.get(w.here("/hops/4")); !errors.Is(err, scheduling.ErrUnreachable) {
		t.Errorf("four redirects: %v", err)
	}
	inside := fmt.Sprintf("127.0.0.1:%d/", w.port)
	for _, to := range []string{
		"http://" + inside, "//" + inside, "https://" + inside, "http://localhost:" + inside[len("127.0.0.1:"):], "http://[::ffff:127.0.0.1]:" + inside[len("127.0.0.1:"):],
		"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/latest/meta-data/", "http://metadata.google.internal/", "http://10.0.0.1/",
		"file:///etc/passwd", "ftp://127.0.0.2/", "gopher://127.0.0.2/", "http://user:secret@127.0.0.2:" + inside[len("127.0.0.1:"):], "http://127.0.0.2:22/", "http://127.0.0.2:6379/",
	} {
		if d, err := w.get(w.here("/?to=" + url.QueryEscape(to))); !errors.Is(err, scheduling.ErrUnreachable) {
			t.Errorf("redirected to %s: %v, %v", to, d, err)
		}
	}
	if n := w.private.Load(); n != 0 {
		t.Errorf("what is private was connected to %d times", n)
	}
}

// TestDowngrade has an encrypted address send us to one that is not.
func TestDowngrade(t *testing.T) {
	w := newWorld(t)
	safe := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, r.URL.Query().Get("to"), http.StatusFound)
	}))
	safe.Listener = listen(t, "127.0.0.2:0")
	safe.StartTLS()
	t.Cleanup(safe.Close)
	at, err := url.Parse(safe.URL)
	if err != nil {
		t.Fatal(err)
	}
	var port uint16
	fmt.Sscan(at.Port(), &port)
	w.client = w.newClient(port)
	w.client.http.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true} // httptest's own certificate
	w.client.loopback = true
	if _, err := w.get(safe.URL + "/?to=" + url.QueryEscape(w.here("/"))); !errors.Is(err, scheduling.ErrUnreachable) || w.public.Load() != 0 {
		t.Errorf("from https to http: %v, asked %d times", err, w.public.Load())
	}
	w.client = w.newClient(port)
	if _, err := w.get(safe.URL + "/"); !errors.Is(err, scheduling.ErrUnreachable) {
		t.Errorf("a certificate that nobody vouches for: %v", err)
	}
}

func packed(content []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	z.Write(content)
	z.Close()
	return buf.Bytes()
}

// TestContent takes calendars of the size allowed and nothing else.
func TestContent(t *testing.T) {
	w := newWorld(t)
	long := calendar + strings.Repeat("\r\n", (MaxBytes-len(calendar))/2)
	long += strings.Repeat("\n", MaxBytes-len(long))
	bomb := packed(append([]byte(calendar), make([]byte, 64<<20)...))
	nothing := bytes.Repeat(packed(nil), MaxBytes/len(packed(nil))+1)
	for _, test := range []struct {
		name, encoding string
		body           []byte
		declared       bool // with its length
		fine           bool
	}{
		{"as large as allowed", "", []byte(long), true, true},
		{"as large as allowed, without a length", "", []byte(long), false, true},
		{"one byte more", "", []byte(long + "\n"), true, false},
		{"one byte more, without a length", "", []byte(long + "\n"), false, false},
		{"packed", "gzip", packed([]byte(calendar)), true, true},
		{"packed, as large as allowed", "gzip", packed([]byte(long)), true, true},
		{"packed, one byte more", "gzip", packed([]byte(long + "\n")), true, false},
		{"a bomb", "gzip", bomb, true, false},
		{"a megabyte of packed nothing", "gzip", nothing, false, false},
		{"not packed as said", "gzip", []byte(calendar), true, false},
		{"cut off", "gzip", packed([]byte(calendar))[:40], true, false},
		{"packed otherwise", "br", []byte(calendar), true, false},
		{"packed twice", "gzip, gzip", packed(packed([]byte(calendar))), true, false},
		{"a page", "", []byte("<!doctype html><title>Sign in</title>"), true, false},
		{"nothing", "", nil, true, false},
		{"in small letters", "", []byte("begin:vcalendar\nend:vcalendar\n"), true, true},
	} {
		w.answers(func(rw http.ResponseWriter, _ *http.Request) {
			if test.encoding != "" {
				rw.Header().Set("Content-Encoding", test.encoding)
			}
			if test.declared {
				rw.Header().Set("Content-Length", fmt.Sprint(len(test.body)))
			}
			rw.Write(test.body)
		})
		d, err := w.get(w.here("/"))
		if test.fine && (err != nil || len(d.Body) == 0 || len(d.Body) > MaxBytes) || !test.fine && !errors.Is(err, scheduling.ErrUnreachable) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestAnswers that are none.
func TestAnswers(t *testing.T) {
	w := newWorld(t)
	for name, serve := range map[string]http.HandlerFunc{
		"an error":           func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(500); rw.Write([]byte(calendar)) },
		"nothing there":      http.NotFound,
		"unchanged, unasked": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(304) },
		"part of it":         func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(206); rw.Write([]byte(calendar)) },
		"too many headers": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("X", strings.Repeat("x", maxHeader))
			rw.Write([]byte(calendar))
		},
		"a redirect to nowhere": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(302) },
		"not HTTP": func(rw http.ResponseWriter, _ *http.Request) {
			conn, _, _ := rw.(http.Hijacker).Hijack()
			conn.Write([]byte("SSH-2.0-OpenSSH_9.2 secret banner\r\n"))
			conn.Close()
		},
		"cut off": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Length", "9999")
			rw.Write([]byte(calendar))
			panic(http.ErrAbortHandler)
		},
	} {
		w.answers(serve)
		if d, err := w.get(w.here("/")); !errors.Is(err, scheduling.ErrUnreachable) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
}

// TestPatience ends: with whoever does not begin, and with whoever does not end.
func TestPatience(t *testing.T) {
	w := newWorld(t)
	w.client.patience = 100 * time.Millisecond
	for name, begin := range map[string]string{"never begins": "", "never ends": calendar} {
		left := make(chan struct{})
		w.answers(func(rw http.ResponseWriter, r *http.Request) {
			if begin != "" {
				rw.Write([]byte(begin))
				rw.(http.Flusher).Flush()
			}
			<-r.Context().Done() // until the client has hung up
			close(left)
		})
		if _, err := w.get(w.here("/")); !errors.Is(err, scheduling.ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
		<-left
	}
}

// TestStopped is no failure of the address.
func TestStopped(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	w.answers(func(_ http.ResponseWriter, r *http.Request) {
		stop()
		<-r.Context().Done()
	})
	if _, err := w.client.Get(ctx, w.here("/"), scheduling.Version{}); !errors.Is(err, context.Canceled) || errors.Is(err, scheduling.ErrUnreachable) {
		t.Errorf("stopped: %v", err)
	}
	for range maxAtOnce {
		w.client.atOnce <- struct{}{}
	}
	if _, err := w.client.Get(ctx, w.here("/"), scheduling.Version{}); !errors.Is(err, context.Canceled) {
		t.Errorf("in the queue: %v", err)
	}
}

// TestNothingOfTheAddressIsSaid in an error: it goes to the log.
func TestNothingOfTheAddressIsSaid(t *testing.T) {
	w := newWorld(t)
	w.names.say("inside.example.org", "127.0.0.1")
	w.answers(http.NotFound)
	closed := listen(t, "127.0.0.2:0")
	gone := closed.Addr().String()
	closed.Close()
	for _, address := range []string{
		fmt.Sprintf("http://inside.example.org:%d/t0ken", w.port), "https://unknown.example.org/t0ken", w.here("/t0ken"),
		"http://" + gone + "/t0ken", "https://127.0.0.2:8443/t0ken", w.here("/t0ken")[:10] + "%zz/t0ken", "http://inside.example.org:77/t0ken",
	} {
		_, err := w.get(address)
		if !errors.Is(err, scheduling.ErrUnreachable) {
			t.Fatalf("%s: %v", address, err)
		}
		for _, part := range []string{"t0ken", "127.0.0", "inside", "unknown", "example"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error says %q", address, err)
			}
		}
	}
}
