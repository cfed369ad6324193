package storage

import (
	"errors"
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
	es, err := elementsOf(body)
	if err != nil {
		return err
	}
	if err := checkText(es); err != nil {
		return err
	}
	for _, ix := range s.Indexes {
		for _, f := range ix.Fields {
			if err := ix.checkField(es, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkField: the engines do not agree on whether nothing equals nothing, so
// unique fields are there, and optional ones are there or left out, never null.
func (ix Index) checkField(es elements, f string) error {
	v, there := es.lookup(f)
	if ix.Many {
		_, err := listed(v, f)
		return err
	}
	switch {
	case !absent(v):
		return indexable(v, f)
	case !ix.Unique:
		return nil
	case !ix.Optional:
		return &fieldError{f, "is missing, and has to be unique"}
	case there:
		return &fieldError{f, "is null: leave it out (omitempty)"}
	}
	return nil
}

// checkText refuses strings that are not UTF-8: they would come back changed
// from an export, and compare differently.
func checkText(es elements) error {
	for _, e := range es {
		v := e.Value()
		switch v.Type {
		case bson.TypeString:
			if !utf8.Valid(v.Value[4:]) { // behind its length
				return &fieldError{e.Key(), "is not valid UTF-8"}
			}
		case bson.TypeEmbeddedDocument, bson.TypeArray:
			if err := checkInner(e, bson.Raw(v.Value)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkInner is checkText for what e holds.
func checkInner(e bson.RawElement, doc bson.Raw) error {
	es, err := elementsOf(doc)
	if err == nil {
		err = checkText(es)
	}
	if !utf8.ValidString(e.Key()) {
		err = &fieldError{"", "has a name that is not valid UTF-8"}
	}
	if inner, ok := errors.AsType[*fieldError](err); ok {
		return &fieldError{strings.TrimSuffix(e.Key()+"."+inner.field, "."), inner.what}
	}
	return err
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
