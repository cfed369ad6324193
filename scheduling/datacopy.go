package scheduling

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// A DataCopy is everything that is kept about a person, for them alone.
type DataCopy struct {
	At    time.Time  `json:"at"`
	Parts []DataPart `json:"parts"`
}

// A DataPart is what one collection keeps.
type DataPart struct {
	Name      string `json:"name"`
	Documents []any  `json:"documents"`
}

// MyData gives a signed-in person all that is kept about them, and nothing about
// anybody else. Nobody else gets it: whoever asks in their place has to write to
// them.
func (d *Desk) MyData(ctx context.Context, by Actor) (out *DataCopy, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := d.myself(tx, by)
		if err != nil {
			return err
		}
		out, err = d.copyOf(tx, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("copy the data of a person: %w", err)
	}
	return out, nil
}

// copyOf gathers what every collection keeps about p.
func (d *Desk) copyOf(tx *storage.Tx, p *Person) (*DataCopy, error) {
	out := &DataCopy{At: tx.Now()}
	for _, s := range d.stores() {
		if s.copy == nil {
			continue
		}
		docs, err := s.copies(tx, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		if len(docs) > 0 {
			out.Parts = append(out.Parts, DataPart{s.name, docs})
		}
	}
	return out, nil
}

// myself is the signed-in person.
func (d *Desk) myself(tx *storage.Tx, by Actor) (*Person, error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	p, err := people.Get(tx, by.ID)
	if err == nil && p.Erased() {
		return nil, errHidden
	}
	return p, err
}
