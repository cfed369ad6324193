package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"kohtaamo/scheduling/match"
)

const solveHelp = `Makes the schedule of a round of B2B meetings: reads a problem of the format
kohtaamo-b2b/1 from a file (- for standard input) and prints the solution, as
JSON. All required meetings come first, then the greatest weight, then the fewest
gaps. The bounds in it say how much better any schedule could be at the most.

The status in the solution is
  optimal     proven: nothing is better
  feasible    the best that was found; the bounds say how far off it can be
  infeasible  proven: the required meetings cannot all be held; the conflict says why
  unknown     nothing found and nothing proven in the budget
All four are answers, with exit status 0. A file that is malformed gets one line
that names the place, and exit status 2.

The budget is of work, and about as many seconds of one processor on a machine of
2026. So the same problem with the same budget and seed gives the same bytes
everywhere, however busy the machine is. Ctrl-C ends it with the best so far.`

// longestBudget is a day: more is a mistake.
const longestBudget = 24 * time.Hour

func solve(ctx context.Context, c *console, args []string) (err error) {
	flags := newFlags(c, "solve", "PROBLEM.json", solveHelp)
	budget := flags.Duration("budget", 10*time.Second, "how much `WORK` to do at the most, as a time")
	seed := flags.Uint64("seed", 1, "a `NUMBER` from which all choices of chance follow")
	out := flags.String("out", "", "write the solution to this `FILE` (- or nothing: standard output)")
	files, err := parse(flags, args, 1, 1)
	if err != nil {
		return err
	}
	if *budget <= 0 || *budget > longestBudget {
		return wrongUse("--budget %s is not more than nothing and at most %s", *budget, longestBudget)
	}
	p, err := readProblem(c, files[0])
	if err != nil {
		return err
	}
	w := &output{Writer: c.stdout}
	if *out != "" && *out != "-" {
		if w, err = openOutput(*out); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.file.Close()) }()
	}
	show, end := c.progress()
	s, err := match.Solve(ctx, p, match.Options{Seed: *seed, Budget: *budget, Progress: show})
	end()
	if err != nil {
		return err
	}
	if broken := match.Check(p, s); len(broken) > 0 {
		return fmt.Errorf("the solution is wrong, which is a mistake in the program: %s", broken[0])
	}
	return w.replace(s.Write)
}

// readProblem reads a problem from a file, or from standard input. A malformed
// one is wrong use.
func readProblem(c *console, name string) (*match.Problem, error) {
	r := c.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	p, err := match.Read(r)
	var malformed *match.FormatError
	if errors.As(err, &malformed) {
		return nil, wrongUse("%s: %s", name, malformed)
	}
	return p, err
}

// An output is where a solution goes. A file is opened before there is one, so
// that no work is done in vain, and replaced when there is.
type output struct {
	io.Writer
	file *os.File // nil: not a file of ours
}

func openOutput(name string) (*output, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o644)
	return &output{f, f}, err
}

func (o *output) replace(write func(io.Writer) error) error {
	if o.file != nil {
		info, err := o.file.Stat()
		if err == nil && info.Mode().IsRegular() {
			err = o.file.Truncate(0)
		}
		if err != nil {
			return err
		}
	}
	return write(o)
}

// progress says now and then on a terminal how far the work is, until end; show
// is nil where nobody looks.
func (c *console) progress() (show func(match.Progress), end func()) {
	f, ok := c.stderr.(*os.File)
	if ok {
		info, err := f.Stat()
		ok = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if !ok {
		return nil, func() {}
	}
	return progressLine(f, c.now)
}

// progressLine writes one line over and over again, a few times a second, and
// wipes it at the end.
func progressLine(w io.Writer, now func() time.Time) (show func(match.Progress), end func()) {
	var last time.Time
	show = func(p match.Progress) {
		t := now()
		if t.Sub(last) < 200*time.Millisecond {
			return
		}
		last = t
		so := "no schedule yet"
		if p.Found {
			so = fmt.Sprintf("weight %d of at most %d, gaps %d of at least %d", p.Weight, p.WeightBound, p.Gaps, p.GapsBound)
		}
		fmt.Fprintf(w, "\r%3.0f %%  %s\x1b[K", 100*p.Done, so)
	}
	return show, func() { fmt.Fprint(w, "\r\x1b[K") }
}
