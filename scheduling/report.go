package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A ReportText is what an organiser writes in the report of a period. Its ID is
// the period's.
type ReportText struct {
	storage.Meta `bson:",inline"`
	Parts        []ReportPart `bson:"parts"`
}

// A ReportPart is a part of a report with a heading.
type ReportPart struct {
	ID    string `bson:"id"`
	Title Text   `bson:"title"`
	Body  Text   `bson:"body"` // Markdown
}

var reportTexts = storage.NewCollection[ReportText]("report_texts")

// maxReportParts is how many parts a report may have.
const maxReportParts = 30

// reportParts are those that a report begins with: "report.begin.KEY".
var reportParts = []string{"summary", "work", "results", "lessons", "next"}

// A Report is what is told of a period: its figures and what was written.
type Report struct {
	Period  *ReportPeriod
	Cluster *Cluster // nil: of all clusters
	Project *Project // nil: of no project
	Funding *Project // whose emblem it shows today
	Lines   []PeriodLine
	Parts   []ReportPart // also those in which nothing was written yet
	Rev     int64        // of the text; 0: nobody has written anything
	At      time.Time    // when it was counted
}

// Title is what a report is called.
func (r *Report) Title(l *templates.Lang) string {
	about := ""
	switch {
	case r.Project != nil:
		about = r.Project.Name.In(l.Code())
	case r.Cluster != nil:
		about = r.Cluster.Name.In(l.Code())
	default:
		return r.Period.Name
	}
	return r.Period.Name + ": " + about
}

// Days are a report's first and last day, in words.
func (r *Report) Days(l *templates.Lang) string {
	return l.Days(r.Period.From, r.Period.Until, HouseZone)
}

// Written are the parts in which something was written.
func (r *Report) Written() (out []ReportPart) {
	for _, p := range r.Parts {
		if !p.Body.Empty() {
			out = append(out, p)
		}
	}
	return out
}

// Report makes the report of a period as things stand, for who keeps the period.
func (d *Desk) Report(ctx context.Context, by Actor, periodID string) (r *Report, err error) {
	err = d.DB.Snapshot(ctx, func(tx *storage.Tx) error {
		r, err = d.reportIn(tx, by, periodID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("report of period %s: %w", periodID, err)
	}
	return r, nil
}

func (d *Desk) reportIn(tx *storage.Tx, by Actor, periodID string) (*Report, error) {
	p, err := ownPeriod(tx, by, periodID)
	if err != nil {
		return nil, err
	}
	r := &Report{Period: p, At: tx.Now()}
	now, err := newCounting(tx, by, p.Scope(), nil).figures(indicators)
	if err != nil {
		return nil, err
	}
	r.Lines = p.lines(now)
	if p.ClusterID != "" {
		if r.Cluster, err = clusters.Get(tx, p.ClusterID); ignoreMissing(err) != nil {
			return nil, err
		}
	}
	if p.ProjectID != "" {
		if r.Project, err = projects.Get(tx, p.ProjectID); ignoreMissing(err) != nil {
			return nil, err
		}
		r.Funding = r.Project.shownOn(HouseDay(r.At))
	}
	t, err := d.reportText(tx, periodID)
	if err == nil {
		r.Parts, r.Rev = t.Parts, t.Rev
	}
	return r, err
}

// shownOn is p on a day between its dates, and nil on others: whose emblem has
// to be shown.
func (p *Project) shownOn(day string) *Project {
	if p == nil || day < p.From || day > p.Until {
		return nil
	}
	return p
}

// reportText is what was written of a period; where nobody has, it has the parts
// that reports begin with.
func (d *Desk) reportText(tx *storage.Tx, periodID string) (*ReportText, error) {
	t, err := reportTexts.Get(tx, periodID)
	if !errors.Is(err, storage.ErrNotFound) {
		return t, err
	}
	t = &ReportText{Meta: storage.Meta{ID: periodID}}
	for _, key := range reportParts {
		p := ReportPart{ID: key, Title: Text{}, Body: Text{}}
		for _, lang := range d.Texts.Langs() {
			p.Title[lang] = d.Texts.In(lang).Text("report.begin." + key)
		}
		t.Parts = append(t.Parts, p)
	}
	return t, nil
}

// onReport changes what was written of a period that still has the revision rev.
func (d *Desk) onReport(ctx context.Context, by Actor, periodID string, rev int64, change func(*ReportText) error) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := ownPeriod(tx, by, periodID)
		if err != nil {
			return err
		}
		t, err := d.reportText(tx, periodID)
		if err != nil {
			return err
		}
		if t.Rev != rev {
			return storage.ErrConflict
		}
		if err := change(t); err != nil {
			return err
		}
		if err := reportTexts.Put(tx, t); err != nil {
			return err
		}
		return d.log(tx, by, "report.write", p.ID, p.ID, p.Name, "")
	})
	if err != nil {
		return fmt.Errorf("write the report of period %s: %w", periodID, changedMeanwhile(err))
	}
	return nil
}

// WriteReport writes a part of a period's report, or a new one at its end where
// p has no ID that the report knows. Closing the period does not close its text.
func (d *Desk) WriteReport(ctx context.Context, by Actor, periodID string, rev int64, p ReportPart) error {
	f := faults{}
	p.Title, p.Body = p.Title.trimmed(), p.Body.trimmed()
	if p.Title.Empty() {
		f.add("title", "problem.required")
	}
	if p.Title.longest() > lineLimit {
		f.add("title", "problem.too_long")
	}
	if p.Body.longest() > bodyLimit {
		f.add("body", "problem.too_long")
	}
	if err := f.problem(); err != nil {
		return err
	}
	return d.onReport(ctx, by, periodID, rev, func(t *ReportText) error {
		i := slices.IndexFunc(t.Parts, func(x ReportPart) bool { return x.ID == p.ID })
		switch {
		case i >= 0:
			t.Parts[i] = p
		case len(t.Parts) >= maxReportParts:
			return &Problem{Kind: Full, Key: "report.too_many_parts", Args: []any{"count", maxReportParts}}
		default:
			p.ID = orNew(p.ID)
			t.Parts = append(t.Parts, p)
		}
		return nil
	})
}

// DropReportPart takes a part out of a period's report.
func (d *Desk) DropReportPart(ctx context.Context, by Actor, periodID string, rev int64, partID string) error {
	return d.onReport(ctx, by, periodID, rev, func(t *ReportText) error {
		n := len(t.Parts)
		t.Parts = slices.DeleteFunc(t.Parts, func(x ReportPart) bool { return x.ID == partID })
		if len(t.Parts) == n {
			return errHidden
		}
		return nil
	})
}
