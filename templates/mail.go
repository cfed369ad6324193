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

//go:embed mail/letter.html mail/letter.txt locales/mail.*.json
var mailFiles embed.FS

// A MailSet turns letters into the HTML and the text of a mail. It has the
// words that stand around every letter in each language there is, parsed once.
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
		"lines":     func(s string) []string { return strings.Split(s, "\n") },
		"outlook":   outlook,
		"wrap":      wrap,
		"underline": func(s string) string { return strings.Repeat("-", min(width(s), textWidth)) },
	}
	s.html[lang], err = html.New("letter.html").Funcs(funcs).ParseFS(mailFiles, "mail/letter.html")
	if err != nil {
		return err
	}
	s.text[lang], err = text.New("letter.txt").Funcs(funcs).ParseFS(mailFiles, "mail/letter.txt")
	return err
}

// outlook is HTML that Outlook for Windows alone reads: it lays mails out as
// Word does, which knows no max-width and no fonts to fall back to.
func outlook(s string) html.HTML { return html.HTML("<!--[if mso]>" + s + "<![endif]-->") }

// HTML writes a letter as a page for mail programs: one column, styles in the
// elements, nothing fetched. A language that is not there is English.
func (s *MailSet) HTML(w io.Writer, lang string, letter any) error {
	t, ok := s.html[lang]
	if !ok {
		t = s.html["en"]
	}
	return t.Execute(w, letter)
}

// Text writes the same letter in lines of at most 72 characters, but for
// addresses, which stand alone on theirs.
func (s *MailSet) Text(w io.Writer, lang string, letter any) error {
	t, ok := s.text[lang]
	if !ok {
		t = s.text["en"]
	}
	return t.Execute(w, letter)
}
