package templates

import (
	"testing"

	"pgregory.net/rapid"
)

func TestMoney(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	en, fi := all.In("en"), all.In("fi")
	for _, c := range []struct{ got, want string }{
		{en.Money(123450, "EUR"), "EUR\u00a01,234.50"}, {fi.Money(123450, "EUR"), "1\u00a0234,50\u00a0EUR"},
		{en.Amount(5), "0.05"}, {fi.Amount(-5), "-0,05"}, {en.Amount(100_000_000_00), "100,000,000.00"}, {fi.Amount(99900), "999,00"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	for s, want := range map[string]int64{"1234": 123400, "1,234.5": 123450, "1,234": 123400, "12.3": 1230, "12,3": 1230, "1 234": 123400, "0": 0, "1\u00a0234,50": 123450, "00012": 1200} {
		if got, ok := en.ParseAmount(s); !ok || got != want {
			t.Errorf("%q in English is %d, %v, want %d", s, got, ok, want)
		}
	}
	for s, want := range map[string]int64{"1 234,50": 123450, "1234.5": 123450, "7": 700} {
		if got, ok := fi.ParseAmount(s); !ok || got != want {
			t.Errorf("%q in Finnish is %d, %v, want %d", s, got, ok, want)
		}
	}
	for _, s := range []string{"", " ", "-1", "+1", "1e3", "1.", ",5", ".", "1,23,4", "12,34.5", "1.2.3", "0x10", "٣", "1_000", "NaN", "99999999999999", "1,234,56,7", "<b>1", "½"} {
		if got, ok := en.ParseAmount(s); ok {
			t.Errorf("%q is understood as %d", s, got)
		}
	}
	for _, s := range []string{"1,234", "1.234", "1.234,50"} {
		if got, ok := fi.ParseAmount(s); ok {
			t.Errorf("%q in Finnish is understood as %d", s, got)
		}
	}
}

// TestAmountsComeBack writes amounts and reads them again.
func TestAmountsComeBack(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		l := all.In(rapid.SampledFrom([]string{"en", "fi"}).Draw(t, "lang"))
		cents := rapid.Int64Range(0, 1e15-1).Draw(t, "cents")
		if got, ok := l.ParseAmount(l.Amount(cents)); !ok || got != cents {
			t.Fatalf("%d was written as %q and read as %d", cents, l.Amount(cents), got)
		}
	})
}
