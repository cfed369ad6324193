package scheduling

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kohtaamo/templates"
)

// An Itinerary is what one traveller does on a trip, in words. Page, calendar,
// mail, print-out and day sheet are all made of its lines, so that they agree.
type Itinerary struct {
	Days []ItineraryDay
}

// An ItineraryDay is a day with what begins on it.
type ItineraryDay struct {
	Date  string // 2006-01-02, on the clock of its first line
	At    time.Time
	Zone  string // IANA name: of that clock
	Lines []ItineraryLine
}

// An ItineraryLine is a part of the programme, in the words of one language.
// Whatever names a time names its zone.
type ItineraryLine struct {
	Kind     string // "flight", "stay", "visit": of the leg, or of the activity
	PartID   string
	UID      string
	Title    string
	When     string // "Mon 8 Feb 2027, 07:00 Helsinki → 10:20 Madrid, 4 h 20 min"
	Clock    string // the same without the day it begins on
	Where    string // in one line; may be empty
	Meet     string // where the group gathers; may be empty
	Facts    []ItineraryFact
	Late     int // minutes later than planned
	Starts   time.Time
	Ends     time.Time
	Zone     string // where it starts
	EndZone  string
	Transfer bool // brings people from one place to another
}

// An ItineraryFact is something to know about a line.
type ItineraryFact struct{ Label, Value string }

// itineraryOf puts the itinerary of a traveller into words.
func itineraryOf(l *templates.Lang, t *Trip, p *Programme, travellerID string) *Itinerary {
	it := &Itinerary{}
	for _, x := range p.ownParts(t, travellerID) {
		it.add(lineOf(l, x))
	}
	for _, d := range it.Days { // one goes to bed last, whatever midnight a night counts from
		slices.SortStableFunc(d.Lines, func(a, b ItineraryLine) int { return a.night() - b.night() })
	}
	return it
}

// night is 1 for a stay, and 0 for what has its time of the day.
func (x ItineraryLine) night() int {
	if x.Kind == string(StayPart) {
		return 1
	}
	return 0
}

// add puts a line into its day; they come by their start.
func (it *Itinerary) add(line ItineraryLine) {
	date := line.Starts.In(zoneOf(line.Zone)).Format(time.DateOnly)
	for i := range it.Days {
		if it.Days[i].Date == date {
			it.Days[i].Lines = append(it.Days[i].Lines, line)
			return
		}
	}
	it.Days = append(it.Days, ItineraryDay{Date: date, At: line.Starts, Zone: line.Zone, Lines: []ItineraryLine{line}})
}

// Lines are those of all days.
func (it *Itinerary) Lines() (out []ItineraryLine) {
	for _, d := range it.Days {
		out = append(out, d.Lines...)
	}
	return out
}

// lineOf puts a part into words.
func lineOf(l *templates.Lang, x OwnPart) ItineraryLine {
	line := ItineraryLine{PartID: x.Part.ID, UID: x.Part.UID, Late: x.late(), Starts: x.Part.Starts, Ends: x.Part.Ends,
		Zone: x.Part.StartZone, EndZone: x.Part.EndZone}
	switch {
	case x.Leg != nil:
		line.leg(l, x.Leg)
	case x.Hotel != nil:
		line.stay(l, &x)
	case x.Activity != nil:
		line.activity(l, &x)
	}
	if line.Late > 0 {
		line.fact(l, "itinerary.fact.late", l.Text("itinerary.late", "minutes", line.Late))
	}
	return line
}

func (x *ItineraryLine) leg(l *templates.Lang, leg *Leg) {
	x.Kind, x.Transfer = string(leg.Kind), true
	what := strings.TrimSpace(l.Text("itinerary.kind."+x.Kind) + " " + leg.Number)
	x.Title = what + ": " + leg.From.String() + " → " + leg.To.String()
	x.When, x.Where = l.Between(x.Starts, x.Zone, x.Ends, x.EndZone), leg.From.Name
	if x.Zone == x.EndZone {
		x.When += ", " + l.Duration(x.Ends.Sub(x.Starts))
	}
	x.Clock = x.onItsDay(l)
	x.Meet = leg.Meet
	x.fact(l, "itinerary.fact.carrier", leg.Carrier)
	x.fact(l, "itinerary.fact.meet", leg.Meet)
	x.fact(l, "itinerary.fact.note", leg.Note)
	x.fact(l, "itinerary.fact.contact", leg.Contact)
}

// onItsDay is When below a heading that names the day.
func (x *ItineraryLine) onItsDay(l *templates.Lang) string {
	return strings.TrimPrefix(x.When, l.Text("time.day_clock", "day", l.Day(x.Starts, x.Zone), "clock", ""))
}

// String names an end of a leg: "Madrid (MAD)".
func (t Terminal) String() string {
	if t.Code == "" {
		return t.Name
	}
	return t.Name + " (" + t.Code + ")"
}

func (x *ItineraryLine) stay(l *templates.Lang, own *OwnPart) {
	h := own.Hotel
	x.Kind, x.Title = "stay", l.Text("itinerary.stay", "hotel", h.Name)
	x.When = l.Text("itinerary.nights", "from", l.Day(x.Starts, x.Zone), "until", l.Day(x.Ends, x.Zone), "zone", l.Zone(x.Zone))
	x.Clock, x.Where = x.When, cmp.Or(h.Address, own.City)
	if own.Room != "" {
		x.fact(l, "itinerary.fact.room", strings.TrimSpace(l.Text("itinerary.room."+string(own.Room))+" "+own.Number))
	}
	x.fact(l, "itinerary.fact.phone", h.Phone)
}

func (x *ItineraryLine) activity(l *templates.Lang, own *OwnPart) {
	a := own.Activity
	x.Kind, x.Transfer = string(a.Kind), a.Kind == Transfer
	x.Title = cmp.Or(a.Title.In(l.Code()), own.Host, l.Text("itinerary.kind."+x.Kind))
	x.When = l.Range(x.Starts, x.Ends, x.Zone)
	x.Clock = x.onItsDay(l)
	x.Meet, x.Where = a.Meet, joined(", ", a.Place, cmp.Or(a.Address, own.Address))
	x.fact(l, "itinerary.fact.host", own.Host)
	x.fact(l, "itinerary.fact.meet", a.Meet)
	x.fact(l, "itinerary.fact.group", a.Group)
	if a.Language != "" {
		x.fact(l, "itinerary.fact.language", l.Tongue(a.Language))
	}
	if a.NDA {
		x.fact(l, "itinerary.fact.nda", l.Text("itinerary.nda"))
	}
	x.fact(l, "itinerary.fact.about", a.About.In(l.Code()))
}

func (x *ItineraryLine) fact(l *templates.Lang, key, value string) {
	if value != "" {
		x.Facts = append(x.Facts, ItineraryFact{l.Text(key), value})
	}
}

// Short is what, where, and where one meets, in one line. A leg says itself
// where it begins.
func (x *ItineraryLine) Short() string {
	where := x.Where
	if x.leaves() {
		where = ""
	}
	return joined(" · ", x.Title, where, x.Meet)
}

// leaves reports whether x is a leg.
func (x *ItineraryLine) leaves() bool { return x.Transfer && x.Kind != string(Transfer) }

// Summary is the line in a calendar: what, and both local times of a leg, for
// calendars that show one zone only.
func (x *ItineraryLine) Summary() string {
	if x.leaves() {
		return x.Title + ", " + x.Clock
	}
	return x.Title
}

// Text is all that is to know about the line, in several lines.
func (x *ItineraryLine) Text() string {
	lines := []string{x.When}
	if x.Where != "" {
		lines = append(lines, x.Where)
	}
	for _, f := range x.Facts {
		lines = append(lines, f.Label+": "+f.Value)
	}
	return strings.Join(lines, "\n")
}

// joined joins the texts that say something.
func joined(sep string, texts ...string) string {
	var said []string
	for _, s := range texts {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, sep)
}

// itineraryDays are the days of a trip, each on the calendar of where it is.
func itineraryDays(l *templates.Lang, t *Trip) string {
	first, last := t.zonesOfEnds()
	from, until := l.Day(t.Starts, first), l.Day(t.Ends.Add(-time.Second), last)
	if from == until {
		return from
	}
	return from + " – " + until
}

// zonesOfEnds are the zones of its first and its last stop.
func (t *Trip) zonesOfEnds() (first, last string) {
	if len(t.Stops) == 0 {
		return t.Zone, t.Zone
	}
	return t.Stops[0].Zone, t.Stops[len(t.Stops)-1].Zone
}
