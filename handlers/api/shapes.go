package api

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kohtaamo/scheduling"
)

// A Text is words by language: {"fi": "…", "en": "…"}.
type Text map[string]string

// A Geo is a place on the map, in degrees (WGS 84).
type Geo struct {
	Lat float64 `json:"lat" minimum:"-90" maximum:"90"`
	Lon float64 `json:"lon" minimum:"-180" maximum:"180"`
}

// Paging is what every list takes.
type Paging struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at the most"`
	After string `query:"after" maxLength:"1000" doc:"Where the list goes on: the next of the answer before"`
}

// A List is one page of something.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"What to send as after for the next page; missing at the end"`
}

// Listed is the answer of a list.
type Listed[T any] struct {
	Link string `header:"Link"`
	Body List[T]
}

// listed maps a page, and links to the next one (RFC 8288).
func listed[S, T any](a *API, ctx context.Context, found []S, next string, shape func(S) T) *Listed[T] {
	out := &Listed[T]{Body: List[T]{Items: mapped(found, shape), Next: next}}
	if next == "" {
		return out
	}
	u, err := url.Parse(callerIn(ctx).url)
	if err != nil {
		return out
	}
	q := u.Query()
	q.Set("after", next)
	out.Link = "<" + a.cfg.BaseURL + u.Path + "?" + q.Encode() + `>; rel="next"`
	return out
}

// mapped is never nil: a list without items is [].
func mapped[S, T any](xs []S, shape func(S) T) []T {
	out := make([]T, len(xs))
	for i, x := range xs {
		out[i] = shape(x)
	}
	return out
}

// One is the answer of an operation about one document.
type One[T any] struct {
	ETag     string `header:"ETag" doc:"The revision, for If-Match"`
	Location string `header:"Location"`
	Body     T
}

// Done is One of an operation that may have been done before.
type Done[T any] struct {
	Status   int
	ETag     string `header:"ETag" doc:"The revision, for If-Match"`
	Location string `header:"Location"`
	Body     T
}

func one[T any](rev int64, body T) *One[T] { return &One[T]{ETag: etag(rev), Body: body} }

// made is one that is new, with its address.
func made[T any](a *API, rev int64, address string, body T) *One[T] {
	return &One[T]{ETag: etag(rev), Location: a.cfg.BaseURL + Root + address, Body: body}
}

func etag(rev int64) string { return strconv.Quote(strconv.FormatInt(rev, 10)) }

// ByID names a document.
type ByID struct {
	ID string `path:"id" maxLength:"200"`
}

// Match is the revision that a change starts from.
type Match struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"The ETag of what was read"`
}

// rev reads If-Match; what was never an ETag of ours matches nothing.
func (m Match) rev(who *caller) (int64, error) {
	if m.IfMatch == "" {
		return 0, who.newProblem(http.StatusPreconditionRequired, "precondition-required", "api.if_match")
	}
	n, err := strconv.ParseInt(strings.Trim(m.IfMatch, `"`), 10, 64)
	if err != nil || n < 1 {
		return 0, stale()
	}
	return n, nil
}

// against refuses a change that starts from anything but the revision stored.
func (m Match) against(who *caller, rev int64) error {
	n, err := m.rev(who)
	if err == nil && n != rev {
		err = stale()
	}
	return err
}

func stale() error { return &scheduling.Problem{Kind: scheduling.Changed, Key: "problem.changed"} }

// wrong collects what the schema could not check, by field of the desk.
type wrong map[string]string

func (w wrong) problem() error {
	if len(w) == 0 {
		return nil
	}
	return &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: w}
}

var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$`)

// text checks the languages of t.
func (w wrong) text(field string, t Text) scheduling.Text {
	out := scheduling.Text{}
	for lang, s := range t {
		if !languageForm.MatchString(lang) {
			w[field] = "api.language"
			continue
		}
		out[lang] = s
	}
	return out
}

// instant checks that t can be written as a date everywhere, in any zone.
func (w wrong) instant(field string, t time.Time) time.Time {
	t = t.UTC().Truncate(time.Millisecond)
	if !t.IsZero() && (t.Year() < 1970 || t.Year() > 2200) {
		w[field] = "api.time_range"
	}
	return t
}

func textOf(t scheduling.Text) Text {
	out := Text{}
	for lang, s := range t {
		out[lang] = s
	}
	return out
}

// timeOf is nil for no time, so that it is left out.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// or is what p points to, or d where it points to nothing.
func or[T any](p *T, d T) T {
	if p == nil {
		return d
	}
	return *p
}

func list[T any](xs []T) []T {
	if xs == nil {
		return []T{}
	}
	return xs
}

// inQuery is problem for what stood in the address.
func (w wrong) inQuery(who *caller) error {
	if len(w) == 0 {
		return nil
	}
	p := who.newProblem(http.StatusUnprocessableEntity, "invalid", "problem.invalid")
	for field, key := range w {
		p.Errors = append(p.Errors, Fault{Location: "query." + field, Key: key, Message: who.text(key)})
	}
	return p
}
