package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func parts(t testing.TB, d Document) map[string]string {
	t.Helper()
	var b, again bytes.Buffer
	if err := errors.Join(Write(&b, d), Write(&again, d)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same document is not the same bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(body)
	}
	return out
}

// texts are the words of a document as a word processor reads them; an XML
// decoder that finds a fault fails the test.
func texts(t testing.TB, body string) (out []string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(body))
	in := false
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, body)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			in = tok.Name.Local == "t"
		case xml.EndElement:
			in = false
		case xml.CharData:
			if in {
				out = append(out, string(tok))
			}
		}
	}
}

func TestWrite(t *testing.T) {
	p := parts(t, Document{Title: "Yhteiskehityssopimus", Lang: "fi", Created: time.Date(2027, 1, 13, 7, 0, 0, 0, time.UTC), Blocks: []Block{
		{Style: Heading, Text: "1. Tarkoitus"}, {Text: "ensimmäinen\ntoinen"}, {Style: Note, Text: "<b>&</b> \"lainaus\""}, {Style: Line, Text: "Aino Väisänen"},
		{Style: Table, Rows: [][]string{{"Mitä", "Kuka"}, {"<a>"}, {"b", "c", "too many"}}}, {Style: Table},
	}})
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels", "word/styles.xml", "word/document.xml", "docProps/core.xml"} {
		texts(t, p[name])
		if p[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	want := "Yhteiskehityssopimus|1. Tarkoitus|ensimmäinen|toinen|<b>&</b> \"lainaus\"|Aino Väisänen|Mitä|Kuka|<a>|b|c"
	if got := strings.Join(texts(t, p["word/document.xml"]), "|"); got != want {
		t.Errorf("texts = %s", got)
	}
	for _, id := range []string{`w:val="Heading1"`, `w:val="Note"`, `w:val="Line"`, `w:val="Title"`, `w:val="Cell"`, `w:val="CellHead"`} {
		if !strings.Contains(p["word/document.xml"], id) || !strings.Contains(p["word/styles.xml"], strings.Replace(id, "w:val", "w:styleId", 1)) {
			t.Errorf("the style %s is not used and defined", id)
		}
	}
}

// FuzzWrite writes whatever somebody pastes: the parts stay XML, and the texts
// what they were, but for what XML cannot say.
func FuzzWrite(f *testing.F) {
	f.Add("Title", "a\x00b\n]]></w:t>&#x0;\xff\u202e")
	f.Fuzz(func(t *testing.T, title, text string) {
		p := parts(t, Document{Title: title, Lang: "en", Blocks: []Block{{Text: text}, {Style: Line, Text: text}, {Style: Table, Rows: [][]string{{text, text}, {text}}}}})
		for _, body := range p {
			texts(t, body)
		}
	})
}
