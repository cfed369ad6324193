package scheduling

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"kohtaamo/storage"
)

func TestPublicFeed(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Link = "https://video.example/secret" })
	r := h.register(t, e, 1)
	h.event(t, func(e *Event) { e.Audience = ForUnlisted; e.Title = Text{"en": "Hidden"} })

	feed, err := h.PublicFeed(t.Context(), "automotive", "en")
	must(t, err)
	body := string(feed.Body)
	for _, secret := range []string{"video.example", r.Email, "Hidden", "ATTENDEE", "/my/"} {
		if strings.Contains(body, secret) {
			t.Errorf("a public feed tells %q", secret)
		}
	}
	if strings.Count(body, "BEGIN:VEVENT") != 1 {
		t.Errorf("feed:\n%s", body)
	}

	h.register(t, e, 2)
	again, err := h.PublicFeed(t.Context(), "automotive", "en")
	must(t, err)
	if again != feed {
		t.Error("the feed was rendered again although nothing in it changed")
	}
	_, err = h.CancelEvent(t.Context(), h.boss, e.ID, "")
	must(t, err)
	cancelled, err := h.PublicFeed(t.Context(), "automotive", "en")
	must(t, err)
	if cancelled.ETag == feed.ETag || !bytes.Contains(cancelled.Body, []byte("STATUS:CANCELLED")) || !cancelled.Modified.After(feed.Modified) {
		t.Errorf("after the cancellation:\n%s", cancelled.Body)
	}
	_, err = h.PublicFeed(t.Context(), "nosuch", "en")
	wantHidden(t, err)
	if _, err := h.PublicFeed(t.Context(), "circular", "en"); err != nil {
		t.Errorf("a feed without events: %v", err)
	}
}

// address makes a personal feed of everything, after set has had its way.
func (h *testHouse) address(t testing.TB, me Actor, set func(*FeedAddress)) *FeedAddress {
	t.Helper()
	a := &FeedAddress{Lang: "en", Scopes: FeedScopes()}
	if set != nil {
		set(a)
	}
	must(t, h.SaveFeed(t.Context(), me, a))
	return a
}

// link is the secret part of an address.
func link(a *FeedAddress) string {
	return strings.TrimSuffix(strings.TrimPrefix(a.URL, "https://kohtaamo.example/feeds/"), ".ics")
}

// personal fetches a personal feed.
func (h *testHouse) personal(t testing.TB, a *FeedAddress) *Feed {
	t.Helper()
	f, err := h.PersonalFeed(t.Context(), link(a))
	must(t, err)
	return f
}

// person is the actor of a registration's person.
func person(r *Registration) Actor { return Actor{ID: r.PersonID, Email: r.Email, Via: "page"} }

func TestPersonalFeed(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Link = "https://video.example/room" })
	r := h.register(t, e, 1)
	me := person(r)
	a := h.address(t, me, nil)
	first := link(a)
	if feed := h.personal(t, a); !bytes.Contains(feed.Body, []byte("video.example/room")) || !feed.Private {
		t.Errorf("feed:\n%s", feed.Body)
	}
	must(t, h.RotateFeed(t.Context(), me, a.ID))
	if _, err := h.PersonalFeed(t.Context(), first); !errors.Is(err, ErrGone) {
		t.Errorf("a rotated address: %v, want ErrGone", err)
	}
	a, err := h.FeedAddress(t.Context(), me, a.ID)
	must(t, err)
	second := link(a)
	h.personal(t, a)
	must(t, h.RevokeFeed(t.Context(), me, a.ID))
	if _, err := h.PersonalFeed(t.Context(), second); !errors.Is(err, ErrGone) {
		t.Errorf("a revoked address: %v, want ErrGone", err)
	}
	id, _, _ := splitLink(second)
	for _, guess := range []string{id, id + ".", id + ".AAAAAAAAAAAAAAAAAAAAAA", "x.y", h.MyLink(r)} {
		if _, err := h.PersonalFeed(t.Context(), guess); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("a guessed address %q: %v", guess, err)
		}
	}
}

// Cancelling one's own registration shows in one's own calendar as cancelled.
func TestPersonalFeedShowsTheEnd(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	a := h.address(t, person(r), nil)
	_, err := h.CancelRegistration(t.Context(), person(r), r.ID, "")
	must(t, err)
	feed := h.personal(t, a)
	if !bytes.Contains(feed.Body, []byte("STATUS:CANCELLED")) || !bytes.Contains(feed.Body, []byte("SEQUENCE:1")) {
		t.Errorf("feed:\n%s", feed.Body)
	}
}
