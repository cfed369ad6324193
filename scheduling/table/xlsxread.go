package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// What reading a workbook may unpack, so that a small file cannot fill the memory.
const (
	maxUnpacked = 8 * MaxBytes
	maxStrings  = 1_000_000
)

// A book is a workbook that is being read.
type book struct {
	files   map[string]*zip.File
	left    int64 // bytes that may still be unpacked
	strings []string
	dates   map[int]bool // styles that show a number as a date
	from    time.Time    // day 0 of dates
}

// readXLSX gives the rows of the first sheet. Numbers come as they were typed,
// dates as 2006-01-02 with a time if they have one, yes and no as TRUE and FALSE.
func readXLSX(data []byte) ([]Row, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, ErrFormat
	}
	b := &book{files: map[string]*zip.File{}, left: maxUnpacked, dates: map[int]bool{}}
	for _, f := range z.File {
		b.files[strings.TrimPrefix(f.Name, "/")] = f
	}
	sheet, err := b.open()
	if err != nil {
		return nil, ErrFormat
	}
	rows, err := b.rows(sheet)
	if err != nil && !errors.Is(err, ErrTooMany) {
		return nil, ErrFormat
	}
	return rows, err
}

// A relation leads from one part of a package to another.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// open reads everything but the sheet, and gives the sheet's name.
func (b *book) open() (sheet string, err error) {
	main := "xl/workbook.xml"
	top, err := b.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range top {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			main = r.Target
		}
	}
	var w struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decode(main, &w); err != nil {
		return "", err
	}
	if len(w.Sheets) == 0 {
		return "", errors.New("no sheet")
	}
	b.from = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if p := w.Properties.Date1904; p == "1" || p == "true" {
		b.from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	rels, err := b.relations(main)
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		for _, a := range w.Sheets[0].Attrs {
			if a.Name.Local == "id" && a.Name.Space != "" && a.Value == r.ID {
				sheet = r.Target
			}
		}
		switch {
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			err = errors.Join(err, b.readStrings(r.Target))
		case strings.HasSuffix(r.Type, "/styles"):
			err = errors.Join(err, b.readStyles(r.Target))
		}
	}
	return sheet, err
}

// relations are those of a part, with targets from the top of the package.
func (b *book) relations(part string) ([]relation, error) {
	dir, file := path.Split(part)
	var list struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := b.decode(dir+"_rels/"+file+".rels", &list); err != nil {
		return nil, err
	}
	for i, r := range list.Relations {
		if !strings.HasPrefix(r.Target, "/") {
			r.Target = path.Join("/", dir, r.Target)
		}
		list.Relations[i].Target = strings.TrimPrefix(path.Clean(r.Target), "/")
	}
	return list.Relations, nil
}

var errUnpacked = errors.New("more than may be unpacked")

// part reads a part, within what may be unpacked. One that says that it is too
// large is believed and not begun; no part gives more than it says (archive/zip).
func (b *book) part(name string) (io.ReadCloser, error) {
	f, ok := b.files[name]
	switch {
	case !ok:
		return nil, errors.New("no part " + name)
	case f.UncompressedSize64 > uint64(b.left):
		return nil, errUnpacked
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	return &metered{r, b}, nil
}

type metered struct {
	io.ReadCloser
	b *book
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	if m.b.left -= int64(n); m.b.left < 0 {
		return 0, errUnpacked
	}
	return n, err
}

func (b *book) decode(name string, v any) error {
	r, err := b.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(r).Decode(v)
}

// richText is text in one piece or in several with looks of their own. What is
// said about its pronunciation (rPh) is left out.
type richText struct {
	T    string `xml:"t"`
	Runs []struct {
		T string `xml:"t"`
	} `xml:"r"`
}

func (t richText) String() string {
	s := t.T
	for _, r := range t.Runs {
		s += r.T
	}
	return uncoded(s)
}

// uncoded turns the numbers of characters into these.
func uncoded(s string) string {
	return coded.ReplaceAllStringFunc(s, func(c string) string {
		n, err := strconv.ParseUint(c[2:6], 16, 16)
		if err != nil {
			return c
		}
		return string(rune(n))
	})
}

func (b *book) readStrings(name string) error {
	return b.each(name, "si", func(d *xml.Decoder, start *xml.StartElement) error {
		var t richText
		if err := d.DecodeElement(&t, start); err != nil {
			return err
		}
		if len(b.strings) == maxStrings {
			return errors.New("too many strings")
		}
		b.strings = append(b.strings, t.String())
		return nil
	})
}

// each calls fn for every element of a name. What ends too soon is an error.
func (b *book) each(part, element string, fn func(*xml.Decoder, *xml.StartElement) error) error {
	r, err := b.part(part)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == element {
			if err := fn(d, &start); err != nil {
				return err
			}
		}
	}
}

// notDate is what stands in a number format beside its letters.
var notDate = regexp.MustCompile(`\[[^\]]*\]|\\.|"[^"]*"|_.|\*.`)

func (b *book) readStyles(name string) error {
	var s struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode(name, &s); err != nil {
		return err
	}
	date := map[int]bool{}
	for id := 14; id <= 22; id++ { // built in (18.8.30)
		date[id] = true
	}
	for _, f := range s.Formats {
		code := notDate.ReplaceAllString(strings.ToLower(f.Code), "")
		date[f.ID] = !strings.Contains(code, "general") && strings.ContainsAny(code, "dmyhs")
	}
	for i, c := range s.Cells {
		b.dates[i] = date[c.Format]
	}
	return nil
}

// A cell of a sheet as it is stored.
type cell struct {
	Ref    string   `xml:"r,attr"`
	Type   string   `xml:"t,attr"`
	Style  int      `xml:"s,attr"`
	Value  string   `xml:"v"`
	Inline richText `xml:"is"`
}

func (b *book) rows(sheet string) (rows []Row, err error) {
	line := 0
	err = b.each(sheet, "row", func(d *xml.Decoder, start *xml.StartElement) error {
		var in struct {
			Line  int    `xml:"r,attr"`
			Cells []cell `xml:"c"`
		}
		if err := d.DecodeElement(&in, start); err != nil {
			return err
		}
		if line++; in.Line > line { // empty rows need not be there
			line = in.Line
		}
		cells, err := b.cells(in.Cells)
		if err != nil {
			return err
		}
		rows, err = keep(rows, Row{line, cells})
		return err
	})
	return rows, err
}

// cells puts each cell into its column.
func (b *book) cells(in []cell) (out []string, err error) {
	for _, c := range in {
		at := len(out)
		if c.Ref != "" {
			if at = columnOf(c.Ref); at < len(out) {
				return nil, errors.New("cells out of order")
			}
		}
		if at >= maxColumns {
			return nil, ErrTooMany
		}
		for len(out) < at {
			out = append(out, "")
		}
		s, err := b.text(c)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// columnOf is the column of a reference like "AB12", from 0; -1 for none.
func columnOf(ref string) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// text is what a cell shows.
func (b *book) text(c cell) (string, error) {
	switch c.Type {
	case "inlineStr":
		return c.Inline.String(), nil
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(c.Value))
		if err != nil || i < 0 || i >= len(b.strings) {
			return "", errors.New("no such string")
		}
		return b.strings[i], nil
	case "b":
		if c.Value == "1" {
			return "TRUE", nil
		}
		return "FALSE", nil
	case "", "n":
		return b.number(c), nil
	}
	return uncoded(c.Value), nil // text of a formula, an error, a date in words
}

// number is a number as it was typed: stored ones have more digits than anybody
// sees.
func (b *book) number(c cell) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(c.Value), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return c.Value
	}
	if b.dates[c.Style] && n >= 0 && n < 2958466 { // the day after 9999-12-31
		return b.date(n)
	}
	s := strconv.FormatFloat(n, 'g', 15, 64)
	if n, err = strconv.ParseFloat(s, 64); err != nil {
		return c.Value
	}
	if math.Abs(n) < 1e15 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strconv.FormatFloat(n, 'g', -1, 64)
}

// date is the nth day, with the time of day if there is one.
func (b *book) date(n float64) string {
	days := math.Floor(n)
	seconds := math.Round((n - days) * 86400)
	at := b.from.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	switch {
	case days == 0 && seconds > 0:
		return at.Format("15:04:05")
	case seconds == 0:
		return at.Format(time.DateOnly)
	case at.Second() == 0:
		return at.Format("2006-01-02 15:04")
	}
	return at.Format(time.DateTime)
}
