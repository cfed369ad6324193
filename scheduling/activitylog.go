package scheduling

import (
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
	Title        string    `bson:"title"`
	At           time.Time `bson:"at"`  // the day began, on the house's clock
	Day          string    `bson:"day"` // the same, 2006-01-02
	ClusterIDs   []string  `bson:"cluster_ids"`
	GroupID      string    `bson:"group_id,omitempty"`
	ProjectID    string    `bson:"project_id,omitempty"`
	CompanyIDs   []string  `bson:"company_ids,omitempty"`
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
	storage.Ordered("group_id", "at"), storage.Ordered("project_id", "at"), storage.Many("words"))
