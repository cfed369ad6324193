package templates

import (
	"fmt"
	"html/template"
)

// icons are drawn on a grid of 24 with a line of 1.75 in the colour of the text
// around them. They never stand alone: a word is beside them, seen or read out.
var icons = map[string]string{
	"calendar": `<rect x="4" y="5" width="16" height="15" rx="2"/><path d="M4 10h16M8 3v4m8-4v4"/>`,
	"clock":    `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`,
	"place":    `<path d="M12 21s7-6.1 7-11a7 7 0 0 0-14 0c0 4.9 7 11 7 11z"/><circle cx="12" cy="10" r="2.5"/>`,
	"people":   `<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.5c2.2.8 3.5 2.8 3.5 5.5"/>`,
	"person":   `<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c0-4 3.3-6.5 7.5-6.5s7.5 2.5 7.5 6.5"/>`,
	"company":  `<path d="M4 21V5l9-2v18M13 9h7v12M2 21h20M7.5 8.5h2m-2 4h2m-2 4h2m7-4h1m-1 4h1"/>`,
	"mail":     `<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6.5L20.5 7"/>`,
	"check":    `<path d="m5 12.5 4.5 4.5L19 7"/>`,
	"close":    `<path d="m6 6 12 12M18 6 6 18"/>`,
	"more":     `<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3"/>`,
	"search":   `<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>`,
	"ticket":   `<path d="M3 9V6h18v3a3 3 0 0 0 0 6v3H3v-3a3 3 0 0 0 0-6zM14 6v2.5m0 2.25v2.5m0 2.25V18"/>`,
	"download": `<path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M4 20h16"/>`,
	"upload":   `<path d="M12 16V5M7.5 9.5 12 5l4.5 4.5M4 20h16"/>`,
	"link":     `<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1"/>`,
	"copy":     `<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V4H4v12h4"/>`,
	"camera":   `<path d="M3 8h4l2-3h6l2 3h4v11H3z"/><circle cx="12" cy="13" r="3.5"/>`,
	"next":     `<path d="m9 5 7 7-7 7"/>`,
	"previous": `<path d="m15 5-7 7 7 7"/>`,
	"warning":  `<path d="M12 4 2.5 20h19zM12 10v4.5m0 2.5v.01"/>`,
	"info":     `<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5m0-9v.01"/>`,
	"plus":     `<path d="M12 5v14M5 12h14"/>`,
	"edit":     `<path d="M4 20h4L19.5 8.5l-4-4L4 16zM13 7l4 4"/>`,
	"print":    `<path d="M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z"/>`,
	"globe":    `<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c2.5 2.6 3.8 5.6 3.8 9s-1.3 6.4-3.8 9c-2.5-2.6-3.8-5.6-3.8-9S9.5 5.6 12 3z"/>`,
	"feed":     `<path d="M5 11a8 8 0 0 1 8 8M5 5a14 14 0 0 1 14 14M6 18h.01" /><circle cx="6" cy="18" r="1"/>`,
	"lock":     `<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>`,
	"key":      `<circle cx="8" cy="15" r="4.5"/><path d="m11.5 11.5 8-8M16 7l3 3"/>`,
	"undo":     `<path d="M9 6 4 11l5 5M4 11h10a6 6 0 0 1 0 12h-1" transform="translate(0 -2)"/>`,
	"list":     `<path d="M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01"/>`,
	"filter":   `<path d="M4 6h16M7 12h10M10 18h4"/>`,
	"signout":  `<path d="M14 4H5v16h9M10 12h11m-4-4 4 4-4 4"/>`,
}

// icon draws an icon; one that does not exist is an error, so that tests find it.
func icon(name string) (template.HTML, error) {
	d, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("there is no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">` + d + `</svg>`), nil
}
