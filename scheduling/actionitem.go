package scheduling

import (
	"cmp"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// ActionStates are all of them, in the order of a list.
var ActionStates = []ActionState{ActionOpen, ActionDone, ActionDropped}

// The limits of action items.
const (
	maxActions   = 5000 // of one group
	maxHistory   = 100  // of one item's history: the newest stay
	actionLength = 300  // characters of what is to be done
)

// Overdue reports whether a should have been done before now's day.
func (a *ActionItem) Overdue(now time.Time) bool {
	return a.State == ActionOpen && a.Due < HouseDay(now)
}

// Day is noon of the day a is due on, on the house's clock.
func (a *ActionItem) Day() time.Time {
	day, err := time.ParseInLocation(time.DateOnly, a.Due, zoneOf(HouseZone))
	if err != nil {
		return time.Time{}
	}
	return day.Add(12 * time.Hour)
}

// step notes what happened to a.
func (a *ActionItem) step(by Actor, what, note string, now time.Time) {
	a.History = append(a.History, ActionStep{At: now, ByID: by.ID, By: by.Name, What: what, Note: note})
	if n := len(a.History); n > maxHistory {
		a.History = slices.Delete(a.History, 1, n-maxHistory+1) // who made it stays
	}
}

// changed notes a visible change of a's calendar entry.
func (a *ActionItem) changed(now time.Time) {
	a.Sequence++
	a.Changed = now
}

// give makes somebody the owner of a.
func (a *ActionItem) give(to *Person, now time.Time) {
	if a.OwnerID != "" {
		a.Before = append(a.Before, PastOwner{a.OwnerID, now})
	}
	a.Before = slices.DeleteFunc(a.Before, func(o PastOwner) bool { return o.PersonID == to.ID })
	a.OwnerID, a.OwnerName = to.ID, to.Name
	a.OwnerIDs = []string{to.ID}
	for _, o := range a.Before {
		if !slices.Contains(a.OwnerIDs, o.PersonID) {
			a.OwnerIDs = append(a.OwnerIDs, o.PersonID)
		}
	}
}

// sortActions puts open ones first, by the day they are due; then the others,
// the latest first.
func sortActions(list []*ActionItem) {
	slices.SortStableFunc(list, func(a, b *ActionItem) int {
		open, others := a.State == ActionOpen, b.State == ActionOpen
		switch {
		case open && others:
			return cmp.Or(cmp.Compare(a.Due, b.Due), a.Created.Compare(b.Created))
		case open:
			return -1
		case others:
			return 1
		}
		return b.Changed.Compare(a.Changed)
	})
}

// openActions are those of a group, by the day they are due.
func openActions(tx *storage.Tx, groupID string) ([]*ActionItem, error) {
	list, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID), storage.Is("state", string(ActionOpen))}})
	sortActions(list)
	return list, err
}

// promisedEntries are what somebody promised to do, in groups and in plans.
func (d *Desk) promisedEntries(tx *storage.Tx, in *reading) ([]ical.Entry, error) {
	return both(d.actionEntries(tx, in))(d.planEntries(tx, in))
}

// actionEntries are the action items of somebody, each on the day it is due.
// Calendars know little of tasks (VTODO), so that it is a day's entry.
func (d *Desk) actionEntries(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	mine := map[string]bool{}
	for _, g := range in.groups {
		mine[g.ID] = true
	}
	list, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{{Field: "owner_ids", Op: storage.Has, Value: in.person.ID}}})
	for _, a := range list {
		day := a.Day()
		if !mine[a.GroupID] && !in.person.Actor().Coordinates(a.GroupID) || day.Before(in.day.Add(-feedPast)) || day.After(in.day.Add(feedAhead)) {
			continue
		}
		if x := d.actionEntry(a, in.person.ID, in.address.Lang); x.Status != ical.Cancelled || stays(x.Modified, in.day) {
			out = append(out, x)
		}
	}
	return out, err
}

// actionEntry is a's entry for who owns it, or once did.
func (d *Desk) actionEntry(a *ActionItem, personID, lang string) ical.Entry {
	l, url := d.Texts.In(lang), d.BaseURL+actionPath(a)
	day := a.Day().Add(-12 * time.Hour)
	key := "calendar.action"
	if a.State == ActionDone {
		key = "calendar.action_done"
	}
	x := ical.Entry{UID: a.UID, Sequence: a.Sequence, Created: a.Created, Modified: a.Changed, Starts: day, Ends: day.Add(12 * time.Hour), StartZone: HouseZone, EndZone: HouseZone,
		AllDay: true, Transparent: true, Summary: l.Text(key, "what", a.What), Description: url, URL: url}
	if a.State == ActionDropped || a.OwnerID != personID {
		d.cancelled(&x, lang)
	}
	return x
}

func actionPath(a *ActionItem) string { return "/actions/" + a.ID }
