package templates

import (
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template/parse"
)

// loadPages parses every file once and builds from the trees one set for each
// language, with that language's functions bound to it. Every page defines its
// own "title" and "content", so those, and whatever leads to them, stand in the
// set once for each page, under a name of its own (see ownName); everything else
// stands there once. A set for each page would be simpler, but takes most of the
// program's memory.
func (t *Texts) loadPages() error {
	shared, err := parseAll("layouts", "partials")
	if err != nil {
		return err
	}
	pages, err := parseAll("pages")
	if err != nil {
		return err
	}
	common := map[string]*parse.Tree{}
	for _, f := range shared {
		maps.Copy(common, f.trees)
	}
	all := maps.Clone(common)
	for _, f := range pages {
		t.pages = append(t.pages, f.name)
		maps.Copy(all, ownTrees(f, common))
	}
	slices.Sort(t.pages)
	for _, code := range t.codes {
		if t.sets[code], err = newSet(t.funcs(t.langs[code]), all); err != nil {
			return err
		}
	}
	return nil
}

// newSet gives a set its own copies of the trees: escaping rewrites them.
func newSet(funcs template.FuncMap, trees map[string]*parse.Tree) (*template.Template, error) {
	set := template.New("").Funcs(funcs)
	for name, tree := range trees {
		if _, err := set.AddParseTree(name, tree.Copy()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return set, nil
}

// ownName is what a page's own template is called among those of all pages.
func ownName(page, name string) string { return page + "/" + name }

// ownTrees are the templates that are the page's own, under their own names:
// those that it defines, and the shared ones that call such a one, as layouts do.
func ownTrees(page parsed, common map[string]*parse.Tree) map[string]*parse.Tree {
	own := maps.Clone(page.trees)
	for grown := true; grown; {
		grown = false
		for name, tree := range common {
			if own[name] == nil && callsOne(tree, own) {
				own[name], grown = tree, true
			}
		}
	}
	named := map[string]*parse.Tree{}
	for name, tree := range own {
		tree = tree.Copy()
		eachCall(tree.Root, func(c *parse.TemplateNode) {
			if own[c.Name] != nil {
				c.Name = ownName(page.name, c.Name)
			}
		})
		named[ownName(page.name, name)] = tree
	}
	return named
}

func callsOne(tree *parse.Tree, of map[string]*parse.Tree) (found bool) {
	eachCall(tree.Root, func(c *parse.TemplateNode) { found = found || of[c.Name] != nil })
	return found
}

// eachCall visits every {{template}} below a node.
func eachCall(n parse.Node, visit func(*parse.TemplateNode)) {
	switch n := n.(type) {
	case *parse.TemplateNode:
		visit(n)
	case *parse.ListNode:
		if n == nil { // there is no {{else}}
			return
		}
		for _, child := range n.Nodes {
			eachCall(child, visit)
		}
	case *parse.IfNode:
		eachCall(n.List, visit)
		eachCall(n.ElseList, visit)
	case *parse.RangeNode:
		eachCall(n.List, visit)
		eachCall(n.ElseList, visit)
	case *parse.WithNode:
		eachCall(n.List, visit)
		eachCall(n.ElseList, visit)
	}
}

// A parsed is one file of templates.
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
