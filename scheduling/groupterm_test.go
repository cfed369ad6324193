package scheduling

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

func (h *testHouse) groupNow(t testing.TB, id string) *Group {
	t.Helper()
	p, err := h.Group(t.Context(), h.boss, id)
	must(t, err)
	return p.Group
}

// Whatever happens to a group, its members are those whose term has no end, each
// once, and what was stays as it was.
func TestMembersAreWhoseTermGoesOn(t *testing.T) {
	h := newHouse(t)
	var ids, mails []string
	for _, name := range []string{"aino", "eero", "liisa", "matti"} {
		a := h.someone(t, name, nil)
		ids, mails = append(ids, a.ID), append(mails, a.Email)
	}
	g := h.group(t, "circular-construction", ids[0])
	at := t0
	rapid.Check(t, func(rt *rapid.T) {
		at = at.Add(time.Hour)
		h.at(at)
		before := h.groupNow(t, g.ID)
		i := rapid.IntRange(0, len(ids)-1).Draw(rt, "who")
		var err error
		switch rapid.SampledFrom([]string{"add", "remove", "role", "save"}).Draw(rt, "what") {
		case "add":
			_, err = h.AddMember(t.Context(), h.boss, g.ID, mails[i])
		case "remove":
			err = h.RemoveMember(t.Context(), h.boss, g.ID, ids[i])
		case "role":
			err = h.SetGroupRole(t.Context(), h.boss, g.ID, ids[i], rapid.SampledFrom(GroupRoles).Draw(rt, "role"), "")
			if !slices.Contains(before.Members, ids[i]) && errors.Is(err, storage.ErrNotFound) {
				err = nil
			}
		case "save":
			in := *before
			in.Members = rapid.SliceOfN(rapid.SampledFrom(ids), 0, 5).Draw(rt, "members")
			in.Terms = nil // a program that knows nothing of them
			err = h.SaveGroup(t.Context(), h.boss, &in)
		}
		if err != nil {
			rt.Fatal(err)
		}
		now := h.groupNow(t, g.ID)
		var present []string
		chairs := 0
		for _, x := range now.Terms {
			if x.Until.IsZero() {
				present = append(present, x.PersonID)
				if x.Role == GroupChair {
					chairs++
				}
			} else if !x.Until.After(x.Since) {
				rt.Errorf("a term of no time: %+v", x)
			}
		}
		slices.Sort(present)
		if !slices.Equal(present, slices.Sorted(slices.Values(now.Members))) || chairs > 1 {
			rt.Errorf("members %v, terms %+v", now.Members, now.Terms)
		}
		for _, x := range before.Terms {
			if !x.Until.IsZero() && !slices.Contains(now.Terms, x) {
				rt.Errorf("a term that was over is gone: %+v", x)
			}
		}
	})
}

func TestGroupRoles(t *testing.T) {
	h := newHouse(t)
	aino, eero, stranger := h.someone(t, "aino", nil), h.someone(t, "eero", nil), h.someone(t, "stranger", nil)
	g := h.group(t, "board", aino.ID, eero.ID)
	keeper := h.someone(t, "keeper", nil)
	must(t, h.NameCoordinator(t.Context(), h.boss, g.ID, keeper.ID))
	page, err := h.Group(t.Context(), h.boss, g.ID)
	must(t, err)
	if len(page.Coordinators) != 1 || page.Coordinators[0].ID != keeper.ID {
		t.Fatalf("coordinators %+v", page.Coordinators)
	}
	keeper = page.Coordinators[0].Actor()

	h.at(t0.AddDate(0, 2, 0))
	must(t, h.SetGroupRole(t.Context(), keeper, g.ID, aino.ID, GroupChair, ""))
	h.at(t0.AddDate(0, 4, 0))
	must(t, h.SetGroupRole(t.Context(), keeper, g.ID, eero.ID, GroupChair, "2027-04-01"))
	now := h.groupNow(t, g.ID)
	april := in(t, HouseZone, "2027-04-01 00:00")
	var got []string
	for _, x := range now.Terms {
		if x.PersonID == aino.ID && x.Role == GroupChair && x.Until.Equal(april) || x.PersonID == eero.ID && x.Role == GroupChair && x.Since.Equal(april) {
			got = append(got, x.PersonID)
		}
	}
	if !slices.Equal(got, []string{aino.ID, eero.ID}) || now.RoleOf(aino.ID) != GroupMember || now.RoleOf(stranger.ID) != "" {
		t.Errorf("chairs until and from April: %v of %+v", got, now.Terms)
	}

	wantProblem(t, h.SetGroupRole(t.Context(), keeper, g.ID, aino.ID, GroupExpert, "2027-01-13"), Invalid)
	wantProblem(t, h.SetGroupRole(t.Context(), keeper, g.ID, aino.ID, "king", ""), Invalid)
	wantHidden(t, h.SetGroupRole(t.Context(), aino, g.ID, aino.ID, GroupChair, ""))
	wantHidden(t, h.SetGroupRole(t.Context(), h.other, g.ID, aino.ID, GroupChair, ""))
	wantHidden(t, h.NameCoordinator(t.Context(), keeper, g.ID, aino.ID))
	wantHidden(t, h.NameCoordinator(t.Context(), h.other, g.ID, aino.ID))
	must(t, h.DropCoordinator(t.Context(), h.boss, g.ID, keeper.ID))
	if page, err = h.Group(t.Context(), h.boss, g.ID); err != nil || len(page.Coordinators) != 0 {
		t.Errorf("after it was ended: %+v, %v", page.Coordinators, err)
	}
}

// Who was a member before terms were noted has one without a beginning.
func TestMembersFromBeforeTerms(t *testing.T) {
	h := newHouse(t)
	aino, eero := h.someone(t, "aino", nil), h.someone(t, "eero", nil)
	g := &Group{Meta: storage.Meta{ID: storage.NewID()}, Slug: "old", ClusterID: h.cluster.ID, Kind: "working", Name: Text{"en": "Old"}, Members: []string{aino.ID}}
	h.store(t, func(tx *storage.Tx) error { return groups.Put(tx, g) })
	_, err := h.AddMember(t.Context(), h.boss, g.ID, eero.Email)
	must(t, err)
	now := h.groupNow(t, g.ID)
	if len(now.Terms) != 2 || !now.Terms[0].Since.IsZero() || now.Terms[1].Since.IsZero() {
		t.Errorf("terms %+v", now.Terms)
	}
}

func TestMandate(t *testing.T) {
	h := newHouse(t)
	aino := h.someone(t, "aino", nil)
	g := h.group(t, "board", aino.ID)
	in := Mandate{Text: "Advises the cluster.", From: "2027-01-01", Until: "2028-12-31", Goals: []Goal{{Text: "A strategy"}, {Text: " "}, {Text: "Five pilots", State: GoalOpen}}}
	_, err := h.SaveMandate(t.Context(), aino, g.ID, in, 0)
	wantHidden(t, err)
	first, err := h.SaveMandate(t.Context(), h.boss, g.ID, in, 0)
	must(t, err)
	if again, err := h.SaveMandate(t.Context(), h.boss, g.ID, in, 0); err != nil || again.ID != first.ID {
		t.Errorf("sent twice: %+v, %v", again, err)
	}
	in.Goals[0].State = GoalReached
	_, err = h.SaveMandate(t.Context(), h.boss, g.ID, in, 0)
	wantProblem(t, err, Changed)
	if _, err = h.SaveMandate(t.Context(), h.boss, g.ID, in, 1); err != nil {
		t.Fatal(err)
	}
	in.Until = "2026-12-31"
	_, err = h.SaveMandate(t.Context(), h.boss, g.ID, in, 2)
	wantProblem(t, err, Invalid)

	p, err := h.Mandate(t.Context(), aino, g.ID)
	must(t, err)
	if len(p.Versions) != 2 || p.Present().Version != 2 || p.Present().Goals[0].State != GoalReached || p.Versions[1].Goals[0].State != GoalOpen || len(p.Present().Goals) != 2 {
		t.Errorf("versions %+v", p.Versions)
	}
	_, err = h.Mandate(t.Context(), h.someone(t, "stranger", nil), g.ID)
	wantHidden(t, err)
}

func TestGroupFiles(t *testing.T) {
	h := newHouse(t)
	aino, stranger := h.someone(t, "aino", nil), h.someone(t, "stranger", nil)
	g, elsewhere := h.group(t, "board", aino.ID), h.group(t, "other", stranger.ID)
	_, err := h.AddGroupFile(t.Context(), aino, g.ID, "plan.md", []byte("# Plan"))
	wantHidden(t, err)
	_, err = h.AddGroupFile(t.Context(), h.boss, g.ID, "plan.html", []byte("<script>"))
	wantProblem(t, err, Invalid)
	x, err := h.AddGroupFile(t.Context(), h.boss, g.ID, "plan.md", []byte("# Plan"))
	must(t, err)
	_, body, err := h.GroupFile(t.Context(), aino, g.ID, x.ID)
	must(t, err)
	if string(body) != "# Plan" {
		t.Errorf("body %q", body)
	}
	_, _, err = h.GroupFile(t.Context(), stranger, g.ID, x.ID)
	wantHidden(t, err)
	_, _, err = h.GroupFile(t.Context(), stranger, elsewhere.ID, x.ID) // their own group, another's file
	wantHidden(t, err)
	wantHidden(t, h.RemoveGroupFile(t.Context(), aino, g.ID, x.ID))
	must(t, h.RemoveGroupFile(t.Context(), h.boss, elsewhere.ID, x.ID))
	if p, err := h.GroupFiles(t.Context(), aino, g.ID); err != nil || len(p.Files) != 1 {
		t.Errorf("files %v, %v", p, err)
	}
	must(t, h.RemoveGroupFile(t.Context(), h.boss, g.ID, x.ID))
	must(t, h.RemoveGroupFile(t.Context(), h.boss, g.ID, x.ID))
	_, _, err = h.GroupFile(t.Context(), aino, g.ID, x.ID)
	wantHidden(t, err)
}
