package storage

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// An Op compares a field with a value.
type Op string

// The comparisons. A document without the field meets none of them but Eq nil.
const (
	Eq Op = "="
	In Op = "in" // equals one of a slice
	Lt Op = "<"
	Le Op = "<="
	Gt Op = ">"
	Ge Op = ">="

	Has    Op = "has"    // a Many field contains the string
	Prefix Op = "prefix" // a Many field contains a string that starts so
)

// A Cond is one condition of a Query.
type Cond struct {
	Field string // declared in the collection's indexes, or _id
	Op    Op
	Value any // of a string, whole number, float or bool kind, a time.Time, nil for Eq; a slice of these for In
}

// Is is the condition met most often.
func Is(field string, v any) Cond { return Cond{field, Eq, v} }

// A Query says which documents, in which order. All conditions must be met.
type Query struct {
	Where []Cond
	Sort  string // a declared field, "-" in front for descending; ties by _id
	Limit int    // 0 means all for Find and Each, 50 for Page
	Skip  int    // not for Page
	After string // where Page goes on: the next it returned before
}

// plan checks q and turns its values into those that the engines know. It
// refuses what an engine could only answer by reading everything.
func (s Spec) plan(q Query) (Plan, error) {
	where, err := s.where(q.Where)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Where: where, Sort: "_id", Limit: max(q.Limit, 0), Skip: max(q.Skip, 0)}
	if q.Sort != "" {
		p.Sort, p.Desc = strings.CutPrefix(q.Sort, "-")
	}
	if p.Sort != "_id" && !s.has(p.Sort, false) {
		return Plan{}, fmt.Errorf("%s: no index to sort by %q", s.Name, p.Sort)
	}
	return p, nil
}

// declared refuses a field that has no index.
func (s Spec) declared(field string) error {
	if s.has(field, false) || s.has(field, true) {
		return nil
	}
	return fmt.Errorf("%s: no index for %q", s.Name, field)
}

func (s Spec) where(conds []Cond) ([]Cond, error) {
	out := make([]Cond, len(conds))
	for i, c := range conds {
		many := c.Op == Has || c.Op == Prefix
		if !s.has(c.Field, many) && (many || c.Field != "_id") {
			return nil, fmt.Errorf("%s: no index for %q %s", s.Name, c.Field, c.Op)
		}
		v, err := c.value()
		if err != nil {
			return nil, fmt.Errorf("%s: %q %s: %w", s.Name, c.Field, c.Op, err)
		}
		out[i] = Cond{c.Field, c.Op, v}
	}
	return out, nil
}

// value is the condition's value as the engines know it.
func (c Cond) value() (any, error) {
	switch c.Op {
	case In:
		return normalAll(c.Value)
	case Eq:
		return normal(c.Value)
	case Has, Prefix:
		v, err := normal(c.Value)
		if _, ok := v.(string); !ok && err == nil {
			err = fmt.Errorf("%T is not a string", c.Value)
		}
		return v, err
	case Lt, Le, Gt, Ge:
		v, err := normal(c.Value)
		if v == nil && err == nil {
			err = fmt.Errorf("nothing to compare with")
		}
		return v, err
	}
	return nil, fmt.Errorf("unknown comparison")
}

func normalAll(v any) ([]any, error) {
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice {
		return nil, fmt.Errorf("%T is not a slice", v)
	}
	out := make([]any, 0, list.Len())
	for i := range list.Len() {
		x, err := normal(list.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out, nil
}

// normal turns a value into a string, int64, float64, bool, time.Time (UTC,
// milliseconds) or nil.
func normal(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, int64, bool, float64:
		return v, nil
	case time.Time:
		return v.UTC().Truncate(time.Millisecond), nil
	}
	switch r := reflect.ValueOf(v); {
	case r.Kind() == reflect.String:
		return r.String(), nil
	case r.CanInt():
		return r.Int(), nil
	case r.CanUint() && r.Uint() <= math.MaxInt64:
		return int64(r.Uint()), nil
	case r.Kind() == reflect.Bool:
		return r.Bool(), nil
	case r.CanFloat():
		return r.Float(), nil
	}
	return nil, fmt.Errorf("cannot ask for a %T", v)
}

// PrefixEnd is the smallest string above all strings that start with prefix;
// none if there is no such string. Engines ask for prefix <= s < end.
func PrefixEnd(prefix string) (end string, ok bool) {
	rs := []rune(prefix)
	for len(rs) > 0 {
		last := len(rs) - 1
		next := rs[last] + 1
		if next == 0xD800 { // surrogates are not characters
			next = 0xE000
		}
		if next <= utf8.MaxRune {
			rs[last] = next
			return string(rs), true
		}
		rs = rs[:last]
	}
	return "", false
}
