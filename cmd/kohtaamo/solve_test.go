package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling/match"
	"kohtaamo/scheduling/match/matchtest"
)

// problemFile writes a round of meetings for the command to read.
func problemFile(t *testing.T, r matchtest.Round) (name string, p *match.Problem) {
	t.Helper()
	p = r.Problem()
	var file bytes.Buffer
	if err := p.Write(&file); err != nil {
		t.Fatal(err)
	}
	name = filepath.Join(t.TempDir(), "problem.json")
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name, p
}

// smallRound is soon solved.
var smallRound = matchtest.Round{Entrants: 12, Slots: 8, Requests: 24, Tables: 5, Weights: 3, Seed: 1}

// solved is what the command printed, judged.
func solved(t *testing.T, p *match.Problem, printed string) *match.Solution {
	t.Helper()
	s := new(match.Solution)
	if err := json.Unmarshal([]byte(printed), s); err != nil {
		t.Fatalf("%v in %s", err, printed)
	}
	if broken := match.Check(p, s); len(broken) > 0 {
		t.Errorf("the solution breaks rules: %v", broken)
	}
	return s
}

func TestSolve(t *testing.T) {
	name, p := problemFile(t, smallRound)
	printed := must(t, "solve", name, "--seed", "7")
	s := solved(t, p, printed)
	if s.Status != match.Optimal || s.Seed != 7 {
		t.Errorf("the answer is %s with the seed %d", s.Status, s.Seed)
	}
	if again := must(t, "solve", "--seed=7", "--budget=10s", name); again != printed {
		t.Error("the same problem, seed and budget gave other bytes")
	}
	out := filepath.Join(t.TempDir(), "solution.json")
	if err := os.WriteFile(out, bytes.Repeat([]byte("x"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := must(t, "solve", name, "--seed=7", "--out", out); said != "" {
		t.Errorf("with --out it prints %q too", said)
	}
	if written, err := os.ReadFile(out); err != nil || string(written) != printed {
		t.Errorf("wrote %s (%v), want %s", written, err, printed)
	}
}

func TestSolveStandardInput(t *testing.T) {
	name, p := problemFile(t, smallRound)
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out, errs bytes.Buffer
	c := &console{stdin: f, stdout: &out, stderr: &errs, now: time.Now}
	if status := run(t.Context(), c, []string{"solve", "-"}); status != exitDone || errs.Len() > 0 {
		t.Fatalf("status %d: %s", status, &errs)
	}
	solved(t, p, out.String())
}

func TestSolveInfeasible(t *testing.T) {
	const problem = `{"format": "kohtaamo-b2b/1", "slots": 1, "tables": 2, "participants": [{"id": "a"}, {"id": "b"}, {"id": "c"}],
		"meetings": [{"id": "m1", "participants": ["a", "b"], "required": true}, {"id": "m2", "participants": ["a", "c"], "required": true}]}`
	name := filepath.Join(t.TempDir(), "problem.json")
	if err := os.WriteFile(name, []byte(problem), 0o600); err != nil {
		t.Fatal(err)
	}
	var s match.Solution
	if err := json.Unmarshal([]byte(must(t, "solve", name)), &s); err != nil {
		t.Fatal(err)
	}
	if s.Status != match.Infeasible || !strings.Contains(strings.Join(s.Conflict, "\n"), "a has 2 required meetings and 1 free slot") {
		t.Errorf("the answer is %+v", s)
	}
}

// TestSolveInterrupted ends the work before it begins: there is an answer all
// the same, and it is true.
func TestSolveInterrupted(t *testing.T) {
	name, p := problemFile(t, matchtest.Round{Entrants: 500, Slots: 20, Requests: 4000, Tables: 120, Weights: 5, Seed: 1})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs bytes.Buffer
	c := &console{stdout: &out, stderr: &errs, now: time.Now}
	if status := run(ctx, c, []string{"solve", "--budget", "1h", name}); status != exitDone || errs.Len() > 0 {
		t.Fatalf("status %d: %s", status, &errs)
	}
	if s := solved(t, p, out.String()); s.Status == match.Infeasible {
		t.Errorf("the answer is %s", s.Status)
	}
}

func TestSolveRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := `{"format": "kohtaamo-b2b/1", "slots": 2, "tables": 1, "participants": [{"id": "a"}, {"id": "b"}], "meetings": [{"id": "m", "participants": ["a", "b"]}]}`
	valid := file("good.json", good)
	for _, test := range []struct {
		args   string
		status int
		says   string
	}{
		{"", exitWrongUse, "0 arguments instead of 1"},
		{valid + " " + valid, exitWrongUse, "2 arguments instead of 1"},
		{valid + " --budget 0s", exitWrongUse, "--budget 0s"},
		{valid + " --budget ten", exitWrongUse, "solve --help"},
		{valid + " --seed -1", exitWrongUse, "solve --help"},
		{valid + " --out " + filepath.Join(dir, "none", "out.json"), exitFailed, "no such file"},
		{filepath.Join(dir, "none.json"), exitFailed, "no such file"},
		{dir, exitFailed, "is a directory"},
		{file("unknown.json", strings.Replace(good, `"b"]`, `"p9"]`, 1)), exitWrongUse, `unknown.json: meetings[0].participants[1]: no participant "p9"`},
		{file("type.json", strings.Replace(good, `: 2`, `: "2"`, 1)), exitWrongUse, `type.json: line 1, column 39: slots: a text instead of a number`},
		{file("text.json", "slots: 2"), exitWrongUse, `text.json: line 1, column 1: not JSON`},
		{"-", exitWrongUse, "the file is empty"},
	} {
		t.Run(test.args, func(t *testing.T) {
			r := call(t, nil, append([]string{"solve"}, strings.Fields(test.args)...)...)
			if r.status != test.status || !strings.Contains(r.errors, test.says) || strings.Count(r.errors, "\n") != 1 || strings.Contains(r.out, "assignment") {
				t.Errorf("status %d, %q and %q, want %d and %q", r.status, r.errors, r.out, test.status, test.says)
			}
		})
	}
}

func TestProgressLine(t *testing.T) {
	var w bytes.Buffer
	clock := time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)
	show, end := progressLine(&w, func() time.Time { return clock })
	for range 3 {
		show(match.Progress{Done: 0.5, Found: true, Weight: 7, WeightBound: 8, Gaps: 3, GapsBound: 1})
		clock = clock.Add(100 * time.Millisecond)
	}
	clock = clock.Add(time.Second)
	show(match.Progress{Done: 1})
	end()
	const line = "\r 50 %  weight 7 of at most 8, gaps 3 of at least 1\x1b[K"
	if w.String() != line+line+"\r100 %  no schedule yet\x1b[K\r\x1b[K" {
		t.Errorf("the terminal gets %q", &w)
	}
}
