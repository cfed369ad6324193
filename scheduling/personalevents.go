package scheduling

import (
	"errors"
	"slices"
	"time"

	"kohtaamo/storage"
)

func copyPerson(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, people, having("_id", p.ID), all[Person],
		"email", "aliases", "name", "company_id", "title", "phone", "lang", "zone", "cluster_ids", "consents", "grants", "created")
}

// erasePerson leaves an empty stub: rows that count go on naming its id, and
// pages that look it up find somebody without a name instead of an error.
func erasePerson(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, people, having("_id", p.ID), func(v *Person) bool {
		if v.Erased() {
			return false
		}
		p.ErasedAt = tx.Now()
		*v = Person{Meta: v.Meta, Email: v.ID + "@erased.invalid", Name: nameless, Lang: v.Lang, ErasedAt: tx.Now()}
		v.index()
		v.Words = nil
		return true
	})
}

// newer reports whether something was made when the address was free again: it is
// of somebody else then, for all we know.
func (p *Person) newer(made time.Time) bool { return p.Erased() && !made.Before(p.ErasedAt) }

// Erased reports whether p is the stub that an erasure left.
func (p *Person) Erased() bool { return !p.ErasedAt.IsZero() }

// registrationsAbout are those of a person, whatever address they had then, and
// those under their address that never came to a person.
func registrationsAbout(tx *storage.Tx, p *Person) ([]*Registration, error) {
	own, err := registrations.Find(tx, having("person_id", p.ID))
	if err != nil || p.Email == "" {
		return own, err
	}
	other, err := registrations.Find(tx, having("email", p.Email))
	for _, r := range other {
		if r.PersonID == "" {
			own = append(own, r)
		}
	}
	return own, err
}

func copyRegistrations(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := registrationsAbout(tx, p)
	for _, r := range list {
		if err != nil {
			return nil, err
		}
		var one map[string]any
		if one, err = storage.Pick(r, "event_id", "state", "email", "name", "company", "title", "lang", "answers", "consents", "note",
			"ticket", "checked_in_at", "walk_in", "rsvp", "ended_by", "reason", "ended_at", "created", "updated"); err != nil {
			return nil, err
		}
		if e, err := events.Get(tx, r.EventID); err == nil {
			one["event"], one["starts"] = e.Title.In(p.Lang), e.Starts
		}
		out = append(out, one)
	}
	return out, err
}

// eraseRegistrations keeps that there was somebody, how it went and for which
// company they came: that is what is counted.
func eraseRegistrations(tx *storage.Tx, p *Person) (n int, err error) {
	list, err := registrationsAbout(tx, p)
	for _, r := range list {
		if err != nil {
			return n, err
		}
		if r.Name == nameless && r.Email == "" {
			continue
		}
		r.erase(p)
		err = registrations.Put(tx, r)
		n++
	}
	return n, err
}

// erase takes the person out of r. Its links stop working.
func (r *Registration) erase(p *Person) {
	r.PersonID, r.Email, r.Name, r.Title = p.ID, "", nameless, ""
	r.Answers, r.Consents, r.Note, r.Reason, r.Once = nil, nil, "", "", ""
	r.RSVP.Comment = ""
	r.Generation++
	if r.Live != "" {
		r.Live = r.EventID + "/" + r.ID // not p's: whoever was merged may have been there under two addresses
	}
	r.index()
}

// repliesAbout are the survey replies of a person. A registration that was handed
// over has replies of whoever had it before.
func repliesAbout(tx *storage.Tx, p *Person) (out []*SurveyReply, err error) {
	list, err := registrationsAbout(tx, p)
	for _, r := range list {
		for g := 0; g <= r.Generation && err == nil; g++ {
			turn := *r
			turn.Generation = g
			var s *SurveyReply
			s, err = surveyReplies.Get(tx, replyID(&turn))
			if errors.Is(err, storage.ErrNotFound) {
				err = nil
				continue
			}
			if err == nil && (g == r.Generation || s.Name == p.Name) {
				out = append(out, s)
			}
		}
	}
	return out, err
}

func copySurveyReplies(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := repliesAbout(tx, p)
	for _, s := range list {
		x, err := storage.Pick(s, "survey_id", "answered", "answers", "updated")
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, err
}

// eraseSurveyReplies keeps what was chosen, which is counted, and no word.
func eraseSurveyReplies(tx *storage.Tx, p *Person) (n int, err error) {
	list, err := repliesAbout(tx, p)
	if err != nil {
		return 0, err
	}
	for _, s := range list {
		if s.Name == nameless || s.Name == "" {
			continue
		}
		of, err := surveys.Get(tx, s.SurveyID)
		if errors.Is(err, storage.ErrNotFound) {
			of, err = &Survey{}, nil // without questions: nothing can be kept
		}
		if err != nil {
			return n, err
		}
		s.Name, s.Sort = nameless, nameless
		s.say(of, withoutTexts(of, s.Answers))
		if err := surveyReplies.Put(tx, s); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// withoutTexts are the answers to questions with a choice.
func withoutTexts(s *Survey, answers Answers) Answers {
	var out Answers
	for _, q := range s.Questions {
		if v, ok := answers[q.Key]; ok && q.Kind != AskText && q.Kind != AskLong {
			if out == nil {
				out = Answers{}
			}
			out[q.Key] = slices.Clone(v)
		}
	}
	return out
}

func copyFeeds(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, feedTokens, having("person_id", p.ID), all[FeedAddress], "name", "scopes", "lang", "all_day", "alarms", "revoked", "created")
}

// eraseFeeds ends the calendar addresses; asked for again, they answer that they
// are gone.
func eraseFeeds(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, feedTokens, having("person_id", p.ID), func(t *FeedAddress) bool {
		if t.Revoked && t.Name == "" {
			return false
		}
		t.Revoked, t.Slot, t.Name = true, "", ""
		return true
	})
}

func copyBusy(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, busyCalendars, having("person_id", p.ID), all[BusyCalendar], "name", "address", "zone", "spans", "from", "until", "read_at")
}

func eraseBusy(tx *storage.Tx, p *Person) (int, error) {
	return discard(tx, busyCalendars, having("person_id", p.ID), all[BusyCalendar])
}
