package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	i18ntemplate "github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// A Lang is one language: its words, and how it writes times and numbers.
type Lang struct {
	code      string
	plain     map[string]string   // the texts that take no arguments
	simple    map[string][]string // those that only mention some: words and names in turn
	keys      map[string]*i18n.Message
	localizer *i18n.Localizer
	months    []string
	weekdays  []string // from Sunday, as time.Weekday counts
}

// strict makes a text that mentions something it was not given an error
// instead of "<no value>".
var strict = &i18ntemplate.TextParser{Option: "missingkey=error"}

// Code is the language's BCP 47 code: "fi".
func (l *Lang) Code() string { return l.code }

// Has reports whether there is a text for key.
func (l *Lang) Has(key string) bool { return l.keys[key] != nil }

// Pattern is the text for key as it is written, its fields as {{name}}: for
// whoever writes another one in its place. It is "" if there is no such text.
func (l *Lang) Pattern(key string) string {
	m := l.keys[key]
	if m == nil {
		return ""
	}
	return blank.ReplaceAllString(m.Other, "{{${1}}}")
}

// Text gives the words for key. The args are alternating names and values that
// the words may mention; one named "count" chooses the plural form. A key that
// does not exist is its own text, which tests find.
func (l *Lang) Text(key string, args ...any) string {
	if s, ok := l.plain[key]; ok {
		return s
	}
	if s, ok := l.filled(l.simple[key], args); ok {
		return s
	}
	conf := &i18n.LocalizeConfig{MessageID: key, TemplateParser: strict}
	data := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		data[name] = l.shown(args[i+1])
		if name == "count" && counts(l.keys[key]) {
			conf.PluralCount = args[i+1]
		}
	}
	conf.TemplateData = data
	s, err := l.localizer.Localize(conf)
	if err != nil {
		return key
	}
	return s
}

// Say is Text of a key with what it mentions as it was stored: names and values
// in turn.
func (l *Lang) Say(key string, args []string) string {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a
	}
	return l.Text(key, values...)
}

// filled puts strings and whole numbers in the places of a simple text, as the
// template would and much quicker. Anything else is left to the template.
func (l *Lang) filled(parts []string, args []any) (s string, ok bool) {
	if len(parts) == 0 {
		return "", false
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			if part, ok = l.shown(argument(args, part)).(string); !ok {
				return "", false
			}
		}
		b.WriteString(part)
	}
	return b.String(), true
}

// argument is the value of a name, nil if there is none.
func argument(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

var blank = regexp.MustCompile(`{{\.(\w+)}}`)

// simpleParts divides a text into its words and the names it mentions, in turn;
// none if it asks for more than that.
func simpleParts(text string) (parts []string) {
	if strings.Contains(blank.ReplaceAllString(text, ""), "{{") {
		return nil
	}
	last := 0
	for _, m := range blank.FindAllStringSubmatchIndex(text, -1) {
		parts, last = append(parts, text[last:m[0]], text[m[2]:m[3]]), m[1]
	}
	return append(parts, text[last:])
}

// counts reports whether m has plural forms: "5 min" needs none.
func counts(m *i18n.Message) bool {
	return m != nil && m.Zero+m.One+m.Two+m.Few+m.Many != ""
}

// shown writes numbers as the language does, and lets what has its own words in
// each language say them; everything else stays.
func (l *Lang) shown(v any) any {
	switch n := v.(type) {
	case int:
		return l.Number(n)
	case int64:
		return l.Number(int(n))
	case interface{ In(lang string) string }:
		return n.In(l.code)
	case interface{ In(l *Lang) string }:
		return n.In(l)
	}
	return v
}

// Number writes n with its thousands apart, from ten thousand on: years and
// codes are left alone.
func (l *Lang) Number(n int) string {
	s := fmt.Sprint(n)
	digits := strings.TrimPrefix(s, "-")
	if len(digits) < 5 {
		return s
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(l.plain["common.thousands"])
		}
		b.WriteRune(d)
	}
	return s[:len(s)-len(digits)] + b.String()
}

// Difference writes n with its sign, and nothing for none.
func (l *Lang) Difference(n int) string {
	switch {
	case n > 0:
		return "+" + l.Number(n)
	case n < 0:
		return "−" + l.Number(-n)
	}
	return ""
}

// loadWords merges the locale files of every language.
func loadWords(fsys fs.FS) (map[string]*Lang, error) {
	names, err := fs.Glob(fsys, "locales/*.json")
	if err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(language.Make(Fallback))
	langs := map[string]*Lang{}
	for _, name := range names {
		if err := loadFile(fsys, bundle, langs, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if langs[Fallback] == nil {
		return nil, errors.New("no words in " + Fallback)
	}
	for _, l := range langs {
		l.localizer = i18n.NewLocalizer(bundle, l.code, Fallback)
		if err := l.loadCalendar(); err != nil {
			return nil, err
		}
	}
	return langs, nil
}

func loadFile(fsys fs.FS, bundle *i18n.Bundle, langs map[string]*Lang, name string) error {
	body, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if err := oneOfEachKey(body); err != nil {
		return err
	}
	file, err := bundle.ParseMessageFileBytes(body, path.Base(name))
	if err != nil {
		return err
	}
	code := file.Tag.String()
	l := langs[code]
	if l == nil {
		l = &Lang{code: code, plain: map[string]string{}, simple: map[string][]string{}, keys: map[string]*i18n.Message{}}
		langs[code] = l
	}
	for _, m := range file.Messages {
		if l.keys[m.ID] != nil {
			return fmt.Errorf("the key %q is already in another file", m.ID)
		}
		l.keys[m.ID] = m
		switch {
		case counts(m): // depends on a number
		case !strings.Contains(m.Other, "{{"):
			l.plain[m.ID] = m.Other
		default:
			l.simple[m.ID] = simpleParts(m.Other)
		}
	}
	return nil
}

// oneOfEachKey refuses a file that says a key twice: the decoder would keep the
// last one and say nothing.
func oneOfEachKey(body []byte) error {
	dec, seen := json.NewDecoder(bytes.NewReader(body)), map[string]bool{}
	var path []string // of the objects we are in; the last is the key before a value
	inKey := false
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case tok == json.Delim('{'):
			path, inKey = append(path, ""), true
		case tok == json.Delim('}'):
			path, inKey = path[:len(path)-1], true
		case !inKey:
			inKey = true
		default:
			path[len(path)-1], inKey = fmt.Sprint(tok), false
			key := strings.Join(path, ".")
			if seen[key] {
				return fmt.Errorf("the key %q stands there twice", key)
			}
			seen[key] = true
		}
	}
}
