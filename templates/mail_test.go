package templates

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	long := strings.Repeat("sana ", 20) + "loppu"
	url := "https://kohtaamo.example/" + strings.Repeat("x", 80)
	for _, test := range []struct{ indent, in, want string }{
		{"", "", ""},
		{"", "one  two", "one two"},
		{"", "first\r\nsecond\n\nfourth", "first\nsecond\n\nfourth"},
		{"", long, strings.TrimSpace(strings.Repeat("sana ", 14)) + "\n" + strings.Repeat("sana ", 6) + "loppu"},
		{"  ", "a\nb", "a\n  b"},
		{"", "see " + url + " now", "see\n" + url + "\nnow"},
	} {
		if got := wrap(test.indent, test.in); got != test.want {
			t.Errorf("wrap(%q, %q) = %q, want %q", test.indent, test.in, got, test.want)
		}
	}
}

// An unknown language reads English; a letter of the wrong shape is an error.
func TestMailLanguages(t *testing.T) {
	set, err := Mail()
	if err != nil {
		t.Fatal(err)
	}
	letter := map[string]any{"Subject": "S", "Heading": "H", "Brand": map[string]string{"Name": "B"}}
	for lang, want := range map[string]string{"en": "sent by B", "fi": "lähetti B", "sv": "sent by B"} {
		var b strings.Builder
		if err := set.Text(&b, lang, letter); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v\n%s", lang, err, b.String())
		}
		b.Reset()
		if err := set.HTML(&b, lang, letter); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v\n%s", lang, err, b.String())
		}
	}
	if err := set.HTML(new(strings.Builder), "en", struct{ Nothing int }{}); err == nil {
		t.Error("a letter without a subject is no error")
	}
}
