package ical

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-ical"
)

// A course is the rule of a series worked out for its start. The instances are
// told apart by their place (see Entry.place), in ascending order.
type course struct {
	rule   string // the value of RRULE
	all    []int64
	except []int64
	ends   int64 // Unix seconds, of the last instance
	// even says that each instance is as long as the first, on a clock that
	// shows each of its times once: then every reader finds the same moments.
	even bool
}

// place is the second at which an instance starts, or midnight in UTC of its day.
func (e *Entry) place(t time.Time, zone string) int64 {
	if e.AllDay {
		return day(inZone(t, zone)).Unix()
	}
	return t.Unix()
}

// workOut makes the course of an entry that repeats.
func (e *Entry) workOut() (*course, *EntryError) {
	if err := e.check(); err != nil {
		return nil, err
	}
	starts, err := e.Repeat.instances(e.Starts, inZone(e.Starts, e.StartZone).Location())
	if err != nil {
		return nil, e.faulty("%v", err)
	}
	last := starts[len(starts)-1].Add(e.length())
	if !inRange(last) {
		return nil, e.faulty("the last end is not between %d and %d", firstYear, lastYear)
	}
	c := &course{all: make([]int64, len(starts)), ends: last.Unix(), even: true}
	for i, at := range starts {
		c.all[i] = e.place(at, e.StartZone)
		c.even = c.even && (e.AllDay || e.evenAt(at))
	}
	c.leaveOut(e)
	if len(c.except) == len(c.all) {
		return nil, e.faulty("every instance is excepted")
	}
	c.rule = e.Repeat.text(e, c.all[len(c.all)-1])
	return c, nil
}

func (e *Entry) length() time.Duration { return e.end().Sub(e.Starts) }

// evenAt reports whether the instance at t has the wall time of the start and
// lasts as long on the wall as it does: not over a night in which the clocks
// are set, where readers add its length in two ways.
func (e *Entry) evenAt(t time.Time) bool {
	if isUTC(e.StartZone) {
		return true
	}
	end := t.Add(e.length())
	_, before := t.Zone()
	_, after := end.Zone()
	return before == after && t.Format(clock) == inZone(e.Starts, e.StartZone).Format(clock) && !ambiguous(t) && !ambiguous(end)
}

// leaveOut notes the exceptions there are; an exception from nothing, which is
// what a change of the rule leaves behind, says nothing.
func (c *course) leaveOut(e *Entry) {
	for _, t := range e.Except {
		if at := e.place(t, e.StartZone); c.has(at) {
			c.except = append(c.except, at)
		}
	}
	slices.Sort(c.except)
	c.except = slices.Compact(c.except)
}

func (c *course) has(place int64) bool {
	_, found := slices.BinarySearch(c.all, place)
	return found
}

func (c *course) lacks(place int64) bool {
	_, found := slices.BinarySearch(c.except, place)
	return found
}

// text is the value of RRULE. It ends with the start of the last instance, in
// UTC even where the start is not, or its day (RFC 5545 3.3.10).
func (r *Repeat) text(e *Entry, last int64) string {
	option, _ := r.option(wall(inZone(e.Starts, e.StartZone)))
	until := utc(time.Unix(last, 0))
	if e.AllDay {
		until = until[:len("20060102")]
	}
	return ruleText(option, r.Freq) + ";UNTIL=" + until
}

// setCourse writes the rule, and one line for each exception: a list is more
// than many readers take.
func (e *Entry) setCourse(d *draft, c *course) {
	d.set(ical.PropRecurrenceRule, c.rule, nil)
	for _, place := range c.except {
		e.setPlace(d, ical.PropExceptionDates, place, e.StartZone)
	}
}

// setPlace names an instance in the form of the start of its series.
func (e *Entry) setPlace(d *draft, name string, place int64, zone string) {
	t := time.Unix(place, 0)
	if e.AllDay {
		d.set(name, t.UTC().Format("20060102"), isDay)
		return
	}
	d.time(name, t, zone, false)
}

// A series is an entry that repeats, and the places in which others stand.
type series struct {
	head  item
	taken map[int64]bool
}

// stand puts x in place of one of s, or says why it cannot stand there.
func (s *series) stand(x *item, k *Cache) *EntryError {
	if s == nil {
		return x.faulty("the series that it is an instance of is not in this calendar")
	}
	if err := x.check(); err != nil {
		return err
	}
	place := s.head.place(x.Instance, s.head.StartZone)
	switch {
	case x.AllDay != s.head.AllDay:
		return x.faulty("an instance is all-day as its series is, or not")
	case !s.head.course.has(place):
		return x.faulty("its series has no instance at %s", x.Instance.UTC().Format(time.RFC3339))
	case s.head.course.lacks(place) && x.Status != Cancelled:
		return x.faulty("its series excepts the instance at %s", x.Instance.UTC().Format(time.RFC3339))
	}
	s.taken[place] = true
	e := *x.Entry
	e.InstanceZone = cmp.Or(s.head.StartZone, "UTC") // whatever x itself may say
	*x = k.item(&e)
	return nil
}

// whole reports whether a rule can say all of s.
func (s *series) whole(p *plan) bool {
	return s.head.AllDay || s.head.course.even && p.local(s.head.span)
}

// singles are the instances of s in which no other stands, each an entry of its
// own: what cannot be said by a rule is said one by one.
func (s *series) singles(k *Cache, p *plan) []item {
	var all []item
	for _, place := range s.head.course.all {
		if s.head.course.lacks(place) || s.taken[place] {
			continue
		}
		e := *s.head.Entry
		e.Repeat, e.Except = nil, nil
		e.Starts = time.Unix(place, 0)
		if !e.Ends.IsZero() {
			e.Ends = e.Starts.Add(s.head.length())
		}
		all = append(all, s.single(e, e.Starts, k, p))
	}
	return all
}

// single makes an entry of its own of the instance at t.
func (s *series) single(e Entry, t time.Time, k *Cache, p *plan) item {
	e.UID = fmt.Sprintf("%s-%s", s.head.UID, utc(t))
	e.Instance = time.Time{}
	it := k.item(&e)
	it.span = p.add(&e, nil)
	return it
}

// allSeries is what there is of series in a calendar, by UID.
type allSeries map[string]*series

// series works out what repeats among the items, keeps of those that stand in
// place of an instance the ones that have their series, and notes them in the
// plan.
func (k *Cache) series(items []item, p *plan) (kept []item, all allSeries, skipped []*EntryError) {
	if !slices.ContainsFunc(items, func(it item) bool { return it.inSeries() }) {
		return items, nil, nil
	}
	all = allSeries{}
	for i := range items {
		if it := &items[i]; it.Repeat != nil {
			if err := all.begin(it, k); err != nil {
				skipped = append(skipped, err)
			}
		}
	}
	for _, it := range items {
		if it.Repeat != nil && it.course == nil {
			continue // reported
		}
		if it.Repeat == nil && !it.Instance.IsZero() {
			if err := all[it.UID].stand(&it, k); err != nil {
				skipped = append(skipped, err)
				continue
			}
		}
		if it.inSeries() {
			it.span = p.add(it.Entry, it.course)
		}
		if it.Repeat != nil {
			all[it.UID].head = it
		}
		kept = append(kept, it)
	}
	return kept, all, skipped
}

// begin works out the course of an item that repeats.
func (all allSeries) begin(it *item, k *Cache) *EntryError {
	c, err := k.workOut(it)
	if err != nil {
		return err
	}
	if all[it.UID] != nil {
		return it.faulty(twice)
	}
	it.course = c
	all[it.UID] = &series{*it, map[int64]bool{}}
	return nil
}

func (e *Entry) inSeries() bool { return e.Repeat != nil || !e.Instance.IsZero() }

// writeOut gives the items with those series as single ones that a rule cannot
// say.
func (all allSeries) writeOut(items []item, k *Cache, p *plan) []item {
	if len(all) == 0 {
		return items
	}
	var out []item
	for _, it := range items {
		s := all[it.UID]
		switch {
		case s == nil || !it.inSeries() || s.whole(p):
			out = append(out, it)
		case it.Repeat != nil:
			out = append(out, s.singles(k, p)...)
		default:
			out = append(out, s.single(*it.Entry, it.Instance, k, p))
		}
	}
	slices.SortStableFunc(out, byStart)
	return out
}
