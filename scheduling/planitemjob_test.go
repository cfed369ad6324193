package scheduling

import (
	"slices"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// Owners are reminded once ahead and once after the day, and not of what is done,
// moved or somebody else's.
func TestRemindPlanItems(t *testing.T) {
	h := newHouse(t)
	p := h.plan(t, "Strategy 2030")
	aino, bea := h.owner(t, "Aino Aava"), h.owner(t, "Bea Bor")
	h.at(helsinki(t, "2027-01-10 12:00"))
	save := func(in PlanItem, owner *Person) *PlanItem {
		t.Helper()
		in.PlanID = p.ID
		email := ""
		if owner != nil {
			email = owner.Email
		}
		x, err := h.SavePlanItem(t.Context(), h.boss, &in, email)
		must(t, err)
		return x
	}
	item := func(what, due string) PlanItem { return PlanItem{What: what, Due: due, State: ActionOpen} }
	runs := func(at string, want int) {
		t.Helper()
		h.at(helsinki(t, at))
		for _, n := range []int{want, 0} {
			if done, err := h.RemindPlanItems(t.Context(), h.time()); err != nil || done != n {
				t.Errorf("at %s: %d, %v, want %d", at, done, err, n)
			}
		}
	}
	kinds := func(p *Person) (out []string) {
		for _, m := range h.mailsTo(t, p.Email) {
			if m.State != mailer.Withdrawn {
				out = append(out, m.Kind)
			}
		}
		slices.Sort(out)
		return out
	}
	stays, done, moved, given := save(item("Stays", "2027-02-10"), aino), save(item("Done", "2027-02-10"), aino), save(item("Moved", "2027-02-10"), aino), save(item("Given", "2027-02-10"), aino)
	save(item("Nobody's", "2027-02-10"), nil)
	runs("2027-02-06 12:00", 0)
	runs("2027-02-07 06:00", 0)
	runs("2027-02-07 08:00", 4)
	must(t, h.EndPlanItem(t.Context(), aino.Actor(), done.ID, ""))
	change := func(x *PlanItem, set func(*PlanItem), owner *Person) {
		t.Helper()
		next := *h.planItem(t, x.ID)
		set(&next)
		save(next, owner)
	}
	change(moved, func(x *PlanItem) { x.Due = "2027-03-10" }, aino)
	change(given, func(x *PlanItem) { x.Due = "2027-02-20" }, bea)
	if got := kinds(aino); !slices.Equal(got, []string{mailPlanDue}) {
		t.Errorf("of what is done, moved or given somebody is still told: %q", got)
	}
	runs("2027-02-11 08:00", 1)
	runs("2027-02-17 08:00", 1)
	runs("2027-02-21 08:00", 1)
	runs("2027-03-07 08:00", 1)
	if got := kinds(bea); !slices.Equal(got, []string{mailPlanOverdue}) { // the first was not sent before the day was over
		t.Errorf("who has it now is told %q", got)
	}
	if x := h.planItem(t, stays.ID); x.OverdueOf != x.Due {
		t.Errorf("what was told is noted as %q", x.OverdueOf)
	}
}

// owner is somebody whom plans can name.
func (h *testHouse) owner(t testing.TB, name string) *Person {
	t.Helper()
	p := &Person{Name: name, Email: Slug(name) + "@example.org", Lang: "en", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(t.Context(), h.boss, p))
	return p
}

func (h *testHouse) planItem(t testing.TB, id string) (x *PlanItem) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) (err error) {
		x, err = planItems.Get(tx, id)
		return err
	})
	return x
}

// An item stands in its owner's calendar under one UID, whoever has it: who gave
// it away sees it cancelled.
func TestPlanItemsInCalendars(t *testing.T) {
	h := newHouse(t)
	p := h.plan(t, "Strategy 2030")
	aino, bea := h.owner(t, "Aino Aava"), h.owner(t, "Bea Bor")
	entry := func(p *Person) *ical.Entry {
		t.Helper()
		var out []ical.Entry
		h.write(t, func(tx *storage.Tx) (err error) {
			out, err = h.promisedEntries(tx, &reading{person: p, address: &FeedAddress{Lang: "en"}, day: dayOf(tx.Now())})
			return err
		})
		if len(out) == 0 {
			return nil
		}
		return &out[0]
	}
	due := HouseDay(h.now().AddDate(0, 0, 20))
	x, err := h.SavePlanItem(t.Context(), h.boss, &PlanItem{PlanID: p.ID, What: "Ask members", Due: due, State: ActionOpen}, aino.Email)
	must(t, err)
	first := entry(aino)
	if first == nil || first.Summary != "To do: Ask members" || !first.AllDay || entry(bea) != nil {
		t.Fatalf("the entry is %+v", first)
	}
	x.Due = HouseDay(h.now().AddDate(0, 0, 21))
	_, err = h.SavePlanItem(t.Context(), h.boss, x, bea.Email)
	must(t, err)
	was, is := entry(aino), entry(bea)
	if was == nil || was.Status != ical.Cancelled || was.UID != first.UID || was.Sequence <= first.Sequence || is == nil || is.Status == ical.Cancelled || is.UID != first.UID {
		t.Errorf("given away it is %+v and %+v", was, is)
	}
	must(t, h.EndPlanItem(t.Context(), bea.Actor(), x.ID, "Two came"))
	if is := entry(bea); is.Summary != "Done: Ask members" {
		t.Errorf("done it is %q", is.Summary)
	}
	must(t, h.DeletePlanItem(t.Context(), h.boss, p.ID, x.ID))
	if is := entry(bea); is == nil || is.Status != ical.Cancelled || is.UID != first.UID {
		t.Errorf("deleted it is %+v", is)
	}
	left, err := h.MyPlanItems(t.Context(), bea.Actor())
	must(t, err)
	page, err := h.Plan(t.Context(), h.boss, p.ID)
	if err != nil || len(left) != 0 || len(page.Items) != 0 {
		t.Errorf("its owner has %d, the plan %d, %v", len(left), len(page.Items), err)
	}

	cyd := h.owner(t, "Cyd Cai") // what goes with its plan
	_, err = h.SavePlanItem(t.Context(), h.boss, &PlanItem{PlanID: p.ID, What: "Ask others", Due: due, State: ActionOpen}, cyd.Email)
	must(t, err)
	first = entry(cyd)
	must(t, h.DeletePlan(t.Context(), h.boss, p.ID))
	if is := entry(cyd); is == nil || is.Status != ical.Cancelled || is.UID != first.UID || is.Sequence <= first.Sequence {
		t.Errorf("gone with its plan it is %+v", is)
	}
}
