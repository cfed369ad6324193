package scheduling

import (
	"fmt"
	"testing"

	"kohtaamo/storage"
)

// BenchmarkPublish publishes rounds of 300 and 5,000 meetings, each in one
// transaction: the time is that of the whole action, mails promised.
func BenchmarkPublish(b *testing.B) {
	for _, size := range []struct{ companies, tables, slots int }{{100, 25, 12}, {1000, 250, 20}} {
		b.Run(fmt.Sprint(size.tables*size.slots), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				m, p := fullRound(b, size.companies, size.tables, size.slots)
				b.StartTimer()
				if _, err := m.Publish(b.Context(), m.boss, p.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// fullRound is a round with a proposal in which every table has a meeting in
// every slot.
func fullRound(t testing.TB, companies, tables, slots int) (*market, *Proposal) {
	t.Helper()
	m := newMarket(t, 0, func(r *Round) {
		r.Minutes, r.Days[0].Windows[0].To = 20, fmt.Sprintf("%02d:%02d", 9+slots/3, slots%3*20)
		r.Tables = nil
		for n := range tables {
			r.Tables = append(r.Tables, Table{ID: fmt.Sprintf("table-%d", n), Name: fmt.Sprint("Table ", n+1), Kind: AtTable})
		}
	})
	m.write(t, func(tx *storage.Tx) error { return m.crowd(tx, companies) })
	p := &Proposal{RoundID: m.r.ID, Name: "1", State: ProposalReady}
	m.write(t, func(tx *storage.Tx) error {
		for s := range slots {
			for k := range tables {
				a, b := m.es[k], m.es[companies/2+(k+s)%(companies/2)]
				q := &Request{RoundID: m.r.ID, From: a.ID, To: b.ID, State: RequestAccepted, Wish: Want, Answer: Want, SentAt: t0, Pair: pairOf(m.r.ID, a.ID, b.ID)}
				if err := requests.Put(tx, q); err != nil {
					return err
				}
				p.Placed = append(p.Placed, Placed{RequestID: q.ID, Slot: slot(m.r, s), Table: m.r.Tables[k].ID})
			}
		}
		return proposals.Put(tx, p)
	})
	return m, p
}

// crowd enters many companies at once.
func (m *market) crowd(tx *storage.Tx, n int) error {
	for i := range n {
		name := fmt.Sprintf("Company %04d", i)
		p := &Person{Email: fmt.Sprintf("person%04d@example.org", i), Name: "Person of " + name, Lang: "en"}
		if err := people.Put(tx, p); err != nil {
			return err
		}
		e := &Entrant{RoundID: m.r.ID, CompanyID: name, Live: m.r.ID + "/" + name, State: EntrantIn, Name: name, Sort: name, Country: "FI",
			People: []Delegate{{PersonID: p.ID, Name: p.Name, Manages: true}}, PersonIDs: []string{p.ID}}
		if err := entrants.Put(tx, e); err != nil {
			return err
		}
		m.es = append(m.es, e)
	}
	return nil
}
