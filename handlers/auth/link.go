package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A Link is a way in that works once.
type Link struct {
	storage.Meta `bson:",inline"`
	Hash         string    `bson:"hash"`
	PersonID     string    `bson:"person_id"`      // who it lets in; empty for the first administrator
	Next         string    `bson:"next,omitempty"` // the path they wanted to see
	Expires      time.Time `bson:"expires"`
	Newcomer     *Newcomer `bson:"newcomer,omitempty"` // who becomes a person by using it; PersonID is then none's
}

// A Newcomer is somebody who says who they are before we know their address to
// be theirs: only the link that is mailed there makes a person of them.
type Newcomer struct {
	Email      string   `bson:"email"`
	Name       string   `bson:"name"`
	Lang       string   `bson:"lang"`
	ClusterIDs []string `bson:"cluster_ids"` // whose contact they become
}

// Setup reports whether the link makes the first administrator.
func (l *Link) Setup() bool { return l.PersonID == "" }

// attempt counts the links asked for under one address, which is kept as a
// keyed hash: the list must not tell who tried to sign in.
type attempt struct {
	storage.Meta `bson:",inline"`
	Count        int       `bson:"count"`
	Expires      time.Time `bson:"expires"`
}

var (
	links    = storage.NewCollection[Link]("sign_in_links", storage.Unique("hash"), storage.Ordered("person_id"), storage.Ordered("expires"))
	attempts = storage.NewCollection[attempt]("sign_in_attempts", storage.Ordered("expires"))
)

// linksPerHour is how many links one address is sent; more than that is
// somebody else filling its inbox.
const linksPerHour = 5

// Request mails a sign-in link to whoever has the address. What it answers, and
// how long that takes, is the same whether we know the address or not. The next
// is the path to show after signing in, from our own site only.
func (a *Auth) Request(ctx context.Context, email, next string) error {
	return a.request(ctx, email, next, nil)
}

// Welcome is Request for those too whom we do not know yet: they get a link that
// makes a person of them. What is known of a person stays as it is.
func (a *Auth) Welcome(ctx context.Context, n Newcomer, next string) error {
	wrong := map[string]string{}
	if n.Name = strings.Join(strings.Fields(n.Name), " "); n.Name == "" {
		wrong["name"] = "problem.required"
	} else if len([]rune(n.Name)) > 200 {
		wrong["name"] = "problem.too_long"
	}
	if _, ok := scheduling.NormalEmail(n.Email); !ok {
		wrong["email"] = "problem.address"
	}
	if len(wrong) > 0 {
		return &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: wrong}
	}
	return a.request(ctx, n.Email, next, &n)
}

func (a *Auth) request(ctx context.Context, email, next string, n *Newcomer) error {
	normal, ok := scheduling.NormalEmail(email)
	if !ok {
		return &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "problem.address"}}
	}
	err := a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		allowed, err := a.count(tx, normal)
		if err != nil || !allowed {
			return err
		}
		p, err := scheduling.PersonByEmail(tx, normal)
		switch {
		case errors.Is(err, storage.ErrNotFound) && n == nil:
			return nil
		case errors.Is(err, storage.ErrNotFound):
			n.Email = normal
			p = n.person()
		case err != nil:
			return err
		default:
			n = nil
		}
		url, l, err := a.issue(tx, p.ID, LocalPath(next), linkLife)
		if err != nil {
			return err
		}
		if l.Newcomer = n; n != nil {
			if err := links.Put(tx, l); err != nil {
				return err
			}
		}
		return a.mail(tx, p, l, url)
	})
	if err != nil {
		return fmt.Errorf("request a sign-in link: %w", err)
	}
	return nil
}

// person is n as somebody to write to, who is not stored.
func (n *Newcomer) person() *scheduling.Person {
	id := "new/" + hashed(n.Email)[:24]
	return &scheduling.Person{Meta: storage.Meta{ID: id}, Email: n.Email, Name: n.Name, Lang: n.Lang, ClusterIDs: n.ClusterIDs}
}

// count notes one more attempt under an address and reports whether it may go on.
func (a *Auth) count(tx *storage.Tx, email string) (bool, error) {
	mac := hmac.New(sha256.New, a.desk.Key)
	mac.Write([]byte("sign-in\x00" + email))
	id := hex.EncodeToString(mac.Sum(nil)[:16])
	n, err := attempts.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		n, err = &attempt{Meta: storage.Meta{ID: id}}, nil
	}
	if err != nil {
		return false, err
	}
	if !tx.Now().Before(n.Expires) {
		n.Count, n.Expires = 0, tx.Now().Add(time.Hour)
	}
	n.Count++
	return n.Count <= linksPerHour, attempts.Put(tx, n)
}

// issue stores a new link and gives its address.
func (a *Auth) issue(tx *storage.Tx, personID, next string, life time.Duration) (url string, l *Link, err error) {
	plain := secret()
	l = &Link{Meta: storage.Meta{ID: storage.NewID()}, Hash: hashed(plain), PersonID: personID, Next: next, Expires: tx.Now().Add(life)}
	return a.desk.BaseURL + "/login/" + plain, l, links.Put(tx, l)
}

// mail promises the letter with the link, before everything else that waits.
func (a *Auth) mail(tx *storage.Tx, p *scheduling.Person, l *Link, url string) error {
	words := a.desk.Texts.In(p.Lang)
	minutes := int(linkLife / time.Minute)
	return a.desk.Outbox.Add(tx, mailer.Mail{
		Meta: storage.Meta{ID: "sign-in/" + l.ID}, Kind: "account.sign_in", Ref: p.ID,
		To: p.Email, ToName: p.Name, Lang: words.Code(),
		Priority: mailer.Urgent, Expires: l.Expires,
		Letter: mailer.Letter{
			Subject:    words.Text("account.mail_subject", "house", a.desk.House),
			Preheader:  words.Text("account.mail_preheader", "minutes", minutes),
			Heading:    words.Text("account.mail_heading"),
			Paragraphs: []string{words.Text("account.mail_body", "minutes", minutes)},
			Button:     &mailer.Link{Label: words.Text("account.mail_button"), URL: url},
			Closing:    []string{words.Text("account.mail_not_you")},
			Brand:      mailer.Brand{Name: a.desk.House, URL: a.desk.BaseURL + "/"},
		},
	})
}

// AdminLink makes the person of the address an administrator and gives them a
// sign-in link, for the command line.
func (a *Auth) AdminLink(ctx context.Context, email string) (url string, err error) {
	name, _, _ := strings.Cut(email, "@")
	p, err := a.desk.MakeAdministrator(ctx, email, name)
	if err != nil {
		return "", err
	}
	err = a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		url, _, err = a.issue(tx, p.ID, "", linkLife)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make a sign-in link: %w", err)
	}
	return url, nil
}

// SignInLink gives a sign-in link to whoever runs the program for a person we
// know, with the rights they have. ErrNotFound if nobody has the address.
func (a *Auth) SignInLink(ctx context.Context, email string) (url string, err error) {
	err = a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		p, err := scheduling.PersonByEmail(tx, email)
		if err != nil {
			return err
		}
		url, _, err = a.issue(tx, p.ID, "", linkLife)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make a sign-in link: %w", err)
	}
	return url, nil
}

// SetupLink gives the link with which somebody makes themselves the first
// administrator, good for a day and until there is one. It is empty if there is
// an administrator already. A new link puts the older ones out of use.
func (a *Auth) SetupLink(ctx context.Context) (url string, err error) {
	err = a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		url = ""
		done, err := a.desk.Administered(tx)
		if err != nil || done {
			return err
		}
		if err := dropLinks(tx, ""); err != nil {
			return err
		}
		url, _, err = a.issue(tx, "", "", setupLife)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make the first administrator's link: %w", err)
	}
	return url, nil
}

// dropLinks deletes all links of a person, or those for the first administrator.
func dropLinks(tx *storage.Tx, personID string) error {
	old, err := links.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", personID)}})
	if err != nil {
		return err
	}
	for _, l := range old {
		if err := links.Delete(tx, l); err != nil {
			return err
		}
	}
	return nil
}

// Peek finds a link that can still be used, without using it up.
func (a *Auth) Peek(ctx context.Context, plain string) (l *Link, err error) {
	err = a.desk.DB.View(ctx, func(tx *storage.Tx) error {
		l, err = find(tx, plain)
		return err
	})
	return l, err
}

func find(tx *storage.Tx, plain string) (*Link, error) {
	l, err := links.First(tx, storage.Query{Where: []storage.Cond{storage.Is("hash", hashed(plain))}})
	if err != nil {
		return nil, err
	}
	if !tx.Now().Before(l.Expires) {
		return nil, storage.ErrNotFound
	}
	return l, nil
}

// Redeem uses a link up: all links of its person, so that a second mail is no
// second way in. It gives a session's plain value for the cookie, and the path
// that was asked for. ErrNotFound if the link cannot be used (any more).
func (a *Auth) Redeem(ctx context.Context, plain, agent string) (cookie, next string, err error) {
	err = a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		l, err := find(tx, plain)
		if err != nil {
			return err
		}
		if l.Setup() {
			return storage.ErrNotFound // it asks for a name and an address first
		}
		p, err := a.personOf(tx, l)
		if err != nil {
			return err
		}
		next = l.Next
		cookie, err = a.begin(tx, p, agent)
		return err
	})
	return cookie, next, err
}

// personOf is whom a link lets in. A newcomer becomes a person with it, and has
// no other way in.
func (a *Auth) personOf(tx *storage.Tx, l *Link) (*scheduling.Person, error) {
	if l.Newcomer == nil {
		return scheduling.PersonByID(tx, l.PersonID)
	}
	if err := dropLinks(tx, l.PersonID); err != nil {
		return nil, err
	}
	n := l.Newcomer
	return a.desk.Meet(tx, scheduling.Person{Email: n.Email, Name: n.Name, Lang: n.Lang, ClusterIDs: n.ClusterIDs})
}

// Found makes the first administrator with a setup link, and signs them in.
func (a *Auth) Found(ctx context.Context, plain, email, name, agent string) (cookie string, err error) {
	if err := checkFounder(email, name); err != nil {
		return "", err
	}
	// The link goes first, so that it makes one administrator even if it is
	// used twice at once. Should what follows fail, the next start gives a new one.
	if err := a.takeSetup(ctx, plain); err != nil {
		return "", err
	}
	p, err := a.desk.MakeAdministrator(ctx, email, name)
	if err != nil {
		return "", err
	}
	err = a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		cookie, err = a.begin(tx, p, agent)
		return err
	})
	return cookie, err
}

func checkFounder(email, name string) error {
	wrong := map[string]string{}
	if _, ok := scheduling.NormalEmail(email); !ok {
		wrong["email"] = "problem.address"
	}
	if strings.TrimSpace(name) == "" {
		wrong["name"] = "problem.required"
	}
	if len(wrong) > 0 {
		return &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: wrong}
	}
	return nil
}

// takeSetup uses a setup link up.
func (a *Auth) takeSetup(ctx context.Context, plain string) error {
	return a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		l, err := find(tx, plain)
		if err != nil {
			return err
		}
		done, err := a.desk.Administered(tx)
		if err != nil {
			return err
		}
		if done || !l.Setup() {
			return storage.ErrNotFound
		}
		return links.Delete(tx, l)
	})
}

// LocalPath gives path if it is one on this site, and "" for everything that a
// browser could take for an address elsewhere.
func LocalPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || len(path) > 500 ||
		strings.ContainsAny(path, "\\\r\n\t\x00") {
		return ""
	}
	return path
}
