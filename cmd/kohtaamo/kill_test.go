package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// A process serves in a process of its own, which can be killed.
type process struct {
	cmd  *exec.Cmd
	base string
}

// spawn starts one and waits until it has said where it is.
func spawn(t *testing.T, args ...string) *process {
	t.Helper()
	return spawnTo(t, t.Output(), args...)
}

// spawnTo is spawn with another place for what the server logs.
func spawnTo(t *testing.T, log io.Writer, args ...string) *process {
	t.Helper()
	all := append([]string{"serve", "--listen", "127.0.0.1:0", "--log-level", "warn"}, args...)
	p := &process{cmd: exec.Command(os.Args[0], all...)}
	p.cmd.Env = append(os.Environ(), "KOHTAAMO_TEST_MAIN=1")
	p.cmd.Stderr = log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, at, ok := strings.Cut(lines.Text(), " is at "); ok {
			p.base = at
			go io.Copy(io.Discard, out)
			return p
		}
	}
	t.Fatalf("the server ended: %v", p.cmd.Wait())
	return nil
}

// A visit is what one person knows at the end: what they asked for and what
// was answered.
type visit struct {
	asked, answered    bool // the form
	told               *receipt
	cancels, cancelled bool // asked to, and was answered
}

// A journal is what all people know, by their number.
type journal struct {
	event  *scheduling.Event
	visits []visit
	next   atomic.Int64
	over   atomic.Bool  // the server is being ended: connections may break
	forms  atomic.Int64 // answered in this life of the server
}

// newJournal has room for more people than any machine serves in the time.
func newJournal(e *scheduling.Event) *journal {
	return &journal{event: e, visits: make([]visit, 200_000)}
}

// during lets people come, 60 at a time, until the server is gone. Whoever was
// not answered comes again in the next life of the server with the same form.
func (j *journal) during(t *testing.T, base string, end func()) {
	c := newCrowd(base, 60)
	defer c.close()
	j.over.Store(false)
	j.forms.Store(0)
	again := make(chan int, len(j.visits))
	for n := range int(j.next.Load()) {
		if j.visits[n].asked && !j.visits[n].answered {
			again <- n
		}
	}
	var wg sync.WaitGroup
	for range 60 {
		wg.Go(func() {
			for {
				n := 0
				select {
				case n = <-again:
				default:
					n = int(j.next.Add(1)) - 1
				}
				if err := j.visit(c, n); err != nil {
					if errors.Is(err, errAnswer) || !j.over.Load() {
						t.Errorf("person %d: %v", n, err)
					}
					return
				}
			}
		})
	}
	end()
	wg.Wait()
}

// midst waits until the server is in the midst of its work: some forms are
// answered, and a moment more. It counts answers because machines differ in
// how long the first one takes.
func (j *journal) midst(t *testing.T) {
	t.Helper()
	const least, patience = 7, time.Minute // three lives answer more than check wants to see
	want := least + rand.Int64N(40)
	for begun := time.Now(); j.forms.Load() < want; time.Sleep(time.Millisecond) {
		if time.Since(begun) > patience {
			t.Errorf("only %d forms were answered in %v", j.forms.Load(), patience)
			break
		}
	}
	time.Sleep(rand.N(50 * time.Millisecond))
	j.over.Store(true)
}

// visit is all that one person does: the form, the receipt, and for every
// third a change of mind.
func (j *journal) visit(c *crowd, n int) error {
	v := &j.visits[n]
	v.asked = true
	path, err := c.register(n, j.event.Slug)
	if err != nil {
		return err
	}
	v.answered = true
	j.forms.Add(1)
	told, err := c.receipt(n, path)
	if err != nil {
		return err
	}
	v.told = &told
	if n%3 != 0 || told.state == scheduling.Withdrawn {
		return nil
	}
	v.cancels = true
	r, err := c.send(n, http.MethodPost, told.my+"/cancel", url.Values{"reason": {"ill"}})
	if err != nil {
		return err
	}
	if r.status != http.StatusSeeOther || r.location != told.my {
		return r.wrong("cancelling")
	}
	v.cancelled = true
	return nil
}

// TestKill kills the server ten times at random moments while people register
// and cancel, and then compares the database with what they were answered.
func TestKill(t *testing.T) {
	lives := 10
	if testing.Short() {
		lives = 3
	}
	engines(t, func(t *testing.T, db string) {
		const seats = 50
		mail := filepath.Join(t.TempDir(), "mail")
		j := newJournal(newEvent(t, db, seats))
		args := []string{db, "--mail=dir:" + mail, "--proxy-header=X-Forwarded-For"}
		for range lives {
			p := spawn(t, args...)
			j.during(t, p.base, func() {
				j.midst(t)
				if err := p.cmd.Process.Kill(); err != nil {
					t.Error(err)
				}
				p.cmd.Wait()
			})
		}
		sendRest(t, db, mail)
		j.check(t, db, seats)
		checkFiles(t, look(t, db, j.event), mail)
	})
}

// TestTerminate ends the server in the midst of its work as systems do: who was
// answered was answered the truth, and nobody read of a fault of ours.
func TestTerminate(t *testing.T) {
	engines(t, func(t *testing.T, db string) {
		const seats = 50
		j := newJournal(newEvent(t, db, seats))
		for range 3 {
			p := spawn(t, db, "--mail=dir:"+filepath.Join(t.TempDir(), "mail"), "--proxy-header=X-Forwarded-For")
			j.during(t, p.base, func() {
				j.midst(t)
				p.terminate(t)
			})
		}
		j.check(t, db, seats)
	})
}

// terminate asks the process to end, which it has to within ten seconds.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	begun := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the server took %v to end", took)
	}
}

// sendRest sends what the killed servers left, some minutes later: what they
// had in their hands is free again by then.
func sendRest(t *testing.T, db, dir string) {
	t.Helper()
	h := openHouse(t, db)
	defer h.close()
	h.db.Now = func() time.Time { return time.Now().Add(10 * time.Minute) }
	transport, err := mailer.Open("dir:"+dir, h.cfg.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer transport.Close()
	worker := &mailer.Worker{Outbox: h.outbox, Transport: transport, Log: h.cfg.Log}
	if _, err := worker.RunOnce(t.Context(), h.db.Now()); err != nil {
		t.Error(err)
	}
	counts, err := h.outbox.Counts(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for state, n := range counts {
		if state.Open() {
			t.Errorf("%d mails are still %s", n, state)
		}
	}
}

// check compares the journal with the database.
func (j *journal) check(t *testing.T, db string, seats int) {
	t.Helper()
	if path, ok := strings.CutPrefix(db, "--database=file:"); ok {
		if err := intact(path); err != nil {
			t.Error(err)
		}
	}
	got := look(t, db, j.event)
	j.checkSeats(t, got, seats)
	answered, cancelled := 0, 0
	for n := range int(j.next.Load()) {
		v, r := &j.visits[n], got.registrations[address(n)]
		if err := v.check(r); err != nil {
			t.Errorf("%s: %v", address(n), err)
			continue
		}
		if r != nil {
			if err := v.checkMails(r, got.kinds(r)); err != nil {
				t.Errorf("%s: %v", address(n), err)
			}
		}
		if v.answered {
			answered++
		}
		if v.cancelled {
			cancelled++
		}
	}
	t.Logf("%d people were answered, %d of them cancelled; %d registrations, %d with a seat, %d waiting",
		answered, cancelled, len(got.registrations), got.seating.Taken, got.seating.Waiting)
	if answered < 20 {
		t.Errorf("only %d people were answered: this shows nothing", answered)
	}
}

func (j *journal) checkSeats(t *testing.T, got *stored, seats int) {
	t.Helper()
	taken, waiting := got.count(scheduling.Confirmed), got.count(scheduling.Waitlisted)
	if taken > seats || waiting > 0 && taken < seats {
		t.Errorf("%d of %d seats are taken while %d people wait", taken, seats, waiting)
	}
	if s := got.seating; s.Taken != taken || s.Waiting != waiting {
		t.Errorf("counted are %d seats and %d waiting, but there are %d and %d", s.Taken, s.Waiting, taken, waiting)
	}
	places := map[int64]string{}
	for _, r := range got.registrations {
		if r.State != scheduling.Waitlisted {
			continue
		}
		if other := places[r.Queue]; other != "" {
			t.Errorf("%s and %s have place %d in the queue", r.Email, other, r.Queue)
		}
		places[r.Queue] = r.Email
	}
}

// check says whether r is what its person was told, or what may have become of
// it since.
func (v *visit) check(r *scheduling.Registration) error {
	switch {
	case r == nil && v.answered:
		return errors.New("was answered and is not there")
	case r != nil && !v.asked:
		return errors.New("is there and never asked")
	case r == nil || v.told == nil:
		return nil
	}
	gone := r.State == scheduling.Withdrawn || r.State == scheduling.Left
	switch {
	case v.cancelled && !gone:
		return fmt.Errorf("cancelled and is %s", r.State)
	case gone && !v.cancels:
		return fmt.Errorf("was told %s and is %s", v.told.state, r.State)
	case gone:
		return nil
	case v.told.state == scheduling.Confirmed && r.State != scheduling.Confirmed:
		return fmt.Errorf("was told of a seat and is %s", r.State)
	case v.told.state == scheduling.Waitlisted && r.State == scheduling.Waitlisted && int(r.Queue) < v.told.position:
		return fmt.Errorf("was told number %d with the place %d", v.told.position, r.Queue)
	}
	return nil
}

// checkMails says whether each mail that r's way called for is there, once.
func (v *visit) checkMails(r *scheduling.Registration, kinds []string) error {
	ways := map[scheduling.RegState][]string{
		scheduling.Confirmed:  {"confirmed", "confirmed waitlisted"},
		scheduling.Waitlisted: {"waitlisted"},
		scheduling.Withdrawn:  {"cancelled confirmed", "cancelled confirmed waitlisted"},
		scheduling.Left:       {"left waitlisted"},
	}[r.State]
	if !slices.Contains(ways, strings.Join(kinds, " ")) {
		return fmt.Errorf("is %s with the mails %v", r.State, kinds)
	}
	if v.told != nil && v.told.state == scheduling.Waitlisted && !slices.Contains(kinds, "waitlisted") {
		return fmt.Errorf("was told to wait, with the mails %v", kinds)
	}
	return nil
}

// checkFiles looks whether every mail that says it was sent is in the folder,
// once, and nothing else is.
func checkFiles(t *testing.T, got *stored, dir string) {
	t.Helper()
	files := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if id, ok := strings.CutSuffix(path, ".eml"); ok {
			files[id[strings.LastIndexByte(id, '-')+1:]]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range got.mails {
		for _, m := range list {
			id, _, _ := strings.Cut(m.MessageID, "@")
			if n := files[id]; n > 1 || n == 0 && m.State == mailer.Sent {
				t.Errorf("mail %s is %s and in %d files", m.ID, m.State, n)
			}
			delete(files, id)
		}
	}
	if len(files) > 0 {
		t.Errorf("%d files are of no mail: %v", len(files), files)
	}
}
