// Package storage keeps the application's documents in one of two engines: an
// SQLite file (storage/sqlite) or MongoDB (storage/mongo).
//
// It is a small database/sql for documents and knows nothing of events. A type
// embeds Meta and is declared once, with what it may be asked for:
//
//	type Event struct {
//		storage.Meta `bson:",inline"`
//		Slug   string    `bson:"slug"`
//		Starts time.Time `bson:"starts"`
//	}
//
//	var events = storage.NewCollection[Event]("events",
//		storage.Unique("slug"), storage.Ordered("starts"))
//
// and is read and written inside a transaction:
//
//	err := db.Update(ctx, func(tx *storage.Tx) error {
//		e, err := events.Get(tx, id)
//		if err != nil {
//			return err
//		}
//		e.Starts = e.Starts.Add(time.Hour)
//		return events.Put(tx, e)
//	})
//
// Words to know: a Spec is a collection's name and indexes; a document's Rev
// rises by one with every Put, and a Put of an older Rev is ErrConflict; only
// declared fields can be asked for or sorted by, so that no query ever reads
// everything by mistake. Both engines are held to the same promises by
// storage/storagetest.
//
// A field that is asked for holds one kind of value in all documents: a
// string, a whole number, a float, a bool or an instant (kept in milliseconds,
// UTC). Strings are compared byte by byte.
package storage
