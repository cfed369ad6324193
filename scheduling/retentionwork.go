package scheduling

import (
	"context"
	"errors"
	"time"

	"kohtaamo/storage"
)

// registrationWork goes through the registrations of events that are over.
func registrationWork(change func(*Registration) bool) retentionWork {
	return func(d *Desk, ctx context.Context, w *retentionWalk) error {
		return eachOver(d, ctx, w, events, "ends", func(e *Event) string { return e.ID }, func(tx *storage.Tx, id string, most int) (int, error) {
			return clearing(tx, registrations, having("event_id", id), most, change)
		})
	}
}

// eachOver lets do work on what hangs on each of those that ended.
func eachOver[T any](d *Desk, ctx context.Context, w *retentionWalk, c shelf[T], ends string, id func(*T) string, do func(tx *storage.Tx, id string, most int) (int, error)) error {
	ids, err := owners(d, ctx, c, w.over(ends), id)
	if err != nil {
		return err
	}
	for _, one := range ids {
		err := w.portion(d, ctx, func(tx *storage.Tx, most int) (int, error) { return do(tx, one, most) })
		if err != nil {
			return err
		}
	}
	return nil
}

// surveyWork leaves of the answers to surveys what was chosen, which is counted.
func surveyWork(d *Desk, ctx context.Context, w *retentionWalk) error {
	return eachOver(d, ctx, w, events, "ends", func(e *Event) string { return e.ID }, func(tx *storage.Tx, id string, most int) (int, error) {
		s, err := surveys.Get(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		return clearing(tx, surveyReplies, having("survey_id", id), most, func(r *SurveyReply) bool {
			had := len(r.Answers)
			r.say(s, withoutTexts(s, r.Answers))
			return len(r.Answers) < had
		})
	})
}

func tripID(t *Trip) string { return t.ID }

func applicationWork(d *Desk, ctx context.Context, w *retentionWalk) error {
	return eachOver(d, ctx, w, trips, "ends", tripID, func(tx *storage.Tx, id string, most int) (int, error) {
		return clearing(tx, applications, having("trip_id", id), most, func(a *Application) bool {
			some := wipe(&a.Motivation, &a.Goals, &a.Partners, &a.Phone)
			some = some || len(a.Notes) > 0
			a.Notes = nil
			return some
		})
	})
}

func tripNoteWork(d *Desk, ctx context.Context, w *retentionWalk) error {
	return eachOver(d, ctx, w, trips, "ends", tripID, func(tx *storage.Tx, id string, most int) (int, error) {
		if most == 0 {
			return tripNotes.Count(tx, having("trip_id", id))
		}
		q := having("trip_id", id)
		q.Limit = most
		return discard(tx, tripNotes, q, all[TripNote])
	})
}

func requestWork(d *Desk, ctx context.Context, w *retentionWalk) error {
	return eachOver(d, ctx, w, rounds, "ends", func(r *Round) string { return r.ID }, func(tx *storage.Tx, id string, most int) (int, error) {
		return clearing(tx, requests, having("round_id", id), most, func(q *Request) bool { return wipe(&q.Message, &q.Reply) })
	})
}

func auditWork(d *Desk, ctx context.Context, w *retentionWalk) error {
	return w.portion(d, ctx, func(tx *storage.Tx, most int) (int, error) {
		return clearing(tx, audit, w.over("at"), most, func(e *Entry) bool { return wipe(&e.Reason) })
	})
}

// idleAtOnce is how many persons one night erases: each is some work.
const idleAtOnce = 200

// idleWork erases persons whom nothing has tied to the house for long.
func idleWork(d *Desk, ctx context.Context, w *retentionWalk) error {
	var ids []string
	err := d.view(ctx, func(tx *storage.Tx) error {
		ids = nil
		for p, err := range people.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			if p.Erased() || len(p.Grants) > 0 || p.CompanyID != "" || !p.Updated.Before(w.before) {
				continue
			}
			tied, err := d.tied(tx, p, w.before)
			if err != nil {
				return err
			}
			if !tied {
				ids = append(ids, p.ID)
			}
			if len(ids) == idleAtOnce {
				return nil
			}
		}
		return nil
	})
	if err != nil || w.dry {
		w.count += len(ids)
		return err
	}
	for _, id := range ids {
		if _, err := d.ErasePerson(ctx, System("retention"), id); err != nil {
			return err
		}
		if err := d.update(ctx, func(tx *storage.Tx) error { return w.prove(tx, 1) }); err != nil {
			return err
		}
		w.count++
	}
	return nil
}

// tied reports whether anything ties p to the house since a moment.
func (d *Desk) tied(tx *storage.Tx, p *Person, since time.Time) (bool, error) {
	var ties []func() (bool, error)
	fresh := func(m storage.Meta) bool { return !m.Updated.Before(since) }
	ties = append(ties,
		func() (bool, error) { return some(tx, groups, including("members", p.ID), all[Group]) },
		func() (bool, error) {
			return some(tx, trips, including("leader_ids", p.ID), func(t *Trip) bool { return t.Ends.After(since) })
		},
		func() (bool, error) {
			return some(tx, groupMemberships, including("person_ids", p.ID), func(m *GroupMembership) bool { return m.State.Live() || fresh(m.Meta) })
		},
		func() (bool, error) {
			return some(tx, entrants, including("person_ids", p.ID), func(e *Entrant) bool { return fresh(e.Meta) })
		},
		func() (bool, error) {
			return some(tx, travellers, having("person_id", p.ID), func(v *Traveller) bool { return v.Goes() || fresh(v.Meta) })
		},
		func() (bool, error) {
			return some(tx, applications, having("person_id", p.ID), func(a *Application) bool { return fresh(a.Meta) })
		},
		func() (bool, error) {
			return some(tx, subscriptions, having("email", p.Email), func(s *Subscription) bool { return s.On() || fresh(s.Meta) })
		},
		func() (bool, error) { return registeredSince(tx, p, since) },
	)
	for _, tie := range ties {
		if yes, err := tie(); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

// registeredSince reports whether p was to be at an event that is not long over.
func registeredSince(tx *storage.Tx, p *Person, since time.Time) (bool, error) {
	list, err := registrationsAbout(tx, p)
	for _, r := range list {
		e, err := events.Get(tx, r.EventID)
		if err != nil {
			return false, err
		}
		if e.Ends.After(since) {
			return true, nil
		}
	}
	return false, err
}

// some reports whether there is one of what q asks for that counts.
func some[T any](tx *storage.Tx, c shelf[T], q storage.Query, counts func(*T) bool) (bool, error) {
	for v, err := range c.Each(tx, q) {
		if err != nil || counts(v) {
			return err == nil, err
		}
	}
	return false, nil
}
