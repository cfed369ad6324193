package scheduling

import (
	"strings"
	"time"

	"kohtaamo/templates"
)

// A Period is from a moment in one zone to a moment in another, for texts that
// mention it.
type Period struct {
	Starts, Ends       time.Time
	StartZone, EndZone string
}

// In is the period in the words of a language, with its zones.
func (p Period) In(l *templates.Lang) string {
	return l.Between(p.Starts, p.StartZone, p.Ends, p.EndZone)
}

// A Date is a day, 2006-01-02, for texts that mention it.
type Date string

// In is the day in the words of a language; what is no day stays as it is.
func (d Date) In(l *templates.Lang) string {
	day := midnight(string(d), time.UTC)
	if day.IsZero() {
		return string(d)
	}
	return l.Day(day, "UTC")
}

// Names are people, for texts that mention them: a few by name, how many others
// there are.
type Names []string

// namesShown is how many people a text names.
const namesShown = 3

// In joins the names, and counts those beyond the first few.
func (n Names) In(l *templates.Lang) string {
	if len(n) <= namesShown+1 {
		return strings.Join(n, ", ")
	}
	return l.Text("programme.names_more", "names", strings.Join(n[:namesShown], ", "), "n", len(n)-namesShown)
}

// Asked are fields that a traveller was asked for, for texts that mention them.
type Asked []string

// In names the fields in a language.
func (a Asked) In(l *templates.Lang) string {
	var out []string
	for _, field := range a {
		out = append(out, l.Text("programme.asked."+field))
	}
	return strings.Join(out, ", ")
}

// namesOf are the travellers with the ids, in the order of the list.
func namesOf(vs []*Traveller, ids []string) (out Names) {
	for _, v := range vs {
		for _, id := range ids {
			if v.ID == id {
				out = append(out, v.Name)
			}
		}
	}
	return out
}
