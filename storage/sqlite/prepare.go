package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	sqlite3 "modernc.org/sqlite/lib"

	"kohtaamo/storage"
)

// Prepare makes the tables fit specs: new columns, side tables and indexes are
// filled from the documents, those that are no longer declared go (a field
// that comes back later must not find an old column). All of it is one
// transaction, so a process that is killed leaves nothing half done; when
// nothing is to do it reads a few rows of the catalogue and writes nothing.
func (e *Engine) Prepare(ctx context.Context, specs []storage.Spec) error {
	var tables []*table
	for _, s := range specs {
		tables = append(tables, newTable(s))
	}
	return e.exclusive(ctx, func(c *conn) error {
		if err := e.prepare(ctx, c, tables); err != nil {
			return err
		}
		e.mu.Lock()
		for _, t := range tables {
			e.tables[t.spec.Name] = t
		}
		e.mu.Unlock()
		return e.look()
	})
}

func (e *Engine) prepare(ctx context.Context, c *conn, tables []*table) error {
	have, err := catalogue(c)
	if err != nil {
		return explain(err)
	}
	if !slices.ContainsFunc(tables, func(t *table) bool { return !t.plan(have).empty() }) {
		return nil
	}
	if err := e.begin(ctx); err != nil {
		return err
	}
	if err := makeAll(ctx, c, tables); err != nil {
		c.exec("ROLLBACK")
		return err
	}
	if err := c.exec("COMMIT"); err != nil {
		c.exec("ROLLBACK")
		return fmt.Errorf("prepare: %w", explain(err))
	}
	return nil
}

// makeAll carries out the plans, inside a transaction. It looks at the catalogue
// again: another process may have been quicker.
func makeAll(ctx context.Context, c *conn, tables []*table) error {
	have, err := catalogue(c)
	if err != nil {
		return explain(err)
	}
	for _, t := range tables {
		if err := t.make(ctx, c, t.plan(have)); err != nil {
			return fmt.Errorf("prepare %s: %w", t.spec.Name, explain(err))
		}
	}
	return nil
}

// A plan is what has to be done to a table: statements before and after the
// documents are read to fill columns and side tables.
type plan struct {
	before  []string
	columns []string // to fill
	sides   []string // to fill
	after   []string
}

func (p plan) empty() bool { return len(p.before)+len(p.after) == 0 }

// plan compares the catalogue with what t should be.
func (t *table) plan(all map[string]*existing) plan {
	var p plan
	have := all[t.spec.Name]
	if have == nil {
		have = new(existing)
	}
	t.planIndexes(&p, have)
	if have.tables[t.spec.Name] {
		t.planColumns(&p, have)
	} else {
		p.before = append(p.before, t.create())
	}
	t.planSides(&p, have)
	return p
}

// existing is what the catalogue has of one collection.
type existing struct {
	tables  map[string]bool   // the table and its side tables
	indexes map[string]string // name → SQL
	columns []string
}

// catalogue reads it whole, by collection: asked for each of them, it would be
// read through as many times.
func catalogue(c *conn) (map[string]*existing, error) {
	all := map[string]*existing{}
	for r, err := range c.rows(`SELECT type, name, sql, tbl_name FROM sqlite_schema WHERE sql IS NOT NULL`) {
		if err != nil {
			return nil, err
		}
		of, _, _ := strings.Cut(r[3].(string), "__")
		have := all[of]
		if have == nil {
			have = &existing{tables: map[string]bool{}, indexes: map[string]string{}}
			all[of] = have
		}
		switch r[0] {
		case "table":
			have.tables[r[1].(string)] = true
		case "index":
			have.indexes[r[1].(string)] = r[2].(string)
		}
	}
	for r, err := range c.rows(`SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`) {
		if err != nil {
			return nil, err
		}
		if have := all[r[0].(string)]; have != nil {
			have.columns = append(have.columns, r[1].(string))
		}
	}
	return all, nil
}

func (t *table) create() string {
	cols := ""
	for _, f := range t.fields {
		cols += q(f) + ", "
	}
	return `CREATE TABLE ` + q(t.spec.Name) + ` ("#" INTEGER PRIMARY KEY, _id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, ` + cols + `body BLOB NOT NULL)`
}

// indexes are the statements that make them, by name.
func (t *table) indexes() map[string]string {
	out := map[string]string{}
	for _, ix := range t.spec.Indexes {
		if ix.Many {
			side := t.spec.Name + "__" + ix.Fields[0]
			out[side+"(id)"] = `CREATE INDEX ` + q(side+"(id)") + ` ON ` + q(side) + ` (id, value)`
			continue
		}
		name := t.spec.Name + "(" + strings.Join(ix.Fields, ",") + ")"
		if ix.Unique {
			out[name] = `CREATE UNIQUE INDEX ` + q(name) + ` ON ` + q(t.spec.Name) + ` (` + list(ix.Fields) + `)`
		} else if out[name] == "" { // with _id, so that a list in order needs no sorting
			out[name] = `CREATE INDEX ` + q(name) + ` ON ` + q(t.spec.Name) + ` (` + list(append(slices.Clone(ix.Fields), "_id")) + `)`
		}
	}
	return out
}

func (t *table) planIndexes(p *plan, have *existing) {
	want := t.indexes()
	for name, sql := range have.indexes {
		if want[name] != sql && !t.oldSide(name) {
			p.before = append(p.before, `DROP INDEX `+q(name))
		}
	}
	for name, sql := range want {
		if have.indexes[name] != sql {
			p.after = append(p.after, sql)
		}
	}
	slices.Sort(p.after)
}

// oldSide reports whether an index belongs to a side table that is dropped
// with its indexes.
func (t *table) oldSide(index string) bool {
	rest, ok := strings.CutPrefix(index, t.spec.Name+"__")
	return ok && !slices.Contains(t.many, strings.TrimSuffix(rest, "(id)"))
}

func (t *table) planColumns(p *plan, have *existing) {
	for _, f := range have.columns {
		if !slices.Contains(t.fields, f) && !slices.Contains([]string{"#", "_id", "rev", "body"}, f) {
			p.before = append(p.before, `ALTER TABLE `+q(t.spec.Name)+` DROP COLUMN `+q(f))
		}
	}
	for _, f := range t.fields {
		if !slices.Contains(have.columns, f) {
			p.before = append(p.before, `ALTER TABLE `+q(t.spec.Name)+` ADD COLUMN `+q(f))
			p.columns = append(p.columns, f)
		}
	}
}

func (t *table) planSides(p *plan, have *existing) {
	for name := range have.tables {
		if f, ok := strings.CutPrefix(name, t.spec.Name+"__"); ok && !slices.Contains(t.many, f) {
			p.before = append(p.before, `DROP TABLE `+q(name))
		}
	}
	for _, f := range t.many {
		if !have.tables[t.spec.Name+"__"+f] {
			p.before = append(p.before, `CREATE TABLE `+t.side(f)+` (value TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (value, id)) WITHOUT ROWID`)
			p.sides = append(p.sides, f)
		}
	}
}

// make carries out a plan, inside a transaction.
func (t *table) make(ctx context.Context, c *conn, p plan) error {
	for _, sql := range p.before {
		if err := c.exec(sql); err != nil {
			return err
		}
	}
	if err := t.fill(ctx, c, p); err != nil {
		return err
	}
	for _, sql := range p.after {
		if err := c.exec(sql); err != nil {
			return t.notUnique(c, sql, err)
		}
	}
	return nil
}

// portion is how many documents are in memory while columns are filled.
const portion = 200

// fill reads all documents once to fill new columns and side tables.
func (t *table) fill(ctx context.Context, c *conn, p plan) error {
	if len(p.columns)+len(p.sides) == 0 {
		return nil
	}
	part := &table{spec: t.spec, fields: p.columns, many: p.sides}
	type doc struct {
		n    int64
		body bson.Raw
	}
	for last := int64(0); ; {
		var docs []doc
		for r, err := range c.rows(`SELECT "#", body FROM `+q(t.spec.Name)+` WHERE "#" > ? ORDER BY "#" LIMIT ?`, last, int64(portion)) {
			if err != nil {
				return err
			}
			docs = append(docs, doc{r[0].(int64), r[1].([]byte)})
		}
		for _, d := range docs {
			if err := part.fillOne(c, d.n, d.body); err != nil {
				return fmt.Errorf("document %s: %w", d.body.Lookup("_id"), err)
			}
			last = d.n
		}
		if len(docs) < portion {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (t *table) fillOne(c *conn, n int64, body bson.Raw) error {
	cols, err := t.columns(body)
	if err != nil {
		return err
	}
	if len(cols) > 0 {
		set := strings.Join(mapped(t.fields, func(f string) string { return q(f) + " = ?" }), ", ")
		if err := c.exec(`UPDATE `+q(t.spec.Name)+` SET `+set+` WHERE "#" = ?`, append(cols, n)...); err != nil {
			return err
		}
	}
	return t.addMany(c, n, body)
}

func mapped[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// notUnique says which value stands in the way of a new unique index.
func (t *table) notUnique(c *conn, sql string, err error) error {
	if code(err) != sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return err
	}
	for _, ix := range t.spec.Indexes {
		if !ix.Unique || t.indexes()[t.spec.Name+"("+strings.Join(ix.Fields, ",")+")"] != sql {
			continue
		}
		r, e := c.row(`SELECT count(*), ` + list(ix.Fields) + ` FROM ` + q(t.spec.Name) + ` WHERE ` + q(ix.Fields[0]) + ` IS NOT NULL GROUP BY ` + list(ix.Fields) + ` HAVING count(*) > 1 LIMIT 1`)
		if e != nil || r == nil {
			return err
		}
		return fmt.Errorf("%v must be unique, but %v documents have %v: change them with the previous program first", ix.Fields, r[0], r[1:])
	}
	return err
}
