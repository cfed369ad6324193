package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// A ListImport says how people are put on a list out of a file.
type ListImport struct {
	Wording string // how they agreed, in the organiser's words
	DryRun  bool   // say what would happen and store nothing
}

// A ListImportReport says what became of every line, or would.
type ListImportReport struct {
	DryRun  bool
	Columns []ImportColumn
	Lines   []ListImportLine
}

// A ListImportLine is one line of the file.
type ListImportLine struct {
	Line        int // its number in the file
	Name, Email string
	Came        Listing
	Fault       string // text key of what is wrong with it
}

// Count is how many lines came to c.
func (r *ListImportReport) Count(c Listing) (n int) {
	for _, l := range r.Lines {
		if l.Came == c {
			n++
		}
	}
	return n
}

// Unused are the heads of the columns that nothing was taken from.
func (r *ListImportReport) Unused() (heads []string) {
	for _, c := range r.Columns {
		if !slices.Contains([]string{"email", "name", "first", "last", "lang"}, c.Field) && c.Head != "" {
			heads = append(heads, c.Head)
		}
	}
	return heads
}

// ImportSubscribers puts the people of a table, whose first row names the
// columns, on a list of by's clusters. Whoever left, bounced or complained is
// passed over and said. It may be stopped and repeated at any point.
func (d *Desk) ImportSubscribers(ctx context.Context, by Actor, listID string, rows []table.Row, in ListImport) (*ListImportReport, error) {
	f := faults{}
	in.Wording = cleanText(in.Wording)
	f.need("wording", in.Wording, noteLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	rep, people, err := d.readSubscribers(rows, in.Wording)
	if err != nil {
		return nil, err
	}
	rep.DryRun = in.DryRun
	for page := range slices.Chunk(people, subscribersAtOnce) {
		attempt := func() error { return d.placePage(ctx, by, listID, page, rep) }
		if err := d.again(attempt); err != nil {
			return nil, fmt.Errorf("import into list %s: %w", listID, changedMeanwhile(err))
		}
	}
	if len(people) == 0 { // whose list it is counts for an empty file too
		if _, err := d.MailingList(ctx, by, listID); err != nil {
			return nil, err
		}
	}
	return rep, nil
}

// subscribersAtOnce is how many one transaction puts on a list.
const subscribersAtOnce = 200

// A subscriberLine is one line that can be tried, and where it stands in the report.
type subscriberLine struct {
	NewSubscriber
	at int
}

// readSubscribers takes the rows for people. Lines with a mistake, and those of
// an address that has come before, are noted and left out.
func (d *Desk) readSubscribers(rows []table.Row, wording string) (*ListImportReport, []subscriberLine, error) {
	cols, err := d.headOf(&Event{}, rows)
	if err == nil && cols.index("email") < 0 {
		err = &Problem{Kind: Invalid, Key: "lists.import_columns"}
	}
	if err != nil {
		return nil, nil, err
	}
	rep, seen, people := &ListImportReport{Columns: cols.list}, map[string]bool{}, []subscriberLine(nil)
	for _, row := range rows[1:] {
		p := cols.person(&Event{}, row)
		in, f := NewSubscriber{Email: p.Email, Name: strings.TrimSpace(p.Name), Lang: p.Lang, Source: ProofImport, Wording: wording}, faults{}
		if cols.index("lang") < 0 {
			in.Lang = ""
		}
		in.check(f)
		if len(f) == 0 && seen[in.Email] {
			f.add("email", "problem.twice")
		}
		line := ListImportLine{Line: row.Line, Name: in.Name, Email: in.Email}
		if len(f) > 0 {
			line.Came = ListWrong
			for _, field := range []string{"name", "email"} {
				if f[field] != "" {
					line.Fault = f[field]
				}
			}
		} else {
			seen[in.Email] = true
			people = append(people, subscriberLine{in, len(rep.Lines)})
		}
		rep.Lines = append(rep.Lines, line)
	}
	return rep, people, nil
}

// placePage stores some people, or looks what would become of them, and writes
// it into the report.
func (d *Desk) placePage(ctx context.Context, by Actor, listID string, page []subscriberLine, rep *ListImportReport) error {
	run := d.update
	if rep.DryRun {
		run = d.view
	}
	return run(ctx, func(tx *storage.Tx) error {
		l, err := listToFill(tx, by, listID)
		if err != nil {
			return err
		}
		added := 0
		for _, p := range page {
			_, came, err := d.place(tx, by, l, p.NewSubscriber, !rep.DryRun)
			if err != nil {
				return err
			}
			if rep.Lines[p.at].Came = came; came == ListNew {
				added++
			}
		}
		if rep.DryRun || added == 0 {
			return nil
		}
		return d.log(tx, by, "list.import", l.ID, l.ID, l.Slug, page[0].Wording)
	})
}
