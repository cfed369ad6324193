package scheduling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
)

// The time that is chosen is one meeting, in the calendars of the members: by
// their feeds and by an invite that names nobody else.
func TestChosenTimeIsAMeeting(t *testing.T) {
	h := newWork(t)
	p := h.poll(t, "2027-02-09 09:00", "2027-02-10 13:00")
	h.votes(t, h.members[0], p, GroupNo, GroupYes)
	mine := h.own(t, h.address(t, h.members[0], nil))
	keepers := h.own(t, h.address(t, h.keeper, nil))
	r := h.chosen(t, p, 1)
	if again := h.chosen(t, p, 1); again.ID != r.ID {
		t.Error("closed twice there are two meetings")
	}
	_, err := h.ClosePoll(t.Context(), h.keeper, p.ID, p.Times[0].ID)
	wantProblem(t, err, Closed)
	mine.changed(t, "a meeting", r.UID)
	keepers.changed(t, "a meeting of others")
	if got := h.pollKinds(t, h.members[0]); !slices.Equal(got, []string{mailRecordSet}) {
		t.Fatalf("mails = %q", got)
	}
	mails := h.mailsTo(t, h.members[0].Email)
	invite := string(mails[len(mails)-1].Calendar.Body)
	for _, want := range []string{"METHOD:REQUEST", "SEQUENCE:0", "UID:" + r.UID, "SUMMARY:Kevätkokous", "DTSTART;TZID=Europe/Helsinki:20270210T130000", "ATTENDEE"} {
		if !strings.Contains(invite, want) {
			t.Errorf("the invite has no %s:\n%s", want, invite)
		}
	}
	if strings.Contains(invite, h.members[1].Email) {
		t.Error("an invite names others")
	}
}

// Moving and cancelling raises SEQUENCE and tells each member once; who leaves
// loses the meeting from their calendar.
func TestMeetingMovesOnce(t *testing.T) {
	h := newWork(t)
	r := h.chosen(t, h.poll(t, "2027-02-09 09:00"), 0)
	h.post(t)
	in := RecordInput{Rev: r.Rev, Title: r.Title, Place: "Library", Link: r.Link, Zone: r.Zone, Starts: r.Starts.Add(time.Hour), Minutes: 60}
	moved, err := h.MoveRecord(t.Context(), h.keeper, r.ID, in)
	must(t, err)
	if moved.Sequence != 1 || moved.Length() != time.Hour {
		t.Fatalf("it is %+v", moved)
	}
	in.Rev = moved.Rev
	same, err := h.MoveRecord(t.Context(), h.keeper, r.ID, in)
	must(t, err)
	if same.Sequence != 1 || same.Rev != moved.Rev {
		t.Errorf("the same once more raised it to %d", same.Sequence)
	}
	h.post(t)
	must(t, h.RemoveMember(t.Context(), h.boss, h.group.ID, h.members[2].ID))
	must(t, h.RemoveMember(t.Context(), h.boss, h.group.ID, h.members[2].ID))
	h.post(t)
	for range 2 {
		_, err = h.CancelRecord(t.Context(), h.keeper, r.ID, "Flu")
		must(t, err)
	}
	for i, want := range [][]string{{mailRecordSet, mailRecordChanged, mailRecordCancelled}, {mailRecordSet, mailRecordChanged, mailRecordCancelled}, {mailRecordSet, mailRecordChanged, mailRecordOut}} {
		if got := h.pollKinds(t, h.members[i]); !slices.Equal(got[len(got)-3:], want) {
			t.Errorf("member %d got %q", i, got)
		}
		list := h.mailsTo(t, h.members[i].Email)
		last := list[len(list)-1]
		if last.Calendar == nil || last.Calendar.Method != "CANCEL" {
			t.Errorf("member %d is told %+v at last", i, last.Calendar)
		}
	}
	_, err = h.MoveRecord(t.Context(), h.keeper, r.ID, in)
	wantProblem(t, err, Closed)
	_, err = h.HoldRecord(t.Context(), h.keeper, r.ID)
	wantProblem(t, err, Closed)
}

// A meeting that was called off before anybody heard of it cancels nothing in a
// calendar.
func TestMeetingNobodyHeardOf(t *testing.T) {
	h := newWork(t)
	r := h.chosen(t, h.poll(t, "2027-02-09 09:00"), 0)
	_, err := h.CancelRecord(t.Context(), h.keeper, r.ID, "")
	must(t, err)
	for _, m := range h.mailsTo(t, h.members[0].Email) {
		if m.State != mailer.Withdrawn && m.Calendar != nil {
			t.Errorf("%s says %s", m.Kind, m.Calendar.Method)
		}
	}
}

// The record of a series' meeting is there before it is written, once, and goes
// where its meeting goes until that is held.
func TestRecordFollowsItsSeries(t *testing.T) {
	h := newWork(t)
	s := h.series(t, h.group, nil)
	m := s.Meetings()[1]
	page, err := h.MeetingRecord(t.Context(), h.members[0], m.RecordID())
	if err != nil || page.Manage || page.Record.Rev != 0 || !page.Record.Starts.Equal(m.Starts) || len(page.Roll) != 3 {
		t.Fatalf("before: %+v, %v", page, err)
	}
	r, err := h.SaveAgenda(t.Context(), h.keeper, m.RecordID(), "", []AgendaLine{{Title: "Opening"}})
	must(t, err)
	_, err = h.MoveMeeting(t.Context(), h.keeper, s.ID, m.Was, m.Starts.Add(26*time.Hour), "Elsewhere")
	must(t, err)
	if r = h.record(t, r.ID); !r.Starts.Equal(m.Starts.Add(26*time.Hour)) || r.Place != "Elsewhere" || len(r.Agenda) != 1 {
		t.Errorf("after the move it is %+v", r)
	}
	_, err = h.CancelMeeting(t.Context(), h.keeper, s.ID, m.Was, "Storm")
	must(t, err)
	_, err = h.SaveAgenda(t.Context(), h.keeper, r.ID, "", nil)
	wantProblem(t, err, Closed)
	_, err = h.RestoreMeeting(t.Context(), h.keeper, s.ID, m.Was)
	must(t, err)
	h.at(m.Ends)
	held, err := h.HoldRecord(t.Context(), h.keeper, r.ID)
	must(t, err)
	if !held.Starts.Equal(m.Starts) || held.State != RecordHeld {
		t.Errorf("held: %+v", held)
	}
	list, err := h.GroupRecords(t.Context(), h.members[0], h.group.ID)
	must(t, err)
	if len(list.Past) < 1 || list.Past[0].ID != r.ID || len(list.Ahead) != recordsAhead {
		t.Errorf("past %d, ahead %d", len(list.Past), len(list.Ahead))
	}
	for _, wrong := range []string{s.ID, s.ID + "-2027-01-01", "x-2027-02-09", ""} {
		_, err := h.MeetingRecord(t.Context(), h.keeper, wrong)
		wantHidden(t, err)
	}
}

// Whatever is done to a meeting and its action items: a feed changes for those
// alone whom it concerns, and no SEQUENCE ever falls.
func TestFeedsOfAGroupChangeExactly(t *testing.T) {
	h := newWork(t)
	r := h.chosen(t, h.poll(t, "2027-02-09 09:00"), 0)
	a, err := h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, RecordID: r.ID, What: "Write the plan", OwnerID: h.members[0].ID, Due: "2027-02-20"})
	must(t, err)
	var feeds []*watch
	for _, m := range h.members {
		feeds = append(feeds, h.own(t, h.address(t, m, nil)))
	}
	seen := map[string]string{}
	rapid.Check(t, func(rt *rapid.T) {
		want := [3][]string{}
		all := func() { want = [3][]string{{r.UID}, {r.UID}, {r.UID}} }
		rec := h.record(t, r.ID)
		in := RecordInput{Rev: rec.Rev, Title: rec.Title, Place: rec.Place, Link: rec.Link, Zone: rec.Zone, Starts: rec.Starts, Minutes: int(rec.Length().Minutes())}
		page, err := h.Action(t.Context(), h.keeper, a.ID)
		must(t, err)
		owner := slices.IndexFunc(h.members, func(m Actor) bool { return m.ID == page.Action.OwnerID })
		edit := ActionInput{ID: a.ID, Rev: page.Action.Rev, What: page.Action.What, OwnerID: page.Action.OwnerID, Due: page.Action.Due}
		what := rapid.SampledFrom([]string{"place", "time", "nothing", "agenda", "attendance", "done", "open", "give", "due"}).Draw(rt, "what")
		switch what {
		case "place":
			in.Place = rapid.SampledFrom([]string{"Here", "There"}).Draw(rt, "place")
			if in.Place != rec.Place {
				all()
			}
			_, err = h.MoveRecord(t.Context(), h.keeper, r.ID, in)
		case "time":
			in.Starts = in.Starts.Add(time.Hour)
			all()
			_, err = h.MoveRecord(t.Context(), h.keeper, r.ID, in)
		case "nothing":
			_, err = h.MoveRecord(t.Context(), h.keeper, r.ID, in)
		case "agenda":
			_, err = h.SaveAgenda(t.Context(), h.keeper, r.ID, "", []AgendaLine{{Title: rapid.StringMatching(`[a-z]{1,8}`).Draw(rt, "line")}})
		case "attendance":
			_, err = h.MarkPresence(t.Context(), h.keeper, r.ID, Presence{PersonID: h.members[1].ID, State: rapid.SampledFrom(PresenceStates).Draw(rt, "state")})
		case "done", "open":
			to := map[string]ActionState{"done": ActionDone, "open": ActionOpen}[what]
			if to != page.Action.State {
				want[owner] = []string{a.UID}
			}
			_, err = h.SetAction(t.Context(), h.members[owner], a.ID, to, "")
		case "give":
			next := rapid.IntRange(0, 2).Draw(rt, "to")
			if next != owner {
				want[next], want[owner] = []string{a.UID}, []string{a.UID}
				for _, o := range page.Action.Before { // whoever had it sees the newer revision of its end
					i := slices.IndexFunc(h.members, func(m Actor) bool { return m.ID == o.PersonID })
					want[i] = []string{a.UID}
				}
			}
			edit.OwnerID = h.members[next].ID
			_, err = h.SaveAction(t.Context(), h.keeper, edit)
		case "due":
			edit.Due = rapid.SampledFrom([]string{"2027-02-20", "2027-02-21"}).Draw(rt, "due")
			if edit.Due != page.Action.Due {
				want[owner] = []string{a.UID}
			}
			_, err = h.SaveAction(t.Context(), h.keeper, edit)
		}
		must(t, err)
		for i, w := range feeds {
			if what == "due" || what == "done" || what == "open" {
				for _, o := range page.Action.Before {
					if h.members[i].ID == o.PersonID && want[owner] != nil {
						want[i] = []string{a.UID}
					}
				}
			}
			w.changed(t, what, want[i]...)
			for _, uid := range want[i] {
				now, was := sequence(t, w.last, uid), seen[w.name+uid+h.members[i].ID]
				if len(now) < len(was) || len(now) == len(was) && now < was {
					rt.Fatalf("%s: SEQUENCE fell from %s to %s", what, was, now)
				}
				seen[w.name+uid+h.members[i].ID] = now
			}
		}
	})
}
