package scheduling

import (
	"fmt"
	"io"
	"strings"

	"kohtaamo/scheduling/docx"
	"kohtaamo/templates"
)

// WriteGroupYear writes the summary of a group's year as a document for a word
// processor, in the language of l.
func WriteGroupYear(w io.Writer, y *GroupYear, l *templates.Lang) error {
	x := yearText{l: l, zone: y.Cluster.Zone, doc: docx.Document{
		Title: l.Text("groupwork.year_of", "group", y.Group.Name.In(l.Code()), "year", fmt.Sprint(y.Year)), Lang: l.Code(), Created: y.At}}
	x.add(docx.Note, l.Text("groupwork.counted", "cluster", y.Cluster.Name.In(l.Code()), "when", l.When(y.At, y.Cluster.Zone)))
	x.mandate(y.Mandate)
	x.meetings(y)
	x.actions(y)
	x.foresight(y)
	if err := docx.Write(w, x.doc); err != nil {
		return fmt.Errorf("write the year of group %s: %w", y.Group.ID, err)
	}
	return nil
}

// A yearText is a summary being written.
type yearText struct {
	l    *templates.Lang
	zone string
	doc  docx.Document
}

func (x *yearText) add(style docx.Style, text string) {
	x.doc.Blocks = append(x.doc.Blocks, docx.Block{Style: style, Text: text})
}

func (x *yearText) say(parts ...string) {
	x.add(docx.Normal, strings.Join(nonEmpty(parts...), " · "))
}

func (x *yearText) heading(key string, args ...any) { x.add(docx.Heading, x.l.Text(key, args...)) }

func (x *yearText) mandate(m *Mandate) {
	if m == nil {
		return
	}
	x.heading("groupwork.mandate")
	x.say(x.l.Text("groupwork.version", "version", m.Version), m.Days(x.l))
	x.add(docx.Normal, m.Text)
	for _, g := range m.Goals {
		x.say(x.l.Text("groupwork.goal."+string(g.State)), g.Text)
	}
}

// Days are when m is in force, in words.
func (m *Mandate) Days(l *templates.Lang) string {
	if m.Until == "" {
		return l.Text("groupwork.since_day", "day", l.Date(m.From))
	}
	return l.Dates(m.From, m.Until)
}

func (x *yearText) meetings(y *GroupYear) {
	x.heading("groupwork.meetings_held", "count", len(y.Meetings))
	for _, r := range y.Meetings {
		x.say(x.l.When(r.Starts, x.zone), r.Title.In(x.l.Code()), r.Place)
	}
	x.heading("groupwork.attendance")
	for _, a := range y.People {
		role := ""
		if a.Role != "" {
			role = x.l.Text("groupwork.role." + string(a.Role))
		}
		x.say(a.Label(x.l), a.Company, role, x.came(a))
	}
	if y.Guests > 0 {
		x.say(x.l.Text("groupwork.guests", "count", y.Guests))
	}
	x.heading("groupwork.attendance_companies")
	for _, a := range y.Companies {
		x.say(a.Label(x.l), x.came(a))
	}
	x.heading("groupwork.decisions", "count", len(y.Decisions))
	for _, d := range y.Decisions {
		x.say(x.l.Day(d.Record.Starts, x.zone), d.Text)
	}
}

func (x *yearText) came(a AttendanceLine) string {
	return x.l.Text("groupwork.came_of", "came", a.Came, "of", a.Of, "percent", a.Percent())
}

// Label is the name, or that there is none any more.
func (a AttendanceLine) Label(l *templates.Lang) string {
	if a.Name == "" {
		return l.Text("groupwork.erased")
	}
	return a.Name
}

func (x *yearText) actions(y *GroupYear) {
	x.heading("groupwork.actions")
	x.say(x.l.Text("groupwork.actions_count", "done", y.Done, "open", y.Open, "overdue", y.Overdue, "dropped", y.Dropped))
	for _, a := range y.Actions {
		x.say(x.l.Text("groupwork.action."+string(a.State)), a.Due, a.OwnerName, a.What)
	}
}

func (x *yearText) foresight(y *GroupYear) {
	x.heading("groupwork.notes_count", "count", len(y.Notes))
	for _, n := range y.Notes {
		x.say(x.l.Text("groupwork.horizon."+string(n.Horizon)), n.Title)
	}
	for _, s := range y.Issues {
		x.say(x.l.Text("groupwork.issue_published", "day", x.l.Day(s.At, x.zone)), s.Title.In(x.l.Code()))
	}
}
