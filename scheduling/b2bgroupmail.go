package scheduling

import (
	"fmt"
	"slices"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about a company's place in a B2B group. Each has its words
// under "letter.KIND" in templates/locales.
const (
	mailB2BAddress    = "b2b_address"   // to somebody who is not known yet: is this you
	mailB2BInterest   = "b2b_interest"  // to who decides
	mailB2BAccepted   = "b2b_accepted"  // to each person of the company
	mailB2BReserve    = "b2b_reserve"   // to its first person
	mailB2BDeclined   = "b2b_declined"  // the same
	mailB2BEnded      = "b2b_ended"     // to the company, where a coordinator ended it
	mailB2BLeft       = "b2b_left"      // to who decides, where the company left
	mailB2BColleague  = "b2b_colleague" // to somebody whom a colleague added
	kindOfGroupLetter = "group."        // of all of them in the outbox
)

// A groupLetter is what a mail about a group says.
type groupLetter struct {
	kind  string
	key   string // what it is about, beside the kind: promised once
	ref   string // by which it is withdrawn
	to    *Person
	path  string // of the button
	title Text   // of what it is about, as the argument "title"
	args  []any  // of the texts, beside the group and the name
	facts func(*templates.Lang) []mailer.Fact
	why   string // the reason given, if there is one
}

// groupMail writes a mail about a group to one person, in their language.
func (d *Desk) groupMail(tx *storage.Tx, g *Group, w groupLetter) (*mailer.Mail, error) {
	c, err := clusters.Get(tx, g.ClusterID)
	if err != nil {
		return nil, err
	}
	from, l := sender{c}, d.Texts.In(w.to.Lang)
	args := append([]any{"group", g.Name.In(l.Code()), "name", w.to.Name, "title", w.title.In(l.Code())}, w.args...)
	words, err := d.words(tx, c.ID, kindOfGroupLetter+w.kind, l, args...)
	if err != nil {
		return nil, err
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
	return &mailer.Mail{
		Meta: storage.Meta{ID: w.kind + "/" + w.key + "/" + w.to.ID}, Kind: kindOfGroupLetter + w.kind, Ref: w.ref, About: g.ID,
		Cluster: c.ID, Order: w.ref, To: w.to.Email, ToName: w.to.Name, Lang: l.Code(),
		From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: c.ReplyTo, Letter: letter,
	}, nil
}

// tellGroup promises a mail about a group to each of the people, once.
func (d *Desk) tellGroup(tx *storage.Tx, g *Group, w groupLetter, to ...*Person) error {
	for _, p := range to {
		if p.Email == "" {
			continue
		}
		w.to = p
		m, err := d.groupMail(tx, g, w)
		if err != nil {
			return err
		}
		if err := d.Outbox.Add(tx, *m); err != nil {
			return fmt.Errorf("tell of group %s: %w", g.ID, err)
		}
	}
	return nil
}

// deciders are who is asked in a group: its coordinators, or the organisers of
// its cluster where it has none.
func deciders(tx *storage.Tx, g *Group) ([]*Person, error) {
	var coordinators, organisers []*Person
	for p, err := range people.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}}) {
		if err != nil {
			return nil, err
		}
		switch {
		case p.Actor().Coordinates(g.ID):
			coordinators = append(coordinators, p)
		case slices.ContainsFunc(p.Grants, func(x Grant) bool { return x.Role == Organiser && x.Cluster == g.ClusterID }):
			organisers = append(organisers, p)
		}
	}
	if len(coordinators) > 0 {
		return coordinators, nil
	}
	return organisers, nil
}

// tellDeciders promises a mail to those who are asked in a group.
func (d *Desk) tellDeciders(tx *storage.Tx, g *Group, w groupLetter) error {
	to, err := deciders(tx, g)
	if err != nil {
		return err
	}
	return d.tellGroup(tx, g, w, to...)
}

// tellMembers promises a mail to people of a membership: all, or the first.
func (d *Desk) tellMembers(tx *storage.Tx, g *Group, m *GroupMembership, w groupLetter, all bool) error {
	ids := m.PersonIDs
	if !all {
		ids = ids[:min(1, len(ids))]
	}
	to, err := byIDs(tx, people.Get, ids)
	if err != nil {
		return err
	}
	w.ref = m.ID
	return d.tellGroup(tx, g, w, to...)
}
