package mailer

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However mails come, within any span of time no more of one domain pass than
// its rate allows and one second's worth, and whoever waits is told a time at
// which, sooner or later, they pass.
func TestDomainRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.SampledFrom([]float64{0.05, 0.5, 1, 3, 50}).Draw(t, "rate")
		th := throttle{limit: rate}
		now := t0
		var passed []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "mails") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			ok, when := th.admit("a@example.com", now)
			if ok {
				passed = append(passed, now)
			} else if !when.After(now) {
				t.Fatalf("put off to %v at %v", when, now)
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

// Those that are put off come back one after the other: none waits twice.
func TestPutOffOnce(t *testing.T) {
	th := throttle{limit: 10}
	var due []time.Time
	for range 100 {
		if ok, when := th.admit("a@example.com", t0); !ok {
			due = append(due, when)
		}
	}
	if len(due) != 90 {
		t.Fatalf("%d are put off", len(due))
	}
	for i, when := range due {
		if ok, _ := th.admit("a@example.com", when); !ok {
			t.Errorf("number %d waits again at %v", i, when.Sub(t0))
		}
	}
	if last := due[len(due)-1].Sub(t0); last != 9*time.Second {
		t.Errorf("the last one leaves after %v", last)
	}
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
	if ok, when := th.admit("c@googlemail.com", now); ok || when.Before(until) {
		t.Errorf("a relative passes at %v", when.Sub(now))
	}
	if ok, _ := th.admit("c@example.com", now); !ok {
		t.Error("another domain has to wait")
	}
	passes := func(at time.Time) (n int) {
		for k := range 1000 {
			if ok, _ := th.admit("a@gmail.com", at.Add(time.Duration(k)*time.Millisecond)); ok {
				n++
			}
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
