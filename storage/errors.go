package storage

import "errors"

// What can go wrong that a caller may want to tell apart; ask with errors.Is.
var (
	// ErrNotFound is the answer to Get and First when there is no such document.
	ErrNotFound = errors.New("not found")
	// ErrConflict is the answer to Put and Delete when the document is no
	// longer at the revision it was read at.
	ErrConflict = errors.New("changed by someone else")
	// ErrDuplicate is the answer to Put when another document has the same
	// ID or the same values in a Unique or UniqueIf index.
	ErrDuplicate = errors.New("already exists")
	// ErrBusy is the answer when a transaction could not get through for ten
	// seconds because others were in its way. Trying again later is right.
	ErrBusy = errors.New("the database is busy")
	// ErrClosed is the answer once the database has been closed: the program
	// is stopping, and another will go on.
	ErrClosed = errors.New("the database is closed")
	// ErrNested is the answer to an Update from inside the function of
	// another Update: they would wait for each other.
	ErrNested = errors.New("an Update inside an Update: pass the tx on instead")
	// ErrCursor is the answer to Page when Query.After is not something that
	// Page returned for the same collection and order.
	ErrCursor = errors.New("this page address is damaged or belongs to another list")
	// ErrNewer is the answer to Open when a newer program has migrated the
	// database.
	ErrNewer = errors.New("this database was written by a newer kohtaamo")
	// ErrUnfinished is the answer to every transaction on a database whose
	// import was interrupted.
	ErrUnfinished = errors.New("an import into this database did not finish: run kohtaamo import again with the same file, or start with an empty database")
	// ErrNotEmpty is the answer to Import into a database that has documents.
	ErrNotEmpty = errors.New("the database is not empty")
)
