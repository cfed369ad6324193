package storage

import (
	"bytes"
	"slices"
	"sync"
)

// Shared is Get for a caller who only reads: as long as the document stays as
// it is, all who ask get the same *T, which nobody may change. It spares many
// who come for one document the work of decoding it for each.
func (c Collection[T, P]) Shared(tx *Tx, id string) (*T, error) {
	raw, err := c.raw(tx, id)
	if err != nil {
		return nil, err
	}
	key := c.Name + "/" + id
	if v, ok := tx.shared.get(key, raw).(*T); ok {
		return v, nil
	}
	v, err := c.decode(raw)
	if err == nil {
		tx.shared.put(key, raw, v)
	}
	return v, tx.fail(err)
}

// maxShared is how many documents are kept decoded.
const maxShared = 64

// shared keeps documents decoded, each with the bytes it was decoded from: a
// revision could be another one's after a rollback or an import.
type shared struct {
	mu   sync.Mutex
	docs map[string]sharedDoc // by collection and ID
}

type sharedDoc struct {
	raw []byte
	doc any
}

// get is what was put for the same bytes, or nil.
func (s *shared) get(key string, raw []byte) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.docs[key]; bytes.Equal(d.raw, raw) {
		return d.doc
	}
	return nil
}

func (s *shared) put(key string, raw []byte, doc any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.docs == nil || len(s.docs) >= maxShared {
		s.docs = map[string]sharedDoc{}
	}
	s.docs[key] = sharedDoc{slices.Clone(raw), doc}
}
