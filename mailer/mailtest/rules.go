package mailtest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// The limits of a mail: where lists of mails cut a subject, where RFC 5322
// (section 2.1.1) wants lines to end, and where Gmail cuts a mail off.
const (
	longestSubject = 78
	longestLine    = 78
	longestRaw     = 998
	largestHTML    = 102 << 10
)

var (
	unfilled = regexp.MustCompile(`\{\{|\}\}|%!|<no value>|\b(letter|mail|outbox|wording|common|calendar|campaign|chain|survey|lists)\.[a-z_]+[.a-z_]*\b`)
	clock    = regexp.MustCompile(`\b\d{1,2}:\d{2}\b|\bklo \d`)
	zone     = regexp.MustCompile(`\((\p{Lu}[\p{L} ]+)\)|\d \p{Lu}[\p{L} ]+ → .*\d \p{Lu}`) // "(Helsinki)", "07:00 Helsinki → 10:20 Madrid"
	address  = regexp.MustCompile(`https?://\S+`)
	fetched  = regexp.MustCompile(`(?i)<(img|script|link|iframe|object|form|input)\b|@import|url\(|\bsrc=|\bon[a-z]+=`)
)

// ofLanguage are words that are in most mails of a language and in none of
// another.
var ofLanguage = map[string][]string{
	"en": {"the", "and", "you", "your", "is", "are", "with", "please", "see", "this", "not", "of"},
	"fi": {"ja", "sinun", "sinulla", "voit", "kun", "jos", "ei", "tämä", "tämän", "viestin", "hei"},
}

// Faults are what is wrong with a mail, whatever it is about: it has a subject
// that can be read, a heading, a next step, no field left over, no time without
// its zone, lines that relays take, the words of its language, and the same
// words in both its parts.
func (g Golden) Faults() (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if n := utf8.RuneCountInString(g.Subject); n == 0 || n > longestSubject || strings.ContainsAny(g.Subject, "\r\n") {
		fault("its subject has %d characters: %q", n, g.Subject)
	}
	all := g.Subject + "\n" + address.ReplaceAllString(g.Text, "") + "\n" + address.ReplaceAllString(g.HTML, "")
	if found := unfilled.FindString(all); found != "" {
		fault("something was not filled in: %q", found)
	}
	for block := range strings.SplitSeq(address.ReplaceAllString(g.Text, ""), "\n\n") {
		if flat := strings.Join(strings.Fields(block), " "); clock.MatchString(flat) && !zone.MatchString(flat) {
			fault("a time without its zone: %q", flat)
		}
	}
	for line := range strings.Lines(g.Text) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > longestLine && !address.MatchString(line) {
			fault("a line of %d characters: %q", n, line)
		}
	}
	for line := range strings.Lines(g.HTML) {
		if len(line) > longestRaw {
			fault("a line of the page has %d bytes: %.80q", len(line), line)
		}
	}
	if len(g.HTML) > largestHTML {
		fault("the page has %d bytes: Gmail cuts it off", len(g.HTML))
	}
	if found := fetched.FindString(g.HTML); found != "" {
		fault("the page has %q", found)
	}
	return append(append(faults, g.wrongLanguage()...), g.differences()...)
}

func (g Golden) wrongLanguage() (faults []string) {
	said := wordSet(strings.ToLower(address.ReplaceAllString(g.Text, "")))
	for lang, words := range ofLanguage {
		n := 0
		for _, w := range words {
			if said[w] {
				n++
			}
			if said[w] && lang != g.Lang {
				faults = append(faults, fmt.Sprintf("it says %q", w))
			}
		}
		if n == 0 && lang == g.Lang {
			faults = append(faults, "no word of it is of its language")
		}
	}
	return faults
}

// A page is what somebody reads of the HTML of a mail.
type page struct {
	lang     string
	headings []string
	links    []string
	words    []string
}

// differences are what only one of the two parts says. The page explains its
// button; the text underlines its heading and has the addresses of links.
func (g Golden) differences() (faults []string) {
	p := readPage(g.HTML)
	if p.lang != g.Lang {
		faults = append(faults, fmt.Sprintf("the page says it is in %q", p.lang))
	}
	if len(p.headings) != 1 || p.headings[0] == "" {
		faults = append(faults, fmt.Sprintf("its headings are %q", p.headings))
	}
	if len(p.links) < 2 && g.WithoutLinkIs == "" { // the last one leads to who sent it
		faults = append(faults, "there is no next step")
	}
	text := wordSet(address.ReplaceAllString(g.Text, ""))
	shown := wordSet(address.ReplaceAllString(strings.Join(p.words, " "), ""))
	for _, w := range slices.Sorted(maps.Keys(text)) {
		if !shown[w] {
			faults = append(faults, fmt.Sprintf("only the text says %q", w))
		}
	}
	for _, w := range slices.Sorted(maps.Keys(shown)) {
		if !text[w] {
			faults = append(faults, fmt.Sprintf("only the page says %q", w))
		}
	}
	for _, must := range g.Leads {
		if !slices.Contains(p.links, must) || !slices.Contains(strings.Fields(g.Text), must) {
			faults = append(faults, fmt.Sprintf("its reader does not see %s in both parts", must))
		}
	}
	for _, link := range p.links {
		if !strings.Contains(g.Text, link) {
			faults = append(faults, fmt.Sprintf("only the page leads to %s", link))
		}
	}
	return faults
}

// wordSet are the words of a text, without what stands around them.
func wordSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		if w = strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }); w != "" {
			out[w] = true
		}
	}
	return out
}

// readPage reads the HTML of a mail as a person would, without what is hidden
// from them.
func readPage(source string) (p page) {
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return p
	}
	p.read(root)
	return p
}

func (p *page) read(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		p.words = append(p.words, n.Data)
	case n.Type != html.ElementNode:
	case n.Data == "head", strings.Contains(attribute(n, "style"), "display:none"), attribute(n, "aria-hidden") == "true", strings.HasSuffix(attribute(n, "class"), "fallback"):
		return
	case n.Data == "html":
		p.lang = attribute(n, "lang")
	case n.Data == "h1":
		p.headings = append(p.headings, strings.TrimSpace(textOf(n)))
	case n.Data == "a":
		p.links = append(p.links, attribute(n, "href"))
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if n.Type == html.DocumentNode || n.Type == html.ElementNode {
			p.read(c)
		}
	}
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
