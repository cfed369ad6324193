package auth

import (
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/mailer/mailtest"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/storage/sqlite/sqlitetest"
	"kohtaamo/templates"
)

var root = scheduling.Actor{ID: "root", Name: "Root", Grants: []scheduling.Grant{{Role: scheduling.Administrator}}}

var openDB = sqlitetest.Opener(slices.Concat(scheduling.Specs(), mailer.Specs, Specs())...)

var update = flag.Bool("update", false, "rewrite the golden files")

// newAuth opens an Auth over a temporary file, at a time that the test moves.
func newAuth(t testing.TB) (a *Auth, now *time.Time) {
	t.Helper()
	texts, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	db := openDB(t)
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	db.Now = func() time.Time { return at }
	outbox := &mailer.Outbox{DB: db, From: mailer.Address{Email: "talo@example.fi"}}
	return New(&scheduling.Desk{DB: db, Outbox: outbox, Texts: texts, BaseURL: "https://talo.example.fi", Key: []byte("k"), House: "Testitalo"}), &at
}

// plain is the secret at the end of a link's address.
func plain(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

func wantNone(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("err = %v, want ErrNotFound", err)
	}
}

// wantFaults checks which inputs a problem names.
func wantFaults(t testing.TB, err error, fields ...string) {
	t.Helper()
	p := scheduling.ProblemIn(err)
	if p == nil || len(p.Fields) != len(fields) {
		t.Fatalf("err = %v, want faults in %q", err, fields)
	}
	for _, f := range fields {
		if p.Fields[f] == "" {
			t.Errorf("nothing wrong with %s: %v", f, err)
		}
	}
}

// sent counts the mails there are.
func (a *Auth) sent(t testing.TB) (n int) {
	t.Helper()
	mails := storage.NewCollection[mailer.Mail]("mails")
	err := a.desk.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		n, err = mails.Count(tx, storage.Query{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRequestIsLimited(t *testing.T) {
	a, now := newAuth(t)
	if _, err := a.AdminLink(t.Context(), "aino@example.fi"); err != nil {
		t.Fatal(err)
	}
	for range linksPerHour + 3 {
		if err := a.Request(t.Context(), "Aino@Example.fi ", ""); err != nil {
			t.Fatal(err)
		}
	}
	if n := a.sent(t); n != linksPerHour {
		t.Errorf("%d mails, want %d", n, linksPerHour)
	}
	*now = now.Add(time.Hour)
	if err := a.Request(t.Context(), "aino@example.fi", ""); err != nil {
		t.Fatal(err)
	}
	if n := a.sent(t); n != linksPerHour+1 {
		t.Errorf("%d mails after an hour, want %d", n, linksPerHour+1)
	}
	wantFaults(t, a.Request(t.Context(), "aino", ""), "email")
}

func TestNothingStoredLetsIn(t *testing.T) {
	a, _ := newAuth(t)
	url, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := a.Redeem(t.Context(), plain(url), "")
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := a.CreateToken(t.Context(), root, "CRM", root.Grants, Scopes)
	if err != nil {
		t.Fatal(err)
	}
	var dump strings.Builder
	if err := a.desk.DB.Export(t.Context(), &dump); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{plain(url), cookie, token} {
		if strings.Contains(dump.String(), secret) {
			t.Errorf("the database has the secret %s", secret)
		}
		if len(secret) < 26 {
			t.Errorf("the secret %s is short", secret)
		}
	}
}

func TestRedeemUsesAllLinksUp(t *testing.T) {
	a, _ := newAuth(t)
	first, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := a.Redeem(t.Context(), plain(second), "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = a.Redeem(t.Context(), plain(first), "")
	wantNone(t, err)
	who, id, err := a.Actor(t.Context(), cookie)
	if err != nil || !who.Administers() || who.Email != "aino@example.fi" {
		t.Fatalf("actor = %v, %v", who, err)
	}
	list, err := a.Sessions(t.Context(), who)
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].Agent != "Firefox, Linux" {
		t.Errorf("sessions = %v, %v", list, err)
	}
}

// TestRedeemAtOnce presses the button of one link many times at once.
func TestRedeemAtOnce(t *testing.T) {
	a, _ := newAuth(t)
	url, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error)
	for range 8 {
		go func() {
			_, _, err := a.Redeem(t.Context(), plain(url), "")
			results <- err
		}()
	}
	won := 0
	for range 8 {
		if err := <-results; err == nil {
			won++
		} else {
			wantNone(t, err)
		}
	}
	if won != 1 {
		t.Errorf("one link began %d sessions", won)
	}
}

func TestSeenIsWrittenSeldom(t *testing.T) {
	a, now := newAuth(t)
	url, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := a.Redeem(t.Context(), plain(url), "")
	if err != nil {
		t.Fatal(err)
	}
	seen := func() time.Time {
		who, _, err := a.Actor(t.Context(), cookie)
		if err != nil {
			t.Fatal(err)
		}
		list, err := a.Sessions(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		return list[0].Seen
	}
	began := *now
	*now = began.Add(seenEvery - time.Second)
	if got := seen(); !got.Equal(began) {
		t.Errorf("seen = %v, want %v", got, began)
	}
	*now = began.Add(seenEvery)
	if got := seen(); !got.Equal(*now) {
		t.Errorf("seen = %v, want %v", got, *now)
	}
}

func TestEndAll(t *testing.T) {
	a, _ := newAuth(t)
	url, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := a.Redeem(t.Context(), plain(url), "")
	if err != nil {
		t.Fatal(err)
	}
	link, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	who, _, err := a.Actor(t.Context(), cookie)
	if err != nil {
		t.Fatal(err)
	}
	err = a.desk.DB.Update(t.Context(), func(tx *storage.Tx) error { return EndAll(tx, who.ID) })
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = a.Actor(t.Context(), cookie)
	wantNone(t, err)
	_, err = a.Peek(t.Context(), plain(link))
	wantNone(t, err)
}

func TestTokens(t *testing.T) {
	a, now := newAuth(t)
	grants := []scheduling.Grant{{Role: scheduling.Organiser, Cluster: "c"}}
	secret, made, err := a.CreateToken(t.Context(), root, "  Our \n CRM ", grants, []string{Write})
	if err != nil {
		t.Fatal(err)
	}
	who, token, err := a.ByToken(t.Context(), secret)
	if err != nil || who.ID != made.ID || who.Name != "Our CRM" || who.Via != "api" || !who.Organises("c") || who.Organises("d") {
		t.Errorf("actor = %v, %v", who, err)
	}
	if !token.May(Read) || !token.May(Write) || (&Token{Scopes: []string{Read}}).May(Write) {
		t.Error("scopes are wrong")
	}
	_, _, err = a.ByToken(t.Context(), secret+"x")
	wantNone(t, err)
	*now = now.Add(time.Hour)
	if _, _, err := a.ByToken(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	list, err := a.Tokens(t.Context(), root)
	if err != nil || len(list) != 1 || !list[0].LastUsed.Equal(*now) || !strings.HasPrefix(secret, list[0].Start) || list[0].State() != "active" {
		t.Errorf("tokens = %+v, %v", list, err)
	}
	// Revoking counts at the next request, whatever is cached; twice is no error.
	for range 2 {
		if err := a.RevokeToken(t.Context(), root, made.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err = a.ByToken(t.Context(), secret)
	wantNone(t, err)
}

func TestTokensAreAnAdministrators(t *testing.T) {
	a, _ := newAuth(t)
	organiser := scheduling.Actor{ID: "o", Grants: []scheduling.Grant{{Role: scheduling.Organiser}}}
	_, _, err := a.CreateToken(t.Context(), organiser, "x", organiser.Grants, Scopes)
	wantNone(t, err)
	_, err = a.Tokens(t.Context(), organiser)
	wantNone(t, err)
	wantNone(t, a.RevokeToken(t.Context(), organiser, "x"))
	_, _, err = a.CreateToken(t.Context(), root, " ", []scheduling.Grant{{Role: "king"}}, nil)
	wantFaults(t, err, "name", "role", "scope")
}

func TestPurge(t *testing.T) {
	a, now := newAuth(t)
	url, err := a.AdminLink(t.Context(), "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := a.Redeem(t.Context(), plain(url), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Request(t.Context(), "aino@example.fi", ""); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Purge(t.Context(), *now); n != 0 || err != nil {
		t.Errorf("purged %d that are still good, %v", n, err)
	}
	later := now.Add(2 * time.Hour)
	if n, err := a.Purge(t.Context(), later); n != 2 || err != nil { // the link and the count
		t.Errorf("purged %d, %v; want 2", n, err)
	}
	if _, _, err := a.Actor(t.Context(), cookie); err != nil {
		t.Errorf("the session is gone: %v", err)
	}
	if n, err := a.Purge(t.Context(), now.Add(sessionIdle+time.Hour)); n != 1 || err != nil {
		t.Errorf("purged %d, %v; want 1", n, err)
	}
}

func TestSummary(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1":       "Safari, iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0": "Edge, Windows",
		"curl/8.5": "curl", "": "", "<script>": "",
	} {
		if got := summary(agent); got != want {
			t.Errorf("summary of %q = %q, want %q", agent, got, want)
		}
	}
}

// TestGoldenSignIn compares the mail with a sign-in link with testdata/mails.
func TestGoldenSignIn(t *testing.T) {
	for _, lang := range []string{"en", "fi"} {
		a, _ := newAuth(t)
		reader := &scheduling.Person{Email: "aino@example.org", Name: "Aino Mäkelä", Lang: lang}
		var m *mailer.Mail
		err := a.desk.DB.Update(t.Context(), func(tx *storage.Tx) (err error) {
			l := &Link{Meta: storage.Meta{ID: "golden"}, Expires: tx.Now().Add(linkLife)}
			if err := a.mail(tx, reader, l, a.desk.BaseURL+"/login/golden"); err != nil {
				return err
			}
			m, err = a.desk.Outbox.MailIn(tx, "sign-in/golden")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		shown, err := a.desk.Outbox.Preview(m)
		if err != nil {
			t.Fatal(err)
		}
		mailtest.Golden{Kind: m.Kind, Lang: lang, Subject: shown.Subject, Text: shown.Text, HTML: shown.HTML, Calendar: shown.Calendar}.Compare(t, *update)
	}
}
