package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A WorkKind says what kind of work a Work is.
type WorkKind string

// The kinds of work that are written down, beside what Kohtaamo counts by itself.
const (
	WorkCall       WorkKind = "call"
	WorkVisit      WorkKind = "visit" // to a company or a partner
	WorkMeeting    WorkKind = "meeting"
	WorkFair       WorkKind = "fair"
	WorkMarketScan WorkKind = "market_scan"
	WorkService    WorkKind = "service" // advice, matchmaking by hand, a laboratory found
	WorkArticle    WorkKind = "article"
	WorkVideo      WorkKind = "video"
	WorkPost       WorkKind = "post" // in a social network
	WorkOther      WorkKind = "other"
)

// WorkKinds are all of them, in the order of a form.
var WorkKinds = []WorkKind{WorkCall, WorkVisit, WorkMeeting, WorkFair, WorkMarketScan, WorkService, WorkArticle, WorkVideo, WorkPost, WorkOther}

// Personal reports whether such work is a contact with a person.
func (k WorkKind) Personal() bool { return k == WorkCall || k == WorkVisit || k == WorkMeeting }

// Published reports whether such work is something that others read or watch.
func (k WorkKind) Published() bool { return k == WorkArticle || k == WorkVideo || k == WorkPost }

// A Work is one entry of the activity log.
type Work struct {
	storage.Meta `bson:",inline"`
	Kind         WorkKind  `bson:"kind"`
	Title        string    `bson:"title"` // may be empty where Kind and the companies say enough
	At           time.Time `bson:"at"`    // the day began, on the house's clock
	Day          string    `bson:"day"`   // the same, 2006-01-02
	ClusterIDs   []string  `bson:"cluster_ids"`
	GroupID      string    `bson:"group_id,omitempty"`
	ProjectID    string    `bson:"project_id,omitempty"`
	CompanyIDs   []string  `bson:"company_ids,omitempty"` // those of the people among them
	PersonIDs    []string  `bson:"person_ids,omitempty"`
	Country      string    `bson:"country,omitempty"` // that it was about, ISO 3166 alpha-2
	Reach        int       `bson:"reach,omitempty"`   // readers or viewers, where they were counted
	Link         string    `bson:"link,omitempty"`
	Note         string    `bson:"note,omitempty"`
	ByID         string    `bson:"by_id,omitempty"` // who did it: person
	ByName       string    `bson:"by_name,omitempty"`
	Words        []string  `bson:"words"`
}

var works = storage.NewCollection[Work]("activity_log",
	storage.Ordered("at"), storage.Ordered("kind", "at"), storage.Many("cluster_ids"), storage.Many("company_ids"), storage.Many("person_ids"),
	storage.Ordered("group_id", "at"), storage.Ordered("project_id", "at"), storage.Ordered("by_id", "at"), storage.Many("words"))

// The limits of an entry.
const (
	maxWorkParties = 60 // companies, and people
	maxReach       = 1_000_000_000
)

// check cleans w and says everything that is wrong with it by itself.
func (w *Work) check(today string) error {
	f := faults{}
	w.Title, w.Link, w.Note, w.Country = cleanLine(w.Title), cleanLine(w.Link), cleanText(w.Note), strings.ToUpper(cleanLine(w.Country))
	w.CompanyIDs, w.PersonIDs = distinct(w.CompanyIDs), distinct(w.PersonIDs)
	f.limit("title", w.Title, titleLimit)
	f.limit("note", w.Note, answerLimit)
	if !slices.Contains(WorkKinds, w.Kind) {
		f.add("kind", "problem.choice")
	}
	if w.Title == "" && (!w.Kind.Personal() || len(w.CompanyIDs)+len(w.PersonIDs) == 0) {
		f.add("title", "problem.required")
	}
	if w.At = midnight(w.Day, zoneOf(HouseZone)); w.At.IsZero() {
		f.add("day", "problem.date")
	} else if w.Day > today {
		f.add("day", "activitylog.future")
	}
	if w.Link != "" && !webAddress(w.Link) {
		f.add("link", "problem.link")
	}
	if w.Country != "" && !countryForm.MatchString(w.Country) {
		f.add("country", "company.country")
	}
	if w.Reach < 0 || w.Reach > maxReach {
		f.add("reach", "problem.number")
	}
	if len(w.CompanyIDs) > maxWorkParties {
		f.add("companies", "activitylog.too_many")
	}
	if len(w.PersonIDs) > maxWorkParties {
		f.add("people", "activitylog.too_many")
	}
	w.index()
	return f.problem()
}

// index sets what the log is searched by.
func (w *Work) index() { w.Words = words(w.Title, w.Note, w.ByName) }

// distinct are the strings of a list that say something, each once.
func distinct(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// take copies what an organiser may edit.
func (w *Work) take(in *Work) {
	w.Kind, w.Title, w.At, w.Day, w.ClusterIDs = in.Kind, in.Title, in.At, in.Day, in.ClusterIDs
	w.GroupID, w.ProjectID, w.CompanyIDs, w.PersonIDs = in.GroupID, in.ProjectID, in.CompanyIDs, in.PersonIDs
	w.Country, w.Reach, w.Link, w.Note = in.Country, in.Reach, in.Link, in.Note
	w.index()
}

// meetByWork keeps the encounters that w makes: with each of its companies, and
// each of its people who are of none.
func meetByWork(tx *storage.Tx, w *Work) error {
	var who []party
	for _, id := range w.CompanyIDs {
		who = append(who, party{companyID: id})
	}
	found, err := byIDs(tx, people.Get, w.PersonIDs)
	if err != nil {
		return err
	}
	for _, p := range found {
		x := party{personID: p.ID}
		if slices.Contains(w.CompanyIDs, p.CompanyID) {
			x.companyID = p.CompanyID
		}
		who = append(who, x)
	}
	return keepEncounters(tx, happening{string(w.Kind), w.ID, w.At, w.Kind.Personal()}, who)
}
