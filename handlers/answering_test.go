package handlers

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/templates"
)

// answerLinks are those of the newest mail to the address, by what they say.
func (h *house) answerLinks(t testing.TB, email string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, k := range h.lastMail(t, email).Letter.Links {
		out[k.Label] = strings.TrimPrefix(k.URL, h.BaseURL)
	}
	return out
}

// TestAnswerLinks answers an invite by the links in its mail, in both languages:
// looking at a link does nothing, its button does it, and twice is once.
func TestAnswerLinks(t *testing.T) {
	words := map[string]struct{ yes, maybe, no, pressed, thanks, shown, warned string }{
		"en": {"Answer: I am coming", "Answer: maybe", "Answer: I cannot come", "Maybe", "you may come", "Maybe", "cannot be undone"},
		"fi": {"Vastaa: tulen", "Vastaa: ehkä", "Vastaa: en pääse", "Ehkä", "että ehkä tulet", "Ehkä", "ei voi perua"},
	}
	for lang, w := range words {
		t.Run(lang, func(t *testing.T) {
			h := newHouse(t)
			e := h.published(t, func(e *scheduling.Event) { e.Rules.Seats, e.Rules.OfferHours = 1, 0 })
			v := h.visitor(t)
			v.lang = lang
			form := aino()
			form.Set("lang", lang)
			v.registers(e.Slug, form)
			next := h.visitor(t)
			next.registers(e.Slug, url.Values{"name": {"Bo"}, "email": {"bo@example.fi"}, "lang": {lang}, "once": {"form2"}})

			links := h.answerLinks(t, "aino@example.fi")
			if len(links) != 3 || links[w.yes] == "" || links[w.maybe] == "" || links[w.no] == "" {
				t.Fatalf("the mail's links are %v", links)
			}
			m := h.lastMail(t, "aino@example.fi")
			shown, err := h.desk.Outbox.Preview(m)
			if err != nil {
				t.Fatal(err)
			}
			for label, path := range links {
				if !strings.Contains(shown.Text, h.BaseURL+path) || !strings.Contains(shown.HTML, strings.TrimPrefix(path, "/my/")) || !strings.Contains(shown.HTML, label) {
					t.Errorf("the mail does not show %s", label)
				}
			}

			got := v.get(links[w.maybe]).want(t, 200)
			if button := got.one(t, "main form button"); button != w.pressed {
				t.Errorf("the button says %q", button)
			}
			page, _, _ := strings.Cut(links[w.maybe], "/answer")
			if strings.Contains(v.get(page).one(t, "main section.panel"), w.shown) {
				t.Error("looking at a link answers")
			}
			for range 2 {
				v.post(page+"/answer", url.Values{"as": {got.attr(t, "main form input[name=as]", "value")}}).leads(t, page)
			}
			v.get(page).want(t, 200, w.thanks, w.shown)

			h.now = h.now.Add(time.Minute) // so that the newest mail is the one that follows
			v.get(links[w.no]).want(t, 200, w.warned)
			v.post(page+"/answer", url.Values{"as": {"declined"}}).leads(t, page)
			if m := h.lastMail(t, "bo@example.fi"); m.Kind != "registration.confirmed" {
				t.Errorf("the next in line has %s", m.Kind)
			}
			for range 2 { // too late now, and said so
				v.post(page+"/answer", url.Values{"as": {"accepted"}}).leads(t, page)
			}
			v.get(links[w.yes]).leads(t, page)
		})
	}
}

func (h *house) register(t testing.TB, e *scheduling.Event, name, email string) *scheduling.Registration {
	t.Helper()
	rec, err := h.desk.Register(t.Context(), scheduling.Actor{Via: "page"}, e.ID, scheduling.Signup{Name: name, Email: email, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return rec.Lead()
}

func TestAnswerPage(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, nil)
	r := h.register(t, e, "Aino", "aino@example.fi")
	v, page := h.visitor(t), "/my/"+h.desk.MyLink(r)
	for _, path := range []string{page + "/answer", page + "/answer?as=perhaps"} {
		got := v.get(path).want(t, 200)
		if links := got.all(t, `main a[href*="/answer?as="]`); len(links) != 3 || len(got.nodes(t, "main form")) != 0 {
			t.Errorf("%s offers %v", path, links)
		}
	}
	v.post(page+"/answer", url.Values{"as": {"perhaps"}}).leads(t, page)
	v.get("/my/none.none/answer?as=accepted").want(t, 404)
	v.post("/my/none.none/answer", url.Values{"as": {"accepted"}}).want(t, 404)
}

// Organisers see who answered what, choose by it and take it home.
func TestOrganiserSeesAnswers(t *testing.T) {
	h := newHouse(t)
	e := h.published(t, nil)
	yes, maybe := h.register(t, e, "Aino", "aino@example.fi"), h.register(t, e, "Bo", "bo@example.fi")
	h.register(t, e, "Cilla", "cilla@example.fi")
	for r, a := range map[*scheduling.Registration]scheduling.Answer{yes: scheduling.AnswerYes, maybe: scheduling.AnswerMaybe} {
		if _, err := h.desk.AnswerInvite(t.Context(), r.Holder(), r.ID, a); err != nil {
			t.Fatal(err)
		}
	}
	v := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser})
	list := "/organise/events/" + e.ID
	if got := v.get(list).want(t, 200).all(t, `td[data-label="Answer"]`); strings.Join(got, "|") != "Coming|Maybe|" {
		t.Errorf("answers %q", got)
	}
	if got := v.get(list+"?answer=tentative").want(t, 200).all(t, "tbody th[scope=row]"); len(got) != 1 || !strings.HasPrefix(got[0], "Bo") {
		t.Errorf("those who may come: %q", got)
	}
	csv := v.get(list+"/export.csv?answer=accepted").want(t, 200, "Answer", "Aino", "Coming")
	if strings.Contains(csv.Body, "Cilla") || strings.Contains(csv.Body, "Bo") {
		t.Errorf("the export holds others: %s", csv.Body)
	}
	v.get("/organise/registrations/"+maybe.ID).want(t, 200, "by the link in the mail", "Answered: maybe")
}

func TestEveryAnswerHasASign(t *testing.T) {
	for _, a := range scheduling.InviteAnswers {
		if !templates.StateKnown("answer", string(a)) || answerFlash[a] == "" {
			t.Errorf("%s has no sign or no thanks", a)
		}
	}
}
