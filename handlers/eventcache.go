package handlers

import (
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/singleflight"
)

// eventsKept is how many rendered event pages stay in memory.
const eventsKept = 256

// eventCache keeps event pages as the public sees them, by language and slug.
// A page is served again while nothing that it shows was changed and no moment
// has passed at which it changes by itself. The zero value is ready.
type eventCache struct {
	mu     sync.RWMutex
	kept   map[string]*keptEvent
	flight singleflight.Group // a page that everybody waits for is made once
}

type keptEvent struct {
	page    *stored
	changes uint64
	until   time.Time
}

func (k *eventCache) get(key string, changes uint64, now time.Time) *stored {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if e := k.kept[key]; e != nil && e.changes == changes && now.Before(e.until) {
		return e.page
	}
	return nil
}

// put keeps a page; where there are too many, any other one goes.
func (k *eventCache) put(key string, e *keptEvent) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil {
		k.kept = map[string]*keptEvent{}
	}
	for other := range k.kept {
		if len(k.kept) < eventsKept {
			break
		}
		delete(k.kept, other)
	}
	k.kept[key] = e
}

// anybody reports whether the answer is the same for everybody who reads the
// language: nobody is signed in, nothing is to be said once, nothing is asked
// for but the language.
func (s *Server) anybody(c *fiber.Ctx) bool {
	args := c.Request().URI().QueryArgs()
	return !actor(c).SignedIn() && c.Cookies(s.cookieName("flash")) == "" &&
		(args.Len() == 0 || args.Len() == 1 && args.Has("lang"))
}

// cachedEvent answers the public's event page.
func (s *Server) cachedEvent(c *fiber.Ctx) error {
	key := s.lang(c).Code() + "/" + c.Params("slug")
	now, changes := s.desk.DB.Now(), s.desk.EventChanges()
	page := s.eventPages.get(key, changes, now)
	if page == nil {
		made, err, _ := s.eventPages.flight.Do(key, func() (any, error) { return s.makeEvent(c, key, changes, now) })
		if err != nil {
			return err
		}
		page = made.(*stored)
	}
	return sendEvent(c, page)
}

func sendEvent(c *fiber.Ctx, page *stored) error {
	say(c, nameCacheControl, "private, no-cache")
	say(c, nameVary, keptVary)
	return sendStored(c, page)
}

// makeEvent renders the page and keeps it. Whoever asked under another address
// of the event is sent to its own.
func (s *Server) makeEvent(c *fiber.Ctx, key string, changes uint64, now time.Time) (*stored, error) {
	p, err := s.eventPage(c)
	if err != nil {
		return nil, err
	}
	body, err := s.render(c, "event", p)
	if err != nil {
		return nil, err
	}
	page, err := newStored(fiber.MIMETextHTMLCharsetUTF8, body)
	if err == nil {
		s.eventPages.put(key, &keptEvent{page, changes, p.Event.NextChange(now)})
	}
	return page, err
}
