package api

import (
	"time"

	"kohtaamo/scheduling"
)

// EventFields are what can be written about an event.
type EventFields struct {
	Slug         string       `json:"slug" required:"false" maxLength:"60" doc:"Of its address; made from the title if empty; stays after publication"`
	Title        Text         `json:"title"`
	Summary      Text         `json:"summary" required:"false" doc:"One line"`
	Body         Text         `json:"body" required:"false" doc:"Markdown"`
	Kind         string       `json:"kind" enum:"conference,seminar,workshop,visit,meeting,online"`
	Mode         string       `json:"mode" enum:"room,online,hybrid"`
	Audience     string       `json:"audience" required:"false" enum:"all,unlisted,groups" default:"all" doc:"Who may see it and register"`
	Starts       time.Time    `json:"starts"`
	Ends         time.Time    `json:"ends"`
	Zone         string       `json:"zone" maxLength:"64" example:"Europe/Helsinki" doc:"IANA name of the zone of its wall clock"`
	AllDay       bool         `json:"all_day" required:"false"`
	Venue        string       `json:"venue" required:"false" maxLength:"200"`
	Address      string       `json:"address" required:"false" maxLength:"200"`
	Geo          *Geo         `json:"geo,omitempty"`
	Link         string       `json:"link" required:"false" maxLength:"2000" doc:"Where to join online; only organisers and people with a seat see it"`
	ClusterIDs   []string     `json:"cluster_ids" required:"false" maxItems:"50"`
	GroupIDs     []string     `json:"group_ids" required:"false" maxItems:"50"`
	ProjectID    string       `json:"project_id" required:"false" maxLength:"64" doc:"The funded project whose emblem it carries"`
	Contact      string       `json:"contact" required:"false" maxLength:"200" doc:"Name of whom people may write to"`
	ContactEmail string       `json:"contact_email" required:"false" maxLength:"254"`
	Agenda       []AgendaItem `json:"agenda" required:"false" maxItems:"500"`
	Registration RegRules     `json:"registration" required:"false"`
}

// RegRules say who may register, when, and what is asked of them.
type RegRules struct {
	Seats          int          `json:"seats" required:"false" minimum:"0" maximum:"1000000" doc:"0: no limit"`
	OpensAt        *time.Time   `json:"opens_at,omitempty" doc:"At once if missing"`
	ClosesAt       *time.Time   `json:"closes_at,omitempty" doc:"When the event starts if missing"`
	LockAt         *time.Time   `json:"lock_at,omitempty" doc:"Answers can be changed until then; until it starts if missing"`
	Approval       bool         `json:"approval" required:"false" doc:"An organiser lets people in"`
	ConfirmAddress bool         `json:"confirm_address" required:"false" doc:"A place is given once the address has answered"`
	PartyMax       int          `json:"party_max" required:"false" minimum:"0" maximum:"20" default:"1" doc:"People one may register at once, themselves included"`
	OfferHours     *int         `json:"offer_hours,omitempty" minimum:"0" maximum:"720" doc:"Time to accept a freed seat; 0: it is given at once; 48 if missing"`
	Waitlist       *bool        `json:"waitlist,omitempty" doc:"False: full means closed; true if missing"`
	Reminders      []int        `json:"reminders" required:"false" maxItems:"20" doc:"Days before the start; 7 and 1 if missing"`
	FollowUp       *bool        `json:"follow_up,omitempty" doc:"Thanks and sorry-we-missed-you; true if missing"`
	ShowList       bool         `json:"show_list" required:"false" doc:"Who is coming, of those who agreed"`
	Questions      []Question   `json:"questions" required:"false" maxItems:"100"`
	Consents       []ConsentAsk `json:"consents" required:"false" maxItems:"50"`
}

// An AgendaItem is one line of an event's agenda.
type AgendaItem struct {
	UID     string    `json:"uid" required:"false" maxLength:"100" doc:"Of its calendar entry; given if empty, to be kept in changes"`
	Starts  time.Time `json:"starts"`
	Ends    time.Time `json:"ends"`
	Title   Text      `json:"title"`
	Room    string    `json:"room" required:"false" maxLength:"200"`
	Speaker string    `json:"speaker" required:"false" maxLength:"200"`
	About   Text      `json:"about" required:"false"`
}

// A Question is something that is asked of everybody who registers.
type Question struct {
	Key      string   `json:"key" pattern:"^[a-z0-9][a-z0-9_-]{0,59}$" doc:"Of the answers; stays when the label changes"`
	Kind     string   `json:"kind" enum:"text,long,choice,many,yesno"`
	Label    Text     `json:"label"`
	Help     Text     `json:"help" required:"false"`
	Required bool     `json:"required" required:"false"`
	Options  []Option `json:"options" required:"false" maxItems:"200" doc:"Of kinds choice and many"`
	When     *When    `json:"when,omitempty" doc:"Asked only of those who answered an earlier question so"`
}

// An Option is one answer to choose.
type Option struct {
	Key   string `json:"key" minLength:"1" maxLength:"60"`
	Label Text   `json:"label"`
}

// When says to whom a question is shown.
type When struct {
	Question string   `json:"question" maxLength:"60"`
	Is       []string `json:"is" maxItems:"200"`
}

// A ConsentAsk is one thing people may agree to, apart from all others.
type ConsentAsk struct {
	Purpose  string `json:"purpose" pattern:"^[a-z0-9][a-z0-9_-]{0,59}$" example:"participants"`
	Label    Text   `json:"label"`
	Required bool   `json:"required" required:"false"`
}

// An Event is something people register for.
type Event struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	State    string `json:"state" enum:"draft,published,cancelled"`
	Phase    string `json:"phase" enum:"draft,published,underway,ended,cancelled" doc:"Where it stands at this moment"`
	Open     bool   `json:"open" doc:"People may register at this moment, if there are seats or a waiting list"`
	URL      string `json:"url" format:"uri" doc:"Its public page"`
	EventFields
	UID          string     `json:"uid" doc:"Of its calendar entry; never changes"`
	Sequence     int        `json:"sequence" doc:"Rises with every visible change"`
	Created      time.Time  `json:"created"`
	Updated      time.Time  `json:"updated"`
	PublishedAt  *time.Time `json:"published_at,omitempty"`
	CancelledAt  *time.Time `json:"cancelled_at,omitempty"`
	CancelReason string     `json:"cancel_reason,omitempty"`
	CopiedFrom   string     `json:"copied_from,omitempty" doc:"Id of the event it was copied from"`
}

// EventPage is one event with how it is booked.
type EventPage struct {
	Event
	Booked Booked   `json:"booked"`
	Coming []Coming `json:"coming" doc:"Who is coming, of those who agreed, where the event shows it"`
}

// Booked counts an event's seats.
type Booked struct {
	Seats    int  `json:"seats" doc:"0: no limit"`
	Taken    int  `json:"taken"`
	Free     *int `json:"free,omitempty" doc:"Missing where there is no limit"`
	Waiting  int  `json:"waiting"`
	Pending  int  `json:"pending"`
	Attended int  `json:"attended"`
}

// Coming is somebody who agreed to be named.
type Coming struct {
	Name    string `json:"name"`
	Company string `json:"company"`
}

// event is e as by may see it.
func (a *API) event(by scheduling.Actor, e *scheduling.Event) Event {
	now := a.cfg.Now()
	out := Event{
		ID: e.ID, Revision: e.Rev, State: string(e.State), Phase: string(e.Phase(now)), Open: e.Open(now),
		URL: a.cfg.Desk.EventURL(e), EventFields: eventFields(e), UID: e.UID, Sequence: e.Sequence,
		Created: e.Created.UTC(), Updated: e.Updated.UTC(), PublishedAt: timeOf(e.PublishedAt),
		CancelledAt: timeOf(e.CancelledAt), CancelReason: e.CancelReason, CopiedFrom: e.CopiedFrom,
	}
	if !by.ChecksIn(e.ClusterIDs...) {
		out.Link, out.CopiedFrom = "", ""
	}
	return out
}

func eventFields(e *scheduling.Event) EventFields {
	return EventFields{
		Slug: e.Slug, Title: textOf(e.Title), Summary: textOf(e.Summary), Body: textOf(e.Body),
		Kind: e.Kind, Mode: string(e.Mode), Audience: string(e.Audience),
		Starts: e.Starts.UTC(), Ends: e.Ends.UTC(), Zone: e.Zone, AllDay: e.AllDay,
		Venue: e.Venue, Address: e.Address, Geo: (*Geo)(e.Geo), Link: e.Link,
		ClusterIDs: list(e.ClusterIDs), GroupIDs: list(e.GroupIDs), ProjectID: e.ProjectID,
		Contact: e.Contact, ContactEmail: e.ContactEmail,
		Agenda: mapped(e.Agenda, agendaItem), Registration: regRules(e.Rules),
	}
}

func regRules(r scheduling.EventRules) RegRules {
	return RegRules{
		Seats: r.Seats, OpensAt: timeOf(r.OpensAt), ClosesAt: timeOf(r.ClosesAt), LockAt: timeOf(r.LockAt),
		Approval: r.Approval, ConfirmAddress: r.ConfirmAddress, PartyMax: r.PartyMax, OfferHours: &r.OfferHours,
		Waitlist: &r.Waitlist, Reminders: list(r.Reminders), FollowUp: &r.FollowUp, ShowList: r.ShowList,
		Questions: mapped(r.Questions, question),
		Consents: mapped(r.Consents, func(c scheduling.ConsentAsk) ConsentAsk {
			return ConsentAsk{Purpose: c.Purpose, Label: textOf(c.Label), Required: c.Required}
		}),
	}
}

func agendaItem(it scheduling.Item) AgendaItem {
	return AgendaItem{
		UID: it.UID, Starts: it.Starts.UTC(), Ends: it.Ends.UTC(), Title: textOf(it.Title),
		Room: it.Room, Speaker: it.Speaker, About: textOf(it.About),
	}
}

func question(q scheduling.Question) Question {
	out := Question{
		Key: q.Key, Kind: string(q.Kind), Label: textOf(q.Label), Help: textOf(q.Help), Required: q.Required,
		Options: mapped(q.Options, func(o scheduling.Option) Option { return Option{o.Key, textOf(o.Label)} }),
	}
	if q.When != nil {
		out.When = &When{q.When.Question, list(q.When.Is)}
	}
	return out
}

func booked(s *scheduling.Seating) Booked {
	b := Booked{Seats: s.Seats, Taken: s.Taken, Waiting: s.Waiting, Pending: s.Pending, Attended: s.Attended}
	if free, limited := s.Free(); limited {
		b.Free = &free
	}
	return b
}
