package api

import (
	"strconv"
	"time"

	"kohtaamo/scheduling"
)

// TripFields are what can be written about a delegation trip.
type TripFields struct {
	Slug         string       `json:"slug" required:"false" maxLength:"60" doc:"The end of its public address; made of the title where it is missing, and fixed once the trip is open"`
	Direction    string       `json:"direction" required:"false" enum:"outgoing,incoming" default:"outgoing" doc:"Who travels: companies of the house, or a delegation to it; stays what it was made as"`
	Title        Text         `json:"title"`
	Summary      Text         `json:"summary" required:"false" doc:"One line"`
	Body         Text         `json:"body" required:"false" doc:"Markdown"`
	Goals        Text         `json:"goals" required:"false" doc:"Markdown: what the trip is for"`
	ClusterIDs   []string     `json:"cluster_ids" required:"false" maxItems:"50"`
	ProjectID    string       `json:"project_id" required:"false" maxLength:"64" doc:"The funded project whose emblem it carries"`
	Zone         string       `json:"zone" maxLength:"64" example:"Europe/Helsinki" doc:"IANA name of the zone in which deadlines are read"`
	Stops        []TripStop   `json:"stops" minItems:"1" maxItems:"20" doc:"In the order of their days; one may begin on the day that the one before ends"`
	Contact      string       `json:"contact" required:"false" maxLength:"200"`
	ContactEmail string       `json:"contact_email" required:"false" maxLength:"254"`
	Seats        int          `json:"seats" required:"false" minimum:"0"`
	Minimum      int          `json:"minimum" required:"false" minimum:"0" doc:"Seats that have to be accepted for it to take place"`
	PerCompany   int          `json:"per_company" required:"false" minimum:"0" doc:"Seats that one company can have; 0: no limit"`
	OpensAt      *time.Time   `json:"opens_at,omitempty" required:"false" doc:"Applications are taken from here on, once it is open"`
	ClosesAt     *time.Time   `json:"closes_at,omitempty" required:"false" doc:"Applications are taken until then; the selection begins by itself"`
	OfferHours   int          `json:"offer_hours" required:"false" minimum:"0" doc:"To accept an offered seat; 72 where it is missing"`
	CommitBy     *time.Time   `json:"commit_by,omitempty" required:"false" doc:"What is accepted binds from here on"`
	Criteria     []Criterion  `json:"criteria" required:"false" maxItems:"20" doc:"What applications are scored by; published with the trip"`
	Terms        Text         `json:"terms" required:"false" doc:"Markdown: what a company commits to"`
	Fields       []string     `json:"fields" required:"false" maxItems:"20" doc:"What travellers are asked for after acceptance: diet, emergency, passport, rooming, access, phone"`
	DueAt        *time.Time   `json:"due_at,omitempty" required:"false" doc:"Travellers answer until then"`
	RetainDays   int          `json:"retain_days" required:"false" minimum:"0" doc:"In which the answers are kept after the last day"`
	Currency     string       `json:"currency" required:"false" maxLength:"3" example:"EUR" doc:"ISO 4217 code of its amounts"`
	LeaderIDs    []string     `json:"leader_ids" required:"false" maxItems:"20" doc:"People who lead it on the road; only those who organise or lead it see them"`
	Budget       []BudgetLine `json:"budget" required:"false" maxItems:"100" doc:"Only those who organise it see it"`
}

// A TripStop is a place that a trip stays at.
type TripStop struct {
	ID      string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a stop that there is; a new one gets its own"`
	Country string `json:"country" required:"false" maxLength:"2" doc:"ISO 3166 alpha-2 code"`
	City    string `json:"city" maxLength:"200"`
	Zone    string `json:"zone" maxLength:"64" example:"Europe/Madrid" doc:"IANA name of the zone of all that happens there"`
	From    string `json:"from" format:"date" doc:"First day there"`
	Until   string `json:"until" format:"date" doc:"Last day there"`
	About   Text   `json:"about" required:"false" doc:"Markdown"`
}

// A Criterion is what applications are scored by.
type Criterion struct {
	ID     string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a criterion that there is; a new one gets its own"`
	Name   Text   `json:"name"`
	Weight int    `json:"weight" minimum:"1" maximum:"10"`
	Max    int    `json:"max" minimum:"1" maximum:"100" doc:"The most points"`
}

// A BudgetLine is what something costs, in cents of the trip's currency.
type BudgetLine struct {
	ID      string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a line that there is; a new one gets its own"`
	Name    string `json:"name" maxLength:"200"`
	Planned int64  `json:"planned" minimum:"0"`
	Actual  int64  `json:"actual" required:"false" minimum:"0"`
	PerSeat bool   `json:"per_seat" required:"false" doc:"The amounts are those of one seat"`
	Share   int    `json:"share" minimum:"0" maximum:"100" doc:"Percent that companies pay"`
}

// A Trip is a delegation trip.
type Trip struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	State    string `json:"state" enum:"draft,open,selection,confirmed,locked,underway,completed,reported,cancelled,requested,screening,accepted,declined,programme,hosts_confirmed,published,visited"`
	TripFields
	Starts       time.Time `json:"starts" doc:"When its first day begins at its first stop"`
	Ends         time.Time `json:"ends" doc:"When its last day ends at its last stop"`
	Free         int       `json:"free" doc:"Seats that nobody holds"`
	SeatPrice    int64     `json:"seat_price" doc:"What a seat costs its company by the plan, in cents"`
	CancelReason string    `json:"cancel_reason,omitempty"`
	URL          string    `json:"url" doc:"Its page"`
}

// trip is t as by may see it: who leads it is for those who do or organise it,
// its budget for its organisers.
func (a *API) trip(by scheduling.Actor, t *scheduling.Trip) Trip {
	r := t.Selection
	_, planned, _ := t.Costs(0)
	out := Trip{
		ID: t.ID, Revision: t.Rev, State: string(t.State), Starts: t.Starts.UTC(), Ends: t.Ends.UTC(), Free: t.Free(), SeatPrice: planned.PerSeat(),
		CancelReason: t.CancelReason, URL: a.cfg.Desk.TripURL(t),
		TripFields: TripFields{
			Slug: t.Slug, Direction: string(t.Direction), Title: textOf(t.Title), Summary: textOf(t.Summary), Body: textOf(t.Body), Goals: textOf(t.Goals),
			ClusterIDs: list(t.ClusterIDs), ProjectID: t.ProjectID, Zone: t.Zone, Contact: t.Contact, ContactEmail: t.ContactEmail,
			Seats: r.Seats, Minimum: r.Minimum, PerCompany: r.PerCompany, OfferHours: r.OfferHours, Terms: textOf(r.Terms), Currency: t.Currency,
			OpensAt: moment(r.OpensAt), ClosesAt: moment(r.ClosesAt), CommitBy: moment(r.CommitBy), DueAt: moment(t.Asks.DueAt),
			Fields: list(t.Asks.Fields), RetainDays: t.Asks.RetainDays, LeaderIDs: []string{}, Budget: []BudgetLine{},
			Stops: mapped(t.Stops, func(s scheduling.Stop) TripStop {
				return TripStop{s.ID, s.Country, s.City, s.Zone, s.From, s.Until, textOf(s.About)}
			}),
			Criteria: mapped(r.Criteria, func(c scheduling.Criterion) Criterion { return Criterion{c.ID, textOf(c.Name), c.Weight, c.Max} }),
		},
	}
	if t.LedBy(by) {
		out.LeaderIDs = list(t.LeaderIDs)
	}
	if by.Organises(t.ClusterIDs...) {
		out.Budget = mapped(t.Budget, func(l scheduling.BudgetLine) BudgetLine { return BudgetLine(l) })
	}
	return out
}

// into writes what came in over t; whether it holds together is for the desk to
// say.
func (in TripFields) into(t *scheduling.Trip) error {
	w := wrong{}
	if t.Direction == "" {
		t.Direction = scheduling.TripDirection(in.Direction)
	}
	t.Slug, t.Title, t.Summary, t.Body, t.Goals = in.Slug, w.text("title", in.Title), w.text("summary", in.Summary), w.text("body", in.Body), w.text("goals", in.Goals)
	t.ClusterIDs, t.ProjectID, t.Zone, t.LeaderIDs = list(in.ClusterIDs), in.ProjectID, in.Zone, list(in.LeaderIDs)
	t.Contact, t.ContactEmail, t.Currency = in.Contact, in.ContactEmail, in.Currency
	t.Stops, t.Budget = nil, mapped(in.Budget, func(l BudgetLine) scheduling.BudgetLine { return scheduling.BudgetLine(l) })
	for i, s := range in.Stops {
		t.Stops = append(t.Stops, scheduling.Stop{ID: s.ID, Country: s.Country, City: s.City, Zone: s.Zone, From: s.From, Until: s.Until,
			About: w.text("stops."+strconv.Itoa(i)+".about", s.About)})
	}
	at := func(field string, p *time.Time) time.Time { return w.instant(field, or(p, time.Time{})) }
	t.Selection = scheduling.SelectionRules{Seats: in.Seats, Minimum: in.Minimum, PerCompany: in.PerCompany, OfferHours: in.OfferHours, Terms: w.text("terms", in.Terms),
		OpensAt: at("opens_at", in.OpensAt), ClosesAt: at("closes_at", in.ClosesAt), CommitBy: at("commit_by", in.CommitBy)}
	for i, c := range in.Criteria {
		t.Selection.Criteria = append(t.Selection.Criteria, scheduling.Criterion{ID: c.ID, Name: w.text("criteria."+strconv.Itoa(i)+".name", c.Name), Weight: c.Weight, Max: c.Max})
	}
	t.Asks = scheduling.TravellerAsks{Fields: list(in.Fields), DueAt: at("due_at", in.DueAt), RetainDays: in.RetainDays}
	return w.problem()
}
