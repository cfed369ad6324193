package scheduling

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/pack"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// An evidentHouse has one of everything that evidence is made of, and beside it
// what belongs to somebody else.
type evidentHouse struct {
	*testHouse
	period  *ReportPeriod // of the cluster
	funded  *ReportPeriod // of the project
	aino    *Person       // agreed to be named
	bo      *Person       // did not
	project *Project
}

func newEvidentHouse(t testing.TB) *evidentHouse {
	t.Helper()
	h := &evidentHouse{testHouse: newHouse(t)}
	h.project = &Project{Name: Text{"en": "Green steps"}, Code: "A81", From: "2027-01-01", Until: "2027-12-31"}
	must(t, h.SaveProject(t.Context(), System("test"), h.project))
	h.aino, h.bo = h.contact(t, "Aino Väisänen"), h.contact(t, "Bo Björk")
	e := h.event(t, func(e *Event) {
		e.ProjectID, e.Slug = h.project.ID, "arena"
		e.Agenda = []Item{{Starts: e.Starts, Ends: e.Starts.Add(time.Hour), Title: Text{"en": "Opening"}, Speaker: "=Mayor"}}
	})
	h.event(t, func(e *Event) { e.Slug = "own" })
	h.event(t, func(e *Event) { e.Slug, e.Starts, e.Ends = "later", e.Starts.AddDate(2, 0, 0), e.Ends.AddDate(2, 0, 0) })
	h.write(t, func(tx *storage.Tx) error {
		return errors.Join(h.attended(tx, e, h.aino, true), h.attended(tx, e, h.bo, false), h.belongings(tx))
	})
	l := h.newList(t, "news", Subscribed, Subscribed)
	c := h.sendNow(t, h.testHouse.newsletter(t, l, func(c *Campaign) { c.Slug, c.ProjectID = "spring", h.project.ID }))
	_, err := h.SendCampaigns(t.Context(), h.time())
	must(t, err)
	if c.Slug == "" {
		t.Fatal("the newsletter has no name")
	}
	p := h.plan(t, "Strategy 2030")
	_, err = h.KeepPlan(t.Context(), h.boss, p.ID, p.Rev, "")
	must(t, err)
	year := ReportPeriod{Name: "2027", From: yearBegins(2027), Until: yearBegins(2028)}
	own, project := year, year
	own.ClusterID, project.ProjectID = h.cluster.ID, h.project.ID
	h.period, err = h.SavePeriod(t.Context(), h.boss, &own)
	must(t, err)
	h.funded, err = h.SavePeriod(t.Context(), System("test"), &project)
	must(t, err)
	h.at(time.Date(2027, 6, 1, 9, 0, 0, 0, time.UTC))
	return h
}

func (h *evidentHouse) contact(t testing.TB, name string) *Person {
	t.Helper()
	p := &Person{Name: name, Email: Slug(name) + "@example.org", Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(t.Context(), h.boss, p))
	return p
}

// attended stores that somebody was at an event.
func (h *evidentHouse) attended(tx *storage.Tx, e *Event, p *Person, agreed bool) error {
	return registrations.Put(tx, &Registration{Meta: storage.Meta{ID: "reg-" + p.ID}, EventID: e.ID, State: Attended, PersonID: p.ID, Email: p.Email, Name: p.Name, Sort: strings.ToLower(p.Name),
		Company: "Oy Ab", Lang: "fi", Ticket: storage.NewCode(), CheckedInAt: e.Starts, Consents: []Consent{{Purpose: "participants", Given: agreed, At: tx.Now()}, {Purpose: "photos", Given: true, At: tx.Now()}}})
}

// belongings are a member, a group with a meeting, work, and files of hostile names.
func (h *evidentHouse) belongings(tx *storage.Tx) error {
	c := &Company{Meta: storage.Meta{ID: "company"}, Name: "Valmet Oulu", Sort: "valmet oulu", Kind: Large, Country: "fi", ClusterIDs: []string{h.cluster.ID}}
	m := &Membership{Meta: storage.Meta{ID: "member"}, CompanyID: c.ID, ClusterID: h.cluster.ID, State: JoinActive, Joined: yearBegins(2026)}
	left := &Membership{Meta: storage.Meta{ID: "left"}, CompanyID: c.ID, ClusterID: h.cluster.ID, State: JoinEnded, Joined: yearBegins(2020), Left: yearBegins(2026)}
	a := &Agreement{Meta: storage.Meta{ID: "agreement"}, MembershipID: m.ID, CompanyID: c.ID, ClusterID: h.cluster.ID, Version: 1, State: AgreementSigned, Signature: &Signature{Name: "Aino Väisänen", At: yearBegins(2026), SHA256: "abc123"}}
	g := &Group{Meta: storage.Meta{ID: "group"}, Slug: "construction", ClusterID: h.cluster.ID, Kind: "working", Name: Text{"en": "Construction"}}
	r := &MeetingRecord{Meta: storage.Meta{ID: "record"}, GroupID: g.ID, ClusterID: h.cluster.ID, State: RecordApproved, Title: Text{"en": "First/meeting"}, Zone: "Europe/Helsinki",
		Starts: time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC), Ends: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC), Agenda: []AgendaLine{{ID: "1", Title: "Goals", Who: "Bo"}}, Minutes: "We agreed.",
		Present: []Presence{{PersonID: h.aino.ID, Name: "Aino Väisänen", State: "present"}, {Name: "A guest", State: "remote"}}, Decisions: []Resolution{{ID: "1", Text: "Go on"}}}
	planned := &MeetingRecord{Meta: storage.Meta{ID: "planned"}, GroupID: g.ID, ClusterID: h.cluster.ID, State: RecordPlanned, Title: Text{"en": "Not yet"}, Zone: "Europe/Helsinki", Starts: r.Starts}
	x := &ActionItem{Meta: storage.Meta{ID: "action"}, GroupID: g.ID, ClusterID: h.cluster.ID, RecordID: r.ID, What: "Write", OwnerID: h.aino.ID, OwnerName: "Aino Väisänen", Due: "2027-04-01", State: ActionOpen}
	w := &Work{Meta: storage.Meta{ID: "work"}, Kind: WorkFair, Title: "=Bauma", At: time.Date(2027, 4, 5, 21, 0, 0, 0, time.UTC), Day: "2027-04-06", ClusterIDs: []string{h.cluster.ID}, ProjectID: h.project.ID, CompanyIDs: []string{c.ID}, Country: "de", Note: "spoke with Aino Väisänen"}
	theirs := &Work{Meta: storage.Meta{ID: "theirs"}, Kind: WorkCall, Title: "Theirs", At: w.At, Day: w.Day, ClusterIDs: []string{"another"}}
	err := errors.Join(companies.Put(tx, c), memberships.Put(tx, m), memberships.Put(tx, left), agreements.Put(tx, a), groups.Put(tx, g),
		meetingRecords.Put(tx, r), meetingRecords.Put(tx, planned), actionItems.Put(tx, x), works.Put(tx, w), works.Put(tx, theirs))
	for i, f := range []*File{{OwnerKind: "group", OwnerID: g.ID, Name: `..\..\evil.txt`}, {OwnerKind: "group", OwnerID: g.ID, Name: "../../evil.txt"}, {OwnerKind: "meeting", OwnerID: r.ID, Name: "minutes.txt"},
		{OwnerKind: "activity", OwnerID: w.ID, Name: "fair.txt"}, {OwnerKind: "group", OwnerID: "another", Name: "theirs.txt"}} {
		f.ID, f.At = fmt.Sprintf("file-%d", i), tx.Now()
		err = errors.Join(err, files.Put(tx, f), fileBodies.Put(tx, &fileBody{Meta: storage.Meta{ID: f.ID}, Bytes: []byte("file " + f.ID)}))
	}
	return err
}

// shootPlainly renders a page as short as one can be.
func shootPlainly(_ context.Context, p Shot) ([]byte, error) {
	return []byte(p.Kind + " " + p.Slug + " on " + p.At.Format(time.DateOnly) + ` <svg class="eu"></svg> Co-funded by the European Union ` + p.Project.Code), nil
}

// packOf makes a pack and gives its bytes and its files, after checking it.
func (h *evidentHouse) packOf(t testing.TB, by Actor, p *ReportPeriod) ([]byte, map[string]string) {
	t.Helper()
	var b bytes.Buffer
	must(t, h.WriteEvidence(t.Context(), &b, by, p.ID, h.Texts.In("en"), shootPlainly))
	list, err := pack.Verify(bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(t, err)
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	must(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		body, err := io.ReadAll(r)
		must(t, err)
		out[f.Name] = string(body)
	}
	if len(list.Files) != len(out)-1 {
		t.Errorf("the manifest lists %d files of %d", len(list.Files), len(out))
	}
	return b.Bytes(), out
}

// rowsOf are the rows of a list, without its head.
func rowsOf(t testing.TB, files map[string]string, name string) (out []string) {
	t.Helper()
	rows, err := table.Read([]byte(files[name]))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, r := range rows[min(1, len(rows)):] {
		out = append(out, strings.Join(r.Cells, "|"))
	}
	return out
}

func wantRows(t testing.TB, files map[string]string, name string, want ...string) {
	t.Helper()
	if got := rowsOf(t, files, name); !slices.Equal(got, want) {
		t.Errorf("%s = %q, want %q", name, got, want)
	}
}

// TestEvidence compares a pack with a house that was made by hand.
func TestEvidence(t *testing.T) {
	h := newEvidentHouse(t)
	raw, files := h.packOf(t, h.boss, h.period)
	again, _ := h.packOf(t, h.boss, h.period)
	if !bytes.Equal(raw, again) {
		t.Error("the same house makes another pack")
	}
	var names []string
	for name := range files {
		if !strings.HasPrefix(name, "report/rows/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	want := []string{
		"contents.txt", "events/2027-02-03 arena/agenda.txt", "events/2027-02-03 arena/registrations.csv", "events/2027-02-03 own/agenda.txt", "events/2027-02-03 own/registrations.csv",
		"files/2027-04-06 =Bauma/fair.txt", "files/construction/-..-evil (2).txt", "files/construction/-..-evil.txt",
		"groups/construction/2027-03-01 First-meeting.txt", "groups/construction/2027-03-01 First-meeting/minutes.txt",
		"lists/activity-log.csv", "lists/events.csv", "lists/group-meetings.csv", "lists/members.csv", "lists/newsletters.csv", "lists/participants.csv", "manifest.json",
		"newsletters/2027-01-13 spring/en.html", "newsletters/2027-01-13 spring/en.txt", "newsletters/2027-01-13 spring/fi.html", "newsletters/2027-01-13 spring/fi.txt",
		"plans/Strategy 2030 1.docx", "report/figures.csv", "report/report.docx", "visibility/event arena.html", "visibility/visibility.csv",
	}
	if !slices.Equal(names, want) {
		t.Errorf("files = %q\nwant %q", names, want)
	}
	for _, i := range indicators {
		if _, there := files["report/rows/"+i.Key+".csv"]; !there {
			t.Errorf("there are no rows of %s", i.Key)
		}
	}
	wantRows(t, files, "lists/members.csv", "1|Valmet Oulu||Large company|fi||Cluster automotive|2026-01-01||1|Signed|2026-01-01|abc123")
	wantRows(t, files, "events/2027-02-03 arena/registrations.csv", "1|Aino Väisänen|Oy Ab|Attended|2027-02-03 09:00|Yes||Yes", "2||Oy Ab|Attended|2027-02-03 09:00|No||Yes")
	wantRows(t, files, "lists/participants.csv", "1|Aino Väisänen|Oy Ab|1|Yes||Yes", "2||Oy Ab|1|No||Yes")
	wantRows(t, files, "lists/group-meetings.csv", "1|construction|2027-03-01 10:00|First/meeting|Minutes approved|2|1")
	wantRows(t, files, "lists/activity-log.csv", "1|2027-04-06|Trade fair|'=Bauma|Valmet Oulu|de||")
	if list := rowsOf(t, files, "lists/events.csv"); len(list) != 2 || !strings.HasPrefix(list[0], "1|2027-02-03|CircularArena|Ended|") && !strings.HasPrefix(list[1], "2|2027-02-03|CircularArena|Ended|") {
		t.Errorf("events = %q", list)
	}
	for name, words := range map[string][]string{
		"groups/construction/2027-03-01 First-meeting.txt": {"1. Goals – Bo", "Aino Väisänen: present", "A guest: present remotely", "We agreed.", "1. Go on", "– Write, Aino Väisänen"},
		"events/2027-02-03 arena/agenda.txt":               {"CircularArena", "Opening", "=Mayor"},
		"newsletters/2027-01-13 spring/en.txt":             {"Co-funded", "Green steps", "Hello "},
		"visibility/event arena.html":                      {"event arena on 2027-01-13"},
		"visibility/visibility.csv":                        {"A81;2027-01-01;2027-12-31", "Green steps"},
		"contents.txt":                                     {"lists/members.csv", "SHA-256"},
	} {
		for _, w := range words {
			if !strings.Contains(files[name], w) && !strings.Contains(strings.ReplaceAll(files[name], ",", ";"), w) {
				t.Errorf("%s has no %q:\n%s", name, w, files[name])
			}
		}
	}
	if list := rowsOf(t, files, "visibility/visibility.csv"); len(list) != 3 {
		t.Errorf("visibility = %q", list)
	}
	for name, body := range files {
		for _, secret := range []string{"Bo Björk", "spoke with", "example.org", "Theirs", "theirs.txt", "{{"} {
			if strings.Contains(body, secret) && name != "report/report.docx" {
				t.Errorf("%s says %q", name, secret)
			}
		}
	}
}

// TestProjectEvidence has what was paid by a project, and nothing of the cluster.
func TestProjectEvidence(t *testing.T) {
	h := newEvidentHouse(t)
	_, files := h.packOf(t, System("test"), h.funded)
	for _, name := range []string{"events/2027-02-03 arena/agenda.txt", "newsletters/2027-01-13 spring/en.html", "lists/activity-log.csv", "visibility/event arena.html"} {
		if _, there := files[name]; !there {
			t.Errorf("there is no %s", name)
		}
	}
	for _, name := range []string{"events/2027-02-03 own/agenda.txt", "lists/members.csv", "lists/group-meetings.csv", "plans/Strategy 2030 1.docx"} {
		if _, there := files[name]; there {
			t.Errorf("%s is not of the project", name)
		}
	}
	for _, by := range []Actor{h.boss, h.other, {}} {
		wantHidden(t, h.WriteEvidence(t.Context(), io.Discard, by, h.funded.ID, h.Texts.In("en"), shootPlainly))
	}
	wantHidden(t, h.WriteEvidence(t.Context(), io.Discard, h.other, h.period.ID, h.Texts.In("en"), shootPlainly))
}

// TestEvidenceForgets makes a pack after a person was taken out of the house.
func TestEvidenceForgets(t *testing.T) {
	h := newEvidentHouse(t)
	h.write(t, func(tx *storage.Tx) error {
		r, err := registrations.Get(tx, "reg-"+h.aino.ID)
		if err != nil {
			return err
		}
		r.Name, r.Email, r.Sort = "", "", ""
		p, err := people.Get(tx, h.aino.ID)
		return errors.Join(err, registrations.Put(tx, r), people.Delete(tx, p))
	})
	raw, files := h.packOf(t, h.boss, h.period)
	for name, body := range files {
		if strings.Contains(body, "Aino") || strings.Contains(body, "aino") {
			t.Errorf("%s still knows who was erased", name)
		}
	}
	if bytes.Contains(raw, []byte("Aino")) {
		t.Error("the pack itself still knows who was erased")
	}
	if n := len(rowsOf(t, files, "lists/participants.csv")); n != 2 {
		t.Errorf("%d participants are counted, want 2", n)
	}
}

// TestSentSheetsStay deletes the copies of a newsletter, and finds what it said.
func TestSentSheetsStay(t *testing.T) {
	h := newEvidentHouse(t)
	_, before := h.packOf(t, h.boss, h.period)
	h.Outbox.Forgetting = h.KeepResults
	h.write(t, func(tx *storage.Tx) error {
		c, err := campaigns.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", "spring")}})
		if err != nil {
			return err
		}
		for d, err := range h.Outbox.Copies(tx, c.ID) {
			if err != nil {
				return err
			}
			d.State = mailer.Sent
			if err := deliveryDocs.Put(tx, d); err != nil {
				return err
			}
		}
		i, err := issueDocs.Get(tx, c.ID)
		if err != nil {
			return err
		}
		i.Open, c.State, c.EndedAt = false, CampaignSent, tx.Now()
		return errors.Join(issueDocs.Put(tx, i), campaigns.Put(tx, c))
	})
	for n := 1; n > 0; {
		var err error
		n, err = h.Outbox.PurgeIssues(t.Context(), h.time().Add(time.Hour), 100)
		must(t, err)
	}
	_, after := h.packOf(t, h.boss, h.period)
	for _, name := range []string{"newsletters/2027-01-13 spring/en.html", "newsletters/2027-01-13 spring/fi.txt"} {
		if after[name] != before[name] || after[name] == "" {
			t.Errorf("%s was %q, is %q", name, before[name], after[name])
		}
	}
}
