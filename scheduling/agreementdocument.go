package scheduling

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"kohtaamo/scheduling/docx"
	"kohtaamo/templates"
)

// WriteSigned writes a version of an agreement for a word processor, in its own
// language: its text and, once it is signed, by whom, when and the hash of the
// text that was shown. A version that is a file is not written, but had as it is.
func WriteSigned(w io.Writer, p *SigningPage, l *templates.Lang) error {
	a := p.Agreement
	d := docx.Document{Title: l.Text("membership.document_title", "company", p.Company, "cluster", p.Cluster.Name.In(a.Lang)), Lang: a.Lang, Created: a.Created}
	d.Blocks = append(plainBlocks(p.Document), docx.Block{Style: docx.Heading, Text: l.Text("membership.signature")})
	s := a.Signature
	if s == nil {
		d.Blocks = append(d.Blocks, docx.Block{Style: docx.Line, Text: strings.Join([]string{p.Company, a.Signatory + ", " + a.Position}, "\n")})
	} else {
		when := l.When(s.At, HouseZone)
		if s.By == "paper" {
			when = l.Day(s.At, HouseZone)
		}
		d.Blocks = append(d.Blocks, docx.Block{Text: l.Text("membership.signed_by_"+s.By, "name", s.Name, "position", a.Position, "company", p.Company, "when", when)},
			docx.Block{Style: docx.Note, Text: l.Text("membership.signed_hash", "hash", s.SHA256)})
		if x := a.Struck; x != nil {
			d.Blocks = append(d.Blocks, docx.Block{Style: docx.Note, Text: l.Text("membership.struck", "day", l.Day(x.At, HouseZone))})
		}
	}
	if err := docx.Write(w, d); err != nil {
		return fmt.Errorf("write an agreement: %w", err)
	}
	return nil
}

var (
	headingLine = regexp.MustCompile(`^#{1,6}\s+`)
	listLine    = regexp.MustCompile(`^\s*([-*+]|[0-9]{1,9}[.)])\s+`)
)

// plainBlocks are the paragraphs of a text in Markdown without its marks.
func plainBlocks(text string) (out []docx.Block) {
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			out = append(out, docx.Block{Text: templates.PlainText(strings.Join(lines, "\n"))})
		}
		lines = nil
	}
	for _, line := range strings.Split(text, "\n") {
		switch mark := listLine.FindString(line); {
		case strings.TrimSpace(line) == "":
			flush()
		case headingLine.MatchString(line):
			flush()
			out = append(out, docx.Block{Style: docx.Heading, Text: templates.PlainText(line)})
		case mark != "":
			flush()
			sign := strings.TrimSpace(mark)
			if strings.Trim(sign, "-*+") == "" {
				sign = "•"
			}
			out = append(out, docx.Block{Text: sign + " " + templates.PlainText(strings.TrimPrefix(line, mark))})
		default:
			lines = append(lines, line)
		}
	}
	flush()
	return out
}
