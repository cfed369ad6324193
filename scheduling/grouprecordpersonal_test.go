package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kohtaamo/storage"
)

// Whoever is erased is read nowhere any more; that somebody was there, and what
// was promised, stays.
func TestRecordsForgetAPerson(t *testing.T) {
	h := newWork(t)
	id, m := h.meeting(t)
	me := h.members[0]
	p := h.poll(t, "2027-02-09 09:00")
	h.votes(t, me, p, GroupYes)
	h.at(m.Ends)
	_, err := h.SaveMinutes(t.Context(), h.keeper, id, "", "Person 0 ("+me.Email+") spoke of timber.", []Resolution{{Text: "Person 0 goes on"}})
	must(t, err)
	_, err = h.MarkRest(t.Context(), h.keeper, id, Present)
	must(t, err)
	a, err := h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, RecordID: id, What: "Person 0 asks the city", OwnerID: me.ID, Due: "2027-03-01"})
	must(t, err)
	_, err = h.SetAction(t.Context(), me, a.ID, ActionDone, "Asked, by Person 0")
	must(t, err)
	_, err = h.HoldRecord(t.Context(), h.keeper, id)
	must(t, err)
	_, err = h.ApproveRecord(t.Context(), h.keeper, id)
	must(t, err)
	mine := []string{"meeting_records", "date_polls", "action_items"}
	h.write(t, func(tx *storage.Tx) error {
		who, err := people.Get(tx, me.ID)
		must(t, err)
		for _, s := range personalStores {
			if !slices.Contains(mine, s.name) {
				continue
			}
			if c, err := s.copy(tx, who); err != nil || len(c) != 1 {
				t.Errorf("%s: copy %v, %v", s.name, c, err)
			}
			for i, want := range []int{1, 0} {
				n, err := s.erase(tx, who)
				if err != nil || n != want {
					t.Errorf("%s: erased %d the time %d, %v", s.name, n, i, err)
				}
			}
		}
		r, err := meetingRecords.Get(tx, id)
		must(t, err)
		x, err := actionItems.Get(tx, a.ID)
		must(t, err)
		v, err := datePolls.Get(tx, p.ID)
		must(t, err)
		if all := fmt.Sprintf("%+v %+v %+v", *r, *x, *v); strings.Contains(all, "Person 0") || strings.Contains(all, me.Email) {
			t.Errorf("they are still in %s", all)
		}
		if r.Came() != 3 || x.State != ActionDone || r.State != RecordApproved {
			t.Errorf("what counts went too: %+v %+v", r, x)
		}
		return nil
	})
}

// A company that is merged into another is that one in the records too.
func TestRecordsOfMergedCompanies(t *testing.T) {
	h := newWork(t)
	id, _ := h.meeting(t)
	_, err := h.MarkRest(t.Context(), h.keeper, id, Present)
	must(t, err)
	r := h.record(t, id)
	from, into := r.Present[0].CompanyID, r.Present[1].CompanyID
	h.write(t, func(tx *storage.Tx) error {
		for _, want := range []int{1, 0} {
			n, err := recordCompanies(tx, &Company{Meta: storage.Meta{ID: from}}, &Company{Meta: storage.Meta{ID: into}})
			if err != nil || n != want {
				t.Errorf("%d, %v, want %d", n, err, want)
			}
		}
		return nil
	})
	if r = h.record(t, id); r.Present[0].CompanyID != into || r.Present[2].CompanyID == into {
		t.Errorf("present: %+v", r.Present)
	}
}
