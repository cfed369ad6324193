package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/storage"
)

// maxApplications is how many companies can apply for one trip.
const maxApplications = 1000

// An ApplicationForm is what a company says when it applies for a trip, or
// edits what it said.
type ApplicationForm struct {
	Once                                  string // of the form, so that it counts once
	Company, BusinessID, Country, Website string
	Name, Email, Phone, Lang              string
	Seats                                 int
	Motivation, Goals, Partners           string
	Terms                                 bool // agreed to
}

// ApplyStanding says whether a trip takes applications now.
type ApplyStanding string

// The standings.
const (
	ApplyOpen   ApplyStanding = "open"
	ApplyEarly  ApplyStanding = "early"
	ApplyClosed ApplyStanding = "closed"
	ApplyOff    ApplyStanding = "off" // it does not take place
)

// ApplyStanding says whether companies can apply for t at a moment.
func (t *Trip) ApplyStanding(now time.Time) ApplyStanding {
	r := t.Selection
	switch {
	case t.Off():
		return ApplyOff
	case t.State != TripOpen && t.State != TripDraft, !r.ClosesAt.IsZero() && !now.Before(r.ClosesAt), !now.Before(t.Starts):
		return ApplyClosed
	case t.State == TripDraft, now.Before(r.OpensAt):
		return ApplyEarly
	}
	return ApplyOpen
}

// MaxSeats is how many seats one company can ask for.
func (t *Trip) MaxSeats() int {
	if n := t.Selection.PerCompany; n > 0 {
		return min(n, t.Selection.Seats)
	}
	return t.Selection.Seats
}

// An ApplyPage is a trip as somebody sees it who may apply.
type ApplyPage struct {
	Trip     *Trip
	Cluster  *Cluster // the first of its own
	Project  *Project // whose emblem it shows; nil for none
	Standing ApplyStanding
	Organise bool            // the reader may apply for others, outside the time for it
	Known    ApplicationForm // what is known of the reader
}

// ApplyPage gives a listed trip, by its slug, to whoever may apply for it.
func (d *Desk) ApplyPage(ctx context.Context, by Actor, slug string) (p *ApplyPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := trips.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
		if err != nil {
			return err
		}
		if !t.Listed && !by.Organises(t.ClusterIDs...) || t.Direction != Outgoing {
			return errHidden
		}
		p = &ApplyPage{Trip: t, Standing: t.ApplyStanding(tx.Now()), Organise: by.Organises(t.ClusterIDs...), Known: ApplicationForm{Seats: 1, Country: "FI"}}
		if len(t.ClusterIDs) > 0 {
			if p.Cluster, err = clusters.Get(tx, t.ClusterIDs[0]); err != nil {
				return err
			}
		}
		if p.Project, err = tripFunding(tx, t, tx.Now()); err != nil || p.Organise {
			return err
		}
		return p.Known.know(tx, by)
	})
	return p, err
}

// know fills in what the directory knows of a signed-in person.
func (in *ApplicationForm) know(tx *storage.Tx, by Actor) error {
	if !by.SignedIn() {
		return nil
	}
	p, err := people.Get(tx, by.ID)
	if err != nil {
		return ignoreMissing(err) // a token is no person
	}
	in.Name, in.Email, in.Phone = p.Name, p.Email, p.Phone
	if p.CompanyID == "" {
		return nil
	}
	c, err := companies.Get(tx, p.CompanyID)
	if err == nil {
		in.Company, in.BusinessID, in.Country, in.Website = c.Name, c.BusinessID, c.Country, c.Website
	}
	return ignoreMissing(err)
}

// Apply asks for seats on a trip in the name of a company. Sent twice, at once
// or later, it makes one application. Where the company has a live one already,
// made by another form, that one is given with again set, and its person is told
// that somebody applied anew: whoever sent the form must be told nothing of it.
// An organiser of the trip may apply for a company outside the time for it.
func (d *Desk) Apply(ctx context.Context, by Actor, tripID string, in ApplicationForm) (a *Application, again bool, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			t, err := d.tripToApply(tx, by, tripID)
			if err != nil {
				return err
			}
			if err := in.check(t, d.Texts.In(in.Lang).Code(), true); err != nil {
				return err
			}
			a, again, err = d.applyFor(tx, by, t, in)
			return err
		})
	})
	if err != nil {
		return nil, false, fmt.Errorf("apply for trip %s: %w", tripID, changedMeanwhile(err))
	}
	return a, again, nil
}

// tripToApply gives a trip that by may apply for now.
func (d *Desk) tripToApply(tx *storage.Tx, by Actor, id string) (*Trip, error) {
	t, err := trips.Get(tx, id)
	if err != nil {
		return nil, err
	}
	own := by.Organises(t.ClusterIDs...)
	if t.Direction != Outgoing || !t.Listed && !own {
		return nil, errHidden
	}
	switch standing := t.ApplyStanding(tx.Now()); {
	case standing == ApplyOpen, own && !t.Off() && t.State != TripDraft && !t.Past(TripLocked) && tx.Now().Before(t.Starts):
		return t, nil
	default:
		return nil, &Problem{Kind: Closed, Key: "application.standing." + string(standing)}
	}
}

// check cleans what was typed and says everything that is wrong with it.
func (in *ApplicationForm) check(t *Trip, lang string, fresh bool) error {
	f := faults{}
	for _, s := range []*string{&in.Company, &in.BusinessID, &in.Website, &in.Name, &in.Phone} {
		*s = cleanLine(*s)
	}
	in.Lang, in.Country, in.BusinessID = lang, upperCode(in.Country), strings.ToUpper(in.BusinessID)
	f.need("name", in.Name, lineLimit)
	f.limit("phone", in.Phone, lineLimit)
	f.limit("website", in.Website, lineLimit)
	if in.Website != "" && !webAddress(in.Website) {
		f.add("website", "problem.link")
	}
	if in.Seats < 1 || in.Seats > t.MaxSeats() {
		f.add("seats", "application.seats_range")
	}
	in.checkTexts(f)
	if fresh {
		in.checkCompany(f)
		in.Email = f.address("email", in.Email)
		if !t.Selection.Terms.Empty() && !in.Terms {
			f.add("terms", "application.terms_needed")
		}
	}
	return f.problem()
}

func (in *ApplicationForm) checkTexts(f faults) {
	in.Motivation, in.Goals, in.Partners = cleanText(in.Motivation), cleanText(in.Goals), cleanText(in.Partners)
	f.need("motivation", in.Motivation, answerLimit)
	f.limit("goals", in.Goals, answerLimit)
	f.limit("partners", in.Partners, answerLimit)
}

func (in *ApplicationForm) checkCompany(f faults) {
	f.need("company", in.Company, lineLimit)
	f.limit("business_id", in.BusinessID, 40)
	if !countryForm.MatchString(in.Country) {
		f.add("country", "company.country")
	}
	f.businessID("business_id", in.Country, &in.BusinessID)
}

// applyFor makes the application, or finds that of the same company.
func (d *Desk) applyFor(tx *storage.Tx, by Actor, t *Trip, in ApplicationForm) (*Application, bool, error) {
	a := in.application(t, tx.Now())
	if err := a.attach(tx, by); err != nil {
		return nil, false, err
	}
	a.index()
	found, err := a.sameLive(tx)
	if err != nil || found != nil {
		return found, found != nil && (in.Once == "" || found.Once != in.Once), d.tellAgain(tx, t, found, in)
	}
	n, err := applications.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}})
	if err != nil {
		return nil, false, err
	}
	if n >= maxApplications {
		return nil, false, &Problem{Kind: Full, Key: "application.too_many"}
	}
	if err := applications.Put(tx, a); err != nil {
		return nil, false, err
	}
	if err := d.log(tx, by, "application.submit", a.ID, t.ID, a.Company, ""); err != nil {
		return nil, false, err
	}
	return a, false, d.tellApplicant(tx, t, a, applicationReceived)
}

func (in *ApplicationForm) application(t *Trip, now time.Time) *Application {
	a := &Application{Meta: storage.Meta{ID: storage.NewID()}, TripID: t.ID, State: ApplicationSubmitted, StateAt: now,
		Company: in.Company, BusinessID: in.BusinessID, Country: in.Country, Website: in.Website, Name: in.Name, Email: in.Email, Phone: in.Phone, Lang: in.Lang,
		Seats: in.Seats, Wanted: in.Seats, Motivation: in.Motivation, Goals: in.Goals, Partners: in.Partners, Once: in.Once}
	if in.Terms {
		a.Consents = []Consent{{Purpose: TermsConsent, Given: true, At: now, Wording: t.Selection.Terms.In(in.Lang)}}
	}
	return a
}

// attach ties a to the company and the person that the directory knows. Nothing
// of the directory changes: what a stranger typed is no news of anybody.
func (a *Application) attach(tx *storage.Tx, by Actor) error {
	p, err := personByEmail(tx, a.Email)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if err == nil {
		a.PersonID = p.ID
	}
	c, err := companyMeant(tx, &Entrant{BusinessID: a.BusinessID, Name: a.Company, Country: a.Country})
	switch {
	case err == nil:
		a.CompanyID = c.ID
	case !errors.Is(err, storage.ErrNotFound):
		return err
	case p != nil && p.CompanyID != "" && p.ID == by.ID: // their own, whatever they call it
		a.CompanyID = p.CompanyID
	}
	return nil
}

// sameLive is the live application of a's company, known or not; nil for none.
// A company that once named its business id and once did not is the same.
func (a *Application) sameLive(tx *storage.Tx) (*Application, error) {
	found, err := applications.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", a.Live)}})
	if err == nil || !errors.Is(err, storage.ErrNotFound) {
		return found, err
	}
	alike, err := applications.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", a.TripID), storage.Is("sort", a.Sort)}})
	for _, o := range alike {
		if o.State.Live() && o.Country == a.Country && (o.BusinessID == "" || a.BusinessID == "" || o.BusinessID == a.BusinessID) {
			return o, nil
		}
	}
	return nil, err
}

// againRest is how long nobody is told anew that somebody applied again.
const againRest = time.Hour

// tellAgain tells the person behind an application that somebody applied for
// their company once more: they have the link, whoever typed that may be anybody.
func (d *Desk) tellAgain(tx *storage.Tx, t *Trip, a *Application, in ApplicationForm) error {
	if a == nil || in.Once != "" && a.Once == in.Once || tx.Now().Sub(a.Told[applicationAgain]) < againRest {
		return nil
	}
	if err := a.tell(tx, applicationAgain); err != nil {
		return err
	}
	return d.tellApplicant(tx, t, a, applicationAgain)
}

// tell notes that a mail of a kind goes out now.
func (a *Application) tell(tx *storage.Tx, kind string) error {
	told := map[string]time.Time{kind: tx.Now()}
	for k, at := range a.Told {
		if k != kind {
			told[k] = at
		}
	}
	a.Told = told
	return applications.Put(tx, a)
}
