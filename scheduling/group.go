package scheduling

import "kohtaamo/storage"

// A Group is a working group, an advisory board or a B2B group of a cluster.
// An event may be for its members only.
type Group struct {
	storage.Meta `bson:",inline"`
	Slug         string   `bson:"slug"`
	ClusterID    string   `bson:"cluster_id"`
	Kind         string   `bson:"kind"` // "working", "board", "b2b"
	Name         Text     `bson:"name"`
	About        Text     `bson:"about"`
	Members      []string `bson:"members"`         // person ids of the present ones
	Terms        []Term   `bson:"terms,omitempty"` // who is and was what in it; see keepGroup
}

// GroupKinds are the kinds of Group.
var GroupKinds = []string{"working", "board", "b2b"}

var groups = storage.NewCollection[Group]("groups",
	storage.Unique("slug"), storage.Ordered("cluster_id", "slug"), storage.Many("members"))
