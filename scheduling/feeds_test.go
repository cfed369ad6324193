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

func TestPersonalFeed(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Link = "https://video.example/room" })
	r := h.register(t, e, 1)
	me := Actor{ID: r.PersonID, Email: r.Email, Via: "page"}
	link := func() string {
		a, err := h.FeedAddress(t.Context(), me)
		must(t, err)
		return strings.TrimSuffix(strings.TrimPrefix(a.URL, "https://kohtaamo.example/feeds/"), ".ics")
	}
	_, err := h.RotateFeed(t.Context(), me, "en")
	must(t, err)
	first := link()
	feed, err := h.PersonalFeed(t.Context(), first)
	must(t, err)
	if !bytes.Contains(feed.Body, []byte("video.example/room")) || !feed.Private {
		t.Errorf("feed:\n%s", feed.Body)
	}

	_, err = h.RotateFeed(t.Context(), me, "en")
	must(t, err)
	if _, err := h.PersonalFeed(t.Context(), first); !errors.Is(err, ErrGone) {
		t.Errorf("a rotated address: %v, want ErrGone", err)
	}
	second := link()
	_, err = h.PersonalFeed(t.Context(), second)
	must(t, err)
	must(t, h.RevokeFeed(t.Context(), me))
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
	me := Actor{ID: r.PersonID, Email: r.Email, Via: "page"}
	a, err := h.RotateFeed(t.Context(), me, "en")
	must(t, err)
	_, err = h.CancelRegistration(t.Context(), me, r.ID, "")
	must(t, err)
	feed, err := h.PersonalFeed(t.Context(), strings.TrimSuffix(strings.TrimPrefix(a.URL, "https://kohtaamo.example/feeds/"), ".ics"))
	must(t, err)
	if !bytes.Contains(feed.Body, []byte("STATUS:CANCELLED")) || !bytes.Contains(feed.Body, []byte("SEQUENCE:1")) {
		t.Errorf("feed:\n%s", feed.Body)
	}
}
