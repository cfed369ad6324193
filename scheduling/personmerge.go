package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// PersonMergeFields are what is chosen between two persons; clusters, consents
// and addresses are those of both.
var PersonMergeFields = []string{"name", "email", "company", "title", "phone", "lang"}

// personPlaces are the ways by which a person is named in other documents, as
// companyPlaces are a company's.
var personPlaces = []func(tx *storage.Tx, from, into *Person) (int, error){
	personAmong(registrations, nil, ofPerson),
	personAmong(applications, nil),
	personAmong(travellers, nil),
	personAmong(trips, func(t *Trip) { t.LeaderIDs = distinct(t.LeaderIDs) }),
	personAmong(tripNotes, nil),
	personAmong(tripOutcomes, nil),
	personAmong(entrants, (*Entrant).onePerson),
	personAmong(meetings, (*Meeting).onePerson, among("person_ids"), among("invitee_ids")),
	moveBookings,
	personAmong(outcomes, nil),
	personAmong(proposals, nil),
	personAmong(agendaPromises, func(a *agendaPromise) { a.PersonIDs = distinct(a.PersonIDs) }),
	personAmong(groups, func(g *Group) { g.Members = distinct(g.Members) }),
	personAmong(groupMemberships, (*GroupMembership).onePerson, among("person_ids")),
	personAmong(gatherings, (*Gathering).onePerson, among("person_ids")),
	personAmong(visitDays, func(v *VisitDay) { v.PersonIDs = distinct(v.PersonIDs) }),
	personAmong(codevelopments, nil),
	personAmong(subscriptions, nil, ofPerson),
	moveFeeds,
	moveBusy,
	personAmong(files, nil),
	personAmong(memberships, nil, func(p *Person) storage.Cond { return storage.Is("contact_id", p.ID) }),
	personAmong(meetingRecords, nil),
	personAmong(actionItems, nil),
	personAmong(datePolls, (*DatePoll).onePerson, among("person_ids")),
	personAmong(planItems, (*PlanItem).onePerson),
	personAmong(planVersions, nil),
	personAmong(plans, nil),
	personAmong(mandates, nil),
	personAmong(foresightNotes, nil),
	personAmong(encounters, func(x *Encounter) { x.PersonIDs = distinct(x.PersonIDs) }, among("person_ids")),
	personAmong(reportPeriods, nil),
	personAmong(works, func(w *Work) { w.PersonIDs = distinct(w.PersonIDs) }),
	personAmong(savedLists, nil),
	personAmong(webhooks, nil),
	func(tx *storage.Tx, from, _ *Person) (int, error) { return forgetPairs(tx, from.ID) },
}

// ofPerson finds what names a person in its field person_id.
func ofPerson(p *Person) storage.Cond { return storage.Is("person_id", p.ID) }

// among finds what names a person in one of its lists.
func among(field string) func(*Person) storage.Cond {
	return func(p *Person) storage.Cond { return storage.Cond{Field: field, Op: storage.Has, Value: p.ID} }
}

// personAmong puts a person on in a collection: in what one of the ways finds,
// or in all of it where there is no way to find them.
func personAmong[T any](c shelf[T], settle func(*T), ways ...func(*Person) storage.Cond) func(tx *storage.Tx, from, into *Person) (int, error) {
	return func(tx *storage.Tx, from, into *Person) (n int, err error) {
		if len(ways) == 0 {
			return putOn(tx, c, from.ID, into.ID, settle)
		}
		for _, way := range ways {
			more, err := putOn(tx, c, from.ID, into.ID, settle, way(from))
			if n += more; err != nil {
				return n, err
			}
		}
		return n, nil
	}
}

// onePerson leaves somebody once who stood for an entrant twice. Who managed it
// still does.
func (e *Entrant) onePerson() {
	var out []Delegate
	for _, p := range e.People {
		i := slices.IndexFunc(out, func(o Delegate) bool { return o.PersonID == p.PersonID })
		if i < 0 {
			out = append(out, p)
			continue
		}
		out[i].Manages = out[i].Manages || p.Manages
		out[i].Unavailable = distinct(slices.Concat(out[i].Unavailable, p.Unavailable))
	}
	e.People, e.PersonIDs = out, distinct(e.PersonIDs)
}

// onePerson leaves somebody once who came to a meeting twice.
func (m *Meeting) onePerson() {
	for i := range m.Parties {
		m.Parties[i].PersonIDs = distinct(m.Parties[i].PersonIDs)
	}
	m.Invitees = oncePerson(m.Invitees, func(i Invitee) string { return i.PersonID })
	m.PersonIDs, m.InviteeIDs = distinct(m.PersonIDs), distinct(m.InviteeIDs)
}

func (m *GroupMembership) onePerson() {
	m.People = oncePerson(m.People, func(p GroupPerson) string { return p.PersonID })
	m.index()
}

func (g *Gathering) onePerson() {
	for i := range g.Parties {
		g.Parties[i].People = oncePerson(g.Parties[i].People, func(p GatheringPerson) string { return p.PersonID })
	}
	g.PersonIDs = distinct(g.PersonIDs)
}

func (v *DatePoll) onePerson() {
	v.Voters = oncePerson(v.Voters, func(o Voter) string { return o.PersonID })
	v.PersonIDs = distinct(v.PersonIDs)
}

func (x *PlanItem) onePerson() { x.give(x.OwnerID) }

// oncePerson is the list with everybody once; nobody is not somebody.
func oncePerson[T any](list []T, id func(T) string) []T {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(x T) bool {
		twice := id(x) != "" && seen[id(x)]
		seen[id(x)] = true
		return twice
	})
}

// moveBookings puts on at what times somebody is booked. If both are booked at
// once, by two meetings, the store refuses it.
func moveBookings(tx *storage.Tx, from, into *Person) (n int, err error) {
	all, err := bookings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("who", bookedPerson(from.ID))}})
	if err != nil {
		return 0, err
	}
	for _, b := range all {
		if err := bookings.Delete(tx, b); err != nil {
			return n, err
		}
		next := *b
		next.Who = bookedPerson(into.ID)
		next.Meta = storage.Meta{ID: next.Who + b.ID[len(b.Who):]}
		if had, err := bookings.Get(tx, next.ID); err == nil && had.MeetingID == b.MeetingID {
			continue // both came to one meeting
		} else if ignoreMissing(err) != nil {
			return n, err
		}
		if err := bookings.Put(tx, &next); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// moveFeeds puts on calendar addresses: calendars that ask for them go on
// being answered, however many there are now.
func moveFeeds(tx *storage.Tx, from, into *Person) (int, error) {
	return putOn(tx, feedTokens, from.ID, into.ID, func(t *FeedAddress) {
		if t.Slot != "" {
			t.Slot = into.ID + "/" + t.ID
		}
	}, ofPerson(from))
}

// moveBusy puts on busy calendars behind those that there are.
func moveBusy(tx *storage.Tx, from, into *Person) (int, error) {
	had, err := busyCalendars.Find(tx, storage.Query{Where: []storage.Cond{ofPerson(into)}})
	if err != nil {
		return 0, err
	}
	last := 0
	for _, b := range had {
		last = max(last, b.Slot)
	}
	return putOn(tx, busyCalendars, from.ID, into.ID, func(b *BusyCalendar) { last++; b.Slot = last }, ofPerson(from))
}

// A PersonMerging shows two persons that may be one.
type PersonMerging struct {
	From, Into *Person
	Companies  map[string]string // names by id
	Moves      int               // documents that name the one that goes
	Problem    *Problem          // why it cannot be done as things stand
}

// PersonMerging shows what MergePeople would do, for organisers who know both.
func (d *Desk) PersonMerging(ctx context.Context, by Actor, fromID, intoID string) (*PersonMerging, error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	var m *PersonMerging
	err := d.update(ctx, func(tx *storage.Tx) error {
		m = &PersonMerging{Companies: map[string]string{}}
		from, into, err := twoPersons(tx, by, fromID, intoID)
		if err != nil {
			return err
		}
		f, i := *from, *into
		m.From, m.Into = &f, &i
		for _, id := range []string{from.CompanyID, into.CompanyID} {
			if _, err := companyName(tx, m.Companies, id); err != nil {
				return err
			}
		}
		if err := mayMerge(by, from, into); err != nil {
			return err
		}
		if m.Moves, err = d.mergePerson(tx, from, into, nil); err != nil {
			return err
		}
		return errOnlyLooking
	})
	return shownMerge(m, err, func(p *Problem) { m.Problem = p })
}

func twoPersons(tx *storage.Tx, by Actor, fromID, intoID string) (from, into *Person, err error) {
	from, into, err = twoOf(tx, people.Get, fromID, intoID)
	if from != nil && into != nil && (!by.knows(from) || !by.knows(into)) {
		return nil, nil, errHidden
	}
	return from, into, err
}

// mayMerge leaves those who have roles to administrators: whoever signs in by
// one of two addresses would have the rights of both.
func mayMerge(by Actor, from, into *Person) error {
	if len(from.Grants)+len(into.Grants) > 0 && !by.Administers() {
		return &Problem{Kind: Forbidden, Key: "merging.has_roles"}
	}
	return nil
}

// MergePeople makes one person of two, for organisers who know both, in one
// transaction. Both addresses lead to the one that stays. Sent twice it is done
// once.
func (d *Desk) MergePeople(ctx context.Context, by Actor, m Merge) (p *Person, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		if p, err = doneBefore(tx, people.Get, m); err != nil || p != nil {
			if p != nil && !by.knows(p) {
				return errHidden
			}
			return err
		}
		from, into, err := twoPersons(tx, by, m.From, m.Into)
		if err != nil {
			return err
		}
		if err := mayMerge(by, from, into); err != nil {
			return err
		}
		if from.Rev != m.FromRev || into.Rev != m.IntoRev {
			return storage.ErrConflict
		}
		if _, err := d.mergePerson(tx, from, into, m.Take); err != nil {
			return err
		}
		p = into
		return d.log(tx, by, "person.merge", into.ID, into.ID, "", "")
	})
	if why := mergeProblem(err); why != nil {
		return nil, why
	}
	if err != nil {
		return nil, fmt.Errorf("merge person %s into %s: %w", m.From, m.Into, changedMeanwhile(err))
	}
	return p, nil
}

func (d *Desk) mergePerson(tx *storage.Tx, from, into *Person, take []string) (moved int, err error) {
	for _, move := range personPlaces {
		n, err := move(tx, from, into)
		if moved += n; err != nil {
			return moved, err
		}
	}
	if err := people.Delete(tx, from); err != nil {
		return moved, err
	}
	into.take(from, take)
	into.index()
	return moved, errors.Join(people.Put(tx, into), leave(tx, mergedPerson, from.ID, into.ID, moved))
}

// take has of another person the fields that are named, those that p does not
// say, and what belongs to both.
func (p *Person) take(from *Person, fields []string) {
	set := func(field string, to *string, of string) {
		if slices.Contains(fields, field) || *to == "" {
			*to = of
		}
	}
	addresses := slices.Concat([]string{p.Email, from.Email}, p.Aliases, from.Aliases)
	set("name", &p.Name, from.Name)
	set("email", &p.Email, from.Email)
	set("company", &p.CompanyID, from.CompanyID)
	set("title", &p.Title, from.Title)
	set("phone", &p.Phone, from.Phone)
	set("lang", &p.Lang, from.Lang)
	set("zone", &p.Zone, from.Zone)
	p.Aliases = slices.DeleteFunc(distinct(addresses), func(a string) bool { return a == p.Email })
	p.ClusterIDs = distinct(slices.Concat(p.ClusterIDs, from.ClusterIDs))
	p.Consents = newestConsents(p.Consents, from.Consents)
	for _, g := range from.Grants {
		if !slices.Contains(p.Grants, g) {
			p.Grants = append(p.Grants, g)
		}
	}
}

// newestConsents are those of both, in the order they were given: the last one
// for a purpose holds.
func newestConsents(a, b []Consent) []Consent {
	all := slices.Concat(a, b)
	slices.SortStableFunc(all, func(x, y Consent) int { return x.At.Compare(y.At) })
	return all
}
