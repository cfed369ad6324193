package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// An AudienceView says whom a campaign would go to if it left now.
type AudienceView struct {
	People int             // who get it
	ByLang map[string]int  // in which language they get it
	Out    map[LeftOut]int // whom the rules find and who get nothing
	First  []Reader        // of those who get it, by name
	Left   []Reader        // of those who do not
}

// audienceShown is how many of each a page shows.
const audienceShown = 50

// Audience looks at everybody whom the rules of a campaign of by's clusters
// find now. With words in find, only those whose name, company or address has
// them all are shown; the figures are of everybody.
func (d *Desk) Audience(ctx context.Context, by Actor, id, find string) (v *AudienceView, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := ownCampaign(tx, by, id)
		if err != nil {
			return err
		}
		v, err = d.lookAt(tx, c, find)
		return err
	})
	return v, err
}

func (d *Desk) lookAt(tx *storage.Tx, c *Campaign, find string) (*AudienceView, error) {
	v := &AudienceView{ByLang: map[string]int{}, Out: map[LeftOut]int{}}
	wanted := words(find)
	for r, err := range d.readersOf(tx, c) {
		if err != nil {
			return nil, err
		}
		list := &v.First
		if r.Out != "" {
			v.Out[r.Out]++
			list = &v.Left
		} else {
			v.People++
			v.ByLang[c.ReadIn(r.Lang)]++
		}
		if r.has(wanted) {
			*list = append(*list, r)
		}
		if len(*list) >= 4*audienceShown {
			*list = firstReaders(*list)
		}
	}
	v.First, v.Left = firstReaders(v.First), firstReaders(v.Left)
	return v, nil
}

// readersOf are all readers of c as its rules find them now.
func (d *Desk) readersOf(tx *storage.Tx, c *Campaign) iter.Seq2[Reader, error] {
	return func(yield func(Reader, error) bool) {
		cl, err := clusters.Get(tx, c.ClusterID)
		if err != nil {
			yield(Reader{}, err)
			return
		}
		a, err := d.audienceOf(tx, c, cl.Location())
		if err != nil {
			yield(Reader{}, err)
			return
		}
		for r, err := range a.each(tx) {
			if !yield(r, err) {
				return
			}
		}
	}
}

// firstReaders are the first by name, of those there are.
func firstReaders(list []Reader) []Reader {
	slices.SortFunc(list, func(a, b Reader) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Email, b.Email))
	})
	return slices.Clip(list[:min(len(list), audienceShown)])
}

// has reports whether each of the words begins one of r's.
func (r *Reader) has(wanted []string) bool {
	own := words(r.Name, r.Company, r.Email)
	return !slices.ContainsFunc(wanted, func(w string) bool {
		return !slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(o, w) })
	})
}

// EachReader gives fn everybody whom the rules of a campaign of by's clusters
// find now, one at a time: those who get nothing too.
func (d *Desk) EachReader(ctx context.Context, by Actor, id string, fn func(*Campaign, iter.Seq2[*Reader, error]) error) error {
	return d.view(ctx, func(tx *storage.Tx) error {
		c, err := ownCampaign(tx, by, id)
		if err != nil {
			return err
		}
		return fn(c, func(yield func(*Reader, error) bool) {
			for r, err := range d.readersOf(tx, c) {
				if !yield(&r, err) || err != nil {
					return
				}
			}
		})
	})
}

// A CampaignPreview is a campaign as one reader gets it.
type CampaignPreview struct {
	Campaign *Campaign
	Reader   Reader
	Lang     string
	Shown    mailer.Sheet
	LinkedIn string // the same for a post, without marks
}

// PreviewCampaign lays c out for the reader of an address, or for nobody in
// particular, in lang if that is said. C need not be stored: it is what was typed.
func (d *Desk) PreviewCampaign(ctx context.Context, by Actor, c *Campaign, email, lang string) (p *CampaignPreview, err error) {
	if !c.ownedBy(by) {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		cl, err := clusters.Get(tx, c.ClusterID)
		if err != nil {
			return err
		}
		p = &CampaignPreview{Campaign: c, Reader: Reader{Lang: lang}}
		for r, err := range d.readersOf(tx, c) {
			if err != nil {
				return err
			}
			if email != "" && r.Email == email {
				p.Reader = r
				break
			}
		}
		p.Lang = c.ReadIn(cmp.Or(lang, p.Reader.Lang))
		sheet, err := d.sheet(tx, c, cl, p.Lang)
		if err != nil {
			return err
		}
		to := p.Reader
		to.Lang = p.Lang
		p.Shown = filled(sheet, d.params(c, c.fieldsOf(), to))
		p.LinkedIn, err = d.linkedIn(tx, c, p.Lang)
		return err
	})
	return p, err
}

// linkedInLimit is how many characters a post may have.
const linkedInLimit = 3000

// linkedIn is c as a post: plain, with the address where all of it can be read.
func (d *Desk) linkedIn(tx *storage.Tx, c *Campaign, lang string) (string, error) {
	parts, err := d.parts(tx, c, lang, false)
	if err != nil {
		return "", err
	}
	w := d.wordsFor(lang)
	text := withWords(c.subject(lang)+"\n\n"+templates.PartsText(parts), w)
	link, err := d.publicLink(tx, c)
	if err != nil {
		return "", err
	}
	if room := linkedInLimit - len([]rune(link)) - 2; len([]rune(text)) > room {
		text = shortened(text, room)
	}
	return strings.TrimSpace(text + "\n\n" + link), nil
}

// publicLink is where everybody can read c, or what it comes from.
func (d *Desk) publicLink(tx *storage.Tx, c *Campaign) (string, error) {
	if c.ListID != "" {
		l, err := mailingLists.Get(tx, c.ListID)
		if ignoreMissing(err) != nil {
			return "", err
		}
		if err == nil && l.Archive {
			return d.ArchiveURL(c), nil
		}
	}
	cl, err := clusters.Get(tx, c.ClusterID)
	if err != nil {
		return "", err
	}
	return d.BaseURL + "/clusters/" + cl.Slug, nil
}

// A CampaignPage is a campaign with how far it has come.
type CampaignPage struct {
	Campaign     *Campaign
	Cluster      *Cluster
	List         *MailingList // nil for an invitation
	Project      *Project     // chosen for it; nil for none
	Counts       map[mailer.State]int
	Sent, Open   int
	PerMinute    float64       // since it began; 0 where nothing can be said
	Remaining    time.Duration // about, at that pace; 0 where nothing can be said
	Unsubscribed int           // left the list since, of those who got it
	Missed       int           // copies that did not arrive, or may not have
	Followed     *FollowCounts // what readers did who allow that it is counted; nil where they are too few
}

// CampaignPage gives a campaign of by's clusters. All its figures are counts of
// what is stored.
func (d *Desk) CampaignPage(ctx context.Context, by Actor, id string) (p *CampaignPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := ownCampaign(tx, by, id)
		if err != nil {
			return err
		}
		p = &CampaignPage{Campaign: c, Counts: map[mailer.State]int{}}
		if p.Cluster, err = clusters.Get(tx, c.ClusterID); err != nil {
			return err
		}
		if c.ListID != "" {
			if p.List, err = mailingLists.Get(tx, c.ListID); ignoreMissing(err) != nil {
				return err
			}
		}
		if c.ProjectID != "" {
			if p.Project, err = projects.Get(tx, c.ProjectID); ignoreMissing(err) != nil {
				return err
			}
		}
		if c.Begun.IsZero() {
			return nil
		}
		if err := d.count(tx, p); err != nil {
			return err
		}
		p.Followed, err = followCounts(tx, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show campaign %s: %w", id, err)
	}
	return p, nil
}

// count gives p its figures.
func (d *Desk) count(tx *storage.Tx, p *CampaignPage) error {
	c := p.Campaign
	r, err := d.results(tx, c)
	if err != nil {
		return err
	}
	p.Counts, p.Unsubscribed = r.Counts, r.Unsubscribed
	for s, k := range p.Counts {
		switch {
		case s.Open():
			p.Open += k
		case s == mailer.Sent:
			p.Sent += k
		case unreached(s):
			p.Missed += k
		}
	}
	if passed := tx.Now().Sub(c.Begun); c.State == CampaignSending && p.Sent > 0 && passed > 0 {
		p.PerMinute = float64(p.Sent) / passed.Minutes()
		p.Remaining = time.Duration(float64(p.Open) / p.PerMinute * float64(time.Minute)).Round(time.Second)
	}
	return nil
}

// leftSince counts those who got c and have left its list since. What made them
// leave nobody asks: it is the newest that they had got then.
func (d *Desk) leftSince(tx *storage.Tx, c *Campaign) (n int, err error) {
	if c.ListID == "" {
		return 0, nil
	}
	until, err := nextOnList(tx, c)
	if err != nil {
		return 0, err
	}
	where := []storage.Cond{storage.Is("list_id", c.ListID), storage.Is("state", string(Unsubscribed))}
	for s, err := range subscriptions.Each(tx, storage.Query{Where: where}) {
		if err != nil {
			return 0, err
		}
		if s.Since.Before(c.Begun) || !until.IsZero() && !s.Since.Before(until) {
			continue
		}
		if _, err := d.Outbox.CopyTo(tx, c.ID, s.Email); ignoreMissing(err) != nil {
			return 0, err
		} else if err == nil {
			n++
		}
	}
	return n, nil
}

// nextOnList is when the next campaign to c's list began; zero if none has.
func nextOnList(tx *storage.Tx, c *Campaign) (time.Time, error) {
	where := []storage.Cond{storage.Is("cluster_id", c.ClusterID), {Field: "at", Op: storage.Gt, Value: c.At}}
	list, err := campaigns.Find(tx, storage.Query{Where: where, Sort: "at"})
	for _, o := range list {
		if o.ListID == c.ListID && !o.Begun.IsZero() && o.ID != c.ID {
			return o.Begun, err
		}
	}
	return time.Time{}, err
}

// CampaignCopies lists copies of c in a state, for the organisers of its clusters.
func (d *Desk) CampaignCopies(ctx context.Context, by Actor, id string, s mailer.State, after string, limit int) (list []*mailer.Delivery, next string, err error) {
	c, err := d.Campaign(ctx, by, id)
	if err != nil {
		return nil, "", err
	}
	return d.Outbox.Deliveries(ctx, sending(c, c.Again), s, after, limit)
}

// sending is the issue of c's nth sending; the first is its own.
func sending(c *Campaign, n int) string {
	if n == 0 {
		return c.ID
	}
	return fmt.Sprintf("%sr%d", c.ID, n)
}
