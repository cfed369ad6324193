package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// An ActionInput is what is written of an action item.
type ActionInput struct {
	ID       string
	Rev      int64 // 0: a new one
	GroupID  string
	RecordID string // the meeting that it comes from; none: by itself
	What     string
	OwnerID  string // a member or a coordinator of the group
	Due      string // 2006-01-02
}

// SaveAction stores a new action item, or what was changed about one, for who
// plans the meetings of its group. Its owner is told unless they did it
// themselves. The same new one sent twice is one.
func (d *Desk) SaveAction(ctx context.Context, by Actor, in ActionInput) (out *ActionItem, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			if in.Rev > 0 {
				out, err = d.editAction(tx, by, in)
			} else {
				out, err = d.newAction(tx, by, in)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("save an action item: %w", changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) newAction(tx *storage.Tx, by Actor, in ActionInput) (*ActionItem, error) {
	g, err := keptMeetings(tx, by, in.GroupID)
	if err != nil {
		return nil, err
	}
	if found, err := actionItems.Get(tx, in.ID); err == nil && found.GroupID == g.ID {
		return found, nil
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	if err := giving(tx, by, g, in.RecordID); err != nil {
		return nil, err
	}
	n, err := actionItems.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", g.ID)}})
	if err != nil {
		return nil, err
	}
	if n >= maxActions {
		return nil, &Problem{Kind: Full, Key: "action.too_many", Args: []any{"count", maxActions}}
	}
	owner, err := in.check(tx, g)
	if err != nil {
		return nil, err
	}
	a := &ActionItem{Meta: storage.Meta{ID: orNew(in.ID)}, GroupID: g.ID, ClusterID: g.ClusterID, RecordID: in.RecordID, What: in.What, Due: in.Due,
		State: ActionOpen, UID: storage.NewUID(), Changed: tx.Now()}
	a.give(owner, tx.Now())
	a.step(by, "created", "", tx.Now())
	a.expect(tx.Now())
	if err := actionItems.Put(tx, a); err != nil {
		return nil, err
	}
	if err := d.tellGiven(tx, by, g, a, owner); err != nil {
		return nil, err
	}
	return a, d.log(tx, by, "action.create", a.ID, g.ID, a.What, "")
}

// giving checks that a meeting of g may still give action items.
func giving(tx *storage.Tx, by Actor, g *Group, recordID string) error {
	if recordID == "" {
		return nil
	}
	p, err := recordOf(tx, by, recordID)
	if err != nil {
		return err
	}
	if p.Group.ID != g.ID {
		return errHidden
	}
	return p.Record.fixed()
}

// check cleans in and finds the owner, or says everything that is wrong.
func (in *ActionInput) check(tx *storage.Tx, g *Group) (owner *Person, err error) {
	f := faults{}
	in.What = cleanLine(in.What)
	f.need("what", in.What, actionLength)
	if day, err := time.Parse(time.DateOnly, in.Due); err != nil || day.Year() < 2000 || day.Year() > 2200 {
		f.add("due", "problem.date")
	}
	owner, err = people.Get(tx, in.OwnerID)
	if err := ignoreMissing(err); err != nil {
		return nil, err
	}
	if owner == nil || !takesPart(owner, g) {
		f.add("owner", "action.owner")
	}
	return owner, f.problem()
}

// takesPart reports whether somebody is a member or a coordinator of g.
func takesPart(p *Person, g *Group) bool {
	return slices.Contains(g.Members, p.ID) || p.Actor().Coordinates(g.ID)
}

// expect notes which reminders of a's day are behind already: what is given
// less than three days ahead needs none ahead.
func (a *ActionItem) expect(now time.Time) {
	if HouseDay(now.AddDate(0, 0, actionAhead)) >= a.Due {
		a.RemindedOf = a.Due
	}
	if a.Due < HouseDay(now) {
		a.OverdueOf = a.Due
	}
}

func (d *Desk) editAction(tx *storage.Tx, by Actor, in ActionInput) (*ActionItem, error) {
	a, err := actionItems.Get(tx, in.ID)
	if err != nil {
		return nil, err
	}
	g, err := keptMeetings(tx, by, a.GroupID)
	if err != nil {
		return nil, err
	}
	if a.Rev != in.Rev {
		return nil, storage.ErrConflict
	}
	owner, err := in.check(tx, g)
	if err != nil {
		return nil, err
	}
	given, edited := owner.ID != a.OwnerID, in.What != a.What || in.Due != a.Due
	if !given && !edited {
		return a, nil
	}
	if _, err := d.Outbox.Withdraw(tx, a.ID); err != nil {
		return nil, err
	}
	if edited {
		a.What, a.Due = in.What, in.Due
		a.step(by, "changed", a.Due, tx.Now())
	}
	if given {
		a.give(owner, tx.Now())
		a.step(by, "given", owner.Name, tx.Now())
		a.RemindedOf, a.OverdueOf = "", ""
	}
	a.expect(tx.Now())
	a.changed(tx.Now())
	if err := actionItems.Put(tx, a); err != nil {
		return nil, err
	}
	if given && a.State == ActionOpen {
		if err := d.tellGiven(tx, by, g, a, owner); err != nil {
			return nil, err
		}
	}
	return a, d.log(tx, by, "action.edit", a.ID, g.ID, a.What, "")
}

// SetAction says that an action item is done, dropped or open again, with a note
// of what came of it. Its owner may say that it is done, or open again; who plans
// the meetings of its group anything. Said twice it is said once.
func (d *Desk) SetAction(ctx context.Context, by Actor, id string, to ActionState, note string) (out *ActionItem, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := actionOf(tx, by, id)
		if err != nil {
			return err
		}
		out = p.Action
		return d.setAction(tx, by, p, to, note)
	})
	if err != nil {
		return nil, fmt.Errorf("set action item %s: %w", id, changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) setAction(tx *storage.Tx, by Actor, p *ActionPage, to ActionState, note string) error {
	a := p.Action
	steps := map[ActionState]string{ActionOpen: "reopened", ActionDone: "done", ActionDropped: "dropped"}
	f := faults{}
	note = cleanText(note)
	f.limit("note", note, answerLimit)
	if steps[to] == "" {
		f.add("state", "problem.choice")
	}
	switch {
	case len(f) > 0:
		return f.problem()
	case !p.Manage && (!p.Own || to == ActionDropped):
		return errHidden
	case a.State == to:
		return nil
	}
	if _, err := d.Outbox.Withdraw(tx, a.ID); err != nil {
		return err
	}
	a.State, a.Note, a.DoneAt = to, note, time.Time{}
	if to == ActionDone {
		a.DoneAt = tx.Now()
	}
	a.step(by, steps[to], note, tx.Now())
	a.changed(tx.Now())
	if err := actionItems.Put(tx, a); err != nil {
		return err
	}
	return d.log(tx, by, "action."+steps[to], a.ID, a.GroupID, a.What, "")
}
