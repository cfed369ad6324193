package scheduling

import (
	"regexp"
	"slices"
	"strings"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The text of a campaign is Markdown with two things of ours in it. A block is
// a line of its own that stands for something of the house: {event:SLUG},
// {round:SLUG}, {trip:SLUG}, {group:SLUG}, {events:upcoming}, {trips:open},
// {foresight:latest} or with a group or an issue. A field stands anywhere and is
// filled for each reader: {name}, {company}. A brace that is neither is written
// with a backslash.

// CampaignFields are the fields, in the order of a menu.
var CampaignFields = []string{"name", "company"}

// CampaignBlocks are the kinds of block.
var CampaignBlocks = []string{"event", "events", "round", "trip", "trips", "group", "foresight"}

// The blocks of several things have one name each.
const (
	blockUpcoming = "upcoming" // the cluster's events to come
	blockOpen     = "open"     // the cluster's trips that companies can apply for
)

// oneName is the only name that a block of several things can have.
var oneName = map[string]string{"events": blockUpcoming, "trips": blockOpen}

// A textPiece is some of a campaign's text: words in Markdown, or a block.
type textPiece struct {
	line        int // the first is 1
	words       string
	block, name string // of a block: {block:name}
}

var (
	blockLine = regexp.MustCompile(`^\{([a-z]+):([^{}\s]+)\}$`)
	braced    = regexp.MustCompile(`\\?\{([^{}\n]{1,200})\}`)
)

// campaignText takes a text apart. A Problem names the line of what is neither
// a block nor a field.
func campaignText(src, lang string) ([]textPiece, error) {
	var out []textPiece
	var words []string
	from := 1
	flush := func(line int) {
		if s := strings.Trim(strings.Join(words, "\n"), "\n"); s != "" {
			out = append(out, textPiece{line: from, words: s})
		}
		words, from = nil, line+1
	}
	for i, line := range strings.Split(src, "\n") {
		if m := blockLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			if !slices.Contains(CampaignBlocks, m[1]) || oneName[m[1]] != "" && m[2] != oneName[m[1]] {
				return nil, unknownMark(lang, i+1, strings.TrimSpace(line))
			}
			flush(i + 1)
			out = append(out, textPiece{line: i + 1, block: m[1], name: m[2]})
			continue
		}
		if err := checkFields(line, lang, i+1); err != nil {
			return nil, err
		}
		words = append(words, line)
	}
	flush(0)
	return out, nil
}

// checkFields refuses a mark in the line that is no field.
func checkFields(line, lang string, number int) error {
	for _, m := range braced.FindAllStringSubmatch(line, -1) {
		if strings.HasPrefix(m[0], `\`) || slices.Contains(CampaignFields, m[1]) {
			continue
		}
		kind, _, block := strings.Cut(m[1], ":")
		if block && slices.Contains(CampaignBlocks, kind) {
			return textFault("campaign.block_alone", lang, number, m[0])
		}
		return unknownMark(lang, number, m[0])
	}
	return nil
}

func unknownMark(lang string, line int, what string) error {
	return textFault("campaign.unknown_mark", lang, line, what)
}

// textFault is a Problem with a place in a campaign's text.
func textFault(key, lang string, line int, what string) error {
	return &Problem{Kind: Invalid, Key: key, Args: []any{"line", line, "what", what, "lang", lang},
		Fields: map[string]string{"body": "campaign.look_there"}}
}

// Private characters stand for what is filled in later: Markdown and the
// sanitiser leave them as they are, and what people write has none of them.
const (
	fieldOpen  = '\ue000'
	fieldClose = '\ue001'
)

// withoutPrivate drops the characters that have a meaning here.
func withoutPrivate(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xe000 && r <= 0xf8ff {
			return -1
		}
		return r
	}, s)
}

// markFields writes the fields of some Markdown as private characters.
func markFields(s string) string {
	return braced.ReplaceAllStringFunc(withoutPrivate(s), func(m string) string {
		name := strings.Trim(m, `\{}`)
		if strings.HasPrefix(m, `\`) || !slices.Contains(CampaignFields, name) {
			return m
		}
		return string(fieldOpen) + name + string(fieldClose)
	})
}

var markedField = regexp.MustCompile(`\x{e000}([a-z]+)\x{e001}`)

// loosened keeps two braces that somebody typed from being a gap: in what stands
// between marked fields they are written as keep says, and none touches a field.
func loosened(s string, keep *strings.Replacer) string {
	var b strings.Builder
	rest := 0
	for _, at := range markedField.FindAllStringIndex(s, -1) {
		b.WriteString(apart(keep.Replace(s[rest:at[0]]), rest > 0, true))
		b.WriteString(s[at[0]:at[1]])
		rest = at[1]
	}
	b.WriteString(apart(keep.Replace(s[rest:]), rest > 0, false))
	return b.String()
}

// apart puts a space between a brace and the field before or after it.
func apart(s string, before, after bool) string {
	if before && strings.HasPrefix(s, "}") {
		s = " " + s
	}
	if after && strings.HasSuffix(s, "{") {
		s += " "
	}
	return s
}

var (
	bracesInHTML = strings.NewReplacer("{", "&#123;", "}", "&#125;")
	bracesInText = strings.NewReplacer("{{", "{ {", "}}", "} }")
)

// withGaps makes the gaps of a sheet of marked fields.
func withGaps(s string) string { return markedField.ReplaceAllString(s, "{{$1}}") }

// withWords puts words in the place of marked fields, for where nobody in
// particular reads.
func withWords(s string, words map[string]string) string {
	return markedField.ReplaceAllStringFunc(s, func(m string) string { return words[strings.Trim(m, "\ue000\ue001")] })
}

// fieldsOf are the fields that a campaign uses somewhere.
func (c *Campaign) fieldsOf() []string {
	var out []string
	for _, t := range []Text{c.Subject, c.Body} {
		for _, s := range t {
			for _, m := range markedField.FindAllStringSubmatch(markFields(s), -1) {
				if !slices.Contains(out, m[1]) {
					out = append(out, m[1])
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// checkText notes what c's texts show and refuses what is not there: with its
// language, its line and what it is.
func (d *Desk) checkText(tx *storage.Tx, c *Campaign) error {
	c.EventIDs = []string{}
	for _, lang := range slices.Sorted(slices.Values(c.Langs())) {
		if err := checkFields(c.Subject[lang], lang, 0); err != nil {
			return err
		}
		pieces, err := campaignText(c.Body[lang], lang)
		if err != nil {
			return err
		}
		for _, p := range pieces {
			if p.block == "" {
				if strings.Contains(string(templates.MailMarkdown(markFields(p.words))), "%EE%80%80") {
					return textFault("campaign.field_in_link", lang, p.line, "{…}")
				}
				continue
			}
			b, err := d.block(tx, c, p, lang)
			if IsHidden(err) {
				return textFault("campaign.no_such_thing", lang, p.line, "{"+p.block+":"+p.name+"}")
			}
			if err != nil {
				return err
			}
			if p.block == "event" && !slices.Contains(c.EventIDs, b.event.ID) {
				c.EventIDs = append(c.EventIDs, b.event.ID)
			}
		}
	}
	return nil
}
