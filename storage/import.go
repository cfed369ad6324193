package storage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Import reads what Export wrote, of either engine, into a database without
// documents; else ErrNotEmpty. If the export is of an older schema, the
// migrations since then run on it. It is all or nothing: after an error, which
// names the line, the database is empty again. If the process is killed, every
// later transaction is refused with ErrUnfinished, and Import starts over.
func (db *DB) Import(ctx context.Context, r io.Reader) error {
	in := &importer{db: db, lines: bufio.NewReaderSize(r, 1<<16)}
	if err := in.begin(ctx); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	err := in.load(ctx)
	if err == nil {
		err = in.migrate(ctx)
	}
	if err != nil {
		err = fmt.Errorf("import: %w", err)
		if e := db.wipe(context.WithoutCancel(ctx)); e != nil {
			return errors.Join(err, fmt.Errorf("empty the database again: %w", e))
		}
	}
	if e := db.setMark(context.WithoutCancel(ctx), false); e != nil {
		return errors.Join(err, e)
	}
	db.unfinished.Store(false)
	db.raise("")
	return err
}

// An importer is one import under way.
type importer struct {
	db     *DB
	lines  *bufio.Reader
	line   int
	count  int
	schema int // of the export
	batch  []imported
	bytes  int
}

// An imported document waits to be stored.
type imported struct {
	spec Spec
	id   string
	body bson.Raw
	line int
}

// How much Import stores in one transaction.
const (
	batchDocuments = 500
	batchBytes     = 4 << 20
	longestLine    = 64 << 20
)

// begin reads the header and marks the database as half imported.
func (in *importer) begin(ctx context.Context) error {
	head, err := in.next()
	if err != nil {
		return err
	}
	if head.Format != format {
		return fmt.Errorf("line 1: this is not an export of kohtaamo")
	}
	if head.Version > formatVersion {
		return fmt.Errorf("line 1: %w (format %d, this program knows %d)", ErrNewer, head.Version, formatVersion)
	}
	if head.Schema > in.db.version() {
		return fmt.Errorf("line 1: %w (schema %d, this program knows %d): import with that newer program", ErrNewer, head.Schema, in.db.version())
	}
	in.schema = head.Schema
	if in.db.unfinished.Load() {
		return in.db.wipe(ctx)
	}
	if err := in.db.checkEmpty(ctx); err != nil {
		return err
	}
	if err := in.db.setMark(ctx, true); err != nil {
		return err
	}
	in.db.unfinished.Store(true)
	return nil
}

// next reads one line.
func (in *importer) next() (exportLine, error) {
	var l exportLine
	text, err := in.lines.ReadBytes('\n')
	in.line++
	if err != nil && (err != io.EOF || len(bytes.TrimSpace(text)) == 0) {
		if err == io.EOF {
			err = errors.New("the file ends here, before its last line: it was cut off")
		}
		return l, fmt.Errorf("line %d: %w", in.line, err)
	}
	if len(text) > longestLine {
		return l, fmt.Errorf("line %d: longer than any document", in.line)
	}
	if err := json.Unmarshal(text, &l); err != nil {
		return l, fmt.Errorf("line %d: %w", in.line, err)
	}
	return l, nil
}

// load stores all documents, and checks that none is missing at the end.
func (in *importer) load(ctx context.Context) error {
	for {
		l, err := in.next()
		if err != nil {
			return err
		}
		if l.Documents != nil {
			if *l.Documents != in.count {
				return fmt.Errorf("line %d: %d documents were exported, but %d are here", in.line, *l.Documents, in.count)
			}
			return in.flush(ctx)
		}
		if err := in.add(l); err != nil {
			return fmt.Errorf("line %d: %w", in.line, err)
		}
		if len(in.batch) >= batchDocuments || in.bytes >= batchBytes {
			if err := in.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// add checks one document as Put would.
func (in *importer) add(l exportLine) error {
	i := slices.IndexFunc(in.db.schema.Specs, func(s Spec) bool { return s.Name == l.Collection })
	if i < 0 {
		return fmt.Errorf("no collection is called %q", l.Collection)
	}
	var doc bson.D
	if err := bson.UnmarshalExtJSON(l.Document, true, &doc); err != nil {
		return fmt.Errorf("%s: %w", l.Collection, err)
	}
	body, err := bson.Marshal(doc)
	if err != nil {
		return fmt.Errorf("%s: %w", l.Collection, err)
	}
	d := imported{in.db.schema.Specs[i], "", body, in.line}
	if d.id, _ = d.body.Lookup("_id").StringValueOK(); d.id == "" || Revision(body) < 1 {
		return fmt.Errorf("%s: a document without _id or rev", l.Collection)
	}
	if in.schema == in.db.version() { // else a migration still has to make it right
		if err := d.spec.checkBody(body); err != nil {
			return fmt.Errorf("%s %s: %w", l.Collection, d.id, err)
		}
	}
	in.batch, in.bytes, in.count = append(in.batch, d), in.bytes+len(body), in.count+1
	return nil
}

// Revision reads the revision that a document carries; 0 if it has none.
func Revision(body bson.Raw) int64 {
	rev, _ := body.Lookup("rev").AsInt64OK()
	return rev
}

func (in *importer) flush(ctx context.Context) error {
	err := in.db.engine.Update(ctx, func(e EngineTx) error {
		for _, d := range in.batch {
			if err := e.Insert(d.spec, d.id, d.body); err != nil {
				return fmt.Errorf("line %d: %s %s: %w", d.line, d.spec.Name, d.id, err)
			}
		}
		return nil
	})
	in.batch, in.bytes = in.batch[:0], 0
	return err
}

// migrate does to the documents what their database had not seen. The ledger
// has these steps already: Open ran them while the database was empty.
func (in *importer) migrate(ctx context.Context) error {
	for _, m := range in.db.schema.Migrations {
		if m.Version <= in.schema {
			continue
		}
		if err := in.db.update(ctx, m.Run); err != nil {
			return fmt.Errorf("migration %d (%s): %w", m.Version, m.Name, err)
		}
	}
	return nil
}

func (db *DB) checkEmpty(ctx context.Context) error {
	return db.engine.View(ctx, func(e EngineTx) error {
		for _, s := range db.schema.Specs {
			for _, err := range e.Find(s, Plan{Sort: "_id", Limit: 1}) {
				if err != nil {
					return err
				}
				return fmt.Errorf("%w: it has %s; import into a new one", ErrNotEmpty, s.Name)
			}
		}
		return nil
	})
}

// setMark makes or removes the mark of an import under way.
func (db *DB) setMark(ctx context.Context, on bool) error {
	return db.update(ctx, func(tx *Tx) error {
		if on {
			return ledger.Put(tx, &step{Meta: Meta{ID: importMark}, Name: "an import is under way"})
		}
		m, err := ledger.Get(tx, importMark)
		if err != nil {
			return err
		}
		return ledger.Delete(tx, m)
	})
}

// wipe deletes the documents of an import that failed, some at a time.
func (db *DB) wipe(ctx context.Context) error {
	for _, s := range db.schema.Specs {
		for more := true; more; {
			err := db.engine.Update(ctx, func(e EngineTx) error {
				n, err := deleteSome(e, s)
				more = n == batchDocuments
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
	}
	return nil
}

func deleteSome(e EngineTx, s Spec) (int, error) {
	var old []bson.Raw
	for raw, err := range e.Find(s, Plan{Sort: "_id", Limit: batchDocuments}) {
		if err != nil {
			return 0, err
		}
		old = append(old, slices.Clone(raw))
	}
	for _, raw := range old {
		if err := e.Delete(s, raw.Lookup("_id").StringValue(), Revision(raw)); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}
