package scheduling

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

func administrator() Actor {
	return Actor{ID: "admin", Name: "Anna Admin", Via: "page", Grants: []Grant{{Role: Administrator}}}
}

func TestErasureFreesSeatsAndKeepsCounts(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats, e.Rules.Waitlist = 1, true })
	first, second := h.register(t, e, 1), h.register(t, e, 2)
	h.wantState(t, second, Waitlisted)
	_, err := h.ErasePerson(t.Context(), h.boss, first.PersonID)
	wantHidden(t, err)
	var both sync.WaitGroup
	for range 2 { // twice at once is once
		both.Go(func() {
			if _, err := h.ErasePerson(t.Context(), administrator(), first.PersonID); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if done, err := h.FinishErasures(t.Context(), h.now()); err != nil || done > 1 {
		t.Fatalf("%d more, %v", done, err)
	}
	h.wantState(t, first, Withdrawn)
	if got := h.reload(t, second); got.State != Confirmed && got.State != Offered {
		t.Errorf("who waited is %s", got.State)
	}
	if s := h.seating(t, e.ID); s.Taken != 1 || s.Tally.Withdrawn != 1 {
		t.Errorf("the seating counts %+v", s)
	}
	if r := h.reload(t, first); r.PersonID != first.PersonID || r.Name != nameless || r.Email != "" {
		t.Errorf("what stays is %+v", r)
	}
	if mails := h.mailsTo(t, "person001@example.org"); len(mails) != 0 {
		t.Errorf("%d mails wait for who was erased", len(mails))
	}
	again := h.register(t, e, 1) // somebody new under the address, for all we know
	if again.PersonID == first.PersonID {
		t.Error("the address leads to who was erased")
	}
	list, _, err := h.Audit(t.Context(), administrator(), AuditFilter{Subject: first.PersonID})
	must(t, err)
	for _, x := range list {
		if strings.Contains(x.Label+x.Reason+x.ActorName, "001") {
			t.Errorf("the audit log says %+v", x)
		}
	}
	if !slices.ContainsFunc(list, func(x *Entry) bool { return x.Action == auditErase && x.ActorName == "Anna Admin" }) {
		t.Error("the erasure is not in the audit log")
	}
}

// An erasure that is cut off between any two portions comes to the same end.
func TestErasureGoesOn(t *testing.T) {
	h := newHouse(t)
	p, e := h.gone(t), h.event(t, nil)
	h.touchAll(t, p, e)
	h.write(t, func(tx *storage.Tx) error { return h.beginErasure(tx, administrator(), p.ID, ErasedByAdministrator) })
	must(t, h.farewells(t.Context(), p))
	h.write(t, func(tx *storage.Tx) error {
		x, err := erasures.Get(tx, p.ID)
		must(t, err)
		return h.eraseStep(tx, x)
	})
	fresh := h.registerAs(t, h.event(t, func(e *Event) { e.Slug = "another" }), Signup{Name: goneName, Email: goneEmail, Lang: "en"})
	if n, err := h.FinishErasures(t.Context(), h.now()); n != 1 || err != nil {
		t.Fatalf("finished %d, %v", n, err)
	}
	if left := h.traces(t, goneSecret); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if got := h.reload(t, fresh); got.Email != goneEmail || got.State != Confirmed {
		t.Errorf("who came meanwhile is %+v", got)
	}
	if n, err := h.FinishErasures(t.Context(), h.now()); n != 0 || err != nil {
		t.Errorf("finished again: %d, %v", n, err)
	}
}

func TestErasureByLink(t *testing.T) {
	h := newHouse(t)
	r := h.register(t, h.event(t, nil), 1)
	me := Actor{ID: r.PersonID, Email: r.Email, Via: "page"}
	wantHidden(t, h.AskErasure(t.Context(), Actor{}))
	must(t, h.AskErasure(t.Context(), me))
	mails := h.mailsTo(t, r.Email)
	i := slices.IndexFunc(mails, func(m *mailer.Mail) bool { return m.Kind == mailErase })
	if i < 0 {
		t.Fatal("no mail with the link")
	}
	link := strings.TrimPrefix(mails[i].Letter.Button.URL, h.BaseURL+"/erase/")
	for _, bad := range []string{"", "x", r.PersonID, strings.Replace(link, ".", "a.", 1), link + "x"} {
		_, err := h.EraseByLink(t.Context(), bad)
		wantHidden(t, err)
	}
	h.at(t0.Add(25 * 3600e9))
	if _, err := h.EraseByLink(t.Context(), link); err != ErrGone {
		t.Fatalf("an old link gives %v", err)
	}
	h.at(t0)
	for range 2 {
		done, err := h.EraseByLink(t.Context(), link)
		must(t, err)
		if done.State != ErasureDone || done.By != ErasedByThemselves {
			t.Errorf("the erasure is %+v", done)
		}
	}
	wantHidden(t, h.AskErasure(t.Context(), me))
}

func TestErasedStayOffLists(t *testing.T) {
	h := newHouse(t)
	l, other := h.list(t, "a"), h.list(t, "b")
	h.subscribed(t, goneEmail, l)
	p := h.gone(t)
	_, err := h.ErasePerson(t.Context(), administrator(), p.ID)
	must(t, err)
	for _, on := range []*MailingList{l, other} {
		h.write(t, func(tx *storage.Tx) error {
			_, came, err := h.place(tx, h.boss, on, NewSubscriber{Email: goneEmail, Wording: "x"}, true)
			if came != ListLeft {
				t.Errorf("put on %s: %s", on.Slug, came)
			}
			return err
		})
	}
	h.subscribed(t, goneEmail, other) // by themselves, with the link
	h.wantSub(t, other, goneEmail, Subscribed)
}

func TestLastAdministratorStays(t *testing.T) {
	h := newHouse(t)
	p, err := h.MakeAdministrator(t.Context(), "only@example.org", "Only One")
	must(t, err)
	_, err = h.ErasePerson(t.Context(), administrator(), p.ID)
	wantProblem(t, err, Forbidden)
	wantProblem(t, h.AskErasure(t.Context(), p.Actor()), Forbidden)
}

func TestMyData(t *testing.T) {
	h := newHouse(t)
	p, e := h.gone(t), h.event(t, nil)
	other := h.register(t, e, 7)
	h.touchAll(t, p, e)
	_, err := h.MyData(t.Context(), Actor{})
	wantHidden(t, err)
	data, err := h.MyData(t.Context(), p.Actor())
	must(t, err)
	text, err := json.Marshal(data)
	must(t, err)
	for _, want := range []string{goneName, goneEmail, goneAlias, gonePhone, goneSecret, "photos"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the copy lacks %s", want)
		}
	}
	for _, not := range []string{other.Name, other.Email, "host@example.org"} {
		if strings.Contains(string(text), not) {
			t.Errorf("the copy says %s", not)
		}
	}
	if i := slices.IndexFunc(data.Parts, func(p DataPart) bool { return p.Name == "registrations" }); i < 0 || len(data.Parts[i].Documents) != 2 {
		t.Error("the copy has not both registrations, each once")
	}
	for _, s := range h.stores() {
		if s.copy != nil && !slices.ContainsFunc(data.Parts, func(p DataPart) bool { return p.Name == s.name }) {
			t.Errorf("the copy has nothing of %s", s.name)
		}
	}
	for _, s := range h.stores() {
		if !slices.ContainsFunc(Processings, func(x Processing) bool { return slices.Contains(x.Collections, s.name) }) {
			t.Errorf("%s is in no record of processing", s.name)
		}
	}
}

func (h *testHouse) erase(t *testing.T, id string) {
	t.Helper()
	done, err := h.ErasePerson(t.Context(), administrator(), id)
	must(t, err)
	if done.State != ErasureDone {
		t.Fatalf("the erasure stands at %s", done.Step)
	}
}

// A colleague takes over meetings; without one, they are called off and the
// others hear of it.
func TestErasureLeavesRounds(t *testing.T) {
	h := newHouse(t)
	r := h.morning(t, nil)
	us, them := h.entrant(t, r, "Us", 2), h.entrant(t, r, "Them", 1)
	m := h.meets(t, r, 0, "t1", us, them)
	h.erase(t, us.People[0].PersonID)
	if got := h.meeting(t, m.ID); !got.State.Stands() || slices.Contains(got.PersonIDs, us.People[0].PersonID) || !slices.Contains(got.PersonIDs, us.People[1].PersonID) {
		t.Errorf("with a colleague, the meeting is %s with %v", got.State, got.PersonIDs)
	}
	if e := h.entrantNow(t, us.ID); len(e.People) != 1 || !e.People[0].Manages || e.State != EntrantIn {
		t.Errorf("the company stands with %+v", e.People)
	}
	h.erase(t, them.People[0].PersonID)
	if got := h.meeting(t, m.ID); got.State != MeetingCancelled {
		t.Errorf("without a colleague, the meeting is %s", got.State)
	}
	if e := h.entrantNow(t, them.ID); e.State != EntrantLeft || e.People[0].Name != nameless {
		t.Errorf("the other company is %s with %+v", e.State, e.People)
	}
	if kinds := h.mails(t, mailTo(us, 1)); !slices.Contains(kinds, "meeting.cancelled") {
		t.Errorf("whoever expected them reads %v", kinds)
	}
}

func TestErasureLeavesGroupsAndTrips(t *testing.T) {
	h := newHouse(t)
	g := h.b2bNew(t, "spain", nil)
	who := h.b2bPerson(t, "Aava Oy", "Aino Aava", "fi")
	m := h.b2bMember(t, g, who)
	h.erase(t, who.ID)
	h.write(t, func(tx *storage.Tx) error {
		got, err := groupMemberships.Get(tx, m.ID)
		if err == nil && (got.State != MemberLeft || got.People[0].Name != nameless) {
			t.Errorf("the membership is %s with %+v", got.State, got.People)
		}
		return err
	})
	if members := h.b2bReload(t, g.ID).Members; slices.Contains(members, who.ID) {
		t.Errorf("the group still has them: %v", members)
	}
	trip := h.selecting(t, nil)
	h.delegate(t, "Maija1") // whose address applies
	h.erase(t, h.offered(t, trip, 1, 2).PersonID)
	p := h.selected(t, trip.ID)
	if got := p.Applications[0]; got.State != ApplicationWithdrawn || got.Name != nameless || got.Email != "" || p.Trip.Held != 0 {
		t.Errorf("the application is %+v, %d seats are held", got, p.Trip.Held)
	}
}

// What somebody signed stays as it was signed, whoever else it mentions; what is
// not signed yet does not.
func TestErasureLeavesSignedTexts(t *testing.T) {
	h := newHouse(t)
	p, text := h.gone(t), "Asked for by "+goneName+" and signed by somebody else."
	h.write(t, func(tx *storage.Tx) error {
		must(t, agreements.Put(tx, &Agreement{Meta: docID("draft"), MembershipID: "m", State: AgreementDraft, Text: text}))
		return agreements.Put(tx, &Agreement{Meta: docID("signed"), MembershipID: "m", Version: 1, State: AgreementSigned, Text: text, Signatory: "Somebody Else",
			Signature: &Signature{Name: "Somebody Else", SHA256: documentHash([]byte(text))}})
	})
	h.erase(t, p.ID)
	h.write(t, func(tx *storage.Tx) error {
		draft, err := agreements.Get(tx, "draft")
		must(t, err)
		signed, err := agreements.Get(tx, "signed")
		if strings.Contains(draft.Text, goneName) || documentHash([]byte(signed.Text)) != signed.Signature.SHA256 {
			t.Errorf("left are %q and %q", draft.Text, signed.Text)
		}
		return err
	})
}

// Whoever is erased has no term that goes on, and their lists and the hooks that
// they made are nobody's.
func TestErasureEndsTermsAndLists(t *testing.T) {
	h := newHouse(t)
	p := h.gone(t)
	g := h.group(t, "circular", p.ID)
	h.write(t, func(tx *storage.Tx) error {
		h.touchWork(t, tx, p)
		return nil
	})
	h.at(t0.Add(3600e9))
	var list SavedList
	h.write(t, func(tx *storage.Tx) error {
		_, err := eraseGroups(tx, p) // as where nobody could take them out of the group first
		l, err2 := savedLists.Get(tx, "list")
		list = *l
		return errors.Join(err, err2)
	})
	now := h.groupNow(t, g.ID)
	if now.term(p.ID) != nil || slices.Contains(now.Members, p.ID) || len(now.Terms) != 1 {
		t.Errorf("the group has %+v", now)
	}
	h.listAddress(&list)
	h.erase(t, p.ID)
	if _, _, err := h.OpenList(t.Context(), strings.TrimSuffix(strings.TrimPrefix(list.URL, h.BaseURL+"/lists/"), ".csv")); err != ErrGone {
		t.Errorf("their list gives %v", err)
	}
	h.write(t, func(tx *storage.Tx) error {
		hook, err := webhooks.Get(tx, "hook")
		if err == nil && hook.OwnerID != "" {
			t.Errorf("the hook is %+v", hook)
		}
		return err
	})
}
