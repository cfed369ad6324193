// Package auth answers who asks. People sign in with a link that is mailed to
// them, programs with a token; there are no passwords.
//
// Three words to know. A link is good for one sign-in within half an hour;
// opening it shows a button, and only pressing the button uses it up, because
// mail programs open links too. A session is what a browser has after that: a
// random value in a cookie, good while it is used at least once in thirty days.
// A token is what an administrator gives a program: named, with roles and
// scopes of its own.
//
// Of all three the database has only a hash (SHA-256; the values are too random
// to guess, so nothing slower is needed). Whoever reads the database can end a
// session but not take one over. A session has no rights of its own: they are
// the person's, read again as soon as a person changes.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// How long things are good for.
const (
	linkLife    = 30 * time.Minute
	setupLife   = 24 * time.Hour
	sessionIdle = 30 * 24 * time.Hour
	seenEvery   = 15 * time.Minute // last use is noted this coarsely, to write seldom
)

// Auth keeps sign-in links, sessions and tokens in the desk's database. New
// makes one; it is safe for concurrent use.
type Auth struct {
	desk     *scheduling.Desk
	sessions cache[*Session]
	tokens   cache[*Token]
}

// New gives the Auth of a desk, whose database was opened with Specs too.
func New(desk *scheduling.Desk) *Auth { return &Auth{desk: desk} }

// Specs are the collections of this package, for whoever opens a database.
func Specs() []storage.Spec {
	return []storage.Spec{links.Spec, attempts.Spec, sessions.Spec, tokens.Spec}
}

// secret makes a value of 130 random bits, in letters and digits.
func secret() string { return rand.Text() }

// hashed is what is stored of a secret.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// A cache keeps what was read under a secret's hash until something it was
// read from changes, so that a revocation counts at the next request.
type cache[T any] struct {
	mu      sync.Mutex
	version uint64
	entries map[string]T
}

// cacheSize limits what is kept: guessed secrets are not found, so not kept.
const cacheSize = 10_000

func (c *cache[T]) get(version uint64, key string) (v T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version {
		return v, false
	}
	v, ok = c.entries[key]
	return v, ok
}

// put keeps v, which was read after version was asked for.
func (c *cache[T]) put(version uint64, key string, v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil || c.version != version || len(c.entries) >= cacheSize {
		c.version, c.entries = version, map[string]T{}
	}
	c.entries[key] = v
}

// Purge deletes what is over: links, sessions and counts of attempts. It is a
// job's to call now and then; nothing depends on it but the size of the file.
func (a *Auth) Purge(ctx context.Context, now time.Time) (n int, err error) {
	for {
		some, err := a.purgeSome(ctx, now)
		if err != nil || some == 0 {
			return n, err
		}
		n += some
	}
}

func (a *Auth) purgeSome(ctx context.Context, now time.Time) (n int, err error) {
	over := storage.Query{Where: []storage.Cond{{Field: "expires", Op: storage.Lt, Value: now}}, Sort: "expires", Limit: 200}
	err = a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		n = 0
		if err := purge(tx, links, over, &n); err != nil {
			return err
		}
		if err := purge(tx, attempts, over, &n); err != nil {
			return err
		}
		return purge(tx, sessions, over, &n)
	})
	return n, err
}

// A shelf is a collection of Ts.
type shelf[T any] interface {
	Find(*storage.Tx, storage.Query) ([]*T, error)
	Delete(*storage.Tx, *T) error
}

func purge[T any](tx *storage.Tx, from shelf[T], q storage.Query, n *int) error {
	found, err := from.Find(tx, q)
	if err != nil {
		return err
	}
	for _, v := range found {
		if err := from.Delete(tx, v); err != nil {
			return err
		}
	}
	*n += len(found)
	return nil
}
