package storage

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Spec is what an engine needs to know of a collection.
type Spec struct {
	Name    string // lower-case letters, digits and single underscores
	Indexes []Index
}

// An Index names the fields an engine keeps ordered, and perhaps unique. Make
// one with Unique, UniqueIf, Ordered or Many.
type Index struct {
	Fields   []string // names as in bson tags, dots between levels
	Unique   bool
	Optional bool // documents that lack the fields are not compared
	Many     bool // the one field holds a list of strings; ask with Has or Prefix
}

// Unique fields are present in every document, and together in one only.
func Unique(fields ...string) Index { return Index{Fields: fields, Unique: true} }

// UniqueIf is Unique for the documents that have the field. Documents that
// shall not be compared must leave it out: tag it omitempty.
func UniqueIf(field string) Index {
	return Index{Fields: []string{field}, Unique: true, Optional: true}
}

// Many is a field with a list of strings; each can be asked for with Has and Prefix.
func Many(field string) Index { return Index{Fields: []string{field}, Many: true} }

// Ordered fields can be asked for and sorted by. Several together make lists
// quick that fix the first ones and sort by the last: Ordered("event_id",
// "queue") is for the queue of an event. Each of them can also be asked for
// alone, but only the first is then quick.
func Ordered(fields ...string) Index { return Index{Fields: fields} }

// Fields lists every field with a single value that a query may use, once.
func (s Spec) Fields() []string { return s.fields(false) }

// ManyFields lists every field with a list of strings that a query may use, once.
func (s Spec) ManyFields() []string { return s.fields(true) }

func (s Spec) fields(many bool) []string {
	var fs []string
	for _, ix := range s.Indexes {
		for _, f := range ix.Fields {
			if ix.Many == many && !slices.Contains(fs, f) {
				fs = append(fs, f)
			}
		}
	}
	return fs
}

// has reports whether a query may use the field, with a single value or many.
func (s Spec) has(field string, many bool) bool {
	return slices.ContainsFunc(s.Indexes, func(ix Index) bool {
		return ix.Many == many && slices.Contains(ix.Fields, field)
	})
}

// A Schema is what the program expects of a database.
type Schema struct {
	Specs      []Spec
	Migrations []Migration // in order of Version
}

var (
	goodName  = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	goodField = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)
	ownFields = []string{"_id", "rev", "body"} // names that the engines use themselves
)

// check finds mistakes of the programmer before they become tables.
func (s Schema) check() error {
	seen := map[string]bool{ledger.Spec.Name: true}
	for _, spec := range s.Specs {
		if seen[spec.Name] {
			return fmt.Errorf("collection %s is declared twice", spec.Name)
		}
		seen[spec.Name] = true
		if err := spec.check(); err != nil {
			return fmt.Errorf("collection %s: %w", spec.Name, err)
		}
	}
	for i, m := range s.Migrations {
		if m.Run == nil || m.Version < 1 || i > 0 && m.Version <= s.Migrations[i-1].Version {
			return fmt.Errorf("migration %d (%s) is out of order or empty", m.Version, m.Name)
		}
	}
	return nil
}

func (s Spec) check() error {
	if !goodName.MatchString(s.Name) || strings.HasPrefix(s.Name, "sqlite_") || strings.HasPrefix(s.Name, "system") {
		return fmt.Errorf("not a good name")
	}
	single, many := s.Fields(), s.ManyFields()
	for _, ix := range s.Indexes {
		if len(ix.Fields) == 0 || ix.Many && len(ix.Fields) != 1 || ix.Optional && len(ix.Fields) != 1 {
			return fmt.Errorf("index %v has a wrong number of fields", ix.Fields)
		}
		for _, f := range ix.Fields {
			if !goodField.MatchString(f) || slices.Contains(ownFields, f) {
				return fmt.Errorf("%q cannot be indexed", f)
			}
			if slices.Contains(single, f) && slices.Contains(many, f) {
				return fmt.Errorf("%q is both one value and many", f)
			}
		}
	}
	return nil
}
