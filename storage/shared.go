package storage

import (
	"bytes"
	"slices"
	"sync"
)

// shared is Collection.Shared; blank makes what a document is read into.
func (s Spec) shared(tx *Tx, id string, blank func() any) (any, error) {
	raw, err := s.get(tx, id)
	if err != nil {
		return nil, err
	}
	key := s.Name + "/" + id
	if v := tx.shared.get(key, raw); v != nil {
		return v, nil
	}
	v := blank()
	if err := s.decode(tx, raw, v); err != nil {
		return nil, err
	}
	tx.shared.put(key, raw, v)
	return v, nil
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
