package scheduling

import (
	"encoding/base64"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A MailingList is what people subscribe to: the newsletter of a cluster, the
// news of a group, or a topic.
type MailingList struct {
	storage.Meta `bson:",inline"`
	Slug         string `bson:"slug"`
	Name         Text   `bson:"name"`
	About        Text   `bson:"about"` // what comes and how often, for whoever decides
	ClusterID    string `bson:"cluster_id"`
	GroupID      string `bson:"group_id,omitempty"` // the group whose news it is
	Topic        string `bson:"topic,omitempty"`    // a tag of companies whose people it suits
	Open         bool   `bson:"open"`               // anybody may subscribe; else organisers put people on it
	Archive      bool   `bson:"archive"`            // what went to it is shown to everybody
	Closed       bool   `bson:"closed"`             // nothing is sent to it any more
}

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

// A Subscription is how one address stands to one list: one document for both,
// however often it comes and goes, so that nothing undoes a leaving unseen. Its
// ID is made of both.
type Subscription struct {
	storage.Meta `bson:",inline"`
	ListID       string   `bson:"list_id"`
	Email        string   `bson:"email"` // lower case
	Name         string   `bson:"name,omitempty"`
	PersonID     string   `bson:"person_id,omitempty"`
	Lang         string   `bson:"lang"`
	State        SubState `bson:"state"`
	Generation   int      `bson:"generation"` // raised by each new asking: older links to confirm stop working
	Proof        Proof    `bson:"proof"`
	Tracking     bool     `bson:"tracking,omitempty"` // they allowed that openings and clicks are counted, each by themselves

	Since  time.Time `bson:"since"`            // when it came to this state
	Reason string    `bson:"reason,omitempty"` // of leaving, in the words of whoever left, or of the mail server
}

// A Proof is how we know that somebody wanted to be on a list.
type Proof struct {
	Source    string    `bson:"source"`              // "form", "import", "organiser", "registration"
	Asked     time.Time `bson:"asked"`               // when the wish came in
	Confirmed time.Time `bson:"confirmed,omitempty"` // when the link in the mail was used; zero without
	Wording   string    `bson:"wording"`             // the words they agreed to
	By        string    `bson:"by,omitempty"`        // who put them on the list, if not they themselves
}

var (
	mailingLists = storage.NewCollection[MailingList]("mailing_lists",
		storage.Unique("slug"), storage.Ordered("cluster_id", "slug"), storage.Ordered("group_id"))
	subscriptions = storage.NewCollection[Subscription]("subscriptions",
		storage.Ordered("list_id", "state"), storage.Ordered("email"), storage.Ordered("person_id"))
)

// subscriptionID is that of an address on a list.
func (d *Desk) subscriptionID(listID, email string) string {
	return d.uid("subscription", listID+"\x00"+email)
}

// LeaveURL is where one click takes an address off a list (RFC 8058); without a
// list, off everything that is sent to many. It takes a POST from anywhere, and
// shows people a button.
func (d *Desk) LeaveURL(email, listID string) string {
	return d.BaseURL + "/unsubscribe/" + d.subscriberLink("leave", email, listID)
}

// PreferencesURL is where whoever reads the mail of an address says what they want.
func (d *Desk) PreferencesURL(email string) string {
	return d.BaseURL + "/preferences/" + d.subscriberLink("preferences", email, "")
}

// subscriberLink signs an address and a list. The address itself is in the link,
// coded, so that it works for people of whom nothing is stored.
func (d *Desk) subscriberLink(purpose, email, listID string) string {
	id := base64.RawURLEncoding.EncodeToString([]byte(listID + "\x00" + email))
	return d.sign(purpose, id, 0)
}

// subscriberOf reads what subscriberLink wrote.
func (d *Desk) subscriberOf(purpose, link string) (email, listID string, ok bool) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed(purpose, id, 0, mac) {
		return "", "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	listID, email, ok = strings.Cut(string(raw), "\x00")
	return email, listID, ok && err == nil
}
