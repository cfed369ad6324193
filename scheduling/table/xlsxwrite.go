package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Workbooks are written and read here, and not by a library, since all that is
// needed of them is text: no formulas, no looks. The library that does
// everything would be an eighth of the program.

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
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>`
	xlsxRels = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeRel + `officeDocument" Target="xl/workbook.xml"/></Relationships>`
	xlsxBookRels = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="styles" Type="` + officeRel + `styles" Target="styles.xml"/>`
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
	b, err := NewBook(w, name)
	if err != nil {
		return nil, err
	}
	return b, b.Next()
}

// A Book is a workbook of several sheets, which are written one after the other,
// each as NewXLSX writes its own. Close completes it; without it the file is none.
type Book struct {
	zip    *zip.Writer
	sheets int // that there are
	begun  int // of them
	sheet  io.Writer
	rows   int // of the sheet
	row    strings.Builder
}

// NewBook begins a workbook with sheets of those names, in that order: SheetNames
// makes names that it takes. Next begins each of them, the first one too.
func NewBook(w io.Writer, names ...string) (*Book, error) {
	if !slices.Equal(names, SheetNames(names...)) || len(names) == 0 {
		return nil, fmt.Errorf("no sheets can have the names %q", names)
	}
	z := zip.NewWriter(w)
	for _, part := range bookParts(names) {
		if _, err := addPart(z, part[0], part[1]); err != nil {
			return nil, err
		}
	}
	return &Book{zip: z, sheets: len(names)}, nil
}

// bookParts are the names and contents of all parts of a workbook but its sheets.
func bookParts(names []string) [][2]string {
	types, rels, sheets := xlsxTypes, xlsxBookRels, ""
	for i, name := range names {
		n := strconv.Itoa(i + 1)
		types += `<Override PartName="/xl/worksheets/sheet` + n + `.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`
		rels += `<Relationship Id="rId` + n + `" Type="` + officeRel + `worksheet" Target="worksheets/sheet` + n + `.xml"/>`
		sheets += `<sheet name="` + escaped(name) + `" sheetId="` + n + `" r:id="rId` + n + `"/>`
	}
	book := xml.Header + `<workbook xmlns="` + sheetSpace + `" xmlns:r="` + strings.TrimSuffix(officeRel, "/") + `">` +
		`<sheets>` + sheets + `</sheets></workbook>`
	return [][2]string{{"[Content_Types].xml", types + `</Types>`}, {"_rels/.rels", xlsxRels}, {"xl/workbook.xml", book},
		{"xl/_rels/workbook.xml.rels", rels + `</Relationships>`}, {"xl/styles.xml", xlsxStyles}}
}

// SheetNames makes names for sheets of what they are to be called: without what
// no name may have, short enough, and each once, as programs compare them.
func SheetNames(titles ...string) []string {
	var names, taken []string
	for _, title := range titles {
		name := sheetName(title)
		for n := 2; slices.Contains(taken, strings.ToLower(name)); n++ {
			end := " (" + strconv.Itoa(n) + ")"
			name = strings.TrimRight(firstRunes(sheetName(title), nameRunes-len(end)), " ") + end
		}
		names, taken = append(names, name), append(taken, strings.ToLower(name))
	}
	return names
}

func sheetName(title string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' || r == utf8.RuneError {
			return ' '
		}
		return r
	}, title)
	name = strings.Trim(firstRunes(strings.Trim(name, " '"), nameRunes), " '")
	if name == "" {
		return "-"
	}
	if strings.EqualFold(name, "history") { // is the programs' own
		return name + " -"
	}
	return name
}

// firstRunes are at most n of s.
func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// addPart begins a part of the package.
func addPart(z *zip.Writer, name, content string) (io.Writer, error) {
	w, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	return w, err
}

// Next begins the next sheet; the one before is complete then.
func (x *Book) Next() (err error) {
	if x.begun == x.sheets {
		return errors.New("the workbook has no more sheets")
	}
	if err := x.end(); err != nil {
		return err
	}
	x.begun, x.rows = x.begun+1, 0
	x.sheet, err = addPart(x.zip, "xl/worksheets/sheet"+strconv.Itoa(x.begun)+".xml", xlsxHead)
	return err
}

func (x *Book) end() error {
	if x.sheet == nil {
		return nil
	}
	_, err := io.WriteString(x.sheet, xlsxFoot)
	return err
}

// Write writes a row of the sheet that Next began last.
func (x *Book) Write(cells []string) error {
	if x.sheet == nil {
		return errors.New("no sheet of the workbook was begun")
	}
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

// Close completes the workbook. Sheets that were not begun are empty.
func (x *Book) Close() error {
	for x.begun < x.sheets {
		if err := x.Next(); err != nil {
			return err
		}
	}
	if err := x.end(); err != nil {
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
