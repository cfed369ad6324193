package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// WordingList are the kinds of mail of a cluster, with what its organisers have
// written.
type WordingList struct {
	Cluster *Cluster
	Kinds   []WordingLine
}

// A WordingLine is one kind of mail, in each language.
type WordingLine struct {
	WordingKind
	Langs []WordingState
}

// A WordingState says of one kind in one language whether it has words of its
// own, and whether the program's have changed since.
type WordingState struct {
	Lang     string
	Own      bool
	Outdated bool
}

// Wordings are the texts of a cluster's mails, for its organisers.
func (d *Desk) Wordings(ctx context.Context, by Actor, clusterID string) (*WordingList, error) {
	out, own := &WordingList{}, map[string]*Wording{}
	err := d.view(ctx, func(tx *storage.Tx) (err error) {
		if out.Cluster, err = ownCluster(tx, by, clusterID); err != nil {
			return err
		}
		found, err := wordings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", clusterID)}})
		for _, w := range found {
			own[w.ID] = w
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, k := range WordingKinds {
		line := WordingLine{WordingKind: k}
		for _, lang := range d.Texts.Langs() {
			st := WordingState{Lang: lang}
			if w := own[wordingID(clusterID, k.Kind, lang)]; w != nil {
				st.Own, st.Outdated = true, len(w.Outdated(defaultWords(d.Texts.In(lang), k.Kind))) > 0
			}
			line.Langs = append(line.Langs, st)
		}
		out.Kinds = append(out.Kinds, line)
	}
	return out, nil
}

// ownCluster finds a cluster by its id for those who organise it.
func ownCluster(tx *storage.Tx, by Actor, id string) (*Cluster, error) {
	if !by.Organises(id) {
		return nil, errHidden
	}
	return clusters.Get(tx, id)
}

// A WordingPage is everything about the texts of one kind in one language.
type WordingPage struct {
	Cluster  *Cluster
	Kind     WordingKind
	Wording  *Wording // its Rev is 0 where nothing is written
	Defaults map[WordingPart]string
	Outdated []WordingPart
}

// Wording gives the texts of one kind of a cluster's mails, for its organisers.
func (d *Desk) Wording(ctx context.Context, by Actor, clusterID, kind, lang string) (p *WordingPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.wordingPage(tx, by, clusterID, kind, lang)
		return err
	})
	return p, err
}

func (d *Desk) wordingPage(tx *storage.Tx, by Actor, clusterID, kind, lang string) (*WordingPage, error) {
	k, known := wordingKind(kind)
	if !known || !d.Texts.Has(lang) {
		return nil, errHidden
	}
	c, err := ownCluster(tx, by, clusterID)
	if err != nil {
		return nil, err
	}
	w, err := wordings.Get(tx, wordingID(clusterID, kind, lang))
	if errors.Is(err, storage.ErrNotFound) {
		w, err = &Wording{Meta: storage.Meta{ID: wordingID(clusterID, kind, lang)}, ClusterID: clusterID, Kind: kind, Lang: lang}, nil
	}
	if err != nil {
		return nil, err
	}
	p := &WordingPage{Cluster: c, Kind: k, Wording: w, Defaults: defaultWords(d.Texts.In(lang), kind)}
	p.Outdated = w.Outdated(p.Defaults)
	return p, nil
}

// SaveWording has the mails of one kind say what the organisers of a cluster
// typed, from the next one on. rev is the revision that was read, 0 where nothing
// was written. Where all parts say what the program says, nothing is kept.
func (d *Desk) SaveWording(ctx context.Context, by Actor, clusterID, kind, lang string, rev int64, typed map[WordingPart]string) (*WordingPage, error) {
	return d.changeWording(ctx, by, clusterID, kind, lang, rev, func(p *WordingPage) error {
		return p.Wording.write(p.Kind, typed, p.Defaults)
	})
}

// ResetWording has the mails of one kind say again what the program says.
func (d *Desk) ResetWording(ctx context.Context, by Actor, clusterID, kind, lang string, rev int64) (*WordingPage, error) {
	return d.changeWording(ctx, by, clusterID, kind, lang, rev, func(p *WordingPage) error {
		p.Wording.Texts, p.Wording.Defaults = nil, nil
		return nil
	})
}

func (d *Desk) changeWording(ctx context.Context, by Actor, clusterID, kind, lang string, rev int64, change func(*WordingPage) error) (p *WordingPage, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if p, err = d.wordingPage(tx, by, clusterID, kind, lang); err != nil {
			return err
		}
		before := *p.Wording
		if err := change(p); err != nil {
			return err
		}
		if said := wordingChange(&before, p.Wording); said != "" {
			if before.Rev != rev {
				return storage.ErrConflict
			}
			err = d.keepWording(tx, by, p, said)
		}
		p.Outdated = p.Wording.Outdated(p.Defaults)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("write mail %s in %s: %w", kind, lang, changedMeanwhile(err))
	}
	return p, nil
}

// keepWording stores what was written, or removes what says nothing, and notes
// in the audit log what has changed.
func (d *Desk) keepWording(tx *storage.Tx, by Actor, p *WordingPage, said string) error {
	w, action := p.Wording, "wording.save"
	if len(w.Texts) > 0 {
		if err := wordings.Put(tx, w); err != nil {
			return err
		}
	} else {
		if err := wordings.Delete(tx, w); err != nil {
			return err
		}
		action, w.Meta = "wording.reset", storage.Meta{ID: w.ID}
	}
	return d.log(tx, by, action, w.ID, p.Cluster.ID, w.Kind+" · "+w.Lang, said)
}

// longestChange is how much of a change the audit log keeps.
const longestChange = 2000

// wordingChange says which parts have other words, for the audit log; "" if none
// has.
func wordingChange(before, after *Wording) string {
	var said []string
	for _, p := range WordingParts {
		was, is := before.Texts[p], after.Texts[p]
		switch {
		case was == is && before.Defaults[p] == after.Defaults[p]:
		case is == "":
			said = append(said, string(p)+": –")
		default:
			said = append(said, string(p)+": "+is)
		}
	}
	return clipRunes(strings.Join(said, "\n"), longestChange)
}

// PreviewWording is a mail as it would be with the typed words, to a reader and
// about things that are made up. Nothing is stored or sent.
func (d *Desk) PreviewWording(ctx context.Context, by Actor, clusterID, kind, lang string, typed map[WordingPart]string) (mailer.Rendered, error) {
	p, err := d.Wording(ctx, by, clusterID, kind, lang)
	if err != nil {
		return mailer.Rendered{}, err
	}
	l, w := d.Texts.In(lang), *p.Wording // a copy: nothing of it is kept
	if typed != nil {
		if err := w.write(p.Kind, typed, p.Defaults); err != nil {
			return mailer.Rendered{}, err
		}
	}
	m := d.sampleMail(l, p, w.merge(p.Defaults))
	return d.Outbox.Preview(m)
}

// sampleDay is when the made-up things of a preview are.
var sampleDay = time.Date(2027, time.March, 4, 7, 0, 0, 0, time.UTC)

// WordingExample is what a field says in a preview.
func (d *Desk) WordingExample(lang, field string) string {
	l := d.Texts.In(lang)
	if field == "when" {
		return l.Range(sampleDay, sampleDay.Add(7*time.Hour), HouseZone)
	}
	return l.Text("wording.example." + field)
}

func (d *Desk) sampleMail(l *templates.Lang, p *WordingPage, texts map[WordingPart]string) *mailer.Mail {
	var args []any
	for _, f := range p.Kind.Fields {
		args = append(args, f, d.WordingExample(l.Code(), f))
	}
	said := func(part WordingPart) string {
		parsed, _ := parsePattern(texts[part])
		s, _ := parsed.fill(l, args...)
		return s
	}
	from := sender{p.Cluster}
	letter := mailer.Letter{
		Subject: said(WordingSubject), Preheader: said(WordingPreheader), Heading: said(WordingHeading),
		Paragraphs: []string{l.Text("letter.hello", "name", d.WordingExample(l.Code(), "name")), said(WordingBody)},
		Facts:      d.sampleFacts(l, p.Kind), Brand: from.brand(d, l.Code()),
	}
	if texts[WordingButton] != "" {
		letter.Button = &mailer.Link{Label: said(WordingButton), URL: d.BaseURL + "/"}
	}
	return &mailer.Mail{Kind: p.Kind.Kind, Lang: l.Code(), To: "aino@example.org", ToName: d.WordingExample(l.Code(), "name"),
		From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: p.Cluster.ReplyTo, Letter: letter}
}

// sampleFacts are when and where; what is asked afterwards has none.
func (d *Desk) sampleFacts(l *templates.Lang, k WordingKind) []mailer.Fact {
	if k.Subject() == "outcome" || k.Subject() == "group" && slices.Contains(k.Fields, "company") {
		return nil
	}
	return []mailer.Fact{
		{Label: l.Text("letter.fact.when"), Value: d.WordingExample(l.Code(), "when")},
		{Label: l.Text("letter.fact.where"), Value: l.Text("wording.example.where")},
	}
}
