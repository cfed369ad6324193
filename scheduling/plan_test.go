package scheduling

import (
	"archive/zip"
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// plan begins a strategy of the house's cluster.
func (h *testHouse) plan(t testing.TB, title string) *Plan {
	t.Helper()
	p, err := h.CreatePlan(t.Context(), h.boss, &Plan{Meta: storage.Meta{ID: storage.NewID()}, ClusterID: h.cluster.ID, Kind: PlanStrategy, Lang: "en", Title: title})
	must(t, err)
	return p
}

// writePlan writes a section of a plan as it stands.
func (h *testHouse) writePlan(t testing.TB, p *Plan, at int, body string) *Plan {
	t.Helper()
	s := p.Sections[at]
	s.Body = body
	p, err := h.WriteSection(t.Context(), h.boss, p.ID, p.Rev, s)
	must(t, err)
	return p
}

func (h *testHouse) planPage(t testing.TB, id string) *PlanPage {
	t.Helper()
	page, err := h.Plan(t.Context(), h.boss, id)
	must(t, err)
	return page
}

// TestVersionsNeverChange keeps two versions, and does to the plan whatever can be
// done to it: what was kept stands as it was.
func TestVersionsNeverChange(t *testing.T) {
	h := newHouse(t)
	p := h.plan(t, "Strategy 2030")
	again, err := h.CreatePlan(t.Context(), h.boss, &Plan{Meta: storage.Meta{ID: p.ID}, ClusterID: h.cluster.ID, Kind: PlanStrategy, Lang: "en", Title: "Sent twice"})
	must(t, err)
	if again.Title != "Strategy 2030" || len(p.Sections) != 7 {
		t.Fatalf("plan = %q with %d sections", again.Title, len(p.Sections))
	}
	p = h.writePlan(t, p, 1, "Grow.")
	item, err := h.SavePlanItem(t.Context(), h.boss, &PlanItem{PlanID: p.ID, What: "Ask members", Due: "2027-02-01", State: ActionOpen}, "")
	must(t, err)
	first, err := h.KeepPlan(t.Context(), h.boss, p.ID, p.Rev, "the first")
	must(t, err)
	_, err = h.KeepPlan(t.Context(), h.boss, p.ID, p.Rev+1, "")
	wantProblem(t, err, Exists)

	p = h.planPage(t, p.ID).Plan
	p = h.writePlan(t, p, 1, "Grow slowly.")
	p, err = h.MoveSection(t.Context(), h.boss, p.ID, p.Rev, p.Sections[0].ID, 2)
	must(t, err)
	p, err = h.DropSection(t.Context(), h.boss, p.ID, p.Rev, p.Sections[6].ID)
	must(t, err)
	p, err = h.RenamePlan(t.Context(), h.boss, p.ID, p.Rev, "Strategy 2031")
	must(t, err)
	_, err = h.SavePlanItem(t.Context(), h.boss, &PlanItem{Meta: storage.Meta{ID: item.ID, Rev: item.Rev}, PlanID: p.ID, What: "Ask members again", Due: "2027-03-01", State: ActionDropped}, "")
	must(t, err)
	p, err = h.ApprovePlan(t.Context(), h.boss, p.ID, p.Rev, 1, "Steering group 1/2027")
	must(t, err)
	_, err = h.ApprovePlan(t.Context(), h.boss, p.ID, p.Rev, 1, "")
	wantProblem(t, err, Exists)
	_, err = h.KeepPlan(t.Context(), h.boss, p.ID, p.Rev, "the second")
	must(t, err)

	page := h.planPage(t, p.ID)
	if got := page.Version(1); !reflect.DeepEqual(got, first) || got.Rev != 1 {
		t.Errorf("version 1 is %+v, was %+v", got, first)
	}
	if v := page.Version(2); v == nil || v.Title != "Strategy 2031" || len(v.Sections) != 6 || v.Items[0].State != ActionDropped {
		t.Errorf("version 2 is %+v", v)
	}
	if page.Unkept() || page.Plan.Approved() != 1 {
		t.Errorf("unkept = %v, approved = %d", page.Unkept(), page.Plan.Approved())
	}
	_, err = h.RenamePlan(t.Context(), h.boss, p.ID, p.Rev, "From an old form")
	wantProblem(t, err, Changed)
	wantProblem(t, h.DeletePlan(t.Context(), h.boss, p.ID), Closed)
}

func TestPlanRoles(t *testing.T) {
	h := newHouse(t)
	p := h.plan(t, "Strategy")
	file, err := h.AddPlanFile(t.Context(), h.boss, p.ID, "minutes.txt", []byte("agreed"))
	must(t, err)
	item, err := h.SavePlanItem(t.Context(), h.boss, &PlanItem{PlanID: p.ID, What: "x", Due: "2027-02-01", State: ActionOpen}, "")
	must(t, err)
	for _, by := range []Actor{h.other, {}, {ID: "someone"}} {
		for name, try := range map[string]func() error{
			"see":     func() error { _, err := h.Plan(t.Context(), by, p.ID); return err },
			"write":   func() error { _, err := h.RenamePlan(t.Context(), by, p.ID, p.Rev, "theirs"); return err },
			"keep":    func() error { _, err := h.KeepPlan(t.Context(), by, p.ID, p.Rev, ""); return err },
			"approve": func() error { _, err := h.ApprovePlan(t.Context(), by, p.ID, p.Rev, 1, ""); return err },
			"file":    func() error { _, _, err := h.PlanFile(t.Context(), by, p.ID, file.ID); return err },
			"item":    func() error { return h.EndPlanItem(t.Context(), by, item.ID, "") },
			"delete":  func() error { return h.DeletePlan(t.Context(), by, p.ID) },
			"label":   func() error { _, err := h.Label(t.Context(), by, h.cluster.ID, false); return err },
			"answer": func() error {
				_, err := h.AnswerLabel(t.Context(), by, h.cluster.ID, "structure_members", 0, "x")
				return err
			},
		} {
			t.Run(name, func(t *testing.T) { wantHidden(t, try()) })
		}
	}
	if rows, err := h.Plans(t.Context(), h.other, ""); err != nil || len(rows) != 0 {
		t.Errorf("others see %d plans, %v", len(rows), err)
	}
	must(t, h.DeletePlan(t.Context(), h.boss, p.ID))
	wantHidden(t, func() error { _, _, err := h.PlanFile(t.Context(), h.boss, p.ID, file.ID); return err }())
}

// TestPlanItems gives an item an owner, who sees it and ends it; while it is late,
// the organiser is told.
func TestPlanItems(t *testing.T) {
	h := newHouse(t)
	aino := &Person{Name: "Aino Väisänen", Email: "aino@example.org", Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(t.Context(), h.boss, aino))
	p := h.plan(t, "Plan 2027")
	in := &PlanItem{PlanID: p.ID, What: "Write to members", Due: "2027-01-31", State: ActionOpen, SectionID: "gone"}
	_, err := h.SavePlanItem(t.Context(), h.boss, in, "nobody@example.org")
	if f := wantProblem(t, err, Invalid).Fields; f["owner"] != "plan.no_such_person" {
		t.Errorf("fields = %v", f)
	}
	x, err := h.SavePlanItem(t.Context(), h.boss, in, "Aino@Example.org")
	must(t, err)
	if x.OwnerID != aino.ID || x.SectionID != "" {
		t.Errorf("item = %+v", x)
	}
	calls := func() []PlanCall {
		a, err := h.Attention(t.Context(), h.boss)
		must(t, err)
		return a.Plans
	}
	if got := calls(); len(got) != 0 {
		t.Errorf("called before the day was over: %+v", got)
	}
	h.at(time.Date(2027, 1, 31, 21, 59, 0, 0, time.UTC)) // the last minute of the day in Oulu
	if got := calls(); len(got) != 0 {
		t.Errorf("called on the last day: %+v", got)
	}
	h.at(time.Date(2027, 1, 31, 22, 0, 0, 0, time.UTC))
	if got := calls(); len(got) != 1 || got[0].Count != 1 || got[0].Since != "2027-01-31" {
		t.Errorf("calls = %+v", got)
	}
	if a, err := h.Attention(t.Context(), h.other); err != nil || len(a.Plans) != 0 {
		t.Errorf("others are called: %v, %v", a, err)
	}
	owner := Actor{ID: aino.ID, Name: aino.Name, Via: "page"}
	mine, err := h.MyPlanItems(t.Context(), owner)
	must(t, err)
	if len(mine) != 1 || mine[0].Plan.Title != "Plan 2027" {
		t.Fatalf("own items = %+v", mine)
	}
	must(t, h.EndPlanItem(t.Context(), owner, x.ID, "sent"))
	must(t, h.EndPlanItem(t.Context(), owner, x.ID, "sent twice"))
	page := h.planPage(t, p.ID)
	if got := page.Items[0]; got.State != ActionDone || got.Note != "sent" || got.DoneAt.IsZero() || page.Names[got.OwnerID] != "Aino Väisänen" {
		t.Errorf("item = %+v", got)
	}
	if got := calls(); len(got) != 0 {
		t.Errorf("called about what is done: %+v", got)
	}
}

func TestPlanForgets(t *testing.T) {
	h := newHouse(t)
	aino := &Person{Name: "Aino Väisänen", Email: "aino@example.org", Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(t.Context(), h.boss, aino))
	p := h.plan(t, "Plan")
	for _, state := range []ActionState{ActionOpen, ActionDone} {
		_, err := h.SavePlanItem(t.Context(), h.boss, &PlanItem{PlanID: p.ID, What: string(state), Due: "2027-02-01", State: state}, aino.Email)
		must(t, err)
	}
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		kept, err := copyPlanItems(tx, aino)
		if err != nil || len(kept) != 2 {
			t.Errorf("copy = %v, %v", kept, err)
		}
		n, err := erasePlanItems(tx, aino)
		if err != nil || n != 1 {
			t.Errorf("erased %d, %v", n, err)
		}
		person, err := people.Get(tx, aino.ID)
		if err != nil {
			return err
		}
		return people.Delete(tx, person)
	}))
	page := h.planPage(t, p.ID)
	for _, x := range page.Items {
		if page.Names[x.OwnerID] != "" || x.State == ActionOpen && x.OwnerID != "" {
			t.Errorf("item = %+v is called %q", x, page.Names[x.OwnerID])
		}
	}
}

func TestComparePlans(t *testing.T) {
	from := &PlanVersion{Title: "Strategy", Sections: []PlanSection{{"a", "One", "We grow.\nWe learn."}, {"x", "Out", "gone"}, {"b", "Two", "same"}, {"c", "Three", ""}},
		Items: []PlanTask{{"ask", "p", "2027-01-01", ActionOpen}, {"drop", "", "2027-01-02", ActionOpen}}}
	to := &PlanVersion{Title: "Strategy 2", Sections: []PlanSection{{"c", "Three", ""}, {"a", "One", "We grow slowly.\nWe learn."}, {"b", "Two", "same"}, {"n", "New", "in"}},
		Items: []PlanTask{{"ask", "p", "2027-01-01", ActionDone}, {"add", "", "2027-02-01", ActionOpen}}}
	d := Compare(from, to)
	var got []string
	for _, s := range d.Sections {
		line := string(s.Op) + " "
		for _, p := range s.Title {
			line += p.Text
		}
		if s.Changed {
			line += " changed"
		}
		if s.Moved {
			line += " moved"
		}
		got = append(got, line)
	}
	want := []string{"same Three moved", "same One changed", "out Out", "same Two", "in New"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("sections = %q, want %q", got, want)
	}
	if body := d.Sections[1].Body; !reflect.DeepEqual(body, []DiffPart{{DiffSame, "We grow"}, {DiffIn, " slowly"}, {DiffSame, ".\nWe learn."}}) {
		t.Errorf("body = %q", body)
	}
	if len(d.Items) != 3 || d.Items[0].Was == nil || d.Items[0].Was.State != ActionOpen || d.Items[1].Op != DiffIn || d.Items[2].Op != DiffOut {
		t.Errorf("items = %+v", d.Items)
	}
	if d.Same() || !Compare(from, from).Same() {
		t.Error("a version differs from itself, or not from another")
	}
}

// TestDiff reads both texts back out of what was said of their difference.
func TestPlanDiff(t *testing.T) {
	text := rapid.StringMatching(`([ab] ?|\n|[.,äö]|12){0,20}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		for name, parts := range map[string][]DiffPart{"words": diffWords(a, b), "lines": diffText(a, b)} {
			var from, to strings.Builder
			for _, p := range parts {
				if p.Op != DiffIn {
					from.WriteString(p.Text)
				}
				if p.Op != DiffOut {
					to.WriteString(p.Text)
				}
				if a == b && p.Op != DiffSame {
					t.Fatalf("%s: the same text differs: %q", name, parts)
				}
			}
			if from.String() != a || to.String() != b {
				t.Fatalf("%s: %q and %q became %q and %q", name, a, b, from.String(), to.String())
			}
		}
	})
	long := strings.Repeat("word ", 4000)
	if parts := diffWords("a"+long, strings.ReplaceAll(long, "o", "0")); len(parts) > 3 {
		t.Errorf("a comparison that is too much work has %d parts", len(parts))
	}
}

func TestWritePlan(t *testing.T) {
	h := newHouse(t)
	p := h.writePlan(t, h.plan(t, "Strategy"), 0, "First **bold**.\n\nSecond.")
	_, err := h.SavePlanItem(t.Context(), h.boss, &PlanItem{PlanID: p.ID, What: "Ask", Due: "2027-02-01", State: ActionOpen}, "")
	must(t, err)
	_, err = h.KeepPlan(t.Context(), h.boss, p.ID, p.Rev, "")
	must(t, err)
	page := h.planPage(t, p.ID)
	_, err = h.ApprovePlan(t.Context(), h.boss, p.ID, page.Plan.Rev, 1, "Board")
	must(t, err)
	page = h.planPage(t, p.ID)
	var b bytes.Buffer
	must(t, WritePlan(&b, page, page.Version(1), h.Texts.In("en")))
	words := docxText(t, b.Bytes())
	for _, want := range []string{"Strategy", "Cluster automotive – Strategy", "Version 1,", "Approved", "Board", "First bold.", "Second.", "Ask", "To do"} {
		if !strings.Contains(words, want) {
			t.Errorf("the document has no %q", want)
		}
	}
}

// docxText is the main part of a document.
func docxText(t testing.TB, body []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	r, err := z.Open("word/document.xml")
	must(t, err)
	text, err := io.ReadAll(r)
	must(t, err)
	return string(text)
}
