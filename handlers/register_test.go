package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kohtaamo/scheduling"
)

// nasty is what people and programs type into fields.
var nasty = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{.Secret}} {{template "x"}}`,
	strings.Repeat("pitkäsana", 20), "مرحبا بالعالم", "a\u202eb", "O'Neill & <b>sons</b>",
}

// asks is an event that asks about everything.
func asks(e *scheduling.Event) {
	e.Rules.PartyMax = 3
	e.Rules.Questions = []scheduling.Question{
		{Key: "why", Kind: scheduling.AskLong, Label: scheduling.Text{"en": "Why?"}},
		{Key: "eat", Kind: scheduling.AskYesNo, Label: scheduling.Text{"en": "Do you eat with us?"}, Required: true},
		{Key: "diet", Kind: scheduling.AskText, Label: scheduling.Text{"en": "Diet"}, When: &scheduling.ShownWhen{Question: "eat", Is: []string{"yes"}}},
		{Key: "days", Kind: scheduling.AskMany, Label: scheduling.Text{"en": "Days"}, Options: []scheduling.Option{{Key: "mo"}, {Key: "tu"}}},
		{Key: "size", Kind: scheduling.AskChoice, Label: scheduling.Text{"en": "Size"}, Options: []scheduling.Option{{Key: "s"}, {Key: "l"}}},
	}
	e.Rules.Consents = []scheduling.ConsentAsk{
		{Purpose: "participants", Label: scheduling.Text{"en": "Name me"}}, {Purpose: "terms", Label: scheduling.Text{"en": "Terms"}, Required: true}}
	e.Rules.ShowList = true
}

func TestRegisterFaults(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, asks)
	form := aino()
	form.Set("email", "nonsense")
	form.Set("answer.why", "Because <i>I</i> can")
	form["answer.days"] = []string{"mo", "we"}
	form.Set("party.1.name", "Bo")
	page := h.visitor(t).post("/events/"+e.Slug+"/register", form).want(t, 422)
	want := []string{
		"Mail address: This is not a mail address that we can write to.",
		"Do you eat with us?: This is needed.", "Days: Choose one of the answers.",
		"This is needed to register.",
	}
	faults := page.all(t, ".summary li")
	if !slices.Contains(faults, want[0]) || !slices.Contains(faults, want[1]) || !slices.Contains(faults, want[2]) || len(faults) != 5 {
		t.Errorf("faults = %q", faults)
	}
	for selector, want := range map[string]string{
		"input[name=name]": "Aino Väisänen", "input[name=email]": "nonsense", "input[name=company]": "Pohjan Auto",
		`input[name="party.0.name"]`: "Bo", "input[name=once]": "form1",
	} {
		if got := page.attr(t, selector, "value"); got != want {
			t.Errorf("%s kept %q, want %q", selector, got, want)
		}
	}
	if got := page.one(t, "textarea"); got != "Because <i>I</i> can" {
		t.Errorf("the long answer kept %q", got)
	}
	for _, href := range page.nodes(t, ".summary a") {
		id := strings.TrimPrefix(href.Attr[0].Val, "#")
		if len(page.nodes(t, `[id="`+id+`"]`)) != 1 {
			t.Errorf("the fault leads to %q, which is not there", id)
		}
	}
}

// TestWithoutScript sends the form as a browser without a script does: a
// question that hangs on an answer comes with the second try, a guest by button.
func TestWithoutScript(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, asks)
	v, path := h.visitor(t), "/events/"+e.Slug+"/register"
	page := v.get(path)
	if got := page.attr(t, `[data-shown-when]`, "data-shown-when"); got != "answer.eat=yes" {
		t.Errorf("the script is told %q", got)
	}
	page.attr(t, `[data-shown-when][hidden] input[name=asked][disabled]`, "value")
	form := aino()
	form.Set("add", "guest")
	page = v.post(path, form).want(t, 200)
	if got := len(page.nodes(t, ".guest")); got != 1 || page.attr(t, "input[name=name]", "value") != "Aino Väisänen" {
		t.Errorf("after the button there are %d guests", got)
	}
	form.Del("add")
	form["asked"] = []string{"why", "eat", "days", "size"}
	form.Set("answer.eat", "yes")
	form.Set("consent.terms", "1")
	page = v.post(path, form).want(t, 422, "one more thing")
	if got := page.all(t, "[data-shown-when]:not([hidden]) label"); len(got) != 1 {
		t.Errorf("the question that is due is not there: %q", got)
	}
	form["asked"] = append(form["asked"], "diet")
	form.Set("answer.diet", "lactose")
	form.Set("party.0.name", "Bo")
	form.Set("party.0.email", "bo@example.fi")
	receipt := v.registers(e.Slug, form)
	if got := receipt.one(t, ".party li"); got != "Bo Confirmed" {
		t.Errorf("the party is %q", got)
	}
	my := receipt.attr(t, "a.filled", "href")
	edit := v.get(my+"/edit").want(t, 200)
	if got := edit.attr(t, `input[name="answer.diet"]`, "value"); got != "lactose" {
		t.Errorf("the answer was kept as %q", got)
	}
	change := url.Values{"name": {"Aino V."}, "answer.eat": {"no"}, "consent.terms": {"1"}, "consent.participants": {"1"}}
	v.post(my+"/edit", change).leads(t, my)
	v.get("/events/"+e.Slug).want(t, 200, "Aino V.")
	change.Set("name", "")
	v.post(my+"/edit", change).want(t, 422, "This is needed.")
	h.now = e.Starts
	v.get(my+"/edit").leads(t, my)
	v.post(my+"/edit", change).want(t, 409)
}

func TestTrapAndRepeats(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, func(e *scheduling.Event) { e.Rules.Seats = 5 })
	v := h.visitor(t)
	form := aino()
	form.Set("website", "https://spam.example")
	v.post("/events/"+e.Slug+"/register", form).leads(t, "/events/"+e.Slug)
	if got := v.get("/events/"+e.Slug).one(t, ".seatline"); got != "5 seats left" {
		t.Errorf("a program took a seat: %s", got)
	}
	form.Del("website")
	for range 3 {
		v.registers(e.Slug, form)
	}
	if got := v.get("/events/"+e.Slug).one(t, ".seatline"); got != "4 seats left" {
		t.Errorf("after sending a form three times: %s", got)
	}
}

// TestHostileWords puts what must never be markup into every field and looks
// for it on every page that shows it.
func TestHostileWords(t *testing.T) {
	for _, s := range nasty {
		h := newHouse(t)
		h.published(t, func(e *scheduling.Event) {
			asks(e)
			e.Title, e.Summary, e.Body = scheduling.Text{"en": s}, scheduling.Text{"en": s}, scheduling.Text{"en": s}
			e.Venue, e.Address, e.Contact, e.Slug = s, s, s, "x"
			e.Agenda = []scheduling.Item{{Starts: e.Starts, Ends: e.Ends, Title: scheduling.Text{"en": s}, Room: s, Speaker: s, About: scheduling.Text{"en": s}}}
			e.Rules.Questions[4].Options[0].Label = scheduling.Text{"en": s}
		})
		v := h.visitor(t)
		form := url.Values{"name": {s}, "email": {"x@example.fi"}, "company": {s}, "title": {s}, "lang": {s}, "once": {s},
			"answer.why": {s}, "answer.eat": {"yes"}, "answer.diet": {s}, "consent.terms": {"1"}, "consent.participants": {"1"},
			"party.0.name": {s}, "party.0.email": {"y@example.fi"}}
		v.post("/events/x/register", url.Values{"name": {s}, "email": {s}, "company": {s}, "party.0.name": {s}}).want(t, 422).clean(t)
		receipt := v.registers("x", form).clean(t)
		my := receipt.attr(t, "a.filled", "href")
		for _, path := range []string{"/", "/events", "/events?view=month&month=2026-12", "/events/x", "/events/x/register", my, my + "/edit",
			my + "/ticket", my + "/cancel", my + "/hand-over", "/events?q=" + url.QueryEscape(s), "/events?cluster=" + url.QueryEscape(s)} {
			v.get(path).want(t, 200).clean(t)
		}
	}
}

// clean checks that a page holds no markup but ours.
func (a answer) clean(t testing.TB) answer {
	t.Helper()
	if n := len(a.nodes(t, "script:not([src]), [onerror], b, img")); n > 0 {
		t.Errorf("what was typed became markup:\n%s", a.Body)
	}
	if text := strings.Join(a.all(t, "main"), ""); strings.Contains(text, "\u202e") || !utf8.ValidString(a.Body) {
		t.Errorf("the page can be turned around:\n%s", a.Body)
	}
	return a
}

func TestStrangersLinks(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, nil)
	v := h.visitor(t)
	my := v.registers(e.Slug, aino()).attr(t, "a.filled", "href")
	dead := v.get("/my/nobody").want(t, 404)
	for i := len("/my/"); i < len(my); i++ {
		flipped := my[:i] + map[bool]string{true: "a", false: "b"}[my[i] != 'a'] + my[i+1:]
		for _, tail := range []string{"", "/ticket", "/edit", "/cancel", "/hand-over"} {
			if got := v.get(flipped + tail); got.Status != 404 || got.one(t, "main") != dead.one(t, "main") {
				t.Errorf("%s%s answers %d", flipped, tail, got.Status)
			}
		}
	}
	for _, act := range []string{"/confirm", "/accept", "/decline", "/cancel", "/edit", "/hand-over"} {
		v.post("/my/nobody"+act, nil).want(t, 404)
	}
	v.post(my+"/accept", nil).leads(t, my) // nothing was offered
	v.get(my).want(t, 200, "This can no longer be done")
}

// FuzzRegisterForm sends whatever comes as the form: it never is our fault.
func FuzzRegisterForm(f *testing.F) {
	f.Add("name=Aino&email=aino%40example.fi")
	f.Add("name=&email=&party.0.name=x&party.99.name=y&add=guest")
	f.Add("name=a&email=a%40b.fi&answer.eat=yes&answer.eat=no&answer.days=mo&consent.terms=1&split=1&once=%00")
	f.Add("asked=why&answer.eat=yes&name=%ff%fe&email=%22%3E@x.y")
	f.Add("=&&&=;%zz&name")
	for _, s := range nasty {
		f.Add("name=" + url.QueryEscape(s) + "&email=" + url.QueryEscape(s) + "&lang=" + url.QueryEscape(s))
	}
	h := newHouse(f, func(c *Config) { c.FormsPerMinute = 1 << 30 })
	e := h.published(f, asks)
	f.Fuzz(func(t *testing.T, body string) {
		v := h.visitor(t)
		got := v.raw("/events/"+e.Slug+"/register", body)
		if got.Status >= 500 {
			t.Errorf("%q answers %d\n%s", body, got.Status, got.Body)
		}
		if got.Status == http.StatusSeeOther && strings.Contains(got.Header.Get("Location"), "/registered/") {
			v.get(got.Header.Get("Location")).want(t, 200)
		}
	})
}
