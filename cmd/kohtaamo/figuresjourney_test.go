package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/pack"
)

// A halfYear is what the journey reports: from September to the last of
// February, as projects do.
type halfYear struct{ from, until, inAutumn, inSpring string }

func halfYearBefore(now time.Time) halfYear {
	y := now.Year() - 2
	day := func(year int, m time.Month, d int) string {
		return time.Date(year, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return halfYear{day(y, 9, 1), day(y+1, 3, 0), day(y, 11, 5), day(y+1, 1, 20)}
}

// calls notes that companies were called: the first on both sides of New Year.
func (s *site) calls(p halfYear) {
	s.t.Helper()
	h := openHouse(s.t, s.database)
	defer h.close()
	ctx, by := s.t.Context(), scheduling.System("test")
	clusters, err := h.desk.Clusters(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	in := []string{clusters[0].ID}
	for _, x := range []struct {
		company string
		days    []string
	}{{"Pohjan Purku Oy", []string{p.inAutumn, p.inSpring}}, {"Väisänen & O'Hara Oy", []string{p.inSpring}}, {"Borealis Oy", nil}} {
		c := &scheduling.Company{Name: x.company, Kind: scheduling.SME, Country: "FI", ClusterIDs: in}
		if err := h.desk.SaveCompany(ctx, by, c); err != nil {
			s.t.Fatal(err)
		}
		for _, day := range x.days {
			if _, err := h.desk.SaveWork(ctx, by, scheduling.Work{Kind: scheduling.WorkCall, Title: "Call", Day: day, ClusterIDs: in, CompanyIDs: []string{c.ID}}); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// TestFiguresJourney is a half year that an organiser closes and reports at a
// desk in Finnish: its figures lead to the rows behind them, what was forgotten
// shows as a correction on a phone in English, and the pack proves it.
func TestFiguresJourney(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	p := halfYearBefore(time.Now())
	s.calls(p)

	outi := s.b.tab(t, s.base, desktop, "fi")
	s.signIn(outi, organiserAt)
	outi.open("/organise/periods/new")
	outi.do(chromedp.Click(chromedp.CSS("details.more summary"), chromedp.NodeVisible))
	outi.fill(map[string]string{"name": "Syyskausi", "from": p.from, "until": p.until, "target_companies": "2"})
	outi.press("main form p.actions button")
	outi.press(`form[action$="/close"] button`)
	outi.says("Outi Järjestäjä sulki kauden", "Luvut pysyvät sellaisina kuin ne olivat.")
	outi.press(`main a[href^="/organise/reports/"]`)
	report := outi.path()
	outi.says("Syyskausi", "Luvut jäädytettiin")
	want := map[string]int{"companies": 2, "smes": 2, "works": 3, "events": 0}
	for key, n := range want {
		if got := outi.reported(key); got[1] != strconv.Itoa(n) || got[3] != "" || got[4] != "" {
			t.Errorf("the report says of %s %q, want %d, frozen", key, got, n)
		}
	}
	outi.press(`main a[href^="/organise/figures/companies?"]`)
	outi.behind(2, "Pohjan Purku Oy", "Väisänen & O'Hara Oy")
	outi.sheet(report, want)

	outi.open("/organise/log/new")
	outi.fill(map[string]string{"kind": "call", "title": "Unohtunut puhelu", "day": p.inSpring, "companies": "Borealis Oy"})
	outi.press("main form p.actions button")

	onPhone := s.b.tab(t, s.base, phone, "en")
	s.signIn(onPhone, organiserAt)
	onPhone.open(report)
	onPhone.says("The figures were frozen on")
	if got := onPhone.reported("companies"); got[1] != "2" || got[3] != "3" || got[4] != "+1" {
		t.Errorf("after a correction the report says %q", got)
	}
	onPhone.press(`main a[href^="/organise/figures/companies?"]`)
	onPhone.behind(3, "Borealis Oy", "Pohjan Purku Oy")
	onPhone.open(report + "/print")
	if got := onPhone.text("main"); !strings.Contains(got, "Companies reached") || !strings.Contains(got, "+1") {
		t.Errorf("in print the report says %s", got)
	}
	onPhone.open(report + "/evidence")
	onPhone.evidence(report+"/evidence", want["companies"]+1)
}

// reported is the row of a figure in the report: its name, what was frozen, the
// target, and what has changed since, with the correction.
func (v *tab) reported(key string) []string {
	v.t.Helper()
	row := eval[[]string](v, fmt.Sprintf(`[...document.querySelector('main a[href^="/organise/figures/%s?"]').closest("tr").children].map(c => c.innerText.trim())`, key))
	if len(row) != 5 {
		v.t.Fatalf("the row of %s is %q", key, row)
	}
	return row
}

// behind checks that a figure is the number of the rows below it, and what these
// are.
func (v *tab) behind(n int, names ...string) {
	v.t.Helper()
	figure := v.text("b.figure")
	rows := eval[[]string](v, `[...document.querySelectorAll("#rows ~ table tbody th")].map(e => e.innerText.trim())`)
	if figure != strconv.Itoa(n) || len(rows) != n {
		v.t.Errorf("%s: the figure is %s, with the rows %q, want %d", v.path(), figure, rows, n)
	}
	for _, name := range names {
		if !slices.Contains(rows, name) {
			v.t.Errorf("%s: %s is not among %q", v.path(), name, rows)
		}
	}
}

// fetches gives the bytes of a file, as the browser would store it.
func (v *tab) fetches(method, path string) []byte {
	v.t.Helper()
	text := eval[string](v, fmt.Sprintf(`fetch(%q, {method: %q}).then(r => r.ok ? r.arrayBuffer() : Promise.reject(new Error(r.status))).then(b => {
		let out = "";
		for (const n of new Uint8Array(b)) out += String.fromCharCode(n);
		return btoa(out);
	})`, path, method))
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		v.t.Fatal(err)
	}
	return body
}

// sheet checks the workbook of a report: each figure has as many rows as it says.
func (v *tab) sheet(report string, want map[string]int) {
	v.t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(v.fetches("GET", report+"/report.xlsx")))
	if err != nil {
		v.t.Fatal(err)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	for at, i := range scheduling.Indicators() {
		n, known := want[i.Key]
		if !known {
			continue
		}
		rows, err := f.GetRows(sheets[at+1])
		if err != nil || len(rows) != n+1 {
			v.t.Errorf("the sheet %s has %d rows, %v, want %d", sheets[at+1], len(rows)-1, err, n)
		}
	}
}

// evidence checks the pack of a period: it is as its manifest says, and has as
// many rows of companies as were reached.
func (v *tab) evidence(path string, companies int) {
	v.t.Helper()
	b := v.fetches("POST", path)
	list, err := pack.Verify(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		v.t.Fatal(err)
	}
	at := slices.IndexFunc(list.Files, func(f pack.File) bool { return strings.HasSuffix(f.Name, "/companies.csv") })
	if at < 0 || len(list.Files) < len(scheduling.Indicators()) {
		v.t.Fatalf("the pack has %d files", len(list.Files))
	}
	if body := unzipped(v.t, b, list.Files[at].Name); strings.Count(body, "\n") != companies+1 || !strings.Contains(body, "Borealis Oy") {
		v.t.Errorf("the pack says of companies %q", body)
	}
}

// unzipped is a file of a ZIP.
func unzipped(t *testing.T, b []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := fs.ReadFile(z, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
