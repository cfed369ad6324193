package table

import (
	"encoding/csv"
	"io"
	"strings"
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
