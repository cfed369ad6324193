package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// ApplicationState is where a company's application for a trip stands.
type ApplicationState string

// The states of an application. Offered, accepted, committed, travelled and
// reported ones hold their seats.
const (
	ApplicationSubmitted   ApplicationState = "submitted"
	ApplicationShortlisted ApplicationState = "shortlisted"
	ApplicationReserve     ApplicationState = "reserve" // by rank: the next to be offered a seat that comes free
	ApplicationOffered     ApplicationState = "offered" // until its deadline
	ApplicationAccepted    ApplicationState = "accepted"
	ApplicationCommitted   ApplicationState = "committed" // it binds
	ApplicationTravelled   ApplicationState = "travelled"
	ApplicationReported    ApplicationState = "reported"
	ApplicationDeclined    ApplicationState = "declined" // by an organiser, or an offer by the company: EndedBy says who
	ApplicationExpired     ApplicationState = "expired"  // the offer was not answered in time
	ApplicationWithdrawn   ApplicationState = "withdrawn"
)

// ApplicationStates are all of them, in the order of a list.
var ApplicationStates = []ApplicationState{ApplicationSubmitted, ApplicationShortlisted, ApplicationOffered, ApplicationAccepted, ApplicationCommitted,
	ApplicationTravelled, ApplicationReported, ApplicationReserve, ApplicationDeclined, ApplicationExpired, ApplicationWithdrawn}

// Holds reports whether an application in the state holds its seats.
func (s ApplicationState) Holds() bool {
	return slices.Contains([]ApplicationState{ApplicationOffered, ApplicationAccepted, ApplicationCommitted, ApplicationTravelled, ApplicationReported}, s)
}

// Going reports whether those who apply travel, as far as is known.
func (s ApplicationState) Going() bool { return s.Holds() && s != ApplicationOffered }

// Live reports whether something can still come of it.
func (s ApplicationState) Live() bool {
	return s.Holds() || s == ApplicationSubmitted || s == ApplicationShortlisted || s == ApplicationReserve
}

// An Application is a company's wish for seats on a trip. A company has one
// live application for a trip.
type Application struct {
	storage.Meta `bson:",inline"`
	TripID       string           `bson:"trip_id"`
	Live         string           `bson:"live,omitempty"` // trip and company while it is live: there is one at most
	State        ApplicationState `bson:"state"`
	StateAt      time.Time        `bson:"state_at"`
	CompanyID    string           `bson:"company_id,omitempty"` // in the directory, once it is known there
	Company      string           `bson:"company"`
	Sort         string           `bson:"sort"`
	BusinessID   string           `bson:"business_id,omitempty"`
	Country      string           `bson:"country"`
	Website      string           `bson:"website,omitempty"`
	Name         string           `bson:"name"` // of the person who applies
	Email        string           `bson:"email"`
	Phone        string           `bson:"phone,omitempty"`
	Lang         string           `bson:"lang"`
	PersonID     string           `bson:"person_id,omitempty"`
	Seats        int              `bson:"seats"`  // that it wants; once offered, that it has
	Wanted       int              `bson:"wanted"` // seats that it asked for
	Motivation   string           `bson:"motivation"`
	Goals        string           `bson:"goals,omitempty"`    // what it wants to come home with
	Partners     string           `bson:"partners,omitempty"` // whom it wishes to meet
	Consents     []Consent        `bson:"consents,omitempty"` // to the trip's terms: see TermsConsent and CommitConsent
	Scores       []Score          `bson:"scores,omitempty"`
	Total        int              `bson:"total"`          // thousandths of what can be had, weighed; see score
	Rank         int              `bson:"rank,omitempty"` // in reserve, from 1
	OfferedAt    time.Time        `bson:"offered_at,omitempty"`
	Deadline     time.Time        `bson:"deadline,omitempty"` // of the offer
	EndedBy      string           `bson:"ended_by,omitempty"` // "company", "organiser", "deadline", "trip"
	Reason       string           `bson:"reason,omitempty"`

	Notes      []ApplicationNote    `bson:"notes,omitempty"` // of organisers, for each other
	Once       string               `bson:"once,omitempty"`  // of the form that made it: sent twice, it counts once
	Told       map[string]time.Time `bson:"told,omitempty"`  // mails that went out once, by their kind
	Generation int                  `bson:"generation"`      // of its links
	Words      []string             `bson:"words"`
}

// What a company agrees to in an application, each in the words it was shown.
const (
	TermsConsent  = "terms"      // when it applies
	CommitConsent = "commitment" // when it commits itself
)

// An ApplicationNote is what an organiser wrote down about an application.
type ApplicationNote struct {
	By   string    `bson:"by"` // person id
	Name string    `bson:"name"`
	At   time.Time `bson:"at"`
	Text string    `bson:"text"`
}

// A Score is what one reader gives an application by one criterion.
type Score struct {
	By        string `bson:"by"` // person id
	Name      string `bson:"name"`
	Criterion string `bson:"criterion"` // id
	Points    int    `bson:"points"`
	Note      string `bson:"note,omitempty"`
}

var applications = storage.NewCollection[Application]("trip_applications",
	storage.UniqueIf("live"), storage.Ordered("trip_id", "state", "sort"), storage.Ordered("trip_id", "sort"), storage.Ordered("trip_id", "total"),
	storage.Ordered("company_id"), storage.Ordered("person_id"), storage.Ordered("state", "deadline"), storage.Many("words"))

// held is how many seats a holds.
func (a *Application) held() int {
	if !a.State.Holds() {
		return 0
	}
	return a.Seats
}

// liveKey is what one live application of a company for a trip can have alone:
// the company in the directory, or else what it says of itself.
func (a *Application) liveKey() string {
	switch {
	case a.CompanyID != "":
		return a.TripID + "/" + a.CompanyID
	case a.BusinessID != "":
		return a.TripID + "/id/" + a.Country + "/" + a.BusinessID
	}
	return a.TripID + "/name/" + a.Country + "/" + a.Sort
}

// index sets what lists are sorted and searched by, and what makes a single.
func (a *Application) index() {
	a.Sort = strings.ToLower(a.Company)
	a.Words = words(a.Company, a.BusinessID, a.Name, a.Email)
	if a.Live = ""; a.State.Live() {
		a.Live = a.liveKey()
	}
}

// applicationsOf are all applications for a trip, by company.
func applicationsOf(tx *storage.Tx, tripID string) ([]*Application, error) {
	return applications.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}, Sort: "sort"})
}
