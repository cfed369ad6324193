package scheduling

import (
	"slices"
	"strings"
)

// A Likeness is why two companies, or two persons, may be one.
type Likeness string

// The reasons, from the surest to the weakest.
const (
	LikeBusinessID Likeness = "business_id"
	LikeName       Likeness = "name"    // apart from the legal form, case, marks and accents
	LikeWebsite    Likeness = "website" // the same domain
	LikeNearName   Likeness = "near"    // a slip of the pen away
	LikePhone      Likeness = "phone"   // persons only
)

// moreForms are legal forms that stand at the end of a company's name, beside
// those that bodyName leaves out anywhere.
var moreForms = []string{"abp", "ky", "ay", "tmi", "rf", "oyab", "llp", "corp", "corporation", "co", "company", "mbh", "kg", "ug", "asa", "aps", "ou", "sia", "uab",
	"slu", "sau", "sro", "doo", "kft", "zoo", "oo", "z", "sp"}

// bareName is what two ways to write the name of one company have in common:
// "Polar Cells Oy" and "POLAR-CELLS Ltd." are "polar cells".
func bareName(name string) string {
	list := strings.Fields(bodyName(folded(name)))
	for len(list) > 1 && slices.Contains(moreForms, list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	return strings.Join(list, " ")
}

// sortedName is a bare name whose words may stand in any order.
func sortedName(bare string) string {
	list := strings.Fields(bare)
	slices.Sort(list)
	return strings.Join(list, " ")
}

// sharedHosts are domains under which many have their pages: two companies
// there have nothing in common.
var sharedHosts = []string{"linkedin.com", "facebook.com", "instagram.com", "google.com", "wordpress.com", "wixsite.com", "github.io", "youtube.com", "x.com"}

// webDomain is the domain of a web address; empty of those that many share.
func webDomain(address string) string {
	if address == "" {
		return ""
	}
	host := siteOf(address)
	if slices.Contains(sharedHosts, host) {
		return ""
	}
	return host
}

// nearLength is from how many letters on two names that differ in one are
// near, and two letters apart from twice as many: "Oka" and "Ota" are two.
const nearLength = 5

// near reports whether two bare names are a slip of the pen apart.
func near(a, b string) bool {
	short := min(len([]rune(a)), len([]rune(b)))
	switch {
	case a == b:
		return true
	case short < nearLength:
		return false
	case short < 2*nearLength:
		return editDistance(a, b, 1) <= 1
	}
	return editDistance(a, b, 2) <= 2
}

// editDistance is the least number of letters put in, left out, changed or
// swapped with their neighbour that makes b of a (optimal string alignment);
// most+1 if it is more than most. Written here, as it is these lines: the
// libraries of the kind come with a dozen other measures.
func editDistance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return most + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], most+1)
}

// A likeIndex finds who is like somebody, among many, without comparing all
// with all: what is alike shares a key. Keys of near names are the name with
// each of its letters left out, so that two names one slip apart have one in
// common.
type likeIndex struct {
	keys map[string][]int // key → places of those that have it
	name []string         // bare, by place
}

func newLikeIndex() *likeIndex { return &likeIndex{keys: map[string][]int{}} }

// add gives whoever comes next its place.
func (x *likeIndex) add(bare string, exact ...string) {
	at := len(x.name)
	x.name = append(x.name, bare)
	for _, k := range append(slips(bare), exact...) {
		if list := x.keys[k]; len(list) == 0 || list[len(list)-1] != at {
			x.keys[k] = append(list, at)
		}
	}
}

// near are the places of those whose name is near.
func (x *likeIndex) near(bare string) (out []int) {
	for _, k := range slips(bare) {
		for _, at := range x.keys[k] {
			if !slices.Contains(out, at) && near(bare, x.name[at]) {
				out = append(out, at)
			}
		}
	}
	slices.Sort(out)
	return out
}

// slips are the keys of a name for near.
func slips(bare string) []string {
	r := []rune(bare)
	if len(r) < nearLength {
		return nil
	}
	out := []string{"~" + bare}
	for i := range r {
		if i == 0 || r[i] != r[i-1] { // one of two like letters is enough
			out = append(out, "~"+string(r[:i])+string(r[i+1:]))
		}
	}
	return out
}
