package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// The kinds of an Encounter, beside those of a Work.
const (
	MetAtEvent = "event" // attended it
	MetOnTrip  = "trip"  // travelled on it
	MetB2B     = "b2b"   // a B2B meeting that was held
	MetInGroup = "group" // was in a meeting of a group
)

// EncounterKinds are the kinds that count themselves, in the order of a filter.
var EncounterKinds = []string{MetAtEvent, MetB2B, MetOnTrip, MetInGroup}

// An Encounter is that people of one company took part in one thing. It is kept
// in the transaction that makes it true, so that a company's last contact is one
// look at an index however much there is. Its ID is made of the thing and the
// company, or the person where somebody is of none.
type Encounter struct {
	storage.Meta `bson:",inline"`
	CompanyID    string    `bson:"company_id,omitempty"`
	PersonIDs    []string  `bson:"person_ids,omitempty"`
	Kind         string    `bson:"kind"`  // MetAtEvent…, or a WorkKind
	About        string    `bson:"about"` // id of the event, trip, meeting, record, gathering or work
	At           time.Time `bson:"at"`    // when it began
	Personal     bool      `bson:"personal"`
}

var encounters = storage.NewCollection[Encounter]("encounters",
	storage.Ordered("company_id", "personal", "at"), storage.Ordered("company_id", "at"), storage.Many("person_ids"), storage.Ordered("about"))

// A party is who took part: a company, a person, or a person of a company.
type party struct{ companyID, personID string }

// key is the part of an encounter's ID that says whose it is.
func (p party) key() string {
	if p.companyID != "" {
		return p.companyID
	}
	return p.personID
}

// A happening is a thing that encounters come of.
type happening struct {
	kind, id string
	at       time.Time
	personal bool
}

func (h happening) encounter(p party) *Encounter {
	x := &Encounter{Meta: storage.Meta{ID: h.id + "~" + p.key()}, CompanyID: p.companyID, Kind: h.kind, About: h.id, At: h.at, Personal: h.personal}
	if p.personID != "" {
		x.PersonIDs = []string{p.personID}
	}
	return x
}

// all are the encounters of h, one for each company and each person of none.
func (h happening) all(who []party) map[string]*Encounter {
	out := map[string]*Encounter{}
	for _, p := range who {
		if p.key() == "" {
			continue
		}
		x := h.encounter(p)
		if had := out[x.ID]; had != nil {
			had.with(p.personID)
			continue
		}
		out[x.ID] = x
	}
	return out
}

// with adds a person, and says whether that changes x.
func (x *Encounter) with(personID string) bool {
	if personID == "" || slices.Contains(x.PersonIDs, personID) {
		return false
	}
	x.PersonIDs = append(x.PersonIDs, personID)
	return true
}

func (x *Encounter) same(o *Encounter) bool {
	a, b := slices.Sorted(slices.Values(x.PersonIDs)), slices.Sorted(slices.Values(o.PersonIDs))
	return x.At.Equal(o.At) && x.Kind == o.Kind && x.Personal == o.Personal && slices.Equal(a, b)
}

// keepEncounters has exactly the encounters of h that who took part makes: none
// if nobody did.
func keepEncounters(tx *storage.Tx, h happening, who []party) error {
	h.at = h.at.UTC().Truncate(time.Millisecond)
	want := h.all(who)
	had, err := encounters.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("about", h.id)}})
	if err != nil {
		return err
	}
	for _, x := range had {
		w := want[x.ID]
		delete(want, x.ID)
		switch {
		case w == nil:
			err = encounters.Delete(tx, x)
		case !w.same(x):
			x.PersonIDs, x.At, x.Kind, x.Personal = w.PersonIDs, w.At, w.Kind, w.Personal
			err = encounters.Put(tx, x)
		}
		if err != nil {
			return err
		}
	}
	for _, x := range want {
		if err := encounters.Put(tx, x); err != nil {
			return err
		}
	}
	return nil
}

// meetAtEvent follows a registration that was stored: attended says that it was
// attended before. At the door that is one look, and a line for the first of
// each company.
func meetAtEvent(tx *storage.Tx, e *Event, r *Registration, attended bool) error {
	if r.State != Attended {
		if attended {
			return recountEvent(tx, e)
		}
		return nil
	}
	p := party{r.CompanyID, r.PersonID}
	if p.key() == "" {
		return nil
	}
	fresh := eventHappening(e).encounter(p)
	x, err := encounters.Get(tx, fresh.ID)
	if IsHidden(err) {
		return encounters.Put(tx, fresh)
	}
	if err != nil || !x.with(p.personID) {
		return err
	}
	return encounters.Put(tx, x)
}

func eventHappening(e *Event) happening { return happening{MetAtEvent, e.ID, e.Starts, true} }

// recountEvent gathers an event's encounters from those who attended it.
func recountEvent(tx *storage.Tx, e *Event) error {
	var who []party
	for r, err := range registrations.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", e.ID), storage.Is("state", string(Attended))}}) {
		if err != nil {
			return err
		}
		who = append(who, party{r.CompanyID, r.PersonID})
	}
	return keepEncounters(tx, eventHappening(e), who)
}

// meetTravellers follows a trip: who travels is met when it is under way.
func (d *Desk) meetTravellers(tx *storage.Tx, _ Actor, t *Trip, _ TripState) error {
	return recountTrip(tx, t)
}

func recountTrip(tx *storage.Tx, t *Trip) error {
	var who []party
	if t.Past(TripUnderWay) || t.Past(TripVisited) {
		went, err := travellersOf(tx, t.ID)
		if err != nil {
			return err
		}
		for _, v := range went {
			if v.Role != AsStaff {
				who = append(who, party{v.CompanyID, v.PersonID})
			}
		}
	}
	return keepEncounters(tx, happening{MetOnTrip, t.ID, t.Starts, true}, who)
}

// meetB2B follows a meeting: the companies of its entrants met if it was held.
func meetB2B(tx *storage.Tx, m *Meeting) error {
	var who []party
	if m.State == MeetingHeld {
		for _, side := range m.Parties {
			e, err := entrants.Get(tx, side.EntrantID)
			if IsHidden(err) {
				continue
			}
			if err != nil {
				return err
			}
			who = append(who, party{e.CompanyID, ""})
			for _, id := range side.PersonIDs {
				who = append(who, party{e.CompanyID, id})
			}
		}
	}
	return keepEncounters(tx, happening{MetB2B, m.ID, m.Starts, true}, who)
}

// meetInGroup follows the record of a group's meeting, see storeRecord: who was
// there is met once it is held.
func meetInGroup(tx *storage.Tx, r *MeetingRecord) error {
	var who []party
	for _, p := range r.Present {
		if r.State != RecordPlanned && p.Came() {
			who = append(who, party{p.CompanyID, p.PersonID})
		}
	}
	return keepEncounters(tx, happening{MetInGroup, r.ID, r.Starts, true}, who)
}

// meetAtGathering follows a meeting of a B2B group, see storeGathering: who said
// that they come is met once it is held.
func meetAtGathering(tx *storage.Tx, g *Gathering) error {
	if g.State != GatheringHeld {
		return nil
	}
	var who []party
	for i := range g.Parties {
		p := &g.Parties[i]
		if p.Outside || !p.Best(g.Chosen).Comes() {
			continue
		}
		m, err := groupMemberships.Get(tx, p.ID)
		if IsHidden(err) {
			continue
		}
		if err != nil {
			return err
		}
		who = append(who, p.met(m.CompanyID, g.Chosen)...)
	}
	return keepEncounters(tx, happening{MetInGroup, g.ID, g.Starts, true}, who)
}

// met are those of a company who said that they come at a time.
func (p *GatheringParty) met(companyID, timeID string) (out []party) {
	for _, x := range p.People {
		if x.Answers[timeID].Comes() {
			out = append(out, party{companyID, x.PersonID})
		}
	}
	return out
}

// mergeEncounters has one company's encounters be another's.
func mergeEncounters(tx *storage.Tx, from, into *Company) (n int, err error) {
	had, err := encounters.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", from.ID)}})
	if err != nil {
		return 0, err
	}
	for _, x := range had {
		moved := *x
		moved.Meta = storage.Meta{ID: strings.TrimSuffix(x.ID, from.ID) + into.ID}
		moved.CompanyID = into.ID
		there, err := encounters.Get(tx, moved.ID)
		if err == nil {
			for _, id := range moved.PersonIDs {
				there.with(id)
			}
		} else if there = &moved; !IsHidden(err) {
			return n, err
		}
		n++
		if err := encounters.Put(tx, there); err != nil {
			return n, err
		}
		if err := encounters.Delete(tx, x); err != nil {
			return n, err
		}
	}
	return n, nil
}
