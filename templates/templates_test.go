package templates

import (
	"testing"
	"time"
)

func load(t testing.TB) *Texts {
	t.Helper()
	texts, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTimes(t *testing.T) {
	texts := load(t)
	en, fi := texts.In("en"), texts.In("fi")
	nine, half, night := at(t, "2027-01-14T07:00:00Z"), at(t, "2027-01-14T14:30:00Z"), at(t, "2027-01-14T23:15:00Z")
	for _, test := range []struct{ got, want string }{
		{en.When(nine, "Europe/Helsinki"), "Thu 14 Jan 2027, 09:00 (Helsinki)"},
		{fi.When(nine, "Europe/Helsinki"), "to 14.1.2027 klo 9.00 (Helsinki)"},
		{en.When(nine, "Nowhere/Atall"), "Thu 14 Jan 2027, 07:00 (UTC)"},
		{en.When(nine, "Asia/Ho_Chi_Minh"), "Thu 14 Jan 2027, 14:00 (Ho Chi Minh)"},
		{en.When(time.Time{}, "Europe/Helsinki"), ""},
		{en.Range(nine, half, "Europe/Helsinki"), "Thu 14 Jan 2027, 09:00–16:30 (Helsinki)"},
		{fi.Range(nine, half, "Europe/Helsinki"), "to 14.1.2027 klo 9.00–16.30 (Helsinki)"},
		{en.Range(half, night, "Europe/Helsinki"), "Thu 14 Jan 2027, 16:30 – Fri 15 Jan 2027, 01:15 (Helsinki)"},
		{fi.Range(half, night, "Europe/Stockholm"), "to 14.1.2027 klo 15.30 – pe 15.1.2027 klo 0.15 (Tukholma)"},
		{en.Between(nine, "Europe/Helsinki", at(t, "2027-01-14T11:20:00Z"), "Europe/Madrid"), "Thu 14 Jan 2027, 09:00 Helsinki → 12:20 Madrid, 4 h 20 min"},
		{fi.Between(night, "Europe/Helsinki", at(t, "2027-01-15T03:15:00Z"), "Europe/London"), "pe 15.1.2027 klo 1.15 Helsinki → 3.15 Lontoo, 4 t"},
		{fi.Between(half, "Europe/Helsinki", night, "Asia/Tokyo"), "to 14.1.2027 klo 16.30 Helsinki → pe 15.1.2027 klo 8.15 Tokio, 8 t 45 min"},
		{en.Days(nine, at(t, "2027-01-15T22:00:00Z"), "Europe/Helsinki"), "Thu 14 Jan 2027 – Fri 15 Jan 2027"},
		{en.Days(at(t, "2027-01-13T22:00:00Z"), at(t, "2027-01-14T22:00:00Z"), "Europe/Helsinki"), "Thu 14 Jan 2027"},
		{fi.Month(nine, "Europe/Helsinki"), "tammikuu 2027"},
		{en.Duration(26 * time.Hour), "1 day 2 h"},
		{fi.Duration(49*time.Hour + 5*time.Minute), "2 päivää 1 t"},
		{en.Duration(20 * time.Second), "0 min"},
		{en.Number(1900), "1900"},
		{en.Number(-1234567), "-1,234,567"},
		{fi.Number(12500), "12\u00a0500"},
	} {
		if test.got != test.want {
			t.Errorf("got  %q\nwant %q", test.got, test.want)
		}
	}
}

func TestText(t *testing.T) {
	fi := load(t).In("fi")
	if got := fi.Text("common.back"); got != "Takaisin" {
		t.Errorf("plain text = %q", got)
	}
	if got := fi.Text("no.such.key", "count", 3); got != "no.such.key" {
		t.Errorf("missing key = %q", got)
	}
	if got := fi.Text("time.when", "day", "x"); got != "time.when" {
		t.Errorf("a text without what it mentions = %q, want its key", got)
	}
	type other string // goes through the template
	quick := fi.Text("time.when", "day", "<x>", "clock", 12345, "zone", "{{.day}}")
	if slow := fi.Text("time.when", "day", other("<x>"), "clock", 12345, "zone", "{{.day}}"); quick != slow || quick == "time.when" {
		t.Errorf("filled = %q, by the template %q", quick, slow)
	}
	if got := load(t).In("sv").Code(); got != Fallback {
		t.Errorf("a language that is not there = %q", got)
	}
}

func BenchmarkText(b *testing.B) {
	fi := load(b).In("fi")
	for b.Loop() {
		fi.Text("time.days", "count", 3)
	}
}

func BenchmarkRange(b *testing.B) {
	fi := load(b).In("fi")
	t := at(b, "2027-01-14T07:00:00Z")
	for b.Loop() {
		fi.Range(t, t.Add(time.Hour), "Europe/Helsinki")
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := read(); err != nil {
			b.Fatal(err)
		}
	}
}
