package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A Purpose is one thing that people may agree to, apart from all others. What it
// is called and what exactly is agreed to are words of templates/locales,
// purpose.KEY.name and purpose.KEY.wording; Version rises with the wording.
type Purpose struct {
	Key     string
	Version int
	Own     bool   // a person gives it and takes it back on their own page
	Asked   string // where else it is asked for: "registration", "newsletter", "trip", "group"
}

// Purposes are all of them, in the order of a page. An event's form may ask for
// more in words of its own; those stand in the register under their own key.
var Purposes = []Purpose{
	{Key: "participants", Version: 1, Own: true, Asked: "registration"},
	{Key: "photos", Version: 1, Own: true, Asked: "registration"},
	{Key: "directory", Version: 1, Own: true},
	{Key: "newsletter", Version: 1, Asked: "newsletter"},
	{Key: "tracking", Version: 1, Asked: "newsletter"},
	{Key: healthPurpose, Version: 1, Asked: "trip"},
}

// PurposeOf gives the purpose of a key.
func PurposeOf(key string) (Purpose, bool) {
	i := slices.IndexFunc(Purposes, func(p Purpose) bool { return p.Key == key })
	if i < 0 {
		return Purpose{}, false
	}
	return Purposes[i], true
}

// A Given is one answer of a person to one purpose, the newest there.
type Given struct {
	Consent
	Where string // "account", "registration", "newsletter", "trip"
	Event *Event // of a registration
	List  *MailingList
}

// consentsOf are the newest answers of p to every purpose everywhere, in the
// order of Purposes and then of time. see says which events are looked at.
func consentsOf(tx *storage.Tx, p *Person, see func(*Event) bool) (out []Given, err error) {
	for _, c := range newest(p.Consents) {
		out = append(out, Given{Consent: c, Where: "account"})
	}
	rs, err := registrationsAbout(tx, p)
	if err != nil {
		return nil, err
	}
	for _, r := range rs {
		if len(r.Consents) == 0 {
			continue
		}
		e, err := events.Get(tx, r.EventID)
		if err != nil {
			return nil, err
		}
		if !see(e) {
			continue
		}
		for _, c := range newest(r.Consents) {
			out = append(out, Given{Consent: c, Where: "registration", Event: e})
		}
	}
	more, err := listConsents(tx, p)
	out = append(out, more...)
	slices.SortStableFunc(out, func(a, b Given) int {
		return cmp.Or(cmp.Compare(purposeOrder(a.Purpose), purposeOrder(b.Purpose)), b.At.Compare(a.At))
	})
	return out, err
}

// listConsents are what p said about newsletters.
func listConsents(tx *storage.Tx, p *Person) (out []Given, err error) {
	subs, err := subscriptions.Find(tx, having("email", p.Email))
	for _, s := range subs {
		if err != nil {
			return nil, err
		}
		if s.TrackingSaid != nil {
			out = append(out, Given{Consent: *s.TrackingSaid, Where: "newsletter"})
		}
		if s.ListID == "" || s.State == Unconfirmed {
			continue
		}
		var l *MailingList
		if l, err = mailingLists.Get(tx, s.ListID); err != nil {
			err = ignoreMissing(err)
			continue
		}
		c := Consent{Purpose: "newsletter", Given: s.On(), At: s.Since, Wording: s.Proof.Wording}
		out = append(out, Given{Consent: c, Where: "newsletter", List: l})
	}
	return out, err
}

func purposeOrder(key string) int {
	i := slices.IndexFunc(Purposes, func(p Purpose) bool { return p.Key == key })
	if i < 0 {
		return len(Purposes)
	}
	return i
}

// newest are the last answers to each purpose.
func newest(cs []Consent) (out []Consent) {
	for _, c := range cs {
		out = append(slices.DeleteFunc(out, func(o Consent) bool { return o.Purpose == c.Purpose }), c)
	}
	return out
}

// MyConsents are what a signed-in person agreed to and took back.
func (d *Desk) MyConsents(ctx context.Context, by Actor) (out []Given, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := d.myself(tx, by)
		if err != nil {
			return err
		}
		out, err = consentsOf(tx, p, func(*Event) bool { return true })
		return err
	})
	return out, err
}

// SetConsent gives or takes back what a signed-in person agrees to, everywhere at
// once: with it go the answers of all their registrations that were asked the
// same, so that they stand in no list any more from this moment on. Saying the
// same again is no change.
func (d *Desk) SetConsent(ctx context.Context, by Actor, purpose string, given bool) error {
	if p, ok := PurposeOf(purpose); !ok || !p.Own {
		return errHidden
	}
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.setConsent(tx, by, purpose, given) })
	})
	if err != nil {
		return fmt.Errorf("set a consent: %w", changedMeanwhile(err))
	}
	return nil
}

func (d *Desk) setConsent(tx *storage.Tx, by Actor, purpose string, given bool) error {
	p, err := d.myself(tx, by)
	if err != nil {
		return err
	}
	at, _ := PurposeOf(purpose)
	says := Consent{Purpose: purpose, Given: given, At: tx.Now(), Wording: d.Texts.In(p.Lang).Text("purpose."+purpose+".wording", "house", d.House, "version", at.Version)}
	now, changed := revise(p.Consents, []Consent{says}), false
	if len(now) != len(p.Consents) {
		p.Consents, changed = now, true
		if err := people.Put(tx, p); err != nil {
			return err
		}
	}
	rs, err := registrationsAbout(tx, p)
	if err != nil {
		return err
	}
	for _, r := range rs {
		some, err := d.spread(tx, r, says)
		if changed = changed || some; err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	action := "consent.withdraw"
	if given {
		action = "consent.give"
	}
	return d.log(tx, by, action, p.ID, p.ID, purpose, "")
}

// spread makes one answer that of a registration too: what is taken back goes from
// every one, what is given counts where it is asked for.
func (d *Desk) spread(tx *storage.Tx, r *Registration, says Consent) (bool, error) {
	if Agreed(r.Consents, says.Purpose) == says.Given || r.Name == nameless {
		return false, nil
	}
	if says.Given {
		e, err := events.Get(tx, r.EventID)
		if err != nil {
			return false, err
		}
		if !r.State.Live() || !slices.ContainsFunc(e.Rules.Consents, func(a ConsentAsk) bool { return a.Purpose == says.Purpose }) {
			return false, nil
		}
	}
	r.Consents = revise(r.Consents, []Consent{says})
	return true, registrations.Put(tx, r)
}

// A ConsentFilter chooses from the register. Zero fields do not restrict.
type ConsentFilter struct {
	Purpose string
	Given   string // "yes" or "no"
	Text    string
	After   string
	Limit   int
}

// A Consenting is a person with the answers that a filter chose.
type Consenting struct {
	Person *Person
	Given  []Given
}

// Consents is the register for organisers: who of their contacts agreed to what,
// or took it back, when and with which words, by name. Of registrations they see
// those of their own events.
func (d *Desk) Consents(ctx context.Context, by Actor, f ConsentFilter) (list []*Consenting, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list = nil
		found := map[string][]Given{}
		var failed error
		keep := func(p *Person) bool {
			if failed != nil || !by.knows(p) {
				return false
			}
			var some []Given
			some, failed = f.of(tx, by, p)
			found[p.ID] = some
			return len(some) > 0
		}
		q := ListFilter{Text: f.Text, After: f.After, Limit: cmp.Or(f.Limit, 50)}.query()
		persons, at, err := pageWhere(q, func(q storage.Query) ([]*Person, string, error) { return people.Page(tx, q) }, keep)
		if err != nil || failed != nil {
			return cmp.Or(err, failed)
		}
		next = at
		for _, p := range persons {
			list = append(list, &Consenting{p, found[p.ID]})
		}
		return nil
	})
	return list, next, err
}

// of are the answers of a person that f chooses.
func (f ConsentFilter) of(tx *storage.Tx, by Actor, p *Person) ([]Given, error) {
	all, err := consentsOf(tx, p, func(e *Event) bool { return by.Organises(e.ClusterIDs...) })
	return slices.DeleteFunc(all, func(g Given) bool {
		return f.Purpose != "" && g.Purpose != f.Purpose || f.Given != "" && (f.Given == "yes") != g.Consent.Given
	}), err
}

// EachConsent gives fn all that f chooses of the register, by name.
func (d *Desk) EachConsent(ctx context.Context, by Actor, f ConsentFilter, fn func(*Person, Given) error) error {
	f.Limit = 500
	for {
		list, next, err := d.Consents(ctx, by, f)
		if err != nil {
			return err
		}
		for _, c := range list {
			for _, g := range c.Given {
				if err := fn(c.Person, g); err != nil {
					return err
				}
			}
		}
		if f.After = next; next == "" {
			return nil
		}
	}
}

// FormatDay writes the day of an answer for a table.
func (g Given) FormatDay() string { return g.At.UTC().Format(time.DateOnly) }

// Place names where an answer was given, beside the kind of place.
func (g Given) Place(lang string) string {
	switch {
	case g.Event != nil:
		return strings.TrimSpace(g.Event.Title.In(lang))
	case g.List != nil:
		return g.List.Name.In(lang)
	}
	return ""
}
