package scheduling

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

func TestRegister(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1 })

	first := h.register(t, e, 1)
	rec, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, signup(2))
	must(t, err)

	h.wantState(t, first, Confirmed)
	h.wantState(t, rec.Lead(), Waitlisted)
	if rec.Position != 1 {
		t.Errorf("position = %d, want 1", rec.Position)
	}
	if s := h.seating(t, e.ID); s.Taken != 1 || s.Waiting != 1 {
		t.Errorf("seating = %+v, want one taken, one waiting", s)
	}
	if got := h.mails(t, first.Email); !slices.Equal(got, []string{"registration.confirmed"}) {
		t.Errorf("mails = %v", got)
	}
	if got := h.mails(t, rec.Lead().Email); !slices.Equal(got, []string{"registration.waitlisted"}) {
		t.Errorf("mails = %v", got)
	}
}

// Confirmed and waiting people read different things, and only the first get
// a calendar entry.
func TestRegisterMails(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 1; e.Link = "https://video.example/room" })
	h.register(t, e, 1)
	h.register(t, e, 2)

	seated, waiting := h.mailsTo(t, "person001@example.org")[0], h.mailsTo(t, "person002@example.org")[0]
	if seated.Calendar == nil || seated.Calendar.Method != "REQUEST" {
		t.Errorf("confirmed: calendar part = %+v, want a REQUEST", seated.Calendar)
	}
	if waiting.Calendar != nil {
		t.Error("somebody who waits got a calendar entry")
	}
	said := func(m *mailer.Mail) string {
		r, err := h.Outbox.Preview(m)
		must(t, err)
		return r.Text
	}
	if !strings.Contains(said(seated), "https://video.example/room") {
		t.Error("the confirmed mail lacks the link to join")
	}
	if strings.Contains(said(waiting), "https://video.example/room") {
		t.Error("somebody who waits reads the link to join")
	}
	for _, m := range []*mailer.Mail{seated, waiting} {
		if text := said(m); !strings.Contains(text, "Helsinki") || !strings.Contains(text, "/my/") {
			t.Errorf("mail lacks its zone or its link:\n%s", text)
		}
	}
}

func TestRegisterTwice(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 10 })
	u := signup(1)
	u.Once = "form-1"

	first, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, u)
	must(t, err)
	again, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, u)
	must(t, err)
	u.Once = "form-2"
	other, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, u)
	must(t, err)

	if again.Lead().ID != first.Lead().ID || !again.Repeated || !again.Own {
		t.Errorf("the same form again: %+v", again)
	}
	if !other.Repeated || other.Own {
		t.Errorf("the same address by another form: %+v", other)
	}
	if s := h.seating(t, e.ID); s.Taken != 1 {
		t.Errorf("%d seats taken, want 1", s.Taken)
	}
}

func TestRegisterAtOnce(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 10 })
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			if _, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, signup(i/2)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()

	counts, err := h.StateCounts(t.Context(), h.boss, e.ID)
	must(t, err)
	if counts[Confirmed] != 10 || counts[Waitlisted] != 20 {
		t.Errorf("counts = %v, want 10 confirmed and 20 waiting of 30 people who each came twice", counts)
	}
}

func TestRegisterRefused(t *testing.T) {
	for _, test := range []struct {
		name string
		set  func(*Event)
		now  time.Time
		want Kind
	}{
		{"before it opens", func(e *Event) { e.Rules.OpensAt = t0.Add(time.Hour) }, t0, Closed},
		{"after it closes", func(e *Event) { e.Rules.ClosesAt = t0.Add(time.Hour) }, t0.Add(time.Hour), Closed},
		{"after it started", nil, time.Date(2027, 2, 3, 7, 0, 0, 0, time.UTC), Closed},
		{"for another group", func(e *Event) { e.Audience, e.GroupIDs = ForGroups, []string{"g"} }, t0, Forbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			must(t, h.SaveGroup(t.Context(), h.boss, &Group{Meta: storage.Meta{ID: "g"}, Slug: "g", ClusterID: h.cluster.ID, Kind: "working", Name: Text{"en": "G"}}))
			e := h.event(t, test.set)
			h.at(test.now)
			_, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, signup(1))
			wantProblem(t, err, test.want)
		})
	}
}

func TestRegisterFullWithoutList(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.Waitlist = 1, false })
	h.register(t, e, 1)
	_, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, signup(2))
	wantProblem(t, err, Full)
	if got := h.mails(t, "person002@example.org"); got != nil {
		t.Errorf("mails to somebody who was refused: %v", got)
	}
}

func TestRegisterSaysEverythingWrong(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Rules.Questions = []Question{
			{Key: "diet", Kind: AskChoice, Label: Text{"en": "Diet"}, Required: true, Options: []Option{{"all", Text{"en": "Everything"}}, {"other", Text{"en": "Other"}}}},
			{Key: "which", Kind: AskText, Label: Text{"en": "Which?"}, Required: true, When: &ShownWhen{"diet", []string{"other"}}},
			{Key: "days", Kind: AskMany, Label: Text{"en": "Days"}, Options: []Option{{"1", Text{"en": "1"}}}},
		}
		e.Rules.Consents = []ConsentAsk{{"terms", Text{"en": "I agree"}, true}, {"photos", Text{"en": "Photos"}, false}}
	})
	u := signup(1)
	u.Name, u.Email = "  ", "not an address"
	u.Answers = Answers{"diet": {"other"}, "days": {"7"}}
	_, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, u)

	want := map[string]string{
		"name": "problem.required", "email": "problem.address", "answer.which": "problem.required",
		"answer.days": "problem.choice", "consent.terms": "problem.consent",
	}
	got := wantProblem(t, err, Invalid).Fields
	if len(got) != len(want) {
		t.Errorf("fields = %v, want %v", got, want)
	}
	for f, key := range want {
		if got[f] != key {
			t.Errorf("%s: %q, want %q", f, got[f], key)
		}
	}
}

func TestParty(t *testing.T) {
	party := func(split bool) Signup {
		u := signup(10)
		u.Party = []Guest{{Name: "Guest One", Email: "g1@example.org"}, {Name: "Guest Two", Email: "g2@example.org"}}
		u.Split = split
		return u
	}
	for _, test := range []struct {
		name            string
		seats           int
		split           bool
		seated, waiting int
	}{
		{"all fit", 3, false, 3, 0},
		{"together or not at all", 2, false, 0, 3},
		{"split by wish", 2, true, 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.PartyMax = test.seats, 3 })
			_, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, party(test.split))
			must(t, err)
			if s := h.seating(t, e.ID); s.Taken != test.seated || s.Waiting != test.waiting {
				t.Errorf("taken %d, waiting %d; want %d, %d", s.Taken, s.Waiting, test.seated, test.waiting)
			}
		})
	}
}

// A party that stays together is offered its seats together, and one answer is
// everybody's.
func TestPartyOffered(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.PartyMax, e.Rules.OfferHours = 2, 2, 24 })
	a, b := h.register(t, e, 1), h.register(t, e, 2)
	u := signup(3)
	u.Party = []Guest{{Name: "Guest", Email: "guest@example.org"}}
	rec, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, u)
	must(t, err)
	late := h.register(t, e, 4)

	_, err = h.CancelRegistration(t.Context(), a.Holder(), a.ID, "")
	must(t, err)
	for _, r := range append(rec.Registrations, late) {
		h.wantState(t, r, Waitlisted) // one seat is no use to two, and nobody passes them
	}
	_, err = h.CancelRegistration(t.Context(), b.Holder(), b.ID, "")
	must(t, err)
	for _, r := range rec.Registrations {
		h.wantState(t, r, Offered)
	}
	_, err = h.AcceptOffer(t.Context(), rec.Lead().Holder(), rec.Lead().ID)
	must(t, err)
	for _, r := range rec.Registrations {
		h.wantState(t, r, Confirmed)
	}
	h.wantState(t, late, Waitlisted)
}

func TestConfirmAddress(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.ConfirmAddress = 1, true })
	r := h.register(t, e, 1)
	h.wantState(t, r, Pending)
	if s := h.seating(t, e.ID); s.Taken != 0 || s.Pending != 1 {
		t.Errorf("an unconfirmed address takes a seat: %+v", s)
	}
	_, err := h.ConfirmAddress(t.Context(), r.Holder(), r.ID)
	must(t, err)
	h.wantState(t, r, Confirmed)
	_, err = h.ConfirmAddress(t.Context(), r.Holder(), r.ID)
	wantProblem(t, err, Closed)
}

func TestUnconfirmedAddressLapses(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.ConfirmAddress = true })
	r := h.register(t, e, 1)
	h.at(h.reload(t, r).Deadline)
	done, err := h.ExpireOffers(t.Context(), h.time())
	must(t, err)
	if done != 1 {
		t.Errorf("%d lapsed, want 1", done)
	}
	h.wantState(t, r, Left)
}

func TestApproval(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.Approval = 1, true })
	a, b, c := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
	for _, r := range []*Registration{a, b} {
		_, err := h.Approve(t.Context(), h.boss, r.ID)
		must(t, err)
	}
	_, err := h.Reject(t.Context(), h.boss, c.ID, "For members only")
	must(t, err)

	h.wantState(t, a, Confirmed)
	h.wantState(t, b, Waitlisted)
	h.wantState(t, c, Rejected)
	if got := h.mails(t, c.Email); !slices.Equal(got, []string{"registration.rejected"}) {
		t.Errorf("mails = %v; what was promised before no longer holds", got)
	}
	_, err = h.Approve(t.Context(), a.Holder(), c.ID)
	wantHidden(t, err)
	_, err = h.Approve(t.Context(), h.other, c.ID)
	wantHidden(t, err)
}
