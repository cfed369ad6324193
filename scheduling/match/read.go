package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
