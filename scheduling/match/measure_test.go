package match_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"kohtaamo/scheduling/match"
)

var updateReadme = flag.Bool("readme", false, "write what the benchmarks measure into README.md and growth.svg")

// A measurement is one run of Solve with what it cost.
type measurement struct {
	*match.Solution
	wall  time.Duration
	cpu   time.Duration // of all processors
	found time.Duration // on the wall, until the answer was there that was never bettered
	near  time.Duration // on the wall, until the weight was within 0.05 % of the bound; 0: never
	mb    int           // the most memory the process has had so far
}

func measure(b *testing.B, p *match.Problem, o match.Options) measurement {
	b.Helper()
	runtime.GC()
	var m measurement
	start, before := time.Now(), usage(b)
	best := match.Progress{Weight: -1}
	o.Progress = func(now match.Progress) {
		if now.Found && (now.Weight > best.Weight || now.Weight == best.Weight && now.Gaps < best.Gaps) {
			best, m.found = now, time.Since(start)
		}
		if m.near == 0 && certified(now.Weight, now.WeightBound) {
			m.near = time.Since(start)
		}
	}
	s, err := match.Solve(b.Context(), p, o)
	if err != nil {
		b.Fatal(err)
	}
	after := usage(b)
	m.Solution, m.wall, m.mb = s, time.Since(start), int(after.Maxrss>>10)
	m.cpu = spent(after) - spent(before)
	if s.Weight > best.Weight || s.Weight == best.Weight && s.Gaps < best.Gaps {
		m.found = m.wall
	}
	if m.near == 0 && certified(s.Weight, s.WeightBound) {
		m.near = m.wall
	}
	if broken := match.Check(p, s); len(broken) > 0 {
		b.Errorf("the solution breaks a rule: %s", broken[0])
	}
	return m
}

// certified reports whether a weight is within 0.05 % of its bound.
func certified(weight, bound int) bool { return weight > 0 && 10_000*(bound-weight) <= 5*bound }

func usage(b *testing.B) (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u
}

func spent(u syscall.Rusage) time.Duration { return time.Duration(u.Utime.Nano() + u.Stime.Nano()) }

// A report is a table that is printed line by line, and kept for README.md.
type report struct {
	name string
	text strings.Builder
}

// newReport begins a table with these columns.
func newReport(name string, columns ...string) *report {
	r := &report{name: name}
	fmt.Println()
	r.row(columns...)
	r.row(strings.Split(strings.Repeat("-", len(columns)), "")...)
	return r
}

func (r *report) row(cells ...string) { r.line("| " + strings.Join(cells, " | ") + " |") }

func (r *report) line(s string) {
	fmt.Println(s)
	r.text.WriteString(s + "\n")
}

// end puts the table between its marks in README.md, if that is wanted.
func (r *report) end(b *testing.B) {
	if !*updateReadme || b.Failed() {
		return
	}
	old, err := os.ReadFile("README.md")
	if err != nil {
		b.Fatal(err)
	}
	section := regexp.MustCompile(`(?s)(<!-- ` + r.name + ` -->\n).*?(<!-- end -->)`)
	if !section.Match(old) {
		b.Fatalf("README.md has no section %s", r.name)
	}
	text := section.ReplaceAllFunc(old, func(all []byte) []byte {
		return []byte("<!-- " + r.name + " -->\n" + r.text.String() + "<!-- end -->")
	})
	if err := os.WriteFile("README.md", text, 0o644); err != nil {
		b.Fatal(err)
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
