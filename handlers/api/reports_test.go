package api

import (
	"archive/zip"
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"

	"kohtaamo/handlers"
	"kohtaamo/handlers/auth"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/pack"
)

// withPages gives the API what it needs of the pages for people.
func withPages(c *Config) {
	s := handlers.New(handlers.Config{Desk: c.Desk, Auth: auth.New(c.Desk), Outbox: c.Outbox, Texts: texts(), BaseURL: c.BaseURL})
	c.Shoot, c.WriteList, c.ListKinds = s.Shoot, s.WriteList, handlers.ListKinds()
}

// A half year through the API: its figures with their rows, and its report as
// JSON, as a workbook and as a pack that is as its manifest says.
func TestReportsOverTheAPI(t *testing.T) {
	h := newHouse(t, withPages)
	for _, day := range []string{"2026-08-31", "2026-11-05", "2027-01-10"} {
		_, err := h.desk.SaveWork(t.Context(), scheduling.System("test"), scheduling.Work{Kind: scheduling.WorkFair, Title: "Fair", Day: day, ClusterIDs: []string{h.cluster.ID}})
		must(t, err)
	}
	made := h.do("organiser", "POST", "/periods", map[string]any{"name": "Autumn", "cluster_id": h.cluster.ID, "from": "2026-09-01", "until": "2027-01-12"}).is(201)
	one := "/periods/" + made.text("id")
	for _, stranger := range []string{"other", "guest"} {
		for _, path := range []string{"/report", "/report.xlsx", "/evidence.zip"} {
			h.do(stranger, "GET", one+path, nil).problem(404, "not-found")
		}
	}
	h.do("organiser", "POST", one+"/close", nil).is(200)
	must(t, h.desk.WriteReport(t.Context(), scheduling.System("test"), made.text("id"), 0, scheduling.ReportPart{ID: "summary", Title: scheduling.Text{"en": "Summary"}, Body: scheduling.Text{"en": "Two fairs."}}))

	report := h.do("organiser", "GET", one+"/report", nil).is(200)
	first := report.body["parts"].([]any)[0].(map[string]any)
	if report.text("title") != "Autumn: automotive" || report.number("revision") != 1 || first["body"].(map[string]any)["en"] != "Two fairs." {
		t.Errorf("the report is %s", report.raw)
	}
	for _, v := range report.object("period")["figures"].([]any) {
		f := v.(map[string]any)
		rows := h.do("organiser", "GET", "/figures/"+f["key"].(string)+"/rows?from=2026-09-01&until=2027-01-12&cluster_id="+h.cluster.ID, nil).is(200)
		if n := int(f["n"].(float64)); len(rows.items()) != n || f["frozen"] != f["n"] || f["key"] == "works" && n != 2 {
			t.Errorf("%s = %d, frozen %v, with %d rows", f["key"], n, f["frozen"], len(rows.items()))
		}
	}

	book := h.do("organiser", "GET", one+"/report.xlsx", nil).is(200)
	if book.header.Get("Content-Type") != xlsxType || !strings.Contains(book.header.Get("Content-Disposition"), "report.xlsx") {
		t.Errorf("the workbook comes as %v", book.header)
	}
	z, err := zip.NewReader(bytes.NewReader(book.raw), int64(len(book.raw)))
	must(t, err)
	sheet, err := z.Open("xl/worksheets/sheet" + strconv.Itoa(len(scheduling.Indicators())+1) + ".xml")
	must(t, err)
	_, err = io.ReadAll(sheet)
	must(t, err)
	evidence := h.do("organiser", "GET", one+"/evidence.zip", nil, "Accept-Language", "fi").is(200)
	list, err := pack.Verify(bytes.NewReader(evidence.raw), int64(len(evidence.raw)))
	must(t, err)
	if len(list.Files) < len(scheduling.Indicators()) || evidence.header.Get("Content-Type") != zipType || !strings.Contains(evidence.header.Get("Content-Disposition"), "naytot.zip") {
		t.Errorf("the pack of %d files comes as %v", len(list.Files), evidence.header)
	}
	if log := h.do("admin", "GET", "/audit", nil).is(200); !strings.Contains(string(log.raw), "evidence.make") {
		t.Errorf("nobody knows who took it: %s", log.raw)
	}
}

// Lists that a program keeps for itself: nobody else has them, and what stands
// in them is what the token may see.
func TestSavedListsOverTheAPI(t *testing.T) {
	h := newHouse(t, withPages)
	for name, kind := range map[string]scheduling.CompanyKind{"Aava Oy": scheduling.SME, "Bruk Oy": scheduling.Large} {
		must(t, h.desk.SaveCompany(t.Context(), scheduling.System("test"), &scheduling.Company{Name: name, Kind: kind, Country: "FI", ClusterIDs: []string{h.cluster.ID}}))
	}
	list := map[string]any{"name": "SMEs", "kind": "companies", "filter": map[string]string{"kind": "sme", "after": "x"}, "lang": "en"}
	h.do("guest", "POST", "/saved-lists", list).problem(404, "not-found")
	h.do("organiser", "POST", "/saved-lists", changed(list, "kind", "secrets")).problem(422, "invalid")
	made := h.do("organiser", "POST", "/saved-lists", list, "Idempotency-Key", "l1").is(201)
	again := h.do("organiser", "POST", "/saved-lists", list, "Idempotency-Key", "l1").is(201)
	if again.text("id") != made.text("id") || len(made.object("filter")) != 1 || made.object("filter")["kind"] != "sme" {
		t.Errorf("made %s, again %s", made.raw, again.raw)
	}
	one := "/saved-lists/" + made.text("id")
	rows := h.do("organiser", "GET", one+"/rows.csv", nil).is(200)
	if got := string(rows.raw); !strings.Contains(got, "Aava Oy") || strings.Contains(got, "Bruk Oy") || rows.header.Get("Content-Type") != csvType {
		t.Errorf("rows %q as %v", rows.raw, rows.header)
	}
	for _, stranger := range []string{"other", "admin"} {
		h.do(stranger, "GET", one+"/rows.csv", nil).problem(404, "not-found")
		h.do(stranger, "DELETE", one, nil).problem(404, "not-found")
		if got := h.do(stranger, "GET", "/saved-lists", nil).is(200); len(got.items()) != 0 {
			t.Errorf("%s keeps %s", stranger, got.raw)
		}
	}
	if got := h.do("organiser", "GET", "/saved-lists", nil).is(200); len(got.items()) != 1 {
		t.Errorf("the token keeps %s", got.raw)
	}
	h.do("organiser", "DELETE", one, nil).is(204)
	h.do("organiser", "GET", one+"/rows.csv", nil).problem(404, "not-found")
}
