package scheduling

import (
	"kohtaamo/storage"
)

// A notice is a promise to tell everybody at an event something, made by the
// transaction that changed the event and kept in pages afterwards: an event of
// thousands must not hold up the one who edits it.
type notice struct {
	storage.Meta `bson:",inline"`
	EventID      string `bson:"event_id"`
	Kind         string `bson:"kind"` // a mail kind
	Sequence     int    `bson:"sequence"`
	Open         bool   `bson:"open"`
	After        string `bson:"after,omitempty"` // how far it has come
}

var notices = storage.NewCollection[notice]("notices", storage.Ordered("open"), storage.Ordered("event_id"))
