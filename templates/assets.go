package templates

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// An Asset is a static file. Its address holds a checksum of its content, so
// that it may be kept forever.
type Asset struct {
	Name string // "app.css"
	Type string // media type
	Path string // "/static/0123456789abcdef/app.css"
	Body []byte
	Gzip []byte // the same, compressed once; nil where that saves nothing
}

type assets struct{ byName, byPath map[string]*Asset }

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
}

// spaces are what a browser does not need of a style sheet: comments, and the
// white space around what ends a name or a value.
var spaces = regexp.MustCompile(`(?s)/\*.*?\*/|\s*([{};,])\s*|(:) +`)

func loadAssets(fsys fs.FS) (*assets, error) {
	names, err := fs.Glob(fsys, "static/*")
	if err != nil {
		return nil, err
	}
	a := &assets{map[string]*Asset{}, map[string]*Asset{}}
	for _, name := range names {
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		if path.Ext(name) == ".css" {
			body = spaces.ReplaceAll(body, []byte("$1$2"))
		}
		f := newAsset(path.Base(name), body)
		a.byName[f.Name], a.byPath[f.Path] = f, f
	}
	return a, nil
}

func newAsset(name string, body []byte) *Asset {
	sum := sha256.Sum256(body)
	f := &Asset{Name: name, Type: mediaTypes[path.Ext(name)], Body: body}
	f.Path = "/static/" + hex.EncodeToString(sum[:8]) + "/" + name
	if strings.HasPrefix(f.Type, "text/") || f.Type == "image/svg+xml" {
		var buf bytes.Buffer
		w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // the level is a valid one
		w.Write(body)                                           // into memory: cannot fail
		w.Close()
		f.Gzip = buf.Bytes()
	}
	return f
}

// Asset finds a static file by the path of its address.
func (t *Texts) Asset(path string) (*Asset, bool) {
	f, ok := t.assets.byPath[path]
	return f, ok
}

// AssetPath is the address of a static file; empty if there is none of that name.
func (t *Texts) AssetPath(name string) string {
	if f := t.assets.byName[name]; f != nil {
		return f.Path
	}
	return ""
}
