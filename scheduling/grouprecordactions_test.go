package scheduling

import (
	"archive/zip"
	"bytes"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/templates"
)

// meeting is a meeting of the group in February, from a series.
func (h *workHouse) meeting(t testing.TB) (id string, m GroupMeeting) {
	t.Helper()
	s := h.series(t, h.group, nil)
	m = s.Meetings()[0]
	return m.RecordID(), m
}

// The agenda before is copied once, with what is open still; it is mailed once
// as it is, and again where it changed.
func TestAgendaFromLastTime(t *testing.T) {
	h := newWork(t)
	id, m := h.meeting(t)
	next := m.Series.Meetings()[1].RecordID()
	_, err := h.CopyAgenda(t.Context(), h.keeper, next)
	wantProblem(t, err, Invalid)
	_, err = h.SaveAgenda(t.Context(), h.keeper, id, "", []AgendaLine{{Title: " Opening ", Minutes: 5}, {}, {Title: "Timber", Who: "Kaisa", Minutes: 40}})
	must(t, err)
	_, err = h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, RecordID: id, What: "Ask the city", OwnerID: h.members[0].ID, Due: "2027-03-01"})
	must(t, err)
	for range 2 {
		r, err := h.CopyAgenda(t.Context(), h.keeper, next)
		must(t, err)
		if len(r.Agenda) != 2 || r.Agenda[0].Title != "Opening" || r.AgendaMinutes() != 45 {
			t.Fatalf("agenda = %+v", r.Agenda)
		}
	}
	for range 2 {
		_, err := h.MailAgenda(t.Context(), h.keeper, next)
		must(t, err)
	}
	h.sent(t)
	list := h.mailsTo(t, h.members[1].Email)
	said := strings.Join(list[len(list)-1].Letter.Paragraphs, "\n")
	for _, want := range []string{"1. Opening", "2. Timber", "Kaisa", "Ask the city", "Person 0"} {
		if !strings.Contains(said, want) {
			t.Errorf("the mail has no %q:\n%s", want, said)
		}
	}
	_, err = h.SaveAgenda(t.Context(), h.keeper, next, "", []AgendaLine{{Title: "Opening"}})
	must(t, err)
	_, err = h.MailAgenda(t.Context(), h.keeper, next)
	must(t, err)
	if got := h.pollKinds(t, h.members[1]); !slices.Equal(got, []string{mailRecordAgenda, mailRecordAgenda}) {
		t.Errorf("mails = %q", got)
	}
	_, err = h.MailAgenda(t.Context(), h.members[0], next)
	wantHidden(t, err)
}

// Two who edit one agenda or the same minutes hear of each other; what is sent
// twice is there once, and marking presence meanwhile disturbs nobody.
func TestTwoWriteOneRecord(t *testing.T) {
	h := newWork(t)
	id, _ := h.meeting(t)
	r, err := h.SaveMinutes(t.Context(), h.keeper, id, "", "We met.", []Resolution{{Text: "Go on"}})
	must(t, err)
	seen := r.MinutesMark()
	_, err = h.MarkPresence(t.Context(), h.keeper, id, Presence{PersonID: h.members[0].ID, State: Remote})
	must(t, err)
	for range 2 {
		r, err = h.SaveMinutes(t.Context(), h.keeper, id, seen, "We met again.", []Resolution{{Text: "Go on"}, {Text: "Stop"}})
		must(t, err)
	}
	if len(r.Decisions) != 2 || r.Minutes != "We met again." || len(r.Present) != 1 {
		t.Errorf("record = %+v", r)
	}
	_, err = h.SaveMinutes(t.Context(), h.boss, id, seen, "We never met.", nil)
	wantProblem(t, err, Changed)
	_, err = h.SaveAgenda(t.Context(), h.boss, id, "not what it was", []AgendaLine{{Title: "x"}})
	wantProblem(t, err, Changed)
	for field, in := range map[string]string{"minutes": strings.Repeat("x", bodyLimit+1)} {
		_, err = h.SaveMinutes(t.Context(), h.keeper, id, "", in, nil)
		if p := wantProblem(t, err, Invalid); p.Fields[field] == "" {
			t.Errorf("%v", p)
		}
	}
}

// Many mark who is there at once, on phones: everybody stands there once.
func TestAttendanceAtOnce(t *testing.T) {
	h := newWork(t)
	id, _ := h.meeting(t)
	var all sync.WaitGroup
	for i := range 9 {
		all.Go(func() {
			in := Presence{PersonID: h.members[i%3].ID, State: PresenceStates[i%3]}
			if i%3 == 2 {
				in = Presence{Name: "Gloria Guest", State: Present}
			}
			if _, err := h.MarkPresence(t.Context(), h.keeper, id, in); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	_, err := h.MarkRest(t.Context(), h.keeper, id, Absent)
	must(t, err)
	p, err := h.MeetingRecord(t.Context(), h.members[0], id)
	must(t, err)
	var got []string
	for _, x := range p.Roll {
		got = append(got, x.Name+": "+x.State+", "+x.Company)
	}
	want := []string{"Person 0: present, Company 0 Oy", "Person 1: remote, Company 1 Oy", "Person 2: absent, Company 2 Oy", "Gloria Guest: present, "}
	if !slices.Equal(got, want) || p.Record.Came() != 3 || p.Unmarked() != 0 {
		t.Errorf("roll = %q, %d came", got, p.Record.Came())
	}
	_, err = h.MarkPresence(t.Context(), h.keeper, id, Presence{PersonID: h.other.ID, State: Present})
	wantHidden(t, err)
	_, err = h.MarkPresence(t.Context(), h.keeper, id, Presence{Name: "X", State: "drunk"})
	wantProblem(t, err, Invalid)
}

// Who was at a meeting was met that day as soon as it is noted, and was not as
// soon as that is taken back.
func TestAttendanceIsAContactAtOnce(t *testing.T) {
	h := newWork(t)
	id, m := h.meeting(t)
	firm := func() string {
		p, err := h.Person(t.Context(), h.boss, h.members[0].ID)
		must(t, err)
		return p.Person.CompanyID
	}()
	met := func(want time.Time) {
		t.Helper()
		x, err := h.LastContact(t.Context(), h.boss, firm)
		switch {
		case want.IsZero() && x != nil && err == nil:
			t.Errorf("met on %s", x.At)
		case !want.IsZero() && (err != nil || x == nil || !x.At.Equal(want) || x.Kind != MetInGroup || !slices.Equal(x.PersonIDs, []string{h.members[0].ID})):
			t.Errorf("last contact %+v, %v, want on %s", x, err, want)
		}
	}
	mark := func(state string) {
		t.Helper()
		_, err := h.MarkPresence(t.Context(), h.keeper, id, Presence{PersonID: h.members[0].ID, State: state})
		must(t, err)
	}
	mark(Present)
	met(time.Time{}) // it may still not take place
	h.at(m.Ends)
	_, err := h.HoldRecord(t.Context(), h.keeper, id)
	must(t, err)
	met(m.Starts)
	mark("")
	met(time.Time{})
	mark(Remote)
	met(m.Starts)
	mark(Excused)
	met(time.Time{})
}

// Minutes go from planned over held to approved, each once; they are mailed as
// text without marks, and what a hostile hand wrote runs nowhere.
func TestMinutesAreApproved(t *testing.T) {
	h := newWork(t)
	id, m := h.meeting(t)
	_, err := h.HoldRecord(t.Context(), h.keeper, id)
	wantProblem(t, err, Closed) // not yet
	_, err = h.ApproveRecord(t.Context(), h.keeper, id)
	wantProblem(t, err, Closed)
	h.at(m.Ends)
	for range 2 {
		_, err = h.HoldRecord(t.Context(), h.keeper, id)
		must(t, err)
	}
	_, err = h.ApproveRecord(t.Context(), h.keeper, id)
	wantProblem(t, err, Invalid) // nothing is written
	const hostile = "# Hi\n\n<script>alert(1)</script> [x](javascript:alert(2)) ![y](https://spy.example/p.png)\n\n**bold**"
	_, err = h.SaveMinutes(t.Context(), h.keeper, id, "", hostile, []Resolution{{Text: "<b>Go</b>"}})
	must(t, err)
	a, err := h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, RecordID: id, What: "Ask the city", OwnerID: h.members[0].ID, Due: "2027-03-01"})
	must(t, err)
	for range 2 {
		_, err = h.ApproveRecord(t.Context(), h.keeper, id)
		must(t, err)
		must(t, h.MailMinutes(t.Context(), h.keeper, id))
	}
	if got := h.pollKinds(t, h.members[1]); !slices.Equal(got, []string{mailRecordMinutes}) {
		t.Errorf("mails = %q", got)
	}
	list := h.mailsTo(t, h.members[1].Email)
	out, err := h.Outbox.Preview(list[len(list)-1])
	must(t, err)
	page := string(templates.Markdown(hostile))
	for _, bad := range []string{"<script", "href=\"javascript", "<b>Go", "src=\"https://spy"} {
		if strings.Contains(out.HTML, bad) || strings.Contains(page, bad) {
			t.Errorf("%q got through:\n%s\n%s", bad, page, out.HTML)
		}
	}
	if !strings.Contains(out.Text, "Ask the city") || !strings.Contains(out.Text, "bold") || strings.Contains(out.Text, "**") {
		t.Errorf("the mail says\n%s", out.Text)
	}

	// What is promised goes on; the minutes keep what was said.
	_, err = h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, RecordID: id, What: "Another", OwnerID: h.members[0].ID, Due: "2027-03-01"})
	wantProblem(t, err, Closed)
	_, err = h.SaveAction(t.Context(), h.keeper, ActionInput{ID: a.ID, Rev: a.Rev, What: "Ask the state", OwnerID: h.members[1].ID, Due: "2027-04-01"})
	must(t, err)
	p, err := h.MeetingRecord(t.Context(), h.members[0], id)
	must(t, err)
	if got := p.Promises(); len(got) != 1 || got[0].What != "Ask the city" || got[0].OwnerID != h.members[0].ID {
		t.Errorf("the minutes say %+v", got)
	}
	var doc bytes.Buffer
	must(t, WriteRecord(&doc, p, h.Texts.In("fi")))
	z, err := zip.NewReader(bytes.NewReader(doc.Bytes()), int64(doc.Len()))
	must(t, err)
	f, err := z.Open("word/document.xml")
	must(t, err)
	text, err := io.ReadAll(f)
	must(t, err)
	for _, want := range []string{"Kuukausikokous", "Ask the city", "&lt;b&gt;Go", "Kaisa Keeper"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the document has no %q", want)
		}
	}
}

// Whatever is tried with approved minutes, by whom and in which order: they are
// as they were.
func TestApprovedNeverChanges(t *testing.T) {
	h := newWork(t)
	s := h.series(t, h.group, nil)
	m := s.Meetings()[0]
	id := m.RecordID()
	h.at(m.Ends)
	_, err := h.SaveMinutes(t.Context(), h.keeper, id, "", "We met.", nil)
	must(t, err)
	_, err = h.HoldRecord(t.Context(), h.keeper, id)
	must(t, err)
	_, err = h.ApproveRecord(t.Context(), h.keeper, id)
	must(t, err)
	want := h.record(t, id)
	ctx := t.Context()
	ways := map[string]func(by Actor, words string) error{
		"agenda": func(by Actor, w string) error {
			_, err := h.SaveAgenda(ctx, by, id, "", []AgendaLine{{Title: w}})
			return err
		},
		"minutes": func(by Actor, w string) error {
			_, err := h.SaveMinutes(ctx, by, id, "", w, []Resolution{{Text: w}})
			return err
		},
		"attendance": func(by Actor, w string) error {
			_, err := h.MarkPresence(ctx, by, id, Presence{Name: w, State: Present})
			return err
		},
		"rest":   func(by Actor, _ string) error { _, err := h.MarkRest(ctx, by, id, Absent); return err },
		"unhold": func(by Actor, _ string) error { _, err := h.UnholdRecord(ctx, by, id); return err },
		"cancel": func(by Actor, w string) error { _, err := h.CancelRecord(ctx, by, id, w); return err },
		"action": func(by Actor, w string) error {
			_, err := h.SaveAction(ctx, by, ActionInput{GroupID: h.group.ID, RecordID: id, What: w, OwnerID: h.members[0].ID, Due: "2027-04-01"})
			return err
		},
		"series": func(by Actor, w string) error {
			p, err := h.OneSeries(ctx, by, s.ID)
			if err != nil {
				return err
			}
			in := *p.Series
			in.Title = Text{"en": w}
			_, _, err = h.SaveSeries(ctx, by, &in)
			return err
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		by := rapid.SampledFrom([]Actor{h.keeper, h.boss, System("test"), h.members[0], {}}).Draw(t, "by")
		way := rapid.SampledFrom([]string{"agenda", "minutes", "attendance", "rest", "unhold", "cancel", "action", "series"}).Draw(t, "way")
		err := ways[way](by, rapid.StringMatching(`[a-z]{1,9}`).Draw(t, "words"))
		if err == nil && way != "series" {
			t.Fatalf("%s by %s was let through", way, by.Name)
		}
	})
	if got := h.record(t, id); !reflect.DeepEqual(got, want) {
		t.Errorf("it was\n%+v\nand is\n%+v", want, got)
	}
}

// Members read all of their group, and write nothing; former members, members
// of other groups and the public see nothing.
func TestRecordsAreForTheirGroup(t *testing.T) {
	h := newWork(t)
	id, _ := h.meeting(t)
	_, err := h.SaveMinutes(t.Context(), h.keeper, id, "", "Secret", nil)
	must(t, err)
	a, err := h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, What: "Secret", OwnerID: h.members[1].ID, Due: "2027-02-20"})
	must(t, err)
	reads := func(by Actor) (errs []error) {
		_, one := h.MeetingRecord(t.Context(), by, id)
		_, all := h.GroupRecords(t.Context(), by, h.group.ID)
		_, action := h.Action(t.Context(), by, a.ID)
		_, actions := h.GroupActions(t.Context(), by, h.group.ID, ActionFilter{})
		return []error{one, all, action, actions}
	}
	for _, by := range []Actor{h.keeper, h.boss, h.members[0]} {
		if errs := reads(by); !slices.Equal(errs, make([]error, len(errs))) {
			t.Errorf("%s reads %v", by.Name, errs)
		}
	}
	_, err = h.SaveMinutes(t.Context(), h.members[0], id, "", "Mine", nil)
	wantHidden(t, err)
	_, err = h.SetAction(t.Context(), h.members[0], a.ID, ActionDone, "")
	wantHidden(t, err)
	left := h.members[1]
	link := h.ActionLink(a)
	must(t, h.RemoveMember(t.Context(), h.boss, h.group.ID, left.ID))
	for _, by := range []Actor{{}, h.other, left, {ID: "elsa", Grants: []Grant{{Role: Coordinator, Group: "elsewhere"}}}} {
		for _, err := range reads(by) {
			wantHidden(t, err)
		}
	}
	_, _, err = h.ActionByLink(t.Context(), link)
	wantHidden(t, err)
	mine, err := h.MyActions(t.Context(), left)
	must(t, err)
	if len(mine.Actions) != 0 {
		t.Errorf("who left still has %+v", mine.Actions)
	}
}
