package scheduling

import (
	"context"
	"time"

	"kohtaamo/storage"
)

// An Entry of the audit log says who did what to what, and why. It is written
// by the transaction that did it.
type Entry struct {
	storage.Meta `bson:",inline"`
	At           time.Time `bson:"at"`
	Actor        string    `bson:"actor"` // person or token id; empty for the public and jobs
	ActorName    string    `bson:"actor_name"`
	Via          string    `bson:"via"`
	Action       string    `bson:"action"`  // "event.publish", "registration.approve"
	Subject      string    `bson:"subject"` // id of the document
	About        string    `bson:"about"`   // id of its owner: the event of a registration
	Label        string    `bson:"label"`   // what the subject was called then
	Reason       string    `bson:"reason,omitempty"`
}

var audit = storage.NewCollection[Entry]("audit",
	storage.Ordered("at"), storage.Ordered("subject", "at"), storage.Ordered("about", "at"),
	storage.Ordered("actor", "at"), storage.Ordered("action", "at"))

// log writes one entry.
func (d *Desk) log(tx *storage.Tx, by Actor, action, subject, about, label, reason string) error {
	return audit.Put(tx, &Entry{
		Meta: storage.Meta{ID: storage.NewID()}, At: tx.Now(),
		Actor: by.ID, ActorName: by.Name, Via: by.Via,
		Action: action, Subject: subject, About: about, Label: label, Reason: reason,
	})
}

// AuditFilter chooses entries; the first one set of Subject, About, Actor and
// Action decides.
type AuditFilter struct {
	Subject, About, Actor, Action string
	After                         string
	Limit                         int
}

// Audit lists entries, newest first, for an administrator.
func (d *Desk) Audit(ctx context.Context, by Actor, f AuditFilter) (entries []*Entry, next string, err error) {
	if !by.Administers() {
		return nil, "", errHidden
	}
	q := storage.Query{Sort: "-at", Limit: f.Limit, After: f.After}
	for field, v := range map[string]string{"subject": f.Subject, "about": f.About, "actor": f.Actor, "action": f.Action} {
		if v != "" {
			q.Where = append(q.Where, storage.Is(field, v))
		}
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		entries, next, err = audit.Page(tx, q)
		return err
	})
	return entries, next, err
}

// Record notes something that was done outside this package, such as a sign-in
// or a token, in the caller's transaction.
func (d *Desk) Record(tx *storage.Tx, by Actor, action, subject, label string) error {
	return d.log(tx, by, action, subject, subject, label, "")
}
