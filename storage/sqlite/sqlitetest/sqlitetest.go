// Package sqlitetest opens databases for tests of what is stored in them.
package sqlitetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"kohtaamo/storage"
	"kohtaamo/storage/sqlite"
)

// Opener makes a function that opens a new database with the collections of
// specs, in a temporary folder, and closes it when the test is over. To make the
// tables takes longer than most tests: they are made once, in a file that is
// copied for every test.
func Opener(specs ...storage.Spec) func(testing.TB) *storage.DB {
	schema := storage.Schema{Specs: specs}
	empty := sync.OnceValues(func() ([]byte, error) { return emptyFile(schema) })
	return func(t testing.TB) *storage.DB {
		t.Helper()
		file, err := empty()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "house.db")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := open(t.Context(), path, schema)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
}

// emptyFile is a database with nothing but its tables. Closing leaves all of it
// in the one file.
func emptyFile(schema storage.Schema) ([]byte, error) {
	dir, err := os.MkdirTemp("", "sqlitetest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "empty.db")
	db, err := open(context.Background(), path, schema)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func open(ctx context.Context, path string, schema storage.Schema) (*storage.DB, error) {
	engine, err := sqlite.Open(path)
	if err != nil {
		return nil, err
	}
	db, err := storage.Open(ctx, engine, schema)
	if err != nil {
		engine.Close()
	}
	return db, err
}
