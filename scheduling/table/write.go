package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A Writer takes a table row by row. Close completes the file; without it the
// file is none.
type Writer interface {
	Write(cells []string) error
	Close() error
}

// Guard makes a cell text whatever it begins with: a spreadsheet program takes
// what begins with one of = + - @, a tab or a line break for a formula, and a
// formula can call out (OWASP, CSV injection). Unguard is its way back.
func Guard(s string) string {
	if risky(s) {
		return "'" + s
	}
	return s
}

// Unguard takes back what Guard did.
func Unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && risky(rest) {
		return rest
	}
	return s
}

func risky(s string) bool { return s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) }

// NewCSV writes CSV as RFC 4180 has it, in UTF-8 with a mark, by which
// spreadsheet programs know the encoding. Every cell is guarded.
func NewCSV(w io.Writer) (Writer, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &csvWriter{w: c}, nil
}

type csvWriter struct {
	w   *csv.Writer
	row []string
}

func (c *csvWriter) Write(cells []string) error {
	c.row = c.row[:0]
	for _, s := range cells {
		c.row = append(c.row, Guard(s))
	}
	return c.w.Write(c.row)
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// NewXLSX writes a workbook of one sheet with that name, with a head that stays
// in sight. All cells are text, which no program takes for a formula. Rows
// beyond a few megabytes wait in a temporary file.
func NewXLSX(w io.Writer, name string) (Writer, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return nil, fmt.Errorf("name the sheet: %w", err)
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	if err := s.SetColWidth(1, 40, 20); err != nil {
		return nil, err
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	return &xlsxWriter{out: w, file: f, stream: s, bold: bold}, nil
}

type xlsxWriter struct {
	out    io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	bold   int
	rows   int
	row    []any
}

func (x *xlsxWriter) Write(cells []string) error {
	x.row = x.row[:0]
	for _, s := range cells {
		if x.rows == 0 {
			x.row = append(x.row, excelize.Cell{StyleID: x.bold, Value: s})
		} else {
			x.row = append(x.row, s)
		}
	}
	x.rows++
	return x.stream.SetRow(fmt.Sprintf("A%d", x.rows), x.row)
}

func (x *xlsxWriter) Close() error {
	defer x.file.Close()
	if err := x.stream.Flush(); err != nil {
		return err
	}
	return x.file.Write(x.out)
}
