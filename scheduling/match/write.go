package match

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
)

// Write writes p in the file format, with a line for each participant and each
// meeting. Read gives it back.
func (p *Problem) Write(w io.Writer) error {
	head := *p
	head.Participants, head.Meetings = nil, nil
	return write(w, head, list("participants", p.Participants), list("meetings", p.Meetings))
}

// Write writes s in the file format, with a line for each meeting that is held.
func (s *Solution) Write(w io.Writer) error {
	head := *s
	head.Assignment, head.Conflict = nil, nil
	return write(w, head, list("assignment", s.Assignment), list("conflict", s.Conflict))
}

// A field is a list that is written with a line for each item.
type field struct {
	name  string
	items []any
}

func list[T any](name string, items []T) field {
	f := field{name, make([]any, len(items))}
	for i := range items {
		f.items[i] = &items[i]
	}
	return f
}

// write writes the object head with lists in the place of those fields, which
// are the last of it and null.
func write(w io.Writer, head any, lists ...field) error {
	b := bufio.NewWriter(w)
	text, err := asJSON(head)
	if err != nil {
		return err
	}
	b.Write(text[:bytes.Index(text, []byte(`,"`+lists[0].name+`":null`))])
	for _, l := range lists {
		b.WriteString(",\n\"" + l.name + "\":[")
		for i, item := range l.items {
			if text, err = asJSON(item); err != nil {
				return err
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('\n')
			b.Write(text)
		}
		b.WriteByte(']')
	}
	b.WriteString("}\n")
	return b.Flush()
}

// asJSON is JSON as people read it: <, > and & stay.
func asJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
