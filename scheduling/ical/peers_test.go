package ical_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/ical"
)

// A peer is a program that reads calendars by code that is not ours.
type peer struct {
	name   string
	reader string // what of ours has it read, in .ci/peers
	// command finds it and gives how to run the reader, or says what is missing.
	command func(t *testing.T, reader string) (args []string, missing error)
	// excuse takes back what it is known to read wrongly, whoever wrote it.
	excuse func(got *occurrence, want occurrence)
}

var peers = []peer{
	{name: "ical.js", reader: "icaljs.mjs", command: func(t *testing.T, reader string) ([]string, error) {
		if _, err := os.Stat(filepath.Join(filepath.Dir(reader), "..", "node_modules", "ical.js")); err != nil {
			return nil, fmt.Errorf("npm ci --prefix .ci: %w", err)
		}
		node, err := exec.LookPath("node")
		return []string{node, reader}, err
	}},
	{name: "icalendar", reader: "pyicalendar.py", excuse: backslashes, command: func(t *testing.T, reader string) ([]string, error) {
		var err error
		for _, python := range []string{"/usr/bin/python3", "python3"} {
			if err = exec.Command(python, "-c", "import icalendar, dateutil").Run(); err == nil {
				return []string{python, reader}, nil
			}
		}
		return nil, fmt.Errorf("python3-icalendar: %w", err)
	}},
	{name: "libical", reader: "libical.c", command: func(t *testing.T, reader string) ([]string, error) {
		if _, err := os.Stat("/usr/include/libical/ical.h"); err != nil {
			return nil, fmt.Errorf("libical-dev: %w", err)
		}
		cc, err := exec.LookPath("cc")
		if err != nil {
			return nil, err
		}
		program := filepath.Join(t.TempDir(), "libical")
		if out, err := exec.Command(cc, "-O1", "-o", program, reader, "-lical").CombinedOutput(); err != nil {
			t.Fatalf("cc: %v\n%s", err, out)
		}
		return []string{program}, nil
	}},
}

var escape = regexp.MustCompile(`\\[\\,;nN]`)

// backslashes: icalendar undoes the escapes of a text twice. What follows a
// backslash of the text itself is taken for another escape.
func backslashes(got *occurrence, want occurrence) {
	if escape.MatchString(want.Summary + want.Description) {
		got.Summary, got.Description = want.Summary, want.Description
	}
}

// An occurrence is one time at which an entry takes place, as peers say it.
// Instants are in UTC, days as they are written.
type occurrence struct {
	File, UID            string
	Recurrence           string // when it was meant to take place, of what repeats
	Starts, Ends         string
	Status               ical.Status
	Sequence             int
	Summary, Description string
}

func (o occurrence) key() string { return o.File + " " + o.UID + " " + o.Recurrence }

// The years that peers follow repeated entries through.
var (
	followFrom  = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	followUntil = time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC)
)

// TestPeersReadWhatWasMeant gives our calendars to three engines that clients
// are made of. Each makes of every entry the instants and the words that were
// meant, knowing of the zones nothing but what the calendar says.
func TestPeersReadWhatWasMeant(t *testing.T) {
	dir, want := t.TempDir(), map[string]occurrence{}
	var files []string
	for _, c := range peerFeeds(t) {
		file := filepath.Join(dir, c.name+".ics")
		if err := os.WriteFile(file, c.body, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		for _, o := range c.want {
			o.File = c.name + ".ics"
			if _, twice := want[o.key()]; twice {
				t.Fatalf("%s twice", o.key())
			}
			want[o.key()] = o
		}
	}
	for _, p := range peers {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.wants(t, files, want)
		})
	}
}

func (p peer) wants(t *testing.T, files []string, want map[string]occurrence) {
	reader := filepath.Join("..", "..", ".ci", "peers", p.reader)
	if _, err := os.Stat(reader); err != nil { // asked here, a changed reader is run again
		t.Fatal(err)
	}
	args, err := p.command(t, reader)
	unless(t, err == nil, "%s did not read our calendars: %v", p.name, err)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // ical.js is known to hang
	defer cancel()
	args = append(args, fmt.Sprint(followFrom.Unix()), fmt.Sprint(followUntil.Unix()))
	cmd := exec.CommandContext(ctx, args[0], append(args[1:], files...)...)
	cmd.Env = append(os.Environ(), "TZ=America/Caracas") // where the reader is must not matter
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	p.compare(t, occurrences(t, out), want)
}

func occurrences(t *testing.T, out []byte) map[string]occurrence {
	t.Helper()
	all := map[string]occurrence{}
	for lines := json.NewDecoder(bytes.NewReader(out)); ; {
		var o occurrence
		switch err := lines.Decode(&o); {
		case err == io.EOF:
			return all
		case err != nil:
			t.Fatal(err)
		}
		if _, twice := all[o.key()]; twice {
			t.Errorf("%s twice", o.key())
		}
		all[o.key()] = o
	}
}

// compare tells the first differences, which are rarely alone.
func (p peer) compare(t *testing.T, got, want map[string]occurrence) {
	t.Helper()
	var wrong []string
	for key, w := range want {
		g, ok := got[key]
		if ok && p.excuse != nil {
			p.excuse(&g, w)
		}
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s is missing", key))
		} else if g != w {
			wrong = append(wrong, fmt.Sprintf("%s is\n%+v, want\n%+v", key, g, w))
		}
	}
	for key, g := range got {
		if _, ok := want[key]; !ok {
			wrong = append(wrong, fmt.Sprintf("nobody meant %+v", g))
		}
	}
	slices.Sort(wrong)
	for _, w := range wrong[:min(len(wrong), 10)] {
		t.Error(w)
	}
	if len(wrong) > 0 {
		t.Errorf("%d of %d are wrong or missing", len(wrong), len(want))
	}
}

// unless skips a test for want of something, or fails where nothing may be
// left out.
func unless(t *testing.T, have bool, format string, args ...any) {
	t.Helper()
	switch {
	case have:
	case os.Getenv("CI") == "true":
		t.Fatalf(format, args...)
	default:
		t.Skipf(format, args...)
	}
}
