package scheduling

import (
	"time"

	"kohtaamo/storage"
)

// A Cluster is a community with members, groups, a public page, a sender of
// its mails, colours and languages.
type Cluster struct {
	storage.Meta `bson:",inline"`
	Slug         string   `bson:"slug"`
	Name         Text     `bson:"name"`
	About        Text     `bson:"about"` // Markdown
	Languages    []string `bson:"languages"`
	Zone         string   `bson:"zone"`                  // IANA name
	Sender       string   `bson:"sender,omitempty"`      // address its mails come from; empty: the house's
	ReplyTo      string   `bson:"reply_to,omitempty"`    // where answers go
	Colour       string   `bson:"colour,omitempty"`      // #rrggbb on paper
	DarkColour   string   `bson:"dark_colour,omitempty"` // #rrggbb in the dark
	Website      string   `bson:"website,omitempty"`
	Address      string   `bson:"postal_address,omitempty"` // postal, on one line: its mails say it
}

// A Project is what public money was given for. What belongs to it carries the
// emblem between its dates.
type Project struct {
	storage.Meta `bson:",inline"`
	Name         Text   `bson:"name"`
	Code         string `bson:"code"`
	From         string `bson:"from"`  // first day, 2006-01-02
	Until        string `bson:"until"` // last day
}

var (
	clusters = storage.NewCollection[Cluster]("clusters", storage.Unique("slug"))
	projects = storage.NewCollection[Project]("projects", storage.Unique("code"))
)

// Location is the zone of the cluster's wall clock; UTC if the name is unknown,
// which SaveCluster does not let in.
func (c *Cluster) Location() *time.Location {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}
