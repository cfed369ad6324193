package mailer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A Suppression is what is known against an address. Its ID is a hash of the
// address, so that it outlives the erasure of a person without naming them.
type Suppression struct {
	storage.Meta `bson:",inline"`
	Holds        []Hold    `bson:"holds"`   // why mail does not go there, each cause once
	Strikes      []Strike  `bson:"strikes"` // refusals that may become a hold
	Reason       string    `bson:"reason"`  // what a mail server said last
	Mail         string    `bson:"mail,omitempty"`
	Last         time.Time `bson:"last"` // when anything of this changed

	// Kept in step with the holds, to ask for.
	Active   bool      `bson:"active"`             // there is one
	Causes   []string  `bson:"causes"`             // theirs
	Until    time.Time `bson:"until,omitempty"`    // when the first of them ends by itself
	Clusters []string  `bson:"clusters,omitempty"` // whose organisers may see it
	Fresh    bool      `bson:"fresh"`              // nobody has drawn conclusions from the newest one
}

// A Cause is why mail does not go to an address.
type Cause string

// The causes.
const (
	HardBounce Cause = "hard"      // there is no such mailbox
	SoftBounce Cause = "soft"      // it was full, or out of order, again and again
	Complaint  Cause = "complaint" // its reader called a mail of ours spam
	Manual     Cause = "manual"    // an organiser says so
	Left       Cause = "left"      // its reader wants nothing that is sent to many
)

// Causes are all of them, in the order a page shows them.
var Causes = []Cause{HardBounce, SoftBounce, Complaint, Left, Manual}

// Mends reports whether an organiser may lift a hold of this cause. What a
// reader decided is theirs alone to undo.
func (c Cause) Mends() bool { return c != Complaint && c != Left }

// A Scope is which mails a hold stops.
type Scope string

// The scopes.
const (
	ScopeAll  Scope = "all"
	ScopeBulk Scope = "newsletters" // what is sent to many: never invites, tickets or sign-in links
)

// A Source is how we know of something against an address.
type Source string

// The sources.
const (
	FromRelay     Source = "smtp"      // the answer to a mail
	FromReport    Source = "dsn"       // a mail that came back (RFC 3464)
	FromFeedback  Source = "arf"       // a complaint by way of the mail host (RFC 5965)
	FromReader    Source = "person"    // a link in a mail
	FromOrganiser Source = "organiser" // by hand
)

// A Hold keeps mail from an address.
type Hold struct {
	Cause  Cause     `bson:"cause"`
	Scope  Scope     `bson:"scope"`
	Source Source    `bson:"source"`
	Since  time.Time `bson:"since"`
	Until  time.Time `bson:"until,omitempty"` // ends by itself; never if zero
	Note   string    `bson:"note,omitempty"`  // in the words of the mail server, or of whoever did it
	By     string    `bson:"by,omitempty"`    // the organiser's name
}

// A Strike is one refusal for good.
type Strike struct {
	At     time.Time `bson:"at"`
	Soft   bool      `bson:"soft"`
	Source Source    `bson:"source"`
}

var suppressions = storage.NewCollection[Suppression]("mail_suppressions",
	storage.Ordered("active", "last"), storage.Ordered("fresh"), storage.Ordered("until"),
	storage.Many("causes"), storage.Many("clusters"))

const (
	hardLimit  = 2 // "no such mailbox", from two mails: one can be a relay's mistake
	softLimit  = 3 // "mailbox full" and the like, within softWindow
	hardWindow = 180 * 24 * time.Hour
	softWindow = 30 * 24 * time.Hour
	softRest   = 30 * 24 * time.Hour // how long a soft hold lasts
)

// AddressKey is the hash an address is remembered by. Local parts are compared
// without case: no mail host in use tells Aino from aino.
func AddressKey(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(address))))
	return hex.EncodeToString(sum[:16])
}

// Hold gives the hold of a cause; nil if there is none.
func (s *Suppression) Hold(c Cause) *Hold {
	if s == nil {
		return nil
	}
	if i := slices.IndexFunc(s.Holds, func(h Hold) bool { return h.Cause == c }); i >= 0 {
		return &s.Holds[i]
	}
	return nil
}

// Stops reports whether mail is kept from the address: one to many if bulk is
// set, any other if not.
func (s *Suppression) Stops(bulk bool) bool {
	return s != nil && slices.ContainsFunc(s.Holds, func(h Hold) bool { return bulk || h.Scope == ScopeAll })
}

// Bounces reports whether mail does not arrive at the address.
func (s *Suppression) Bounces() bool { return s.Hold(HardBounce) != nil || s.Hold(SoftBounce) != nil }

// hold adds a hold; one of the same cause is replaced.
func (s *Suppression) hold(h Hold) {
	s.Holds = slices.DeleteFunc(s.Holds, func(o Hold) bool { return o.Cause == h.Cause })
	s.Holds = append(s.Holds, h)
	s.Fresh = true
}

// lift takes holds away and what led to them, and reports whether there were any.
func (s *Suppression) lift(causes ...Cause) bool {
	had := len(s.Holds)
	s.Holds = slices.DeleteFunc(s.Holds, func(h Hold) bool { return slices.Contains(causes, h.Cause) })
	s.Strikes = slices.DeleteFunc(s.Strikes, func(k Strike) bool {
		return k.Soft && slices.Contains(causes, SoftBounce) || !k.Soft && slices.Contains(causes, HardBounce)
	})
	return len(s.Holds) < had
}

// strike counts a refusal, and holds the address if there were enough of them.
func (s *Suppression) strike(k Strike, note string) {
	s.Strikes = slices.DeleteFunc(s.Strikes, func(o Strike) bool {
		return o.Soft && k.At.Sub(o.At) > softWindow || k.At.Sub(o.At) > hardWindow
	})
	s.Strikes = append(s.Strikes, k)
	count := func(soft bool) (n int) {
		for _, o := range s.Strikes {
			if o.Soft == soft {
				n++
			}
		}
		return n
	}
	switch {
	case !k.Soft && count(false) >= hardLimit:
		s.hold(Hold{Cause: HardBounce, Scope: ScopeAll, Source: k.Source, Since: k.At, Note: note})
	case k.Soft && count(true) >= softLimit:
		s.hold(Hold{Cause: SoftBounce, Scope: ScopeAll, Source: k.Source, Since: k.At, Until: k.At.Add(softRest), Note: note})
	}
}

// inForce drops holds that have ended by now.
func (s *Suppression) inForce(now time.Time) {
	s.Holds = slices.DeleteFunc(s.Holds, func(h Hold) bool { return !h.Until.IsZero() && !now.Before(h.Until) })
	s.Active = len(s.Holds) > 0
}

// suppression is what is known against an address now; nil if nothing is.
func suppression(tx *storage.Tx, address string) (*Suppression, error) {
	s, err := suppressions.Get(tx, AddressKey(address))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s.inForce(tx.Now())
	return s, nil
}

// suppressionOf is suppression, or an empty one to write into.
func suppressionOf(tx *storage.Tx, address string) (*Suppression, error) {
	s, err := suppression(tx, address)
	if s == nil && err == nil {
		s = &Suppression{Meta: storage.Meta{ID: AddressKey(address)}}
	}
	return s, err
}

// keep writes s with what is asked for, or forgets it if nothing is left of it.
func (s *Suppression) keep(tx *storage.Tx) error {
	s.Active, s.Causes, s.Until = len(s.Holds) > 0, nil, time.Time{}
	for _, h := range s.Holds {
		s.Causes = append(s.Causes, string(h.Cause))
		if !h.Until.IsZero() && (s.Until.IsZero() || h.Until.Before(s.Until)) {
			s.Until = h.Until
		}
	}
	switch {
	case len(s.Holds)+len(s.Strikes) > 0:
		return suppressions.Put(tx, s)
	case s.Rev > 0:
		return suppressions.Delete(tx, s)
	}
	return nil
}

// sees adds a cluster whose organisers may see s.
func (s *Suppression) sees(clusters ...string) {
	for _, c := range clusters {
		if c != "" && !slices.Contains(s.Clusters, c) {
			s.Clusters = append(s.Clusters, c)
		}
	}
}

// An accusation is one refusal, with the mail that it is about.
type accusation struct {
	soft          bool
	source        Source
	reason        string
	mail, cluster string
}

// accuse counts a refusal for good against an address.
func accuse(tx *storage.Tx, address string, a accusation) (*Suppression, error) {
	s, err := suppressionOf(tx, address)
	if err != nil {
		return nil, err
	}
	s.strike(Strike{At: tx.Now(), Soft: a.soft, Source: a.source}, a.reason)
	s.Last, s.Reason = tx.Now(), a.reason
	if a.mail != "" {
		s.Mail = a.mail
	}
	s.sees(a.cluster)
	return s, s.keep(tx)
}

// absolve forgets what relays said against an address: one has taken a mail to
// it. What came back later stays, for a relay takes such mails too.
func absolve(tx *storage.Tx, address string) error {
	s, err := suppression(tx, address)
	if err != nil || s == nil {
		return err
	}
	before := len(s.Holds) + len(s.Strikes)
	s.Strikes = slices.DeleteFunc(s.Strikes, func(k Strike) bool { return k.Source == FromRelay })
	s.Holds = slices.DeleteFunc(s.Holds, func(h Hold) bool { return h.Source == FromRelay })
	if len(s.Holds)+len(s.Strikes) == before {
		return nil
	}
	s.Last, s.Fresh = tx.Now(), true
	return s.keep(tx)
}

// Suppressed tells what is known against an address; nil if nothing is.
func (o *Outbox) Suppressed(ctx context.Context, address string) (s *Suppression, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		s, err = suppression(tx, address)
		return err
	})
	return s, err
}

// SuppressedIn is Suppressed in a caller's transaction.
func (o *Outbox) SuppressedIn(tx *storage.Tx, address string) (*Suppression, error) {
	return suppression(tx, address)
}

// Allow lets mail go to an address again that bounced or that an organiser
// stopped. Mails already ended as Suppressed stay so; Resend sends them anew.
func (o *Outbox) Allow(ctx context.Context, address string) error {
	return o.DB.Update(ctx, func(tx *storage.Tx) error {
		_, err := o.Lift(tx, AddressKey(address), HardBounce, SoftBounce, Manual)
		if err != nil {
			return fmt.Errorf("allow a mail address: %w", err)
		}
		return nil
	})
}
