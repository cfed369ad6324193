package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A running server is one of this process.
type running struct {
	lines  []string // what it printed before it was ready
	base   string
	stop   context.CancelFunc
	status chan int
}

// start serves on a free port and waits until it has said where.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	return startAt(t, time.Now, args...)
}

// startAt is start by another clock.
func startAt(t *testing.T, now func() time.Time, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r := &running{stop: stop, status: make(chan int, 1)}
	c := &console{stdout: in, stderr: t.Output(), now: now}
	go func() {
		r.status <- run(ctx, c, append([]string{"serve", "--listen", "127.0.0.1:0", "--log-level", "warn"}, args...))
		in.Close()
	}()
	t.Cleanup(func() { r.end(t) })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		r.lines = append(r.lines, lines.Text())
		if _, at, ok := strings.Cut(lines.Text(), " is at "); ok {
			r.base = at
			go io.Copy(io.Discard, out)
			return r
		}
	}
	t.Fatalf("the server ended with status %d", <-r.status)
	return nil
}

// end stops the server, which has to end in time and without a complaint.
func (r *running) end(t *testing.T) {
	t.Helper()
	if r.status == nil {
		return
	}
	r.stop()
	select {
	case status := <-r.status:
		if status != exitDone {
			t.Errorf("serve ended with status %d", status)
		}
	case <-time.After(10 * time.Second):
		t.Error("serve did not end within 10 s")
	}
	r.status = nil
}

// says gives the line after the one that has the words.
func (r *running) says(words string) string {
	for i, line := range r.lines {
		if strings.Contains(line, words) && i+1 < len(r.lines) {
			return strings.TrimSpace(r.lines[i+1])
		}
	}
	return ""
}

// answer gives the status and body of a page.
func answer(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestFirstRun(t *testing.T) {
	dir := t.TempDir()
	db, mail := database(dir, "k.db"), "--mail=dir:"+filepath.Join(dir, "mail")
	s := start(t, db, mail)
	link := s.says("administrator")
	if !strings.HasPrefix(link, s.base+"/login/") {
		t.Fatalf("it printed %q", s.lines)
	}
	if status, _ := answer(t, link); status != http.StatusOK {
		t.Errorf("the link answers %d", status)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if status, _ := answer(t, s.base+path); status != http.StatusOK {
			t.Errorf("%s answers %d", path, status)
		}
	}
	if out := must(t, "health", "--listen", strings.TrimPrefix(s.base, "http://")); out != "ready\n" {
		t.Errorf("health says %q", out)
	}
	must(t, "admin", "--email", "helena@example.org", db)
	s.end(t)

	s = start(t, db, mail)
	if link := s.says("administrator"); link != "" {
		t.Errorf("a house with an administrator still gives away %q", link)
	}
}

func TestAPI(t *testing.T) {
	dir := t.TempDir()
	db := database(dir, "k.db")
	must(t, "admin", "--email", "helena@example.org", db)
	plain := strings.TrimSpace(must(t, "token", "--name", "Monitor", "--role", "administrator", "--scope", "read", db))
	s := start(t, db, "--mail=log:")
	if status, body := answer(t, s.base+"/api/v1/openapi.json"); status != http.StatusOK || !strings.Contains(body, s.base+"/api/v1") {
		t.Errorf("the description answers %d %.80q", status, body)
	}
	ask := func(method, path, bearer string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+bearer)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	if status, body := ask(http.MethodGet, "/api/v1/jobs", plain); status != http.StatusOK || !strings.Contains(body, `"reminders"`) {
		t.Errorf("the jobs answer %d %s", status, body)
	}
	if status, _ := ask(http.MethodPost, "/api/v1/jobs/reminders/runs", plain); status != http.StatusForbidden {
		t.Errorf("a token that may read runs a job: %d", status)
	}
	if status, _ := ask(http.MethodGet, "/api/v1/jobs", plain+"x"); status != http.StatusUnauthorized {
		t.Errorf("a wrong token answers %d", status)
	}
	writing := strings.TrimSpace(must(t, "token", "--name", "Runner", "--role", "administrator", db))
	if status, body := ask(http.MethodPost, "/api/v1/jobs/reminders/runs", writing); status >= 300 {
		t.Errorf("running a job answers %d %s", status, body)
	}
	if status, _ := ask(http.MethodPost, "/api/v1/jobs/nothing/runs", writing); status != http.StatusNotFound {
		t.Errorf("an unknown job answers %d", status)
	}
}

func TestAddressInUse(t *testing.T) {
	dir := t.TempDir()
	s := start(t, database(dir, "a.db"), "--mail=log:")
	r := call(t, nil, "serve", "--listen", strings.TrimPrefix(s.base, "http://"), database(dir, "b.db"))
	if r.status != exitFailed || !strings.Contains(r.errors, "--listen") {
		t.Errorf("%+v", r)
	}
}

// TestSignal serves in a process of its own and ends it as a system does.
func TestSignal(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "serve", "--listen", "127.0.0.1:0", database(dir, "k.db"), "--mail", "dir:"+filepath.Join(dir, "mail"))
	cmd.Env = append(os.Environ(), "KOHTAAMO_TEST_MAIN=1")
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	base := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), " is at "); ok {
			base = at
			break
		}
	}
	if status, body := answer(t, base+"/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("/healthz answers %d %q", status, body)
	}
	begun := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if err := intact(filepath.Join(dir, "k.db")); err != nil {
		t.Error(err)
	}
}
