package mailer

import (
	"bytes"
	"html/template"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/wneessen/go-mail"
	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// reading is a mail as mail programs read it.
type reading struct {
	header map[string]string
	parts  []string // type, then content
}

func readMail(t interface{ Fatal(...any) }, raw []byte) reading {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r := reading{header: map[string]string{}}
	words := new(mime.WordDecoder)
	for name, values := range m.Header {
		v, err := words.DecodeHeader(strings.Join(values, "|"))
		if err != nil {
			t.Fatal(err)
		}
		r.header[name] = v
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	delete(r.header, "Content-Type") // its boundary differs
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return r
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		r.parts = append(r.parts, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), string(body))
	}
}

// slowly builds a copy as go-mail does, from words that are filled in before.
func slowly(t interface{ Fatal(...any) }, i *Issue, d *Delivery, domain string) []byte {
	var b bytes.Buffer
	if _, err := slowMessage(t, i, d, domain).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func slowMessage(t interface{ Fatal(...any) }, i *Issue, d *Delivery, domain string) *mail.Msg {
	s := i.Sheets[d.Lang]
	filled := func(s string, clean func(string) string) string {
		return gap.ReplaceAllStringFunc(lines(s), func(g string) string {
			v, err := d.words(gap.FindStringSubmatch(g)[1])
			if err != nil {
				t.Fatal(err)
			}
			return clean(v)
		})
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	bulkHeader(msg, i, d.Lang)
	msg.SetAddrHeaderFromMailAddress(mail.HeaderTo, header(d.ToName, d.To))
	msg.Subject(clip(oneLine(filled(s.Subject, func(s string) string { return s })), 200))
	msg.SetMessageIDWithValue(d.messageID(domain))
	msg.SetDateWithValue(d.Created.UTC())
	if d.Unsubscribe != "" {
		if err := msg.SetListUnsubscribeOneClick(d.Unsubscribe, ""); err != nil {
			t.Fatal(err)
		}
	}
	msg.SetBodyString(mail.TypeTextPlain, filled(s.Text, manyLines))
	msg.AddAlternativeString(mail.TypeTextHTML, filled(s.HTML, func(s string) string { return template.HTMLEscapeString(manyLines(s)) }))
	return msg
}

// A copy that is filled in says what one says that go-mail builds from the same
// words, in lines that mail takes.
func TestFilledAsGoMailBuilds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("a b-.=\n<&\"'äö–€🙂\t")), rapid.Rune()))
		sheet := rapid.Custom(func(t *rapid.T) string {
			var s strings.Builder
			for range rapid.IntRange(0, 6).Draw(t, "pieces") {
				s.WriteString(strings.ReplaceAll(words.Draw(t, "fixed"), "{", ""))
				s.WriteString(rapid.SampledFrom([]string{"", "{{name}}", "{{company_2}}", "{{unsubscribe}}", "\n"}).Draw(t, "gap"))
			}
			return s.String()
		})
		i := &Issue{Meta: storage.Meta{ID: "issue1"}, Kind: "campaign", From: "news@kohtaamo.example", FromName: words.Draw(t, "sender"),
			ListID: "news.kohtaamo.example", Sheets: map[string]Sheet{"fi": {
				Subject: sheet.Draw(t, "subject"), Text: sheet.Draw(t, "text"), HTML: sheet.Draw(t, "html")}}}
		d := &Delivery{Meta: storage.Meta{ID: "issue1/abc", Created: t0}, To: "aino@example.com", ToName: words.Draw(t, "reader"), Lang: "fi",
			Params:      map[string]string{"name": words.Draw(t, "name"), "company_2": words.Draw(t, "company")},
			Unsubscribe: "https://kohtaamo.example/unsubscribe/" + rapid.StringMatching("[a-z0-9_-]{0,120}").Draw(t, "link")}
		l, err := lay(i, "fi")
		if err != nil {
			t.Fatal(err)
		}
		var fast, again bytes.Buffer
		if err := l.fill(&fast, d, "kohtaamo.example"); err != nil {
			t.Fatal(err)
		}
		if l.fill(&again, d, "kohtaamo.example"); !bytes.Equal(fast.Bytes(), again.Bytes()) {
			t.Error("a repeat differs")
		}
		got, want := readMail(t, fast.Bytes()), readMail(t, slowly(t, i, d, "kohtaamo.example"))
		wantSame(t, got, want)
		wantLines(t, fast.Bytes())
	})
}

func wantSame(t *rapid.T, got, want reading) {
	for name, v := range want.header {
		if got.header[name] != v {
			t.Errorf("%s: %q, want %q", name, got.header[name], v)
		}
	}
	if len(got.header) != len(want.header) {
		t.Errorf("header %v, want %v", got.header, want.header)
	}
	if len(got.parts) != len(want.parts) {
		t.Fatalf("%d parts, want %d", len(got.parts)/3, len(want.parts)/3)
	}
	for i := range want.parts {
		if got.parts[i] != want.parts[i] {
			t.Errorf("%q\nwant\n%q", got.parts[i], want.parts[i])
		}
	}
}

// wantLines checks what RFC 5322, section 2.1.1, and RFC 2045, section 6.7, say
// of lines.
func wantLines(t *rapid.T, raw []byte) {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, line := range strings.Split(string(head), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("header line %q", line)
		}
	}
	for _, line := range strings.Split(string(body), "\r\n") {
		if len(line) > 78 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %q of %d", line, len(line))
		}
		for _, c := range []byte(line) {
			if c >= 0x7f || c < ' ' && c != '\t' {
				t.Fatalf("byte %x in %q", c, line)
			}
		}
	}
}

// What readers wrote cannot add to the header, to the HTML or to the parts.
func TestFillIsSafe(t *testing.T) {
	i := &Issue{Meta: storage.Meta{ID: "issue1"}, Kind: "campaign", From: "news@kohtaamo.example", Sheets: map[string]Sheet{"en": {
		Subject: "For {{name}}", Text: "{{name}}\n", HTML: `<p>{{name}}</p><a href="{{link}}">x</a><img alt='{{name}}' src={{link}}>`}}}
	l, err := lay(i, "en")
	if err != nil {
		t.Fatal(err)
	}
	fill := func(name, link string) (string, error) {
		var b bytes.Buffer
		d := &Delivery{Meta: storage.Meta{ID: "issue1/abc"}, To: "aino@example.com", ToName: name, Lang: "en",
			Params: map[string]string{"name": name, "link": link}, Unsubscribe: "https://kohtaamo.example/u\r\nBcc: b@example.com"}
		err := l.fill(&b, d, "kohtaamo.example")
		return b.String(), err
	}
	end := string(l.tail)
	raw, err := fill("A\r\nBcc: b@example.com\r\n\r\n"+end+"<script>'\"", "https://kohtaamo.example/?a=1&b=2")
	if err != nil {
		t.Fatal(err)
	}
	got := readMail(t, []byte(raw))
	if got.header["Bcc"] != "" || len(got.parts) != 6 || strings.Contains(got.parts[5], "<script") || strings.Contains(got.parts[5], "'\"") {
		t.Errorf("%q", got)
	}
	if !strings.Contains(got.parts[5], `href="https://kohtaamo.example/?a=1&amp;b=2"`) {
		t.Errorf("the link: %s", got.parts[5])
	}
	for _, link := range []string{"javascript:alert(1)", "", "//x", "data:text/html,x"} {
		if _, err := fill("A", link); err == nil {
			t.Errorf("a link to %q was written", link)
		}
	}
	i.Sheets["en"] = Sheet{Subject: "x", Text: "{{nobody}}", HTML: "x"}
	if l, err = lay(i, "en"); err != nil {
		t.Fatal(err)
	}
	if _, err := fill("A", "https://x.example"); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("a gap without words: %v", err)
	}
}

// A delivery may name a sheet that is not that of its language; the mail says
// its language all the same. Without a name it is made as ever.
func TestSheetByName(t *testing.T) {
	i := &Issue{Meta: storage.Meta{ID: "issue1"}, Kind: "campaign", From: "news@kohtaamo.example", Lang: "en", Sheets: map[string]Sheet{
		"en": {Subject: "x", HTML: "<p>plain</p>", Text: "plain"}, "en+other": {Subject: "x", HTML: "<p>other</p>", Text: "other", Lang: "en"},
	}}
	for _, test := range []struct{ sheet, says string }{{"", "plain"}, {"en+other", "other"}, {"gone", "plain"}} {
		d := &Delivery{Meta: storage.Meta{ID: "issue1/reader", Created: t0}, To: "aino@example.org", Lang: "en", Sheet: test.sheet}
		l, err := lay(i, d.sheet())
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := l.fill(&b, d, "kohtaamo.example"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "<p>"+test.says+"</p>") || !strings.Contains(b.String(), "Content-Language: en\r\n") {
			t.Errorf("sheet %q: %s", test.sheet, b.String())
		}
	}
}
