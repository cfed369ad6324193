package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// inCI says that nothing may be left out for want of a tool.
var inCI = os.Getenv("CI") == "true"

// unless skips a test for want of something, or fails where nothing may be
// left out.
func unless(t *testing.T, have bool, format string, args ...any) {
	t.Helper()
	switch {
	case have:
	case inCI:
		t.Fatalf(format, args...)
	default:
		t.Skipf(format, args...)
	}
}

// A chrome is a browser, for the tabs of one test.
type chrome struct{ ctx context.Context }

// newChrome starts one.
func newChrome(t *testing.T) *chrome {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	unless(t, path != "", "there is no chromium: not shown in a browser")
	flags := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.WSURLReadTimeout(time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		chromedp.Cancel(ctx)
		cancelTab()
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return &chrome{ctx}
}

// A screen is what somebody looks at our pages with.
type screen struct {
	name          string
	width, height int64
	touch         bool
}

var (
	phone   = screen{"phone", 390, 844, true}
	desktop = screen{"desktop", 1280, 900, false}
)

// A tab is one person's browser, with cookies of its own. Whatever goes wrong
// in it fails the test: errors in the console, refusals of the content security
// policy, requests to other hosts, things that could not be loaded.
type tab struct {
	t      *testing.T
	ctx    context.Context
	base   string
	mu     sync.Mutex
	faults []string
}

// tab opens one on a screen, for somebody who reads lang.
func (b *chrome) tab(t *testing.T, base string, s screen, lang string) *tab {
	t.Helper()
	v := &tab{t: t, base: base}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext(), chromedp.WithListener(v.watch))
	v.ctx = ctx
	t.Cleanup(cancel)
	t.Cleanup(v.check)
	// The first run has no deadline: it would end the tab.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	tell(v, network.Enable, network.EnableParams{})
	tell(v, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": lang}})
	tell(v, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height, DeviceScaleFactor: 1, Mobile: s.touch})
	tell(v, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.touch})
	return v
}

// watch notes what should not happen.
func (v *tab) watch(event any) {
	switch e := event.(type) {
	case *cdpruntime.EventExceptionThrown:
		v.note("script: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type == cdpruntime.ConsoleAPICalledTypeError || e.Type == cdpruntime.ConsoleAPICalledTypeWarning {
			args, _ := json.Marshal(e.Args)
			v.note("console: %s", args)
		}
	case *cdplog.EventEntryAdded:
		// What could not be loaded is noted below, with its kind.
		if e.Entry.Source != cdplog.EntrySourceNetwork && (e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning) {
			v.note("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, v.base+"/") && !strings.HasPrefix(e.Request.URL, "data:") && !strings.HasPrefix(e.Request.URL, "about:") {
			v.note("request to %s", e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Type != network.ResourceTypeDocument && e.Response.Status >= 400 {
			v.note("%s answers %d", e.Response.URL, e.Response.Status)
		}
	}
}

func (v *tab) note(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// check fails the test with what was noted since the last time.
func (v *tab) check() {
	v.t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, f := range v.faults {
		v.t.Error("in the browser: ", f)
	}
	v.faults = nil
}

// patience is how long one step in a browser may take on a busy machine.
const patience = 40 * time.Second

// do runs actions, all of which have to succeed in time.
func (v *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		v.t.Fatalf("at %s: %v", v.path(), err)
	}
}

// tell sends a command to the browser.
func tell[P, R any](v *tab, command cdp.Command[P, R], params P) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		v.t.Fatal(err)
	}
}

// path is where the tab is.
func (v *tab) path() string {
	ctx, cancel := context.WithTimeout(v.ctx, 5*time.Second)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, v.base)
}

// open goes to a page of ours and gives the status.
func (v *tab) open(path string) int {
	v.t.Helper()
	return v.leads(chromedp.Navigate(v.base + path))
}

// leads does what leads to another page, waits for it and gives its status.
func (v *tab) leads(actions ...chromedp.Action[chromedp.Void]) int {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		v.t.Fatalf("after %s: %v", v.path(), err)
	}
	return int(answer.Status)
}

// eval runs a script that gives a value. It is the tester's, so the page's
// policy does not forbid it.
func eval[T any](v *tab, script string) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("at %s: %v", v.path(), err)
	}
	return out
}

// text is what the only element of the selector says.
func (v *tab) text(selector string) string {
	v.t.Helper()
	list := eval[[]string](v, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText.replace(/\s+/g, " ").trim())`, selector))
	if len(list) != 1 {
		v.t.Fatalf("at %s: %d elements are %s: %q", v.path(), len(list), selector, list)
	}
	return list[0]
}

// says checks that the page shows all of the words.
func (v *tab) says(words ...string) {
	v.t.Helper()
	body := eval[string](v, `document.body.innerText.replace(/\s+/g, " ")`)
	for _, w := range words {
		if !strings.Contains(body, w) {
			v.t.Errorf("%s does not say %q:\n%s", v.path(), w, body)
		}
	}
}

// fill types values into the inputs of those names.
func (v *tab) fill(values map[string]string) {
	v.t.Helper()
	for name, value := range values {
		eval[bool](v, fmt.Sprintf(`(() => {
			const list = [...document.querySelectorAll("[name=" + JSON.stringify(%q) + "]")];
			const radio = list.find(i => i.type === "radio" && i.value === %q);
			const input = radio || list[0];
			if (!input) throw new Error("no input " + %q);
			if (radio || input.type === "checkbox") input.checked = %q !== "";
			else input.value = %q;
			input.dispatchEvent(new Event("change", {bubbles: true}));
			return true;
		})()`, name, value, name, value, value))
	}
}

// cookie puts a session into the tab.
func (v *tab) cookie(name, value string) {
	v.t.Helper()
	tell(v, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: v.base})
}

// scheme says whether the person likes it "light" or "dark".
func (v *tab) scheme(name string) {
	v.t.Helper()
	tell(v, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
}

// noScript turns scripts of pages off, from the next page on.
func (v *tab) noScript() {
	v.t.Helper()
	tell(v, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}
