package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"kohtaamo/storage"
)

// applicationID marks the file as ours ("KOHT"); see file(1) and PRAGMA
// application_id.
const applicationID = 0x4b4f4854

// checkFile finds out what SQLite would only call "unable to open", and
// creates a file that only its owner can read: it holds people's addresses.
func checkFile(path string) error {
	if path == "" {
		return errors.New("no path is given")
	}
	dir := filepath.Dir(path)
	if info, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s: create it, or choose another path", dir)
	} else if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, not a folder: choose another path", dir)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("this is a folder: add a file name, such as kohtaamo.db")
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrPermission) || errors.As(err, new(*fs.PathError)) {
		return fmt.Errorf("%w: the file and its folder must be writable for the user that runs kohtaamo", errors.Unwrap(err))
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// claim marks a new file as ours and refuses one of another program.
func (e *Engine) claim() error {
	id, err := e.writer.number("PRAGMA application_id")
	if err != nil || id == applicationID {
		return err
	}
	tables, err := e.writer.number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	if tables > 0 {
		return errors.New("this is the SQLite database of another program: choose another path")
	}
	return e.writer.exec(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
}

// code is SQLite's extended error code, 0 for any other error.
func code(err error) int {
	if se, ok := errors.AsType[*sqlite.Error](err); ok {
		return se.Code()
	}
	return 0
}

func busy(err error) bool {
	return code(err)&0xff == sqlite3.SQLITE_BUSY
}

// explain adds to SQLite's errors what they mean here and what to do.
func explain(err error) error {
	switch code(err) & 0xff {
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("%w: another process has kept the file locked: %w", storage.ErrBusy, err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("this file is not an SQLite database (or it is encrypted): choose another path, or restore a backup: %w", err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the file is damaged: stop kohtaamo and restore a backup: %w", err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("the disk is full, nothing was stored: make room: %w", err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("the file and its folder must be writable for the user that runs kohtaamo: %w", err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the disk failed, nothing was stored: %w", err)
	}
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return storage.ErrDuplicate
	}
	return err
}

// Backup writes a compact copy to path, which must not exist: to a name beside
// it first, so that path is there only when it is whole and on the disk.
func (e *Engine) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("backup: %s exists already: choose another name", path)
	}
	if err := e.backup(ctx, path); err != nil {
		return fmt.Errorf("backup to %s: %w", path, err)
	}
	return nil
}

func (e *Engine) backup(ctx context.Context, path string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := dial(e.path, copying)
	if err != nil {
		return explain(err)
	}
	err = c.exec("VACUUM INTO ?", tmp.Name())
	c.close()
	if err != nil {
		return explain(err)
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	// Link and not Rename: it fails if somebody made path in the meantime.
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return errors.New("it exists already: choose another name")
	} else if err != nil { // a file system without links
		if err := os.Rename(tmp.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a new name in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
