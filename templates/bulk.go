package templates

import (
	"bytes"
	"fmt"
	html "html/template"
	"strings"
	"sync"
)

// A Bulk is a mail to many as its templates, mail/bulk.html and bulk.txt, read
// it. It has the look of a letter; its words are in its readers' language, Lang.
type Bulk struct {
	Lang, Subject         string
	Brand                 BulkBrand
	Colour, OnColour, Ink html.CSS // the cluster's colour, what is read on it, and the colour as text
	Parts                 []BulkPart
	Emblem                *BulkEmblem // nil if nobody has to be named
	Words                 BulkWords

	// Where each reader's own links lead; Archive is empty where it is shown nowhere.
	Archive, Preferences, Unsubscribe string

	// Pixel is an image that tells us that the mail is looked at; empty for none.
	Pixel string
}

// A BulkBrand is who sends a mail to many: the name, a page about them, and
// their postal address, where they gave one.
type BulkBrand struct{ Name, URL, Address string }

// A BulkEmblem is that of a funded project: "Co-funded …", and its name.
type BulkEmblem struct{ Text, Project string }

// BulkWords are those that stand around mails to many alone.
type BulkWords struct{ Why, Archive, Preferences, Unsubscribe string }

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

// the look of mails to many is read once; an error in it is every mail's error
var bulkLook = sync.OnceValues(Mail)

// Heading is what stands above the text: a mail to many says its subject.
func (b *Bulk) Heading() string { return b.Subject }

// Render writes the mail as a page for mail programs and as plain text.
func (b *Bulk) Render() (page, plain string, err error) {
	set, err := bulkLook()
	if err != nil {
		return "", "", err
	}
	var h, t bytes.Buffer
	if err := set.page(&h, "bulk.html", b.Lang, b); err != nil {
		return "", "", fmt.Errorf("render a mail as html: %w", err)
	}
	if err := set.plain(&t, "bulk.txt", b.Lang, b); err != nil {
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
