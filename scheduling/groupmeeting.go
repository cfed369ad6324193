package scheduling

import (
	"cmp"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A GatheringState is where a gathering stands. It follows from the answers,
// unless a coordinator decides otherwise.
type GatheringState string

// The states of a gathering.
const (
	GatheringTentative GatheringState = "tentative" // no time has its quorum yet
	GatheringConfirmed GatheringState = "confirmed"
	GatheringAtRisk    GatheringState = "at_risk" // it fell below its quorum: the coordinator is asked
	GatheringHeld      GatheringState = "held"
	GatheringCancelled GatheringState = "cancelled"
)

// GatheringStates are all of them, in their order.
var GatheringStates = []GatheringState{GatheringTentative, GatheringConfirmed, GatheringAtRisk, GatheringHeld, GatheringCancelled}

// Open reports whether answers still count.
func (s GatheringState) Open() bool {
	return s == GatheringTentative || s == GatheringConfirmed || s == GatheringAtRisk
}

// Fixed reports whether the gathering has its time.
func (s GatheringState) Fixed() bool {
	return s == GatheringConfirmed || s == GatheringAtRisk || s == GatheringHeld
}

// A GroupAnswer is what a person says about a time.
type GroupAnswer string

// The answers. None at all is the empty one.
const (
	GroupYes      GroupAnswer = "yes"
	GroupIfNeeded GroupAnswer = "if_needed"
	GroupNo       GroupAnswer = "no"
)

// GroupAnswers are all of them, in the order of a form.
var GroupAnswers = []GroupAnswer{GroupYes, GroupIfNeeded, GroupNo}

// Comes reports whether whoever answers so is there.
func (a GroupAnswer) Comes() bool { return a == GroupYes || a == GroupIfNeeded }

// A Gathering is a meeting of a B2B group that needs a quorum: of its companies,
// with a visiting or a target party, at one of several times.
type Gathering struct {
	storage.Meta `bson:",inline"`
	GroupID      string           `bson:"group_id"`
	ClusterID    string           `bson:"cluster_id"`
	VisitStop    string           `bson:"visit_stop,omitempty"` // of the visit day that it came of: each once
	State        GatheringState   `bson:"state"`
	Title        Text             `bson:"title"`
	About        Text             `bson:"about,omitempty"`
	Place        string           `bson:"place,omitempty"`
	Link         string           `bson:"link,omitempty"` // where to join online; only those who come see it
	Zone         string           `bson:"zone"`           // IANA name: of its place
	Minutes      int              `bson:"minutes"`
	Need         int              `bson:"need"` // companies of the group that have to come
	Times        []CandidateTime  `bson:"times"`
	Dropped      []CandidateTime  `bson:"dropped,omitempty"` // that stood in calendars and are none any more
	Parties      []GatheringParty `bson:"parties"`
	PersonIDs    []string         `bson:"person_ids"`
	AnswerBy     time.Time        `bson:"answer_by,omitempty"` // it is not confirmed before, unless all have answered

	Chosen  string    `bson:"chosen,omitempty"` // time ID
	Starts  time.Time `bson:"starts,omitempty"` // once it is fixed
	Ends    time.Time `bson:"ends,omitempty"`
	Stood   []string  `bson:"stood,omitempty"` // parties that came when it was confirmed below its quorum
	Falls   int       `bson:"falls,omitempty"` // how often it fell below
	Reason  string    `bson:"reason,omitempty"`
	EndedAt time.Time `bson:"ended_at,omitempty"`

	UID      string    `bson:"uid"`      // of its calendar entry; never changes
	Sequence int       `bson:"sequence"` // rises with every visible change of the whole
	Changed  time.Time `bson:"changed"`
	Open     bool      `bson:"open"` // State.Open, to ask for
	Last     time.Time `bson:"last"` // end of the last time that it can take
}

// A CandidateTime is a time that a gathering can take. Each has a calendar
// entry of its own until one is chosen; the first has the gathering's.
type CandidateTime struct {
	ID        string    `bson:"id"`
	UID       string    `bson:"uid"`
	Starts    time.Time `bson:"starts"`
	DroppedAt time.Time `bson:"dropped_at,omitempty"`
}

// A GatheringParty is a company of the group, or somebody from outside.
type GatheringParty struct {
	ID       string            `bson:"id"` // of the membership, or its own
	Name     string            `bson:"name"`
	Outside  bool              `bson:"outside"` // a visiting or target party: not one of the k companies
	Required bool              `bson:"required"`
	People   []GatheringPerson `bson:"people"` // the party comes if one of them does
}

// A GatheringPerson is one person who is asked, with what they said.
type GatheringPerson struct {
	PersonID   string                 `bson:"person_id"`
	Name       string                 `bson:"name"`
	Email      string                 `bson:"email"`
	Lang       string                 `bson:"lang"`
	Zone       string                 `bson:"zone,omitempty"` // their wall clock; none: the gathering's
	UseBusy    bool                   `bson:"use_busy"`       // agreed that coordinators see when they are busy
	Answers    map[string]GroupAnswer `bson:"answers,omitempty"`
	AnsweredAt time.Time              `bson:"answered_at,omitempty"`
	Revision   int                    `bson:"revision"`          // rises with each change of their own entry
	Invited    bool                   `bson:"invited,omitempty"` // an entry was sent for their calendar
	Invite     Invite                 `bson:"invite,omitempty"`  // what it said
	RSVP       RSVP                   `bson:"rsvp,omitempty"`    // the newest answer to it, by whatever way
}

var gatherings = storage.NewCollection[Gathering]("gatherings",
	storage.Ordered("group_id", "last"), storage.Ordered("open", "last"), storage.UniqueIf("visit_stop"),
	storage.Many("person_ids"), storage.Unique("uid"))

// The limits of a gathering.
const (
	maxTimes   = 12
	maxParties = 60
	maxOutside = 10                   // people of one party from outside
	farAhead   = 500 * 24 * time.Hour // that a time may lie ahead
)

// Length is how long g takes.
func (g *Gathering) Length() time.Duration { return time.Duration(g.Minutes) * time.Minute }

// EndOf is when g ends if it takes a time.
func (g *Gathering) EndOf(t CandidateTime) time.Time { return t.Starts.Add(g.Length()) }

// TimeOf gives one of g's times.
func (g *Gathering) TimeOf(id string) (CandidateTime, bool) {
	i := slices.IndexFunc(g.Times, func(t CandidateTime) bool { return t.ID == id })
	if i < 0 {
		return CandidateTime{}, false
	}
	return g.Times[i], true
}

// Person gives somebody who is asked, with their party.
func (g *Gathering) Person(personID string) (*GatheringPerson, *GatheringParty) {
	for i := range g.Parties {
		for j := range g.Parties[i].People {
			if p := &g.Parties[i].People[j]; p.PersonID == personID && personID != "" {
				return p, &g.Parties[i]
			}
		}
	}
	return nil, nil
}

// everybody are all who are asked.
func (g *Gathering) everybody() (out []*GatheringPerson) {
	for i := range g.Parties {
		for j := range g.Parties[i].People {
			out = append(out, &g.Parties[i].People[j])
		}
	}
	return out
}

// comers are the people who come at the time that is fixed.
func (g *Gathering) comers() (ids []string) {
	for _, p := range g.everybody() {
		if p.Answers[g.Chosen].Comes() && !slices.Contains(ids, p.PersonID) {
			ids = append(ids, p.PersonID)
		}
	}
	return ids
}

// ZoneOf is the wall clock that p reads of g.
func (p *GatheringPerson) ZoneOf(g *Gathering) string { return cmp.Or(p.Zone, g.Zone) }

// index keeps what is asked for in step with what g says.
func (g *Gathering) index() {
	g.PersonIDs, g.Open, g.Last = []string{}, g.State.Open(), g.Ends
	for _, p := range g.everybody() {
		if !slices.Contains(g.PersonIDs, p.PersonID) {
			g.PersonIDs = append(g.PersonIDs, p.PersonID)
		}
	}
	if g.State.Fixed() {
		return
	}
	for _, t := range g.Times {
		g.Last = later(g.Last, g.EndOf(t))
	}
}

// changed notes a visible change of the whole.
func (g *Gathering) changed(now time.Time) {
	g.Sequence++
	g.Changed = now
}

// Check says everything that is wrong with g, before it is saved.
func (g *Gathering) Check(now time.Time) error { return g.check(now) }

func (g *Gathering) check(now time.Time) error {
	f := faults{}
	g.Title, g.About, g.Place, g.Link = g.Title.trimmed(), g.About.trimmed(), cleanLine(g.Place), cleanLine(g.Link)
	if g.Title.Empty() {
		f.add("title", "problem.required")
	}
	if g.Title.longest() > titleLimit {
		f.add("title", "problem.too_long")
	}
	if g.About.longest() > answerLimit {
		f.add("about", "problem.too_long")
	}
	f.limit("place", g.Place, lineLimit)
	if g.Link != "" && !webAddress(g.Link) {
		f.add("link", "problem.link")
	}
	if _, err := ical.LoadZone(g.Zone); err != nil || g.Zone == "" {
		f.add("zone", "event.zone")
	}
	if g.Minutes < leastShown || g.Minutes > maxMinutes {
		f.add("minutes", "series.minutes")
	}
	g.checkTimes(f, now)
	g.checkParties(f)
	return f.problem()
}

// checkTimes orders the times of a gathering that has none fixed.
func (g *Gathering) checkTimes(f faults, now time.Time) {
	if g.State.Fixed() {
		return
	}
	g.Times = f.candidates(g.Times, g.AnswerBy, now)
}

// candidates orders the times that a meeting can take, each once, and notes
// what is wrong with them and with the time until which they are answered.
func (f faults) candidates(times []CandidateTime, answerBy, now time.Time) []CandidateTime {
	slices.SortFunc(times, func(a, b CandidateTime) int { return a.Starts.Compare(b.Starts) })
	times = slices.CompactFunc(times, func(a, b CandidateTime) bool { return a.Starts.Equal(b.Starts) })
	if len(times) == 0 {
		f.add("times", "problem.required")
	}
	if len(times) > maxTimes {
		f.add("times", "b2b.too_many_times")
	}
	for _, t := range times {
		switch {
		case !t.Starts.After(now):
			f.add("times", "event.in_the_past")
		case t.Starts.After(now.Add(farAhead)):
			f.add("times", "b2b.too_far")
		case !t.Starts.Equal(t.Starts.Truncate(time.Minute)):
			f.add("times", "problem.date")
		}
	}
	if !answerBy.IsZero() && len(times) > 0 && answerBy.After(times[0].Starts) {
		f.add("answer_by", "b2b.answer_too_late")
	}
	return times
}

func (g *Gathering) checkParties(f faults) {
	companies := 0
	for i := range g.Parties {
		p := &g.Parties[i]
		if p.Name = cleanLine(p.Name); p.Name == "" || len(p.People) == 0 {
			f.add("parties", "b2b.party_empty")
		}
		f.limit("parties", p.Name, lineLimit)
		if !p.Outside {
			companies++
		}
		if len(p.People) > max(maxOutside, maxColleagues) {
			f.add("parties", "b2b.party_too_large")
		}
	}
	switch {
	case len(g.Parties) == 0:
		f.add("parties", "b2b.no_parties")
	case len(g.Parties) > maxParties:
		f.add("parties", "b2b.too_many_parties")
	}
	if g.Need < 0 || g.Need > companies {
		f.add("need", "b2b.need")
	}
}
