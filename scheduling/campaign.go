package scheduling

import (
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// CampaignState is where a campaign stands.
type CampaignState string

// The states of a campaign.
const (
	CampaignDraft     CampaignState = "draft"
	CampaignScheduled CampaignState = "scheduled" // leaves at its time
	CampaignSending   CampaignState = "sending"
	CampaignPaused    CampaignState = "paused" // by somebody, or by the outbox: Why says so
	CampaignSent      CampaignState = "sent"
	CampaignCancelled CampaignState = "cancelled"
)

// CampaignStates are all of them, in their order.
var CampaignStates = []CampaignState{CampaignDraft, CampaignScheduled, CampaignSending, CampaignPaused, CampaignSent, CampaignCancelled}

// A Campaign is a newsletter to a mailing list, or an invitation to whoever its
// rules find. What it says and whom it goes to can be changed while it is a
// draft; from its beginning on both stand as they were then.
type Campaign struct {
	storage.Meta `bson:",inline"`
	Slug         string        `bson:"slug"` // of its page in the archive
	ClusterID    string        `bson:"cluster_id"`
	Reach        []string      `bson:"reach"`             // clusters whose people it may go to, its own first
	ListID       string        `bson:"list_id,omitempty"` // whose subscribers it goes to; none for an invitation
	State        CampaignState `bson:"state"`
	Subject      Text          `bson:"subject"`
	Body         Text          `bson:"body"` // Markdown with blocks and fields: see campaignText
	Readers      Readers       `bson:"readers"`
	ProjectID    string        `bson:"project_id,omitempty"` // funded, whose emblem it carries
	EventIDs     []string      `bson:"event_ids"`            // that its text shows, but for those to come

	At       time.Time `bson:"at"`                  // when it leaves, or began to
	ByName   string    `bson:"by_name,omitempty"`   // who had it sent
	Why      Cause     `bson:"why,omitempty"`       // of a paused one: why, where nobody asked for it
	PausedAt time.Time `bson:"paused_at,omitempty"` // since when
	EndedAt  time.Time `bson:"ended_at,omitempty"`  // when the last copy had left, or it was cancelled
	Shown    bool      `bson:"shown"`               // in the archive, while its list has one

	Begun  time.Time     `bson:"begun,omitempty"` // when its issue was pinned; zero before
	Place  audiencePlace `bson:"place"`           // how far the readers have been promised their copies
	People int           `bson:"people"`          // who were
	Left   int           `bson:"left"`            // whom the rules found and who get nothing
	Again  int           `bson:"again,omitempty"` // how often it was sent again to those it did not reach

	Results  *CampaignResults `bson:"results,omitempty"`  // of one whose copies are deleted
	Links    []string         `bson:"links,omitempty"`    // where its counted links lead, pinned with its issue; the first is 1
	Followed *FollowCounts    `bson:"followed,omitempty"` // what came of counting, once the readings are gone
}

// A Cause is why something happened that nobody asked for, for whoever reads of
// it in their own language: the key of a text, and what that mentions, names and
// values in turn.
type Cause struct {
	Key  string   `bson:"key,omitempty"`
	Args []string `bson:"args,omitempty"`
}

// causeOf keeps the words of a problem.
func causeOf(p *Problem) Cause {
	c := Cause{Key: p.Key}
	for _, a := range p.Args {
		c.Args = append(c.Args, fmt.Sprint(a))
	}
	return c
}

// In is c in the words of a language; "" of none.
func (c Cause) In(l *templates.Lang) string {
	if c.Key == "" {
		return ""
	}
	return l.Say(c.Key, c.Args)
}

var campaigns = storage.NewCollection[Campaign]("campaigns",
	storage.Unique("slug"), storage.Ordered("created"), storage.Ordered("cluster_id", "created"),
	storage.Ordered("state", "at"), storage.Ordered("shown", "at"), storage.Many("event_ids"))

// The limits of a campaign.
const (
	subjectLimit  = 150
	campaignLimit = 20_000 // runes of its text in one language
)

// Langs are the languages that c is written in: those with a subject and a
// text, sorted.
func (c *Campaign) Langs() []string {
	var out []string
	for lang, s := range c.Subject {
		if s != "" && c.Body[lang] != "" {
			out = append(out, lang)
		}
	}
	slices.Sort(out)
	return out
}

// ReadIn is the language in which somebody gets c who reads lang: that if it is
// there, else English, else the first there is.
func (c *Campaign) ReadIn(lang string) string {
	langs := c.Langs()
	for _, l := range []string{lang, "en"} {
		if slices.Contains(langs, l) {
			return l
		}
	}
	if len(langs) == 0 {
		return lang
	}
	return langs[0]
}

// Editable reports whether c can still be changed.
func (c *Campaign) Editable() bool { return c.State == CampaignDraft }

// Over reports whether c has come to its end.
func (c *Campaign) Over() bool { return c.State == CampaignSent || c.State == CampaignCancelled }

// ownedBy reports whether by organises all clusters that c reaches: nobody sees
// people of a cluster through somebody else's campaign.
func (c *Campaign) ownedBy(by Actor) bool {
	return !slices.ContainsFunc(c.Reach, func(id string) bool { return !by.Organises(id) })
}

// reachOf are the clusters that the rules name besides the campaign's own.
func (c *Campaign) reachOf() []string {
	out := []string{c.ClusterID}
	for _, r := range c.Readers.Rules {
		if r.Kind == RuleCluster && !slices.Contains(out, r.ID) {
			out = append(out, r.ID)
		}
	}
	return out
}
