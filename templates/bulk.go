package templates

import (
	"bytes"
	"embed"
	"fmt"
	html "html/template"
	"strings"
	"sync"
	text "text/template"
)

//go:embed mail/bulk.html mail/bulk.txt
var bulkFiles embed.FS

// A Bulk is a mail to many as its templates, mail/bulk.html and bulk.txt, read
// it. It has the look of a letter; all words in it are in its readers' language.
type Bulk struct {
	Lang, Subject         string
	Brand, BrandURL       string
	Address               string   // postal
	Colour, OnColour, Ink html.CSS // the cluster's colour, what is read on it, and the colour as text
	Parts                 []BulkPart
	Emblem, Project       string // "Co-funded …" and the project's name; empty if nobody has to be named
	Words                 BulkWords

	// Where each reader's own links lead; Archive is empty where it is shown nowhere.
	Archive, Preferences, Unsubscribe string

	// Pixel is an image that tells us that the mail is looked at; empty for none.
	Pixel string
}

// BulkWords are those that stand around every mail to many.
type BulkWords struct{ SentBy, Why, Archive, Preferences, Unsubscribe string }

// A BulkPart is a piece of what an organiser wrote, rendered, or what stands in
// the place of a block.
type BulkPart struct {
	HTML  html.HTML
	Text  string
	Items []BulkItem
}

// A BulkItem is an event, a round or a group that a mail shows. URL and Action
// are its one link.
type BulkItem struct{ When, Title, Where, About, URL, Action string }

type bulkSet struct {
	html *html.Template
	text *text.Template
}

// the look of mails to many is read once; an error in it is every mail's error
var bulkLook = sync.OnceValues(func() (set bulkSet, err error) {
	set.html, err = html.New("bulk.html").ParseFS(bulkFiles, "mail/bulk.html")
	if err != nil {
		return set, err
	}
	funcs := text.FuncMap{"wrap": wrap, "underline": func(s string) string { return strings.Repeat("-", min(width(s), textWidth)) }}
	set.text, err = text.New("bulk.txt").Funcs(funcs).ParseFS(bulkFiles, "mail/bulk.txt")
	return set, err
})

// Render writes the mail as a page for mail programs and as plain text.
func (b *Bulk) Render() (page, plain string, err error) {
	set, err := bulkLook()
	if err != nil {
		return "", "", fmt.Errorf("mail templates: %w", err)
	}
	var h, t bytes.Buffer
	if err := set.html.Execute(&h, b); err != nil {
		return "", "", fmt.Errorf("render a mail as html: %w", err)
	}
	if err := set.text.Execute(&t, b); err != nil {
		return "", "", fmt.Errorf("render a mail as text: %w", err)
	}
	return h.String(), t.String(), nil
}

// PartsText are the parts of a mail as plain text without lines of their own
// making: for where people paste it.
func PartsText(parts []BulkPart) string {
	var out []string
	for _, p := range parts {
		if p.Text != "" {
			out = append(out, p.Text)
		}
		for _, i := range p.Items {
			var lines []string
			for _, s := range []string{i.Title, i.When, i.Where, i.URL} {
				if s != "" {
					lines = append(lines, s)
				}
			}
			out = append(out, strings.Join(lines, "\n"))
		}
	}
	return strings.Join(out, "\n\n")
}
