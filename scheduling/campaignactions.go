package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// SaveCampaign stores a draft for the organisers of its cluster. What its text
// shows has to be there, and its rules can only name what belongs to clusters
// that by organises. A text that is not understood is a Problem that names the
// line.
func (d *Desk) SaveCampaign(ctx context.Context, by Actor, in *Campaign) (out *Campaign, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	in.Reach = in.reachOf()
	if !in.ownedBy(by) {
		return nil, &Problem{Kind: Forbidden, Key: "event.not_your_cluster", Fields: map[string]string{"cluster_id": "event.not_your_cluster"}}
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		c := *in
		action := "campaign.create"
		if in.Rev > 0 {
			action = "campaign.edit"
			if err := c.keep(tx, by); err != nil {
				return err
			}
		}
		if err := d.checkCampaign(tx, &c); err != nil {
			return err
		}
		if c.Slug == "" {
			if c.Slug, err = freeCampaignSlug(tx, &c); err != nil {
				return err
			}
		}
		c.ID, c.State = orNew(c.ID), CampaignDraft
		if err := campaigns.Put(tx, &c); err != nil {
			return err
		}
		out = &c
		return d.log(tx, by, action, c.ID, c.ClusterID, c.Subject.In("en"), "")
	})
	if errors.Is(err, storage.ErrDuplicate) { // the same form, sent twice
		if old, err := d.Campaign(ctx, by, in.ID); err == nil {
			return old, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("save a campaign: %w", changedMeanwhile(err))
	}
	return out, nil
}

// keep takes from what is stored all that a form does not say.
func (c *Campaign) keep(tx *storage.Tx, by Actor) error {
	old, err := campaigns.Get(tx, c.ID)
	if err != nil {
		return err
	}
	switch {
	case !old.ownedBy(by):
		return errHidden
	case !old.Editable():
		return &Problem{Kind: Closed, Key: "campaign.not_draft"}
	}
	typed := *c
	*c = *old
	c.Rev = typed.Rev // what the form showed: if it is no longer the stored one, somebody else came first
	c.ClusterID, c.Reach, c.ListID, c.ProjectID = typed.ClusterID, typed.Reach, typed.ListID, typed.ProjectID
	c.Subject, c.Body, c.Readers = typed.Subject, typed.Body, typed.Readers
	return nil
}

// check says what is wrong with c by itself.
func (c *Campaign) check() error {
	f := faults{}
	c.Subject, c.Body = c.Subject.trimmed(), c.Body.trimmed()
	for lang, s := range c.Subject {
		c.Subject[lang] = cleanLine(s)
	}
	if c.Subject.Empty() {
		f.add("subject", "problem.required")
	}
	if c.Subject.longest() > subjectLimit {
		f.add("subject", "problem.too_long")
	}
	if c.Body.longest() > campaignLimit {
		f.add("body", "problem.too_long")
	}
	if c.ClusterID == "" {
		f.add("cluster_id", "problem.required")
	}
	for _, pair := range [][2]Text{{c.Subject, c.Body}, {c.Body, c.Subject}} {
		for lang := range pair[0] {
			if !pair[1].Empty() && !pair[1].Has(lang) {
				f.add("body", "campaign.half_language")
			}
		}
	}
	c.Readers.check(f)
	return f.problem()
}

// checkCampaign looks at what c names.
func (d *Desk) checkCampaign(tx *storage.Tx, c *Campaign) error {
	f := faults{}
	err := errors.Join(
		exists(tx, f, "cluster_id", clusters.Get, optional(c.ClusterID)...),
		exists(tx, f, "project_id", projects.Get, optional(c.ProjectID)...),
		c.Readers.checkReferences(tx, f, c.Reach),
	)
	if err != nil {
		return err
	}
	if c.ListID != "" {
		l, err := mailingLists.Get(tx, c.ListID)
		if ignoreMissing(err) != nil {
			return err
		}
		if err != nil || l.ClusterID != c.ClusterID || l.Closed {
			f.add("list_id", "problem.choice")
		}
	}
	if err := f.problem(); err != nil {
		return err
	}
	return d.checkText(tx, c)
}

// freeCampaignSlug names c's page in the archive: the month and the subject.
func freeCampaignSlug(tx *storage.Tx, c *Campaign) (string, error) {
	base := tx.Now().Format("2006-01-") + Slug(withoutPrivate(braced.ReplaceAllString(c.Subject.In("en"), "")))
	if len(base) > 60 {
		base = base[:60]
	}
	for n := 1; ; n++ {
		slug := Slug(base)
		if n > 1 {
			slug = fmt.Sprintf("%s-%d", slug, n)
		}
		_, err := campaigns.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
		if errors.Is(err, storage.ErrNotFound) {
			return slug, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// Campaign gives one to the organisers of all clusters that it reaches.
func (d *Desk) Campaign(ctx context.Context, by Actor, id string) (c *Campaign, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err = ownCampaign(tx, by, id)
		return err
	})
	return c, err
}

func ownCampaign(tx *storage.Tx, by Actor, id string) (*Campaign, error) {
	c, err := campaigns.Get(tx, id)
	if err == nil && !c.ownedBy(by) {
		return nil, errHidden
	}
	return c, err
}

// Campaigns lists those of by's clusters in a state, or all, newest first.
func (d *Desk) Campaigns(ctx context.Context, by Actor, state CampaignState, after string, limit int) (list []*Campaign, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	q := storage.Query{Sort: "-created", After: after, Limit: limit}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if state != "" {
		q.Where = []storage.Cond{storage.Is("state", string(state))}
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = pageWhere(q, func(q storage.Query) ([]*Campaign, string, error) { return campaigns.Page(tx, q) },
			func(c *Campaign) bool { return c.ownedBy(by) })
		return err
	})
	return list, next, err
}

// onCampaign changes a campaign of by's clusters, and notes it. Nothing is
// noted where change says errNoChange.
func (d *Desk) onCampaign(ctx context.Context, by Actor, id, action, reason string, change func(*storage.Tx, *Campaign) error) (c *Campaign, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if c, err = ownCampaign(tx, by, id); err != nil {
			return err
		}
		if err := change(tx, c); err != nil {
			if errors.Is(err, errNoChange) {
				return nil
			}
			return err
		}
		if err := campaigns.Put(tx, c); err != nil {
			return err
		}
		return d.log(tx, by, action, c.ID, c.ClusterID, c.Subject.In("en"), reason)
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return c, nil
}

// ScheduleCampaign has a draft sent at a time, or now if that is past. Rev is
// the revision that was looked at: what was changed since is looked at again.
// Asking twice is asking once.
func (d *Desk) ScheduleCampaign(ctx context.Context, by Actor, id string, rev int64, at time.Time) (*Campaign, error) {
	c, err := d.onCampaign(ctx, by, id, "campaign.schedule", "", func(tx *storage.Tx, c *Campaign) error {
		switch {
		case c.State == CampaignScheduled || c.State == CampaignSending:
			return errNoChange
		case c.State != CampaignDraft:
			return &Problem{Kind: Closed, Key: "campaign.not_draft"}
		case c.Rev != rev:
			return &Problem{Kind: Changed, Key: "problem.changed"}
		}
		if err := d.ready(tx, c); err != nil {
			return err
		}
		c.State, c.ByName, c.At = CampaignScheduled, by.Name, at
		if at.Before(tx.Now()) {
			c.At = tx.Now()
		}
		return nil
	})
	if err != nil || c.State != CampaignScheduled || c.At.After(d.now()) {
		return c, err
	}
	// The job would come within a minute; whoever presses the button looks on.
	if _, err := d.sendCampaign(ctx, id, audiencePage); err != nil {
		return nil, err
	}
	return d.Campaign(ctx, by, id)
}

// ready reports what keeps c from being sent.
func (d *Desk) ready(tx *storage.Tx, c *Campaign) error {
	f := faults{}
	if len(c.Langs()) == 0 {
		f.add("body", "problem.required")
	}
	if c.ListID == "" && len(c.Readers.Rules) == 0 {
		f.add("readers", "campaign.no_rules")
	}
	if err := f.problem(); err != nil {
		return err
	}
	return d.checkCampaign(tx, c)
}

// UnscheduleCampaign makes a draft of a campaign that has not begun.
func (d *Desk) UnscheduleCampaign(ctx context.Context, by Actor, id string) (*Campaign, error) {
	return d.onCampaign(ctx, by, id, "campaign.unschedule", "", func(_ *storage.Tx, c *Campaign) error {
		switch {
		case c.State == CampaignDraft:
			return errNoChange
		case c.State != CampaignScheduled && c.State != CampaignPaused || !c.Begun.IsZero():
			return &Problem{Kind: Closed, Key: "campaign.has_begun"}
		}
		c.State, c.At, c.Why = CampaignDraft, time.Time{}, Cause{}
		return nil
	})
}

// PauseCampaign keeps what has not left from leaving until it is resumed.
func (d *Desk) PauseCampaign(ctx context.Context, by Actor, id string) (*Campaign, error) {
	return d.onCampaign(ctx, by, id, "campaign.pause", "", func(tx *storage.Tx, c *Campaign) error {
		if c.State == CampaignPaused {
			return errNoChange
		}
		if c.State != CampaignSending {
			return &Problem{Kind: Closed, Key: "campaign.not_sending"}
		}
		c.State, c.PausedAt, c.Why = CampaignPaused, tx.Now(), Cause{}
		return d.setIssues(tx, c, mailer.IssuePaused)
	})
}

// ResumeCampaign lets a paused one go on.
func (d *Desk) ResumeCampaign(ctx context.Context, by Actor, id string) (*Campaign, error) {
	return d.onCampaign(ctx, by, id, "campaign.resume", "", func(tx *storage.Tx, c *Campaign) error {
		if c.State == CampaignSending || c.State == CampaignScheduled {
			return errNoChange
		}
		if c.State != CampaignPaused {
			return &Problem{Kind: Closed, Key: "campaign.not_paused"}
		}
		c.State, c.PausedAt, c.Why = CampaignSending, time.Time{}, Cause{}
		if c.Begun.IsZero() {
			c.State = CampaignScheduled
		}
		return d.setIssues(tx, c, mailer.IssueSending)
	})
}

// CancelCampaign stops it for good: what has not left never does.
func (d *Desk) CancelCampaign(ctx context.Context, by Actor, id, reason string) (*Campaign, error) {
	return d.onCampaign(ctx, by, id, "campaign.cancel", clipped(cleanText(reason), answerLimit), func(tx *storage.Tx, c *Campaign) error {
		if c.State == CampaignCancelled {
			return errNoChange
		}
		if c.State == CampaignSent || c.State == CampaignDraft {
			return &Problem{Kind: Closed, Key: "campaign.not_sending"}
		}
		c.State, c.EndedAt, c.Why = CampaignCancelled, tx.Now(), Cause{}
		return d.setIssues(tx, c, mailer.IssueCancelled)
	})
}

// setIssues does to what was pinned of c.
func (d *Desk) setIssues(tx *storage.Tx, c *Campaign, s mailer.IssueState) error {
	list, err := d.Outbox.IssuesOf(tx, c.ID)
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.Kind != kindCampaign {
			continue
		}
		if _, err := d.Outbox.SetIssue(tx, i.ID, s); err != nil {
			return err
		}
	}
	return nil
}

// DeleteCampaign deletes a draft.
func (d *Desk) DeleteCampaign(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		c, err := ownCampaign(tx, by, id)
		if err != nil {
			return err
		}
		if !c.Editable() {
			return &Problem{Kind: Closed, Key: "campaign.not_draft"}
		}
		if err := campaigns.Delete(tx, c); err != nil {
			return err
		}
		return d.log(tx, by, "campaign.delete", c.ID, c.ClusterID, c.Subject.In("en"), "")
	})
	return changedMeanwhile(err)
}

// CopyCampaign makes a draft of what another one says and whom it goes to. Under
// the same new ID it is made once.
func (d *Desk) CopyCampaign(ctx context.Context, by Actor, id, newID string) (*Campaign, error) {
	c, err := d.Campaign(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return d.SaveCampaign(ctx, by, &Campaign{Meta: storage.Meta{ID: newID}, ClusterID: c.ClusterID, ListID: c.ListID, ProjectID: c.ProjectID,
		Subject: c.Subject, Body: c.Body, Readers: Readers{Any: c.Readers.Any, Rules: slices.Clone(c.Readers.Rules), Except: slices.Clone(c.Readers.Except)}})
}

// campaignCalls are the campaigns that an organiser should know of: those that
// stopped, and those that leave at a time to come, soonest first.
func campaignCalls(tx *storage.Tx, by Actor) (out []*Campaign, err error) {
	for _, s := range []CampaignState{CampaignPaused, CampaignScheduled} {
		list, err := campaigns.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(s))}, Sort: "at", Limit: 100})
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if c.ownedBy(by) {
				out = append(out, c)
			}
		}
	}
	return out, nil
}
