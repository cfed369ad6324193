package scheduling

import (
	"fmt"
	"io"
	"strings"

	"kohtaamo/scheduling/docx"
	"kohtaamo/templates"
)

// WriteRecord writes the agenda of a meeting ahead, or the minutes of one that
// was held, for a word processor, in a language.
func WriteRecord(w io.Writer, p *RecordPage, l *templates.Lang) error {
	r := p.Record
	key := "record.agenda_of"
	if r.Held() {
		key = "record.minutes_of"
	}
	d := docx.Document{Title: l.Text(key, "title", r.Title.In(l.Code())), Lang: l.Code(), Created: r.Changed}
	if d.Created.IsZero() {
		d.Created = r.Created
	}
	d.Blocks = append(d.Blocks, docx.Block{Text: strings.Join(recordHead(l, p), "\n")})
	section := func(key string, lines ...string) {
		if len(lines) == 0 {
			return
		}
		d.Blocks = append(d.Blocks, docx.Block{Style: docx.Heading, Text: l.Text(key)})
		for _, s := range lines {
			d.Blocks = append(d.Blocks, docx.Block{Text: s})
		}
	}
	if r.Held() {
		section("record.present", p.presentLines(l)...)
	}
	section("record.agenda", AgendaLines(l, r)...)
	if r.Held() {
		section("record.minutes", minutesBlocks(r.Minutes)...)
		section("record.decisions", decisionLines(r)...)
		section("action.title", promiseLines(l, p.Promises())...)
		d.Blocks = append(d.Blocks, docx.Block{Style: docx.Note, Text: approvedLine(l, r)})
	} else {
		section("record.carried", p.carriedLines(l)...)
	}
	if err := docx.Write(w, d); err != nil {
		return fmt.Errorf("write a record: %w", err)
	}
	return nil
}

// recordHead says of which group a meeting is, when and where.
func recordHead(l *templates.Lang, p *RecordPage) []string {
	out := []string{p.Group.Name.In(l.Code()), l.Range(p.Record.Starts, p.Record.Ends, p.Record.Zone)}
	if p.Record.Place != "" {
		out = append(out, p.Record.Place)
	}
	return out
}

// minutesBlocks are the paragraphs of the minutes, without the marks.
func minutesBlocks(minutes string) []string {
	text := templates.MarkdownText(minutes, false)
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n\n")
}

func decisionLines(r *MeetingRecord) (out []string) {
	for i, x := range r.Decisions {
		out = append(out, fmt.Sprintf("%d. %s", i+1, x.Text))
	}
	return out
}

func promiseLines(l *templates.Lang, ps []Promise) (out []string) {
	for _, x := range ps {
		out = append(out, promiseLine(l, x))
	}
	return out
}

func (p *RecordPage) carriedLines(l *templates.Lang) (out []string) {
	for _, a := range p.Carried {
		out = append(out, promiseLine(l, Promise{a.What, a.OwnerID, a.OwnerName, a.Due}))
	}
	return out
}

// presentLines are one line for each way of taking part that somebody took.
func (p *RecordPage) presentLines(l *templates.Lang) (out []string) {
	for _, state := range PresenceStates {
		var names []string
		for _, x := range p.Roll {
			if x.State != state || x.Name == "" {
				continue
			}
			name := x.Name
			if x.Company != "" {
				name += " (" + x.Company + ")"
			}
			names = append(names, name)
		}
		if len(names) > 0 {
			out = append(out, l.Text("state.presence."+state)+": "+strings.Join(names, ", "))
		}
	}
	return out
}

// approvedLine says whether the minutes are accepted, when and by whom.
func approvedLine(l *templates.Lang, r *MeetingRecord) string {
	if r.State != RecordApproved {
		return l.Text("record.not_approved")
	}
	return l.Text("record.approved_by", "day", l.Day(r.ApprovedAt, HouseZone), "name", r.ApprovedBy)
}
