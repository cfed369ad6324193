package handlers

import (
	"encoding/json"
	"fmt"
	"maps"
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
			flatten(copiedValue{}, doc, func(v copiedValue) {
				words, coded := copiedWords[part.Name+"."+v.name]
				switch {
				case !v.at.IsZero():
					v.text = l.When(v.at, houseZone)
				case v.text == "true" || v.text == "false":
					v.text = l.Text("mydata." + v.text)
				case coded:
					v.text = word(words, v.text)
				}
				lines = append(lines, copyLine{v.label, v.text})
			}, func(key string) string { return word("mydata.field.", key) })
			x.Items = append(x.Items, lines)
		}
		out = append(out, x)
	}
	return out, nil
}

// copiedWords are where the words of values stand that are no text of anybody's, by
// the collection and the field.
var copiedWords = map[string]string{
	"action_items.state":      "state.action.",
	"activity_log.kind":       "activitylog.kind.",
	"agreements.state":        "state.agreement.",
	"audit.action":            "audit.action.",
	"entrants.state":          "state.entrant.",
	"gatherings.rsvp":         "state.answer.",
	"gatherings.state":        "state.gathering.",
	"group_memberships.state": "state.membership.",
	"mail_deliveries.state":   "state.mail.",
	"mail_suppressions.scope": "suppressions.scope.",
	"mails.kind":              "outbox.kind.",
	"mails.state":             "state.mail.",
	"meeting_records.state":   "state.presence.",
	"meetings.state":          "state.meeting.",
	"memberships.state":       "state.member.",
	"outcomes.step":           "outcome.step.",
	"people.role":             "role.",
	"plan_items.state":        "state.plan.",
	"registrations.rsvp":      "state.answer.",
	"registrations.state":     "state.registration.",
	"requests.state":          "state.request.",
	"subscriptions.state":     "state.subscription.",
	"travellers.role":         "traveller.role.",
	"travellers.state":        "state.traveller.",
	"trip_applications.state": "state.application.",
	"trip_outcomes.step":      "outcome.step.",
}

// A copiedValue is one value of a document: the names that lead to it in words, the
// last of them as it is stored, and either a moment or a text.
type copiedValue struct {
	label, name, text string
	at                time.Time
}

// flatten gives say every value in doc that is one, under the names of its place.
func flatten(place copiedValue, doc any, say func(copiedValue), word func(string) string) {
	under := func(name, words string) copiedValue {
		return copiedValue{label: strings.TrimPrefix(place.label+" · "+words, " · "), name: name}
	}
	tell := func(text string) {
		place.text = text
		say(place)
	}
	switch v := doc.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			flatten(under(k, word(k)), v[k], say, word)
		}
	case []any:
		var texts []string
		for i, x := range v {
			if s, ok := x.(string); ok {
				texts = append(texts, s)
				continue
			}
			flatten(under(place.name, strconv.Itoa(i+1)), x, say, word)
		}
		if len(texts) > 0 {
			tell(strings.Join(texts, ", "))
		}
	case string:
		at, err := time.Parse(time.RFC3339Nano, v)
		switch {
		case err == nil && at.Year() > 1:
			place.at = at
			say(place)
		case err != nil && v != "":
			tell(v)
		}
	case bool, float64:
		tell(strings.TrimSuffix(fmt.Sprint(v), ".0"))
	}
}
