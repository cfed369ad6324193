package scheduling

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"kohtaamo/storage"
)

type meetingBrief struct {
	storage.Brief `bson:",inline"`
	EntrantIDs    []string  `bson:"entrant_ids"`
	Starts        time.Time `bson:"starts"`

	parties []*entrantBrief
	abroad  []string // their foreign countries
}

// An entrantBrief is a company as it took part in a round. Its country is that of
// then; of which kind it is, the company says now: see companyBrief.
type entrantBrief struct {
	storage.Brief `bson:",inline"`
	CompanyID     string `bson:"company_id"`
	Name          string `bson:"name"`
	Country       string `bson:"country"`
}

type roundBrief struct {
	storage.Brief `bson:",inline"`
	Title         Text      `bson:"title"`
	EventID       string    `bson:"event_id"`
	TripID        string    `bson:"trip_id"`
	ClusterIDs    []string  `bson:"cluster_ids"`
	Starts        time.Time `bson:"starts"`
	Ends          time.Time `bson:"ends"`

	place    belonging
	meetings []*meetingBrief // that were held
	entrants map[string]*entrantBrief
	towards  map[string]*belonging // places of meetings with those countries
	said     map[string]Ladder     // by meeting: the furthest step that a side named
}

var (
	roundBriefs   = storage.Collection[roundBrief, *roundBrief](rounds)
	meetingBriefs = storage.Collection[meetingBrief, *meetingBrief](meetings)
	entrantBriefs = storage.Collection[entrantBrief, *entrantBrief](entrants)
)

// A roundLoan is the rounds that one counting reads and another uses.
type roundLoan struct {
	once sync.Once // a transaction may run again
	read chan struct{}
	list []*roundBrief
}

// lend reads the rounds for whoever waits.
func (l *roundLoan) lend(c *counting) error {
	list, err := c.rounds()
	if err == nil {
		l.once.Do(func() {
			l.list = list
			close(l.read)
		})
	}
	return err
}

// wait gives what was lent, or the error of a context that ends before.
func (l *roundLoan) wait(ctx context.Context) ([]*roundBrief, error) {
	select {
	case <-l.read:
		return l.list, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// rounds are those with meetings in the scope, as they were read once.
func (c *counting) rounds() (list []*roundBrief, err error) {
	switch {
	case c.roundList != nil:
		return c.roundList, nil
	case c.borrow != nil:
		list, err = c.borrow()
	default:
		list, err = c.readRounds()
	}
	c.roundList = list
	return list, err
}

func (c *counting) readRounds() ([]*roundBrief, error) {
	list := []*roundBrief{}
	for r, err := range roundBriefs.Each(c.tx, storage.Query{Where: []storage.Cond{{Field: "starts", Op: storage.Lt, Value: c.s.Until}}, Sort: "starts"}) {
		if err != nil {
			return nil, err
		}
		if r.Ends.Before(c.s.From) {
			continue
		}
		if err := c.readRound(r); err != nil {
			return nil, err
		}
		if c.covers(r.place) && len(r.meetings) > 0 {
			list = append(list, r)
		}
	}
	return list, nil
}

// readRound finds out where a round belongs, and reads the meetings that were
// held in it.
func (c *counting) readRound(r *roundBrief) error {
	var err error
	if r.place, err = c.roundPlace(r); err != nil || !c.covers(r.place) {
		return err
	}
	where := c.within("starts", storage.Is("round_id", r.ID), storage.Is("state", MeetingHeld))
	if r.meetings, err = meetingBriefs.Find(c.tx, storage.Query{Where: where, Sort: "starts"}); err != nil || len(r.meetings) == 0 {
		return err
	}
	r.entrants = map[string]*entrantBrief{}
	for e, err := range entrantBriefs.Each(c.tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}}) {
		if err != nil {
			return err
		}
		r.entrants[e.ID] = e
	}
	for _, m := range r.meetings {
		for _, id := range m.EntrantIDs {
			if e := r.entrants[id]; e != nil {
				m.parties = append(m.parties, e)
			}
		}
		m.abroad = abroad(m.parties)
	}
	return nil
}

// roundPlace is where a round belongs: to the project of its event or trip.
func (c *counting) roundPlace(r *roundBrief) (belonging, error) {
	p := belonging{clusters: r.ClusterIDs}
	switch {
	case r.EventID != "":
		e, err := eventBriefs.Get(c.tx, r.EventID)
		if err != nil {
			return p, ignoreMissing(err)
		}
		p.project = e.ProjectID
	case r.TripID != "":
		t, err := tripBriefs.Get(c.tx, r.TripID)
		if err != nil {
			return p, ignoreMissing(err)
		}
		p.project = t.ProjectID
	}
	return p, nil
}

// eachMeeting gives the meetings that were held.
func (c *counting) eachMeeting(fn func(r *roundBrief, m *meetingBrief) error) error {
	list, err := c.rounds()
	if err != nil {
		return err
	}
	for _, r := range list {
		for _, m := range r.meetings {
			if err := fn(r, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// abroad are the foreign countries of a meeting's parties.
func abroad(parties []*entrantBrief) (out []string) {
	for _, p := range parties {
		if foreign(p.Country) && !slices.Contains(out, p.Country) {
			out = append(out, p.Country)
		}
	}
	slices.Sort(out)
	return out
}

// meeting is a meeting as it is counted.
func (c *counting) meeting(r *roundBrief, m *meetingBrief, countries []string) *occurrence {
	c.once = occurrence{kind: "meeting", id: m.ID, about: m.ID, at: m.Starts, year: c.yearOf(m.Starts), place: c.meetingPlace(r, countries)}
	return &c.once
}

// meetingPlace is the place of the meetings of a round with these countries.
func (c *counting) meetingPlace(r *roundBrief, countries []string) *belonging {
	key := strings.Join(countries, " ")
	place := r.towards[key]
	if place == nil {
		p := r.place
		p.countries = countries
		if r.towards == nil {
			r.towards = map[string]*belonging{}
		}
		place = c.at(p)
		r.towards[key] = place
	}
	return place
}

// countMeetings counts B2B meetings that were held.
func countMeetings(c *counting, emit func(*occurrence)) error {
	return c.eachMeeting(func(r *roundBrief, m *meetingBrief) error {
		if to := m.abroad; c.towards(to...) {
			emit(c.meeting(r, m, to))
		}
		return nil
	})
}

// countForeignMeetings counts those with a foreign company.
func countForeignMeetings(c *counting, emit func(*occurrence)) error {
	return c.eachMeeting(func(r *roundBrief, m *meetingBrief) error {
		if to := m.abroad; len(to) > 0 && c.towards(to...) {
			emit(c.meeting(r, m, to))
		}
		return nil
	})
}

// countMemberMeetings counts those between two members of a cluster.
func countMemberMeetings(c *counting, emit func(*occurrence)) error {
	return c.eachMeeting(func(r *roundBrief, m *meetingBrief) error {
		members := map[string]int{} // by cluster
		for i, p := range m.parties {
			if slices.ContainsFunc(m.parties[:i], func(o *entrantBrief) bool { return o.CompanyID == p.CompanyID }) {
				continue // two companies that have become one
			}
			in, err := c.memberOf(p.CompanyID, m.Starts, r.place.clusters)
			if err != nil {
				return err
			}
			for _, id := range in {
				members[id]++
			}
		}
		o := c.meeting(r, m, nil)
		p := *o.place
		p.clusters = slices.DeleteFunc(slices.Clone(r.place.clusters), func(id string) bool { return members[id] < 2 })
		if len(p.clusters) > 0 {
			o.place = c.at(p)
			emit(o)
		}
		return nil
	})
}

// countOutcomes counts what came of meetings and of visits on trips: how far
// each led at the most by what its sides say. With a step, those that led there.
func countOutcomes(step Ladder) func(*counting, func(*occurrence)) error {
	return func(c *counting, emit func(*occurrence)) error {
		some := func(o *occurrence, s Ladder) {
			if s.rung() > LadderNone.rung() && (step == "" || s == step) {
				o.class = string(s)
				emit(o)
			}
		}
		if err := c.meetingOutcomes(some); err != nil {
			return err
		}
		return c.tripOutcomes(some)
	}
}

func (c *counting) meetingOutcomes(fn func(*occurrence, Ladder)) error {
	return c.eachMeeting(func(r *roundBrief, m *meetingBrief) error {
		if err := c.readSteps(r); err != nil {
			return err
		}
		if to := m.abroad; c.towards(to...) {
			fn(c.meeting(r, m, to), r.said[m.ID])
		}
		return nil
	})
}

// readSteps finds out once how far the meetings of a round led. The store counts
// who names a step of which meeting, one step after the other: who was left alone
// names none.
func (c *counting) readSteps(r *roundBrief) error {
	if r.said != nil {
		return nil
	}
	r.said = map[string]Ladder{}
	for _, step := range Ladders[LadderNone.rung()+1:] {
		named, err := outcomes.CountBy(c.tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID), storage.Is("step", step)}}, "meeting_id")
		if err != nil {
			return err
		}
		for id := range named {
			r.said[id] = step
		}
	}
	return nil
}
