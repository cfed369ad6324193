package match

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// What a Problem may have at the most.
const (
	MaxSlots        = 256
	MaxTables       = 1 << 20
	MaxParticipants = 100_000
	MaxMeetings     = 500_000
	MaxWeight       = 1 << 40 // of all meetings together, so that no sum overflows
	MaxID           = 200     // bytes of an ID or a name
)

// Validate reports the first thing by which p is malformed, as a *FormatError
// that names the place: an ID there twice or unknown, a slot out of range, a
// meeting with itself or of less than two, meetings after each other in a
// circle, too much of something. Whether p can be solved is another question:
// see [Conflicts].
func (p *Problem) Validate() error {
	v := &validator{problem: p}
	v.sizes()
	v.sessions()
	v.participants()
	v.meetings()
	v.order()
	if v.fault == nil {
		return nil
	}
	return v.fault
}

// A validator keeps the first fault that is found.
type validator struct {
	problem *Problem
	fault   *FormatError
	session map[string]bool
	person  map[string]bool
	meeting map[string]int // index by ID
}

// say notes a fault, unless there was one before. The place is a function, so
// that it is put together only then.
func (v *validator) say(place func() string, format string, args ...any) {
	if v.fault == nil {
		v.fault = &FormatError{Place: place(), Text: fmt.Sprintf(format, args...)}
	}
}

// at gives the place of an item, or of a field in it.
func at(list string, index int, field ...string) func() string {
	return func() string {
		return list + "[" + strconv.Itoa(index) + "]" + strings.Join(field, "")
	}
}

func in(field string) func() string { return func() string { return field } }

// within notes a number out of its range.
func (v *validator) within(place func() string, n, least, most int) {
	switch {
	case n < least:
		v.say(place, "%d is less than %d", n, least)
	case n > most:
		v.say(place, "%d is more than %d", n, most)
	}
}

// slot notes a slot that the round does not have.
func (v *validator) slot(place func() string, n int) {
	if n < 1 || n > v.problem.Slots {
		v.say(place, "there is no slot %d: they are 1 to %d", n, v.problem.Slots)
	}
}

// name notes an ID that is no name: it stands in messages of one line.
func (v *validator) name(place func() string, s string) {
	switch {
	case s == "":
		v.say(place, "an empty text")
	case len(s) > MaxID:
		v.say(place, "longer than %d bytes", MaxID)
	case strings.ContainsFunc(s, unicode.IsControl):
		v.say(place, "%s has a control character in it", quote(s))
	}
}

func (v *validator) sizes() {
	p := v.problem
	if p.Format != Format {
		v.say(in("format"), "%s instead of %q", quote(p.Format), Format)
	}
	v.within(in("slots"), p.Slots, 1, MaxSlots)
	v.within(in("tables"), p.Tables, 1, MaxTables)
	if p.Fairness != nil {
		v.within(in("fairness"), *p.Fairness, 0, MaxSlots)
	}
	if len(p.Participants) > MaxParticipants {
		v.say(in("participants"), "more than %d", MaxParticipants)
	}
	if len(p.Meetings) > MaxMeetings {
		v.say(in("meetings"), "more than %d", MaxMeetings)
	}
}

func (v *validator) sessions() {
	v.session = map[string]bool{}
	for i, s := range v.problem.Sessions {
		v.name(at("sessions", i, ".name"), s.Name)
		if v.session[s.Name] {
			v.say(at("sessions", i, ".name"), "a second session %s", quote(s.Name))
		}
		v.session[s.Name] = true
		v.slot(at("sessions", i, ".from"), s.From)
		v.slot(at("sessions", i, ".to"), s.To)
		if s.To < s.From {
			v.say(at("sessions", i), "it ends in slot %d, before it begins in slot %d", s.To, s.From)
		}
	}
}

func (v *validator) participants() {
	v.person = make(map[string]bool, len(v.problem.Participants))
	for i, p := range v.problem.Participants {
		v.name(at("participants", i, ".id"), p.ID)
		if v.person[p.ID] {
			v.say(at("participants", i, ".id"), "a second participant %s", quote(p.ID))
		}
		v.person[p.ID] = true
		for j, slot := range p.Unavailable {
			v.slot(at("participants", i, ".unavailable[", strconv.Itoa(j), "]"), slot)
		}
		if p.MaxMeetings != nil && *p.MaxMeetings < 0 {
			v.say(at("participants", i, ".max_meetings"), "%d is less than 0", *p.MaxMeetings)
		}
		if v.fault != nil {
			return
		}
	}
}

func (v *validator) meetings() {
	v.meeting = make(map[string]int, len(v.problem.Meetings))
	total := 0
	for i := range v.problem.Meetings {
		m := &v.problem.Meetings[i]
		v.name(at("meetings", i, ".id"), m.ID)
		if _, twice := v.meeting[m.ID]; twice {
			v.say(at("meetings", i, ".id"), "a second meeting %s", quote(m.ID))
		}
		v.meeting[m.ID] = i
		v.people(i, m)
		v.times(i, m)
		v.within(at("meetings", i, ".weight"), m.Worth(), 0, MaxWeight)
		if total += m.Worth(); total > MaxWeight {
			v.say(at("meetings", i, ".weight"), "with it all weights together are more than %d", MaxWeight)
		}
		if v.fault != nil {
			return
		}
	}
}

func (v *validator) people(i int, m *Meeting) {
	if len(m.Participants) < 2 {
		v.say(at("meetings", i, ".participants"), "%d instead of two or more", len(m.Participants))
	}
	seen := make(map[string]bool, len(m.Participants))
	for j, id := range m.Participants {
		place := at("meetings", i, ".participants[", strconv.Itoa(j), "]")
		switch {
		case !v.person[id]:
			v.say(place, "no participant %s", quote(id))
		case seen[id]:
			v.say(place, "%s is in the meeting already: nobody meets themselves", quote(id))
		}
		seen[id] = true
	}
}

func (v *validator) times(i int, m *Meeting) {
	if m.Session != "" && !v.session[m.Session] {
		v.say(at("meetings", i, ".session"), "no session %s", quote(m.Session))
	}
	if m.Slot != 0 {
		v.slot(at("meetings", i, ".slot"), m.Slot)
	}
	for j, slot := range m.Slots {
		v.slot(at("meetings", i, ".slots[", strconv.Itoa(j), "]"), slot)
	}
}

// order notes meetings that are after unknown ones, or after themselves by any
// number of others.
func (v *validator) order() {
	if v.fault != nil {
		return
	}
	meetings := v.problem.Meetings
	for i := range meetings {
		for j, id := range meetings[i].After {
			if _, ok := v.meeting[id]; !ok {
				v.say(at("meetings", i, ".after[", strconv.Itoa(j), "]"), "no meeting %s", quote(id))
				return
			}
		}
	}
	if i := v.circle(); i >= 0 {
		v.say(at("meetings", i, ".after"), "%s has to be after itself, directly or by others", quote(meetings[i].ID))
	}
}

// circle gives a meeting that is after itself, or -1. It takes meetings away
// that no other has to be after; those of circles remain, with what leads there.
func (v *validator) circle() int {
	meetings := v.problem.Meetings
	followers := make([]int, len(meetings))
	for i := range meetings {
		for _, id := range meetings[i].After {
			followers[v.meeting[id]]++
		}
	}
	var free []int
	for i, n := range followers {
		if n == 0 {
			free = append(free, i)
		}
	}
	left := len(meetings)
	for ; len(free) > 0; left-- {
		i := free[len(free)-1]
		free = free[:len(free)-1]
		for _, id := range meetings[i].After {
			j := v.meeting[id]
			if followers[j]--; followers[j] == 0 {
				free = append(free, j)
			}
		}
	}
	if left == 0 {
		return -1
	}
	return v.onCircle(followers)
}

// onCircle walks from meetings to followers, of which each that is left has one,
// until it comes to a meeting a second time.
func (v *validator) onCircle(followers []int) int {
	by := make([]int, len(followers)) // one that is after it, and left
	start := -1
	for i := range v.problem.Meetings {
		if followers[i] == 0 {
			continue
		}
		start = i
		for _, id := range v.problem.Meetings[i].After {
			by[v.meeting[id]] = i
		}
	}
	seen := make([]bool, len(followers))
	for !seen[start] {
		seen[start] = true
		start = by[start]
	}
	return start
}

// quote puts a text that may be long or hostile into quotation marks.
func quote(s string) string { return strconv.Quote(shorten(s)) }

// shorten keeps the beginning of a long text.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
