package scheduling

import (
	"cmp"
	"errors"
	"strings"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A WordingPart is one of the texts that a mail is made of. The facts, the
// reader's name in the greeting and the addresses are the program's.
type WordingPart string

// The parts, as they stand in a mail.
const (
	WordingSubject   WordingPart = "subject"
	WordingPreheader WordingPart = "preheader" // what a list of mails shows beside the subject
	WordingHeading   WordingPart = "heading"
	WordingBody      WordingPart = "body" // the one part of several lines
	WordingButton    WordingPart = "button"
)

// WordingParts are all of them.
var WordingParts = []WordingPart{WordingSubject, WordingPreheader, WordingHeading, WordingBody, WordingButton}

// longestWording is how many characters a part may have, before its fields are
// filled.
var longestWording = map[WordingPart]int{WordingSubject: 120, WordingPreheader: 150, WordingHeading: 120, WordingBody: 4000, WordingButton: 40}

// A Wording is what the organisers of a cluster have mails of one kind say in
// one language. Parts that it does not have say what the program says. They are
// plain text with fields in it, {{event}}.
type Wording struct {
	storage.Meta `bson:",inline"` // ID is of the cluster, the kind and the language
	ClusterID    string           `bson:"cluster_id"`
	Kind         string           `bson:"kind"`
	Lang         string           `bson:"lang"`

	Texts    map[WordingPart]string `bson:"texts"`
	Defaults map[WordingPart]string `bson:"defaults"` // what the program said when a part was written
}

var wordings = storage.NewCollection[Wording]("wordings", storage.Ordered("cluster_id"))

func wordingID(clusterID, kind, lang string) string { return clusterID + "/" + kind + "/" + lang }

// defaultWords are what the program itself says, with its fields; a kind without
// a button has none.
func defaultWords(l *templates.Lang, kind string) map[WordingPart]string {
	out, key := map[WordingPart]string{}, letterKey(kind)
	for _, p := range WordingParts {
		if s := l.Pattern(key + "." + string(p)); s != "" {
			out[p] = s
		}
	}
	return out
}

// Outdated are the parts that were written over other words than the program
// has now: a new version says something else there.
func (w *Wording) Outdated(defaults map[WordingPart]string) (parts []WordingPart) {
	for _, p := range WordingParts {
		if w.Texts[p] != "" && w.Defaults[p] != defaults[p] {
			parts = append(parts, p)
		}
	}
	return parts
}

// merge is what is said in the end: the defaults, and w over them.
func (w *Wording) merge(defaults map[WordingPart]string) map[WordingPart]string {
	out := map[WordingPart]string{}
	for p, s := range defaults {
		out[p] = s
		if own := w.Texts[p]; own != "" {
			out[p] = own
		}
	}
	return out
}

// write takes over what somebody typed. A part that is empty, or says what the
// program says, is left to the program. What is wrong is said of each part
// ("texts.body"), with the words and the line of the first fault; nothing is
// taken over then.
func (w *Wording) write(k WordingKind, typed, defaults map[WordingPart]string) error {
	texts, f := map[WordingPart]string{}, faults{}
	var first *patternFault
	for _, p := range WordingParts {
		s := strings.TrimSpace(strings.ReplaceAll(typed[p], "\r\n", "\n"))
		if s == "" || s == defaults[p] || defaults[p] == "" {
			continue
		}
		if bad := k.fault(p, s); bad != nil {
			f.add("texts."+string(p), bad.key)
			first = cmp.Or(first, bad)
		}
		texts[p] = s
	}
	if first != nil {
		return f.patternProblem(first)
	}
	own := Wording{Texts: texts}
	if missing := k.missing(own.merge(defaults)); missing != "" {
		return &Problem{Kind: Invalid, Key: "wording.missing", Args: []any{"field", "{{" + missing + "}}"}, Fields: faults{"texts.body": "wording.fault.missing"}}
	}
	w.Defaults = map[WordingPart]string{}
	for p := range texts {
		w.Defaults[p] = defaults[p]
	}
	w.Texts = texts
	return nil
}

// fault is what is wrong with the text of a part, or nil.
func (k WordingKind) fault(p WordingPart, s string) *patternFault {
	if len([]rune(s)) > longestWording[p] {
		return &patternFault{"problem.too_long", clipRunes(s, 40), 1}
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return isControl(r) && r != '\n' || r == '\uFFFD' }); i >= 0 {
		return &patternFault{"wording.fault.control", clipRunes(cleanLine(s[:i]), 40), 1 + strings.Count(s[:i], "\n")}
	}
	if p != WordingBody && strings.Contains(s, "\n") {
		return &patternFault{"wording.fault.one_line", firstLine(s), 1}
	}
	parsed, bad := parsePattern(s)
	if bad != nil {
		return bad
	}
	return parsed.unknown(k.Fields)
}

// missing is a field that none of the parts that are read first mentions though
// the mail needs it; "" if there is none.
func (k WordingKind) missing(texts map[WordingPart]string) string {
	said := map[string]bool{}
	for _, p := range []WordingPart{WordingSubject, WordingHeading, WordingBody} {
		parsed, _ := parsePattern(texts[p])
		for _, name := range parsed.fields() {
			said[name] = true
		}
	}
	for _, name := range k.Needs {
		if !said[name] {
			return name
		}
	}
	return ""
}

// letterWords are the texts of one mail, filled.
type letterWords struct{ Subject, Preheader, Heading, Body, Button string }

// words are what a mail of a kind says: the words of the cluster's organisers
// where they have written some, else the program's. A written part that mentions
// what this version has no value for gives way to the program's: a mail never
// fails for its words. The args are what words may mention, as for Text.
func (d *Desk) words(tx *storage.Tx, clusterID, kind string, l *templates.Lang, args ...any) (letterWords, error) {
	own := &Wording{}
	if clusterID != "" {
		switch found, err := wordings.Shared(tx, wordingID(clusterID, kind, l.Code())); {
		case err == nil:
			own = found
		case !errors.Is(err, storage.ErrNotFound):
			return letterWords{}, err
		}
	}
	key := letterKey(kind)
	say := func(p WordingPart) string {
		if s := own.Texts[p]; s != "" {
			if parsed, bad := parsePattern(s); bad == nil {
				if filled, ok := parsed.fill(l, args...); ok {
					return filled
				}
			}
		}
		return l.Text(key+"."+string(p), args...)
	}
	w := letterWords{Subject: say(WordingSubject), Preheader: say(WordingPreheader), Heading: say(WordingHeading), Body: say(WordingBody)}
	if l.Has(key + "." + string(WordingButton)) {
		w.Button = say(WordingButton)
	}
	return w, nil
}
