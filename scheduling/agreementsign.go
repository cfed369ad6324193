package scheduling

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"fmt"
	"path"
	"slices"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// AgreementLink is the last part of the address where an agreement is read and
// signed. It holds as long as the signatory's address stays.
func (d *Desk) AgreementLink(a *Agreement) string { return d.sign("agreement", a.ID, a.Generation) }

func (d *Desk) agreementPath(a *Agreement) string { return "/agreements/" + d.AgreementLink(a) }

// A SigningPage is a version of an agreement as who signs it reads it, or has
// signed it.
type SigningPage struct {
	Agreement *Agreement
	Company   string
	Cluster   *Cluster
	Document  string // Markdown; empty where File is signed
	File      *File  // nil where Document is signed
	SHA256    string // of what is shown, in hexadecimal
	Open      bool   // it can be signed now
}

// AgreementByLink shows the version of a link. It changes nothing.
func (d *Desk) AgreementByLink(ctx context.Context, link string) (p *SigningPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, _, err = d.agreementByLink(tx, link)
		return err
	})
	return p, err
}

func (d *Desk) agreementByLink(tx *storage.Tx, link string) (*SigningPage, *Membership, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, nil, errHidden
	}
	a, err := agreements.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	if !d.signed("agreement", id, a.Generation, mac) || a.State == AgreementDraft {
		return nil, nil, errHidden
	}
	m, err := memberships.Get(tx, a.MembershipID)
	if err != nil {
		return nil, nil, err
	}
	p, err := d.signingPage(tx, m, a)
	return p, m, err
}

// signingPage reads what a says, with the hash of it.
func (d *Desk) signingPage(tx *storage.Tx, m *Membership, a *Agreement) (p *SigningPage, err error) {
	p = &SigningPage{Agreement: a, Company: m.Name, Open: a.State == AgreementSent && m.State == JoinActive}
	if p.Cluster, err = clusters.Get(tx, a.ClusterID); err != nil {
		return nil, err
	}
	if a.FileID != "" {
		if p.File, err = files.Get(tx, a.FileID); err != nil {
			return nil, err
		}
		p.SHA256 = p.File.SHA256
		return p, nil
	}
	p.Document, err = d.document(tx, a)
	p.SHA256 = documentHash([]byte(p.Document))
	return p, err
}

// documentHash is the SHA-256 of bytes, in hexadecimal.
func documentHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// A SignInput is what somebody does who signs.
type SignInput struct {
	Name     string // as they type it
	Position string
	Agreed   bool
	SHA256   string // of the document that their page showed
}

// SignAgreement signs the version of a link. It is refused where the document is
// not the one that was shown, and done twice it is done once. Who signed gets
// the signed version by mail, and the organisers hear of it.
func (d *Desk) SignAgreement(ctx context.Context, link string, in SignInput) (a *Agreement, err error) {
	f := faults{}
	in.Name, in.Position = cleanLine(in.Name), cleanLine(in.Position)
	f.need("name", in.Name, lineLimit)
	f.need("position", in.Position, lineLimit)
	if !in.Agreed {
		f.add("agreed", "membership.sign_needed")
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			p, m, err := d.agreementByLink(tx, link)
			if err != nil {
				return err
			}
			a = p.Agreement
			switch {
			case a.Signature != nil && a.Signature.Name == in.Name && a.Signature.SHA256 == in.SHA256:
				return nil // the same form once more
			case a.Signature != nil:
				return errIsSigned()
			case !p.Open:
				return &Problem{Kind: Closed, Key: "membership.not_to_sign"}
			case p.SHA256 != in.SHA256:
				return &Problem{Kind: Changed, Key: "membership.document_changed"}
			}
			a.Position = in.Position
			by := Actor{Name: in.Name, Email: a.Email, Lang: a.Lang, Via: "link"}
			return d.putSignature(tx, by, m, p, &Signature{Name: in.Name, At: tx.Now(), SHA256: p.SHA256, By: "link"}, "sign")
		})
	})
	if err != nil {
		return nil, fmt.Errorf("sign an agreement: %w", changedMeanwhile(err))
	}
	return a, nil
}

// putSignature puts a signature on a version, which takes the place of the one in
// force, and tells everybody.
func (d *Desk) putSignature(tx *storage.Tx, by Actor, m *Membership, p *SigningPage, s *Signature, how string) error {
	a := p.Agreement
	a.Signature, a.Text = s, p.Document
	a.become(AgreementSigned, tx.Now())
	if !a.Ends.IsZero() && !a.Ends.After(tx.Now()) {
		return &Problem{Kind: Closed, Key: "membership.over_already"}
	}
	list, err := agreementsOf(tx, m.ID)
	if err != nil {
		return err
	}
	for _, old := range list {
		if old.ID == a.ID || !old.InForce() {
			continue
		}
		old.become(AgreementRenewed, tx.Now())
		if err := putAgreement(tx, old); err != nil {
			return err
		}
	}
	if err := putAgreement(tx, a); err != nil {
		return err
	}
	if err := d.tellSignatory(tx, m, a, mailAgreementSigned, a.ID); err != nil {
		return err
	}
	if err := d.tellOrganisers(tx, m, memberLetter{kind: mailAgreementCame, key: a.ID, path: "/organise/memberships/" + m.ID, facts: d.agreementFacts(a)}); err != nil {
		return err
	}
	return d.agreementChanged(tx, by, a, m, how, "")
}

// A PaperSignature is what an organiser notes of a version that was signed on
// paper.
type PaperSignature struct {
	Name     string
	Position string
	Day      string // 2006-01-02, on the house's clock
	File     string // name of the scan
	Scan     []byte
}

// NoteSigned notes that a version was signed on paper, with the scan, for the
// organisers of its cluster.
func (d *Desk) NoteSigned(ctx context.Context, by Actor, id string, in PaperSignature) (*Agreement, error) {
	f := faults{}
	in.Name, in.Position = cleanLine(in.Name), cleanLine(in.Position)
	f.need("name", in.Name, lineLimit)
	f.limit("position", in.Position, lineLimit)
	at := midnight(in.Day, zoneOf(HouseZone))
	if at.IsZero() || at.After(d.now()) {
		f.add("day", "membership.joined_past")
	}
	if len(in.Scan) == 0 {
		f.add("file", "file.empty")
	}
	if ext := strings.ToLower(path.Ext(in.File)); len(in.Scan) > 0 && !slices.Contains([]string{".pdf", ".png", ".jpg", ".jpeg"}, ext) {
		f.add("file", "membership.scan_kind")
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onAgreement(ctx, by, id, func(tx *storage.Tx, m *Membership, a *Agreement) error {
		switch {
		case a.Signature != nil && a.Signature.By == "paper" && a.Signature.Name == in.Name:
			return nil
		case !a.Open():
			return errIsSigned()
		case m.State != JoinActive:
			return &Problem{Kind: Closed, Key: "membership.not_active"}
		case a.Starts.IsZero():
			return &Problem{Kind: Invalid, Key: "membership.no_start"}
		}
		p, err := d.signingPage(tx, m, a)
		if err != nil {
			return err
		}
		scan, err := saveFile(tx, by, agreementFiles, a.ID, in.File, in.Scan)
		if err != nil {
			return err
		}
		if in.Position != "" {
			a.Position = in.Position
		}
		return d.putSignature(tx, by, m, p, &Signature{Name: in.Name, At: at, SHA256: p.SHA256, By: "paper", FileID: scan.ID}, "paper")
	})
}

// tellSignatory promises a mail with the link of a version to who signs it.
func (d *Desk) tellSignatory(tx *storage.Tx, m *Membership, a *Agreement, kind, key string) error {
	w := memberLetter{kind: kind, key: key, to: reader{a.Email, a.Signatory, a.Lang}, path: d.agreementPath(a), facts: d.agreementFacts(a)}
	return d.tellOfMembership(tx, m, w)
}

// agreementFacts are what identifies a version, and its signature.
func (d *Desk) agreementFacts(a *Agreement) func(*templates.Lang) []mailer.Fact {
	return func(l *templates.Lang) []mailer.Fact {
		from, until := a.period(l)
		fs := []mailer.Fact{
			{Label: l.Text("membership.fact.version"), Value: l.Number(a.Version)},
			{Label: l.Text("membership.fact.period"), Value: from + " – " + until},
		}
		if s := a.Signature; s != nil {
			when := l.When(s.At, HouseZone)
			if s.By == "paper" {
				when = l.Day(s.At, HouseZone)
			}
			fs = append(fs, mailer.Fact{Label: l.Text("membership.fact.signed"), Value: s.Name + ", " + when}, mailer.Fact{Label: l.Text("membership.fact.hash"), Value: s.SHA256})
		}
		return fs
	}
}

// An AgreementFile is a file of an agreement with its bytes.
type AgreementFile struct {
	*File
	Body []byte
}

// AgreementFileByLink gives who signs a version the file that it is, or the scan
// of what was signed.
func (d *Desk) AgreementFileByLink(ctx context.Context, link, fileID string) (x *AgreementFile, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, _, err := d.agreementByLink(tx, link)
		if err != nil {
			return err
		}
		x, err = agreementFile(tx, p.Agreement, fileID)
		return err
	})
	return x, err
}

// AgreementFile gives a file of a version to the organisers of its cluster and
// to the company's contact, who reads what was sent or signed.
func (d *Desk) AgreementFile(ctx context.Context, by Actor, id, fileID string) (x *AgreementFile, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		a, err := agreementFor(tx, by, id)
		if err != nil {
			return err
		}
		x, err = agreementFile(tx, a, fileID)
		return err
	})
	return x, err
}

// agreementFor finds a version that by may read.
func agreementFor(tx *storage.Tx, by Actor, id string) (*Agreement, error) {
	a, err := agreements.Get(tx, id)
	if err != nil || by.Organises(a.ClusterID) {
		return a, err
	}
	m, err := memberships.Get(tx, a.MembershipID)
	if err != nil {
		return nil, err
	}
	if !m.speaks(by) || a.State == AgreementDraft {
		return nil, errHidden
	}
	return a, nil
}

func agreementFile(tx *storage.Tx, a *Agreement, fileID string) (*AgreementFile, error) {
	x, err := files.Get(tx, fileID)
	if err != nil {
		return nil, err
	}
	if x.OwnerKind != agreementFiles || x.OwnerID != a.ID {
		return nil, errHidden
	}
	body, err := fileBytes(tx, x.ID)
	return &AgreementFile{x, body}, err
}

// AgreementText shows a version to the organisers of its cluster and to the
// company's contact.
func (d *Desk) AgreementText(ctx context.Context, by Actor, id string) (p *SigningPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		a, err := agreementFor(tx, by, id)
		if err != nil {
			return err
		}
		m, err := memberships.Get(tx, a.MembershipID)
		if err != nil {
			return err
		}
		p, err = d.signingPage(tx, m, a)
		return err
	})
	return p, err
}

// speaks reports whether by is the person who speaks for the company.
func (m *Membership) speaks(by Actor) bool { return by.SignedIn() && m.ContactID == by.ID }
