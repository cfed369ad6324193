package table

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func cells(rows []Row) (out [][]string) {
	for _, r := range rows {
		out = append(out, r.Cells)
	}
	return out
}

func TestReadCSV(t *testing.T) {
	want := [][]string{{"Nimi", "Sähköposti"}, {"Väinö, Åke", "vaino@example.fi"}}
	for name, data := range map[string]string{
		"comma":        "Nimi,Sähköposti\r\n\"Väinö, Åke\",vaino@example.fi\r\n",
		"semicolon":    "Nimi;Sähköposti\n\n;\nVäinö, Åke;vaino@example.fi",
		"tab":          "Nimi\tSähköposti\nVäinö, Åke\tvaino@example.fi\n",
		"mark":         "\ufeffNimi;Sähköposti\nVäinö, Åke;vaino@example.fi\n",
		"windows-1252": "Nimi;S\xe4hk\xf6posti\nV\xe4in\xf6, \xc5ke;vaino@example.fi\n",
		"utf-16":       utf16le("Nimi;Sähköposti\nVäinö, Åke;vaino@example.fi\n"),
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := Read([]byte(data))
			if err != nil {
				t.Fatal(err)
			}
			if got := cells(rows); !reflect.DeepEqual(got, want) {
				t.Errorf("rows = %q, want %q", got, want)
			}
		})
	}
}

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return string(out)
}

func TestReadSaysTheLine(t *testing.T) {
	rows, err := Read([]byte("a,b\n\n\"x\ny\",2\nlast,3\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := rows[2].Line; got != 5 {
		t.Errorf("the last row is line %d, want 5: a cell of two lines and an empty line come before", got)
	}
	_, err = Read([]byte("a,b\nfine,1\nbro\"ken,2\n"))
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Line != 3 {
		t.Errorf("error = %v, want a mistake in line 3", err)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":       {nil, ErrEmpty},
		"blank":         {[]byte("\n , \n"), ErrEmpty},
		"too large":     {bytes.Repeat([]byte("a"), MaxBytes+1), ErrTooLarge},
		"too many":      {[]byte(strings.Repeat("a,b\n", MaxRows+1)), ErrTooMany},
		"a broken book": {[]byte("PK\x03\x04 and no more"), ErrFormat},
		"an image":      {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), ErrFormat},
	} {
		if _, err := Read(test.data); !errors.Is(err, test.want) {
			t.Errorf("%s: error = %v, want %v", name, err, test.want)
		}
	}
}

// hostile are the cells that a spreadsheet program would run.
var hostile = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")", "fine", "a=b", "'quoted", "two\nlines", `"`, ""}

func TestCSVHoldsNoFormulas(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewCSV(&buf)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range hostile {
		if err := w.Write([]string{"x", s}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(buf.String(), "\ufeffx,'=1+1\r\n") {
		t.Errorf("the file begins %q", buf.String()[:20])
	}
	rows, err := Read(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		got := r.Cells[1]
		if got != "" && strings.ContainsRune("=+-@\t\r", rune(got[0])) {
			t.Errorf("cell %q is a formula", got)
		}
		// encoding/csv leaves a carriage return out where lines end in two characters.
		if back := Unguard(got); strings.TrimPrefix(back, "'") != strings.TrimPrefix(strings.ReplaceAll(hostile[i], "\r", ""), "'") {
			t.Errorf("cell %q came back as %q", hostile[i], back)
		}
	}
}

func TestXLSXHoldsTextOnly(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewXLSX(&buf, "Ilmoittautumiset")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range hostile {
		if err := w.Write([]string{"x", s}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := Read(buf.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(hostile) || len(rows[0].Cells) != 2 || rows[0].Cells[1] != "=1+1" || rows[10].Cells[1] != "two\nlines" {
		t.Errorf("rows = %q", cells(rows))
	}
}
