package handlers

import (
	"net/url"
	"strings"
	"testing"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func init() {
	for name, data := range map[string]func() paged{
		"wordings": func() paged {
			p := &wordingsPage{Page: mailFrame(), Cluster: sampleClusters()[0], Chips: []chip{{Label: hostile, Path: "/x", On: true}, {Label: hostile, Path: "/y"}}}
			langs := []scheduling.WordingState{{Lang: "en", Own: true, Outdated: true}, {Lang: "fi", Own: true}}
			p.Subjects = []wordingSubject{{"wording.subject.registration", []scheduling.WordingLine{{WordingKind: scheduling.WordingKinds[0], Langs: langs}, {WordingKind: scheduling.WordingKinds[1], Langs: []scheduling.WordingState{{Lang: "en"}}}}}}
			return p
		},
		"wordings none": func() paged { return &wordingsPage{Page: mailFrame()} },
		"wording":       func() paged { return sampleWording(true) },
		"wording fresh": func() paged {
			p := sampleWording(false)
			p.Wording, p.Outdated = &scheduling.Wording{Lang: "fi"}, nil
			return p
		},
	} {
		samples[name] = data
	}
}

func sampleWording(bad bool) *wordingPage {
	w := &scheduling.Wording{Meta: storage.Meta{ID: "c/registration.confirmed/fi", Rev: 2}, Lang: "fi", Texts: map[scheduling.WordingPart]string{scheduling.WordingBody: hostile}}
	p := &wordingPage{Page: mailFrame(), WordingPage: &scheduling.WordingPage{Cluster: sampleClusters()[0], Kind: scheduling.WordingKinds[2], Wording: w, Outdated: []scheduling.WordingPart{scheduling.WordingBody}}, KindName: hostile, Here: "/organise/wordings/c/registration.confirmed/fi"}
	p.Parts = []wordingPart{{Name: "texts.subject", Label: "wording.part.subject", Default: "{{event}}"}, {Name: "texts.body", Label: "wording.part.body", Value: hostile, Default: hostile, Was: hostile, Own: true, Many: true}}
	p.Fields = []wordingField{{"{{event}}", hostile, hostile, true}, {"{{name}}", hostile, hostile, false}}
	p.Langs = []NavLink{{Key: "English", Path: "/x"}, {Key: "suomi", Path: "/y", Current: "page"}}
	if bad {
		p.Problem = wrong("texts.subject", "texts.body")
	}
	return p
}

// TestWordingPages edits a text as an organiser does: it is seen in the list, in
// the form and in the mail, and what is wrong is said with what was typed.
func TestWordingPages(t *testing.T) {
	s := newStaff(t)
	list := "/organise/wordings/" + s.auto.ID
	here := list + "/registration.confirmed/en"
	s.anna.get("/organise/wordings").want(t, 200, `href="`+here+`"`)
	s.anna.get("/organise/outbox").want(t, 200, `href="/organise/wordings"`)
	s.anna.get(list).want(t, 200, `href="`+here+`"`, "As soon as somebody has a seat")
	s.anna.get(here).want(t, 200, "You have a seat: {{event}}", "{{when}}", "CircularArena")

	typed := url.Values{"rev": {"0"}, "texts.subject": {"Welcome: {{event}}"}, "texts.body": {"See you {{when}}.\r\n<b>Bold</b> {{nmae}}"}}
	s.anna.post(here, typed).want(t, 422, "{{nmae}}", "line 2", "no such field", "Welcome: {{event}}", "&lt;b&gt;Bold&lt;/b&gt;")
	s.anna.post(here+"/body", typed).want(t, 200, "{{nmae}}")
	typed.Set("texts.body", "See you {{when}}.\r\n<b>Bold</b> {{name}}")
	shown := s.anna.post(here+"/body", typed).want(t, 200, "&lt;b&gt;Bold&lt;/b&gt; Aino Virtanen", "CircularArena")
	if !strings.Contains(shown.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the preview stands in no sandbox: %v", shown.Header)
	}
	s.anna.get(here+"/body").want(t, 200, "Show the ticket code at the door.") // nothing is kept yet
	s.anna.post(here, typed).leads(t, here)
	s.anna.get(here).want(t, 200, "Welcome: {{event}}", "The texts are saved", "You have a seat: {{event}}")
	s.anna.get(here+"/body").want(t, 200, "&lt;b&gt;Bold&lt;/b&gt; Aino Virtanen")
	s.anna.get(list).want(t, 200, "your own")

	stale := url.Values{"rev": {"0"}, "texts.heading": {"Mine"}}
	s.anna.post(here, stale).want(t, 409, `value="Mine"`)
	for _, path := range []string{list, here, here + "/body"} {
		notThere(t, path, s.ben, s.door, s.member)
	}
	s.ben.post(here, typed).want(t, 404)
	s.ben.post(here+"/body", typed).want(t, 404)
	s.anna.post(here, url.Values{"rev": {"1"}, "do": {"reset"}}).leads(t, here)
	if page := s.anna.get(here).want(t, 200, "texts are back"); strings.Contains(page.Body, "Welcome") {
		t.Error("the text is still there after the reset")
	}
}
