package scheduling

import (
	"slices"
	"time"
)

// closesAfter is how long after its last slot a round closes that says nothing
// else.
const closesAfter = 24 * time.Hour

// Closes is when r ends by its plan.
func (r *Round) Closes() time.Time {
	if r.Plan.ClosesAt.IsZero() {
		return r.Ends.Add(closesAfter)
	}
	return r.Plan.ClosesAt
}

// Over reports whether nothing of r changes any more.
func (r *Round) Over() bool { return r.Phase == RoundClosed || r.Phase == RoundCancelled }

// Entering reports whether companies may enter by themselves. Its organisers
// can add one until the round is over.
func (r *Round) Entering() bool { return r.Phase == RoundProfiles || r.Phase == RoundRequests }

// Browsing reports whether those who have entered see each other.
func (r *Round) Browsing() bool { return r.Past(RoundRequests) }

// Asking reports whether meetings can be asked for and answered: while requests
// are gathered, and later as long as companies book by themselves.
func (r *Round) Asking() bool { return r.Phase == RoundRequests || r.Booking() }

// Booking reports whether an accepted request takes a slot at once.
func (r *Round) Booking() bool {
	after := r.Phase == RoundPublished || r.Phase == RoundRunning
	switch r.Way {
	case ByBooking:
		return !r.Frozen && (after || r.Phase == RoundRequests)
	case ByBoth:
		return !r.Frozen && after
	}
	return false
}

// A RoundStep is a phase and the moment at which the plan of a round brings it
// there; zero where its organiser does.
type RoundStep struct {
	Phase RoundPhase
	At    time.Time
}

// Steps are the plan of r in the order of its phases. The schedule of a solver
// is published by people only.
func (r *Round) Steps() []RoundStep {
	published := RoundStep{Phase: RoundPublished}
	if r.Way == ByBooking {
		if published.At = r.Plan.SchedulingAt; published.At.IsZero() {
			published.At = r.Starts
		}
	}
	return []RoundStep{
		{RoundProfiles, r.Plan.ProfilesAt}, {RoundRequests, r.Plan.RequestsAt}, {RoundScheduling, r.Plan.SchedulingAt},
		published, {RoundRunning, r.Starts}, {RoundClosed, r.Closes()},
	}
}

// due is the phase that the plan has r in at now, if that is further on. What
// the plan said once is not said again: a round that its organiser took back
// stays there until a later date, or another date.
func (r *Round) due(now time.Time) (RoundPhase, bool) {
	to := r.Phase
	for _, s := range r.Steps() {
		if s.At.IsZero() || now.Before(s.At) || r.Done[string(s.Phase)].Equal(s.At) {
			continue
		}
		if phaseOrder(s.Phase) > phaseOrder(to) && byPlan(to, s.Phase, r.Way) {
			to = s.Phase
		}
	}
	return to, to != r.Phase
}

// byPlan reports whether the clock may bring a round from one phase to a later
// one: into the schedule from wherever it is before it, further on only from
// agendas that everybody has.
func byPlan(from, to RoundPhase, way RoundWay) bool {
	switch to {
	case RoundProfiles, RoundRequests, RoundScheduling:
		return true
	case RoundPublished:
		return way == ByBooking && (from == RoundRequests || from == RoundScheduling)
	}
	return from == RoundPublished || from == RoundRunning
}

// pass notes that the plan up to now has been acted on, or overruled.
func (r *Round) pass(now time.Time) {
	if r.Done == nil {
		r.Done = map[string]time.Time{}
	}
	for _, s := range r.Steps() {
		if !s.At.IsZero() && !now.Before(s.At) {
			r.Done[string(s.Phase)] = s.At
		}
	}
}

// phaseOrder counts the phases from 0; -1 is cancelled, or none.
func phaseOrder(p RoundPhase) int { return slices.Index(RoundPhases, p) }

// Ways are the phases that the organiser of r can bring it to at now, the next
// one first. Publishing a schedule of the solver is not among them: that is
// done on the board. Nor is going back to a draft, which takes a round without
// entrants.
func (r *Round) Ways(now time.Time) []RoundPhase {
	switch r.Phase {
	case RoundDraft:
		return []RoundPhase{RoundProfiles, RoundRequests}
	case RoundProfiles:
		return []RoundPhase{RoundRequests, RoundScheduling, RoundCancelled}
	case RoundRequests:
		if r.Way == ByBooking {
			return []RoundPhase{RoundPublished, RoundProfiles, RoundCancelled}
		}
		return []RoundPhase{RoundScheduling, RoundProfiles, RoundCancelled}
	case RoundScheduling:
		if r.Way == ByBooking {
			return []RoundPhase{RoundPublished, RoundRequests, RoundCancelled}
		}
		return []RoundPhase{RoundRequests, RoundProfiles, RoundCancelled}
	case RoundPublished:
		return []RoundPhase{RoundRunning, RoundClosed, RoundCancelled}
	case RoundRunning:
		if now.Before(r.Starts) {
			return []RoundPhase{RoundClosed, RoundPublished, RoundCancelled}
		}
		return []RoundPhase{RoundClosed, RoundCancelled}
	case RoundClosed:
		if now.Before(r.Closes()) {
			return []RoundPhase{RoundRunning}
		}
	}
	return nil
}
