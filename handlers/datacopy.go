package handlers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// dataCopyPage is the data of templates/pages/mydata_copy.html.
type dataCopyPage struct {
	Page
	At    time.Time
	Zone  string
	Parts []copyPart
}

// A copyPart is what one collection keeps, in words.
type copyPart struct {
	Title string
	Items [][]copyLine
}

// A copyLine is one field with what stands in it.
type copyLine struct{ Label, Text string }

// showDataCopy answers GET /account/data/copy, to read and to print.
func (s *Server) showDataCopy(c *fiber.Ctx) error {
	data, err := s.desk.MyData(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &dataCopyPage{At: data.At, Zone: houseZone}
	p.NoIndex = true
	if p.Parts, err = s.copyParts(c, data); err != nil {
		return err
	}
	secret(c)
	return s.page(c, "mydata_copy", p)
}

// sendDataCopy answers GET /account/data/copy.json, for programs.
func (s *Server) sendDataCopy(c *fiber.Ctx) error {
	data, err := s.desk.MyData(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	return s.sendCopy(c, data)
}

// copyParts puts a copy into the reader's words, as far as there are some for a
// field; what is written in it stays as it was written.
func (s *Server) copyParts(c *fiber.Ctx, data *scheduling.DataCopy) (out []copyPart, err error) {
	l := s.lang(c)
	word := func(prefix, key string) string {
		if l.Has(prefix + key) {
			return l.Text(prefix + key)
		}
		return key
	}
	for _, part := range data.Parts {
		x := copyPart{Title: word("mydata.part.", part.Name)}
		raw, err := json.Marshal(part.Documents)
		if err != nil {
			return nil, fmt.Errorf("read a copy of somebody's data: %w", err)
		}
		var docs []any
		if err := json.Unmarshal(raw, &docs); err != nil {
			return nil, fmt.Errorf("read a copy of somebody's data: %w", err)
		}
		for _, doc := range docs {
			var lines []copyLine
			flatten("", doc, func(label, text string, at time.Time) {
				if !at.IsZero() {
					text = l.When(at, houseZone)
				}
				if text == "true" || text == "false" {
					text = l.Text("mydata." + text)
				}
				lines = append(lines, copyLine{label, text})
			}, func(key string) string { return word("mydata.field.", key) })
			x.Items = append(x.Items, lines)
		}
		out = append(out, x)
	}
	return out, nil
}

// flatten gives say every value in v that is one, with the names that lead to it.
func flatten(label string, v any, say func(label, text string, at time.Time), word func(string) string) {
	under := func(name string) string { return strings.TrimPrefix(label+" · "+name, " · ") }
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			flatten(under(word(k)), v[k], say, word)
		}
	case []any:
		var texts []string
		for i, x := range v {
			if s, ok := x.(string); ok {
				texts = append(texts, s)
				continue
			}
			flatten(under(strconv.Itoa(i+1)), x, say, word)
		}
		if len(texts) > 0 {
			say(label, strings.Join(texts, ", "), time.Time{})
		}
	case string:
		at, err := time.Parse(time.RFC3339Nano, v)
		switch {
		case err == nil && at.Year() > 1:
			say(label, "", at)
		case err != nil && v != "":
			say(label, v, time.Time{})
		}
	case bool, float64:
		say(label, strings.TrimSuffix(fmt.Sprint(v), ".0"), time.Time{})
	}
}
