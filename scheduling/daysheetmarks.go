package scheduling

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A TripNote is what a leader wrote down on the road.
type TripNote struct {
	storage.Meta `bson:",inline"`
	TripID       string    `bson:"trip_id"`
	PartID       string    `bson:"part_id,omitempty"` // that it is about; none for the day
	Text         string    `bson:"text"`
	At           time.Time `bson:"at"` // when it was written, which may be before it arrived
	By           string    `bson:"by"`
	Name         string    `bson:"name"` // of its author
}

var tripNotes = storage.NewCollection[TripNote]("trip_notes", storage.Ordered("trip_id", "at"))

// notesOf are the notes of a trip, newest first.
func notesOf(tx *storage.Tx, tripID string) ([]*TripNote, error) {
	list, err := tripNotes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}})
	slices.SortFunc(list, func(a, b *TripNote) int { return b.At.Compare(a.At) })
	return list, err
}

// A Marking says that somebody took part in something, or did not.
type Marking struct {
	TravellerID, PartID string
	Present             bool
	At                  time.Time // when it was seen; zero is now. Of two marks the later one holds, whichever arrives first
}

// MarkTraveller notes whether somebody takes part in a leg or an activity. The
// same mark twice, and one that is older than the one there is, change nothing.
func (d *Desk) MarkTraveller(ctx context.Context, by Actor, tripID string, in Marking) (v *Traveller, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, x, err := markedPart(tx, by, tripID, in.PartID)
		if err != nil {
			return err
		}
		if v, err = travellers.Get(tx, in.TravellerID); err != nil {
			return err
		}
		if v.TripID != t.ID || !x.Has(v.ID) {
			return errHidden
		}
		return d.markSeen(tx, by, t, v, in)
	})
	if err != nil {
		return nil, fmt.Errorf("mark traveller: %w", err)
	}
	return v, nil
}

func (d *Desk) markSeen(tx *storage.Tx, by Actor, t *Trip, v *Traveller, in Marking) error {
	m := Mark{Present: in.Present, At: seenAt(in.At, tx.Now()), By: by.ID}
	old, marked := v.Marks[in.PartID]
	if marked && !m.At.After(old.At) {
		return nil
	}
	if v.Marks = maps.Clone(v.Marks); v.Marks == nil {
		v.Marks = map[string]Mark{}
	}
	v.Marks[in.PartID] = m
	if err := travellers.Put(tx, v); err != nil || marked && old.Present == m.Present {
		return err // that it was seen again is no news
	}
	return d.log(tx, by, map[bool]string{true: "traveller.present", false: "traveller.absent"}[m.Present], v.ID, t.ID, v.Name, "")
}

// markedPart is a part of a trip's programme that somebody can be marked in.
func markedPart(tx *storage.Tx, by Actor, tripID, partID string) (*Trip, Part, error) {
	t, err := ledTrip(tx, by, tripID)
	if err != nil {
		return nil, Part{}, err
	}
	p, err := programmeOf(tx, t)
	if err != nil {
		return nil, Part{}, err
	}
	for _, x := range p.Parts(t) {
		if x.ID == partID && x.Kind != StayPart {
			return t, x, nil
		}
	}
	return nil, Part{}, errHidden
}

// seenAt is when something was noted on a phone whose clock may be wrong: never
// later than now, as nothing could follow it. Like every stored moment it is in
// whole milliseconds.
func seenAt(at, now time.Time) time.Time {
	if at.IsZero() || at.After(now) {
		at = now
	}
	return at.UTC().Truncate(time.Millisecond)
}

// NoteTrip keeps a note of a leader under in.ID if that is set. The same one
// twice is one; notes are never overwritten.
func (d *Desk) NoteTrip(ctx context.Context, by Actor, tripID string, in TripNote) (note *TripNote, err error) {
	f := faults{}
	in.Text = cleanText(in.Text)
	f.need("text", in.Text, noteLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		note, err = tripNotes.Get(tx, orNew(in.ID))
		switch {
		case err == nil && note.TripID == t.ID:
			return nil
		case err == nil:
			return errHidden
		case !errors.Is(err, storage.ErrNotFound):
			return err
		}
		note = &TripNote{Meta: storage.Meta{ID: orNew(in.ID)}, TripID: t.ID, PartID: in.PartID, Text: in.Text, At: seenAt(in.At, tx.Now()), By: by.ID, Name: by.Name}
		if err := tripNotes.Put(tx, note); err != nil {
			return err
		}
		return d.log(tx, by, "trip.note", note.ID, t.ID, t.Title.In("en"), "")
	})
	if err != nil {
		return nil, fmt.Errorf("note of a trip: %w", err)
	}
	return note, nil
}
