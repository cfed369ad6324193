package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// MembershipTerms say how a cluster keeps the agreements of its members.
type MembershipTerms struct {
	storage.Meta `bson:",inline"` // under the cluster's ID
	Text         Text             `bson:"text,omitempty"`   // Markdown with fields, by language: what a new agreement begins as; the program's own where there is none
	Months       int              `bson:"months,omitempty"` // that an agreement is for; 0: until somebody ends it
	Free         bool             `bson:"free,omitempty"`   // one may be a member without an agreement: a membership outlives it
}

var membershipTerms = storage.NewCollection[MembershipTerms]("membership_terms")

// AgreementFields are what the text of an agreement may mention.
var AgreementFields = []string{"company", "business_id", "municipality", "country", "cluster", "version", "starts", "ends", "signatory", "position"}

// The limits of agreements.
const (
	agreementLimit     = 40_000 // runes of a text
	maxAgreementMonths = 120
)

// MembershipTerms are those of a cluster, for its organisers.
func (d *Desk) MembershipTerms(ctx context.Context, by Actor, clusterID string) (c *Cluster, t *MembershipTerms, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if c, err = ownCluster(tx, by, clusterID); err != nil {
			return err
		}
		t, err = termsOf(tx, clusterID)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	t.Text = d.templates(t)
	return c, t, nil
}

// termsOf are a cluster's terms: an agreement of a year where nobody said
// otherwise.
func termsOf(tx *storage.Tx, clusterID string) (*MembershipTerms, error) {
	t, err := membershipTerms.Get(tx, clusterID)
	if errors.Is(err, storage.ErrNotFound) {
		return &MembershipTerms{Meta: storage.Meta{ID: clusterID}, Months: 12}, nil
	}
	return t, err
}

// templates are the texts that agreements begin as, in every language.
func (d *Desk) templates(t *MembershipTerms) Text {
	out := Text{}
	for _, lang := range d.Texts.Langs() {
		if out[lang] = t.Text[lang]; out[lang] == "" {
			out[lang] = d.Texts.In(lang).Pattern("membership.template")
		}
	}
	return out
}

// SaveMembershipTerms stores how a cluster keeps its agreements, for its
// organisers. What was made from a text before stays as it is.
func (d *Desk) SaveMembershipTerms(ctx context.Context, by Actor, t *MembershipTerms) error {
	f := faults{}
	for lang, s := range t.Text {
		t.Text[lang] = cleanText(s)
		f.agreementText("text", t.Text[lang])
	}
	if t.Months < 0 || t.Months > maxAgreementMonths {
		f.add("months", "problem.number")
	}
	if err := f.problem(); err != nil {
		return err
	}
	for lang, s := range t.Text { // the program's own text may go on being mended
		if s == d.Texts.In(lang).Pattern("membership.template") {
			delete(t.Text, lang)
		}
	}
	if !by.Organises(t.ID) {
		return errHidden
	}
	return d.save(ctx, by, "membership_terms", "", "text", func(tx *storage.Tx) (string, error) {
		if _, err := clusters.Get(tx, t.ID); err != nil {
			return "", err
		}
		if had, err := termsOf(tx, t.ID); err != nil || had.Rev != t.Rev {
			return "", errors.Join(err, storage.ErrConflict)
		}
		return t.ID, membershipTerms.Put(tx, t)
	})
}

// agreementText notes what is wrong with a text to sign: a field that nobody
// knows, and HTML, which would be signed but not shown.
func (f faults) agreementText(field, s string) {
	f.limit(field, s, agreementLimit)
	p, bad := parsePattern(s)
	if bad == nil {
		bad = p.unknown(AgreementFields)
	}
	if bad != nil {
		f.add(field, bad.key)
	}
	for i := 0; i < len(s)-1; i++ {
		if next := s[i+1] | 0x20; s[i] == '<' && (next >= 'a' && next <= 'z' || strings.IndexByte("/!?", s[i+1]) >= 0) {
			f.add(field, "membership.no_html")
		}
	}
}

// termEnd is when a term of so many months is over that begins with a day of the
// house's clock: on the same day of the month, or where that month is shorter
// after its last day. From 29 February for a year it ends with 28 February.
func termEnd(starts time.Time, months int) time.Time {
	from := starts.In(zoneOf(HouseZone))
	end := time.Date(from.Year(), from.Month()+time.Month(months), from.Day(), 0, 0, 0, 0, from.Location())
	if end.Day() != from.Day() {
		end = time.Date(end.Year(), end.Month(), 1, 0, 0, 0, 0, from.Location())
	}
	return end.UTC()
}

// FirstDay is the first day of a on the house's clock, as 2006-01-02; "" where
// none was chosen yet.
func (a *Agreement) FirstDay() string {
	if a.Starts.IsZero() {
		return ""
	}
	return a.Starts.In(zoneOf(HouseZone)).Format(time.DateOnly)
}

// LastDay is the last day of a, as 2006-01-02; "" where it has no end.
func (a *Agreement) LastDay() string {
	if a.Ends.IsZero() {
		return ""
	}
	return a.Ends.In(zoneOf(HouseZone)).AddDate(0, 0, -1).Format(time.DateOnly)
}

// period are the days of a in words.
func (a *Agreement) period(l *templates.Lang) (from, until string) {
	from, until = "–", l.Text("membership.no_end")
	if s := a.FirstDay(); s != "" {
		from = formalDate(l, s)
	}
	if s := a.LastDay(); s != "" {
		until = formalDate(l, s)
	}
	return from, until
}

// formalDate is a date as agreements have it: without the day of the week that
// Lang.Date begins with.
func formalDate(l *templates.Lang, date string) string {
	_, s, _ := strings.Cut(l.Date(date), " ")
	return s
}

// document is the text that is signed, or was: what is filled in stands in it,
// and is what it is until somebody signs.
func (d *Desk) document(tx *storage.Tx, a *Agreement) (string, error) {
	if a.Signature != nil || a.FileID != "" {
		return a.Text, nil
	}
	p, bad := parsePattern(a.Text)
	if bad != nil {
		return "", fmt.Errorf("the text of agreement %s: %s near %q", a.ID, bad.key, bad.near)
	}
	args, err := d.fieldsOf(tx, a)
	if err != nil {
		return "", err
	}
	s, ok := p.fill(d.Texts.In(a.Lang), args...)
	if !ok {
		return "", fmt.Errorf("the text of agreement %s mentions what there is not", a.ID)
	}
	return s, nil
}

// fieldsOf are the AgreementFields of a with their values, as Markdown.
func (d *Desk) fieldsOf(tx *storage.Tx, a *Agreement) (args []any, err error) {
	co, err := companies.Get(tx, a.CompanyID)
	if err != nil {
		return nil, err
	}
	cl, err := clusters.Get(tx, a.ClusterID)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(a.Lang)
	from, until := a.period(l)
	for i, v := range []string{co.Name, co.BusinessID, co.Municipality, l.Country(co.Country), cl.Name.In(a.Lang), strconv.Itoa(a.Version), from, until, a.Signatory, a.Position} {
		if v == "" {
			v = "–"
		}
		args = append(args, AgreementFields[i], escaped(v))
	}
	return args, nil
}
