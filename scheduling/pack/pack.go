// Package pack writes packs of files that prove themselves: a ZIP in which a
// manifest lists every file with its size, its SHA-256 and where it came from.
// Verify reads such a pack and says whether all of it is as it was made.
//
// A Writer takes one file at a time and holds none, so that a pack may have any
// size. What goes into a pack decides its bytes, and nothing else: the same
// files in the same order are the same pack. Names of files may come from
// people: see Name.
package pack

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Manifest is the name of the manifest within a pack, its last file.
const Manifest = "manifest.json"

// Format is what a manifest says it is.
const Format = "kohtaamo-pack/1"

// A File is a line of the manifest.
type File struct {
	Name   string `json:"name"`
	Source string `json:"source"` // where it came from, in words or as an address
	Size   int64  `json:"size"`   // in bytes
	SHA256 string `json:"sha256"` // of its bytes, in hexadecimal
}

// A List is a manifest. Notes are what else a pack says of itself: names and
// values that its maker chose.
type List struct {
	Format string            `json:"format"`
	Title  string            `json:"title"`
	Notes  map[string]string `json:"notes,omitempty"`
	Files  []File            `json:"files"`
}

// A Writer writes a pack. Close completes it; without it the file is none.
type Writer struct {
	zip   *zip.Writer
	at    time.Time
	list  List
	taken map[string]bool // names, as file systems compare them
	err   error
}

// New begins a pack. All its files carry the time at.
func New(w io.Writer, title string, at time.Time, notes map[string]string) *Writer {
	return &Writer{zip: zip.NewWriter(w), at: at.UTC().Truncate(2 * time.Second), taken: map[string]bool{Manifest: true},
		list: List{Format: Format, Title: title, Notes: notes, Files: []File{}}}
}

// Add writes a file. Its name is one that Name made; if the pack has such a
// file already, it gets a number. The name that it got is returned. After an
// error the pack cannot be completed.
func (p *Writer) Add(name, source string, write func(io.Writer) error) (string, error) {
	if p.err != nil {
		return "", p.err
	}
	if name != Name(strings.Split(name, "/")...) {
		p.err = fmt.Errorf("pack: %q is no name of a file", name)
		return "", p.err
	}
	name = p.free(name)
	f := File{Name: name, Source: source}
	if p.err = p.add(&f, write); p.err != nil {
		p.err = fmt.Errorf("pack %s: %w", name, p.err)
		return "", p.err
	}
	p.list.Files = append(p.list.Files, f)
	return name, nil
}

func (p *Writer) add(f *File, write func(io.Writer) error) error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: p.at})
	if err != nil {
		return err
	}
	sum := sha256.New()
	n := new(counter)
	if err := write(io.MultiWriter(w, sum, n)); err != nil {
		return err
	}
	f.Size, f.SHA256 = int64(*n), hex.EncodeToString(sum.Sum(nil))
	return nil
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// free is the name, or one with a number that nothing has yet.
func (p *Writer) free(name string) string {
	out := name
	for n := 2; p.taken[folded(out)]; n++ {
		out = numbered(name, n)
	}
	p.taken[folded(out)] = true
	return out
}

// Files are those that were added so far.
func (p *Writer) Files() []File { return p.list.Files }

// Close writes the manifest and completes the pack.
func (p *Writer) Close() error {
	if p.err != nil {
		return p.err
	}
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: Manifest, Method: zip.Deflate, Modified: p.at})
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(p.list); err != nil {
		return err
	}
	return p.zip.Close()
}

// ErrAltered is what Verify's error wraps for a pack that is not as it was made.
var ErrAltered = errors.New("the pack is not as it was made")
