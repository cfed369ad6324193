package scheduling

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about an action item, to its owner. Each has its words under
// "letter.KIND".
const (
	mailActionGiven   = "action_given"
	mailActionDue     = "action_due"     // three days ahead
	mailActionOverdue = "action_overdue" // on the day after
)

// When owners are reminded.
const (
	actionAhead = 3  // days before the day it is due
	actionReach = 14 // days after it that they still are, where the house stood still
	actionHour  = 7  // from which hour on, on the house's clock
)

// RemindActions reminds owners of what they promised: three days before its
// day, and once on the day after if it is still open. Each is told once of one
// day, however often this runs.
func (d *Desk) RemindActions(ctx context.Context, now time.Time) (done int, err error) {
	if now.In(zoneOf(HouseZone)).Hour() < actionHour {
		return 0, nil
	}
	var due []*ActionItem
	err = d.view(ctx, func(tx *storage.Tx) error {
		due, err = actionItems.Find(tx, storage.Query{Sort: "due", Where: []storage.Cond{storage.Is("state", string(ActionOpen)),
			{Field: "due", Op: storage.Ge, Value: HouseDay(now.AddDate(0, 0, -actionReach))}, {Field: "due", Op: storage.Le, Value: HouseDay(now.AddDate(0, 0, actionAhead))}}})
		return err
	})
	for _, a := range due {
		if err != nil {
			break
		}
		if a.reminder(now) == "" {
			continue
		}
		var told bool
		if told, err = d.remindAction(ctx, a.ID, now); told {
			done++
		}
	}
	if err != nil {
		return done, fmt.Errorf("remind of action items: %w", err)
	}
	return done, nil
}

// reminder is the kind of mail that a's owner is owed at now; "" for none.
func (a *ActionItem) reminder(now time.Time) string {
	switch today := HouseDay(now); {
	case a.State != ActionOpen:
		return ""
	case a.Due < today:
		if a.OverdueOf != a.Due {
			return mailActionOverdue
		}
	case a.Due <= HouseDay(now.AddDate(0, 0, actionAhead)):
		if a.RemindedOf != a.Due {
			return mailActionDue
		}
	}
	return ""
}

func (d *Desk) remindAction(ctx context.Context, id string, now time.Time) (told bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		told = false
		a, err := actionItems.Get(tx, id)
		if err != nil {
			return ignoreMissing(err)
		}
		kind := a.reminder(now)
		if kind == "" {
			return nil
		}
		a.RemindedOf = a.Due
		if kind == mailActionOverdue {
			a.OverdueOf = a.Due
		}
		if err := actionItems.Put(tx, a); err != nil {
			return err
		}
		g, err := groups.Get(tx, a.GroupID)
		if err != nil {
			return ignoreMissing(err)
		}
		owner, err := people.Get(tx, a.OwnerID)
		if err != nil || !takesPart(owner, g) {
			return ignoreMissing(err)
		}
		told = owner.Email != ""
		return d.tellOwner(tx, g, a, owner, kind, a.Due)
	})
	return told, err
}

// tellGiven tells the owner of an action item that it is theirs, unless they
// took it themselves.
func (d *Desk) tellGiven(tx *storage.Tx, by Actor, g *Group, a *ActionItem, owner *Person) error {
	if owner.ID == by.ID {
		return nil
	}
	return d.tellOwner(tx, g, a, owner, mailActionGiven, fmt.Sprint(a.Sequence))
}

// tellOwner promises the owner a mail about an action item, in the place of what
// was not sent yet, with a link to say that it is done.
func (d *Desk) tellOwner(tx *storage.Tx, g *Group, a *ActionItem, owner *Person, kind, turn string) error {
	if _, err := d.Outbox.Withdraw(tx, a.ID); err != nil {
		return err
	}
	return d.tellGroup(tx, g, groupLetter{kind: kind, key: a.ID + "/" + turn, ref: a.ID, path: "/action/" + d.ActionLink(a), args: []any{"action", a.What},
		facts: func(l *templates.Lang) []mailer.Fact {
			return []mailer.Fact{{Label: l.Text("letter.fact.action"), Value: a.What}, {Label: l.Text("letter.fact.due"), Value: l.Date(a.Due)}}
		}}, owner)
}

// forgetActions takes back the mails to somebody about action items of a group
// that they are no member of any more.
func (d *Desk) forgetActions(tx *storage.Tx, g *Group, personID string) error {
	list, err := openActions(tx, g.ID)
	for _, a := range list {
		if a.OwnerID != personID {
			continue
		}
		if _, err := d.Outbox.Withdraw(tx, a.ID); err != nil {
			return err
		}
	}
	return err
}
