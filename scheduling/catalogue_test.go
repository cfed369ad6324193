package scheduling

import (
	"slices"
	"strings"
	"testing"

	"kohtaamo/storage"
)

// names are who is on a page, in order.
func (v *CatalogueView) names() string {
	var out []string
	for _, m := range v.Items {
		out = append(out, strings.TrimSuffix(m.Entrant.Name, " Oy"))
	}
	return strings.Join(out, " ")
}

func TestCatalogue(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	all := []string{}
	for _, s := range r.Slots {
		all = append(all, s.ID)
	}
	me, by := h.enters(t, r, "me", func(e *Entrant) { e.Needs = []string{"Recycling of batteries"} })
	_, err := h.SetAvailability(t.Context(), by, me.ID, by.ID, all[1:], false)
	must(t, err)
	akku, akkuBy := h.enters(t, r, "akku", func(e *Entrant) {
		e.Offers, e.Tags, e.Countries = []string{"battery recycling", "Akkujen kierrätys"}, []string{"Circular"}, []string{"ES"}
	})
	_, err = h.SetAvailability(t.Context(), akkuBy, akku.ID, akkuBy.ID, all[:1], false)
	must(t, err)
	h.enters(t, r, "robo", func(e *Entrant) { e.Needs, e.Tags = []string{"batteries"}, []string{"circular", "5G"} })
	hidden, _ := h.enters(t, r, "hidden", nil)
	_, err = h.PauseEntrant(t.Context(), h.boss, hidden.ID, true)
	must(t, err)

	for _, test := range []struct {
		q    CatalogueQuery
		want string
	}{
		{CatalogueQuery{}, "akku me robo"},
		{CatalogueQuery{Sort: ByMatch}, "akku robo me"},
		{CatalogueQuery{Sort: ByNewest}, "robo akku me"},
		{CatalogueQuery{Text: "battery"}, "akku me robo"},
		{CatalogueQuery{Text: "BATTERIES recycl"}, "akku me"},
		{CatalogueQuery{Text: "kierratyksen"}, "akku"},
		{CatalogueQuery{Text: "ro"}, "robo"},
		{CatalogueQuery{Text: "battery", In: InOffers}, "akku"},
		{CatalogueQuery{In: InNeeds}, "me robo"},
		{CatalogueQuery{Text: "<script> %00 \u202e"}, ""},
		{CatalogueQuery{Text: "circular"}, "akku robo"},
		{CatalogueQuery{Tag: "CIRCULAR"}, "akku robo"},
		{CatalogueQuery{Market: "ES"}, "akku"},
		{CatalogueQuery{Country: "FI"}, "akku me robo"},
		{CatalogueQuery{Country: "SE"}, ""},
		{CatalogueQuery{Kind: Research}, ""},
		{CatalogueQuery{Lang: "en"}, "akku me robo"},
		{CatalogueQuery{Lang: "xx"}, ""},
		{CatalogueQuery{Common: true}, "me robo"},
		{CatalogueQuery{Limit: 2, Page: 2}, "robo"},
		{CatalogueQuery{Limit: 2, Page: 99}, "robo"},
		{CatalogueQuery{Limit: 2, Page: -1}, "akku me"},
	} {
		v, err := h.Catalogue(t.Context(), by, r.Slug, test.q)
		must(t, err)
		if v.names() != test.want {
			t.Errorf("%+v finds %q, want %q", test.q, v.names(), test.want)
		}
	}
	v, err := h.Catalogue(t.Context(), by, r.Slug, CatalogueQuery{Sort: ByMatch})
	must(t, err)
	if v.Everybody != 3 || !slices.Equal(v.Tags, []Facet{{"Circular", 2}, {"5G", 1}}) || !slices.Equal(v.Countries, []Facet{{"FI", 3}}) || v.Items[0].Score < PointsWhole {
		t.Errorf("view = %+v", v)
	}

	// What changes is seen at once.
	_, err = h.SaveEntrant(t.Context(), h.boss, &Entrant{Meta: storage.Meta{ID: akku.ID}, Offers: []string{"hydrogen"}}, false)
	must(t, err)
	if v, err = h.Catalogue(t.Context(), by, r.Slug, CatalogueQuery{Text: "hydrogen"}); err != nil || v.names() != "akku" {
		t.Errorf("after a change: %q %v", v.names(), err)
	}
}

func TestWhoSeesACatalogue(t *testing.T) {
	h := newHouse(t)
	closed := h.openRound(t, nil)
	open := h.openRound(t, func(r *Round) { r.Limits.Public = true })
	draft := h.openRound(t, func(r *Round) { r.Phase, r.Limits.Public = RoundDraft, true })
	stranger, public := h.someone(t, "stranger", nil), Actor{}
	for _, r := range []*Round{closed, open} {
		listed, by := h.enters(t, r, "listed"+r.ID, func(e *Entrant) { e.Listed = true })
		quiet, _ := h.enters(t, r, "quiet"+r.ID, nil)
		waiting, waits := h.enters(t, r, "waiting"+r.ID, func(e *Entrant) { e.Listed = true })
		h.store(t, func(tx *storage.Tx) error {
			e, err := entrants.Get(tx, waiting.ID)
			must(t, err)
			e.State = EntrantPending
			return entrants.Put(tx, e)
		})
		see := func(who Actor) int {
			v, err := h.Catalogue(t.Context(), who, r.Slug, CatalogueQuery{})
			switch {
			case IsHidden(err):
				return 0
			case ProblemIn(err) != nil:
				return -1
			}
			must(t, err)
			if _, err := h.CatalogueEntry(t.Context(), who, r.Slug, listed.ID); err != nil {
				t.Errorf("the list shows what its page hides: %v", err)
			}
			_, err = h.CatalogueEntry(t.Context(), who, r.Slug, quiet.ID)
			if hidden := IsHidden(err); hidden != v.Public {
				t.Errorf("public %v, but who did not agree is hidden: %v", v.Public, hidden)
			}
			if _, err = h.CatalogueEntry(t.Context(), who, r.Slug, waiting.ID); !IsHidden(err) {
				t.Errorf("who waits is shown: %v", err)
			}
			return v.Total
		}
		want := []int{2, 2, 0, 0, -1}
		if r == open {
			want = []int{2, 2, 1, 1, 1}
		}
		if got := []int{see(by), see(h.boss), see(stranger), see(public), see(waits)}; !slices.Equal(got, want) {
			t.Errorf("public %v: entrant, organiser, stranger, public and one who waits see %v, want %v", r.Limits.Public, got, want)
		}
	}
	for _, who := range []Actor{stranger, public, h.other} {
		_, err := h.Catalogue(t.Context(), who, draft.Slug, CatalogueQuery{})
		wantHidden(t, err)
		_, err = h.CatalogueEntry(t.Context(), who, draft.Slug, "nothing")
		wantHidden(t, err)
	}
}

// A paused entrant is gone for all but those who have to do with it.
func TestPausedEntry(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	a, byA := h.enters(t, r, "a", nil)
	b, byB := h.enters(t, r, "b", nil)
	_, byC := h.enters(t, r, "c", nil)
	h.store(t, func(tx *storage.Tx) error {
		return requests.Put(tx, &Request{RoundID: r.ID, From: b.ID, To: a.ID, State: RequestAccepted, Pair: "x"})
	})
	for range 2 {
		_, err := h.PauseEntrant(t.Context(), byA, a.ID, true)
		must(t, err)
	}
	for _, who := range []Actor{byA, byB} {
		_, err := h.CatalogueEntry(t.Context(), who, r.Slug, a.ID)
		must(t, err)
	}
	_, err := h.CatalogueEntry(t.Context(), byC, r.Slug, a.ID)
	wantHidden(t, err)

	slug, link := r.Slug, strings.TrimPrefix(h.PauseURL(r, a), h.BaseURL+"/rounds/"+r.Slug+"/pause/")
	for _, bad := range []struct{ slug, link string }{{"other", link}, {slug, link + "x"}, {slug, b.ID + link[len(a.ID):]}, {slug, ""}} {
		_, err := h.PauseByLink(t.Context(), bad.slug, bad.link, false)
		wantHidden(t, err)
	}
	now, err := h.PauseByLink(t.Context(), slug, link, false)
	must(t, err)
	if now.Paused {
		t.Error("the link does not end the pause")
	}
	_, err = h.LeaveEntrant(t.Context(), byA, a.ID, "")
	must(t, err)
	_, err = h.PauseByLink(t.Context(), slug, link, true)
	wantHidden(t, err)
}
