package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxBytes is how long a file may be that Read takes in: ten times a round of
// 20,000 participants.
const MaxBytes = 64 << 20

// A FormatError says where a Problem is malformed, and how, in one line. Line
// and Column, from 1, are where it was read from a file; the column counts
// characters.
type FormatError struct {
	Line, Column int
	Place        string // such as meetings[3].participants[1], counted from 0
	Text         string
}

func (e *FormatError) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d: ", e.Line, e.Column)
	}
	if e.Place != "" {
		b.WriteString(e.Place + ": ")
	}
	return b.String() + e.Text
}

// Read takes in a Problem as a file of JSON holds it, and validates it. It is
// strict: a field that is unknown, there twice or of another type is an error,
// as is anything behind the problem. A list that is empty counts as absent. The
// error is a *FormatError, or what reading itself failed with.
func Read(r io.Reader) (*Problem, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBytes {
		return nil, &FormatError{Text: fmt.Sprintf("the file is larger than %d MB", MaxBytes>>20)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := grammatical(data); err != nil {
		return nil, err
	}
	f := &file{data: data, tokens: json.NewDecoder(bytes.NewReader(data))}
	f.tokens.UseNumber()
	p := new(Problem)
	if err := f.problem(p); err != nil {
		return nil, err
	}
	return p, p.Validate()
}

// grammatical finds what is not JSON, or not UTF-8. What comes after it can
// rely on both.
func grammatical(data []byte) error {
	for at := 0; at < len(data); {
		c, size := utf8.DecodeRune(data[at:])
		if c == utf8.RuneError && size == 1 {
			return faultAt(data, at, "", "a byte that is not UTF-8")
		}
		at += size
	}
	var all json.RawMessage
	err := json.Unmarshal(data, &all)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case len(bytes.TrimSpace(data)) == 0:
		return &FormatError{Text: "the file is empty"}
	case errors.As(err, &syntax):
		at := int(syntax.Offset)
		if at > 0 && !strings.HasPrefix(syntax.Error(), "unexpected end") {
			at-- // the offset is behind the byte that is wrong
		}
		return faultAt(data, at, "", "not JSON: "+syntax.Error())
	}
	return &FormatError{Text: "not JSON: " + err.Error()}
}

func faultAt(data []byte, at int, place, text string) *FormatError {
	before := data[:min(at, len(data))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &FormatError{
		Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[start:]),
		Place: place, Text: text,
	}
}

// A file is read token by token, since encoding/json overlooks fields that are
// there twice or in other letters, and cannot say in which item of a list a
// fault is.
type file struct {
	data   []byte
	tokens *json.Decoder
	path   []step
	start  int // where the token begins that was read last
}

// A step leads to a field, or to an item of a list.
type step struct {
	name  string
	index int // where name is empty
}

func (f *file) fault(format string, args ...any) error {
	var place strings.Builder
	for i, s := range f.path {
		switch {
		case s.name == "":
			fmt.Fprintf(&place, "[%d]", s.index)
		case i > 0:
			place.WriteString("." + s.name)
		default:
			place.WriteString(s.name)
		}
	}
	return faultAt(f.data, f.start, place.String(), fmt.Sprintf(format, args...))
}

func (f *file) token() (json.Token, error) {
	f.start = int(f.tokens.InputOffset())
	for f.start < len(f.data) && strings.IndexByte(" \t\r\n,:", f.data[f.start]) >= 0 {
		f.start++
	}
	t, err := f.tokens.Token()
	if err != nil {
		return nil, f.fault("%v", err)
	}
	return t, nil
}

// kind names what a token is, as people would who see the file.
func kind(t json.Token) string {
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return "an object"
		}
		return "a list"
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	}
	return "null"
}

// object reads an object; field reads the value of the field that it names and
// gives what unknown gives for others. The fields needed must be there.
func (f *file) object(field func(name string) error, needed ...string) error {
	t, err := f.token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return f.fault("%s instead of an object", kind(t))
	}
	open := f.start
	seen := make([]string, 0, 10)
	for f.tokens.More() {
		t, err := f.token()
		if err != nil {
			return err
		}
		name := t.(string)
		if slices.Contains(seen, name) {
			return f.fault("the field %s is there twice", quote(name))
		}
		seen = append(seen, name)
		f.path = append(f.path, step{name: name})
		if err := field(name); err != nil {
			return err
		}
		f.path = f.path[:len(f.path)-1]
	}
	if _, err := f.token(); err != nil {
		return err
	}
	return f.needed(open, seen, needed)
}

func (f *file) needed(open int, seen, needed []string) error {
	for _, name := range needed {
		if !slices.Contains(seen, name) {
			f.start = open
			return f.fault("the field %q is missing", name)
		}
	}
	return nil
}

// unknown is the fault of a field that the format does not have. The path ends
// with its name already.
func (f *file) unknown() error {
	name := f.path[len(f.path)-1].name
	f.path = f.path[:len(f.path)-1]
	return f.fault("there is no field %s in the format", quote(name))
}

// list reads a list of at most so many items.
func (f *file) list(most int, item func() error) error {
	t, err := f.token()
	if err != nil {
		return err
	}
	if t != json.Delim('[') {
		return f.fault("%s instead of a list", kind(t))
	}
	for i := 0; f.tokens.More(); i++ {
		if i == most {
			return f.fault("more than %d", most)
		}
		f.path = append(f.path, step{index: i})
		if err := item(); err != nil {
			return err
		}
		f.path = f.path[:len(f.path)-1]
	}
	_, err = f.token()
	return err
}

func (f *file) text(into *string) error {
	t, err := f.token()
	if err != nil {
		return err
	}
	s, ok := t.(string)
	switch {
	case !ok:
		return f.fault("%s instead of a text", kind(t))
	case s == "":
		return f.fault("an empty text")
	}
	*into = s
	return nil
}

func (f *file) number(into *int, least int) error {
	t, err := f.token()
	if err != nil {
		return err
	}
	n, ok := t.(json.Number)
	if !ok {
		return f.fault("%s instead of a number", kind(t))
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return f.fault("%s is too large a number", shorten(n.String()))
	case err != nil:
		return f.fault("%s is not a whole number", shorten(n.String()))
	case i < int64(least):
		return f.fault("%d is less than %d", i, least)
	}
	*into = int(i)
	return nil
}

// optional reads a number that may be absent.
func (f *file) optional(into **int) error {
	*into = new(int)
	return f.number(*into, 0)
}

func (f *file) yes(into *bool) error {
	t, err := f.token()
	if err != nil {
		return err
	}
	b, ok := t.(bool)
	if !ok {
		return f.fault("%s instead of true or false", kind(t))
	}
	*into = b
	return nil
}

func (f *file) texts(into *[]string, most int) error {
	return f.list(most, func() error {
		var s string
		err := f.text(&s)
		*into = append(*into, s)
		return err
	})
}

func (f *file) slots(into *[]int) error {
	return f.list(MaxSlots, func() error {
		var n int
		err := f.number(&n, 1)
		*into = append(*into, n)
		return err
	})
}

func (f *file) problem(p *Problem) error {
	return f.object(func(name string) error {
		switch name {
		case "format":
			if err := f.text(&p.Format); err != nil || p.Format == Format {
				return err
			}
			return f.fault("%s instead of %q", quote(p.Format), Format)
		case "slots":
			return f.number(&p.Slots, 1)
		case "tables":
			return f.number(&p.Tables, 1)
		case "fairness":
			return f.optional(&p.Fairness)
		case "sessions":
			return items(f, &p.Sessions, MaxSlots*MaxSlots, (*file).session)
		case "participants":
			return items(f, &p.Participants, MaxParticipants, (*file).participant)
		case "meetings":
			return items(f, &p.Meetings, MaxMeetings, (*file).meeting)
		}
		return f.unknown()
	}, "format", "slots", "tables", "participants", "meetings")
}

// items reads a list of objects.
func items[T any](f *file, into *[]T, most int, read func(*file, *T) error) error {
	return f.list(most, func() error {
		*into = append(*into, *new(T))
		return read(f, &(*into)[len(*into)-1])
	})
}

func (f *file) session(s *Session) error {
	return f.object(func(name string) error {
		switch name {
		case "name":
			return f.text(&s.Name)
		case "from":
			return f.number(&s.From, 1)
		case "to":
			return f.number(&s.To, 1)
		}
		return f.unknown()
	}, "name", "from", "to")
}

func (f *file) participant(p *Participant) error {
	return f.object(func(name string) error {
		switch name {
		case "id":
			return f.text(&p.ID)
		case "unavailable":
			return f.slots(&p.Unavailable)
		case "max_meetings":
			return f.optional(&p.MaxMeetings)
		}
		return f.unknown()
	}, "id")
}

func (f *file) meeting(m *Meeting) error {
	return f.object(func(name string) error {
		switch name {
		case "id":
			return f.text(&m.ID)
		case "participants":
			return f.texts(&m.Participants, MaxParticipants)
		case "required":
			return f.yes(&m.Required)
		case "weight":
			return f.optional(&m.Weight)
		case "session":
			return f.text(&m.Session)
		case "slot":
			return f.number(&m.Slot, 1)
		case "slots":
			return f.slots(&m.Slots)
		case "after":
			return f.texts(&m.After, MaxMeetings)
		}
		return f.unknown()
	}, "id", "participants")
}
