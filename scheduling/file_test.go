package scheduling

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"kohtaamo/storage"
)

// A file is what its bytes are, under a name without folders, and gone with its
// bytes.
func TestFiles(t *testing.T) {
	h := newHouse(t)
	zip, pdf, png, jpg := "PK\x03\x04", "%PDF-1.7", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0"
	for _, c := range []struct{ name, body, kept, kind, fault string }{
		{"a.pdf", pdf, "a.pdf", "application/pdf", ""}, {"A.PDF", pdf, "A.PDF", "application/pdf", ""}, {"a.png", png, "a.png", "image/png", ""}, {"a.jpeg", jpg, "a.jpeg", "image/jpeg", ""},
		{"a.docx", zip, "a.docx", fileTypes[".docx"], ""}, {"muistio.md", "# Ä", "muistio.md", "text/markdown; charset=utf-8", ""}, {"a.csv", "a;b", "a.csv", "text/csv; charset=utf-8", ""},
		{`C:\Users\x\..\a.txt`, "x", "a.txt", "text/plain; charset=utf-8", ""}, {"../../etc/a.txt", "x", "a.txt", "text/plain; charset=utf-8", ""}, {"a\r\nSet-Cookie: x.txt", "x", "a Set-Cookie: x.txt", "text/plain; charset=utf-8", ""},
		{"a.html", "<script>", "", "", "file.type"}, {"a.svg", "<svg/>", "", "", "file.type"}, {"a.pdf", "<html>", "", "", "file.type"}, {"a.png", jpg, "", "", "file.type"}, {"a.docx", pdf, "", "", "file.type"},
		{"a.pdf.exe", pdf, "", "", "file.type"}, {"a", pdf, "", "", "file.type"}, {"a.txt", "a\x00b", "", "", "file.type"}, {"a.txt", "\xff\xfe", "", "", "file.type"}, {"a.txt", "", "", "", "file.empty"},
		{"", "x", "", "", "problem.required"}, {"..", "x", "", "", "problem.required"}, {strings.Repeat("x", 300) + ".txt", "x", "", "", "problem.too_long"},
		{"a.txt", strings.Repeat("x", FileLimit+1), "", "", "file.too_big"},
	} {
		var x *File
		err := h.DB.Update(t.Context(), func(tx *storage.Tx) (err error) {
			x, err = saveFile(tx, h.boss, "group", "g", c.name, []byte(c.body))
			return err
		})
		if c.fault != "" {
			if p := ProblemIn(err); p == nil || p.Fields["file"] != c.fault {
				t.Errorf("%.40q: %v, want %s", c.name, err, c.fault)
			}
			continue
		}
		if err != nil || x.Name != c.kept || x.Type != c.kind || x.Size != len(c.body) || x.SHA256 != documentHash([]byte(c.body)) {
			t.Errorf("%q is kept as %+v, %v", c.name, x, err)
		}
	}
	h.write(t, func(tx *storage.Tx) error {
		list, err := filesOf(tx, "group", "g")
		if err != nil || len(list) != 10 {
			t.Fatalf("%d files, %v", len(list), err)
		}
		body, err := fileBytes(tx, list[0].ID)
		if err != nil || !bytes.Equal(body, []byte(pdf)) {
			t.Errorf("bytes are %q, %v", body, err)
		}
		if err := deleteFile(tx, list[0]); err != nil {
			return err
		}
		if _, err := fileBytes(tx, list[0].ID); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("bytes of what was deleted: %v", err)
		}
		return nil
	})
}

// Whoever uploaded files gets their names, and once erased is named by none.
func TestFilesOfAPerson(t *testing.T) {
	h := newHouse(t)
	h.write(t, func(tx *storage.Tx) error {
		x, err := saveFile(tx, h.boss, "group", "g", "a.txt", []byte("x"))
		if err != nil {
			return err
		}
		p := &Person{Meta: storage.Meta{ID: h.boss.ID}}
		if said, err := copyFiles(tx, p); err != nil || len(said) != 1 {
			t.Errorf("copy is %v, %v", said, err)
		}
		if n, err := eraseFiles(tx, p); err != nil || n != 1 {
			t.Errorf("%d erased, %v", n, err)
		}
		left, err := files.Get(tx, x.ID)
		if err == nil && left.ByName != "" {
			t.Errorf("left is %+v", left)
		}
		return err
	})
}
