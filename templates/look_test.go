package templates

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var property = regexp.MustCompile(`--([a-z-]+):\s*#([0-9a-f]{6})`)

// palettes reads the colours of the light and the dark look from app.css.
func palettes(t *testing.T) (light, dark map[string]float64) {
	t.Helper()
	css, err := files.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	first, rest, ok := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	second, _, ends := strings.Cut(rest, "\n*,")
	if !ok || !ends {
		t.Fatal("app.css does not begin with its two palettes")
	}
	read := func(s string) map[string]float64 {
		m := map[string]float64{}
		for _, p := range property.FindAllStringSubmatch(s, -1) {
			m[p[1]] = luminance(p[2])
		}
		return m
	}
	return read(first), read(second)
}

// luminance is the relative luminance of WCAG 2.1.
func luminance(hex string) float64 {
	l := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8) // the pattern allows hex digits only
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}

func contrast(a, b float64) float64 { return (max(a, b) + .05) / (min(a, b) + .05) }

func TestContrast(t *testing.T) {
	light, dark := palettes(t)
	grounds := []string{"paper", "snow"}
	pairs := map[string][]string{
		"good-tint": {"ink", "spruce"}, "now-tint": {"ink", "aurora"}, "wait-tint": {"ink", "amber"},
		"bad-tint": {"ink", "red"}, "maybe-tint": {"ink", "blue"},
	}
	for name, colours := range map[string]map[string]float64{"light": light, "dark": dark} {
		check := func(text, ground string, least float64) {
			a, ok := colours[text]
			b, also := colours[ground]
			if !ok || !also {
				t.Errorf("%s: no colour %s or %s", name, text, ground)
			} else if c := contrast(a, b); c < least {
				t.Errorf("%s: %s on %s is %.2f : 1, less than %.1f", name, text, ground, c, least)
			}
		}
		for _, ground := range grounds {
			for _, text := range []string{"ink", "quiet", "spruce", "spruce-deep", "aurora", "amber", "red", "blue"} {
				check(text, ground, 4.5)
			}
			check("edge", ground, 3)
		}
		for ground, texts := range pairs {
			for _, text := range texts {
				check(text, ground, 4.5)
			}
		}
		check("on-spruce", "spruce", 4.5)
		check("on-spruce", "spruce-deep", 4.5)
	}
}

func TestContrastIsMeasured(t *testing.T) {
	// The extremes, and a grey that WCAG's own examples give as just enough.
	for _, test := range []struct {
		a, b string
		want float64
	}{{"000000", "ffffff", 21}, {"767676", "ffffff", 4.54}, {"ffffff", "ffffff", 1}} {
		if got := contrast(luminance(test.a), luminance(test.b)); math.Abs(got-test.want) > .01 {
			t.Errorf("contrast of %s and %s = %.2f, want %.2f", test.a, test.b, got, test.want)
		}
	}
}

// TestSizes keeps a page light: one stylesheet and one script,
// and one of each for the pages of a schedule.
func TestSizes(t *testing.T) {
	for name, most := range map[string]int{"app.css": 40_000, "app.js": 15_000, "schedule.css": 4_000, "schedule.js": 8_000} {
		f := load(t).assets.byName[name]
		if len(f.Body) > most || len(f.Gzip) > most/2 {
			t.Errorf("%s has %d bytes, %d compressed", name, len(f.Body), len(f.Gzip))
		}
	}
}

// TestNothingFromElsewhere finds addresses of other hosts in what browsers run.
func TestNothingFromElsewhere(t *testing.T) {
	for _, f := range load(t).assets.byName {
		body := bytes.ReplaceAll(f.Body, []byte("http://www.w3.org/2000/svg"), nil)
		if bytes.Contains(body, []byte("//www")) || bytes.Contains(body, []byte("http")) || bytes.Contains(body, []byte("@import")) {
			t.Errorf("%s fetches something", f.Name)
		}
	}
}
