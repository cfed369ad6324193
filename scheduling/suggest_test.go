package scheduling

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

func TestAlike(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"battery", "batteries", true},
		{"recycling", "recycle", true},
		{"kierrätys", "kierrätyksen", true},
		{"Kierrätystä", "KIERRATYS", true},
		{"akku", "akkujen", true},
		{"akkujen", "akkuja", true},
		{"akkukierrätys", "kierrätyksessä", true},
		{"biomuovi", "muovi", true},
		{"kevytmetallit", "metalli", true},
		{"robot", "robots", true},
		{"car", "cars", true},
		{"puun", "puu", true},
		{"façade", "facades", true},
		{"automation", "automotive", false},
		{"steel", "steering", false},
		{"car", "carbon", false},
		{"data", "date", false},
		{"action", "traction", false},
		{"akku", "takku", false},
		{"5g", "5", false},
	} {
		a, b := folded(test.a), folded(test.b)
		if alike(a, b) != test.want || alike(b, a) != test.want {
			t.Errorf("%s and %s alike: %v %v, want %v", test.a, test.b, alike(a, b), alike(b, a), test.want)
		}
	}
}

func TestTelling(t *testing.T) {
	for in, want := range map[string]string{
		"Recycling of batteries":               "recycling batteries",
		"Akkujen kierrätys ja uudelleenkäyttö": "akkujen kierratys uudelleenkaytto",
		"We offer services":                    "we offer services",
		"New 5G solutions, for the “factory”":  "5g factory",
		"":                                  "",
		"!!! --":                            "",
		strings.Repeat("ab ", 40):           "ab",
		"Ympäristö\u200byritys <b>bold</b>": "ymparisto yritys bold",
	} {
		if in == "Ympäristö\u200byritys <b>bold</b>" {
			want = "ymparisto bold" // a letterless sign divides; a company says nothing
		}
		if got := strings.Join(telling(in), " "); got != want {
			t.Errorf("%q tells %q, want %q", in, got, want)
		}
	}
}

// compared gives the reasons between two, as each sees them.
func compared(a, b *Entrant) (ab, ba []Reason) {
	l := newLexicon()
	x, y := l.list(a), l.list(b)
	return l.comparison(x).reasons(y), l.comparison(y).reasons(x)
}

func TestReasons(t *testing.T) {
	me := &Entrant{Country: "FI", Needs: []string{"battery recycling", "robots"}, Offers: []string{"sorting lines"}, Tags: []string{"Circular"}, Countries: []string{"ES"},
		People: []Delegate{{Languages: []string{"en", "fi"}}}}
	they := &Entrant{Country: "ES", Offers: []string{"Collection of batteries", "Recycling of batteries"}, Needs: []string{"automatic sorting"}, Tags: []string{"circular", "steel"},
		Countries: []string{"FI", "SE"}, People: []Delegate{{Languages: []string{"es"}}, {Languages: []string{"en"}}}}
	got, back := compared(me, they)
	want := []Reason{
		{NeedOffer, "battery recycling", "Recycling of batteries", PointsWhole},
		{OfferNeed, "sorting lines", "automatic sorting", PointsHalf},
		{SameTag, "Circular", "circular", PointsTag},
		{TheirMarket, "FI", "ES", PointsMarket},
		{MyMarket, "FI", "ES", PointsMarket},
		{SameTongue, "en", "en", PointsLanguage},
	}
	if !slices.Equal(got, want) {
		t.Errorf("reasons\n%+v, want\n%+v", got, want)
	}
	if !slices.Equal(mirror(back), sorted(want)) {
		t.Errorf("seen from there\n%+v", back)
	}
	if none, _ := compared(&Entrant{Country: "FI", Needs: []string{"services for companies"}}, &Entrant{Country: "SE", Offers: []string{"new solutions"}}); len(none) != 0 {
		t.Errorf("words that say nothing are a reason: %+v", none)
	}
}

func mirror(rs []Reason) (out []Reason) {
	for _, r := range rs {
		out = append(out, r.Mirrored())
	}
	return sorted(out)
}

func sorted(rs []Reason) []Reason {
	rs = slices.Clone(rs)
	slices.SortFunc(rs, func(a, b Reason) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Mine, b.Mine), strings.Compare(a.Theirs, b.Theirs), a.Points-b.Points)
	})
	return rs
}

// anyEntrant draws from few words, so that many are alike, and from hostile text.
func anyEntrant(t *rapid.T, label string) *Entrant {
	word := rapid.OneOf(rapid.SampledFrom([]string{"battery", "batteries", "recycling", "recycle", "akku", "akkujen", "kierrätys", "robot", "muovi", "biomuovi", "and", "palvelu", "steel", "5G"}),
		rapid.StringN(0, 6, 30))
	line := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(word, 1, 5).Draw(t, "words"), " ")
	})
	lines := rapid.SliceOfN(line, 0, 5)
	country := rapid.SampledFrom([]string{"FI", "ES", "FR"})
	f := faults{}
	e := &Entrant{Offers: f.lines("", lines.Draw(t, label+" offers"), 500), Needs: f.lines("", lines.Draw(t, label+" needs"), 500), Tags: f.lines("", lines.Draw(t, label+" tags"), 500),
		Country: country.Draw(t, label+" country"), Countries: rapid.SliceOfNDistinct(country, 0, 2, rapid.ID).Draw(t, label+" markets")}
	e.People = []Delegate{{Languages: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"fi", "en", "es"}), 0, 2, rapid.ID).Draw(t, label+" languages")}}
	return e
}

// What suits one of two suits the other, for the same reasons and points; and
// it does not matter who else is in the catalogue, or in which order.
func TestReasonsAreMutual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyEntrant(t, "a"), anyEntrant(t, "b"), anyEntrant(t, "c")
		ab, ba := compared(a, b)
		if !slices.Equal(sorted(ab), mirror(ba)) {
			t.Fatalf("a sees %+v\nb sees %+v", ab, ba)
		}
		l := newLexicon()
		l.list(c)
		y, x := l.list(b), l.list(a)
		with := l.comparison(x)
		with.reasons(l.list(c)) // no question leaves anything behind for the next
		if again := with.reasons(y); !slices.Equal(ab, again) {
			t.Fatalf("among others a sees %+v, alone %+v", again, ab)
		}
		for _, r := range ab {
			if !slices.Contains(ReasonKinds, r.Kind) || r.Points <= 0 {
				t.Fatalf("%+v is no reason", r)
			}
		}
	})
}

// The lexicon finds exactly the words that are alike.
func TestLexicon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLexicon()
		letters := rapid.StringOfN(rapid.RuneFrom([]rune("abä")), 1, 12, -1)
		for _, w := range rapid.SliceOfN(letters, 1, 40).Draw(t, "words") {
			l.number(folded(w))
		}
		w := folded(letters.Draw(t, "word"))
		var want []int32
		for n, other := range l.words {
			if alike(w, other) {
				want = append(want, int32(n))
			}
		}
		if got := l.like(w); !slices.Equal(got, want) {
			t.Fatalf("like %q: %v, want %v of %q", w, got, want, l.words)
		}
	})
}

func TestSuggest(t *testing.T) {
	h := newHouse(t)
	r := h.openRound(t, nil)
	me, by := h.enters(t, r, "me", func(e *Entrant) { e.Needs = []string{"battery recycling"} })
	offering := func(name string, set func(*Entrant)) *Entrant {
		e, _ := h.enters(t, r, name, func(e *Entrant) { e.Offers = []string{"recycling of batteries"} })
		if set != nil {
			h.store(t, func(tx *storage.Tx) error {
				now, err := entrants.Get(tx, e.ID)
				must(t, err)
				set(now)
				return entrants.Put(tx, now)
			})
		}
		return e
	}
	good := offering("good", nil)
	better := offering("better", func(e *Entrant) { e.Countries = []string{"FI"} })
	paused, left, asked, declined, expired := offering("paused", nil), offering("left", nil), offering("asked", nil), offering("declined", nil), offering("expired", nil)
	_, err := h.PauseEntrant(t.Context(), h.boss, paused.ID, true)
	must(t, err)
	_, err = h.LeaveEntrant(t.Context(), h.boss, left.ID, "")
	must(t, err)
	offering("pending", func(e *Entrant) { e.State = EntrantPending })
	h.enters(t, r, "stranger", nil) // speaks English, and that is all
	for _, q := range []*Request{
		{From: me.ID, To: asked.ID, State: RequestSent, Pair: "x"}, {From: declined.ID, To: me.ID, State: RequestDeclined}, {From: me.ID, To: expired.ID, State: RequestExpired}} {
		h.store(t, func(tx *storage.Tx) error { return requests.Put(tx, q) })
	}
	list, err := h.Suggest(t.Context(), by, me.ID, 10)
	must(t, err)
	var got []string
	for _, m := range list {
		got = append(got, m.Entrant.ID)
		if m.Score != score(m.Reasons) || m.Score < PointsWhole {
			t.Errorf("%s scores %d by %+v", m.Entrant.Name, m.Score, m.Reasons)
		}
	}
	if want := []string{better.ID, expired.ID, good.ID}; !slices.Equal(got, want) {
		t.Errorf("suggested %v, want %v", got, want)
	}
	if one, err := h.Suggest(t.Context(), by, me.ID, 1); err != nil || len(one) != 1 || one[0].Entrant.ID != better.ID {
		t.Errorf("one: %v %v", one, err)
	}
	for _, who := range []Actor{{}, h.other, h.someone(t, "nobody", nil)} {
		_, err := h.Suggest(t.Context(), who, me.ID, 10)
		wantHidden(t, err)
	}
	_, err = h.PauseEntrant(t.Context(), by, me.ID, true)
	must(t, err)
	if list, err = h.Suggest(t.Context(), by, me.ID, 10); err != nil || len(list) != 0 {
		t.Errorf("a paused one is suggested %d others, %v", len(list), err)
	}
}

// crowd fills a round with n entrants of made-up words.
func (h *testHouse) crowd(t testing.TB, r *Round, n int) (me *Entrant, by Actor) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	stems := strings.Fields("akku battery kierrät recycl muov plastic teräs steel robot automat vety hydrogen biokaasu gas rakenn construct puu wood data sensor paint coat logist transport food ruoka testing measure design energy sähkö electr valu cast laser weld")
	endings := strings.Fields("a en ing ion iksi ssä s t ta yt ys ed or ic")
	line := func() string {
		var ws []string
		for range 2 + random.IntN(4) {
			ws = append(ws, stems[random.IntN(len(stems))]+endings[random.IntN(len(endings))]+string(rune('a'+random.IntN(26))))
		}
		return strings.Join(ws, " ")
	}
	lines := func(n int) (out []string) {
		for range n {
			out = append(out, line())
		}
		return out
	}
	for at := 0; at < n; at += 500 {
		h.store(t, func(tx *storage.Tx) error {
			for i := at; i < min(at+500, n); i++ {
				e := &Entrant{RoundID: r.ID, CompanyID: fmt.Sprintf("c%d", i), State: EntrantIn, Name: fmt.Sprintf("Company %04d", i), Country: []string{"FI", "SE", "ES", "FR"}[i%4], Kind: SME,
					Offers: lines(6), Needs: lines(6), Tags: []string{stems[i%len(stems)], stems[(i*7)%len(stems)]}, Countries: []string{[]string{"FI", "SE", "ES"}[i%3]},
					People: []Delegate{{PersonID: fmt.Sprintf("p%d", i), Name: "P", Languages: []string{"en"}, Manages: true}}}
				if i == 0 {
					e.Offers, e.Needs = lines(20), lines(20)
				}
				e.index()
				if err := entrants.Put(tx, e); err != nil {
					return err
				}
				if i == 0 {
					me = e
				}
			}
			return nil
		})
	}
	return me, Actor{ID: "p0"}
}

func BenchmarkSuggest5000(b *testing.B) {
	h := newHouse(b)
	me, by := h.crowd(b, h.openRound(b, nil), 5000)
	for b.Loop() {
		if list, err := h.Suggest(b.Context(), by, me.ID, 20); err != nil || len(list) != 20 {
			b.Fatal(len(list), err)
		}
	}
}

func BenchmarkCatalogue5000(b *testing.B) {
	h := newHouse(b)
	r := h.openRound(b, nil)
	_, by := h.crowd(b, r, 5000)
	for name, q := range map[string]CatalogueQuery{
		"all":    {},
		"search": {Text: "battery recycling", Sort: ByMatch, Page: 3},
		"common": {Text: "robot", Common: true},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if v, err := h.Catalogue(b.Context(), by, r.Slug, q); err != nil || v.Everybody != 5000 {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCatalogueCold5000 is what the first one who asks after a start waits.
func BenchmarkCatalogueCold5000(b *testing.B) {
	h := newHouse(b)
	r := h.openRound(b, nil)
	_, by := h.crowd(b, r, 5000)
	for b.Loop() {
		h.catalogues.kept = nil
		if _, err := h.Catalogue(b.Context(), by, r.Slug, CatalogueQuery{}); err != nil {
			b.Fatal(err)
		}
	}
}
