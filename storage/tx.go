package storage

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// Tx is one transaction, for one goroutine, until its function returns. After
// an error other than ErrNotFound it only repeats that error, and an Update
// cannot succeed any more: MongoDB has aborted by then.
type Tx struct {
	engine EngineTx
	shared *shared
	now    time.Time
	writes bool
	err    error
	undo   []func() // gives the documents that were put their old Meta back
	wrote  []string // collections
}

// Now is the moment of the transaction: one for all of it, UTC, milliseconds.
func (tx *Tx) Now() time.Time { return tx.now }

var errReadOnly = errors.New("a View only reads: use Update")

// fail remembers the first error that ends the transaction.
func (tx *Tx) fail(err error) error {
	if err != nil && !errors.Is(err, ErrNotFound) && tx.err == nil {
		tx.err = err
	}
	return err
}

// writing reports why nothing can be written to the collection, or notes that
// something is.
func (tx *Tx) writing(collection string) error {
	if tx.err == nil && !tx.writes {
		tx.err = errReadOnly
	}
	if !slices.Contains(tx.wrote, collection) {
		tx.wrote = append(tx.wrote, collection)
	}
	return tx.err
}

func (tx *Tx) rollback() {
	for _, f := range slices.Backward(tx.undo) {
		f()
	}
	tx.undo = nil
}

// goroutine is the number of the running goroutine. Go does not offer it
// otherwise; it serves only to find an Update inside an Update, which would
// hold up everybody else for as long as Update is patient.
func goroutine() uint64 {
	var buf [40]byte
	line := bytes.Fields(buf[:runtime.Stack(buf[:], false)]) // "goroutine 18 [running]:"
	n, _ := strconv.ParseUint(string(line[1]), 10, 64)
	return n
}
