package scheduling

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"kohtaamo/storage"
)

func TestSavedLists(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	p := h.someone(t, "keeper", nil)
	must(t, h.GiveRole(ctx, System("test"), p.ID, Grant{Role: Organiser, Cluster: h.cluster.ID}))
	p.Grants = []Grant{{Role: Organiser, Cluster: h.cluster.ID}}
	kinds := []string{"companies", "people"}
	in := NewList{ID: storage.NewID(), Name: " SMEs ", Kind: "companies", Lang: "fi", Query: url.Values{"kind": {"sme"}, "q": {""}, "after": {"x"}}}
	l, err := h.SaveList(ctx, p, in, kinds)
	must(t, err)
	again, err := h.SaveList(ctx, p, in, kinds)
	if err != nil || again.ID != l.ID || l.Name != "SMEs" || l.Query != "kind=sme" || l.Filter().Get("kind") != "sme" {
		t.Errorf("kept %+v, again %+v, %v", l, again, err)
	}
	link := func() string {
		list, err := h.SavedLists(ctx, p)
		must(t, err)
		return strings.TrimSuffix(strings.TrimPrefix(list[0].URL, h.BaseURL+"/lists/"), ".csv")
	}
	if link() != "" {
		t.Error("it is shared by itself")
	}
	must(t, h.ShareList(ctx, p, l.ID))
	first := link()
	got, owner, err := h.OpenList(ctx, first)
	if err != nil || got.ID != l.ID || owner.ID != p.ID || !owner.Organises(h.cluster.ID) {
		t.Errorf("opened %+v for %+v, %v", got, owner, err)
	}
	must(t, h.ShareList(ctx, p, l.ID))
	second := link()
	gone := func(what, link string) {
		t.Helper()
		if _, _, err := h.OpenList(ctx, link); !errors.Is(err, ErrGone) {
			t.Errorf("%s: %v", what, err)
		}
	}
	gone("after it was rotated", first)
	must(t, h.UnshareList(ctx, p, l.ID))
	gone("after it was ended", second)
	must(t, h.ShareList(ctx, p, l.ID))
	third := link()
	must(t, h.TakeRole(ctx, System("test"), p.ID, p.Grants[0]))
	gone("of somebody who organises nothing", third)
	must(t, h.GiveRole(ctx, System("test"), p.ID, p.Grants[0]))
	if _, _, err := h.OpenList(ctx, third); err != nil {
		t.Errorf("of somebody who organises again: %v", err)
	}
	for _, bad := range []string{"", "x", l.ID + ".AAAA", second[:len(second)-2] + "zz"} {
		if _, _, err := h.OpenList(ctx, bad); !IsHidden(err) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	wantHidden(t, h.DropList(ctx, h.boss, l.ID))
	must(t, h.DropList(ctx, p, l.ID))
	gone("after it was dropped", third)
	if list, err := h.SavedLists(ctx, p); err != nil || len(list) != 0 {
		t.Errorf("left %+v, %v", list, err)
	}
	_, err = h.SaveList(ctx, p, NewList{Kind: "x", Lang: "xx"}, kinds)
	if p := wantProblem(t, err, Invalid); len(p.Fields) != 3 {
		t.Errorf("faults = %v", p.Fields)
	}
	_, err = h.SaveList(ctx, Actor{ID: "x"}, in, kinds)
	wantHidden(t, err)
}
