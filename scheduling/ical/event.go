package ical

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-ical"
)

// A form is one of the ways to write an entry.
type form struct {
	method Method  // none in a feed
	utc    bool    // its zones cannot say its times
	course *course // of what repeats
}

// appendTo adds e, which has passed check, as a VEVENT.
func (e *Entry) appendTo(f *folder, as form) *EntryError {
	d := drafts.Get().(*draft)
	defer d.done()
	if err := e.describe(d, as); err != nil {
		return err
	}
	// go-ical encodes any component as it would a calendar.
	if err := ical.NewEncoder(f).Encode(&ical.Calendar{Component: &d.Component}); err != nil {
		return e.faulty("%v", err)
	}
	return nil
}

// A draft is an entry as go-ical's component. Drafts are used again: to make
// their map and properties anew would be a third of the work of an entry.
type draft struct {
	ical.Component
	props []ical.Prop
}

var drafts = sync.Pool{New: func() any {
	return &draft{ical.Component{Name: ical.CompEvent, Props: make(ical.Props, 24)}, make([]ical.Prop, 0, 24)}
}}

func (d *draft) done() {
	clear(d.Props)
	clear(d.props)
	d.props, d.Children = d.props[:0], nil
	drafts.Put(d)
}

// set gives a property a value that needs no escapes, and parameters that must
// be clean; one that is there already gets another value.
func (d *draft) set(name, value string, params ical.Params) {
	d.props = append(d.props, ical.Prop{Name: name, Value: value, Params: params})
	last := len(d.props)
	if there := d.Props[name]; len(there) > 0 {
		d.Props[name] = append(there, d.props[last-1])
		return
	}
	d.Props[name] = d.props[last-1 : last : last]
}

// text sets a property to a clean text, unless that is empty.
func (d *draft) text(name, value string) {
	if value != "" {
		d.set(name, escapeText.Replace(value), nil)
	}
}

func (e *Entry) describe(d *draft, as form) *EntryError {
	modified := utc(e.Modified)
	d.text(ical.PropUID, e.UID)
	d.set(ical.PropSequence, strconv.Itoa(e.Sequence), nil)
	d.set(ical.PropDateTimeStamp, modified, nil)
	d.set(ical.PropLastModified, modified, nil)
	if !e.Created.IsZero() {
		d.set(ical.PropCreated, utc(e.Created), nil)
	}
	if e.AllDay {
		e.setDays(d)
	} else {
		e.setTimes(d, as.utc)
	}
	if as.course != nil {
		e.setCourse(d, as.course)
	}
	if !e.Instance.IsZero() {
		e.setPlace(d, ical.PropRecurrenceID, e.place(e.Instance, e.instanceZone()), e.instanceZone())
	}
	e.setState(d, as.method)
	e.setTexts(d)
	if e.status() != Cancelled && as.method != Cancel { // nobody is woken for nothing
		for _, before := range e.Alarms {
			d.Children = append(d.Children, e.alarm(before))
		}
	}
	return e.setParties(d, as.method)
}

// The VALUE of CONFERENCE is obligatory (RFC 7986 5.11), and go-ical would
// leave it out.
var (
	video = ical.Params{"VALUE": {"URI"}, "FEATURE": {"VIDEO"}}
	isDay = ical.Params{"VALUE": {"DATE"}}
)

func (e *Entry) setTexts(d *draft) {
	link := cleanURI(e.Conference)
	d.set(ical.PropSummary, escapeText.Replace(cleanLine(e.Summary)), nil)
	d.text(ical.PropDescription, withLink(cleanLines(e.Description), link))
	location := cleanLine(e.Location)
	if location == "" {
		location = link
	}
	d.text(ical.PropLocation, location)
	if u := cleanURI(e.URL); u != "" {
		d.set(ical.PropURL, u, nil)
	}
	if link != "" {
		d.set(ical.PropConference, link, video)
	}
	if e.Geo.valid() {
		d.set(ical.PropGeo, degrees(e.Geo.Lat)+";"+degrees(e.Geo.Lon), nil)
	}
	e.setCategories(d)
	d.text(ical.PropRelatedTo, cleanLine(e.Related))
}

func (e *Entry) setCategories(d *draft) {
	var words []string
	for _, w := range e.Categories {
		if w = cleanLine(w); w != "" {
			words = append(words, escapeText.Replace(w))
		}
	}
	if len(words) > 0 {
		d.set(ical.PropCategories, strings.Join(words, ","), nil)
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
func (e *Entry) setState(d *draft, m Method) {
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
	d.set(ical.PropStatus, string(status), nil)
	d.set(ical.PropTransparency, transp, nil)
	d.set("X-MICROSOFT-CDO-BUSYSTATUS", busy, nil)
	d.set(ical.PropClass, class, nil)
}

// setTimes writes instants; nothing can end when it starts (RFC 5545 3.8.2.2),
// so an entry without length has no end.
func (e *Entry) setTimes(d *draft, utc bool) {
	d.time(ical.PropDateTimeStart, e.Starts, e.StartZone, utc)
	if end := e.end(); end.Unix() > e.Starts.Unix() {
		d.time(ical.PropDateTimeEnd, end, e.endZone(), utc)
	}
}

func (d *draft) time(name string, t time.Time, zone string, inUTC bool) {
	if inUTC || isUTC(zone) {
		d.set(name, utc(t), nil)
		return
	}
	z := loaded(zone)
	d.set(name, t.In(z.loc).Format("20060102T150405"), z.tzid)
}

// setDays writes the first day and the day after the last one. It counts days,
// not 24 hours, which are not the same twice a year.
func (e *Entry) setDays(d *draft) {
	first := day(inZone(e.Starts, e.StartZone))
	last := first
	if e.end().After(e.Starts) {
		// The moment before the end belongs to the last day that is touched.
		last = day(inZone(e.Ends.Add(-1), e.endZone()))
	}
	if last.Before(first) { // a journey westward over midnight
		last = first
	}
	d.set(ical.PropDateTimeStart, first.Format("20060102"), isDay)
	d.set(ical.PropDateTimeEnd, last.AddDate(0, 0, 1).Format("20060102"), isDay)
}

func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (e *Entry) alarm(before time.Duration) *ical.Component {
	c := ical.NewComponent(ical.CompAlarm)
	for name, value := range map[string]string{
		ical.PropAction:      "DISPLAY",
		ical.PropTrigger:     duration(-before),
		ical.PropDescription: escapeText.Replace(cleanLine(e.Summary)),
	} {
		c.Props.Set(&ical.Prop{Name: name, Value: value})
	}
	return c
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
