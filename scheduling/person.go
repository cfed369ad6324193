package scheduling

import (
	"time"

	"kohtaamo/storage"
)

// A Person is a contact, of one company at most at a time. Whoever registers
// becomes one; with Grants a person may organise.
type Person struct {
	storage.Meta `bson:",inline"`
	Email        string    `bson:"email"`             // lower case; who they are to us
	Aliases      []string  `bson:"aliases,omitempty"` // other addresses of theirs, of persons they were merged with
	Name         string    `bson:"name"`
	Sort         string    `bson:"sort"`
	CompanyID    string    `bson:"company_id,omitempty"`
	Title        string    `bson:"title,omitempty"`
	Phone        string    `bson:"phone,omitempty"`
	Lang         string    `bson:"lang"`
	Zone         string    `bson:"zone,omitempty"` // IANA name of their wall clock, where they said it
	ClusterIDs   []string  `bson:"cluster_ids"`    // whose contact they are
	Consents     []Consent `bson:"consents,omitempty"`
	Grants       []Grant   `bson:"grants,omitempty"`
	Staff        bool      `bson:"staff"` // has grants
	Words        []string  `bson:"words"`
	ErasedAt     time.Time `bson:"erased_at,omitempty"` // see Erased
}

// A Consent is one answer to one purpose, with the words that were shown.
type Consent struct {
	Purpose string    `bson:"purpose" json:"purpose"` // "participants", "newsletter", "photos"
	Given   bool      `bson:"given" json:"given"`
	At      time.Time `bson:"at" json:"at"`
	Wording string    `bson:"wording" json:"wording"`
}

var people = storage.NewCollection[Person]("people",
	storage.Unique("email"), storage.Ordered("sort"), storage.Ordered("company_id", "sort"),
	storage.Ordered("staff", "sort"), storage.Many("cluster_ids"), storage.Many("aliases"), storage.Many("words"))
