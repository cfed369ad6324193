package scheduling

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// Role is what somebody may do somewhere.
type Role string

// The roles, from everything to little.
const (
	Administrator Role = "administrator" // everything
	Organiser     Role = "organiser"     // everything in their clusters
	Coordinator   Role = "coordinator"   // their group
	Door          Role = "door"          // check people in at the events of their clusters
)

// Roles are those a person can be given.
var Roles = []Role{Administrator, Organiser, Coordinator, Door}

// A Grant gives a role in one cluster or group. An administrator's has none.
type Grant struct {
	Role    Role   `bson:"role" json:"role"`
	Cluster string `bson:"cluster,omitempty" json:"cluster,omitempty"` // cluster id; empty: all of them
	Group   string `bson:"group,omitempty" json:"group,omitempty"`     // group id, for a coordinator
}

// An Actor is whoever asks for something: a person at a page, a program with a
// token, a link out of a mail, a job. The zero Actor is the public.
type Actor struct {
	ID     string  // person or token id
	Name   string  // as the audit log shows it
	Email  string  // of a signed-in person
	Lang   string  // the language they read
	Via    string  // "page", "api", "link", "job", "cli"
	Grants []Grant // none for the public
}

// System is the actor of the jobs that nobody started.
func System(job string) Actor {
	return Actor{Name: job, Via: "job", Grants: []Grant{{Role: Administrator}}}
}

// SignedIn reports whether somebody in particular asks.
func (a Actor) SignedIn() bool { return a.ID != "" }

// Administers reports whether a may do everything.
func (a Actor) Administers() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == Administrator })
}

// Has reports whether a has the role in some cluster at least, or administers.
func (a Actor) Has(r Role) bool {
	return a.Administers() || slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r })
}

// Organises reports whether a is an organiser of one of the clusters. Something
// without a cluster belongs to the organisers of all clusters.
func (a Actor) Organises(clusters ...string) bool { return a.holds(Organiser, clusters) }

// ChecksIn reports whether a may check people in at an event of the clusters.
func (a Actor) ChecksIn(clusters ...string) bool {
	return a.Organises(clusters...) || a.holds(Door, clusters)
}

func (a Actor) holds(r Role, clusters []string) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Role == Administrator ||
			g.Role == r && (g.Cluster == "" || slices.Contains(clusters, g.Cluster))
	})
}

// OrganisesAny reports whether a organises something somewhere.
func (a Actor) OrganisesAny() bool { return a.Has(Organiser) }

// ownClusters are the clusters that a is limited to; all says there is no limit.
func (a Actor) ownClusters(roles ...Role) (ids []string, all bool) {
	for _, g := range a.Grants {
		if g.Role == Administrator || slices.Contains(roles, g.Role) && g.Cluster == "" {
			return nil, true
		}
		if slices.Contains(roles, g.Role) {
			ids = append(ids, g.Cluster)
		}
	}
	return ids, false
}

// errHidden answers whoever may not see a thing exactly as if it did not exist.
var errHidden = storage.ErrNotFound

// A Desk is where the application's actions are asked for. All fields are set
// once, before the first call.
type Desk struct {
	DB      *storage.DB
	Outbox  *mailer.Outbox
	Texts   *templates.Texts
	Log     *slog.Logger
	BaseURL string    // without a slash at the end
	Key     []byte    // signs the links in mails; see HouseKey
	House   string    // what the whole house is called where no cluster is named
	Fetch   FetchFunc // gets calendars from the internet; without it none can be had
	Post    PostFunc  // tells webhooks; without it they wait

	// Inbound is the mailbox whose messages are handed to ReceiveMail; invites
	// then ask for answers to addresses in it. Empty: answers go to the contact
	// of the event. Authserv is the name under which the mail server in front of
	// it writes Authentication-Results; empty: nobody vouches for senders.
	Inbound, Authserv string

	// Elsewhere are the collections of other packages that know things about
	// persons: they are copied and erased with this one's.
	Elsewhere []PersonalStore

	feeds      Feeds
	catalogues Catalogues
	figures    figureMemo
}

// update runs fn in a transaction and says what was attempted if it fails.
// Problems pass as they are.
func (d *Desk) update(ctx context.Context, fn func(*storage.Tx) error) error {
	return d.DB.Update(ctx, fn)
}

// view runs fn to read.
func (d *Desk) view(ctx context.Context, fn func(*storage.Tx) error) error {
	return d.DB.View(ctx, fn)
}

// now is the database's clock, for questions asked outside a transaction.
func (d *Desk) now() time.Time { return d.DB.Now().UTC() }

// changedMeanwhile turns a stale revision into words.
func changedMeanwhile(err error) error {
	if errors.Is(err, storage.ErrConflict) {
		return &Problem{Kind: Changed, Key: "problem.changed"}
	}
	return err
}
