// Package sqlite keeps documents in one file.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"kohtaamo/storage"
)

type Engine struct {
	db     *sql.DB
	writer chan struct{} // one at a time, in line rather than in SQLITE_BUSY
}

func Open(path string) (*Engine, error) {
	dsn := "file:" + path + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	return &Engine{db: db, writer: make(chan struct{}, 1)}, db.Ping()
}

func (e *Engine) Close() error { return e.db.Close() }

// Prepare makes a table for each collection: the document, and a column for each indexed field.
func (e *Engine) Prepare(ctx context.Context, specs []storage.Spec) error {
	for _, s := range specs {
		if err := e.prepare(ctx, s); err != nil {
			return fmt.Errorf("prepare %s: %w", s.Name, err)
		}
	}
	return nil
}

func (e *Engine) prepare(ctx context.Context, s storage.Spec) error {
	_, err := e.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+q(s.Name)+` (_id TEXT PRIMARY KEY, rev INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID`)
	if err != nil {
		return err
	}
	for _, f := range s.Fields() {
		var n int
		if err := e.db.QueryRowContext(ctx, `SELECT count(*) FROM pragma_table_info(?) WHERE name = ?`, s.Name, f).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if _, err := e.db.ExecContext(ctx, `ALTER TABLE `+q(s.Name)+` ADD COLUMN `+q(f)); err != nil {
			return err
		}
		if err := e.fill(ctx, s, f); err != nil {
			return err
		}
	}
	for _, ix := range s.Indexes {
		unique := ""
		if ix.Unique {
			unique = "UNIQUE "
		}
		name := q(s.Name + "_" + strings.Join(ix.Fields, "_"))
		if _, err := e.db.ExecContext(ctx, `CREATE `+unique+`INDEX IF NOT EXISTS `+name+` ON `+q(s.Name)+` (`+list(ix.Fields)+`)`); err != nil {
			return err
		}
	}
	return nil
}

// fill sets a new column from the documents already there.
func (e *Engine) fill(ctx context.Context, s storage.Spec, field string) error {
	rows, err := e.db.QueryContext(ctx, `SELECT _id, body FROM `+q(s.Name))
	if err != nil {
		return err
	}
	defer rows.Close()
	vals := map[string]any{}
	for rows.Next() {
		var id string
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		vals[id] = column(bson.Raw(body), field)
	}
	for id, v := range vals {
		if _, err := e.db.ExecContext(ctx, `UPDATE `+q(s.Name)+` SET `+q(field)+` = ? WHERE _id = ?`, v, id); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (e *Engine) View(ctx context.Context, fn func(storage.EngineTx) error) error {
	return e.run(ctx, &sql.TxOptions{ReadOnly: true}, fn)
}

func (e *Engine) Update(ctx context.Context, fn func(storage.EngineTx) error) error {
	select {
	case e.writer <- struct{}{}:
		defer func() { <-e.writer }()
	case <-ctx.Done(): // also the end of an Update inside an Update
		return ctx.Err()
	}
	return e.run(ctx, nil, fn)
}

func (e *Engine) run(ctx context.Context, opts *sql.TxOptions, fn func(storage.EngineTx) error) error {
	t, err := e.db.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if err := fn(&tx{ctx, t}); err != nil {
		return err
	}
	return t.Commit()
}

type tx struct {
	ctx context.Context
	tx  *sql.Tx
}

func (t *tx) Get(s storage.Spec, id string) (bson.Raw, error) {
	var body []byte
	err := t.tx.QueryRowContext(t.ctx, `SELECT body FROM `+q(s.Name)+` WHERE _id = ?`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, storage.ErrNotFound
	}
	return body, err
}

func (t *tx) Find(s storage.Spec, query storage.Query) ([]bson.Raw, error) {
	where, args := where(query)
	field, desc := query.SortField()
	dir := ""
	if desc {
		dir = " DESC"
	}
	stmt := `SELECT body FROM ` + q(s.Name) + where + ` ORDER BY ` + q(field) + dir + `, _id` + dir
	if query.Limit > 0 || query.Skip > 0 {
		limit := query.Limit
		if limit == 0 {
			limit = -1
		}
		stmt += fmt.Sprintf(` LIMIT %d OFFSET %d`, limit, query.Skip)
	}
	rows, err := t.tx.QueryContext(t.ctx, stmt, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []bson.Raw
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		out = append(out, body)
	}
	return out, rows.Err()
}

func (t *tx) Count(s storage.Spec, query storage.Query) (n int, err error) {
	where, args := where(query)
	err = t.tx.QueryRowContext(t.ctx, `SELECT count(*) FROM `+q(s.Name)+where, args...).Scan(&n)
	return n, err
}

func (t *tx) Insert(s storage.Spec, id string, body bson.Raw) error {
	cols, args := []string{"_id", "rev", "body"}, []any{id, int64(1), []byte(body)}
	for _, f := range s.Fields() {
		cols, args = append(cols, f), append(args, column(body, f))
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(cols)), ",")
	_, err := t.tx.ExecContext(t.ctx, `INSERT INTO `+q(s.Name)+` (`+list(cols)+`) VALUES (`+marks+`)`, args...)
	return translate(err)
}

func (t *tx) Replace(s storage.Spec, id string, rev int64, body bson.Raw) error {
	set, args := []string{"rev = ?", "body = ?"}, []any{rev + 1, []byte(body)}
	for _, f := range s.Fields() {
		set, args = append(set, q(f)+" = ?"), append(args, column(body, f))
	}
	args = append(args, id, rev)
	res, err := t.tx.ExecContext(t.ctx, `UPDATE `+q(s.Name)+` SET `+strings.Join(set, ", ")+` WHERE _id = ? AND rev = ?`, args...)
	return one(res, err)
}

func (t *tx) Delete(s storage.Spec, id string, rev int64) error {
	res, err := t.tx.ExecContext(t.ctx, `DELETE FROM `+q(s.Name)+` WHERE _id = ? AND rev = ?`, id, rev)
	return one(res, err)
}

func one(res sql.Result, err error) error {
	if err != nil {
		return translate(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return storage.ErrConflict
	}
	return nil
}

func translate(err error) error {
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return storage.ErrDuplicate
		}
	}
	return err
}

func where(query storage.Query) (string, []any) {
	var parts []string
	var args []any
	for _, c := range query.Where {
		if c.Op == storage.In {
			vs := c.Value.([]string)
			parts = append(parts, q(c.Field)+" IN ("+strings.TrimSuffix(strings.Repeat("?,", len(vs)), ",")+")")
			for _, v := range vs {
				args = append(args, v)
			}
			continue
		}
		parts = append(parts, q(c.Field)+" "+string(c.Op)+" ?")
		args = append(args, value(c.Value))
	}
	if parts == nil {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

func value(v any) any {
	if t, ok := v.(time.Time); ok {
		return t.UnixMilli()
	}
	return v
}

// column reads an indexed field out of a document; nil if it is absent.
func column(body bson.Raw, field string) any {
	v, err := body.LookupErr(strings.Split(field, ".")...)
	if err != nil {
		return nil
	}
	switch v.Type {
	case bson.TypeString:
		return v.StringValue()
	case bson.TypeInt32, bson.TypeInt64:
		return v.AsInt64()
	case bson.TypeBoolean:
		return v.Boolean()
	case bson.TypeDateTime:
		return v.DateTime()
	}
	return nil
}

func q(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func list(names []string) string {
	qs := make([]string, len(names))
	for i, n := range names {
		qs[i] = q(n)
	}
	return strings.Join(qs, ", ")
}
