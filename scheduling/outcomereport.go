package scheduling

import (
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// An OutcomeRow is a meeting with what its sides said of it.
type OutcomeRow struct {
	Meeting  *Meeting
	Said     []*Outcome // first answered first
	Furthest Ladder     // the highest step that a side names
	Disagree bool
}

// By is what one entrant said; nil for nothing.
func (r *OutcomeRow) By(entrantID string) *Outcome {
	i := slices.IndexFunc(r.Said, func(o *Outcome) bool { return o.EntrantID == entrantID })
	if i < 0 {
		return nil
	}
	return r.Said[i]
}

// A NeverMet is a request that both sides wanted and that came to no meeting.
type NeverMet struct {
	Request  *Request
	From, To string        // names
	Meeting  *Meeting      // that was cancelled or not held; nil where none was scheduled
	Why      NeverMetCause // in one word
}

// NeverMetCause says why two who wanted to meet did not.
type NeverMetCause string

// Why two did not meet.
const (
	NeverScheduled NeverMetCause = "unscheduled"
	NeverCancelled NeverMetCause = "cancelled"
	NeverHeld      NeverMetCause = "not_held"
)

// An OutcomeFilter chooses rows of a report.
type OutcomeFilter string

// What a report can show of its rows. Each figure of the report is the number
// of rows that its filter shows.
const (
	OutcomesAll      OutcomeFilter = ""
	OutcomesHeld     OutcomeFilter = "held"
	OutcomesNotHeld  OutcomeFilter = "not_held"
	OutcomesWaiting  OutcomeFilter = "waiting" // a side has not answered
	OutcomesDisagree OutcomeFilter = "disagree"
	OutcomesNext     OutcomeFilter = "next" // has an open next step
)

// OutcomeFilters are those with a figure of their own, in the order of a page;
// each step of the ladder is one too.
var OutcomeFilters = []OutcomeFilter{OutcomesHeld, OutcomesNotHeld, OutcomesWaiting, OutcomesDisagree, OutcomesNext}

// shows reports whether a row belongs to what the filter asks for.
func (f OutcomeFilter) shows(r *OutcomeRow) bool {
	switch f {
	case OutcomesAll:
		return true
	case OutcomesHeld:
		return r.Meeting.State == MeetingHeld
	case OutcomesNotHeld:
		return r.Meeting.State == MeetingNotHeld
	case OutcomesWaiting:
		return len(r.Said) < len(r.Meeting.Parties)
	case OutcomesDisagree:
		return r.Disagree
	case OutcomesNext:
		return slices.ContainsFunc(r.Said, func(o *Outcome) bool { return o.Open })
	}
	return r.Furthest == Ladder(f)
}

// An OutcomeReport is what came of a round's meetings so far.
type OutcomeReport struct {
	Round  *Round
	Rows   []*OutcomeRow // of meetings that have begun and were not cancelled, by their start
	Figure map[OutcomeFilter]int
	Sides  int // of all rows together
	Spoke  int // of which so many have answered
	Never  []NeverMet
	Alone  []*Entrant        // who were let in and met nobody
	Owners map[string]string // names of those who take the next steps, by person id
}

// OutcomeReport counts what came of a round's meetings, for its organisers.
func (d *Desk) OutcomeReport(ctx context.Context, by Actor, roundID string) (rep *OutcomeReport, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		rep, err = reportOf(tx, r)
		return err
	})
	return rep, err
}

func reportOf(tx *storage.Tx, r *Round) (*OutcomeReport, error) {
	ms, err := meetings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}, Sort: "starts"})
	if err != nil {
		return nil, err
	}
	said := map[string][]*Outcome{}
	for o, err := range outcomes.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}, Sort: "answered_at"}) {
		if err != nil {
			return nil, err
		}
		said[o.MeetingID] = append(said[o.MeetingID], o)
	}
	rep := &OutcomeReport{Round: r, Figure: map[OutcomeFilter]int{}}
	for _, m := range ms {
		if m.State.Stands() && !tx.Now().Before(m.Starts) {
			rep.add(&OutcomeRow{m, said[m.ID], furthest(said[m.ID]), disagree(said[m.ID])})
		}
	}
	if err := rep.nameOwners(tx); err != nil {
		return nil, err
	}
	return rep, rep.missed(tx, ms)
}

// add counts a row.
func (rep *OutcomeReport) add(row *OutcomeRow) {
	rep.Rows = append(rep.Rows, row)
	rep.Sides += len(row.Meeting.Parties)
	rep.Spoke += len(row.Said)
	filters := slices.Clone(OutcomeFilters)
	for _, l := range Ladders {
		filters = append(filters, OutcomeFilter(l))
	}
	for _, f := range filters {
		if f.shows(row) {
			rep.Figure[f]++
		}
	}
}

// Shown are the rows that a filter asks for.
func (rep *OutcomeReport) Shown(f OutcomeFilter) (out []*OutcomeRow) {
	for _, r := range rep.Rows {
		if f.shows(r) {
			out = append(out, r)
		}
	}
	return out
}

// missed finds who wanted to meet and did not, and who met nobody.
func (rep *OutcomeReport) missed(tx *storage.Tx, ms []*Meeting) error {
	of := storage.Query{Where: []storage.Cond{storage.Is("round_id", rep.Round.ID)}, Sort: "sort"}
	in, err := entrants.Find(tx, of)
	if err != nil {
		return err
	}
	names, met := map[string]string{}, map[string]bool{}
	byRequest := map[string]*Meeting{}
	for _, m := range ms {
		if m.RequestID != "" {
			byRequest[m.RequestID] = m
		}
		if m.State == MeetingHeld {
			for _, id := range m.EntrantIDs {
				met[id] = true
			}
		}
	}
	over := !tx.Now().Before(rep.Round.Ends)
	for _, e := range in {
		names[e.ID] = e.Name
		if over && e.State == EntrantIn && !met[e.ID] {
			rep.Alone = append(rep.Alone, e)
		}
	}
	for q, err := range requests.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", rep.Round.ID), storage.Is("state", string(RequestAccepted))}, Sort: "sent_at"}) {
		if err != nil {
			return err
		}
		if why, ok := neverMet(byRequest[q.ID], rep.Round, tx.Now()); ok {
			rep.Never = append(rep.Never, NeverMet{q, names[q.From], names[q.To], byRequest[q.ID], why})
		}
	}
	return nil
}

// neverMet says why an accepted request came to no meeting; false where it did,
// or still can.
func neverMet(m *Meeting, r *Round, now time.Time) (NeverMetCause, bool) {
	switch {
	case m == nil:
		return NeverScheduled, r.Past(RoundPublished) && !now.Before(r.Ends)
	case m.State == MeetingCancelled:
		return NeverCancelled, true
	case m.State == MeetingNotHeld:
		return NeverHeld, true
	}
	return "", false
}

// nameOwners looks up who is to take the next steps.
func (rep *OutcomeReport) nameOwners(tx *storage.Tx) error {
	rep.Owners = map[string]string{}
	for _, row := range rep.Rows {
		for _, o := range row.Said {
			if o.Owner == "" || rep.Owners[o.Owner] != "" {
				continue
			}
			p, err := people.Get(tx, o.Owner)
			if IsHidden(err) {
				continue // erased
			}
			if err != nil {
				return err
			}
			rep.Owners[o.Owner] = p.Name
		}
	}
	return nil
}
