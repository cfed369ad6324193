package scheduling

import (
	"fmt"
	"io"
	"strings"

	"kohtaamo/scheduling/docx"
	"kohtaamo/templates"
)

// WritePlan writes a version of a plan for a word processor, with the words
// around it in the plan's own language.
func WritePlan(w io.Writer, page *PlanPage, v *PlanVersion, l *templates.Lang) error {
	d := docx.Document{Title: v.Title, Lang: l.Code(), Created: page.Plan.Created}
	add := func(style docx.Style, text string) {
		if text != "" {
			d.Blocks = append(d.Blocks, docx.Block{Style: style, Text: text})
		}
	}
	add(docx.Note, page.Cluster.Name.In(l.Code())+" – "+l.Text("plan.kind."+string(page.Plan.Kind)))
	add(docx.Note, page.Line(v, l))
	for _, s := range v.Sections {
		add(docx.Heading, s.Title)
		for _, text := range strings.Split(s.Body, "\n\n") {
			add(docx.Normal, templates.PlainText(text))
		}
	}
	if len(v.Items) > 0 {
		add(docx.Heading, l.Text("plan.items"))
		d.Blocks = append(d.Blocks, docx.Block{Style: docx.Table, Rows: page.taskRows(v, l)})
	}
	if err := docx.Write(w, d); err != nil {
		return fmt.Errorf("write plan %s: %w", page.Plan.ID, err)
	}
	return nil
}

// Line says which version v is, and who accepted it.
func (page *PlanPage) Line(v *PlanVersion, l *templates.Lang) string {
	if v.Version == 0 {
		return l.Text("plan.unkept_line")
	}
	line := l.Text("plan.version_line", "version", v.Version, "day", l.Day(v.At, HouseZone))
	for _, a := range page.Plan.Approvals {
		if a.Version == v.Version {
			line += " " + l.Text("plan.approved_line", "day", l.Day(a.At, HouseZone))
			if a.Note != "" {
				line += " " + a.Note
			}
		}
	}
	return line
}

func (page *PlanPage) taskRows(v *PlanVersion, l *templates.Lang) [][]string {
	rows := [][]string{{l.Text("plan.column.what"), l.Text("plan.column.owner"), l.Text("plan.column.due"), l.Text("plan.column.state")}}
	for _, x := range v.Items {
		rows = append(rows, []string{x.What, page.Names[x.OwnerID], l.Date(x.Due), l.Text("state.plan." + string(x.State))})
	}
	return rows
}
