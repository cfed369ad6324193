package fetch

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// TestPost sends to the world's internet; nothing private is reached by an
// address, nor by a redirect, which is not followed.
func TestPost(t *testing.T) {
	w := newWorld(t)
	port := ":" + strconv.Itoa(int(w.port))
	w.names.say("crm.example.org", "127.0.0.2")
	var got string
	w.answers(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.Header.Get("webhook-id") + " " + r.Header.Get("User-Agent") + " " + string(body)
		rw.WriteHeader(http.StatusTeapot)
		rw.Write([]byte(strings.Repeat("x", 3*maxAnswer)))
	})
	a, err := w.client.Post(t.Context(), "http://crm.example.org"+port+"/in", map[string]string{"webhook-id": "m1"}, []byte(`{"a":1}`))
	if err != nil || a.Status != http.StatusTeapot || len(a.Begin) != maxAnswer || got != `POST m1 `+w.client.agent+` {"a":1}` {
		t.Errorf("answer %+v, %v; it heard %q", a, err, got)
	}
	w.answers(func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "http://127.0.0.1"+port+"/private", http.StatusTemporaryRedirect)
	})
	if a, err := w.client.Post(t.Context(), "http://crm.example.org"+port+"/in", nil, nil); err != nil || a.Status != http.StatusTemporaryRedirect {
		t.Errorf("a redirect: %+v, %v", a, err)
	}
	for _, address := range []string{"http://127.0.0.1" + port, "http://localhost" + port, "http://10.0.0.1/", "http://crm.example.org:22/", "https://a:b@crm.example.org" + port, "ftp://crm.example.org/"} {
		if a, err := w.client.Post(t.Context(), address, nil, nil); !errors.Is(err, scheduling.ErrUnreachable) || strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%s: %+v, %v", address, a, err)
		}
	}
	if n := w.private.Load(); n != 0 {
		t.Errorf("what is private was connected to %d times", n)
	}
}
