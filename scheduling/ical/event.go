package ical

import (
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-ical"
)

// A form is one of the ways to write an entry.
type form struct {
	method Method  // none in a feed
	utc    bool    // the zone's rules cannot be said
	course *course // of what repeats
}

// appendTo adds e, which has passed check, as a VEVENT.
func (e *Entry) appendTo(f *folder, as form) *EntryError {
	event, err := e.component(as)
	if err != nil {
		return err
	}
	// go-ical encodes any component as it would a calendar.
	if err := ical.NewEncoder(f).Encode(&ical.Calendar{Component: event}); err != nil {
		return e.faulty("%v", err)
	}
	return nil
}

func (e *Entry) component(as form) (*ical.Component, *EntryError) {
	c := &ical.Component{Name: ical.CompEvent, Props: make(ical.Props, 24)}
	setText(c, ical.PropUID, e.UID)
	set(c, ical.PropSequence, strconv.Itoa(e.Sequence))
	set(c, ical.PropDateTimeStamp, utc(e.Modified))
	set(c, ical.PropLastModified, utc(e.Modified))
	if !e.Created.IsZero() {
		set(c, ical.PropCreated, utc(e.Created))
	}
	if e.AllDay {
		e.setDays(c)
	} else {
		e.setTimes(c, as.utc)
	}
	if as.course != nil {
		e.setCourse(c, as.course)
	}
	if !e.Instance.IsZero() {
		e.setPlace(c, ical.PropRecurrenceID, e.place(e.Instance, e.instanceZone()), e.instanceZone())
	}
	e.setState(c, as.method)
	e.setTexts(c)
	if err := e.setParties(c, as.method); err != nil {
		return nil, err
	}
	if e.status() != Cancelled && as.method != Cancel { // nobody is woken for nothing
		for _, before := range e.Alarms {
			c.Children = append(c.Children, e.alarm(before))
		}
	}
	return c, nil
}

func (e *Entry) setTexts(c *ical.Component) {
	link := cleanURI(e.Conference)
	c.Props.SetText(ical.PropSummary, cleanLine(e.Summary))
	setText(c, ical.PropDescription, withLink(cleanLines(e.Description), link))
	location := cleanLine(e.Location)
	if location == "" {
		location = link
	}
	setText(c, ical.PropLocation, location)
	if u := cleanURI(e.URL); u != "" {
		set(c, ical.PropURL, u)
	}
	if link != "" {
		// The VALUE is obligatory (RFC 7986 5.11), and go-ical would leave it out.
		set(c, ical.PropConference, link, "VALUE", "URI", "FEATURE", "VIDEO")
	}
	if e.Geo.valid() {
		set(c, ical.PropGeo, degrees(e.Geo.Lat)+";"+degrees(e.Geo.Lon))
	}
	e.setCategories(c)
	setText(c, ical.PropRelatedTo, cleanLine(e.Related))
}

func (e *Entry) setCategories(c *ical.Component) {
	var words []string
	for _, w := range e.Categories {
		if w = cleanLine(w); w != "" {
			words = append(words, w)
		}
	}
	if len(words) > 0 {
		p := ical.Prop{Name: ical.PropCategories}
		p.SetTextList(words)
		c.Props.Set(&p)
	}
}

func withLink(description, link string) string {
	switch {
	case link == "" || strings.Contains(description, link):
		return description
	case description == "":
		return link
	}
	return description + "\n\n" + link
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 6, 64) }

// setState says whether the entry takes place and takes time. Exchange asks
// X-MICROSOFT-CDO-BUSYSTATUS first ([MS-OXCICAL]).
func (e *Entry) setState(c *ical.Component, m Method) {
	status, transp, busy, class := e.status(), "OPAQUE", "BUSY", "PUBLIC"
	if m == Cancel {
		status = Cancelled
	}
	if status == Tentative {
		busy = "TENTATIVE"
	}
	if e.Transparent || status == Cancelled {
		transp, busy = "TRANSPARENT", "FREE"
	}
	if e.Private {
		class = "PRIVATE"
	}
	set(c, ical.PropStatus, string(status))
	set(c, ical.PropTransparency, transp)
	set(c, "X-MICROSOFT-CDO-BUSYSTATUS", busy)
	set(c, ical.PropClass, class)
}

// setTimes writes instants; nothing can end when it starts (RFC 5545 3.8.2.2),
// so an entry without length has no end.
func (e *Entry) setTimes(c *ical.Component, utc bool) {
	start, end := inZone(e.Starts, e.StartZone), inZone(e.end(), e.endZone())
	utc = utc || ambiguous(start) || ambiguous(end)
	setTime(c, ical.PropDateTimeStart, start, e.StartZone, utc)
	if end.Unix() > start.Unix() {
		setTime(c, ical.PropDateTimeEnd, end, e.endZone(), utc)
	}
}

func setTime(c *ical.Component, name string, t time.Time, zone string, inUTC bool) {
	if inUTC || isUTC(zone) {
		set(c, name, utc(t))
		return
	}
	set(c, name, t.Format("20060102T150405"), "TZID", zone)
}

// setDays writes the first day and the day after the last one. It counts days,
// not 24 hours, which are not the same twice a year.
func (e *Entry) setDays(c *ical.Component) {
	first := day(inZone(e.Starts, e.StartZone))
	last := first
	if e.end().After(e.Starts) {
		// The moment before the end belongs to the last day that is touched.
		last = day(inZone(e.Ends.Add(-1), e.endZone()))
	}
	if last.Before(first) { // a journey westward over midnight
		last = first
	}
	set(c, ical.PropDateTimeStart, first.Format("20060102"), "VALUE", "DATE")
	set(c, ical.PropDateTimeEnd, last.AddDate(0, 0, 1).Format("20060102"), "VALUE", "DATE")
}

func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (e *Entry) alarm(before time.Duration) *ical.Component {
	c := ical.NewComponent(ical.CompAlarm)
	set(c, ical.PropAction, "DISPLAY")
	set(c, ical.PropTrigger, duration(-before))
	c.Props.SetText(ical.PropDescription, cleanLine(e.Summary))
	return c
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

func setText(c *ical.Component, name, value string) {
	if value != "" {
		c.Props.SetText(name, value)
	}
}

// set gives a property a value that needs no escapes, and parameters as names
// and values in turn, which must be clean.
func set(c *ical.Component, name, value string, params ...string) {
	p := ical.Prop{Name: name, Value: value}
	if len(params) > 0 {
		p.Params = make(ical.Params, len(params)/2)
		for i := 0; i < len(params); i += 2 {
			p.Params[params[i]] = []string{params[i+1]}
		}
	}
	c.Props[name] = append(c.Props[name], p)
}
