package api

import (
	"time"

	"kohtaamo/scheduling"
)

// A Registration is one person's place at one event.
type Registration struct {
	ID          string              `json:"id"`
	Revision    int64               `json:"revision"`
	EventID     string              `json:"event_id"`
	State       string              `json:"state" enum:"pending,confirmed,attended,noshow,waitlisted,offered,left,cancelled,rejected"`
	HoldsSeat   bool                `json:"holds_seat"`
	PersonID    string              `json:"person_id"`
	Email       string              `json:"email" doc:"May be empty for a walk-in"`
	Name        string              `json:"name"`
	Company     string              `json:"company"`
	CompanyID   string              `json:"company_id"`
	Title       string              `json:"title"`
	Lang        string              `json:"lang"`
	Answers     map[string][]string `json:"answers" doc:"By the key of the question"`
	Consents    []Consent           `json:"consents"`
	Note        string              `json:"note,omitempty" doc:"The organisers' own"`
	PartyID     string              `json:"party_id,omitempty" doc:"Id of the registration that brought this one along; its own for the leader"`
	Unconfirmed bool                `json:"unconfirmed" doc:"The address has not answered yet"`
	Deadline    *time.Time          `json:"deadline,omitempty" doc:"To accept an offer, or to confirm the address"`
	Ticket      string              `json:"ticket" doc:"The code at the door"`
	CheckedInAt *time.Time          `json:"checked_in_at,omitempty"`
	CheckedInBy string              `json:"checked_in_by,omitempty"`
	WalkIn      bool                `json:"walk_in"`
	EndedAt     *time.Time          `json:"ended_at,omitempty"`
	EndedBy     string              `json:"ended_by,omitempty" enum:"person,organiser,deadline" doc:"Who cancelled or rejected"`
	Reason      string              `json:"reason,omitempty"`
	RSVP        *RSVP               `json:"rsvp,omitempty" doc:"Their last answer to the invite"`
	Created     time.Time           `json:"created"`
	Updated     time.Time           `json:"updated"`
}

// An RSVP is what somebody answered to their invite.
type RSVP struct {
	Answer  string    `json:"answer" enum:"accepted,tentative,declined"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`
	Via     string    `json:"via" enum:"link,mail" doc:"By the link in the mail, or from their calendar"`
}

// A Consent is one answer to one purpose, with the words that were shown.
type Consent struct {
	Purpose string    `json:"purpose"`
	Given   bool      `json:"given"`
	At      time.Time `json:"at"`
	Wording string    `json:"wording"`
}

// A Place is a registration with where it stands in the queue.
type Place struct {
	Registration
	Position int            `json:"position" doc:"In the waiting list, from 1; 0 where it does not wait"`
	Party    []Registration `json:"party" doc:"Who else came along"`
	Repeated bool           `json:"repeated" doc:"The address was registered already; nothing was changed"`
}

// A Signup registers somebody, and whom they bring along.
type Signup struct {
	Name     string              `json:"name" maxLength:"200"`
	Email    string              `json:"email" maxLength:"254"`
	Company  string              `json:"company" required:"false" maxLength:"200"`
	Title    string              `json:"title" required:"false" maxLength:"200"`
	Lang     string              `json:"lang" required:"false" maxLength:"12" doc:"That their mails are written in"`
	Answers  map[string][]string `json:"answers" required:"false" doc:"By the key of the question; one answer is a list of one"`
	Consents map[string]bool     `json:"consents" required:"false" doc:"By purpose"`
	Party    []Guest             `json:"party" required:"false" maxItems:"19"`
	Split    bool                `json:"split" required:"false" doc:"The party may be seated in parts"`
	AsPerson bool                `json:"as_person" required:"false" doc:"As if they came by themselves: times, approval and the confirmation of their address hold; otherwise an organiser registers them"`
}

// A Guest is somebody who comes along, or takes over.
type Guest struct {
	Name  string `json:"name" maxLength:"200"`
	Email string `json:"email" maxLength:"254"`
	Title string `json:"title" required:"false" maxLength:"200"`
}

// A WalkIn is somebody new at the door.
type WalkIn struct {
	Name    string `json:"name" maxLength:"200"`
	Email   string `json:"email" required:"false" maxLength:"254"`
	Company string `json:"company" required:"false" maxLength:"200"`
	Title   string `json:"title" required:"false" maxLength:"200"`
	Lang    string `json:"lang" required:"false" maxLength:"12"`
}

// An Edit is what can be written about a registration. The address is not among
// it: that would be another person.
type Edit struct {
	Name     string              `json:"name" maxLength:"200"`
	Company  string              `json:"company" required:"false" maxLength:"200"`
	Title    string              `json:"title" required:"false" maxLength:"200"`
	Answers  map[string][]string `json:"answers" required:"false"`
	Consents map[string]bool     `json:"consents" required:"false"`
	Note     *string             `json:"note,omitempty" maxLength:"5000" doc:"The organisers' own; stays if missing"`
}

// An Arrival answers a check-in.
type Arrival struct {
	Registration Registration `json:"registration"`
	Again        bool         `json:"again" doc:"They were checked in before, at registration.checked_in_at"`
}

// Counts are an event's registrations by state, and its seats.
type Counts struct {
	Booked Booked         `json:"booked"`
	States map[string]int `json:"states" doc:"Every state, also where there are none"`
}

// registration is r as those who organise its event, or stand at its door, see it.
func registration(organise bool, r *scheduling.Registration) Registration {
	out := Registration{
		ID: r.ID, Revision: r.Rev, EventID: r.EventID, State: string(r.State), HoldsSeat: r.Holds(),
		PersonID: r.PersonID, Email: r.Email, Name: r.Name, Company: r.Company, CompanyID: r.CompanyID, Title: r.Title, Lang: r.Lang,
		Answers: map[string][]string{}, Note: r.Note, PartyID: r.Party, Unconfirmed: r.Unconfirmed, Deadline: timeOf(r.Deadline),
		Consents: mapped(r.Consents, func(c scheduling.Consent) Consent { return Consent{c.Purpose, c.Given, c.At.UTC(), c.Wording} }),
		Ticket:   r.Ticket, CheckedInAt: timeOf(r.CheckedInAt), CheckedInBy: r.CheckedInBy, WalkIn: r.WalkIn,
		EndedAt: timeOf(r.EndedAt), EndedBy: r.EndedBy, Reason: r.Reason, Created: r.Created.UTC(), Updated: r.Updated.UTC(),
	}
	if s := r.RSVP; s.Answer != "" {
		out.RSVP = &RSVP{string(s.Answer), s.Comment, s.At.UTC(), s.Via}
	}
	for key, answers := range r.Answers {
		out.Answers[key] = list(answers)
	}
	if !organise {
		out.Note = ""
	}
	return out
}

func place(organise bool, r *scheduling.Registration, party []*scheduling.Registration, position int) Place {
	shape := func(r *scheduling.Registration) Registration { return registration(organise, r) }
	return Place{Registration: shape(r), Position: position, Party: mapped(party, shape)}
}

// signup is what came in, for the desk to check.
func (a *API) signup(in Signup) scheduling.Signup {
	u := scheduling.Signup{
		Name: in.Name, Email: in.Email, Company: in.Company, Title: in.Title, Lang: a.langOr(in.Lang),
		Answers: in.Answers, Consents: in.Consents, Split: in.Split,
	}
	for _, g := range in.Party {
		u.Party = append(u.Party, scheduling.Guest{Name: g.Name, Email: g.Email, Title: g.Title})
	}
	return u
}

// langOr is a language we write in: the one named, or the fallback.
func (a *API) langOr(code string) string { return a.cfg.Desk.Texts.In(code).Code() }
