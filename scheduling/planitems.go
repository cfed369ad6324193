package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// planFiles is the kind of owner of files that belong to a plan.
const planFiles = "plan"

// maxPlanFiles is how many files a plan, or a question of the label, may have.
const maxPlanFiles = 50

// planItemsOf are the items of a plan by their days.
func planItemsOf(tx *storage.Tx, planID string) ([]*PlanItem, error) {
	return planItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("plan_id", planID)}, Sort: "due"})
}

// SavePlanItem adds an item to a plan, or changes it where in has the ID of one;
// in.Rev is the revision that the form showed then. owner is the address of who
// does it, a contact of ours; empty: nobody yet.
func (d *Desk) SavePlanItem(ctx context.Context, by Actor, in *PlanItem, owner string) (x *PlanItem, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := ownPlan(tx, by, in.PlanID)
		if err != nil {
			return err
		}
		if x, err = d.itemFor(tx, p, in); err != nil {
			return err
		}
		if x.Rev > 0 && x.Rev != in.Rev {
			return storage.ErrConflict
		}
		before := *x
		x.SectionID, x.What, x.Due, x.State, x.Note = in.SectionID, in.What, in.Due, in.State, in.Note
		err = x.check(p)
		ownerID, err := itemOwner(tx, owner, err)
		if err != nil {
			return err
		}
		x.give(ownerID)
		x.moved(tx, before.State)
		if err := d.itemChanged(tx, &before, x); err != nil {
			return err
		}
		if err := planItems.Put(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, "plan.item", x.ID, p.ID, x.What, "")
	})
	if err != nil {
		return nil, fmt.Errorf("save an item of plan %s: %w", in.PlanID, changedMeanwhile(err))
	}
	return x, nil
}

// itemFor is the item that in changes, or a new one.
func (d *Desk) itemFor(tx *storage.Tx, p *Plan, in *PlanItem) (*PlanItem, error) {
	x, err := planItems.Get(tx, in.ID)
	switch {
	case err == nil && x.PlanID != p.ID:
		return nil, errHidden
	case err == nil:
		return x, nil
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	}
	list, err := planItemsOf(tx, p.ID)
	if err == nil && len(list) >= maxPlanItems {
		err = &Problem{Kind: Full, Key: "plan.too_many_items", Args: []any{"count", maxPlanItems}}
	}
	return &PlanItem{Meta: storage.Meta{ID: orNew(in.ID)}, PlanID: p.ID, ClusterID: p.ClusterID}, err
}

// itemOwner finds whom an address names; what is wrong with it is said together
// with what else is wrong.
func itemOwner(tx *storage.Tx, email string, wrong error) (string, error) {
	if email == "" {
		return "", wrong
	}
	f := faults{}
	if p := ProblemIn(wrong); p != nil {
		f = p.Fields
	} else if wrong != nil {
		return "", wrong
	}
	person, err := PersonByEmail(tx, email)
	if errors.Is(err, storage.ErrNotFound) {
		f.add("owner", "plan.no_such_person")
		return "", f.problem()
	}
	if err != nil {
		return "", err
	}
	return person.ID, f.problem()
}

// moved notes when an item came to the state it has.
func (x *PlanItem) moved(tx *storage.Tx, before ActionState) {
	switch {
	case x.State == ActionOpen:
		x.DoneAt = time.Time{}
	case before != x.State:
		x.DoneAt = tx.Now()
	}
}

// DeletePlanItem takes an item out of a plan. Versions keep it, and who owned it
// has it as cancelled in their calendar.
func (d *Desk) DeletePlanItem(ctx context.Context, by Actor, planID, itemID string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := ownPlan(tx, by, planID)
		if err != nil {
			return err
		}
		x, err := planItems.Get(tx, itemID)
		if err != nil || x.PlanID != p.ID {
			return ignoreMissing(err)
		}
		if err := d.dropItem(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, "plan.item_delete", x.ID, p.ID, x.What, "")
	})
	if err != nil {
		return fmt.Errorf("delete item %s: %w", itemID, changedMeanwhile(err))
	}
	return nil
}

// EndPlanItem notes that an item was done, for who owns it and for organisers.
// One that has ended already stays as it is.
func (d *Desk) EndPlanItem(ctx context.Context, by Actor, itemID, note string) error {
	f := faults{}
	note = cleanText(note)
	f.limit("note", note, answerLimit)
	if err := f.problem(); err != nil {
		return err
	}
	err := d.update(ctx, func(tx *storage.Tx) error {
		x, err := planItems.Get(tx, itemID)
		if err != nil {
			return err
		}
		if !by.Organises(x.ClusterID) && (!by.SignedIn() || x.OwnerID != by.ID) {
			return errHidden
		}
		if x.State != ActionOpen {
			return nil
		}
		before := *x
		x.State, x.DoneAt = ActionDone, tx.Now()
		if note != "" {
			x.Note = note
		}
		if err := d.itemChanged(tx, &before, x); err != nil {
			return err
		}
		if err := planItems.Put(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, "plan.item", x.ID, x.PlanID, x.What, note)
	})
	if err != nil {
		return fmt.Errorf("end item %s: %w", itemID, changedMeanwhile(err))
	}
	return nil
}

// An OwnedItem is an item with the plan that it stands in.
type OwnedItem struct {
	Item *PlanItem
	Plan *Plan
}

// MyPlanItems are the items that by owns: those to be done first, by their days.
func (d *Desk) MyPlanItems(ctx context.Context, by Actor) (out []OwnedItem, err error) {
	if !by.SignedIn() {
		return nil, nil
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err := planItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_id", by.ID)}, Sort: "due"})
		if err != nil {
			return err
		}
		out, err = withPlans(tx, list)
		slices.SortStableFunc(out, func(a, b OwnedItem) int { return itemEnded(a.Item) - itemEnded(b.Item) })
		return err
	})
	return out, err
}

func itemEnded(x *PlanItem) int {
	if x.State == ActionOpen {
		return 0
	}
	return 1
}

// withPlans gives items their plans.
func withPlans(tx *storage.Tx, list []*PlanItem) (out []OwnedItem, err error) {
	known := map[string]*Plan{}
	for _, x := range list {
		p, there := known[x.PlanID]
		if !there {
			if p, err = plans.Get(tx, x.PlanID); ignoreMissing(err) != nil {
				return nil, err
			}
			known[x.PlanID] = p
		}
		if p != nil {
			out = append(out, OwnedItem{x, p})
		}
	}
	return out, nil
}

// A PlanCall is a plan with items that should have been done.
type PlanCall struct {
	Plan  *Plan
	Count int
	Since string // the day of the oldest
}

// overdueShown is how many overdue items the dashboard looks at.
const overdueShown = 500

// planCalls are the plans that wait for somebody, those that wait longest first.
func planCalls(tx *storage.Tx, organises func(clusterID string) bool) (out []PlanCall, err error) {
	late, err := planItems.Find(tx, storage.Query{Sort: "due", Limit: overdueShown,
		Where: []storage.Cond{storage.Is("state", string(ActionOpen)), {Field: "due", Op: storage.Lt, Value: HouseDay(tx.Now())}}})
	if err != nil {
		return nil, err
	}
	late = slices.DeleteFunc(late, func(x *PlanItem) bool { return !organises(x.ClusterID) })
	list, err := withPlans(tx, late)
	for _, o := range list {
		i := slices.IndexFunc(out, func(c PlanCall) bool { return c.Plan.ID == o.Plan.ID })
		if i < 0 {
			out, i = append(out, PlanCall{Plan: o.Plan, Since: o.Item.Due}), len(out)
		}
		out[i].Count++
	}
	return out, err
}

// AddPlanFile stores a file with a plan.
func (d *Desk) AddPlanFile(ctx context.Context, by Actor, planID, name string, body []byte) (x *File, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := ownPlan(tx, by, planID)
		if err != nil {
			return err
		}
		if x, err = d.addFile(tx, by, planFiles, planID, name, body); err != nil {
			return err
		}
		return d.log(tx, by, "plan.file", x.ID, p.ID, x.Name, "")
	})
	if err != nil {
		return nil, fmt.Errorf("add a file to plan %s: %w", planID, err)
	}
	return x, nil
}

func (d *Desk) addFile(tx *storage.Tx, by Actor, kind, owner, name string, body []byte) (*File, error) {
	list, err := filesOf(tx, kind, owner)
	if err != nil {
		return nil, err
	}
	if len(list) >= maxPlanFiles {
		return nil, &Problem{Kind: Full, Key: "plan.too_many_files", Args: []any{"count", maxPlanFiles}}
	}
	return saveFile(tx, by, kind, owner, name, body)
}

// DeletePlanFile removes a file of a plan.
func (d *Desk) DeletePlanFile(ctx context.Context, by Actor, planID, fileID string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := ownPlan(tx, by, planID)
		if err != nil {
			return err
		}
		x, err := files.Get(tx, fileID)
		if err != nil || x.OwnerKind != planFiles || x.OwnerID != planID {
			return ignoreMissing(err)
		}
		if err := deleteFile(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, "plan.file_delete", x.ID, p.ID, x.Name, "")
	})
	if err != nil {
		return fmt.Errorf("delete file %s: %w", fileID, err)
	}
	return nil
}

// PlanFile gives a file of a plan with its bytes, for the plan's organisers.
func (d *Desk) PlanFile(ctx context.Context, by Actor, planID, fileID string) (x *File, body []byte, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := ownPlan(tx, by, planID); err != nil {
			return err
		}
		if x, err = files.Get(tx, fileID); err != nil {
			return err
		}
		if x.OwnerKind != planFiles || x.OwnerID != planID {
			return errHidden
		}
		body, err = fileBytes(tx, x.ID)
		return err
	})
	return x, body, err
}
