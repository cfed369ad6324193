package mailer

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
)

func TestRelays(t *testing.T) {
	for _, test := range []struct {
		spec string
		want []string
	}{
		{"smtp://a", []string{"smtp://a"}},
		{"smtp://u:p,w@a:25?rate=5/s,smtps://b", []string{"smtp://u:p,w@a:25?rate=5/s", "smtps://b"}},
		{" smtp://a  smtp://b,smtp://c ", []string{"smtp://a", "smtp://b", "smtp://c"}},
		{"dir:mail", []string{"dir:mail"}},
	} {
		if got := Relays(test.spec); !slices.Equal(got, test.want) {
			t.Errorf("Relays(%q) = %q", test.spec, got)
		}
	}
}

func TestFleetSettings(t *testing.T) {
	for spec, want := range map[string]string{
		"smtp://a?rate=fast":                       "rate",
		"smtp://a?rate=0/s":                        "rate",
		"smtp://a?domain-rate=5/y":                 "domain-rate",
		"smtp://a?for=news":                        "for=news",
		"smtp://a?wire=http":                       "wire=http",
		"smtp://a?for=bulk":                        "no relay is left for single mail",
		"smtp://a?for=single":                      "no relay is left for bulk mail",
		"smtp://a?dkim=/none&dkim-selector=s":      "dkim",
		"smtp://a,smtp://user:secret%zz@b?tls=now": "not of the form",
	} {
		_, err := Open(spec, nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", spec, err)
		}
	}
	for spec, want := range map[string]float64{"10/s": 10, "90/m": 1.5, "7200/h": 2, "86400/d": 1} {
		if got, err := parseRate(spec); err != nil || got != want {
			t.Errorf("parseRate(%q) = %v, %v", spec, got, err)
		}
	}
}

// Where a relay is gone, the next one sends; when it is back, it does again.
func TestNextRelay(t *testing.T) {
	h := newHouse(t)
	first, second := newSink(t, mailtest.Config{}), newSink(t, mailtest.Config{})
	w := h.workerAt("smtp://" + first.Addr() + "?tls=none,smtp://" + second.Addr() + "?tls=none")
	h.add(letters(3)...)
	h.run(w, 3)
	wantDeliveries(t, first, 3, 1)

	first.SetFaults(mailtest.Faults{RefuseMail: "451 4.3.2 Not now"})
	h.campaign()
	h.readers(50)
	h.add(letter("more", "aino@example.com"))
	h.run(w, 51)
	wantDeliveries(t, second, 51, 1)
	if s := w.state().Relays; len(s) != 2 || s[0].Resting.IsZero() || !s[1].Resting.IsZero() {
		t.Errorf("relays %+v", s)
	}

	first.SetFaults(mailtest.Faults{})
	h.pass(time.Hour)
	h.add(letter("last", "aino@example.com"))
	h.run(w, 1)
	wantDeliveries(t, first, 4, 1)
}

// Newsletters and other mail go apart where the setting says so.
func TestRelayForBulk(t *testing.T) {
	h := newHouse(t)
	bulk, single := newSink(t, mailtest.Config{}), newSink(t, mailtest.Config{})
	w := h.workerAt("smtp://" + bulk.Addr() + "?tls=none&for=bulk smtp://" + single.Addr() + "?tls=none&for=single")
	h.campaign()
	h.readers(20)
	h.add(letters(5)...)
	h.run(w, 25)
	wantDeliveries(t, bulk, 20, 1)
	wantDeliveries(t, single, 5, 1)
}

// A relay for newsletters that is gone does not hold up other mail.
func TestRelayForBulkIsGone(t *testing.T) {
	h := newHouse(t)
	bulk, single := newSink(t, mailtest.Config{}), newSink(t, mailtest.Config{})
	bulk.Close()
	w := h.workerAt("smtp://" + bulk.Addr() + "?tls=none&for=bulk smtp://" + single.Addr() + "?tls=none&for=single")
	h.campaign()
	h.readers(20)
	for n := range 3 {
		h.add(letter(string(rune('a'+n)), "aino@example.com"))
		if sent, err := w.RunOnce(t.Context(), h.now()); sent != 1 || err == nil || !strings.Contains(err.Error(), "connect") {
			t.Errorf("RunOnce = %d, %v, want one and the trouble", sent, err)
		}
	}
	wantDeliveries(t, single, 3, 1)
	h.wantCounts(map[State]int{Queued: 20})
}

// What one relay may not take any more goes to the next.
func TestRelayOverflows(t *testing.T) {
	h := newHouse(t)
	small, large := newSink(t, mailtest.Config{}), newSink(t, mailtest.Config{})
	w := h.workerAt("smtp://" + small.Addr() + "?tls=none&rate=10/s smtp://" + large.Addr() + "?tls=none")
	h.campaign()
	h.readers(60)
	h.run(w, 60)
	wantDeliveries(t, small, 10, 1)
	wantDeliveries(t, large, 50, 1)
}
