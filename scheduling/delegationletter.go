package scheduling

import (
	"fmt"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail to a body that would visit the house. Each has its words
// under "letter.KIND" in templates/locales.
const (
	mailDelegationAddress   = "delegation.confirm_address"
	mailDelegationReceived  = "delegation.received"
	mailDelegationDeclined  = "delegation.declined"
	mailDelegationAccepted  = "delegation.accepted"
	mailDelegationPublished = "delegation.published"
)

var delegationMailKinds = []string{mailDelegationAddress, mailDelegationReceived, mailDelegationDeclined, mailDelegationAccepted, mailDelegationPublished}

// DelegationURL is the page of a request for a visit, by a link that nobody
// can guess.
func (d *Desk) DelegationURL(t *Trip) string {
	return d.BaseURL + "/delegations/" + d.DelegationLink(t)
}

// DelegationLink is the last part of DelegationURL.
func (d *Desk) DelegationLink(t *Trip) string {
	return d.sign("delegation", t.ID, t.Enquiry.Generation)
}

// tellDelegation promises a mail to whoever asked for a visit, once under its
// key. said is what an organiser adds.
func (d *Desk) tellDelegation(tx *storage.Tx, t *Trip, kind, key, button, said string) error {
	q := t.Enquiry
	l := d.Texts.In(q.Lang)
	facts, err := d.delegationFacts(tx, l, t)
	if err != nil {
		return err
	}
	w := tripLetter{kind: kind, email: q.Email, name: q.Name, lang: l.Code(), args: []any{"body", q.Body}, facts: facts, button: button}
	if said != "" {
		w.said = []string{said}
		if kind == mailDelegationDeclined {
			w.said = []string{l.Text("letter.reason", "reason", said)}
		}
	}
	m, err := d.tripMail(tx, t, w)
	if err != nil {
		return err
	}
	m.ID, m.Ref, m.Order = kind+"/"+key, "delegation/"+t.ID, "delegation/"+t.ID
	if kind == mailDelegationAddress {
		m.About, m.Expires = "", tx.Now().Add(delegationKept)
	}
	if err := d.Outbox.Add(tx, *m); err != nil {
		return fmt.Errorf("tell the delegation of trip %s: %w", t.ID, err)
	}
	return nil
}

// delegationFacts are what, when and where, as far as they are known.
func (d *Desk) delegationFacts(tx *storage.Tx, l *templates.Lang, t *Trip) ([]mailer.Fact, error) {
	topic, err := d.topicName(tx, l, t.Enquiry.Topic)
	if err != nil {
		return nil, err
	}
	return []mailer.Fact{
		{Label: l.Text("host.fact.what"), Value: topic},
		{Label: l.Text("letter.fact.when"), Value: t.delegationWhen(l)},
		{Label: l.Text("letter.fact.where"), Value: t.delegationWhere(l)},
		{Label: l.Text("host.delegation"), Value: l.Text("host.people", "count", t.Enquiry.Size)},
	}, nil
}

func (d *Desk) topicName(tx *storage.Tx, l *templates.Lang, key string) (string, error) {
	list, err := delegationTopics(tx)
	for _, t := range list {
		if t.Key == key {
			return t.Name(l), err
		}
	}
	return key, err
}

// Name is what the topic is called in a language.
func (t DelegationTopic) Name(l *templates.Lang) string {
	if t.Cluster != nil {
		return t.Cluster.Name.In(l.Code())
	}
	return l.Text("delegation.topic." + t.Key)
}

// delegationWhen are the days of the visit with their zone, or those it is
// wished for.
func (t *Trip) delegationWhen(l *templates.Lang) string {
	if len(t.Stops) > 0 {
		zone := t.Stops[0].Zone
		return l.Text("delegation.days_zone", "days", l.Days(t.Starts, t.Ends, zone), "zone", l.Zone(zone))
	}
	q := t.Enquiry
	return l.Text("delegation.wished_days", "count", q.Days, "days", l.Days(q.Earliest(), q.Latest(), HouseZone), "zone", l.Zone(HouseZone))
}

func (t *Trip) delegationWhere(l *templates.Lang) string {
	if len(t.Stops) > 0 {
		return t.Stops[0].City + ", " + l.Country(t.Stops[0].Country)
	}
	return homeCity + ", " + l.Country("FI")
}

// homeCity is where delegations come to.
const homeCity = "Oulu"
