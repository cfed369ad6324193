package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// An attendanceCopy is what a record knows of one person, in a copy.
type attendanceCopy struct {
	Meeting  Text      `json:"meeting"`
	Starts   time.Time `json:"starts"`
	State    string    `json:"state,omitempty"`
	Approved bool      `json:"approved,omitempty"` // the minutes, by them
}

func copyRecords(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := recordsNaming(tx, p)
	for _, r := range list {
		c := attendanceCopy{Meeting: r.Title, Starts: r.Starts, Approved: r.ApprovedByID == p.ID}
		for _, x := range r.Present {
			if x.PersonID == p.ID {
				c.State = x.State
			}
		}
		out = append(out, c)
	}
	return out, err
}

func recordsNaming(tx *storage.Tx, p *Person) ([]*MeetingRecord, error) {
	return meetingRecords.Find(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: p.ID}}, Sort: "starts"})
}

// eraseRecords takes a person's name out of the records of the groups that they
// had to do with, also out of what was written by hand. That somebody was there
// stays.
func eraseRecords(tx *storage.Tx, p *Person) (n int, err error) {
	ids, err := groupsOf(tx, p)
	for _, id := range ids {
		list, err := meetingRecords.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", id)}})
		if err != nil {
			return n, err
		}
		for _, r := range list {
			if !r.forget(p) {
				continue
			}
			n++
			if err := meetingRecords.Put(tx, r); err != nil {
				return n, err
			}
		}
	}
	return n, err
}

// groupsOf are the groups that a person is or was a member of, and those whose
// records, polls or action items know them.
func groupsOf(tx *storage.Tx, p *Person) (ids []string, err error) {
	has := func(field string) storage.Query {
		return storage.Query{Where: []storage.Cond{{Field: field, Op: storage.Has, Value: p.ID}}}
	}
	add := func(id string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for g, err := range groups.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, err
		}
		if slices.Contains(g.Members, p.ID) || slices.ContainsFunc(g.Terms, func(t Term) bool { return t.PersonID == p.ID }) {
			add(g.ID)
		}
	}
	for r, err := range meetingRecords.Each(tx, has("person_ids")) {
		if err != nil {
			return nil, err
		}
		add(r.GroupID)
	}
	for v, err := range datePolls.Each(tx, has("person_ids")) {
		if err != nil {
			return nil, err
		}
		add(v.GroupID)
	}
	for a, err := range actionItems.Each(tx, has("owner_ids")) {
		if err != nil {
			return nil, err
		}
		add(a.GroupID)
	}
	return ids, nil
}

// forget takes p out of r, and reports whether there was anything.
func (r *MeetingRecord) forget(p *Person) bool {
	gone := false
	cut := func(s *string, all bool) {
		was := *s
		if *s = withoutPerson(*s, p); all {
			*s = ""
		}
		gone = gone || *s != was
	}
	for i := range r.Present {
		if x := &r.Present[i]; x.PersonID == p.ID || x.PersonID == "" { // a namesake's name is theirs
			cut(&x.Name, x.PersonID == p.ID)
		}
	}
	for i := range r.Promised {
		if x := &r.Promised[i]; x.OwnerID == p.ID || x.OwnerID == "" {
			cut(&x.OwnerName, x.OwnerID == p.ID)
		}
		cut(&r.Promised[i].What, false)
	}
	for i := range r.Agenda {
		cut(&r.Agenda[i].Title, false)
		cut(&r.Agenda[i].Who, false)
	}
	for i := range r.Decisions {
		cut(&r.Decisions[i].Text, false)
	}
	cut(&r.ApprovedBy, r.ApprovedByID == p.ID)
	cut(&r.Minutes, false)
	cut(&r.Reason, false)
	if i := slices.Index(r.Invited, p.ID); i >= 0 {
		r.Invited, gone = slices.Delete(r.Invited, i, i+1), true
	}
	return gone
}

// withoutPerson is a text in which a person's name and address are not to be
// read any more, where they stand for themselves. A name of a single word is many
// people's: it goes where nothing else is said, and stays within what is.
func withoutPerson(s string, p *Person) string {
	if p.Email != "" {
		s = replaceWords(s, strings.ToLower(p.Email), "…")
	}
	switch len(strings.Fields(p.Name)) {
	case 0:
		return s
	case 1:
		if p.Name != nameless && strings.EqualFold(s, p.Name) {
			return "…"
		}
		return s
	}
	return replaceWords(s, strings.ToLower(p.Name), "…")
}

// A pollCopy is what a date poll knows of one person, in a copy.
type pollCopy struct {
	Meeting    Text              `json:"meeting"`
	Answers    map[string]string `json:"answers"` // by the start of the time
	AnsweredAt time.Time         `json:"answered_at,omitzero"`
}

func pollsOf(tx *storage.Tx, p *Person) ([]*DatePoll, error) {
	return datePolls.Find(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: p.ID}}, Sort: "asked_at"})
}

func copyPolls(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := pollsOf(tx, p)
	for _, x := range list {
		v := x.Voter(p.ID)
		if v == nil {
			continue
		}
		c := pollCopy{Meeting: x.Title, Answers: map[string]string{}, AnsweredAt: v.AnsweredAt}
		for _, t := range x.Times {
			if a := v.Answers[t.ID]; a != "" {
				c.Answers[t.Starts.UTC().Format(time.RFC3339)] = string(a)
			}
		}
		out = append(out, c)
	}
	return out, err
}

// erasePolls takes a person's answers out: a poll counts members alone.
func erasePolls(tx *storage.Tx, p *Person) (n int, err error) {
	list, err := pollsOf(tx, p)
	for _, x := range list {
		x.Voters = slices.DeleteFunc(x.Voters, func(v Voter) bool { return v.PersonID == p.ID })
		x.PersonIDs = slices.DeleteFunc(x.PersonIDs, func(id string) bool { return id == p.ID })
		n++
		if err := datePolls.Put(tx, x); err != nil {
			return n, err
		}
	}
	return n, err
}

// An actionCopy is an action item of somebody, in a copy.
type actionCopy struct {
	What  string      `json:"what"`
	Due   string      `json:"due"`
	State ActionState `json:"state"`
	Own   bool        `json:"own"` // theirs now
	Note  string      `json:"note,omitempty"`
}

func copyActions(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{{Field: "owner_ids", Op: storage.Has, Value: p.ID}}})
	for _, a := range list {
		c := actionCopy{What: a.What, Due: a.Due, State: a.State, Own: a.OwnerID == p.ID}
		if c.Own {
			c.Note = a.Note
		}
		out = append(out, c)
	}
	return out, err
}

// eraseActions takes a person's name out of the action items of the groups that
// they had to do with. What was to be done, and whether it was, stays.
func eraseActions(tx *storage.Tx, p *Person) (n int, err error) {
	ids, err := groupsOf(tx, p)
	for _, id := range ids {
		list, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", id)}})
		if err != nil {
			return n, err
		}
		for _, a := range list {
			if !a.forget(p) {
				continue
			}
			n++
			if err := actionItems.Put(tx, a); err != nil {
				return n, err
			}
		}
	}
	return n, err
}

// forget takes p out of a, and reports whether there was anything.
func (a *ActionItem) forget(p *Person) bool {
	gone := false
	cut := func(s *string, all bool) {
		was := *s
		if *s = withoutPerson(*s, p); all {
			*s = ""
		}
		gone = gone || *s != was
	}
	if a.OwnerID == p.ID || a.OwnerID == "" {
		cut(&a.OwnerName, a.OwnerID == p.ID)
	}
	cut(&a.Note, a.OwnerID == p.ID)
	cut(&a.What, false)
	for i := range a.History {
		x := &a.History[i]
		if x.ByID == p.ID || x.ByID == "" {
			cut(&x.By, x.ByID == p.ID)
		}
		cut(&x.Note, x.ByID == p.ID && x.What != "changed")
	}
	return gone
}

// recordCompanies puts one company for another where it says whom people came
// from.
func recordCompanies(tx *storage.Tx, from, into *Company) (n int, err error) {
	var found []*MeetingRecord
	for r, err := range meetingRecords.Each(tx, storage.Query{}) {
		if err != nil {
			return 0, err
		}
		if slices.ContainsFunc(r.Present, func(x Presence) bool { return x.CompanyID == from.ID }) {
			found = append(found, r)
		}
	}
	for _, r := range found {
		for i := range r.Present {
			if r.Present[i].CompanyID == from.ID {
				r.Present[i].CompanyID = into.ID
			}
		}
		if err := meetingRecords.Put(tx, r); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
