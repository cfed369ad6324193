package main

import (
	"path/filepath"
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// TestMailReceiveReports hands in what a mail server says of a mail that came
// back: it counts once, and only at the address that the mail left from.
func TestMailReceiveReports(t *testing.T) {
	dir := t.TempDir()
	db, inbound := database(dir, "k.db"), "--inbound=answers@in.example.org"
	h := openHouse(t, db)
	h.outbox.Bounces = "answers@in.example.org"
	e := published(t, h)
	l := &scheduling.MailingList{Slug: "news", Name: tr("News", "Uutiset"), ClusterID: e.ClusterIDs[0], Open: true}
	if err := h.desk.SaveMailingList(t.Context(), scheduling.System("test"), l); err != nil {
		t.Fatal(err)
	}
	if err := h.desk.Subscribe(t.Context(), scheduling.SubscribeForm{Email: "gone@example.org", Lang: "en", Lists: []string{l.ID}, Wording: "w"}); err != nil {
		t.Fatal(err)
	}
	transport, err := mailer.Open("dir:"+filepath.Join(dir, "mail"), h.cfg.Log)
	if err != nil {
		t.Fatal(err)
	}
	defer transport.Close()
	w := &mailer.Worker{Outbox: h.outbox, Transport: transport, Log: h.cfg.Log}
	if _, err := w.RunOnce(t.Context(), h.db.Now()); err != nil {
		t.Fatal(err)
	}
	list, _, err := h.outbox.List(t.Context(), mailer.Filter{State: mailer.Sent})
	if err != nil || len(list) != 1 {
		t.Fatalf("%d mails were sent, %v", len(list), err)
	}
	id, _, _ := strings.Cut(list[0].MessageID, "@")
	returned := h.outbox.BounceAddress(id)
	for _, test := range []struct{ to, want string }{
		{"answers@in.example.org", "refused: a report that was not sent to the address of a mail\n"},
		{strings.Replace(returned, "b-", "b-0", 1), "refused: a report that was not sent to the address of a mail\n"},
		{returned, "recorded: a mail of kind subscription.confirm came back: 5.1.1\n"},
		{returned, "repeated: the mail is known to have failed\n"},
	} {
		if r := pipe(t, string(demoBounce(test.to)), "mail", "receive", db, inbound); r.status != exitDone || r.out != test.want {
			t.Errorf("to %s: %+v", test.to, r)
		}
	}
	if m, err := h.outbox.Mail(t.Context(), list[0].ID); err != nil || m.State != mailer.Failed || m.LastCode != 550 {
		t.Errorf("the mail is %+v, %v", m, err)
	}
}
