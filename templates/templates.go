package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template/parse"
)

//go:embed layouts pages partials locales static
var files embed.FS

// Texts is everything people read, in all languages. It is safe for use by
// several goroutines at once.
type Texts struct {
	langs  map[string]*Lang
	codes  []string
	assets *assets
	pages  map[string]map[string]*template.Template // language → page → its set
}

// Fallback is the language that is complete by definition.
const Fallback = "en"

// Load reads and checks all words and templates. Any mistake in them is an error.
func Load() (*Texts, error) {
	langs, err := loadWords(files)
	if err != nil {
		return nil, fmt.Errorf("load texts: %w", err)
	}
	t := &Texts{langs: langs, pages: map[string]map[string]*template.Template{}}
	for code := range langs {
		t.codes = append(t.codes, code)
	}
	slices.Sort(t.codes)
	if t.assets, err = loadAssets(files); err != nil {
		return nil, fmt.Errorf("load static files: %w", err)
	}
	if err := t.loadPages(); err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	return t, nil
}

// Langs are the codes of the languages there are, sorted: "en", "fi".
func (t *Texts) Langs() []string { return slices.Clone(t.codes) }

// Has reports whether there is a language of that code.
func (t *Texts) Has(lang string) bool { return t.langs[lang] != nil }

// In gives a language; English if there is none of that code.
func (t *Texts) In(lang string) *Lang {
	if l := t.langs[lang]; l != nil {
		return l
	}
	return t.langs[Fallback]
}

// Pages are the names of all pages, sorted.
func (t *Texts) Pages() []string {
	var names []string
	for name := range t.pages[Fallback] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// loadPages parses every file once and builds from the trees one set for each
// page and language, with that language's functions bound to it.
func (t *Texts) loadPages() error {
	shared, err := parseAll("layouts", "partials")
	if err != nil {
		return err
	}
	pages, err := parseAll("pages")
	if err != nil {
		return err
	}
	for _, code := range t.codes {
		base := template.New("").Funcs(t.funcs(t.langs[code]))
		for _, f := range shared {
			if err := add(base, f.trees); err != nil {
				return err
			}
		}
		t.pages[code] = map[string]*template.Template{}
		for _, f := range pages {
			set, err := base.Clone()
			if err == nil {
				err = add(set, f.trees)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
			t.pages[code][f.name] = set
		}
	}
	return nil
}

type parsed struct {
	name  string // of the file, without .html
	trees map[string]*parse.Tree
}

func parseAll(dirs ...string) ([]parsed, error) {
	names := template.FuncMap((&Texts{}).funcs(&Lang{}))
	builtins := map[string]any{}
	for _, f := range []string{"and", "call", "html", "index", "slice", "js", "len", "not", "or", "print", "printf", "println", "urlquery", "eq", "ge", "gt", "le", "lt", "ne"} {
		builtins[f] = fmt.Sprint
	}
	var out []parsed
	for _, dir := range dirs {
		found, err := fs.Glob(files, dir+"/*.html")
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			body, err := files.ReadFile(file)
			if err != nil {
				return nil, err
			}
			trees, err := parse.Parse(file, string(body), "", "", names, builtins)
			if err != nil {
				return nil, err
			}
			out = append(out, parsed{strings.TrimSuffix(path.Base(file), ".html"), trees})
		}
	}
	return out, nil
}

// add gives a set its own copies of the trees: escaping rewrites them.
func add(set *template.Template, trees map[string]*parse.Tree) error {
	for name, tree := range trees {
		if _, err := set.AddParseTree(name, tree.Copy()); err != nil {
			return err
		}
	}
	return nil
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Page writes the page of pages/NAME.html in lang with its data, which a typed
// struct of the handler's is. The bytes are the caller's own.
func (t *Texts) Page(lang, name string, data any) ([]byte, error) {
	set := t.pages[t.In(lang).code][name]
	if set == nil {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	return execute(set, "layout", data)
}

// Part writes only one template that the page defines: what a script puts in
// place of an older copy.
func (t *Texts) Part(lang, name, part string, data any) ([]byte, error) {
	set := t.pages[t.In(lang).code][name]
	if set == nil {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	return execute(set, part, data)
}

func execute(set *template.Template, name string, data any) ([]byte, error) {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := set.ExecuteTemplate(buf, name, data); err != nil {
		return nil, err
	}
	return bytes.Clone(buf.Bytes()), nil
}
