package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"kohtaamo/storage"
)

// fromDatabase is a command with one argument that needs nothing but the
// database.
func fromDatabase(ctx context.Context, c *console, args []string, name, about string, mayBeNew bool,
	do func(db *storage.DB, file string) error) error {
	flags := newFlags(c, name, "FILE", about)
	config := addSettings(flags, c, everywhere)
	files, err := parse(flags, args, 1, 1)
	if err != nil {
		return err
	}
	cfg, err := config()
	if err != nil {
		return err
	}
	db, err := openDB(ctx, c, cfg, mayBeNew)
	if err != nil {
		return err
	}
	defer db.Close()
	return do(db, files[0])
}

func export(ctx context.Context, c *console, args []string) error {
	const about = "Writes everything in the database, of one moment, as lines of JSON, while others may use it.\nThe file can be imported into SQLite and into MongoDB. It holds personal data: keep it as safe as the database."
	return fromDatabase(ctx, c, args, "export", about, false, func(db *storage.DB, file string) error {
		if file == "-" {
			return db.Export(ctx, c.stdout)
		}
		return newFile(file, func(w io.Writer) error { return db.Export(ctx, w) })
	})
}

// newFile writes a file that only its owner can read, and removes it again if
// it did not become whole. It refuses to overwrite.
func newFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already: choose another name", path)
	}
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
	}
	return err
}

func importFile(ctx context.Context, c *console, args []string) error {
	const about = "Reads what kohtaamo export wrote into a database that is empty, all of it or nothing."
	return fromDatabase(ctx, c, args, "import", about, true, func(db *storage.DB, file string) error {
		if file == "-" {
			return db.Import(ctx, c.stdin)
		}
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		return db.Import(ctx, f)
	})
}

func backup(ctx context.Context, c *console, args []string) error {
	const about = "Copies an SQLite database to a new file, consistent and compact, while others use it.\nTo restore it, stop kohtaamo and put the copy in the place of the database."
	return fromDatabase(ctx, c, args, "backup", about, false, func(db *storage.DB, file string) error {
		return db.Backup(ctx, file)
	})
}
