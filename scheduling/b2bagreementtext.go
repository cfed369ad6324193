package scheduling

import (
	"fmt"
	"io"
	"strings"

	"kohtaamo/scheduling/docx"
	"kohtaamo/templates"
)

// An AgreementSection is one part of a draft as it is read: what our template
// says, then what the group filled in.
type AgreementSection struct {
	Heading string
	Words   []string // of the template
	Filled  string   // empty where nothing was said yet
}

// Sections are the numbered parts of a draft in a language, parties first.
func (v *CoDevelopment) Sections(l *templates.Lang) (out []AgreementSection) {
	var names []string
	for i, p := range v.Parties {
		names = append(names, fmt.Sprintf("(%d) %s", i+1, p.line()))
	}
	out = append(out, AgreementSection{Heading: l.Text("agreement.section.parties"), Words: []string{l.Text("agreement.words.parties")}, Filled: strings.Join(names, "\n")})
	for _, name := range AgreementClauses {
		out = append(out, AgreementSection{
			Heading: l.Text("agreement.section." + name),
			Words:   strings.Split(l.Text("agreement.words."+name), "\n\n"),
			Filled:  v.Clauses[name],
		})
	}
	for i := range out {
		out[i].Heading = fmt.Sprintf("%d. %s", i+1, out[i].Heading)
	}
	return out
}

// line names a party with what identifies it.
func (p AgreementParty) line() string {
	var parts []string
	for _, s := range []string{p.Name, p.BusinessID, p.Address} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// WriteAgreement writes a draft for a word processor, in a language.
func WriteAgreement(w io.Writer, v *CoDevelopment, l *templates.Lang) error {
	d := docx.Document{Title: l.Text("agreement.document", "title", v.Title), Lang: l.Code(), Created: v.Created}
	d.Blocks = append(d.Blocks,
		docx.Block{Style: docx.Note, Text: l.Text("agreement.no_advice")},
		docx.Block{Style: docx.Note, Text: l.Text("agreement.version_line", "version", v.Version, "day", l.Day(v.Created, HouseZone))})
	for _, s := range v.Sections(l) {
		d.Blocks = append(d.Blocks, docx.Block{Style: docx.Heading, Text: s.Heading})
		for _, words := range s.Words {
			d.Blocks = append(d.Blocks, docx.Block{Text: words})
		}
		filled := s.Filled
		if filled == "" {
			filled = l.Text("agreement.to_fill")
		}
		for _, text := range strings.Split(filled, "\n\n") {
			d.Blocks = append(d.Blocks, docx.Block{Text: text})
		}
	}
	d.Blocks = append(d.Blocks, docx.Block{Style: docx.Heading, Text: l.Text("agreement.signatures")}, docx.Block{Text: l.Text("agreement.signatures_text")})
	for _, p := range v.Parties {
		d.Blocks = append(d.Blocks, docx.Block{Style: docx.Line, Text: p.signature(l)})
	}
	if err := docx.Write(w, d); err != nil {
		return fmt.Errorf("write an agreement draft: %w", err)
	}
	return nil
}

// signature is what stands under the line of a party.
func (p AgreementParty) signature(l *templates.Lang) string {
	lines := []string{p.Name}
	if p.Signatory != "" {
		lines = append(lines, strings.Join(strings.FieldsFunc(p.Signatory+"\n"+p.Position, func(r rune) bool { return r == '\n' }), ", "))
	}
	return strings.Join(append(lines, l.Text("agreement.place_date")), "\n")
}
