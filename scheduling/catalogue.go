package scheduling

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// How a catalogue can be sorted.
const (
	ByName    = "name"
	ByMatch   = "match" // for an entrant of the round: who suits it best first
	ByNewest  = "new"
	ByCountry = "country"
)

// CatalogueSorts are all of them, in the order of a form.
var CatalogueSorts = []string{ByName, ByMatch, ByNewest, ByCountry}

// The sides of a profile that a search can be limited to.
const (
	InOffers = "offers"
	InNeeds  = "needs"
)

// CataloguePageSize is how many entrants are on a page if nothing else is said.
const CataloguePageSize = 24

// A CatalogueQuery says who of a round is looked for. Its zero value is
// everybody, by name.
type CatalogueQuery struct {
	Text    string      // words: each begins, or is like, one of theirs
	In      string      // InOffers or InNeeds: look for Text there only; without Text, who has some
	Country string      // theirs
	Market  string      // where they look for partners
	Tag     string      // as CatalogueView.Tags names it
	Kind    CompanyKind // of organisation
	Lang    string      // that one of their people speaks
	Common  bool        // who is free when I am
	Sort    string      // ByName if it is none of CatalogueSorts
	Page    int         // from 1
	Limit   int         // of a page; CataloguePageSize if zero
}

// A Match is an entrant with how it suits whoever asks.
type Match struct {
	Entrant *Entrant
	Reasons []Reason // the weightiest first; none for the public
	Score   int      // what the reasons come to
	Common  []Slot   // in which both could meet; only where it was asked for
}

// A Facet is a value to filter by, with how many have it.
type Facet struct {
	Value string
	Count int
}

// A CatalogueView is one page of a catalogue.
type CatalogueView struct {
	Round                    *Round
	Mine                     *Entrant // who asks; nil for the public and for organisers
	Public                   bool     // of those alone who agreed to be listed
	Items                    []Match
	Total, Page, Pages       int // Total are all that were looked for
	Everybody                int // whom whoever asks can find at all
	Countries, Markets, Tags []Facet
	Tongues                  []Facet // languages to meet in
}

// A beholder is who looks at a catalogue, and what of it they may see.
type beholder struct {
	round  *Round
	mine   *Entrant
	public bool
}

// beholds finds out what by may see of a round's catalogue: all that take part,
// for those who do and for its organisers; those who agreed, for everybody,
// where the round wants that; ErrNotFound otherwise.
func beholds(tx *storage.Tx, by Actor, slug string) (*beholder, error) {
	r, err := roundSeen(tx, by, slug)
	if err != nil {
		return nil, err
	}
	b := &beholder{round: r}
	if by.SignedIn() {
		e, err := entrantOf(tx, r.ID, by.ID)
		switch {
		case err == nil && e.State == EntrantIn:
			b.mine = e
			return b, nil
		case err == nil && !r.Limits.Public && !by.Organises(r.ClusterIDs...):
			return nil, &Problem{Kind: Forbidden, Key: "entrant.wait"}
		case err != nil && !errors.Is(err, storage.ErrNotFound):
			return nil, err
		}
	}
	if by.Organises(r.ClusterIDs...) {
		return b, nil
	}
	if b.public = r.Limits.Public && r.Phase != RoundCancelled; !b.public {
		return nil, errHidden
	}
	return b, nil
}

// finds reports whether an entrant is to be found by b.
func (b *beholder) finds(e *listing) bool {
	return e.State == EntrantIn && !e.Paused && (!b.public || e.Listed)
}

// Catalogue looks for entrants of a round (see beholds for who sees whom). The
// entrants that it gives are shared: they must not be changed. A mail address is
// in none of what the public sees, and people are not either.
func (d *Desk) Catalogue(ctx context.Context, by Actor, slug string, q CatalogueQuery) (v *CatalogueView, err error) {
	version := d.DB.Changes(entrants.Spec)
	err = d.view(ctx, func(tx *storage.Tx) error {
		b, err := beholds(tx, by, slug)
		if err != nil {
			return err
		}
		c, release, err := d.catalogue(tx, b.round.ID, version)
		if err != nil {
			return err
		}
		defer release()
		v = &CatalogueView{Round: b.round, Mine: b.mine, Public: b.public}
		return d.look(tx, c, b, q, v)
	})
	return v, err
}

// look fills a page of a catalogue.
func (d *Desk) look(tx *storage.Tx, c *catalogue, b *beholder, q CatalogueQuery, v *CatalogueView) error {
	visible := make([]*listing, 0, len(c.all))
	for _, e := range c.all {
		if b.finds(e) {
			visible = append(visible, e)
		}
	}
	v.Everybody = len(visible)
	v.facets(visible)
	found := c.filter(visible, q)
	if q.Common && b.mine != nil {
		var err error
		if found, err = d.freeWith(tx, b, found); err != nil {
			return err
		}
	}
	v.show(c.ranked(b, found, q.Sort), q)
	return nil
}

// A ranked is an entrant with its score, of which the reasons are asked for
// only if it is shown.
type ranked struct {
	*listing
	score int
}

// A ranking are entrants in their order, with what says how they suit one.
type ranking struct {
	all  []ranked
	with *comparison // nil where nobody in particular looks
}

// ranked puts entrants in order.
func (c *catalogue) ranked(b *beholder, found []*listing, by string) ranking {
	out := ranking{all: make([]ranked, len(found))}
	if b.mine != nil {
		if me := c.get(b.mine.ID); me != nil {
			out.with = c.lexicon.comparison(me)
		}
	}
	for i, e := range found {
		out.all[i].listing = e
		if by == ByMatch {
			out.all[i].score = out.scoreOf(e)
		}
	}
	slices.SortFunc(out.all, rankOrder(by))
	return out
}

func (r ranking) scoreOf(e *listing) int {
	if r.with == nil || e.ID == r.with.me.ID {
		return 0
	}
	return r.with.score(e)
}

// matches are some of a ranking, with their reasons.
func (r ranking) matches(from, to int) (out []Match) {
	for _, e := range r.all[from:to] {
		m := Match{Entrant: e.Entrant}
		if r.with != nil && e.ID != r.with.me.ID {
			m.Reasons = r.with.reasons(e.listing)
			m.Score = score(m.Reasons)
		}
		out = append(out, m)
	}
	return out
}

// filter are those that meet everything q asks for but common slots.
func (c *catalogue) filter(from []*listing, q CatalogueQuery) (out []*listing) {
	words, tag, tongue := c.sought(q.Text), folded(q.Tag), uint32(0)
	if i := slices.Index(MeetingLanguages, q.Lang); i >= 0 {
		tongue = 1 << i
	}
	for _, e := range from {
		switch {
		case q.Country != "" && e.Country != q.Country,
			q.Market != "" && !slices.Contains(e.Countries, q.Market),
			q.Kind != "" && e.Kind != q.Kind,
			q.Lang != "" && e.tongues&tongue == 0,
			tag != "" && !slices.Contains(e.tagKeys, tag),
			q.In == InOffers && len(e.offers) == 0, q.In == InNeeds && len(e.needs) == 0,
			!e.says(words, q.In):
			continue
		}
		out = append(out, e)
	}
	return out
}

// sought are the numbers of the words that each word of a search finds.
func (c *catalogue) sought(text string) (out []map[int32]bool) {
	for _, w := range wordsIn(text) {
		if stopWords[w] && len(out) > 0 {
			continue
		}
		found := map[int32]bool{}
		for _, n := range c.lexicon.beginning(w) {
			found[n] = true
		}
		for _, n := range c.lexicon.like(w) {
			found[n] = true
		}
		if out = append(out, found); len(out) == 8 {
			break
		}
	}
	return out
}

// says reports whether each word of a search is found in e, on the side asked for.
func (e *listing) says(words []map[int32]bool, side string) bool {
	for _, w := range words {
		has := func(ns []int32) bool { return slices.ContainsFunc(ns, func(n int32) bool { return w[n] }) }
		in := func(ps []phrase) bool { return slices.ContainsFunc(ps, func(p phrase) bool { return has(p.words) }) }
		switch {
		case side != InNeeds && in(e.offers), side != InOffers && in(e.needs):
		case side == "" && (has(e.name) || in(e.tags)):
		default:
			return false
		}
	}
	return true
}

// rankOrder compares two of a ranking. Ties are by name and then by id, so that
// a page is the same each time.
func rankOrder(by string) func(a, b ranked) int {
	return func(a, b ranked) int {
		first := 0
		switch by {
		case ByMatch:
			first = b.score - a.score
		case ByNewest:
			first = b.Created.Compare(a.Created)
		case ByCountry:
			first = strings.Compare(a.Country, b.Country)
		}
		if first != 0 {
			return first
		}
		return cmp.Or(strings.Compare(a.Sort, b.Sort), strings.Compare(a.ID, b.ID))
	}
}

// show cuts one page out of all that were found; one beyond the last is the last.
func (v *CatalogueView) show(r ranking, q CatalogueQuery) {
	size := CataloguePageSize
	if q.Limit > 0 {
		size = q.Limit
	}
	v.Total, v.Pages = len(r.all), max(1, (len(r.all)+size-1)/size)
	v.Page = min(max(q.Page, 1), v.Pages)
	from := (v.Page - 1) * size
	v.Items = r.matches(from, min(from+size, len(r.all)))
}

// maxFacets is how many tags can be filtered by with one touch.
const maxFacets = 30

func (v *CatalogueView) facets(visible []*listing) {
	countries, markets, tags := map[string]int{}, map[string]int{}, map[string]int{}
	languages, written := map[string]int{}, map[string]string{}
	for _, e := range visible {
		countries[e.Country]++
		for _, c := range e.Countries {
			markets[c]++
		}
		for i, l := range MeetingLanguages {
			if e.tongues&(1<<i) != 0 {
				languages[l]++
			}
		}
		for i, t := range e.Tags {
			key := e.tagKeys[i]
			tags[key]++
			if w, ok := written[key]; !ok || t < w {
				written[key] = t
			}
		}
	}
	v.Countries, v.Markets, v.Tongues = facets(countries, 0), facets(markets, 0), facets(languages, 0)
	v.Tags = facets(tags, maxFacets)
	for i, t := range v.Tags {
		v.Tags[i].Value = written[t.Value]
	}
}

// facets are values by how many have them; at most limit, if that is not zero.
func facets(counts map[string]int, limit int) (out []Facet) {
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Facet{v, counts[v]})
	}
	slices.SortStableFunc(out, func(a, b Facet) int { return b.Count - a.Count })
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out
}
