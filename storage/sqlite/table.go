package sqlite

import (
	"database/sql/driver"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kohtaamo/storage"
)

// table is what a collection is in SQLite: documents numbered in the order
// they came ("#"), with their indexed fields as columns; lists of strings in
// side tables of (value, number).
type table struct {
	spec   storage.Spec
	fields []string // the columns
	many   []string // the side tables

	insert string
	old    string // selects "#" and the columns of one revision
}

func newTable(s storage.Spec) *table {
	t := &table{spec: s, fields: s.Fields(), many: s.ManyFields()}
	cols := append([]string{"_id", "rev", "body"}, t.fields...)
	t.insert = `INSERT INTO ` + q(s.Name) + ` (` + list(cols) + `) VALUES (` + marks(len(cols)) + `)`
	t.old = `SELECT ` + list(append([]string{"#"}, t.fields...)) + ` FROM ` + q(s.Name) + ` WHERE _id = ? AND rev = ?`
	return t
}

// side names the table of a Many field.
func (t *table) side(field string) string { return q(t.spec.Name + "__" + field) }

// columns reads the indexed fields out of a document.
func (t *table) columns(body bson.Raw) ([]driver.Value, error) {
	values, err := storage.Values(body, t.fields)
	return mapped(values, column), err
}

// column is a value as SQLite stores it. A bool is a word, so that it cannot
// be taken for a number when it is read back (CountBy).
func column(v any) driver.Value {
	switch v := v.(type) {
	case time.Time:
		return v.UnixMilli()
	case bool:
		return storage.KeyOf(v)
	}
	return v
}

// q quotes a name.
func q(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// list quotes names.
func list(names []string) string {
	qs := make([]string, len(names))
	for i, n := range names {
		qs[i] = q(n)
	}
	return strings.Join(qs, ", ")
}

// marks is n question marks.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
