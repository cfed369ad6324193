package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"sync"
)

//go:embed layouts pages partials locales static
var files embed.FS

// Texts is everything people read, in all languages. It is safe for use by
// several goroutines at once.
type Texts struct {
	langs  map[string]*Lang
	codes  []string
	assets *assets
	pages  []string                      // names, sorted
	sets   map[string]*template.Template // of a language
}

// Fallback is the language that is complete by definition.
const Fallback = "en"

// Load gives all words and templates. They are part of the program, and are read
// and checked once. Any mistake in them is an error.
func Load() (*Texts, error) { return loaded() }

var loaded = sync.OnceValues(read)

func read() (*Texts, error) {
	langs, err := loadWords(files)
	if err != nil {
		return nil, fmt.Errorf("load texts: %w", err)
	}
	t := &Texts{langs: langs, sets: map[string]*template.Template{}}
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
func (t *Texts) Pages() []string { return slices.Clone(t.pages) }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Page writes the page of pages/NAME.html in lang with its data, which a typed
// struct of the handler's is. The bytes are the caller's own.
func (t *Texts) Page(lang, name string, data any) ([]byte, error) {
	return t.Part(lang, name, "layout", data)
}

// Part writes only one template that the page defines: what a script puts in
// place of an older copy.
func (t *Texts) Part(lang, name, part string, data any) ([]byte, error) {
	if _, found := slices.BinarySearch(t.pages, name); !found {
		return nil, fmt.Errorf("there is no page %q", name)
	}
	return execute(t.sets[t.In(lang).code], ownName(name, part), data)
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
