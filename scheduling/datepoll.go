package scheduling

import (
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A PollState is where a date poll stands.
type PollState string

// The states of a date poll.
const (
	PollOpen      PollState = "open"
	PollClosed    PollState = "closed" // a time was chosen: there is a record of the meeting
	PollCancelled PollState = "cancelled"
)

// PollStates are all of them, in their order.
var PollStates = []PollState{PollOpen, PollClosed, PollCancelled}

// A DatePoll asks the members of a group which times suit for a meeting. The
// coordinator chooses; no answer decides by itself.
type DatePoll struct {
	storage.Meta `bson:",inline"`
	GroupID      string          `bson:"group_id"`
	ClusterID    string          `bson:"cluster_id"`
	State        PollState       `bson:"state"`
	Title        Text            `bson:"title"`
	About        Text            `bson:"about,omitempty"`
	Place        string          `bson:"place,omitempty"`
	Link         string          `bson:"link,omitempty"` // where to join online
	Zone         string          `bson:"zone"`           // IANA name: of its place
	Minutes      int             `bson:"minutes"`
	Times        []CandidateTime `bson:"times"` // their UIDs are no entries: only what is chosen is in calendars
	AskedAt      time.Time       `bson:"asked_at"`
	AnswerBy     time.Time       `bson:"answer_by"`
	Turn         int             `bson:"turn"` // rises when the times change: who has to answer again is asked again
	Voters       []Voter         `bson:"voters"`
	PersonIDs    []string        `bson:"person_ids"` // of Voters
	Reported     bool            `bson:"reported"`   // the coordinator was told that the answers are in
	Chosen       string          `bson:"chosen,omitempty"`
	RecordID     string          `bson:"record_id,omitempty"`
	EndedAt      time.Time       `bson:"ended_at,omitempty"`
	Reason       string          `bson:"reason,omitempty"` // why it was cancelled
}

// A Voter is somebody who is asked. Whether they still are follows from the
// members of the group.
type Voter struct {
	PersonID   string                 `bson:"person_id"`
	Answers    map[string]GroupAnswer `bson:"answers,omitempty"` // by time ID
	AnsweredAt time.Time              `bson:"answered_at,omitempty"`
	Turn       int                    `bson:"turn"`     // of the poll when they were asked
	Reminded   int                    `bson:"reminded"` // how many of the reminders are behind them
}

var datePolls = storage.NewCollection[DatePoll]("date_polls",
	storage.Ordered("group_id", "asked_at"), storage.Ordered("state", "answer_by"), storage.Many("person_ids"))

// The limits of a date poll.
const (
	maxPolls  = 500                 // of one group
	pollShort = 48 * time.Hour      // one that is shorter has one reminder
	pollDay   = 24 * time.Hour      // before its end the last reminder goes out
	pollLong  = 90 * 24 * time.Hour // the longest that members have to answer
)

// Length is how long the meeting takes.
func (p *DatePoll) Length() time.Duration { return time.Duration(p.Minutes) * time.Minute }

// EndOf is when the meeting ends if it takes a time.
func (p *DatePoll) EndOf(t CandidateTime) time.Time { return t.Starts.Add(p.Length()) }

// TimeOf gives one of p's times.
func (p *DatePoll) TimeOf(id string) (CandidateTime, bool) {
	i := slices.IndexFunc(p.Times, func(t CandidateTime) bool { return t.ID == id })
	if i < 0 {
		return CandidateTime{}, false
	}
	return p.Times[i], true
}

// Voter gives what somebody said; nil where they were not asked yet.
func (p *DatePoll) Voter(personID string) *Voter {
	for i := range p.Voters {
		if p.Voters[i].PersonID == personID {
			return &p.Voters[i]
		}
	}
	return nil
}

// voter is Voter, made if there is none. Reminders that are behind at now are
// not for those who are asked only then.
func (p *DatePoll) voter(personID string, now time.Time) *Voter {
	if v := p.Voter(personID); v != nil {
		return v
	}
	p.Voters = append(p.Voters, Voter{PersonID: personID, Reminded: p.remindersDue(now), Turn: -1})
	p.PersonIDs = append(p.PersonIDs, personID)
	return &p.Voters[len(p.Voters)-1]
}

// Answered reports whether v has said something about every time of p.
func (v *Voter) Answered(p *DatePoll) bool {
	return v != nil && !slices.ContainsFunc(p.Times, func(t CandidateTime) bool { return v.Answers[t.ID] == "" })
}

// Reminders are when those who have not answered are reminded: at half of the
// time, and a day before its end. A short poll has only the first.
func (p *DatePoll) Reminders() []time.Time {
	length := p.AnswerBy.Sub(p.AskedAt)
	half := p.AskedAt.Add(length / 2)
	if length <= pollShort {
		return []time.Time{half}
	}
	return []time.Time{half, p.AnswerBy.Add(-pollDay)}
}

// remindersDue is how many reminders are behind at now.
func (p *DatePoll) remindersDue(now time.Time) (n int) {
	for _, at := range p.Reminders() {
		if !now.Before(at) {
			n++
		}
	}
	return n
}

// A PollCount is how a time suits the members.
type PollCount struct {
	Time                      CandidateTime
	Yes, IfNeeded, No, Silent int
}

// Comes is how many would be there.
func (n PollCount) Comes() int { return n.Yes + n.IfNeeded }

// Counts count what the members have said, time by time, the best first: most
// who would come, then most who come gladly, then the earliest.
func (p *DatePoll) Counts(members []string) []PollCount {
	out := make([]PollCount, len(p.Times))
	for i, t := range p.Times {
		n := &out[i]
		n.Time = t
		for _, id := range members {
			var said GroupAnswer
			if v := p.Voter(id); v != nil {
				said = v.Answers[t.ID]
			}
			switch said {
			case GroupYes:
				n.Yes++
			case GroupIfNeeded:
				n.IfNeeded++
			case GroupNo:
				n.No++
			default:
				n.Silent++
			}
		}
	}
	slices.SortStableFunc(out, func(a, b PollCount) int {
		if d := b.Comes() - a.Comes(); d != 0 {
			return d
		}
		return b.Yes - a.Yes
	})
	return out
}

// silent are the members who have not answered.
func (p *DatePoll) silent(members []string) (ids []string) {
	for _, id := range members {
		if !p.Voter(id).Answered(p) {
			ids = append(ids, id)
		}
	}
	return ids
}

// check cleans p and says everything that is wrong with it.
func (p *DatePoll) check(now time.Time) error {
	f := faults{}
	p.Title, p.About = p.Title.trimmed(), p.About.trimmed()
	p.Place, p.Link = f.meetingAt(p.Title, p.Place, p.Link, p.Zone, p.Minutes)
	if p.About.longest() > answerLimit {
		f.add("about", "problem.too_long")
	}
	p.Times = f.candidates(p.Times, p.AnswerBy, now)
	switch {
	case p.AnswerBy.IsZero():
		f.add("answer_by", "problem.required")
	case !p.AnswerBy.After(now):
		f.add("answer_by", "event.in_the_past")
	case p.AnswerBy.After(p.AskedAt.Add(pollLong)):
		f.add("answer_by", "b2b.too_far")
	}
	return f.problem()
}

// meetingAt cleans where a meeting is, and notes what is wrong with what its
// calendar entry says.
func (f faults) meetingAt(title Text, place, link, zone string, minutes int) (string, string) {
	place, link = cleanLine(place), cleanLine(link)
	if title.Empty() {
		f.add("title", "problem.required")
	}
	if title.longest() > titleLimit {
		f.add("title", "problem.too_long")
	}
	f.limit("place", place, lineLimit)
	if link != "" && !webAddress(link) {
		f.add("link", "problem.link")
	}
	if _, err := ical.LoadZone(zone); err != nil || zone == "" {
		f.add("zone", "event.zone")
	}
	if minutes < leastShown || minutes > maxMinutes {
		f.add("minutes", "series.minutes")
	}
	return place, link
}
