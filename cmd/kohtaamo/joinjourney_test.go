package main

import (
	"net/url"
	"strings"
	"testing"
)

// An applicant is somebody whose company joins the cluster, on their phone.
type applicant struct {
	*tab
	s                          *site
	lang, company, name, email string
}

// joinWords are what an applicant reads on the way, in each language.
var joinWords = map[string]struct {
	sent, confirm, waits, welcome, sign, signed, done, directory, none string
}{
	"fi": {"Yksi vaihe on jäljellä", "Onko tämä osoitteesi", "Hakemus on järjestäjillä.", "Tervetuloa", "Allekirjoitettavaksi", "Allekirjoitettu", "Sopimus on allekirjoitettu.", "on suostunut näkymään täällä", "Kukaan ei näy vielä"},
	"en": {"One step is left", "Is this your address", "The application is with the organisers.", "Welcome", "To sign", "Signed", "The agreement is signed.", "has agreed to be named here", "Nobody is listed yet"},
}

// TestJoinJourney is a company from its application to the directory of members:
// one applicant reads Finnish and wishes to be listed, the other English and
// does not, both on phones; who organises is at a desk.
func TestJoinJourney(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	aino := &applicant{s.b.tab(t, s.base, phone, "fi"), s, "fi", "Väisänen & O'Hara Oy", "Aino Väisänen", "aino@example.org"}
	bo := &applicant{s.b.tab(t, s.base, phone, "en"), s, "en", "Borealis Oy", "Bo O'Hara", "bo@example.org"}
	outi := s.b.tab(t, s.base, desktop, "fi")
	s.signIn(outi, organiserAt) // before the mails of the applications come
	aino.applies("2345670-5", "1")
	bo.applies("0737546-2", "")

	for _, v := range []*applicant{aino, bo} {
		outi.takesIn(v)
	}
	for _, v := range []*applicant{aino, bo} {
		v.signs()
	}
	aino.open("/clusters/circular/members")
	aino.says(aino.company, "1 jäsen", joinWords["fi"].directory)
	if strings.Contains(aino.text("main"), bo.company) {
		t.Errorf("the directory names who did not agree: %s", aino.text("main"))
	}
	bo.listsItself()
	aino.open("/clusters/circular/members?q=borealis")
	aino.says(bo.company)
}

// applies fills the form in and confirms it from the mail.
func (v *applicant) applies(businessID, listed string) {
	v.t.Helper()
	w := joinWords[v.lang]
	v.open("/clusters/circular")
	v.press(`main a[href="/clusters/circular/join"]`)
	v.fill(map[string]string{"company": v.company, "kind": "sme", "country": "FI", "business_id": businessID, "municipality": "Oulu", "motivation": "Etsimme kumppaneita.", "name": v.name, "email": v.email,
		"agreed": "1", "listed": listed})
	v.press("main form p.actions button")
	v.says(w.sent)
	v.open(v.s.link(v.s.letterAbout(v.email, w.confirm), "/join/"))
	v.says(v.company)
	v.press("main form p.actions button")
	v.says(w.waits)
}

// takesIn approves an application and sends the company its agreement.
func (v *tab) takesIn(a *applicant) {
	v.t.Helper()
	v.open("/organise")
	v.press(`main a[href^="/organise/memberships?"]`)
	v.open("/organise/memberships?state=applied&q=" + url.QueryEscape(strings.Fields(a.company)[0]))
	v.press(`main table a[href^="/organise/memberships/"]`)
	v.says(a.company, a.email)
	v.press(`form[action$="/approve"] button`)
	v.says("Hyväksytty.")
	v.press(`main a[href$="/agreement"]`)
	v.fill(map[string]string{"position": "CEO", "lang": a.lang})
	v.press(`main form p.actions button`)
	v.says("Luonnos on valmis.")
	v.press(`form[action$="/send"] button`)
	v.says("Lähetetty.")
}

// signs reads the agreement that the mail leads to, on the phone, and signs it.
func (v *applicant) signs() {
	v.t.Helper()
	w := joinWords[v.lang]
	v.s.letterAbout(v.email, w.welcome)
	v.open(v.s.link(v.s.letterAbout(v.email, w.sign), "/agreements/"))
	v.says(v.company, "CEO")
	v.fill(map[string]string{"name": v.name, "agreed": "1"})
	v.press("main form p.actions button")
	v.says(w.done)
	copied := v.s.letterAbout(v.email, w.signed)
	if !strings.Contains(copied.text, v.name) {
		v.t.Errorf("the copy does not say who signed: %s", copied.text)
	}
}

// listsItself signs in and lets everybody read of the company.
func (v *applicant) listsItself() {
	v.t.Helper()
	v.s.signIn(v.tab, v.email)
	v.open("/account")
	v.press(`main a[href^="/memberships/"]`)
	v.fill(map[string]string{"profile": "We mend drives.", "listed": "1"})
	v.press("main form p.actions button")
	v.says("Saved.")
}
