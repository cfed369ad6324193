package mailer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A Sheet is what an issue says in one language, laid out once for all its
// readers. Where readers differ it has gaps, written {{name}}: letters, digits
// and underscores. A gap takes its words from the delivery's Params, escaped in
// the HTML and on one line in the subject; {{unsubscribe}} is the delivery's own
// unless a Param says otherwise. A gap that begins a link of the HTML takes an
// address that a mail may lead to. A gap of which the Params know nothing is an
// error that fails that one delivery before anything of it is sent.
type Sheet struct {
	Subject string `bson:"subject"`
	HTML    string `bson:"html"` // a whole page, as mail programs show it
	Text    string `bson:"text"`
	Lang    string `bson:"lang,omitempty"` // where it is not its name in the issue
}

// IssueState is whether an issue's deliveries may leave.
type IssueState string

// The states of an issue.
const (
	IssueSending   IssueState = "sending"
	IssuePaused    IssueState = "paused"
	IssueCancelled IssueState = "cancelled"
)

// An Issue is the content of a bulk mail, pinned before the first of its
// deliveries leaves: what it says, and who it comes from, never changes. One
// issue goes to many readers, a Delivery each.
type Issue struct {
	storage.Meta `bson:",inline"`
	Kind         string           `bson:"kind"`              // what it is, "campaign"
	Ref          string           `bson:"ref"`               // the document it was made from
	Cluster      string           `bson:"cluster,omitempty"` // whose organisers may see it
	From         string           `bson:"from"`              // the outbox's own if empty
	FromName     string           `bson:"from_name,omitempty"`
	ReplyTo      string           `bson:"reply_to,omitempty"`
	ListID       string           `bson:"list_id,omitempty"` // RFC 2919, without angle brackets
	Sheets       map[string]Sheet `bson:"sheets"`            // by language, or by a name that deliveries say
	Lang         string           `bson:"lang"`              // of readers whose language is not there
	State        IssueState       `bson:"state"`
	PerMinute    int              `bson:"per_minute,omitempty"` // at most so many leave in a minute; 0: no limit of its own
	NotBefore    time.Time        `bson:"not_before"`
	Expires      time.Time        `bson:"expires"`       // deliveries that come too late end as Expired; two days after NotBefore if zero
	Why          string           `bson:"why,omitempty"` // a paused one: why, where nobody asked for it

	// Open is the outbox's own: deliveries may be left that have not come to their end.
	Open bool `bson:"open"`
}

// A Delivery is one reader's copy of an issue. Its ID is the issue's and the
// reader's key, so the same reader is promised one copy however often that is
// asked for. Whoever adds deliveries sets To and what else is above the line.
type Delivery struct {
	storage.Meta `bson:",inline"`
	Issue        string            `bson:"issue"`
	Person       string            `bson:"person,omitempty"` // id, where the reader is one we know
	List         string            `bson:"list,omitempty"`   // id of the mailing list that the reader is on
	To           string            `bson:"to"`
	ToName       string            `bson:"to_name,omitempty"`
	Lang         string            `bson:"lang"`
	Sheet        string            `bson:"sheet,omitempty"`  // of the issue's, where it is not the one of Lang
	Params       map[string]string `bson:"params,omitempty"` // words of the gaps
	Unsubscribe  string            `bson:"unsubscribe"`      // https address that takes the POST of RFC 8058

	// ---- the outbox's own ----

	State     State     `bson:"state"`
	Tries     int       `bson:"tries"`
	LastCode  int       `bson:"last_code,omitempty"`
	LastError string    `bson:"last_error,omitempty"`
	SentAt    time.Time `bson:"sent_at"`
	Due       time.Time `bson:"due"` // not before
}

var (
	issues     = storage.NewCollection[Issue]("mail_issues", storage.Ordered("state", "created"), storage.Ordered("open", "created"), storage.Ordered("ref"))
	deliveries = storage.NewCollection[Delivery]("mail_deliveries",
		storage.Ordered("issue", "state", "due"))
)

// DeliveryKey is the ID of the copy of an issue that goes to an address.
func DeliveryKey(issue, address string) string { return issue + "/" + AddressKey(address)[:20] }

// sheet is the name of what d is made from.
func (d *Delivery) sheet() string { return cmp.Or(d.Sheet, d.Lang) }

// messageID is the same at every try, and tells which delivery it is of.
func (d *Delivery) messageID(domain string) string {
	return strings.Replace(d.ID, "/", ".", 1) + "@" + domain
}

// issueLife is how long an issue that says nothing else is worth sending.
const issueLife = 48 * time.Hour

// Pin keeps an issue, paused or sending. An issue that exists already stays as
// it is: two that pin it at once mean the same.
func (o *Outbox) Pin(tx *storage.Tx, i *Issue) error {
	switch _, err := issues.Get(tx, i.ID); {
	case err == nil:
		return nil
	case !errors.Is(err, storage.ErrNotFound):
		return err
	}
	if i.ID == "" || len(i.Sheets) == 0 {
		return errors.New("an issue needs a key and something to say")
	}
	if i.From == "" {
		i.From = o.From.Email
	}
	if i.NotBefore.IsZero() {
		i.NotBefore = tx.Now()
	}
	if i.Expires.IsZero() {
		i.Expires = i.NotBefore.Add(issueLife)
	}
	if i.State == "" {
		i.State = IssueSending
	}
	i.Open = true
	return issues.Put(tx, i)
}

// Deliver promises copies of an issue, a thousand in one transaction at most.
// Readers who were promised one are passed over. It returns how many are new. An
// address that is none is an error that wraps ErrAddress: check them before. Of
// an issue that is cancelled or out of date, copies have come to their end at
// once.
func (o *Outbox) Deliver(tx *storage.Tx, issue string, ds []Delivery) (added int, err error) {
	i, err := issues.Get(tx, issue)
	if err != nil {
		return 0, err
	}
	for _, d := range ds {
		if d.To, err = ParseAddress(d.To); err != nil {
			return added, fmt.Errorf("deliver issue %s: %w", issue, err)
		}
		d.ID, d.Issue = DeliveryKey(issue, d.To), issue
		switch _, err := deliveries.Get(tx, d.ID); {
		case err == nil:
			continue
		case !errors.Is(err, storage.ErrNotFound):
			return added, err
		}
		d.State, d.Due = i.first(tx.Now()), i.NotBefore
		if err := deliveries.Put(tx, &d); err != nil {
			return added, err
		}
		added++
	}
	return added, nil
}

// first is the state of a delivery that is promised now.
func (i *Issue) first(now time.Time) State {
	switch {
	case i.State == IssueCancelled:
		return Withdrawn
	case !now.Before(i.Expires):
		return Expired
	}
	return Queued
}

// SetIssue pauses an issue, lets it go on, or cancels it for good: what has not
// left then never does. It reports whether that changed anything.
func (o *Outbox) SetIssue(tx *storage.Tx, id string, s IssueState) (bool, error) {
	i, err := issues.Get(tx, id)
	if err != nil || i.State == s || i.State == IssueCancelled {
		return false, err
	}
	i.State, i.Why = s, ""
	if fresh := tx.Now().Add(issueLife); s == IssueSending && i.Expires.Before(fresh) {
		i.Expires = fresh // the time of the pause does not count
	}
	i.Open = true
	return true, issues.Put(tx, i)
}

// IssueIn gives an issue, or storage.ErrNotFound.
func (o *Outbox) IssueIn(tx *storage.Tx, id string) (*Issue, error) { return issues.Get(tx, id) }

// OpenIssues lists the issues that have something left to send, the newest first.
func (o *Outbox) OpenIssues(ctx context.Context) (list []*Issue, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		list, err = issues.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("open", true)}, Sort: "-created", Limit: 50})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list issues: %w", err)
	}
	return list, nil
}

// IssueCounts counts the deliveries of an issue by their state: the counts are
// those of the documents, never of a memory.
func (o *Outbox) IssueCounts(ctx context.Context, id string) (counts map[State]int, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		n, err := deliveries.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("issue", id)}}, "state")
		counts = map[State]int{}
		for s, c := range n {
			counts[State(s)] = c
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	return counts, nil
}

// Deliveries lists an issue's copies in one state, or in all.
func (o *Outbox) Deliveries(ctx context.Context, issue string, s State, after string, limit int) (list []*Delivery, next string, err error) {
	q := storage.Query{Where: []storage.Cond{storage.Is("issue", issue)}, After: after, Limit: limit}
	if s != "" {
		q.Where = append(q.Where, storage.Is("state", string(s)))
	}
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		list, next, err = deliveries.Page(tx, q)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list deliveries: %w", err)
	}
	return list, next, nil
}
