package scheduling

import (
	"errors"
	"reflect"
	"strings"
	"time"

	"kohtaamo/storage"
)

// What can be merged.
const (
	mergedCompany = "company"
	mergedPerson  = "person"
)

// A Merged says, under the id of a company or a person that is gone, into
// which other one it went, so that its old address and old lists still lead
// there. It holds ids only: who is erased leaves nothing here.
type Merged struct {
	storage.Meta `bson:",inline"`
	Kind         string    `bson:"kind"` // "company", "person"
	Into         string    `bson:"into"` // always one that is there: what went into one that is gone is put on
	At           time.Time `bson:"at"`
	Moved        int       `bson:"moved"` // documents that named it
}

var merged = storage.NewCollection[Merged]("merged", storage.Ordered("into"), storage.Ordered("kind", "at"))

// successor is the id that an id leads to today: itself, unless it was merged.
func successor(tx *storage.Tx, id string) (string, error) {
	m, err := merged.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return id, nil
	}
	if err != nil {
		return "", err
	}
	return m.Into, nil
}

// found gives what has the id, or what it was merged into.
func found[T any](tx *storage.Tx, get func(*storage.Tx, string) (*T, error), id string) (*T, error) {
	v, err := get(tx, id)
	if !errors.Is(err, storage.ErrNotFound) {
		return v, err
	}
	next, gone := successor(tx, id)
	if gone != nil {
		return nil, gone
	}
	if next == id {
		return nil, err
	}
	return get(tx, next)
}

// leave notes that one id leads to another, and puts on what led to it.
func leave(tx *storage.Tx, kind, from, into string, moved int) error {
	for m, err := range merged.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("into", from)}}) {
		if err != nil {
			return err
		}
		m.Into = into
		if err := merged.Put(tx, m); err != nil {
			return err
		}
	}
	return merged.Put(tx, &Merged{Meta: storage.Meta{ID: from}, Kind: kind, Into: into, At: tx.Now(), Moved: moved})
}

// renamed puts one id for another wherever it stands in a document: alone, in
// a list, as a key, or as one part of a key of several ("trip/company"). The
// document's own ID stays. It reports whether there was anything to do.
func renamed(doc any, from, into string) bool {
	r := renamer{from: from, into: into}
	r.value(reflect.ValueOf(doc))
	return r.hit
}

type renamer struct {
	from, into string
	hit        bool
}

func (r *renamer) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			r.value(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[storage.Meta]() {
			return
		}
		for i := range v.NumField() {
			r.value(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Map:
		r.keys(v)
	case reflect.String:
		if s := r.text(v.String()); v.CanSet() && s != v.String() {
			v.SetString(s)
			r.hit = true
		}
	}
}

// keys renames within a map, whose values cannot be set where they are.
func (r *renamer) keys(v reflect.Value) {
	for _, k := range v.MapKeys() {
		key, val := reflect.New(k.Type()).Elem(), reflect.New(v.Type().Elem()).Elem()
		key.Set(k)
		val.Set(v.MapIndex(k))
		was := r.hit
		r.hit = false
		r.value(key)
		r.value(val)
		if r.hit {
			v.SetMapIndex(k, reflect.Value{})
			v.SetMapIndex(key, val)
		}
		r.hit = r.hit || was
	}
}

// keyMarks part the ids in a key of several.
const keyMarks = "/~"

// text renames in a key of several parts. What people wrote is no key: there
// the id would have to stand between such signs.
func (r *renamer) text(s string) string {
	at := strings.Index(s, r.from)
	if at < 0 {
		return s
	}
	end := at + len(r.from)
	head, rest := s[:end], ""
	if (at == 0 || strings.ContainsRune(keyMarks, rune(s[at-1]))) && (end == len(s) || strings.ContainsRune(keyMarks, rune(s[end]))) {
		head = s[:at] + r.into
	}
	if end < len(s) {
		rest = r.text(s[end:])
	}
	return head + rest
}

// putOn renames in all documents of a collection that the conditions find, and
// gives how many there were. settle, where there is one, mends what the new id
// makes of a document, such as somebody who is in it twice now.
func putOn[T any](tx *storage.Tx, c shelf[T], from, into string, settle func(*T), where ...storage.Cond) (n int, err error) {
	for v, err := range c.Each(tx, storage.Query{Where: where}) {
		if err != nil {
			return n, err
		}
		if !renamed(v, from, into) {
			continue
		}
		if settle != nil {
			settle(v)
		}
		if err := c.Put(tx, v); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
