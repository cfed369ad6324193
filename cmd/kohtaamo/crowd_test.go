package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	driveroptions "go.mongodb.org/mongo-driver/v2/mongo/options"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// engines are the databases that tests of the whole program run on, each empty
// and gone afterwards: a file, and a MongoDB where KOHTAAMO_TEST_MONGODB names
// one. What run gets is the flag.
func engines(t *testing.T, run func(t *testing.T, db string)) {
	t.Run("sqlite", func(t *testing.T) { run(t, database(t.TempDir(), "k.db")) })
	t.Run("mongodb", func(t *testing.T) {
		address := os.Getenv("KOHTAAMO_TEST_MONGODB")
		if address == "" {
			t.Skip("KOHTAAMO_TEST_MONGODB is not set: not shown on MongoDB")
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/kohtaamo_test_" + storage.NewID()
		t.Cleanup(func() { dropMongo(t, u) })
		run(t, "--database="+u.String())
	})
}

func dropMongo(t *testing.T, u *url.URL) {
	client, err := driver.Connect(driveroptions.Client().ApplyURI(u.String()))
	if err == nil {
		err = client.Database(strings.TrimPrefix(u.Path, "/")).Drop(context.Background())
		client.Disconnect(context.Background())
	}
	if err != nil {
		t.Error(err)
	}
}

// newEvent publishes an event of so many seats in a database that nobody
// serves. A freed seat is given at once.
func newEvent(t *testing.T, db string, seats int) *scheduling.Event {
	t.Helper()
	h := openHouse(t, db)
	defer h.close()
	by := scheduling.System("test")
	c := &scheduling.Cluster{Slug: "circular", Name: tr("Circular", "Kierto"), Zone: "Europe/Helsinki"}
	if err := h.desk.SaveCluster(t.Context(), by, c); err != nil {
		t.Fatal(err)
	}
	e := scheduling.NewEvent(c, time.Now().AddDate(0, 1, 0))
	e.Title, e.Venue, e.ContactEmail = tr("Arena", "Areena"), "Oulu", "outi@example.org"
	e.Rules.Seats, e.Rules.OfferHours = seats, 0
	e, err := h.desk.SaveEvent(t.Context(), by, e)
	if err != nil {
		t.Fatal(err)
	}
	if e, err = h.desk.PublishEvent(t.Context(), by, e.ID); err != nil {
		t.Fatal(err)
	}
	return e
}

// A crowd is many people at many browsers, each on a network of its own. The
// server has to believe X-Forwarded-For.
type crowd struct {
	base   string
	client *http.Client
}

// newCrowd is people at so many connections at once.
func newCrowd(base string, connections int) *crowd {
	return &crowd{base, &http.Client{
		Timeout:       30 * time.Second,
		Transport:     &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *crowd) close() { c.client.CloseIdleConnections() }

// A reply is an answer that came back whole.
type reply struct {
	status   int
	location string
	body     string
}

// send is a request of person n; the error is that of a connection that broke.
func (c *crowd) send(n int, method, path string, form url.Values) (*reply, error) {
	req, err := http.NewRequest(method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Language", "en")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return &reply{resp.StatusCode, resp.Header.Get("Location"), string(body)}, nil
}

// errAnswer is an answer that a person should not have got.
var errAnswer = errors.New("wrong answer")

func (r *reply) wrong(what string) error {
	return fmt.Errorf("%w to %s: %d to %q: %.300s", errAnswer, what, r.status, r.location, r.body)
}

// address is person n's.
func address(n int) string { return fmt.Sprintf("person%05d@example.org", n) }

// register sends the form of person n and gives the address of the receipt.
func (c *crowd) register(n int, slug string) (string, error) {
	r, err := c.send(n, http.MethodPost, "/events/"+slug+"/register", url.Values{
		"name": {fmt.Sprintf("Person %d", n)}, "email": {address(n)}, "company": {fmt.Sprintf("Company %d", n%50)},
		"lang": {[]string{"en", "fi"}[n%2]}, "once": {fmt.Sprintf("form-%d", n)},
	})
	if err != nil {
		return "", err
	}
	if r.status != http.StatusSeeOther || !strings.HasPrefix(r.location, "/events/"+slug+"/registered/") {
		return "", r.wrong("the form")
	}
	return r.location, nil
}

// A receipt is what a person reads after the form.
type receipt struct {
	state    scheduling.RegState
	position int    // in the waiting list; 0 where they do not wait
	my       string // path of their own page
}

var (
	receiptHead = regexp.MustCompile(`<h1>([^<]+)</h1>`)
	receiptLine = regexp.MustCompile(`Number (\d+) on the waiting list`)
	receiptMy   = regexp.MustCompile(`href="(/my/[^"]+)"`)
	receiptSays = map[string]scheduling.RegState{
		"You have a seat":             scheduling.Confirmed,
		"You are on the waiting list": scheduling.Waitlisted,
		"This registration is over":   scheduling.Withdrawn,
	}
)

// receipt opens the page that the form led to.
func (c *crowd) receipt(n int, path string) (receipt, error) {
	r, err := c.send(n, http.MethodGet, path, nil)
	if err != nil {
		return receipt{}, err
	}
	head, my := receiptHead.FindStringSubmatch(r.body), receiptMy.FindStringSubmatch(r.body)
	if r.status != http.StatusOK || head == nil || my == nil || receiptSays[head[1]] == "" {
		return receipt{}, r.wrong("the receipt")
	}
	out := receipt{state: receiptSays[head[1]], my: my[1]}
	if at := receiptLine.FindStringSubmatch(r.body); at != nil {
		out.position, err = strconv.Atoi(at[1])
	}
	return out, err
}

// stored is everything about an event that is in the database.
type stored struct {
	seating       *scheduling.Seating
	registrations map[string]*scheduling.Registration // by address
	mails         map[string][]*mailer.Mail           // by registration
}

// look reads it in a database that nobody serves.
func look(t *testing.T, db string, e *scheduling.Event) *stored {
	t.Helper()
	h := openHouse(t, db)
	defer h.close()
	by := scheduling.System("test")
	page, err := h.desk.EventPage(t.Context(), by, e.Slug)
	if err != nil {
		t.Fatal(err)
	}
	s := &stored{page.Seating, map[string]*scheduling.Registration{}, map[string][]*mailer.Mail{}}
	for after, more := "", true; more; more = after != "" {
		var list []*scheduling.Registration
		list, after, err = h.desk.Registrations(t.Context(), by, e.ID, scheduling.RegFilter{Limit: 500, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			if s.registrations[r.Email] != nil {
				t.Errorf("%s is registered twice", r.Email)
			}
			s.registrations[r.Email] = r
		}
	}
	for after, more := "", true; more; more = after != "" {
		var list []*mailer.Mail
		list, after, err = h.outbox.List(t.Context(), mailer.Filter{About: e.ID, After: after, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			s.mails[m.Ref] = append(s.mails[m.Ref], m)
		}
	}
	return s
}

// count says how many registrations are in a state.
func (s *stored) count(state scheduling.RegState) (n int) {
	for _, r := range s.registrations {
		if r.State == state {
			n++
		}
	}
	return n
}

// kinds are the kinds of the mails of a registration, by name.
func (s *stored) kinds(r *scheduling.Registration) (kinds []string) {
	for _, m := range s.mails[r.ID] {
		kinds = append(kinds, strings.TrimPrefix(m.Kind, "registration."))
	}
	slices.Sort(kinds)
	return kinds
}
