package scheduling

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"kohtaamo/scheduling/docx"
	"kohtaamo/templates"
)

// Label is what a part of a programme is called.
func (x Part) Label(l *templates.Lang) string {
	if x.Kind == LegPart {
		return x.From + " → " + x.To
	}
	return cmp.Or(x.Title.In(l.Code()), x.From)
}

// Time is when a part of a programme is, each moment on the clock of its place.
func (x Part) Time(l *templates.Lang) string {
	if x.Kind == StayPart {
		return l.Days(x.Starts, x.Ends, x.StartZone)
	}
	return l.Between(x.Starts, x.StartZone, x.Ends, x.EndZone)
}

// Places are the cities and countries of the stops, in one text.
func (t *Trip) Places(l *templates.Lang) string {
	var out []string
	for _, s := range t.Stops {
		out = append(out, s.City+" ("+l.Country(s.Country)+")")
	}
	return strings.Join(out, ", ")
}

// Label is what a figure of a report is called.
func (f ReportFigure) Label(l *templates.Lang) string {
	if f.Ladder {
		return l.Text("outcome.step." + f.Key)
	}
	return l.Text("tripreport.figure." + f.Key)
}

// WriteTripReport writes the report as a document for a word processor, in the
// language of l.
func WriteTripReport(w io.Writer, rep *TripReport, l *templates.Lang) error {
	t := rep.Trip
	x := reportText{l: l, doc: docx.Document{Title: l.Text("tripreport.document", "trip", t.Title.In(l.Code())), Lang: l.Code(), Created: rep.At}}
	x.say(t.Days(l), t.Places(l))
	if rep.Funding != nil {
		x.add(docx.Note, l.Text("common.cofunded")+" – "+rep.Funding.Name.In(l.Code()))
	}
	if rep.Cluster != nil {
		x.add(docx.Note, l.Text("tripreport.made", "cluster", rep.Cluster.Name.In(l.Code()), "when", l.When(rep.At, t.Zone)))
	}
	x.heading("figures")
	for _, f := range rep.Figures() {
		x.say(f.Label(l) + ": " + l.Number(f.N))
	}
	x.programme(rep)
	x.results(rep)
	x.costs(rep)
	if err := docx.Write(w, x.doc); err != nil {
		return fmt.Errorf("write a trip report: %w", err)
	}
	return nil
}

// A reportText is a report being written.
type reportText struct {
	l   *templates.Lang
	doc docx.Document
}

func (x *reportText) add(style docx.Style, text string) {
	x.doc.Blocks = append(x.doc.Blocks, docx.Block{Style: style, Text: text})
}

func (x *reportText) say(lines ...string) {
	for _, s := range lines {
		if s != "" {
			x.add(docx.Normal, s)
		}
	}
}

func (x *reportText) heading(section string) {
	x.add(docx.Heading, x.l.Text("tripreport.section."+section))
}

// programme writes what happened: parts, hosts, attendance, meetings.
func (x *reportText) programme(rep *TripReport) {
	x.heading("programme")
	for _, p := range rep.Programme {
		x.say(p.Time(x.l) + ": " + p.Label(x.l))
	}
	x.heading("hosts")
	for _, h := range rep.Hosts {
		x.say(x.l.Text("tripreport.host_line", "host", h.Host.Name, "count", len(h.Visits), "people", h.Names()))
	}
	x.heading("attendance")
	for _, a := range rep.Attendance {
		x.say(a.Part.Label(x.l) + ": " + a.Line(x.l))
	}
	if len(rep.Rounds) == 0 {
		return
	}
	x.heading("meetings")
	for _, r := range rep.Rounds {
		x.say(r.Round.Title.In(x.l.Code()) + ": " + r.Line(x.l))
	}
}

// Line is the attendance of a part in words.
func (a PartAttendance) Line(l *templates.Lang) string {
	return l.Text("tripreport.attendance_line", "due", len(a.Due), "present", a.Present, "absent", a.Absent, "unmarked", a.Unmarked)
}

// Line is what became of a round's meetings in words.
func (r RoundResult) Line(l *templates.Lang) string {
	return l.Text("tripreport.round_line", "meetings", r.Meetings, "held", r.Held, "not_held", r.NotHeld, "other", r.Other)
}

// results writes what each company wanted and what came of it, next steps and
// stories.
func (x *reportText) results(rep *TripReport) {
	x.heading("results")
	for _, c := range rep.Results {
		x.say(c.Delegate.Name+": "+c.Delegate.Names(), x.goals(c.Goals))
		for _, r := range c.Rows {
			x.say("– " + r.Host.Name + ": " + x.step(r.Furthest))
		}
	}
	if steps := rep.Grid.Steps(); len(steps) > 0 {
		x.heading("steps")
		for _, r := range steps {
			x.say(r.Delegate.Name + " – " + r.Host.Name + ": " + strings.Join(nonEmpty(r.Said.Next, rep.Grid.Owners[r.Said.Owner], x.l.Date(r.Said.Due)), ", "))
		}
	}
	if len(rep.Stories) > 0 {
		x.heading("stories")
		for _, o := range rep.Stories {
			x.say(o.Story)
			x.add(docx.Note, o.Company+" – "+o.Host)
		}
	}
}

func (x *reportText) goals(goals []string) string {
	if len(goals) == 0 {
		return ""
	}
	return x.l.Text("tripreport.goals", "goals", strings.Join(goals, "; "))
}

func (x *reportText) step(s Ladder) string {
	if s == "" {
		return x.l.Text("outcome.no_answer")
	}
	return x.l.Text("outcome.step." + string(s))
}

func (x *reportText) costs(rep *TripReport) {
	if len(rep.Budget) == 0 {
		return
	}
	x.heading("costs")
	line := func(name string, planned, actual Costs) {
		money := func(n int64) string { return x.l.Money(n, rep.Trip.Currency) }
		x.say(x.l.Text("tripreport.cost_line", "name", name, "planned", money(planned.Total), "actual", money(actual.Total), "companies", money(actual.Companies), "house", money(actual.House)))
	}
	for _, b := range rep.Budget {
		line(b.Name, b.Planned, b.Actual)
	}
	line(x.l.Text("tripreport.total"), rep.Planned, rep.Actual)
}

func nonEmpty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
