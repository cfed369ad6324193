// Package spool keeps an answer that is a large file until it is whole. It waits
// in a temporary file: a slow reader holds no view of the database open, and
// what fails on the way is an error and no half a file.
package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// A File is a temporary file that is gone when it is closed.
type File struct{ *os.File }

// New makes an empty one.
func New() (*File, error) {
	f, err := os.CreateTemp("", "kohtaamo-export-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	return &File{f}, nil
}

// Of gives what write writes, from its beginning. What cannot be written leaves
// no file behind.
func Of(write func(io.Writer) error) (*File, error) {
	f, err := New()
	if err != nil {
		return nil, err
	}
	if err = write(f); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close takes the file away.
func (f *File) Close() error { return errors.Join(f.File.Close(), os.Remove(f.Name())) }
