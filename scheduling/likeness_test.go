package scheduling

import (
	"testing"

	"pgregory.net/rapid"
)

func TestBareName(t *testing.T) {
	for in, want := range map[string]string{
		"Polar Cells Oy": "polar cells", "POLAR-CELLS Ltd.": "polar cells", "Oy Polar Cells Ab": "polar cells", "Pölar Cells GmbH": "polar cells",
		"Talleres Uno, S.L.": "talleres uno", "Acme S.p.A.": "acme", "Firma Sp. z o.o.": "firma", "Oy": "oy", "": "", "Blåbær AS": "blabaer", "Nordic & Co. KG": "nordic",
	} {
		if got := bareName(in); got != want {
			t.Errorf("bareName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNear(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"polar cells", "polar cels", true}, {"polar cells", "polra cells", true}, {"polar cells", "polar cellz", true},
		{"oka", "ota", false}, {"north", "south", false}, {"valmet", "valtet", true}, {"kempele metal", "kempele metall oyo", false},
	} {
		if got := near(tt.a, tt.b); got != tt.want || near(tt.b, tt.a) != got {
			t.Errorf("near(%q, %q) = %t", tt.a, tt.b, got)
		}
	}
}

// TestEditDistance holds the distance to what a distance is, and to a limit
// that changes nothing below it.
func TestEditDistance(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abcö")), 0, 7, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := editDistance(a, b, 99)
		if d != editDistance(b, a, 99) || (d == 0) != (a == b) || d > max(len([]rune(a)), len([]rune(b))) {
			t.Fatalf("distance of %q and %q is %d", a, b, d)
		}
		if most := rapid.IntRange(0, 3).Draw(t, "most"); editDistance(a, b, most) != min(d, most+1) {
			t.Fatalf("with a limit of %d: %d, without: %d", most, editDistance(a, b, most), d)
		}
	})
}

// TestLikeIndex compares what the index finds with a look at all pairs: names
// one slip apart are always found.
func TestLikeIndex(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 4, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		list, name := rapid.SliceOfN(word, 1, 8).Draw(t, "names"), word.Draw(t, "name")
		x := newLikeIndex()
		for _, n := range list {
			x.add(n)
		}
		found := map[int]bool{}
		for _, at := range x.near(name) {
			found[at] = true
		}
		for i, n := range list {
			if one := len(n) >= nearLength && len(name) >= nearLength && editDistance(n, name, 1) <= 1; one && !found[i] || found[i] && !near(name, n) {
				t.Fatalf("%q among %q: %v", name, list, found)
			}
		}
	})
}
