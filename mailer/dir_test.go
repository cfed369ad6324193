package mailer

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFilesAreReadable(t *testing.T) {
	h, dir := newHouse(t), t.TempDir()
	w := h.workerAt("dir:" + filepath.Join(dir, "new", "mail"))
	m := letter("a", "Aino.Makela@example.com")
	m.Calendar = &Calendar{Method: "REQUEST", Body: []byte(invite)}
	h.add(m, letter("b", "/.x//etc/passwd@example.com"))
	h.run(w, 2)
	names := files(t, filepath.Join(dir, "new", "mail"))
	if len(names) != 2 || !strings.HasPrefix(names[1], "20261020T090000-registration.confirmed-aino.makela@example.com-") ||
		!strings.HasPrefix(names[0], "20261020T090000-registration.confirmed-_.x__etc_passwd@example.com-") {
		t.Fatalf("files %q", names)
	}
	header, parts := read(t, readFile(t, filepath.Join(dir, "new", "mail", names[1])))
	if len(parts) != 3 || header.Get("Message-ID") != "<"+h.get("a").MessageID+">" {
		t.Errorf("%d parts, header %v", len(parts), header)
	}
}

// A repeat after a crash finds its file and leaves it alone.
func TestRepeatWritesTheSameFile(t *testing.T) {
	dir := t.TempDir()
	tr, err := Open("dir:"+dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &Envelope{To: "a@example.com", Kind: "k", MessageID: "abc@x", Date: t0, Body: []byte("first")}
	for range 2 {
		if err := tr.Send(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		e.Body = []byte("second")
	}
	other := *e
	other.MessageID = "def@x"
	if err := tr.Send(t.Context(), &other); err != nil {
		t.Fatal(err)
	}
	names := files(t, dir)
	if len(names) != 2 || string(readFile(t, filepath.Join(dir, names[0]))) != "first" {
		t.Errorf("files %q", names)
	}
}

// A folder that is gone is trouble of the transport: no mail is lost by it.
func TestFolderIsGone(t *testing.T) {
	h, dir := newHouse(t), filepath.Join(t.TempDir(), "mail")
	w := h.workerAt("dir:" + dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	h.add(letter("a", "a@example.com"))
	if _, err := w.RunOnce(t.Context(), h.now()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("RunOnce: %v", err)
	}
	h.wantState("a", Queued)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h.pass(10 * time.Second)
	h.run(w, 1)
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
