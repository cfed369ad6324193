package templates

import (
	"embed"
	"encoding/json"
	"fmt"
	html "html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	text "text/template"
)

//go:embed mail/*.html mail/*.txt locales/mail.*.json
var mailFiles embed.FS

// A MailSet turns letters and mails to many into HTML and text. Both have the
// look of mail/look.html and look.txt; the words that stand around every mail
// are there in each language there is, parsed once.
type MailSet struct {
	html map[string]*html.Template
	text map[string]*text.Template
}

// Mail reads the mail templates and their words, locales/mail.<language>.json.
func Mail() (*MailSet, error) {
	files, err := fs.Glob(mailFiles, "locales/mail.*.json")
	if err != nil {
		return nil, err
	}
	set := &MailSet{map[string]*html.Template{}, map[string]*text.Template{}}
	for _, file := range files {
		lang := strings.TrimSuffix(strings.TrimPrefix(path.Base(file), "mail."), ".json")
		if err := set.add(lang, file); err != nil {
			return nil, fmt.Errorf("mail templates in %q: %w", lang, err)
		}
	}
	return set, nil
}

func (s *MailSet) add(lang, file string) error {
	body, err := mailFiles.ReadFile(file)
	if err != nil {
		return err
	}
	words := map[string]string{}
	if err := json.Unmarshal(body, &words); err != nil {
		return err
	}
	funcs := map[string]any{
		"t": func(key string) (string, error) {
			if w, ok := words[key]; ok {
				return w, nil
			}
			return "", fmt.Errorf("no word for %q", key)
		},
		"dict":      dict,
		"lines":     func(s string) []string { return strings.Split(s, "\n") },
		"outlook":   outlook,
		"wrap":      wrap,
		"underline": func(s string) string { return strings.Repeat("-", min(width(s), textWidth)) },
	}
	s.html[lang], err = html.New(lang).Funcs(funcs).ParseFS(mailFiles, "mail/*.html")
	if err != nil {
		return err
	}
	s.text[lang], err = text.New(lang).Funcs(funcs).ParseFS(mailFiles, "mail/*.txt")
	return err
}

// outlook is HTML that Outlook for Windows alone reads: it lays mails out as
// Word does, which knows no max-width and no fonts to fall back to.
func outlook(s string) html.HTML { return html.HTML("<!--[if mso]>" + s + "<![endif]-->") }

// HTML writes a letter as a page for mail programs: one column, styles in the
// elements, nothing fetched. A language that is not there is English.
func (s *MailSet) HTML(w io.Writer, lang string, letter any) error {
	return s.page(w, "letter.html", lang, letter)
}

// Text writes the same letter in lines of at most 72 characters, but for
// addresses, which stand alone on theirs.
func (s *MailSet) Text(w io.Writer, lang string, letter any) error {
	return s.plain(w, "letter.txt", lang, letter)
}

func (s *MailSet) page(w io.Writer, name, lang string, data any) error {
	t, ok := s.html[lang]
	if !ok {
		t = s.html["en"]
	}
	return t.ExecuteTemplate(w, name, data)
}

func (s *MailSet) plain(w io.Writer, name, lang string, data any) error {
	t, ok := s.text[lang]
	if !ok {
		t = s.text["en"]
	}
	return t.ExecuteTemplate(w, name, data)
}
