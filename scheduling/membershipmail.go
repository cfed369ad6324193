package scheduling

import (
	"errors"
	"fmt"
	"slices"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about memberships and their agreements. Each has its words
// under "letter.KIND" in templates/locales.
const (
	mailMembershipAddress  = "membership.confirm_address" // to who asks to join: is this you
	mailMembershipReceived = "membership.received"        // to the same, once it is
	mailMembershipApplied  = "membership.applied"         // to the organisers
	mailMembershipApproved = "membership.approved"
	mailMembershipDeclined = "membership.declined"
	mailMembershipEnded    = "membership.ended"
	mailAgreementSign      = "membership.sign"        // an agreement to sign
	mailAgreementSigned    = "membership.signed"      // the signed version, to who signed
	mailAgreementCame      = "membership.signed_note" // the same, to the organisers
	mailAgreementDue       = "membership.renewal"
	mailAgreementLapsed    = "membership.lapsed"
)

var membershipMailKinds = []string{mailMembershipAddress, mailMembershipReceived, mailMembershipApplied, mailMembershipApproved, mailMembershipDeclined, mailMembershipEnded,
	mailAgreementSign, mailAgreementSigned, mailAgreementCame, mailAgreementLapsed}

// A memberLetter is what a mail about a membership says.
type memberLetter struct {
	kind  string
	key   string // promised once under it
	to    reader
	path  string // of the button
	args  []any  // of the texts, beside the company, the cluster and the name
	facts func(*templates.Lang) []mailer.Fact
	why   string // the reason given, if there is one
}

// A reader is who a mail goes to.
type reader struct{ Email, Name, Lang string }

// tellOfMembership promises a mail about the company's belonging to a cluster.
func (d *Desk) tellOfMembership(tx *storage.Tx, m *Membership, w memberLetter) error {
	if w.to.Email == "" {
		return nil
	}
	c, err := clusters.Get(tx, m.ClusterID)
	if err != nil {
		return err
	}
	from, l := sender{c}, d.Texts.In(w.to.Lang)
	words, err := d.words(tx, c.ID, w.kind, l, append([]any{"company", m.Name, "cluster", c.Name.In(l.Code()), "name", w.to.Name}, w.args...)...)
	if err != nil {
		return err
	}
	letter := mailer.Letter{
		Subject: words.Subject, Preheader: words.Preheader, Heading: words.Heading,
		Paragraphs: []string{l.Text("letter.hello", "name", w.to.Name), words.Body},
		Brand:      from.brand(d, l.Code()), Button: &mailer.Link{Label: words.Button, URL: d.BaseURL + w.path},
	}
	if w.facts != nil {
		letter.Facts = w.facts(l)
	}
	if w.why != "" {
		letter.Paragraphs = append(letter.Paragraphs, l.Text("letter.reason", "reason", w.why))
	}
	mail := mailer.Mail{
		Meta: storage.Meta{ID: w.kind + "/" + w.key}, Kind: w.kind, Ref: "membership/" + m.ID, About: m.ID, Cluster: c.ID, Order: "membership/" + m.ID,
		To: w.to.Email, ToName: w.to.Name, Lang: l.Code(), From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: c.ReplyTo, Letter: letter,
	}
	if w.kind == mailMembershipAddress {
		mail.About, mail.Expires = "", tx.Now().Add(joinKept)
	}
	if err := d.Outbox.Add(tx, mail); err != nil {
		return fmt.Errorf("tell of membership %s: %w", m.ID, err)
	}
	return nil
}

// tellSpeaker promises a mail to the person who speaks for the company, if
// there is one.
func (d *Desk) tellSpeaker(tx *storage.Tx, m *Membership, w memberLetter) error {
	p, err := contactOf(tx, m)
	if p == nil || err != nil {
		return err
	}
	w.to = reader{p.Email, p.Name, p.Lang}
	return d.tellOfMembership(tx, m, w)
}

// contactOf is the person who speaks for the company, or nil.
func contactOf(tx *storage.Tx, m *Membership) (*Person, error) {
	if m.ContactID == "" {
		return nil, nil
	}
	p, err := people.Get(tx, m.ContactID)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	return p, err
}

// tellOrganisers promises a mail to everybody who organises the cluster by name.
func (d *Desk) tellOrganisers(tx *storage.Tx, m *Membership, w memberLetter) error {
	key := w.key
	for p, err := range people.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}}) {
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role == Organiser && g.Cluster == m.ClusterID }) {
			continue
		}
		w.key, w.to = key+"/"+p.ID, reader{p.Email, p.Name, p.Lang}
		if err := d.tellOfMembership(tx, m, w); err != nil {
			return err
		}
	}
	return nil
}
