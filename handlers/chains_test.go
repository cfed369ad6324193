package handlers

import (
	"net/url"
	"strings"
	"testing"
)

// takeChain takes a ready-made chain for the event's cluster, and gives its
// page's address.
func (o *organised) takeChain(t *testing.T, name, id string) string {
	t.Helper()
	form := url.Values{"ready": {name}, "id": {id}, "cluster_id": o.e.ClusterIDs}
	for range 2 { // sent twice it makes one
		o.boss.post("/organise/chains", form).leads(t, "/organise/chains/"+id)
	}
	return "/organise/chains/" + id
}

func TestChainPages(t *testing.T) {
	o := newOrganised(t, nil)
	o.registers(t, "Aino Aalto", "aino@example.org")
	o.boss.get("/organise").want(t, 200, `href="/organise/outbox"`)
	o.boss.get("/organise/outbox").want(t, 200, `href="/organise/chains"`)
	o.boss.get("/organise/chains").want(t, 200, "Ready-made chains")
	page := o.takeChain(t, "practical", "abcdefghijklmnop")
	o.boss.get(page).want(t, 200, "7 days before the start", "at 09:00", "Off: nothing is sent")
	o.boss.get(page+"/try").want(t, 200, "Aino Aalto", "it is tried as if you switched it on now")
	o.boss.post(page+"/switch", url.Values{"on": {"1"}}).leads(t, page)
	o.boss.get(page+"/runs").want(t, 200, "aino@example.org", "To come")

	step := url.Values{"id": {"ponmlkjihgfedcba"}, "anchor": {"end"}, "direction": {"after"}, "days": {"2"}, "at": {"9"},
		"subject.en": {"How are you, {{name}}?"}, "body.en": {"Line one\n\nLine {{nobody}}"}}
	o.boss.post(page+"/steps/new", step).want(t, 422, "This mail has no such field", "How are you, {{name}}?") // nothing typed is lost
	step.Set("body.en", "Line one")
	for range 2 {
		o.boss.post(page+"/steps/new", step).leads(t, page)
	}
	shown := o.boss.get(page).want(t, 200, "2 days after the end", "How are you")
	if n := strings.Count(shown.Body, "How are you"); n > 2 { // its link, and the name of its button
		t.Errorf("sent twice, the step stands there %d times", n)
	}
	o.boss.post(page+"/steps/ponmlkjihgfedcba/drop", nil).leads(t, page)
	o.boss.post(page+"/delete", nil).leads(t, page) // not while it is on
	o.boss.get("/organise/events/"+o.e.ID+"/chains").want(t, 200, "Practical information", "Make a copy")
	o.boss.post(page+"/switch", nil).leads(t, page)
	o.boss.post(page+"/delete", nil).leads(t, "/organise/chains")
	o.boss.get(page).want(t, 404)

	page = o.takeChain(t, "after", "bcdefghijklmnopq")
	for _, path := range []string{page, page + "/try", page + "/runs", page + "/steps/thanks", "/organise/events/" + o.e.ID + "/chains", "/organise/events/" + o.e.ID + "/survey"} {
		o.stranger.get(path).want(t, 404)
	}
	o.stranger.post(page+"/switch", url.Values{"on": {"1"}}).want(t, 404)
}

// A survey from the organiser's first click to the answer by a phone, and its
// results.
func TestSurveyPages(t *testing.T) {
	o := newOrganised(t, nil)
	r := o.registers(t, "Aino Aalto", "aino@example.org")
	page := "/organise/events/" + o.e.ID + "/survey"
	o.boss.get(page).want(t, 200, "No survey yet")
	o.boss.get(page+"/results").want(t, 404)
	for range 2 {
		o.boss.post(page+"/start", nil).leads(t, page)
	}
	o.boss.get(page).want(t, 200, "How likely are you to recommend", "No chain sends it yet")
	more := url.Values{"rev": {"1"}, "do": {"question"}, "questions.0.key": {"recommend"}, "questions.0.kind": {"scale"}, "questions.0.label.en": {"How likely?"}, "questions.0.required": {"1"}}
	o.boss.post(page, more).want(t, 200, "questions.1.label.en", "How likely?")
	more.Set("do", "save")
	o.boss.post(page, more).leads(t, page)
	o.boss.post(page, more).want(t, 409) // somebody else's change is not overwritten
	o.boss.post(page+"/state", url.Values{"to": {"open"}}).leads(t, page)

	link := strings.TrimPrefix(o.desk.SurveyURL(r), o.BaseURL)
	guest := o.visitor(t)
	guest.get(link).want(t, 404) // has not taken part
	o.now = o.e.Starts
	if _, err := o.desk.CheckIn(t.Context(), root, o.e.ID, r.ID); err != nil {
		t.Fatal(err)
	}
	guest.get(link).want(t, 200, "How was CircularArena?", `value="10"`)
	guest.post(link, nil).want(t, 422, "How likely?")
	guest.post(link, url.Values{"answer.recommend": {"9"}}).leads(t, link)
	guest.get(link).want(t, 200, "Thank you for your answers", `value="9" checked`)
	o.boss.get(page+"/results").want(t, 200, "Response rate 100", "Mean 9.0", "Net promoter score &#43;100")
	if csv := o.boss.get(page+"/results.csv").want(t, 200, "Aino Aalto", "9"); !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("Content-Type %q", csv.Header.Get("Content-Type"))
	}
	o.boss.get(page+"/results.xlsx").want(t, 200)
	o.boss.post(page+"/state", url.Values{"to": {"closed"}}).leads(t, page)
	guest.post(link, url.Values{"answer.recommend": {"1"}}).leads(t, link)
	o.boss.get(page+"/results").want(t, 200, "Mean 9.0")
}
