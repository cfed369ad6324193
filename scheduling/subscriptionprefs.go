package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// Preferences are what the reader of an address wants to be sent.
type Preferences struct {
	Email    string
	Lang     string
	Lists    []PreferredList // open ones and those they are on, by cluster and slug
	Others   bool            // invitations and what else is sent to many outside of lists
	Tracking bool
	Nothing  bool // they want nothing that is sent to many
}

// A PreferredList is a list with how the reader stands to it.
type PreferredList struct {
	*MailingList
	Cluster *Cluster
	State   SubState // "" where they never were on it
}

// On reports whether the reader gets what is sent to it.
func (l PreferredList) On() bool { return l.State == Subscribed }

// Preferences shows whoever holds the link of an address what they are sent.
func (d *Desk) Preferences(ctx context.Context, link string) (p *Preferences, err error) {
	email, _, ok := d.subscriberOf("preferences", link)
	if !ok {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.preferences(tx, email)
		return err
	})
	return p, err
}

func (d *Desk) preferences(tx *storage.Tx, email string) (*Preferences, error) {
	mine, err := subscriptionsOf(tx, email)
	if err != nil {
		return nil, err
	}
	against, err := d.Outbox.SuppressedIn(tx, email)
	if err != nil {
		return nil, err
	}
	p := &Preferences{Email: email, Others: true, Nothing: against.Hold(mailer.Left) != nil}
	states := map[string]SubState{}
	for _, s := range mine {
		states[s.ListID] = s.State
		p.Tracking = p.Tracking || s.Tracking
		if s.Lang != "" {
			p.Lang = s.Lang
		}
	}
	p.Others = !p.Nothing && (states[""] == "" || states[""] == Subscribed)
	all, err := mailingLists.Find(tx, storage.Query{Sort: "cluster_id"})
	for _, l := range all {
		if !l.Joinable() && states[l.ID] != Subscribed {
			continue
		}
		c, err := clusters.Shared(tx, l.ClusterID)
		if err != nil {
			return nil, err
		}
		p.Lists = append(p.Lists, PreferredList{l, c, states[l.ID]})
	}
	return p, err
}

// A PreferencesForm is what a reader says they want.
type PreferencesForm struct {
	Shown    []string // ids of the lists that they were asked about
	Lists    []string // those of them that they want
	Others   bool
	Lang     string
	Tracking bool
	Wording  string // what stood above the lists
	Asked    string // what stood beside Tracking
}

// SavePreferences keeps what the reader of an address wants. Lists that were not
// shown stay as they are.
func (d *Desk) SavePreferences(ctx context.Context, link string, in PreferencesForm) error {
	email, _, ok := d.subscriberOf("preferences", link)
	if !ok {
		return errHidden
	}
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.savePreferences(tx, email, in) })
	})
	if err != nil {
		return fmt.Errorf("save preferences: %w", changedMeanwhile(err))
	}
	return nil
}

func (d *Desk) savePreferences(tx *storage.Tx, email string, in PreferencesForm) error {
	was, err := d.preferences(tx, email)
	if err != nil {
		return err
	}
	for _, l := range was.Lists {
		if !slices.Contains(in.Shown, l.ID) {
			continue
		}
		if err := d.prefer(tx, email, l.MailingList, slices.Contains(in.Lists, l.ID), in.Wording); err != nil {
			return err
		}
	}
	if in.Others != was.Others {
		if err := d.prefer(tx, email, &MailingList{}, in.Others, in.Wording); err != nil {
			return err
		}
	}
	return d.sayAboutReader(tx, email, in)
}

// prefer puts a reader on a list, or takes them off it, as they wish.
func (d *Desk) prefer(tx *storage.Tx, email string, l *MailingList, on bool, wording string) error {
	s, err := d.subscriptionOf(tx, l.ID, email)
	if err != nil || on == s.On() || !on && s.Rev == 0 && l.ID != "" {
		return err
	}
	action := "subscription.join"
	if on {
		s.Generation++
		s.join(Proof{Source: ProofPreferences, Asked: tx.Now(), Confirmed: tx.Now(), Wording: cleanText(wording)}, tx.Now())
		err = d.lift(tx, s.Key, mailer.Left, mailer.Complaint)
	} else {
		action = "subscription.leave"
		if !s.leave("", tx.Now()) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	if err := s.keep(tx); err != nil {
		return err
	}
	return d.log(tx, Actor{Via: "link"}, action, s.ID, l.ID, l.Slug, "")
}

// sayAboutReader writes on all subscriptions of an address what counts for all.
func (d *Desk) sayAboutReader(tx *storage.Tx, email string, in PreferencesForm) error {
	all, err := subscriptionsOf(tx, email)
	if err != nil {
		return err
	}
	lang := d.Texts.In(in.Lang).Code()
	for _, s := range all {
		if s.Lang == lang && s.Tracking == in.Tracking {
			continue
		}
		if s.Tracking != in.Tracking {
			s.Tracking = in.Tracking
			s.TrackingSaid = &Consent{Purpose: "tracking", Given: in.Tracking, At: tx.Now(), Wording: cleanText(in.Asked)}
		}
		s.Lang = lang
		if err := s.keep(tx); err != nil {
			return err
		}
	}
	return nil
}

// LeaveEverything takes the reader of an address off everything that is sent to
// many.
func (d *Desk) LeaveEverything(ctx context.Context, link string) error {
	email, _, ok := d.subscriberOf("preferences", link)
	if !ok {
		return errHidden
	}
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.leaveAll(tx, email, "") })
	})
	if err != nil {
		return fmt.Errorf("leave everything: %w", changedMeanwhile(err))
	}
	return nil
}

// A LeavePage is what a link to leave is about.
type LeavePage struct {
	Email       string
	List        *MailingList // nil: everything that is sent to many
	Left        bool         // they are not on it any more
	Reason      string
	Preferences string // where they say what else they want, without the site
}

// LeaveByLink shows what a link to leave is about. It changes nothing: mail
// programs and their guards open links too.
func (d *Desk) LeaveByLink(ctx context.Context, link string) (p *LeavePage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = d.leavePage(tx, link)
		return err
	})
	return p, err
}

func (d *Desk) leavePage(tx *storage.Tx, link string) (*LeavePage, error) {
	email, listID, ok := d.subscriberOf("leave", link)
	if !ok {
		return nil, errHidden
	}
	p := &LeavePage{Email: email, Preferences: d.preferencesPath(email)}
	if listID == "" {
		against, err := d.Outbox.SuppressedIn(tx, email)
		if hold := against.Hold(mailer.Left); hold != nil {
			p.Left, p.Reason = true, hold.Note
		}
		return p, err
	}
	var err error
	if p.List, err = mailingLists.Get(tx, listID); err != nil {
		return nil, err
	}
	s, err := subscriptions.Get(tx, d.subscriptionID(listID, email))
	if errors.Is(err, storage.ErrNotFound) {
		return p, nil
	}
	if err == nil && !s.On() && s.Wish == nil {
		p.Left, p.Reason = true, s.Reason
	}
	return p, err
}

// Leave takes the reader of a link off its list at once, or off everything that
// is sent to many. Any number of times does the same once. A reason may be given
// with it, or later.
func (d *Desk) Leave(ctx context.Context, link, reason string) (p *LeavePage, err error) {
	reason = clipped(cleanText(reason), noteLimit)
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			if p, err = d.leavePage(tx, link); err != nil {
				return err
			}
			if p.List == nil {
				err = d.leaveAll(tx, p.Email, reason)
			} else {
				err = d.leaveList(tx, p.Email, p.List, reason)
			}
			if p.Left = true; reason != "" {
				p.Reason = reason
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("leave a list: %w", changedMeanwhile(err))
	}
	return p, nil
}

// leaveList ends one subscription. Who never had one leaves too: no import puts
// them there then.
func (d *Desk) leaveList(tx *storage.Tx, email string, l *MailingList, reason string) error {
	s, err := d.subscriptionOf(tx, l.ID, email)
	if err != nil {
		return err
	}
	left := s.leave(reason, tx.Now())
	if !left && (reason == "" || s.Reason == reason) {
		return nil
	}
	s.Reason = reason
	if err := s.keep(tx); err != nil || !left {
		return err
	}
	return d.log(tx, Actor{Via: "link"}, "subscription.leave", s.ID, l.ID, l.Slug, reason)
}

// leaveAll ends all subscriptions, and keeps everything that is sent to many
// from the address.
func (d *Desk) leaveAll(tx *storage.Tx, email, reason string) error {
	against, err := d.Outbox.SuppressedIn(tx, email)
	if err != nil {
		return err
	}
	if hold := against.Hold(mailer.Left); hold != nil && (reason == "" || hold.Note == reason) {
		return nil
	}
	all, err := subscriptionsOf(tx, email)
	if err != nil {
		return err
	}
	outside, err := d.subscriptionOf(tx, "", email)
	if err != nil {
		return err
	}
	if outside.Rev == 0 {
		all = append(all, outside)
	}
	for _, s := range all {
		if !s.leave(reason, tx.Now()) {
			continue
		}
		if err := s.keep(tx); err != nil {
			return err
		}
	}
	hold := mailer.Hold{Cause: mailer.Left, Scope: mailer.ScopeBulk, Source: mailer.FromReader, Note: reason}
	s, err := d.Outbox.StopMail(tx, email, hold)
	if err != nil {
		return err
	}
	if err := d.heed(tx, s); err != nil {
		return err
	}
	return d.log(tx, Actor{Via: "link"}, "subscription.leave_all", s.ID, "", "", reason)
}

// PutBack puts the reader of a link that left a list back on it: it is their own
// wish, on the page that they left by.
func (d *Desk) PutBack(ctx context.Context, link, wording string) (p *LeavePage, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			p, err = d.leavePage(tx, link)
			switch {
			case err != nil:
				return err
			case p.List == nil:
				return errHidden // they choose on the page of their preferences
			case p.List.Closed:
				return &Problem{Kind: Closed, Key: "lists.is_closed"}
			}
			p.Left, p.Reason = false, ""
			return d.prefer(tx, p.Email, p.List, true, wording)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("put back on a list: %w", changedMeanwhile(err))
	}
	return p, nil
}
