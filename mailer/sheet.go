package mailer

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// What all readers of an issue get alike is built by go-mail and encoded once
// for each language. A copy is then made by writing those bytes with the gaps
// filled in between, which costs a fifth of building it anew. It says the same:
// the tests build copies both ways and compare what mail programs read.

// A layout is a sheet of an issue whose fixed bytes are ready. It is never
// changed, so any number of senders may fill it at once.
type layout struct {
	head, middle, tail []byte // up to the text, from there to the HTML, and the end
	subject            []piece
	text, html         []piece
}

// A piece is fixed bytes as they stand in the mail, or a gap.
type piece struct {
	fixed []byte
	gap   string
	link  bool // the gap begins an address that the HTML leads to
}

var gap = regexp.MustCompile(`\{\{([A-Za-z0-9_]+)\}\}`)

// linked is how the HTML before the beginning of an address ends.
var linked = regexp.MustCompile(`(?i)\b(?:href|src)\s*=\s*["']?$`)

// lay makes a sheet of an issue ready: the one of its own language where there
// is none of that name.
func lay(i *Issue, name string) (*layout, error) {
	s, ok := i.Sheets[name]
	if !ok {
		name = i.Lang
		if s, ok = i.Sheets[name]; !ok {
			return nil, fmt.Errorf("issue %s says nothing in %q", i.ID, name)
		}
	}
	l := &layout{
		subject: pieces(s.Subject, func(s string) []byte { return []byte(s) }),
		text:    pieces(lines(s.Text), quoted),
		html:    pieces(lines(s.HTML), quoted),
	}
	return l, l.frame(i, name, cmp.Or(s.Lang, name))
}

// lines has the line ends of s as Go writes them, the last line's included.
func lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimRight(s, "\n") + "\n"
}

// pieces cuts s at its gaps; encode makes final bytes of what stands between.
func pieces(s string, encode func(string) []byte) (out []piece) {
	at := 0
	for _, m := range gap.FindAllStringSubmatchIndex(s, -1) {
		if before := s[at:m[0]]; before != "" {
			out = append(out, piece{fixed: encode(before)})
		}
		out = append(out, piece{gap: s[m[2]:m[3]], link: linked.MatchString(s[:m[0]])})
		at = m[1]
	}
	if s[at:] != "" {
		out = append(out, piece{fixed: encode(s[at:])})
	}
	return out
}

// quoted is s in quoted-printable (RFC 2045, section 6.7), fit to stand on its own.
func quoted(s string) []byte {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // to memory
	_ = w.Close()
	return b.Bytes()
}

// Marks stand for the parts while go-mail builds what is around them.
const (
	textMark = "the-text-goes-here"
	htmlMark = "the-html-goes-here"
)

// ownLines are the header lines that each copy writes for itself.
var ownLines = map[string]bool{"To": true, "Subject": true, "Date": true, "Message-Id": true}

// frame has go-mail build everything but the parts and the lines of each copy.
func (l *layout) frame(i *Issue, name, lang string) error {
	sum := sha256.Sum256([]byte("issue\x00" + i.ID + "\x00" + name))
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithBoundary("part-"+hex.EncodeToString(sum[:15])))
	bulkHeader(msg, i, lang)
	msg.SetMessageIDWithValue("none@none.example")
	msg.SetDateWithValue(time.Unix(0, 0))
	msg.SetBodyString(mail.TypeTextPlain, textMark)
	msg.AddAlternativeString(mail.TypeTextHTML, htmlMark)
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return fmt.Errorf("build issue %s: %w", i.ID, err)
	}
	header, body, _ := bytes.Cut(b.Bytes(), []byte("\r\n\r\n"))
	before, rest, _ := bytes.Cut(body, []byte(textMark))
	middle, tail, ok := bytes.Cut(rest, []byte(htmlMark))
	if !ok {
		return fmt.Errorf("build issue %s: its parts are not where they belong", i.ID)
	}
	l.head = slicesOf(shared(header), []byte("\r\n"), before)
	l.middle, l.tail = middle, append(bytes.TrimRight(tail, "\r\n"), "\r\n"...)
	return nil
}

func slicesOf(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// bulkHeader sets what stands in the header of every copy.
func bulkHeader(msg *mail.Msg, i *Issue, lang string) {
	msg.SetAddrHeaderFromMailAddress(mail.HeaderFrom, header(i.FromName, i.From))
	if i.ReplyTo != "" {
		msg.SetAddrHeaderFromMailAddress(mail.HeaderReplyTo, header("", i.ReplyTo))
	}
	if id := token(i.ListID); id != "" {
		msg.SetGenHeader("List-ID", "<"+id+">") // RFC 2919
	}
	// By this, providers tell which mailing people complained about.
	msg.SetGenHeader("Feedback-ID", feedback(i))
	msg.SetGenHeader(mail.HeaderPrecedence, "bulk") // no holiday replies, please
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	if lang := token(lang); lang != "" {
		msg.SetGenHeader("Content-Language", lang)
	}
}

// feedback names the mailing, its kind and its sender, from the narrow to the wide.
func feedback(i *Issue) string {
	return token(i.ID) + ":" + token(i.Kind) + ":" + token(i.ListID) + ":" + token(domainOf(i.From))
}

// token is s without what may not stand in a header's word.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !strings.ContainsRune("<>:;,\"\\", r) {
			return r
		}
		return -1
	}, s[:min(len(s), 120)])
}

// shared are the lines of a header that all copies have alike.
func shared(header []byte) []byte {
	var out []byte
	keep := true
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		if len(line) > 0 && line[0] != ' ' && line[0] != '\t' {
			name, _, _ := bytes.Cut(line, []byte(":"))
			keep = !ownLines[textproto.CanonicalMIMEHeaderKey(string(name))]
		}
		if keep {
			out = append(append(out, line...), "\r\n"...)
		}
	}
	return out
}

// fill writes a reader's copy, header and body with CRLF line ends. Filling the
// same delivery twice gives the same bytes.
func (l *layout) fill(b *bytes.Buffer, d *Delivery, domain string) error {
	if err := l.copyHeader(b, d, domain); err != nil {
		return err
	}
	b.Write(l.head)
	if err := write(b, l.text, d, manyLines); err != nil {
		return err
	}
	b.Write(l.middle)
	if err := write(b, l.html, d, func(s string) string { return template.HTMLEscapeString(manyLines(s)) }); err != nil {
		return err
	}
	b.Write(l.tail)
	return nil
}

// copyHeader writes the header lines of one copy.
func (l *layout) copyHeader(b *bytes.Buffer, d *Delivery, domain string) error {
	subject, err := l.subjectOf(d)
	if err != nil {
		return err
	}
	headerLine(b, "Date", d.Created.UTC().Format(time.RFC1123Z))
	headerLine(b, "Message-ID", "<"+d.messageID(domain)+">")
	headerLine(b, "To", header(d.ToName, d.To).String())
	headerLine(b, "Subject", mime.QEncoding.Encode("utf-8", subject))
	leave := safeURL(d.Unsubscribe)
	if leave == "" {
		return nil
	}
	// Not folded: the address is one word, however long (RFC 2369, section 2).
	b.WriteString("List-Unsubscribe: <" + leave + ">\r\n")
	if strings.HasPrefix(leave, "https:") {
		b.WriteString("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") // RFC 8058, section 3.1
	}
	return nil
}

func (l *layout) subjectOf(d *Delivery) (string, error) {
	var s strings.Builder
	for _, p := range l.subject {
		if p.gap == "" {
			s.Write(p.fixed)
			continue
		}
		v, err := d.words(p.gap)
		if err != nil {
			return "", err
		}
		s.WriteString(v)
	}
	return clip(oneLine(s.String()), 200), nil
}

// words are what a gap takes.
func (d *Delivery) words(gap string) (string, error) {
	v, ok := d.Params[gap]
	if !ok && gap == "unsubscribe" && d.Unsubscribe != "" {
		return d.Unsubscribe, nil
	}
	if !ok {
		return "", fmt.Errorf("there are no words for {{%s}}", gap)
	}
	return v, nil
}

// headerLine writes one header line, folded at its spaces (RFC 5322, section 2.2.3).
func headerLine(b *bytes.Buffer, name, value string) {
	b.WriteString(name)
	b.WriteByte(':')
	col := len(name) + 1
	for i, word := range strings.Split(value, " ") {
		if i > 0 && col+1+len(word) > 76 {
			b.WriteString("\r\n")
			col = 0
		}
		b.WriteByte(' ')
		b.WriteString(word)
		col += 1 + len(word)
	}
	b.WriteString("\r\n")
}

// write writes a part with its gaps filled. Around a gap the encoded line ends
// softly, so that what stands before and behind keeps its bytes.
func write(b *bytes.Buffer, part []piece, d *Delivery, clean func(string) string) error {
	for _, p := range part {
		if p.gap == "" {
			b.Write(p.fixed)
			continue
		}
		v, err := d.words(p.gap)
		if err != nil {
			return err
		}
		if p.link {
			if v = safeURL(v); v == "" {
				return fmt.Errorf("{{%s}} is no address to lead to", p.gap)
			}
		}
		soft(b)
		quote(b, clean(v))
		soft(b)
	}
	return nil
}

// soft ends the line without ending it for the reader, unless it has just begun.
func soft(b *bytes.Buffer) {
	if !bytes.HasSuffix(b.Bytes(), []byte("\n")) {
		b.WriteString("=\r\n")
	}
}

const hexDigits = "0123456789ABCDEF"

// quote writes s in quoted-printable, from the beginning of a line on. A hyphen
// that begins a line is coded: no words can look like the boundary of a part.
func quote(b *bytes.Buffer, s string) {
	col := 0
	for i := range len(s) {
		c := s[i]
		if c == '\n' {
			b.WriteString("\r\n")
			col = 0
			continue
		}
		if col >= 72 {
			b.WriteString("=\r\n")
			col = 0
		}
		last := i+1 == len(s) || s[i+1] == '\n'
		if c > ' ' && c < 0x7f && c != '=' && (c != '-' || col > 0) || c == ' ' && !last {
			b.WriteByte(c)
			col++
			continue
		}
		b.Write([]byte{'=', hexDigits[c>>4], hexDigits[c&15]})
		col += 3
	}
}
