package handlers

import (
	"io"
	"mime/multipart"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// A form is what somebody sent, read field by field. What cannot be understood
// is noted, so that all of it is said at once by Err; what was typed stays
// there for the page to show again.
type form struct {
	c      *fiber.Ctx
	typed  map[string][]string
	faults map[string]string
}

// form reads what was sent with a request.
func (s *Server) form(c *fiber.Ctx) *form {
	f := &form{c: c, typed: map[string][]string{}, faults: map[string]string{}}
	if m, err := c.MultipartForm(); err == nil {
		for name, values := range m.Value {
			f.typed[name] = values
		}
		return f
	}
	for name, value := range c.Request().PostArgs().All() {
		f.typed[string(name)] = append(f.typed[string(name)], string(value))
	}
	return f
}

// Err is all that could not be understood, or nil.
func (f *form) Err() error {
	if len(f.faults) == 0 {
		return nil
	}
	return &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: f.faults}
}

// Join is Err together with what the desk found wrong with the same form.
func (f *form) Join(err error) error {
	p := scheduling.ProblemIn(err)
	if err != nil && (p == nil || len(f.faults) == 0) {
		return err
	}
	if p != nil {
		for name, key := range p.Fields {
			f.wrong(name, key)
		}
	}
	return f.Err()
}

func (f *form) wrong(name, key string) {
	if f.faults[name] == "" {
		f.faults[name] = key
	}
}

// Value is what was typed, as it was: for showing it again.
func (f *form) Value(name string) string {
	if v := f.typed[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Has reports whether the form had the field at all.
func (f *form) Has(name string) bool { return len(f.typed[name]) > 0 }

// Text is a field without white space around it.
func (f *form) Text(name string) string { return strings.TrimSpace(f.Value(name)) }

// Check is a checkbox.
func (f *form) Check(name string) bool { return f.Value(name) != "" }

// List are all values of a field that may be there several times, each once.
func (f *form) List(name string) []string {
	var out []string
	for _, v := range f.typed[name] {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Names are the fields whose names begin so, sorted: "answer." for questions.
func (f *form) Names(prefix string) []string {
	var out []string
	for name := range f.typed {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Langs is a text in several languages, one field each: "title.fi", "title.en".
func (f *form) Langs(name string) scheduling.Text {
	t := scheduling.Text{}
	for _, field := range f.Names(name + ".") {
		t[strings.TrimPrefix(field, name+".")] = f.Text(field)
	}
	return t
}

// Int is a whole number from low to high; an empty field is low.
func (f *form) Int(name string, low, high int) int {
	s := f.Text(name)
	if s == "" {
		return low
	}
	n, err := strconv.Atoi(strings.Join(strings.Fields(s), ""))
	if err != nil || n < low || n > high {
		f.wrong(name, "problem.number")
		return low
	}
	return n
}

// Revision is the hidden field "rev": which version of a thing the form showed.
func (f *form) Revision() int64 {
	n, err := strconv.ParseInt(f.Value("rev"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Moment is a day and a time of day on the wall clock of zone, from the fields
// NAME_day and NAME_time, in UTC. Two empty fields are the zero time. A time
// that the clocks skip is refused; of one that comes twice, it is the first.
func (f *form) Moment(name, zone string) time.Time {
	day, clock := f.Text(name+"_day"), f.Text(name+"_time")
	if day == "" && clock == "" {
		return time.Time{}
	}
	d, ok := parseDay(day)
	if !ok {
		f.wrong(name+"_day", "problem.date")
	}
	hour, minute, valid := parseClock(clock)
	if !valid {
		f.wrong(name+"_time", "input.time")
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC // the zone's own field says what is wrong with it
	}
	if !ok || !valid {
		return time.Time{}
	}
	t, exists := wallTime(d, hour, minute, loc)
	if !exists {
		f.wrong(name+"_time", "input.gap")
	}
	return t
}

// Day is a date as 2006-01-02, from a field; "" if it is empty or wrong.
func (f *form) Day(name string) string {
	s := f.Text(name)
	if s == "" {
		return ""
	}
	d, ok := parseDay(s)
	if !ok {
		f.wrong(name, "problem.date")
		return ""
	}
	return d.Format(time.DateOnly)
}

// parseDay reads 2027-01-14, 14.1.2027 and 14.01.2027.
func parseDay(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2.1.2006"} {
		if d, err := time.Parse(layout, s); err == nil && d.Year() >= 1900 && d.Year() < 2200 {
			return d, true
		}
	}
	return time.Time{}, false
}

// parseClock reads 9:00, 09:00, 9.00 and 9.
func parseClock(s string) (hour, minute int, ok bool) {
	h, m, more := strings.Cut(strings.ReplaceAll(s, ".", ":"), ":")
	if !more {
		m = "00"
	}
	m, _, _ = strings.Cut(m, ":") // browsers may send seconds
	hour, err := strconv.Atoi(h)
	if err != nil || hour < 0 || hour > 23 || len(h) > 2 {
		return 0, 0, false
	}
	minute, err = strconv.Atoi(m)
	return hour, minute, err == nil && minute >= 0 && minute < 60 && len(m) == 2
}

// wallTime is what the wall clock of loc shows as this day and time, in UTC.
func wallTime(day time.Time, hour, minute int, loc *time.Location) (t time.Time, exists bool) {
	t = time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, loc)
	if t.Hour() != hour || t.Minute() != minute {
		return t.UTC(), false
	}
	for _, back := range []time.Duration{time.Hour, 30 * time.Minute} {
		if e := t.Add(-back); e.Day() == t.Day() && e.Hour() == hour && e.Minute() == minute {
			return e.UTC(), true
		}
	}
	return t.UTC(), true
}

// File reads an uploaded file of at most limit bytes. A form without one, or
// with one too large, is noted as wrong.
func (f *form) File(name string, limit int64) (body []byte, filename string) {
	h, err := f.c.FormFile(name)
	if err != nil || h.Size == 0 {
		f.wrong(name, "input.file_missing")
		return nil, ""
	}
	if h.Size > limit {
		f.wrong(name, "input.file_large")
		return nil, ""
	}
	body, err = readAll(h, limit)
	if err != nil {
		f.wrong(name, "input.file_missing")
		return nil, ""
	}
	return body, h.Filename
}

func readAll(h *multipart.FileHeader, limit int64) ([]byte, error) {
	r, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, limit))
}

// cursor is where a list goes on, from the address: what a Pager's Next said.
func cursor(c *fiber.Ctx) string {
	if after := c.Query("after"); len(after) <= 500 {
		return after
	}
	return ""
}
