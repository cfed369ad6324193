package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/storage"
	"kohtaamo/storage/sqlite"
)

// The test binary runs itself as a second program: CHILD says what to do, FILE
// with which database.
const child, file = "KOHTAAMO_TEST_CHILD", "KOHTAAMO_TEST_FILE"

func TestMain(m *testing.M) {
	if task := children[os.Getenv(child)]; task != nil {
		if err := task(os.Getenv(file)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var children = map[string]func(path string) error{
	"storm": storm,
	"add":   func(path string) error { return addUp(path, 200) },
	"index": addIndex,
}

// spawn starts the second program; its output is to be read.
func spawn(t *testing.T, task, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+task, file+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

func openChild(path string, specs ...storage.Spec) (*storage.DB, error) {
	e, err := sqlite.Open(path)
	if err != nil {
		return nil, err
	}
	return storage.Open(context.Background(), e, storage.Schema{Specs: specs})
}

// storm stores registrations from many goroutines until it is killed, and says
// which were answered.
func storm(path string) error {
	db, err := openChild(path, regs.Spec)
	if err != nil {
		return err
	}
	var out sync.Mutex
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				r, pair := newReg(0), newReg(1)
				for n, r := range []*reg{r, pair} {
					r.ID = fmt.Sprint(os.Getpid(), "-", g, "-", i, "-", n)
					r.Email = r.ID
				}
				err := db.Update(context.Background(), func(tx *storage.Tx) error {
					if err := regs.Put(tx, r); err != nil {
						return err
					}
					return regs.Put(tx, pair)
				})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				out.Lock()
				fmt.Println(r.ID)
				out.Unlock()
			}
		})
	}
	wg.Wait()
	return nil
}

// TestKill: everything that was answered before a kill -9 is there afterwards,
// and nothing is half there.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	var answered []string
	for round := range 5 {
		cmd, lines := spawn(t, "storm", path)
		for n := 0; lines.Scan(); n++ {
			answered = append(answered, lines.Text())
			if n == 100+50*round {
				cmd.Process.Kill()
			}
		}
		cmd.Wait()
		checkAnswered(t, path, answered)
	}
}

func checkAnswered(t *testing.T, path string, answered []string) {
	t.Helper()
	db := open(t, path)
	defer db.Close()
	err := db.View(t.Context(), func(tx *storage.Tx) error {
		for _, id := range answered {
			if _, err := regs.Get(tx, id); err != nil {
				return err
			}
		}
		for r, err := range regs.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			other := map[byte]string{'0': "1", '1': "0"}[r.ID[len(r.ID)-1]]
			if _, err := regs.Get(tx, r.ID[:len(r.ID)-1]+other); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if words, docs := count(t, db, storage.Query{Where: []storage.Cond{{Field: "words", Op: storage.Has, Value: "all"}}}), count(t, db, storage.Query{}); words != docs || docs < 2*len(answered) {
		t.Errorf("%d documents, %d by word, %d answered", docs, words, 2*len(answered))
	}
}

// addUp adds one to a counter n times, each in a transaction.
func addUp(path string, n int) error {
	db, err := openChild(path, regs.Spec)
	if err != nil {
		return err
	}
	for range n {
		err := db.Update(context.Background(), func(tx *storage.Tx) error {
			r, err := regs.Get(tx, "counter")
			if err != nil {
				return err
			}
			n, _ := strconv.Atoi(r.Note)
			r.Note = strconv.Itoa(n + 1)
			return regs.Put(tx, r)
		})
		if err != nil {
			return err
		}
	}
	return db.Close()
}

// TestSecondProcess: two programs write to the same document of the same file.
func TestSecondProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := open(t, path)
	counter := newReg(0)
	counter.ID, counter.Note = "counter", "0"
	put(t, db, counter)
	before := db.Changes(regs.Spec)
	cmd, lines := spawn(t, "add", path)
	if err := addUp(path, 200); err != nil {
		t.Error(err)
	}
	for lines.Scan() {
		t.Log(lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if err := db.View(t.Context(), func(tx *storage.Tx) error {
		r, err := regs.Get(tx, "counter")
		if err == nil && r.Note != "400" {
			t.Errorf("counted %s, want 400", r.Note)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	for deadline := time.Now().Add(time.Second); db.Changes(regs.Spec) == before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the other process's commits were not noticed")
		}
	}
}

var indexed = storage.NewCollection[reg]("regs", append([]storage.Index{storage.Ordered("name"), storage.Many("words")}, regs.Spec.Indexes[0])...)

func addIndex(path string) error {
	fmt.Println("start")
	db, err := openChild(path, indexed.Spec)
	if err != nil {
		return err
	}
	fmt.Println("done")
	return db.Close()
}

// TestKillWhileIndexing: an index that a kill left half filled is not taken as
// done.
func TestKillWhileIndexing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	bare := storage.NewCollection[reg]("regs")
	db, err := openChild(path, bare.Spec)
	if err != nil {
		t.Fatal(err)
	}
	const n = 5000
	if err := db.Update(t.Context(), func(tx *storage.Tx) error {
		for i := range n {
			if err := bare.Put(tx, newReg(i)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	db.Close()
	killed := 0
	for wait := 20 * time.Millisecond; ; wait += wait / 2 {
		cmd, lines := spawn(t, "index", path)
		lines.Scan() // start
		time.Sleep(wait)
		cmd.Process.Kill()
		done := lines.Scan()
		cmd.Wait()
		if done {
			break
		}
		killed++
	}
	if killed == 0 {
		t.Error("it was done before it could be killed")
	}
	db, err = openChild(path, indexed.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(t.Context(), func(tx *storage.Tx) error {
		for _, c := range []storage.Cond{{Field: "words", Op: storage.Has, Value: "all"}, {Field: "name", Op: storage.Ge, Value: ""}, {Field: "email", Op: storage.Ge, Value: ""}} {
			got, err := indexed.Count(tx, storage.Query{Where: []storage.Cond{c}})
			if err != nil {
				return err
			}
			if got != n {
				t.Errorf("%d documents by %s, want %d (killed %d times)", got, c.Field, n, killed)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestOtherVersion: a program whose indexes another version has replaced stops
// writing rather than leave documents out of indexes it does not know.
func TestOtherVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	old := open(t, path)
	put(t, old, newReg(1))
	other, err := openChild(path, indexed.Spec)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = old.Update(t.Context(), func(tx *storage.Tx) error { return regs.Put(tx, newReg(2)) })
	if err == nil || !strings.Contains(err.Error(), "another version") {
		t.Errorf("the old program wrote on: %v", err)
	}
	if err := other.Update(t.Context(), func(tx *storage.Tx) error { return indexed.Put(tx, newReg(3)) }); err != nil {
		t.Error(err)
	}
}

// newReg is the i-th of many registrations.
func newReg(i int) *reg {
	first := []string{"Päivi", "Matti", "Aino", "Juha", "Sari", "Mikko", "Anna", "Timo"}[i%8]
	last := []string{"Korhonen", "Virtanen", "Mäkinen", "Nieminen", "Heikkinen"}[i/8%5] + strconv.Itoa(i/40)
	email := fmt.Sprintf("%s.%d@example.org", strings.ToLower(first), i)
	return &reg{
		Meta: storage.Meta{ID: fmt.Sprintf("%08x", uint32(i)*2654435761)}, EventID: "event" + strconv.Itoa(i%7),
		Email: email, Name: last + " " + first, State: []string{"confirmed", "waitlisted", "cancelled"}[i%3],
		Words:   []string{"all", strings.ToLower(first), strings.ToLower(last), email},
		Answers: map[string]string{"company": "Northern Power Oy", "topic": "grid storage", "diet": "vegan"},
		Note:    strings.Repeat("Looking forward to it. ", 8),
	}
}
