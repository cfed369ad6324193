package storage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// A Rewriting says what Rewrite does to documents.
type Rewriting struct {
	Suspect func([]byte) bool   // looks at a whole document first: what it turns down is not taken apart
	Change  func(string) string // gives every text as it is to be
	Before  time.Time           // leaves alone what was made from then on; zero: nothing
	Drop    func(string) bool   // of a document that was altered, the words to search it by that are to go if nothing in it says them any more

	// Keep says that a field of a document stays as it is; has tells which other
	// fields the document has. Nil: all but id, revision, times and words are
	// looked at.
	Keep func(field string, has func(string) bool) bool
}

// Rewrite goes through up to limit documents of a collection, in the order of
// their ids behind after, and stores those anew of which a text is altered,
// however deep it stands. The names of fields and the id stay as they are; bytes
// that are text count as text; what is called "words" is searched by. It gives
// the id to go on after, "" at the end, and how many documents it stored.
func Rewrite(tx *Tx, s Spec, after string, limit int, r Rewriting) (next string, n int, err error) {
	if err := tx.writing(s.Name); err != nil {
		return "", 0, err
	}
	p := Plan{Sort: "_id", Limit: limit}
	if after != "" {
		p.From = &Position{Value: after, ID: after}
	}
	read, suspects := 0, []bson.Raw(nil)
	for raw, err := range tx.engine.Find(s, p) {
		if err != nil {
			return "", 0, tx.fail(fmt.Errorf("%s: %w", s.Name, err))
		}
		read++
		if next, err = idOf(raw); err != nil {
			return "", 0, tx.fail(fmt.Errorf("%s: %w", s.Name, err))
		}
		if r.old(raw) && r.Suspect(raw) {
			suspects = append(suspects, append(bson.Raw(nil), raw...))
		}
	}
	for _, raw := range suspects {
		altered, err := r.one(tx, s, raw)
		if err != nil {
			return "", 0, tx.fail(fmt.Errorf("rewrite %s: %w", s.Name, err))
		}
		if altered {
			n++
		}
	}
	if read < limit {
		next = ""
	}
	return next, n, nil
}

// old reports whether a document was made early enough.
func (r Rewriting) old(raw bson.Raw) bool {
	made, ok := raw.Lookup("created").DateTimeOK()
	return r.Before.IsZero() || !ok || made < r.Before.UnixMilli()
}

func idOf(raw bson.Raw) (string, error) {
	id, ok := raw.Lookup("_id").StringValueOK()
	if !ok {
		return "", errors.New("a document without an id")
	}
	return id, nil
}

// one stores a document at its next revision if it is altered.
func (r Rewriting) one(tx *Tx, s Spec, raw bson.Raw) (bool, error) {
	var doc bson.D
	if err := bson.Unmarshal(raw, &doc); err != nil {
		return false, err
	}
	id, err := idOf(raw)
	if err != nil {
		return false, err
	}
	rev, altered := raw.Lookup("rev").AsInt64(), false
	has := func(field string) bool { return !absent(raw.Lookup(field)) }
	for i := range doc {
		switch e := &doc[i]; e.Key {
		case "_id", "rev", "created", "updated", "words":
		default:
			if r.Keep == nil || !r.Keep(e.Key, has) {
				e.Value = rewritten(e.Value, r.Change, &altered)
			}
		}
	}
	if !altered {
		return false, nil
	}
	for i := range doc {
		switch doc[i].Key {
		case "rev":
			doc[i].Value = rev + 1
		case "updated":
			doc[i].Value = tx.now
		case "words":
			if list, ok := doc[i].Value.(bson.A); ok && r.Drop != nil {
				doc[i].Value = slices.DeleteFunc(list, func(w any) bool {
					word, ok := w.(string)
					return ok && r.Drop(word) && !says(doc, word)
				})
			}
		}
	}
	body, err := bson.Marshal(doc)
	if err != nil {
		return false, err
	}
	if err := s.checkBody(body); err != nil {
		return false, err
	}
	return true, tx.engine.Replace(s, id, rev, body)
}

// says reports whether a document has a word in a text of it, in whatever case.
func says(doc bson.D, word string) (yes bool) {
	for _, e := range doc {
		if e.Key != "_id" && e.Key != "words" {
			rewritten(e.Value, func(s string) string {
				yes = yes || strings.Contains(strings.ToLower(s), word)
				return s
			}, new(bool))
		}
	}
	return yes
}

// rewritten is a value with change done to all texts in it.
func rewritten(v any, change func(string) string, altered *bool) any {
	switch v := v.(type) {
	case string:
		out := change(v)
		*altered = *altered || out != v
		return out
	case bson.D:
		for i := range v {
			v[i].Value = rewritten(v[i].Value, change, altered)
		}
	case bson.A:
		for i := range v {
			v[i] = rewritten(v[i], change, altered)
		}
	case bson.Binary:
		if utf8.Valid(v.Data) {
			v.Data = []byte(rewritten(string(v.Data), change, altered).(string))
		}
		return v
	}
	return v
}

// Pick gives some fields of a document under the names they are stored by, ready
// for JSON. What is absent is left out.
func Pick(doc any, fields ...string) (map[string]any, error) {
	body, err := bson.Marshal(doc)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, f := range fields {
		v := bson.Raw(body).Lookup(f)
		if absent(v) {
			continue
		}
		if out[f], err = plain(v); err != nil {
			return nil, fmt.Errorf("field %q: %w", f, err)
		}
	}
	return out, nil
}

// plain is a value as JSON knows it; instants are as in RFC 3339.
func plain(v bson.RawValue) (any, error) {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		es, err := v.Document().Elements()
		out := map[string]any{}
		for _, e := range es {
			if err == nil {
				out[e.Key()], err = plain(e.Value())
			}
		}
		return out, err
	case bson.TypeArray:
		vs, err := v.Array().Values()
		out := []any{}
		for _, e := range vs {
			var one any
			if err == nil {
				one, err = plain(e)
			}
			out = append(out, one)
		}
		return out, err
	case bson.TypeBinary:
		_, data := v.Binary()
		return data, nil
	}
	return single(v, "")
}
