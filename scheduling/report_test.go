package scheduling

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"kohtaamo/storage"
)

// TestReport wants a report to say what is counted elsewhere, and its workbook to
// have as many rows behind each figure as the figure says.
func TestReport(t *testing.T) {
	h := newEvidentHouse(t)
	p := *h.period
	p.Targets = map[string]int{"events": 1, "members": 5}
	saved, err := h.SavePeriod(t.Context(), h.boss, &p)
	must(t, err)
	figures, err := h.Figures(t.Context(), h.boss, saved.Scope())
	must(t, err)
	r, err := h.Report(t.Context(), h.boss, saved.ID)
	must(t, err)
	var got []Figure
	for _, x := range r.Lines {
		got = append(got, x.Now)
	}
	if !slices.Equal(got, figures) {
		t.Errorf("the report says %+v, counted were %+v", got, figures)
	}
	for _, row := range r.Rows(h.Texts.In("en")) {
		if row.Key == "events" && (row.Value != "2" || row.Target != "1" || !row.Reached) || row.Key == "members" && (row.Value != "1" || row.Reached) {
			t.Errorf("row = %+v", row)
		}
	}
	var b bytes.Buffer
	must(t, h.WriteReportXLSX(t.Context(), &b, h.boss, saved.ID, h.Texts.In("en")))
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	defer f.Close()
	sheets := f.GetSheetList()
	if len(sheets) != len(figures)+1 {
		t.Fatalf("%d sheets of %d figures", len(sheets), len(figures))
	}
	first, err := f.GetRows(sheets[0])
	must(t, err)
	for i, x := range figures {
		rows, err := f.GetRows(sheets[i+1])
		must(t, err)
		if len(rows)-1 != x.N || first[i+1][1] != strconv.Itoa(x.N) {
			t.Errorf("%s: %d rows and %q on the first sheet, want %d", x.Key, len(rows)-1, first[i+1][1], x.N)
		}
	}
}

// TestReportText writes the parts of a report, which stay with a period that is
// closed, with what was frozen and corrected.
func TestReportText(t *testing.T) {
	h := newEvidentHouse(t)
	must(t, h.WriteReport(t.Context(), h.boss, h.period.ID, 0, ReportPart{ID: "summary", Title: Text{"en": "Summary", "fi": "Tiivistelmä"}, Body: Text{"en": "A **good** year."}}))
	err := h.WriteReport(t.Context(), h.boss, h.period.ID, 0, ReportPart{ID: "summary", Title: Text{"en": "From an old form"}})
	wantProblem(t, err, Changed)
	wantProblem(t, h.WriteReport(t.Context(), h.boss, h.period.ID, 1, ReportPart{ID: "x", Body: Text{"en": "no heading"}}), Invalid)
	wantHidden(t, h.WriteReport(t.Context(), h.other, h.period.ID, 1, ReportPart{Title: Text{"en": "theirs"}}))
	must(t, h.DropReportPart(t.Context(), h.boss, h.period.ID, 1, "lessons"))

	h.at(yearBegins(2028).AddDate(0, 1, 0))
	_, err = h.ClosePeriod(t.Context(), h.boss, h.period.ID)
	must(t, err)
	h.write(t, func(tx *storage.Tx) error {
		return works.Put(tx, &Work{Meta: storage.Meta{ID: "forgotten"}, Kind: WorkCall, Title: "Forgotten", At: yearBegins(2027), Day: "2027-01-01", ClusterIDs: []string{h.cluster.ID}})
	})
	must(t, h.WriteReport(t.Context(), h.boss, h.period.ID, 2, ReportPart{Title: Text{"en": "Afterwards"}, Body: Text{"en": "Written later."}}))
	r, err := h.Report(t.Context(), h.boss, h.period.ID)
	must(t, err)
	var titles []string
	for _, p := range r.Parts {
		titles = append(titles, p.Title.In("en"))
	}
	if want := []string{"Summary", "What was done", "What came of it", "What comes next", "Afterwards"}; !slices.Equal(titles, want) {
		t.Errorf("parts = %q", titles)
	}
	var b bytes.Buffer
	must(t, WriteReportText(&b, r, h.Texts.In("en")))
	words := docxText(t, b.Bytes())
	for _, want := range []string{"A good year.", "Written later.", "frozen", "+1"} {
		if !strings.Contains(words, want) {
			t.Errorf("the document has no %q", want)
		}
	}
	for _, unwanted := range []string{"What was done", "Co-funded"} {
		if strings.Contains(words, unwanted) {
			t.Errorf("the document has %q", unwanted)
		}
	}
}

// TestReportEmblem shows who funds a project between its dates alone.
func TestReportEmblem(t *testing.T) {
	h := newEvidentHouse(t)
	for at, want := range map[string]bool{"2026-12-31": false, "2027-01-01": true, "2027-12-31": true, "2028-01-01": false} {
		if got := h.project.shownOn(at); (got != nil) != want {
			t.Errorf("on %s the emblem is shown: %v", at, got != nil)
		}
	}
	r, err := h.Report(t.Context(), System("test"), h.funded.ID)
	must(t, err)
	if r.Funding == nil {
		t.Error("the report of a running project shows no emblem")
	}
	h.at(yearBegins(2028))
	if r, err = h.Report(t.Context(), System("test"), h.funded.ID); err != nil || r.Funding != nil {
		t.Errorf("after the project: %v, %v", r.Funding, err)
	}
}
