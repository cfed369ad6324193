package sqlite

import (
	"database/sql/driver"
	"fmt"
	"io"
	"iter"
	"net/url"

	"modernc.org/sqlite"
)

// conn is one connection with its prepared statements, for one goroutine at a
// time.
type conn struct {
	c     driver.Conn
	stmts map[string]*stmt
	last  error // the latest error of a statement
}

// stmt is a prepared statement; while a query of it is open it is busy.
type stmt struct {
	driver.Stmt
	busy bool
}

// maxStmts is how many prepared statements a connection keeps.
const maxStmts = 200

// Settings of connections. synchronous FULL: what was answered survives a
// power cut. The writer does not wait for locks inside SQLite (see begin). Its
// 16 MB of cache hold all pages that a group changes, so that each is written
// once, and it copies pages from the log into the file only every 16 MB: pages
// that changed many times meanwhile are copied once. 8 MB of cache for each
// reader keep the inner pages of 100,000 documents at hand.
var (
	common  = []string{"PRAGMA temp_store = memory", "PRAGMA foreign_keys = off", "PRAGMA trusted_schema = off"}
	writing = append([]string{"PRAGMA busy_timeout = 10000", "PRAGMA journal_mode = wal", "PRAGMA synchronous = full", "PRAGMA busy_timeout = 0",
		"PRAGMA cache_size = -16000", "PRAGMA wal_autocheckpoint = 4000"}, common...)
	copying = append([]string{"PRAGMA busy_timeout = 10000"}, common...)
	reading = append([]string{"PRAGMA busy_timeout = 10000", "PRAGMA query_only = on", "PRAGMA cache_size = -8000"}, common...)
)

// dial opens one connection.
func dial(path string, settings []string) (*conn, error) {
	// As a file: address, since a plain path would be cut at a question mark.
	d, err := new(sqlite.Driver).Open("file:" + (&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return nil, err
	}
	c := &conn{c: d, stmts: map[string]*stmt{}}
	for _, s := range settings {
		if err := c.exec(s); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

func (c *conn) close() {
	for _, s := range c.stmts {
		s.Close()
	}
	c.c.Close()
}

// prepare gives a statement that no query is using, and what to do with it
// afterwards.
func (c *conn) prepare(query string) (s *stmt, release func(), err error) {
	s = c.stmts[query]
	if s != nil && !s.busy {
		s.busy = true
		return s, func() { s.busy = false }, nil
	}
	d, err := c.c.Prepare(query)
	if err != nil {
		return nil, nil, err
	}
	if s != nil { // the same query runs inside its own loop
		return &stmt{Stmt: d}, func() { d.Close() }, nil
	}
	c.forget()
	s = &stmt{d, true}
	c.stmts[query] = s
	return s, func() { s.busy = false }, nil
}

// forget makes room for a statement.
func (c *conn) forget() {
	for query, s := range c.stmts {
		if len(c.stmts) < maxStmts {
			return
		}
		if !s.busy {
			s.Close()
			delete(c.stmts, query)
		}
	}
}

// exec runs a statement that has no result.
func (c *conn) exec(query string, args ...driver.Value) error {
	_, err := c.run(query, args...)
	return err
}

func (c *conn) run(query string, args ...driver.Value) (driver.Result, error) {
	s, release, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	defer release()
	res, err := s.Exec(args) //nolint:staticcheck // without a context, so that nothing can interrupt it
	return res, c.note(err)
}

// note keeps an error: when SQLite gives up a whole transaction, only the
// statement that made it do so says why.
func (c *conn) note(err error) error {
	if err != nil {
		c.last = err
	}
	return err
}

// rows streams a result; a row is valid until the next one.
func (c *conn) rows(query string, args ...driver.Value) iter.Seq2[[]driver.Value, error] {
	return func(yield func([]driver.Value, error) bool) {
		s, release, err := c.prepare(query)
		if err != nil {
			yield(nil, err)
			return
		}
		defer release()
		rs, err := s.Query(args) //nolint:staticcheck // as in run
		if err != nil {
			yield(nil, c.note(err))
			return
		}
		defer rs.Close()
		row := make([]driver.Value, len(rs.Columns()))
		for {
			err := rs.Next(row)
			if err == io.EOF || !yield(row, c.note(err)) || err != nil {
				return
			}
		}
	}
}

// row returns the first row, nil if there is none.
func (c *conn) row(query string, args ...driver.Value) ([]driver.Value, error) {
	for r, err := range c.rows(query, args...) {
		return r, err
	}
	return nil, nil
}

// number returns the one number of a result.
func (c *conn) number(query string, args ...driver.Value) (int64, error) {
	r, err := c.row(query, args...)
	if err != nil {
		return 0, err
	}
	if len(r) == 1 {
		if n, ok := r[0].(int64); ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%s: no number but %v", query, r)
}
