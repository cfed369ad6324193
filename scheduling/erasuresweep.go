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
	m, err := mentionsOf(tx, e.Who, e.Names...)
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

// mentionsOf looks for the address, the number and the full name, and for other
// names that were given with the address. A name of a single word stays in texts,
// and so does one that others have as well or that is part of a company's: there
// it does not say that this person is meant. Where a name is theirs for certain,
// beside their id or address, eraseX of each collection takes it away.
func mentionsOf(tx *storage.Tx, p *Person, also ...string) (m mentions, err error) {
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
	for _, name := range append([]string{p.Name}, also...) {
		parts := strings.Fields(name)
		if len(parts) < 2 {
			continue
		}
		shared, err := sharedName(tx, p, name)
		if err != nil {
			return m, err
		}
		if !shared {
			m.addName(name, parts)
		}
	}
	return m, nil
}

// addName looks for a name as it is said and as it is listed.
func (m *mentions) addName(name string, parts []string) {
	m.words = append(m.words, words(name)...)
	last := len(parts) - 1
	first := strings.Join(parts[:last], " ")
	m.add(name, nameless)
	m.add(parts[last]+" "+first, nameless)
	m.add(parts[last]+", "+first, nameless)
}

func (m *mentions) add(said, instead string) {
	m.said, m.instead = append(m.said, strings.ToLower(said)), append(m.instead, instead)
}

// sharedName reports whether the name says somebody else, too: a person, somebody
// who registered, applied or subscribed without being one, or a company. What is
// p's own of these has no name any more when texts are looked through.
func sharedName(tx *storage.Tx, p *Person, name string) (bool, error) {
	low := strings.ToLower(name)
	same, err := people.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("sort", low)}, Limit: 2})
	if err != nil {
		return false, err
	}
	for _, o := range same {
		if o.ID != p.ID {
			return true, nil
		}
	}
	return anyOf(
		func() (bool, error) {
			return called(tx, companies, name, func(c *Company) bool { return strings.Contains(strings.ToLower(c.Name), low) })
		},
		func() (bool, error) {
			return called(tx, registrations, name, func(r *Registration) bool { return strings.EqualFold(r.Name, name) })
		},
		func() (bool, error) {
			return called(tx, applications, name, func(a *Application) bool { return strings.EqualFold(a.Name, name) })
		},
		func() (bool, error) {
			return called(tx, subscriptions, name, func(s *Subscription) bool { return strings.EqualFold(s.Name, name) })
		})
}

// called reports whether a collection that is searched by words has a document of
// that name.
func called[T any](tx *storage.Tx, c shelf[T], name string, has func(*T) bool) (bool, error) {
	var q storage.Query
	for _, w := range words(name) {
		q.Where = append(q.Where, storage.Cond{Field: "words", Op: storage.Has, Value: w})
	}
	for v, err := range c.Each(tx, q) {
		if err != nil || has(v) {
			return err == nil, err
		}
	}
	return false, nil
}

// anyOf reports whether one of them holds, and asks no further then.
func anyOf(asks ...func() (bool, error)) (bool, error) {
	for _, ask := range asks {
		if yes, err := ask(); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
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
