package auth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// The scopes of a token: what it may do with the roles it has.
const (
	Read  = "read"
	Write = "write"      // includes reading
	Mail  = "mail:write" // hands in mail that came, and nothing else
)

// Scopes are all of them.
var Scopes = []string{Read, Write, Mail}

// A Token lets a program in, through the API only.
type Token struct {
	storage.Meta `bson:",inline"`
	Name         string             `bson:"name"`
	Hash         string             `bson:"hash"`
	Start        string             `bson:"start"` // its first letters, to tell it apart in a list
	Grants       []scheduling.Grant `bson:"grants"`
	Scopes       []string           `bson:"scopes"`
	OwnerID      string             `bson:"owner_id,omitempty"` // who made it; empty: the command line
	OwnerName    string             `bson:"owner_name,omitempty"`
	RevokedAt    time.Time          `bson:"revoked_at,omitempty"`
	LastUsed     time.Time          `bson:"last_used,omitempty"` // to the quarter of an hour
}

var tokens = storage.NewCollection[Token]("api_tokens", storage.Unique("hash"), storage.Ordered("created"))

// tokenStart makes a token recognisable where it should not be: in a repository.
const tokenStart = "koh_"

// State is "active" or "revoked".
func (t *Token) State() string {
	if t.RevokedAt.IsZero() {
		return "active"
	}
	return "revoked"
}

// Actor is the token as one who asks for something.
func (t *Token) Actor() scheduling.Actor {
	return scheduling.Actor{ID: t.ID, Name: t.Name, Via: "api", Grants: t.Grants}
}

// May reports whether the token has the scope.
func (t *Token) May(scope string) bool {
	return slices.Contains(t.Scopes, scope) || scope == Read && slices.Contains(t.Scopes, Write)
}

// CreateToken makes a token for an administrator or the command line. The plain
// value is given this once and cannot be had again.
func (a *Auth) CreateToken(ctx context.Context, by scheduling.Actor, name string, grants []scheduling.Grant, scopes []string) (plain string, t *Token, err error) {
	return a.CreateTokenOnce(ctx, by, storage.NewID(), name, grants, scopes)
}

// CreateTokenOnce is CreateToken under an id that the asker chose: asking twice
// makes one token and answers the second time storage.ErrDuplicate.
func (a *Auth) CreateTokenOnce(ctx context.Context, by scheduling.Actor, id, name string, grants []scheduling.Grant, scopes []string) (plain string, t *Token, err error) {
	if !by.Administers() {
		return "", nil, storage.ErrNotFound
	}
	name = strings.Join(strings.Fields(name), " ")
	if err := checkToken(name, grants, scopes); err != nil {
		return "", nil, err
	}
	plain = tokenStart + secret()
	err = a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		t = &Token{
			Meta: storage.Meta{ID: id}, Name: name, Hash: hashed(plain), Start: plain[:len(tokenStart)+4],
			Grants: slices.Clone(grants), Scopes: slices.Clone(scopes), OwnerID: by.ID, OwnerName: by.Name,
		}
		if err := tokens.Put(tx, t); err != nil {
			return err
		}
		return a.desk.Record(tx, by, "token.create", t.ID, t.Name)
	})
	if err != nil {
		return "", nil, fmt.Errorf("create a token: %w", err)
	}
	return plain, t, nil
}

func checkToken(name string, grants []scheduling.Grant, scopes []string) error {
	wrong := map[string]string{}
	if name == "" {
		wrong["name"] = "problem.required"
	}
	if len([]rune(name)) > 100 {
		wrong["name"] = "problem.too_long"
	}
	if len(grants) == 0 || slices.ContainsFunc(grants, func(g scheduling.Grant) bool { return !slices.Contains(scheduling.Roles, g.Role) }) {
		wrong["role"] = "problem.choice"
	}
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(Scopes, s) }) {
		wrong["scope"] = "problem.choice"
	}
	if len(wrong) > 0 {
		return &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: wrong}
	}
	return nil
}

// ByToken gives who a program's token stands for, and the token for its scopes.
// ErrNotFound if it was revoked or never was.
func (a *Auth) ByToken(ctx context.Context, plain string) (scheduling.Actor, *Token, error) {
	version := a.desk.DB.Changes(tokens.Spec)
	hash := hashed(plain)
	t, ok := a.tokens.get(version, hash)
	if !ok {
		var err error
		if t, err = a.loadToken(ctx, hash); err != nil {
			return scheduling.Actor{}, nil, err
		}
		a.tokens.put(version, hash, t)
	}
	if a.desk.DB.Now().Sub(t.LastUsed) >= seenEvery {
		if err := a.used(ctx, t.ID); err != nil && a.desk.Log != nil {
			a.desk.Log.WarnContext(ctx, "note last use of a token", "err", err)
		}
	}
	return t.Actor(), t, nil
}

func (a *Auth) loadToken(ctx context.Context, hash string) (t *Token, err error) {
	err = a.desk.DB.View(ctx, func(tx *storage.Tx) error {
		if t, err = tokens.First(tx, storage.Query{Where: []storage.Cond{storage.Is("hash", hash)}}); err != nil {
			return err
		}
		if !t.RevokedAt.IsZero() || subtle.ConstantTimeCompare([]byte(t.Hash), []byte(hash)) == 0 {
			return storage.ErrNotFound
		}
		return nil
	})
	return t, err
}

func (a *Auth) used(ctx context.Context, id string) error {
	return a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		t, err := tokens.Get(tx, id)
		if err != nil {
			return err
		}
		t.LastUsed = tx.Now()
		return tokens.Put(tx, t)
	})
}

// Tokens are all there are, the newest first, for an administrator.
func (a *Auth) Tokens(ctx context.Context, by scheduling.Actor) (list []*Token, err error) {
	if !by.Administers() {
		return nil, storage.ErrNotFound
	}
	err = a.desk.DB.View(ctx, func(tx *storage.Tx) error {
		list, err = tokens.Find(tx, storage.Query{Sort: "-created", Limit: 500})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// RevokeToken ends a token at once, for an administrator. Doing it twice is no error.
func (a *Auth) RevokeToken(ctx context.Context, by scheduling.Actor, id string) error {
	if !by.Administers() {
		return storage.ErrNotFound
	}
	err := a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		t, err := tokens.Get(tx, id)
		if err != nil || !t.RevokedAt.IsZero() {
			return err
		}
		t.RevokedAt = tx.Now()
		if err := tokens.Put(tx, t); err != nil {
			return err
		}
		return a.desk.Record(tx, by, "token.revoke", t.ID, t.Name)
	})
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	return nil
}
