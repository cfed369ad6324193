package templates

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// longestMarkdown is as much as is rendered; the rest is left out. Fields are
// limited where they are saved, this is for whatever came another way.
const longestMarkdown = 100_000

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Linkify, extension.Strikethrough, extension.Table),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(lowerHeadings{}, 500))),
)

// lowerHeadings makes a writer's highest headings second ones: a page has one h1,
// and none is left out below it.
type lowerHeadings struct{}

func (lowerHeadings) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	highest := 6
	headings(doc, func(h *ast.Heading) { highest = min(highest, h.Level) })
	headings(doc, func(h *ast.Heading) { h.Level = min(h.Level-highest+2, 6) })
}

func headings(doc *ast.Document, do func(*ast.Heading)) {
	// The visitor returns no error, so Walk does not either.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering {
			do(h)
		}
		return ast.WalkContinue, nil
	})
}

// written is what people may write: text, lists, tables and links that pass on
// neither rank nor the window. No images: they would tell others who reads.
var written = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del",
		"blockquote", "code", "pre", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,6}$`)).OnElements("ol")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(false)
	p.RequireNoReferrerOnLinks(false)
	return p
}()

// noopener is set by hand: the policy adds it only together with a new window.
var linkRel = regexp.MustCompile(`rel="nofollow"`)

// Markdown renders what somebody wrote as safe HTML. HTML in it is left out.
func Markdown(src string) template.HTML {
	if len(src) > longestMarkdown {
		src = strings.ToValidUTF8(src[:longestMarkdown], "")
	}
	var buf bytes.Buffer
	if err := markdown.Convert([]byte(src), &buf); err != nil {
		return template.HTML("<p>" + template.HTMLEscapeString(src) + "</p>")
	}
	safe := written.SanitizeBytes(buf.Bytes())
	return template.HTML(linkRel.ReplaceAll(safe, []byte(`rel="nofollow noopener"`)))
}

var onlyText = bluemonday.StrictPolicy()

// PlainText is what somebody wrote in Markdown without its marks, on one line:
// for lists, previews and the description in a page's head.
func PlainText(src string) string {
	return strings.Join(strings.Fields(html.UnescapeString(onlyText.Sanitize(string(Markdown(src))))), " ")
}
