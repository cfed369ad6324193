// Kohtaamo runs the meeting side of a business cluster: its events, with
// registration, waiting lists, invites, check-in and calendar feeds.
//
// This package is the way in from a command line: it reads settings from flags
// and the environment (config.go), opens what they name and wires the packages
// together (open.go), and has one file for each command. It is the only place
// that reads the clock of the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // for systems without zone files; where there are some, they come first
)

// The exit statuses.
const (
	exitDone     = 0
	exitFailed   = 1
	exitWrongUse = 2
	exitLater    = 75 // EX_TEMPFAIL of sysexits.h: what mail servers read as "try again"
)

// A console is the world around one command.
type console struct {
	env    map[string]string // the variables that begin with KOHTAAMO_
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
}

// A command is one thing that the program can be asked to do.
type command struct {
	name  string
	args  string // after the flags, for its help
	about string // one line
	run   func(ctx context.Context, c *console, args []string) error
}

// commands are all of them, in the order of the help.
func commands() []command {
	return []command{
		{"serve", "", "run the website, the outbox and the jobs", serve},
		{"admin", "", "make somebody an administrator and print their sign-in link", admin},
		{"token", "", "print a new API token", token},
		{"jobs", "list | run [NAME]", "show the regular jobs, or run them now", runJobs},
		{"mail", "receive < MESSAGE", "take a message that came in: an answer to an invite", mailCommand},
		{"export", "FILE", "write everything as lines of JSON (- for standard output)", export},
		{"import", "FILE", "read an export into an empty database (- for standard input)", importFile},
		{"evidence", "FILE.zip", "pack what proves a period's report, or check such a pack", evidence},
		{"backup", "FILE", "copy an SQLite database while it is in use", backup},
		{"solve", "PROBLEM.json", "make the schedule of a round of B2B meetings (- for standard input)", solve},
		{"health", "", "ask the server on this machine whether it is ready", health},
		{"version", "", "print the version", version},
	}
}

// stopWithin is how long the program takes to stop at the most, a little less
// than what is promised.
const stopWithin = 9500 * time.Millisecond

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, func() {
		stop() // the next signal ends the program at once
		time.AfterFunc(stopWithin, func() {
			fmt.Fprintln(os.Stderr, "kohtaamo: stopped before everything was finished; what was under way is done at the next start")
			os.Exit(exitFailed)
		})
	})
	c := &console{env: environment(os.Environ()), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}
	os.Exit(run(ctx, c, os.Args[1:]))
}

// environment picks our variables.
func environment(all []string) map[string]string {
	ours := map[string]string{}
	for _, line := range all {
		if name, value, ok := strings.Cut(line, "="); ok && strings.HasPrefix(name, envPrefix) {
			ours[name] = value
		}
	}
	return ours
}

// run runs the command that args name and gives the exit status.
func run(ctx context.Context, c *console, args []string) int {
	if len(args) == 0 {
		usage(c.stderr)
		return exitWrongUse
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 {
			usage(c.stdout)
			return exitDone
		}
		args = []string{args[1], "--help"}
	}
	for _, cmd := range commands() {
		if cmd.name == args[0] {
			return c.report(cmd, cmd.run(ctx, c, args[1:]))
		}
	}
	fmt.Fprintf(c.stderr, "kohtaamo: there is no command %q; kohtaamo --help lists them\n", args[0])
	return exitWrongUse
}

// report prints what went wrong, if anything, and gives the exit status.
func (c *console) report(cmd command, err error) int {
	var wrong *usageError
	var later *laterError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &wrong):
		fmt.Fprintf(c.stderr, "kohtaamo %s: %s\n", cmd.name, wrong)
		return exitWrongUse
	}
	fmt.Fprintf(c.stderr, "kohtaamo %s: %s\n", cmd.name, oneLine(err.Error()))
	if errors.As(err, &later) {
		return exitLater
	}
	return exitFailed
}

// oneLine keeps errors that join several on one line.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.TrimSpace(s), "\n", "; ")
}

// A usageError says what is wrong with how the program was called.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// A laterError is a failure after which the same command should be run again.
type laterError struct{ cause error }

func (e *laterError) Error() string { return e.cause.Error() + "; to be tried again" }

func (e *laterError) Unwrap() error { return e.cause }

func wrongUse(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

func usage(w io.Writer) {
	fmt.Fprint(w, `Kohtaamo runs the events of a business cluster.

  kohtaamo serve --demo     a house full of invented events, to look around
  kohtaamo serve            your own, in the file kohtaamo.db

Commands:
`)
	for _, cmd := range commands() {
		fmt.Fprintf(w, "  %-26s %s\n", strings.TrimSpace(cmd.name+" "+cmd.args), cmd.about)
	}
	fmt.Fprint(w, "\nkohtaamo COMMAND --help says more. Every setting is also an environment variable:\n--base-url is KOHTAAMO_BASE_URL.\n")
}
