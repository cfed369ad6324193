package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kohtaamo/storage"
)

// TestScrub writes a secret into documents of every size, between others that
// come, grow and go, and takes it out again: by replacing, by deleting, and by
// a transaction that fails. Afterwards no file has it any more.
func TestScrub(t *testing.T) {
	const secret = "TheirSecret"
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "a.db"))
	rng := rand.New(rand.NewPCG(6, 6))
	var all, others []*reg
	for i := range 120 {
		r := newReg(i)
		r.Note = strings.Repeat(secret, 1+rng.IntN(25)*rng.IntN(25))
		r.Words = append(r.Words, strings.ToLower(secret)+fmt.Sprint(i))
		all = append(all, r)
		if i%3 == 0 {
			others = append(others, newReg(1000+i))
		}
	}
	put(t, db, append(slices.Clone(all), others...)...)
	for range 8 {
		some := all[rng.IntN(80):][:30]
		for _, r := range some {
			r.Note = strings.Repeat(secret, 1+rng.IntN(25)*rng.IntN(25))
		}
		put(t, db, some...)
	}
	undone := errors.New("undone")
	if err := db.Update(t.Context(), func(tx *storage.Tx) error {
		r := newReg(5000)
		r.Note = strings.Repeat(secret, 500)
		return errors.Join(regs.Put(tx, r), undone)
	}); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if !found(t, dir, secret) {
		t.Fatal("the secret was never there")
	}
	err := db.Update(t.Context(), func(tx *storage.Tx) error {
		for i, r := range all {
			if i%5 == 0 {
				if err := regs.Delete(tx, r); err != nil {
					return err
				}
				continue
			}
			r.Note, r.Words = "", r.Words[:len(r.Words)-1]
			if err := regs.Put(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := dumped(t, db)
	if err := db.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found(t, dir, secret) || found(t, dir, strings.ToLower(secret)) {
		t.Error("the secret can still be read in a file")
	}
	if len(before) != 96+40 || !reflect.DeepEqual(dumped(t, db), before) {
		t.Errorf("of %d documents others are left", len(before))
	}
	if n := count(t, db, storage.Query{Where: []storage.Cond{{Field: "words", Op: storage.Has, Value: all[1].Words[0]}}}); n == 0 {
		t.Error("the words find nothing any more")
	}
}

// dumped are all documents.
func dumped(t *testing.T, db *storage.DB) (all []*reg) {
	t.Helper()
	err := db.View(t.Context(), func(tx *storage.Tx) (err error) {
		all, err = regs.Find(tx, storage.Query{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// found looks into every file of a folder.
func found(t *testing.T, dir, text string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte(text)) {
			return true
		}
	}
	return false
}
