package scheduling

import "time"

// maxStale is how long after its time a step is still sent: the house may have
// stood still for some days, but a thank-you of last month helps nobody.
const maxStale = 7 * 24 * time.Hour

// Why a step is not for somebody, or a chain has ended for them. Each has its
// words under "chain.why".
const (
	whyOver       = "over"       // the event has begun
	whyPast       = "past"       // was due before the chain, or the step, was switched on
	whyCameLater  = "came_later" // came in after the step's time
	whyStale      = "stale"
	whyLang       = "lang"
	whyKind       = "kind"
	whyPlace      = "place"
	whySurvey     = "survey"
	whyAnswered   = "answered"
	whyFirstTime  = "first_time"
	whyAgenda     = "agenda"
	whyThanked    = "thanked" // the event's own mail has said it
	whyTwice      = "twice"   // the address has had it
	whyAddress    = "address"
	whyOff        = "off"
	whyGone       = "gone"
	whyCancelled  = "cancelled"
	whyCalledOff  = "called_off"
	whyWaiting    = "waiting"
	whyPending    = "pending"
	whyCame       = "came"
	whyAbsent     = "absent"
	whyNotHeld    = "not_held"
	whyLeft       = "left"
	whyNotBack    = "not_back" // the trip is not over
	whyHandedOver = "handed_over"
)

// of is the moment that w names for somebody. A time of day that would be on
// the wrong side of the anchor is that of the next day, or the one before.
func (w StepTime) of(anchor time.Time, loc *time.Location) time.Time {
	sign := 1
	if w.Before {
		sign = -1
	}
	t := inMonths(anchor.In(loc), sign*w.Months).AddDate(0, 0, sign*w.Days).Add(time.Duration(sign*w.Hours) * time.Hour)
	clock, err := time.Parse("15:04", w.At)
	if w.At == "" || err != nil {
		return t.UTC()
	}
	on := func(day int) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day()+day, clock.Hour(), clock.Minute(), 0, 0, loc)
	}
	at := on(0)
	switch {
	case w.Before && at.After(anchor):
		at = on(-1)
	case !w.Before && at.Before(anchor):
		at = on(1)
	}
	return at.UTC()
}

// inMonths is the same day n months on, or the last of a month that has fewer
// days: a month after 31 January is 28 February.
func inMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// beforeStart reports whether the step speaks of an event that is still to come.
func (w StepTime) beforeStart() bool { return w.Anchor == FromStart && w.Before }

// dueFor is when a step of c is due for somebody, or why it never is. It asks
// nothing but the facts, so that it comes to the same whenever it is asked:
// nothing that was due before the chain was switched on, or the step written, is
// made up for.
func (c *Chain) dueFor(step ChainStep, s *subject) (due time.Time, why string) {
	since := later(c.Since, step.Since)
	due = step.When.of(s.anchor(step.When.Anchor), s.loc)
	if step.When.beforeStart() {
		late := later(s.at, since)
		switch {
		case !due.Before(late):
		case step.Late:
			due = late
		case due.Before(s.at):
			return due, whyCameLater
		default:
			return due, whyPast
		}
		if !due.Before(s.starts) {
			return due, whyOver
		}
		return due, ""
	}
	if due = later(due, s.at); due.Before(since) {
		return due, whyPast
	}
	return due, ""
}

// tooLate says why a step that was due is not sent any more at now.
func (step ChainStep) tooLate(due, now time.Time, s *subject) string {
	switch {
	case step.When.beforeStart() && !now.Before(s.starts):
		return whyOver
	case now.Sub(due) > maxStale:
		return whyStale
	}
	return ""
}
