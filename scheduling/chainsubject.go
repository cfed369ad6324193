package scheduling

import (
	"errors"
	"slices"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A subject is whom a chain runs for, as things stand: who they are, what has
// happened, and whether that still holds.
type subject struct {
	ref       string // "registration/ID": what the run speaks of
	turn      int    // of whoever has it: handing it over begins anew
	about     string // id of the event, the round, the group, or the trip
	title     Text   // what that is called
	clusterID string
	holds     string // why the trigger does not hold; "" if it does

	at           time.Time // when it happened; zero: when the run began
	starts, ends time.Time // of the event
	loc          *time.Location

	email, name, lang string
	personID          string
	companyID         string
	answered          bool // the survey, or what came of the meetings or the trip
	open              bool // there is a survey to answer
	event             *Event
	within            *Event // the event that a round is part of, or what stands for a trip, whose funding its mails show
	reg               *Registration
	fields            map[string]string
	links             []mailer.Link // what a mail leads to, the first by its button
	facts             []mailer.Fact
	contact, replyTo  string
}

// anchor is what a time counts from.
func (s *subject) anchor(a Anchor) time.Time {
	switch a {
	case FromStart:
		return s.starts
	case FromEnd:
		return s.ends
	}
	return s.at
}

// A subjectKind is what several triggers have in common: whom they are about.
type subjectKind struct {
	name   string // what its refs begin with
	fields []string
	events bool // about registrations, with all that an event knows
	// load finds the subject of a ref; ErrNotFound if it is gone.
	load func(d *Desk, tx *storage.Tx, t Trigger, ref []string) (*subject, error)
	// list are those it could ever be about in an event, a round, a group or a trip, by id.
	list func(d *Desk, tx *storage.Tx, c *Chain, about, after string) (list []*subject, next string, err error)
	// on are the chains that hold for it.
	on func(tx *storage.Tx, s *subject) ([]*Chain, error)
}

// A triggerRule is all that is known of a trigger. Another trigger is another
// entry in triggers, and a call of Desk.follow where it happens.
type triggerRule struct {
	kind    *subjectKind
	anchors []Anchor
	surveys bool   // people can be asked to answer the survey
	thanks  string // the event's own mail that a step can take the place of
}

var (
	anyAnchor   = []Anchor{FromTrigger, FromStart, FromEnd}
	afterEvents = []Anchor{FromTrigger, FromEnd}
	onlyTrigger = []Anchor{FromTrigger}
)

var triggers map[Trigger]triggerRule

func init() { // the kinds' functions look into the table themselves
	registered := &subjectKind{name: "registration", events: true, fields: []string{"name", "event", "when", "where", "company"},
		load: loadRegistered, list: listRegistered, on: func(tx *storage.Tx, s *subject) ([]*Chain, error) { return chainsAt(tx, s.event) }}
	met := &subjectKind{name: "meetings", fields: []string{"name", "round", "others"}, load: loadMet, list: listMet, on: onCluster}
	joined := &subjectKind{name: "group", fields: []string{"name", "group", "cluster"}, load: loadJoined, list: listJoined, on: onCluster}
	returned := &subjectKind{name: "trip", fields: []string{"name", "trip", "hosts"}, load: loadReturned, list: listReturned, on: onCluster}
	triggers = map[Trigger]triggerRule{
		OnRegistered: {kind: registered, anchors: anyAnchor},
		OnConfirmed:  {kind: registered, anchors: anyAnchor},
		OnCheckedIn:  {kind: registered, anchors: afterEvents, surveys: true, thanks: mailThanks},
		OnNoShow:     {kind: registered, anchors: afterEvents, thanks: mailMissed},
		OnHeld:       {kind: met, anchors: onlyTrigger},
		OnJoined:     {kind: joined, anchors: onlyTrigger},
		OnReturned:   {kind: returned, anchors: onlyTrigger},
	}
}

// Fields are those that the texts of a chain with the trigger can name.
func (t Trigger) Fields() []string { return triggers[t].kind.fields }

// Anchors are what the times of its steps can count from.
func (t Trigger) Anchors() []Anchor { return triggers[t].anchors }

// OfEvents reports whether it is about people registered for events.
func (t Trigger) OfEvents() bool { return triggers[t].kind.events }

// Surveys reports whether its steps can ask to answer an event's survey.
func (t Trigger) Surveys() bool { return triggers[t].surveys }

// Thanks reports whether its steps can take the place of an event's own mail
// afterwards.
func (t Trigger) Thanks() bool { return triggers[t].thanks != "" }

func onCluster(tx *storage.Tx, s *subject) ([]*Chain, error) { return chainsOf(tx, s.clusterID) }

func loadRegistered(d *Desk, tx *storage.Tx, t Trigger, ref []string) (*subject, error) {
	r, err := registrations.Get(tx, ref[0])
	if err != nil {
		return nil, err
	}
	e, err := events.Shared(tx, r.EventID)
	if err != nil {
		return nil, err
	}
	return d.registered(tx, t, e, r)
}

// registered is somebody registered for an event, as a trigger sees them.
func (d *Desk) registered(tx *storage.Tx, t Trigger, e *Event, r *Registration) (*subject, error) {
	s := &subject{
		ref: "registration/" + r.ID, turn: r.Generation, about: e.ID, title: e.Title, starts: e.Starts, ends: e.Ends, loc: e.Location(),
		email: r.Email, name: r.Name, lang: r.Lang, personID: r.PersonID, companyID: r.CompanyID, event: e, reg: r,
		contact: e.Contact, replyTo: e.ContactEmail,
	}
	if len(e.ClusterIDs) > 0 {
		s.clusterID = e.ClusterIDs[0]
	}
	came, err := came(tx, e, r, tx.Now())
	if err != nil {
		return nil, err
	}
	s.holds, s.at = t.standing(e, r, came), r.triggered(t, e)
	s.open, s.answered, err = surveyOf(tx, e.ID, r)
	l := d.Texts.In(r.Lang)
	s.fields = map[string]string{"name": r.Name, "event": e.Title.In(r.Lang), "when": l.Range(e.Starts, e.Ends, e.Zone), "where": e.Place(), "company": r.Company}
	return s, err
}

// came reports whether somebody took part: they were checked in, or the event
// is over and nobody was, and nothing says that they did not.
func came(tx *storage.Tx, e *Event, r *Registration, now time.Time) (bool, error) {
	if r.State != Confirmed || now.Before(e.Ends) || !e.WrappedUp {
		return r.State == Attended, nil
	}
	s, err := seatings.Get(tx, e.ID)
	return err == nil && s.Attended == 0, err
}

// standing says why a trigger does not hold for r; "" if it does.
func (t Trigger) standing(e *Event, r *Registration, came bool) string {
	switch {
	case e.State != Published:
		return whyCalledOff
	case !r.State.Live():
		return whyCancelled
	case r.Email == "":
		return whyAddress
	case r.Unconfirmed:
		return whyPending
	}
	switch t {
	case OnConfirmed:
		return map[RegState]string{Waitlisted: whyWaiting, Pending: whyPending, Offered: whyPending, NoShow: whyAbsent}[r.State]
	case OnCheckedIn:
		if !came {
			return whyAbsent
		}
	case OnNoShow:
		if r.State != NoShow {
			return whyCame
		}
	}
	return ""
}

// triggered is when a trigger came about.
func (r *Registration) triggered(t Trigger, e *Event) time.Time {
	switch {
	case t == OnCheckedIn && r.State == Attended:
		return r.CheckedInAt
	case t == OnCheckedIn:
		return e.Ends
	case t == OnRegistered:
		return r.orCreated(r.Tenure.Began)
	case t == OnConfirmed:
		return r.orCreated(r.Tenure.Seated)
	}
	return r.orCreated(r.Tenure.Since)
}

func loadMet(d *Desk, tx *storage.Tx, _ Trigger, ref []string) (*subject, error) {
	r, err := rounds.Get(tx, ref[0])
	if err != nil {
		return nil, err
	}
	p, err := people.Get(tx, ref[1])
	if err != nil {
		return nil, err
	}
	within, err := roundEvent(tx, r)
	if err != nil {
		return nil, err
	}
	s := &subject{within: within, ref: "meetings/" + r.ID + "/" + p.ID, about: r.ID, title: r.Title, loc: r.Location(), contact: r.Contact, replyTo: r.ContactEmail, answered: true}
	if len(r.ClusterIDs) > 0 {
		s.clusterID = r.ClusterIDs[0]
	}
	s.reader(p)
	others := []string{}
	for m, err := range meetings.Each(tx, storage.Query{Where: []storage.Cond{{Field: "person_ids", Op: storage.Has, Value: p.ID}}}) {
		if err != nil {
			return nil, err
		}
		if m.RoundID != r.ID || m.State != MeetingHeld {
			continue
		}
		names, err := d.addMet(tx, s, m)
		if err != nil {
			return nil, err
		}
		others = append(others, names...)
	}
	if len(others) == 0 {
		s.holds = whyNotHeld
	}
	slices.Sort(others)
	s.fields = map[string]string{"name": p.Name, "round": r.Title.In(p.Lang), "others": strings.Join(slices.Compact(others), ", ")}
	return s, nil
}

// addMet adds a meeting that was held: the last one's end is what s counts from,
// and it links to what its own side has not said yet.
func (d *Desk) addMet(tx *storage.Tx, s *subject, m *Meeting) (others []string, err error) {
	s.at = later(s.at, m.Ends)
	for _, side := range m.Parties {
		if !slices.Contains(side.PersonIDs, s.personID) {
			continue
		}
		others = append(others, m.Others(side.EntrantID)...)
		_, err := outcomes.Get(tx, outcomeID(m.ID, side.EntrantID))
		if err == nil {
			continue
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		e, err := entrants.Get(tx, side.EntrantID)
		if err != nil {
			return nil, err
		}
		s.answered = false
		s.links = append(s.links, mailer.Link{Label: strings.Join(m.Others(side.EntrantID), ", "), URL: d.OutcomeURL(m, e, s.personID)})
	}
	return others, nil
}

func loadJoined(d *Desk, tx *storage.Tx, _ Trigger, ref []string) (*subject, error) {
	g, err := groups.Get(tx, ref[0])
	if err != nil {
		return nil, err
	}
	p, err := people.Get(tx, ref[1])
	if err != nil {
		return nil, err
	}
	c, err := clusters.Shared(tx, g.ClusterID)
	if err != nil {
		return nil, err
	}
	s := &subject{ref: "group/" + g.ID + "/" + p.ID, about: g.ID, title: g.Name, clusterID: g.ClusterID, loc: c.Location(), replyTo: c.ReplyTo}
	s.reader(p)
	if !slices.Contains(g.Members, p.ID) {
		s.holds = whyLeft
	}
	s.fields = map[string]string{"name": p.Name, "group": g.Name.In(p.Lang), "cluster": c.Name.In(p.Lang)}
	s.links = []mailer.Link{{Label: g.Name.In(p.Lang), URL: d.BaseURL + "/groups/" + g.ID}}
	return s, nil
}

func (s *subject) reader(p *Person) {
	s.email, s.name, s.lang, s.personID, s.companyID = p.Email, p.Name, p.Lang, p.ID, p.CompanyID
	if p.Email == "" {
		s.holds = whyAddress
	}
}
