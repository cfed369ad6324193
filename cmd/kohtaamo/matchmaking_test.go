package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kohtaamo/scheduling"
)

// A market is a round of B2B meetings in which companies ask each other.
type market struct {
	round *scheduling.Round
	bo    *scheduling.Entrant // who is to be found; Aino's company is not in yet
}

// newMarket opens a round in ten days, with three companies in it and a fourth
// whose Aino may enter.
func (s *site) newMarket() *market {
	s.t.Helper()
	h := openHouse(s.t, s.database)
	defer h.close()
	ctx, by := s.t.Context(), scheduling.System("test")
	clusters, err := h.desk.Clusters(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	r := scheduling.NewRound(clusters[0], time.Now().AddDate(0, 0, 10))
	r.Title = tr("Arctic partners", "Arktiset kumppanit")
	r.Days[0].Windows, r.Tables = []scheduling.Window{{From: "09:00", To: "12:00"}}, demoTables(3)
	if r, err = h.desk.SaveRound(ctx, by, r); err != nil {
		s.t.Fatal(err)
	}
	for _, phase := range []scheduling.RoundPhase{scheduling.RoundProfiles, scheduling.RoundRequests} {
		if r, err = h.desk.SetPhase(ctx, by, r.ID, phase, ""); err != nil {
			s.t.Fatal(err)
		}
	}
	m := &market{round: r}
	for _, name := range []string{"Bo Bergström", "Cecilia O'Hara", "Daavid Niemi"} {
		e := s.enters(h, r, s.employ(h, name, "en"))
		if m.bo == nil {
			m.bo = e
		}
	}
	s.employ(h, "Aino Väisänen", "fi")
	return m
}

// employ makes somebody of a company named after them, with the address
// FIRSTNAME@example.org.
func (s *site) employ(h *house, name, lang string) *scheduling.Person {
	s.t.Helper()
	first, last, _ := strings.Cut(name, " ")
	c := &scheduling.Company{Name: last + " Oy", Kind: scheduling.SME, Country: "FI"}
	p := &scheduling.Person{Email: strings.ToLower(first) + "@example.org", Name: name, Lang: lang}
	err := h.desk.SaveCompany(s.t.Context(), scheduling.System("test"), c)
	if p.CompanyID = c.ID; err == nil {
		err = h.desk.SavePerson(s.t.Context(), scheduling.System("test"), p)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) enters(h *house, r *scheduling.Round, p *scheduling.Person) *scheduling.Entrant {
	s.t.Helper()
	e, err := h.desk.Enter(s.t.Context(), p.Actor(), &scheduling.Entrant{RoundID: r.ID, CompanyID: p.CompanyID, Needs: []string{"Battery recycling"}})
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

// letterAbout is the next mail to the address whose subject has the words; those
// before it are left aside.
func (s *site) letterAbout(to, words string) letter {
	s.t.Helper()
	for {
		l := s.letter(to)
		if strings.Contains(l.subject, words) {
			return l
		}
	}
}

// TestMatchmaking is a round of B2B meetings from a company's profile to what
// came of its meeting, on a phone in Finnish, and on a desktop in English.
func TestMatchmaking(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	m := s.newMarket()
	home, desk := "/rounds/"+m.round.Slug, "/organise/rounds/"+m.round.ID

	aino := s.b.tab(t, s.base, phone, "fi")
	aino.finds(s, m, home)
	bo := s.b.tab(t, s.base, desktop, "en")
	bo.open(s.link(s.letterAbout("bo@example.org", "Väisänen Oy wants to meet you"), "/b2b/"))
	bo.says("Väisänen Oy", "Let us talk about batteries")
	bo.press("main form .actions button")
	bo.says("Accepted.")
	s.letterAbout("aino@example.org", "Bergström Oy hyväksyi")

	outi := s.b.tab(t, s.base, desktop, "en")
	s.signIn(outi, organiserAt)
	outi.solves(desk)
	moved := outi.moves()
	outi.press(`main .head a[href*="/proposals/"]`)
	outi.do(chromedp.Click(chromedp.CSS("button[value=publish]"), chromedp.NodeVisible))
	outi.press("dialog button.danger, dialog button.filled")
	outi.says("published")

	must(t, "jobs", "run", "agendas", "--base-url", s.base, s.database) // not to wait for its minute
	if l := s.letterAbout("aino@example.org", "Tapaamisesi"); !strings.Contains(l.text, "Bergström Oy") {
		t.Errorf("the agenda does not say whom Aino meets: %s", l.text)
	}
	aino.holds(m, moved)
	s.later(m.round.Ends.Add(2 * time.Hour))
	s.tellOutcomes(desk)
}

// finds enters Aino's company, says what it offers, and asks for a meeting with
// whom she finds in the catalogue.
func (v *tab) finds(s *site, m *market, home string) {
	v.t.Helper()
	s.signIn(v, "aino@example.org")
	v.open(home + "/enter")
	v.fill(map[string]string{"title": "Toimitusjohtaja", "languages": "en"})
	v.press("main form p.actions button")
	v.says("Väisänen Oy", "Etsi kumppanit")
	v.press(`main aside a[href$="/my/profile"]`)
	v.fill(map[string]string{"about.fi": "Kierrätämme akkuja.", "offers": "Recycling of batteries", "needs": "Robots"})
	v.press("main form p.actions button")
	v.open(home + "/my")
	v.press(`main .grid a[href$="/catalogue"]`)
	v.press(`main .grid a[href$="/catalogue/` + m.bo.ID + `"]`)
	v.press(`main a[href*="/my/requests/new"]`)
	v.fill(map[string]string{"wish": "must", "message": "Let us talk about batteries"})
	v.press("main form p.actions button")
	v.says("Pyyntö on lähetetty.", "Bergström Oy")
}

// solves ends the asking and has a schedule made.
func (v *tab) solves(desk string) {
	v.t.Helper()
	v.open(desk + "/phase?to=scheduling")
	v.press("main form p.actions button")
	v.open(desk + "/proposals")
	v.fill(map[string]string{"name": "First", "budget": "5"})
	v.press(`main aside form p.actions button`)
	v.do(chromedp.WaitVisible(chromedp.CSS(`main a[href*="/board?proposal="]`)))
	v.press(`main a[href*="/board?proposal="]`)
}

// moves carries the only meeting of the board two slots on by keys alone, and
// gives the slot where it is then.
func (v *tab) moves() (slot string) {
	v.t.Helper()
	v.tabTo(`document.activeElement.matches("td[data-table]")`)
	const way = `(() => {
		const here = document.activeElement, there = document.querySelector("td .meet").closest("td");
		return [there.parentElement.rowIndex - here.parentElement.rowIndex, there.cellIndex - here.cellIndex];
	})()`
	by := eval[[]int](v, way)
	v.do(chromedp.KeyEvent(strings.Repeat(kb.ArrowDown, by[0]) + strings.Repeat(kb.ArrowRight, by[1])))
	v.do(chromedp.KeyEvent(kb.Enter))
	if said := v.text("#judge span"); !strings.HasPrefix(said, "Picked up: ") || !strings.Contains(said, "Bergström Oy") {
		v.t.Errorf("the board says %q of what was picked up", said)
	}
	back := eval[bool](v, `document.activeElement.parentElement.rowIndex > 3`)
	key := kb.ArrowDown
	if back {
		key = kb.ArrowUp
	}
	v.do(chromedp.KeyEvent(key+key), chromedp.WaitVisible(chromedp.CSS("td:focus.fits")))
	if said := v.text("#judge span"); !strings.HasSuffix(said, ": fits.") {
		v.t.Errorf("the board says %q of a free place", said)
	}
	slot = eval[string](v, `document.activeElement.parentElement.dataset.slot`)
	v.do(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(`tr[data-slot="`+slot+`"] td:focus .meet`)))
	if said := v.text("#judge span"); said != "Moved" {
		v.t.Errorf("the board says %q of a move", said)
	}
	return slot
}

// holds makes a calendar of somebody's meetings and finds theirs in it, at the
// time that it was moved to.
func (v *tab) holds(m *market, slot string) {
	v.t.Helper()
	v.open("/account/feeds/new")
	eval[bool](v, `(document.querySelectorAll("[name=scopes]").forEach(i => i.checked = i.value === "meetings"), true)`)
	v.press("main form p.actions button")
	feed := eval[string](v, `fetch(document.body.innerHTML.match(/[/]feeds[/][^"'<> ]+[.]ics/)[0]).then(r => r.text())`)
	at, ok := m.round.Slot(slot)
	if !ok || strings.Count(feed, "BEGIN:VEVENT") != 1 || !strings.Contains(feed, "Bergström Oy") ||
		!strings.Contains(feed, at.Starts.In(m.round.Location()).Format("DTSTART;TZID=Europe/Helsinki:20060102T150405")) {
		v.t.Errorf("the calendar does not hold the meeting at %s:\n%s", slot, feed)
	}
}

// later lets the house be served by a clock that shows t now.
func (s *site) later(t time.Time) {
	s.t.Helper()
	s.server.end(s.t)
	ahead := time.Until(t)
	s.server = startAt(s.t, func() time.Time { return time.Now().Add(ahead) }, s.database, "--mail=dir:"+s.mail)
	s.base = s.server.base
}

// tellOutcomes has both sides say by their mailed links that they met, which the
// organiser then sees.
func (s *site) tellOutcomes(desk string) {
	s.t.Helper()
	for _, side := range []struct {
		screen
		lang, email, subject, saved string
	}{
		{phone, "fi", "aino@example.org", "Mitä tapaamisistasi seurasi?", "Vastauksesi on tallennettu."},
		{desktop, "en", "bo@example.org", "What came of your meetings?", "It is saved."},
	} {
		v := s.b.tab(s.t, s.base, side.screen, side.lang)
		v.open(s.link(s.letterAbout(side.email, side.subject), "/outcomes/"))
		v.press("main form button[value=met]")
		v.fill(map[string]string{"step": "contact"})
		v.press("main form button[value=save]")
		v.says(side.saved)
	}
	outi := s.b.tab(s.t, s.base, desktop, "en")
	s.signIn(outi, organiserAt)
	outi.open(desk)
	outi.press(`nav.tabs a[href$="/outcomes"]`)
	outi.says("1 held", "Contact made")
}
