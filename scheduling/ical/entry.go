package ical

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An Entry is one thing in a calendar. Texts may hold anything a person can
// paste; they are cleaned when they are written.
type Entry struct {
	// UID names the entry for ever and everywhere: the same in feed, file and
	// invitation, never reused, and without anything personal (RFC 7986 5.3).
	UID string
	// Sequence rises when the time or the status changes (RFC 5546 2.1.4).
	Sequence int
	// Created may be zero. Modified is when anything one can see last changed
	// (LAST-MODIFIED and DTSTAMP); it is stored, never the time of asking,
	// because a feed that changes by being read cannot be cached.
	Created, Modified time.Time

	// Starts and Ends are instants in any location; Ends may be zero for
	// something that has no length. StartZone and EndZone are IANA names of
	// where the clock is read; none means UTC, and no EndZone means StartZone.
	// They differ for a journey.
	Starts, Ends       time.Time
	StartZone, EndZone string
	// AllDay writes the days that Starts to Ends touches in their zones, both
	// included; an end at midnight does not touch the day it begins.
	AllDay bool

	// Repeat makes the entry the first instance of a series, which has one zone.
	// Except are starts at which the rule has an instance and the series none.
	Repeat *Repeat
	Except []time.Time
	// Instance makes the entry stand in place of one instance of the series that
	// has the same UID: moved, renamed or cancelled. It is the start which that
	// has by the rule. InstanceZone is the StartZone of the series; none means
	// StartZone. The entry has a Sequence of its own.
	Instance     time.Time
	InstanceZone string

	Status      Status // none means Confirmed
	Summary     string // one line
	Description string // plain text of several lines
	Location    string // one line; if empty, Conference stands here
	URL         string // page about the entry, absolute
	// Conference is the address to join, absolute. Few clients show it, so it
	// is repeated in the description. Leave it out of feeds that are shared.
	Conference  string
	Geo         *Geo
	Categories  []string
	Private     bool // hides details from colleagues in shared calendars
	Transparent bool // does not take the time of the person

	// Organizer is written by Publish and Invite, Attendee by Invite alone:
	// feeds name no one.
	Organizer *Party
	Attendee  *Attendee

	// Alarms sound so long before the start; whole days are written as days.
	// People dislike them in feeds; a cancelled entry has none.
	Alarms []time.Duration
	// Related is the UID of the entry that this is a part of.
	Related string
}

// A Status is the STATUS of an entry (RFC 5545 3.8.1.11).
type Status string

// Whether an entry takes place. A cancelled one stays in its feed for a while,
// so that clients learn of it.
const (
	Confirmed Status = "CONFIRMED"
	Tentative Status = "TENTATIVE"
	Cancelled Status = "CANCELLED"
)

// Geo is a place on the globe in degrees, north and east positive.
type Geo struct{ Lat, Lon float64 }

func (g *Geo) valid() bool {
	return g != nil && math.Abs(g.Lat) <= 90 && math.Abs(g.Lon) <= 180 // false for NaN
}

// A Party is a person or an office with a mailbox.
type Party struct {
	Name  string // may be empty
	Email string
}

// An Attendee is the person an invitation is for.
type Attendee struct {
	Party
	Answer Answer // what we know already; none means NeedsAction
}

// An Answer is a participation status (RFC 5545 3.2.12).
type Answer string

// What an attendee has said.
const (
	NeedsAction Answer = "NEEDS-ACTION"
	Accepted    Answer = "ACCEPTED"
	Maybe       Answer = "TENTATIVE"
	Declined    Answer = "DECLINED"
)

// An EntryError says which entry cannot be written and why.
type EntryError struct {
	UID    string    // as given; may be empty
	Starts time.Time // as given; helps to find an entry without a UID
	Reason string
}

func (e *EntryError) Error() string {
	if e.UID == "" {
		return fmt.Sprintf("calendar entry without UID that starts %s: %s", e.Starts.UTC().Format(time.RFC3339), e.Reason)
	}
	return fmt.Sprintf("calendar entry %q: %s", e.UID, e.Reason)
}

func (e *Entry) faulty(format string, args ...any) *EntryError {
	return &EntryError{UID: e.UID, Starts: e.Starts, Reason: fmt.Sprintf(format, args...)}
}

// Check says what keeps e from being written, as an *EntryError, or nil. That
// there is the series of an Instance is checked where both are written.
func (e *Entry) Check() error {
	err := e.check()
	if err == nil && e.Repeat != nil {
		_, err = e.workOut()
	}
	if err != nil {
		return err
	}
	return nil
}

func (e *Entry) check() *EntryError {
	switch {
	case e.UID == "":
		return e.faulty("no UID")
	case len(e.UID) > 255:
		return e.faulty("the UID has %d octets, more than 255", len(e.UID))
	case !utf8.ValidString(e.UID) || strings.ContainsFunc(e.UID, unicode.IsControl):
		return e.faulty("the UID is not plain text")
	case e.Sequence < 0 || e.Sequence > math.MaxInt32:
		return e.faulty("sequence %d is out of range", e.Sequence)
	case e.Modified.IsZero():
		return e.faulty("no time of modification")
	case e.status() == "":
		return e.faulty("unknown status %q", e.Status)
	}
	if err := e.checkTimes(); err != nil {
		return err
	}
	return e.checkSeries()
}

func (e *Entry) checkTimes() *EntryError {
	switch {
	case !inRange(e.Starts):
		return e.faulty("the start is not between %d and %d", firstYear, lastYear)
	case e.end().Before(e.Starts):
		return e.faulty("ends %s before it starts", e.Starts.Sub(e.Ends))
	case !inRange(e.end()):
		return e.faulty("the end is not between %d and %d", firstYear, lastYear)
	case !inRange(e.Modified) || !e.Created.IsZero() && !inRange(e.Created):
		return e.faulty("created or modified is not between %d and %d", firstYear, lastYear)
	}
	for _, zone := range [...]string{e.StartZone, e.EndZone, e.InstanceZone} {
		if _, err := LoadZone(zone); err != nil {
			return e.faulty("%v", err)
		}
	}
	return nil
}

// checkSeries leaves to workOut what has to be worked out.
func (e *Entry) checkSeries() *EntryError {
	switch {
	case e.Repeat == nil && len(e.Except) > 0:
		return e.faulty("what does not repeat has no exceptions")
	case e.Repeat != nil && !e.Instance.IsZero():
		return e.faulty("an instance of a series does not repeat")
	case e.Repeat != nil && e.endZone() != e.StartZone:
		return e.faulty("a series does not end in another zone") // Outlook would move its ends
	case !e.Instance.IsZero() && !inRange(e.Instance):
		return e.faulty("the instance is not between %d and %d", firstYear, lastYear)
	}
	return nil
}

// The years that can be written. Outside of them a time is a mistake (a zero
// value, milliseconds read as seconds), and the rules of zones mean nothing.
const (
	firstYear = 1970
	lastYear  = 2199
)

var (
	earliest = time.Date(firstYear, 1, 2, 0, 0, 0, 0, time.UTC).Unix()
	latest   = time.Date(lastYear, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
)

func inRange(t time.Time) bool { u := t.Unix(); return u >= earliest && u <= latest }

func (e *Entry) status() Status {
	switch e.Status {
	case "":
		return Confirmed
	case Confirmed, Tentative, Cancelled:
		return e.Status
	}
	return ""
}

func (e *Entry) end() time.Time {
	if e.Ends.IsZero() {
		return e.Starts
	}
	return e.Ends
}

func (e *Entry) endZone() string {
	if e.EndZone == "" {
		return e.StartZone
	}
	return e.EndZone
}

func (e *Entry) instanceZone() string {
	if e.InstanceZone == "" {
		return e.StartZone
	}
	return e.InstanceZone
}
