package scheduling

import (
	"time"
)

// maxParty is how many people one registration may bring along at the most,
// itself included, whatever an organiser allows.
const maxParty = 20

// count adds n to the counters that state belongs to.
func (s *Seating) count(state RegState, n int) {
	if at := s.Tally.at(state); at != nil {
		*at += n
	}
	switch state {
	case Confirmed, Offered:
		s.Taken += n
	case Attended:
		s.Taken += n
		s.Attended += n
	case Waitlisted:
		s.Waiting += n
	case Pending:
		s.Pending += n
	}
}

// move takes r from its state to another and keeps the counts, the key that
// makes a live registration single, and what belongs to one state only.
// Every change of a registration's state goes through here.
func (s *Seating) move(r *Registration, to RegState) {
	s.count(r.State, -1)
	s.count(to, 1)
	r.State = to
	r.Live = ""
	if to.Live() {
		r.Live = liveKey(r)
	}
	if to != Waitlisted {
		r.Queue = 0
	}
	r.Deadline = time.Time{}
}

// liveKey is what only one live registration can have. A walk-in without an
// address is nobody else by definition.
func liveKey(r *Registration) string {
	if r.Email == "" {
		return r.EventID + "/" + r.ID
	}
	return r.EventID + "/" + r.Email
}

// enqueue puts r at the end of the waiting list.
func (s *Seating) enqueue(r *Registration) {
	s.move(r, Waitlisted)
	s.Next++
	r.Queue, r.last = s.Next, true
}

// admit gives a party its seats, or its places in the queue: all of it, unless
// it may be split. It reports false, and changes nothing, where the event is
// full and keeps no waiting list.
func (s *Seating) admit(party []*Registration, waitlist, split bool) bool {
	seated := 0
	switch free, limited := s.Free(); {
	case s.room(len(party)):
		seated = len(party)
	case split && limited && s.Waiting == 0:
		seated = free
	}
	if seated < len(party) && !waitlist {
		return false
	}
	for i, r := range party {
		if i < seated {
			s.move(r, Confirmed)
		} else {
			s.enqueue(r)
		}
	}
	return true
}

// next gives the registrations at the head of the queue that can be seated
// now, in their order. A party that stays together blocks those behind it until
// it fits: whoever waits longest is never passed. queue is sorted by Queue and
// holds at least free+maxParty registrations if there are as many.
func (s *Seating) next(queue []*Registration) []*Registration {
	free, limited := s.Free()
	taken := 0
	for taken < len(queue) {
		n := unit(queue[taken:])
		if limited && taken+n > free {
			break
		}
		taken += n
	}
	return queue[:taken]
}

// unit is how many at the head of the queue have to be seated together.
func unit(queue []*Registration) int {
	head := queue[0]
	if head.Party == "" || head.Split {
		return 1
	}
	n := 1
	for n < len(queue) && queue[n].Party == head.Party {
		n++
	}
	return n
}

// promote seats r out of the queue: at once, or as an offer that stands until
// a deadline, never past the start of the event.
func (s *Seating) promote(r *Registration, e *Event, now time.Time) {
	if e.Rules.OfferHours == 0 {
		s.move(r, Confirmed)
		return
	}
	s.move(r, Offered)
	r.Deadline = now.Add(time.Duration(e.Rules.OfferHours) * time.Hour)
	if r.Deadline.After(e.Starts) {
		r.Deadline = e.Starts
	}
}
