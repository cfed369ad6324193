package scheduling

import "kohtaamo/storage"

// A personalStore is a collection that knows things about persons. Every
// collection with a name, an address or an answer of somebody has its line in
// personalStores, so that no copy and no erasure forgets it.
type personalStore struct {
	name string // of the collection, and of its part of a copy

	// copy gives what is kept about p, one value for each document, ready for
	// JSON: only what is about p, nothing about others.
	copy func(tx *storage.Tx, p *Person) ([]any, error)

	// erase takes p out of the collection: what counts stays, with p's id, which
	// is random and leads nowhere once the person is gone; names, addresses,
	// answers and free texts about p go. It says how many documents it changed.
	erase func(tx *storage.Tx, p *Person) (int, error)
}

// personalStores are all of them, in the order of a copy.
var personalStores = []personalStore{
	{"activity_log", copyWorks, eraseWorks},
	{"group_mandates", copyMandates, eraseMandates},
	{"foresight_notes", copyForesight, eraseForesight},
}
