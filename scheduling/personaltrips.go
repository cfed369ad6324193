package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/storage"
)

// applicationsAbout are those that p sent, also before anybody knew them.
func applicationsAbout(tx *storage.Tx, p *Person) ([]*Application, error) {
	own, err := applications.Find(tx, having("person_id", p.ID))
	if err != nil {
		return nil, err
	}
	longest := ""
	for _, w := range words(p.Email) {
		if len(w) > len(longest) {
			longest = w
		}
	}
	strangers, err := applications.Find(tx, including("words", longest))
	for _, a := range strangers {
		if a.PersonID == "" && strings.EqualFold(a.Email, p.Email) && !p.newer(a.Created) {
			own = append(own, a)
		}
	}
	return own, err
}

func copyApplications(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := applicationsAbout(tx, p)
	for _, a := range list {
		x, err := storage.Pick(a, "trip_id", "state", "company", "name", "email", "phone", "lang", "motivation", "goals", "partners", "consents", "seats", "reason", "created", "updated")
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, err
}

// eraseApplications keeps the company's application, with its seats and points.
func eraseApplications(tx *storage.Tx, p *Person) (n int, err error) {
	list, err := applicationsAbout(tx, p)
	for _, a := range list {
		if err != nil {
			return n, err
		}
		if a.erase(p) {
			n++
			err = applications.Put(tx, a)
		}
	}
	return n, err
}

// erase takes the person out of a, and reports whether they were in it.
func (a *Application) erase(p *Person) bool {
	some := unname(&a.Name)
	some = wipe(&a.Email, &a.Phone, &a.Motivation, &a.Goals, &a.Partners, &a.Reason, &a.Once) || some
	some = some || len(a.Notes) > 0 || len(a.Consents) > 0
	a.PersonID, a.Notes, a.Consents = p.ID, nil, nil
	for i := range a.Scores {
		some = wipe(&a.Scores[i].Note) || some
	}
	if some {
		a.Generation++
		a.index()
	}
	return some
}

func copyTravellers(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, travellers, having("person_id", p.ID), all[Traveller], "trip_id", "company", "name", "email", "phone", "lang", "title", "role",
		"state", "goals", "data", "data_at", "marks", "ndas", "created", "updated")
}

// eraseTravellers keeps that somebody travelled for the company, and where they
// were seen.
func eraseTravellers(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, travellers, having("person_id", p.ID), func(v *Traveller) bool {
		some := unname(&v.Name)
		some = wipe(&v.Email, &v.Title, &v.Goals) || some
		some = len(v.purge(TravellerFields, tx.Now())) > 0 || some
		for key, m := range v.Marks {
			if wipe(&m.Note) {
				v.Marks[key], some = m, true
			}
		}
		if some {
			v.Known, v.Left, v.Joined = nil, nil, nil
			v.Generation++
			v.index()
		}
		return some
	})
}

func copyTripsLed(tx *storage.Tx, p *Person) ([]any, error) {
	return both(show(tx, trips, including("leader_ids", p.ID), all[Trip], "title", "starts", "ends"))(
		show(tx, trips, enquired(tx), func(t *Trip) bool { return t.askedBy(p) }, "title", "enquiry"))
}

// enquired asks for the trips that somebody asked for.
func enquired(tx *storage.Tx) storage.Query {
	return storage.Query{Where: []storage.Cond{{Field: "enquiry.asked_at", Op: storage.Gt, Value: tx.Now().AddDate(-100, 0, 0)}}}
}

// askedBy reports whether p asked for the visit that t is.
func (t *Trip) askedBy(p *Person) bool {
	return t.Enquiry != nil && p.Email != "" && strings.EqualFold(t.Enquiry.Email, p.Email)
}

// eraseTripsLed takes p out of those who lead, and out of what delegations asked
// for: the body that asked stays.
func eraseTripsLed(tx *storage.Tx, p *Person) (n int, err error) {
	n, err = blank(tx, trips, including("leader_ids", p.ID), func(t *Trip) bool {
		t.LeaderIDs = slices.DeleteFunc(slices.Clone(t.LeaderIDs), func(id string) bool { return id == p.ID })
		return true
	})
	if err != nil {
		return n, err
	}
	more, err := blank(tx, trips, enquired(tx), func(t *Trip) bool {
		if !t.askedBy(p) {
			return false
		}
		e := t.Enquiry
		e.Name, e.Email, e.Phone = nameless, "", ""
		e.Generation++
		return true
	})
	return n + more, err
}

func copyTripNotes(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, tripNotes, storage.Query{}, func(x *TripNote) bool { return x.By == p.ID }, "trip_id", "text", "at")
}

func eraseTripNotes(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, tripNotes, storage.Query{}, func(x *TripNote) bool { return x.By == p.ID && unname(&x.Name) })
}

func copyTripOutcomes(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, tripOutcomes, storage.Query{}, func(o *TripOutcome) bool { return o.By == p.ID || o.Owner == p.ID },
		"trip_id", "host", "company", "step", "rating", "note", "story", "quote", "next", "due", "answered_at")
}

// eraseTripOutcomes keeps how far it led, and nothing in p's own words.
func eraseTripOutcomes(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, tripOutcomes, storage.Query{}, func(o *TripOutcome) bool {
		some := false
		if o.By == p.ID {
			some = wipe(&o.Note, &o.Story) || o.Quote
			o.Quote = false
		}
		if o.Owner == p.ID {
			o.Owner, some = "", true
		}
		return some
	})
}

// hostContacts asks about the contacts under p's address.
func hostContacts(p *Person) func(HostContact) bool {
	return func(c HostContact) bool { return p.Email != "" && strings.EqualFold(c.Email, p.Email) }
}

func copyHostContacts(tx *storage.Tx, p *Person) (out []any, err error) {
	for x, err := range programmes.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, err
		}
		for _, h := range x.Hosts {
			for _, c := range h.Contacts {
				if hostContacts(p)(c) {
					out = append(out, map[string]any{"trip_id": x.ID, "host": h.Name, "name": c.Name, "title": c.Title, "email": c.Email, "phone": c.Phone})
				}
			}
		}
	}
	return out, nil
}

func eraseHostContacts(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, programmes, storage.Query{}, func(x *Programme) bool {
		some := false
		for i := range x.Hosts {
			h, had := &x.Hosts[i], len(x.Hosts[i].Contacts)
			h.Contacts = slices.DeleteFunc(h.Contacts, hostContacts(p))
			some = some || len(h.Contacts) < had
		}
		return some
	})
}

func copyDelegationWishes(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, delegationWishes, having("email", p.Email), all[delegationWish], "enquiry")
}

func eraseDelegationWishes(tx *storage.Tx, p *Person) (int, error) {
	return discard(tx, delegationWishes, having("email", p.Email), func(w *delegationWish) bool { return !p.newer(w.Created) })
}
