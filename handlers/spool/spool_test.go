package spool

import (
	"errors"
	"io"
	"os"
	"testing"
)

func TestFilesLeaveNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	left := func() int {
		t.Helper()
		list, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	f, err := Of(func(w io.Writer) error { _, err := io.WriteString(w, "whole"); return err })
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(f); string(body) != "whole" || err != nil || left() != 1 {
		t.Errorf("read %q, %v, with %d files", body, err, left())
	}
	if err := f.Close(); err != nil || left() != 0 {
		t.Errorf("closed: %v, %d files are left", err, left())
	}
	half := errors.New("half")
	if _, err := Of(func(io.Writer) error { return half }); !errors.Is(err, half) || left() != 0 {
		t.Errorf("failed: %v, %d files are left", err, left())
	}
}
