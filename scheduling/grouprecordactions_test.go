package scheduling

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/storage"
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

// Whoever is erased is read nowhere any more; that somebody was there, and what
// was promised, stays.
func TestRecordsForgetAPerson(t *testing.T) {
	h := newWork(t)
	id, m := h.meeting(t)
	me := h.members[0]
	p := h.poll(t, "2027-02-09 09:00")
	h.votes(t, me, p, GroupYes)
	h.at(m.Ends)
	_, err := h.SaveMinutes(t.Context(), h.keeper, id, "", "Person 0 ("+me.Email+") spoke of timber.", []Resolution{{Text: "Person 0 goes on"}})
	must(t, err)
	_, err = h.MarkRest(t.Context(), h.keeper, id, Present)
	must(t, err)
	a, err := h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, RecordID: id, What: "Person 0 asks the city", OwnerID: me.ID, Due: "2027-03-01"})
	must(t, err)
	_, err = h.SetAction(t.Context(), me, a.ID, ActionDone, "Asked, by Person 0")
	must(t, err)
	_, err = h.HoldRecord(t.Context(), h.keeper, id)
	must(t, err)
	_, err = h.ApproveRecord(t.Context(), h.keeper, id)
	must(t, err)
	mine := []string{"meeting_records", "date_polls", "action_items"}
	h.write(t, func(tx *storage.Tx) error {
		who, err := people.Get(tx, me.ID)
		must(t, err)
		for _, s := range personalStores {
			if !slices.Contains(mine, s.name) {
				continue
			}
			if c, err := s.copy(tx, who); err != nil || len(c) != 1 {
				t.Errorf("%s: copy %v, %v", s.name, c, err)
			}
			for i, want := range []int{1, 0} {
				n, err := s.erase(tx, who)
				if err != nil || n != want {
					t.Errorf("%s: erased %d the time %d, %v", s.name, n, i, err)
				}
			}
		}
		r, err := meetingRecords.Get(tx, id)
		must(t, err)
		x, err := actionItems.Get(tx, a.ID)
		must(t, err)
		v, err := datePolls.Get(tx, p.ID)
		must(t, err)
		if all := fmt.Sprintf("%+v %+v %+v", *r, *x, *v); strings.Contains(all, "Person 0") || strings.Contains(all, me.Email) {
			t.Errorf("they are still in %s", all)
		}
		if r.Came() != 3 || x.State != ActionDone || r.State != RecordApproved {
			t.Errorf("what counts went too: %+v %+v", r, x)
		}
		return nil
	})
}

// A company that is merged into another is that one in the records too.
func TestRecordsOfMergedCompanies(t *testing.T) {
	h := newWork(t)
	id, _ := h.meeting(t)
	_, err := h.MarkRest(t.Context(), h.keeper, id, Present)
	must(t, err)
	r := h.record(t, id)
	from, into := r.Present[0].CompanyID, r.Present[1].CompanyID
	h.write(t, func(tx *storage.Tx) error {
		for _, want := range []int{1, 0} {
			n, err := recordCompanies(tx, &Company{Meta: storage.Meta{ID: from}}, &Company{Meta: storage.Meta{ID: into}})
			if err != nil || n != want {
				t.Errorf("%d, %v, want %d", n, err, want)
			}
		}
		return nil
	})
	if r = h.record(t, id); r.Present[0].CompanyID != into || r.Present[2].CompanyID == into {
		t.Errorf("present: %+v", r.Present)
	}
}

// lettersOf are the mails of a kind about a group that were not taken back.
func lettersOf(list []*mailer.Mail, kind string) (out []*mailer.Mail) {
	for _, m := range list {
		if m.Kind == kindOfGroupLetter+kind && m.State != mailer.Withdrawn {
			out = append(out, m)
		}
	}
	return out
}

// Owners are reminded three days ahead and on the day after, once each, at no
// hour of the night, and never of what is done, dropped or somebody else's.
func TestActionReminders(t *testing.T) {
	h := newWork(t)
	give := func(what, due string, owner Actor) *ActionItem {
		t.Helper()
		a, err := h.SaveAction(t.Context(), h.keeper, ActionInput{GroupID: h.group.ID, What: what, OwnerID: owner.ID, Due: due})
		must(t, err)
		return a
	}
	runs := func(at string, want int) {
		t.Helper()
		h.at(helsinki(t, at))
		for _, n := range []int{want, 0} {
			if done, err := h.RemindActions(t.Context(), h.time()); err != nil || done != n {
				t.Errorf("at %s: %d, %v, want %d", at, done, err, n)
			}
		}
	}
	a, dropped, given := give("Plan", "2027-02-10", h.members[0]), give("Dropped", "2027-02-10", h.members[1]), give("Given", "2027-02-10", h.members[1])
	give("Own", "2027-02-10", h.keeper)
	if got := h.pollKinds(t, h.keeper); len(got) != 0 {
		t.Errorf("who took it themselves was told %q", got)
	}
	h.sent(t)
	runs("2027-02-06 12:00", 0)
	runs("2027-02-07 06:00", 0)
	_, err := h.SetAction(t.Context(), h.keeper, dropped.ID, ActionDropped, "No money")
	must(t, err)
	_, err = h.SaveAction(t.Context(), h.keeper, ActionInput{ID: given.ID, Rev: given.Rev, What: given.What, OwnerID: h.members[2].ID, Due: given.Due})
	must(t, err)
	runs("2027-02-07 08:00", 2) // the plan and the keeper's own: what was given is news enough
	h.sent(t)
	_, page, err := func() (Actor, *ActionPage, error) {
		p, by, err := h.ActionByLink(t.Context(), h.ActionLink(a))
		return by, p, err
	}()
	must(t, err)
	for range 2 {
		_, err = h.SetAction(t.Context(), Actor{ID: page.Action.OwnerID, Via: "link"}, a.ID, ActionDone, "")
		must(t, err)
	}
	runs("2027-02-11 08:00", 2)
	runs("2027-02-12 08:00", 0)
	for i, want := range [][]string{{mailActionGiven, mailActionDue}, {mailActionGiven, mailActionGiven}, {mailActionGiven, mailActionOverdue}} {
		if got := h.pollKinds(t, h.members[i]); !slices.Equal(got, want) {
			t.Errorf("member %d got %q", i, got)
		}
	}
	if n := len(lettersOf(h.mailsTo(t, h.members[2].Email), mailActionOverdue)); n != 1 {
		t.Errorf("%d overdue", n)
	}
	late, err := h.OpenActions(t.Context(), h.keeper, ActionFilter{Overdue: true})
	must(t, err)
	if late.Overdue != 2 || len(late.Actions) != 2 {
		t.Errorf("overdue: %+v", late)
	}
	dash, err := h.Attention(t.Context(), h.boss)
	must(t, err)
	if len(dash.Actions) != 1 || dash.Actions[0].Count != 2 {
		t.Errorf("the dashboard says %+v", dash.Actions)
	}
	elsewhere, err := h.OpenActions(t.Context(), h.other, ActionFilter{})
	must(t, err)
	if len(elsewhere.Actions) != 0 {
		t.Errorf("another cluster's organiser sees %+v", elsewhere.Actions)
	}
	_, err = h.OpenActions(t.Context(), h.members[0], ActionFilter{})
	wantHidden(t, err)
}

// An action item keeps who did what to it; done twice it is done once, and the
// link of who had it before opens nothing.
func TestActionHistory(t *testing.T) {
	h := newWork(t)
	in := ActionInput{ID: "action0000000001", GroupID: h.group.ID, What: "Plan", OwnerID: h.members[0].ID, Due: "2027-02-10"}
	a, err := h.SaveAction(t.Context(), h.keeper, in)
	must(t, err)
	twin, err := h.SaveAction(t.Context(), h.keeper, in)
	must(t, err)
	old := h.ActionLink(a)
	if twin.Rev != a.Rev {
		t.Error("sent twice there are two")
	}
	in.Rev, in.OwnerID, in.Due = a.Rev, h.members[1].ID, "2027-02-12"
	_, err = h.SaveAction(t.Context(), h.keeper, in)
	must(t, err)
	_, err = h.SaveAction(t.Context(), h.boss, in)
	wantProblem(t, err, Changed)
	_, _, err = h.ActionByLink(t.Context(), old)
	wantHidden(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := h.SetAction(t.Context(), h.members[1], a.ID, ActionDone, "Done well"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	_, err = h.SetAction(t.Context(), h.members[1], a.ID, ActionDropped, "")
	wantHidden(t, err)
	p, err := h.Action(t.Context(), h.members[2], a.ID)
	must(t, err)
	var steps []string
	for _, s := range p.Action.History {
		steps = append(steps, s.What+" by "+s.By)
	}
	if want := []string{"created by Kaisa Keeper", "changed by Kaisa Keeper", "given by Kaisa Keeper", "done by Person 1"}; !slices.Equal(steps, want) {
		t.Errorf("history = %q", steps)
	}
	if p.Action.Note != "Done well" || p.Action.DoneAt.IsZero() || p.Action.Sequence != 2 {
		t.Errorf("it is %+v", p.Action)
	}
	for field, bad := range map[string]ActionInput{"what": {}, "due": {Due: "soon"}, "owner": {OwnerID: h.other.ID}} {
		bad.GroupID = h.group.ID
		_, err := h.SaveAction(t.Context(), h.keeper, bad)
		if p := wantProblem(t, err, Invalid); p.Fields[field] == "" {
			t.Errorf("%s: %v", field, p)
		}
	}
	if d := (&ActionItem{Due: "2027-02-10", State: ActionOpen}); d.Overdue(helsinki(t, "2027-02-10 23:59")) || !d.Overdue(helsinki(t, "2027-02-11 00:00").Add(time.Minute)) {
		t.Error("overdue begins on another day")
	}
}
