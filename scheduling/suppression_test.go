package scheduling

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// bouncing is a house with a mailbox that reports come back to.
func bouncing(t testing.TB) *testHouse {
	h := newInbound(t)
	h.Outbox.Bounces, h.Outbox.Key = h.Inbound, h.Key
	return h
}

// delivered sends one mail to an address and gives where it comes back to.
func (h *testHouse) delivered(t *testing.T, key, email string) (m *mailer.Mail, returnTo string) {
	t.Helper()
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		return h.Outbox.Add(tx, mailer.Mail{Meta: storage.Meta{ID: key}, Kind: "test", Cluster: h.cluster.ID, To: email, Lang: "en", Letter: mailer.Letter{Subject: "Hello"}})
	}))
	h.post(t)
	m, err := h.Outbox.Mail(t.Context(), key)
	must(t, err)
	if m.State != mailer.Sent {
		t.Fatalf("%s is %s", key, m.State)
	}
	id, _, _ := strings.Cut(m.MessageID, "@")
	return m, h.Outbox.BounceAddress(id)
}

// report is a mail server's report to an address.
func report(to, action, status string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@mx.example.org
To: %s
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; victim@example.org
Action: %s
Status: %s
Diagnostic-Code: smtp; 550 %s no
--b--
`, to, action, status, status), "\n", "\r\n"))
}

func complaint(to, from string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: feedback@mx.example.org
To: %s
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Mail-From: <%s>
--b--
`, to, from), "\n", "\r\n"))
}

func TestBounces(t *testing.T) {
	h := bouncing(t)
	l := h.list(t, "a")
	h.subscribed(t, "gone@example.org", l)
	for i, key := range []string{"m1", "m2"} {
		_, to := h.delivered(t, key, "gone@example.org")
		h.receives(t, report(to, "delayed", "4.4.1"), Ignored)
		h.wantSub(t, l, "gone@example.org", Subscribed)
		h.receives(t, report(to, "failed", "5.1.1"), Recorded)
		h.receives(t, report(to, "failed", "5.1.1"), Repeated)
		m, err := h.Outbox.Mail(t.Context(), key)
		must(t, err)
		if m.State != mailer.Failed || m.LastCode != 550 || m.SentAt.IsZero() {
			t.Errorf("mail %d is %s with %d", i, m.State, m.LastCode)
		}
	}
	h.wantSub(t, l, "gone@example.org", Bounced)
	if h.refused(t, "gone@example.org", l.ID) == "" {
		t.Error("still sent to")
	}
	list, _, err := h.Suppressions(t.Context(), h.boss, SuppressionFilter{})
	must(t, err)
	if len(list) != 1 || list[0].Address != "gone@example.org" || list[0].Hold(mailer.HardBounce) == nil {
		t.Fatalf("stopped: %+v", list)
	}
	if list, _, err = h.Suppressions(t.Context(), h.other, SuppressionFilter{}); err != nil || len(list) != 0 {
		t.Errorf("others see %v, %v", list, err)
	}
	key := mailer.AddressKey("gone@example.org")
	wantHidden(t, h.LiftSuppression(t.Context(), h.other, key, "x"))
	wantProblem(t, h.LiftSuppression(t.Context(), h.boss, key, ""), Invalid)
	must(t, h.LiftSuppression(t.Context(), h.boss, key, "works again"))
	h.wantSub(t, l, "gone@example.org", Subscribed)
}

// A report counts only if it was sent to the address of the mail that it is
// about, whatever it says.
func TestForgedReports(t *testing.T) {
	h := bouncing(t)
	l := h.list(t, "a")
	h.subscribed(t, "victim@example.org", l)
	m, to := h.delivered(t, "m", "victim@example.org")
	id, _, _ := strings.Cut(m.MessageID, "@")
	for _, forged := range []string{
		h.Inbound, "events+b-" + id + "@in.kohtaamo.example", "events+b-" + id + "-0000000000@in.kohtaamo.example",
		strings.Replace(to, "in.kohtaamo", "other", 1), strings.Replace(to, "+b-", "+b-x", 1), "victim@example.org",
	} {
		h.receives(t, report(forged, "failed", "5.1.1"), Refused)
		h.receives(t, complaint(h.Inbound, forged), Refused)
	}
	if m, _ := h.Outbox.Mail(t.Context(), "m"); m.State != mailer.Sent {
		t.Errorf("the mail is %s", m.State)
	}
	h.wantSub(t, l, "victim@example.org", Subscribed)
	if s, err := h.Outbox.Suppressed(t.Context(), "victim@example.org"); s != nil || err != nil {
		t.Errorf("held against: %+v, %v", s, err)
	}
}

func TestComplaints(t *testing.T) {
	h := bouncing(t)
	l := h.list(t, "a")
	h.subscribed(t, "cross@example.org", l)
	_, returnTo := h.delivered(t, "m", "cross@example.org")
	h.receives(t, complaint("fbl@in.kohtaamo.example", returnTo), Recorded)
	h.receives(t, complaint("fbl@in.kohtaamo.example", returnTo), Repeated)
	h.wantSub(t, l, "cross@example.org", Complained)
	wantProblem(t, h.LiftSuppression(t.Context(), System("test"), mailer.AddressKey("cross@example.org"), "please"), Forbidden)
	h.delivered(t, "ticket", "cross@example.org") // what they asked for still comes
	h.subscribed(t, "cross@example.org", l)       // their own wish
	if s, err := h.Outbox.Suppressed(t.Context(), "cross@example.org"); s != nil || err != nil {
		t.Errorf("held against: %+v, %v", s, err)
	}
}

// A copy of an issue that comes back counts as failed where copies are counted.
func TestDeliveriesComeBack(t *testing.T) {
	h := bouncing(t)
	l := h.list(t, "a")
	h.subscribed(t, "gone@example.org", l)
	var d *mailer.Delivery
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		if err := h.Outbox.Pin(tx, &mailer.Issue{Meta: storage.Meta{ID: "issue1"}, Kind: "campaign", Cluster: h.cluster.ID, Sheets: map[string]mailer.Sheet{"en": {Subject: "News"}}}); err != nil {
			return err
		}
		_, err := h.Outbox.Deliver(tx, "issue1", []mailer.Delivery{{To: "gone@example.org", List: l.ID, Lang: "en"}})
		return err
	}))
	list, _, err := h.Outbox.Deliveries(t.Context(), "issue1", "", "", 10)
	must(t, err)
	d = list[0]
	deliveries := storage.Collection[mailer.Delivery, *mailer.Delivery]{Spec: mailer.Specs[3]}
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		d.State = mailer.Sent
		return deliveries.Put(tx, d)
	}))
	to := h.Outbox.BounceAddress(strings.Replace(d.ID, "/", ".", 1))
	h.receives(t, report(to, "failed", "5.1.1"), Recorded)
	counts, err := h.Outbox.IssueCounts(t.Context(), "issue1")
	must(t, err)
	if counts[mailer.Failed] != 1 || counts[mailer.Sent] != 0 {
		t.Errorf("counts %v", counts)
	}
}

func TestReportWhileSending(t *testing.T) {
	h := bouncing(t)
	_, to := h.delivered(t, "m", "a@example.org")
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		m, err := mailRows.Get(tx, "m")
		if err != nil {
			return err
		}
		m.State = mailer.Sending
		return mailRows.Put(tx, m)
	}))
	_, err := h.ReceiveMail(t.Context(), System("mail"), report(to, "failed", "5.1.1"))
	if !errors.Is(err, mailer.ErrUnsettled) {
		t.Errorf("error = %v, want one that has the report handed in again", err)
	}
}
