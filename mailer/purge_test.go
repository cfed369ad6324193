package mailer

import (
	"errors"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

// Issues go when their end is long past, portion by portion, and not before
// whoever keeps their figures has them.
func TestPurgeIssues(t *testing.T) {
	const keep = 180 * 24 * time.Hour
	h, s := newHouse(t), newSink(t, mailtest.Config{Discard: true})
	h.campaign()
	h.readers(25)
	w := h.worker(s)
	h.run(w, 25)
	purge := func(want int) {
		t.Helper()
		if n, err := h.PurgeIssues(t.Context(), h.now().Add(-keep), 10); n != want || err != nil {
			t.Fatalf("purged %d, %v, want %d", n, err, want)
		}
	}
	h.pass(keep + time.Hour)
	purge(0) // it counts as open: nobody has looked since
	h.run(w, 0)
	h.pass(keep)
	purge(0)
	h.pass(time.Hour)

	ready, asked := false, 0
	h.Forgetting = func(tx *storage.Tx, i *Issue) (bool, error) {
		counts, err := h.CountsIn(tx, i.ID)
		if asked++; asked == 2 && counts[Sent] != 25 {
			t.Errorf("asked too late: %v", counts)
		}
		return ready, err
	}
	purge(0)
	h.wantCounts(map[State]int{Sent: 25})
	ready = true
	for _, n := range []int{10, 10, 5, 1, 0} {
		purge(n)
	}
	h.wantCounts(map[State]int{})
	h.update(func(tx *storage.Tx) error {
		if _, err := h.IssueIn(tx, issueID); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("the issue is still there: %v", err)
		}
		return nil
	})
}
