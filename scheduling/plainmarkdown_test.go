package scheduling

import (
	"strings"
	"testing"

	"kohtaamo/templates"
)

// seen is how Markdown shows s, and how it should: as it is, but for white space.
func wantPlain(t *testing.T, s string) {
	t.Helper()
	want := strings.Join(strings.Fields(cleanText(s)), " ")
	if got := templates.PlainText(plainMarkdown(s)); got != want {
		t.Errorf("%q is written %q and shown as %q", want, plainMarkdown(s), got)
	}
}

var plainTexts = []string{
	"", "Hei", "a\nb\n\n\nc", "*bold* _it_ **b** __u__ ~~gone~~", "# Heading\n## Two\nTitle\n===\nTitle\n---", "- a\n+ b\n* c\n1. d\n2) e\n10.f",
	"    code\n\ttab", "```\nfence\n```", "~~~\nfence\n~~~", "`tick`", "<b>html</b> <script>alert(1)</script> &amp; &lt; &#65;", "[link](javascript:alert(1)) ![image](http://x/y.png)",
	"[a]: http://example.org", "a | b\n--- | ---\nc | d", "|a|\n|-|", ":--\n:-:", "> quote", "\\*escaped\\* \\", "line ends with \\\nnext", "***", "- - -", "___",
	"see https://example.org/a_b_c*d*(e)[f]~~g~~?x=1&y=2#z.", "(https://example.org/a)", "https://example.org/<b>", "http:// https://", "HTTP://EXAMPLE.ORG", "www.example.org/a_b_ and a_b_c@example.org",
	"<https://example.org>", "ftp://example.org/_a_", "https://[x](javascript:alert(1))", "https://a`b`c", "Sivuvirrat & O'Neillin \"kokemuksia\" – ä 😀", "a  \nb", "\\# a", "1\\. b",
	"12345678901. long number", "=", "==", "-", "+", "1.", "a\n=", "|", "a\n|-", "http://a*b* c*d*", "https://example.org/*a* *b*", "https://example.org/\\", "*https://example.org*", "_https://example.org/_",
}

func TestPlainMarkdown(t *testing.T) {
	for _, s := range plainTexts {
		wantPlain(t, s)
	}
	html := string(templates.Markdown(plainMarkdown("one\ntwo\n\nthree https://example.org/a_b")))
	want := "<p>one<br>\ntwo</p>\n<p>three <a href=\"https://example.org/a_b\" rel=\"nofollow noopener\">https://example.org/a_b</a></p>\n"
	if html != want {
		t.Errorf("%q, want %q", html, want)
	}
}

func FuzzPlainMarkdown(f *testing.F) {
	for _, s := range plainTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 2000 {
			wantPlain(t, s)
		}
	})
}
