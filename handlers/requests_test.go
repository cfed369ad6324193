package handlers

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// A bout is a round in which companies book themselves, and two people of each
// of two companies at their browsers.
type bout struct {
	*house
	round    *scheduling.Round
	entrants [2]*scheduling.Entrant
	people   [2][2]*visitor
	ids      [2][2]string // of the people
}

func newBout(t *testing.T) *bout {
	t.Helper()
	b := &bout{house: newHouse(t)}
	root := scheduling.System("test")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	c := &scheduling.Cluster{Slug: "power", Name: both("Power"), Zone: houseZone}
	ok(b.desk.SaveCluster(t.Context(), root, c))
	in := &scheduling.Round{Title: both("Northern Power"), Zone: houseZone, ClusterIDs: []string{c.ID}, Way: scheduling.ByBooking, Minutes: 20,
		Days:   []scheduling.RoundDay{{Date: t0.AddDate(0, 0, 14).Format(time.DateOnly), Windows: []scheduling.Window{{From: "09:00", To: "11:00"}}}},
		Tables: []scheduling.Table{{Name: "Table 1", Kind: scheduling.AtTable}, {Name: "Table 2", Kind: scheduling.AtTable}}}
	var err error
	b.round, err = b.desk.SaveRound(t.Context(), root, in)
	ok(err)
	for _, phase := range []scheduling.RoundPhase{scheduling.RoundProfiles, scheduling.RoundRequests} {
		b.round, err = b.desk.SetPhase(t.Context(), root, b.round.ID, phase, "")
		ok(err)
	}
	for n, name := range []string{"Aurora", "Borealis"} {
		co := &scheduling.Company{Name: name, Kind: scheduling.SME, Country: "FI", ClusterIDs: in.ClusterIDs}
		ok(b.desk.SaveCompany(t.Context(), root, co))
		e := &scheduling.Entrant{RoundID: b.round.ID, CompanyID: co.ID}
		for k, email := range []string{"one@" + name + ".fi", "two@" + name + ".fi"} {
			p := &scheduling.Person{Email: strings.ToLower(email), Name: name + " " + string(rune('1'+k)), Lang: "en", CompanyID: co.ID, ClusterIDs: in.ClusterIDs}
			ok(b.desk.SavePerson(t.Context(), root, p))
			e.People, b.ids[n][k] = append(e.People, scheduling.Delegate{PersonID: p.ID}), p.ID
			b.people[n][k] = b.visitor(t)
			b.people[n][k].signIn(b.house, p.Email)
		}
		b.entrants[n], err = b.desk.Enter(t.Context(), root, e)
		ok(err)
	}
	return b
}

// my is an address of a company's own pages.
func (b *bout) my(path string) string { return "/rounds/" + b.round.Slug + "/my" + path }

// TestRequestsByHand goes from asking to a cancelled meeting by the pages alone.
func TestRequestsByHand(t *testing.T) {
	b := newBout(t)
	aurora, borealis := b.people[0][0], b.people[1][0]
	ask := "/requests/new?to=" + b.entrants[1].ID
	aurora.get(b.my(ask)).want(t, 200, "Borealis", "Must")
	aurora.post(b.my("/requests/new"), url.Values{"to": {b.entrants[1].ID}, "wish": {"nonsense"}, "message": {"<b>"}}).want(t, 422, "&lt;b&gt;")
	aurora.post(b.my("/requests/new"), url.Values{"to": {b.entrants[1].ID}, "wish": {"must"}, "message": {"Batteries <b>"}}).leads(t, b.my("/requests"))
	inbox := borealis.get(b.my("/requests")).want(t, 200, "To answer", "Aurora", "Batteries &lt;b&gt;")
	_, rest, _ := strings.Cut(inbox.Body, b.my("/requests/"))
	id, _, _ := strings.Cut(rest, `"`)
	borealis.get(b.my("/requests/"+id)).want(t, 200, "Accept and book")
	borealis.post(b.my("/requests/"+id+"/answer"), url.Values{"wish": {"want"}, "slot": {"20260101T0000Z"}}).want(t, 409, "The next common times are")
	borealis.post(b.my("/requests/"+id+"/answer"), url.Values{"wish": {"want"}}).leads(t, b.my("/requests"))

	day := aurora.get(b.my("/agenda")).want(t, 200, "Borealis", "Table 1", "Aurora 1")
	_, rest, _ = strings.Cut(day.Body, b.my("/meetings/"))
	meeting, _, _ := strings.Cut(rest, `"`)
	page := b.my("/meetings/" + meeting)
	aurora.get(page).want(t, 200, "one@borealis.fi", "Hand over to a colleague")
	aurora.get(b.my("/agenda.ics")).want(t, 200, "BEGIN:VEVENT", "Borealis")

	aurora.post(page+"/hand-over", url.Values{"to": {b.ids[0][1]}}).leads(t, page)
	b.people[0][1].get(b.my("/agenda.ics")).want(t, 200, "BEGIN:VEVENT")
	if got := aurora.get(b.my("/agenda.ics")); strings.Contains(got.Body, "BEGIN:VEVENT") {
		t.Error("who handed the meeting over still has it")
	}
	aurora.post(page+"/move", url.Values{"slot": {b.round.Slots[4].ID}, "message": {"Train"}}).leads(t, page)
	borealis.get(page).want(t, 200, "They ask to meet at another time", "Train")
	borealis.post(page+"/answer", url.Values{"yes": {"1"}}).leads(t, page)
	aurora.post(page+"/late", url.Values{"late": {"1"}}).want(t, 409)
	b.now = b.round.Slots[4].Starts.Add(-10 * time.Minute)
	aurora.post(page+"/late", url.Values{"late": {"1"}}).leads(t, page)
	borealis.get(page).want(t, 200, "Aurora is about 5 minutes late")
	aurora.post(page+"/cancel", url.Values{"reason": {"Ill"}}).leads(t, page)
	borealis.get(page).want(t, 200, "This meeting is cancelled", "Ill")
}

// TestRequestByMail answers with the link of a mail: looking changes nothing.
func TestRequestByMail(t *testing.T) {
	b := newBout(t)
	b.people[0][0].post(b.my("/requests/new"), url.Values{"to": {b.entrants[1].ID}, "wish": {"want"}}).leads(t, b.my("/requests"))
	m := b.lastMail(t, "one@borealis.fi")
	link := strings.TrimPrefix(m.Letter.Button.URL, b.BaseURL)
	anybody := b.visitor(t)
	for range 2 {
		anybody.get(link+"?as=want").want(t, 200, "Aurora", "Accept and book")
	}
	anybody.get(link+"x").want(t, 404)
	anybody.post(link, url.Values{"wish": {"want"}}).leads(t, link)
	anybody.post(link, url.Values{"wish": {"want"}}).leads(t, link)
	anybody.get(link).want(t, 200, "Table 1", "nothing to answer")
}

// TestRequestPagesAreTheirOwn shows strangers and delegates who do not manage
// what does not exist.
func TestRequestPagesAreTheirOwn(t *testing.T) {
	b := newBout(t)
	stranger := b.person(t, "stranger@example.fi")
	for _, path := range []string{"/requests", "/requests/new?to=" + b.entrants[1].ID, "/agenda", "/agenda.ics", "/meetings/x"} {
		stranger.get(b.my(path)).want(t, 404)
	}
	second := b.people[0][1]
	second.get(b.my("/requests")).want(t, 404)
	second.get(b.my("/agenda")).want(t, 200)
	second.post(b.my("/requests/new"), url.Values{"to": {b.entrants[1].ID}, "wish": {"want"}}).want(t, 404)
}

var roundLinksIn = regexp.MustCompile(`href="(/rounds/[^"#]+)"`)

// TestRoundOffersWhatItGives follows every link of an entrant's home and of
// another's entry, as one who manages and as one who does not, before the day
// and after it: nothing that is offered is refused.
func TestRoundOffersWhatItGives(t *testing.T) {
	b := newBout(t)
	b.people[0][0].post(b.my("/requests/new"), url.Values{"to": {b.entrants[1].ID}, "wish": {"want"}}).leads(t, b.my("/requests"))
	follow := func(who *visitor, path string) (seen []string) {
		t.Helper()
		for _, m := range roundLinksIn.FindAllStringSubmatch(who.get(path).want(t, 200).Body, -1) {
			to := strings.ReplaceAll(m[1], "&amp;", "&")
			if a := who.get(to); a.Status != 200 {
				t.Errorf("%s offers %s, which answers %d", path, to, a.Status)
			}
			seen = append(seen, to)
		}
		return seen
	}
	offers := func(who *visitor, path string, want bool) {
		t.Helper()
		if got := slices.Contains(follow(who, b.my("")), b.my(path)); got != want {
			t.Errorf("the home offers %s: %v, want %v", path, got, want)
		}
	}
	first, second := b.people[0][0], b.people[0][1]
	for _, who := range []*visitor{first, second, b.people[1][0], b.people[1][1]} {
		follow(who, "/rounds/"+b.round.Slug)
		follow(who, "/rounds/"+b.round.Slug+"/catalogue/"+b.entrants[1].ID)
	}
	offers(first, "/requests", true)
	offers(second, "/requests", false)
	offers(second, "/agenda", true)
	offers(second, "/outcomes", false)
	b.now = b.round.Ends.Add(time.Hour)
	if _, err := b.desk.MoveRounds(t.Context(), b.now); err != nil {
		t.Fatal(err)
	}
	offers(first, "/outcomes", true)
	offers(second, "/outcomes", true)
}
