package scheduling

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"kohtaamo/storage"
)

// secrets is what one installation keeps to itself, in one document.
type secrets struct {
	storage.Meta `bson:",inline"`
	Key          []byte `bson:"key"`
}

var house = storage.NewCollection[secrets]("house")

const theHouse = "house"

// HouseKey gives the 32 bytes that sign this installation's links, made at the
// first call. Every server of one database gets the same.
func HouseKey(ctx context.Context, db *storage.DB) ([]byte, error) {
	var key []byte
	err := db.Update(ctx, func(tx *storage.Tx) error {
		s, err := house.Get(tx, theHouse)
		if errors.Is(err, storage.ErrNotFound) {
			s = &secrets{Meta: storage.Meta{ID: theHouse}, Key: make([]byte, 32)}
			rand.Read(s.Key)
			err = house.Put(tx, s)
		}
		if err != nil {
			return err
		}
		key = s.Key
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the house key: %w", err)
	}
	return key, nil
}
