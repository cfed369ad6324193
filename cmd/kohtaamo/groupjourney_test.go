package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"kohtaamo/scheduling"
)

// newWorkingGroup makes a group of two members, one for each language.
func (s *site) newWorkingGroup() *scheduling.Group {
	s.t.Helper()
	h := openHouse(s.t, s.database)
	defer h.close()
	ctx, by := s.t.Context(), scheduling.System("test")
	clusters, err := h.desk.Clusters(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	g := &scheduling.Group{Slug: "construction", Kind: "working", ClusterID: clusters[0].ID, Name: tr("Construction", "Rakentaminen")}
	for name, lang := range map[string]string{"aino": "fi", "bo": "en"} {
		p := &scheduling.Person{Name: strings.ToUpper(name[:1]) + name[1:], Email: name + "@example.org", Lang: lang}
		if err := h.desk.SavePerson(ctx, by, p); err != nil {
			s.t.Fatal(err)
		}
		g.Members = append(g.Members, p.ID)
	}
	if err := h.desk.SaveGroup(ctx, by, g); err != nil {
		s.t.Fatal(err)
	}
	return g
}

// TestGroupJourney is a working group's meeting on phones, from the poll for its
// date to what somebody promised there: one member reads Finnish, the other
// English; who plans it reads Finnish before the meeting and English after it.
func TestGroupJourney(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.newWorkingGroup()
	starts := time.Now().AddDate(0, 0, 9)
	day, group := starts.Format(time.DateOnly), "/groups/"+g.ID

	outi := s.b.tab(t, s.base, phone, "fi")
	s.signIn(outi, organiserAt)
	outi.open(group + "/records")
	outi.press(`main a[href="` + group + `/polls/new"]`)
	outi.fill(map[string]string{"title.fi": "Kevätkokous", "title.en": "Spring meeting", "times.0.at_day": day, "times.0.at_time": "09:00",
		"times.1.at_day": starts.AddDate(0, 0, 1).Format(time.DateOnly), "times.1.at_time": "13:00"})
	outi.press("main form p.actions button")
	outi.says("Jäseniltä kysytään nyt.", "2 jäsentä ei ole vastannut")
	poll := outi.path()

	for _, m := range []struct{ email, lang, asks, heading, thanks string }{
		{"aino@example.org", "fi", "Mikä aika sopii?", "Mitkä ajat sopivat sinulle?", "Kiitos, vastaus on tallennettu."},
		{"bo@example.org", "en", "Which time suits you?", "Which times suit you?", "Thank you, your answer is saved."},
	} {
		v := s.b.tab(t, s.base, phone, m.lang)
		v.open(s.link(s.letterAbout(m.email, m.asks), "/poll/"))
		v.says(m.heading)
		eval[bool](v, `(document.querySelectorAll("fieldset").forEach((f, i) => f.querySelector("[value=" + (i ? "no" : "yes") + "]").checked = true), true)`)
		v.press("main form p.actions button")
		v.says(m.thanks)
	}

	s.letterAbout(organiserAt, "Valitse aika: Kevätkokous")
	outi.open(poll)
	outi.says("Kaikki jäsenet ovat vastanneet.", "Sopii 2, tarvittaessa 0, ei sovi 0")
	outi.press(`form[action$="/close"] button`)
	outi.says("Kokous on jäsenten kalentereissa.", "9.00–10.30")
	record := outi.path()
	s.letterAbout("bo@example.org", "The time is chosen: Spring meeting").invites(t, "bo@example.org")
	outi.open(record + "/agenda")
	outi.fill(map[string]string{"agenda.0.title": "Puun uusiokäyttö", "agenda.0.minutes": "45"})
	outi.press("main form p.actions button")
	outi.press(`form[action$="/agenda/mail"] button`)
	if agenda := s.letterAbout("aino@example.org", "Asialista: Kevätkokous"); !strings.Contains(agenda.text, "1. Puun uusiokäyttö (45 min)") {
		t.Errorf("the agenda says %s", agenda.text)
	}

	s.later(time.Date(starts.Year(), starts.Month(), starts.Day(), 12, 0, 0, 0, time.UTC))
	outi = s.b.tab(t, s.base, phone, "en")
	s.signIn(outi, organiserAt)
	outi.writesUp(record)
	bo := s.b.tab(t, s.base, phone, "en")
	bo.open(s.link(s.letterAbout("bo@example.org", "For you to do: Ask the city"), "/action/"))
	bo.fill(map[string]string{"note": "They say yes."})
	bo.press("main form p.actions button")
	bo.says("it is noted as done", "They say yes.")
	minutes := s.letterAbout("aino@example.org", "Pöytäkirja: Kevätkokous")
	if !strings.Contains(minutes.text, "Jatketaan.") || strings.Contains(minutes.text, "**") {
		t.Errorf("the minutes say %s", minutes.text)
	}
	outi.open(group + "/actions?view=done")
	outi.says("Ask the city", "Done")
}

// writesUp takes attendance, writes the minutes with a decision and an action
// item, approves and mails them.
func (v *tab) writesUp(record string) {
	v.t.Helper()
	v.open(record + "/attendance")
	v.press(`#p0 button[value="present"]`)
	v.press(`#p1 button[value="remote"]`)
	v.says("2 people took part")
	v.open(record + "/minutes")
	v.fill(map[string]string{"minutes": "## Puu\n\nKaupungilla on **kaksi** tonttia.", "decisions.0": "Jatketaan."})
	v.press(`button[name="preview"]`)
	v.says("Preview", "Kaupungilla on kaksi tonttia.")
	v.press("main form p.actions button.filled")
	v.says("Saved.", "Jatketaan.")
	eval[bool](v, `(document.querySelectorAll("details").forEach(d => d.open = true), true)`)
	eval[bool](v, `(([...document.querySelectorAll("[name=owner] option")].find(o => o.text.trim() === "Bo").selected = true), true)`)
	v.fill(map[string]string{"what": "Ask the city", "due": time.Now().AddDate(0, 0, 30).Format(time.DateOnly)})
	v.press(`form[action$="/actions"] button`)
	v.press(`button[value="hold"]`)
	v.do(chromedp.Click(chromedp.CSS(`button[value="approve"]`), chromedp.NodeVisible))
	v.press("dialog button.danger")
	v.says("The minutes are approved.")
	v.press(`form[action$="/minutes/mail"] button`)
	v.says("The minutes are on their way to the members.")
}
