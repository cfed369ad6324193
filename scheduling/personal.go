package scheduling

import (
	"iter"
	"reflect"
	"slices"

	"kohtaamo/storage"
)

// A personalStore is a collection that knows things about persons. Every
// collection with a name, an address or an answer of somebody has its line in
// personalStores, so that no copy and no erasure forgets it.
type personalStore struct {
	name string // of the collection, and of its part of a copy

	// copy gives what is kept about p, one value for each document, ready for
	// JSON: only what is about p, nothing about others.
	copy func(tx *storage.Tx, p *Person) ([]any, error)

	// erase takes p out of the collection: what counts stays, with p's id, which
	// is random and leads nowhere once the person is gone; names, addresses,
	// answers and free texts about p go. It says how many documents it changed,
	// and is called again until it changes none: it may leave some for the next time.
	erase func(tx *storage.Tx, p *Person) (int, error)
}

// personalStores are all of them, in the order of a copy and of an erasure. The
// person comes first: from then on the address is free for somebody new, whom
// the rest leaves alone.
var personalStores = []personalStore{
	{"people", copyPerson, erasePerson},
	{"feed_tokens", copyFeeds, eraseFeeds},
	{"busy_calendars", copyBusy, eraseBusy},
	{"survey_replies", copySurveyReplies, eraseSurveyReplies},
	{"registrations", copyRegistrations, eraseRegistrations},
	{"trip_applications", copyApplications, eraseApplications},
	{"travellers", copyTravellers, eraseTravellers},
	{"trips", copyTripsLed, eraseTripsLed},
	{"trip_notes", copyTripNotes, eraseTripNotes},
	{"trip_outcomes", copyTripOutcomes, eraseTripOutcomes},
	{"trip_programmes", copyHostContacts, eraseHostContacts},
	{"delegation_wishes", copyDelegationWishes, eraseDelegationWishes},
	{"outcomes", copyOutcomes, eraseOutcomes},
	{"requests", copyRequests, eraseRequests},
	{"meetings", copyMeetings, eraseMeetings},
	{"agenda_promises", nil, eraseAgendaPromises},
	{"entrants", copyEntrants, eraseEntrants},
	{"group_memberships", copyGroupMemberships, eraseGroupMemberships},
	{"meeting_records", copyRecords, eraseRecords}, // before groups, whose members they look through
	{"action_items", copyActions, eraseActions},
	{"date_polls", copyPolls, erasePolls},
	{"groups", copyGroups, eraseGroups},
	{"gatherings", copyGatherings, eraseGatherings},
	{"visit_days", copyVisitDays, eraseVisitDays},
	{"readings", copyReadings, eraseReadings},
	{"subscriptions", copySubscriptions, eraseSubscriptions},
	{"plan_items", copyPlanItems, erasePlanItems},
	{"plan_versions", copyPlanVersions, erasePlanVersions},
	{"report_periods", copyPeriods, erasePeriods},
	{"agreements", copyAgreements, eraseAgreements}, // before memberships, which forget who spoke for a company
	{"memberships", copyMemberships, eraseMemberships},
	{"join_wishes", copyJoinWishes, eraseJoinWishes},
	{"files", copyFiles, eraseFiles},
	{"activity_log", copyWorks, eraseWorks},
	{"group_mandates", copyMandates, eraseMandates},
	{"foresight_notes", copyForesight, eraseForesight},
	{"saved_lists", copySavedLists, eraseSavedLists},
	{"webhooks", copyWebhooks, eraseWebhooks},
	{"mails", copyMails, eraseMails},
	{"mail_deliveries", copyDeliveries, eraseDeliveries},
	{"mail_suppressions", copySuppression, eraseSuppression},
	{"audit", copyAudit, eraseAudit},
}

// A PersonalStore is a collection that knows things about persons and belongs to
// another package. Copy and Erase promise what a line of personalStores does.
type PersonalStore struct {
	Name  string
	Copy  func(tx *storage.Tx, p *Person) ([]any, error)
	Erase func(tx *storage.Tx, p *Person) (int, error)
}

// stores are those of this package and of the others.
func (d *Desk) stores() []personalStore {
	all := slices.Clone(personalStores)
	for _, s := range d.Elsewhere {
		all = append(all, personalStore{s.Name, s.Copy, s.Erase})
	}
	return all
}

// copies gives what is kept about p under any of their addresses, each document once.
func (s personalStore) copies(tx *storage.Tx, p *Person) (out []any, err error) {
	for i, face := range p.faces() {
		docs, err := s.copy(tx, face)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			if i == 0 || !slices.ContainsFunc(out, func(had any) bool { return reflect.DeepEqual(had, doc) }) {
				out = append(out, doc)
			}
		}
	}
	return out, nil
}

// forget takes p out of the collection under each of their addresses, and counts.
func (s personalStore) forget(tx *storage.Tx, p *Person) (n int, err error) {
	for _, face := range p.faces() {
		some, err := s.erase(tx, face)
		if err != nil {
			return n, err
		}
		n += some
	}
	return n, nil
}

// faces are p under each of their addresses, the one that they have now first:
// some collections know somebody by an address alone.
func (p *Person) faces() []*Person {
	all := []*Person{p}
	for _, a := range p.Aliases {
		other := *p
		other.Email, other.Aliases = a, nil
		all = append(all, &other)
	}
	return all
}

// nameless is what stands where the name of somebody stood who was erased: what
// records in Finnish and English write for a person without a name.
const nameless = "N.N."

// A shelf is a collection of any type.
type shelf[T any] interface {
	Each(tx *storage.Tx, q storage.Query) iter.Seq2[*T, error]
	Put(tx *storage.Tx, v *T) error
	Delete(tx *storage.Tx, v *T) error
}

// having asks for the documents with a value in a field.
func having(field, value string) storage.Query {
	return storage.Query{Where: []storage.Cond{storage.Is(field, value)}}
}

// including asks for the documents with a value in a list.
func including(field, value string) storage.Query {
	return storage.Query{Where: []storage.Cond{{Field: field, Op: storage.Has, Value: value}}}
}

// blank stores those of what q asks for that change alters, and counts them.
func blank[T any](tx *storage.Tx, c shelf[T], q storage.Query, change func(*T) bool) (n int, err error) {
	for v, err := range c.Each(tx, q) {
		if err != nil {
			return 0, err
		}
		if !change(v) {
			continue
		}
		if err := c.Put(tx, v); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// discard deletes those of what q asks for that are to go, and counts them.
func discard[T any](tx *storage.Tx, c shelf[T], q storage.Query, goes func(*T) bool) (n int, err error) {
	for v, err := range c.Each(tx, q) {
		if err != nil {
			return 0, err
		}
		if !goes(v) {
			continue
		}
		if err := c.Delete(tx, v); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// show gives some fields of those of what q asks for that are about somebody.
func show[T any](tx *storage.Tx, c shelf[T], q storage.Query, about func(*T) bool, fields ...string) (out []any, err error) {
	for v, err := range c.Each(tx, q) {
		if err != nil {
			return nil, err
		}
		if !about(v) {
			continue
		}
		x, err := storage.Pick(v, fields...)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// all takes every document that was asked for.
func all[T any](*T) bool { return true }

// both joins what two ways of asking found.
func both[T any](first []T, err error) func([]T, error) ([]T, error) {
	return func(second []T, err2 error) ([]T, error) {
		if err != nil {
			return nil, err
		}
		return append(first, second...), err2
	}
}

// wipe empties texts, and reports whether there was anything in them.
func wipe(texts ...*string) (some bool) {
	for _, s := range texts {
		some = some || *s != ""
		*s = ""
	}
	return some
}

// unname takes a name away, and reports whether it was there.
func unname(name *string) bool {
	was := *name
	*name = nameless
	return was != nameless
}
