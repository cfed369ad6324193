package scheduling

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// The kinds of issue that campaigns make.
const (
	kindCampaign = "campaign"
	kindTest     = "campaign.test"
)

// SendCampaigns begins campaigns whose time has come, promises their readers
// their copies, and notes which have come to their end. It can be cut short
// anywhere and called again: readers are promised one copy however often.
func (d *Desk) SendCampaigns(ctx context.Context, now time.Time) (done int, err error) {
	var ids []string
	err = d.view(ctx, func(tx *storage.Tx) error {
		due := []storage.Cond{storage.Is("state", string(CampaignScheduled)), {Field: "at", Op: storage.Le, Value: now}}
		for _, where := range [][]storage.Cond{due, {storage.Is("state", string(CampaignSending))}} {
			list, err := campaigns.Find(tx, storage.Query{Where: where, Sort: "at"})
			if err != nil {
				return err
			}
			for _, c := range list {
				ids = append(ids, c.ID)
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("find campaigns: %w", err)
	}
	for _, id := range ids {
		n, err := d.sendCampaign(ctx, id, 0)
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

// sendCampaign takes one campaign as far as it goes, or until about so many
// readers were promised a copy if most is not 0. It says how many were.
func (d *Desk) sendCampaign(ctx context.Context, id string, most int) (promised int, err error) {
	a, err := d.beginCampaign(ctx, id)
	if err != nil || a == nil {
		return 0, err
	}
	for ctx.Err() == nil {
		added, over, err := d.expand(ctx, id, a)
		promised += added
		if err != nil || over || most > 0 && promised >= most {
			return promised, err
		}
	}
	return promised, ctx.Err()
}

// beginCampaign pins what a scheduled campaign says, and reads whom it goes to.
// It gives nothing where there is nobody left to promise a copy; such a one it
// ends where the last copy has left.
func (d *Desk) beginCampaign(ctx context.Context, id string) (a *audience, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		a = nil
		c, err := campaigns.Get(tx, id)
		if err != nil {
			return err
		}
		was := c.State
		switch {
		case was == CampaignScheduled:
			if err := d.pin(tx, c); err != nil {
				return stumble(tx, c, err)
			}
		case was == CampaignSending:
			if err := d.conclude(tx, c); err != nil {
				return err
			}
			if c.State != was {
				return campaigns.Put(tx, c)
			}
		}
		if c.State != CampaignSending || c.Place.Over {
			return nil
		}
		cl, err := clusters.Get(tx, c.ClusterID)
		if err != nil {
			return err
		}
		a, err = d.audienceOf(tx, c, cl.Location())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("begin campaign %s: %w", id, changedMeanwhile(err))
	}
	return a, nil
}

// stumble pauses a campaign that cannot begin, because what it shows is no
// longer there; other errors it passes on.
func stumble(tx *storage.Tx, c *Campaign, err error) error {
	p := ProblemIn(err)
	if p == nil && !IsHidden(err) {
		return err
	}
	if p == nil {
		p = &Problem{Key: "campaign.cannot_begin"}
	}
	c.State, c.PausedAt, c.Why = CampaignPaused, tx.Now(), causeOf(p)
	return campaigns.Put(tx, c)
}

// pin fixes what c says.
func (d *Desk) pin(tx *storage.Tx, c *Campaign) error {
	if err := d.ready(tx, c); err != nil {
		return err
	}
	i, err := d.issue(tx, c, c.ID, kindCampaign)
	if err != nil {
		return err
	}
	if err := d.addCounted(tx, c, i); err != nil {
		return err
	}
	if err := d.Outbox.Pin(tx, i); err != nil {
		return err
	}
	if c.ListID != "" {
		l, err := mailingLists.Get(tx, c.ListID)
		if err != nil {
			return err
		}
		c.Shown = l.Archive
	}
	c.State, c.Begun, c.Place, c.People, c.Left = CampaignSending, tx.Now(), audiencePlace{}, 0, 0
	return campaigns.Put(tx, c)
}

// issue is c as the outbox sends it.
func (d *Desk) issue(tx *storage.Tx, c *Campaign, id, kind string) (*mailer.Issue, error) {
	cl, err := clusters.Get(tx, c.ClusterID)
	if err != nil {
		return nil, err
	}
	sheets, err := d.sheets(tx, c)
	if err != nil {
		return nil, err
	}
	i := &mailer.Issue{Meta: storage.Meta{ID: id}, Kind: kind, Ref: c.ID, Cluster: c.ClusterID, From: cl.Sender,
		FromName: cl.Name.In(c.ReadIn("en")), ReplyTo: cl.ReplyTo, Sheets: sheets, Lang: c.ReadIn("en"), ListID: d.listHeader(cl.Slug)}
	if c.ListID != "" {
		l, err := mailingLists.Get(tx, c.ListID)
		if err != nil {
			return nil, err
		}
		i.ListID = d.listHeader(l.Slug)
	}
	return i, nil
}

// expand promises the next page of readers their copies and keeps how far it
// came, both in one transaction.
func (d *Desk) expand(ctx context.Context, id string, a *audience) (added int, over bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		added, over = 0, true
		c, err := campaigns.Get(tx, id)
		if err != nil || c.State != CampaignSending || c.Place.Over {
			return err
		}
		found, next, err := a.page(tx, c.Place)
		if err != nil {
			return err
		}
		copies, left, err := d.copies(tx, c, found)
		if err != nil {
			return err
		}
		if added, err = d.Outbox.Deliver(tx, c.ID, copies); err != nil {
			return err
		}
		c.Place, c.People, c.Left = next, c.People+added, c.Left+left
		over = next.Over
		if err := d.conclude(tx, c); err != nil {
			return err
		}
		return campaigns.Put(tx, c)
	})
	if err != nil {
		return 0, true, fmt.Errorf("expand campaign %s: %w", id, changedMeanwhile(err))
	}
	return added, over, nil
}

// copies are what the readers get who get something.
func (d *Desk) copies(tx *storage.Tx, c *Campaign, found []Reader) (out []mailer.Delivery, left int, err error) {
	fields := c.fieldsOf()
	for _, r := range found {
		if r.Out != "" {
			left++
			continue
		}
		one := d.copyFor(c, fields, r)
		if r.Counted {
			if err := d.makeCounted(tx, c, &one); err != nil {
				return nil, 0, err
			}
		}
		out = append(out, one)
	}
	return out, left, nil
}

func (d *Desk) copyFor(c *Campaign, fields []string, r Reader) mailer.Delivery {
	params := d.params(c, fields, r)
	return mailer.Delivery{Person: r.PersonID, List: c.ListID, To: r.Email, ToName: r.Name, Lang: c.ReadIn(r.Lang),
		Params: params, Unsubscribe: params["unsubscribe"]}
}

// conclude ends c when its last copy has left, and pauses it where the outbox
// did. It does not store c.
func (d *Desk) conclude(tx *storage.Tx, c *Campaign) error {
	list, err := d.Outbox.IssuesOf(tx, c.ID)
	if err != nil {
		return err
	}
	open := 0
	for _, i := range list {
		if i.Kind != kindCampaign {
			continue
		}
		if i.State == mailer.IssuePaused && c.State == CampaignSending {
			c.State, c.PausedAt, c.Why = CampaignPaused, tx.Now(), Cause{Key: i.Why}
		}
		if !c.Place.Over {
			continue // it goes on in any case: counting at each page would read all copies as often
		}
		counts, err := d.Outbox.CountsIn(tx, i.ID)
		if err != nil {
			return err
		}
		for s, n := range counts {
			if s.Open() {
				open += n
			}
		}
	}
	if open > 0 || !c.Place.Over || c.State != CampaignSending {
		return nil
	}
	c.State, c.EndedAt = CampaignSent, tx.Now()
	return d.log(tx, System("campaigns"), "campaign.sent", c.ID, c.ClusterID, c.Subject.In("en"), "")
}

// maxTests is how many addresses a test goes to at once.
const maxTests = 5

// TestCampaign sends c as it stands to some addresses, in every language it is
// written in, and says how many mails that are. It goes the way of the real
// one, with the reader's own links in it.
func (d *Desk) TestCampaign(ctx context.Context, by Actor, id string, addresses []string) (sent int, err error) {
	f := faults{}
	var to []string
	for _, a := range addresses {
		if a = cleanLine(a); a != "" {
			to = append(to, f.address("to", a))
		}
	}
	if len(to) == 0 || len(to) > maxTests {
		f.add("to", "campaign.test_count")
	}
	if err := f.problem(); err != nil {
		return 0, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		sent = 0
		c, err := ownCampaign(tx, by, id)
		if err != nil {
			return err
		}
		if len(c.Langs()) == 0 {
			return &Problem{Kind: Invalid, Key: "campaign.says_nothing", Fields: map[string]string{"to": "campaign.says_nothing"}}
		}
		for _, lang := range c.Langs() {
			if err := d.testIn(tx, by, c, lang, to); err != nil {
				return err
			}
			sent += len(to)
		}
		return d.log(tx, by, "campaign.test", c.ID, c.ClusterID, c.Subject.In("en"), "")
	})
	return sent, err
}

// testIn sends c to the addresses in one language.
func (d *Desk) testIn(tx *storage.Tx, by Actor, c *Campaign, lang string, to []string) error {
	i, err := d.issue(tx, c, storage.NewID(), kindTest)
	if err != nil {
		return err
	}
	s := i.Sheets[lang]
	s.Subject = d.Texts.In(lang).Text("campaign.mail.test_subject", "subject", s.Subject)
	i.Sheets, i.Lang = map[string]mailer.Sheet{lang: s}, lang
	if err := d.Outbox.Pin(tx, i); err != nil {
		return err
	}
	var copies []mailer.Delivery
	for _, email := range to {
		one := d.copyFor(c, c.fieldsOf(), Reader{Email: email, Name: by.Name, Lang: lang})
		one.List = "" // whoever tests need not be on the list
		copies = append(copies, one)
	}
	_, err = d.Outbox.Deliver(tx, i.ID, copies)
	return err
}
