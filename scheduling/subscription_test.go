package scheduling

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// list makes an open list of the house's cluster.
func (h *testHouse) list(t testing.TB, slug string) *MailingList {
	t.Helper()
	l := &MailingList{Slug: slug, Name: Text{"en": "News " + slug, "fi": "Uutiset " + slug}, ClusterID: h.cluster.ID, Open: true}
	must(t, h.SaveMailingList(t.Context(), h.boss, l))
	return l
}

// sub is how an address stands to a list; nil if not at all.
func (h *testHouse) sub(t testing.TB, l *MailingList, email string) (s *Subscription) {
	t.Helper()
	must(t, h.DB.View(context.Background(), func(tx *storage.Tx) error {
		found, err := subscriptions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("list_id", l.ID), storage.Is("email", email)}})
		if len(found) > 0 {
			s = found[0]
		}
		return err
	}))
	return s
}

func (h *testHouse) wantSub(t testing.TB, l *MailingList, email string, want SubState) *Subscription {
	t.Helper()
	s := h.sub(t, l, email)
	if s == nil && want != "" || s != nil && s.State != want {
		t.Errorf("%s stands as %+v, want %s", email, s, want)
	}
	return s
}

func (h *testHouse) subscribe(t testing.TB, email string, lists ...*MailingList) {
	t.Helper()
	in := SubscribeForm{Email: email, Name: "Aino", Lang: "fi", Wording: "I want it"}
	for _, l := range lists {
		in.Lists = append(in.Lists, l.ID)
	}
	must(t, h.Subscribe(context.Background(), in))
}

// confirmLinks are the links to confirm that an address was sent, oldest first.
func (h *testHouse) confirmLinks(t testing.TB, email string) (links []string) {
	t.Helper()
	for _, m := range h.mailsTo(t, email) {
		if m.Kind == mailSubscription {
			links = append(links, last(m.Letter.Button.URL))
		}
	}
	return links
}

// last is the last part of an address.
func last(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

// subscribed puts an address on a list by its own wish.
func (h *testHouse) subscribed(t testing.TB, email string, l *MailingList) {
	t.Helper()
	h.subscribe(t, email, l)
	links := h.confirmLinks(t, email)
	_, err := h.ConfirmSubscriptions(context.Background(), links[len(links)-1])
	must(t, err)
	h.wantSub(t, l, email, Subscribed)
}

func rows(emails ...string) []table.Row {
	out := []table.Row{{Line: 1, Cells: []string{"Email", "Nimi", "Shoe size"}}}
	for i, e := range emails {
		out = append(out, table.Row{Line: i + 2, Cells: []string{e, "Somebody", "42"}})
	}
	return out
}

func TestDoubleOptIn(t *testing.T) {
	h := newHouse(t)
	a, b := h.list(t, "a"), h.list(t, "b")
	h.subscribe(t, "Aino@Example.org", a, b)
	s := h.wantSub(t, a, "aino@example.org", Unconfirmed)
	if s.Lang != "fi" || s.Name != "Aino" || s.Wish.Wording != "I want it" || s.Wish.Source != ProofForm {
		t.Errorf("noted %+v", s)
	}
	link := h.confirmLinks(t, "aino@example.org")[0]
	page, err := h.WishByLink(t.Context(), link)
	must(t, err)
	if page.Done || len(page.Lists) != 2 {
		t.Errorf("the link is about %+v", page)
	}
	h.wantSub(t, a, "aino@example.org", Unconfirmed) // looking changes nothing
	for range 2 {
		page, err = h.ConfirmSubscriptions(t.Context(), link)
		must(t, err)
	}
	s = h.wantSub(t, b, "aino@example.org", Subscribed)
	if !page.Done || s.Proof.Confirmed.IsZero() || !s.Proof.Asked.Before(s.Proof.Confirmed) || s.Wish != nil {
		t.Errorf("proof %+v", s.Proof)
	}
	_, err = h.WishByLink(t.Context(), link[:len(link)-2]+"xx")
	wantHidden(t, err)
}

// However often the form is sent, an address gets one mail an hour about a list.
func TestOneMailAnHour(t *testing.T) {
	h := newHouse(t)
	a, b := h.list(t, "a"), h.list(t, "b")
	for range 5 {
		h.subscribe(t, "aino@example.org", a)
	}
	h.subscribe(t, "aino@example.org", a, b)
	links := h.confirmLinks(t, "aino@example.org")
	if len(links) != 2 {
		t.Fatalf("%d mails, want one about each list", len(links))
	}
	if _, err := h.ConfirmSubscriptions(t.Context(), links[1]); err != nil {
		t.Fatal(err)
	}
	h.wantSub(t, a, "aino@example.org", Unconfirmed)
	h.at(t0.Add(2 * time.Hour))
	h.subscribe(t, "aino@example.org", a, b)
	if links = h.confirmLinks(t, "aino@example.org"); len(links) != 3 {
		t.Errorf("%d mails after two hours, want one more", len(links))
	}
	_, err := h.ConfirmSubscriptions(t.Context(), links[0])
	wantProblem(t, err, Closed) // a newer one was asked for
	_, err = h.ConfirmSubscriptions(t.Context(), links[2])
	must(t, err)
}

// A form sent by a stranger neither takes anybody off a list nor brings a
// leaver nearer to it.
func TestStrangersForms(t *testing.T) {
	h := newHouse(t)
	l := h.list(t, "a")
	h.subscribed(t, "aino@example.org", l)
	old := h.confirmLinks(t, "aino@example.org")[0]
	_, err := h.Leave(t.Context(), last(h.LeaveURL("aino@example.org", l.ID)), "")
	must(t, err)
	h.subscribe(t, "aino@example.org", l)
	h.wantSub(t, l, "aino@example.org", Unsubscribed)
	_, err = h.ConfirmSubscriptions(t.Context(), old)
	wantProblem(t, err, Closed)
	n, err := h.ForgetWishes(t.Context(), t0.Add(8*24*time.Hour))
	must(t, err)
	s := h.wantSub(t, l, "aino@example.org", Unsubscribed)
	if n != 1 || s.Wish != nil {
		t.Errorf("%d forgotten, wish %+v", n, s.Wish)
	}
}

func TestUnconfirmedAreForgotten(t *testing.T) {
	h := newHouse(t)
	l := h.list(t, "a")
	h.subscribe(t, "aino@example.org", l)
	link := h.confirmLinks(t, "aino@example.org")[0]
	h.at(t0.Add(6 * 24 * time.Hour))
	n, err := h.ForgetWishes(t.Context(), h.time())
	must(t, err)
	h.wantSub(t, l, "aino@example.org", Unconfirmed)
	h.at(t0.Add(8 * 24 * time.Hour))
	more, err := h.ForgetWishes(t.Context(), h.time())
	must(t, err)
	if n != 0 || more != 1 || h.sub(t, l, "aino@example.org") != nil {
		t.Errorf("%d after six days, %d after eight", n, more)
	}
	_, err = h.ConfirmSubscriptions(t.Context(), link)
	wantProblem(t, err, Closed)
}

func TestLeaving(t *testing.T) {
	h := newHouse(t)
	a, b := h.list(t, "a"), h.list(t, "b")
	h.subscribed(t, "aino@example.org", a)
	h.subscribed(t, "aino@example.org", b)
	link := last(h.LeaveURL("aino@example.org", a.ID))
	p, err := h.LeaveByLink(t.Context(), link)
	must(t, err)
	if p.Left {
		t.Error("looking left the list")
	}
	for range 2 {
		p, err = h.Leave(t.Context(), link, "")
		must(t, err)
	}
	if !p.Left {
		t.Errorf("%+v", p)
	}
	h.wantSub(t, a, "aino@example.org", Unsubscribed)
	h.wantSub(t, b, "aino@example.org", Subscribed)
	_, err = h.Leave(t.Context(), link, "too many")
	must(t, err)
	if s := h.sub(t, a, "aino@example.org"); s.Reason != "too many" {
		t.Errorf("reason %q", s.Reason)
	}
	_, err = h.PutBack(t.Context(), link, "again")
	must(t, err)
	if s := h.wantSub(t, a, "aino@example.org", Subscribed); s.Proof.Source != ProofPreferences || s.Proof.Wording != "again" {
		t.Errorf("proof %+v", s.Proof)
	}
	_, err = h.Leave(t.Context(), last(h.PreferencesURL("aino@example.org")), "")
	wantHidden(t, err)
}

// refused is why a copy for an address would not leave.
func (h *testHouse) refused(t testing.TB, email, listID string) (why string) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		why, err = h.RefusesDelivery(tx, &mailer.Delivery{To: email, List: listID})
		return err
	}))
	return why
}

func TestLeavingEverything(t *testing.T) {
	h := newHouse(t)
	a := h.list(t, "a")
	h.subscribed(t, "aino@example.org", a)
	if h.refused(t, "Aino@example.org", a.ID) != "" || h.refused(t, "aino@example.org", "") != "" || h.refused(t, "new@example.org", "") != "" {
		t.Error("refused before")
	}
	_, err := h.Leave(t.Context(), last(h.LeaveURL("aino@example.org", "")), "")
	must(t, err)
	h.wantSub(t, a, "aino@example.org", Unsubscribed)
	if h.refused(t, "aino@example.org", a.ID) == "" || h.refused(t, "aino@example.org", "") == "" || h.refused(t, "new@example.org", a.ID) == "" {
		t.Error("lets go what nobody wants")
	}
	against, err := h.Outbox.Suppressed(t.Context(), "aino@example.org")
	must(t, err)
	if !against.Stops(true) || against.Stops(false) {
		t.Errorf("holds %+v", against)
	}
	// One list again is one list, and not the invitations.
	prefs := last(h.PreferencesURL("aino@example.org"))
	must(t, h.SavePreferences(t.Context(), prefs, PreferencesForm{Shown: []string{a.ID}, Lists: []string{a.ID}, Lang: "en"}))
	against, err = h.Outbox.Suppressed(t.Context(), "aino@example.org")
	must(t, err)
	if against.Stops(true) || h.refused(t, "aino@example.org", a.ID) != "" || h.refused(t, "aino@example.org", "") == "" {
		t.Errorf("holds %+v", against)
	}
}

func TestPreferences(t *testing.T) {
	h := newHouse(t)
	a, b, shut := h.list(t, "a"), h.list(t, "b"), h.list(t, "shut")
	shut.Open = false
	must(t, h.SaveMailingList(t.Context(), h.boss, shut))
	h.subscribed(t, "aino@example.org", a)
	link := last(h.PreferencesURL("aino@example.org"))
	p, err := h.Preferences(t.Context(), link)
	must(t, err)
	if len(p.Lists) != 2 || !p.Others || p.Tracking || p.Lang != "fi" {
		t.Errorf("shown %+v", p)
	}
	must(t, h.SavePreferences(t.Context(), link, PreferencesForm{Shown: []string{a.ID, b.ID, shut.ID}, Lists: []string{b.ID, shut.ID}, Others: true, Lang: "en", Tracking: true, Asked: "count me"}))
	h.wantSub(t, a, "aino@example.org", Unsubscribed)
	s := h.wantSub(t, b, "aino@example.org", Subscribed)
	if !s.Tracking || s.TrackingSaid.Wording != "count me" || s.Lang != "en" {
		t.Errorf("kept %+v", s)
	}
	if h.sub(t, shut, "aino@example.org") != nil {
		t.Error("a list that is not open was joined")
	}
	// What was not on the page stays as it is.
	must(t, h.SavePreferences(t.Context(), link, PreferencesForm{Shown: []string{a.ID}, Others: true, Lang: "en"}))
	if s := h.wantSub(t, b, "aino@example.org", Subscribed); s.Tracking {
		t.Error("tracking was taken back")
	}
	_, err = h.Preferences(t.Context(), last(h.LeaveURL("aino@example.org", "")))
	wantHidden(t, err)
}

func TestImportsPassOver(t *testing.T) {
	h := newHouse(t)
	l := h.list(t, "a")
	for _, name := range []string{"on", "left", "all", "complained", "bounced"} {
		h.subscribed(t, name+"@example.org", l)
	}
	_, err := h.Leave(t.Context(), last(h.LeaveURL("left@example.org", l.ID)), "")
	must(t, err)
	_, err = h.Leave(t.Context(), last(h.LeaveURL("all@example.org", "")), "")
	must(t, err)
	h.stop(t, "complained@example.org", mailer.Complaint, mailer.ScopeBulk)
	h.stop(t, "bounced@example.org", mailer.HardBounce, mailer.ScopeAll)
	h.stop(t, "never@example.org", mailer.HardBounce, mailer.ScopeAll)
	must(t, h.StopAddress(t.Context(), h.boss, "stopped@example.org", mailer.ScopeBulk, "by phone"))
	file := rows("on@example.org", "left@example.org", "all@example.org", "complained@example.org", "bounced@example.org", "never@example.org",
		"stopped@example.org", "new@example.org", "NEW@example.org", "nobody")
	want := []Listing{ListKnown, ListLeft, ListLeft, ListComplained, ListBounced, ListBounced, ListStopped, ListNew, ListWrong, ListWrong}
	var dry, wet *ListImportReport
	dry, err = h.ImportSubscribers(t.Context(), h.boss, l.ID, file, ListImport{Wording: "at the fair", DryRun: true})
	must(t, err)
	if h.sub(t, l, "new@example.org") != nil {
		t.Fatal("the dry run stored something")
	}
	wet, err = h.ImportSubscribers(t.Context(), h.boss, l.ID, file, ListImport{Wording: "at the fair"})
	must(t, err)
	for i := range want {
		if dry.Lines[i] != wet.Lines[i] || dry.Lines[i].Came != want[i] {
			t.Errorf("line %d: foreseen %+v, came %+v, want %s", i, dry.Lines[i], wet.Lines[i], want[i])
		}
	}
	s := h.wantSub(t, l, "new@example.org", Subscribed)
	if s.Proof.Source != ProofImport || s.Proof.By != h.boss.Name || s.Proof.Wording != "at the fair" || !s.Proof.Confirmed.IsZero() {
		t.Errorf("proof %+v", s.Proof)
	}
	if u := wet.Unused(); len(u) != 1 || u[0] != "Shoe size" {
		t.Errorf("unused %v", u)
	}
	_, came, err := h.AddSubscriber(t.Context(), h.boss, l.ID, NewSubscriber{Email: "left@example.org", Wording: "said so"})
	must(t, err)
	if came != ListLeft {
		t.Errorf("adding by hand came to %s", came)
	}
	_, err = h.ImportSubscribers(t.Context(), h.boss, l.ID, file, ListImport{})
	wantProblem(t, err, Invalid) // proof is needed
}

// stop keeps mail from an address as a mail server's word would.
func (h *testHouse) stop(t testing.TB, address string, c mailer.Cause, scope mailer.Scope) {
	t.Helper()
	must(t, h.DB.Update(context.Background(), func(tx *storage.Tx) error {
		_, err := h.Outbox.StopMail(tx, address, mailer.Hold{Cause: c, Scope: scope, Source: mailer.FromRelay})
		return err
	}))
	_, err := h.FollowSuppressions(context.Background(), h.time())
	must(t, err)
}

func TestListsAreTheirOrganisers(t *testing.T) {
	h := newHouse(t)
	l := h.list(t, "a")
	h.subscribed(t, "aino@example.org", l)
	for _, by := range []Actor{h.other, {}, {ID: "x", Grants: []Grant{{Role: Door, Cluster: h.cluster.ID}}}} {
		_, err := h.MailingList(t.Context(), by, l.ID)
		wantHidden(t, err)
		_, _, err = h.Subscriptions(t.Context(), by, l.ID, SubFilter{})
		wantHidden(t, err)
		_, err = h.Subscription(t.Context(), by, h.sub(t, l, "aino@example.org").ID)
		wantHidden(t, err)
		_, _, err = h.AddSubscriber(t.Context(), by, l.ID, NewSubscriber{Email: "x@example.org", Wording: "x"})
		wantHidden(t, err)
		for _, file := range [][]table.Row{rows(), rows("x@example.org")} {
			_, err = h.ImportSubscribers(t.Context(), by, l.ID, file, ListImport{Wording: "x"})
			wantHidden(t, err)
		}
		_, err = h.RemoveSubscriber(t.Context(), by, h.sub(t, l, "aino@example.org").ID, "")
		wantHidden(t, err)
		changed := *l
		wantHidden(t, h.SaveMailingList(t.Context(), by, &changed))
	}
	own, err := h.MailingLists(t.Context(), h.other, "")
	must(t, err)
	if len(own) != 0 {
		t.Errorf("others see %d lists", len(own))
	}
	moved := *l
	moved.ClusterID = h.other.Grants[0].Cluster // a list stays with its cluster
	wantHidden(t, h.SaveMailingList(t.Context(), h.other, &moved))
}

// No sequence of imports, adding by hand, forms and leavings puts a leaver on a
// list again: only their own confirmed wish does.
func TestLeaversStayAway(t *testing.T) {
	h := newHouse(t)
	l := h.list(t, "a")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		email := fmt.Sprintf("reader%d@example.org", run)
		ctx, left := context.Background(), false
		try := func(err error) {
			if err != nil && ProblemIn(err) == nil && !errors.Is(err, storage.ErrNotFound) {
				rt.Fatal(err)
			}
		}
		hold := func() {
			if s := h.sub(t, l, email); left && s != nil && s.State == Subscribed {
				rt.Fatalf("is on the list again: %+v", s)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"":     func(*rapid.T) { hold() },
			"form": func(*rapid.T) { h.subscribe(t, email, l) },
			"import": func(*rapid.T) {
				_, err := h.ImportSubscribers(ctx, h.boss, l.ID, rows(email), ListImport{Wording: "w"})
				try(err)
			},
			"by hand": func(*rapid.T) {
				_, _, err := h.AddSubscriber(ctx, h.boss, l.ID, NewSubscriber{Email: email, Wording: "w"})
				try(err)
			},
			"leave": func(*rapid.T) {
				_, err := h.Leave(ctx, last(h.LeaveURL(email, l.ID)), "")
				try(err)
				left = true
			},
			"leave all": func(*rapid.T) {
				_, err := h.Leave(ctx, last(h.LeaveURL(email, "")), "")
				try(err)
				left = true
			},
			"taken off": func(*rapid.T) {
				if s := h.sub(t, l, email); s != nil {
					_, err := h.RemoveSubscriber(ctx, h.boss, s.ID, "")
					try(err)
					left = true
				}
			},
			"confirm an old link": func(rt *rapid.T) {
				links := h.confirmLinks(t, email)
				if len(links) == 0 || !left {
					return
				}
				for _, link := range links[:len(links)-1] {
					_, err := h.ConfirmSubscriptions(ctx, link)
					try(err)
				}
			},
			"confirm": func(*rapid.T) {
				if links := h.confirmLinks(t, email); len(links) > 0 {
					p, err := h.ConfirmSubscriptions(ctx, links[len(links)-1])
					try(err)
					left = left && (err != nil || !p.Done)
				}
			},
			"time": func(*rapid.T) {
				h.at(h.time().Add(90 * time.Minute))
				_, err := h.ForgetWishes(ctx, h.time().Add(confirmKept))
				try(err)
			},
			"bounce": func(*rapid.T) { h.stop(t, email, mailer.HardBounce, mailer.ScopeAll) },
			"lift":   func(*rapid.T) { try(h.LiftSuppression(ctx, System("test"), mailer.AddressKey(email), "works")) },
		})
	})
}
