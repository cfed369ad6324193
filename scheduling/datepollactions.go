package scheduling

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A PollInput is what a coordinator says of a date poll.
type PollInput struct {
	ID       string
	Rev      int64 // 0: a new one
	GroupID  string
	Title    Text
	About    Text
	Place    string
	Link     string
	Zone     string
	Minutes  int
	Starts   []time.Time // that the meeting can take
	AnswerBy time.Time
}

// SavePoll stores a new poll of in.GroupID and asks its members, or what was
// changed about one; where its times changed, those who have to answer again
// are asked again. The same new poll sent twice is one.
func (d *Desk) SavePoll(ctx context.Context, by Actor, in PollInput) (out *DatePoll, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			if in.Rev > 0 {
				out, err = d.editPoll(tx, by, in)
			} else {
				out, err = d.newPoll(tx, by, in)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("save a date poll: %w", changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) newPoll(tx *storage.Tx, by Actor, in PollInput) (*DatePoll, error) {
	g, err := keptMeetings(tx, by, in.GroupID)
	if err != nil {
		return nil, err
	}
	if found, err := datePolls.Get(tx, in.ID); err == nil && found.GroupID == g.ID {
		return found, nil
	} else if !errors.Is(err, storage.ErrNotFound) {
		return nil, err
	}
	n, err := datePolls.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", g.ID)}})
	if err != nil {
		return nil, err
	}
	if n >= maxPolls {
		return nil, &Problem{Kind: Full, Key: "poll.too_many", Args: []any{"count", maxPolls}}
	}
	p := &DatePoll{Meta: storage.Meta{ID: orNew(in.ID)}, GroupID: g.ID, ClusterID: g.ClusterID, State: PollOpen, AskedAt: tx.Now()}
	p.take(in)
	if err := p.check(tx.Now()); err != nil {
		return nil, err
	}
	if err := d.askVoters(tx, g, p); err != nil {
		return nil, err
	}
	return p, d.putPoll(tx, by, p, "poll.create", "")
}

// keptMeetings gives a group whose meetings by plans.
func keptMeetings(tx *storage.Tx, by Actor, groupID string) (*Group, error) {
	p, err := meetingsOf(tx, by, groupID)
	if err != nil {
		return nil, err
	}
	if !p.Manage {
		return nil, errHidden
	}
	return p.Group, nil
}

// take copies what a coordinator may edit. What was said about a time that
// stays, stays.
func (p *DatePoll) take(in PollInput) {
	p.Title, p.About, p.Place, p.Link = in.Title, in.About, in.Place, in.Link
	p.Zone, p.Minutes, p.AnswerBy = in.Zone, in.Minutes, in.AnswerBy
	had := p.Times
	p.Times = nil
	for _, at := range in.Starts {
		t := CandidateTime{ID: storage.NewID(), Starts: at.UTC()}
		if i := slices.IndexFunc(had, func(o CandidateTime) bool { return o.Starts.Equal(at) }); i >= 0 {
			t = had[i]
		}
		p.Times = append(p.Times, t)
	}
}

func (d *Desk) editPoll(tx *storage.Tx, by Actor, in PollInput) (*DatePoll, error) {
	g, p, err := keptPoll(tx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if p.Rev != in.Rev {
		return nil, storage.ErrConflict
	}
	before, turn, until := p.Times, p.Turn, p.AnswerBy
	p.take(in)
	if err := p.check(tx.Now()); err != nil {
		return nil, err
	}
	if !slices.Equal(p.Times, before) {
		p.Turn++
	}
	if p.Turn > turn || !p.AnswerBy.Equal(until) {
		p.Reported = false
	}
	if err := d.askVoters(tx, g, p); err != nil {
		return nil, err
	}
	return p, d.putPoll(tx, by, p, "poll.edit", "")
}

// keptPoll gives an open poll of a group whose meetings by plans.
func keptPoll(tx *storage.Tx, by Actor, id string) (*Group, *DatePoll, error) {
	p, err := datePolls.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	g, err := keptMeetings(tx, by, p.GroupID)
	if err == nil && p.State != PollOpen {
		err = &Problem{Kind: Closed, Key: "poll.is_over"}
	}
	return g, p, err
}

func (d *Desk) putPoll(tx *storage.Tx, by Actor, p *DatePoll, action, reason string) error {
	if err := datePolls.Put(tx, p); err != nil {
		return err
	}
	return d.log(tx, by, action, p.ID, p.GroupID, p.Title.In("en"), cleanText(reason))
}

// AnswerPoll notes what a member says, by themselves or by who plans the
// group's meetings. Times that are not named stay as they were answered; the
// same answer twice is one. Their reminders stop once all are answered.
func (d *Desk) AnswerPoll(ctx context.Context, by Actor, id, personID string, answers map[string]GroupAnswer) (out *DatePoll, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		page, err := pollPage(tx, by, id)
		if err != nil {
			return err
		}
		out = page.Poll
		if !slices.Contains(page.Group.Members, personID) || !page.Manage && personID != by.ID {
			return errHidden
		}
		news, err := out.say(personID, answers, tx.Now())
		if err != nil || !news {
			return err
		}
		if out.Voter(personID).Answered(out) {
			if _, err := d.Outbox.Withdraw(tx, pollRef(out, personID)); err != nil {
				return err
			}
		}
		if err := d.reportPoll(tx, page.Group, out, tx.Now()); err != nil {
			return err
		}
		return d.putPoll(tx, by, out, "poll.answer", "")
	})
	if err != nil {
		return nil, fmt.Errorf("answer date poll %s: %w", id, changedMeanwhile(err))
	}
	return out, nil
}

// say notes answers, and reports whether one of them is news.
func (p *DatePoll) say(personID string, answers map[string]GroupAnswer, now time.Time) (news bool, err error) {
	if p.State != PollOpen {
		return false, &Problem{Kind: Closed, Key: "poll.is_over"}
	}
	f := faults{}
	v := p.voter(personID, now)
	all := maps.Clone(v.Answers)
	if all == nil {
		all = map[string]GroupAnswer{}
	}
	for id, a := range answers {
		if _, ok := p.TimeOf(id); !ok || !slices.Contains(GroupAnswers, a) {
			f.add("answer", "problem.choice")
			continue
		}
		news = news || all[id] != a
		all[id] = a
	}
	if err := f.problem(); err != nil || !news {
		return false, err
	}
	v.Answers, v.AnsweredAt = all, now
	return true, nil
}

// ClosePoll chooses a time: the meeting gets its record and stands in the
// members' calendars. Closed twice with the same time it is closed once.
func (d *Desk) ClosePoll(ctx context.Context, by Actor, id, timeID string) (out *MeetingRecord, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		g, p, err := keptPoll(tx, by, id)
		if p != nil && p.State == PollClosed && p.Chosen == timeID && g != nil {
			out, err = meetingRecords.Get(tx, p.RecordID)
			return err
		}
		if err != nil {
			return err
		}
		t, ok := p.TimeOf(timeID)
		if !ok || !t.Starts.After(tx.Now()) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"time": "poll.choose"}}
		}
		if err := d.stopPoll(tx, p); err != nil {
			return err
		}
		p.State, p.Chosen, p.EndedAt = PollClosed, t.ID, tx.Now()
		if out, err = d.polledRecord(tx, g, p, t); err != nil {
			return err
		}
		p.RecordID = out.ID
		return d.putPoll(tx, by, p, "poll.close", "")
	})
	if err != nil {
		return nil, fmt.Errorf("close date poll %s: %w", id, changedMeanwhile(err))
	}
	return out, nil
}

// CancelPoll ends a poll without a meeting, and tells those who were asked.
// Cancelled twice it is cancelled once.
func (d *Desk) CancelPoll(ctx context.Context, by Actor, id, reason string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		g, p, err := keptPoll(tx, by, id)
		if p != nil && p.State == PollCancelled && g != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := d.stopPoll(tx, p); err != nil {
			return err
		}
		p.State, p.EndedAt, p.Reason = PollCancelled, tx.Now(), shortened(cleanText(reason), answerLimit)
		if err := d.tellVoters(tx, g, p, mailPollCancelled); err != nil {
			return err
		}
		return d.putPoll(tx, by, p, "poll.cancel", reason)
	})
	if err != nil {
		return fmt.Errorf("cancel date poll %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// stopPoll takes back every mail of a poll that has not left.
func (d *Desk) stopPoll(tx *storage.Tx, p *DatePoll) error {
	for _, id := range p.PersonIDs {
		if _, err := d.Outbox.Withdraw(tx, pollRef(p, id)); err != nil {
			return err
		}
	}
	_, err := d.Outbox.Withdraw(tx, pollRef(p, "keeper"))
	return err
}
