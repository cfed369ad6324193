package scheduling

import "kohtaamo/storage"

// CompanyKind says what sort of organisation a company is.
type CompanyKind string

// The kinds of company.
const (
	SME       CompanyKind = "sme"
	Large     CompanyKind = "large"
	Research  CompanyKind = "research"
	PublicOrg CompanyKind = "public"
	Financier CompanyKind = "financier"
)

// CompanyKinds are all of them, in the order of a form.
var CompanyKinds = []CompanyKind{SME, Large, Research, PublicOrg, Financier}

// A Company is an organisation that people come from.
type Company struct {
	storage.Meta `bson:",inline"`
	Name         string      `bson:"name"`
	Sort         string      `bson:"sort"` // the name in lower case: what lists are ordered by
	Kind         CompanyKind `bson:"kind"`
	BusinessID   string      `bson:"business_id,omitempty"`
	Country      string      `bson:"country"` // ISO 3166 alpha-2
	Municipality string      `bson:"municipality,omitempty"`
	Website      string      `bson:"website,omitempty"`
	Offers       string      `bson:"offers,omitempty"`
	Needs        string      `bson:"needs,omitempty"`
	Tags         []string    `bson:"tags,omitempty"`
	ClusterIDs   []string    `bson:"cluster_ids"` // that it belongs to
	Words        []string    `bson:"words"`       // for search
}

var companies = storage.NewCollection[Company]("companies",
	storage.UniqueIf("business_id"), storage.Ordered("sort"), storage.Ordered("kind", "sort"),
	storage.Many("cluster_ids"), storage.Many("tags"), storage.Many("words"))
