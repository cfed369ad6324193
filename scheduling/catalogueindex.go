package scheduling

import (
	"slices"
	"sync"
	"time"

	"kohtaamo/storage"
)

// A Catalogues keeps the entrants of the rounds that are asked for in memory,
// made ready to be searched and compared. The zero value is ready.
type Catalogues struct {
	mu   sync.Mutex
	kept []*catalogue // the one asked for last at the end
}

// maxCatalogues is how many rounds are kept.
const maxCatalogues = 8

// A catalogue is all of one round's entrants. Entrants are looked at under its
// lock, and not changed.
type catalogue struct {
	mu      sync.RWMutex
	roundID string
	version uint64    // of the collection, when it was last read
	seen    time.Time // the newest change that was read
	lexicon *lexicon
	ids     map[string]int
	all     []*listing
}

// overlapOfReads is how far back a catalogue reads again: a transaction takes
// its time from when it begins, and may be stored that much later.
const overlapOfReads = 15 * time.Second

// of is the catalogue of a round.
func (c *Catalogues) of(roundID string) *catalogue {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.kept, func(k *catalogue) bool { return k.roundID == roundID })
	var k *catalogue
	if i >= 0 {
		k = c.kept[i]
		c.kept = slices.Delete(c.kept, i, i+1)
	} else {
		k = &catalogue{roundID: roundID, lexicon: newLexicon(), ids: map[string]int{}}
	}
	c.kept = append(c.kept, k)
	if len(c.kept) > maxCatalogues {
		c.kept = slices.Delete(c.kept, 0, 1)
	}
	return k
}

// catalogue is that of a round as it is in tx or later. The version is that of
// the collection from before tx began: what tx sees may be older than what is
// counted meanwhile. The caller releases it when done.
func (d *Desk) catalogue(tx *storage.Tx, roundID string, version uint64) (c *catalogue, release func(), err error) {
	c = d.catalogues.of(roundID)
	c.mu.RLock()
	if c.version >= version && !c.seen.IsZero() {
		return c, c.mu.RUnlock, nil
	}
	c.mu.RUnlock()
	if err := c.refresh(tx, version); err != nil {
		return nil, nil, err
	}
	c.mu.RLock()
	return c, c.mu.RUnlock, nil
}

// refresh reads what has changed since c was last read.
func (c *catalogue) refresh(tx *storage.Tx, version uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := storage.Query{Where: []storage.Cond{storage.Is("round_id", c.roundID)}}
	if !c.seen.IsZero() {
		q.Where = append(q.Where, storage.Cond{Field: "updated", Op: storage.Ge, Value: c.seen.Add(-overlapOfReads)})
	}
	list, err := entrants.Find(tx, q)
	if err != nil {
		return err
	}
	for _, e := range list {
		c.take(e)
	}
	c.version = max(c.version, version)
	if c.seen.IsZero() {
		c.seen = time.Unix(0, 0) // read, and nobody is there
	}
	return nil
}

// take puts an entrant in, or its newer revision in its place.
func (c *catalogue) take(e *Entrant) {
	if e.Updated.After(c.seen) {
		c.seen = e.Updated
	}
	i, known := c.ids[e.ID]
	switch {
	case known && c.all[i].Rev >= e.Rev:
	case known:
		c.all[i] = c.lexicon.list(e)
	default:
		c.ids[e.ID] = len(c.all)
		c.all = append(c.all, c.lexicon.list(e))
	}
}

// get is one entrant of the round, or nil.
func (c *catalogue) get(id string) *listing {
	if i, ok := c.ids[id]; ok {
		return c.all[i]
	}
	return nil
}
