package scheduling

import (
	"context"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A scope is one kind of thing that a personal feed can show.
type scope struct {
	name    string
	entries func(*Desk, *storage.Tx, *reading) ([]ical.Entry, error)
}

// feedScopes are all of them, in the order of a form. What people come to do
// with the house later has its entries added here, by a function of its own.
var feedScopes = []scope{
	{"registrations", (*Desk).registrationEntries},
	{"agenda", (*Desk).agendaEntries},
	{"groups", (*Desk).groupEntries},
	{"deadlines", (*Desk).deadlineEntries},
	{"meetings", (*Desk).meetingEntries},
	{"trips", (*Desk).travelEntries},
	{"actions", (*Desk).promisedEntries},
}

// FeedScopes are the names of what a personal feed can show.
func FeedScopes() []string {
	var names []string
	for _, s := range feedScopes {
		names = append(names, s.name)
	}
	return names
}

// A reading is what a personal feed is made from.
type reading struct {
	address *FeedAddress
	person  *Person
	mine    []*MyPage // all their registrations, with the events
	groups  []*Group  // they are a member of
	day     time.Time // begins; decides what is still and already shown
}

func personalKey(id string) string { return "personal/" + id }

func (d *Desk) personalParts() uint64 {
	return d.DB.Changes(events.Spec, registrations.Spec, feedTokens.Spec, people.Spec, groups.Spec, seriesOf.Spec,
		rounds.Spec, entrants.Spec, meetings.Spec, gatherings.Spec, trips.Spec, programmes.Spec, travellers.Spec, meetingRecords.Spec, actionItems.Spec, planItems.Spec)
}

// PersonalFeed is the calendar behind a member's secret address. A rotated or
// revoked address gives ErrGone, one that was never ours storage.ErrNotFound.
func (d *Desk) PersonalFeed(ctx context.Context, link string) (*Feed, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, errHidden
	}
	o := order{key: personalKey(id), changes: d.personalParts()}
	t, err := d.addressOf(ctx, o, id)
	if err != nil {
		return nil, err
	}
	if err := d.opens(t, mac); err != nil {
		return nil, err
	}
	o.build = func(tx *storage.Tx) (*source, error) { return d.personalSource(tx, id) }
	f, err := d.feed(ctx, o)
	if err != nil {
		return nil, err
	}
	if day := d.now().Format(time.DateOnly); f.fetched != day || f.link != link {
		d.noteFetch(ctx, o.key, f, link, day)
	}
	return f.feed, nil
}

// addressOf is the stored address; while the database cannot be asked, what was
// known of it when its feed was made.
func (d *Desk) addressOf(ctx context.Context, o order, id string) (t *FeedAddress, err error) {
	if f := d.feeds.peek(o.key, o.changes, d.now()); f != nil {
		return f.address, nil
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err = feedTokens.Get(tx, id)
		return err
	})
	if old := d.feeds.last(o.key); err != nil && errEnded(err) != ErrGone && old != nil {
		return old.address, nil
	}
	return t, err
}

// KeptPersonalFeed is PersonalFeed out of memory: nil where it would have to be
// made, or something would have to be noted. What is kept is made anew at the
// beginning of a day, so within it the address is known to be in use.
func (d *Desk) KeptPersonalFeed(link string) *Feed {
	id, _, _ := strings.Cut(link, ".")
	now := d.now()
	f := d.feeds.peek(personalKey(id), d.personalParts(), now)
	if f == nil || subtle.ConstantTimeCompare([]byte(f.link), []byte(link)) == 0 {
		return nil
	}
	return f.feed
}

func (d *Desk) personalSource(tx *storage.Tx, id string) (*source, error) {
	t, err := feedTokens.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if t.Revoked {
		return nil, ErrGone
	}
	in, err := d.read(tx, t)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(t.Lang)
	src := &source{private: true, address: t, calendar: ical.Calendar{
		Name: t.Title(l.Text("calendar.personal", "house", d.House)), Zone: HouseZone, Lang: l.Code(), Refresh: feedRefresh}}
	for _, s := range feedScopes {
		if !t.Has(s.name) {
			continue
		}
		entries, err := s.entries(d, tx, in)
		if err != nil {
			return nil, err
		}
		src.entries = append(src.entries, entries...)
	}
	src.entries = src.entries[:min(len(src.entries), feedEvents)]
	for i := range src.entries {
		t.style(&src.entries[i])
	}
	return src, nil
}

// Title is the feed's name, or what is said where it has none.
func (t *FeedAddress) Title(unnamed string) string {
	if t.Name == "" {
		return unnamed
	}
	return t.Name
}

// read gathers what the scopes choose from.
func (d *Desk) read(tx *storage.Tx, t *FeedAddress) (in *reading, err error) {
	in = &reading{address: t, day: dayOf(tx.Now())}
	if in.person, err = people.Get(tx, t.PersonID); err != nil {
		return nil, errEnded(err)
	}
	all, err := d.registrationsOf(tx, in.person.Email)
	if err != nil {
		return nil, err
	}
	in.mine = onePerEvent(all)
	in.groups, err = groups.Find(tx, storage.Query{Where: []storage.Cond{{Field: "members", Op: storage.Has, Value: in.person.ID}}})
	slices.SortFunc(in.groups, func(a, b *Group) int { return a.Created.Compare(b.Created) })
	return in, err
}

// style makes an entry look as the person wants to have it.
func (t *FeedAddress) style(x *ical.Entry) {
	x.Private = true
	x.Modified = later(x.Modified, t.Restyled)
	if t.AllDay && x.Repeat == nil && x.Instance.IsZero() && x.StartZone == x.EndZone && severalDays(x) {
		x.AllDay = true
	}
	if x.Status == ical.Cancelled {
		return
	}
	for _, minutes := range t.Alarms {
		x.Alarms = append(x.Alarms, time.Duration(minutes)*time.Minute)
	}
}

// severalDays reports whether x touches more than one day of its zone.
func severalDays(x *ical.Entry) bool {
	loc, err := time.LoadLocation(x.StartZone)
	if err != nil || !x.Ends.After(x.Starts) {
		return false
	}
	return daysBetween(x.Starts.In(loc), x.Ends.Add(-1).In(loc)) > 0
}

// registrationEntries are what somebody goes to or may go to, and what ended
// for them not long ago.
func (d *Desk) registrationEntries(_ *storage.Tx, in *reading) (out []ical.Entry, _ error) {
	for _, m := range in.mine {
		if m.Registration.inOwnFeed(m.Event, in.day) {
			out = append(out, d.personalEntry(m.Event, m.Registration, in.address.Lang))
		}
	}
	return out, nil
}

// inOwnFeed holds for what stands in a calendar: the waiting list is nowhere to
// go yet.
func (r *Registration) inOwnFeed(e *Event, day time.Time) bool {
	switch {
	case e.State == Draft || r.entryStatus() == "" || e.Ends.Before(day.Add(-feedPast)) || e.Starts.After(day.Add(feedAhead)):
		return false
	case !r.State.Live():
		return stays(r.EndedAt, day)
	}
	return inFeed(e, day)
}

// agendaEntries are the agenda of what somebody goes to, each item an entry.
func (d *Desk) agendaEntries(_ *storage.Tx, in *reading) (out []ical.Entry, _ error) {
	for _, m := range in.mine {
		if !m.Registration.inOwnFeed(m.Event, in.day) {
			continue
		}
		for _, x := range d.agenda(m.Event, in.address.Lang, in.day) {
			d.mine(&x, m.Registration, in.address.Lang)
			out = append(out, x)
		}
	}
	return out, nil
}

// onePerEvent leaves the one registration that stands for each event: the live
// one, or the one that ended last.
func onePerEvent(all []*MyPage) (out []*MyPage) {
	at := map[string]int{}
	for _, m := range all {
		i, seen := at[m.Event.ID]
		switch {
		case !seen:
			at[m.Event.ID] = len(out)
			out = append(out, m)
		case !out[i].Registration.State.Live() && (m.Registration.State.Live() || m.Registration.EndedAt.After(out[i].Registration.EndedAt)):
			out[i] = m
		}
	}
	return out
}
