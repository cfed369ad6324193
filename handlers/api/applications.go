package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// ApplicationFields are what a company says in an application for a trip.
type ApplicationFields struct {
	Company    string `json:"company" maxLength:"200"`
	BusinessID string `json:"business_id" required:"false" maxLength:"40" doc:"Finnish ones are checked"`
	Country    string `json:"country" maxLength:"2" doc:"ISO 3166 alpha-2" example:"FI"`
	Website    string `json:"website" required:"false" maxLength:"200"`
	Name       string `json:"name" maxLength:"200" doc:"Of the person who applies"`
	Email      string `json:"email" maxLength:"254"`
	Phone      string `json:"phone" required:"false" maxLength:"200"`
	Lang       string `json:"lang" required:"false" maxLength:"8" doc:"Of the mails" example:"fi"`
	Motivation string `json:"motivation" maxLength:"5000"`
	Goals      string `json:"goals" required:"false" maxLength:"5000" doc:"What it wants to come home with"`
	Partners   string `json:"partners" required:"false" maxLength:"5000" doc:"Whom it wishes to meet"`
}

// An Application is a company's wish for seats on a trip.
type Application struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	TripID   string `json:"trip_id"`
	State    string `json:"state" enum:"submitted,shortlisted,reserve,offered,accepted,committed,travelled,reported,declined,expired,withdrawn"`
	ApplicationFields
	CompanyID string             `json:"company_id,omitempty" doc:"In the directory, where it is known there"`
	Seats     int                `json:"seats" doc:"That it wants; once offered, that it has"`
	Wanted    int                `json:"wanted" doc:"Seats that it asked for"`
	Total     int                `json:"total" doc:"Thousandths of what the criteria can give: the average of all readers, weighed"`
	Scores    []ApplicationScore `json:"scores"`
	Rank      int                `json:"rank,omitempty" doc:"In reserve, from 1"`
	Deadline  *time.Time         `json:"deadline,omitempty" doc:"Of the offer"`
	EndedBy   string             `json:"ended_by,omitempty" doc:"company, organiser, deadline or trip"`
	Reason    string             `json:"reason,omitempty"`
	Created   time.Time          `json:"created"`
}

// An ApplicationScore is what one reader gives by one criterion.
type ApplicationScore struct {
	Reader    string `json:"reader"`
	Criterion string `json:"criterion" doc:"Id, of the trip"`
	Points    int    `json:"points"`
	Note      string `json:"note,omitempty"`
}

func application(a *scheduling.Application) Application {
	return Application{a.ID, a.Rev, a.TripID, string(a.State),
		ApplicationFields{a.Company, a.BusinessID, a.Country, a.Website, a.Name, a.Email, a.Phone, a.Lang, a.Motivation, a.Goals, a.Partners},
		a.CompanyID, a.Seats, a.Wanted, a.Total,
		mapped(a.Scores, func(s scheduling.Score) ApplicationScore {
			return ApplicationScore{s.Name, s.Criterion, s.Points, s.Note}
		}), a.Rank, timeOf(a.Deadline), a.EndedBy, a.Reason, a.Created.UTC()}
}

func (a *API) applicationRoutes() {
	const all = "/trips/{id}/applications"
	const one = all + "/{application}"
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "applications"}
	}
	add(a, do(http.MethodGet, all, "list-applications", "List the applications for a trip"), a.listApplications)
	o := do(http.MethodPost, all, "create-application", "Apply for seats on a trip")
	o.status, o.about = http.StatusCreated, "A company has one live application for a trip: applying again answers with it. Its person gets a link by mail."
	add(a, o, a.createApplication)
	add(a, do(http.MethodGet, one, "get-application", "Show an application"), a.getApplication)
	o = do(http.MethodPost, one+"/scores", "score-application", "Score an application by the trip's criteria")
	o.about = "The points replace those that the token gave before."
	add(a, o, a.scoreApplication)
	o = do(http.MethodPost, one+"/decision", "decide-application", "Shortlist, offer seats, put in reserve, decline")
	o.about = "An offer holds its seats until the deadline; after it they go to the next in reserve."
	add(a, o, a.decideApplication)
	add(a, do(http.MethodPost, one+"/deadline", "extend-offer", "Change the deadline of an offer"), a.extendOffer)
	o = do(http.MethodPost, all+"/next", "offer-next", "Offer free seats to the first in reserve")
	add(a, o, a.offerNext)
}

// ListApplications chooses applications.
type ListApplications struct {
	ByID
	State string `query:"state" enum:"submitted,shortlisted,reserve,offered,accepted,committed,travelled,reported,declined,expired,withdrawn"`
	Q     string `query:"q" maxLength:"200" doc:"Beginnings of words of the company, the person, the address"`
	Sort  string `query:"sort" enum:"total,company,created,rank" default:"total"`
}

func (a *API) listApplications(ctx context.Context, by scheduling.Actor, in *ListApplications) (*Listed[Application], error) {
	p, err := a.cfg.Desk.Applications(ctx, by, in.ID, scheduling.ApplicationFilter{State: scheduling.ApplicationState(in.State), Text: in.Q, Sort: in.Sort})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Applications, "", application), nil
}

// CreateApplication applies for a company.
type CreateApplication struct {
	ByID
	Body struct {
		ApplicationFields
		Seats int  `json:"seats" minimum:"1" maximum:"1000"`
		Terms bool `json:"terms" required:"false" doc:"The company agreed to the trip's terms; needed where it has some"`
	}
}

func (a *API) createApplication(ctx context.Context, by scheduling.Actor, in *CreateApplication) (*One[Application], error) {
	b, who := in.Body, callerIn(ctx)
	// Only organisers learn here whether a company has applied: see Apply.
	if _, err := a.cfg.Desk.Applications(ctx, by, in.ID, scheduling.ApplicationFilter{}); err != nil {
		return nil, err
	}
	out, _, err := a.cfg.Desk.Apply(ctx, by, in.ID, scheduling.ApplicationForm{Once: who.made(), Company: b.Company, BusinessID: b.BusinessID, Country: b.Country, Website: b.Website,
		Name: b.Name, Email: b.Email, Phone: b.Phone, Lang: cmp.Or(b.Lang, who.lang.Code()), Seats: b.Seats, Motivation: b.Motivation, Goals: b.Goals, Partners: b.Partners, Terms: b.Terms})
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/trips/"+in.ID+"/applications/"+out.ID, application(out)), nil
}

// OneApplication names an application of a trip.
type OneApplication struct {
	ByID
	Application string `path:"application" maxLength:"200"`
}

func (a *API) getApplication(ctx context.Context, by scheduling.Actor, in *OneApplication) (*One[Application], error) {
	p, err := a.cfg.Desk.Application(ctx, by, in.ID, in.Application)
	if err != nil {
		return nil, err
	}
	return one(p.Application.Rev, application(p.Application)), nil
}

// afterApplication answers a change with the application as it stands then.
func (a *API) afterApplication(ctx context.Context, by scheduling.Actor, in OneApplication, err error) (*One[Application], error) {
	if err != nil {
		return nil, err
	}
	return a.getApplication(ctx, by, &in)
}

// ScoreApplication is what a reader gives.
type ScoreApplication struct {
	OneApplication
	Body struct {
		Scores []struct {
			Criterion string `json:"criterion" maxLength:"64" doc:"Id"`
			Points    int    `json:"points" minimum:"0"`
			Note      string `json:"note" required:"false" maxLength:"2000"`
		} `json:"scores" maxItems:"50"`
	}
}

func (a *API) scoreApplication(ctx context.Context, by scheduling.Actor, in *ScoreApplication) (*One[Application], error) {
	points := map[string]scheduling.ScoreInput{}
	for _, s := range in.Body.Scores {
		points[s.Criterion] = scheduling.ScoreInput{Points: s.Points, Note: s.Note}
	}
	return a.afterApplication(ctx, by, in.OneApplication, a.cfg.Desk.ScoreApplication(ctx, by, in.ID, in.Application, points))
}

// DecideApplication is a decision.
type DecideApplication struct {
	OneApplication
	Body struct {
		State  string     `json:"state" enum:"shortlisted,offered,reserve,accepted,declined"`
		Seats  int        `json:"seats" required:"false" minimum:"0" maximum:"1000" doc:"To offer; 0: as many as it wants"`
		Until  *time.Time `json:"until" required:"false" doc:"Deadline of an offer; else as the trip's rules say"`
		Reason string     `json:"reason" required:"false" maxLength:"2000" doc:"Of declining; the company reads it"`
		Tell   bool       `json:"tell" required:"false" doc:"Tell a company that it is shortlisted; of all else it is told always"`
	}
}

func (a *API) decideApplication(ctx context.Context, by scheduling.Actor, in *DecideApplication) (*One[Application], error) {
	b, w := in.Body, wrong{}
	d := scheduling.Decision{State: scheduling.ApplicationState(b.State), Seats: b.Seats, Reason: b.Reason, Tell: b.Tell}
	if b.Until != nil {
		d.Until = w.instant("until", *b.Until)
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	_, err := a.cfg.Desk.DecideApplications(ctx, by, in.ID, []string{in.Application}, d)
	return a.afterApplication(ctx, by, in.OneApplication, err)
}

// ExtendOffer is a new deadline.
type ExtendOffer struct {
	OneApplication
	Body struct {
		Until time.Time `json:"until"`
	}
}

func (a *API) extendOffer(ctx context.Context, by scheduling.Actor, in *ExtendOffer) (*One[Application], error) {
	w := wrong{}
	until := w.instant("until", in.Body.Until)
	if err := w.problem(); err != nil {
		return nil, err
	}
	return a.afterApplication(ctx, by, in.OneApplication, a.cfg.Desk.ExtendOffer(ctx, by, in.ID, in.Application, until))
}

// OfferNext offers seats to the first in reserve.
type OfferNext struct {
	ByID
	Body *struct {
		Seats int `json:"seats" required:"false" minimum:"0" maximum:"1000" doc:"Fewer than it wants; 0: as many"`
	}
}

func (a *API) offerNext(ctx context.Context, by scheduling.Actor, in *OfferNext) (*One[Application], error) {
	seats := 0
	if in.Body != nil {
		seats = in.Body.Seats
	}
	out, err := a.cfg.Desk.OfferNext(ctx, by, in.ID, seats)
	if err != nil {
		return nil, err
	}
	return one(out.Rev, application(out)), nil
}
