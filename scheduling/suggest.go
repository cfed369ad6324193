package scheduling

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// A ReasonKind is one way in which two entrants suit each other.
type ReasonKind string

// The kinds of Reason, in the order that they are shown in where they weigh
// the same.
const (
	NeedOffer   ReasonKind = "need_offer"   // what I need, they offer
	OfferNeed   ReasonKind = "offer_need"   // what I offer, they need
	SameTag     ReasonKind = "tag"          // both call themselves so
	TheirMarket ReasonKind = "their_market" // they look for partners where I am
	MyMarket    ReasonKind = "my_market"    // I look for partners where they are
	SameTongue  ReasonKind = "language"     // we can talk without an interpreter
)

// ReasonKinds are all of them.
var ReasonKinds = []ReasonKind{NeedOffer, OfferNeed, SameTag, TheirMarket, MyMarket, SameTongue}

// What a reason counts. A score is the sum of its reasons and nothing else, so
// that whoever reads the reasons can add it up.
const (
	PointsWhole    = 10 // every word of the need is in the offer
	PointsHalf     = 5  // at least half of them
	PointsTag      = 4
	PointsMarket   = 3
	PointsLanguage = 1
)

// A Reason says in which way two entrants suit each other, as seen by one.
type Reason struct {
	Kind   ReasonKind `json:"kind"`
	Mine   string     `json:"mine"`   // my words: a need, an offer, a tag, a country, languages
	Theirs string     `json:"theirs"` // theirs
	Points int        `json:"points"`
}

// score adds reasons up.
func score(rs []Reason) (n int) {
	for _, r := range rs {
		n += r.Points
	}
	return n
}

// mirrored are the kinds as the other side sees them.
var mirrored = map[ReasonKind]ReasonKind{NeedOffer: OfferNeed, OfferNeed: NeedOffer, TheirMarket: MyMarket, MyMarket: TheirMarket,
	SameTag: SameTag, SameTongue: SameTongue}

// Mirrored is r as the other side sees it.
func (r Reason) Mirrored() Reason {
	return Reason{mirrored[r.Kind], r.Theirs, r.Mine, r.Points}
}

// A phrase is one line of an offer, a need or a tag with the numbers of its
// telling words.
type phrase struct {
	text  string
	words []int32
}

// A listing is an entrant as the catalogue looks at it.
type listing struct {
	*Entrant
	name                []int32
	offers, needs, tags []phrase
	tagKeys             []string // Tags, folded
	tongues             uint32   // that its people meet in: a bit each of MeetingLanguages
}

// list prepares an entrant for comparison.
func (l *lexicon) list(e *Entrant) *listing {
	out := &listing{Entrant: e, name: l.numbersOf(wordsIn(e.Name)),
		offers: l.phrases(e.Offers), needs: l.phrases(e.Needs), tags: l.phrases(e.Tags), tongues: e.tongues()}
	for _, t := range e.Tags {
		out.tagKeys = append(out.tagKeys, folded(t))
	}
	return out
}

func (l *lexicon) phrases(lines []string) (out []phrase) {
	for _, s := range lines {
		out = append(out, phrase{s, l.numbersOf(telling(s))})
	}
	return out
}

func (l *lexicon) numbersOf(words []string) (out []int32) {
	for _, w := range words {
		out = append(out, l.number(w))
	}
	return out
}

// A probe knows, for every word of a catalogue, which of somebody's phrases, of
// which there are at most maxLines, have one that is alike.
type probe struct {
	at    [][]spot // by the number of a word
	hits  []uint16 // scratch: words of a phrase, by phrase
	whole uint32   // scratch: phrases, a bit each
}

// A spot is a word of a phrase: bit is its place.
type spot struct{ phrase, bit uint16 }

func (l *lexicon) probe(ps []phrase) *probe {
	p := &probe{at: make([][]spot, len(l.words)), hits: make([]uint16, len(ps))}
	for i, ph := range ps {
		for j, w := range ph.words {
			for _, n := range l.likes(w) {
				p.at[n] = append(p.at[n], spot{uint16(i), 1 << j})
			}
		}
	}
	return p
}

// in counts for each of the probe's phrases how many of its words have one
// alike in ph.
func (p *probe) in(ph phrase, visit func(i, words int)) {
	var hit uint32 // the phrases with hits
	for _, w := range ph.words {
		for _, s := range p.at[w] {
			p.hits[s.phrase] |= s.bit
			hit |= 1 << s.phrase
		}
	}
	p.visit(hit, visit)
}

// covered counts for each of the probe's phrases how many words of ph have one
// alike in it.
func (p *probe) covered(ph phrase, visit func(i, words int)) {
	var hit uint32
	for j, w := range ph.words {
		for _, s := range p.at[w] {
			p.hits[s.phrase] |= 1 << j
			hit |= 1 << s.phrase
		}
	}
	p.visit(hit, visit)
}

// visit gives every phrase that was hit with the number of its hits, and
// forgets them.
func (p *probe) visit(hit uint32, visit func(i, words int)) {
	for ; hit != 0; hit &= hit - 1 {
		i := bits.TrailingZeros32(hit)
		visit(i, bits.OnesCount16(p.hits[i]))
		p.hits[i] = 0
	}
}

// A comparison is one entrant made ready to be compared with many, one after
// the other.
type comparison struct {
	me                  *listing
	needs, offers, tags *probe
	found               []Reason // scratch
	best                []Reason // scratch: by my needs
	spoken              map[uint32]string
}

func (l *lexicon) comparison(me *listing) *comparison {
	return &comparison{me: me, needs: l.probe(me.needs), offers: l.probe(me.offers), tags: l.probe(me.tags),
		best: make([]Reason, len(me.needs)), spoken: map[uint32]string{}}
}

// score is what the reasons come to.
func (c *comparison) score(o *listing) int {
	c.collect(o)
	return score(c.found)
}

// reasons says in which ways the entrant suits another, the weightiest first.
// They are the other's reasons, mirrored.
func (c *comparison) reasons(o *listing) []Reason {
	c.collect(o)
	out := slices.Clone(c.found)
	slices.SortStableFunc(out, func(a, b Reason) int {
		return cmp.Or(b.Points-a.Points, slices.Index(ReasonKinds, a.Kind)-slices.Index(ReasonKinds, b.Kind))
	})
	return out
}

// collect puts the reasons into c.found.
func (c *comparison) collect(o *listing) {
	c.found = c.found[:0]
	c.myNeeds(o)
	c.theirNeeds(o)
	c.sameTags(o)
	if slices.Contains(o.Countries, c.me.Country) {
		c.add(TheirMarket, c.me.Country, o.Country, PointsMarket)
	}
	if slices.Contains(c.me.Countries, o.Country) {
		c.add(MyMarket, c.me.Country, o.Country, PointsMarket)
	}
	if both := c.me.tongues & o.tongues; both != 0 {
		c.add(SameTongue, c.languages(both), c.languages(both), PointsLanguage)
	}
}

func (c *comparison) add(kind ReasonKind, mine, theirs string, points int) {
	c.found = append(c.found, Reason{kind, mine, theirs, points})
}

// languages are the codes of a set, divided by spaces.
func (c *comparison) languages(set uint32) string {
	s, ok := c.spoken[set]
	if !ok {
		var codes []string
		for i, l := range MeetingLanguages {
			if set&(1<<i) != 0 {
				codes = append(codes, l)
			}
		}
		s = strings.Join(codes, " ")
		c.spoken[set] = s
	}
	return s
}

// points are for so many of a need's words found in an offer.
func points(found, words int) int {
	switch {
	case found == words && words > 0:
		return PointsWhole
	case found > 0 && 2*found >= words:
		return PointsHalf
	}
	return 0
}

// myNeeds finds for each need of mine the offer of theirs that meets it best.
func (c *comparison) myNeeds(o *listing) {
	clear(c.best)
	for _, offer := range o.offers {
		c.needs.in(offer, func(i, found int) {
			need := c.me.needs[i]
			if n := points(found, len(need.words)); n > c.best[i].Points {
				c.best[i] = Reason{NeedOffer, need.text, offer.text, n}
			}
		})
	}
	for _, r := range c.best {
		if r.Points > 0 {
			c.found = append(c.found, r)
		}
	}
}

// theirNeeds finds for each need of theirs the offer of mine that meets it best.
func (c *comparison) theirNeeds(o *listing) {
	for _, need := range o.needs {
		var best Reason
		c.offers.covered(need, func(i, found int) {
			if n := points(found, len(need.words)); n > best.Points {
				best = Reason{OfferNeed, c.me.offers[i].text, need.text, n}
			}
		})
		if best.Points > 0 {
			c.found = append(c.found, best)
		}
	}
}

// sameTags are the tags that both have: every word of each is in the other.
func (c *comparison) sameTags(o *listing) {
	for _, tag := range o.tags {
		c.tags.in(tag, func(i, found int) {
			if found == len(c.me.tags[i].words) {
				c.tags.whole |= 1 << i
			}
		})
		c.tags.covered(tag, func(i, found int) {
			if found == len(tag.words) && c.tags.whole&(1<<i) != 0 {
				c.add(SameTag, c.me.tags[i].text, tag.text, PointsTag)
			}
		})
		c.tags.whole = 0
	}
}
