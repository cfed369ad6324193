package scheduling

import (
	"slices"

	"kohtaamo/storage"
)

// entrantsOf are those of which p is or was one of the people.
func entrantsOf(tx *storage.Tx, p *Person) ([]*Entrant, error) {
	return entrants.Find(tx, including("person_ids", p.ID))
}

func copyEntrants(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := entrantsOf(tx, p)
	for _, e := range list {
		if x, ok := e.Delegate(p.ID); ok {
			out = append(out, map[string]any{"round_id": e.RoundID, "company": e.Name, "state": e.State, "about_me": x})
		}
	}
	if err != nil {
		return nil, err
	}
	return both(out, err)(show(tx, entrants, including("invited", p.Email), all[Entrant], "round_id", "name"))
}

// eraseEntrants keeps that the company had somebody there.
func eraseEntrants(tx *storage.Tx, p *Person) (int, error) {
	n, err := blank(tx, entrants, including("person_ids", p.ID), func(e *Entrant) bool {
		some := false
		for i := range e.People {
			if x := &e.People[i]; x.PersonID == p.ID {
				some = unname(&x.Name)
				some = wipe(&x.Title) || some || len(x.Unavailable) > 0
				x.Unavailable = nil
			}
		}
		return some
	})
	if err != nil {
		return n, err
	}
	more, err := blank(tx, entrants, including("invited", p.Email), func(e *Entrant) bool {
		e.Invites = slices.DeleteFunc(e.Invites, func(i Invited) bool { return i.Email == p.Email })
		e.index()
		return true
	})
	return n + more, err
}

// alone reports whether nobody but p has ever spoken for e, so that its words
// are theirs.
func (e *Entrant) alone(p *Person) bool { return len(e.People) == 1 && e.People[0].PersonID == p.ID }

// requestsAlone are the requests of entrants for which nobody but p spoke.
func requestsAlone(tx *storage.Tx, p *Person, fn func(e *Entrant, q *Request) error) error {
	list, err := entrantsOf(tx, p)
	if err != nil {
		return err
	}
	for _, e := range list {
		if !e.alone(p) {
			continue
		}
		asked, err := entrantRequests(tx, e.ID)
		if err != nil {
			return err
		}
		for _, q := range asked {
			if err := fn(e, q); err != nil {
				return err
			}
		}
	}
	return nil
}

func copyRequests(tx *storage.Tx, p *Person) (out []any, err error) {
	err = requestsAlone(tx, p, func(e *Entrant, q *Request) error {
		said := q.Reply
		if q.From == e.ID {
			said = q.Message
		}
		out = append(out, map[string]any{"round_id": q.RoundID, "sent": q.From == e.ID, "state": q.State, "what_i_wrote": said, "created": q.Created})
		return nil
	})
	return out, err
}

func eraseRequests(tx *storage.Tx, p *Person) (n int, err error) {
	err = requestsAlone(tx, p, func(e *Entrant, q *Request) error {
		said := &q.Reply
		if q.From == e.ID {
			said = &q.Message
		}
		if !wipe(said) {
			return nil
		}
		n++
		return requests.Put(tx, q)
	})
	return n, err
}

func copyMeetings(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := meetings.Find(tx, including("person_ids", p.ID))
	for _, m := range list {
		x, err := storage.Pick(m, "round_id", "state", "starts", "ends")
		if err != nil {
			return nil, err
		}
		for _, v := range m.Invitees {
			if v.PersonID == p.ID {
				x["answer"] = v.RSVP
			}
		}
		out = append(out, x)
	}
	return out, err
}

// eraseMeetings takes away what p wrote with an answer; who met is by ids alone.
func eraseMeetings(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, meetings, including("invitee_ids", p.ID), func(m *Meeting) bool {
		some := false
		for i := range m.Invitees {
			if v := &m.Invitees[i]; v.PersonID == p.ID {
				some = wipe(&v.RSVP.Comment) || some
			}
		}
		return some
	})
}

func eraseAgendaPromises(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, agendaPromises, storage.Query{}, func(a *agendaPromise) bool {
		had := len(a.PersonIDs)
		a.PersonIDs = slices.DeleteFunc(a.PersonIDs, func(id string) bool { return id == p.ID })
		return len(a.PersonIDs) < had
	})
}

// outcomesBy are what p said came of meetings.
func outcomesBy(tx *storage.Tx, p *Person) (out []*Outcome, err error) {
	list, err := entrantsOf(tx, p)
	for _, e := range list {
		if err != nil {
			return nil, err
		}
		var some []*Outcome
		some, err = outcomes.Find(tx, having("entrant_id", e.ID))
		for _, o := range some {
			if o.By == p.ID {
				out = append(out, o)
			}
		}
	}
	return out, err
}

func copyOutcomes(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := outcomesBy(tx, p)
	for _, o := range list {
		x, err := storage.Pick(o, "round_id", "meeting_id", "met", "step", "rating", "note", "next", "owner", "due", "answered_at")
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, err
}

// eraseOutcomes keeps how far it led, and nothing in p's own words.
func eraseOutcomes(tx *storage.Tx, p *Person) (n int, err error) {
	list, err := outcomesBy(tx, p)
	for _, o := range list {
		if err != nil {
			return n, err
		}
		if wipe(&o.Note, &o.Owner) {
			n++
			err = outcomes.Put(tx, o)
		}
	}
	return n, err
}
