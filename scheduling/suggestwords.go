package scheduling

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How words are compared. What companies write is Finnish and English, often
// both in one line, so no stemmer of one language would do: words are alike that
// begin alike for most of their length, which is how both languages inflect, and
// a Finnish compound is like what it is made of.
const (
	headLetters  = 5 // that two words have in common at the least
	shortWord    = 4 // shorter than headLetters, but long enough to take an ending
	ending       = 3 // letters that a short word may take
	compoundPart = 3 // letters in front of the part that a compound is compared by
	phraseWords  = 16
)

// stopWords say nothing about what a company offers or needs. They are folded.
var stopWords = map[string]bool{}

func init() {
	for w := range strings.FieldsSeq(`
		a an and are as at be by can for from in into is it its of on or our that the their these this to we with you your
		all also any both e g etc eg ie more new other various well who
		company companies solution solutions service services product products provider supplier suppliers partner partners
		offer offers offering need needs looking seeking develop developing development based
		ja tai seka että etta on ovat ei eli joka jotka kuin myos mm esim kuten niiden nama tama se me meidan oma omat
		kanssa varten kautta uusi uudet uusia eri muu muut muita
		yritys yritykset yrityksen yrityksia ratkaisu ratkaisut ratkaisuja palvelu palvelut palveluja palveluita tuote tuotteet tuotteita
		kumppani kumppanit kumppaneita toimittaja toimittajat toimittajia tarjoamme etsimme tarvitsemme kehittaa kehitys kehittaminen
	`) {
		stopWords[folded(w)] = true
	}
}

// unmarked are letters that are no letter with a mark, as we compare them.
var unmarked = strings.NewReplacer("ø", "o", "æ", "ae", "œ", "oe", "ß", "ss", "đ", "d", "ð", "d", "ł", "l", "þ", "th", "ı", "i")

// folded is s in the form that words are compared in: lower case, without the
// marks on letters.
func folded(s string) string {
	s = strings.ToLower(s)
	if plainASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return unmarked.Replace(s)
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// wordsIn are the words of a text, folded, each once.
func wordsIn(s string) []string {
	out := make([]string, 0, 8)
	for w := range strings.FieldsFuncSeq(folded(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// telling are the words of a text that say what it is about. Of one that has no
// such words they are all.
func telling(s string) []string {
	all := wordsIn(s)
	out := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return len(w) < 2 || stopWords[w] })
	if len(out) == 0 {
		out = all
	}
	return out[:min(len(out), phraseWords)]
}

// alike reports whether two folded words mean the same as far as letters tell:
// they are equal; or begin alike for at least five letters and three fifths of
// the longer; or the longer is the shorter with an ending, or a compound of it.
func alike(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := common(a, b)
	switch {
	case a == b:
		return true
	case n >= headLetters && 5*n >= 3*len(b):
		return true
	case n == len(a) && n >= shortWord:
		return len(b)-n <= ending
	case n == len(a) && n == shortWord-1:
		return b == a+"s" || b == a+"n"
	}
	return partOf(a, b) || partOf(b, a)
}

// common is how many letters two words begin with together.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// partOf reports whether a compound has a word in it, ended in whatever way: as
// a whole, or at least six of its letters and half of them.
func partOf(word, compound string) bool {
	if len(word) < headLetters {
		return false
	}
	part := word[:min(len(word), max(headLetters+1, (len(word)+1)/2))]
	return strings.Contains(compound[min(compoundPart, len(compound)):], part)
}

// A lexicon numbers the words of a catalogue, and finds those that are like a
// given one without looking at all.
type lexicon struct {
	numbers map[string]int32
	words   []string
	grams   map[string][]int32 // by every five letters in a word
	heads   map[string][]int32 // by its first five letters
	short   map[string][]int32 // by its first three

	mu    sync.Mutex        // of what follows: many look for likes at once
	known map[int32][]int32 // the likes of words that were asked for
	of    int               // and of how many words they speak
}

func newLexicon() *lexicon {
	return &lexicon{numbers: map[string]int32{}, grams: map[string][]int32{}, heads: map[string][]int32{}, short: map[string][]int32{}}
}

// likes are the words that are alike a numbered one. They are found once, until
// there are more words.
func (l *lexicon) likes(n int32) []int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of != len(l.words) {
		l.known, l.of = map[int32][]int32{}, len(l.words)
	}
	found, ok := l.known[n]
	if !ok {
		found = l.like(l.words[n])
		l.known[n] = found
	}
	return found
}

// number gives a word its number.
func (l *lexicon) number(w string) int32 {
	if n, ok := l.numbers[w]; ok {
		return n
	}
	n := int32(len(l.words))
	l.numbers[w], l.words = n, append(l.words, w)
	for i := range gramsOf(w) {
		g := w[i : i+headLetters]
		if i == 0 {
			l.heads[g] = append(l.heads[g], n)
		}
		if at := l.grams[g]; len(at) == 0 || at[len(at)-1] != n {
			l.grams[g] = append(at, n)
		}
	}
	if len(w) >= shortWord-1 {
		l.short[w[:shortWord-1]] = append(l.short[w[:shortWord-1]], n)
	}
	return n
}

// gramsOf is how many times five letters stand together in a word.
func gramsOf(w string) int { return max(0, len(w)-headLetters+1) }

// like are the numbers of all words that are alike w, in order.
func (l *lexicon) like(w string) (out []int32) {
	see := func(some []int32) {
		for _, n := range some {
			if alike(w, l.words[n]) {
				out = append(out, n)
			}
		}
	}
	if n, ok := l.numbers[w]; ok {
		out = append(out, n)
	}
	for i := range gramsOf(w) {
		g := w[i : i+headLetters]
		if i == 0 {
			see(l.grams[g]) // what begins like it, and what it is a part of
		}
		see(l.heads[g]) // and what is a part of it
	}
	if len(w) >= shortWord-1 {
		see(l.short[w[:shortWord-1]])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// beginning are the numbers of all words that begin with p.
func (l *lexicon) beginning(p string) (out []int32) {
	for n, w := range l.words {
		if strings.HasPrefix(w, p) {
			out = append(out, int32(n))
		}
	}
	return out
}
