// Package ical writes calendars (RFC 5545, 7986) and invitations by mail
// (iTIP and iMIP, RFC 5546 and 6047) that the clients people really use take
// as they are meant.
//
// Its one word is the [Entry]: something with a time, in plain fields. A
// [Calendar] makes a feed of many entries, [Publish] a file of one, and
// [Invite] what one attendee gets by mail. A [Cache] keeps the entries it has
// written, so that a feed in which one of a thousand changed costs one.
//
// An entry with a [Repeat] is a series: it is the first instance, Except names
// those that are left out, and an entry with the same UID and an Instance
// stands in place of one that was moved or called off. Repeat has only what
// clients take alike; [Repeat.Instances] says when a series comes, by the clock
// on the wall.
//
// An entry that makes no sense (no UID, an end before the start, an unknown
// zone, a rule that its own start does not follow) is an [EntryError]. In a
// feed it is left out and reported, because a feed is the whole truth to its
// readers: what is missing is deleted there, so one bad entry must never take
// the others with it. Decoration that makes no sense (a web address that is
// none, coordinates off the globe, an exception from nothing) is left out.
//
// Times go out as wall time with the zone's rules beside them ([TZID],
// VTIMEZONE): that is what recurring entries need and what people see. Where
// rules cannot be said in the one shape that Outlook understands, or a wall
// time comes twice in the autumn night, the entry goes out in UTC, and a series
// goes out as single entries, each with a UID of its own: never wrong, only
// less pretty. An invitation has no such way out; there it is an error.
//
// The model and the text of the entries are go-ical's. What it leaves open is
// closed here, before it (text and parameters are cleaned and escaped) and
// after it (lines are folded); the calendar's own lines and the zones are
// written here. The days of a rule are counted by rrule-go, in UTC; what the
// clocks make of them is told here. Nothing in this package knows documents,
// storage or HTTP, or asks the clock.
//
// [TZID]: https://www.rfc-editor.org/rfc/rfc5545#section-3.2.19
package ical
