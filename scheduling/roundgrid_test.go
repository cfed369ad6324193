package scheduling

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// clocks are the slots as the wall clock of r shows them.
func clocks(r *Round, slots []Slot) (out []string) {
	for _, s := range slots {
		out = append(out, s.Starts.In(r.Location()).Format("15:04")+"–"+s.Ends.In(r.Location()).Format("15:04"))
	}
	return out
}

func TestGrid(t *testing.T) {
	day := func(windows []Window, breaks ...Window) []RoundDay {
		return []RoundDay{{Date: "2027-04-14", Windows: windows, Breaks: breaks}}
	}
	for _, test := range []struct {
		name            string
		days            []RoundDay
		minutes, buffer int
		want            []string
	}{
		{"as many as fit", day([]Window{{From: "09:00", To: "10:10"}}), 20, 5, []string{"09:00–09:20", "09:25–09:45", "09:50–10:10"}},
		{"a break in the middle", day([]Window{{From: "09:00", To: "10:40"}}, Window{From: "09:30", To: "09:40"}), 20, 0,
			[]string{"09:00–09:20", "09:40–10:00", "10:00–10:20", "10:20–10:40"}},
		{"a break that keeps the buffer", day([]Window{{From: "09:00", To: "10:00"}}, Window{From: "09:20", To: "09:25"}), 20, 10,
			[]string{"09:00–09:20", "09:30–09:50"}},
		{"a break across two windows", day([]Window{{From: "09:00", To: "10:00"}, {From: "10:00", To: "11:00"}}, Window{From: "09:45", To: "10:15"}), 15, 0,
			[]string{"09:00–09:15", "09:15–09:30", "09:30–09:45", "10:15–10:30", "10:30–10:45", "10:45–11:00"}},
		{"two breaks one after the other", day([]Window{{From: "09:00", To: "10:30"}}, Window{From: "09:30", To: "10:00"}, Window{From: "09:15", To: "09:40"}), 30, 0,
			[]string{"10:00–10:30"}},
		{"to the end of the day", day([]Window{{From: "23:00", To: "24:00"}}), 30, 0, []string{"23:00–23:30", "23:30–00:00"}},
		{"windows in any order", day([]Window{{From: "13:00", To: "13:30"}, {From: "9:00", To: "9:30"}}), 30, 0, []string{"09:00–09:30", "13:00–13:30"}},
		{"the clocks go forward", []RoundDay{{Date: "2027-03-28", Windows: []Window{{From: "02:00", To: "05:00"}}}}, 30, 0,
			[]string{"02:00–02:30", "02:30–04:00", "04:00–04:30", "04:30–05:00"}},
		{"the clocks go back", []RoundDay{{Date: "2027-10-31", Windows: []Window{{From: "03:00", To: "04:30"}}}}, 30, 0,
			[]string{"03:00–03:30", "03:30–03:00", "03:00–03:30", "03:30–04:00", "04:00–04:30"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &Round{Zone: "Europe/Helsinki", Days: test.days, Minutes: test.minutes, Buffer: test.buffer}
			got, err := r.grid()
			must(t, err)
			if c := clocks(r, got); !slices.Equal(c, test.want) {
				t.Errorf("slots %v, want %v", c, test.want)
			}
		})
	}
}

func TestGridSaysEverything(t *testing.T) {
	r := &Round{Zone: "Europe/Helsinki", Minutes: 20, Buffer: 5, Days: []RoundDay{
		{Date: "2027-02-30", Windows: []Window{{From: "09:00", To: "10:00"}}},
		{Date: "2027-04-14"},
		{Date: "2027-04-15", Windows: []Window{{From: "nine", To: "10:00"}, {From: "09:03", To: "10:00"}, {From: "12:00", To: "11:00"}, {From: "12:00", To: "12:15"}}},
		{Date: "2027-04-15", Windows: []Window{{From: "09:00", To: "10:00"}}},
		{Date: "2027-04-16", Windows: []Window{{From: "09:00", To: "09:45"}, {From: "09:45", To: "10:30"}}, Breaks: []Window{{From: "09:10", To: "09:05"}}},
		{Date: "2027-03-28", Windows: []Window{{From: "03:30", To: "06:00"}}},
	}}
	_, err := r.grid()
	p := wantProblem(t, err, Invalid)
	want := map[string]string{
		"days.0.date": "problem.date", "days.1.windows": "round.no_window",
		"days.2.windows.0": "round.clock", "days.2.windows.1": "round.fives", "days.2.windows.2": "round.ends_before", "days.2.windows.3": "round.window_short",
		"days.3.date": "round.day_twice", "days.4.windows.1": "round.windows_near", "days.4.breaks.0": "round.ends_before", "days.5.windows.0": "round.clock_gap",
	}
	if !maps.Equal(p.Fields, want) {
		t.Errorf("fields %v\nwant   %v", p.Fields, want)
	}

	for _, test := range []struct {
		minutes, buffer int
		days            []RoundDay
		field, key      string
	}{
		{0, 0, r.Days[1:2], "minutes", "round.minutes"},
		{22, 0, r.Days[1:2], "minutes", "round.minutes"},
		{20, -5, r.Days[1:2], "buffer", "round.buffer"},
		{20, 0, nil, "days", "round.no_days"},
		{5, 0, []RoundDay{{Date: "2027-04-14", Windows: []Window{{From: "00:00", To: "21:25"}}}}, "days", "round.too_many_slots"},
	} {
		r := &Round{Zone: "Europe/Helsinki", Minutes: test.minutes, Buffer: test.buffer, Days: test.days}
		_, err := r.grid()
		if p := wantProblem(t, err, Invalid); p.Fields[test.field] != test.key {
			t.Errorf("%d minutes, %d buffer: %v, want %s at %s", test.minutes, test.buffer, p.Fields, test.key, test.field)
		}
	}
	r = &Round{Zone: "Europe/Helsinki", Minutes: 5, Days: []RoundDay{{Date: "2027-04-14", Windows: []Window{{From: "00:00", To: "21:20"}}}}}
	if slots, err := r.grid(); err != nil || len(slots) != maxSlots {
		t.Errorf("%d slots, %v, want %d", len(slots), err, maxSlots)
	}
}

// drawDay draws the times of a day in steps of five minutes, windows apart.
func drawDay(t *rapid.T, date, label string) RoundDay {
	day := RoundDay{Date: date}
	at := rapid.IntRange(0, 60).Draw(t, label+" first")
	for i := range rapid.IntRange(1, 4).Draw(t, label+" windows") {
		length := rapid.IntRange(6, 48).Draw(t, fmt.Sprint(label, " length ", i))
		if at+length > 288 {
			break
		}
		day.Windows = append(day.Windows, Window{From: fives(at), To: fives(at + length)})
		at += length + rapid.IntRange(0, 20).Draw(t, fmt.Sprint(label, " apart ", i))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, label+" breaks") {
		from := rapid.IntRange(0, 280).Draw(t, fmt.Sprint(label, " break ", i))
		to := min(288, from+rapid.IntRange(1, 24).Draw(t, fmt.Sprint(label, " pause ", i)))
		day.Breaks = append(day.Breaks, Window{From: fives(from), To: fives(to)})
	}
	return day
}

func fives(n int) string { return fmt.Sprintf("%02d:%02d", n/12, n%12*5) }

// Slots are apart, last as long as they should, lie in a window and touch no
// break, on days of clock changes too.
func TestGridProperties(t *testing.T) {
	zones := []string{"Europe/Helsinki", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "America/Havana"}
	dates := []string{"2027-03-27", "2027-03-28", "2027-03-29", "2027-10-31", "2027-04-04", "2027-09-05", "2027-11-07", "2027-03-14"}
	rapid.Check(t, func(t *rapid.T) {
		r := &Round{Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
			Minutes: 5 * rapid.IntRange(1, 12).Draw(t, "minutes"), Buffer: 5 * rapid.IntRange(0, 4).Draw(t, "buffer")}
		for _, date := range rapid.SliceOfNDistinct(rapid.SampledFrom(dates), 1, 3, rapid.ID).Draw(t, "dates") {
			r.Days = append(r.Days, drawDay(t, date, date))
		}
		slots, err := r.grid()
		if err != nil {
			if ProblemIn(err) == nil {
				t.Fatalf("%v is no problem for people", err)
			}
			return
		}
		if len(slots) > maxSlots {
			t.Errorf("%d slots", len(slots))
		}
		for i, s := range slots {
			if s.ID != slotID(s.Starts) || s.Ends.Sub(s.Starts) != time.Duration(r.Minutes)*time.Minute {
				t.Errorf("%+v lasts %v", s, s.Ends.Sub(s.Starts))
			}
			if i > 0 && s.Starts.Before(slots[i-1].Ends) {
				t.Errorf("%+v overlaps %+v", s, slots[i-1])
			}
			inside := false
			for _, day := range r.Days {
				for _, w := range day.Windows {
					inside = inside || between(t, r, day.Date, w, s)
				}
				for _, b := range day.Breaks {
					if from, to := momentsOf(t, r, day.Date, b); from.Before(s.Ends) && s.Starts.Before(to) {
						t.Errorf("%+v touches the break %v of %s", s, b, day.Date)
					}
				}
			}
			if !inside {
				t.Errorf("%+v lies in no window", s)
			}
		}
	})
}

// walls are what the wall clock of a zone shows around a date, and when first:
// read off the clock every five minutes, not worked out as the grid does.
var walls = map[string]map[string]time.Time{}

func momentsOf(t *rapid.T, r *Round, date string, w Window) (from, to time.Time) {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	shown := walls[r.Zone+date]
	if shown == nil {
		shown = map[string]time.Time{}
		walls[r.Zone+date] = shown
		for at := day.Add(-15 * time.Hour); at.Sub(day) < 45*time.Hour; at = at.Add(5 * time.Minute) {
			clock := at.In(r.Location()).Format("2006-01-02 15:04")
			if _, ok := shown[clock]; !ok {
				shown[clock] = at
			}
		}
	}
	end := date + " " + w.To
	if w.To == "24:00" {
		end = day.AddDate(0, 0, 1).Format(time.DateOnly) + " 00:00"
	}
	from, ok := shown[date+" "+w.From]
	to, ends := shown[end]
	if !ok || !ends {
		t.Fatalf("the clock of %s never shows %v of %s", r.Zone, w, date)
	}
	return from, to
}

func between(t *rapid.T, r *Round, date string, w Window, s Slot) bool {
	from, to := momentsOf(t, r, date, w)
	return !s.Starts.Before(from) && !s.Ends.After(to)
}

// What a window has does not depend on the others, so the IDs of its slots stay
// when another window comes or goes.
func TestSlotsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &Round{Zone: "Europe/Helsinki", Minutes: 20, Buffer: 5, Days: []RoundDay{drawDay(t, "2027-04-14", "a"), drawDay(t, "2027-04-15", "b")}}
		all, err := r.grid()
		if err != nil {
			return
		}
		fewer := *r
		fewer.Days = slices.Clone(r.Days)
		day := rapid.IntRange(0, 1).Draw(t, "day")
		ws := r.Days[day].Windows
		if len(ws) < 2 {
			return
		}
		gone := rapid.IntRange(0, len(ws)-1).Draw(t, "gone")
		fewer.Days[day].Windows = slices.Delete(slices.Clone(ws), gone, gone+1)
		left, err := fewer.grid()
		if err != nil {
			t.Fatalf("without one window: %v", err)
		}
		want := slices.DeleteFunc(slices.Clone(all), func(s Slot) bool { return between(t, r, r.Days[day].Date, ws[gone], s) })
		if !slices.Equal(left, want) {
			t.Errorf("left %v\nwant %v", left, want)
		}
	})
}

func TestClockMinutes(t *testing.T) {
	for s, want := range map[string]int{"00:00": 0, "9:05": 545, "09:05": 545, "24:00": 1440, "23:59": 1439} {
		if n, ok := clockMinutes(s); !ok || n != want {
			t.Errorf("%q is %d, %v, want %d", s, n, ok, want)
		}
	}
	for _, s := range []string{"", "9", "24:01", "25:00", "09:60", "-1:00", "+9:00", "009:00", "09:5", "09:005", "09:00:00", "9.00", "０9:00"} {
		if n, ok := clockMinutes(s); ok {
			t.Errorf("%q is taken as %d", s, n)
		}
	}
}
