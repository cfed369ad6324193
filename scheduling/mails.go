package scheduling

import (
	"context"
	"slices"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// mailOf says whose mail by may see: nil for an administrator, who sees all,
// else the clusters. Mail that belongs to no cluster, such as sign-in links, is
// the administrators' alone.
func (d *Desk) mailOf(ctx context.Context, by Actor) ([]string, error) {
	if by.Administers() {
		return nil, nil
	}
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	list, err := d.Clusters(ctx)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, c := range list {
		if by.Organises(c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// Mails lists the mails of by's clusters, newest first; all for an administrator.
func (d *Desk) Mails(ctx context.Context, by Actor, f mailer.Filter) (list []*mailer.Mail, next string, err error) {
	if f.Clusters, err = d.mailOf(ctx, by); err != nil {
		return nil, "", err
	}
	return d.Outbox.List(ctx, f)
}

// MailCounts counts the mails of by's clusters by their state.
func (d *Desk) MailCounts(ctx context.Context, by Actor) (map[mailer.State]int, error) {
	own, err := d.mailOf(ctx, by)
	if err != nil {
		return nil, err
	}
	return d.Outbox.Counts(ctx, own)
}

// Mail gives a mail of one of by's clusters as its reader gets it. Of a secret
// one, such as a sign-in link, the content is left out.
func (d *Desk) Mail(ctx context.Context, by Actor, id string) (m *mailer.Mail, shown mailer.Rendered, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		m, err = d.ownMail(tx, by, id)
		return err
	})
	if err != nil {
		return nil, shown, err
	}
	if shown, err = d.Outbox.Preview(m); m.Secret() {
		shown.Text, shown.HTML, shown.Calendar = "", "", ""
	}
	return m, shown, err
}

func (d *Desk) ownMail(tx *storage.Tx, by Actor, id string) (*mailer.Mail, error) {
	m, err := d.Outbox.MailIn(tx, id)
	if err != nil {
		return nil, err
	}
	if !by.Administers() && (m.Cluster == "" || !by.Organises(m.Cluster)) {
		return nil, errHidden
	}
	return m, nil
}

// HoldMail keeps mails of by's clusters from leaving, and says how many.
func (d *Desk) HoldMail(ctx context.Context, by Actor, ids ...string) (int, error) {
	return d.onMails(ctx, by, "mail.hold", ids, func(tx *storage.Tx, m *mailer.Mail) (bool, error) {
		n, err := d.Outbox.HoldIn(tx, m.ID)
		return n > 0, err
	})
}

// ReleaseMail lets held mails go and has deferred ones tried now.
func (d *Desk) ReleaseMail(ctx context.Context, by Actor, ids ...string) (int, error) {
	return d.onMails(ctx, by, "mail.release", ids, func(tx *storage.Tx, m *mailer.Mail) (bool, error) {
		n, err := d.Outbox.ReleaseIn(tx, m.ID)
		return n > 0, err
	})
}

// ResendMail sends mails once more that have come to their end. A secret one is
// not sent again: its link has been used or has run out.
func (d *Desk) ResendMail(ctx context.Context, by Actor, ids ...string) (int, error) {
	return d.onMails(ctx, by, "mail.resend", ids, func(tx *storage.Tx, m *mailer.Mail) (bool, error) {
		if m.Secret() {
			return false, nil
		}
		keys, err := d.Outbox.ResendIn(tx, m.ID)
		return len(keys) > 0, err
	})
}

// AllowAddress lets mail go again to the address of one of by's mails, if it
// bounced or an organiser had stopped it.
func (d *Desk) AllowAddress(ctx context.Context, by Actor, mailID string) error {
	_, err := d.onMails(ctx, by, "mail.allow", []string{mailID}, func(tx *storage.Tx, m *mailer.Mail) (bool, error) {
		return true, d.lift(tx, mailer.AddressKey(m.To), mailer.HardBounce, mailer.SoftBounce, mailer.Manual)
	})
	return err
}

// onMails does something to each mail and notes in the audit log where it had
// an effect. If one of them is not by's to see, nothing is done to any.
func (d *Desk) onMails(ctx context.Context, by Actor, action string, ids []string, do func(*storage.Tx, *mailer.Mail) (bool, error)) (n int, err error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	err = d.update(ctx, func(tx *storage.Tx) error {
		n = 0
		for _, id := range ids {
			m, err := d.ownMail(tx, by, id)
			if err != nil {
				return err
			}
			done, err := do(tx, m)
			if err != nil {
				return err
			}
			if !done {
				continue
			}
			n++
			if err := d.log(tx, by, action, m.ID, m.About, m.Kind, ""); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// OpenIssues are the issues of by's clusters that have something left to send,
// the newest first.
func (d *Desk) OpenIssues(ctx context.Context, by Actor) ([]*mailer.Issue, error) {
	all, err := d.Outbox.OpenIssues(ctx)
	if err != nil {
		return nil, err
	}
	var own []*mailer.Issue
	for _, i := range all {
		if by.Administers() || i.Cluster != "" && by.Organises(i.Cluster) {
			own = append(own, i)
		}
	}
	return own, nil
}
