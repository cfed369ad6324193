package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// ImportOptions say how a list is imported.
type ImportOptions struct {
	DryRun bool // say what would happen and store nothing
	Tell   bool // send everybody who is new their mail
}

// An ImportReport says what became of every line, or would.
type ImportReport struct {
	DryRun  bool
	Lines   []ImportLine
	Columns []ImportColumn // those of the file, in its order
}

// An ImportColumn is one column of the file. Field is what it was taken for:
// "name", "answer.diet"; empty if it is not used.
type ImportColumn struct{ Head, Field string }

// An ImportLine is one line of the file.
type ImportLine struct {
	Line        int // its number in the file
	Name, Email string
	Outcome     Admitted
	Faults      []ImportFault
	ID          string // of the registration that it made or met
}

// An ImportFault says what is wrong in a line: the head of the column, what
// stands there, and the text key of what is wrong.
type ImportFault struct{ Column, Value, Key string }

// Count is how many lines have the outcome.
func (r *ImportReport) Count(o Admitted) (n int) {
	for _, l := range r.Lines {
		if l.Outcome == o {
			n++
		}
	}
	return n
}

// Unused are the heads of the columns that nothing was taken from.
func (r *ImportReport) Unused() (heads []string) {
	for _, c := range r.Columns {
		if c.Field == "" && c.Head != "" {
			heads = append(heads, c.Head)
		}
	}
	return heads
}

// importPage is how many lines one transaction stores: registration from
// outside goes on between them.
const importPage = 50

// ImportRegistrations registers the people of a table whose first row names
// the columns, in any of our languages. Lines with a mistake are left out and
// said; the others are registered. It may be stopped and repeated at any
// point: who is registered already stays as they are.
func (d *Desk) ImportRegistrations(ctx context.Context, by Actor, eventID string, rows []table.Row, opt ImportOptions) (*ImportReport, error) {
	rep, people, err := d.plan(ctx, by, eventID, rows)
	if err == nil && !opt.DryRun {
		rep.DryRun = false
		for page := range slices.Chunk(people, importPage) {
			if err = d.again(func() error { return d.importPage(ctx, by, eventID, page, rep, opt.Tell) }); err != nil {
				break
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("import into event %s: %w", eventID, err)
	}
	return rep, nil
}

// importPage stores some people and writes into the report what became of them.
func (d *Desk) importPage(ctx context.Context, by Actor, eventID string, page []importee, rep *ImportReport, tell bool) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		e, err := d.organisedEvent(tx, by, eventID)
		if err != nil {
			return err
		}
		s, err := seatings.Get(tx, e.ID)
		if err != nil {
			return err
		}
		for _, p := range page {
			line := &rep.Lines[p.at]
			added, err := d.add(tx, by, e, s, p.Signup, p.note, tell)
			switch problem := ProblemIn(err); {
			case problem != nil:
				line.Outcome, line.ID, line.Faults = OutWrong, "", p.faults(problem)
			case err != nil:
				return err
			default:
				line.Outcome, line.ID, line.Faults = added.Outcome, added.Registration.ID, nil
			}
		}
		return seatings.Put(tx, s)
	})
}

// An importee is one line that can be tried, and where it stands in the report.
type importee struct {
	Signup
	note string
	at   int
	cols *columns
	row  table.Row
}

// faults are the parts of a problem in the words of the file: its columns.
func (p importee) faults(problem *Problem) []ImportFault {
	if len(problem.Fields) == 0 {
		return []ImportFault{{Key: problem.Key}}
	}
	var out []ImportFault
	for field, key := range problem.Fields {
		f := ImportFault{Key: key}
		if i := p.cols.index(field); i >= 0 {
			f.Column, f.Value = p.cols.list[i].Head, p.row.Cell(i)
		} else {
			f.Column = field
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b ImportFault) int { return strings.Compare(a.Column, b.Column) })
	return out
}

// plan reads the table, checks every line and says what would become of it,
// with the seats as they are now. Nothing is stored.
func (d *Desk) plan(ctx context.Context, by Actor, eventID string, rows []table.Row) (rep *ImportReport, people []importee, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, err := d.organisedEvent(tx, by, eventID)
		if err != nil {
			return err
		}
		s, err := seatings.Get(tx, e.ID)
		if err != nil {
			return err
		}
		cols, err := d.columnsOf(e, rows)
		if err != nil {
			return err
		}
		rep = &ImportReport{DryRun: true, Columns: cols.list}
		people = rep.read(e, cols, rows[1:])
		known, err := alreadyIn(tx, e, people)
		if err != nil {
			return err
		}
		rep.foresee(e, s, people, known)
		return nil
	})
	return rep, people, err
}

// read takes each row for a person and checks it; rows with a mistake are noted
// and left out.
func (rep *ImportReport) read(e *Event, cols *columns, rows []table.Row) (people []importee) {
	seen := map[string]bool{}
	for _, row := range rows {
		p := cols.person(e, row)
		p.at = len(rep.Lines)
		line := ImportLine{Line: row.Line, Name: p.Name, Email: p.Email}
		u := p.Signup
		err := u.checkByHand(e)
		if ProblemIn(err) == nil && seen[u.Email] {
			err = &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "problem.twice"}}
		}
		if problem := ProblemIn(err); problem != nil {
			line.Outcome, line.Faults = OutWrong, p.faults(problem)
		} else {
			seen[u.Email] = true
			people = append(people, p)
		}
		rep.Lines = append(rep.Lines, line)
	}
	return people
}

// alreadyIn are the registrations that some of the people have, by address.
func alreadyIn(tx *storage.Tx, e *Event, people []importee) (map[string]*Registration, error) {
	known := map[string]*Registration{}
	for page := range slices.Chunk(people, 200) {
		keys := make([]string, len(page))
		for i, p := range page {
			email, _ := NormalEmail(p.Email)
			keys[i] = e.ID + "/" + email
		}
		found, err := registrations.Find(tx, storage.Query{Where: []storage.Cond{{Field: "live", Op: storage.In, Value: keys}}})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			known[r.Email] = r
		}
	}
	return known, nil
}

// foresee lets the people in on a copy of the seats.
func (rep *ImportReport) foresee(e *Event, s *Seating, people []importee, known map[string]*Registration) {
	trial := *s
	for _, p := range people {
		line := &rep.Lines[p.at]
		email, _ := NormalEmail(p.Email)
		if r := known[email]; r != nil {
			line.Outcome, line.ID = OutKnown, r.ID
			continue
		}
		r := &Registration{EventID: e.ID, Email: email}
		if !trial.admit([]*Registration{r}, e.Rules.Waitlist, false) {
			line.Outcome, line.Faults = OutWrong, []ImportFault{{Key: "register.full"}}
			continue
		}
		line.Outcome = outcomeOf(r.State)
	}
}

// columns are what the head of a table was understood as.
type columns struct {
	list []ImportColumn
	q    map[int]Question
}

// index is the first column of a field, or -1.
func (c *columns) index(field string) int {
	return slices.IndexFunc(c.list, func(col ImportColumn) bool { return col.Field == field })
}

// headNames are what else the columns are called, in lists from elsewhere.
var headNames = map[string][]string{
	"name":    {"name", "full name", "participant", "nimi", "koko nimi", "osallistuja"},
	"first":   {"first name", "given name", "etunimi"},
	"last":    {"last name", "surname", "family name", "sukunimi"},
	"email":   {"email", "e-mail", "mail", "email address", "e-mail address", "mail address", "sähköposti", "sähköpostiosoite", "s-posti"},
	"company": {"company", "organisation", "organization", "yritys", "organisaatio"},
	"title":   {"title", "job title", "role", "position", "tehtävä", "titteli", "tehtävänimike"},
	"lang":    {"language", "kieli", "lang"},
	"note":    {"note", "notes", "huomautus", "muistiinpano"},
}

// columnsOf understands the head of a table of people who register.
func (d *Desk) columnsOf(e *Event, rows []table.Row) (*columns, error) {
	c, err := d.headOf(e, rows)
	if err == nil && (c.index("email") < 0 || c.index("name") < 0 && (c.index("first") < 0 || c.index("last") < 0)) {
		err = &Problem{Kind: Invalid, Key: "import.columns"}
	}
	return c, err
}

// headOf understands the head of a table, in every language.
func (d *Desk) headOf(e *Event, rows []table.Row) (*columns, error) {
	if len(rows) == 0 {
		return nil, &Problem{Kind: Invalid, Key: "import.empty"}
	}
	names := d.headsOf(e)
	c := &columns{q: map[int]Question{}}
	taken := map[string]bool{}
	for i := range rows[0].Cells {
		head := cleanLine(table.Unguard(rows[0].Cell(i)))
		field := names[strings.ToLower(head)]
		if taken[field] {
			field = ""
		}
		taken[field] = field != ""
		c.list = append(c.list, ImportColumn{head, field})
		for _, q := range e.Rules.Questions {
			if field == "answer."+q.Key {
				c.q[i] = q
			}
		}
	}
	return c, nil
}

// headsOf are the fields of a person by what their column may be called: what
// our own export writes, in each language, and the usual names.
func (d *Desk) headsOf(e *Event) map[string]string {
	names := map[string]string{}
	for _, lang := range d.Texts.Langs() {
		l := d.Texts.In(lang)
		for _, q := range e.Rules.Questions {
			names[strings.ToLower(cleanLine(q.Label.In(lang)))] = "answer." + q.Key
			names[strings.ToLower(q.Key)] = "answer." + q.Key
		}
		for field := range headNames {
			if key := "column." + field; l.Has(key) {
				names[strings.ToLower(l.Text(key))] = field
			}
		}
	}
	for field, list := range headNames {
		for _, name := range list {
			names[name] = field
		}
	}
	delete(names, "")
	return names
}

// person takes one row for somebody to register.
func (c *columns) person(e *Event, row table.Row) importee {
	p := importee{cols: c, row: row}
	p.Answers = Answers{}
	var first, last string
	for i, col := range c.list {
		v := strings.TrimSpace(table.Unguard(row.Cell(i)))
		switch col.Field {
		case "name":
			p.Name = v
		case "first":
			first = v
		case "last":
			last = v
		case "email":
			p.Email = v
		case "company":
			p.Company = v
		case "title":
			p.Title = v
		case "lang":
			p.Lang = languageNamed(v)
		case "note":
			p.note = v
		default:
			if q, ok := c.q[i]; ok && v != "" {
				p.Answers[q.Key] = q.understand(v)
			}
		}
	}
	if p.Name == "" {
		p.Name = strings.TrimSpace(first + " " + last)
	}
	if p.Lang == "" {
		p.Lang = templates.Fallback
	}
	return p
}

// languageNamed understands "fi", "FI-fi", "Finnish" and "suomi".
func languageNamed(s string) string {
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "fi"), strings.HasPrefix(s, "suom"):
		return "fi"
	case strings.HasPrefix(s, "en"):
		return "en"
	}
	return ""
}

// understand turns the words of a cell into answers: an option by its key or by
// its label in any language; several parted by ";" or "," where several may be.
func (q Question) understand(cell string) []string {
	switch q.Kind {
	case AskYesNo:
		return []string{yesOrNo(cell)}
	case AskChoice:
		return []string{q.option(cell)}
	case AskMany:
		if key := q.option(cell); key != cell {
			return []string{key}
		}
		sep := ","
		if strings.Contains(cell, ";") {
			sep = ";"
		}
		var out []string
		for _, part := range strings.Split(cell, sep) {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, q.option(part))
			}
		}
		return out
	}
	return []string{cell}
}

// option is the key of the option that s names, or s itself.
func (q Question) option(s string) string {
	for _, o := range q.Options {
		if strings.EqualFold(o.Key, s) {
			return o.Key
		}
		for _, label := range o.Label {
			if strings.EqualFold(cleanLine(label), cleanLine(s)) {
				return o.Key
			}
		}
	}
	return s
}

func yesOrNo(s string) string {
	switch strings.ToLower(s) {
	case "yes", "y", "true", "1", "x", "kyllä", "k", "on":
		return "yes"
	case "no", "n", "false", "0", "ei", "-":
		return "no"
	}
	return s
}
