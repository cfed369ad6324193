package api

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// newError is how huma tells what is wrong with a request where it does not
// know whose: only for the shape of errors in the document.
func newError(status int, msg string, errs ...error) huma.StatusError {
	return newErrorWithContext(nil, status, msg, errs...)
}

// newErrorWithContext turns what huma finds wrong with a request into a Problem.
// What it says about values is left out: they may name people.
func newErrorWithContext(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
	who := &caller{}
	if ctx != nil {
		who = callerIn(ctx.Context())
	}
	kind, key := schemaKind(status)
	p := who.newProblem(status, kind, key)
	for _, err := range errs {
		d, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		p.Errors = append(p.Errors, who.fault(d.ErrorDetail()))
	}
	return p
}

func schemaKind(status int) (kind, key string) {
	switch status {
	case http.StatusUnprocessableEntity:
		return "invalid", "problem.invalid"
	case http.StatusRequestEntityTooLarge:
		return "too-large", "api.too_large"
	case http.StatusUnsupportedMediaType:
		return "unsupported", "api.media"
	case http.StatusRequestTimeout:
		return "malformed", "api.malformed"
	case http.StatusInternalServerError:
		return "internal", "api.internal"
	}
	return "malformed", "api.malformed"
}

// rules are our words for what huma says, by how it begins.
var rules = []struct{ start, key string }{
	{"expected required property", "problem.required"},
	{"required ", "problem.required"},
	{"unexpected property", "api.unexpected"},
	{"unknown query parameter", "api.unexpected"},
	{"expected value to be one of", "problem.choice"},
	{"expected length <=", "problem.too_long"},
	{"expected length >=", "problem.required"},
	{"expected array length <=", "problem.too_many"},
	{"expected object with at most", "problem.too_many"},
	{"expected array length >=", "problem.required"},
	{"expected number", "problem.number"},
	{"expected integer", "problem.number"},
	{"invalid integer", "problem.number"},
	{"expected string to be RFC 3339 date-time", "api.time"},
	{"invalid date/time", "api.time"},
	{"expected string to match pattern", "api.form"},
	{"expected string to be", "api.form"},
	{"expected array items to be unique", "problem.twice"},
	{"unknown content type", "api.media"},
}

// fault is one thing that huma found.
func (w *caller) fault(d *huma.ErrorDetail) Fault {
	f := Fault{Location: d.Location, Key: "api.type", Rule: d.Message}
	for _, r := range rules {
		if strings.HasPrefix(d.Message, r.start) {
			f.Key = r.key
			break
		}
	}
	if d.Location == "body" && f.Key == "api.type" && !strings.HasPrefix(d.Message, "expected") {
		f.Key = "api.malformed"
	}
	// A property that is missing is where it should have been.
	if name, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		name, _, _ = strings.Cut(name, " ")
		f.Location += "." + name
	}
	f.Message = w.text(f.Key)
	return f
}
