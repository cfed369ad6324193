package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// A workHouse is a working group of three members with its coordinator.
type workHouse struct {
	*testHouse
	group   *Group
	keeper  Actor
	members []Actor
}

func newWork(t testing.TB) *workHouse {
	t.Helper()
	h := &workHouse{testHouse: newHouse(t)}
	for i, lang := range []string{"fi", "en", "en"} {
		h.members = append(h.members, h.b2bPerson(t, fmt.Sprintf("Company %d Oy", i), fmt.Sprintf("Person %d", i), lang))
	}
	h.group = h.testHouse.group(t, "construction", h.members[0].ID, h.members[1].ID, h.members[2].ID)
	h.keeper = h.b2bCoordinator(t, h.group, "Kaisa Keeper")
	return h
}

// poll asks the members about some times, until six days from now.
func (h *workHouse) poll(t testing.TB, starts ...string) *DatePoll {
	t.Helper()
	in := PollInput{ID: "poll000000000001", GroupID: h.group.ID, Title: Text{"en": "Spring meeting", "fi": "Kevätkokous"}, Place: "Town hall", Link: "https://video.example/secret",
		Zone: "Europe/Helsinki", Minutes: 90, AnswerBy: h.time().Truncate(time.Second).AddDate(0, 0, 6)}
	for _, s := range starts {
		in.Starts = append(in.Starts, helsinki(t, s))
	}
	p, err := h.SavePoll(t.Context(), h.keeper, in)
	must(t, err)
	return p
}

func (h *workHouse) votes(t testing.TB, a Actor, p *DatePoll, answers ...GroupAnswer) {
	t.Helper()
	in := map[string]GroupAnswer{}
	for i, x := range answers {
		in[p.Times[i].ID] = x
	}
	_, err := h.AnswerPoll(t.Context(), a, p.ID, a.ID, in)
	must(t, err)
}

// pollKinds are the kinds of the mails to somebody, without what they begin with.
func (h *workHouse) pollKinds(t testing.TB, a Actor) (out []string) {
	for _, k := range h.mails(t, a.Email) {
		out = append(out, strings.TrimPrefix(k, kindOfGroupLetter))
	}
	return out
}

// keepAt runs the job at a moment, twice: the second time there is nothing to do.
func (h *workHouse) keepAt(t testing.TB, at time.Time, want int) {
	t.Helper()
	h.testHouse.at(at)
	for i, n := range []int{want, 0} {
		if done, err := h.KeepPolls(t.Context(), h.time()); err != nil || done != n {
			t.Errorf("run %d at %v did %d, %v, want %d", i, at, done, err, n)
		}
	}
}

// Reminders go to those alone who have not answered, at half of the time and a
// day before its end, and stop with the answer; who plans the meetings is told
// once when the answers are in.
func TestPollRemindsTheSilent(t *testing.T) {
	h := newWork(t)
	p := h.poll(t, "2027-02-09 09:00", "2027-02-10 13:00")
	h.sent(t)
	h.votes(t, h.members[0], p, GroupYes, GroupNo)
	h.votes(t, h.members[1], p, GroupYes) // not all of them
	h.keepAt(t, p.AskedAt.AddDate(0, 0, 3), 2)
	h.sent(t)
	h.votes(t, h.members[1], p, GroupYes, GroupIfNeeded)
	h.keepAt(t, p.AnswerBy.Add(-25*time.Hour), 0)
	h.keepAt(t, p.AnswerBy.Add(-24*time.Hour), 1)
	for i, want := range [][]string{{mailPollAsked}, {mailPollAsked, mailPollReminder}, {mailPollAsked, mailPollReminder, mailPollReminder}} {
		if got := h.pollKinds(t, h.members[i]); !slices.Equal(got, want) {
			t.Errorf("member %d got %q, want %q", i, got, want)
		}
	}
	if got := h.pollKinds(t, h.keeper); len(got) != 0 {
		t.Errorf("the coordinator got %q before the answers are in", got)
	}
	h.votes(t, h.members[2], p, GroupYes, GroupYes) // its second reminder has not left
	if got := h.pollKinds(t, h.members[2]); !slices.Equal(got, []string{mailPollAsked, mailPollReminder}) {
		t.Errorf("after the answer the last one got %q", got)
	}
	h.keepAt(t, p.AnswerBy.Add(time.Hour), 0)
	if got := h.pollKinds(t, h.keeper); !slices.Equal(got, []string{mailPollAnswered}) {
		t.Errorf("the coordinator got %q", got)
	}
}

// A poll whose time is up tells the coordinator too; a short one has one
// reminder, and who joins late is asked, and not reminded of what was before.
func TestPollThatRunsOut(t *testing.T) {
	h := newWork(t)
	p := h.poll(t, "2027-02-09 09:00")
	h.sent(t)
	late := h.b2bPerson(t, "", "Lauri Late", "fi")
	_, err := h.AddMember(t.Context(), h.boss, h.group.ID, late.Email)
	must(t, err)
	h.keepAt(t, p.AskedAt.AddDate(0, 0, 4), 4) // three reminded, one asked
	if got := h.pollKinds(t, late); !slices.Equal(got, []string{mailPollAsked}) {
		t.Errorf("who came late got %q", got)
	}
	h.keepAt(t, p.AnswerBy.Add(time.Minute), 0)
	if got := h.pollKinds(t, h.keeper); !slices.Equal(got, []string{mailPollAnswered}) {
		t.Errorf("the coordinator got %q", got)
	}
	short := DatePoll{AskedAt: t0, AnswerBy: t0.Add(30 * time.Hour)}
	if r := short.Reminders(); len(r) != 1 || !r[0].Equal(t0.Add(15*time.Hour)) {
		t.Errorf("a short poll reminds at %v", r)
	}
}

// The same poll sent twice is one; answers from many at once are all there, and
// the same answer again changes nothing.
func TestPollTwiceAndAtOnce(t *testing.T) {
	h := newWork(t)
	p := h.poll(t, "2027-02-09 09:00", "2027-02-10 13:00")
	again := h.poll(t, "2027-02-09 09:00", "2027-02-10 13:00")
	if again.Rev != p.Rev || len(h.pollKinds(t, h.members[0])) != 1 {
		t.Errorf("a second one: rev %d, mails %q", again.Rev, h.pollKinds(t, h.members[0]))
	}
	var all sync.WaitGroup
	for i, a := range h.members {
		for range 3 {
			all.Go(func() {
				_, err := h.AnswerPoll(t.Context(), a, p.ID, a.ID, map[string]GroupAnswer{p.Times[i%2].ID: GroupYes, p.Times[1-i%2].ID: GroupNo})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	page, err := h.Poll(t.Context(), h.keeper, p.ID)
	must(t, err)
	if n := page.Counts[0]; n.Time.ID != p.Times[0].ID || n.Yes != 2 || n.No != 1 || page.Silent != 0 {
		t.Errorf("the best time has %+v, %d are silent", n, page.Silent)
	}
	if n := len(h.logged(t, "poll.answer")); n != len(h.members) {
		t.Errorf("%d answers in the log", n)
	}
}

// The page of a poll is for its group; a link is for its reader, while they are
// a member.
func TestPollForItsGroup(t *testing.T) {
	h := newWork(t)
	p := h.poll(t, "2027-02-09 09:00")
	me := h.members[0]
	link := h.PollLink(p, me.ID)
	page, by, err := h.PollByLink(t.Context(), link)
	if err != nil || by.ID != me.ID || page.Manage {
		t.Fatalf("the link opens %+v as %+v, %v", page, by, err)
	}
	_, err = h.AnswerPoll(t.Context(), by, p.ID, h.members[1].ID, map[string]GroupAnswer{p.Times[0].ID: GroupNo})
	wantHidden(t, err)
	for _, stranger := range []Actor{{}, h.other, h.b2bPerson(t, "", "Sirkka Stranger", "en")} {
		_, err := h.Poll(t.Context(), stranger, p.ID)
		wantHidden(t, err)
	}
	for _, wrong := range []string{"", "x", link + "A", h.PollLink(p, "nobody0000000000"), h.sign("action", p.ID+"-"+me.ID, 0)} {
		_, _, err := h.PollByLink(t.Context(), wrong)
		wantHidden(t, err)
	}
	must(t, h.RemoveMember(t.Context(), h.boss, h.group.ID, me.ID))
	_, _, err = h.PollByLink(t.Context(), link)
	wantHidden(t, err)
	_, err = h.AnswerPoll(t.Context(), by, p.ID, me.ID, map[string]GroupAnswer{p.Times[0].ID: GroupYes})
	wantHidden(t, err)
	if got := h.pollKinds(t, me); len(got) != 0 {
		t.Errorf("somebody who left still gets %q", got)
	}
}

func TestPollIsChecked(t *testing.T) {
	h := newWork(t)
	good := PollInput{GroupID: h.group.ID, Title: Text{"en": "x"}, Zone: "Europe/Helsinki", Minutes: 60, Starts: []time.Time{helsinki(t, "2027-02-09 09:00")}, AnswerBy: helsinki(t, "2027-02-01 09:00")}
	for field, spoil := range map[string]func(*PollInput){
		"title": func(in *PollInput) { in.Title = nil }, "zone": func(in *PollInput) { in.Zone = "Mars" }, "minutes": func(in *PollInput) { in.Minutes = 1 },
		"times": func(in *PollInput) { in.Starts = nil }, "link": func(in *PollInput) { in.Link = "javascript:alert(1)" },
		"answer_by": func(in *PollInput) { in.AnswerBy = helsinki(t, "2027-02-09 10:00") },
	} {
		in := good
		spoil(&in)
		_, err := h.SavePoll(t.Context(), h.keeper, in)
		if p := wantProblem(t, err, Invalid); p.Fields[field] == "" {
			t.Errorf("%s: %v", field, p)
		}
	}
	_, err := h.SavePoll(t.Context(), h.members[0], good)
	wantHidden(t, err)
}

// A time that is added is asked of everybody anew; what was said stays.
func TestPollThatChanges(t *testing.T) {
	h := newWork(t)
	p := h.poll(t, "2027-02-09 09:00")
	h.sent(t)
	h.votes(t, h.members[0], p, GroupYes)
	page, err := h.Poll(t.Context(), h.keeper, p.ID)
	must(t, err)
	in := PollInput{ID: p.ID, Rev: page.Poll.Rev, GroupID: h.group.ID, Title: p.Title, Zone: p.Zone, Minutes: 60, AnswerBy: p.AnswerBy,
		Starts: []time.Time{p.Times[0].Starts, helsinki(t, "2027-02-12 09:00")}}
	changed, err := h.SavePoll(t.Context(), h.keeper, in)
	must(t, err)
	if changed.Times[0].ID != p.Times[0].ID || changed.Voter(h.members[0].ID).Answers[p.Times[0].ID] != GroupYes {
		t.Errorf("what was said is gone: %+v", changed)
	}
	if got := h.pollKinds(t, h.members[0]); !slices.Equal(got, []string{mailPollAsked, mailPollAsked}) {
		t.Errorf("mails = %q", got)
	}
	_, err = h.SavePoll(t.Context(), h.keeper, in)
	wantProblem(t, err, Changed)
}

// However members answer, and whoever leaves: nobody is counted twice, and whom
// reminders would reach are the silent members.
func TestPollCountsMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &DatePoll{Times: []CandidateTime{{ID: "a"}, {ID: "b"}}, State: PollOpen, AskedAt: t0, AnswerBy: t0.AddDate(0, 0, 6)}
		all := []string{"x", "y", "z", "w"}
		for range rapid.IntRange(0, 12).Draw(t, "answers") {
			who := rapid.SampledFrom(all).Draw(t, "who")
			said := map[string]GroupAnswer{rapid.SampledFrom([]string{"a", "b"}).Draw(t, "time"): rapid.SampledFrom(GroupAnswers).Draw(t, "answer")}
			if _, err := p.say(who, said, t0); err != nil {
				t.Fatal(err)
			}
		}
		members := rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID).Draw(t, "members")
		silent := p.silent(members)
		for i, n := range p.Counts(members) {
			if n.Yes+n.IfNeeded+n.No+n.Silent != len(members) {
				t.Fatalf("%+v counts others than %d members", n, len(members))
			}
			if i > 0 && n.Comes() > p.Counts(members)[i-1].Comes() {
				t.Fatal("a better time stands behind a worse one")
			}
		}
		for _, id := range members {
			v := p.Voter(id)
			if full := v != nil && len(v.Answers) == 2; full == slices.Contains(silent, id) {
				t.Fatalf("%s is silent: %v, and answered: %v", id, !full, full)
			}
		}
	})
}

// A poll that is closed or cancelled stops everything of it, and is so once.
func TestPollEnds(t *testing.T) {
	h := newWork(t)
	p := h.poll(t, "2027-02-09 09:00", "2027-02-10 13:00")
	must(t, h.CancelPoll(t.Context(), h.keeper, p.ID, "Too early"))
	must(t, h.CancelPoll(t.Context(), h.keeper, p.ID, "Too early"))
	if got := h.pollKinds(t, h.members[1]); !slices.Equal(got, []string{mailPollCancelled}) {
		t.Errorf("mails = %q", got)
	}
	_, err := h.AnswerPoll(t.Context(), h.members[0], p.ID, h.members[0].ID, map[string]GroupAnswer{p.Times[0].ID: GroupYes})
	wantProblem(t, err, Closed)
	_, err = h.ClosePoll(t.Context(), h.keeper, p.ID, p.Times[0].ID)
	wantProblem(t, err, Closed)
	h.keepAt(t, p.AskedAt.AddDate(0, 0, 5), 0)
}

// chosen closes a poll with its nth time.
func (h *workHouse) chosen(t testing.TB, p *DatePoll, n int) *MeetingRecord {
	t.Helper()
	r, err := h.ClosePoll(t.Context(), h.keeper, p.ID, p.Times[n].ID)
	must(t, err)
	return r
}

func (h *workHouse) record(t testing.TB, id string) (r *MeetingRecord) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		r, err = meetingRecords.Get(tx, id)
		return err
	}))
	return r
}
