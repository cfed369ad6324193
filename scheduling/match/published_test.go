package match_test

import (
	"fmt"
	"strings"
	"time"

	"encoding/csv"
	"kohtaamo/scheduling/match"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// infeasible is the published result of an instance without a schedule.
const infeasible = -1

// published are the results of the public benchmark by name: the fewest gaps.
func published(t testing.TB) map[string]int {
	t.Helper()
	files := instances(t)
	f, err := os.Open(filepath.Join(filepath.Dir(filepath.Dir(files[0])), "optima.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table := csv.NewReader(f)
	table.Comma = '\t'
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	optima := map[string]int{}
	for _, row := range rows[1:] {
		optima[row[0]] = infeasible
		if row[1] == "optimal" {
			if optima[row[0]], err = strconv.Atoi(row[2]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return optima
}

// wrong says what is not true about an answer to an instance whose published
// result is known; "" if nothing is. An answer that proves less is not wrong.
func wrong(s *match.Solution, optimum int) string {
	switch {
	case s.Status == match.Infeasible && optimum != infeasible:
		return fmt.Sprintf("infeasible, and there is a schedule with %d gaps", optimum)
	case s.Status == match.Unknown || s.Status == match.Infeasible:
		return ""
	case optimum == infeasible:
		return "a schedule where there is none"
	case s.Gaps < optimum, s.GapsBound > optimum, s.Status == match.Optimal && s.Gaps != optimum:
		return fmt.Sprintf("%d gaps of at least %d, and the optimum is %d", s.Gaps, s.GapsBound, optimum)
	}
	return ""
}

// proven reports whether an answer leaves nothing open.
func proven(s *match.Solution) bool { return s.Status == match.Optimal || s.Status == match.Infeasible }

// TestPublished solves those of the published instances that take no time. All
// of them are a matter of BenchmarkPublished.
func TestPublished(t *testing.T) {
	optima := published(t)
	for _, file := range instances(t) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !strings.HasPrefix(name, "tic-12") && !strings.HasPrefix(name, "forumt-14.") {
			continue
		}
		p := readFile(t, file)
		s, err := match.Solve(t.Context(), p, match.Options{Seed: 1, Budget: 20 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if broken := match.Check(p, s); len(broken) > 0 || !proven(s) || wrong(s, optima[name]) != "" {
			t.Errorf("%s: %s, %d gaps of at least %d, %s %v", name, s.Status, s.Gaps, s.GapsBound, wrong(s, optima[name]), broken)
		}
	}
}

// BenchmarkPublished solves all of them, once, and prints the table of the
// README. It fails where an answer is not true, or breaks a rule.
func BenchmarkPublished(b *testing.B) {
	optima := published(b)
	table := newReport("published", "instance", "result", "gaps", "bound", "published", "wall s", "CPU s", "found after s")
	var all, originals, longest time.Duration
	open, count := []string{}, 0
	for _, file := range instances(b) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		m := measure(b, readFile(b, file), match.Options{Seed: 1, Budget: 2 * time.Minute})
		gaps, bound, optimum := "", "", "infeasible"
		if m.Status == match.Optimal || m.Status == match.Feasible {
			gaps, bound = strconv.Itoa(m.Gaps), strconv.Itoa(m.GapsBound)
		}
		if optima[name] != infeasible {
			optimum = strconv.Itoa(optima[name])
		}
		table.row(name, string(m.Status), gaps, bound, optimum, seconds(m.wall), seconds(m.cpu), seconds(m.found))
		if w := wrong(m.Solution, optima[name]); w != "" {
			b.Errorf("%s: %s", name, w)
		}
		if !proven(m.Solution) {
			open = append(open, name)
		}
		count++
		all, longest = all+m.cpu, max(longest, m.wall)
		if strings.HasSuffix(name, ".original") {
			originals += m.cpu
		}
	}
	table.line(fmt.Sprintf("\n%d of %d proven, in %s CPU seconds; the longest took %s s. The originals took %s CPU seconds together.",
		count-len(open), count, seconds(all), seconds(longest), seconds(originals)))
	if len(open) > 0 {
		table.line("Not proven: " + strings.Join(open, ", ") + ".")
	}
	table.end(b)
}
