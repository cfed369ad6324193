package mailer

import (
	"fmt"
	"iter"

	"kohtaamo/storage"
)

// Stopped gives what tells why mail to many does not go to an address: "" if it
// may. It reads everything at once, for whoever asks about many addresses.
func (o *Outbox) Stopped(tx *storage.Tx) (func(address string) string, error) {
	found, err := suppressions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("active", true)}})
	if err != nil {
		return nil, fmt.Errorf("read suppressed addresses: %w", err)
	}
	why := make(map[string]string, len(found))
	for _, s := range found {
		why[s.ID] = s.Reason
		if s.Reason == "" {
			why[s.ID] = "suppressed"
		}
	}
	return func(address string) string { return why[AddressKey(address)] }, nil
}

// Copies are the deliveries of an issue, one at a time.
func (o *Outbox) Copies(tx *storage.Tx, issue string) iter.Seq2[*Delivery, error] {
	return deliveries.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("issue", issue)}})
}

// CopyTo is an address's copy of an issue, or storage.ErrNotFound.
func (o *Outbox) CopyTo(tx *storage.Tx, issue, address string) (*Delivery, error) {
	return deliveries.Get(tx, DeliveryKey(issue, address))
}

// IssuesOf are the issues that were made from a document, oldest first.
func (o *Outbox) IssuesOf(tx *storage.Tx, ref string) ([]*Issue, error) {
	return issues.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("ref", ref)}, Sort: "created"})
}

// CountsIn is IssueCounts in a caller's transaction.
func (o *Outbox) CountsIn(tx *storage.Tx, issue string) (map[State]int, error) {
	n, err := deliveries.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("issue", issue)}}, "state")
	counts := map[State]int{}
	for s, c := range n {
		counts[State(s)] = c
	}
	return counts, err
}
