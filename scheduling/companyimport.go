package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A CompanyCame is what became of a line of a list of companies, or would.
type CompanyCame string

// What may become of a line.
const (
	CameNew     CompanyCame = "new"
	CameSame    CompanyCame = "same"
	CameChanged CompanyCame = "changed"
	CameUnsure  CompanyCame = "unsure" // it may be one that is there: somebody decides
	CameSkipped CompanyCame = "skipped"
	CameWrong   CompanyCame = "wrong"
)

// CompanyCames are all of them, in the order of a report.
var CompanyCames = []CompanyCame{CameNew, CameChanged, CameSame, CameUnsure, CameSkipped, CameWrong}

// What somebody may decide about a line that may be a company that is there;
// else it is the company's id.
const (
	DecideNew  = "new"
	DecideSkip = "skip"
)

// A CompanyImport says how a list of companies is read.
type CompanyImport struct {
	DryRun    bool
	ClusterID string         // that all of them join, beside what a column says; empty: none
	Country   string         // of those that name none, ISO 3166 alpha-2
	Decide    map[int]string // line → DecideNew, DecideSkip or a company's id
}

// A CompanyImportReport says what became of every line.
type CompanyImportReport struct {
	DryRun  bool
	Columns []ImportColumn
	Lines   []*CompanyLine
}

// A CompanyLine is one line of the file: a company, and perhaps a person of it.
type CompanyLine struct {
	Line          int
	Company       string
	Person, Email string
	Came          CompanyCame // the company
	PersonCame    CompanyCame // empty where the line names nobody
	Why           Likeness    // how it was known
	Changes       []FieldChange
	Candidates    []CompanyMatch // of an unsure one, the surest first
	Faults        []ImportFault
	CompanyID     string
	PersonID      string

	in      Company
	who     Person
	cluster []string // ids
}

// A FieldChange is what a line changes of a company.
type FieldChange struct{ Field, From, To string }

// A CompanyMatch is a company that a line may be, and why.
type CompanyMatch struct {
	ID, Name, BusinessID, Municipality string
	Why                                Likeness
}

// Count is how many lines came to c.
func (r *CompanyImportReport) Count(c CompanyCame) (n int) {
	for _, l := range r.Lines {
		if l.Came == c {
			n++
		}
	}
	return n
}

// People is how many persons came to c.
func (r *CompanyImportReport) People(c CompanyCame) (n int) {
	for _, l := range r.Lines {
		if l.PersonCame == c {
			n++
		}
	}
	return n
}

// Unused are the heads of the columns that nothing was taken from.
func (r *CompanyImportReport) Unused() (heads []string) {
	for _, c := range r.Columns {
		if c.Field == "" && c.Head != "" {
			heads = append(heads, c.Head)
		}
	}
	return heads
}

// ImportCompanies takes companies and their people from a table whose first
// row names the columns, for organisers. Lines with a mistake, and those that
// nobody has decided about, are left out and said. All of it is stored in one
// transaction, or nothing. Read twice, the second time changes nothing.
func (d *Desk) ImportCompanies(ctx context.Context, by Actor, rows []table.Row, in CompanyImport) (*CompanyImportReport, error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	if in.Country == "" {
		in.Country = "FI"
	}
	cols, err := d.companyColumns(rows)
	if err != nil {
		return nil, err
	}
	var rep *CompanyImportReport
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			rep = &CompanyImportReport{DryRun: in.DryRun, Columns: cols}
			if err := d.readCompanies(tx, by, rep, rows[1:], in); err != nil {
				return err
			}
			if in.DryRun {
				return errOnlyLooking
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, errOnlyLooking) {
		return nil, fmt.Errorf("import companies: %w", changedMeanwhile(err))
	}
	return rep, nil
}

// readCompanies takes one line after the other: what one of them makes, the
// next one knows.
func (d *Desk) readCompanies(tx *storage.Tx, by Actor, rep *CompanyImportReport, rows []table.Row, in CompanyImport) error {
	known, err := knownCompanies(tx)
	if err != nil {
		return err
	}
	names := lineNames{countries: d.countries()}
	if names.clusters, err = clusterNamesOf(tx, by); err != nil {
		return err
	}
	for _, row := range rows {
		l := &CompanyLine{Line: row.Line}
		rep.Lines = append(rep.Lines, l)
		l.read(rep.Columns, row, in, names)
		if in.ClusterID != "" && !by.Organises(in.ClusterID) {
			l.wrong("", in.ClusterID, "event.not_your_cluster")
		}
		if l.Came == CameWrong {
			continue
		}
		if err := d.takeLine(tx, by, known, l, in); err != nil {
			return err
		}
	}
	return nil
}

// takeLine finds or makes the company of a line, and its person.
func (d *Desk) takeLine(tx *storage.Tx, by Actor, known *companyIndex, l *CompanyLine, in CompanyImport) error {
	c, err := known.decide(l, in.Decide[l.Line])
	if err != nil {
		return err
	}
	switch {
	case l.Came == CameUnsure || l.Came == CameSkipped:
		return nil
	case c == nil:
		err = d.makeCompany(tx, by, known, l)
	default:
		err = d.changeCompany(tx, by, known, c, l)
	}
	if err != nil || l.Came == CameWrong || l.Email == "" {
		return err
	}
	return d.takePerson(tx, by, l)
}

// makeCompany stores a company that was not there.
func (d *Desk) makeCompany(tx *storage.Tx, by Actor, known *companyIndex, l *CompanyLine) error {
	c := l.in
	c.ID, c.ClusterIDs, l.Came = storage.NewID(), l.cluster, CameNew
	if c.Kind == "" {
		c.Kind = SME
	}
	if problem := ProblemIn(c.check()); problem != nil {
		l.refuse(problem)
		return nil
	}
	if _, err := d.putCompany(tx, by, &c); err != nil {
		return err
	}
	l.CompanyID = c.ID
	known.add(&c)
	return d.log(tx, by, "company.save", c.ID, c.ID, c.Name, "")
}

// changeCompany stores what a line says otherwise. What it does not say stays,
// and so do all clusters.
func (d *Desk) changeCompany(tx *storage.Tx, by Actor, known *companyIndex, had *Company, l *CompanyLine) error {
	c := *had
	l.CompanyID, l.Came = c.ID, CameSame
	l.Changes = c.overlay(&l.in)
	for _, id := range l.cluster {
		if !slices.Contains(c.ClusterIDs, id) {
			c.ClusterIDs = append(slices.Clone(c.ClusterIDs), id)
			l.Changes = append(l.Changes, FieldChange{Field: "cluster", To: known.clusters[id]})
		}
	}
	if len(l.Changes) == 0 {
		return nil
	}
	if problem := ProblemIn(c.check()); problem != nil {
		l.refuse(problem)
		return nil
	}
	if other := known.byID[bareID(c.BusinessID)]; c.BusinessID != "" && other != nil && other.ID != c.ID {
		l.wrong("business_id", c.BusinessID, "problem.taken")
		return nil
	}
	l.Came = CameChanged
	if _, err := d.putCompany(tx, by, &c); err != nil {
		return err
	}
	*had = c
	known.add(had)
	return d.log(tx, by, "company.save", c.ID, c.ID, c.Name, "")
}

// overlay puts what another one says over c, and gives what that changed.
func (c *Company) overlay(in *Company) (changes []FieldChange) {
	set := func(field string, to *string, of string) {
		if of != "" && of != *to {
			changes = append(changes, FieldChange{field, *to, of})
			*to = of
		}
	}
	kind := string(c.Kind)
	set("kind", &kind, string(in.Kind))
	c.Kind = CompanyKind(kind)
	set("name", &c.Name, in.Name)
	set("country", &c.Country, in.Country)
	if bareID(c.BusinessID) != bareID(in.BusinessID) {
		set("business_id", &c.BusinessID, in.BusinessID)
	}
	set("municipality", &c.Municipality, in.Municipality)
	set("website", &c.Website, in.Website)
	set("offers", &c.Offers, in.Offers)
	set("needs", &c.Needs, in.Needs)
	if tags := distinct(slices.Concat(c.Tags, in.Tags)); len(tags) > len(c.Tags) {
		changes = append(changes, FieldChange{"tags", strings.Join(c.Tags, ", "), strings.Join(tags, ", ")})
		c.Tags = tags
	}
	return changes
}

// takePerson finds or makes the person of a line. What is known of somebody
// stays; what is missing is put in.
func (d *Desk) takePerson(tx *storage.Tx, by Actor, l *CompanyLine) error {
	p, err := personByEmail(tx, l.Email)
	if errors.Is(err, storage.ErrNotFound) {
		fresh := l.who
		fresh.ID, fresh.CompanyID, l.PersonCame = storage.NewID(), l.CompanyID, CameNew
		fresh.ClusterIDs = l.cluster
		if own, all := by.ownClusters(Organiser); len(fresh.ClusterIDs) == 0 && !all {
			fresh.ClusterIDs = own
		}
		p, err = &fresh, nil
	} else if err == nil {
		l.PersonCame = CameSame
		if by.knows(p) && p.fill(&l.who, l.CompanyID) {
			l.PersonCame = CameChanged
		}
	}
	if err != nil {
		return err
	}
	l.PersonID = p.ID
	if l.PersonCame == CameSame {
		return nil
	}
	p.index()
	if err := people.Put(tx, p); err != nil {
		return err
	}
	return d.log(tx, by, "person.save", p.ID, p.ID, "", "")
}

// fill has of another one what p does not say, and reports whether that was
// anything.
func (p *Person) fill(in *Person, companyID string) (changed bool) {
	for _, f := range []struct {
		to *string
		of string
	}{{&p.CompanyID, companyID}, {&p.Title, in.Title}, {&p.Phone, in.Phone}} {
		if *f.to == "" && f.of != "" {
			*f.to, changed = f.of, true
		}
	}
	return changed
}

// lineNames are what cells may name, by what it is called, folded.
type lineNames struct {
	clusters  map[string]string // ids
	countries map[string]string // codes
}

// read takes a row for a company and perhaps a person.
func (l *CompanyLine) read(cols []ImportColumn, row table.Row, in CompanyImport, x lineNames) {
	cell := map[string]string{}
	for i, col := range cols {
		if col.Field != "" {
			cell[col.Field] = strings.TrimSpace(table.Unguard(row.Cell(i)))
		}
	}
	l.in = Company{Name: cleanLine(cell["company"]), Kind: kindNamed(cell["kind"]), BusinessID: cell["business_id"], Country: x.countries[folded(cleanLine(cell["country"]))],
		Municipality: cleanLine(cell["municipality"]), Website: webNamed(cell["website"]), Offers: cleanText(cell["offers"]), Needs: cleanText(cell["needs"])}
	for tag := range strings.SplitSeq(cell["tags"], ",") {
		if tag = cleanLine(tag); tag != "" {
			l.in.Tags = append(l.in.Tags, tag)
		}
	}
	l.Company, l.Came = l.in.Name, CameNew
	if cell["kind"] != "" && l.in.Kind == "" {
		l.wrong("kind", cell["kind"], "problem.choice")
	}
	if cell["country"] != "" && l.in.Country == "" {
		l.wrong("country", cell["country"], "company.country")
	}
	if l.in.Country == "" {
		l.in.Country = in.Country
	}
	f := faults{}
	f.businessID("business_id", l.in.Country, &l.in.BusinessID)
	f.need("company", l.Company, lineLimit)
	l.refuse(&Problem{Fields: f})
	l.readClusters(cell["cluster"], in.ClusterID, x.clusters)
	l.readPerson(cell)
	for i := range l.Faults {
		for _, col := range cols {
			if col.Field == l.Faults[i].Column {
				l.Faults[i].Column = col.Head
				break
			}
		}
	}
}

// readClusters finds the clusters that are named, parted by ";" or ",".
func (l *CompanyLine) readClusters(cell, always string, clusters map[string]string) {
	l.cluster = optional(always)
	for name := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ';' || r == ',' }) {
		id := clusters[folded(cleanLine(name))]
		if id == "" {
			l.wrong("cluster", cleanLine(name), "merging.no_cluster")
			continue
		}
		l.cluster = append(l.cluster, id)
	}
	l.cluster = distinct(l.cluster)
}

// readPerson takes the rest of a row for a person, if it has an address.
func (l *CompanyLine) readPerson(cell map[string]string) {
	l.Person = cleanLine(cell["name"])
	if l.Person == "" {
		l.Person = cleanLine(cell["first"] + " " + cell["last"])
	}
	if cell["email"] == "" {
		return
	}
	f := faults{}
	l.Email = f.address("email", cell["email"])
	l.who = Person{Email: l.Email, Name: l.Person, Title: cleanLine(cell["title"]), Phone: cleanLine(cell["phone"]), Lang: languageNamed(cell["lang"])}
	if l.who.Lang == "" {
		l.who.Lang = templates.Fallback
		if l.in.Country == "FI" {
			l.who.Lang = "fi"
		}
	}
	f.need("name", l.Person, lineLimit)
	f.limit("title", l.who.Title, lineLimit)
	f.limit("phone", l.who.Phone, 40)
	if len(f) > 0 && l.Email == "" {
		l.Email = cleanLine(cell["email"])
	}
	l.refuse(&Problem{Fields: f})
}

// wrong notes a mistake of a line; column is the field's name until the head of
// its column is known.
func (l *CompanyLine) wrong(field, value, key string) {
	l.Came = CameWrong
	l.Faults = append(l.Faults, ImportFault{Column: field, Value: value, Key: key})
}

// refuse notes the mistakes that a problem names, if there are any.
func (l *CompanyLine) refuse(p *Problem) {
	values := map[string]string{"business_id": l.in.BusinessID, "website": l.in.Website, "country": l.in.Country, "email": l.Email}
	var fields []string
	for f := range p.Fields {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	for _, f := range fields {
		l.wrong(f, values[f], p.Fields[f])
	}
}
