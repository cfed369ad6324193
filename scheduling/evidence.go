package scheduling

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/scheduling/pack"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// An evidence pack proves what a period's report says. It holds what the house
// holds at the moment, of the period's cluster and project: a person who was
// erased is not in it. People are named in lists where they agreed to be; the
// others have a line without a name, so that lists are as long as figures say.
// Minutes name who took part.
//
// The same data make the same bytes: nothing in a pack says when it was made.

// evidence is a pack that is being written.
type evidence struct {
	desk  *Desk
	tx    *storage.Tx
	l     *templates.Lang
	r     *Report
	pack  *pack.Writer
	shown []shownThing // pages and newsletters that show, or should show, who funds them
	named map[string]string
}

// WriteEvidence writes the evidence pack of a period, for who keeps the period,
// in the words of l. Files leave as they are made, one after the other; none is
// held but those that are stored whole. shoot renders public pages.
func (d *Desk) WriteEvidence(ctx context.Context, w io.Writer, by Actor, periodID string, l *templates.Lang, shoot Shoot) error {
	by.Lang = l.Code()
	if err := d.noteEvidence(ctx, by, periodID); err != nil {
		return err
	}
	x := &evidence{desk: d, l: l, named: map[string]string{}}
	err := d.DB.Snapshot(ctx, func(tx *storage.Tx) error {
		x.tx = tx
		return x.write(w, by, periodID)
	})
	if err == nil {
		err = x.shoot(ctx, shoot)
	}
	if err == nil {
		err = x.close()
	}
	if err != nil {
		return fmt.Errorf("write the evidence of period %s: %w", periodID, err)
	}
	return nil
}

// noteEvidence writes down who makes a pack: it takes data out of the house.
func (d *Desk) noteEvidence(ctx context.Context, by Actor, periodID string) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		p, err := ownPeriod(tx, by, periodID)
		if err != nil {
			return err
		}
		return d.log(tx, by, "evidence.make", p.ID, p.ID, p.Name, "")
	})
}

// write writes everything that is read from the database, all of one moment.
func (x *evidence) write(w io.Writer, by Actor, periodID string) (err error) {
	if x.r, err = x.desk.reportIn(x.tx, by, periodID); err != nil {
		return err
	}
	p := x.r.Period
	notes := map[string]string{"period": p.Name, "first_day": houseDay(p.From), "last_day": houseDay(p.Last())}
	if x.r.Cluster != nil {
		notes["cluster"] = x.r.Cluster.Name.In(x.l.Code())
	}
	if x.r.Project != nil {
		notes["project"] = x.r.Project.Name.In(x.l.Code()) + " (" + x.r.Project.Code + ")"
	}
	x.pack = pack.New(w, x.text("title", "report", x.r.Title(x.l)), p.Until, notes)
	for _, part := range []func() error{func() error { return x.report(by) }, x.members, x.events, x.trips, x.rounds, x.groups, x.activities, x.newsletters, x.plans} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// text is a text of packs.
func (x *evidence) text(key string, args ...any) string { return x.l.Text("evidence."+key, args...) }

// concerns reports whether something belongs to what the period reports.
func (x *evidence) concerns(clusterIDs []string, projectID string) bool {
	p := x.r.Period
	return (p.ClusterID == "" || slices.Contains(clusterIDs, p.ClusterID)) && (p.ProjectID == "" || projectID == p.ProjectID)
}

// during are the conditions on a time in the period.
func (x *evidence) during(field string, more ...storage.Cond) storage.Query {
	p := x.r.Period
	return storage.Query{Sort: field, Where: append(more,
		storage.Cond{Field: field, Op: storage.Ge, Value: p.From}, storage.Cond{Field: field, Op: storage.Lt, Value: p.Until})}
}

// add writes a file, of what stands at an address of the house.
func (x *evidence) add(name, path string, write func(io.Writer) error) (string, error) {
	return x.pack.Add(name, x.desk.BaseURL+path, write)
}

// list writes a table, with the heads "evidence.column.KEY".
func (x *evidence) list(name, path string, heads []string, rows func(rowTaker) error) error {
	_, err := x.add(name, path, func(w io.Writer) error {
		t, err := table.NewCSV(w)
		if err != nil {
			return err
		}
		var head []string
		for _, h := range heads {
			head = append(head, x.text("column."+h))
		}
		if err := t.Write(head); err != nil {
			return err
		}
		if err := rows(t); err != nil {
			return err
		}
		return t.Close()
	})
	return err
}

// report writes what was told of the period: text, figures, and their rows. Rows
// that are about a person have a number and no name.
func (x *evidence) report(by Actor) error {
	path := "/organise/reports/" + x.r.Period.ID
	if _, err := x.add(pack.Name(x.text("folder.report"), x.text("file.report")+".docx"), path, func(w io.Writer) error { return WriteReportText(w, x.r, x.l) }); err != nil {
		return err
	}
	_, err := x.add(pack.Name(x.text("folder.report"), x.text("file.figures")+".csv"), path, x.csv(func(t table.Writer) error { return x.r.writeLines(t, x.l) }))
	if err != nil {
		return err
	}
	c := newCounting(x.tx, by, x.r.Period.Scope(), nil)
	for _, line := range x.r.Lines {
		name := pack.Name(x.text("folder.report"), x.text("folder.rows"), line.Indicator.Key+".csv")
		_, err := x.add(name, path, x.csv(func(t table.Writer) error { return c.writeRows(t, line.Indicator, x.l, unnamed) }))
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *evidence) csv(rows func(table.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		t, err := table.NewCSV(w)
		if err != nil {
			return err
		}
		if err := rows(t); err != nil {
			return err
		}
		return t.Close()
	}
}

// thingKinds are the kinds of rows that are called something, and not somebody.
var thingKinds = []string{"company", "event", "answer", "meeting", "trip", "trip_outcome", "group", "gathering", "record", "campaign", "work"}

// unnamed is what a row is called in a pack: people are not.
func unnamed(r FigureRow) string {
	if slices.Contains(thingKinds, r.Kind) {
		return r.Label
	}
	return ""
}

// person is what somebody is called now; "" for who was erased.
func (x *evidence) person(id string) (string, error) {
	if name, known := x.named[id]; known || id == "" {
		return name, nil
	}
	p, err := people.Get(x.tx, id)
	if ignoreMissing(err) != nil {
		return "", err
	}
	if err == nil {
		x.named[id] = p.Name
	} else {
		x.named[id] = ""
	}
	return x.named[id], nil
}

// yesNo is a mark in a list.
func (x *evidence) yesNo(yes bool) string {
	if yes {
		return x.l.Text("answer.yes")
	}
	return x.l.Text("answer.no")
}

// clusterNames are the names of clusters, in one cell.
func (x *evidence) clusterNames(ids []string) (string, error) {
	list, err := byIDs(x.tx, clusters.Get, ids)
	var out []string
	for _, c := range list {
		out = append(out, c.Name.In(x.l.Code()))
	}
	return strings.Join(out, "; "), err
}

// zoneDay is the day of a moment on the clock of a zone, as 2006-01-02.
func zoneDay(t time.Time, zone string) string { return t.In(zoneOf(zone)).Format(time.DateOnly) }

// dayName names what took place on a day.
func dayName(t time.Time, zone, name string) string { return zoneDay(t, zone) + " " + name }

// close writes the list of contents for people, and completes the pack.
func (x *evidence) close() error {
	_, err := x.pack.Add(pack.Name(x.text("file.contents")+".txt"), x.text("source.contents"), func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, "%s\n%s\n\n%s\n\n", x.text("title", "report", x.r.Title(x.l)), x.r.Days(x.l), x.text("how")); err != nil {
			return err
		}
		for _, f := range x.pack.Files() {
			_, err := fmt.Fprintf(w, "%s\n    %s · %s\n    SHA-256 %s\n", f.Name, x.text("bytes", "size", strconv.FormatInt(f.Size, 10)), f.Source, f.SHA256)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return x.pack.Close()
}
