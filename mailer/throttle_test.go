package mailer

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However mails come, within any span of time no more of one domain pass than
// its rate allows and one second's worth, and whoever waits as long as they are
// told passes.
func TestDomainRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom([]float64{0.05, 0.5, 1, 3, 50}).Draw(t, "rate")
		th := throttle{limit: rate}
		now := t0
		var passed []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "mails") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			ok := th.take("example.com", 1, now) == 1
			if !ok && rapid.Bool().Draw(t, "waits") {
				now = now.Add(th.wait("example.com", 0, now) + time.Microsecond)
				if ok = th.take("example.com", 1, now) == 1; !ok {
					t.Fatalf("waits again at %v", now.Sub(t0))
				}
			}
			if ok {
				passed = append(passed, now)
			}
		}
		for i := range passed {
			for j := i; j < len(passed); j++ {
				most := rate*passed[j].Sub(passed[i]).Seconds() + max(rate, 1) + 1e-6
				if n := j - i + 1; float64(n) > most+1 {
					t.Fatalf("%d passed in %v at %v a second", n, passed[j].Sub(passed[i]), rate)
				}
			}
		}
	})
}

// A domain that asks for less gets nothing for a while, then half, and slowly
// more again. Others do not notice, its relatives do.
func TestDomainSlowsDown(t *testing.T) {
	var th throttle
	now := t0
	for range 600 { // ten a second
		th.arrived("x@gmail.com", now)
		now = now.Add(100 * time.Millisecond)
	}
	until := th.complained("a@gmail.com", now)
	if until != now.Add(firstPause) || th.complained("b@googlemail.com", now) != until {
		t.Errorf("it rests until %v", until.Sub(now))
	}
	relative := familyOf("c@googlemail.com")
	if n, when := th.take(relative, 1, now), th.later(relative, now, now); n != 0 || when.Before(until) {
		t.Errorf("%d relatives pass, or at %v", n, when.Sub(now))
	}
	if th.take("example.com", 1, now) == 0 {
		t.Error("another domain has to wait")
	}
	passes := func(at time.Time) (n int) {
		for k := range 1000 {
			n += th.take("gmail.com", 1, at.Add(time.Duration(k)*time.Millisecond))
		}
		return n
	}
	if n := passes(until.Add(time.Second)); n < 4 || n > 11 { // five a second and a second's worth
		t.Errorf("%d pass in a second after the rest", n)
	}
	if n := passes(until.Add(5*time.Minute + 10*time.Second)); n < 9 || n > 21 {
		t.Errorf("%d pass in a second five minutes later", n)
	}
	if s := th.slow(now); len(s) != 1 || s[0].Name != "gmail.com" {
		t.Errorf("slow are %v", s)
	}
	if n := passes(until.Add(time.Hour)); n != 1000 || len(th.slow(until.Add(time.Hour))) != 0 {
		t.Errorf("%d pass an hour later, slow are %v", n, th.slow(now))
	}
	again := until.Add(time.Hour + time.Minute)
	if th.complained("a@gmail.com", again).Sub(again) != firstPause {
		t.Error("after a calm hour the rest is long")
	}
	soon := again.Add(firstPause + time.Second)
	if th.complained("a@gmail.com", soon).Sub(soon) != 2*firstPause {
		t.Error("after a complaint the next rest is no longer")
	}
}
