package scheduling

import (
	"reflect"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// What stands in calendars has a revision of its own: SEQUENCE and
// LAST-MODIFIED, stored, which rise when its entry looks different and at
// nothing else. That a person was checked in, or that an organiser wrote
// something down, is no news to a calendar.

// entryStatus is how r's event stands in its person's calendar; "" where it
// does not. It stays there, as cancelled, only if it ever was there.
func (r *Registration) entryStatus() ical.Status {
	switch r.State {
	case Pending, Offered:
		return ical.Tentative
	case Confirmed, Attended, NoShow:
		return ical.Confirmed
	}
	if r.State != Waitlisted && (r.Shown != "" || r.State == Withdrawn && r.Sequence > 0) {
		return ical.Cancelled
	}
	return ""
}

// revise raises r's revision where its entry is another than it was. It is
// asked before r is stored and before its entry is sent.
func (r *Registration) revise(now time.Time) {
	status := r.entryStatus()
	if string(status) == r.Shown && r.Sequence == r.ShownSequence {
		return
	}
	if !r.ShownAt.IsZero() && string(status) != r.Shown && r.Sequence == r.ShownSequence {
		r.Sequence++
	}
	r.Shown, r.ShownSequence, r.ShownAt = string(status), r.Sequence, now
}

// revise raises e's revisions as its entry, its agenda's and its deadlines'
// differ from before.
func (e *Event) revise(before *Event, now time.Time) {
	if !sameEntry(before, e) {
		e.Changed = now
		e.Sequence += e.told()
	}
	if !sameDue(before, e) {
		e.DueChanged = now
		e.DueSequence += e.told()
	}
	e.reviseAgenda(before, now)
}

// told is by how much a sequence rises: nobody has seen a draft.
func (e *Event) told() int {
	if e.State == Published {
		return 1
	}
	return 0
}

// sameDue reports whether two versions have the same deadlines to show.
func sameDue(a, b *Event) bool {
	return a.Rules.ClosesAt.Equal(b.Rules.ClosesAt) && a.Rules.LockAt.Equal(b.Rules.LockAt) && reflect.DeepEqual(a.Title, b.Title)
}

// reviseAgenda gives each item of e the revision it had, raised where it looks
// different. Items that left a published agenda are kept as dropped, for the
// calendars that have them. A UID that e never had is nobody's to choose: it
// could be another event's.
func (e *Event) reviseAgenda(before *Event, now time.Time) {
	old := map[string]Item{}
	for _, it := range slices.Concat(before.Dropped, before.Agenda) {
		old[it.UID] = it
	}
	e.Agenda = slices.Clone(e.Agenda)
	for i := range e.Agenda {
		it := &e.Agenda[i]
		was, known := old[it.UID]
		delete(old, it.UID)
		it.Sequence, it.Changed, it.DroppedAt = was.Sequence, was.Changed, time.Time{}
		switch {
		case !known:
			it.UID, it.Changed = storage.NewUID(), now
		case !was.DroppedAt.IsZero() || !sameItem(before, &was, e, it):
			it.Changed = now
			it.Sequence += e.told()
		}
	}
	e.Dropped = dropped(before, e, old, now)
}

// dropped are the items that left e's agenda not long ago; left has those of
// before that are not in it now.
func dropped(before, e *Event, left map[string]Item, now time.Time) (out []Item) {
	for _, it := range before.Dropped {
		if _, ok := left[it.UID]; ok && now.Before(it.DroppedAt.Add(feedKeep+24*time.Hour)) {
			out = append(out, it)
		}
	}
	for _, it := range before.Agenda {
		if _, ok := left[it.UID]; ok && e.State == Published {
			it.Sequence++
			it.Changed, it.DroppedAt = now, now
			out = append(out, it)
		}
	}
	return out[max(0, len(out)-maxAgenda):]
}

// sameItem reports whether an item looks the same in a calendar, with what it
// has of its event.
func sameItem(a *Event, x *Item, b *Event, y *Item) bool {
	return x.Starts.Equal(y.Starts) && x.Ends.Equal(y.Ends) && reflect.DeepEqual(x.Title, y.Title) && sameWords(x.About, y.About) &&
		x.Room == y.Room && x.Speaker == y.Speaker && a.Zone == b.Zone && a.Place() == b.Place() && reflect.DeepEqual(a.Geo, b.Geo)
}

// sameWords compares texts of which none may be nil or empty.
func sameWords(a, b Text) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }
