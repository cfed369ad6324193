package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A Session is one browser that somebody signed in with.
type Session struct {
	storage.Meta `bson:",inline"`
	Hash         string    `bson:"hash"`
	PersonID     string    `bson:"person_id"`
	Staff        bool      `bson:"staff"` // had roles when it began; it ends with them
	Agent        string    `bson:"agent"` // "Firefox, Linux"
	Seen         time.Time `bson:"seen"`  // last use, to the quarter of an hour
	Expires      time.Time `bson:"expires"`

	actor scheduling.Actor
}

var sessions = storage.NewCollection[Session]("sessions",
	storage.Unique("hash"), storage.Ordered("person_id", "seen"), storage.Ordered("expires"))

// begin signs a person in, in the transaction that used up their link.
func (a *Auth) begin(tx *storage.Tx, p *scheduling.Person, agent string) (cookie string, err error) {
	if err := dropLinks(tx, p.ID); err != nil {
		return "", err
	}
	cookie = secret()
	s := &Session{
		Meta: storage.Meta{ID: storage.NewID()}, Hash: hashed(cookie), PersonID: p.ID, Staff: len(p.Grants) > 0,
		Agent: summary(agent), Seen: tx.Now(), Expires: tx.Now().Add(sessionIdle),
	}
	if err := sessions.Put(tx, s); err != nil {
		return "", err
	}
	return cookie, a.desk.Record(tx, p.Actor(), "session.begin", s.ID, s.Agent)
}

// Actor gives who a session's cookie stands for, and the session's id.
// ErrNotFound if the session is over or never was.
func (a *Auth) Actor(ctx context.Context, cookie string) (who scheduling.Actor, sessionID string, err error) {
	version := a.desk.DB.Changes(sessions.Spec, scheduling.PeopleSpec())
	hash := hashed(cookie)
	s, ok := a.sessions.get(version, hash)
	if !ok {
		if s, err = a.load(ctx, hash); err != nil {
			return who, "", err
		}
		a.sessions.put(version, hash, s)
	}
	now := a.desk.DB.Now()
	if !now.Before(s.Expires) {
		return who, "", storage.ErrNotFound
	}
	if now.Sub(s.Seen) >= seenEvery {
		// Not noting a visit is no reason to refuse it; the next one notes it.
		if err := a.seen(ctx, s.ID); err != nil && a.desk.Log != nil {
			a.desk.Log.WarnContext(ctx, "note last use of a session", "err", err)
		}
	}
	return s.actor, s.ID, nil
}

// load reads a session and its person as they are now.
func (a *Auth) load(ctx context.Context, hash string) (s *Session, err error) {
	err = a.desk.DB.View(ctx, func(tx *storage.Tx) error {
		if s, err = sessions.First(tx, storage.Query{Where: []storage.Cond{storage.Is("hash", hash)}}); err != nil {
			return err
		}
		p, err := scheduling.PersonByID(tx, s.PersonID)
		if err != nil {
			return err
		}
		if s.Staff && len(p.Grants) == 0 || p.Erased() {
			return storage.ErrNotFound
		}
		s.actor = p.Actor()
		return nil
	})
	return s, err
}

func (a *Auth) seen(ctx context.Context, id string) error {
	return a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		s, err := sessions.Get(tx, id)
		if err != nil {
			return err
		}
		s.Seen, s.Expires = tx.Now(), tx.Now().Add(sessionIdle)
		return sessions.Put(tx, s)
	})
}

// Sessions are the places where by is signed in, the last used first.
func (a *Auth) Sessions(ctx context.Context, by scheduling.Actor) (list []*Session, err error) {
	err = a.desk.DB.View(ctx, func(tx *storage.Tx) error {
		list, err = sessions.Find(tx, storage.Query{
			Where: []storage.Cond{storage.Is("person_id", by.ID), {Field: "seen", Op: storage.Gt, Value: tx.Now().Add(-sessionIdle)}},
			Sort:  "-seen", Limit: 200,
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// End ends one of by's own sessions; ErrNotFound for anybody else's.
func (a *Auth) End(ctx context.Context, by scheduling.Actor, id string) error {
	return a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		s, err := sessions.Get(tx, id)
		if err != nil {
			return err
		}
		if by.ID == "" || s.PersonID != by.ID {
			return storage.ErrNotFound
		}
		if err := sessions.Delete(tx, s); err != nil {
			return err
		}
		return a.desk.Record(tx, by, "session.end", s.ID, s.Agent)
	})
}

// EndOthers ends all of by's sessions but one, and says how many those were.
func (a *Auth) EndOthers(ctx context.Context, by scheduling.Actor, keep string) (n int, err error) {
	list, err := a.Sessions(ctx, by)
	if err != nil {
		return 0, err
	}
	for _, s := range list {
		if s.ID == keep {
			continue
		}
		err := a.End(ctx, by, s.ID)
		if errors.Is(err, storage.ErrNotFound) {
			continue // ended itself meanwhile
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// SessionsOf are the places where a person is signed in, for an administrator.
func (a *Auth) SessionsOf(ctx context.Context, by scheduling.Actor, personID string) ([]*Session, error) {
	if !by.Administers() {
		return nil, storage.ErrNotFound
	}
	return a.Sessions(ctx, scheduling.Actor{ID: personID})
}

// EndAllOf signs a person out everywhere, for an administrator, and puts the
// links out of use that would sign them in again.
func (a *Auth) EndAllOf(ctx context.Context, by scheduling.Actor, personID string) error {
	if !by.Administers() {
		return storage.ErrNotFound
	}
	err := a.desk.DB.Update(ctx, func(tx *storage.Tx) error {
		if _, err := scheduling.PersonByID(tx, personID); err != nil {
			return err
		}
		if err := EndAll(tx, personID); err != nil {
			return err
		}
		return a.desk.Record(tx, by, "session.end_all", personID, "")
	})
	if err != nil {
		return fmt.Errorf("end the sessions of a person: %w", err)
	}
	return nil
}

// EndAll signs a person out everywhere and puts their links out of use, in the
// transaction that erases them.
func EndAll(tx *storage.Tx, personID string) error {
	list, err := sessions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", personID)}})
	if err != nil {
		return err
	}
	for _, s := range list {
		if err := sessions.Delete(tx, s); err != nil {
			return err
		}
	}
	return dropLinks(tx, personID)
}

// summary tells a person's browsers apart, and no more than that.
func summary(agent string) string {
	browser := firstIn(agent, [][2]string{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"},
		{"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"},
	})
	system := firstIn(agent, [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Mac OS X", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	})
	return strings.Trim(browser+", "+system, ", ")
}

func firstIn(s string, names [][2]string) string {
	for _, n := range names {
		if strings.Contains(s, n[0]) {
			return n[1]
		}
	}
	return ""
}
