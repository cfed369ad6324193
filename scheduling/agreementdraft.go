package scheduling

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// agreementsOf are the versions of a membership's agreement, the newest first.
func agreementsOf(tx *storage.Tx, membershipID string) ([]*Agreement, error) {
	return agreements.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("membership_id", membershipID)}, Sort: "-version"})
}

// Open reports whether a can still be changed: nobody has signed it.
func (a *Agreement) Open() bool { return a.State == AgreementDraft || a.State == AgreementSent }

// InForce reports whether a binds: it is signed and not over.
func (a *Agreement) InForce() bool { return a.State == AgreementSigned || a.State == AgreementDue }

// inForce reports whether a membership has an agreement that binds.
func inForce(tx *storage.Tx, membershipID string) (bool, error) {
	list, err := agreementsOf(tx, membershipID)
	return slices.ContainsFunc(list, (*Agreement).InForce), err
}

func (a *Agreement) become(s AgreementState, now time.Time) { a.State, a.StateAt = s, now }

// errSigned is a mistake of this program: it would change what was signed.
var errSigned = errors.New("a signed version of an agreement never changes")

// putAgreement stores a. Of a version that was signed, nothing but its state and
// its reminders may be other than it was.
func putAgreement(tx *storage.Tx, a *Agreement) error {
	was, err := agreements.Get(tx, a.ID)
	switch {
	case errors.Is(err, storage.ErrNotFound):
	case err != nil:
		return err
	case was.Signature != nil && !was.sameDocument(a):
		return fmt.Errorf("agreement %s: %w", a.ID, errSigned)
	}
	return agreements.Put(tx, a)
}

// sameDocument reports whether b is what a was signed as. A company that is
// merged into another takes its agreements along.
func (a *Agreement) sameDocument(b *Agreement) bool {
	return b.Signature != nil && *a.Signature == *b.Signature && a.MembershipID == b.MembershipID && a.Version == b.Version && a.Lang == b.Lang &&
		a.Text == b.Text && a.FileID == b.FileID && a.Starts.Equal(b.Starts) && a.Ends.Equal(b.Ends) && a.Signatory == b.Signatory && a.Position == b.Position && a.Email == b.Email
}

// agreementChanged notes what was done with an agreement; what binds and what
// does so no more is told to the webhooks, too.
func (d *Desk) agreementChanged(tx *storage.Tx, by Actor, a *Agreement, m *Membership, what, reason string) error {
	if err := d.log(tx, by, "agreement."+what, a.ID, m.ID, fmt.Sprintf("%s, %d", m.Name, a.Version), reason); err != nil {
		return err
	}
	switch what {
	case "sign", "paper", "lapse":
		return d.announce(tx, TopicMembership, "agreement_"+what, m.ID, []string{m.ClusterID}, m.news())
	}
	return nil
}

// An AgreementInput is what an organiser writes of a version that nobody has
// signed.
type AgreementInput struct {
	ID           string // of the form, for a new one
	Rev          int64  // that was shown; 0 for a new one
	MembershipID string
	Lang         string
	Text         string // Markdown with AgreementFields; empty: the cluster's template
	Starts       string // first day, 2006-01-02
	Until        string // last day; empty: until somebody ends it
	Signatory    string
	Position     string
	Email        string
}

// check cleans what was typed and says everything that is wrong with it.
func (in *AgreementInput) check(langs []string) error {
	f := faults{}
	in.Text, in.Signatory, in.Position, in.Email = cleanText(in.Text), cleanLine(in.Signatory), cleanLine(in.Position), cleanLine(in.Email)
	f.agreementText("text", in.Text)
	f.limit("signatory", in.Signatory, lineLimit)
	f.limit("position", in.Position, lineLimit)
	if in.Email != "" {
		in.Email = f.address("email", in.Email)
	}
	if !slices.Contains(langs, in.Lang) {
		f.add("lang", "problem.choice")
	}
	loc := zoneOf(HouseZone)
	if in.Starts != "" && midnight(in.Starts, loc).IsZero() {
		f.add("starts", "problem.date")
	}
	if in.Until != "" && midnight(in.Until, loc).IsZero() {
		f.add("until", "problem.date")
	}
	if in.Starts != "" && in.Until != "" && in.Until < in.Starts {
		f.add("until", "event.ends_before")
	}
	return f.problem()
}

// SaveAgreement stores a new version of a membership's agreement or changes one
// that nobody has signed, for the organisers of its cluster. There is one open
// version at a time. Whoever was sent another text has to read it again before
// they can sign.
func (d *Desk) SaveAgreement(ctx context.Context, by Actor, in AgreementInput) (a *Agreement, err error) {
	if err := in.check(d.Texts.Langs()); err != nil {
		return nil, err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			m, err := memberships.Get(tx, in.MembershipID)
			if err != nil {
				return err
			}
			if !by.Organises(m.ClusterID) {
				return errHidden
			}
			if in.Rev == 0 {
				a, err = d.newVersion(tx, by, m, in)
			} else {
				a, err = d.editVersion(tx, by, m, in)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("save an agreement of membership %s: %w", in.MembershipID, changedMeanwhile(err))
	}
	return a, nil
}

// newVersion begins the next version of m's agreement.
func (d *Desk) newVersion(tx *storage.Tx, by Actor, m *Membership, in AgreementInput) (*Agreement, error) {
	if m.State != JoinActive {
		return nil, &Problem{Kind: Closed, Key: "membership.not_active"}
	}
	list, err := agreementsOf(tx, m.ID)
	if err != nil {
		return nil, err
	}
	a := &Agreement{Meta: storage.Meta{ID: orNew(in.ID)}, MembershipID: m.ID, CompanyID: m.CompanyID, ClusterID: m.ClusterID, Version: 1}
	for _, had := range list {
		if had.ID == a.ID {
			return had, nil
		}
		if had.Open() {
			return nil, &Problem{Kind: Exists, Key: "membership.open_version", Args: []any{"version", had.Version}}
		}
		a.Version = max(a.Version, had.Version+1)
	}
	t, err := termsOf(tx, m.ClusterID)
	if err != nil {
		return nil, err
	}
	in.into(a, d.templates(t))
	a.become(AgreementDraft, tx.Now())
	if err := putAgreement(tx, a); err != nil {
		return nil, err
	}
	return a, d.agreementChanged(tx, by, a, m, "save", "")
}

// into writes what was typed into a.
func (in AgreementInput) into(a *Agreement, templates Text) {
	a.Lang, a.Text, a.Signatory, a.Position, a.Starts, a.Ends = in.Lang, in.Text, in.Signatory, in.Position, time.Time{}, time.Time{}
	if a.Text == "" && a.FileID == "" {
		a.Text = templates[in.Lang]
	}
	if a.Email != in.Email {
		a.Email = in.Email
		a.Generation++
	}
	loc := zoneOf(HouseZone)
	if in.Starts != "" {
		a.Starts = midnight(in.Starts, loc)
	}
	if in.Until != "" {
		a.Ends = midnight(in.Until, loc).In(loc).AddDate(0, 0, 1).UTC()
	}
}

func (d *Desk) editVersion(tx *storage.Tx, by Actor, m *Membership, in AgreementInput) (*Agreement, error) {
	a, err := agreements.Get(tx, in.ID)
	switch {
	case err != nil:
		return nil, err
	case a.MembershipID != m.ID:
		return nil, errHidden
	case a.Rev != in.Rev:
		return nil, storage.ErrConflict
	case !a.Open():
		return nil, errIsSigned()
	}
	t, err := termsOf(tx, m.ClusterID)
	if err != nil {
		return nil, err
	}
	in.into(a, d.templates(t))
	if err := d.complete(a); a.State == AgreementSent && err != nil {
		return nil, err
	}
	if err := putAgreement(tx, a); err != nil {
		return nil, err
	}
	return a, d.agreementChanged(tx, by, a, m, "save", "")
}

func errIsSigned() error { return &Problem{Kind: Closed, Key: "membership.is_signed"} }

// onAgreement changes a version in a transaction, for the organisers of its
// cluster.
func (d *Desk) onAgreement(ctx context.Context, by Actor, id string, change func(*storage.Tx, *Membership, *Agreement) error) (a *Agreement, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			if a, err = agreements.Get(tx, id); err != nil {
				return err
			}
			if !by.Organises(a.ClusterID) {
				return errHidden
			}
			m, err := memberships.Get(tx, a.MembershipID)
			if err != nil {
				return err
			}
			return change(tx, m, a)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("change agreement %s: %w", id, changedMeanwhile(err))
	}
	return a, nil
}

// DeleteAgreement throws away a version that was not sent, with its file, for
// the organisers of its cluster.
func (d *Desk) DeleteAgreement(ctx context.Context, by Actor, id string) error {
	_, err := d.onAgreement(ctx, by, id, func(tx *storage.Tx, m *Membership, a *Agreement) error {
		if a.State != AgreementDraft {
			return &Problem{Kind: Closed, Key: "membership.was_sent"}
		}
		if err := dropFiles(tx, a.ID); err != nil {
			return err
		}
		if err := agreements.Delete(tx, a); err != nil {
			return err
		}
		return d.agreementChanged(tx, by, a, m, "delete", "")
	})
	return err
}

// dropFiles removes all files of an agreement.
func dropFiles(tx *storage.Tx, agreementID string) error {
	list, err := filesOf(tx, agreementFiles, agreementID)
	for _, x := range list {
		if err := deleteFile(tx, x); err != nil {
			return err
		}
	}
	return err
}

// agreementFiles is the owner's kind of the files of agreements.
const agreementFiles = "agreement"

// AttachAgreement has a PDF file signed instead of the text, for the organisers
// of the cluster; without bytes, the text again. A file takes the place of the
// one before.
func (d *Desk) AttachAgreement(ctx context.Context, by Actor, id, name string, body []byte) (*Agreement, error) {
	return d.onAgreement(ctx, by, id, func(tx *storage.Tx, m *Membership, a *Agreement) error {
		if !a.Open() {
			return errIsSigned()
		}
		if len(body) > 0 && strings.ToLower(path.Ext(name)) != ".pdf" {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"file": "membership.pdf_only"}}
		}
		if err := dropFiles(tx, a.ID); err != nil {
			return err
		}
		a.FileID = ""
		if len(body) > 0 {
			x, err := saveFile(tx, by, agreementFiles, a.ID, name, body)
			if err != nil {
				return err
			}
			a.FileID = x.ID
		}
		if a.State == AgreementSent {
			if err := d.complete(a); err != nil {
				return err
			}
		}
		if err := putAgreement(tx, a); err != nil {
			return err
		}
		return d.agreementChanged(tx, by, a, m, "attach", "")
	})
}

// SendAgreement sends the signatory a link to read and sign a version, for the
// organisers of its cluster. Sent again, it reminds them.
func (d *Desk) SendAgreement(ctx context.Context, by Actor, id string) (*Agreement, error) {
	return d.onAgreement(ctx, by, id, func(tx *storage.Tx, m *Membership, a *Agreement) error {
		switch {
		case !a.Open():
			return errIsSigned()
		case m.State != JoinActive:
			return &Problem{Kind: Closed, Key: "membership.not_active"}
		}
		if err := d.complete(a); err != nil {
			return err
		}
		a.become(AgreementSent, tx.Now())
		a.SentAt = tx.Now()
		if err := putAgreement(tx, a); err != nil {
			return err
		}
		if err := d.tellSignatory(tx, m, a, mailAgreementSign, fmt.Sprintf("%s/%d", a.ID, a.Rev)); err != nil {
			return err
		}
		return d.agreementChanged(tx, by, a, m, "send", "")
	})
}

// complete says what a version lacks that is sent or signed.
func (d *Desk) complete(a *Agreement) error {
	f := faults{}
	f.need("signatory", a.Signatory, lineLimit)
	f.need("email", a.Email, lineLimit)
	if a.Starts.IsZero() {
		f.add("starts", "problem.required")
	}
	if a.Text == "" && a.FileID == "" {
		f.add("text", "problem.required")
	}
	return f.problem()
}
