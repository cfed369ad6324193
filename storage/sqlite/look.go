package sqlite

import (
	"errors"
)

// state is what lead last saw of the file, on the writing connection.
type state struct {
	data   int64 // PRAGMA data_version: changes when another connection commits
	schema int64 // PRAGMA schema_version: changes with tables and indexes
}

var errForeign = errors.New("another version of kohtaamo has changed this database: stop one of them, then start this one again")

// look notices what other processes did: commits, which Watch passes on, and
// changes to tables, with which this process must not go on writing: an index
// that it does not know would miss its documents. It asks on the writing
// connection, whose own commits do not count.
func (e *Engine) look() error {
	data, err := e.writer.number("PRAGMA data_version")
	if err != nil {
		return explain(err)
	}
	if data != e.seen.data {
		e.seen.data = data
		if changed := e.changed.Load(); changed != nil {
			(*changed)("")
		}
	}
	schema, err := e.writer.number("PRAGMA schema_version")
	if err != nil || schema == e.seen.schema {
		return explain(err)
	}
	fits, err := e.fits(e.writer)
	if err != nil {
		return explain(err)
	}
	if !fits {
		return errForeign
	}
	e.seen.schema = schema
	return nil
}

// fits reports whether all tables are as Prepare left them.
func (e *Engine) fits(c *conn) (bool, error) {
	have, err := catalogue(c)
	if err != nil {
		return false, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	for _, t := range e.tables {
		if p := t.plan(have); !p.empty() {
			return false, nil
		}
	}
	return true, nil
}
