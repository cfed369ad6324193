package templates

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	i18ntemplate "github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
)

// A Lang is one language: its words, and how it writes times and numbers.
type Lang struct {
	code      string
	plain     map[string]string // the texts that take no arguments
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

// Text gives the words for key. The args are alternating names and values that
// the words may mention; one named "count" chooses the plural form. A key that
// does not exist is its own text, which tests find.
func (l *Lang) Text(key string, args ...any) string {
	if s, ok := l.plain[key]; ok {
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

// counts reports whether m has plural forms: "5 min" needs none.
func counts(m *i18n.Message) bool {
	return m != nil && m.Zero+m.One+m.Two+m.Few+m.Many != ""
}

// shown writes numbers as the language does; everything else stays.
func (l *Lang) shown(v any) any {
	switch n := v.(type) {
	case int:
		return l.Number(n)
	case int64:
		return l.Number(int(n))
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
		l = &Lang{code: code, plain: map[string]string{}, keys: map[string]*i18n.Message{}}
		langs[code] = l
	}
	for _, m := range file.Messages {
		if l.keys[m.ID] != nil {
			return fmt.Errorf("the key %q is already in another file", m.ID)
		}
		l.keys[m.ID] = m
		if !counts(m) && !strings.Contains(m.Other, "{{") {
			l.plain[m.ID] = m.Other
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
