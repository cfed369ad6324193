package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A TripOutcome is what one side says came of a delegate's visit to a host on a
// trip. Its ID is made of the trip, the host, the delegate and the side, so each
// side has one, and answering again changes it. A delegate is a company, or a
// traveller who is of none. The names are kept as they were: outcomes outlive
// programmes and people.
type TripOutcome struct {
	storage.Meta `bson:",inline"`
	TripID       string    `bson:"trip_id"`
	HostID       string    `bson:"host_id"`
	Delegate     string    `bson:"delegate"`            // key of a TripDelegate
	HostSide     bool      `bson:"host_side,omitempty"` // the host says it, of the delegate
	Host         string    `bson:"host"`                // name
	Company      string    `bson:"company"`             // name of the delegate
	Step         Ladder    `bson:"step"`
	Rating       int       `bson:"rating,omitempty"` // 1 to 5; 0: none given
	Note         string    `bson:"note,omitempty"`   // for the organisers
	Story        string    `bson:"story,omitempty"`  // in the delegate's words
	Quote        bool      `bson:"quote,omitempty"`  // the story may be quoted, with the delegate's name
	Next         string    `bson:"next,omitempty"`   // the next step
	Owner        string    `bson:"owner,omitempty"`  // person id of who takes it
	Due          string    `bson:"due,omitempty"`    // 2006-01-02, on the trip's home calendar
	Done         bool      `bson:"done,omitempty"`
	Open         bool      `bson:"open"`               // there is a next step, and it is not done
	Reminded     string    `bson:"reminded,omitempty"` // the Due that was reminded of
	By           string    `bson:"by,omitempty"`       // person id of who said it; none of a host
	AnsweredAt   time.Time `bson:"answered_at"`
}

var tripOutcomes = storage.NewCollection[TripOutcome]("trip_outcomes",
	storage.Ordered("trip_id", "answered_at"), storage.Ordered("open", "due"), storage.Ordered("delegate"))

// tripOutcomeID is the one place for what a side says of a delegate and a host.
func tripOutcomeID(tripID, hostID, delegate string, hostSide bool) string {
	parts := []string{tripID, hostID, delegate}
	if hostSide {
		parts = append(parts, "host")
	}
	return strings.Join(parts, "~")
}

// check cleans o and says everything that is wrong with it, given who may be
// named as the owner of the next step. A host says how far it led and no more:
// next steps are the delegates'.
func (o *TripOutcome) check(owners []Owner) error {
	f := faults{}
	o.Note, o.Story, o.Next = cleanText(o.Note), cleanText(o.Story), cleanLine(o.Next)
	f.limit("note", o.Note, outcomeNote)
	f.limit("story", o.Story, outcomeNote)
	f.limit("next", o.Next, nextLimit)
	if o.Step == "" {
		o.Step = LadderContact
	}
	if o.Step.rung() < 0 {
		f.add("step", "problem.choice")
	}
	if o.Rating < 0 || o.Rating > maxRating {
		f.add("rating", "problem.choice")
	}
	if o.HostSide {
		o.Next, o.Story = "", ""
	}
	o.Quote = o.Quote && o.Story != ""
	if o.Next == "" {
		o.Owner, o.Due, o.Done = "", "", false
	}
	if o.Owner != "" && !slices.Contains(ownerIDs(owners), o.Owner) {
		f.add("owner", "problem.choice")
	}
	if _, err := time.Parse(time.DateOnly, o.Due); o.Due != "" && err != nil {
		f.add("due", "problem.date")
	}
	o.Open = o.Next != "" && !o.Done
	return f.problem()
}

// take copies what somebody says. A reminder is due again only for another day.
func (o *TripOutcome) take(in *TripOutcome, by Actor, now time.Time) {
	o.Step, o.Rating, o.Note, o.Story, o.Quote = in.Step, in.Rating, in.Note, in.Story, in.Quote
	o.Next, o.Owner, o.Due, o.Done = in.Next, in.Owner, in.Due, in.Done
	o.By, o.AnsweredAt = by.ID, now
}

// Overdue reports whether the next step should have been taken before a day,
// 2006-01-02.
func (o *TripOutcome) Overdue(today string) bool { return o.Open && o.Due != "" && o.Due < today }

// Back reports whether the trip is over: its delegates are home, or its
// visitors have been there.
func (t *Trip) Back() bool { return t.Past(TripCompleted) || t.Past(TripVisited) }

// homecoming is the last minute of the trip's last day, on the calendar of its
// home: what is so many weeks and months after the trip counts from that day,
// wherever it ended.
func (t *Trip) homecoming() time.Time {
	if len(t.Stops) == 0 {
		return t.Ends
	}
	last, err := time.ParseInLocation(time.DateOnly, t.Stops[len(t.Stops)-1].Until, t.Location())
	if err != nil {
		return t.Ends
	}
	return last.AddDate(0, 0, 1).Add(-time.Minute).UTC()
}

// today is the date on the calendar of the trip's home.
func (t *Trip) today(now time.Time) string { return now.In(t.Location()).Format(time.DateOnly) }
