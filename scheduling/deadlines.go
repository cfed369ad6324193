package scheduling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// deadlineEntries are the moments until which a person can still do something:
// take an offered seat, change what they answered, register for an event of
// their groups.
func (d *Desk) deadlineEntries(tx *storage.Tx, in *reading) (out []ical.Entry, err error) {
	add := func(x ical.Entry) {
		if x.Starts.After(in.day.Add(-feedPast)) && x.Starts.Before(in.day.Add(feedAhead)) {
			out = append(out, x)
		}
	}
	registered := map[string]bool{}
	for _, m := range in.mine {
		e, r := m.Event, m.Registration
		if !r.State.Live() || e.State != Published {
			continue
		}
		registered[e.ID] = true
		if r.State == Offered {
			x := d.deadline(e, "offer", r.ID, r.Deadline, in.address.Lang)
			d.mine(&x, r, in.address.Lang)
			x.Status = ical.Confirmed
			add(x)
		}
		if at := e.Rules.LockAt; !at.IsZero() {
			x := d.deadline(e, "lock", r.ID, at, in.address.Lang)
			x.Modified = later(x.Modified, r.Created)
			add(x)
		}
	}
	theirs, err := eventsForGroups(tx, in.groups)
	for _, e := range theirs {
		if !registered[e.ID] {
			add(d.deadline(e, "closing", e.ID, e.Rules.ClosesAt, in.address.Lang))
		}
	}
	if err != nil {
		return nil, err
	}
	due, err := d.roundDeadlines(tx, in)
	for _, x := range due {
		add(x)
	}
	return out, err
}

// eventsForGroups are the published events of the groups whose registration
// closes at a date.
func eventsForGroups(tx *storage.Tx, gs []*Group) (out []*Event, err error) {
	seen := map[string]bool{}
	for _, g := range gs {
		list, err := events.Find(tx, storage.Query{Where: []storage.Cond{{Field: "group_ids", Op: storage.Has, Value: g.ID}}})
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.State == Published && !e.Rules.ClosesAt.IsZero() && !seen[e.ID] {
				seen[e.ID] = true
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Event) int { return a.Created.Compare(b.Created) })
	return out, nil
}

// deadline is one moment of an event as an entry without length. It stands in
// UTC: it has no place, and is the same moment everywhere.
func (d *Desk) deadline(e *Event, kind, id string, at time.Time, lang string) ical.Entry {
	modified := e.DueChanged
	if modified.IsZero() { // from before deadlines had revisions
		modified = e.Created
	}
	return ical.Entry{
		UID: d.uid(kind, id), Sequence: e.DueSequence, Modified: modified, Starts: at, Transparent: true,
		Summary:     d.Texts.In(lang).Text("calendar.deadline."+kind, "title", e.Title.In(lang)),
		Description: d.EventURL(e), URL: d.EventURL(e), Related: e.UID,
	}
}

// uid names an entry that is not stored by itself: always the same for the same
// thing, and nothing can be learned from it (RFC 7986, section 5.3).
func (d *Desk) uid(kind, id string) string {
	h := hmac.New(sha256.New, d.Key)
	h.Write([]byte("uid\x00" + kind + "\x00" + id))
	b := h.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // a UUID of version 8 (RFC 9562)
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
