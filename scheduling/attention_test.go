package scheduling

import (
	"slices"
	"testing"
	"time"
)

func titles(list []*EventFigures) (out []string) {
	for _, f := range list {
		out = append(out, f.Event.Title["en"])
	}
	return out
}

func onDay(title string, starts time.Time, set func(*Event)) func(*Event) {
	return func(e *Event) {
		e.Title, e.Starts, e.Ends = Text{"en": title}, starts, starts.Add(2*time.Hour)
		if set != nil {
			set(e)
		}
	}
}

func TestAttention(t *testing.T) {
	h := newHouse(t)
	day := 24 * time.Hour
	full := h.event(t, onDay("full", t0.Add(10*day), func(e *Event) { e.Rules.Seats = 1 }))
	h.register(t, full, 1)
	h.register(t, full, 2)
	picky := h.event(t, onDay("picky", t0.Add(5*day), func(e *Event) { e.Rules.Approval = true }))
	first := h.register(t, picky, 1)
	h.register(t, picky, 2)
	shy := h.event(t, onDay("shy", t0.Add(6*day), func(e *Event) { e.Rules.ConfirmAddress = true }))
	h.register(t, shy, 1)
	offering := h.event(t, onDay("offering", t0.Add(20*day), func(e *Event) { e.Rules.Seats, e.Rules.OfferHours = 1, 12 }))
	gone := h.register(t, offering, 1)
	lucky := h.register(t, offering, 2)
	_, err := h.CancelRegistration(t.Context(), h.boss, gone.ID, "")
	must(t, err)
	h.event(t, onDay("tonight", t0.Add(8*time.Hour), nil))
	draft := NewEvent(h.cluster, t0.Add(7*day))
	draft.Title = Text{"en": "draft"}
	_, err = h.SaveEvent(t.Context(), h.boss, draft)
	must(t, err)
	late := NewEvent(h.cluster, t0.Add(90*day))
	late.Title = Text{"en": "next summer"}
	_, err = h.SaveEvent(t.Context(), h.boss, late)
	must(t, err)

	a, err := h.Attention(t.Context(), h.boss)
	must(t, err)
	for name, test := range map[string]struct {
		got  []*EventFigures
		want []string
	}{
		"today":  {a.Today, []string{"tonight"}},
		"full":   {a.Full, []string{"full"}},
		"drafts": {a.Drafts, []string{"draft"}},
		"next":   {a.Next, []string{"tonight", "picky", "shy", "full", "offering"}},
	} {
		if got := titles(test.got); !slices.Equal(got, test.want) {
			t.Errorf("%s = %q, want %q", name, got, test.want)
		}
	}
	if len(a.Pending) != 1 || a.Pending[0].Count != 2 || a.Pending[0].Event.ID != picky.ID || !a.Pending[0].Oldest.Equal(first.Created) {
		t.Errorf("pending = %+v, want the two of picky and none whose address has not answered", a.Pending)
	}
	if len(a.Offers) != 1 || a.Offers[0].Registration.ID != lucky.ID {
		t.Errorf("offers = %+v, want the one of %s", a.Offers, lucky.Name)
	}
	if len(a.Mine) != 1 || a.Mine[0].ID != h.cluster.ID {
		t.Errorf("clusters = %+v, want the organiser's own", a.Mine)
	}

	theirs, err := h.Attention(t.Context(), h.other)
	must(t, err)
	if len(theirs.Next)+len(theirs.Pending)+len(theirs.Offers)+len(theirs.Full)+len(theirs.Drafts)+len(theirs.Today) > 0 {
		t.Errorf("another cluster's organiser sees %+v", theirs)
	}
	_, err = h.Attention(t.Context(), Actor{ID: "door", Grants: []Grant{{Role: Door}}})
	wantHidden(t, err)
}
