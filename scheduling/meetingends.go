package scheduling

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// endPage is how many meetings of a cancelled round one transaction ends.
const endPage = 100

// EndMeetings cancels the meetings of rounds that were cancelled. Whoever has
// an invite in their calendar gets its end; the round's own mail tells the
// rest. It can be stopped and repeated at any point.
func (d *Desk) EndMeetings(ctx context.Context, now time.Time) (done int, err error) {
	var over []*Round
	err = d.view(ctx, func(tx *storage.Tx) error {
		over, err = rounds.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("phase", string(RoundCancelled))}})
		return err
	})
	for _, r := range over {
		for err == nil {
			var n int
			if n, err = d.endMeetings(ctx, r.ID, now); n == 0 {
				break
			}
			done += n
		}
	}
	if err != nil {
		return done, fmt.Errorf("end meetings of cancelled rounds: %w", err)
	}
	return done, nil
}

// endMeetings ends some meetings of a round that were still to come.
func (d *Desk) endMeetings(ctx context.Context, roundID string, now time.Time) (done int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		done = 0
		r, err := rounds.Get(tx, roundID)
		if err != nil || r.Phase != RoundCancelled {
			return err
		}
		list, err := meetings.Find(tx, storage.Query{Limit: endPage, Where: []storage.Cond{storage.Is("round_id", r.ID),
			storage.Is("state", string(MeetingPublished)), {Field: "starts", Op: storage.Gt, Value: now}}})
		if err != nil {
			return err
		}
		for _, m := range list {
			if err := d.endMeeting(tx, System("rounds"), r, m, byOrganiser, r.CancelReason); err != nil {
				return err
			}
			if err := d.tellInvited(tx, r, m); err != nil {
				return err
			}
		}
		done = len(list)
		return nil
	})
	return done, err
}

// tellInvited tells of the end of m those who were sent an invite to it.
func (d *Desk) tellInvited(tx *storage.Tx, r *Round, m *Meeting) error {
	for i := range m.Invitees {
		v := &m.Invitees[i]
		if !v.Invited {
			v.Told = m.sequenceOf(v) + 1
		}
	}
	return d.tellMeeting(tx, r, m, tellCancelled)
}
