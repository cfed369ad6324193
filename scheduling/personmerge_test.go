package scheduling

import (
	"slices"
	"testing"
	"time"

	"kohtaamo/storage"
)

// busyPerson stores somebody whom every collection with persons knows.
func (h *testHouse) busyPerson(t testing.TB, name string, e *Event) *Person {
	t.Helper()
	id := storage.NewID
	p := &Person{Meta: storage.Meta{ID: id()}, Email: id() + "@example.org", Name: name, Lang: "fi", ClusterIDs: []string{h.cluster.ID},
		Consents: []Consent{{Purpose: "photos", Given: name == "Aino", At: t0}}}
	p.index()
	h.write(t, func(tx *storage.Tx) error {
		m := func() storage.Meta { return storage.Meta{ID: id()} }
		mid := id()
		g := &GroupMembership{Meta: m(), GroupID: id(), CompanyID: id(), State: MemberAccepted, People: []GroupPerson{{PersonID: p.ID, Name: name}}}
		g.index()
		at := t0.AddDate(0, 0, len(name))
		for _, err := range []error{
			people.Put(tx, p), groupMemberships.Put(tx, g),
			registrations.Put(tx, &Registration{Meta: m(), EventID: e.ID, State: Confirmed, Email: p.Email, Ticket: id(), PersonID: p.ID}),
			applications.Put(tx, &Application{Meta: m(), TripID: id(), PersonID: p.ID, Notes: []ApplicationNote{{By: p.ID}}, Scores: []Score{{By: p.ID}}}),
			travellers.Put(tx, &Traveller{Meta: m(), TripID: mid, PersonID: p.ID, Live: mid + "/" + p.ID, Marks: map[string]Mark{"a": {By: p.ID}}}),
			trips.Put(tx, &Trip{Meta: m(), Slug: id(), LeaderIDs: []string{p.ID}}),
			tripNotes.Put(tx, &TripNote{Meta: m(), By: p.ID}),
			tripOutcomes.Put(tx, &TripOutcome{Meta: m(), Owner: p.ID, By: p.ID}),
			entrants.Put(tx, &Entrant{Meta: m(), RoundID: id(), People: []Delegate{{PersonID: p.ID, Manages: true}}, PersonIDs: []string{p.ID}, Invites: []Invited{{ID: "i", By: p.ID}}}),
			meetings.Put(tx, &Meeting{Meta: storage.Meta{ID: mid}, UID: id(), Parties: []Party{{EntrantID: "e", PersonIDs: []string{p.ID}}}, PersonIDs: []string{p.ID},
				Invitees: []Invitee{{PersonID: p.ID}}, InviteeIDs: []string{p.ID}}),
			bookings.Put(tx, &booking{Meta: storage.Meta{ID: bookedPerson(p.ID) + "@" + slotID(at)}, MeetingID: mid, Who: bookedPerson(p.ID), At: at}),
			outcomes.Put(tx, &Outcome{Meta: m(), Owner: p.ID, By: p.ID}),
			proposals.Put(tx, &Proposal{Meta: m(), By: p.ID}),
			agendaPromises.Put(tx, &agendaPromise{Meta: m(), PersonIDs: []string{p.ID}}),
			groups.Put(tx, &Group{Meta: m(), Slug: id(), Members: []string{p.ID}}),
			gatherings.Put(tx, &Gathering{Meta: m(), UID: id(), PersonIDs: []string{p.ID}, Parties: []GatheringParty{{ID: "p", People: []GatheringPerson{{PersonID: p.ID}}}}}),
			visitDays.Put(tx, &VisitDay{Meta: m(), PersonIDs: []string{p.ID}}),
			codevelopments.Put(tx, &CoDevelopment{Meta: m(), GroupID: id(), By: p.ID}),
			subscriptions.Put(tx, &Subscription{Meta: m(), Email: p.Email, PersonID: p.ID}),
			feedTokens.Put(tx, &FeedAddress{Meta: m(), PersonID: p.ID, Slot: p.ID + "/0"}),
			busyCalendars.Put(tx, &BusyCalendar{Meta: m(), PersonID: p.ID, Slot: 1}),
			savedLists.Put(tx, &SavedList{Meta: m(), OwnerID: p.ID}),
			files.Put(tx, &File{Meta: m(), ByID: p.ID}),
			memberships.Put(tx, &Membership{Meta: m(), ContactID: p.ID}),
			meetingRecords.Put(tx, &MeetingRecord{Meta: m(), Present: []Presence{{PersonID: p.ID}}}),
			actionItems.Put(tx, &ActionItem{Meta: m(), OwnerID: p.ID}),
			works.Put(tx, &Work{Meta: m(), PersonIDs: []string{p.ID}, ByID: p.ID}),
			encounters.Put(tx, &Encounter{Meta: m(), CompanyID: id(), PersonIDs: []string{p.ID}}),
			reportPeriods.Put(tx, &ReportPeriod{Meta: m(), ClosedByID: p.ID}),
			webhooks.Put(tx, &Webhook{Meta: m(), OwnerID: p.ID, Topics: []string{}}),
			pairsApart.Put(tx, &pairApart{Meta: storage.Meta{ID: pairID(p.ID, "x")}, IDs: []string{p.ID, "x"}}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return p
}

func TestMergePeople(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	a, b := h.busyPerson(t, "Aino", e), h.busyPerson(t, "Aino Aalto", e)
	a.Phone = "040 123 4567"
	must(t, h.SavePerson(t.Context(), h.boss, a))
	before := len(h.linesNaming(t, a.ID, b.ID))
	look, err := h.PersonMerging(t.Context(), h.boss, a.ID, b.ID)
	must(t, err)
	if look.Problem != nil || look.Moves < 26 {
		t.Errorf("looked: %d moves, %v", look.Moves, look.Problem)
	}
	in := Merge{From: a.ID, Into: b.ID, FromRev: a.Rev, IntoRev: b.Rev, Take: []string{"email"}}
	p, err := h.MergePeople(t.Context(), h.boss, in)
	must(t, err)
	if p.ID != b.ID || p.Email != a.Email || p.Name != "Aino Aalto" || p.Phone != "040 123 4567" || !slices.Equal(p.Aliases, []string{b.Email}) || len(p.Consents) != 2 {
		t.Errorf("became %+v", p)
	}
	if left := h.linesNaming(t, a.ID); len(left) > 0 {
		t.Errorf("still named: %q", left)
	}
	if after := len(h.linesNaming(t, b.ID)); after != before-2 { // the person, and that they are not x
		t.Errorf("%d documents named them, %d name the one that stays", before, after)
	}
	for _, email := range []string{a.Email, b.Email} {
		if who, err := h.personNamed(t, email); err != nil || who.ID != b.ID {
			t.Errorf("%s leads to %v, %v", email, who, err)
		}
	}
	page, err := h.Person(t.Context(), h.boss, a.ID)
	if err != nil || page.Person.ID != b.ID || len(page.Registrations) != 2 {
		t.Errorf("the old id answers with %v, %v", page, err)
	}
	if again, err := h.MergePeople(t.Context(), h.boss, in); err != nil || again.ID != b.ID {
		t.Errorf("sent twice: %v, %v", again, err)
	}
	p.Name = "Aino A. Aalto"
	must(t, h.SavePerson(t.Context(), h.boss, p))
	if who, err := h.personNamed(t, b.Email); err != nil || who.ID != b.ID {
		t.Errorf("an edit lost the other address: %v, %v", who, err)
	}
}

func TestMergePeopleMay(t *testing.T) {
	h := newHouse(t)
	a, b := h.someone(t, "one", nil), h.someone(t, "two", nil)
	_, err := h.MergePeople(t.Context(), h.other, Merge{From: a.ID, Into: b.ID, FromRev: 1, IntoRev: 1})
	wantHidden(t, err)
	_, err = h.PersonMerging(t.Context(), h.other, a.ID, b.ID)
	wantHidden(t, err)
	must(t, h.GiveRole(t.Context(), System("test"), a.ID, Grant{Role: Organiser, Cluster: h.cluster.ID}))
	_, err = h.MergePeople(t.Context(), h.boss, Merge{From: a.ID, Into: b.ID, FromRev: 2, IntoRev: 1})
	if p := wantProblem(t, err, Forbidden); p.Key != "merging.has_roles" {
		t.Errorf("problem = %s", p.Key)
	}
	p, err := h.MergePeople(t.Context(), System("test"), Merge{From: a.ID, Into: b.ID, FromRev: 2, IntoRev: 1})
	must(t, err)
	if !p.Actor().Organises(h.cluster.ID) || !p.Staff {
		t.Errorf("roles = %v", p.Grants)
	}
}

// TestMergePeopleBookedTwice does not put one person into two meetings at once.
func TestMergePeopleBookedTwice(t *testing.T) {
	h := newHouse(t)
	a, b := h.someone(t, "one", nil), h.someone(t, "two", nil)
	h.write(t, func(tx *storage.Tx) error {
		for i, id := range []string{a.ID, b.ID} {
			x := &booking{Meta: storage.Meta{ID: bookedPerson(id) + "@" + slotID(t0)}, MeetingID: []string{"m1", "m2"}[i], Who: bookedPerson(id), At: t0}
			if err := bookings.Put(tx, x); err != nil {
				return err
			}
		}
		return nil
	})
	_, err := h.MergePeople(t.Context(), h.boss, Merge{From: a.ID, Into: b.ID, FromRev: 1, IntoRev: 1})
	if p := wantProblem(t, err, Exists); p.Key != "merging.collides" {
		t.Errorf("problem = %s", p.Key)
	}
	look, err := h.PersonMerging(t.Context(), h.boss, a.ID, b.ID)
	if err != nil || look.Problem == nil || look.From.ID != a.ID {
		t.Errorf("looked: %+v, %v", look, err)
	}
}

func TestDuplicates(t *testing.T) {
	h := newHouse(t)
	a := h.firm(t, "Polar Cells Oy", func(c *Company) { c.Website = "https://www.polarcells.example/fi" })
	h.at(t0.Add(time.Hour))
	b := h.firm(t, "POLAR CELLS Ltd", nil)
	c := h.firm(t, "Something Else Oy", func(c *Company) { c.Website = "https://polarcells.example" })
	h.firm(t, "Alone Oy", nil)
	got, err := h.CompanyDuplicates(t.Context(), h.boss)
	must(t, err)
	if len(got) != 2 || got[0].A.ID != a.ID || got[0].B.ID != b.ID || got[0].Reason != LikeName || got[1].B.ID != c.ID || got[1].Reason != LikeWebsite {
		t.Fatalf("pairs = %+v", got)
	}
	for range 2 {
		must(t, h.KeepApart(t.Context(), h.boss, c.ID, a.ID))
	}
	if got, err = h.CompanyDuplicates(t.Context(), h.boss); err != nil || len(got) != 1 {
		t.Errorf("after one was told apart: %+v, %v", got, err)
	}
	for i, phone := range []string{"+358 40 123 4567", "040 123 4567"} {
		p := &Person{Email: []string{"a@one.example", "b@two.example"}[i], Name: []string{"Aino Aalto", "Aalto Aino"}[i], Phone: phone, Lang: "fi"}
		must(t, h.SavePerson(t.Context(), h.boss, p))
	}
	pairs, err := h.PersonDuplicates(t.Context(), h.boss)
	if err != nil || len(pairs) != 1 || pairs[0].Reason != LikeName {
		t.Errorf("persons: %+v, %v", pairs, err)
	}
	if pairs, err = h.PersonDuplicates(t.Context(), h.other); err != nil || len(pairs) != 0 {
		t.Errorf("others see %+v, %v", pairs, err)
	}
	wantHidden(t, h.KeepApart(t.Context(), Actor{}, a.ID, b.ID))
}

// In no collection is anybody left out: who is known to all of them is somebody
// else afterwards, in all of them.
func TestMergeReachesEveryCollection(t *testing.T) {
	h := newHouse(t)
	p, e := h.gone(t), h.event(t, nil)
	h.touchAll(t, p, e)
	into := h.owner(t, "Aino Aava")
	into.ClusterIDs = p.ClusterIDs
	h.write(t, func(tx *storage.Tx) error { return people.Put(tx, into) })
	before := h.linesNaming(t, p.ID)
	_, err := h.MergePeople(t.Context(), h.boss, Merge{From: p.ID, Into: into.ID, FromRev: p.Rev, IntoRev: into.Rev})
	must(t, err)
	if len(before) < 30 {
		t.Errorf("%d documents name them", len(before))
	}
	for _, line := range h.linesNaming(t, p.ID) {
		t.Errorf("still named: %s", line)
	}
}
