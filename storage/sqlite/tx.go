package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kohtaamo/storage"
)

// tx is one transaction, or one member's part of a shared one. It asks its
// caller's context between statements and never inside one.
type tx struct {
	ctx  context.Context
	c    *conn
	e    *Engine
	over bool
}

var errOver = errors.New("this transaction is over")

// at finds the table, if the transaction may still go on.
func (t *tx) at(s storage.Spec) (*table, error) {
	if t.over {
		return nil, errOver
	}
	if err := t.ctx.Err(); err != nil {
		return nil, err
	}
	return t.e.table(s)
}

// Get returns the document with the ID.
func (t *tx) Get(s storage.Spec, id string) (bson.Raw, error) {
	if _, err := t.at(s); err != nil {
		return nil, err
	}
	r, err := t.c.row(`SELECT body FROM `+q(s.Name)+` WHERE _id = ?`, id)
	if err != nil {
		return nil, explain(err)
	}
	if r == nil {
		return nil, storage.ErrNotFound
	}
	return r[0].([]byte), nil
}

// Find streams what p asks for.
func (t *tx) Find(s storage.Spec, p storage.Plan) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		tab, err := t.at(s)
		if err != nil {
			yield(nil, err)
			return
		}
		left := p.Limit
		for _, step := range steps(p) {
			step.Limit = left
			n, more := t.find(tab, step, yield)
			if !more || left > 0 && n == left {
				return
			}
			left -= min(n, left)
		}
	}
}

// find is one step of Find; more is false when yield wants no more.
func (t *tx) find(tab *table, s findStep, yield func(bson.Raw, error) bool) (n int, more bool) {
	query, args, err := tab.find(t.c, s)
	if err != nil {
		return 0, yield(nil, explain(err)) && false
	}
	for r, err := range t.c.rows(query, args...) {
		if err == nil {
			err = t.ctx.Err()
		}
		if err != nil {
			return n, yield(nil, explain(err)) && false
		}
		if n++; !yield(r[0].([]byte), nil) {
			return n, false
		}
	}
	return n, true
}

// Count counts the documents that meet the conditions.
func (t *tx) Count(s storage.Spec, where []storage.Cond) (int, error) {
	tab, err := t.at(s)
	if err != nil {
		return 0, err
	}
	sql, args := tab.where(where)
	n, err := t.c.number(`SELECT count(*) FROM `+q(s.Name)+` AS t`+sql, args...)
	return int(n), explain(err)
}

// CountBy counts them by the value of a field.
func (t *tx) CountBy(s storage.Spec, where []storage.Cond, field string) (map[string]int, error) {
	tab, err := t.at(s)
	if err != nil {
		return nil, err
	}
	sql, args := tab.where(where)
	query := `SELECT t.` + q(field) + `, count(*) FROM ` + q(s.Name) + ` AS t` + sql + ` GROUP BY 1`
	if slices.Contains(tab.many, field) {
		query = `SELECT value, count(*) FROM ` + tab.side(field) + ` WHERE id IN (SELECT t."#" FROM ` + q(s.Name) + ` AS t` + sql + `) GROUP BY 1`
		if sql == "" {
			query = `SELECT value, count(*) FROM ` + tab.side(field) + ` GROUP BY 1`
		}
	}
	out := map[string]int{}
	for r, err := range t.c.rows(query, args...) {
		if err != nil {
			return nil, explain(err)
		}
		out[storage.KeyOf(r[0])] += int(r[1].(int64))
	}
	return out, nil
}

// Insert adds a document at the revision that it carries.
func (t *tx) Insert(s storage.Spec, id string, body bson.Raw) error {
	tab, err := t.at(s)
	if err != nil {
		return err
	}
	cols, err := tab.columns(body)
	if err != nil {
		return err
	}
	res, err := t.c.run(tab.insert, append([]driver.Value{id, storage.Revision(body), []byte(body)}, cols...)...)
	if err != nil {
		return explain(err)
	}
	n, err := res.LastInsertId()
	if err != nil {
		return err
	}
	return explain(tab.addMany(t.c, n, body))
}

// addMany fills the side tables for one document.
func (t *table) addMany(c *conn, n int64, body bson.Raw) error {
	for _, f := range t.many {
		values, err := storage.Strings(body, f)
		if err != nil {
			return err
		}
		if err := t.addValues(c, f, n, values); err != nil {
			return err
		}
	}
	return nil
}

// addValues adds the strings of one document in as few statements as the size
// of a word list takes: each statement costs more than its row.
func (t *table) addValues(c *conn, field string, n int64, values []string) error {
	for some := range slices.Chunk(values, 8) {
		args := make([]driver.Value, 0, 2*len(some))
		for _, v := range some {
			args = append(args, v, n)
		}
		rows := strings.Repeat("(?, ?), ", len(some)-1) + "(?, ?)"
		if err := c.exec(`INSERT OR FAIL INTO `+t.side(field)+` (value, id) VALUES `+rows, args...); err != nil {
			return err
		}
	}
	return nil
}

// Replace replaces the document at revision rev. It writes only the columns
// and strings that changed: each would cost a page of an index.
func (t *tx) Replace(s storage.Spec, id string, rev int64, body bson.Raw) error {
	tab, err := t.at(s)
	if err != nil {
		return err
	}
	old, err := t.c.row(tab.old, id, rev)
	if err != nil {
		return explain(err)
	}
	if old == nil {
		return storage.ErrConflict
	}
	n := old[0].(int64)
	cols, err := tab.columns(body)
	if err != nil {
		return err
	}
	set, args := []string{"rev = ?", "body = ?"}, []driver.Value{storage.Revision(body), []byte(body)}
	for i, f := range tab.fields {
		if cols[i] != old[i+1] {
			set, args = append(set, q(f)+" = ?"), append(args, cols[i])
		}
	}
	if err := t.c.exec(`UPDATE `+q(s.Name)+` SET `+strings.Join(set, ", ")+` WHERE "#" = ?`, append(args, n)...); err != nil {
		return explain(err)
	}
	return explain(tab.replaceMany(t.c, n, body))
}

func (t *table) replaceMany(c *conn, n int64, body bson.Raw) error {
	for _, f := range t.many {
		values, err := storage.Strings(body, f)
		if err != nil {
			return err
		}
		var gone []string
		for r, err := range c.rows(`SELECT value FROM `+t.side(f)+` WHERE id = ?`, n) {
			if err != nil {
				return err
			}
			if v := r[0].(string); !slices.Contains(values, v) {
				gone = append(gone, v)
			} else {
				values = slices.DeleteFunc(values, func(s string) bool { return s == v })
			}
		}
		for _, v := range gone {
			if err := c.exec(`DELETE FROM `+t.side(f)+` WHERE value = ? AND id = ?`, v, n); err != nil {
				return err
			}
		}
		if err := t.addValues(c, f, n, values); err != nil {
			return err
		}
	}
	return nil
}

// Delete removes the document at revision rev.
func (t *tx) Delete(s storage.Spec, id string, rev int64) error {
	tab, err := t.at(s)
	if err != nil {
		return err
	}
	old, err := t.c.row(tab.old, id, rev)
	if err != nil {
		return explain(err)
	}
	if old == nil {
		return storage.ErrConflict
	}
	for _, f := range tab.many {
		if err := t.c.exec(`DELETE FROM `+tab.side(f)+` WHERE id = ?`, old[0]); err != nil {
			return explain(err)
		}
	}
	if err := t.c.exec(`DELETE FROM `+q(s.Name)+` WHERE "#" = ?`, old[0]); err != nil {
		return fmt.Errorf("delete: %w", explain(err))
	}
	return nil
}
