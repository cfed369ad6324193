package mailer

import (
	"bytes"
	"flag"
	"mime"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// full is a letter with everything a letter can have.
func full(lang string) *Mail {
	m := &Mail{
		Meta: storage.Meta{ID: "confirmed/r1"}, Kind: "registration.confirmed", Lang: lang,
		To: "aino.makela@example.com", ToName: `Aino "Anni" Mäkelä`,
		From: "tapahtumat@kohtaamo.example", FromName: "Kiertotalousklusteri", ReplyTo: "jarjestaja@kohtaamo.example",
		MessageID: "abcdefghijklmnop@kohtaamo.example", Date: t0,
		Calendar: &Calendar{Method: "REQUEST", Body: []byte(invite)},
		Letter: Letter{
			Subject: "You have a place: CircularArena 2026", Preheader: "Thu 19 November 2026 at 9:00, Oulu",
			Heading: "You have a place at CircularArena 2026",
			Facts: []Fact{
				{"When", "Thu 19 November 2026, 9:00–16:30 (Helsinki time)"},
				{"Where", "Oulu City Theatre, Kaarlenväylä 2, Oulu"},
				{"Ticket", "7KQM-3HXA"},
			},
			Paragraphs: []string{
				"Hello Aino, your place is confirmed. The invitation in this mail puts the event into your calendar, and follows if something changes.",
				"First line of the organiser's note.\nSecond line: bring <samples> & questions.",
			},
			Button:  &Link{"Show my registration", "https://kohtaamo.example/r/7KQM3HXA?lang=en&from=mail"},
			Links:   []Link{{"Cannot come? Give your place to somebody else", "https://kohtaamo.example/r/7KQM3HXA/cancel"}},
			Closing: []string{"You get this mail because you registered for the event."},
			Brand:   Brand{"Circular Economy Cluster", "#0b5d4e", "https://kohtaamo.example/clusters/circular", "Oulun kaupunki, PL 1, 90015 Oulu"},
			Emblem:  &Emblem{"Co-funded by the European Union", "Circular Oulu 2026–2028"},
		},
	}
	if lang == "fi" {
		m.Letter.Subject = "Paikkasi on vahvistettu: CircularArena 2026"
		m.Letter.Preheader = "To 19.11.2026 klo 9.00, Oulu"
		m.Letter.Heading = "Sinulla on paikka CircularArena 2026 -tapahtumassa"
		m.Letter.Facts = []Fact{
			{"Aika", "to 19.11.2026 klo 9.00–16.30 (Helsingin aikaa)"},
			{"Paikka", "Oulun kaupunginteatteri, Kaarlenväylä 2, Oulu"},
			{"Lippu", "7KQM-3HXA"},
		}
		m.Letter.Paragraphs = []string{"Hei Aino, paikkasi on vahvistettu. Tämän viestin kutsu lisää tapahtuman kalenteriisi ja pysyy ajan tasalla, jos jokin muuttuu."}
		m.Letter.Button.Label = "Näytä ilmoittautumiseni"
		m.Letter.Links[0].Label = "Etkö pääse? Anna paikkasi toiselle"
		m.Letter.Closing = []string{"Saat tämän viestin, koska ilmoittauduit tapahtumaan."}
		m.Letter.Brand.Name = "Kiertotalousklusteri"
		m.Letter.Emblem.Text = "Euroopan unionin osarahoittama"
	}
	return m
}

func TestGoldenLetters(t *testing.T) {
	for _, lang := range []string{"en", "fi"} {
		m := full(lang)
		r, err := render(m)
		if err != nil {
			t.Fatal(err)
		}
		e, err := (&Outbox{}).envelope(m)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "letter."+lang+".txt", r.Text)
		golden(t, "letter."+lang+".html", r.HTML)
		golden(t, "letter."+lang+".eml", string(e.Body))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(readFile(t, file)); got != want {
		t.Errorf("%s differs; run go test -update and read the change. Got:\n%s", name, got)
	}
}

// The text says the same words as the page, and both say all of the letter.
func TestBothSayTheSame(t *testing.T) {
	m := full("en")
	r, err := render(m)
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(r.Text), " ")
	says := []string{m.Letter.Heading, m.Letter.Closing[0], m.Letter.Button.Label, m.Letter.Button.URL, m.Letter.Links[0].URL,
		m.Letter.Brand.Name, m.Letter.Brand.Address, m.Letter.Emblem.Text, m.Letter.Emblem.Project}
	for _, f := range m.Letter.Facts {
		says = append(says, f.Label, f.Value)
	}
	for _, s := range says {
		if !strings.Contains(flat, s) {
			t.Errorf("the text does not say %q", s)
		}
		if !strings.Contains(r.HTML, strings.ReplaceAll(s, "&", "&amp;")) {
			t.Errorf("the page does not say %q", s)
		}
	}
	for line := range strings.Lines(r.Text) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 72 && !strings.HasPrefix(line, "https://") {
			t.Errorf("a line of %d characters: %q", n, line)
		}
	}
}

func TestNothingIsFetched(t *testing.T) {
	r, err := render(full("en"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"<img", "<script", "<link", "@import", "url(", "src="} {
		if strings.Contains(r.HTML, s) {
			t.Errorf("the page has %q", s)
		}
	}
}

func TestBareLetter(t *testing.T) {
	m := &Mail{Lang: "sv", To: "a@example.com", From: "b@example.com", Letter: Letter{Subject: "Hello"}}
	r, err := render(m)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(r.Text, "Hello\n-----\n") || strings.Contains(r.HTML, "<th") || strings.Contains(r.HTML, "003399") {
		t.Errorf("text:\n%s\npage:\n%s", r.Text, r.HTML)
	}
}

func TestColours(t *testing.T) {
	for _, test := range []struct{ in, colour, on, ink string }{
		{"#0b5d4e", "#0b5d4e", "#ffffff", "#0b5d4e"},
		{"#ffdd00", "#ffdd00", "#16211f", "#16211f"},
		{"red; background: url(x)", spruce, "#ffffff", spruce},
		{"", spruce, "#ffffff", spruce},
	} {
		colour, on, ink := colours(test.in)
		if string(colour) != test.colour || string(on) != test.on || string(ink) != test.ink {
			t.Errorf("%q: %s, %s, %s", test.in, colour, on, ink)
		}
	}
}

// Whatever people call themselves and their events, a mail has the headers we
// gave it and no others, one recipient, three parts, and lines that relays take.
func TestNothingIsInjected(t *testing.T) {
	hostile := rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`([a-zäö ,;:<>"\\@()=?_]|\r\n|\n|\r|\x00|\x{2028}|\x{85}|Bcc: x@evil\.example|=\?utf-8\?q\?=0D=0A\?=|--part-){0,30}`),
		rapid.StringMatching(`[A-Za-zäöÄÖ😀]{0,400}`),
	)
	rapid.Check(t, func(rt *rapid.T) {
		text := func(label string) string { return hostile.Draw(rt, label) }
		m := full("fi")
		m.ToName, m.FromName, m.Letter.Subject, m.Lang = text("to"), text("from"), text("subject"), text("lang")
		m.Letter.Heading, m.Letter.Brand.Name, m.Letter.Brand.Colour = text("heading"), text("brand"), text("colour")
		m.Letter.Paragraphs = []string{text("paragraph")}
		m.Letter.Facts = []Fact{{text("label"), text("value")}}
		m.Letter.Button = &Link{text("button"), "https://kohtaamo.example/" + text("path")}
		m.Letter.Links = []Link{{text("link"), text("url")}}
		e, err := (&Outbox{}).envelope(m)
		if err != nil {
			rt.Fatal(err)
		}
		wantSoundMail(rt, e, m)
	})
}

func wantSoundMail(t *rapid.T, e *Envelope, m *Mail) {
	msg, err := netmail.ReadMessage(bytes.NewReader(e.Body))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"From": true, "To": true, "Reply-To": true, "Subject": true, "Message-Id": true, "Date": true, "Mime-Version": true,
		"Content-Type": true, "Auto-Submitted": true, "X-Auto-Response-Suppress": true, "Content-Language": true}
	for name, values := range msg.Header {
		if !known[name] || len(values) != 1 {
			t.Fatalf("header %s: %q", name, values)
		}
	}
	for name, want := range map[string]string{"From": m.From, "To": m.To} {
		list, err := msg.Header.AddressList(name)
		if err != nil || len(list) != 1 || list[0].Address != want {
			t.Fatalf("%s: %q is %v, %v", name, msg.Header.Get(name), list, err)
		}
	}
	if _, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatalf("Subject %q: %v", msg.Header.Get("Subject"), err)
	}
	for line := range bytes.SplitSeq(bytes.TrimSuffix(e.Body, []byte("\r\n")), []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Fatalf("line %q", line)
		}
	}
	if n := bytes.Count(e.Body, []byte("\r\n--"+boundary(m))); n != 4 {
		t.Fatalf("%d boundaries in\n%s", n, e.Body)
	}
}
