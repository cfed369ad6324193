package scheduling

import (
	"errors"

	"kohtaamo/storage"
)

// PersonByID gives a person, in a caller's transaction.
func PersonByID(tx *storage.Tx, id string) (*Person, error) { return people.Get(tx, id) }

// Actor is the person as one who asks for something through a page.
func (p *Person) Actor() Actor {
	return Actor{ID: p.ID, Name: p.Name, Email: p.Email, Lang: p.Lang, Via: "page", Grants: p.Grants}
}

// Administered reports whether the house has an administrator, in a caller's
// transaction.
func (d *Desk) Administered(tx *storage.Tx) (bool, error) {
	err := d.anyAdministrator(tx)
	if p := ProblemIn(err); p != nil {
		return false, nil
	}
	return err == nil, err
}

// PeopleSpec is the collection that a cache of persons and their roles watches.
func PeopleSpec() storage.Spec { return people.Spec }

// IsHidden reports whether err is the answer for what does not exist or may
// not be seen.
func IsHidden(err error) bool { return errors.Is(err, storage.ErrNotFound) }
