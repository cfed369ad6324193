package jobs

import (
	"slices"
	"testing"
	"time"
)

// The two nights of a year in which clocks are set, and an ordinary one: in
// Helsinki it is never half past three on 29 March 2026, and twice on 25 October.
func TestSlotsWhenClocksAreSet(t *testing.T) {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		line, from string
		hours      int
		want       []string // UTC
	}{
		{"30 3 * * *", "2026-03-28T12:00:00+02:00", 48, []string{"03-29 01:00", "03-30 00:30"}},
		{"0,30 3 * * *", "2026-03-28T12:00:00+02:00", 24, []string{"03-29 01:00"}},
		{"30 3 * * *", "2026-10-24T12:00:00+03:00", 48, []string{"10-25 00:30", "10-26 01:30"}},
		{"30 3 * * *", "2026-06-24T12:00:00+03:00", 24, []string{"06-25 00:30"}},
		{"0 8 * * *", "2026-03-28T12:00:00+02:00", 48, []string{"03-29 05:00", "03-30 05:00"}},
		{"0 8 * * 1-5", "2026-10-23T12:00:00+03:00", 96, []string{"10-26 06:00", "10-27 06:00"}},
		{"*/30 * * * *", "2026-10-25T02:45:00+03:00", 3, []string{"10-25 00:00", "10-25 00:30", "10-25 01:00", "10-25 01:30", "10-25 02:00", "10-25 02:30"}},
		{"*/30 * * * *", "2026-03-29T02:20:00+02:00", 2, []string{"03-29 00:30", "03-29 01:00", "03-29 01:30", "03-29 02:00"}},
		{"0 2-5 * * *", "2026-10-25T00:00:00+03:00", 12, []string{"10-24 23:00", "10-25 00:00", "10-25 02:00", "10-25 03:00"}},
		{"@daily", "2026-10-24T12:00:00+03:00", 48, []string{"10-24 21:00", "10-25 22:00"}},
		{"@every 6h", "2026-10-24T13:00:00+03:00", 24, []string{"10-24 12:00", "10-24 18:00", "10-25 00:00", "10-25 06:00"}},
	} {
		t.Run(test.line+" "+test.from, func(t *testing.T) {
			s, err := parse(test.line, helsinki)
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.Parse(time.RFC3339, test.from)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			end := from.Add(time.Duration(test.hours) * time.Hour)
			for at := s.Next(from); !at.After(end); at = s.Next(at) {
				got = append(got, at.UTC().Format("01-02 15:04"))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestLatest(t *testing.T) {
	for line, want := range map[string]string{
		"@every 1s":      "2026-10-24T09:00:00Z",
		"@every 4h":      "2026-10-24T08:00:00Z",
		"15 * * * *":     "2026-10-24T08:15:00Z",
		"0 12 * * *":     "2026-10-23T12:00:00Z",
		"0 9 * * *":      "2026-10-24T09:00:00Z",
		"0 0 1 * *":      "0001-01-01T00:00:00Z",
		"0 12 * * 1,2,3": "0001-01-01T00:00:00Z",
	} {
		s, err := parse(line, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if got := latest(s, t0).Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
}
