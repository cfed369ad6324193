package table

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// excelize, which does all that a workbook can have, is the judge of ours.

func written(t testing.TB, rows [][]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := NewXLSX(&buf, "Sheet & Co")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestOthersReadWhatIsWritten(t *testing.T) {
	text := rapid.OneOf(rapid.SampledFrom(hostile), rapid.StringMatching(`[a-zåäö <>&"'=]{0,12}`),
		rapid.SampledFrom([]string{"_x0041_", "a_x000D_b", " outer ", "😀", "two\nlines"}))
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(text, 1, 30), 1, 6).Draw(rt, "rows")
		for _, r := range rows {
			r[len(r)-1] = "end" // what is empty at the end of a row is not there
		}
		f, err := excelize.OpenReader(bytes.NewReader(written(t, rows)))
		if err != nil {
			rt.Fatal(err)
		}
		defer f.Close()
		got, err := f.GetRows("Sheet & Co")
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(got, rows) {
			rt.Errorf("excelize reads %q, want %q", got, rows)
		}
		own, err := Read(written(t, rows))
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(cells(own), rows) {
			rt.Errorf("we read %q, want %q", cells(own), rows)
		}
	})
}

func TestReadWhatOthersWrite(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	day := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	for cell, v := range map[string]any{
		"A1": "Nimi", "C1": "Ä", "A3": 0.1 + 0.2, "B3": 1234567890123, "C3": true, "D3": -2.50, "E3": day, "F3": day.Add(9*time.Hour + 30*time.Minute),
		"A4": "0401234567", "B4": 1e21, "C4": "Nimi",
	} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellRichText("Sheet1", "B1", []excelize.RichTextRun{{Text: "in "}, {Text: "bold", Font: &excelize.Font{Bold: true}}}); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	rows, err := Read(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Nimi", "in bold", "Ä"},
		{"0.3", "1234567890123", "TRUE", "-2.5", "2026-11-03", "2026-11-03 09:30"},
		{"0401234567", "1e+21", "Nimi"},
	}
	if !reflect.DeepEqual(cells(rows), want) {
		t.Errorf("rows = %q, want %q", cells(rows), want)
	}
	if rows[1].Line != 3 {
		t.Errorf("the second row is line %d, want 3", rows[1].Line)
	}
}

// changed is a workbook with one part replaced.
func changed(t testing.TB, data []byte, part, content string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	out.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, f := range in.File {
		w, err := out.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			io.WriteString(w, content)
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(w, r)
		r.Close()
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestReadRefusesBrokenBooks(t *testing.T) {
	good := written(t, [][]string{{"a", "b"}, {"1", "2"}})
	const sheet = "xl/worksheets/sheet1.xml"
	row := func(cells string) string { return xlsxHead + "<row r=\"1\">" + cells + "</row>" + xlsxFoot }
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"cut off":         {changed(t, good, sheet, xlsxHead+"<row><c><v>1"), ErrFormat},
		"no such string":  {changed(t, good, sheet, row(`<c t="s"><v>0</v></c>`)), ErrFormat},
		"string before":   {changed(t, good, sheet, row(`<c t="s"><v>-1</v></c>`)), ErrFormat},
		"out of order":    {changed(t, good, sheet, row(`<c r="B1"><v>1</v></c><c r="A1"><v>1</v></c>`)), ErrFormat},
		"far to the side": {changed(t, good, sheet, row(`<c r="ZZZZZZZZ1"><v>1</v></c>`)), ErrTooMany},
		"no sheet":        {changed(t, good, "xl/workbook.xml", "<workbook/>"), ErrFormat},
		"a bomb":          {changed(t, good, sheet, row(`<c t="inlineStr"><is><t>`+strings.Repeat("a", maxUnpacked)+`</t></is></c>`)), ErrFormat},
		"nothing in it":   {changed(t, good, sheet, xlsxHead+xlsxFoot), ErrEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			if len(test.data) > MaxBytes {
				t.Fatalf("the file has %d bytes: it would be refused for that", len(test.data))
			}
			if rows, err := Read(test.data); !errors.Is(err, test.want) {
				t.Errorf("rows %q, error %v; want %v", cells(rows), err, test.want)
			}
		})
	}
}

func TestXLSXKeepsToTheLimits(t *testing.T) {
	rows, err := Read(written(t, [][]string{{strings.Repeat("ä", cellUnits+5), "next"}}))
	if err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(rows[0].Cells[0])); n != cellUnits {
		t.Errorf("the cell has %d characters, want %d", n, cellUnits)
	}
	for _, name := range []string{"", "a/b", strings.Repeat("n", nameRunes+1)} {
		if _, err := NewXLSX(io.Discard, name); err == nil {
			t.Errorf("a sheet called %q can be written", name)
		}
	}
}

// Whatever somebody uploads has rows or an error.
func FuzzReadXLSX(f *testing.F) {
	f.Add(xlsxHead + `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" s="1"><v>2</v></c></row>` + xlsxFoot)
	f.Add(xlsxHead + `<row r="9999999999"><c r="A1" t="s"><v>1</v></c></row>` + xlsxFoot)
	good := written(f, [][]string{{"a"}})
	f.Fuzz(func(t *testing.T, sheet string) {
		rows, err := Read(changed(t, good, "xl/worksheets/sheet1.xml", sheet))
		if err == nil && len(rows) == 0 {
			t.Error("no rows, and no error")
		}
	})
}

// TestBook writes sheets whose titles are no names, and reads each again.
func TestBook(t *testing.T) {
	names := SheetNames("Luvut", "a/b: [c]*?", "luvut", strings.Repeat("ä", 40), strings.Repeat("ä", 40), "'", "History", "")
	want := []string{"Luvut", "a b   c", "luvut (2)", strings.Repeat("ä", 31), strings.Repeat("ä", 27) + " (2)", "-", "History -", "- (2)"}
	if !reflect.DeepEqual(names, want) {
		t.Fatalf("names = %q, want %q", names, want)
	}
	var buf bytes.Buffer
	b, err := NewBook(&buf, names...)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Write([]string{"too early"}); err == nil {
		t.Error("a row was written before a sheet was begun")
	}
	for i := range 3 {
		if err := errors.Join(b.Next(), b.Write([]string{"head", names[i]}), b.Write([]string{"=1+1", ""})); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(buf.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !reflect.DeepEqual(got, names) {
		t.Errorf("sheets = %q, want %q", got, names)
	}
	for i, name := range names {
		got, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if i < 3 && !reflect.DeepEqual(got, [][]string{{"head", name}, {"=1+1"}}) || i >= 3 && len(got) > 0 {
			t.Errorf("sheet %s has %q", name, got)
		}
	}
	if err := b.Next(); err == nil {
		t.Error("a sheet more than there are was begun")
	}
	if _, err := NewBook(io.Discard, "a", "A"); err == nil {
		t.Error("two sheets of one name were taken")
	}
}
