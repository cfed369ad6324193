package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kohtaamo/storage"
	"kohtaamo/storage/sqlite"
	"kohtaamo/storage/storagetest"
)

func TestEngine(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) func() storage.Engine {
		path := filepath.Join(t.TempDir(), "test.db")
		return func() storage.Engine { return engine(t, path) }
	})
}

func engine(t testing.TB, path string) *sqlite.Engine {
	t.Helper()
	e, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A reg is about what a registration is: some 600 bytes.
type reg struct {
	storage.Meta `bson:",inline"`
	EventID      string            `bson:"event_id"`
	Email        string            `bson:"email"`
	Name         string            `bson:"name"`
	State        string            `bson:"state"`
	Words        []string          `bson:"words"`
	Answers      map[string]string `bson:"answers"`
	Note         string            `bson:"note"`
}

var regs = storage.NewCollection[reg]("regs", storage.Unique("event_id", "email"), storage.Ordered("event_id", "name"),
	storage.Ordered("event_id", "state"), storage.Many("words"))

func open(t testing.TB, path string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), engine(t, path), storage.Schema{Specs: []storage.Spec{regs.Spec}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t testing.TB, db *storage.DB, q storage.Query) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx *storage.Tx) (err error) {
		n, err = regs.Count(tx, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOpenRefused: the error says what is wrong and what to do.
func TestOpenRefused(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear all, this is not a database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	open(t, other).Close()
	foreign(t, other)
	for _, test := range []struct{ path, says string }{
		{"", "no path"},
		{dir, "add a file name"},
		{filepath.Join(dir, "no", "where.db"), "create it"},
		{filepath.Join(text, "x.db"), "not a folder"},
		{text, "not an SQLite database"},
		{other, "another program"},
	} {
		e, err := sqlite.Open(test.path)
		if err == nil {
			e.Close()
		}
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.path, err, test.says)
		}
	}
}

// foreign makes the file look like another program's: its application ID, four
// bytes at 68 (https://sqlite.org/fileformat.html), is 0.
func foreign(t *testing.T, path string) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(make([]byte, 4), 68); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("the superuser may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(filepath.Join(dir, "x.db"))
	if err == nil || !strings.Contains(err.Error(), "must be writable") {
		t.Errorf("%v", err)
	}
}

// TestOddPaths: the path is taken as it is, and the file is its owner's alone.
func TestOddPaths(t *testing.T) {
	for _, name := range []string{"a b.db", "100%41.db", "what?mode=memory", "päivä#1.db"} {
		path := filepath.Join(t.TempDir(), name)
		db := open(t, path)
		put(t, db, newReg(1))
		db.Close()
		info, err := os.Stat(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if info.Mode().Perm() != 0o600 || info.Size() == 0 {
			t.Errorf("%s: mode %v, %d bytes", name, info.Mode(), info.Size())
		}
		if n := count(t, open(t, path), storage.Query{}); n != 1 {
			t.Errorf("%s: %d documents", name, n)
		}
	}
}

func put(t testing.TB, db *storage.DB, rs ...*reg) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *storage.Tx) error {
		for _, r := range rs {
			if err := regs.Put(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "a.db"))
	stop, stopped := make(chan struct{}), make(chan int)
	go func() { // somebody keeps writing
		for i := 0; ; i++ {
			select {
			case <-stop:
				stopped <- i
				return
			default:
				put(t, db, newReg(2*i), newReg(2*i+1))
			}
		}
	}()
	var copies []string
	for _, name := range []string{"1.db", "2.db", "3.db"} {
		path := filepath.Join(dir, name)
		if err := db.Backup(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		copies = append(copies, path)
	}
	close(stop)
	last := 2 * <-stopped
	for _, path := range copies {
		n := count(t, open(t, path), storage.Query{})
		if n%2 != 0 || n > last {
			t.Errorf("%s has %d documents, of %d: half a transaction", path, n, last)
		}
	}
	if err := db.Backup(t.Context(), copies[0]); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("overwritten: %v", err)
	}
	if err := db.Backup(t.Context(), filepath.Join(dir, "no", "x.db")); err == nil {
		t.Error("a backup into no folder")
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.part-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
