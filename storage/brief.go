package storage

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// Brief is embedded, with the tag `bson:",inline"`, in place of a Meta by a type
// that reads a few fields of the documents of another. Most of a document is then
// passed over, in a fraction of the time that all of it takes: who counts reads
// many thousands. A type with a Brief is never put.
type Brief struct {
	Meta `bson:",inline"`
}

func (*Brief) brief() {}

// A briefField is a field of a struct, and how it is read.
type briefField struct {
	index []int
	read  func(to reflect.Value, v bson.RawValue) error
}

// briefs are the fields of the types that were read so far, by their names in
// documents.
var briefs sync.Map // of reflect.Type to map[string]briefField

func briefFields(t reflect.Type) map[string]briefField {
	if known, ok := briefs.Load(t); ok {
		return known.(map[string]briefField)
	}
	fields := map[string]briefField{}
	addBriefFields(fields, t, nil)
	briefs.Store(t, fields)
	return fields
}

// addBriefFields adds those with a tag; the others are not stored.
func addBriefFields(fields map[string]briefField, t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("bson")
		if !tagged {
			continue
		}
		index := append(at[:len(at):len(at)], i)
		if name, _, _ := strings.Cut(tag, ","); name != "" {
			fields[name] = briefField{index, readerOf(f.Type)}
		} else {
			addBriefFields(fields, f.Type, index)
		}
	}
}

var (
	timeType    = reflect.TypeFor[time.Time]()
	stringType  = reflect.TypeFor[string]()
	stringsType = reflect.TypeFor[[]string]()
)

// readerOf is how a value of a type is read: simple ones as they stand, others by
// the library.
func readerOf(t reflect.Type) func(reflect.Value, bson.RawValue) error {
	switch {
	case t == timeType:
		return readTime
	case t == stringsType:
		return readStrings
	case t.Kind() == reflect.String:
		return readString
	case t.Kind() == reflect.Bool:
		return readBool
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return readInt
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && t.Elem() != timeType:
		return readStructs
	case t.Kind() == reflect.Map && t.Key().Kind() == reflect.String && t.Elem() == stringType:
		return readMap
	}
	return func(to reflect.Value, v bson.RawValue) error { return v.Unmarshal(to.Addr().Interface()) }
}

func readTime(to reflect.Value, v bson.RawValue) error {
	ms, ok := v.DateTimeOK()
	if ok {
		*to.Addr().Interface().(*time.Time) = time.UnixMilli(ms).UTC()
	}
	return fits(ok, v)
}

func readString(to reflect.Value, v bson.RawValue) error {
	s, ok := v.StringValueOK()
	to.SetString(s)
	return fits(ok, v)
}

func readBool(to reflect.Value, v bson.RawValue) error {
	b, ok := v.BooleanOK()
	to.SetBool(b)
	return fits(ok, v)
}

func readInt(to reflect.Value, v bson.RawValue) error {
	n, ok := v.Int64OK()
	if short, is := v.Int32OK(); is {
		n, ok = int64(short), true
	}
	if to.OverflowInt(n) {
		return fmt.Errorf("%d is too large", n)
	}
	to.SetInt(n)
	return fits(ok, v)
}

func readStrings(to reflect.Value, v bson.RawValue) error {
	list, err := stringsOf(v)
	to.Set(reflect.ValueOf(list))
	return err
}

// stringsOf are those in a list, in its order.
func stringsOf(v bson.RawValue) ([]string, error) {
	list, ok := v.ArrayOK()
	if !ok {
		return nil, fits(false, v)
	}
	values, err := list.Values()
	out := make([]string, len(values))
	for i, one := range values {
		s, ok := one.StringValueOK()
		if err == nil {
			err = fits(ok, one)
		}
		out[i] = s
	}
	return out, err
}

func readMap(to reflect.Value, v bson.RawValue) error {
	doc, ok := v.DocumentOK()
	if !ok {
		return fits(false, v)
	}
	es, err := elementsOf(doc)
	out := make(map[string]string, len(es))
	for _, e := range es {
		s, ok := e.Value().StringValueOK()
		if err == nil {
			err = fits(ok, e.Value())
		}
		out[e.Key()] = s
	}
	to.Set(reflect.ValueOf(out).Convert(to.Type()))
	return err
}

func readStructs(to reflect.Value, v bson.RawValue) error {
	list, ok := v.ArrayOK()
	if !ok {
		return fits(false, v)
	}
	values, err := list.Values()
	out := reflect.MakeSlice(to.Type(), len(values), len(values))
	for i, one := range values {
		doc, ok := one.DocumentOK()
		if err == nil {
			err = fits(ok, one)
		}
		if err == nil {
			err = readFields(doc, out.Index(i))
		}
	}
	to.Set(out)
	return err
}

func fits(ok bool, v bson.RawValue) error {
	if !ok {
		return fmt.Errorf("a %s is in the place of something else", v.Type)
	}
	return nil
}

// decodeBrief reads into v, which points to a struct with a Brief.
func decodeBrief(raw bson.Raw, v any) error { return readFields(raw, reflect.ValueOf(v).Elem()) }

// readFields reads of a document what a struct has a field for.
func readFields(raw bson.Raw, to reflect.Value) error {
	fields := briefFields(to.Type())
	_, rest, ok := bsoncore.ReadLength(raw)
	for ok && len(rest) > 1 { // up to the zero at the end
		var e bsoncore.Element
		if e, rest, ok = bsoncore.ReadElement(rest); !ok {
			break
		}
		f, wanted := fields[string(e.KeyBytes())]
		if value := bson.RawElement(e).Value(); wanted && value.Type != bson.TypeNull {
			if err := f.read(to.FieldByIndex(f.index), value); err != nil {
				return fmt.Errorf("field %q: %w", e.KeyBytes(), err)
			}
		}
	}
	if !ok {
		return bsoncore.NewInsufficientBytesError(raw, rest)
	}
	return nil
}
