package templates

import (
	"strings"
	"testing"
)

func TestMarkdownText(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{"# Hello\n\nSome *words* and **more**.", "Hello\n-----\n\nSome words and more."},
		{"- one\n- two\n  - inner\n\nafter", "- one\n- two\n  - inner\n\nafter"},
		{"3. three\n4. four", "3. three\n4. four"},
		{"[our site](https://a.example/x) and <https://b.example>", "our site (https://a.example/x) and https://b.example"},
		{"[a@b.example](mailto:a@b.example) [write](mailto:a@b.example)", "a@b.example write (a@b.example)"},
		{"[bad](javascript:alert(1)) [here](/x)", "bad here"},
		{"> said\n> twice", "> said twice"},
		{"a line\\\nbroken", "a line\nbroken"},
		{"5 \\* 3 &amp; <b>x</b>", "5 * 3 & x"},
		{"| a | b |\n|---|---|\n| c | d |", "a | b\nc | d"},
		{"![picture](https://a.example/x.png)", ""},
	} {
		if got := MarkdownText(test.src, true); got != test.want {
			t.Errorf("%q:\n%q, want\n%q", test.src, got, test.want)
		}
	}
	long := "- " + strings.Repeat("word ", 40) + "\n  1. " + strings.Repeat("word ", 40)
	for line := range strings.Lines(MarkdownText(long, true)) {
		if width(strings.TrimSuffix(line, "\n")) > textWidth {
			t.Errorf("a line of %d: %q", width(line), line)
		}
	}
	if got := MarkdownText(long, false); strings.Count(got, "\n") != 1 {
		t.Errorf("not wrapped, it has %q", got)
	}
}

func TestMailMarkdown(t *testing.T) {
	got := string(MailMarkdown("# One\n\n[x](https://a.example) [y](/y) <script>z</script> ![p](https://a.example/p.png)"))
	for _, bad := range []string{"<script", "<img", `href="/y"`, "<h1"} {
		if strings.Contains(got, bad) {
			t.Errorf("it has %s: %s", bad, got)
		}
	}
	for _, want := range []string{`<h2 class="ink" style=`, `<a class="link" style="color:#0b5d4e" href="https://a.example"`} {
		if !strings.Contains(got, want) {
			t.Errorf("it has no %s: %s", want, got)
		}
	}
}
