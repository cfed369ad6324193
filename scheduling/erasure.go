package scheduling

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// ErasureState is how far the erasure of a person has come.
type ErasureState string

// The states of an erasure, in their order.
const (
	ErasureLeaving ErasureState = "leaving"  // what the person still had ahead of them is called off
	ErasureGoing   ErasureState = "going"    // collection by collection
	ErasureDone    ErasureState = "done"     // the database knows nothing of them any more
	ErasureClean   ErasureState = "scrubbed" // nor do its files
)

// ErasureStates are all of them, in the order of a filter.
var ErasureStates = []ErasureState{ErasureLeaving, ErasureGoing, ErasureDone, ErasureClean}

// An Erasure is the proof that a person was erased, under the id that they had.
// It names them only as long as it is needed to find them.
type Erasure struct {
	storage.Meta `bson:",inline"`
	State        ErasureState   `bson:"state"`
	By           string         `bson:"by"` // ErasedByThemselves, ErasedByAdministrator, ErasedByRule
	Who          *Person        `bson:"who,omitempty"`
	Names        []string       `bson:"names,omitempty"` // others that they gave, with an address alone
	Step         string         `bson:"step,omitempty"`  // the collection that is being gone through
	After        string         `bson:"after,omitempty"` // how far
	Changed      map[string]int `bson:"changed"`         // documents, by collection
	At           time.Time      `bson:"at"`
	DoneAt       time.Time      `bson:"done_at,omitempty"`
	ScrubbedAt   time.Time      `bson:"scrubbed_at,omitempty"`
}

// Who had a person erased.
const (
	ErasedByThemselves    = "person"
	ErasedByAdministrator = "administrator"
	ErasedByRule          = "rule"
)

var erasures = storage.NewCollection[Erasure]("erasures", storage.Ordered("state", "at"), storage.Ordered("at"))

// The actions of the audit log about an erasure.
const (
	auditErase  = "person.erase"  // was asked for
	auditErased = "person.erased" // is done
)

// Documents is how many documents were changed.
func (e *Erasure) Documents() (n int) {
	for _, c := range e.Changed {
		n += c
	}
	return n
}

// ErasePerson erases a person for an administrator. What they still had ahead of
// them is called off first as if they did, so that seats go to who waits and
// hosts hear of it; then every collection forgets them. Counts stay. It goes on
// by itself where it is cut off; asked for twice, it happens once.
func (d *Desk) ErasePerson(ctx context.Context, by Actor, id string) (*Erasure, error) {
	if !by.Administers() {
		return nil, errHidden
	}
	who := ErasedByAdministrator
	if by.Via == "job" {
		who = ErasedByRule
	}
	return d.erase(ctx, by, id, who)
}

// erase begins an erasure and carries it out as far as possible now.
func (d *Desk) erase(ctx context.Context, by Actor, id, who string) (*Erasure, error) {
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.beginErasure(tx, by, id, who) })
	})
	if err != nil {
		return nil, fmt.Errorf("erase person %s: %w", id, changedMeanwhile(err))
	}
	e, err := d.carryOn(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("erase person %s: %w", id, err)
	}
	return e, nil
}

// carryOn carries an erasure out as far as possible now.
func (d *Desk) carryOn(ctx context.Context, id string) (*Erasure, error) {
	e, err := d.carryOut(ctx, id, portionsAtOnce)
	if err != nil && e == nil {
		return nil, err
	}
	if err != nil && d.Log != nil { // the job goes on with it
		d.Log.WarnContext(ctx, "erasure goes on later", "person", id, "step", e.Step, "error", err)
	}
	return e, nil
}

// beginErasure takes the person's roles and writes down that they are to go, with
// other names that they are known by.
func (d *Desk) beginErasure(tx *storage.Tx, by Actor, id, who string, names ...string) error {
	if _, err := erasures.Get(tx, id); !errors.Is(err, storage.ErrNotFound) {
		return err // it is under way, or done
	}
	p, err := people.Get(tx, id)
	if err != nil {
		return err
	}
	if len(p.Grants) > 0 {
		was := p.Actor().Administers()
		p.Grants = nil
		p.index()
		if err := people.Put(tx, p); err != nil {
			return err
		}
		if was {
			if err := d.anyAdministrator(tx); err != nil {
				return err
			}
		}
	}
	for _, face := range p.faces() {
		if err := d.leaveForGood(tx, face.Email); err != nil {
			return err
		}
	}
	e := &Erasure{Meta: storage.Meta{ID: p.ID}, State: ErasureLeaving, By: who, Who: p, Names: names, At: tx.Now(), Changed: map[string]int{}}
	if err := erasures.Put(tx, e); err != nil {
		return err
	}
	if by.ID == p.ID {
		by.Name = nameless
	}
	return d.log(tx, by, auditErase, p.ID, p.ID, "", "")
}

// portionsAtOnce is how many portions whoever asks waits for: enough for a house
// of some thousand people. The job does the rest of a larger one.
const portionsAtOnce = 300

// carryOut brings an erasure to its end, or as far as so many portions go. It
// gives how far it came also with an error.
func (d *Desk) carryOut(ctx context.Context, id string, most int) (e *Erasure, err error) {
	if e, err = d.erasure(ctx, id); err != nil {
		return nil, err
	}
	if e.State == ErasureLeaving {
		for _, face := range e.Who.faces() {
			if err := d.farewells(ctx, face); err != nil {
				return e, err
			}
		}
	}
	for n := 0; e.Who != nil && n < most; n++ {
		if err := ctx.Err(); err != nil {
			return e, err
		}
		err := d.update(ctx, func(tx *storage.Tx) error {
			if e, err = erasures.Get(tx, id); err != nil || e.Who == nil {
				return err
			}
			return d.eraseStep(tx, e)
		})
		if err != nil {
			return e, err
		}
	}
	return e, nil
}

func (d *Desk) erasure(ctx context.Context, id string) (e *Erasure, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, err = erasures.Get(tx, id)
		return err
	})
	return e, err
}

// An erasureStep does a portion, and says where to go on; "" when it is over.
type erasureStep struct {
	name string
	do   func(tx *storage.Tx, e *Erasure) (after string, changed int, err error)
}

// erasureSteps are what each collection does by itself, and then the search of
// all of them for what others wrote about the person.
func (d *Desk) erasureSteps() (steps []erasureStep) {
	for _, s := range d.stores() {
		steps = append(steps, erasureStep{s.name, func(tx *storage.Tx, e *Erasure) (string, int, error) {
			n, err := s.forget(tx, e.Who)
			if n > 0 {
				return "again", n, err
			}
			return "", 0, err
		}})
	}
	for _, spec := range d.DB.Specs() {
		look := func(tx *storage.Tx, e *Erasure) (string, int, error) { return sweep(tx, spec, e) }
		switch spec.Name {
		case erasures.Spec.Name:
			continue
		case fileBodies.Spec.Name:
			look = sweepFiles
		}
		steps = append(steps, erasureStep{"text of " + spec.Name, look})
	}
	return steps
}

// stepsAtOnce is how many collections one transaction goes through if there is
// little in them; changesAtOnce ends it.
const (
	stepsAtOnce   = 30
	changesAtOnce = 500
)

// eraseStep does some portions of e, and stores how far it came.
func (d *Desk) eraseStep(tx *storage.Tx, e *Erasure) error {
	e.State = ErasureGoing
	steps, changed := d.erasureSteps(), 0
	at := max(slices.IndexFunc(steps, func(s erasureStep) bool { return s.name == e.Step }), 0)
	for n := 0; n < stepsAtOnce && changed < changesAtOnce && at < len(steps); n++ {
		after, done, err := steps[at].do(tx, e)
		if err != nil {
			return err
		}
		if done > 0 {
			e.Changed[steps[at].name] += done
			changed += done
		}
		if e.After = after; after != "" {
			break // there is much in it: let others write in between
		}
		at++
	}
	if at < len(steps) {
		e.Step = steps[at].name
		return erasures.Put(tx, e)
	}
	e.State, e.Who, e.Names, e.Step, e.DoneAt = ErasureDone, nil, nil, "", tx.Now()
	if err := erasures.Put(tx, e); err != nil {
		return err
	}
	return d.log(tx, System("erasures"), auditErased, e.ID, e.ID, "", fmt.Sprint(e.Documents()))
}

// FinishErasures goes on with erasures that were cut off. It says how many it
// brought to their end.
func (d *Desk) FinishErasures(ctx context.Context, _ time.Time) (done int, err error) {
	var open []*Erasure
	err = d.view(ctx, func(tx *storage.Tx) error {
		open, err = erasures.Find(tx, storage.Query{Where: []storage.Cond{{Field: "state", Op: storage.In, Value: []string{string(ErasureLeaving), string(ErasureGoing)}}}})
		return err
	})
	for _, e := range open {
		if _, err2 := d.carryOut(ctx, e.ID, math.MaxInt); err2 == nil {
			done++
		} else if !errors.Is(err2, mailer.ErrUnsettled) { // a mail is on its way: the next run finds it settled
			err = errors.Join(err, err2)
		}
	}
	if err != nil {
		return done, fmt.Errorf("finish erasures: %w", err)
	}
	return done, nil
}

// Erasures lists the proofs, newest first, for an administrator.
func (d *Desk) Erasures(ctx context.Context, by Actor, f ListFilter) (list []*Erasure, next string, err error) {
	if !by.Administers() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = erasures.Page(tx, storage.Query{Sort: "-at", Limit: f.Limit, After: f.After})
		return err
	})
	return list, next, err
}
