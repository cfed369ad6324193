package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A JoinApplication is what somebody types who asks for their company to join a
// cluster.
type JoinApplication struct {
	Company      string      `bson:"company"`
	Kind         CompanyKind `bson:"kind"`
	Country      string      `bson:"country"` // ISO 3166 alpha-2
	BusinessID   string      `bson:"business_id,omitempty"`
	Municipality string      `bson:"municipality,omitempty"`
	Website      string      `bson:"website,omitempty"`
	Name         string      `bson:"name"` // of the contact
	Title        string      `bson:"title,omitempty"`
	Email        string      `bson:"email"`
	Phone        string      `bson:"phone,omitempty"`
	Lang         string      `bson:"lang"` // of their mails
	Consents     []Consent   `bson:"consents,omitempty"`
}

// JoinConsent is the purpose under which it is kept that somebody let us use
// what they typed to join.
const JoinConsent = "membership"

// A JoinForm is an application with what goes beyond who it is.
type JoinForm struct {
	ID string // of the form, so that it counts once
	JoinApplication
	Motivation string
	Agreed     bool   // to what AgreeWords say; nobody joins without
	AgreeWords string // as they were shown
	Listed     bool   // the company wishes to stand in the public directory
	ListWords  string // what that was called
}

// A joinWish is an application whose address has not answered yet. Nobody but
// its sender knows of it.
type joinWish struct {
	storage.Meta `bson:",inline"`
	ClusterID    string          `bson:"cluster_id"`
	Email        string          `bson:"email"`
	At           time.Time       `bson:"at"`
	Application  JoinApplication `bson:"application"`
	Motivation   string          `bson:"motivation"`
	Listed       bool            `bson:"listed"`
	Wording      string          `bson:"wording,omitempty"`
}

var joinWishes = storage.NewCollection[joinWish]("join_wishes", storage.Ordered("at"), storage.Ordered("email", "at"))

const (
	joinKept = 14 * 24 * time.Hour // that an application waits for its address to be confirmed
	joinRest = time.Hour           // that an address is not written to again about the same cluster
)

// check cleans what was typed and says everything that is wrong with it.
func (in *JoinForm) check() error {
	f := faults{}
	for _, s := range []*string{&in.Company, &in.BusinessID, &in.Municipality, &in.Website, &in.Name, &in.Title, &in.Phone} {
		*s = cleanLine(*s)
	}
	in.Country, in.Motivation = upperCode(in.Country), cleanText(in.Motivation)
	f.need("company", in.Company, lineLimit)
	f.need("name", in.Name, lineLimit)
	f.limit("business_id", in.BusinessID, 40)
	f.limit("municipality", in.Municipality, lineLimit)
	f.limit("title", in.Title, lineLimit)
	f.limit("phone", in.Phone, 40)
	f.need("motivation", in.Motivation, noteLimit)
	in.Email = f.address("email", in.Email)
	in.checkCompany(f)
	if !in.Agreed {
		f.add("agreed", "membership.agree_needed")
	}
	return f.problem()
}

func (in *JoinForm) checkCompany(f faults) {
	if !slices.Contains(CompanyKinds, in.Kind) {
		f.add("kind", "problem.choice")
	}
	if !countryForm.MatchString(in.Country) {
		f.add("country", "company.country")
	}
	if in.Country == "FI" && in.BusinessID == "" {
		f.add("business_id", "problem.required")
	}
	if in.Country == "FI" && in.BusinessID != "" && !ValidBusinessID(in.BusinessID) {
		f.add("business_id", "company.business_id")
	}
	if in.Website != "" && !webAddress(in.Website) {
		f.add("website", "problem.link")
	}
}

// AskToJoin notes that a company would join a cluster, and sends the address a
// mail with a link to confirm it: until then no organiser hears of it. The same
// form twice is one. What is answered does not tell what is known of an address
// or a company.
func (d *Desk) AskToJoin(ctx context.Context, slug string, in JoinForm) error {
	if err := in.check(); err != nil {
		return err
	}
	in.Lang = d.Texts.In(in.Lang).Code()
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.askToJoin(tx, slug, in) })
	})
	if err != nil {
		return fmt.Errorf("ask to join cluster %s: %w", slug, changedMeanwhile(err))
	}
	return nil
}

func (d *Desk) askToJoin(tx *storage.Tx, slug string, in JoinForm) error {
	c, err := clusters.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
	if err != nil {
		return err
	}
	id := orNew(in.ID)
	for _, get := range []func() error{
		func() error { _, err := joinWishes.Get(tx, id); return err },
		func() error { _, err := memberships.Get(tx, id); return err },
	} {
		if err := get(); !errors.Is(err, storage.ErrNotFound) {
			return err // it is here already: nil
		}
	}
	recent, err := joinWishes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", in.Email), {Field: "at", Op: storage.Gt, Value: tx.Now().Add(-joinRest)}}})
	if err != nil || slices.ContainsFunc(recent, func(w *joinWish) bool { return w.ClusterID == c.ID }) {
		return err
	}
	w := &joinWish{Meta: storage.Meta{ID: id}, ClusterID: c.ID, Email: in.Email, At: tx.Now(), Application: in.JoinApplication, Motivation: in.Motivation, Listed: in.Listed}
	w.Application.Consents = []Consent{{Purpose: JoinConsent, Given: true, At: tx.Now(), Wording: cleanText(in.AgreeWords)}}
	if in.Listed {
		w.Wording = cleanText(in.ListWords)
	}
	if err := joinWishes.Put(tx, w); err != nil {
		return err
	}
	a := in.JoinApplication
	return d.tellOfMembership(tx, w.membership(tx.Now()), memberLetter{kind: mailMembershipAddress, key: w.ID, to: reader{a.Email, a.Name, a.Lang}, path: "/join/" + d.JoinLink(w.ID)})
}

// JoinLink is the last part of the address of an application's own page.
func (d *Desk) JoinLink(id string) string { return d.sign("join", id, 0) }

// membership is the application as organisers decide on it, not stored yet.
func (w *joinWish) membership(now time.Time) *Membership {
	a := w.Application
	m := &Membership{Meta: storage.Meta{ID: w.ID}, ClusterID: w.ClusterID, Motivation: w.Motivation, Application: &a}
	if m.Listed = w.Listed; m.Listed {
		m.ListedAt, m.Wording = w.At, w.Wording
	}
	c := &Company{Name: a.Company, Kind: a.Kind, BusinessID: a.BusinessID, Municipality: a.Municipality}
	c.index()
	m.dress(c)
	m.become(JoinApplied, "", now)
	return m
}

// applicant is who an application is of: its business id, or its name and
// country as names are compared.
func (a *JoinApplication) applicant() string {
	if a.BusinessID != "" {
		return a.Country + " " + a.BusinessID
	}
	return a.Country + " " + bodyName(a.Company)
}

// actor is who applies, as the audit log shows it.
func (a *JoinApplication) actor() Actor {
	return Actor{Name: a.Name, Email: a.Email, Lang: a.Lang, Via: "link"}
}

// A JoinPage is an application as its own link shows it: what waits to be
// confirmed, or where it stands.
type JoinPage struct {
	Cluster     *Cluster
	Company     string
	Application *JoinApplication // nil once it is decided
	Confirmed   bool
	State       JoinState
	Reason      string
}

// JoinByLink shows what a link of an application is about. It changes nothing:
// mail programs and their guards open links too. A Problem of kind Closed where
// the application was not confirmed in time.
func (d *Desk) JoinByLink(ctx context.Context, link string) (p *JoinPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		w, m, err := d.joinByLink(tx, link)
		if err != nil {
			return err
		}
		p = &JoinPage{Confirmed: m != nil}
		if m == nil {
			m = w.membership(tx.Now())
		}
		p.Company, p.Application, p.State, p.Reason = m.Name, m.Application, m.State, m.Reason
		p.Cluster, err = clusters.Get(tx, m.ClusterID)
		return err
	})
	return p, err
}

// joinByLink finds the application of a link: as it waits, or as the membership
// it became.
func (d *Desk) joinByLink(tx *storage.Tx, link string) (*joinWish, *Membership, error) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed("join", id, 0, mac) {
		return nil, nil, errHidden
	}
	m, err := memberships.Get(tx, id)
	if err == nil || !errors.Is(err, storage.ErrNotFound) {
		return nil, m, err
	}
	w, err := joinWishes.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil, &Problem{Kind: Closed, Key: "membership.link_old"}
	}
	return w, nil, err
}

// ConfirmJoin takes the application of a link for true: the organisers of its
// cluster decide on it from now on. Done twice it is done once. One company has
// one open application for a cluster.
func (d *Desk) ConfirmJoin(ctx context.Context, link string) (m *Membership, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			var w *joinWish
			if w, m, err = d.joinByLink(tx, link); err != nil || m != nil {
				return err
			}
			m, err = d.applyToJoin(tx, w)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("confirm an application to join: %w", changedMeanwhile(err))
	}
	return m, nil
}

// applyToJoin makes an application of what was confirmed.
func (d *Desk) applyToJoin(tx *storage.Tx, w *joinWish) (*Membership, error) {
	m := w.membership(tx.Now())
	m.Live = m.ClusterID + "/applied/" + m.Application.applicant()
	switch _, err := memberships.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", m.Live)}}); {
	case err == nil:
		return nil, &Problem{Kind: Exists, Key: "membership.applied_already", Args: []any{"company", m.Name}}
	case !errors.Is(err, storage.ErrNotFound):
		return nil, err
	}
	if err := joinWishes.Delete(tx, w); err != nil {
		return nil, err
	}
	if err := memberships.Put(tx, m); err != nil {
		return nil, err
	}
	a := m.Application
	if err := d.tellOfMembership(tx, m, memberLetter{kind: mailMembershipReceived, key: m.ID, to: reader{a.Email, a.Name, a.Lang}, path: "/join/" + d.JoinLink(m.ID)}); err != nil {
		return nil, err
	}
	if err := d.tellOrganisers(tx, m, memberLetter{kind: mailMembershipApplied, key: m.ID, path: "/organise/memberships/" + m.ID}); err != nil {
		return nil, err
	}
	return m, d.membershipChanged(tx, a.actor(), m, "apply", "")
}
