package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/storage"
)

// A RoundBoard is a round as its organisers see it.
type RoundBoard struct {
	Round    *Round
	Event    *Event // that it is part of; nil if none
	Clusters []*Cluster
	Entrants map[EntrantState]int // how many of each
	Requests map[RequestState]int
	Meetings map[MeetingState]int
	Paused   int // of those who are in
	People   int // of those who are in and not paused
	Bare     int // of these, without a profile that others could find them by
	Oldest   time.Time
	Astray   int // meetings whose slot or table there is no more
	Now      time.Time
}

// RoundBoard gives a round with its figures to its organisers, by its id.
func (d *Desk) RoundBoard(ctx context.Context, by Actor, id string) (b *RoundBoard, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, id)
		if err != nil {
			return err
		}
		b = &RoundBoard{Round: r, Now: tx.Now()}
		return b.fill(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("show round %s to its organisers: %w", id, err)
	}
	return b, nil
}

// RoundHead gives a round to its organisers, without figures but how many
// entrants are in or wait.
func (d *Desk) RoundHead(ctx context.Context, by Actor, id string) (b *RoundBoard, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, id)
		if err != nil {
			return err
		}
		b = &RoundBoard{Round: r, Now: tx.Now()}
		b.Entrants, err = countBy[EntrantState](tx, entrants.CountBy, r.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show round %s to its organisers: %w", id, err)
	}
	return b, nil
}

func (b *RoundBoard) fill(tx *storage.Tx) (err error) {
	r := b.Round
	if b.Event, err = events.Get(tx, r.EventID); errors.Is(err, storage.ErrNotFound) {
		b.Event, err = nil, nil
	}
	if err != nil {
		return err
	}
	if b.Clusters, err = byIDs(tx, clusters.Get, r.ClusterIDs); err != nil {
		return err
	}
	if b.Entrants, err = countBy[EntrantState](tx, entrants.CountBy, r.ID); err != nil {
		return err
	}
	if b.Requests, err = countBy[RequestState](tx, requests.CountBy, r.ID); err != nil {
		return err
	}
	if b.Meetings, err = countBy[MeetingState](tx, meetings.CountBy, r.ID); err != nil {
		return err
	}
	if err := b.look(tx); err != nil {
		return err
	}
	if b.Standing() == 0 {
		return nil
	}
	lost, err := homeless(tx, r)
	b.Astray = len(lost)
	return err
}

// countBy counts what belongs to a round by its state.
func countBy[S ~string](tx *storage.Tx, count func(*storage.Tx, storage.Query, string) (map[string]int, error), roundID string) (map[S]int, error) {
	found, err := count(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID)}}, "state")
	out := make(map[S]int, len(found))
	for state, n := range found {
		out[S(state)] = n
	}
	return out, err
}

// look goes through the entrants for what their state does not say.
func (b *RoundBoard) look(tx *storage.Tx) error {
	for e, err := range entrants.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", b.Round.ID)}}) {
		switch {
		case err != nil:
			return err
		case e.State == EntrantPending && (b.Oldest.IsZero() || e.Created.Before(b.Oldest)):
			b.Oldest = e.Created
		case e.State != EntrantIn:
		case e.Paused:
			b.Paused++
		default:
			b.People += len(e.People)
			if !e.described() {
				b.Bare++
			}
		}
	}
	return nil
}

// In is how many entrants take part.
func (b *RoundBoard) In() int { return b.Entrants[EntrantIn] }

// Open is how many requests wait for an answer.
func (b *RoundBoard) Open() int { return b.Requests[RequestSent] + b.Requests[RequestCountered] }

// Asked is how many requests there ever were.
func (b *RoundBoard) Asked() (n int) {
	for _, k := range b.Requests {
		n += k
	}
	return n
}

// Standing is how many meetings are agreed or were.
func (b *RoundBoard) Standing() (n int) {
	for state, k := range b.Meetings {
		if state.Stands() {
			n += k
		}
	}
	return n
}

// Seats is how many meetings there is room for: each table at each slot.
func (b *RoundBoard) Seats() int { return len(b.Round.Slots) * len(b.Round.Tables) }

// A RoundNeed is something about a round that waits for its organiser. Its Key
// names its words, which may mention Count and At.
type RoundNeed struct {
	Key   string
	Count int
	At    time.Time
}

// startsSoon is how long before its first slot a round should have a schedule.
const startsSoon = 3 * 24 * time.Hour

// Needs are what waits for the organiser of the round, most urgent first.
func (b *RoundBoard) Needs() (out []RoundNeed) {
	r := b.Round
	if r.Over() {
		return nil
	}
	add := func(when bool, key string, count int, at time.Time) {
		if when {
			out = append(out, RoundNeed{key, count, at})
		}
	}
	preparing := r.Phase == RoundDraft || r.Phase == RoundProfiles || r.Phase == RoundRequests
	unscheduled := !r.Past(RoundPublished) && r.Way != ByBooking
	add(b.Astray > 0, "round.need.astray", b.Astray, time.Time{})
	add(unscheduled && r.Phase != RoundDraft && b.Now.After(r.Starts), "round.need.unpublished", 0, r.Starts)
	add(r.Phase == RoundScheduling && unscheduled && !b.Now.After(r.Starts), "round.need.schedule", 0, r.Starts)
	add(preparing && r.Phase != RoundDraft && b.Now.After(r.Starts.Add(-startsSoon)) && unscheduled && !b.Now.After(r.Starts), "round.need.late", 0, r.Starts)
	add(b.Entrants[EntrantPending] > 0, "round.need.pending", b.Entrants[EntrantPending], b.Oldest)
	add(len(r.Tables) == 0, "round.need.tables", 0, time.Time{})
	add(r.bareBooths() > 0, "round.need.booths", r.bareBooths(), time.Time{})
	add(r.deadLinks() > 0, "round.need.links", r.deadLinks(), time.Time{})
	add(b.Bare > 0 && (r.Phase == RoundProfiles || r.Phase == RoundRequests), "round.need.bare", b.Bare, r.Plan.RequestsAt)
	add(b.Open() > 0 && r.Phase == RoundRequests, "round.need.unanswered", b.Open(), r.Plan.SchedulingAt)
	add(r.Phase == RoundDraft && r.Plan.ProfilesAt.IsZero(), "round.need.open", 0, time.Time{})
	return out
}

// bareBooths counts the booths that belong to nobody yet.
func (r *Round) bareBooths() (n int) {
	for _, t := range r.Tables {
		if t.Kind == AtBooth && t.EntrantID == "" {
			n++
		}
	}
	return n
}

// deadLinks counts the video tables without a link.
func (r *Round) deadLinks() (n int) {
	for _, t := range r.Tables {
		if t.Kind == ByVideo && t.Link == "" {
			n++
		}
	}
	return n
}

// A RoundCall is a round that waits for its organiser, on the dashboard.
type RoundCall struct {
	Round *Round
	RoundNeed
}

// roundCalls are the rounds of by's clusters that need a decision: entrants to
// let in, a schedule to make. They are found by counts alone.
func roundCalls(tx *storage.Tx, keep func(clusterIDs []string) bool) (out []RoundCall, err error) {
	q := storage.Query{Where: []storage.Cond{{Field: "ends", Op: storage.Gt, Value: tx.Now()}}, Sort: "ends", Limit: attentionEvents}
	list, err := rounds.Find(tx, q)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	where := []storage.Cond{{Field: "round_id", Op: storage.In, Value: ids}, storage.Is("state", EntrantPending)}
	waiting, err := entrants.CountBy(tx, storage.Query{Where: where}, "round_id")
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if !keep(r.ClusterIDs) || r.Over() {
			continue
		}
		b := &RoundBoard{Round: r, Now: tx.Now(), Entrants: map[EntrantState]int{EntrantPending: waiting[r.ID]}}
		for _, need := range b.Needs() {
			if r.Phase != RoundDraft {
				out = append(out, RoundCall{r, need})
			}
		}
	}
	return out, nil
}
