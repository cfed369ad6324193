package api

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"kohtaamo/scheduling/jobs"
)

// operations are those of the document, by path and method.
func (h *house) operations() map[string]map[string]map[string]any {
	h.t.Helper()
	out := map[string]map[string]map[string]any{}
	for path, item := range h.do("", "GET", "/openapi.json", nil).is(200).object("paths") {
		out[path] = map[string]map[string]any{}
		for method, o := range item.(map[string]any) {
			out[path][strings.ToUpper(method)] = o.(map[string]any)
		}
	}
	return out
}

func TestDocument(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Jobs = &jobs.Runner{DB: c.DB} })
	doc := h.do("", "GET", "/openapi.json", nil).is(200)
	if v := doc.text("openapi"); !strings.HasPrefix(v, "3.1.") {
		t.Errorf("openapi = %q", v)
	}
	if doc.object("info")["title"] == "" || doc.object("info")["version"] == "" {
		t.Errorf("info = %v", doc.object("info"))
	}
	server := doc.body["servers"].([]any)[0].(map[string]any)["url"]
	if server != "https://kohtaamo.example/api/v1" {
		t.Errorf("server = %v", server)
	}
	tags := map[string]bool{}
	for _, tag := range doc.body["tags"].([]any) {
		tags[tag.(map[string]any)["name"].(string)] = true
	}
	ids := map[string]bool{}
	n := 0
	for path, ops := range h.operations() {
		for method, o := range ops {
			n++
			at := method + " " + path
			id, _ := o["operationId"].(string)
			if id == "" || ids[id] || o["summary"] == "" || o["summary"] == nil {
				t.Errorf("%s: id %q, summary %v", at, id, o["summary"])
			}
			ids[id] = true
			if tag := o["tags"].([]any)[0].(string); !tags[tag] {
				t.Errorf("%s: tag %q is not described", at, tag)
			}
			checkSecurity(t, at, o)
			checkResponses(t, at, method, o)
			checkParameters(t, at, path, o)
		}
	}
	if n < 50 {
		t.Errorf("%d operations", n)
	}
	checkReferences(t, string(doc.raw), doc.object("components")["schemas"].(map[string]any))
	if yaml := h.do("", "GET", "/openapi.yaml", nil).is(200); !strings.Contains(string(yaml.raw), "openapi: 3.1.") {
		t.Errorf("yaml = %.100s", yaml.raw)
	}
	for _, path := range []string{"/docs", "/schemas/Event"} {
		h.do("admin", "GET", path, nil).problem(404, "not-found")
	}
}

func checkSecurity(t *testing.T, at string, o map[string]any) {
	t.Helper()
	for _, s := range o["security"].([]any) {
		for name := range s.(map[string]any) {
			if name != "token" {
				t.Errorf("%s: security %q", at, name)
			}
		}
	}
	if len(o["security"].([]any)) == 0 {
		t.Errorf("%s: no security", at)
	}
}

func checkResponses(t *testing.T, at, method string, o map[string]any) {
	t.Helper()
	responses := o["responses"].(map[string]any)
	want := []string{"401", "403", "429", "500", "503"}
	if method != "GET" {
		want = append(want, "400", "409", "413", "415", "422")
	}
	success := 0
	for status, r := range responses {
		if status[0] == '2' {
			success++
			continue
		}
		if r.(map[string]any)["content"].(map[string]any)[problemType] == nil {
			t.Errorf("%s: %s is no problem", at, status)
		}
	}
	for _, status := range want {
		if responses[status] == nil {
			t.Errorf("%s: does not say that it can answer %s", at, status)
		}
	}
	if success == 0 {
		t.Errorf("%s: no success", at)
	}
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

func checkParameters(t *testing.T, at, path string, o map[string]any) {
	t.Helper()
	var named []string
	params, _ := o["parameters"].([]any)
	for _, v := range params {
		p := v.(map[string]any)
		if p["schema"] == nil {
			t.Errorf("%s: parameter %v has no schema", at, p["name"])
		}
		if p["in"] == "path" {
			named = append(named, p["name"].(string))
		}
	}
	var want []string
	for _, m := range inBraces.FindAllStringSubmatch(path, -1) {
		want = append(want, m[1])
	}
	if !slices.Equal(named, want) {
		t.Errorf("%s: path parameters %v, want %v", at, named, want)
	}
	if keyed := strings.Contains(strings.ToLower(at), "post "); keyed != slices.ContainsFunc(params, func(p any) bool { return p.(map[string]any)["name"] == "Idempotency-Key" }) {
		t.Errorf("%s: Idempotency-Key", at)
	}
}

var reference = regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`)

func checkReferences(t *testing.T, doc string, schemas map[string]any) {
	t.Helper()
	found := reference.FindAllStringSubmatch(doc, -1)
	for _, m := range found {
		if schemas[m[1]] == nil {
			t.Errorf("no schema %s", m[1])
		}
	}
	if len(found) < 50 {
		t.Errorf("%d references", len(found))
	}
	for _, name := range []string{"Meta", "bson"} {
		if strings.Contains(doc, name+`"`) {
			t.Errorf("the document speaks of %s, which is the store's", name)
		}
	}
}

// The description is made while the API answers already.
func TestDocumentAtOnce(t *testing.T) {
	h := newHouse(t)
	var asked sync.WaitGroup
	answers := make([]string, 6)
	for i := range answers {
		asked.Go(func() {
			events, err := h.try("organiser", "GET", "/events", nil)
			document, err2 := h.try("", "GET", "/openapi."+[]string{"json", "yaml"}[i%2], nil)
			if err := errors.Join(err, err2); err != nil || events.status != 200 || document.status != 200 {
				t.Error("not answered:", err, events, document)
				return
			}
			answers[i] = string(document.raw)
		})
	}
	asked.Wait()
	for i, answer := range answers {
		if answer == "" || answer != answers[i%2] {
			t.Errorf("answer %d differs: %.100s", i, answer)
		}
	}
}
