package templates

import (
	"html/template"
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"# Title\n\nA *few* words", "<h2>Title</h2>\n<p>A <em>few</em> words</p>\n"},
		{"[site](https://example.fi)", `<p><a href="https://example.fi" rel="nofollow noopener">site</a></p>` + "\n"},
		{"https://example.fi", `<p><a href="https://example.fi" rel="nofollow noopener">https://example.fi</a></p>` + "\n"},
		{"[x](javascript:alert(1))", "<p>x</p>\n"},
		{"<script>alert(1)</script>", "\n"},
		{"<b onclick=x style='a'>bold</b>", "<p>bold</p>\n"},
		{"![secret](https://tracker.example/x.png)", "<p></p>\n"},
		{"3. third", "<ol start=\"3\">\n<li>third</li>\n</ol>\n"},
		{"", ""},
	} {
		if got := string(Markdown(test.in)); got != test.want {
			t.Errorf("%q gave\n%q, want\n%q", test.in, got, test.want)
		}
	}
	if got := len(Markdown(strings.Repeat("ä ", 100_000))); got > longestMarkdown+100 {
		t.Errorf("a text without end gave %d bytes", got)
	}
}

func TestPlainText(t *testing.T) {
	if got := PlainText("# Day & night\n\nfor *all*\n\n- one"); got != "Day & night for all one" {
		t.Errorf("plain = %q", got)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"# x", "[a](b \"c\")", "<img src=x onerror=alert(1)>", "[x](data:text/html,y)", "&#106;avascript:", "\x00", "<svg><style>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.ToLower(string(Markdown(s)))
		for _, bad := range []string{"<script", "<img", "<svg", "<style", " style=", "href=\"javascript:", "href=\"data:"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q gave %q", s, got)
			}
		}
	})
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Aino Väisänen": "AV", "  åke  östman ": "ÅÖ", "Cher": "C", "": "?", "Jean-Luc O'Neill": "JO", "<b>": "B",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials of %q = %q, want %q", name, got, want)
		}
	}
}

func TestStates(t *testing.T) {
	en := load(t).In("en")
	for what, states := range signs {
		for state, s := range states {
			if shapes[s.shape] == "" {
				t.Errorf("%s %s has the shape %q, which is none", what, state, s.shape)
			}
			if key := "state." + what + "." + state; !en.Has(key) {
				t.Errorf("no text %s", key)
			}
		}
	}
	if got := string(en.state("registration", "waitlisted")); !strings.Contains(got, `class="state wait"`) || !strings.HasSuffix(got, "</svg>Waiting</span>") {
		t.Errorf("badge = %s", got)
	}
	if got := string(en.state("registration", "<x>")); !strings.Contains(got, "&lt;x&gt;") {
		t.Errorf("badge of an unknown state = %s", got)
	}
}

func TestQR(t *testing.T) {
	got := string(QR("https://example.fi/my/abc", `Ticket "A"`))
	if !strings.Contains(got, `aria-label="Ticket &#34;A&#34;"`) || !strings.Contains(got, `<path fill="#000" d="M4 4h7v1h-7z`) {
		t.Errorf("QR = %s", got)
	}
	if got := QR(strings.Repeat("x", 5000), "x"); got != "" {
		t.Error("a text too long for a code drew something")
	}
}

func TestQuery(t *testing.T) {
	if got := query("q", "a&b ä", "state", "", "page", 2); got != template.URL("page=2&q=a%26b+%C3%A4") {
		t.Errorf("query = %s", got)
	}
}

func TestUnknownPage(t *testing.T) {
	if _, err := load(t).Page("fi", "nothing", nil); err == nil {
		t.Error("a page that is not there was shown")
	}
}
