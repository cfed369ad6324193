package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Workbooks are written and read here, and not by a library, since all that is
// needed of them is text: one sheet, no formulas, no looks. The library that
// does everything would be an eighth of the program.

// Spreadsheet programs call a workbook broken beyond these.
const (
	cellUnits = 32767 // of UTF-16 in a cell
	nameRunes = 31    // in the name of a sheet
)

// The parts of a workbook that are always the same (ECMA-376, part 1). Style 1
// is bold.
const (
	xlsxTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`
	xlsxRels = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeRel + `officeDocument" Target="xl/workbook.xml"/></Relationships>`
	xlsxBookRels = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeRel + `worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + officeRel + `styles" Target="styles.xml"/></Relationships>`
	xlsxStyles = xml.Header + `<styleSheet xmlns="` + sheetSpace + `">` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>`
	xlsxHead = xml.Header + `<worksheet xmlns="` + sheetSpace + `">` +
		`<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
		`<cols><col min="1" max="40" width="20" customWidth="1"/></cols><sheetData>`
	xlsxFoot = `</sheetData></worksheet>`

	officeRel  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	sheetSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
)

// NewXLSX writes a workbook of one sheet with that name, with a head that stays
// in sight. All cells are text, which no program takes for a formula; what is
// longer than a cell may be is cut. Rows are written as they come.
func NewXLSX(w io.Writer, name string) (Writer, error) {
	if name == "" || utf8.RuneCountInString(name) > nameRunes || strings.ContainsAny(name, `[]:*?/\`) {
		return nil, errors.New("no sheet can have the name " + strconv.Quote(name))
	}
	z := zip.NewWriter(w)
	book := xml.Header + `<workbook xmlns="` + sheetSpace + `" xmlns:r="` + strings.TrimSuffix(officeRel, "/") + `">` +
		`<sheets><sheet name="` + escaped(name) + `" sheetId="1" r:id="rId1"/></sheets></workbook>`
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", xlsxTypes}, {"_rels/.rels", xlsxRels}, {"xl/workbook.xml", book},
		{"xl/_rels/workbook.xml.rels", xlsxBookRels}, {"xl/styles.xml", xlsxStyles},
	} {
		if _, err := addPart(z, part.name, part.content); err != nil {
			return nil, err
		}
	}
	sheet, err := addPart(z, "xl/worksheets/sheet1.xml", xlsxHead)
	return &xlsxWriter{zip: z, sheet: sheet}, err
}

// addPart begins a part of the package.
func addPart(z *zip.Writer, name, content string) (io.Writer, error) {
	w, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	return w, err
}

type xlsxWriter struct {
	zip   *zip.Writer
	sheet io.Writer
	rows  int
	row   strings.Builder
}

func (x *xlsxWriter) Write(cells []string) error {
	x.rows++
	x.row.Reset()
	x.row.WriteString(`<row r="` + strconv.Itoa(x.rows) + `">`)
	for i, s := range cells {
		if s == "" {
			continue
		}
		x.row.WriteString(`<c r="` + columnName(i) + strconv.Itoa(x.rows) + `" t="inlineStr"`)
		if x.rows == 1 {
			x.row.WriteString(` s="1"`)
		}
		x.row.WriteString(`><is><t xml:space="preserve">` + escaped(cellText(s)) + `</t></is></c>`)
	}
	x.row.WriteString(`</row>`)
	_, err := io.WriteString(x.sheet, x.row.String())
	return err
}

func (x *xlsxWriter) Close() error {
	if _, err := io.WriteString(x.sheet, xlsxFoot); err != nil {
		return err
	}
	return x.zip.Close()
}

// columnName is the name of the ith column from 0: A, Z, AA.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// escaped is s between tags or quotation marks. What XML cannot say becomes U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

// coded is text that spreadsheet programs would read as a character's number
// (ST_Xstring in ECMA-376, part 1, 22.9.2.19).
var coded = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// cellText is s as a cell can hold it.
func cellText(s string) string {
	if u := utf16.Encode([]rune(s)); len(u) > cellUnits {
		s = string(utf16.Decode(u[:cellUnits]))
	}
	return coded.ReplaceAllStringFunc(s, func(c string) string { return "_x005F" + c })
}
