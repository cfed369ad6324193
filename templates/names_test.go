package templates

import (
	"slices"
	"testing"
)

func TestNames(t *testing.T) {
	texts := load(t)
	en, fi := texts.In("en"), texts.In("fi")
	for _, test := range []struct{ got, want string }{
		{en.Country("ES"), "Spain"}, {fi.Country("ES"), "Espanja"}, {fi.Country("FI"), "Suomi"}, {en.Country("<b>"), "<b>"}, {en.Country(""), ""},
		{en.Tongue("sv"), "Swedish"}, {fi.Tongue("sv"), "ruotsi"}, {fi.Tongue("en"), "englanti"},
		{texts.CountryNamed(" espanja "), "ES"}, {texts.CountryNamed("Spain"), "ES"}, {texts.CountryNamed("es"), "ES"}, {texts.CountryNamed("Atlantis"), ""}, {texts.CountryNamed(""), ""},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	if all := fi.Countries(); len(all) < 240 || len(all) > 280 || slices.Index(all, "FI") < slices.Index(all, "SE") != (fi.Country("FI") < fi.Country("SE")) {
		t.Errorf("%d countries: %v", len(all), all)
	}
}
