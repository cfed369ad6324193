package scheduling

import (
	"maps"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A SeriesState is what was decided about a series; whether it has run out
// follows from its last day.
type SeriesState string

// The states of a series.
const (
	SeriesActive    SeriesState = "active"
	SeriesCancelled SeriesState = "cancelled"
)

// A SeriesRule says how a group's meeting comes again. Which weekday or day it
// is follows from the first meeting.
type SeriesRule string

// The rules of a series.
const (
	Weekly         SeriesRule = "weekly"       // that weekday
	MonthlyWeekday SeriesRule = "nth_weekday"  // the second Tuesday
	MonthlyLast    SeriesRule = "last_weekday" // the last Tuesday
	MonthlyDate    SeriesRule = "date"         // the 14th
)

// SeriesRules are all of them, in the order of a form.
var SeriesRules = []SeriesRule{Weekly, MonthlyWeekday, MonthlyLast, MonthlyDate}

// A Series is a meeting of a group that comes again.
type Series struct {
	storage.Meta `bson:",inline"`
	GroupID      string      `bson:"group_id"`
	State        SeriesState `bson:"state"`
	Title        Text        `bson:"title"`
	Place        string      `bson:"place,omitempty"`
	Link         string      `bson:"link,omitempty"` // where to join online; only members see it
	Starts       time.Time   `bson:"starts"`         // of the first meeting
	Minutes      int         `bson:"minutes"`        // how long one takes
	Zone         string      `bson:"zone"`           // IANA name: nine o'clock there stays nine o'clock
	Rule         SeriesRule  `bson:"rule"`
	Every        int         `bson:"every"`  // so many weeks or months
	Until        string      `bson:"until"`  // the last day that one may start on, 2006-01-02 in Zone
	Public       bool        `bson:"public"` // in the group's public calendar too, without the link
	Exceptions   []Exception `bson:"exceptions,omitempty"`

	UID         string    `bson:"uid"`                    // of its calendar entry; never changes
	Sequence    int       `bson:"sequence"`               // rises with every visible change of the whole
	Changed     time.Time `bson:"changed"`                // when something visible of the whole changed last
	CancelledAt time.Time `bson:"cancelled_at,omitempty"` // before its first meeting
	Last        time.Time `bson:"last"`                   // end of the last meeting
	Follows     string    `bson:"follows,omitempty"`      // the series that this one took the place of
}

// An Exception is one date of a series that is not as its rule says.
type Exception struct {
	Was         time.Time `bson:"was"` // the start by the rule
	Cancelled   bool      `bson:"cancelled,omitempty"`
	CancelledAt time.Time `bson:"cancelled_at,omitempty"`
	Settled     bool      `bson:"settled,omitempty"` // cancelled so long ago that calendars need not be told any more
	Reason      string    `bson:"reason,omitempty"`  // of its cancellation
	Starts      time.Time `bson:"starts"`            // moved there, or Was
	Place       string    `bson:"place,omitempty"`   // empty: the series' own
	Sequence    int       `bson:"sequence"`
	Changed     time.Time `bson:"changed"`
}

var seriesOf = storage.NewCollection[Series]("series", storage.Ordered("group_id"))

// A GroupMeeting is one meeting of a series.
type GroupMeeting struct {
	Series       *Series
	Was          time.Time // its start by the rule, which names it
	Starts, Ends time.Time
	Place        string
	Cancelled    bool
	Moved        bool // to another time or place
	Reason       string
}

// repeat is s's rule as calendars have it.
func (s *Series) repeat() *ical.Repeat {
	r := &ical.Repeat{Freq: ical.Monthly, Interval: s.Every, Until: s.LastDay()}
	switch s.Rule {
	case Weekly:
		r.Freq = ical.Weekly
	case MonthlyWeekday:
		r.Days = []ical.Day{{Weekday: s.Weekday(), Nth: s.Nth()}}
	case MonthlyLast:
		r.Days = []ical.Day{{Weekday: s.Weekday(), Nth: -1}}
	case MonthlyDate:
		if r.MonthDay = s.MonthDay(); r.MonthDay == 0 {
			r.MonthDay = -1
		}
	}
	return r
}

// Weekday is the one that a series by weekdays comes on.
func (s *Series) Weekday() time.Weekday { return s.Starts.In(s.location()).Weekday() }

// Nth is which one of its weekday in the month the first meeting is, from 1.
func (s *Series) Nth() int { return (s.Starts.In(s.location()).Day()-1)/7 + 1 }

// MonthDay is the day of the month that a series by date comes on; 0 stands for
// the last one, whichever it is.
func (s *Series) MonthDay() int {
	first := s.Starts.In(s.location())
	if first.AddDate(0, 0, 1).Day() == 1 {
		return 0
	}
	return first.Day()
}

// location is the zone of s's wall clock.
func (s *Series) location() *time.Location {
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// LastDay is noon of the last day that s may come on; zero where Until is no day.
func (s *Series) LastDay() time.Time {
	day, err := time.ParseInLocation(time.DateOnly, s.Until, s.location())
	if err != nil {
		return time.Time{}
	}
	return day.Add(12 * time.Hour)
}

// dates are the starts by the rule alone, first to last.
func (s *Series) dates() []time.Time {
	r := s.repeat()
	if r.Until.IsZero() {
		return nil
	}
	return r.Instances(s.Starts, s.Zone, s.Starts, r.Until.Add(dayAndSome))
}

// Meetings are all meetings of s in their order, with those that are cancelled.
func (s *Series) Meetings() []GroupMeeting {
	if s.State == SeriesCancelled {
		return nil
	}
	var out []GroupMeeting
	for _, at := range s.dates() {
		m := GroupMeeting{Series: s, Was: at.UTC(), Starts: at.UTC(), Place: s.Place}
		if x := s.exception(at); x != nil {
			m.Cancelled, m.Reason, m.Starts = x.Cancelled, x.Reason, x.Starts.UTC()
			if x.Place != "" {
				m.Place = x.Place
			}
			m.Moved = !x.Cancelled && (!x.Starts.Equal(x.Was) || m.Place != s.Place)
		}
		m.Ends = m.Starts.Add(s.length())
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b GroupMeeting) int { return a.Starts.Compare(b.Starts) })
	return out
}

// Ahead are the meetings of s that are not over at now, n at the most.
func (s *Series) Ahead(now time.Time, n int) []GroupMeeting {
	out := slices.DeleteFunc(s.Meetings(), func(m GroupMeeting) bool { return !m.Ends.After(now) })
	return out[:min(n, len(out))]
}

// Meeting gives the one that was to start at a moment.
func (s *Series) Meeting(was time.Time) (GroupMeeting, bool) {
	all := s.Meetings()
	i := slices.IndexFunc(all, func(m GroupMeeting) bool { return m.Was.Equal(was) })
	if i < 0 {
		return GroupMeeting{}, false
	}
	return all[i], true
}

// On gives the meeting that the rule puts on a day, 2006-01-02 in s's zone.
func (s *Series) On(day string) (GroupMeeting, bool) {
	for _, m := range s.Meetings() {
		if m.Day() == day {
			return m, true
		}
	}
	return GroupMeeting{}, false
}

// Day is the day that the rule puts m on, 2006-01-02 in its series' zone. A
// series comes once a day at the most, so it names m.
func (m GroupMeeting) Day() string { return m.Was.In(m.Series.location()).Format(time.DateOnly) }

// EndOf is when a meeting that starts at a moment ends.
func (s *Series) EndOf(start time.Time) time.Time { return start.Add(s.length()) }

// Over reports whether all meetings of s have ended at now.
func (s *Series) Over(now time.Time) bool { return !s.Last.After(now) }

func (s *Series) length() time.Duration { return time.Duration(s.Minutes) * time.Minute }

func (s *Series) exception(was time.Time) *Exception {
	for i := range s.Exceptions {
		if s.Exceptions[i].Was.Equal(was) {
			return &s.Exceptions[i]
		}
	}
	return nil
}

// The limits of a series.
const (
	maxSeries  = 50             // of one group
	maxMinutes = 24 * 60        // of one meeting
	maxEvery   = 12             // weeks or months
	maxShift   = 183            // days that one date may be moved by
	leastShown = 5              // minutes of a meeting that a calendar can show
	dayAndSome = 36 * time.Hour // longer than any day
)

// Check says everything that is wrong with s, before it is saved.
func (s *Series) Check() error { return s.check() }

// check cleans s and says everything that is wrong with it.
func (s *Series) check() error {
	f := faults{}
	s.Title, s.Place, s.Link = s.Title.trimmed(), cleanLine(s.Place), cleanLine(s.Link)
	if s.Title.Empty() {
		f.add("title", "problem.required")
	}
	if s.Title.longest() > titleLimit {
		f.add("title", "problem.too_long")
	}
	f.limit("place", s.Place, lineLimit)
	if s.Link != "" && !webAddress(s.Link) {
		f.add("link", "problem.link")
	}
	if _, err := ical.LoadZone(s.Zone); err != nil || s.Zone == "" {
		f.add("zone", "event.zone")
	}
	if s.Starts.IsZero() {
		f.add("starts", "problem.required")
	}
	if s.Minutes < leastShown || s.Minutes > maxMinutes {
		f.add("minutes", "series.minutes")
	}
	if s.Every < 1 || s.Every > maxEvery {
		f.add("every", "problem.number")
	}
	if !slices.Contains(SeriesRules, s.Rule) {
		f.add("rule", "problem.choice")
	}
	if len(f) == 0 {
		s.checkRule(f)
	}
	return f.problem()
}

// checkRule finds what calendars would not agree on, or could not show.
func (s *Series) checkRule(f faults) {
	first := s.Starts.In(s.location())
	week := first.AddDate(0, 0, 7)
	switch last := s.LastDay(); {
	case last.IsZero():
		f.add("until", "problem.date")
	case s.Until < first.Format(time.DateOnly):
		f.add("until", "series.until_before")
	case s.Rule == MonthlyWeekday && first.Day() > 28:
		f.add("rule", "series.fifth")
	case s.Rule == MonthlyLast && week.Month() == first.Month():
		f.add("rule", "series.not_last")
	case s.Rule == MonthlyDate && first.Day() > 28 && first.AddDate(0, 0, 1).Day() != 1:
		f.add("rule", "series.short_months")
	case s.repeat().Check(s.Starts, s.Zone) != nil:
		f.add("until", "series.too_long")
	}
}

// take copies what its keepers may edit.
func (s *Series) take(in *Series) {
	s.Title, s.Place, s.Link, s.Public = in.Title, in.Place, in.Link, in.Public
	s.Starts, s.Minutes, s.Zone = in.Starts.UTC(), in.Minutes, in.Zone
	s.Rule, s.Every, s.Until = in.Rule, in.Every, in.Until
}

// rekey carries the exceptions of before over to the dates that s has now: what
// was cancelled or moved on a day stays so if s still meets on that day, at
// whatever time. It says how many had to go.
func (s *Series) rekey(before *Series) (gone int) {
	days := map[string]time.Time{}
	for _, at := range s.dates() {
		days[at.Format(time.DateOnly)] = at.UTC()
	}
	s.Exceptions = nil
	for _, x := range before.Exceptions {
		at, ok := days[x.Was.In(before.location()).Format(time.DateOnly)]
		if !ok {
			gone++
			continue
		}
		if x.Starts.Equal(x.Was) {
			x.Starts = at
		}
		x.Was = at
		s.Exceptions = append(s.Exceptions, x)
	}
	return gone
}

// revise raises the revisions of s as its entry, and those of its exceptions,
// differ from before. What was cancelled long ago leaves the calendars then,
// and not by the clock: nothing in them changes without a revision.
func (s *Series) revise(before *Series, now time.Time) {
	if s.Every != before.Every || s.Rule != before.Rule || s.Until != before.Until || s.State != before.State || !sameMeeting(before, s) {
		s.Sequence++
		s.Changed = now
		for i := range s.Exceptions {
			x := &s.Exceptions[i]
			x.Settled = x.Settled || x.Cancelled && now.After(x.CancelledAt.Add(feedKeep))
		}
	}
	if !sameMeeting(before, s) {
		for i := range s.Exceptions {
			s.Exceptions[i].revise(s, now)
		}
	}
	s.bound()
}

func (x *Exception) revise(s *Series, now time.Time) {
	x.Sequence = max(x.Sequence, s.Sequence) + 1
	x.Changed = now
}

// sameMeeting reports whether one meeting looks the same in a calendar.
func sameMeeting(a, b *Series) bool {
	return maps.Equal(a.Title, b.Title) && a.Place == b.Place && a.Link == b.Link &&
		a.Starts.Equal(b.Starts) && a.Minutes == b.Minutes && a.Zone == b.Zone
}

// bound notes when the last meeting ends.
func (s *Series) bound() {
	s.Last = time.Time{}
	for _, m := range s.Meetings() {
		s.Last = later(s.Last, m.Ends)
	}
}
