package scheduling

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"kohtaamo/storage"
)

// LeftOut is why somebody whom the rules found gets nothing; "" for who does.
type LeftOut string

// The reasons.
const (
	OutNoAddress    LeftOut = "no_address"
	OutNoConsent    LeftOut = "no_consent"   // never asked to be on the campaign's list
	OutUnsubscribed LeftOut = "unsubscribed" // left it
	OutSuppressed   LeftOut = "suppressed"   // mail to the address does not arrive, or is not wanted at all
)

// LeftOuts are all of them, in the order of a page.
var LeftOuts = []LeftOut{OutUnsubscribed, OutSuppressed, OutNoConsent, OutNoAddress}

// A Reader is somebody whom a campaign's rules found: once, whatever the number
// of rules. Why are the places of those that they fit.
type Reader struct {
	Email    string
	Name     string
	Company  string
	Lang     string
	PersonID string
	Why      []int
	Out      LeftOut
	Counted  bool // they allowed that it is counted what they open
}

// audiencePage is how many people are looked at in one transaction.
const audiencePage = 1000

// An audiencePlace is how far a walk through an audience has come: first all
// contacts, then the subscribers of each list.
type audiencePlace struct {
	Stage int    `bson:"stage"`
	After string `bson:"after,omitempty"`
	Over  bool   `bson:"over,omitempty"`
}

// An audience is a campaign's rules with all that they have to know, read at
// one moment. It holds no people, so that it stays small whoever is in it.
type audience struct {
	readers       Readers
	rules, except []matcher
	reach         []string
	list          string              // id of the campaign's list; "" for an invitation
	standing      map[string]SubState // to it, by address
	lists         []string            // whose subscribers are walked through, the campaign's first
	onList        map[string]keySet
	left          keySet                      // who want nothing that is sent to many
	counted       keySet                      // who allowed that it is counted what they open
	stopped       func(address string) string // why no mail goes to an address
	companies     map[string]*Company         // met so far
	at            time.Time                   // when all this was read
}

// audienceOf reads what a campaign's rules need.
func (d *Desk) audienceOf(tx *storage.Tx, c *Campaign, loc *time.Location) (*audience, error) {
	src := &audienceSource{d: d, tx: tx, reach: c.Reach, loc: loc, onList: map[string]keySet{}}
	a := &audience{readers: c.Readers, reach: c.Reach, list: c.ListID, standing: map[string]SubState{},
		companies: map[string]*Company{}, left: keySet{}, counted: keySet{}, at: tx.Now()}
	var err error
	if a.rules, err = src.matchers(c.Readers.Rules); err != nil {
		return nil, err
	}
	if a.except, err = src.matchers(c.Readers.Except); err != nil {
		return nil, err
	}
	if a.stopped, err = d.Outbox.Stopped(tx); err != nil {
		return nil, err
	}
	if err := a.readList(src); err != nil {
		return nil, fmt.Errorf("audience: read the list: %w", err)
	}
	return a, nil
}

// readList reads how everybody stands to the campaign's list, and notes which
// lists have subscribers of whom nothing else is known.
func (a *audience) readList(src *audienceSource) error {
	if a.list != "" {
		a.lists = []string{a.list}
		if _, err := src.subscribers(a.list); err != nil {
			return err
		}
		for s, err := range subscriptions.Each(src.tx, storage.Query{Where: []storage.Cond{storage.Is("list_id", a.list)}}) {
			if err != nil {
				return err
			}
			a.standing[s.Email] = s.State
			if s.Tracking {
				a.counted.add(s.Email)
			}
		}
	}
	for _, r := range a.readers.Rules {
		if r.Kind == RuleList && !slices.Contains(a.lists, r.ID) {
			a.lists = append(a.lists, r.ID)
		}
	}
	a.onList = src.onList
	if a.list != "" {
		return nil
	}
	if err := a.readLeft(src.tx); err != nil {
		return err
	}
	for s, err := range subscriptions.Each(src.tx, storage.Query{Where: []storage.Cond{storage.Is("tracking", true)}}) {
		if err != nil {
			return err
		}
		a.counted.add(s.Email)
	}
	return nil
}

// readLeft reads who left everything: they stand so to the list without a name.
func (a *audience) readLeft(tx *storage.Tx) error {
	where := []storage.Cond{storage.Is("list_id", ""), {Field: "state", Op: storage.In, Value: []string{string(Unsubscribed), string(Complained)}}}
	for s, err := range subscriptions.Each(tx, storage.Query{Where: where}) {
		if err != nil {
			return err
		}
		a.left.add(s.Email)
	}
	return nil
}

// page looks at the next people and gives those whom the rules find.
func (a *audience) page(tx *storage.Tx, at audiencePlace) (found []Reader, next audiencePlace, err error) {
	if at.Stage == 0 {
		list, after, err := people.Page(tx, storage.Query{Limit: audiencePage, After: at.After})
		if err != nil {
			return nil, at, err
		}
		for _, p := range list {
			if found, err = a.consider(tx, found, &candidate{person: p, email: p.Email, lang: p.Lang}); err != nil {
				return nil, at, err
			}
		}
		return found, a.after(at, after), nil
	}
	return a.subscribersPage(tx, at)
}

// subscribersPage is page for those of a list of whom only the address is known.
// Of the campaign's own list it looks at everybody, to say who left it.
func (a *audience) subscribersPage(tx *storage.Tx, at audiencePlace) (found []Reader, next audiencePlace, err error) {
	id := a.lists[at.Stage-1]
	where := []storage.Cond{storage.Is("list_id", id)}
	if id != a.list {
		where = append(where, storage.Is("state", string(Subscribed)))
	}
	list, after, err := subscriptions.Page(tx, storage.Query{Where: where, Limit: audiencePage, After: at.After})
	if err != nil {
		return nil, at, err
	}
	for _, s := range list {
		met, err := a.met(tx, s, at.Stage-1)
		if err != nil {
			return nil, at, err
		}
		if met {
			continue
		}
		bare := &candidate{person: &Person{Name: s.Name, Email: s.Email}, email: s.Email, lang: s.Lang}
		if found, err = a.consider(tx, found, bare); err != nil {
			return nil, at, err
		}
	}
	return found, a.after(at, after), nil
}

func (a *audience) after(at audiencePlace, after string) audiencePlace {
	if after != "" {
		return audiencePlace{Stage: at.Stage, After: after}
	}
	return audiencePlace{Stage: at.Stage + 1, Over: at.Stage == len(a.lists)}
}

// met reports whether a subscriber came by earlier: as a contact, or on a list
// before this one. A contact who came to be since the walk began did not.
func (a *audience) met(tx *storage.Tx, s *Subscription, list int) (bool, error) {
	for _, id := range a.lists[:list] {
		_, came := a.onList[id][s.Email]
		if id == a.list {
			_, came = a.standing[s.Email]
		}
		if came {
			return true, nil
		}
	}
	p, err := personByEmail(tx, s.Email)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil && p.Created.Before(a.at), err
}

// consider adds a candidate if the rules find them.
func (a *audience) consider(tx *storage.Tx, found []Reader, c *candidate) ([]Reader, error) {
	var err error
	if c.company, err = a.company(tx, c.person.CompanyID); err != nil {
		return nil, err
	}
	why, ok := a.matches(c)
	if !ok {
		return found, nil
	}
	r := Reader{Email: c.email, Name: c.person.Name, Lang: c.lang, PersonID: c.person.ID, Why: why, Out: a.leaves(c)}
	_, r.Counted = a.counted[c.email]
	if c.company != nil {
		r.Company = c.company.Name
	}
	return append(found, r), nil
}

// matches asks the rules; what they say is a function of what was read alone.
func (a *audience) matches(c *candidate) (why []int, ok bool) {
	standing, listed := a.standing[c.email]
	known := listed || c.in(a.reach)
	for i, m := range a.rules {
		if m.fits(c) {
			why = append(why, i)
			known = known || m.own
		}
	}
	switch {
	case len(a.rules) == 0:
		ok = listed && standing != Unconfirmed
	case a.readers.Any:
		ok = len(why) > 0
	default:
		ok = len(why) == len(a.rules)
	}
	return why, ok && known && !slices.ContainsFunc(a.except, func(m matcher) bool { return m.fits(c) })
}

// leaves is why a candidate gets nothing.
func (a *audience) leaves(c *candidate) LeftOut {
	standing := a.standing[c.email]
	_, valid := NormalEmail(c.email)
	switch {
	case !valid:
		return OutNoAddress
	case a.list != "" && standing == Bounced:
		return OutSuppressed
	case a.list != "" && (standing == Unsubscribed || standing == Complained):
		return OutUnsubscribed
	case a.list != "" && standing != Subscribed:
		return OutNoConsent
	case a.left.has(&candidate{person: &Person{}, email: c.email}):
		return OutUnsubscribed
	case a.stopped(c.email) != "":
		return OutSuppressed
	}
	return ""
}

// company reads one once.
func (a *audience) company(tx *storage.Tx, id string) (*Company, error) {
	if id == "" {
		return nil, nil
	}
	if c, ok := a.companies[id]; ok {
		return c, nil
	}
	c, err := companies.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		c, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	if c != nil { // only what rules ask about is kept
		c = &Company{Name: c.Name, Kind: c.Kind, Country: c.Country, Tags: c.Tags, ClusterIDs: c.ClusterIDs}
	}
	a.companies[id] = c
	return c, nil
}

// each are all readers, those left out too, in an order that is always the same.
func (a *audience) each(tx *storage.Tx) iter.Seq2[Reader, error] {
	return func(yield func(Reader, error) bool) {
		for at := (audiencePlace{}); !at.Over; {
			found, next, err := a.page(tx, at)
			if err != nil {
				yield(Reader{}, err)
				return
			}
			for _, r := range found {
				if !yield(r, nil) {
					return
				}
			}
			at = next
		}
	}
}
