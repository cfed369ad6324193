package scheduling

import "kohtaamo/storage"

// A feedToken is a member's secret calendar address. Its text is signed, not
// stored; a higher generation rotates it, Revoked ends it.
type feedToken struct {
	storage.Meta `bson:",inline"`
	PersonID     string `bson:"person_id"`
	Generation   int    `bson:"generation"`
	Revoked      bool   `bson:"revoked"`
	Lang         string `bson:"lang"`
}

var feedTokens = storage.NewCollection[feedToken]("feed_tokens", storage.Unique("person_id"))
