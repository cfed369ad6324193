package mailer

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

const issueID = "campaign1"

// campaign pins an issue in both languages.
func (h *house) campaign(change ...func(*Issue)) {
	h.t.Helper()
	i := &Issue{
		Meta: storage.Meta{ID: issueID}, Kind: "campaign", Ref: "c", FromName: "Kiertotalousklusteri", ListID: "news.kohtaamo.example", Lang: "en",
		Sheets: map[string]Sheet{
			"fi": {Subject: "Kuulumisia, {{name}}", Text: "Hei {{name}}\n\nTervetuloa.\n\n{{unsubscribe}}\n",
				HTML: "<html><body><p>Hei {{name}}</p><p><a href=\"{{unsubscribe}}\">Peru</a></p></body></html>\n"},
			"en": {Subject: "News", Text: "Hello {{name}}\n", HTML: "<p>Hello {{name}}</p>\n"},
		},
	}
	for _, f := range change {
		f(i)
	}
	h.update(func(tx *storage.Tx) error { return h.Pin(tx, i) })
}

func (h *house) update(fn func(tx *storage.Tx) error) {
	h.t.Helper()
	if err := h.DB.Update(context.Background(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func reader(n int) Delivery {
	return Delivery{
		To: fmt.Sprintf("reader%d@example%d.com", n, n%7), ToName: "Aino Mäkelä", Lang: "fi", Person: fmt.Sprint("p", n),
		Params: map[string]string{"name": "Aino"}, Unsubscribe: fmt.Sprintf("https://kohtaamo.example/unsubscribe/%d", n),
	}
}

// readers promises copies to n people.
func (h *house) readers(n int) {
	h.t.Helper()
	for from := 0; from < n; from += 1000 {
		var ds []Delivery
		for k := from; k < min(n, from+1000); k++ {
			ds = append(ds, reader(k))
		}
		h.update(func(tx *storage.Tx) error {
			added, err := h.Deliver(tx, issueID, ds)
			if err == nil && added != len(ds) {
				return fmt.Errorf("%d of %d are new", added, len(ds))
			}
			return err
		})
	}
}

// oneDomain promises copies to n people of one domain.
func (h *house) oneDomain(n int) {
	for from := 0; from < n; from += 1000 {
		h.update(func(tx *storage.Tx) error {
			var ds []Delivery
			for k := from; k < min(n, from+1000); k++ {
				d := reader(k)
				d.To = fmt.Sprintf("reader%d@example.com", k)
				ds = append(ds, d)
			}
			_, err := h.Deliver(tx, issueID, ds)
			return err
		})
	}
}

func (h *house) wantCounts(want map[State]int) {
	h.t.Helper()
	got, err := h.IssueCounts(context.Background(), issueID)
	if err != nil || !maps.Equal(got, want) {
		h.t.Fatalf("counts %v, %v, want %v", got, err, want)
	}
}

func TestIssueLeaves(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign()
	h.readers(640)
	h.run(h.worker(s), 640)
	wantDeliveries(t, s, 640, 1)
	h.wantCounts(map[State]int{Sent: 640})
	m := s.Messages()[0]
	for _, want := range []string{"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", "List-ID: <news.kohtaamo.example>\r\n",
		"Precedence: bulk\r\n", "Feedback-ID: campaign1:campaign:news.kohtaamo.example:kohtaamo.example\r\n"} {
		if !strings.Contains(string(m.Raw), want) {
			t.Errorf("no %q in\n%s", want, m.Raw)
		}
	}
	h.run(h.worker(s), 0)
	h.pass(issueLife)
	h.run(h.worker(s), 0)
	h.update(func(tx *storage.Tx) error {
		if i, err := h.IssueIn(tx, issueID); err != nil || i.Open {
			t.Errorf("the issue is still looked at: %+v, %v", i, err)
		}
		return nil
	})
}

// A paused issue keeps what it has; a cancelled one ends it.
func TestIssuePausedAndCancelled(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign(func(i *Issue) { i.State = IssuePaused })
	h.readers(300)
	w := h.worker(s)
	h.run(w, 0)
	h.pass(3 * issueLife) // the time of a pause does not count
	h.run(w, 0)
	h.wantCounts(map[State]int{Queued: 300})
	set := func(s IssueState) {
		h.update(func(tx *storage.Tx) error { _, err := h.SetIssue(tx, issueID, s); return err })
	}
	set(IssueSending)
	s.SetFaults(mailtest.Faults{RefuseOnce: "451 4.7.1 Greylisted"})
	h.run(w, 0)
	h.wantCounts(map[State]int{Deferred: 300})
	set(IssueCancelled)
	h.pass(time.Hour)
	h.run(w, 0)
	h.wantCounts(map[State]int{Withdrawn: 300})
	wantDeliveries(t, s, 0, 0)
}
