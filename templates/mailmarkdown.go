package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// mailed is what people may write in a mail: as on a page, but links lead to
// whole addresses, since a mail is on no site, and nothing is fetched.
var mailed = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del",
		"blockquote", "code", "pre", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,6}$`)).OnElements("ol")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
}()

// Mail programs drop style sheets, so that each element carries its own look.
// The classes are for the dark alone, which a style sheet has to say.
var mailLook = strings.NewReplacer(
	"<p>", `<p class="ink" style="margin:0 0 16px;color:#16211f">`,
	"<h2>", `<h2 class="ink" style="margin:28px 0 8px;font-size:20px;line-height:1.3;color:#16211f">`,
	"<h3>", `<h3 class="ink" style="margin:24px 0 8px;font-size:17px;line-height:1.3;color:#16211f">`,
	"<h4>", `<h4 class="ink" style="margin:20px 0 8px;font-size:17px;line-height:1.3;color:#16211f">`,
	"<h5>", `<h5 class="ink" style="margin:20px 0 8px;font-size:17px;line-height:1.3;color:#16211f">`,
	"<h6>", `<h6 class="ink" style="margin:20px 0 8px;font-size:17px;line-height:1.3;color:#16211f">`,
	"<ul>", `<ul class="ink" style="margin:0 0 16px;padding-left:24px;color:#16211f">`,
	"<ol>", `<ol class="ink" style="margin:0 0 16px;padding-left:24px;color:#16211f">`,
	"<ol ", `<ol class="ink" style="margin:0 0 16px;padding-left:24px;color:#16211f" `,
	"<li>", `<li style="margin:0 0 4px">`,
	"<hr>", `<hr class="line" style="margin:24px 0;border:0;border-top:1px solid #d5ddda">`,
	"<blockquote>", `<blockquote class="line" style="margin:0 0 16px;padding-left:16px;border-left:3px solid #d5ddda">`,
	"<pre>", `<pre class="ink" style="margin:0 0 16px;white-space:pre-wrap;font-size:15px;color:#16211f">`,
	"<table>", `<table class="ink" cellpadding="0" cellspacing="0" border="0" style="width:100%;margin:0 0 16px;font-size:15px;color:#16211f">`,
	"<th>", `<th class="line" align="left" style="padding:6px 12px 6px 0;border-bottom:1px solid #d5ddda">`,
	"<td>", `<td class="line" valign="top" style="padding:6px 12px 6px 0;border-bottom:1px solid #d5ddda">`,
	`<a href=`, `<a class="link" style="color:#0b5d4e" href=`,
)

// MailMarkdown renders what somebody wrote as the HTML of a mail: safe, with the
// look in its elements. HTML in it is left out, and so are images.
func MailMarkdown(src string) template.HTML {
	var buf bytes.Buffer
	if err := markdown.Convert([]byte(clipped(src)), &buf); err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(src) + "</p>")
	}
	return template.HTML(mailLook.Replace(string(mailed.SanitizeBytes(buf.Bytes()))))
}

func clipped(src string) string {
	if len(src) > longestMarkdown {
		return strings.ToValidUTF8(src[:longestMarkdown], "")
	}
	return src
}

// MarkdownText writes the same as plain text: headings underlined, lists with
// their marks, addresses behind the words that lead there. Lines end within 72
// characters if wrapped, and only where the writer ended them if not.
func MarkdownText(src string, wrapped bool) string {
	w := plainWriter{src: []byte(clipped(src)), wrapped: wrapped}
	return strings.TrimSpace(w.blocks(markdown.Parser().Parse(text.NewReader(w.src)), "\n\n"))
}

type plainWriter struct {
	src     []byte
	wrapped bool
	depth   int // characters that stand in front of its lines
}

// blocks are the blocks within n, with something between them.
func (w plainWriter) blocks(n ast.Node, between string) string {
	var out []string
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if s := w.block(c); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, between)
}

func (w plainWriter) block(n ast.Node) string {
	switch n := n.(type) {
	case *ast.Heading:
		s := w.fold(w.inline(n))
		if !w.wrapped {
			return s
		}
		return s + "\n" + strings.Repeat("-", min(width(s), textWidth))
	case *ast.List:
		return w.list(n)
	case *ast.Blockquote:
		w.depth += 2
		return indent("> ", w.blocks(n, "\n\n"))
	case *ast.ThematicBreak:
		return strings.Repeat("-", 20)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return indent("    ", strings.TrimRight(string(n.Lines().Value(w.src)), "\n"))
	case *ast.HTMLBlock:
		return ""
	case *extast.Table:
		return w.table(n)
	}
	return w.fold(w.inline(n))
}

func (w plainWriter) list(l *ast.List) string {
	var out []string
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		inner := w
		inner.depth += len(mark)
		body := inner.blocks(item, "\n")
		out = append(out, mark+strings.TrimLeft(indent(strings.Repeat(" ", len(mark)), body), " "))
	}
	between := "\n"
	if !l.IsTight {
		between = "\n\n"
	}
	return strings.Join(out, between)
}

func (w plainWriter) table(t *extast.Table) string {
	var lines []string
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, w.inline(cell))
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return strings.Join(lines, "\n")
}

// inline is the text within a block.
func (w plainWriter) inline(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(unescaped(c.Segment.Value(w.src)))
			switch {
			case c.HardLineBreak():
				b.WriteByte('\n')
			case c.SoftLineBreak():
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.AutoLink:
			b.Write(c.Label(w.src))
		case *ast.Link:
			b.WriteString(linkText(w.inline(c), string(c.Destination)))
		case *ast.RawHTML, *ast.Image:
		default:
			b.WriteString(w.inline(c))
		}
	}
	return b.String()
}

// linkText is a link in words: "our programme (https://…)".
func linkText(words, to string) string {
	words = strings.TrimSpace(words)
	whole := strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "mailto:")
	switch {
	case !whole || strings.TrimPrefix(to, "mailto:") == words:
		return words
	case words == "":
		return to
	}
	return words + " (" + strings.TrimPrefix(to, "mailto:") + ")"
}

// unescaped is what somebody wrote, without the backslashes and entities that
// Markdown has for marks.
func unescaped(s []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(s)))
}

// fold ends lines where they have to.
func (w plainWriter) fold(s string) string {
	if !w.wrapped {
		return s
	}
	room := strings.Repeat(" ", w.depth)
	return strings.ReplaceAll(wrap(room, s), "\n"+room, "\n")
}

func indent(with, s string) string {
	return strings.TrimRight(with+strings.ReplaceAll(s, "\n", "\n"+with), " ")
}
