package storage

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Meta is embedded in every stored type, with the tag `bson:",inline"`. Put
// keeps it; nobody else changes it but for the ID of a new document.
type Meta struct {
	ID      string    `bson:"_id"` // Put gives a new document one if it has none
	Rev     int64     `bson:"rev"` // 0 until it is stored, then 1, 2, 3 …
	Created time.Time `bson:"created"`
	Updated time.Time `bson:"updated"`
}

func (m *Meta) meta() *Meta { return m }

// maxDocument is MongoDB's limit, less room for what the wire adds.
const maxDocument = 16<<20 - 16<<10

// A fieldError says which field of a document cannot be stored, and why.
type fieldError struct{ field, what string }

func (e *fieldError) Error() string { return fmt.Sprintf("field %q %s", e.field, e.what) }

// checkBody refuses a document that the two engines would not treat alike.
func (s Spec) checkBody(body bson.Raw) error {
	if len(body) > maxDocument {
		return fmt.Errorf("a document of %d bytes is too large, the limit is %d", len(body), maxDocument)
	}
	if err := checkText(body, ""); err != nil {
		return err
	}
	for _, ix := range s.Indexes {
		for _, f := range ix.Fields {
			if err := ix.checkField(body, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkField: the engines do not agree on whether nothing equals nothing, so
// unique fields are there, and optional ones are there or left out, never null.
func (ix Index) checkField(body bson.Raw, f string) error {
	if ix.Many {
		_, err := Strings(body, f)
		return err
	}
	v, err := Value(body, f)
	if err != nil || v != nil || !ix.Unique {
		return err
	}
	if !ix.Optional {
		return &fieldError{f, "is missing, and has to be unique"}
	}
	if _, err := body.LookupErr(strings.Split(f, ".")...); err == nil {
		return &fieldError{f, "is null: leave it out (omitempty)"}
	}
	return nil
}

// checkText refuses strings that are not UTF-8: they would come back changed
// from an export, and compare differently.
func checkText(doc bson.Raw, path string) error {
	elements, err := doc.Elements()
	if err != nil {
		return err
	}
	for _, e := range elements {
		v := e.Value()
		switch v.Type {
		case bson.TypeString:
			if !utf8.ValidString(v.StringValue()) {
				return &fieldError{path + e.Key(), "is not valid UTF-8"}
			}
		case bson.TypeEmbeddedDocument, bson.TypeArray:
			if !utf8.ValidString(e.Key()) {
				return &fieldError{path, "has a name that is not valid UTF-8"}
			}
			if err := checkText(bson.Raw(v.Value), path+e.Key()+"."); err != nil {
				return err
			}
		}
	}
	return nil
}

// Strings reads a Many field out of a document: each string once, none if the
// field is absent or null.
func Strings(raw bson.Raw, field string) ([]string, error) {
	v, err := raw.LookupErr(strings.Split(field, ".")...)
	if err != nil || v.Type == bson.TypeNull {
		return nil, nil
	}
	list, ok := v.ArrayOK()
	if !ok {
		return nil, &fieldError{field, "is not a list of strings"}
	}
	values, err := list.Values()
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(values))
	out := make([]string, 0, len(values))
	for _, v := range values {
		s, ok := v.StringValueOK()
		if !ok {
			return nil, &fieldError{field, "is not a list of strings"}
		}
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out, nil
}

// KeyOf writes a value as CountBy's keys are written: strings as they are,
// whole numbers in decimal, true or false, instants as milliseconds since
// 1970, and "" for none.
func KeyOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return strconv.FormatInt(v.UnixMilli(), 10)
	}
	return fmt.Sprint(v)
}
