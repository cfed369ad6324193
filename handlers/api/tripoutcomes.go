package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// TripOutcomeFields are what one side says of a delegate's visit to a host.
type TripOutcomeFields struct {
	Step   string `json:"step" required:"false" enum:",none,contact,second_meeting,nda,pilot,agreement" doc:"How far it led; contact if left out"`
	Rating int    `json:"rating" required:"false" minimum:"0" maximum:"5" doc:"0: none given"`
	Note   string `json:"note" required:"false" maxLength:"2000" doc:"For the organisers"`
	Story  string `json:"story" required:"false" maxLength:"2000" doc:"In the delegate's words; a host tells none"`
	Quote  bool   `json:"quote" required:"false" doc:"The story may be quoted with the delegate's name"`
	Next   string `json:"next" required:"false" maxLength:"200" doc:"The next step; a host has none"`
	Owner  string `json:"owner" required:"false" maxLength:"64" doc:"Id of the person who takes it: a traveller of the delegate, a leader of the trip, or oneself"`
	Due    string `json:"due" required:"false" maxLength:"10" doc:"Until when, as 2006-01-02"`
	Done   bool   `json:"done" required:"false"`
}

// A TripOutcome is what one side said of a delegate's visit to a host.
type TripOutcome struct {
	Revision int64 `json:"revision"`
	HostSide bool  `json:"host_side" doc:"The host said it"`
	TripOutcomeFields
	AnsweredAt time.Time `json:"answered_at"`
}

// A TripRow is a delegate and a host that it met, with what the two said.
type TripRow struct {
	Delegate string       `json:"delegate" doc:"Key of the company or traveller"`
	Company  string       `json:"company" doc:"Name of the delegate"`
	HostID   string       `json:"host_id"`
	Host     string       `json:"host"`
	People   []string     `json:"traveller_ids" doc:"Who took part"`
	Furthest string       `json:"furthest" enum:",none,contact,second_meeting,nda,pilot,agreement" doc:"The highest step that a side names"`
	Disagree bool         `json:"disagree" doc:"The sides do not say the same"`
	Said     *TripOutcome `json:"said,omitempty" doc:"By the delegate"`
	HostSaid *TripOutcome `json:"host_said,omitempty"`
}

// A TripReport are the figures of a trip.
type TripReport struct {
	TripID  string         `json:"trip_id"`
	State   string         `json:"state"`
	Figures map[string]int `json:"figures" doc:"Each is the number of rows behind it"`
	Costs   TripCosts      `json:"costs"`
	At      time.Time      `json:"at" doc:"When it was counted"`
}

// TripCosts are what a trip was to cost, what it cost and who pays, in cents.
type TripCosts struct {
	Currency  string `json:"currency"`
	Seats     int    `json:"seats" doc:"Delegates who went, for whom lines of one seat are counted"`
	Planned   int64  `json:"planned"`
	Actual    int64  `json:"actual"`
	Companies int64  `json:"companies" doc:"Of the actual amount"`
	House     int64  `json:"house" doc:"The rest of it"`
}

// AskedCount is how many people get a mail.
type AskedCount struct {
	Count int `json:"count"`
}

func tripOutcome(o *scheduling.TripOutcome) *TripOutcome {
	if o == nil {
		return nil
	}
	return &TripOutcome{o.Rev, o.HostSide, TripOutcomeFields{string(o.Step), o.Rating, o.Note, o.Story, o.Quote, o.Next, o.Owner, o.Due, o.Done}, o.AnsweredAt.UTC()}
}

func tripRow(r *scheduling.TripRow) TripRow {
	return TripRow{r.Delegate.Key, r.Delegate.Name, r.Host.ID, r.Host.Name, mapped(r.People, func(v *scheduling.Traveller) string { return v.ID }),
		string(r.Furthest), r.Disagree, tripOutcome(r.Said), tripOutcome(r.HostSaid)}
}

func (a *API) tripOutcomeRoutes() {
	do := func(method, path, id, summary, about string) op {
		return op{method: method, path: path, id: id, summary: summary, about: about, subject: "trip-outcomes"}
	}
	add(a, do(http.MethodGet, "/trips/{id}/outcomes", "list-trip-outcomes", "List what came of a trip",
		"Of all delegates and the hosts that they met, by delegate."), a.listTripOutcomes)
	add(a, do(http.MethodPut, "/trips/{id}/outcomes/{host}/{delegate}", "save-trip-outcome", "Say what came of a delegate's visit to a host",
		"Saying it again changes it; what is left out gets its default."), a.saveTripOutcome)
	add(a, do(http.MethodPost, "/trips/{id}/outcomes/remind", "remind-trip-outcomes", "Ask those again who have not said what came of a trip",
		"At most once a day each."), a.remindTripOutcomes)
	add(a, do(http.MethodGet, "/trips/{id}/report", "get-trip-report", "Show the figures and costs of a trip", ""), a.getTripReport)
	add(a, do(http.MethodPost, "/trips/{id}/reported", "mark-trip-reported", "Say that a trip which is over has been reported", ""), a.markTripReported)
}

func (a *API) listTripOutcomes(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[TripRow], error) {
	g, err := a.cfg.Desk.TripGrid(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, g.Rows, "", tripRow), nil
}

// SaveTripOutcome names a delegate and a host, and what one of them says.
type SaveTripOutcome struct {
	ByID
	Host     string `path:"host" maxLength:"64"`
	Delegate string `path:"delegate" maxLength:"64"`
	Body     struct {
		HostSide bool `json:"host_side" required:"false" doc:"The host says it"`
		TripOutcomeFields
	}
}

func (a *API) saveTripOutcome(ctx context.Context, by scheduling.Actor, in *SaveTripOutcome) (*One[TripOutcome], error) {
	b := in.Body
	out, err := a.cfg.Desk.SaveTripOutcome(ctx, by, in.ID, in.Host, in.Delegate, b.HostSide, func(o *scheduling.TripOutcome) {
		o.Step, o.Rating, o.Note, o.Story, o.Quote = scheduling.Ladder(b.Step), b.Rating, b.Note, b.Story, b.Quote
		o.Next, o.Owner, o.Due, o.Done = b.Next, b.Owner, b.Due, b.Done
	})
	if err != nil {
		return nil, err
	}
	return one(out.Rev, *tripOutcome(out)), nil
}

func (a *API) remindTripOutcomes(ctx context.Context, by scheduling.Actor, in *ByID) (*One[AskedCount], error) {
	n, err := a.cfg.Desk.RemindTripOutcomes(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(0, AskedCount{n}), nil
}

func (a *API) getTripReport(ctx context.Context, by scheduling.Actor, in *ByID) (*One[TripReport], error) {
	rep, err := a.cfg.Desk.TripReport(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	out := TripReport{TripID: rep.Trip.ID, State: string(rep.Trip.State), Figures: map[string]int{}, At: rep.At.UTC(),
		Costs: TripCosts{rep.Trip.Currency, rep.Actual.Seats, rep.Planned.Total, rep.Actual.Total, rep.Actual.Companies, rep.Actual.House}}
	for _, f := range rep.Figures() {
		out.Figures[f.Key] = f.N
	}
	return one(rep.Trip.Rev, out), nil
}

func (a *API) markTripReported(ctx context.Context, by scheduling.Actor, in *ByID) (*One[TripReport], error) {
	if _, err := a.cfg.Desk.SetTripState(ctx, by, in.ID, scheduling.TripReported, ""); err != nil {
		return nil, err
	}
	return a.getTripReport(ctx, by, in)
}
