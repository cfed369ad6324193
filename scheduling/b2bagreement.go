package scheduling

import (
	"context"
	"errors"
	"fmt"

	"kohtaamo/storage"
)

// A CoDevelopment is one version of the draft of a co-development agreement that
// a group fills in. Versions are kept as they were saved; what is signed is an
// agreement and stands elsewhere.
type CoDevelopment struct {
	storage.Meta `bson:",inline"`
	GroupID      string            `bson:"group_id"`
	Version      int               `bson:"version"` // from 1
	By           string            `bson:"by"`      // person id
	ByName       string            `bson:"by_name"`
	Title        string            `bson:"title"` // of the project
	Parties      []AgreementParty  `bson:"parties"`
	Clauses      map[string]string `bson:"clauses"` // what was filled in, by clause
}

// An AgreementParty is who would sign.
type AgreementParty struct {
	Name       string `bson:"name"`
	BusinessID string `bson:"business_id,omitempty"`
	Address    string `bson:"address,omitempty"`
	Signatory  string `bson:"signatory,omitempty"`
	Position   string `bson:"position,omitempty"`
}

// AgreementClauses are what is filled in, in the order of the document.
var AgreementClauses = []string{"purpose", "background", "foreground", "confidentiality", "costs", "publication", "term", "law"}

var codevelopments = storage.NewCollection[CoDevelopment]("codevelopments", storage.Unique("group_id", "version"))

// The limits of a draft.
const (
	maxAgreementParties = 20
	maxVersions         = 500
)

// A CoDevelopmentPage is the draft of a group with its versions.
type CoDevelopmentPage struct {
	Group    *Group
	Cluster  *Cluster
	Draft    *CoDevelopment   // the version that was asked for; an empty one where there is none yet
	Versions []*CoDevelopment // the newest first
}

// CoDevelopment shows a group's draft to its members and to who decides: one of
// its versions, the newest for 0. Where there is none yet, the companies that
// are in are its parties.
func (d *Desk) CoDevelopment(ctx context.Context, by Actor, groupID string, version int) (p *CoDevelopmentPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = coDevelopmentPage(tx, by, groupID, version)
		return err
	})
	return p, err
}

func coDevelopmentPage(tx *storage.Tx, by Actor, groupID string, version int) (*CoDevelopmentPage, error) {
	a, err := b2bOf(tx, by, groupID)
	if err != nil {
		return nil, err
	}
	if !a.manage && !a.member {
		return nil, errHidden
	}
	p := &CoDevelopmentPage{Group: a.g}
	p.Versions, err = codevelopments.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}, Sort: "-version"})
	if err != nil {
		return nil, err
	}
	for _, v := range p.Versions {
		if version == 0 || v.Version == version {
			p.Draft = v
			break
		}
	}
	switch {
	case p.Draft == nil && version != 0:
		return nil, errHidden
	case p.Draft == nil:
		if p.Draft, err = blankDraft(tx, a.g); err != nil {
			return nil, err
		}
	}
	p.Cluster, err = clusters.Get(tx, a.g.ClusterID)
	return p, err
}

// blankDraft is a draft between the companies that are in.
func blankDraft(tx *storage.Tx, g *Group) (*CoDevelopment, error) {
	out := &CoDevelopment{GroupID: g.ID, Clauses: map[string]string{}}
	list, err := membershipsOf(tx, g.ID)
	for _, m := range list {
		if m.State != MemberAccepted || len(out.Parties) == maxAgreementParties {
			continue
		}
		p := AgreementParty{Name: m.Name}
		if c, err := companies.Get(tx, m.CompanyID); err == nil {
			p.BusinessID, p.Address = c.BusinessID, c.Municipality
		} else if !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		out.Parties = append(out.Parties, p)
	}
	return out, err
}

func (v *CoDevelopment) check() error {
	f := faults{}
	v.Title = cleanLine(v.Title)
	f.need("title", v.Title, lineLimit)
	var parties []AgreementParty
	for _, p := range v.Parties {
		for _, s := range []*string{&p.Name, &p.BusinessID, &p.Address, &p.Signatory, &p.Position} {
			*s = cleanLine(*s)
			f.limit("parties", *s, lineLimit)
		}
		if p == (AgreementParty{}) {
			continue
		}
		if p.Name == "" {
			f.add("parties", "agreement.party_name")
		}
		parties = append(parties, p)
	}
	if v.Parties = parties; len(parties) < 2 || len(parties) > maxAgreementParties {
		f.add("parties", "agreement.parties")
	}
	clauses := map[string]string{}
	for _, name := range AgreementClauses {
		s := cleanText(v.Clauses[name])
		f.limit("clause."+name, s, answerLimit)
		clauses[name] = s
	}
	v.Clauses = clauses
	return f.problem()
}

// SaveCoDevelopment keeps in as the next version of its group's draft, for its
// members and for who decides. in.Version is the one that it was made from: if
// there is a newer one by now, nothing is kept.
func (d *Desk) SaveCoDevelopment(ctx context.Context, by Actor, in *CoDevelopment) (*CoDevelopment, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := &CoDevelopment{GroupID: in.GroupID, Version: in.Version + 1, By: by.ID, ByName: by.Name, Title: in.Title, Parties: in.Parties, Clauses: in.Clauses}
	err := d.update(ctx, func(tx *storage.Tx) error {
		out.Meta = storage.Meta{ID: storage.NewID()}
		p, err := coDevelopmentPage(tx, by, in.GroupID, 0)
		switch {
		case err != nil:
			return err
		case p.Draft.Version != in.Version:
			return storage.ErrConflict
		case in.Version >= maxVersions:
			return &Problem{Kind: Full, Key: "agreement.too_many", Args: []any{"count", maxVersions}}
		}
		if err := codevelopments.Put(tx, out); err != nil {
			return err
		}
		return d.log(tx, by, "agreement.draft", p.Group.ID, p.Group.ID, p.Group.Slug, "")
	})
	if errors.Is(err, storage.ErrDuplicate) {
		err = storage.ErrConflict
	}
	if err != nil {
		return nil, fmt.Errorf("save the agreement draft of group %s: %w", in.GroupID, changedMeanwhile(err))
	}
	return out, nil
}
