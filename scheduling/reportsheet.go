package scheduling

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"kohtaamo/scheduling/docx"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// sheetRows is how many rows of a figure a sheet holds: programs read some more
// than a million.
const sheetRows = 1_000_000

// A ReportRow is a figure of a report in words: of a closed period, as it was
// frozen.
type ReportRow struct {
	Key        string
	Name       string
	Value      string // empty: it was not counted yet when the period was closed
	Target     string // empty: none
	Reached    bool   // the target
	Now        string // where it has changed since
	Correction string // with its sign; empty for none
}

// Rows are a report's figures in words.
func (r *Report) Rows(l *templates.Lang) (out []ReportRow) {
	for _, x := range r.Lines {
		now := figureText(l, x.Indicator, x.Now)
		row := ReportRow{Key: x.Indicator.Key, Name: figureName(l, x.Indicator), Value: now}
		switch {
		case r.Period.Closed() && !x.Known:
			row.Value, row.Now = "", now
		case x.Changed():
			row.Value, row.Now, row.Correction = figureText(l, x.Indicator, x.Frozen), now, l.Difference(x.Corrected())
		}
		if x.Target > 0 {
			row.Target, row.Reached = l.Number(x.Target), x.Frozen.N >= x.Target
		}
		out = append(out, row)
	}
	return out
}

// figureName is what an indicator is called.
func figureName(l *templates.Lang, i Indicator) string { return l.Text("indicator." + i.Key + ".name") }

// figureText is a figure in words: a number, a share as "12 / 40", a mean, or a
// number with what its rows add up to.
func figureText(l *templates.Lang, i Indicator, f Figure) string {
	switch {
	case i.Mean && f.N > 0:
		return l.Text("report.mean", "mean", l.Amount(int64(math.Round(100*f.Sum/float64(f.N)))), "n", f.N)
	case i.Sum != "" && !i.Mean && f.Sum > 0:
		return l.Text("report.sum", "n", f.N, "sum", l.Number(int(math.Round(f.Sum))))
	case i.of != nil:
		return l.Number(f.N) + " / " + l.Number(f.Of)
	}
	return l.Number(f.N)
}

// reportHead are the columns of a table of figures.
func reportHead(l *templates.Lang) (out []string) {
	for _, c := range []string{"figure", "value", "of", "sum", "target", "frozen", "frozen_of", "frozen_sum", "correction"} {
		out = append(out, l.Text("report.column."+c))
	}
	return out
}

// reportRow is a line of a report as plain numbers, which spreadsheets count with.
func reportRow(l *templates.Lang, x PeriodLine) []string {
	row := append([]string{figureName(l, x.Indicator)}, figureCells(x.Indicator, x.Now)...)
	row = append(row, filledNumber(x.Target))
	if !x.Known {
		return append(row, "", "", "", "")
	}
	return append(append(row, figureCells(x.Indicator, x.Frozen)...), strconv.Itoa(x.Corrected()))
}

func figureCells(i Indicator, f Figure) []string {
	of, sum := "", ""
	if i.of != nil {
		of = strconv.Itoa(f.Of)
	}
	if i.Sum != "" {
		sum = strconv.FormatFloat(f.Sum, 'f', -1, 64)
	}
	return []string{strconv.Itoa(f.N), of, sum}
}

func filledNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// WriteReportXLSX writes the report of a period as a workbook: a sheet of its
// figures, and for each of them a sheet with the rows that it counts. The rows
// are written as they are read.
func (d *Desk) WriteReportXLSX(ctx context.Context, w io.Writer, by Actor, periodID string, l *templates.Lang) error {
	by.Lang = l.Code()
	err := d.DB.Snapshot(ctx, func(tx *storage.Tx) error {
		r, err := d.reportIn(tx, by, periodID)
		if err != nil {
			return err
		}
		titles := []string{l.Text("report.sheet")}
		for _, x := range r.Lines {
			titles = append(titles, figureName(l, x.Indicator))
		}
		b, err := table.NewBook(w, table.SheetNames(titles...)...)
		if err != nil {
			return err
		}
		if err := r.writeFigures(b, l); err != nil {
			return err
		}
		c := newCounting(tx, by, r.Period.Scope(), nil)
		for _, x := range r.Lines {
			if err := b.Next(); err != nil {
				return err
			}
			if err := c.writeRows(b, x.Indicator, l, nil); err != nil {
				return err
			}
		}
		return b.Close()
	})
	if err != nil {
		return fmt.Errorf("write the report of period %s: %w", periodID, err)
	}
	return nil
}

func (r *Report) writeFigures(b *table.Book, l *templates.Lang) error {
	if err := b.Next(); err != nil {
		return err
	}
	return r.writeLines(b, l)
}

// A rowTaker takes rows of text: a table or a sheet.
type rowTaker interface{ Write([]string) error }

func (r *Report) writeLines(w rowTaker, l *templates.Lang) error {
	if err := w.Write(reportHead(l)); err != nil {
		return err
	}
	for _, x := range r.Lines {
		if err := w.Write(reportRow(l, x)); err != nil {
			return err
		}
	}
	return nil
}

// writeRows writes the rows behind a figure, first to last. label says what a
// row is called where that is not its own name; nil: everything has its own.
func (c *counting) writeRows(w rowTaker, i Indicator, l *templates.Lang, label func(FigureRow) string) error {
	head := []string{}
	for _, h := range []string{"number", "kind", "label", "day", "amount", "country", "id"} {
		head = append(head, l.Text("report.row."+h))
	}
	if err := w.Write(head); err != nil {
		return err
	}
	rows, err := c.rows(i, beforeAll, sheetRows)
	if err != nil {
		return err
	}
	for n, x := range rows {
		row, err := c.show(x)
		if err != nil {
			return err
		}
		if label != nil {
			row.Label = label(row)
		}
		amount := ""
		if i.Sum != "" {
			amount = strconv.FormatFloat(row.Amount, 'f', -1, 64)
		}
		if err := w.Write([]string{strconv.Itoa(n + 1), row.Kind, row.Label, houseDay(row.At), amount, row.Country, row.ID}); err != nil {
			return err
		}
	}
	return nil
}

// houseDay is the day of a moment on the house's clock, as 2006-01-02.
func houseDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zoneOf(HouseZone)).Format(time.DateOnly)
}

// WriteReportText writes a report as a document for a word processor: what was
// written, then its figures.
func WriteReportText(w io.Writer, r *Report, l *templates.Lang) error {
	d := docx.Document{Title: r.Title(l), Lang: l.Code(), Created: r.At}
	if r.Period.Closed() {
		d.Created = r.Period.ClosedAt
	}
	add := func(style docx.Style, text string) { d.Blocks = append(d.Blocks, docx.Block{Style: style, Text: text}) }
	add(docx.Note, r.Days(l))
	if r.Period.Closed() {
		add(docx.Note, l.Text("report.closed_line", "day", l.Day(r.Period.ClosedAt, HouseZone)))
	} else {
		add(docx.Note, l.Text("report.open_line"))
	}
	if r.Funding != nil {
		add(docx.Note, l.Text("common.cofunded")+" – "+r.Funding.Name.In(l.Code()))
	}
	for _, p := range r.Written() {
		add(docx.Heading, p.Title.In(l.Code()))
		for _, text := range strings.Split(p.Body.In(l.Code()), "\n\n") {
			add(docx.Normal, templates.PlainText(text))
		}
	}
	add(docx.Heading, l.Text("report.sheet"))
	d.Blocks = append(d.Blocks, docx.Block{Style: docx.Table, Rows: r.textRows(l)})
	if err := docx.Write(w, d); err != nil {
		return fmt.Errorf("write the report of period %s: %w", r.Period.ID, err)
	}
	return nil
}

// textRows are the figures of a report as a table; what was corrected stands
// beside those that are frozen.
func (r *Report) textRows(l *templates.Lang) (rows [][]string) {
	columns := []string{"figure", "value", "target"}
	if r.Period.Closed() {
		columns = []string{"figure", "frozen", "target", "value", "correction"}
	}
	var head []string
	for _, c := range columns {
		head = append(head, l.Text("report.column."+c))
	}
	rows = append(rows, head)
	for _, x := range r.Rows(l) {
		row := []string{x.Name, x.Value, x.Target, x.Now, x.Correction}
		rows = append(rows, row[:len(columns)])
	}
	return rows
}
