package handlers

import (
	"fmt"
	"testing"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// many registers n people, as an import does.
func (o *organised) many(b *testing.B, n int) {
	b.Helper()
	rows := []table.Row{{Line: 1, Cells: []string{"name", "email", "company"}}}
	for i := range n {
		name := fmt.Sprintf("Person%06d Virtanen%03d", i, i%997)
		rows = append(rows, table.Row{Line: i + 2, Cells: []string{name, fmt.Sprintf("person%06d@example.fi", i), fmt.Sprintf("Company %d Oy", i%300)}})
	}
	rep, err := o.desk.ImportRegistrations(b.Context(), root, o.e.ID, rows, scheduling.ImportOptions{})
	if err != nil || rep.Count(scheduling.OutSeat) != n {
		b.Fatal(rep.Count(scheduling.OutSeat), err)
	}
}

// BenchmarkRegistrations shows pages of an event with 100,000 registrations.
// A person waits 20 ms for each at the most.
func BenchmarkRegistrations(b *testing.B) {
	o := newOrganised(b, nil)
	o.many(b, 100_000)
	for name, path := range map[string]string{
		"list": "", "state": "?state=confirmed", "search": "?q=person05", "search-two-words": "?q=person0512+virt", "search-common": "?q=virtanen",
		"checkin": "/checkin?q=person0999", "counts": "/counts",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := o.boss.get(o.base + path); got.Status != 200 {
					b.Fatal(got.Status)
				}
			}
		})
	}
	b.Run("dashboard", func(b *testing.B) {
		for b.Loop() {
			if got := o.boss.get("/organise"); got.Status != 200 {
				b.Fatal(got.Status)
			}
		}
	})
	b.Run("export", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if got := o.boss.get(o.base + "/export.csv"); got.Status != 200 {
				b.Fatal(got.Status)
			}
		}
	})
}
