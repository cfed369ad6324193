package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// widths are those of a narrow phone and of a mail on a desktop.
var widths = []int64{320, 600}

// TestMailsInBrowser shows the page of every golden mail in both widths, in the
// light and in the dark: nothing is wider than the screen, cut off or on top of
// something else, everything can be read, and nothing is fetched.
func TestMailsInBrowser(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(filepath.Join("..", "..", ".ci", "node_modules", "axe-core", "axe.min.js"))
	unless(t, err == nil, "axe-core is not there (npm ci --prefix .ci): the mails were not checked for contrast")
	v := newChrome(t).tab(t, "", screen{"mail", widths[0], 900, false}, "en")
	eval[bool](v, string(axe)+"; true")
	for _, file := range goldenMails(t) {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".html"), func(t *testing.T) {
			v.t = t
			v.showMail(string(body))
			v.check()
		})
	}
	v.t = t
}

// goldenMails are the pages of the golden mails of all packages.
func goldenMails(t *testing.T) (files []string) {
	t.Helper()
	for _, pattern := range []string{"../../*/testdata/mails/*.html", "../../*/*/testdata/mails/*.html"} {
		found, err := filepath.Glob(filepath.FromSlash(pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 100 {
		t.Fatalf("only %d golden mails", len(files))
	}
	return files
}

// showMail looks at one mail.
func (v *tab) showMail(body string) {
	v.t.Helper()
	v.scheme("light")
	eval[bool](v, fmt.Sprintf(`document.open(), document.write(%q), document.close(), true`, body))
	for _, width := range widths {
		tell(v, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1})
		for _, fault := range eval[[]string](v, brokenLayout) {
			v.t.Errorf("at %d pixels: %s", width, fault)
		}
	}
	v.checkAxe(`{runOnly: {type: "rule", values: ["color-contrast", "link-name", "html-has-lang", "document-title", "td-headers-attr"]}}`, "")
	v.scheme("dark")
	v.checkAxe(`{runOnly: {type: "rule", values: ["color-contrast"]}}`, " in the dark")
}

// brokenLayout gives what is wider than the screen, cut off, or lies on
// something else. What it compares are the boxes that text stands in.
const brokenLayout = `(() => {
	const faults = [], name = e => e.outerHTML.slice(0, 100);
	const wide = document.documentElement.scrollWidth;
	if (wide > innerWidth) faults.push("the page is " + wide + " wide");
	const texts = [...document.body.querySelectorAll("*")].filter(e =>
		e.getClientRects().length > 0 && [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim() !== ""));
	const boxes = texts.map(e => {
		const range = document.createRange();
		range.selectNodeContents(e);
		return [e, range.getBoundingClientRect()];
	});
	for (const [e, box] of boxes) {
		if (box.left < 0 || box.right > innerWidth + 0.5) faults.push("out of the screen: " + name(e));
		for (let p = e; p; p = p.parentElement) {
			if (getComputedStyle(p).overflow !== "visible" && p.scrollHeight > p.clientHeight + 1 && p !== document.documentElement) faults.push("cut off: " + name(e));
		}
		const paper = e.closest(".paper")?.getBoundingClientRect();
		if (paper && (box.left < paper.left || box.right > paper.right + 0.5)) faults.push("beyond the paper: " + name(e));
	}
	boxes.forEach(([a, x], i) => boxes.slice(i + 1).forEach(([b, y]) => {
		const apart = x.right <= y.left + 0.5 || y.right <= x.left + 0.5 || x.bottom <= y.top + 0.5 || y.bottom <= x.top + 0.5;
		if (!apart && !a.contains(b) && !b.contains(a)) faults.push(name(a) + " lies on " + name(b));
	}));
	return faults;
})()`
