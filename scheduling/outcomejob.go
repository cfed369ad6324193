package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// The kinds of mail about outcomes. Each has its words under "letter.KIND" in
// templates/locales.
const (
	mailOutcomes = "outcome.asked"
	mailNextStep = "outcome.next_step"
)

// outcomeWaits are how long after a day's last meeting people are asked what
// came of theirs, and asked again while something is unanswered.
var outcomeWaits = []time.Duration{time.Hour, 3 * 24 * time.Hour, 10 * 24 * time.Hour}

// outcomePageSize is how many people one transaction asks.
const outcomePageSize = 100

// AskOutcomes asks everybody who met what came of it, once a day of meetings
// and again some days later as long as their side has not answered, and
// reminds of next steps on the day they are due. Each mail has a key, so it can
// be stopped and repeated at any point.
func (d *Desk) AskOutcomes(ctx context.Context, now time.Time) (done int, err error) {
	var due []*Round
	err = d.view(ctx, func(tx *storage.Tx) error {
		due, err = rounds.Find(tx, storage.Query{Sort: "starts", Where: []storage.Cond{
			storage.Is("open", true), {Field: "starts", Op: storage.Le, Value: now}, {Field: "starts", Op: storage.Gt, Value: now.Add(-outcomeAfter)}}})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("ask for outcomes: %w", err)
	}
	for _, r := range due {
		n, err := d.askRound(ctx, r, now)
		done += n
		if err != nil {
			return done, fmt.Errorf("ask for the outcomes of round %s: %w", r.ID, err)
		}
	}
	n, err := d.remindNext(ctx, now)
	return done + n, err
}

// askRound asks for the days of a round that are over, at the latest time that
// is due for each. What was missed in between is not made up for.
func (d *Desk) askRound(ctx context.Context, r *Round, now time.Time) (done int, err error) {
	for day, ends := range r.lastEnds() {
		stage := -1
		for i, wait := range outcomeWaits {
			if !now.Before(ends.Add(wait)) {
				stage = i
			}
		}
		key := fmt.Sprintf("outcomes/%s/%d", day, stage)
		if stage < 0 || !r.Told[key].IsZero() {
			continue
		}
		n, err := d.askDay(ctx, r, day, stage)
		done += n
		if err == nil {
			err = d.noteTold(ctx, r.ID, key)
		}
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// lastEnds are the ends of the last slot of each day, 2006-01-02.
func (r *Round) lastEnds() map[string]time.Time {
	out := map[string]time.Time{}
	for _, s := range r.Slots {
		day := s.Starts.In(r.Location()).Format(time.DateOnly)
		out[day] = later(out[day], s.Ends)
	}
	return out
}

// noteTold notes that everybody has been told something.
func (d *Desk) noteTold(ctx context.Context, roundID, key string) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		r, err := rounds.Get(tx, roundID)
		if err != nil {
			return err
		}
		told := map[string]time.Time{key: tx.Now()}
		for k, at := range r.Told {
			told[k] = at
		}
		r.Told = told
		return rounds.Put(tx, r)
	})
}

// An asking is one person with their meetings of a day that their side has said
// nothing of.
type asking struct {
	personID string
	meetings []*Meeting
	entrants []*Entrant // whose side they are on, for each meeting
}

// askDay asks everybody about one day.
func (d *Desk) askDay(ctx context.Context, r *Round, day string, stage int) (done int, err error) {
	var all []asking
	if err := d.view(ctx, func(tx *storage.Tx) error {
		all, err = askingsOf(tx, r, day)
		return err
	}); err != nil {
		return 0, err
	}
	for portion := range slices.Chunk(all, outcomePageSize) {
		err := d.update(ctx, func(tx *storage.Tx) error {
			for _, a := range portion {
				if err := d.ask(tx, r, a, day, stage); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return done, err
		}
		done += len(portion)
	}
	return done, nil
}

// askingsOf are the people to ask about a day, in the order of their ids.
func askingsOf(tx *storage.Tx, r *Round, day string) (out []asking, err error) {
	answered := map[string]bool{}
	for o, err := range outcomes.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}}) {
		if err != nil {
			return nil, err
		}
		answered[o.ID] = true
	}
	by := map[string]*asking{}
	known := map[string]*Entrant{}
	for m, err := range meetings.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}, Sort: "starts"}) {
		if err != nil {
			return nil, err
		}
		if !m.State.Stands() || m.Starts.In(r.Location()).Format(time.DateOnly) != day {
			continue
		}
		for _, side := range m.Parties {
			if answered[outcomeID(m.ID, side.EntrantID)] {
				continue
			}
			e := known[side.EntrantID]
			if e == nil {
				if e, err = entrants.Get(tx, side.EntrantID); err != nil {
					return nil, err
				}
				known[e.ID] = e
			}
			if e.State != EntrantIn || e.Paused {
				continue
			}
			for _, id := range side.PersonIDs {
				if by[id] == nil {
					by[id] = &asking{personID: id}
				}
				by[id].meetings, by[id].entrants = append(by[id].meetings, m), append(by[id].entrants, e)
			}
		}
	}
	for _, a := range by {
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b asking) int { return strings.Compare(a.personID, b.personID) })
	return out, nil
}

// ask writes to one person, with a link for each meeting.
func (d *Desk) ask(tx *storage.Tx, r *Round, a asking, day string, stage int) error {
	to, err := people.Get(tx, a.personID)
	if err != nil || to.Email == "" {
		return ignoreMissing(err)
	}
	l := d.Texts.In(to.Lang)
	w := roundLetter{kind: mailOutcomes, to: to, args: []any{"count", len(a.meetings)}}
	for i, meeting := range a.meetings {
		w.links = append(w.links, mailer.Link{
			Label: l.Text("letter.outcome.asked.link", "with", meeting.otherNames(a.entrants[i].ID), "when", l.When(meeting.Starts, r.Zone)),
			URL:   d.OutcomeURL(meeting, a.entrants[i], a.personID)})
	}
	m, err := d.roundMail(tx, r, w)
	if err != nil {
		return err
	}
	m.ID = fmt.Sprintf("outcomes/%s/%s/%s/%d", r.ID, a.personID, day, stage)
	return d.Outbox.Add(tx, *m)
}

// ignoreMissing is err, unless what was looked for is gone.
func ignoreMissing(err error) error {
	if IsHidden(err) {
		return nil
	}
	return err
}

// remindNext reminds of the next steps that are due today, each once for the day.
func (d *Desk) remindNext(ctx context.Context, now time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		due, err := outcomes.Find(tx, storage.Query{Sort: "due", Where: []storage.Cond{
			storage.Is("open", true), {Field: "due", Op: storage.Ge, Value: now.AddDate(0, 0, -2).Format(time.DateOnly)},
			{Field: "due", Op: storage.Le, Value: now.AddDate(0, 0, 1).Format(time.DateOnly)}}})
		if err != nil {
			return err
		}
		for _, o := range due {
			told, err := d.remindOf(tx, o, now)
			if err != nil {
				return err
			}
			if told {
				done++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("remind of next steps: %w", err)
	}
	return done, nil
}

// remindOf writes to the owner of a next step, or to whoever wrote it down where
// the owner is somebody of another side.
func (d *Desk) remindOf(tx *storage.Tx, o *Outcome, now time.Time) (bool, error) {
	p, err := outcomePage(tx, o.MeetingID, o.EntrantID)
	if err != nil {
		return false, ignoreMissing(err)
	}
	today := now.In(p.Round.Location())
	if o.Reminded == o.Due || o.Due > today.Format(time.DateOnly) || o.Due == today.Format(time.DateOnly) && today.Hour() < 7 || p.Entrant.Paused || p.Entrant.State != EntrantIn {
		return false, nil
	}
	to := o.By
	if _, ours := p.Entrant.Delegate(o.Owner); ours {
		to = o.Owner
	}
	if _, ours := p.Entrant.Delegate(to); !ours {
		return false, nil
	}
	reader, err := people.Get(tx, to)
	if err != nil || reader.Email == "" {
		return false, ignoreMissing(err)
	}
	m, err := d.roundMail(tx, p.Round, roundLetter{kind: mailNextStep, to: reader, button: d.OutcomeURL(p.Meeting, p.Entrant, to),
		args: []any{"next", o.Next, "with", p.Meeting.otherNames(o.EntrantID)}})
	if err != nil {
		return false, err
	}
	m.ID = "next_step/" + o.ID + "/" + o.Due
	o.Reminded = o.Due
	if err := outcomes.Put(tx, o); err != nil {
		return false, err
	}
	return true, d.Outbox.Add(tx, *m)
}
