package storage

import (
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// elements are those of one document, read once to find many fields in them.
type elements []bson.RawElement

// elementsOf is doc.Elements with one slice of about the right size instead of
// two that grow: every write needs it several times.
func elementsOf(doc bson.Raw) (elements, error) {
	_, rest, ok := bsoncore.ReadLength(doc)
	es := make(elements, 0, len(doc)/24+1)
	for ok && len(rest) > 1 { // up to the zero at the end
		var e bsoncore.Element
		if e, rest, ok = bsoncore.ReadElement(rest); ok {
			if err := e.Validate(); err != nil {
				return nil, err
			}
			es = append(es, bson.RawElement(e))
		}
	}
	if !ok {
		return nil, bsoncore.NewInsufficientBytesError(doc, rest)
	}
	return es, nil
}

// lookup finds a field; its levels are divided by dots.
func (es elements) lookup(field string) (v bson.RawValue, there bool) {
	name, rest, deeper := strings.Cut(field, ".")
	for _, e := range es {
		if !named(e, name) {
			continue
		}
		if v = e.Value(); !deeper {
			return v, true
		}
		doc, _ := v.DocumentOK()
		v, err := doc.LookupErr(strings.Split(rest, ".")...)
		return v, err == nil
	}
	return bson.RawValue{}, false
}

// named compares the name of an element, which begins behind the byte of its
// type and ends with a zero (bsonspec.org), without copying it.
func named(e bson.RawElement, name string) bool {
	end := 1 + len(name)
	return len(e) > end && e[end] == 0 && string(e[1:end]) == name
}

// absent reports whether there is nothing in a field that was looked up.
func absent(v bson.RawValue) bool {
	return v.Type == 0 || v.Type == bson.TypeNull || v.Type == bson.TypeUndefined
}

// indexable refuses what a field with a single value cannot hold.
func indexable(v bson.RawValue, field string) error {
	switch v.Type {
	case bson.TypeString, bson.TypeInt32, bson.TypeInt64, bson.TypeDouble, bson.TypeBoolean, bson.TypeDateTime:
		return nil
	}
	return &fieldError{field, "holds a " + v.Type.String() + ", which cannot be indexed"}
}

// Value reads a field with a single value out of a document: a string, int64,
// float64, bool or time.Time, nil if it is absent or null. The field's levels
// are divided by dots. Any other type is an error.
func Value(raw bson.Raw, field string) (any, error) {
	vs, err := Values(raw, []string{field})
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

// Values reads several fields, each as Value does, going through the document
// only once.
func Values(raw bson.Raw, fields []string) ([]any, error) {
	es, err := elementsOf(raw)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(fields))
	for i, f := range fields {
		v, _ := es.lookup(f)
		if out[i], err = single(v, f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func single(v bson.RawValue, field string) (any, error) {
	if absent(v) {
		return nil, nil
	}
	switch v.Type {
	case bson.TypeString:
		return v.StringValue(), nil
	case bson.TypeInt32, bson.TypeInt64:
		return v.AsInt64(), nil
	case bson.TypeDouble:
		return v.Double(), nil
	case bson.TypeBoolean:
		return v.Boolean(), nil
	case bson.TypeDateTime:
		return time.UnixMilli(v.DateTime()).UTC(), nil
	}
	return nil, indexable(v, field)
}

// Strings reads a Many field out of a document: each string once, in order, none if the
// field is absent or null.
func Strings(raw bson.Raw, field string) ([]string, error) {
	v, err := raw.LookupErr(strings.Split(field, ".")...)
	if err != nil {
		return nil, nil
	}
	return listed(v, field)
}

// listed are the strings in v, each once, in order.
func listed(v bson.RawValue, field string) ([]string, error) {
	if v.Type == 0 || v.Type == bson.TypeNull {
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
	out := make([]string, 0, len(values))
	for _, v := range values {
		s, ok := v.StringValueOK()
		if !ok {
			return nil, &fieldError{field, "is not a list of strings"}
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
