package match

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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
