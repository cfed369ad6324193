package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A Mail is a letter promised to one address.
type Mail struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	State     string     `json:"state" enum:"held,queued,sending,sent,deferred,failed,suppressed,withdrawn,expired"`
	To        string     `json:"to"`
	ToName    string     `json:"to_name"`
	Lang      string     `json:"lang"`
	Subject   string     `json:"subject"`
	Event     string     `json:"event_id,omitempty" doc:"In whose list it stands"`
	Ref       string     `json:"ref,omitempty" doc:"Id of what it speaks of"`
	Cluster   string     `json:"cluster_id,omitempty"`
	Tries     int        `json:"tries"`
	LastCode  int        `json:"last_code,omitempty" doc:"What the relay answered last"`
	LastError string     `json:"last_error,omitempty"`
	NotBefore *time.Time `json:"not_before,omitempty" doc:"When it may leave, or is tried again"`
	Expires   *time.Time `json:"expires,omitempty"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
	MessageID string     `json:"message_id"`
	ResendOf  string     `json:"resend_of,omitempty"`
	Created   time.Time  `json:"created"`
}

// A MailPage is one mail as its reader gets it.
type MailPage struct {
	Mail
	Preview Preview `json:"preview"`
}

// A Preview is a mail as it is, or was, sent.
type Preview struct {
	From     string `json:"from"`
	To       string `json:"to"`
	ReplyTo  string `json:"reply_to,omitempty"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
	HTML     string `json:"html"`
	Calendar string `json:"calendar,omitempty" doc:"The invitation that goes with it (RFC 5546)"`
}

// Mails are kept under keys with slashes; an address wants none.
func mailID(key string) string { return strings.ReplaceAll(key, "/", "~") }

func mailKey(id string) string { return strings.ReplaceAll(id, "~", "/") }

func mail(m *mailer.Mail) Mail {
	out := Mail{
		ID: mailID(m.ID), Kind: m.Kind, State: string(m.State), To: m.To, ToName: m.ToName, Lang: m.Lang, Subject: m.Letter.Subject,
		Event: m.About, Ref: m.Ref, Cluster: m.Cluster, Tries: m.Tries, LastCode: m.LastCode, LastError: m.LastError,
		NotBefore: timeOf(m.NotBefore), Expires: timeOf(m.Expires), SentAt: timeOf(m.SentAt), MessageID: m.MessageID,
		Created: m.Created.UTC(),
	}
	if m.ResendOf != "" {
		out.ResendOf = mailID(m.ResendOf)
	}
	return out
}

// ListMails chooses mails.
type ListMails struct {
	Paging
	State  string `query:"state" enum:"held,queued,sending,sent,deferred,failed,suppressed,withdrawn,expired"`
	Kind   string `query:"kind" maxLength:"64"`
	Event  string `query:"event" maxLength:"64" doc:"Id of an event"`
	Search string `query:"search" maxLength:"200" doc:"Words that the recipient or the subject begin with"`
}

func (a *API) outboxRoutes() {
	o := op{method: http.MethodGet, path: "/outbox", id: "list-mails", summary: "List the mails of one's clusters, newest first", subject: "outbox"}
	add(a, o, a.listMails)
	o = op{method: http.MethodGet, path: "/outbox/{id}", id: "get-mail", summary: "Show a mail as its reader gets it", subject: "outbox"}
	add(a, o, a.getMail)
	action := func(name, summary, about string, do func(context.Context, scheduling.Actor, string) (string, error)) {
		o := op{method: http.MethodPost, path: "/outbox/{id}/" + name, id: name + "-mail", summary: summary, about: about, subject: "outbox"}
		add(a, o, func(ctx context.Context, by scheduling.Actor, in *ByID) (*MailShown, error) {
			key, err := do(ctx, by, mailKey(in.ID))
			if err != nil {
				return nil, err
			}
			return a.showMail(ctx, by, key)
		})
	}
	desk := a.cfg.Desk
	action("hold", "Keep a mail from leaving", "", func(ctx context.Context, by scheduling.Actor, id string) (string, error) {
		n, err := desk.HoldMail(ctx, by, id)
		return moved(id, n, err)
	})
	action("release", "Let a held mail go, or try a deferred one now", "", func(ctx context.Context, by scheduling.Actor, id string) (string, error) {
		n, err := desk.ReleaseMail(ctx, by, id)
		return moved(id, n, err)
	})
	action("resend", "Send a mail once more", "It has come to its end; the answer is the new one.", a.resend)
}

// resend gives the key of the new mail.
func (a *API) resend(ctx context.Context, by scheduling.Actor, id string) (string, error) {
	n, err := a.cfg.Desk.ResendMail(ctx, by, id)
	if err != nil || n == 0 {
		return moved(id, n, err)
	}
	old, _, err := a.cfg.Desk.Mail(ctx, by, id)
	if err != nil {
		return "", err
	}
	return old.ResentAs, nil
}

// moved refuses what had no effect: the mail is in another state.
func moved(id string, n int, err error) (string, error) {
	if err == nil && n == 0 {
		err = &scheduling.Problem{Kind: scheduling.Closed, Key: "api.mail_state"}
	}
	return id, err
}

func (a *API) listMails(ctx context.Context, by scheduling.Actor, in *ListMails) (*Listed[Mail], error) {
	found, next, err := a.cfg.Desk.Mails(ctx, by, mailer.Filter{
		State: mailer.State(in.State), Kind: in.Kind, About: in.Event, Text: in.Search, After: in.After, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, mail), nil
}

// MailShown is the answer with one mail.
type MailShown struct{ Body MailPage }

func (a *API) getMail(ctx context.Context, by scheduling.Actor, in *ByID) (*MailShown, error) {
	return a.showMail(ctx, by, mailKey(in.ID))
}

func (a *API) showMail(ctx context.Context, by scheduling.Actor, key string) (*MailShown, error) {
	m, r, err := a.cfg.Desk.Mail(ctx, by, key)
	if err != nil {
		return nil, err
	}
	return &MailShown{MailPage{mail(m), Preview{r.From, r.To, r.ReplyTo, r.Subject, r.Text, r.HTML, r.Calendar}}}, nil
}

// record notes in the audit log what was done outside the desk.
func (a *API) record(ctx context.Context, by scheduling.Actor, action, subject, label string) error {
	return a.cfg.DB.Update(ctx, func(tx *storage.Tx) error { return a.cfg.Desk.Record(tx, by, action, subject, label) })
}
