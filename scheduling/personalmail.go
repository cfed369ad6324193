package scheduling

import (
	"errors"
	"slices"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

func copyReadings(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, readings, having("reader", mailer.AddressKey(p.Email)), all[Reading], "campaign_id", "what", "created")
}

// eraseReadings keeps the counts: each reading goes on under a reader of its
// campaign whom nothing names. One reader is one still.
func eraseReadings(tx *storage.Tx, p *Person) (int, error) {
	list, err := readings.Find(tx, having("reader", mailer.AddressKey(p.Email)))
	if err != nil {
		return 0, err
	}
	instead := map[string]string{}
	for _, r := range list {
		if instead[r.CampaignID] == "" {
			instead[r.CampaignID] = storage.NewID()
		}
		nobody := Reading{Meta: storage.Meta{ID: storage.NewID()}, CampaignID: r.CampaignID, ListID: r.ListID, Reader: instead[r.CampaignID], What: r.What, Until: r.Until}
		if err := readings.Delete(tx, r); err != nil {
			return 0, err
		}
		if err := readings.Put(tx, &nobody); err != nil {
			return 0, err
		}
	}
	return len(list), nil
}

func copySubscriptions(tx *storage.Tx, p *Person) (out []any, err error) {
	for s, err := range subscriptions.Each(tx, having("email", p.Email)) {
		if err != nil {
			return nil, err
		}
		one, err := storage.Pick(s, "list_id", "email", "name", "lang", "state", "proof", "wish", "tracking", "tracking_said", "since", "reason", "created")
		if err != nil {
			return nil, err
		}
		if l, err := mailingLists.Get(tx, s.ListID); err == nil {
			one["list"] = l.Name.In(p.Lang)
		} else if ignoreMissing(err) != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// eraseSubscriptions leaves of each the id, a keyed hash of list and address, and
// that whoever it was wants nothing: so no import puts them back on a list, and
// nobody without the key can find out who it was.
func eraseSubscriptions(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, subscriptions, having("email", p.Email), func(s *Subscription) bool {
		if p.newer(s.Created) {
			return false
		}
		s.strip()
		return true
	})
}

// strip makes s one of nobody.
func (s *Subscription) strip() {
	to := Unsubscribed
	if s.State == Complained {
		to = Complained
	}
	*s = Subscription{Meta: s.Meta, ListID: s.ListID, Name: nameless, Lang: s.Lang, State: to, Generation: s.Generation + 1, Since: s.Since}
}

// nobody reports whether s is of somebody who was erased.
func (s *Subscription) nobody() bool { return s.Email == "" }

// leaveForGood notes that an address that is erased wants nothing that is sent to
// many, whatever list somebody may put it on.
func (d *Desk) leaveForGood(tx *storage.Tx, email string) error {
	s, err := subscriptions.Get(tx, d.subscriptionID("", email))
	if errors.Is(err, storage.ErrNotFound) {
		s, err = &Subscription{Meta: storage.Meta{ID: d.subscriptionID("", email)}, Name: nameless, State: Unsubscribed, Since: tx.Now()}, nil
	}
	if err != nil {
		return err
	}
	s.strip()
	return subscriptions.Put(tx, s)
}

// wasErased reports whether an address was erased, and has not asked for anything
// since.
func (d *Desk) wasErased(tx *storage.Tx, email string) (bool, error) {
	s, err := subscriptions.Get(tx, d.subscriptionID("", email))
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil && s.nobody(), err
}

func copyMails(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := mailer.About(tx, p.Email)
	for _, m := range list {
		out = append(out, map[string]any{"kind": m.Kind, "to": m.To, "subject": m.Letter.Subject, "text": m.Letter.Paragraphs, "state": m.State, "promised": m.Created, "sent": m.SentAt})
	}
	return out, err
}

func eraseMails(tx *storage.Tx, p *Person) (int, error) {
	if p.Email == "" {
		return 0, nil
	}
	return mailer.ForgetMails(tx, p.Email, p.ErasedAt)
}

func copyDeliveries(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := mailer.CopiesTo(tx, p.Email)
	for _, c := range list {
		out = append(out, map[string]any{"issue": c.Issue, "to": c.To, "state": c.State, "sent": c.SentAt})
	}
	return out, err
}

func eraseDeliveries(tx *storage.Tx, p *Person) (int, error) { return mailer.ForgetCopies(tx, p.Email) }

func copySuppression(tx *storage.Tx, p *Person) ([]any, error) {
	s, err := mailer.KnownAgainst(tx, p.Email)
	if err != nil || s == nil {
		return nil, err
	}
	var out []any
	for _, h := range s.Holds {
		out = append(out, map[string]any{"cause": h.Cause, "scope": h.Scope, "since": h.Since})
	}
	return out, nil
}

// eraseSuppression: that nothing is to go to the address is kept with its
// subscriptions, under a keyed hash.
func eraseSuppression(tx *storage.Tx, p *Person) (int, error) {
	s, err := mailer.ForgetSuppression(tx, p.Email)
	if err != nil || s == nil {
		return 0, err
	}
	return 1, nil
}

// auditSubjects are the documents that are p's own, by which the audit log
// speaks of p.
func auditSubjects(tx *storage.Tx, p *Person) (ids []string, err error) {
	ids = []string{p.ID}
	rs, err := registrationsAbout(tx, p)
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	as, err2 := applicationsAbout(tx, p)
	for _, a := range as {
		ids = append(ids, a.ID)
	}
	err = errors.Join(err, err2)
	for _, a := range []func() ([]string, error){
		func() ([]string, error) { return idsOf(tx, travellers, p, func(v *Traveller) string { return v.ID }) },
		func() ([]string, error) { return idsOf(tx, feedTokens, p, func(t *FeedAddress) string { return t.ID }) },
	} {
		more, err2 := a()
		ids, err = append(ids, more...), errors.Join(err, err2)
	}
	return append(ids, mailer.AddressKey(p.Email)), err
}

func idsOf[T any](tx *storage.Tx, c shelf[T], p *Person, id func(*T) string) (ids []string, err error) {
	for v, err := range c.Each(tx, having("person_id", p.ID)) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, id(v))
	}
	return ids, nil
}

// auditAbout asks for what p did, and for what was done to p's.
func auditAbout(tx *storage.Tx, p *Person) (qs []storage.Query, err error) {
	ids, err := auditSubjects(tx, p)
	for _, id := range ids {
		qs = append(qs, having("subject", id))
	}
	return append(qs, having("about", p.ID), having("actor", p.ID)), err
}

func copyAudit(tx *storage.Tx, p *Person) (out []any, err error) {
	qs, err := auditAbout(tx, p)
	seen := map[string]bool{}
	for _, q := range qs {
		for e, err := range audit.Each(tx, q) {
			if err != nil {
				return nil, err
			}
			if seen[e.ID] {
				continue
			}
			seen[e.ID] = true
			out = append(out, map[string]any{"at": e.At, "action": e.Action, "by_me": e.Actor == p.ID, "reason": e.Reason})
		}
	}
	return out, err
}

// auditAtOnce is how many entries one transaction takes the names out of.
const auditAtOnce = 1000

// eraseAudit keeps what was done, when and by which id. What somebody gave as the
// reason for something they did to others is for the sweep that looks for names.
func eraseAudit(tx *storage.Tx, p *Person) (n int, err error) {
	qs, err := auditAbout(tx, p)
	if err != nil {
		return 0, err
	}
	key := mailer.AddressKey(p.Email)
	for i, q := range qs {
		own := i < len(qs)-1
		for e, err := range audit.Each(tx, q) {
			if err != nil {
				return n, err
			}
			if !e.forget(p, own, key) {
				continue
			}
			if err := audit.Put(tx, e); err != nil {
				return n, err
			}
			if n++; n >= auditAtOnce {
				return n, nil
			}
		}
	}
	return n, nil
}

// forget takes p out of an entry, which is about p's own document if own is set.
func (e *Entry) forget(p *Person, own bool, key string) bool {
	some := false
	if e.Actor == p.ID && e.ActorName != nameless {
		e.ActorName, some = nameless, true
	}
	if e.Subject == key {
		e.Subject, some = "", true
	}
	if own && !saysNothing(e.Action) {
		some = wipe(&e.Label) || some
	}
	if own && e.Action != auditErased {
		some = wipe(&e.Reason) || some
	}
	return some
}

// saysNothing reports whether the label of an action is that of a company, a
// group or a purpose.
func saysNothing(action string) bool {
	return slices.ContainsFunc([]string{"person.grants", "person.erase", "consent.", "group.", "b2b.", "application."}, func(begin string) bool {
		return strings.HasPrefix(action, begin)
	})
}
