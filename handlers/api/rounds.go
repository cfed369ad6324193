package api

import (
	"time"

	"kohtaamo/scheduling"
)

// RoundFields are what can be written about a round of B2B meetings.
type RoundFields struct {
	Slug         string      `json:"slug" required:"false" maxLength:"60" doc:"The end of its public address; made of the title where it is missing, and fixed once the round is open"`
	Title        Text        `json:"title"`
	About        Text        `json:"about" required:"false" doc:"Markdown"`
	EventID      string      `json:"event_id" required:"false" maxLength:"64" doc:"The event that it is part of"`
	TripID       string      `json:"trip_id,omitempty" required:"false" maxLength:"64" doc:"The trip on which it takes place"`
	StopID       string      `json:"stop_id,omitempty" required:"false" maxLength:"64" doc:"The stop of that trip"`
	ClusterIDs   []string    `json:"cluster_ids" required:"false" maxItems:"50"`
	Zone         string      `json:"zone" maxLength:"64" example:"Europe/Helsinki" doc:"IANA name of the zone of its days and times"`
	Way          string      `json:"way" enum:"solver,book,both" doc:"Who makes the schedule: the organiser's solver, the companies by booking, or both in turn"`
	Contact      string      `json:"contact" required:"false" maxLength:"200"`
	ContactEmail string      `json:"contact_email" required:"false" maxLength:"254"`
	Days         []RoundDay  `json:"days" minItems:"1" maxItems:"31"`
	Minutes      int         `json:"minutes" minimum:"5" maximum:"240" multipleOf:"5" doc:"Of a slot"`
	Buffer       int         `json:"buffer" required:"false" minimum:"0" maximum:"240" multipleOf:"5" doc:"Minutes between two slots"`
	Venues       []Venue     `json:"venues" required:"false" maxItems:"20"`
	Travel       []TravelLeg `json:"travel" required:"false" maxItems:"400"`
	Tables       []Table     `json:"tables" required:"false" maxItems:"1000"`
	Plan         RoundPlan   `json:"plan" required:"false"`
	Limits       RoundLimits `json:"limits" required:"false"`
}

// A RoundDay is a day of a round with the times that meetings can be in.
type RoundDay struct {
	Date    string   `json:"date" format:"date"`
	Windows []Window `json:"windows" minItems:"1" maxItems:"12"`
	Breaks  []Window `json:"breaks" required:"false" maxItems:"12" doc:"No slot touches one"`
}

// A Window is a time of a day on the wall clock, end excluded.
type Window struct {
	From string `json:"from" maxLength:"5" example:"09:00"`
	To   string `json:"to" maxLength:"5" example:"12:00"`
	Name string `json:"name,omitempty" required:"false" maxLength:"200" doc:"A session that requests can ask for"`
}

// A Venue is a building where tables stand.
type Venue struct {
	ID      string `json:"id" maxLength:"32" pattern:"^[a-z0-9-]+$" doc:"Chosen by whoever writes the round"`
	Name    string `json:"name" maxLength:"200"`
	Address string `json:"address,omitempty" required:"false" maxLength:"200"`
}

// A TravelLeg is how long the way between two venues takes, either way.
type TravelLeg struct {
	A       string `json:"a" maxLength:"32"`
	B       string `json:"b" maxLength:"32"`
	Minutes int    `json:"minutes" minimum:"0" maximum:"600"`
}

// A Table is where one meeting at a time takes place.
type Table struct {
	ID        string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a table that there is; a new one gets its own"`
	Name      string `json:"name" maxLength:"200"`
	Kind      string `json:"kind" enum:"table,booth,video"`
	VenueID   string `json:"venue_id,omitempty" required:"false" maxLength:"32"`
	EntrantID string `json:"entrant_id,omitempty" required:"false" maxLength:"64" doc:"Whose booth it is"`
	Link      string `json:"link,omitempty" required:"false" maxLength:"2000" doc:"Only its organisers and those who meet there see it"`
}

// RoundPlan are the dates at which phases begin by themselves.
type RoundPlan struct {
	ProfilesAt   *time.Time `json:"profiles_at,omitempty" required:"false"`
	RequestsAt   *time.Time `json:"requests_at,omitempty" required:"false"`
	SchedulingAt *time.Time `json:"scheduling_at,omitempty" required:"false"`
	ClosesAt     *time.Time `json:"closes_at,omitempty" required:"false" doc:"A day after the last slot where it is missing"`
}

// RoundLimits are what one entrant may ask for; 0 is no limit.
type RoundLimits struct {
	Meetings    int  `json:"meetings" required:"false" minimum:"0"`
	Requests    int  `json:"requests" required:"false" minimum:"0"`
	Musts       int  `json:"musts" required:"false" minimum:"0"`
	ExpireHours int  `json:"expire_hours" required:"false" minimum:"0" doc:"Until an unanswered request ends"`
	Entrants    int  `json:"entrants" required:"false" minimum:"0"`
	Approval    bool `json:"approval" required:"false" doc:"An organiser lets entrants in"`
	Public      bool `json:"public" required:"false" doc:"Everybody can read the catalogue, of those who agreed"`
}

// A Round is one round of B2B matchmaking.
type Round struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	Phase    string `json:"phase" enum:"draft,profiles,requests,scheduling,published,running,closed,cancelled"`
	RoundFields
	Slots        []Slot    `json:"slots" doc:"What the days come to"`
	Starts       time.Time `json:"starts" doc:"Of the first slot"`
	Ends         time.Time `json:"ends" doc:"Of the last slot"`
	Frozen       bool      `json:"frozen" doc:"The schedule is changed by organisers alone"`
	CancelReason string    `json:"cancel_reason,omitempty"`
	URL          string    `json:"url" doc:"Its page"`
}

// A Slot is a time that a meeting can take.
type Slot struct {
	ID     string    `json:"id"`
	Starts time.Time `json:"starts"`
	Ends   time.Time `json:"ends"`
}

// An Entrant is a company that takes part in a round, as its organisers see it.
type Entrant struct {
	ID         string     `json:"id"`
	Revision   int64      `json:"revision"`
	RoundID    string     `json:"round_id"`
	CompanyID  string     `json:"company_id,omitempty"`
	State      string     `json:"state" enum:"pending,in,rejected,left"`
	Paused     bool       `json:"paused"`
	Name       string     `json:"name"`
	Country    string     `json:"country"`
	BusinessID string     `json:"business_id,omitempty"`
	Website    string     `json:"website,omitempty"`
	About      Text       `json:"about"`
	Offers     []string   `json:"offers"`
	Needs      []string   `json:"needs"`
	Tags       []string   `json:"tags"`
	Countries  []string   `json:"countries"`
	People     []Delegate `json:"people"`
	Reason     string     `json:"reason,omitempty" doc:"Why it was rejected"`
	Entered    time.Time  `json:"entered"`
}

// A Delegate is one person of an entrant.
type Delegate struct {
	PersonID  string   `json:"person_id"`
	Name      string   `json:"name"`
	Title     string   `json:"title,omitempty"`
	Languages []string `json:"languages"`
	Manages   bool     `json:"manages"`
}

// round is r as by may see it: links of tables, and whose booths they are, are
// for its organisers.
func (a *API) round(by scheduling.Actor, r *scheduling.Round) Round {
	out := Round{
		ID: r.ID, Revision: r.Rev, Phase: string(r.Phase), Starts: r.Starts.UTC(), Ends: r.Ends.UTC(), Frozen: r.Frozen,
		CancelReason: r.CancelReason, URL: a.cfg.Desk.RoundURL(r), Slots: mapped(r.Slots, func(s scheduling.Slot) Slot { return Slot{s.ID, s.Starts.UTC(), s.Ends.UTC()} }),
		RoundFields: RoundFields{
			Slug: r.Slug, Title: textOf(r.Title), About: textOf(r.About), EventID: r.EventID, TripID: r.TripID, StopID: r.StopID, ClusterIDs: list(r.ClusterIDs), Zone: r.Zone, Way: string(r.Way),
			Contact: r.Contact, ContactEmail: r.ContactEmail, Minutes: r.Minutes, Buffer: r.Buffer,
			Days: mapped(r.Days, func(d scheduling.RoundDay) RoundDay {
				return RoundDay{d.Date, mapped(d.Windows, windowOf), mapped(d.Breaks, windowOf)}
			}),
			Venues: mapped(r.Venues, func(v scheduling.Venue) Venue { return Venue(v) }),
			Travel: mapped(r.Travel, func(l scheduling.TravelLeg) TravelLeg { return TravelLeg(l) }),
			Tables: mapped(r.Tables, func(t scheduling.Table) Table {
				return Table{t.ID, t.Name, string(t.Kind), t.VenueID, t.EntrantID, t.Link}
			}),
			Plan: RoundPlan{moment(r.Plan.ProfilesAt), moment(r.Plan.RequestsAt), moment(r.Plan.SchedulingAt), moment(r.Plan.ClosesAt)},
			Limits: RoundLimits{r.Limits.Meetings, r.Limits.Requests, r.Limits.Musts, r.Limits.ExpireHours,
				r.Limits.Entrants, r.Limits.Approval, r.Limits.Public},
		},
	}
	if !by.Organises(r.ClusterIDs...) {
		for i := range out.Tables {
			out.Tables[i].Link, out.Tables[i].EntrantID = "", ""
		}
	}
	return out
}

func windowOf(w scheduling.Window) Window { return Window(w) }

// moment is t, or nothing for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// into writes what came in over r; whether it holds together is for the desk to
// say.
func (in RoundFields) into(r *scheduling.Round) error {
	w := wrong{}
	r.Slug, r.Title, r.About = in.Slug, w.text("title", in.Title), w.text("about", in.About)
	r.TripID, r.StopID = in.TripID, in.StopID
	r.EventID, r.ClusterIDs, r.Zone, r.Way = in.EventID, list(in.ClusterIDs), in.Zone, scheduling.RoundWay(in.Way)
	r.Contact, r.ContactEmail, r.Minutes, r.Buffer = in.Contact, in.ContactEmail, in.Minutes, in.Buffer
	r.Days = mapped(in.Days, func(d RoundDay) scheduling.RoundDay {
		back := func(w Window) scheduling.Window { return scheduling.Window(w) }
		return scheduling.RoundDay{Date: d.Date, Windows: mapped(d.Windows, back), Breaks: mapped(d.Breaks, back)}
	})
	r.Venues = mapped(in.Venues, func(v Venue) scheduling.Venue { return scheduling.Venue(v) })
	r.Travel = mapped(in.Travel, func(l TravelLeg) scheduling.TravelLeg { return scheduling.TravelLeg(l) })
	r.Tables = mapped(in.Tables, func(t Table) scheduling.Table {
		return scheduling.Table{ID: t.ID, Name: t.Name, Kind: scheduling.TableKind(t.Kind), VenueID: t.VenueID, EntrantID: t.EntrantID, Link: t.Link}
	})
	r.Plan = scheduling.RoundPlan{}
	for field, to := range map[string]*time.Time{"profiles_at": &r.Plan.ProfilesAt, "requests_at": &r.Plan.RequestsAt,
		"scheduling_at": &r.Plan.SchedulingAt, "closes_at": &r.Plan.ClosesAt} {
		*to = w.instant(field, or(in.Plan.at(field), time.Time{}))
	}
	l := in.Limits
	r.Limits = scheduling.RoundLimits{Meetings: l.Meetings, Requests: l.Requests, Musts: l.Musts, ExpireHours: l.ExpireHours,
		Entrants: l.Entrants, Approval: l.Approval, Public: l.Public}
	return w.problem()
}

func (p RoundPlan) at(field string) *time.Time {
	return map[string]*time.Time{"profiles_at": p.ProfilesAt, "requests_at": p.RequestsAt, "scheduling_at": p.SchedulingAt, "closes_at": p.ClosesAt}[field]
}

func entrant(e *scheduling.Entrant) Entrant {
	return Entrant{
		ID: e.ID, Revision: e.Rev, RoundID: e.RoundID, CompanyID: e.CompanyID, State: string(e.State), Paused: e.Paused, Name: e.Name,
		Country: e.Country, BusinessID: e.BusinessID, Website: e.Website, About: textOf(e.About), Offers: list(e.Offers), Needs: list(e.Needs),
		Tags: list(e.Tags), Countries: list(e.Countries), Reason: e.Reason, Entered: e.Created.UTC(),
		People: mapped(e.People, func(p scheduling.Delegate) Delegate {
			return Delegate{p.PersonID, p.Name, p.Title, list(p.Languages), p.Manages}
		}),
	}
}
