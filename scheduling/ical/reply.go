package ical

import (
	"strings"
	"time"
)

// A Reply is what one attendee answers to one entry, or to one instance of it.
// Who sent it is for the mail to prove: a file can name any attendee.
type Reply struct {
	UID string
	// Instance is the RECURRENCE-ID as it is written, empty for the whole
	// entry. Some clients turn it into UTC, so InstanceStarts says when that
	// is; it is zero for a date, and for a clock that is not known.
	Instance       string
	InstanceStarts time.Time
	// Sequence is that of the invitation that is answered, 0 if it is not said.
	Sequence int
	// Stamp is when the answer was given (DTSTAMP), to tell the later of two to
	// one invitation; zero if there is none.
	Stamp    time.Time
	Attendee string // mail address, in small letters
	Name     string // what the attendee's program calls them; may be empty
	Answer   Answer
	Comment  string // plain text, may be of several lines
}

// maxReplies is how many instances a message may answer: a series has no more.
const maxReplies = 400

// ReadReplies reads the answers of attendees to an invitation (METHOD:REPLY,
// RFC 5546 3.2.3), one for each VEVENT: a message may answer for the whole
// series and for several instances. A message is read as a whole or not at all;
// the error, a *ReadError, says what is wrong with it. Exchange and outlook.com
// name no ORGANIZER, so none is asked for.
func ReadReplies(b []byte) ([]Reply, error) {
	var r replyReader
	if err := readBlocks(b, maxReply, r.see); err != nil {
		return nil, err
	}
	if len(r.events) == 0 {
		return nil, unreadable(0, "the message answers no event: there is no VEVENT")
	}
	zones := newClocks(r.zones)
	replies := make([]Reply, 0, len(r.events))
	for i := range r.events {
		reply, err := readReply(&r.events[i], zones)
		if err != nil {
			return nil, err
		}
		replies = append(replies, reply)
	}
	return replies, nil
}

// A replyReader keeps what may only be understood when all is read: the method
// of the message, and zones, which may stand after the events.
type replyReader struct {
	events, zones []block
}

func (r *replyReader) see(b *block) error {
	if b.fault != nil {
		return b.fault
	}
	switch b.name {
	case "VCALENDAR":
		return checkReply(b)
	case "VTIMEZONE":
		r.zones = append(r.zones, *b)
	case "VEVENT":
		if len(r.events) == maxReplies {
			return unreadable(b.line, "the message has more than %d answers", maxReplies)
		}
		r.events = append(r.events, *b)
	}
	return nil
}

func checkReply(calendar *block) error {
	method, err := calendar.one("METHOD")
	switch {
	case err != nil:
		return err
	case method == nil:
		return unreadable(calendar.line, "the calendar has no METHOD, so it is no answer")
	case !strings.EqualFold(strings.TrimSpace(method.value), "REPLY"):
		return unreadable(method.number, "the METHOD is %s; an answer has REPLY", clip(strings.TrimSpace(method.value)))
	}
	return nil
}

func readReply(event *block, zones *clocks) (r Reply, fault *ReadError) {
	if r.UID, fault = event.uid(); fault != nil {
		return Reply{}, fault
	}
	if r.Sequence, fault = event.sequence(); fault != nil {
		return Reply{}, fault
	}
	if r.Stamp, fault = event.stamp(); fault != nil {
		return Reply{}, fault
	}
	if r.Instance, r.InstanceStarts, fault = event.instance(zones); fault != nil {
		return Reply{}, fault
	}
	fault = r.setAttendee(event)
	return r, fault
}

func (r *Reply) setAttendee(event *block) (fault *ReadError) {
	attendee, fault := event.one("ATTENDEE")
	switch {
	case fault != nil:
		return fault // RFC 5546 3.2.3: nobody answers for another
	case attendee == nil:
		return unreadable(event.line, "the answer names no ATTENDEE")
	}
	if r.Attendee, fault = attendee.address(); fault != nil {
		return fault
	}
	if r.Answer, fault = answerOf(attendee); fault != nil {
		return fault
	}
	r.Name = cleanLine(strings.Clone(attendee.param("CN")))
	var comments []string
	for _, l := range event.all("COMMENT") {
		if c := cleanLines(unescape(l.value)); c != "" {
			comments = append(comments, c)
		}
	}
	r.Comment = strings.Join(comments, "\n")
	return nil
}

// answerOf reads the PARTSTAT of an attendee; none is NeedsAction (RFC 5545
// 3.2.12). Somebody who sends another instead is no answer that we can act on.
func answerOf(attendee *contentLine) (Answer, *ReadError) {
	said := attendee.param("PARTSTAT")
	switch answer := Answer(strings.ToUpper(strings.TrimSpace(said))); answer {
	case "":
		return NeedsAction, nil
	case NeedsAction, Accepted, Maybe, Declined:
		return answer, nil
	case "DELEGATED":
		return "", unreadable(attendee.number, "the attendee sends another person (DELEGATED), which is not taken: invite that person instead")
	}
	return "", unreadable(attendee.number, "the answer is %s; it can be ACCEPTED, TENTATIVE, DECLINED or NEEDS-ACTION", clip(said))
}

// stamp reads DTSTAMP, which is in UTC. A floating one says nothing.
func (b *block) stamp() (time.Time, *ReadError) {
	l := b.get("DTSTAMP")
	if l == nil {
		return time.Time{}, nil
	}
	w, err := l.wall()
	switch {
	case err != nil:
		return time.Time{}, err
	case !w.utc:
		return time.Time{}, nil
	}
	return w.digits, nil
}

// instance reads RECURRENCE-ID, and when that is, if its clock is known.
func (b *block) instance(zones *clocks) (string, time.Time, *ReadError) {
	l, err := b.one("RECURRENCE-ID")
	switch {
	case err != nil:
		return "", time.Time{}, err
	case l == nil:
		return "", time.Time{}, nil
	case l.param("RANGE") != "":
		return "", time.Time{}, unreadable(l.number, "RECURRENCE-ID speaks of all instances from one on, which is not taken: one at a time")
	}
	w, err := l.wall()
	if err != nil {
		return "", time.Time{}, err
	}
	at, _ := zones.instant(w)
	return strings.Clone(strings.TrimSpace(l.value)), at, nil
}
