package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A tick is a checkbox of several under one name.
type tick struct {
	option
	On bool
}

// ticks are the options with those in chosen ticked.
func ticks(from []option, chosen []string) []tick {
	var out []tick
	for _, o := range from {
		out = append(out, tick{o, slices.Contains(chosen, o.Value)})
	}
	return out
}

// ownAmong changes only those of the clusters in had that by organises: others
// were put there by somebody else, and stay.
func ownAmong(by scheduling.Actor, had, chosen []string) []string {
	out := []string{}
	for _, id := range had {
		if !by.Organises(id) {
			out = append(out, id)
		}
	}
	for _, id := range chosen {
		if by.Organises(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// NewID is the hidden field "id" of a form that makes something: sent twice, it
// makes one.
func (f *form) NewID() string {
	id := f.Value("id")
	fits := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
	if len(id) != 16 || slices.ContainsFunc([]rune(id), func(r rune) bool { return !fits(r) }) {
		return storage.NewID()
	}
	return id
}

// EditRevision is Revision for something that exists: a form that names none
// showed no version of it.
func (f *form) EditRevision() int64 {
	if n := f.Revision(); n > 0 {
		return n
	}
	return -1
}

// exists reports whether err says that there is one already.
func exists(err error) bool {
	p := scheduling.ProblemIn(err)
	return p != nil && p.Kind == scheduling.Exists
}

// text is what is after "?" under a name, as somebody typed it for a search.
func text(c *fiber.Ctx, name string) string {
	if s := []rune(c.Query(name)); len(s) > 200 {
		return string(s[:200])
	} else {
		return string(s)
	}
}
