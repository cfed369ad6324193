package scheduling

import (
	"slices"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

func TestInviteColleague(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	e, aino := h.enters(t, r, "aino", nil)
	bo := h.someone(t, "bo", nil)
	for range 2 {
		_, err := h.InviteColleague(t.Context(), aino, e.ID, Colleague{Email: "BO@example.org", Name: "Bo\r\nBcc: x@example.org", Title: "CTO"})
		must(t, err)
	}
	if got := h.mails(t, bo.Email); !slices.Equal(got, []string{mailEntrantInvited}) {
		t.Errorf("mails = %v", got)
	}
	if now := h.entrantNow(t, e.ID); len(now.People) != 1 || len(now.Invites) != 1 || now.Invites[0].Name != "Bo Bcc: x@example.org" {
		t.Errorf("entrant = %+v", now)
	}
	stranger := h.someone(t, "stranger", nil)
	for _, by := range []Actor{stranger, {}, {Email: bo.Email}} {
		_, err := h.JoinEntrant(t.Context(), by, e.ID)
		wantHidden(t, err)
	}
	for range 2 {
		_, err := h.JoinEntrant(t.Context(), bo, e.ID)
		must(t, err)
	}
	now := h.entrantNow(t, e.ID)
	if p, ok := now.Delegate(bo.ID); !ok || p.Manages || p.Title != "CTO" || p.Name != "bo" || len(now.Invites)+len(now.Invited) != 0 {
		t.Errorf("after joining: %+v", now)
	}
	if p, err := h.Person(t.Context(), h.boss, bo.ID); err != nil || p.Person.CompanyID != e.CompanyID {
		t.Errorf("they are of %+v, %v", p, err)
	}
	_, err := h.InviteColleague(t.Context(), bo, e.ID, Colleague{Email: "c@example.org", Name: "C"})
	wantHidden(t, err) // does not manage it

	// One person is in one entrant of a round.
	other, bea := h.enters(t, r, "bea", nil)
	_, err = h.InviteColleague(t.Context(), bea, other.ID, Colleague{Email: bo.Email, Name: "Bo"})
	must(t, err)
	_, err = h.JoinEntrant(t.Context(), bo, other.ID)
	wantProblem(t, err, Exists)
	_, err = h.UninviteColleague(t.Context(), bea, other.ID, h.entrantNow(t, other.ID).Invites[0].ID)
	must(t, err)
	if last := h.mailsTo(t, bo.Email); last[len(last)-1].State != mailer.Withdrawn {
		t.Error("the invitation that was taken back still goes out")
	}
	_, err = h.JoinEntrant(t.Context(), bo, other.ID)
	wantHidden(t, err)
}

func TestDelegates(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	e, aino := h.enters(t, r, "aino", nil)
	bo := h.someone(t, "bo", &Company{Meta: storage.Meta{ID: e.CompanyID}})
	_, err := h.Enter(t.Context(), bo, &Entrant{RoundID: r.ID})
	must(t, err)
	own := Delegate{PersonID: bo.ID, Title: "Engineer", Languages: []string{"sv", "xx", "fi", "fi"}, Manages: true}
	now, err := h.SaveDelegate(t.Context(), bo, e.ID, own)
	must(t, err)
	if p, _ := now.Delegate(bo.ID); p.Manages || !slices.Equal(p.Languages, []string{"fi", "sv"}) || p.Name != "bo" {
		t.Errorf("one's own change gives %+v", p)
	}
	_, err = h.SaveDelegate(t.Context(), bo, e.ID, Delegate{PersonID: aino.ID})
	wantHidden(t, err)
	_, err = h.SaveDelegate(t.Context(), aino, e.ID, Delegate{PersonID: aino.ID})
	wantProblem(t, err, Closed) // nobody would manage it
	_, err = h.SaveDelegate(t.Context(), aino, e.ID, own)
	must(t, err)
	_, err = h.RemoveDelegate(t.Context(), bo, e.ID, aino.ID)
	must(t, err)
	_, err = h.RemoveDelegate(t.Context(), bo, e.ID, bo.ID)
	wantProblem(t, err, Closed)
	if p, err := h.EntrantFor(t.Context(), aino, r.Slug); !IsHidden(err) {
		t.Errorf("who was removed sees %+v %v", p, err)
	}
}

func TestLeaveAndProfile(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	e, aino := h.enters(t, r, "aino", nil)
	o, _ := h.enters(t, r, "other", nil)
	in := &Entrant{Meta: storage.Meta{ID: e.ID, Rev: e.Rev}, About: Text{"fi": " Moi \u202e", "en": ""}, Offers: []string{"a", " A ", "", "b\x00"}, Tags: []string{"Ä", "ä"}, Countries: []string{"se", "FI", "FI"}, Listed: true}
	now, err := h.SaveEntrant(t.Context(), aino, in, true)
	must(t, err)
	if !slices.Equal(now.Offers, []string{"a", "b"}) || !slices.Equal(now.Tags, []string{"Ä"}) || !slices.Equal(now.Countries, []string{"FI", "SE"}) || now.About["fi"] != "Moi" || len(now.About) != 1 {
		t.Errorf("profile = %+v", now)
	}
	if c, err := h.Company(t.Context(), h.boss, e.CompanyID); err != nil || c.Offers != "a\nb" || !slices.Equal(c.Tags, []string{"Ä"}) {
		t.Errorf("the company's record says %+v, %v", c, err)
	}
	_, err = h.SaveEntrant(t.Context(), aino, in, false)
	wantProblem(t, err, Changed)
	_, err = h.SaveEntrant(t.Context(), aino, &Entrant{Meta: storage.Meta{ID: e.ID}, Countries: []string{"XX"}, Offers: make([]string, 30)}, false)
	wantProblem(t, err, Invalid)
	_, err = h.SaveEntrant(t.Context(), h.someone(t, "x", nil), &Entrant{Meta: storage.Meta{ID: e.ID}}, false)
	wantHidden(t, err)

	m := &Meeting{RoundID: r.ID, State: MeetingPublished, EntrantIDs: []string{e.ID, o.ID}, UID: "u"}
	h.store(t, func(tx *storage.Tx) error {
		if err := requests.Put(tx, &Request{RoundID: r.ID, From: o.ID, To: e.ID, State: RequestSent, Pair: "p"}); err != nil {
			return err
		}
		return meetings.Put(tx, m)
	})
	_, err = h.LeaveEntrant(t.Context(), aino, e.ID, "")
	wantProblem(t, err, Closed)
	h.store(t, func(tx *storage.Tx) error {
		m.State = MeetingCancelled
		return meetings.Put(tx, m)
	})
	for range 2 {
		_, err = h.LeaveEntrant(t.Context(), aino, e.ID, "")
		if !IsHidden(err) {
			must(t, err)
		}
	}
	h.store(t, func(tx *storage.Tx) error {
		list, err := entrantRequests(tx, e.ID)
		if len(list) != 1 || list[0].State != RequestDeclined || list[0].Pair != "" {
			t.Errorf("requests after leaving: %+v", list)
		}
		return err
	})
	again, err := h.Enter(t.Context(), aino, &Entrant{RoundID: r.ID})
	must(t, err)
	if again.ID == e.ID || again.State != EntrantIn {
		t.Errorf("entering after leaving gives %+v", again)
	}
}
