package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// An OutcomePage is a meeting as one of its entrants sees it afterwards.
type OutcomePage struct {
	Round    *Round
	Meeting  *Meeting
	Entrant  *Entrant
	Mine     *Outcome   // nil: not answered yet
	Others   []*Outcome // what the other sides said; shown once Mine is there
	Disagree bool
	Owners   []Owner // who can be asked to take the next step
	Early    bool    // the meeting has not begun
	Link     string  // of this page, for the one who answers
}

// An Owner is somebody who can take a next step.
type Owner struct {
	PersonID, Name, Entrant string
}

// outcomeAfter is how long an outcome can be changed.
const outcomeAfter = 366 * 24 * time.Hour

// outcomeLink is the signed link by which one person of an entrant answers.
func (d *Desk) outcomeLink(m *Meeting, e *Entrant, personID string) string {
	return d.sign("outcome", strings.Join([]string{m.ID, e.ID, personID}, "~"), e.Generation)
}

// OutcomeURL is where one person of an entrant says what came of a meeting.
func (d *Desk) OutcomeURL(m *Meeting, e *Entrant, personID string) string {
	return d.BaseURL + "/outcomes/" + d.outcomeLink(m, e, personID)
}

// OutcomeByLink shows a meeting to the holder of a signed link, and gives the
// actor that they are. A link ends when its person leaves the entrant or hands
// the meeting over.
func (d *Desk) OutcomeByLink(ctx context.Context, link string) (p *OutcomePage, by Actor, err error) {
	id, mac, ok := splitLink(link)
	parts := strings.Split(id, "~")
	if !ok || len(parts) != 3 {
		return nil, by, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		if p, err = outcomePage(tx, parts[0], parts[1]); err != nil {
			return err
		}
		who, known := p.Entrant.Delegate(parts[2])
		if !known || !d.signed("outcome", id, p.Entrant.Generation, mac) {
			return errHidden
		}
		person, err := people.Get(tx, who.PersonID)
		if err != nil {
			return err
		}
		by = Actor{ID: person.ID, Name: person.Name, Email: person.Email, Lang: person.Lang, Via: "link"}
		p.Link = link
		return p.speaks(by)
	})
	return p, by, err
}

// Outcome shows a meeting to a signed-in person of one of its entrants, to say
// what came of it, and to the round's organisers.
func (d *Desk) Outcome(ctx context.Context, by Actor, meetingID, entrantID string) (p *OutcomePage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if p, err = outcomePage(tx, meetingID, entrantID); err != nil {
			return err
		}
		return p.speaks(by)
	})
	return p, err
}

func outcomePage(tx *storage.Tx, meetingID, entrantID string) (*OutcomePage, error) {
	m, err := meetings.Get(tx, meetingID)
	if err != nil || !slices.Contains(m.EntrantIDs, entrantID) {
		return nil, orHidden(err)
	}
	p := &OutcomePage{Meeting: m, Early: tx.Now().Before(m.Starts)}
	if p.Round, err = rounds.Get(tx, m.RoundID); err != nil {
		return nil, err
	}
	if p.Entrant, err = entrants.Get(tx, entrantID); err != nil {
		return nil, err
	}
	said, err := saidOf(tx, m.ID)
	if err != nil {
		return nil, err
	}
	p.Disagree = disagree(said)
	for _, o := range said {
		if o.EntrantID == entrantID {
			p.Mine = o
		} else {
			p.Others = append(p.Others, o)
		}
	}
	p.Owners, err = ownersOf(tx, m)
	return p, err
}

// orHidden is err, or the answer for what may not be seen.
func orHidden(err error) error {
	if err == nil {
		return errHidden
	}
	return err
}

// saidOf are the answers of a meeting's sides, first answered first.
func saidOf(tx *storage.Tx, meetingID string) ([]*Outcome, error) {
	said, err := outcomes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("meeting_id", meetingID)}})
	slices.SortStableFunc(said, func(a, b *Outcome) int { return a.AnsweredAt.Compare(b.AnsweredAt) })
	return said, err
}

// ownersOf are the people who met.
func ownersOf(tx *storage.Tx, m *Meeting) (out []Owner, err error) {
	for _, side := range m.Parties {
		for _, id := range side.PersonIDs {
			p, err := people.Get(tx, id)
			if errors.Is(err, storage.ErrNotFound) {
				continue // erased
			}
			if err != nil {
				return nil, err
			}
			out = append(out, Owner{p.ID, p.Name, side.Name})
		}
	}
	return out, nil
}

// speaks says whether by may answer for the entrant: its people, by a session
// or by their link, and the round's organisers.
func (p *OutcomePage) speaks(by Actor) error {
	_, ours := p.Entrant.Delegate(by.ID)
	if ours && by.ID != "" || by.Organises(p.Round.ClusterIDs...) {
		return nil
	}
	return errHidden
}

// SaveOutcome stores what one side says came of a meeting: in.Met, and what
// else they tell. Answering again changes it; the meeting counts as held or not
// by what all sides say, unless an organiser has said it.
func (d *Desk) SaveOutcome(ctx context.Context, by Actor, meetingID, entrantID string, in Outcome) (out *Outcome, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := outcomePage(tx, meetingID, entrantID)
		if err != nil {
			return err
		}
		if err := p.speaks(by); err != nil {
			return err
		}
		if err := p.open(tx.Now()); err != nil {
			return err
		}
		out = p.Mine
		if out == nil {
			out = &Outcome{Meta: storage.Meta{ID: outcomeID(meetingID, entrantID)}, RoundID: p.Round.ID, MeetingID: meetingID, EntrantID: entrantID}
		}
		out.take(&in, by, tx.Now())
		if err := out.check(p.Meeting, ownerIDs(p.Owners)); err != nil {
			return err
		}
		if err := outcomes.Put(tx, out); err != nil {
			return err
		}
		if err := d.countMeeting(tx, p, append(slices.Clone(p.Others), out)); err != nil {
			return err
		}
		if err := d.followMeeting(tx, p.Meeting); err != nil {
			return err
		}
		return d.log(tx, by, "outcome.save", meetingID, p.Round.ID, p.Entrant.Name, "")
	})
	if err != nil {
		return nil, fmt.Errorf("say what came of meeting %s: %w", meetingID, changedMeanwhile(err))
	}
	return out, nil
}

// open says when it is too early or too late to answer.
func (p *OutcomePage) open(now time.Time) error {
	switch {
	case !p.Meeting.State.Stands() || p.Round.Phase == RoundCancelled:
		return &Problem{Kind: Closed, Key: "outcome.cancelled"}
	case now.Before(p.Meeting.Starts):
		return &Problem{Kind: Closed, Key: "outcome.early"}
	case now.After(p.Meeting.Ends.Add(outcomeAfter)):
		return &Problem{Kind: Closed, Key: "outcome.late"}
	}
	return nil
}

func ownerIDs(owners []Owner) (ids []string) {
	for _, o := range owners {
		ids = append(ids, o.PersonID)
	}
	return ids
}

// take copies what a person says.
func (o *Outcome) take(in *Outcome, by Actor, now time.Time) {
	o.Met, o.Absent, o.Step, o.Rating, o.Note = in.Met, slices.Clone(in.Absent), in.Step, in.Rating, in.Note
	o.Next, o.Owner, o.Due, o.Done = in.Next, in.Owner, in.Due, in.Done
	o.By, o.AnsweredAt = by.ID, now
}

// decidedByOutcomes marks a meeting that counts as held or not by what its
// sides said.
const decidedByOutcomes = "outcomes"

// countMeeting has the meeting of p count as what its sides say it was.
func (d *Desk) countMeeting(tx *storage.Tx, p *OutcomePage, said []*Outcome) error {
	m := p.Meeting
	if m.State != MeetingPublished && m.EndedBy != decidedByOutcomes {
		return nil // an organiser has said it
	}
	state, absent := heldBy(said)
	if state == m.State && slices.Equal(absent, m.Absent) {
		return nil
	}
	was := m.State
	m.State, m.Absent, m.EndedBy, m.EndedAt = state, absent, decidedByOutcomes, tx.Now()
	if err := meetings.Put(tx, m); err != nil {
		return err
	}
	return d.announceCounted(tx, m, was)
}

// OutcomeDone marks the next step of an entrant's outcome as taken, or not.
func (d *Desk) OutcomeDone(ctx context.Context, by Actor, meetingID, entrantID string, done bool) (*Outcome, error) {
	p, err := d.Outcome(ctx, by, meetingID, entrantID)
	if err != nil {
		return nil, err
	}
	if p.Mine == nil || p.Mine.Next == "" {
		return nil, &Problem{Kind: Closed, Key: "outcome.no_next"}
	}
	in := *p.Mine
	in.Done = done
	return d.SaveOutcome(ctx, by, meetingID, entrantID, in)
}

// MyOutcomes are the meetings in a round that the entrants of a signed-in
// person have had, newest first, with what was said of them. Somebody who is of
// no entrant gets the answer for what does not exist.
func (d *Desk) MyOutcomes(ctx context.Context, by Actor, slug string) (r *Round, list []*OutcomePage, err error) {
	if !by.SignedIn() {
		return nil, nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		if r, err = rounds.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}}); err != nil {
			return err
		}
		theirs, err := entrants.Find(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: by.ID}}})
		if err != nil {
			return err
		}
		theirs = slices.DeleteFunc(theirs, func(e *Entrant) bool { return e.RoundID != r.ID })
		if len(theirs) == 0 {
			return errHidden
		}
		for _, e := range theirs {
			had, err := d.hadBy(tx, e, by.ID)
			if err != nil {
				return err
			}
			list = append(list, had...)
		}
		return nil
	})
	return r, list, err
}

// hadBy are the meetings that an entrant has had, each with the link by which
// one of its people says what came of it.
func (d *Desk) hadBy(tx *storage.Tx, e *Entrant, personID string) (list []*OutcomePage, err error) {
	ms, err := meetings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "entrant_ids", Op: storage.Has, Value: e.ID}}})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(ms, func(a, b *Meeting) int { return b.Starts.Compare(a.Starts) })
	for _, m := range ms {
		if !m.State.Stands() || tx.Now().Before(m.Starts) {
			continue
		}
		p, err := outcomePage(tx, m.ID, e.ID)
		if err != nil {
			return nil, err
		}
		p.Link = d.outcomeLink(m, e, personID)
		list = append(list, p)
	}
	return list, nil
}

// OtherNames are the names of the other sides.
func (p *OutcomePage) OtherNames() string { return p.Meeting.otherNames(p.Entrant.ID) }

// OtherSides are the other sides of the meeting.
func (p *OutcomePage) OtherSides() (out []Party) {
	for _, side := range p.Meeting.Parties {
		if side.EntrantID != p.Entrant.ID {
			out = append(out, side)
		}
	}
	return out
}

// otherNames are the names of a meeting's other sides, in one text.
func (m *Meeting) otherNames(entrantID string) string {
	return strings.Join(m.Others(entrantID), ", ")
}
