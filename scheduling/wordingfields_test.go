package scheduling

import (
	"slices"
	"strings"
	"testing"
)

func TestParsePattern(t *testing.T) {
	for _, test := range []struct {
		text, fault, near string
		line              int
		fields            []string
	}{
		{text: "Hello {{name}}, see you at {{ event }}. {one} brace", fields: []string{"name", "event"}},
		{text: "", fields: nil},
		{text: "{{name}}{{name}}", fields: []string{"name", "name"}},
		{text: "one\ntwo {{event\nthree }}", fault: "wording.fault.unclosed", near: "{{event", line: 2},
		{text: "{{event", fault: "wording.fault.unclosed", near: "{{event", line: 1},
		{text: "{{ {{event}}", fault: "wording.fault.unclosed", near: "{{ {{event}}", line: 1},
		{text: "a\n\nevent}} b", fault: "wording.fault.unopened", near: "event}}", line: 3},
		{text: "{{event}} and }}", fault: "wording.fault.unopened", near: "{{event}} and }}", line: 1},
		{text: "{{}}", fault: "wording.fault.unknown", near: "{{}}", line: 1},
		{text: "x\n{{.event}}", fault: "wording.fault.unknown", near: "{{.event}}", line: 2},
		{text: `{{event | printf "%s"}}`, fault: "wording.fault.unknown", near: `{{event | printf "%s"}}`, line: 1},
	} {
		p, bad := parsePattern(test.text)
		switch {
		case bad == nil && test.fault != "":
			t.Errorf("%q is taken", test.text)
		case bad != nil && *bad != patternFault{test.fault, test.near, test.line}:
			t.Errorf("%q: %+v, want %s at %q in line %d", test.text, *bad, test.fault, test.near, test.line)
		case bad == nil && !slices.Equal(p.fields(), test.fields):
			t.Errorf("%q has the fields %q, want %q", test.text, p.fields(), test.fields)
		}
	}
}

// A value is data: what looks like a field in it stays as it is.
func TestFillOnce(t *testing.T) {
	p, _ := parsePattern("{{name}} · {{event}} · {{n}}")
	got, ok := p.fill(texts().In("en"), "name", "{{event}}", "event", "{{name}} {{when}} %s <b>", "n", 12345, "when", "x")
	if want := "{{event}} · {{name}} {{when}} %s <b> · 12,345"; got != want || !ok {
		t.Errorf("got %q", got)
	}
	if _, ok := p.fill(texts().In("en"), "name", "x"); ok {
		t.Error("a field without a value was filled")
	}
}

// Whatever is typed and whatever fields are filled with: a pattern that is taken
// gives its own words and the values, each once for each field, and nothing else.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{"Hi {{name}}", "{{name", "}}", "{{ name }}{{event}}", "{{{name}}}", "a{{name}}\n{{event}}b", "{{.name}}"} {
		f.Add(s, "{{event}}", "}} {{")
	}
	f.Fuzz(func(t *testing.T, text, name, event string) {
		p, bad := parsePattern(text)
		if bad != nil {
			if bad.line < 1 || bad.line > 1+strings.Count(text, "\n") || bad.key == "" {
				t.Fatalf("%q: the fault is at %+v", text, bad)
			}
			return
		}
		got, ok := p.fill(texts().In("en"), "name", name, "event", event)
		if known := p.unknown([]string{"name", "event"}) == nil; known != ok {
			t.Fatalf("%q: only known fields: %v, filled: %v", text, known, ok)
		}
		if !ok {
			return
		}
		size := 0
		for i, part := range p {
			if i%2 == 0 {
				size += len(part)
				if strings.Contains(part, "{{") || strings.Contains(part, "}}") {
					t.Fatalf("%q: the words %q have braces left", text, part)
				}
				continue
			}
			size += len(map[string]string{"name": name, "event": event}[part])
		}
		if len(got) != size {
			t.Errorf("%q with %q and %q gives %q", text, name, event, got)
		}
	})
}
