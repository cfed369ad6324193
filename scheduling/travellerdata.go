package scheduling

import (
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"kohtaamo/templates"
)

// Limits of what a traveller answers.
const (
	dataLimit     = 500
	passportYears = 15 // no passport is issued for longer
	phoneLimit    = 40
)

// healthPurpose is what a traveller agrees to who tells something of their
// health: what they cannot eat, what they need to take part.
const healthPurpose = "health"

// Days are the days of a trip in words, each end on the calendar of where
// it is.
func (t *Trip) Days(l *templates.Lang) string {
	if len(t.Stops) == 0 {
		return ""
	}
	first, last := t.Stops[0], t.Stops[len(t.Stops)-1]
	from, until := l.Day(midnight(first.From, first.Location()), first.Zone), l.Day(midnight(last.Until, last.Location()), last.Zone)
	if from == until {
		return from
	}
	return from + " – " + until
}

// Asked reports whether a trip asks for a field, one of TravellerFields.
func (a *TravellerAsks) Asked(field string) bool { return slices.Contains(a.Fields, field) }

// Days are for how many days after the trip the answers to a field are kept.
func (a *TravellerAsks) Days(field string) int {
	if n, ok := a.Retain[field]; ok {
		return max(0, n)
	}
	return max(0, a.RetainDays)
}

// longest is for how many days something is kept at the most.
func (a *TravellerAsks) longest() (days int) {
	for _, f := range a.Fields {
		days = max(days, a.Days(f))
	}
	return days
}

// PurgeAt is when the answers to a field are deleted: some days after the end of
// the trip, or after it was called off. It is a midnight of the trip's home.
func (t *Trip) PurgeAt(field string) time.Time {
	end := t.Ends
	if t.State == TripCancelled && !t.CancelledAt.IsZero() && t.CancelledAt.Before(end) {
		end = t.CancelledAt
	}
	y, m, day := end.In(t.Location()).Date()
	return time.Date(y, m, day+t.Asks.Days(field), 0, 0, 0, 0, t.Location()).UTC()
}

// asked reports whether somebody is asked anything, and can still answer: they
// go, the trip takes place, and names and data do not rest yet.
func (v *Traveller) asked(t *Trip, now time.Time) bool {
	rests := t.Direction == Outgoing && t.Past(TripLocked)
	return v.Goes() && len(t.Asks.Fields) > 0 && !t.Off() && !rests && now.Before(t.Starts)
}

// Missing are the fields that the trip asks for and that somebody has not
// answered, of TravellerFields. What was purged is not missing.
func (v *Traveller) Missing(t *Trip) (fields []string) {
	if !v.PurgedAt.IsZero() {
		return nil
	}
	for _, f := range TravellerFields {
		if t.Asks.Asked(f) && !v.answered(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// answered reports whether a field was answered. No diet, no wish and no need
// are answers too.
func (v *Traveller) answered(field string) bool {
	if v.Data == nil {
		return false
	}
	switch field {
	case "emergency":
		return v.Data.EmergencyName != "" && v.Data.EmergencyPhone != ""
	case "passport":
		return v.Data.PassportExpiry != ""
	case "phone":
		return v.Data.Phone != ""
	}
	return true
}

// clear deletes the answers to a field, and reports whether there were any.
func (x *TravellerData) clear(field string) bool {
	before := *x
	switch field {
	case "diet":
		x.Diets, x.Allergies = nil, ""
	case "emergency":
		x.EmergencyName, x.EmergencyPhone = "", ""
	case "passport":
		x.PassportExpiry = ""
	case "rooming":
		x.Room, x.RoomWith = "", ""
	case "access":
		x.Access = ""
	case "phone":
		x.Phone = ""
	}
	if !x.health() {
		x.Agreed = nil
	}
	return !reflect.DeepEqual(before, *x)
}

// health reports whether something is said of somebody's health.
func (x *TravellerData) health() bool {
	return len(x.Diets) > 0 || x.Allergies != "" || x.Access != ""
}

// check cleans what was typed, forgets what was not asked, and says everything
// that is wrong with the rest.
func (x *TravellerData) check(t *Trip, now time.Time) error {
	f := faults{}
	for _, field := range TravellerFields {
		if !t.Asks.Asked(field) {
			x.clear(field)
		}
	}
	x.Allergies, x.Access = f.said("allergies", x.Allergies), f.said("access", x.Access)
	x.EmergencyName, x.RoomWith = cleanLine(x.EmergencyName), cleanLine(x.RoomWith)
	f.limit("emergency_name", x.EmergencyName, lineLimit)
	f.limit("room_with", x.RoomWith, lineLimit)
	x.EmergencyPhone, x.Phone = f.phone("emergency_phone", x.EmergencyPhone), f.phone("phone", x.Phone)
	if t.Asks.Asked("emergency") {
		f.need("emergency_name", x.EmergencyName, lineLimit)
		f.need("emergency_phone", x.EmergencyPhone, lineLimit)
	}
	if t.Asks.Asked("phone") {
		f.need("phone", x.Phone, lineLimit)
	}
	if t.Asks.Asked("passport") {
		f.passport("passport_expiry", x.PassportExpiry, now)
	}
	if x.Room != "" && !slices.Contains(HotelRoomKinds, x.Room) {
		f.add("room", "problem.choice")
	}
	x.checkDiets(f)
	if x.health() && (x.Agreed == nil || !x.Agreed.Given) {
		f.add("agreed", "traveller.agree_first")
	}
	if !x.health() {
		x.Agreed = nil
	}
	return f.problem()
}

// checkDiets keeps the diets once each, in the order of a form.
func (x *TravellerData) checkDiets(f faults) {
	var known []string
	for _, d := range Diets {
		if slices.Contains(x.Diets, d) {
			known = append(known, d)
		}
	}
	for _, d := range x.Diets {
		if !slices.Contains(Diets, d) {
			f.add("diets", "problem.choice")
		}
	}
	x.Diets = known
}

// said cleans some lines that somebody wrote.
func (f faults) said(field, s string) string {
	s = cleanText(s)
	f.limit(field, s, dataLimit)
	return s
}

// phone cleans a phone number: digits, with what people write between them.
func (f faults) phone(field, s string) string {
	s = cleanLine(s)
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-–()/. ", r) && !unicode.IsSpace(r):
			f.add(field, "traveller.phone")
			return s
		}
	}
	if s != "" && (digits < 5 || digits > 20) {
		f.add(field, "traveller.phone")
	}
	f.limit(field, s, phoneLimit)
	return s
}

// passport notes a date that no passport has which is good for a journey: it
// ends ahead, and not in another age.
func (f faults) passport(field, s string, now time.Time) {
	if s == "" {
		f.add(field, "problem.required")
		return
	}
	until, err := time.Parse(time.DateOnly, s)
	switch {
	case err != nil:
		f.add(field, "problem.date")
	case until.Before(now):
		f.add(field, "traveller.passport_past")
	case until.After(now.AddDate(passportYears, 0, 0)):
		f.add(field, "traveller.passport_far")
	}
}
