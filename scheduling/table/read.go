package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// What Read takes in at the most.
const (
	MaxBytes   = 5 << 20
	MaxRows    = 5001 // a head and 5,000 lines
	maxColumns = 300
)

// What Read may answer, apart from a *SyntaxError.
var (
	ErrTooLarge = errors.New("the file is larger than 5 MB")
	ErrTooMany  = errors.New("the file has more than 5,000 lines")
	ErrEmpty    = errors.New("there is nothing in the file")
	ErrFormat   = errors.New("the file is neither CSV nor XLSX")
)

// A SyntaxError says in which line a CSV file cannot be read.
type SyntaxError struct{ Line int }

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d: a quotation mark is out of place", e.Line)
}

// A Row is one line of a table. Line is its number in the file, from 1: what
// the person sees who opens it.
type Row struct {
	Line  int
	Cells []string
}

// Cell is the ith cell without outer white space, "" where the row is shorter.
func (r Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[i])
}

// Empty reports whether nothing stands in the row.
func (r Row) Empty() bool {
	for i := range r.Cells {
		if r.Cell(i) != "" {
			return false
		}
	}
	return true
}

// Read gives the rows of a CSV or XLSX file that are not empty. The first
// sheet of a workbook counts.
func Read(data []byte) ([]Row, error) {
	if len(data) > MaxBytes {
		return nil, ErrTooLarge
	}
	var rows []Row
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		rows, err = readXLSX(data)
	default:
		rows, err = readCSV(data)
	}
	if err == nil && len(rows) == 0 {
		err = ErrEmpty
	}
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func readCSV(data []byte) ([]Row, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(text)
	r.FieldsPerRecord = -1
	var rows []Row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, syntax(err)
		}
		line, _ := r.FieldPos(0)
		if rows, err = keep(rows, Row{line, cells}); err != nil {
			return nil, err
		}
	}
}

// keep adds a row that is not empty, within the limits.
func keep(rows []Row, r Row) ([]Row, error) {
	switch {
	case r.Empty():
		return rows, nil
	case len(rows) == MaxRows || len(r.Cells) > maxColumns:
		return nil, ErrTooMany
	}
	return append(rows, r), nil
}

func syntax(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		if errors.Is(p.Err, csv.ErrQuote) {
			return &SyntaxError{p.StartLine} // never closed: the end of the file says nothing
		}
		return &SyntaxError{p.Line}
	}
	return err
}

// decode gives the text of a CSV file: UTF-8 or UTF-16 by their marks, UTF-8 if
// all of it is, otherwise Windows-1252, which older spreadsheets write.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", ErrFormat
		}
		data = out
	case utf8.Valid(data):
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	default:
		out, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return "", ErrFormat
		}
		data = out
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", ErrFormat
	}
	return string(data), nil
}

// separator is what stands most often in the first line outside of quotation
// marks; a comma if nothing does.
func separator(text string) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range strings.TrimLeft(text, "\r\n") {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\n' || c == '\r' {
			break
		}
		counts[c]++
	}
	best := ','
	for _, c := range ";\t" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}
