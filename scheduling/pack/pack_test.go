package pack

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var at = time.Date(2027, 1, 13, 7, 0, 1, 0, time.UTC)

func made(t testing.TB, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	p := New(&b, "Näytöt 2026", at, map[string]string{"period": "2026"})
	for _, f := range files {
		if _, err := p.Add(f[0], "lähde & co", func(w io.Writer) error { _, err := io.WriteString(w, f[1]); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(b []byte) (*List, error) { return Verify(bytes.NewReader(b), int64(len(b))) }

func TestPack(t *testing.T) {
	files := [][2]string{{"lists/members.csv", "a"}, {"lists/Members.csv", "b"}, {"minutes.md", "pöytäkirja"}, {"manifest.json", "not ours"}}
	b := made(t, files...)
	list, err := verify(b)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list.Files {
		names = append(names, f.Name)
	}
	want := []string{"lists/members.csv", "lists/Members (2).csv", "minutes.md", "manifest (2).json"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("names = %q, want %q", names, want)
	}
	if f := list.Files[2]; f.Size != 12 || f.SHA256 != "8df0a175627dcc583ba63fb90b13cd8ccea931ab75209768d7ac32cfe3a3d0a4" || f.Source != "lähde & co" {
		t.Errorf("the manifest says %+v", f)
	}
	if !bytes.Equal(b, made(t, files...)) {
		t.Error("the same files are not the same pack")
	}
}

// altering writes a pack anew with one change.
func altering(t testing.TB, pack []byte, change func(name, body string) (string, string)) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, now := change(f.Name, string(body))
		if name == "" {
			continue
		}
		w, err := out.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, now); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAltered(t *testing.T) {
	b := made(t, [2]string{"a.txt", "one"}, [2]string{"b.txt", "two"})
	if _, err := verify(altering(t, b, func(n, s string) (string, string) { return n, s })); err != nil {
		t.Errorf("copied as it is: %v", err)
	}
	for what, change := range map[string]func(name, body string) (string, string){
		"other bytes":  func(n, s string) (string, string) { return n, strings.Replace(s, "two", "six", 1) },
		"longer":       func(n, s string) (string, string) { return n, strings.Replace(s, "two", "two more", 1) },
		"missing":      func(n, s string) (string, string) { return strings.TrimPrefix(n, "b.txt"), s },
		"renamed":      func(n, s string) (string, string) { return strings.Replace(n, "b.txt", "c.txt", 1), s },
		"twice":        func(n, s string) (string, string) { return strings.Replace(n, "b.txt", "a.txt", 1), s },
		"no manifest":  func(n, s string) (string, string) { return strings.TrimPrefix(n, Manifest), s },
		"bad manifest": func(n, s string) (string, string) { return n, strings.Replace(s, `"format"`, `format`, 1) },
	} {
		t.Run(what, func(t *testing.T) {
			if _, err := verify(altering(t, b, change)); !errors.Is(err, ErrAltered) {
				t.Errorf("error = %v", err)
			}
		})
	}
	if _, err := verify(b[:len(b)-10]); !errors.Is(err, ErrAltered) {
		t.Errorf("cut short: %v", err)
	}
}

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "-..-etc-passwd", "..": "-", "": "-", ".hidden": "hidden", `C:\x`: "C--x", "con.txt": "-con.txt", "NUL": "-NUL",
		"a\x00b\u202ec": "abc", "Väisänen.pdf": "Väisänen.pdf", " x. ": "x", strings.Repeat("ä", 90) + ".pdf": strings.Repeat("ä", 51) + ".pdf",
	} {
		if got := Name(in); got != want {
			t.Errorf("Name(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		folder, file := rapid.String().Draw(t, "folder"), rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"..", "/", "\\", "a/../..", "\xff", "aux.b.c"})).Draw(t, "file")
		n := Name(folder, file)
		if n != Name(strings.Split(n, "/")...) {
			t.Fatalf("%q is not stable: %q", n, Name(strings.Split(n, "/")...))
		}
		if path.Clean(n) != n || path.IsAbs(n) || strings.Count(n, "/") != 1 || !utf8.ValidString(n) || strings.ContainsAny(n, `\:`) || strings.HasPrefix(n, ".") {
			t.Fatalf("%q leads somewhere else", n)
		}
		if m := numbered(n, 2); strings.Count(m, "/") != 1 || path.Dir(m) != path.Dir(n) {
			t.Fatalf("%q is numbered as %q", n, m)
		}
	})
}

func TestRefused(t *testing.T) {
	p := New(io.Discard, "x", at, nil)
	if _, err := p.Add("../x", "", func(io.Writer) error { return nil }); err == nil {
		t.Error("a name that leads out was taken")
	}
	if err := p.Close(); err == nil {
		t.Error("a pack with a fault was completed")
	}
	p = New(io.Discard, "x", at, nil)
	if _, err := p.Add("x", "", func(io.Writer) error { return io.ErrUnexpectedEOF }); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error = %v", err)
	}
}

// A chunked writer notes the largest piece that it was given at once, and how
// much it was given in all.
type chunked struct{ most, all int }

func (c *chunked) Write(b []byte) (int, error) {
	c.most, c.all = max(c.most, len(b)), c.all+len(b)
	return len(b), nil
}

// TestStreams writes files of many megabytes, and wants them to leave in small
// pieces, as they come.
func TestStreams(t *testing.T) {
	out := &chunked{}
	p := New(out, "x", at, nil)
	noise, seed := make([]byte, 32<<10), uint32(1)
	for range 2 {
		if _, err := p.Add("big.bin", "", func(w io.Writer) error {
			for range 64 {
				before := out.all
				for i := range noise { // does not compress
					seed = seed*1664525 + 1013904223
					noise[i] = byte(seed >> 24)
				}
				if _, err := w.Write(noise); err != nil {
					return err
				}
				if held := len(noise) - (out.all - before); held > 1<<20 {
					t.Fatalf("%d bytes are held back", held)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if out.all < 2<<20*9/10 {
			t.Fatalf("%d bytes have left after a whole file", out.all)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if out.most > 128<<10 {
		t.Errorf("%d bytes left at once", out.most)
	}
}
