package mailer

import (
	"strings"
	"sync"
	"time"
)

// Rates are kept before mail is sent: what may not leave yet stands in line, is
// given a later time, or is not taken, and costs nothing until then. Each program
// keeps its own account.

// A bucket holds what may leave now: it fills at a rate, up to a second's worth,
// and never holds less than one can ask of it.
type bucket struct {
	rate  float64 // a second; 0: no limit
	level float64
	seen  time.Time
	tail  time.Time // when the last of those that were put off may leave
}

// fill brings the level up to a moment.
func (b *bucket) fill(now time.Time) {
	most := max(b.rate, 1)
	if b.seen.IsZero() {
		b.level = most
	} else if passed := now.Sub(b.seen); passed > 0 {
		b.level = min(most, b.level+passed.Seconds()*b.rate)
	}
	if now.After(b.seen) {
		b.seen = now
	}
}

// take takes up to n and returns how many it got.
func (b *bucket) take(now time.Time, n int) int {
	if b.rate == 0 {
		return n
	}
	b.fill(now)
	got := max(0, min(n, int(b.level)))
	b.level -= float64(got)
	return got
}

// owe takes one that leaves whether or not there is room for it.
func (b *bucket) owe(now time.Time) {
	if b.rate > 0 {
		b.fill(now)
		b.level--
	}
}

// next is when there is one again.
func (b *bucket) next(now time.Time) time.Time {
	if b.rate == 0 || b.level >= 1 {
		return now
	}
	return now.Add(time.Duration((1 - b.level) / b.rate * float64(time.Second)))
}

// wait is how long the one behind so many others has to.
func (b *bucket) wait(now time.Time, ahead int) time.Duration {
	if b.rate == 0 {
		return 0
	}
	b.fill(now)
	return time.Duration(max(0, float64(ahead+1)-b.level) / b.rate * float64(time.Second))
}

// hurry is how much closer than the rate those follow each other that were put
// off, where a line can take the difference: some never come, or the rate rises,
// and a line that runs dry is time lost.
const hurry = 1.25

// later is a time for one that did not get through, behind those before it and
// not before from.
func (b *bucket) later(from time.Time) time.Time {
	if b.rate == 0 {
		return from
	}
	if b.tail.Before(from) {
		b.tail = from
	}
	gap := time.Duration(float64(time.Second) / b.rate)
	if gap < patience/4 {
		gap = time.Duration(float64(gap) / hurry)
	}
	b.tail = b.tail.Add(gap)
	return b.tail
}

// A domain is what we know of how fast the mail hosts of recipients want mail.
type domain struct {
	bucket
	limit  float64       // of the setting; 0: none
	base   float64       // the rate it had before it was slowed down; 0 if it was not
	until  time.Time     // it takes nothing before
	pause  time.Duration // the last one
	raised time.Time     // when it was slowed down or made faster last
	count  int           // how many left since begun, to know how fast it went
	begun  time.Time
}

// How a domain that says "slower" is treated.
const (
	firstPause   = time.Minute
	longestPause = 15 * time.Minute
	slowest      = 1.0 / 60 // one a minute
	raiseEvery   = time.Minute
	calm         = 30 * time.Minute // without a complaint: the next pause is short again
)

// throttle is the account of all domains.
type throttle struct {
	mu      sync.Mutex
	limit   float64 // of each domain, a second; 0: none
	domains map[string]*domain
}

// families are providers that take the mail of several domains as one.
var families = map[string]string{
	"googlemail.com": "gmail.com",
	"hotmail.com":    "outlook.com", "live.com": "outlook.com", "msn.com": "outlook.com", "hotmail.fi": "outlook.com", "live.fi": "outlook.com",
	"ymail.com": "yahoo.com", "rocketmail.com": "yahoo.com",
	"me.com": "icloud.com", "mac.com": "icloud.com",
}

// familyOf names the mail hosts of an address.
func familyOf(address string) string {
	d := strings.ToLower(domainOf(address))
	if f := families[d]; f != "" {
		return f
	}
	return d
}

// of gives the account of a family of domains; nil if nothing limits it.
func (t *throttle) of(name string, create bool) *domain {
	d := t.domains[name]
	if d == nil && (create || t.limit > 0) {
		d = &domain{limit: t.limit, bucket: bucket{rate: t.limit}}
		t.keep(name, d)
	}
	return d
}

// mostDomains is how many accounts are kept.
const mostDomains = 20_000

// keep adds an account; when there are too many, those that say nothing go.
func (t *throttle) keep(name string, d *domain) {
	if t.domains == nil {
		t.domains = map[string]*domain{}
	}
	if len(t.domains) >= mostDomains {
		for name, d := range t.domains {
			if d.base == 0 {
				delete(t.domains, name)
			}
		}
	}
	t.domains[name] = d
}

// take says how many of n mails may leave now to a family of domains.
func (t *throttle) take(name string, n int, now time.Time) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.of(name, false)
	if d == nil {
		return n
	}
	if d.ease(now); now.Before(d.until) {
		return 0
	}
	return d.bucket.take(now, n)
}

// wait is how long the mail behind so many others has to.
func (t *throttle) wait(name string, ahead int, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.of(name, false)
	if d == nil {
		return 0
	}
	d.ease(now)
	return max(d.until.Sub(now), 0) + d.bucket.wait(now, ahead)
}

// later is when a mail should come again that cannot leave now: not before from,
// nor before the hosts take any.
func (t *throttle) later(name string, from, now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.of(name, false)
	if d == nil {
		return from
	}
	d.ease(now)
	return d.bucket.later(later(from, d.until))
}

// arrived notes that a relay took mail to an address.
func (t *throttle) arrived(address string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.of(familyOf(address), true)
	if d.begun.IsZero() || now.Sub(d.begun) > time.Minute {
		d.begun, d.count = now, 0
	}
	d.count++
}

// complained notes that the mail hosts of an address want less. It returns until
// when they get nothing.
func (t *throttle) complained(address string, now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.of(familyOf(address), true)
	if now.Before(d.until) { // what other connections found at the same time
		return d.until
	}
	if d.base == 0 {
		d.base = d.speed(now)
		d.rate = d.base
	}
	if now.Sub(d.raised) > calm {
		d.pause = 0
	}
	d.rate = max(d.rate/2, slowest)
	d.pause = min(max(2*d.pause, firstPause), longestPause)
	d.until, d.raised, d.tail = now.Add(d.pause), now.Add(d.pause), time.Time{}
	return d.until
}

// speed is how fast mail went there of late, a second.
func (d *domain) speed(now time.Time) float64 {
	if d.rate > 0 {
		return d.rate
	}
	passed := max(now.Sub(d.begun).Seconds(), 1)
	return max(float64(d.count)/passed, 1)
}

// ease lets a slowed domain have a tenth of its old rate more each minute.
// Twice the old rate is as good as no limit.
func (d *domain) ease(now time.Time) {
	if d.base == 0 {
		return
	}
	for now.Sub(d.raised) >= raiseEvery {
		d.raised = d.raised.Add(raiseEvery)
		d.rate += d.base / 10
		if most := d.most(); d.rate >= most {
			d.rate, d.base, d.pause = d.limit, 0, 0
			return
		}
	}
}

// most is the rate from which on a domain is slowed down no more.
func (d *domain) most() float64 {
	if d.limit > 0 {
		return d.limit
	}
	return 2 * d.base
}

// A SlowDomain is a group of mail hosts that asked for less.
type SlowDomain struct {
	Name      string    `bson:"name"`
	PerMinute int       `bson:"per_minute"` // how many it gets, rounded up
	Until     time.Time `bson:"until"`      // it gets nothing before
}

// slow lists the domains that asked for less.
func (t *throttle) slow(now time.Time) (out []SlowDomain) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, d := range t.domains {
		if d.ease(now); d.base > 0 {
			out = append(out, SlowDomain{name, int(d.rate*60 + 0.999), d.until})
		}
	}
	return out
}
