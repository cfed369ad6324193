package scheduling

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"kohtaamo/storage"
)

// sweepAtOnce is how many documents one transaction looks through.
const sweepAtOnce = 2000

// sweep looks through a portion of a collection for what others wrote about the
// person: an address in a note, a name in a letter to somebody else.
func sweep(tx *storage.Tx, spec storage.Spec, e *Erasure) (after string, changed int, err error) {
	m, err := mentionsOf(tx, e.Who)
	if err != nil {
		return "", 0, err
	}
	return storage.Rewrite(tx, spec, e.After, sweepAtOnce, storage.Rewriting{Suspect: m.suspect, Change: m.replace, Before: e.Who.ErasedAt, Drop: m.word, Keep: sealed[spec.Name]})
}

// sealed says, by collection, what stays as it was written: the text of an
// agreement that somebody signed. Altered, it would not have the hash that was
// signed any more. Its signatory is taken out of it by eraseAgreements alone.
var sealed = map[string]func(field string, has func(string) bool) bool{
	agreements.Spec.Name: func(field string, has func(string) bool) bool { return field == "text" && has("signature") },
}

// mentions are the ways in which texts name somebody, in lower case, with what is
// put in their place.
type mentions struct {
	said    []string
	instead []string
	phone   string   // only within a longer text: alone it is somebody else's, who shares it
	words   []string // of the address and the name
}

// mentionsOf looks for the address, the number and the full name. A name that
// others have as well, or that is part of a company's, stays in texts: there it
// does not say that this person is meant.
func mentionsOf(tx *storage.Tx, p *Person) (m mentions, err error) {
	for _, face := range p.faces() {
		if face.Email != "" {
			m.add(face.Email, "")
			m.add(url.QueryEscape(face.Email), "")
			m.words = append(m.words, words(face.Email)...)
		}
	}
	if len(p.Phone) >= 6 {
		m.add(p.Phone, "")
		m.phone = strings.ToLower(p.Phone)
	}
	parts := strings.Fields(p.Name)
	if len(parts) < 2 {
		return m, nil
	}
	if shared, err := sharedName(tx, p, parts); err != nil || shared {
		return m, err
	}
	m.words = append(m.words, words(p.Name)...)
	m.add(p.Name, nameless)
	last := len(parts) - 1
	m.add(parts[last]+" "+strings.Join(parts[:last], " "), nameless)
	m.add(parts[last]+", "+strings.Join(parts[:last], " "), nameless)
	return m, nil
}

func (m *mentions) add(said, instead string) {
	m.said, m.instead = append(m.said, strings.ToLower(said)), append(m.instead, instead)
}

// sharedName reports whether the name says somebody else, too.
func sharedName(tx *storage.Tx, p *Person, parts []string) (bool, error) {
	same, err := people.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("sort", strings.ToLower(p.Name))}, Limit: 2})
	if err != nil {
		return false, err
	}
	for _, o := range same {
		if o.ID != p.ID {
			return true, nil
		}
	}
	q := storage.Query{Limit: 50}
	for _, w := range words(parts...) {
		q.Where = append(q.Where, storage.Cond{Field: "words", Op: storage.Has, Value: w})
	}
	firms, err := companies.Find(tx, q)
	for _, c := range firms {
		if strings.Contains(strings.ToLower(c.Name), strings.ToLower(p.Name)) {
			return true, err
		}
	}
	return false, err
}

// suspect reports whether any of it stands in a document.
func (m mentions) suspect(doc []byte) bool {
	low := bytes.ToLower(doc)
	for _, s := range m.said {
		if bytes.Contains(low, []byte(s)) {
			return true
		}
	}
	return false
}

// replace takes what names the person out of a text. Longer words that it is only
// a part of stay.
func (m mentions) replace(text string) string {
	for i, s := range m.said {
		if s == m.phone && strings.EqualFold(text, s) {
			continue
		}
		text = replaceWords(text, s, m.instead[i])
	}
	return text
}

// word reports whether a word to search by is one of theirs.
func (m mentions) word(w string) bool { return slices.Contains(m.words, w) }

// replaceWords replaces a text in lower case, however it is written, where it
// stands for itself.
func replaceWords(text, said, instead string) string {
	low := strings.ToLower(text)
	if len(low) != len(text) { // letters whose small form is longer: rare, and then exact
		low = text
	}
	var out strings.Builder
	from := 0
	for {
		i := strings.Index(low[from:], said)
		if i < 0 {
			break
		}
		begin, end := from+i, from+i+len(said)
		out.WriteString(text[from:begin])
		if standsAlone(low[:begin], low[end:]) {
			out.WriteString(instead)
		} else {
			out.WriteString(text[begin:end])
		}
		from = end
	}
	if from == 0 {
		return text
	}
	out.WriteString(text[from:])
	return out.String()
}

// standsAlone reports whether what stands between two texts is no part of a longer word
// or address.
func standsAlone(before, after string) bool {
	b, _ := utf8.DecodeLastRuneInString(before)
	a, size := utf8.DecodeRuneInString(after)
	next, _ := utf8.DecodeRuneInString(after[size:])
	letter := func(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	switch {
	case letter(b), before != "" && strings.ContainsRune("._-+%", b):
		return false
	case letter(a):
		return false
	case after != "" && strings.ContainsRune(".-", a) && letter(next):
		return false
	}
	return true
}
