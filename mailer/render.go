package mailer

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"kohtaamo/templates"
)

// Rendered is a mail as its reader gets it.
type Rendered struct {
	From, To, ReplyTo string // with names, for show
	Subject           string
	Text, HTML        string
	Calendar          string // empty if there is none
}

// Preview renders m as the worker will when it sends it.
func (o *Outbox) Preview(m *Mail) (Rendered, error) { return render(m) }

// the look of mails is read once; an error in it is every mail's error
var look = sync.OnceValues(templates.Mail)

// shape is a letter as the templates read it.
type shape struct {
	Letter
	Lang                  string
	Colour, OnColour, Ink template.CSS // a cluster's colour, what is read on it, and the colour as text
	Wide                  bool         // the labels of facts are long: times of an agenda
}

func render(m *Mail) (Rendered, error) {
	set, err := look()
	if err != nil {
		return Rendered{}, err
	}
	s := shapeOf(m)
	var html, text bytes.Buffer
	if err := set.HTML(&html, m.Lang, s); err != nil {
		return Rendered{}, fmt.Errorf("render mail %s as html: %w", m.ID, err)
	}
	if err := set.Text(&text, m.Lang, s); err != nil {
		return Rendered{}, fmt.Errorf("render mail %s as text: %w", m.ID, err)
	}
	r := Rendered{
		From: Address{m.FromName, m.From}.String(), To: Address{m.ToName, m.To}.String(),
		ReplyTo: m.ReplyTo, Subject: s.Subject, Text: text.String(), HTML: html.String(),
	}
	if m.Calendar != nil {
		r.Calendar = string(m.Calendar.Body)
	}
	return r, nil
}

// shapeOf cleans a letter: nothing in it can end a line of a header or of the
// text that it should not, and links lead only where links may.
func shapeOf(m *Mail) shape {
	l := m.Letter
	l.Subject = clip(oneLine(l.Subject), 200)
	l.Heading = oneLine(l.Heading)
	if l.Heading == "" {
		l.Heading = l.Subject
	}
	l.Preheader = oneLine(l.Preheader)
	l.Facts = mapped(l.Facts, func(f Fact) Fact { return Fact{oneLine(f.Label), manyLines(f.Value)} })
	l.Paragraphs = mapped(l.Paragraphs, manyLines)
	l.Closing = mapped(l.Closing, manyLines)
	l.Links = slices.DeleteFunc(mapped(l.Links, cleanLink), func(k Link) bool { return k.URL == "" })
	if l.Button != nil {
		b := cleanLink(*l.Button)
		l.Button = &b
		if b.URL == "" {
			l.Button = nil
		}
	}
	l.Brand = cleanBrand(l.Brand)
	l.Brand.Name = cmp.Or(l.Brand.Name, oneLine(m.FromName), m.From)
	if l.Emblem != nil {
		l.Emblem = &Emblem{oneLine(l.Emblem.Text), oneLine(l.Emblem.Project)}
	}
	colour, on, ink := colours(l.Brand.Colour)
	wide := slices.ContainsFunc(l.Facts, func(f Fact) bool { return utf8.RuneCountInString(f.Label) > 20 })
	return shape{l, m.Lang, colour, on, ink, wide}
}

func cleanBrand(b Brand) Brand {
	return Brand{oneLine(b.Name), b.Colour, safeURL(b.URL), oneLine(b.Address)}
}

func cleanLink(k Link) Link { return Link{oneLine(k.Label), safeURL(k.URL)} }

func mapped[T any](xs []T, f func(T) T) []T {
	out := make([]T, len(xs))
	for i, x := range xs {
		out[i] = f(x)
	}
	return out
}

// oneLine makes every run of spaces and control characters one space.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || isLineBreak(r)
	}), " ")
}

// manyLines keeps line breaks and drops other control characters.
func manyLines(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || isLineBreak(r):
			return '\n'
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s))
}

func isLineBreak(r rune) bool { return r == '\u2028' || r == '\u2029' || r == '\u0085' }

// safeURL gives s as it may stand in a mail, or nothing.
func safeURL(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https", "webcal":
		if u.Host != "" {
			return u.String()
		}
	case "mailto":
		return u.String()
	}
	return ""
}

const spruce = "#0b5d4e"

var hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// colours checks a cluster's colour and finds what can be read on it, and
// whether it can itself be read on our light ground (WCAG 2.1, 1.4.3).
func colours(c string) (colour, on, ink template.CSS) {
	if !hexColour.MatchString(c) {
		c = spruce
	}
	l := luminance(c)
	on, ink = "#ffffff", template.CSS(c)
	if contrast(l, 1) < 4.5 {
		on = "#16211f"
	}
	if contrast(l, luminance("#f3f6f5")) < 4.5 {
		ink = "#16211f"
	}
	return template.CSS(c), on, ink
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// luminance is the relative luminance of #rrggbb, with gamma 2.2 for the exact curve.
func luminance(c string) float64 {
	var l float64
	for i, weight := range [3]float64{0.2126, 0.7152, 0.0722} {
		v, _ := strconv.ParseUint(c[1+2*i:3+2*i], 16, 8)
		l += weight * math.Pow(float64(v)/255, 2.2)
	}
	return l
}
