package scheduling

import (
	"cmp"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
)

// An Answer is what somebody says to their invite.
type Answer string

// The answers. None at all is the empty one.
const (
	AnswerYes   Answer = "accepted"
	AnswerMaybe Answer = "tentative"
	AnswerNo    Answer = "declined"
)

// InviteAnswers are all of them, in the order they are offered.
var InviteAnswers = []Answer{AnswerYes, AnswerMaybe, AnswerNo}

// Known reports whether a is one of InviteAnswers.
func (a Answer) Known() bool { return slices.Contains(InviteAnswers, a) }

// partstat is a as calendars write it.
func (a Answer) partstat() ical.Answer {
	switch a {
	case AnswerYes:
		return ical.Accepted
	case AnswerMaybe:
		return ical.Maybe
	case AnswerNo:
		return ical.Declined
	}
	return ical.NeedsAction
}

// answerOf is what a calendar wrote; "" for what is no answer, or none we know,
// such as a delegation.
func answerOf(p ical.Answer) Answer {
	for _, a := range InviteAnswers {
		if a.partstat() == p {
			return a
		}
	}
	return ""
}

// An RSVP is what somebody last answered to their invite.
type RSVP struct {
	Answer   Answer    `bson:"answer,omitempty"`
	Comment  string    `bson:"comment,omitempty"`
	At       time.Time `bson:"at,omitempty"`    // when it came
	Via      string    `bson:"via,omitempty"`   // "link" or "mail"
	Sequence int       `bson:"sequence"`        // of the invite that it answers
	Stamp    time.Time `bson:"stamp,omitempty"` // when it was given, by the clock of whoever gave it
}

// sane is a as it is weighed. Some calendars raise the sequence, which is not
// theirs to raise, and some clocks are ahead: neither may keep later answers
// from counting.
func (a RSVP) sane(sent Invite, now time.Time) RSVP {
	a.Sequence = min(a.Sequence, sent.Sequence)
	if a.Stamp.After(now) {
		a.Stamp = now
	}
	a.At = now
	a.Comment = clipped(cleanText(a.Comment), commentLimit)
	return a
}

// commentLimit is how much of a comment is kept, in runes.
const commentLimit = 500

func clipped(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n])
	}
	return s
}

// A verdict says what an answer that came in does.
type verdict string

const (
	counts    verdict = "counts"
	repeats   verdict = "repeats"   // the very answer that is known
	overtaken verdict = "overtaken" // a newer one is known
	outdated  verdict = "outdated"  // it answers an invite to another time
	over      verdict = "over"      // the registration has ended
)

// weigh decides what the answer a does to r. The higher sequence is the newer
// answer, and of the same sequence the later stamp (RFC 5546 2.1.5), so that the
// same answers end the same in whatever order and however often they come.
func (r *Registration) weigh(a RSVP) verdict { return a.against(r.RSVP, r.Invite, r.State.Live()) }

// against weighs a against what is known, for an invite to what is live or not.
func (a RSVP) against(known RSVP, sent Invite, live bool) verdict {
	switch newer := a.compare(known); {
	case !live:
		return over
	case a.Sequence < sent.Since:
		return outdated
	case known.Answer == "" || newer > 0:
		return counts
	case newer == 0:
		return repeats
	}
	return overtaken
}

// compare orders answers by age. Two that were given in the same second are
// ordered by what they say: one of them has to win, always the same.
func (a RSVP) compare(b RSVP) int {
	return cmp.Or(
		cmp.Compare(a.Sequence, b.Sequence),
		a.Stamp.Compare(b.Stamp),
		cmp.Compare(slices.Index(InviteAnswers, a.Answer), slices.Index(InviteAnswers, b.Answer)),
		cmp.Compare(a.Comment, b.Comment),
	)
}

// An effect is what an answer does to a place, beside being known.
type effect string

const (
	noEffect   effect = ""
	takesSeat  effect = "takes" // an offered one
	letsGo     effect = "lets"  // an offered one
	givesPlace effect = "gives" // a seat, a place in the queue or a request for one
)

// effect says what the answer a does to r's place at now: what its person could
// do on their page, and nothing after that.
func (a Answer) effect(e *Event, r *Registration, now time.Time) effect {
	ahead := e.State == Published && now.Before(e.Starts)
	offered := r.State == Offered && now.Before(r.Deadline)
	switch {
	case !ahead:
		return noEffect
	case offered && a == AnswerYes:
		return takesSeat
	case offered && a == AnswerNo:
		return letsGo
	case a == AnswerNo && r.State.Live() && r.State != Attended && r.State != NoShow:
		return givesPlace
	}
	return noEffect
}
