package match_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// A series is a line in a plot.
type series struct {
	name string
	x, y []float64
}

func (s *series) add(x int, y float64) { s.x, s.y = append(s.x, float64(x)), append(s.y, y) }

// plot draws at most three series on logarithmic axes, as SVG that needs no
// other file.
func plot(label string, lines ...series) []byte {
	const width, height, margin = 640, 400, 60
	x, y := newAxis(margin, width-20), newAxis(height-margin, 40)
	for _, l := range lines {
		x.include(l.x)
		y.include(l.y)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="white"/>`+"\n", width, height)
	for _, v := range x.marks() {
		fmt.Fprintf(&b, `<path d="M%.1f 40V%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%g</text>`+"\n", x.at(v), height-margin, x.at(v), height-margin+18, v)
	}
	for _, v := range y.marks() {
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%g</text>`+"\n", margin, y.at(v), width-20, margin-6, y.at(v)+4, v)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", width/2, height-16, label)
	for i, l := range lines {
		colour := []string{"#0b6e4f", "#b5460f", "#3b4d9b"}[i]
		var path strings.Builder
		for k := range l.x {
			fmt.Fprintf(&path, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[k == 0], x.at(l.x[k]), y.at(l.y[k]))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x.at(l.x[k]), y.at(l.y[k]), colour)
		}
		fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="%s" stroke-width="2"/><text x="%d" y="%d" fill="%s">%s</text>`+"\n", &path, colour, margin+8+i*300, 24, colour, l.name)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// An axis is logarithmic, from one place to another.
type axis struct{ from, to, least, most float64 }

func newAxis(from, to float64) *axis { return &axis{from, to, math.Inf(1), math.Inf(-1)} }

// include makes room for values, up to whole powers of ten.
func (a *axis) include(values []float64) {
	for _, v := range values {
		a.least = min(a.least, math.Floor(math.Log10(v)))
		a.most = max(a.most, math.Ceil(math.Log10(v)))
	}
}

func (a *axis) at(v float64) float64 {
	return a.from + (a.to-a.from)*(math.Log10(v)-a.least)/max(1, a.most-a.least)
}

// marks are the powers of ten.
func (a *axis) marks() (values []float64) {
	for e := a.least; e <= a.most; e++ {
		values = append(values, math.Pow(10, e))
	}
	return values
}

func TestPlot(t *testing.T) {
	l := series{name: "s"}
	l.add(100, 0.1)
	l.add(10_000, 10)
	svg := string(plot("n", l))
	for _, want := range []string{`<path d="M60.0 340.0L620.0 40.0" fill="none"`, `<text x="340.0" y="358" text-anchor="middle">1000</text>`, `>n</text>`, `>s</text>`} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is not in %s", want, svg)
		}
	}
}
