package scheduling

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// yearHouse stores a group whose year was counted by hand: Aino came to two of
// three meetings, Eero, a member since May, to the one of two, and Bo, no
// member, to the one that he is noted for.
func yearHouse(t *testing.T) (h *testHouse, g *Group, aino Actor) {
	h = newHouse(t)
	aurora, borealis := h.firm(t, "Aurora Oy", nil), h.firm(t, "Borealis Ltd", nil)
	aino, eero, bo := h.someone(t, "aino", aurora), h.someone(t, "eero", aurora), h.someone(t, "bo", borealis)
	g = h.group(t, "board", aino.ID)
	h.at(time.Date(2027, 5, 1, 9, 0, 0, 0, time.UTC))
	_, err := h.AddMember(t.Context(), h.boss, g.ID, eero.Email)
	must(t, err)
	must(t, h.SetGroupRole(t.Context(), h.boss, g.ID, aino.ID, GroupChair, ""))
	_, err = h.SaveMandate(t.Context(), h.boss, g.ID, Mandate{Text: "Advises the cluster.", From: "2026-01-01", Goals: []Goal{{Text: "Five pilots", State: GoalReached}}}, 0)
	must(t, err)
	_, err = h.SaveMandate(t.Context(), h.boss, g.ID, Mandate{Text: "Something else.", From: "2028-01-01"}, 1)
	must(t, err)
	record := func(id, at string, state RecordState, decisions int, present ...Presence) *MeetingRecord {
		r := &MeetingRecord{Meta: storage.Meta{ID: id}, GroupID: g.ID, ClusterID: h.cluster.ID, State: state, Title: Text{"en": "Meeting " + id}, Starts: in(t, HouseZone, at), Zone: HouseZone, Present: present}
		for n := range decisions {
			r.Decisions = append(r.Decisions, Resolution{Text: fmt.Sprintf("Decision %s %d", id, n)})
		}
		return r
	}
	was := func(a Actor, c *Company, state string) Presence {
		return Presence{PersonID: a.ID, Name: a.Name, CompanyID: c.ID, State: state}
	}
	guest := Presence{Name: "A guest", State: "present"}
	h.store(t, func(tx *storage.Tx) error {
		for _, r := range []*MeetingRecord{
			record("a", "2027-01-01 00:00", RecordApproved, 2, was(aino, aurora, "present"), was(bo, borealis, "remote"), guest), // before she was noted as a member: noted all the same
			record("b", "2027-06-01 09:00", RecordHeld, 1, was(aino, aurora, "excused"), was(eero, aurora, "present"), guest),
			record("c", "2027-12-31 23:59", RecordHeld, 0, was(aino, aurora, "remote"), Presence{Name: "Somebody", State: "absent"}),
			record("d", "2027-11-01 09:00", RecordPlanned, 1, was(aino, aurora, "present")),
			record("e", "2026-12-31 23:59", RecordApproved, 1, was(bo, borealis, "present")),
			record("f", "2028-01-01 00:00", RecordHeld, 1, was(bo, borealis, "present")),
		} {
			if err := meetingRecords.Put(tx, r); err != nil {
				return err
			}
		}
		for i, x := range []ActionItem{
			{RecordID: "a", Due: "2027-03-01", State: ActionDone}, {RecordID: "b", Due: "2028-02-01", State: ActionOpen}, {RecordID: "b", Due: "2027-07-01", State: ActionOpen},
			{RecordID: "e", Due: "2027-01-31", State: ActionDropped}, {RecordID: "e", Due: "2026-12-31", State: ActionOpen}, {RecordID: "f", Due: "2028-01-01", State: ActionOpen},
		} {
			x.GroupID, x.What, x.OwnerID, x.UID = g.ID, fmt.Sprint("Action ", i), aino.ID, fmt.Sprint(i)
			if err := actionItems.Put(tx, &x); err != nil {
				return err
			}
		}
		return nil
	})
	_, err = h.SaveForesightNote(t.Context(), aino, ForesightNote{GroupID: g.ID, Kind: "signal", Title: "Solid-state batteries", Horizon: HorizonMid})
	must(t, err)
	h.at(time.Date(2028, 1, 10, 9, 0, 0, 0, time.UTC))
	return h, g, aino
}

func TestGroupYearIsAsCountedByHand(t *testing.T) {
	h, g, aino := yearHouse(t)
	y, err := h.GroupYear(t.Context(), aino, g.ID, 2027)
	must(t, err)
	line := func(a AttendanceLine) string {
		return fmt.Sprintf("%s %s %d/%d %d%% %d", a.Name, a.Role, a.Came, a.Of, a.Percent(), a.Excused)
	}
	var people, firms, meetings, decisions []string
	for _, a := range y.People {
		people = append(people, line(a))
	}
	for _, a := range y.Companies {
		firms = append(firms, line(a))
	}
	for _, r := range y.Meetings {
		meetings = append(meetings, r.ID)
	}
	for _, d := range y.Decisions {
		decisions = append(decisions, d.Text)
	}
	for _, x := range []struct {
		name      string
		got, want []string
	}{
		{"meetings", meetings, []string{"a", "b", "c"}},
		{"people", people, []string{"aino chair 2/3 67% 1", "eero member 1/2 50% 0", "bo  1/1 100% 0"}},
		{"companies", firms, []string{"Aurora Oy  3/3 100% 0", "Borealis Ltd  1/1 100% 0"}},
		{"decisions", decisions, []string{"Decision a 0", "Decision a 1", "Decision b 0"}},
	} {
		if !slices.Equal(x.got, x.want) {
			t.Errorf("%s: %q, want %q", x.name, x.got, x.want)
		}
	}
	if y.Guests != 2 || len(y.Actions) != 4 || y.Done != 1 || y.Open != 2 || y.Overdue != 1 || y.Dropped != 1 || len(y.Notes) != 1 || y.Mandate == nil || y.Mandate.Version != 1 {
		t.Errorf("guests %d, actions %d: %d %d %d %d, notes %d, mandate %+v", y.Guests, len(y.Actions), y.Done, y.Open, y.Overdue, y.Dropped, len(y.Notes), y.Mandate)
	}
	_, err = h.GroupYear(t.Context(), h.someone(t, "stranger", nil), g.ID, 2027)
	wantHidden(t, err)
	_, err = h.GroupYear(t.Context(), h.other, g.ID, 2027)
	wantHidden(t, err)
}

func TestWriteGroupYear(t *testing.T) {
	h, g, aino := yearHouse(t)
	y, err := h.GroupYear(t.Context(), aino, g.ID, 2027)
	must(t, err)
	for lang, want := range map[string]string{"en": "2 of 3", "fi": "2/3"} {
		var b bytes.Buffer
		must(t, WriteGroupYear(&b, y, texts().In(lang)))
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		must(t, err)
		f, err := z.Open("word/document.xml")
		must(t, err)
		body, err := io.ReadAll(f)
		must(t, err)
		for _, s := range []string{want, "Decision b 0", "Five pilots", "Solid-state batteries", "Aurora Oy"} {
			if !strings.Contains(string(body), s) {
				t.Errorf("%s: no %q in the document", lang, s)
			}
		}
	}
}

func TestForesight(t *testing.T) {
	h := newHouse(t)
	c := h.firm(t, "Aurora Oy", func(c *Company) { c.ClusterIDs = []string{h.cluster.ID} })
	aino, eero, bo, stranger := h.someone(t, "aino", nil), h.someone(t, "eero", nil), h.someone(t, "bo", c), h.someone(t, "stranger", nil)
	g, elsewhere := h.group(t, "board", aino.ID, eero.ID), h.group(t, "other", stranger.ID)
	note := ForesightNote{GroupID: g.ID, Kind: "signal", Title: "Solid-state batteries", Text: "A plant in Vaasa", Link: "https://news.example", Horizon: HorizonMid, Tags: []string{"Battery", "battery"}, Likelihood: 4, Impact: 5}
	n, err := h.SaveForesightNote(t.Context(), aino, note)
	must(t, err)
	if n.Weight() != 20 || !slices.Equal(n.Tags, []string{"battery"}) {
		t.Errorf("note %+v", n)
	}
	_, err = h.SaveForesightNote(t.Context(), bo, note)
	wantHidden(t, err)
	edit := *n
	edit.Title = "Another title"
	_, err = h.SaveForesightNote(t.Context(), eero, edit) // a member, and not theirs
	wantHidden(t, err)
	if n, err = h.SaveForesightNote(t.Context(), aino, edit); err != nil {
		t.Fatal(err)
	}
	bad := note
	bad.Horizon, bad.Link, bad.Impact = "soon", "ftp://x", 6
	_, err = h.SaveForesightNote(t.Context(), aino, bad)
	if p := wantProblem(t, err, Invalid); len(p.Fields) != 3 {
		t.Errorf("faults %v", p.Fields)
	}
	foreign, err := h.SaveForesightNote(t.Context(), stranger, ForesightNote{GroupID: elsewhere.ID, Kind: "trend", Title: "Of another group", Horizon: HorizonNow})
	must(t, err)

	in := ForesightIssue{GroupID: g.ID, Title: Text{"en": "Spring"}, NoteIDs: []string{foreign.ID, n.ID}}
	_, err = h.SaveForesightIssue(t.Context(), aino, in)
	wantHidden(t, err)
	issue, err := h.SaveForesightIssue(t.Context(), h.boss, in)
	must(t, err)
	if !slices.Equal(issue.NoteIDs, []string{n.ID}) {
		t.Errorf("notes %v", issue.NoteIDs)
	}
	reads := func(by Actor) bool {
		_, err := h.ForesightIssue(t.Context(), by, issue.ID)
		list, _, failed := h.ForesightIssues(t.Context(), by, IssueFilter{Cluster: g.ClusterID})
		must(t, failed)
		if (len(list) == 1) != (err == nil) && issue.State == IssuePublished {
			t.Errorf("%s: the list has %d, the page says %v", by.Name, len(list), err)
		}
		return err == nil
	}
	if reads(aino) || reads(bo) || !reads(h.boss) {
		t.Error("a draft is for who plans the group's meetings")
	}
	if issue, err = h.PublishForesight(t.Context(), h.boss, issue.ID, true); err != nil {
		t.Fatal(err)
	}
	if !reads(aino) || !reads(bo) || reads(stranger) || reads(Actor{}) || reads(h.other) {
		t.Error("an issue is for the cluster's members")
	}
	must(t, h.DeleteForesightNote(t.Context(), aino, g.ID, n.ID))
	r, err := h.ForesightIssue(t.Context(), bo, issue.ID)
	must(t, err)
	if len(r.Notes) != 1 || r.Notes[0].Title != "Another title" {
		t.Errorf("what was published is %+v", r.Notes)
	}
	public := *issue
	public.Public = true
	if issue, err = h.SaveForesightIssue(t.Context(), h.boss, public); err != nil || !reads(Actor{}) {
		t.Errorf("a public one is hidden: %v", err)
	}
	if issue, err = h.PublishForesight(t.Context(), h.boss, issue.ID, false); err != nil || reads(bo) {
		t.Errorf("one that was taken back is shown: %v", err)
	}
	_, err = h.PublishForesight(t.Context(), h.boss, issue.ID, true)
	wantProblem(t, err, Closed) // its only note is gone

	h.store(t, func(tx *storage.Tx) error {
		p, err := people.Get(tx, stranger.ID)
		if err != nil {
			return err
		}
		if n, err := eraseForesight(tx, p); err != nil || n != 1 {
			t.Errorf("erased %d, %v", n, err)
		}
		x, err := foresightNotes.Get(tx, foreign.ID)
		if err == nil && (x.ByName != "" || x.Title == "") {
			t.Errorf("after erasing: %+v", x)
		}
		return err
	})
}
