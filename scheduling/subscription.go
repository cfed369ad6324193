package scheduling

import (
	"cmp"
	"errors"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// SubState is how somebody stands to a list.
type SubState string

// The states of a subscription. Only Subscribed ones get anything.
const (
	Unconfirmed  SubState = "unconfirmed" // waits for the link in its mail
	Subscribed   SubState = "subscribed"
	Unsubscribed SubState = "unsubscribed"
	Bounced      SubState = "bounced"
	Complained   SubState = "complained"
)

// SubStates are all of them, in the order a page shows them.
var SubStates = []SubState{Subscribed, Unconfirmed, Unsubscribed, Bounced, Complained}

// A Subscription is how one address stands to one list: one document for both,
// however often it comes and goes, so that nothing undoes a leaving unseen. Its
// ID is made of both. The one without a list is about what is sent to many
// outside of lists, such as invitations: nobody is asked before, but they leave.
type Subscription struct {
	storage.Meta `bson:",inline"`
	ListID       string   `bson:"list_id"`
	Email        string   `bson:"email"` // lower case
	Name         string   `bson:"name,omitempty"`
	PersonID     string   `bson:"person_id,omitempty"`
	Lang         string   `bson:"lang"`
	State        SubState `bson:"state"`
	Generation   int      `bson:"generation"` // raised by each new asking and by leaving: older links to confirm stop working
	Proof        Proof    `bson:"proof"`
	Wish         *Proof   `bson:"wish,omitempty"` // asked for and not confirmed yet: the state stays what it is until then

	Tracking     bool     `bson:"tracking,omitempty"` // they allowed that openings and clicks are counted, each by themselves
	TrackingSaid *Consent `bson:"tracking_said,omitempty"`

	Since  time.Time `bson:"since"`            // when it came to this state
	Reason string    `bson:"reason,omitempty"` // of leaving, in the words of whoever left, or of the mail server

	Key   string   `bson:"key"`   // mailer.AddressKey: what is known against an address is found by it
	Words []string `bson:"words"` // what a search finds it by
}

// A Proof is how we know that somebody wanted to be on a list.
type Proof struct {
	Source    string    `bson:"source"`              // "form", "preferences", "import", "organiser", "registration"
	Asked     time.Time `bson:"asked"`               // when the wish came in
	Confirmed time.Time `bson:"confirmed,omitempty"` // when the link in the mail was used; zero without
	Wording   string    `bson:"wording"`             // the words they agreed to
	By        string    `bson:"by,omitempty"`        // who put them on the list, if not they themselves
}

// The sources of a Proof.
const (
	ProofForm        = "form"
	ProofPreferences = "preferences"
	ProofImport      = "import"
	ProofOrganiser   = "organiser"
)

var subscriptions = storage.NewCollection[Subscription]("subscriptions",
	storage.Ordered("list_id", "state"), storage.Ordered("list_id", "email"), storage.Ordered("email"), storage.Ordered("person_id"),
	storage.Ordered("key"), storage.Ordered("state", "since"), storage.Ordered("wish.asked"), storage.Ordered("tracking"), storage.Many("words"))

// On reports whether s gets what is sent to its list.
func (s *Subscription) On() bool { return s.State == Subscribed }

// become moves s to a state.
func (s *Subscription) become(to SubState, reason string, now time.Time) {
	if s.State != to {
		s.State, s.Since = to, now
	}
	s.Reason = reason
}

// confirmRest is how long an address is not written to again about one list,
// whoever asks for it; confirmKept is how long a wish waits for its link.
const (
	confirmRest = time.Hour
	confirmKept = 7 * 24 * time.Hour
)

// ask notes a wish that is not confirmed yet, and reports whether a mail has to
// ask for that. Who is on the list already, or was written to lately, gets none;
// who left stays so meanwhile, for anybody can type an address.
func (s *Subscription) ask(wish Proof) (mail bool) {
	switch {
	case s.State == Subscribed:
		return false
	case s.Wish != nil && wish.Asked.Before(s.Wish.Asked.Add(confirmRest)):
		return false
	case s.State == "":
		s.become(Unconfirmed, "", wish.Asked)
	}
	s.Generation++
	s.Wish = &wish
	return true
}

// confirm makes a wish of the generation come true, and reports whether it did
// so now. It is an error in words where the link is too old.
func (s *Subscription) confirm(generation int, now time.Time) (changed bool, err error) {
	if s.State == Subscribed && s.Generation == generation {
		return false, nil
	}
	if s.Wish == nil || s.Generation != generation || now.After(s.Wish.Asked.Add(confirmKept)) {
		return false, &Problem{Kind: Closed, Key: "lists.link_old"}
	}
	s.Wish.Confirmed = now
	s.join(*s.Wish, now)
	return true, nil
}

// join makes s one who gets what is sent.
func (s *Subscription) join(p Proof, now time.Time) {
	s.Proof, s.Wish = p, nil
	s.become(Subscribed, "", now)
}

// leave ends s by its reader's own wish, and reports whether that changed
// anything. Links to confirm that are still under way stop working.
func (s *Subscription) leave(reason string, now time.Time) bool {
	if s.State == Unsubscribed && s.Wish == nil || s.State == Complained {
		return false
	}
	s.Generation++
	s.Wish = nil
	s.become(Unsubscribed, reason, now)
	return true
}

// Listing is what adding an address by hand, or out of a file, comes to.
type Listing string

// The listings. Only of the first is anybody put on a list.
const (
	ListNew        Listing = "new"
	ListKnown      Listing = "known"      // on the list already
	ListLeft       Listing = "left"       // left it, or everything
	ListBounced    Listing = "bounced"    // mail does not arrive there
	ListComplained Listing = "complained" // called a mail of ours spam
	ListStopped    Listing = "stopped"    // an organiser stopped mail to it
	ListWrong      Listing = "wrong"      // there is a mistake in the line
)

// Listings are all of them, in the order a page shows them.
var Listings = []Listing{ListNew, ListKnown, ListLeft, ListBounced, ListComplained, ListStopped, ListWrong}

// listingOf says what becomes of an address that somebody else puts on a list: s
// is how it stands to that, nil if not at all, and against what is known against
// the address. Whoever left, bounced or complained stays away.
func listingOf(s *Subscription, against *mailer.Suppression) Listing {
	state := SubState("")
	if s != nil {
		state = s.State
	}
	switch {
	case state == Subscribed:
		return ListKnown
	case state == Complained || against.Hold(mailer.Complaint) != nil:
		return ListComplained
	case state == Unsubscribed || against.Hold(mailer.Left) != nil:
		return ListLeft
	case state == Bounced || against.Bounces():
		return ListBounced
	case against.Stops(true):
		return ListStopped
	}
	return ListNew
}

// subscriptionOf finds how an address stands to a list, or begins it.
func (d *Desk) subscriptionOf(tx *storage.Tx, listID, email string) (*Subscription, error) {
	s, err := subscriptions.Get(tx, d.subscriptionID(listID, email))
	if err == nil && s.nobody() {
		s.Email, s.Key, s.Name = email, mailer.AddressKey(email), "" // what it is now, if it is kept
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return s, err
	}
	s = &Subscription{Meta: storage.Meta{ID: d.subscriptionID(listID, email)}, ListID: listID, Email: email, Key: mailer.AddressKey(email)}
	rest, err := subscriptions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", email)}, Limit: 1})
	if len(rest) > 0 { // what they said of one counts for all
		s.Name, s.Lang, s.Tracking, s.TrackingSaid = rest[0].Name, rest[0].Lang, rest[0].Tracking, rest[0].TrackingSaid
	}
	return s, err
}

// keep writes s with what it is found by, and deletes what was counted of a
// reader who has withdrawn that or left.
func (s *Subscription) keep(tx *storage.Tx) error {
	if s.PersonID == "" {
		p, err := personByEmail(tx, s.Email)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err == nil {
			s.PersonID, s.Lang = p.ID, cmp.Or(s.Lang, p.Lang)
		}
	}
	s.Lang = cmp.Or(s.Lang, templates.Fallback)
	s.Words = words(s.Email, s.Name)
	if err := s.forgetReadings(tx); err != nil {
		return err
	}
	return subscriptions.Put(tx, s)
}

// subscriptionsOf are all of an address.
func subscriptionsOf(tx *storage.Tx, email string) ([]*Subscription, error) {
	return subscriptions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", email)}})
}

// RefusesDelivery says why a copy of what is sent to many must not leave any
// more: its reader has left since it was promised. "" lets it go.
func (d *Desk) RefusesDelivery(tx *storage.Tx, m *mailer.Delivery) (why string, err error) {
	email, _ := NormalEmail(m.To)
	s, err := subscriptions.Get(tx, d.subscriptionID(m.List, email))
	switch {
	case errors.Is(err, storage.ErrNotFound) && m.List == "":
		return "", nil
	case errors.Is(err, storage.ErrNotFound):
		return "its reader is not on the list", nil
	case err != nil:
		return "", err
	case !s.On():
		return "its reader stands to it as " + string(s.State), nil
	}
	return "", nil
}
