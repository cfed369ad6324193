package scheduling

import (
	"time"

	"kohtaamo/storage"
)

// What webhooks are told. It names ids, states, times, events, rounds, groups
// and companies; of a person it has the id and no more.

// A registrationNews is the data of "registration.STATE".
type registrationNews struct {
	ID        string   `json:"id"`
	State     RegState `json:"state"`
	PersonID  string   `json:"person_id,omitempty"`
	CompanyID string   `json:"company_id,omitempty"`
	Company   string   `json:"company,omitempty"` // as it stands in the directory
	Event     newsOf   `json:"event"`
}

// A newsOf says which event, round or group something belongs to.
type newsOf struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Starts time.Time `json:"starts,omitzero"`
	Ends   time.Time `json:"ends,omitzero"`
	Zone   string    `json:"zone,omitempty"`
}

// announceRegistration tells of the state that r has come to.
func (d *Desk) announceRegistration(tx *storage.Tx, e *Event, r *Registration) error {
	if idle, err := silent(tx, TopicRegistration); idle || err != nil {
		return err
	}
	name, err := companyName(tx, map[string]string{}, r.CompanyID)
	if err != nil {
		return err
	}
	return d.announce(tx, TopicRegistration, string(r.State), r.ID, e.ClusterIDs, registrationNews{ID: r.ID, State: r.State, PersonID: r.PersonID,
		CompanyID: r.CompanyID, Company: name, Event: newsOf{e.ID, e.Title.In("en"), e.Starts, e.Ends, e.Zone}})
}

// silent reports whether nobody listens to a topic, so that nothing need be
// looked up for it.
func silent(tx *storage.Tx, topic Topic) (bool, error) {
	n, err := webhooks.Count(tx, storage.Query{Where: []storage.Cond{{Field: "topics", Op: storage.Has, Value: string(topic)}}})
	return n == 0, err
}

// A meetingNews is the data of "meeting.WHAT": of two entrants of a round
// ("b2b") or of a group ("group").
type meetingNews struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	State     string    `json:"state"`
	Starts    time.Time `json:"starts,omitzero"`
	Ends      time.Time `json:"ends,omitzero"`
	Zone      string    `json:"zone,omitempty"`
	Companies []string  `json:"companies"`
	Round     *newsOf   `json:"round,omitempty"`
	Group     *newsOf   `json:"group,omitempty"`
}

// announceMeeting tells what became of a meeting of a round: "published",
// "moved", "held", "not_held", "cancelled".
func (d *Desk) announceMeeting(tx *storage.Tx, r *Round, m *Meeting, what string) error {
	news := meetingNews{ID: m.ID, Kind: "b2b", State: string(m.State), Starts: m.Starts, Ends: m.Ends, Zone: r.Zone,
		Companies: []string{}, Round: &newsOf{ID: r.ID, Name: r.Title.In("en")}}
	for _, p := range m.Parties {
		news.Companies = append(news.Companies, p.Name)
	}
	return d.announce(tx, TopicMeeting, what, m.ID, r.ClusterIDs, news)
}

// announceCounted tells that a meeting counts as something else than it did.
func (d *Desk) announceCounted(tx *storage.Tx, m *Meeting, was MeetingState) error {
	if idle, err := silent(tx, TopicMeeting); idle || err != nil || m.State == was {
		return err
	}
	r, err := rounds.Get(tx, m.RoundID)
	if err != nil {
		return err
	}
	return d.announceMeeting(tx, r, m, string(m.State))
}

// storeGathering stores g with the contacts that come of it, and tells webhooks of
// what has become of it: every change of a gathering comes this way.
func (d *Desk) storeGathering(tx *storage.Tx, grp *Group, g *Gathering) error {
	if err := d.announceGathering(tx, grp, g); err != nil {
		return err
	}
	if err := gatherings.Put(tx, g); err != nil {
		return err
	}
	return meetAtGathering(tx, g)
}

// announceGathering tells of a meeting of a group whose state or time is
// another one than what is stored.
func (d *Desk) announceGathering(tx *storage.Tx, grp *Group, g *Gathering) error {
	if idle, err := silent(tx, TopicMeeting); idle || err != nil {
		return err
	}
	was, err := gatherings.Get(tx, g.ID)
	if ignoreMissing(err) != nil {
		return err
	}
	what := string(g.State)
	switch {
	case was == nil || was.State != g.State:
	case g.State == GatheringConfirmed && !was.Starts.Equal(g.Starts):
		what = "moved"
	default:
		return nil
	}
	news := meetingNews{ID: g.ID, Kind: "group", State: string(g.State), Starts: g.Starts, Ends: g.Ends, Zone: g.Zone,
		Companies: []string{}, Group: &newsOf{ID: grp.ID, Name: grp.Name.In("en")}}
	for _, p := range g.Parties {
		if !p.Outside { // from outside it may be somebody's own name
			news.Companies = append(news.Companies, p.Name)
		}
	}
	return d.announce(tx, TopicMeeting, what, g.ID, []string{g.ClusterID}, news)
}
