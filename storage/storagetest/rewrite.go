package storagetest

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// testRewrite: texts change wherever they stand, indexes follow, what is not
// touched keeps its revision, a word that is said still finds it, and portions go on where the last one ended.
func testRewrite(t *testing.T, place Place) {
	db := open(t, place)
	for i, email := range []string{"aino@example.org", "other@example.org", "third@example.org"} {
		s := newSeat(fmt.Sprint("s", i))
		s.Email = email
		s.Words = []string{"aino", "for", "x"}
		s.Answers = map[string]string{"diet": "for " + email}
		put(t, db, seats, s)
	}
	db.Now = func() time.Time { return t0.Add(time.Hour) }
	suspect := func(b []byte) bool { return bytes.Contains(b, []byte("aino@")) }
	change := func(s string) string { return strings.ReplaceAll(s, "aino@example.org", "gone") }
	steps, done := 0, 0
	for after, first := "", true; first || after != ""; first = false {
		err := db.Update(t.Context(), func(tx *storage.Tx) error {
			next, n, err := storage.Rewrite(tx, seats.Spec, after, 2, storage.Rewriting{Suspect: suspect, Change: change, Drop: func(w string) bool { return w != "x" }})
			after, done = next, done+n
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		steps++
	}
	want(t, "portions", steps, 2)
	want(t, "changed", done, 1)
	view(t, db, func(tx *storage.Tx) error {
		got, err := seats.First(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", "arena"), storage.Is("email", "gone")}})
		if err != nil {
			return err
		}
		want(t, "Rev", got.Rev, 2)
		want(t, "Updated", got.Updated, t0.Add(time.Hour))
		if !reflect.DeepEqual(got.Answers, map[string]string{"diet": "for gone"}) || !reflect.DeepEqual(got.Words, []string{"for", "x"}) {
			t.Errorf("rewritten to %+v", got)
		}
		other, err := seats.Get(tx, "s1")
		if err == nil {
			want(t, "Rev of another", other.Rev, 1)
		}
		return err
	})
}
