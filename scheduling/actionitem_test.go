package scheduling

import (
	"slices"
	"sync"
	"testing"
	"time"

	"kohtaamo/mailer"
)

// lettersOf are the mails of a kind about a group that were not taken back.
func lettersOf(list []*mailer.Mail, kind string) (out []*mailer.Mail) {
	for _, m := range list {
		if m.Kind == kindOfGroupLetter+kind && m.State != mailer.Withdrawn {
			out = append(out, m)
		}
	}
	return out
}

// Owners are reminded three days ahead and on the day after, once each, at no
// hour of the night, and never of what is done, dropped or somebody else's.
func TestActionReminders(t *testing.T) {
	h := newWork(t)
	give := func(what, due string, owner Actor) *ActionItem {
		t.Helper()
		a, err := h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, What: what, OwnerID: owner.ID, Due: due})
		must(t, err)
		return a
	}
	runs := func(at string, want int) {
		t.Helper()
		h.at(helsinki(t, at))
		for _, n := range []int{want, 0} {
			if done, err := h.RemindActions(t.Context(), h.time()); err != nil || done != n {
				t.Errorf("at %s: %d, %v, want %d", at, done, err, n)
			}
		}
	}
	a, dropped, given := give("Plan", "2027-02-10", h.members[0]), give("Dropped", "2027-02-10", h.members[1]), give("Given", "2027-02-10", h.members[1])
	give("Own", "2027-02-10", h.keeper)
	if got := h.pollKinds(t, h.keeper); len(got) != 0 {
		t.Errorf("who took it themselves was told %q", got)
	}
	h.sent(t)
	runs("2027-02-06 12:00", 0)
	runs("2027-02-07 06:00", 0)
	_, err := h.SetAction(t.Context(), h.keeper, dropped.ID, ActionDropped, "No money")
	must(t, err)
	_, err = h.SaveAction(t.Context(), h.keeper, ActionInput{ID: given.ID, Rev: given.Rev, What: given.What, OwnerID: h.members[2].ID, Due: given.Due})
	must(t, err)
	runs("2027-02-07 08:00", 2) // the plan and the keeper's own: what was given is news enough
	h.sent(t)
	_, page, err := func() (Actor, *ActionPage, error) {
		p, by, err := h.ActionByLink(t.Context(), h.ActionLink(a))
		return by, p, err
	}()
	must(t, err)
	for range 2 {
		_, err = h.SetAction(t.Context(), Actor{ID: page.Action.OwnerID, Via: "link"}, a.ID, ActionDone, "")
		must(t, err)
	}
	runs("2027-02-11 08:00", 2)
	runs("2027-02-12 08:00", 0)
	for i, want := range [][]string{{mailActionGiven, mailActionDue}, {mailActionGiven, mailActionGiven}, {mailActionGiven, mailActionOverdue}} {
		if got := h.pollKinds(t, h.members[i]); !slices.Equal(got, want) {
			t.Errorf("member %d got %q", i, got)
		}
	}
	if n := len(lettersOf(h.mailsTo(t, h.members[2].Email), mailActionOverdue)); n != 1 {
		t.Errorf("%d overdue", n)
	}
	late, err := h.OpenActions(t.Context(), h.keeper, ActionFilter{Overdue: true})
	must(t, err)
	if late.Overdue != 2 || len(late.Actions) != 2 {
		t.Errorf("overdue: %+v", late)
	}
	dash, err := h.Attention(t.Context(), h.boss)
	must(t, err)
	if len(dash.Actions) != 1 || dash.Actions[0].Count != 2 {
		t.Errorf("the dashboard says %+v", dash.Actions)
	}
	elsewhere, err := h.OpenActions(t.Context(), h.other, ActionFilter{})
	must(t, err)
	if len(elsewhere.Actions) != 0 {
		t.Errorf("another cluster's organiser sees %+v", elsewhere.Actions)
	}
	_, err = h.OpenActions(t.Context(), h.members[0], ActionFilter{})
	wantHidden(t, err)
}

// An action item keeps who did what to it; done twice it is done once, and the
// link of who had it before opens nothing.
func TestActionHistory(t *testing.T) {
	h := newWork(t)
	in := ActionInput{ID: "action0000000001", GroupID: h.group.ID, What: "Plan", OwnerID: h.members[0].ID, Due: "2027-02-10"}
	a, err := h.SaveAction(t.Context(), h.keeper, in)
	must(t, err)
	twin, err := h.SaveAction(t.Context(), h.keeper, in)
	must(t, err)
	old := h.ActionLink(a)
	if twin.Rev != a.Rev {
		t.Error("sent twice there are two")
	}
	in.Rev, in.OwnerID, in.Due = a.Rev, h.members[1].ID, "2027-02-12"
	_, err = h.SaveAction(t.Context(), h.keeper, in)
	must(t, err)
	_, err = h.SaveAction(t.Context(), h.boss, in)
	wantProblem(t, err, Changed)
	_, _, err = h.ActionByLink(t.Context(), old)
	wantHidden(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := h.SetAction(t.Context(), h.members[1], a.ID, ActionDone, "Done well"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	_, err = h.SetAction(t.Context(), h.members[1], a.ID, ActionDropped, "")
	wantHidden(t, err)
	p, err := h.Action(t.Context(), h.members[2], a.ID)
	must(t, err)
	var steps []string
	for _, s := range p.Action.History {
		steps = append(steps, s.What+" by "+s.By)
	}
	if want := []string{"created by Kaisa Keeper", "changed by Kaisa Keeper", "given by Kaisa Keeper", "done by Person 1"}; !slices.Equal(steps, want) {
		t.Errorf("history = %q", steps)
	}
	if p.Action.Note != "Done well" || p.Action.DoneAt.IsZero() || p.Action.Sequence != 2 {
		t.Errorf("it is %+v", p.Action)
	}
	for field, bad := range map[string]ActionInput{"what": {}, "due": {Due: "soon"}, "owner": {OwnerID: h.other.ID}} {
		bad.GroupID = h.group.ID
		_, err := h.SaveAction(t.Context(), h.keeper, bad)
		if p := wantProblem(t, err, Invalid); p.Fields[field] == "" {
			t.Errorf("%s: %v", field, p)
		}
	}
	if d := (&ActionItem{Due: "2027-02-10", State: ActionOpen}); d.Overdue(helsinki(t, "2027-02-10 23:59")) || !d.Overdue(helsinki(t, "2027-02-11 00:00").Add(time.Minute)) {
		t.Error("overdue begins on another day")
	}
}
