package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// The kinds of mail about an item of a plan, to its owner. Each has its words
// under "letter.KIND".
const (
	mailPlanDue     = "plan.item_due"     // three days ahead
	mailPlanOverdue = "plan.item_overdue" // on the day after
)

var planMailKinds = []string{mailPlanDue, mailPlanOverdue}

// ref is what mails about x are found by.
func (x *PlanItem) ref() string { return "plan-item/" + x.ID }

// give makes somebody, or nobody, the owner of x.
func (x *PlanItem) give(ownerID string) {
	if x.OwnerID != "" && x.OwnerID != ownerID && !slices.Contains(x.PastOwners, x.OwnerID) {
		x.PastOwners = append(x.PastOwners, x.OwnerID)
	}
	x.PastOwners = slices.DeleteFunc(x.PastOwners, func(id string) bool { return id == ownerID })
	x.OwnerID = ownerID
}

// dropItem deletes x and what was not sent yet about it. Of what stands in
// calendars, which say that it is cancelled, so much stays as they need; it is in
// no plan any more.
func (d *Desk) dropItem(tx *storage.Tx, x *PlanItem) error {
	if _, err := d.Outbox.Withdraw(tx, x.ref()); err != nil {
		return err
	}
	x.give("")
	if len(x.PastOwners) == 0 {
		return planItems.Delete(tx, x)
	}
	x.PlanID, x.SectionID, x.Note, x.State = "", "", "", ActionDropped
	x.Sequence++
	x.Changed = tx.Now()
	return planItems.Put(tx, x)
}

// itemChanged takes back what was not sent yet about an item that is another now, and
// notes which reminders are behind already: what is given less than three days
// ahead needs none ahead.
func (d *Desk) itemChanged(tx *storage.Tx, before, x *PlanItem) error {
	if before.What == x.What && before.Due == x.Due && before.State == x.State && before.OwnerID == x.OwnerID {
		return nil
	}
	if before.Rev > 0 {
		x.Sequence++
	}
	x.Changed = tx.Now()
	if before.OwnerID != x.OwnerID {
		x.RemindedOf, x.OverdueOf = "", ""
	}
	if HouseDay(tx.Now().AddDate(0, 0, actionAhead)) >= x.Due {
		x.RemindedOf = x.Due
	}
	if x.Due < HouseDay(tx.Now()) {
		x.OverdueOf = x.Due
	}
	_, err := d.Outbox.Withdraw(tx, x.ref())
	return err
}

// RemindPlanItems reminds owners of what they promised in plans: three days
// before its day, and once on the day after if it is still open. Each is told
// once of one day, however often this runs.
func (d *Desk) RemindPlanItems(ctx context.Context, now time.Time) (done int, err error) {
	if now.In(zoneOf(HouseZone)).Hour() < actionHour {
		return 0, nil
	}
	var due []*PlanItem
	err = d.view(ctx, func(tx *storage.Tx) error {
		due, err = planItems.Find(tx, storage.Query{Sort: "due", Where: []storage.Cond{storage.Is("state", string(ActionOpen)),
			{Field: "due", Op: storage.Ge, Value: HouseDay(now.AddDate(0, 0, -actionReach))}, {Field: "due", Op: storage.Le, Value: HouseDay(now.AddDate(0, 0, actionAhead))}}})
		return err
	})
	for _, x := range due {
		if err != nil {
			break
		}
		if x.reminder(now) == "" {
			continue
		}
		var told bool
		if told, err = d.remindPlanItem(ctx, x.ID, now); told {
			done++
		}
	}
	if err != nil {
		return done, fmt.Errorf("remind of items of plans: %w", err)
	}
	return done, nil
}

// reminder is the kind of mail that x's owner is owed at now; "" for none.
func (x *PlanItem) reminder(now time.Time) string {
	switch today := HouseDay(now); {
	case x.State != ActionOpen || x.OwnerID == "":
		return ""
	case x.Due < today:
		if x.OverdueOf != x.Due {
			return mailPlanOverdue
		}
	case x.Due <= HouseDay(now.AddDate(0, 0, actionAhead)):
		if x.RemindedOf != x.Due {
			return mailPlanDue
		}
	}
	return ""
}

func (d *Desk) remindPlanItem(ctx context.Context, id string, now time.Time) (told bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		told = false
		x, err := planItems.Get(tx, id)
		if err != nil {
			return ignoreMissing(err)
		}
		kind := x.reminder(now)
		if kind == "" {
			return nil
		}
		x.RemindedOf = x.Due
		if kind == mailPlanOverdue {
			x.OverdueOf = x.Due
		}
		if err := planItems.Put(tx, x); err != nil {
			return err
		}
		plan, err := plans.Get(tx, x.PlanID)
		if err != nil {
			return ignoreMissing(err)
		}
		owner, err := people.Get(tx, x.OwnerID)
		if err != nil || owner.Erased() {
			return ignoreMissing(err)
		}
		told = true
		return d.tellPlanOwner(tx, plan, x, owner, kind)
	})
	return told, err
}

// tellPlanOwner promises the owner a mail about an item, in the place of what
// was not sent yet.
func (d *Desk) tellPlanOwner(tx *storage.Tx, plan *Plan, x *PlanItem, owner *Person, kind string) error {
	if _, err := d.Outbox.Withdraw(tx, x.ref()); err != nil {
		return err
	}
	c, err := clusters.Get(tx, x.ClusterID)
	if err != nil {
		return err
	}
	from, l := sender{c}, d.Texts.In(owner.Lang)
	w, err := d.words(tx, c.ID, kind, l, "item", x.What, "plan", plan.Title, "name", owner.Name)
	if err != nil {
		return err
	}
	return d.Outbox.Add(tx, mailer.Mail{
		Meta: storage.Meta{ID: fmt.Sprintf("%s/%s/%s/%d", kind, x.ID, x.Due, x.Sequence)}, Kind: kind, Ref: x.ref(), About: x.PlanID, Cluster: c.ID,
		To: owner.Email, ToName: owner.Name, Lang: l.Code(), From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: c.ReplyTo,
		Letter: mailer.Letter{
			Subject: w.Subject, Preheader: w.Preheader, Heading: w.Heading,
			Paragraphs: []string{l.Text("letter.hello", "name", owner.Name), w.Body},
			Facts:      []mailer.Fact{{Label: l.Text("letter.fact.action"), Value: x.What}, {Label: l.Text("letter.fact.due"), Value: l.Date(x.Due)}, {Label: l.Text("letter.fact.plan"), Value: plan.Title}},
			Brand:      from.brand(d, l.Code()), Button: &mailer.Link{Label: w.Button, URL: d.BaseURL + myPlansPath},
		},
	})
}

// myPlansPath is where people see what they promised in plans.
const myPlansPath = "/account/plans"

// planEntries are the items of plans that somebody owns, or once did, each on
// the day it is due.
func (d *Desk) planEntries(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	list, err := both(planItems.Find(tx, having("owner_id", in.person.ID)))(planItems.Find(tx, including("past_owners", in.person.ID)))
	for _, x := range list {
		day, err := time.ParseInLocation(time.DateOnly, x.Due, zoneOf(HouseZone))
		if err != nil || day.Before(in.day.Add(-feedPast)) || day.After(in.day.Add(feedAhead)) {
			continue
		}
		if e := d.planEntry(x, in.person.ID, in.address.Lang, day); e.Status != ical.Cancelled || stays(e.Modified, in.day) {
			out = append(out, e)
		}
	}
	return out, err
}

// planEntry is x's entry for who owns it, or once did.
func (d *Desk) planEntry(x *PlanItem, personID, lang string, day time.Time) ical.Entry {
	l, url := d.Texts.In(lang), d.BaseURL+myPlansPath
	key := "calendar.action"
	if x.State == ActionDone {
		key = "calendar.action_done"
	}
	e := ical.Entry{UID: d.uid("plan-item", x.ID), Sequence: x.Sequence, Created: x.Created, Modified: later(x.Changed, x.Created), Starts: day, Ends: day.Add(12 * time.Hour),
		StartZone: HouseZone, EndZone: HouseZone, AllDay: true, Transparent: true, Summary: l.Text(key, "what", x.What), Description: url, URL: url}
	if x.State == ActionDropped || x.OwnerID != personID {
		d.cancelled(&e, lang)
	}
	return e
}
