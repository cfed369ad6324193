package handlers

import "kohtaamo/scheduling"

// A plot is a chart of bars, one below the other, as templates/partials/plot.html
// draws it: readable in black and white and on a phone, with the same numbers in
// a table beside it for whoever does not see it.
type plot struct {
	ID, Title string
	Width     int
	Height    int
	Bars      []plotBar
	More      int // bars that are not drawn; the table has them
	All       []plotBar
}

// A plotBar is one bar with its place, in the units of the drawing.
type plotBar struct {
	Label  string
	N      int
	Y, Mid int
	Length int
	End    int // where its number stands
}

// The measures of a plot.
const (
	plotWidth  = 400
	plotLabels = 130 // left of the bars
	plotNumber = 60  // right of them
	plotLine   = 28
	plotBars   = 20 // drawn at most
	plotLetter = 20 // letters of a label
)

// newPlot draws parts in their order; it is nil where there is nothing to draw.
func newPlot(id, title string, parts []scheduling.Slice, label func(string) string) *plot {
	most := 0
	for _, x := range parts {
		most = max(most, x.N)
	}
	if most == 0 {
		return nil
	}
	p := &plot{ID: id, Title: title, Width: plotWidth}
	for i, x := range parts {
		b := plotBar{Label: label(x.Key), N: x.N, Y: i*plotLine + 5, Mid: i*plotLine + plotLine/2 + 5}
		b.Length = max(1, x.N*(plotWidth-plotLabels-plotNumber)/most)
		b.End = plotLabels + b.Length + 6
		p.All = append(p.All, b)
	}
	p.Bars = p.All[:min(len(p.All), plotBars)]
	p.More = len(p.All) - len(p.Bars)
	p.Height = len(p.Bars) * plotLine
	return p
}

// Short is the label as far as there is room for it.
func (b plotBar) Short() string {
	if r := []rune(b.Label); len(r) > plotLetter {
		return string(r[:plotLetter-1]) + "…"
	}
	return b.Label
}
