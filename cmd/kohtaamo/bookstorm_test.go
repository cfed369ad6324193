package main

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// TestBookStorm has companies accept a thousand requests at once, by the links
// in their mails, in a round with far fewer places: everybody asks for the same
// first times. Nobody and no table may be booked twice, and every answer has to
// be true.
func TestBookStorm(t *testing.T) {
	companies, each := 100, 10
	if testing.Short() || raceDetector {
		companies, each = 24, 6
	}
	engines(t, func(t *testing.T, db string) {
		b := newBookStorm(t, db, companies, each)
		s := start(t, db, "--mail=dir:"+filepath.Join(t.TempDir(), "mail"), "--proxy-header=X-Forwarded-For")
		begun := time.Now()
		told := b.storm(t, s.base)
		t.Logf("%d requests were accepted at once and read in %v", len(told), time.Since(begun).Round(time.Millisecond))
		s.end(t)
		if !t.Failed() {
			b.wantTrue(t, db, told)
		}
	})
}

// A bookStorm is a round whose entrants have asked each other, with the links to
// answer by.
type bookStorm struct {
	entrants []string
	links    []string // paths
}

var stormer = scheduling.System("test")

func newBookStorm(t *testing.T, db string, companies, each int) *bookStorm {
	t.Helper()
	h := openHouse(t, db)
	defer h.close()
	r := newBookedRound(t, h, companies/5)
	b := &bookStorm{}
	for n := range companies {
		b.entrants = append(b.entrants, enterStorm(t, h, r, n))
	}
	for n, from := range b.entrants {
		for k := range each {
			to := b.entrants[(n+k+1)%companies]
			if _, err := h.desk.SendRequest(t.Context(), stormer, from, scheduling.Ask{To: to, Wish: scheduling.Want}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for after := ""; ; {
		list, next, err := h.outbox.List(t.Context(), mailer.Filter{Kind: "request.received", Limit: 100, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			u, err := url.Parse(m.Letter.Button.URL)
			if err != nil {
				t.Fatal(err)
			}
			b.links = append(b.links, u.Path)
		}
		if after = next; after == "" {
			break
		}
	}
	if len(b.links) != companies*each {
		t.Fatalf("%d requests were mailed, want %d", len(b.links), companies*each)
	}
	return b
}

// newBookedRound is a round of twelve slots in which companies book themselves.
func newBookedRound(t *testing.T, h *house, tables int) *scheduling.Round {
	t.Helper()
	c := &scheduling.Cluster{Slug: "power", Name: tr("Power", "Voima"), Zone: "Europe/Helsinki"}
	if err := h.desk.SaveCluster(t.Context(), stormer, c); err != nil {
		t.Fatal(err)
	}
	in := &scheduling.Round{Title: tr("Power", "Voima"), Zone: "Europe/Helsinki", ClusterIDs: []string{c.ID}, Way: scheduling.ByBooking, Minutes: 15,
		Days: []scheduling.RoundDay{{Date: time.Now().AddDate(0, 1, 0).Format(time.DateOnly), Windows: []scheduling.Window{{From: "09:00", To: "12:00"}}}}}
	for n := range tables {
		in.Tables = append(in.Tables, scheduling.Table{Name: fmt.Sprintf("Table %02d", n+1), Kind: scheduling.AtTable})
	}
	r, err := h.desk.SaveRound(t.Context(), stormer, in)
	if err != nil {
		t.Fatal(err)
	}
	for _, phase := range []scheduling.RoundPhase{scheduling.RoundProfiles, scheduling.RoundRequests} {
		if r, err = h.desk.SetPhase(t.Context(), stormer, r.ID, phase, ""); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// enterStorm enters company n with one person, and gives the entrant's id.
func enterStorm(t *testing.T, h *house, r *scheduling.Round, n int) string {
	t.Helper()
	c := &scheduling.Company{Name: fmt.Sprintf("Company %03d", n), Kind: scheduling.SME, Country: "FI", ClusterIDs: r.ClusterIDs}
	if err := h.desk.SaveCompany(t.Context(), stormer, c); err != nil {
		t.Fatal(err)
	}
	p := &scheduling.Person{Email: address(n), Name: fmt.Sprintf("Person %03d", n), Lang: "en", CompanyID: c.ID, ClusterIDs: r.ClusterIDs}
	if err := h.desk.SavePerson(t.Context(), stormer, p); err != nil {
		t.Fatal(err)
	}
	e, err := h.desk.Enter(t.Context(), stormer, &scheduling.Entrant{RoundID: r.ID, CompanyID: c.ID, People: []scheduling.Delegate{{PersonID: p.ID, Languages: []string{"en"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// storm accepts everything at once and gives the page that each answer led to.
func (b *bookStorm) storm(t *testing.T, base string) map[string]string {
	c := newCrowd(base, 200)
	defer c.close()
	told := make([]string, len(b.links))
	var wg sync.WaitGroup
	for n, link := range b.links {
		wg.Go(func() {
			page, err := c.accept(n, link)
			if err != nil {
				t.Errorf("%s: %v", link, err)
			}
			told[n] = page
		})
	}
	wg.Wait()
	out := map[string]string{}
	for n, link := range b.links {
		id, _, _ := strings.Cut(strings.TrimPrefix(link, "/b2b/"), "-")
		out[id] = told[n]
	}
	return out
}

// accept accepts the request of a link and reads where that leads.
func (c *crowd) accept(n int, link string) (string, error) {
	got, err := c.send(n, http.MethodPost, link, url.Values{"wish": {"want"}})
	if err != nil {
		return "", err
	}
	if got.status != http.StatusSeeOther || got.location != link {
		return "", got.wrong("an answer")
	}
	page, err := c.send(n, http.MethodGet, link, nil)
	if err == nil && page.status != http.StatusOK {
		err = page.wrong("the page of a request")
	}
	if err != nil {
		return "", err
	}
	return html.UnescapeString(page.body), nil
}

// wantTrue compares what was said with what is stored: a meeting that a page
// names is there, at that time and table; where a page names none there is
// none, and no time at which both and a table are free.
func (b *bookStorm) wantTrue(t *testing.T, db string, told map[string]string) {
	h := openHouse(t, db)
	taken, met, untimed := map[string]string{}, 0, 0
	for _, id := range b.entrants {
		page, err := h.desk.Requests(t.Context(), stormer, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Agreed {
			if !l.Mine {
				continue
			}
			said, err := told[l.ID], b.check(t, h, page, l, told[l.ID], taken)
			if err != nil {
				t.Errorf("request %s: %v; it was said:\n%.2000s", l.ID, err, said)
			}
			if l.Meeting != nil {
				met++
			} else {
				untimed++
			}
		}
		if others := len(page.Answer) + len(page.Waiting) + len(page.Over); others > 0 {
			t.Errorf("%d requests of %s are not agreed", others, page.Me.Name)
		}
	}
	if met == 0 || untimed == 0 || met+untimed != len(told) {
		t.Errorf("%d met and %d did not, of %d", met, untimed, len(told))
	}
	t.Logf("%d meetings, %d requests without a common time", met, untimed)
}

// check says what is untrue about one answer, and notes what its meeting takes.
func (b *bookStorm) check(t *testing.T, h *house, page *scheduling.RequestsPage, l *scheduling.RequestLine, said string, taken map[string]string) error {
	if l.Meeting == nil {
		if strings.Contains(said, "/my/meetings/") {
			return errors.New("there is no such meeting")
		}
		_, free, err := h.desk.CommonTimes(t.Context(), stormer, page.Me.ID, l.Other.ID)
		if err == nil && len(free) > 0 {
			err = fmt.Errorf("%d common times are left", len(free))
		}
		return err
	}
	m := l.Meeting
	when := h.desk.Texts.In("en").Range(m.Starts, m.Ends, page.Round.Zone)
	if !strings.Contains(said, "/my/meetings/"+m.ID) || !strings.Contains(said, when+" · "+m.Shown.Where) {
		return fmt.Errorf("the meeting is at %s, %s", when, m.Shown.Where)
	}
	who := append([]string{"table " + m.Table}, append(m.EntrantIDs, m.PersonIDs...)...)
	for _, x := range who {
		if other := taken[x+m.Slot]; other != "" {
			return fmt.Errorf("%s is in %s too", x, other)
		}
		taken[x+m.Slot] = m.ID
	}
	return nil
}
