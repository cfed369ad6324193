package scheduling

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// pairsApart are pairs that somebody looked at and found to be two: they are not
// shown as one again.
var pairsApart = storage.NewCollection[pairApart]("distinct", storage.Many("ids"))

// A pairApart has the two ids, in their order, as its own.
type pairApart struct {
	storage.Meta `bson:",inline"`
	IDs          []string `bson:"ids"`
}

func pairID(a, b string) string { return min(a, b) + "~" + max(a, b) }

// forgetDistinct forgets what was said of a company that goes.
func forgetDistinct(tx *storage.Tx, from, _ *Company) (int, error) { return forgetPairs(tx, from.ID) }

func forgetPairs(tx *storage.Tx, id string) (int, error) {
	for p, err := range pairsApart.Each(tx, storage.Query{Where: []storage.Cond{{Field: "ids", Op: storage.Has, Value: id}}}) {
		if err != nil {
			return 0, err
		}
		if err := pairsApart.Delete(tx, p); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// A CompanyPair is two companies that may be one, with why.
type CompanyPair struct {
	A, B   *Company // the older one is A
	Reason Likeness
}

// A PersonPair is two persons that may be one, with why.
type PersonPair struct {
	A, B   *Person
	Reason Likeness
}

// maxPairs is how many pairs are shown at once.
const maxPairs = 200

// CompanyDuplicates are the pairs of companies that may be one, the surest
// first, for organisers; at most 200 of them.
func (d *Desk) CompanyDuplicates(ctx context.Context, by Actor) (out []CompanyPair, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		all, apart, err := knownApart(tx, companies.Find)
		if err != nil {
			return err
		}
		pairsOf(all, apart, (*Company).keys, func(c *Company) string { return c.ID }, func(a, b *Company) {
			if b.Created.Before(a.Created) {
				a, b = b, a
			}
			if why := sameCompany(a, b); why != "" {
				out = append(out, CompanyPair{a, b, why})
			}
		})
		slices.SortStableFunc(out, func(x, y CompanyPair) int { return cmp.Compare(x.Reason.rank(), y.Reason.rank()) })
		return nil
	})
	return out[:min(len(out), maxPairs)], err
}

// PersonDuplicates are the pairs of contacts of by's clusters that may be one
// person with two addresses.
func (d *Desk) PersonDuplicates(ctx context.Context, by Actor) (out []PersonPair, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		all, apart, err := knownApart(tx, people.Find)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(p *Person) bool { return !by.knows(p) })
		pairsOf(all, apart, (*Person).keys, func(p *Person) string { return p.ID }, func(a, b *Person) {
			if b.Created.Before(a.Created) {
				a, b = b, a
			}
			if why := samePerson(a, b); why != "" {
				out = append(out, PersonPair{a, b, why})
			}
		})
		slices.SortStableFunc(out, func(x, y PersonPair) int { return cmp.Compare(x.Reason.rank(), y.Reason.rank()) })
		return nil
	})
	return out[:min(len(out), maxPairs)], err
}

// knownApart reads a whole directory, and the pairs that are two.
func knownApart[T any](tx *storage.Tx, find func(*storage.Tx, storage.Query) ([]*T, error)) (all []*T, apart map[string]bool, err error) {
	if all, err = find(tx, storage.Query{Sort: "sort"}); err != nil {
		return nil, nil, err
	}
	apart = map[string]bool{}
	for p, err := range pairsApart.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, nil, err
		}
		apart[p.ID] = true
	}
	return all, apart, nil
}

// pairsOf gives those that share a key to pair, each two once.
func pairsOf[T any](all []*T, apart map[string]bool, keys func(*T) []string, id func(*T) string, pair func(a, b *T)) {
	with, seen := map[string][]int{}, map[string]bool{}
	for i, v := range all {
		for _, k := range keys(v) {
			for _, j := range with[k] {
				p := pairID(id(all[j]), id(v))
				if j == i || seen[p] || apart[p] {
					continue
				}
				seen[p] = true
				pair(all[j], v)
			}
			with[k] = append(with[k], i)
		}
	}
}

// rank orders reasons from the surest to the weakest.
func (l Likeness) rank() int {
	return slices.Index([]Likeness{LikeBusinessID, LikeName, LikeWebsite, LikePhone, LikeNearName}, l)
}

// keys are what a company shares with those it may be one with.
func (c *Company) keys() []string {
	bare := bareName(c.Name)
	out := append(slips(bare), "n:"+sortedName(bare))
	if id := bareID(c.BusinessID); id != "" {
		out = append(out, "i:"+id)
	}
	if host := webDomain(c.Website); host != "" {
		out = append(out, "w:"+host)
	}
	return out
}

// bareID is a business id without what is written in two ways: "FI01120389" and
// "0112038-9".
func bareID(s string) string {
	id := strings.NewReplacer("-", "", " ", "", ".", "").Replace(strings.ToUpper(s))
	return strings.TrimPrefix(id, "FI")
}

// sameCompany is why two companies may be one, or empty.
func sameCompany(a, b *Company) Likeness {
	x, y := bareName(a.Name), bareName(b.Name)
	switch host := webDomain(a.Website); {
	case bareID(a.BusinessID) != "" && bareID(a.BusinessID) == bareID(b.BusinessID):
		return LikeBusinessID
	case sortedName(x) == sortedName(y):
		return LikeName
	case host != "" && host == webDomain(b.Website):
		return LikeWebsite
	case near(x, y):
		return LikeNearName
	}
	return ""
}

// keys are what a person shares with those they may be one with.
func (p *Person) keys() []string {
	out := []string{"n:" + sortedName(bareName(p.Name))}
	if n := bareNumber(p.Phone); n != "" {
		out = append(out, "p:"+n)
	}
	return out
}

// bareNumber is the end of a telephone number, which is the same with and
// without the country's code; empty of what is too short to be one.
func bareNumber(s string) string {
	var digits []rune
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits = append(digits, r)
		}
	}
	const enough = 8
	if len(digits) < enough {
		return ""
	}
	return string(digits[len(digits)-enough:])
}

// samePerson is why two persons may be one: of one name at one company or with
// none, or with one telephone number.
func samePerson(a, b *Person) Likeness {
	name := sortedName(bareName(a.Name)) == sortedName(bareName(b.Name))
	number := bareNumber(a.Phone) != "" && bareNumber(a.Phone) == bareNumber(b.Phone)
	switch {
	case name && (number || a.CompanyID == b.CompanyID || a.CompanyID == "" || b.CompanyID == ""):
		return LikeName
	case number && a.CompanyID == b.CompanyID && near(bareName(a.Name), bareName(b.Name)):
		return LikePhone
	}
	return ""
}

// KeepApart notes that two companies, or two persons, are two, for organisers.
func (d *Desk) KeepApart(ctx context.Context, by Actor, a, b string) error {
	if !by.OrganisesAny() {
		return errHidden
	}
	return d.update(ctx, func(tx *storage.Tx) error {
		if _, err := pairsApart.Get(tx, pairID(a, b)); ignoreMissing(err) != nil || err == nil {
			return err
		}
		label, err := d.twoNames(tx, by, a, b)
		if err != nil {
			return err
		}
		if err := pairsApart.Put(tx, &pairApart{Meta: storage.Meta{ID: pairID(a, b)}, IDs: []string{min(a, b), max(a, b)}}); err != nil {
			return err
		}
		return d.log(tx, by, "directory.apart", a, b, label, "")
	})
}

// twoNames are both names where the two are companies; persons have to be known.
func (d *Desk) twoNames(tx *storage.Tx, by Actor, a, b string) (string, error) {
	if x, err := companies.Get(tx, a); err == nil {
		y, err := companies.Get(tx, b)
		if err != nil {
			return "", err
		}
		return x.Name + " · " + y.Name, nil
	}
	for _, id := range []string{a, b} {
		p, err := people.Get(tx, id)
		if err != nil {
			return "", err
		}
		if !by.knows(p) {
			return "", errHidden
		}
	}
	return "", nil
}
