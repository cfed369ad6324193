package handlers

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// A market is a round with four companies whose requests are agreed.
type market struct {
	*house
	r              *scheduling.Round
	es             []*scheduling.Entrant
	boss, stranger *visitor
	base           string
}

func newMarket(t testing.TB) *market {
	t.Helper()
	h := newHouse(t)
	mine, theirs := h.newCluster(t, "automotive", "Automotive"), h.newCluster(t, "circular", "Circular")
	m := &market{house: h}
	r := scheduling.NewRound(mine, t0.AddDate(0, 0, 30))
	r.Title = scheduling.Text{"en": "Northern Power", "fi": "Pohjoisen voima"}
	r.Days[0].Windows = []scheduling.Window{{From: "09:00", To: "11:00"}}
	var err error
	if m.r, err = h.desk.SaveRound(t.Context(), root, r); err != nil {
		t.Fatal(err)
	}
	m.phase(t, scheduling.RoundProfiles)
	m.phase(t, scheduling.RoundRequests)
	for n := range 4 {
		m.es = append(m.es, m.enters(t, mine, n))
	}
	for i := 1; i < 4; i++ {
		m.agrees(t, i, 0)
	}
	m.base = "/organise/rounds/" + m.r.ID
	m.boss = h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: mine.ID})
	m.stranger = h.person(t, "oskari@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: theirs.ID})
	return m
}

func (m *market) phase(t testing.TB, p scheduling.RoundPhase) {
	t.Helper()
	if _, err := m.desk.SetPhase(t.Context(), root, m.r.ID, p, ""); err != nil {
		t.Fatal(err)
	}
}

// enters enters the nth company with one person.
func (m *market) enters(t testing.TB, c *scheduling.Cluster, n int) *scheduling.Entrant {
	t.Helper()
	company := &scheduling.Company{Name: fmt.Sprintf("Company %d", n), Kind: scheduling.SME, Country: "FI"}
	if err := m.desk.SaveCompany(t.Context(), root, company); err != nil {
		t.Fatal(err)
	}
	p := &scheduling.Person{Email: fmt.Sprintf("person%d@example.org", n), Name: fmt.Sprintf("Person %d", n), Lang: "en", CompanyID: company.ID}
	if err := m.desk.SavePerson(t.Context(), root, p); err != nil {
		t.Fatal(err)
	}
	e, err := m.desk.Enter(t.Context(), root, &scheduling.Entrant{RoundID: m.r.ID, CompanyID: company.ID, People: []scheduling.Delegate{{PersonID: p.ID, Languages: []string{"en"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// agrees has one ask and the other agree, and gives the request's id.
func (m *market) agrees(t testing.TB, from, to int) string {
	t.Helper()
	q, err := m.desk.SendRequest(t.Context(), root, m.es[from].ID, scheduling.Ask{To: m.es[to].ID, Wish: scheduling.Want})
	if err == nil {
		_, err = m.desk.AnswerRequest(t.Context(), root, m.es[to].ID, q.ID, scheduling.Reply{Wish: scheduling.Want})
	}
	if err != nil {
		t.Fatal(err)
	}
	return q.ID
}

// made is a proposal that was asked for on its page and has been solved.
func (m *market) made(t testing.TB) *scheduling.Proposal {
	t.Helper()
	m.boss.post(m.base+"/proposals", url.Values{"once": {"form"}, "name": {"First"}, "budget": {"5"}, "seed": {"1"}}).want(t, 303)
	if worked, err := m.desk.SolveNext(t.Context()); err != nil || !worked {
		t.Fatalf("solved: %v, %v", worked, err)
	}
	list, err := m.desk.Proposals(t.Context(), root, m.r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list.Proposals[0]
}

// TestScheduleJourney makes a schedule, moves a meeting, publishes it, and looks
// at everything that comes of it.
func TestScheduleJourney(t *testing.T) {
	m := newMarket(t)
	m.boss.get(m.base+"/proposals").want(t, 200, "3 agreed requests", "No proposal yet")
	m.boss.post(m.base+"/proposals", url.Values{"seed": {"x"}, "budget": {"5"}}).want(t, 422)
	p := m.made(t)
	page := m.base + "/proposals/" + p.ID
	m.boss.get(page).want(t, 200, "First", "No schedule can be better: this is proven.")

	board := m.boss.get(m.base+"/board?proposal="+p.ID).want(t, 200, "Company 1 – Company 0")
	if strings.Contains(board.Body, "What does not fit") {
		t.Error("the board has faults")
	}
	x := p.Placed[0]
	free := m.r.Slots[4].ID
	move := url.Values{"proposal": {p.ID}, "key": {x.Key()}, "rev": {fmt.Sprint(p.Rev)}, "slot": {free}, "table": {x.Table}}
	m.boss.get(m.base+"/board/judge?"+move.Encode()).want(t, 200, `"ok":true`)
	m.boss.post(m.base+"/board/move", move).leads(t, m.base+"/board?proposal="+p.ID)
	json := map[string]string{"Accept": "application/json"}
	m.boss.send("POST", m.base+"/board/move", move, json).want(t, 409, `"ok":false`) // the revision is gone
	move.Set("rev", "")
	move.Set("slot", p.Placed[1].Slot)
	m.boss.send("POST", m.base+"/board/move", move, json).want(t, 409, "Company 0")
	m.boss.get(m.base+"/board/meeting?proposal="+p.ID+"&key="+x.Key()).want(t, 200, "Places that break nothing")
	m.boss.post(m.base+"/board/pin", url.Values{"proposal": {p.ID}, "key": {x.Key()}, "on": {"1"}}).want(t, 303)
	m.boss.get(m.base+"/board/meeting?proposal="+p.ID+"&key="+x.Key()).want(t, 200, "A pinned meeting stays")

	m.boss.post(page+"/do", url.Values{"do": {"copy"}}).want(t, 303)
	m.boss.post(page+"/do", url.Values{"do": {"publish"}}).leads(t, page)
	m.boss.post(page+"/do", url.Values{"do": {"publish"}}).leads(t, page)
	m.boss.get(page).want(t, 200, "published")
	m.boss.get(m.base+"/board").want(t, 200, "Company 1 – Company 0")
	m.boss.get(m.base+"/proposals/compare?a=published&b="+p.ID).want(t, 200, "The two are the same.")
	m.boss.get(m.base+"/matrix").want(t, 200, "Company 0 and Company 1: wants")
	m.boss.get(m.base+"/print/agendas").want(t, 200, "Person 0", "Company 3")
	m.boss.get(m.base+"/print/tables").want(t, 200, "Person 0")
	m.boss.get(m.base+"/print/slots").want(t, 200, "Company 3")
	m.boss.get(m.base+"/schedule.csv").want(t, 200, "Person 1", "wants")
	m.boss.get(m.base+"/schedule.xlsx").want(t, 200)
	m.boss.visitor(t, "fi").get(m.base+"/board").want(t, 200, "Aikataulu")
}

// TestMakeRoomPage places a request for which nothing is free: the button leads
// to what would move, and whoever agrees has it done.
func TestMakeRoomPage(t *testing.T) {
	m := newMarket(t)
	p := m.made(t)
	late := m.agrees(t, 1, 2)
	if _, err := m.desk.Publish(t.Context(), root, p.ID); err != nil {
		t.Fatal(err)
	}
	m.crowd(t)
	meeting := m.base + "/board/meeting?key=" + late
	m.boss.post(m.base+"/board/best", url.Values{"key": {late}}).leads(t, meeting)
	page := m.boss.get(meeting).want(t, 200, "There is no free place", "With 1 other meeting moved", "Company 0", "this is proven", "is told by mail")
	m.boss.visitor(t, "fi").get(meeting).want(t, 200, "Siirrä ne ja sijoita tämä")
	agreed := url.Values{"key": {late}, "seen": {"x"}}
	m.boss.post(m.base+"/board/room", agreed).leads(t, meeting)
	m.boss.get(meeting).want(t, 200, "Look again at what would move")
	seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(page.Body)
	if seen == nil {
		t.Fatal("the page does not say what was seen")
	}
	agreed.Set("seen", seen[1])
	m.boss.post(m.base+"/board/room", agreed).leads(t, meeting)
	m.boss.get(meeting).want(t, 200, "Placed", "Places that break nothing")
}

// crowd takes away time from companies 1 and 2, so that their only common slot is
// one in which one of them meets company 0.
func (m *market) crowd(t testing.TB) {
	t.Helper()
	table, err := m.desk.Timetable(t.Context(), root, m.r.ID)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, x := range table.Meetings {
		for _, id := range x.EntrantIDs {
			at[id] = x.Slot
		}
	}
	for _, e := range []*scheduling.Entrant{m.es[1], m.es[2]} {
		var away []string
		for _, s := range m.r.Slots {
			if s.ID != at[m.es[1].ID] && s.ID != at[e.ID] && (e == m.es[2] || s.ID != m.r.Slots[4].ID) {
				away = append(away, s.ID)
			}
		}
		if _, err := m.desk.SetAvailability(t.Context(), root, e.ID, e.People[0].PersonID, away, false); err != nil {
			t.Fatal(err)
		}
	}
}

// visitor is the same person reading another language.
func (v *visitor) visitor(t testing.TB, lang string) *visitor {
	return &visitor{t: t, app: v.app, cookies: v.cookies, lang: lang}
}

// TestLivePage marks meetings on the day, and books one on the spot.
func TestLivePage(t *testing.T) {
	m := newMarket(t)
	p := m.made(t)
	if _, err := m.desk.Publish(t.Context(), root, p.ID); err != nil {
		t.Fatal(err)
	}
	slot, ok := m.r.Slot(p.Placed[0].Slot)
	if !ok {
		t.Fatal("no such slot")
	}
	m.now = slot.Starts.Add(time.Minute)
	m.boss.signIn(m.house, "outi@example.fi")
	m.boss.get(m.base+"/live").want(t, 200, "Tables now", "Held")
	l, err := m.desk.Live(t.Context(), root, m.r.ID)
	if err != nil {
		t.Fatal(err)
	}
	meeting := l.Today[0]
	mark := func(do, entrant string) {
		t.Helper()
		m.boss.post(m.base+"/live/mark", url.Values{"meeting": {meeting.ID}, "do": {do}, "entrant": {entrant}}).leads(t, m.base+"/live")
	}
	mark("late", meeting.EntrantIDs[0])
	m.boss.get(m.base+"/live").want(t, 200, "wait state\">late")
	mark("absent", meeting.EntrantIDs[1])
	m.boss.get(m.base+"/live").want(t, 200, "Did not come", "not held")
	mark("published", "")
	mark("held", "")
	m.boss.post(m.base+"/live/mark", url.Values{"meeting": {"x"}, "do": {"held"}}).want(t, 404)
	walkIn := url.Values{"a": {l.Free[0].ID}, "b": {l.Free[0].ID}, "slot": {l.At.ID}}
	m.boss.post(m.base+"/live/walkin", walkIn).want(t, 422, "Choose two different companies")
	walkIn.Set("b", l.Free[1].ID)
	m.boss.post(m.base+"/live/walkin", walkIn).leads(t, m.base+"/live")
	m.stranger.signIn(m.house, "oskari@example.fi")
	m.stranger.post(m.base+"/live/walkin", walkIn).want(t, 404)
}

// TestSchedulesOfOthers tries every page as another cluster's organiser.
func TestSchedulesOfOthers(t *testing.T) {
	m := newMarket(t)
	p := m.made(t)
	one := "/proposals/" + p.ID
	for _, path := range []string{"/board", "/board?proposal=" + p.ID, "/board/judge?key=x", "/board/meeting?key=" + p.Placed[0].Key(), "/proposals", one, "/proposals/compare?a=" + p.ID + "&b=published",
		"/matrix", "/live", "/schedule.csv", "/schedule.xlsx", "/print/agendas", "/print/tables", "/print/slots"} {
		m.stranger.get(m.base+path).want(t, 404)
	}
	move := url.Values{"proposal": {p.ID}, "key": {p.Placed[0].Key()}, "slot": {""}}
	for _, path := range []string{"/board/move", "/board/best", "/board/room", "/board/pin", "/proposals", one + "/do"} {
		for _, do := range []string{"publish", "delete", "stop", "copy", "rename"} {
			move.Set("do", do)
			m.stranger.post(m.base+path, move).want(t, 404)
		}
	}
	if got, err := m.desk.Proposal(t.Context(), root, p.ID); err != nil || got.Proposal.Rev != p.Rev {
		t.Errorf("a stranger changed the proposal: %v", err)
	}
}
