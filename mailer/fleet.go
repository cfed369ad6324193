package mailer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A fleet is a Transport of one or more relays. A mail goes to the first that is
// for its kind, has room and does not rest; where that one has trouble before it
// has heard of the mail, to the next.
type fleet struct {
	lanes []*lane
	now   func() time.Time // set by the worker
}

// A lane is a relay with its account.
type lane struct {
	name   string
	use    relayUse
	relay  *relay
	signer *signer
	rest   breaker

	mu      sync.Mutex
	bucket  bucket
	granted int // claimed for it, and not sent yet
}

// openFleet reads one relay or several, with commas or spaces between them.
func openFleet(specs string) (*fleet, error) {
	f := &fleet{now: func() time.Time { return time.Time{} }}
	for _, spec := range Relays(specs) {
		s, err := parseRelay(spec)
		if err != nil {
			return nil, err
		}
		signer, err := newSigner(s.sign)
		if err != nil {
			return nil, err
		}
		f.lanes = append(f.lanes, &lane{name: s.host, use: s.use, relay: newRelay(s), signer: signer, bucket: bucket{rate: s.rate}})
	}
	for _, bulk := range []bool{false, true} {
		if len(f.fit(bulk)) == 0 {
			return nil, fmt.Errorf("no relay is left for %s mail", map[bool]relayUse{true: forBulk, false: forSingle}[bulk])
		}
	}
	return f, nil
}

// Relays cuts a setting of several relays before each address: a comma alone may be part of a
// password.
func Relays(s string) (out []string) {
	for _, word := range strings.Fields(s) {
		for word != "" {
			cut := len(word)
			for _, mark := range []string{",smtp://", ",smtps://"} {
				if i := strings.Index(word, mark); i >= 0 {
					cut = min(cut, i)
				}
			}
			out = append(out, word[:cut])
			word = strings.TrimPrefix(word[cut:], ",")
		}
	}
	return out
}

// fit are the lanes that take such mail.
func (f *fleet) fit(bulk bool) (out []*lane) {
	for _, l := range f.lanes {
		if l.use == forAll || (l.use == forBulk) == bulk {
			out = append(out, l)
		}
	}
	return out
}

// awake are the lanes for such mail that do not rest. The only one there is does
// not rest by itself: its worker does.
func (f *fleet) awake(bulk bool) (out []*lane) {
	fit := f.fit(bulk)
	for _, l := range fit {
		if len(fit) == 1 || l.rest.left(f.now()) == 0 {
			out = append(out, l)
		}
	}
	return out
}

// Send gives e to a relay.
func (f *fleet) Send(ctx context.Context, e *Envelope) error {
	err := error(&SendError{Stage: StageConnect, Err: errAllRest})
	for _, l := range inOrder(f.awake(e.Bulk), e.Bulk) {
		err = l.send(ctx, e, f.now())
		v := classify(err)
		l.rest.learn(v, err, f.now())
		if v.fate != trouble || ctx.Err() != nil {
			return err
		}
	}
	return err
}

var errAllRest = errors.New("all relays rest")

// inOrder puts the lanes that have room before those that have none.
func inOrder(lanes []*lane, bulk bool) []*lane {
	var room, full []*lane
	for _, l := range lanes {
		if !bulk || l.hasRoom() {
			room = append(room, l)
		} else {
			full = append(full, l)
		}
	}
	return append(room, full...)
}

// hasRoom reports whether bulk mail was claimed for the lane.
func (l *lane) hasRoom() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket.rate == 0 || l.granted > 0
}

func (l *lane) send(ctx context.Context, e *Envelope, now time.Time) error {
	l.mu.Lock()
	switch {
	case !e.Bulk:
		l.bucket.owe(now)
	case l.granted > 0:
		l.granted--
	}
	l.mu.Unlock()
	if l.signer != nil {
		body, err := l.signer.sign(e.From, e.Body)
		if err != nil {
			return err
		}
		signed := *e
		signed.Body = body
		e = &signed
	}
	return l.relay.Send(ctx, e)
}

// claim asks for room for up to n bulk mails. When there is none, next says when
// there is.
func (f *fleet) claim(n int, now time.Time) (got int, next time.Time) {
	for _, l := range f.awake(true) {
		l.mu.Lock()
		some := l.bucket.take(now, n-got)
		l.granted += some
		if t := l.bucket.next(now); next.IsZero() || t.Before(next) {
			next = t
		}
		l.mu.Unlock()
		if got += some; got == n {
			break
		}
	}
	return got, next
}

// unused gives back room that was not needed.
func (f *fleet) unused(n int) {
	for _, l := range slices.Backward(f.lanes) { // the last were asked last
		l.mu.Lock()
		back := min(n, l.granted)
		l.granted -= back
		l.bucket.level += float64(back)
		n -= back
		l.mu.Unlock()
	}
}

// covered reports whether each relay for bulk mail that signs can sign for a sender.
func (f *fleet) covered(from string) bool {
	for _, l := range f.fit(true) {
		if l.signer != nil && !l.signer.covers(from) {
			return false
		}
	}
	return true
}

// domainRate is the least of the rates that the relays allow a recipient domain.
func (f *fleet) domainRate() (rate float64) {
	for _, l := range f.lanes {
		if r := l.relay.setting.domainRate; r > 0 && (rate == 0 || r < rate) {
			rate = r
		}
	}
	return rate
}

// Close says goodbye to all relays.
func (f *fleet) Close() error {
	var errs []error
	for _, l := range f.lanes {
		errs = append(errs, l.relay.Close())
	}
	return errors.Join(errs...)
}

// A RelayStatus is how one relay is.
type RelayStatus struct {
	Name    string    `bson:"name"`
	Use     string    `bson:"use"`     // "bulk" or "single"; both if empty
	Resting time.Time `bson:"resting"` // until when it is not tried; zero if all is well
	Reason  string    `bson:"reason"`  // what it said last, while it has trouble
	Alarm   bool      `bson:"alarm"`   // somebody has to mend a setting
}

func (f *fleet) status() (out []RelayStatus) {
	for _, l := range f.lanes {
		s := l.rest.status()
		out = append(out, RelayStatus{l.name, string(l.use), s.Resting, s.Reason, s.Alarm})
	}
	return out
}
