package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// refusing is a relay that takes nobody's mail.
type refusing struct{}

func (refusing) Send(context.Context, *mailer.Envelope) error {
	return &mailer.SendError{Stage: mailer.StageRcpt, Code: 550, Enhanced: "5.7.1", Err: errors.New(tag + "not wanted")}
}

func (refusing) Close() error { return nil }

// issue promises copies of a newsletter of a cluster to two readers.
func (s *staff) issue(t *testing.T, id, cluster string) {
	t.Helper()
	err := s.desk.DB.Update(t.Context(), func(tx *storage.Tx) error {
		sheet := mailer.Sheet{Subject: tag + "News", Text: "x", HTML: "x"}
		i := &mailer.Issue{Meta: storage.Meta{ID: id}, Kind: "campaign", Cluster: cluster, Lang: "en", Sheets: map[string]mailer.Sheet{"en": sheet}}
		if err := s.Outbox.Pin(tx, i); err != nil {
			return err
		}
		var ds []mailer.Delivery
		for n := range 2 {
			ds = append(ds, mailer.Delivery{To: fmt.Sprintf("reader%d@%s.example", n, id), ToName: tag, Lang: "en"})
		}
		_, err := s.Outbox.Deliver(tx, id, ds)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Organisers see of their own newsletters who got one and why others did not,
// and send it again to those whom they choose.
func TestCopies(t *testing.T) {
	s := newStaff(t)
	s.issue(t, "ours", s.auto.ID)
	s.issue(t, "theirs", s.circ.ID)
	list := s.anna.get("/organise/outbox").want(t, 200, `href="/organise/outbox/issue?id=ours"`, "is being sent")
	lacks(t, list, "id=theirs")
	const page = "/organise/outbox/issue?id=ours"
	notThere(t, page, s.door, s.member)
	notThere(t, "/organise/outbox/issue?id=theirs", s.anna)
	notThere(t, "/organise/outbox/issue?id=none", s.anna, s.root)
	lacks(t, s.anna.get(page).want(t, 200, "2 copies may still leave.", "reader0@ours.example"), "Send again")

	w := &mailer.Worker{Outbox: s.Outbox, Transport: refusing{}, Log: slog.New(slog.DiscardHandler)}
	if _, err := w.RunOnce(t.Context(), s.desk.DB.Now()); err != nil {
		t.Fatal(err)
	}
	lacks(t, s.anna.get(page+"&state=failed").want(t, 200, "reader0@ours.example", "not wanted", "Send again", "come to their end"), tag)

	theirs := url.Values{"id": {"theirs"}, "copy": {mailer.DeliveryKey("theirs", "reader0@theirs.example")}}
	s.anna.post("/organise/outbox/issue", theirs).want(t, 404)
	one := url.Values{"id": {"ours"}, "state": {"failed"}, "copy": {mailer.DeliveryKey("ours", "reader0@ours.example"), theirs["copy"][0]}}
	s.anna.post("/organise/outbox/issue", one).leads(t, page+"&state=failed")
	s.anna.get(page).want(t, 200, "1 mail is sent again.", "1 copy may still leave.")
	s.anna.post("/organise/outbox/issue", one).leads(t, page+"&state=failed")
	s.anna.get(page).want(t, 200, "Nothing changed")
	s.root.get("/admin/audit?action=issue.resend").want(t, 200, "campaign", `href="/organise/outbox/issue?id=ours"`)
}

// lacks checks that a page does not say something.
func lacks(t *testing.T, r answer, words string) {
	t.Helper()
	if strings.Contains(r.Body, words) {
		t.Errorf("the page says %q", words)
	}
}
