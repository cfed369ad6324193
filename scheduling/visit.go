package scheduling

import (
	"fmt"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A VisitState is where a visit day stands.
type VisitState string

// The states of a visit day.
const (
	VisitDraft     VisitState = "draft"
	VisitConfirmed VisitState = "confirmed" // its meetings are made, and go on by themselves
	VisitCancelled VisitState = "cancelled"
)

// A VisitDay is a day on which one visiting party meets several groups, one
// after the other, with the way between them.
type VisitDay struct {
	storage.Meta `bson:",inline"`
	ClusterID    string       `bson:"cluster_id"`
	TripID       string       `bson:"trip_id,omitempty"` // the incoming delegation that is the party
	State        VisitState   `bson:"state"`
	Title        Text         `bson:"title"`
	Party        string       `bson:"party"`  // who visits
	People       []Guest      `bson:"people"` // of the party
	PersonIDs    []string     `bson:"person_ids"`
	Date         string       `bson:"date"` // 2006-01-02
	Zone         string       `bson:"zone"` // IANA name
	From         string       `bson:"from"` // what the clock on the wall says, "09:00"
	To           string       `bson:"to"`
	Breaks       []Window     `bson:"breaks,omitempty"` // no meeting touches one; the way may fall into it
	Venues       []Venue      `bson:"venues"`
	Travel       []TravelLeg  `bson:"travel,omitempty"`
	Begin        string       `bson:"begin,omitempty"` // venue ID: where the party is at From
	Stops        []VisitStop  `bson:"stops"`
	GroupIDs     []string     `bson:"group_ids"`
	Programme    []VisitPlace `bson:"programme,omitempty"` // in the order of the day
	Reason       string       `bson:"reason,omitempty"`
	Starts       time.Time    `bson:"starts"` // of the day's window
}

// A VisitStop is a meeting with one group that is wanted on a visit day.
type VisitStop struct {
	ID      string `bson:"id"`
	GroupID string `bson:"group_id"`
	VenueID string `bson:"venue_id"`
	Minutes int    `bson:"minutes"`
	Need    int    `bson:"need"` // companies of the group that have to be free
}

// A VisitPlace is when a stop takes place.
type VisitPlace struct {
	StopID string    `bson:"stop_id"`
	Starts time.Time `bson:"starts"`
	Ends   time.Time `bson:"ends"`
}

var visitDays = storage.NewCollection[VisitDay]("visit_days",
	storage.Ordered("cluster_id", "starts"), storage.Ordered("trip_id"), storage.Many("group_ids"))

// The limits of a visit day. A programme is found among all that there are, so
// a day has as many stops as that can be done for at once.
const (
	maxStops       = 8
	maxVisitVenues = 12
	maxTravel      = 300 // minutes
	visitStep      = 5 * time.Minute
	maxVisitHours  = 16
)

// Stop gives one by its ID.
func (v *VisitDay) Stop(id string) (VisitStop, bool) {
	i := slices.IndexFunc(v.Stops, func(s VisitStop) bool { return s.ID == id })
	if i < 0 {
		return VisitStop{}, false
	}
	return v.Stops[i], true
}

// Venue gives one by its ID.
func (v *VisitDay) Venue(id string) (Venue, bool) {
	i := slices.IndexFunc(v.Venues, func(x Venue) bool { return x.ID == id })
	if i < 0 {
		return Venue{}, false
	}
	return v.Venues[i], true
}

// Place gives when a stop takes place.
func (v *VisitDay) Place(stopID string) (VisitPlace, bool) {
	i := slices.IndexFunc(v.Programme, func(p VisitPlace) bool { return p.StopID == stopID })
	if i < 0 {
		return VisitPlace{}, false
	}
	return v.Programme[i], true
}

// Way is how long the way from one venue to another takes. One that nobody said
// takes no time.
func (v *VisitDay) Way(a, b string) time.Duration {
	for _, leg := range v.Travel {
		if leg.A == a && leg.B == b || leg.A == b && leg.B == a {
			return time.Duration(leg.Minutes) * time.Minute
		}
	}
	return 0
}

// Location is the zone of the day's wall clock.
func (v *VisitDay) Location() *time.Location {
	loc, err := time.LoadLocation(v.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// At is a time of the day, "09:00", as a moment.
func (v *VisitDay) At(clock string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly+" 15:04", v.Date+" "+clock, v.Location())
	if err != nil {
		return at, fmt.Errorf("%q is no time of a day", clock)
	}
	return at.UTC(), nil
}

// span is a window of the day as moments.
func (v *VisitDay) span(w Window) (s BusySpan, err error) {
	if s.Starts, err = v.At(w.From); err == nil {
		s.Ends, err = v.At(w.To)
	}
	if err == nil && !s.Ends.After(s.Starts) {
		err = fmt.Errorf("%s–%s ends before it begins", w.From, w.To)
	}
	return s, err
}

// window and breaks of a day that was checked.
func (v *VisitDay) window() BusySpan {
	s, _ := v.span(Window{From: v.From, To: v.To})
	return s
}

func (v *VisitDay) breaks() (out []BusySpan) {
	for _, w := range v.Breaks {
		if s, err := v.span(w); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// Check says everything that is wrong with v, before it is saved.
func (v *VisitDay) Check() error { return v.check() }

func (v *VisitDay) check() error {
	f := faults{}
	v.Title, v.Party = v.Title.trimmed(), cleanLine(v.Party)
	if v.Title.Empty() {
		f.add("title", "problem.required")
	}
	if v.Title.longest() > titleLimit {
		f.add("title", "problem.too_long")
	}
	f.need("party", v.Party, lineLimit)
	v.checkPeople(f)
	v.checkDay(f)
	v.checkVenues(f)
	v.checkStops(f)
	return f.problem()
}

func (v *VisitDay) checkPeople(f faults) {
	if len(v.People) == 0 || len(v.People) > maxOutside {
		f.add("people", "b2b.outside_form")
	}
	for i := range v.People {
		p := &v.People[i]
		email, ok := NormalEmail(p.Email)
		if p.Name, p.Email = cleanLine(p.Name), email; !ok || p.Name == "" || len([]rune(p.Name)) > lineLimit {
			f.add("people", "b2b.outside_form")
		}
	}
}

func (v *VisitDay) checkDay(f faults) {
	if _, err := ical.LoadZone(v.Zone); err != nil || v.Zone == "" {
		f.add("zone", "event.zone")
	}
	day, err := time.Parse(time.DateOnly, v.Date)
	if err != nil || day.Year() < 1970 || day.Year() > 2200 {
		f.add("date", "problem.date")
		return
	}
	switch s, err := v.span(Window{From: v.From, To: v.To}); {
	case err != nil:
		f.add("from", "visit.window")
	case s.Ends.Sub(s.Starts) > maxVisitHours*time.Hour:
		f.add("from", "visit.too_long")
	default:
		v.Starts = s.Starts
	}
	for _, w := range v.Breaks {
		if _, err := v.span(w); err != nil || len(v.Breaks) > 10 {
			f.add("breaks", "visit.breaks")
		}
	}
}

func (v *VisitDay) checkVenues(f faults) {
	if len(v.Venues) == 0 || len(v.Venues) > maxVisitVenues {
		f.add("venues", "visit.venues")
	}
	for i := range v.Venues {
		x := &v.Venues[i]
		if x.Name, x.Address = cleanLine(x.Name), cleanLine(x.Address); x.Name == "" || len([]rune(x.Name+x.Address)) > lineLimit {
			f.add("venues", "visit.venues")
		}
	}
	if v.Begin != "" {
		if _, ok := v.Venue(v.Begin); !ok {
			f.add("begin", "problem.choice")
		}
	}
	for _, leg := range v.Travel {
		_, a := v.Venue(leg.A)
		_, b := v.Venue(leg.B)
		if !a || !b || leg.A == leg.B || leg.Minutes < 0 || leg.Minutes > maxTravel {
			f.add("travel", "visit.travel")
		}
	}
}

func (v *VisitDay) checkStops(f faults) {
	if len(v.Stops) == 0 || len(v.Stops) > maxStops {
		f.add("stops", "visit.stops")
	}
	v.GroupIDs = []string{}
	for i := range v.Stops {
		s := &v.Stops[i]
		s.ID = orNew(s.ID)
		if _, ok := v.Venue(s.VenueID); !ok || s.GroupID == "" || slices.Contains(v.GroupIDs, s.GroupID) {
			f.add("stops", "visit.stop")
		}
		if s.Minutes < leastShown || s.Minutes > maxVisitHours*60 || s.Minutes%int(visitStep/time.Minute) != 0 {
			f.add("stops", "visit.minutes")
		}
		if s.Need < 0 || s.Need > maxParties {
			f.add("stops", "b2b.need")
		}
		v.GroupIDs = append(v.GroupIDs, s.GroupID)
	}
}

// putProgramme keeps the places in the order of the day.
func (v *VisitDay) putProgramme(places []VisitPlace) {
	slices.SortFunc(places, func(a, b VisitPlace) int { return a.Starts.Compare(b.Starts) })
	v.Programme = places
}
