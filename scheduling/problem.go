package scheduling

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Kind sorts problems by what the person can do about them.
type Kind string

// The kinds of Problem.
const (
	Invalid   Kind = "invalid"   // mend the input
	Forbidden Kind = "forbidden" // seen, but not theirs to change
	Closed    Kind = "closed"    // too early, too late, or not in a state that allows it
	Full      Kind = "full"      // no seat
	Changed   Kind = "changed"   // somebody else changed it meanwhile: look and decide again
	Exists    Kind = "exists"    // there is one already
)

// A Problem is an error meant for the person at the screen. Key names its
// wording in templates/locales, Args are what the wording mentions, as
// alternating names and values, and Fields says which inputs are at fault.
type Problem struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields map[string]string // input name → text key
}

// Error is for logs: the key and the fields at fault, never what was typed.
func (p *Problem) Error() string {
	if len(p.Fields) == 0 {
		return p.Key
	}
	var parts []string
	for _, f := range slices.Sorted(maps.Keys(p.Fields)) {
		parts = append(parts, f+": "+p.Fields[f])
	}
	return p.Key + " (" + strings.Join(parts, ", ") + ")"
}

// ProblemIn gives the Problem that err is or wraps, or nil.
func ProblemIn(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

// faults collects what is wrong with an input, so that all of it is said at once.
type faults map[string]string

func (f faults) add(field, key string) {
	if _, ok := f[field]; !ok {
		f[field] = key
	}
}

// problem is nil when nothing was found.
func (f faults) problem() error {
	if len(f) == 0 {
		return nil
	}
	return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: f}
}

// need notes an empty required text and one that is too long.
func (f faults) need(field, s string, limit int) {
	if s == "" {
		f.add(field, "problem.required")
	}
	f.limit(field, s, limit)
}

func (f faults) limit(field, s string, limit int) {
	if len([]rune(s)) > limit {
		f.add(field, "problem.too_long")
	}
}
